//! What every dialog is made of: its title, its buttons, and the fields in it.

use super::theme::{Face, Tokens, size};
use super::widgets;
use egui::text_edit::TextEditState;
use egui::{Align, Id, Key, Layout, Response, Ui, vec2};

/// Whether a dialog stays open.
pub(crate) enum After {
    Stay,
    Close,
}

/// The title of a dialog.
pub(crate) fn title(ui: &mut Ui, text: &str, t: &Tokens) {
    widgets::text(ui, &[(text, Face::Name, t.ink)]);
    ui.add_space(8.0);
}

/// The buttons of a dialog, the main one at the right.
pub(crate) fn buttons(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.add_space(18.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::CONTROL), Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        add(ui);
    });
}

/// Gives the safe button the focus when nothing has it.
pub(crate) fn safe(ui: &Ui, response: &Response) {
    if ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
}

/// egui keeps what was typed for undo; a secret must not stay there.
pub(crate) fn forget_typed(ui: &Ui, id: Id) {
    if let Some(mut state) = TextEditState::load(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

/// Whether Enter was pressed in one of these fields.
pub(crate) fn entered(ui: &Ui, responses: &[&Response]) -> bool {
    ui.input(|input| input.key_pressed(Key::Enter)) && responses.iter().any(|response| response.lost_focus())
}
