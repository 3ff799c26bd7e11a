//! Tests what the role of the customer's kit may and may not do, with the SDK.

use super::clients::{Uploading, long_term, s3, session, start, sts, told};
use aws_sdk_s3::Client;
use daypass::grant::{Cidr, RoleRequest, policy};
use daypass::practice::{ExtraRole, Practice, PracticeOptions};
use daypass::time::Utc;

/// Richard's request for the story's bucket.
fn ask() -> RoleRequest {
    let who = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    RoleRequest::new(who, "importantprojectbucket".parse().expect("a bucket"), "in/".parse().expect("a folder"))
}

/// Returns a practice server with the kit's role, and a client with a session of that role.
async fn deployed(ask: &RoleRequest, options: PracticeOptions) -> (Practice, Client) {
    let role = ExtraRole {
        name: ask.role_name.to_string(),
        trusts: vec!["Richard".to_owned()],
        policy: policy::permission(ask).json(),
        max_session_seconds: ask.seconds,
    };
    let practice = start(PracticeOptions { extra_roles: vec![role], ..options }).await;
    let story = practice.story();
    let arn = format!("arn:aws:iam::{}:role/{}", story.customer_account, ask.role_name);
    let call = sts(&story, long_term(&story.richard)).assume_role().role_arn(arn).role_session_name("Richard");
    let given = call.send().await.expect("trusted");
    let client = s3(&story, session(&given));
    (practice, client)
}

/// Puts an object without a condition, and returns the error if it is refused.
async fn put(practice: &Practice, client: &Client, key: &str) -> Result<(), (String, String)> {
    let bucket = practice.story().bucket;
    client.put_object().bucket(bucket).key(key).send().await.map(|_| ()).map_err(|why| told(&why))
}

const DENIED: &str = "with an explicit deny in an identity-based policy";

#[tokio::test]
async fn the_role_of_the_kit_never_replaces_an_object() {
    let (practice, client) = deployed(&ask(), PracticeOptions::default()).await;
    let story = practice.story();
    let condition = || client.put_object().bucket(&story.bucket).key("in/a").if_none_match("*");
    condition().send().await.expect("the first of this name");
    // S3 refuses with the condition; without it, the role's policy does, even if nothing exists.
    assert_eq!(told(&condition().send().await.expect_err("it is there")).0, "PreconditionFailed");
    for key in ["in/a", "in/b"] {
        let (code, text) = put(&practice, &client, key).await.expect_err("no condition");
        assert!(code == "AccessDenied" && text.ends_with(DENIED), "{key}: {text}");
    }
    let copy = client.copy_object().bucket(&story.bucket).key("in/a").copy_source(format!("{}/in/a", story.bucket));
    assert_eq!(told(&copy.send().await.expect_err("a copy replaces too")).0, "AccessDenied");
    // Creating an upload and sending parts need no condition.
    let mut upload = Uploading::start(&client, &story, "in/parts").await;
    upload.part(b"in parts").await;
    let (code, text) = told(&upload.complete().set_if_none_match(None).send().await.expect_err("no condition"));
    assert!(code == "AccessDenied" && text.ends_with(DENIED), "{text}");
    upload.complete().send().await.expect("with it");
    let keys: Vec<String> = practice.objects().into_iter().map(|object| object.key).collect();
    assert_eq!(keys, ["in/a", "in/parts"]);
}

#[tokio::test]
async fn a_role_with_permission_to_replace_does_replace() {
    let (practice, client) = deployed(&RoleRequest { create_only: false, ..ask() }, PracticeOptions::default()).await;
    for _ in 0..2 {
        put(&practice, &client, "in/a").await.expect("it may be replaced");
    }
}

#[tokio::test]
async fn the_role_of_the_kit_works_only_over_tls() {
    let (practice, client) = deployed(&ask(), PracticeOptions { encrypted: false, ..PracticeOptions::default() }).await;
    let call = client.put_object().bucket(practice.story().bucket).key("in/a").if_none_match("*");
    let (code, text) = told(&call.send().await.expect_err("in the clear"));
    assert!(code == "AccessDenied" && text.ends_with(DENIED), "{text}");
}

#[tokio::test]
async fn date_and_network_limits_apply_to_existing_sessions() {
    let network = |text: &str| vec![text.parse::<Cidr>().expect("a network")];
    let long_ago = Utc(946_684_800);
    for (conditions, let_in) in [
        (RoleRequest { not_before: Some(long_ago), ..ask() }, true),
        (RoleRequest { not_after: Some(long_ago), ..ask() }, false),
        (RoleRequest { source_ips: network("203.0.113.0/24"), ..ask() }, false),
    ] {
        // The practice has its own trust policy, so the session exists like one from before the last day.
        let (practice, client) = deployed(&conditions, PracticeOptions::default()).await;
        let call = client.put_object().bucket(practice.story().bucket).key("in/a").if_none_match("*");
        let answer = call.send().await.map_err(|why| told(&why));
        let said = answer.as_ref().err().map(|(_, text)| text.ends_with("allows the s3:PutObject action"));
        assert_eq!((answer.is_ok(), said), (let_in, (!let_in).then_some(true)), "{answer:?}");
    }
}
