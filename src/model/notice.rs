//! What a person should know at the start, about the journal and the environment.

use super::problem::Problem;
use std::path::PathBuf;

/// Something found at the start that a person should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// Another Daypass uses the journal, so this one records nothing. True if the other's window was called and comes forward.
    OpenElsewhere(bool),
    /// The journal can't be used, or was begun again.
    Journal(JournalNotice),
    /// A variable of the environment does not do what its name suggests.
    Environment(Variable),
}

/// Something about the journal that the person should know.
#[derive(Clone, Debug, PartialEq)]
pub enum JournalNotice {
    /// Nothing can be recorded on this computer: deliveries work, but can't be continued after Daypass is closed.
    NotKept(Problem),
    /// The folder is open to other users, or holds links in place of Daypass's files: nothing is stored in it.
    NotSafe(PathBuf),
    /// The journal could not be used; it was moved here, and a new one begun.
    SetAside(PathBuf),
    /// The journal was written by a later version of Daypass; it was moved here, and a new one begun.
    FromLater(PathBuf),
    /// This many unfinished uploads could not be read, and have to be added again.
    Skipped(u64),
}

/// What a variable of the environment does, if that is not what its name suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// It is set and has no effect.
    Ignored(&'static str),
    /// `AWS_CA_BUNDLE`, which has no effect; `--ca-bundle` has.
    CaBundle,
    /// It names certificates that replace the system's.
    Certificates(&'static str),
    /// It should name a proxy but can't be read, so connections are made without one.
    UnreadableProxy(&'static str),
    /// It names a SOCKS proxy, which is not supported.
    SocksProxy(&'static str),
}
