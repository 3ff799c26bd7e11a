//! Notifications for a person who looks elsewhere, and small parts of the window around a delivery.

use crate::ui::demo;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::{DestinationId, State, UploadId};
use daypass::time::{Time, Utc};
use daypass::ui::backend::Request;
use daypass::ui::{Action, Window, theme};
use daypass::window::attention::{AttentionWatch, done, sending};
use daypass::words::labels;
use daypass::words::problem::Message;
use daypass::words::ui as words;
use daypass::words::window::receipt_not_sent;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Returns the titles that a watch announces at each step.
fn watched(steps: &[Snapshot]) -> Vec<Vec<String>> {
    let mut watch = AttentionWatch::default();
    steps.iter().map(|seen| watch.look(seen, demo::NOW).into_iter().map(|said| said.title).collect()).collect()
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn the_end_of_a_delivery_is_announced_once() {
    let all = "All 40 files delivered. Amazon’s checksum matches every one.".to_owned();
    let steps = [demo::uploading(), demo::delivered(), demo::delivered(), demo::uploading(), demo::delivered()];
    let told = watched(&steps);
    assert_eq!(told[..3], [none(), vec![all], none()]);
    let mut second = demo::delivered();
    second.destinations[0].totals.first = 40;
    assert_eq!(watched(&[demo::delivered(), second])[1].len(), 1, "another delivery");
    assert_eq!(watched(&[demo::delivered()]), [none()], "a delivery that ended before the start is not new");
}

#[test]
fn a_problem_that_needs_the_person_is_announced_once() {
    let title = |seen: &Snapshot| watched(&[demo::uploading(), seen.clone(), seen.clone()]);
    let said = |kind| daypass::words::problem::said(kind).title;
    assert_eq!(title(&demo::ended()), [none(), vec![words::ended(3).title], none()]);
    let denied = demo::denied(DeniedBy::Unknown);
    assert_eq!(title(&denied), [none(), vec![said(Kind::AssumeDenied(DeniedBy::Unknown))], none()]);
    let held = title(&demo::held());
    assert_eq!((held[1].len(), held[2].len()), (2, 0), "one for the queue and one for the journal");
    let mut slow = demo::uploading();
    slow.journal = Some(std::sync::Arc::new(daypass::model::problem::Problem::new(Kind::JournalSlow)));
    assert_eq!(title(&slow)[1], none(), "a problem that solves itself is not announced");
    assert_eq!(title(&demo::renew_refused())[1].len(), 1);
    assert_eq!(title(&demo::uploading())[1], none());
}

#[test]
fn the_end_of_access_is_announced_only_if_it_is_not_renewed() {
    let (before, soon) = (demo::uploading(), demo::ending_soon());
    let with = |mut seen: Snapshot, renew| {
        seen.settings.renew = renew;
        seen
    };
    let by_hand = |seen: Snapshot| with(seen, false);
    assert_eq!(watched(&[before.clone(), with(soon.clone(), true)])[1], none(), "access is renewed");
    let told = watched(&[by_hand(before), by_hand(soon.clone()), by_hand(soon)]);
    assert_eq!((told[1].len(), told[2].len()), (1, 0));
    assert!(told[1][0].contains("your access ends in 5"), "{told:?}");
}

#[test]
fn the_computer_is_kept_awake_only_while_files_are_sent() {
    assert!(sending(&demo::uploading()));
    assert_eq!((done(&demo::ready()), done(&demo::delivered())), (None, None));
    let seen = demo::uploading();
    let totals = &seen.destinations[0].totals;
    assert_eq!(done(&seen).map(u64::from), Some(totals.confirmed * 100 / totals.bytes));
    for seen in [demo::ready(), demo::delivered(), demo::paused(), demo::ended(), demo::offline(), demo::held()] {
        assert!(!sending(&seen));
    }
}

struct Bench {
    window: Window,
    seen: Snapshot,
    out: Vec<Action>,
}

fn open(seen: Snapshot) -> Harness<'static, Bench> {
    let bench = Bench { window: Window::default(), seen, out: Vec::new() };
    let draw = |ui: &mut egui::Ui, bench: &mut Bench| {
        bench.window.show(ui, &bench.seen.clone(), &demo::about(), demo::NOW, &mut bench.out);
    };
    let size = egui::vec2(960.0, 680.0);
    let mut harness = Harness::builder().with_size(size).with_context_setup(theme::install).build_ui_state(draw, bench);
    harness.run();
    harness
}

fn says(harness: &Harness<'static, Bench>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

#[test]
fn the_receipt_is_sent_once_per_delivery() {
    let mut harness = open(demo::delivered());
    harness.get_by_role_and_label(Role::Button, labels::notes::SEND_RECEIPT).click();
    harness.run();
    assert_eq!(std::mem::take(&mut harness.state_mut().out), [Action::Request(Request::SendReceipt(DestinationId(0)))]);
    assert!(says(&harness, labels::notes::SENDING_RECEIPT) && !says(&harness, labels::notes::SEND_RECEIPT));
    let said = |title: &str| Message { title: title.to_owned(), body: String::new() };
    harness.state_mut().window.receipt_sent(DestinationId(0), false, receipt_not_sent(&said("")));
    harness.run();
    harness.get_by_role_and_label(Role::Button, labels::notes::SEND_RECEIPT).click();
    harness.run();
    harness.state_mut().window.receipt_sent(DestinationId(0), true, said(labels::notes::RECEIPT_SENT));
    harness.run();
    assert!(!says(&harness, labels::notes::SEND_RECEIPT));
    harness.state_mut().seen.destinations[0].totals.first = 40;
    harness.run();
    assert!(says(&harness, labels::notes::SEND_RECEIPT), "another delivery has another receipt");
}

#[test]
fn pasted_files_are_added_only_with_access() {
    let text = "file:///home/richard/a%20b.txt\nfile:///home/richard/c";
    let mut harness = open(demo::uploading());
    harness.event(egui::Event::Paste(text.to_owned()));
    harness.run();
    let paths = ["/home/richard/a b.txt", "/home/richard/c"].map(PathBuf::from).to_vec();
    assert_eq!(harness.state().out, [Action::Request(Request::Command(Command::Add(DestinationId(0), paths)))]);
    let mut harness = open(demo::welcome());
    harness.event(egui::Event::Paste(text.to_owned()));
    harness.run();
    assert!(says(&harness, labels::welcome::ACCESS_FIRST));
}

#[test]
fn a_paused_upload_shows_how_long_its_parts_are_kept() {
    let mut seen = demo::uploading();
    seen.rows.get_mut(UploadId(0)).expect("a row").state = State::Paused;
    // 29 Nov 2026, midnight UTC.
    seen.kept_until = Arc::new(BTreeMap::from([(UploadId(0), Utc(1_795_910_400)), (UploadId(1), Utc(1_795_910_400))]));
    let mut harness = open(seen);
    let [long, short] = words::kept_until(Utc(1_795_910_400), None, &demo::about().zone);
    for (width, text) in [(1100.0, &long), (640.0, &short)] {
        harness.set_size(egui::vec2(width, 680.0));
        harness.run();
        let row = harness.get_by_label_contains(&format!("Paused. {long}")).rect();
        let (above, below) = (harness.get_by_label("Paused").rect(), harness.get_by_label(text).rect());
        assert!(row.contains_rect(above) && row.contains_rect(below), "{row:?} {above:?} {below:?}");
        assert!(above.bottom() <= below.top() + 1.0 && below.right() < row.right() - 40.0, "{above:?} {below:?}");
    }
}

#[test]
fn the_minutes_left_are_announced_as_access_nears_its_end() {
    let mut harness = open(demo::ready());
    for (left, minutes) in [(700, None), (599, Some(10)), (300, Some(5)), (59, Some(1))] {
        let place = &mut harness.state_mut().seen.destinations[0];
        let Session::Active(grant) = &mut place.session else { panic!("a session") };
        grant.ends = Time(demo::NOW.0) + Duration::from_secs(left);
        harness.run();
        let announced = harness.get_all_by_role(Role::Status).any(|node| {
            use egui_kittest::kittest::NodeT as _;
            let label = node.accesskit_node().label().unwrap_or_default();
            label == minutes.map(words::announce_left).unwrap_or_default()
        });
        assert!(announced, "{left} s");
    }
}
