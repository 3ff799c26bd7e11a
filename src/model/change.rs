//! Changing an open destination: its session ends, and the files that wait come along.

use super::Model;
use super::destination::Destination;
use super::event::{Effect, Found};
use super::intake::{KEY_MAX, uploads_to};
use super::lane::{DeliveryState, Lane};
use super::problem::{Kind, Problem};
use super::record::{End, Record};
use super::snapshot::Totals;
use super::upload::{DestinationId, State, UploadId};
use super::work::CompleteState;
use std::sync::Arc;

impl Model {
    /// Changes an open destination and takes the files that wait for it along. If files may have arrived there, or the new
    /// destination is open already, the old one stays as it is and the files move to the other.
    pub(super) fn change(&mut self, at: DestinationId, destination: Destination, fx: &mut Vec<Effect>) {
        let place = &self.lanes[at].shown;
        let same = place.destination.is_same(&destination);
        let open = self.open_id_of(&destination).is_some();
        let needs_code = destination.mfa_serial.is_some();
        let to = if same {
            self.open(destination, fx)
        } else if open || self.may_have_stored(at) {
            let to = self.open(destination, fx);
            self.move_files(at, to, fx);
            to
        } else {
            self.change_in_place(at, destination, fx);
            at
        };
        // A code is asked for once it is clear which destination needs it.
        if !needs_code {
            self.asked_for_access(to, fx);
        }
    }

    /// Whether a file may have arrived at this destination.
    fn may_have_stored(&self, at: DestinationId) -> bool {
        let doubts = !self.lanes[at].doubts.is_empty();
        let stored = |upload: UploadId| {
            let arrived = match self.rows[upload].state {
                State::Delivered(_) | State::AlreadyThere | State::NotConfirmed | State::Confirming => true,
                State::Waiting
                | State::Retrying(..)
                | State::Paused
                | State::Preparing
                | State::Sending(_)
                | State::Failed(_)
                | State::Canceled => false,
            };
            arrived
                || self.commits(upload)
                || self.work.get(upload).is_some_and(|work| work.completion == CompleteState::MaybeDone)
        };
        doubts || uploads_to(&self.rows, at).into_iter().any(stored)
    }

    /// Moves the files that have not ended, and those that walks still find, to another destination.
    fn move_files(&mut self, from: DestinationId, to: DestinationId, fx: &mut Vec<Effect>) {
        self.lanes[from].moved_to = Some(to);
        let now = self.now;
        let next = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let lane = &mut self.lanes[to];
        if lane.shown.walking == 0 && (lane.shown.totals.files == 0 || lane.shown.totals.done()) {
            lane.shown.totals = Totals { first: next, began: now, ..Totals::default() };
            lane.delivery.complete();
        }
        for upload in uploads_to(&self.rows, from) {
            let row = &self.rows[upload];
            if row.state.ended() {
                continue;
            }
            let (folder, name, size) = (Arc::clone(&row.folder), Arc::clone(&row.name), row.size);
            let (key_name, paused) = (row.key_name.clone(), row.state == State::Paused);
            self.cancel_one(upload, fx);
            let before = self.rows.len();
            self.take_in(to, &folder, Found { name, key_name, size, modified: 0 }, &[], fx);
            if paused && self.rows.len() > before {
                let moved = UploadId(u32::try_from(before).unwrap_or(u32::MAX));
                self.set_state(moved, State::Paused);
            }
        }
        self.close_delivery(from, fx);
    }

    /// Changes a destination in place. Nothing may have arrived there yet.
    fn change_in_place(&mut self, at: DestinationId, destination: Destination, fx: &mut Vec<Effect>) {
        self.sign_out(at, fx);
        let moved: Vec<(UploadId, State)> = self
            .rows
            .iter()
            .filter(|(_, row)| row.destination == at && row.state != State::Canceled)
            .map(|(upload, row)| (upload, row.state.clone()))
            .collect();
        for (upload, state) in &moved {
            self.withdraw(*upload, fx);
            // The parts that S3 has are in the old bucket, out of reach of the new session.
            self.work.remove(*upload);
            self.keep_until(*upload, None);
            if !state.ended() {
                let state = if *state == State::Paused { State::Paused } else { State::Waiting };
                self.set_state(*upload, state);
            }
            fx.push(Effect::Record(Record::Ended(*upload, End::Canceled)));
        }
        let lane = &mut self.lanes[at];
        if std::mem::take(&mut lane.delivery) != DeliveryState::Ended {
            fx.push(Effect::Record(Record::DeliveryEnded(at)));
        }
        let kept = self.learned.iter().find(|(other, _)| other.is_same(&destination));
        let learned = kept.map(|(other, learned)| learned.clone().under(other, &destination)).unwrap_or_default();
        let before = std::mem::replace(&mut lane.shown.destination, Arc::new(destination));
        let proven = lane.shown.worked || lane.shown.learned.worked.is_some() || lane.shown.learned.delivered.is_some();
        lane.shown.learned = Arc::new(learned);
        lane.start_over();
        lane.queue = moved
            .iter()
            .filter(|(_, state)| !state.ended() && *state != State::Paused)
            .map(|(upload, _)| *upload)
            .collect();
        if !proven {
            // A typing mistake is not remembered.
            self.forget(&before, fx);
        }
        self.record_open(at, fx);
        self.follow_rows(at, &moved, fx);
    }

    /// Begins a delivery to the changed destination with the files that came along.
    fn follow_rows(&mut self, at: DestinationId, moved: &[(UploadId, State)], fx: &mut Vec<Effect>) {
        let Some(&(first, _)) = moved.first() else { return };
        let mut totals = Totals { first: first.0, began: self.now, ..Totals::default() };
        for (_, row) in self.rows.iter().filter(|(upload, row)| row.destination == at && *upload >= first) {
            totals.count(row.size, &row.state, true);
        }
        let lane = &mut self.lanes[at];
        lane.shown.totals = totals;
        let prefix = lane.shown.destination.prefix.as_str().len();
        self.begin_delivery(at, fx);
        let mut too_long = Vec::new();
        for (upload, state) in moved {
            let row = &self.rows[*upload];
            let key = row.key_name.as_ref().unwrap_or(&row.name);
            if prefix + row.folder.key.len() + key.len() > KEY_MAX && !state.ended() {
                too_long.push(*upload);
            }
            fx.push(Effect::Record(Record::Added {
                upload: *upload,
                destination: at,
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
        self.close_delivery(at, fx);
    }
}

impl Lane {
    /// Forgets what was found out about the destination before it was changed.
    fn start_over(&mut self) {
        self.shown.worked = false;
        self.shown.hold = None;
        self.new_trial();
        self.active.clear();
        self.later.clear();
        self.aborts.clear();
        self.region.set_unknown();
        if let Some(request) = &mut self.region.head_bucket {
            request.outdated = true;
        }
        self.access.forgive();
        self.access.seconds = self.shown.destination.seconds;
        self.access.narrow = self.shown.destination.narrow;
    }
}
