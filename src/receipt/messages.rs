//! The command line's messages about receipts and about files checked against them.

use super::{FileCheck, NotReadable};
use crate::words::untrusted_text::visible;
use std::path::Path;

/// Which receipt `verify` needs.
pub const WHICH: &str =
    "Use the receipt in JSON format: run `daypass-cli upload --receipt receipt.json`, or save it as .json.";

#[must_use]
pub fn saved(path: &Path) -> String {
    format!("Receipt: {}", visible(&path.to_string_lossy()))
}

#[must_use]
pub fn not_saved(path: &Path, why: &str) -> String {
    format!("The receipt can’t be written to {}: {}.", visible(&path.to_string_lossy()), visible(why))
}

/// Reports a receipt that was uploaded to the destination.
#[must_use]
pub fn sent(key: &str, confirmed: bool) -> String {
    if confirmed {
        format!("Receipt sent: {}", visible(key))
    } else {
        format!("Receipt sent, but not confirmed: {}", visible(key))
    }
}

#[must_use]
pub fn not_sent(why: &str) -> String {
    format!("The receipt was not sent. {why}")
}

#[must_use]
pub fn not_read(path: &Path, why: &str) -> String {
    format!("{} can’t be read: {}.", visible(&path.to_string_lossy()), visible(why))
}

/// Returns why a file can't be used as a receipt.
#[must_use]
pub fn not_a_receipt(why: &NotReadable) -> String {
    match why {
        NotReadable::NotAReceipt => "This is not a Daypass receipt in JSON format.".to_owned(),
        NotReadable::Later(version) => {
            format!(
                "This receipt has format {version}, which a later version of Daypass wrote. Get the newest Daypass and try again."
            )
        }
    }
}

/// Returns the result of a check in a few words.
#[must_use]
pub const fn check(check: FileCheck) -> &'static str {
    match check {
        FileCheck::Same => "the same",
        FileCheck::SameWithoutSha256 => "the same by size and CRC64NVME",
        FileCheck::Differs => "differs",
        FileCheck::Missing => "is missing",
        FileCheck::NotDelivered => "was not delivered",
        FileCheck::NotInReceipt => "is not in the receipt",
        FileCheck::Unreadable => "can’t be read",
    }
}

#[must_use]
pub fn verdict(name: &str, found: FileCheck) -> String {
    let mark = if found.good() { "✓" } else { "✗" };
    format!("{mark} {}: {}", visible(name), check(found))
}

/// Returns the summary of all checks.
#[must_use]
pub fn tally(good: u64, bad: u64) -> String {
    match (good, bad) {
        (0, 0) => "There was nothing to check.".to_owned(),
        (1, 0) => "The file is the one that was delivered.".to_owned(),
        (_, 0) => format!("All {good} files are the ones that were delivered."),
        (_, _) => format!("{good} files are the ones that were delivered, {bad} are not."),
    }
}
