//! Whose turn it is, whose checksum proves a delivery, and whose color a customer has.

use super::{demo, open_with, press, says, wishes};
use daypass::diagnose::messages;
use daypass::model::problem::{DeniedBy, Kind, Turn};
use daypass::ui::{Action, theme};
use daypass::words::problem::{said, turn};
use daypass::words::ui as words;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

#[test]
fn a_problem_says_whose_turn_it_is() {
    let window = |size: (f32, f32)| egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(size.0, size.1));
    for size in [(960.0, 680.0), (640.0, 480.0)] {
        for (by, turn) in [
            (DeniedBy::Unknown, turn(Turn::Customer, false)),
            (DeniedBy::TrustPolicy, turn(Turn::Customer, true)),
            (DeniedBy::YourPolicy, turn(Turn::Administrator, true)),
        ] {
            let turn = turn.expect("somebody’s");
            let page = open_with(demo::denied(by), demo::about(), size);
            let chip = page.get_by_label(turn).rect();
            assert!(window(size).contains_rect(chip), "{turn} at {size:?}: {chip:?}");
            let spoken = said(Kind::AssumeDenied(by));
            let first = |label: &str| page.query_all_by_label(label).next().expect("it is said").rect();
            let (title, body) = (first(&spoken.title), first(&spoken.body));
            assert!(!chip.intersects(title) && !chip.intersects(body), "{turn} at {size:?}: {chip:?}");
        }
    }
}

#[test]
fn a_delivery_is_proved_by_who_answered() {
    let place = demo::delivered().destinations.remove(0);
    let (to, totals) = (&*place.destination, &place.totals);
    let mut practice = to.clone();
    practice.practice = true;
    for (to, test_server, whose) in
        [(to, false, "Amazon’s"), (to, true, "The test server’s"), (&practice, false, "The practice bucket’s")]
    {
        let title = words::finished(totals, to, test_server).1.title;
        assert_eq!(title, format!("All 40 files delivered. {whose} checksum matches every one."));
        let message = messages::delivered(to, totals, test_server);
        assert!(message.contains(words::checksum_of(to, test_server)), "{message}");
    }
    let mut about = demo::about();
    about.test_server = Some("http://127.0.0.1:9000".to_owned());
    let mut page = open_with(demo::delivered(), about, (960.0, 680.0));
    assert!(says(&page, words::checksum_of(&place.destination, true)) && !says(&page, "Amazon’s checksum"));
    press(&mut page, "Copy message");
    let copied = wishes(&mut page);
    assert!(matches!(&copied[..], [Action::Copy(text)] if !text.contains("Amazon")), "{copied:?}");
}

#[test]
fn no_two_customers_have_one_color() {
    let accounts: Vec<String> = (0..8).map(|n| format!("44445555666{n}")).collect();
    let colors = |order: Vec<&str>| {
        let mut colors = Vec::new();
        let mut harness = Harness::new_ui(|ui| {
            // One after the other, as destinations are opened.
            for account in &order {
                theme::give_colors(ui.ctx(), std::iter::once(*account));
            }
            colors = accounts.iter().map(|account| theme::customer(ui, account)).collect();
        });
        harness.run();
        drop(harness);
        colors
    };
    let all: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let given = colors(all.clone());
    for (at, color) in given.iter().enumerate() {
        assert!(!given[..at].contains(color), "{} has another one's color", accounts[at]);
    }
    // Who is new has a color of their own too, and takes nobody's.
    let seven = colors(all[..7].to_vec());
    assert_eq!(seven[..7], given[..7]);
    assert!(!seven[..7].contains(&seven[7]));
}
