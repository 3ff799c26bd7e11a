//! The sheets for credentials that only the person can fetch: the sign-in at the company, and a profile's command.

use super::backend::{Request, SheetReply};
use super::sheet::{After, Sheet, View, buttons, close_button, safe, title};
use super::theme::{self, Face, gap, icon_size, padding, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons};
use crate::engine::process::Consent;
use crate::model::sign_in::{DeviceCode, SignInStep};
use crate::model::snapshot::Command;
use crate::model::upload::DestinationId;
use crate::time::Time;
use crate::words::accounts::{self as words, command, sign_in as labels};
use crate::words::keys;
use crate::words::ui::dialog;
use egui::{ScrollArea, Ui};
use std::time::Duration;

/// A sign-in and how far it is.
pub(crate) struct SigningIn {
    round: u32,
    profile: String,
    then: Option<DestinationId>,
    stage: SignInStage,
}

enum SignInStage {
    Asking,
    Confirm(DeviceCode),
    Done(&'static str),
    Ended(String),
}

impl SigningIn {
    /// Returns a sign-in that begins; after it, access to `then` is asked for.
    pub(crate) fn new(round: u32, profile: &str, then: Option<DestinationId>) -> Self {
        Self { round, profile: profile.to_owned(), then, stage: SignInStage::Asking }
    }

    /// Takes in a step. Returns what is announced of it.
    fn took(&mut self, step: SignInStep, out: &mut Vec<Action>) -> String {
        match step {
            SignInStep::Confirm(device) => {
                let said = words::open_page(&device);
                self.stage = SignInStage::Confirm(device);
                said
            }
            SignInStep::Done { kept } => {
                out.push(Command::Identify(self.profile.clone()).into());
                if let Some(id) = self.then {
                    out.push(Command::GetAccess(id).into());
                }
                self.stage = SignInStage::Done(keys::signed_in(kept));
                labels::DONE.to_owned()
            }
            SignInStep::Ended(why) => {
                self.stage = SignInStage::Ended(keys::sign_in_problem(&why));
                labels::NOT_DONE.to_owned()
            }
        }
    }

    /// Returns whether it is under way.
    const fn runs(&self) -> bool {
        match self.stage {
            SignInStage::Asking | SignInStage::Confirm(_) => true,
            SignInStage::Done(_) | SignInStage::Ended(_) => false,
        }
    }
}

impl Sheet for SigningIn {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let draft = self;
        let t = theme::of(ui);
        match &draft.stage {
            SignInStage::Asking => {
                title(ui, labels::TITLE, t);
                ui.horizontal(|ui| {
                    widgets::icon(ui, icons::HOURGLASS, icon_size::MEDIUM, t.muted);
                    ui.add_space(gap::TEXT);
                    widgets::text(ui, &[(labels::ASKING, Face::Body, t.muted)]);
                });
                close_button(ui, dialog::CANCEL)
            }
            SignInStage::Confirm(device) => confirm(ui, device, view.now, out),
            SignInStage::Done(sentence) => {
                ui.horizontal_top(|ui| {
                    widgets::icon(ui, icons::DONE, icon_size::HEADING, t.ok);
                    ui.add_space(gap::TEXT);
                    widgets::text(ui, &[(labels::DONE, Face::Name, t.ink)]);
                });
                ui.add_space(gap::TEXT);
                widgets::text(ui, &[(sentence, Face::Body, t.muted)]);
                close_button(ui, dialog::CLOSE)
            }
            SignInStage::Ended(why) => {
                title(ui, labels::NOT_DONE, t);
                widgets::text(ui, &[(why, Face::Body, t.muted)]);
                let mut after = After::Stay;
                let mut again = false;
                buttons(ui, |ui| {
                    again = ui.add(Button::main(labels::AGAIN)).clicked();
                    if ui.add(Button::plain(dialog::CLOSE)).clicked() {
                        after = After::Close;
                    }
                });
                if again {
                    draft.round = window.access.next();
                    draft.stage = SignInStage::Asking;
                    out.push(Request::SignIn(draft.round, draft.profile.clone()).into());
                }
                after
            }
        }
    }

    fn round(&self) -> Option<u32> {
        Some(self.round)
    }

    fn reply(&mut self, reply: SheetReply, window: &mut Window, out: &mut Vec<Action>) -> After {
        if let SheetReply::SignInStep(step) = reply {
            window.says = self.took(step, out);
        }
        After::Stay
    }

    fn close(&mut self, out: &mut Vec<Action>) {
        if self.runs() {
            out.push(Request::Stop.into());
        }
    }
}

fn confirm(ui: &mut Ui, device: &DeviceCode, now: Time, out: &mut Vec<Action>) -> After {
    let t = theme::of(ui);
    title(ui, labels::TITLE, t);
    widgets::text(ui, &[(&words::open_page(device), Face::Body, t.ink)]);
    ui.add_space(gap::CLOSE);
    widgets::text(ui, &[(labels::COMPARE, Face::Body, t.muted)]);
    ui.add_space(gap::PARAGRAPH);
    egui::Frame::new().fill(t.sunken).corner_radius(size::RADIUS).inner_margin(padding::CODE).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical_centered(|ui| {
            let code = widgets::selectable(ui, &[(&device.code, Face::Clock, t.ink)]);
            ui.ctx().accesskit_node_builder(code.id, |node| {
                node.set_label(format!("{}: {}", labels::CODE, device.code));
            });
        });
    });
    ui.add_space(gap::PARAGRAPH);
    let left = device.ends.since(now);
    widgets::text(ui, &[(&words::waiting(left), Face::SmallStrong, t.muted)]);
    ui.add_space(gap::SMALL);
    widgets::text(ui, &[(labels::NO_PASSWORD, Face::Small, t.muted)]);
    widgets::text(ui, &[(labels::ONE_HOUR, Face::Small, t.muted)]);
    if !left.is_zero() {
        ui.ctx().request_repaint_after(Duration::from_millis(u64::from(left.subsec_millis()) + 50));
    }
    let url = device.complete.as_ref().unwrap_or(&device.url);
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let open = ui.add(Button::main(labels::BROWSE));
        safe(ui, &open);
        if open.clicked() {
            out.push(Request::OpenBrowser(url.clone()).into());
        }
        if ui.add(Button::plain(labels::COPY).icon(icons::COPY)).clicked() {
            out.push(Action::Copy(url.as_str().to_owned()));
        }
        if ui.add(Button::plain(dialog::CANCEL)).clicked() {
            after = After::Close;
        }
    });
    after
}

/// A command that may be allowed.
pub(crate) struct Allow {
    profile: String,
    command: String,
    then: Option<DestinationId>,
}

impl Allow {
    pub(crate) fn new(profile: &str, command: String, then: Option<DestinationId>) -> Self {
        Self { profile: profile.to_owned(), command, then }
    }
}

/// The question, with the whole of the command; no is the answer unless the person says yes.
impl Sheet for Allow {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, _view: &View<'_>, out: &mut Vec<Action>) -> After {
        let armed = window.armed(ui, &self.command);
        let draft = self;
        let t = theme::of(ui);
        title(ui, command::TITLE, t);
        widgets::text(ui, &[(&words::command_of(&draft.profile), Face::Body, t.muted)]);
        ui.add_space(gap::PARAGRAPH);
        let room = (ui.ctx().content_rect().height() - size::sheet::AROUND_COMMAND)
            .clamp(size::sheet::COMMAND_LEAST, size::sheet::COMMAND_MOST);
        egui::Frame::new().fill(t.sunken).corner_radius(size::RADIUS).inner_margin(padding::DETAILS).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
                let shown = crate::words::untrusted_text::visible(&draft.command);
                widgets::selectable(ui, &[(&shown, Face::MonoSmall, t.ink)]);
            });
        });
        ui.add_space(gap::PARAGRAPH);
        widgets::text(ui, &[(command::TEXT, Face::Body, t.muted)]);
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let id = ui.add(Button::main(command::NO));
            safe(ui, &id);
            if id.clicked() {
                after = After::Close;
            }
            for (label, consent) in [(command::ALLOW, Consent::ThisRun), (command::ALWAYS, Consent::Always)] {
                if ui.add(Button::plain(label).enabled(armed)).clicked() {
                    let (profile, command) = (draft.profile.clone(), draft.command.clone());
                    out.push(Request::AllowCommand { profile, command, consent, then: draft.then }.into());
                    after = After::Close;
                }
            }
        });
        after
    }
}
