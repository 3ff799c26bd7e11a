//! The journal's only writer: groups records and writes each group on a blocking thread, repeatedly if the disk
//! refuses.

use super::reserve::Reserve;
use super::resolve::{JournalChange, Resolver};
use super::{HistoryStore, Options, damage, folder, schema, write};
use crate::model::problem::{Kind, Problem};
use crate::model::record::Record;
use crate::model::upload::DestinationId;
use rusqlite::Connection;
use std::collections::HashMap;
use std::fs::File;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{sleep, timeout};

/// The longest that a record waits for others to share its `fsync`.
const LINGER: Duration = Duration::from_millis(200);
/// The most changes in one group.
const GROUP: usize = 5_000;
/// The most changes held in memory while the disk refuses writes; beyond that, records wait in their channel.
const HELD: usize = 100_000;
/// How often a refused write is retried.
const AGAIN: Duration = Duration::from_secs(5);
/// After this, the disk is reported as slow, and nothing more is sent until it has answered.
const SLOW: Duration = Duration::from_secs(1);

type Acknowledge = oneshot::Sender<Result<(), Problem>>;

/// A request to the writer; requests are handled in order.
pub(super) enum WriterMessage {
    Record(Record),
    Flush(Acknowledge),
    Clear(Acknowledge),
    Close(Acknowledge),
}

pub(super) struct Writer {
    pub from: mpsc::Receiver<WriterMessage>,
    pub tell: watch::Sender<Option<Arc<Problem>>>,
    pub again: Arc<Notify>,
    pub current: Arc<Mutex<HashMap<DestinationId, i64>>>,
    pub commits: Arc<AtomicU64>,
    /// The number of records taken from the channel.
    pub taken: u64,
    /// How many of them are on disk.
    pub kept: watch::Sender<u64>,
    pub store: HistoryStore,
    pub options: Options,
    pub rows: Resolver,
    /// The open file; `None` if the journal is in memory, and after a refusal until the file is reopened.
    pub db: Option<Connection>,
    /// Held as long as the file may be written.
    pub lock: Option<File>,
}

/// What was taken from the channel and is not on disk yet.
#[derive(Default)]
struct CommitGroup {
    ops: Vec<JournalChange>,
    flushes: Vec<Acknowledge>,
    clears: Vec<Acknowledge>,
    close: Option<Acknowledge>,
    /// Whether all senders are gone.
    ended: bool,
}

impl CommitGroup {
    fn urgent(&self) -> bool {
        self.ended || self.close.is_some() || !self.flushes.is_empty() || !self.clears.is_empty()
    }

    /// Answers all requests but `close`, which is answered last.
    fn answer(&mut self, with: &Result<(), Problem>) {
        for waiting in self.flushes.drain(..).chain(self.clears.drain(..)) {
            // The caller may be gone; then nobody waits for the answer.
            let _ = waiting.send(with.clone());
        }
    }
}

impl Writer {
    pub async fn run(mut self) {
        let mut group = CommitGroup::default();
        // If no space can be kept free, a disk that fills up later is still reported.
        let _kept = self.reserve(|reserve| reserve.keep().is_ok()).await;
        loop {
            self.gather(&mut group).await;
            let mut written = self.commit(&mut group).await;
            if let Err(problem) = &written {
                let problem = problem.clone();
                group.answer(&written);
                if group.close.is_none() && !group.ended {
                    written = self.hold(&mut group, problem).await;
                } else if problem.kind == Kind::JournalFull && self.reserve(Reserve::give_up).await {
                    // This is the last chance to write, so the reserve is given up.
                    written = self.commit(&mut group).await;
                }
            }
            if written.is_ok() && !group.clears.is_empty() {
                let cleared = self.clear().await;
                group.clears.drain(..).for_each(|waiting| drop(waiting.send(cleared.clone())));
            }
            group.answer(&written);
            if group.close.is_some() || group.ended {
                self.shut().await;
                // Close the channel before answering: a closed journal accepts nothing.
                self.from.close();
                if let Some(close) = group.close {
                    let _ = close.send(written);
                }
                return;
            }
        }
    }

    /// Takes records until the group is worth an `fsync`.
    async fn gather(&mut self, group: &mut CommitGroup) {
        let first = loop {
            tokio::select! {
                message = self.from.recv() => break message,
                // A retry reports the result of the last write.
                () = self.again.notified() => drop(self.tell.send_replace(None)),
            }
        };
        let Some(first) = first else {
            group.ended = true;
            return;
        };
        self.take(first, group);
        let mut late = pin!(sleep(LINGER));
        while group.ops.len() < GROUP && !group.urgent() {
            tokio::select! {
                message = self.from.recv() => match message {
                    Some(message) => self.take(message, group),
                    None => group.ended = true,
                },
                () = &mut late => break,
            }
        }
        // Requests that are already waiting share the same `fsync`.
        while group.ops.len() < GROUP && group.close.is_none() && group.clears.is_empty() {
            let Ok(message) = self.from.try_recv() else { break };
            self.take(message, group);
        }
    }

    fn take(&mut self, message: WriterMessage, group: &mut CommitGroup) {
        match message {
            WriterMessage::Record(record) => {
                self.taken += 1;
                let (before, adopted) = (group.ops.len(), matches!(record, Record::Adopted(..)));
                self.rows.resolve(record, (self.options.now)(), &mut group.ops);
                let begun = group.ops[before..].iter().any(|op| matches!(op, JournalChange::Delivery { .. }));
                if begun || adopted {
                    self.rows.deliveries_into(&mut self.current.lock().unwrap_or_else(PoisonError::into_inner));
                }
            }
            WriterMessage::Flush(answer) => group.flushes.push(answer),
            WriterMessage::Clear(answer) => group.clears.push(answer),
            WriterMessage::Close(answer) => group.close = Some(answer),
        }
    }

    /// Writes the group. If the disk refuses, the group stays as it was.
    async fn commit(&mut self, group: &mut CommitGroup) -> Result<(), Problem> {
        if group.ops.is_empty() {
            self.kept.send_replace(self.taken);
            return Ok(());
        }
        let ops = Arc::new(std::mem::take(&mut group.ops));
        let batch = Arc::clone(&ops);
        let written = self.work(move |db| write::write(db, &batch)).await;
        match written {
            Ok(()) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
                self.kept.send_replace(self.taken);
            }
            // The blocking thread has dropped its copy, or the runtime is shutting down and nobody is left to write.
            Err(_) => group.ops = Arc::try_unwrap(ops).unwrap_or_default(),
        }
        written
    }

    async fn clear(&mut self) -> Result<(), Problem> {
        let current = self.rows.deliveries();
        // Clearing removes empty folders, too, so the next file in one must add its row again.
        self.rows.forget_folders();
        self.work(move |db| write::clear(db, &current)).await
    }

    async fn work(
        &mut self,
        act: impl FnOnce(&mut Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), Problem> {
        let (store, db, options) = (self.store.clone(), self.db.take(), self.options.clone());
        let mut going = tokio::task::spawn_blocking(move || with_file(&store, db, &options, act));
        let done = match timeout(SLOW, &mut going).await {
            Ok(done) => done,
            Err(_late) => {
                let before = self.tell.borrow().clone();
                if before.is_none() {
                    let slow = damage::told(Kind::JournalSlow, "Slow", "the disk has not answered for a second");
                    self.tell.send_replace(Some(Arc::new(slow)));
                }
                let done = going.await;
                if before.is_none() {
                    self.tell.send_replace(None);
                }
                done
            }
        };
        // A blocking task is lost only if the runtime is shutting down.
        let (done, db) = done.map_err(|_ended| super::closed())?;
        self.db = db;
        done.map_err(|why| damage::problem(&why))
    }

    /// Handles a disk that refuses writes: reports it, keeps records, and retries until they are written or all senders
    /// are gone. On a full disk, deletes the reserve to write what has already arrived; the problem is over once the
    /// reserve can be kept again.
    async fn hold(&mut self, group: &mut CommitGroup, problem: Problem) -> Result<(), Problem> {
        self.tell.send_replace(Some(Arc::new(problem.clone())));
        let given_up = problem.kind == Kind::JournalFull && self.reserve(Reserve::give_up).await;
        let mut last = problem;
        let mut due = given_up;
        loop {
            let (asked, looked) = if std::mem::take(&mut due) {
                (false, false)
            } else {
                tokio::select! {
                    () = self.again.notified() => (true, true),
                    () = sleep(AGAIN) => (false, true),
                    message = self.from.recv(), if group.ops.len() < HELD => {
                        match message {
                            Some(message) => self.take(message, group),
                            None => group.ended = true,
                        }
                        if !group.urgent() && !given_up {
                            continue;
                        }
                        if group.close.is_none() && !group.ended && !given_up {
                            group.answer(&Err(last.clone()));
                            continue;
                        }
                        (false, false)
                    }
                }
            };
            match self.commit(group).await {
                Ok(()) if !given_up || looked && self.reserve(|reserve| reserve.keep().is_ok()).await => {
                    self.tell.send_replace(None);
                    return Ok(());
                }
                Ok(()) => {
                    group.flushes.drain(..).for_each(|waiting| drop(waiting.send(Ok(()))));
                    group.clears.drain(..).for_each(|waiting| drop(waiting.send(Err(last.clone()))));
                    if asked {
                        self.tell.send_replace(Some(Arc::new(last.clone())));
                    }
                    if group.close.is_some() || group.ended {
                        return Ok(());
                    }
                }
                Err(problem) => {
                    let changed = problem != last;
                    last = problem;
                    if asked || changed {
                        self.tell.send_replace(Some(Arc::new(last.clone())));
                    }
                    if group.close.is_none() && !group.ended {
                        group.answer(&Err(last.clone()));
                    }
                }
            }
            if group.close.is_some() || group.ended {
                return Err(last);
            }
        }
    }

    /// Runs `act` on the reserve; returns false if the journal is in memory.
    async fn reserve(&mut self, act: impl FnOnce(&Reserve) -> bool + Send + 'static) -> bool {
        let HistoryStore::File(path) = &self.store else { return false };
        let reserve = Reserve::beside(path);
        tokio::task::spawn_blocking(move || act(&reserve)).await.unwrap_or(false)
    }

    /// Closes the file on a blocking thread, where SQLite merges the write-ahead log into it, and then releases the
    /// lock.
    async fn shut(&mut self) {
        let (db, lock) = (self.db.take(), self.lock.take());
        // If the runtime is shutting down, both are dropped right here.
        let _ = tokio::task::spawn_blocking(move || {
            drop(db);
            if let Some(lock) = &lock {
                folder::unlock(lock);
            }
        })
        .await;
    }
}

/// Runs `act` on the open file, reopening it if necessary; returns the connection if it can be used again.
fn with_file(
    store: &HistoryStore,
    db: Option<Connection>,
    options: &Options,
    act: impl FnOnce(&mut Connection) -> rusqlite::Result<()>,
) -> (rusqlite::Result<()>, Option<Connection>) {
    match store {
        HistoryStore::Memory(db) => {
            let mut db = db.lock().unwrap_or_else(PoisonError::into_inner);
            (db.as_mut().map_or(Err(rusqlite::Error::InvalidQuery), act), None)
        }
        HistoryStore::File(path) => {
            let opened = db.map_or_else(|| schema::reconnect(path, options.pages.load(Ordering::Relaxed)), Ok);
            let mut db = match opened {
                Ok(db) => db,
                Err(why) => return (Err(why), None),
            };
            match act(&mut db) {
                Ok(()) => (Ok(()), Some(db)),
                // After an error, SQLite may hold pages that never reached the disk: the next attempt reopens the file.
                Err(why) => {
                    if damage::is_damage(&why) {
                        folder::doubt(path);
                    }
                    (Err(why), None)
                }
            }
        }
    }
}
