//! The window with its backend against practice: what a person clicks, what changes on disk, what the window says.

use crate::engine::signin::{CONFIG, center, pending, token};
use crate::support::scripted::Server;
use daypass::engine::clock::Clock;
use daypass::engine::credentials::Caches;
use daypass::engine::handle::EngineOptions;
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::Paths;
use daypass::model::access_key::{Keep, KeyProblem};
use daypass::model::destination::Destination;
use daypass::model::problem::Kind;
use daypass::model::session::Session;
use daypass::model::snapshot::Command;
use daypass::practice::{MFA_CODE, MFA_SERIAL, Practice, PracticeKey, PracticeOptions, Story};
use daypass::ui::backend::{Backend as _, Reply, Request};
use daypass::ui::{Action, Window, theme};
use daypass::window::{App, Start};
use daypass::words::accounts;
use daypass::words::keys::{command_not_allowed, key_problem};
use daypass::words::labels;
use daypass::words::problem::said;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

/// How often a test looks, every 20 ms, before it gives up.
const LOOKS: usize = 1000;

struct Bench {
    window: Window,
    desk: Arc<App>,
    wishes: Vec<Action>,
}

struct Stage {
    shown: Harness<'static, Bench>,
    clock: Clock,
    desk: Arc<App>,
    story: Story,
    practice: Practice,
    dir: TempDir,
    _runtime: Runtime,
}

/// Performs an action as the desktop shell does, without those that open a system dialog.
fn carry_out(bench: &mut Bench, wish: Action) {
    match wish {
        Action::Request(request) => bench.desk.request(request),
        Action::OpenProfiles => bench.window.open_profiles(),
        other => panic!("{other:?}"),
    }
}

impl Stage {
    fn new(config: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Self::at(runtime.expect("a runtime"), None, config)
    }

    /// Starts the window with `endpoint` as the server, or else practice.
    fn at(runtime: Runtime, endpoint: Option<String>, config: &str) -> Self {
        let practice = runtime.block_on(Practice::start(PracticeOptions::default())).expect("the practice");
        let clock = Clock::start();
        let (story, dir) = (practice.story(), tempfile::tempdir().expect("a folder"));
        std::fs::write(dir.path().join("config"), config).expect("written");
        let places = EngineOptions {
            profiles: Paths { credentials: dir.path().join("credentials"), config: dir.path().join("config") },
            caches: Caches { sso: dir.path().join("sso") },
            home: Some(dir.path().join("home")),
            clock: clock.clone(),
            ..EngineOptions::new()
        };
        let wire =
            HttpOptions { endpoint_url: endpoint.or_else(|| Some(story.endpoint.clone())), ..HttpOptions::default() };
        let desk = App::start_with(Start { wire, ..Start::default() }, places)
            .expect("a desk")
            .expect("no other window is open");
        let bench = Bench { window: Window::default(), desk: Arc::clone(&desk), wishes: Vec::new() };
        let shown =
            Harness::builder().with_size(egui::vec2(960.0, 1000.0)).with_context_setup(theme::install).build_ui_state(
                |ui, bench: &mut Bench| {
                    while let Some(reply) = bench.desk.poll() {
                        match reply {
                            Reply::Sheet(round, reply) => bench.window.sheet_reply(round, reply, &mut bench.wishes),
                            Reply::Message(message) => bench.window.tell(message),
                            Reply::Dark(_) => {}
                            other => panic!("{other:?}"),
                        }
                    }
                    let current = bench.desk.snapshot();
                    bench.window.tell_time(current.utc);
                    bench.window.show(ui, &current.snapshot, &current.about, current.now, &mut bench.wishes);
                    for wish in std::mem::take(&mut bench.wishes) {
                        carry_out(bench, wish);
                    }
                },
                bench,
            );
        let mut stage = Self { shown, clock, desk, story, practice, dir, _runtime: runtime };
        stage.shown.run_steps(4);
        stage
    }

    fn says(&self, text: &str) -> bool {
        self.shown.query_all_by_label_contains(text).next().is_some()
    }

    fn wait(&mut self, text: &str) {
        for _ in 0..LOOKS {
            if self.says(text) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
            self.shown.step();
        }
        assert!(self.says(text), "the window never says {text}");
        self.shown.run_steps(4);
    }

    fn press(&mut self, label: &str) {
        self.shown.get_by_role_and_label(Role::Button, label).click();
        self.shown.run_steps(4);
    }

    fn enter(&mut self, label: &str, text: &str) {
        for role in [Role::TextInput, Role::PasswordInput] {
            if self.shown.query_by_role_and_label(role, label).is_some() {
                self.shown.get_by_role_and_label(role, label).focus();
                self.shown.run_steps(4);
                self.shown.get_by_role_and_label(role, label).type_text(text);
                self.shown.run_steps(4);
            }
        }
    }

    fn drop_file(&mut self, name: &str, content: &str) {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).expect("written");
        self.shown.input_mut().dropped_files.push(Arc::new(Dropped(path)));
        self.shown.run_steps(4);
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default()
    }

    fn heard(&self) -> String {
        let nodes = self.shown.query_all(By::new().include_labels());
        nodes.map(|node| format!("{:?}", node.accesskit_node().data())).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.desk.stop();
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a dropped file is never read by the window".to_owned())
    }
}

fn csv(keys: &PracticeKey) -> String {
    format!("\u{feff}Access key ID,Secret access key\r\n{},{}\r\n", keys.id(), keys.secret())
}

#[test]
fn a_dropped_csv_becomes_a_profile_that_can_be_checked_renamed_and_removed() {
    let mut stage = Stage::new("");
    assert!(stage.says(labels::welcome::NO_KEY));
    stage.drop_file("new_user_credentials.csv", "User name,Password,Console login link\nbob,p,https://x\n");
    stage.wait(key_problem(KeyProblem::PasswordOnly));
    let richard = csv(&stage.story.richard);
    stage.drop_file("rootkey.csv", &richard);
    stage.wait("root user");
    stage.drop_file("richard_accessKeys.csv", &richard);
    stage.wait("This is Richard, account 1111 2222 3333");
    stage.press(accounts::key::KEEP);
    stage.wait("The profile “Richard” is ready");
    let secret = stage.story.richard.secret().to_owned();
    assert!(stage.file("credentials").contains(&secret) && stage.file("credentials").starts_with("[Richard]"));
    stage.wait("Richard, account 1111 2222 3333");

    let (role, bucket) = (stage.story.role_arn.clone(), stage.story.bucket.clone());
    stage.enter(labels::welcome::ROLE, &role);
    stage.enter("Bucket", &bucket);
    stage.enter("Folder", "incoming");
    stage.press("Check my access…");
    stage.press("Check");
    stage.wait(accounts::check::WELL);
    assert!(stage.practice.objects().is_empty(), "the test object is sent only if it is ticked");
    stage.press("Check again");
    stage.shown.get_by_role_and_label(Role::CheckBox, accounts::check::TEST).click();
    stage.shown.run_steps(4);
    stage.press("Check");
    stage.wait(accounts::check::ALL_WELL);
    assert!(stage.practice.objects().iter().any(|object| object.key.starts_with("incoming/daypass-test-")));
    stage.press("Close");
    stage.press("Get access");
    stage.wait(labels::intake::DROP);

    stage.press("Settings");
    stage.press("Profiles…");
    stage.press("Rename: Richard");
    stage.enter("New name", "-work");
    stage.press("Rename");
    stage.wait("is now called “Richard-work”.");
    assert!(stage.file("credentials").starts_with("[Richard-work]"));
    let seen = stage.desk.snapshot().snapshot;
    assert_eq!(
        (&*seen.destinations[0].destination.profile, &*seen.remembered[0].profile),
        ("Richard-work", "Richard-work")
    );
    stage.press(&format!("{}: Richard-work", labels::welcome::WHO_IS_THIS));
    stage.wait("Richard, account 1111 2222 3333");
    stage.press("Remove: Richard-work");
    stage.press("Remove");
    stage.wait(accounts::profiles::NONE);
    assert_eq!(stage.file("credentials").trim(), "");
    assert!(!stage.heard().contains(&secret) && !format!("{:?}", stage.desk.snapshot().snapshot).contains(&secret));
}

#[test]
fn a_key_kept_for_this_run_works_and_is_not_written_to_a_file() {
    let mut stage = Stage::new("");
    stage.press(labels::welcome::ADD_KEY);
    let (id, secret) = (stage.story.richard.id().to_owned(), stage.story.richard.secret().to_owned());
    stage.enter("Access key ID", &id);
    stage.enter("Secret access key", &secret);
    assert!(!stage.heard().contains(&secret[..8]));
    stage.press("Continue");
    stage.wait("This is Richard");
    stage.shown.get_by_label_contains(accounts::key::THIS_RUN).click();
    stage.shown.run_steps(4);
    stage.press(accounts::key::KEEP);
    stage.wait(&accounts::kept("Richard", Keep::ThisRun).body);
    stage.press("Profiles…");
    stage.wait("this run only");
    assert_eq!(stage.file("credentials"), "");
}

#[test]
fn a_sign_in_waits_for_the_person_and_stops_when_canceled() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let url = "https://device.sso.eu-west-1.amazonaws.com/";
    let answers = vec![pending("authorization_pending"), pending("authorization_pending"), token()];
    let server = runtime.block_on(Server::start(center(url, answers)));
    let mut stage = Stage::at(runtime, Some(server.url.clone()), CONFIG);
    stage.press("Profiles…");
    stage.press(&format!("{}: p", labels::welcome::WHO_IS_THIS));
    stage.wait(&said(Kind::SignInNeeded).title);
    stage.press("Sign in… p");
    stage.wait("ABCD-EFGH");
    assert!(stage.says("device.sso.eu-west-1.amazonaws.com") && stage.says(accounts::sign_in::ONE_HOUR));
    stage.press("Cancel");
    let asked = || server.heard().iter().filter(|request| request.line.contains("/token")).count();
    stage.press("Sign in… p");
    for _ in 0..LOOKS {
        if stage.says(accounts::sign_in::DONE) {
            break;
        }
        // The sign-in polls every few seconds.
        stage.clock.advance(Duration::from_secs(1));
        std::thread::sleep(Duration::from_millis(20));
        stage.shown.step();
    }
    stage.wait(accounts::sign_in::DONE);
    assert_eq!(asked(), 3, "the canceled sign-in polls no more");
    stage.press("Close");
    stage.wait("bob as Dev, account 1111 2222 3333");
    assert_eq!(std::fs::read_dir(stage.dir.path().join("sso")).expect("a cache").count(), 1);
    let heard = stage.heard();
    for canary in ["ACANARY", "CSECRETCANARY", "RCANARY", "TCANARY", "DCANARY"] {
        assert!(!heard.contains(canary), "{canary}");
    }
}

#[cfg(unix)]
#[test]
fn a_credential_process_runs_only_after_a_yes() {
    let mut stage = Stage::new("[profile p]\ncredential_process = none\n");
    let json = format!(
        "{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\"}}",
        stage.story.richard.id(),
        stage.story.richard.secret()
    );
    let (key, canary) = (stage.dir.path().join("key.json"), stage.dir.path().join("canary"));
    std::fs::write(&key, json).expect("written");
    let command = format!("touch {}; cat {}", canary.display(), key.display());
    std::fs::write(stage.dir.path().join("config"), format!("[profile p]\ncredential_process = {command}\n"))
        .expect("written");
    let seen = |stage: &Stage| {
        let seen = stage.desk.snapshot().snapshot;
        seen.profiles.list.iter().any(|profile| profile.credential_process.as_deref() == Some(&command))
    };
    for _ in 0..LOOKS {
        if seen(&stage) {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    stage.wait(labels::welcome::WHO_IS_THIS);
    stage.press(labels::welcome::WHO_IS_THIS);
    stage.wait(command_not_allowed());
    stage.press("Show its command…");
    stage.wait(&command);
    stage.press("Don’t run it");
    assert!(!canary.exists());
    stage.press("Show its command…");
    stage.press(daypass::words::accounts::command::ALLOW);
    stage.wait("Richard, account 1111 2222 3333");
    assert!(canary.exists());
}

/// A destination that was requested just before, and is not open yet, does not get the code.
#[test]
fn an_mfa_code_goes_to_the_destination_it_was_typed_for() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let options = PracticeOptions { device: true, ..PracticeOptions::default() };
    let practice = runtime.block_on(Practice::start(options)).expect("the practice");
    let (story, dir) = (practice.story(), tempfile::tempdir().expect("a folder"));
    story.write_profile_files(dir.path()).expect("profiles");
    let places = EngineOptions {
        profiles: Paths { credentials: dir.path().join("credentials"), config: dir.path().join("config") },
        home: Some(dir.path().join("home")),
        ..EngineOptions::new()
    };
    let wire = HttpOptions { endpoint_url: Some(story.endpoint.clone()), ..HttpOptions::default() };
    let desk = App::start_with(Start { wire, ..Start::default() }, places).expect("a desk").expect("the only window");
    let mut to = crate::support::simulation::destination(0);
    to.profile = story.profile;
    to.bucket = story.bucket.parse().expect("a bucket");
    to.prefix = "incoming/".parse().expect("a prefix");
    let plain = Destination { role: story.role_arn.parse().expect("a role"), ..to.clone() };
    let coded = Destination {
        role: story.code_role_arn.parse().expect("a role"),
        mfa_serial: Some(MFA_SERIAL.parse().expect("a device")),
        ..to
    };
    desk.request(Request::Command(Command::Open(Box::new(plain))));
    desk.request(Request::OpenWithCode(Box::new(coded), Zeroizing::new(MFA_CODE.to_owned())));
    let settled = |session: &Session| matches!(session, Session::Active(_) | Session::Denied(_));
    for _ in 0..LOOKS {
        let seen = desk.snapshot().snapshot;
        if seen.destinations.len() == 2 && seen.destinations.iter().all(|place| settled(&place.session)) {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let seen = desk.snapshot().snapshot;
    assert_eq!(seen.destinations.len(), 2);
    for place in &seen.destinations {
        assert!(matches!(place.session, Session::Active(_)), "{:?}", place.session);
    }
}
