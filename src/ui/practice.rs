//! Practice in the window: its bar above every page, and entering and leaving it.

use super::add_key::AddKey;
use super::backend::Request;
use super::sheet::{After, Sheet, View, close_button, title};
use super::theme::size::list;
use super::theme::{self, Face, gap, icon_size, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, layout, picker};
use crate::words::format;
use crate::words::problem::Message;
use crate::words::ui::{dialog, practice as words};
use egui::{Align2, Rect, ScrollArea, Ui, pos2, vec2};

impl Window {
    /// Steps into practice or out of it, as `about` says. What the window holds of one world is dropped on the way to the
    /// other: a destination, a form, a dialog or a receipt of practice never meets a real customer.
    pub fn follow_world(&mut self, about: &About) {
        if self.practice == about.practice {
            return;
        }
        let mut access = std::mem::take(&mut self.access);
        access.profiles_open = false;
        access.asked_before_end.clear();
        *self = Self {
            practice: about.practice,
            // Answers to what was asked before must stay old.
            access,
            message: self.message.take(),
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
            let place = egui::Align2::RIGHT_CENTER.anchor_size(pos2(right, y), vec2(width, size::LINK));
            right = place.left() - gap::BUTTONS;
            picker::at(ui, place, button).clicked()
        };
        if link(ui, words::END) {
            out.push(Request::EndPractice.into());
        }
        if let Some(code) = about.code_practice.as_ref().filter(|_| self.sheet.is_none())
            && link(ui, words::WITH_CODE)
        {
            self.open(code.destination.clone(), out);
        }
        widgets::icon_at(
            ui.painter(),
            pos2(bar.left() + size::EDGE + gap::TEXT, y),
            icons::INFO,
            icon_size::SMALL,
            t.accent,
        );
        let left = bar.left() + size::EDGE + gap::FACTS;
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
            self.open_sheet(AddKey::new());
        }
    }

    /// Returns whether a key may be added now; says why not.
    pub(crate) fn takes_keys(&mut self) -> bool {
        if self.practice {
            self.tell(Message { title: words::NO_KEYS.to_owned(), body: words::NO_KEYS_TEXT.to_owned() });
        }
        !self.practice
    }
}

/// What the customer sees in practice.
pub(crate) struct ArrivedList;

impl Sheet for ArrivedList {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, view: &View<'_>, _out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        title(ui, dialog::ARRIVED_TITLE, t);
        let arrived = view.about.arrived.as_deref().map(Vec::as_slice).unwrap_or_default();
        if arrived.is_empty() {
            widgets::text(ui, &[(dialog::NOTHING_ARRIVED, Face::Body, t.muted)]);
        }
        let scroll = ScrollArea::vertical().max_height(list::ARRIVED_LIST).auto_shrink([false, true]);
        scroll.show_rows(ui, list::ARRIVED, arrived.len(), |ui, rows| {
            for one in arrived.get(rows).unwrap_or_default() {
                let size = format::size(one.size);
                let end = |ui: &mut Ui| _ = widgets::line(ui, &[(&size, Face::Body, t.muted)]);
                layout::row(ui, list::ARRIVED, end, |ui| {
                    ui.set_max_width(ui.available_width() - gap::NEAR);
                    widgets::line(ui, &[(&one.key, Face::Mono, t.ink)]);
                });
            }
        });
        close_button(ui, dialog::CLOSE)
    }
}
