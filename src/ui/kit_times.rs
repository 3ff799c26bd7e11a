//! Days, moments and ages as they are typed on the pages for access, and as these show them.

use crate::time::Utc;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

pub(super) fn day_of(at: Utc, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(zone.clone()).date()
}

pub(super) fn written(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// Returns a moment as the field shows it: a day alone where it begins there, or ends there if it is an end.
pub(super) fn moment_written(at: Utc, end: bool, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(zone.clone());
    if at.time() != Time::midnight() {
        return at.strftime(if at.second() == 0 { "%-d %b %Y %H:%M" } else { "%-d %b %Y %H:%M:%S" }).to_string();
    }
    let day = if end { at.date().yesterday().unwrap_or(at.date()) } else { at.date() };
    written(day)
}

pub(super) fn moment_read(text: &str, end: bool, today: Date, zone: &TimeZone) -> Option<Utc> {
    let (day, time) = day_read(text, today)?;
    let at = match time {
        Some(time) => day.to_datetime(time),
        None if end => day.tomorrow().ok()?.to_datetime(Time::midnight()),
        None => day.to_datetime(Time::midnight()),
    };
    let at = at.to_zoned(zone.clone()).ok()?.timestamp();
    Some(Utc(at.as_second())).filter(|at| (946_684_800..7_258_118_400).contains(&at.0))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Returns a day, and a time where one is written. Takes `1 Dec 2026`, `1 December`, `1.12.2026`, `1/12/2026` and
/// `2026-12-01`, each with or without `09:00` behind it; a day without a year is the next one of that name.
#[must_use]
pub fn day_read(text: &str, today: Date) -> Option<(Date, Option<Time>)> {
    let text = text.trim();
    let (text, time) = match text.rsplit_once(' ') {
        Some((day, time)) if time.contains(':') => (day, Some(Time::strptime(time_form(time), time).ok()?)),
        Some(_) | None => (text, None),
    };
    if let Ok(day) = text.parse::<Date>() {
        return Some((day, time));
    }
    let parts: Vec<&str> = text.split([' ', '.', '/', ',', '-']).filter(|part| !part.is_empty()).collect();
    let number = |text: &str| text.parse::<i8>().ok();
    let month = |text: &str| {
        let lower = text.to_lowercase();
        let named = MONTHS.iter().position(|name| lower.len() >= 3 && name.starts_with(&lower));
        named.and_then(|at| i8::try_from(at + 1).ok()).or_else(|| number(text))
    };
    let day = match parts[..] {
        [day, of, year] => {
            let year: i16 = year.parse().ok()?;
            Date::new(if year < 100 { year + 2000 } else { year }, month(of)?, number(day)?).ok()?
        }
        [day, of] => {
            let (month, day) = (month(of)?, number(day)?);
            let this = Date::new(today.year(), month, day).ok()?;
            if this < today { Date::new(today.year() + 1, month, day).ok()? } else { this }
        }
        _ => return None,
    };
    Some((day, time))
}

fn time_form(time: &str) -> &'static str {
    if time.matches(':').count() == 2 { "%H:%M:%S" } else { "%H:%M" }
}

/// Returns how old a code may be, in seconds: minutes, unless another unit is named.
pub(super) fn age_read(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "" | "m" | "min" | "minutes" => 60,
        "s" | "seconds" => 1,
        "h" | "hours" => 3600,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(unit)
}

pub(super) fn age_written(seconds: u32) -> String {
    if seconds.is_multiple_of(60) { (seconds / 60).to_string() } else { format!("{seconds} s") }
}
