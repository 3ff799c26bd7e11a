//! Reusable buffers for file content, and the single pass that reads a file into them and computes its CRC64NVME.

use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How much is read before the checksum takes it, in bytes: little enough to be still in the processor's cache.
const STEP: usize = 256 << 10;
/// The smallest buffer, in bytes, so that small files share buffers, too.
const LEAST: usize = 64 << 10;
/// The size from which buffers grow by whole mebibytes instead of doubling.
const WHOLE: usize = 8 << 20;
/// The size of a page of memory.
const PAGE: usize = 4 << 10;
/// Offset of the content in its page. TLS copies the content, 16 KiB at a time, to a few bytes after the beginning of a
/// page. If the source is page-aligned, AMD's Zen copies at a sixth of its usual speed (glibc bug 30994); from the
/// middle of a page it does not.
const BEGIN: usize = PAGE / 2;

/// Unused buffers. Clones are the same pool.
#[derive(Clone, Debug)]
pub struct Pool(Arc<PoolState>);

#[derive(Debug)]
struct PoolState {
    free: Mutex<Vec<Vec<u8>>>,
    most: AtomicUsize,
}

impl Pool {
    /// Returns a pool that keeps at most `most` bytes for reuse; more may be in use at a time.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(PoolState { free: Mutex::default(), most: AtomicUsize::new(most) }))
    }

    /// Limits the bytes kept for reuse from now on.
    pub fn keep_at_most(&self, most: usize) {
        self.0.most.store(most, Ordering::Relaxed);
        let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        while kept(&free) > most {
            free.pop();
        }
    }

    /// Returns a buffer of exactly `length` bytes, with arbitrary content.
    ///
    /// # Errors
    ///
    /// `OutOfMemory` if there is not enough memory.
    pub fn take(&self, length: usize) -> io::Result<Buffer> {
        let size = class(length) + PAGE;
        let kept = {
            let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
            free.iter().rposition(|bytes| bytes.len() == size).map(|at| free.swap_remove(at))
        };
        let bytes = if let Some(bytes) = kept {
            bytes
        } else {
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(size).map_err(|why| io::Error::new(io::ErrorKind::OutOfMemory, why))?;
            bytes.resize(size, 0);
            bytes
        };
        let begin = (bytes.as_ptr().align_offset(PAGE) % PAGE + BEGIN) % PAGE;
        Ok(Buffer { bytes, begin, length, pool: Arc::clone(&self.0) })
    }

    #[cfg(test)]
    fn kept(&self) -> usize {
        kept(&self.0.free.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns how many bytes of content these buffers can hold.
fn kept(free: &[Vec<u8>]) -> usize {
    free.iter().map(|bytes| bytes.len() - PAGE).sum()
}

const fn class(length: usize) -> usize {
    if length <= LEAST {
        LEAST
    } else if length <= WHOLE {
        length.next_power_of_two()
    } else {
        length.next_multiple_of(1 << 20)
    }
}

/// Bytes from a pool, returned to it when dropped.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    begin: usize,
    length: usize,
    pool: Arc<PoolState>,
}

impl Buffer {
    /// Shares the bytes; they return to the pool when the last clone is dropped.
    #[must_use]
    pub fn share(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.begin..self.begin + self.length]
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.begin..self.begin + self.length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        if kept(&free) + bytes.len() - PAGE <= self.pool.most.load(Ordering::Relaxed) {
            free.push(bytes);
        }
    }
}

/// The checksums from one pass over bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksums {
    pub crc: u64,
    /// SHA-256, if it was requested.
    pub sha256: Option<[u8; 32]>,
}

/// Fills `buffer` from `file` at `offset` and computes checksums on the way. Blocks.
///
/// # Errors
///
/// The system's error; `UnexpectedEof` if the file ends before the buffer is full.
pub fn fill(file: &File, offset: u64, buffer: &mut [u8], sha256: bool) -> io::Result<Checksums> {
    let mut crc = Digest::new(CrcAlgorithm::Crc64Nvme);
    let mut sha = sha256.then(Sha256::new);
    let mut at = offset;
    for step in buffer.chunks_mut(STEP) {
        read_exact_at(file, step, at)?;
        at += step.len() as u64;
        crc.update(step);
        if let Some(sha) = &mut sha {
            sha.update(&*step);
        }
    }
    Ok(Checksums { crc: crc.finalize(), sha256: sha.map(|sha| sha.finalize().into()) })
}

/// Whether the file ends at or before `offset`. Blocks.
///
/// # Errors
///
/// The system's error.
pub fn ends_at(file: &File, offset: u64) -> io::Result<bool> {
    match read_exact_at(file, &mut [0], offset) {
        Ok(()) => Ok(false),
        Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => Ok(true),
        Err(why) => Err(why),
    }
}

/// Reads a whole file of unknown size and computes checksums; `None` if it has more than `most` bytes. Blocks.
///
/// # Errors
///
/// The system's error.
pub fn read_all(file: &File, most: u64, sha256: bool) -> io::Result<Option<(Bytes, Checksums)>> {
    let mut bytes = Vec::new();
    let mut from = file;
    io::Seek::seek(&mut from, io::SeekFrom::Start(0))?;
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Ok(None);
    }
    let crc = crc_fast::checksum(CrcAlgorithm::Crc64Nvme, &bytes);
    let sha256 = sha256.then(|| Sha256::digest(&bytes).into());
    Ok(Some((bytes.into(), Checksums { crc, sha256 })))
}

/// Reads at `offset` until `buffer` is full, without moving the file's own position.
///
/// # Errors
///
/// The system's error; `UnexpectedEof` if the file ends first.
#[cfg(unix)]
pub fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Reads at `offset` until `buffer` is full. Moves the file's own position.
///
/// # Errors
///
/// The system's error; `UnexpectedEof` if the file ends first.
#[cfg(windows)]
pub fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn buffers_are_reused() {
        let pool = Pool::new(1 << 20);
        let mut first = pool.take(100).expect("memory");
        first.as_mut()[0] = 7;
        let shared = first.share();
        let copy = shared.clone();
        drop(shared);
        assert_eq!(pool.kept(), 0, "a copy is still out");
        assert_eq!(copy.len(), 100);
        drop(copy);
        assert_eq!(pool.kept(), LEAST);
        assert_eq!(pool.take(9).expect("memory").as_ref().len(), 9);
        drop(pool.take(3 << 20).expect("memory"));
        assert_eq!(pool.kept(), LEAST, "no more than it may keep");
        pool.keep_at_most(0);
        assert_eq!(pool.kept(), 0, "and releases what it kept before");
    }

    #[test]
    fn content_starts_in_the_middle_of_a_page() {
        for length in [1, LEAST, 3 << 20, WHOLE, WHOLE + 1] {
            let mut buffer = Pool::new(0).take(length).expect("memory");
            assert_eq!(buffer.as_ref().as_ptr().addr() % PAGE, BEGIN);
            assert_eq!(buffer.as_mut().len(), length);
        }
    }

    #[test]
    fn one_pass_reads_and_computes_the_checksum() {
        let mut file = tempfile::tempfile().expect("a file");
        let content: Vec<u8> = (0..700_000_u32).map(|i| (i * 31 % 251) as u8).collect();
        file.write_all(&content).expect("written");
        let pool = Pool::new(0);
        let mut buffer = pool.take(600_000).expect("memory");
        let sums = fill(&file, 50_000, buffer.as_mut(), true).expect("read");
        assert_eq!(buffer.as_ref(), &content[50_000..650_000]);
        assert_eq!(sums.crc, crc_fast::checksum(CrcAlgorithm::Crc64Nvme, buffer.as_ref()));
        assert_eq!(sums.sha256, Some(Sha256::digest(buffer.as_ref()).into()));
        let short = fill(&file, 200_000, buffer.as_mut(), false).expect_err("too little");
        assert_eq!(short.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn the_checksum_matches_the_standard() {
        assert_eq!(crc_fast::checksum(CrcAlgorithm::Crc64Nvme, b"123456789"), 0xae8b_1486_0a79_9888);
    }
}
