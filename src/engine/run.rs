//! The loop: feeds one event after another to the model, starts its effects as tasks, and publishes snapshots.

mod flights;

use self::flights::RunningRequest;
use super::clock::Clock;
use super::commit::{Publisher, Unkept};
use super::context::AwsContext;
use super::credential_store::CredentialStore;
use super::digests::Digests;
use super::environment;
use super::files::OpenFiles;
use super::handle::{EngineOptions, Input, Secret};
use super::http::{self, Http};
use super::journal::{self, Journal, Opened};
use super::log::{Changes, Log};
use super::pool::Pool;
use super::profile_files::{ProfileFiles, ProfileReader};
use super::rate_limiter::RateLimiter;
use super::reads::Reads;
use super::resume::Resumes;
use super::s3::S3;
use super::task::{TaskKind, lost};
use super::transfer::Context;
use super::vault::Vault;
use super::walk;
use crate::model::Model;
use crate::model::event::{Effect, Event};
use crate::model::names::Region;
use crate::model::notice::Notice;
use crate::model::problem::Problem;
use crate::model::record::{Kept, Record};
use crate::model::session::Session;
use crate::model::snapshot::{Command, Settings, Snapshot, Which};
use crate::model::upload::{DestinationId, RequestId};
use crate::time::Time;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

/// How many events may wait in the channel; a walk of a million files is slowed down by it.
const EVENTS: usize = 64;
/// How many events are handled before a snapshot is published.
const BATCH: usize = 256;
/// The least time between two snapshots.
const PUBLISH: Duration = Duration::from_millis(50);
/// How often the progress of requests is checked.
const LOOK: Duration = Duration::from_millis(100);
/// How many bytes of buffers are kept for reuse.
const POOL: usize = 64 << 20;
/// How long the start waits for the profile files; a drive that answers later is heard later.
const PROFILES: Duration = Duration::from_secs(1);

/// The engine's own state.
pub(super) struct Run {
    model: Model,
    options: EngineOptions,
    clock: Clock,
    desk: AwsContext,
    s3: HashMap<DestinationId, Arc<S3>>,
    files: Arc<OpenFiles>,
    reads: Reads,
    pool: Pool,
    digests: Option<Digests>,
    journal: Journal,
    unrecorded: VecDeque<Record>,
    unkept: Unkept,
    publisher: Publisher,
    notices: Vec<Notice>,
    log: Log,
    changes: Changes,
    flights: HashMap<RequestId, RunningRequest>,
    tasks: JoinSet<Event>,
    errands: HashMap<tokio::task::Id, TaskKind>,
    walks: HashMap<DestinationId, Arc<AtomicBool>>,
    events: mpsc::Sender<Event>,
    arriving: mpsc::Receiver<Event>,
    effects: Vec<Effect>,
    profiles: ProfileFiles,
}

impl Run {
    pub(super) async fn new(
        options: EngineOptions,
        clock: Clock,
        publish: watch::Sender<Arc<Snapshot>>,
    ) -> Result<Self, Problem> {
        let (events, arriving) = mpsc::channel(EVENTS);
        let wire = options.wire.clone();
        let (server, address) = (wire.folder(), wire.endpoint_url.as_deref().map(Arc::from));
        let ticking = clock.clone();
        let log = open_log(&options, &clock).await;
        log.started(&wire, http::proxy().is_some());
        let built = tokio::task::spawn_blocking(move || Http::new(&wire, &ticking)).await.map_err(|_panic| lost())?;
        let http = match built {
            Ok(http) => http.logged(log.clone()),
            Err(problem) => {
                log.not_started(&problem);
                log.flush().await;
                return Err(problem);
            }
        };
        let mut notices = Vec::new();
        let telling = clock.clone();
        let mut keeping = journal::Options::new(move || telling.utc());
        keeping.pages = Arc::clone(&options.pages);
        keeping.server = server;
        keeping.address = address;
        let nothing = Kept::default();
        let (journal, kept) = match options.home.clone() {
            None => (Journal::in_memory(&keeping), nothing),
            Some(home) => {
                let opening = keeping.clone();
                let opened = tokio::task::spawn_blocking(move || Journal::open(&home, &opening));
                match opened.await.map_err(|_panic| lost())? {
                    Opened::Here { journal, mut kept, notices: found } => {
                        kept.now = Some(clock.utc());
                        notices.extend(found.into_iter().map(Notice::Journal));
                        (journal, kept)
                    }
                    Opened::Elsewhere(other) => {
                        let heard = match &options.call {
                            Some(call) => other.call(call).await,
                            None => false,
                        };
                        notices.push(Notice::OpenElsewhere(heard));
                        (Journal::in_memory(&keeping), nothing)
                    }
                }
            }
        };
        let unkept = Unkept::new(&journal);
        let sources = CredentialStore::default();
        let profiles = ProfileFiles::follow(&options.profiles, options.before_profiles.clone(), &sources);
        let mut run = Self {
            model: Model::new(options.limits),
            desk: AwsContext {
                http,
                vault: Vault::new(),
                clock: clock.clone(),
                sources,
                paths: options.profiles.clone(),
                caches: options.caches.clone(),
                patience: options.patience,
                limit: RateLimiter::default(),
            },
            s3: HashMap::new(),
            files: Arc::default(),
            reads: Reads::default(),
            pool: Pool::new(POOL),
            digests: Settings::default().sha256.then(Digests::default),
            journal,
            unrecorded: VecDeque::new(),
            clock,
            unkept,
            publisher: Publisher::new(publish, Arc::clone(&options.wake)),
            notices,
            log,
            changes: Changes::default(),
            flights: HashMap::new(),
            tasks: JoinSet::new(),
            errands: HashMap::new(),
            walks: HashMap::new(),
            events,
            arriving,
            effects: Vec::new(),
            profiles,
            options,
        };
        run.notices.extend(environment::variables().into_iter().map(Notice::Environment));
        run.notices.iter().for_each(|notice| run.log.notice(notice));
        run.take_in(Event::Restored(Box::new(kept)));
        if tokio::time::timeout(PROFILES, run.profiles.changed()).await.is_ok() {
            run.take_profiles();
        }
        if let Some(adjust) = run.options.adjust.clone() {
            let mut settings = run.model.settings().clone();
            adjust(&mut settings);
            run.take_in(Event::Adjusted(settings));
        }
        run.publish_now();
        Ok(run)
    }

    pub(super) const fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(super) fn desk(&self) -> AwsContext {
        self.desk.clone()
    }

    pub(super) fn profiles(&self) -> ProfileReader {
        self.profiles.reader()
    }

    pub(super) fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Runs until it is told to stop or every handle is dropped.
    pub(super) async fn go(mut self, mut inputs: mpsc::Receiver<Input>) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut jumps, _resumes) = (self.clock.jumps(), Resumes::follow(self.clock.clone()));
        let mut published = self.clock.now();
        let mut dirty = false;
        let (mut state, mut kept) = (self.journal.state(), self.journal.kept());
        let mut stopping: Option<oneshot::Sender<()>> = None;
        while stopping.is_none() {
            self.record();
            if self.model.journal_problem().is_some() && state.borrow().is_none() {
                // A failure from before arrived after the news that the journal works again: ask once more.
                self.journal.retry();
            }
            let deadline = self.model.next_deadline();
            let publish_at = if dirty && self.may_publish() { published + PUBLISH } else { Time::NEVER };
            let wait = deadline.unwrap_or(Time::NEVER).min(publish_at).since(self.clock.now());
            tokio::select! {
                biased;
                input = inputs.recv() => match input {
                    Some(Input::Command(command)) => {
                        if command == Command::RetryJournal {
                            self.journal.retry();
                        }
                        self.take_in(Event::Command(command));
                        dirty = !self.publish_now();
                        published = self.clock.now();
                    }
                    Some(Input::Open(destination, code, tell)) => {
                        let place = self.model.id_of(&destination);
                        if let Some(code) = code {
                            self.desk.vault.put_code(place, code);
                        }
                        self.take_in(Event::Command(Command::Open(destination)));
                        dirty = !self.publish_now();
                        published = self.clock.now();
                        // The caller may be gone.
                        let _nobody = tell.send(place);
                    }
                    Some(Input::Secret(Secret::Code(place, code))) => self.desk.vault.put_code(place, code),
                    Some(Input::GetAccess(place, code)) => {
                        self.desk.vault.put_code(place, code);
                        self.take_in(Event::Command(Command::GetAccess(place)));
                        dirty = !self.publish_now();
                        published = self.clock.now();
                    }
                    Some(Input::Store(place, tell)) => {
                        let access = self.model.destination(place);
                        let access = access.is_some_and(|place| matches!(place.session, Session::Active(_)));
                        let _nobody = tell.send(self.s3.get(&place).filter(|_| access).cloned());
                    }
                    Some(Input::Reached(done)) => {
                        // Whoever had the profiles read, or moved the clock ahead, waits for it here.
                        self.take_profiles();
                        self.tick(deadline);
                        self.publisher.answer_when_published(done);
                        dirty = !self.publish_now();
                    }
                    Some(Input::CountTasks(tell)) => {
                        dirty |= self.tick(deadline);
                        let _nobody = tell.send(self.tasks.len());
                    }
                    Some(Input::Stop(done)) => stopping = Some(done),
                    None => break,
                },
                Some(joined) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                    self.joined(joined);
                    for _ in 0..BATCH {
                        let Some(more) = self.tasks.try_join_next_with_id() else { break };
                        self.joined(more);
                    }
                    dirty = true;
                }
                () = self.journal.has_room(), if !self.unrecorded.is_empty() => {}
                Ok(()) = state.changed() => {
                    let problem = state.borrow_and_update().clone();
                    self.take_in(match problem {
                        Some(problem) => Event::JournalFailed((*problem).clone()),
                        None => Event::JournalWorks,
                    });
                    dirty = true;
                }
                Some(event) = self.arriving.recv(), if self.unrecorded.len() < journal::ROOM => {
                    self.take_in(event);
                    dirty = true;
                }
                _ = look.tick(), if !self.flights.is_empty() => {
                    self.look();
                    dirty = true;
                }
                Ok(()) = kept.changed(), if self.publisher.holds() => {
                    if self.publisher.release(&self.unkept) {
                        published = self.clock.now();
                    }
                }
                () = self.profiles.changed() => dirty |= self.take_profiles(),
                // The computer slept, or its clock was set: what was far off may be due.
                _ = jumps.changed() => dirty |= self.tick(deadline),
                () = tokio::time::sleep(wait) => dirty |= self.tick(deadline),
            }
            if dirty && self.may_publish() && self.clock.now() >= published + PUBLISH {
                dirty = !self.publish_now();
                published = self.clock.now();
            }
        }
        // Answers that have arrived are recorded, so that their files are not sent again.
        while let Some(joined) = self.tasks.try_join_next_with_id() {
            self.joined(joined);
        }
        self.tasks.abort_all();
        let mut effects = std::mem::take(&mut self.effects);
        self.model.end(&mut effects);
        let record = |effect| if let Effect::Record(record) = effect { Some(record) } else { None };
        self.unrecorded.extend(effects.into_iter().filter_map(record));
        for stop in self.walks.values() {
            stop.store(true, Ordering::Relaxed);
        }
        for record in std::mem::take(&mut self.unrecorded) {
            let _closed = self.journal.record(record).await;
        }
        if self.journal.close().await.is_ok() {
            self.publish_now();
        }
        self.log.stopped(&self.model);
        self.log.flush().await;
        if let Some(done) = stopping {
            let _nobody = done.send(());
        }
    }

    /// Hands records to the journal as far as it has room; the rest waits here, in order.
    fn record(&mut self) {
        while let Some(record) = self.unrecorded.pop_front() {
            if let Err(record) = self.journal.try_record(record) {
                self.unrecorded.push_front(*record);
                return;
            }
        }
    }

    /// Whether a snapshot may be offered: only one at a time waits for the journal, unless the journal itself has a
    /// problem.
    fn may_publish(&self) -> bool {
        !self.publisher.holds() || self.model.journal_problem().is_some()
    }

    /// Publishes a snapshot, now or as soon as the journal has what it shows; returns false if an earlier one still
    /// waits.
    fn publish_now(&mut self) -> bool {
        // The journal can't write records that it doesn't have yet.
        self.record();
        let taken = self.publisher.offer(self.model.snapshot(), &self.unkept);
        if self.publisher.holds() {
            self.journal.hurry();
        }
        taken
    }

    /// Feeds an event to the model and starts its effects.
    fn take_in(&mut self, event: Event) {
        if let Event::Command(Command::Release(place) | Command::Retry(Which::All(place)))
        | Event::Assumed(place, _, Ok(_)) = &event
            && let Some(s3) = self.s3.get(place)
        {
            s3.forget_refusals();
        }
        self.log.event(&event);
        let mut effects = std::mem::take(&mut self.effects);
        self.model.handle(self.clock.now(), event, &mut effects);
        self.changes.look(&self.log, &self.model);
        for effect in effects.drain(..) {
            self.perform(effect);
        }
        self.effects = effects;
    }

    /// Tells the model the time if something is due; returns whether it was.
    fn tick(&mut self, deadline: Option<Time>) -> bool {
        let due = deadline.is_some_and(|due| due <= self.clock.now());
        if due {
            self.take_in(Event::Tick);
        }
        due
    }

    /// Gives the model the profiles if they were read again; returns whether they were.
    fn take_profiles(&mut self) -> bool {
        let Some(found) = self.profiles.take() else { return false };
        self.take_in(Event::ProfilesRead(found));
        true
    }

    fn perform(&mut self, effect: Effect) {
        self.log.effect(&effect, &self.model);
        match effect {
            Effect::Assume(place, ask) => {
                let code = self.desk.vault.take_code(place);
                let ticket = self.desk.vault.ticket(place);
                let desk = self.desk.clone();
                self.go_for(TaskKind::Assume(place, ask.attempt), async move {
                    Event::Assumed(place, ask.attempt, desk.assume(&ask, code, &ticket).await)
                });
            }
            Effect::Forget(place) => self.desk.vault.forget(place),
            Effect::Identify(profile, role) => {
                let desk = self.desk.clone();
                self.go_for(TaskKind::Identify(profile.clone()), async move {
                    let who = desk.identify(&profile, role.as_ref()).await;
                    Event::Identified(profile, who)
                });
            }
            Effect::Locate(place, destination) => {
                let desk = self.desk.clone();
                self.go_for(TaskKind::Locate(place), async move {
                    Event::Located(place, desk.locate(place, &destination).await)
                });
            }
            Effect::UseRegion(place, region) => self.use_region(place, &region),
            Effect::Walk(place, paths) => {
                let stop = Arc::clone(self.walks.entry(place).or_default());
                let events = self.events.clone();
                let destination = self.model.destination(place).map(|p| Arc::clone(&p.destination));
                let before = destination
                    .filter(|_| !self.options.again)
                    .map(|destination| (self.journal.history(), destination));
                tokio::spawn(walk::walk(paths, place, events, stop, before));
            }
            Effect::StopWalks(place) => {
                if let Some(stop) = self.walks.remove(&place) {
                    stop.store(true, Ordering::Relaxed);
                }
            }
            Effect::Send(request, send) => self.fly(request, send),
            Effect::Drop(request) => {
                if let Some(flight) = self.flights.remove(&request) {
                    flight.task.abort();
                }
            }
            Effect::Close(upload) => self.context(None).close(upload),
            Effect::Record(record) => {
                self.unkept.note(&record);
                self.unrecorded.push_back(record);
            }
            Effect::Use(settings) => {
                self.desk.sources.allow(settings.commands());
                self.digests = settings.sha256.then(Digests::default);
                self.desk.limit.set(settings.limit_rate);
                self.pool.keep_at_most(usize::try_from(settings.memory).unwrap_or(POOL).min(POOL));
            }
        }
    }

    fn context(&self, s3: Option<Arc<S3>>) -> Context {
        Context {
            s3,
            files: Arc::clone(&self.files),
            reads: self.reads.clone(),
            pool: self.pool.clone(),
            digests: self.digests.clone(),
        }
    }

    fn use_region(&mut self, place: DestinationId, region: &Region) {
        let Some(open) = self.model.destination(place) else { return };
        self.s3.insert(place, Arc::new(self.desk.s3(place, &open.destination, region)));
    }
}

/// Opens the log beside the journal; one that can't be kept is none.
async fn open_log(options: &EngineOptions, clock: &Clock) -> Log {
    let Some(home) = options.home.clone() else { return Log::default() };
    let clock = clock.clone();
    let opened = tokio::task::spawn_blocking(move || Log::open(&home, &clock)).await;
    opened.ok().and_then(Result::ok).unwrap_or_default()
}
