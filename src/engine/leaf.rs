//! Does one `Call` of an upload, from the file to the answer.

use super::digests::Digests;
use super::files::{OpenFiles, Source, unreadable};
use super::pool::{self, Pool, Sums};
use super::reads::Reads;
use super::s3::{self, Object, S3, Span, Whole};
use crate::model::event::{Answer, Call, PART_HELD, Send};
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::upload::{Fingerprint, PlaceNo, Stored, UploadNo};
use bytes::Bytes;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Waits until the journal has taken down everything that was recorded before.
pub type Flush =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), Problem>> + std::marker::Send>> + std::marker::Send + Sync>;

/// What a call is done with. A copy is cheap.
#[derive(Clone)]
pub struct Context {
    /// S3 for the destination; none while the bucket's region is not known.
    pub s3: Option<Arc<S3>>,
    /// The open files.
    pub files: Arc<OpenFiles>,
    /// The reads that are under way.
    pub reads: Reads,
    /// The buffers.
    pub pool: Pool,
    /// The hashers, where SHA-256 is wanted.
    pub digests: Option<Digests>,
    /// The journal's flush.
    pub flush: Flush,
}

impl Context {
    /// Closes the file of an upload, and drops what was hashed of it.
    pub fn close(&self, upload: UploadNo) {
        self.files.close(upload);
        if let Some(digests) = &self.digests {
            digests.forget(upload);
        }
    }
}

/// Does what `send` says. `taken` shows the bytes that the network has taken of the attempt that is out.
///
/// # Errors
/// Everything in `Kind` that speaks of files, the network or S3.
pub async fn run(ctx: &Context, send: Send, taken: Arc<AtomicU64>) -> Result<Answer, Problem> {
    let Send { place, generation: _, upload, path, key, call } = send;
    match call {
        Call::Open => {
            let files = Arc::clone(&ctx.files);
            if let Some(digests) = &ctx.digests {
                digests.forget(upload);
            }
            let at = path.clone();
            ctx.reads.run(&at, 0, move || files.open(upload, &path)).await.map(Answer::Opened)
        }
        Call::Put { most } => put(ctx, s3(ctx, place)?, path, &key, most, &taken).await,
        Call::Whole { fingerprint } => whole(ctx, s3(ctx, place)?, upload, path, &key, (fingerprint, &taken)).await,
        Call::Create => {
            let created = s3(ctx, place)?.create(&key).await?;
            Ok(Answer::Created { upload_id: created.upload_id, abort_at: created.abort_at })
        }
        Call::Part { upload_id, number, offset, length } => {
            let s3 = s3(ctx, place)?;
            if length > PART_HELD {
                let (source, crc) = sums(ctx, upload, path.clone(), offset, length).await?;
                let span = Span { source: &source, bytes: offset..offset + length, crc, pool: &ctx.pool };
                match s3.upload_part_whole(&key, &upload_id, number, &span, &taken).await {
                    // A bucket that may want the payload signed gets it from memory.
                    Err(problem) if s3::may_be_unsigned(problem.kind) => {}
                    answer => return answer.map(Answer::Part),
                }
            }
            let (bytes, crc) = read(ctx, upload, path, offset, length).await?;
            s3.upload_part(&key, &upload_id, number, bytes, crc, &taken).await.map(Answer::Part)
        }
        Call::Read { offset, length } if length > PART_HELD => {
            sums(ctx, upload, path, offset, length).await.map(|(_, crc)| Answer::Read(crc))
        }
        Call::Read { offset, length } => {
            read(ctx, upload, path, offset, length).await.map(|(_, crc)| Answer::Read(crc))
        }
        Call::Complete { upload_id, parts, part, fingerprint } => {
            let s3 = s3(ctx, place)?;
            let sha256 = compare(ctx, upload, path, fingerprint).await?;
            (ctx.flush)().await?;
            let whole = Whole { upload_id: &upload_id, parts: &parts, part, size: fingerprint.size };
            let object = s3.complete(&key, whole).await?;
            Ok(Answer::Stored(stored(object, fingerprint, sha256)))
        }
        Call::Abort { upload_id } => s3(ctx, place)?.abort(&key, &upload_id).await.map(|()| Answer::Aborted),
    }
}

/// S3 for this destination, and for no other: what one customer lent never signs for another.
fn s3(ctx: &Context, place: PlaceNo) -> Result<&S3, Problem> {
    let s3 = ctx.s3.as_deref().ok_or_else(|| Problem::new(Kind::OtherRegion))?;
    if s3.place() == place { Ok(s3) } else { Err(Problem::new(Kind::SessionRefused)) }
}

/// Sends a large file by one PutObject, once the journal has taken down that this is how it goes.
async fn whole(
    ctx: &Context,
    s3: &S3,
    upload: UploadNo,
    path: PathBuf,
    key: &str,
    (fingerprint, taken): (Fingerprint, &Arc<AtomicU64>),
) -> Result<Answer, Problem> {
    let (files, at) = (Arc::clone(&ctx.files), path.clone());
    let same = move || {
        let source = files.get(upload, &path)?;
        source.is(&fingerprint, &path)?;
        Ok(source)
    };
    let source = ctx.reads.run(&at, 0, same.clone()).await?;
    let bytes = 0..fingerprint.size;
    let sums = s3::sums(&source, bytes.clone(), &ctx.pool, ctx.digests.is_some()).await?;
    let source = ctx.reads.run(&at, 0, same).await?;
    (ctx.flush)().await?;
    let span = Span { source: &source, bytes, crc: sums.crc, pool: &ctx.pool };
    let object = s3.put_whole(key, &span, taken).await?;
    Ok(Answer::Stored(stored(object, fingerprint, sums.sha256)))
}

/// What one reading of a whole file gives.
enum ReadWhole {
    Grown(Fingerprint),
    Read(Bytes, Sums, Fingerprint),
}

async fn put(
    ctx: &Context,
    s3: &S3,
    path: PathBuf,
    key: &str,
    most: u64,
    taken: &Arc<AtomicU64>,
) -> Result<Answer, Problem> {
    let (pool, sha256, at) = (ctx.pool.clone(), ctx.digests.is_some(), path.clone());
    match ctx.reads.run(&at, most, move || read_whole(&path, most, &pool, sha256)).await? {
        ReadWhole::Grown(fingerprint) => Ok(Answer::Grown(fingerprint)),
        ReadWhole::Read(bytes, sums, fingerprint) => {
            let object = s3.put(key, bytes, sums.crc, taken).await?;
            Ok(Answer::Stored(stored(object, fingerprint, sums.sha256)))
        }
    }
}

fn read_whole(path: &Path, most: u64, pool: &Pool, sha256: bool) -> Result<ReadWhole, Problem> {
    let source = Source::open(path)?;
    let fingerprint = source.fingerprint;
    if fingerprint.size > most {
        return Ok(ReadWhole::Grown(fingerprint));
    }
    let mut buffer = pool.take(length(fingerprint.size)?).map_err(|why| unreadable(&why))?;
    let sums = pool::fill(&source.file, 0, buffer.as_mut(), sha256).map_err(|why| unreadable(&why))?;
    source.unchanged()?;
    Ok(ReadWhole::Read(buffer.share(), sums, fingerprint))
}

/// Reads a span of an upload's file, and what its CRC64NVME is.
async fn read(ctx: &Context, upload: UploadNo, path: PathBuf, offset: u64, span: u64) -> Result<(Bytes, u64), Problem> {
    let (reads, at, ctx) = (&ctx.reads, path.clone(), ctx.clone());
    let reading = move || {
        let source = ctx.files.get(upload, &path)?;
        let mut buffer = ctx.pool.take(length(span)?).map_err(|why| unreadable(&why))?;
        let sums = pool::fill(&source.file, offset, buffer.as_mut(), false).map_err(|why| unreadable(&why))?;
        source.unchanged()?;
        let bytes = buffer.share();
        if let Some(digests) = &ctx.digests {
            digests.feed(upload, offset, bytes.clone());
        }
        Ok((bytes, sums.crc))
    };
    reads.run(&at, span, reading).await
}

/// The CRC64NVME of a span too large to be held, read block by block.
async fn sums(
    ctx: &Context,
    upload: UploadNo,
    path: PathBuf,
    offset: u64,
    span: u64,
) -> Result<(Arc<Source>, u64), Problem> {
    let (files, at) = (Arc::clone(&ctx.files), path.clone());
    let opening = move || {
        let source = files.get(upload, &path)?;
        source.unchanged()?;
        Ok(source)
    };
    let source = ctx.reads.run(&at, 0, opening.clone()).await?;
    let sums = s3::sums(&source, offset..offset + span, &ctx.pool, false).await?;
    let source = ctx.reads.run(&at, 0, opening).await?;
    Ok((source, sums.crc))
}

/// Sees to it that the file still is what its parts were read from, and finishes its SHA-256.
async fn compare(
    ctx: &Context,
    upload: UploadNo,
    path: PathBuf,
    then: Fingerprint,
) -> Result<Option<[u8; 32]>, Problem> {
    let (reads, at, ctx) = (&ctx.reads, path.clone(), ctx.clone());
    let comparing = move || {
        let source = ctx.files.get(upload, &path)?;
        source.is(&then, &path)?;
        let Some(digests) = &ctx.digests else { return Ok(None) };
        let sha256 = digests.finish(upload, &source.file, then.size, &ctx.pool).map_err(|why| unreadable(&why))?;
        source.is(&then, &path)?;
        Ok(Some(sha256))
    };
    reads.run(&at, then.size, comparing).await
}

fn stored(object: Object, fingerprint: Fingerprint, sha256: Option<[u8; 32]>) -> Stored {
    let Object { crc, proof, etag, version_id, request_id, at } = object;
    Stored { size: fingerprint.size, crc, proof, etag, version_id, request_id, at, sha256, fingerprint }
}

/// A length in memory; a computer of 32 bits has no room for what doesn't fit.
fn length(bytes: u64) -> Result<usize, Problem> {
    usize::try_from(bytes).map_err(|why| {
        let detail = Detail { call: "read".into(), message: why.to_string().into(), ..Detail::default() };
        Problem::with(Kind::SourceUnreadable, detail)
    })
}
