//! Tests which requests may have stored a file without an answer.

use crate::support::earlier::{left, next_run, restored};
use crate::support::model_bench::{Bench, MIB, P, stored};
use crate::support::reference_journal::Journal as Reference;
use crate::support::simulation::destination;
use daypass::model::Limits;
use daypass::model::event::{Effect, Event};
use daypass::model::problem::{Detail, Kind, Problem};
use daypass::model::record::{EarlierState, Record, Unfinished};
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::{RequestId, State, UploadId};

fn answer(kind: Kind, status: u16, code: &str, request_id: &str) -> Problem {
    let detail = Detail { status, code: code.into(), request_id: request_id.into(), ..Detail::default() };
    Problem::with(kind, detail)
}

#[test]
fn a_refusal_signed_by_s3_leaves_no_doubt() {
    for kind in [Kind::Unexpected, Kind::AnswerLost, Kind::ConnectionLost, Kind::Busy] {
        assert!(!answer(kind, 400, "RequestHeaderSectionTooLarge", "R").may_be_stored(true), "{kind:?}");
        assert!(!answer(kind, 411, "MissingContentLength", "R").may_be_stored(true), "{kind:?}");
        assert!(!answer(kind, 501, "NotImplemented", "R").may_be_stored(true), "{kind:?}");
        // An answer without a request id of S3 comes from a proxy.
        assert!(answer(kind, 400, "BadRequest", "").may_be_stored(true), "{kind:?}");
        assert!(answer(kind, 500, "InternalError", "R").may_be_stored(true), "{kind:?}");
        assert!(Problem::new(kind).may_be_stored(true), "{kind:?}");
    }
    for kind in [Kind::NoAnswer, Kind::ConnectionLost, Kind::LoginPage] {
        assert!(!Problem::new(kind).may_be_stored(false), "{kind:?}");
    }
    assert!(answer(Kind::LoginPage, 200, "", "").may_be_stored(false), "a success that proves nothing");
    for kind in [Kind::AlreadyThere, Kind::SlowDown, Kind::SessionEnded, Kind::Offline, Kind::SourceGone] {
        assert!(!Problem::new(kind).may_be_stored(true), "{kind:?}");
    }
}

#[test]
fn an_unknown_refusal_ends_as_not_delivered() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 5)]);
    for _ in 0..6 {
        let (id, _) = bench.sent();
        let refused = answer(Kind::Unexpected, 400, "RequestHeaderSectionTooLarge", "R");
        bench.on(Event::Moved(vec![(id, 5)]));
        bench.on(Event::Answered(id, Err(refused)));
        bench.after(60);
    }
    assert!(matches!(bench.state(0), State::Failed(_)), "{:?}", bench.state(0));
}

#[test]
fn a_file_that_may_be_stored_never_ends_as_not_delivered() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 5)]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AnswerLost);
    bench.after(60);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::SourceGone);
    assert_eq!(bench.state(0), State::NotConfirmed);
}

/// Applies the records among the effects to the journal.
fn record(journal: &mut Reference, fx: &[Effect]) {
    for effect in fx {
        if let Effect::Record(record) = effect {
            journal.take(record.clone());
        }
    }
}

/// Returns the state that the next run gives file `a` if its name is taken.
fn taken_name_after(mut first: Bench, more: impl FnOnce(&mut Bench)) -> State {
    let mut journal = Reference::default();
    more(&mut first);
    record(&mut journal, &first.fx);
    let mut next = next_run(journal.kept(), Limits::default());
    let requests: Vec<RequestId> = next.sends().into_iter().map(|(id, _)| id).collect();
    next.trouble(requests[0], Kind::AlreadyThere);
    next.state(0)
}

fn without_access() -> Bench {
    let mut bench = Bench::asking(destination(0), Limits::default());
    bench.add("/data", &[("a", 5), ("b", 5)]);
    bench
}

fn with_access(bench: &mut Bench) -> RequestId {
    let ask = bench.fx.iter().rev().find_map(|e| if let Effect::Assume(_, ask) = e { Some(ask.attempt) } else { None });
    bench.given(ask.expect("AssumeRole"), 3600);
    bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
    let sent = bench.fx.iter().find_map(|e| if let Effect::Send(id, _) = e { Some(*id) } else { None });
    sent.expect("a request")
}

#[test]
fn only_files_that_were_sent_can_be_doubtful() {
    assert_eq!(taken_name_after(without_access(), |_| {}), State::AlreadyThere);
    // The program was killed after sending.
    let sent = |bench: &mut Bench| {
        with_access(bench);
    };
    assert_eq!(taken_name_after(without_access(), sent), State::NotConfirmed);
    // The request was refused.
    let refused = |bench: &mut Bench| {
        let first = with_access(bench);
        let all = bench.fx.iter().filter_map(|e| if let Effect::Send(id, _) = e { Some(*id) } else { None });
        let all: Vec<RequestId> = all.collect();
        assert_eq!((all[0], all.len()), (first, 2));
        for id in all {
            let denied =
                answer(Kind::AccessDenied(daypass::model::problem::DeniedBy::Unknown), 403, "AccessDenied", "R");
            bench.on(Event::Answered(id, Err(denied)));
        }
    };
    assert_eq!(taken_name_after(without_access(), refused), State::AlreadyThere);
    // The answer was lost.
    let lost = |bench: &mut Bench| {
        let id = with_access(bench);
        bench.trouble(id, Kind::AnswerLost);
    };
    assert_eq!(taken_name_after(without_access(), lost), State::NotConfirmed);
}

/// The program exits while one of many small files is in flight: only that one is doubtful.
#[test]
fn an_orderly_exit_leaves_doubt_only_about_requests_in_flight() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 5)]);
    let names: Vec<String> = (0..2000).map(|n| format!("n{n}")).collect();
    bench.add("/more", &names.iter().map(|name| (name.as_str(), 5)).collect::<Vec<_>>());
    let begun = |fx: &[Effect]| fx.iter().filter(|e| matches!(e, Effect::Record(Record::PutsBegin(..)))).count();
    assert_eq!(begun(&bench.fx), 2, "one record for many files");
    let out = bench.model.requests_out();
    let mut fx = Vec::new();
    bench.model.end(&mut fx);
    let doubted = fx.iter().filter(|e| matches!(e, Effect::Record(Record::Doubted(_)))).count();
    assert_eq!(doubted, out);
    assert!(matches!(fx.last(), Some(Effect::Record(Record::PutsAnswered))));
}

/// Many small files cost few records, but each request is recorded before it is sent.
#[test]
fn every_request_is_recorded_before_it_is_sent() {
    let mut bench = Bench::open();
    let names: Vec<String> = (0..5000).map(|n| format!("n{n}")).collect();
    bench.add("/more", &names.iter().map(|name| (name.as_str(), 5)).collect::<Vec<_>>());
    let (mut told, mut records, mut sent) = (Vec::<(UploadId, UploadId)>::new(), 0, 0);
    loop {
        let fx = std::mem::take(&mut bench.fx);
        let mut out = Vec::new();
        for effect in fx {
            match effect {
                Effect::Record(Record::PutsBegin(first, last)) => {
                    told.push((first, last));
                    records += 1;
                }
                Effect::Record(Record::PutsAnswered) => told.clear(),
                Effect::Send(id, send) => {
                    assert!(told.iter().any(|(first, last)| (*first..=*last).contains(&send.upload)));
                    out.push(id);
                    sent += 1;
                }
                _ => {}
            }
        }
        if out.is_empty() {
            break;
        }
        for id in out {
            bench.answer(id, stored(5));
        }
    }
    assert_eq!(sent, 5000);
    assert!(records < 20, "{records}");
    assert!(told.is_empty(), "all were answered");
}

/// S3 no longer knows the parts of an upload whose Complete may have done its work.
#[test]
fn parts_are_not_sent_again_after_a_lost_complete() {
    for kind in [Kind::PartsRefused, Kind::UploadGone] {
        let mut bench = Bench::open();
        let parts = bench.begun(24 * MIB);
        let (complete, _) = bench.parts(parts);
        bench.trouble(complete, Kind::AnswerLost);
        bench.after(30);
        let (complete, _) = bench.sent();
        bench.trouble(complete, kind);
        assert_eq!(bench.state(0), State::NotConfirmed, "{kind:?}");
        // Without a doubt the file is sent from the beginning.
        let mut bench = Bench::open();
        let parts = bench.begun(24 * MIB);
        let (complete, _) = bench.parts(parts);
        bench.trouble(complete, kind);
        assert!(!bench.state(0).ended(), "{kind:?}");
    }
}

/// A doubt outlives a retry and another kill.
#[test]
fn a_doubt_is_kept_across_runs() {
    let mut bench = restored(vec![Unfinished { doubted: true, ..left("a", 5, EarlierState::Open) }]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AlreadyThere);
    assert_eq!(bench.state(0), State::NotConfirmed);
    bench.command(Command::Retry(Which::One(UploadId(0))));
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AlreadyThere);
    assert_eq!(bench.state(0), State::NotConfirmed);
}
