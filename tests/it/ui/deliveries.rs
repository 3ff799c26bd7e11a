//! The list of uploads: its rows, what is dropped on it, its progress, and how much work a frame of it is.

use super::{Bench, demo, open, press, says, wishes};
use daypass::model::snapshot::{Command, Which};
use daypass::model::upload::{DestinationId, Proof, State, UploadId};
use daypass::ui::Action;
use daypass::ui::backend::Request;
use daypass::ui::paths::PathFor;
use daypass::words::labels;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[test]
fn renew_and_files_are_wished_for() {
    let mut harness = open(demo::ready());
    press(&mut harness, "Renew");
    press(&mut harness, "Choose files…");
    press(&mut harness, "Choose folder…");
    let id = DestinationId(0);
    let expected =
        [Action::from(Command::GetAccess(id)), Action::Choose(PathFor::Files(id)), Action::Choose(PathFor::Folder(id))];
    assert_eq!(wishes(&mut harness), expected);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run();
    assert_eq!(wishes(&mut harness), expected[..2]);
}

#[test]
fn rows_pause_resume_and_leave() {
    let mut harness = open(demo::every_state());
    press(&mut harness, "Pause: site-survey.mp4");
    press(&mut harness, "Remove: drawings-final.zip");
    let expected =
        [Action::from(Command::Pause(Which::One(UploadId(0)))), Action::from(Command::Cancel(Which::One(UploadId(1))))];
    assert_eq!(wishes(&mut harness), expected);
    press(&mut harness, "More: report.pdf");
    press(&mut harness, labels::table::NEW_NAME);
    assert_eq!(wishes(&mut harness), [Action::from(Command::SendUnderNewName(UploadId(3)))]);
    press(&mut harness, "More: unreadable.bin");
    press(&mut harness, "Try again");
    assert_eq!(wishes(&mut harness), [Action::from(Command::Retry(Which::One(UploadId(14))))]);
    press(&mut harness, "Pause all");
    assert_eq!(wishes(&mut harness), [Action::from(Command::Pause(Which::All(DestinationId(0))))]);
}

#[test]
fn space_pauses_the_row_in_focus() {
    let mut harness = open(demo::uploading());
    harness.get_by_label_contains("site-survey.mp4, 3.8 GB").focus();
    harness.run();
    harness.key_press(Key::Space);
    harness.run();
    assert_eq!(wishes(&mut harness), [Action::from(Command::Pause(Which::One(UploadId(0))))]);
}

#[test]
fn what_needs_the_person_stands_first_and_delivered_last() {
    let harness = open(demo::every_state());
    let top = |part: &str| harness.get_by_label_contains(part).rect().top();
    let order = ["photos/report.pdf, ", "site-survey.mp4, ", "photos/IMG_0412.jpg, "];
    for pair in order.windows(2) {
        assert!(top(pair[0]) < top(pair[1]), "{pair:?}");
    }
}

#[test]
fn rows_keep_their_place_under_the_pointer() {
    let mut harness = open(demo::uploading());
    let top = |harness: &Harness<'static, Bench>| harness.get_by_label_contains("site-survey.mp4, ").rect().top();
    let before = top(&harness);
    harness.hover_at(egui::pos2(300.0, before + 20.0));
    harness.run();
    let done = State::Delivered(Proof::Whole);
    harness.state_mut().seen.rows.get_mut(UploadId(0)).expect("a row").state = done;
    harness.run();
    assert!((top(&harness) - before).abs() < 0.5);
    harness.hover_at(egui::pos2(5.0, 5.0));
    harness.run();
    assert!(top(&harness) > before + 40.0);
}

#[test]
fn all_is_taken_out_only_after_a_word() {
    let mut harness = open(demo::uploading());
    press(&mut harness, labels::table::MORE_ALL);
    press(&mut harness, labels::table::CANCEL_ALL);
    assert!(says(&harness, "25 files will not be sent."));
    press(&mut harness, "Keep them");
    assert_eq!(wishes(&mut harness), []);
    press(&mut harness, labels::table::MORE_ALL);
    press(&mut harness, labels::table::CANCEL_ALL);
    press(&mut harness, labels::dialog::CANCEL_ALL);
    assert_eq!(wishes(&mut harness), [Action::from(Command::Cancel(Which::All(DestinationId(0))))]);
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

fn drop_files(harness: &mut Harness<'static, Bench>, paths: &[&str]) {
    for path in paths {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from(path))));
    }
    harness.run();
}

#[test]
fn a_drop_adds_all_of_it_and_an_invitation_is_read() {
    let mut harness = open(demo::uploading());
    drop_files(&mut harness, &["/a.txt", "/b c.txt", "/folder"]);
    let paths = ["/a.txt", "/b c.txt", "/folder"].map(PathBuf::from).to_vec();
    assert_eq!(wishes(&mut harness), [Action::from(Command::Add(DestinationId(0), paths))]);

    let mut harness = open(demo::welcome());
    drop_files(&mut harness, &["/customer.DAYPASS"]);
    assert_eq!(wishes(&mut harness), [Action::Request(Request::ReadInvitation(PathBuf::from("/customer.DAYPASS")))]);
    drop_files(&mut harness, &["/a.txt"]);
    assert_eq!(wishes(&mut harness), []);
    assert!(says(&harness, labels::welcome::ACCESS_FIRST));
}

#[test]
fn hovering_says_how_many_and_where() {
    let mut harness = open(demo::ready());
    let file = egui::HoveredFile { path: Some(PathBuf::from("/a")), mime: String::new() };
    harness.input_mut().hovered_files = vec![file.clone(), file.clone(), file];
    // egui goes on drawing while something is dragged.
    harness.run_steps(2);
    assert!(says(&harness, "Drop 3 items here. They go to importantprojectbucket / incoming"));
}

#[test]
fn pasting_outside_a_field_is_an_invitation() {
    let mut harness = open(demo::welcome());
    harness.event(egui::Event::Paste("{\"daypass\":1}".to_owned()));
    harness.run();
    assert_eq!(wishes(&mut harness), [Action::Request(Request::ReadInvitationText("{\"daypass\":1}".to_owned()))]);
    harness.get_by_role_and_label(Role::TextInput, "Bucket").focus();
    harness.run();
    harness.event(egui::Event::Paste("bucket".to_owned()));
    harness.run();
    assert_eq!(wishes(&mut harness), []);
}

#[test]
fn progress_has_a_value_and_is_never_whole_before_the_answer() {
    let mut seen = demo::uploading();
    seen.destinations[0].totals.confirmed = seen.destinations[0].totals.bytes;
    let harness = open(seen);
    let bar = harness.get_by_role_and_label(Role::ProgressIndicator, "All files");
    let value = bar.accesskit_node().numeric_value();
    assert_eq!(value, Some(99.0));
}

#[test]
fn a_hundred_thousand_rows_cost_what_is_seen() {
    let mut harness = open(demo::many(100_000));
    let first = harness.state().window.work();
    assert!(first.rows_drawn < 20, "{first:?}");
    harness.state_mut().seen.rows.get_mut(UploadId(50_000)).expect("a row").state = State::Paused;
    harness.step();
    let after = harness.state().window.work();
    assert!(after.rows_sorted <= 256, "{after:?}");
    harness.step();
    assert_eq!(harness.state().window.work().rows_sorted, 0);
    assert!(harness.state().window.work().rows_drawn < 20);
}
