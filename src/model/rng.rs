//! Repeatable random numbers for jitter: the seed is handed in, so that a trace replays.

use std::time::Duration;

/// A small generator (xorshift64*, Vigna 2016); not for secrets.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Creates a generator from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Returns the wait before the next try: a random time up to `base` doubled for each earlier try, at most `cap`
    /// (full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter").
    pub fn backoff(&mut self, tries: u32, base: Duration, cap: Duration) -> Duration {
        let most = base.saturating_mul(1 << tries.min(16)).min(cap);
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX).max(1);
        Duration::from_millis(1 + self.next() % most)
    }
}
