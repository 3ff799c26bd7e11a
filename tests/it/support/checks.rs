//! Checks the invariants of the simulated world after every event, including that nothing stalls without a reason.

use crate::support::simulation::{Ahead, World};
use daypass::model::Model;
use daypass::model::event::{Assumed, Effect, Event};
use daypass::model::session::{Identity, Session};
use daypass::model::snapshot::Totals;
use daypass::model::upload::State;
use daypass::time::{Time, Utc};
use std::collections::VecDeque;
use std::time::Duration;

/// No wait of the model's own is longer.
const LONG: u64 = 30 * 60 * 1000;

impl World {
    /// Checks the invariants after every event.
    pub fn check(&self) {
        assert_eq!(self.model.requests_out(), self.out.len(), "requests out");
        assert!(self.out.len() <= self.server.rules.requests, "too many requests");
        if let Some(next) = self.model.next_deadline() {
            assert!(next.0 > self.now, "a deadline in the past");
        }
        let mut totals: Vec<Totals> =
            self.model.destinations().map(|(_, p)| Totals { first: p.totals.first, ..Totals::default() }).collect();
        for (id, row) in self.model.rows().iter() {
            let t = &mut totals[usize::from(row.destination.0)];
            if id.0 >= t.first {
                fold(t, row.size, &row.state);
            }
        }
        for ((_, place), ours) in self.model.destinations().zip(totals) {
            let theirs = Totals {
                rate: 0,
                time_left: None,
                began: Time(0),
                ended: None,
                moving: Duration::ZERO,
                ..place.totals
            };
            assert_eq!(theirs, ours, "totals are not the fold of the rows");
        }
        self.goes_on_by_itself();
    }

    /// Fails at the event after which an upload could move but nothing would.
    fn goes_on_by_itself(&self) {
        if self.out.is_empty() && self.asking.is_empty() && self.could_move() && !self.awaits_an_event() {
            assert!(brings_a_request(&self.model, self.now), "nothing would happen next: {}", self.plight());
        }
    }

    /// Returns whether something is scheduled in this run that doesn't depend on a person.
    fn awaits_an_event(&self) -> bool {
        self.ahead.values().any(|(run, what)| match what {
            Ahead::Tell(_) => *run == self.run,
            Ahead::Walk(place, event) => {
                *run == self.run && (!self.stopped.contains(place) || matches!(event, Event::Walked(_)))
            }
            // Requests in flight were checked before; the others were given up.
            Ahead::Arrive(..) | Ahead::Person | Ahead::Edit => false,
        })
    }

    /// Returns whether an upload could continue without a person.
    fn could_move(&self) -> bool {
        let seen = self.seen();
        let moves = |place: &daypass::model::snapshot::OpenDestination| {
            let renews = seen.settings.renew && place.renew_problem.is_none();
            let access = match &place.session {
                Session::Active(grant) => renews || grant.ends > Time(self.now + LONG),
                Session::Expired(_) => renews,
                Session::Assuming(_) | Session::Denied(_) | Session::SignedOut => false,
            };
            (access || place.is_asking() || place.is_retrying()) && !place.paused && place.hold.is_none()
        };
        seen.journal.is_none()
            && seen.rows.iter().any(|(_, row)| {
                !row.state.ended()
                    && row.state != State::Paused
                    && moves(&seen.destinations[usize::from(row.destination.0)])
            })
    }
}

/// Returns whether this model sends a request within half an hour if access and region are granted.
fn brings_a_request(model: &Model, now: u64) -> bool {
    let mut model = model.clone();
    let (mut at, mut effects, mut events) = (now, Vec::new(), VecDeque::new());
    loop {
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(..) => return true,
                Effect::Assume(place, ask) => {
                    let (left, ago) = (Duration::from_hours(1), Duration::ZERO);
                    let given = Assumed { left, ago, ends: Utc(0), arn: "arn:x/put/me".into() };
                    events.push_back(Event::Assumed(place, ask.attempt, Ok(given)));
                }
                Effect::Identify(profile, _) => {
                    let who = Identity { account: "1".into(), arn: "arn:me".into(), name: "me".into() };
                    events.push_back(Event::Identified(profile, Ok(who)));
                }
                Effect::Locate(place, _) => {
                    events.push_back(Event::Located(place, Ok("eu-west-1".parse().expect("a region"))));
                }
                _ => {}
            }
        }
        let event = match (events.pop_front(), model.next_deadline()) {
            (Some(event), _) => event,
            (None, Some(due)) if due.0 <= now + LONG => {
                at = due.0;
                Event::Tick
            }
            (None, _) => return false,
        };
        model.handle(Time(at), event, &mut effects);
    }
}

/// Adds a row to the totals, independently of the model.
fn fold(t: &mut Totals, size: u64, state: &State) {
    if *state == State::Canceled {
        t.canceled += 1;
        return;
    }
    t.files += 1;
    t.bytes += size;
    match state {
        State::Delivered(_) => (t.delivered, t.confirmed) = (t.delivered + 1, t.confirmed + size),
        State::AlreadyThere => (t.already, t.given_up) = (t.already + 1, t.given_up + size),
        State::NotConfirmed => (t.unconfirmed, t.given_up) = (t.unconfirmed + 1, t.given_up + size),
        State::Failed(_) => (t.failed, t.given_up) = (t.failed + 1, t.given_up + size),
        State::Paused => t.paused += 1,
        State::Sending(p) => (t.confirmed, t.in_flight) = (t.confirmed + p.confirmed, t.in_flight + p.in_flight),
        State::Confirming => t.in_flight += size,
        State::Waiting | State::Retrying(..) | State::Preparing | State::Canceled => {}
    }
}
