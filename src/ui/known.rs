//! The customers of earlier on the first screen: one click leads to where files went before.

use super::form::From;
use super::theme::{self, Face, gap, padding, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons, layout};
use crate::model::destination::Destination;
use crate::model::snapshot::{Command, Snapshot};
use crate::model::upload::DestinationId;
use crate::words::known as words;
use crate::words::ui::{pass, welcome};
use egui::{Popup, Ui};

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
        !seen.destinations.is_empty() || !seen.remembered.is_empty()
    }

    /// Draws the customers that are open, then those of earlier, the most recent first. The first of them has the main
    /// button of the screen if `main` says so.
    pub(crate) fn known(&mut self, ui: &mut Ui, seen: &Snapshot, main: bool, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let open = seen.destinations().map(|(id, place)| (Some(id), place.destination.as_ref()));
        let is_open = |to: &&Destination| seen.destinations.iter().any(|place| place.destination.is_same(to));
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
                    Some(Pressed::Go) if id.is_some() => self.on_view = *id,
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
    let verb = if open.is_some() { words::GO_ON } else { welcome::GET_ACCESS };
    let name = words::button(verb, &to.name);
    let button = if at == 0 && main { Button::main(verb) } else { Button::plain(verb) }.named(&name);
    let mut pressed = None;
    let end = |ui: &mut Ui| {
        let more = widgets::icon_button(ui, icons::MORE, &words::button(words::MORE, &to.name), t.muted);
        Popup::menu(&more).gap(gap::CLOSE).show(|ui| {
            ui.set_min_width(size::MENU_WIDTH);
            if widgets::menu_item(ui, pass::CHANGE) {
                pressed = Some(Pressed::Change);
            }
            if open.is_none() && widgets::menu_item(ui, words::FORGET) {
                pressed = Some(Pressed::Forget);
            }
        });
        ui.add_space(gap::PARAGRAPH);
        if ui.add(button).clicked() {
            pressed = Some(Pressed::Go);
        }
        ui.add_space(gap::NEAR);
    };
    let row = layout::row(ui, size::list::CUSTOMER, end, |ui| {
        widgets::dot_at(ui, ui.cursor().left_center() + size::list::CUSTOMER_DOT, to.role.account().as_str());
        ui.add_space(gap::EDGE);
        layout::two_lines(
            ui,
            1.0,
            |ui| _ = widgets::line(ui, &[(&to.name, Face::Strong, t.ink)]),
            |ui| _ = widgets::line(ui, &[(&words::place(to), Face::Small, t.muted)]),
        );
    });
    if at > 0 {
        widgets::rule(ui.painter(), row.rect.x_range(), row.rect.top() + 0.5, t);
    }
    pressed
}
