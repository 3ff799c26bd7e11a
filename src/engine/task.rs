//! The kinds of the engine's tasks, and the event that replaces the result of a task that ended without one.

use crate::model::event::Event;
use crate::model::problem::{Kind, Problem};
use crate::model::upload::{DestinationId, RequestId};

/// What a task was started for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// A request of an upload.
    Request(RequestId),
    /// AssumeRole, and which attempt it is.
    Assume(DestinationId, u32),
    /// GetCallerIdentity for a profile.
    Identify(String),
    Locate(DestinationId),
}

impl TaskKind {
    /// Its name, for the log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Assume(..) => "AssumeRole",
            Self::Identify(_) => "GetCallerIdentity",
            Self::Locate(_) => "HeadBucket",
        }
    }

    /// Returns the event that tells the model that the task ended without a result.
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

/// Returns the problem of a task that ended without a result, by a bug that must not stop the queue.
pub(super) fn lost() -> Problem {
    Problem::new(Kind::Unexpected)
}
