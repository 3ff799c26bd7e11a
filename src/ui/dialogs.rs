//! The frame of what opens over the window. One sheet is open at a time; Escape closes it.

use super::backend::SheetReply;
use super::sheet::{After, Sheet, View};
use super::theme::{self, size};
use super::{Action, Window};
use egui::{Align2, Id, Modal, ScrollArea, Stroke, Ui, vec2};

impl Window {
    /// Opens a sheet in the place of the one that is open.
    pub(crate) fn open_sheet(&mut self, sheet: impl Sheet + 'static) {
        self.disarm();
        self.sheet = Some(Box::new(sheet));
    }

    /// Draws the sheet that is open.
    pub(crate) fn open_dialog(&mut self, ui: &mut Ui, view: &View<'_>, out: &mut Vec<Action>) {
        let Some(mut sheet) = self.sheet.take() else { return };
        let t = theme::of(ui);
        let frame = egui::Frame::new()
            .fill(t.surface)
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(size::CARD)
            .inner_margin(size::SHEET_PADDING);
        let id = Id::unique("dialog");
        // It makes room for the notice about what came meanwhile, whose buttons and its own must not lie on each other.
        let up = vec2(0.0, -self.arrivals.room() / 2.0);
        let area = Modal::default_area(id).anchor(Align2::CENTER_CENTER, up);
        let shown = Modal::new(id).area(area).frame(frame).backdrop_color(t.veil).show(ui.ctx(), |ui| {
            ui.set_width(size::DIALOG.min(ui.ctx().content_rect().width() - size::AROUND_SHEET));
            ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
            // What is higher than the window scrolls.
            let most = ui.ctx().content_rect().height() - size::ABOVE_SHEET - self.arrivals.room();
            let scroll = ScrollArea::vertical().max_height(most).min_scrolled_height(most);
            scroll.show(ui, |ui| sheet.show(ui, self, view, out)).inner
        });
        if shown.inner == After::Stay && !shown.should_close() {
            self.sheet = Some(sheet);
        } else {
            sheet.close(out);
        }
    }

    /// Hands a reply to the sheet that is open. The reply to a request that is not the sheet's latest is dropped.
    pub fn sheet_reply(&mut self, round: u32, reply: SheetReply, out: &mut Vec<Action>) {
        let Some(mut sheet) = self.sheet.take_if(|sheet| sheet.round() == Some(round)) else { return };
        match sheet.reply(reply, self, out) {
            After::Stay => self.sheet = Some(sheet),
            After::Close => sheet.close(out),
        }
    }
}
