//! The only reader of the computer's clocks: a time that includes suspend and never goes back, and the time to sign
//! with.

#![expect(clippy::disallowed_methods, reason = "this is the one file that reads a clock")]

use crate::time::{Time, Utc};
use aws_smithy_async::time::TimeSource;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// The wall clock is taken to have jumped, as after suspend, if it is ahead of the monotonic clock by this much; less
/// is slewing of the wall clock.
const JUMP: Duration = Duration::from_secs(2);

/// The engine's clock. Clones are the same clock.
///
/// On Linux and macOS, the monotonic clock stops while the computer sleeps. Therefore each reading also compares how
/// far the wall clock has advanced since the previous reading, and counts the excess as sleep, however long it is. If a
/// user sets the wall clock ahead, sessions look older than they are, which costs a renewal; no change to the wall
/// clock makes a session look younger. Setting it back is ignored.
#[derive(Clone, Debug)]
pub struct Clock(Arc<ClockState>);

#[derive(Debug)]
struct ClockState {
    looked: Mutex<Looked>,
    /// Milliseconds by which tests shift the wall clock.
    shift: AtomicI64,
    /// Milliseconds by which the signing time is corrected to the server's clock.
    correction: AtomicI64,
    /// Milliseconds by which tests have moved time ahead, for the wall clock and the monotonic clock alike.
    advanced: AtomicU64,
    /// Notified when the wall clock was set, the computer woke, or a test moved time ahead.
    jumps: watch::Sender<()>,
}

#[derive(Debug)]
struct Looked {
    monotonic: Instant,
    wall: SystemTime,
    passed: Duration,
    sleeps: u64,
}

impl Clock {
    /// Returns a clock that starts now.
    #[must_use]
    pub fn start() -> Self {
        let looked = Looked { monotonic: Instant::now(), wall: SystemTime::now(), passed: Duration::ZERO, sleeps: 0 };
        Self(Arc::new(ClockState {
            looked: Mutex::new(looked),
            shift: AtomicI64::new(0),
            correction: AtomicI64::new(0),
            advanced: AtomicU64::new(0),
            jumps: watch::Sender::new(()),
        }))
    }

    /// Returns the time since the start, including suspend.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::default() + self.look().0
    }

    /// Returns how often the computer has slept since the start, as far as the clocks show it: connections from before
    /// a sleep are dead.
    #[must_use]
    pub fn sleeps(&self) -> u64 {
        self.look().1
    }

    fn look(&self) -> (Duration, u64) {
        let mut looked = self.0.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let advanced = self.advanced();
        let (monotonic, wall) = (Instant::now() + advanced, self.wall_at(advanced));
        let ran = monotonic.saturating_duration_since(looked.monotonic);
        let went = wall.duration_since(looked.wall).unwrap_or_default();
        if went >= ran + JUMP {
            looked.passed += went;
            looked.sleeps += 1;
        } else {
            looked.passed += ran;
        }
        looked.monotonic = monotonic;
        looked.wall = wall;
        (looked.passed, looked.sleeps)
    }

    /// Returns the wall clock's time, corrected by what a server's clock has shown.
    #[must_use]
    pub fn utc(&self) -> Utc {
        Utc(seconds(self.signing()))
    }

    /// This computer's own time of day in milliseconds since 1970, whatever a server's clock has shown; for the log.
    #[must_use]
    pub fn wall_millis(&self) -> i64 {
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        self.wall().duration_since(UNIX_EPOCH).map_or_else(|before| -millis(before.duration()), millis)
    }

    /// Returns how many seconds this computer's clock is ahead of the last server it was compared with; 0 before that.
    #[must_use]
    pub fn ahead(&self) -> i64 {
        -(self.0.correction.load(Ordering::Relaxed) / 1000)
    }

    /// Adopts the server's time: signatures use it from now on.
    pub fn correct(&self, server: Utc) {
        self.0.correction.store(self.ahead_of(server).saturating_mul(-1000), Ordering::Relaxed);
    }

    /// Returns how many seconds this computer is ahead of a server whose time is `server` now.
    #[must_use]
    pub fn ahead_of(&self, server: Utc) -> i64 {
        seconds(self.wall()).saturating_sub(server.0)
    }

    /// Shifts the wall clock, as suspend or a user would; for tests.
    #[doc(hidden)]
    pub fn shift_wall(&self, milliseconds: i64) {
        self.0.shift.fetch_add(milliseconds, Ordering::Relaxed);
        self.jumped();
    }

    /// Tells of each time that the wall clock was set or the computer woke: what timers wait for may be due.
    #[must_use]
    pub fn jumps(&self) -> watch::Receiver<()> {
        self.0.jumps.subscribe()
    }

    pub(super) fn jumped(&self) {
        self.0.jumps.send_replace(());
    }

    /// Moves time ahead, for the wall clock and the monotonic clock alike, and wakes those who sleep; for tests.
    #[doc(hidden)]
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.0.advanced.fetch_add(by, Ordering::Relaxed);
        self.jumped();
    }

    /// Waits until this much time has passed on this clock.
    pub async fn sleep(&self, duration: Duration) {
        let mut jumps = self.0.jumps.subscribe();
        let until = self.now() + duration;
        loop {
            let left = until.since(self.now());
            if left.is_zero() {
                return;
            }
            // The clock keeps the sender, so only a jump ends the wait early.
            let _jump_or_end = tokio::time::timeout(left, jumps.changed()).await;
        }
    }

    fn advanced(&self) -> Duration {
        Duration::from_millis(self.0.advanced.load(Ordering::Relaxed))
    }

    fn wall(&self) -> SystemTime {
        self.wall_at(self.advanced())
    }

    fn wall_at(&self, advanced: Duration) -> SystemTime {
        moved(SystemTime::now() + advanced, self.0.shift.load(Ordering::Relaxed))
    }

    fn signing(&self) -> SystemTime {
        moved(self.wall(), self.0.correction.load(Ordering::Relaxed))
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        self.signing()
    }
}

fn moved(time: SystemTime, milliseconds: i64) -> SystemTime {
    let by = Duration::from_millis(milliseconds.unsigned_abs());
    if milliseconds < 0 { time.checked_sub(by) } else { time.checked_add(by) }.unwrap_or(time)
}

fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_wall_clock_ahead_counts_as_sleep() {
        let clock = Clock::start();
        let before = clock.now();
        clock.shift_wall(HOUR);
        let slept = clock.now().since(before).as_secs();
        assert!((3600..3660).contains(&slept), "{slept}");
        assert_eq!(clock.sleeps(), 1);
        clock.shift_wall(60 * HOUR);
        assert!(clock.now().since(before).as_secs() >= 61 * 3600, "a weekend counts whole");
    }

    #[tokio::test]
    async fn advancing_a_test_clock_moves_both_clocks_and_ends_sleeps() {
        let clock = Clock::start();
        let (before, utc) = (clock.now(), clock.utc());
        let sleeping = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(Duration::from_hours(2)).await }
        });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_hours(1));
        tokio::task::yield_now().await;
        assert!(!sleeping.is_finished(), "half of the time has passed");
        clock.advance(Duration::from_hours(1));
        tokio::time::timeout(Duration::from_secs(30), sleeping).await.expect("it wakes").expect("it ran");
        assert!((7200..7260).contains(&clock.now().since(before).as_secs()));
        assert!((7200..7260).contains(&(clock.utc().0 - utc.0)));
        assert_eq!(clock.sleeps(), 0, "the computer did not sleep");
    }

    #[test]
    fn a_wall_clock_set_back_is_ignored() {
        let clock = Clock::start();
        clock.shift_wall(HOUR);
        let before = clock.now();
        clock.shift_wall(-5 * HOUR);
        let after = clock.now();
        assert!(after >= before && after.since(before) < Duration::from_mins(1), "{after:?}");
        clock.shift_wall(HOUR);
        assert!(clock.now().since(before).as_secs() >= 3600, "sleep after it counts again");
    }

    #[test]
    fn signatures_use_the_servers_clock() {
        let clock = Clock::start();
        let truth = clock.utc();
        clock.shift_wall(2 * HOUR);
        assert_eq!(clock.utc().0 - truth.0, 7200);
        clock.correct(truth);
        assert!((7200..7260).contains(&clock.ahead()), "{}", clock.ahead());
        assert!((clock.utc().0 - truth.0).abs() < 60, "{:?} {truth:?}", clock.utc());
    }
}
