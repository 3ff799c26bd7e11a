//! What time does by itself. Each timer is derived from the state that it belongs to, so none outlives it, and the moment
//! for which the engine is told to wake is the moment at which the timer fires.

use super::denials::Denials;
use super::lane::{Lane, RegionState};
use super::session::{AssumeStatus, Session};
use super::snapshot::{Network, Retried};
use super::upload::DestinationId;
use super::work::Work;
use super::{Model, event::Effect};
use crate::time::Time;
use std::time::Duration;

/// How long before its end a session renews itself; for short sessions a quarter of their length.
pub const RENEW_BEFORE: Duration = Duration::from_mins(5);
/// How often the rate is computed while requests are out and nothing is heard of them.
const RATE_STEP: Duration = Duration::from_secs(1);

/// The timers of one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    /// The session ends.
    SessionEnd,
    /// The session is renewed.
    Renew,
    /// AssumeRole is tried again.
    RetryAssume,
    /// What S3 denied is asked for once more.
    RetryDenied,
    /// HeadBucket is tried again.
    RetryRegion,
    /// An upload that failed goes back into the queue.
    RetryUpload,
    /// A request of an upload that is under way may go out again.
    RetryRequest,
}

impl Timer {
    const ALL: [Self; 7] = [
        Self::SessionEnd,
        Self::Renew,
        Self::RetryAssume,
        Self::RetryDenied,
        Self::RetryRegion,
        Self::RetryUpload,
        Self::RetryRequest,
    ];
}

impl Model {
    /// The next moment at which something happens by itself; give `Event::Tick` then.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        let now = self.now;
        let timers = self.lanes.iter().flat_map(|lane| Timer::ALL.map(|timer| self.timer(lane, timer)));
        let network = match self.network {
            Network::Down { next, .. } if self.wants_requests() => Some(next),
            Network::Down { .. } | Network::Up => None,
        };
        // The rate sinks while nothing is heard.
        let rate = (self.rate.per_second(now) > 0 && !self.in_flight.is_empty()).then(|| now + RATE_STEP);
        // What is due already was looked at by the last event: it waits for an answer or a person, not for a moment.
        timers.chain([network, rate]).flatten().filter(|&due| due > now).min()
    }

    /// Does what has come due.
    pub(super) fn run_timers(&mut self, fx: &mut Vec<Effect>) {
        for id in self.lanes.ids() {
            if self.is_due(id, Timer::SessionEnd)
                && let Session::Active(grant) = &self.lanes[id].shown.session
            {
                self.lanes[id].shown.session = Session::Expired(grant.clone());
            }
            self.requeue_due(id);
            // Before access is looked at: if nothing is held any more, a session that has ended is renewed.
            self.settle_denials(id, fx);
            if self.is_due(id, Timer::RetryAssume) {
                self.request_access(id, fx);
            }
            if self.is_due(id, Timer::Renew) {
                self.request_access(id, fx);
            }
            let lane = &mut self.lanes[id];
            if lane.open <= lane.paused {
                lane.clear_retry(Retried::Upload);
            }
        }
        self.tell_rate();
    }

    fn is_due(&self, id: DestinationId, timer: Timer) -> bool {
        self.timer(&self.lanes[id], timer).is_some_and(|due| due <= self.now)
    }

    /// When this timer fires, if it runs.
    fn timer(&self, lane: &Lane, timer: Timer) -> Option<Time> {
        let shown = &lane.shown;
        match timer {
            Timer::SessionEnd => match &shown.session {
                Session::Active(grant) => Some(grant.ends),
                Session::SignedOut | Session::Assuming(_) | Session::Expired(_) | Session::Denied(_) => None,
            },
            Timer::Renew => self.renewal(lane),
            Timer::RetryAssume => match shown.assume {
                AssumeStatus::RetryAt(due) => Some(due),
                AssumeStatus::Idle | AssumeStatus::Identifying | AssumeStatus::Assuming => None,
            },
            Timer::RetryDenied => match lane.trial.denials {
                Denials::Waiting(due, _) if lane.is_active() => Some(due),
                Denials::None | Denials::Draining(_) | Denials::Waiting(..) | Denials::Asking(..) => None,
            },
            Timer::RetryRegion => match lane.region.state {
                RegionState::Unknown { not_before } if lane.is_active() && shown.hold.is_none() => not_before,
                RegionState::Unknown { .. } | RegionState::Known => None,
            },
            Timer::RetryUpload => lane.later.first().map(|&(due, _)| due).filter(|_| lane.moves()),
            Timer::RetryRequest => {
                let work = lane.active.iter().filter_map(|id| self.work.get(*id));
                work.filter_map(|work| self.next_request_of(work)).min().filter(|_| lane.moves())
            }
        }
    }

    /// When the next request of this upload that waits for a moment may go out. One that is due already waits for room; the
    /// next that comes due may not have to.
    fn next_request_of(&self, work: &Work) -> Option<Time> {
        let part = work.later.range((self.now + Duration::from_millis(1), 0)..).next().map(|&(due, _)| due);
        let upload = work.not_before.filter(|&due| due > self.now);
        part.into_iter().chain(upload).min()
    }

    /// When the session renews itself, if it does: while uploads are open, no code is needed, and nothing speaks against it.
    fn renewal(&self, lane: &Lane) -> Option<Time> {
        let shown = &lane.shown;
        let idle = shown.assume == AssumeStatus::Idle && shown.renew_problem.is_none();
        if !self.settings.renew || !idle || shown.paused || shown.hold.is_some() {
            return None;
        }
        if shown.destination.mfa_serial.is_some() || lane.open <= lane.paused {
            return None;
        }
        match &shown.session {
            // While one session after the other is over at once, the next is not asked for before this one's end either.
            Session::Active(grant) if lane.is_short() => Some(grant.ends.max(lane.next_short_session())),
            Session::Active(grant) => Some(grant.ends - RENEW_BEFORE.min(grant.length / 4)),
            // Sessions that end before anything was done under them are not asked for one after the other.
            Session::Expired(_) if lane.access.fruitless > 1 => Some(lane.next_short_session()),
            Session::Expired(_) => Some(self.now),
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => None,
        }
    }
}
