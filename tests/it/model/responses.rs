//! Tests how the model handles answers that prove little or come late: pages from a proxy, faults of one server, denials
//! of one key, drives that hang, and answers to an earlier session or key.

use crate::support::model_bench::{Bench, MIB, P, part, print, stored};
use crate::support::simulation::destination;
use daypass::model::Limits;
use daypass::model::event::{Answer, Call, Effect, Event};
use daypass::model::problem::{DeniedBy, Detail, Kind, Problem};
use daypass::model::session::{Identity, Session};
use daypass::model::snapshot::{Command, Network, Profile, Profiles, Source};
use daypass::model::upload::{Proof, RequestId, State};
use std::sync::Arc;

fn answered(bench: &mut Bench, id: RequestId, kind: Kind, status: u16, request_id: &str) {
    let detail = Detail { status, request_id: request_id.into(), ..Detail::default() };
    bench.on(Event::Answered(id, Err(Problem::with(kind, detail))));
}

fn down(bench: &Bench) -> bool {
    matches!(bench.model.snapshot().line, Network::Down { .. })
}

#[test]
fn an_unproven_success_leaves_open_whose_the_file_is() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let (id, _) = bench.sent();
    answered(&mut bench, id, Kind::LoginPage, 200, "");
    bench.after(30);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AlreadyThere);
    assert_eq!(bench.state(0), State::NotConfirmed);
}

#[test]
fn a_fault_of_one_server_keeps_the_doubt_and_leaves_the_network_up() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
    let sent = bench.sends();
    for (id, _) in &sent {
        answered(&mut bench, *id, Kind::AnswerLost, 500, "R");
    }
    assert!(!down(&bench), "the server answered");
    bench.after(70);
    let again = bench.sends();
    assert_eq!(again.len(), 4);
    bench.trouble(again[0].0, Kind::AlreadyThere);
    assert_eq!((0..4).filter(|&id| bench.state(id) == State::NotConfirmed).count(), 1);
    // An answer of a gateway, without a request id, does count as a network fault.
    for (id, _) in &again[1..] {
        answered(&mut bench, *id, Kind::AnswerLost, 502, "");
    }
    assert!(down(&bench));
}

#[test]
fn a_complete_that_keeps_failing_is_finally_not_confirmed() {
    let mut bench = Bench::open();
    let parts = bench.begun(20 * MIB);
    let (mut complete, _) = bench.parts(parts);
    for _ in 0..5 {
        answered(&mut bench, complete, Kind::AnswerLost, 500, "R");
        assert!(!down(&bench));
        bench.after(70);
        (complete, _) = bench.sent();
    }
    answered(&mut bench, complete, Kind::AnswerLost, 500, "R");
    assert_eq!(bench.state(0), State::NotConfirmed);
}

#[test]
fn a_server_fault_while_locating_the_bucket_leaves_the_network_up() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::OtherRegion);
    bench.on(Event::Located(P, Err(Problem::new(Kind::Busy))));
    assert!(!down(&bench));
    bench.after(20);
    bench.on(Event::Located(P, Err(Problem::new(Kind::Offline))));
    assert!(down(&bench));
}

const DENIED: Kind = Kind::AccessDenied(DeniedBy::ResourcePolicy);

/// Denies the requests of these rows, lets all others succeed, and returns the rows in the order of their requests.
fn answer_denying(bench: &mut Bench, denied: &[u32]) -> Vec<u32> {
    let mut sent = Vec::new();
    // The denials come first: nothing has arrived by then.
    let (id, yes): (Vec<_>, Vec<_>) = bench.sends().into_iter().partition(|(_, s)| denied.contains(&s.upload.0));
    for (request, send) in id {
        sent.push(send.upload.0);
        bench.trouble(request, DENIED);
    }
    for (request, send) in yes {
        sent.push(send.upload.0);
        let answer = match send.call {
            Call::Part { number, .. } => part(number),
            Call::Put { .. } => stored(1),
            call => panic!("{call:?}"),
        };
        bench.answer(request, answer);
    }
    sent
}

#[test]
fn a_single_denied_file_fails_alone() {
    let names: Vec<String> = (0..60).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    // At the front, in the middle, at the end, side by side.
    for denied in [&[0][..], &[30], &[59], &[0, 1, 2, 30, 31, 58]] {
        let mut bench = Bench::open();
        bench.add("/data", &files);
        let mut tries = [0; 60];
        let mut seconds = 0;
        while bench.place().totals.open() > 0 && seconds < 100 {
            let sent = answer_denying(&mut bench, denied);
            for &id in &sent {
                tries[id as usize] += 1;
            }
            if sent.is_empty() {
                bench.after(1);
                seconds += 1;
            }
        }
        for id in 0..60 {
            let state = bench.state(id);
            if denied.contains(&id) {
                assert!(
                    matches!(&state, State::Failed(problem) if problem.kind == DENIED),
                    "{denied:?} {id}: {state:?}"
                );
            } else {
                assert!(matches!(state, State::Delivered(_)), "{id}: {state:?}");
            }
            assert!(tries[id as usize] <= 4, "{id}: {}", tries[id as usize]);
        }
        assert!(seconds < 40, "{denied:?}: {seconds}");
    }
}

#[test]
fn a_denial_of_everything_holds_the_queue_even_after_deliveries() {
    let mut bench = Bench::open();
    let names: Vec<String> = (0..500).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    bench.add("/data", &files);
    let all: Vec<u32> = (0..500).collect();
    for _ in 0..5 {
        answer_denying(&mut bench, &[]);
    }
    let mut requests = 0;
    for _ in 0..30 {
        requests += answer_denying(&mut bench, &all).len();
        bench.after(1);
    }
    assert_eq!(bench.place().hold.as_ref().map(|problem| problem.kind), Some(DENIED));
    assert!(requests <= 200, "{requests}");
    assert!(all.iter().all(|&id| !matches!(bench.state(id), State::Failed(_))), "the files do not all fail");
}

#[test]
fn denied_parts_sent_together_count_as_one_denial() {
    let mut bench = Bench::open();
    let parts = bench.begun(100 * MIB);
    assert!(parts.len() > 2);
    bench.trouble(parts[0].0, DENIED);
    bench.answer(parts[1].0, part(2));
    bench.after(6);
    for (id, _) in &parts[2..] {
        bench.trouble(*id, DENIED);
    }
    assert!(!matches!(bench.state(0), State::Failed(_)), "{:?}", bench.state(0));
    assert!(bench.place().retry.is_some(), "it is asked for once more");
}

#[test]
fn releasing_a_hold_gives_one_more_try() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 1)]);
    for _ in 0..2 {
        let (id, _) = bench.sent();
        bench.trouble(id, DENIED);
        bench.after(6);
    }
    assert!(bench.place().hold.is_some());
    bench.after(100);
    assert!(bench.sends().is_empty(), "it stands");
    bench.command(Command::Release(P));
    let (id, _) = bench.sent();
    bench.trouble(id, DENIED);
    bench.after(6);
    let (id, _) = bench.sent();
    bench.answer(id, stored(1));
    assert_eq!(bench.state(0), State::Delivered(Proof::Whole));
}

#[test]
fn a_silent_drive_holds_only_its_own_files() {
    let mut bench = Bench::open();
    let parts = bench.begun(100 * MIB);
    bench.answer(parts[0].0, part(1));
    bench.sends();
    bench.add("/other", &[("small", 1)]);
    bench.fx.clear();
    bench.trouble(parts[1].0, Kind::SourceSilent);
    let State::Retrying(_, why) = bench.state(0) else { panic!("{:?}", bench.state(0)) };
    assert_eq!(why.kind, Kind::SourceSilent);
    assert!(bench.fx.iter().any(|effect| matches!(effect, Effect::Drop(_))), "what hangs beside it is let go");
    assert!(!down(&bench) && bench.place().hold.is_none());
    assert_eq!(bench.model.requests_out(), 1, "the other file");
    bench.sends();
    bench.after(2);
    let (open, send) = bench.sent();
    assert!(matches!(send.call, Call::Open));
    bench.trouble(open, Kind::SourceSilent);
    bench.after(70);
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(100 * MIB, 1)));
    let sent = bench.sends();
    let numbers: Vec<u32> =
        sent.iter().map(|(_, s)| if let Call::Part { number, .. } = s.call { number } else { 0 }).collect();
    assert_eq!(numbers.first(), Some(&2), "what S3 has is kept: {numbers:?}");
    let (complete, _) = bench.parts(sent);
    bench.answer(complete, stored(100 * MIB));
    assert_eq!(bench.state(0), State::Delivered(Proof::Whole));
}

#[test]
fn a_file_in_use_is_retried_for_a_while_and_holds_no_other() {
    for (kind, frees) in
        [(Kind::SourceBusy, true), (Kind::SourceBusy, false), (Kind::TooManyOpen, true), (Kind::TooManyOpen, false)]
    {
        let mut bench = Bench::open();
        bench.add("/data", &[("busy", 5), ("free", 6)]);
        let sends = bench.sends();
        let of = |name: &str| sends.iter().find(|(_, send)| send.key.contains(name)).expect("it is out").0;
        bench.trouble(of("busy"), kind);
        bench.answer(of("free"), stored(6));
        assert_eq!(bench.state(1), State::Delivered(Proof::Whole));
        assert!(!down(&bench) && bench.place().hold.is_none());
        bench.after(6);
        let (id, _) = bench.sent();
        if frees {
            bench.answer(id, stored(5));
            assert_eq!(bench.state(0), State::Delivered(Proof::Whole));
            continue;
        }
        bench.trouble(id, kind);
        let mut tries = 2;
        for _ in 0..100 {
            bench.after(6);
            for (id, _) in bench.sends() {
                bench.trouble(id, kind);
                tries += 1;
            }
        }
        assert!(matches!(bench.state(0), State::Failed(why) if why.kind == kind), "{:?}", bench.state(0));
        assert!((10..60).contains(&tries), "{tries}");
    }
}

#[test]
fn a_late_answer_does_not_drop_newer_credentials() {
    let mut bench = Bench::asking(destination(0), Limits::default());
    let first = bench.asked().pop().expect("AssumeRole").attempt;
    bench.command(Command::SignOut(P));
    bench.command(Command::GetAccess(P));
    let second = bench.asked().pop().expect("AssumeRole").attempt;
    bench.fx.clear();
    bench.given(first, 3600);
    assert!(!bench.fx.iter().any(|effect| matches!(effect, Effect::Forget(_))), "the second one is under way");
    bench.given(second, 3600);
    assert!(matches!(bench.session(), Session::Active(_)));
}

#[test]
fn the_identity_of_a_profile_is_checked_after_its_key_changes() {
    let profile = |name: &str, tail: Option<&str>, from: Option<&str>| Profile {
        name: name.to_owned(),
        source: if tail.is_some() { Source::Key } else { Source::Role },
        key_tail: tail.map(str::to_owned),
        region: None,
        role_arn: None,
        source_profile: from.map(str::to_owned),
        external_id: None,
        mfa_serial: None,
        role_session_name: None,
        duration_seconds: None,
        credential_process: None,
        this_run: false,
    };
    let read = |tail: &str, b: &str| {
        let list = vec![profile("a", Some(tail), None), profile("b", Some(b), None), profile("via", None, Some("a"))];
        Event::ProfilesRead(Arc::new(Profiles { list, ..Profiles::default() }))
    };
    let mut bench = Bench::new(Limits::default());
    bench.on(read("AAAA", "BBBB"));
    for name in ["a", "b", "via"] {
        let who = Identity { account: "1".into(), arn: "arn:me".into(), name: name.into() };
        bench.on(Event::Identified(name.to_owned(), Ok(who)));
    }
    bench.on(read("AAAA", "BBBB"));
    assert!(bench.fx.is_empty());
    bench.on(read("CCCC", "BBBB"));
    let asked = |effect: &Effect| if let Effect::Identify(name, _) = effect { Some(name.clone()) } else { None };
    assert_eq!(bench.fx.iter().filter_map(asked).collect::<Vec<_>>(), ["a"], "a role is asked for by a person alone");
    let seen = bench.model.snapshot();
    let known: Vec<&str> = seen.identities.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(known, ["b"]);
}
