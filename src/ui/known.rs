//! The customers of earlier on the first screen: one click leads to where files went before.

use super::form::From;
use super::icons;
use super::theme::{self, Face, gap, padding, size};
use super::widgets::{self, Button};
use super::{Action, Window};
use crate::model::destination::Destination;
use crate::model::snapshot::{Command, Snapshot};
use crate::model::upload::DestinationId;
use crate::words::known as words;
use crate::words::ui::{pass, welcome};
use egui::{Popup, Rect, Ui, pos2, vec2};

/// Customers shown before the rest is asked for.
const FIRST: usize = 4;
/// What a press of an entry's buttons wants.
enum Pressed {
    /// To deliver there.
    Go,
    /// To look at what was entered, and change it.
    Change,
    /// To have it no longer in the list.
    Forget,
}

impl Window {
    /// Returns whether there is a customer to go on with.
    pub(crate) fn knows_customers(seen: &Snapshot) -> bool {
        !seen.places.is_empty() || !seen.remembered.is_empty()
    }

    /// Draws the customers that are open, then those of earlier, the most recent first. The first of them has the main
    /// button of the screen if `main` says so.
    pub(crate) fn known(&mut self, ui: &mut Ui, seen: &Snapshot, main: bool, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let open = seen.places.iter().enumerate().map(|(at, place)| {
            let id = u16::try_from(at).ok().map(DestinationId);
            (id, place.destination.as_ref())
        });
        let is_open = |to: &&Destination| seen.places.iter().any(|place| place.destination.is_same(to));
        let earlier = seen.remembered.iter().filter(|to| !is_open(to)).map(|to| (None, to));
        let all: Vec<(Option<DestinationId>, &Destination)> = open.chain(earlier).collect();
        let shown = if self.all_known { all.len() } else { all.len().min(FIRST) };
        widgets::card(ui.painter(), t, padding::CUSTOMERS).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            widgets::text(ui, &[(words::TITLE, Face::Name, t.ink)]);
            ui.add_space(gap::TEXT);
            for (at, (id, to)) in all[..shown].iter().enumerate() {
                let pressed = ui.push_id(("known", at), |ui| entry(ui, to, *id, at, main)).inner;
                match pressed {
                    None => {}
                    Some(Pressed::Go) if id.is_some() => self.place = *id,
                    Some(Pressed::Go) => self.open((*to).clone(), out),
                    Some(Pressed::Change) => self.form.fill(to, id.map_or(From::Known, From::Change)),
                    Some(Pressed::Forget) => out.push(Command::Forget(Box::new((*to).clone())).into()),
                }
            }
            if shown < all.len() {
                ui.add_space(gap::FINE);
                let more = words::more(all.len() - shown);
                self.all_known = ui.add(Button::small_link(&more)).clicked();
            }
        });
    }
}

/// Draws a customer: color, name, where files go and as whom, and the way there.
fn entry(ui: &mut Ui, to: &Destination, open: Option<DestinationId>, at: usize, main: bool) -> Option<Pressed> {
    let t = theme::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), size::list::CUSTOMER));
    if at > 0 {
        widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
    }
    let verb = if open.is_some() { words::GO_ON } else { welcome::GET_ACCESS };
    let name = words::button(verb, &to.name);
    let button = if at == 0 && main { Button::main(verb) } else { Button::plain(verb) }.named(&name);
    let width = button.width(ui);
    let middle = rect.center().y;
    let mut pressed = None;
    let more = widgets::icon_button_at(
        ui,
        pos2(rect.right() - size::ICON_BUTTON.x / 2.0, middle),
        icons::MORE,
        &words::button(words::MORE, &to.name),
        t.muted,
    );
    Popup::menu(&more).gap(gap::CLOSE).show(|ui| {
        ui.set_min_width(size::MENU_WIDTH);
        if widgets::menu_item(ui, pass::CHANGE) {
            pressed = Some(Pressed::Change);
        }
        if open.is_none() && widgets::menu_item(ui, words::FORGET) {
            pressed = Some(Pressed::Forget);
        }
    });
    let left = rect.right() - size::list::CUSTOMER_BUTTON - width;
    let place = Rect::from_min_size(pos2(left, middle - size::CONTROL / 2.0), vec2(width, size::CONTROL));
    if ui.put(place, button).clicked() {
        pressed = Some(Pressed::Go);
    }
    widgets::dot_at(
        ui,
        pos2(rect.left() + size::DOT / 2.0, middle - Face::Body.line() / 2.0),
        to.role.account().as_str(),
    );
    let room = left - rect.left() - gap::EDGE - gap::NEAR;
    let place = words::place(to);
    for (y, text, face, ink) in [
        (-Face::Body.line() / 2.0, to.name.as_str(), Face::Strong, t.ink),
        (Face::Body.line() / 2.0, &place, Face::Small, t.muted),
    ] {
        widgets::text_at(
            ui,
            egui::Align2::LEFT_CENTER,
            pos2(rect.left() + gap::EDGE, middle + y),
            &[(text, face, ink)],
            room,
        );
    }
    pressed
}
