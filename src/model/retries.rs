//! Retries that go on: what is tried again, since when, how often and when next, for as long as nothing goes well.

use super::Model;
use super::denials::Denials;
use super::problem::{Kind, Problem};
use super::snapshot::{Retried, RetryStatus};
use super::upload::{DestinationId, UploadId};
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// A session of less than this is over before much can be done under it; STS gives 15 minutes at least.
const SHORT_SESSION: Duration = Duration::from_mins(1);
/// Sessions in a row that are over before anything goes well under them; the next one would be too.
const SHORT_SESSIONS: u32 = 4;

impl Model {
    /// A try did not go well, and the next one is at `due`.
    pub(super) fn note_retry(&mut self, at: usize, what: Retried, why: &Problem, due: Time) {
        let now = self.seen.now;
        let Some(place) = self.seen.places.get_mut(at) else { return };
        let (since, tries, next) = match &place.retry {
            Some(retry) if retry.what == what && retry.next > now => (retry.since, retry.tries, retry.next.min(due)),
            Some(retry) => (retry.since, retry.tries, due),
            None => (now, 0, due),
        };
        let why = Arc::new(why.clone());
        place.retry = Some(RetryStatus { what, why, since, tries: tries.saturating_add(1), next });
    }

    /// The same for a request of this upload.
    pub(super) fn note_upload_retry(&mut self, id: UploadId, why: &Problem, due: Time) {
        if let Some(row) = self.seen.rows.get(id) {
            self.note_retry(usize::from(row.place.0), Retried::Upload, why, due);
        }
    }

    /// Nothing of this kind is tried again.
    pub(super) fn clear_retry(&mut self, at: usize, what: Retried) {
        if let Some(place) = self.seen.places.get_mut(at)
            && place.retry.as_ref().is_some_and(|retry| retry.what == what)
        {
            place.retry = None;
        }
    }

    /// Something went well at this place. While it is asked for once more, that stands until its outcome is clear.
    pub(super) fn well_again(&mut self, id: DestinationId) {
        let at = usize::from(id.0);
        if self.desks.get(at).is_some_and(|desk| !matches!(desk.denials, Denials::Asking(..)))
            && let Some(place) = self.seen.places.get_mut(at)
        {
            place.retry = None;
        }
    }

    /// Sessions that end before anything was done under them are asked for more and more slowly, and then no more.
    pub(super) fn note_short_session(&mut self, at: usize) {
        if !self.is_short(at) {
            return;
        }
        let Some(desk) = self.desks.get(at) else { return };
        let over = Problem::new(Kind::SessionOver);
        if desk.fruitless < SHORT_SESSIONS {
            let due = desk.given_at + Self::between_fruitless(desk.fruitless);
            return self.note_retry(at, Retried::Access, &over, due);
        }
        self.clear_retry(at, Retried::Access);
        if let Some(place) = self.seen.places.get_mut(at) {
            place.renew_problem = Some(Arc::new(over));
        }
    }

    /// Whether the session is not the first one in a row that is over before much can be done under it.
    pub(super) fn is_short(&self, at: usize) -> bool {
        let (Some(place), Some(desk)) = (self.seen.places.get(at), self.desks.get(at)) else { return false };
        desk.fruitless > 1 && place.session.grant().is_some_and(|grant| grant.length < SHORT_SESSION)
    }

    /// S3 answered well under this session: it is of use, however short it is.
    pub(super) fn session_is_of_use(&mut self, id: DestinationId) {
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        desk.fruitless = 0;
        if place.renew_problem.as_ref().is_some_and(|problem| problem.kind == Kind::SessionOver) {
            place.renew_problem = None;
        }
    }

    /// How long after a session the next one is asked for, if so many in a row were of no use.
    pub(super) fn between_fruitless(sessions: u32) -> Duration {
        Duration::from_secs(1 << sessions.min(6))
    }
}
