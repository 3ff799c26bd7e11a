//! What a person asks of the queue: pause, resume, cancel, retry, send under another name.

use super::Model;
use super::event::Effect;
use super::intake::{KEY_MAX, done_parts, key_hash, numbered, unnumbered, uploads_to};
use super::parts::PART_USUAL;
use super::problem::Kind;
use super::record::{End, Record};
use super::snapshot::Which;
use super::upload::{DestinationId, State, UploadId};
use super::work::CompleteState;
use std::sync::Arc;

/// How many numbers are tried to find a free name.
const NUMBERS: u32 = 10_000;

impl Model {
    pub(super) fn pause(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                self.lanes[place].shown.paused = true;
                self.withdraw_all(place, fx);
            }
            Which::One(id) => {
                if !self.is_open(id) {
                    return;
                }
                if self.commits(id) {
                    // Cancelling its request now would leave it open whether the file arrived.
                    if let Some(work) = self.work.get_mut(id) {
                        work.pause = true;
                    }
                    return;
                }
                self.withdraw(id, fx);
                self.take_pause(id);
                self.set_state(id, State::Paused);
            }
        }
    }

    pub(super) fn resume(&mut self, which: Which) {
        match which {
            Which::All(place) => {
                self.lanes[place].shown.paused = false;
                // From the last to the first, since each goes to the front.
                for id in uploads_to(&self.rows, place).into_iter().rev() {
                    self.resume(Which::One(id));
                }
                self.rate.restart();
            }
            Which::One(id) => {
                if let Some(work) = self.work.get_mut(id) {
                    work.pause = false;
                }
                if self.rows[id].state == State::Paused {
                    self.requeue(id, true);
                }
            }
        }
    }

    pub(super) fn cancel(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                self.stop_walks(place, fx);
                for id in uploads_to(&self.rows, place) {
                    self.cancel_one(id, fx);
                }
                self.close_delivery(place, fx);
            }
            Which::One(id) => {
                self.cancel_one(id, fx);
                self.close_delivery(self.rows[id].destination, fx);
            }
        }
    }

    pub(super) fn cancel_one(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let row = &self.rows[id];
        if matches!(row.state, State::Delivered(_) | State::Canceled) {
            return;
        }
        if self.commits(id) {
            // The request in flight may still store it.
            self.doubt(id, fx);
        }
        self.withdraw(id, fx);
        if let Some(work) = self.work.remove(id)
            && work.completion != CompleteState::MaybeDone
        {
            self.abort_later(id, work.multipart);
        }
        self.keep_until(id, None);
        fx.push(Effect::Close(id));
        self.set_state(id, State::Canceled);
        self.forget_key(id);
        fx.push(Effect::Record(Record::Ended(id, End::Canceled)));
    }

    fn forget_key(&mut self, id: UploadId) {
        let (at, key) = self.hash_of(id);
        let keys = &mut self.lanes[at].keys;
        if keys.get(&key) == Some(&id) {
            keys.remove(&key);
        }
    }

    /// Takes the upload's key again; returns false if another upload has it now.
    fn take_key(&mut self, id: UploadId) -> bool {
        let (at, key) = self.hash_of(id);
        *self.lanes[at].keys.entry(key).or_insert(id) == id
    }

    pub(super) fn retry(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                for id in uploads_to(&self.rows, place) {
                    if self.rows[id].state.needs_you() {
                        self.retry(Which::One(id), fx);
                    }
                }
                self.release(place);
            }
            Which::One(id) => {
                let row = &self.rows[id];
                match row.state {
                    State::Failed(_) | State::NotConfirmed | State::AlreadyThere | State::Canceled => {}
                    State::Retrying(..) => {
                        self.requeue(id, true);
                        return;
                    }
                    State::Waiting
                    | State::Paused
                    | State::Preparing
                    | State::Sending(_)
                    | State::Confirming
                    | State::Delivered(_) => return,
                }
                let (place, size) = (row.destination, row.size);
                if !self.take_key(id) {
                    return;
                }
                fx.push(Effect::Record(Record::Reopened(id)));
                if let Some(work) = self.work.get_mut(id) {
                    // It goes on with the parts that S3 has, after comparing the file again.
                    work.misses.clear();
                    work.pause = false;
                    let until = work.multipart.as_ref().and_then(|multipart| multipart.abort_at);
                    if let Some(multipart) = &work.multipart {
                        work.unread = done_parts(&multipart.parts);
                    }
                    self.keep_until(id, until);
                } else if size > PART_USUAL {
                    fx.push(Effect::Record(Record::Restarted(id)));
                }
                let lane = &mut self.lanes[place];
                lane.delivery.reopen();
                lane.trial.body_limit = None;
                self.requeue(id, true);
            }
        }
    }

    pub(super) fn send_key_file(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let row = self.rows.get(id);
        if row.is_some_and(|row| matches!(&row.state, State::Failed(why) if why.kind == Kind::KeyFile)) {
            self.key_files.insert(id);
            self.retry(Which::One(id), fx);
        }
    }

    pub(super) fn send_under_new_name(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let row = &self.rows[id];
        if !matches!(row.state, State::AlreadyThere | State::NotConfirmed) {
            return;
        }
        let at = row.destination;
        let folder = Arc::clone(&row.folder);
        let current = row.key_name.clone().unwrap_or_else(|| Arc::clone(&row.name));
        let taken =
            |candidate: &str| self.lanes[at].keys.contains_key(&key_hash(&self.lanes[at].keys, &folder.key, candidate));
        // Counts on from the number that was refused, so that asking again tries the next.
        let (base, last) = unnumbered(&current);
        let room = KEY_MAX.saturating_sub(self.lanes[at].shown.destination.prefix.as_str().len() + folder.key.len());
        let candidates = (last + 1..last.saturating_add(NUMBERS)).map(|n| numbered(&base, n));
        let Some(new) = candidates.take_while(|c| c.len() <= room).find(|c| !taken(c)) else { return };
        self.forget_key(id);
        let new: Arc<str> = new.into();
        let key = key_hash(&self.lanes[at].keys, &folder.key, &new);
        self.lanes[at].keys.insert(key, id);
        self.rows[id].key_name = Some(Arc::clone(&new));
        fx.push(Effect::Record(Record::Renamed(id, new)));
        // An upload id belongs to one key.
        self.work.remove(id);
        self.retry(Which::One(id), fx);
    }

    pub(super) fn release(&mut self, at: DestinationId) {
        let lane = &mut self.lanes[at];
        lane.shown.hold = None;
        lane.shown.retry = None;
        lane.new_trial();
    }
}
