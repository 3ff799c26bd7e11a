//! What the engine's tasks are for, and what the model hears of one that ended without an answer.

use crate::model::event::Event;
use crate::model::problem::{Kind, Problem};
use crate::model::upload::{DestinationId, RequestId};

/// What a task was started for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// A request of an upload.
    Request(RequestId),
    /// AssumeRole, and which attempt.
    Assume(DestinationId, u32),
    /// GetCallerIdentity for a profile.
    Identify(String),
    Locate(DestinationId),
}

impl TaskKind {
    /// What the model is told where the task ended without an answer.
    #[must_use]
    pub fn lost(self) -> Event {
        match self {
            Self::Request(request) => Event::Answered(request, Err(lost())),
            Self::Assume(place, attempt) => Event::Assumed(place, attempt, Err(lost())),
            Self::Identify(profile) => Event::Identified(profile, Err(lost())),
            Self::Locate(place) => Event::Located(place, Err(lost())),
        }
    }
}

/// A task of ours ended without an answer: a bug that must not take the queue with it.
pub(super) fn lost() -> Problem {
    Problem::new(Kind::Unexpected)
}
