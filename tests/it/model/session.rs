//! Tests the session: how answers of STS and S3 change it, and when it is renewed.

use crate::support::model_bench::{Bench, MIB, P, part, stored};
use crate::support::simulation::destination;
use daypass::model::Limits;
use daypass::model::event::{Effect, Event};
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::session::{Identity, Session};
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::State;

fn denied(bench: &Bench) -> Option<Kind> {
    match bench.session() {
        Session::Denied(problem) => Some(problem.kind),
        Session::SignedOut | Session::Assuming(_) | Session::Active(_) | Session::Expired(_) => None,
    }
}

#[test]
fn a_denial_is_retried_for_a_minute_and_then_stands() {
    let mut bench = Bench::asking(destination(0), Limits::default());
    let mut tries = 0;
    while let Some(ask) = bench.asked().pop() {
        tries += 1;
        bench.refused(ask.attempt, Kind::AssumeDenied(DeniedBy::Unknown));
        bench.after(11);
    }
    assert!((6..=7).contains(&tries), "{tries}");
    assert_eq!(denied(&bench), Some(Kind::AssumeDenied(DeniedBy::Unknown)));
    assert!(!bench.place().is_asking());
    assert_eq!(bench.model.next_deadline(), None);
    bench.after(3600);
    bench.command(Command::GetAccess(P));
    let ask = bench.asked().pop().expect("a person requests access again");
    bench.refused(ask.attempt, Kind::AssumeDenied(DeniedBy::Unknown));
    bench.after(11);
    assert_eq!(bench.asked().len(), 1, "and retries for a minute again");
}

#[test]
fn a_denial_stands_at_once_with_a_code_or_without_retries() {
    let mut coded = destination(0);
    coded.mfa_serial = Some("arn:aws:iam::000000000000:mfa/me".parse().expect("a serial"));
    let loud = Limits { quiet_retries: false, ..Limits::default() };
    for (destination, limits) in [(coded, Limits::default()), (destination(0), loud)] {
        let mut bench = Bench::asking(destination, limits);
        let ask = bench.asked().pop().expect("AssumeRole");
        bench.refused(ask.attempt, Kind::AssumeDenied(DeniedBy::Unknown));
        bench.after(120);
        assert_eq!(bench.asked().len(), 0);
        assert!(denied(&bench).is_some());
    }
}

#[test]
fn a_permanent_denial_is_not_retried() {
    for kind in [Kind::KeyNotAccepted, Kind::SecretWrong, Kind::CodeWrong, Kind::PolicyTooLarge, Kind::ClockWrong(900)]
    {
        let mut bench = Bench::asking(destination(0), Limits::default());
        let ask = bench.asked().pop().expect("AssumeRole");
        bench.refused(ask.attempt, kind);
        bench.after(300);
        assert_eq!(bench.asked().len(), 0, "{kind:?}");
        assert_eq!(denied(&bench), Some(kind));
    }
}

#[test]
fn a_session_refused_as_too_long_is_requested_for_an_hour_and_shown_as_shortened() {
    let mut long = destination(0);
    long.seconds = 43_200;
    let mut bench = Bench::asking(long, Limits::default());
    let ask = bench.asked().pop().expect("AssumeRole");
    assert_eq!(ask.seconds, 43_200);
    bench.refused(ask.attempt, Kind::TooLong);
    let ask = bench.asked().pop().expect("again");
    assert_eq!(ask.seconds, 3600);
    bench.given(ask.attempt, 3600);
    assert!(bench.session().grant().is_some_and(|grant| grant.shortened));
    bench.command(Command::GetAccess(P));
    let ask = bench.asked().pop().expect("renewal");
    bench.refused(ask.attempt, Kind::TooLong);
    assert!(bench.asked().is_empty(), "an hour is what every role allows: no loop");
    assert!(matches!(bench.session(), Session::Active(_)));
    assert!(bench.place().renew_problem.is_some());
}

#[test]
fn an_oversized_session_policy_is_dropped_only_on_request() {
    let mut bench = Bench::asking(destination(0), Limits::default());
    let ask = bench.asked().pop().expect("AssumeRole");
    assert!(ask.narrow);
    bench.refused(ask.attempt, Kind::PolicyTooLarge);
    assert!(bench.asked().is_empty());
    bench.command(Command::GetAccessUnnarrowed(P));
    assert!(!bench.asked().pop().expect("AssumeRole").narrow);
}

#[test]
fn only_one_assume_role_is_in_flight() {
    let mut bench = Bench::asking(destination(0), Limits::default());
    for _ in 0..5 {
        bench.command(Command::GetAccess(P));
        bench.command(Command::Open(Box::new(destination(0))));
    }
    assert_eq!(bench.asked().len(), 1);
}

#[test]
fn a_session_is_renewed_five_minutes_before_its_end_while_uploads_are_open() {
    let mut bench = Bench::open();
    bench.after(3000);
    assert!(bench.asked().is_empty());
    let parts = bench.begun(100 * MIB);
    bench.after(298);
    assert!(bench.asked().is_empty());
    bench.after(2);
    let ask = bench.asked().pop().expect("a renewal");
    assert!(matches!(bench.session(), Session::Active(_)) && bench.place().is_asking());
    bench.given(ask.attempt, 3600);
    bench.answer(parts[0].0, part(1));
    let next = bench.sends();
    assert!(!next.is_empty() && next.iter().all(|(_, send)| send.generation == ask.attempt), "the very next request");
}

#[test]
fn a_session_is_not_renewed_without_open_uploads() {
    type Change = fn(&mut Bench);
    let changes: [(&str, Change); 4] = [
        ("paused", |bench| bench.command(Command::Pause(Which::All(P)))),
        ("each paused", |bench| bench.command(Command::Pause(Which::One(daypass::model::upload::UploadId(0))))),
        ("canceled", |bench| bench.command(Command::Cancel(Which::All(P)))),
        ("switched off", |bench| {
            let settings = daypass::model::snapshot::Settings { renew: false, ..Default::default() };
            bench.command(Command::Set(settings));
        }),
    ];
    for (what, change) in changes {
        let mut bench = Bench::open();
        bench.begun(100 * MIB);
        change(&mut bench);
        bench.after(4000);
        assert!(bench.asked().is_empty(), "{what}");
        assert!(matches!(bench.session(), Session::Expired(_)), "{what}");
    }
}

#[test]
fn a_session_with_a_code_ends_and_the_queue_waits() {
    let mut coded = destination(0);
    coded.mfa_serial = Some("arn:aws:iam::000000000000:mfa/me".parse().expect("a serial"));
    let mut bench = Bench::asking(coded, Limits::default());
    let ask = bench.asked().pop().expect("AssumeRole");
    bench.given(ask.attempt, 900);
    bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
    bench.begun(100 * MIB);
    bench.after(1000);
    assert!(bench.asked().is_empty());
    assert!(matches!(bench.session(), Session::Expired(_)));
    bench.sends();
    bench.after(10_000);
    assert!(bench.sends().is_empty(), "nothing is signed without a session");
    bench.command(Command::GetAccess(P));
    let ask = bench.asked().pop().expect("AssumeRole");
    assert!(matches!(bench.session(), Session::Expired(_)), "what there was is still told while it asks");
    bench.given(ask.attempt, 900);
}

#[test]
fn a_failed_renewal_keeps_the_session_until_its_end() {
    let mut bench = Bench::open();
    bench.begun(100 * MIB);
    bench.after(3300);
    let ask = bench.asked().pop().expect("a renewal");
    bench.refused(ask.attempt, Kind::KeyNotAccepted);
    assert!(matches!(bench.session(), Session::Active(_)));
    assert_eq!(bench.place().renew_problem.as_ref().map(|p| p.kind), Some(Kind::KeyNotAccepted));
    bench.after(400);
    assert!(bench.asked().is_empty());
    assert!(matches!(bench.session(), Session::Expired(_)));
}

#[test]
fn signing_out_stops_everything_and_drops_late_credentials() {
    let mut bench = Bench::asking(destination(0), Limits::default());
    let ask = bench.asked().pop().expect("AssumeRole");
    bench.command(Command::SignOut(P));
    bench.fx.clear();
    bench.given(ask.attempt, 3600);
    assert!(matches!(bench.session(), Session::SignedOut));
    assert!(bench.fx.iter().any(|e| matches!(e, Effect::Forget(_))), "credentials that come late are dropped too");

    let mut bench = Bench::open();
    let parts = bench.begun(100 * MIB);
    bench.command(Command::SignOut(P));
    let dropped = bench.fx.iter().filter(|e| matches!(e, Effect::Drop(_))).count();
    assert_eq!(dropped, parts.len());
    bench.sends();
    bench.after(7200);
    assert!(bench.sends().is_empty() && bench.asked().is_empty());
    assert_eq!(bench.state(0), State::Waiting);
}

#[test]
fn a_session_refused_early_is_renewed_once_and_then_held() {
    for kind in [Kind::SessionRefused, Kind::SessionEnded] {
        let mut bench = Bench::open();
        bench.add("/data", &[("small", 10)]);
        let (id, _) = bench.sent();
        bench.trouble(id, kind);
        let ask = bench.asked().pop().expect("one renewal");
        bench.given(ask.attempt, 3600);
        let (id, send) = bench.sent();
        assert_eq!(send.generation, ask.attempt);
        bench.trouble(id, kind);
        assert_eq!(bench.place().hold.as_ref().map(|p| p.kind), Some(kind));
        bench.after(100_000);
        assert!(bench.asked().is_empty() && bench.sends().is_empty(), "no loop");
        bench.command(Command::GetAccess(P));
        let ask = bench.asked().pop().expect("a person may try");
        bench.given(ask.attempt, 3600);
        let (id, _) = bench.sent();
        bench.answer(id, stored(10));
        assert!(matches!(bench.state(0), State::Delivered(_)));
    }
}

#[test]
fn sessions_that_end_at_once_are_not_requested_in_a_row() {
    let mut bench = Bench::open();
    bench.add("/data", &[("small", 10)]);
    bench.sends();
    bench.after(3300);
    let mut asked = 0;
    for _ in 0..120 {
        while let Some(ask) = bench.asked().pop() {
            asked += 1;
            bench.given(ask.attempt, 0);
        }
        bench.sends();
        bench.after(1);
    }
    assert!((3..=10).contains(&asked), "{asked} in two minutes");
}

#[test]
fn a_denial_by_s3_is_retried_once_and_then_holds_everything() {
    let mut bench = Bench::open();
    let by = Kind::AccessDenied(DeniedBy::Unknown);
    bench.add("/data", &[("a", 1), ("b", 1), ("c", 1)]);
    for (id, _) in bench.sends() {
        bench.trouble(id, by);
    }
    assert!(bench.place().hold.is_some() && bench.place().retry.is_some());
    bench.after(4);
    assert!(bench.sends().is_empty());
    bench.after(2);
    let (id, _) = bench.sent();
    bench.trouble(id, by);
    assert!(bench.place().retry.is_none());
    assert_eq!(bench.place().hold.as_ref().map(|p| p.kind), Some(by));
    assert!((0..3).all(|id| bench.state(id) == State::Waiting), "the files do not all fail");
    bench.after(10_000);
    assert!(bench.sends().is_empty());
    bench.command(Command::Release(P));
    bench.command(Command::GetAccess(P));
    let ask = bench.asked().pop().expect("AssumeRole");
    bench.given(ask.attempt, 3600);
    assert_eq!(bench.sends().len(), 3);
}

#[test]
fn a_wrong_region_is_looked_up_once_more() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::OtherRegion);
    assert!(bench.fx.iter().any(|e| matches!(e, Effect::Locate(..))));
    bench.on(Event::Located(P, Ok("us-east-1".parse().expect("a region"))));
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::OtherRegion);
    assert_eq!(bench.place().hold.as_ref().map(|p| p.kind), Some(Kind::OtherRegion));
}

#[test]
fn the_network_is_down_after_three_failed_calls_or_the_only_one() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
    let sent = bench.sends();
    assert_eq!(sent.len(), 4);
    bench.trouble(sent[0].0, Kind::ConnectionLost);
    bench.trouble(sent[1].0, Kind::ConnectionLost);
    let down = |bench: &Bench| matches!(bench.model.snapshot().line, daypass::model::snapshot::Network::Down { .. });
    assert!(!down(&bench));
    bench.trouble(sent[2].0, Kind::ConnectionLost);
    assert!(down(&bench));
    bench.sends();
    bench.trouble(sent[3].0, Kind::ConnectionLost);
    bench.after(3);
    assert_eq!(bench.sends().len(), 1, "one tries, the others wait");
}

#[test]
fn a_refusal_proves_that_the_network_is_up() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1), ("b", 1)]);
    let sent = bench.sends();
    for (id, _) in sent {
        bench.on(Event::Answered(id, Err(Problem::new(Kind::Offline))));
    }
    let mut probe = Vec::new();
    for _ in 0..30 {
        bench.after(1);
        probe.extend(bench.sends());
    }
    assert_eq!(probe.first().map(|(_, send)| send.generation), Some(1));
    bench.trouble(probe[0].0, Kind::AlreadyThere);
    assert!(matches!(bench.model.snapshot().line, daypass::model::snapshot::Network::Up));
}

#[test]
fn access_is_remembered_for_the_key_that_signed_the_request() {
    let mut bench = Bench::asking(destination(0), Limits::default());
    let ask = bench.asked().pop().expect("AssumeRole");
    // The profile's key is replaced while the answer is on its way.
    let profile = bench.place().destination.profile.clone();
    let other = Identity { account: "1".into(), arn: "arn:other".into(), name: "other".into() };
    bench.on(Event::Identified(profile, Ok(other)));
    bench.given(ask.attempt, 3600);
    assert_eq!(bench.place().learned.caller.as_deref(), Some("arn:me"));
}

#[test]
fn nothing_is_said_of_speed_once_access_has_ended() {
    let mut bench = Bench::open();
    let mut parts = bench.begun(100 * MIB);
    for number in 1..=3 {
        bench.after(1);
        let (id, _) = parts.remove(0);
        bench.answer(id, part(number));
        parts.extend(bench.sends());
    }
    let totals = |bench: &Bench| (bench.place().totals.rate, bench.place().totals.time_left);
    assert!(totals(&bench).0 > 0 && totals(&bench).1.is_some());
    bench.command(Command::SignOut(P));
    for (id, _) in parts {
        bench.trouble(id, Kind::SessionEnded);
    }
    assert_eq!(totals(&bench), (0, None));
}
