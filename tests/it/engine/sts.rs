//! AssumeRole and GetCallerIdentity over the wire.

use crate::engine::transfer::{PLACE, destination, http, region};
use crate::support::scripted::{Reply, Server, answer, login_page};
use daypass::engine::clock::Clock;
use daypass::engine::credentials::SourceKeys;
use daypass::engine::sts::{assume_role, get_caller_identity, region_for};
use daypass::engine::vault::{SessionCredentials, Vault};
use daypass::model::event::{AssumeRole, Assumed};
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::session::Grant;
use daypass::policy::session::session_policy;
use daypass::time::Utc;
use daypass::words::cli::session;
use daypass::words::format;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

fn keys() -> SourceKeys {
    SourceKeys {
        access_key_id: "AKIAEXAMPLE".into(),
        secret: Zeroizing::new("sourcesecret".into()),
        token: Some(Zeroizing::new("sourcetoken".into())),
    }
}

fn ask() -> AssumeRole {
    AssumeRole {
        attempt: 1,
        destination: Arc::new(destination()),
        seconds: 3600,
        narrow: true,
        session_name: "bob".parse().expect("a name"),
    }
}

fn given(account: &str, expiration: &str) -> Reply {
    given_of(account, "upload/bob", expiration)
}

fn given_of(account: &str, session: &str, expiration: &str) -> Reply {
    let body = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
         <AssumedRoleUser><AssumedRoleId>AROA:bob</AssumedRoleId>\
         <Arn>arn:aws:sts::{account}:assumed-role/{session}</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>newsecret</SecretAccessKey>\
         <SessionToken>newtoken</SessionToken><Expiration>{expiration}</Expiration></Credentials>\
         </AssumeRoleResult></AssumeRoleResponse>"
    );
    Reply::Say(200, vec![("date", "Wed, 21 Oct 2026 07:00:00 GMT".into()), ("x-amzn-requestid", "S1".into())], body)
}

fn denied(status: u16, code: &str, message: &str) -> Reply {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>S1</RequestId></ErrorResponse>"
    );
    answer(status, &[("content-type", "text/xml")], &body)
}

async fn assume(
    reply: Reply,
    code: Option<&str>,
) -> (Result<(Assumed, SessionCredentials), Problem>, Vec<crate::support::scripted::Request>) {
    let server = Server::start(move |_| reply.clone()).await;
    let code = code.map(|code| Zeroizing::new(code.to_owned()));
    let (http, clock) = (http(&server.url, None), Clock::start());
    let answer = assume_role(&http, &keys(), &region("eu-west-1"), &ask(), code, &clock).await;
    (answer, server.heard())
}

#[tokio::test]
async fn a_session_is_requested_and_timed_by_the_servers_clock() {
    let (answer, heard) = assume(given("222222222222", "2026-10-21T08:00:00Z"), Some("123456")).await;
    let (assumed, credentials) = answer.expect("a session");
    assert_eq!(assumed.left, Duration::from_hours(1));
    assert!(assumed.ago < Duration::from_secs(30));
    assert_eq!((assumed.ends.0, &*assumed.arn), (1_792_569_600, "arn:aws:sts::222222222222:assumed-role/upload/bob"));
    let vault = Vault::new();
    assert!(vault.put(&vault.ticket(PLACE), credentials));

    let body =
        percent_encoding::percent_decode_str(&heard[0].text().replace('+', " ")).decode_utf8_lossy().into_owned();
    for part in [
        "Action=AssumeRole",
        "RoleArn=arn:aws:iam::222222222222:role/drop/upload",
        "RoleSessionName=bob",
        "DurationSeconds=3600",
        "ExternalId=acme-42",
        "SerialNumber=arn:aws:iam::111111111111:mfa/bob",
        "TokenCode=123456",
        "\"Resource\":[\"arn:aws:s3:::acme-inbox/from-bob/*\"]",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    let authorization = heard[0].header("authorization").expect("a signature");
    assert!(authorization.contains("AKIAEXAMPLE") && authorization.contains("/eu-west-1/sts/"), "{authorization}");
    assert_eq!(heard[0].header("x-amz-security-token"), Some("sourcetoken"));
}

#[tokio::test]
async fn no_serial_number_is_sent_without_a_code() {
    let (_, heard) = assume(given("222222222222", "2026-10-21T08:00:00Z"), None).await;
    let body = heard[0].text();
    assert!(!body.contains("SerialNumber") && !body.contains("TokenCode"), "{body}");
}

#[tokio::test]
async fn a_session_never_lasts_longer_than_requested() {
    let (answer, _) = assume(given("222222222222", "2030-10-21T08:00:00Z"), None).await;
    assert_eq!(answer.expect("a session").0.left, Duration::from_hours(1));
    let (answer, _) = assume(given("222222222222", "2020-10-21T08:00:00Z"), None).await;
    assert_eq!(answer.expect_err("it is over").kind, Kind::SessionOver);
}

/// The countdown and the time of day next to it must mean the same moment.
#[tokio::test]
async fn the_shown_end_matches_the_countdown() {
    let (answer, _) = assume(given("222222222222", "2026-10-25T17:42:00Z"), None).await;
    let assumed = answer.expect("a session").0;
    assert_eq!((assumed.left, assumed.ends), (Duration::from_hours(1), Utc(1_792_569_600)));
    let ends = daypass::time::Time(0) + assumed.left;
    let grant = Grant {
        generation: 1,
        ends,
        ends_utc: assumed.ends,
        length: assumed.left,
        arn: assumed.arn,
        name: "bob".into(),
        shortened: false,
    };
    let zone = jiff::tz::TimeZone::system();
    let shown = format::time(Utc(1_792_569_600), Utc(1_792_566_000), &zone);
    assert!(session(&grant, assumed.left).starts_with(&format!("Access until {shown} (")));
}

#[tokio::test]
async fn a_placeholder_arn_of_a_test_server_is_not_another_role() {
    let (answer, _) = assume(given_of("222222222222", "r/s", "2026-10-21T08:00:00Z"), None).await;
    assert_eq!(&*answer.expect("a session").0.arn, "arn:aws:sts::222222222222:assumed-role/r/s");
}

#[tokio::test]
async fn sts_answers_are_classified() {
    let cases = [
        (given("333333333333", "2026-10-21T08:00:00Z"), Kind::OtherAccount),
        (given_of("222222222222", "uploads/bob", "2026-10-21T08:00:00Z"), Kind::OtherRole),
        (login_page(), Kind::LoginPage),
        (
            denied(
                403,
                "AccessDenied",
                "User: arn:aws:iam::1:user/bob is not authorized to perform: sts:AssumeRole on resource: x",
            ),
            Kind::AssumeDenied(DeniedBy::Unknown),
        ),
        (
            denied(400, "ExpiredTokenException", "The security token included in the request is expired"),
            Kind::SourceEnded,
        ),
        (denied(400, "PackedPolicyTooLarge", "Packed policy consumes 138%"), Kind::PolicyTooLarge),
        (denied(400, "MalformedPolicyDocument", "no"), Kind::PolicyRefused),
        (denied(403, "RegionDisabledException", "STS is not activated in this region"), Kind::RegionOff),
        (denied(503, "ServiceUnavailable", "later"), Kind::Busy),
    ];
    for (reply, expected) in cases {
        let shown = format!("{reply:?}");
        let (answer, _) = assume(reply, Some("123456")).await;
        assert_eq!(answer.expect_err(&shown).kind, expected, "{shown}");
    }
}

#[tokio::test]
async fn the_identity_of_a_profile_is_read() {
    for (arn, expected) in [
        ("arn:aws:iam::111111111111:user/dev/bob", Ok("bob")),
        ("arn:aws:sts::111111111111:assumed-role/Dev/bob@example.com", Ok("bob@example.com")),
        ("arn:aws:iam::111111111111:root", Err(Kind::RootKey)),
    ] {
        let body = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Arn>{arn}</Arn><UserId>AIDA</UserId><Account>111111111111</Account></GetCallerIdentityResult>\
             </GetCallerIdentityResponse>"
        );
        let server = Server::start(move |_| answer(200, &[], &body)).await;
        let identity =
            get_caller_identity(&http(&server.url, None), &keys(), &region("eu-west-1"), &Clock::start()).await;
        let name = identity.as_ref().map(|identity| &*identity.name).map_err(|problem| problem.kind);
        assert_eq!(name, expected, "{arn}");
    }
}

#[test]
fn the_session_policy_allows_nothing_more() {
    let mut destination = destination();
    destination.role = "arn:aws-cn:iam::222222222222:role/upload".parse().expect("a role");
    destination.prefix = "a&b+/日/".parse().expect("a prefix");
    let policy = session_policy(&destination);
    assert!(policy.is_ascii() && policy.contains("\\u65e5"), "{policy}");
    assert!(policy.len() < 2048, "STS takes no longer one");
    let value: serde_json::Value = serde_json::from_str(&policy).expect("JSON");
    assert_eq!(value["Statement"][0]["Resource"][0], "arn:aws-cn:s3:::acme-inbox/a&b+/日/*");
    assert_eq!(value["Statement"][1]["Condition"]["StringLike"]["kms:ViaService"], "s3.*.amazonaws.com.cn");
}

#[test]
fn a_long_folder_name_is_shortened_in_the_session_policy_but_never_dropped() {
    let resource = |role: &str, prefix: &str| {
        let mut destination = destination();
        destination.role = role.parse().expect("a role");
        destination.prefix = prefix.parse().expect("a prefix");
        let policy = session_policy(&destination);
        let all = |c: char| ('\u{20}'..='\u{ff}').contains(&c);
        assert!(policy.chars().count() <= 2048 && policy.chars().all(all), "STS takes no other: {policy}");
        let value: serde_json::Value = serde_json::from_str(&policy).expect("JSON");
        let via = value["Statement"][1]["Condition"]["StringLike"]["kms:ViaService"].clone();
        (value["Statement"][0]["Resource"][0].as_str().expect("an ARN").to_owned(), via)
    };
    let role = "arn:aws:iam::222222222222:role/upload";
    // Each letter of Latin-1 counts one, and so does a dollar sign without a brace.
    let umlauts = format!("{}/", "ü".repeat(441));
    assert_eq!(resource(role, &umlauts).0, format!("arn:aws:s3:::acme-inbox/{umlauts}*"));
    assert_eq!(resource(role, "a$b/$/").0, "arn:aws:s3:::acme-inbox/a$b/$/*");
    // Others count six: folders that do not fit are dropped from the end.
    let (first, second) = ("日".repeat(200), "本".repeat(90));
    assert_eq!(resource(role, &format!("{first}/{second}/")).0, format!("arn:aws:s3:::acme-inbox/{first}/*"));
    assert_eq!(resource(role, &format!("{}/", "日".repeat(295))).0, "arn:aws:s3:::acme-inbox/*");
    // Each partition's hosts have their own ending.
    let iso = resource("arn:aws-iso:iam::222222222222:role/upload", "in/");
    assert_eq!(iso, ("arn:aws-iso:s3:::acme-inbox/in/*".to_owned(), "s3.*.c2s.ic.gov".into()));
}

#[test]
fn sts_is_called_in_the_partition_of_the_role() {
    let role = |partition: &str| format!("arn:{partition}:iam::222222222222:role/r").parse().expect("a role");
    let chosen = |partition: &str, bucket: Option<&str>, profile: Option<&str>| {
        let bucket = bucket.map(region);
        region_for(Some(&role(partition)), bucket.as_ref(), profile).to_string()
    };
    assert_eq!(chosen("aws", Some("eu-west-1"), Some("us-west-2")), "eu-west-1");
    assert_eq!(chosen("aws", None, Some("us-west-2")), "us-west-2");
    assert_eq!(chosen("aws", None, Some("cn-north-1")), "us-east-1");
    assert_eq!(chosen("aws-cn", None, Some("us-west-2")), "cn-northwest-1");
    assert_eq!(chosen("aws-us-gov", None, None), "us-gov-west-1");
    assert_eq!(chosen("aws-eusc", None, None), "eusc-de-east-1");
    for odd in ["evil.example", "eu-west-1@evil", "eu-west-1/x", "EU-WEST-1", "eu", "", "a--b-c"] {
        assert_eq!(chosen("aws", None, Some(odd)), "us-east-1", "{odd}");
        assert_eq!(region_for(None, None, Some(odd)).as_str(), "us-east-1", "{odd}");
    }
}

#[test]
fn debug_output_hides_keys() {
    let shown = format!("{:?}", keys());
    assert!(!shown.contains("sourcesecret") && !shown.contains("AKIA") && !shown.contains("token"), "{shown}");
}
