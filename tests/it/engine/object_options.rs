//! Tests that ACL and encryption headers are sent only if the destination sets them.

use crate::diagnose::destination;
use crate::engine::transfer::{PLACE, crc, http, region, vault};
use crate::support::scripted::{Request, Server, ok};
use bytes::Bytes;
use daypass::engine::clock::Clock;
use daypass::engine::s3::S3;
use daypass::engine::timeouts::Timeouts;
use daypass::model::destination::{Destination, Encryption};
use daypass::policy::session::session_policy;

const KEY: &str = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";

async fn heard(to: &Destination) -> Vec<Request> {
    let server = Server::start(|request| {
        let echo = request.header("x-amz-checksum-crc64nvme").unwrap_or_default();
        let body = "<InitiateMultipartUploadResult><UploadId>UP</UploadId></InitiateMultipartUploadResult>";
        ok(
            &[("etag", "\"e\""), ("x-amz-checksum-crc64nvme", echo)],
            if request.line.starts_with("POST") { body } else { "" },
        )
    })
    .await;
    let http = http(&server.url, None);
    let s3 = S3::new(&http, vault().signer(PLACE), &region("eu-west-1"), to, &Clock::start(), Timeouts::default());
    let body = Bytes::from_static(b"x");
    s3.put("incoming/a", body.clone(), crc(&body), &std::sync::Arc::default()).await.expect("stored");
    s3.create("incoming/b").await.expect("created");
    s3.upload_part("incoming/b", "UP", 1, body.clone(), crc(&body), &std::sync::Arc::default()).await.expect("sent");
    server.heard()
}

const NAMES: [&str; 3] = ["x-amz-acl", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"];

#[tokio::test]
async fn acl_and_encryption_are_sent_only_if_they_are_set() {
    let owners = Some("bucket-owner-full-control");
    for (acl, encryption, expected) in [
        (false, Encryption::None, [None, None, None]),
        (true, Encryption::None, [owners, None, None]),
        (false, Encryption::SseS3, [None, Some("AES256"), None]),
        (false, Encryption::SseKms(None), [None, Some("aws:kms"), None]),
        (true, Encryption::SseKms(Some(KEY.into())), [owners, Some("aws:kms"), Some(KEY)]),
    ] {
        let to = Destination { acl_full_control: acl, encryption, ..destination() };
        let heard = heard(&to).await;
        let of = |at: usize| NAMES.map(|name| heard[at].header(name).map(str::to_owned));
        let expected = expected.map(|value| value.map(str::to_owned));
        assert_eq!((of(0), of(1)), (expected.clone(), expected), "{:?}", to.encryption);
        assert_eq!(of(2), [None, None, None], "parts take what the upload was created with");
    }
}

#[test]
fn the_session_policy_allows_put_object_acl_only_if_an_acl_is_set() {
    let mut to = destination();
    assert!(!session_policy(&to).contains("PutObjectAcl"));
    to.acl_full_control = true;
    assert!(session_policy(&to).contains("s3:PutObjectAcl"));
}

#[test]
fn older_destinations_have_no_acl_and_no_encryption() {
    let mut kept = serde_json::to_value(destination()).expect("JSON");
    let map = kept.as_object_mut().expect("an object");
    assert!(map.remove("acl_full_control").is_some() && map.remove("encryption").is_some());
    let read: Destination = serde_json::from_value(kept).expect("a destination");
    assert_eq!(read, destination());
    for bad in ["", "a b", "a\r\nx-amz-acl: public-read", "é"] {
        assert!(!Encryption::is_key(bad), "{bad:?}");
    }
    assert!(Encryption::is_key(KEY) && Encryption::is_key("alias/ours"));
}
