//! The rate limiter, which the bodies of all requests share.

use crate::time::Time;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The lowest limit, in bytes per second. S3 closes a connection on which nothing arrives for about 20 seconds (API
/// reference, "Error responses", `RequestTimeout`); above this limit, 64 bodies in turn stay well within that.
pub const LEAST: u64 = 1 << 10;
/// The most bytes that pass at a time, with a high limit or none.
const SLICE: usize = 64 << 10;
/// What passes at a time with a low limit, as a fraction of a second, so that all bodies get their turn.
const SHARE: u64 = 16;
/// How much unused time may be made up for after idling, in microseconds.
const IDLE: u64 = 50_000;

/// The limiter. Clones share it; without a limit, everything passes at once.
#[derive(Clone, Debug, Default)]
pub struct RateLimiter(Arc<Gate>);

#[derive(Debug, Default)]
struct Gate {
    /// Bytes per second, 0 for no limit.
    rate: AtomicU64,
    /// When the next bytes may pass, in microseconds of the engine's clock.
    free: Mutex<u64>,
}

/// How many bytes a body may send next, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    pub bytes: usize,
    /// When they may be sent; `None` for at once.
    pub from: Option<Time>,
}

impl RateLimiter {
    /// Sets the limit in bytes per second, at least [`LEAST`]; `None` for no limit.
    pub fn set(&self, rate: Option<u64>) {
        self.0.rate.store(rate.map_or(0, |rate| rate.max(LEAST)), Ordering::Relaxed);
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) = 0;
    }

    /// Reserves the next slot for a body with `left` bytes. Reserved bytes count as sent even if they never are.
    pub fn book(&self, left: usize, now: impl FnOnce() -> Time) -> Reservation {
        let rate = self.0.rate.load(Ordering::Relaxed);
        if rate == 0 {
            return Reservation { bytes: left.min(SLICE), from: None };
        }
        let most = usize::try_from(rate / SHARE).unwrap_or(SLICE).min(SLICE);
        let bytes = left.min(most);
        let now = now();
        let moment = now.0.saturating_mul(1000);
        let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = (*free).max(moment.saturating_sub(IDLE));
        *free = begins.saturating_add(bytes as u64 * 1_000_000 / rate);
        let from = Time(begins.div_ceil(1000));
        Reservation { bytes, from: (from > now).then_some(from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `bodies` bodies of `size` bytes through the limiter and returns when the last byte passed, in
    /// milliseconds.
    fn through(limit: &RateLimiter, bodies: usize, size: usize) -> (u64, u64) {
        let mut left: Vec<(u64, usize)> = vec![(1000, size); bodies];
        let (mut last, mut longest) = (0, 0);
        while let Some(next) = left.iter_mut().filter(|(_, left)| *left > 0).min_by_key(|(at, _)| *at) {
            let turn = limit.book(next.1, || Time(next.0));
            let at = turn.from.map_or(next.0, |from| from.0);
            longest = longest.max(at - next.0);
            *next = (at, next.1 - turn.bytes);
            last = last.max(at);
        }
        (last - 1000, longest)
    }

    #[test]
    fn all_bodies_together_stay_within_the_limit() {
        for (rate, bodies, size) in [(1 << 20, 4, 8 << 20), (100 << 20, 64, 8 << 20), (20_000, 10, 100_000)] {
            let limit = RateLimiter::default();
            limit.set(Some(rate));
            let (took, _) = through(&limit, bodies, size);
            let should = (bodies * size) as u64 * 1000 / rate;
            assert!(took <= should && took + 200 > should, "{rate}: {took} ms, not {should}");
        }
    }

    #[test]
    fn every_body_gets_its_turn_before_s3_loses_patience() {
        for rate in [1, LEAST, 50_000, 1 << 20, 1 << 30] {
            let limit = RateLimiter::default();
            limit.set(Some(rate));
            let (_, longest) = through(&limit, 64, 100_000);
            assert!(longest <= 5_000, "{rate}: {longest} ms");
        }
    }

    #[test]
    fn an_idle_limiter_allows_only_a_small_burst() {
        let limit = RateLimiter::default();
        limit.set(Some(1 << 20));
        let mut passed = 0;
        while limit.book(SLICE, || Time(60_000)).from.is_none() {
            passed += SLICE;
        }
        assert!(passed <= 2 * SLICE, "{passed}");
    }

    #[test]
    fn nothing_waits_without_a_limit() {
        let limit = RateLimiter::default();
        limit.set(Some(1 << 20));
        limit.set(None);
        for _ in 0..100 {
            assert_eq!(limit.book(1 << 30, || Time(0)), Reservation { bytes: SLICE, from: None });
        }
        assert_eq!(limit.book(10, || Time(0)).bytes, 10);
    }
}
