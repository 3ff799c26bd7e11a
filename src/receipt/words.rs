//! The texts of receipts and of the message that goes to the customer with one.

use crate::model::history::Outcome;
use crate::model::problem::Kind;
use crate::model::upload::Proof;
use crate::time::Utc;
use jiff::Timestamp;

pub use crate::words::format::size;

/// Title of the page.
pub const TITLE: &str = "Delivery receipt";
/// Note above a receipt of the practice bucket.
pub const PRACTICE: &str =
    "Practice. These files went to the practice bucket inside Daypass; nothing was sent to Amazon or to a customer.";
/// Who confirmed the files of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// Amazon S3.
    Amazon,
    /// The practice bucket inside Daypass.
    Practice,
    /// Another server, by its address.
    Server(&'a str),
}

/// Returns the note above a receipt of files that did not go to Amazon.
#[must_use]
pub fn not_amazon(by: By<'_>) -> Option<String> {
    match by {
        By::Amazon => None,
        By::Practice => Some(PRACTICE.to_owned()),
        By::Server(address) => Some(format!(
            "These files went to the server {}; nothing was sent to Amazon.",
            crate::words::untrusted_text::visible(address)
        )),
    }
}

/// Heading of the files that were not delivered.
pub const NOT_DELIVERED: &str = "Not delivered";
/// Heading of the delivered files.
pub const DELIVERED: &str = "Delivered";
/// Placeholder for an unknown value.
pub const NONE: &str = "–";
/// Replaces the end time of a delivery in progress.
pub const GOING_ON: &str = "Not finished yet";
/// Heading of the explanation at the end of the page.
pub const MEANING: &str = "What this receipt says";

/// Labels of the facts about the whole delivery, in order.
pub const FACTS: [&str; 9] =
    ["Bucket", "Role", "Folder", "Account", "Session", "Delivered by", "Began", "Ended", "Written by"];

/// Labels of a delivered file's facts, in order.
pub const FILE_FACTS: [&str; 6] = ["Key", "SHA-256", "CRC64NVME", "ETag", "Version", "Request"];

/// Column headers of the page's tables.
pub const COLUMNS: [&str; 4] = ["File", "Size", "Time (UTC)", "Confirmed"];

/// Label of the error details of a file that stopped.
pub const DETAILS: &str = "Details";
/// Replaces references to accounts other than the customer's.
pub const ANOTHER_ACCOUNT: &str = "(another account)";

/// Column header of the reason.
pub const WHY: &str = "Why";

/// Column headers of the CSV.
pub const CSV_COLUMNS: [&str; 19] = [
    "Status",
    "Name",
    "Key",
    "Bytes",
    "SHA-256",
    "CRC64NVME (base64)",
    "Confirmed",
    "ETag",
    "Version id",
    "Request id",
    "Time (UTC)",
    "Why not",
    "Destination",
    "Bucket",
    "Account",
    "Role",
    "Session",
    "Delivered by",
    DETAILS,
];

/// The explanation at the end of the page, one paragraph each.
pub const EXPLANATION: [&str; 6] = [
    "Confirmed \u{201c}whole file\u{201d}: Amazon S3 answered with the checksum (CRC64NVME) of the whole stored \
     file, and it matches the file that was read.",
    "Confirmed \u{201c}each part\u{201d}: Amazon S3 checked each part as it arrived, and gave no checksum for the whole file.",
    "Confirmed \u{201c}no checksum\u{201d}: the server said that it stored the file, but confirmed no checksum for \
     it. Compare the file with its SHA-256 before you rely on it.",
    "The SHA-256 was calculated on the contractor\u{2019}s computer from the bytes that were sent. To check a file \
     against it: openssl dgst -sha256 FILE. To check many, with the JSON form of this receipt: daypass-cli verify \
     RECEIPT.json FOLDER.",
    "A file that changed while it was being sent is not delivered. A change that another program made meanwhile \
     through shared memory (mmap) may go unnoticed: the checksum and the SHA-256 are those of the bytes that were \
     sent.",
    "Files that were already there were not replaced. What happened to the files after their delivery is not part of this receipt.",
];

/// Returns the explanation for files that went to Amazon or to another server.
#[must_use]
pub fn explanation(amazon: bool) -> Vec<String> {
    let by = if amazon { "Amazon S3" } else { "the server" };
    EXPLANATION.iter().map(|paragraph| paragraph.replace("Amazon S3", by)).collect()
}

/// Returns the kind of proof for the page.
#[must_use]
pub const fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Whole => "Whole file",
        Proof::Parts => "Each part",
        Proof::NoChecksum => "No checksum",
    }
}

/// Returns the kind of proof for the CSV, with who confirmed it.
#[must_use]
pub fn proof_in_full(proof: Proof, by: By<'_>) -> String {
    match (proof, by) {
        (Proof::Whole, By::Amazon) => "Confirmed by Amazon (whole file)".to_owned(),
        (Proof::Whole, By::Practice) => "Practice: confirmed by the practice bucket (whole file)".to_owned(),
        (Proof::Whole, By::Server(address)) => {
            format!("Confirmed by {} (whole file)", crate::words::untrusted_text::visible(address))
        }
        (Proof::Parts, By::Practice) => "Practice: each part confirmed, no checksum for the whole".to_owned(),
        (Proof::Parts, By::Amazon | By::Server(_)) => "Each part confirmed, no checksum for the whole".to_owned(),
        (Proof::NoChecksum, By::Practice) => "Practice: stored, no checksum confirmed".to_owned(),
        (Proof::NoChecksum, By::Amazon | By::Server(_)) => "Stored, no checksum confirmed".to_owned(),
    }
}

/// The proof of a file that was not delivered, in the CSV.
pub const NOT_CONFIRMED: &str = "Not confirmed";

/// Returns why a file was not delivered, without the server's own message.
#[must_use]
pub fn why(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered(_) => "",
        Outcome::AlreadyThere => "A file of this name was already there. It was not replaced.",
        Outcome::NotConfirmed => "Sent, but not confirmed: it isn\u{2019}t known whether it arrived.",
        Outcome::Canceled => "Removed from the list.",
        Outcome::Open => "Not sent yet.",
        Outcome::Failed(problem) => stopped(problem.kind),
    }
}

const fn stopped(kind: Kind) -> &'static str {
    match kind {
        Kind::SourceGone => "The file was no longer there.",
        Kind::SourceChanged => "The file changed while it was being sent.",
        Kind::SourceSilent => "The drive didn\u{2019}t answer.",
        Kind::SourceUnreadable => "The file could not be read.",
        Kind::SourceBusy => "Another program had the file open.",
        Kind::TooManyOpen => "The computer couldn\u{2019}t open more files.",
        Kind::SourceNotAFile => "It is not a regular file.",
        Kind::KeyFile => "Not sent: it looks like an access key or a private key.",
        Kind::NameNotText => "Its name can\u{2019}t be written as text.",
        Kind::NameTooLong => "Its name is longer than S3 accepts.",
        Kind::TooLarge => "It is larger than S3 accepts.",
        Kind::AlreadyThere => "A file of this name was already there. It was not replaced.",
        Kind::ProofDiffers => "S3\u{2019}s checksum doesn\u{2019}t match the file\u{2019}s.",
        Kind::Damaged => "It was corrupted in transit and was not stored.",
        Kind::AnswerLost => "Sent, but not confirmed: the answer was lost.",
        Kind::AccessDenied(_) | Kind::AssumeDenied(_) | Kind::SignatureRefused => "Access was denied.",
        Kind::SessionEnded | Kind::SessionRefused | Kind::SourceEnded => "The access had ended.",
        Kind::KmsGenerate | Kind::KmsDecrypt | Kind::KmsKey => "The bucket\u{2019}s encryption key could not be used.",
        Kind::NoSuchBucket => "There was no bucket with this name.",
        Kind::OtherRegion => "The bucket is in another region.",
        Kind::OptionRefused | Kind::UnsignedRefused => "The bucket\u{2019}s policy didn\u{2019}t accept it this way.",
        Kind::UploadGone | Kind::PartsRefused => "S3 no longer had its parts.",
        Kind::Offline
        | Kind::NoAnswer
        | Kind::ConnectionLost
        | Kind::NotTrusted
        | Kind::CaBundle
        | Kind::LoginPage
        | Kind::ProxyRefused
        | Kind::Busy
        | Kind::SlowDown
        | Kind::Conflict => "The connection was lost.",
        Kind::GatewayRefused(_) | Kind::BodyLimit(_) => "Something on the network refused it.",
        Kind::Refused | Kind::NotImplemented => "The server refused it.",
        Kind::Contended => "Another program kept writing the same name.",
        Kind::ClockWrong(_)
        | Kind::Unexpected
        | Kind::NoProfile
        | Kind::ProfileOdd
        | Kind::KeyWithoutToken
        | Kind::ProfileEmpty
        | Kind::RootKey
        | Kind::OtherPartition
        | Kind::KeyNotAccepted
        | Kind::SecretWrong
        | Kind::SignInNeeded
        | Kind::SignInRoleMissing
        | Kind::OwnRoleDenied
        | Kind::OwnRoleNeedsCode
        | Kind::KeyNotFound
        | Kind::ProcessRefused
        | Kind::CodeNeeded
        | Kind::CodeWrong
        | Kind::SerialWrong
        | Kind::TooLong
        | Kind::TooLongChained
        | Kind::PolicyTooLarge
        | Kind::PolicyRefused
        | Kind::RegionOff
        | Kind::RequestRefused
        | Kind::OtherAccount
        | Kind::OtherRole
        | Kind::AccountProblem
        | Kind::SessionOver
        | Kind::JournalFull
        | Kind::JournalBroken
        | Kind::JournalSlow => "It stopped before it was delivered.",
    }
}

/// Returns the counts above the receipt.
#[must_use]
pub fn summary(delivered: usize, missing: usize) -> String {
    match (delivered, missing) {
        (0, 0) => "No files".into(),
        (0, missing) => format!("{} not delivered", files(missing)),
        (delivered, 0) => format!("{} delivered", files(delivered)),
        (delivered, missing) => format!("{} delivered, {} not", files(delivered), grouped(missing as u64)),
    }
}

/// Counts of delivered files by kind of proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proofs {
    pub whole: usize,
    pub parts: usize,
    /// Stored without a confirmed checksum.
    pub none: usize,
}

impl Proofs {
    const fn all(self) -> usize {
        self.whole + self.parts + self.none
    }
}

/// Returns the sentences below the counts: what was confirmed of the delivered files, and by whom.
#[must_use]
pub fn confirmed(proofs: Proofs, by: By<'_>) -> String {
    let by = match by {
        By::Amazon => "Amazon S3",
        By::Practice => "The practice bucket",
        By::Server(_) => "The server",
    };
    let checked = match (proofs.whole, proofs.parts) {
        (0, 0) if proofs.none > 0 => return "The server confirmed no checksum.".into(),
        (0, 0) => "Nothing was confirmed.".into(),
        (1, 0) => format!("{by} checked the file on arrival."),
        (_, 0) => format!("{by} checked each file on arrival."),
        (0, _) => format!("{by} checked every part on arrival."),
        (whole, parts) => format!(
            "{by} checked {} of them as whole files on arrival, and every part of the other {}.",
            grouped(whole as u64),
            grouped(parts as u64)
        ),
    };
    match proofs.none {
        0 => checked,
        none => format!("{checked} For {} it confirmed no checksum.", files(none)),
    }
}

/// The facts in the message to the customer.
#[derive(Debug)]
pub struct DeliveryMessage<'a> {
    /// `bucket/prefix`.
    pub to: &'a str,
    /// The delivered files by proof, and their total size in bytes.
    pub delivered: (Proofs, u64),
    /// When the last of them was delivered.
    pub at: Option<Utc>,
    /// Names of files that were not delivered, with the reason.
    pub missing: &'a [(String, String)],
    /// Whether the receipt has the SHA-256 of each delivered file.
    pub hashed: bool,
    pub who: &'a str,
    /// Who confirmed the files.
    pub by: By<'a>,
}

/// In the message, if no file was delivered.
#[must_use]
pub fn nothing_delivered(to: &str) -> String {
    format!("Nothing was delivered to {to}.")
}

/// Returns the message to the customer.
#[must_use]
pub fn message(about: &DeliveryMessage<'_>) -> String {
    /// How many names are listed.
    const NAMED: usize = 10;
    let (proofs, bytes) = about.delivered;
    let delivered = proofs.all();
    let mut text = Vec::new();
    if let Some(note) = not_amazon(about.by) {
        text.push(format!("{note}\n"));
    }
    text.push("Hello,\n".into());
    if delivered > 0 {
        let at = match (about.at, delivered) {
            (None, _) => String::new(),
            (Some(at), 1) => format!(" on {}", moment(at)),
            (Some(at), _) => format!(", the last of them on {}", moment(at)),
        };
        let confirmed = confirmed(proofs, about.by);
        text.push(format!("I delivered {} ({}) to {}{at}. {confirmed}\n", files(delivered), size(bytes), about.to));
    } else {
        text.push(format!("{}\n", nothing_delivered(about.to)));
    }
    if !about.missing.is_empty() {
        text.push(format!("Not delivered: {}", files(about.missing.len())));
        text.extend(about.missing.iter().take(NAMED).map(|(name, why)| format!("- {name}: {why}")));
        if about.missing.len() > NAMED {
            text.push(format!("- and {} more", grouped((about.missing.len() - NAMED) as u64)));
        }
        text.push(String::new());
    }
    if delivered > 0 && about.hashed {
        text.push("The receipt lists each file with its SHA-256, so that you can check what you have.\n".into());
    }
    if !about.who.is_empty() {
        text.push(format!("{}\n", about.who));
    }
    text.join("\n")
}

/// Returns the title of a page with `count` receipts.
#[must_use]
pub fn several(count: usize) -> String {
    format!("{} delivery receipts", grouped(count as u64))
}

/// Returns a number of files, with the noun.
#[must_use]
pub fn files(count: usize) -> String {
    if count == 1 { "1 file".into() } else { format!("{} files", grouped(count as u64)) }
}

/// Returns a number with commas between thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a time in words, in UTC.
#[must_use]
pub fn moment(at: Utc) -> String {
    Timestamp::from_second(at.0)
        .map_or_else(|_beyond| NONE.into(), |at| at.strftime("%-d %B %Y, %H:%M UTC").to_string())
}

/// Formats a time for a column headed "UTC".
#[must_use]
pub fn moment_short(at: Utc) -> String {
    Timestamp::from_second(at.0).map_or_else(|_beyond| NONE.into(), |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}
