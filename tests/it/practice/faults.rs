//! Tests that each fault does what its name says and nothing else.

use super::clients::{Uploading, assume, long_term, s3, s3_config, sample, start, status, sts, sum, told};
use crate::support::stage::until;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::RequestId;
use daypass::practice::{ApiOperation, Fault, FaultRule, PracticeOptions};
use std::time::Duration;

#[tokio::test]
async fn every_scripted_fault_does_what_its_name_says() {
    let practice = start(PracticeOptions { min_part: 1, ..PracticeOptions::default() }).await;
    let story = practice.story();
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(100)).build();
    let given = assume(&story, &story.richard).await.expect("trusted");
    let client = s3(&story, given.clone());
    let hasty = aws_sdk_s3::Client::from_conf(s3_config(&story, given).timeout_config(timeouts).build());
    let put_by = |client: &aws_sdk_s3::Client, key: &str| {
        client.put_object().bucket(&story.bucket).key(key).body(sample(100_000).into())
    };
    let put = |key: &str| put_by(&client, key);
    let stored = |key: &str| practice.objects().iter().any(|object| object.key == key);
    let once = |what: Fault| practice.fault(FaultRule::once(ApiOperation::PutObject, what));

    once(Fault::status(503, "SlowDown", "Please reduce your request rate."));
    let slow = put("a").send().await.expect_err("told to slow down");
    assert_eq!((status(&slow), told(&slow).0.as_str()), (503, "SlowDown"));
    assert!(!stored("a"));
    once(Fault::DropBefore);
    assert!(matches!(put("a").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    once(Fault::DropInBody(50_000));
    assert!(matches!(put("a").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    assert!(!stored("a"));
    once(Fault::DropAfter);
    assert!(matches!(put("a").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    assert!(stored("a"), "the work was done");
    once(Fault::NeverAnswer { work: true });
    tokio::select! {
        answer = put("b").send() => panic!("answered: {answer:?}"),
        () = until("the request to be handled", || practice.held() == 1) => {}
    }
    assert!(stored("b"), "the work was done");
    until("the connection to be closed", || practice.held() == 0).await;
    once(Fault::Hold);
    let held = tokio::spawn(put("held").send());
    until("the response to be held", || practice.held() == 1).await;
    assert!(stored("held") && !held.is_finished(), "the work was done");
    practice.release();
    held.await.expect("no panic").expect("stored");
    once(Fault::HoldBody(50_000));
    let held = tokio::spawn(put("body").send());
    until("the body to be held", || practice.held() == 1).await;
    practice.release();
    held.await.expect("no panic").expect("stored");
    assert!(stored("body"));
    once(Fault::Delay(Duration::from_hours(1)));
    assert!(matches!(put_by(&hasty, "c").send().await, Err(SdkError::TimeoutError(_))));
    once(Fault::SlowBody(20_000));
    assert!(matches!(put_by(&hasty, "c").send().await, Err(SdkError::TimeoutError(_))));
    once(Fault::Html(200));
    let portal = put("c").send().await.expect("the SDK takes a page for an answer");
    assert_eq!((portal.e_tag(), portal.request_id()), (None, None));
    once(Fault::Html(407));
    let proxy = put("c").send().await.expect_err("a proxy");
    assert_eq!((status(&proxy), proxy.code(), proxy.request_id()), (407, None, None));
    assert!(!stored("c"));
    once(Fault::NoETag);
    assert_eq!(put("d").send().await.expect("stored").e_tag(), None);
    once(Fault::WrongChecksum);
    let sent = put("d").checksum_crc64_nvme(sum(&sample(100_000))).send().await.expect("stored");
    assert_eq!(sent.checksum_crc64_nvme(), Some("AAAAAAAAAAA="));
    practice.set_offline(true);
    assert!(matches!(put("e").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    practice.set_offline(false);
    put("e").send().await.expect("the network is back");

    let mut up = Uploading::start(&client, &story, "big").await;
    up.part(b"one").await;
    let inside =
        |work: bool| Fault::ErrorInside200 { code: "InternalError".to_owned(), message: "Try again.".to_owned(), work };
    practice.fault(FaultRule::once(ApiOperation::CompleteMultipartUpload, inside(false)));
    let error = up.complete().send().await.expect_err("an error inside 200");
    assert_eq!((status(&error), told(&error).0.as_str()), (200, "InternalError"));
    assert!(!stored("big"));
    practice.fault(FaultRule::once(ApiOperation::CompleteMultipartUpload, Fault::DropAfter));
    practice.fault(FaultRule::once(ApiOperation::CompleteMultipartUpload, Fault::NoETag).skip(1));
    practice.fault(FaultRule::once(ApiOperation::CompleteMultipartUpload, Fault::WrongChecksum).skip(2));
    assert!(up.complete().send().await.is_err());
    assert!(stored("big"), "the work was done");
    assert_eq!(up.complete().send().await.expect("said again").e_tag(), None);
    assert_eq!(up.complete().send().await.expect("said again").checksum_crc64_nvme(), Some("AAAAAAAAAAA="));

    practice.fault(FaultRule::once(ApiOperation::AssumeRole, Fault::SkewDate(-7200)));
    let call =
        sts(&story, long_term(&story.richard)).assume_role().role_arn(&story.role_arn).role_session_name("Richard");
    call.send().await.expect("only the Date is off");
    practice.fault(FaultRule::once(ApiOperation::AssumeRole, Fault::status(400, "Throttling", "Rate exceeded")));
    assert_eq!(
        assume(&story, &story.richard).await.expect_err("throttled"),
        ("Throttling".to_owned(), "Rate exceeded".to_owned())
    );
}

#[tokio::test]
async fn complete_may_send_whitespace_before_its_result() {
    let practice = start(PracticeOptions { min_part: 1, ..PracticeOptions::default() }).await;
    let story = practice.story();
    let client = s3(&story, assume(&story, &story.richard).await.expect("trusted"));
    let blanks = || {
        let blanks = Fault::KeepAlive(Duration::from_millis(350));
        practice.fault(FaultRule::once(ApiOperation::CompleteMultipartUpload, blanks));
    };
    let mut up = Uploading::start(&client, &story, "k").await;
    up.part(b"bytes").await;
    blanks();
    let done = up.complete().send().await.expect("complete");
    assert_eq!(done.checksum_crc64_nvme(), Some(sum(b"bytes").as_str()));
    let mut second = Uploading::start(&client, &story, "k").await;
    second.part(b"bytes").await;
    blanks();
    let exists = second.complete().send().await.expect_err("the key is taken");
    assert_eq!((status(&exists), told(&exists).0.as_str()), (200, "PreconditionFailed"));
}

#[tokio::test]
async fn a_denied_body_is_read_to_its_end() {
    let practice = start(PracticeOptions::default()).await;
    let story = practice.story();
    let client = s3(&story, long_term(&story.richard));
    for _ in 0..5 {
        let put = client.put_object().bucket(&story.bucket).key("k").body(sample(4_000_000).into());
        let denied = put.send().await.expect_err("no right without the role");
        assert_eq!(told(&denied).0, "AccessDenied", "{denied:?}");
    }
    assert!(practice.requests().iter().all(|request| request.body_bytes == 4_000_000));
}
