//! Texts of the page of past deliveries.

use super::format;
use super::problem::Message;
use super::untrusted_text::visible;
use crate::model::history::{Delivery, Outcome};
use crate::time::Utc;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Title of the page, and label of the button that opens it.
pub const TITLE: &str = "Past deliveries";
/// Menu item that opens the page.
pub const OPEN: &str = "Past deliveries…";
pub const SUBTITLE: &str = "What you delivered from this computer, with receipts.";
pub const BACK: &str = "Back";
pub const BACK_TO_LIST: &str = "All deliveries";
pub const SEARCH: &str = "Search";
/// Hint in the search field.
pub const SEARCH_HINT: &str = "a file, a folder, a customer";
/// Label of the choice of a period.
pub const WHEN: &str = "When";
pub const PERIODS: [&str; 6] = ["Any time", "Today", "Last 7 days", "Last 30 days", "This year", "Since a date…"];
pub const FROM: &str = "From";
pub const UNTIL: &str = "Until";
/// A day can't be parsed.
pub const DAY_FORM: &str = "Enter a day, such as 22 Nov 2026.";
pub const TO: &str = "Delivered to";
pub const FILES: &str = "Files";
pub const STATE: &str = "Status";
pub const NAME: &str = "Name";
pub const SIZE: &str = "Size";
pub const CLEAR: &str = "Clear history…";
pub const CLEAR_TITLE: &str = "Clear the history?";
pub const CLEAR_TEXT: &str = "The list is removed from this computer, and you can no longer save receipts for these \
                              deliveries. Delivered files stay where they are, and unfinished uploads continue.";
pub const CLEAR_NOW: &str = "Clear history";
pub const KEEP: &str = "Keep it";
pub const RECEIPT: &str = "Save receipt…";
pub const RECEIPTS: &str = "Save receipts…";
pub const MESSAGE: &str = "Copy message";
/// Button that copies the message for one of several customers.
pub const MESSAGES: &str = "Copy message…";
pub const NONE: &str = "Clear selection";
/// Label after a copy.
pub const COPIED: &str = "Copied";
pub const COPY_KEY: &str = "Copy destination path";
pub const WHY: &str = "What happened…";
pub const MORE: &str = "More";
pub const SHOW_ALL: &str = "Show all";
pub const UNREADABLE: &str = "This entry can’t be read";
pub const EMPTY: &str = "Nothing delivered yet";
pub const EMPTY_TEXT: &str = "What you deliver is listed here, with its receipt.";
/// No delivery matches the search.
pub const NOT_FOUND: &str = "Nothing found";
pub const NOT_FOUND_TEXT: &str = "No delivery matches. Try another name or another time.";
/// All files of the delivery were canceled.
pub const NO_FILES: &str = "Nothing was sent: every file was removed from the list.";

/// Example: "Choose Important Project, 22 November 2026, 14:32".
#[must_use]
pub fn choose(delivery: &Delivery, zone: &TimeZone) -> String {
    format!("Choose {}, {}", visible(&delivery.destination.name), moment(delivery.began, zone))
}

/// Formats a day as a heading: "Today", "Yesterday", "Sunday, 22 November 2026".
#[must_use]
pub fn day(day: Date, today: Date) -> String {
    if day == today {
        "Today".to_owned()
    } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
        "Yesterday".to_owned()
    } else if day.year() == today.year() {
        day.strftime("%A, %-d %B").to_string()
    } else {
        day.strftime("%A, %-d %B %Y").to_string()
    }
}

/// Formats the time of day: "14:32".
#[must_use]
pub fn time(at: Utc, zone: &TimeZone) -> String {
    at_zone(at, zone, "%H:%M")
}

/// Example: "22 November 2026, 14:32".
#[must_use]
pub fn moment(at: Utc, zone: &TimeZone) -> String {
    at_zone(at, zone, "%-d %B %Y, %H:%M")
}

fn at_zone(at: Utc, zone: &TimeZone, form: &str) -> String {
    Timestamp::from_second(at.0).map(|at| at.to_zoned(zone.clone()).strftime(form).to_string()).unwrap_or_default()
}

/// Example: "22 November 2026, 14:32 to 14:37".
#[must_use]
pub fn span(delivery: &Delivery, zone: &TimeZone) -> String {
    let began = moment(delivery.began, zone);
    match delivery.ended {
        None => began,
        Some(ended) => {
            let same_day = at_zone(delivery.began, zone, "%F") == at_zone(ended, zone, "%F");
            let ended = if same_day { time(ended, zone) } else { moment(ended, zone) };
            if began.ends_with(&ended) { began } else { format!("{began} to {ended}") }
        }
    }
}

/// Example: "40 files · 24.3 GB".
#[must_use]
pub fn amount(delivery: &Delivery) -> String {
    format!("{} · {}", format::count(delivery.files, "file"), format::size(delivery.bytes))
}

/// The state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Every file was delivered.
    All,
    /// Some files were not delivered.
    Partly,
    /// Some files have not ended.
    Open,
    /// The delivery has no files.
    Nothing,
}

/// Returns the state of a delivery.
#[must_use]
pub const fn standing(delivery: &Delivery) -> Standing {
    if delivery.open > 0 {
        Standing::Open
    } else if delivery.files == 0 {
        Standing::Nothing
    } else if delivery.delivered == delivery.files {
        Standing::All
    } else {
        Standing::Partly
    }
}

/// Returns the state for a row: "All delivered", "38 of 40 delivered", "25 not finished".
#[must_use]
pub fn state(delivery: &Delivery) -> String {
    match standing(delivery) {
        Standing::All => "All delivered".to_owned(),
        Standing::Partly if delivery.delivered == 0 => "None delivered".to_owned(),
        Standing::Partly => {
            format!("{} of {} delivered", format::number(delivery.delivered), format::number(delivery.files))
        }
        Standing::Open => format!("{} not finished", format::number(delivery.open)),
        Standing::Nothing => "Nothing sent".to_owned(),
    }
}

/// Returns the state as a sentence above the files.
#[must_use]
pub fn sentence(delivery: &Delivery) -> String {
    let size = format::size(delivery.bytes);
    match (standing(delivery), delivery.files) {
        (Standing::All, 1) => format!("The file is delivered, {size}."),
        (Standing::All, n) => format!("All {} files delivered, {size}.", format::number(n)),
        (Standing::Partly, n) => {
            let (done, of) = (format::number(delivery.delivered), format::count(n, "file"));
            format!("{done} of {of} delivered, {size}.")
        }
        (Standing::Open, n) => {
            let (done, of) = (format::number(delivery.delivered), format::count(n, "file"));
            format!("{done} of {of} delivered so far, {size}. {} not finished.", format::number(delivery.open))
        }
        (Standing::Nothing, _) => NO_FILES.to_owned(),
    }
}

#[must_use]
pub fn found(count: usize) -> String {
    match count {
        0 => NOT_FOUND.to_owned(),
        1 => "1 delivery".to_owned(),
        n => format!("{} deliveries", format::number(n as u64)),
    }
}

/// Examples: "3 deliveries chosen", "3 deliveries chosen, one file for each of 2 customers".
#[must_use]
pub fn chosen(count: usize, customers: usize) -> String {
    let chosen = format!("{} chosen", found(count));
    if customers > 1 { format!("{chosen}, one file for each of {customers} customers") } else { chosen }
}

/// The same, if there is little room.
#[must_use]
pub fn chosen_briefly(count: usize, customers: usize) -> String {
    if customers > 1 { format!("{count} chosen, {customers} customers") } else { format!("{count} chosen") }
}

/// Button that copies the message for this customer.
#[must_use]
pub fn message_for(customer: &str) -> String {
    format!("Copy message for {customer}")
}

/// Returns how a file of a delivery ended.
#[must_use]
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered(stored) => super::ui::delivered(stored.proof).to_owned(),
        Outcome::AlreadyThere => super::ui::ALREADY_THERE.to_owned(),
        Outcome::NotConfirmed => "Sent, but not confirmed".to_owned(),
        Outcome::Failed(problem) => super::problem::said(problem.kind).title,
        Outcome::Canceled => "Removed".to_owned(),
        Outcome::Open => "Not finished".to_owned(),
    }
}

#[must_use]
pub fn cleared() -> Message {
    Message { title: "The history is cleared".to_owned(), body: String::new() }
}

#[must_use]
pub fn not_cleared(said: &Message) -> Message {
    Message { title: "The history was not cleared".to_owned(), body: format!("{}. {}", said.title, said.body) }
}
