//! What a person should know at the start: about the journal, and about the environment.

use super::problem::Problem;
use std::path::PathBuf;

/// Something found at the start that a person should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// Another Daypass has the journal: this one keeps nothing. True where its window was called and comes.
    OpenElsewhere(bool),
    /// What the journal has to say: it keeps nothing, or began anew.
    Journal(JournalNotice),
    /// A variable of the environment does not do what its name promises.
    Environment(Variable),
}

/// Something about the journal that the person should know.
#[derive(Clone, Debug, PartialEq)]
pub enum JournalNotice {
    /// Nothing can be kept on this computer: deliveries work, and can't be continued after Daypass is closed.
    NotKept(Problem),
    /// The folder is open to other users, or holds links where Daypass keeps its files: nothing is kept in it.
    NotSafe(PathBuf),
    /// The journal could not be used; it was moved here, and a new one begun.
    SetAside(PathBuf),
    /// The journal was written by a later version of Daypass; it was moved here, and a new one begun.
    FromLater(PathBuf),
    /// So many unfinished uploads could not be read, and have to be added again.
    Skipped(u64),
}

/// What a variable of the environment does, if that is not what its name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// It is set and has no effect.
    Ignored(&'static str),
    /// `AWS_CA_BUNDLE`, which has no effect; `--ca-bundle` does what it promises.
    CaBundle,
    /// It names the certificates that are trusted in the place of the system's.
    Certificates(&'static str),
    /// It should name a proxy and can't be read, so connections are made without one.
    UnreadableProxy(&'static str),
    /// It names a SOCKS proxy, which is not supported.
    SocksProxy(&'static str),
}
