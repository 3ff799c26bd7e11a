//! Texts of the window: labels, buttons, notes, states.

use super::format;
pub use super::labels::*;
use super::problem::Message;
use crate::model::destination::Destination;
use crate::model::session::Identity;
use crate::model::snapshot::{Profile, SkipCounts, SkipReason, Source, Totals};
use crate::model::upload::{Progress, Proof, State, Upload};
use crate::time::{Time, Utc};
use jiff::tz::TimeZone;
use std::time::Duration;

pub const DAYPASS: &str = "Daypass";

/// Examples: "Access ends at 14:32", "Access ends Monday 09:00".
#[must_use]
pub fn ends_at(time: &str) -> String {
    if time.contains(' ') { format!("Access ends {time}") } else { format!("Access ends at {time}") }
}

/// Example: "Richard, account 1111 2222 3333", or "Richard as Engineers, account …" for a role session.
#[must_use]
pub fn who(identity: &Identity) -> String {
    let role = identity.role().map_or_else(String::new, |role| format!(" as {role}"));
    format!("{}{role}, account {}", identity.name, format::account(&identity.account))
}

/// Describes a profile whose identity isn't known.
#[must_use]
pub fn profile_hint(profile: &Profile) -> String {
    let kind = match profile.source {
        Source::Key => "access key",
        Source::TemporaryKey => "temporary key",
        Source::TokenMissing => "temporary key without its token",
        Source::Role => "through a role",
        Source::SignIn => "company sign-in",
        Source::Process => "from a command",
        Source::Login => "aws login",
        Source::TokenFile => "token from a file",
        Source::Environment => "environment variables",
        Source::Unsupported => "not supported",
        Source::Nothing => "no key in it",
    };
    match &profile.key_tail {
        Some(tail) => format!("{kind} …{tail}"),
        None => kind.to_owned(),
    }
}

/// Example: "A role in account 4444 5555 6666".
#[must_use]
pub fn role_in(account: &str) -> String {
    format!("A role in account {}", format::account(account))
}

pub use super::names::{Field, name_problem as field_problem};
pub use super::profiles::oddity;

/// Files are dragged over the window.
#[must_use]
pub fn hovering(count: usize, to: &str) -> (String, String) {
    let what = match count {
        0 | 1 => "Drop it here".to_owned(),
        n => format!("Drop {} here", format::count(u64::try_from(n).unwrap_or(u64::MAX), "item")),
    };
    (what, format!("They go to {to}"))
}

/// Examples: "3 items were not sent…", "1 file was delivered earlier…".
#[must_use]
pub fn left_out(count: &SkipCounts) -> String {
    let all = count.all();
    let (noun, what) = if count.earlier() == all { ("file", "delivered earlier") } else { ("item", "not sent") };
    let verb = if all == 1 { "was" } else { "were" };
    format!("{} {verb} {what}…", format::count(all, noun))
}

/// The note if nothing that was added is new.
#[must_use]
pub fn nothing_new(earlier: u64) -> Message {
    let body = match earlier {
        1 => "The file was delivered earlier and has not changed since. It was not sent again.".to_owned(),
        more => format!(
            "All {} files were delivered earlier and have not changed since. They were not sent again.",
            format::number(more)
        ),
    };
    Message { title: "There is nothing new to send".to_owned(), body }
}

/// Returns why something was skipped.
#[must_use]
pub fn left(why: SkipReason, zone: &TimeZone) -> String {
    let reason = match why {
        SkipReason::Link => "a shortcut: drop the original",
        SkipReason::NotAFile => "not a file",
        SkipReason::NameNotText => "its name can’t be written as text",
        SkipReason::Unreadable => "can’t be read",
        SkipReason::Gone => "no longer there",
        SkipReason::Twice => "already in the list",
        SkipReason::NameTooLong => "its name with its folders is longer than 1024 bytes",
        SkipReason::TooLarge => "larger than Amazon accepts",
        SkipReason::EmptyFolder => "an empty folder; Amazon S3 stores only files",
        SkipReason::Earlier(at) => return format!("delivered earlier, on {}", format::weekday_time(at, zone)),
    };
    reason.to_owned()
}

/// The end of a shortened list.
#[must_use]
pub fn and_more(count: u64) -> String {
    format!("and {} more", format::number(count))
}

/// A file of this name is at the destination; this one was not sent.
pub const ALREADY_THERE: &str = "Already there. Yours wasn’t sent.";

/// Returns the text for a row's state.
#[must_use]
pub fn state(upload: &Upload, now: Time) -> String {
    match &upload.state {
        State::Waiting => "Waiting".to_owned(),
        State::Retrying(at, _) => match at.since(now) {
            Duration::ZERO => "Trying again now".to_owned(),
            left => format!("Trying again in {}", format::short(left + Duration::from_millis(999))),
        },
        State::Paused => "Paused".to_owned(),
        State::Preparing => "Getting ready…".to_owned(),
        State::Sending(progress) => sending(progress, upload.size),
        State::Confirming => "Sent. Amazon is confirming…".to_owned(),
        State::Delivered(proof) => delivered(*proof).to_owned(),
        State::AlreadyThere => ALREADY_THERE.to_owned(),
        State::NotConfirmed => "Sent, but not confirmed".to_owned(),
        State::Failed(problem) => super::problem::said(problem.kind).title,
        State::Canceled => "Removed".to_owned(),
    }
}

/// Returns the text for a delivered file, by what the server confirmed.
#[must_use]
pub const fn delivered(proof: Proof) -> &'static str {
    match proof {
        Proof::Whole => "Delivered and verified",
        Proof::Parts => "Delivered and checked",
        Proof::NoChecksum => "Stored; this server confirmed no checksum",
    }
}

/// Example: "62 % · 11.8 MB/s · 2 min left".
#[must_use]
pub fn sending(progress: &Progress, size: u64) -> String {
    let moved = progress.confirmed.saturating_add(progress.in_flight);
    let percent = format::percent(moved, size);
    match (size.saturating_sub(moved).checked_div(progress.rate), progress.resumed) {
        (Some(left), _) => {
            let (rate, left) = (format::rate(progress.rate), format::short(Duration::from_secs(left)));
            format!("{percent} % · {rate} · {left} left")
        }
        (None, Some(from)) => format!("{percent} % · continued from {from} %"),
        (None, None) => format!("{percent} %"),
    }
}

/// Example: "Amazon keeps the parts until Friday 29 November", followed by a shorter version.
#[must_use]
pub fn kept_until(until: Utc, now: Option<Utc>, zone: &TimeZone) -> [String; 2] {
    let day = format::weekday(until, zone);
    if now.is_some_and(|now| until <= now) {
        [format!("Amazon kept the parts until {day}; it starts over"), "Starts over: its parts are gone".to_owned()]
    } else {
        [format!("Amazon keeps the parts until {day}"), format!("Kept until {day}")]
    }
}

/// Example: "14 of 40 files".
#[must_use]
pub fn files_done(totals: &Totals) -> String {
    format!("{} of {}", format::number(totals.delivered), format::count(totals.files, "file"))
}

/// Returns the other parts of the footer.
#[must_use]
pub fn footer(totals: &Totals, paused: bool) -> Vec<String> {
    let mut parts = vec![format!("{} of {}", format::size(totals.confirmed), format::size(totals.bytes))];
    if paused {
        parts.push(table::PAUSED.to_owned());
        return parts;
    }
    if totals.rate > 0 {
        parts.push(format::rate(totals.rate));
    }
    if let Some(left) = totals.time_left {
        parts.push(format!("{} left", format::about(left)));
    }
    parts
}

/// The note before access ends.
#[must_use]
pub fn ending_soon(left: Duration, queue: Option<Duration>, by_itself: bool) -> Message {
    let ends = format::minutes(left);
    let title = match queue.filter(|need| *need > left) {
        Some(need) if left >= Duration::from_mins(1) => {
            format!("These uploads need {}, and your access ends in {ends}.", minutes_more(need))
        }
        Some(need) => format!("These uploads need {}, and your access ends in under a minute.", minutes_more(need)),
        None if left >= Duration::from_mins(1) => format!("Your access ends in {}.", format::count(ends, "minute")),
        None => "Your access ends in under a minute.".to_owned(),
    };
    let body = if by_itself {
        "Daypass renews it automatically before it ends. Nothing stops."
    } else {
        "Renew now and nothing stops. If it ends first, the uploads wait for you and continue from where they were."
    };
    Message { title, body: body.to_owned() }
}

fn minutes_more(need: Duration) -> String {
    match format::minutes(need) {
        1 => "about 1 more minute".to_owned(),
        minutes @ 2..90 => format!("about {minutes} more minutes"),
        _ => format!("{} more", format::about(need)),
    }
}

/// The note after access has ended.
#[must_use]
pub fn ended(open: u64) -> Message {
    let body = match open {
        0 => "Renew when you have more to deliver.".to_owned(),
        1 => "1 file is waiting; nothing uploaded is lost. Renew and continue.".to_owned(),
        n => format!("{} files are waiting; nothing uploaded is lost. Renew and continue.", format::number(n)),
    };
    Message { title: "Your access has ended".to_owned(), body }
}

/// The note while the network is down.
#[must_use]
pub fn offline(said: Message, next: Duration) -> Message {
    if next.is_zero() {
        return said;
    }
    let body = format!("{} Next try in {}.", said.body, format::short(next + Duration::from_millis(999)));
    Message { title: said.title, body }
}

/// Returns whose checksum confirms a delivery.
#[must_use]
pub const fn checksum_of(to: &Destination, test_server: bool) -> &'static str {
    if to.practice {
        "The practice bucket’s checksum"
    } else if test_server {
        "The test server’s checksum"
    } else {
        "Amazon’s checksum"
    }
}

/// Returns the note about a finished delivery, to Amazon or to a test server, and whether every file was confirmed.
#[must_use]
pub fn finished(totals: &Totals, to: &Destination, test_server: bool) -> (bool, Message) {
    let whole = totals.delivered == totals.files;
    let title = if whole && totals.no_checksum > 0 {
        match (totals.files, totals.no_checksum) {
            (1, _) => "The file is stored. This server confirmed no checksum.".to_owned(),
            (n, some) if some < n => format!(
                "All {} files are stored. For {} of them this server confirmed no checksum.",
                format::number(n),
                format::number(some)
            ),
            (n, _) => format!("All {} files are stored. This server confirmed no checksum.", format::number(n)),
        }
    } else if whole && totals.parts_only == 0 {
        let checksum = checksum_of(to, test_server);
        match totals.files {
            1 => format!("The file is delivered. {checksum} matches it."),
            n => format!("All {} files delivered. {checksum} matches every one.", format::number(n)),
        }
    } else if whole {
        match totals.files {
            1 => "The file has arrived and was checked.".to_owned(),
            n => format!("All {} files have arrived and were checked.", format::number(n)),
        }
    } else {
        let of = [
            (totals.delivered, "delivered"),
            (totals.already, "already there"),
            (totals.unconfirmed, "not confirmed"),
            (totals.failed, "failed"),
            (totals.key_files, "not sent"),
        ];
        let parts: Vec<String> =
            of.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", format::number(*n))).collect();
        format!("{}.", parts.join(", "))
    };
    let took = totals.ended.map(|_| totals.moving);
    let place = format::place(to.bucket.as_str(), to.prefix.as_str());
    let size = format::size(totals.confirmed);
    let body = match took {
        Some(took) => format!("{size} in {}, to {place}", format::took(took)),
        None => format!("{size} to {place}"),
    };
    (whole, Message { title, body })
}

/// The note while everything is paused.
#[must_use]
pub fn all_paused(open: u64) -> Message {
    let what = if open == 1 { "1 file waits".to_owned() } else { format!("{} files wait", format::number(open)) };
    Message { title: "Paused".to_owned(), body: format!("{what} until you resume. Nothing uploaded is lost.") }
}

/// The note after a failed renewal.
#[must_use]
pub fn renew_problem(said: Message) -> Message {
    Message { title: format!("Renewing did not work: {}", lower_first(&said.title)), body: said.body }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.as_str()) {
        (Some(first), rest) if !rest.starts_with(char::is_uppercase) && !text.starts_with("Amazon") => {
            first.to_lowercase().collect::<String>() + rest
        }
        (_, _) => text.to_owned(),
    }
}

/// The sentence in the dialog before quitting.
#[must_use]
pub fn quit(running: u64) -> String {
    if running == 1 {
        "1 upload is running. It continues from here the next time you open Daypass.".to_owned()
    } else {
        format!(
            "{} uploads are running. They continue from here the next time you open Daypass.",
            format::number(running)
        )
    }
}

/// The question before a file that looks like a key is sent.
#[must_use]
pub fn send_key_file(name: &str) -> String {
    format!("Send {}?", super::untrusted_text::visible(name))
}

/// The sentence before everything is canceled.
#[must_use]
pub fn cancel_all(open: u64) -> String {
    let what = format::count(open, "file");
    format!(
        "{what} will not be sent. What is delivered stays delivered, and the files on this computer stay as they are."
    )
}

/// The sentence of the code prompt.
#[must_use]
pub fn code_for(name: &str, role: &str, serial: &str) -> String {
    let device = if serial.is_empty() { String::new() } else { format!("\nDevice: {serial}") };
    format!("{name} asks for it, through the role {role}.{device}")
}

/// Returns the role's name from its ARN.
#[must_use]
pub fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Announces the time left to screen readers.
#[must_use]
pub fn announce_left(minutes: u64) -> String {
    format!("Your access ends in {}.", format::count(minutes, "minute"))
}

#[must_use]
pub fn version() -> String {
    format!("Daypass {}", env!("CARGO_PKG_VERSION"))
}
