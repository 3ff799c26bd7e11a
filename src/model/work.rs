//! The work on each upload that is under way, and the requests in flight for it.

use super::denials::UploadDenied;
use super::rate::Rate;
use super::snapshot::Network;
use super::upload::{DestinationId, Fingerprint, Multipart, RequestId, UploadId};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// A request that is out.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    pub upload: UploadId,
    pub destination: DestinationId,
    pub generation: u32,
    /// `RegionSearch::changes` when it went out.
    pub regions: u32,
    pub signed: bool,
    pub what: RequestKind,
    /// The bytes that it sends or reads.
    pub body: u64,
    /// The bytes that it holds in memory at a time.
    pub held: u64,
    pub taken: u64,
    /// Whether it probes a network that was down.
    pub probe: bool,
}

/// What a request that is out is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestKind {
    Open,
    Put,
    /// PutObject of a large file, streamed from the disk.
    Whole,
    Create,
    Part(u32),
    Read(u32),
    Complete,
    Abort,
}

impl RequestKind {
    /// The part that it is for, or 0.
    pub const fn part(self) -> u32 {
        match self {
            Self::Part(number) | Self::Read(number) => number,
            Self::Open | Self::Put | Self::Whole | Self::Create | Self::Complete | Self::Abort => 0,
        }
    }

    /// Whether success shows that S3 accepts content under the key.
    pub const fn stores(self) -> bool {
        match self {
            Self::Put | Self::Whole | Self::Part(_) | Self::Complete => true,
            Self::Open | Self::Create | Self::Read(_) | Self::Abort => false,
        }
    }
}

/// Failures in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Misses {
    /// All of them.
    pub tries: u32,
    /// Those with an answer that Daypass does not know.
    pub unknown: u32,
    /// Those that met another writer of the key.
    pub conflicts: u32,
    /// Those whose bytes were damaged on the way.
    pub damaged: u32,
    /// Since when the file can't be opened or read.
    pub closed_since: Option<Time>,
}

/// How far CompleteMultipartUpload of an upload id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CompleteState {
    NotSent,
    Sent,
    /// It may have done its work, although no answer says so.
    MaybeDone,
}

impl CompleteState {
    pub const fn note_sent(&mut self) {
        if matches!(self, Self::NotSent) {
            *self = Self::Sent;
        }
    }

    /// The answer to a request of this upload was lost.
    pub const fn note_lost(&mut self) {
        if matches!(self, Self::Sent) {
            *self = Self::MaybeDone;
        }
    }
}

/// The work on one upload that is under way, or of which something is kept.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// The file as it was opened in this run.
    pub opened: Option<Fingerprint>,
    /// Whether it goes up as one PutObject although it is large, since the bucket's key allows no parts.
    pub whole: bool,
    /// The multipart upload that was begun.
    pub multipart: Option<Multipart>,
    /// Parts of an earlier run that have not been compared with the file yet.
    pub unread: BTreeSet<u32>,
    /// Its requests in flight.
    pub out: BTreeMap<RequestId, RequestKind>,
    /// Parts that wait to be retried, by the moment.
    pub later: BTreeSet<(Time, u32)>,
    /// The first part that may be missing.
    pub cursor: u32,
    /// Nothing goes out before this moment.
    pub not_before: Option<Time>,
    /// Failures since the last success, by part; 0 for requests that are not for a part.
    pub misses: BTreeMap<u32, Misses>,
    /// CompleteMultipartUpload requests whose answer was lost.
    pub lost: u32,
    /// How often it started from the beginning.
    pub restarts: u32,
    /// How S3 denied it, in the last trial in which it was denied.
    pub denied: Option<UploadDenied>,
    pub completion: CompleteState,
    /// Whether the person paused it while a request was out that must not be cancelled.
    pub pause: bool,
    /// How much an earlier run had sent, in percent.
    pub resumed: Option<u8>,
    pub rate: Rate,
}

impl Network {
    /// Ends the probe of a network that was down. If its answer said nothing of the network (the file was gone, say), the next
    /// request probes at once.
    pub(super) fn probe_ended(&mut self, out: &InFlight, now: Time) {
        if let Self::Down { next, .. } = self
            && out.probe
        {
            *next = now;
        }
    }
}

/// The work on the uploads that are under way.
#[derive(Clone, Debug, Default)]
pub(super) struct AllWork(BTreeMap<UploadId, Work>);

impl AllWork {
    pub fn get(&self, id: UploadId) -> Option<&Work> {
        self.0.get(&id)
    }

    pub fn get_mut(&mut self, id: UploadId) -> Option<&mut Work> {
        self.0.get_mut(&id)
    }

    /// The work on an upload that has begun, as one has for which a request is out.
    pub fn begun(&mut self, id: UploadId) -> &mut Work {
        debug_assert!(self.0.contains_key(&id), "no work on upload {} has begun", id.0);
        self.begin(id)
    }

    /// Begins work on an upload, or goes on with it.
    pub fn begin(&mut self, id: UploadId) -> &mut Work {
        self.0.entry(id).or_insert_with(Work::new)
    }

    pub fn insert(&mut self, id: UploadId, work: Work) {
        self.0.insert(id, work);
    }

    pub fn remove(&mut self, id: UploadId) -> Option<Work> {
        self.0.remove(&id)
    }
}

impl Work {
    pub fn new() -> Self {
        Self {
            opened: None,
            whole: false,
            multipart: None,
            unread: BTreeSet::new(),
            out: BTreeMap::new(),
            later: BTreeSet::new(),
            cursor: 1,
            not_before: None,
            misses: BTreeMap::new(),
            lost: 0,
            restarts: 0,
            denied: None,
            completion: CompleteState::NotSent,
            pause: false,
            resumed: None,
            rate: Rate::default(),
        }
    }

    /// Whether a request for this part is out.
    pub fn is_out(&self, number: u32) -> bool {
        self.out.values().any(|what| matches!(what, RequestKind::Part(n) | RequestKind::Read(n) if *n == number))
    }
}
