//! S3 and STS in this process, on 127.0.0.1, with a contractor, a customer, and a role that may only put objects.
//!
//! For a first try, for demonstrations and for tests. Signatures, trust policies, permissions, checksums and expiry are
//! really checked, and refused with AWS's own messages, so that mistakes show here rather than at AWS.

mod access;
mod blob;
mod clock;
mod faults;
mod iam;
mod log;
mod options;
mod policy;
mod random;
mod receive;
mod s3;
mod serve;
mod sign;
mod store;
mod story;
mod sts;
mod tap;

pub use faults::{Fault, FaultRule};
pub use log::{ApiOperation, LoggedRequest};
pub use options::{Conditions, ExtraRole, Mfa, PracticeOptions};
pub use store::{ObjectInfo, OpenUpload};
pub use story::{MFA_CODE, MFA_SERIAL, PracticeKey, Story};

use blob::{Intake, Shelf};
use bytes::Bytes;
use clock::{amz_time, from_amz_time, iso_time};
use faults::Script;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use iam::Iam;
use policy::Policy;
use random::Random;
use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{ObjectVersion, Store, crc_text, etag};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

const SIGNATURE_TEXT_S3: &str =
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
const SIGNATURE_TEXT_STS: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// State shared by the requests and the handle.
struct Inside {
    options: PracticeOptions,
    endpoint: String,
    random: Random,
    /// Milliseconds by which the practice server's clock is ahead of this computer's.
    skew: AtomicI64,
    offline: AtomicBool,
    session_seconds: Mutex<Option<u32>>,
    iam: Mutex<Iam>,
    shelf: Arc<Shelf>,
    store: Mutex<Store>,
    log: Mutex<Vec<LoggedRequest>>,
    requests: AtomicU64,
    faults: Mutex<Script>,
    /// Tells the requests that are held that they may go on; each has one receiver.
    released: watch::Sender<()>,
}

/// Locks a mutex, also after a panic of another holder: no value here is ever left partly modified.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns milliseconds since 1970 by this computer's clock.
#[expect(clippy::disallowed_methods, reason = "a server has its own clock, apart from the engine's")]
fn now_millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Escapes `text` for XML.
fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Inside {
    fn now(&self) -> i64 {
        (now_millis() + self.skew.load(Ordering::Relaxed)).div_euclid(1000)
    }

    fn next_number(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }
}

/// A running practice server; dropping it stops the server and deletes what it stored.
pub struct Practice {
    inside: Arc<Inside>,
    accepting: JoinHandle<()>,
}

impl std::fmt::Debug for Practice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Practice").field("endpoint", &self.inside.endpoint).finish_non_exhaustive()
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Practice {
    /// Starts the server on 127.0.0.1, on the caller's runtime.
    ///
    /// # Errors
    ///
    /// The system's error if the port can't be bound.
    pub async fn start(options: PracticeOptions) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let random = Random::new(options.seed);
        let inside = Arc::new(Inside {
            endpoint: format!("http://{}", listener.local_addr()?),
            skew: AtomicI64::new(0),
            offline: AtomicBool::new(false),
            session_seconds: Mutex::new(options.session_seconds),
            iam: Mutex::new(Iam::new(&options, &random)),
            shelf: Arc::new(Shelf::new(options.memory_cap, options.discard)),
            store: Mutex::new(Store::default()),
            log: Mutex::new(Vec::new()),
            requests: AtomicU64::new(0),
            faults: Mutex::new(Script::default()),
            released: watch::Sender::new(()),
            random,
            options,
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&inside)));
        Ok(Self { inside, accepting })
    }

    /// Returns the endpoint, names and keys.
    #[must_use]
    pub fn story(&self) -> Story {
        Story::of(&self.inside)
    }

    /// Returns the stored objects, sorted by key.
    #[must_use]
    pub fn objects(&self) -> Vec<ObjectInfo> {
        lock(&self.inside.store).objects.values().map(|object| object.about.clone()).collect()
    }

    /// How many objects are in the bucket, and each time that there are more.
    #[must_use]
    pub fn arrivals(&self) -> watch::Receiver<usize> {
        lock(&self.inside.store).count.subscribe()
    }

    /// Returns the uploads that are neither completed nor aborted, sorted by key and upload ID.
    #[must_use]
    pub fn open_uploads(&self) -> Vec<OpenUpload> {
        lock(&self.inside.store).open_uploads()
    }

    /// Returns the bytes of an object in pieces of about one mebibyte; `None` if there is no such object.
    ///
    /// A piece is an error if [`PracticeOptions::discard`] is set or the temporary file can't be read.
    #[must_use]
    pub fn object_pieces(&self, key: &str) -> Option<impl Iterator<Item = io::Result<Bytes>> + use<>> {
        lock(&self.inside.store).objects.get(key).map(|object| object.blob.pieces())
    }

    /// Returns all bytes of an object.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such object; otherwise as [`Practice::object_pieces`].
    pub fn object_bytes(&self, key: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for piece in self.object_pieces(key).ok_or(io::ErrorKind::NotFound)? {
            bytes.extend_from_slice(&piece?);
        }
        Ok(bytes)
    }

    /// Stores an object as the bucket's owner would, without a request.
    ///
    /// # Errors
    ///
    /// The system's error if the temporary file can't be written.
    pub async fn put_as_owner(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        let mut intake = Intake::new(&self.inside.shelf);
        intake.push(bytes).await?;
        let (blob, crc) = intake.finish().await?;
        let about = ObjectInfo {
            key: key.to_owned(),
            size: blob.size,
            etag: etag(crc, blob.size),
            crc64nvme: crc_text(crc),
            at: self.inside.now(),
            content_type: None,
            by: format!("arn:aws:iam::{}:user/owner", story::CUSTOMER),
            parts: 0,
        };
        lock(&self.inside.store).keep(ObjectVersion { about, blob });
        Ok(())
    }

    /// Aborts every unfinished upload, as a lifecycle rule would: they return NoSuchUpload from now on.
    pub fn abort_uploads(&self) {
        lock(&self.inside.store).uploads.clear();
    }

    /// Returns all requests in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.inside.log).clone()
    }

    /// Returns how many requests of this kind arrived.
    #[must_use]
    pub fn count(&self, op: ApiOperation) -> usize {
        lock(&self.inside.log).iter().filter(|request| request.op == op).count()
    }

    /// Clears the log of requests.
    pub fn clear_requests(&self) {
        lock(&self.inside.log).clear();
    }

    pub fn fault(&self, rule: FaultRule) {
        lock(&self.inside.faults).add(rule);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        lock(&self.inside.faults).clear();
    }

    /// Returns how many requests wait for [`release`](Self::release), or are never answered.
    #[must_use]
    pub fn held(&self) -> usize {
        self.inside.released.receiver_count()
    }

    /// Lets the requests go on that [`Fault::Hold`] and [`Fault::HoldBody`] hold now.
    pub fn release(&self) {
        self.inside.released.send_replace(());
    }

    /// Whether every request loses its connection.
    pub fn set_offline(&self, offline: bool) {
        self.inside.offline.store(offline, Ordering::Relaxed);
    }

    /// Sets how many seconds the practice server's clock is ahead of this computer's; negative is behind.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.inside.skew.store(seconds.saturating_mul(1000), Ordering::Relaxed);
    }

    /// Moves the practice server's clock ahead by this much more.
    pub fn advance_clock(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.inside.skew.fetch_add(by, Ordering::Relaxed);
    }

    /// Sets the duration of sessions created from now on; see [`PracticeOptions::session_seconds`].
    pub fn set_session_seconds(&self, seconds: Option<u32>) {
        *lock(&self.inside.session_seconds) = seconds;
    }

    pub fn expire_sessions(&self) {
        let now = self.inside.now();
        for session in lock(&self.inside.iam).sessions.values_mut() {
            session.ends = session.ends.min(now);
        }
    }

    /// Sets whether the default role trusts anyone; existing sessions stay valid.
    pub fn set_trusted(&self, trusted: bool) {
        self.change_role(|role| role.trusted = trusted);
    }

    /// Sets the trust policy's conditions other than external ID and MFA code.
    pub fn set_conditions(&self, conditions: Conditions) {
        self.change_role(|role| role.conditions = conditions);
    }

    /// Sets the external ID that the trust policy requires.
    pub fn set_external_id(&self, id: Option<&str>) {
        self.change_role(|role| role.external_id = id.map(str::to_owned));
    }

    /// Sets whether the trust policy requires an MFA code.
    pub fn set_mfa(&self, wanted: bool) {
        self.change_role(|role| role.mfa = wanted);
    }

    /// Deletes the default role, whose sessions' keys become unknown.
    pub fn delete_role(&self) {
        self.change_role(|role| role.deleted = true);
    }

    /// Recreates the default role. Sessions of the old role stay invalid.
    pub fn recreate_role(&self) {
        let id = self.inside.random.id("AROA");
        self.change_role(|role| (role.id, role.deleted) = (id, false));
    }

    /// Narrows the default role's policy to keys that begin with `prefix`; this applies to existing sessions too.
    pub fn narrow_policy(&self, prefix: &str) {
        let options = &self.inside.options;
        let text = iam::put_only(prefix, options.may_abort, options.kms);
        let policy = Policy::parse(&text).unwrap_or_else(|_malformed| Policy::nothing());
        self.change_role(|role| role.policy = policy);
    }

    /// Sets whether the contractor's own account allows Richard `sts:AssumeRole`.
    pub fn set_caller_may_assume(&self, may: bool) {
        self.change_richard(|user| user.may_assume = may);
    }

    /// Sets whether Richard's access key is active.
    pub fn set_key_active(&self, active: bool) {
        self.change_richard(|user| user.active = active);
    }

    fn change_role(&self, change: impl FnOnce(&mut iam::Role)) {
        if let Some(role) = lock(&self.inside.iam).role(story::ROLE) {
            change(role);
        }
    }

    fn change_richard(&self, change: impl FnOnce(&mut iam::User)) {
        if let Some(user) = lock(&self.inside.iam).users.iter_mut().find(|user| user.name == "Richard") {
            change(user);
        }
    }
}

async fn accept(listener: TcpListener, inside: Arc<Inside>) {
    let s3 = serve::s3(&inside);
    let mut open = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_ended) = open.join_next() => continue,
        };
        // If accepting fails, for example because too many files are open, the client tries again.
        let Ok((stream, _peer)) = stream else { continue };
        let _ = stream.set_nodelay(true);
        let (inside, s3) = (Arc::clone(&inside), s3.clone());
        open.spawn(async move {
            let answer = service_fn(move |req| Box::pin(serve::answer(Arc::clone(&inside), s3.clone(), req)));
            // An error here is a connection closed by the client or by a fault.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}
