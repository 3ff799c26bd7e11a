//! Kills the command line at random moments and tests that the next run continues.

use crate::support::stage::{LONG, MIB, Stage, done, pass, settle, until, wait};
use daypass::engine::handle::{Engine, EngineOptions};
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::{State, Upload};
use daypass::practice::{self, ApiOperation, Fault, FaultRule};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The longest time for which the journal collects records, plus some for a busy computer.
const GATHERED: Duration = Duration::from_millis(1_000);

/// A random generator that is the same in every run.
struct Rng(u64);

impl Rng {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Waits for a process up to `most`; returns `None` if it still runs.
async fn ended(child: &mut Child, most: Duration) -> Option<ExitStatus> {
    for _ in 0..most.as_millis() / 20 {
        if let Some(status) = child.try_wait().expect("a process of ours") {
            return Some(status);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}

/// Returns the number of the last request that S3 received.
fn last(stage: &Stage) -> u64 {
    stage.practice.requests().last().map_or(0, |request| request.number)
}

/// Returns the parts that were sent after this request and that S3 has answered.
fn answered(stage: &Stage, after: u64) -> BTreeSet<(String, i32)> {
    let well = stage.parts().into_iter().filter(|request| request.number > after && request.status == Some(200));
    well.map(|request| (request.upload_id.unwrap_or_default(), request.part.unwrap_or_default())).collect()
}

/// Kills one delivery again and again, and returns the number of kills.
async fn killed_delivery(seed: u64, kills: u32) -> u32 {
    let stage = Stage::new(practice::PracticeOptions::default()).await;
    stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::SlowBody(6_000_000)).times(u32::MAX));
    for (at, size) in [20 * MIB + 1, 24 * MIB, 31 * MIB + 77].into_iter().enumerate() {
        stage.file(&format!("large {at}.bin"), size);
    }
    for small in 0..300 {
        stage.file(&format!("folder/{small}.txt"), 10 + small);
    }
    let (mut dice, mut killed) = (Rng(seed), 0);
    let mut status = None;
    // The answers that the process had enough time to record, and the last request by then.
    let mut kept = BTreeMap::new();
    for round in 0..kills + 20 {
        let resume = round % 3 == 2;
        let mut command = if resume {
            let mut command = stage.command("resume");
            command.args(["--endpoint-url", &stage.practice.story().endpoint]);
            command
        } else {
            let mut command = stage.upload("importantproject");
            command.arg(&stage.source);
            command
        };
        let began = last(&stage);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command line runs");
        let (mut has, mut then) = (BTreeSet::new(), began);
        let before = if killed < kills {
            let first = ended(&mut child, Duration::from_millis(100 + dice.roll(1500))).await;
            (has, then) = (answered(&stage, began), last(&stage));
            match first {
                Some(status) => Some(status),
                None => ended(&mut child, GATHERED).await,
            }
        } else {
            ended(&mut child, LONG).await
        };
        if let Some(ended) = before {
            let code = ended.code().expect("an exit of its own");
            assert!(code == 0 || code == 1, "round {round} ended with {code}");
            if !resume {
                status = Some(code);
                break;
            }
            continue;
        }
        assert!(killed < kills, "the last run did not end");
        child.kill().expect("a process of ours");
        child.wait().expect("a process of ours");
        killed += 1;
        kept.extend(has.into_iter().map(|part| (part, then)));
        let mut next = stage.upload("importantproject");
        let mut next = next.arg(&stage.source).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        let once_more = ended(&mut next, Duration::from_millis(300 + dice.roll(900))).await;
        if once_more.is_none() {
            next.kill().expect("a process of ours");
            next.wait().expect("a process of ours");
            killed += 1;
        }
        for request in stage.parts() {
            let part = (request.upload_id.clone().unwrap_or_default(), request.part.unwrap_or_default());
            let again = kept.get(&part).is_some_and(|&then| request.number > then);
            assert!(!again, "seed {seed}: sent again: {request:?}");
        }
    }
    assert!(status.is_some(), "seed {seed}: the delivery came to its end");
    let mut keys = BTreeSet::new();
    for entry in walk(&stage.source) {
        let key = format!("incoming/source/{}", entry.strip_prefix(&stage.source).expect("below it").display());
        let stored = stage.practice.object_bytes(&key).unwrap_or_else(|why| panic!("seed {seed}: {key}: {why}"));
        assert!(stored == std::fs::read(&entry).expect("the source"), "seed {seed}: {key} holds other bytes");
        keys.insert(key);
    }
    let stored: BTreeSet<String> = stage.practice.objects().into_iter().map(|object| object.key).collect();
    assert_eq!(stored, keys, "seed {seed}: nothing is stored under a second name");
    killed
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// `DAYPASS_KILLS` sets how many kills there are at least.
#[test]
fn a_killed_delivery_resumes_where_it_stopped() {
    let wanted: u32 = std::env::var("DAYPASS_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    runtime().block_on(async {
        let (mut killed, mut seed) = (0, 1);
        while killed < wanted {
            killed += killed_delivery(seed, 8.min(wanted - killed)).await;
            seed += 1;
        }
    });
}

/// `DAYPASS_KILLS` sets how many kills there are.
#[test]
fn files_reported_as_delivered_are_in_the_journal_after_a_kill() {
    let kills: u64 = std::env::var("DAYPASS_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        for small in 0..1500 {
            stage.file(&format!("folder/{small}.txt"), 10 + small);
        }
        let (mut dice, mut said) = (Rng(7), BTreeSet::new());
        for round in 0..kills {
            let out = stage.dir.path().join(format!("out-{round}"));
            let mut command = stage.upload("importantproject");
            command.arg(&stage.source).stdout(std::fs::File::create(&out).expect("a file")).stderr(Stdio::null());
            let mut child = command.spawn().expect("it runs");
            // The kill follows soon after the first file is reported as delivered, however slow the computer is.
            until("a file to be said delivered", || std::fs::metadata(&out).is_ok_and(|out| out.len() > 200)).await;
            let _ended = ended(&mut child, Duration::from_millis(dice.roll(400))).await;
            // It may have ended already.
            let _gone = child.kill();
            child.wait().expect("a process of ours");
            let text = std::fs::read_to_string(&out).expect("text");
            let lines = text.lines().filter_map(|line| line.strip_prefix("Delivered and verified: "));
            said.extend(lines.filter_map(|line| Some(line.rsplit_once(" (")?.0.to_owned())));
            let kept: BTreeSet<String> = delivered(&stage).await;
            let missing: Vec<&String> = said.difference(&kept).collect();
            assert!(missing.is_empty(), "round {round}: said, and not kept: {missing:?}");
        }
        assert!(!said.is_empty(), "something was delivered before the kills");
    });
}

/// Returns the names of the files that the journal calls delivered.
async fn delivered(stage: &Stage) -> BTreeSet<String> {
    let handle = daypass::engine::handle::Engine::spawn(stage.options()).await.expect("an engine");
    let history = handle.journal().history();
    let mut names = BTreeSet::new();
    for delivery in history.deliveries(&daypass::model::history::HistoryFilter::default(), 1000, 0).expect("read") {
        let (_, lines) = history.delivery(delivery.id).expect("read").expect("it is there");
        let lines = lines.iter().filter(|line| matches!(line.outcome, daypass::model::history::Outcome::Delivered(_)));
        names.extend(lines.map(|line| line.name.to_string()));
    }
    handle.stop().await;
    names
}

#[test]
fn a_stopped_engine_resumes_without_sending_a_part_again() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        // The last part is never answered, so the file can't end before the engine stops.
        let silence = Fault::NeverAnswer { work: false };
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, silence).part(5).times(u32::MAX));
        stage.file("film.mov", 40 * MIB);
        let mut handle = stage.engine(stage.options()).await;
        stage.add(&handle);
        wait(&mut handle, "four parts", |seen| seen.destinations[0].totals.confirmed == 32 << 20).await;
        handle.stop().await;
        stage.practice.clear_faults();
        stage.practice.clear_requests();
        let mut handle = Engine::spawn(stage.options()).await.expect("an engine");
        let seen = handle.seen();
        assert_eq!((seen.destinations.len(), seen.rows.len()), (1, 1), "what was unfinished is there again");
        handle.send(Command::Resume(Which::All(crate::support::stage::FIRST)));
        handle.send(Command::GetAccess(crate::support::stage::FIRST));
        let seen = done(&mut handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.delivered, 1);
        assert_eq!(stage.practice.count(ApiOperation::CreateMultipartUpload), 0);
        let sent: Vec<Option<i32>> = stage.parts().iter().map(|request| request.part).collect();
        assert_eq!(sent, [Some(5)], "only the part that was not confirmed is sent");
        handle.stop().await;
    });
}

#[test]
fn uploads_pause_while_the_disk_of_the_journal_is_full() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        for small in 0..400 {
            stage.file(&format!("{small:04} {}.txt", "x".repeat(200)), 10 + small);
        }
        stage.file("large.bin", 9 * MIB);
        let pages = Arc::new(AtomicU32::new(40));
        let mut handle = stage.engine(EngineOptions { pages: Arc::clone(&pages), ..stage.options() }).await;
        stage.add(&handle);
        wait(&mut handle, "the journal to be full", |seen| seen.journal.is_some()).await;
        settle(&handle).await;
        let sent = stage.practice.requests().len();
        pass(&stage.practice, &handle, Duration::from_mins(10)).await;
        assert_eq!(stage.practice.requests().len(), sent, "nothing goes out that can't be taken down");
        assert_eq!(handle.seen().destinations[0].totals.failed, 0);
        pages.store(0, Ordering::Relaxed);
        handle.send(Command::RetryJournal);
        let seen = done(&mut handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.delivered, 401);
        handle.stop().await;
        let handle = Engine::spawn(stage.options()).await.expect("an engine");
        assert!(handle.seen().destinations.is_empty(), "all of it is written down as delivered");
        handle.stop().await;
    });
}

#[test]
fn an_edited_file_of_the_same_size_is_sent_under_a_numbered_name() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        let path = stage.file("x.csv", 6);
        let mut handle = stage.engine(stage.options()).await;
        let seen = stage.deliver(&mut handle).await;
        stage.check(&seen);
        stage.add(&handle);
        wait(&mut handle, "the same file", |seen| seen.destinations[0].left_out_count.all() == 1).await;
        std::fs::write(&path, "edited").expect("written");
        stage.add(&handle);
        let delivered = |row: &Upload| matches!(row.state, State::Delivered(_));
        wait(&mut handle, "the edited file", |seen| seen.rows.iter().filter(|(_, row)| delivered(row)).count() == 2)
            .await;
        assert_eq!(stage.practice.object_bytes("incoming/source/x (2).csv").expect("it is there"), b"edited"[..]);
        handle.stop().await;
    });
}
