//! Waits for the journal: nothing is announced, and no file's first byte is sent, before its record is on disk.

use super::journal::Journal;
use crate::model::event::{Call, Send};
use crate::model::problem::Kind;
use crate::model::record::Record;
use crate::model::snapshot::Snapshot;
use crate::model::upload::UploadId;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// Tracks which records are not on disk yet, by sequence number.
pub(super) struct Unkept {
    kept: watch::Receiver<u64>,
    recorded: u64,
    /// The last record of an upload's end.
    ended: u64,
    /// Added uploads, by ascending id.
    added: VecDeque<(UploadId, u64)>,
    /// Ranges of uploads whose PutObject may be sent.
    puts: VecDeque<(UploadId, UploadId, u64)>,
}

impl Unkept {
    pub(super) fn new(journal: &Journal) -> Self {
        Self { kept: journal.kept(), recorded: 0, ended: 0, added: VecDeque::new(), puts: VecDeque::new() }
    }

    /// Counts a record that is to be handed to the journal.
    pub(super) fn note(&mut self, record: &Record) {
        self.recorded += 1;
        if let Record::Ended(..) = record {
            self.ended = self.recorded;
        } else if let Record::Added { upload, .. } = record {
            self.added.push_back((*upload, self.recorded));
        } else if let Record::PutsBegin(first, last) = record {
            self.puts.push_back((*first, *last, self.recorded));
        }
    }

    /// Returns how many records must be on disk before `send` may start; `None` if they are. Flushing the journal would
    /// not do: a flush overtakes the records that wait for room in the journal's channel.
    pub(super) fn before(&mut self, send: &Send) -> Option<u64> {
        let begins = match send.call {
            Call::Put { .. } | Call::Whole { .. } | Call::Create => true,
            // The parts, and that the upload completes, were recorded just before. If they were lost, the next run
            // would take an upload that is gone for one that S3 has aborted, and its own object for somebody else's.
            Call::Complete { .. } => return Some(self.recorded).filter(|&records| records > *self.kept.borrow()),
            Call::Open | Call::Part { .. } | Call::Read { .. } | Call::Abort { .. } => false,
        };
        let kept = *self.kept.borrow();
        while self.added.pop_front_if(|(_, number)| *number <= kept).is_some() {}
        while self.puts.pop_front_if(|(.., number)| *number <= kept).is_some() {}
        if !begins {
            return None;
        }
        let added = self.added.binary_search_by_key(&send.upload, |(upload, _)| *upload).ok();
        let added = added.map(|at| self.added[at].1);
        let of = |(first, last, _): &&(UploadId, UploadId, u64)| (*first..=*last).contains(&send.upload);
        // The first range that contains it is enough.
        let puts = self.puts.iter().find(of).map(|(.., number)| *number);
        added.max(puts)
    }
}

/// A snapshot that waits until this many records are on disk.
struct HeldSnapshot {
    records: u64,
    copy: u64,
    seen: Arc<Snapshot>,
}

/// Publishes snapshots of the model, each once the journal holds the ends that it shows.
pub(super) struct Publisher {
    to: watch::Sender<Arc<Snapshot>>,
    wake: Arc<dyn Fn() + std::marker::Send + Sync>,
    /// The number of snapshots offered so far.
    copies: u64,
    held: Option<HeldSnapshot>,
    /// Callers that wait until this snapshot or a later one is published.
    reached: Vec<(u64, oneshot::Sender<()>)>,
}

impl Publisher {
    pub(super) fn new(to: watch::Sender<Arc<Snapshot>>, wake: Arc<dyn Fn() + std::marker::Send + Sync>) -> Self {
        Self { to, wake, copies: 0, held: None, reached: Vec::new() }
    }

    /// Whether a snapshot waits for the journal.
    pub(super) const fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// Publishes this snapshot, or holds it until the journal has what it shows. Returns false if an earlier one is
    /// still held; then this one must be offered again.
    pub(super) fn offer(&mut self, seen: Snapshot, unkept: &Unkept) -> bool {
        let kept = *unkept.kept.borrow();
        let behind = kept < unkept.ended;
        self.copies += 1;
        match &seen.journal {
            // The disk may still answer: the previous snapshot is published again, with the news that it is slow.
            Some(problem) if problem.kind == Kind::JournalSlow && behind => {
                let before = (**self.to.borrow()).clone();
                let Snapshot { journal, now, .. } = seen;
                self.publish(self.copies, Arc::new(Snapshot { now, journal, ..before }));
                true
            }
            None if behind && self.held.is_some() => false,
            None if behind => {
                self.held = Some(HeldSnapshot { records: unkept.ended, copy: self.copies, seen: Arc::new(seen) });
                true
            }
            Some(_) | None => {
                self.held = None;
                self.publish(self.copies, Arc::new(seen));
                true
            }
        }
    }

    /// Publishes the held snapshot if the journal now has what it shows; returns whether it did.
    pub(super) fn release(&mut self, unkept: &Unkept) -> bool {
        let kept = *unkept.kept.borrow();
        let Some(held) = self.held.take_if(|held| held.records <= kept) else { return false };
        self.publish(held.copy, held.seen);
        true
    }

    /// Answers as soon as a snapshot taken from now on is published.
    pub(super) fn answer_when_published(&mut self, done: oneshot::Sender<()>) {
        self.reached.push((self.copies + 1, done));
    }

    fn publish(&mut self, copy: u64, seen: Arc<Snapshot>) {
        self.to.send_replace(seen);
        (self.wake)();
        for (_, done) in self.reached.extract_if(.., |(wanted, _)| *wanted <= copy) {
            // The caller may be gone.
            let _ = done.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::journal::Options;
    use crate::model::upload::{DestinationId, Fingerprint};
    use crate::time::Utc;

    fn send(call: Call) -> Send {
        let upload = UploadId(3);
        Send {
            destination: DestinationId(0),
            generation: 1,
            upload,
            path: "/data/a".into(),
            key: "a".into(),
            keys: false,
            call,
        }
    }

    /// The records wait in the loop, since the journal's channel is full; the journal doesn't know them yet.
    #[tokio::test]
    async fn a_complete_waits_for_records_that_have_not_reached_the_journal() {
        let journal = Journal::in_memory(&Options::new(|| Utc(0)));
        let mut unkept = Unkept::new(&journal);
        unkept.note(&Record::Completing(UploadId(3)));
        journal.flush().await.expect("nothing is waiting there");
        let fingerprint = Fingerprint { device: 1, inode: 1, size: 5, modified: 1, changed: None };
        let complete =
            || send(Call::Complete { upload_id: "id".into(), parts: Arc::from(Vec::new()), part: 5, fingerprint });
        assert_eq!(unkept.before(&complete()), Some(1));
        journal.record(Record::Completing(UploadId(3))).await.expect("it is taken");
        journal.kept_until(1).await.expect("it is on disk");
        assert_eq!(unkept.before(&complete()), None);
    }

    /// An upload in one request is recorded by its range, whichever call it uses.
    #[tokio::test]
    async fn a_put_waits_for_the_record_of_its_range() {
        let journal = Journal::in_memory(&Options::new(|| Utc(0)));
        let mut unkept = Unkept::new(&journal);
        unkept.note(&Record::PutsBegin(UploadId(0), UploadId(9)));
        unkept.note(&Record::PutsBegin(UploadId(10), UploadId(19)));
        let fingerprint = Fingerprint { device: 1, inode: 1, size: 5, modified: 1, changed: None };
        assert_eq!(unkept.before(&send(Call::Whole { fingerprint })), Some(1));
        assert_eq!(unkept.before(&send(Call::Put { most: 5 })), Some(1));
        assert_eq!(unkept.before(&send(Call::Abort { upload_id: "id".into() })), None);
    }
}
