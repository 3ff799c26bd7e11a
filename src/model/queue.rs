//! The queue: which requests go out next, and which are withdrawn.

use super::Model;
use super::denials::Denials;
use super::event::{Call, Effect, Send};
use super::lane::Lane;
use super::parts::{PART_USUAL, Plan};
use super::problem::{Kind, Problem};
use super::record::Record;
use super::snapshot::Network;
use super::timing::{AHEAD, BACKOFF, BACKOFF_MOST};
use super::upload::{DestinationId, Multipart, Progress, RequestId, State, UploadId};
use super::work::{InFlight, RequestKind};
use crate::time::{Time, Utc};
use std::sync::Arc;
use std::time::Duration;

/// How long one request may probe a network that was down before another one does too.
const PROBE: Duration = Duration::from_secs(15);

/// What could go out next for an upload.
enum NextCall {
    Call(Call, RequestKind),
    /// Nothing now: it waits for answers or for a moment.
    Nothing,
}

impl Model {
    /// The lane of this upload's destination.
    pub(super) fn lane_of(&mut self, id: UploadId) -> &mut Lane {
        &mut self.lanes[self.rows[id].destination]
    }

    pub(super) fn is_open(&self, id: UploadId) -> bool {
        !self.rows[id].state.ended()
    }

    /// Whether a request is out that must not be cancelled, because nobody could tell then whether the file arrived.
    pub(super) fn commits(&self, id: UploadId) -> bool {
        self.work
            .get(id)
            .is_some_and(|w| w.out.values().any(|what| matches!(what, RequestKind::Put | RequestKind::Complete)))
            || self.is_nearly_sent(id)
    }

    /// Cancels the requests of an upload and takes it off the lists. What S3 has of it stays known.
    pub(super) fn withdraw(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let row = &self.rows[id];
        let lane = &mut self.lanes[row.destination];
        lane.active.retain(|&other| other != id);
        if let State::Retrying(due, _) = row.state {
            lane.later.remove(&(due, id));
        }
        // It may stay in the queue: only uploads that wait are taken from there.
        if let Some(work) = self.work.get_mut(id) {
            for (request, _) in std::mem::take(&mut work.out) {
                if let Some(out) = self.in_flight.remove(&request) {
                    self.bodies -= out.held;
                    self.network.probe_ended(&out, self.now);
                }
                fx.push(Effect::Drop(request));
            }
            work.later.clear();
            work.cursor = 1;
            work.not_before = None;
            if work.opened.take().is_some() {
                fx.push(Effect::Close(id));
            }
        }
    }

    /// Withdraws an upload whose drive does not answer, since its other requests hang as well. What S3 has of it is kept; after
    /// a while the file is opened again.
    pub(super) fn drive_is_silent(&mut self, id: UploadId, problem: &Problem, fx: &mut Vec<Effect>) {
        let work = self.work.begun(id);
        let misses = work.misses.entry(RequestKind::Open.part()).or_default();
        misses.tries += 1;
        let tries = misses.tries;
        let due = self.now + self.rng.backoff(tries, BACKOFF, BACKOFF_MOST);
        self.withdraw(id, fx);
        if self.take_pause(id) {
            return self.set_state(id, State::Paused);
        }
        self.note_upload_retry(id, problem, due);
        self.wait_until(id, due);
        self.set_state(id, State::Retrying(due, Arc::new(problem.clone())));
    }

    /// Queues AbortMultipartUpload for an upload id that is no longer needed. It goes out when nothing else does.
    pub(super) fn abort_later(&mut self, id: UploadId, multipart: Option<Multipart>) {
        if let Some(upload_id) = multipart.and_then(|multipart| multipart.upload_id) {
            self.lane_of(id).aborts.push_back((id, upload_id));
        }
    }

    /// Shows until when S3 keeps the parts of an upload; with none, shows nothing.
    pub(super) fn keep_until(&mut self, id: UploadId, until: Option<Utc>) {
        match until {
            Some(until) => {
                Arc::make_mut(&mut self.kept_until).insert(id, until);
            }
            // Most uploads have no such date: do not copy the list for them.
            None if self.kept_until.contains_key(&id) => {
                Arc::make_mut(&mut self.kept_until).remove(&id);
            }
            None => {}
        }
    }

    /// Withdraws the uploads of a destination whose queue was paused or whose credentials were dropped.
    pub(super) fn withdraw_all(&mut self, place: DestinationId, fx: &mut Vec<Effect>) {
        for id in self.lanes[place].active.clone().into_iter().rev() {
            if !self.commits(id) {
                self.withdraw(id, fx);
                self.requeue(id, true);
            }
        }
    }

    /// Takes the pause that was asked for while a request of this upload could not be cancelled; returns whether there was one.
    pub(super) fn take_pause(&mut self, id: UploadId) -> bool {
        self.work.get_mut(id).is_some_and(|work| std::mem::take(&mut work.pause))
    }

    /// Puts an upload back into the queue, at the front or at the end, or pauses it if the person asked for that meanwhile.
    pub(super) fn requeue(&mut self, id: UploadId, front: bool) {
        let pause = self.take_pause(id);
        let row = &self.rows[id];
        let lane = &mut self.lanes[row.destination];
        if let State::Retrying(due, _) = row.state {
            lane.later.remove(&(due, id));
        }
        lane.active.retain(|&other| other != id);
        if pause {
            return self.set_state(id, State::Paused);
        }
        if front {
            lane.queue.push_front(id);
        } else {
            lane.queue.push_back(id);
        }
        self.set_state(id, State::Waiting);
    }

    /// Puts the uploads back into the queue whose time to retry has come.
    pub(super) fn requeue_due(&mut self, at: DestinationId) {
        let now = self.now;
        while let Some(&(due, id)) = self.lanes[at].later.first() {
            if due > now {
                return;
            }
            self.lanes[at].later.pop_first();
            if matches!(self.rows[id].state, State::Retrying(..)) {
                self.requeue(id, true);
            }
        }
    }

    /// Whether anything would go out if it could.
    pub(super) fn wants_requests(&self) -> bool {
        self.lanes.iter().filter(|lane| lane.is_active()).any(|lane| {
            let due = lane.later.first().is_some_and(|&(due, _)| due <= self.now);
            let some = !lane.queue.is_empty() || !lane.active.is_empty() || due || !lane.aborts.is_empty();
            let asks = matches!(lane.trial.denials, Denials::Waiting(due, _) if due <= self.now)
                || matches!(lane.trial.denials, Denials::Asking(..));
            lane.shown.hold.is_none() && !lane.region.is_known() || (lane.moves() && some || asks && !lane.shown.paused)
        })
    }

    /// Sends every request that may go out now, taking the destinations in turn.
    pub(super) fn schedule(&mut self, fx: &mut Vec<Effect>) {
        let mut idle = 0;
        while idle < self.lanes.len() {
            if !self.may_send() {
                return;
            }
            self.turn = self.lanes.after(self.turn);
            if self.send_next(self.turn, fx) {
                idle = 0;
            } else {
                idle += 1;
            }
            if std::mem::take(&mut self.crowded) {
                return;
            }
        }
    }

    pub(super) fn may_send(&self) -> bool {
        if self.journal.is_some() {
            return false;
        }
        match self.network {
            Network::Up => true,
            Network::Down { next, .. } => next <= self.now,
        }
    }

    /// Sends one request for this destination; returns false if there is none to send.
    fn send_next(&mut self, at: DestinationId, fx: &mut Vec<Effect>) -> bool {
        let lane = &self.lanes[at];
        if !lane.is_active() {
            return false;
        }
        match lane.trial.denials {
            Denials::Draining(_) => return false,
            Denials::Asking(..) => return !lane.shown.paused && self.ask_again(at, fx),
            Denials::None | Denials::Waiting(..) => {}
        }
        if lane.shown.hold.is_some() {
            return false;
        }
        if !lane.region.is_known() {
            self.find_region(at, fx);
            return false;
        }
        if lane.shown.paused {
            return false;
        }
        if self.admit_small(at) {
            return self.admit(at, fx);
        }
        // Uploads that have begun go first, round robin.
        for _ in 0..self.lanes[at].active.len() {
            let upload = self.lanes[at].active.remove(0);
            self.lanes[at].active.push(upload);
            if self.advance(upload, fx) {
                return true;
            }
            if self.crowded {
                // It stays in front.
                self.lanes[at].active.rotate_right(1);
                self.turn = self.lanes.before(self.turn);
                return false;
            }
        }
        if let Some((upload, upload_id)) = self.lanes[at].aborts.pop_front() {
            if self.allows(0) {
                self.send(upload, Call::Abort { upload_id }, RequestKind::Abort, fx);
                return true;
            }
            self.lanes[at].aborts.push_front((upload, upload_id));
        }
        self.admit(at, fx)
    }

    /// Brings a small file to the front of the queue if large files are under way and no small one is, so that it need not wait
    /// for them. Returns false if there is none, or no room for it now.
    fn admit_small(&mut self, at: DestinationId) -> bool {
        let beside = |out: &InFlight| out.destination == at && out.what == RequestKind::Put;
        if self.lanes[at].active.is_empty() || self.in_flight.values().any(beside) {
            return false;
        }
        let Some((position, size)) = self.small_ahead(at) else { return false };
        if !self.allows(size) {
            return false;
        }
        self.bring_to_front(at, position);
        true
    }

    /// Returns the position and the size of the first small file among the next ones in the queue.
    fn small_ahead(&self, at: DestinationId) -> Option<(usize, u64)> {
        let waits = |id: UploadId| self.rows[id].state == State::Waiting;
        let small = |id: UploadId| self.small(id).filter(|_| waits(id));
        self.lanes[at].queue.iter().take(AHEAD).enumerate().find_map(|(position, &id)| Some((position, small(id)?)))
    }

    fn bring_to_front(&mut self, at: DestinationId, position: usize) {
        let queue = &mut self.lanes[at].queue;
        if let Some(id) = queue.remove(position) {
            queue.push_front(id);
        }
    }

    /// Returns the plan of this upload: the one that it was begun with, or the one for its size.
    ///
    /// # Errors
    /// Returns why it can't be uploaded at all.
    fn plan_of(&self, id: UploadId) -> Result<Plan, Kind> {
        if let Some(begun) = self.work.get(id).and_then(|work| work.multipart.as_ref()) {
            return Ok(Plan::Multipart { size: begun.parts.size(), part: begun.parts.part_size() });
        }
        let row = &self.rows[id];
        self.plan_for(row.destination, row.size)
    }

    /// Returns the size of a file that goes up as one request, or none for a large file, which is opened first.
    pub(super) fn small(&self, id: UploadId) -> Option<u64> {
        match self.plan_of(id) {
            Ok(Plan::Put(size)) => Some(size),
            Ok(Plan::Multipart { .. }) | Err(_) => None,
        }
    }

    /// Whether as many large files are under way as may be, over all destinations.
    fn enough_large(&self) -> bool {
        let moving = self.lanes.iter().filter(|lane| lane.moves());
        moving.map(|lane| lane.active.len()).sum::<usize>() >= self.limits.large as usize
    }

    /// Takes the next upload out of the queue and sends its first request.
    fn admit(&mut self, at: DestinationId, fx: &mut Vec<Effect>) -> bool {
        while let Some(&id) = self.lanes[at].queue.front() {
            if self.rows[id].state != State::Waiting {
                self.lanes[at].queue.pop_front();
                continue;
            }
            if self.small(id).is_none() && self.enough_large() {
                // A large file that waits for its turn does not hold up the small ones behind it.
                let Some((position, _)) = self.small_ahead(at) else { return false };
                self.bring_to_front(at, position);
            }
            return self.admit_first(at, fx);
        }
        false
    }

    /// Sends the first request of the upload at the front of the queue; returns false if there is no room for it now.
    pub(super) fn admit_first(&mut self, at: DestinationId, fx: &mut Vec<Effect>) -> bool {
        let Some(&id) = self.lanes[at].queue.front() else { return false };
        let row = &self.rows[id];
        let (place, size, small) = (row.destination, row.size, self.small(id));
        if small.is_none() && self.enough_large() || !self.allows(small.unwrap_or(0)) {
            return false;
        }
        self.lanes[at].queue.pop_front();
        self.work.begin(id).not_before = None;
        if small.is_some() {
            self.set_state(id, State::Sending(Progress::default()));
            self.send(id, Call::Put { most: PART_USUAL }, RequestKind::Put, fx);
        } else {
            if self.is_single_put(place, size) {
                self.use_single_put(id, fx);
            }
            self.set_state(id, State::Preparing);
            self.lanes[at].active.push(id);
            self.send(id, Call::Open, RequestKind::Open, fx);
        }
        true
    }

    fn allows(&mut self, body: u64) -> bool {
        let out = u32::try_from(self.in_flight.len()).unwrap_or(u32::MAX);
        self.congestion.allows(out, self.bodies, body)
    }

    /// Sends the next request of an upload that has begun; returns false if there is none now.
    pub(super) fn advance(&mut self, id: UploadId, fx: &mut Vec<Effect>) -> bool {
        match self.next_call(id) {
            NextCall::Nothing => false,
            NextCall::Call(call, what) => {
                if !self.allows(call.body(0)) {
                    // Nothing overtakes a part that is too large for the room left, or it would never go out.
                    self.crowded = true;
                    return false;
                }
                if what == RequestKind::Complete {
                    self.set_state(id, State::Confirming);
                    fx.push(Effect::Record(Record::Completing(id)));
                }
                if let Some(work) = self.work.get_mut(id) {
                    match what {
                        RequestKind::Complete => work.completion.note_sent(),
                        RequestKind::Part(number) => {
                            work.cursor = work.cursor.max(number + 1);
                            work.later.retain(|&(_, waiting)| waiting != number);
                        }
                        RequestKind::Open
                        | RequestKind::Put
                        | RequestKind::Whole
                        | RequestKind::Create
                        | RequestKind::Read(_)
                        | RequestKind::Abort => {}
                    }
                }
                self.send(id, call, what, fx);
                true
            }
        }
    }

    fn next_call(&mut self, id: UploadId) -> NextCall {
        let now = self.now;
        // The person may have canceled the upload that was chosen to probe a denial.
        let Some(work) = self.work.get_mut(id) else { return NextCall::Nothing };
        if work.not_before.is_some_and(|due| due > now) {
            return NextCall::Nothing;
        }
        if work.opened.is_none() {
            return NextCall::Nothing;
        }
        if work.whole
            && let Some(fingerprint) = work.opened
        {
            let free = work.out.is_empty();
            return if free {
                NextCall::Call(Call::Whole { fingerprint }, RequestKind::Whole)
            } else {
                NextCall::Nothing
            };
        }
        let Some(multipart) = &work.multipart else { return NextCall::Nothing };
        let Some(upload_id) = multipart.upload_id.clone() else {
            return if work.out.is_empty() {
                NextCall::Call(Call::Create, RequestKind::Create)
            } else {
                NextCall::Nothing
            };
        };
        let parts = &multipart.parts;
        if let Some(&(due, number)) = work.later.first()
            && due <= now
        {
            let (offset, length) = parts.span(number);
            return NextCall::Call(Call::Part { upload_id, number, offset, length }, RequestKind::Part(number));
        }
        // A part of an earlier run counts only after its bytes were compared with the file.
        if let Some(number) = work.unread.iter().copied().find(|&n| !work.is_out(n)) {
            let (offset, length) = parts.span(number);
            return NextCall::Call(Call::Read { offset, length }, RequestKind::Read(number));
        }
        let mut from = work.cursor;
        while let Some(number) = parts.next_missing(from) {
            if !work.is_out(number) && !work.later.iter().any(|&(_, n)| n == number) {
                let (offset, length) = parts.span(number);
                return NextCall::Call(Call::Part { upload_id, number, offset, length }, RequestKind::Part(number));
            }
            from = number + 1;
        }
        if !work.out.is_empty() || !work.later.is_empty() || !work.unread.is_empty() {
            return NextCall::Nothing;
        }
        if parts.left() > 0 {
            // A part before the cursor was taken back.
            work.cursor = 1;
            return self.next_call(id);
        }
        let Some(all) = parts.all() else { return NextCall::Nothing };
        let call = Call::Complete {
            upload_id,
            parts: all.into(),
            part: parts.part_size(),
            fingerprint: multipart.fingerprint,
        };
        NextCall::Call(call, RequestKind::Complete)
    }

    pub(super) fn send(&mut self, id: UploadId, call: Call, what: RequestKind, fx: &mut Vec<Effect>) {
        if matches!(what, RequestKind::Put | RequestKind::Whole) {
            self.put_goes_out(id, fx);
        }
        let row = &self.rows[id];
        let lane = &self.lanes[row.destination];
        let generation = lane.shown.session.grant().map_or(0, |grant| grant.generation);
        let request = RequestId(self.next_request);
        self.next_request += 1;
        let mut key = lane.shown.destination.prefix.as_str().to_owned();
        key.push_str(&row.key());
        let (body, held) = (call.bytes(row.size), call.body(row.size));
        let regions = lane.region.changes;
        let signed = call.signed();
        let probe = signed && matches!(self.network, Network::Down { .. });
        let place = row.destination;
        let out =
            InFlight { upload: id, destination: place, generation, regions, signed, what, body, held, taken: 0, probe };
        let keys = self.limits.send_keys || self.key_files.contains(&id);
        let send = Send {
            destination: row.destination,
            generation,
            upload: id,
            path: row.path(),
            key: key.into(),
            keys,
            call,
        };
        self.bodies += held;
        self.in_flight.insert(request, out);
        if let Network::Down { next, .. } = &mut self.network
            && signed
        {
            // This request probes the network; the others wait for its result.
            *next = self.now + PROBE;
        }
        if what != RequestKind::Abort
            && let Some(work) = self.work.get_mut(id)
        {
            work.out.insert(request, what);
        }
        fx.push(Effect::Send(request, send));
    }

    /// Has this upload wait until `due`.
    pub(super) fn wait_until(&mut self, id: UploadId, due: Time) {
        self.lane_of(id).later.insert((due, id));
    }
}
