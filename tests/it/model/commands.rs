//! Tests user commands for uploads, and the effect of each answer from S3.

use crate::support::model_bench::{Bench, MIB, P, part, print, stored};
use daypass::model::event::{Answer, Call, Effect, Event, Send};
use daypass::model::problem::{Kind, Problem};
use daypass::model::record::Record;
use daypass::model::snapshot::{Command, SkipReason, Which};
use daypass::model::upload::{State, UploadId};

const ONE: Which = Which::One(UploadId(0));

fn failed(bench: &Bench, id: u32) -> Option<Kind> {
    if let State::Failed(problem) = bench.state(id) { Some(problem.kind) } else { None }
}

#[test]
fn pausing_keeps_what_s3_has() {
    for which in [ONE, Which::All(P)] {
        let mut bench = Bench::open();
        let parts = bench.begun(40 * MIB);
        bench.answer(parts[0].0, part(1));
        bench.command(Command::Pause(which));
        assert!(bench.fx.iter().any(|e| matches!(e, Effect::Close(_))), "the file is let go");
        bench.sends();
        bench.after(600);
        assert!(bench.sends().is_empty());
        assert_eq!(bench.state(0), if which == ONE { State::Paused } else { State::Waiting });
        bench.command(Command::Resume(which));
        let (open, send) = bench.sent();
        assert!(matches!(send.call, Call::Open));
        bench.answer(open, Answer::Opened(print(40 * MIB, 1)));
        let rest = bench.sends();
        let numbers: Vec<u32> = rest
            .iter()
            .filter_map(|(_, s)| if let Call::Part { number, .. } = s.call { Some(number) } else { None })
            .collect();
        assert_eq!(numbers, [2, 3, 4, 5]);
        let (id, _) = bench.parts(rest);
        bench.answer(id, stored(40 * MIB));
        assert!(matches!(bench.state(0), State::Delivered(_)));
    }
}

#[test]
fn a_file_changed_during_a_pause_is_never_mixed() {
    // A different size shows a different file at once; otherwise its content is compared.
    for size in [41 * MIB, 40 * MIB] {
        let mut bench = Bench::open();
        let parts = bench.begun(40 * MIB);
        bench.answer(parts[0].0, part(1));
        bench.command(Command::Pause(ONE));
        bench.sends();
        bench.command(Command::Resume(ONE));
        let (open, _) = bench.sent();
        bench.answer(open, Answer::Opened(print(size, 2)));
        if size == 40 * MIB {
            let read = |(_, send): &(_, Send)| matches!(send.call, Call::Read { .. });
            let (id, _) = bench.sends().into_iter().find(read).expect("the part that S3 has is read again");
            bench.answer(id, Answer::Read(99));
        }
        assert_eq!(failed(&bench, 0), Some(Kind::SourceChanged));
        let (_, abort) = bench.sent();
        assert!(matches!(abort.call, Call::Abort { .. }), "parts of no use are thrown away");
        bench.command(Command::Retry(ONE));
        let (open, _) = bench.sent();
        bench.answer(open, Answer::Opened(print(size, 2)));
        assert!(matches!(bench.sent().1.call, Call::Create), "the upload restarts");
    }
}

#[test]
fn a_pause_waits_for_requests_that_must_not_be_aborted() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 5), ("b", 5)]);
    let sent = bench.sends();
    bench.command(Command::Pause(ONE));
    bench.command(Command::Pause(Which::One(UploadId(1))));
    assert!(!bench.fx.iter().any(|e| matches!(e, Effect::Drop(_))));
    bench.answer(sent[0].0, stored(5));
    bench.trouble(sent[1].0, Kind::Busy);
    assert!(matches!(bench.state(0), State::Delivered(_)));
    assert_eq!(bench.state(1), State::Paused);
}

#[test]
fn canceling_discards_parts_and_frees_the_name() {
    let mut bench = Bench::open();
    let parts = bench.begun(40 * MIB);
    bench.fx.clear();
    bench.command(Command::Cancel(ONE));
    let dropped = bench.fx.iter().filter(|e| matches!(e, Effect::Drop(_))).count();
    assert_eq!(dropped, parts.len());
    assert!(matches!(bench.sent().1.call, Call::Abort { .. }));
    assert_eq!(bench.place().totals.files, 0);
    assert_eq!(bench.place().totals.canceled, 1);
    bench.add("/data", &[("big", 10)]);
    assert_eq!(bench.key(1), "big");
    bench.command(Command::Retry(ONE));
    assert_eq!(bench.state(0), State::Canceled, "another upload has its name now");
}

#[test]
fn thousands_of_uploads_are_not_aborted_all_at_once() {
    let mut bench = Bench::open();
    for n in 0..200_u32 {
        bench.add("/data", &[(&format!("big{n}"), 24 * MIB)]);
        for (id, send) in bench.sends() {
            if matches!(send.call, Call::Open) {
                bench.answer(id, Answer::Opened(print(24 * MIB, 1)));
            }
        }
        for (id, send) in bench.sends() {
            if matches!(send.call, Call::Create) {
                bench.answer(id, Answer::Created { upload_id: format!("id{n}").into(), abort_at: None });
            }
        }
        bench.command(Command::Pause(Which::One(UploadId(n))));
        bench.sends();
    }
    bench.command(Command::Cancel(Which::All(P)));
    let mut aborts = 0;
    let mut out = bench.sends();
    while !out.is_empty() {
        assert!(out.len() <= 64, "{}", out.len());
        aborts += out.len();
        for (id, _) in out {
            bench.answer(id, Answer::Aborted);
        }
        out = bench.sends();
    }
    assert_eq!(aborts, 200);
}

#[test]
fn small_files_are_sent_alongside_a_large_one() {
    let mut bench = Bench::open();
    bench.add("/data", &[("film.mov", 800 * MIB)]);
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(800 * MIB, 1)));
    let (create, _) = bench.sent();
    bench.answer(create, Answer::Created { upload_id: "id".into(), abort_at: None });
    let mut out = bench.sends();
    let ahead = out.len();
    bench.add("/data", &[("a.txt", 10), ("b.txt", 10), ("c.txt", 10)]);
    let (mut parts, mut small) = (0, 0);
    while small < 3 {
        out.extend(bench.sends());
        let beside = out.iter().filter(|(_, send)| matches!(send.call, Call::Put { .. })).count();
        assert!(beside <= 1, "the large one keeps its speed");
        assert!(parts < 3 * ahead, "each small one waits no longer than for the parts that were out before it");
        let (id, send) = out.remove(0);
        match send.call {
            Call::Part { number, .. } => {
                parts += 1;
                bench.answer(id, part(number));
            }
            Call::Put { .. } => {
                small += 1;
                bench.answer(id, stored(10));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn files_with_the_same_name_are_numbered_and_the_same_file_is_added_once() {
    let mut bench = Bench::open();
    bench.command(Command::Pause(Which::All(P)));
    bench.add("/a", &[("report.pdf", 1), (".env", 1), ("x", 1)]);
    bench.add("/b", &[("report.pdf", 1), (".env", 1)]);
    bench.add("/c", &[("report.pdf", 1)]);
    bench.add("/b", &[("report.pdf", 1)]);
    let keys: Vec<String> = (0..6).map(|id| bench.key(id)).collect();
    assert_eq!(keys, ["report.pdf", ".env", "x", "report (2).pdf", ".env (2)", "report (3).pdf"]);
    assert_eq!(bench.model.rows().len(), 6);
    assert_eq!(bench.place().left_out[0].why, SkipReason::Twice);
}

#[test]
fn a_taken_name_gets_the_next_number_every_time() {
    let mut bench = Bench::open();
    bench.add("/a", &[("report.pdf", 1)]);
    bench.add("/b", &[("report.pdf", 1)]);
    for (id, _) in bench.sends() {
        bench.trouble(id, Kind::AlreadyThere);
    }
    assert_eq!(bench.state(0), State::AlreadyThere);
    for expected in ["report (3).pdf", "report (4).pdf"] {
        bench.command(Command::SendUnderNewName(UploadId(0)));
        assert_eq!(bench.key(0), expected);
        let (id, send) = bench.sent();
        assert_eq!(&*send.key, format!("in/{expected}"));
        bench.trouble(id, Kind::AlreadyThere);
    }
    bench.command(Command::SendUnderNewName(UploadId(1)));
    assert_eq!(bench.key(1), "report (3).pdf", "a number that was given up is free again");
}

#[test]
fn an_object_that_may_be_ours_is_not_called_somebody_elses() {
    // After a lost commit nobody can tell whose object has the name, and a retry doesn't help.
    let mut bench = Bench::open();
    bench.add("/a", &[("x", 1)]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AnswerLost);
    bench.after(30);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AlreadyThere);
    assert_eq!(bench.state(0), State::NotConfirmed);
    bench.command(Command::Retry(ONE));
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AlreadyThere);
    assert_eq!(bench.state(0), State::NotConfirmed);
    // The same holds if the upload was removed during its call.
    bench.add("/a", &[("y", 1)]);
    bench.sent();
    bench.command(Command::Cancel(Which::One(UploadId(1))));
    bench.add("/a", &[("y", 1)]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::AlreadyThere);
    assert_eq!(bench.state(2), State::NotConfirmed);
}

#[test]
fn a_lost_complete_is_repeated_and_then_left_unconfirmed() {
    for last in [Kind::UploadGone, Kind::AlreadyThere, Kind::AnswerLost] {
        let mut bench = Bench::open();
        let parts = bench.begun(20 * MIB);
        let (mut id, _) = bench.parts(parts);
        let mut repeats = 0;
        while bench.state(0) == State::Confirming {
            bench.trouble(id, if repeats == 2 { last } else { Kind::AnswerLost });
            bench.after(61);
            let Some((next, send)) = bench.sends().pop() else { break };
            assert!(matches!(send.call, Call::Complete { .. }), "Complete is repeated");
            id = next;
            repeats += 1;
        }
        assert_eq!(bench.state(0), State::NotConfirmed, "{last:?}");
        assert_eq!(repeats, if last == Kind::AnswerLost { 5 } else { 2 });
    }
}

#[test]
fn an_upload_restarts_three_times_if_complete_is_refused() {
    for kind in [Kind::UploadGone, Kind::PartsRefused, Kind::Conflict] {
        let mut bench = Bench::open();
        let parts = bench.begun(20 * MIB);
        let (mut id, _) = bench.parts(parts);
        for _ in 0..3 {
            bench.trouble(id, kind);
            let open =
                bench.sends().into_iter().find(|(_, s)| matches!(s.call, Call::Open)).expect("the upload restarts");
            bench.answer(open.0, Answer::Opened(print(20 * MIB, 1)));
            let create = bench.sends().into_iter().find(|(_, s)| matches!(s.call, Call::Create)).expect("a new one");
            bench.answer(create.0, Answer::Created { upload_id: "again".into(), abort_at: None });
            let parts = bench.sends();
            id = bench.parts(parts).0;
        }
        bench.trouble(id, kind);
        assert_eq!(failed(&bench, 0), Some(kind));
    }
}

#[test]
fn sizes_changed_since_the_walk_are_updated() {
    let mut bench = Bench::open();
    bench.add("/data", &[("small", 10), ("large", 20 * MIB)]);
    let sent = bench.sends();
    bench.answer(sent[0].0, Answer::Grown(print(30 * MIB, 1)));
    bench.answer(sent[1].0, Answer::Opened(print(7, 1)));
    assert_eq!(bench.place().totals.bytes, 30 * MIB + 7);
    let sent = bench.sends();
    let opens = sent.iter().filter(|(_, s)| matches!(s.call, Call::Open)).count();
    let puts = sent.iter().filter(|(_, s)| matches!(s.call, Call::Put { .. })).count();
    assert_eq!((opens, puts), (1, 1), "the one by parts, the other whole");
}

#[test]
fn kms_denials_and_damage_concern_one_file() {
    let mut bench = Bench::open();
    let parts = bench.begun(6 << 30);
    bench.trouble(parts[0].0, Kind::KmsDecrypt);
    assert_eq!(failed(&bench, 0), Some(Kind::KmsDecrypt), "too large to go whole");
    assert!(bench.place().hold.is_none());
    bench.sends();
    bench.add("/data", &[("small", 10)]);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::Damaged);
    bench.after(10);
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::Damaged);
    assert_eq!(failed(&bench, 1), Some(Kind::Damaged), "read again once, then it stops");
}

#[test]
fn uploads_from_a_returning_drive_continue_after_rereading() {
    let mut bench = Bench::open();
    let parts = bench.begun(24 * MIB);
    bench.answer(parts[0].0, part(1));
    bench.trouble(parts[1].0, Kind::SourceUnreadable);
    assert_eq!(failed(&bench, 0), Some(Kind::SourceUnreadable));
    bench.fx.clear();
    bench.command(Command::Retry(ONE));
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(24 * MIB, 1)));
    let sent = bench.sends();
    assert!(matches!(sent[0].1.call, Call::Read { offset: 0, .. }), "{sent:?}");
    assert_eq!(sent.len(), 3, "and two parts are left");
}

#[test]
fn nothing_is_sent_while_the_journal_cannot_write() {
    let mut bench = Bench::open();
    let parts = bench.begun(100 * MIB);
    bench.on(Event::JournalFailed(Problem::new(Kind::JournalFull)));
    for (id, send) in parts {
        let Call::Part { number, .. } = send.call else { panic!("a part") };
        bench.answer(id, part(number));
    }
    bench.after(60);
    assert!(bench.sends().is_empty());
    bench.on(Event::JournalWorks);
    assert!(!bench.sends().is_empty());
}

#[test]
fn a_stopped_walk_does_not_end_the_next_one() {
    let mut bench = Bench::open();
    bench.command(Command::Add(P, vec!["/a".into()]));
    bench.command(Command::Cancel(Which::All(P)));
    bench.fx.clear();
    bench.command(Command::Add(P, vec!["/b".into()]));
    assert!(!bench.fx.iter().any(|e| matches!(e, Effect::Walk(..))), "not before the first is over");
    bench.on(Event::Walked(P));
    assert!(bench.fx.iter().any(|e| matches!(e, Effect::Walk(..))));
    assert_eq!(bench.place().walking, 1);
    bench.on(Event::Walked(P));
    assert_eq!(bench.place().walking, 0);
}

#[test]
fn a_delivery_begins_once_and_ends_once() {
    let mut bench = Bench::open();
    bench.add("/a", &[("x", 1), ("y", 1)]);
    let sent = bench.sends();
    bench.answer(sent[0].0, stored(1));
    bench.trouble(sent[1].0, Kind::SourceGone);
    bench.command(Command::Retry(Which::One(UploadId(1))));
    let (id, _) = bench.sent();
    bench.trouble(id, Kind::SourceGone);
    // A row of the first delivery that is retried during the next one counts in the first.
    bench.add("/b", &[("z", 7)]);
    let (id, _) = bench.sent();
    bench.command(Command::Retry(Which::One(UploadId(1))));
    assert_eq!((bench.place().totals.files, bench.place().totals.bytes), (1, 7));
    bench.answer(id, stored(7));
    assert!(bench.place().totals.done());
    let (id, _) = bench.sent();
    bench.answer(id, stored(1));
    assert_eq!((bench.place().totals.files, bench.place().totals.delivered), (1, 1));
    let mut told = String::new();
    for record in bench.records() {
        if matches!(record, Record::Delivery { .. }) {
            told.push('(');
        } else if matches!(record, Record::DeliveryEnded(_)) {
            told.push(')');
        } else if matches!(record, Record::Reopened(_)) {
            told.push('r');
        }
    }
    assert_eq!(told, "()r)(r)");
}

#[test]
fn a_held_destination_does_not_hold_the_others() {
    let mut bench = Bench::open();
    bench.add("/a", &[("1", 40 * MIB), ("2", 40 * MIB), ("3", 40 * MIB), ("4", 40 * MIB)]);
    for (id, _) in bench.sends() {
        bench.answer(id, Answer::Opened(print(40 * MIB, 1)));
    }
    for (id, _) in bench.sends() {
        bench.trouble(id, Kind::KmsGenerate);
    }
    assert!(bench.place().hold.is_some());
    bench.sends();
    let other = daypass::model::upload::DestinationId(1);
    bench.command(Command::Open(Box::new(crate::support::simulation::destination(2))));
    let attempt = bench.asked().pop().expect("AssumeRole").attempt;
    let left = std::time::Duration::from_hours(1);
    let given = daypass::model::event::Assumed {
        left,
        ago: std::time::Duration::ZERO,
        ends: daypass::time::Utc(0),
        arn: "x".into(),
    };
    bench.on(Event::Assumed(other, attempt, Ok(given)));
    bench.on(Event::Located(other, Ok("eu-west-1".parse().expect("a region"))));
    bench.command(Command::Add(other, vec!["/b".into()]));
    let folder = daypass::model::upload::Folder { dir: std::path::Path::new("/b").into(), key: "".into() };
    let found = daypass::model::event::Found { name: "big".into(), key_name: None, size: 40 * MIB, modified: 1 };
    bench.on(Event::Found(other, folder.into(), vec![found]));
    assert_eq!(bench.sent().1.destination, other);
}
