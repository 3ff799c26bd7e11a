//! Every screen of the gallery in small windows, with longer words, and zoomed: nothing beyond the window, nothing on
//! anything else, one main button.

pub(super) mod measure;
pub(super) mod shown;

use super::{demo, kinds, rare};
use daypass::model::upload::{Proof, State};
use daypass::ui::theme::{DARK, LIGHT};
use daypass::words::{problem, ui as words};
use egui::Shape;
use egui_kittest::kittest::Queryable as _;
use measure::{Text, each, problems, texts, unreachable};
use shown::{AT_100, AT_200, Begin, Look, Screen, Shown, ZOOMED, as_it_opens, change, draw, screens};
use std::sync::Arc;

/// Draws every screen in every look of one scale, and fails with what is wrong with any.
fn hold(looks: &[Look]) {
    let mut found = Vec::new();
    for screen in screens() {
        let mut shown = draw(&screen, looks[0]);
        for look in looks {
            change(&mut shown, *look);
            let name = format!("{} {}", screen.name, look.name);
            found.extend(problems(&name, &shown, look.colors));
            found.extend(unreachable(&name, &shown, look.colors));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_screen_fits_the_narrowest_window() {
    hold(&[AT_100]);
    hold(&[AT_200]);
}

#[test]
fn every_screen_fits_with_words_that_are_longer_by_two_fifths() {
    hold(&[AT_100.longer()]);
    hold(&[AT_200.longer()]);
}

#[test]
fn every_screen_fits_a_small_window_that_is_zoomed_to_200_percent() {
    hold(&ZOOMED);
}

fn small(seen: daypass::model::snapshot::Snapshot, about: daypass::ui::About, begin: Begin, look: Look) -> Shown {
    draw(&Screen { name: "a screen", seen, about, begin, steps: Vec::new() }, look)
}

#[test]
fn the_bar_for_two_customers_fits_the_narrowest_window() {
    let begin: Begin = Box::new(|window, about| window.open_history(demo::TODAY, about));
    let mut shown = small(rare::remembered(), demo::about(), begin, AT_200);
    for name in ["Choose Important Project, 22 November 2026, 11:32", "Choose Bridge survey, 21 November 2026, 14:32"] {
        shown.get_by_label(name).click();
        shown.run_steps(4);
    }
    let found = problems("two customers", &shown, &DARK);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    assert!(texts(&shown.output().shapes).iter().all(|text| !text.elided || !text.words.contains("customers")));
}

/// A row tells why its file stopped, in the narrowest window too.
#[test]
fn the_words_of_a_row_are_not_cut() {
    let mut shown = small(rare::key_files(), demo::about(), as_it_opens(), AT_100);
    let last = shown.state().seen.rows.iter().last().map(|(id, _)| id).expect("a row");
    for kind in kinds::kinds() {
        let why = Arc::new(demo::denial(kind));
        shown.state_mut().seen.rows.get_mut(last).expect("a row").state = State::Failed(why);
        shown.run_steps(2);
        let title = problem::said(kind).title;
        let cut = |text: &Text| text.elided && text.words == title;
        assert!(!texts(&shown.output().shapes).iter().any(cut), "{kind:?}: {title}");
    }
    let shown = small(rare::no_checksum(), demo::about(), as_it_opens(), AT_100);
    let said = words::delivered(Proof::NoChecksum);
    assert!(texts(&shown.output().shapes).iter().any(|text| text.words == said && !text.elided), "{said}");
}

/// What the customer's practice is stays readable, whatever stands beside it.
#[test]
fn the_bar_of_practice_says_its_sentence_whole() {
    let (seen, about) = rare::practice_with_code();
    let shown = small(seen, about, as_it_opens(), AT_200);
    let texts = texts(&shown.output().shapes);
    let said = texts.iter().find(|text| text.words.contains(words::practice::SHORT_HINT)).expect("the sentence");
    assert!(!said.elided);
}

#[test]
fn what_no_checksum_vouches_for_is_not_green() {
    let shown = small(rare::no_checksum(), demo::about(), as_it_opens(), AT_100);
    let mut grounds = Vec::new();
    for one in &shown.output().shapes {
        each(&one.shape, &mut |shape| {
            if let Shape::Rect(rect) = shape {
                grounds.push(rect.fill);
            }
        });
    }
    assert!(grounds.contains(&LIGHT.warn_soft) && !grounds.contains(&LIGHT.ok_soft));
}
