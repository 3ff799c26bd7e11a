//! A path that is typed where the desktop has no dialog for files.

use super::{demo, open, press, says, wishes};
use daypass::model::upload::DestinationId;
use daypass::ui::paths::PathFor;
use daypass::ui::{About, Action};
use daypass::words::paths::{self as words, Choice};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use std::path::PathBuf;

fn about() -> About {
    let home = PathBuf::from("/home/richard");
    About { downloads: Some(home.join("Downloads")), home: Some(home), ..demo::about() }
}

#[test]
fn the_folder_for_downloads_is_offered() {
    let mut harness = open(demo::delivered());
    let what = PathFor::Receipt(DestinationId(0));
    harness.state_mut().window.type_path(what.clone(), &about());
    harness.run();
    assert!(says(&harness, words::no_dialog(Choice::Save)));
    press(&mut harness, words::go(Choice::Save));
    let path = PathBuf::from("/home/richard/Downloads/receipt.html");
    assert_eq!(wishes(&mut harness), [Action::PathTyped(what, path)]);
    assert!(!says(&harness, words::no_dialog(Choice::Save)), "the dialog is closed");
}

#[test]
fn a_path_is_whole_or_begins_at_home() {
    let mut harness = open(demo::ready());
    harness.state_mut().about = about();
    let what = PathFor::Files(DestinationId(0));
    harness.state_mut().window.type_path(what.clone(), &about());
    harness.run();
    let enter = |harness: &mut egui_kittest::Harness<'static, super::Bench>, text: &str| {
        harness.get_by_role_and_label(Role::TextInput, words::PATH).focus();
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, words::PATH).type_text(text);
        harness.run();
    };
    enter(&mut harness, "plan.pdf");
    press(&mut harness, words::go(Choice::Open));
    assert!(says(&harness, words::PATH_FORM));
    assert_eq!(wishes(&mut harness), []);
    harness.state_mut().window.type_path(what.clone(), &about());
    harness.run();
    enter(&mut harness, "~/site/plan.pdf");
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(wishes(&mut harness), [Action::PathTyped(what, PathBuf::from("/home/richard/site/plan.pdf"))]);
}
