//! A practice server, source files, an engine, and the check that compares delivered objects with the files.

use daypass::engine::handle::{Engine, EngineOptions, Handle};
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::Paths;
use daypass::engine::timeouts::Timeouts;
use daypass::model::Limits;
use daypass::model::destination::Destination;
use daypass::model::names::Region;
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::{DestinationId, State, Upload};
use daypass::practice::{self, ApiOperation, LoggedRequest, Practice};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{fs, process};
use tempfile::TempDir;

pub const FIRST: DestinationId = DestinationId(0);
pub const MIB: usize = 1 << 20;

/// The longest wait for an expected event; only a failing test waits so long.
pub const LONG: Duration = Duration::from_secs(240);

/// Timeouts that a busy computer does not come near, and that [`Stage::hurry`] reaches in a few steps.
pub const SHORT: Timeouts = Timeouts {
    idle: Duration::from_secs(20),
    answer: Duration::from_secs(20),
    complete: Duration::from_secs(20),
    slowest: 256 << 10,
    drain: 4 << 20,
    least: Duration::from_secs(20),
    margin: Duration::from_secs(20),
};

/// Timeouts that no test reaches, however far it moves the clock ahead.
pub const ENDLESS: Timeouts = Timeouts {
    idle: Duration::from_hours(10_000),
    answer: Duration::from_hours(10_000),
    complete: Duration::from_hours(10_000),
    slowest: 1,
    drain: 4 << 20,
    least: Duration::from_hours(10_000),
    margin: Duration::from_hours(1),
};

pub struct Stage {
    pub practice: Practice,
    pub dir: TempDir,
    pub source: PathBuf,
}

/// Returns bytes that do not repeat within a file: a range of one long random text.
pub fn bytes(length: usize, seed: usize) -> &'static [u8] {
    static ALL: OnceLock<Vec<u8>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut all = Vec::with_capacity(44 * MIB);
        while all.len() < 44 * MIB {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            all.extend_from_slice(&state.to_le_bytes());
        }
        all
    });
    let from = seed * 977 % (2 * MIB);
    &all[from..from + length]
}

impl Stage {
    pub async fn new(options: practice::PracticeOptions) -> Self {
        let practice = Practice::start(options).await.expect("a practice");
        let dir = tempfile::tempdir().expect("a folder");
        practice.story().write_profile_files(dir.path()).expect("profiles");
        let source = dir.path().join("source");
        fs::create_dir(&source).expect("a folder");
        Self { practice, dir, source }
    }

    /// Writes a source file, and creates the folders in its name.
    pub fn file(&self, name: &str, length: usize) -> PathBuf {
        let path = self.source.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(&path, bytes(length, name.bytes().map(usize::from).sum())).expect("written");
        path
    }

    pub fn destination(&self) -> Destination {
        let story = self.practice.story();
        Destination {
            name: "Important project".into(),
            region: Some(story.region.parse::<Region>().expect("a region")),
            ..Destination::new(
                story.profile,
                story.role_arn.parse().expect("a role"),
                story.bucket.parse().expect("a bucket"),
                "incoming/".parse().expect("a prefix"),
            )
        }
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Returns every file that Daypass stores, with its content.
    pub fn kept(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let (mut folders, mut files) = (vec![self.home()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), fs::read(&path).expect("read")));
                }
            }
        }
        files
    }

    pub fn options(&self) -> EngineOptions {
        EngineOptions {
            home: Some(self.home()),
            profiles: Paths {
                credentials: self.dir.path().join("credentials"),
                config: self.dir.path().join("config"),
            },
            wire: HttpOptions { endpoint_url: Some(self.practice.story().endpoint), ..HttpOptions::default() },
            limits: Limits { quiet_retries: false, ..Limits::default() },
            patience: ENDLESS,
            ..EngineOptions::new()
        }
    }

    /// Starts an engine with the story's destination open.
    pub async fn engine(&self, options: EngineOptions) -> Handle {
        let mut handle = Engine::spawn(options).await.expect("an engine");
        assert!(handle.notices().iter().all(|n| matches!(n, daypass::model::notice::Notice::Environment(_))));
        handle.send(Command::Open(Box::new(self.destination())));
        wait(&mut handle, "the destination", |seen| !seen.destinations.is_empty()).await;
        handle
    }

    /// Sends all source files as a person would who drops the folder, and waits until each has ended.
    pub async fn deliver(&self, handle: &mut Handle) -> Arc<Snapshot> {
        self.add(handle);
        done(handle).await
    }

    /// Waits as [`wait`] does, and moves time ahead while there is nothing else to do: while no request is under way but
    /// those that the server does not answer.
    pub async fn hurry(&self, handle: &Handle, what: &str, mut is: impl FnMut(&Snapshot) -> bool) -> Arc<Snapshot> {
        let hurried = async {
            loop {
                let seen = handle.seen();
                if is(&seen) {
                    return seen;
                }
                if handle.tasks().await.expect("the engine runs") <= self.practice.held() {
                    advance(&self.practice, handle, Duration::from_secs(1));
                    handle.reached().await;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(LONG, hurried).await.unwrap_or_else(|_late| too_late(handle, what))
    }

    /// Waits until every file has ended, and moves time ahead while there is nothing else to do.
    pub async fn finish(&self, handle: &Handle) -> Arc<Snapshot> {
        self.hurry(handle, "every file to end", ended).await
    }

    /// Waits until the server holds the `number`th part that was sent.
    pub async fn held_part(&self, number: usize) {
        until("a part to be held", || self.parts().len() == number && self.practice.held() == 1).await;
    }

    pub fn add(&self, handle: &Handle) {
        handle.send(Command::Add(FIRST, vec![self.source.clone()]));
    }

    /// Returns a command of the command line that sees only the story's profiles.
    pub fn command(&self, verb: &str) -> process::Command {
        let mut command = process::Command::new(env!("CARGO_BIN_EXE_daypass-cli"));
        command.env_clear().env("PATH", "").env("HOME", self.dir.path()).env("TZ", "UTC");
        command.env("DAYPASS_HOME", self.home()).current_dir(self.dir.path()).stdin(process::Stdio::null());
        command.env("AWS_SHARED_CREDENTIALS_FILE", self.dir.path().join("credentials"));
        command.env("AWS_CONFIG_FILE", self.dir.path().join("config"));
        command.arg(verb);
        command
    }

    /// `daypass-cli upload` to the story's bucket.
    pub fn upload(&self, profile: &str) -> process::Command {
        let story = self.practice.story();
        let mut command = self.command("upload");
        command.args(["--endpoint-url", &story.endpoint, "--profile", profile, "--role-arn", &story.role_arn]);
        command.args(["--bucket", &story.bucket, "--prefix", "incoming", "--region", &story.region]);
        command
    }

    pub fn parts(&self) -> Vec<LoggedRequest> {
        self.practice.requests().into_iter().filter(|request| request.op == ApiOperation::UploadPart).collect()
    }

    /// Checks that every row is true, and that the bucket contains nothing else.
    pub fn check(&self, seen: &Snapshot) {
        let mut keys = BTreeSet::new();
        for (_, row) in seen.rows.iter() {
            let key = format!("incoming/{}", row.key());
            keys.insert(key.clone());
            let stored = self.practice.object_bytes(&key).ok();
            match &row.state {
                State::Delivered(_) => {
                    let stored = stored.unwrap_or_else(|| panic!("{key} is said to be delivered and isn't there"));
                    assert!(stored == fs::read(row.path()).expect("the source"), "{key} holds other bytes");
                }
                State::NotConfirmed | State::AlreadyThere => {
                    assert!(stored.is_none_or(|s| s == fs::read(row.path()).expect("the source")), "{key}");
                }
                State::Failed(_) | State::Canceled => assert!(stored.is_none(), "{key} arrived: {:?}", row.state),
                State::Waiting
                | State::Retrying(..)
                | State::Paused
                | State::Preparing
                | State::Sending(_)
                | State::Confirming => panic!("{key} has not ended: {:?}", row.state),
            }
        }
        for object in self.practice.objects() {
            assert!(keys.contains(&object.key), "nobody sent {}", object.key);
        }
    }
}

/// Moves time ahead for the engine and for the server.
pub fn advance(practice: &Practice, handle: &Handle, time: Duration) {
    practice.advance_clock(time);
    handle.clock().advance(time);
}

/// Moves time ahead for the engine and the server, and waits until all due work is done.
pub async fn pass(practice: &Practice, handle: &Handle, time: Duration) {
    advance(practice, handle, time);
    settle(handle).await;
}

/// Waits until the engine has handled all due events and has no request in flight.
pub async fn settle(handle: &Handle) {
    let settled = async {
        while handle.tasks().await.is_some_and(|tasks| tasks > 0) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        handle.reached().await
    };
    assert!(tokio::time::timeout(LONG, settled).await.expect("the last request ends"), "the engine runs");
}

/// Waits until `is` returns true; asks it every few milliseconds.
pub async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let polled = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LONG, polled).await.unwrap_or_else(|_late| panic!("waited for {what}"));
}

/// Returns whether every file has ended.
fn ended(seen: &Snapshot) -> bool {
    seen.destinations.first().is_some_and(|place| place.walking == 0 && place.totals.done())
}

/// Waits until every file has ended.
pub async fn done(handle: &mut Handle) -> Arc<Snapshot> {
    wait(handle, "every file to end", ended).await
}

/// Waits for a state, and reports the current one if it doesn't come.
pub async fn wait(handle: &mut Handle, what: &str, is: impl FnMut(&Snapshot) -> bool) -> Arc<Snapshot> {
    match tokio::time::timeout(LONG, handle.until(is)).await {
        Ok(seen) => seen.expect("the engine runs"),
        Err(_late) => too_late(handle, what),
    }
}

fn too_late(handle: &Handle, what: &str) -> ! {
    let seen = handle.seen();
    let rows: Vec<String> = seen.rows.iter().map(|(_, row)| format!("{} {:?}", row.name, row.state)).collect();
    panic!("waited for {what}; {:#?}\n{:?}\n{rows:#?}", seen.destinations, seen.line)
}

/// Returns the state of each row by its key.
pub fn states(seen: &Snapshot) -> BTreeMap<String, State> {
    seen.rows.iter().map(|(_, row)| (row.key(), row.state.clone())).collect()
}

/// Returns the row of the file with this name.
pub fn row(seen: &Snapshot, name: &str) -> Upload {
    let found = seen.rows.iter().find(|(_, row)| *row.name == *name);
    found.unwrap_or_else(|| panic!("no row for {name}")).1.clone()
}

/// Returns how often each part of each upload was sent.
pub fn sent(requests: &[LoggedRequest]) -> BTreeMap<(String, i32), u32> {
    let mut counts = BTreeMap::new();
    for request in requests.iter().filter(|request| request.op == ApiOperation::UploadPart) {
        let part = (request.upload_id.clone().unwrap_or_default(), request.part.unwrap_or_default());
        *counts.entry(part).or_default() += 1;
    }
    counts
}

/// Returns whether the file system accepts names of this kind.
pub fn takes(dir: &Path, name: &str) -> bool {
    let path = dir.join(name);
    let took = fs::write(&path, b"").is_ok();
    let _gone = fs::remove_file(path);
    took
}
