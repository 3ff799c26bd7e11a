//! The window: a function of the snapshot that draws and collects actions; it keeps drafts only.

pub mod about;
pub mod access;
pub mod add_key;
mod arrival;
pub mod arrivals;
pub mod ask;
pub mod backend;
mod cards;
pub mod check;
pub mod code;
pub mod customer;
pub mod dates;
pub mod deliveries;
mod dialogs;
mod explanations;
pub mod fields;
pub mod form;
pub mod history;
pub mod icons;
pub mod identify;
pub mod intake;
pub mod invited;
pub mod kit;
pub mod kit_text;
pub mod kit_times;
pub mod known;
mod layout;
pub mod left_out;
pub mod notes;
pub mod order;
pub mod pass;
pub mod paths;
pub mod picker;
pub mod practice;
mod profile_changes;
pub mod profiles;
mod questions;
mod remedy;
mod report;
pub mod settings;
mod sheet;
pub mod shell;
pub mod sign_in;
pub mod switcher;
pub mod theme;
pub mod trouble;
mod typed_path;
pub mod welcome;
pub mod widgets;

use crate::engine::keys::NewKey;
pub use about::{About, Arrived, CodePractice};

use crate::model::destination::Destination;
use crate::model::names::AccountId;
use crate::model::problem::{Kind, Problem};
use crate::model::session::{Identity, Session};
use crate::model::snapshot::{Command, OpenDestination, Snapshot, Which};
use crate::model::upload::{DestinationId, UploadId};
use crate::time::{Time, Utc};
use crate::words::problem::Message;
use crate::words::ui as words;
use backend::Request;
use egui::{Key, KeyboardShortcut, Modifiers, Rect, Ui, UiBuilder, pos2};
use paths::PathFor;
use sheet::{Sheet, View};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use theme::size;

/// What a person did that has to be carried out outside the window's own state.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Ask the backend for something.
    Request(Request),
    /// Show the desktop's dialog for files.
    Choose(PathFor),
    /// Take a path that was typed because the desktop has no dialog.
    PathTyped(PathFor, PathBuf),
    /// Put this text on the clipboard.
    Copy(String),
    /// Open the page of past deliveries.
    OpenHistory,
    /// Open the page of profiles.
    OpenProfiles,
    /// Open the page with the request to the customer.
    OpenAsk,
    /// Open the customer's own page.
    OpenCustomer,
    /// Close the window, whatever runs.
    Quit,
}

impl From<Request> for Action {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Command> for Action {
    fn from(command: Command) -> Self {
        Self::Request(Request::Command(command))
    }
}

impl From<history::HistoryRequest> for Action {
    fn from(request: history::HistoryRequest) -> Self {
        Self::Request(Request::History(request))
    }
}

/// The window's drafts: text being typed, an open sheet, which page is on view.
#[derive(Default)]
pub struct Window {
    /// Whether the window shows practice.
    practice: bool,
    /// The destination on view; none for the first screen.
    on_view: Option<DestinationId>,
    /// How many destinations were open in the last frame.
    open_count: usize,
    /// The destination that was requested, shown as soon as it is open.
    opening: Option<Destination>,
    /// Whether to ask for its code then.
    code_then: bool,
    form: form::Form,
    /// Whether all customers of earlier are shown, not the first few alone.
    all_known: bool,
    /// The sheet that is open.
    sheet: Option<Box<dyn Sheet>>,
    /// The page for access, while it is open.
    kit: Option<Box<kit::Kit>>,
    /// The page of past deliveries, while it is open.
    history: Option<Box<history::HistoryPage>>,
    access: access::AccessState,
    arrivals: arrivals::Arrivals,
    table: order::Order,
    /// Whether the page about a problem is open over a session that goes on.
    trouble_open: bool,
    trouble: trouble::Fold,
    /// The message on view, until it is dismissed.
    message: Option<Message>,
    warnings_seen: bool,
    /// The refusal in the last frame, to notice a new one.
    was: Option<(DestinationId, Option<Arc<Problem>>)>,
    announced: Option<(DestinationId, u64)>,
    /// The deliveries whose receipts are being sent, or were, by their destinations and first rows.
    receipts: Vec<(DestinationId, u32, notes::ReceiptState)>,
    says: String,
    leaving: bool,
    work: WorkDone,
}

/// How much work the last frame took; tests bound this instead of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkDone {
    /// Rows that were laid out.
    pub rows_drawn: usize,
    /// Rows whose place in the order was worked out.
    pub rows_sorted: usize,
}

/// What a screen of one destination is drawn from.
pub(crate) struct Scene<'a> {
    pub seen: &'a Snapshot,
    pub about: &'a About,
    pub now: Time,
    pub id: DestinationId,
    pub place: &'a OpenDestination,
}

impl Scene<'_> {
    /// Returns who the profile is, if that is known.
    pub fn identity(&self) -> Option<&Identity> {
        identity(self.seen, &self.place.destination.profile)
    }

    /// "importantprojectbucket / incoming".
    pub fn where_to(&self) -> String {
        let to = &self.place.destination;
        crate::words::format::place(to.bucket.as_str(), to.prefix.as_str())
    }

    /// Returns the time by the grant's own clock, for times of day.
    pub fn utc_now(&self) -> Option<(Utc, Utc)> {
        let grant = self.place.session.grant()?;
        let left = i64::try_from(grant.ends.since(self.now).as_secs()).unwrap_or(0);
        let over = i64::try_from(self.now.since(grant.ends).as_secs()).unwrap_or(0);
        Some((Utc(grant.ends_utc.0 - left + over), grant.ends_utc))
    }
}

/// Every destination that is open or remembered.
pub(crate) fn destinations(seen: &Snapshot) -> impl Iterator<Item = &Destination> {
    seen.destinations.iter().map(|place| &*place.destination).chain(seen.remembered.iter())
}

pub(crate) fn identity<'a>(seen: &'a Snapshot, profile: &str) -> Option<&'a Identity> {
    seen.identities.iter().find(|(name, _)| name == profile).and_then(|(_, known)| known.as_ref().ok())
}

const OPEN: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::O);
const RENEW: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::R);
const HISTORY: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);

impl Window {
    /// Returns how much was done for the last frame.
    #[must_use]
    pub const fn work(&self) -> WorkDone {
        self.work
    }

    /// Returns the page of past deliveries, while it is open.
    #[must_use]
    pub fn history(&self) -> Option<&history::HistoryPage> {
        self.history.as_deref()
    }

    /// Fills the form with what an invitation says, for the person to look at and to agree.
    pub fn offer(&mut self, invitation: &Destination) {
        self.form.fill(invitation, form::From::Invitation);
        self.on_view = None;
    }

    /// Shows a message until it is dismissed.
    pub fn tell(&mut self, said: Message) {
        says(&mut self.says, &said.title);
        self.message = Some(said);
    }

    /// Draws everything and collects what is wanted.
    pub fn show(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, now: Time, out: &mut Vec<Action>) {
        self.work = WorkDone::default();
        self.follow_world(about);
        self.form.practice = about.practice;
        self.forget_answered(seen);
        self.follow(seen, now);
        self.guard_quit(ui, seen);
        self.ask_what_waits(seen, about, out);
        let accounts: Vec<_> = destinations(seen).filter(|to| !to.practice).map(|to| to.role.account()).collect();
        theme::give_colors(ui.ctx(), accounts.iter().map(AccountId::as_str));
        let t = theme::of(ui);
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, t.bg);
        let all = if about.practice { self.practice_bar(ui, all, about, out) } else { all };
        let id = self.on_view.filter(|_| self.kit.is_none() && !self.access.profiles_open);
        let scene = id.and_then(|id| Some(Scene { seen, about, now, id, place: seen.destination(id)? }));
        if self.sheet.is_none() {
            self.keys(ui, scene.as_ref(), out);
            self.drops(ui, scene.as_ref(), out);
        }
        let mut body = ui.new_child(UiBuilder::new().max_rect(all));
        match &scene {
            _ if self.history.is_some() => self.history_page(&mut body, seen, about, out),
            None if self.access.profiles_open => self.profiles_page(&mut body, seen, about, out),
            None if self.kit.is_some() => self.kit_page(&mut body, seen, about, out),
            None => self.welcome(&mut body, seen, about, out),
            Some(scene) => self.destination(&mut body, all, scene, out),
        }
        if self.sheet.is_none() {
            intake::hovering(ui, all, scene.as_ref());
        }
        self.open_dialog(ui, &View { seen, about, now }, out);
        self.arrival_notice(ui, seen, about, out);
        widgets::announce(ui, &self.says);
        self.wake_later(ui, seen, now);
    }

    /// Draws the page of a destination. Where the window is too low for all of it, the page scrolls.
    fn destination(&mut self, ui: &mut Ui, all: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let mut page = ui.new_child(UiBuilder::new().max_rect(all));
        layout::scrolling(&mut page, "destination", |ui, all| (self.destination_parts(ui, all, scene, out), ()));
    }

    /// Draws the parts of the page below each other. Returns where they end.
    fn destination_parts(&mut self, ui: &mut Ui, all: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) -> f32 {
        let inside = all.shrink2(egui::vec2(size::EDGE, 0.0));
        let mut y = all.top() + size::TOP;
        y += self.pass(ui, inside.with_min_y(y), scene, out) + size::GAP;
        let open = scene.place.totals.open() > 0;
        let footer = if open { deliveries::footer_height(ui, all.width(), scene) } else { 0.0 };
        let middle =
            |y: f32, least: f32| inside.with_min_y(y).with_max_y((all.bottom() - footer - size::GAP).max(y + least));
        let over = match &scene.place.session {
            Session::Denied(problem) => Some((Arc::clone(problem), false)),
            Session::Active(_) | Session::Expired(_) | Session::SignedOut | Session::Assuming(_) => {
                self.trouble.problem(scene.place).filter(|_| self.trouble_open).map(|problem| (problem, true))
            }
        };
        let bottom = if let Some((problem, over)) = over {
            let rect = middle(y, size::trouble::LEAST);
            self.trouble(ui, rect, scene, &problem, over, out);
            rect.bottom()
        } else {
            y = self.notes(ui, middle(y, 0.0), scene, out);
            self.files(ui, |least| middle(y, least), scene, out)
        };
        if open {
            let top = (all.bottom() - footer).max(bottom + size::GAP);
            let rect = Rect::from_min_max(pos2(all.left(), top), pos2(all.right(), top + footer));
            deliveries::footer(ui, rect, scene, out);
            return rect.bottom();
        }
        bottom + size::GAP
    }

    /// Draws the files of a destination in what `place` makes of their least height. Returns where they end.
    fn files(&mut self, ui: &mut Ui, place: impl Fn(f32) -> Rect, scene: &Scene<'_>, out: &mut Vec<Action>) -> f32 {
        let hold = ui.rect_contains_pointer(place(0.0));
        self.work.rows_sorted = self.table.update(&scene.seen.rows, scene.id, hold);
        if self.table.is_empty() {
            let rect = place(intake::drop_area_height(ui));
            self.drop_area(ui, rect, scene, out);
            return rect.bottom();
        }
        let strip = intake::drop_strip_height(ui, place(0.0).width());
        let rect = place(strip + size::NEAR + size::table::LEAST);
        self.drop_strip(ui, rect.with_max_y(rect.top() + strip), scene, out);
        self.deliveries(ui, rect.with_min_y(rect.top() + strip + size::NEAR), scene, out);
        rect.bottom()
    }

    /// Looks at the newest destination when one was opened, and asks for a code as soon as one is needed.
    fn follow(&mut self, seen: &Snapshot, now: Time) {
        let count = seen.destinations.len();
        if count > self.open_count || self.on_view.is_some_and(|id| seen.destination(id).is_none()) {
            self.on_view = seen.newest_destination();
            self.kit = None;
            self.history = None;
            self.access.profiles_open = false;
            self.trouble_open = false;
        }
        if let Some(wanted) = &self.opening
            && let Some((id, place)) = seen.destinations().find(|(_, place)| place.destination.is_same(wanted))
        {
            self.on_view = Some(id);
            self.opening = None;
            if std::mem::take(&mut self.code_then) {
                self.ask_code(id, place);
            }
        }
        if count > self.open_count {
            self.opening = None;
        }
        self.open_count = count;
        if let Some((id, place)) = self.on_view.and_then(|id| Some((id, seen.destination(id)?))) {
            self.follow_place(id, place, now);
        }
        self.codes_before_end(seen, now);
    }

    /// The same for the destination on view.
    fn follow_place(&mut self, id: DestinationId, place: &OpenDestination, now: Time) {
        let refused = code::refused(place);
        let wants_code = refused.is_some_and(|problem| matches!(problem.kind, Kind::CodeNeeded | Kind::CodeWrong));
        let before = self.was.replace((id, refused.cloned()));
        let same = |was: &Option<Arc<Problem>>| match (was, refused) {
            (Some(was), Some(now)) => Arc::ptr_eq(was, now),
            (was, now) => was.is_none() && now.is_none(),
        };
        let anew = before.is_none_or(|(at, was)| at != id || !same(&was));
        if anew && wants_code && self.sheet.is_none() {
            self.ask_code(id, place);
        }
        self.announce_end(id, place, now);
    }

    fn keys(&mut self, ui: &Ui, scene: Option<&Scene<'_>>, out: &mut Vec<Action>) {
        let typing = ui.ctx().text_edit_focused();
        if self.history.is_none() && ui.input_mut(|input| input.consume_shortcut(&HISTORY)) {
            out.push(Action::OpenHistory);
        }
        if let Some(scene) = scene {
            if ui.input_mut(|input| input.consume_shortcut(&OPEN)) {
                out.push(Action::Choose(PathFor::Files(scene.id)));
            }
            if ui.input_mut(|input| input.consume_shortcut(&RENEW)) && !scene.place.is_asking() {
                self.renew(scene.id, scene.place, out);
            }
        } else if ui.input_mut(|input| input.consume_shortcut(&OPEN)) {
            out.push(Action::Choose(PathFor::Invitation));
        }
        if !typing {
            let pasted = ui.input(|input| {
                input
                    .events
                    .iter()
                    .find_map(|event| if let egui::Event::Paste(text) = event { Some(text.clone()) } else { None })
            });
            if let Some(key) = pasted.as_ref().and_then(|text| NewKey::from_pasted(text).ok()) {
                self.pasted_key(key, out);
            } else if let Some(text) = pasted.filter(|text| !text.trim().is_empty()) {
                match intake::pasted_files(&text) {
                    Some(paths) => self.take(paths, scene, out),
                    None => out.push(Request::ReadInvitationText(text).into()),
                }
            }
        }
    }

    fn drops(&mut self, ui: &Ui, scene: Option<&Scene<'_>>, out: &mut Vec<Action>) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        if !dropped.is_empty() {
            self.take(dropped, scene, out);
        }
    }

    /// Takes files that were dropped or pasted.
    fn take(&mut self, paths: Vec<PathBuf>, scene: Option<&Scene<'_>>, out: &mut Vec<Action>) {
        if let [one] = paths.as_slice()
            && ends_in(one, "daypass")
        {
            out.push(Request::ReadInvitation(one.clone()).into());
        } else if let [one] = paths.as_slice()
            && (scene.is_none() && ends_in(one, "csv") || intake::is_key(one))
        {
            self.key_file(one.clone(), out);
        } else if let Some(scene) = scene {
            out.push(Command::Add(scene.id, paths).into());
            self.history = None;
        } else {
            self.tell(Message {
                title: words::welcome::ACCESS_FIRST.to_owned(),
                body: words::welcome::ACCESS_FIRST_TEXT.to_owned(),
            });
        }
    }

    /// Gets or renews access: at once, or after a code.
    pub(crate) fn renew(&mut self, id: DestinationId, place: &OpenDestination, out: &mut Vec<Action>) {
        if place.destination.mfa_serial.is_some() {
            self.ask_code(id, place);
        } else {
            out.push(Command::GetAccess(id).into());
        }
    }

    /// Asks for a frame when the next text changes by time alone.
    fn wake_later(&self, ui: &Ui, seen: &Snapshot, now: Time) {
        let mut next: Option<Duration> = None;
        let mut want = |left: Duration| {
            if !left.is_zero() {
                let wait = Duration::from_millis(u64::from(left.subsec_millis()) + 1).max(Duration::from_millis(50));
                next = Some(next.map_or(wait, |sooner| sooner.min(wait)));
            }
        };
        let covered = self.history.is_some() || self.kit.is_some() || self.access.profiles_open;
        if let Some(place) = self.on_view.filter(|_| !covered).and_then(|id| seen.destination(id)) {
            want(place.session.left(now));
        }
        if let crate::model::snapshot::Network::Down { next, .. } = &seen.line {
            want(next.since(now));
        }
        // A destination that is not on view is looked at again when its next code is due.
        let codes =
            seen.destinations.iter().filter_map(|place| code::due_in(place, now)).filter(|wait| !wait.is_zero());
        if let Some(wait) = next.into_iter().chain(codes).min() {
            ui.ctx().request_repaint_after(wait);
        }
    }
}

/// Returns the uploads that would stop if Daypass quit now.
#[must_use]
pub fn running(seen: &Snapshot) -> u64 {
    seen.destinations
        .iter()
        .filter(|place| !place.paused)
        .map(|place| place.totals.open().saturating_sub(place.totals.paused))
        .sum()
}

fn says(says: &mut String, text: &str) {
    text.clone_into(says);
}

fn ends_in(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(end))
}

pub(crate) fn one(id: UploadId) -> Which {
    Which::One(id)
}
