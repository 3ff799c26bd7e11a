//! Practice in the window: marked on every page, left by its button, and nothing of it comes along.

use super::{Bench, demo, open_with, press, says, wishes};
use daypass::diagnose::messages;
use daypass::model::destination::Destination;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Snapshot};
use daypass::ui::backend::Request;
use daypass::ui::{About, Action, CodePractice};
use daypass::words::ui::{pass, practice, trouble, welcome};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

fn shown(seen: Snapshot, about: About) -> Harness<'static, Bench> {
    open_with(seen, about, (960.0, 900.0))
}

/// Starts to enter another destination.
fn enter_another(harness: &mut Harness<'static, Bench>) {
    press(harness, &format!("{}: Important Project", pass::SWITCH));
    press(harness, pass::NEW);
}

#[test]
fn every_page_of_practice_says_so_and_leads_out() {
    let (seen, about) = demo::practice();
    let mut harness = shown(seen, about);
    assert!(says(&harness, practice::HINT));
    enter_another(&mut harness);
    assert!(says(&harness, practice::HINT), "on the first page too");
    assert!(says(&harness, &practice::marked("importantprojectbucket")), "the customer is marked");
    assert!(!says(&harness, welcome::ASK), "no message for a real customer is made of made-up people");
    press(&mut harness, welcome::ADD_KEY);
    assert!(says(&harness, practice::NO_KEYS));
    wishes(&mut harness);
    press(&mut harness, practice::END);
    assert_eq!(wishes(&mut harness), [Action::Request(Request::EndPractice)]);
}

#[test]
fn what_is_opened_in_practice_is_practice() {
    let (seen, about) = demo::practice();
    let mut harness = shown(seen, about);
    enter_another(&mut harness);
    for (field, text) in [(welcome::ROLE, "arn:aws:iam::999988887777:role/real"), (welcome::BUCKET, "realbucket")] {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        harness.run();
    }
    harness.get_all_by_role_and_label(Role::Button, welcome::GET_ACCESS).last().expect("the form's").click();
    harness.run();
    let opened = wishes(&mut harness);
    let [Action::Request(Request::Command(Command::Open(to)))] = opened.as_slice() else { panic!("{opened:?}") };
    assert!(to.practice);
}

#[test]
fn a_message_copied_in_practice_says_so() {
    let (mut seen, about) = demo::practice();
    seen.destinations[0].session = Session::Denied(Arc::new(demo::denial(Kind::AssumeDenied(DeniedBy::Unknown))));
    let mut harness = shown(seen, about);
    harness.get_all_by_role_and_label(Role::Button, trouble::COPY_CUSTOMER).next().expect("a message").click();
    harness.run();
    let copied = wishes(&mut harness);
    let [Action::Copy(text)] = copied.as_slice() else { panic!("{copied:?}") };
    let mark = messages::of_practice("");
    assert!(text.starts_with(&mark), "{text}");
    let to = Destination { practice: true, ..demo::destination() };
    assert!(messages::delivered(&to, &demo::delivered().destinations[0].totals, false).starts_with(&mark));
    assert!(
        !messages::delivered(&demo::destination(), &demo::delivered().destinations[0].totals, false).contains(&mark)
    );
}

#[test]
fn nothing_of_practice_comes_along() {
    let (seen, about) = demo::practice();
    let mut harness = shown(seen, about);
    enter_another(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, welcome::BUCKET).focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, welcome::BUCKET).type_text("made-up");
    harness.run();
    (harness.state_mut().seen, harness.state_mut().about) = (demo::welcome(), demo::about());
    harness.run();
    assert!(!says(&harness, practice::HINT) && !says(&harness, "Important Project"));
    assert!(!format!("{harness:?}").contains("made-up"), "the form is empty");
    assert!(says(&harness, welcome::ASK));
}

#[test]
fn a_code_can_be_tried() {
    let (seen, mut about) = demo::practice();
    let serial = daypass::practice::MFA_SERIAL.parse().ok();
    let destination = Destination { practice: true, mfa_serial: serial, ..demo::destination() };
    let code = daypass::practice::MFA_CODE;
    about.code_practice = Some(Arc::new(CodePractice { destination, code }));
    let mut harness = shown(seen, about);
    press(&mut harness, practice::WITH_CODE);
    assert!(says(&harness, &practice::code(code)), "which code the device takes is said");
}
