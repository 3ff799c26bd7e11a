//! The sheets about keys, profiles, signing in and access: what they wish for, the answers that come, and how each opens.

use super::access_request::{AccessReply, AccessRequest, Remedy, remedy};
use super::add_key::AddKey;
use super::arrivals::Arrival;
use super::check::Checking;
use super::dialogs::Dialog;
use super::profiles::{Page, Remove, Rename};
use super::sheet::After;
use super::sign_in::{Allow, SigningIn};
use super::widgets::Button;
use super::{About, Action, Window};
use crate::engine::keys::NewKey;
use crate::model::destination::Destination;
use crate::model::problem::Problem;
use crate::model::snapshot::Snapshot;
use crate::model::upload::DestinationId;
use crate::time::{Time, Utc};
use crate::words::accounts as words;
use egui::Ui;
use std::collections::HashMap;
use std::path::PathBuf;

/// What is open over the window.
pub enum Sheet {
    /// A key is added.
    Key(AddKey),
    /// A profile gets another name.
    Rename(Rename),
    /// A profile is taken out.
    Remove(Remove),
    /// A profile signs in.
    SignIn(SigningIn),
    /// A command is allowed or not.
    Allow(Allow),
    /// Access is checked.
    Check(Box<Checking>),
}

/// What the window keeps about access beside its dialogs.
#[derive(Default)]
pub(crate) struct Access {
    /// The page of profiles, while it is open.
    pub page: Option<Page>,
    /// The wall clock's time.
    pub wall: Option<Utc>,
    /// The session before whose end a code was asked for already, destination by destination.
    pub asked_before_end: HashMap<DestinationId, u32>,
    round: u32,
}

impl Access {
    /// A number for the next question.
    pub const fn next(&mut self) -> u32 {
        self.round = self.round.wrapping_add(1);
        self.round
    }
}

impl Window {
    /// What the wall clock says, for what a customer's dates mean now.
    pub const fn tell_time(&mut self, utc: Utc) {
        self.access.wall = Some(utc);
    }

    pub(crate) fn open_sheet(&mut self, sheet: Sheet) {
        self.disarm();
        self.dialog = Some(Dialog::Access(Box::new(sheet)));
    }

    /// Whether the sheet for an access key is open.
    pub(crate) fn adds_key(&self) -> bool {
        matches!(&self.dialog, Some(Dialog::Access(sheet)) if matches!(**sheet, Sheet::Key(_)))
    }

    /// Adds the key in a file that was dropped or chosen. Waits while a dialog is open that has nothing to do with it.
    pub fn key_file(&mut self, path: PathBuf, out: &mut Vec<Action>) {
        if !self.takes_keys() {
            return;
        }
        if self.dialog.is_some() && !self.adds_key() {
            return self.hold(Arrival::KeyFile(path));
        }
        let round = self.access.next();
        self.open_sheet(Sheet::Key(AddKey::testing(round)));
        out.push(Action::Access(AccessRequest::KeyFile(round, path)));
    }

    /// Adds a key that was pasted.
    pub(crate) fn pasted_key(&mut self, key: NewKey, out: &mut Vec<Action>) {
        if !self.takes_keys() {
            return;
        }
        let round = self.access.next();
        self.open_sheet(Sheet::Key(AddKey::testing(round)));
        out.push(Action::Access(AccessRequest::TestKey(round, key)));
    }

    pub(crate) fn sign_in(&mut self, profile: &str, then: Option<DestinationId>, out: &mut Vec<Action>) {
        let round = self.access.next();
        self.open_sheet(Sheet::SignIn(SigningIn::new(round, profile, then)));
        out.push(Action::Access(AccessRequest::SignIn(round, profile.to_owned())));
    }

    pub(crate) fn check_access(&mut self, to: &Destination) {
        self.open_sheet(Sheet::Check(Box::new(Checking::new(to.clone()))));
    }

    /// Opens what helps.
    pub(crate) fn help(&mut self, remedy: Remedy, profile: &str, then: Option<DestinationId>, out: &mut Vec<Action>) {
        match remedy {
            Remedy::SignIn => self.sign_in(profile, then, out),
            Remedy::Command(command) => self.open_sheet(Sheet::Allow(Allow::new(profile, command, then))),
        }
    }

    /// The button that opens what helps with a profile, where something does.
    pub(crate) fn remedy_link(
        &mut self,
        ui: &mut Ui,
        problem: &Problem,
        profile: &str,
        seen: &Snapshot,
        out: &mut Vec<Action>,
    ) {
        let Some(remedy) = remedy(problem, profile, seen) else { return };
        if ui.add(Button::small_link(remedy.label())).clicked() {
            self.help(remedy, profile, None, out);
        }
    }

    pub(crate) fn sheet(
        &mut self,
        ui: &mut Ui,
        sheet: &mut Sheet,
        (seen, _about, now): (&Snapshot, &About, Time),
        out: &mut Vec<Action>,
    ) -> After {
        match sheet {
            Sheet::Key(draft) => self.add_key_sheet(ui, draft, seen, out),
            Sheet::Rename(draft) => self.rename_sheet(ui, draft, out),
            Sheet::Remove(draft) => self.remove_sheet(ui, draft, out),
            Sheet::SignIn(draft) => self.sign_in_sheet(ui, draft, now, out),
            Sheet::Allow(draft) => {
                let armed = self.armed(ui, &draft.command);
                super::sign_in::allow_sheet(ui, draft, armed, out)
            }
            Sheet::Check(draft) => self.check_sheet(ui, draft, seen, out),
        }
    }

    /// Takes in what came of a wish. An answer to what was left is dropped.
    pub fn came(&mut self, came: AccessReply, out: &mut Vec<Action>) {
        let Some(Dialog::Access(sheet)) = &mut self.dialog else { return };
        match (&mut **sheet, came) {
            (Sheet::Key(draft), AccessReply::Tested(round, result)) if draft.round == round => draft.tested(result),
            (Sheet::Key(draft), AccessReply::Changed(round, result)) if draft.round == round => {
                if let Some((name, keep)) = draft.kept(result) {
                    let said = words::kept(&name, keep);
                    self.form.profile = Some(name);
                    self.dialog = None;
                    self.tell(said);
                }
            }
            (Sheet::Rename(draft), AccessReply::Changed(round, result)) if draft.round == round => {
                if let Some((from, to)) = draft.renamed(result) {
                    if self.form.profile.as_ref() == Some(&from) {
                        self.form.profile = Some(to.clone());
                    }
                    self.dialog = None;
                    self.says = words::renamed(&from, &to);
                }
            }
            (Sheet::Remove(draft), AccessReply::Changed(round, result)) if draft.round == round => {
                if let Some(name) = draft.removed(result) {
                    if self.form.profile.as_ref() == Some(&name) {
                        self.form.profile = None;
                    }
                    self.dialog = None;
                    self.says = words::removed(&name);
                }
            }
            (Sheet::SignIn(draft), AccessReply::SignIn(round, step)) if draft.round == round => {
                self.says = draft.took(step, out);
            }
            (Sheet::Check(draft), AccessReply::Step(round, step)) if draft.round == round => {
                self.says = draft.took(step);
            }
            (Sheet::Check(draft), AccessReply::Checked(round)) if draft.round == round => draft.ended(),
            (
                Sheet::Key(_)
                | Sheet::Rename(_)
                | Sheet::Remove(_)
                | Sheet::SignIn(_)
                | Sheet::Allow(_)
                | Sheet::Check(_),
                AccessReply::Tested(..)
                | AccessReply::Changed(..)
                | AccessReply::SignIn(..)
                | AccessReply::Step(..)
                | AccessReply::Checked(_),
            ) => {}
        }
    }
}

/// Ends what a sheet that is closed had begun.
pub(crate) fn left(sheet: &Sheet, out: &mut Vec<Action>) {
    let runs = match sheet {
        Sheet::SignIn(draft) => draft.runs(),
        Sheet::Check(draft) => draft.runs(),
        Sheet::Key(_) | Sheet::Rename(_) | Sheet::Remove(_) | Sheet::Allow(_) => false,
    };
    if runs {
        out.push(Action::Access(AccessRequest::Stop));
    }
}
