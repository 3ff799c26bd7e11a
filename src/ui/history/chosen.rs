//! The bar for the deliveries that were chosen: their receipts and messages.

use super::{HistoryPage, HistoryRequest};
use crate::ui::paths::PathFor;
use crate::ui::theme::{self, Face, gap, size};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, icons, layout};
use crate::words::history as words;
use crate::words::untrusted_text::visible;
use egui::{Align, Layout, Popup, Rect, Ui, UiBuilder, Vec2, vec2};

/// Draws the bar for what was chosen.
pub(super) fn chosen(ui: &mut Ui, page: &mut HistoryPage, rect: Rect, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    ui.painter().rect_filled(rect, 0.0, t.surface);
    widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
    // Each customer's deliveries, with the file's name and the customer's.
    let customers: Vec<(Vec<i64>, String, String)> = page
        .customers()
        .iter()
        .map(|list| {
            let name = list.first().map(|one| visible(&one.destination.name)).unwrap_or_default();
            let file = crate::receipt::receipt_file(list.first().copied(), list.len());
            (list.iter().map(|one| one.id).collect(), file, name)
        })
        .collect();
    let inner = rect.shrink2(vec2(size::EDGE, gap::NEAR));
    let said = words::chosen(page.chosen.len(), customers.len());
    if chosen_beside(ui, page, inner.width()) {
        let mut row = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)));
        row.spacing_mut().item_spacing.x = size::NEAR;
        chosen_buttons(&mut row, page, &customers, out);
        let room = row.min_rect().left() - inner.left() - gap::NEAR;
        layout::cells(ui, inner, |ui| {
            layout::cell(ui, room, inner.height(), |ui| chosen_words(ui, page, &said, customers.len()));
        });
    } else {
        let mut column = layout::column_at(ui, inner.min, inner.width());
        column.spacing_mut().item_spacing = Vec2::ZERO;
        layout::cell(&mut column, inner.width(), size::CONTROL, |ui| chosen_words(ui, page, &said, customers.len()));
        column.add_space(gap::TEXT);
        layout::wrapping(&mut column, size::CONTROL, vec2(size::NEAR, gap::TEXT), |ui| {
            chosen_buttons(ui, page, &customers, out);
        });
    }
}

/// Draws what was chosen, as a sentence that is as short as it has to be.
fn chosen_words(ui: &mut Ui, page: &HistoryPage, said: &str, customers: usize) {
    let t = theme::of(ui);
    let room = ui.available_width();
    let strong = [(said, Face::Strong, t.ink)];
    if widgets::one_line(ui, &strong, f32::INFINITY).size().x <= room {
        widgets::line(ui, &strong);
        return;
    }
    // Two rows in small letters hold the long sentence or, at twice the size, the short one.
    let small = [(said, Face::Small, t.ink)];
    let fits = widgets::one_line(ui, &small, f32::INFINITY).size().x < room * size::past::TWO_LINES;
    let said = if fits { said.to_owned() } else { words::chosen_briefly(page.chosen.len(), customers) };
    widgets::one_or_two_lines(ui, &said, t.ink);
}

/// Draws the buttons for what was chosen, the main one first.
fn chosen_buttons(
    ui: &mut Ui,
    page: &mut HistoryPage,
    customers: &[(Vec<i64>, String, String)],
    out: &mut Vec<Action>,
) {
    let [save, message, none] = chosen_labels(page, customers.len());
    let saves = ui.add(Button::main(save).icon(icons::RECEIPT)).clicked();
    if let [(ids, file, _)] = customers {
        if saves {
            out.push(Action::Choose(PathFor::Receipts(ids.clone(), file.clone())));
        }
        page.message_button(ui, ids, out);
    } else {
        if saves {
            let each = customers.iter().map(|(ids, file, _)| (ids.clone(), file.clone()));
            out.push(Action::Choose(PathFor::ReceiptsEach(each.collect())));
        }
        let message = ui.add(Button::plain(message).icon(icons::COPY));
        Popup::menu(&message).gap(gap::CLOSE).show(|ui| {
            ui.set_min_width(size::MENU_WIDTH);
            for (ids, _, name) in customers {
                if widgets::menu_item(ui, words::message_for(name)) {
                    page.copied = (ids.clone(), false);
                    out.push(HistoryRequest::Message(ids.clone()).into());
                }
            }
        });
    }
    if !ui.layout().main_wrap() {
        ui.add_space(gap::SMALL);
    }
    if ui.add(Button::link(none)).clicked() {
        page.chosen.clear();
    }
}

/// Returns what the buttons for what was chosen say.
fn chosen_labels(page: &HistoryPage, customers: usize) -> [&'static str; 3] {
    let save = if page.chosen.len() == 1 { words::RECEIPT } else { words::RECEIPTS };
    [save, if customers == 1 { words::MESSAGE } else { words::MESSAGES }, words::NONE]
}

/// Returns the widths of the buttons for what was chosen.
fn chosen_widths(ui: &Ui, page: &HistoryPage) -> [f32; 3] {
    let [save, message, none] = chosen_labels(page, page.customers().len());
    let plain = |text| Button::plain(text).icon(icons::COPY).width(ui);
    [plain(save), plain(message), Button::link(none).width(ui)]
}

fn chosen_beside(ui: &Ui, page: &HistoryPage, width: f32) -> bool {
    width - layout::width_of(&chosen_widths(ui, page), size::NEAR) >= size::past::CHOSEN
}

/// Returns the height of the bar for what was chosen, in a page of this width.
pub(super) fn chosen_height(ui: &Ui, page: &HistoryPage, width: f32) -> f32 {
    if chosen_beside(ui, page, width) {
        return size::FOOTER;
    }
    let buttons = layout::wrapped_height(&chosen_widths(ui, page), size::CONTROL, vec2(size::NEAR, gap::TEXT), width);
    size::FOOTER + gap::TEXT + buttons
}
