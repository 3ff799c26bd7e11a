//! How fast the engine's own parts are, without a network: `cargo bench`.

use daypass::engine::journal::{Journal, Opened, Options};
use daypass::engine::pool::{self, Pool};
use daypass::model::destination::Destination;
use daypass::model::event::{Answer, Assumed, Effect, Event, Found};
use daypass::model::names::{Bucket, KeyPrefix, Region, RoleArn};
use daypass::model::parts::{Parts, Plan};
use daypass::model::record::{End, Record};
use daypass::model::session::Identity;
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::{DestinationId, Fingerprint, Folder, Proof, Stored, UploadId};
use daypass::model::{Limits, Model};
use daypass::time::{Time, Utc};
use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher};
use std::collections::VecDeque;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Shows beside each time what was allocated, and how much at most at once.
#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const PLACE: DestinationId = DestinationId(0);
const MIB: usize = 1 << 20;

fn main() {
    divan::main();
}

fn destination() -> Destination {
    Destination {
        name: "bench".into(),
        region: Some("eu-west-1".parse::<Region>().expect("a region")),
        ..Destination::new(
            "bench",
            "arn:aws:iam::444455556666:role/uploads".parse::<RoleArn>().expect("an ARN"),
            "customer-bucket".parse::<Bucket>().expect("a bucket"),
            KeyPrefix::from_pasted("in").expect("a prefix"),
        )
    }
}

const FINGERPRINT: Fingerprint = Fingerprint { device: 1, inode: 1, size: 1000, modified: 1, changed: None };

fn stored() -> Stored {
    Stored {
        size: 1000,
        crc: 0x1234_5678_9abc_def0,
        proof: Proof::Whole,
        etag: "\"d41d8cd98f00b204e9800998ecf8427e\"".into(),
        version_id: None,
        request_id: "4442587FB7D0A2F9".into(),
        at: Utc(1_700_000_000),
        sha256: None,
        fingerprint: FINGERPRINT,
    }
}

/// CRC64NVME over what one part holds.
#[divan::bench(args = [16 << 10, MIB, 8 * MIB])]
fn crc64nvme(bencher: Bencher, size: usize) {
    let bytes = vec![7_u8; size];
    bencher
        .counter(BytesCount::new(size))
        .bench(|| crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, divan::black_box(&bytes)));
}

/// One part read from a file that is in the system's cache, and summed on the way.
#[divan::bench(args = [false, true])]
fn part_read_and_summed(bencher: Bencher, sha256: bool) {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&vec![7_u8; 8 * MIB]).expect("written");
    let pool = Pool::new(8 * MIB);
    bencher.counter(BytesCount::new(8 * MIB)).bench_local(|| {
        let mut buffer = pool.take(8 * MIB).expect("memory");
        pool::fill(&file, 0, buffer.as_mut(), sha256).expect("read")
    });
}

/// The plan of a file of the largest size that S3 takes, and all its spans.
#[divan::bench]
fn plan_of_the_largest_file(bencher: Bencher) {
    bencher.counter(ItemsCount::new(10_000_usize)).bench(|| {
        let Some(Plan::Multipart { size, part }) = Plan::of(divan::black_box(50_000 << 30)) else {
            return 0;
        };
        let parts = Parts::new(size, part);
        let mut sum = 0;
        let mut number = parts.next_missing(1);
        while let Some(at) = number {
            sum += parts.span(at).1;
            number = parts.next_missing(at + 1);
        }
        sum
    });
}

/// A model with access, told of so many small files in folders of a thousand, before any is sent.
fn found(files: usize, mut take: impl FnMut(&mut Vec<Effect>)) -> Model {
    let mut model = Model::new(Limits::default());
    let mut fx = Vec::new();
    let who = Identity { account: "1".into(), arn: "arn:me".into(), name: "me".into() };
    model.handle(Time(1), Event::Command(Command::Open(Box::new(destination()))), &mut fx);
    model.handle(Time(1), Event::Identified("bench".into(), Ok(who)), &mut fx);
    model.handle(Time(3), Event::Command(Command::Add(PLACE, vec!["/data".into()])), &mut fx);
    for folder in 0..files / 1000 {
        let (dir, key) = (format!("/data/folder {folder}"), format!("data/folder {folder}/"));
        let folder = Arc::new(Folder { dir: Path::new(&dir).into(), key: key.into() });
        for batch in 0..2 {
            let found =
                |n| Found { name: format!("scan {batch} {n:04}.tif").into(), key_name: None, size: 1000, modified: 1 };
            model.handle(Time(3), Event::Found(PLACE, Arc::clone(&folder), (0..500).map(found).collect()), &mut fx);
            take(&mut fx);
        }
    }
    model.handle(Time(3), Event::Walked(PLACE), &mut fx);
    take(&mut fx);
    assert_eq!(model.rows().len(), files);
    model
}

fn begin(model: &mut Model, fx: &mut Vec<Effect>) {
    let given = Assumed { left: Duration::from_hours(1), ago: Duration::ZERO, ends: Utc(3600), arn: "a/b".into() };
    model.handle(Time(4), Event::Assumed(PLACE, 1, Ok(given)), fx);
}

/// A million files found: `max alloc` divided by a million is what the queue holds for each.
#[divan::bench(sample_count = 3)]
fn model_takes_in_1_000_000_files(bencher: Bencher) {
    bencher.counter(ItemsCount::new(1_000_000_usize)).bench(|| found(1_000_000, Vec::clear));
}

/// A million files canceled before they went.
#[divan::bench(sample_count = 3)]
fn model_cancels_1_000_000_files(bencher: Bencher) {
    bencher.with_inputs(|| found(1_000_000, Vec::clear)).bench_values(|mut model| {
        let mut fx = Vec::new();
        model.handle(Time(4), Event::Command(Command::Cancel(Which::All(PLACE))), &mut fx);
        assert_eq!(model.destination(DestinationId(0)).expect("an open destination").totals.files, 0);
        (model, fx)
    });
}

/// 100,000 small files sent and delivered, with a copy for the window now and then.
#[divan::bench(sample_count = 10)]
fn model_delivers_100_000_files(bencher: Bencher) {
    const FILES: usize = 100_000;
    let inputs = || found(FILES, Vec::clear);
    bencher.counter(ItemsCount::new(FILES)).with_inputs(inputs).bench_values(|mut model| {
        let mut fx = Vec::new();
        begin(&mut model, &mut fx);
        let mut out = VecDeque::new();
        let mut copy = model.snapshot();
        let mut now = 4;
        loop {
            out.extend(fx.drain(..).filter_map(|effect| match effect {
                Effect::Send(request, _) => Some(request),
                Effect::Assume(..)
                | Effect::Forget(_)
                | Effect::Identify(..)
                | Effect::Locate(..)
                | Effect::UseRegion(..)
                | Effect::Walk(..)
                | Effect::StopWalks(_)
                | Effect::Drop(_)
                | Effect::Close(_)
                | Effect::Record(_)
                | Effect::Use(_) => None,
            }));
            let Some(request) = out.pop_front() else { break };
            now += 1;
            model.handle(Time(now), Event::Answered(request, Ok(Answer::Stored(stored()))), &mut fx);
            if now % 1000 == 0 {
                copy = model.snapshot();
            }
        }
        assert_eq!(model.destination(DestinationId(0)).expect("an open destination").totals.delivered, FILES as u64);
        (model, copy)
    });
}

/// 5,000 small files taken down, from their being found to their being delivered, on a disk.
#[divan::bench(sample_count = 10)]
fn journal_takes_down_5_000_files(bencher: Bencher) {
    const FILES: u32 = 5_000;
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let destination = Arc::new(destination());
    bencher.counter(ItemsCount::new(FILES)).with_inputs(|| tempfile::tempdir().expect("a folder")).bench_values(
        |home| {
            let destination = Arc::clone(&destination);
            runtime.block_on(async move {
                let options = Options::new(|| Utc(1_700_000_000));
                let path = home.path().to_owned();
                let opened = tokio::task::spawn_blocking(move || Journal::open(&path, &options)).await.expect("opened");
                let Opened::Here { journal, .. } = opened else { panic!("it is open elsewhere") };
                let folder = Arc::new(Folder { dir: Path::new("/data").into(), key: "data/".into() });
                let (account, who, session) = ("444455556666".into(), "me".into(), "me".into());
                journal.record(Record::Place(PLACE, destination)).await.expect("taken");
                journal.record(Record::Delivery { destination: PLACE, account, who, session }).await.expect("taken");
                for upload in (0..FILES).map(UploadId) {
                    let (folder, name) = (Arc::clone(&folder), format!("file {:05}", upload.0).into());
                    let added = Record::Added { upload, destination: PLACE, folder, name, key_name: None, size: 1000 };
                    journal.record(added).await.expect("taken");
                }
                for upload in (0..FILES).map(UploadId) {
                    journal.record(Record::Ended(upload, End::Delivered(stored()))).await.expect("taken");
                }
                journal.close().await.expect("on disk");
                home
            })
        },
    );
}
