//! Retries that go on: what is tried again, since when, how often and when next, for as long as nothing goes well.

use super::Model;
use super::denials::Denials;
use super::problem::{Kind, Problem};
use super::session::Session;
use super::snapshot::{Retried, RetryStatus};
use super::upload::{PlaceNo, UploadNo};
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// A session of less than this is over before much can be done under it; STS gives 15 minutes at least.
const SHORT_SESSION: Duration = Duration::from_mins(1);

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
    pub(super) fn note_upload_retry(&mut self, id: UploadNo, why: &Problem, due: Time) {
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
    pub(super) fn well_again(&mut self, no: PlaceNo) {
        let at = usize::from(no.0);
        if self.desks.get(at).is_some_and(|desk| !matches!(desk.denials, Denials::Asking(..)))
            && let Some(place) = self.seen.places.get_mut(at)
        {
            place.retry = None;
        }
    }

    /// Sessions that end before anything was done under them are asked for more and more slowly.
    pub(super) fn note_short_session(&mut self, at: usize) {
        let (Some(place), Some(desk)) = (self.seen.places.get(at), self.desks.get(at)) else { return };
        if let Session::Active(grant) = &place.session
            && grant.length < SHORT_SESSION
            && desk.fruitless > 1
        {
            let due = desk.given_at + Self::between_fruitless(desk.fruitless);
            self.note_retry(at, Retried::Access, &Problem::new(Kind::SessionOver), due);
        }
    }

    /// How long after a session the next one is asked for, if so many in a row were of no use.
    pub(super) fn between_fruitless(sessions: u32) -> Duration {
        Duration::from_secs(1 << sessions.min(6))
    }
}
