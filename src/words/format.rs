//! Formats sizes, rates, durations, times and counts for people.

use crate::time::Utc;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::time::Duration;

/// Formats a size in decimal units, as S3 and disk makers do: "3.8 GB", "412 MB", "14 KB", "0 bytes".
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    // The unit is chosen after rounding, so that 999,500 bytes are 1.0 MB and not 1000 KB.
    let mut unit = 0;
    let mut scale: u128 = 1000;
    let whole = |scale: u128| (u128::from(bytes) + scale / 2) / scale;
    while whole(scale) >= 1000 && unit + 1 < UNITS.len() {
        unit += 1;
        scale *= 1000;
    }
    let tenths = (u128::from(bytes) * 10 + scale / 2) / scale;
    let name = UNITS[unit];
    if unit == 0 || tenths >= 1000 {
        format!("{} {name}", whole(scale))
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}

/// Formats a rate: "11.8 MB/s".
#[must_use]
pub fn rate(bytes_a_second: u64) -> String {
    format!("{}/s", size(bytes_a_second))
}

/// Returns a share in whole percent, rounded down so that 100 means complete.
#[must_use]
pub fn percent(done: u64, of: u64) -> u8 {
    if of == 0 {
        return 0;
    }
    let whole = u128::from(done.min(of)) * 100 / u128::from(of);
    u8::try_from(whole).unwrap_or(100).min(99)
}

/// Formats the time left as a clock: "47:12", "1:02:12", "00:09". Rounded down, so that it never shows more than is
/// left.
#[must_use]
pub fn clock(left: Duration) -> String {
    let s = left.as_secs();
    let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m:02}:{s:02}") }
}

/// Formats a short duration: "36 s", "2 min", "1 h 12 min".
#[must_use]
pub fn short(d: Duration) -> String {
    let s = d.as_secs();
    if s < 60 {
        return format!("{} s", s.max(1));
    }
    let minutes = (s + 30) / 60;
    if minutes < 60 {
        format!("{minutes} min")
    } else if minutes < 48 * 60 {
        match (minutes / 60, minutes % 60) {
            (h, 0) => format!("{h} h"),
            (h, m) => format!("{h} h {m} min"),
        }
    } else {
        count(minutes / (24 * 60), "day")
    }
}

/// Formats how long something took: "4 min 31 s".
#[must_use]
pub fn took(d: Duration) -> String {
    let s = d.as_secs();
    match (s / 3600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{} s", s.max(1)),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// Formats a duration for a sentence: "about 2 minutes", "about 1 hour", "a few seconds".
#[must_use]
pub fn about(d: Duration) -> String {
    let s = d.as_secs();
    if s < 10 {
        "a few seconds".to_owned()
    } else if s < 55 {
        format!("about {} seconds", (s + 5) / 10 * 10)
    } else if s < 90 {
        "about 1 minute".to_owned()
    } else if s < 3570 {
        format!("about {}", count((s + 30) / 60, "minute"))
    } else if s < 48 * 3600 {
        let half_hours = (s + 900) / 1800;
        match (half_hours / 2, half_hours % 2) {
            (h, 0) => format!("about {}", count(h, "hour")),
            (h, _) => format!("about {h}.5 hours"),
        }
    } else {
        format!("about {}", count((s + 43_200) / 86_400, "day"))
    }
}

/// Returns a duration in whole minutes, rounded and at least one.
#[must_use]
pub fn minutes(d: Duration) -> u64 {
    ((d.as_secs() + 30) / 60).max(1)
}

/// Formats a number with its noun: "1 file", "40 files".
#[must_use]
pub fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", number(n)) }
}

/// Formats a number with thousands separators: "1,000,000".
#[must_use]
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats a local time relative to `now`: "14:32" on the same day, "Monday 09:00" within a week, otherwise "3 Dec
/// 09:00".
#[must_use]
pub fn time(at: Utc, now: Utc, zone: &TimeZone) -> String {
    let (Ok(at), Ok(now)) = (Timestamp::from_second(at.0), Timestamp::from_second(now.0)) else {
        return String::new();
    };
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let days = at.date().since(now.date()).map_or(i32::MAX, |span| span.get_days());
    let pattern = match days {
        0 => "%H:%M",
        -6..=6 => "%A %H:%M",
        _ => "%-d %b %H:%M",
    };
    at.strftime(pattern).to_string()
}

/// Formats a local time with its date: "22 Nov 2026 14:32:07".
#[must_use]
pub fn date_and_time(at: Utc, zone: &TimeZone) -> String {
    Timestamp::from_second(at.0)
        .map(|at| at.to_zoned(zone.clone()).strftime("%-d %b %Y %H:%M:%S").to_string())
        .unwrap_or_default()
}

/// Formats a day in UTC: "22 Nov 2026".
#[must_use]
pub fn day(at: Utc) -> String {
    Timestamp::from_second(at.0).map(|at| at.strftime("%-d %b %Y").to_string()).unwrap_or_default()
}

/// Formats a local day: "Friday 29 November".
#[must_use]
pub fn weekday(at: Utc, zone: &TimeZone) -> String {
    Timestamp::from_second(at.0)
        .map(|at| at.to_zoned(zone.clone()).strftime("%A %-d %B").to_string())
        .unwrap_or_default()
}

/// Formats a local day and time: "Friday 29 November, 14:02".
#[must_use]
pub fn weekday_time(at: Utc, zone: &TimeZone) -> String {
    Timestamp::from_second(at.0)
        .map(|at| at.to_zoned(zone.clone()).strftime("%A %-d %B, %H:%M").to_string())
        .unwrap_or_default()
}

/// Formats an account ID in groups of four digits: "1111 2222 3333".
#[must_use]
pub fn account(id: &str) -> String {
    if id.len() == 12 && id.is_ascii() { format!("{} {} {}", &id[..4], &id[4..8], &id[8..]) } else { id.to_owned() }
}

/// Formats a bucket and a folder: "importantprojectbucket / incoming".
#[must_use]
pub fn place(bucket: &str, prefix: &str) -> String {
    let mut out = bucket.to_owned();
    for segment in prefix.split('/').filter(|segment| !segment.is_empty()) {
        out.push_str(" / ");
        out.push_str(segment);
    }
    out
}

/// Shortens an ID in the middle: "5c0e…91".
#[must_use]
pub fn cut(id: &str) -> String {
    let n = id.chars().count();
    if n <= 12 {
        return id.to_owned();
    }
    let first: String = id.chars().take(4).collect();
    let last: String = id.chars().skip(n - 2).collect();
    format!("{first}…{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_on_the_label_of_a_disk() {
        let of = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1 KB"),
            (14_400, "14 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (2_400_000, "2.4 MB"),
            (6_000_000, "6.0 MB"),
            (99_940_000, "99.9 MB"),
            (412_000_000, "412 MB"),
            (999_999_999, "1.0 GB"),
            (3_800_000_000, "3.8 GB"),
            (53_687_091_200_000, "53.7 TB"),
        ];
        for (bytes, text) in of {
            assert_eq!(size(bytes), text);
        }
        assert!(size(u64::MAX).ends_with("EB"));
    }

    #[test]
    fn nothing_is_whole_before_it_is_done() {
        assert_eq!(percent(0, 0), 0);
        assert_eq!(percent(99_999, 100_000), 99);
        assert_eq!(percent(100_000, 100_000), 99);
        assert_eq!(percent(u64::MAX, u64::MAX), 99);
        assert_eq!(percent(62, 100), 62);
    }

    #[test]
    fn durations_read_as_in_the_window() {
        let s = Duration::from_secs;
        assert_eq!(clock(s(2832)), "47:12");
        assert_eq!(clock(Duration::from_millis(291_999)), "04:51");
        assert_eq!(clock(s(3732)), "1:02:12");
        assert_eq!(short(s(36)), "36 s");
        assert_eq!(short(s(120)), "2 min");
        assert_eq!(short(s(4320)), "1 h 12 min");
        assert_eq!(took(s(271)), "4 min 31 s");
        assert_eq!(about(s(120)), "about 2 minutes");
        assert_eq!(about(s(3600)), "about 1 hour");
        assert_eq!(about(s(5400)), "about 1.5 hours");
        assert_eq!(about(s(3)), "a few seconds");
    }

    #[test]
    fn times_name_the_day_when_it_is_another() {
        let zone = TimeZone::get("Europe/Berlin").expect("the bundled zones have it");
        let now = Utc(1_795_354_320);
        assert_eq!(time(now, now, &zone), "14:32");
        assert_eq!(time(Utc(now.0 + 86_400), now, &zone), "Monday 14:32");
        assert_eq!(time(Utc(now.0 + 30 * 86_400), now, &zone), "22 Dec 14:32");
    }

    #[test]
    fn counts_places_accounts_and_ids() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(1_000_000, "file"), "1,000,000 files");
        assert_eq!(account("111122223333"), "1111 2222 3333");
        assert_eq!(account("x"), "x");
        assert_eq!(place("b", "incoming/photos/"), "b / incoming / photos");
        assert_eq!(cut("5c0e1234-0000-0000-0000-000000000091"), "5c0e…91");
    }
}
