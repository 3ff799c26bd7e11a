//! The congestion window: how many requests and body bytes may be in flight. It grows while throughput does, and halves when
//! the server throttles or the network fails.

use super::parts::PART_USUAL;
use crate::time::Time;
use std::time::Duration;

/// What a request counts for besides its body, in bytes, so that small files show as throughput too.
const REQUEST_WORTH: u64 = 64 << 10;
/// The least length of a round.
const ROUND: Duration = Duration::from_millis(40);
/// The first window of requests: as many as the AWS CLI sends by default
/// (`max_concurrent_requests`).
const REQUESTS_FIRST: u32 = 10;
/// The first window of body bytes.
const BODIES_FIRST: u64 = 48 << 20;

/// The window of requests and of body bytes.
#[derive(Clone, Debug)]
pub struct Congestion {
    window: u32,
    ceiling: u32,
    bodies: u64,
    memory: u64,
    growing: bool,
    best: u64,
    best_window: u32,
    round_began: Time,
    round_size: u32,
    round_done: u32,
    round_bytes: u64,
    calm_rounds: u32,
    full: bool,
}

impl Congestion {
    /// Creates a window of 10 requests that grows to at most `ceiling` requests and `memory` body bytes.
    #[must_use]
    pub fn new(ceiling: u32, memory: u64) -> Self {
        Self {
            window: REQUESTS_FIRST.min(ceiling.max(1)),
            ceiling: ceiling.max(1),
            bodies: BODIES_FIRST.min(memory),
            memory,
            growing: true,
            best: 0,
            best_window: 4,
            round_began: Time(0),
            round_size: REQUESTS_FIRST,
            round_done: 0,
            round_bytes: 0,
            calm_rounds: 0,
            full: false,
        }
    }

    /// Sets the memory budget, in bytes.
    pub fn set_memory(&mut self, memory: u64) {
        self.memory = memory;
        self.bodies = self.bodies.min(memory).max(BODIES_FIRST.min(memory));
    }

    /// Whether a request with a body of `body` bytes may go out beside `out` requests with `bodies` bytes in all.
    #[must_use]
    pub fn allows(&mut self, out: u32, bodies: u64, body: u64) -> bool {
        let fits = out == 0 || (out < self.window && (body == 0 || bodies.saturating_add(body) <= self.bodies));
        if !fits {
            self.full = true;
        }
        fits
    }

    /// Counts a request with a body of `body` bytes that succeeded.
    pub fn answered(&mut self, now: Time, body: u64) {
        if self.round_done == 0 && self.round_bytes == 0 {
            self.round_began = self.round_began.max(now - Duration::from_millis(1));
            // Fixed for the round, since the window may grow with each answer.
            self.round_size = self.window;
        }
        self.round_done += 1;
        self.round_bytes += body + REQUEST_WORTH;
        if self.growing && self.full && self.window < self.ceiling {
            self.window += 1;
        }
        let took = now.since(self.round_began);
        if self.round_done < self.round_size || took < ROUND {
            return;
        }
        let rate = self.round_bytes.saturating_mul(1000) / u64::try_from(took.as_millis()).unwrap_or(1).max(1);
        self.judge(rate);
        self.round_began = now;
        self.round_done = 0;
        self.round_bytes = 0;
        self.full = false;
    }

    fn judge(&mut self, rate: u64) {
        if rate > self.best.saturating_add(self.best / 10) {
            // More memory is taken only for a clear gain: the first round proves nothing, and a small one may be noise.
            if self.full && self.best > 0 && rate > self.best.saturating_add(self.best / 4) {
                self.bodies = (self.bodies + PART_USUAL).min(self.memory);
            }
            self.best = rate;
            self.best_window = self.window;
            self.calm_rounds = 0;
            return;
        }
        if self.growing {
            self.growing = false;
            self.window = self.best_window.max(self.window / 2).max(1);
            return;
        }
        self.calm_rounds += 1;
        if self.calm_rounds >= 8 {
            self.calm_rounds = 0;
            self.best -= self.best / 10;
            if self.full {
                self.window = (self.window + 1).min(self.ceiling);
                self.bodies = (self.bodies + PART_USUAL).min(self.memory);
            }
        }
    }

    /// Halves the window, since the server throttles or the network fails.
    pub fn choked(&mut self) {
        self.window = (self.window / 2).max(1);
        self.bodies = (self.bodies / 2).max(2 * PART_USUAL).min(self.memory);
        self.growing = false;
        self.best = 0;
        self.best_window = self.window;
        self.calm_rounds = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Runs requests of `body` bytes for `seconds` over a line with this latency (ms) and these bytes per second.
    fn run(pace: &mut Congestion, from: u64, seconds: u64, body: u64, latency: u64, line: u64) -> u64 {
        let (mut out, mut seq, mut free, mut done) = (BTreeSet::new(), 0_u64, from, 0);
        let mut now = from;
        while now < from + seconds * 1000 {
            while pace.allows(u32::try_from(out.len()).unwrap_or(u32::MAX), out.len() as u64 * body, body) {
                free = free.max(now) + body * 1000 / line;
                seq += 1;
                out.insert((free + latency, seq));
            }
            let Some((at, _)) = out.pop_first() else { break };
            now = at;
            done += 1;
            pace.answered(Time(now), body);
        }
        done
    }

    #[test]
    fn small_files_fill_a_line_with_high_latency() {
        let mut pace = Congestion::new(64, 128 << 20);
        run(&mut pace, 1000, 5, 1000, 150, 1 << 40);
        assert!(pace.window >= 48, "{}", pace.window);
    }

    #[test]
    fn a_full_line_is_not_overloaded() {
        let mut pace = Congestion::new(64, 128 << 20);
        run(&mut pace, 1000, 120, 8 << 20, 50, 20 << 20);
        assert!(pace.window <= 24, "{}", pace.window);
    }

    #[test]
    fn a_fast_line_with_low_latency_needs_little_memory() {
        let mut pace = Congestion::new(64, 128 << 20);
        run(&mut pace, 1000, 1, 8 << 20, 2, 1 << 30);
        assert!(pace.bodies <= BODIES_FIRST + 2 * PART_USUAL, "{}", pace.bodies);
    }

    #[test]
    fn bodies_grow_on_a_fast_line_with_high_latency() {
        let mut pace = Congestion::new(64, 128 << 20);
        let done = run(&mut pace, 1000, 4, 1 << 20, 150, 1 << 40);
        assert!(pace.bodies >= 64 << 20 && pace.window >= 48, "{} {}", pace.bodies, pace.window);
        assert!(done > 1000, "{done}");
    }

    #[test]
    fn the_window_recovers_after_congestion() {
        let mut pace = Congestion::new(64, 128 << 20);
        for _ in 0..10 {
            pace.choked();
        }
        assert_eq!((pace.window, pace.bodies), (1, 16 << 20));
        let done = run(&mut pace, 1000, 300, 8 << 20, 200, 400 << 20);
        assert!(pace.window >= 6 && pace.bodies >= 48 << 20, "{} {}", pace.window, pace.bodies);
        assert!(done > 3000, "{done}");
    }

    #[test]
    fn bodies_stay_within_memory_except_for_a_single_one() {
        let mut pace = Congestion::new(64, 20 << 20);
        assert!(pace.allows(0, 0, 100 << 20));
        assert!(!pace.allows(1, 100 << 20, 1));
        assert!(pace.allows(1, 8 << 20, 8 << 20) && !pace.allows(2, 16 << 20, 8 << 20));
    }
}
