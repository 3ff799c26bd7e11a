//! Practice in the window: its bar above every page, and entering and leaving it.

use super::add_key::AddKey;
use super::backend::Request;
use super::sheet::{After, Sheet, View, close_button, title};
use super::theme::size::list;
use super::theme::{self, Face, gap, icon_size, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, layout};
use crate::words::format;
use crate::words::problem::Message;
use crate::words::ui::{dialog, practice as words};
use egui::{Align, Layout, Rect, ScrollArea, Ui, UiBuilder, vec2};

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
        let code = about.code_practice.as_ref().filter(|_| self.sheet.is_none());
        let links = [Some(words::END), code.map(|_| words::WITH_CODE)];
        let widths: Vec<f32> = links.iter().flatten().map(|text| Button::small_link(text).width(ui)).collect();
        let taken = layout::width_of(&widths, gap::BUTTONS);
        let runs = |hint| {
            [(words::TITLE, Face::SmallStrong, t.ink), ("   ", Face::Small, t.ink), (hint, Face::Small, t.muted)]
        };
        let wide = |ui: &Ui, hint| widgets::one_line(ui, &runs(hint), f32::INFINITY).size().x;
        let full = all.width() - 2.0 * size::EDGE;
        let beside = full - taken - gap::BUTTONS;
        let stacked = gap::FACTS + wide(ui, words::SHORT_HINT) > beside;
        let bar = all.with_max_y(all.top() + size::PRACTICE + if stacked { size::LINK } else { 0.0 });
        ui.painter().rect_filled(bar, 0.0, t.accent_soft);
        let first = bar.with_max_y(bar.top() + size::PRACTICE).shrink2(vec2(size::EDGE, 0.0));
        let room = if stacked { full } else { beside } - gap::FACTS;
        layout::cells(ui, first, |ui| {
            layout::cell(ui, gap::FACTS, size::PRACTICE, |ui| {
                widgets::icon(ui, icons::INFO, icon_size::SMALL, t.accent);
            });
            let hint = if wide(ui, words::HINT) <= room { words::HINT } else { words::SHORT_HINT };
            layout::cell(ui, room, size::PRACTICE, |ui| _ = widgets::line(ui, &runs(hint)));
        });
        let place = if stacked { bar.with_min_y(first.bottom() - gap::CLOSE) } else { bar };
        let layout = if stacked { Layout::left_to_right(Align::Min) } else { Layout::right_to_left(Align::Center) };
        let place = place.shrink2(vec2(size::EDGE, 0.0));
        let mut row = ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
        row.spacing_mut().item_spacing.x = gap::BUTTONS;
        if row.add(Button::small_link(words::END)).clicked() {
            out.push(Request::EndPractice.into());
        }
        if let Some(code) = code
            && row.add(Button::small_link(words::WITH_CODE)).clicked()
        {
            self.open(code.destination.clone(), out);
        }
        all.with_min_y(bar.bottom())
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
