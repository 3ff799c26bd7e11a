//! Tests the date when S3 deletes unfinished uploads: it is shown before and obeyed after.

use crate::support::stage::{FIRST, MIB, Stage, done, row, wait};
use daypass::engine::handle::Engine;
use daypass::model::snapshot::Command;
use daypass::model::upload::State;
use daypass::practice::{self, ApiOperation, Fault, FaultRule};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Interrupts the delivery of a large file after its first parts, and continues it in a second run. Returns how often the
/// upload was created at S3, and the expiry date of its parts at the second start.
async fn broken_off(abort_days: Option<u32>) -> (usize, Option<i64>) {
    let stage = Stage::new(practice::PracticeOptions { abort_days, ..practice::PracticeOptions::default() }).await;
    stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::Hold).skip(1).times(99));
    stage.file("large.bin", 40 * MIB);
    let mut handle = stage.engine(stage.options()).await;
    stage.add(&handle);
    wait(&mut handle, "a part", |seen| seen.destinations[0].totals.confirmed > 0).await;
    let told = handle.seen().kept_until.values().next().copied();
    assert_eq!(told.is_some(), abort_days.is_some());
    handle.stop().await;
    stage.practice.clear_faults();

    let mut handle = Engine::spawn(stage.options()).await.expect("an engine");
    let seen = handle.seen();
    let until = seen.kept_until.values().next().map(|until| until.0);
    assert!(!matches!(row(&seen, "large.bin").state, State::Failed(_)));
    handle.send(Command::GetAccess(FIRST));
    let seen = done(&mut handle).await;
    stage.check(&seen);
    assert!(seen.kept_until.is_empty(), "complete files have no parts");
    handle.stop().await;
    let created =
        stage.practice.requests().iter().filter(|request| request.op == ApiOperation::CreateMultipartUpload).count();
    (created, until.map(|until| until / 86_400))
}

#[test]
fn kept_parts_are_reused() {
    runtime().block_on(async {
        let (created, until) = broken_off(Some(7)).await;
        assert_eq!(created, 1);
        assert!(until.is_some_and(|day| day > 20_000), "{until:?}");
        assert_eq!(broken_off(None).await, (1, None));
    });
}

#[test]
fn an_upload_with_expired_parts_starts_over() {
    runtime().block_on(async {
        assert_eq!(broken_off(Some(0)).await, (2, None));
    });
}
