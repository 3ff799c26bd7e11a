//! Tests damaged and foreign journals: none crashes Daypass or makes it claim too much.

use super::*;
use daypass::model::record::Unfinished;
use proptest::prelude::*;
use std::sync::LazyLock;

fn planted(home: &Path, sql: &str) -> (Kept, Vec<JournalNotice>) {
    let db = rusqlite::Connection::open(home.join("journal.sqlite")).expect("the file");
    db.execute_batch(sql).expect("the planted rows");
    drop(db);
    let (journal, kept, notices) = open(home);
    drop(lines(&journal));
    let closing = async { journal.close().await.expect("it closes") };
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(closing));
    (kept, notices)
}

/// Damages the journal at this path.
type Plant = dyn Fn(&Path);

/// What a restart finds: unfinished uploads, the history and the notices.
type Reopened = (Kept, Vec<(Delivery, Vec<DeliveryFile>)>, Vec<JournalNotice>);

#[test]
fn damaged_and_foreign_files_are_set_aside() {
    let (_dir, home) = quick_home();
    let files: [(&str, &Plant); 7] = [
        ("text", &|path| fs::write(path, "this is a shopping list".repeat(500)).expect("a file")),
        ("zeros", &|path| fs::write(path, vec![0; 40_000]).expect("a file")),
        ("another program's", &|path| {
            let db = rusqlite::Connection::open(path).expect("a file");
            db.execute_batch("CREATE TABLE moz_places (id); PRAGMA user_version = 70;").expect("a table");
        }),
        ("ours with a trigger", &|path| {
            let db = rusqlite::Connection::open(path).expect("a file");
            db.execute_batch("CREATE TRIGGER t AFTER INSERT ON uploads BEGIN UPDATE uploads SET name = 'x'; END;")
                .expect("a trigger");
        }),
        ("ours without a table", &|path| {
            let db = rusqlite::Connection::open(path).expect("a file");
            db.execute_batch("DROP TABLE parts;").expect("no table");
        }),
        ("a negative version", &|path| {
            let db = rusqlite::Connection::open(path).expect("a file");
            db.execute_batch("PRAGMA user_version = -1;").expect("a version");
        }),
        ("a later version", &|path| {
            let db = rusqlite::Connection::open(path).expect("a file");
            db.execute_batch("PRAGMA user_version = 99;").expect("a version");
        }),
    ];
    runtime().block_on(async {
        for (what, plant) in files {
            let _ = fs::remove_dir_all(&home);
            let (journal, ..) = open(&home);
            record(&journal, [place(), delivery(), added(0, &folder(), "a", 1)]).await;
            journal.close().await.expect("it closes");
            if !matches!(
                what,
                "ours with a trigger" | "ours without a table" | "a later version" | "a negative version"
            ) {
                fs::remove_file(home.join("journal.sqlite")).expect("a file");
            }
            plant(&home.join("journal.sqlite"));
            let (journal, kept, notices) = open(&home);
            assert!(kept.unfinished.is_empty() && kept.destinations.is_empty(), "{what}");
            match (what, &notices[..]) {
                ("a later version", [JournalNotice::FromLater(path)]) => assert!(path.ends_with("journal.later-1")),
                (_, [JournalNotice::SetAside(path)]) => {
                    assert!(path.ends_with("journal.damaged-1") && path.exists(), "{what}");
                }
                odd => panic!("{odd:?}"),
            }
            record(&journal, [place(), delivery(), added(0, &folder(), "b", 1)]).await;
            journal.close().await.expect("the new one works");
            let (_, kept, notices) = open(&home);
            assert_eq!((kept.unfinished.len(), notices.len()), (1, 0), "{what}");
        }
        // An empty file or a single byte counts as a new journal.
        for stub in ["", "S"] {
            let _ = fs::remove_dir_all(&home);
            let (journal, ..) = open(&home);
            journal.close().await.expect("it closes");
            fs::write(home.join("journal.sqlite"), stub).expect("a file");
            let (journal, _, notices) = open(&home);
            assert_eq!(notices, []);
            record(&journal, [place()]).await;
            journal.close().await.expect("it works");
        }
    });
}

#[test]
fn invalid_rows_are_skipped_or_start_from_zero() {
    let (_dir, home) = quick_home();
    let rows: [(&str, usize, bool); 14] = [
        ("UPDATE uploads SET name = '../../etc/passwd'", 0, false),
        ("UPDATE uploads SET key_name = 'other.txt'", 0, false),
        ("UPDATE uploads SET size = -5", 0, false),
        ("UPDATE uploads SET delivery = 77", 0, false),
        ("UPDATE folders SET dir = x'2f657463'", 0, false),
        ("UPDATE folders SET key = '../'", 0, false),
        ("UPDATE destinations SET body = replace(body, 'importantprojectbucket', 'attackers-bucket')", 0, false),
        ("UPDATE uploads SET upload_id = 'attackers'", 1, false),
        ("UPDATE uploads SET part = 1", 1, false),
        ("UPDATE uploads SET fingerprint = x'00'", 1, false),
        ("UPDATE uploads SET multipart_seal = NULL", 1, false),
        ("UPDATE parts SET etag = 'x'", 1, true),
        ("UPDATE parts SET crc = 1", 1, true),
        ("UPDATE parts SET number = 2", 1, true),
    ];
    runtime().block_on(async {
        tokio::spawn(async move {
            for (sql, uploads, begun) in rows {
                let _ = fs::remove_dir_all(&home);
                let (journal, ..) = open(&home);
                record(&journal, [place(), delivery(), added(0, &folder(), "large.bin", 20 * MIB)]).await;
                record(&journal, [created(0, 20 * MIB, "first"), Record::Part(UploadId(0), 1, part(1))]).await;
                journal.close().await.expect("it closes");
                let (kept, _) = planted(&home, sql);
                let found: Vec<&Unfinished> = kept.unfinished.iter().flat_map(|(_, found)| found).collect();
                assert_eq!(found.len(), uploads, "{sql}");
                for upload in found {
                    assert_eq!(upload.multipart.is_some(), begun, "{sql}");
                    assert_eq!(upload.multipart.as_ref().map_or(0, |found| found.parts.confirmed()), 0, "{sql}");
                }
            }
        })
        .await
        .expect("all rows");
    });
}

#[test]
fn an_invalid_end_is_not_read_as_delivered() {
    let (_dir, home) = quick_home();
    let rows = [
        "UPDATE uploads SET state = 7",
        "UPDATE uploads SET state = 7, end_seal = 1, sent = 3, crc = 1, proof = 7, etag = 'e', request_id = 'r',
         answered = 5, ended = 5, fingerprint = zeroblob(40)",
        "UPDATE uploads SET etag = 'e' WHERE id = 2",
        "UPDATE uploads SET sha256 = zeroblob(32) WHERE id = 2",
        "UPDATE uploads SET sha256 = NULL WHERE id = 2",
        "UPDATE uploads SET proof = 25 WHERE id = 2",
        "UPDATE uploads SET name = 'other.txt' WHERE id = 2",
        "UPDATE uploads SET state = 0 WHERE id = 2",
        "UPDATE deliveries SET body = replace(body, 'importantprojectbucket', 'attackers-bucket')",
        "UPDATE folders SET key = 'elsewhere/'",
    ];
    runtime().block_on(async {
        for sql in rows {
            let _ = fs::remove_dir_all(&home);
            let (journal, ..) = open(&home);
            let work = folder();
            record(&journal, [place(), delivery(), added(0, &work, "a.txt", 3), added(1, &work, "b.txt", 3)]).await;
            record(&journal, [Record::Ended(UploadId(1), End::Delivered(stored(3)))]).await;
            journal.close().await.expect("it closes");
            let db = rusqlite::Connection::open(home.join("journal.sqlite")).expect("the file");
            db.execute_batch(sql).expect("the planted rows");
            drop(db);
            let (journal, ..) = open(&home);
            let history = journal.history();
            for found in history.deliveries(&HistoryFilter::default(), 10, 0).expect("a list") {
                let (_, lines) = history.delivery(found.id).expect("it reads").expect("it is there");
                let claimed = lines.iter().filter(|line| matches!(line.outcome, Outcome::Delivered(_)));
                assert!(
                    found.delivered <= 1 && (found.delivered == 0 || !sql.contains("proof = 25")),
                    "{sql}: {found:?}"
                );
                for line in claimed {
                    assert_eq!((&*line.name, &line.outcome), ("job/b.txt", &Outcome::Delivered(stored(3))), "{sql}");
                    assert!(!sql.contains("id = 2") && !sql.contains("replace"), "{sql}: {line:?}");
                }
            }
            journal.close().await.expect("it closes");
        }
    });
}

/// Returns the records of a delivery; nothing else may ever be claimed.
fn story() -> Vec<Record> {
    let work = folder();
    let mut story = vec![place(), delivery()];
    for file in 0..3 {
        story.push(added(file, &work, &format!("{file}.bin"), 40 * MIB));
        story.push(created(file, 40 * MIB, &format!("first-{file}")));
        story.extend([1, 3].map(|number| Record::Part(UploadId(file), number, part(number))));
    }
    story.extend([Record::Restarted(UploadId(1)), created(1, 40 * MIB, "second-1")]);
    story.extend([2, 4].map(|number| Record::Part(UploadId(1), number, part(number + 10))));
    story.push(Record::Completing(UploadId(0)));
    story.push(Record::Ended(UploadId(0), End::Delivered(stored(40 * MIB))));
    story.push(Record::Ended(UploadId(2), End::Canceled));
    story
}

/// Returns whether nothing is claimed that the story did not record.
fn honest(kept: &Kept, all: &[(Delivery, Vec<DeliveryFile>)]) {
    for (_, uploads) in &kept.unfinished {
        for upload in uploads {
            assert!(["0.bin", "1.bin", "2.bin"].contains(&&*upload.name), "{upload:?}");
            assert_eq!((&*upload.folder.key, upload.size), ("job/", 40 * MIB));
            let Some(multipart) = &upload.multipart else { continue };
            let upload_id = multipart.upload_id.as_deref().expect("an id");
            let number = &upload.name[..1];
            let second = upload_id == "second-1" && number == "1";
            assert!(second || upload_id == format!("first-{number}"), "{upload:?}");
            assert_eq!((multipart.fingerprint, multipart.parts.part_size()), (fingerprint(40 * MIB), 8 * MIB));
            for number in 1..=5 {
                let recorded = if second { [2, 4].contains(&number) } else { [1, 3].contains(&number) };
                let wanted = part(if second { number + 10 } else { number });
                let found = multipart.parts.get(number);
                assert!(found.is_none() || (recorded && found == Some(&wanted)), "{upload:?}");
            }
        }
    }
    for (delivery, lines) in all {
        assert_eq!(delivery.destination, destination("Important project", "importantprojectbucket"));
        for line in lines {
            if let Outcome::Delivered(claimed) = &line.outcome {
                assert_eq!((&*line.name, claimed), ("job/0.bin", &stored(40 * MIB)));
            }
        }
    }
}

const FILES: [&str; 2] = ["journal.sqlite", "journal.sqlite-wal"];

/// Returns the journal's files after each record of the story.
fn moments() -> Vec<[Vec<u8>; 2]> {
    let (_dir, home) = quick_home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let mut moments = Vec::new();
        for record in story() {
            journal.record(record).await.expect("the journal takes it");
            journal.flush().await.expect("it is on disk");
            moments.push(FILES.map(|name| fs::read(home.join(name)).unwrap_or_default()));
        }
        moments
    })
}

fn reopen(files: &[Vec<u8>; 2], runtime: &Runtime) -> Reopened {
    let (_dir, home) = quick_home();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut fs::DirBuilder::new(), 0o700).create(&home).expect("a folder");
    #[cfg(not(unix))]
    fs::create_dir(&home).expect("a folder");
    for (name, bytes) in FILES.iter().zip(files) {
        fs::write(home.join(name), bytes).expect("a file");
    }
    runtime.block_on(async {
        let (journal, kept, notices) = open(&home);
        honest(&kept, &lines_if_any(&journal));
        // Work must be possible from any state that was found.
        record(&journal, [place(), delivery()]).await;
        if let Some(upload) = kept.unfinished.first().and_then(|(_, uploads)| uploads.first()) {
            record(&journal, [Record::Adopted(UploadId(9), PLACE, upload.row)]).await;
            record(&journal, [Record::Ended(UploadId(9), End::Canceled)]).await;
        }
        let written = journal.flush().await;
        let all = lines_if_any(&journal);
        honest(&kept, &all);
        if let Err(problem) = written {
            assert_eq!(problem.kind, Kind::JournalBroken);
        }
        let _ = journal.close().await;
        (kept, all, notices)
    })
}

fn lines_if_any(journal: &Journal) -> Vec<(Delivery, Vec<DeliveryFile>)> {
    let history = journal.history();
    let list = history.deliveries(&HistoryFilter::default(), 1000, 0).unwrap_or_default();
    list.iter().filter_map(|found| history.delivery(found.id).ok().flatten()).collect()
}

#[test]
fn a_kill_after_any_record_keeps_exactly_what_was_recorded() {
    let runtime = runtime();
    for (at, files) in moments().iter().enumerate() {
        let (kept, _, notices) = reopen(files, &runtime);
        assert_eq!(notices, [], "after record {at}");
        let (mut open, mut parts, mut begun) = (0, 0, 0);
        for record in &story()[..=at] {
            match record {
                Record::Added { .. } => open += 1,
                Record::Created { .. } => begun += 1,
                Record::Part(..) => parts += 1,
                Record::Restarted(_) => (begun, parts) = (begun - 1, parts - 2),
                Record::Ended(..) => (open, begun, parts) = (open - 1, begun - 1, parts - 2),
                Record::Place(..)
                | Record::Learned(..)
                | Record::Forget(_)
                | Record::Delivery { .. }
                | Record::DeliveryBy { .. }
                | Record::Adopted(..)
                | Record::Renamed(..)
                | Record::Resized(..)
                | Record::Completing(_)
                | Record::PutsBegin(..)
                | Record::PutsAnswered
                | Record::Doubted(_)
                | Record::DeliveryEnded(_)
                | Record::Reopened(_)
                | Record::ProfileRenamed { .. }
                | Record::Settings(_) => {}
            }
        }
        let uploads = kept.unfinished.iter().flat_map(|(_, uploads)| uploads);
        let uploads: Vec<_> = uploads.filter(|upload| upload.came == EarlierState::Open).collect();
        let multiparts: Vec<_> = uploads.iter().filter_map(|upload| upload.multipart.as_ref()).collect();
        let found = multiparts.iter().map(|found| found.parts.count() - found.parts.left()).sum::<u32>();
        assert_eq!((uploads.len(), multiparts.len(), found), (open, begun, parts), "after record {at}");
    }
}

#[test]
fn a_truncated_log_restores_an_earlier_state() {
    let runtime = runtime();
    let moments = moments();
    let last = moments.last().expect("a moment");
    let length = last[1].len();
    assert!(length > 4096 * 20, "the whole story is in the log");
    for cut in (0..length).step_by(997) {
        let files = [last[0].clone(), last[1][..cut].to_vec()];
        let (_, _, notices) = reopen(&files, &runtime);
        assert!(notices.is_empty() || matches!(notices[..], [JournalNotice::SetAside(_)]), "{notices:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_cause_no_crash_and_no_false_claim(
        moment in 0usize..24,
        flips in prop::collection::vec((prop::bool::ANY, any::<prop::sample::Index>(), 0u8..8), 1..8),
    ) {
        static MOMENTS: LazyLock<Vec<[Vec<u8>; 2]>> = LazyLock::new(moments);
        // In half of the cases all data is in the main file, which SQLite does not protect with checksums.
        let mut files = if moment < 12 {
            [FOLDED.clone(), Vec::new()]
        } else {
            MOMENTS[moment % MOMENTS.len()].clone()
        };
        for (log, at, bit) in flips {
            let file = &mut files[usize::from(log)];
            if !file.is_empty() {
                let at = at.index(file.len());
                file[at] ^= 1 << bit;
            }
        }
        reopen(&files, &RUNTIME);
    }

    #[test]
    fn arbitrary_bytes_cause_no_crash(bytes in prop::collection::vec(any::<u8>(), 0..3000), whole in prop::bool::ANY) {
        let mut file = if whole { FOLDED.clone() } else { Vec::new() };
        file.truncate(file.len() / 2);
        file.extend(bytes);
        reopen(&[file, Vec::new()], &RUNTIME);
    }
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(runtime);

static FOLDED: LazyLock<Vec<u8>> = LazyLock::new(folded);

/// Returns the journal's file after the story, with the log merged into it.
fn folded() -> Vec<u8> {
    let (_dir, home) = quick_home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, story()).await;
        journal.close().await.expect("it closes");
    });
    fs::read(home.join(FILES[0])).expect("the file")
}
