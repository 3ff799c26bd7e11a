//! Tests the requests that Daypass sends to S3.

pub mod faults;
mod files;

use crate::support::scripted::{Reply, Request, Server, answer, fault, ok};
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use daypass::engine::clock::Clock;
use daypass::engine::http::{Http, HttpOptions};
use daypass::engine::s3::{CompleteRequest, S3, packed, unpacked};
use daypass::engine::timeouts::Timeouts;
use daypass::engine::vault::{SessionCredentials, Vault};
use daypass::model::destination::Destination;
use daypass::model::names::Region;
use daypass::model::parts::PartDone;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::upload::{DestinationId, Proof};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub const PLACE: DestinationId = DestinationId(3);

/// For servers that won't answer: a busy computer may take this long for what is to succeed.
pub const HASTY: Timeouts = Timeouts {
    idle: Duration::from_millis(200),
    answer: Duration::from_millis(200),
    complete: Duration::from_millis(400),
    slowest: 64 << 20,
    drain: 64 << 10,
    least: Duration::from_millis(300),
    margin: Duration::from_secs(5),
};

pub fn crc(bytes: &[u8]) -> u64 {
    crc_fast::checksum(CrcAlgorithm::Crc64Nvme, bytes)
}

pub fn destination() -> Destination {
    Destination {
        name: "Acme".into(),
        external_id: Some("acme-42".parse().expect("an external id")),
        mfa_serial: Some("arn:aws:iam::111111111111:mfa/bob".parse().expect("a serial")),
        ..Destination::new(
            "work",
            "arn:aws:iam::222222222222:role/drop/upload".parse().expect("a role"),
            "acme-inbox".parse().expect("a bucket"),
            "from-bob/".parse().expect("a prefix"),
        )
    }
}

pub fn region(name: &str) -> Region {
    name.parse().expect("a region")
}

pub fn http(url: &str, ca_bundle: Option<PathBuf>) -> Http {
    Http::new(&HttpOptions { endpoint_url: Some(url.to_owned()), ca_bundle, plain_http: true }, &Clock::start())
        .expect("a client")
}

pub fn vault() -> Vault {
    let vault = Vault::new();
    assert!(vault.put(&vault.ticket(PLACE), SessionCredentials::new("ASIAEXAMPLE", "secret", "token")));
    vault
}

pub fn s3_with(http: &Http, clock: &Clock, patience: Timeouts) -> S3 {
    S3::new(http, vault().signer(PLACE), &region("eu-west-1"), &destination(), clock, patience)
}

pub fn s3(server: &Server) -> S3 {
    s3_with(&http(&server.url, None), &Clock::start(), Timeouts::default())
}

/// Does the same over TLS, with the server's own certificate.
pub fn s3_over_tls(server: &Server, pem: PathBuf) -> S3 {
    s3_with(&http(&server.url, Some(pem)), &Clock::start(), Timeouts::default())
}

/// Returns bytes that depend on their position.
pub fn content(length: usize) -> Bytes {
    let pattern: Vec<u8> = (0..=250).collect();
    let mut bytes = pattern.repeat(length / pattern.len() + 1);
    bytes.truncate(length);
    bytes.into()
}

fn signed_headers(request: &Request) -> Vec<String> {
    let authorization = request.header("authorization").expect("a signature");
    let list = authorization.split("SignedHeaders=").nth(1).expect("a list").split(',').next().expect("its end");
    list.split(';').map(str::to_owned).collect()
}

fn never(request: &Request) {
    for name in [
        "content-encoding",
        "transfer-encoding",
        "x-amz-trailer",
        "x-amz-decoded-content-length",
        "x-amz-sdk-checksum-algorithm",
        "x-amz-acl",
        "x-amz-tagging",
        "expect",
    ] {
        assert_eq!(request.header(name), None, "{name}");
    }
    assert_eq!(request.header("x-amz-expected-bucket-owner"), Some("222222222222"));
    assert!(signed_headers(request).contains(&"x-amz-expected-bucket-owner".to_owned()));
    assert_eq!(request.header("x-amz-security-token"), Some("token"));
}

fn stores(request: &Request) -> Reply {
    let echo = request.header("x-amz-checksum-crc64nvme").unwrap_or_default();
    ok(&[("etag", "\"e1\""), ("x-amz-checksum-crc64nvme", echo), ("x-amz-version-id", "v1")], "")
}

/// Returns the header value that signs these bytes.
pub fn payload_hash(bytes: &[u8]) -> String {
    format!("{:x}", Bytes::copy_from_slice(&Sha256::digest(bytes)))
}

async fn put_and_look(server: &Server, s3: &S3, signed: bool) {
    let body = content(300_000);
    let taken = Arc::new(AtomicU64::new(0));
    let stored = s3.put("from-bob/a b/é.pdf", body.clone(), crc(&body), &taken).await.expect("stored");
    assert_eq!((stored.proof, &*stored.etag, stored.version_id.as_deref()), (Proof::Whole, "\"e1\"", Some("v1")));
    assert_eq!(&*stored.request_id, "REQUEST1");
    assert_eq!(taken.load(Ordering::Relaxed), 300_000);
    let request = server.heard().remove(0);
    assert!(request.line.starts_with("PUT /acme-inbox/from-bob/a%20b/%C3%A9.pdf"), "{}", request.line);
    never(&request);
    assert_eq!(request.header("content-length"), Some("300000"));
    assert_eq!(request.header("content-type"), Some("application/pdf"));
    assert_eq!(request.header("if-none-match"), Some("*"));
    let hash = if signed { payload_hash(&body) } else { "UNSIGNED-PAYLOAD".to_owned() };
    assert_eq!(request.header("x-amz-content-sha256"), Some(hash.as_str()));
    assert_eq!(request.header("x-amz-checksum-crc64nvme").and_then(unpacked), Some(crc(&body)));
    for name in ["if-none-match", "x-amz-checksum-crc64nvme", "x-amz-content-sha256"] {
        assert!(signed_headers(&request).contains(&name.to_owned()), "{name}");
    }
    assert_eq!(request.body, body);
}

#[tokio::test]
async fn put_object_over_plain_http_signs_the_payload() {
    let server = Server::start(stores).await;
    put_and_look(&server, &s3(&server), true).await;
}

#[tokio::test]
async fn put_object_over_tls_leaves_the_payload_to_tls_and_checksum() {
    let dir = tempfile::tempdir().expect("a folder");
    let pem = dir.path().join("ca.pem");
    let server = Server::start_tls(&pem, stores).await;
    let s3 = s3_over_tls(&server, pem);
    put_and_look(&server, &s3, false).await;
}

#[tokio::test]
async fn an_empty_file_is_uploaded() {
    let server = Server::start(stores).await;
    let stored = s3(&server).put("from-bob/empty", Bytes::new(), 0, &Arc::default()).await.expect("stored");
    assert_eq!(stored.proof, Proof::Whole);
    let request = server.heard().remove(0);
    never(&request);
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(request.header("x-amz-checksum-crc64nvme"), Some("AAAAAAAAAAA="));
}

#[tokio::test]
async fn a_multipart_upload_sends_the_checksum_of_the_whole_file() {
    let file = content(25_000);
    let parts: Vec<PartDone> = file
        .chunks(10_000)
        .zip(1..)
        .map(|(part, number)| PartDone { etag: format!("\"p{number}\"").into(), crc: crc(part), echoed: true })
        .collect();
    let whole = packed(crc(&file));
    let echo = whole.clone();
    let server = Server::start(move |request| {
        if request.line.contains("?uploads") {
            let body = "<InitiateMultipartUploadResult><UploadId>UP/1</UploadId></InitiateMultipartUploadResult>";
            return ok(&[("x-amz-abort-date", "Wed, 21 Oct 2026 07:28:00 GMT")], body);
        }
        if request.line.starts_with("PUT ") {
            return ok(&[("etag", "\"p1\"")], "");
        }
        if request.line.starts_with("DELETE ") {
            return answer(204, &[], "");
        }
        let body = format!(
            "\n\n<CompleteMultipartUploadResult><ETag>\"w-3\"</ETag><ChecksumCRC64NVME>{echo}</ChecksumCRC64NVME>\
             <ChecksumType>FULL_OBJECT</ChecksumType></CompleteMultipartUploadResult>"
        );
        ok(&[("date", "Wed, 21 Oct 2026 07:28:00 GMT")], &body)
    })
    .await;
    let s3 = s3(&server);
    let created = s3.create("from-bob/film.mp4").await.expect("created");
    assert_eq!((&*created.upload_id, created.abort_at.map(|at| at.0)), ("UP/1", Some(1_792_567_680)));
    let first = file.slice(..10_000);
    let taken = Arc::new(AtomicU64::new(0));
    let sum = crc(&first);
    let hash = payload_hash(&first);
    let done = s3.upload_part("from-bob/film.mp4", "UP/1", 1, first, sum, &taken).await.expect("sent");
    assert_eq!(done, PartDone { echoed: false, ..parts[0].clone() });
    let told = CompleteRequest { upload_id: "UP/1", parts: &parts, part: 10_000, size: 25_000 };
    let stored = s3.complete("from-bob/film.mp4", told).await.expect("stored");
    assert_eq!((stored.proof, stored.crc, stored.at.0), (Proof::Whole, crc(&file), 1_792_567_680));
    s3.abort("from-bob/film.mp4", "UP/1").await.expect("aborted");

    let heard = server.heard();
    heard.iter().for_each(never);
    assert_eq!(heard[0].header("x-amz-checksum-algorithm"), Some("CRC64NVME"));
    assert_eq!(heard[0].header("x-amz-checksum-type"), Some("FULL_OBJECT"));
    assert_eq!(heard[0].header("content-type"), Some("video/mp4"));
    assert!(heard[1].line.contains("partNumber=1") && heard[1].line.contains("uploadId=UP%2F1"), "{}", heard[1].line);
    assert_eq!(heard[1].header("x-amz-checksum-crc64nvme"), Some(&*packed(parts[0].crc)));
    assert_eq!(heard[1].header("x-amz-content-sha256"), Some(hash.as_str()));
    assert_eq!(heard[1].header("if-none-match"), None);
    let complete = &heard[2];
    assert_eq!(complete.header("if-none-match"), Some("*"));
    assert_eq!(complete.header("x-amz-checksum-crc64nvme"), Some(whole.as_str()));
    assert_eq!(complete.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
    assert_eq!(complete.header("x-amz-mp-object-size"), Some("25000"));
    for (part, number) in parts.iter().zip(1..) {
        let (text, sum) = (complete.text(), packed(part.crc));
        assert!(text.contains(&format!("<PartNumber>{number}</PartNumber>")), "{text}");
        assert!(text.contains(&format!("<ChecksumCRC64NVME>{sum}</ChecksumCRC64NVME>")), "{text}");
        assert!(
            text.contains(&format!("<ETag>&quot;p{number}&quot;</ETag>"))
                || text.contains(&format!("<ETag>\"p{number}\"</ETag>")),
            "{text}"
        );
    }
    assert!(heard.iter().all(|request| request.connection == 0), "one connection serves one request after another");
}

async fn completed(body: &'static str, echoed: bool) -> Result<Proof, Kind> {
    let server = Server::start(move |_| ok(&[], body)).await;
    let parts = [PartDone { etag: "\"p\"".into(), crc: crc(b"123456789"), echoed }];
    let told = CompleteRequest { upload_id: "UP", parts: &parts, part: 10, size: 9 };
    s3(&server).complete("k", told).await.map(|object| object.proof).map_err(|problem| problem.kind)
}

#[tokio::test]
async fn only_the_checksum_of_the_file_proves_the_whole_object() {
    macro_rules! result {
        ($inner:literal) => {
            concat!("<CompleteMultipartUploadResult>", $inner, "</CompleteMultipartUploadResult>")
        };
    }
    let cases: [(&'static str, Result<Proof, Kind>); 10] = [
        (result!("<ETag>\"e\"</ETag><ChecksumCRC64NVME>rosUhgp5</ChecksumCRC64NVME>"), Err(Kind::ProofDiffers)),
        (result!("<ETag>\"e\"</ETag><ChecksumCRC64NVME>rosUhgp5mIg=</ChecksumCRC64NVME>"), Ok(Proof::Whole)),
        (result!("<ETag>\"e\"</ETag>"), Ok(Proof::Parts)),
        (result!("<ETag>\"e\"</ETag><ChecksumCRC64NVME>rosUhgp5mIg=-2</ChecksumCRC64NVME>"), Ok(Proof::Parts)),
        (
            result!(
                "<ETag>\"e\"</ETag><ChecksumType>COMPOSITE</ChecksumType><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>"
            ),
            Ok(Proof::Parts),
        ),
        (result!("<ETag>\"e\"</ETag><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>"), Err(Kind::ProofDiffers)),
        (result!("<ChecksumCRC64NVME>rosUhgp5mIg=</ChecksumCRC64NVME>"), Err(Kind::AnswerLost)),
        (result!("<ETag></ETag>"), Err(Kind::AnswerLost)),
        ("<Error><Code>InternalError</Code><Message>again</Message></Error>", Err(Kind::AnswerLost)),
        ("<Error><Code>AccessDenied</Code><Message>no</Message></Error>", Err(Kind::AccessDenied(DeniedBy::Unknown))),
    ];
    for (body, expected) in cases {
        assert_eq!(completed(body, true).await, expected, "{body}");
        let unechoed = if expected == Ok(Proof::Parts) { Ok(Proof::NoChecksum) } else { expected };
        assert_eq!(completed(body, false).await, unechoed, "{body}");
    }
}

/// Returns the results of PutObject and UploadPart for an answer with this checksum.
async fn echoes(echo: Option<&'static str>) -> (Result<Proof, Kind>, Result<bool, Kind>) {
    let server = Server::start(move |_| {
        let mut headers = vec![("etag", "\"e\"")];
        headers.extend(echo.map(|echo| ("x-amz-checksum-crc64nvme", echo)));
        ok(&headers, "")
    })
    .await;
    let (s3, body, sum) = (s3(&server), Bytes::from_static(b"123456789"), crc(b"123456789"));
    let put = s3.put("k", body.clone(), sum, &Arc::default()).await;
    let part = s3.upload_part("k", "UP", 1, body, sum, &Arc::default()).await;
    (put.map(|object| object.proof).map_err(|why| why.kind), part.map(|done| done.echoed).map_err(|why| why.kind))
}

#[tokio::test]
async fn only_an_answer_with_our_checksum_counts_as_checked() {
    assert_eq!(echoes(Some("rosUhgp5mIg=")).await, (Ok(Proof::Whole), Ok(true)));
    assert_eq!(echoes(None).await, (Ok(Proof::NoChecksum), Ok(false)));
    for wrong in ["AAAAAAAAAAA=", "rosUhgp5mIg", "rosU", "", "!", "rosUhgp5mIg=-"] {
        assert_eq!(echoes(Some(wrong)).await, (Err(Kind::ProofDiffers), Err(Kind::Damaged)), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_denial_reveals_the_region() {
    let server = Server::start(|_| answer(403, &[("x-amz-bucket-region", "ap-south-1")], "")).await;
    assert_eq!(s3(&server).head_bucket_region().await.expect("told").as_str(), "ap-south-1");
    assert!(server.heard()[0].line.starts_with("HEAD /acme-inbox"));
    let server = Server::start(|_| answer(404, &[], "")).await;
    assert_eq!(s3(&server).head_bucket_region().await.expect_err("none").kind, Kind::NoSuchBucket);
}

#[tokio::test]
async fn a_policy_that_refuses_unsigned_payloads_is_satisfied() {
    let dir = tempfile::tempdir().expect("a folder");
    let pem = dir.path().join("ca.pem");
    let server = Server::start_tls(&pem, |request| match request.header("x-amz-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => {
            fault(403, "AccessDenied", "not authorized with an explicit deny in a resource-based policy")
        }
        _ => stores(request),
    })
    .await;
    let s3 = Arc::new(s3_over_tls(&server, pem));
    let body = content(100_000);
    let calls: Vec<_> = (1..=3)
        .map(|number| {
            let (s3, body) = (Arc::clone(&s3), body.clone());
            tokio::spawn(
                async move { s3.upload_part("k", "UP", number, body.clone(), crc(&body), &Arc::default()).await },
            )
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("sent");
    }
    let before = server.heard().len();
    let taken = Arc::new(AtomicU64::new(0));
    s3.put("k", body.clone(), crc(&body), &taken).await.expect("stored");
    let heard = server.heard();
    assert_eq!(heard.len(), before + 1, "the requirement is remembered");
    let hash = payload_hash(&body);
    let last = heard.last().expect("a request");
    assert_eq!(last.header("x-amz-content-sha256"), Some(hash.as_str()));
    assert_eq!((&last.body, taken.load(Ordering::Relaxed)), (&body.to_vec(), 100_000));
    never(last);
}

#[tokio::test]
async fn a_genuine_denial_is_retried_with_a_signed_payload_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let pem = dir.path().join("ca.pem");
    let server = Server::start_tls(&pem, |_| fault(403, "AccessDenied", "Access Denied")).await;
    let s3 = s3_over_tls(&server, pem);
    for requests in [2, 3, 4] {
        let denied = s3.put("k", content(10), 0, &Arc::default()).await.expect_err("denied");
        assert_eq!(denied.kind, Kind::AccessDenied(DeniedBy::Unknown));
        assert_eq!(server.heard().len(), requests);
    }
}
