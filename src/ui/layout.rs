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

/// Lays out a cell of a row: of this size, with its parts beside each other in the middle of its height. Returns what `add`
/// returns.
pub fn cell<R>(ui: &mut Ui, width: f32, height: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    sized(ui, vec2(width, height), Layout::left_to_right(Align::Center), add)
}

/// Lays out a cell of a row whose parts stand below each other, from its top.
pub fn column_cell<R>(ui: &mut Ui, width: f32, height: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    sized(ui, vec2(width, height), Layout::top_down(Align::Min), add)
}

/// Lays out parts without space between them in this size, of which nothing is negative.
fn sized<R>(ui: &mut Ui, size: Vec2, layout: Layout, add: impl FnOnce(&mut Ui) -> R) -> R {
    let size = size.max(Vec2::ZERO);
    let cell = ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        add(ui)
    });
    cell.inner
}

/// Lays out cells beside each other in a rectangle. Returns what `add` returns.
pub fn cells<R>(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    let mut row = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Min)));
    row.spacing_mut().item_spacing = Vec2::ZERO;
    add(&mut row)
}

/// Lays out parts beside each other, so far `apart`, on as many rows as they need. Returns what `add` returns.
pub fn wrapping<R>(ui: &mut Ui, height: f32, apart: Vec2, add: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Layout::left_to_right(Align::Center).with_main_wrap(true);
    let rows = ui.allocate_ui_with_layout(vec2(ui.available_width(), height), layout, |ui| {
        ui.spacing_mut().item_spacing = apart;
        add(ui)
    });
    rows.inner
}

/// Returns the height of so many parts of one height and these widths on as many rows as they need in a width of `full`.
pub fn wrapped_height(widths: &[f32], height: f32, apart: Vec2, full: f32) -> f32 {
    let (mut rows, mut used) = (1_u8, 0.0);
    for (at, width) in widths.iter().enumerate() {
        let more = if at == 0 { *width } else { used + apart.x + width };
        if at > 0 && more > full {
            rows += 1;
            used = *width;
        } else {
            used = more;
        }
    }
    f32::from(rows) * (height + apart.y) - apart.y
}

/// Lays out a page from the upper left corner of the window's part that is its own: it scrolls where `add`, which returns
/// where the page ends, needs more than that.
pub fn scrolling<R>(ui: &mut Ui, id: &str, add: impl FnOnce(&mut Ui, Rect) -> (f32, R)) -> R {
    let window = ui.max_rect();
    let shown = ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| {
        let page = Rect::from_min_size(ui.max_rect().min, window.size());
        let (bottom, result) = add(ui, page);
        ui.allocate_rect(page.with_max_y(bottom.max(page.bottom())), Sense::empty());
        result
    });
    shown.inner
}

/// Returns the width of parts that stand beside each other, so far `apart`.
pub fn width_of(parts: &[f32], apart: f32) -> f32 {
    let gaps = parts.iter().skip(1).map(|_| apart);
    parts.iter().copied().chain(gaps).sum()
}
