//! Tests a hundred thousand files: work stays proportional, and snapshots stay cheap.

use crate::support::simulated_server::Rules;
use crate::support::simulation::{World, destination};
use daypass::model::event::{Answer, Assumed, Call, Effect, Event, Found};
use daypass::model::session::Identity;
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::{DestinationId, Fingerprint, Folder, Proof, State, Stored, Upload};
use daypass::model::{Limits, Model};
use daypass::time::{Time, Utc};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

const FILES: usize = 100_000;

/// A model with access to one destination and 100,000 small files in its queue.
fn full() -> (Model, Vec<Effect>) {
    let mut model = Model::new(Limits::default());
    let mut fx = Vec::new();
    let place = DestinationId(0);
    let identity = Identity { account: "1".into(), arn: "arn:me".into(), name: "me".into() };
    model.handle(Time(1), Event::Command(Command::Open(Box::new(destination(0)))), &mut fx);
    model.handle(Time(1), Event::Identified("p0".into(), Ok(identity)), &mut fx);
    model.handle(Time(1), Event::Located(place, Ok("eu-west-1".parse().expect("a region"))), &mut fx);
    let hour = Duration::from_hours(1);
    let given = Assumed { left: hour, ago: Duration::ZERO, ends: Utc(0), arn: "a/b".into() };
    model.handle(Time(2), Event::Command(Command::Pause(Which::All(place))), &mut fx);
    model.handle(Time(2), Event::Assumed(place, 1, Ok(given)), &mut fx);
    model.handle(Time(2), Event::Located(place, Ok("eu-west-1".parse().expect("a region"))), &mut fx);
    model.handle(Time(3), Event::Command(Command::Add(place, vec!["/data".into()])), &mut fx);
    let folder = Arc::new(Folder { dir: std::path::Path::new("/data").into(), key: "".into() });
    for batch in 0..FILES / 500 {
        let name = |n: usize| Found { name: format!("f{batch}-{n}").into(), key_name: None, size: 1000, modified: 1 };
        let found = (0..500).map(name).collect();
        model.handle(Time(3), Event::Found(place, Arc::clone(&folder), found), &mut fx);
    }
    model.handle(Time(3), Event::Walked(place), &mut fx);
    assert_eq!(model.rows().len(), FILES);
    (model, fx)
}

#[test]
fn a_row_stays_small() {
    assert!(size_of::<Upload>() <= 96, "{}", size_of::<Upload>());
}

#[test]
fn a_hundred_thousand_files_cost_a_bounded_number_of_effects() {
    let (mut model, mut fx) = full();
    fx.clear();
    model.handle(Time(4), Event::Command(Command::Resume(Which::All(DestinationId(0)))), &mut fx);
    let mut out = VecDeque::new();
    let (mut now, mut events, mut effects) = (4, 0_usize, 0_usize);
    let mut copies = Vec::new();
    loop {
        effects += fx.len();
        for effect in fx.drain(..) {
            if let Effect::Send(id, send) = effect {
                assert!(matches!(send.call, Call::Put { .. }));
                out.push_back(id);
            }
        }
        let Some(id) = out.pop_front() else { break };
        now += 1;
        let fingerprint = Fingerprint { device: 1, inode: 1, size: 1000, modified: 1, changed: None };
        let stored = Stored {
            size: 1000,
            crc: 1,
            proof: Proof::Whole,
            etag: "e".into(),
            version_id: None,
            request_id: "r".into(),
            at: Utc(0),
            sha256: None,
            fingerprint,
        };
        model.handle(Time(now), Event::Moved(vec![(id, 500), (id, 1000)]), &mut fx);
        model.handle(Time(now), Event::Tick, &mut fx);
        model.handle(Time(now), Event::Answered(id, Ok(Answer::Stored(stored))), &mut fx);
        events += 3;
        if events % 3000 == 0 {
            // The window always keeps a snapshot.
            copies = vec![model.snapshot()];
        }
    }
    assert_eq!(events, 3 * FILES);
    assert!(effects <= 4 * FILES, "{effects} effects");
    let totals = model.destination(DestinationId(0)).expect("an open destination").totals;
    assert_eq!((totals.delivered, totals.confirmed, totals.in_flight), (FILES as u64, 1000 * FILES as u64, 0));
    assert!(totals.done() && totals.ended == Some(Time(now)));
    assert!(model.next_deadline().is_some_and(|next| next > Time(now)), "the session's end lies ahead");
    drop(copies);
}

#[test]
fn a_snapshot_shares_its_rows() {
    let (model, _) = full();
    let copy = model.snapshot();
    let shared = copy.rows.chunks().iter().zip(model.rows().chunks()).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
    assert_eq!(shared, FILES.div_ceil(256));
}

#[test]
fn canceling_all_records_each_file_once() {
    let (mut model, mut fx) = full();
    fx.clear();
    model.handle(Time(5), Event::Command(Command::Cancel(Which::All(DestinationId(0)))), &mut fx);
    assert!(fx.len() <= 2 * FILES + 3, "{}", fx.len());
    assert!(model.rows().iter().all(|(_, row)| row.state == State::Canceled));
    assert_eq!(model.destination(DestinationId(0)).expect("an open destination").totals.files, 0);
    fx.clear();
    model.handle(Time(6), Event::Command(Command::Retry(Which::All(DestinationId(0)))), &mut fx);
    model.handle(Time(7), Event::Command(Command::Resume(Which::All(DestinationId(0)))), &mut fx);
    assert!(fx.is_empty(), "removed files stay removed");
}

#[test]
fn a_session_renewed_five_times_in_one_upload_sends_no_part_twice() {
    let rules = Rules { session: (20_000, 20_000), delay: (1000, 1900), ..Rules::default() };
    let mut world = World::new(7, rules, Limits { requests: 2, ..Limits::default() });
    world.places.push(destination(0));
    world.command(Command::Open(Box::new(destination(0))));
    world.drop_of("", &[800 << 20]);
    world.add(0);
    world.server.rules.requests = 2;
    world.finish();
    assert!(world.assumed >= 6, "{} sessions", world.assumed);
    assert_eq!(world.sent_parts, 100);
    assert_eq!(world.model.destination(DestinationId(0)).expect("an open destination").totals.delivered, 1);
}
