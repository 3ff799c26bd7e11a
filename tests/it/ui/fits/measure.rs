//! What is wrong with how a screen is laid out, by the rectangles that it paints.

use super::super::scenes::REPORT;
use super::shown::Shown;
use daypass::ui::theme::Tokens;
use egui::accesskit::Role;
use egui::epaint::{ClippedShape, TextShape};
use egui::{Color32, Rect, Shape};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

/// A text as it is painted: all of it, the part that is seen, and what it may fill.
pub struct Text {
    /// Its place in the order in which everything is painted.
    at: usize,
    pub words: String,
    pub whole: Rect,
    pub seen: Rect,
    pub clip: Rect,
    pub elided: bool,
}

/// What is painted above the veil of a dialog, or all of it where there is none.
fn on_top<'a>(shapes: &'a [ClippedShape], t: &Tokens) -> &'a [ClippedShape] {
    let veil = shapes.iter().rposition(|one| matches!(&one.shape, Shape::Rect(rect) if rect.fill == t.veil));
    &shapes[veil.map_or(0, |at| at + 1)..]
}

pub fn each(shape: &Shape, see: &mut dyn FnMut(&Shape)) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| each(shape, see)),
        other => see(other),
    }
}

pub fn texts(shapes: &[ClippedShape]) -> Vec<Text> {
    let mut texts = Vec::new();
    for (at, ClippedShape { clip_rect: clip, shape, .. }) in shapes.iter().enumerate() {
        each(shape, &mut |shape| {
            let Shape::Text(TextShape { pos, galley, fallback_color, override_text_color, .. }) = shape else { return };
            let painted = override_text_color.unwrap_or(*fallback_color) != Color32::TRANSPARENT;
            let whole = galley.rect.translate(pos.to_vec2());
            let words = galley.text().to_owned();
            // Icons are letters of a font of their own, and lie on their grounds.
            let icon = words.chars().all(|c| ('\u{e000}'..='\u{f8ff}').contains(&c));
            if painted && !icon && !words.trim().is_empty() && clip.intersect(whole).is_positive() {
                texts.push(Text { at, words, whole, seen: clip.intersect(whole), clip: *clip, elided: galley.elided });
            }
        });
    }
    texts
}

/// What hides whatever was painted before it, with its place in that order.
fn grounds(shapes: &[ClippedShape]) -> Vec<(usize, Rect)> {
    let mut grounds = Vec::new();
    for (at, ClippedShape { clip_rect, shape, .. }) in shapes.iter().enumerate() {
        each(shape, &mut |shape| match shape {
            Shape::Rect(rect) if rect.fill.is_opaque() => grounds.push((at, rect.rect.intersect(*clip_rect))),
            _ => {}
        });
    }
    grounds
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
pub fn problems(name: &str, shown: &Shown, t: &Tokens) -> Vec<String> {
    let shapes = on_top(&shown.output().shapes, t);
    let texts = texts(shapes);
    let grounds = grounds(shapes);
    let mut found = Vec::new();
    if texts.is_empty() {
        found.push(format!("{name}: nothing is shown"));
    }
    for text in &texts {
        // A line of a field is longer than the field, and a text to copy has a bar of its own.
        let field = text.clip.height() < 44.0 || text.words.lines().count() > 20 || REPORT.contains(&text.words);
        let beyond = text.whole.left() < text.clip.left() - 1.0 || text.whole.right() > text.clip.right() + 1.0;
        if !field && beyond {
            found.push(format!("{name}: “{}” is cut: {:?} in {:?}", text.words, text.whole, text.clip));
        }
    }
    for (at, one) in texts.iter().enumerate() {
        for other in &texts[at + 1..] {
            let both = one.seen.intersect(other.seen);
            let apart = !both.is_positive() || both.width() < 2.0 || both.height() < 4.0;
            // A menu lies on the page, on a ground of its own.
            let covered =
                || grounds.iter().any(|(at, rect)| one.at < *at && *at < other.at && rect.contains_rect(both));
            if !apart && !covered() {
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

/// The rectangles of the buttons, with their names.
fn buttons(shown: &Shown) -> Vec<(String, Rect)> {
    let buttons = shown.query_all(By::new().role(Role::Button));
    buttons.map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect())).collect()
}

/// Returns what lies beyond the window's edges, where nothing scrolls to it: a sheet, or a button beside the window.
pub fn unreachable(name: &str, shown: &Shown, t: &Tokens) -> Vec<String> {
    let window = shown.ctx.content_rect().expand(1.0);
    let shapes = &shown.output().shapes;
    let sheet = on_top(shapes, t);
    if sheet.len() < shapes.len() {
        let mut frame = None;
        for one in sheet {
            each(&one.shape, &mut |shape| match shape {
                Shape::Rect(rect) if frame.is_none() && rect.fill == t.surface => frame = Some(rect.rect),
                _ => {}
            });
        }
        let outside = frame.filter(|rect| !window.contains_rect(*rect));
        return outside.map(|rect| format!("{name}: the sheet is beyond the window: {rect:?}")).into_iter().collect();
    }
    let mut found = Vec::new();
    for (button, rect) in buttons(shown) {
        if rect.left() < window.left() || rect.right() > window.right() {
            found.push(format!("{name}: the button “{button}” is beside the window: {rect:?}"));
        }
    }
    found
}
