//! The limit of speed: the bodies of all requests pass one gate, which lets so many bytes a second through.

use crate::time::Time;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The slowest limit, in bytes a second. S3 closes a connection on which nothing arrives for some 20 seconds
/// (API reference, "Error responses", `RequestTimeout`); above this, 64 bodies in turn stay well within that.
pub const LEAST: u64 = 1 << 10;
/// What passes at a time without a limit or under a high one.
const SLICE: usize = 64 << 10;
/// What passes at a time under a low limit, as a share of a second, so that all bodies get their turn.
const SHARE: u64 = 16;
/// How much may be made up for after the gate stood idle, in microseconds.
const IDLE: u64 = 50_000;

/// The gate. Copies are the same one; without a limit it is open.
#[derive(Clone, Debug, Default)]
pub struct RateLimiter(Arc<Gate>);

#[derive(Debug, Default)]
struct Gate {
    /// Bytes a second, 0 for no limit.
    rate: AtomicU64,
    /// When the gate is free again, in microseconds of the engine's clock.
    free: Mutex<u64>,
}

/// What a body may hand over next, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    pub bytes: usize,
    /// The moment from which they may go; none for at once.
    pub from: Option<Time>,
}

impl RateLimiter {
    /// Lets so many bytes a second through from now on, at least [`LEAST`]; none for as many as come.
    pub fn set(&self, rate: Option<u64>) {
        self.0.rate.store(rate.map_or(0, |rate| rate.max(LEAST)), Ordering::Relaxed);
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) = 0;
    }

    /// The next turn of a body that has `left` bytes. What is booked counts as gone, even if it never goes.
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

    /// Lets `bodies` bodies of `size` bytes through and tells when the last byte went, in milliseconds.
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
    fn all_bodies_together_keep_the_limit() {
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
    fn an_idle_gate_saves_little_up() {
        let limit = RateLimiter::default();
        limit.set(Some(1 << 20));
        let mut passed = 0;
        while limit.book(SLICE, || Time(60_000)).from.is_none() {
            passed += SLICE;
        }
        assert!(passed <= 2 * SLICE, "{passed}");
    }

    #[test]
    fn without_a_limit_the_gate_is_open() {
        let limit = RateLimiter::default();
        limit.set(Some(1 << 20));
        limit.set(None);
        for _ in 0..100 {
            assert_eq!(limit.book(1 << 30, || Time(0)), Reservation { bytes: SLICE, from: None });
        }
        assert_eq!(limit.book(10, || Time(0)).bytes, 10);
    }
}
