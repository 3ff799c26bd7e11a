//! The sheets about keys, profiles, signing in and access: what they wish for, the answers that come, and how each opens.

use super::add_key::AddKey;
use super::arrivals::Arrival;
use super::check::Checking;
use super::dialogs::{After, Dialog};
use super::profiles::{Page, Remove, Rename};
use super::sign_in::{Allow, SigningIn};
use super::widgets::Button;
use super::{About, Action, Window};
use crate::engine::keys::{NewKey, TestedKey};
use crate::engine::process::Consent;
use crate::model::access_key::{Keep, KeepProblem};
use crate::model::check::Step;
use crate::model::destination::Destination;
use crate::model::problem::COMMAND_NOT_ALLOWED;
use crate::model::problem::{Kind, Problem};
use crate::model::sign_in::SignInStep;
use crate::model::snapshot::{Snapshot, Source};
use crate::model::upload::DestinationId;
use crate::model::verification_url::VerificationUrl;
use crate::time::{Time, Utc};
use crate::words::accounts as words;
use egui::text_edit::TextEditState;
use egui::{Id, Key, Ui};
use std::collections::HashMap;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// What a sheet wants done elsewhere. The number comes back with the answer, so that the answer to what was left is dropped.
#[derive(Clone, Debug, PartialEq)]
pub enum AccessRequest {
    /// Ask AWS whose key this is.
    TestKey(u32, NewKey),
    /// The same for the key in this file.
    KeyFile(u32, PathBuf),
    /// Keep a key under this name.
    Keep(u32, Box<Kept>),
    /// Give a profile another name.
    Rename {
        /// Of the answer.
        round: u32,
        /// What it is called.
        from: String,
        /// What it shall be called.
        to: String,
    },
    /// Take a profile out.
    Remove(u32, String),
    /// Sign this profile in.
    SignIn(u32, String),
    /// Open the page on which the person signs in.
    Browse(VerificationUrl),
    /// Allow exactly this command of this profile, and ask for access again where it was refused for want of it.
    Allow {
        /// The profile.
        profile: String,
        /// The whole of its command.
        command: String,
        /// For how long.
        consent: Consent,
        /// The destination that waits for it.
        then: Option<DestinationId>,
    },
    /// Take the allowance of a command back, and ask anew who the profile is that has it.
    Forbid {
        /// The SHA-256 of the command.
        sha256: String,
        /// The profile that has it, if there is one.
        profile: Option<String>,
    },
    /// Check the access to this destination.
    Check {
        /// Of the answers.
        round: u32,
        /// The destination.
        to: Box<Destination>,
        /// The code of its device.
        code: Option<Zeroizing<String>>,
        /// Whether a test object is sent.
        test_object: bool,
    },
    /// Leave the sign-in or the check that is under way.
    Stop,
}

/// A key that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The key.
    pub key: TestedKey,
    /// The profile's name.
    pub name: String,
    /// Where.
    pub keep: Keep,
    /// Whether a key that is there is replaced.
    pub replace: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum AccessReply {
    /// Whose key it is, or why it can't be used.
    Tested(u32, Result<TestedKey, String>),
    /// Whether a key was kept, or a profile renamed or removed.
    Changed(u32, Result<(), KeepProblem>),
    /// A step of a sign-in.
    SignIn(u32, SignInStep),
    /// A step of a check.
    Step(u32, Step),
    /// The check is over.
    Checked(u32),
}

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

/// What helps a profile that gave no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The person signs in.
    SignIn,
    /// The person allows this command.
    Command(String),
}

/// What helps where this problem was met with this profile.
pub(crate) fn remedy(problem: &Problem, profile: &str, seen: &Snapshot) -> Option<Remedy> {
    let base = seen.profiles.base(profile)?;
    let code = problem.detail.as_ref().map(|detail| &*detail.code).unwrap_or_default();
    if problem.kind == Kind::SignInNeeded && base.source == Source::SignIn {
        Some(Remedy::SignIn)
    } else if problem.kind == Kind::ProcessRefused && code == COMMAND_NOT_ALLOWED {
        base.credential_process.clone().map(Remedy::Command)
    } else {
        None
    }
}

/// The sentence for a problem with a profile.
pub(crate) fn sentence(problem: &Problem) -> String {
    let known = crate::words::keys::command_problem(problem).map(str::to_owned);
    known.unwrap_or_else(|| crate::words::keys::once(problem))
}

/// egui keeps what was typed for undo; a secret must not stay there.
pub(crate) fn forget_typed(ui: &Ui, id: Id) {
    if let Some(mut state) = TextEditState::load(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

/// Whether Enter was pressed in one of these fields.
pub(crate) fn entered(ui: &Ui, responses: &[&egui::Response]) -> bool {
    ui.input(|input| input.key_pressed(Key::Enter)) && responses.iter().any(|response| response.lost_focus())
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

impl Remedy {
    /// The text of its button.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::SignIn => words::profiles::SIGN_IN,
            Self::Command(_) => words::profiles::COMMAND,
        }
    }
}
