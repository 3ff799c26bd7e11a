//! One value per open destination: what is shown of it, and what the scheduler keeps for it.

use super::denials::Trial;
use super::destination::Destination;
use super::event::Found;
use super::problem::Kind;
use super::session::Session;
use super::snapshot::OpenDestination;
use super::upload::{DestinationId, Folder, Stored, UploadId};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::ops::{Index, IndexMut};
use std::path::PathBuf;
use std::sync::Arc;

/// A map from the hash of a key to its upload. It is never iterated, and its hasher has fixed keys, so a replay decides the
/// same.
pub(super) type KeyIndex = HashMap<u64, UploadId, BuildHasherDefault<DefaultHasher>>;

/// How often one request is repeated whose answers Daypass does not know.
pub(super) const UNKNOWN_TRIES: u32 = 6;

/// The open destinations by id. An id is given once and stays valid, so indexing with one that came from here can't fail.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes(Vec<Lane>);

/// The state of one open destination.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// What the snapshot shows of it.
    pub shown: OpenDestination,
    /// Uploads that wait, in order.
    pub queue: VecDeque<UploadId>,
    /// Uploads that wait for a moment.
    pub later: BTreeSet<(Time, UploadId)>,
    /// Multipart uploads under way, in the order they began.
    pub active: Vec<UploadId>,
    /// Multipart uploads that nobody wants any more.
    pub aborts: VecDeque<(UploadId, Arc<str>)>,
    /// Which upload has which key.
    pub keys: KeyIndex,
    /// Hashes of the keys under which an earlier request of ours may have stored a file.
    pub doubts: BTreeSet<u64>,
    pub access: AssumeState,
    pub region: RegionSearch,
    /// Answers in a row about access or the region that Daypass does not know.
    pub unknown: u32,
    pub trial: Trial,
    pub delivery: DeliveryState,
    /// Uploads that have not ended, of all deliveries of this run.
    pub open: u64,
    /// Those of them that the person paused.
    pub paused: u64,
    /// Walks that were stopped and have not ended yet.
    pub stopped_walks: u32,
    /// What is walked once they have.
    pub walk_next: Vec<PathBuf>,
    /// Where the files went that were meant for this destination; what walks still find follows them.
    pub moved_to: Option<DestinationId>,
    /// Files that walks found and that were delivered earlier, in case a person wants them sent again.
    pub delivered_earlier: Vec<(Arc<Folder>, Found)>,
    /// Uploads whose file an earlier run stored with this answer, of which the server confirmed no checksum.
    pub stored_earlier: BTreeMap<UploadId, Stored>,
}

/// What AssumeRole is asked with, and how the sessions that it gave fared.
#[derive(Clone, Debug)]
pub(super) struct AssumeState {
    /// AssumeRole attempts so far; also the generation of the session that the last one gave.
    pub attempt: u32,
    /// The ARN that signed the last attempt, if it was known then. Another key may have the profile's name by the time
    /// the answer comes.
    pub caller: Option<Box<str>>,
    /// Failed attempts in a row.
    pub failures: u32,
    /// Until when a denial is taken for the delay of IAM after a change.
    pub delayed_until: Option<Time>,
    /// DurationSeconds, lowered once the role refused more.
    pub seconds: u32,
    /// Whether a session policy narrows the session.
    pub narrow: bool,
    /// When AssumeRole last gave a session.
    pub given_at: Time,
    /// Sessions in a row under which S3 answered nothing well.
    pub fruitless: u32,
    /// Whether S3 refused a session before its time, and nothing went well since.
    pub refused_once: bool,
}

/// What is known of the bucket's region, and the HeadBucket that is out to find it.
#[derive(Clone, Debug, Default)]
pub(super) struct RegionSearch {
    pub state: RegionState,
    pub head_bucket: Option<HeadBucket>,
    /// How often the region was found or told: a redirect of a request that went out before counts no more.
    pub changes: u32,
    /// Whether S3 said once that the bucket is elsewhere, with nothing going well since.
    pub redirected: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RegionState {
    /// HeadBucket goes out as soon as it may, but not before this moment.
    Unknown {
        not_before: Option<Time>,
    },
    Known,
}

/// A HeadBucket that is out.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeadBucket {
    /// The session that signed it.
    pub generation: u32,
    /// Whether it asks about the bucket that this destination had before.
    pub outdated: bool,
}

/// The delivery that the journal knows of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DeliveryState {
    /// None has begun, or the last one has ended.
    #[default]
    Ended,
    /// Files that are found belong to it. `signed` tells whether the journal knows who delivers.
    Open { signed: bool },
    /// All of its own files have ended while uploads of earlier ones go on: the next file that is found begins a new one.
    Complete { signed: bool },
}

impl Default for RegionState {
    fn default() -> Self {
        Self::Unknown { not_before: None }
    }
}

impl RegionSearch {
    /// The region is told or was found.
    pub const fn set_known(&mut self) {
        self.state = RegionState::Known;
        self.changes += 1;
    }

    /// HeadBucket has to find the region, as soon as it may go out.
    pub const fn set_unknown(&mut self) {
        self.state = RegionState::Unknown { not_before: None };
    }

    pub const fn is_known(&self) -> bool {
        matches!(self.state, RegionState::Known)
    }
}

impl DeliveryState {
    /// A file of a delivery that has ended is tried again. The journal may not know yet who delivers.
    pub const fn reopen(&mut self) {
        if matches!(self, Self::Ended) {
            *self = Self::Open { signed: false };
        }
    }

    /// The journal is told who delivers; returns whether it has to be.
    pub const fn sign(&mut self) -> bool {
        match self {
            Self::Open { signed } | Self::Complete { signed } => !std::mem::replace(signed, true),
            Self::Ended => false,
        }
    }

    /// The next file that is found begins a new delivery.
    pub const fn complete(&mut self) {
        if let Self::Open { signed } = *self {
            *self = Self::Complete { signed };
        }
    }
}

impl Lane {
    /// The lane of a destination that was just opened.
    pub fn new(shown: OpenDestination) -> Self {
        let access = AssumeState::of(&shown.destination);
        Self {
            shown,
            queue: VecDeque::new(),
            later: BTreeSet::new(),
            active: Vec::new(),
            aborts: VecDeque::new(),
            keys: KeyIndex::default(),
            doubts: BTreeSet::new(),
            access,
            region: RegionSearch::default(),
            unknown: 0,
            trial: Trial::default(),
            delivery: DeliveryState::default(),
            open: 0,
            paused: 0,
            stopped_walks: 0,
            walk_next: Vec::new(),
            moved_to: None,
            delivered_earlier: Vec::new(),
            stored_earlier: BTreeMap::new(),
        }
    }

    pub const fn is_active(&self) -> bool {
        matches!(self.shown.session, Session::Active(_))
    }

    /// Whether uploads to this destination can move.
    pub const fn moves(&self) -> bool {
        self.is_active() && self.shown.hold.is_none() && !self.shown.paused
    }

    /// Whether what walks find is taken in.
    pub const fn takes_found(&self) -> bool {
        self.stopped_walks == 0 && self.shown.walking > 0
    }

    /// From now on a denial is taken for the delay of IAM once more.
    pub fn new_trial(&mut self) {
        self.region.redirected = false;
        if let RegionState::Unknown { not_before } = &mut self.region.state {
            *not_before = None;
        }
        self.trial.begin();
        self.unknown = 0;
    }

    /// Counts answers about access or the region that Daypass does not know; returns true once there were too many to go on.
    pub fn note_unknown(&mut self, kind: Kind) -> bool {
        if kind == Kind::Unexpected {
            self.unknown += 1;
        } else {
            self.unknown = 0;
        }
        self.unknown >= UNKNOWN_TRIES
    }
}

impl AssumeState {
    fn of(destination: &Destination) -> Self {
        Self {
            attempt: 0,
            caller: None,
            failures: 0,
            delayed_until: None,
            seconds: destination.seconds,
            narrow: destination.narrow,
            given_at: Time::default(),
            fruitless: 0,
            refused_once: false,
        }
    }

    /// What was refused before counts no more.
    pub const fn forgive(&mut self) {
        self.failures = 0;
        self.delayed_until = None;
        self.fruitless = 0;
        self.refused_once = false;
    }
}

impl Lanes {
    pub fn push(&mut self, lane: Lane) -> DestinationId {
        let id = self.next_id();
        self.0.push(lane);
        id
    }

    /// The id of the destination that is opened next.
    pub fn next_id(&self) -> DestinationId {
        DestinationId::from_index(self.0.len())
    }

    pub fn contains(&self, id: DestinationId) -> bool {
        id.index() < self.0.len()
    }

    pub fn get(&self, id: DestinationId) -> Option<&Lane> {
        self.0.get(id.index())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The lane whose turn it is after this one.
    pub fn after(&self, id: DestinationId) -> DestinationId {
        DestinationId::from_index((id.index() + 1) % self.0.len().max(1))
    }

    /// The lane whose turn it was before this one.
    pub fn before(&self, id: DestinationId) -> DestinationId {
        let len = self.0.len().max(1);
        DestinationId::from_index((id.index() + len - 1) % len)
    }

    pub fn ids(&self) -> impl Iterator<Item = DestinationId> + use<> {
        (0..self.0.len()).map(DestinationId::from_index)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.0.iter()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (DestinationId, &mut Lane)> {
        self.0.iter_mut().enumerate().map(|(at, lane)| (DestinationId::from_index(at), lane))
    }
}

impl Index<DestinationId> for Lanes {
    type Output = Lane;

    fn index(&self, id: DestinationId) -> &Lane {
        &self.0[id.index()]
    }
}

impl IndexMut<DestinationId> for Lanes {
    fn index_mut(&mut self, id: DestinationId) -> &mut Lane {
        &mut self.0[id.index()]
    }
}
