//! Checks files against a receipt, on the customer's side. Each file is read once, through one buffer.

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

/// Bytes read from a file at a time.
const BUFFER: usize = 1 << 20;
/// Maximum depth of nested folders.
const DEPTH: usize = 256;

/// The result for one file, or for one line of the receipt without a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The file; `None` if it is missing.
    pub path: Option<PathBuf>,
    /// The name in the receipt; `None` if the receipt doesn't have it.
    pub name: Option<String>,
    pub check: FileCheck,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileCheck {
    /// Size, CRC64NVME and SHA-256 match.
    Same,
    /// Size and CRC64NVME match; the receipt has no SHA-256 for this file.
    SameWithoutSha256,
    /// The content differs.
    Differs,
    /// The receipt lists it as delivered, but no such file was given.
    Missing,
    /// The receipt lists it as not delivered.
    NotDelivered,
    /// The receipt doesn't list it.
    NotInReceipt,
    Unreadable,
}

impl FileCheck {
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
    /// The text is not the JSON form of a receipt.
    NotAReceipt,
    /// The receipt has a later version than this Daypass supports.
    Later(u64),
}

/// Checks files, and all files below folders, against a receipt in JSON. Links inside folders are not followed.
///
/// A file is matched with the line whose name or key shares the longest suffix of whole path segments; if several do,
/// with the one whose content it has. The results of the files come first, in order, then those of lines without a
/// file.
///
/// # Errors
///
/// [`NotReadable`] if the text is not a receipt.
pub fn verify(receipt_json: &str, paths: &[PathBuf]) -> Result<Vec<Verdict>, NotReadable> {
    let receipt = read(receipt_json)?;
    let lines = Lines::of(&receipt);
    let mut seen = vec![false; receipt.delivered.len()];
    let mut verdicts = Vec::new();
    for path in paths {
        walk(path, true, 0, &mut |file, found| {
            verdicts.push(match found {
                Ok(()) => lines.check(file, &mut seen),
                Err(_) => Verdict { path: Some(file.to_path_buf()), name: None, check: FileCheck::Unreadable },
            });
        });
    }
    let missing = receipt.delivered.iter().zip(&seen).filter(|(_, seen)| !**seen);
    verdicts.extend(missing.map(|(line, _)| Verdict {
        path: None,
        name: Some(line.name.clone()),
        check: FileCheck::Missing,
    }));
    Ok(verdicts)
}

/// Parses a receipt, or several merged into one, so that files are looked up in all of them.
fn read(json: &str) -> Result<Receipt, NotReadable> {
    #[derive(serde::Deserialize)]
    struct FormatVersion {
        #[serde(alias = "daypass_receipts")]
        daypass_receipt: u64,
        receipts: Option<serde::de::IgnoredAny>,
    }
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let version: FormatVersion = serde_json::from_str(json).map_err(|_odd| NotReadable::NotAReceipt)?;
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

/// Calls `each` for every file at or below `path`, sorted by name, and for everything that can't be read.
fn walk(path: &Path, given: bool, depth: usize, each: &mut dyn FnMut(&Path, io::Result<()>)) {
    // Links that the person names are followed; links inside folders could lead anywhere.
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

/// The lines of a receipt, searchable by the ends of their paths.
struct Lines<'a> {
    receipt: &'a Receipt,
    /// Names and keys with their segments reversed, sorted, so that paths with a common end are adjacent. The index
    /// counts delivered files first, then files that were not delivered.
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

    /// Returns the lines that share the longest end with `path`, each once, in order.
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
        let Some(first) = fitting.first().copied() else { return verdict(None, FileCheck::NotInReceipt) };
        let Some(line) = self.receipt.delivered.get(first) else {
            let line = self.receipt.not_delivered.get(first - self.receipt.delivered.len());
            return verdict(line.map(|line| &line.name), FileCheck::NotDelivered);
        };
        let Ok(sums) = ContentId::of(file) else {
            seen[first] = true;
            return verdict(Some(&line.name), FileCheck::Unreadable);
        };
        // Several lines may have the same content (empty files): lines without a file come first.
        let mut same: Vec<_> =
            fitting.iter().filter_map(|at| Some((*at, sums.same(self.receipt.delivered.get(*at)?)?))).collect();
        same.sort_by_key(|(at, _)| seen[*at]);
        let (at, check) = same.first().copied().unwrap_or((first, FileCheck::Differs));
        seen[at] = true;
        verdict(Some(&self.receipt.delivered[at].name), check)
    }
}

/// Joins the given segments, each in NFC, so that names from a Mac match, and terminated by `/`.
fn reversed<'a>(segments: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for segment in segments.filter(|segment| !segment.is_empty()) {
        text.extend(segment.nfc());
        text.push('/');
    }
    text
}

/// Returns how many bytes of whole segments two [`reversed`] paths share at the start.
fn shared(one: &str, other: &str) -> usize {
    let same = one.split_inclusive('/').zip(other.split_inclusive('/')).take_while(|(one, other)| one == other);
    same.map(|(segment, _)| segment.len()).sum()
}

/// What identifies a file's content.
struct ContentId {
    size: u64,
    sha256: String,
    crc64nvme: String,
}

impl ContentId {
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

    fn same(&self, line: &Delivered) -> Option<FileCheck> {
        if self.size != line.size || self.crc64nvme != line.crc64nvme {
            return None;
        }
        match &line.sha256 {
            Some(sha256) => sha256.eq_ignore_ascii_case(&self.sha256).then_some(FileCheck::Same),
            None => Some(FileCheck::SameWithoutSha256),
        }
    }
}
