//! Tests that nothing stalls without a reason and no requested pause is lost; each case was once a bug.

use crate::support::earlier::{folder, get_access, kept, left, next_run};
use crate::support::model_bench::{Bench, MIB, P, part, print, stored};
use crate::support::simulation::destination;
use daypass::model::Limits;
use daypass::model::event::{Answer, Call, Event, Found, Send};
use daypass::model::parts::{OBJECT_MAX, PartDone, Parts};
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::record::{EarlierState, Record, Unfinished};
use daypass::model::snapshot::{Command, Network, Which};
use daypass::model::upload::{DestinationId, Fingerprint, Multipart, RequestId, State, UploadId};

const ONE: Which = Which::One(UploadId(0));

/// Returns an unfinished upload of the last run: `added` is its size when it was added, `size` when its parts began.
fn begun(name: &str, added: u64, size: u64) -> Unfinished {
    let fingerprint = Fingerprint { inode: u64::from(name.as_bytes()[0]), ..print(size, 1) };
    let mut parts = Parts::new(size, 8 * MIB);
    parts.put(1, PartDone { etag: "e1".into(), crc: 1, echoed: true });
    let multipart = Some(Multipart { fingerprint, upload_id: Some(name.into()), abort_at: None, parts });
    Unfinished { multipart, ..left(name, added, EarlierState::Open) }
}

/// The file grew past the size of one PutObject, began in parts, and continues in the next run after another file.
#[test]
fn a_grown_file_from_an_earlier_run_blocks_nothing() {
    let uploads = vec![begun("large", 24 * MIB, 24 * MIB), begun("grown", 5 * MIB, 24 * MIB)];
    let mut bench = next_run(kept(uploads), Limits { large: 1, ..Limits::default() });
    let mut steps = 0;
    loop {
        let sends = bench.sends();
        if sends.is_empty() {
            break;
        }
        for (id, send) in sends {
            steps += 1;
            let answer = match send.call {
                Call::Open => Answer::Opened(Fingerprint {
                    inode: u64::from(send.key.as_bytes()["in/".len()]),
                    ..print(24 * MIB, 1)
                }),
                Call::Read { .. } => Answer::Read(1),
                Call::Part { number, .. } => part(number),
                _ => stored(24 * MIB),
            };
            bench.answer(id, answer);
        }
    }
    assert_eq!(bench.place().totals.delivered, 2, "after {steps} requests");
}

#[test]
fn small_files_do_not_wait_behind_a_blocked_large_one() {
    let mut bench = Bench::open();
    bench.add("/data", &[("a", 800 * MIB), ("b", 800 * MIB), ("c", 800 * MIB), ("d", 800 * MIB)]);
    assert_eq!(bench.sends().len(), 4, "four large files are opened");
    bench.command(Command::Open(Box::new(destination(1))));
    get_access(&mut bench, DestinationId(1), "p1");
    bench.command(Command::Add(DestinationId(1), vec!["/data".into()]));
    let found = |name: &str, size| Found { name: name.into(), key_name: None, size, modified: 1 };
    let files = vec![found("large", 80 * MIB), found("x", 5), found("y", 6), found("z", 7)];
    bench.on(Event::Found(DestinationId(1), folder(), files));
    let keys: Vec<String> = bench.sends().iter().map(|(_, send)| send.key.to_string()).collect();
    assert_eq!(keys, ["in/x", "in/y", "in/z"]);
}

/// Takes the network down with the failure of this request.
fn down(bench: &mut Bench, request: RequestId) {
    bench.trouble(request, Kind::Offline);
    assert!(matches!(bench.model.snapshot().line, Network::Down { .. }));
}

/// Lets time pass until the network is tried again, and takes the requests that were sent.
fn probes(bench: &mut Bench) -> Vec<(RequestId, Send)> {
    bench.after(10);
    bench.sends()
}

#[test]
fn an_abort_tests_the_network_like_any_other_request() {
    for (answer, up) in
        [(Ok(Answer::Aborted), true), (Err(Kind::AccessDenied(DeniedBy::Unknown)), true), (Err(Kind::Offline), false)]
    {
        let mut bench = Bench::open();
        for (id, _) in bench.begun(24 * MIB) {
            down(&mut bench, id);
        }
        bench.command(Command::Cancel(ONE));
        let tried = probes(&mut bench);
        let [(abort, send)] = &tried[..] else { panic!("{tried:?}") };
        assert!(matches!(send.call, Call::Abort { .. }));
        bench.on(Event::Answered(*abort, answer.map_err(Problem::new)));
        assert_eq!(bench.model.snapshot().line == Network::Up, up);
    }
}

#[test]
fn a_probe_whose_file_is_missing_blocks_nothing() {
    let mut bench = Bench::open();
    bench.add("/data", &[("first", 5)]);
    let (first, _) = bench.sent();
    down(&mut bench, first);
    bench.add("/data", &[("second", 5), ("third", 5)]);
    let tried = probes(&mut bench);
    assert_eq!(tried.len(), 1, "one request tries the line");
    bench.trouble(tried[0].0, Kind::SourceGone);
    assert_eq!(bench.sends().len(), 1, "the next tries it at once");
}

#[test]
fn a_canceled_probe_blocks_nothing() {
    let mut bench = Bench::open();
    for (id, _) in bench.begun(24 * MIB) {
        down(&mut bench, id);
    }
    bench.add("/data", &[("small", 5)]);
    assert_eq!(probes(&mut bench).len(), 1, "one request tries the line");
    bench.command(Command::Cancel(Which::All(P)));
    assert!(matches!(bench.sent().1.call, Call::Abort { .. }), "the next tries it at once");
}

#[test]
fn a_requested_pause_survives_every_answer() {
    // A small file grew.
    let mut bench = Bench::open();
    bench.add("/data", &[("small", 5)]);
    let (put, _) = bench.sent();
    bench.command(Command::Pause(ONE));
    bench.answer(put, Answer::Grown(print(24 * MIB, 1)));
    assert_eq!((bench.state(0), bench.sends().len()), (State::Paused, 0));
    bench.command(Command::Resume(ONE));
    assert!(matches!(bench.sent().1.call, Call::Open));
    // S3 refuses to join the parts, or the KMS key denies parts.
    for kind in [Kind::PartsRefused, Kind::UploadGone, Kind::KmsDecrypt] {
        let mut bench = Bench::open();
        let parts = bench.begun(24 * MIB);
        let (complete, _) = bench.parts(parts);
        bench.command(Command::Pause(ONE));
        bench.trouble(complete, kind);
        assert_eq!(bench.state(0), State::Paused, "{kind:?}");
        let sends = bench.sends();
        assert!(sends.iter().all(|(_, send)| matches!(send.call, Call::Abort { .. })), "{kind:?}: {sends:?}");
        bench.command(Command::Resume(ONE));
        let sends = bench.sends();
        assert!(sends.iter().any(|(_, send)| matches!(send.call, Call::Open)), "{kind:?}: {sends:?}");
    }
}

#[test]
fn a_file_that_was_too_large_can_be_retried_and_its_delivery_ends() {
    let mut bench = Bench::open();
    bench.add("/data", &[("grown", 5)]);
    let (put, _) = bench.sent();
    bench.answer(put, Answer::Grown(print(OBJECT_MAX + 1, 1)));
    let ended = |bench: &mut Bench| bench.records().iter().any(|record| matches!(record, Record::DeliveryEnded(_)));
    assert!(ended(&mut bench));
    for size in [OBJECT_MAX + 1, 3] {
        bench.command(Command::Retry(ONE));
        let (open, send) = bench.sent();
        assert!(matches!(send.call, Call::Open));
        bench.answer(open, Answer::Opened(print(size, 1)));
    }
    let (put, _) = bench.sent();
    bench.answer(put, stored(3));
    assert!(matches!(bench.state(0), State::Delivered(_)) && ended(&mut bench));
}
