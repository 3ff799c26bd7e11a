//! Large files that go up whole, since the bucket's key lets no parts in; and what else sessions taught about a destination.
//!
//! With a key of its own (SSE-KMS) a bucket wants `kms:GenerateDataKey` for every object and `kms:Decrypt` for each part
//! (S3 User Guide, "Multipart upload API and permissions"). A role without the second lets small files in and large ones not.

use super::Model;
use super::conditions::Learned;
use super::event::{Assumed, Effect};
use super::parts::{PART_USUAL, PUT_MAX};
use super::problem::Problem;
use super::record::Record;
use super::upload::{DestinationId, Multipart, UploadId};
use super::work::{InFlight, RequestKind};
use crate::time::Utc;
use std::sync::Arc;

/// With so little left to send, a PutObject's end is awaited: what the network took since the last look may be the rest.
const NEARLY: u64 = 64 << 20;
/// How often at most it is taken down that a file has arrived, in seconds.
const HOUR: i64 = 3600;

impl Model {
    /// Whether a file of this size goes up by one PutObject straight from the disk.
    pub(super) fn goes_whole(&self, place: DestinationId, size: u64) -> bool {
        let refused = |place: &super::snapshot::OpenDestination| place.learned.parts_refused.is_some();
        size > PART_USUAL && size <= PUT_MAX && self.seen.places.get(usize::from(place.0)).is_some_and(refused)
    }

    /// Whether a PutObject is out for this upload of which so little is left that it may have been stored by now.
    pub(super) fn is_nearly_sent(&self, id: UploadId) -> bool {
        let Some(work) = self.work.get(&id) else { return false };
        let nearly = |out: &InFlight| out.what == RequestKind::Whole && out.taken.saturating_add(NEARLY) >= out.body;
        work.out.keys().filter_map(|request| self.out.get(request)).any(nearly)
    }

    /// The key turned a part away: this file goes up whole, and so do those after it; false where it is too large for that.
    pub(super) fn goes_on_whole(
        &mut self,
        id: UploadId,
        out: &InFlight,
        problem: &Problem,
        fx: &mut Vec<Effect>,
    ) -> bool {
        if !matches!(out.what, RequestKind::Create | RequestKind::Part(_) | RequestKind::Complete) {
            return false;
        }
        let at = problem.detail.as_ref().map_or(Utc(0), |detail| detail.at);
        self.learn(out.place, fx, |learned| learned.parts_refused = Some(at));
        let size = self.seen.rows.get(id).map_or(0, |row| row.size);
        if !self.goes_whole(out.place, size) {
            return false;
        }
        self.withdraw(id, fx);
        self.make_whole(id, fx);
        self.requeue(id, true);
        true
    }

    /// From now on this upload goes up whole; what S3 has of its parts is given up.
    pub(super) fn make_whole(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let Some(work) = self.work.get_mut(&id) else { return };
        if std::mem::replace(&mut work.whole, true) {
            return;
        }
        if let Some(before) = self.begin_anew(id) {
            self.abort_later(id, Some(before));
            fx.push(Effect::Record(Record::Restarted(id)));
        }
    }

    /// Nothing of what S3 has of this upload counts any more; gives back the upload that held it.
    pub(super) fn begin_anew(&mut self, id: UploadId) -> Option<Multipart> {
        self.keep_until(id, None);
        let work = self.work.get_mut(&id)?;
        work.unread.clear();
        work.completing = false;
        work.maybe_done = false;
        work.lost = 0;
        work.resumed = None;
        work.multipart.take()
    }

    /// The role let somebody in.
    pub(super) fn was_let_in(&mut self, id: DestinationId, given: &Assumed, fx: &mut Vec<Effect>) {
        let Some(place) = self.seen.places.get(usize::from(id.0)) else { return };
        let known = self.seen.identities.iter().find(|(name, _)| *name == place.destination.profile);
        let caller = known.and_then(|(_, who)| who.as_ref().ok()).map(|who| who.arn.clone());
        let left = i64::try_from(given.left.as_secs()).unwrap_or(0);
        let now = Utc(given.ends.0.saturating_sub(left));
        self.learn(id, fx, |learned| {
            learned.worked = Some(now);
            learned.caller = caller.or_else(|| learned.caller.take());
            // A permission may have been added since: after a while it is tried again.
            learned.parts_refused = learned.parts_refused.filter(|then| now.0.saturating_sub(then.0) < Learned::AGAIN);
        });
    }

    /// A file arrived, as a whole or in parts.
    pub(super) fn has_delivered(&mut self, id: UploadId, what: RequestKind, at: Utc, fx: &mut Vec<Effect>) {
        let Some(place) = self.seen.rows.get(id).map(|row| row.place) else { return };
        self.learn(place, fx, |learned| {
            if learned.delivered.is_none_or(|then| at.0.saturating_sub(then.0) >= HOUR) {
                learned.delivered = Some(at);
            }
            if what == RequestKind::Complete {
                learned.parts_refused = None;
            }
        });
    }

    fn learn(&mut self, id: DestinationId, fx: &mut Vec<Effect>, change: impl FnOnce(&mut Learned)) {
        let Some(place) = self.seen.places.get_mut(usize::from(id.0)) else { return };
        let mut learned = (*place.learned).clone();
        change(&mut learned);
        if *place.learned != learned {
            place.learned = Arc::new(learned);
            fx.push(Effect::Record(Record::Learned(id, Arc::clone(&place.learned))));
        }
    }

    /// Takes down what is known of a destination that was written down anew.
    pub(super) fn keep_learned(&self, id: DestinationId, fx: &mut Vec<Effect>) {
        if let Some(place) = self.seen.places.get(usize::from(id.0)).filter(|place| !place.learned.is_empty()) {
            fx.push(Effect::Record(Record::Learned(id, Arc::clone(&place.learned))));
        }
    }
}
