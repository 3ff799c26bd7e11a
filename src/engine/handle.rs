//! The interface of the window, the command line and the tests to the engine: commands in, snapshots of the model out.

use super::clock::Clock;
use super::context::AwsContext;
use super::credentials::Caches;
use super::http::HttpOptions;
use super::journal::Journal;
use super::profile_files::{BeforeProfiles, ProfileReader};
use super::profiles;
use super::run::Run;
use super::s3::S3;
use super::single_object::{self, SentObject};
use super::timeouts::Timeouts;
use super::window_call::WindowCall;
use crate::model::Limits;
use crate::model::destination::Destination;
use crate::model::history::{Delivery, DeliveryFile};
use crate::model::notice::Notice;
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::{Command, Snapshot};
use crate::model::upload::DestinationId;
use crate::time::Time;
use bytes::Bytes;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use tokio::sync::{mpsc, oneshot, watch};
use zeroize::Zeroizing;

/// How many commands may be queued.
const COMMANDS: usize = 256;

/// Changes settings for one run.
pub type Adjust = Arc<dyn Fn(&mut crate::model::snapshot::Settings) + Send + Sync>;

/// Called with the kind of each task before it starts.
pub type Hook = Arc<dyn Fn(&super::task::TaskKind) + Send + Sync>;

/// The configuration of an engine.
pub struct EngineOptions {
    /// The folder of the journal; `None` for a run that keeps nothing.
    pub home: Option<PathBuf>,
    /// The shared credentials and config files.
    pub profiles: profiles::Paths,
    /// Where the tokens of sign-ins are cached.
    pub caches: Caches,
    /// Where requests go: AWS, or an explicit test server.
    pub wire: HttpOptions,
    /// The limits of the model.
    pub limits: Limits,
    pub patience: Timeouts,
    /// Called after each published snapshot; the window requests a frame.
    pub wake: Arc<dyn Fn() + Send + Sync>,
    /// The maximum size of the journal in pages of 4 KiB, 0 for no limit; tests simulate a full disk with it.
    pub pages: Arc<AtomicU32>,
    /// Called for each task of the model before it begins; tests panic in it.
    pub hook: Option<Hook>,
    /// Called before the profile files are read; tests make it wait, as a drive does that no longer answers.
    pub before_profiles: Option<BeforeProfiles>,
    /// What to hand to a window that is open already; `None` to leave that window alone.
    pub call: Option<WindowCall>,
    /// Changes the settings for this run; takes precedence over those in the journal.
    pub adjust: Option<Adjust>,
    /// Whether to send files again that the journal knows to be delivered.
    pub again: bool,
    /// The clock that the engine goes by; tests keep a copy and move it ahead.
    pub clock: Clock,
}

impl EngineOptions {
    /// Returns the defaults: profiles in their default locations, AWS, nothing kept.
    #[must_use]
    pub fn new() -> Self {
        Self {
            home: None,
            profiles: profiles::Paths::from_env(),
            caches: Caches::from_env(),
            wire: HttpOptions::default(),
            limits: Limits::default(),
            patience: Timeouts::default(),
            wake: Arc::new(|| {}),
            pages: Arc::default(),
            hook: None,
            before_profiles: None,
            call: None,
            adjust: None,
            again: false,
            clock: Clock::start(),
        }
    }
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// A secret from the user that the model must not see.
pub enum Secret {
    /// An MFA code, for the next AssumeRole of this destination.
    Code(DestinationId, Zeroizing<String>),
}

/// A message to the loop.
pub(super) enum Input {
    Command(Command),
    /// Opens a destination, with an MFA code for its AssumeRole, and answers with its id.
    Open(Box<Destination>, Option<Zeroizing<String>>, oneshot::Sender<DestinationId>),
    Secret(Secret),
    /// Requests access to a destination with this MFA code.
    GetAccess(DestinationId, Zeroizing<String>),
    /// Answers with the S3 client of a destination, if there is access to it at this moment.
    Store(DestinationId, oneshot::Sender<Option<Arc<S3>>>),
    Reached(oneshot::Sender<()>),
    /// Answers with the number of tasks under way.
    CountTasks(oneshot::Sender<usize>),
    Stop(oneshot::Sender<()>),
}

/// A handle on a running engine.
#[derive(Clone)]
pub struct Handle {
    input: mpsc::Sender<Input>,
    seen: watch::Receiver<Arc<Snapshot>>,
    clock: Clock,
    home: Option<PathBuf>,
    journal: Journal,
    notices: Arc<[Notice]>,
    desk: AwsContext,
    profiles: ProfileReader,
}

impl Handle {
    /// Returns the latest snapshot of the model.
    #[must_use]
    pub fn seen(&self) -> Arc<Snapshot> {
        Arc::clone(&self.seen.borrow())
    }

    /// Returns whether both are handles of the same engine.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.input.same_channel(&other.input)
    }

    /// Returns the current time on the engine's clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Sends a command. Returns false, and drops the command, if the queue is full (256 commands), which a person can't
    /// reach in practice, or if the engine has ended.
    pub fn send(&self, command: Command) -> bool {
        self.input.try_send(Input::Command(command)).is_ok()
    }

    /// Opens a destination and requests access to it, with this MFA code if one is needed; the code is used for this
    /// destination only. The request is sent at once. The returned future waits for the destination's id, and gives
    /// `None` if the engine has ended or its queue is full.
    pub fn open(
        &self,
        destination: Destination,
        code: Option<Zeroizing<String>>,
    ) -> impl Future<Output = Option<DestinationId>> + Send + use<> {
        let (tell, told) = oneshot::channel();
        let sent = self.input.try_send(Input::Open(Box::new(destination), code, tell)).is_ok();
        async move { if sent { told.await.ok() } else { None } }
    }

    /// Requests access to an open destination with this MFA code; returns false if the queue is full or the engine has ended.
    pub fn get_access(&self, destination: DestinationId, code: Zeroizing<String>) -> bool {
        self.input.try_send(Input::GetAccess(destination, code)).is_ok()
    }

    /// Hands a secret to the engine's vault; returns false if the queue is full or the engine has ended.
    pub fn hand_over(&self, secret: Secret) -> bool {
        self.input.try_send(Input::Secret(secret)).is_ok()
    }

    /// Waits until everything sent before, and everything due by the clock, has been handled, so that
    /// [`seen`](Self::seen) shows it. Returns false if the engine has ended.
    pub async fn reached(&self) -> bool {
        let (done, reached) = oneshot::channel();
        self.input.send(Input::Reached(done)).await.is_ok() && reached.await.is_ok()
    }

    /// Waits until everything sent before, and everything due by the clock, has been handled, and returns how many
    /// requests are under way or have been answered since; `None` if the engine has ended. For tests.
    #[doc(hidden)]
    pub async fn tasks(&self) -> Option<usize> {
        let (tell, told) = oneshot::channel();
        self.input.send(Input::CountTasks(tell)).await.ok()?;
        told.await.ok()
    }

    /// Waits for the next snapshot. Returns false if the engine has ended.
    pub async fn changed(&mut self) -> bool {
        self.seen.changed().await.is_ok()
    }

    /// Waits for a snapshot that satisfies `what` and returns it; `None` if the engine has ended.
    pub async fn until(&mut self, mut what: impl FnMut(&Snapshot) -> bool) -> Option<Arc<Snapshot>> {
        self.seen.wait_for(|seen| what(seen)).await.ok().map(|seen| Arc::clone(&seen))
    }

    /// Stops the engine once everything recorded is on disk.
    pub async fn stop(self) {
        let (done, ended) = oneshot::channel();
        if self.input.send(Input::Stop(done)).await.is_ok() {
            let _ended = ended.await;
        }
    }

    /// Returns the folder of the journal; `None` if nothing is kept.
    #[must_use]
    pub const fn home(&self) -> Option<&PathBuf> {
        self.home.as_ref()
    }

    /// Reads the current or last delivery of this run at a destination.
    ///
    /// # Errors
    ///
    /// `JournalBroken` or `JournalFull` if the journal can't be written or read; `JournalBroken` if nothing was
    /// delivered.
    pub async fn last_delivery(&self, destination: DestinationId) -> Result<(Delivery, Vec<DeliveryFile>), Problem> {
        self.journal.flush().await?;
        let none = || Problem::new(Kind::JournalBroken);
        let id = self.journal.delivery_at(destination).ok_or_else(none)?;
        let history = self.journal.history();
        let read = tokio::task::spawn_blocking(move || history.delivery(id)).await.map_err(|_panic| none())??;
        read.ok_or_else(none)
    }

    /// Puts one small object at a destination, outside its queue, under the first free one of `keys`.
    ///
    /// # Errors
    ///
    /// `SessionEnded` if there is no access; `AlreadyThere` if no key is free; otherwise the problem with S3's answer.
    pub async fn put_object(
        &self,
        destination: DestinationId,
        keys: Vec<String>,
        body: Bytes,
    ) -> Result<SentObject, Problem> {
        let (tell, told) = oneshot::channel();
        let no_access = || Problem::new(Kind::SessionEnded);
        self.input.send(Input::Store(destination, tell)).await.map_err(|_ended| no_access())?;
        let s3 = told.await.ok().flatten().ok_or_else(no_access)?;
        single_object::put_under_free_key(&s3, keys, body).await
    }

    /// Returns the journal, for history and receipts.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Returns the context of calls about access.
    pub(super) const fn desk(&self) -> &AwsContext {
        &self.desk
    }

    /// Re-reads the profile files, because Daypass itself changed them, and waits until the snapshot shows them.
    /// Returns false if the engine has ended.
    pub(super) async fn read_profiles(&self) -> bool {
        self.profiles.read_now().await && self.reached().await
    }

    /// Checks the profile files for changes of which no event tells, as on a network drive.
    pub fn look_at_profiles(&self) {
        self.profiles.look();
    }

    /// Returns what was found at the start that the user should know.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}

pub struct Engine;

impl Engine {
    /// Starts an engine on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// `CaBundle` if the CA bundle can't be read; `NotTrusted` if plain HTTP to another computer was not allowed.
    pub async fn spawn(options: EngineOptions) -> Result<Handle, Problem> {
        let clock = options.clock.clone();
        let (input, inputs) = mpsc::channel(COMMANDS);
        let (publish, seen) = watch::channel(Arc::default());
        let home = options.home.clone();
        let run = Run::new(options, clock.clone(), publish).await?;
        let notices = run.notices().into();
        let journal = run.journal().clone();
        let desk = run.desk();
        let profiles = run.profiles();
        tokio::spawn(run.go(inputs));
        Ok(Handle { input, seen, clock, home, journal, notices, desk, profiles })
    }

    /// Starts an engine on a runtime of its own, for a window whose thread must never block.
    ///
    /// # Errors
    ///
    /// As for [`Engine::spawn`]; `Unexpected` if the system can't create the runtime's threads.
    pub fn start(options: EngineOptions) -> Result<(Handle, tokio::runtime::Runtime), Problem> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("daypass-engine")
            .enable_all()
            .build()
            .map_err(|why| {
                Problem::with(
                    Kind::Unexpected,
                    crate::model::problem::Detail { message: why.to_string().into(), ..Default::default() },
                )
            })?;
        let handle = runtime.block_on(Self::spawn(options))?;
        Ok((handle, runtime))
    }
}
