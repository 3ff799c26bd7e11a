//! What comes while a dialog is open waits for it, and what was delivered earlier can be sent again.

use super::{Bench, demo, open, press, rare, says, wishes};
use daypass::model::snapshot::{Command, SkipReason};
use daypass::model::upload::DestinationId;
use daypass::ui::Action;
use daypass::ui::backend::Request;
use daypass::ui::paths::PathFor;
use daypass::words::ask::invited;
use daypass::words::paths::{self, Choice};
use daypass::words::ui::{dialog, left_out, pass, settings};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::path::PathBuf;
use std::sync::Arc;

const NO: DestinationId = DestinationId(0);

fn close_window(harness: &mut Harness<'static, Bench>) {
    let root = egui::ViewportId::ROOT;
    harness.input_mut().viewports.entry(root).or_default().events.push(egui::ViewportEvent::Close);
    harness.step();
    harness.input_mut().viewports.entry(root).or_default().events.clear();
    harness.run();
}

fn in_settings() -> Harness<'static, Bench> {
    let mut harness = open(demo::uploading());
    press(&mut harness, pass::SETTINGS);
    assert!(says(&harness, settings::RENEW));
    harness
}

#[test]
fn the_question_before_quitting_waits_for_an_open_dialog() {
    let mut harness = in_settings();
    close_window(&mut harness);
    close_window(&mut harness);
    assert!(says(&harness, settings::RENEW) && !says(&harness, dialog::QUIT_TITLE));
    assert!(says(&harness, dialog::QUIT_HELD));
    press(&mut harness, dialog::CLOSE);
    assert!(says(&harness, dialog::QUIT_TITLE) && !says(&harness, settings::RENEW));
    press(&mut harness, dialog::KEEP);
    assert!(!says(&harness, dialog::QUIT_TITLE), "it is asked once");
    // What ran has ended meanwhile: there is nothing left to ask.
    let mut harness = in_settings();
    close_window(&mut harness);
    harness.state_mut().seen = demo::delivered();
    press(&mut harness, dialog::CLOSE);
    assert!(!says(&harness, dialog::QUIT_TITLE) && harness.query_by_label(invited::SHOW).is_none());
}

#[test]
fn a_key_that_was_chosen_and_a_path_wait_for_an_open_dialog() {
    let mut harness = in_settings();
    let about = harness.state().about.clone();
    let Bench { window, out, .. } = harness.state_mut();
    window.key_file("/home/richard/accessKeys.csv".into(), out);
    window.type_path(PathFor::Files(NO), &about);
    harness.run();
    assert!(says(&harness, settings::RENEW) && says(&harness, dialog::KEY_FILE_HELD));
    assert_eq!(wishes(&mut harness), []);
    press(&mut harness, dialog::CLOSE);
    let wanted = wishes(&mut harness);
    let [Action::Request(Request::TestKeyFile(_, path))] = wanted.as_slice() else { panic!("{wanted:?}") };
    assert_eq!(path, &PathBuf::from("/home/richard/accessKeys.csv"));
    harness.key_press(egui::Key::Escape);
    harness.run();
    assert!(says(&harness, paths::no_dialog(Choice::Open)));
}

#[test]
fn what_was_delivered_earlier_is_sent_again_when_asked() {
    let mut harness = open(rare::delivered_earlier());
    assert!(says(&harness, &daypass::words::ui::nothing_new(3).title));
    press(&mut harness, dialog::SEND_ALL_AGAIN);
    assert_eq!(wishes(&mut harness), [Action::Request(Request::Command(Command::SendAgain(NO, None)))]);
    let earlier = left_out(&harness.state().seen.destinations[0].left_out_count);
    press(&mut harness, &earlier);
    press(&mut harness, &format!("{}: site-survey.mp4", dialog::SEND_AGAIN));
    let path = harness.state().seen.destinations[0].left_out[0].path.clone();
    assert_eq!(wishes(&mut harness), [Action::Request(Request::Command(Command::SendAgain(NO, Some(path))))]);
    // Once nothing is left out any more, the list closes by itself.
    harness.state_mut().seen = demo::ready();
    harness.run();
    assert!(!says(&harness, dialog::EARLIER_TITLE));
    // What was left out for another reason can't be sent by it.
    let mut seen = demo::left_out();
    let earlier = Arc::make_mut(&mut seen.destinations[0].left_out);
    assert!(earlier.iter().all(|left| !matches!(left.why, SkipReason::Earlier(_))));
    let mut harness = open(seen);
    press(&mut harness, "3 items were not sent…");
    assert!(says(&harness, dialog::LEFT_OUT_TITLE) && !says(&harness, dialog::SEND_AGAIN));
    assert!(harness.query_by_label(dialog::SEND_ALL_AGAIN).is_none());
}
