//! Tests the diagnostic log and the report: their content, their size, and that they contain no secret.

use crate::cli::upload::{run_within, runtime};
use crate::support::stage::{FIRST, Stage, done, wait};
use daypass::engine::clock::Clock;
use daypass::engine::log::{self, FailedRequest, Log};
use daypass::model::event::{Call, Effect, Event, Send};
use daypass::model::problem::{Detail, Kind, Problem};
use daypass::model::record::{End, Record};
use daypass::model::snapshot::{Command, Settings, SkipReason, Snapshot};
use daypass::model::upload::{DestinationId, RequestId, UploadId};
use daypass::model::{Limits, Model};
use daypass::practice::{self, ApiOperation, Fault, FaultRule, Mfa};
use daypass::words::problem::said;
use daypass::words::report as words;
use std::path::Path;
use std::sync::Arc;

/// Returns the whole log, oldest line first.
fn written(home: &Path) -> String {
    log::read(home, u64::MAX).into_iter().map(|log| log.text).collect()
}

fn levels(text: &str) -> Vec<&str> {
    text.lines().map(|line| line.split_whitespace().nth(1).expect("a level")).collect()
}

fn failed(kind: Kind, message: &str) -> Problem {
    let detail = Detail { call: "PutObject".into(), message: message.into(), status: 503, ..Detail::default() };
    Problem::with(kind, detail)
}

fn send(upload: u32) -> Send {
    Send {
        destination: FIRST,
        generation: 1,
        upload: UploadId(upload),
        path: "/data/file".into(),
        key: "incoming/file".into(),
        keys: false,
        call: Call::Put { most: 8 << 20 },
    }
}

#[test]
fn a_hundred_thousand_small_files_write_only_a_few_lines() {
    runtime().block_on(async {
        let home = tempfile::tempdir().expect("a folder");
        let log = Log::open(home.path(), &Clock::start()).expect("a log");
        let model = Model::new(Limits::default());
        let problem = failed(Kind::SlowDown, "slow down");
        let stopped = Arc::new(failed(Kind::Refused, "no"));
        for number in 0..100_000 {
            let (request, send) = (RequestId(u64::from(number)), send(number));
            let of = FailedRequest::of(&send);
            log.event(&Event::Skipped(DestinationId(0), "/data/link".into(), SkipReason::Link));
            log.effect(&Effect::Send(request, send), &model);
            log.request_failed(request, &of, &problem, &model);
            log.effect(&Effect::Record(Record::Ended(UploadId(number), End::Failed(Arc::clone(&stopped)))), &model);
        }
        log.stopped(&model);
        log.flush().await;
        let text = written(home.path());
        let count = text.lines().count();
        assert!((30..50).contains(&count), "{count} lines:\n{text}");
        let rest: Vec<&str> = text.lines().filter(|line| line.contains("count=99990")).collect();
        assert_eq!(rest.len(), 3, "what was left out is counted:\n{text}");
    });
}

#[test]
fn the_level_follows_the_setting() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 6);
        let mut handle = stage.engine(stage.options()).await;
        stage.add(&handle);
        done(&mut handle).await;
        let settings = Settings { detailed_log: true, ..handle.seen().settings.clone() };
        handle.send(Command::Set(settings));
        wait(&mut handle, "the setting", |seen| seen.settings.detailed_log).await;
        stage.file("b.txt", 7);
        handle.send(Command::GetAccess(FIRST));
        let renewed = |seen: &Snapshot| seen.destinations[0].session.grant().is_some_and(|grant| grant.generation > 1);
        wait(&mut handle, "a second session", renewed).await;
        stage.add(&handle);
        wait(&mut handle, "the second file", |seen| seen.rows.iter().filter(|(_, row)| row.state.ended()).count() == 2)
            .await;
        handle.stop().await;
        let text = written(&stage.home());
        let (before, after) = text.split_once("detailed_log=true").expect("the setting is told");
        assert!(!levels(before).contains(&"DEBUG"), "{before}");
        let puts = |text: &str| text.lines().filter(|line| line.contains("answered call=PutObject")).count();
        assert_eq!((puts(before), puts(after)), (0, 1), "{text}");
        for line in ["AssumeRole gave a session", "delivery ended"] {
            assert!(before.contains(line) && after.contains(line), "at both levels: {line}\n{text}");
        }
        let lines = text.lines().map(|line| line.split_once("Z ").expect("a time").1.trim_start());
        let ours = |line: &str| ["DEBUG ", "INFO ", "WARN ", "ERROR "].iter().any(|level| line.starts_with(level));
        assert!(lines.clone().all(ours) && !text.contains("smithy") && !text.contains("hyper"), "{text}");
    });
}

#[test]
fn an_engine_without_a_home_writes_no_log() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 6);
        let mut handle = stage.engine(daypass::engine::handle::EngineOptions { home: None, ..stage.options() }).await;
        stage.deliver(&mut handle).await;
        handle.stop().await;
        assert!(!stage.home().exists());
    });
}

#[test]
fn the_log_and_the_report_contain_no_secret() {
    runtime().block_on(async {
        let serial = "arn:aws:iam::111122223333:mfa/richard";
        let (code, external) = ("918273", "canary-external-id-5150");
        let options = practice::PracticeOptions {
            mfa: Some(Mfa { serial: serial.into(), codes: vec![code.into()] }),
            external_id: Some(external.into()),
            ..practice::PracticeOptions::default()
        };
        let stage = Stage::new(options).await;
        stage.file("Merger with Foobar.txt", 6);
        stage.file("folder of secrets/film.bin", 9_000_000);
        let story = stage.practice.story();
        let secret = story.richard.secret().to_owned();
        // The server leaks the key, the token and names.
        let told = format!("The key {secret} of Richard may not put Merger with Foobar.txt, code {code}");
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::status(503, &secret, &told)));
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::status(400, "BadDigest", &told)));
        let mut command = stage.upload("importantproject");
        command.env("RUST_LOG", "trace").env("LOG_SENSITIVE_BODIES", "true");
        command.args(["--verbose", "--external-id", external, "--mfa-serial", serial, "--mfa-code", code, "source"]);
        let (ended, out, beside) = run_within(&mut command, 60).await;
        assert_eq!(ended, 0, "{out}\n{beside}");
        let text = written(&stage.home());
        assert!(levels(&text).contains(&"DEBUG") && text.contains("kind=Damaged"), "{text}");
        let (ended, report, beside) = run_within(&mut stage.command("report"), 30).await;
        assert_eq!((ended, beside.as_str()), (0, ""), "{report}");
        assert!(report.contains("kind=Damaged"), "the log is in the report: {report}");
        let requests = stage.practice.requests();
        let session = requests.iter().filter_map(|r| r.access_key_id.clone()).find(|id| id.starts_with("ASIA"));
        let upload_id = requests.iter().find_map(|r| r.upload_id.clone()).expect("an upload id");
        let role = story.role_arn.rsplit('/').next().expect("a name");
        let account = story.role_arn.split(':').nth(4).expect("an account");
        let session = session.expect("a session's key");
        let mut canaries = vec![secret.as_str(), code, external, &session, &upload_id, role, account, &story.bucket];
        canaries.extend(["111122223333", "AKIA", "Merger", "Foobar", "secrets", "film", "Richard", "importantproject"]);
        let dir = stage.dir.path().to_string_lossy().into_owned();
        canaries.push(&dir);
        for (place, text) in [("log", &text), ("report", &report)] {
            for canary in &canaries {
                assert!(!text.contains(canary), "{canary} stands in the {place}:\n{text}");
            }
        }
    });
}

#[test]
fn a_report_says_why_a_role_was_denied() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 6);
        let (ended, report, _) = run_within(&mut stage.command("report"), 30).await;
        assert_eq!(ended, 0);
        for part in [words::NO_LOG, words::NO_PROBLEMS, words::PROGRAM, env!("CARGO_PKG_VERSION"), words::ABOUT[2]] {
            assert!(report.contains(part), "{part}: {report}");
        }
        assert!(!stage.home().exists(), "a report makes nothing");
        stage
            .practice
            .fault(FaultRule::once(ApiOperation::AssumeRole, Fault::status(403, "AccessDenied", "no")).times(99));
        let denied = run_within(stage.upload("importantproject").args(["--patience", "1", "source"]), 60).await;
        assert_eq!(denied.0, 2, "{}", denied.1);
        let file = stage.dir.path().join("report.txt");
        let (ended, out, beside) = run_within(stage.command("report").arg(&file), 30).await;
        assert_eq!((ended, out.as_str()), (0, ""));
        assert!(beside.contains(words::ABOUT[1]) && beside.ends_with(&words::saved(&file)), "{beside}");
        let text = std::fs::read_to_string(&file).expect("the report");
        let problems =
            text.split_once(words::PROBLEMS).expect("the problems").1.split_once(words::LOG).expect("the log").0;
        let title = said(Kind::AssumeDenied(daypass::model::problem::DeniedBy::Unknown)).title;
        for part in [title.trim_end_matches('.'), "code AccessDenied", "status 403", "request id"] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&file).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "for its owner alone");
        }
    });
}
