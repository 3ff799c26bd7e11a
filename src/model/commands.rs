//! What a person asks of the queue: pause, go on, take out, try again, send under another name.

use super::Model;
use super::event::Effect;
use super::intake::{KEY_MAX, done_parts, key_hash, numbered, of_place, unnumbered};
use super::parts::PART_USUAL;
use super::problem::Kind;
use super::record::{End, Record};
use super::snapshot::Which;
use super::upload::{PlaceNo, State, UploadNo};
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
            Which::One(no) => {
                if !self.is_open(no) {
                    return;
                }
                if self.commits(no) {
                    // Its end is awaited: breaking it off would leave it open whether the file arrived.
                    if let Some(work) = self.work.get_mut(&no) {
                        work.pause = true;
                    }
                    return;
                }
                self.withdraw(no, fx);
                self.take_pause(no);
                self.set_state(no, State::Paused);
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
                for no in of_place(&self.seen.rows, place).into_iter().rev() {
                    self.resume(Which::One(no));
                }
                self.rate.restart();
            }
            Which::One(no) => {
                if let Some(work) = self.work.get_mut(&no) {
                    work.pause = false;
                }
                if self.seen.rows.get(no).is_some_and(|row| row.state == State::Paused) {
                    self.requeue(no, true);
                }
            }
        }
    }

    pub(super) fn cancel(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                self.stop_walks(place, fx);
                for no in of_place(&self.seen.rows, place) {
                    self.cancel_one(no, fx);
                }
                self.settle(place, fx);
            }
            Which::One(no) => {
                self.cancel_one(no, fx);
                if let Some(place) = self.seen.rows.get(no).map(|row| row.place) {
                    self.settle(place, fx);
                }
            }
        }
    }

    pub(super) fn cancel_one(&mut self, no: UploadNo, fx: &mut Vec<Effect>) {
        let Some(row) = self.seen.rows.get(no) else { return };
        if matches!(row.state, State::Delivered(_) | State::Canceled) {
            return;
        }
        if self.commits(no) {
            // What is out now may store it yet.
            self.doubt(no, fx);
        }
        self.withdraw(no, fx);
        if let Some(work) = self.work.remove(&no)
            && !work.maybe_done
        {
            self.abort_later(no, work.multipart);
        }
        self.keep_until(no, None);
        fx.push(Effect::Close(no));
        self.set_state(no, State::Canceled);
        self.forget_key(no);
        fx.push(Effect::Record(Record::Ended(no, End::Canceled)));
    }

    fn forget_key(&mut self, no: UploadNo) {
        if let Some((at, key)) = self.hash_of(no)
            && let Some(desk) = self.desks.get_mut(at)
            && desk.keys.get(&key) == Some(&no)
        {
            desk.keys.remove(&key);
        }
    }

    /// Takes the upload's key for it again; false where another upload has it now.
    fn take_key(&mut self, no: UploadNo) -> bool {
        let Some((at, key)) = self.hash_of(no) else { return false };
        self.desks.get_mut(at).is_some_and(|desk| *desk.keys.entry(key).or_insert(no) == no)
    }

    pub(super) fn retry(&mut self, which: Which, fx: &mut Vec<Effect>) {
        match which {
            Which::All(place) => {
                for no in of_place(&self.seen.rows, place) {
                    if self.seen.rows.get(no).is_some_and(|row| row.state.needs_you()) {
                        self.retry(Which::One(no), fx);
                    }
                }
                self.release(place);
            }
            Which::One(no) => {
                let Some(row) = self.seen.rows.get(no) else { return };
                match row.state {
                    State::Failed(_) | State::NotConfirmed | State::AlreadyThere | State::Canceled => {}
                    State::Retrying(..) => {
                        self.requeue(no, true);
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
                if !self.take_key(no) {
                    return;
                }
                fx.push(Effect::Record(Record::Reopened(no)));
                if let Some(work) = self.work.get_mut(&no) {
                    // It goes on with what S3 has; whether the file is the same is found out anew.
                    work.misses.clear();
                    work.pause = false;
                    let until = work.multipart.as_ref().and_then(|multipart| multipart.abort_at);
                    if let Some(multipart) = &work.multipart {
                        work.unread = done_parts(&multipart.parts);
                    }
                    self.keep_until(no, until);
                } else if size > PART_USUAL {
                    fx.push(Effect::Record(Record::Restarted(no)));
                }
                if let Some(desk) = self.desks.get_mut(usize::from(place.0)) {
                    desk.delivery_open = true;
                    desk.body_limit = None;
                }
                self.requeue(no, true);
            }
        }
    }

    pub(super) fn send_key_file(&mut self, no: UploadNo, fx: &mut Vec<Effect>) {
        let row = self.seen.rows.get(no);
        if row.is_some_and(|row| matches!(&row.state, State::Failed(why) if why.kind == Kind::KeyFile)) {
            self.key_files.insert(no);
            self.retry(Which::One(no), fx);
        }
    }

    pub(super) fn send_under_new_name(&mut self, no: UploadNo, fx: &mut Vec<Effect>) {
        let Some(row) = self.seen.rows.get(no) else { return };
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
        self.forget_key(no);
        let new: Arc<str> = new.into();
        let key = key_hash(&self.desks[at].keys, &folder.key, &new);
        self.desks[at].keys.insert(key, no);
        if let Some(row) = self.seen.rows.get_mut(no) {
            row.key_name = Some(Arc::clone(&new));
        }
        fx.push(Effect::Record(Record::Renamed(no, new)));
        // An upload id belongs to one key.
        self.work.remove(&no);
        self.retry(Which::One(no), fx);
    }

    pub(super) fn release(&mut self, no: PlaceNo) {
        let at = usize::from(no.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        place.hold = None;
        place.retry = None;
        desk.new_trial();
    }
}
