//! The pages for access and the card of an invitation, by their labels: what they say, and what a click wishes for.

mod invited;
mod kit;

use daypass::grant::RequestProblem;
use daypass::grant::names::FormProblem;
use daypass::grant::words::{ask_problem, odd};
use daypass::grant::{Invitation, KitFormat, RoleRequest};
use daypass::model::destination::Destination;
use daypass::model::session::{AssumeStatus, Grant, Identity, Session};
use daypass::model::snapshot::{Command, OpenDestination, Profile, Profiles, Snapshot, Source};
use daypass::time::{Time, Utc};
use daypass::ui::backend::Reply;
use daypass::ui::backend::Request;
use daypass::ui::paths::PathFor;
use daypass::ui::{About, Action, Window, theme};
use daypass::window::read;
use daypass::words::ask;
use daypass::words::labels;
use egui::accesskit::Role;
use egui::{Event, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::sync::Arc;
use std::time::Duration;

/// Seconds from frame to frame, short beside the moment in which no yes counts.
const STEP: f32 = 0.08;
/// Frames that are longer than that moment.
const CALM: usize = 10;
const NOW: Time = Time(10_000_000);
/// 22 Nov 2026 14:32 in Berlin, a Sunday.
const TODAY: Utc = Utc(1_795_354_320);

struct Bench {
    window: Window,
    seen: Snapshot,
    about: About,
    out: Vec<Action>,
}

type Shown = Harness<'static, Bench>;

fn about() -> About {
    About { zone: jiff::tz::TimeZone::get("Europe/Berlin").expect("a bundled zone"), ..About::default() }
}

fn richard() -> Snapshot {
    let profile = Profile {
        name: "importantproject".to_owned(),
        source: Source::Key,
        key_tail: Some("7QXZ".to_owned()),
        region: None,
        role_arn: None,
        source_profile: None,
        external_id: None,
        mfa_serial: None,
        role_session_name: None,
        duration_seconds: None,
        credential_process: None,
        this_run: false,
    };
    let identity = Identity {
        account: "111122223333".into(),
        arn: "arn:aws:iam::111122223333:user/Richard".into(),
        name: "Richard".into(),
    };
    Snapshot {
        now: NOW,
        profiles: Arc::new(Profiles { list: vec![profile], found: true, ..Profiles::default() }),
        identities: Arc::new(vec![("importantproject".to_owned(), Ok(identity))]),
        ..Snapshot::default()
    }
}

fn show(seen: Snapshot, begin: impl FnOnce(&mut Window, &About)) -> Shown {
    show_in(680.0, seen, begin)
}

fn show_in(height: f32, seen: Snapshot, begin: impl FnOnce(&mut Window, &About)) -> Shown {
    let mut window = Window::default();
    let about = about();
    begin(&mut window, &about);
    let bench = Bench { window, seen, about, out: Vec::new() };
    let mut harness = Harness::builder()
        .with_step_dt(STEP)
        .with_size(egui::vec2(960.0, height))
        .with_context_setup(theme::install)
        .build_ui_state(
            |ui, bench: &mut Bench| {
                let (seen, about) = (bench.seen.clone(), bench.about.clone());
                bench.window.show(ui, &seen, &about, NOW, &mut bench.out);
            },
            bench,
        );
    harness.run();
    harness
}

fn asking(seen: Snapshot) -> Shown {
    show(seen, |window, about| window.open_ask(TODAY, about))
}

fn giving(request: Option<&RoleRequest>) -> Shown {
    // High enough for the whole page: what is scrolled away can't be clicked.
    show_in(1600.0, Snapshot::default(), |window, about| window.open_customer(TODAY, about, request))
}

fn invited_now(seen: Snapshot, text: &str) -> Shown {
    let invitation = Invitation::parse(text).expect("an invitation");
    // Over a page that has no button of the same name.
    show(seen, |window, about| {
        window.open_ask(TODAY, about);
        window.invited(invitation, TODAY);
    })
}

/// The card after the moment in which no yes counts.
fn invited(seen: Snapshot, text: &str) -> Shown {
    let mut card = invited_now(seen, text);
    card.run_steps(CALM);
    card
}

/// Lets the moment pass in which no yes counts, and presses a button.
fn press(harness: &mut Shown, label: &str) {
    harness.run_steps(CALM);
    press_at_once(harness, label);
}

fn press_at_once(harness: &mut Shown, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run();
}

fn tick(harness: &mut Shown, label: &str) {
    harness.get_by_role_and_label(Role::CheckBox, label).click();
    harness.run();
}

fn look(harness: &mut Shown, label: &str) {
    harness.get_by_role_and_label(Role::Tab, label).click();
    harness.run();
}

fn field(harness: &mut Shown, label: &str) {
    let inputs = [Role::TextInput, Role::MultilineTextInput, Role::PasswordInput];
    let input = |node: &egui_kittest::Node<'_>| inputs.contains(&node.accesskit_node().role());
    harness.query_all_by_label(label).find(input).expect("a field").focus();
    harness.run();
}

fn enter(harness: &mut Shown, label: &str, text: &str) {
    field(harness, label);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.key_press(Key::Delete);
    harness.event(Event::Text(text.to_owned()));
    harness.run();
    harness.key_press(Key::Tab);
    harness.run();
}

fn text(harness: &Shown) -> String {
    harness.get_by_label(ask::TEXT).accesskit_node().value().expect("a text")
}

fn says(harness: &Shown, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

fn wishes(harness: &mut Shown) -> Vec<Action> {
    std::mem::take(&mut harness.state_mut().out)
}

fn copied(harness: &mut Shown) -> String {
    let wishes = wishes(harness);
    let [Action::Copy(text)] = wishes.as_slice() else { panic!("one copy, not {wishes:?}") };
    text.clone()
}

fn focused(harness: &Shown) -> Option<String> {
    harness.root().children_recursive().find(|node| node.accesskit_node().is_focused())?.accesskit_node().label()
}

#[test]
fn the_page_says_who_asks_and_waits_for_the_bucket() {
    let mut page = asking(richard());
    for said in [ask::TITLE, "Richard", "1111 2222 3333", ask::NEEDS_PUT] {
        assert!(says(&page, said), "{said}");
    }
    assert!(says(&page, ask::NEEDS_BUCKET));
    enter(&mut page, "Bucket", "importantprojectbucket");
    enter(&mut page, "Folder", "incoming");
    let template = text(&page);
    assert!(template.contains("arn:aws:iam::111122223333:user/Richard"), "{template}");
    assert!(template.contains("arn:aws:s3:::importantprojectbucket/incoming/*"), "{template}");
    press(&mut page, "Back");
    assert!(says(&page, labels::welcome::TITLE));
}

fn ready() -> Shown {
    let mut page = asking(richard());
    enter(&mut page, "Bucket", "importantprojectbucket");
    enter(&mut page, "Folder", "incoming");
    page
}

#[test]
fn a_tick_changes_the_text() {
    let mut page = ready();
    assert!(text(&page).contains("aws:MultiFactorAuthPresent"));
    tick(&mut page, "Require MFA");
    assert!(!text(&page).contains("aws:MultiFactorAuthPresent"));
    tick(&mut page, ask::ONLY_ME);
    assert!(text(&page).contains("arn:aws:iam::111122223333:root"));
    assert!(text(&page).contains("sts:ExternalId"), "a whole account is trusted with an external ID alone");
    tick(&mut page, "Only from 22 Nov to 6 Dec");
    enter(&mut page, "First day", "1.12.2026");
    enter(&mut page, "Last day", "15 December 2026");
    assert!(says(&page, "Only from 1 Dec to 15 Dec"));
    // The days are those of the zone the person is in.
    assert!(text(&page).contains("2026-11-30T23:00:00Z"), "{}", text(&page));
    assert!(text(&page).contains("2026-12-15T23:00:00Z"));
    look(&mut page, "Policies (JSON)");
    assert!(serde_json::from_str::<serde_json::Value>(&text(&page)).is_ok());
    look(&mut page, "Terraform");
    assert!(text(&page).contains("resource \"aws_iam_role\""));
    look(&mut page, "Commands");
    assert!(text(&page).contains("set -eu"));
    look(&mut page, "PowerShell");
    assert!(text(&page).contains("Invoke-Aws"));
}

#[test]
fn what_does_not_hold_is_said_under_its_field() {
    let mut page = ready();
    tick(&mut page, "Only from 22 Nov to 6 Dec");
    enter(&mut page, "Last day", "1 Nov 2026");
    assert_eq!(page.query_all_by_label_contains(&ask_problem(RequestProblem::NoTime)).count(), 2);
    enter(&mut page, "Last day", "soon");
    assert!(says(&page, ask::DAY_FORM));
    enter(&mut page, "Last day", "");
    assert!(text(&page).contains("DateGreaterThanEquals"), "a first day alone is enough");
    press(&mut page, "More options…");
    enter(&mut page, ask::NETWORKS, "10.0.0.1");
    assert!(says(&page, odd(FormProblem::Private)));
    press(&mut page, ask::COPY_ALL);
    assert_eq!(wishes(&mut page), [], "nothing is copied while something does not hold");
}

#[test]
fn the_message_carries_the_template_and_the_customer_can_paste_it() {
    let mut page = ready();
    press(&mut page, "Copy");
    let template = copied(&mut page);
    assert_eq!(template, text(&page));
    press(&mut page, ask::COPY_ALL);
    let message = copied(&mut page);
    assert!(message.starts_with("Hello,") && message.ends_with(&template));
    press(&mut page, "Save…");
    assert_eq!(
        wishes(&mut page),
        [Action::Choose(PathFor::Text(KitFormat::CloudFormation.file_name(), template.clone()))]
    );
    press(&mut page, "Save as files…");
    let saved = wishes(&mut page);
    let [Action::Choose(PathFor::Texts(files))] = saved.as_slice() else { panic!("{saved:?}") };
    assert_eq!(files.len(), 6);

    let mut customer = giving(None);
    field(&mut customer, ask::THEIR_WHO);
    customer.event(Event::Paste(message));
    customer.run();
    assert!(says(&customer, "Richard") && says(&customer, "1111 2222 3333"));
    assert_eq!(text(&customer), template, "both sides print the same");
}

#[test]
fn a_pasted_text_is_taken_for_what_it_is() {
    let mut page = ready();
    press(&mut page, ask::COPY_ALL);
    let message = copied(&mut page);
    assert!(matches!(read(&message), Ok(Reply::RoleRequest(ask)) if ask.bucket.as_str() == "importantprojectbucket"));
    let quoted: String = message.lines().flat_map(|line| ["> ", line, "\n"]).collect();
    let link = Invitation::parse(PLAIN).expect("an invitation").to_link();
    for answer in [format!("Here you are:\n{link}\n\n{quoted}"), format!("{PLAIN}\nDana\n\n{quoted}")] {
        assert!(matches!(read(&answer), Ok(Reply::Invitation(of)) if of.customer == "Acme"), "{answer}");
    }
    for hostile in
        ["", "daypass:", "daypass:v1", "daypass:v1?role=x", "daypass = 1\nhost = \"x\"\n", "\u{0}", "[", "x=1"]
    {
        let why = read(hostile).expect_err(hostile);
        let sentence = daypass::grant::words::invitation_problem(&why);
        assert!(sentence.ends_with('.') && sentence.contains(' '), "{hostile}: {sentence}");
    }
}

#[test]
fn the_customer_makes_the_invitation() {
    let mut page = giving(None);
    enter(&mut page, ask::THEIR_WHO, "1111 2222 3333 Richard");
    enter(&mut page, "Bucket", "acme-in");
    tick(&mut page, "Require MFA");
    assert!(text(&page).contains("arn:aws:iam::111122223333:user/Richard"));
    press(&mut page, "Copy link");
    assert_eq!(wishes(&mut page), [], "no invitation without a role");
    enter(&mut page, ask::ROLE, "arn:aws:iam::444455556666:role/daypass-acme-in");
    enter(&mut page, ask::NOTE, "Welcome");
    press(&mut page, "Copy link");
    let link = Invitation::parse(&copied(&mut page)).expect("a link");
    press(&mut page, "Copy as text");
    assert_eq!(Invitation::parse(&copied(&mut page)).expect("a text"), link);
    assert_eq!((link.bucket.as_str(), link.note.as_str(), link.mfa), ("acme-in", "Welcome", false));
    press(&mut page, "Save invitation…");
    let wishes = wishes(&mut page);
    let [Action::Choose(PathFor::Text("invitation.daypass", text))] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!(Invitation::parse(text).expect("a file"), link);
}

const PLAIN: &str = "daypass = 1\ncustomer = \"Acme\"\nrole = \"arn:aws:iam::444455556666:role/daypass-acme\"\n\
                     bucket = \"acme-in\"\nprefix = \"incoming/\"\nnote = \"Welcome\"\ncontact = \"Dana\"\n";

fn acme() -> Destination {
    Invitation::parse(PLAIN).expect("an invitation").to_destination("importantproject")
}

fn opened(wishes: &[Action]) -> &Destination {
    let [Action::Request(Request::Command(Command::Open(to)))] = wishes else {
        panic!("one destination, not {wishes:?}")
    };
    to
}

#[test]
fn an_invitation_may_be_pasted_on_every_page() {
    for page in 0..3 {
        let mut window = show(richard(), |window, about| match page {
            0 => {}
            1 => window.open_ask(TODAY, about),
            _ => window.open_customer(TODAY, about, None),
        });
        window.event(Event::Paste(PLAIN.to_owned()));
        window.run();
        assert_eq!(
            wishes(&mut window),
            [Action::Request(Request::ReadInvitationText(PLAIN.to_owned()))],
            "page {page}"
        );
    }
    // The text to send can have the focus, and nothing can be typed into it.
    let mut page = ready();
    page.get_by_label(ask::TEXT).focus();
    page.run();
    page.event(Event::Paste(PLAIN.to_owned()));
    page.run();
    assert_eq!(wishes(&mut page), [Action::Request(Request::ReadInvitationText(PLAIN.to_owned()))]);
    assert!(!text(&page).contains("customer = "));
}

#[test]
fn an_invitation_may_be_dropped_or_pasted_wherever_one_is() {
    let place = OpenDestination {
        destination: Arc::new(acme()),
        session: Session::Active(Grant {
            generation: 1,
            ends: NOW + Duration::from_secs(3000),
            ends_utc: TODAY,
            length: Duration::from_secs(3600),
            arn: "arn:aws:sts::444455556666:assumed-role/daypass-acme/Richard".into(),
            name: "Richard".into(),
            shortened: false,
        }),
        assume: AssumeStatus::Idle,
        worked: false,
        learned: std::sync::Arc::default(),
        renew_problem: None,
        retry: None,
        hold: None,
        paused: false,
        walking: 0,
        left_out: Arc::default(),
        left_out_count: daypass::model::snapshot::SkipCounts::default(),
        totals: daypass::model::snapshot::Totals::default(),
    };
    let mut seen = richard();
    seen.destinations = vec![place];
    for page in [false, true] {
        let mut window = show(seen.clone(), |window, about| {
            if page {
                window.open_ask(TODAY, about);
            }
        });
        window.event(Event::Paste(PLAIN.to_owned()));
        window.run();
        assert_eq!(wishes(&mut window), [Action::Request(Request::ReadInvitationText(PLAIN.to_owned()))], "{page}");
    }
}
