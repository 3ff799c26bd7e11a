//! The page that asks the customer for access: what is needed, and the kit for the customer's administrator.

use super::cards::{card, fact, facts, more, more_link, named, pair};
use super::kit::{Entry, Kit, Side, Wrong};
use super::paths::PathFor;
use super::picker::CheckItem;
use super::theme::{self, Face, gap, icon_size, padding, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, customer, form, icons, identity, layout, picker};
use crate::grant::{self, KitFormat, Principal, RoleRequest};
use crate::model::snapshot::{Profile, Snapshot};
use crate::time::Utc;
use crate::words::ask as words;
use crate::words::format;
use egui::{CornerRadius, Key, Margin, Popup, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use std::time::Duration;

/// The lengths of a role's longest session to choose from, in seconds.
const LENGTHS: [u32; 5] = [3600, 7200, 14_400, 28_800, 43_200];

impl Window {
    /// Opens the page that asks the customer for access; `now` is what the dates begin with.
    pub fn open_ask(&mut self, now: Utc, about: &About) {
        let mut kit = Kit::new(Side::Contractor, now, &about.zone);
        self.form.profile.clone_into(&mut kit.profile);
        self.form.bucket.trim().clone_into(&mut kit.bucket);
        self.form.folder.trim().clone_into(&mut kit.folder);
        self.kit = Some(Box::new(kit));
    }

    /// Opens the customer's page, with a request that was received or without.
    pub fn open_customer(&mut self, now: Utc, about: &About, request: Option<&RoleRequest>) {
        let mut kit = Kit::new(Side::Customer, now, &about.zone);
        if let Some(ask) = request {
            kit.fill(ask, &about.zone);
        }
        self.kit = Some(Box::new(kit));
    }

    /// Draws the page, while it is open.
    pub(crate) fn kit_page(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        let Some(mut kit) = self.kit.take() else { return };
        let all = ui.max_rect();
        let mut stay = layout::page(ui, size::WIDE_COLUMN, gap::PAGE, |ui| {
            let begin = ui.cursor().top() - gap::PAGE;
            self.kit_column(ui, &mut kit, seen, about, (begin, all.height()), out)
        });
        let free = self.sheet.is_none() && !ui.ctx().any_popup_open();
        if free && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)) {
            stay = false;
        }
        if stay {
            self.kit = Some(kit);
        }
    }

    fn kit_column(
        &mut self,
        ui: &mut Ui,
        kit: &mut Kit,
        seen: &Snapshot,
        about: &About,
        (begin, height): (f32, f32),
        out: &mut Vec<Action>,
    ) -> bool {
        let notes = Rect::from_min_size(ui.cursor().min, vec2(ui.max_rect().width(), size::NOTES));
        let taken = self.welcome_notes(ui, notes, &[]);
        ui.advance_cursor_after_rect(Rect::from_min_size(notes.min, vec2(notes.width(), taken)));
        let stay = heading(ui, kit.side);
        ui.add_space(gap::NEAR);
        let who = self.asker(kit, seen, out);
        let before = kit.ask(who.clone(), &about.zone);
        let wrong = before.as_ref().err();
        card(ui, padding::REQUEST, |ui| {
            match kit.side {
                Side::Contractor => {
                    let unknown = picked(kit, seen).filter(|profile| self.may_identify(profile, seen)).cloned();
                    if asker(ui, kit, (&who, wrong), unknown.as_ref(), seen)
                        && let Some(profile) = unknown
                    {
                        self.identify(&profile, seen, out);
                    }
                }
                Side::Customer => customer::asker(ui, kit, &who, wrong, about),
            }
            needs(ui, kit, &who, wrong);
        });
        if let (Side::Customer, Ok(ask)) = (kit.side, &before) {
            customer::asked_for(ui, ask, about);
        }
        let after = kit.ask(self.asker(kit, seen, out), &about.zone);
        if after != before {
            ui.ctx().request_repaint();
        }
        ui.add_space(gap::PART);
        let below = match kit.side {
            Side::Contractor => gap::PART + size::CONTROL + size::kit::BELOW,
            Side::Customer => gap::PART + size::kit::CUSTOMER_CARD + gap::FACTS,
        };
        let room = (height - (ui.cursor().top() - begin) - below).max(size::kit::TEXT + size::kit::BAR + 1.0);
        card(ui, Margin::ZERO, |ui| self.kit_text(ui, kit, &after, room, out));
        ui.add_space(gap::PART);
        match kit.side {
            Side::Contractor => self.send_kit(ui, kit, &after, out),
            Side::Customer => card(ui, padding::STEPS, |ui| {
                self.make_invitation(ui, kit, &after, out);
            }),
        }
        stay
    }

    /// Returns who asks: the picked profile if it is known who that is, what was typed otherwise.
    fn asker(&mut self, kit: &Kit, seen: &Snapshot, out: &mut Vec<Action>) -> Result<Principal, Wrong> {
        let known = match kit.side {
            Side::Customer => None,
            Side::Contractor => picked(kit, seen).and_then(|profile| {
                if kit.profile.is_some() {
                    self.identify_picked(profile, seen, out);
                }
                identity(seen, &profile.name)?.arn.parse().ok()
            }),
        };
        known.map_or_else(|| kit.typed(), Ok)
    }

    fn send_kit(&mut self, ui: &mut Ui, kit: &mut Kit, ask: &Result<RoleRequest, Wrong>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let print = |format| ask.as_ref().ok().and_then(|ask| grant::print(ask, format, None).ok());
        let full = ui.available_width();
        let message = print(KitFormat::Message).zip(print(KitFormat::CloudFormation));
        let message = message.map(|(message, template)| {
            words::message_and_template(&message, KitFormat::CloudFormation.file_name(), &template)
        });
        let done = message.is_some() && kit.copied == message;
        let icon = if done { icons::CHECK } else { icons::COPY };
        let copy = Button::main(words::COPY_ALL).icon(icon).enabled(message.is_some());
        let save = Button::plain(words::SAVE_ALL).enabled(ask.is_ok());
        let taken = layout::width_of(&[copy.width(ui), save.width(ui)], gap::PARAGRAPH) + gap::PART;
        let then = if done { words::COPIED_THEN } else { words::THEN };
        let said = [(then, Face::Small, t.muted)];
        let needs = widgets::one_line(ui, &said, f32::INFINITY).size().x;
        let beside = taken + needs <= full;
        layout::wrapping(ui, size::CONTROL, egui::Vec2::splat(gap::PARAGRAPH), |ui| {
            if ui.add(copy).clicked()
                && let Some(message) = message
            {
                self.copy(kit, message, out);
            }
            if ui.add(save).clicked() {
                let forms = KitFormat::ALL.into_iter().filter(|format| *format != KitFormat::Invitation);
                let files = forms.filter_map(|format| Some((format.file_name(), print(format)?))).collect();
                out.push(Action::Choose(PathFor::Texts(files)));
            }
            if beside {
                ui.add_space((full - taken - needs + gap::PART - gap::PARAGRAPH).max(0.0));
                widgets::line(ui, &said);
            }
        });
        if !beside {
            ui.add_space(gap::TEXT);
            widgets::text(ui, &said);
        }
    }

    /// Puts a text on the clipboard and remembers it, so that its button shows that it is there.
    pub(crate) fn copy(&mut self, kit: &mut Kit, text: String, out: &mut Vec<Action>) {
        words::COPIED.clone_into(&mut self.says);
        kit.copied = Some(text.clone());
        out.push(Action::Copy(text));
    }
}

fn heading(ui: &mut Ui, side: Side) -> bool {
    let t = theme::of(ui);
    let (title, below) = match side {
        Side::Contractor => (words::TITLE, words::SUBTITLE),
        Side::Customer => (words::CUSTOMER_TITLE, words::CUSTOMER_SUBTITLE),
    };
    let back = Button::link(words::BACK);
    let width = back.width(ui);
    let top = ui.cursor().min;
    let right = top.x + ui.available_width();
    ui.scope(|ui| {
        ui.set_width(ui.available_width() - width - gap::WIDE);
        widgets::text(ui, &[(title, Face::Heading, t.ink)]);
        widgets::text(ui, &[(below, Face::Body, t.muted)]);
    });
    !picker::at(ui, Rect::from_min_size(pos2(right - width, top.y - size::BACK), vec2(width, size::CONTROL)), back)
        .clicked()
}

fn picked<'a>(kit: &Kit, seen: &'a Snapshot) -> Option<&'a Profile> {
    match &kit.profile {
        Some(name) => seen.profiles.list.iter().find(|profile| profile.name == *name),
        None => seen.profiles.list.iter().find(|profile| form::usable(profile)),
    }
}

/// Draws who asks, on the contractor's side; `unknown` is the picked profile if nobody has asked yet who it is. Returns
/// whether to ask now.
fn asker(
    ui: &mut Ui,
    kit: &mut Kit,
    (who, wrong): (&Result<Principal, Wrong>, Option<&Wrong>),
    unknown: Option<&Profile>,
    seen: &Snapshot,
) -> bool {
    let t = theme::of(ui);
    let top = ui.cursor().min;
    let right = top.x + ui.available_width();
    let picked = picked(kit, seen);
    facts(ui, &more(kit), |ui| {
        let name = match who {
            Ok(who) => {
                let session = who.to_string();
                let last = session.rsplit('/').next().unwrap_or_default().to_owned();
                if who.is_one() { last } else { words::EVERYBODY.to_owned() }
            }
            Err(_) => picked.map_or_else(|| words::UNKNOWN.to_owned(), |profile| profile.name.clone()),
        };
        if seen.profiles.list.len() > 1 {
            let label = [(words::YOU_ARE, Face::Small, t.muted)];
            let galley = widgets::one_line(ui, &[(&name, Face::Strong, t.ink)], size::kit::PROFILE);
            let width = widgets::one_line(ui, &label, f32::INFINITY).size().x.max(galley.size().x + size::kit::CARET);
            let response = layout::column_cell(ui, width, Face::Small.line() + Face::Body.line(), |ui| {
                widgets::line(ui, &label);
                who_button(ui, &name, &galley)
            });
            if let Some(name) = picker::list(&response, size::kit::PROFILES, seen) {
                kit.profile = Some(name);
            }
            ui.add_space(gap::EDGE - gap::FACTS);
        } else {
            fact(ui, words::YOU_ARE, &name, Face::Strong);
        }
        let account =
            who.as_ref().map_or_else(|_| words::UNKNOWN.to_owned(), |who| format::account(who.account().as_str()));
        fact(ui, words::ACCOUNT, &account, Face::Mono);
        fact(ui, words::NEEDS, words::NEEDS_PUT, Face::Strong);
    });
    more_link(ui, kit, pos2(right, top.y));
    ui.add_space(gap::NEAR);
    let asked = picked.is_some_and(|profile| seen.identities.iter().any(|(name, _)| *name == profile.name));
    let known = picked.and_then(|profile| identity(seen, &profile.name));
    let usable = known.is_some_and(|known| known.arn.parse::<Principal>().is_ok());
    let mut ask = false;
    if unknown.is_some() {
        ask = ui.add(Button::small_link(crate::words::ui::welcome::WHO_IS_THIS)).clicked();
        ui.add_space(gap::TEXT);
    }
    if !usable && (asked || picked.is_none() || unknown.is_some()) {
        let width = ui.available_width();
        named(ui, kit, Entry::Who, words::WHO, width, wrong);
        ui.add_space(gap::PARAGRAPH);
    }
    ask
}

fn who_button(ui: &mut Ui, name: &str, galley: &std::sync::Arc<egui::Galley>) -> egui::Response {
    let t = theme::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(galley.size().x + size::kit::CARET, Face::Body.line()), Sense::click());
    let label = format!("{}: {name}", words::YOU_ARE);
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &label));
    if response.hovered() {
        ui.painter().rect_filled(rect.expand2(vec2(gap::CLOSE, 1.0)), CornerRadius::same(size::HOVERED), t.sunken);
    }
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, std::sync::Arc::clone(galley), t.ink);
    widgets::icon_at(
        ui.painter(),
        rect.right_center() - vec2(gap::TEXT, 0.0),
        icons::CARET_DOWN,
        icon_size::CARET,
        t.muted,
    );
    widgets::focus_ring(ui, &response, rect, t);
    response
}

/// Draws what is needed.
fn needs(ui: &mut Ui, kit: &mut Kit, who: &Result<Principal, Wrong>, wrong: Option<&Wrong>) {
    let session = who.as_ref().is_ok_and(Principal::is_role);
    pair(ui, kit, [(Entry::Bucket, words::BUCKET), (Entry::Folder, words::FOLDER)], wrong);
    ui.add_space(gap::SMALL + 1.0);
    let said = kit.dates_said();
    let only = match kit.side {
        Side::Contractor => words::ONLY_ME,
        Side::Customer => words::ONLY_THEM,
    };
    let mfa = if session { CheckItem::off(words::MFA) } else { CheckItem::new(&mut kit.mfa, words::MFA) };
    picker::checks(ui, &mut [CheckItem::new(&mut kit.only_me, only), mfa, CheckItem::new(&mut kit.dates, &said)]);
    if session {
        widgets::text(ui, &[(words::MFA_SESSION, Face::Small, theme::of(ui).muted)]);
        ui.add_space(gap::SMALL);
    }
    if kit.dates {
        ui.add_space(gap::CLOSE);
        pair(ui, kit, [(Entry::From, words::FROM), (Entry::Until, words::UNTIL)], wrong);
        ui.add_space(gap::TEXT);
    }
    if kit.more {
        ui.add_space(gap::CLOSE);
        let name = match kit.side {
            Side::Contractor => words::CUSTOMER,
            Side::Customer => words::OWN_NAME,
        };
        let mut fields =
            vec![(Entry::Customer, name), (Entry::RoleName, words::ROLE_NAME), (Entry::Networks, words::NETWORKS)];
        if kit.mfa && !session {
            fields.push((Entry::MfaAge, words::MFA_AGE));
        }
        fields.extend([
            (Entry::ExternalId, words::EXTERNAL_ID),
            (Entry::Region, words::REGION),
            (Entry::Kms, words::KMS),
            (Entry::AbortDays, words::ABORT_DAYS),
        ]);
        let width = (ui.available_width() - gap::NEAR) / 2.0;
        let half = |at: egui::Pos2| Rect::from_min_size(at, vec2(width, size::FIELD));
        let (pairs, single) = fields.as_chunks::<2>();
        for fields in pairs {
            pair(ui, kit, *fields, wrong);
            ui.add_space(gap::PARAGRAPH);
        }
        let top = ui.cursor().min;
        if let [(entry, name)] = *single {
            named(ui, kit, entry, name, width, wrong);
            longest(ui, kit, half(top + vec2(width + gap::NEAR, 0.0)));
        } else {
            longest(ui, kit, half(top));
        }
        ui.add_space(gap::PARAGRAPH);
        picker::checks(
            ui,
            &mut [
                CheckItem::new(&mut kit.new_bucket, words::NEW_BUCKET),
                CheckItem::new(&mut kit.create_only, words::CREATE_ONLY),
                CheckItem::new(&mut kit.clean_up, words::CLEAN_UP),
                CheckItem::new(&mut kit.session_is_user, words::SESSION_IS_USER),
            ],
        );
    }
    if let Some(wrong) = wrong.filter(|wrong| !wrong.missing && wrong.entry.is_none()) {
        picker::below(ui, &wrong.text);
        ui.add_space(gap::SMALL);
    }
}

/// Draws the longest session, to be picked.
fn longest(ui: &mut Ui, kit: &mut Kit, rect: Rect) {
    let t = theme::of(ui);
    let response = ui.allocate_rect(rect, Sense::click());
    let length = |seconds: u32| format::short(Duration::from_secs(u64::from(seconds)));
    let now = length(kit.seconds);
    let runs = [(words::LONGEST, Face::Body, t.muted), ("  ", Face::Body, t.muted), (&now, Face::Body, t.ink)];
    picker::combo_box(ui, rect, &response, None, &runs, &format!("{}: {now}", words::LONGEST));
    Popup::menu(&response).gap(gap::CLOSE).width(rect.width() - size::MENU_PADDING).show(|ui| {
        for seconds in LENGTHS {
            if widgets::menu_item(ui, length(seconds)) {
                kit.seconds = seconds;
            }
        }
    });
}
