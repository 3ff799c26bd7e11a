//! The session of one destination: signed out, assuming, active, expired or denied.

use super::problem::Problem;
use crate::time::{Time, Utc};
use std::sync::Arc;
use std::time::Duration;

/// Who a profile is, as GetCallerIdentity says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account, 12 digits.
    pub account: Box<str>,
    /// The whole ARN.
    pub arn: Box<str>,
    /// The name that people know: the user's, or the session's.
    pub name: Box<str>,
}

impl Identity {
    /// The role, if it is a role's session.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.arn.split(':').nth(5)?.strip_prefix("assumed-role/")?.split('/').next()
    }
}

/// What AssumeRole gave. The credentials are in the engine's vault, under the same generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Counts the sessions of this destination. A request remembers which one signed it.
    pub generation: u32,
    /// When it ends on the engine's clock: never later than the server's own end.
    pub ends: Time,
    /// When it ends, for display.
    pub ends_utc: Utc,
    /// How long it was when it was given.
    pub length: Duration,
    /// The session's ARN, `arn:…:assumed-role/ROLE/SESSION`.
    pub arn: Box<str>,
    /// The session's name.
    pub name: Box<str>,
    /// Whether less was given than the destination asks for, because the role allows no more.
    pub shortened: bool,
}

/// The status of AssumeRole, which also runs while a session is active, to renew it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AssumeStatus {
    #[default]
    Idle,
    /// GetCallerIdentity is out; AssumeRole follows once the caller is known.
    Identifying,
    /// AssumeRole is out.
    Assuming,
    /// It failed, and goes out again at this moment.
    RetryAt(Time),
}

/// The state of the session.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Session {
    /// Access was not requested, or the person signed out.
    #[default]
    SignedOut,
    /// The first AssumeRole has been out since this moment.
    Assuming(Time),
    /// There is access.
    Active(Grant),
    /// The session has ended; the queue waits.
    Expired(Grant),
    /// Access was refused, and there is none.
    Denied(Arc<Problem>),
}

impl Session {
    /// Returns the grant of the session, also after it has ended.
    #[must_use]
    pub const fn grant(&self) -> Option<&Grant> {
        match self {
            Self::Active(grant) | Self::Expired(grant) => Some(grant),
            Self::SignedOut | Self::Assuming(_) | Self::Denied(_) => None,
        }
    }

    /// Returns the time left at `now`; zero once it has ended.
    #[must_use]
    pub fn left(&self, now: Time) -> Duration {
        match self {
            Self::Active(grant) => grant.ends.since(now),
            Self::Expired(_) | Self::SignedOut | Self::Assuming(_) | Self::Denied(_) => Duration::ZERO,
        }
    }
}
