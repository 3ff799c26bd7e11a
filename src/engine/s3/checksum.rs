//! Checksums in S3's headers: how ours is encoded, and what an answer says about it.

use aws_sdk_s3::types::ChecksumType;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Encodes a CRC64NVME for S3's headers: base64 of eight bytes, big-endian.
#[must_use]
pub fn packed(crc: u64) -> String {
    BASE64_STANDARD.encode(crc.to_be_bytes())
}

/// What an answer says about the checksum of what it stored.
pub(super) enum Echo {
    None,
    Whole(u64),
    /// A checksum of the checksums of the parts, which says nothing about the whole.
    OfChecksums,
    /// Something that is not a CRC64NVME.
    Odd,
}

impl Echo {
    pub fn of(text: Option<&str>, kind: Option<&ChecksumType>) -> Self {
        let Some(text) = text else { return Self::None };
        // A checksum of checksums ends in the number of parts (S3 User Guide, "Checking object integrity").
        let parts = text.rsplit_once('-').map(|(_, count)| count);
        let counted = parts.is_some_and(|count| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()));
        if counted || kind == Some(&ChecksumType::Composite) {
            return Self::OfChecksums;
        }
        unpacked(text).map_or(Self::Odd, Self::Whole)
    }
}

/// Decodes a CRC64NVME from a header; `None` if it isn't one.
#[must_use]
pub fn unpacked(text: &str) -> Option<u64> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}
