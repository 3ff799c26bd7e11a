//! The menu under the pass: the destinations open now, those of earlier, a new one, signing out.

use super::theme;
use super::{Scene, Window, Wish, form};
use crate::model::destination::Destination;
use crate::model::session::Session;
use crate::model::snapshot::Command;
use crate::model::upload::PlaceNo;
use crate::words::format;
use crate::words::ui::pass as words;
use egui::{Popup, Response, RichText, Ui};

/// Destinations of earlier that the menu lists at most.
const EARLIER: usize = 8;

impl Window {
    pub(crate) fn switcher(&mut self, under: &Response, scene: &Scene<'_>, out: &mut Vec<Wish>) {
        Popup::menu(under).gap(6.0).width(320.0).show(|ui| {
            ui.set_min_width(300.0);
            heading(ui, words::OPEN_NOW);
            for (at, place) in scene.seen.places.iter().enumerate() {
                let Ok(no) = u16::try_from(at).map(PlaceNo) else { continue };
                let to = &place.destination;
                if entry(ui, to, &format::place(to.bucket.as_str(), to.prefix.as_str()), no == scene.no) {
                    self.place = Some(no);
                    self.trouble_open = false;
                }
            }
            let open = |name: &crate::model::destination::Destination| {
                scene.seen.places.iter().any(|place| {
                    let to = &place.destination;
                    to.role == name.role
                        && to.bucket == name.bucket
                        && to.prefix == name.prefix
                        && to.profile == name.profile
                })
            };
            let mut earlier = scene.seen.remembered.iter().filter(|to| !open(to)).take(EARLIER).peekable();
            if earlier.peek().is_some() {
                ui.separator();
                heading(ui, words::EARLIER);
            }
            for to in earlier {
                if entry(ui, to, &format::place(to.bucket.as_str(), to.prefix.as_str()), false) {
                    self.open(to.clone(), out);
                }
            }
            ui.separator();
            if ui.button(words::NEW).clicked() {
                self.form = form::Form::default();
                self.place = None;
            }
            if ui.button(words::CHANGE).clicked() {
                self.form.fill(&scene.place.destination, form::From::Change(scene.no));
                self.place = None;
            }
            let signed_in = match &scene.place.session {
                Session::Active(_) | Session::Assuming(_) => true,
                Session::SignedOut | Session::Expired(_) | Session::Denied(_) => false,
            };
            if signed_in && ui.button(words::SIGN_OUT).clicked() {
                out.push(Wish::Command(Command::SignOut(scene.no)));
            }
        });
    }
}

fn heading(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    ui.label(RichText::new(text).small().color(t.muted));
}

fn entry(ui: &mut Ui, to: &Destination, place: &str, on: bool) -> bool {
    let t = theme::of(ui);
    let text = RichText::new(&to.name).color(if on { t.accent } else { t.ink });
    let width = ui.available_width();
    let button = egui::Button::new((text, RichText::new(place).small().color(t.muted))).truncate();
    let response = ui.add(button.min_size(egui::vec2(width, 32.0)));
    super::widgets::dot_at(ui, response.rect.right_center() - egui::vec2(16.0, 0.0), to.role.account().as_str());
    response.clicked()
}
