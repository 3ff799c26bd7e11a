//! Tests profiles whose key is elsewhere: a web identity token file or environment variables.

use crate::engine::signin::who_in;
use crate::support::scripted::{Reply, Request, Server};
use daypass::engine::credentials::Caches;
use daypass::engine::handle::{Engine, EngineOptions, Handle};
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::{Paths, read};
use daypass::model::problem::{Kind, Turn};
use daypass::model::snapshot::Source;
use daypass::words::problem::{said, said_of};
use std::path::Path;
use std::sync::{Arc, Mutex};

const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl";
const WEB: &str = "arn:aws:iam::111122223333:role/Web";
const ENGINEERS: &str = "arn:aws:iam::111122223333:role/Engineers";

fn xml(status: u16, body: String) -> Reply {
    Reply::Say(status, vec![("content-type", "text/xml".to_owned()), ("x-amzn-requestid", "S1".to_owned())], body)
}

fn assumed(call: &str, role: &str, id: &str) -> Reply {
    xml(
        200,
        format!(
            "<{call}Response><{call}Result><AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId>\
             <Arn>arn:aws:sts::111122223333:assumed-role/{role}/bob</Arn></AssumedRoleUser><Credentials>\
             <AccessKeyId>{id}</AccessKeyId><SecretAccessKey>SECRETCANARY</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{call}Result></{call}Response>"
        ),
    )
}

/// STS, which refuses tokens with this code while there is one.
fn sts(request: &Request, refusal: Option<&str>) -> Reply {
    // Only the head was read: the short signed request is GetCallerIdentity.
    let short = request.header("content-length").and_then(|length| length.parse().ok()).is_some_and(|n: u32| n < 60);
    let Some(signed) = request.header("authorization") else {
        if let Some(code) = refusal {
            return xml(
                400,
                format!("<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"),
            );
        }
        return assumed("AssumeRoleWithWebIdentity", "Web", "ASIAWEBIDENTITY00000");
    };
    if !short {
        return assumed("AssumeRole", "Engineers", "ASIAENGINEERS0000000");
    }
    let known = [
        ("ASIAWEBIDENTITY00000", "sts::111122223333:assumed-role/Web/bob"),
        ("ASIAENGINEERS0000000", "sts::111122223333:assumed-role/Engineers/bob"),
    ];
    let who = known.iter().find(|(id, _)| signed.contains(id)).map_or("iam::111122223333:user/env", |(_, arn)| arn);
    xml(
        200,
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:{who}</Arn><UserId>A</UserId>\
             <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ),
    )
}

fn write(dir: &Path) -> Paths {
    let file = dir.join("token");
    let config = format!(
        "[profile web]\nweb_identity_token_file = {}\nrole_arn = {WEB}\nrole_session_name = bob\n\
         duration_seconds = 7200\nmfa_serial = arn:aws:iam::111122223333:mfa/B\n\
         [profile over]\nrole_arn = {ENGINEERS}\nsource_profile = web\n\
         [profile environment]\nrole_arn = {ENGINEERS}\ncredential_source = environment\n",
        file.display()
    );
    let paths = Paths { credentials: dir.join("credentials"), config: dir.join("config") };
    std::fs::write(&paths.config, config).expect("written");
    paths
}

async fn engine(dir: &Path, server: &Server) -> Handle {
    let wire = HttpOptions { endpoint_url: Some(server.url.clone()), ..HttpOptions::default() };
    let caches = Caches { sso: dir.join("sso") };
    Engine::spawn(EngineOptions { profiles: write(dir), wire, caches, ..EngineOptions::new() })
        .await
        .expect("an engine")
}

#[test]
fn each_profile_is_listed_with_its_source() {
    let dir = tempfile::tempdir().expect("a folder");
    let profiles = read(&write(dir.path()));
    let sources: Vec<_> = profiles.list.iter().map(|profile| profile.source).collect();
    assert_eq!(sources, [Source::TokenFile, Source::Role, Source::Environment]);
    assert!(profiles.oddities.is_empty(), "{:?}", profiles.oddities);
}

#[tokio::test]
async fn a_token_file_is_exchanged_for_its_role_only_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Server::start(|request| sts(request, None)).await;
    let handle = engine(dir.path(), &server).await;
    std::fs::write(dir.path().join("token"), format!("{TOKEN}\n")).expect("written");
    for _ in 0..2 {
        let who = handle.who("web").await.expect("known");
        assert_eq!(who.arn.as_ref(), "arn:aws:sts::111122223333:assumed-role/Web/bob");
    }
    let who = handle.who("over").await.expect("known");
    assert_eq!(who.arn.as_ref(), "arn:aws:sts::111122223333:assumed-role/Engineers/bob");
    let heard = server.heard();
    let exchanged: Vec<_> = heard.iter().filter(|request| request.text().contains("WithWebIdentity")).collect();
    let [only] = &exchanged[..] else { panic!("the session is kept: {exchanged:?}") };
    let text = only.text();
    assert!(text.contains(&format!("WebIdentityToken={TOKEN}")) && text.contains("RoleSessionName=bob"), "{text}");
    assert!(!text.contains("DurationSeconds"), "as botocore asks");
    let shown = format!("{:?}", handle.seen());
    assert!(!shown.contains(TOKEN) && !shown.contains("SECRETCANARY"));
}

#[tokio::test]
async fn each_refusal_of_a_token_is_reported() {
    let refusal: Arc<Mutex<&str>> = Arc::new(Mutex::new(""));
    let told = Arc::clone(&refusal);
    let server = Server::start(move |request| sts(request, Some(*told.lock().expect("whole")))).await;
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("token"), TOKEN).expect("written");
    let handle = engine(dir.path(), &server).await;
    for (code, kind, about) in [
        ("ExpiredTokenException", Kind::KeyNotFound, "token"),
        ("InvalidIdentityToken", Kind::KeyNotFound, "token"),
        ("IDPRejectedClaim", Kind::KeyNotFound, "token"),
        ("AccessDenied", Kind::OwnRoleDenied, WEB),
    ] {
        *refusal.lock().expect("whole") = code;
        let refused = handle.who("web").await.expect_err(code);
        assert_eq!(refused.kind, kind, "{code}");
        let detail = refused.detail.as_ref().expect("details");
        assert_eq!((&*detail.call, &*detail.code), ("AssumeRoleWithWebIdentity", code));
        assert!(said_of(&refused).body.contains(about), "{code}");
    }
    *refusal.lock().expect("whole") = "IDPCommunicationError";
    assert_eq!(handle.who("web").await.expect_err("busy").kind, Kind::Busy);
}

#[tokio::test]
async fn a_file_without_a_token_is_never_sent() {
    let server = Server::start(|request| sts(request, None)).await;
    let dir = tempfile::tempdir().expect("a folder");
    let handle = engine(dir.path(), &server).await;
    let file = dir.path().join("token");
    let refused = handle.who("web").await.expect_err("there is none");
    assert_eq!((refused.kind, refused.kind.turn()), (Kind::KeyNotFound, Turn::You));
    assert!(said_of(&refused).body.contains(&*file.to_string_lossy()));
    for text in [
        "",
        "root:x:0:0:root:/root:/bin/bash",
        "-----BEGIN KEY-----\nMIIE\n",
        "a.b",
        &format!("a.b.{}", "c".repeat(30_000)),
    ] {
        std::fs::write(&file, text).expect("written");
        assert_eq!(handle.who("web").await.expect_err("no token").kind, Kind::KeyNotFound);
    }
    std::fs::remove_file(&file).expect("removed");
    std::fs::create_dir(&file).expect("made");
    assert_eq!(handle.who("web").await.expect_err("a folder").kind, Kind::KeyNotFound);
    assert_eq!(server.heard().len(), 0);
}

/// Everything in the environment is hostile except the key.
#[tokio::test]
async fn a_key_in_the_environment_is_used_only_by_profiles_that_name_it() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path());
    let server = Server::start(|request| sts(request, None)).await;
    let name = who_in(dir.path(), &server, "environment", |command| {
        command.env("AWS_SESSION_TOKEN", "TOKENOFTHEENVIRONMENT");
    });
    assert_eq!(name.await, Ok("bob".to_owned()));
    let heard = server.heard();
    let asked = heard.iter().find(|request| request.text().contains("Action=AssumeRole&")).expect("asked");
    assert!(asked.header("authorization").expect("signed").contains("AKIAENVIRONMENTKEY00"));
    assert_eq!(asked.header("x-amz-security-token"), Some("TOKENOFTHEENVIRONMENT"));
    let before = server.heard().len();
    for missing in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        let none = who_in(dir.path(), &server, "environment", |command| {
            command.env_remove(missing);
        });
        let none = none.await.expect_err("half a key");
        assert!(none.contains(&said(Kind::KeyNotFound).title) && none.contains(missing), "{none}");
    }
    assert_eq!(server.heard().len(), before, "nothing is asked without a key");
    // Profiles that do not name the environment, or that have a token, must not get its key.
    std::fs::write(dir.path().join("token"), TOKEN).expect("written");
    assert_eq!(who_in(dir.path(), &server, "web", |_| {}).await, Ok("bob".to_owned()));
    assert!(server.heard()[before..].iter().all(|request| !format!("{:?}", request.headers).contains("ENVIRONMENT")));
}
