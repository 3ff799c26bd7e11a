//! What became of a profile's `credential_process`.

use super::problem::{Kind, Problem};

/// Why a profile's command gave no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandProblem {
    /// The person has not allowed it.
    NotAllowed,
    /// It can't be started.
    NotStarted,
    /// It ended with a code that is not 0.
    EndedWithACode,
    /// It took longer than it may.
    TooLong,
    /// It wrote more than any key is long.
    TooMuch,
    /// What it wrote is not in the form that is agreed on.
    NotTheForm,
}

impl CommandProblem {
    const ALL: [Self; 6] =
        [Self::NotAllowed, Self::NotStarted, Self::EndedWithACode, Self::TooLong, Self::TooMuch, Self::NotTheForm];

    /// The code by which details, `--json` and the journal name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "NotAllowed",
            Self::NotStarted => "NotStarted",
            Self::EndedWithACode => "EndedWithACode",
            Self::TooLong => "TooLong",
            Self::TooMuch => "TooMuch",
            Self::NotTheForm => "NotTheForm",
        }
    }

    /// What this problem says of a command; none if it is about something else.
    #[must_use]
    pub fn of(problem: &Problem) -> Option<Self> {
        if problem.kind != Kind::ProcessRefused {
            return None;
        }
        let code = problem.detail.as_ref().map(|detail| &*detail.code).unwrap_or_default();
        // One without a code is of a caller that runs no commands.
        Some(Self::ALL.into_iter().find(|known| known.code() == code).unwrap_or(Self::NotStarted))
    }
}
