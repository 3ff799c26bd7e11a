//! The note about a retry that goes on, and about a hold that is looked at once more.

use super::rare::retry as status;
use super::{demo, open, says};
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::snapshot::Retried;
use daypass::words::problem::sentence;
use daypass::words::{problem, retries};
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_retry_that_goes_on_has_a_note() {
    let mut seen = demo::uploading();
    let retry = status(Retried::Upload, Kind::Busy, 180);
    seen.destinations[0].retry = Some(retry.clone());
    let harness = open(seen.clone());
    assert!(says(&harness, &problem::said(Kind::Busy).title));
    assert!(says(&harness, &retries::progress(&retry, demo::NOW)));
    assert_eq!(retries::progress(&retry, demo::NOW), "Tried 7 times in 3 min. Next try in 40 s.");
    seen.destinations[0].retry = Some(status(Retried::Upload, Kind::Busy, 1));
    assert!(!says(&open(seen), &problem::said(Kind::Busy).title), "what is over in a moment is not told");
}

#[test]
fn a_hold_says_when_it_is_looked_at_once_more() {
    let mut seen = demo::ready();
    let kind = Kind::AccessDenied(DeniedBy::RolePolicy);
    seen.destinations[0].hold = Some(Arc::new(demo::denial(kind)));
    seen.destinations[0].retry = Some(status(Retried::Denied, kind, 1));
    let harness = open(seen);
    assert!(says(&harness, &problem::said(kind).title));
    assert!(says(&harness, &retries::next(Duration::from_secs(40))));
}

#[test]
fn a_lost_answer_that_is_asked_about_again_is_not_told_as_the_end() {
    let lost = Problem::new(Kind::AnswerLost);
    assert_ne!(retries::why(&lost), sentence(&lost), "what it says at the end is not true yet");
    let busy = Problem::new(Kind::Busy);
    assert_eq!(retries::why(&busy), sentence(&busy));
}
