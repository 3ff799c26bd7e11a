//! What a person asks of the queue: pause, go on, take out, try again, send under another name.

use super::Model;
use super::event::Effect;
use super::intake::{KEY_MAX, done_parts, key_hash, numbered, of_place, unnumbered};
use super::parts::PART_USUAL;
use super::problem::Kind;
use super::record::{End, Record};
use super::snapshot::Which;
use super::upload::{DestinationId, State, UploadId};
use std::sync::Arc;

/// How many numbers are tried for a name that is free.
const NUMBERS: u32 = 10_000;

impl Model {
    pub(super) fn pause(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                if let Some(place) = self.place_mut(place) {
                    place.paused = true;
                }
                self.call_back(place, fx);
            }
            Which::One(id) => {
                if !self.is_open(id) {
                    return;
                }
                if self.commits(id) {
                    // Its end is awaited: breaking it off would leave it open whether the file arrived.
                    if let Some(work) = self.work.get_mut(&id) {
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
                if let Some(place) = self.place_mut(place) {
                    place.paused = false;
                }
                // The last first, since each goes to the front.
                for id in of_place(&self.seen.rows, place).into_iter().rev() {
                    self.resume(Which::One(id));
                }
                self.rate.restart();
            }
            Which::One(id) => {
                if let Some(work) = self.work.get_mut(&id) {
                    work.pause = false;
                }
                if self.seen.rows.get(id).is_some_and(|row| row.state == State::Paused) {
                    self.requeue(id, true);
                }
            }
        }
    }

    pub(super) fn cancel(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                self.stop_walks(place, fx);
                for id in of_place(&self.seen.rows, place) {
                    self.cancel_one(id, fx);
                }
                self.settle(place, fx);
            }
            Which::One(id) => {
                self.cancel_one(id, fx);
                if let Some(place) = self.seen.rows.get(id).map(|row| row.place) {
                    self.settle(place, fx);
                }
            }
        }
    }

    pub(super) fn cancel_one(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let Some(row) = self.seen.rows.get(id) else { return };
        if matches!(row.state, State::Delivered(_) | State::Canceled) {
            return;
        }
        if self.commits(id) {
            // What is out now may store it yet.
            self.doubt(id, fx);
        }
        self.withdraw(id, fx);
        if let Some(work) = self.work.remove(&id)
            && !work.maybe_done
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
        if let Some((at, key)) = self.hash_of(id)
            && let Some(desk) = self.desks.get_mut(at)
            && desk.keys.get(&key) == Some(&id)
        {
            desk.keys.remove(&key);
        }
    }

    /// Takes the upload's key for it again; false where another upload has it now.
    fn take_key(&mut self, id: UploadId) -> bool {
        let Some((at, key)) = self.hash_of(id) else { return false };
        self.desks.get_mut(at).is_some_and(|desk| *desk.keys.entry(key).or_insert(id) == id)
    }

    pub(super) fn retry(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                for id in of_place(&self.seen.rows, place) {
                    if self.seen.rows.get(id).is_some_and(|row| row.state.needs_you()) {
                        self.retry(Which::One(id), fx);
                    }
                }
                self.release(place);
            }
            Which::One(id) => {
                let Some(row) = self.seen.rows.get(id) else { return };
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
                let (place, size) = (row.place, row.size);
                if !self.take_key(id) {
                    return;
                }
                fx.push(Effect::Record(Record::Reopened(id)));
                if let Some(work) = self.work.get_mut(&id) {
                    // It goes on with what S3 has; whether the file is the same is found out anew.
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
                if let Some(desk) = self.desks.get_mut(usize::from(place.0)) {
                    desk.delivery_open = true;
                    desk.body_limit = None;
                }
                self.requeue(id, true);
            }
        }
    }

    pub(super) fn send_key_file(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let row = self.seen.rows.get(id);
        if row.is_some_and(|row| matches!(&row.state, State::Failed(why) if why.kind == Kind::KeyFile)) {
            self.key_files.insert(id);
            self.retry(Which::One(id), fx);
        }
    }

    pub(super) fn send_under_new_name(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let Some(row) = self.seen.rows.get(id) else { return };
        if !matches!(row.state, State::AlreadyThere | State::NotConfirmed) {
            return;
        }
        let at = usize::from(row.place.0);
        let folder = Arc::clone(&row.folder);
        let current = row.key_name.clone().unwrap_or_else(|| Arc::clone(&row.name));
        let taken =
            |candidate: &str| self.desks[at].keys.contains_key(&key_hash(&self.desks[at].keys, &folder.key, candidate));
        // The number goes on from the one that was refused, so that asking again tries the next.
        let (base, last) = unnumbered(&current);
        let room = KEY_MAX.saturating_sub(self.seen.places[at].destination.prefix.as_str().len() + folder.key.len());
        let candidates = (last + 1..last.saturating_add(NUMBERS)).map(|n| numbered(&base, n));
        let Some(new) = candidates.take_while(|c| c.len() <= room).find(|c| !taken(c)) else { return };
        self.forget_key(id);
        let new: Arc<str> = new.into();
        let key = key_hash(&self.desks[at].keys, &folder.key, &new);
        self.desks[at].keys.insert(key, id);
        if let Some(row) = self.seen.rows.get_mut(id) {
            row.key_name = Some(Arc::clone(&new));
        }
        fx.push(Effect::Record(Record::Renamed(id, new)));
        // An upload id belongs to one key.
        self.work.remove(&id);
        self.retry(Which::One(id), fx);
    }

    pub(super) fn release(&mut self, id: DestinationId) {
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        place.hold = None;
        place.retry = None;
        desk.new_trial();
    }
}
