//! The card that shows an invitation before anything is done with it.

use super::arrival::Arrival;
use super::backend::Request;
use super::icons::{self, Icon};
use super::sheet::{After, Sheet, View, buttons, safe, title};
use super::theme::{self, Face, gap, icon_size, padding, size};
use super::widgets::{self, Button, ButtonLook};
use super::{Action, Window, form, picker};
use crate::grant::alike::Likeness;
use crate::grant::invitation::{Change, ChangedField, Invitation, Validity as Dates};
use crate::grant::words as grant_words;
use crate::model::destination::Destination;
use crate::model::names::MfaSerial;
use crate::model::snapshot::{Profile, Snapshot};
use crate::time::{Time, Utc};
use crate::words::ask::{self as words, invited};
use crate::words::ui::{Field, field_problem};
use crate::words::untrusted_text::look_alike;
use crate::words::{accounts, format};
use egui::{Id, ScrollArea, Ui, vec2};
use jiff::tz::TimeZone;

/// An invitation on view, and what the person has entered about it.
pub(crate) struct Invited {
    invitation: Invitation,
    /// When it was read, by the wall clock, and by the engine's once it is on view.
    read: Utc,
    since: Option<Time>,
    profile: Option<String>,
    mfa: String,
    tried: bool,
    /// Whether it is asked a second time, because the bucket belongs to another account.
    owner_asked: bool,
    /// Whether the person said yes.
    taken: bool,
}

impl Invited {
    /// Returns a card for an invitation that was read at `read`, with this profile picked.
    pub(crate) const fn new(invitation: Invitation, read: Utc, profile: Option<String>) -> Self {
        Self {
            invitation,
            read,
            since: None,
            profile,
            mfa: String::new(),
            tried: false,
            owner_asked: false,
            taken: false,
        }
    }
}

impl Sheet for Invited {
    fn show(&mut self, ui: &mut Ui, window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        window.invitation_card(ui, self, view, out)
    }

    fn close(&mut self, out: &mut Vec<Action>) {
        if !self.taken {
            out.push(Request::DismissInvitation(Box::new(self.invitation.clone())).into());
        }
    }

    fn is_about(&self, arrival: &Arrival) -> bool {
        matches!(arrival, Arrival::Invitation(invitation, _) if **invitation == self.invitation)
    }

    fn put_back(&self) -> Option<Arrival> {
        Some(Arrival::Invitation(Box::new(self.invitation.clone()), self.read))
    }
}

impl Window {
    fn invitation_card(&mut self, ui: &mut Ui, card: &mut Invited, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let View { seen, about, now } = *view;
        if card.owner_asked {
            return self.other_owner(ui, card, seen, out);
        }
        let known = known(seen, &card.invitation);
        let changes = known.map(|known| card.invitation.diff(known)).unwrap_or_default();
        let grave = changes.iter().any(|change| change.what.grave());
        let named = known.is_some_and(|known| known.name == card.invitation.name());
        let alike = if named { None } else { look_alike(card.invitation.name()).map(words::look_alike) };
        let picked = picked(card, seen).cloned();
        if let Some(profile) = &picked {
            if card.profile.is_some() {
                self.identify_picked(profile, seen, out);
            }
            if card.mfa.is_empty() && !card.tried && card.since.is_none() {
                card.mfa = device(profile, seen);
            }
        }
        let since = *card.since.get_or_insert(now);
        let utc = Utc(card.read.0 + i64::try_from(now.since(since).as_secs()).unwrap_or(0));
        let dates = card.invitation.window(utc);
        let room = (ui.ctx().content_rect().height() - size::sheet::AROUND_INVITATION - self.arrivals.room())
            .max(size::sheet::LIST);
        ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            head(ui, &card.invitation, known, &changes);
            if changes.is_empty() {
                facts(ui, &card.invitation);
            } else {
                changed(ui, &changes, &card.invitation, &about.zone);
            }
            if known.is_none() {
                noted(ui, icons::INFO, invited::FIRST, false);
            } else if changes.is_empty() {
                noted(ui, icons::CHECK, invited::KNOWN, false);
            }
            if let Some(alike) = &alike {
                noted(ui, icons::WARNING, alike, true);
            }
            let zone = &about.zone;
            match dates {
                Dates::NotYet(at) => note(ui, &words::starts(at, utc, zone), true),
                Dates::Over(at) => note(ui, &words::over(at, utc, zone), true),
                Dates::Open { until: Some(at) } => note(ui, &words::lasts(at, utc, zone), false),
                Dates::Open { until: None } => {}
            }
            unchecked(ui, &card.invitation);
            choose_profile(ui, card, picked.as_ref(), seen);
        });
        let open = matches!(dates, Dates::Open { .. });
        let has_key = picked.is_some();
        let armed = self.armed(ui, (&changes, known.is_none(), open, has_key));
        let stands = Stands { open, grave, strange: known.is_none() || alike.is_some(), has_key, armed };
        self.answers(ui, card, seen, stands, out)
    }

    fn answers(
        &mut self,
        ui: &mut Ui,
        card: &mut Invited,
        seen: &Snapshot,
        Stands { open, grave, strange, has_key, armed }: Stands,
        out: &mut Vec<Action>,
    ) -> After {
        let yes_first = !grave && open;
        let yes = match (has_key, grave) {
            (false, _) => invited::TO_FORM,
            (true, true) => invited::TAKE_NEW,
            (true, false) => invited::GET_ACCESS,
        };
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let (first, second) = if yes_first { (yes, invited::NOT_NOW) } else { (invited::NOT_NOW, yes) };
            let main = ui.add(Button::of(ButtonLook::Main, first).enabled(armed || !yes_first));
            let other = ui.add(Button::of(ButtonLook::Plain, second).enabled(armed || yes_first));
            if yes_first && card.invitation.mfa && card.mfa.is_empty() && has_key {
                if ui.memory(|memory| memory.focused().is_none()) {
                    ui.memory_mut(|memory| memory.request_focus(device_id()));
                }
            } else if yes_first && strange {
                // To somebody new nobody says yes by Enter alone.
                safe(ui, &other);
            } else if armed || !yes_first {
                safe(ui, &main);
            }
            let (taken, left) = if yes_first { (&main, &other) } else { (&other, &main) };
            if left.clicked() {
                after = After::Close;
            } else if taken.clicked() {
                if card.invitation.other_owner().is_some() && (!has_key || serial(card).is_ok()) {
                    card.owner_asked = true;
                    // The next question stands where this one was, and begins with its own safe answer.
                    taken.surrender_focus();
                    left.surrender_focus();
                } else {
                    after = self.accept(card, seen, out);
                }
            }
        });
        after
    }

    /// Draws the second question, if the bucket is in another account than the role.
    fn other_owner(&mut self, ui: &mut Ui, card: &mut Invited, seen: &Snapshot, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        let role = card.invitation.role.account();
        let owner = card.invitation.other_owner().unwrap_or_else(|| role.clone());
        let (heading, body) = words::other_owner(&owner, &role);
        title(ui, &heading, t);
        widgets::text(ui, &[(&body, Face::Body, t.muted)]);
        let armed = self.armed(ui, &heading);
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let id = ui.add(Button::main(invited::NOT_NOW));
            safe(ui, &id);
            if id.clicked() {
                after = After::Close;
            }
            if ui.add(Button::plain(invited::YES_OTHER).enabled(armed)).clicked() {
                after = self.accept(card, seen, out);
            }
        });
        after
    }

    /// Opens what the invitation says, or says what is missing.
    fn accept(&mut self, card: &mut Invited, seen: &Snapshot, out: &mut Vec<Action>) -> After {
        card.tried = true;
        let Some(profile) = picked(card, seen) else {
            card.taken = true;
            self.offer(&card.invitation.to_destination(""));
            self.kit = None;
            return After::Close;
        };
        let Ok(serial) = serial(card) else {
            card.owner_asked = false;
            return After::Stay;
        };
        card.taken = true;
        let asking = seen.profiles.asking(&profile.name, &card.invitation.role);
        let mut to = card.invitation.to_destination(asking);
        to.mfa_serial = serial;
        // What the person set about a customer who has not changed stays set.
        if let Some(known) = known(seen, &card.invitation)
            && !card.invitation.diff(known).iter().any(|change| change.what.grave())
        {
            to.session_name.clone_from(&known.session_name);
            to.narrow = known.narrow;
            to.acl_full_control = known.acl_full_control;
            to.encryption.clone_from(&known.encryption);
        }
        self.kit = None;
        let there = |at: &Destination| at.has_same_target(&to) && at.profile == to.profile;
        if let Some(id) = seen.find_destination(there) {
            self.on_view = Some(id);
        }
        self.open(to, out);
        After::Close
    }
}

/// Facts that decide which answer is offered first.
#[derive(Clone, Copy)]
struct Stands {
    /// Whether today is within its dates.
    open: bool,
    /// Whether it would replace a known customer's role, bucket or account.
    grave: bool,
    /// Whether it is from somebody new, or from a name that may be read as another.
    strange: bool,
    /// Whether there is a profile to ask with.
    has_key: bool,
    /// Whether a yes counts by now.
    armed: bool,
}

fn device_id() -> Id {
    Id::unique("invited device")
}

fn picked<'a>(card: &Invited, seen: &'a Snapshot) -> Option<&'a Profile> {
    let list = &seen.profiles.list;
    let chosen = card.profile.as_ref().and_then(|name| list.iter().find(|profile| profile.name == *name));
    chosen.or_else(|| list.iter().find(|profile| form::usable(profile)))
}

/// Returns the device that was entered; none if none is asked for.
fn serial(card: &Invited) -> Result<Option<MfaSerial>, String> {
    if !card.invitation.mfa {
        return Ok(None);
    }
    let text = card.mfa.trim();
    if text.is_empty() {
        return Err(invited::MFA_NEEDED.to_owned());
    }
    MfaSerial::from_pasted(text).map(Some).map_err(|why| field_problem(Field::Mfa, &why))
}

/// Returns the device this profile names, or the one that was used with it before.
fn device(profile: &Profile, seen: &Snapshot) -> String {
    let before = || {
        let of = super::destinations(seen).filter(|to| to.profile == profile.name);
        of.filter_map(|to| to.mfa_serial.as_ref()).map(ToString::to_string).next()
    };
    profile.mfa_serial.clone().or_else(before).unwrap_or_default()
}

fn known<'a>(seen: &'a Snapshot, invitation: &Invitation) -> Option<&'a Destination> {
    invitation.known(super::destinations(seen))
}

fn head(ui: &mut Ui, invitation: &Invitation, known: Option<&Destination>, changes: &[Change]) {
    let t = theme::of(ui);
    if let Some(known) = known.filter(|_| changes.iter().any(|change| change.what.grave())) {
        let moved = changes.iter().any(|change| change.what == ChangedField::Account);
        let heading = match invitation.likeness(known) {
            Likeness::Alike if moved => words::looks_like(&known.name),
            Likeness::Alike => words::changed(&known.name),
            Likeness::Same | Likeness::Other => words::changed(invitation.name()),
        };
        ui.horizontal_top(|ui| {
            widgets::icon(ui, icons::WARNING, icon_size::HEADING, t.bad);
            ui.add_space(gap::TEXT);
            widgets::text(ui, &[(&heading, Face::Name, t.ink)]);
        });
        ui.add_space(gap::SMALL);
        widgets::text(ui, &[(words::CHANGED_TEXT, Face::Body, t.muted)]);
    } else {
        widgets::text(ui, &[(invited::FROM, Face::Small, t.muted)]);
        ui.horizontal(|ui| {
            widgets::dot(ui, invitation.role.account().as_str());
            ui.add_space(gap::TEXT);
            widgets::line(ui, &[(invitation.name(), Face::Heading, t.ink)]);
        });
    }
    ui.add_space(gap::NEAR);
}

/// Draws a name in the column of names.
fn name_of(ui: &mut Ui, name: &str) {
    let t = theme::of(ui);
    let (_, rect) = ui.allocate_space(vec2(size::sheet::NAMES, Face::Body.line()));
    let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(rect.translate(vec2(0.0, 1.0))));
    widgets::text(&mut inside, &[(name, Face::Small, t.muted)]);
}

/// Draws one line of the card: its name at the left, what it is beside it.
fn fact(ui: &mut Ui, name: &str, value: &str, face: Face) {
    let t = theme::of(ui);
    ui.horizontal_top(|ui| {
        name_of(ui, name);
        widgets::text(ui, &[(value, face, t.ink)]);
    });
    ui.add_space(gap::TIGHT);
}

fn facts(ui: &mut Ui, invitation: &Invitation) {
    let account = invitation.role.account();
    fact(ui, invited::ACCOUNT, &format::account(account.as_str()), Face::Mono);
    fact(ui, invited::ROLE, role(invitation.role.as_str()), Face::Mono);
    let place = format::place(invitation.bucket.as_str(), invitation.prefix.as_str());
    fact(ui, invited::PLACE, &place, Face::Strong);
    if let Some(owner) = invitation.other_owner() {
        fact(ui, invited::OWNER, &format::account(owner.as_str()), Face::Mono);
    }
}

/// Returns the role's name with its path.
fn role(arn: &str) -> &str {
    arn.split_once(":role/").map_or(arn, |(_, name)| name)
}

/// Draws what was, and what would be.
fn changed(ui: &mut Ui, changes: &[Change], invitation: &Invitation, zone: &TimeZone) {
    let t = theme::of(ui);
    let shown = |what: ChangedField, text: &str| {
        let text = if what == ChangedField::Role { role(text) } else { text };
        grant_words::value(what, text, zone)
    };
    // Where the account has changed, so has every ARN in it: that is said once.
    let moved = changes.iter().find(|change| change.what == ChangedField::Account);
    let told = |change: &Change| {
        moved.is_some_and(|moved| {
            change.what == ChangedField::Role && role(&change.before) == role(&change.after)
                || change.what == ChangedField::Owner && moved.before == change.before && moved.after == change.after
        })
    };
    for change in changes.iter().filter(|change| !told(change)) {
        let (before, after) = (shown(change.what, &change.before), shown(change.what, &change.after));
        let grave = change.what.grave();
        ui.horizontal_top(|ui| {
            name_of(ui, grant_words::what(change.what));
            let ink = if grave { t.bad } else { t.ink };
            let face = if grave { Face::Strong } else { Face::Body };
            let runs = [(before.as_str(), Face::Body, t.muted), ("  →  ", Face::Body, t.muted), (&after, face, ink)];
            widgets::text(ui, &runs);
        });
        ui.add_space(gap::TIGHT);
    }
    let same = |what| !changes.iter().any(|change| change.what == what);
    if same(ChangedField::Bucket) && same(ChangedField::Prefix) {
        let place = format::place(invitation.bucket.as_str(), invitation.prefix.as_str());
        fact(ui, invited::PLACE, &place, Face::Body);
    }
    if same(ChangedField::Account) {
        fact(ui, invited::ACCOUNT, &format::account(invitation.role.account().as_str()), Face::Mono);
    }
}

/// Draws what the sender wrote in words of their own, below all that Daypass says and marked as theirs.
fn unchecked(ui: &mut Ui, invitation: &Invitation) {
    if invitation.note.is_empty() && invitation.contact.is_empty() {
        return;
    }
    let t = theme::of(ui);
    ui.add_space(gap::NEAR);
    widgets::text(ui, &[(invited::UNCHECKED, Face::SmallStrong, t.muted)]);
    ui.add_space(gap::CLOSE);
    for (name, text) in [(invited::NOTE, &invitation.note), (invited::CONTACT, &invitation.contact)] {
        if !text.is_empty() {
            let quote = words::quoted(text);
            widgets::text(
                ui,
                &[(name, Face::Small, t.muted), ("  ", Face::Small, t.muted), (&quote, Face::Small, t.ink)],
            );
            ui.add_space(gap::FINE);
        }
    }
    if !invitation.contact.is_empty() {
        widgets::text(ui, &[(invited::NOT_TO_CHECK, Face::Small, t.muted)]);
    }
}

pub(crate) fn note(ui: &mut Ui, text: &str, warn: bool) {
    noted(ui, icons::CLOCK, text, warn);
}

fn noted(ui: &mut Ui, icon: Icon, text: &str, warn: bool) {
    let t = theme::of(ui);
    let (ink, ground) = if warn { (t.warn, t.warn_soft) } else { (t.muted, t.sunken) };
    ui.add_space(gap::TEXT);
    egui::Frame::new().fill(ground).corner_radius(size::RADIUS).inner_margin(padding::NOTICE).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (_, rect) = ui.allocate_space(vec2(icon_size::SMALL, Face::Small.line()));
            widgets::icon_at(ui.painter(), rect.center(), icon, icon_size::SMALL, ink);
            ui.add_space(gap::TEXT);
            widgets::text(ui, &[(text, Face::Small, if warn { t.ink } else { t.muted })]);
        });
    });
}

fn choose_profile(ui: &mut Ui, card: &mut Invited, picked: Option<&Profile>, seen: &Snapshot) {
    let t = theme::of(ui);
    ui.add_space(gap::NEAR);
    widgets::text(ui, &[(invited::YOU, Face::SmallStrong, t.ink)]);
    ui.add_space(gap::LABEL);
    if picked.is_none() {
        widgets::text(ui, &[(invited::NO_KEY, Face::Small, t.muted)]);
        return;
    }
    let width = ui.available_width();
    if let Some(name) = picker::profile(ui, invited::YOU, picked, seen, width) {
        card.profile = Some(name);
        card.mfa = self::picked(card, seen).map(|profile| device(profile, seen)).unwrap_or_default();
    }
    let asks_long = card.invitation.seconds > Destination::USUAL;
    if asks_long && picked.is_some_and(|profile| form::chained(profile, card.invitation.role.as_str(), seen)) {
        ui.add_space(gap::CLOSE);
        widgets::text(ui, &[(accounts::ONE_HOUR, Face::Small, t.muted)]);
    }
    if card.invitation.mfa {
        ui.add_space(gap::NEAR);
        widgets::text(
            ui,
            &[
                (invited::MFA, Face::SmallStrong, t.ink),
                ("  ", Face::Small, t.muted),
                (invited::MFA_TEXT, Face::Small, t.muted),
            ],
        );
        ui.add_space(gap::LABEL);
        let wrong = serial(card).err().filter(|_| card.tried);
        widgets::field(ui, device_id(), invited::MFA, &mut card.mfa, width, Face::Mono, wrong.is_some());
        if let Some(wrong) = wrong {
            picker::below(ui, &wrong);
        }
    }
    ui.add_space(gap::CLOSE);
}
