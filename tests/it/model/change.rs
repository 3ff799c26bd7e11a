//! Tests changing an open destination: its files move, and no old session or answer is used.

use crate::support::model_bench::{Bench, MIB, P, part, print, stored};
use crate::support::simulation::destination;
use daypass::model::destination::Destination;
use daypass::model::event::{Answer, Call, Effect, Event};
use daypass::model::problem::Kind;
use daypass::model::record::{End, Record};
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::{DestinationId, State, UploadId};

/// Returns the same destination with the correct bucket name.
fn right() -> Destination {
    Destination { bucket: "bucket-right".parse().expect("a bucket"), ..destination(0) }
}

fn change(bench: &mut Bench, to: Destination) {
    bench.command(Command::Change(P, Box::new(to)));
}

/// Grants access and reports the bucket's region.
fn let_in(bench: &mut Bench) {
    let ask = bench.asked().pop().expect("AssumeRole");
    bench.given(ask.attempt, 3600);
    bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
}

fn waiting() -> Bench {
    let mut bench = Bench::asking(destination(0), daypass::model::Limits::default());
    let attempt = bench.asked().pop().expect("AssumeRole").attempt;
    bench.refused(attempt, Kind::NoSuchBucket);
    bench.add("/data", &[("a.txt", 10), ("b.txt", 20), ("c.txt", 30)]);
    bench.fx.clear();
    bench
}

#[test]
fn waiting_files_move_and_only_the_changed_destination_remains() {
    let mut bench = waiting();
    bench.command(Command::Pause(Which::One(UploadId(1))));
    change(&mut bench, right());
    let seen = bench.model.snapshot();
    assert_eq!(seen.destinations.len(), 1);
    assert_eq!(*seen.destinations[0].destination, right());
    assert_eq!(*seen.remembered, [right()], "the typing mistake is not remembered");
    assert!(matches!(bench.session(), Session::Assuming(_)), "{:?}", bench.session());
    assert_eq!((bench.place().totals.files, bench.place().totals.bytes, bench.place().totals.paused), (3, 60, 1));
    let_in(&mut bench);
    let sends = bench.sends();
    let keys: Vec<String> = sends.iter().map(|(_, send)| send.key.to_string()).collect();
    assert_eq!(keys, ["in/a.txt", "in/c.txt"], "what was paused stays paused");
    for (id, _) in sends {
        bench.answer(id, stored(10));
    }
    bench.command(Command::Resume(Which::One(UploadId(1))));
    let (id, _) = bench.sent();
    bench.answer(id, stored(20));
    assert!((0..3).all(|id| matches!(bench.state(id), State::Delivered(_))));
    assert!(bench.place().totals.done());
}

#[test]
fn the_journal_moves_the_files_to_a_delivery_to_the_new_destination() {
    let mut bench = waiting();
    change(&mut bench, right());
    let told: Vec<String> = bench
        .records()
        .into_iter()
        .map(|record| match record {
            Record::Ended(id, End::Canceled) => format!("out {}", id.0),
            Record::DeliveryEnded(_) => "ended".to_owned(),
            Record::Place(_, to) => format!("place {}", to.bucket),
            Record::Forget(to) => format!("forget {}", to.bucket),
            Record::Delivery { account, .. } => format!("delivery {account}"),
            Record::Added { upload, name, .. } => format!("in {} {name}", upload.0),
            other => format!("{other:?}"),
        })
        .collect();
    let account = right().owner();
    let delivery = format!("delivery {account}");
    let old = format!("forget {}", destination(0).bucket);
    let expected = [
        "out 0",
        "out 1",
        "out 2",
        "ended",
        &old,
        "place bucket-right",
        &delivery,
        "in 0 a.txt",
        "in 1 b.txt",
        "in 2 c.txt",
    ];
    assert_eq!(told, expected);
}

#[test]
fn started_uploads_restart_without_the_old_session() {
    let mut bench = Bench::open();
    let parts = bench.begun(40 * MIB);
    bench.answer(parts[0].0, part(1));
    bench.fx.clear();
    change(&mut bench, right());
    assert!(bench.fx.iter().any(|effect| matches!(effect, Effect::Forget(P))), "the credentials are dropped");
    assert!(bench.sends().is_empty(), "not even an abort goes to the bucket that was left");
    for (id, _) in &parts[1..] {
        bench.answer(*id, part(2));
    }
    assert_eq!((bench.state(0), bench.place().totals.confirmed), (State::Waiting, 0));
    let_in(&mut bench);
    let (open, _) = bench.sent();
    bench.answer(open, Answer::Opened(print(40 * MIB, 1)));
    assert!(matches!(bench.sent().1.call, Call::Create), "the upload restarts");
}

#[test]
fn the_region_of_the_old_bucket_is_ignored() {
    let mut bench = Bench::asking(destination(0), daypass::model::Limits::default());
    let attempt = bench.asked().pop().expect("AssumeRole").attempt;
    bench.add("/data", &[("a.txt", 10)]);
    bench.given(attempt, 3600);
    assert!(bench.fx.iter().any(|effect| matches!(effect, Effect::Locate(..))), "the old bucket is looked for");
    change(&mut bench, right());
    let ask = bench.asked().pop().expect("AssumeRole");
    bench.given(ask.attempt, 3600);
    bench.fx.clear();
    bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
    assert!(!bench.fx.iter().any(|effect| matches!(effect, Effect::UseRegion(..))), "that is the old bucket");
    bench.after(60);
    assert!(bench.fx.iter().any(|effect| matches!(effect, Effect::Locate(_, to) if **to == right())));
    bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
    assert_eq!(bench.sends().len(), 1);
}

#[test]
fn a_destination_with_delivered_files_stays_and_the_rest_moves() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a.txt", 10), ("b.txt", 20)]);
    let sends = bench.sends();
    bench.answer(sends[0].0, stored(10));
    bench.trouble(sends[1].0, Kind::AccessDenied(daypass::model::problem::DeniedBy::Unknown));
    bench.command(Command::Pause(Which::One(UploadId(1))));
    change(&mut bench, right());
    let seen = bench.model.snapshot();
    assert_eq!(seen.destinations.len(), 2, "the destination with the delivered file stays");
    assert!(matches!(bench.state(0), State::Delivered(_)));
    assert_eq!(bench.state(1), State::Canceled);
    let moved = seen.rows.get(UploadId(2)).expect("a row");
    assert_eq!((moved.destination, &*moved.name, &moved.state), (DestinationId(1), "b.txt", &State::Paused));
    assert!(seen.destinations[0].totals.done(), "{:?}", seen.destinations[0].totals);
    assert_eq!(seen.destinations[1].totals.files, 1);
}

#[test]
fn a_code_is_requested_after_the_change() {
    let mut bench = waiting();
    let serial = "arn:aws:iam::111122223333:mfa/me".parse().expect("a device");
    change(&mut bench, Destination { mfa_serial: Some(serial), ..right() });
    assert!(bench.asked().is_empty());
    assert_eq!(*bench.session(), Session::SignedOut);
}
