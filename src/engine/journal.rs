//! The journal: one SQLite file with one writer. A record is on disk before the event it describes counts.
//!
//! Records are written in groups. A group ends when a caller waits for the disk ([`Journal::flush`]), at 5,000 changes,
//! or 200 ms after its first record, so that thousands of small files cost a few `fsync`s and no part stays unrecorded
//! for a second. While the disk refuses writes, records wait in memory in order; none is dropped, and the writer tries
//! again every five seconds and on [`Journal::retry`]. A reserve file keeps some disk space free from the start; when
//! the disk is full, it is deleted to make room for what has already arrived.

mod damage;
mod earlier;
mod folder;
mod history;
mod pages;
mod read;
mod reserve;
mod resolve;
mod schema;
mod seal;
mod write;
mod writer;

pub use earlier::{DeliveredVersion, Earlier};
pub use history::History;

use super::window_call::{self, WindowCall, WindowCalls};
use crate::model::notice::JournalNotice;
use crate::model::problem::{Kind, Problem};
use crate::model::record::{Kept, Record};
use crate::model::snapshot::Settings;
use crate::model::upload::DestinationId;
use crate::time::Utc;
use rusqlite::Connection;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use writer::{Writer, WriterMessage};

/// Records that may wait for the writer before [`Journal::record`] waits and [`Journal::try_record`] returns them.
pub const ROOM: usize = 16_384;

#[derive(Clone)]
pub struct Options {
    /// Returns the time of day, which stamps each record.
    pub now: Arc<dyn Fn() -> Utc + Send + Sync>,
    /// The maximum size of the file in pages of 4 KiB, 0 for no limit; read whenever the file is opened.
    pub pages: Arc<AtomicU32>,
    /// The subfolder of the journal for uploads to a server other than AWS. Each server has its own journal, since what
    /// one stores says nothing about another.
    pub server: Option<String>,
    /// The address of that server, for receipts.
    pub address: Option<Arc<str>>,
}

impl Options {
    /// Returns options without a size limit.
    pub fn new(now: impl Fn() -> Utc + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now), pages: Arc::default(), server: None, address: None }
    }
}

/// The result of opening the journal.
#[expect(clippy::large_enum_variant, reason = "there is one at each start, taken apart at once")]
pub enum Opened {
    Here {
        journal: Journal,
        /// What an earlier run left in the journal.
        kept: Kept,
        /// What the user should know about the journal.
        notices: Vec<JournalNotice>,
    },
    /// Another Daypass of this user has the journal open.
    Elsewhere(Elsewhere),
}

/// A journal that another running Daypass has open.
#[derive(Debug)]
pub struct Elsewhere {
    dir: PathBuf,
}

impl Elsewhere {
    /// Asks the other Daypass to bring its window to the front, and hands `call` to it. Returns false if nobody listens, as in the
    /// command line.
    pub async fn call(&self, call: &WindowCall) -> bool {
        window_call::call(&self.dir, call).await
    }
}

/// A handle on the journal. Clones write to the same journal; it stays locked until [`close`](Self::close) is called or
/// the last clone is dropped.
#[derive(Clone)]
pub struct Journal {
    to: mpsc::Sender<WriterMessage>,
    state: watch::Receiver<Option<Arc<Problem>>>,
    again: Arc<Notify>,
    current: Arc<Mutex<HashMap<DestinationId, i64>>>,
    commits: Arc<AtomicU64>,
    kept: watch::Receiver<u64>,
    store: HistoryStore,
    address: Option<Arc<str>>,
    dir: Option<Arc<Path>>,
}

impl Journal {
    /// Opens the journal in `dir`, which is created if necessary. Blocks on the disk: call it on a blocking thread of a
    /// runtime. If nothing can be kept on disk, opens a journal in memory, and a notice says why.
    #[must_use]
    pub fn open(dir: &Path, options: &Options) -> Opened {
        match begin(dir, options) {
            Ok(opened) => opened,
            Err(notice) => {
                Opened::Here { journal: Self::in_memory(options), kept: Kept::default(), notices: vec![notice] }
            }
        }
    }

    /// Returns a journal in memory, with history and receipts for this run only. Call it within a runtime.
    #[must_use]
    pub fn in_memory(options: &Options) -> Self {
        let db = Arc::new(Mutex::new(schema::in_memory().ok()));
        Self::start(HistoryStore::Memory(db), resolve::StartState::default(), None, None, options)
    }

    fn start(
        store: HistoryStore,
        start: resolve::StartState,
        db: Option<Connection>,
        lock: Option<(File, Arc<Path>)>,
        options: &Options,
    ) -> Self {
        let (to, from) = mpsc::channel(ROOM);
        let (tell, state) = watch::channel(None);
        let (keep, kept) = watch::channel(0);
        let (lock, dir) = lock.unzip();
        let again = Arc::new(Notify::new());
        let current = Arc::default();
        let commits = Arc::default();
        let writer = Writer {
            from,
            tell,
            again: Arc::clone(&again),
            current: Arc::clone(&current),
            commits: Arc::clone(&commits),
            taken: 0,
            kept: keep,
            store: store.clone(),
            options: options.clone(),
            rows: resolve::Resolver::new(start),
            db,
            lock,
        };
        tokio::spawn(writer.run());
        let address = options.address.clone();
        Self { to, state, again, current, commits, kept, store, address, dir }
    }

    /// Queues `record` for writing; waits while [`ROOM`] records are queued. The record is on disk within a second, or
    /// after the next [`flush`](Self::flush).
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](Kind::JournalBroken) if the journal is closed.
    pub async fn record(&self, record: Record) -> Result<(), Problem> {
        self.to.send(WriterMessage::Record(record)).await.map_err(|_closed| closed())
    }

    /// Queues `record` for writing, without waiting.
    ///
    /// # Errors
    ///
    /// The record itself if [`ROOM`] others are queued or the journal is closed: keep it and try again.
    pub fn try_record(&self, record: Record) -> Result<(), Box<Record>> {
        match self.to.try_reserve() {
            Ok(permit) => {
                permit.send(WriterMessage::Record(record));
                Ok(())
            }
            Err(_full_or_closed) => Err(Box::new(record)),
        }
    }

    /// Returns how many more records [`try_record`](Self::try_record) accepts at this moment.
    #[must_use]
    pub fn room(&self) -> usize {
        self.to.capacity()
    }

    /// Waits until at least half of [`ROOM`] is free, for instance before a walk adds its next files.
    pub async fn has_room(&self) {
        // A closed journal accepts nothing, so nobody should wait for it.
        let _ = self.to.reserve_many(ROOM / 2).await;
    }

    /// Waits until everything recorded so far is on disk.
    ///
    /// # Errors
    ///
    /// [`JournalFull`](Kind::JournalFull) or [`JournalBroken`](Kind::JournalBroken) while the disk refuses writes; the
    /// records stay queued and are written later.
    pub async fn flush(&self) -> Result<(), Problem> {
        self.ask(WriterMessage::Flush).await
    }

    /// Has the queued records written without waiting for more to share their `fsync`.
    pub fn hurry(&self) {
        // If the channel is full, the writer is emptying it already.
        let _full = self.to.try_send(WriterMessage::Flush(oneshot::channel().0));
    }

    /// Returns a watch on the number of records that are on disk; records are written in order.
    #[must_use]
    pub fn kept(&self) -> watch::Receiver<u64> {
        self.kept.clone()
    }

    /// Waits until the first `count` records are on disk.
    ///
    /// # Errors
    ///
    /// As for [`flush`](Self::flush).
    pub async fn kept_until(&self, count: u64) -> Result<(), Problem> {
        let mut kept = self.kept.clone();
        while *kept.borrow_and_update() < count {
            self.flush().await?;
            // A flush may overtake a record that is still on its way to the writer.
            if *kept.borrow() < count && kept.changed().await.is_err() {
                return Err(closed());
            }
        }
        Ok(())
    }

    /// Removes the history: every ended upload and every delivery without open uploads, except what the current
    /// deliveries may still retry.
    ///
    /// # Errors
    ///
    /// As for [`flush`](Self::flush); then nothing is removed.
    pub async fn clear_history(&self) -> Result<(), Problem> {
        self.ask(WriterMessage::Clear).await
    }

    /// Writes what is queued, closes the file and releases the lock.
    ///
    /// # Errors
    ///
    /// As for [`flush`](Self::flush); what could not be written is lost.
    pub async fn close(&self) -> Result<(), Problem> {
        self.ask(WriterMessage::Close).await
    }

    async fn ask(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<(), Problem>>) -> WriterMessage,
    ) -> Result<(), Problem> {
        let (to, answer) = oneshot::channel();
        self.to.send(message(to)).await.map_err(|_closed| closed())?;
        answer.await.unwrap_or_else(|_closed| Err(closed()))
    }

    /// Retries at once to write what the disk refused. [`state`](Self::state) reports the result.
    pub fn retry(&self) {
        self.again.notify_one();
    }

    /// Returns a watch on the problem that prevents writing, `None` if there is none; updated after every
    /// [`retry`](Self::retry).
    #[must_use]
    pub fn state(&self) -> watch::Receiver<Option<Arc<Problem>>> {
        self.state.clone()
    }

    /// Returns a reader of past deliveries and their files. It doesn't see records that are not flushed yet.
    #[must_use]
    pub fn history(&self) -> History {
        History { store: self.store.clone(), server: self.address.clone() }
    }

    /// Returns the current delivery at a destination, once the record of its beginning has reached the writer.
    #[must_use]
    pub fn delivery_at(&self, place: DestinationId) -> Option<i64> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).get(&place).copied()
    }

    /// Returns the number of commits to disk so far.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Listens for another Daypass that asks for this one's window. Returns `None` if the journal is in memory, or if the system
    /// refuses.
    pub async fn window_calls(&self) -> Option<WindowCalls> {
        let dir = self.dir.clone()?;
        tokio::task::spawn_blocking(move || WindowCalls::listen(&dir)).await.ok()?.ok()
    }
}

/// Where readers find what the writer wrote.
#[derive(Clone, Debug)]
enum HistoryStore {
    File(Arc<Path>),
    Memory(Arc<Mutex<Option<Connection>>>),
}

impl HistoryStore {
    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Problem> {
        let answer = match self {
            Self::File(path) => schema::connect_reader(path).and_then(|db| {
                // All queries of one answer see the same state.
                let moment = db.unchecked_transaction()?;
                query(&moment)
            }),
            Self::Memory(db) => {
                let db = db.lock().unwrap_or_else(PoisonError::into_inner);
                query(db.as_ref().ok_or_else(closed)?)
            }
        };
        answer.map_err(|why| damage::problem(&why))
    }
}

/// Returns the settings in the journal in this folder, even while another process has it open; `None` if there is no
/// journal or no settings in it.
#[must_use]
pub fn kept_settings(home: &Path) -> Option<Settings> {
    let db = schema::connect_reader(&home.join(folder::FILE)).ok()?;
    let body: String = db.query_row("SELECT body FROM settings", [], |row| row.get(0)).ok()?;
    serde_json::from_str(&body).ok()
}

/// Makes a folder for its owner alone where there is none, and returns its path without links in it.
///
/// # Errors
/// What the system says; `PermissionDenied` where other users may write in it.
pub(super) fn private_folder(dir: &Path) -> std::io::Result<PathBuf> {
    folder::prepare(dir).map_err(folder::FolderProblem::into_io)
}

/// Opens a file for its owner alone, which is made where there is none, to be read and written.
///
/// # Errors
/// What the system says; `PermissionDenied` where a link stands there, or a file that others may write.
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
    folder::plain(path).map_err(folder::FolderProblem::into_io)?;
    folder::writable().truncate(false).open(path)
}

fn begin(dir: &Path, options: &Options) -> Result<Opened, JournalNotice> {
    let refused = |refusal: folder::FolderProblem| match refusal {
        folder::FolderProblem::NotSafe(path) => JournalNotice::NotSafe(path),
        folder::FolderProblem::Io(why) => JournalNotice::NotKept(damage::io_problem(&why)),
    };
    let io = |why: std::io::Error| JournalNotice::NotKept(damage::io_problem(&why));
    let mut dir = folder::prepare(dir).map_err(refused)?;
    if let Some(server) = &options.server {
        dir = folder::prepare(&dir.join(server)).map_err(refused)?;
    }
    let dir: Arc<Path> = dir.into();
    let lock = match folder::lock(&dir).map_err(refused)? {
        folder::Lock::Held(file) => file,
        folder::Lock::Elsewhere => return Ok(Opened::Elsewhere(Elsewhere { dir: dir.to_path_buf() })),
    };
    let path: Arc<Path> = dir.join(folder::FILE).into();
    let mut notices = Vec::new();
    // The second pass creates a new file; a disk that damages a new file at once can't keep anything.
    for _ in 0..2 {
        let bytes = folder::file(&dir).map_err(io)?;
        // If a write found damage, the whole file is checked, whatever its size.
        let bytes = if folder::doubted(&dir) { 0 } else { bytes };
        let found = match open_file(&path, bytes, options) {
            // On a full disk, the reserve makes room for what can't wait.
            Err(_refused) if reserve::Reserve::beside(&path).give_up() => open_file(&path, bytes, options),
            found => found,
        };
        if found.is_ok() {
            folder::trust(&dir);
        }
        let aside = match found {
            Ok(FoundFile::Open(db, restored)) => {
                if restored.left_out > 0 {
                    notices.push(JournalNotice::Skipped(restored.left_out));
                }
                let store = HistoryStore::File(path);
                let journal = Journal::start(store, restored.start, db, Some((lock, dir)), options);
                return Ok(Opened::Here { journal, kept: restored.kept, notices });
            }
            Ok(FoundFile::Newer) => JournalNotice::FromLater(folder::set_aside(&dir, "later").map_err(io)?),
            Ok(FoundFile::Damaged) => JournalNotice::SetAside(folder::set_aside(&dir, "damaged").map_err(io)?),
            Err(why) => return Err(JournalNotice::NotKept(damage::problem(&why))),
        };
        notices.push(aside);
    }
    Err(JournalNotice::NotKept(damage::told(Kind::JournalBroken, "Damaged", "a new journal could not be read")))
}

enum FoundFile {
    /// Open, with its content; without the connection if the disk has refused a write.
    Open(Option<Connection>, Box<read::Restored>),
    Newer,
    Damaged,
}

fn open_file(path: &Path, bytes: u64, options: &Options) -> rusqlite::Result<FoundFile> {
    let attempt = || {
        let mut db = schema::connect(path)?;
        match schema::prepare(&mut db, bytes)? {
            schema::FileKind::Ours => {}
            schema::FileKind::Newer => return Ok(FoundFile::Newer),
            schema::FileKind::Damaged => return Ok(FoundFile::Damaged),
        }
        let restored = Box::new(read::restore(&db)?);
        schema::limit(&db, options.pages.load(Ordering::Relaxed))?;
        Ok(FoundFile::Open(restored.mended.then_some(db), restored))
    };
    match attempt() {
        Err(why) if damage::is_damage(&why) => Ok(FoundFile::Damaged),
        found => found,
    }
}

fn closed() -> Problem {
    damage::told(Kind::JournalBroken, "Closed", "the journal is closed")
}
