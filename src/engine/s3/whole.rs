//! Sends a large file with one PutObject, or a large part: reads it from the disk block by block, once for its checksum
//! and once while sending.

use super::signing::PayloadHash;
use super::{Kind, Operation, PartDone, Problem, S3, StoredObject};
use crate::engine::crc::Shift;
use crate::engine::files::{SourceFile, unreadable};
use crate::engine::pool::{self, Checksums, Pool};
use crate::engine::reads;
use crate::engine::response_recorder::ResponseRecorder;
use crate::engine::timeouts::Metered;
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use sha2::{Digest as _, Sha256};
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::task::JoinHandle;

/// How much is read at a time, in bytes. One block is being sent while the next is read: well within `WHOLE_HELD`.
const BLOCK: u64 = 1 << 20;

/// A block of the file and its CRC64NVME.
type Block = (Bytes, u64);

fn read(source: &SourceFile, at: u64, end: u64, pool: &Pool) -> io::Result<Block> {
    let length = BLOCK.min(end.saturating_sub(at));
    let mut buffer = pool.take(usize::try_from(length).map_err(io::Error::other)?)?;
    let sums = pool::fill(&source.file, at, buffer.as_mut(), false)?;
    Ok((buffer.share(), sums.crc))
}

fn joined(crc: u64, (bytes, next): &Block) -> u64 {
    Shift::by(bytes.len() as u64).apply(crc) ^ next
}

/// Computes the checksums of a span of an open file.
///
/// # Errors
///
/// As for [`unreadable`]; `SourceSilent` if the drive does not answer; `SourceChanged` if the file has become shorter.
pub async fn sums(source: &Arc<SourceFile>, span: Range<u64>, pool: &Pool, sha256: bool) -> Result<Checksums, Problem> {
    let (mut at, mut crc, end) = (span.start, 0, span.end);
    let mut sha = sha256.then(Sha256::new);
    while at < end {
        let (source, pool, mut hasher) = (Arc::clone(source), pool.clone(), sha.take());
        let reading = tokio::task::spawn_blocking(move || {
            let block = read(&source, at, end, &pool)?;
            if let Some(sha) = &mut hasher {
                sha.update(&block.0);
            }
            Ok::<_, io::Error>((block, hasher))
        });
        let read = tokio::time::timeout(reads::PATIENCE, reading).await.map_err(|_late| reads::silent())?;
        let (block, hasher) = answered(read)?;
        sha = hasher;
        at += block.0.len() as u64;
        crc = joined(crc, &block);
    }
    Ok(Checksums { crc, sha256: sha.map(|sha| sha.finalize().into()) })
}

fn answered<T>(read: Result<io::Result<T>, tokio::task::JoinError>) -> Result<T, Problem> {
    match read {
        Ok(read) => read.map_err(|why| unreadable(&why)),
        Err(ended) => Err(unreadable(&io::Error::other(ended.to_string()))),
    }
}

/// A span of the file as a request body. Holds its last block back unless the whole span has the announced checksum.
struct FileBody {
    source: Arc<SourceFile>,
    pool: Pool,
    tap: ResponseRecorder,
    expected: u64,
    crc: u64,
    /// The offset of the next block.
    at: u64,
    /// The end of the span.
    end: u64,
    /// How many bytes have not been sent yet.
    left: u64,
    reading: Option<JoinHandle<io::Result<Block>>>,
    current: Option<Metered>,
    /// Whether it waits for the drive.
    waits: Arc<AtomicBool>,
    /// The problem with reading, for the caller that waits for the answer.
    met: Arc<Mutex<Option<Problem>>>,
}

impl FileBody {
    fn read_on(&mut self) {
        if self.reading.is_none() && self.at < self.end {
            let (source, pool, at, end) = (Arc::clone(&self.source), self.pool.clone(), self.at, self.end);
            self.reading = Some(tokio::task::spawn_blocking(move || read(&source, at, end, &pool)));
        }
    }

    fn took(&mut self, read: Result<Block, Problem>) -> Result<(), Problem> {
        let block = read?;
        self.crc = joined(self.crc, &block);
        self.at += block.0.len() as u64;
        if self.at == self.end && self.crc != self.expected {
            return Err(Problem::new(Kind::SourceChanged));
        }
        self.current = Some(self.tap.metered(block.0));
        self.read_on();
        Ok(())
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        loop {
            if let Some(current) = &mut this.current {
                match ready!(Pin::new(current).poll_frame(cx)) {
                    Some(Ok(frame)) => {
                        this.left -= frame.data_ref().map_or(0, |data| data.len() as u64);
                        return Poll::Ready(Some(Ok(frame)));
                    }
                    Some(Err(never)) => match never {},
                    None => this.current = None,
                }
            }
            if this.left == 0 {
                return Poll::Ready(None);
            }
            this.read_on();
            let Some(reading) = &mut this.reading else { return Poll::Ready(None) };
            let read = Pin::new(reading).poll(cx);
            this.waits.store(read.is_pending(), Ordering::Relaxed);
            let read = answered(ready!(read));
            this.reading = None;
            if let Err(problem) = this.took(read) {
                *this.met.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
                return Poll::Ready(Some(Err(io::Error::other("the file could not be read as it was"))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The source of a request's bytes: a span of a file, and its checksums when it was read before.
#[derive(Clone, Debug)]
pub struct Span<'a> {
    pub source: &'a Arc<SourceFile>,
    /// The range of offsets.
    pub bytes: Range<u64>,
    /// Its CRC64NVME, and its SHA-256 if the payload must be signed.
    pub sums: Checksums,
    pub pool: &'a Pool,
}

impl Span<'_> {
    fn length(&self) -> u64 {
        self.bytes.end - self.bytes.start
    }
}

/// What a body reports to the caller that waits for the answer.
#[derive(Clone, Default)]
struct BodyReport {
    waits: Arc<AtomicBool>,
    met: Arc<Mutex<Option<Problem>>>,
}

impl BodyReport {
    fn body(&self, span: &Span<'_>, tap: &ResponseRecorder) -> ByteStream {
        ByteStream::new(SdkBody::from_body_1_x(FileBody {
            source: Arc::clone(span.source),
            pool: span.pool.clone(),
            tap: tap.clone(),
            expected: span.sums.crc,
            crc: 0,
            at: span.bytes.start,
            end: span.bytes.end,
            left: span.length(),
            reading: None,
            current: None,
            waits: Arc::clone(&self.waits),
            met: Arc::clone(&self.met),
        }))
    }

    /// Replaces the answer by the body's own problem, if it had one.
    fn judged<T>(&self, answer: Result<T, Problem>) -> Result<T, Problem> {
        if let Some(problem) = self.met.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(problem);
        }
        match answer {
            // There was no progress because the drive gave nothing to send.
            Err(problem) if problem.kind == Kind::NoAnswer && self.waits.load(Ordering::Relaxed) => {
                Err(reads::silent())
            }
            answer => answer,
        }
    }
}

impl S3 {
    /// Stores a whole file of any size that PutObject accepts, directly from the disk; never overwrites an object. If
    /// the span has no SHA-256, the signature doesn't cover the payload's hash: TLS and the checksum protect it.
    ///
    /// # Errors
    ///
    /// As for [`put`](Self::put); `SourceChanged` if the file no longer has that checksum, before S3 has all of it.
    pub async fn put_whole(&self, key: &str, span: &Span<'_>, taken: &Arc<AtomicU64>) -> Result<StoredObject, Problem> {
        let told = BodyReport::default();
        let sending = self.settled(Operation::PutObject, span.length(), taken, |tap| {
            let body = told.body(span, &tap);
            let call = self.put_object(key, span.length(), span.sums.crc, body).customize().interceptor(tap);
            match span.sums.sha256 {
                Some(sha256) => call.interceptor(PayloadHash::new(sha256)),
                None => call,
            }
            .send()
        });
        let (answer, heard) = told.judged(sending.await)?;
        self.put_answered(span.sums.crc, &answer, &heard)
    }

    /// Sends one part directly from the disk. If the span has no SHA-256, the signature doesn't cover the payload's
    /// hash.
    ///
    /// # Errors
    ///
    /// As for [`upload_part`](Self::upload_part); `SourceChanged` if the file no longer has that checksum.
    pub async fn upload_part_whole(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        span: &Span<'_>,
        taken: &Arc<AtomicU64>,
    ) -> Result<PartDone, Problem> {
        let told = BodyReport::default();
        let sending = self.settled(Operation::UploadPart, span.length(), taken, |tap| {
            let body = told.body(span, &tap);
            let call = self.part(key, upload_id, number, span.length(), span.sums.crc, body);
            let call = call.customize().interceptor(tap);
            match span.sums.sha256 {
                Some(sha256) => call.interceptor(PayloadHash::new(sha256)),
                None => call,
            }
            .send()
        });
        let (answer, heard) = told.judged(sending.await)?;
        self.part_answered(span.sums.crc, &answer, &heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::clock::Clock;
    use crate::engine::rate_limiter::RateLimiter;
    use crate::engine::timeouts::Meter;
    use http_body_util::BodyExt as _;
    use std::io::Write as _;

    fn file(length: usize) -> (tempfile::NamedTempFile, Vec<u8>, Arc<SourceFile>) {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let content: Vec<u8> = (0..length).map(|i| u8::try_from(i * 31 % 251).unwrap_or(0)).collect();
        file.write_all(&content).expect("written");
        let source = Arc::new(SourceFile::open(file.path()).expect("opens"));
        (file, content, source)
    }

    fn body(source: &Arc<SourceFile>, expected: u64) -> FileBody {
        let meter = Meter::new(source.fingerprint.size, Arc::default());
        FileBody {
            source: Arc::clone(source),
            pool: Pool::new(0),
            tap: ResponseRecorder::new(meter, RateLimiter::default(), Clock::start()),
            expected,
            crc: 0,
            at: 0,
            end: source.fingerprint.size,
            left: source.fingerprint.size,
            reading: None,
            current: None,
            waits: Arc::default(),
            met: Arc::default(),
        }
    }

    #[tokio::test]
    async fn a_file_is_hashed_and_sent_block_by_block() {
        for length in [0, 1, 1 << 20, (1 << 20) + 1, 3_500_000] {
            let (_kept, content, source) = file(length);
            let sums = sums(&source, 0..source.fingerprint.size, &Pool::new(0), true).await.expect("read");
            assert_eq!(sums.crc, crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, &content), "{length}");
            assert_eq!(sums.sha256, Some(Sha256::digest(&content).into()), "{length}");
            let sent = body(&source, sums.crc).collect().await.expect("read").to_bytes();
            assert!(sent == content, "{length}");
        }
    }

    #[tokio::test]
    async fn a_changed_file_is_never_sent_completely() {
        let (kept, _content, source) = file(3_500_000);
        let crc = sums(&source, 0..source.fingerprint.size, &Pool::new(0), false).await.expect("read").crc;
        let mut body = body(&source, crc);
        let met = Arc::clone(&body.met);
        let mut left = source.fingerprint.size;
        left -= body.frame().await.expect("a frame").expect("read").into_data().expect("data").len() as u64;
        let mut other = std::fs::OpenOptions::new().write(true).open(kept.path()).expect("opens");
        io::Seek::seek(&mut other, io::SeekFrom::Start(3_400_000)).expect("there");
        other.write_all(b"other").expect("written");
        while let Some(Ok(frame)) = body.frame().await {
            left -= frame.into_data().expect("data").len() as u64;
        }
        assert!(left > 0, "the end was sent");
        let met = met.lock().expect("a lock").take().expect("a problem");
        assert_eq!(met.kind, Kind::SourceChanged);
    }
}
