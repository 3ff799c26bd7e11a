//! Finds out who a profile is. Asks AWS only about a profile that the person picked, and only after a click if asking
//! would sign in, assume a role or run a command.

use super::{Action, Window};
use crate::model::snapshot::{Command, Profile, Snapshot};
use crate::ui::form::usable;

/// Returns whether it was answered who a profile is, or why that can't be told.
pub(crate) fn answered(profile: &Profile, seen: &Snapshot) -> bool {
    seen.identities.iter().any(|(name, _)| *name == profile.name)
}

impl Window {
    /// Returns whether a click may ask who this profile is: nobody has asked yet, and there is something to ask with.
    pub(crate) fn may_identify(&self, profile: &Profile, seen: &Snapshot) -> bool {
        usable(profile) && !answered(profile, seen) && !self.form.asked.contains(&profile.name)
    }

    /// Asks who this profile is, once. Call it for a click.
    pub(crate) fn identify(&mut self, profile: &Profile, seen: &Snapshot, out: &mut Vec<Action>) {
        if self.may_identify(profile, seen) {
            self.form.asked.insert(profile.name.clone());
            out.push(Command::Identify(profile.name.clone()).into());
        }
    }

    /// Asks who a profile is that the person picked on the page in view, unless that takes more than its own key.
    pub(crate) fn identify_picked(&mut self, profile: &Profile, seen: &Snapshot, out: &mut Vec<Action>) {
        if profile.source.is_key() {
            self.identify(profile, seen, out);
        }
    }

    /// Forgets which profiles were asked about once the answer is there, so that a changed profile can be asked about again.
    pub(crate) fn forget_answered(&mut self, seen: &Snapshot) {
        self.form.asked.retain(|asked| !seen.identities.iter().any(|(name, _)| name == asked));
    }
}
