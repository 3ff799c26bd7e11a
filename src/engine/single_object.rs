//! Puts one small object outside the queue, under the first free key of a list.

use super::s3::S3;
use crate::model::problem::{Kind, Problem};
use crate::model::single::{NextStep, Tries};
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An object that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentObject {
    /// Its whole key.
    pub key: String,
    /// Whether S3 confirmed it; if not, the answer was lost, and the object may be stored.
    pub confirmed: bool,
}

/// Puts `body` under the first of `keys` that is free; never overwrites an object.
///
/// # Errors
///
/// `AlreadyThere` if no key is free; otherwise the problem with S3's answer.
pub(super) async fn put_under_free_key(s3: &S3, keys: Vec<String>, body: Bytes) -> Result<SentObject, Problem> {
    let crc = crc_fast::checksum(CrcAlgorithm::Crc64Nvme, &body);
    for key in keys {
        match put(s3, &key, &body, crc).await {
            Ok(confirmed) => return Ok(SentObject { key, confirmed }),
            Err(problem) if problem.kind == Kind::AlreadyThere => {}
            Err(problem) => return Err(problem),
        }
    }
    Err(Problem::new(Kind::AlreadyThere))
}

/// Puts the object under this key and retries as the queue does. Returns whether S3 confirmed it.
async fn put(s3: &S3, key: &str, body: &Bytes, crc: u64) -> Result<bool, Problem> {
    let mut tries = Tries::new(crc);
    loop {
        let taken = Arc::new(AtomicU64::new(0));
        let Err(problem) = s3.put(key, body.clone(), crc, &taken).await else { return Ok(true) };
        let all_sent = taken.load(Ordering::Relaxed) >= body.len() as u64;
        match tries.failed(problem, all_sent) {
            NextStep::Again(wait) => s3.clock().sleep(wait).await,
            NextStep::NotConfirmed => return Ok(false),
            NextStep::Failed(problem) => return Err(problem),
        }
    }
}
