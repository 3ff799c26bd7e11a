//! Tests bodies, checksums, parts, conditions and their log.

use super::clients::{OWNER, Uploading, assume, s3, s3_config, sample, start, status, sum, told};
use aws_sdk_s3::config::{Region, RequestChecksumCalculation};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumType, CompletedMultipartUpload, CompletedPart};
use daypass::practice::{ApiOperation, Fault, FaultRule, PracticeOptions};

#[tokio::test]
async fn bodies_are_checked_against_their_checksums() {
    let practice = start(PracticeOptions::default()).await;
    let story = practice.story();
    let given = assume(&story, &story.richard).await.expect("trusted");
    let client = s3(&story, given.clone());
    let bytes = sample(300_000);
    let put = |key: &str| {
        client.put_object().bucket(&story.bucket).key(key).body(bytes.clone().into()).expected_bucket_owner(OWNER)
    };
    let sent = put("a").checksum_crc64_nvme(sum(&bytes)).send().await.expect("a right checksum");
    assert_eq!(sent.checksum_crc64_nvme(), Some(sum(&bytes).as_str()));
    assert_eq!(sent.checksum_type(), Some(&ChecksumType::FullObject));
    let wrong = put("b").checksum_crc64_nvme(sum(b"other")).send().await.expect_err("a wrong checksum");
    assert_eq!(
        told(&wrong),
        ("BadDigest".to_owned(), "The CRC64NVME you specified did not match the calculated checksum.".to_owned())
    );

    practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::FlipBit));
    let turned = put("c").checksum_crc64_nvme(sum(&bytes)).send().await.expect_err("a bit was turned on the way");
    assert_eq!(told(&turned).0, "XAmzContentSHA256Mismatch");
    practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::FlipBitInside));
    let turned = put("c").checksum_crc64_nvme(sum(&bytes)).send().await.expect_err("a bit was turned inside");
    assert_eq!(told(&turned).0, "BadDigest");

    let owner = put("d").expected_bucket_owner("999988887777").send().await.expect_err("another owner");
    assert_eq!(told(&owner).0, "AccessDenied");
    let owner = put("d").expected_bucket_owner("12").send().await.expect_err("no account id");
    assert_eq!(told(&owner).0, "InvalidBucketOwnerAWSAccountID");
    let long = put(&"k".repeat(1025)).send().await.expect_err("1,025 bytes");
    assert_eq!(told(&long), ("KeyTooLongError".to_owned(), "Your key is too long".to_owned()));

    let exists = put("a").if_none_match("*").send().await.expect_err("it exists");
    assert_eq!((told(&exists).0.as_str(), status(&exists)), ("PreconditionFailed", 412));
    put("e").if_none_match("*").send().await.expect("it is new");
    let keys: Vec<String> = practice.objects().into_iter().map(|object| object.key).collect();
    assert_eq!(keys, ["a", "e"]);

    // What the SDK does by default: CRC32 in a header for bytes in memory, aws-chunked with a trailer for a file.
    let defaults = s3_config(&story, given).request_checksum_calculation(RequestChecksumCalculation::WhenSupported);
    let client = aws_sdk_s3::Client::from_conf(defaults.build());
    let sent =
        client.put_object().bucket(&story.bucket).key("f").body(bytes.clone().into()).send().await.expect("in memory");
    assert!(sent.checksum_crc32().is_some());
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), &bytes).expect("written");
    let stream = ByteStream::from_path(file.path()).await.expect("opened");
    let sent = client.put_object().bucket(&story.bucket).key("g").body(stream).send().await.expect("in chunks");
    assert!(sent.checksum_crc32().is_some());
    let chunked = practice.requests().pop().expect("in the log");
    assert_eq!(chunked.headers.get("x-amz-trailer").map(String::as_str), Some("x-amz-checksum-crc32"));
    for key in ["a", "e", "f", "g"] {
        assert!(practice.object_bytes(key).expect("stored") == bytes, "{key} differs");
    }
}

#[tokio::test]
async fn parts_are_joined_only_if_all_are_correct() {
    let practice = start(PracticeOptions {
        min_part: 1000,
        abort_days: Some(7),
        memory_cap: 1_500_000,
        ..PracticeOptions::default()
    })
    .await;
    let story = practice.story();
    let client = s3(&story, assume(&story, &story.richard).await.expect("trusted"));
    let created = client.create_multipart_upload().bucket(&story.bucket).key("x").send().await.expect("created");
    assert!(created.abort_date().is_some());

    let bytes = sample(3_500_001);
    let mut up = Uploading::start(&client, &story, "big").await;
    for part in bytes.chunks(1_000_000) {
        up.part(part).await;
    }
    practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::FlipBitInside).part(2));
    let turned = up.call(2, &bytes[..1_000_000]).send().await.expect_err("a bit was turned");
    assert_eq!(told(&turned).0, "BadDigest");

    let size = up.complete().mpu_object_size(5).send().await.expect_err("another size");
    assert_eq!(told(&size).0, "InvalidRequest");
    let crc = up.complete().checksum_crc64_nvme(sum(b"other")).send().await.expect_err("another checksum");
    assert_eq!(told(&crc).0, "BadDigest");
    let with = |parts: Vec<CompletedPart>| {
        up.complete().multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
    };
    let swapped = with(up.parts.iter().rev().cloned().collect()).send().await.expect_err("backwards");
    assert_eq!(told(&swapped).0, "InvalidPartOrder");
    let etag = with(vec![CompletedPart::builder().part_number(1).e_tag("\"other\"").build()])
        .send()
        .await
        .expect_err("another ETag");
    assert_eq!(told(&etag).0, "InvalidPart");
    assert!(practice.objects().is_empty());

    let done = up.complete().send().await.expect("all is right");
    assert_eq!(done.checksum_crc64_nvme(), Some(sum(&bytes).as_str()));
    assert_eq!(done.checksum_type(), Some(&ChecksumType::FullObject));
    assert!(done.e_tag().is_some_and(|etag| etag.ends_with("-4\"")), "{:?}", done.e_tag());
    let again = up.complete().send().await.expect("said again");
    assert_eq!((again.e_tag(), again.checksum_crc64_nvme()), (done.e_tag(), done.checksum_crc64_nvme()));
    assert!(practice.object_bytes("big").expect("stored") == bytes, "the bytes differ");
    assert_eq!(practice.objects()[0].content_type.as_deref(), Some("image/png"));
    let late = up.call(5, b"late").send().await.expect_err("it is complete");
    assert_eq!((told(&late).0.as_str(), status(&late)), ("NoSuchUpload", 404));

    let mut second = Uploading::start(&client, &story, "big").await;
    second.part(&bytes[..2000]).await;
    let exists = second.complete().send().await.expect_err("the key is taken");
    assert_eq!((told(&exists).0.as_str(), status(&exists)), ("PreconditionFailed", 412));
    let mut small = Uploading::start(&client, &story, "small").await;
    small.part(b"few").await;
    small.part(b"bytes").await;
    let small = small.complete().send().await.expect_err("the first part is too small");
    assert_eq!(told(&small).0, "EntityTooSmall");
    practice.abort_uploads();
    let gone = second.complete().send().await.expect_err("ended by lifecycle");
    assert_eq!(told(&gone).0, "NoSuchUpload");
}

#[tokio::test]
async fn bucket_options_change_the_answers() {
    let practice =
        start(PracticeOptions { kms: true, echo: false, region: "eu-west-1".to_owned(), ..PracticeOptions::default() })
            .await;
    let story = practice.story();
    let given = assume(&story, &story.richard).await.expect("trusted");
    let client = s3(&story, given.clone());
    let put = client
        .put_object()
        .bucket(&story.bucket)
        .key("k")
        .body(ByteStream::from_static(b"x"))
        .send()
        .await
        .expect("may put");
    assert!(put.e_tag().is_some());
    assert_eq!((put.checksum_crc64_nvme(), put.checksum_type()), (None, None));
    let created = client.create_multipart_upload().bucket(&story.bucket).key("k").send().await.expect("may create");
    let part = client
        .upload_part()
        .bucket(&story.bucket)
        .key("k")
        .part_number(1)
        .upload_id(created.upload_id().expect("an id"));
    let denied = part.body(ByteStream::from_static(b"x")).send().await.expect_err("kms:Decrypt is missing");
    assert!(
        told(&denied)
            .1
            .contains("is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:444455556666:key/")
    );

    let elsewhere = s3_config(&story, given).region(Region::new("us-east-1")).build();
    let elsewhere = aws_sdk_s3::Client::from_conf(elsewhere).put_object().bucket(&story.bucket).key("k").send().await;
    let elsewhere = elsewhere.expect_err("another region");
    assert_eq!(told(&elsewhere).0, "AuthorizationHeaderMalformed");
    assert_eq!(elsewhere.raw_response().and_then(|raw| raw.headers().get("x-amz-bucket-region")), Some("eu-west-1"));
}

#[tokio::test]
async fn the_log_contains_calls_parts_and_headers() {
    let practice = start(PracticeOptions { min_part: 1, ..PracticeOptions::default() }).await;
    let story = practice.story();
    let given = assume(&story, &story.richard).await.expect("trusted");
    let client = s3(&story, given.clone());
    practice.clear_requests();
    let mut up = Uploading::start(&client, &story, "dir/big file").await;
    up.part(&sample(5000)).await;
    up.part(&sample(10)).await;
    up.complete().send().await.expect("complete");
    let log = practice.requests();
    let parts: Vec<(Option<i32>, u64)> =
        log.iter().filter(|r| r.op == ApiOperation::UploadPart).map(|r| (r.part, r.body_bytes)).collect();
    assert_eq!(parts, [(Some(1), 5000), (Some(2), 10)]);
    let last = log.last().expect("a call");
    assert_eq!(
        (last.op, last.status, last.key.as_deref()),
        (ApiOperation::CompleteMultipartUpload, Some(200), Some("dir/big file"))
    );
    assert_eq!(last.access_key_id.as_deref(), Some(given.access_key_id()));
    assert_eq!(last.headers.get("if-none-match").map(String::as_str), Some("*"));
    assert_eq!(last.headers.get("x-amz-expected-bucket-owner").map(String::as_str), Some(OWNER));
    assert_eq!(practice.count(ApiOperation::UploadPart), 2);
    assert!(!format!("{log:?}").contains(given.session_token().expect("a token")));
}

#[tokio::test]
async fn keys_arrive_as_they_were_sent() {
    let practice = start(PracticeOptions::default()).await;
    let story = practice.story();
    let client = s3(&story, assume(&story, &story.richard).await.expect("trusted"));
    let long = "k".repeat(1024);
    let mut keys = vec![
        "a+b c%20d",
        "#?&=;:@,$!*'()",
        "emoji 🦀/cafe\u{301}",
        "tail/",
        "a//b",
        "~tilde",
        "100%",
        "\\back",
        "[x]{y}|^`<>\"",
        &long,
    ];
    for key in &keys {
        client
            .put_object()
            .bucket(&story.bucket)
            .key(*key)
            .body(ByteStream::from_static(b"x"))
            .send()
            .await
            .expect(key);
    }
    keys.sort_unstable();
    let stored: Vec<String> = practice.objects().into_iter().map(|object| object.key).collect();
    assert_eq!(stored, keys);
    let mut logged: Vec<String> = practice
        .requests()
        .into_iter()
        .filter(|call| call.op == ApiOperation::PutObject)
        .filter_map(|call| call.key)
        .collect();
    logged.sort_unstable();
    assert_eq!(logged, keys);
}
