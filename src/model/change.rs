//! A destination that is changed while it is open: its session ends, and the files that wait come along.

use super::Model;
use super::destination::Destination;
use super::event::{Effect, Found};
use super::intake::{KEY_MAX, of_place};
use super::problem::{Kind, Problem};
use super::record::{End, Record};
use super::snapshot::{OpenDestination, Totals};
use super::upload::{DestinationId, State, UploadId};
use super::work::Lane;
use std::sync::Arc;

impl Model {
    /// Makes an open destination another one, with the files that wait for it. If files may have arrived where it was, or
    /// the new one is open already, that one stays as it is and the files go over to the other.
    pub(super) fn change(&mut self, id: DestinationId, destination: Destination, fx: &mut Vec<Effect>) {
        let Some(place) = self.seen.places.get(usize::from(id.0)) else { return };
        let same = place.destination.is_same(&destination);
        let open = self.seen.places.iter().any(|place| place.destination.is_same(&destination));
        let needs_code = destination.mfa_serial.is_some();
        let to = if same {
            self.open(destination, fx)
        } else if open || self.may_have_stored(id) {
            let to = self.open(destination, fx);
            self.move_files(id, to, fx);
            to
        } else {
            self.change_in_place(id, destination, fx);
            id
        };
        // A code is asked for once it is clear for which destination.
        if !needs_code {
            self.asked_for_access(to, fx);
        }
    }

    /// Whether a file of this destination has arrived, or may have.
    fn may_have_stored(&self, id: DestinationId) -> bool {
        let doubts = self.desks.get(usize::from(id.0)).is_some_and(|desk| !desk.doubts.is_empty());
        let stored = |upload: UploadId| {
            let arrived = self.seen.rows.get(upload).is_some_and(|row| match row.state {
                State::Delivered(_) | State::AlreadyThere | State::NotConfirmed | State::Confirming => true,
                State::Waiting
                | State::Retrying(..)
                | State::Paused
                | State::Preparing
                | State::Sending(_)
                | State::Failed(_)
                | State::Canceled => false,
            });
            arrived || self.commits(upload) || self.work.get(&upload).is_some_and(|work| work.maybe_done)
        };
        doubts || of_place(&self.seen.rows, id).into_iter().any(stored)
    }

    /// Takes the files that have not ended, and those that walks still find, from one destination to another.
    fn move_files(&mut self, from: DestinationId, to: DestinationId, fx: &mut Vec<Effect>) {
        if let Some(desk) = self.desks.get_mut(usize::from(from.0)) {
            desk.moved_to = Some(to);
        }
        let now = self.seen.now;
        let next = u32::try_from(self.seen.rows.len()).unwrap_or(u32::MAX);
        if let (Some(place), Some(desk)) =
            (self.seen.places.get_mut(usize::from(to.0)), self.desks.get_mut(usize::from(to.0)))
            && place.walking == 0
            && (place.totals.files == 0 || place.totals.done())
        {
            place.totals = Totals { first: next, began: now, ..Totals::default() };
            desk.delivery_due = true;
        }
        for upload in of_place(&self.seen.rows, from) {
            let Some(row) = self.seen.rows.get(upload).filter(|row| !row.state.ended()) else { continue };
            let (folder, name, size) = (Arc::clone(&row.folder), Arc::clone(&row.name), row.size);
            let (key_name, paused) = (row.key_name.clone(), row.state == State::Paused);
            self.cancel_one(upload, fx);
            let before = self.seen.rows.len();
            self.take_in(to, &folder, Found { name, key_name, size, modified: 0 }, &[], fx);
            if paused && self.seen.rows.len() > before {
                let moved = UploadId(u32::try_from(before).unwrap_or(u32::MAX));
                self.set_state(moved, State::Paused);
            }
        }
        self.settle(from, fx);
    }

    /// Makes this destination another one. Nothing of it may have arrived yet.
    fn change_in_place(&mut self, id: DestinationId, destination: Destination, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        self.sign_out(id, fx);
        let moved: Vec<(UploadId, State)> = self
            .seen
            .rows
            .iter()
            .filter(|(_, row)| row.place == id && row.state != State::Canceled)
            .map(|(upload, row)| (upload, row.state.clone()))
            .collect();
        for (upload, state) in &moved {
            self.withdraw(*upload, fx);
            // What S3 has of it lies in the bucket that is left, out of reach of the new session.
            self.work.remove(upload);
            self.keep_until(*upload, None);
            if !state.ended() {
                let state = if *state == State::Paused { State::Paused } else { State::Waiting };
                self.set_state(*upload, state);
            }
            fx.push(Effect::Record(Record::Ended(*upload, End::Canceled)));
        }
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        if std::mem::take(&mut desk.delivery_open) {
            fx.push(Effect::Record(Record::DeliveryEnded(id)));
        }
        let kept = self.learned.iter().find(|(other, _)| other.is_same(&destination));
        let learned = kept.map(|(other, learned)| learned.clone().under(other, &destination)).unwrap_or_default();
        let before = std::mem::replace(&mut place.destination, Arc::new(destination));
        let proven = place.worked || place.learned.worked.is_some() || place.learned.delivered.is_some();
        place.learned = Arc::new(learned);
        begin_anew(place, desk);
        desk.queue =
            moved.iter().filter(|(_, state)| !state.ended() && *state != State::Paused).map(|(id, _)| *id).collect();
        if !proven {
            // A slip of the pen is not remembered.
            self.forget(&before, fx);
        }
        self.opened_at(id, fx);
        self.follow_rows(id, &moved, fx);
    }

    /// Begins a delivery to the changed destination with the files that came along.
    fn follow_rows(&mut self, id: DestinationId, moved: &[(UploadId, State)], fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let Some(&(first, _)) = moved.first() else { return };
        let mut totals = Totals { first: first.0, began: self.seen.now, ..Totals::default() };
        for (_, row) in self.seen.rows.iter().filter(|(upload, row)| row.place == id && *upload >= first) {
            totals.count(row.size, &row.state, true);
        }
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        place.totals = totals;
        desk.delivery_due = true;
        let prefix = place.destination.prefix.as_str().len();
        self.begin_delivery(id, fx);
        let mut too_long = Vec::new();
        for (upload, state) in moved {
            let Some(row) = self.seen.rows.get(*upload) else { continue };
            let key = row.key_name.as_ref().unwrap_or(&row.name);
            if prefix + row.folder.key.len() + key.len() > KEY_MAX && !state.ended() {
                too_long.push(*upload);
            }
            fx.push(Effect::Record(Record::Added {
                upload: *upload,
                place: id,
                folder: Arc::clone(&row.folder),
                name: Arc::clone(&row.name),
                key_name: row.key_name.clone(),
                size: row.size,
            }));
            if let State::Failed(problem) = state {
                fx.push(Effect::Record(Record::Ended(*upload, End::Failed(Arc::clone(problem)))));
            }
        }
        for upload in too_long {
            self.fail(upload, &Problem::new(Kind::NameTooLong), fx);
        }
        self.settle(id, fx);
    }
}

/// Puts everything back that was found out about the destination that this was before.
fn begin_anew(place: &mut OpenDestination, desk: &mut Lane) {
    place.worked = false;
    place.hold = None;
    desk.new_trial();
    desk.active.clear();
    desk.later.clear();
    desk.aborts.clear();
    desk.located = false;
    desk.locate_void = desk.locating;
    desk.quiet_until = None;
    desk.ask_tries = 0;
    desk.fruitless = 0;
    desk.refused_once = false;
    desk.seconds = place.destination.seconds;
    desk.narrow = place.destination.narrow;
}
