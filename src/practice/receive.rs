//! Receives bodies and checks them against their checksums.

use super::access::refuse;
use super::blob::{Blob, Intake, Shelf};
use super::store::crc_text;
use bytes::Bytes;
use http::HeaderMap;
use http_body_util::BodyExt;
use s3s::checksum::ChecksumHasher;
use s3s::dto::StreamingBlob;
use s3s::{Body, S3Error, S3ErrorCode, S3Result, TrailingHeaders};
use std::sync::Arc;

const ALGORITHMS: [&str; 5] = ["crc64nvme", "crc32", "crc32c", "sha1", "sha256"];

/// A received and checked body.
pub(super) struct Taken {
    pub(super) blob: Blob,
    pub(super) crc: u64,
    /// The checksum that the client sent in addition to or instead of CRC64NVME.
    pub(super) other: Option<(&'static str, String)>,
}

/// Receives a body and compares it with every checksum in its headers or trailers.
///
/// `flip` flips one bit of it first.
pub(super) async fn receive(
    shelf: &Arc<Shelf>,
    body: Option<StreamingBlob>,
    headers: &HeaderMap,
    trailers: Option<&TrailingHeaders>,
    flip: bool,
) -> S3Result<Taken> {
    let announced = headers.get("x-amz-trailer").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let announced: Vec<&str> = announced.split(',').map(str::trim).collect();
    let is_announced = |name: &str| announced.contains(&header(name).as_str());
    let wants = |name: &str| headers.contains_key(header(name)) || is_announced(name);
    let mut sums = ChecksumHasher {
        crc32: wants("crc32").then(Default::default),
        crc32c: wants("crc32c").then(Default::default),
        sha1: wants("sha1").then(s3s::crypto::Checksum::new),
        sha256: wants("sha256").then(s3s::crypto::Checksum::new),
        crc64nvme: None,
    };
    let mut intake = Intake::new(shelf);
    let mut flip = flip;
    let mut body = body.map_or_else(Body::empty, Body::from);
    while let Some(frame) = body.frame().await {
        let Ok(mut bytes) = frame.map_err(|error| broken_body(&error.to_string()))?.into_data() else { continue };
        if flip && !bytes.is_empty() {
            bytes = turn_bit(&bytes);
            flip = false;
        }
        sums.update(&bytes);
        intake.push(&bytes).await.map_err(S3Error::internal_error)?;
    }
    let (blob, crc) = intake.finish().await.map_err(S3Error::internal_error)?;
    let sums = sums.finalize();
    let trailers = trailers.and_then(TrailingHeaders::take).unwrap_or_default();
    let mut other = None;
    for name in ALGORITHMS {
        let told = headers.get(header(name)).or_else(|| trailers.get(header(name)));
        let Some(told) = told.and_then(|value| value.to_str().ok()) else {
            if is_announced(name) {
                return Err(refuse(S3ErrorCode::InvalidRequest, "The announced trailer did not come."));
            }
            continue;
        };
        let found = match name {
            "crc32" => sums.checksum_crc32.clone(),
            "crc32c" => sums.checksum_crc32c.clone(),
            "sha1" => sums.checksum_sha1.clone(),
            "sha256" => sums.checksum_sha256.clone(),
            _ => Some(crc_text(crc)),
        };
        if found.as_deref() != Some(told) {
            return Err(bad_digest(name));
        }
        if name != "crc64nvme" {
            other = found.map(|sum| (name, sum));
        }
    }
    Ok(Taken { blob, crc, other })
}

fn header(algorithm: &str) -> String {
    format!("x-amz-checksum-{algorithm}")
}

/// Flips one bit in the middle of `bytes`.
pub(super) fn turn_bit(bytes: &[u8]) -> Bytes {
    let mut turned = bytes.to_vec();
    if let Some(byte) = turned.get_mut(bytes.len() / 2) {
        *byte ^= 1;
    }
    turned.into()
}

fn broken_body(text: &str) -> S3Error {
    if text.contains("Sha256Mismatch") {
        let text = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        let mut error = refuse(S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into()), text);
        error.set_status_code(http::StatusCode::BAD_REQUEST);
        error
    } else if text.contains("SignatureMismatch") {
        S3Error::new(S3ErrorCode::SignatureDoesNotMatch)
    } else {
        let text = "You did not provide the number of bytes specified by the Content-Length HTTP header";
        refuse(S3ErrorCode::IncompleteBody, text)
    }
}

pub(super) fn bad_digest(algorithm: &str) -> S3Error {
    let text = format!("The {} you specified did not match the calculated checksum.", algorithm.to_uppercase());
    refuse(S3ErrorCode::BadDigest, text)
}
