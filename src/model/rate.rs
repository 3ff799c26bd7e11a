//! Bytes a second over the last seconds.

use crate::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// How far back the rate looks.
const SPAN: Duration = Duration::from_secs(6);
/// The least time between two samples that are kept.
const STEP: Duration = Duration::from_millis(250);

/// Samples of a growing count of bytes.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    moved: u64,
    samples: VecDeque<(Time, u64)>,
}

impl Rate {
    /// So many bytes more were taken by the network.
    pub fn add(&mut self, now: Time, bytes: u64) {
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

    /// Bytes a second; 0 until there has been a quarter of a second to tell from.
    #[must_use]
    pub fn per_second(&self, now: Time) -> u64 {
        let Some(&(from, then)) = self.samples.front() else { return 0 };
        let took = now.since(from);
        if took < STEP {
            return 0;
        }
        (self.moved - then).saturating_mul(1000) / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Forgets what was, after a pause.
    pub fn restart(&mut self) {
        self.samples.clear();
    }
}
