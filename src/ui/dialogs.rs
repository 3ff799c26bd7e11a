//! What opens over the window: the code prompt, the quit guard, lists, explanations. One at a time; Escape closes.

use super::access::{self, Sheet};
use super::code::{self, Code};
use super::invited::Invited;
use super::paths::{self, TypedPath};
use super::settings::Draft;
use super::sheet::{After, buttons, safe, title};
use super::theme::{self, Face, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, trouble};
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::{Command, Snapshot, Which};
use crate::model::upload::{DestinationId, UploadId};
use crate::time::Time;
use crate::words::format;
use crate::words::problem::{said, said_of_ended, turn};
use crate::words::ui::{self as words, dialog};
use egui::{Align2, Id, Margin, Modal, ScrollArea, Stroke, Ui, vec2};
use std::sync::Arc;

/// The dialog that is open.
pub enum Dialog {
    Code(Code),
    /// So many uploads run; leave all the same?
    Quit(u64),
    /// Take everything out?
    CancelAll(DestinationId),
    /// Send a file that looks like a key?
    SendKeyFile(UploadId),
    /// What was left out.
    Skipped(DestinationId),
    /// Settings and about.
    Settings(Draft),
    /// A sheet about keys, profiles, signing in or access.
    Access(Box<Sheet>),
    /// A text to read.
    Text {
        title: String,
        body: String,
    },
    /// A problem with its details; true where it ended a file.
    Problem(Arc<Problem>, bool),
    /// A path to type.
    TypedPath(Box<TypedPath>),
    /// What the customer sees, in practice.
    Arrived,
    /// Remove the history?
    ClearHistory,
    /// An invitation to agree to.
    Invited(Box<Invited>),
}

impl Window {
    pub(crate) fn dialogs(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, now: Time, out: &mut Vec<Action>) {
        let Some(mut open) = self.dialog.take() else { return };
        let t = theme::of(ui);
        let frame = egui::Frame::new()
            .fill(t.surface)
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(size::CARD)
            .inner_margin(Margin::same(20));
        let id = Id::unique("dialog");
        // It makes room for the notice about what came meanwhile, whose buttons and its own must not lie on each other.
        let up = vec2(0.0, -self.arrivals.room() / 2.0);
        let area = Modal::default_area(id).anchor(Align2::CENTER_CENTER, up);
        let shown = Modal::new(id).area(area).frame(frame).backdrop_color(t.veil).show(ui.ctx(), |ui| {
            ui.set_width(size::DIALOG.min(ui.ctx().content_rect().width() - 80.0));
            ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
            match &mut open {
                Dialog::Code(code) => code::prompt(ui, code, about, out),
                Dialog::Quit(running) => self.quit(ui, *running, out),
                Dialog::CancelAll(id) => cancel_all(ui, seen, *id, out),
                Dialog::SendKeyFile(id) => send_key_file(ui, seen, *id, out),
                Dialog::Skipped(id) => super::left_out::show(ui, seen, about, *id, out),
                Dialog::Settings(draft) => super::settings::show(ui, draft, seen, out),
                Dialog::Access(sheet) => self.sheet(ui, sheet, (seen, about, now), out),
                Dialog::Text { title, body } => text(ui, title, body),
                Dialog::Problem(problem, ended) => explained(ui, problem, *ended, about, out),
                Dialog::TypedPath(draft) => paths::prompt(ui, draft, about, out),
                Dialog::Arrived => arrived(ui, about),
                Dialog::ClearHistory => super::history::clear(ui, out),
                Dialog::Invited(card) => self.invitation_card(ui, card, (seen, about, now), out),
            }
        });
        if matches!(shown.inner, After::Stay) && !shown.should_close() {
            self.dialog = Some(open);
        } else if let Dialog::Access(sheet) = &open {
            access::left(sheet, out);
        } else if let Dialog::Invited(card) = &open
            && let Some(invitation) = card.dismissed()
        {
            out.push(Action::DismissInvitation(Box::new(invitation.clone())));
        }
    }

    fn quit(&mut self, ui: &mut Ui, running: u64, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        title(ui, dialog::QUIT_TITLE, t);
        widgets::text(ui, &[(&words::quit(running), Face::Body, t.muted)]);
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let keep = ui.add(Button::main(dialog::KEEP));
            safe(ui, &keep);
            if keep.clicked() {
                after = After::Close;
            }
            if ui.add(Button::plain(dialog::QUIT)).clicked() {
                self.leaving = true;
                out.push(Action::Quit);
                ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
                after = After::Close;
            }
        });
        after
    }
}

fn close(ui: &mut Ui) -> After {
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let response = ui.add(Button::plain(dialog::CLOSE));
        safe(ui, &response);
        if response.clicked() {
            after = After::Close;
        }
    });
    after
}

fn cancel_all(ui: &mut Ui, seen: &Snapshot, id: DestinationId, out: &mut Vec<Action>) -> After {
    let t = theme::of(ui);
    let open = seen.places.get(usize::from(id.0)).map_or(0, |place| place.totals.open());
    title(ui, dialog::CANCEL_ALL_TITLE, t);
    widgets::text(ui, &[(&words::cancel_all(open), Face::Body, t.muted)]);
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let keep = ui.add(Button::main(dialog::KEEP_THEM));
        safe(ui, &keep);
        if keep.clicked() {
            after = After::Close;
        }
        if ui.add(Button::plain(dialog::CANCEL_ALL)).clicked() {
            out.push(Action::Command(Command::Cancel(Which::All(id))));
            after = After::Close;
        }
    });
    after
}

fn send_key_file(ui: &mut Ui, seen: &Snapshot, id: UploadId, out: &mut Vec<Action>) -> After {
    let t = theme::of(ui);
    let Some(upload) = seen.rows.get(id) else { return After::Close };
    title(ui, &words::send_key_file(&upload.name), t);
    widgets::text(ui, &[(&said(Kind::KeyFile).body, Face::Body, t.muted)]);
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let keep = ui.add(Button::main(dialog::LEAVE_OUT));
        safe(ui, &keep);
        if keep.clicked() {
            after = After::Close;
        }
        if ui.add(Button::plain(dialog::SEND_KEY)).clicked() {
            out.push(Action::Command(Command::SendKeyFile(id)));
            after = After::Close;
        }
    });
    after
}

fn text(ui: &mut Ui, heading: &str, body: &str) -> After {
    let t = theme::of(ui);
    title(ui, heading, t);
    widgets::text(ui, &[(body, Face::Body, t.muted)]);
    close(ui)
}

fn explained(ui: &mut Ui, problem: &Problem, ended: bool, about: &About, out: &mut Vec<Action>) -> After {
    let t = theme::of(ui);
    let spoken = if ended { said_of_ended(problem) } else { said(problem.kind) };
    title(ui, &spoken.title, t);
    widgets::text(ui, &[(&spoken.body, Face::Body, t.muted)]);
    if let Some(turn) = turn(problem.kind.turn(), true) {
        ui.add_space(8.0);
        widgets::text(ui, &[(turn, Face::SmallStrong, t.muted)]);
    }
    let details = trouble::technical(problem, &about.zone);
    if problem.detail.is_some() {
        ui.add_space(12.0);
        egui::Frame::new().fill(t.sunken).corner_radius(size::RADIUS).inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ScrollArea::vertical().max_height(160.0).auto_shrink([false, true]).show(ui, |ui| {
                widgets::selectable(ui, &[(&details, Face::MonoSmall, t.ink)]);
            });
        });
    }
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let response = ui.add(Button::plain(dialog::CLOSE));
        safe(ui, &response);
        if response.clicked() {
            after = After::Close;
        }
        if problem.detail.is_some() && ui.add(Button::plain(dialog::COPY).icon(icons::COPY)).clicked() {
            out.push(Action::Copy(details.clone()));
        }
    });
    after
}

fn arrived(ui: &mut Ui, about: &About) -> After {
    let t = theme::of(ui);
    title(ui, dialog::ARRIVED_TITLE, t);
    let list = about.arrived.as_deref().map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() {
        widgets::text(ui, &[(dialog::NOTHING_ARRIVED, Face::Body, t.muted)]);
    }
    ScrollArea::vertical().max_height(320.0).auto_shrink([false, true]).show_rows(ui, 28.0, list.len(), |ui, rows| {
        for one in list.get(rows).unwrap_or_default() {
            let size = format::size(one.size);
            let full = ui.available_width();
            let (_, rect) = ui.allocate_space(vec2(full, 28.0));
            let right = widgets::text_at(
                ui,
                egui::Align2::RIGHT_CENTER,
                rect.right_center(),
                &[(&size, Face::Body, t.muted)],
                100.0,
            );
            let room = right.left() - rect.left() - 12.0;
            widgets::text_at(ui, egui::Align2::LEFT_CENTER, rect.left_center(), &[(&one.key, Face::Mono, t.ink)], room);
        }
    });
    close(ui)
}
