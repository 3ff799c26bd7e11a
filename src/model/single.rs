//! One object that is sent by itself, outside any queue: when it is retried, and how it ends.

use super::problem::{Problem, Retry};
use super::rng::Rng;
use super::timing::{BACKOFF, BACKOFF_MOST};
use std::time::Duration;

/// Attempts for one name while the network is down or S3 is busy.
const TRIES: u32 = 5;

/// The attempts of one PutObject.
#[derive(Clone, Debug)]
pub struct Tries {
    chance: Rng,
    tries: u32,
    /// Whether an attempt that ended without an answer may have stored it.
    doubt: bool,
}

/// What follows from an attempt that failed.
#[derive(Clone, Debug, PartialEq)]
pub enum NextStep {
    /// Repeat it after this wait.
    Again(Duration),
    /// It may be stored, although no answer says so.
    NotConfirmed,
    /// It is not stored.
    Failed(Problem),
}

impl Tries {
    /// No attempt so far; `seed` is that of the jitter.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { chance: Rng::new(seed), tries: 0, doubt: false }
    }

    /// Takes in the problem that an attempt ended with. `all_sent` tells whether the network had taken its whole body. Once an
    /// answer was lost, a name that is taken may be ours.
    pub fn failed(&mut self, problem: Problem, all_sent: bool) -> NextStep {
        self.tries += 1;
        self.doubt |= problem.may_be_stored(all_sent);
        let again = match problem.retry() {
            Retry::Line | Retry::Slower | Retry::Again | Retry::Reread => self.tries < TRIES,
            Retry::NewSession | Retry::Hold | Retry::Restart | Retry::Stop => false,
        };
        if again {
            NextStep::Again(self.chance.backoff(self.tries, BACKOFF, BACKOFF_MOST))
        } else if self.doubt {
            NextStep::NotConfirmed
        } else {
            NextStep::Failed(problem)
        }
    }
}
