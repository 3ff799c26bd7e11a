//! Settings, and what Daypass is.

use super::sheet::{After, Sheet, View, close_button, title};
use super::theme::{self, Face, gap, size};
use super::widgets::{self, Button};
use super::{About, Action, Window};
use crate::model::snapshot::{Command, Settings};
use crate::words::accounts::profiles;
use crate::words::report;
use crate::words::ui::{self as words, dialog, settings};
use egui::{Id, ScrollArea, Ui};

/// The draft of the settings.
struct SettingsDraft {
    limited: bool,
    limit: String,
    wrong: bool,
    proxy: Option<String>,
}

/// Bytes per second in a megabyte per second.
const MB: f64 = 1_000_000.0;
/// The rates that are accepted, in megabytes per second.
const RATES: std::ops::RangeInclusive<f64> = 0.01..=100_000.0;

impl Window {
    pub(crate) fn open_settings(&mut self, settings: &Settings, about: &About) {
        #[expect(clippy::cast_precision_loss, reason = "a rate to be shown in megabytes")]
        let limit = settings.limit_rate.map(|rate| format!("{}", rate as f64 / MB));
        self.open_sheet(SettingsDraft {
            limited: limit.is_some(),
            limit: limit.unwrap_or_default(),
            wrong: false,
            proxy: about.proxy.clone(),
        });
    }
}

impl SettingsDraft {
    fn choices(&mut self, ui: &mut Ui, wanted: &mut Settings) {
        let t = theme::of(ui);
        choice(ui, &mut wanted.renew, settings::RENEW, Some(settings::RENEW_TEXT));
        choice(ui, &mut wanted.sha256, settings::SHA256, Some(settings::SHA256_TEXT));
        choice(ui, &mut self.limited, settings::LIMIT, None);
        if self.limited {
            ui.add_space(gap::FINE);
            egui::Frame::new().inner_margin(size::BELOW_CHECK).show(ui, |ui| {
                widgets::text(ui, &[(settings::LIMIT_FIELD, Face::Small, t.muted)]);
                ui.add_space(gap::LABEL);
                let id = limit_id();
                let response = widgets::field(
                    ui,
                    id,
                    settings::LIMIT_FIELD,
                    &mut self.limit,
                    size::FIELD_VALUE,
                    Face::Body,
                    self.wrong,
                );
                if response.changed()
                    && let Some(rate) = rate(&self.limit)
                {
                    self.wrong = false;
                    wanted.limit_rate = Some(rate);
                }
                if response.lost_focus() {
                    self.wrong = rate(&self.limit).is_none();
                }
                if self.wrong {
                    ui.add_space(gap::LABEL);
                    widgets::text(ui, &[(settings::LIMIT_FORM, Face::Small, t.bad)]);
                }
            });
            ui.add_space(gap::TEXT);
        } else {
            wanted.limit_rate = None;
        }
        choice(ui, &mut wanted.detailed_log, report::DETAILED, Some(report::DETAILED_TEXT));
    }
}

/// Each setting counts as soon as it is changed.
impl Sheet for SettingsDraft {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let (draft, seen) = (self, view.seen);
        let t = theme::of(ui);
        let mut wanted = seen.settings.clone();
        title(ui, settings::TITLE, t);
        ui.add_space(gap::CLOSE);
        let room = ui.ctx().content_rect().height() - size::sheet::AROUND_SETTINGS;
        ScrollArea::vertical()
            .max_height(room)
            .auto_shrink([false, true])
            .show(ui, |ui| draft.choices(ui, &mut wanted));
        if wanted != seen.settings {
            out.push(Command::Set(wanted).into());
        }
        let mut after = After::Stay;
        ui.horizontal(|ui| {
            if ui.add(Button::link(profiles::OPEN)).clicked() {
                out.push(Action::OpenProfiles);
                after = After::Close;
            }
            ui.add_space(gap::BUTTONS);
            if ui.add(Button::link(report::OPEN)).clicked() {
                window.open_report(out);
                after = After::Close;
            }
        });
        ui.add_space(gap::PARAGRAPH);
        if let Some(proxy) = &draft.proxy {
            widgets::text(ui, &[(&settings::proxy(proxy), Face::Small, t.muted)]);
            ui.add_space(gap::CLOSE);
        }
        widgets::text(ui, &[(&words::version(), Face::Small, t.muted)]);
        if close_button(ui, dialog::CLOSE) == After::Close {
            after = After::Close;
        }
        if after == After::Close && draft.limited && rate(&draft.limit).is_none() {
            // What can't be read would be forgotten.
            draft.wrong = true;
            ui.memory_mut(|memory| memory.request_focus(limit_id()));
            return After::Stay;
        }
        after
    }
}

fn choice(ui: &mut Ui, on: &mut bool, text: &str, below: Option<&str>) {
    let t = theme::of(ui);
    widgets::checkbox(ui, on, text);
    if let Some(below) = below {
        egui::Frame::new().inner_margin(size::BELOW_CHECK).show(ui, |ui| {
            widgets::text(ui, &[(below, Face::Small, t.muted)]);
        });
    }
    ui.add_space(size::NEAR);
}

fn limit_id() -> Id {
    Id::unique("limit")
}

/// Returns a rate in megabytes a second as typed; none if it is no such number.
fn rate(text: &str) -> Option<u64> {
    let mb: f64 = text.trim().replace(',', ".").parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
    (mb.is_finite() && RATES.contains(&mb)).then_some((mb * MB) as u64)
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn a_rate_is_read_as_typed() {
        assert_eq!(rate("5"), Some(5_000_000));
        assert_eq!(rate(" 0,5 "), Some(500_000));
        for odd in ["", "fast", "0", "-1", "NaN", "1e99"] {
            assert_eq!(rate(odd), None, "{odd}");
        }
    }
}
