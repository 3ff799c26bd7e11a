//! Tests whole deliveries: the engine with the practice server over real sockets.

use crate::support::stage::{
    FIRST, MIB, SHORT, Stage, advance, bytes, done, pass, row, sent, settle, states, takes, until, wait,
};
use daypass::engine::handle::{EngineOptions, Handle, Hook, Secret};
use daypass::model::Limits;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Network, Settings, SkipReason, Snapshot, Which};
use daypass::model::upload::{Proof, State};
use daypass::practice::{self, ApiOperation, Fault, FaultRule, Mfa};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

type Test = tokio::runtime::Runtime;

fn runtime() -> Test {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

#[test]
fn every_kind_of_file_arrives_byte_for_byte() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        let long = format!("{}.bin", "ä".repeat(125));
        let odd = [
            "with spaces.txt",
            "100 %.txt",
            "a+b=c&d?.txt",
            "#hash.txt",
            "%2e%2E%2f.txt",
            "quote\"s and 'more'.txt",
            "emoji 🎬.mov",
            "caf\u{65}\u{301}.txt",
            "مرحبا.txt",
            "~tilde!*()$@,;:.txt",
            ".hidden",
            "...",
            "back\\slash.txt",
            "new\nline.txt",
            " leading and trailing ",
            &long,
        ];
        for (at, name) in odd.iter().enumerate().filter(|(_, name)| takes(&stage.source, name)) {
            stage.file(name, 100 + at);
        }
        stage.file("empty", 0);
        stage.file("exactly one part.bin", 8 * MIB);
        stage.file("one more.bin", 8 * MIB + 1);
        stage.file("two parts.bin", 16 * MIB);
        stage.file("large.bin", 20 * MIB + 7);
        stage.file("deep/er/and/deeper/file.txt", 33);
        stage.file("deep/file.txt", 34);
        let mut handle = stage.engine(stage.options()).await;
        let seen = stage.deliver(&mut handle).await;
        stage.check(&seen);
        let totals = seen.destinations[0].totals;
        assert_eq!(
            (totals.delivered, seen.destinations[0].left_out_count.all()),
            (totals.files, 0),
            "{:?}",
            states(&seen)
        );
        assert_eq!(totals.files, 7 + odd.len() as u64);
        assert_eq!(totals.confirmed, totals.bytes);
        let keys: Vec<String> = states(&seen).into_keys().collect();
        for key in
            ["source/café.txt", "source/_", "source/back_slash.txt", "source/new_line.txt", "source/deep/file.txt"]
        {
            assert!(keys.iter().any(|k| k == key), "{key}: {keys:?}");
        }
        handle.stop().await;
        only_allowed_calls(&stage);
        assert!(sent(&stage.practice.requests()).values().all(|&times| times == 1), "no part is sent twice");
        assert!(stage.practice.open_uploads().is_empty());
    });
}

/// Checks that only allowed calls were made, each with its guards.
fn only_allowed_calls(stage: &Stage) {
    let story = stage.practice.story();
    for request in stage.practice.requests() {
        assert!(request.access_key_id.is_some(), "unsigned: {request:?}");
        let allowed = match request.op {
            ApiOperation::GetCallerIdentity | ApiOperation::AssumeRole => continue,
            ApiOperation::HeadBucket
            | ApiOperation::UploadPart
            | ApiOperation::CreateMultipartUpload
            | ApiOperation::AbortMultipartUpload => true,
            ApiOperation::PutObject | ApiOperation::CompleteMultipartUpload => {
                request.headers.get("if-none-match").is_some_and(|value| value == "*")
            }
            _ => false,
        };
        assert!(allowed, "{request:?}");
        let owner = request.headers.get("x-amz-expected-bucket-owner");
        assert_eq!(owner, Some(&story.customer_account), "{request:?}");
        assert!(!request.headers.keys().any(|name| name.contains("acl") || name.contains("tagging")), "{request:?}");
        assert_ne!(request.access_key_id.as_deref(), Some(story.richard.id()), "S3 sees the session's key alone");
    }
}

#[test]
fn files_with_the_same_name_are_numbered_and_the_same_file_is_sent_once() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        let first = stage.file("a/report.pdf", 100);
        let second = stage.file("b/report.pdf", 200);
        let mut handle = stage.engine(stage.options()).await;
        handle.send(Command::Add(FIRST, vec![first.clone(), second, first.clone()]));
        let seen = done(&mut handle).await;
        assert_eq!(states(&seen).into_keys().collect::<Vec<_>>(), ["report (2).pdf", "report.pdf"]);
        stage.check(&seen);
        handle.send(Command::Add(FIRST, vec![first]));
        let seen = wait(&mut handle, "the twin", |seen| seen.destinations[0].left_out_count.all() == 1).await;
        assert_eq!(seen.destinations[0].left_out[0].why, SkipReason::Twice);
        assert_eq!(stage.practice.count(ApiOperation::PutObject), 2);
        handle.stop().await;
    });
}

#[test]
fn existing_objects_are_kept_and_a_numbered_copy_is_sent_on_request() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("small.txt", 10);
        stage.file("large.bin", 9 * MIB);
        for name in ["small.txt", "large.bin"] {
            stage.practice.put_as_owner(&format!("incoming/source/{name}"), b"theirs").await.expect("put");
        }
        let mut handle = stage.engine(stage.options()).await;
        let seen = stage.deliver(&mut handle).await;
        assert!(states(&seen).values().all(|state| *state == State::AlreadyThere), "{:?}", states(&seen));
        for (id, _) in seen.rows.iter() {
            handle.send(Command::SendUnderNewName(id));
        }
        let seen = wait(&mut handle, "two", |seen| seen.destinations[0].totals.delivered == 2).await;
        let keys: Vec<String> = states(&seen).into_keys().collect();
        assert_eq!(keys, ["source/large (2).bin", "source/small (2).txt"]);
        assert_eq!(stage.practice.object_bytes("incoming/source/small.txt").expect("theirs"), b"theirs");
        assert_eq!(stage.practice.object_bytes("incoming/source/large.bin").expect("theirs"), b"theirs");
        assert_eq!(stage.practice.objects().len(), 4);
        handle.stop().await;
    });
}

#[test]
fn a_session_can_be_renewed_five_times_during_one_file() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::Hold).times(99));
        stage.file("film.mov", 42 * MIB);
        let limits = Limits { requests: 1, ..Limits::default() };
        let mut handle = stage.engine(EngineOptions { limits, ..stage.options() }).await;
        stage.add(&handle);
        for part in 1..=5 {
            stage.held_part(part).await;
            advance(&stage.practice, &handle, Duration::from_mins(56));
            let now = handle.now();
            let renewed = |seen: &Snapshot| matches!(&seen.destinations[0].session, Session::Active(grant) if grant.ends.since(now) > Duration::from_mins(30));
            wait(&mut handle, "a new session", renewed).await;
            stage.practice.release();
        }
        stage.held_part(6).await;
        stage.practice.release();
        let seen = done(&mut handle).await;
        stage.check(&seen);
        assert_eq!(row(&seen, "film.mov").state, State::Delivered(Proof::Whole));
        assert_eq!(stage.practice.count(ApiOperation::AssumeRole), 6);
        let sent = sent(&stage.practice.requests());
        assert_eq!(sent.len(), 6);
        assert!(sent.values().all(|&times| times == 1), "{sent:?}");
        let keys: std::collections::BTreeSet<_> = stage.parts().into_iter().filter_map(|r| r.access_key_id).collect();
        assert_eq!(keys.len(), 6, "each part was signed by a session of its own: {keys:?}");
        handle.stop().await;
    });
}

fn without_renewal(options: EngineOptions) -> EngineOptions {
    let adjust: Arc<dyn Fn(&mut Settings) + Send + Sync> = Arc::new(|settings| settings.renew = false);
    EngineOptions { adjust: Some(adjust), ..options }
}

/// Starts a delivery of a large file, one request at a time, and holds the answer to its second part.
async fn half_way(stage: &Stage, options: EngineOptions) -> Handle {
    stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::Hold).skip(1));
    stage.file("film.mov", 24 * MIB);
    let limits = Limits { requests: 1, ..options.limits };
    let handle = stage.engine(EngineOptions { limits, ..options }).await;
    stage.add(&handle);
    stage.held_part(2).await;
    handle
}

#[test]
fn uploads_pause_when_access_ends_and_continue_with_new_access() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("small.txt", 3);
        let mut handle = half_way(&stage, without_renewal(stage.options())).await;
        advance(&stage.practice, &handle, Duration::from_mins(61));
        let over = |seen: &Snapshot| matches!(seen.destinations[0].session, Session::Expired(_));
        let seen = wait(&mut handle, "the end", over).await;
        assert!(seen.destinations[0].totals.failed == 0 && seen.destinations[0].totals.open() > 0);
        // Requests in flight may still be answered; after that nothing is sent.
        stage.practice.release();
        settle(&handle).await;
        let quiet = stage.practice.requests().len();
        pass(&stage.practice, &handle, Duration::from_mins(10)).await;
        assert_eq!(stage.practice.requests().len(), quiet, "nothing is sent without access");
        handle.send(Command::GetAccess(FIRST));
        let seen = done(&mut handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.delivered, 2);
        assert!(sent(&stage.practice.requests()).values().all(|&times| times == 1), "no part is sent twice");
        assert_eq!(stage.practice.count(ApiOperation::AssumeRole), 2);
        handle.stop().await;
    });
}

#[test]
fn a_session_ended_early_by_the_server_is_renewed() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        let handle = half_way(&stage, stage.options()).await;
        stage.practice.expire_sessions();
        stage.practice.release();
        let seen = stage.finish(&handle).await;
        stage.check(&seen);
        assert_eq!((seen.destinations[0].totals.delivered, stage.practice.count(ApiOperation::AssumeRole)), (1, 2));
        handle.stop().await;
    });
}

#[test]
fn a_session_is_used_to_its_end_after_the_role_stops_trusting_the_user() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        let mut handle = half_way(&stage, stage.options()).await;
        stage.practice.set_trusted(false);
        advance(&stage.practice, &handle, Duration::from_mins(56));
        let seen = wait(&mut handle, "the denial", |seen| seen.destinations[0].renew_problem.is_some()).await;
        assert!(matches!(seen.destinations[0].session, Session::Active(_)), "the session serves to its end");
        advance(&stage.practice, &handle, Duration::from_mins(5));
        let over = |seen: &Snapshot| matches!(seen.destinations[0].session, Session::Expired(_));
        let seen = wait(&mut handle, "the end", over).await;
        let why = seen.destinations[0].renew_problem.clone().expect("a reason");
        assert_eq!(why.kind, Kind::AssumeDenied(DeniedBy::Unknown), "{why:?}");
        stage.practice.release();
        settle(&handle).await;
        assert_eq!(handle.seen().destinations[0].totals.failed, 0);
        stage.practice.set_trusted(true);
        handle.send(Command::GetAccess(FIRST));
        let seen = done(&mut handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.delivered, 1);
        assert!(sent(&stage.practice.requests()).values().all(|&times| times == 1), "no part is sent twice");
        handle.stop().await;
    });
}

#[test]
fn deleting_the_role_stops_the_queue_until_it_is_created_again() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        for small in 0..20 {
            stage.file(&format!("{small}.txt"), 1000 + small);
        }
        let mut handle = half_way(&stage, stage.options()).await;
        stage.practice.delete_role();
        stage.practice.release();
        // The session ended with its role: Daypass requests a new one once, and reports the result.
        let seen = wait(&mut handle, "the refusal", |seen| seen.destinations[0].renew_problem.is_some()).await;
        let why = seen.destinations[0].renew_problem.as_ref().map(|why| why.kind);
        assert!(matches!(why, Some(Kind::AssumeDenied(_))), "{why:?}");
        assert_eq!(seen.destinations[0].totals.failed, 0);
        stage.practice.recreate_role();
        handle.send(Command::GetAccess(FIRST));
        let seen = stage.finish(&handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.delivered, 21, "{:?}", states(&seen));
        handle.stop().await;
    });
}

#[test]
fn an_mfa_code_is_requested_and_used_only_once() {
    runtime().block_on(async {
        let serial = "arn:aws:iam::111122223333:mfa/richard";
        let mfa = Mfa { serial: serial.into(), codes: vec!["123456".into(), "654321".into()] };
        let stage =
            Stage::new(practice::PracticeOptions { mfa: Some(mfa), ..practice::PracticeOptions::default() }).await;
        stage.file("small.txt", 1000);
        let mut handle = daypass::engine::handle::Engine::spawn(stage.options()).await.expect("an engine");
        let destination = daypass::model::destination::Destination {
            mfa_serial: Some(serial.parse().expect("a serial")),
            ..stage.destination()
        };
        handle.send(Command::Open(Box::new(destination)));
        stage.add(&handle);
        let denied = |kind: Kind| {
            move |seen: &Snapshot| match seen.destinations.first().map(|place| &place.session) {
                Some(Session::Denied(why)) => why.kind == kind,
                _ => false,
            }
        };
        wait(&mut handle, "the question", denied(Kind::CodeNeeded)).await;
        handle.hand_over(Secret::Code(FIRST, Zeroizing::new("999999".into())));
        handle.send(Command::GetAccess(FIRST));
        wait(&mut handle, "a wrong code", denied(Kind::CodeWrong)).await;
        handle.hand_over(Secret::Code(FIRST, Zeroizing::new("123456".into())));
        handle.send(Command::GetAccess(FIRST));
        let seen = done(&mut handle).await;
        assert_eq!(seen.destinations[0].totals.delivered, 1);
        handle.stop().await;
    });
}

#[test]
fn a_wrong_clock_is_measured_and_corrected() {
    for ahead in [-7200, 7200] {
        runtime().block_on(async {
            let stage = Stage::new(practice::PracticeOptions::default()).await;
            stage.practice.set_clock_ahead(ahead);
            stage.file("small.txt", 1000);
            stage.file("large.bin", 9 * MIB);
            let mut handle = stage.engine(stage.options()).await;
            let seen = stage.deliver(&mut handle).await;
            stage.check(&seen);
            assert_eq!(seen.destinations[0].totals.delivered, 2, "{ahead}: {:?}", states(&seen));
            let off = handle.clock().ahead();
            assert!((off + ahead).abs() < 5, "{ahead}: {off}");
            handle.stop().await;
        });
    }
}

#[test]
fn requests_to_a_silent_server_are_abandoned_and_retried() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::NeverAnswer { work: false }));
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::NeverAnswer { work: true }).part(1));
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::HoldBody(1 << 20)).part(2));
        stage.practice.fault(FaultRule::once(ApiOperation::CompleteMultipartUpload, Fault::NeverAnswer { work: true }));
        stage.file("small.txt", 1000);
        stage.file("large.bin", 17 * MIB);
        let handle = stage.engine(EngineOptions { patience: SHORT, ..stage.options() }).await;
        stage.add(&handle);
        let seen = stage.finish(&handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.delivered, 2, "{:?}", states(&seen));
        assert!(sent(&stage.practice.requests()).values().filter(|&&times| times == 2).count() == 2, "two were left");
        handle.stop().await;
    });
}

#[test]
fn uploads_wait_while_offline_and_continue_on_their_own() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        for small in 0..50 {
            stage.file(&format!("{small}.txt"), 1000 + small);
        }
        let tasks = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tasks);
        let hook: Hook = Arc::new(move |_task| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let mut handle = half_way(&stage, EngineOptions { hook: Some(hook), ..stage.options() }).await;
        stage.practice.set_offline(true);
        stage.practice.release();
        wait(&mut handle, "the line to be down", |seen| matches!(seen.line, Network::Down { .. })).await;
        settle(&handle).await;
        let before = tasks.load(Ordering::SeqCst);
        for _ in 0..10 {
            pass(&stage.practice, &handle, Duration::from_secs(2)).await;
        }
        let tries = tasks.load(Ordering::SeqCst) - before;
        assert!((1..12).contains(&tries), "one at a time tries, not {tries} in twenty seconds");
        stage.practice.set_offline(false);
        let seen = stage.finish(&handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.failed, 0);
        assert!(matches!(row(&seen, "film.mov").state, State::Delivered(_)));
        handle.stop().await;
    });
}

#[test]
fn a_captive_portal_neither_delivers_nor_stops_files() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        for op in [
            ApiOperation::PutObject,
            ApiOperation::CreateMultipartUpload,
            ApiOperation::UploadPart,
            ApiOperation::CompleteMultipartUpload,
            ApiOperation::AssumeRole,
        ] {
            stage.practice.fault(FaultRule::once(op, Fault::Html(200)).times(2));
        }
        stage.file("small.txt", bytes(5, 0).len());
        stage.file("large.bin", 17 * MIB);
        let handle = stage.engine(stage.options()).await;
        stage.add(&handle);
        let seen = stage.finish(&handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.failed, 0, "{:?}", states(&seen));
        handle.stop().await;
    });
}

#[test]
fn no_data_moves_after_pausing_or_canceling() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions { may_abort: true, ..practice::PracticeOptions::default() }).await;
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::HoldBody(1 << 20)).times(99));
        stage.file("film.mov", 40 * MIB);
        let mut handle = stage.engine(stage.options()).await;
        stage.add(&handle);
        let moving = |seen: &Snapshot| {
            matches!(seen.rows.iter().next(), Some((_, row)) if matches!(row.state, State::Sending(_)))
        };
        wait(&mut handle, "bytes to move", moving).await;
        handle.send(Command::Pause(Which::All(FIRST)));
        wait(&mut handle, "the pause", |seen| seen.destinations[0].paused).await;
        let before = stage.practice.requests().len();
        pass(&stage.practice, &handle, Duration::from_mins(10)).await;
        assert_eq!(stage.practice.requests().len(), before);
        handle.send(Command::Resume(Which::All(FIRST)));
        wait(&mut handle, "bytes to move again", moving).await;
        handle.send(Command::Cancel(Which::All(FIRST)));
        wait(&mut handle, "the end", |seen| seen.destinations[0].totals.canceled == 1).await;
        until("what the role may abort to be aborted", || stage.practice.open_uploads().is_empty()).await;
        assert!(stage.practice.objects().is_empty());
        handle.stop().await;
    });
}
