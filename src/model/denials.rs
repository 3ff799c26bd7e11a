//! Denials by S3: IAM's delay after a change, a rule that lets nothing in, or one that turns single keys away.
//!
//! The first denial stops new requests of its destination. What had been sent by then is awaited, and then it is decided:
//! an upload that was denied while S3 let in another one that was sent later is minded for its own key, and is asked for
//! once more alone; otherwise everything is held and said at once. What is held is asked for once more by itself, by one
//! request of an upload that was denied and one of an upload that was not: IAM takes seconds to spread a change. A second
//! denial in a row stands until a person or a new session changes something.

use super::Model;
use super::event::Effect;
use super::problem::{Kind, Problem};
use super::session::Session;
use super::snapshot::{Retried, RetryStatus};
use super::timing::AHEAD;
use super::upload::{DestinationId, RequestId, State, UploadId};
use super::work::{InFlight, RequestKind};
use crate::time::Time;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a denial by S3 may be IAM's delay.
const WAIT: Duration = Duration::from_secs(5);

/// The uploads that S3 denied since new requests were stopped, each with its answer.
type Denied = BTreeMap<UploadId, Arc<Problem>>;

/// Where denials by S3 stand at a destination.
#[derive(Clone, Debug, Default)]
pub(super) enum Denials {
    /// There is none that matters, or what is held stays held.
    #[default]
    None,
    /// Nothing new goes out until what is out has come back.
    Draining(Denied),
    /// Everything is held, and is asked for once more at this moment.
    Waiting(Time, Denied),
    /// It is asked for once more: by these uploads, of which the first was denied. What else is denied meanwhile.
    Asking(Vec<UploadId>, Denied),
}

/// Denials of one upload in one trial.
#[derive(Clone, Copy, Debug)]
pub(super) struct UploadDenied {
    /// `Desk::trial` in which it was denied.
    pub trial: u32,
    /// How often, where all that was out at a time counts once.
    pub times: u32,
    /// The last request that was denied.
    pub request: RequestId,
    /// `Desk::well` when it was denied first.
    pub well: u64,
}

/// The last requests that S3 let in, of two uploads.
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

    /// Whether another upload was let in by a request that went out after this one of this upload.
    fn after(&self, request: RequestId, upload: UploadId) -> bool {
        let later = |(other, of): (RequestId, UploadId)| of != upload && other > request;
        self.last.is_some_and(later) || self.other.is_some_and(later)
    }
}

impl Model {
    /// S3 denied a request of this upload.
    pub(super) fn denied(
        &mut self,
        id: UploadId,
        request: RequestId,
        out: &InFlight,
        problem: &Problem,
        fx: &mut Vec<Effect>,
    ) {
        self.back_in_line(id, out, fx);
        let (Some(desk), Some(work)) = (self.desks.get_mut(usize::from(out.place.0)), self.work.get_mut(&id)) else {
            return;
        };
        let mut denied = match std::mem::take(&mut desk.denials) {
            Denials::None | Denials::Waiting(..) => Denied::new(),
            Denials::Draining(denied) => denied,
            Denials::Asking(asks, mut denied) => {
                note(&mut denied, id, work, desk.trial, desk.well, request, problem);
                desk.denials = Denials::Asking(asks, denied);
                return;
            }
        };
        note(&mut denied, id, work, desk.trial, desk.well, request, problem);
        desk.denials = Denials::Draining(denied);
    }

    /// Whether requests are out for which S3 still has to let this destination's files in.
    fn asks_for(&self, place: DestinationId) -> bool {
        self.out.values().any(|out| out.signed && out.place == place && out.what != RequestKind::Abort)
    }

    /// Moves on where what was out has come back, or where it is time to ask once more.
    pub(super) fn settle_denials(&mut self, at: usize, fx: &mut Vec<Effect>) {
        let place = DestinationId(u16::try_from(at).unwrap_or(u16::MAX));
        let active = matches!(self.seen.places[at].session, Session::Active(_));
        match &self.desks[at].denials {
            Denials::Draining(_) | Denials::Asking(..) if self.asks_for(place) => {}
            Denials::Draining(_) => self.judge(at, false, fx),
            Denials::Asking(asks, _) if asks.is_empty() => self.judge(at, true, fx),
            Denials::Waiting(..) | Denials::Asking(..) if !active => self.let_stand(at),
            Denials::Waiting(due, _) => {
                if *due <= self.seen.now && !self.seen.places[at].paused && self.may_send() {
                    self.begin_asking(at);
                }
            }
            Denials::None | Denials::Asking(..) => {}
        }
    }

    /// What is held stays held.
    fn let_stand(&mut self, at: usize) {
        self.desks[at].denials = Denials::None;
        self.clear_retry(at, Retried::Denied);
    }

    /// All that was out has come back: whom S3 minds, and what is held.
    fn judge(&mut self, at: usize, asked: bool, fx: &mut Vec<Effect>) {
        let denied = match std::mem::take(&mut self.desks[at].denials) {
            Denials::Draining(denied) | Denials::Asking(_, denied) => denied,
            Denials::None | Denials::Waiting(..) => return,
        };
        let again =
            |id: &UploadId| self.work.get(id).and_then(|work| work.denied).is_some_and(|denied| denied.times > 1);
        let nobody_new = denied.keys().all(again);
        let (minded, all): (Denied, Denied) = denied
            .into_iter()
            .filter(|(id, _)| self.is_open(*id))
            .partition(|(id, _)| self.is_minded(at, *id, nobody_new));
        let why = all.values().next().cloned();
        for (id, why) in minded {
            if self.work.get(&id).and_then(|work| work.denied).is_some_and(|denied| denied.times > 1) {
                self.fail(id, &why, fx);
            } else {
                self.wait_alone(at, id, why);
            }
        }
        self.settle(DestinationId(u16::try_from(at).unwrap_or(u16::MAX)), fx);
        let (place, desk, now) = (&mut self.seen.places[at], &mut self.desks[at], self.seen.now);
        let Some(why) = why else {
            // Whatever was denied is minded for its key, or is let in by now.
            if asked && place.hold.as_ref().is_some_and(|hold| matches!(hold.kind, Kind::AccessDenied(_))) {
                place.hold = None;
            }
            self.clear_retry(at, Retried::Denied);
            return;
        };
        if place.hold.is_none() {
            place.hold = Some(Arc::clone(&why));
        }
        if asked || desk.asked_again {
            return self.let_stand(at);
        }
        desk.denials = Denials::Waiting(now + WAIT, all);
        place.retry = Some(RetryStatus { what: Retried::Denied, why, since: now, tries: 1, next: now + WAIT });
    }

    /// Whether S3 turns this upload away for its key: it let in others that were sent later; or others since the first denial
    /// of this one, while nothing is denied that was not before.
    fn is_minded(&self, at: usize, id: UploadId, nobody_new: bool) -> bool {
        let (desk, Some(work)) = (&self.desks[at], self.work.get(&id)) else { return false };
        let Some(denied) = work.denied else { return false };
        let let_in_before = work.multipart.as_ref().is_some_and(|multipart| multipart.parts.confirmed() > 0);
        let others_since = denied.times > 1 && desk.well > denied.well;
        desk.let_in.after(denied.request, id) || nobody_new && others_since && !let_in_before
    }

    /// One upload is asked for again after a while; the others go on.
    fn wait_alone(&mut self, at: usize, id: UploadId, why: Arc<Problem>) {
        let due = self.seen.now + WAIT;
        if self.desks[at].active.contains(&id) {
            if let Some(work) = self.work.get_mut(&id) {
                work.not_before = Some(due);
            }
        } else if self.seen.rows.get(id).is_some_and(|row| row.state == State::Waiting) {
            self.wait_until(id, due);
            self.set_state(id, State::Retrying(due, why));
        }
    }

    /// Chooses by whom it is asked once more: an upload that was denied, the smallest, and one that was not.
    fn begin_asking(&mut self, at: usize) {
        let Denials::Waiting(_, denied) = std::mem::take(&mut self.desks[at].denials) else { return };
        let small = |id: UploadId| {
            let waits = self.seen.rows.get(id).is_some_and(|row| row.state == State::Waiting);
            self.small(id).filter(|_| waits)
        };
        let moves = |id: &UploadId| {
            self.seen.rows.get(*id).is_some_and(|row| row.state == State::Waiting || row.state.moving())
        };
        let first = denied.keys().copied().filter(moves).min_by_key(|id| small(*id).unwrap_or(u64::MAX));
        let desk = &self.desks[at];
        let is_new = |id: &UploadId| {
            let before = self.work.get(id).and_then(|work| work.denied);
            before.is_none_or(|before| before.trial != desk.trial)
        };
        // What is let in has to be of the kind that was denied: the beginning of an upload in parts shows nothing.
        let has_begun = |id: &UploadId| {
            let multipart = self.work.get(id).and_then(|work| work.multipart.as_ref());
            multipart.is_some_and(|multipart| multipart.upload_id.is_some())
        };
        let waits = desk.queue.iter().take(AHEAD).find(|id| small(**id).is_some() && is_new(id));
        let second = waits.or_else(|| desk.active.iter().find(|id| has_begun(id) && is_new(id))).copied();
        let desk = &mut self.desks[at];
        if let Some(first) = first {
            desk.asked_again = true;
            desk.denials = Denials::Asking(std::iter::once(first).chain(second).collect(), Denied::new());
        } else {
            // Nobody wants any more what was denied.
            self.seen.places[at].hold = None;
            self.clear_retry(at, Retried::Denied);
        }
    }

    /// Sends the next request that asks once more; false where there is none to send now.
    pub(super) fn ask_again(&mut self, at: usize, fx: &mut Vec<Effect>) -> bool {
        loop {
            let Denials::Asking(asks, _) = &self.desks[at].denials else { return false };
            let Some(&id) = asks.first() else { return false };
            let before = RequestId(self.next_request);
            let waits = self.seen.rows.get(id).is_some_and(|row| row.state == State::Waiting);
            let sent = if waits {
                let desk = &mut self.desks[at];
                desk.queue.retain(|&other| other != id);
                desk.queue.push_front(id);
                self.admit_first(at, fx)
            } else {
                self.go_on(id, fx)
            };
            let asked = self.out.get(&before).is_some_and(|out| out.signed);
            let under_way = self.work.get(&id).is_some_and(|work| !work.out.is_empty());
            if asked || !waits && !under_way && !self.crowded {
                // It was sent, or there is nothing that it could be asked by.
                if let Denials::Asking(asks, _) = &mut self.desks[at].denials {
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
