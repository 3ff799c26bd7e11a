//! The model decides everything and does nothing: `Model::handle(now, event, &mut effects)`.
//!
//! It has no clock, no disk, no network and no randomness: each event carries the time, jitter comes from a
//! seed, and what is wanted goes out as effects. A trace of (time, event) replays any state.

mod access;
pub mod access_key;
mod body_limit;
mod change;
pub mod check;
pub mod command_problem;
mod commands;
pub mod conditions;
mod congestion;
mod denials;
pub mod destination;
mod doubts;
pub mod event;
pub mod history;
mod intake;
mod lane;
pub mod names;
pub mod notice;
pub mod parts;
pub mod problem;
mod profiles;
mod queue;
mod rate;
pub mod record;
mod region;
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
mod timers;
mod timing;
mod totals;
pub mod upload;
pub mod verification_url;
mod work;

pub use self::timers::RENEW_BEFORE;

use self::conditions::Learned;
use self::congestion::Congestion;
use self::destination::Destination;
use self::event::{Effect, Event};
use self::lane::Lanes;
use self::problem::Problem;
use self::rate::Rate;
use self::rng::Rng;
use self::rows::Rows;
use self::session::Identity;
use self::snapshot::{Command, Network, OpenDestination, Profiles, Settings, Snapshot, Which};
use self::upload::{DestinationId, RequestId, UploadId};
use self::work::{AllWork, InFlight};
use crate::time::{Time, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

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
    now: Time,
    limits: Limits,
    settings: Settings,
    profiles: Arc<Profiles>,
    identities: Arc<Vec<(String, Result<Identity, Problem>)>>,
    /// Destinations remembered from earlier, most recent first.
    remembered: Arc<Vec<Destination>>,
    /// What earlier runs learned of destinations that are not open yet.
    learned: Vec<(Destination, Learned)>,
    lanes: Lanes,
    rows: Rows,
    work: AllWork,
    /// Until when S3 keeps the parts of uploads, where the bucket's lifecycle throws them away.
    kept_until: Arc<BTreeMap<UploadId, Utc>>,
    /// The uploads of which a person said that they are to be sent although they look like keys.
    key_files: BTreeSet<UploadId>,
    in_flight: BTreeMap<RequestId, InFlight>,
    next_request: u64,
    /// What the requests in flight hold in memory, in bytes.
    bodies: u64,
    /// The destination that was served last.
    turn: DestinationId,
    /// Whether a request is too large for the room that is left, and goes next.
    crowded: bool,
    /// Ranges of uploads whose PutObject may be out as far as the journal knows: first and last.
    puts_told: Vec<(u32, u32)>,
    network: Network,
    network_failures: u32,
    congestion: Congestion,
    rate: Rate,
    rng: Rng,
    /// Why nothing can be recorded.
    journal: Option<Arc<Problem>>,
}

impl Model {
    /// A model that knows nothing yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let settings = Settings::default();
        Self {
            now: Time::default(),
            congestion: Congestion::new(limits.requests, settings.memory),
            rng: Rng::new(limits.seed),
            limits,
            settings,
            profiles: Arc::default(),
            identities: Arc::default(),
            remembered: Arc::default(),
            learned: Vec::new(),
            lanes: Lanes::default(),
            rows: Rows::default(),
            work: AllWork::default(),
            kept_until: Arc::default(),
            key_files: BTreeSet::new(),
            in_flight: BTreeMap::new(),
            next_request: 0,
            bodies: 0,
            turn: DestinationId::default(),
            crowded: false,
            puts_told: Vec::new(),
            network: Network::default(),
            network_failures: 0,
            rate: Rate::default(),
            journal: None,
        }
    }

    /// A copy of what is shown: one pointer for each 256 rows, and a few values for each destination.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            now: self.now,
            destinations: self.lanes.iter().map(|lane| lane.shown.clone()).collect(),
            rows: self.rows.clone(),
            profiles: Arc::clone(&self.profiles),
            identities: Arc::clone(&self.identities),
            line: self.network.clone(),
            journal: self.journal.clone(),
            remembered: Arc::clone(&self.remembered),
            settings: self.settings.clone(),
            kept_until: Arc::clone(&self.kept_until),
        }
    }

    /// The moment of the last event.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Whether the network is up, as far as is known.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// What the person has set.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Why nothing can be recorded, which holds everything until it can.
    #[must_use]
    pub const fn journal_problem(&self) -> Option<&Arc<Problem>> {
        self.journal.as_ref()
    }

    /// What is shown of an open destination.
    #[must_use]
    pub fn destination(&self, id: DestinationId) -> Option<&OpenDestination> {
        self.lanes.get(id).map(|lane| &lane.shown)
    }

    /// What is shown of the open destinations, by id.
    pub fn destinations(&self) -> impl Iterator<Item = (DestinationId, &OpenDestination)> {
        self.lanes.ids().zip(self.lanes.iter().map(|lane| &lane.shown))
    }

    /// All uploads of this run.
    #[must_use]
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The id under which this destination is open, or will be as soon as it is opened.
    #[must_use]
    pub fn id_of(&self, destination: &Destination) -> DestinationId {
        self.open_id_of(destination).unwrap_or_else(|| self.lanes.next_id())
    }

    fn open_id_of(&self, destination: &Destination) -> Option<DestinationId> {
        self.lanes.ids().find(|&id| self.lanes[id].shown.destination.is_same(destination))
    }

    /// Requests that are out.
    #[must_use]
    pub fn requests_out(&self) -> usize {
        self.in_flight.len()
    }

    /// Takes in what happened at `now` and says what is to be done. Bad news is state: it never fails. What names a
    /// destination or an upload that does not exist changes nothing.
    pub fn handle(&mut self, now: Time, event: Event, fx: &mut Vec<Effect>) {
        let now = now.max(self.now);
        self.count_moving(now.since(self.now));
        self.now = now;
        let known = match event.subject() {
            Some(Which::All(id)) => self.lanes.contains(id),
            Some(Which::One(id)) => self.rows.contains(id),
            None => true,
        };
        if known {
            self.on_event(event, fx);
        }
        self.run_timers(fx);
        self.schedule(fx);
        self.void_puts(fx);
    }

    fn on_event(&mut self, event: Event, fx: &mut Vec<Effect>) {
        match event {
            Event::Command(command) => self.command(command, fx),
            Event::Tick => {}
            Event::Assumed(id, attempt, result) => self.assumed(id, attempt, result, fx),
            Event::Identified(profile, result) => self.identified(&profile, result, fx),
            Event::Located(id, result) => self.located(id, result, fx),
            Event::ProfilesRead(profiles) => self.profiles_read(profiles, fx),
            Event::Found(id, folder, found) => self.found(id, &folder, found, fx),
            Event::FoundAgain(id, folder, found) => self.found_again(id, &folder, found, fx),
            Event::Skipped(id, path, why) => self.note_skipped(id, path, why),
            Event::Walked(id) => {
                self.walked(id, fx);
                self.close_delivery(id, fx);
            }
            Event::Answered(request, result) => self.on_answer(request, result, fx),
            Event::Moved(moved) => self.on_progress(&moved),
            Event::JournalFailed(problem) => self.journal = Some(Arc::new(problem)),
            Event::JournalWorks => self.journal = None,
            Event::Adjusted(settings) => self.use_settings(settings, fx),
            Event::Restored(kept) => self.restored(*kept, fx),
        }
    }

    fn use_settings(&mut self, settings: Settings, fx: &mut Vec<Effect>) {
        self.congestion.set_memory(settings.bodies());
        self.settings = settings.clone();
        fx.push(Effect::Use(settings));
    }

    fn command(&mut self, command: Command, fx: &mut Vec<Effect>) {
        match command {
            Command::Open(destination) => {
                let id = self.open(*destination, fx);
                self.asked_for_access(id, fx);
            }
            Command::Change(id, destination) => self.change(id, *destination, fx),
            Command::GetAccess(id) => self.asked_for_access(id, fx),
            Command::GetAccessUnnarrowed(id) => {
                self.lanes[id].access.narrow = false;
                self.asked_for_access(id, fx);
            }
            Command::SignOut(id) => self.sign_out(id, fx),
            Command::Forget(destination) => {
                self.learned.retain(|(other, _)| !other.is_same(&destination));
                self.forget(&destination, fx);
            }
            Command::Add(id, paths) => self.add(id, paths, fx),
            Command::Pause(which) => self.pause(which, fx),
            Command::Resume(which) => self.resume(which),
            Command::Cancel(which) => self.cancel(which, fx),
            Command::Retry(which) => self.retry(which, fx),
            Command::SendUnderNewName(id) => self.send_under_new_name(id, fx),
            Command::SendKeyFile(id) => self.send_key_file(id, fx),
            Command::SendAgain(id, path) => self.send_again(id, path.as_deref(), fx),
            Command::Release(id) => self.release(id),
            Command::Identify(profile) => fx.push(self.identify(&profile)),
            Command::ProfileRenamed { from, to } => self.profile_renamed(&from, &to, fx),
            Command::Set(settings) => {
                fx.push(Effect::Record(record::Record::Settings(settings.clone())));
                self.use_settings(settings, fx);
            }
            // Nothing goes out before the journal has said that it writes again.
            Command::RetryJournal => {}
        }
    }

    /// A call did not get through. `probe` tells that it tried a network known to be down, or that it speaks for all of it.
    fn network_failed(&mut self, problem: &Problem, probe: bool) {
        let now = self.now;
        let since = match &self.network {
            // What was sent before the network went down tells nothing new.
            Network::Down { .. } if !probe => return,
            Network::Down { since, .. } => *since,
            Network::Up => now,
        };
        self.network_failures += 1;
        if !probe && self.network_failures < 3 && self.in_flight.values().any(|request| request.signed) {
            return;
        }
        let wait = self.rng.backoff(self.network_failures.min(8), Duration::from_millis(500), Duration::from_secs(10));
        self.network = Network::Down { since, next: now + wait, why: Arc::new(problem.clone()) };
    }

    fn network_works(&mut self) {
        self.network_failures = 0;
        self.network = Network::Up;
    }
}
