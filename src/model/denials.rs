//! Denials by S3: IAM's delay after a change, a policy that lets nothing in, or one that denies single keys.
//!
//! The first denial stops new requests to its destination. Once the requests in flight have been answered, it is decided
//! whom the denial is about. If S3 accepted another upload that was sent later, the policy denies this key: the upload alone
//! is retried once. Otherwise the destination is held and the person is told. Since IAM takes seconds to spread a change, a
//! held destination is probed once, by a request of an upload that was denied and one of an upload that was not. A second
//! denial stands until the person or a new session changes something.

use super::Model;
use super::event::Effect;
use super::problem::{Kind, Problem};
use super::snapshot::{Retried, RetryStatus};
use super::timing::AHEAD;
use super::upload::{DestinationId, RequestId, State, UploadId};
use super::work::{InFlight, RequestKind};
use crate::time::Time;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long IAM may take to apply a change, so that a denial is worth a second try.
const WAIT: Duration = Duration::from_secs(5);

/// The uploads that S3 denied since new requests were stopped, each with its problem.
type Denied = BTreeMap<UploadId, Arc<Problem>>;

/// How a destination deals with a denial.
#[derive(Clone, Debug, Default)]
pub(super) enum Denials {
    /// There is none, or the destination stays held.
    #[default]
    None,
    /// Nothing new goes out until the requests in flight have been answered.
    Draining(Denied),
    /// The destination is held, and probed at this moment.
    Waiting(Time, Denied),
    /// It is probed by these uploads, of which the first was denied; with what is denied meanwhile.
    Asking(Vec<UploadId>, Denied),
}

/// The time between two changes that may have changed what S3 lets in: a new session, or a person who lets a hold go.
/// A denial of an earlier trial counts no more.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// Counts the trials.
    pub number: u32,
    pub denials: Denials,
    /// Requests with content that S3 accepted, in all trials.
    pub accepted: u64,
    /// The last of them in this trial.
    pub let_in: LetIn,
    /// Whether the denial was probed, with nothing accepted since.
    pub asked_again: bool,
    /// The smallest body that something on the way refused for its size, in bytes.
    pub body_limit: Option<u64>,
}

impl Trial {
    /// S3 accepted content.
    pub fn note_accepted(&mut self, request: RequestId, upload: UploadId) {
        self.accepted += 1;
        self.let_in.note(request, upload);
        self.asked_again &= matches!(self.denials, Denials::Draining(_));
    }

    /// Begins the next trial.
    pub fn begin(&mut self) {
        *self = Self { number: self.number + 1, accepted: self.accepted, ..Self::default() };
    }
}

/// Denials of one upload in one trial.
#[derive(Clone, Copy, Debug)]
pub(super) struct UploadDenied {
    /// `Trial::number` in which it was denied.
    pub trial: u32,
    /// How often; all requests that were out at the same time count once.
    pub times: u32,
    /// The last request that was denied.
    pub request: RequestId,
    /// `Trial::accepted` when it was denied first.
    pub well: u64,
}

/// The last requests that S3 accepted, of two uploads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LetIn {
    last: Option<(RequestId, UploadId)>,
    /// The last one of another upload than `last`'s.
    other: Option<(RequestId, UploadId)>,
}

impl LetIn {
    pub fn note(&mut self, request: RequestId, upload: UploadId) {
        let new = Some((request, upload));
        match self.last {
            Some((_, of)) if of == upload => self.last = self.last.max(new),
            last if last < new => (self.other, self.last) = (last, new),
            _ => self.other = self.other.max(new),
        }
    }

    /// Whether S3 accepted a request of another upload that went out after this one.
    fn after(&self, request: RequestId, upload: UploadId) -> bool {
        let later = |(other, of): (RequestId, UploadId)| of != upload && other > request;
        self.last.is_some_and(later) || self.other.is_some_and(later)
    }
}

impl Model {
    /// Takes in that S3 denied a request of this upload.
    pub(super) fn denied(
        &mut self,
        id: UploadId,
        request: RequestId,
        out: &InFlight,
        problem: &Problem,
        fx: &mut Vec<Effect>,
    ) {
        self.back_in_line(id, out, fx);
        let lane = &mut self.lanes[out.destination];
        let work = self.work.begun(id);
        let mut denied = match std::mem::take(&mut lane.trial.denials) {
            Denials::None | Denials::Waiting(..) => Denied::new(),
            Denials::Draining(denied) => denied,
            Denials::Asking(asks, mut denied) => {
                note(&mut denied, id, work, lane.trial.number, lane.trial.accepted, request, problem);
                lane.trial.denials = Denials::Asking(asks, denied);
                return;
            }
        };
        note(&mut denied, id, work, lane.trial.number, lane.trial.accepted, request, problem);
        lane.trial.denials = Denials::Draining(denied);
    }

    /// Whether requests to this destination are out that S3 may still deny.
    fn asks_for(&self, at: DestinationId) -> bool {
        self.in_flight.values().any(|out| out.signed && out.destination == at && out.what != RequestKind::Abort)
    }

    /// Decides once the requests in flight have been answered, or probes when it is time to.
    pub(super) fn settle_denials(&mut self, at: DestinationId, fx: &mut Vec<Effect>) {
        let active = self.lanes[at].is_active();
        match &self.lanes[at].trial.denials {
            Denials::Draining(_) | Denials::Asking(..) if self.asks_for(at) => {}
            Denials::Draining(_) => self.decide_denials(at, false, fx),
            Denials::Asking(asks, _) if asks.is_empty() => self.decide_denials(at, true, fx),
            Denials::Waiting(..) | Denials::Asking(..) if !active => self.let_stand(at),
            Denials::Waiting(due, _) => {
                if *due <= self.now && !self.lanes[at].shown.paused && self.may_send() {
                    self.begin_asking(at);
                }
            }
            Denials::None | Denials::Asking(..) => {}
        }
    }

    /// Keeps the hold until a person or a new session changes something.
    fn let_stand(&mut self, at: DestinationId) {
        let lane = &mut self.lanes[at];
        lane.trial.denials = Denials::None;
        lane.clear_retry(Retried::Denied);
    }

    /// Decides which uploads are denied for their key, and whether the destination is held.
    fn decide_denials(&mut self, at: DestinationId, asked: bool, fx: &mut Vec<Effect>) {
        let denied = match std::mem::take(&mut self.lanes[at].trial.denials) {
            Denials::Draining(denied) | Denials::Asking(_, denied) => denied,
            Denials::None | Denials::Waiting(..) => return,
        };
        let again =
            |id: &UploadId| self.work.get(*id).and_then(|work| work.denied).is_some_and(|denied| denied.times > 1);
        let nobody_new = denied.keys().all(again);
        let (minded, all): (Denied, Denied) = denied
            .into_iter()
            .filter(|(id, _)| self.is_open(*id))
            .partition(|(id, _)| self.is_minded(at, *id, nobody_new));
        let why = all.values().next().cloned();
        for (id, why) in minded {
            if self.work.get(id).and_then(|work| work.denied).is_some_and(|denied| denied.times > 1) {
                self.fail(id, &why, fx);
            } else {
                self.wait_alone(at, id, why);
            }
        }
        self.close_delivery(at, fx);
        let (lane, now) = (&mut self.lanes[at], self.now);
        let Some(why) = why else {
            // Each denial was about a key, or is over by now.
            if asked && lane.shown.hold.as_ref().is_some_and(|hold| matches!(hold.kind, Kind::AccessDenied(_))) {
                lane.shown.hold = None;
            }
            lane.clear_retry(Retried::Denied);
            return;
        };
        if lane.shown.hold.is_none() {
            lane.shown.hold = Some(Arc::clone(&why));
        }
        if asked || lane.trial.asked_again {
            return self.let_stand(at);
        }
        lane.trial.denials = Denials::Waiting(now + WAIT, all);
        lane.shown.retry = Some(RetryStatus { what: Retried::Denied, why, since: now, tries: 1, next: now + WAIT });
    }

    /// Whether S3 denies this upload for its key: it accepted others that were sent later, or it accepted others since this one
    /// was denied first and denies nothing that it did not deny before.
    fn is_minded(&self, at: DestinationId, id: UploadId, nobody_new: bool) -> bool {
        let (lane, Some(work)) = (&self.lanes[at], self.work.get(id)) else { return false };
        let Some(denied) = work.denied else { return false };
        let let_in_before = work.multipart.as_ref().is_some_and(|multipart| multipart.parts.confirmed() > 0);
        let others_since = denied.times > 1 && lane.trial.accepted > denied.well;
        lane.trial.let_in.after(denied.request, id) || nobody_new && others_since && !let_in_before
    }

    /// Retries one upload after a while; the others go on.
    fn wait_alone(&mut self, at: DestinationId, id: UploadId, why: Arc<Problem>) {
        let due = self.now + WAIT;
        if self.lanes[at].active.contains(&id) {
            if let Some(work) = self.work.get_mut(id) {
                work.not_before = Some(due);
            }
        } else if self.rows[id].state == State::Waiting {
            self.wait_until(id, due);
            self.set_state(id, State::Retrying(due, why));
        }
    }

    /// Chooses the uploads that probe: the smallest one that was denied, and one that was not.
    fn begin_asking(&mut self, at: DestinationId) {
        let Denials::Waiting(_, denied) = std::mem::take(&mut self.lanes[at].trial.denials) else { return };
        let small = |id: UploadId| {
            let waits = self.rows[id].state == State::Waiting;
            self.small(id).filter(|_| waits)
        };
        let moves = |id: &UploadId| self.rows[*id].state == State::Waiting || self.rows[*id].state.moving();
        let first = denied.keys().copied().filter(moves).min_by_key(|id| small(*id).unwrap_or(u64::MAX));
        let lane = &self.lanes[at];
        let is_new = |id: &UploadId| {
            let before = self.work.get(*id).and_then(|work| work.denied);
            before.is_none_or(|before| before.trial != lane.trial.number)
        };
        // The probe has to carry content, as the denied request did: CreateMultipartUpload shows nothing.
        let has_begun = |id: &UploadId| {
            let multipart = self.work.get(*id).and_then(|work| work.multipart.as_ref());
            multipart.is_some_and(|multipart| multipart.upload_id.is_some())
        };
        let waits = lane.queue.iter().take(AHEAD).find(|id| small(**id).is_some() && is_new(id));
        let second = waits.or_else(|| lane.active.iter().find(|id| has_begun(id) && is_new(id))).copied();
        let lane = &mut self.lanes[at];
        if let Some(first) = first {
            lane.trial.asked_again = true;
            lane.trial.denials = Denials::Asking(std::iter::once(first).chain(second).collect(), Denied::new());
        } else {
            // The denied uploads were canceled meanwhile.
            lane.shown.hold = None;
            lane.clear_retry(Retried::Denied);
        }
    }

    /// Sends the next probing request; returns false if there is none to send now.
    pub(super) fn ask_again(&mut self, at: DestinationId, fx: &mut Vec<Effect>) -> bool {
        loop {
            let Denials::Asking(asks, _) = &self.lanes[at].trial.denials else { return false };
            let Some(&id) = asks.first() else { return false };
            let before = RequestId(self.next_request);
            let waits = self.rows[id].state == State::Waiting;
            let sent = if waits {
                let lane = &mut self.lanes[at];
                lane.queue.retain(|&other| other != id);
                lane.queue.push_front(id);
                self.admit_first(at, fx)
            } else {
                self.advance(id, fx)
            };
            let asked = self.in_flight.get(&before).is_some_and(|out| out.signed);
            let under_way = self.work.get(id).is_some_and(|work| !work.out.is_empty());
            if asked || !waits && !under_way && !self.crowded {
                // It was sent, or this upload has nothing to probe with.
                if let Denials::Asking(asks, _) = &mut self.lanes[at].trial.denials {
                    asks.remove(0);
                }
                if !sent {
                    continue;
                }
            }
            return sent;
        }
    }
}

fn note(
    denied: &mut Denied,
    id: UploadId,
    work: &mut super::work::Work,
    trial: u32,
    well: u64,
    request: RequestId,
    problem: &Problem,
) {
    let new = UploadDenied { trial, times: 0, request, well };
    let of = work.denied.get_or_insert(new);
    if of.trial != trial {
        *of = new;
    }
    of.request = of.request.max(request);
    if denied.insert(id, Arc::new(problem.clone())).is_none() {
        of.times += 1;
    }
}
