//! The report for support: what it is called, what is said about it, and its headings.

use super::format;
use super::untrusted_text::visible;
use crate::model::access_key::SaveProblem;
use crate::model::settings::Settings;
use std::path::Path;

/// The sheet's title, and the link that opens it.
pub const TITLE: &str = "Report for support";
pub const OPEN: &str = "Save a report for support…";
pub const SAVE: &str = "Save…";
pub const COPY: &str = "Copy";
/// While the report is put together.
pub const GATHERING: &str = "Putting the report together…";
/// The name of the text on the sheet.
pub const TEXT: &str = "The whole report";
/// The name that is offered for the file.
pub const FILE: &str = "daypass-report.txt";
/// The choice in the settings.
pub const DETAILED: &str = "Keep a detailed log";
pub const DETAILED_TEXT: &str = "Every request, not only what goes wrong. It holds no keys.";

/// What is in it, before anybody saves it.
pub const ABOUT: [&str; 3] = [
    "It tells whoever helps you what Daypass did and what went wrong: version, system, settings, the last problems, the log.",
    "Names of files, profiles, buckets and roles are cut to their beginnings, and accounts to their last four digits.",
    "It holds no keys, no codes and nothing from inside your files. Nothing is sent: you pass it on yourself.",
];

pub const PROGRAM: &str = "PROGRAM AND SYSTEM";
pub const SETTINGS: &str = "SETTINGS (as saved; the log tells what each run used)";
pub const PROBLEMS: &str = "LAST PROBLEMS";
pub const LOG: &str = "LOG";
pub const NO_PROBLEMS: &str = "None in the log.";
pub const NO_LOG: &str = "There is no log yet.";
pub const CUT: &str = "(older lines were left out)";
pub const BESIDE: &str = "LOG OF A DAYPASS THAT RAN BESIDE THE FIRST";
/// How to read the log.
pub const LEGEND: &str = "Times are UTC, by this computer’s clock. destination, upload and request are Daypass’s own numbers; \
                          kind is Daypass’s name of a problem; code, status and request_id are the answer’s own.";

/// The first line.
#[must_use]
pub fn made(at: &str) -> String {
    format!("Daypass report, made {at}")
}

/// The settings, a line each: name and value.
#[must_use]
pub fn settings(settings: &Settings) -> Vec<(&'static str, String)> {
    let yes = |on: bool| if on { "yes" } else { "no" }.to_owned();
    vec![
        ("renews access", yes(settings.renew)),
        ("SHA-256", yes(settings.sha256)),
        ("speed limit", settings.limit_rate.map_or_else(|| "none".to_owned(), format::rate)),
        ("memory", format::size(settings.memory)),
        ("detailed log", yes(settings.detailed_log)),
        ("commands", format::count(settings.allowed_commands.len() as u64, "allowed command")),
    ]
}

/// How often a problem was met, and since when.
#[must_use]
pub fn times(count: u64, first: &str) -> String {
    if count == 1 { "once".to_owned() } else { format!("{} times since {first}", format::number(count)) }
}

/// Where the report is now.
#[must_use]
pub fn saved(path: &Path) -> String {
    format!("The report is in {}. Read it before you pass it on.", visible(&path.to_string_lossy()))
}

/// The report was not saved.
#[must_use]
pub fn not_saved(path: &Path, why: SaveProblem) -> String {
    let why = match why {
        SaveProblem::Full => "the disk is full",
        SaveProblem::Folder => "there is no such folder, or nothing can be written in it",
        SaveProblem::NoProfile
        | SaveProblem::Unreadable
        | SaveProblem::Link
        | SaveProblem::OtherOwner
        | SaveProblem::TooLarge
        | SaveProblem::Utf16
        | SaveProblem::Changed
        | SaveProblem::NotWritten => "the file can’t be written",
    };
    format!("The report was not saved as {}: {why}.", visible(&path.to_string_lossy()))
}
