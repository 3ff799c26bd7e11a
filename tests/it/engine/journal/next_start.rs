//! Tests what the next start reads of unfinished deliveries, and what it repairs.

use super::*;
use crate::support::stage::LONG;

fn edit(home: &Path, sql: &str) {
    let db = rusqlite::Connection::open(home.join("journal.sqlite")).expect("the file");
    db.execute_batch(sql).expect("it is changed");
}

#[test]
fn a_stopped_file_keeps_its_parts_for_a_retry() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery(), added(0, &folder(), "large.bin", 20 * MIB)]).await;
        record(&journal, [created(0, 20 * MIB, "upload-1"), Record::Part(UploadId(0), 2, part(2))]).await;
        let gone = End::Failed(Arc::new(Problem::new(Kind::SourceGone)));
        record(&journal, [added(1, &folder(), "waiting.txt", 7), Record::Ended(UploadId(0), gone)]).await;
        journal.close().await.expect("it closes");
        let (journal, kept, _) = open(&home);
        let large = &kept.unfinished[0].1[0];
        assert!(matches!(&large.came, EarlierState::Failed(problem) if problem.kind == Kind::SourceGone));
        assert_eq!(large.multipart.as_ref().map(|multipart| multipart.parts.confirmed()), Some(8 * MIB));
        // A retry uses the same row of the same delivery.
        record(&journal, [place(), Record::Adopted(UploadId(0), PLACE, large.row), Record::Reopened(UploadId(0))])
            .await;
        record(&journal, [Record::Part(UploadId(0), 1, part(1))]).await;
        journal.close().await.expect("it closes");
        let (_journal, kept, _) = open(&home);
        let large = &kept.unfinished[0].1[0];
        assert_eq!((&large.came, kept.unfinished[0].1.len()), (&EarlierState::Open, 2));
        assert_eq!(large.multipart.as_ref().map(|multipart| multipart.parts.confirmed()), Some(16 * MIB));
    });
}

#[test]
fn an_unreadable_unfinished_upload_is_reported_once() {
    for sql in [
        "UPDATE uploads SET name = 'other.txt'",
        "UPDATE destinations SET body = replace(body, 'importantprojectbucket', 'attackers-bucket')",
    ] {
        let (_dir, home) = home();
        runtime().block_on(async {
            let (journal, ..) = open(&home);
            record(&journal, [place(), delivery(), added(0, &folder(), "a.txt", 3)]).await;
            journal.close().await.expect("it closes");
            edit(&home, sql);
            let (journal, kept, notices) = open(&home);
            assert_eq!((kept.unfinished.len(), &notices[..]), (0, &[JournalNotice::Skipped(1)][..]), "{sql}");
            journal.close().await.expect("it closes");
            let (journal, _, notices) = open(&home);
            assert_eq!(notices, [], "{sql}");
            journal.clear_history().await.expect("it is cleared");
            journal.close().await.expect("it closes");
            let db = rusqlite::Connection::open(home.join("journal.sqlite")).expect("the file");
            let left: i64 = db.query_row("SELECT count(*) FROM uploads", [], |row| row.get(0)).expect("a count");
            assert_eq!(left, 0, "{sql}");
        });
    }
}

#[test]
fn uploads_of_a_forgotten_destination_are_not_reported_as_unreadable() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery(), added(0, &folder(), "a.txt", 3)]).await;
        record(&journal, [Record::Forget(Arc::new(destination("x", "importantprojectbucket")))]).await;
        journal.close().await.expect("it closes");
        let (_journal, kept, notices) = open(&home);
        assert_eq!((kept.unfinished.len(), notices), (0, Vec::new()));
    });
}

#[test]
fn a_delivery_keeps_the_names_it_began_with() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let by = |who: &str, session: &str| Record::DeliveryBy {
            destination: PLACE,
            who: who.into(),
            session: session.into(),
        };
        for (first, then) in [("", "Later-session"), ("First-session", "First-session")] {
            let _ = fs::remove_dir_all(&home);
            let (journal, ..) = open(&home);
            let (account, who, session) = ("123456789012".into(), "importantproject".into(), first.into());
            record(&journal, [place(), Record::Delivery { destination: PLACE, account, who, session }]).await;
            record(&journal, [added(0, &folder(), "a.txt", 3)]).await;
            journal.close().await.expect("it closes");
            let (journal, kept, _) = open(&home);
            let row = kept.unfinished[0].1[0].row;
            record(&journal, [place(), Record::Adopted(UploadId(0), PLACE, row), by("Richard", "Later-session")]).await;
            journal.flush().await.expect("it is on disk");
            assert_eq!(&*lines(&journal)[0].0.session, then);
        }
    });
}

#[test]
fn closing_on_a_full_disk_reports_what_is_lost() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let options = options();
        options.pages.store(20, Ordering::Relaxed);
        let (journal, ..) = open_with(&home, &options);
        record(&journal, [place(), delivery()]).await;
        record(&journal, (0..2_000).map(|id| added(id, &folder(), &format!("{id:0100}"), 1))).await;
        assert_eq!(journal.close().await.map_err(|problem| problem.kind), Err(Kind::JournalFull));
        assert!(!home.join("reserve").exists(), "the room that was kept free was given up for it");
        let (journal, ..) = open(&home);
        drop(journal);
    });
}

#[test]
fn a_stalled_disk_is_reported_until_it_answers() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let mut state = journal.state();
        record(&journal, [place(), delivery(), added(0, &folder(), "a.txt", 3)]).await;
        journal.flush().await.expect("it is on disk");
        let db = rusqlite::Connection::open(home.join("journal.sqlite")).expect("the file");
        db.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
        record(&journal, [Record::Ended(UploadId(0), End::AlreadyThere)]).await;
        let slow = state.wait_for(Option::is_some).await.expect("the journal is there").clone();
        assert_eq!(slow.map(|problem| problem.kind), Some(Kind::JournalSlow));
        db.execute_batch("COMMIT").expect("it ends");
        state.wait_for(Option::is_none).await.expect("the journal is there");
        journal.flush().await.expect("it is on disk");
        assert_eq!(outcome(&lines(&journal)[0].1, "job/a.txt"), &Outcome::AlreadyThere);
    });
}

#[test]
fn a_retry_is_answered_even_if_the_journal_works() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let mut state = journal.state();
        state.mark_unchanged();
        journal.retry();
        tokio::time::timeout(LONG, state.changed()).await.expect("soon").expect("it is there");
        assert!(state.borrow().is_none());
    });
}

#[test]
fn damage_found_by_a_write_makes_the_next_start_check_a_large_file() {
    let (_dir, home) = home();
    let path = home.join("journal.sqlite");
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery()]).await;
        for id in 0..400_u32 {
            let dir = PathBuf::from(format!("/home/richard/{id:0200}"));
            let folder = Arc::new(Folder { dir: dir.into(), key: "job/".into() });
            record(&journal, [added(id, &folder, "a.txt", 3)]).await;
            record(&journal, [Record::Ended(UploadId(id), End::AlreadyThere)]).await;
        }
        record(&journal, [Record::DeliveryEnded(PLACE), delivery()]).await;
        journal.close().await.expect("it closes");
        // A file of this size is not checked without a reason.
        edit(&home, "INSERT INTO settings VALUES (1, printf('%.*c', 70000000, 'x')); DELETE FROM settings;");
        let mut bytes = fs::read(&path).expect("the file");
        let first = format!("/home/richard/{:0200}", 0);
        let at = bytes.windows(first.len()).position(|window| window == first.as_bytes()).expect("its page") / 4096;
        bytes[at * 4096..(at + 1) * 4096].fill(0);
        fs::write(&path, bytes).expect("a torn page");
        let (journal, _, notices) = open(&home);
        assert_eq!(notices, [], "the damage is not noticed yet");
        assert!(journal.clear_history().await.is_err(), "the torn page is in the way");
        journal.close().await.expect("it closes");
        let (journal, _, notices) = open(&home);
        assert!(matches!(&notices[..], [JournalNotice::SetAside(_)]), "{notices:?}");
        journal.close().await.expect("it closes");
        let (_journal, _, notices) = open(&home);
        assert_eq!(notices, [], "it is well");
    });
}

/// The next run and the history must show the size of a file that changed after it was added.
#[test]
fn a_changed_size_is_known_in_the_next_run() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let work = folder();
        record(&journal, [place(), delivery(), added(0, &work, "grown.bin", 3), added(1, &work, "shrunk.bin", 300)])
            .await;
        record(&journal, [Record::Resized(UploadId(0), 20 * MIB), created(0, 20 * MIB, "upload-1")]).await;
        record(&journal, [Record::Resized(UploadId(1), 5), Record::Renamed(UploadId(1), "shrunk (2).bin".into())])
            .await;
        let changed = Arc::new(Problem::new(Kind::SourceChanged));
        record(&journal, [Record::Ended(UploadId(1), End::Failed(changed))]).await;
        journal.flush().await.expect("it is on disk");
        let sizes: Vec<u64> = lines(&journal)[0].1.iter().map(|line| line.size).collect();
        assert_eq!(sizes, [20 * MIB, 5]);
        journal.close().await.expect("it closes");
    });
    runtime().block_on(async {
        let (journal, kept, _) = open(&home);
        let uploads = &kept.unfinished[0].1;
        assert_eq!(uploads.iter().map(|upload| upload.size).collect::<Vec<_>>(), [20 * MIB, 5]);
        record(&journal, [place(), Record::Adopted(UploadId(0), PLACE, uploads[0].row)]).await;
        record(&journal, [Record::Ended(UploadId(0), End::Delivered(stored(9)))]).await;
        journal.close().await.expect("it closes");
    });
    runtime().block_on(async {
        let (_journal, kept, _) = open(&home);
        assert_eq!(
            kept.unfinished[0].1[0].size, 9,
            "an earlier version recorded no change: what arrived tells the size"
        );
    });
}
