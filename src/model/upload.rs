//! One file on its way: what is shown of it, and what the machine keeps while it moves.

use super::parts::Parts;
use super::problem::Problem;
use crate::time::{Time, Utc};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The number of an upload: its row, never used again while Daypass runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UploadId(pub u32);

/// The number of a destination that is open in this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DestinationId(pub u16);

/// The number of a request that is out; an answer to a number that is not out any more is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// A folder of the source, shared by all its files.
#[derive(Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where it is on this computer.
    pub dir: Box<Path>,
    /// Its part of the key below the prefix: empty, or ending in `/`; clean segments, NFC.
    pub key: Box<str>,
}

/// One file, as the window and the command line show it.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The destination it goes to.
    pub place: DestinationId,
    /// Where it lies.
    pub folder: Arc<Folder>,
    /// Its name on this computer, which is text by the time it gets here.
    pub name: Arc<str>,
    /// The last segment of its key where that isn't the name (cleaned, or numbered because of a twin).
    pub key_name: Option<Arc<str>>,
    /// Its size in bytes when it was last looked at.
    pub size: u64,
    /// Of a delivered file: when the bytes that arrived were last written, in nanoseconds since 1970; otherwise 0.
    pub modified: i64,
    /// How far it is.
    pub state: State,
}

impl Upload {
    /// A time of a file as a row keeps it: 584 years around 1970 in half the room, and what lies beyond at their ends.
    #[must_use]
    pub fn kept_time(modified: i128) -> i64 {
        i64::try_from(modified).unwrap_or(if modified < 0 { i64::MIN } else { i64::MAX })
    }

    /// The file on this computer.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.dir.join(OsStr::new(&*self.name))
    }

    /// The key below the destination's prefix.
    #[must_use]
    pub fn key(&self) -> String {
        let name = self.key_name.as_ref().unwrap_or(&self.name);
        let mut key = String::with_capacity(self.folder.key.len() + name.len());
        key.push_str(&self.folder.key);
        key.push_str(name);
        key
    }
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// In the queue.
    Waiting,
    /// In the queue again, not before this moment, because of this problem.
    Retrying(Time, Arc<Problem>),
    /// The person paused it.
    Paused,
    /// Being opened, begun, or compared with what S3 already has.
    Preparing,
    /// Bytes are moving.
    Sending(Progress),
    /// Everything is sent; S3 has not answered for the whole yet.
    Confirming,
    /// S3 has the whole file.
    Delivered(Proof),
    /// The name is taken at the destination; nothing was replaced.
    AlreadyThere,
    /// It may be there, but no answer of S3 says so.
    NotConfirmed,
    /// It stopped because of this problem.
    Failed(Arc<Problem>),
    /// The person took it out.
    Canceled,
}

/// The bytes of a moving upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that S3 has answered for.
    pub confirmed: u64,
    /// Bytes taken by the network and not answered for yet.
    pub in_flight: u64,
    /// Where it went on from when it is the continuation of an earlier run, in percent.
    pub resumed: Option<u8>,
    /// Bytes a second over the last seconds, 0 while unknown.
    pub rate: u64,
}

/// How much S3 has proved of a delivered file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// S3 answered with the whole file's CRC64NVME, and it is ours.
    Whole,
    /// S3 answered for each part with its CRC64NVME, and gave none for the whole.
    Parts,
    /// The server stored it and confirmed no checksum, as servers do that ignore the headers of checksums.
    NoChecksum,
}

impl State {
    /// Whether nothing more will happen to it by itself.
    #[must_use]
    pub const fn ended(&self) -> bool {
        match self {
            Self::Delivered(_) | Self::AlreadyThere | Self::NotConfirmed | Self::Failed(_) | Self::Canceled => true,
            Self::Waiting
            | Self::Retrying(..)
            | Self::Paused
            | Self::Preparing
            | Self::Sending(_)
            | Self::Confirming => false,
        }
    }

    /// Whether a request for it is out or may go out at once.
    #[must_use]
    pub const fn moving(&self) -> bool {
        match self {
            Self::Preparing | Self::Sending(_) | Self::Confirming => true,
            Self::Waiting
            | Self::Retrying(..)
            | Self::Paused
            | Self::Delivered(_)
            | Self::AlreadyThere
            | Self::NotConfirmed
            | Self::Failed(_)
            | Self::Canceled => false,
        }
    }

    /// Whether the person has to look at it.
    #[must_use]
    pub const fn needs_you(&self) -> bool {
        match self {
            Self::AlreadyThere | Self::NotConfirmed | Self::Failed(_) => true,
            Self::Waiting
            | Self::Retrying(..)
            | Self::Paused
            | Self::Preparing
            | Self::Sending(_)
            | Self::Confirming
            | Self::Delivered(_)
            | Self::Canceled => false,
        }
    }
}

/// What tells one version of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The device it is on (volume serial on Windows).
    pub device: u64,
    /// Its number on that device.
    pub inode: u64,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i128,
    /// When anything about it last changed (Unix: ctime), in nanoseconds since 1970, which programs can't put back; none where
    /// the system doesn't tell.
    #[serde(default)]
    pub changed: Option<i128>,
}

impl Fingerprint {
    /// Whether nothing tells the two apart. A time of change that one of them doesn't know tells nothing.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let times = self.modified == other.modified
            && (self.changed == other.changed || self.changed.is_none() || other.changed.is_none());
        times && self.is_same_but_for_times(other)
    }

    /// Whether nothing but times tells the two apart: then the content says whether the file is the same.
    #[must_use]
    pub const fn is_same_but_for_times(&self, other: &Self) -> bool {
        self.device == other.device && self.inode == other.inode && self.size == other.size
    }
}

/// What S3 answered for a whole file; what a receipt is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The size sent, in bytes.
    pub size: u64,
    /// The whole file's CRC64NVME as worked out here.
    pub crc: u64,
    /// How much of it S3 confirmed.
    pub proof: Proof,
    /// The object's ETag.
    pub etag: Box<str>,
    /// The object's version, where the bucket keeps versions.
    pub version_id: Option<Box<str>>,
    /// The request id of the answer.
    pub request_id: Box<str>,
    /// When S3 answered.
    pub at: Utc,
    /// The file's SHA-256, where it was asked for.
    pub sha256: Option<[u8; 32]>,
    /// The file as it was opened.
    pub fingerprint: Fingerprint,
}

/// A multipart upload that has begun: what a later run needs to go on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multipart {
    /// The file as it was when the upload began.
    pub fingerprint: Fingerprint,
    /// The id under which S3 keeps the parts; none until it has been created.
    pub upload_id: Option<Arc<str>>,
    /// When the bucket's lifecycle rule throws the parts away (`x-amz-abort-date`).
    pub abort_at: Option<Utc>,
    /// The plan and what is done of it.
    pub parts: Parts,
}
