//! The command line against a server that keeps refusing or failing: it reports why, in time, and stops.

use crate::cli::upload::{run_within, runtime, stage};
use daypass::model::problem::{DeniedBy, Kind};
use daypass::practice::{self, ApiOperation, Fault, FaultRule};
use daypass::words::problem::said;

const FOR_EVER: u32 = u32::MAX;

fn always(op: ApiOperation, what: Fault) -> FaultRule {
    FaultRule::once(op, what).times(FOR_EVER)
}

fn sentence(kind: Kind) -> String {
    said(kind).title
}

/// Runs an upload whose parts are all denied with this message.
async fn upload_denied(message: &str, by: DeniedBy) {
    let stage = stage(practice::PracticeOptions::default()).await;
    stage.file("more.bin", 20_000_000);
    stage.practice.fault(always(ApiOperation::UploadPart, Fault::status(403, "AccessDenied", message)));
    let (code, out, beside) =
        run_within(stage.upload("importantproject").args(["--patience", "30", "source"]), 60).await;
    assert_eq!(code, 1, "{out}\n{beside}");
    assert!(beside.contains(&sentence(Kind::AccessDenied(by))), "{beside}");
    assert!(beside.contains("details: UploadPart · AccessDenied · HTTP 403"), "{beside}");
    assert!(stage.parts().len() <= 8, "{} parts", stage.parts().len());
}

#[test]
fn a_denial_mid_delivery_is_reported_and_not_retried_forever() {
    let text = "User: arn:aws:sts::444455556666:assumed-role/r/s is not authorized to perform: s3:PutObject on resource: \
        \"arn:aws:s3:::importantprojectbucket/in/a\" with an explicit deny in a resource-based policy";
    runtime().block_on(async {
        tokio::join!(upload_denied("Access Denied", DeniedBy::Unknown), upload_denied(text, DeniedBy::ResourcePolicy))
    });
}

/// Runs an upload to a server that fails this operation until the program gives up.
async fn upload_to_busy_server(op: ApiOperation, (status, code): (u16, &str), kind: Kind) {
    let stage = stage(practice::PracticeOptions::default()).await;
    stage.practice.fault(always(op, Fault::status(status, code, "")));
    let story = stage.practice.story();
    let mut command = stage.command("upload");
    command.args(["--endpoint-url", &story.endpoint, "--profile", "importantproject"]);
    command.args(["--role-arn", &story.role_arn, "--bucket", &story.bucket, "--prefix", "incoming"]);
    let (exit, out, beside) = run_within(command.args(["--json", "--patience", "6", "source"]), 60).await;
    assert_eq!(exit, 1, "{code}: {out}\n{beside}");
    let waiting = out.lines().filter(|line| line.contains("\"event\":\"waiting\"")).collect::<Vec<_>>();
    assert!(!waiting.is_empty(), "{code}: {out}");
    let event: serde_json::Value = serde_json::from_str(waiting[0]).expect("JSON");
    assert!(event["why"].as_str().is_some_and(|why| why.starts_with(&sentence(kind))), "{code}: {event}");
    assert!(event["tries"].as_u64() > Some(0) && event["seconds"].is_u64() && event["next"].is_u64(), "{event}");
    let last = out.lines().last().unwrap_or_default();
    assert!(last.contains("\"event\":\"stopped\"") && last.contains("\"tries\":"), "{code}: {last}");
}

#[test]
fn a_busy_server_is_reported_and_retried_until_the_patience_runs_out() {
    // Concurrently, because the program waits by the real clock.
    runtime().block_on(async {
        tokio::join!(
            upload_to_busy_server(ApiOperation::PutObject, (503, "ServiceUnavailable"), Kind::Busy),
            upload_to_busy_server(ApiOperation::UploadPart, (503, "SlowDown"), Kind::SlowDown),
            upload_to_busy_server(ApiOperation::CreateMultipartUpload, (500, "InternalError"), Kind::Busy),
            upload_to_busy_server(ApiOperation::PutObject, (409, "ConditionalRequestConflict"), Kind::Conflict),
        )
    });
}

#[test]
fn permanent_failures_stop_with_one_sentence() {
    runtime().block_on(async {
        for (op, what, kind) in [
            (
                ApiOperation::PutObject,
                Fault::status(
                    501,
                    "NotImplemented",
                    "A header you provided implies functionality that is not implemented",
                ),
                Kind::NotImplemented,
            ),
            (ApiOperation::AssumeRole, Fault::status(404, "NoSuchEntity", "The role cannot be found."), Kind::Refused),
            (ApiOperation::PutObject, Fault::status(400, "RequestHeaderSectionTooLarge", "too large"), Kind::Refused),
            (ApiOperation::PutObject, Fault::Html(404), Kind::GatewayRefused(404)),
            (ApiOperation::UploadPart, Fault::Html(405), Kind::GatewayRefused(405)),
            (ApiOperation::UploadPart, Fault::Html(413), Kind::BodyLimit(5 << 20)),
            (ApiOperation::AssumeRole, Fault::Html(400), Kind::GatewayRefused(400)),
        ] {
            let stage = stage(practice::PracticeOptions::default()).await;
            stage.practice.fault(always(op, what.clone()));
            let (exit, out, beside) = run_within(stage.upload("importantproject").arg("source"), 40).await;
            assert!(exit == 1 || exit == 2, "{what:?}: {exit} {out}\n{beside}");
            let told = format!("{out}\n{beside}");
            assert!(told.contains(&sentence(kind)), "{what:?}: {told}");
            assert!(stage.practice.count(op) <= 4, "{what:?}: {} times", stage.practice.count(op));
        }
    });
}

/// Runs an upload with sessions of `seconds` seconds to a server that rejects each as expired.
/// Returns the number of AssumeRole calls.
async fn upload_with_expired_sessions(seconds: u32, exit: i32, json: bool) -> usize {
    let options = practice::PracticeOptions { session_seconds: Some(seconds), ..practice::PracticeOptions::default() };
    let stage = stage(options).await;
    for op in [ApiOperation::PutObject, ApiOperation::CreateMultipartUpload] {
        stage.practice.fault(always(op, Fault::status(400, "ExpiredToken", "The provided token has expired.")));
    }
    let mut upload = stage.upload("importantproject");
    if json {
        upload.arg("--json");
    }
    let (code, out, beside) = run_within(upload.arg("source"), 60).await;
    assert_eq!(code, exit, "{seconds}: {out}\n{beside}");
    let over = sentence(Kind::SessionOver);
    if json {
        let last: serde_json::Value = serde_json::from_str(out.lines().last().expect("a line")).expect("JSON");
        assert_eq!(last["event"], "stopped", "{out}");
        assert!(last["why"].as_str().is_some_and(|why| why.starts_with(&over)), "{last}");
    } else {
        assert!(beside.contains(&over), "{seconds}: {beside}");
    }
    stage.practice.count(ApiOperation::AssumeRole)
}

#[test]
fn sessions_that_arrive_expired_end_the_upload_with_a_sentence() {
    // A session that is expired by the response's own clock is requested once; one that only S3 rejects, a few times.
    // Concurrently, because the program waits by the real clock.
    runtime().block_on(async {
        let (at_once, _, soon, _) = tokio::join!(
            upload_with_expired_sessions(0, 2, false),
            upload_with_expired_sessions(0, 2, true),
            upload_with_expired_sessions(1, 1, false),
            upload_with_expired_sessions(1, 1, true)
        );
        assert_eq!(at_once, 1);
        assert!(soon <= 6, "{soon} sessions");
    });
}
