//! Tests AssumeRole: a code that AWS has not checked is reused, and another region is tried if STS is disabled in one.

use crate::engine::transfer::{content, crc, destination, s3_over_tls};
use crate::support::scripted::{Reply, Request, Server, answer, fault, ok};
use crate::support::stage::LONG;
use daypass::engine::handle::{Engine, EngineOptions, Secret};
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::Paths;
use daypass::model::destination::Destination;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::session::Session;
use daypass::model::snapshot::Command;
use daypass::model::upload::DestinationId;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroizing;

const HERE: DestinationId = DestinationId(0);

fn sts(result: &str, inside: &str) -> Reply {
    let body = format!(
        "<{result}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{result}Result>{inside}</{result}Result>\
         </{result}Response>"
    );
    answer(200, &[("content-type", "text/xml")], &body)
}

fn refused(status: u16, code: &str, message: &str) -> Reply {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>");
    answer(status, &[("content-type", "text/xml")], &body)
}

fn identity() -> Reply {
    sts(
        "GetCallerIdentity",
        "<Arn>arn:aws:iam::111111111111:user/bob</Arn><UserId>AIDA</UserId><Account>111111111111</Account>",
    )
}

fn session() -> Reply {
    sts(
        "AssumeRole",
        "<AssumedRoleUser><AssumedRoleId>AROA:bob</AssumedRoleId>\
         <Arn>arn:aws:sts::222222222222:assumed-role/upload/bob</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2090-10-21T08:00:00Z</Expiration></Credentials>",
    )
}

/// Returns the AssumeRole requests that were made until there is access.
async fn assumes(
    to: Destination,
    script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> (Server, Vec<Request>) {
    let server = Server::start(script).await;
    let dir = tempfile::tempdir().expect("a folder");
    let credentials = dir.path().join("credentials");
    std::fs::write(&credentials, "[work]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s\n")
        .expect("written");
    let options = EngineOptions {
        profiles: Paths { credentials, config: dir.path().join("config") },
        wire: HttpOptions { endpoint_url: Some(server.url.clone()), ..HttpOptions::default() },
        ..EngineOptions::new()
    };
    let mut handle = Engine::spawn(options).await.expect("an engine");
    handle.hand_over(Secret::Code(HERE, Zeroizing::new("123456".into())));
    handle.send(Command::Open(Box::new(to)));
    let settled = handle.until(|seen| {
        let session = seen.destinations.first().map(|place| &place.session);
        matches!(session, Some(Session::Active(_) | Session::Denied(_)))
    });
    let seen = tokio::time::timeout(LONG, settled).await.expect("it ends").expect("a copy");
    assert!(matches!(seen.destinations[0].session, Session::Active(_)), "{:?}", seen.destinations[0].session);
    handle.stop().await;
    let assume = |request: &Request| request.text().contains("Action=AssumeRole");
    let asked = server.heard().into_iter().filter(assume).collect();
    (server, asked)
}

#[tokio::test]
async fn an_unchecked_mfa_code_is_reused_for_a_shorter_session() {
    let to = Destination { seconds: 43_200, ..destination() };
    // The script runs before the body is read, so the first AssumeRole is recognized by its order.
    let first = AtomicBool::new(true);
    let (_server, asked) = assumes(to, move |request| {
        if request.header("content-length").is_none_or(|length| length.parse::<u32>().unwrap_or(0) < 100) {
            return identity();
        }
        if first.swap(false, Ordering::SeqCst) {
            let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
            return refused(400, "ValidationError", text);
        }
        session()
    })
    .await;
    let texts: Vec<String> = asked.iter().map(Request::text).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].contains("DurationSeconds=43200") && texts[1].contains("DurationSeconds=3600"), "{texts:?}");
    assert!(texts.iter().all(|text| text.contains("TokenCode=123456")), "{texts:?}");
}

#[tokio::test]
async fn another_region_is_tried_if_sts_is_disabled_in_the_first() {
    for (code, status) in [("RegionDisabledException", 403), ("InvalidClientTokenId", 403)] {
        let to = Destination { region: Some("eu-south-1".parse().expect("a region")), ..destination() };
        let (server, asked) = assumes(to, move |request| {
            let region = request.header("authorization").unwrap_or_default();
            if request.header("content-length").is_none_or(|length| length.parse::<u32>().unwrap_or(0) < 100) {
                return identity();
            }
            if region.contains("/eu-south-1/") { refused(status, code, "not here") } else { session() }
        })
        .await;
        assert_eq!(asked.len(), 2, "{code}");
        assert!(asked[1].header("authorization").is_some_and(|signed| signed.contains("/us-east-1/sts/")));
        assert!(asked.iter().all(|request| request.text().contains("TokenCode=123456")), "{code}");
        drop(server);
    }
}

#[tokio::test]
async fn the_check_for_a_refusal_of_signed_payloads_is_repeated() {
    let allowed = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&allowed);
    let dir = tempfile::tempdir().expect("a folder");
    let pem = dir.path().join("ca.pem");
    let server = Server::start_tls(&pem, move |request| {
        let signed = request.header("x-amz-content-sha256") != Some("UNSIGNED-PAYLOAD");
        if signed && asked.load(Ordering::SeqCst) {
            return ok(&[("etag", "\"e\"")], "");
        }
        fault(403, "AccessDenied", "Access Denied")
    })
    .await;
    let s3 = s3_over_tls(&server, pem);
    let body = content(10);
    let put = async || s3.put("k", body.clone(), crc(&body), &Arc::default()).await.map_err(|problem| problem.kind);
    assert_eq!(put().await.map(drop), Err(Kind::AccessDenied(DeniedBy::Unknown)));
    allowed.store(true, Ordering::SeqCst);
    assert_eq!(put().await.map(drop), Err(Kind::AccessDenied(DeniedBy::Unknown)), "the refusal is remembered");
    s3.forget_refusals();
    put().await.expect("the customer allowed it meanwhile");
}
