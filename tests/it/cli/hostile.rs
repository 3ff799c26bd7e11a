//! What hostile files, variables and slips of the hand can't do: send anything elsewhere, run anything, keep a secret.

use crate::support::stage::{LONG, Stage};
use daypass::practice::{ApiOperation, PracticeOptions};
use daypass::words::names;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY";

/// Runs it to its end, which a pipe or a device that it waits for would keep from coming.
async fn ended(mut command: Command) -> Output {
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let waiting = tokio::task::spawn_blocking(move || running.wait_with_output());
    tokio::time::timeout(LONG, waiting).await.expect("in time").expect("waited").expect("an end")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A secret that is pasted where it doesn't belong is told so, and neither shown, nor kept, nor sent.
#[tokio::test]
async fn a_secret_in_any_argument_goes_nowhere() {
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
        let output = ended(command).await;
        assert_eq!(output.status.code(), Some(2), "{option}: {}", said(&output));
        assert!(said(&output).contains(names::SECRET) && !said(&output).contains(secret), "{option}");
    }
    let mut command = stage.upload(secret);
    command.arg(&file);
    let output = ended(command).await;
    assert!(output.status.code() == Some(2) && !said(&output).contains(secret), "{}", said(&output));
    assert!(stage.practice.requests().is_empty(), "something was sent");
    for (_, bytes) in stage.kept() {
        assert!(!bytes.windows(40).any(|window| window == secret.as_bytes()), "it was kept");
    }
}

/// Profiles and variables that name other hosts and files: none is asked, none is opened.
#[cfg(unix)]
#[tokio::test]
async fn files_and_variables_lead_nowhere_else() {
    let stage = Stage::new(PracticeOptions::default()).await;
    let file = stage.file("a.txt", 10);
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("set");
    let url = format!("http://{}", elsewhere.local_addr().expect("an address"));
    // Whoever opens it waits for ever.
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
    let output = ended(command).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(stage.practice.count(ApiOperation::PutObject), 1);
    let mut command = hostile(stage.upload("web"));
    command.arg(&file);
    let output = ended(command).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let asked = elsewhere.accept().map(|(_, from)| from);
    assert!(asked.is_err(), "another host was asked");
}
