//! How long to wait between tries, and how far to look ahead.

use std::time::Duration;

/// The first wait after a failed try.
pub(super) const BACKOFF: Duration = Duration::from_millis(500);
/// The longest wait between tries.
pub(super) const BACKOFF_MOST: Duration = Duration::from_mins(1);
/// A refusal this shortly before a session's end is taken for its end: clocks tell whole seconds.
pub(super) const NEAR_END: Duration = Duration::from_secs(2);
/// How far ahead in the queue to look for a small file that can go beside large ones.
pub(super) const AHEAD: usize = 64;
