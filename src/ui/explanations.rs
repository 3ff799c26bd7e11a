//! The sheets that explain something: a text to read, and a problem with its technical details.

use super::sheet::{After, Sheet, View, buttons, close_button, safe, title};
use super::theme::{self, Face, gap, padding, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons};
use crate::model::problem::Problem;
use crate::words::format;
use crate::words::problem::{said, said_of_ended, turn};
use crate::words::ui::dialog;
use egui::{ScrollArea, Ui};
use std::sync::Arc;

/// A text to read.
pub(crate) struct Explanation {
    pub title: String,
    pub body: String,
}

impl Sheet for Explanation {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, _view: &View<'_>, _out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        title(ui, &self.title, t);
        widgets::text(ui, &[(&self.body, Face::Body, t.muted)]);
        close_button(ui, dialog::CLOSE)
    }
}

/// A problem with its details.
pub(crate) struct ProblemDetails {
    pub problem: Arc<Problem>,
    /// Whether it ended a file.
    pub ended: bool,
}

impl Sheet for ProblemDetails {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        let problem = &self.problem;
        let spoken = if self.ended { said_of_ended(problem) } else { said(problem.kind) };
        title(ui, &spoken.title, t);
        widgets::text(ui, &[(&spoken.body, Face::Body, t.muted)]);
        if let Some(turn) = turn(problem.kind.turn(), true) {
            ui.add_space(gap::TEXT);
            widgets::text(ui, &[(turn, Face::SmallStrong, t.muted)]);
        }
        let details = technical(problem, &view.about.zone);
        if problem.detail.is_some() {
            ui.add_space(gap::NEAR);
            egui::Frame::new().fill(t.sunken).corner_radius(size::RADIUS).inner_margin(padding::DETAILS).show(
                ui,
                |ui| {
                    ui.set_width(ui.available_width());
                    ScrollArea::vertical().max_height(size::sheet::LIST).auto_shrink([false, true]).show(ui, |ui| {
                        widgets::selectable(ui, &[(&details, Face::MonoSmall, t.ink)]);
                    });
                },
            );
        }
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let response = ui.add(Button::plain(dialog::CLOSE));
            safe(ui, &response);
            if response.clicked() {
                after = After::Close;
            }
            if problem.detail.is_some() && ui.add(Button::plain(dialog::COPY).icon(icons::COPY)).clicked() {
                out.push(Action::Copy(details.clone()));
            }
        });
        after
    }
}

/// Returns the technical details of a problem as text.
#[must_use]
pub(crate) fn technical(problem: &Problem, zone: &jiff::tz::TimeZone) -> String {
    let Some(detail) = &problem.detail else { return format!("{:?}", problem.kind) };
    let mut lines = vec![format!("kind      {:?}", problem.kind)];
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name:<10}{value}"));
        }
    };
    add("call", &detail.call);
    add("code", &detail.code);
    if detail.status > 0 {
        add("status", &detail.status.to_string());
    }
    add("request", &detail.request_id);
    if detail.at.0 > 0 {
        add("time", &format::date_and_time(detail.at, zone));
    }
    add("message", &detail.message);
    lines.join("\n")
}
