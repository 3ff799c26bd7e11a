//! The model decides everything and does nothing: `Model::handle(now, event, &mut effects)`.
//!
//! It has no clock, no disk, no network and no chance of its own: each event carries the time, chance comes from a
//! seed, and what is wanted goes out as effects. A trace of (time, event) replays any state.

mod access;
pub mod access_key;
mod body_limit;
mod change;
pub mod check;
mod commands;
pub mod conditions;
mod congestion;
mod denials;
pub mod destination;
mod doubts;
pub mod event;
pub mod history;
mod intake;
pub mod names;
pub mod notice;
pub mod parts;
pub mod problem;
mod profiles;
mod queue;
mod rate;
pub mod record;
mod reopen;
mod responses;
mod restore;
mod retries;
mod rng;
pub mod rows;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod single;
mod single_put;
pub mod snapshot;
mod timing;
mod totals;
pub mod upload;
pub mod verification_url;
mod work;

pub use self::access::RENEW_BEFORE;
use self::conditions::Learned;
use self::congestion::Congestion;
use self::destination::Destination;
use self::event::{Effect, Event};
use self::problem::Problem;
use self::rate::Rate;
use self::rng::Rng;
use self::snapshot::{Command, Network, Settings, Snapshot};
use self::upload::{DestinationId, RequestId, UploadId};
use self::work::{InFlight, Lane, Work};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How often the rate is worked out while requests are out and nothing is heard of them.
const RATE_STEP: Duration = Duration::from_secs(1);

/// How far the model may go at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests out at most.
    pub requests: u32,
    /// Multipart uploads begun at most, over all destinations.
    pub large: u32,
    /// The seed of the jitter.
    pub seed: u64,
    /// Whether uploads of an earlier run wait until their file is added again.
    pub park_restored: bool,
    /// Whether files that look like keys are sent without a word from a person.
    pub send_keys: bool,
    /// Whether a denied AssumeRole is tried again quietly for a minute, since IAM takes that long to spread a change.
    pub quiet_retries: bool,
    /// How often it is asked again in that minute.
    pub quiet_step: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 64,
            large: 4,
            seed: 1,
            park_restored: false,
            send_keys: false,
            quiet_retries: true,
            quiet_step: Duration::from_secs(10),
        }
    }
}

/// The whole state, and every decision.
#[derive(Clone, Debug)]
pub struct Model {
    seen: Snapshot,
    limits: Limits,
    chance: Rng,
    pace: Congestion,
    desks: Vec<Lane>,
    /// What earlier runs learned of destinations that are not open yet.
    learned: Vec<(Destination, Learned)>,
    work: BTreeMap<UploadId, Work>,
    /// The uploads of which a person said that they are to be sent although they look like keys.
    key_files: BTreeSet<UploadId>,
    out: BTreeMap<RequestId, InFlight>,
    next_request: u64,
    bodies_out: u64,
    line_fails: u32,
    rate: Rate,
    turn: usize,
    crowded: bool,
    /// Ranges of uploads whose PutObject may be out as far as the journal knows: first and last.
    puts_told: Vec<(u32, u32)>,
}

impl Model {
    /// A model that knows nothing yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let settings = Settings::default();
        Self {
            pace: Congestion::new(limits.requests, settings.memory),
            chance: Rng::new(limits.seed),
            limits,
            seen: Snapshot { settings, ..Snapshot::default() },
            desks: Vec::new(),
            learned: Vec::new(),
            work: BTreeMap::new(),
            key_files: BTreeSet::new(),
            out: BTreeMap::new(),
            next_request: 0,
            bodies_out: 0,
            line_fails: 0,
            rate: Rate::default(),
            turn: 0,
            crowded: false,
            puts_told: Vec::new(),
        }
    }

    /// What is shown: cheap to clone.
    #[must_use]
    pub const fn seen(&self) -> &Snapshot {
        &self.seen
    }

    /// The number under which this destination is open, or will be as soon as it is opened.
    #[must_use]
    pub fn id_of(&self, destination: &Destination) -> DestinationId {
        let places = &self.seen.places;
        let at = places.iter().position(|place| place.destination.is_same(destination)).unwrap_or(places.len());
        DestinationId(u16::try_from(at).unwrap_or(u16::MAX))
    }

    /// Requests that are out.
    #[must_use]
    pub fn requests_out(&self) -> usize {
        self.out.len()
    }

    /// Takes in what happened at `now` and says what is to be done. Bad news is state: it never fails.
    pub fn handle(&mut self, now: Time, event: Event, fx: &mut Vec<Effect>) {
        let now = now.max(self.seen.now);
        self.count_moving(now.since(self.seen.now));
        self.seen.now = now;
        match event {
            Event::Command(command) => self.command(command, fx),
            Event::Tick => {}
            Event::Assumed(place, attempt, result) => self.assumed(place, attempt, result, fx),
            Event::Identified(profile, result) => self.identified(&profile, result, fx),
            Event::Located(place, result) => self.located(place, result, fx),
            Event::ProfilesRead(profiles) => self.profiles_read(profiles, fx),
            Event::Found(place, folder, found) => self.found(place, &folder, found, fx),
            Event::FoundAgain(place, folder, found) => self.found_again(place, &folder, found, fx),
            Event::Skipped(place, path, why) => self.left_out(place, path, why),
            Event::Walked(place) => {
                self.walked(place, fx);
                self.settle(place, fx);
            }
            Event::Answered(request, result) => self.answered(request, result, fx),
            Event::Moved(moved) => self.moved(&moved),
            Event::JournalFailed(problem) => self.seen.journal = Some(Arc::new(problem)),
            Event::JournalWorks => self.seen.journal = None,
            Event::Adjusted(settings) => {
                self.pace.set_memory(settings.bodies());
                self.seen.settings = settings.clone();
                fx.push(Effect::Use(settings));
            }
            Event::Restored(kept) => self.restored(*kept, fx),
        }
        self.clockwork(fx);
        self.fill(fx);
        self.void_puts(fx);
    }

    /// The next moment at which something happens by itself; give `Event::Tick` then.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        let mut next = Time::NEVER;
        // What is due already was looked at by the last event: it waits for an answer or a person, not for a moment.
        let now = self.seen.now;
        let mut by = |due: Time| {
            if due > now {
                next = next.min(due);
            }
        };
        for desk in 0..self.desks.len() {
            self.desk_deadlines(desk, &mut by);
        }
        if let Network::Down { next: at, .. } = self.seen.line
            && self.wants_requests()
        {
            by(at);
        }
        if self.rate.per_second(now) > 0 && !self.out.is_empty() {
            // The rate sinks while nothing is heard.
            by(now + RATE_STEP);
        }
        (next != Time::NEVER).then_some(next)
    }

    fn command(&mut self, command: Command, fx: &mut Vec<Effect>) {
        match command {
            Command::Open(destination) => {
                let place = self.open(*destination, fx);
                self.asked_for_access(place, fx);
            }
            Command::Change(place, destination) => self.change(place, *destination, fx),
            Command::GetAccess(place) => self.asked_for_access(place, fx),
            Command::GetAccessUnnarrowed(place) => {
                if let Some(desk) = self.desks.get_mut(usize::from(place.0)) {
                    desk.narrow = false;
                }
                self.asked_for_access(place, fx);
            }
            Command::SignOut(place) => self.sign_out(place, fx),
            Command::Forget(destination) => {
                self.learned.retain(|(other, _)| !other.is_same(&destination));
                self.forget(&destination, fx);
            }
            Command::Add(place, paths) => self.add(place, paths, fx),
            Command::Pause(which) => self.pause(which, fx),
            Command::Resume(which) => self.resume(which),
            Command::Cancel(which) => self.cancel(which, fx),
            Command::Retry(which) => self.retry(which, fx),
            Command::SendUnderNewName(id) => self.send_under_new_name(id, fx),
            Command::SendKeyFile(id) => self.send_key_file(id, fx),
            Command::SendAgain(place, path) => self.send_again(place, path.as_deref(), fx),
            Command::Release(place) => self.release(place),
            Command::Identify(profile) => fx.push(self.identify(&profile)),
            Command::ProfileRenamed { from, to } => self.profile_renamed(&from, &to, fx),
            Command::Set(settings) => {
                self.pace.set_memory(settings.bodies());
                self.seen.settings = settings.clone();
                fx.push(Effect::Record(record::Record::Settings(settings.clone())));
                fx.push(Effect::Use(settings));
            }
            // Nothing goes out before the journal has said that it writes again.
            Command::RetryJournal => {}
        }
    }

    fn place_mut(&mut self, place: DestinationId) -> Option<&mut snapshot::OpenDestination> {
        self.seen.places.get_mut(usize::from(place.0))
    }

    /// A call did not get through; `probe` says that it tried a line known to be down, or that it speaks for the whole line.
    fn line_is_bad(&mut self, problem: &Problem, probe: bool) {
        let now = self.seen.now;
        let since = match &self.seen.line {
            // What was sent before the line went down tells nothing new.
            Network::Down { .. } if !probe => return,
            Network::Down { since, .. } => *since,
            Network::Up => now,
        };
        self.line_fails += 1;
        if !probe && self.line_fails < 3 && self.out.values().any(|out| out.signed) {
            return;
        }
        let wait = self.chance.backoff(self.line_fails.min(8), Duration::from_millis(500), Duration::from_secs(10));
        self.seen.line = Network::Down { since, next: now + wait, why: Arc::new(problem.clone()) };
    }

    fn line_is_good(&mut self) {
        self.line_fails = 0;
        self.seen.line = Network::Up;
    }
}
