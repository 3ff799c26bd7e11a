//! Hostile files, variables and misplaced arguments can't send anything elsewhere, run anything or store a secret.

use crate::support::stage::{LONG, Stage};
use daypass::practice::{ApiOperation, PracticeOptions};
use daypass::words::names;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY";

/// Runs a command to its end. Fails if the command blocks, as it would by opening a pipe.
async fn run_to_end(mut command: Command) -> Output {
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let waiting = tokio::task::spawn_blocking(move || running.wait_with_output());
    tokio::time::timeout(LONG, waiting).await.expect("in time").expect("waited").expect("an end")
}

fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A secret pasted into the wrong argument is reported.
#[tokio::test]
async fn a_secret_in_any_argument_is_never_printed_stored_or_sent() {
    let stage = Stage::new(PracticeOptions::default()).await;
    let file = stage.file("a.txt", 10);
    let secret = &SECRET[..40];
    for option in ["--session-name", "--external-id", "--mfa-serial", "--region", "--prefix", "--bucket-owner"] {
        let mut command = stage.upload("importantproject");
        if matches!(option, "--region" | "--prefix") {
            command = stage.command("upload");
            let story = stage.practice.story();
            command.args(["--endpoint-url", &story.endpoint, "--profile", "importantproject"]);
            command.args(["--role-arn", &story.role_arn, "--bucket", &story.bucket]);
        }
        command.args([option, secret]).arg(&file);
        let output = run_to_end(command).await;
        assert_eq!(output.status.code(), Some(2), "{option}: {}", printed(&output));
        assert!(printed(&output).contains(names::SECRET) && !printed(&output).contains(secret), "{option}");
    }
    let mut command = stage.upload(secret);
    command.arg(&file);
    let output = run_to_end(command).await;
    assert!(output.status.code() == Some(2) && !printed(&output).contains(secret), "{}", printed(&output));
    assert!(stage.practice.requests().is_empty(), "something was sent");
    for (_, bytes) in stage.kept() {
        assert!(!bytes.windows(40).any(|window| window == secret.as_bytes()), "it was stored");
    }
}

/// None of the other hosts is called and none of the other files is opened.
#[cfg(unix)]
#[tokio::test]
async fn profiles_and_variables_cannot_redirect_requests() {
    let stage = Stage::new(PracticeOptions::default()).await;
    let file = stage.file("a.txt", 10);
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("set");
    let url = format!("http://{}", elsewhere.local_addr().expect("an address"));
    // Opening the pipe blocks forever.
    let pipe = stage.dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("it runs").success());
    let path = pipe.display();
    let config = format!(
        "[profile importantproject]\nregion = us-east-1\nendpoint_url = {url}\nservices = evil\nca_bundle = {path}\n\
         web_identity_token_file = {path}\ns3 =\n  endpoint_url = {url}\n[services evil]\nsts =\n  endpoint_url = {url}\n\
         [profile web]\nweb_identity_token_file = {path}\nrole_arn = {}\n",
        stage.practice.story().role_arn
    );
    std::fs::write(stage.dir.path().join("config"), config).expect("written");
    let hostile = |mut command: Command| {
        for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", "HTTP_PROXY", "ALL_PROXY"] {
            command.env(name, &url);
        }
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url).env("AWS_ROLE_ARN", "arn:aws:iam::999988887777:role/x");
        command.env("AWS_CA_BUNDLE", &pipe).env("AWS_WEB_IDENTITY_TOKEN_FILE", &pipe).env("AWS_PROFILE", "web");
        command
    };
    let mut command = hostile(stage.upload("importantproject"));
    command.arg(&file);
    let output = run_to_end(command).await;
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert_eq!(stage.practice.count(ApiOperation::PutObject), 1);
    let mut command = hostile(stage.upload("web"));
    command.arg(&file);
    let output = run_to_end(command).await;
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    let asked = elsewhere.accept().map(|(_, from)| from);
    assert!(asked.is_err(), "another host was called");
}
