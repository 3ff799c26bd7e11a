//! Tests the journal: records are restored exactly, and no damaged file crashes it.

mod damage;
mod doubts;
mod history;
mod kinds;
mod next_start;
mod renamed;

use crate::support::stage::until;
use daypass::engine::clock::Clock;
use daypass::engine::journal::{Journal, Opened, Options};
use daypass::engine::window_call::WindowCall;
use daypass::model::destination::Destination;
use daypass::model::history::{Delivery, DeliveryFile, HistoryFilter, Outcome};
use daypass::model::notice::JournalNotice;
use daypass::model::parts::{MIB, PartDone};
use daypass::model::problem::{Kind, Problem};
use daypass::model::record::{EarlierState, End, Kept, Record};
use daypass::model::snapshot::{AllowedCommand, Settings};
use daypass::model::upload::{DestinationId, Fingerprint, Folder, Proof, Stored, UploadId};
use daypass::time::{Time, Utc};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const PLACE: DestinationId = DestinationId(0);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

fn options() -> Options {
    let clock = AtomicI64::new(1_700_000_000);
    Options::new(move || Utc(clock.fetch_add(1, Ordering::Relaxed)))
}

fn home() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().join("state");
    (dir, home)
}

/// A folder for a small journal that is written often: in memory if the system has a place for that, because a disk is
/// waited for at each write.
fn quick_home() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_none| tempfile::tempdir()).expect("a folder");
    let home = dir.path().join("state");
    (dir, home)
}

fn open(home: &Path) -> (Journal, Kept, Vec<JournalNotice>) {
    open_with(home, &options())
}

fn open_with(home: &Path, options: &Options) -> (Journal, Kept, Vec<JournalNotice>) {
    match Journal::open(home, options) {
        Opened::Here { journal, kept, notices } => (journal, kept, notices),
        Opened::Elsewhere(_) => panic!("the journal is open elsewhere"),
    }
}

fn destination(name: &str, bucket: &str) -> Destination {
    Destination {
        name: name.into(),
        ..Destination::new(
            "importantproject",
            "arn:aws:iam::123456789012:role/contractor-put".parse().expect("a role"),
            bucket.parse().expect("a bucket"),
            "in/".parse().expect("a prefix"),
        )
    }
}

fn place() -> Record {
    Record::Place(PLACE, Arc::new(destination("Important project", "importantprojectbucket")))
}

fn delivery() -> Record {
    let [account, who, session] = ["123456789012", "Richard", "Richard-session"].map(Into::into);
    Record::Delivery { destination: PLACE, account, who, session }
}

fn folder() -> Arc<Folder> {
    Arc::new(Folder { dir: Path::new("/home/richard/job").into(), key: "job/".into() })
}

fn added(upload: u32, folder: &Arc<Folder>, name: &str, size: u64) -> Record {
    let (folder, name) = (Arc::clone(folder), name.into());
    Record::Added { upload: UploadId(upload), destination: PLACE, folder, name, key_name: None, size }
}

fn fingerprint(size: u64) -> Fingerprint {
    // A file time before 1677 does not fit 64 bits of nanoseconds, and Windows has such files.
    Fingerprint {
        device: u64::MAX,
        inode: 1 << 63,
        size,
        modified: -11_644_473_600_000_000_000,
        changed: size.is_multiple_of(3).then_some(-i128::from(size)),
    }
}

fn created(upload: u32, size: u64, id: &str) -> Record {
    let (upload, fingerprint, upload_id) = (UploadId(upload), fingerprint(size), id.into());
    Record::Created { upload, fingerprint, upload_id, part: 8 * MIB, abort_at: Some(Utc(1_800_000_000)) }
}

fn part(number: u32) -> PartDone {
    PartDone {
        etag: format!("\"{number:032x}\"").into(),
        crc: u64::MAX - u64::from(number),
        echoed: number.is_multiple_of(2),
    }
}

fn stored(size: u64) -> Stored {
    Stored {
        size,
        crc: 0xF00D_0000_0000_0001,
        proof: Proof::Whole,
        etag: "\"d41d8cd98f00b204e9800998ecf8427e\"".into(),
        version_id: Some("v1".into()),
        request_id: "REQUEST1".into(),
        at: Utc(1_700_000_100),
        sha256: Some([7; 32]),
        fingerprint: fingerprint(size),
    }
}

async fn record(journal: &Journal, records: impl IntoIterator<Item = Record>) {
    for record in records {
        journal.record(record).await.expect("the journal takes it");
    }
}

fn lines(journal: &Journal) -> Vec<(Delivery, Vec<DeliveryFile>)> {
    let history = journal.history();
    let list = history.deliveries(&HistoryFilter::default(), 1000, 0).expect("a list");
    list.iter().map(|found| history.delivery(found.id).expect("it reads").expect("it is there")).collect()
}

fn outcome<'a>(lines: &'a [DeliveryFile], name: &str) -> &'a Outcome {
    &lines.iter().find(|line| &*line.name == name).expect("the file is in the delivery").outcome
}

#[test]
fn records_are_restored_in_the_next_run() {
    let (_dir, home) = home();
    let allowed = AllowedCommand { sha256: "ab".to_owned(), profile: "vault".to_owned(), since: Some(Utc(7)) };
    let allowed_commands = vec![allowed];
    let settings =
        Settings { renew: false, limit_rate: Some(5), memory: 64 << 20, allowed_commands, ..Settings::default() };
    runtime().block_on(async {
        let (journal, kept, notices) = open(&home);
        assert!(kept.destinations.is_empty() && notices.is_empty());
        let work = folder();
        record(&journal, [place(), delivery(), Record::Settings(settings.clone())]).await;
        record(&journal, [added(0, &work, "small.txt", 3), added(1, &work, "large.bin", 20 * MIB)]).await;
        record(&journal, [added(2, &work, "taken.txt", 4), added(3, &work, "gone.txt", 5)]).await;
        record(&journal, [added(4, &work, "maybe.txt", 6), added(5, &work, "waiting.txt", 7)]).await;
        record(&journal, [added(6, &work, "out.txt", 8)]).await;
        record(&journal, [created(1, 20 * MIB, "upload-1"), Record::Part(UploadId(1), 2, part(2))]).await;
        record(&journal, [Record::Ended(UploadId(0), End::Delivered(stored(3)))]).await;
        record(&journal, [Record::Ended(UploadId(2), End::AlreadyThere)]).await;
        let gone = Arc::new(Problem::new(Kind::SourceGone));
        record(&journal, [Record::Ended(UploadId(3), End::Failed(Arc::clone(&gone)))]).await;
        record(&journal, [Record::Ended(UploadId(4), End::NotConfirmed)]).await;
        record(&journal, [Record::Ended(UploadId(6), End::Canceled)]).await;
        journal.flush().await.expect("it is on disk");

        let all = lines(&journal);
        let [(delivery, lines)] = &all[..] else { panic!("one delivery: {all:?}") };
        assert_eq!(
            (&*delivery.who, &*delivery.account, delivery.files, delivery.open),
            ("Richard", "123456789012", 6, 2)
        );
        assert_eq!((delivery.delivered, delivery.bytes), (1, 3));
        assert_eq!(outcome(lines, "job/small.txt"), &Outcome::Delivered(stored(3)));
        assert_eq!(&*lines[0].key, "in/job/small.txt");
        assert_eq!(lines[0].path, Path::new("/home/richard/job/small.txt"));
        assert_eq!(outcome(lines, "job/large.bin"), &Outcome::Open);
        assert_eq!(outcome(lines, "job/taken.txt"), &Outcome::AlreadyThere);
        assert_eq!(outcome(lines, "job/gone.txt"), &Outcome::Failed(Problem::new(Kind::SourceGone)));
        assert_eq!(outcome(lines, "job/maybe.txt"), &Outcome::NotConfirmed);
        assert_eq!(outcome(lines, "job/out.txt"), &Outcome::Canceled);
        assert_eq!(journal.delivery_at(PLACE), Some(delivery.id));
        journal.close().await.expect("it closes");
        assert!(journal.record(place()).await.is_err(), "a closed journal takes nothing");
    });
    runtime().block_on(async {
        let (journal, kept, notices) = open(&home);
        assert_eq!(notices, []);
        assert_eq!(kept.settings, Some(settings));
        assert_eq!(kept.destinations, [destination("Important project", "importantprojectbucket")]);
        let [(_, uploads)] = &kept.unfinished[..] else { panic!("one destination: {kept:?}") };
        let came: Vec<_> = uploads.iter().map(|upload| (&*upload.name, upload.came.clone())).collect();
        let delivered = EarlierState::Delivered(Proof::Whole, fingerprint(3).modified);
        let gone = EarlierState::Failed(Arc::new(Problem::new(Kind::SourceGone)));
        let (taken, maybe) = (("taken.txt", EarlierState::AlreadyThere), ("maybe.txt", EarlierState::NotConfirmed));
        let waits = |name| (name, EarlierState::Open);
        let (large, last) = (waits("large.bin"), waits("waiting.txt"));
        assert_eq!(
            came,
            [("small.txt", delivered), large, taken, ("gone.txt", gone), maybe, last],
            "removed files stay removed"
        );
        let (large, waiting) = (&uploads[1], &uploads[5]);
        assert_eq!((&*large.name, &*large.folder.key, large.size), ("large.bin", "job/", 20 * MIB));
        assert_eq!(&*large.folder.dir, Path::new("/home/richard/job"));
        let multipart = large.multipart.as_ref().expect("it had begun");
        assert_eq!(multipart.upload_id.as_deref(), Some("upload-1"));
        assert_eq!((multipart.fingerprint, multipart.abort_at), (fingerprint(20 * MIB), Some(Utc(1_800_000_000))));
        assert_eq!((multipart.parts.confirmed(), multipart.parts.left()), (8 * MIB, 2));
        assert_eq!(multipart.parts.get(2), Some(&part(2)));
        assert!(!large.completing);
        assert!(&*waiting.name == "waiting.txt" && waiting.multipart.is_none());
        assert!(Arc::ptr_eq(&large.folder, &waiting.folder), "a folder is shared by its files");

        // It continues in its own delivery, and files added now join it.
        record(&journal, [place(), Record::Adopted(UploadId(0), PLACE, large.row)]).await;
        record(&journal, [Record::Part(UploadId(0), 1, part(1)), Record::Part(UploadId(0), 3, part(3))]).await;
        record(&journal, [Record::Completing(UploadId(0)), added(1, &folder(), "new.txt", 1)]).await;
        journal.close().await.expect("it closes");
    });
    runtime().block_on(async {
        let (journal, kept, _) = open(&home);
        let [(_, uploads)] = &kept.unfinished[..] else { panic!("one destination: {kept:?}") };
        let open = uploads.iter().filter(|upload| upload.came == EarlierState::Open).map(|upload| &*upload.name);
        assert_eq!(open.collect::<Vec<_>>(), ["large.bin", "waiting.txt", "new.txt"]);
        let multipart = uploads[1].multipart.as_ref().expect("it had begun");
        assert_eq!(multipart.parts.left(), 0);
        assert!(uploads[1].completing);
        record(&journal, [place(), Record::Adopted(UploadId(7), PLACE, uploads[1].row)]).await;
        record(&journal, [Record::Ended(UploadId(7), End::Delivered(stored(20 * MIB)))]).await;
        journal.flush().await.expect("it is on disk");
        let all = lines(&journal);
        assert_eq!(all.len(), 1);
        assert_eq!(outcome(&all[0].1, "job/large.bin"), &Outcome::Delivered(stored(20 * MIB)));
    });
}

/// An upload that restarts must not keep parts of the earlier upload.
#[test]
fn parts_belong_to_their_upload_id() {
    let (_dir, home) = home();
    for void in [Record::Restarted(UploadId(0)), Record::Renamed(UploadId(0), "large (2).bin".into())] {
        let _ = fs::remove_dir_all(&home);
        let renamed = matches!(void, Record::Renamed(..));
        runtime().block_on(async {
            let (journal, ..) = open(&home);
            record(&journal, [place(), delivery(), added(0, &folder(), "large.bin", 20 * MIB)]).await;
            record(&journal, [created(0, 20 * MIB, "first"), Record::Part(UploadId(0), 1, part(1))]).await;
            record(&journal, [void, Record::Part(UploadId(0), 2, part(2))]).await;
            journal.close().await.expect("it closes");
        });
        runtime().block_on(async {
            let (journal, kept, _) = open(&home);
            let upload = &kept.unfinished[0].1[0];
            assert!(upload.multipart.is_none());
            assert_eq!(upload.key_name.as_deref(), renamed.then_some("large (2).bin"));
            record(&journal, [place(), Record::Adopted(UploadId(0), PLACE, upload.row)]).await;
            record(&journal, [created(0, 20 * MIB, "second"), Record::Part(UploadId(0), 3, part(3))]).await;
            journal.close().await.expect("it closes");
        });
        runtime().block_on(async {
            let (_journal, kept, _) = open(&home);
            let multipart = kept.unfinished[0].1[0].multipart.clone().expect("it had begun");
            assert_eq!(multipart.upload_id.as_deref(), Some("second"));
            assert_eq!((multipart.parts.get(1), multipart.parts.get(2), multipart.parts.left()), (None, None, 2));
        });
    }
}

#[test]
fn a_retried_file_keeps_its_parts() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery(), added(0, &folder(), "large.bin", 20 * MIB)]).await;
        record(&journal, [created(0, 20 * MIB, "first"), Record::Part(UploadId(0), 1, part(1))]).await;
        let problem = Arc::new(Problem::new(Kind::SourceUnreadable));
        record(&journal, [Record::Ended(UploadId(0), End::Failed(problem)), Record::Reopened(UploadId(0))]).await;
        journal.close().await.expect("it closes");
    });
    runtime().block_on(async {
        let (_journal, kept, _) = open(&home);
        let multipart = kept.unfinished[0].1[0].multipart.as_ref().expect("it had begun");
        assert_eq!(multipart.parts.get(1), Some(&part(1)));
    });
}

#[test]
fn forgotten_destinations_return_only_with_their_files() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery(), added(0, &folder(), "a", 1)]).await;
        let forgotten = Arc::new(destination("Whatever it is called now", "importantprojectbucket"));
        record(&journal, [Record::Place(DestinationId(1), Arc::new(destination("Other", "other-bucket")))]).await;
        record(&journal, [Record::Forget(forgotten)]).await;
        journal.close().await.expect("it closes");
        let (journal, kept, _) = open(&home);
        assert_eq!(kept.destinations, [destination("Other", "other-bucket")]);
        assert!(kept.unfinished.is_empty());
        record(&journal, [place()]).await;
        journal.close().await.expect("it closes");
        let (_journal, kept, _) = open(&home);
        assert_eq!(kept.destinations.len(), 2);
        assert_eq!(&*kept.destinations[0].name, "Important project");
        assert_eq!(kept.unfinished[0].1.len(), 1);
    });
}

#[test]
fn records_share_commits_and_a_single_record_is_written_soon() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let (work, clock) = (folder(), Clock::start());
        record(&journal, [place(), delivery()]).await;
        for upload in 0..5_000 {
            record(&journal, [added(upload, &work, &format!("{upload}.txt"), 1)]).await;
            record(&journal, [Record::Ended(UploadId(upload), End::Delivered(stored(1)))]).await;
        }
        journal.flush().await.expect("it is on disk");
        // 10,002 changes make three full groups, and one more for each 200 ms that it took.
        let most = 4 + clock.now().since(Time::default()).as_millis() / 200;
        assert!(u128::from(journal.commits()) <= most, "{} commits of {most}", journal.commits());

        let before = journal.commits();
        record(&journal, [added(5_000, &work, "last.txt", 1)]).await;
        until("a lone record to be on disk", || journal.commits() > before).await;
        let all = lines(&journal);
        assert_eq!((all[0].0.delivered, all[0].0.open), (5_000, 1));
    });
}

#[test]
fn concurrent_flushes_share_a_commit() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery(), added(0, &folder(), "a", 1)]).await;
        let (first, second, third) = tokio::join!(journal.flush(), journal.flush(), journal.flush());
        assert_eq!((first, second, third), (Ok(()), Ok(()), Ok(())));
        assert_eq!(journal.commits(), 1);
        journal.flush().await.expect("nothing is waiting");
        assert_eq!(journal.commits(), 1, "nothing to write costs nothing");
    });
}

#[test]
fn a_full_disk_is_reported_and_loses_no_records() {
    let (_dir, home) = quick_home();
    runtime().block_on(async {
        let options = options();
        options.pages.store(30, Ordering::Relaxed);
        let (journal, ..) = open_with(&home, &options);
        let mut state = journal.state();
        let work = folder();
        record(&journal, [place(), delivery()]).await;
        let mut sent = 0;
        let problem = loop {
            record(&journal, (sent..sent + 100).map(|id| added(id, &work, &format!("{id:0100}"), 1))).await;
            sent += 100;
            if let Err(problem) = journal.flush().await {
                break problem;
            }
            assert!(sent < 10_000, "the file was limited to 30 pages");
        };
        assert_eq!(problem.kind, Kind::JournalFull);
        state.wait_for(Option::is_some).await.expect("the journal is there");

        // Records that come while the disk is full wait, and callers that need the disk get the error.
        record(&journal, (sent..sent + 500).map(|id| added(id, &work, &format!("{id:0100}"), 1))).await;
        sent += 500;
        assert_eq!(journal.flush().await.map_err(|problem| problem.kind), Err(Kind::JournalFull));
        state.mark_unchanged();
        journal.retry();
        state.changed().await.expect("every retry is answered");
        assert_eq!(state.borrow().as_ref().map(|problem| problem.kind), Some(Kind::JournalFull));

        options.pages.store(100_000, Ordering::Relaxed);
        journal.retry();
        state.wait_for(Option::is_none).await.expect("the journal is there");
        journal.flush().await.expect("it is on disk");
        let all = lines(&journal);
        let names: Vec<_> = all[0].1.iter().map(|line| line.name.to_string()).collect();
        let wanted: Vec<_> = (0..sent).map(|id| format!("job/{id:0100}")).collect();
        assert_eq!(names, wanted);
    });
}

#[test]
fn records_are_written_into_reserved_space_if_the_disk_is_full() {
    let (_dir, home) = quick_home();
    runtime().block_on(async {
        let options = options();
        options.pages.store(20, Ordering::Relaxed);
        let (journal, ..) = open_with(&home, &options);
        let mut state = journal.state();
        record(&journal, [place(), delivery()]).await;
        journal.flush().await.expect("it is on disk");
        assert!(home.join("reserve").exists(), "room is kept free");
        record(&journal, (0..2_000).map(|id| added(id, &folder(), &format!("{id:0100}"), 1))).await;
        assert_eq!(journal.flush().await.map_err(|problem| problem.kind), Err(Kind::JournalFull));
        state.wait_for(Option::is_some).await.expect("the journal is there");
        while home.join("reserve").exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }

        // The reserved space was released: waiting records are written, and nothing more until there is space again.
        options.pages.store(100_000, Ordering::Relaxed);
        record(&journal, [added(2_000, &folder(), "last", 1)]).await;
        journal.flush().await.expect("it is on disk");
        assert_eq!(state.borrow().as_ref().map(|problem| problem.kind), Some(Kind::JournalFull));
        assert_eq!(lines(&journal)[0].1.len(), 2_001);

        journal.retry();
        state.wait_for(Option::is_none).await.expect("the journal is there");
        assert!(home.join("reserve").exists(), "and room is kept free again");
    });
}

#[test]
fn a_second_daypass_finds_the_journal_locked_and_can_call_the_first() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let Opened::Elsewhere(second) = Journal::open(&home, &options()) else { panic!("it was opened twice") };
        let mut calls = journal.window_calls().await.expect("it listens");
        let call = WindowCall(Some("a \"b\"\n.daypass".to_owned()));
        assert!(second.call(&call).await);
        assert_eq!(calls.next().await, Some(call));
        journal.close().await.expect("it closes");
        assert!(matches!(Journal::open(&home, &options()), Opened::Here { .. }), "the lock goes with the journal");
    });
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_folders_and_files() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (dir, home) = home();
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let runtime = runtime();
    runtime.block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place()]).await;
        journal.flush().await.expect("it is on disk");
        assert_eq!(mode(&home), 0o700);
        for file in fs::read_dir(&home).expect("the folder") {
            let path = file.expect("a file").path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
        journal.close().await.expect("it closes");

        // If others have access, nothing is read or kept there, but the delivery continues.
        fs::set_permissions(&home, fs::Permissions::from_mode(0o770)).expect("our own folder");
        let (journal, kept, notices) = open(&home);
        assert!(kept.destinations.is_empty());
        assert_eq!(notices, [JournalNotice::NotSafe(home.canonicalize().expect("a path"))]);
        record(&journal, [place(), delivery(), added(0, &folder(), "a", 1)]).await;
        journal.flush().await.expect("memory takes it");
        assert_eq!(lines(&journal)[0].1.len(), 1);
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).expect("our own folder");

        // A link in the place of our file is not followed.
        let victim = dir.path().join("victim");
        for name in ["journal.sqlite", "lock", "journal.sqlite-wal"] {
            let _ = fs::remove_dir_all(&home);
            fs::create_dir(&home).expect("a folder");
            fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).expect("our own folder");
            fs::write(&victim, "precious").expect("a file");
            symlink(&victim, home.join(name)).expect("a link");
            let (journal, _, notices) = open(&home);
            assert!(matches!(&notices[..], [JournalNotice::NotSafe(path)] if path.ends_with(name)), "{notices:?}");
            record(&journal, [place()]).await;
            journal.flush().await.expect("memory takes it");
            assert_eq!(fs::read_to_string(&victim).expect("a file"), "precious");
        }
        // A folder that can't be created.
        let (_, _, notices) = open(&victim.join("below"));
        assert!(matches!(&notices[..], [JournalNotice::NotKept(_)]), "{notices:?}");
    });
}
