//! SHA-256 of files uploaded in parts: hashes parts as they are read, in the file's order.

use super::pool::{self, Pool};
use crate::model::upload::UploadId;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most bytes of one upload that wait for the parts before them; what exceeds this is read again at the end.
const WAITING: usize = 32 << 20;
/// How much is read at a time at the end.
const STEP: usize = 8 << 20;

/// The hashers of all uploads that need one. Clones share their content.
#[derive(Clone, Debug, Default)]
pub struct Digests(Arc<Mutex<HashMap<UploadId, Arc<Mutex<InOrder>>>>>);

#[derive(Debug, Default)]
struct InOrder {
    sha: Sha256,
    next: u64,
    waiting: BTreeMap<u64, Bytes>,
}

impl InOrder {
    fn feed(&mut self, offset: u64, bytes: Bytes) {
        if offset > self.next {
            let held: usize = self.waiting.values().map(Bytes::len).sum();
            if held + bytes.len() <= WAITING {
                self.waiting.insert(offset, bytes);
            }
            return;
        }
        if offset == self.next {
            self.take(&bytes);
        }
        while let Some(bytes) = self.waiting.remove(&self.next) {
            self.take(&bytes);
        }
        let next = self.next;
        self.waiting.retain(|&offset, _| offset > next);
    }

    fn take(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.next += bytes.len() as u64;
    }
}

impl Digests {
    /// Adds bytes read from an upload's file at `offset`. Blocks while the hasher works.
    pub fn feed(&self, upload: UploadId, offset: u64, bytes: Bytes) {
        let hasher = Arc::clone(self.lock().entry(upload).or_default());
        hasher.lock().unwrap_or_else(PoisonError::into_inner).feed(offset, bytes);
    }

    /// Returns the SHA-256 of the first `size` bytes of an upload's file; reads what was not added in order. Blocks.
    ///
    /// # Errors
    ///
    /// The system's error when reading; `UnexpectedEof` if the file is shorter.
    pub fn finish(&self, upload: UploadId, file: &File, size: u64, pool: &Pool) -> io::Result<[u8; 32]> {
        let hasher = Arc::clone(self.lock().entry(upload).or_default());
        let mut hasher = hasher.lock().unwrap_or_else(PoisonError::into_inner);
        hasher.waiting.clear();
        while hasher.next < size {
            let length = usize::try_from(size - hasher.next).unwrap_or(usize::MAX).min(STEP);
            let mut buffer = pool.take(length)?;
            pool::read_exact_at(file, buffer.as_mut(), hasher.next)?;
            hasher.take(buffer.as_ref());
        }
        Ok(hasher.sha.clone().finalize().into())
    }

    pub fn forget(&self, upload: UploadId) {
        self.lock().remove(&upload);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UploadId, Arc<Mutex<InOrder>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn parts_in_any_order_give_the_hash_of_the_file() {
        let content: Vec<u8> = (0..1_000_u32).map(|i| (i % 251) as u8).collect();
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&content).expect("written");
        let expected: [u8; 32] = Sha256::digest(&content).into();
        let part = |number: usize| Bytes::copy_from_slice(&content[number * 100..(number + 1) * 100]);
        let pool = Pool::new(0);
        let orders: [&[usize]; 5] = [&[0, 1, 2, 3], &[2, 1, 0, 4, 3, 9], &[], &[5, 6], &[0, 0, 2, 2, 1, 1, 3]];
        for (upload, order) in (0..).map(UploadId).zip(orders) {
            let digests = Digests::default();
            for &number in order {
                digests.feed(upload, number as u64 * 100, part(number));
            }
            assert_eq!(digests.finish(upload, &file, 1000, &pool).expect("read"), expected, "{order:?}");
        }
    }
}
