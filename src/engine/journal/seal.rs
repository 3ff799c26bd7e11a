//! Seals (checksums over rows), and encodings of values that SQLite has no type for.

use crate::model::destination::Destination;
use crate::model::parts::PartDone;
use crate::model::upload::{Fingerprint, Proof};
use crc_fast::{CrcAlgorithm, checksum};
use std::path::Path;

/// An upload's state as a number; no two differ in one bit alone, so one flipped bit can't turn one into another.
pub(super) mod state {
    /// Not ended.
    pub const OPEN: i64 = 0;
    /// Stored in S3.
    pub const DELIVERED: i64 = 0b0000_0111;
    /// The key was taken.
    pub const ALREADY: i64 = 0b0001_1001;
    /// It isn't known whether the file was stored.
    pub const UNCONFIRMED: i64 = 0b0001_1110;
    pub const FAILED: i64 = 0b0010_1010;
    /// Canceled by the user.
    pub const CANCELED: i64 = 0b0010_1101;
    /// All states, for queries over one delivery.
    pub const ALL: &str = "(0, 7, 25, 30, 42, 45)";
}

/// Collects a row's values, each with its length so that no two rows encode alike. The seal is their CRC64NVME.
pub(super) struct Seal(Vec<u8>);

impl Seal {
    pub fn new(table: &str) -> Self {
        Self(Vec::with_capacity(256)).text(table)
    }

    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    pub fn maybe(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    pub fn number(mut self, number: i64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub fn value(self) -> i64 {
        checksum(CrcAlgorithm::Crc64Nvme, &self.0).cast_signed()
    }
}

/// Returns the seal of what was recorded when an upload was added.
pub(super) fn upload_seal(row: i64, at: (i64, i64), name: &str, key_name: Option<&str>, size: u64) -> i64 {
    let (delivery, folder) = at;
    let seal = Seal::new("upload").number(row).number(delivery).number(folder);
    seal.text(name).maybe(key_name).number(size.cast_signed()).value()
}

pub(super) fn folder_seal(row: i64, dir: &[u8], key: &str) -> i64 {
    Seal::new("folder").number(row).bytes(dir).text(key).value()
}

/// Returns the seal of a part. It covers the upload ID, so that a part never counts for another multipart upload. If
/// the server didn't confirm the part's checksum, the seal is the one that older journals wrote for every part.
pub(super) fn part_seal(row: i64, upload_id: &str, number: u32, done: &PartDone) -> i64 {
    let seal = Seal::new("part").number(row).text(upload_id).number(i64::from(number));
    let seal = seal.number(done.crc.cast_signed()).text(&done.etag);
    if done.echoed { seal.number(1).value() } else { seal.value() }
}

pub(super) fn multipart_seal(
    row: i64,
    upload_id: &str,
    part: u64,
    abort_at: Option<i64>,
    fingerprint: &Fingerprint,
) -> i64 {
    let seal = Seal::new("multipart").number(row).text(upload_id).number(part.cast_signed());
    seal.number(abort_at.unwrap_or(i64::MIN)).bytes(&pack(fingerprint)).value()
}

pub(super) fn destination_seal(row: i64, same: &str, body: &str) -> i64 {
    Seal::new("destination").number(row).text(same).text(body).value()
}

/// Returns the seal of a delivery: its destination as it was, and its texts.
pub(super) fn delivery_seal(row: i64, destination: i64, texts: [&str; 5], began: i64) -> i64 {
    let seal = Seal::new("delivery").number(row).number(destination).number(began);
    texts.iter().fold(seal, |seal, text| seal.text(text)).value()
}

/// Returns a destination's identity: two destinations with the same one are the same, although their names or settings
/// differ.
pub(super) fn same(destination: &Destination) -> String {
    let Destination { profile, role, bucket, prefix, practice, .. } = destination;
    let facts = (profile, role.as_str(), bucket.as_str(), prefix.as_str(), practice);
    // Serializing these can't fail; an empty identity would only merge destinations that can't be told apart.
    serde_json::to_string(&facts).unwrap_or_default()
}

/// Returns the identity after a profile is renamed; `None` if the destination uses another profile.
pub(super) fn renamed(same: &str, from: &str, to: &str) -> Option<String> {
    let (profile, role, bucket, prefix, practice): (String, String, String, String, bool) =
        serde_json::from_str(same).ok()?;
    (profile == from).then(|| serde_json::to_string(&(to, role, bucket, prefix, practice)).ok())?
}

/// Encodes a fingerprint as 40 bytes, or 56 if it has a change time, which older journals don't record.
pub(super) fn pack(fingerprint: &Fingerprint) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(56);
    bytes.extend_from_slice(&fingerprint.device.to_be_bytes());
    bytes.extend_from_slice(&fingerprint.inode.to_be_bytes());
    bytes.extend_from_slice(&fingerprint.size.to_be_bytes());
    bytes.extend_from_slice(&fingerprint.modified.to_be_bytes());
    if let Some(changed) = fingerprint.changed {
        bytes.extend_from_slice(&changed.to_be_bytes());
    }
    bytes
}

/// Decodes a fingerprint that [`pack`] encoded.
pub(super) fn unpack(bytes: &[u8]) -> Option<Fingerprint> {
    let (device, rest) = bytes.split_first_chunk()?;
    let (inode, rest) = rest.split_first_chunk()?;
    let (size, rest) = rest.split_first_chunk()?;
    let (modified, rest) = rest.split_first_chunk()?;
    let changed = if rest.is_empty() { None } else { Some(i128::from_be_bytes(rest.try_into().ok()?)) };
    Some(Fingerprint {
        device: u64::from_be_bytes(*device),
        inode: u64::from_be_bytes(*inode),
        size: u64::from_be_bytes(*size),
        modified: i128::from_be_bytes(*modified),
        changed,
    })
}

/// Encodes a proof.
pub(super) const fn proof_number(proof: Proof) -> i64 {
    match proof {
        Proof::Whole => 7,
        Proof::Parts => 25,
        Proof::NoChecksum => 30,
    }
}

/// Decodes a [`proof_number`].
pub(super) const fn proof_of(number: i64) -> Option<Proof> {
    match number {
        7 => Some(Proof::Whole),
        25 => Some(Proof::Parts),
        30 => Some(Proof::NoChecksum),
        _ => None,
    }
}

/// Encodes a path as bytes, whatever its characters.
#[cfg(unix)]
pub(super) fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// Decodes a path that [`path_bytes`] encoded.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path")]
pub(super) fn bytes_path(bytes: &[u8]) -> Option<Box<Path>> {
    use std::os::unix::ffi::OsStrExt;
    Some(Path::new(std::ffi::OsStr::from_bytes(bytes)).into())
}

/// Encodes a path as bytes, whatever its characters: UTF-16, little-endian.
#[cfg(windows)]
pub(super) fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

/// Decodes a path that [`path_bytes`] encoded.
#[cfg(windows)]
pub(super) fn bytes_path(bytes: &[u8]) -> Option<Box<Path>> {
    use std::os::windows::ffi::OsStringExt;
    let (pairs, rest) = bytes.as_chunks::<2>();
    let wide: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    rest.is_empty().then(|| std::path::PathBuf::from(std::ffi::OsString::from_wide(&wide)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_older_journals_can_be_read() {
        let old = Fingerprint { device: 1, inode: 2, size: 3, modified: -4, changed: None };
        assert_eq!(pack(&old).len(), 40);
        for fingerprint in [old, Fingerprint { changed: Some(-5), ..old }] {
            assert_eq!(unpack(&pack(&fingerprint)), Some(fingerprint));
        }
        for length in [0, 8, 24, 39, 41, 55, 57] {
            assert_eq!(unpack(&vec![0; length]), None, "{length}");
        }
        let done = PartDone { etag: "e".into(), crc: 5, echoed: false };
        let before = Seal::new("part").number(1).text("UP").number(2).number(5).text("e").value();
        assert_eq!(part_seal(1, "UP", 2, &done), before);
        assert_ne!(part_seal(1, "UP", 2, &PartDone { echoed: true, ..done }), before);
    }

    #[test]
    fn proofs_keep_their_numbers() {
        for (proof, number) in [(Proof::Whole, 7), (Proof::Parts, 25), (Proof::NoChecksum, 30)] {
            assert_eq!((proof_number(proof), proof_of(number)), (number, Some(proof)));
        }
    }
}
