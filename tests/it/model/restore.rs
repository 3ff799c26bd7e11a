//! Tests uploads of an earlier run: they continue from the state of S3 and compare before completing.

use crate::support::earlier::{self, SIZE, next_run, restored, with_parts};
use crate::support::model_bench::{Bench, MIB, P, part, print, stored};
use daypass::model::Limits;
use daypass::model::event::{Answer, Call};
use daypass::model::problem::Kind;
use daypass::model::record::{EarlierState, Record, Unfinished};
use daypass::model::upload::{Proof, State};

fn kept(parts: &[u32], completing: bool, came: EarlierState) -> Unfinished {
    Unfinished { completing, ..with_parts(came, parts) }
}

fn opened(uploads: Vec<Unfinished>, version: i128) -> Bench {
    let mut bench = restored(uploads);
    let (open, send) = bench.sent();
    assert!(matches!(send.call, Call::Open));
    bench.answer(open, Answer::Opened(print(SIZE, version)));
    bench
}

#[test]
fn earlier_parts_are_read_again_before_completion() {
    let mut bench = opened(vec![kept(&[1, 2], false, EarlierState::Open)], 1);
    let sent = bench.sends();
    assert_eq!(sent.len(), 3, "two to read, one to send");
    for (id, send) in sent {
        assert!(!bench.sends().iter().any(|(_, s)| matches!(s.call, Call::Complete { .. })), "not yet");
        if let Call::Read { offset, .. } = send.call {
            bench.answer(id, Answer::Read(offset / (8 * MIB) + 1));
            continue;
        }
        let Call::Part { number: 3, upload_id, .. } = send.call else { panic!("{:?}", send.call) };
        assert_eq!(&*upload_id, "old");
        bench.answer(id, part(3));
    }
    let (id, send) = bench.sent();
    assert!(matches!(send.call, Call::Complete { .. }));
    bench.answer(id, stored(SIZE));
    assert_eq!(bench.state(0), State::Delivered(Proof::Whole));
    let records = bench.records();
    assert!(
        matches!(records.iter().find(|r| matches!(r, Record::Adopted(..))), Some(Record::Adopted(_, P, row)) if *row == i64::from(b'b'))
    );
    assert_eq!(records.iter().filter(|r| matches!(r, Record::DeliveryEnded(_))).count(), 1);
    assert!(!records.iter().any(|r| matches!(r, Record::Delivery { .. })), "it is the delivery of before");
}

#[test]
fn earlier_parts_are_never_mixed_with_another_file() {
    for version in [1, 2] {
        let mut bench = opened(vec![kept(&[1], false, EarlierState::Open)], version);
        let read = bench.sends().into_iter().find(|(_, s)| matches!(s.call, Call::Read { .. })).expect("read again");
        bench.answer(read.0, Answer::Read(99));
        assert!(matches!(bench.state(0), State::Failed(problem) if problem.kind == Kind::SourceChanged));
    }
}

#[test]
fn a_complete_in_flight_is_repeated_first() {
    for (answer, state) in [
        (Ok(stored(SIZE)), State::Delivered(Proof::Whole)),
        (Err(Kind::UploadGone), State::NotConfirmed),
        (Err(Kind::AlreadyThere), State::NotConfirmed),
    ] {
        let mut bench = opened(vec![kept(&[1, 2, 3], true, EarlierState::Open)], 1);
        for (id, send) in bench.sends() {
            let Call::Read { offset, .. } = send.call else { panic!("{:?}", send.call) };
            bench.answer(id, Answer::Read(offset / (8 * MIB) + 1));
        }
        let (id, send) = bench.sent();
        assert!(matches!(send.call, Call::Complete { .. }));
        match answer {
            Ok(answer) => bench.answer(id, answer),
            Err(kind) => bench.trouble(id, kind),
        }
        assert_eq!(bench.state(0), state);
    }
}

#[test]
fn an_upload_that_vanished_before_completion_restarts() {
    let mut bench = opened(vec![kept(&[1], false, EarlierState::Open)], 1);
    let sent = bench.sends();
    let (id, _) = sent.iter().find(|(_, s)| matches!(s.call, Call::Part { .. })).expect("a part");
    bench.trouble(*id, Kind::UploadGone);
    let open = bench.sends().pop().expect("again");
    bench.answer(open.0, Answer::Opened(print(SIZE, 1)));
    assert!(matches!(bench.sent().1.call, Call::Create));
}

#[test]
fn delivered_files_are_shown_and_not_sent_again() {
    let mut bench = restored(vec![kept(&[1, 2, 3], false, EarlierState::Delivered(Proof::Whole, 1))]);
    assert!(bench.sends().is_empty());
    assert!(bench.records().iter().any(|r| matches!(r, Record::DeliveryEnded(_))), "only this was left to be told");
    bench.add("/data", &[("big", SIZE)]);
    assert_eq!(bench.model.rows().len(), 1);
    assert!(bench.sends().is_empty());
}

#[test]
fn parked_uploads_wait_until_their_file_is_added_again() {
    let limits = Limits { park_restored: true, ..Limits::default() };
    let mut bench = next_run(earlier::kept(vec![kept(&[1], false, EarlierState::Open)]), limits);
    assert_eq!(bench.state(0), State::Paused);
    assert!(bench.sends().is_empty());
    bench.add("/data", &[("big", SIZE)]);
    assert!(matches!(bench.sent().1.call, Call::Open));
    assert_eq!(bench.model.rows().len(), 1);
}
