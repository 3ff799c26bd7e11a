//! Tests random faults and source files that change: no file is reported as delivered unless it is.

use crate::support::stage::{FIRST, LONG, MIB, SHORT, Stage, bytes, done, row, states, wait};
use daypass::engine::handle::EngineOptions;
use daypass::model::Limits;
use daypass::model::problem::Kind;
use daypass::model::snapshot::Command;
use daypass::model::upload::State;
use daypass::practice::{self, ApiOperation, Fault, FaultRule};
use std::fs;
use std::time::Duration;
use tokio::task::JoinSet;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

struct Rng(u64);

impl Rng {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

const OPS: [ApiOperation; 6] = [
    ApiOperation::AssumeRole,
    ApiOperation::HeadBucket,
    ApiOperation::PutObject,
    ApiOperation::CreateMultipartUpload,
    ApiOperation::UploadPart,
    ApiOperation::CompleteMultipartUpload,
];

/// Every kind of fault, by number.
fn fault(number: usize, dice: &mut Rng) -> Fault {
    let (work, milliseconds) = (dice.roll(2) == 0, Duration::from_millis(dice.roll(700) as u64));
    match number {
        0 => Fault::status(503, "SlowDown", "Reduce your request rate."),
        1 => Fault::status(500, "InternalError", "We encountered an internal error. Please try again."),
        2 => Fault::status(409, "ConditionalRequestConflict", "A conflicting operation is under way."),
        3 => Fault::ErrorInside200 { code: "InternalError".into(), message: "Please try again.".into(), work },
        4 => Fault::DropBefore,
        5 => Fault::DropInBody(dice.roll(9 * MIB) as u64),
        6 => Fault::DropAfter,
        7 => Fault::NeverAnswer { work },
        8 => Fault::Delay(milliseconds),
        9 => Fault::KeepAlive(milliseconds),
        10 => Fault::SlowBody(2_000_000 + dice.roll(9_000_000) as u64),
        11 => Fault::Html([200, 403, 407, 502][dice.roll(4)]),
        12 => Fault::NoETag,
        13 => Fault::WrongChecksum,
        14 => Fault::FlipBit,
        15 => Fault::FlipBitInside,
        16 => Fault::SkewDate([-3600, 5, 3600][dice.roll(3)]),
        17 => Fault::status(400, "ExpiredToken", "The provided token has expired."),
        18 => Fault::status(404, "NoSuchUpload", "The specified upload does not exist."),
        _ => Fault::status(400, "RequestTimeout", "Your socket connection was not read from in time."),
    }
}

const FAULTS: usize = 20;

/// Returns how often a script reports that an upload is gone.
fn gone(rules: &[FaultRule]) -> u32 {
    let says = |rule: &&FaultRule| matches!(&rule.what, Fault::Status { code, .. } if code == "NoSuchUpload");
    rules.iter().filter(says).map(|rule| rule.times).sum()
}

/// Runs one delivery under the schedule of this seed.
async fn schedule(seed: u64) {
    let mut dice = Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    dice.roll(2);
    let options = practice::PracticeOptions {
        session_seconds: seed.is_multiple_of(4).then_some(30),
        echo: !seed.is_multiple_of(5),
        may_abort: seed.is_multiple_of(3),
        replay_complete: !seed.is_multiple_of(7),
        ..practice::PracticeOptions::default()
    };
    let stage = Stage::new(options).await;
    let mut rules = Vec::new();
    for at in 0..4 + dice.roll(6) {
        // The first fault of each seed goes through all of them, so that every one meets every operation.
        let number = if at == 0 { usize::try_from(seed).unwrap_or(0) % FAULTS } else { dice.roll(FAULTS) };
        let op = if at == 0 { OPS[usize::try_from(seed).unwrap_or(0) / FAULTS % 3 + 3] } else { OPS[dice.roll(6)] };
        let rule = FaultRule::once(op, fault(number, &mut dice)).skip(u32::try_from(dice.roll(3)).unwrap_or(0));
        rules.push(rule.times(1 + u32::try_from(dice.roll(2)).unwrap_or(0)));
    }
    for rule in &rules {
        stage.practice.fault(rule.clone());
    }
    stage.file("large.bin", 9 * MIB + dice.roll(9 * MIB));
    for small in 0..6 {
        stage.file(&format!("{small}.txt"), 1 + dice.roll(100_000));
    }
    let limits = Limits { seed, ..Limits::default() };
    let handle = stage.engine(EngineOptions { limits, patience: SHORT, ..stage.options() }).await;
    stage.add(&handle);
    // Some stops need a person: the cause may have been a single answer of the script.
    let mut asked = 0;
    let end = tokio::time::timeout(LONG, async {
        loop {
            let stuck = |seen: &daypass::model::snapshot::Snapshot| {
                let place = &seen.destinations[0];
                let denied =
                    matches!(place.session, daypass::model::session::Session::Denied(_)) && !place.is_retrying();
                place.walking == 0 && (place.totals.done() || place.hold.is_some() || denied)
                    || place.renew_problem.is_some() && !place.is_retrying() && !place.is_asking()
            };
            let seen = stage.hurry(&handle, "the end", stuck).await;
            if seen.destinations[0].totals.done() && seen.destinations[0].walking == 0 {
                return seen;
            }
            asked += 1;
            assert!(asked < 20, "seed {seed}: {:?} {:?}", seen.destinations[0].hold, seen.destinations[0].session);
            handle.send(Command::Release(FIRST));
            handle.send(Command::GetAccess(FIRST));
            handle.reached().await;
        }
    })
    .await;
    let Ok(seen) = end else {
        let seen = handle.seen();
        panic!(
            "seed {seed} does not end: {:#?}\n{:?}\n{:?}\n{rules:#?}",
            seen.destinations[0],
            seen.line,
            states(&seen)
        );
    };
    for (key, state) in states(&seen) {
        let State::Failed(why) = &state else { continue };
        // The script can make these look permanent.
        let honest = matches!(why.kind, Kind::ProofDiffers | Kind::Damaged | Kind::Unexpected | Kind::Refused)
            || why.kind == Kind::UploadGone && gone(&rules) > 3;
        assert!(honest, "seed {seed}: {key} {why:?} {rules:#?}");
    }
    check(&stage, &seen, seed);
    handle.stop().await;
}

/// As `Stage::check`, but a file that failed may be there whole: the script altered the answer, not the work.
fn check(stage: &Stage, seen: &daypass::model::snapshot::Snapshot, seed: u64) {
    for (_, row) in seen.rows.iter() {
        let key = format!("incoming/{}", row.key());
        let stored = stage.practice.object_bytes(&key).ok();
        let source = fs::read(row.path()).expect("the source");
        let delivered = matches!(row.state, State::Delivered(_));
        assert!(!delivered || stored.is_some(), "seed {seed}: {key} is said to be delivered and isn't there");
        assert!(stored.is_none_or(|stored| stored == source), "seed {seed}: {key} holds other bytes: {:?}", row.state);
    }
    assert!(stage.practice.objects().len() <= seen.rows.len(), "seed {seed}: nothing is stored under a second name");
}

/// `DAYPASS_SEEDS` sets how many schedules there are.
#[test]
fn reports_are_true_under_random_faults() {
    let seeds: u64 = std::env::var("DAYPASS_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    runtime().block_on(async {
        let mut running = JoinSet::new();
        for seed in 0..seeds {
            if running.len() >= 24 {
                running.join_next().await.expect("one").expect("a schedule that holds");
            }
            running.spawn(schedule(seed));
        }
        while let Some(ended) = running.join_next().await {
            ended.expect("a schedule that holds");
        }
    });
}

/// Delivers a large file that `change` modifies after its first part is confirmed.
async fn changed(change: impl FnOnce(&std::path::Path)) -> State {
    let stage = Stage::new(practice::PracticeOptions::default()).await;
    stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::Hold).skip(1));
    let path = stage.file("film.mov", 24 * MIB);
    let limits = Limits { requests: 1, ..Limits::default() };
    let mut handle = stage.engine(EngineOptions { limits, ..stage.options() }).await;
    stage.add(&handle);
    stage.held_part(2).await;
    change(&path);
    stage.practice.release();
    let seen = done(&mut handle).await;
    let state = row(&seen, "film.mov").state;
    if matches!(state, State::Failed(_)) {
        assert!(stage.practice.objects().is_empty(), "no mixture of versions is completed");
    }
    handle.stop().await;
    state
}

fn kind(state: &State) -> Option<Kind> {
    match state {
        State::Failed(why) => Some(why.kind),
        _ => None,
    }
}

#[test]
fn a_file_changed_during_its_upload_is_not_delivered() {
    runtime().block_on(async {
        let shrunk = changed(|path| fs::write(path, bytes(12 * MIB, 5)).expect("written")).await;
        assert_eq!(kind(&shrunk), Some(Kind::SourceChanged), "{shrunk:?}");
        let grown = changed(|path| {
            let mut file = fs::OpenOptions::new().append(true).open(path).expect("opened");
            std::io::Write::write_all(&mut file, b"more").expect("written");
        })
        .await;
        assert_eq!(kind(&grown), Some(Kind::SourceChanged), "{grown:?}");
        let rewritten = changed(|path| fs::write(path, bytes(24 * MIB, 6)).expect("written")).await;
        assert_eq!(kind(&rewritten), Some(Kind::SourceChanged), "{rewritten:?}");
        let replaced = changed(|path| {
            fs::rename(path, path.with_extension("old")).expect("renamed");
            fs::write(path, bytes(24 * MIB, 7)).expect("written");
        })
        .await;
        assert_eq!(kind(&replaced), Some(Kind::SourceChanged), "{replaced:?}");
        let gone = changed(|path| fs::remove_file(path).expect("removed")).await;
        assert!(matches!(kind(&gone), Some(Kind::SourceGone | Kind::SourceChanged)), "{gone:?}");
    });
}

#[test]
fn files_missing_or_unreadable_at_their_turn_do_not_stop_others() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        for name in ["a.txt", "gone.txt", "grown.bin", "z.txt"] {
            stage.file(name, 100);
        }
        stage.practice.set_trusted(false);
        let mut handle = stage.engine(stage.options()).await;
        stage.add(&handle);
        wait(&mut handle, "the list", |seen| seen.destinations[0].totals.files == 4).await;
        wait(&mut handle, "the refusal", |seen| {
            matches!(seen.destinations[0].session, daypass::model::session::Session::Denied(_))
        })
        .await;
        fs::remove_file(stage.source.join("gone.txt")).expect("removed");
        stage.file("grown.bin", 9 * MIB);
        stage.practice.set_trusted(true);
        handle.send(Command::GetAccess(FIRST));
        let seen = done(&mut handle).await;
        assert_eq!(kind(&row(&seen, "gone.txt").state), Some(Kind::SourceGone));
        assert_eq!(seen.destinations[0].totals.delivered, 3, "{:?}", states(&seen));
        assert_eq!(stage.practice.object_bytes("incoming/source/grown.bin").expect("there").len(), 9 * MIB);
        handle.stop().await;
    });
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_does_not_stop_others() {
    use std::os::unix::fs::PermissionsExt;
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 100);
        let closed = stage.file("closed.txt", 100);
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("changed");
        if fs::File::open(&closed).is_ok() {
            // Root can read everything, so a folder takes the place of an unreadable file.
            fs::remove_file(&closed).expect("removed");
            std::os::unix::fs::symlink("/proc/self/mem", &closed).expect("a link");
        }
        let mut handle = stage.engine(stage.options()).await;
        stage.add(&handle);
        let seen = done(&mut handle).await;
        assert_eq!(seen.destinations[0].totals.delivered, 1, "{:?}", states(&seen));
        assert!(states(&seen).get("source/closed.txt").is_none_or(|state| kind(state) == Some(Kind::SourceUnreadable)));
        assert_eq!(stage.practice.objects().len(), 1);
        handle.stop().await;
    });
}

#[test]
fn a_request_without_an_answer_does_not_hold_up_other_files() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::NeverAnswer { work: true }).key("lost"));
        for name in ["a.txt", "lost.txt", "z.txt"] {
            stage.file(name, 100);
        }
        let handle = stage.engine(EngineOptions { patience: SHORT, ..stage.options() }).await;
        stage.add(&handle);
        let seen = stage.finish(&handle).await;
        stage.check(&seen);
        assert_eq!(row(&seen, "lost.txt").state, State::NotConfirmed, "the object exists, but its answer was lost");
        assert_eq!(seen.destinations[0].totals.delivered, 2);
        handle.stop().await;
    });
}

/// A proxy answers with a page after it has read the whole body, so it may have forwarded the file. Bytes that were read
/// since the last progress report must count, too.
#[test]
fn a_file_that_a_proxy_may_have_forwarded_is_never_called_somebody_elses() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 5);
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::Html(511)));
        let taken = "At least one of the pre-conditions you specified did not hold";
        stage
            .practice
            .fault(FaultRule::once(ApiOperation::PutObject, Fault::status(412, "PreconditionFailed", taken)).skip(1));
        let handle = stage.engine(stage.options()).await;
        stage.add(&handle);
        let seen = stage.finish(&handle).await;
        assert_eq!(row(&seen, "a.txt").state, State::NotConfirmed);
        handle.stop().await;
    });
}
