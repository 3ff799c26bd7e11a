//! The diagnostic log: what went into the model, what it wanted done, what was answered, and how its state changed.
//!
//! A line is a message that stands in the source and fields of types that cannot hold a secret ([`Shown`]): no text of a
//! person, a file or a server gets into it as it is. Files, keys, roles, buckets, profiles and accounts are shortened; of
//! what a server or the system said, only words of a fixed vocabulary remain. Nothing outside this module names `tracing`,
//! and lines are dispatched to a subscriber of their own, so that what the SDK traces reaches no file.
//!
//! Lines are formatted where they arise and written by a thread of the log's own. A full queue drops lines and counts them;
//! nothing waits for the disk.

mod changes;
mod effects;
mod events;
mod file;
mod often;
mod queue;
pub mod shown;
mod text;

pub use changes::Changes;
pub use effects::FailedRequest;
pub use file::{LogText, read};
pub use shown::Shown;

use super::clock::Clock;
use crate::model::problem::Problem;
use often::{Often, Why};
use queue::Queue;
use shown::{AwsRequestId, ErrorCode, Words};
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::{Dispatch, Level};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;

/// The target of every line, which the filter admits alone.
const TARGET: &str = "daypass";

/// Writes one line if the log takes its level. Each field's value is [`Shown`].
macro_rules! line {
    ($log:expr, $level:ident, $message:literal $(, $name:ident = $value:expr)* $(,)?) => {
        if $log.takes(tracing::Level::$level) {
            $log.within(|| {
                tracing::event!(
                    target: $crate::engine::log::TARGET,
                    tracing::Level::$level,
                    $($name = %$crate::engine::log::shown::LogField(&$value),)*
                    $message
                );
            });
        }
    };
}
pub(in crate::engine) use line;

/// The log of one engine. Copies write to the same file; the default writes nothing.
#[derive(Clone, Default)]
pub struct Log(Option<Arc<Inner>>);

struct Inner {
    detailed: AtomicBool,
    dispatch: Dispatch,
    queue: Queue,
    clock: Clock,
    often: Mutex<Often>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// Opens the log in the folder of the journal. It reads the disk, so call it on a thread that may block.
    ///
    /// # Errors
    /// What the system says where nothing can be kept there, or the folder is open to other users.
    pub fn open(home: &Path, clock: &Clock) -> io::Result<Self> {
        let queue = Queue::start(file::LogFiles::open(home)?)?;
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .with_timer(WallClock(clock.clone()))
            .with_writer(queue.clone());
        // The level is held by `takes` and not here: a filter that changes makes `tracing` ask the current thread's subscriber
        // about every line again, and outside of `within` there is none, so lines would be lost.
        let filter = Targets::new().with_target(TARGET, LevelFilter::DEBUG);
        let inner = Inner {
            detailed: AtomicBool::new(false),
            dispatch: Dispatch::new(Registry::default().with(filter).with(lines)),
            queue,
            clock: clock.clone(),
            often: Mutex::default(),
        };
        Ok(Self(Some(Arc::new(inner))))
    }

    /// Takes each request and event from now on, or only what is needed to tell what went wrong.
    pub fn set_detailed(&self, detailed: bool) {
        if let Some(inner) = &self.0 {
            inner.detailed.store(detailed, Ordering::Relaxed);
        }
    }

    /// Whether lines of this level are written.
    pub(in crate::engine) fn takes(&self, level: Level) -> bool {
        self.0.as_ref().is_some_and(|inner| level <= Level::INFO || inner.detailed.load(Ordering::Relaxed))
    }

    pub(in crate::engine) fn within(&self, write: impl FnOnce()) {
        if let Some(inner) = &self.0 {
            tracing::dispatcher::with_default(&inner.dispatch, write);
        }
    }

    /// Waits until every line before is in the file, for a second at most.
    pub async fn flush(&self) {
        if let Some(inner) = &self.0 {
            inner.queue.flush().await;
        }
    }

    /// How many lines of this sort were left out since the last one, if this one may be written. The usual level writes ten of
    /// a sort in a minute, and fewer and fewer where it goes on.
    fn may_repeat(&self, sort: (&'static str, Why)) -> Option<u64> {
        let inner = self.0.as_ref()?;
        if inner.detailed.load(Ordering::Relaxed) {
            return Some(0);
        }
        let now = inner.clock.now();
        inner.often.lock().unwrap_or_else(PoisonError::into_inner).may_write(sort, now)
    }

    /// Whether a line about this problem was written so often lately that it is counted only.
    fn is_often(&self, message: &'static str, problem: &Problem) -> bool {
        self.may_repeat((message, Why::Problem(problem.kind))).is_none()
    }

    /// The same for a line that is about no problem.
    fn is_often_word(&self, message: &'static str) -> bool {
        self.may_repeat((message, Why::Word("repeats"))).is_none()
    }

    /// Tells how many lines of each sort were left out and not told of yet.
    fn tell_left_out(&self) {
        let Some(inner) = &self.0 else { return };
        let left_out = inner.often.lock().unwrap_or_else(PoisonError::into_inner).take_left_out();
        for ((what, why), count) in left_out {
            line!(self, INFO, "more of the same", what = what, why = why, count = count);
        }
    }
}

/// What a problem says in a line.
struct Of<'a> {
    call: ErrorCode<'a>,
    code: ErrorCode<'a>,
    status: u16,
    request_id: AwsRequestId<'a>,
    said: Words<'a>,
}

impl<'a> Of<'a> {
    fn problem(problem: &'a Problem) -> Self {
        let detail = problem.detail.as_deref();
        Self {
            call: ErrorCode(detail.map_or("", |detail| &detail.call)),
            code: ErrorCode(detail.map_or("", |detail| &detail.code)),
            status: detail.map_or(0, |detail| detail.status),
            request_id: AwsRequestId(detail.map_or("", |detail| &detail.request_id)),
            said: Words(detail.map_or("", |detail| &detail.message)),
        }
    }
}

/// Writes a line about a problem: its kind, and what was answered.
macro_rules! problem_line {
    ($log:expr, $level:ident, $message:literal, $problem:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        let problem: &crate::model::problem::Problem = $problem;
        let of = $crate::engine::log::Of::problem(problem);
        $crate::engine::log::line!(
            $log, $level, $message $(, $name = $value)*, kind = problem.kind, call = of.call, code = of.code,
            status = of.status, request_id = of.request_id, said = of.said
        );
    }};
}
use problem_line;

/// The time of day of this computer, in UTC, to the millisecond.
struct WallClock(Clock);

impl FormatTime for WallClock {
    fn format_time(&self, to: &mut Writer<'_>) -> fmt::Result {
        to.write_str(&crate::time::rfc3339_millis(self.0.wall_millis()))
    }
}
