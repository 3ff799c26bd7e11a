//! Retries that go on, and retries that were given up: how often it was tried, for how long, and when next.

use super::format;
use super::problem::{Message, said, sentence};
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::RetryStatus;
use crate::time::Time;
use std::time::Duration;

/// "Tried 7 times in 3 min. Next try in 40 s."
#[must_use]
pub fn progress(retry: &RetryStatus, now: Time) -> String {
    format!("{} {}", tried(retry, now), next(retry.next.since(now)))
}

/// "Next try in 40 s."
#[must_use]
pub fn next(left: Duration) -> String {
    if left.is_zero() {
        return "The next try is under way.".to_owned();
    }
    format!("Next try in {}.", format::short(left + Duration::from_millis(999)))
}

fn tried(retry: &RetryStatus, now: Time) -> String {
    let times = match retry.tries {
        0 | 1 => "once".to_owned(),
        tries => format::count(u64::from(tries), "time"),
    };
    format!("Tried {times} in {}.", format::short(now.since(retry.since)))
}

/// Why it is tried again, in a sentence that ends nothing: what a lost answer leaves open is not the last word yet.
#[must_use]
pub fn why(problem: &Problem) -> String {
    if problem.kind == Kind::AnswerLost {
        return "Amazon’s answer was lost. Daypass asks again whether the file arrived.".to_owned();
    }
    sentence(problem)
}

/// The note in the window while nothing but a retry goes on.
#[must_use]
pub fn note(retry: &RetryStatus, now: Time) -> Message {
    Message { title: said(retry.why.kind).title, body: progress(retry, now) }
}

/// A hold that is looked at once more by itself.
#[must_use]
pub fn held(hold: Message, retry: &RetryStatus, now: Time) -> Message {
    Message { title: hold.title, body: format!("{} {}", hold.body, next(retry.next.since(now))) }
}

/// The command line goes on waiting.
#[must_use]
pub fn still(retry: &RetryStatus, now: Time) -> String {
    format!("Still: {}. {}", sentence_start(&said(retry.why.kind).title), progress(retry, now))
}

/// The command line waits no longer.
#[must_use]
pub fn gave_up(problem: &Problem, retry: &RetryStatus, now: Time) -> String {
    format!(
        "{}. {} That is as long as `--patience` allows. What has arrived stays; `daypass-cli resume` goes on from there.",
        said(problem.kind).title,
        tried(retry, now)
    )
}

/// A title within a sentence, without a full stop of its own.
fn sentence_start(title: &str) -> &str {
    title.trim_end_matches('.')
}
