//! Time on the engine's monotonic clock, which keeps counting during suspend, and UTC for display, with RFC 3339.

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use std::time::Duration;

/// Milliseconds since the engine started, including the time the computer was suspended.
///
/// The model never reads a clock; each event carries the time. Arithmetic saturates, so that a wrong clock can't make a
/// countdown wrap around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub u64);

impl Time {
    /// Later than every other time.
    pub const NEVER: Self = Self(u64::MAX);

    /// Returns the time from `earlier` to `self`, or zero if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Time {
    type Output = Self;
    fn add(self, d: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(d.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;
    fn sub(self, d: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(d.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// Seconds since 1970 in UTC, as reported by a server or a file; for display and receipts, never for decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Utc(pub i64);

/// The end of the day to use for a date without a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// 00:00 UTC of that day.
    Start,
    /// 00:00 UTC of the next day.
    End,
}

impl Utc {
    /// Parses an RFC 3339 timestamp from 2000 to 2199, or a date, of which `day` selects the start or the end.
    #[must_use]
    pub fn from_rfc3339(text: &str, day: Day) -> Option<Self> {
        let text = text.trim();
        let midnight = || {
            let date: jiff::civil::Date = text.parse().ok()?;
            let date = if day == Day::End { date.tomorrow().ok()? } else { date };
            Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
        };
        let at = if text.len() == "2026-12-01".len() { midnight()? } else { text.parse().ok()? };
        Some(Self(at.as_second())).filter(|at| (946_684_800..7_258_118_400).contains(&at.0))
    }

    /// Formats as RFC 3339 in UTC, as IAM's date conditions require (IAM User Guide, "Date condition operators").
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_second(self.0).unwrap_or_default().to_string()
    }
}

/// Formats milliseconds since 1970 as RFC 3339 in UTC, to the millisecond.
#[must_use]
pub fn rfc3339_millis(millis: i64) -> String {
    format!("{:.3}", jiff::Timestamp::from_millisecond(millis).unwrap_or_default())
}
