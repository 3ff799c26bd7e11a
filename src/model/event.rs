//! What comes into the model (events) and what it wants done (effects).

use super::destination::Destination;
use super::names::{Region, RoleArn};
use super::parts::PartDone;
use super::problem::Problem;
use super::session::Identity;
use super::snapshot::{Command, Profiles, Settings, SkipReason, Which};
use super::upload::{DestinationId, Fingerprint, Folder, RequestId, Stored, UploadId};
use crate::time::Utc;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The person asks for something.
    Command(Command),
    /// The moment that `next_deadline` named has come.
    Tick,
    /// AssumeRole was answered. `attempt` is the one of its effect.
    Assumed(DestinationId, u32, Result<Assumed, Problem>),
    /// GetCallerIdentity was answered for a profile.
    Identified(String, Result<Identity, Problem>),
    /// HeadBucket found the bucket's region.
    Located(DestinationId, Result<Region, Problem>),
    /// The shared files were read, at the start or because they changed.
    ProfilesRead(Arc<Profiles>),
    /// A walk found files of one folder.
    Found(DestinationId, Arc<Folder>, Vec<Found>),
    /// The same, of files that were delivered to this destination before this delivery.
    FoundAgain(DestinationId, Arc<Folder>, Vec<FoundAgain>),
    /// A walk left something out.
    Skipped(DestinationId, PathBuf, SkipReason),
    /// A walk has ended.
    Walked(DestinationId),
    /// A request was answered.
    Answered(RequestId, Result<Answer, Problem>),
    /// The network took bytes of requests in flight: the bytes taken so far, by request.
    Moved(Vec<(RequestId, u64)>),
    /// The journal could not record what it was given.
    JournalFailed(Problem),
    /// The journal writes again.
    JournalWorks,
    /// Settings for this run alone, which are not kept.
    Adjusted(Settings),
    /// What is kept from earlier runs.
    Restored(Box<super::record::Kept>),
}

impl Event {
    /// Returns the open destination or the upload that it is about.
    #[must_use]
    pub const fn subject(&self) -> Option<Which> {
        match self {
            Self::Command(command) => command.subject(),
            Self::Assumed(id, ..)
            | Self::Located(id, _)
            | Self::Found(id, ..)
            | Self::FoundAgain(id, ..)
            | Self::Skipped(id, ..)
            | Self::Walked(id) => Some(Which::All(*id)),
            Self::Tick
            | Self::Identified(..)
            | Self::ProfilesRead(_)
            | Self::Answered(..)
            | Self::Moved(_)
            | Self::JournalFailed(_)
            | Self::JournalWorks
            | Self::Adjusted(_)
            | Self::Restored(_) => None,
        }
    }
}

/// What AssumeRole gave, without the credentials, which are in the vault already.
#[derive(Clone, Debug)]
pub struct Assumed {
    /// The time that was left when the request was sent: the server's Expiration minus the answer's Date.
    pub left: Duration,
    /// How long ago the request was sent.
    pub ago: Duration,
    /// When it ends, for display.
    pub ends: Utc,
    /// The session's ARN.
    pub arn: Box<str>,
}

/// A file that a walk found.
#[derive(Clone, Debug)]
pub struct Found {
    pub name: Arc<str>,
    /// The last segment of its key, where that isn't the name.
    pub key_name: Option<Arc<str>>,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i128,
}

/// A file that a walk found, some version of which was delivered before.
#[derive(Clone, Debug)]
pub struct FoundAgain {
    /// The file as it is now.
    pub file: Found,
    /// What was delivered of it, the latest last.
    pub before: Vec<Before>,
}

/// A version of a file that was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The last segment of its key.
    pub last: Arc<str>,
    /// Whether the file has the same content still.
    pub same: bool,
    /// What was answered for it.
    pub stored: Stored,
}

/// What a request brought.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The file is open.
    Opened(Fingerprint),
    /// The file went up whole by one PutObject.
    Stored(Stored),
    /// The file turned out to be of this size, too large for one PutObject; nothing was sent.
    Grown(Fingerprint),
    /// The multipart upload was created.
    Created {
        upload_id: Arc<str>,
        /// When the bucket's lifecycle rule aborts it.
        abort_at: Option<Utc>,
    },
    /// S3 has the part.
    Part(PartDone),
    /// The part was read again: its CRC64NVME.
    Read(u64),
    /// The upload was aborted, or nobody was allowed to.
    Aborted,
}

/// Something to be done. Effects are started at once and never waited for; what comes of them comes back as an event.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Call AssumeRole for this destination.
    Assume(DestinationId, Arc<AssumeRole>),
    /// Drop the credentials of this destination.
    Forget(DestinationId),
    /// Call GetCallerIdentity with this profile's credentials, as it asks for this role.
    Identify(String, Option<RoleArn>),
    /// Ask HeadBucket for the bucket's region.
    Locate(DestinationId, Arc<Destination>),
    /// From now on calls for this destination go to this region.
    UseRegion(DestinationId, Region),
    /// Walk these files and folders.
    Walk(DestinationId, Vec<PathBuf>),
    /// Stop all walks for this destination. Each of them still says `Event::Walked` once, as every walk does.
    StopWalks(DestinationId),
    /// Do this for an upload.
    Send(RequestId, Send),
    /// Nobody wants the answer to this request any more: end it.
    Drop(RequestId),
    /// Close the file of this upload.
    Close(UploadId),
    /// Take this down in the journal.
    Record(super::record::Record),
    /// Use these settings.
    Use(Settings),
}

/// What AssumeRole is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// Counts the attempts of this destination.
    pub attempt: u32,
    /// The destination: role, external id, serial, session name.
    pub destination: Arc<Destination>,
    pub seconds: u32,
    /// Whether a session policy narrows it to the bucket and the folder.
    pub narrow: bool,
    /// RoleSessionName where the destination names none: the user's name, cleaned.
    pub session_name: super::names::RoleSessionName,
}

/// A request for one upload.
#[derive(Clone, Debug)]
pub struct Send {
    pub destination: DestinationId,
    /// The session it is signed with.
    pub generation: u32,
    pub upload: UploadId,
    pub path: PathBuf,
    /// The whole key, prefix included.
    pub key: Arc<str>,
    /// Whether it is sent even if it looks like an access key.
    pub keys: bool,
    /// What to do.
    pub call: Call,
}

/// What to do for an upload.
#[derive(Clone, Debug)]
pub enum Call {
    /// Open the file and take its fingerprint. Needs no credentials.
    Open,
    /// Open the file, read it whole and send it by PutObject; `Grown` where it is larger than this many bytes.
    Put {
        /// The most bytes one PutObject may carry.
        most: u64,
    },
    /// Send the whole file by one PutObject, straight from the disk: it is read once for its checksum and once to be sent.
    Whole {
        /// The file as it was opened.
        fingerprint: Fingerprint,
    },
    Create,
    /// Read a part and send it by UploadPart.
    Part {
        /// The upload id.
        upload_id: Arc<str>,
        /// Its number, from 1.
        number: u32,
        /// Where it begins.
        offset: u64,
        length: u64,
    },
    /// Read a part that S3 already has and work out its CRC64NVME. Needs no credentials.
    Read {
        /// Where it begins.
        offset: u64,
        length: u64,
    },
    /// CompleteMultipartUpload, which leaves once everything recorded before is on disk.
    Complete {
        /// The upload id.
        upload_id: Arc<str>,
        /// All parts in order.
        parts: Arc<[PartDone]>,
        /// The size of every part but the last.
        part: u64,
        /// The file as it was when the upload began; it is compared before the call.
        fingerprint: Fingerprint,
    },
    /// AbortMultipartUpload, at best.
    Abort {
        /// The upload id.
        upload_id: Arc<str>,
    },
}

/// Parts larger than this go up straight from the disk, in bytes: no computer has to have room for them. Files from 640 GB on
/// have such parts.
pub const PART_HELD: u64 = 64 << 20;
/// What a file that goes up whole straight from the disk holds in memory at most, in bytes.
pub const WHOLE_HELD: u64 = 4 << 20;

impl Call {
    /// The bytes of file content that it sends or reads.
    #[must_use]
    pub const fn bytes(&self, size: u64) -> u64 {
        match self {
            Self::Put { .. } => size,
            Self::Whole { fingerprint } => fingerprint.size,
            Self::Part { length, .. } | Self::Read { length, .. } => *length,
            Self::Open | Self::Create | Self::Complete { .. } | Self::Abort { .. } => 0,
        }
    }

    /// The bytes of file content that it holds in memory while it runs.
    #[must_use]
    pub const fn body(&self, size: u64) -> u64 {
        match self {
            Self::Put { .. } => size,
            Self::Whole { .. } => WHOLE_HELD,
            Self::Part { length, .. } | Self::Read { length, .. } if *length > PART_HELD => WHOLE_HELD,
            Self::Part { length, .. } | Self::Read { length, .. } => *length,
            Self::Open | Self::Create | Self::Complete { .. } | Self::Abort { .. } => 0,
        }
    }

    /// Whether it is signed with the session's credentials.
    #[must_use]
    pub const fn signed(&self) -> bool {
        match self {
            Self::Put { .. }
            | Self::Whole { .. }
            | Self::Create
            | Self::Part { .. }
            | Self::Complete { .. }
            | Self::Abort { .. } => true,
            Self::Open | Self::Read { .. } => false,
        }
    }
}
