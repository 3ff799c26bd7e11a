//! Timeouts: a request body that counts what the network takes of it, and a guard that ends an attempt without
//! progress.

use super::clock::Clock;
use super::rate_limiter::RateLimiter;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// Upper bound, in bytes, for data in local socket buffers after the network stack took the last byte; sending it takes
/// time, too.
const BUFFERED: u64 = 4 << 20;

/// The timeouts of one attempt. The SDK alone would wait for a silent server forever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The longest time without progress while the body isn't finished.
    pub idle: Duration,
    /// The longest wait for the answer after the last byte.
    pub answer: Duration,
    /// The longest wait for the answer to CompleteMultipartUpload, which joins the parts first (API reference,
    /// CompleteMultipartUpload: "several minutes").
    pub complete: Duration,
    /// The slowest acceptable connection, in bytes per second.
    pub slowest: u64,
    /// The assumed least speed at which local buffers drain, in bytes per second.
    pub drain: u64,
    /// The least time allowed for a whole attempt, before `margin`.
    pub least: Duration,
    /// Added to the time allowed for a whole attempt.
    pub margin: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            idle: Duration::from_mins(1),
            answer: Duration::from_mins(1),
            complete: Duration::from_mins(10),
            slowest: 16 << 10,
            drain: 64 << 10,
            least: Duration::from_mins(1),
            margin: Duration::from_secs(30),
        }
    }
}

impl Timeouts {
    /// Returns these timeouts with another limit for the answer.
    #[must_use]
    pub const fn answering_in(self, answer: Duration) -> Self {
        Self { answer, ..self }
    }

    /// Returns the time allowed for a whole attempt with a body of `length` bytes.
    #[must_use]
    pub fn whole(&self, length: u64) -> Duration {
        let sending = Duration::from_secs(length / self.slowest.max(1)).max(self.least);
        sending.max(self.answer_after(length)) + self.margin
    }

    fn answer_after(&self, length: u64) -> Duration {
        self.answer + Duration::from_millis(length.min(BUFFERED) * 1000 / self.drain.max(1))
    }
}

/// Counts how much of one attempt's body the network has taken.
#[derive(Debug)]
pub struct Meter {
    length: AtomicU64,
    taken: AtomicU64,
    shown: Arc<AtomicU64>,
    /// Whether the body is waiting for the rate limiter.
    held: AtomicBool,
}

impl Meter {
    /// Returns a meter for a body of `length` bytes, which also stores its count in `shown`.
    #[must_use]
    pub fn new(length: u64, shown: Arc<AtomicU64>) -> Arc<Self> {
        shown.store(0, Ordering::Relaxed);
        let (length, taken, held) = (AtomicU64::new(length), AtomicU64::new(0), AtomicBool::new(false));
        Arc::new(Self { length, taken, shown, held })
    }

    /// Sets the body's length, if it becomes known late.
    pub fn set_length(&self, length: u64) {
        self.length.store(length, Ordering::Release);
    }

    /// Whether the network has taken the whole body.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.taken() >= self.length.load(Ordering::Acquire)
    }

    /// Returns how many bytes the network has taken.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }

    fn add(&self, bytes: usize) {
        let before = self.taken.fetch_add(bytes as u64, Ordering::AcqRel);
        self.shown.store(before + bytes as u64, Ordering::Relaxed);
    }
}

/// A body in memory that is sent slice by slice without copying, no faster than the rate limiter allows.
pub struct Metered {
    left: Bytes,
    meter: Arc<Meter>,
    gate: (RateLimiter, Clock),
    /// The reserved bytes, and the wait for them.
    turn: Option<(usize, Turn)>,
}

type Turn = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

impl Metered {
    #[must_use]
    pub const fn new(bytes: Bytes, meter: Arc<Meter>, limit: RateLimiter, clock: Clock) -> Self {
        Self { left: bytes, meter, gate: (limit, clock), turn: None }
    }
}

impl Body for Metered {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        if this.left.is_empty() {
            return Poll::Ready(None);
        }
        let length = if let Some((length, wait)) = &mut this.turn {
            ready!(wait.as_mut().poll(cx));
            *length
        } else {
            let (limit, clock) = &this.gate;
            let turn = limit.book(this.left.len(), || clock.now());
            if let Some(from) = turn.from {
                let clock = clock.clone();
                let mut wait: Turn = Box::pin(async move { clock.sleep(from.since(clock.now())).await });
                let waits = wait.as_mut().poll(cx).is_pending();
                if waits {
                    this.meter.held.store(true, Ordering::Relaxed);
                    this.turn = Some((turn.bytes, wait));
                    return Poll::Pending;
                }
            }
            turn.bytes
        };
        if this.turn.take().is_some() {
            this.meter.held.store(false, Ordering::Relaxed);
        }
        let slice = this.left.split_to(length);
        this.meter.add(length);
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

/// Where an attempt stopped making progress. The attempt was dropped together with its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The body was not taken any further.
    Body,
    /// The body was taken completely, and no answer came.
    Answer,
}

/// Waits for `attempt` as long as it makes progress. Time that its body waits for the rate limiter doesn't count.
///
/// # Errors
///
/// [`Silence`] if the attempt made no progress for as long as `patience` allows, or took too long as a whole.
pub async fn guard<F: Future + Send>(
    attempt: F,
    meter: &Meter,
    clock: &Clock,
    patience: &Timeouts,
) -> Result<F::Output, Silence> {
    let mut attempt = Box::pin(attempt);
    let look = (patience.idle.min(patience.answer) / 8).clamp(Duration::from_millis(5), Duration::from_secs(1));
    let mut began = clock.now();
    let (mut moved_at, mut taken, mut looked) = (began, 0, began);
    loop {
        tokio::select! {
            biased;
            output = &mut attempt => return Ok(output),
            () = clock.sleep(look) => {}
        }
        let now = clock.now();
        let held = meter.held.load(Ordering::Relaxed);
        if held {
            began = began + now.since(looked);
        }
        looked = now;
        if held || meter.taken() != taken {
            (moved_at, taken) = (now, meter.taken());
        }
        let length = meter.length.load(Ordering::Acquire);
        let (limit, silence) = if meter.finished() {
            (patience.answer_after(length), Silence::Answer)
        } else {
            (patience.idle, Silence::Body)
        };
        if now.since(moved_at) >= limit || now.since(began) >= patience.whole(length) {
            return Err(silence);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    const SLICE: usize = 64 << 10;

    fn body(content: Bytes, meter: &Arc<Meter>, limit: &RateLimiter, clock: &Clock) -> Metered {
        Metered::new(content, Arc::clone(meter), limit.clone(), clock.clone())
    }

    const SHORT: Timeouts = Timeouts {
        idle: Duration::from_millis(80),
        answer: Duration::from_millis(80),
        complete: Duration::from_millis(300),
        slowest: 1 << 20,
        drain: 64 << 10,
        least: Duration::from_millis(200),
        margin: Duration::from_millis(100),
    };

    #[tokio::test]
    async fn a_body_is_counted_as_it_is_read() {
        let shown = Arc::new(AtomicU64::new(7));
        let content = Bytes::from(vec![5; 3 * SLICE + 10]);
        let meter = Meter::new(content.len() as u64, Arc::clone(&shown));
        assert_eq!(shown.load(Ordering::Relaxed), 0, "a new attempt begins at nothing");
        let mut body = body(content.clone(), &meter, &RateLimiter::default(), &Clock::start());
        assert_eq!(body.size_hint().exact(), Some(content.len() as u64));
        let first = body.frame().await.expect("a frame").expect("no fault").into_data().expect("data");
        assert_eq!((first.len(), meter.taken()), (SLICE, SLICE as u64));
        assert_eq!(body.size_hint().exact(), Some(2 * SLICE as u64 + 10));
        assert!(!meter.finished() && !body.is_end_stream());
        assert_eq!(body.collect().await.expect("no fault").to_bytes().len(), 2 * SLICE + 10);
        assert!(meter.finished());
        assert_eq!(shown.load(Ordering::Relaxed), content.len() as u64);
    }

    #[tokio::test]
    async fn a_stalled_request_times_out() {
        let clock = Clock::start();
        let meter = Meter::new(10, Arc::default());
        let ended = guard(std::future::pending::<()>(), &meter, &clock, &SHORT).await;
        assert_eq!(ended, Err(Silence::Body));
        meter.add(10);
        let ended = guard(std::future::pending::<()>(), &meter, &clock, &SHORT).await;
        assert_eq!(ended, Err(Silence::Answer));
        assert_eq!(guard(async { 5 }, &meter, &clock, &SHORT).await, Ok(5));
    }

    #[tokio::test]
    async fn a_moving_request_may_take_the_whole_time() {
        let clock = Clock::start();
        let meter = Meter::new(1000, Arc::default());
        let moving = async {
            for _ in 0..6 {
                tokio::time::sleep(Duration::from_millis(40)).await;
                meter.add(1);
            }
        };
        assert_eq!(guard(moving, &meter, &clock, &SHORT).await, Ok(()), "longer than one idle time");
        let endless = async {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                meter.add(1);
            }
        };
        let before = clock.now();
        let ended: Result<(), Silence> = guard(endless, &meter, &clock, &SHORT).await;
        assert_eq!(ended, Err(Silence::Body));
        assert!(clock.now().since(before) >= SHORT.whole(1000));
    }

    #[tokio::test]
    async fn a_rate_limit_is_not_mistaken_for_silence() {
        let (clock, limit) = (Clock::start(), RateLimiter::default());
        limit.set(Some(64_000));
        let content = Bytes::from(vec![5; 32_000]);
        let meter = Meter::new(content.len() as u64, Arc::default());
        let hasty =
            Timeouts { idle: Duration::from_millis(40), least: Duration::ZERO, margin: Duration::ZERO, ..SHORT };
        let before = clock.now();
        let sending = body(content, &meter, &limit, &clock).collect();
        let sent = guard(sending, &meter, &clock, &hasty).await.expect("it moves").expect("no fault").to_bytes();
        assert_eq!(sent.len(), 32_000);
        let took = clock.now().since(before);
        assert!(took >= Duration::from_millis(380), "{took:?} for half a second's worth, less the last turn");
    }

    #[test]
    fn a_slow_connection_gets_enough_time() {
        let patience = Timeouts::default();
        assert_eq!(patience.whole(0), Duration::from_secs(90));
        assert_eq!(patience.whole(8 << 20), Duration::from_secs(512 + 30));
        assert!(patience.answering_in(patience.complete).whole(1000) > Duration::from_mins(10));
    }
}
