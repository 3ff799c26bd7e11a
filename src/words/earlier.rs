//! Texts of the command line about earlier deliveries, and for runs with nothing to send.

use super::format;
use crate::model::snapshot::{OpenDestination, SkipReason};
use crate::time::Utc;

/// When a file was delivered in an earlier run.
#[must_use]
pub fn on(at: Utc) -> String {
    format!("delivered earlier, on {}", format::weekday_time(at, &jiff::tz::TimeZone::system()))
}

/// How to send what was delivered before.
const SEND_AGAIN: &str = "Add `--again` to send everything again.";

/// No file was found in what was named.
pub const NOTHING: &str = "There was nothing to send.";
/// Why a folder with nothing in it is not sent.
pub const EMPTY_FOLDER: &str = "The folder is empty, and Amazon S3 stores only files.";

/// Every file was delivered before.
#[must_use]
pub fn nothing_new(earlier: u64) -> String {
    match earlier {
        1 => "There is nothing new to send: the file was delivered earlier.".to_owned(),
        more => format!("There is nothing new to send: all {more} files were delivered earlier."),
    }
}

/// Returns the last line of a run in which no file was queued.
#[must_use]
pub fn nothing_to_send(place: &OpenDestination) -> String {
    let left_out = &place.left_out_count;
    let (earlier, empty) = (left_out.earlier(), left_out.of(SkipReason::EmptyFolder));
    let others = left_out.all() - earlier - empty;
    let mut sentences = Vec::new();
    sentences.push(match earlier {
        0 => NOTHING.to_owned(),
        earlier => nothing_new(earlier),
    });
    if earlier > 0 {
        sentences.push(SEND_AGAIN.to_owned());
    }
    match empty {
        0 => {}
        1 => sentences.push(EMPTY_FOLDER.to_owned()),
        more => sentences.push(format!("{more} folders are empty, and Amazon S3 stores only files.")),
    }
    if others > 0 {
        sentences.push(format!("{others} left out."));
    }
    sentences.join(" ")
}

/// `resume` found nothing to continue, but the last delivery is incomplete.
#[must_use]
pub fn last_delivery(began: Utc, missing: usize) -> String {
    let when = format::weekday_time(began, &jiff::tz::TimeZone::system());
    let files = if missing == 1 { "1 file".to_owned() } else { format!("{missing} files") };
    format!("Nothing is waiting. The last delivery, on {when}, ended with {files} not delivered or not confirmed.")
}

/// What to do about it.
#[must_use]
pub const fn send_again() -> &'static str {
    "Run the same `daypass-cli upload` command to send them again. Files that have arrived are not sent twice."
}
