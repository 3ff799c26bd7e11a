//! Whose identity is used when: of a profile that was picked, or after a click.

use super::{demo, open, press, wishes};
use daypass::model::snapshot::{Command, Snapshot, Source};
use daypass::ui::Wish;
use daypass::words::ui::welcome;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

fn unknown(sources: &[Source]) -> Snapshot {
    let mut seen = demo::welcome();
    seen.identities = Arc::default();
    let list = &mut Arc::make_mut(&mut seen.profiles).list;
    list.clear();
    for (at, source) in sources.iter().enumerate() {
        let mut profile = demo::profile(&format!("p{at}"));
        profile.source = *source;
        list.push(profile);
    }
    seen
}

fn asked(name: &str) -> Wish {
    Wish::Command(Command::Identify(name.to_owned()))
}

#[test]
fn a_profile_is_asked_about_once_it_is_picked() {
    let mut harness = open(unknown(&[Source::Key, Source::Key]));
    harness.run();
    assert_eq!(wishes(&mut harness), [], "the first one stands there, and nobody picked it");
    harness.get_by_role(Role::ComboBox).click();
    harness.run();
    harness.query_all_by_label_contains("p1").next().expect("p1 is listed").click();
    harness.run();
    assert_eq!(wishes(&mut harness), [asked("p1")]);
    harness.run();
    assert_eq!(wishes(&mut harness), [], "once");
}

#[test]
fn one_that_signs_in_or_runs_a_command_is_asked_about_after_a_click() {
    for source in [Source::SignIn, Source::Process, Source::Login, Source::Role] {
        let mut harness = open(unknown(&[source]));
        harness.run();
        assert_eq!(wishes(&mut harness), [], "{source:?}");
        press(&mut harness, welcome::WHO_IS_THIS);
        assert_eq!(wishes(&mut harness), [asked("p0")], "{source:?}");
        assert!(harness.query_by_role_and_label(Role::Button, welcome::WHO_IS_THIS).is_none(), "it is being asked");
    }
}
