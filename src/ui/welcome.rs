//! The first screen: an invitation, or the form.

use super::backend::Request;
use super::cards::{dot_between, links_row, strong_link, strong_link_width};
use super::code::{Code, CodeFor};
use super::fields::{entry, field_id, is_field, pair, rest};
use super::form::{self, From};
use super::identify::answered;
use super::paths::PathFor;
use super::theme::{self, Face, gap, icon_size, padding, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, identity, layout, picker};
use crate::model::destination::Destination;
use crate::model::names::RoleArn;
use crate::model::snapshot::{Command, Profile, Snapshot};
use crate::model::upload::DestinationId;
use crate::words::accounts;
use crate::words::ui::{self as words, Field, welcome};
use egui::{
    Align2, CornerRadius, Key, Popup, Rect, RichText, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// A way to begin a delivery.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Customer,
    Invitation,
    Form,
}

impl Window {
    pub(crate) fn welcome(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        let all = ui.max_rect();
        if self.form.profile.is_some()
            && let Some(profile) = self.form.picked(&seen.profiles).cloned()
        {
            self.identify_picked(&profile, seen, out);
        }
        if self.form.from.changes()
            && self.sheet.is_none()
            && !ui.ctx().any_popup_open()
            && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape))
        {
            self.leave_form(seen);
        }
        let above = ((all.height() - size::WELCOME) / 2.0).clamp(gap::WIDE, size::ABOVE_WELCOME);
        layout::page(ui, size::COLUMN, above, |ui| self.column(ui, seen, about, out));
    }

    fn column(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let width = ui.max_rect().width();
        let notes = Rect::from_min_size(ui.cursor().min, vec2(width, size::NOTES));
        let taken = self.welcome_notes(ui, notes, &about.warnings);
        ui.advance_cursor_after_rect(Rect::from_min_size(notes.min, vec2(width, taken)));
        let changing = self.form.from.changes();
        ui.vertical_centered(|ui| {
            if let Some(server) = &about.test_server {
                let hint = format!("{}: {server}", words::pass::TEST_SERVER);
                widgets::text(ui, &[(&hint, Face::SmallStrong, t.warn)]);
            }
            if !changing {
                widgets::text(ui, &[(welcome::TITLE, Face::Title, t.ink)]);
                ui.add_space(gap::LABEL);
                widgets::text(ui, &[(welcome::SUBTITLE, Face::Body, t.muted)]);
                ui.add_space(gap::EDGE + 1.0);
            }
        });
        let known = Self::knows_customers(seen) && self.form.from == From::Hand;
        let main = self.main_way(known);
        if known {
            self.known(ui, seen, main == Way::Customer, out);
            ui.add_space(gap::WIDE);
        }
        if !changing {
            widgets::card(ui.painter(), t, padding::CARD)
                .show(ui, |ui| invitation(ui, main == Way::Invitation, about.practice, out));
            ui.add_space(gap::WIDE);
        }
        widgets::card(ui.painter(), t, padding::FORM).show(ui, |ui| self.by_hand(ui, seen, main == Way::Form, out));
        ui.add_space(gap::PART + 1.0);
        // What is made for a real customer is not made of made-up people.
        if !about.practice && !changing {
            ways_out(ui, out);
            super::customer::way_in(ui, !seen.remembered.is_empty(), out);
        }
    }

    /// Returns the way whose button is the main one: the form once something stands in it, a customer who is known, or
    /// an invitation.
    fn main_way(&self, known: bool) -> Way {
        match self.form.from {
            From::Invitation | From::Known | From::Change(_) => Way::Form,
            From::Hand if !self.form.role.trim().is_empty() => Way::Form,
            From::Hand if known => Way::Customer,
            From::Hand => Way::Invitation,
        }
    }

    fn by_hand(&mut self, ui: &mut Ui, seen: &Snapshot, main: bool, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let title = match self.form.from {
            From::Hand => welcome::BY_HAND,
            From::Invitation => welcome::FROM_INVITATION,
            From::Known | From::Change(_) => welcome::CHANGE,
        };
        ui.set_width(ui.available_width());
        widgets::text(ui, &[(title, Face::Name, t.ink)]);
        ui.add_space(gap::PART);
        self.you(ui, seen, out);
        ui.add_space(gap::NEAR);
        let form = &mut self.form;
        let full = ui.available_width();
        widgets::text(ui, &[(welcome::ROLE, Face::SmallStrong, t.ink)]);
        ui.add_space(gap::LABEL);
        entry(ui, form, Field::Role, welcome::ROLE, full);
        if form.wrong(Field::Role, welcome::ROLE).is_none()
            && let Some(account) = RoleArn::from_pasted(&form.role).ok().map(|role| role.account())
            && account.as_str().len() == 12
        {
            ui.add_space(gap::LABEL);
            let (_, row) = ui.allocate_space(vec2(full, Face::Small.line()));
            widgets::icon_at(
                ui.painter(),
                row.left_center() + vec2(icon_size::CONFIRMED / 2.0, 0.0),
                icons::DONE,
                icon_size::CONFIRMED,
                t.ok,
            );
            let said = words::role_in(account.as_str());
            let at = row.left_center() + vec2(size::BEHIND_DOT, 0.0);
            widgets::text_at(ui, Align2::LEFT_CENTER, at, &[(&said, Face::Small, t.muted)], full - size::BEHIND_DOT);
        }
        ui.add_space(gap::FIELD);
        pair(ui, form, (Field::Bucket, welcome::BUCKET, false), Some((Field::Folder, welcome::FOLDER, true)));
        if form.rest_open {
            ui.add_space(gap::FIELD);
            rest(ui, form);
        }
        ui.add_space(gap::WIDE);
        self.send(ui, seen, main, out);
    }

    fn send(&mut self, ui: &mut Ui, seen: &Snapshot, main: bool, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let wanted = self.form.destination(&seen.profiles);
        let mut go = false;
        layout::wrapping(ui, size::CONTROL, vec2(gap::LINKS, gap::FINE), |ui| {
            let button = if main { Button::main(welcome::GET_ACCESS) } else { Button::plain(welcome::GET_ACCESS) };
            go = ui.add(button).clicked();
            let text = if self.form.rest_open { welcome::LESS } else { welcome::MORE };
            if ui.add(Button::link(text)).clicked() {
                self.form.rest_open = !self.form.rest_open;
            }
            if ui.add(Button::link(accounts::check::OPEN)).clicked() {
                self.check_form(seen);
            }
            let changing = self.form.from.changes();
            let leads_back = changing || !seen.destinations.is_empty();
            if leads_back && ui.add(Button::link(welcome::BACK)).clicked() {
                self.leave_form(seen);
            }
        });
        let entered = self.sheet.is_none()
            && ui.input(|input| input.key_pressed(Key::Enter))
            && ui.memory(|memory| memory.focused().is_none_or(is_field));
        if go || entered && !self.form.role.is_empty() {
            self.form.submitted = true;
            self.form.role_left();
            match self.form.destination(&seen.profiles) {
                Ok(to) => match self.form.from {
                    From::Change(id) => self.change_to(id, to, out),
                    From::Hand | From::Invitation | From::Known => self.open(to, out),
                },
                Err((field, why)) => {
                    if let Some(field) = field {
                        if !matches!(field, Field::Role | Field::Bucket | Field::Folder) {
                            self.form.rest_open = true;
                        }
                        ui.memory_mut(|memory| memory.request_focus(field_id(field)));
                    }
                    super::says(&mut self.says, &why);
                }
            }
        } else if self.form.submitted
            && let Err((None, why)) = wanted
        {
            ui.add_space(gap::SMALL);
            widgets::text(ui, &[(&why, Face::Small, t.bad)]);
        }
    }

    /// Goes back to where the form was opened from: the destination that it changes, the customers of earlier, or the
    /// newest destination. A change that was begun is dropped.
    fn leave_form(&mut self, seen: &Snapshot) {
        match self.form.from {
            From::Change(id) => self.on_view = Some(id),
            From::Known => {}
            From::Hand | From::Invitation => {
                self.on_view = seen.newest_destination();
            }
        }
        if self.form.from.changes() {
            self.form = form::Form::default();
        }
    }

    /// Changes an open destination. Its code, if it needs one, is asked for once the change shows.
    fn change_to(&mut self, id: DestinationId, to: Destination, out: &mut Vec<Action>) {
        self.opening = Some(to.clone());
        self.code_then = to.mfa_serial.is_some();
        self.form = form::Form::default();
        out.push(Command::Change(id, Box::new(to)).into());
    }

    /// Opens a destination: at once, or after the code it needs.
    pub(crate) fn open(&mut self, to: Destination, out: &mut Vec<Action>) {
        self.opening = Some(to.clone());
        let to = Box::new(to);
        if to.mfa_serial.is_some() {
            let asked = (*to).clone();
            self.open_sheet(Code::for_device_of(CodeFor::Open(to), &asked));
        } else {
            out.push(Command::Open(to).into());
        }
    }

    fn you(&mut self, ui: &mut Ui, seen: &Snapshot, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        widgets::text(ui, &[(welcome::YOU, Face::SmallStrong, t.ink)]);
        ui.add_space(gap::LABEL);
        if seen.profiles.list.is_empty() {
            self.no_key(ui);
            return;
        }
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::FIELD), Sense::click());
        let picked = self.form.picked(&seen.profiles);
        let (name, who) = picked.map_or((welcome::CHOOSE_PROFILE.to_owned(), String::new()), |profile| {
            (profile.name.clone(), self.who(profile, seen))
        });
        let mut runs = vec![(name.as_str(), Face::Body, t.ink)];
        if !who.is_empty() {
            runs.push(("  ·  ", Face::Body, t.muted));
            runs.push((who.as_str(), Face::Body, t.muted));
        }
        let label = format!("{}: {name} {who}", welcome::YOU);
        picker::combo_box(ui, rect, &response, Some(icons::USER), &runs, label.trim());
        Popup::menu(&response).gap(gap::CLOSE).width(rect.width()).show(|ui| self.profiles(ui, seen));
        odd(ui, picked, seen);
        ui.add_space(gap::TIGHT);
        let known = picked.and_then(|picked| Some((picked, seen.identities.iter().find(|(n, _)| *n == picked.name)?)));
        if let Some((picked, (_, Err(problem)))) = known {
            self.remedy_link(ui, problem, &picked.name, seen, out);
        }
        if picked.is_some_and(|profile| form::chained(profile, &self.form.role, seen))
            && self.form.seconds > Destination::USUAL
        {
            widgets::text(ui, &[(accounts::ONE_HOUR, Face::Small, t.muted)]);
        }
        layout::wrapping(ui, size::LINK, vec2(gap::BUTTONS, 0.0), |ui| {
            if let Some(profile) = picked.filter(|profile| self.may_identify(profile, seen))
                && ui.add(Button::small_link(welcome::WHO_IS_THIS)).clicked()
            {
                self.identify(profile, seen, out);
            }
            if ui.add(Button::small_link(welcome::ADD_KEY)).clicked() {
                self.add_key();
            }
            if ui.add(Button::small_link(accounts::profiles::OPEN)).clicked() {
                out.push(Action::OpenProfiles);
            }
        });
    }

    fn who(&self, profile: &Profile, seen: &Snapshot) -> String {
        if let Some(who) = identity(seen, &profile.name) {
            return words::who(who);
        }
        if !answered(profile, seen) && self.form.asked.contains(&profile.name) {
            return welcome::ASKING_WHO.to_owned();
        }
        words::profile_hint(profile)
    }

    fn profiles(&mut self, ui: &mut Ui, seen: &Snapshot) {
        let t = theme::of(ui);
        ScrollArea::vertical().max_height(size::MENU).show(ui, |ui| {
            for profile in &seen.profiles.list {
                let name = RichText::new(&profile.name).color(if form::usable(profile) { t.ink } else { t.muted });
                let who = RichText::new(self.who(profile, seen)).small().color(t.muted);
                let button =
                    egui::Button::new((name, who)).truncate().min_size(vec2(ui.available_width(), size::MENU_ENTRY));
                if ui.add(button).clicked() {
                    ui.close();
                    self.form.pick(profile);
                }
            }
        });
    }

    fn no_key(&mut self, ui: &mut Ui) {
        let t = theme::of(ui);
        egui::Frame::new()
            .fill(t.warn_soft)
            .corner_radius(CornerRadius::same(size::RADIUS))
            .inner_margin(padding::CARD_NOTICE)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal_top(|ui| {
                    widgets::icon(ui, icons::KEY, icon_size::ROW, t.warn);
                    ui.add_space(gap::PARAGRAPH);
                    ui.vertical(|ui| {
                        widgets::text(ui, &[(welcome::NO_KEY, Face::Strong, t.ink)]);
                        widgets::text(ui, &[(welcome::NO_KEY_TEXT, Face::Small, t.muted)]);
                        ui.add_space(gap::TEXT);
                        if ui.add(Button::plain(welcome::ADD_KEY)).clicked() {
                            self.add_key();
                        }
                    });
                });
            });
    }
}

/// Draws what looks odd about the picked profile, and why nobody knows who it is.
fn odd(ui: &mut Ui, picked: Option<&Profile>, seen: &Snapshot) {
    let t = theme::of(ui);
    let Some(profile) = picked else { return };
    let mut lines: Vec<String> = seen
        .profiles
        .oddities
        .iter()
        .filter(|odd| odd.profile.as_deref().is_none_or(|name| name == profile.name))
        .take(3)
        .map(words::oddity)
        .collect();
    if let Some((_, Err(problem))) = seen.identities.iter().find(|(name, _)| *name == profile.name) {
        lines.insert(0, super::remedy::sentence(problem));
    }
    for line in lines {
        ui.add_space(gap::CLOSE);
        ui.horizontal_top(|ui| {
            widgets::icon(ui, icons::WARNING, icon_size::SMALL, t.warn);
            ui.add_space(gap::LABEL);
            widgets::text(ui, &[(&line, Face::Small, t.warn)]);
        });
    }
}

fn ways_out(ui: &mut Ui, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let sentence = (welcome::NO_INVITATION, Face::Small, t.muted);
    let (ask, practice) = (strong_link_width(ui, welcome::ASK), strong_link_width(ui, welcome::PRACTICE));
    let first = widgets::one_line(ui, &[sentence], f32::INFINITY).size().x;
    links_row(ui, size::LINK, first + gap::TEXT + ask + gap::DOT + practice, |ui, wraps| {
        widgets::text(ui, &[sentence]);
        ui.add_space(if wraps { 0.0 } else { gap::TEXT });
        if strong_link(ui, welcome::ASK) {
            out.push(Action::OpenAsk);
        }
        dot_between(ui, wraps);
        if strong_link(ui, welcome::PRACTICE) {
            out.push(Request::StartPractice.into());
        }
    });
}

/// Draws the card for an invitation.
fn invitation(ui: &mut Ui, main: bool, practice: bool, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let full = ui.available_width();
    let button = if main { Button::main(welcome::OPEN_INVITATION) } else { Button::plain(welcome::OPEN_INVITATION) };
    let width = button.width(ui);
    let room = full - size::TILE - gap::PART - width - gap::PART;
    let says = if practice { words::practice::INVITATION } else { welcome::INVITATION_TEXT };
    let text = widgets::job(ui, &[(says, Face::Small, t.muted)]);
    let mut wrapped = text;
    wrapped.wrap = egui::text::TextWrapping::wrap_at_width(room);
    let body = ui.fonts_mut(|fonts| fonts.layout_job(wrapped));
    let height = (Face::Name.line() + body.size().y).max(size::TILE);
    let (_, rect) = ui.allocate_space(vec2(full, height));
    let tile = Rect::from_center_size(pos2(rect.left() + size::TILE / 2.0, rect.center().y), Vec2::splat(size::TILE));
    widgets::tile_at(ui.painter(), tile, icons::INVITATION, t.accent, t.accent_soft);
    let x = tile.right() + gap::PART;
    let y = rect.center().y - f32::midpoint(Face::Name.line(), body.size().y);
    widgets::text_at(ui, Align2::LEFT_TOP, pos2(x, y), &[(welcome::INVITATION, Face::Name, t.ink)], room);
    let below = Rect::from_min_size(pos2(x, y + Face::Name.line()), body.size());
    let response = ui.interact(below, ui.scope_id().with("invitation"), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, says));
    ui.painter().galley(below.min, body, t.muted);
    let place = Rect::from_min_size(
        pos2(rect.right() - width, rect.center().y - size::CONTROL / 2.0),
        vec2(width, size::CONTROL),
    );
    if ui.put(place, button).clicked() {
        out.push(Action::Choose(PathFor::Invitation));
    }
}
