//! The practice server against the real SDK: the story, put-only, checksums, expiry and faults.

use aws_credential_types::Credentials;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::{RequestId, RequestIdExt};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use crc_fast::{CrcAlgorithm, checksum, checksum_combine};
use daypass::practice::{ExtraRole, Keys, Mfa, Op, Options, Practice, Rule, Story, What};
use std::time::Duration;

const OWNER: &str = "444455556666";

async fn start(options: Options) -> Practice {
    Practice::start(options).await.expect("a free port")
}

fn long_term(keys: &Keys) -> Credentials {
    Credentials::new(keys.id(), keys.secret(), None, None, "test")
}

fn sts(story: &Story, credentials: Credentials) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .region(aws_sdk_sts::config::Region::new("us-east-1"))
        .endpoint_url(&story.endpoint)
        .credentials_provider(credentials)
        .retry_config(aws_sdk_sts::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_sts::Client::from_conf(config)
}

fn s3_config(story: &Story, credentials: Credentials) -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(story.region.clone()))
        .endpoint_url(&story.endpoint)
        .force_path_style(true)
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
}

fn s3(story: &Story, credentials: Credentials) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::from_conf(s3_config(story, credentials).build())
}

async fn assume(story: &Story, keys: &Keys) -> Result<Credentials, (String, String)> {
    let call = sts(story, long_term(keys)).assume_role().role_arn(&story.role_arn).role_session_name("Richard");
    call.send().await.map(|output| session(&output)).map_err(|error| told(&error))
}

fn session(output: &aws_sdk_sts::operation::assume_role::AssumeRoleOutput) -> Credentials {
    let given = output.credentials().expect("credentials");
    let token = Some(given.session_token().to_owned());
    Credentials::new(given.access_key_id(), given.secret_access_key(), token, None, "test")
}

/// Code and message of an error.
fn told<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> (String, String) {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (text(error.code()), text(error.message()))
}

fn status<E>(error: &SdkError<E>) -> u16 {
    error.raw_response().map(|raw| raw.status().as_u16()).unwrap_or_default()
}

fn sum(bytes: &[u8]) -> String {
    text(checksum(CrcAlgorithm::Crc64Nvme, bytes))
}

fn text(crc: u64) -> String {
    base64::engine::general_purpose::STANDARD.encode(crc.to_be_bytes())
}

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i * 31 % 253).unwrap_or_default()).collect()
}

#[tokio::test]
async fn the_story_is_played() {
    let practice = start(Options::default()).await;
    let story = practice.story();

    let who = sts(&story, long_term(&story.richard)).get_caller_identity().send().await.expect("always allowed");
    assert_eq!(who.arn(), Some("arn:aws:iam::111122223333:user/Richard"));
    assert_eq!(who.account(), Some("111122223333"));

    let direct = s3(&story, long_term(&story.richard))
        .put_object()
        .bucket(&story.bucket)
        .key("a")
        .body(ByteStream::from_static(b"x"));
    let refused = direct.send().await.expect_err("no right without the role");
    assert_eq!(told(&refused), ("AccessDenied".to_owned(), "Access Denied".to_owned()));
    assert_eq!(status(&refused), 403);
    assert!(refused.request_id().is_some());
    assert!(refused.extended_request_id().is_some());

    let first = assume(&story, &story.richard).await.expect("trusted");
    assert!(first.access_key_id().starts_with("ASIA"));
    let client = s3(&story, first.clone());
    let put = client.put_object().bucket(&story.bucket).key("a b/ä+%.txt").content_type("text/plain");
    let put = put.body(ByteStream::from_static(b"hello")).send().await.expect("the role may put");
    assert!(put.e_tag().is_some());
    assert_eq!(put.checksum_crc64_nvme(), Some(sum(b"hello").as_str()));
    assert_eq!(practice.object_bytes("a b/ä+%.txt").expect("stored"), b"hello");
    let stored = practice.objects().remove(0);
    assert_eq!((stored.size, stored.content_type.as_deref()), (5, Some("text/plain")));
    let arn = "arn:aws:sts::444455556666:assumed-role/importantproject-contractorA-bucket-put/Richard";
    assert_eq!(stored.by, arn);

    let second = assume(&story, &story.richard).await.expect("renewed");
    assert_ne!(first.access_key_id(), second.access_key_id());
    assert_ne!(first.secret_access_key(), second.secret_access_key());
    s3(&story, first).put_object().bucket(&story.bucket).key("b").send().await.expect("the older keys still serve");

    let text = format!(
        "User: arn:aws:iam::111122223333:user/Mallory is not authorized to perform: sts:AssumeRole on resource: {}",
        story.role_arn
    );
    assert_eq!(assume(&story, &story.mallory).await.expect_err("not trusted"), ("AccessDenied".to_owned(), text));

    practice.set_trusted(false);
    let (code, text) = assume(&story, &story.richard).await.expect_err("trust was taken back");
    assert_eq!(code, "AccessDenied");
    assert!(text.starts_with("User: arn:aws:iam::111122223333:user/Richard is not authorized"), "{text}");
    s3(&story, second.clone())
        .put_object()
        .bucket(&story.bucket)
        .key("c")
        .send()
        .await
        .expect("a session outlives trust");
    practice.set_trusted(true);
    assume(&story, &story.richard).await.expect("trusted again");

    practice.delete_role();
    let gone = s3(&story, second).put_object().bucket(&story.bucket).key("d").send().await.expect_err("no role");
    assert_eq!(told(&gone).0, "InvalidAccessKeyId");
    assert_eq!(assume(&story, &story.richard).await.expect_err("no role").0, "AccessDenied");
}

#[tokio::test]
async fn the_role_may_put_and_nothing_else() {
    let practice = start(Options::default()).await;
    let story = practice.story();
    let client = s3(&story, assume(&story, &story.richard).await.expect("trusted"));
    let (bucket, key) = (&story.bucket, "k");
    client.put_object().bucket(bucket).key(key).body(ByteStream::from_static(b"x")).send().await.expect("may put");
    let user = "User: arn:aws:sts::444455556666:assumed-role/importantproject-contractorA-bucket-put/Richard is not authorized to perform";

    let list = client.list_objects_v2().bucket(bucket).send().await.expect_err("may not list");
    let text = format!(
        "{user}: s3:ListBucket on resource: \"arn:aws:s3:::importantprojectbucket\" because no identity-based policy allows the s3:ListBucket action"
    );
    assert_eq!(told(&list), ("AccessDenied".to_owned(), text));
    let get = client.get_object().bucket(bucket).key(key).send().await.expect_err("may not read");
    assert!(told(&get).1.contains("s3:GetObject"));
    let head = client.head_object().bucket(bucket).key(key).send().await.expect_err("may not read");
    assert_eq!(status(&head), 403);
    let delete = client.delete_object().bucket(bucket).key(key).send().await.expect_err("may not delete");
    assert!(told(&delete).1.contains("s3:DeleteObject"));
    let copy = client.copy_object().copy_source(format!("{bucket}/{key}")).bucket(bucket).key("copy").send().await;
    assert_eq!(told(&copy.expect_err("may not read what it copies")).0, "AccessDenied");
    let acl = client.get_object_acl().bucket(bucket).key(key).send().await.expect_err("may not read ACLs");
    assert_eq!(told(&acl).0, "AccessDenied");
    let canned = aws_sdk_s3::types::ObjectCannedAcl::BucketOwnerFullControl;
    let with_acl =
        client.put_object().bucket(bucket).key("acl").acl(canned).send().await.expect_err("may not set ACLs");
    assert!(told(&with_acl).1.contains("s3:PutObjectAcl"));

    let here = client.head_bucket().bucket(bucket).send().await.expect_err("needs s3:ListBucket");
    let raw = here.raw_response().expect("an answer");
    assert_eq!((raw.status().as_u16(), raw.headers().get("x-amz-bucket-region")), (403, Some("us-east-1")));
    let nowhere = client.head_bucket().bucket("nobodys-bucket").send().await.expect_err("no such bucket");
    assert_eq!(status(&nowhere), 404);
    let nowhere = client.put_object().bucket("nobodys-bucket").key(key).send().await.expect_err("no such bucket");
    assert_eq!(told(&nowhere).0, "NoSuchBucket");

    let created = client.create_multipart_upload().bucket(bucket).key(key).send().await.expect("may create");
    let id = created.upload_id().expect("an id");
    let abort = client.abort_multipart_upload().bucket(bucket).key(key).upload_id(id).send().await;
    assert_eq!(told(&abort.expect_err("may not abort")).0, "AccessDenied");
    let parts = client.list_parts().bucket(bucket).key(key).upload_id(id).send().await;
    assert_eq!(told(&parts.expect_err("may not list parts")).0, "AccessDenied");
    assert_eq!(practice.open_uploads().len(), 1);

    let seen: Vec<Op> = practice.requests().iter().map(|request| request.op).collect();
    for op in
        [Op::ListObjectsV2, Op::GetObject, Op::HeadObject, Op::DeleteObject, Op::CopyObject, Op::Acl, Op::HeadBucket]
    {
        assert!(seen.contains(&op), "{op:?} is not in the log");
    }
    assert_eq!(practice.requests().iter().filter(|request| request.status.is_none()).count(), 0);
}

#[tokio::test]
async fn the_owner_may_do_everything() {
    let practice = start(Options::default()).await;
    let story = practice.story();
    let client = s3(&story, long_term(&story.owner));
    for key in ["a/1", "a/2", "b"] {
        practice.put_as_owner(key, key.as_bytes()).await.expect("stored");
    }
    let page = client.list_objects_v2().bucket(&story.bucket).prefix("a/").max_keys(1).send().await.expect("listed");
    assert_eq!((page.contents().len(), page.is_truncated()), (1, Some(true)));
    let next = page.next_continuation_token().expect("a token");
    let rest = client
        .list_objects_v2()
        .bucket(&story.bucket)
        .prefix("a/")
        .continuation_token(next)
        .send()
        .await
        .expect("listed");
    assert_eq!(rest.contents().first().and_then(|object| object.key()), Some("a/2"));
    let read = client.get_object().bucket(&story.bucket).key("a/2").send().await.expect("read");
    assert_eq!(read.body.collect().await.expect("whole").into_bytes().as_ref(), b"a/2");
    client.delete_object().bucket(&story.bucket).key("a/2").send().await.expect("deleted");
    let gone = client.head_object().bucket(&story.bucket).key("a/2").send().await.expect_err("it is gone");
    assert_eq!(status(&gone), 404);
    client.head_bucket().bucket(&story.bucket).send().await.expect("there");
}

#[tokio::test]
async fn wrong_keys_are_told_apart() {
    let practice = start(Options::default()).await;
    let story = practice.story();
    let wrong_secret = Credentials::new(story.richard.id(), "not the secret", None, None, "test");
    let refused = sts(&story, wrong_secret.clone()).get_caller_identity().send().await.expect_err("a wrong secret");
    assert_eq!(told(&refused).0, "SignatureDoesNotMatch");
    let refused =
        s3(&story, wrong_secret).put_object().bucket(&story.bucket).key("k").send().await.expect_err("a wrong secret");
    assert_eq!(told(&refused).0, "SignatureDoesNotMatch");
    assert!(told(&refused).1.starts_with("The request signature we calculated"));

    let stranger = Credentials::new("AKIANOBODYNOBODYNOBO", "secret", None, None, "test");
    let refused = sts(&story, stranger.clone()).get_caller_identity().send().await.expect_err("no such key");
    assert_eq!(told(&refused).0, "InvalidClientTokenId");
    let refused =
        s3(&story, stranger).put_object().bucket(&story.bucket).key("k").send().await.expect_err("no such key");
    assert_eq!(told(&refused).0, "InvalidAccessKeyId");

    let given = assume(&story, &story.richard).await.expect("trusted");
    let untold = Credentials::new(given.access_key_id(), given.secret_access_key(), None, None, "test");
    let refused = sts(&story, untold.clone()).get_caller_identity().send().await.expect_err("no token");
    assert_eq!(told(&refused).0, "InvalidClientTokenId");
    let refused = s3(&story, untold).put_object().bucket(&story.bucket).key("k").send().await.expect_err("no token");
    assert_eq!(told(&refused).0, "InvalidAccessKeyId");

    practice.set_key_active(false);
    assert_eq!(assume(&story, &story.richard).await.expect_err("inactive").0, "InvalidClientTokenId");
    assert!(!format!("{:?} {:?}", story, practice).contains(story.richard.secret()));
}

#[tokio::test]
async fn assume_role_is_validated_in_the_documented_order() {
    let options = Options {
        external_id: Some("ex-1".to_owned()),
        mfa: Some(Mfa {
            serial: "arn:aws:iam::111122223333:mfa/Richard".to_owned(),
            codes: vec!["123456".to_owned(), "654321".to_owned()],
        }),
        max_session_seconds: 7200,
        ..Options::default()
    };
    let practice = start(options).await;
    let story = practice.story();
    let client = sts(&story, long_term(&story.richard));
    let call = || client.assume_role().role_arn(&story.role_arn).role_session_name("Richard");
    let serial = "arn:aws:iam::111122223333:mfa/Richard";

    let short = call().duration_seconds(899).send().await.expect_err("too short");
    let text = "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900";
    assert_eq!(told(&short), ("ValidationError".to_owned(), text.to_owned()));
    let name = call().role_session_name("bad/name").send().await.expect_err("a slash");
    assert!(
        told(&name).1.contains("Member must satisfy regular expression pattern: [\\w+=,.@-]*"),
        "{:?}",
        told(&name)
    );
    let arn = call().role_arn("arn:aws:iam::444455556666:user/Richard").send().await.expect_err("not a role");
    assert_eq!(told(&arn).1, "arn:aws:iam::444455556666:user/Richard is invalid");

    let plain = call().external_id("ex-1").send().await.expect_err("no code");
    assert!(told(&plain).1.contains("is not authorized to perform: sts:AssumeRole"));
    let wrong =
        call().external_id("ex-1").serial_number(serial).token_code("000000").send().await.expect_err("a wrong code");
    assert_eq!(told(&wrong).1, "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    let other = call().serial_number("arn:aws:iam::111122223333:user/Richard").token_code("123456").send().await;
    assert!(told(&other.expect_err("not a device")).1.contains("Please verify your MFA serial number"));
    let half = call().serial_number(serial).send().await.expect_err("half of it");
    assert!(told(&half).1.contains("must provide both"));
    let with = |code: &str| call().external_id("ex-1").serial_number(serial).token_code(code);
    let long = with("123456").duration_seconds(7201).send().await.expect_err("more than the role allows");
    assert_eq!(told(&long).1, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    let again = with("123456").send().await.expect_err("a code works once");
    assert!(told(&again).1.contains("invalid MFA one time pass code"));
    let no_external = call().serial_number(serial).token_code("654321").send().await.expect_err("no external id");
    assert_eq!(told(&no_external).1, told(&plain).1);

    let policy = format!("{{\"Statement\":\"{}\"}}", "x".repeat(2048));
    let large = call().policy(policy).send().await.expect_err("too large");
    assert_eq!(told(&large).0, "PackedPolicyTooLarge");
    let no_json = call().policy("{nothing").send().await.expect_err("not JSON");
    assert_eq!(told(&no_json).0, "MalformedPolicyDocument");
}

#[tokio::test]
async fn chained_roles_and_the_callers_own_account() {
    let chain = ExtraRole {
        name: "team/second".to_owned(),
        trusts: vec!["arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put".to_owned()],
        policy: r#"{"Statement":[]}"#.to_owned(),
        max_session_seconds: 43200,
    };
    let practice = start(Options { extra_roles: vec![chain], ..Options::default() }).await;
    let story = practice.story();
    let client = sts(&story, assume(&story, &story.richard).await.expect("trusted"));
    let call = || client.assume_role().role_arn("arn:aws:iam::444455556666:role/team/second").role_session_name("x2");
    let long = call().duration_seconds(3601).send().await.expect_err("chains last an hour");
    assert!(told(&long).1.contains("1 hour session limit for roles assumed by role chaining"));
    let chained = call().send().await.expect("the first role is trusted");
    let who = sts(&story, session(&chained)).get_caller_identity().send().await.expect("always allowed");
    assert_eq!(who.arn(), Some("arn:aws:sts::444455556666:assumed-role/second/x2"));

    practice.set_caller_may_assume(false);
    assert_eq!(assume(&story, &story.richard).await.expect_err("not allowed at home").0, "AccessDenied");
}

#[tokio::test]
async fn a_session_really_ends() {
    let practice = start(Options { session_seconds: Some(2), ..Options::default() }).await;
    let story = practice.story();
    let client = sts(&story, long_term(&story.richard));
    let given =
        client.assume_role().role_arn(&story.role_arn).role_session_name("Richard").send().await.expect("trusted");
    let ends = given.credentials().expect("credentials").expiration().secs();
    let put =
        || s3(&story, session(&given)).put_object().bucket(&story.bucket).key("k").body(ByteStream::from_static(b"x"));
    put().send().await.expect("two seconds are left");
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let over = put().send().await.expect_err("the session is over");
    assert_eq!(told(&over), ("ExpiredToken".to_owned(), "The provided token has expired.".to_owned()));
    assert_eq!(status(&over), 400);
    let refused = sts(&story, session(&given)).get_caller_identity().send().await.expect_err("the session is over");
    assert_eq!(told(&refused).0, "ExpiredToken");
    let asked = practice.requests().into_iter().find(|request| request.op == Op::AssumeRole).expect("in the log");
    assert_eq!(ends - asked.at, 2, "Expiration tells the truth");
}

#[tokio::test]
async fn a_session_policy_only_narrows() {
    let practice = start(Options::default()).await;
    let story = practice.story();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::{}/mine/*"}}]}}"#,
        story.bucket
    );
    let call =
        sts(&story, long_term(&story.richard)).assume_role().role_arn(&story.role_arn).role_session_name("Richard");
    let given = call.policy(policy).send().await.expect("trusted");
    assert!(given.packed_policy_size().is_some());
    let client = s3(&story, session(&given));
    client.put_object().bucket(&story.bucket).key("mine/a").send().await.expect("within both policies");
    let out = client.put_object().bucket(&story.bucket).key("yours/a").send().await.expect_err("outside the session's");
    assert!(told(&out).1.ends_with("because no session policy allows the s3:PutObject action"), "{:?}", told(&out));
    let read = client.get_object().bucket(&story.bucket).key("mine/a").send().await.expect_err("the role may not read");
    assert!(told(&read).1.contains("no identity-based policy"));

    practice.narrow_policy("2026/");
    let out = client.put_object().bucket(&story.bucket).key("mine/b").send().await.expect_err("the role was narrowed");
    assert!(told(&out).1.contains("no identity-based policy"));
}

#[tokio::test]
async fn bodies_are_checked_against_their_checksums() {
    let practice = start(Options::default()).await;
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

    practice.fault(Rule::once(Op::PutObject, What::FlipBit));
    let turned = put("c").checksum_crc64_nvme(sum(&bytes)).send().await.expect_err("a bit was turned on the way");
    assert_eq!(told(&turned).0, "XAmzContentSHA256Mismatch");
    practice.fault(Rule::once(Op::PutObject, What::FlipBitInside));
    let turned = put("c").checksum_crc64_nvme(sum(&bytes)).send().await.expect_err("a bit was turned inside");
    assert_eq!(told(&turned).0, "BadDigest");

    let owner = put("d").expected_bucket_owner("999988887777").send().await.expect_err("another owner");
    assert_eq!(told(&owner).0, "AccessDenied");
    let owner = put("d").expected_bucket_owner("12").send().await.expect_err("no account id");
    assert_eq!(told(&owner).0, "InvalidBucketOwnerAWSAccountID");
    let long = put(&"k".repeat(1025)).send().await.expect_err("1,025 bytes");
    assert_eq!(told(&long), ("KeyTooLongError".to_owned(), "Your key is too long".to_owned()));

    put("a").if_none_match("*").send().await.expect_err("it exists");
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

struct Uploading<'a> {
    client: &'a aws_sdk_s3::Client,
    story: &'a Story,
    key: &'a str,
    id: String,
    parts: Vec<CompletedPart>,
    crc: Option<u64>,
    size: i64,
}

impl<'a> Uploading<'a> {
    async fn start(client: &'a aws_sdk_s3::Client, story: &'a Story, key: &'a str) -> Self {
        let created = client
            .create_multipart_upload()
            .bucket(&story.bucket)
            .key(key)
            .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme);
        let created =
            created.checksum_type(ChecksumType::FullObject).content_type("image/png").send().await.expect("created");
        let id = created.upload_id().expect("an id").to_owned();
        Self { client, story, key, id, parts: Vec::new(), crc: None, size: 0 }
    }

    fn call(&self, number: i32, bytes: &[u8]) -> aws_sdk_s3::operation::upload_part::builders::UploadPartFluentBuilder {
        let call = self.client.upload_part().bucket(&self.story.bucket).key(self.key).upload_id(&self.id);
        call.part_number(number).body(bytes.to_vec().into()).checksum_crc64_nvme(sum(bytes))
    }

    async fn part(&mut self, bytes: &[u8]) {
        let number = i32::try_from(self.parts.len() + 1).expect("few parts");
        let sent = self.call(number, bytes).send().await.expect("a part");
        assert_eq!(sent.checksum_crc64_nvme(), Some(sum(bytes).as_str()));
        let crc = checksum(CrcAlgorithm::Crc64Nvme, bytes);
        self.crc = Some(
            self.crc.map_or(crc, |before| checksum_combine(CrcAlgorithm::Crc64Nvme, before, crc, bytes.len() as u64)),
        );
        self.size += i64::try_from(bytes.len()).expect("few bytes");
        self.parts
            .push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag().map(str::to_owned)).build());
    }

    fn complete(
        &self,
    ) -> aws_sdk_s3::operation::complete_multipart_upload::builders::CompleteMultipartUploadFluentBuilder {
        let list = CompletedMultipartUpload::builder().set_parts(Some(self.parts.clone())).build();
        let call = self.client.complete_multipart_upload().bucket(&self.story.bucket).key(self.key).upload_id(&self.id);
        let call = call.multipart_upload(list).checksum_type(ChecksumType::FullObject).mpu_object_size(self.size);
        call.set_checksum_crc64_nvme(self.crc.map(text)).if_none_match("*").expected_bucket_owner(OWNER)
    }
}

#[tokio::test]
async fn parts_become_one_object_only_when_all_is_right() {
    let practice =
        start(Options { min_part: 1000, abort_days: Some(7), memory_cap: 1_500_000, ..Options::default() }).await;
    let story = practice.story();
    let client = s3(&story, assume(&story, &story.richard).await.expect("trusted"));
    let created = client.create_multipart_upload().bucket(&story.bucket).key("x").send().await.expect("created");
    assert!(created.abort_date().is_some());

    let bytes = sample(3_500_001);
    let mut up = Uploading::start(&client, &story, "big").await;
    for part in bytes.chunks(1_000_000) {
        up.part(part).await;
    }
    practice.fault(Rule::once(Op::UploadPart, What::FlipBitInside).part(2));
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
async fn the_options_change_what_the_bucket_says() {
    let practice =
        start(Options { kms: true, echo: false, region: "eu-west-1".to_owned(), ..Options::default() }).await;
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
async fn a_clock_that_is_off_is_refused() {
    let practice = start(Options::default()).await;
    let story = practice.story();
    practice.set_clock_ahead(3600);
    let (code, text) = assume(&story, &story.richard).await.expect_err("an hour behind");
    assert_eq!(code, "SignatureDoesNotMatch");
    assert!(text.starts_with("Signature expired: "), "{text}");
    let skewed = s3(&story, long_term(&story.owner)).put_object().bucket(&story.bucket).key("k").send().await;
    assert_eq!(told(&skewed.expect_err("an hour behind")).0, "RequestTimeTooSkewed");
    practice.set_clock_ahead(-3600);
    let (_, text) = assume(&story, &story.richard).await.expect_err("an hour ahead");
    assert!(text.starts_with("Signature not yet current: "), "{text}");
}

#[tokio::test]
async fn the_script_of_faults_is_played() {
    let practice = start(Options { min_part: 1, ..Options::default() }).await;
    let story = practice.story();
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(400)).build();
    let given = assume(&story, &story.richard).await.expect("trusted");
    let client = aws_sdk_s3::Client::from_conf(s3_config(&story, given).timeout_config(timeouts).build());
    let put = |key: &str| client.put_object().bucket(&story.bucket).key(key).body(sample(100_000).into());
    let stored = |key: &str| practice.objects().iter().any(|object| object.key == key);
    let once = |what: What| practice.fault(Rule::once(Op::PutObject, what));

    once(What::status(503, "SlowDown", "Please reduce your request rate."));
    let slow = put("a").send().await.expect_err("told to slow down");
    assert_eq!((status(&slow), told(&slow).0.as_str()), (503, "SlowDown"));
    assert!(!stored("a"));
    once(What::DropBefore);
    assert!(matches!(put("a").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    once(What::DropInBody(50_000));
    assert!(matches!(put("a").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    assert!(!stored("a"));
    once(What::DropAfter);
    assert!(matches!(put("a").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    assert!(stored("a"), "the work was done");
    once(What::NeverAnswer { work: true });
    assert!(matches!(put("b").send().await, Err(SdkError::TimeoutError(_))));
    assert!(stored("b"), "the work was done");
    once(What::Delay(Duration::from_millis(600)));
    assert!(matches!(put("c").send().await, Err(SdkError::TimeoutError(_))));
    once(What::SlowBody(100_000));
    assert!(matches!(put("c").send().await, Err(SdkError::TimeoutError(_))));
    once(What::Html(200));
    let portal = put("c").send().await.expect("the SDK takes a page for an answer");
    assert_eq!((portal.e_tag(), portal.request_id()), (None, None));
    once(What::Html(407));
    let proxy = put("c").send().await.expect_err("a proxy");
    assert_eq!((status(&proxy), proxy.code(), proxy.request_id()), (407, None, None));
    assert!(!stored("c"));
    once(What::NoETag);
    assert_eq!(put("d").send().await.expect("stored").e_tag(), None);
    once(What::WrongChecksum);
    let sent = put("d").checksum_crc64_nvme(sum(&sample(100_000))).send().await.expect("stored");
    assert_eq!(sent.checksum_crc64_nvme(), Some("AAAAAAAAAAA="));
    practice.set_offline(true);
    assert!(matches!(put("e").send().await, Err(SdkError::DispatchFailure(_) | SdkError::ResponseError(_))));
    practice.set_offline(false);
    put("e").send().await.expect("the network is back");

    let mut up = Uploading::start(&client, &story, "big").await;
    up.part(b"one").await;
    let inside =
        |work: bool| What::ErrorInside200 { code: "InternalError".to_owned(), message: "Try again.".to_owned(), work };
    practice.fault(Rule::once(Op::CompleteMultipartUpload, inside(false)));
    let error = up.complete().send().await.expect_err("an error inside 200");
    assert_eq!((status(&error), told(&error).0.as_str()), (200, "InternalError"));
    assert!(!stored("big"));
    practice.fault(Rule::once(Op::CompleteMultipartUpload, What::DropAfter));
    practice.fault(Rule::once(Op::CompleteMultipartUpload, What::NoETag).skip(1));
    practice.fault(Rule::once(Op::CompleteMultipartUpload, What::WrongChecksum).skip(2));
    assert!(up.complete().send().await.is_err());
    assert!(stored("big"), "the work was done");
    assert_eq!(up.complete().send().await.expect("said again").e_tag(), None);
    assert_eq!(up.complete().send().await.expect("said again").checksum_crc64_nvme(), Some("AAAAAAAAAAA="));

    practice.fault(Rule::once(Op::AssumeRole, What::SkewDate(-7200)));
    let call =
        sts(&story, long_term(&story.richard)).assume_role().role_arn(&story.role_arn).role_session_name("Richard");
    call.send().await.expect("only the Date is off");
    practice.fault(Rule::once(Op::AssumeRole, What::status(400, "Throttling", "Rate exceeded")));
    assert_eq!(
        assume(&story, &story.richard).await.expect_err("throttled"),
        ("Throttling".to_owned(), "Rate exceeded".to_owned())
    );
}

#[tokio::test]
async fn the_log_tells_calls_parts_and_headers() {
    let practice = start(Options { min_part: 1, ..Options::default() }).await;
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
        log.iter().filter(|r| r.op == Op::UploadPart).map(|r| (r.part, r.body_bytes)).collect();
    assert_eq!(parts, [(Some(1), 5000), (Some(2), 10)]);
    let last = log.last().expect("a call");
    assert_eq!(
        (last.op, last.status, last.key.as_deref()),
        (Op::CompleteMultipartUpload, Some(200), Some("dir/big file"))
    );
    assert_eq!(last.access_key_id.as_deref(), Some(given.access_key_id()));
    assert_eq!(last.headers.get("if-none-match").map(String::as_str), Some("*"));
    assert_eq!(last.headers.get("x-amz-expected-bucket-owner").map(String::as_str), Some(OWNER));
    assert_eq!(practice.count(Op::UploadPart), 2);
    assert!(!format!("{log:?}").contains(given.session_token().expect("a token")));
}

#[tokio::test]
async fn the_profile_files_name_both_users() {
    let practice = start(Options { seed: Some(1), ..Options::default() }).await;
    let twin = start(Options { seed: Some(1), ..Options::default() }).await;
    let story = practice.story();
    assert_eq!(story.richard, twin.story().richard);
    let dir = tempfile::tempdir().expect("a directory");
    story.write_profile_files(dir.path()).expect("written");
    let credentials = std::fs::read_to_string(dir.path().join("credentials")).expect("there");
    assert!(credentials.contains("[importantproject]\naws_access_key_id = AKIA"));
    assert!(credentials.contains(story.richard.secret()));
    assert!(credentials.contains("[mallory]"));
    let config = std::fs::read_to_string(dir.path().join("config")).expect("there");
    assert!(config.contains("[profile importantproject]\nregion = us-east-1"));
}
