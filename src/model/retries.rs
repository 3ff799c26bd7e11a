//! Retries that go on: what is tried again, since when, how often and when next, for as long as nothing goes well.

use super::Model;
use super::denials::Denials;
use super::lane::Lane;
use super::problem::{Kind, Problem};
use super::snapshot::{Retried, RetryStatus};
use super::upload::UploadId;
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// A session of less than this is over before much can be done under it; STS gives 15 minutes at least.
const SHORT_SESSION: Duration = Duration::from_mins(1);
/// Sessions in a row that are over before anything goes well under them; the next one would be too.
const SHORT_SESSIONS: u32 = 4;

impl Lane {
    /// A try failed, and the next one is at `due`.
    pub(super) fn note_retry(&mut self, now: Time, what: Retried, why: &Problem, due: Time) {
        let (since, tries, next) = match &self.shown.retry {
            Some(retry) if retry.what == what && retry.next > now => (retry.since, retry.tries, retry.next.min(due)),
            Some(retry) => (retry.since, retry.tries, due),
            None => (now, 0, due),
        };
        let why = Arc::new(why.clone());
        self.shown.retry = Some(RetryStatus { what, why, since, tries: tries.saturating_add(1), next });
    }

    /// Nothing of this kind is tried again.
    pub(super) fn clear_retry(&mut self, what: Retried) {
        self.shown.retry.take_if(|retry| retry.what == what);
    }

    /// S3 answered something well. While it is asked once more for what it denied, that stands until its outcome is clear.
    pub(super) fn note_success(&mut self) {
        if !matches!(self.trial.denials, Denials::Asking(..)) {
            self.shown.retry = None;
        }
        // The session is of use, however short it is.
        self.access.fruitless = 0;
        self.shown.renew_problem.take_if(|problem| problem.kind == Kind::SessionOver);
    }

    /// Sessions that end before anything was done under them are asked for more and more slowly, and then no more.
    pub(super) fn note_short_session(&mut self, now: Time) {
        if !self.is_short() {
            return;
        }
        let over = Problem::new(Kind::SessionOver);
        if self.access.fruitless < SHORT_SESSIONS {
            return self.note_retry(now, Retried::Access, &over, self.next_short_session());
        }
        self.clear_retry(Retried::Access);
        self.shown.renew_problem = Some(Arc::new(over));
    }

    /// Whether the session is not the first one in a row that is over before much can be done under it.
    pub(super) fn is_short(&self) -> bool {
        self.access.fruitless > 1 && self.shown.session.grant().is_some_and(|grant| grant.length < SHORT_SESSION)
    }

    /// When the next session is asked for, after so many in a row that were of no use.
    pub(super) fn next_short_session(&self) -> Time {
        self.access.given_at + Duration::from_secs(1 << self.access.fruitless.min(6))
    }
}

impl Model {
    /// A request of this upload failed, and the next one is at `due`.
    pub(super) fn note_upload_retry(&mut self, id: UploadId, why: &Problem, due: Time) {
        self.lanes[self.rows[id].destination].note_retry(self.now, Retried::Upload, why, due);
    }
}
