//! Refusals that no retry mends stop; retries that go on are told, and end with the patience of whoever waits.

use crate::bench::{Bench, MIB, P, stored};
use daypass::model::event::{Call, Event};
use daypass::model::problem::{Kind, Problem};
use daypass::model::snapshot::Retried;
use daypass::model::upload::{Proof, State};

#[test]
fn a_refusal_that_no_retry_mends_stops_its_file_at_once() {
    for kind in [Kind::Refused, Kind::GatewayRefused(414), Kind::GatewayRefused(431)] {
        let mut bench = Bench::open();
        bench.add("/data", &[("a", 1), ("b", 1)]);
        let sent = bench.sends();
        bench.trouble(sent[0].0, kind);
        bench.answer(sent[1].0, stored(1));
        assert!(matches!(bench.state(0), State::Failed(problem) if problem.kind == kind), "{kind:?}");
        assert_eq!(bench.state(1), State::Delivered(Proof::Whole));
        bench.after(600);
        assert!(bench.sends().is_empty(), "{kind:?}");
    }
}

#[test]
fn what_would_meet_every_file_holds_the_destination_at_once() {
    for kind in [Kind::NotImplemented, Kind::GatewayRefused(400), Kind::GatewayRefused(404), Kind::GatewayRefused(405)]
    {
        let mut bench = Bench::open();
        bench.add("/data", &[("a", 1), ("b", 1)]);
        for (no, _) in bench.sends() {
            bench.trouble(no, kind);
        }
        assert_eq!(bench.place().hold.as_ref().map(|problem| problem.kind), Some(kind));
        bench.after(600);
        assert!(bench.sends().is_empty(), "{kind:?}");
    }
}

#[test]
fn another_writer_at_every_try_ends_the_file() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let mut tries = 0;
    while !bench.state(0).ended() {
        tries += 1;
        assert!(tries <= 20, "it does not end");
        let (no, _) = bench.sent();
        bench.trouble(no, Kind::Conflict);
        bench.after(70);
    }
    assert!(matches!(bench.state(0), State::Failed(problem) if problem.kind == Kind::Contended));
    assert!(bench.place().retry.is_none(), "nothing is tried any more");
    assert!(tries >= 5, "a race that is lost a few times is nothing: {tries}");
}

#[test]
fn a_retry_that_goes_on_is_told_until_something_goes_well() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let (no, _) = bench.sent();
    let began = bench.now;
    bench.trouble(no, Kind::Busy);
    for tries in 1..=20 {
        let retry = bench.place().retry.clone().expect("it is told");
        assert_eq!((retry.what, retry.why.kind), (Retried::Upload, Kind::Busy));
        assert_eq!((retry.since.0, retry.tries), (began, tries));
        assert!(retry.next.0 > bench.now);
        bench.after(61);
        let (no, _) = bench.sent();
        bench.trouble(no, Kind::Busy);
    }
    bench.after(61);
    let (no, _) = bench.sent();
    bench.answer(no, stored(1));
    assert!(bench.place().retry.is_none());
}

#[test]
fn every_wait_is_told() {
    // Parts, whose rows show no wait of their own.
    let mut bench = Bench::open();
    for (no, _) in bench.begun(20 * MIB) {
        bench.trouble(no, Kind::SlowDown);
    }
    let retry = bench.place().retry.clone().expect("it is told");
    assert_eq!((retry.why.kind, retry.tries), (Kind::SlowDown, 3));
    // The beginning of an upload in parts.
    let mut bench = Bench::open();
    bench.add("/data", &[("big", 20 * MIB)]);
    let (open, _) = bench.sent();
    bench.answer(open, daypass::model::event::Answer::Opened(crate::bench::print(20 * MIB, 1)));
    let (create, send) = bench.sent();
    assert!(matches!(send.call, Call::Create));
    bench.trouble(create, Kind::Busy);
    assert!(bench.place().retry.is_some());
    // The bucket's region.
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let (no, _) = bench.sent();
    bench.trouble(no, Kind::OtherRegion);
    bench.on(Event::Located(P, Err(Problem::new(Kind::Busy))));
    assert_eq!(bench.place().retry.as_ref().map(|retry| retry.what), Some(Retried::Bucket));
    bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
    assert!(bench.place().retry.is_none());
}

#[test]
fn sessions_that_end_at_once_are_told() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    bench.after(3600);
    for _ in 0..4 {
        while let Some(ask) = bench.asked().pop() {
            bench.given(ask.attempt, 1);
        }
        bench.after(70);
    }
    let retry = bench.place().retry.clone().expect("it is told");
    assert_eq!((retry.what, retry.why.kind), (Retried::Access, Kind::SessionOver));
}

#[test]
fn a_refusal_by_sts_that_no_retry_mends_is_not_repeated() {
    for kind in [Kind::Refused, Kind::NotImplemented, Kind::SessionOver, Kind::GatewayRefused(404)] {
        let mut bench = Bench::asking(crate::world::destination(0), daypass::model::Limits::default());
        let attempt = bench.asked().pop().expect("AssumeRole").attempt;
        bench.refused(attempt, kind);
        assert!(!bench.place().retrying && bench.place().retry.is_none());
        bench.after(3600);
        assert!(bench.asked().is_empty(), "{kind:?}");
    }
}
