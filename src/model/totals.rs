//! Totals, kept equal to the fold of the rows.

use super::Model;
use super::event::Effect;
use super::lane::Lane;
use super::problem::Kind;
use super::record::Record;
use super::session::Session;
use super::snapshot::Totals;
use super::upload::{Proof, State, UploadId};
use super::work::{InFlight, RequestKind};
use std::time::Duration;

/// The longest time between two events that counts as time in which a request moved.
const HEARD_OF: Duration = Duration::from_secs(5);

impl Totals {
    /// Adds what a row of `size` bytes in `state` counts for; with `add` false, subtracts it.
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
    /// Sets the state of a row, and updates the totals.
    pub(super) fn set_state(&mut self, id: UploadId, state: State) {
        let now = self.now;
        let row = &mut self.rows[id];
        let size = row.size;
        let before = std::mem::replace(&mut row.state, state);
        let after = row.state.clone();
        let lane = &mut self.lanes[row.destination];
        lane.count(&before, false);
        lane.count(&after, true);
        let place = &mut self.lanes[row.destination].shown;
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

    /// Sets the size of a row to the one that its file turned out to have, updates the totals, and records a change.
    pub(super) fn set_size(&mut self, id: UploadId, size: u64, fx: &mut Vec<Effect>) {
        if self.rows[id].size == size {
            return;
        }
        let row = &mut self.rows[id];
        let before = std::mem::replace(&mut row.size, size);
        fx.push(Effect::Record(Record::Resized(id, size)));
        let place = &mut self.lanes[row.destination].shown;
        if id.0 >= place.totals.first {
            place.totals.count(before, &row.state, false);
            place.totals.count(size, &row.state, true);
        }
    }

    /// Counts the time since the last event for destinations with requests in flight.
    pub(super) fn count_moving(&mut self, passed: Duration) {
        // A request that has not been heard of for longer may stand still.
        let passed = passed.min(HEARD_OF);
        for (id, lane) in self.lanes.iter_mut() {
            let out = |out: &InFlight| out.destination == id && out.what != RequestKind::Abort;
            if self.in_flight.values().any(out) {
                lane.shown.totals.moving += passed;
            }
        }
    }

    /// Updates the rate and the time left, which change with time and not only with answers.
    pub(super) fn tell_rate(&mut self) {
        let now = self.now;
        let current = self.rate.per_second(now);
        for (id, lane) in self.lanes.iter_mut() {
            let shown = &mut lane.shown;
            let waits = shown.paused || shown.hold.is_some() || !matches!(shown.session, Session::Active(_));
            let stopped = waits && !self.in_flight.values().any(|out| out.destination == id);
            let rate = if stopped { 0 } else { current };
            let totals = &mut shown.totals;
            totals.rate = rate;
            let settled = totals.confirmed + totals.in_flight + totals.given_up;
            let left = totals.bytes.saturating_sub(settled);
            totals.time_left = (rate > 0 && totals.open() > 0).then(|| Duration::from_secs(left / rate));
        }
    }
}
