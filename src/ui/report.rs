//! The report for support: its whole text, to be read before it is saved or copied.

use super::backend::{Request, SheetReply};
use super::paths::PathFor;
use super::sheet::{After, Sheet, View, buttons, safe, title};
use super::theme::{self, Face, gap, padding, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons};
use crate::words::report as words;
use crate::words::ui::dialog;
use egui::{Label, ScrollArea, Ui};
use std::sync::Arc;

/// The sheet; it asks for the text as it opens.
struct SupportReport {
    round: u32,
    text: Option<Arc<str>>,
    /// Where each line of the text begins and ends.
    lines: Vec<std::ops::Range<usize>>,
}

impl Window {
    pub(crate) fn open_report(&mut self, out: &mut Vec<Action>) {
        let round = self.access.next();
        self.open_sheet(SupportReport { round, text: None, lines: Vec::new() });
        out.push(Request::GatherReport(round).into());
    }
}

impl Sheet for SupportReport {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, _view: &View<'_>, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        title(ui, words::TITLE, t);
        for line in words::ABOUT {
            widgets::text(ui, &[(line, Face::Small, t.muted)]);
            ui.add_space(gap::SMALL);
        }
        ui.add_space(gap::SMALL);
        egui::Frame::new().fill(t.sunken).corner_radius(size::RADIUS).inner_margin(padding::DETAILS).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.set_height(size::sheet::LIST);
            match &self.text {
                Some(text) => lines(ui, text, &self.lines),
                None => drop(widgets::text(ui, &[(words::GATHERING, Face::Small, t.muted)])),
            }
        });
        let mut after = After::Stay;
        buttons(ui, |ui| {
            if let Some(text) = &self.text {
                if ui.add(Button::main(words::SAVE)).clicked() {
                    out.push(Action::Choose(PathFor::Text(words::FILE, text.to_string())));
                    after = After::Close;
                }
                if ui.add(Button::plain(dialog::COPY).icon(icons::COPY)).clicked() {
                    out.push(Action::Copy(text.to_string()));
                }
            }
            let close = ui.add(Button::plain(dialog::CLOSE));
            safe(ui, &close);
            if close.clicked() {
                after = After::Close;
            }
        });
        after
    }

    fn round(&self) -> Option<u32> {
        Some(self.round)
    }

    fn reply(&mut self, reply: SheetReply, _window: &mut Window, _out: &mut Vec<Action>) -> After {
        if let SheetReply::Report(text) = reply {
            self.lines = text
                .lines()
                .map(|line| {
                    let begin = line.as_ptr().addr() - text.as_ptr().addr();
                    begin..begin + line.len()
                })
                .collect();
            self.text = Some(text);
        }
        After::Stay
    }
}

/// Draws the lines that are in view; a report has thousands.
fn lines(ui: &mut Ui, text: &str, lines: &[std::ops::Range<usize>]) {
    let t = theme::of(ui);
    let area = ScrollArea::both().auto_shrink([false, false]);
    area.show_rows(ui, Face::MonoSmall.line(), lines.len(), |ui, seen| {
        for line in &lines[seen] {
            let job = widgets::job(ui, &[(&text[line.clone()], Face::MonoSmall, t.ink)]);
            ui.add(Label::new(job).extend());
        }
    });
}
