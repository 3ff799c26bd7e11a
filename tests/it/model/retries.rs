//! Tests retries: permanent refusals stop at once, and repeated retries are shown and end.

use crate::support::model_bench::{Bench, MIB, P, part, print, stored};
use daypass::model::event::{Answer, Call, Effect, Event};
use daypass::model::problem::{Kind, Problem};
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Retried, Which};
use daypass::model::upload::{Proof, State, UploadId};

#[test]
fn a_permanent_refusal_stops_its_file_at_once() {
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
fn a_refusal_that_affects_every_file_holds_the_destination_at_once() {
    for kind in [Kind::NotImplemented, Kind::GatewayRefused(400), Kind::GatewayRefused(404), Kind::GatewayRefused(405)]
    {
        let mut bench = Bench::open();
        bench.add("/data", &[("a", 1), ("b", 1)]);
        for (id, _) in bench.sends() {
            bench.trouble(id, kind);
        }
        assert_eq!(bench.place().hold.as_ref().map(|problem| problem.kind), Some(kind));
        bench.after(600);
        assert!(bench.sends().is_empty(), "{kind:?}");
    }
}

/// Plays a proxy that refuses bodies of `limit` bytes or more, and returns the sizes of all bodies sent.
fn played_with_limit(bench: &mut Bench, size: u64, limit: u64) -> Vec<u64> {
    let mut bodies = Vec::new();
    for _ in 0..200 {
        let sent = bench.sends();
        if sent.is_empty() {
            break;
        }
        for (id, send) in sent {
            let body = match &send.call {
                Call::Put { .. } => size,
                call => call.body(size),
            };
            if body > 0 {
                bodies.push(body);
            }
            if body >= limit {
                bench.trouble(id, Kind::BodyLimit(0));
                continue;
            }
            let answer = match &send.call {
                Call::Open => Answer::Opened(print(size, 1)),
                Call::Create => Answer::Created { upload_id: format!("id{}", id.0).into(), abort_at: None },
                Call::Part { number, .. } => part(*number),
                Call::Put { .. } | Call::Whole { .. } | Call::Complete { .. } => stored(size),
                Call::Read { .. } => Answer::Read(1),
                Call::Abort { .. } => Answer::Aborted,
            };
            bench.answer(id, answer);
        }
    }
    bodies
}

#[test]
fn a_proxy_that_limits_bodies_gets_the_smallest_parts() {
    for (size, limit) in [(9_000_000, 6 * MIB), (100 * MIB, 8 * MIB), (7 * MIB, 6 * MIB), (8 * MIB, 8 * MIB)] {
        let mut bench = Bench::open();
        bench.add("/data", &[("a", size)]);
        let bodies = played_with_limit(&mut bench, size, limit);
        assert_eq!(bench.state(0), State::Delivered(Proof::Whole), "{size} under {limit}");
        let refused = bodies.iter().filter(|&&body| body >= limit).count();
        assert!(refused <= 10, "{size} under {limit}: {refused} refused");
        // The next file uses the limit at once, and a small one is sent as before.
        bench.add("/more", &[("b", size)]);
        let bodies = played_with_limit(&mut bench, size, limit);
        assert!(bodies.iter().all(|&body| body < limit), "{size} under {limit}: {bodies:?}");
        assert_eq!(bench.state(1), State::Delivered(Proof::Whole));
        bench.add("/small", &[("c", 1)]);
        played_with_limit(&mut bench, 1, limit);
        assert_eq!(bench.state(2), State::Delivered(Proof::Whole));
    }
}

#[test]
fn a_proxy_limit_below_the_smallest_part_fails_the_file_with_that_limit() {
    for (size, limit) in [(9_000_000, MIB), (2 * MIB, MIB), (7 * MIB, 5 * MIB)] {
        let mut bench = Bench::open();
        bench.add("/data", &[("a", size)]);
        let bodies = played_with_limit(&mut bench, size, limit);
        assert!(
            matches!(bench.state(0), State::Failed(problem) if matches!(problem.kind, Kind::BodyLimit(b) if b > 0))
        );
        assert!(bodies.len() <= 8, "{bodies:?}");
        assert!(bench.place().hold.is_none(), "small files still go");
        // A retry by a person forgets the limit, since the network may have changed.
        bench.command(Command::Retry(Which::One(UploadId(0))));
        played_with_limit(&mut bench, size, u64::MAX);
        assert_eq!(bench.state(0), State::Delivered(Proof::Whole));
    }
}

#[test]
fn a_file_fails_if_another_writer_conflicts_at_every_try() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let mut tries = 0;
    while !bench.state(0).ended() {
        tries += 1;
        assert!(tries <= 20, "it does not end");
        let (id, _) = bench.sent();
        bench.trouble(id, Kind::Conflict);
        bench.after(70);
    }
    assert!(matches!(bench.state(0), State::Failed(problem) if problem.kind == Kind::Contended));
    assert!(bench.place().retry.is_none(), "nothing is tried any more");
    assert!(tries >= 5, "a race that is lost a few times is nothing: {tries}");
}

#[test]
fn a_repeated_retry_is_shown_until_a_request_succeeds() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let (id, _) = bench.sent();
    let began = bench.now;
    bench.trouble(id, Kind::Busy);
    for tries in 1..=20 {
        let retry = bench.place().retry.clone().expect("it is told");
        assert_eq!((retry.what, retry.why.kind), (Retried::Upload, Kind::Busy));
        assert_eq!((retry.since.0, retry.tries), (began, tries));
        assert!(retry.next.0 > bench.now);
        bench.after(61);
        let (id, _) = bench.sent();
        bench.trouble(id, Kind::Busy);
    }
    bench.after(61);
    let (id, _) = bench.sent();
    bench.answer(id, stored(1));
    assert!(bench.place().retry.is_none());
}

#[test]
fn every_wait_is_shown() {
    // Parts, whose rows show no wait of their own.
    let mut bench = Bench::open();
    for (id, _) in bench.begun(20 * MIB) {
        bench.trouble(id, Kind::SlowDown);
    }
    let retry = bench.place().retry.clone().expect("it is told");
    assert_eq!((retry.why.kind, retry.tries), (Kind::SlowDown, 3));
    // The beginning of an upload in parts.
    let mut bench = Bench::open();
    bench.add("/data", &[("big", 20 * MIB)]);
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(20 * MIB, 1)));
    let (create, send) = bench.sent();
    assert!(matches!(send.call, Call::Create));
    bench.trouble(create, Kind::Busy);
    assert!(bench.place().retry.is_some());
    // The bucket's region.
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::OtherRegion);
    bench.on(Event::Located(P, Err(Problem::new(Kind::Busy))));
    assert_eq!(bench.place().retry.as_ref().map(|retry| retry.what), Some(Retried::Bucket));
    bench.after(11);
    bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
    assert!(bench.place().retry.is_none());
}

/// Gives this many sessions of a second, each as soon as it is asked for; how many were given.
fn short_sessions(bench: &mut Bench, most: u32) -> u32 {
    let mut given = 0;
    for _ in 0..most {
        bench.after(70);
        let Some(ask) = bench.asked().pop() else { break };
        bench.given(ask.attempt, 1);
        given += 1;
    }
    given
}

#[test]
fn sessions_that_end_at_once_are_reported_and_no_longer_requested() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    bench.after(3600);
    short_sessions(&mut bench, 2);
    let retry = bench.place().retry.clone().expect("it is told");
    assert_eq!((retry.what, retry.why.kind), (Retried::Access, Kind::SessionOver));
    let given = short_sessions(&mut bench, 100);
    assert!(given < 5, "{given} more");
    assert!(bench.place().retry.is_none(), "nothing is tried any more");
    assert_eq!(bench.place().renew_problem.as_ref().map(|problem| problem.kind), Some(Kind::SessionOver));
    assert!(!bench.place().is_asking() && bench.model.next_deadline().is_none());
    // A request by a person resets the count.
    bench.command(Command::GetAccess(P));
    let ask = bench.asked().pop().expect("AssumeRole");
    bench.given(ask.attempt, 3600);
    assert!(bench.place().renew_problem.is_none());
}

#[test]
fn a_short_session_is_kept_if_it_delivers_something() {
    let mut bench = Bench::open();
    bench.after(3600);
    for n in 0..20_u32 {
        bench.add("/data", &[(&format!("a{n}"), 1)]);
        bench.after(1);
        let ask = bench.asked().pop().expect("AssumeRole");
        bench.given(ask.attempt, 3);
        for (id, _) in bench.sends() {
            bench.answer(id, stored(1));
        }
        bench.after(4);
    }
    assert_eq!(bench.place().totals.delivered + bench.place().totals.open(), 1, "of the last delivery");
    assert!(bench.place().renew_problem.is_none());
}

/// Nothing could change the answer to either of these requests.
#[test]
fn requests_with_unknown_answers_are_not_repeated_forever() {
    let mut bench = Bench::asking(crate::support::simulation::destination(0), daypass::model::Limits::default());
    let mut tries = 0;
    while let Some(ask) = bench.asked().pop() {
        tries += 1;
        assert!(tries < 20, "AssumeRole without end");
        bench.refused(ask.attempt, Kind::Unexpected);
        bench.after(30);
    }
    assert!(matches!(bench.session(), Session::Denied(problem) if problem.kind == Kind::Unexpected));
    assert!(tries > 2 && bench.place().retry.is_none() && !bench.place().is_retrying());

    let mut bench = Bench::asking(crate::support::simulation::destination(0), daypass::model::Limits::default());
    let ask = bench.asked().pop().expect("AssumeRole");
    bench.given(ask.attempt, 3600);
    bench.add("/data", &[("a", 1)]);
    let mut tries = 0;
    while bench.fx.iter().any(|effect| matches!(effect, Effect::Locate(..))) {
        tries += 1;
        assert!(tries < 20, "HeadBucket without end");
        bench.fx.clear();
        bench.on(Event::Located(P, Err(Problem::new(Kind::Unexpected))));
        bench.after(30);
    }
    assert_eq!(bench.place().hold.as_ref().map(|problem| problem.kind), Some(Kind::Unexpected));
    assert!(tries > 2 && bench.place().retry.is_none());
    bench.command(Command::Release(P));
    assert!(bench.fx.iter().any(|effect| matches!(effect, Effect::Locate(..))), "a person looks again");
}

#[test]
fn a_permanent_refusal_by_sts_is_not_retried() {
    for kind in [Kind::Refused, Kind::NotImplemented, Kind::SessionOver, Kind::GatewayRefused(404)] {
        let mut bench = Bench::asking(crate::support::simulation::destination(0), daypass::model::Limits::default());
        let attempt = bench.asked().pop().expect("AssumeRole").attempt;
        bench.refused(attempt, kind);
        assert!(!bench.place().is_retrying() && bench.place().retry.is_none());
        bench.after(3600);
        assert!(bench.asked().is_empty(), "{kind:?}");
    }
}
