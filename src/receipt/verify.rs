//! Files checked against a receipt, for the customer's side: read once, in order, with nothing held but a buffer.

use super::several::Several;
use super::{Delivered, Receipt, VERSION};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crc_fast::{CrcAlgorithm, Digest};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// What is read from a file at a time.
const BUFFER: usize = 1 << 20;
/// How deep folders may lie in each other.
const DEPTH: usize = 256;

/// What was found for one file, or for one line of the receipt that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The file that was looked at; none where it is missing.
    pub path: Option<PathBuf>,
    /// The name in the receipt; none where the receipt doesn't have it.
    pub name: Option<String>,
    /// What was found.
    pub check: Check,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Size, CRC64NVME and SHA-256 are those of the receipt.
    Same,
    /// Size and CRC64NVME are those of the receipt, which has no SHA-256 of this file.
    SameWithoutSha256,
    /// It is another file, or it was altered.
    Differs,
    /// The receipt lists it as delivered, and it is not among the files.
    Missing,
    /// The receipt names it among those that were not delivered.
    NotDelivered,
    /// The receipt does not have it.
    NotInReceipt,
    /// It can't be read.
    Unreadable,
}

impl Check {
    /// Whether the file is the one that was delivered.
    #[must_use]
    pub const fn good(self) -> bool {
        match self {
            Self::Same | Self::SameWithoutSha256 => true,
            Self::Differs | Self::Missing | Self::NotDelivered | Self::NotInReceipt | Self::Unreadable => false,
        }
    }
}

/// Why a text can't be used as a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReadable {
    /// It is not the JSON form of a receipt.
    NotAReceipt,
    /// It is of a later version than this Daypass reads.
    Later(u64),
}

/// Checks files, and all files below folders, against the JSON form of a receipt. Links in folders are not followed.
///
/// A file belongs to the line with which it shares the longest end of its path; among equals, to the one that it is.
/// First come the verdicts of the files, in order; then those lines for which there was no file.
///
/// # Errors
///
/// [`NotReadable`] where the text is no receipt.
pub fn verify(receipt_json: &str, paths: &[PathBuf]) -> Result<Vec<Verdict>, NotReadable> {
    let receipt = read(receipt_json)?;
    let lines = Lines::of(&receipt);
    let mut seen = vec![false; receipt.delivered.len()];
    let mut verdicts = Vec::new();
    for path in paths {
        walk(path, true, 0, &mut |file, found| {
            verdicts.push(match found {
                Ok(()) => lines.check(file, &mut seen),
                Err(_) => Verdict { path: Some(file.to_path_buf()), name: None, check: Check::Unreadable },
            });
        });
    }
    let missing = receipt.delivered.iter().zip(&seen).filter(|(_, seen)| !**seen);
    verdicts.extend(missing.map(|(line, _)| Verdict {
        path: None,
        name: Some(line.name.clone()),
        check: Check::Missing,
    }));
    Ok(verdicts)
}

/// The receipt, or several as one: what was delivered is looked for in all of them.
fn read(json: &str) -> Result<Receipt, NotReadable> {
    #[derive(serde::Deserialize)]
    struct Version {
        #[serde(alias = "daypass_receipts")]
        daypass_receipt: u64,
        receipts: Option<serde::de::IgnoredAny>,
    }
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let version: Version = serde_json::from_str(json).map_err(|_odd| NotReadable::NotAReceipt)?;
    if version.daypass_receipt > u64::from(VERSION) {
        return Err(NotReadable::Later(version.daypass_receipt));
    }
    if version.receipts.is_none() {
        return serde_json::from_str(json).map_err(|_odd| NotReadable::NotAReceipt);
    }
    let several: Several = serde_json::from_str(json).map_err(|_odd| NotReadable::NotAReceipt)?;
    let mut receipts = several.receipts.into_iter();
    let mut all = receipts.next().ok_or(NotReadable::NotAReceipt)?;
    receipts.for_each(|receipt| all.take_in(&receipt));
    Ok(all)
}

/// Calls `each` for every file at or below `path`, in the order of their names, and for what can't be read.
fn walk(path: &Path, given: bool, depth: usize, each: &mut dyn FnMut(&Path, io::Result<()>)) {
    // What the person names is meant, link or not; what lies in a folder may lead anywhere.
    let found = if given { fs::metadata(path) } else { fs::symlink_metadata(path) };
    let found = match found {
        Ok(found) => found,
        Err(why) => return each(path, Err(why)),
    };
    if found.is_file() {
        return each(path, Ok(()));
    }
    if !found.is_dir() {
        if given {
            each(path, Err(io::ErrorKind::InvalidInput.into()));
        }
        return;
    }
    let entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) if depth < DEPTH => entries,
        Ok(_) => return each(path, Err(io::ErrorKind::InvalidInput.into())),
        Err(why) => return each(path, Err(why)),
    };
    let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        walk(&path, false, depth + 1, each);
    }
}

/// The lines of a receipt, to be found by the ends of their paths.
struct Lines<'a> {
    receipt: &'a Receipt,
    /// Names and keys with their last segment first, sorted: what shares an end stands together. The numbers are of
    /// delivered files; those from their count on are of files that were not delivered.
    ends: Vec<(String, usize)>,
}

impl<'a> Lines<'a> {
    fn of(receipt: &'a Receipt) -> Self {
        let delivered = receipt.delivered.iter().map(|file| [&file.name, &file.key]);
        let missing = receipt.not_delivered.iter().map(|file| [&file.name, &file.key]);
        let all = delivered.chain(missing).enumerate();
        let mut ends: Vec<_> =
            all.flat_map(|(at, names)| names.map(|name| (reversed(name.split('/').rev()), at))).collect();
        ends.sort_unstable();
        Self { receipt, ends }
    }

    /// The lines that share the longest end with `path`, each once, in their order.
    fn fitting(&self, path: &Path) -> Vec<usize> {
        let whole = std::path::absolute(path).unwrap_or_else(|_odd| path.to_path_buf());
        let parts = whole.components().rev().filter_map(|part| match part {
            Component::Normal(part) => part.to_str(),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
        });
        let path = reversed(parts);
        let at = self.ends.partition_point(|(end, _)| *end < path);
        let beside = [at.checked_sub(1).and_then(|before| self.ends.get(before)), self.ends.get(at)];
        let shared = beside.into_iter().flatten().map(|(end, _)| shared(end, &path)).max().unwrap_or(0);
        if shared == 0 {
            return Vec::new();
        }
        let end = &path[..shared];
        let from = self.ends.partition_point(|(other, _)| other.as_str() < end);
        let fitting = self.ends[from..].iter().take_while(|(other, _)| other.starts_with(end));
        let mut fitting: Vec<_> = fitting.map(|(_, at)| *at).collect();
        fitting.sort_unstable();
        fitting.dedup();
        fitting
    }

    fn check(&self, file: &Path, seen: &mut [bool]) -> Verdict {
        let verdict =
            |name: Option<&String>, check| Verdict { path: Some(file.to_path_buf()), name: name.cloned(), check };
        let fitting = self.fitting(file);
        let Some(first) = fitting.first().copied() else { return verdict(None, Check::NotInReceipt) };
        let Some(line) = self.receipt.delivered.get(first) else {
            let line = self.receipt.not_delivered.get(first - self.receipt.delivered.len());
            return verdict(line.map(|line| &line.name), Check::NotDelivered);
        };
        let Ok(sums) = Sums::of(file) else {
            seen[first] = true;
            return verdict(Some(&line.name), Check::Unreadable);
        };
        // The same bytes may be several lines' (empty files): one that no file has had yet comes first.
        let mut same: Vec<_> =
            fitting.iter().filter_map(|at| Some((*at, sums.same(self.receipt.delivered.get(*at)?)?))).collect();
        same.sort_by_key(|(at, _)| seen[*at]);
        let (at, check) = same.first().copied().unwrap_or((first, Check::Differs));
        seen[at] = true;
        verdict(Some(&self.receipt.delivered[at].name), check)
    }
}

/// A path's segments as they are given, each composed, so that a Mac's names are the same names, and ended by `/`.
fn reversed<'a>(segments: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for segment in segments.filter(|segment| !segment.is_empty()) {
        text.extend(segment.nfc());
        text.push('/');
    }
    text
}

/// How many bytes of whole segments two [`reversed`] paths share.
fn shared(one: &str, other: &str) -> usize {
    let same = one.split_inclusive('/').zip(other.split_inclusive('/')).take_while(|(one, other)| one == other);
    same.map(|(segment, _)| segment.len()).sum()
}

/// What a file is told by.
struct Sums {
    size: u64,
    sha256: String,
    crc64nvme: String,
}

impl Sums {
    fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let (mut sha256, mut crc, mut size) = (Sha256::new(), Digest::new(CrcAlgorithm::Crc64Nvme), 0);
        let mut buffer = vec![0; BUFFER];
        loop {
            let length = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => length,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(why),
            };
            sha256.update(&buffer[..length]);
            crc.update(&buffer[..length]);
            size += length as u64;
        }
        let crc64nvme = BASE64_STANDARD.encode(crc.finalize().to_be_bytes());
        Ok(Self { size, sha256: super::text::hex(&sha256.finalize()), crc64nvme })
    }

    fn same(&self, line: &Delivered) -> Option<Check> {
        if self.size != line.size || self.crc64nvme != line.crc64nvme {
            return None;
        }
        match &line.sha256 {
            Some(sha256) => sha256.eq_ignore_ascii_case(&self.sha256).then_some(Check::Same),
            None => Some(Check::SameWithoutSha256),
        }
    }
}
