//! How pages and columns are laid out.

use super::theme::{gap, size};
use egui::{Align, Layout, Pos2, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2};

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
