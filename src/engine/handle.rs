//! How the window, the command line and the tests reach the engine: commands in, copies of the model out.

use super::clock::Clock;
use super::context::AwsContext;
use super::credentials::Caches;
use super::http::Wire;
use super::journal::{Journal, WindowCall};
use super::profiles;
use super::run::Run;
use super::s3::S3;
use super::single_object::{self, SentObject};
use super::timeouts::Timeouts;
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

/// Commands that may wait to be taken in.
const COMMANDS: usize = 256;

/// Changes settings for one run.
pub type Adjust = Arc<dyn Fn(&mut crate::model::snapshot::Settings) + Send + Sync>;

/// Looks at what a task is started for.
pub type Hook = Arc<dyn Fn(&super::task::TaskKind) + Send + Sync>;

/// How an engine is to be run.
pub struct Options {
    /// Where the journal lives; none for a run that keeps nothing.
    pub home: Option<PathBuf>,
    /// The shared credentials and config files.
    pub profiles: profiles::Paths,
    /// Where the tokens of sign-ins are kept.
    pub caches: Caches,
    /// Where requests go: AWS, or a test server that was named explicitly.
    pub wire: Wire,
    /// How far the model may go at once.
    pub limits: Limits,
    /// How long to wait for what.
    pub patience: Timeouts,
    /// Called after each published copy: asks the window for a frame.
    pub wake: Arc<dyn Fn() + Send + Sync>,
    /// The most pages of 4 KiB that the journal may have, 0 for no limit; it stands for a full disk in tests.
    pub pages: Arc<AtomicU32>,
    /// Called on each task that the model asked for before it begins; tests make it panic.
    pub hook: Option<Hook>,
    /// What a window that is open already is called with; none to leave it alone.
    pub call: Option<WindowCall>,
    /// Settings for this run that go before those kept in the journal.
    pub adjust: Option<Adjust>,
    /// Whether files are sent that the journal knows to be delivered.
    pub again: bool,
}

impl Options {
    /// The usual ones: profiles from their usual places, AWS, nothing kept.
    #[must_use]
    pub fn new() -> Self {
        Self {
            home: None,
            profiles: profiles::Paths::from_env(),
            caches: Caches::from_env(),
            wire: Wire::default(),
            limits: Limits::default(),
            patience: Timeouts::default(),
            wake: Arc::new(|| {}),
            pages: Arc::default(),
            hook: None,
            call: None,
            adjust: None,
            again: false,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

/// What a person hands over that the model must not see.
pub enum Secret {
    /// A code of an MFA device, for the next AssumeRole of this destination.
    Code(DestinationId, Zeroizing<String>),
}

/// What reaches the loop from outside.
pub(super) enum Input {
    Command(Command),
    /// Open a destination, with a code for its AssumeRole, and answer with its number.
    Open(Box<Destination>, Option<Zeroizing<String>>, oneshot::Sender<DestinationId>),
    Secret(Secret),
    LookAtProfiles,
    /// S3 for a destination, where there is access to it at this moment.
    Store(DestinationId, oneshot::Sender<Option<Arc<S3>>>),
    Reached(oneshot::Sender<()>),
    Stop(oneshot::Sender<()>),
}

/// A running engine.
#[derive(Clone)]
pub struct Handle {
    input: mpsc::Sender<Input>,
    seen: watch::Receiver<Arc<Snapshot>>,
    clock: Clock,
    home: Option<PathBuf>,
    journal: Journal,
    notices: Arc<[Notice]>,
    desk: AwsContext,
}

impl Handle {
    /// The newest copy of the model.
    #[must_use]
    pub fn seen(&self) -> Arc<Snapshot> {
        Arc::clone(&self.seen.borrow())
    }

    /// The present moment on the engine's clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The engine's clock.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Asks the engine for something. A full queue (256 commands) drops nothing from a person's hand in practice; the
    /// command is passed over then, and `false` says so.
    pub fn send(&self, command: Command) -> bool {
        self.input.try_send(Input::Command(command)).is_ok()
    }

    /// Opens a destination and gets access to it, with this code of an MFA device where one is needed. The code goes to this
    /// destination and to no other. It is asked for at once; what is returned waits for its number, none if the engine has
    /// ended or its queue is full.
    pub fn open(
        &self,
        destination: Destination,
        code: Option<Zeroizing<String>>,
    ) -> impl Future<Output = Option<DestinationId>> + Send + use<> {
        let (tell, told) = oneshot::channel();
        let sent = self.input.try_send(Input::Open(Box::new(destination), code, tell)).is_ok();
        async move { if sent { told.await.ok() } else { None } }
    }

    /// Hands over a secret, which goes to the vault.
    pub fn hand_over(&self, secret: Secret) -> bool {
        self.input.try_send(Input::Secret(secret)).is_ok()
    }

    /// Waits until everything sent before has been taken in, so that [`seen`](Self::seen) shows it; false once the engine has ended.
    pub async fn reached(&self) -> bool {
        let (done, reached) = oneshot::channel();
        self.input.send(Input::Reached(done)).await.is_ok() && reached.await.is_ok()
    }

    /// Waits for the next copy; false once the engine has ended.
    pub async fn changed(&mut self) -> bool {
        self.seen.changed().await.is_ok()
    }

    /// Waits until a copy fulfills `what`, and gives it; none once the engine has ended.
    pub async fn until(&mut self, mut what: impl FnMut(&Snapshot) -> bool) -> Option<Arc<Snapshot>> {
        self.seen.wait_for(|seen| what(seen)).await.ok().map(|seen| Arc::clone(&seen))
    }

    /// Ends the engine once everything recorded is on disk.
    pub async fn stop(self) {
        let (done, ended) = oneshot::channel();
        if self.input.send(Input::Stop(done)).await.is_ok() {
            let _ended = ended.await;
        }
    }

    /// Where the journal lives; none where nothing is kept.
    #[must_use]
    pub const fn home(&self) -> Option<&PathBuf> {
        self.home.as_ref()
    }

    /// Reads the delivery that is going on at a destination, or was the last of this run.
    ///
    /// # Errors
    /// `JournalBroken` if the journal can't be read or nothing was delivered.
    pub async fn last_delivery(&self, destination: DestinationId) -> Result<(Delivery, Vec<DeliveryFile>), Problem> {
        self.journal.flush().await?;
        let none = || Problem::new(Kind::JournalBroken);
        let id = self.journal.delivery_at(destination).ok_or_else(none)?;
        let history = self.journal.history();
        let read = tokio::task::spawn_blocking(move || history.delivery(id)).await.map_err(|_panic| none())??;
        read.ok_or_else(none)
    }

    /// Puts one small object at a destination, outside its queue, under the first of `keys` that is free.
    ///
    /// # Errors
    /// `SessionEnded` if there is no access; `AlreadyThere` if no key is free; what S3 answered.
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

    /// The journal: history and receipts.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What calls about access are made with.
    pub(super) const fn desk(&self) -> &AwsContext {
        &self.desk
    }

    /// Has the profiles listed anew, because Daypass itself changed them.
    pub(super) async fn look_at_profiles(&self) -> bool {
        self.input.send(Input::LookAtProfiles).await.is_ok() && self.reached().await
    }

    /// What was found at the start that a person should know.
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
    /// Where the TLS roots or the CA bundle can't be read.
    pub async fn spawn(options: Options) -> Result<Handle, Problem> {
        let clock = Clock::start();
        let (input, inputs) = mpsc::channel(COMMANDS);
        let (publish, seen) = watch::channel(Arc::default());
        let home = options.home.clone();
        let run = Run::new(options, clock.clone(), publish).await?;
        let notices = run.notices().into();
        let journal = run.journal().clone();
        let desk = run.desk();
        tokio::spawn(run.go(inputs));
        Ok(Handle { input, seen, clock, home, journal, notices, desk })
    }

    /// Starts an engine on a thread and a runtime of its own, for a window whose thread must never wait.
    ///
    /// # Errors
    /// As [`Engine::spawn`]; also where the system gives no thread.
    pub fn start(options: Options) -> Result<(Handle, tokio::runtime::Runtime), Problem> {
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
