//! The page of profiles: who each is, what looks odd in the files, adding, renaming and removing.

use super::backend::Request;
use super::cards::card;
use super::identify::answered;
use super::profile_changes::{Remove, Rename};
use super::remedy::{remedy, sentence};
use super::theme::{self, Face, gap, icon_size, padding, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, identity, layout, picker};
use crate::engine::credentials::fingerprint;
use crate::model::problem::Kind;
use crate::model::snapshot::{Profile, Snapshot, Source};
use crate::words::accounts::{self as words, command, profiles as labels};
use crate::words::ui::{self as ui_words, welcome};
use egui::{Key, Rect, Ui, pos2, vec2};

/// Problems that the profile files themselves cause.
const OF_THE_FILES: [Kind; 4] = [Kind::NoProfile, Kind::ProfileOdd, Kind::ProfileEmpty, Kind::KeyWithoutToken];

impl Window {
    /// Opens the page of profiles.
    pub fn open_profiles(&mut self) {
        self.access.profiles_open = true;
    }

    /// Draws the page, while it is open.
    pub(crate) fn profiles_page(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        let mut stay = layout::page(ui, size::COLUMN, gap::PAGE, |ui| self.profiles_column(ui, seen, about, out));
        let free = self.sheet.is_none() && !ui.ctx().any_popup_open();
        if free && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)) {
            stay = false;
        }
        if !stay {
            self.access.profiles_open = false;
        }
    }

    fn profiles_column(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) -> bool {
        let t = theme::of(ui);
        let notes = Rect::from_min_size(ui.cursor().min, vec2(ui.max_rect().width(), size::NOTES));
        let taken = self.welcome_notes(ui, notes, &[]);
        ui.advance_cursor_after_rect(Rect::from_min_size(notes.min, vec2(notes.width(), taken)));
        let back = Button::link(labels::BACK);
        let width = back.width(ui);
        let top = ui.cursor().min;
        let right = top.x + ui.available_width();
        ui.scope(|ui| {
            ui.set_width(ui.available_width() - width - gap::WIDE);
            widgets::text(ui, &[(labels::TITLE, Face::Heading, t.ink)]);
            let text = words::profiles_in(&seen.profiles.credentials_path);
            widgets::text(ui, &[(&text, Face::Body, t.muted)]);
        });
        let place = Rect::from_min_size(pos2(right - width, top.y - size::BACK), vec2(width, size::CONTROL));
        let stay = !picker::at(ui, place, back).clicked();
        ui.add_space(gap::PART);
        if ui.add(Button::main(labels::ADD).icon(icons::KEY)).clicked() {
            self.add_key();
        }
        ui.add_space(gap::WIDE);
        card(ui, padding::PROFILES, |ui| {
            if seen.profiles.list.is_empty() {
                ui.add_space(gap::NEAR);
                widgets::text(ui, &[(labels::NONE, Face::Strong, t.ink)]);
                widgets::text(ui, &[(labels::NONE_TEXT, Face::Body, t.muted)]);
                ui.add_space(gap::NEAR);
            }
            for (at, profile) in seen.profiles.list.iter().enumerate() {
                if at > 0 {
                    let line = ui.cursor();
                    widgets::rule(ui.painter(), line.left()..=line.left() + ui.available_width(), line.top(), t);
                }
                self.profile_row(ui, profile, seen, out);
                allowed_command(ui, profile, seen, about, out);
            }
        });
        commands_left(ui, seen, about, out);
        let loose: Vec<String> =
            seen.profiles.oddities.iter().filter(|odd| nobodys(odd, seen)).take(12).map(ui_words::oddity).collect();
        for line in &loose {
            ui.add_space(gap::TEXT);
            odd_line(ui, line);
        }
        stay
    }

    fn profile_row(&mut self, ui: &mut Ui, profile: &Profile, seen: &Snapshot, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let known = seen.identities.iter().find(|(name, _)| *name == profile.name).map(|(_, known)| known);
        let icon = match profile.source {
            Source::Key
            | Source::TemporaryKey
            | Source::TokenMissing
            | Source::Environment
            | Source::Unsupported
            | Source::Nothing => icons::KEY,
            Source::Role => icons::USER,
            Source::SignIn | Source::Login | Source::TokenFile => icons::SIGN_IN,
            Source::Process => icons::COMMAND,
        };
        let problem = known.and_then(|known| known.as_ref().err());
        let help = problem.and_then(|problem| remedy(problem, &profile.name, seen));
        let who = self.says_who(profile, seen);
        let end = |ui: &mut Ui| {
            for (icon, label) in [(icons::REMOVE, labels::REMOVE), (icons::RENAME, labels::RENAME)] {
                let name = format!("{label}: {}", profile.name);
                if widgets::icon_button(ui, icon, &name, t.muted).clicked() {
                    if label == labels::REMOVE {
                        self.open_sheet(Remove::new(&profile.name));
                    } else {
                        self.open_sheet(Rename::new(&profile.name));
                    }
                }
                ui.add_space(size::ICON_BUTTONS - size::ICON_BUTTON.x);
            }
            ui.add_space(size::list::PROFILE_BUTTONS);
            if let Some(remedy) = help {
                let name = format!("{} {}", remedy.label(), profile.name);
                if ui.add(Button::small_link(remedy.label()).named(&name)).clicked() {
                    self.help(remedy, &profile.name, None, out);
                }
                ui.add_space(gap::NEAR);
            } else if self.may_identify(profile, seen) {
                let name = format!("{}: {}", welcome::WHO_IS_THIS, profile.name);
                if ui.add(Button::small_link(welcome::WHO_IS_THIS).named(&name)).clicked() {
                    self.identify(profile, seen, out);
                }
                ui.add_space(gap::NEAR);
            }
        };
        let mut name = vec![(profile.name.as_str(), Face::Strong, t.ink)];
        if profile.this_run {
            name.extend([("   ", Face::Small, t.muted), (labels::THIS_RUN, Face::Small, t.warn)]);
        }
        layout::row(ui, size::list::PROFILE, end, |ui| {
            ui.add_space(size::list::PROFILE_ICON);
            widgets::icon(ui, icon, icon_size::ROW, t.muted);
            ui.add_space(size::list::PROFILE_TEXT - icon_size::ROW - size::list::PROFILE_ICON);
            layout::two_lines(
                ui,
                1.0,
                |ui| _ = widgets::line(ui, &name),
                |ui| _ = widgets::line(ui, &[(&who, Face::Small, t.muted)]),
            );
        });
        let odd = seen.profiles.oddities.iter().filter(|odd| odd.profile.as_ref() == Some(&profile.name));
        let odd: Vec<String> = odd.take(6).map(ui_words::oddity).collect();
        let mut below: Vec<String> = Vec::new();
        // The line of the file says more than that the profile can't be used.
        if let Some(problem) = problem.filter(|why| odd.is_empty() || !OF_THE_FILES.contains(&why.kind)) {
            below.push(sentence(problem));
            if profile.source == Source::Login {
                below.push(labels::LOGIN.to_owned());
            }
        }
        below.extend(odd);
        for line in &below {
            ui.horizontal_top(|ui| {
                ui.add_space(size::list::PROFILE_TEXT);
                odd_line(ui, line);
            });
            ui.add_space(gap::CLOSE);
        }
        if !below.is_empty() {
            ui.add_space(gap::SMALL);
        }
    }

    fn says_who(&self, profile: &Profile, seen: &Snapshot) -> String {
        let hint = ui_words::profile_hint(profile);
        let known = answered(profile, seen);
        match identity(seen, &profile.name) {
            Some(who) => format!("{}  ·  {hint}", ui_words::who(who)),
            None if !known && self.form.asked.contains(&profile.name) => welcome::ASKING_WHO.to_owned(),
            None => hint,
        }
    }
}

/// Says below a profile that its command may run, with the way to take that back.
fn allowed_command(ui: &mut Ui, profile: &Profile, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
    let Some(sha256) = profile.credential_process.as_deref().map(fingerprint) else { return };
    let always = seen.settings.allowed_commands.iter().find(|allowed| allowed.sha256 == sha256);
    let line = match always {
        Some(allowed) => words::command_allowed(allowed.since, &about.zone),
        None if seen.settings.may_run(&sha256) => words::COMMAND_THIS_RUN.to_owned(),
        None => return,
    };
    taken_back(ui, size::list::PROFILE_TEXT, &line, (sha256, Some(&profile.name)), out);
    ui.add_space(gap::TEXT);
}

/// Draws the commands that may run and that no profile names any more.
fn commands_left(ui: &mut Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
    let named: Vec<String> = seen
        .profiles
        .list
        .iter()
        .filter_map(|profile| profile.credential_process.as_deref())
        .map(fingerprint)
        .collect();
    for allowed in seen.settings.allowed_commands.iter().filter(|allowed| !named.contains(&allowed.sha256)) {
        ui.add_space(gap::TEXT);
        taken_back(ui, 0.0, &words::command_left(allowed, &about.zone), (allowed.sha256.clone(), None), out);
    }
}

/// Draws a line about a command, `indent` points from the left, with the button that takes its allowance back.
fn taken_back(
    ui: &mut Ui,
    indent: f32,
    line: &str,
    (sha256, profile): (String, Option<&String>),
    out: &mut Vec<Action>,
) {
    let t = theme::of(ui);
    let name = profile.map_or_else(|| command::TAKE_BACK.to_owned(), |name| format!("{}: {name}", command::TAKE_BACK));
    let button = Button::small_link(command::TAKE_BACK).named(&name);
    ui.horizontal(|ui| {
        ui.add_space(indent);
        let room = ui.available_width() - button.width(ui) - gap::PARAGRAPH;
        ui.scope(|ui| {
            ui.set_max_width(room);
            widgets::line(ui, &[(line, Face::Small, t.muted)]);
        });
        ui.add_space(gap::PARAGRAPH);
        if ui.add(button).clicked() {
            out.push(Request::ForbidCommand { sha256, profile: profile.cloned() }.into());
        }
    });
}

/// Returns whether something odd belongs to no profile that has a line of its own.
fn nobodys(odd: &crate::model::snapshot::ProfileWarning, seen: &Snapshot) -> bool {
    odd.profile.as_ref().is_none_or(|name| seen.profiles.list.iter().all(|profile| profile.name != *name))
}

fn odd_line(ui: &mut Ui, line: &str) {
    let t = theme::of(ui);
    ui.horizontal_top(|ui| {
        widgets::icon(ui, icons::WARNING, icon_size::SMALL, t.warn);
        ui.add_space(gap::LABEL);
        widgets::text(ui, &[(line, Face::Small, t.warn)]);
    });
}
