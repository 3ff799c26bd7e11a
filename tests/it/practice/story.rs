//! The story: who may put, who may not, and what the role may not do.

use super::clients::{assume, long_term, s3, start, status, sts, sum, told};
use aws_credential_types::Credentials;
use aws_sdk_s3::operation::{RequestId, RequestIdExt};
use aws_sdk_s3::primitives::ByteStream;
use daypass::practice::{ApiOperation, PracticeOptions};

#[tokio::test]
async fn users_put_objects_only_through_the_role() {
    let practice = start(PracticeOptions::default()).await;
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
async fn the_role_may_only_put_objects() {
    let practice = start(PracticeOptions::default()).await;
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

    let seen: Vec<ApiOperation> = practice.requests().iter().map(|request| request.op).collect();
    for op in [
        ApiOperation::ListObjectsV2,
        ApiOperation::GetObject,
        ApiOperation::HeadObject,
        ApiOperation::DeleteObject,
        ApiOperation::CopyObject,
        ApiOperation::Acl,
        ApiOperation::HeadBucket,
    ] {
        assert!(seen.contains(&op), "{op:?} is not in the log");
    }
    assert_eq!(practice.requests().iter().filter(|request| request.status.is_none()).count(), 0);
}

#[tokio::test]
async fn the_owner_may_do_everything() {
    let practice = start(PracticeOptions::default()).await;
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
async fn wrong_keys_are_distinguished() {
    let practice = start(PracticeOptions::default()).await;
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
    assert!(!format!("{story:?} {practice:?}").contains(story.richard.secret()));
}

#[tokio::test]
async fn the_profile_files_name_both_users() {
    let practice = start(PracticeOptions { seed: Some(1), ..PracticeOptions::default() }).await;
    let twin = start(PracticeOptions { seed: Some(1), ..PracticeOptions::default() }).await;
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
