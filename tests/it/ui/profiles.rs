//! The sheets about keys, profiles, signing in and access, by their labels: what they say, what they wish for, what they hide.

mod allowed;
mod destination;
mod dropped;
mod report;

use crate::ui::demo;
use daypass::diagnose::titles;
use daypass::engine::handle::{Engine, EngineOptions};
use daypass::engine::http::HttpOptions;
use daypass::engine::keys::{NewKey, TestedKey};
use daypass::engine::process::Consent;
use daypass::model::access_key::{Keep, KeepProblem, KeyProblem};
use daypass::model::check::{Fact, Item, Step};
use daypass::model::command_problem::CommandProblem;
use daypass::model::problem::{DeniedBy, Detail, Kind, Problem};
use daypass::model::session::Session;
use daypass::model::sign_in::{DeviceCode, SignInProblem, SignInStep};
use daypass::model::snapshot::{Command, Snapshot, Source};
use daypass::model::upload::DestinationId;
use daypass::model::verification_url::VerificationUrl;
use daypass::practice::{Practice, PracticeOptions};
use daypass::ui::backend::{KeyToKeep, Request, SheetReply};
use daypass::ui::{Action, Window, theme};
use daypass::words::access::{CANT_DELETE, fact, step as step_name};
use daypass::words::accounts as words;
use daypass::words::keys::{command_not_allowed, keep_problem, key_problem, sign_in_problem};
use daypass::words::labels;
use daypass::words::problem::said;
use egui::accesskit::Role;
use egui::{Event, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// The example secret of Amazon's own pages, which opens nothing.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SERIAL: &str = "arn:aws:iam::111122223333:mfa/Richard";

/// Frames until a sheet that has grown stands still: each event takes one.
const FRAMES: usize = 4;

struct Bench {
    window: Window,
    seen: Snapshot,
    out: Vec<Action>,
}

type Shown = Harness<'static, Bench>;

fn show(seen: Snapshot, begin: impl FnOnce(&mut Window, &mut Vec<Action>)) -> Shown {
    let mut bench = Bench { window: Window::default(), seen, out: Vec::new() };
    begin(&mut bench.window, &mut bench.out);
    let mut harness =
        Harness::builder().with_size(egui::vec2(960.0, 1200.0)).with_context_setup(theme::install).build_ui_state(
            |ui, bench: &mut Bench| {
                let seen = bench.seen.clone();
                bench.window.show(ui, &seen, &demo::about(), demo::NOW, &mut bench.out);
            },
            bench,
        );
    harness.run_steps(FRAMES);
    harness
}

fn open(seen: Snapshot) -> Shown {
    show(seen, |_, _| {})
}

fn says(shown: &Shown, text: &str) -> bool {
    shown.query_all_by_label_contains(text).next().is_some()
}

fn press(shown: &mut Shown, label: &str) {
    shown.get_by_role_and_label(Role::Button, label).click();
    shown.run_steps(FRAMES);
}

fn enter(shown: &mut Shown, role: Role, label: &str, text: &str) {
    shown.get_by_role_and_label(role, label).focus();
    shown.run_steps(FRAMES);
    shown.get_by_role_and_label(role, label).type_text(text);
    shown.run_steps(FRAMES);
}

fn wishes(shown: &mut Shown) -> Vec<Action> {
    std::mem::take(&mut shown.state_mut().out)
}

fn wanted(shown: &mut Shown) -> Request {
    let mut all = wishes(shown);
    match (all.pop(), all.as_slice()) {
        (Some(Action::Request(wanted)), []) => wanted,
        (last, first) => panic!("one wish, not {first:?} {last:?}"),
    }
}

fn came(shown: &mut Shown, (round, reply): (u32, SheetReply)) {
    let bench = shown.state_mut();
    bench.window.sheet_reply(round, reply, &mut bench.out);
    shown.run_steps(FRAMES);
}

/// Everything that a screen reader is told.
fn heard(shown: &Shown) -> String {
    let nodes = shown.query_all(By::new().include_labels());
    nodes.map(|node| format!("{:?}", node.accesskit_node().data())).collect::<Vec<_>>().join("\n")
}

/// A key that was tested for real, against practice.
fn tested() -> (TestedKey, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let practice = Practice::start(PracticeOptions::default()).await.expect("the practice");
        let story = practice.story();
        let dir = tempfile::tempdir().expect("a folder");
        let profiles = daypass::engine::profiles::Paths {
            credentials: dir.path().join("credentials"),
            config: dir.path().join("config"),
        };
        let wire = HttpOptions { endpoint_url: Some(story.endpoint.clone()), ..HttpOptions::default() };
        let handle = Engine::spawn(EngineOptions { profiles, wire, ..EngineOptions::new() }).await.expect("an engine");
        let key = NewKey::from_fields(story.richard.id(), story.richard.secret()).expect("a key");
        (handle.test_key(key).await.expect("accepted"), story.richard.secret().to_owned())
    })
}

#[test]
fn a_key_is_typed_tested_named_and_kept_and_its_secret_is_never_told() {
    let mut shown = open(demo::welcome());
    press(&mut shown, labels::welcome::ADD_KEY);
    press(&mut shown, "Continue");
    assert!(says(&shown, key_problem(KeyProblem::Empty)));
    enter(&mut shown, Role::TextInput, "Access key ID", ID);
    enter(&mut shown, Role::PasswordInput, "Secret access key", &SECRET[..30]);
    press(&mut shown, "Continue");
    assert!(says(&shown, key_problem(KeyProblem::SecretForm)));
    assert_eq!(wishes(&mut shown), []);
    enter(&mut shown, Role::PasswordInput, "Secret access key", "");
    shown.key_press(Key::End);
    shown.run_steps(FRAMES);
    shown.get_by_role_and_label(Role::PasswordInput, "Secret access key").type_text(&SECRET[30..]);
    shown.run_steps(FRAMES);
    assert!(heard(&shown).contains(ID), "the tree is looked at");
    assert!(!heard(&shown).contains(&SECRET[..8]), "a secret is told");
    shown.key_press(Key::Enter);
    shown.run_steps(FRAMES);
    let typed = NewKey::from_fields(ID, SECRET).expect("a key");
    let first = wanted(&mut shown);
    let Request::TestKey(round, key) = &first else { panic!("{first:?}") };
    assert!(*key == typed && !format!("{first:?}").contains(&SECRET[..8]));
    assert!(says(&shown, words::key::TESTING));
    // An answer to something that was left changes nothing.
    came(&mut shown, (round.wrapping_add(7), SheetReply::KeyTested(Err("Other.".to_owned()))));
    assert!(says(&shown, words::key::TESTING));
    let (key, secret) = tested();
    came(&mut shown, (*round, SheetReply::KeyTested(Ok(key.clone()))));
    assert!(says(&shown, "This is Richard, account 1111 2222 3333"));
    shown.get_by_label_contains(words::key::THIS_RUN).click();
    shown.run_steps(FRAMES);
    press(&mut shown, words::key::KEEP);
    let (name, keep) = ("Richard".to_owned(), Keep::ThisRun);
    let once = KeyToKeep { key: key.clone(), name: name.clone(), keep, replace: false };
    let Request::KeepKey(round, kept) = wanted(&mut shown) else { panic!("to keep it") };
    assert_eq!(*kept, once);
    came(&mut shown, (round, SheetReply::ProfilesChanged(Err(KeepProblem::NameTaken))));
    assert!(says(&shown, &keep_problem(&KeepProblem::NameTaken, "Richard")));
    shown.key_press(Key::Enter);
    shown.run_steps(FRAMES);
    assert_eq!(wishes(&mut shown), [], "a key that is there is never replaced by a second Enter");
    press(&mut shown, words::key::REPLACE);
    let Request::KeepKey(round, kept) = wanted(&mut shown) else { panic!("to keep it") };
    assert_eq!(*kept, KeyToKeep { replace: true, ..once });
    came(&mut shown, (round, SheetReply::ProfilesChanged(Ok(()))));
    assert!(says(&shown, "The profile “Richard” is ready") && !says(&shown, words::key::WHERE));
    assert!(!heard(&shown).contains(&secret) && !heard(&shown).contains(&SECRET[..8]));
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a dropped file is never read by the window".to_owned())
    }
}

fn drop_file(shown: &mut Shown, path: &str) {
    shown.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from(path))));
    shown.run_steps(FRAMES);
}

#[test]
fn the_settings_name_the_proxy_that_is_used() {
    let mut bench = open(demo::ready());
    press(&mut bench, "Settings");
    assert!(!says(&bench, "proxy"));
    let about = || daypass::ui::About { proxy: Some("proxy.example:3128".into()), ..demo::about() };
    let mut shown = Harness::builder().with_context_setup(theme::install).build_ui_state(
        move |ui, bench: &mut Bench| {
            let seen = bench.seen.clone();
            bench.window.show(ui, &seen, &about(), demo::NOW, &mut bench.out);
        },
        Bench { window: Window::default(), seen: demo::ready(), out: Vec::new() },
    );
    shown.run_steps(FRAMES);
    press(&mut shown, "Settings");
    assert!(says(&shown, &labels::settings::proxy("proxy.example:3128")));
}

fn with_profiles() -> Snapshot {
    let mut seen = demo::odd_profile();
    let profiles = Arc::make_mut(&mut seen.profiles);
    let mut signs = demo::profile("company");
    (signs.source, signs.key_tail) = (Source::SignIn, None);
    let mut process = demo::profile("vault");
    (process.source, process.key_tail) = (Source::Process, None);
    process.credential_process = Some("/opt/vault get --role \"x y\" | tail -1".to_owned());
    let mut run = demo::profile("today");
    run.this_run = true;
    let mut role = demo::profile("through-company");
    (role.source, role.source_profile) = (Source::Role, Some("company".to_owned()));
    profiles.list.extend([signs, process, run, role]);
    let detail = Detail {
        call: "credential_process".into(),
        code: CommandProblem::NotAllowed.code().into(),
        ..Detail::default()
    };
    let needed = || Err(Problem::new(Kind::SignInNeeded));
    Arc::make_mut(&mut seen.identities).extend([
        ("company".to_owned(), needed()),
        ("through-company".to_owned(), needed()),
        ("vault".to_owned(), Err(Problem::with(Kind::ProcessRefused, detail))),
        ("other".to_owned(), Err(Problem::new(Kind::KeyNotAccepted))),
    ]);
    seen
}

fn page() -> Shown {
    let mut shown = show(with_profiles(), |window, _| window.open_profiles());
    assert_eq!(wishes(&mut shown), [], "nobody is asked about by opening the page");
    press(&mut shown, &format!("{}: today", labels::welcome::WHO_IS_THIS));
    let asked: Vec<_> = wishes(&mut shown);
    assert_eq!(asked, [Action::Request(Request::Command(Command::Identify("today".to_owned())))]);
    shown
}

#[test]
fn the_page_says_who_each_profile_is_and_what_is_odd() {
    let mut shown = page();
    for text in [
        "Richard, account 1111 2222 3333  ·  access key …7QXZ",
        ", line 3 (profile “importantproject”)",
        "this run only",
        &said(Kind::KeyNotAccepted).title,
        &said(Kind::SignInNeeded).title,
        command_not_allowed(),
        labels::welcome::ASKING_WHO,
        "/home/richard/.aws/credentials",
    ] {
        assert!(says(&shown, text), "{text}");
    }
    press(&mut shown, "Back");
    assert!(says(&shown, labels::welcome::TITLE));
    press(&mut shown, "Profiles…");
    assert_eq!(wishes(&mut shown), [Action::OpenProfiles]);
    let mut empty = show(demo::no_profiles(), |window, _| window.open_profiles());
    assert!(says(&empty, words::profiles::NONE));
    press(&mut empty, labels::welcome::ADD_KEY);
    assert!(says(&empty, words::key::TEXT));
}

#[test]
fn renaming_and_removing_ask_first() {
    let mut shown = page();
    press(&mut shown, "Remove: other");
    assert!(says(&shown, "Remove the profile “other” and its key from this computer?"));
    shown.key_press(Key::Enter);
    shown.run_steps(FRAMES);
    assert_eq!(wishes(&mut shown), [], "Enter keeps it");
    press(&mut shown, "Remove: other");
    press(&mut shown, "Remove");
    let Request::RemoveProfile(round, name) = wanted(&mut shown) else { panic!("to remove it") };
    assert_eq!(name, "other");
    let link = KeepProblem::File(daypass::model::access_key::SaveProblem::Link);
    came(&mut shown, (round, SheetReply::ProfilesChanged(Err(link))));
    assert!(says(&shown, "Nothing was changed."));
    press(&mut shown, "Remove");
    let Request::RemoveProfile(round, _) = wanted(&mut shown) else { panic!("to remove it") };
    came(&mut shown, (round, SheetReply::ProfilesChanged(Ok(()))));
    assert!(says(&shown, "The profile “other” is removed.") && !says(&shown, "Remove the profile?"));

    press(&mut shown, "Rename: importantproject");
    enter(&mut shown, Role::TextInput, "New name", "-b");
    shown.key_press(Key::Enter);
    shown.run_steps(FRAMES);
    let Request::RenameProfile { round, from, to } = wanted(&mut shown) else { panic!("to rename it") };
    assert_eq!((from.as_str(), to.as_str()), ("importantproject", "importantproject-b"));
    came(&mut shown, (round, SheetReply::ProfilesChanged(Err(KeepProblem::NameTaken))));
    assert!(says(&shown, "Choose another name.") && !says(&shown, words::key::REPLACE));
    press(&mut shown, "Rename");
    let Request::RenameProfile { round, .. } = wanted(&mut shown) else { panic!("to rename it") };
    came(&mut shown, (round, SheetReply::ProfilesChanged(Ok(()))));
    assert!(says(&shown, "“importantproject” is now called “importantproject-b”."));
}

fn device() -> DeviceCode {
    let url = |text: &str| VerificationUrl::parse(text).expect("an address");
    DeviceCode {
        url: url("https://device.sso.eu-west-1.amazonaws.com/"),
        complete: Some(url("https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH")),
        code: "ABCD-EFGH".to_owned(),
        ends: demo::NOW + Duration::from_secs(581),
    }
}

#[test]
fn a_sign_in_shows_the_code_and_the_host_and_opens_the_browser_only_when_told() {
    let mut shown = page();
    press(&mut shown, "Sign in… through-company");
    let Request::SignIn(round, profile) = wanted(&mut shown) else { panic!("to sign in") };
    assert_eq!(profile, "through-company");
    assert!(says(&shown, words::sign_in::ASKING));
    came(&mut shown, (round, SheetReply::SignInStep(SignInStep::Confirm(device()))));
    for said in ["ABCD-EFGH", "device.sso.eu-west-1.amazonaws.com", words::sign_in::ONE_HOUR, "09:41 left", "password"]
    {
        assert!(says(&shown, said), "{said}");
    }
    assert_eq!(wishes(&mut shown), [], "no browser by itself");
    press(&mut shown, "Open the browser");
    assert_eq!(wanted(&mut shown), Request::OpenBrowser(device().complete.expect("an address")));
    press(&mut shown, "Copy the address");
    let address = "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH".to_owned();
    assert_eq!(wishes(&mut shown), [Action::Copy(address)]);
    came(&mut shown, (round, SheetReply::SignInStep(SignInStep::Ended(SignInProblem::Expired))));
    assert!(says(&shown, &sign_in_problem(&SignInProblem::Expired)));
    press(&mut shown, "Sign in again");
    let Request::SignIn(round, _) = wanted(&mut shown) else { panic!("to sign in") };
    came(&mut shown, (round, SheetReply::SignInStep(SignInStep::Done { kept: true })));
    assert!(says(&shown, words::sign_in::DONE));
    assert_eq!(
        wishes(&mut shown),
        [Action::Request(Request::Command(Command::Identify("through-company".to_owned())))]
    );
    press(&mut shown, "Close");
    assert_eq!(wishes(&mut shown), [], "there is nothing left to stop");
    press(&mut shown, "Sign in… company");
    assert!(matches!(wanted(&mut shown), Request::SignIn(..)));
    shown.key_press(Key::Escape);
    shown.run_steps(FRAMES);
    assert_eq!(wanted(&mut shown), Request::Stop, "leaving it ends it");
}

fn refused(problem: Problem, profile: &str) -> Snapshot {
    let mut seen = Snapshot { destinations: demo::ready().destinations, ..with_profiles() };
    profile.clone_into(&mut Arc::make_mut(&mut seen.destinations[0].destination).profile);
    seen.destinations[0].session = Session::Denied(Arc::new(problem));
    seen
}

#[test]
fn a_refusal_for_want_of_a_sign_in_or_a_command_leads_there_and_back() {
    let mut shown = open(refused(Problem::new(Kind::SignInNeeded), "company"));
    press(&mut shown, "Sign in…");
    let Request::SignIn(round, _) = wanted(&mut shown) else { panic!("to sign in") };
    came(&mut shown, (round, SheetReply::SignInStep(SignInStep::Done { kept: false })));
    let identify = |name: &str| Action::Request(Request::Command(Command::Identify(name.to_owned())));
    assert_eq!(
        wishes(&mut shown),
        [identify("company"), Action::Request(Request::Command(Command::GetAccess(DestinationId(0))))]
    );

    let detail = Detail { code: CommandProblem::NotAllowed.code().into(), ..Detail::default() };
    let mut shown = open(refused(Problem::with(Kind::ProcessRefused, detail), "vault"));
    press(&mut shown, "Show its command…");
    let command = "/opt/vault get --role \"x y\" | tail -1";
    assert!(says(&shown, command), "all of it");
    shown.key_press(Key::Enter);
    shown.run_steps(FRAMES);
    assert_eq!(wishes(&mut shown), [], "no is the default");
    assert!(!says(&shown, "Run this command?"));
    press(&mut shown, "Show its command…");
    press(&mut shown, words::command::ALWAYS);
    let (profile, command) = ("vault".to_owned(), command.to_owned());
    let consent = Consent::Always;
    assert_eq!(wanted(&mut shown), Request::AllowCommand { profile, command, consent, then: Some(DestinationId(0)) });
}

#[test]
fn access_is_checked_step_by_step_and_a_test_file_is_sent_only_when_ticked() {
    let mut shown = open(demo::ready());
    press(&mut shown, "Switch destination: Important Project");
    press(&mut shown, "Check my access…");
    assert!(
        says(&shown, words::step_ahead(Item::Role, false))
            && says(
                &shown,
                &words::step_said(step_name(Item::TestObject), None, words::step_ahead(Item::TestObject, false))
            )
    );
    press(&mut shown, "Check");
    let first = wanted(&mut shown);
    let Request::CheckAccess { round, to, code: None, test_object: false } = &first else { panic!("{first:?}") };
    assert_eq!(**to, demo::destination());
    let ms = Duration::from_millis;
    let done = |item, took, text: &str| words::step_said(step_name(item), Some(ms(took)), text);
    let step = |item, took, result| (*round, SheetReply::CheckStep(Step { item, took, result }));
    came(&mut shown, step(Item::Profile, ms(2), Ok(Fact::Profile(Source::Key, None))));
    came(&mut shown, step(Item::Identity, ms(120), Ok(Fact::Identity(demo::richard()))));
    assert!(says(&shown, &done(Item::Identity, 120, &fact(&Fact::Identity(demo::richard())))));
    let denied = demo::denial(Kind::AssumeDenied(DeniedBy::YourPolicy));
    came(&mut shown, step(Item::Role, ms(1450), Err(denied)));
    came(&mut shown, (*round, SheetReply::CheckEnded));
    assert!(says(&shown, &done(Item::Role, 1450, &format!("{}.", titles::COMPANY_NOT_ALLOWED))));
    assert!(says(&shown, &words::cause(1, titles::COMPANY_NOT_ALLOWED)));
    shown.get_by_role_and_label(Role::CheckBox, words::check::TEST).click();
    shown.run_steps(FRAMES);
    press(&mut shown, "Check again");
    let Request::CheckAccess { round, test_object: true, .. } = wanted(&mut shown) else { panic!("with a test file") };
    let step = |item, result| (round, SheetReply::CheckStep(Step { item, took: ms(9), result }));
    let lasts = Duration::from_hours(1);
    came(&mut shown, step(Item::Profile, Ok(Fact::Profile(Source::Key, None))));
    came(&mut shown, step(Item::Identity, Ok(Fact::Identity(demo::richard()))));
    came(&mut shown, step(Item::Role, Ok(Fact::Role { arn: "a/b".into(), lasts, shortened: true })));
    let (region, owner) = ("eu-west-1".parse().expect("a region"), "444455556666".parse().expect("an account"));
    came(&mut shown, step(Item::Bucket, Ok(Fact::Bucket { region, named: None, owner })));
    let proof = daypass::model::upload::Proof::Whole;
    came(&mut shown, step(Item::TestObject, Ok(Fact::TestObject { key: "incoming/t.txt".to_owned(), proof })));
    came(&mut shown, (round, SheetReply::CheckEnded));
    assert!(says(&shown, words::check::ALL_WELL) && says(&shown, CANT_DELETE));
    press(&mut shown, "Check again");
    assert_eq!(wishes(&mut shown), [], "a second test file is ticked anew");
    press(&mut shown, "Check");
    assert!(matches!(wanted(&mut shown), Request::CheckAccess { test_object: false, .. }));
    press(&mut shown, "Close");
    assert_eq!(wanted(&mut shown), Request::Stop);
}

#[test]
fn a_check_of_a_role_with_a_device_asks_for_its_code() {
    let mut seen = demo::ready();
    Arc::make_mut(&mut seen.destinations[0].destination).mfa_serial = Some(SERIAL.parse().expect("a serial"));
    let mut shown = open(seen);
    press(&mut shown, "Switch destination: Important Project");
    press(&mut shown, "Check my access…");
    press(&mut shown, "Check");
    assert!(says(&shown, labels::dialog::CODE_FORM));
    enter(&mut shown, Role::TextInput, "Six digits", "123 456");
    shown.key_press(Key::Enter);
    shown.run_steps(FRAMES);
    let first = wanted(&mut shown);
    let Request::CheckAccess { code: Some(code), .. } = &first else { panic!("{first:?}") };
    assert_eq!(*code, Zeroizing::new("123456".to_owned()));
    assert!(!format!("{first:?}").contains("123456"));
}
