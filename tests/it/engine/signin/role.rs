//! Tests a valid sign-in that does not include the role.

use crate::cli::upload::{run_within, runtime};
use crate::engine::signin::{CONFIG, center, steps, token};
use crate::support::scripted::{Reply, Request, Server};
use daypass::engine::credentials::Caches;
use daypass::engine::handle::{Engine, EngineOptions};
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::Paths;
use daypass::model::problem::{Kind, Turn};
use daypass::words::problem::{said, said_of};
use std::process::{Command, Stdio};

/// Identity Center that gives a token, and no role for it.
fn without_the_role(request: &Request) -> Reply {
    if request.line.contains("/federation/credentials") {
        let type_ = vec![("x-amzn-errortype", "ForbiddenException".to_owned())];
        return Reply::Say(403, type_, "{\"message\":\"No access\"}".to_owned());
    }
    center("https://device.sso.eu-west-1.amazonaws.com/", vec![token()])(request)
}

#[test]
fn a_role_missing_from_the_sign_in_is_reported_without_blaming_an_account() {
    runtime().block_on(async {
        let dir = tempfile::tempdir().expect("a folder");
        let aws = dir.path().join(".aws");
        std::fs::create_dir(&aws).expect("a folder");
        let paths = Paths { credentials: aws.join("credentials"), config: aws.join("config") };
        std::fs::write(&paths.config, CONFIG).expect("written");
        let server = Server::start(without_the_role).await;
        let wire = HttpOptions { endpoint_url: Some(server.url.clone()), ..HttpOptions::default() };
        let caches = Caches { sso: aws.join("sso/cache") };
        let options = EngineOptions { profiles: paths, wire, caches, ..EngineOptions::new() };
        let handle = Engine::spawn(options).await.expect("an engine");
        steps(&handle, "p").await;
        let refused = handle.who("p").await.expect_err("no such role");
        assert_eq!((refused.kind, refused.kind.turn()), (Kind::SignInRoleMissing, Turn::Administrator));
        let detail = refused.detail.as_deref().expect("details");
        assert_eq!((&*detail.about, &*detail.message, detail.status), ("Dev in 111122223333", "No access", 403));
        let sentence = said_of(&refused).title;
        assert!(sentence != said(Kind::AccountProblem).title && !sentence.is_empty());
        handle.stop().await;

        std::fs::write(dir.path().join("a.txt"), "hello").expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_daypass-cli"));
        command.env_clear().env("PATH", "").env("HOME", dir.path()).env("TZ", "UTC").stdin(Stdio::null());
        command.env("DAYPASS_HOME", dir.path().join("home")).current_dir(dir.path());
        command.args(["upload", "--endpoint-url", &server.url, "--profile", "p", "--bucket", "importantprojectbucket"]);
        command.args(["--role-arn", "arn:aws:iam::444455556666:role/put", "--prefix", "in", "a.txt"]);
        let (code, out, beside) = run_within(&mut command, 30).await;
        assert_eq!(code, 2, "{out}{beside}");
        assert!(beside.contains(&sentence) && beside.contains("No access"), "{beside}");
        assert!(!beside.contains(&said(Kind::AccountProblem).title), "{beside}");
    });
}
