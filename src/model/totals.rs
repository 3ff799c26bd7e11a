//! Totals kept in step with the rows: what each state adds, and how a change of state moves them.

use super::Model;
use super::event::Effect;
use super::problem::Kind;
use super::record::Record;
use super::snapshot::Totals;
use super::upload::{Proof, State, UploadId};
use super::work::{InFlight, Lane, RequestKind};
use std::time::Duration;

/// The longest time between two events for which a request that is out is taken to move.
const HEARD_OF: Duration = Duration::from_secs(5);

impl Totals {
    /// Adds (or, with `sign` false, takes back) what a row of `size` bytes in `state` counts for.
    pub(super) fn count(&mut self, size: u64, state: &State, add: bool) {
        match state {
            State::Canceled => {
                step(&mut self.canceled, 1, add);
                return;
            }
            State::Delivered(proof) => {
                step(&mut self.delivered, 1, add);
                match proof {
                    Proof::Whole => {}
                    Proof::Parts => step(&mut self.parts_only, 1, add),
                    Proof::NoChecksum => step(&mut self.no_checksum, 1, add),
                }
                step(&mut self.confirmed, size, add);
            }
            State::AlreadyThere => {
                step(&mut self.already, 1, add);
                step(&mut self.given_up, size, add);
            }
            State::NotConfirmed => {
                step(&mut self.unconfirmed, 1, add);
                step(&mut self.given_up, size, add);
            }
            State::Failed(problem) => {
                let left_out = matches!(problem.kind, Kind::KeyFile);
                step(if left_out { &mut self.key_files } else { &mut self.failed }, 1, add);
                step(&mut self.given_up, size, add);
            }
            State::Paused => step(&mut self.paused, 1, add),
            State::Sending(progress) => {
                step(&mut self.confirmed, progress.confirmed, add);
                step(&mut self.in_flight, progress.in_flight, add);
            }
            State::Confirming => step(&mut self.in_flight, size, add),
            State::Waiting | State::Retrying(..) | State::Preparing => {}
        }
        step(&mut self.files, 1, add);
        step(&mut self.bytes, size, add);
    }
}

impl Lane {
    /// Counts a row of this state in, or out.
    pub(super) const fn count(&mut self, state: &State, add: bool) {
        if !state.ended() {
            step(&mut self.open, 1, add);
        }
        if matches!(state, State::Paused) {
            step(&mut self.paused, 1, add);
        }
    }
}

const fn step(count: &mut u64, by: u64, add: bool) {
    *count = if add { count.saturating_add(by) } else { count.saturating_sub(by) };
}

impl Model {
    /// Gives a row another state and moves the totals with it.
    pub(super) fn set_state(&mut self, id: UploadId, state: State) {
        let now = self.seen.now;
        let Some(row) = self.seen.rows.get_mut(id) else { return };
        let size = row.size;
        let before = std::mem::replace(&mut row.state, state);
        let after = row.state.clone();
        if let Some(desk) = self.desks.get_mut(usize::from(row.place.0)) {
            desk.count(&before, false);
            desk.count(&after, true);
        }
        let Some(place) = self.seen.places.get_mut(usize::from(row.place.0)) else { return };
        let totals = &mut place.totals;
        if id.0 < totals.first {
            return;
        }
        totals.count(size, &before, false);
        totals.count(size, &after, true);
        if !after.ended() {
            totals.ended = None;
        } else if totals.done() {
            totals.ended.get_or_insert(now);
        }
    }

    /// Gives a row the size that its file turned out to have, moves the totals with it, and records a change.
    pub(super) fn set_size(&mut self, id: UploadId, size: u64, fx: &mut Vec<Effect>) {
        if self.seen.rows.get(id).is_none_or(|row| row.size == size) {
            return;
        }
        let Some(row) = self.seen.rows.get_mut(id) else { return };
        let before = std::mem::replace(&mut row.size, size);
        fx.push(Effect::Record(Record::Resized(id, size)));
        let Some(place) = self.seen.places.get_mut(usize::from(row.place.0)) else { return };
        if id.0 >= place.totals.first {
            place.totals.count(before, &row.state, false);
            place.totals.count(size, &row.state, true);
        }
    }

    /// Counts the time since the last event where something was on its way in it.
    pub(super) fn count_moving(&mut self, passed: Duration) {
        // Of requests of which nothing is heard for longer it can't be said that they move.
        let passed = passed.min(HEARD_OF);
        for (at, place) in self.seen.places.iter_mut().enumerate() {
            let out = |out: &InFlight| usize::from(out.place.0) == at && out.what != RequestKind::Abort;
            if self.out.values().any(out) {
                place.totals.moving += passed;
            }
        }
    }

    /// Works out the rate and the time left, which change with time and not only with answers.
    pub(super) fn tell_rate(&mut self) {
        let now = self.seen.now;
        let rate = self.rate.per_second(now);
        for place in &mut self.seen.places {
            let totals = &mut place.totals;
            totals.rate = rate;
            let settled = totals.confirmed + totals.in_flight + totals.given_up;
            let left = totals.bytes.saturating_sub(settled);
            totals.time_left = (rate > 0 && totals.open() > 0).then(|| Duration::from_secs(left / rate));
        }
    }
}
