//! The page of past deliveries by its labels: what is asked of the journal, and how little of it.

use crate::ui::demo;
use crate::ui::past::{self, delivery, line, stored};
use daypass::model::history::{Delivery, DeliveryFile, HistoryFilter, Outcome};
use daypass::model::problem::{Kind, Problem};
use daypass::model::snapshot::Snapshot;
use daypass::model::upload::Proof;
use daypass::time::Utc;
use daypass::ui::backend::Request;
use daypass::ui::history::{FoundDeliveries, HistoryReply, HistoryRequest};
use daypass::ui::paths::PathFor;
use daypass::ui::{Action, Window, theme};
use daypass::words::history as words;
use daypass::words::labels;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

/// 22 Nov 2026 14:32 in Berlin.
const TODAY: Utc = Utc(1_795_354_320);
const HOUR: i64 = 3600;

struct Bench {
    window: Window,
    seen: Snapshot,
    journal: Fake,
    out: Vec<Action>,
}

/// A journal in memory that counts what it is asked.
#[derive(Default)]
struct Fake {
    deliveries: Vec<Delivery>,
    lines: Vec<DeliveryFile>,
    finds: Vec<HistoryFilter>,
    /// How many entries were asked for, each time.
    pages: Vec<usize>,
    broken: bool,
    /// How often it was asked while it was.
    refused: usize,
}

impl Fake {
    fn answer(&mut self, ask: HistoryRequest, zone: &jiff::tz::TimeZone) -> Option<HistoryReply> {
        if self.broken {
            self.refused += 1;
            return Some(HistoryReply::Unreadable(Arc::new(Problem::new(Kind::JournalBroken))));
        }
        Some(match ask {
            HistoryRequest::Find(number, wanted) => {
                let meant = |one: &&Delivery| {
                    wanted.search.as_ref().is_none_or(|text| one.destination.name.contains(text))
                        && wanted.from.is_none_or(|from| one.began >= from)
                        && wanted.until.is_none_or(|until| one.began < until)
                };
                let list: Vec<_> = self.deliveries.iter().filter(meant).map(|one| (one.id, one.began)).collect();
                self.finds.push(wanted);
                HistoryReply::Found(number, Arc::new(FoundDeliveries::new(&list, zone)))
            }
            HistoryRequest::Deliveries(ids) => {
                self.pages.push(ids.len());
                // Numbers go down from the first, so that an entry is found without looking.
                let newest = self.deliveries.first().map_or(0, |one| one.id);
                let at = |id: i64| self.deliveries.get(usize::try_from(newest - id).ok()?).cloned();
                HistoryReply::Deliveries(ids.into_iter().map(|id| (id, at(id))).collect())
            }
            HistoryRequest::Files(id) => HistoryReply::Files(id, self.lines.iter().map(|line| line.row).collect()),
            HistoryRequest::Lines(id, rows) => {
                self.pages.push(rows.len());
                let line = |row: i64| self.lines.get(usize::try_from(row).ok()?).cloned();
                HistoryReply::Lines(id, rows.into_iter().map(|row| (row, line(row))).collect())
            }
            HistoryRequest::Clear => {
                self.deliveries.clear();
                HistoryReply::Cleared
            }
            HistoryRequest::Message(_) | HistoryRequest::Save(..) | HistoryRequest::SaveEach(..) => return None,
        })
    }
}

type Shown = Harness<'static, Bench>;

fn show(seen: Snapshot, journal: Fake, size: (f32, f32)) -> Shown {
    let bench = Bench { window: Window::default(), seen, journal, out: Vec::new() };
    let size = egui::vec2(size.0, size.1);
    let draw = |ui: &mut egui::Ui, bench: &mut Bench| {
        let (seen, about) = (bench.seen.clone(), demo::about());
        let mut wishes = Vec::new();
        bench.window.show(ui, &seen, &about, demo::NOW, &mut wishes);
        for wish in wishes {
            match wish {
                Action::OpenHistory => bench.window.open_history(TODAY, &about),
                Action::Request(Request::History(ask)) => match bench.journal.answer(ask.clone(), &about.zone) {
                    Some(answer) => {
                        bench.window.history_reply(answer);
                        ui.ctx().request_repaint();
                    }
                    None => bench.out.push(Action::Request(Request::History(ask))),
                },
                other => bench.out.push(other),
            }
        }
    };
    let builder = Harness::builder().with_size(size).with_context_setup(theme::install);
    let mut harness = builder.build_ui_state(draw, bench);
    harness.run();
    harness
}

fn open(journal: Fake) -> Shown {
    let mut shown = show(demo::ready(), journal, (960.0, 680.0));
    press(&mut shown, "Past deliveries");
    shown
}

fn press(shown: &mut Shown, label: &str) {
    shown.get_by_role_and_label(Role::Button, label).click();
    shown.run();
}

fn says(shown: &Shown, text: &str) -> bool {
    shown.query_all_by_label_contains(text).next().is_some()
}

fn wishes(shown: &mut Shown) -> Vec<Action> {
    std::mem::take(&mut shown.state_mut().out)
}

fn story() -> Fake {
    Fake { deliveries: past::deliveries(), lines: past::lines(), ..Fake::default() }
}

#[test]
fn deliveries_stand_under_their_days_and_say_how_they_ended() {
    let mut shown = open(story());
    for text in [
        "Today",
        "Yesterday",
        "Saturday, 18 October 2025",
        "Important Project, 22 November 2026, 11:32, 40 files · 24.3 GB, All delivered",
        "25 not finished",
        "Bridge survey, 21 November 2026, 14:32, 40 files · 24.3 GB, 38 of 40 delivered",
    ] {
        assert!(says(&shown, text), "{text}");
    }
    press(&mut shown, "Back");
    assert!(says(&shown, labels::intake::DROP));
}

#[test]
fn it_settles_small_and_by_keyboard() {
    let mut shown = show(demo::uploading(), story(), (640.0, 480.0));
    shown.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    shown.run();
    assert!(says(&shown, "Bridge survey"));
    shown.key_press(Key::Escape);
    shown.run();
    assert!(!says(&shown, "Bridge survey"));
}

#[test]
fn a_name_or_a_time_narrows_the_list() {
    let mut shown = open(story());
    shown.get_by_role_and_label(Role::TextInput, "Search").focus();
    shown.run();
    shown.get_by_role_and_label(Role::TextInput, "Search").type_text("Bridge");
    shown.run();
    assert!(says(&shown, "Bridge survey") && !says(&shown, "Important Project, 22"));
    shown.get_by_role_and_label(Role::TextInput, "Search").type_text(" elsewhere");
    shown.run();
    assert!(says(&shown, "Nothing found"));
    shown.get_all_by_role_and_label(Role::Button, "Show all").last().expect("a button").click();
    shown.run();
    assert!(says(&shown, "Important Project, 22"));

    shown.get_by_role_and_label(Role::ComboBox, "When: Any time").click();
    shown.run();
    press(&mut shown, "Last 7 days");
    assert!(says(&shown, "Bridge survey, 21") && !says(&shown, "18 October 2025"));
    // Midnight in Berlin, six days before.
    assert_eq!(shown.state().journal.finds.last().and_then(|wanted| wanted.from), Some(Utc(1_794_783_600)));
    shown.get_by_role_and_label(Role::ComboBox, "When: Last 7 days").click();
    shown.run();
    press(&mut shown, words::PERIODS[5]);
    shown.get_by_role_and_label(Role::TextInput, "Until").focus();
    shown.run();
    shown.get_by_role_and_label(Role::TextInput, "Until").type_text("18 Oct 2025");
    shown.run();
    assert!(says(&shown, "18 October 2025") && !says(&shown, "Important Project, 22"));
}

#[test]
fn one_opens_and_shows_its_files() {
    let story = story();
    let bridge = story.deliveries.iter().find(|one| one.destination.name == "Bridge survey").expect("there");
    let sentence = words::sentence(bridge);
    let mut shown = open(story);
    press(&mut shown, "Bridge survey, 21 November 2026, 14:32, 40 files · 24.3 GB, 38 of 40 delivered");
    for text in [
        &sentence,
        "21 November 2026, 14:32 to 14:37",
        &format!("job/report.pdf, 6.0 MB, {}", words::outcome(&Outcome::AlreadyThere)),
        "job/plan.dwg, 6.0 MB, Delivered and verified",
    ] {
        assert!(says(&shown, text), "{text}");
    }
    press(&mut shown, "More: plan.dwg");
    press(&mut shown, words::COPY_KEY);
    assert_eq!(wishes(&mut shown), [Action::Copy("incoming/job/plan.dwg".to_owned())]);
    press(&mut shown, "More: lost.bin");
    press(&mut shown, "What happened…");
    assert!(says(&shown, "Close"));
    shown.key_press(Key::Escape);
    shown.run();
    press(&mut shown, "Save receipt…");
    press(&mut shown, "Copy message");
    let name = "Receipt Bridge survey 2026-11-21.html".to_owned();
    assert_eq!(
        wishes(&mut shown),
        [
            Action::Choose(PathFor::Receipts(vec![7], name)),
            Action::Request(Request::History(HistoryRequest::Message(vec![7])))
        ]
    );
    shown.key_press(Key::Escape);
    shown.run();
    assert!(says(&shown, "Important Project, 22"), "Escape leads back to the list first");
}

#[test]
fn several_are_chosen_for_their_receipts() {
    let mut shown = open(story());
    for name in
        ["Choose Important Project, 22 November 2026, 11:32", "Choose Important Project, 22 November 2026, 13:32"]
    {
        shown.get_by_role_and_label(Role::CheckBox, name).click();
        shown.run();
    }
    assert!(says(&shown, &words::chosen(2, 1)));
    press(&mut shown, "Save receipts…");
    press(&mut shown, "Copy message");
    let name = "Receipt Important Project 2026-11-22 and 1 more.html".to_owned();
    assert_eq!(
        wishes(&mut shown),
        [
            Action::Choose(PathFor::Receipts(vec![9, 8], name)),
            Action::Request(Request::History(HistoryRequest::Message(vec![9, 8])))
        ]
    );
    press(&mut shown, words::NONE);
    assert!(!says(&shown, "chosen"));
}

#[test]
fn two_customers_are_in_no_receipt_and_no_message_together() {
    let mut shown = open(story());
    for name in ["Choose Important Project, 22 November 2026, 11:32", "Choose Bridge survey, 21 November 2026, 14:32"] {
        shown.get_by_role_and_label(Role::CheckBox, name).click();
        shown.run();
    }
    assert!(says(&shown, &words::chosen(2, 2)));
    press(&mut shown, words::RECEIPTS);
    let each = vec![
        (vec![8], "Receipt Important Project 2026-11-22.html".to_owned()),
        (vec![7], "Receipt Bridge survey 2026-11-21.html".to_owned()),
    ];
    assert_eq!(wishes(&mut shown), [Action::Choose(PathFor::ReceiptsEach(each))]);
    press(&mut shown, words::MESSAGES);
    assert_eq!(wishes(&mut shown), [], "whose message it is, is asked first");
    press(&mut shown, &words::message_for("Bridge survey"));
    assert_eq!(wishes(&mut shown), [Action::Request(Request::History(HistoryRequest::Message(vec![7])))]);
}

#[test]
fn the_history_goes_only_after_a_word() {
    let mut shown = open(story());
    press(&mut shown, "More");
    press(&mut shown, "Clear history…");
    assert!(says(&shown, "Clear the history?"));
    press(&mut shown, "Keep it");
    assert!(says(&shown, "Important Project, 22"));
    press(&mut shown, "More");
    press(&mut shown, "Clear history…");
    press(&mut shown, "Clear history");
    assert!(says(&shown, "Nothing delivered yet") && says(&shown, &words::cleared().title));
}

#[test]
fn a_journal_that_cant_be_read_is_said() {
    let title = daypass::words::problem::said(Kind::JournalBroken).title;
    let mut shown = open(Fake { broken: true, ..story() });
    assert!(says(&shown, &title));
    // It is asked for again when the person wants it, and not before.
    let asked = shown.state().journal.refused;
    for _ in 0..5 {
        shown.step();
    }
    assert_eq!(shown.state().journal.refused, asked);
    shown.state_mut().journal.broken = false;
    press(&mut shown, "Try now");
    assert!(says(&shown, "Important Project, 22") && !says(&shown, &title));
    // The list was read, and what is in view can't be.
    shown.state_mut().journal.broken = true;
    let entry = "Bridge survey, 21 November 2026, 14:32, 40 files · 24.3 GB, 38 of 40 delivered";
    shown.get_by_role_and_label(Role::Button, entry).click();
    shown.run();
    let asked = shown.state().journal.refused;
    shown.run();
    assert!(says(&shown, &title) && shown.state().journal.refused == asked);
}

#[test]
fn the_list_is_asked_for_again_when_a_delivery_ends() {
    let mut shown = show(demo::uploading(), story(), (960.0, 680.0));
    press(&mut shown, "Past deliveries");
    assert_eq!(shown.state().journal.finds.len(), 1);
    shown.run();
    assert_eq!(shown.state().journal.finds.len(), 1, "nothing has changed");
    shown.state_mut().seen = demo::delivered();
    shown.state_mut().journal.deliveries[0].open = 0;
    shown.state_mut().journal.deliveries[0].delivered = 40;
    shown.run();
    assert_eq!(shown.state().journal.finds.len(), 2);
    assert!(!says(&shown, "25 not finished"), "what is in view is read anew");
}

#[test]
fn a_hundred_thousand_deliveries_cost_what_is_seen() {
    let t = TODAY.0;
    let deliveries = (0..100_000).map(|n| delivery(100_000 - n, "Important Project", t - n * HOUR / 4, (1, 1, 0)));
    let mut shown = open(Fake { deliveries: deliveries.collect(), ..Fake::default() });
    let bench = shown.state();
    let found = bench.window.history().and_then(|page| page.found()).expect("a list");
    assert_eq!(found.len(), 100_000);
    assert!(bench.window.work().rows_drawn < 20, "{:?}", bench.window.work());
    assert_eq!((bench.journal.finds.len(), bench.journal.pages.len()), (1, 1), "one look at the list, one page of it");
    assert!(bench.journal.pages[0] < 20);

    let middle = egui::pos2(480.0, 400.0);
    shown.hover_at(middle);
    for _ in 0..30 {
        let unit = egui::MouseWheelUnit::Point;
        let (delta, modifiers, phase) = (egui::vec2(0.0, -20_000.0), Modifiers::NONE, egui::TouchPhase::Move);
        let source = egui::MouseWheelSource::Unknown;
        shown.event(egui::Event::MouseWheel { unit, delta, phase, modifiers, source });
        shown.step();
        assert!(shown.state().window.work().rows_drawn < 20);
    }
    // The scrolling runs out, and what came into view at last is read.
    shown.run_steps(12);
    shown.run_steps(12);
    let bench = shown.state();
    assert_eq!(bench.journal.finds.len(), 1);
    assert!(bench.journal.pages.iter().all(|&page| page < 20), "{:?}", bench.journal.pages);
    assert!(bench.window.history().is_some_and(|page| page.held() < 600), "what was left behind is forgotten");
    assert!(!says(&shown, "Today") && !says(&shown, "Yesterday"), "it was scrolled far back");
}

#[test]
fn a_delivery_of_a_hundred_thousand_files_costs_what_is_seen() {
    let lines: Vec<DeliveryFile> =
        (0..100_000).map(|row| line(row, &format!("{row}.jpg"), stored(Proof::Whole))).collect();
    let mut shown = open(Fake { lines, ..story() });
    press(&mut shown, "Important Project, 22 November 2026, 11:32, 40 files · 24.3 GB, All delivered");
    assert!(says(&shown, "job/0.jpg"));
    let bench = shown.state();
    assert!(bench.window.work().rows_drawn < 20, "{:?}", bench.window.work());
    assert!(bench.journal.pages.iter().sum::<usize>() < 40, "{:?}", bench.journal.pages);
}
