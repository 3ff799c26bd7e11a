//! Large files as one PutObject each, if the bucket's KMS key allows no parts; and what sessions teach about a destination.
//!
//! With SSE-KMS, S3 needs `kms:GenerateDataKey` for every object and also `kms:Decrypt` for each part (S3 User Guide,
//! "Multipart upload API and permissions"). A role without the second lets small files in and large ones not.

use super::Model;
use super::conditions::Learned;
use super::event::{Assumed, Effect};
use super::parts::{PART_USUAL, PUT_MAX};
use super::problem::Problem;
use super::record::Record;
use super::upload::{DestinationId, Multipart, UploadId};
use super::work::{CompleteState, InFlight, RequestKind};
use crate::time::Utc;
use std::sync::Arc;

/// With at most this much left to send, in bytes, a PutObject is not cancelled: the network may have taken the rest by now.
const NEARLY: u64 = 64 << 20;
/// The least time between two records of a delivery to the same destination, in seconds.
const HOUR: i64 = 3600;

impl Model {
    /// Whether a file of this size goes up as one PutObject, streamed from the disk.
    pub(super) fn is_single_put(&self, place: DestinationId, size: u64) -> bool {
        size > PART_USUAL && size <= PUT_MAX && self.lanes[place].shown.learned.parts_refused.is_some()
    }

    /// Whether a PutObject is out for this upload that may have been stored by now.
    pub(super) fn is_nearly_sent(&self, id: UploadId) -> bool {
        let Some(work) = self.work.get(id) else { return false };
        let nearly = |out: &InFlight| out.what == RequestKind::Whole && out.taken.saturating_add(NEARLY) >= out.body;
        work.out.keys().filter_map(|request| self.in_flight.get(request)).any(nearly)
    }

    /// Sends a file as one PutObject after the KMS key refused its parts, and the ones after it too. Returns false if it is too
    /// large for that.
    pub(super) fn continue_as_single_put(
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
        self.learn(out.destination, fx, |learned| learned.parts_refused = Some(at));
        let size = self.rows[id].size;
        if !self.is_single_put(out.destination, size) {
            return false;
        }
        self.withdraw(id, fx);
        self.use_single_put(id, fx);
        self.requeue(id, true);
        true
    }

    /// Has this upload go up as one PutObject, and gives up its parts.
    pub(super) fn use_single_put(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let work = self.work.begun(id);
        if std::mem::replace(&mut work.whole, true) {
            return;
        }
        if let Some(before) = self.start_over(id) {
            self.abort_later(id, Some(before));
            fx.push(Effect::Record(Record::Restarted(id)));
        }
    }

    /// Forgets what S3 has of this upload, and returns its multipart upload.
    pub(super) fn start_over(&mut self, id: UploadId) -> Option<Multipart> {
        self.keep_until(id, None);
        let work = self.work.get_mut(id)?;
        work.unread.clear();
        work.completion = CompleteState::NotSent;
        work.lost = 0;
        work.resumed = None;
        work.multipart.take()
    }

    /// Learns from a session that was given.
    pub(super) fn learn_access(&mut self, at: DestinationId, given: &Assumed, fx: &mut Vec<Effect>) {
        let lane = &self.lanes[at];
        let caller = lane.access.caller.clone().or_else(|| {
            let (_, who) = self.identities.iter().find(|(name, _)| *name == lane.shown.destination.profile)?;
            Some(who.as_ref().ok()?.arn.clone())
        });
        let left = i64::try_from(given.left.as_secs()).unwrap_or(0);
        let now = Utc(given.ends.0.saturating_sub(left));
        self.learn(at, fx, |learned| {
            learned.worked = Some(now);
            learned.caller = caller.or_else(|| learned.caller.take());
            // The permission may have been added since: parts are tried again after a while.
            learned.parts_refused = learned.parts_refused.filter(|then| now.0.saturating_sub(then.0) < Learned::AGAIN);
        });
    }

    /// Learns from a file that was delivered.
    pub(super) fn learn_delivery(&mut self, id: UploadId, what: RequestKind, at: Utc, fx: &mut Vec<Effect>) {
        let place = self.rows[id].destination;
        self.learn(place, fx, |learned| {
            if learned.delivered.is_none_or(|then| at.0.saturating_sub(then.0) >= HOUR) {
                learned.delivered = Some(at);
            }
            if what == RequestKind::Complete {
                learned.parts_refused = None;
            }
        });
    }

    fn learn(&mut self, at: DestinationId, fx: &mut Vec<Effect>, change: impl FnOnce(&mut Learned)) {
        let place = &mut self.lanes[at].shown;
        let mut learned = (*place.learned).clone();
        change(&mut learned);
        if *place.learned != learned {
            place.learned = Arc::new(learned);
            fx.push(Effect::Record(Record::Learned(at, Arc::clone(&place.learned))));
        }
    }

    /// Records again what is known of a destination.
    pub(super) fn record_learned(&self, at: DestinationId, fx: &mut Vec<Effect>) {
        let learned = &self.lanes[at].shown.learned;
        if !learned.is_empty() {
            fx.push(Effect::Record(Record::Learned(at, Arc::clone(learned))));
        }
    }
}
