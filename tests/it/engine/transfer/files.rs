//! Tests reading files for requests, and walking dropped folders.

use crate::engine::transfer::{content, crc, s3};
use crate::support::scripted::{Reply, Server, ok};
use daypass::engine::digests::Digests;
use daypass::engine::pool::Pool;
use daypass::engine::reads::Reads;
use daypass::engine::s3::unpacked;
use daypass::engine::transfer::{Context, run};
use daypass::engine::walk::{segment, walk};
use daypass::model::event::{Answer, Call, Event, PART_HELD, Send};
use daypass::model::parts::PartDone;
use daypass::model::problem::{Kind, Problem};
use daypass::model::upload::{DestinationId, Proof, UploadId};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

const PLACE: DestinationId = DestinationId(3);

fn context(server: &Server) -> Context {
    Context {
        s3: Some(Arc::new(s3(server))),
        files: Arc::default(),
        reads: Reads::default(),
        pool: Pool::new(64 << 20),
        digests: Some(Digests::default()),
    }
}

async fn call(ctx: &Context, path: &Path, call: Call) -> Result<Answer, Problem> {
    called(ctx, path, call, true).await
}

/// Does the same; `keys` says whether files that look like access keys are sent.
async fn called(ctx: &Context, path: &Path, call: Call, keys: bool) -> Result<Answer, Problem> {
    let send = Send {
        destination: PLACE,
        generation: 1,
        upload: UploadId(1),
        path: path.to_owned(),
        key: "k".into(),
        keys,
        call,
    };
    let ctx = ctx.clone();
    // Spawned, as the engine does: so it must be able to move between threads.
    tokio::spawn(async move { run(&ctx, send, Arc::default()).await }).await.expect("no panic")
}

fn complete_or_part(request: &crate::support::scripted::Request) -> Reply {
    let echo = request.header("x-amz-checksum-crc64nvme").unwrap_or_default();
    if request.line.starts_with("POST ") {
        let body = format!(
            "<CompleteMultipartUploadResult><ETag>\"w\"</ETag><ChecksumCRC64NVME>{echo}</ChecksumCRC64NVME>\
             </CompleteMultipartUploadResult>"
        );
        return ok(&[], &body);
    }
    ok(&[("etag", "\"e\""), ("x-amz-checksum-crc64nvme", echo)], "")
}

#[tokio::test]
async fn a_small_file_is_sent_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("a.txt");
    let body = content(70_000);
    std::fs::write(&path, &body).expect("written");
    let server = Server::start(complete_or_part).await;
    let ctx = context(&server);
    let Ok(Answer::Stored(stored)) = call(&ctx, &path, Call::Put { most: 70_000 }).await else { panic!("not stored") };
    assert_eq!((stored.size, stored.crc, stored.proof), (70_000, crc(&body), Proof::Whole));
    assert_eq!(stored.sha256, Some(Sha256::digest(&body).into()));
    assert_eq!(server.heard()[0].body, body);
    let Ok(Answer::Grown(fingerprint)) = call(&ctx, &path, Call::Put { most: 69_999 }).await else {
        panic!("not grown")
    };
    assert_eq!(fingerprint, stored.fingerprint);
    assert_eq!(server.heard().len(), 1, "nothing was sent");
    let gone = call(&ctx, &dir.path().join("none"), Call::Put { most: 1 }).await.expect_err("gone");
    assert_eq!(gone.kind, Kind::SourceGone);
}

#[tokio::test]
async fn a_large_file_is_sent_in_parts_and_compared_before_completion() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("film.mp4");
    let body = content(250_000);
    std::fs::write(&path, &body).expect("written");
    let server = Server::start(complete_or_part).await;
    let ctx = context(&server);
    let Ok(Answer::Opened(fingerprint)) = call(&ctx, &path, Call::Open).await else { panic!("not open") };
    assert_eq!(fingerprint.size, 250_000);
    let mut parts: Vec<Option<PartDone>> = vec![None; 3];
    for number in [2_u32, 1, 3] {
        let offset = u64::from(number - 1) * 100_000;
        let length = 100_000.min(250_000 - offset);
        let asked = Call::Part { upload_id: "UP".into(), number, offset, length };
        let Ok(Answer::Part(done)) = call(&ctx, &path, asked).await else { panic!("part {number} not sent") };
        let Ok(Answer::Read(again)) = call(&ctx, &path, Call::Read { offset, length }).await else {
            panic!("not read")
        };
        assert_eq!(again, done.crc);
        parts[number as usize - 1] = Some(done);
    }
    let parts: Arc<[PartDone]> = parts.into_iter().flatten().collect();
    let end = Call::Complete { upload_id: "UP".into(), parts, part: 100_000, fingerprint };
    let Ok(Answer::Stored(stored)) = call(&ctx, &path, end.clone()).await else { panic!("not stored") };
    assert_eq!((stored.crc, stored.proof), (crc(&body), Proof::Whole));
    assert_eq!(stored.sha256, Some(Sha256::digest(&body).into()));

    let asked = server.heard().len();
    std::fs::write(&path, content(250_001)).expect("written");
    assert_eq!(call(&ctx, &path, end.clone()).await.expect_err("changed").kind, Kind::SourceChanged);
    let part = Call::Part { upload_id: "UP".into(), number: 1, offset: 0, length: 100 };
    assert_eq!(call(&ctx, &path, part).await.expect_err("changed").kind, Kind::SourceChanged);
    std::fs::remove_file(&path).expect("removed");
    ctx.files.close(UploadId(1));
    assert_eq!(call(&ctx, &path, end).await.expect_err("gone").kind, Kind::SourceGone);
    assert_eq!(server.heard().len(), asked, "nothing went out");
}

#[cfg(unix)]
#[tokio::test]
async fn a_touched_file_continues_and_an_edited_one_never_does_even_with_reset_times() {
    for edited in [false, true] {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("disk.img");
        let body = content(250_000);
        std::fs::write(&path, &body).expect("written");
        let file = std::fs::OpenOptions::new().write(true).open(&path).expect("opens");
        let server = Server::start(complete_or_part).await;
        let ctx = context(&server);
        let Ok(Answer::Opened(fingerprint)) = call(&ctx, &path, Call::Open).await else { panic!("not open") };
        let before = file.metadata().expect("told").modified().expect("told");
        // Times of change are kept by the tick.
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        let mut parts = Vec::new();
        for number in 1..=3_u32 {
            if number == 3 && edited {
                std::os::unix::fs::FileExt::write_all_at(&file, b"another version", 10).expect("written");
                file.set_modified(before).expect("put back");
            } else if number == 3 {
                file.set_modified(before + std::time::Duration::from_secs(5)).expect("touched");
            }
            let offset = u64::from(number - 1) * 100_000;
            let asked = Call::Part { upload_id: "UP".into(), number, offset, length: 100_000.min(250_000 - offset) };
            let Ok(Answer::Part(done)) = call(&ctx, &path, asked).await else { panic!("part {number} not sent") };
            parts.push(done);
        }
        let end = Call::Complete { upload_id: "UP".into(), parts: parts.into(), part: 100_000, fingerprint };
        let ended = call(&ctx, &path, end).await;
        if edited {
            assert_eq!(ended.expect_err("a mixture").kind, Kind::SourceChanged);
            assert_eq!(server.heard().len(), 3, "nothing was completed");
        } else {
            let Ok(Answer::Stored(stored)) = ended else { panic!("{ended:?}") };
            assert_eq!((stored.crc, stored.sha256), (crc(&body), Some(Sha256::digest(&body).into())));
            assert!(!stored.fingerprint.is_same(&fingerprint), "it is known as it is now");
        }
    }
}

#[tokio::test]
async fn a_small_file_touched_all_the_time_is_delivered() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("a.bin");
    let body = content(8_000_000);
    std::fs::write(&path, &body).expect("written");
    let server = Server::start(complete_or_part).await;
    let ctx = context(&server);
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, file) = (Arc::clone(&stop), std::fs::OpenOptions::new().write(true).open(&path).expect("opens"));
    let touching = tokio::task::spawn_blocking(move || {
        for second in 0.. {
            if stopped.load(Ordering::SeqCst) {
                return;
            }
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(second);
            file.set_modified(time).expect("touched");
        }
    });
    for _ in 0..3 {
        let put = call(&ctx, &path, Call::Put { most: 8_000_000 }).await;
        let Ok(Answer::Stored(stored)) = put else { panic!("{put:?}") };
        assert_eq!((stored.size, stored.crc), (8_000_000, crc(&body)));
    }
    stop.store(true, Ordering::SeqCst);
    touching.await.expect("no panic");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_end_of_a_file_is_where_reading_ends() {
    let path = Path::new("/proc/version");
    let content = std::fs::read(path).expect("it reads");
    assert_eq!((std::fs::metadata(path).expect("told").len(), content.is_empty()), (0, false));
    let server = Server::start(complete_or_part).await;
    let ctx = context(&server);
    let Ok(Answer::Stored(stored)) = call(&ctx, path, Call::Put { most: 70_000 }).await else { panic!("not stored") };
    assert_eq!((stored.size, stored.crc), (content.len() as u64, crc(&content)));
    assert_eq!(stored.sha256, Some(Sha256::digest(&content).into()));
    assert_eq!(server.heard()[0].body, content);
    let long = call(&ctx, path, Call::Put { most: 10 }).await.expect_err("there is more of it");
    assert_eq!(long.kind, Kind::SourceChanged);
    assert!(long.detail.is_some_and(|detail| !detail.message.is_empty()));
    // A file shorter than its recorded size also ends there.
    let short = Path::new("/sys/kernel/mm/transparent_hugepage/enabled");
    if let Ok(content) = std::fs::read(short)
        && std::fs::metadata(short).is_ok_and(|told| told.len() > content.len() as u64)
    {
        let put = call(&ctx, short, Call::Put { most: 70_000 }).await;
        let Ok(Answer::Stored(stored)) = put else { panic!("{put:?}") };
        assert_eq!((stored.size, stored.crc), (content.len() as u64, crc(&content)));
    }
}

#[tokio::test]
async fn a_large_file_is_searched_for_keys_when_it_is_opened() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Server::start(complete_or_part).await;
    let ctx = context(&server);
    let key = b"AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n".to_vec();
    let filled = |before: usize, after: usize| [&content(before)[..], &key, &content(after)].concat();
    for (name, body, held) in [
        ("dump.sql", filled(20_000, 9 << 20), true),
        ("film.mp4", content(9 << 20).to_vec(), false),
        // Keys are found in short files or at the beginning.
        ("long.log", filled(1 << 20, 8 << 20), false),
        ("id_rsa", content(9 << 20).to_vec(), true),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, &body).expect("written");
        let opened = called(&ctx, &path, Call::Open, false).await;
        assert_eq!(opened.err().map(|problem| problem.kind), held.then_some(Kind::KeyFile), "{name}");
        ctx.files.close(UploadId(1));
        assert!(matches!(called(&ctx, &path, Call::Open, true).await, Ok(Answer::Opened(_))), "{name}");
        ctx.files.close(UploadId(1));
    }
}

/// Returns everything that a walk reports, in order, as text.
async fn walked(paths: Vec<PathBuf>, capacity: usize) -> Vec<String> {
    let (tx, mut rx) = mpsc::channel(capacity);
    let walk = tokio::spawn(walk(paths, PLACE, tx, Arc::new(AtomicBool::new(false)), None));
    let mut seen = Vec::new();
    while let Some(event) = rx.recv().await {
        if let Event::Found(PLACE, folder, found) = event {
            assert!(!found.is_empty() && found.len() <= 512);
            for file in found {
                let key = file.key_name.as_ref().map_or(String::new(), |name| format!(" as {name}"));
                seen.push(format!("{}|{} {}{key}", folder.key, file.name, file.size));
            }
        } else if let Event::Skipped(PLACE, path, why) = event {
            seen.push(format!("{why:?} {}", path.file_name().expect("a name").to_string_lossy()));
        } else {
            assert!(matches!(event, Event::Walked(PLACE)), "{event:?}");
            seen.push("done".into());
        }
    }
    walk.await.expect("no panic");
    seen
}

#[cfg(unix)]
#[tokio::test]
async fn a_walk_finds_files_folder_by_folder_without_following_links() {
    use std::os::unix::ffi::OsStrExt as _;
    let dir = tempfile::tempdir().expect("a folder");
    let top = dir.path().join("photos");
    std::fs::create_dir_all(top.join("b").join("...")).expect("folders");
    std::fs::create_dir_all(top.join("a\\x")).expect("folders");
    let write = |path: &str, text: &str| std::fs::write(top.join(path), text).expect("written");
    write("z.jpg", "zz");
    write(".hidden", "h");
    write("e\u{301}.txt", "");
    write("a\\x/one", "1");
    write("b/two", "22");
    write("b/.../three", "333");
    std::os::unix::fs::symlink("/etc/passwd", top.join("link")).expect("a link");
    std::os::unix::fs::symlink(&top, top.join("b/loop")).expect("a link");
    let _socket = std::os::unix::net::UnixListener::bind(top.join("socket")).expect("a socket");
    std::fs::write(top.join(std::ffi::OsStr::from_bytes(b"bad\xff")), "x").expect("written");
    let plain = dir.path().join("plain.pdf");
    std::fs::write(&plain, "pdf").expect("written");
    let link = dir.path().join("dropped-link");
    std::os::unix::fs::symlink(&plain, &link).expect("a link");

    let paths = vec![top.clone(), plain.clone(), link, dir.path().join("none"), plain, top.join("b/../b")];
    let mut seen = walked(paths, 1).await;
    assert_eq!(seen.pop().as_deref(), Some("done"));
    let files: Vec<_> = seen.iter().filter(|line| line.contains('|')).map(String::as_str).collect();
    let expected = [
        "|plain.pdf 3",
        "photos/|.hidden 1",
        "photos/|e\u{301}.txt 0 as \u{e9}.txt",
        "photos/|z.jpg 2",
        "photos/a_x/|one 1",
        "photos/b/|two 2",
        "photos/b/_/|three 3",
        "b/|two 2",
        "b/_/|three 3",
    ];
    assert_eq!(files, expected);
    let mut left: Vec<_> = seen.iter().filter(|line| !line.contains('|')).map(String::as_str).collect();
    left.sort_unstable();
    let expected = [
        "Gone none",
        "Link dropped-link",
        "Link link",
        "Link loop",
        "Link loop",
        "NameNotText bad\u{fffd}",
        "NotAFile socket",
    ];
    assert_eq!(left, expected);
}

#[tokio::test]
async fn an_empty_folder_is_reported() {
    let dir = tempfile::tempdir().expect("a folder");
    let top = dir.path().join("top");
    std::fs::create_dir_all(top.join("a/b")).expect("folders");
    assert_eq!(walked(vec![top.clone()], 8).await, ["EmptyFolder b", "done"]);
    std::fs::create_dir_all(top.join("full")).expect("a folder");
    std::fs::write(top.join("full/x.txt"), "x").expect("written");
    assert_eq!(walked(vec![top], 8).await, ["EmptyFolder b", "top/full/|x.txt 1", "done"]);
}

#[tokio::test]
async fn a_large_folder_is_reported_in_batches_and_a_walk_can_be_stopped() {
    let dir = tempfile::tempdir().expect("a folder");
    for number in 0..1300 {
        std::fs::write(dir.path().join(format!("{number:04}")), "").expect("written");
    }
    let seen = walked(vec![dir.path().to_owned()], 2).await;
    assert_eq!(seen.len(), 1301);
    assert!(seen[..1300].is_sorted());

    let (tx, mut rx) = mpsc::channel(1);
    let stop = Arc::new(AtomicBool::new(false));
    let walk = tokio::spawn(walk(vec![dir.path().to_owned()], PLACE, tx, Arc::clone(&stop), None));
    let Some(Event::Found(_, _, first)) = rx.recv().await else { panic!("nothing found") };
    stop.store(true, Ordering::SeqCst);
    let mut found = first.len();
    let mut done = 0;
    while let Some(event) = rx.recv().await {
        if let Event::Found(_, _, more) = event {
            found += more.len();
        } else {
            assert!(matches!(event, Event::Walked(PLACE)), "{event:?}");
            done += 1;
        }
    }
    walk.await.expect("no panic");
    assert!(found < 1300 && done == 1, "{found} {done}");
}

#[test]
fn key_segments_are_cleaned() {
    for (name, key) in [
        ("report.pdf", "report.pdf"),
        ("a b (1)", "a b (1)"),
        ("..", "_"),
        (".", "_"),
        ("...", "_"),
        (".git", ".git"),
        ("a\\b", "a_b"),
        ("a\nb\u{7f}", "a_b_"),
        ("fdp\u{202e}.exe", "fdp_.exe"),
        ("zero\u{200b}width", "zero_width"),
        ("e\u{301}", "\u{e9}"),
        ("日本語", "日本語"),
    ] {
        assert_eq!(segment(name), key, "{name:?}");
    }
}

#[tokio::test]
async fn a_part_too_large_for_memory_is_streamed_and_read_again() {
    let server = Server::start(complete_or_part).await;
    let ctx = context(&server);
    let dir = tempfile::tempdir().expect("a folder");
    let (path, from, length) = (dir.path().join("big"), 1_000_u64, PART_HELD + 5_000);
    let all = content(usize::try_from(from + length).expect("it fits"));
    std::fs::write(&path, &all).expect("written");
    let expected = crc(&all[1000..]);
    let part = Call::Part { upload_id: "UP".into(), number: 2, offset: from, length };
    let Ok(Answer::Part(done)) = call(&ctx, &path, part).await else { panic!("it is sent") };
    assert_eq!(done.crc, expected);
    let sent = server.heard().remove(0);
    assert!(sent.body == all[1000..], "the bytes of the span and no others");
    assert_eq!(sent.header("x-amz-checksum-crc64nvme").and_then(unpacked), Some(expected));
    let hash = crate::engine::transfer::payload_hash(&all[1000..]);
    assert_eq!(sent.header("x-amz-content-sha256"), Some(hash.as_str()), "there is no TLS to guard it");
    let Ok(Answer::Read(read)) = call(&ctx, &path, Call::Read { offset: from, length }).await else {
        panic!("it is read")
    };
    assert_eq!(read, expected);
    assert!(Call::Read { offset: from, length }.body(0) < PART_HELD, "it takes little of the memory");
}
