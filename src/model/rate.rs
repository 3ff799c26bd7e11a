//! The transfer rate over the last seconds.

use crate::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// The length of the window.
const SPAN: Duration = Duration::from_secs(6);
/// The least time between two samples.
const STEP: Duration = Duration::from_millis(250);

/// Samples of a growing count of bytes.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    moved: u64,
    samples: VecDeque<(Time, u64)>,
}

impl Rate {
    /// Adds bytes that the network took.
    pub fn add(&mut self, now: Time, bytes: u64) {
        if self.samples.back().is_some_and(|&(at, _)| now.since(at) > SPAN) {
            // Nothing moved for longer than the window: start again.
            self.samples.clear();
        }
        if self.samples.is_empty() {
            self.samples.push_back((now, self.moved));
        }
        self.moved += bytes;
        match self.samples.back() {
            Some(&(at, _)) if now.since(at) < STEP => {}
            Some(_) | None => self.samples.push_back((now, self.moved)),
        }
        while self.samples.len() > 2 && self.samples.get(1).is_some_and(|&(at, _)| now.since(at) > SPAN) {
            self.samples.pop_front();
        }
    }

    /// Returns the rate in bytes a second; 0 until the samples span a quarter of a second.
    #[must_use]
    pub fn per_second(&self, now: Time) -> u64 {
        let Some(&(from, then)) = self.samples.front() else { return 0 };
        let took = now.since(from);
        let stale = self.samples.back().is_none_or(|&(at, _)| now.since(at) > SPAN);
        if took < STEP || stale {
            return 0;
        }
        (self.moved - then).saturating_mul(1000) / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Starts again, after a pause.
    pub fn restart(&mut self) {
        self.samples.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_covers_the_last_seconds_and_ends_with_silence() {
        let mut rate = Rate::default();
        for tenth in 0..100 {
            rate.add(Time(1000 + tenth * 100), 100);
        }
        let now = Time(1000 + 99 * 100);
        assert!((990..=1100).contains(&rate.per_second(now)), "{}", rate.per_second(now));
        assert_eq!(rate.per_second(now + Duration::from_secs(7)), 0);
        let later = now + Duration::from_secs(3600);
        rate.add(later, 500);
        rate.add(later + Duration::from_secs(1), 500);
        assert_eq!(rate.per_second(later + Duration::from_secs(1)), 1000, "the hour between doesn't count");
    }
}
