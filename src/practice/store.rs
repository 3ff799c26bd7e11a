//! The bucket: objects, unfinished uploads, and the rules by which an upload becomes an object.

use super::blob::Blob;
use super::sign::hex;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, checksum_combine};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use tokio::sync::watch;

/// Metadata of a stored object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectInfo {
    pub key: String,
    pub size: u64,
    /// The ETag without quotes. It is not an MD5.
    pub etag: String,
    /// The CRC64NVME of the content: base64 of 8 bytes, big-endian.
    pub crc64nvme: String,
    /// Seconds since 1970 when it was stored, on the practice server's clock.
    pub at: i64,
    pub content_type: Option<String>,
    /// The ARN of the caller who stored it.
    pub by: String,
    /// The number of parts, 0 for PutObject.
    pub parts: usize,
}

/// An upload that is neither completed nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUpload {
    /// The object's key.
    pub key: String,
    /// The upload ID.
    pub upload_id: String,
    /// Number and size in bytes of each part.
    pub parts: Vec<(i32, u64)>,
}

pub(super) struct ObjectVersion {
    pub(super) about: ObjectInfo,
    pub(super) blob: Blob,
}

#[derive(Clone)]
pub(super) struct Part {
    pub(super) etag: String,
    pub(super) crc: u64,
    pub(super) blob: Blob,
}

pub(super) struct MultipartState {
    pub(super) key: String,
    pub(super) content_type: Option<String>,
    /// Whether a checksum algorithm was declared at creation, which requires part numbers without gaps from 1.
    pub(super) checksummed: bool,
    pub(super) by: String,
    pub(super) parts: BTreeMap<i32, Part>,
    done: Option<(Vec<(i32, String)>, ObjectInfo)>,
}

/// Objects and uploads of the bucket.
#[derive(Default)]
pub(super) struct Store {
    pub(super) objects: BTreeMap<String, ObjectVersion>,
    pub(super) uploads: HashMap<String, MultipartState>,
    /// How many objects there are.
    pub(super) count: watch::Sender<usize>,
}

/// A CompleteMultipartUpload request.
pub(super) struct CompletedParts<'a> {
    pub(super) key: &'a str,
    pub(super) upload_id: &'a str,
    /// Number, ETag without quotes, and CRC64NVME if given, in the order of the request.
    pub(super) parts: Vec<(i32, String, Option<String>)>,
    pub(super) crc64nvme: Option<&'a str>,
    pub(super) size: Option<u64>,
    pub(super) if_absent: bool,
    pub(super) min_part: u64,
    pub(super) replay: bool,
    pub(super) now: i64,
}

/// Why the store refuses, named after S3's error codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    NoSuchUpload,
    MalformedXml,
    InvalidPart,
    InvalidPartOrder,
    EntityTooSmall,
    /// Part numbers with gaps, for which S3 returns 500 if checksums are used.
    Gap,
    SizeDiffers {
        told: u64,
        found: u64,
    },
    BadDigest,
    Exists,
}

impl MultipartState {
    pub(super) fn new(key: String, content_type: Option<String>, checksummed: bool, by: String) -> Self {
        Self { key, content_type, checksummed, by, parts: BTreeMap::new(), done: None }
    }
}

impl Store {
    /// Returns the upload if it is still open.
    pub(super) fn open_upload(&mut self, key: &str, upload_id: &str) -> Result<&mut MultipartState, Refused> {
        let upload = self.uploads.get_mut(upload_id).filter(|upload| upload.key == key && upload.done.is_none());
        upload.ok_or(Refused::NoSuchUpload)
    }

    /// Returns the open uploads, sorted by key and upload ID.
    pub(super) fn open_uploads(&self) -> Vec<OpenUpload> {
        let open = self.uploads.iter().filter(|(_, upload)| upload.done.is_none());
        let mut list: Vec<OpenUpload> = open
            .map(|(upload_id, upload)| OpenUpload {
                key: upload.key.clone(),
                upload_id: upload_id.clone(),
                parts: upload.parts.iter().map(|(number, part)| (*number, part.blob.size)).collect(),
            })
            .collect();
        list.sort_by(|a, b| (&a.key, &a.upload_id).cmp(&(&b.key, &b.upload_id)));
        list
    }

    /// Stores an object from PutObject.
    pub(super) fn put(&mut self, object: ObjectVersion, if_absent: bool) -> Result<(), Refused> {
        if if_absent && self.objects.contains_key(&object.about.key) {
            return Err(Refused::Exists);
        }
        self.keep(object);
        Ok(())
    }

    /// Keeps an object, in the place of one with its key.
    pub(super) fn keep(&mut self, object: ObjectVersion) {
        self.objects.insert(object.about.key.clone(), object);
        self.count.send_replace(self.objects.len());
    }

    /// Completes an upload, or returns the same result for a repeated request.
    pub(super) fn complete(&mut self, asked: &CompletedParts<'_>) -> Result<ObjectInfo, Refused> {
        let upload = self.uploads.get_mut(asked.upload_id).filter(|upload| upload.key == asked.key);
        let upload = upload.ok_or(Refused::NoSuchUpload)?;
        let list: Vec<(i32, String)> = asked.parts.iter().map(|(number, etag, _)| (*number, etag.clone())).collect();
        if let Some((before, object)) = &upload.done {
            let same = asked.replay && *before == list;
            return if same { Ok(object.clone()) } else { Err(Refused::NoSuchUpload) };
        }
        if list.is_empty() {
            return Err(Refused::MalformedXml);
        }
        if !list.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(Refused::InvalidPartOrder);
        }
        let (mut blob, mut crc, mut etags) = (Blob::default(), None, Sha256::new());
        for (place, (number, etag, told)) in asked.parts.iter().enumerate() {
            let part = upload.parts.get(number).filter(|part| part.etag == *etag).ok_or(Refused::InvalidPart)?;
            if told.as_ref().is_some_and(|told| *told != crc_text(part.crc)) {
                return Err(Refused::InvalidPart);
            }
            if place + 1 < asked.parts.len() && part.blob.size < asked.min_part {
                return Err(Refused::EntityTooSmall);
            }
            if upload.checksummed && usize::try_from(*number) != Ok(place + 1) {
                return Err(Refused::Gap);
            }
            crc = Some(crc.map_or(part.crc, |before| {
                checksum_combine(CrcAlgorithm::Crc64Nvme, before, part.crc, part.blob.size)
            }));
            blob.append(&part.blob);
            etags.update(part.etag.as_bytes());
        }
        if let Some(told) = asked.size.filter(|told| *told != blob.size) {
            return Err(Refused::SizeDiffers { told, found: blob.size });
        }
        let crc64nvme = crc_text(crc.unwrap_or_default());
        if asked.crc64nvme.is_some_and(|told| told != crc64nvme) {
            return Err(Refused::BadDigest);
        }
        if asked.if_absent && self.objects.contains_key(asked.key) {
            return Err(Refused::Exists);
        }
        let about = ObjectInfo {
            key: asked.key.to_owned(),
            size: blob.size,
            etag: format!("{}-{}", &hex(&etags.finalize())[..32], list.len()),
            crc64nvme,
            at: asked.now,
            content_type: upload.content_type.clone(),
            by: upload.by.clone(),
            parts: list.len(),
        };
        upload.parts.clear();
        upload.done = Some((list, about.clone()));
        self.keep(ObjectVersion { about: about.clone(), blob });
        Ok(about)
    }
}

/// Encodes a CRC64NVME as S3 does: base64 of 8 bytes, big-endian.
pub(super) fn crc_text(crc: u64) -> String {
    STANDARD.encode(crc.to_be_bytes())
}

/// Returns an ETag that depends on the content. It is not an MD5, because only some of S3's ETags are.
pub(super) fn etag(crc: u64, size: u64) -> String {
    let digest = Sha256::new().chain_update(crc.to_be_bytes()).chain_update(size.to_be_bytes()).finalize();
    hex(&digest[..16])
}
