//! How pages and columns are laid out.

use super::theme::{Face, gap, size};
use egui::{Align, Layout, Pos2, Rect, Response, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2};

/// Lays a column out from its upper left corner, without space between its parts; returns it to be filled.
pub fn column_at(ui: &mut Ui, left_top: Pos2, width: f32) -> Ui {
    let place = Rect::from_min_size(left_top, vec2(width, size::GROWS));
    ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Min)))
}

/// Lays out a page: a column of this width at most in the middle, which scrolls. Returns what `add` returns.
pub fn page<R>(ui: &mut Ui, width: f32, above: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let all = ui.max_rect();
    let width = width.min(all.width() - 2.0 * size::EDGE);
    let shown = ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        ui.add_space(above);
        let top = ui.cursor().top();
        let mut column = column_at(ui, pos2(all.left() + (all.width() - width) / 2.0, top), width);
        let result = add(&mut column);
        let bottom = column.min_rect().bottom() + gap::WIDE;
        ui.allocate_rect(Rect::from_min_max(pos2(all.left(), top), pos2(all.right(), bottom)), Sense::empty());
        result
    });
    shown.inner
}

/// Lays out a row as high as its parts, and `height` at least. What `end` adds stands at the right, the first at the very
/// end; what `start` adds has the room that is left. Returns the row's response.
pub fn row(ui: &mut Ui, height: f32, end: impl FnOnce(&mut Ui), start: impl FnOnce(&mut Ui)) -> Response {
    let room = vec2(ui.available_width(), height);
    let row = ui.allocate_ui_with_layout(room, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_height(height);
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        end(ui);
        let rest = vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(rest, Layout::left_to_right(Align::Center), start);
    });
    row.response
}

/// Lays out two lines below each other in the room that a row leaves, with `between` between them.
pub fn two_lines(ui: &mut Ui, between: f32, first: impl FnOnce(&mut Ui), second: impl FnOnce(&mut Ui)) {
    let room = vec2(ui.available_width(), 2.0 * Face::Body.line());
    ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| {
        first(ui);
        ui.add_space(between);
        second(ui);
    });
}
