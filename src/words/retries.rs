//! Texts about current and abandoned retries: how often, for how long, and when next.

use super::format;
use super::problem::{Message, said, sentence};
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::RetryStatus;
use crate::time::Time;
use std::time::Duration;

/// Example: "Tried 7 times in 3 min. Next try in 40 s."
#[must_use]
pub fn progress(retry: &RetryStatus, now: Time) -> String {
    format!("{} {}", tried(retry, now), next(retry.next.since(now)))
}

/// Example: "Next try in 40 s."
#[must_use]
pub fn next(left: Duration) -> String {
    if left.is_zero() {
        return "Trying again now.".to_owned();
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

/// Returns why a request is retried. A lost answer is not final here, as it would be at the end of a file.
#[must_use]
pub fn why(problem: &Problem) -> String {
    if problem.kind == Kind::AnswerLost {
        return "Amazon’s answer was lost. Daypass asks again whether the file arrived.".to_owned();
    }
    sentence(problem)
}

/// The note in the window while only retries are in progress.
#[must_use]
pub fn note(retry: &RetryStatus, now: Time) -> Message {
    Message { title: said(retry.why.kind).title, body: progress(retry, now) }
}

/// The note about a hold that is retried automatically.
#[must_use]
pub fn held(hold: Message, retry: &RetryStatus, now: Time) -> Message {
    Message { title: hold.title, body: format!("{} {}", hold.body, next(retry.next.since(now))) }
}

/// The command line keeps waiting.
#[must_use]
pub fn still(retry: &RetryStatus, now: Time) -> String {
    format!("Still: {}. {}", sentence_start(&said(retry.why.kind).title), progress(retry, now))
}

/// The command line stops waiting.
#[must_use]
pub fn gave_up(problem: &Problem, retry: &RetryStatus, now: Time) -> String {
    format!(
        "{}. {} That is as long as `--patience` allows. What has arrived stays; run `daypass-cli resume` to continue from there.",
        said(problem.kind).title,
        tried(retry, now)
    )
}

/// Returns a title for use within a sentence, without its full stop.
fn sentence_start(title: &str) -> &str {
    title.trim_end_matches('.')
}
