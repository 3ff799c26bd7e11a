//! A receipt sent beside the files it tells of: one small object more, under a name that nothing has yet.

use super::s3::S3;
use crate::model::problem::{Kind, Problem};
use crate::model::single::{Next, Tries};
use crate::receipt::Receipt;
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names that are tried where others are taken.
const NAMES: u32 = 9;

/// A receipt that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its whole key.
    pub key: String,
    /// Whether S3 confirmed it; otherwise the answer was lost, and it may be there.
    pub confirmed: bool,
}

/// Sends the receipt as a page, never over what is there already. It is not part of the delivery it tells of.
pub(super) async fn send(s3: &S3, receipt: &Receipt) -> Result<Sent, Problem> {
    let body = Bytes::from(receipt.html());
    let crc = crc_fast::checksum(CrcAlgorithm::Crc64Nvme, &body);
    let mut taken_names = 1;
    loop {
        let key = format!("{}{}", receipt.prefix, receipt.sent_name(taken_names));
        match one(s3, &key, &body, crc).await {
            Ok(confirmed) => return Ok(Sent { key, confirmed }),
            Err(problem) if problem.kind == Kind::AlreadyThere && taken_names < NAMES => taken_names += 1,
            Err(problem) => return Err(problem),
        }
    }
}

/// Sends it under this name; whether S3 confirmed it.
async fn one(s3: &S3, key: &str, body: &Bytes, crc: u64) -> Result<bool, Problem> {
    let mut tries = Tries::new(crc);
    loop {
        let taken = Arc::new(AtomicU64::new(0));
        let Err(problem) = s3.put(key, body.clone(), crc, &taken).await else { return Ok(true) };
        let all_sent = taken.load(Ordering::Relaxed) >= body.len() as u64;
        match tries.failed(problem, all_sent) {
            Next::Again(wait) => tokio::time::sleep(wait).await,
            Next::NotConfirmed => return Ok(false),
            Next::Failed(problem) => return Err(problem),
        }
    }
}
