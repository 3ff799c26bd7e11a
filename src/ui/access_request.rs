//! What the sheets about keys, profiles, signing in and access ask for, and the replies.

use crate::engine::keys::{NewKey, TestedKey};
use crate::engine::process::Consent;
use crate::model::access_key::{Keep, KeepProblem};
use crate::model::check::Step;
use crate::model::destination::Destination;
use crate::model::problem::{COMMAND_NOT_ALLOWED, Kind, Problem};
use crate::model::sign_in::SignInStep;
use crate::model::snapshot::{Snapshot, Source};
use crate::model::upload::DestinationId;
use crate::model::verification_url::VerificationUrl;
use crate::words::accounts as words;
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
    Keep(u32, Box<KeyToKeep>),
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
pub struct KeyToKeep {
    pub key: TestedKey,
    /// The profile's name.
    pub name: String,
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

/// What helps a profile that gave no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The person signs in.
    SignIn,
    /// The person allows this command.
    Command(String),
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
