//! Holds what arrives while a sheet is open, and ignores a yes in the first moment after a card appears.

use super::arrival::Arrival;
use super::backend::Request;
use super::invited::Invited;
use super::questions::Quit;
use super::theme::{self, Face, gap, icon_size, padding, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, layout, running};
use crate::grant::{Invitation, RoleRequest};
use crate::model::snapshot::Snapshot;
use crate::time::Utc;
use crate::words::ask::invited;
use egui::{Align2, Area, Id, Order, Stroke, Ui, vec2};
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// For this long after a card appears or changes, in seconds, a yes does not count; browsers do the same.
const CALM: f64 = 0.7;

/// The most arrivals that wait; the oldest is dropped first. Invitations are on disk as well.
const MOST: usize = 8;
/// The arrivals that wait, and since when the card on view has not changed.
#[derive(Default)]
pub(crate) struct Arrivals {
    /// Arrived while a sheet was open, the oldest first.
    held: VecDeque<Arrival>,
    /// A hash of what the card shows; none if there is no card.
    card: Option<u64>,
    /// When the card last changed, on egui's clock.
    since: f64,
    /// Whether the window had the keyboard in the last frame.
    in_front: bool,
}

impl Arrivals {
    /// Returns what is left in another world: what belongs to a destination or a sheet of this one does not go along.
    pub fn in_another_world(mut self) -> Self {
        self.held.retain(|arrival| match arrival {
            Arrival::Invitation(..) | Arrival::Request(..) | Arrival::Quit => true,
            Arrival::KeyFile(_) | Arrival::Path(_) | Arrival::Code(_) => false,
        });
        self
    }

    /// Returns the height at the foot of the window in which no dialog may stand.
    pub fn room(&self) -> f32 {
        if self.held.is_empty() { 0.0 } else { size::ARRIVAL }
    }
}

impl Window {
    /// Takes in an invitation that was read at `read`: shows it for the person to agree to or to leave, or holds it while
    /// another dialog is open.
    pub fn invited(&mut self, invitation: Invitation, read: Utc) {
        let Some(sheet) = &self.sheet else { return self.show_invitation(invitation, read) };
        let arrival = Arrival::Invitation(Box::new(invitation), read);
        if !sheet.is_about(&arrival) {
            self.hold(arrival);
        }
    }

    /// Takes in a request that was read at `read`: opens the customer's page with it, or holds it while a dialog is open.
    pub fn requested(&mut self, ask: RoleRequest, read: Utc, about: &About) {
        if self.sheet.is_some() {
            self.hold(Arrival::Request(Box::new(ask), read));
        } else {
            self.open_customer(read, about, Some(&ask));
        }
    }

    /// Returns whether something must wait because a sheet is open that has nothing to do with it.
    pub(crate) fn must_wait(&self, arrival: &Arrival) -> bool {
        self.sheet.as_ref().is_some_and(|sheet| !sheet.is_about(arrival))
    }

    /// Holds something until the open sheet is closed.
    pub(crate) fn hold(&mut self, arrival: Arrival) {
        if self.arrivals.held.iter().any(|held| held.is_same(&arrival)) {
            return;
        }
        super::says(&mut self.says, arrival.title());
        if self.arrivals.held.len() == MOST {
            self.arrivals.held.pop_front();
        }
        self.arrivals.held.push_back(arrival);
    }

    fn show_invitation(&mut self, invitation: Invitation, read: Utc) {
        self.open_sheet(Invited::new(invitation, read, self.form.profile.clone()));
    }

    fn show_arrival(&mut self, arrival: Arrival, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        match arrival {
            Arrival::Invitation(invitation, read) => self.show_invitation(*invitation, read),
            Arrival::Request(ask, read) => self.open_customer(read, about, Some(&ask)),
            Arrival::Quit => {
                // What ran may have come to its end meanwhile.
                let running = running(seen);
                if running > 0 {
                    self.open_sheet(Quit(running));
                }
            }
            Arrival::KeyFile(path) => self.key_file(path, out),
            Arrival::Path(what) => self.type_path(what, about),
            Arrival::Code(id) => {
                if let Some(place) = seen.destination(id) {
                    self.ask_code(id, place);
                }
            }
        }
    }

    /// Asks what a person's own doing waits for, as soon as no dialog is open. What came from outside waits for a click.
    pub(crate) fn ask_what_waits(&mut self, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        while self.sheet.is_none()
            && let Some(at) = self.arrivals.held.iter().position(Arrival::is_own)
            && let Some(arrival) = self.arrivals.held.remove(at)
        {
            self.show_arrival(arrival, seen, about, out);
        }
    }

    /// Keeps the window open while uploads run, and asks whether to quit.
    pub(crate) fn guard_quit(&mut self, ui: &Ui, seen: &Snapshot) {
        if self.leaving || !ui.input(|input| input.viewport().close_requested()) {
            return;
        }
        let running = running(seen);
        if running == 0 {
            return;
        }
        ui.ctx().send_viewport_cmd(egui::ViewportCommand::CancelClose);
        match &self.sheet {
            None => self.open_sheet(Quit(running)),
            Some(sheet) if sheet.is_about(&Arrival::Quit) => {}
            Some(_) => self.hold(Arrival::Quit),
        }
    }

    /// Returns whether a yes to a card counts by now. `card` tells what the card shows from anything else it may show.
    pub(crate) fn armed(&mut self, ui: &Ui, card: impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        card.hash(&mut hasher);
        let card = Some(hasher.finish());
        let (now, in_front) = ui.input(|input| (input.time, input.viewport().focused.unwrap_or(true)));
        let known = std::mem::replace(&mut self.arrivals.card, card) == card;
        let was_in_front = std::mem::replace(&mut self.arrivals.in_front, in_front);
        if !known || !was_in_front {
            self.arrivals.since = now;
        }
        let left = self.arrivals.since + CALM - now;
        if left > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
        }
        in_front && left <= 0.0
    }

    /// Forgets the card on view, so that the next one has its moment even if it says the same.
    pub(crate) const fn disarm(&mut self) {
        self.arrivals.card = None;
    }

    /// Says above everything that something came, with a button that shows it.
    pub(crate) fn arrival_notice(&mut self, ui: &Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        let Some(arrival) = self.arrivals.held.front() else { return };
        let t = theme::of(ui);
        let title = arrival.title();
        let area = Area::new(Id::unique("arrival"))
            .order(Order::Tooltip)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -size::ARRIVAL_EDGE));
        let (show, leave) = area
            .show(ui.ctx(), |ui| {
                let frame = egui::Frame::new().fill(t.surface).stroke(Stroke::new(1.0, t.accent));
                frame.corner_radius(size::CARD).inner_margin(padding::ARRIVAL).show(ui, |ui| {
                    ui.set_max_width(ui.ctx().content_rect().width() - size::AROUND_SHEET);
                    let said = [(title, Face::Strong, t.ink)];
                    let (show, leave) = (Button::plain(invited::SHOW), Button::link(invited::DISMISS));
                    let wide = widgets::one_line(ui, &said, f32::INFINITY).size().x;
                    let parts = [icon_size::MEDIUM, wide, show.width(ui), leave.width(ui)];
                    let words = |ui: &mut Ui| {
                        widgets::icon(ui, icons::INFO, icon_size::MEDIUM, t.accent);
                        widgets::line(ui, &said);
                    };
                    if layout::width_of(&parts, gap::NEAR) <= ui.available_width() {
                        let all = ui.horizontal(|ui| {
                            ui.spacing_mut().item_spacing.x = gap::NEAR;
                            words(ui);
                            (ui.add(show).clicked(), ui.add(leave).clicked())
                        });
                        return all.inner;
                    }
                    ui.horizontal(words);
                    let below = ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = gap::NEAR;
                        (ui.add(show).clicked(), ui.add(leave).clicked())
                    });
                    below.inner
                })
            })
            .inner
            .inner;
        if show {
            self.swap_in(seen, about, out);
        } else if leave && let Some(Arrival::Invitation(invitation, _)) = self.arrivals.held.pop_front() {
            out.push(Request::DismissInvitation(invitation).into());
        }
    }

    /// Shows what was held. An invitation that was on view is held in its place; any other dialog is closed.
    fn swap_in(&mut self, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        let Some(arrival) = self.arrivals.held.pop_front() else { return };
        if let Some(mut sheet) = self.sheet.take() {
            match sheet.put_back() {
                Some(held) => self.arrivals.held.push_back(held),
                None => sheet.close(out),
            }
        }
        self.show_arrival(arrival, seen, about, out);
    }
}
