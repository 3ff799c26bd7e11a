//! Denials in words: each error code and message of AWS, how it is explained, and whose turn it is.

mod broken;
mod known;
mod played;
mod rows;
mod rows_s3;

use crate::support::snapshot::same_as_kept;
use daypass::diagnose::{Cause, CauseAction, Evidence, explain};
use daypass::engine::classify::{self, Operation};
use daypass::engine::clock::Clock;
use daypass::model::destination::Destination;
use daypass::model::problem::{Kind, Problem, Turn};
use daypass::model::session::Identity;
use daypass::words::problem::said;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use rows::{Answer, Row, STS};
use rows_s3::S3;
use std::fmt::Write as _;

#[derive(Debug)]
struct Told(ErrorMetadata);

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("told")
    }
}

impl std::error::Error for Told {}

impl ProvideErrorMetadata for Told {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// Returns what `classify` makes of a response.
fn heard(operation: Operation, answer: &Answer) -> Problem {
    let response = |status: u16, header: (&'static str, &'static str)| {
        let mut response = HttpResponse::new(status.try_into().expect("a status"), SdkBody::empty());
        response.headers_mut().insert(header.0, header.1);
        response
    };
    let error: SdkError<Told, HttpResponse> = match *answer {
        Answer::Aws(status, code, message) => {
            let meta = ErrorMetadata::builder().code(code).message(message).build();
            let name = if operation.is_sts() { "x-amzn-requestid" } else { "x-amz-request-id" };
            SdkError::service_error(Told(meta), response(status, (name, "5C0E7A1B2D3F4C91")))
        }
        Answer::Page(status) => {
            let page = response(status, ("content-type", "text/html"));
            SdkError::service_error(Told(ErrorMetadata::builder().build()), page)
        }
        Answer::Network(met) => SdkError::dispatch_failure(ConnectorError::io(met.error())),
        Answer::Timeout => SdkError::dispatch_failure(ConnectorError::timeout("connect timeout".into())),
    };
    classify::problem(operation, &error, true, &Clock::start())
}

pub fn destination() -> Destination {
    Destination {
        name: "Important Project".into(),
        region: Some("eu-west-1".parse().expect("a region")),
        ..Destination::new(
            "importantproject",
            "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put".parse().expect("a role"),
            "importantprojectbucket".parse().expect("a bucket"),
            "incoming/".parse().expect("a folder"),
        )
    }
}

fn richard() -> Identity {
    Identity {
        account: "111122223333".into(),
        arn: "arn:aws:iam::111122223333:user/Richard".into(),
        name: "Richard".into(),
    }
}

const fn whose(turn: Turn) -> &'static str {
    match turn {
        Turn::Nobody => "nobody: Daypass goes on",
        Turn::You => "you",
        Turn::Administrator => "your administrator",
        Turn::Customer => "your customer",
        Turn::Unknown => "not known",
    }
}

const fn does(action: &CauseAction) -> &'static str {
    match action {
        CauseAction::CopyForCustomer(_) => "copy for your customer",
        CauseAction::CopyForAdministrator(_) => "copy for your administrator",
        CauseAction::EnterCode => "enter a code",
        CauseAction::EditDestination => "change",
        CauseAction::Details(_) => "details",
    }
}

fn message(cause: &Cause) -> Option<&str> {
    match &cause.action {
        CauseAction::CopyForCustomer(text) | CauseAction::CopyForAdministrator(text) | CauseAction::Details(text) => {
            Some(text)
        }
        CauseAction::EnterCode | CauseAction::EditDestination => None,
    }
}

fn shown(problem: &Problem, causes: &[Cause]) -> String {
    let spoken = said(problem.kind);
    let mut out = format!("  {}\n  {}\n  turn: {}\n", spoken.title, spoken.body, whose(problem.kind.turn()));
    for (cause, number) in causes.iter().zip(1..) {
        let _ = writeln!(out, "  {number} {}. {} [{}]", cause.title, cause.text(), does(&cause.action));
    }
    out
}

/// Returns the alarming words and the long sentences in a text.
fn faults(text: &str, at: &str) -> Vec<String> {
    let small = text.to_lowercase();
    let words = ["error", "invalid", "failed", "exception", "unable", "illegal", "denied", "forbidden"];
    let mut found: Vec<String> =
        words.iter().filter(|word| small.contains(**word)).map(|word| format!("{at}: “{word}” in: {text}")).collect();
    for sentence in text.split(['.', '!', '?', '\n', ';', ':']) {
        let words = sentence.split_whitespace().count();
        if words > 25 {
            found.push(format!("{at}: {words} words in: {sentence}"));
        }
    }
    found
}

fn faults_of(problem: &Problem, causes: &[Cause], at: &str) -> Vec<String> {
    let spoken = said(problem.kind);
    assert!(!spoken.title.is_empty() && !spoken.body.is_empty(), "{at}");
    let mut found = faults(&format!("{}. {}", spoken.title, spoken.body), at);
    for cause in causes {
        found.extend(faults(&format!("{}. {}", cause.title, cause.text()), at));
        if cause.title.len() > 64 {
            found.push(format!("{at}: a long title: {}", cause.title));
        }
        if let Some(text) = message(cause) {
            // Policies are not prose.
            let prose: Vec<&str> = text.lines().filter(|line| !line.starts_with([' ', '{', '}', ']'])).collect();
            found.extend(faults(&prose.join("\n"), at));
        }
    }
    let mut titles: Vec<&str> = causes.iter().map(|cause| cause.title.as_str()).collect();
    let all = titles.len();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), all, "{at}: a cause is listed twice");
    if let Some(detail) = &problem.detail {
        let mut text = format!("{} {}", spoken.title, spoken.body);
        for cause in causes {
            text.push_str(&cause.text());
        }
        assert!(detail.message.len() < 25 || !text.contains(&*detail.message), "{at}: the raw text is shown");
        assert!(detail.code.len() < 8 || !text.contains(&*detail.code), "{at}: the raw code is shown");
    }
    found
}

#[test]
fn every_code_and_message_of_aws_is_explained() {
    let (to, who) = (destination(), richard());
    let (mut table, mut found) = (String::new(), Vec::new());
    for Row { operation, answer, kind, turn } in STS.iter().chain(S3) {
        let problem = heard(*operation, answer);
        let at = format!("{} {answer}", operation.name());
        let clock = matches!(problem.kind, Kind::ClockWrong(_));
        assert!(problem.kind == *kind || (clock && matches!(kind, Kind::ClockWrong(_))), "{at}: {:?}", problem.kind);
        assert_eq!(problem.kind.turn(), *turn, "{at}");
        let causes = explain(&problem, &Evidence::new(&to, Some(&who)));
        found.extend(faults_of(&problem, &causes, &at));
        let _ = writeln!(table, "{at}\n{}", shown(&problem, &causes));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    same_as_kept("causes.txt", &table);
}
