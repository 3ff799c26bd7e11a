//! Performs one `Call` of an upload, from the file to the answer.

use super::digests::Digests;
use super::files::{Look, OpenFiles, SourceFile, longer, unreadable};
use super::key_files;
use super::pool::{self, Checksums, Pool};
use super::reads::Reads;
use super::s3::{self, CompleteRequest, S3, Span, StoredObject};
use crate::model::event::{Answer, Call, PART_HELD, Send};
use crate::model::parts::PartDone;
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::upload::{DestinationId, Fingerprint, Stored, UploadId};
use bytes::Bytes;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// The context of a call. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The S3 client of the destination; `None` while the bucket's region is not known.
    pub s3: Option<Arc<S3>>,
    pub files: Arc<OpenFiles>,
    /// The reads in progress.
    pub reads: Reads,
    pub pool: Pool,
    /// The hashers, if SHA-256 is wanted.
    pub digests: Option<Digests>,
}

impl Context {
    /// Closes the file of an upload and drops its hasher. Must be called within a runtime.
    pub fn close(&self, upload: UploadId) {
        if let Some(source) = self.files.take(upload) {
            // Closing a file may block if its drive no longer answers.
            tokio::task::spawn_blocking(move || drop(source));
        }
        if let Some(digests) = &self.digests {
            digests.forget(upload);
        }
    }
}

/// Performs `send`. `taken` shows how many bytes of the current attempt the network has taken.
///
/// # Errors
///
/// Any kind of problem with files, the network or S3.
pub async fn run(ctx: &Context, send: Send, taken: Arc<AtomicU64>) -> Result<Answer, Problem> {
    let Send { destination: place, generation: _, upload, path, key, keys, call } = send;
    match call {
        Call::Open => {
            let files = Arc::clone(&ctx.files);
            if let Some(digests) = &ctx.digests {
                digests.forget(upload);
            }
            let at = path.clone();
            ctx.reads.run(&at, 0, move || open(&files, upload, &path, keys)).await.map(Answer::Opened)
        }
        Call::Put { most } => put(ctx, s3(ctx, place)?, path, &key, (most, keys), &taken).await,
        Call::Whole { fingerprint } => whole(ctx, s3(ctx, place)?, upload, path, &key, (fingerprint, &taken)).await,
        Call::Create => {
            let created = s3(ctx, place)?.create(&key).await?;
            Ok(Answer::Created { upload_id: created.upload_id, abort_at: created.abort_at })
        }
        Call::Part { upload_id, number, offset, length } => {
            let s3 = s3(ctx, place)?;
            if length > PART_HELD {
                let signed = s3.signs_payloads().await;
                let (source, sums) = sums(ctx, upload, path.clone(), offset..offset + length, signed).await?;
                let span = Span { source: &source, bytes: offset..offset + length, sums, pool: &ctx.pool };
                match s3.upload_part_whole(&key, &upload_id, number, &span, &taken).await {
                    // A bucket that may require a signed payload gets the part from memory.
                    Err(problem) if s3::may_be_unsigned(problem.kind) => {}
                    answer => return answer.map(Answer::Part),
                }
            }
            let (bytes, crc) = read(ctx, upload, path, offset, length).await?;
            s3.upload_part(&key, &upload_id, number, bytes, crc, &taken).await.map(Answer::Part)
        }
        Call::Read { offset, length } if length > PART_HELD => {
            sums(ctx, upload, path, offset..offset + length, false).await.map(|(_, sums)| Answer::Read(sums.crc))
        }
        Call::Read { offset, length } => {
            read(ctx, upload, path, offset, length).await.map(|(_, crc)| Answer::Read(crc))
        }
        Call::Complete { upload_id, parts, part, fingerprint } => {
            let s3 = s3(ctx, place)?;
            let (fingerprint, sha256) = compare(ctx, upload, path, fingerprint, (&parts, part)).await?;
            let whole = CompleteRequest { upload_id: &upload_id, parts: &parts, part, size: fingerprint.size };
            let object = s3.complete(&key, whole).await?;
            Ok(Answer::Stored(stored(object, fingerprint.size, fingerprint, sha256)))
        }
        Call::Abort { upload_id } => s3(ctx, place)?.abort(&key, &upload_id).await.map(|()| Answer::Aborted),
    }
}

/// Opens a large file. Unless `keys` is set, refuses one that looks like a key, by its name or its beginning.
fn open(files: &OpenFiles, upload: UploadId, path: &Path, keys: bool) -> Result<Fingerprint, Problem> {
    if keys {
        return files.open(upload, path);
    }
    if key_files::is_named_so(path) {
        return Err(Problem::new(Kind::KeyFile));
    }
    let fingerprint = files.open(upload, path)?;
    let source = files.get(upload, path)?;
    let mut beginning = vec![0; length(fingerprint.size.min(key_files::LOOKED_INTO as u64))?];
    match pool::fill(&source.file, 0, &mut beginning, false) {
        // A file that has become shorter is detected when its parts are read.
        Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => {}
        read => drop(read.map_err(|why| unreadable(&why))?),
    }
    if key_files::holds_key(&beginning) { Err(Problem::new(Kind::KeyFile)) } else { Ok(fingerprint) }
}

/// Returns the S3 client if it is this destination's: one customer's credentials never sign for another.
fn s3(ctx: &Context, place: DestinationId) -> Result<&S3, Problem> {
    let s3 = ctx.s3.as_deref().ok_or_else(|| Problem::new(Kind::OtherRegion))?;
    if s3.place() == place { Ok(s3) } else { Err(Problem::new(Kind::SessionRefused)) }
}

/// Sends a large file with one PutObject.
async fn whole(
    ctx: &Context,
    s3: &S3,
    upload: UploadId,
    path: PathBuf,
    key: &str,
    (fingerprint, taken): (Fingerprint, &Arc<AtomicU64>),
) -> Result<Answer, Problem> {
    let (files, at) = (Arc::clone(&ctx.files), path.clone());
    // If only times changed, the content is compared when it is read again to be sent.
    let same = move || {
        let source = files.get(upload, &path)?;
        let now = match source.look_again(&fingerprint, &path)? {
            Look::Same => source.fingerprint,
            Look::Touched(now) => now,
        };
        source.ends()?;
        Ok((source, now))
    };
    let (source, _) = ctx.reads.run(&at, 0, same.clone()).await?;
    let bytes = 0..fingerprint.size;
    let signed = s3.signs_payloads().await;
    let sums = s3::sums(&source, bytes.clone(), &ctx.pool, signed || ctx.digests.is_some()).await?;
    let (source, now) = ctx.reads.run(&at, 0, same).await?;
    let signed = Checksums { sha256: sums.sha256.filter(|_| signed), ..sums };
    let span = Span { source: &source, bytes, sums: signed, pool: &ctx.pool };
    let object = s3.put_whole(key, &span, taken).await?;
    let sha256 = sums.sha256.filter(|_| ctx.digests.is_some());
    Ok(Answer::Stored(stored(object, fingerprint.size, now, sha256)))
}

/// How often a small file whose times keep changing is read at most, until two readings agree.
const READINGS: usize = 4;

/// The result of reading a whole file.
enum ReadWhole {
    Grown(Fingerprint),
    Read(Bytes, Checksums, Fingerprint),
}

async fn put(
    ctx: &Context,
    s3: &S3,
    path: PathBuf,
    key: &str,
    (most, keys): (u64, bool),
    taken: &Arc<AtomicU64>,
) -> Result<Answer, Problem> {
    let (pool, sha256, at) = (ctx.pool.clone(), ctx.digests.is_some(), path.clone());
    match ctx.reads.run(&at, most, move || read_unless_key(&path, (most, keys), &pool, sha256)).await? {
        ReadWhole::Grown(fingerprint) => Ok(Answer::Grown(fingerprint)),
        ReadWhole::Read(bytes, sums, fingerprint) => {
            let size = bytes.len() as u64;
            let object = s3.put(key, bytes, sums.crc, taken).await?;
            Ok(Answer::Stored(stored(object, size, fingerprint, sums.sha256)))
        }
    }
}

/// Reads a whole file of at most `most` bytes. Unless `keys` is set, refuses one that looks like a key; its content is
/// checked here, where its bytes are in memory anyway.
fn read_unless_key(path: &Path, (most, keys): (u64, bool), pool: &Pool, sha256: bool) -> Result<ReadWhole, Problem> {
    if !keys && key_files::is_named_so(path) {
        return Err(Problem::new(Kind::KeyFile));
    }
    let read = read_whole(path, most, pool, sha256)?;
    match &read {
        ReadWhole::Read(bytes, ..) if !keys && key_files::holds_key(bytes) => Err(Problem::new(Kind::KeyFile)),
        ReadWhole::Read(..) | ReadWhole::Grown(_) => Ok(read),
    }
}

fn read_whole(path: &Path, most: u64, pool: &Pool, sha256: bool) -> Result<ReadWhole, Problem> {
    let source = SourceFile::open(path)?;
    let fingerprint = source.fingerprint;
    if fingerprint.size > most {
        return Ok(ReadWhole::Grown(fingerprint));
    }
    let mut buffer = pool.take(length(fingerprint.size)?).map_err(|why| unreadable(&why))?;
    let mut before = None;
    for _ in 0..READINGS {
        let sums = match pool::fill(&source.file, 0, buffer.as_mut(), sha256) {
            Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => {
                source.look()?;
                return read_of_unknown_size(&source, most, sha256);
            }
            read => read.map_err(|why| unreadable(&why))?,
        };
        let ends = pool::ends_at(&source.file, fingerprint.size).map_err(|why| unreadable(&why))?;
        let now = match source.look()? {
            _ if !ends => return read_of_unknown_size(&source, most, sha256),
            Look::Same => fingerprint,
            // Two consecutive readings that agree are of the same content.
            Look::Touched(now) if before == Some(sums.crc) => now,
            Look::Touched(_) => {
                before = Some(sums.crc);
                continue;
            }
        };
        return Ok(ReadWhole::Read(buffer.share(), sums, now));
    }
    Err(Problem::new(Kind::SourceChanged))
}

/// Reads a file that does not end where the system says, as on file systems that don't know sizes; reading shows where
/// it ends.
fn read_of_unknown_size(source: &SourceFile, most: u64, sha256: bool) -> Result<ReadWhole, Problem> {
    let read = pool::read_all(&source.file, most, sha256).map_err(|why| unreadable(&why))?;
    let (bytes, sums) = read.ok_or_else(longer)?;
    source.look()?;
    Ok(ReadWhole::Read(bytes, sums, source.fingerprint))
}

/// Reads a span of an upload's file, and computes its CRC64NVME.
async fn read(ctx: &Context, upload: UploadId, path: PathBuf, offset: u64, span: u64) -> Result<(Bytes, u64), Problem> {
    let (reads, at, ctx) = (&ctx.reads, path.clone(), ctx.clone());
    let reading = move || {
        let source = ctx.files.get(upload, &path)?;
        let mut buffer = ctx.pool.take(length(span)?).map_err(|why| unreadable(&why))?;
        let sums = pool::fill(&source.file, offset, buffer.as_mut(), false).map_err(|why| unreadable(&why))?;
        source.look()?;
        let bytes = buffer.share();
        if let Some(digests) = &ctx.digests {
            digests.feed(upload, offset, bytes.clone());
        }
        Ok((bytes, sums.crc))
    };
    reads.run(&at, span, reading).await
}

/// Computes the checksums of a span that is too large for memory, block by block.
async fn sums(
    ctx: &Context,
    upload: UploadId,
    path: PathBuf,
    span: Range<u64>,
    sha256: bool,
) -> Result<(Arc<SourceFile>, Checksums), Problem> {
    let (files, at) = (Arc::clone(&ctx.files), path.clone());
    let opening = move || {
        let source = files.get(upload, &path)?;
        source.look()?;
        Ok(source)
    };
    let source = ctx.reads.run(&at, 0, opening.clone()).await?;
    let sums = s3::sums(&source, span, &ctx.pool, sha256).await?;
    let source = ctx.reads.run(&at, 0, opening).await?;
    Ok((source, sums))
}

/// Checks that the file is still what its parts were read from, and finishes its SHA-256. Returns the current
/// fingerprint.
async fn compare(
    ctx: &Context,
    upload: UploadId,
    path: PathBuf,
    then: Fingerprint,
    (parts, part): (&[PartDone], u64),
) -> Result<(Fingerprint, Option<[u8; 32]>), Problem> {
    let (reads, at, inner) = (&ctx.reads, path.clone(), ctx.clone());
    let look = move |ctx: &Context| {
        let source = ctx.files.get(upload, &path)?;
        let look = source.look_again(&then, &path)?;
        source.ends()?;
        Ok((source, look))
    };
    let again = look.clone();
    let comparing = move || {
        let (source, mut seen) = look(&inner)?;
        let Some(digests) = &inner.digests else { return Ok((source, seen, None)) };
        let sha256 = digests.finish(upload, &source.file, then.size, &inner.pool).map_err(|why| unreadable(&why))?;
        if seen == Look::Same {
            (_, seen) = look(&inner)?;
        }
        Ok((source, seen, Some(sha256)))
    };
    let (source, seen, sha256) = reads.run(&at, then.size, comparing).await?;
    if seen == Look::Same {
        return Ok((source.fingerprint, sha256));
    }
    // Only times changed. Every part was read before the first of them is read again, so if all are unchanged, the file
    // had exactly this content at the moment between the two readings.
    let mut offset = 0;
    for done in parts {
        let length = part.min(then.size - offset);
        if s3::sums(&source, offset..offset + length, &ctx.pool, false).await?.crc != done.crc {
            return Err(Problem::new(Kind::SourceChanged));
        }
        offset += length;
    }
    let inner = ctx.clone();
    let now = match reads.run(&at, 0, move || again(&inner)).await? {
        (source, Look::Same) => source.fingerprint,
        (_, Look::Touched(now)) => now,
    };
    Ok((now, sha256))
}

fn stored(object: StoredObject, size: u64, fingerprint: Fingerprint, sha256: Option<[u8; 32]>) -> Stored {
    let StoredObject { crc, proof, etag, version_id, request_id, at } = object;
    Stored { size, crc, proof, etag, version_id, request_id, at, sha256, fingerprint }
}

/// Converts a length to one in memory; on a 32-bit computer it may not fit.
fn length(bytes: u64) -> Result<usize, Problem> {
    usize::try_from(bytes).map_err(|why| {
        let detail = Detail { call: "read".into(), message: why.to_string().into(), ..Detail::default() };
        Problem::with(Kind::SourceUnreadable, detail)
    })
}
