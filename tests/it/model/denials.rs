//! Tests denials by S3 during a delivery: new requests stop, the cause is shown, and nothing loops.

use crate::support::model_bench::{Bench, MIB, P, part, stored};
use daypass::model::event::{Answer, Call, Send};
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::snapshot::{Command, Retried};
use daypass::model::upload::{Proof, RequestId, State, UploadId};

const DENIED: Kind = Kind::AccessDenied(DeniedBy::RolePolicy);

/// Answers every request for `seconds` and returns the requests.
fn played(bench: &mut Bench, seconds: u64, mut answer: impl FnMut(&Send) -> Result<Answer, Kind>) -> Vec<Send> {
    let mut all = Vec::new();
    for _ in 0..seconds {
        loop {
            let sent = bench.sends();
            if sent.is_empty() {
                break;
            }
            for (id, send) in sent {
                match answer(&send) {
                    Ok(answer) => bench.answer(id, answer),
                    Err(kind) => bench.trouble(id, kind),
                }
                all.push(send);
            }
        }
        bench.after(1);
    }
    all
}

fn opened(bench: &mut Bench, sizes: &[u64]) {
    let names: Vec<String> = (0..sizes.len()).map(|n| format!("{n}.bin")).collect();
    let files: Vec<(&str, u64)> = names.iter().map(String::as_str).zip(sizes.iter().copied()).collect();
    bench.add("/data", &files);
}

fn well(bench_sizes: &[u64], send: &Send) -> Answer {
    match &send.call {
        Call::Open => Answer::Opened(crate::support::model_bench::print(bench_sizes[send.upload.0 as usize], 1)),
        Call::Create => Answer::Created { upload_id: format!("id{}", send.upload.0).into(), abort_at: None },
        Call::Part { number, .. } => part(*number),
        Call::Put { .. } | Call::Whole { .. } | Call::Complete { .. } => stored(bench_sizes[send.upload.0 as usize]),
        Call::Read { .. } => Answer::Read(1),
        Call::Abort { .. } => Answer::Aborted,
    }
}

fn held(bench: &Bench) -> Option<Kind> {
    bench.place().hold.as_ref().map(|problem| problem.kind)
}

#[test]
fn denied_parts_are_not_sent_forever() {
    for sizes in [&[20 * MIB][..], &[20 * MIB, 20 * MIB], &[20 * MIB, 1, 2, 3], &[2 << 30, 1 << 30]] {
        let mut bench = Bench::open();
        opened(&mut bench, sizes);
        let sent = played(&mut bench, 300, |send| match send.call {
            Call::Part { .. } | Call::Put { .. } => Err(DENIED),
            _ => Ok(well(sizes, send)),
        });
        assert_eq!(held(&bench), Some(DENIED), "{sizes:?}");
        assert!(bench.place().retry.is_none(), "it is not tried any more");
        let bodies = sent.iter().filter(|send| send.call.body(1) > 0).count();
        assert!(bodies <= 12, "{sizes:?}: {bodies} requests with content");
    }
}

#[test]
fn a_denial_stops_new_requests_and_the_last_answer_starts_the_hold() {
    let mut bench = Bench::open();
    let parts = bench.begun(1 << 30);
    assert!(parts.len() > 3);
    bench.trouble(parts[1].0, DENIED);
    assert!(bench.sends().is_empty());
    for (id, _) in parts.iter().skip(3) {
        bench.trouble(*id, DENIED);
        assert!(bench.sends().is_empty());
        assert_eq!(held(&bench), None, "something is out still");
    }
    bench.answer(parts[0].0, part(1));
    assert_eq!((bench.sends().len(), held(&bench)), (0, None));
    bench.answer(parts[2].0, part(3));
    assert_eq!((bench.sends().len(), held(&bench)), (0, Some(DENIED)));
    let retry = bench.place().retry.clone().expect("it is asked for once more");
    assert_eq!((retry.what, retry.why.kind), (Retried::Denied, DENIED));
    bench.after(4);
    assert!(bench.sends().is_empty());
    bench.after(2);
    let (id, _) = bench.sent();
    bench.trouble(id, DENIED);
    bench.after(1000);
    assert_eq!((bench.sends().len(), held(&bench)), (0, Some(DENIED)));
    assert!(bench.place().retry.is_none());
    assert!(!bench.state(0).ended(), "what arrived is kept");
}

#[test]
fn a_denial_by_a_spreading_iam_change_passes_quickly() {
    let mut bench = Bench::open();
    let parts = bench.begun(100 * MIB);
    for (id, _) in &parts {
        bench.trouble(*id, DENIED);
    }
    bench.after(6);
    let (id, send) = bench.sent();
    let Call::Part { number, .. } = send.call else { panic!("{send:?}") };
    bench.answer(id, part(number));
    assert_eq!(held(&bench), None);
    let sent = bench.sends();
    let (complete, _) = bench.parts(sent);
    bench.answer(complete, stored(100 * MIB));
    assert_eq!(bench.state(0), State::Delivered(Proof::Whole));
}

#[test]
fn a_denied_key_fails_alone_and_the_others_continue() {
    // One of two large files is denied, then one of several small files.
    let sizes = [30 * MIB, 90 * MIB, 1, 2, 3, 4, 5, 6];
    for turned_away in [0, 3] {
        let mut bench = Bench::open();
        opened(&mut bench, &sizes);
        let sent = played(&mut bench, 120, |send| {
            let denied = send.upload.0 == turned_away && !matches!(send.call, Call::Open | Call::Create);
            if denied { Err(DENIED) } else { Ok(well(&sizes, send)) }
        });
        for id in 0..8 {
            let state = bench.state(id);
            if id == turned_away {
                assert!(matches!(&state, State::Failed(problem) if problem.kind == DENIED), "{id}: {state:?}");
            } else {
                assert!(matches!(state, State::Delivered(_)), "{turned_away} {id}: {state:?}");
            }
        }
        let bodies = sent.iter().filter(|send| send.upload == UploadId(turned_away) && send.call.body(1) > 0).count();
        assert!(bodies <= 8, "{turned_away}: {bodies}");
        assert_eq!(held(&bench), None);
    }
}

#[test]
fn a_destination_is_held_if_everything_is_denied_from_any_call_on() {
    for from in 0..20 {
        for sizes in [&[20 * MIB, 9 * MIB][..], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]] {
            let mut bench = Bench::open();
            opened(&mut bench, sizes);
            let mut calls = 0;
            let mut after = 0;
            let sent = played(&mut bench, 200, |send| {
                if !send.call.signed() {
                    return Ok(well(sizes, send));
                }
                calls += 1;
                after += u32::from(calls > from);
                if calls > from { Err(DENIED) } else { Ok(well(sizes, send)) }
            });
            let open = bench.place().totals.open();
            assert!(held(&bench) == Some(DENIED) || open == 0, "from {from} of {}: {open} open", sent.len());
            // These are the requests in flight at the first denial, and the retries.
            assert!(after <= 14, "{after} were denied from {from} on");
        }
    }
}

#[test]
fn a_paused_queue_retries_a_denial_only_after_it_resumes() {
    let mut bench = Bench::open();
    opened(&mut bench, &[1, 2]);
    for (id, _) in bench.sends() {
        bench.trouble(id, DENIED);
    }
    bench.command(Command::Pause(daypass::model::snapshot::Which::All(P)));
    bench.after(60);
    assert!(bench.sends().is_empty());
    bench.command(Command::Resume(daypass::model::snapshot::Which::All(P)));
    let sent: Vec<RequestId> = bench.sends().into_iter().map(|(id, _)| id).collect();
    assert_eq!(sent.len(), 1);
    bench.answer(sent[0], stored(1));
    assert_eq!(held(&bench), None);
    assert_eq!(bench.sends().len(), 1, "the other one");
}

#[test]
fn a_removed_denied_upload_holds_nothing() {
    let mut bench = Bench::open();
    opened(&mut bench, &[1]);
    let (id, _) = bench.sent();
    bench.trouble(id, DENIED);
    assert_eq!(held(&bench), Some(DENIED));
    bench.command(Command::Cancel(daypass::model::snapshot::Which::One(UploadId(0))));
    bench.after(10);
    assert_eq!(held(&bench), None);
}
