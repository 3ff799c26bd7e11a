//! The page of past deliveries: found by name and time, chosen for receipts, opened one by one.

mod chosen;
mod delivery;
mod found;
mod list;
pub mod query;

pub use found::{Cache, FoundDeliveries, Row};
pub use query::{HistoryReply, HistoryRequest};

use super::kit_times::day_read;
use super::sheet::{After, Sheet, View, question, title};
use super::widgets::Button;
use super::{About, Action, Window, icons, notes, theme, widgets};
use crate::model::history::{Delivery, DeliveryFile, HistoryFilter};
use crate::model::problem::Problem;
use crate::model::snapshot::Snapshot;
use crate::time::Utc;
use crate::words::history as words;
use crate::words::problem::said;
use egui::{Id, Key, Modifiers, Rect, Ui};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;
use theme::{Face, gap};

/// The period that is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Period {
    #[default]
    Any,
    Today,
    Week,
    Month,
    Year,
    Days,
}

impl Period {
    const ALL: [Self; 6] = [Self::Any, Self::Today, Self::Week, Self::Month, Self::Year, Self::Days];
}

/// The page's drafts, and what it knows.
#[derive(Debug)]
pub struct HistoryPage {
    today: Date,
    search: String,
    period: Period,
    from: String,
    until: String,
    /// The last search and its number.
    wanted: Option<(u32, HistoryFilter)>,
    finding: bool,
    stale: bool,
    found: Option<Arc<FoundDeliveries>>,
    deliveries: Cache<Option<Delivery>>,
    /// The deliveries that are chosen.
    chosen: BTreeMap<i64, Delivery>,
    /// The deliveries whose message was asked for last, and whether it is on the clipboard.
    copied: (Vec<i64>, bool),
    /// The state of this run's deliveries when the list was last read.
    stood: u64,
    open: Option<Open>,
    problem: Option<Arc<Problem>>,
}

/// The delivery that is open.
#[derive(Debug)]
struct Open {
    id: i64,
    asked: bool,
    files: Option<Arc<[i64]>>,
    lines: Cache<Option<DeliveryFile>>,
}

impl HistoryPage {
    fn new(today: Date) -> Self {
        Self {
            today,
            search: String::new(),
            period: Period::Any,
            from: String::new(),
            until: String::new(),
            wanted: None,
            finding: false,
            stale: false,
            found: None,
            deliveries: Cache::default(),
            chosen: BTreeMap::new(),
            copied: (Vec::new(), false),
            stood: 0,
            open: None,
            problem: None,
        }
    }

    /// Returns what the drafts ask for; a day that can't be read counts for nothing until it can.
    fn meant(&self, zone: &TimeZone) -> HistoryFilter {
        let begins = |day: Option<Date>| day.and_then(|day| found::begins(day, zone)).map(Utc);
        let ago = |days: i64| self.today.checked_sub(days.days()).ok();
        let (from, until) = match self.period {
            Period::Any => (None, None),
            Period::Today => (Some(self.today), None),
            Period::Week => (ago(6), None),
            Period::Month => (ago(29), None),
            Period::Year => (Date::new(self.today.year(), 1, 1).ok(), None),
            Period::Days => (self.day(&self.from), self.day(&self.until).and_then(|day| day.tomorrow().ok())),
        };
        let search = Some(self.search.trim().to_owned()).filter(|text| !text.is_empty());
        HistoryFilter { search, from: begins(from), until: begins(until) }
    }

    /// Returns a day as typed; one without a year is the last of that name.
    fn day(&self, text: &str) -> Option<Date> {
        let (day, _) = day_read(text, self.today)?;
        if day > self.today { Date::new(day.year() - 1, day.month(), day.day()).ok() } else { Some(day) }
    }

    /// Draws the button that copies the message about these deliveries; checked as long as it is on the clipboard.
    fn message_button(&mut self, ui: &mut Ui, ids: &[i64], out: &mut Vec<Action>) {
        let done = self.copied.1 && self.copied.0 == ids;
        let icon = if done { icons::CHECK } else { icons::COPY };
        if ui.add(Button::plain(words::MESSAGE).icon(icon)).clicked() {
            self.copied = (ids.to_vec(), false);
            out.push(HistoryRequest::Message(ids.to_vec()).into());
        }
    }

    /// Returns the chosen deliveries, the latest first, customer by customer: what one is told is none of another's
    /// business. A customer is an account under the name that the person gave.
    fn customers(&self) -> Vec<Vec<&Delivery>> {
        let mut customers: Vec<Vec<&Delivery>> = Vec::new();
        for delivery in self.chosen.values().rev() {
            match customers.iter_mut().find(|list| list.first().is_some_and(|first| one_customer(first, delivery))) {
                Some(list) => list.push(delivery),
                None => customers.push(vec![delivery]),
            }
        }
        customers
    }

    /// Says what is in the way of reading, and asks for nothing more until the person wants it tried again. Returns the
    /// note's height.
    fn in_the_way(&mut self, ui: &mut Ui, rect: Rect) -> f32 {
        let Some(problem) = &self.problem else { return 0.0 };
        let (height, again) = notes::try_again(ui, rect, said(problem.kind));
        if again {
            self.problem = None;
            self.stale = true;
        }
        height
    }

    /// Returns whether everything there is would be listed.
    fn all(&self) -> bool {
        self.wanted.as_ref().is_none_or(|(_, wanted)| *wanted == HistoryFilter::default())
    }

    /// Asks for what is not known yet: one search at a time, the newest.
    fn ask(&mut self, seen: &Snapshot, zone: &TimeZone, out: &mut Vec<Action>) {
        let stands = standing(seen);
        if stands != self.stood {
            self.stood = stands;
            self.stale = self.found.is_some();
        }
        let meant = self.meant(zone);
        let changed = self.wanted.as_ref().is_none_or(|(_, wanted)| *wanted != meant);
        if !self.finding && (changed || self.stale) {
            let number = self.wanted.as_ref().map_or(0, |(number, _)| number.wrapping_add(1));
            self.wanted = Some((number, meant.clone()));
            (self.finding, self.stale) = (true, false);
            out.push(HistoryRequest::Find(number, meant).into());
        }
    }
}

fn one_customer(one: &Delivery, other: &Delivery) -> bool {
    let of = |delivery: &Delivery| {
        let to = &delivery.destination;
        (to.role.account(), to.name.clone(), to.practice)
    };
    of(one) == of(other)
}

/// Returns where the deliveries of this run stand, as one number that is another when one begins or ends.
fn standing(seen: &Snapshot) -> u64 {
    let mut sum = seen.destinations.len() as u64;
    for place in &seen.destinations {
        let totals = &place.totals;
        let here = u64::from(totals.first) * 4 + u64::from(totals.files > 0) * 2 + u64::from(totals.done());
        sum = sum.wrapping_mul(31).wrapping_add(here);
    }
    sum
}

impl Window {
    /// Opens the page of past deliveries; `now` is what "today" means on it.
    pub fn open_history(&mut self, now: Utc, about: &About) {
        let today = jiff::Timestamp::from_second(now.0).unwrap_or_default().to_zoned(about.zone.clone()).date();
        self.message = None;
        self.history = Some(Box::new(HistoryPage::new(today)));
    }

    /// Says that the message is on the clipboard: its button shows it, too.
    pub fn copied(&mut self) {
        super::says(&mut self.says, words::COPIED);
        if let Some(page) = &mut self.history {
            page.copied.1 = true;
        }
    }

    /// Takes in what the journal answered. A reply to a page that was closed is dropped.
    pub fn history_reply(&mut self, reply: HistoryReply) {
        let Some(page) = &mut self.history else { return };
        match reply {
            HistoryReply::Found(number, found) => {
                if page.wanted.as_ref().is_some_and(|(asked, _)| *asked == number) {
                    super::says(&mut self.says, &words::found(found.len()));
                    page.deliveries.stale();
                    (page.found, page.finding, page.problem) = (Some(found), false, None);
                    if let Some(open) = &mut page.open {
                        open.asked = false;
                        open.lines.stale();
                    }
                }
            }
            HistoryReply::Deliveries(entries) => page.deliveries.take(entries),
            HistoryReply::Files(id, files) => {
                if let Some(open) = page.open.as_mut().filter(|open| open.id == id) {
                    open.files = Some(files);
                }
            }
            HistoryReply::Lines(id, lines) => {
                if let Some(open) = page.open.as_mut().filter(|open| open.id == id) {
                    open.lines.take(lines);
                }
            }
            HistoryReply::Cleared => {
                page.chosen.clear();
                page.open = None;
                page.stale = true;
                self.tell(words::cleared());
            }
            HistoryReply::Unreadable(problem) => {
                page.finding = false;
                page.deliveries.lost();
                if let Some(open) = &mut page.open {
                    open.lines.lost();
                }
                page.problem = Some(problem);
                page.found.get_or_insert_default();
            }
        }
    }

    /// Draws the page, while it is open.
    pub(crate) fn history_page(&mut self, ui: &mut Ui, seen: &Snapshot, about: &About, out: &mut Vec<Action>) {
        let Some(mut page) = self.history.take() else { return };
        page.ask(seen, &about.zone, out);
        let opened = page.open.take();
        let mut stay = true;
        match opened {
            Some(mut open) => {
                if self.history_delivery(ui, &mut page, &mut open, about, out) {
                    page.open = Some(open);
                }
            }
            None => stay = self.history_list(ui, &mut page, about, out),
        }
        let free = self.sheet.is_none() && !ui.ctx().any_popup_open();
        if free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            stay = page.open.take().is_some();
        }
        if stay {
            self.history = Some(page);
        } else {
            self.message = None;
        }
    }
}

/// Asks whether to remove the history.
struct ClearHistory;

impl Sheet for ClearHistory {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, _view: &View<'_>, out: &mut Vec<Action>) -> After {
        let t = theme::of(ui);
        title(ui, words::CLEAR_TITLE, t);
        widgets::text(ui, &[(words::CLEAR_TEXT, Face::Body, t.muted)]);
        question(ui, (words::KEEP, words::CLEAR_NOW), |_| out.push(HistoryRequest::Clear.into()))
    }
}

/// Returns whether a table of this width has room for the parts of a row beside each other.
const fn beside(width: f32) -> bool {
    width >= theme::size::table::NARROW
}

/// Draws the heading of a page, as high as `add` makes it, with the link that leads back at its right. Returns whether that
/// was pressed.
fn heading(ui: &mut Ui, back: &str, add: impl FnOnce(&mut Ui)) -> bool {
    let back = Button::link(back);
    let (width, full) = (back.width(ui), ui.available_width());
    let least = theme::size::past::HEADING;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
        super::layout::column_cell(ui, full - width - gap::WIDE, least, |ui| {
            ui.add_space(1.0);
            add(ui);
        });
        ui.add_space(gap::WIDE);
        super::layout::column_cell(ui, width, least, |ui| {
            ui.add_space(-theme::size::BACK);
            ui.add(back).clicked()
        })
    })
    .inner
}

/// Returns the id of a field of the page.
fn field_id(name: &str) -> Id {
    Id::unique(("history", name))
}
