//! S3 and STS in this process, on 127.0.0.1: a contractor, a customer, a role that may only put.
//!
//! For a first try, for demonstrations and for tests. Signatures, trust, policies, checksums and expiry are really checked,
//! and refused in AWS's own words, so that what works here fails nowhere else for a reason that could have been seen here.

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

pub use faults::{Fault, Rule};
pub use log::{Op, Request};
pub use options::{Conditions, ExtraRole, Mfa, Options};
pub use store::{OpenUpload, StoredObject};
pub use story::{Keys, MFA_CODE, MFA_SERIAL, Story};

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
use store::{Object, Store, crc_text, etag};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

const SIGNATURE_TEXT_S3: &str =
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
const SIGNATURE_TEXT_STS: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// Everything that requests and the handle share.
struct Inside {
    options: Options,
    endpoint: String,
    random: Random,
    /// Seconds by which the practice's clock is ahead of this computer's.
    skew: AtomicI64,
    offline: AtomicBool,
    session_seconds: Mutex<Option<u32>>,
    iam: Mutex<Iam>,
    shelf: Arc<Shelf>,
    store: Mutex<Store>,
    log: Mutex<Vec<Request>>,
    requests: AtomicU64,
    faults: Mutex<Script>,
}

/// A lock whose data stays in use after a panic of another holder: no value is ever left half changed here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Seconds since 1970 by this computer's clock.
#[expect(clippy::disallowed_methods, reason = "a server has its own clock, apart from the engine's")]
fn now_utc() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// `text` as it stands in XML.
fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Inside {
    fn now(&self) -> i64 {
        now_utc() + self.skew.load(Ordering::Relaxed)
    }

    fn next_number(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }
}

/// A running practice; it ends, with all that it stored, when this is dropped.
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
    /// Starts on 127.0.0.1, on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// When the port is taken.
    pub async fn start(options: Options) -> io::Result<Self> {
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
            random,
            options,
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&inside)));
        Ok(Self { inside, accepting })
    }

    /// Where it answers, and the story's names and keys.
    #[must_use]
    pub fn story(&self) -> Story {
        Story::of(&self.inside)
    }

    /// What is in the bucket, by key.
    #[must_use]
    pub fn objects(&self) -> Vec<StoredObject> {
        lock(&self.inside.store).objects.values().map(|object| object.about.clone()).collect()
    }

    /// The uploads that are neither complete nor aborted, by key and upload id.
    #[must_use]
    pub fn open_uploads(&self) -> Vec<OpenUpload> {
        lock(&self.inside.store).open_uploads()
    }

    /// The bytes of an object in order, in pieces of about a mebibyte; None where there is no such object.
    ///
    /// A piece is an error where [`Options::discard`] is set or the temporary file can't be read.
    #[must_use]
    pub fn object_pieces(&self, key: &str) -> Option<impl Iterator<Item = io::Result<Bytes>> + use<>> {
        lock(&self.inside.store).objects.get(key).map(|object| object.blob.pieces())
    }

    /// All bytes of an object.
    ///
    /// # Errors
    ///
    /// NotFound where there is no such object; else as [`Practice::object_pieces`].
    pub fn object_bytes(&self, key: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for piece in self.object_pieces(key).ok_or(io::ErrorKind::NotFound)? {
            bytes.extend_from_slice(&piece?);
        }
        Ok(bytes)
    }

    /// Puts an object as the bucket's owner would, over no wire.
    ///
    /// # Errors
    ///
    /// When the temporary file can't be written.
    pub async fn put_as_owner(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        let mut intake = Intake::new(&self.inside.shelf);
        intake.push(bytes).await?;
        let (blob, crc) = intake.finish().await?;
        let about = StoredObject {
            key: key.to_owned(),
            size: blob.size,
            etag: etag(crc, blob.size),
            crc64nvme: crc_text(crc),
            at: self.inside.now(),
            content_type: None,
            by: format!("arn:aws:iam::{}:user/owner", story::CUSTOMER),
            parts: 0,
        };
        lock(&self.inside.store).objects.insert(key.to_owned(), Object { about, blob });
        Ok(())
    }

    /// Ends every unfinished upload, as a lifecycle rule would: they answer NoSuchUpload from now on.
    pub fn abort_uploads(&self) {
        lock(&self.inside.store).uploads.clear();
    }

    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.inside.log).clone()
    }

    /// How many requests of this kind came so far.
    #[must_use]
    pub fn count(&self, op: Op) -> usize {
        lock(&self.inside.log).iter().filter(|request| request.op == op).count()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        lock(&self.inside.log).clear();
    }

    /// Adds a fault to the script.
    pub fn fault(&self, rule: Rule) {
        lock(&self.inside.faults).add(rule);
    }

    /// Ends the script.
    pub fn clear_faults(&self) {
        lock(&self.inside.faults).clear();
    }

    /// From now on every request loses its connection, until `false` is set.
    pub fn set_offline(&self, offline: bool) {
        self.inside.offline.store(offline, Ordering::Relaxed);
    }

    /// Moves the practice's clock ahead of this computer's by this many seconds (negative: behind).
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.inside.skew.store(seconds, Ordering::Relaxed);
    }

    /// Sets how long sessions live that are given out from now on; see [`Options::session_seconds`].
    pub fn set_session_seconds(&self, seconds: Option<u32>) {
        *lock(&self.inside.session_seconds) = seconds;
    }

    /// Ends every session now.
    pub fn expire_sessions(&self) {
        let now = self.inside.now();
        for session in lock(&self.inside.iam).sessions.values_mut() {
            session.ends = session.ends.min(now);
        }
    }

    /// Whether the story's role trusts anyone; running sessions go on either way.
    pub fn set_trusted(&self, trusted: bool) {
        self.change_role(|role| role.trusted = trusted);
    }

    /// Sets what the trust policy wants besides external id and code.
    pub fn set_conditions(&self, conditions: Conditions) {
        self.change_role(|role| role.conditions = conditions);
    }

    /// Sets the external id that the trust policy wants.
    pub fn set_external_id(&self, id: Option<&str>) {
        self.change_role(|role| role.external_id = id.map(str::to_owned));
    }

    /// Whether the trust policy wants a code.
    pub fn set_mfa(&self, wanted: bool) {
        self.change_role(|role| role.mfa = wanted);
    }

    /// Deletes the story's role: its sessions' keys are unknown from now on.
    pub fn delete_role(&self) {
        self.change_role(|role| role.deleted = true);
    }

    /// Makes the story's role anew. Sessions of the old one stay dead.
    pub fn recreate_role(&self) {
        let id = self.inside.random.id("AROA");
        self.change_role(|role| (role.id, role.deleted) = (id, false));
    }

    /// Narrows the role's policy to keys that begin with `prefix`, at once and for running sessions too.
    pub fn narrow_policy(&self, prefix: &str) {
        let options = &self.inside.options;
        let text = iam::put_only(prefix, options.may_abort, options.kms);
        let policy = Policy::parse(&text).unwrap_or_else(|_malformed| Policy::nothing());
        self.change_role(|role| role.policy = policy);
    }

    /// Whether the contractor's own account allows Richard `sts:AssumeRole`.
    pub fn set_caller_may_assume(&self, may: bool) {
        self.change_richard(|user| user.may_assume = may);
    }

    /// Whether Richard's access key is active.
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
        // What can't be accepted (too many files are open, say) is tried again by its sender.
        let Ok((stream, _peer)) = stream else { continue };
        let _ = stream.set_nodelay(true);
        let (inside, s3) = (Arc::clone(&inside), s3.clone());
        open.spawn(async move {
            let answer = service_fn(move |req| Box::pin(serve::answer(Arc::clone(&inside), s3.clone(), req)));
            // An error here is a connection that a client or the script of faults has ended.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}
