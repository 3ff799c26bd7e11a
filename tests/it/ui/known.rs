//! The customers of earlier on the first screen: what is listed, and what a click wishes for.

use super::{demo, open, press, says, wishes};
use daypass::model::snapshot::{Command, Snapshot};
use daypass::ui::Action;
use daypass::ui::backend::Request;
use daypass::words::labels;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

fn remembering(count: usize) -> Snapshot {
    let named = |at: usize| {
        let mut to = demo::destination();
        if at > 0 {
            to.name = format!("Customer {at}");
            to.bucket = format!("bucket-{at}").parse().expect("a bucket");
        }
        to
    };
    Snapshot { remembered: Arc::new((0..count).map(named).collect()), ..demo::welcome() }
}

#[test]
fn one_click_leads_to_a_customer_of_earlier() {
    let mut harness = open(remembering(2));
    assert!(says(&harness, "importantprojectbucket / incoming  ·  as importantproject"));
    press(&mut harness, "Get access: Important Project");
    let command = Command::Open(Box::new(demo::destination()));
    assert!(wishes(&mut harness).contains(&Action::Request(Request::Command(command))));
}

#[test]
fn a_customer_who_asks_for_a_code_is_opened_with_one() {
    let mut seen = remembering(1);
    Arc::make_mut(&mut seen.remembered)[0].mfa_serial =
        Some("arn:aws:iam::111122223333:mfa/Richard".parse().expect("a device"));
    let mut harness = open(seen);
    press(&mut harness, "Get access: Important Project");
    assert!(says(&harness, "Six digits"));
    assert!(
        !wishes(&mut harness).iter().any(|wish| matches!(wish, Action::Request(Request::Command(Command::Open(_)))))
    );
}

#[test]
fn a_customer_is_forgotten_or_looked_at() {
    let mut harness = open(remembering(1));
    press(&mut harness, "More: Important Project");
    press(&mut harness, "Forget this customer");
    let command = Command::Forget(Box::new(demo::destination()));
    assert_eq!(wishes(&mut harness).last(), Some(&Action::Request(Request::Command(command))));
    press(&mut harness, "More: Important Project");
    press(&mut harness, labels::pass::CHANGE);
    let role = harness.get_by_role_and_label(Role::TextInput, labels::welcome::ROLE);
    let text = egui_kittest::kittest::NodeT::accesskit_node(&role).value();
    assert_eq!(text.as_deref(), Some(demo::destination().role.as_str()));
    assert!(!says(&harness, "Your customers"), "the form alone, once something stands in it");
}

#[test]
fn many_customers_are_shown_when_asked_for() {
    let mut harness = open(remembering(7));
    assert!(!says(&harness, "Customer 4"));
    press(&mut harness, "3 more…");
    assert!(says(&harness, "Customer 6"));
}

#[test]
fn nobody_is_listed_where_nobody_is_known() {
    assert!(!says(&open(demo::welcome()), "Your customers"));
}
