//! `credential_process`: never without a yes, and within bounds.
#![cfg(unix)]

use crate::support::stage::{LONG, Stage, until};
use daypass::engine::credentials::fingerprint;
use daypass::engine::handle::{Engine, EngineOptions, Handle};
use daypass::engine::http::HttpOptions;
use daypass::engine::process::Consent;
use daypass::engine::profiles::Paths;
use daypass::model::problem::{Kind, Problem};
use daypass::model::snapshot::{AllowedCommand, Settings};
use daypass::practice::{Practice, PracticeOptions};
use daypass::words::keys::command_problem;
use std::path::PathBuf;
use std::process::Stdio;

struct Bench {
    practice: Practice,
    dir: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let practice = Practice::start(PracticeOptions::default()).await.expect("the practice");
        Self { practice, dir: tempfile::tempdir().expect("a folder") }
    }

    async fn engine(&self, command: &str) -> Handle {
        self.engine_at(command, None).await
    }

    async fn engine_at(&self, command: &str, home: Option<PathBuf>) -> Handle {
        let paths = Paths { credentials: self.dir.path().join("credentials"), config: self.dir.path().join("config") };
        std::fs::write(&paths.config, format!("[profile p]\ncredential_process = {command}\n")).expect("written");
        let wire = HttpOptions { endpoint_url: Some(self.practice.story().endpoint), ..HttpOptions::default() };
        let options = EngineOptions { profiles: paths, wire, home, ..EngineOptions::new() };
        Engine::spawn(options).await.expect("an engine")
    }

    /// Allows the command and returns its result.
    async fn run(&self, command: &str) -> Result<String, Problem> {
        let mut handle = self.engine(command).await;
        handle.allow_command("p", command, Consent::ThisRun);
        let mark = fingerprint(command);
        handle.until(|seen| seen.settings.may_run(&mark)).await.expect("allowed");
        handle.who("p").await.map(|who| who.name.to_string())
    }

    fn printed(&self, more: &str) -> String {
        let keys = self.practice.story().richard;
        let json = format!(
            "{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\"{more}}}",
            keys.id(),
            keys.secret()
        );
        let path = self.dir.path().join("key.json");
        std::fs::write(&path, json).expect("written");
        path.display().to_string()
    }
}

fn code(problem: &Problem) -> String {
    problem.detail.as_ref().map(|detail| detail.code.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_command_runs_only_if_exactly_that_command_was_allowed() {
    let bench = Bench::new().await;
    let canary = bench.dir.path().join("canary");
    let command = format!("touch {}; cat {}", canary.display(), bench.printed(""));
    let mut handle = bench.engine(&command).await;
    let refused = handle.who("p").await.expect_err("not allowed");
    assert_eq!((refused.kind, code(&refused).as_str()), (Kind::ProcessRefused, "NotAllowed"));
    let other = format!("{command} ");
    handle.allow_command("p", &other, Consent::Always);
    handle.until(|seen| !seen.settings.allowed_commands.is_empty()).await.expect("allowed");
    handle.who("p").await.expect_err("another command was allowed");
    assert!(!canary.exists(), "it ran");
    handle.allow_command("p", &command, Consent::ThisRun);
    handle.until(|seen| seen.settings.commands().count() == 2).await.expect("allowed");
    assert_eq!(handle.who("p").await.expect("a key").name.as_ref(), "Richard");
    assert!(canary.exists());
    handle.forbid_command(&fingerprint(&command));
    handle.until(|seen| seen.settings.commands().count() == 1).await.expect("forbidden");
    handle.who("p").await.expect_err("no longer allowed");
}

#[tokio::test]
async fn command_output_is_limited_and_parsed_strictly() {
    let bench = Bench::new().await;
    let path = bench.printed(",\"Expiration\":\"2199-01-01T00:00:00Z\"");
    assert_eq!(bench.run(&format!("cat {path}")).await.expect("a key"), "Richard");
    let over = bench.printed(",\"Expiration\":\"2001-01-01T00:00:00Z\"");
    assert_eq!(bench.run(&format!("cat {over}")).await.expect_err("over").kind, Kind::SourceEnded);
    for (command, word) in [
        ("echo SECRETCANARY; exit 3", "EndedWithACode"),
        (
            "echo SECRETCANARY >&2; echo '{\"Version\":2,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"SECRETCANARY\"}'",
            "NotTheForm",
        ),
        ("echo SECRETCANARY", "NotTheForm"),
        ("yes SECRETCANARY", "TooMuch"),
    ] {
        let problem = bench.run(command).await.expect_err(command);
        assert_eq!((problem.kind, code(&problem).as_str()), (Kind::ProcessRefused, word), "{command}");
        assert!(!format!("{problem:?}").contains("SECRETCANARY"));
        assert!(command_problem(&problem).is_some_and(|text| text.ends_with('.')));
    }
}

#[tokio::test]
async fn processes_left_by_the_command_hold_nothing_up() {
    let bench = Bench::new().await;
    let path = bench.printed("");
    let run = bench.run(&format!("sleep 300 & cat {path}")).await;
    assert_eq!(run.expect("a key"), "Richard");
}

#[tokio::test]
async fn a_key_from_a_command_is_reused_until_it_expires() {
    let bench = Bench::new().await;
    let count = bench.dir.path().join("count");
    let path = bench.printed(",\"Expiration\":\"2199-01-01T00:00:00Z\"");
    let command = format!("echo x >> {}; cat {path}", count.display());
    let mut handle = bench.engine(&command).await;
    handle.allow_command("p", &command, Consent::ThisRun);
    handle.until(|seen| seen.settings.commands().count() == 1).await.expect("allowed");
    for _ in 0..3 {
        tokio::time::timeout(LONG, handle.who("p")).await.expect("in time").expect("a key");
    }
    assert_eq!(std::fs::read_to_string(&count).expect("it ran"), "x\n", "it ran once");
}

/// Returns whether the process with the id in this file still runs; a zombie does not count.
fn runs(file: &std::path::Path) -> bool {
    let id = std::fs::read_to_string(file).expect("it began");
    let state = std::fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
    state.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

/// Returns whether these tests run under nohup, where a closed terminal ends no program.
#[cfg(target_os = "linux")]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("proc(5)");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask");
    u64::from_str_radix(mask.trim(), 16).expect("hexadecimal") & 1 == 1
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_ends_with_the_program_in_every_case() {
    for (signal, code) in [("-TERM", Some(143)), ("-HUP", Some(129)), ("-INT", Some(130)), ("-KILL", None)] {
        if signal == "-HUP" && hang_up_is_ignored() {
            continue;
        }
        for verb in ["check", "upload"] {
            let stage = Stage::new(PracticeOptions::default()).await;
            stage.file("a.txt", 5);
            let dir = stage.dir.path();
            let began = dir.join("began");
            let command = format!("echo $$ > {}; /bin/sleep 3600 & wait", began.display());
            std::fs::write(dir.join("config"), format!("[profile p]\ncredential_process = {command}\n"))
                .expect("written");
            let story = stage.practice.story();
            let mut program = stage.command(verb);
            program.args(["--endpoint-url", &story.endpoint, "--profile", "p", "--role-arn", &story.role_arn]);
            program.args([
                "--bucket",
                &story.bucket,
                "--prefix",
                "incoming",
                "--allow-command",
                &fingerprint(&command),
            ]);
            if verb == "upload" {
                program.arg("source");
            }
            let mut child = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
            until("the command to run", || std::fs::read_to_string(&began).is_ok_and(|id| id.ends_with('\n'))).await;
            let sent = std::process::Command::new("/bin/kill").args([signal, &child.id().to_string()]).status();
            assert!(sent.expect("kill").success());
            let ended = tokio::task::spawn_blocking(move || child.wait()).await.expect("no panic").expect("ours");
            assert_eq!(ended.code(), code, "{verb} {signal}");
            until("the command to end with the program", || !runs(&began)).await;
        }
    }
}

#[tokio::test]
async fn permission_lasts_one_run_unless_granted_permanently() {
    let bench = Bench::new().await;
    let command = format!("cat {}", bench.printed(""));
    let home = bench.dir.path().join("home");
    let reopened = async |consent: Option<Consent>| {
        let mut handle = bench.engine_at(&command, Some(home.clone())).await;
        if let Some(consent) = consent {
            handle.allow_command("p", &command, consent);
            handle.until(|seen| seen.settings.may_run(&fingerprint(&command))).await.expect("allowed");
        }
        let ran = handle.who("p").await.is_ok();
        let settings = handle.seen().settings.clone();
        handle.stop().await;
        (ran, settings)
    };
    assert!(reopened(Some(Consent::ThisRun)).await.0);
    assert!(!reopened(None).await.0, "the yes was for one run");
    assert!(reopened(Some(Consent::Always)).await.0);
    let (ran, kept) = reopened(None).await;
    assert!(ran, "the yes was for always");
    let [allowed] = kept.allowed_commands.as_slice() else { panic!("{kept:?}") };
    assert_eq!((allowed.sha256.as_str(), allowed.profile.as_str()), (fingerprint(&command).as_str(), "p"));
    assert!(allowed.since.is_some() && kept.commands_this_run.is_empty());
}

#[test]
fn commands_allowed_by_an_earlier_version_stay_allowed() {
    let kept: Settings = serde_json::from_str("{\"allowed_commands\":[\"ab\"]}").expect("settings");
    let allowed = AllowedCommand { sha256: "ab".to_owned(), profile: String::new(), since: None };
    assert_eq!(kept.allowed_commands, [allowed]);
    let again: Settings = serde_json::from_str(&serde_json::to_string(&kept).expect("JSON")).expect("settings");
    assert_eq!(again, kept);
}
