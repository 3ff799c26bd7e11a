//! `report`: what a report for support holds, on standard output or in a file.

use super::args::ReportArgs;
use super::{ALL, Stop, say, say_beside};
use crate::engine::clock::Clock;
use crate::engine::{journal, profiles, settings};
use crate::report;
use crate::words::report as words;

pub(super) fn run(args: &ReportArgs) -> Result<u8, Stop> {
    let home = settings::home();
    let kept = home.as_deref().and_then(journal::kept_settings).unwrap_or_default();
    let text = report::gather(home.as_deref(), &kept, Clock::start().utc());
    let Some(path) = &args.file else {
        say(text.trim_end());
        return Ok(ALL);
    };
    profiles::private_file(path, text.as_bytes()).map_err(|why| Stop::new(words::not_saved(path, why)))?;
    for line in words::ABOUT {
        say_beside(line);
    }
    say_beside(&words::saved(path));
    Ok(ALL)
}
