//! What helps a profile that gave no credentials, and the sentence for it.

use crate::model::command_problem::CommandProblem;
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::{Snapshot, Source};
use crate::words::accounts as words;

/// What helps a profile that gave no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The person signs in.
    SignIn,
    /// The person allows this command.
    Command(String),
}

impl Remedy {
    /// Returns the text of its button.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::SignIn => words::profiles::SIGN_IN,
            Self::Command(_) => words::profiles::COMMAND,
        }
    }
}

/// Returns what helps if this problem was met with this profile.
pub(crate) fn remedy(problem: &Problem, profile: &str, seen: &Snapshot) -> Option<Remedy> {
    let base = seen.profiles.base(profile)?;
    if problem.kind == Kind::SignInNeeded && base.source == Source::SignIn {
        Some(Remedy::SignIn)
    } else if CommandProblem::of(problem) == Some(CommandProblem::NotAllowed) {
        base.credential_process.clone().map(Remedy::Command)
    } else {
        None
    }
}

/// Returns the sentence for a problem with a profile.
pub(crate) fn sentence(problem: &Problem) -> String {
    let known = crate::words::keys::command_problem(problem).map(str::to_owned);
    known.unwrap_or_else(|| crate::words::keys::once(problem))
}
