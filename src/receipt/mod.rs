//! Delivery receipts for the customer: as a page, as a table and as JSON, and files checked against them.
//!
//! # The JSON form
//!
//! One object, UTF-8, version 1. Times are RFC 3339 in UTC, sizes are in bytes; an unknown value is `null`. Readers
//! ignore unknown members; a receipt whose meaning changes gets another version.
//!
//! | Member | Value |
//! |---|---|
//! | `daypass_receipt` | `1` |
//! | `app` | the version of Daypass that delivered |
//! | `practice` | whether it was practice: nothing was sent to Amazon |
//! | `server` | the address of the server that received the files; `null` for Amazon's own; earlier versions did not write it |
//! | `destination`, `bucket`, `prefix`, `region` | where the files went; `region` may be `null` |
//! | `account` | the account that is expected to own the bucket |
//! | `role`, `session`, `who` | the role, the session name, and who delivered |
//! | `began`, `ended` | start and end of the delivery; `ended` is `null` while files are open |
//! | `delivered` | a list of files, as below |
//! | `not_delivered` | a list of `name`, `key`, `size`, `outcome` (`already_there`, `not_confirmed`, `stopped`, `open`), `why`, `details`; canceled files are omitted |
//!
//! A delivered file has `name` (relative path on the contractor's computer), `key` (whole key in the bucket), `size`,
//! `sha256` (64 hex digits or `null`), `crc64nvme` (base64 of 8 bytes, as in `x-amz-checksum-crc64nvme`), `confirmed`
//! (`whole_file`: S3 returned that checksum for the stored object; `each_part`: S3 returned the checksum of each part
//! and none for the whole; `no_checksum`: the server stored it and confirmed no checksum), `etag` (without its quotes),
//! `version_id` (or `null`), `request_id`, `at`.
//!
//! The `details` of a file that stopped are the error reported by the service or the system: `call`, `status`, `code`,
//! `request_id`, `message`, each `null` if absent. `details` is `null` if there was no error; earlier versions did not
//! write it.
//!
//! Receipts of several deliveries in one file are `{ "daypass_receipts": 1, "receipts": [ … ] }`, each as above.

mod csv;
mod details;
mod html;
pub mod messages;
mod several;
mod text;
mod upload;
mod verify;
pub mod words;

pub use details::Details;
pub use several::Receipts;
pub use text::visible;
pub use verify::{FileCheck, NotReadable, Verdict, verify};

use crate::model::history::{Delivery, DeliveryFile, Outcome};
use crate::model::upload::Proof;
use crate::time::Utc;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::Path;

pub const VERSION: u32 = 1;

/// A receipt; the module documentation describes its JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`VERSION`].
    pub daypass_receipt: u32,
    pub app: String,
    /// Whether it was practice.
    pub practice: bool,
    /// The address of the server; `None` for Amazon's own.
    #[serde(default)]
    pub server: Option<String>,
    pub destination: String,
    pub bucket: String,
    /// The folder in the bucket.
    pub prefix: String,
    /// The bucket's region, if the destination names it.
    pub region: Option<String>,
    /// The account that is expected to own the bucket.
    pub account: String,
    pub role: String,
    /// The session name.
    pub session: String,
    pub who: String,
    #[serde(with = "text::moment")]
    pub began: Utc,
    /// When the last file ended; `None` while files are open.
    #[serde(with = "text::moment_or_null")]
    pub ended: Option<Utc>,
    pub delivered: Vec<Delivered>,
    /// The files that were not delivered, or whose delivery is unknown.
    pub not_delivered: Vec<NotDelivered>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// Relative path on the contractor's computer.
    pub name: String,
    /// The whole key in the bucket.
    pub key: String,
    pub size: u64,
    /// SHA-256 in lowercase hex.
    pub sha256: Option<String>,
    /// CRC64NVME in base64.
    pub crc64nvme: String,
    /// How much of the file S3 confirmed by checksum.
    #[serde(with = "text::confirmed")]
    pub confirmed: Proof,
    /// ETag without quotes.
    pub etag: String,
    pub version_id: Option<String>,
    /// The request ID of S3's response.
    pub request_id: String,
    /// When S3 responded.
    #[serde(with = "text::moment")]
    pub at: Utc,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDelivered {
    /// Relative path on the contractor's computer.
    pub name: String,
    /// The key it would have had.
    pub key: String,
    /// Size in bytes: as sent, or as added if it was not sent.
    pub size: u64,
    pub outcome: MissingOutcome,
    /// The outcome as a sentence.
    pub why: String,
    /// The error of the service or the system.
    #[serde(default)]
    pub details: Option<Details>,
}

/// The outcome of a file that was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingOutcome {
    /// The key was taken; nothing was replaced.
    AlreadyThere,
    /// No response says whether it was stored.
    NotConfirmed,
    Stopped,
    /// The person canceled it.
    Canceled,
    /// It has not ended yet.
    Open,
}

/// The formats of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A self-contained page to view and print.
    Html,
    /// A table for spreadsheets.
    Csv,
    /// For programs, and for `verify`.
    Json,
}

impl Format {
    /// All formats, the default first.
    pub const ALL: [Self; 3] = [Self::Html, Self::Csv, Self::Json];

    /// Returns the file name extension.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// Returns the format for a file name; HTML unless it ends in `.csv` or `.json`.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let is = |format: Self| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(format.extension()));
        Self::ALL.into_iter().find(|format| is(*format)).unwrap_or(Self::Html)
    }
}

impl Receipt {
    /// Makes the receipt of a delivery, or of the selected `lines` of it. Canceled files are omitted.
    #[must_use]
    pub fn of(delivery: &Delivery, lines: &[DeliveryFile]) -> Self {
        let destination = &delivery.destination;
        let mut receipt = Self {
            daypass_receipt: VERSION,
            app: delivery.app.to_string(),
            practice: destination.practice,
            server: delivery.server.as_deref().filter(|_| !destination.practice).map(str::to_owned),
            destination: destination.name.clone(),
            bucket: destination.bucket.to_string(),
            prefix: destination.prefix.to_string(),
            region: destination.region.as_ref().map(ToString::to_string),
            account: delivery.account.to_string(),
            role: destination.role.to_string(),
            session: delivery.session.to_string(),
            who: delivery.who.to_string(),
            began: delivery.began,
            ended: delivery.ended,
            delivered: Vec::new(),
            not_delivered: Vec::new(),
        };
        for line in lines {
            let outcome = match &line.outcome {
                Outcome::Delivered(stored) => {
                    receipt.delivered.push(Delivered {
                        name: line.name.to_string(),
                        key: line.key.to_string(),
                        size: stored.size,
                        sha256: stored.sha256.map(|hash| text::hex(&hash)),
                        crc64nvme: BASE64_STANDARD.encode(stored.crc.to_be_bytes()),
                        confirmed: stored.proof,
                        etag: stored.etag.trim_matches('"').to_string(),
                        version_id: stored.version_id.as_ref().map(ToString::to_string),
                        request_id: stored.request_id.to_string(),
                        at: stored.at,
                    });
                    continue;
                }
                Outcome::AlreadyThere => MissingOutcome::AlreadyThere,
                Outcome::NotConfirmed => MissingOutcome::NotConfirmed,
                Outcome::Failed(_) => MissingOutcome::Stopped,
                Outcome::Canceled => continue,
                Outcome::Open => {
                    receipt.ended = None;
                    MissingOutcome::Open
                }
            };
            receipt.not_delivered.push(NotDelivered {
                name: line.name.to_string(),
                key: line.key.to_string(),
                size: line.size,
                outcome,
                why: words::why(&line.outcome).to_string(),
                details: Details::of(&line.outcome, delivery),
            });
        }
        receipt
    }

    /// Returns the total size of all delivered files, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.delivered.iter().fold(0, |sum, file| sum.saturating_add(file.size))
    }

    /// Returns who confirmed the files.
    #[must_use]
    pub fn by(&self) -> words::By<'_> {
        match &self.server {
            _ if self.practice => words::By::Practice,
            Some(address) => words::By::Server(address),
            None => words::By::Amazon,
        }
    }

    /// Counts the delivered files by kind of proof.
    #[must_use]
    pub fn proofs(&self) -> words::Proofs {
        self.delivered.iter().fold(words::Proofs::default(), |mut proofs, file| {
            match file.confirmed {
                Proof::Whole => proofs.whole += 1,
                Proof::Parts => proofs.parts += 1,
                Proof::NoChecksum => proofs.none += 1,
            }
            proofs
        })
    }

    /// Renders the receipt in one of its formats.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Html => self.html(),
            Format::Csv => self.csv(),
            Format::Json => self.json(),
        }
    }

    /// Renders a page without scripts, links or external resources.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(std::slice::from_ref(self))
    }

    /// Renders an RFC 4180 table, with a byte order mark so that spreadsheets read it as UTF-8. A cell that a
    /// spreadsheet would take for a formula is prefixed with `'`; invisible characters are written as `\u{…}`.
    #[must_use]
    pub fn csv(&self) -> String {
        csv::table(std::slice::from_ref(self))
    }

    /// Renders JSON; invisible and direction characters are written as `\uXXXX`.
    #[must_use]
    pub fn json(&self) -> String {
        // Strings, numbers and lists always serialize.
        text::escape_json(&serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// Returns a short text for the customer, to be copied.
    #[must_use]
    pub fn message(&self) -> String {
        let missing: Vec<_> = self.not_delivered.iter().map(|file| (visible(&file.name), file.why.clone())).collect();
        words::message(&words::DeliveryMessage {
            to: &visible(&format!("{}/{}", self.bucket, self.prefix)),
            delivered: (self.proofs(), self.bytes()),
            at: self.delivered.iter().map(|file| file.at).max(),
            missing: &missing,
            hashed: self.delivered.iter().all(|file| file.sha256.is_some()),
            who: &visible(&self.who),
            by: self.by(),
        })
    }

    /// Returns a file name without its extension: "Receipt Important project 2026-11-22".
    #[must_use]
    pub fn file_name(&self) -> String {
        file_name(&self.destination, self.began)
    }

    /// Returns the name for uploading it to the destination: "daypass-receipt-2026-11-22-1412.html", in UTC. `number`
    /// is 2 or more if the names before are taken.
    #[must_use]
    pub fn sent_name(&self, number: u32) -> String {
        let at = text::write(self.ended.unwrap_or(self.began));
        let (day, time) = at.split_once('T').unwrap_or_default();
        let time: String = time.chars().filter(char::is_ascii_digit).take(4).collect();
        let number = if number > 1 { format!("-{number}") } else { String::new() };
        format!("daypass-receipt-{day}-{time}{number}.html")
    }

    /// Writes the receipt to a temporary file and moves it to `path` atomically. An existing file stays until the
    /// receipt is complete; an existing link is replaced, not followed. Blocks on disk I/O.
    ///
    /// # Errors
    ///
    /// The system's error if the file can't be written.
    pub fn save(&self, path: &Path, format: Format) -> io::Result<()> {
        put(&self.render(format), path)
    }
}

/// Returns a file name without its extension for the receipt of a delivery to `destination` that began at `began`.
#[must_use]
pub fn file_name(destination: &str, began: Utc) -> String {
    let name = visible(destination).replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-");
    let name: String = name.trim_matches(['.', ' ']).chars().take(60).collect();
    let day = text::write(began).chars().take(10).collect::<String>();
    ["Receipt", name.trim(), &day].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// Returns the suggested file name for `count` receipts; `delivery` is the first of them.
#[must_use]
pub fn receipt_file(delivery: Option<&Delivery>, count: usize) -> String {
    let Some(delivery) = delivery else { return "Receipt.html".to_owned() };
    let name = file_name(&delivery.destination.name, delivery.began);
    if count > 1 { format!("{name} and {} more.html", count - 1) } else { format!("{name}.html") }
}

fn put(text: &str, path: &Path) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // A receipt is meant for others too: it gets the permissions of any new file of this user.
        use std::os::unix::fs::PermissionsExt;
        file.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = file.tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
