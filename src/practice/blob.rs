//! Stores bodies: in memory up to a limit, beyond it in one unnamed temporary file that is deleted when practice ends.

use super::lock;
use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Bodies are buffered to this many bytes before they are stored.
const GATHER: usize = 1024 * 1024;

/// Stores the bytes of all bodies.
pub(super) struct Shelf {
    cap: u64,
    discard: bool,
    in_memory: AtomicU64,
    file: Mutex<Option<(File, u64)>>,
}

/// A stored range of a body's bytes.
#[derive(Clone)]
enum Segment {
    Memory(Arc<BlobContents>),
    File { shelf: Arc<Shelf>, at: u64, length: usize },
    Discarded { length: usize },
}

struct BlobContents {
    bytes: Bytes,
    shelf: Arc<Shelf>,
}

impl Drop for BlobContents {
    fn drop(&mut self) {
        self.shelf.in_memory.fetch_sub(self.bytes.len() as u64, Ordering::Relaxed);
    }
}

/// A body, or several concatenated. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Blob {
    segments: Vec<Segment>,
    pub(super) size: u64,
}

impl Shelf {
    pub(super) fn new(cap: u64, discard: bool) -> Self {
        Self { cap, discard, in_memory: AtomicU64::new(0), file: Mutex::new(None) }
    }

    fn lay_down(self: &Arc<Self>, bytes: Vec<u8>) -> io::Result<Segment> {
        let length = bytes.len();
        if self.discard {
            return Ok(Segment::Discarded { length });
        }
        let before = self.in_memory.fetch_add(length as u64, Ordering::Relaxed);
        if before + length as u64 <= self.cap {
            return Ok(Segment::Memory(Arc::new(BlobContents { bytes: bytes.into(), shelf: Arc::clone(self) })));
        }
        self.in_memory.fetch_sub(length as u64, Ordering::Relaxed);
        let mut slot = lock(&self.file);
        let (file, end) = match &mut *slot {
            Some(open) => open,
            None => slot.insert((tempfile::tempfile()?, 0)),
        };
        let at = *end;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&bytes)?;
        *end += length as u64;
        Ok(Segment::File { shelf: Arc::clone(self), at, length })
    }

    fn read(&self, at: u64, length: usize) -> io::Result<Bytes> {
        let mut slot = lock(&self.file);
        let (file, _end) = slot.as_mut().ok_or_else(|| io::Error::other("nothing was written yet"))?;
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Segment {
    fn read(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory(held) => Ok(held.bytes.clone()),
            Self::File { shelf, at, length } => shelf.read(*at, *length),
            Self::Discarded { length: 0 } => Ok(Bytes::new()),
            Self::Discarded { .. } => Err(io::Error::other("the practice was told to keep no bodies")),
        }
    }
}

impl Blob {
    /// Appends the bytes of `other`.
    pub(super) fn append(&mut self, other: &Self) {
        self.segments.extend_from_slice(&other.segments);
        self.size += other.size;
    }

    /// Returns the body in pieces of about one mebibyte, in order, each read when it is needed.
    pub(super) fn pieces(&self) -> impl Iterator<Item = io::Result<Bytes>> + Send + use<> {
        self.segments.clone().into_iter().map(|segment| segment.read())
    }
}

/// Receives one body: stores its bytes and computes its CRC64NVME.
pub(super) struct Intake {
    shelf: Arc<Shelf>,
    gathered: Vec<u8>,
    blob: Blob,
    crc: Digest,
}

impl Intake {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        let crc = Digest::new(CrcAlgorithm::Crc64Nvme);
        Self { shelf: Arc::clone(shelf), gathered: Vec::new(), blob: Blob::default(), crc }
    }

    pub(super) async fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.crc.update(bytes);
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHER { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> io::Result<()> {
        let (bytes, shelf) = (std::mem::take(&mut self.gathered), Arc::clone(&self.shelf));
        self.blob.size += bytes.len() as u64;
        let segment = tokio::task::spawn_blocking(move || shelf.lay_down(bytes)).await.map_err(io::Error::other)??;
        self.blob.segments.push(segment);
        Ok(())
    }

    /// Returns the whole body and its CRC64NVME.
    pub(super) async fn finish(mut self) -> io::Result<(Blob, u64)> {
        if !self.gathered.is_empty() {
            self.flush().await?;
        }
        Ok((self.blob, self.crc.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_beyond_the_memory_limit_are_read_from_the_file() {
        let shelf = Arc::new(Shelf::new(3_000_000, false));
        let mut whole = Blob::default();
        let mut source = Vec::new();
        for part in 0..3_u8 {
            let mut intake = Intake::new(&shelf);
            let bytes: Vec<u8> = (0..=250_u8).cycle().take(2_500_000).map(|i| i.wrapping_add(part)).collect();
            for run in bytes.chunks(70_000) {
                intake.push(run).await.expect("laid down");
            }
            let (blob, crc) = intake.finish().await.expect("finished");
            assert_eq!(crc, crc_fast::checksum(CrcAlgorithm::Crc64Nvme, &bytes));
            whole.append(&blob);
            source.extend_from_slice(&bytes);
        }
        let back: Vec<u8> = whole.pieces().map(|piece| piece.expect("read")).flat_map(|piece| piece.to_vec()).collect();
        assert_eq!(whole.size, source.len() as u64);
        assert!(back == source, "the bytes differ");
        assert!(lock(&shelf.file).is_some(), "nothing went to the file");
        drop(whole);
        assert_eq!(shelf.in_memory.load(Ordering::Relaxed), 0);
    }
}
