//! The sheets that open over the window: what each can do, and the parts they share.

use super::arrival::Arrival;
use super::backend::SheetReply;
use super::theme::{Face, Tokens, gap, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, picker};
use crate::model::snapshot::Snapshot;
use crate::time::Time;
use crate::words::ui::dialog;
use egui::text_edit::TextEditState;
use egui::{Align, Id, Key, Layout, Response, Ui, vec2};

/// What one frame is drawn from.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub seen: &'a Snapshot,
    pub about: &'a About,
    pub now: Time,
}

/// Whether a sheet stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Stay,
    Close,
}

/// A sheet that opens over the window. [`Window::open_sheet`] opens one; one is open at a time.
pub(crate) trait Sheet {
    /// Draws the sheet.
    fn show(&mut self, ui: &mut Ui, window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After;

    /// Returns the number of the sheet's latest request, if it asks for something.
    fn round(&self) -> Option<u32> {
        None
    }

    /// Takes in the reply to the latest request.
    fn reply(&mut self, _reply: SheetReply, _window: &mut Window, _out: &mut Vec<Action>) -> After {
        After::Stay
    }

    /// Ends what the sheet began. Called when a person closes the sheet.
    fn close(&mut self, _out: &mut Vec<Action>) {}

    /// Returns whether the sheet is already about this arrival, which then need not wait until the sheet is closed.
    fn is_about(&self, _arrival: &Arrival) -> bool {
        false
    }

    /// Returns what waits for the person again if another arrival takes the sheet's place.
    fn put_back(&self) -> Option<Arrival> {
        None
    }
}

/// Draws the title of a sheet.
pub(crate) fn title(ui: &mut Ui, text: &str, t: &Tokens) {
    widgets::text(ui, &[(text, Face::Name, t.ink)]);
    ui.add_space(gap::TEXT);
}

/// Lays out the buttons of a sheet from the right, the main one first.
pub(crate) fn buttons(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.add_space(gap::BUTTONS);
    let layout = Layout::right_to_left(Align::Center).with_main_wrap(true);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::CONTROL), layout, |ui| {
        ui.spacing_mut().item_spacing = vec2(gap::PARAGRAPH, gap::PARAGRAPH);
        add(ui);
    });
}

/// Draws the only button of a sheet, which closes it.
pub(crate) fn close_button(ui: &mut Ui, text: &str) -> After {
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let close = ui.add(Button::plain(text));
        safe(ui, &close);
        if close.clicked() {
            after = After::Close;
        }
    });
    after
}

/// Asks whether to do something, and does it with `act` on a yes. No is the main button and has the focus.
pub(crate) fn question(ui: &mut Ui, (no, yes): (&str, &str), act: impl FnOnce(&Ui)) -> After {
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let keep = ui.add(Button::main(no));
        safe(ui, &keep);
        if keep.clicked() {
            after = After::Close;
        }
        if ui.add(Button::plain(yes)).clicked() {
            act(ui);
            after = After::Close;
        }
    });
    after
}

/// Gives the focus to `response`, the safe button or the first field, if nothing has it.
pub(crate) fn safe(ui: &Ui, response: &Response) {
    if ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
}

/// Clears egui's undo history of a field, which must keep no copy of a secret.
pub(crate) fn forget_typed(ui: &Ui, id: Id) {
    if let Some(mut state) = TextEditState::load(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

/// Returns whether Enter was pressed in one of these fields.
pub(crate) fn entered(ui: &Ui, responses: &[&Response]) -> bool {
    ui.input(|input| input.key_pressed(Key::Enter)) && responses.iter().any(|response| response.lost_focus())
}

/// Gives a sheet's only field the focus if nothing has it, and clears `wrong` once its text changes. Returns whether Enter
/// was pressed in it.
pub(crate) fn follow_field(ui: &Ui, field: &Response, wrong: &mut bool) -> bool {
    // Looked at before the focus comes back: a field that has it did not lose it.
    let entered = entered(ui, &[field]);
    safe(ui, field);
    if field.changed() {
        *wrong = false;
    }
    entered
}

/// Draws the field for the code of an MFA device, which takes digits alone. Returns whether Enter was pressed in it.
pub(crate) fn code_field(ui: &mut Ui, id: Id, code: &mut String, wrong: &mut bool) -> bool {
    let field = widgets::field(ui, id, dialog::CODE, code, size::sheet::CODE, Face::Name, *wrong);
    let entered = follow_field(ui, &field, wrong);
    code.retain(|c| c.is_ascii_digit());
    code.truncate(CODE_DIGITS);
    forget_typed(ui, id);
    if *wrong {
        picker::below(ui, dialog::CODE_FORM);
    }
    entered
}

/// The digits of an MFA device's code.
pub(crate) const CODE_DIGITS: usize = 6;
