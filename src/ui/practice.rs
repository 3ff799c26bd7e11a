//! Practice as a world of its own: the bar above every page of it, and the step into it and out of it.

use super::access::Sheet;
use super::add_key::AddKey;
use super::theme::{self, Face, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, picker};
use crate::words::problem::Message;
use crate::words::ui::practice as words;
use egui::{Align2, Rect, Ui, pos2, vec2};

impl Window {
    /// Steps into practice or out of it, as `about` says. What the window holds of one world is dropped on the way to the
    /// other: a destination, a form, a dialog or a receipt of practice never meets a real customer.
    pub fn follow_world(&mut self, about: &About) {
        if self.practice == about.practice {
            return;
        }
        let mut access = std::mem::take(&mut self.access);
        access.page = None;
        access.asked_before_end.clear();
        *self = Self {
            practice: about.practice,
            // Answers to what was asked before must stay old.
            access,
            told: self.told.take(),
            says: std::mem::take(&mut self.says),
            warnings_seen: self.warnings_seen,
            leaving: self.leaving,
            // Practice has no invitations: what waits is real.
            arrivals: std::mem::take(&mut self.arrivals).in_another_world(),
            ..Self::default()
        };
    }

    /// Draws the bar of practice; returns what is left below it.
    pub(crate) fn practice_bar(&mut self, ui: &mut Ui, all: Rect, about: &About, out: &mut Vec<Action>) -> Rect {
        let t = theme::of(ui);
        let bar = Rect::from_min_size(all.min, vec2(all.width(), size::PRACTICE));
        let rest = Rect::from_min_max(pos2(all.left(), bar.bottom()), all.max);
        ui.painter().rect_filled(bar, 0.0, t.accent_soft);
        let y = bar.center().y;
        let mut right = bar.right() - size::EDGE;
        let mut link = |ui: &mut Ui, text: &'static str| {
            let button = Button::small_link(text);
            let width = button.width(ui);
            let place = Rect::from_min_size(pos2(right - width, y - 11.0), vec2(width, 22.0));
            right = place.left() - 18.0;
            picker::at(ui, place, button).clicked()
        };
        if link(ui, words::END) {
            out.push(Action::EndPractice);
        }
        if let Some(code) = about.code_practice.as_ref().filter(|_| self.dialog.is_none())
            && link(ui, words::WITH_CODE)
        {
            self.open(code.destination.clone(), out);
        }
        widgets::icon_at(ui.painter(), pos2(bar.left() + size::EDGE + 8.0, y), icons::INFO, 16.0, t.accent);
        let left = bar.left() + size::EDGE + 24.0;
        let runs = |hint| {
            [(words::TITLE, Face::SmallStrong, t.ink), ("   ", Face::Small, t.ink), (hint, Face::Small, t.muted)]
        };
        let fits = widgets::one_line(ui, &runs(words::HINT), f32::INFINITY).size().x <= right - left;
        let runs = runs(if fits { words::HINT } else { words::SHORT_HINT });
        widgets::text_at(ui, Align2::LEFT_CENTER, pos2(left, y), &runs, right - left);
        rest
    }

    /// Opens the sheet for an access key; in practice, which keeps none, says so instead.
    pub(crate) fn add_key(&mut self) {
        if self.takes_keys() {
            self.open_sheet(Sheet::Key(AddKey::new()));
        }
    }

    /// Whether a key may be added now; says why not.
    pub(crate) fn takes_keys(&mut self) -> bool {
        if self.practice {
            self.tell(Message { title: words::NO_KEYS.to_owned(), body: words::NO_KEYS_TEXT.to_owned() });
        }
        !self.practice
    }
}
