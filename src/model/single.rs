//! One object that is sent by itself, outside of any queue: when it is tried again, and what its end says.

use super::problem::{Problem, Retry};
use super::rng::Rng;
use super::timing::{BACKOFF, BACKOFF_MOST};
use std::time::Duration;

/// Tries of one name while the line is bad or S3 is busy.
const TRIES: u32 = 5;

/// The tries of one PutObject.
#[derive(Clone, Debug)]
pub struct Tries {
    chance: Rng,
    tries: u32,
    /// Whether a try that ended without an answer may have stored it.
    doubt: bool,
}

/// What follows from a try that did not go well.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// The same again after this wait.
    Again(Duration),
    /// It may be stored, and no answer says so.
    NotConfirmed,
    /// It is not stored.
    Failed(Problem),
}

impl Tries {
    /// No try so far; the seed is that of the jitter between them.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { chance: Rng::new(seed), tries: 0, doubt: false }
    }

    /// A try ended with this problem; `all_sent` says whether the network had taken its whole body. Once an answer is lost, a
    /// name that is taken may be ours.
    pub fn failed(&mut self, problem: Problem, all_sent: bool) -> Next {
        self.tries += 1;
        self.doubt |= problem.may_be_stored(all_sent);
        let again = match problem.retry() {
            Retry::Line | Retry::Slower | Retry::Again | Retry::Reread => self.tries < TRIES,
            Retry::NewSession | Retry::Hold | Retry::Restart | Retry::Stop => false,
        };
        if again {
            Next::Again(self.chance.backoff(self.tries, BACKOFF, BACKOFF_MOST))
        } else if self.doubt {
            Next::NotConfirmed
        } else {
            Next::Failed(problem)
        }
    }
}
