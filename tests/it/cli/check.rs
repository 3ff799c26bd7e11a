//! The command line from profile to bucket: `check`, MFA codes and invitations.

use daypass::grant::card;
use daypass::model::notice::Variable;
use daypass::model::problem::{Kind, Problem};
use daypass::practice::{ApiOperation, Mfa, Practice, PracticeOptions, Story};
use daypass::words::ask::{invited as labels, looks_like};
use daypass::words::problem::said;
use daypass::words::{access as words, cli};
use std::path::PathBuf;
use std::process::{Command, Output};

const SERIAL: &str = "arn:aws:iam::111122223333:mfa/richard";

pub struct Bench {
    pub practice: Practice,
    pub story: Story,
    pub dir: tempfile::TempDir,
}

impl Bench {
    pub async fn new(options: PracticeOptions) -> Self {
        let practice = Practice::start(options).await.expect("the practice");
        let (story, dir) = (practice.story(), tempfile::tempdir().expect("a folder"));
        story.write_profile_files(dir.path()).expect("profiles");
        std::fs::write(dir.path().join("file.txt"), "hello").expect("written");
        Self { practice, story, dir }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the command line without a terminal.
    pub async fn run(&self, args: &[&str]) -> (i32, String, String) {
        self.run_with(args, &[]).await
    }

    /// Runs the command line with further variables in its environment.
    pub async fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daypass-cli"));
        command
            .env_clear()
            .env("HOME", self.dir.path())
            .env("DAYPASS_HOME", self.file("home"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.file("credentials"))
            .env("AWS_CONFIG_FILE", self.file("config"))
            .envs(variables.iter().copied())
            .args(args)
            .stdin(std::process::Stdio::null());
        let done = tokio::task::spawn_blocking(move || command.output()).await.expect("it runs");
        let Output { status, stdout, stderr } = done.expect("it runs");
        let (out, beside) =
            (String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned());
        for secret in [self.story.richard.secret(), self.story.mallory.secret()] {
            assert!(!out.contains(secret) && !beside.contains(secret), "a secret was printed");
        }
        (status.code().unwrap_or(-1), out, beside)
    }

    /// Returns the arguments for the story's profile, role and bucket.
    fn story_args(&self) -> Vec<&str> {
        let Story { endpoint, role_arn, bucket, .. } = &self.story;
        vec!["--endpoint-url", endpoint, "--profile", "importantproject", "--role-arn", role_arn, "--bucket", bucket]
    }
}

fn lines(out: &str) -> Vec<serde_json::Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"))).collect()
}

#[tokio::test]
async fn check_prints_each_step() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let args = [&["check"], &bench.story_args()[..], &["--prefix", "incoming"]].concat();
    let (code, out, beside) = bench.run(&args).await;
    assert_eq!((code, out.lines().count()), (0, 4), "{out}{beside}");
    assert!(out.lines().all(|line| line.starts_with('✓') && line.contains(" ms): ")), "{out}");
    assert!(out.contains("Richard") && out.contains("1111 2222 3333") && out.contains("us-east-1"), "{out}");
    assert!(bench.practice.objects().is_empty(), "the test object is sent only on request");
    let (code, out, _) = bench.run(&[&args[..], &["--test-object", "--json"]].concat()).await;
    let steps = lines(&out);
    let whats: Vec<_> = steps.iter().map(|step| step["what"].as_str().unwrap_or_default()).collect();
    assert_eq!((code, &whats[..]), (0, &["profile", "identity", "role", "bucket", "test object"][..]));
    assert!(steps.iter().all(|step| step["ok"] == true && step["milliseconds"].is_u64()), "{out}");
    let objects = bench.practice.objects();
    assert!(objects.len() == 1 && objects[0].key.starts_with("incoming/daypass-test-"), "{objects:?}");
}

#[tokio::test]
async fn check_stops_at_the_first_failed_step() {
    let bench = Bench::new(PracticeOptions::default()).await;
    bench.practice.set_trusted(false);
    let (code, out, _) = bench.run(&[&["check", "--json"], &bench.story_args()[..]].concat()).await;
    let steps = lines(&out);
    assert_eq!((code, steps.len()), (1, 3), "{out}");
    assert_eq!(
        (&steps[2]["what"], &steps[2]["ok"], &steps[2]["code"]),
        (&"role".into(), &false.into(), &"AccessDenied".into())
    );
    assert!(steps[2]["hints"].as_array().is_some_and(|hints| !hints.is_empty()));
    assert_eq!((&steps[0]["turn"], &steps[2]["turn"]), (&serde_json::Value::Null, &"customer".into()));
    let gone = [
        "check",
        "--profile",
        "nobody",
        "--role-arn",
        &bench.story.role_arn,
        "--bucket",
        "b-b-b",
        "--endpoint-url",
        &bench.story.endpoint,
    ];
    let (code, out, _) = bench.run(&gone).await;
    assert_eq!((code, out.lines().count()), (1, 1), "{out}");
    assert!(out.starts_with('✗'), "{out}");
}

#[tokio::test]
async fn an_mfa_code_works_once_and_a_wrong_serial_is_explained() {
    let mfa = Mfa { serial: SERIAL.to_owned(), codes: vec!["123456".to_owned(), "654321".to_owned()] };
    let bench = Bench::new(PracticeOptions { mfa: Some(mfa), ..PracticeOptions::default() }).await;
    let file = bench.file("file.txt").display().to_string();
    let upload = |serial: &'static str, code: &'static str| {
        [vec!["upload"], bench.story_args(), vec!["--mfa-serial", serial, "--mfa-code", code, &file]].concat()
    };
    let (code, _, beside) = bench.run(&upload(SERIAL, "000000")).await;
    assert_eq!(code, 2, "{beside}");
    assert!(beside.contains(&said(Kind::CodeWrong).body), "{beside}");
    let (code, _, beside) = bench.run(&upload("arn:aws:iam::111122223333:mfa/other", "123456")).await;
    assert!(code == 2 && beside.contains(&said(Kind::SerialWrong).body), "{beside}");
    for typed in ["12345", "1234567", "12345a", "", "１２３４５６"] {
        let (code, _, beside) = bench.run(&upload(SERIAL, typed)).await;
        assert!(code == 2 && beside.contains(words::not_a_code()), "{typed}: {beside}");
    }
    // Devices show codes with a space.
    let (code, out, beside) = bench.run(&upload(SERIAL, "123 456")).await;
    assert_eq!(code, 0, "{out}{beside}");
    assert_eq!(bench.practice.objects().len(), 1);
    // The file must differ: one that already arrived needs no session.
    std::fs::write(&file, "hello again").expect("written");
    let (code, _, beside) = bench.run(&upload(SERIAL, "123456")).await;
    assert!(code == 2 && beside.contains(&said(Kind::CodeWrong).body), "{beside}");
    let without = [vec!["upload"], bench.story_args(), vec!["--mfa-serial", SERIAL, &file]].concat();
    let (code, _, beside) = bench.run(&without).await;
    assert!(code == 2 && beside.contains("code"), "{beside}");
    let check = [vec!["check"], bench.story_args(), vec!["--mfa-serial", SERIAL, "--mfa-code", "654321"]].concat();
    assert_eq!(bench.run(&check).await.0, 0);
}

#[tokio::test]
async fn a_legacy_bucket_name_is_accepted_and_suspected_first() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let file = bench.file("file.txt").display().to_string();
    let Story { endpoint, role_arn, .. } = &bench.story;
    let to =
        ["--profile", "importantproject", "--role-arn", role_arn, "--bucket", "My_Bucket", "--endpoint-url", endpoint];
    let (code, _, beside) = bench.run(&[&["upload"], &to[..], &[&file]].concat()).await;
    assert_eq!(code, 1, "{beside}");
    let hint = beside.lines().find(|line| line.starts_with("hint: ")).unwrap_or_default();
    assert!(hint.contains("my-bucket"), "{beside}");
}

#[tokio::test]
async fn bad_environment_variables_and_ca_bundles_are_reported() {
    let bench = Bench::new(PracticeOptions::default()).await;
    for (name, value, variable) in [
        ("HTTPS_PROXY", "http://proxy server:8080", Variable::UnreadableProxy("HTTPS_PROXY")),
        ("ALL_PROXY", "socks5://127.0.0.1:1080", Variable::SocksProxy("ALL_PROXY")),
        ("AWS_CA_BUNDLE", "root.pem", Variable::CaBundle),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", Variable::Ignored("AWS_ENDPOINT_URL")),
    ] {
        let check = [vec!["check"], bench.story_args()].concat();
        let (code, out, beside) = bench.run_with(&check, &[(name, value)]).await;
        assert_eq!(code, 0, "{out}{beside}");
        assert!(beside.contains(&cli::environment(variable)), "{beside}");
    }
    for bundle in ["nothere.cer", "empty.pem"] {
        let path = bench.file(bundle).with_file_name(bundle);
        if bundle == "empty.pem" {
            std::fs::write(&path, "").expect("written");
        }
        let path = path.display().to_string();
        let check = [vec!["check"], bench.story_args(), vec!["--ca-bundle", &path]].concat();
        let (code, out, beside) = bench.run(&check).await;
        let sentence = daypass::words::problem::sentence(&Problem::new(Kind::CaBundle));
        assert!(code != 0 && beside.contains(&sentence) && beside.contains(bundle), "{out}{beside}");
    }
}

fn invitation(bench: &Bench, more: &str) -> String {
    let path = bench.file("acme.daypass");
    let Story { role_arn, bucket, region, .. } = &bench.story;
    let text = format!(
        "daypass = 1\ncustomer = \"Acme\"\nrole = \"{role_arn}\"\nbucket = \"{bucket}\"\nregion = \"{region}\"\nprefix = \"incoming/\"\n{more}"
    );
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

fn invited<'a>(bench: &'a Bench, from: &'a str, file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args =
        vec!["upload", "--endpoint-url", &bench.story.endpoint, "--profile", "importantproject", "--invitation", from];
    args.extend(more);
    args.push(file);
    args
}

#[tokio::test]
async fn an_invitation_needs_confirmation_once_and_again_after_a_change() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let (from, file) = (invitation(&bench, ""), bench.file("file.txt").display().to_string());
    let (code, _, beside) = bench.run(&invited(&bench, &from, &file, &[])).await;
    assert_eq!(code, 2, "no terminal to confirm on: {beside}");
    for shown in ["Acme", "4444 5555 6666", &bench.story.role_arn, &bench.story.bucket, "--yes"] {
        assert!(beside.contains(shown), "{shown}: {beside}");
    }
    assert!(bench.practice.objects().is_empty());
    let (code, out, beside) = bench.run(&invited(&bench, &from, &file, &["--yes"])).await;
    assert_eq!(code, 0, "{out}{beside}");
    assert_eq!(bench.practice.objects()[0].key, "incoming/file.txt");
    let other = bench.file("other.txt");
    std::fs::write(&other, "x").expect("written");
    let other = other.display().to_string();
    assert_eq!(bench.run(&invited(&bench, &from, &other, &[])).await.0, 0, "already confirmed");
    let changed =
        std::fs::read_to_string(&from).expect("read").replace(":role/", ":role/evil-").replace("4444", "9999");
    std::fs::write(&from, changed).expect("written");
    let (code, _, beside) = bench.run(&invited(&bench, &from, &file, &[])).await;
    assert!(code == 2 && beside.contains("This differs") && beside.contains("→"), "{beside}");
    // `--yes` alone does not accept a changed destination.
    let (code, _, beside) = bench.run(&invited(&bench, &from, &file, &["--yes"])).await;
    assert!(code == 2 && beside.contains(words::not_confirmed()), "{beside}");
    assert!(beside.contains(words::how_to_confirm_change()), "{beside}");
    let (code, _, beside) = bench.run(&invited(&bench, &from, &file, &["--yes", "--account", "444455556666"])).await;
    assert!(code == 2 && beside.contains("9999 5555 6666, and not in 4444 5555 6666"), "{beside}");
    let given = ["--yes", "--account", "9999-5555-6666", "--patience", "1"];
    let (_, out, beside) = bench.run(&invited(&bench, &from, &file, &given)).await;
    assert!(!beside.contains(words::not_confirmed()) && beside.contains("This differs"), "{out}{beside}");
    assert_eq!(bench.practice.objects().len(), 2, "the other account's role refuses");
}

#[tokio::test]
async fn a_first_invitation_shows_what_is_unverified_and_what_to_compare() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let from = invitation(&bench, "note = \"✓ Verified\"\ncontact = \"+1 555 0100\"\n");
    let file = bench.file("file.txt").display().to_string();
    let (_, _, beside) = bench.run(&invited(&bench, &from, &file, &["--yes"])).await;
    let first = beside.find(labels::FIRST).unwrap_or_else(|| panic!("{beside}"));
    let theirs = beside.find(labels::UNCHECKED).unwrap_or_else(|| panic!("{beside}"));
    assert!(first < theirs && beside.contains(labels::NOT_TO_CHECK), "{beside}");
    assert!(beside.contains("“Verified”") && beside.contains("“+1 555 0100”") && !beside.contains('✓'), "{beside}");
    // A lookalike name in another account.
    let other = std::fs::read_to_string(&from).expect("read").replace("Acme", "\u{410}cme").replace("4444", "9999");
    std::fs::write(&from, other).expect("written");
    let (code, _, beside) = bench.run(&invited(&bench, &from, &file, &["--yes"])).await;
    assert!(code == 2 && beside.contains(&looks_like("Acme")), "{beside}");
}

#[tokio::test]
async fn options_given_with_an_invitation_apply_to_every_file() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let (from, file) = (invitation(&bench, ""), bench.file("file.txt").display().to_string());
    let (_, out, beside) = bench.run(&invited(&bench, &from, &file, &["--yes", "--sse", "s3"])).await;
    let requests = bench.practice.requests();
    let put = requests
        .iter()
        .find(|request| request.op == ApiOperation::PutObject)
        .unwrap_or_else(|| panic!("{out}{beside}"));
    assert_eq!(put.headers.get("x-amz-server-side-encryption").map(String::as_str), Some("AES256"));
}

#[tokio::test]
async fn a_different_role_under_a_known_customer_name_needs_confirmation() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let (acme, file) = (invitation(&bench, ""), bench.file("file.txt").display().to_string());
    assert_eq!(bench.run(&invited(&bench, &acme, &file, &["--yes"])).await.0, 0);
    let text = std::fs::read_to_string(&acme).expect("read");
    let beta = text.replace("\"Acme\"", "\"Beta\"").replace(":role/", ":role/beta-");
    let beta = beta.replace(&format!("\"{}\"", bench.story.bucket), "\"beta-in\"");
    std::fs::write(&acme, &beta).expect("written");
    let (code, _, beside) = bench.run(&invited(&bench, &acme, &file, &["--yes"])).await;
    assert!(
        code == 2 && !beside.contains(&card::differs_from("Acme")),
        "another customer, whose role refuses: {beside}"
    );
    std::fs::write(&acme, beta.replace("\"Beta\"", "\"Acme\"")).expect("written");
    let (code, _, beside) = bench.run(&invited(&bench, &acme, &file, &[])).await;
    assert!(code == 2 && beside.contains(&card::differs_from("Acme")), "{beside}");
    assert!(beside.contains("→ beta-in") && beside.contains("--yes"), "{beside}");
    // A change that doesn't redirect files is shown but needs no confirmation.
    std::fs::write(&acme, format!("{text}duration = 7200\n")).expect("written");
    let (code, out, beside) = bench.run(&invited(&bench, &acme, &file, &[])).await;
    assert!(beside.contains("Session length: 1 h → 2 h"), "{code} {out}{beside}");
    assert!(!beside.contains(words::change_question()), "{beside}");
}

#[tokio::test]
async fn invalid_and_out_of_date_invitations_stop_the_upload() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let file = bench.file("file.txt").display().to_string();
    for (more, said) in [
        ("not_before = \"2190-01-01T00:00:00Z\"\n", "Your access starts"),
        ("not_after = \"2020-01-01T00:00:00Z\"\n", "Your access ended"),
        ("mfa = true\n", "--mfa-serial"),
        ("command = \"touch x\"\n", "doesn’t belong"),
        ("endpoint_url = \"http://evil.example\"\n", "doesn’t belong"),
    ] {
        let from = invitation(&bench, more);
        let (code, _, beside) = bench.run(&invited(&bench, &from, &file, &["--yes"])).await;
        assert!(code == 2 && beside.contains(said), "{more}: {beside}");
    }
    let (code, _, beside) = bench.run(&invited(&bench, "/nowhere/x.daypass", &file, &["--yes"])).await;
    assert!(code == 2 && beside.contains("can’t be read"), "{beside}");
    assert!(bench.practice.objects().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_credential_process_runs_only_with_its_fingerprint() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let (canary, keys) = (bench.file("canary"), &bench.story.richard);
    let json = format!("{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\"}}", keys.id(), keys.secret());
    std::fs::write(bench.file("key.json"), json).expect("written");
    let command = format!("touch {}; cat {}", canary.display(), bench.file("key.json").display());
    std::fs::write(bench.file("config"), format!("[profile p]\ncredential_process = {command}\n")).expect("written");
    let Story { endpoint, role_arn, bucket, .. } = &bench.story;
    let check = ["check", "--endpoint-url", endpoint, "--profile", "p", "--role-arn", role_arn, "--bucket", bucket];
    let (code, _, beside) = bench.run(&check).await;
    assert!(code == 2 && beside.contains(&command) && beside.contains("--allow-command"), "{beside}");
    let wrong = "0".repeat(64);
    assert_eq!(bench.run(&[&check[..], &["--allow-command", &wrong]].concat()).await.0, 2);
    assert!(!canary.exists(), "the command ran");
    let mark = daypass::engine::credentials::fingerprint(&command);
    assert_eq!(bench.run(&[&check[..], &["--allow-command", &mark]].concat()).await.0, 0);
    assert!(canary.exists());
    assert_eq!(bench.run(&check).await.0, 2, "the argument allows only its own run");
    std::fs::write(bench.file("config"), format!("[profile p]\ncredential_process = {command} x\n")).expect("written");
    assert_eq!(bench.run(&check).await.0, 2, "a changed command must be allowed again");
}
