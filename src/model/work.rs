//! What the model keeps for itself: a desk for each destination, and the work on each upload that is under way.

use super::denials::{Denials, LetIn, UploadDenied};
use super::event::Found;
use super::problem::Kind;
use super::rate::Rate;
use super::snapshot::Network;
use super::upload::{DestinationId, Fingerprint, Folder, Multipart, RequestId, Stored, UploadId};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;
use std::sync::Arc;

/// A map whose order of iteration does not depend on chance (it is never iterated; its hasher has fixed keys).
pub(super) type Keys = HashMap<u64, UploadId, BuildHasherDefault<DefaultHasher>>;

/// Tries of one request whose answers Daypass does not know.
pub(super) const UNKNOWN_TRIES: u32 = 6;

/// One destination's queue and session affairs.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    /// Uploads waiting, in order.
    pub queue: VecDeque<UploadId>,
    /// Uploads waiting for a moment.
    pub later: BTreeSet<(Time, UploadId)>,
    /// Multipart uploads under way, in the order they began.
    pub active: Vec<UploadId>,
    /// Who has which key: the hash of the key, to the upload.
    pub keys: Keys,
    /// AssumeRole attempts so far; also the generation of the session that the last one gave.
    pub attempt: u32,
    /// Whether an AssumeRole is out.
    pub asking: bool,
    /// Whether access is wanted as soon as it is known who the profile is.
    pub wants_access: bool,
    /// When AssumeRole is tried again by itself.
    pub ask_at: Option<Time>,
    /// Failed attempts in a row.
    pub ask_tries: u32,
    /// Answers in a row about access or the region that Daypass does not know.
    pub unknown: u32,
    /// Until when a denial is taken for IAM's delay.
    pub quiet_until: Option<Time>,
    /// DurationSeconds, lowered once the role refused more.
    pub seconds: u32,
    /// Whether the session is narrowed by a session policy.
    pub narrow: bool,
    /// Whether the bucket's region is known.
    pub located: bool,
    /// How often the region was found or told: an answer about another region to what went out before counts no more.
    pub regions: u32,
    /// Whether HeadBucket is out.
    pub locating: bool,
    /// Whether the answer that is out speaks of the bucket that this destination had before.
    pub locate_void: bool,
    /// The session with which it was signed.
    pub locating_with: u32,
    /// Nothing goes out before this moment.
    pub not_before: Option<Time>,
    /// Whether S3 refused a session before its time, and nothing went well since.
    pub refused_once: bool,
    /// Whether it was told once that its bucket is elsewhere, with nothing going well since.
    pub moved_once: bool,
    /// Where denials by S3 stand.
    pub denials: Denials,
    /// Counts the sessions, and the times a person let a hold go: a denial of an earlier one counts no more.
    pub trial: u32,
    /// Requests with content that S3 answered well.
    pub well: u64,
    /// The last of them.
    pub let_in: LetIn,
    /// Whether what was denied was asked for once more, and nothing was let in since.
    pub asked_again: bool,
    /// The smallest body that something on the way refused for its size, in this trial.
    pub body_limit: Option<u64>,
    /// Whether a delivery that the journal was told of has not been told to have ended.
    pub delivery_open: bool,
    /// Whether that delivery began before there was access: who delivers is still to be told.
    pub delivery_unsigned: bool,
    /// Whether the next file found begins a new delivery.
    pub delivery_due: bool,
    /// Uploads that have not ended, of all deliveries of this run.
    pub open: u64,
    /// Those of them that the person paused.
    pub paused: u64,
    /// Walks that were stopped and have not said yet that they are over.
    pub stopped_walks: u32,
    /// What is to be walked once they are over.
    pub walk_next: Vec<PathBuf>,
    /// Keys under which an earlier request of ours may have stored a file: their hashes.
    pub doubts: BTreeSet<u64>,
    /// Multipart uploads that nobody wants any more.
    pub aborts: VecDeque<(UploadId, Arc<str>)>,
    /// Sessions in a row under which S3 answered nothing well.
    pub fruitless: u32,
    /// When AssumeRole last gave a session.
    pub given_at: Time,
    /// Where the files went that were to go here: what walks still find follows them.
    pub moved_to: Option<DestinationId>,
    /// Files that walks found and that were delivered earlier, in case a person wants them sent again.
    pub delivered_earlier: Vec<(Arc<Folder>, Found)>,
    /// Uploads whose file an earlier run stored with this answer, of which the server confirmed no checksum.
    pub stored_earlier: BTreeMap<UploadId, Stored>,
}

/// A request that is out.
#[derive(Clone, Debug)]
pub(super) struct InFlight {
    pub upload: UploadId,
    pub place: DestinationId,
    pub generation: u32,
    /// `Desk::regions` when it went out.
    pub regions: u32,
    pub signed: bool,
    pub what: RequestKind,
    /// The bytes it sends or reads.
    pub body: u64,
    /// What it holds of them in memory at a time.
    pub held: u64,
    pub taken: u64,
    /// Whether it went out to see if the line carries again.
    pub probe: bool,
}

/// What a request that is out is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestKind {
    Open,
    Put,
    /// PutObject of a large file, straight from the disk.
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

    /// Whether a good answer shows that S3 takes content under the key.
    pub const fn stores(self) -> bool {
        match self {
            Self::Put | Self::Whole | Self::Part(_) | Self::Complete => true,
            Self::Open | Self::Create | Self::Read(_) | Self::Abort => false,
        }
    }
}

/// What failed in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Misses {
    /// Tries, whatever was in the way.
    pub tries: u32,
    /// Those of them with an answer that Daypass does not know.
    pub unknown: u32,
    /// Those of them that met another writer of the key.
    pub conflicts: u32,
    /// Those of them whose bytes arrived damaged.
    pub damaged: u32,
    /// Since when the file can't be opened or read.
    pub closed_since: Option<Time>,
}

/// The work on one upload that is under way, or that has something to keep.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// The file as it was opened in this run.
    pub opened: Option<Fingerprint>,
    /// Whether it goes up by one PutObject although it is large, since the bucket's key lets no parts in.
    pub whole: bool,
    /// The multipart upload that was begun.
    pub multipart: Option<Multipart>,
    /// Parts taken over from an earlier run that have not been compared with the file yet.
    pub unread: BTreeSet<u32>,
    /// Requests that are out for it.
    pub out: BTreeMap<RequestId, RequestKind>,
    /// Parts that wait for a moment.
    pub later: BTreeSet<(Time, u32)>,
    /// The first part that may be missing.
    pub cursor: u32,
    /// Not before this moment.
    pub not_before: Option<Time>,
    /// What failed since it last went well, by the part it was for; 0 for what is not for one part.
    pub misses: BTreeMap<u32, Misses>,
    /// Tries of CompleteMultipartUpload whose answer was lost.
    pub lost: u32,
    /// How often it began again from zero.
    pub restarts: u32,
    /// How S3 denied it, in the last trial in which it did.
    pub denied: Option<UploadDenied>,
    /// Whether CompleteMultipartUpload of this upload id may have done its work.
    pub maybe_done: bool,
    /// Whether CompleteMultipartUpload has gone out for this upload id.
    pub completing: bool,
    /// Whether the person paused it while a request was out whose end is awaited.
    pub pause: bool,
    /// Where it went on from, in percent.
    pub resumed: Option<u8>,
    pub rate: Rate,
}

impl Network {
    /// A request that tried a line known to be down has come back or was ended. Where its answer said nothing of the line
    /// (its file was gone, say), the next request tries it at once.
    pub(super) fn probe_ended(&mut self, out: &InFlight, now: Time) {
        if let Self::Down { next, .. } = self
            && out.probe
        {
            *next = now;
        }
    }
}

impl Lane {
    /// From now on denials are taken for IAM's delay once more.
    pub fn new_trial(&mut self) {
        self.moved_once = false;
        self.denials = Denials::None;
        self.trial += 1;
        self.let_in = LetIn::default();
        self.body_limit = None;
        self.asked_again = false;
        self.not_before = None;
        self.unknown = 0;
    }

    /// Counts answers about access or the region that Daypass does not know; true once there were too many to ask again.
    pub fn note_unknown(&mut self, kind: Kind) -> bool {
        if kind == Kind::Unexpected {
            self.unknown += 1;
        } else {
            self.unknown = 0;
        }
        self.unknown >= UNKNOWN_TRIES
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
            maybe_done: false,
            completing: false,
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
