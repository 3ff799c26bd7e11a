//! Cards, and the facts, fields and links inside them.

use super::kit::{Entry, Kit, Wrong};
use super::theme::{self, Face, gap, size};
use super::widgets::{self, Button};
use super::{layout, picker};
use crate::words::ask as words;
use egui::{Color32, Id, Margin, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Draws a card as wide as the column.
pub(crate) fn card<R>(ui: &mut Ui, margin: Margin, add: impl FnOnce(&mut Ui) -> R) -> R {
    let t = theme::of(ui);
    widgets::card(ui.painter(), t, margin)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui)
        })
        .inner
}

/// Lays out the facts at the top of a card, on as many rows as they need beside the link at its right.
pub(crate) fn facts<R>(ui: &mut Ui, link: &Button<'_>, add: impl FnOnce(&mut Ui) -> R) -> R {
    let height = Face::Small.line() + Face::Body.line();
    beside_link(ui, link, |ui| layout::wrapping(ui, height, vec2(gap::FACTS, gap::TEXT), add))
}

/// Leaves room for the link at the right of a card's top.
pub(crate) fn beside_link<R>(ui: &mut Ui, link: &Button<'_>, add: impl FnOnce(&mut Ui) -> R) -> R {
    let taken = link.width(ui) + gap::WIDE;
    ui.scope(|ui| {
        ui.set_max_width(ui.available_width() - taken);
        add(ui)
    })
    .inner
}

/// Draws one of the facts at the top: its name, and below it what it is.
pub(crate) fn fact(ui: &mut Ui, name: &str, value: &str, face: Face) {
    let t = theme::of(ui);
    let (name, value) = ([(name, Face::Small, t.muted)], [(value, face, t.ink)]);
    let wide = |runs: &[widgets::TextRun<'_>]| widgets::one_line(ui, runs, f32::INFINITY).size().x;
    let width = wide(&name).max(wide(&value)).min(ui.max_rect().width());
    layout::column_cell(ui, width, Face::Small.line() + face.line(), |ui| {
        widgets::line(ui, &name);
        widgets::line(ui, &value);
    });
}

/// Returns the link that opens and closes the rest.
pub(crate) const fn more(kit: &Kit) -> Button<'static> {
    Button::small_link(if kit.more { words::LESS } else { words::MORE })
}

/// Opens and closes the rest, at the right of a card's top.
pub(crate) fn more_link(ui: &mut Ui, kit: &mut Kit, right_top: egui::Pos2) {
    let link = more(kit);
    let width = link.width(ui);
    let place = Rect::from_min_size(pos2(right_top.x - width, right_top.y - 2.0), vec2(width, size::LINK));
    if picker::at(ui, place, link).clicked() {
        kit.more = !kit.more;
    }
}

/// Draws a field with its name inside and what is wrong about it below.
pub(crate) fn named(ui: &mut Ui, kit: &mut Kit, entry: Entry, name: &str, width: f32, wrong: Option<&Wrong>) {
    let wrong = wrong.filter(|wrong| wrong.entry == Some(entry) && !wrong.missing && kit.left.contains(&entry));
    let id = Id::unique(("kit", format!("{entry:?}")));
    let response = picker::named_field(ui, id, name, kit.draft(entry), width, wrong.is_some());
    if response.lost_focus() {
        kit.left.insert(entry);
    }
    if let Some(wrong) = wrong {
        picker::below(ui, &wrong.text);
    }
}

/// Draws two fields side by side.
pub(crate) fn pair(ui: &mut Ui, kit: &mut Kit, fields: [(Entry, &str); 2], wrong: Option<&Wrong>) {
    const BETWEEN: f32 = gap::NEAR;
    /// The least room for a value beside the field's name.
    const VALUE: f32 = size::FIELD_VALUE;
    let width = (ui.available_width() - BETWEEN) / 2.0;
    let longest = fields
        .iter()
        .map(|(_, name)| widgets::one_line(ui, &[(name, Face::Body, Color32::PLACEHOLDER)], f32::INFINITY).size().x)
        .fold(0.0, f32::max);
    if longest + VALUE > width {
        let [(first, first_name), (second, second_name)] = fields;
        let width = ui.available_width();
        named(ui, kit, first, first_name, width, wrong);
        ui.add_space(gap::PARAGRAPH);
        named(ui, kit, second, second_name, width, wrong);
        return;
    }
    let top = ui.cursor().min;
    let mut bottom = top.y;
    let mut x = top.x;
    for (entry, name) in fields {
        let mut column = layout::column_at(ui, pos2(x, top.y), width);
        named(&mut column, kit, entry, name, width, wrong);
        bottom = bottom.max(column.min_rect().bottom());
        x += width + BETWEEN;
    }
    ui.advance_cursor_after_rect(Rect::from_min_max(top, pos2(top.x + 2.0 * width + BETWEEN, bottom)));
}

pub(crate) fn strong_link_width(ui: &Ui, text: &str) -> f32 {
    widgets::one_line(ui, &[(text, Face::SmallStrong, theme::of(ui).accent)], f32::INFINITY).size().x
}

/// Draws a link that stands out, as wide as its text.
pub(crate) fn strong_link(ui: &mut Ui, text: &str) -> bool {
    let t = theme::of(ui);
    let room = if ui.layout().main_wrap() { ui.max_rect().width() } else { f32::INFINITY };
    let galley = widgets::one_line(ui, &[(text, Face::SmallStrong, t.accent)], room);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, size::LINK), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    let y = rect.center().y;
    ui.painter().galley(pos2(rect.left(), y - galley.size().y / 2.0), galley, t.accent);
    if response.hovered() {
        ui.painter().hline(rect.x_range(), y + size::UNDERLINE, Stroke::new(1.0, t.accent));
    }
    widgets::focus_ring(ui, &response, rect, t);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// Lays out a sentence with its links, so wide together, in the middle; on rows of their own if there is too little room.
/// `add` is told which of the two it is.
pub(crate) fn links_row(ui: &mut Ui, height: f32, width: f32, add: impl FnOnce(&mut Ui, bool)) {
    let full = ui.available_width();
    if width > full {
        ui.vertical_centered(|ui| add(ui, true));
        return;
    }
    layout::cell(ui, full, height, |ui| {
        ui.add_space((full - width) / 2.0);
        add(ui, false);
    });
}

/// Draws the dot between two links that stand beside each other.
pub(crate) fn dot_between(ui: &mut Ui, wraps: bool) {
    if wraps {
        return;
    }
    let t = theme::of(ui);
    layout::cell(ui, gap::DOT, size::LINK, |ui| {
        let dot = [("·", Face::Small, t.muted)];
        let width = widgets::one_line(ui, &dot, f32::INFINITY).size().x;
        ui.add_space((gap::DOT - width) / 2.0);
        widgets::line(ui, &dot);
    });
}
