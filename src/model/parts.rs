//! How a file is divided into parts within S3's limits, and which of them S3 has.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub const MIB: u64 = 1 << 20;
/// The least size of a part that is not the last (S3 User Guide, `qfacts`): 5 MiB.
pub const PART_MIN: u64 = 5 * MIB;
/// The greatest size of a part (S3 User Guide, `qfacts`): 5 GiB.
pub const PART_MAX: u64 = 5 << 30;
/// The most parts of one upload (S3 User Guide, `qfacts`).
pub const PARTS_MAX: u64 = 10_000;
/// The size of a part unless the file asks for more; also the largest file that goes up as one `PutObject`.
pub const PART_USUAL: u64 = 8 * MIB;
/// The largest file that one `PutObject` takes: 5 GiB (S3 User Guide, `qfacts`; AWS CLI, `MAX_SINGLE_UPLOAD_SIZE`).
pub const PUT_MAX: u64 = 5 << 30;
/// The largest object (S3 User Guide, `qfacts`): 10,000 parts of 5 GiB, 48.8 TiB.
pub const OBJECT_MAX: u64 = PARTS_MAX * PART_MAX;

/// How a file of a known size is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plan {
    /// One `PutObject` of this many bytes.
    Put(u64),
    /// A multipart upload.
    Multipart {
        /// The file's size in bytes.
        size: u64,
        /// The size of every part but the last, in bytes.
        part: u64,
    },
}

impl Plan {
    /// Returns the plan for a file of `size` bytes, or none if S3 would not take it.
    #[must_use]
    pub const fn of(size: u64) -> Option<Self> {
        if size <= PART_USUAL {
            return Some(Self::Put(size));
        }
        if size > OBJECT_MAX {
            return None;
        }
        let least = size.div_ceil(PARTS_MAX).next_multiple_of(MIB);
        Some(Self::Multipart { size, part: if least > PART_USUAL { least } else { PART_USUAL } })
    }
}

/// What S3 answered for one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartDone {
    /// Its ETag, which `CompleteMultipartUpload` lists.
    pub etag: Arc<str>,
    /// Its CRC64NVME, computed from the bytes that were sent.
    pub crc: u64,
    /// Whether the answer echoed the same CRC64NVME: the server checked what arrived.
    pub echoed: bool,
}

/// The parts of one multipart upload: a partition of the file, numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    size: u64,
    part: u64,
    done: Vec<Option<PartDone>>,
    confirmed: u64,
    left: u32,
}

impl Parts {
    /// Creates the parts of a file of `size` bytes, `part` bytes each, with none done.
    #[must_use]
    pub fn new(size: u64, part: u64) -> Self {
        let count = usize::try_from(size.div_ceil(part.max(1))).unwrap_or(usize::MAX).max(1);
        Self { size, part, done: vec![None; count], confirmed: 0, left: u32::try_from(count).unwrap_or(u32::MAX) }
    }

    /// The file's size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The size of every part but the last.
    #[must_use]
    pub const fn part_size(&self) -> u64 {
        self.part
    }

    /// How many parts there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.done.len()).unwrap_or(u32::MAX)
    }

    /// Returns how many are not done.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.left
    }

    /// Returns the bytes of the parts that are done.
    #[must_use]
    pub const fn confirmed(&self) -> u64 {
        self.confirmed
    }

    /// Returns the offset and the length of part `number` (from 1).
    #[must_use]
    pub fn span(&self, number: u32) -> (u64, u64) {
        let offset = u64::from(number.saturating_sub(1)).saturating_mul(self.part).min(self.size);
        (offset, self.part.min(self.size - offset))
    }

    /// Returns what S3 answered for part `number`.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&PartDone> {
        self.done.get(number.checked_sub(1)? as usize)?.as_ref()
    }

    /// Marks part `number` as done. A second answer for the same part replaces the first.
    pub fn put(&mut self, number: u32, done: PartDone) {
        let length = self.span(number).1;
        let Some(slot) = number.checked_sub(1).and_then(|i| self.done.get_mut(i as usize)) else { return };
        if slot.replace(done).is_none() {
            self.confirmed += length;
            self.left -= 1;
        }
    }

    /// Marks part `number` as not done, so that it is sent again.
    pub fn take(&mut self, number: u32) {
        let length = self.span(number).1;
        let Some(slot) = number.checked_sub(1).and_then(|i| self.done.get_mut(i as usize)) else { return };
        if slot.take().is_some() {
            self.confirmed -= length;
            self.left += 1;
        }
    }

    /// Returns all parts in order, once every one is done.
    #[must_use]
    pub fn all(&self) -> Option<Vec<PartDone>> {
        self.done.iter().cloned().collect()
    }

    /// Returns the number of the first part at or after `from` (from 1) that is not done.
    #[must_use]
    pub fn next_missing(&self, from: u32) -> Option<u32> {
        (from.max(1)..=self.count()).find(|&n| self.get(n).is_none())
    }
}
