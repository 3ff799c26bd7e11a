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

/// Draws one of the facts at the top: its name, and below it what it is.
pub(crate) fn fact(ui: &mut Ui, name: &str, value: &str, face: Face) -> egui::Response {
    let t = theme::of(ui);
    let said = ui.vertical(|ui| {
        widgets::text(ui, &[(name, Face::Small, t.muted)]);
        widgets::text(ui, &[(value, face, t.ink)])
    });
    ui.add_space(gap::FACTS);
    said.inner
}

/// Opens and closes the rest, at the right of a card's top.
pub(crate) fn more_link(ui: &mut Ui, kit: &mut Kit, right_top: egui::Pos2) {
    let link = Button::small_link(if kit.more { words::LESS } else { words::MORE });
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

pub(crate) fn strong_link(ui: &mut Ui, x: f32, y: f32, text: &str, width: f32) -> bool {
    let t = theme::of(ui);
    let rect = Rect::from_min_size(pos2(x, y - size::LINK / 2.0), vec2(width, size::LINK));
    let response = ui.allocate_rect(rect, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    let galley = widgets::one_line(ui, &[(text, Face::SmallStrong, t.accent)], f32::INFINITY);
    ui.painter().galley(pos2(x, y - galley.size().y / 2.0), galley, t.accent);
    if response.hovered() {
        ui.painter().hline(rect.x_range(), y + size::UNDERLINE, Stroke::new(1.0, t.accent));
    }
    widgets::focus_ring(ui, &response, rect, t);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}
