//! One upload: its state as it is shown, and what is kept of it from run to run.

use super::parts::Parts;
use super::problem::Problem;
use crate::time::{Time, Utc};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The id of an upload: the number of its row, never reused while Daypass runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UploadId(pub u32);

/// The id of a destination that is open in this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DestinationId(pub u16);

impl DestinationId {
    /// Returns the id of the destination that was opened after `index` others.
    pub(super) fn from_index(index: usize) -> Self {
        Self(u16::try_from(index).unwrap_or(u16::MAX))
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The id of a request. Answers to ids that are no longer in flight are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// A folder of the source, shared by all its files.
#[derive(Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its path on this computer.
    pub dir: Box<Path>,
    /// Its part of the key below the prefix: empty, or ending in `/`; clean segments in NFC.
    pub key: Box<str>,
}

/// One file, as the window and the command line show it.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The destination it goes to.
    pub destination: DestinationId,
    /// Its folder on this computer.
    pub folder: Arc<Folder>,
    /// Its name on this computer.
    pub name: Arc<str>,
    /// The last segment of its key, if that isn't the name: cleaned, or numbered because of a collision.
    pub key_name: Option<Arc<str>>,
    /// Its size in bytes when it was last looked at.
    pub size: u64,
    /// When the bytes that were delivered were last written, in nanoseconds since 1970; 0 until they are delivered.
    pub modified: i64,
    pub state: State,
}

impl Upload {
    /// Clamps a file's time to 64 bits: nanoseconds for 292 years on either side of 1970.
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

/// The state of an upload.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// In the queue.
    Waiting,
    /// Waiting to be retried at this moment, because of this problem.
    Retrying(Time, Arc<Problem>),
    /// The person paused it.
    Paused,
    /// The file is being opened, or compared with the parts that S3 has.
    Preparing,
    /// Bytes are moving.
    Sending(Progress),
    /// Everything is sent; S3 has not confirmed the whole file yet.
    Confirming,
    /// S3 has the whole file.
    Delivered(Proof),
    /// The name is taken at the destination. Nothing was replaced.
    AlreadyThere,
    /// It may be stored, but no answer says so.
    NotConfirmed,
    /// It ended with this problem.
    Failed(Arc<Problem>),
    /// The person canceled it.
    Canceled,
}

/// The bytes of a moving upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that S3 has confirmed.
    pub confirmed: u64,
    /// Bytes that the network took and S3 has not confirmed yet.
    pub in_flight: u64,
    /// How much an earlier run had sent, in percent, if this one continues it.
    pub resumed: Option<u8>,
    /// Bytes a second over the last seconds; 0 while unknown.
    pub rate: u64,
}

/// How much of a delivered file S3 confirmed by checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// S3 confirmed the CRC64NVME of the whole file.
    Whole,
    /// S3 confirmed the CRC64NVME of each part, and none for the whole.
    Parts,
    /// The server confirmed no checksum, as servers do that ignore checksum headers.
    NoChecksum,
}

impl State {
    /// Whether nothing more happens to it by itself.
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

    /// Whether the person has to do something about it.
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

/// What tells two versions of a file apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The device it is on (volume serial on Windows).
    pub device: u64,
    /// Its file number on that device (inode, file index).
    pub inode: u64,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i128,
    /// When its metadata last changed (ctime on Unix), in nanoseconds since 1970. Programs can't set it back. None if the system
    /// has no such time.
    #[serde(default)]
    pub changed: Option<i128>,
}

impl Fingerprint {
    /// Whether the two are the same. A missing change time proves nothing.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let times = self.modified == other.modified
            && (self.changed == other.changed || self.changed.is_none() || other.changed.is_none());
        times && self.is_same_but_for_times(other)
    }

    /// Whether the two differ in times alone: then the content decides.
    #[must_use]
    pub const fn is_same_but_for_times(&self, other: &Self) -> bool {
        self.device == other.device && self.inode == other.inode && self.size == other.size
    }
}

/// What S3 answered for a whole file; a receipt is made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The size sent, in bytes.
    pub size: u64,
    /// The CRC64NVME of the whole file, computed here.
    pub crc: u64,
    /// How much of it S3 confirmed.
    pub proof: Proof,
    /// The object's ETag.
    pub etag: Box<str>,
    /// The object's version, if the bucket keeps versions.
    pub version_id: Option<Box<str>>,
    /// The request id of the answer.
    pub request_id: Box<str>,
    /// When S3 answered.
    pub at: Utc,
    /// The file's SHA-256, if it was asked for.
    pub sha256: Option<[u8; 32]>,
    /// The file as it was opened.
    pub fingerprint: Fingerprint,
}

/// A multipart upload that has begun, with what a later run needs to continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multipart {
    /// The file as it was when the upload began.
    pub fingerprint: Fingerprint,
    /// The upload id; none until S3 has created it.
    pub upload_id: Option<Arc<str>>,
    /// When the bucket's lifecycle rule deletes the parts (`x-amz-abort-date`).
    pub abort_at: Option<Utc>,
    pub parts: Parts,
}
