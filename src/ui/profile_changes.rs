//! The sheets that give a profile another name and that take one out.

use super::backend::{Request, SheetReply};
use super::sheet::{After, Sheet, View, buttons, entered, safe, title};
use super::theme::{self, Face, gap};
use super::widgets::{self, Button};
use super::{Action, Window, picker};
use crate::model::access_key::KeepProblem;
use crate::words::accounts::{self as words, change, profiles as labels};
use crate::words::keys;
use crate::words::ui::dialog;
use egui::{Id, Ui};

/// A profile's new name.
pub(crate) struct Rename {
    round: u32,
    from: String,
    to: String,
    wrong: Option<String>,
    busy: bool,
}

impl Rename {
    pub(crate) fn new(profile: &str) -> Self {
        Self { round: 0, from: profile.to_owned(), to: profile.to_owned(), wrong: None, busy: false }
    }

    /// Takes in whether it was renamed. Returns the old and the new name.
    fn renamed(&mut self, result: Result<(), KeepProblem>) -> Option<(String, String)> {
        self.busy = false;
        let to = self.to.trim().to_owned();
        match result {
            Ok(()) => Some((self.from.clone(), to)),
            Err(why) => {
                self.wrong = Some(keys::rename_problem(&why, &to));
                None
            }
        }
    }
}

/// A profile that may be taken out.
pub(crate) struct Remove {
    round: u32,
    name: String,
    wrong: Option<String>,
    busy: bool,
}

impl Remove {
    pub(crate) fn new(profile: &str) -> Self {
        Self { round: 0, name: profile.to_owned(), wrong: None, busy: false }
    }

    /// Takes in whether it was removed. Returns its name.
    fn removed(&mut self, result: Result<(), KeepProblem>) -> Option<String> {
        self.busy = false;
        match result {
            Ok(()) => Some(self.name.clone()),
            Err(why) => {
                self.wrong = Some(keys::keep_problem(&why, &self.name));
                None
            }
        }
    }
}

impl Sheet for Rename {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, _view: &View<'_>, out: &mut Vec<Action>) -> After {
        let draft = self;
        let t = theme::of(ui);
        title(ui, change::RENAME, t);
        widgets::text(ui, &[(change::RENAME_TEXT, Face::Body, t.muted)]);
        ui.add_space(gap::NEAR);
        let width = ui.available_width();
        widgets::text(ui, &[(change::NAME, Face::SmallStrong, t.ink)]);
        ui.add_space(gap::LABEL);
        let id = Id::unique("rename");
        let name = widgets::field(ui, id, change::NAME, &mut draft.to, width, Face::Body, draft.wrong.is_some());
        let mut go = entered(ui, &[&name]);
        safe(ui, &name);
        if name.changed() {
            draft.wrong = None;
        }
        if let Some(wrong) = &draft.wrong {
            picker::below(ui, wrong);
        }
        let mut after = After::Stay;
        buttons(ui, |ui| {
            go |= ui.add(Button::main(labels::RENAME).enabled(!draft.busy)).clicked();
            if ui.add(Button::plain(dialog::CANCEL)).clicked() {
                after = After::Close;
            }
        });
        let to = draft.to.trim().to_owned();
        if go && to == draft.from {
            return After::Close;
        }
        if go && !draft.busy {
            draft.busy = true;
            draft.round = window.access.next();
            out.push(Request::RenameProfile { round: draft.round, from: draft.from.clone(), to }.into());
        }
        after
    }

    fn round(&self) -> Option<u32> {
        Some(self.round)
    }

    fn reply(&mut self, reply: SheetReply, window: &mut Window, _out: &mut Vec<Action>) -> After {
        let Some((from, to)) = changed(reply).and_then(|result| self.renamed(result)) else {
            return After::Stay;
        };
        if window.form.profile.as_ref() == Some(&from) {
            window.form.profile = Some(to.clone());
        }
        window.says = words::renamed(&from, &to);
        After::Close
    }
}

impl Sheet for Remove {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, _view: &View<'_>, out: &mut Vec<Action>) -> After {
        let draft = self;
        let t = theme::of(ui);
        title(ui, change::REMOVE, t);
        widgets::text(ui, &[(&keys::remove_question(&draft.name), Face::Body, t.muted)]);
        if let Some(wrong) = &draft.wrong {
            picker::below(ui, wrong);
        }
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let keep = ui.add(Button::main(change::KEEP));
            safe(ui, &keep);
            if keep.clicked() {
                after = After::Close;
            }
            if ui.add(Button::plain(labels::REMOVE).enabled(!draft.busy)).clicked() {
                draft.busy = true;
                draft.wrong = None;
                draft.round = window.access.next();
                out.push(Request::RemoveProfile(draft.round, draft.name.clone()).into());
            }
        });
        after
    }

    fn round(&self) -> Option<u32> {
        Some(self.round)
    }

    fn reply(&mut self, reply: SheetReply, window: &mut Window, _out: &mut Vec<Action>) -> After {
        let Some(name) = changed(reply).and_then(|result| self.removed(result)) else {
            return After::Stay;
        };
        if window.form.profile.as_ref() == Some(&name) {
            window.form.profile = None;
        }
        window.says = words::removed(&name);
        After::Close
    }
}

/// Returns what came of a change of the profiles; none for any other reply.
fn changed(reply: SheetReply) -> Option<Result<(), KeepProblem>> {
    if let SheetReply::ProfilesChanged(result) = reply { Some(result) } else { None }
}
