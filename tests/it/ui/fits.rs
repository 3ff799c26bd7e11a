//! Every seldom screen in the narrowest window, at 100 % and at 200 %: nothing beyond the window, nothing on anything else,
//! one main button.

use super::{Bench, demo, kinds, past, rare};
use daypass::grant::{Invitation, RoleRequest};
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::snapshot::Snapshot;
use daypass::model::upload::DestinationId;
use daypass::ui::backend::Request;
use daypass::ui::history::{FoundDeliveries, HistoryReply};
use daypass::ui::paths::PathFor;
use daypass::ui::theme::{self, DARK, LIGHT, Tokens};
use daypass::ui::{About, Action, Window};
use daypass::words::{problem, ui as words};
use egui::epaint::{ClippedShape, TextShape};
use egui::{Color32, Rect, Shape, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

/// The narrowest window.
const LEAST: (f32, f32) = (640.0, 480.0);

type Begin = Box<dyn Fn(&mut Window, &About)>;

/// Installs the theme with letters that are 40 % wider and higher, in lines of the same height: a stand-in for a language
/// with longer words.
fn longer(ctx: &egui::Context) {
    theme::install(ctx);
    let mut fonts = theme::fonts();
    for (_, font) in fonts.font_data.iter_mut().filter(|(name, _)| !name.starts_with("Phosphor")) {
        Arc::make_mut(font).tweak.scale = 1.4;
    }
    ctx.set_fonts(fonts);
}

fn screen(seen: Snapshot, about: &About, scale: f32, theme: Theme, begin: &Begin) -> Harness<'static, Bench> {
    screen_with(seen, about, (scale, theme), begin, theme::install)
}

fn screen_with(
    seen: Snapshot,
    about: &About,
    (scale, theme): (f32, Theme),
    begin: &Begin,
    install: fn(&egui::Context),
) -> Harness<'static, Bench> {
    let mut window = Window::default();
    begin(&mut window, about);
    let bench = Bench { window, seen, about: about.clone(), out: Vec::new() };
    let builder = Harness::builder().with_size(vec2(LEAST.0, LEAST.1)).with_pixels_per_point(scale);
    let mut harness = builder.with_theme(theme).with_context_setup(install).build_ui_state(
        |ui, bench: &mut Bench| {
            let (seen, about) = (bench.seen.clone(), bench.about.clone());
            bench.window.show(ui, &seen, &about, demo::NOW, &mut bench.out);
            for wish in std::mem::take(&mut bench.out) {
                if let Action::Request(Request::History(ask)) = wish
                    && let Some(answer) = answer(ask, &about)
                {
                    bench.window.history_reply(answer);
                    ui.ctx().request_repaint();
                }
            }
        },
        bench,
    );
    harness.run_steps(5);
    harness
}

fn answer(ask: daypass::ui::history::HistoryRequest, about: &About) -> Option<HistoryReply> {
    use daypass::ui::history::HistoryRequest;
    let deliveries = past::deliveries();
    match ask {
        HistoryRequest::Find(number, _) => {
            let list: Vec<_> = deliveries.iter().map(|one| (one.id, one.began)).collect();
            Some(HistoryReply::Found(number, Arc::new(FoundDeliveries::new(&list, &about.zone))))
        }
        HistoryRequest::Deliveries(ids) => {
            let one = |id| deliveries.iter().find(|one| one.id == id).cloned();
            Some(HistoryReply::Deliveries(ids.into_iter().map(|id| (id, one(id))).collect()))
        }
        HistoryRequest::Files(_)
        | HistoryRequest::Lines(..)
        | HistoryRequest::Message(_)
        | HistoryRequest::Save(..)
        | HistoryRequest::SaveEach(..)
        | HistoryRequest::Clear => None,
    }
}

/// A text as it is painted: all of it, the part that is seen, and what it may fill.
struct Text {
    words: String,
    whole: Rect,
    seen: Rect,
    clip: Rect,
    elided: bool,
}

/// What is painted above the veil of a dialog, or all of it where there is none.
fn on_top<'a>(shapes: &'a [ClippedShape], t: &Tokens) -> &'a [ClippedShape] {
    let veil = shapes.iter().rposition(|one| matches!(&one.shape, Shape::Rect(rect) if rect.fill == t.veil));
    &shapes[veil.map_or(0, |at| at + 1)..]
}

fn each(shape: &Shape, see: &mut dyn FnMut(&Shape)) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| each(shape, see)),
        other => see(other),
    }
}

fn texts(shapes: &[ClippedShape]) -> Vec<Text> {
    let mut texts = Vec::new();
    for ClippedShape { clip_rect: clip, shape, .. } in shapes {
        each(shape, &mut |shape| {
            let Shape::Text(TextShape { pos, galley, fallback_color, override_text_color, .. }) = shape else { return };
            let painted = override_text_color.unwrap_or(*fallback_color) != Color32::TRANSPARENT;
            let whole = galley.rect.translate(pos.to_vec2());
            let words = galley.text().to_owned();
            // Icons are letters of a font of their own, and lie on their grounds.
            let icon = words.chars().all(|c| ('\u{e000}'..='\u{f8ff}').contains(&c));
            if painted && !icon && !words.trim().is_empty() && clip.intersect(whole).is_positive() {
                texts.push(Text { words, whole, seen: clip.intersect(whole), clip: *clip, elided: galley.elided });
            }
        });
    }
    texts
}

/// The buttons in the color of the main action.
fn main_buttons(shapes: &[ClippedShape], t: &Tokens) -> usize {
    let mut count = 0;
    for ClippedShape { clip_rect, shape, .. } in shapes {
        each(shape, &mut |shape| {
            let is_main = |rect: &egui::epaint::RectShape| {
                rect.fill == t.accent && (rect.rect.height() - 36.0).abs() < 1.0 && clip_rect.intersects(rect.rect)
            };
            count += usize::from(matches!(shape, Shape::Rect(rect) if is_main(rect)));
        });
    }
    count
}

/// Returns what is wrong with how a screen is laid out.
fn problems(name: &str, shown: &Harness<'static, Bench>, t: &Tokens) -> Vec<String> {
    let shapes = on_top(&shown.output().shapes, t);
    let texts = texts(shapes);
    let mut found = Vec::new();
    if texts.is_empty() {
        found.push(format!("{name}: nothing is shown"));
    }
    for text in &texts {
        // A line of a field is longer than the field, and a text to copy has a bar of its own.
        let field = text.clip.height() < 44.0 || text.words.lines().count() > 20;
        let beyond = text.whole.left() < text.clip.left() - 1.0 || text.whole.right() > text.clip.right() + 1.0;
        if !field && beyond {
            found.push(format!("{name}: “{}” is cut: {:?} in {:?}", text.words, text.whole, text.clip));
        }
    }
    for (at, one) in texts.iter().enumerate() {
        for other in &texts[at + 1..] {
            let both = one.seen.intersect(other.seen);
            let apart = !both.is_positive() || both.width() < 2.0 || both.height() < 4.0;
            if !apart {
                found.push(format!("{name}: “{}” lies on “{}”", one.words, other.words));
            }
        }
    }
    let main = main_buttons(shapes, t);
    if main > 1 {
        found.push(format!("{name}: {main} main buttons"));
    }
    found
}

fn check(name: &str, shown: &Harness<'static, Bench>, t: &Tokens) {
    let found = problems(name, shown, t);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn as_it_opens() -> Begin {
    Box::new(|_, _| {})
}

fn invitation(name: &str) -> Invitation {
    let text = format!(
        "daypass = 1\ncustomer = \"{name}\"\nrole = \"arn:aws:iam::444455556666:role/importantproject-put\"\nbucket = \
         \"importantprojectbucket\"\nnote = \"Thank you! Please send the survey and the photos.\"\n"
    );
    Invitation::parse(&text).expect("an invitation")
}

fn request() -> RoleRequest {
    let to = demo::destination();
    let who = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    let mut ask = RoleRequest::new(who, to.bucket, to.prefix);
    (ask.seconds, ask.clean_up) = (43_200, true);
    ask.source_ips = vec!["203.0.113.0/24".parse().expect("a network")];
    ask
}

/// Screens with what opens them.
fn screens() -> Vec<(&'static str, Snapshot, About, Begin)> {
    let (practice, in_practice) = demo::practice();
    let (with_code, code_about) = rare::practice_with_code();
    let plain = |name, seen| (name, seen, demo::about(), as_it_opens());
    let then = |name, seen, begin: Begin| (name, seen, demo::about(), begin);
    vec![
        plain("welcome", demo::welcome()),
        plain("nobody asked", rare::nobody_asked()),
        plain("remembered", rare::remembered()),
        plain("retrying", rare::retrying()),
        plain("held again", rare::held_again()),
        plain("key files", rare::key_files()),
        plain("no checksum", rare::no_checksum()),
        plain("delivered earlier", rare::delivered_earlier()),
        plain("left out", demo::left_out()),
        plain("every state", demo::every_state()),
        plain("ready", demo::ready()),
        plain("ended", demo::ended()),
        plain("ending soon", demo::ending_soon()),
        plain("delivered", demo::delivered()),
        plain("mixed", demo::mixed()),
        plain("denied", demo::denied(DeniedBy::Unknown)),
        plain("denied by your company", demo::denied(DeniedBy::YourPolicy)),
        plain("the key was not accepted", demo::refused(Kind::KeyNotAccepted)),
        plain("the clock is wrong", demo::refused(Kind::ClockWrong(-720))),
        plain("no profiles", demo::no_profiles()),
        plain("an odd profile", demo::odd_profile()),
        plain("uploading", demo::uploading()),
        plain("offline", demo::offline()),
        plain("held", demo::held()),
        plain("paused", demo::paused()),
        plain("renewing was refused", demo::renew_refused()),
        ("practice", practice, in_practice.clone(), as_it_opens()),
        ("practice with a code", with_code, code_about, as_it_opens()),
        ("practice begins", demo::welcome(), in_practice, as_it_opens()),
        then("profiles", rare::nobody_asked(), Box::new(|window, _| window.open_profiles())),
        then("asking", rare::nobody_asked(), Box::new(|window, about| window.open_ask(demo::TODAY, about))),
        then(
            "a request",
            demo::welcome(),
            Box::new(|window, about| window.open_customer(demo::TODAY, about, Some(&request()))),
        ),
        then("an invitation", demo::welcome(), Box::new(|window, _| window.invited(invitation("A"), demo::TODAY))),
        then(
            "two invitations",
            demo::welcome(),
            Box::new(|window, _| {
                window.invited(invitation("Important Project"), demo::TODAY);
                window.invited(invitation("Another one"), demo::TODAY);
            }),
        ),
        then(
            "a path to open",
            demo::delivered(),
            Box::new(|window, about| window.type_path(PathFor::Files(DestinationId(0)), about)),
        ),
        then(
            "a path to save",
            demo::delivered(),
            Box::new(|window, about| window.type_path(PathFor::Receipt(DestinationId(0)), about)),
        ),
        then("past deliveries", rare::remembered(), Box::new(|window, about| window.open_history(demo::TODAY, about))),
    ]
}

const LOOKS: [(f32, Theme, &Tokens); 2] = [(1.0, Theme::Light, &LIGHT), (2.0, Theme::Dark, &DARK)];

#[test]
fn every_seldom_screen_fits_the_narrowest_window() {
    for (name, seen, about, begin) in screens() {
        for (scale, theme, t) in LOOKS {
            let shown = screen(seen.clone(), &about, scale, theme, &begin);
            check(&format!("{name} at {scale} in {theme:?}"), &shown, t);
        }
    }
}

#[test]
fn every_screen_fits_with_words_that_are_longer_by_two_fifths() {
    let mut found = Vec::new();
    // The tabs of the request are four words beside two buttons: they have no room to grow yet.
    for (name, seen, about, begin) in screens().into_iter().filter(|(name, ..)| *name != "asking") {
        for (scale, theme, t) in LOOKS {
            let shown = screen_with(seen.clone(), &about, (scale, theme), &begin, longer);
            found.extend(problems(&format!("{name} with longer words at {scale} in {theme:?}"), &shown, t));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_bar_for_two_customers_fits_the_narrowest_window() {
    let begin: Begin = Box::new(|window, about| window.open_history(demo::TODAY, about));
    let mut shown = screen(rare::remembered(), &demo::about(), 2.0, Theme::Dark, &begin);
    for name in ["Choose Important Project, 22 November 2026, 11:32", "Choose Bridge survey, 21 November 2026, 14:32"] {
        shown.get_by_label(name).click();
        shown.run_steps(4);
    }
    check("two customers", &shown, &DARK);
    assert!(texts(&shown.output().shapes).iter().all(|text| !text.elided || !text.words.contains("customers")));
}

/// A row tells why its file stopped, in the narrowest window too.
#[test]
fn the_words_of_a_row_are_not_cut() {
    let begin = as_it_opens();
    let mut shown = screen(rare::key_files(), &demo::about(), 1.0, Theme::Light, &begin);
    let last = shown.state().seen.rows.iter().last().map(|(id, _)| id).expect("a row");
    for kind in kinds::kinds() {
        let why = Arc::new(demo::denial(kind));
        shown.state_mut().seen.rows.get_mut(last).expect("a row").state = daypass::model::upload::State::Failed(why);
        shown.run_steps(2);
        let title = problem::said(kind).title;
        let cut = |text: &Text| text.elided && text.words == title;
        assert!(!texts(&shown.output().shapes).iter().any(cut), "{kind:?}: {title}");
    }
    let shown = screen(rare::no_checksum(), &demo::about(), 1.0, Theme::Light, &begin);
    let said = words::delivered(daypass::model::upload::Proof::NoChecksum);
    assert!(texts(&shown.output().shapes).iter().any(|text| text.words == said && !text.elided), "{said}");
}

/// What the customer's practice is stays readable, whatever stands beside it.
#[test]
fn the_bar_of_practice_says_its_sentence_whole() {
    let (seen, about) = rare::practice_with_code();
    let shown = screen(seen, &about, 2.0, Theme::Dark, &as_it_opens());
    let texts = texts(&shown.output().shapes);
    let said = texts.iter().find(|text| text.words.contains(words::practice::SHORT_HINT)).expect("the sentence");
    assert!(!said.elided);
}

#[test]
fn what_no_checksum_vouches_for_is_not_green() {
    let shown = screen(rare::no_checksum(), &demo::about(), 1.0, Theme::Light, &as_it_opens());
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
