//! How long to wait between tries, and how far to look ahead.

use std::time::Duration;

/// The first wait after a try that did not work.
pub(super) const BACKOFF: Duration = Duration::from_millis(500);
/// The longest wait between tries.
pub(super) const BACKOFF_MOST: Duration = Duration::from_mins(1);
/// What is refused so shortly before a session's end was refused because of its end: clocks tell whole seconds.
pub(super) const NEAR_END: Duration = Duration::from_secs(2);
/// How far ahead in the queue a small file is looked for that can go beside large ones.
pub(super) const AHEAD: usize = 64;
