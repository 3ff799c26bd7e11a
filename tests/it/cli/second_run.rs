//! The command line after an interrupted run: what it reports about that run, and its exit code.

use crate::cli::upload::{run_within, runtime, stage};
use crate::support::stage::{Stage, until};
use daypass::engine::handle::Engine;
use daypass::engine::http::HttpOptions;
use daypass::engine::journal::{Journal, Options};
use daypass::model::notice::Variable;
use daypass::model::problem::Kind;
use daypass::model::snapshot::{Command as Wish, Settings};
use daypass::practice::{self, ApiOperation, Fault, FaultRule};
use daypass::time::Utc;
use daypass::words::cli as words;
use daypass::words::problem::said;
use daypass::words::{cli, earlier};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs an upload in which one file fails and one arrives, and interrupts it while the third is being sent.
#[cfg(unix)]
async fn interrupted_upload() -> Stage {
    let stage = stage(practice::PracticeOptions::default()).await;
    stage.file("film.mov", 40 << 20);
    let damaged = Fault::Status { status: 400, code: "BadDigest".into(), message: "damaged".into() };
    stage.practice.fault(FaultRule::once(ApiOperation::PutObject, damaged).times(2));
    stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::Hold).key("film").times(99));
    let child = stage.upload("importantproject").arg("source").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("it runs");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let (first, said) = tokio::task::spawn_blocking(move || {
        let mut lines = lines.map(|line| line.expect("text"));
        // The two small files have ended; the film is still being sent.
        let ended = |line: &String| line.starts_with("Delivered and verified: ") || line.starts_with("Not delivered: ");
        let first: Vec<String> = lines.by_ref().filter(ended).take(2).collect();
        (first, lines)
    })
    .await
    .expect("no panic");
    assert_eq!(first.len(), 2, "{first:?}");
    let kill = Command::new("/bin/kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(kill.success());
    let (status, rest) = tokio::task::spawn_blocking(move || {
        let rest: Vec<String> = said.collect();
        (child.wait().expect("it ends"), rest)
    })
    .await
    .expect("no panic");
    assert_eq!(status.code(), Some(130), "{first:?} {rest:?}");
    stage.practice.clear_faults();
    stage
}

#[cfg(unix)]
#[test]
fn a_failed_file_is_reported_by_resume_and_retried_by_upload() {
    runtime().block_on(async {
        let stage = interrupted_upload().await;
        let endpoint = stage.practice.story().endpoint;
        let (code, out, beside) = run_within(stage.command("resume").args(["--endpoint-url", &endpoint]), 30).await;
        assert_eq!((code, beside.as_str()), (1, ""), "{out}");
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "1 file arrived earlier.", "{out}");
        assert!(lines[lines.len() - 3].starts_with("Not delivered: source/a.txt. "), "{out}");
        assert!(lines[lines.len() - 2].starts_with("  details: PutObject · BadDigest · HTTP 400"), "{out}");
        assert_eq!(lines[lines.len() - 1], "2 of 3 files delivered, 1 not delivered. 50.9 MB in TIME.");

        let stage = interrupted_upload().await;
        let (code, out, beside) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!((code, beside.as_str()), (0, ""), "{out}");
        assert!(
            out.contains("Delivered and verified: source/a.txt (6 bytes)") && !out.contains("Not delivered"),
            "{out}"
        );
        assert!(out.ends_with("3 of 3 files delivered. 50.9 MB in TIME."), "{out}");
    });
}

/// Modification times say nothing about a file's content.
#[test]
fn a_touched_file_is_skipped_and_an_edited_one_is_sent() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let (code, out, _) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!(code, 0, "{out}");
        let path = stage.source.join("a.txt");
        let open = || std::fs::File::options().write(true).open(&path).expect("it opens");
        let before = std::fs::metadata(&path).and_then(|at| at.modified()).expect("a time");
        open().set_modified(before + Duration::from_secs(60)).expect("touched");
        let (code, out, _) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert!(code == 0 && out.contains(&earlier::nothing_new(2)), "{out}");
        std::fs::write(&path, "edited").expect("written");
        open().set_modified(before).expect("put back");
        let (code, out, _) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert!(code == 0 && out.contains("Delivered and verified: source/a (2).txt (6 bytes)"), "{out}");
    });
}

#[test]
fn resume_reports_what_the_last_delivery_did_not_deliver() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let damaged = Fault::Status { status: 400, code: "BadDigest".into(), message: "damaged".into() };
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, damaged).times(2));
        let (code, out, _) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!(code, 1, "{out}");
        assert!(!out.contains(&said(Kind::Damaged).body), "the delivery has ended: {out}");
        let endpoint = stage.practice.story().endpoint;
        for _ in 0..2 {
            let (code, out, beside) = run_within(stage.command("resume").args(["--endpoint-url", &endpoint]), 30).await;
            assert_eq!(code, 1, "{out} {beside}");
            assert!(out.starts_with("Not delivered: source/a.txt. "), "{out}");
            assert!(beside.contains("ended with 1 file not delivered"), "{beside}");
        }
        let (code, out, _) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!(code, 0, "{out}");
        assert!(out.ends_with("1 file delivered, 1 delivered earlier. 6 bytes in TIME."), "{out}");
        let (code, _, beside) = run_within(stage.command("resume").args(["--endpoint-url", &endpoint]), 30).await;
        assert_eq!((code, beside.as_str()), (0, cli::nothing_unfinished()));
    });
}

#[cfg(unix)]
#[test]
fn a_file_delivered_to_one_server_is_still_sent_to_another() {
    runtime().block_on(async {
        let first = interrupted_upload().await;
        let second = stage(practice::PracticeOptions::default()).await;
        for (to, earlier) in [(&second, false), (&first, true)] {
            let mut upload = to.upload("importantproject");
            let upload = upload.env("DAYPASS_HOME", first.home()).current_dir(first.home().join("..")).arg("source");
            let (code, out, beside) = run_within(upload, 30).await;
            assert_eq!((code, beside.as_str()), (0, ""), "{out}");
            assert_eq!(out.contains("1 file arrived earlier."), earlier, "{out}");
            assert_eq!(to.practice.objects().len(), 3, "{out}");
        }
    });
}

#[test]
fn resume_reports_when_it_cannot_read_the_journal() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        let wire = HttpOptions { endpoint_url: Some("http://127.0.0.1:9".to_owned()), ..HttpOptions::default() };
        let options = Options { server: wire.folder(), ..Options::new(|| Utc(1_700_000_000)) };
        let held = Journal::open(&stage.home(), &options);
        let mut resume = stage.command("resume");
        let (code, out, beside) = run_within(resume.args(["--endpoint-url", "http://127.0.0.1:9"]), 30).await;
        assert_eq!((code, out.as_str(), beside.as_str()), (2, "", cli::OPEN_ELSEWHERE));
        drop(held);
        let file = stage.file("in the way", 1);
        let mut below = stage.command("resume");
        let (code, _, beside) = run_within(below.env("DAYPASS_HOME", file.join("below")), 30).await;
        let expected = format!("{} {}", cli::NO_JOURNAL, cli::NO_UNFINISHED);
        assert_eq!((code, beside), (2, expected));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(stage.home(), std::fs::Permissions::from_mode(0o777)).expect("our own folder");
            let (code, _, beside) = run_within(&mut resume, 30).await;
            assert!(code == 2 && beside.ends_with(cli::NO_UNFINISHED), "{code} {beside}");
        }
    });
}

#[test]
fn plain_http_to_another_computer_must_be_allowed_and_is_reported() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        // A documentation address (RFC 5737), at which nothing answers.
        let server = "http://192.0.2.7:9";
        let run = |more: &[&str]| {
            let mut command = stage.command("check");
            command.args(["--endpoint-url", server, "--profile", "importantproject", "--bucket", "b-u-c-k-e-t"]);
            command.args(["--role-arn", &stage.practice.story().role_arn]).args(more);
            command
        };
        let refused = run_within(&mut run(&[]), 20).await;
        let said = format!("{}\n\nhint: {}", words::plain_http_refused(server), words::how_to_allow_plain_http());
        assert_eq!(refused, (2, String::new(), said));
        let mut allowed =
            run(&["--plain-http"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let mut line = String::new();
        let mut beside = std::io::BufReader::new(allowed.stderr.take().expect("its lines"));
        std::io::BufRead::read_line(&mut beside, &mut line).expect("text");
        allowed.kill().expect("a process of ours");
        allowed.wait().expect("a process of ours");
        assert_eq!(line.trim(), daypass::words::window::in_the_clear(server));
    });
}

#[test]
fn replaced_system_certificates_are_reported() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let pem = stage.dir.path().join("ca.pem");
        std::fs::write(&pem, made.cert.pem()).expect("written");
        let mut command = stage.upload("importantproject");
        let (code, out, beside) = run_within(command.env("SSL_CERT_FILE", &pem).arg("source"), 30).await;
        let named = words::environment(Variable::Certificates("SSL_CERT_FILE"));
        assert_eq!((code, beside), (0, named), "{out}");
    });
}

/// A command runs unattended, so the window's setting not to renew must not stop it.
#[test]
fn the_command_line_ignores_the_windows_setting_not_to_renew() {
    runtime().block_on(async {
        let stage = stage(practice::PracticeOptions::default()).await;
        stage.practice.fault(FaultRule::once(ApiOperation::UploadPart, Fault::Hold));
        let handle = Engine::spawn(stage.options()).await.expect("an engine");
        handle.send(Wish::Set(Settings { renew: false, ..Settings::default() }));
        handle.reached().await;
        handle.stop().await;
        let mut upload = stage.upload("importantproject");
        let renewal = async {
            until("a part", || stage.practice.held() == 1).await;
            // The request after this part needs a new session.
            stage.practice.expire_sessions();
            stage.practice.release();
        };
        let ((code, out, beside), ()) = tokio::join!(run_within(upload.arg("source"), 60), renewal);
        assert_eq!((code, beside.as_str()), (0, ""), "{out}");
        assert_eq!(stage.practice.count(ApiOperation::AssumeRole), 2, "{out}");
    });
}
