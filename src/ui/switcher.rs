//! The menu under the pass: open destinations, earlier ones, a new one, signing out.

use super::theme::{self, Face, gap, icon_size, size};
use super::{Action, Scene, Window, form, icons, widgets};
use crate::model::destination::Destination;
use crate::model::session::Session;
use crate::model::snapshot::Command;
use crate::words::accounts::check;
use crate::words::known::bucket;
use crate::words::ui::pass as words;
use egui::{CornerRadius, Popup, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Destinations of earlier that the menu lists at most.
const EARLIER: usize = 8;
impl Window {
    pub(crate) fn switcher(&mut self, under: &Response, scene: &Scene<'_>, out: &mut Vec<Action>) {
        // Below the second line of the pass, which says where files go.
        Popup::menu(under).gap(size::menu::GAP).width(size::menu::WIDTH).show(|ui| {
            ui.set_min_width(size::menu::WIDTH - gap::EDGE);
            ui.spacing_mut().item_spacing.y = gap::FINE;
            ui.spacing_mut().button_padding.x = gap::PARAGRAPH;
            heading(ui, words::OPEN_NOW);
            for (id, place) in scene.seen.destinations() {
                let to = &place.destination;
                if entry(ui, to, &bucket(to), id == scene.id) {
                    self.on_view = Some(id);
                    self.trouble_open = false;
                }
            }
            let open = |to: &Destination| scene.seen.destinations.iter().any(|place| place.destination.is_same(to));
            let mut earlier = scene.seen.remembered.iter().filter(|to| !open(to)).take(EARLIER).peekable();
            if earlier.peek().is_some() {
                ui.separator();
                heading(ui, words::EARLIER);
            }
            for to in earlier {
                if entry(ui, to, &bucket(to), false) {
                    self.open(to.clone(), out);
                }
            }
            ui.separator();
            if widgets::menu_item(ui, words::NEW) {
                self.form = form::Form::default();
                self.on_view = None;
            }
            if widgets::menu_item(ui, crate::words::history::OPEN) {
                out.push(Action::OpenHistory);
            }
            if widgets::menu_item(ui, words::CHANGE) {
                self.form.fill(&scene.place.destination, form::From::Change(scene.id));
                self.on_view = None;
            }
            if widgets::menu_item(ui, check::OPEN) {
                self.check_access(&scene.place.destination);
            }
            let signed_in = match &scene.place.session {
                Session::Active(_) | Session::Assuming(_) => true,
                Session::SignedOut | Session::Expired(_) | Session::Denied(_) => false,
            };
            if signed_in && widgets::menu_item(ui, words::SIGN_OUT) {
                out.push(Command::SignOut(scene.id).into());
            }
        });
    }
}

fn heading(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.add_space(gap::PARAGRAPH);
        ui.label(RichText::new(text).small().color(t.muted));
    });
}

/// Draws a destination: its customer's color, its name, and below it where files go.
fn entry(ui: &mut Ui, to: &Destination, place: &str, on: bool) -> bool {
    let t = theme::of(ui);
    let name = to.name.as_str();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, on, format!("{name}, {place}")));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), t.sunken);
    }
    widgets::dot_at(
        ui,
        pos2(rect.left() + gap::PARAGRAPH + size::DOT_RADIUS, rect.top() + size::menu::FIRST_LINE + 1.0),
        to.role.account().as_str(),
    );
    let room = rect.width() - size::menu::AROUND_TEXT;
    for (y, text, face, ink) in
        [(size::menu::FIRST_LINE, name, Face::Strong, t.ink), (size::menu::SECOND_LINE, place, Face::Small, t.muted)]
    {
        let galley = widgets::one_line(ui, &[(text, face, ink)], room);
        ui.painter().galley(
            pos2(rect.left() + gap::PARAGRAPH + size::BEHIND_DOT, rect.top() + y - galley.size().y / 2.0),
            galley,
            ink,
        );
    }
    if on {
        widgets::icon_at(
            ui.painter(),
            rect.right_center() - vec2(gap::WIDE, 0.0),
            icons::CHECK,
            icon_size::SMALL,
            t.accent,
        );
    }
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}
