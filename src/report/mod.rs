//! A report for support: version, system, settings, the last problems, and the log, as text that a person reads first.
//!
//! It is made of nothing but the program's own words and the log, whose lines hold no secret by their types.

mod problems;
mod system;

use crate::engine::log::{self, LogText};
use crate::model::settings::Settings;
use crate::time::Utc;
use crate::words::report as words;
use std::fmt::Write as _;
use std::path::Path;

/// The most bytes of each log that go into a report: about six thousand lines.
const LOG: u64 = 1 << 20;

/// Puts a report together from what is in the journal's folder. It reads the disk.
#[must_use]
pub fn gather(home: Option<&Path>, settings: &Settings, now: Utc) -> String {
    let logs = home.map(|home| log::read(home, LOG)).unwrap_or_default();
    let mut text = format!("{}\n\n{}\n", words::made(&now.to_rfc3339()), words::ABOUT.join("\n"));
    let row = |(name, value): (&str, String)| format!("{name:<14}{value}");
    section(&mut text, words::PROGRAM, system::facts().into_iter().map(row));
    section(&mut text, words::SETTINGS, words::settings(settings).into_iter().map(row));
    let mut met = problems::last(logs.iter().flat_map(|log| log.text.lines()));
    if met.is_empty() {
        met.push(words::NO_PROBLEMS.to_owned());
    }
    section(&mut text, words::PROBLEMS, met.into_iter());
    if logs.is_empty() {
        section(&mut text, words::LOG, [words::NO_LOG.to_owned()].into_iter());
    }
    for LogText { beside, text: lines, cut } in logs {
        let before = [Some(words::LEGEND), cut.then_some(words::CUT)].into_iter().flatten().map(str::to_owned);
        let title = if beside { words::BESIDE } else { words::LOG };
        section(&mut text, title, before.chain(lines.lines().map(str::to_owned)));
    }
    text
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let _infallible = writeln!(text, "\n{title}");
    for line in lines {
        let _infallible = writeln!(text, "{line}");
    }
}
