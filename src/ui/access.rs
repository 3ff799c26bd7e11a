//! Opens the sheets about keys, signing in and access, and holds the window's state for them.

use super::add_key::AddKey;
use super::arrival::Arrival;
use super::backend::Request;
use super::check::Checking;
use super::remedy::{Remedy, remedy};
use super::sign_in::{Allow, SigningIn};
use super::widgets::Button;
use super::{Action, Window};
use crate::engine::keys::NewKey;
use crate::model::destination::Destination;
use crate::model::problem::Problem;
use crate::model::snapshot::Snapshot;
use crate::model::upload::DestinationId;
use crate::time::Utc;
use egui::Ui;
use std::collections::HashMap;
use std::path::PathBuf;

/// The window's state about access that outlives a sheet.
#[derive(Default)]
pub(crate) struct AccessState {
    /// Whether the page of profiles is open.
    pub profiles_open: bool,
    /// The wall clock's time.
    pub wall: Option<Utc>,
    /// For each destination, the generation of the session whose next code was already asked for.
    pub asked_before_end: HashMap<DestinationId, u32>,
    round: u32,
}

impl AccessState {
    /// Returns a number for the next request.
    pub const fn next(&mut self) -> u32 {
        self.round = self.round.wrapping_add(1);
        self.round
    }
}

impl Window {
    /// Sets the wall clock's time, which tells what a customer's dates mean now.
    pub const fn tell_time(&mut self, utc: Utc) {
        self.access.wall = Some(utc);
    }

    /// Adds the key in a file that was dropped or chosen. Waits while a dialog is open that has nothing to do with it.
    pub fn key_file(&mut self, path: PathBuf, out: &mut Vec<Action>) {
        if !self.takes_keys() {
            return;
        }
        let arrival = Arrival::KeyFile(path.clone());
        if self.must_wait(&arrival) {
            return self.hold(arrival);
        }
        let round = self.access.next();
        self.open_sheet(AddKey::testing(round));
        out.push(Request::TestKeyFile(round, path).into());
    }

    /// Adds a key that was pasted.
    pub(crate) fn pasted_key(&mut self, key: NewKey, out: &mut Vec<Action>) {
        if !self.takes_keys() {
            return;
        }
        let round = self.access.next();
        self.open_sheet(AddKey::testing(round));
        out.push(Request::TestKey(round, key).into());
    }

    pub(crate) fn sign_in(&mut self, profile: &str, then: Option<DestinationId>, out: &mut Vec<Action>) {
        let round = self.access.next();
        self.open_sheet(SigningIn::new(round, profile, then));
        out.push(Request::SignIn(round, profile.to_owned()).into());
    }

    pub(crate) fn check_access(&mut self, to: &Destination) {
        self.open_sheet(Checking::new(to.clone()));
    }

    /// Opens the sheet that helps.
    pub(crate) fn help(&mut self, remedy: Remedy, profile: &str, then: Option<DestinationId>, out: &mut Vec<Action>) {
        match remedy {
            Remedy::SignIn => self.sign_in(profile, then, out),
            Remedy::Command(command) => self.open_sheet(Allow::new(profile, command, then)),
        }
    }

    /// Draws the button that opens what helps with a profile, if something does.
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
}
