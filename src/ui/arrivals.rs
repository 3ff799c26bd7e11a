//! What comes from outside while a dialog is open, and the moment in which no yes counts because the card has just come.

use super::access::left;
use super::dialogs::Dialog;
use super::invited::Invited;
use super::theme::{self, Face, size};
use super::widgets::{self, Button};
use super::{About, Window, Wish, icons};
use crate::grant::{Ask, Invitation};
use crate::time::Utc;
use crate::words::ask::invited;
use egui::{Align2, Area, Id, Margin, Order, Stroke, Ui, vec2};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// How long a yes waits after its card appeared or changed, in seconds, as browsers do it.
const CALM: f64 = 0.7;

/// Something that was read, and when by the wall clock.
enum Arrival {
    Invitation(Box<Invitation>, Utc),
    Request(Box<Ask>, Utc),
}

/// What waits to be looked at, and since when the card on view stands as it does.
#[derive(Default)]
pub(crate) struct Arrivals {
    /// The newest arrival that met an open dialog.
    held: Option<Arrival>,
    /// What the card shows; none while there is none.
    card: Option<u64>,
    /// Since when, on egui's clock.
    since: f64,
    /// Whether the window had the keyboard in the last frame.
    in_front: bool,
}

impl Window {
    /// Takes in an invitation that was read at `read`: shows it for the person to agree to or to leave, or holds it while
    /// another dialog is open.
    pub fn invited(&mut self, invitation: Invitation, read: Utc) {
        if let Some(Dialog::Invited(card)) = &self.dialog
            && card.invitation == invitation
        {
            return;
        }
        self.arrived(Arrival::Invitation(Box::new(invitation), read), None);
    }

    /// Takes in a request that was read at `read`: opens the customer's page with it, or holds it while a dialog is open.
    pub fn requested(&mut self, ask: Ask, read: Utc, about: &About) {
        self.arrived(Arrival::Request(Box::new(ask), read), Some(about));
    }

    fn arrived(&mut self, arrival: Arrival, about: Option<&About>) {
        if self.dialog.is_some() {
            super::says(&mut self.says, arrival.title());
            self.arrivals.held = Some(arrival);
        } else {
            self.show_arrival(arrival, about);
        }
    }

    fn show_arrival(&mut self, arrival: Arrival, about: Option<&About>) {
        match (arrival, about) {
            (Arrival::Invitation(invitation, read), _) => {
                self.arrivals.card = None;
                self.dialog =
                    Some(Dialog::Invited(Box::new(Invited::new(*invitation, read, self.form.profile.clone()))));
            }
            (Arrival::Request(ask, read), Some(about)) => self.open_customer(read, about, Some(&ask)),
            (arrival @ Arrival::Request(..), None) => self.arrivals.held = Some(arrival),
        }
    }

    /// Whether a yes to a card counts by now. `card` tells what the card shows from anything else it may show.
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
    pub(crate) fn arrival_notice(&mut self, ui: &Ui, about: &About, out: &mut Vec<Wish>) {
        let Some(arrival) = &self.arrivals.held else { return };
        let t = theme::of(ui);
        let title = arrival.title();
        let area =
            Area::new(Id::unique("arrival")).order(Order::Tooltip).anchor(Align2::CENTER_BOTTOM, vec2(0.0, -22.0));
        let (show, leave) = area
            .show(ui.ctx(), |ui| {
                let frame = egui::Frame::new().fill(t.surface).stroke(Stroke::new(1.0, t.accent));
                frame.corner_radius(size::CARD).inner_margin(Margin::symmetric(16, 10)).show(ui, |ui| {
                    let all = ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 12.0;
                        widgets::icon(ui, icons::INFO, 18.0, t.accent);
                        widgets::line(ui, &[(title, Face::Strong, t.ink)]);
                        let show = ui.add(Button::plain(invited::SHOW)).clicked();
                        (show, ui.add(Button::link(invited::DISMISS)).clicked())
                    });
                    all.inner
                })
            })
            .inner
            .inner;
        if show {
            self.swap_in(about, out);
        } else if leave && let Some(Arrival::Invitation(invitation, _)) = self.arrivals.held.take() {
            out.push(Wish::DismissInvitation(invitation));
        }
    }

    /// Shows what was held. An invitation that was on view is held in its place; any other dialog is closed.
    fn swap_in(&mut self, about: &About, out: &mut Vec<Wish>) {
        let Some(arrival) = self.arrivals.held.take() else { return };
        match self.dialog.take() {
            Some(Dialog::Invited(card)) => {
                self.arrivals.held = Some(Arrival::Invitation(Box::new(card.invitation), card.read));
            }
            Some(Dialog::Access(sheet)) => left(&sheet, out),
            Some(_) | None => {}
        }
        self.show_arrival(arrival, Some(about));
    }
}

impl Arrival {
    const fn title(&self) -> &'static str {
        match self {
            Self::Invitation(..) => invited::ANOTHER,
            Self::Request(..) => invited::ANOTHER_REQUEST,
        }
    }
}
