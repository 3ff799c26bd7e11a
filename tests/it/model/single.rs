//! Tests sending a single object: retries, waiting times and the final result.

use daypass::model::problem::{Detail, Kind, Problem};
use daypass::model::single::{NextStep, Tries};
use std::time::Duration;

fn end(problems: &[Problem]) -> NextStep {
    let mut tries = Tries::new(7);
    for problem in problems {
        match tries.failed(problem.clone(), true) {
            NextStep::Again(_) => {}
            end => return end,
        }
    }
    panic!("it goes on");
}

fn of(kind: Kind) -> Problem {
    Problem::new(kind)
}

#[test]
fn an_object_is_retried_a_few_times_and_waits_no_longer_than_the_queue() {
    let mut tries = Tries::new(7);
    let mut waits = Vec::new();
    while let NextStep::Again(wait) = tries.failed(of(Kind::SlowDown), true) {
        waits.push(wait);
        assert!(waits.len() < 10);
    }
    assert_eq!(waits.len(), 4);
    for (tried, wait) in (1..).zip(&waits) {
        assert!(*wait <= Duration::from_millis(500) * (1 << tried), "{waits:?}");
    }
    assert!(waits.iter().any(|wait| *wait != waits[0]), "jitter: {waits:?}");
}

#[test]
fn permanent_problems_end_at_once() {
    for kind in [Kind::AlreadyThere, Kind::NoSuchBucket, Kind::SessionEnded, Kind::NotImplemented, Kind::Refused] {
        assert_eq!(end(&[of(kind)]), NextStep::Failed(of(kind)), "{kind:?}");
    }
}

#[test]
fn a_doubt_survives_the_final_problem() {
    let detail = |status, code: &str| Detail { status, code: code.into(), request_id: "R".into(), ..Detail::default() };
    let fault = Problem::with(Kind::AnswerLost, detail(500, "InternalError"));
    for lost in [of(Kind::AnswerLost), of(Kind::ConnectionLost), of(Kind::Busy), fault] {
        assert_eq!(end(&[lost.clone(), of(Kind::AlreadyThere)]), NextStep::NotConfirmed, "{lost:?}");
        assert_eq!(end(&[lost.clone(), of(Kind::NoSuchBucket)]), NextStep::NotConfirmed, "{lost:?}");
    }
    // A refusal by S3 itself leaves no doubt, so the name belongs to somebody else.
    let refused = Problem::with(Kind::Busy, detail(501, "NotImplemented"));
    assert_eq!(end(&[refused, of(Kind::AlreadyThere)]), NextStep::Failed(of(Kind::AlreadyThere)));
    let mut tries = Tries::new(7);
    assert!(matches!(tries.failed(of(Kind::ConnectionLost), false), NextStep::Again(_)));
    assert_eq!(
        tries.failed(of(Kind::AlreadyThere), true),
        NextStep::Failed(of(Kind::AlreadyThere)),
        "half of it was sent"
    );
}
