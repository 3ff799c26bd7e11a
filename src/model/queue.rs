//! The queue: which requests go out next, and what is called back.

use super::Model;
use super::denials::Denials;
use super::event::{Call, Effect, Send};
use super::parts::{PART_USUAL, Plan};
use super::problem::{Kind, Problem};
use super::record::Record;
use super::session::Session;
use super::snapshot::Network;
use super::timing::{AHEAD, BACKOFF, BACKOFF_MOST};
use super::upload::{DestinationId, Multipart, Progress, RequestId, State, UploadId};
use super::work::{InFlight, RequestKind, Work};
use crate::time::{Time, Utc};
use std::sync::Arc;
use std::time::Duration;

/// How long one request may try a line that was down before another tries too.
const PROBE: Duration = Duration::from_secs(15);

/// What could go out next for an upload.
enum Next {
    Call(Call, RequestKind),
    /// Nothing now: it waits for answers or for a moment.
    Nothing,
}

impl Model {
    pub(super) fn is_open(&self, id: UploadId) -> bool {
        self.seen.rows.get(id).is_some_and(|row| !row.state.ended())
    }

    /// Whether a request is out whose end must be awaited: breaking it off would leave it open whether the file arrived.
    pub(super) fn commits(&self, id: UploadId) -> bool {
        self.work
            .get(&id)
            .is_some_and(|w| w.out.values().any(|what| matches!(what, RequestKind::Put | RequestKind::Complete)))
            || self.is_nearly_sent(id)
    }

    /// Ends the requests of an upload and takes it off the lists; what S3 has of it stays known.
    pub(super) fn withdraw(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let Some(row) = self.seen.rows.get(id) else { return };
        let Some(desk) = self.desks.get_mut(usize::from(row.place.0)) else { return };
        desk.active.retain(|&other| other != id);
        if let State::Retrying(due, _) = row.state {
            desk.later.remove(&(due, id));
        }
        // Where it stands in the queue it may stay: only what waits is taken from there.
        if let Some(work) = self.work.get_mut(&id) {
            for (request, _) in std::mem::take(&mut work.out) {
                if let Some(out) = self.out.remove(&request) {
                    self.bodies_out -= out.held;
                    self.seen.line.probe_ended(&out, self.seen.now);
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

    /// The drive with an upload's file does not answer: whatever else is out for it hangs as well. What S3 has is kept, others
    /// go on, and after a while it is tried again from the opening on.
    pub(super) fn drive_is_silent(&mut self, id: UploadId, problem: &Problem, fx: &mut Vec<Effect>) {
        let Some(work) = self.work.get_mut(&id) else { return };
        let misses = work.misses.entry(RequestKind::Open.part()).or_default();
        misses.tries += 1;
        let tries = misses.tries;
        let due = self.seen.now + self.chance.backoff(tries, BACKOFF, BACKOFF_MOST);
        self.withdraw(id, fx);
        if self.take_pause(id) {
            return self.set_state(id, State::Paused);
        }
        self.note_upload_retry(id, problem, due);
        self.wait_until(id, due);
        self.set_state(id, State::Retrying(due, Arc::new(problem.clone())));
    }

    /// An upload id of no use any more: S3 is asked to throw its parts away, when there is nothing better to do.
    pub(super) fn abort_later(&mut self, id: UploadId, multipart: Option<Multipart>) {
        if let Some(upload_id) = multipart.and_then(|multipart| multipart.upload_id)
            && let Some(row) = self.seen.rows.get(id)
            && let Some(desk) = self.desks.get_mut(usize::from(row.place.0))
        {
            desk.aborts.push_back((id, upload_id));
        }
    }

    /// Shows until when S3 keeps the parts of an upload, or no longer does.
    pub(super) fn keep_until(&mut self, id: UploadId, until: Option<Utc>) {
        match until {
            Some(until) => {
                Arc::make_mut(&mut self.seen.kept_until).insert(id, until);
            }
            // Most uploads have no such date, and a copy of the list that is not needed is not made.
            None if self.seen.kept_until.contains_key(&id) => {
                Arc::make_mut(&mut self.seen.kept_until).remove(&id);
            }
            None => {}
        }
    }

    /// Ends what can be ended for this destination: its queue was paused or its credentials dropped.
    pub(super) fn call_back(&mut self, place: DestinationId, fx: &mut Vec<Effect>) {
        let Some(desk) = self.desks.get(usize::from(place.0)) else { return };
        for id in desk.active.clone().into_iter().rev() {
            if !self.commits(id) {
                self.withdraw(id, fx);
                self.requeue(id, true);
            }
        }
    }

    /// Whether the person paused this upload while a request was out whose end was awaited; from now on that is done.
    pub(super) fn take_pause(&mut self, id: UploadId) -> bool {
        self.work.get_mut(&id).is_some_and(|work| std::mem::take(&mut work.pause))
    }

    /// Puts an upload back into the queue, in front or at the end; pauses it if the person asked for that meanwhile.
    pub(super) fn requeue(&mut self, id: UploadId, front: bool) {
        let pause = self.take_pause(id);
        let Some(row) = self.seen.rows.get(id) else { return };
        let Some(desk) = self.desks.get_mut(usize::from(row.place.0)) else { return };
        if let State::Retrying(due, _) = row.state {
            desk.later.remove(&(due, id));
        }
        desk.active.retain(|&other| other != id);
        if pause {
            return self.set_state(id, State::Paused);
        }
        if front {
            desk.queue.push_front(id);
        } else {
            desk.queue.push_back(id);
        }
        self.set_state(id, State::Waiting);
    }

    /// Puts back into the queue what has waited for its moment.
    pub(super) fn bring_back(&mut self, at: usize) {
        let now = self.seen.now;
        while let Some(&(due, id)) = self.desks.get(at).and_then(|desk| desk.later.first()) {
            if due > now {
                return;
            }
            if let Some(desk) = self.desks.get_mut(at) {
                desk.later.pop_first();
            }
            if self.seen.rows.get(id).is_some_and(|row| matches!(row.state, State::Retrying(..))) {
                self.requeue(id, true);
            }
        }
    }

    /// Whether anything would go out if it could.
    pub(super) fn wants_requests(&self) -> bool {
        self.desks.iter().zip(&self.seen.places).any(|(desk, place)| {
            let due = desk.later.first().is_some_and(|&(due, _)| due <= self.seen.now);
            let some = !desk.queue.is_empty() || !desk.active.is_empty() || due || !desk.aborts.is_empty();
            let asks = matches!(desk.denials, Denials::Waiting(due, _) if due <= self.seen.now)
                || matches!(desk.denials, Denials::Asking(..));
            matches!(place.session, Session::Active(_))
                && (place.hold.is_none() && (!desk.located || !place.paused && some) || asks && !place.paused)
        })
    }

    /// Sends out what may go out now, destination by destination in turn.
    pub(super) fn fill(&mut self, fx: &mut Vec<Effect>) {
        let desks = self.desks.len();
        let mut idle = 0;
        while idle < desks {
            if !self.may_send() {
                return;
            }
            self.turn = (self.turn + 1) % desks;
            if self.fill_one(self.turn, fx) {
                idle = 0;
            } else {
                idle += 1;
            }
            if std::mem::take(&mut self.crowded) {
                return;
            }
        }
    }

    /// Whether uploads to this destination can move.
    fn moves(&self, at: usize) -> bool {
        let place = &self.seen.places[at];
        matches!(place.session, Session::Active(_)) && place.hold.is_none() && !place.paused
    }

    pub(super) fn may_send(&self) -> bool {
        if self.seen.journal.is_some() {
            return false;
        }
        match self.seen.line {
            Network::Up => true,
            Network::Down { next, .. } => next <= self.seen.now,
        }
    }

    /// Sends one request for this destination; false where there is none to send.
    fn fill_one(&mut self, at: usize, fx: &mut Vec<Effect>) -> bool {
        let now = self.seen.now;
        let id = DestinationId(u16::try_from(at).unwrap_or(u16::MAX));
        let (place, desk) = (&self.seen.places[at], &mut self.desks[at]);
        if !matches!(place.session, Session::Active(_)) {
            return false;
        }
        match desk.denials {
            Denials::Draining(_) => return false,
            Denials::Asking(..) => return !place.paused && self.ask_again(at, fx),
            Denials::None | Denials::Waiting(..) => {}
        }
        if place.hold.is_some() {
            return false;
        }
        if !desk.located {
            if !desk.locating && desk.not_before.is_none_or(|due| due <= now) {
                desk.locating = true;
                desk.locating_with = desk.attempt;
                desk.not_before = None;
                fx.push(Effect::Locate(id, Arc::clone(&place.destination)));
            }
            return false;
        }
        if place.paused || desk.not_before.is_some_and(|due| due > now) {
            return false;
        }
        desk.not_before = None;
        if self.slips_in(at) {
            return self.admit(at, fx);
        }
        // What has begun goes before what waits; the one that was served goes to the end of the line.
        for _ in 0..self.desks[at].active.len() {
            let upload = self.desks[at].active.remove(0);
            self.desks[at].active.push(upload);
            if self.go_on(upload, fx) {
                return true;
            }
            if self.crowded {
                // It stays in front.
                self.desks[at].active.rotate_right(1);
                self.turn = (self.turn + self.desks.len() - 1) % self.desks.len();
                return false;
            }
        }
        if let Some((upload, upload_id)) = self.desks[at].aborts.pop_front() {
            if self.allows(0) {
                self.send(upload, Call::Abort { upload_id }, RequestKind::Abort, fx);
                return true;
            }
            self.desks[at].aborts.push_front((upload, upload_id));
        }
        self.admit(at, fx)
    }

    /// Brings a small file to the front of the queue where large ones are on their way and no other small one goes beside
    /// them: it need not wait until they have arrived. False where there is none, or no room for it now.
    fn slips_in(&mut self, at: usize) -> bool {
        let beside = |out: &InFlight| usize::from(out.place.0) == at && out.what == RequestKind::Put;
        if self.desks[at].active.is_empty() || self.out.values().any(beside) {
            return false;
        }
        let Some((position, size)) = self.small_ahead(at) else { return false };
        if !self.allows(size) {
            return false;
        }
        self.bring_to_front(at, position);
        true
    }

    /// The first of the next files in the queue that goes up by one request: its position and its size.
    fn small_ahead(&self, at: usize) -> Option<(usize, u64)> {
        let waits = |id: UploadId| self.seen.rows.get(id).is_some_and(|row| row.state == State::Waiting);
        let small = |id: UploadId| self.small(id).filter(|_| waits(id));
        self.desks[at].queue.iter().take(AHEAD).enumerate().find_map(|(position, &id)| Some((position, small(id)?)))
    }

    fn bring_to_front(&mut self, at: usize, position: usize) {
        let queue = &mut self.desks[at].queue;
        if let Some(id) = queue.remove(position) {
            queue.push_front(id);
        }
    }

    /// How this upload goes up: as it was begun, or as its size asks for.
    ///
    /// # Errors
    /// Why it can't go up at all.
    fn plan_of(&self, id: UploadId) -> Result<Plan, Kind> {
        if let Some(begun) = self.work.get(&id).and_then(|work| work.multipart.as_ref()) {
            return Ok(Plan::Multipart { size: begun.parts.size(), part: begun.parts.part_size() });
        }
        let (place, size) = self.seen.rows.get(id).map_or((0, 0), |row| (row.place.0, row.size));
        self.plan_for(usize::from(place), size)
    }

    /// The size of a file that goes up by one request; none for any other, which is opened first.
    pub(super) fn small(&self, id: UploadId) -> Option<u64> {
        match self.plan_of(id) {
            Ok(Plan::Put(size)) => Some(size),
            Ok(Plan::Multipart { .. }) | Err(_) => None,
        }
    }

    /// Whether as many large files are under way as may be at once, over all destinations.
    fn enough_large(&self) -> bool {
        let moving = (0..self.desks.len()).filter(|&at| self.moves(at));
        moving.map(|at| self.desks[at].active.len()).sum::<usize>() >= self.limits.large as usize
    }

    /// Takes the next upload out of the queue and sends its first request.
    fn admit(&mut self, at: usize, fx: &mut Vec<Effect>) -> bool {
        while let Some(&id) = self.desks[at].queue.front() {
            if self.seen.rows.get(id).is_none_or(|row| row.state != State::Waiting) {
                self.desks[at].queue.pop_front();
                continue;
            }
            if self.small(id).is_none() && self.enough_large() {
                // A large file that waits for its turn holds up no small one behind it.
                let Some((position, _)) = self.small_ahead(at) else { return false };
                self.bring_to_front(at, position);
            }
            return self.admit_first(at, fx);
        }
        false
    }

    /// Sends the first request of the upload at the front of the queue; false where there is no room for it now.
    pub(super) fn admit_first(&mut self, at: usize, fx: &mut Vec<Effect>) -> bool {
        let Some(&id) = self.desks[at].queue.front() else { return false };
        let Some(row) = self.seen.rows.get(id) else { return false };
        let (place, size, small) = (row.place, row.size, self.small(id));
        if small.is_none() && self.enough_large() || !self.allows(small.unwrap_or(0)) {
            return false;
        }
        self.desks[at].queue.pop_front();
        self.work.entry(id).or_insert_with(Work::new).not_before = None;
        if small.is_some() {
            self.set_state(id, State::Sending(Progress::default()));
            self.send(id, Call::Put { most: PART_USUAL }, RequestKind::Put, fx);
        } else {
            if self.goes_whole(place, size) {
                self.make_whole(id, fx);
            }
            self.set_state(id, State::Preparing);
            self.desks[at].active.push(id);
            self.send(id, Call::Open, RequestKind::Open, fx);
        }
        true
    }

    fn allows(&mut self, body: u64) -> bool {
        let out = u32::try_from(self.out.len()).unwrap_or(u32::MAX);
        self.pace.allows(out, self.bodies_out, body)
    }

    /// Sends the next request of a multipart upload that has begun; false where there is none now.
    pub(super) fn go_on(&mut self, id: UploadId, fx: &mut Vec<Effect>) -> bool {
        match self.next_call(id) {
            Next::Nothing => false,
            Next::Call(call, what) => {
                if !self.allows(call.body(0)) {
                    // What waits must not slip past for ever: a part too large for the room left goes next.
                    self.crowded = true;
                    return false;
                }
                if what == RequestKind::Complete {
                    self.set_state(id, State::Confirming);
                    fx.push(Effect::Record(Record::Completing(id)));
                }
                if let Some(work) = self.work.get_mut(&id) {
                    match what {
                        RequestKind::Complete => work.completing = true,
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

    fn next_call(&mut self, id: UploadId) -> Next {
        let now = self.seen.now;
        let Some(work) = self.work.get_mut(&id) else { return Next::Nothing };
        if work.not_before.is_some_and(|due| due > now) {
            return Next::Nothing;
        }
        if work.opened.is_none() {
            return Next::Nothing;
        }
        if work.whole
            && let Some(fingerprint) = work.opened
        {
            let free = work.out.is_empty();
            return if free { Next::Call(Call::Whole { fingerprint }, RequestKind::Whole) } else { Next::Nothing };
        }
        let Some(multipart) = &work.multipart else { return Next::Nothing };
        let Some(upload_id) = multipart.upload_id.clone() else {
            return if work.out.is_empty() { Next::Call(Call::Create, RequestKind::Create) } else { Next::Nothing };
        };
        let parts = &multipart.parts;
        if let Some(&(due, number)) = work.later.first()
            && due <= now
        {
            let (offset, length) = parts.span(number);
            return Next::Call(Call::Part { upload_id, number, offset, length }, RequestKind::Part(number));
        }
        // A part from an earlier run counts only once its bytes were found to be the file's still.
        if let Some(number) = work.unread.iter().copied().find(|&n| !work.is_out(n)) {
            let (offset, length) = parts.span(number);
            return Next::Call(Call::Read { offset, length }, RequestKind::Read(number));
        }
        let mut from = work.cursor;
        while let Some(number) = parts.next_missing(from) {
            if !work.is_out(number) && !work.later.iter().any(|&(_, n)| n == number) {
                let (offset, length) = parts.span(number);
                return Next::Call(Call::Part { upload_id, number, offset, length }, RequestKind::Part(number));
            }
            from = number + 1;
        }
        if !work.out.is_empty() || !work.later.is_empty() || !work.unread.is_empty() {
            return Next::Nothing;
        }
        if parts.left() > 0 {
            // A part before the cursor was taken back.
            work.cursor = 1;
            return self.next_call(id);
        }
        let Some(all) = parts.all() else { return Next::Nothing };
        let call = Call::Complete {
            upload_id,
            parts: all.into(),
            part: parts.part_size(),
            fingerprint: multipart.fingerprint,
        };
        Next::Call(call, RequestKind::Complete)
    }

    pub(super) fn send(&mut self, id: UploadId, call: Call, what: RequestKind, fx: &mut Vec<Effect>) {
        if matches!(what, RequestKind::Put | RequestKind::Whole) {
            self.put_goes_out(id, fx);
        }
        let Some(row) = self.seen.rows.get(id) else { return };
        let Some(place) = self.seen.places.get(usize::from(row.place.0)) else { return };
        let generation = place.session.grant().map_or(0, |grant| grant.generation);
        let request = RequestId(self.next_request);
        self.next_request += 1;
        let mut key = place.destination.prefix.as_str().to_owned();
        key.push_str(&row.key());
        let (body, held) = (call.bytes(row.size), call.body(row.size));
        let regions = self.desks.get(usize::from(row.place.0)).map_or(0, |desk| desk.regions);
        let signed = call.signed();
        let probe = signed && matches!(self.seen.line, Network::Down { .. });
        let place = row.place;
        let out = InFlight { upload: id, place, generation, regions, signed, what, body, held, taken: 0, probe };
        let keys = self.limits.send_keys || self.key_files.contains(&id);
        let send = Send { place: row.place, generation, upload: id, path: row.path(), key: key.into(), keys, call };
        self.bodies_out += held;
        self.out.insert(request, out);
        if let Network::Down { next, .. } = &mut self.seen.line
            && signed
        {
            // This one tries whether the line carries again; the others wait for what it finds.
            *next = self.seen.now + PROBE;
        }
        if what != RequestKind::Abort
            && let Some(work) = self.work.get_mut(&id)
        {
            work.out.insert(request, what);
        }
        fx.push(Effect::Send(request, send));
    }

    /// The moment at which a row that waits for one goes on, for its state.
    pub(super) fn wait_until(&mut self, id: UploadId, due: Time) {
        let Some(row) = self.seen.rows.get(id) else { return };
        if let Some(desk) = self.desks.get_mut(usize::from(row.place.0)) {
            desk.later.insert((due, id));
        }
    }
}
