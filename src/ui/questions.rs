//! The questions before something is given up or risked: quitting, canceling everything, sending a file with a key.

use super::arrival::Arrival;
use super::sheet::{After, Sheet, View, question, title};
use super::theme::{self, Face};
use super::{Action, Window, widgets};
use crate::model::problem::Kind;
use crate::model::snapshot::{Command, Which};
use crate::model::upload::{DestinationId, UploadId};
use crate::words::problem::said;
use crate::words::ui::{self as words, dialog};
use egui::{Ui, ViewportCommand};

/// Asks whether to quit while this many uploads run.
pub(crate) struct Quit(pub u64);

impl Sheet for Quit {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, _view: &View<'_>, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        title(ui, dialog::QUIT_TITLE, t);
        widgets::text(ui, &[(&words::quit(self.0), Face::Body, t.muted)]);
        question(ui, (dialog::KEEP, dialog::QUIT), |ui| {
            window.leaving = true;
            out.push(Action::Quit);
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        })
    }

    fn is_about(&self, arrival: &Arrival) -> bool {
        matches!(arrival, Arrival::Quit)
    }
}

/// Asks whether to cancel every upload of a destination.
pub(crate) struct CancelAll(pub DestinationId);

impl Sheet for CancelAll {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        let open = view.seen.destination(self.0).map_or(0, |place| place.totals.open());
        title(ui, dialog::CANCEL_ALL_TITLE, t);
        widgets::text(ui, &[(&words::cancel_all(open), Face::Body, t.muted)]);
        question(ui, (dialog::KEEP_THEM, dialog::CANCEL_ALL), |_| {
            out.push(Command::Cancel(Which::All(self.0)).into());
        })
    }
}

/// Asks whether to send a file that looks like an access key.
pub(crate) struct SendKeyFile(pub UploadId);

impl Sheet for SendKeyFile {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        let Some(upload) = view.seen.rows.get(self.0) else { return After::Close };
        title(ui, &words::send_key_file(&upload.name), t);
        widgets::text(ui, &[(&said(Kind::KeyFile).body, Face::Body, t.muted)]);
        question(ui, (dialog::LEAVE_OUT, dialog::SEND_KEY), |_| {
            out.push(Command::SendKeyFile(self.0).into());
        })
    }
}
