//! Tests repeating a delivery: stopped files are shown, edited files are new, and moved files continue.

use crate::support::earlier::{SIZE, left, restored, with_parts};
use crate::support::model_bench::{Bench, MIB, P, part, print, stored};
use daypass::model::event::{Answer, Before, Call, Effect, Event, Found, FoundAgain};
use daypass::model::problem::{Kind, Problem};
use daypass::model::record::{EarlierState, End, Record, Unfinished};
use daypass::model::snapshot::{Command, SkipReason, Which};
use daypass::model::upload::{Fingerprint, Folder, Proof, State, Stored, UploadId};
use daypass::time::Utc;
use std::sync::Arc;

const ONE: Which = Which::One(UploadId(0));

fn failed(kind: Kind) -> EarlierState {
    EarlierState::Failed(Arc::new(Problem::new(kind)))
}

/// A file that grew past the size of one PutObject before it was begun, in a run that was killed then.
#[test]
fn a_restored_file_has_the_size_its_upload_began_with() {
    let mut grown = with_parts(EarlierState::Open, &[1, 2, 3]);
    grown.size = 5;
    let mut bench = restored(vec![grown]);
    assert_eq!(bench.place().totals.bytes, SIZE);
    let (open, send) = bench.sent();
    assert!(matches!(send.call, Call::Open), "{send:?}");
    bench.fx.clear();
    bench.answer(open, Answer::Opened(print(SIZE, 1)));
    assert!(!bench.records().iter().any(|record| matches!(record, Record::Resized(..))), "it has not changed since");
}

#[test]
fn a_changed_size_is_recorded_once() {
    let mut bench = Bench::open();
    bench.add("/data", &[("grown", 5), ("shrunk", SIZE), ("same", 7)]);
    let mut resized = Vec::new();
    for (id, send) in bench.sends() {
        bench.answer(
            id,
            match (&send.call, &*send.key) {
                (Call::Open, _) => Answer::Opened(print(6, 1)),
                (_, "in/grown") => Answer::Grown(print(SIZE, 1)),
                (_, _) => stored(7),
            },
        );
        resized.extend(bench.fx.iter().filter_map(|effect| {
            if let Effect::Record(Record::Resized(id, size)) = effect { Some((id.0, *size)) } else { None }
        }));
        bench.fx.retain(|effect| matches!(effect, Effect::Send(..)));
    }
    resized.sort_unstable();
    assert_eq!(resized, [(0, SIZE), (1, 6)]);
}

#[test]
fn stopped_files_are_shown_in_the_next_run_and_continue_in_their_rows() {
    let ends = [
        left("a", 5, failed(Kind::SourceGone)),
        left("b", 5, EarlierState::Delivered(Proof::Whole, 1)),
        left("c", 5, EarlierState::AlreadyThere),
        left("d", 5, EarlierState::NotConfirmed),
        left("e", 5, EarlierState::Open),
    ];
    let mut bench = restored(ends.to_vec());
    let (id, _) = bench.sent();
    bench.answer(id, stored(5));
    let totals = bench.place().totals;
    assert_eq!((totals.files, totals.delivered, totals.failed), (5, 2, 1));
    assert_eq!((totals.already, totals.unconfirmed), (1, 1));
    bench.fx.clear();
    bench.command(Command::Retry(ONE));
    let (id, send) = bench.sent();
    assert_eq!(&*send.key, "in/a");
    bench.answer(id, stored(5));
    let records = bench.records();
    assert!(!records.iter().any(|record| matches!(record, Record::Added { .. })), "{records:?}");
    assert!(records.iter().any(|record| matches!(record, Record::Reopened(UploadId(0)))));
    // Nobody knows whether the fourth was stored: the object under its name may be ours.
    bench.command(Command::Retry(Which::One(UploadId(3))));
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AlreadyThere);
    assert_eq!(bench.state(3), State::NotConfirmed);
}

#[test]
fn adding_a_stopped_file_again_continues_the_same_upload() {
    let mut bench = restored(vec![left("a", 5, failed(Kind::SourceGone)), left("b", 5, EarlierState::Open)]);
    bench.sends();
    bench.add("/data", &[("a", 5)]);
    assert_eq!((bench.model.rows().len(), bench.sends().len()), (2, 1));
}

#[test]
fn a_retried_file_continues_with_its_parts() {
    for (kind, keeps) in [(Kind::SourceGone, true), (Kind::Unexpected, true), (Kind::SourceChanged, false)] {
        let mut bench = restored(vec![with_parts(failed(kind), &[1, 2]), left("z", 5, EarlierState::Open)]);
        assert!(bench.model.snapshot().kept_until.is_empty(), "only active uploads are shown");
        bench.sends();
        bench.command(Command::Retry(ONE));
        let open = bench.sends().pop().expect("it is opened");
        bench.answer(open.0, Answer::Opened(print(SIZE, 1)));
        let sent = bench.sends();
        let read = sent.iter().filter(|(_, send)| matches!(send.call, Call::Read { .. })).count();
        let created = sent.iter().filter(|(_, send)| matches!(send.call, Call::Create)).count();
        assert_eq!((read, created), if keeps { (2, 0) } else { (0, 1) }, "{kind:?}");
    }
}

#[test]
fn an_edited_file_of_the_same_size_is_another_file() {
    let before =
        restored(vec![left("x.csv", 5, EarlierState::Delivered(Proof::Whole, 1)), left("z", 5, EarlierState::Open)]);
    let mut now = Bench::open();
    now.add("/data", &[("x.csv", 5)]);
    let (id, _) = now.sent();
    now.answer(id, stored(5));
    for mut bench in [before, now] {
        let rows = u32::try_from(bench.model.rows().len()).expect("few");
        bench.sends();
        bench.add_version("/data", &[("x.csv", 5)], 2);
        assert_eq!(bench.key(rows), "x (2).csv", "beside what is there");
        let (id, _) = bench.sent();
        let Answer::Stored(stored) = stored(5) else { unreachable!() };
        bench.answer(id, Answer::Stored(daypass::model::upload::Stored { fingerprint: print(5, 2), ..stored }));
        for version in [1, 2] {
            bench.add_version("/data", &[("x.csv", 5)], version);
        }
        let added = u32::try_from(bench.model.rows().len()).expect("few") - rows;
        assert_eq!((added, bench.sends().len()), (1, 0), "both are known");
    }
}

#[test]
fn a_file_with_a_new_inode_or_new_times_continues_after_comparing_its_bytes() {
    for moved in [
        Fingerprint { device: 9, inode: 77, ..print(SIZE, 1) },
        print(SIZE, 5),
        // Older journals have no change times.
        Fingerprint { changed: Some(7), ..print(SIZE, 1) },
        Fingerprint { changed: Some(7), ..print(SIZE, 5) },
    ] {
        check_continues_after_comparing_its_bytes(moved);
    }
    let mut bench = restored(vec![with_parts(EarlierState::Open, &[1])]);
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(SIZE + 1, 1)));
    assert!(matches!(bench.state(0), State::Failed(problem) if problem.kind == Kind::SourceChanged));
}

fn check_continues_after_comparing_its_bytes(moved: Fingerprint) {
    let before = restored(vec![with_parts(EarlierState::Open, &[1, 2])]);
    let mut now = Bench::open();
    for (id, send) in now.begun(SIZE) {
        let Call::Part { number, .. } = send.call else { panic!("{send:?}") };
        if number < 3 {
            now.answer(id, part(number));
        }
    }
    now.command(Command::Pause(ONE));
    now.sends();
    now.command(Command::Resume(ONE));
    // Parts that this run sent of an unchanged file need not be read again.
    let differs = !print(SIZE, 1).is_same(&moved);
    for (mut bench, id, reads) in [(before, "old", 2), (now, "id", if differs { 2 } else { 0 })] {
        let (open, _) = bench.sent();
        bench.answer(open, Answer::Opened(moved));
        let mut read = 0;
        for (id, send) in bench.sends() {
            match send.call {
                Call::Read { offset, .. } => {
                    read += 1;
                    bench.answer(id, Answer::Read(offset / (8 * MIB) + 1));
                }
                Call::Part { number: 3, .. } => bench.answer(id, part(3)),
                call => panic!("{call:?}"),
            }
        }
        assert_eq!(read, reads, "each part that S3 has");
        let (_, send) = bench.sent();
        let Call::Complete { upload_id, fingerprint, .. } = send.call else { panic!("{send:?}") };
        assert_eq!(&*upload_id, id);
        assert!(fingerprint.is_same(&moved));
    }
    // Size and time are the same, but it is another file.
    let mut bench = restored(vec![with_parts(EarlierState::Open, &[1])]);
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(moved));
    let read = bench.sends().into_iter().find(|(_, send)| matches!(send.call, Call::Read { .. })).expect("a part");
    bench.answer(read.0, Answer::Read(99));
    assert!(matches!(bench.state(0), State::Failed(problem) if problem.kind == Kind::SourceChanged));
}

#[test]
fn a_file_that_may_be_complete_is_never_called_not_delivered() {
    for kind in [Kind::SourceGone, Kind::SourceUnreadable, Kind::SourceNotAFile] {
        let mut bench = restored(vec![Unfinished { completing: true, ..with_parts(EarlierState::Open, &[1, 2, 3]) }]);
        let (open, _) = bench.sent();
        bench.trouble(open, kind);
        assert_eq!(bench.state(0), State::NotConfirmed, "{kind:?}");
        assert!(!bench.sends().iter().any(|(_, send)| matches!(send.call, Call::Abort { .. })));
    }
    let edited = || {
        let mut bench = restored(vec![Unfinished { completing: true, ..with_parts(EarlierState::Open, &[1, 2, 3]) }]);
        let (open, _) = bench.sent();
        bench.answer(open, Answer::Opened(print(SIZE, 2)));
        let (read, send) = bench.sends().remove(0);
        assert!(matches!(send.call, Call::Read { .. }), "its content says whether it is the same: {send:?}");
        bench.answer(read, Answer::Read(99));
        bench
    };
    assert_eq!(edited().state(0), State::NotConfirmed);
    // A new name must not use the old upload id.
    let mut bench = edited();
    bench.command(Command::SendUnderNewName(UploadId(0)));
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(SIZE, 2)));
    assert!(matches!(bench.sent().1.call, Call::Create));
    // After the drive returns, S3 is asked again.
    let mut bench = restored(vec![Unfinished { completing: true, ..with_parts(EarlierState::Open, &[1, 2, 3]) }]);
    let (open, _) = bench.sent();
    bench.trouble(open, Kind::SourceGone);
    bench.command(Command::Retry(ONE));
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(SIZE, 1)));
    for (id, send) in bench.sends() {
        let Call::Read { offset, .. } = send.call else { panic!("{send:?}") };
        bench.answer(id, Answer::Read(offset / (8 * MIB) + 1));
    }
    let (id, send) = bench.sent();
    assert!(matches!(send.call, Call::Complete { .. }));
    bench.answer(id, stored(SIZE));
    assert_eq!(bench.state(0), State::Delivered(Proof::Whole));
}

#[test]
fn a_continued_delivery_records_who_delivers() {
    let mut bench = restored(vec![left("a", 5, EarlierState::Open)]);
    let by = bench.records().into_iter().find_map(|record| {
        if let Record::DeliveryBy { who, session, .. } = record { Some((who, session)) } else { None }
    });
    assert_eq!(by, Some(("me".into(), "me".into())));
}

#[test]
fn parts_expire_at_their_date_while_daypass_stays_open() {
    // The bench grants sessions an hour before second 0 of its time of day, when they end.
    for (until, thrown) in [(-3_000, true), (5_000, false)] {
        let mut bench = Bench::open();
        bench.add("/data", &[("big", SIZE)]);
        let (open, _) = bench.sent();
        bench.answer(open, Answer::Opened(print(SIZE, 1)));
        let (create, _) = bench.sent();
        bench.answer(create, Answer::Created { upload_id: "id".into(), abort_at: Some(Utc(until)) });
        let first = bench.sends().remove(0);
        bench.answer(first.0, part(1));
        bench.command(Command::Pause(ONE));
        bench.after(1_000);
        bench.fx.clear();
        bench.command(Command::Resume(ONE));
        let (open, _) = bench.sent();
        bench.answer(open, Answer::Opened(print(SIZE, 1)));
        let sent = bench.sends();
        assert_eq!(sent.iter().any(|(_, send)| matches!(send.call, Call::Create)), thrown, "{sent:?}");
        assert_eq!(bench.model.snapshot().kept_until.is_empty(), thrown);
        let restarted = bench.fx.iter().any(|effect| matches!(effect, Effect::Record(Record::Restarted(_))));
        assert_eq!(restarted, thrown);
    }
}

#[test]
fn each_part_counts_its_own_tries() {
    let mut bench = Bench::open();
    let mut out = bench.begun(64 * MIB);
    assert_eq!(out.len(), 6);
    // Each part meets one unexpected answer and, days later, one damaged transfer.
    for kind in [Kind::Unexpected, Kind::Damaged, Kind::Unexpected, Kind::Busy, Kind::Unexpected] {
        for (id, _) in std::mem::take(&mut out) {
            bench.trouble(id, kind);
        }
        assert!(!bench.state(0).ended(), "{kind:?}: {:?}", bench.state(0));
        bench.after(60);
        out = bench.sends();
    }
    // A success resets the count; repeated failures stop the upload, which keeps the parts at S3.
    let (first, rest) = out.split_first().expect("parts");
    let Call::Part { number, .. } = first.1.call else { panic!("{first:?}") };
    bench.answer(first.0, part(number));
    bench.trouble(rest[0].0, Kind::Damaged);
    assert!(matches!(bench.state(0), State::Failed(problem) if problem.kind == Kind::Damaged));
    bench.fx.clear();
    bench.command(Command::Retry(ONE));
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(64 * MIB, 1)));
    let sent = bench.sends();
    assert_eq!(sent.iter().filter(|(_, send)| matches!(send.call, Call::Read { .. })).count(), 1);
    assert!(!sent.iter().any(|(_, send)| matches!(send.call, Call::Create | Call::Abort { .. })));
}

#[test]
fn duplicate_files_hide_no_other_left_out_file() {
    let mut bench = Bench::open();
    let names: Vec<String> = (0..1_200).map(|id| format!("f{id}")).collect();
    let names: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 5)).collect();
    bench.add("/data", &names);
    bench.add("/data", &names);
    bench.on(Event::Skipped(P, "/data/secret".into(), SkipReason::Unreadable));
    let place = bench.place();
    assert_eq!((place.left_out_count.all(), place.left_out_count.missed()), (1_201, 1));
    assert_eq!(place.left_out.iter().filter(|left| left.why == SkipReason::Unreadable).count(), 1);
    assert_eq!(place.left_out.len(), 1_001);
}

fn stored_at(at: i64, proof: Proof) -> Stored {
    let Answer::Stored(stored) = stored(5) else { unreachable!("it is one") };
    Stored { at: Utc(at), proof, ..stored }
}

#[test]
fn a_file_stored_earlier_without_a_checksum_is_sent_again_and_may_exist() {
    for taken in [true, false] {
        let mut bench = Bench::open();
        bench.command(Command::Add(P, vec!["/data".into()]));
        let folder = Arc::new(Folder { dir: std::path::Path::new("/data").into(), key: "".into() });
        let file = Found { name: "a".into(), key_name: None, size: 5, modified: 1 };
        let before = vec![Before { last: "a".into(), same: true, stored: stored_at(7, Proof::NoChecksum) }];
        bench.on(Event::FoundAgain(P, folder, vec![FoundAgain { file, before }]));
        bench.on(Event::Walked(P));
        assert_eq!((bench.place().left_out.len(), bench.place().totals.files), (0, 1), "it is not passed over");
        let (put, _) = bench.sent();
        if taken {
            bench.trouble(put, Kind::AlreadyThere);
        } else {
            bench.answer(put, Answer::Stored(stored_at(9, Proof::NoChecksum)));
        }
        let row = bench.model.rows().get(UploadId(0)).expect("a row");
        assert_eq!(row.state, State::Delivered(Proof::NoChecksum));
        let at = bench.records().into_iter().find_map(|record| {
            if let Record::Ended(_, End::Delivered(stored)) = record { Some(stored.at.0) } else { None }
        });
        assert_eq!(at, Some(if taken { 7 } else { 9 }), "the receipt tells the answer that there was");
    }
}

#[test]
fn files_delivered_earlier_are_sent_again_on_request() {
    let mut bench = Bench::open();
    bench.command(Command::Add(P, vec!["/data".into()]));
    let folder = Arc::new(Folder { dir: std::path::Path::new("/data").into(), key: "".into() });
    let again = |name: &str| FoundAgain {
        file: Found { name: name.into(), key_name: None, size: 5, modified: 1 },
        before: vec![Before { last: name.into(), same: true, stored: stored_at(7, Proof::Whole) }],
    };
    bench.on(Event::FoundAgain(P, folder, ["a", "b", "c"].map(again).into()));
    bench.on(Event::Walked(P));
    let stands = |bench: &Bench| {
        let place = bench.place();
        let names: Vec<_> = place.left_out.iter().filter_map(|left| left.path.file_name()?.to_str()).collect();
        (names.concat(), place.left_out_count.earlier(), place.totals.files)
    };
    assert_eq!(stands(&bench), ("abc".to_owned(), 3, 0));
    for _ in 0..2 {
        bench.command(Command::SendAgain(P, Some("/data/b".into())));
        assert_eq!(stands(&bench), ("ac".to_owned(), 2, 1), "once is enough");
    }
    bench.command(Command::SendAgain(P, None));
    assert_eq!(stands(&bench), (String::new(), 0, 3));
    assert_eq!(bench.sends().len(), 3);
    let begun = bench.records().iter().filter(|record| matches!(record, Record::Delivery { .. })).count();
    assert_eq!(begun, 1, "in one delivery");
}

#[test]
fn nothing_is_sent_before_the_journal_works_again() {
    let mut bench = Bench::open();
    bench.on(Event::JournalFailed(Problem::new(Kind::JournalFull)));
    bench.add("/data", &[("a", 5)]);
    bench.command(Command::RetryJournal);
    assert!(bench.sends().is_empty());
    bench.on(Event::JournalWorks);
    assert_eq!(bench.sends().len(), 1);
}
