//! What an answer does to its upload, and what a failure does to the upload, its destination, the network or the session.

use super::Model;
use super::event::{Answer, Effect};
use super::lane::UNKNOWN_TRIES;
use super::parts::Plan;
use super::problem::{Kind, Problem, Retry};
use super::record::{End, Record};
use super::session::Session;
use super::timing::{BACKOFF, BACKOFF_MOST, NEAR_END};
use super::upload::{Progress, RequestId, State, Stored, Upload, UploadId};
use super::work::{CompleteState, InFlight, RequestKind, Work};
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// The longest wait after a network failure.
const BACKOFF_LINE: Duration = Duration::from_secs(5);
/// The first wait before CompleteMultipartUpload is repeated: S3 may still be working on the first one.
const BACKOFF_COMPLETE: Duration = Duration::from_secs(2);
/// Attempts of one request that meets another writer of its key each time.
const CONFLICT_TRIES: u32 = 8;
/// Repeats of a CompleteMultipartUpload whose answer was lost.
const COMPLETE_REPEATS: u32 = 5;
/// How long a file that another program keeps locked is tried again.
pub(super) const CLOSED: Duration = Duration::from_mins(2);
/// How often one file may start from the beginning.
const RESTARTS: u32 = 3;

impl Model {
    /// Counts bytes that the network took for requests in flight.
    pub(super) fn on_progress(&mut self, moved: &[(RequestId, u64)]) {
        let now = self.now;
        for &(request, taken) in moved {
            let Some(out) = self.in_flight.get_mut(&request) else { continue };
            let taken = taken.min(out.body);
            let more = taken.saturating_sub(out.taken);
            if more == 0 {
                continue;
            }
            out.taken = taken;
            let id = out.upload;
            self.rate.add(now, more);
            if let Some(work) = self.work.get_mut(id) {
                work.rate.add(now, more);
            }
            self.show_progress(id);
        }
    }

    /// Updates the progress that is shown of an upload.
    pub(super) fn show_progress(&mut self, id: UploadId) {
        let now = self.now;
        let Some(work) = self.work.get(id) else { return };
        let in_flight =
            work.out.keys().filter_map(|r| self.in_flight.get(r)).filter(|o| o.signed).map(|out| out.taken).sum();
        let confirmed = work.multipart.as_ref().map_or(0, |m| m.parts.confirmed());
        let progress = Progress { confirmed, in_flight, resumed: work.resumed, rate: work.rate.per_second(now) };
        let confirming = work.out.values().any(|what| *what == RequestKind::Complete);
        if !confirming && self.rows[id].state.moving() {
            self.set_state(id, State::Sending(progress));
        }
    }

    /// Takes in the answer to a request.
    pub(super) fn on_answer(&mut self, request: RequestId, result: Result<Answer, Problem>, fx: &mut Vec<Effect>) {
        let now = self.now;
        let Some(out) = self.in_flight.remove(&request) else { return };
        self.bodies -= out.held;
        self.network.probe_ended(&out, now);
        if let Some(work) = self.work.get_mut(out.upload) {
            work.out.remove(&request);
        }
        if out.what == RequestKind::Abort {
            return self.aborted(&out, &result);
        }
        let id = out.upload;
        match result {
            Ok(answer) => {
                let misses = self.work.get_mut(id).and_then(|work| work.misses.get_mut(&out.what.part()));
                if let Some(misses) = misses {
                    misses.closed_since = None;
                }
                if out.signed {
                    self.network_works();
                    self.congestion.answered(now, out.held);
                    let rest = out.body.saturating_sub(out.taken);
                    self.rate.add(now, rest);
                    let lane = &mut self.lanes[out.destination];
                    lane.region.redirected = false;
                    lane.access.refused_once = false;
                    if out.what.stores() {
                        lane.trial.note_accepted(request, id);
                    }
                    lane.note_success();
                    if let Some(work) = self.work.get_mut(id) {
                        work.misses.remove(&out.what.part());
                        work.rate.add(now, rest);
                    }
                }
                self.on_success(id, &out, answer, fx);
            }
            Err(problem) => self.on_failure(id, request, &out, problem, fx),
        }
        self.close_delivery(out.destination, fx);
    }

    /// Takes in the answer to AbortMultipartUpload, which tells no more than that the network works.
    fn aborted(&mut self, out: &InFlight, result: &Result<Answer, Problem>) {
        let Err(problem) = result else { return self.network_works() };
        if problem.kind.from_the_server() || problem.is_fault_of_the_server() {
            self.network_works();
        } else if problem.retry() == Retry::Line {
            self.network_failed(problem, out.probe || problem.kind == Kind::Offline);
        }
    }

    fn on_success(&mut self, id: UploadId, out: &InFlight, answer: Answer, fx: &mut Vec<Effect>) {
        match (answer, out.what) {
            (Answer::Opened(fingerprint), _) => self.opened(id, fingerprint, fx),
            (Answer::Grown(fingerprint), _) => {
                self.set_size(id, fingerprint.size, fx);
                if Plan::of(fingerprint.size).is_none() {
                    return self.fail(id, &Problem::new(Kind::TooLarge), fx);
                }
                self.requeue(id, true);
            }
            (Answer::Stored(stored), what) => self.delivered(id, what, stored, fx),
            (Answer::Created { upload_id, abort_at }, _) => {
                let work = self.work.begun(id);
                let Some(multipart) = &mut work.multipart else { return };
                multipart.upload_id = Some(Arc::clone(&upload_id));
                multipart.abort_at = abort_at;
                fx.push(Effect::Record(Record::Created {
                    upload: id,
                    fingerprint: multipart.fingerprint,
                    upload_id,
                    part: multipart.parts.part_size(),
                    abort_at,
                }));
                self.keep_until(id, abort_at);
                self.show_progress(id);
            }
            (Answer::Part(done), RequestKind::Part(number)) => {
                let work = self.work.begun(id);
                let Some(multipart) = &mut work.multipart else { return };
                multipart.parts.put(number, done.clone());
                fx.push(Effect::Record(Record::Part(id, number, done)));
                self.show_progress(id);
            }
            (Answer::Read(crc), RequestKind::Read(number)) => self.read_again(id, number, crc, fx),
            (Answer::Part(_) | Answer::Read(_) | Answer::Aborted, _) => {}
        }
    }

    fn delivered(&mut self, id: UploadId, what: RequestKind, stored: Stored, fx: &mut Vec<Effect>) {
        self.set_size(id, stored.size, fx);
        self.rows[id].modified = Upload::kept_time(stored.fingerprint.modified);
        self.set_state(id, State::Delivered(stored.proof));
        self.learn_delivery(id, what, stored.at, fx);
        self.ended(id, End::Delivered(stored), fx);
    }

    /// Ends an upload with a problem.
    pub(super) fn fail(&mut self, id: UploadId, problem: &Problem, fx: &mut Vec<Effect>) {
        // An earlier request may have stored the file all the same.
        let doubtful = self.in_doubt(id);
        let problem = Arc::new(problem.clone());
        self.withdraw(id, fx);
        let (state, end) = if doubtful {
            (State::NotConfirmed, End::NotConfirmed)
        } else {
            (State::Failed(Arc::clone(&problem)), End::Failed(Arc::clone(&problem)))
        };
        self.set_state(id, state);
        let begun = |work: &Work| work.multipart.as_ref().is_some_and(|multipart| multipart.upload_id.is_some());
        if problem.kind.keeps_parts() && self.work.get(id).is_some_and(begun) {
            // The parts are kept for a retry.
            return self.record_end(id, end, fx);
        }
        if let Some(work) = self.work.get_mut(id)
            && work.completion != CompleteState::MaybeDone
        {
            let before = work.multipart.take();
            self.abort_later(id, before);
        }
        self.ended(id, end, fx);
    }

    fn not_confirmed(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        self.withdraw(id, fx);
        self.set_state(id, State::NotConfirmed);
        self.ended(id, End::NotConfirmed, fx);
    }

    fn ended(&mut self, id: UploadId, end: End, fx: &mut Vec<Effect>) {
        self.work.remove(id);
        self.record_end(id, end, fx);
    }

    fn record_end(&mut self, id: UploadId, end: End, fx: &mut Vec<Effect>) {
        self.keep_until(id, None);
        self.lane_of(id).active.retain(|&other| other != id);
        fx.push(Effect::Close(id));
        fx.push(Effect::Record(Record::Ended(id, end)));
    }

    /// Takes in the problem that a request met.
    fn on_failure(&mut self, id: UploadId, request: RequestId, out: &InFlight, problem: Problem, fx: &mut Vec<Effect>) {
        if Self::may_be_stored(out, &problem) {
            self.doubt(id, fx);
            if let Some(work) = self.work.get_mut(id)
                && problem.kind == Kind::AnswerLost
            {
                work.lost += 1;
            }
        }
        if out.signed && (problem.kind.from_the_server() || problem.is_fault_of_the_server()) {
            self.network_works();
        }
        let problem = self.as_session_error(out, problem);
        match problem.retry() {
            Retry::Line => {
                self.network_failed(&problem, out.probe || problem.kind == Kind::Offline);
                if matches!(problem.kind, Kind::NoAnswer) {
                    self.congestion.choked();
                }
                self.try_later(id, out, &problem, fx);
            }
            Retry::Slower => {
                self.congestion.choked();
                self.try_later(id, out, &problem, fx);
            }
            Retry::Again if problem.kind == Kind::SourceSilent => self.drive_is_silent(id, &problem, fx),
            Retry::Again => {
                if problem.kind == Kind::Conflict && out.what == RequestKind::Complete {
                    let work = self.work.begun(id);
                    if work.completion != CompleteState::MaybeDone {
                        return self.restart(id, &problem, fx);
                    }
                    // The other writer may be our own earlier call, which S3 is still working on.
                    work.lost += 1;
                }
                self.try_later(id, out, &problem, fx);
            }
            Retry::NewSession => {
                let current = self.generation(out);
                if current == Some(out.generation) {
                    self.session_is_refused(out.destination, &problem);
                }
                self.back_in_line(id, out, fx);
            }
            Retry::Hold if matches!(problem.kind, Kind::AccessDenied(_)) => {
                self.denied(id, request, out, &problem, fx);
            }
            Retry::Hold => self.held(id, out, &problem, fx),
            Retry::Restart => {
                if self.work.get(id).is_some_and(|work| work.completion == CompleteState::MaybeDone) {
                    // The upload id is gone because the upload was completed, or because it was aborted: no answer says
                    // which.
                    return self.not_confirmed(id, fx);
                }
                self.restart(id, &problem, fx);
            }
            Retry::Reread => {
                let work = self.work.begun(id);
                let misses = work.misses.entry(out.what.part()).or_default();
                misses.damaged += 1;
                if misses.damaged > 1 {
                    return self.fail(id, &problem, fx);
                }
                self.try_later(id, out, &problem, fx);
            }
            Retry::Stop => {
                if problem.kind == Kind::KmsDecrypt && self.continue_as_single_put(id, out, &problem, fx) {
                    return;
                }
                if matches!(problem.kind, Kind::BodyLimit(_)) {
                    return self.body_refused(id, out, &problem, fx);
                }
                if problem.kind != Kind::AlreadyThere {
                    return self.fail(id, &problem, fx);
                }
                if let Some(stored) = self.lanes[out.destination].stored_earlier.remove(&id) {
                    return self.delivered(id, out.what, stored, fx);
                }
                if self.in_doubt(id) {
                    return self.not_confirmed(id, fx);
                }
                self.withdraw(id, fx);
                self.set_state(id, State::AlreadyThere);
                self.ended(id, End::AlreadyThere, fx);
            }
        }
    }

    /// Whether a request that ended with this problem may have stored the whole file.
    fn may_be_stored(out: &InFlight, problem: &Problem) -> bool {
        match out.what {
            RequestKind::Complete => problem.may_be_stored(true),
            RequestKind::Put | RequestKind::Whole => problem.may_be_stored(out.taken >= out.body),
            RequestKind::Open
            | RequestKind::Create
            | RequestKind::Part(_)
            | RequestKind::Read(_)
            | RequestKind::Abort => false,
        }
    }

    /// Returns the generation of the active session.
    fn generation(&self, out: &InFlight) -> Option<u32> {
        match &self.lanes[out.destination].shown.session {
            Session::Active(grant) => Some(grant.generation),
            Session::SignedOut | Session::Assuming(_) | Session::Expired(_) | Session::Denied(_) => None,
        }
    }

    /// Returns `SessionEnded` for a refusal that the session's end explains: servers report it as ExpiredToken,
    /// InvalidAccessKeyId or AccessDenied if a request was signed with an older session or with one that is about to end.
    fn as_session_error(&self, out: &InFlight, problem: Problem) -> Problem {
        let over = match &self.lanes[out.destination].shown.session {
            Session::Active(grant) => grant.generation != out.generation || grant.ends.since(self.now) < NEAR_END,
            Session::SignedOut | Session::Assuming(_) | Session::Expired(_) | Session::Denied(_) => true,
        };
        if over && matches!(problem.kind, Kind::SessionRefused | Kind::AccessDenied(_)) {
            return Problem { kind: Kind::SessionEnded, ..problem };
        }
        problem
    }

    /// Holds the destination, since every upload to it would meet the same problem.
    fn held(&mut self, id: UploadId, out: &InFlight, problem: &Problem, fx: &mut Vec<Effect>) {
        self.back_in_line(id, out, fx);
        if problem.kind == Kind::SessionRefused {
            self.session_is_refused(out.destination, problem);
        } else if problem.kind == Kind::OtherRegion {
            self.redirected(out, problem);
        } else if matches!(problem.kind, Kind::JournalFull | Kind::JournalBroken | Kind::JournalSlow) {
            self.journal = Some(Arc::new(problem.clone()));
        } else {
            self.lanes[out.destination].shown.hold = Some(Arc::new(problem.clone()));
        }
    }

    /// Repeats a request after a wait that grows.
    fn try_later(&mut self, id: UploadId, out: &InFlight, problem: &Problem, fx: &mut Vec<Effect>) {
        let now = self.now;
        let work = self.work.begun(id);
        let misses = work.misses.entry(out.what.part()).or_default();
        misses.tries += 1;
        misses.unknown += u32::from(problem.kind == Kind::Unexpected);
        misses.conflicts += u32::from(problem.kind == Kind::Conflict);
        let (tries, conflicts) = (misses.tries, misses.conflicts);
        let closed = problem.kind.keeps_from_opening();
        misses.closed_since = closed.then(|| misses.closed_since.unwrap_or(now));
        if misses.closed_since.is_some_and(|since| now.since(since) >= CLOSED) {
            return self.fail(id, problem, fx);
        }
        if misses.unknown >= UNKNOWN_TRIES {
            return self.fail(id, problem, fx);
        }
        if conflicts >= CONFLICT_TRIES && out.what != RequestKind::Complete {
            if self.in_doubt(id) {
                return self.not_confirmed(id, fx);
            }
            return self.fail(id, &Problem { kind: Kind::Contended, ..problem.clone() }, fx);
        }
        if out.what == RequestKind::Complete && work.lost > COMPLETE_REPEATS {
            return self.not_confirmed(id, fx);
        }
        let base = if out.what == RequestKind::Complete { BACKOFF_COMPLETE } else { BACKOFF };
        // The network has a retry of its own; nothing should wait much longer than that.
        let own = closed || problem.retry() == Retry::Line && out.what != RequestKind::Complete;
        let most = if own { BACKOFF_LINE } else { BACKOFF_MOST };
        let due = now + self.rng.backoff(tries, base, most);
        self.note_upload_retry(id, problem, due);
        self.later(id, out, due, problem, fx);
    }

    /// Repeats a request at `due`.
    pub(super) fn later(&mut self, id: UploadId, out: &InFlight, due: Time, problem: &Problem, fx: &mut Vec<Effect>) {
        if self.take_pause(id) {
            self.withdraw(id, fx);
            return self.set_state(id, State::Paused);
        }
        let work = self.work.begun(id);
        let problem = Arc::new(problem.clone());
        match out.what {
            RequestKind::Part(number) => {
                work.later.insert((due, number));
                self.show_progress(id);
            }
            RequestKind::Put | RequestKind::Whole | RequestKind::Open => {
                self.lanes[out.destination].active.retain(|&other| other != id);
                self.wait_until(id, due);
                self.set_state(id, State::Retrying(due, problem));
            }
            RequestKind::Create | RequestKind::Read(_) | RequestKind::Complete | RequestKind::Abort => {
                work.not_before = Some(due);
            }
        }
    }

    /// Puts the work of a request back, to be sent again as soon as the queue moves.
    pub(super) fn back_in_line(&mut self, id: UploadId, out: &InFlight, fx: &mut Vec<Effect>) {
        if self.take_pause(id) {
            self.withdraw(id, fx);
            return self.set_state(id, State::Paused);
        }
        match out.what {
            RequestKind::Part(number) => {
                if let Some(work) = self.work.get_mut(id) {
                    work.cursor = work.cursor.min(number);
                }
                self.show_progress(id);
            }
            RequestKind::Put | RequestKind::Whole | RequestKind::Open => self.requeue(id, true),
            RequestKind::Create | RequestKind::Read(_) | RequestKind::Complete | RequestKind::Abort => {}
        }
    }

    /// Starts an upload from the beginning.
    fn restart(&mut self, id: UploadId, problem: &Problem, fx: &mut Vec<Effect>) {
        self.withdraw(id, fx);
        let work = self.work.begun(id);
        work.restarts += 1;
        if work.restarts > RESTARTS {
            return self.fail(id, problem, fx);
        }
        let before = self.start_over(id);
        if problem.kind != Kind::UploadGone {
            self.abort_later(id, before);
        }
        fx.push(Effect::Record(Record::Restarted(id)));
        self.requeue(id, true);
    }
}
