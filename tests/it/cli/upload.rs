//! The real command line: its exact output and exit codes.

use crate::support::snapshot::same_as_kept;
use crate::support::stage::{Stage, until};
use daypass::model::names::{Bucket, KeyPrefix, NameProblem, RoleArn};
use daypass::model::notice::Variable;
use daypass::model::problem::{Kind, Problem};
use daypass::model::snapshot::{SkipReason, Skipped};
use daypass::practice::{self, ApiOperation, Mfa};
use daypass::words::names::{Field, name_problem};
use daypass::words::problem::{said, sentence};
use daypass::words::{cli, earlier};
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Returns the output without what differs between runs: times, durations and ids.
fn normalize(output: &[u8]) -> String {
    let text = String::from_utf8(output.to_vec()).expect("text");
    let lines = text.lines().map(|line| {
        if let Some((_, as_whom)) = line.strip_prefix("Access until ").and_then(|line| line.split_once(" left)")) {
            return format!("Access until TIME{as_whom}");
        }
        if let Some((details, _)) = line.split_once(" · request ") {
            return format!("{details} · request ID");
        }
        match line.rsplit_once(" in ") {
            Some((counts, took)) if took.ends_with('.') && line.contains("delivered") => format!("{counts} in TIME."),
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How many times longer a busy computer may take than a quick one.
const BUSY: u64 = 8;

/// Runs a command for at most `seconds` times [`BUSY`]. A command that hangs is killed and fails the test.
pub async fn run_within(command: &mut Command, seconds: u64) -> (i32, String, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command line runs");
    for _ in 0..seconds * 20 * BUSY {
        if child.try_wait().expect("a process of ours").is_some() {
            let output = child.wait_with_output().expect("its output");
            return (output.status.code().expect("a code"), normalize(&output.stdout), normalize(&output.stderr));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    child.kill().expect("a process of ours");
    let output = child.wait_with_output().expect("its output");
    panic!("the command hangs after:\n{}\n{}", normalize(&output.stdout), normalize(&output.stderr));
}

const DELIVERED: &str = "Access until TIME, as Richard.\n\
    Delivered and verified: source/a.txt (6 bytes)\n\
    Delivered and verified: source/folder/b.bin (9.0 MB)\n\
    2 of 2 files delivered. 9.0 MB in TIME.";

pub async fn stage(options: practice::PracticeOptions) -> Stage {
    let stage = Stage::new(options).await;
    stage.file("a.txt", 6);
    stage.file("folder/b.bin", 9_000_000);
    stage
}

fn missing(stage: &Stage) -> PathBuf {
    stage.dir.path().join("nothere")
}

#[test]
fn a_repeated_delivery_sends_only_new_and_edited_files() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let first = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!(first, (0, DELIVERED.to_owned(), String::new()));
        let again = run_within(stage.upload("importantproject").arg("source"), 30).await;
        // Nothing needs sending, so the run may end before access arrives.
        let lines: Vec<&str> = again.1.lines().filter(|line| !line.starts_with("Access until")).collect();
        assert_eq!((again.0, lines.len(), again.2.as_str()), (0, 3, ""), "{}", again.1);
        for (line, name) in lines.iter().zip(["source/a.txt", "source/folder/b.bin"]) {
            assert!(line.starts_with("Delivered earlier, on ") && line.ends_with(name), "{line}");
        }
        assert!(lines[2].starts_with(&earlier::nothing_new(2)), "{}", again.1);
        assert_eq!(stage.practice.count(ApiOperation::PutObject), 1, "nothing was sent again");
        std::fs::write(stage.source.join("a.txt"), "edited since").expect("written");
        let edited = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!(edited.0, 0, "{}", edited.1);
        assert!(edited.1.contains("Delivered and verified: source/a (2).txt (12 bytes)"), "{}", edited.1);
        assert!(edited.1.ends_with("1 file delivered, 1 delivered earlier. 12 bytes in TIME."), "{}", edited.1);
        let again = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert!(again.0 == 0 && again.1.contains(&earlier::nothing_new(2)), "{}", again.1);
        let again = run_within(stage.upload("importantproject").args(["--again", "source/folder"]), 30).await;
        assert!(again.0 == 0 && again.1.ends_with("1 file delivered. 9.0 MB in TIME."), "another key: {}", again.1);
        let again = run_within(stage.upload("importantproject").args(["--again", "source/folder"]), 30).await;
        assert!(again.0 == 1 && again.1.contains(&cli::already_there("folder/b.bin")), "{}", again.1);
        std::fs::write(stage.source.join("a.txt"), "hello\n").expect("written");
        let (code, out, beside) =
            run_within(stage.upload("importantproject").args(["source/a.txt", "nothere"]), 30).await;
        // The disk and STS may answer in either order.
        let mut lines: Vec<&str> = out.lines().collect();
        lines[..2].sort_unstable();
        let left_out = cli::left_out(&Skipped { path: missing(&stage), why: SkipReason::Gone });
        let expected = [
            "Access until TIME, as Richard.",
            &left_out,
            "Delivered and verified: a.txt (6 bytes)",
            "1 file delivered, 1 left out. 6 bytes in TIME.",
        ];
        assert_eq!((code, lines.as_slice(), beside.as_str()), (1, expected.as_slice(), ""));
        let nothing = run_within(stage.command("resume").args(["--endpoint-url", "http://127.0.0.1:9"]), 30).await;
        assert_eq!(nothing, (0, String::new(), cli::nothing_unfinished().to_owned()));
        std::fs::create_dir(stage.source.join("empty")).expect("a folder");
        let empty = run_within(stage.upload("importantproject").arg("source/empty"), 30).await;
        assert_eq!((empty.0, empty.2), (1, String::new()), "{}", empty.1);
        assert!(empty.1.ends_with(&format!("{} {}", earlier::NOTHING, earlier::EMPTY_FOLDER)));
        std::fs::write(stage.file("mixed/full/x.txt", 3), "x").expect("written");
        std::fs::create_dir_all(stage.source.join("mixed/empty/in/it")).expect("folders");
        let (code, out, _) = run_within(stage.upload("importantproject").arg("source/mixed"), 30).await;
        assert_eq!(code, 0, "{out}");
        assert!(out.ends_with("1 file delivered, 1 left out. 1 byte in TIME."), "{out}");
    });
}

#[test]
fn json_output_has_one_event_per_line() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let (code, out, beside) = run_within(stage.upload("importantproject").args(["--json", "source"]), 30).await;
        assert_eq!((code, beside.as_str()), (0, ""));
        let events = out.lines().map(|line| {
            let mut event: serde_json::Value = serde_json::from_str(line).expect("JSON");
            for changing in ["ends", "seconds", "milliseconds"] {
                event.as_object_mut().expect("an object").remove(changing);
            }
            event
        });
        let role = "arn:aws:sts::444455556666:assumed-role/importantproject-contractorA-bucket-put/Richard";
        let expected = [
            serde_json::json!({ "event": "session", "arn": role, "shortened": false }),
            serde_json::json!({ "event": "delivered", "key": "incoming/source/a.txt", "size": 6, "proof": "whole" }),
            serde_json::json!({ "event": "delivered", "key": "incoming/source/folder/b.bin", "size": 9_000_000, "proof": "whole" }),
            serde_json::json!({
                "event": "summary", "files": 2, "delivered": 2, "parts_only": 0, "no_checksum": 0, "already_there": 0,
                "not_confirmed": 0, "failed": 0, "left_out": 0, "earlier": 0, "bytes": 9_000_006,
            }),
        ];
        assert_eq!(events.collect::<Vec<_>>(), expected);
    });
}

#[test]
fn an_untrusted_user_is_told_the_likely_causes() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let denied = run_within(stage.upload("mallory").arg("source"), 30).await;
        assert_eq!((denied.0, denied.1.as_str()), (2, ""));
        same_as_kept("cli-denied.txt", &format!("{}\n", denied.2.replace(&stage.practice.story().role_arn, "ROLE")));
        assert!(stage.practice.objects().is_empty());
        // A refused destination does not stop `resume` from delivering to the others.
        let mut first = stage.upload("importantproject");
        let first = first.arg("source").args(["--patience", "1"]);
        stage.practice.set_offline(true);
        let (code, _, beside) = run_within(first, 30).await;
        assert_eq!(code, 2, "{beside}");
        stage.practice.set_offline(false);
        let endpoint = stage.practice.story().endpoint;
        let resumed = run_within(stage.command("resume").args(["--endpoint-url", &endpoint]), 30).await;
        assert_eq!((resumed.0, stage.practice.objects().len()), (1, 2), "{resumed:?}");
    });
}

#[test]
fn invalid_arguments_stop_before_anything_is_sent() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let story = stage.practice.story();
        let upload = |role: &str, bucket: &str, prefix: &str, profile: &str| {
            let mut command = stage.command("upload");
            command.args(["--endpoint-url", &story.endpoint, "--role-arn", role, "--bucket", bucket]);
            command.args(["--prefix", prefix, "--profile", profile, "source"]);
            command
        };
        let help = format!("\n\nhint: {}", daypass::words::cli::see_help());
        let problem = |field, why: Option<NameProblem>| name_problem(field, &why.expect("refused"));
        for (mut command, expected) in [
            (upload("xx", &story.bucket, "", &story.profile), problem(Field::Role, "xx".parse::<RoleArn>().err())),
            (
                upload(&story.role_arn, "bad+bucket", "", &story.profile),
                problem(Field::Bucket, "bad+bucket".parse::<Bucket>().err()),
            ),
            (
                upload(&story.role_arn, &story.bucket, "../x", &story.profile),
                problem(Field::Folder, KeyPrefix::from_pasted("../x").err()),
            ),
        ] {
            let stopped = run_within(&mut command, 30).await;
            assert_eq!(stopped, (2, String::new(), format!("{expected}{help}")));
        }
        let gone = run_within(&mut upload(&story.role_arn, &story.bucket, "", "nobody"), 30).await;
        assert_eq!(gone.0, 2, "{gone:?}");
        assert!(gone.2.starts_with(&sentence(&Problem::new(Kind::NoProfile))), "{}", gone.2);
        assert!(stage.practice.requests().is_empty(), "no request was sent");
        let (code, _, beside) = run_within(&mut upload(&story.role_arn, "other-bucket", "", &story.profile), 30).await;
        assert_eq!(code, 1);
        assert!(beside.starts_with(&said(Kind::NoSuchBucket).title), "{beside}");
    });
}

#[test]
fn an_unreachable_server_is_retried_until_the_patience_runs_out() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        stage.practice.set_offline(true);
        let stopped = run_within(stage.upload("importantproject").args(["--patience", "3", "source"]), 30).await;
        assert_eq!(stopped.0, 2, "{stopped:?}");
        assert_eq!(stopped.1.lines().count(), 1, "the reason is printed once: {stopped:?}");
        let what = stopped.1.split_once('.').expect("a sentence").0;
        assert!(stopped.2.starts_with(&format!("{what}. Tried ")), "the number of tries is printed last: {stopped:?}");
    });
}

#[test]
fn endpoint_variables_are_reported_and_ignored() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let other = TcpListener::bind("127.0.0.1:0").expect("a port");
        other.set_nonblocking(true).expect("a socket");
        let url = format!("http://{}", other.local_addr().expect("an address"));
        let mut command = stage.upload("importantproject");
        command.env("AWS_ENDPOINT_URL", &url).env("AWS_ENDPOINT_URL_S3", &url).env("HTTP_PROXY", &url).arg("source");
        let (code, out, beside) = run_within(&mut command, 30).await;
        assert_eq!((code, out.as_str()), (0, DELIVERED));
        let expected =
            ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"].map(|name| cli::environment(Variable::Ignored(name)));
        assert_eq!(beside.lines().collect::<Vec<_>>(), expected);
        assert!(other.accept().is_err(), "nothing connected");
    });
}

#[test]
fn profiles_and_practice_print_what_an_upload_needs() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let (code, out, _) = run_within(&mut stage.command("profiles"), 30).await;
        let story = stage.practice.story();
        let tail = |keys: &practice::PracticeKey| keys.id()[16..].to_owned();
        let expected = format!(
            "importantproject  (access key …{}, us-east-1)\nmallory  (access key …{}, us-east-1)",
            tail(&story.richard),
            tail(&story.mallory)
        );
        assert_eq!((code, out), (0, expected));
        let mut child = stage.command("practice").stdout(Stdio::piped()).spawn().expect("it runs");
        let mut told = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().expect("its output"));
        while !told.contains("PATH…") {
            assert!(std::io::BufRead::read_line(&mut out, &mut told).expect("text") > 0, "{told}");
        }
        let word = |after: &str| {
            let rest = &told[told.find(after).unwrap_or_else(|| panic!("{after}: {told}")) + after.len()..];
            rest.split_whitespace().next().expect("a word").to_owned()
        };
        let mut command = stage.command("upload");
        command.env("AWS_SHARED_CREDENTIALS_FILE", word("AWS_SHARED_CREDENTIALS_FILE="));
        command.env("AWS_CONFIG_FILE", word("AWS_CONFIG_FILE=")).args(["--endpoint-url", &word("--endpoint-url ")]);
        command.args(["--profile", &word("--profile "), "--role-arn", &word("--role-arn ")]);
        command.args(["--bucket", &word("--bucket "), "--prefix", &word("--prefix "), "source"]);
        assert_eq!(run_within(&mut command, 30).await, (0, DELIVERED.to_owned(), String::new()));
        child.kill().expect("a process of ours");
        child.wait().expect("a process of ours");
    });
}

#[cfg(unix)]
#[test]
fn ctrl_c_exits_cleanly_and_the_same_command_resumes() {
    use daypass::practice::{ApiOperation, Fault, FaultRule};
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        stage.file("film.mov", 40 << 20);
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::Hold).skip(1).times(99));
        let mut command = stage.upload("importantproject");
        let child = command.arg("source").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        until("a part", || stage.parts().iter().any(|request| request.status == Some(200))).await;
        let kill = Command::new("/bin/kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        assert!(kill.success());
        let output =
            tokio::task::spawn_blocking(move || child.wait_with_output()).await.expect("no panic").expect("ends");
        let beside = normalize(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{beside}");
        assert!(beside.starts_with("Stopped. ") && beside.contains(cli::GOES_ON), "{beside}");
        stage.practice.clear_faults();
        let (code, out, beside) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!((code, beside.as_str()), (0, ""), "{out}");
        // An upload whose creation was interrupted is created again; the others resume.
        let created = stage.practice.count(ApiOperation::CreateMultipartUpload);
        assert!((2..=3).contains(&created), "{created} were created: {out}");
        assert_eq!(stage.practice.objects().len(), 3);
    });
}

/// The secrets are the user's key, the session's key and the code. The external ID may be in the program's home.
#[test]
fn no_secret_is_printed_or_stored() {
    runtime().block_on(async {
        let serial = "arn:aws:iam::111122223333:mfa/richard";
        let (code, external) = ("918273", "canary-external-id-5150");
        let options = practice::PracticeOptions {
            mfa: Some(Mfa { serial: serial.into(), codes: vec![code.into()] }),
            external_id: Some(external.into()),
            ..practice::PracticeOptions::default()
        };
        let stage = stage(options).await;
        let config = stage.dir.path().join("config");
        let text = std::fs::read_to_string(&config).expect("read");
        let ours = format!("[profile importantproject]\nexternal_id = {external}\nmfa_serial = {serial}\n");
        std::fs::write(&config, text.replace("[profile importantproject]\n", &ours)).expect("written");
        let mut command = stage.upload("importantproject");
        command.env("RUST_LOG", "trace").env("LOG_SENSITIVE_BODIES", "true").env("RUST_BACKTRACE", "1");
        command.args(["--verbose", "source"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command line runs");
        let mut arguments = Vec::new();
        // Between fork and exec there are no arguments yet; afterwards the program waits for the code.
        for _ in 0..1000 {
            arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
            if !arguments.is_empty() || !cfg!(target_os = "linux") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if cfg!(target_os = "linux") {
            assert!(arguments.starts_with(b"/"), "the arguments are readable");
        }
        child.stdin.take().expect("its input").write_all(format!("{code}\n").as_bytes()).expect("written");
        let output =
            tokio::task::spawn_blocking(move || child.wait_with_output()).await.expect("no panic").expect("ends");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let mut told = vec![("arguments".to_owned(), arguments), ("stdout".to_owned(), output.stdout)];
        told.push(("stderr".to_owned(), output.stderr));
        for (path, bytes) in stage.kept() {
            told.push((path.display().to_string(), bytes));
        }
        assert!(told.len() > 3, "something is stored");
        let secret = stage.practice.story().richard.secret().to_owned();
        let session =
            stage.practice.requests().into_iter().filter_map(|r| r.access_key_id).find(|id| id.starts_with("ASIA"));
        let session = session.expect("a session's key");
        for (place, bytes) in &told {
            for canary in [secret.as_str(), code, session.as_str()] {
                let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!found, "a secret is in {place}");
            }
            let external_told = bytes.windows(external.len()).any(|window| window == external.as_bytes());
            assert!(!external_told || place.contains("home"), "the external ID is in {place}");
        }
    });
}
