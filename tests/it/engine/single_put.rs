//! Tests a bucket whose KMS key denies parts: large files are sent whole, and that is remembered.

use crate::support::stage::{FIRST, Stage, done, pass, row, wait};
use daypass::diagnose::titles;
use daypass::diagnose::{CauseAction, Evidence, explain};
use daypass::engine::handle::Handle;
use daypass::model::problem::Kind;
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::{Proof, State};
use daypass::practice::{ApiOperation, Fault, FaultRule};
use daypass::receipt::Receipt;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

async fn stage() -> Stage {
    Stage::new(daypass::practice::PracticeOptions { kms: true, ..daypass::practice::PracticeOptions::default() }).await
}

/// Adds files, and returns once the model knows of it.
async fn add(handle: &Handle, paths: Vec<PathBuf>) {
    assert!(handle.send(Command::Add(FIRST, paths)) && handle.reached().await);
}

#[tokio::test]
async fn large_files_are_sent_whole_and_later_ones_without_trying_parts() {
    let stage = stage().await;
    let mut handle = stage.engine(stage.options()).await;
    let sizes =
        [("small.txt", 10), ("large.bin", (20 << 20) + 7), ("larger.bin", 33 << 20), ("nine.bin", (8 << 20) + 1)];
    let paths: Vec<_> = sizes.iter().map(|(name, size)| stage.file(name, *size)).collect();
    add(&handle, paths.clone()).await;
    let seen = done(&mut handle).await;
    for ((name, size), path) in sizes.iter().zip(&paths) {
        assert_eq!(row(&seen, name).state, State::Delivered(Proof::Whole), "{name}");
        let stored = stage.practice.object_bytes(&format!("incoming/{name}")).expect("it is there");
        assert_eq!(stored.len(), *size, "{name}");
        assert!(stored == std::fs::read(path).expect("the file"), "{name}: other bytes");
    }
    assert!(seen.destinations[0].learned.parts_refused.is_some());
    assert_eq!(stage.practice.count(ApiOperation::CompleteMultipartUpload), 0);

    // From then on no upload starts in parts, not even in the next run.
    stage.practice.clear_requests();
    add(&handle, vec![stage.file("next.bin", 9 << 20)]).await;
    done(&mut handle).await;
    handle.stop().await;
    let mut handle = stage.engine(stage.options()).await;
    assert!(handle.seen().destinations[0].learned.parts_refused.is_some());
    add(&handle, vec![stage.file("after.bin", 9 << 20)]).await;
    done(&mut handle).await;
    assert_eq!(
        (stage.practice.count(ApiOperation::CreateMultipartUpload), stage.practice.count(ApiOperation::PutObject)),
        (0, 2)
    );
    let receipt = Receipt::of_last(&handle, FIRST).await.expect("a receipt");
    let text = format!("{receipt:?}");
    assert!(text.contains("after.bin"), "{text}");
}

#[tokio::test]
async fn a_file_too_large_to_send_whole_fails_with_the_missing_permission() {
    let stage = stage().await;
    let mut handle = stage.engine(stage.options()).await;
    let path = stage.source.join("huge.bin");
    File::create(&path).and_then(|file| file.set_len((5 << 30) + 1)).expect("a sparse file");
    add(&handle, vec![path, stage.file("large.bin", 9 << 20)]).await;
    let seen = done(&mut handle).await;
    assert_eq!(row(&seen, "large.bin").state, State::Delivered(Proof::Whole));
    let State::Failed(problem) = row(&seen, "huge.bin").state else { panic!("it was to stop") };
    assert_eq!(problem.kind, Kind::KmsDecrypt);
    let causes = explain(&problem, &Evidence::of(&seen.destinations[0], &seen));
    assert_eq!(causes[0].title, titles::KEY_DECRYPT);
    let CauseAction::CopyForCustomer(message) = &causes[0].action else { panic!("{:?}", causes[0].action) };
    let key = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for line in
        ["\"kms:GenerateDataKey\",\n", "\"kms:Decrypt\"\n", key, "\"kms:ViaService\": \"s3.us-east-1.amazonaws.com\""]
    {
        assert!(message.contains(line), "no {line} in\n{message}");
    }
}

#[tokio::test]
async fn faults_do_not_change_how_files_are_sent() {
    let stage = stage().await;
    let handle = stage.engine(stage.options()).await;
    for what in [Fault::DropInBody(3 << 20), Fault::FlipBit, Fault::FlipBitInside, Fault::status(503, "SlowDown", "")] {
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, what).key("large"));
    }
    let path = stage.file("large.bin", 12 << 20);
    add(&handle, vec![path.clone()]).await;
    let seen = stage.finish(&handle).await;
    let fits = matches!(row(&seen, "large.bin").state, State::Delivered(Proof::Whole) | State::Failed(_));
    assert!(fits, "{:?}", row(&seen, "large.bin").state);
    if matches!(row(&seen, "large.bin").state, State::Failed(_)) {
        // Two damaged requests stop the file; the person retries.
        handle.send(Command::Retry(Which::All(FIRST)));
        let seen = stage.finish(&handle).await;
        assert_eq!(row(&seen, "large.bin").state, State::Delivered(Proof::Whole));
    }
    let stored = stage.practice.object_bytes("incoming/large.bin").expect("it is there");
    assert!(stored == std::fs::read(path).expect("the file"));
}

/// The answer is lost after everything was sent, so the second try only learns that the name is taken.
#[tokio::test]
async fn a_lost_answer_is_not_reported_as_delivered() {
    let stage = stage().await;
    let handle = stage.engine(stage.options()).await;
    stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::DropAfter).key("large"));
    add(&handle, vec![stage.file("large.bin", 9 << 20)]).await;
    let seen = stage.finish(&handle).await;
    assert_eq!(row(&seen, "large.bin").state, State::NotConfirmed);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_not_delivered() {
    let stage = stage().await;
    let mut handle = stage.engine(stage.options()).await;
    add(&handle, vec![stage.file("first.bin", 9 << 20)]).await;
    done(&mut handle).await;
    stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::HoldBody(3 << 20)).key("large"));
    let path = stage.file("large.bin", 24 << 20);
    add(&handle, vec![path.clone()]).await;
    wait(&mut handle, "bytes", |seen| seen.destinations[0].totals.in_flight > 2 << 20).await;
    let mut file = File::options().write(true).open(&path).expect("opens");
    std::io::Seek::seek(&mut file, std::io::SeekFrom::End(-10)).expect("there");
    std::io::Write::write_all(&mut file, b"other").expect("written");
    stage.practice.release();
    let seen = done(&mut handle).await;
    let State::Failed(problem) = row(&seen, "large.bin").state else { panic!("it was to stop") };
    assert_eq!(problem.kind, Kind::SourceChanged);
    assert!(stage.practice.object_bytes("incoming/large.bin").is_err());
}

/// A pause aborts a request that is far from its end, so nothing of it is stored.
#[tokio::test]
async fn a_pause_aborts_the_request_and_resuming_starts_over() {
    let stage = stage().await;
    let mut handle = stage.engine(stage.options()).await;
    add(&handle, vec![stage.file("first.bin", 9 << 20)]).await;
    done(&mut handle).await;
    stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::HoldBody(3 << 20)).key("large"));
    let path = stage.source.join("large.bin");
    let bytes: Vec<u8> = (0..100_u32 << 18).flat_map(|at| at.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    std::fs::write(&path, bytes).expect("written");
    add(&handle, vec![path.clone()]).await;
    wait(&mut handle, "bytes", |seen| seen.destinations[0].totals.in_flight > 2 << 20).await;
    handle.send(Command::Pause(Which::All(FIRST)));
    wait(&mut handle, "a stop", |seen| row(seen, "large.bin").state == State::Waiting).await;
    pass(&stage.practice, &handle, Duration::from_mins(1)).await;
    assert!(stage.practice.object_bytes("incoming/large.bin").is_err());
    handle.send(Command::Resume(Which::All(FIRST)));
    let seen = done(&mut handle).await;
    assert_eq!(row(&seen, "large.bin").state, State::Delivered(Proof::Whole));
    assert!(stage.practice.object_bytes("incoming/large.bin").expect("there") == std::fs::read(path).expect("read"));
}
