//! What was delivered, for the customer: as a page, as a table, as JSON, and checked against files.
//!
//! # The JSON form
//!
//! One object, UTF-8, version 1. Times are RFC 3339 in UTC, sizes are bytes; a value that is not known is `null`. Readers
//! pass over members that they don't know; a receipt whose meaning changes gets another version.
//!
//! | Member | Value |
//! |---|---|
//! | `daypass_receipt` | `1` |
//! | `app` | the version of Daypass that delivered |
//! | `practice` | whether it was practice: nothing was sent to Amazon |
//! | `server` | the address of the server that took the files; `null` for Amazon's own; earlier versions did not write it |
//! | `destination`, `bucket`, `prefix`, `region` | where the files went; `region` may be `null` |
//! | `account` | the account that the bucket is expected to belong to |
//! | `role`, `session`, `who` | through which role, under which session name, and who delivered |
//! | `began`, `ended` | the first and the last moment; `ended` is `null` while files are open |
//! | `delivered` | a list of files, as below |
//! | `not_delivered` | a list of `name`, `key`, `size`, `outcome` (`already_there`, `not_confirmed`, `stopped`, `open`), `why`, `details`; what was taken out is left out |
//!
//! A delivered file has `name` (relative path at the contractor's), `key` (whole key in the bucket), `size`, `sha256`
//! (64 hex digits or `null`), `crc64nvme` (base64 of 8 bytes, as `x-amz-checksum-crc64nvme` writes it), `confirmed`
//! (`whole_file`: S3 answered with that checksum for the stored object; `each_part`: S3 answered for each part with its
//! checksum and gave none for the whole; `no_checksum`: the server stored it and confirmed no checksum), `etag` (without its
//! quotes), `version_id` (or `null`), `request_id`, `at`.
//!
//! The `details` of a file that stopped are what the service or the system said: `call`, `status`, `code`, `request_id`,
//! `message`, each `null` where it said none. They are `null` where nobody said anything; earlier versions did not write them.
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
pub use verify::{Check, NotReadable, Verdict, verify};

use crate::model::history::{Delivery, DeliveryFile, Outcome};
use crate::model::upload::Proof;
use crate::time::Utc;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::Path;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// A receipt; the module says how it is written as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`VERSION`].
    pub daypass_receipt: u32,
    /// The version of Daypass that delivered.
    pub app: String,
    /// Whether it was practice.
    pub practice: bool,
    /// The address of the server; none for Amazon's own.
    #[serde(default)]
    pub server: Option<String>,
    /// The destination's name.
    pub destination: String,
    pub bucket: String,
    /// The folder in it.
    pub prefix: String,
    /// The bucket's region, where the destination names it.
    pub region: Option<String>,
    /// The account of the role.
    pub account: String,
    /// The role's ARN.
    pub role: String,
    /// The session's name.
    pub session: String,
    pub who: String,
    /// When the delivery began.
    #[serde(with = "text::moment")]
    pub began: Utc,
    /// When its last file ended.
    #[serde(with = "text::moment_or_null")]
    pub ended: Option<Utc>,
    /// The files that were delivered.
    pub delivered: Vec<Delivered>,
    /// The files that were not, or of which it isn't known.
    pub not_delivered: Vec<NotDelivered>,
}

/// A file that was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// Its relative path on the contractor's computer.
    pub name: String,
    /// Its whole key.
    pub key: String,
    pub size: u64,
    /// Its SHA-256 in small hex digits.
    pub sha256: Option<String>,
    /// Its CRC64NVME in base64.
    pub crc64nvme: String,
    /// How much of it S3 confirmed.
    #[serde(with = "text::confirmed")]
    pub confirmed: Proof,
    /// Its ETag without quotes.
    pub etag: String,
    pub version_id: Option<String>,
    /// The request id of S3's answer.
    pub request_id: String,
    /// When S3 answered.
    #[serde(with = "text::moment")]
    pub at: Utc,
}

/// A file that was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDelivered {
    /// Its relative path on the contractor's computer.
    pub name: String,
    /// The key it was meant for.
    pub key: String,
    /// Its bytes when it was added.
    pub size: u64,
    /// What became of it.
    pub outcome: What,
    /// The same as a sentence.
    pub why: String,
    /// What the service or the system said.
    #[serde(default)]
    pub details: Option<Details>,
}

/// What became of a file that was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The name was taken; nothing was replaced.
    AlreadyThere,
    /// No answer says whether it arrived.
    NotConfirmed,
    Stopped,
    /// The person took it out.
    Canceled,
    /// It has not ended.
    Open,
}

/// The forms of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A page that needs nothing else, to be looked at and printed.
    Html,
    /// A table for spreadsheets.
    Csv,
    /// For programs, and for `verify`.
    Json,
}

impl Format {
    /// All forms, the usual one first.
    pub const ALL: [Self; 3] = [Self::Html, Self::Csv, Self::Json];

    /// The end of the file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The form that a file's name asks for; HTML unless it ends in `.csv` or `.json`.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let is = |format: Self| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(format.extension()));
        Self::ALL.into_iter().find(|format| is(*format)).unwrap_or(Self::Html)
    }
}

impl Receipt {
    /// The receipt of a delivery, or of those `lines` of it that somebody selected. Canceled files are left out.
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
                Outcome::AlreadyThere => What::AlreadyThere,
                Outcome::NotConfirmed => What::NotConfirmed,
                Outcome::Failed(_) => What::Stopped,
                Outcome::Canceled => continue,
                Outcome::Open => {
                    receipt.ended = None;
                    What::Open
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

    /// The bytes of all delivered files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.delivered.iter().fold(0, |sum, file| sum.saturating_add(file.size))
    }

    /// Whose word the confirmations are.
    #[must_use]
    pub fn by(&self) -> words::By<'_> {
        match &self.server {
            _ if self.practice => words::By::Practice,
            Some(address) => words::By::Server(address),
            None => words::By::Amazon,
        }
    }

    /// How many of the delivered files have each kind of proof.
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

    /// In one of its forms.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Html => self.html(),
            Format::Csv => self.csv(),
            Format::Json => self.json(),
        }
    }

    /// As a page without scripts, links or anything from elsewhere.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(std::slice::from_ref(self))
    }

    /// As a table after RFC 4180, with a byte order mark so that spreadsheets read it as UTF-8. A cell that a spreadsheet
    /// would take for a formula begins with `'`; what can't be seen is written as `\u{…}`.
    #[must_use]
    pub fn csv(&self) -> String {
        csv::table(std::slice::from_ref(self))
    }

    /// As JSON; characters that can't be seen or turn the direction of text are written as `\uXXXX`.
    #[must_use]
    pub fn json(&self) -> String {
        // Strings, numbers and lists always serialize.
        text::escape_json(&serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// A short text for the customer, to be copied.
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

    /// A name for the file, without its end: "Receipt Important project 2026-11-22".
    #[must_use]
    pub fn file_name(&self) -> String {
        file_name(&self.destination, self.began)
    }

    /// The name under which it is sent beside the files, `number` from 2 on where others are taken:
    /// "daypass-receipt-2026-11-22-1412.html", in UTC.
    #[must_use]
    pub fn sent_name(&self, number: u32) -> String {
        let at = text::write(self.ended.unwrap_or(self.began));
        let (day, time) = at.split_once('T').unwrap_or_default();
        let time: String = time.chars().filter(char::is_ascii_digit).take(4).collect();
        let number = if number > 1 { format!("-{number}") } else { String::new() };
        format!("daypass-receipt-{day}-{time}{number}.html")
    }

    /// Writes it beside `path` and puts it there in one step: what stood there before stays until the receipt is whole, and
    /// a link there is replaced, not followed. Reads and writes the disk.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn save(&self, path: &Path, format: Format) -> io::Result<()> {
        put(&self.render(format), path)
    }
}

/// A name for the receipt of a delivery to this destination that began then, without its end.
#[must_use]
pub fn file_name(destination: &str, began: Utc) -> String {
    let name = visible(destination).replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-");
    let name: String = name.trim_matches(['.', ' ']).chars().take(60).collect();
    let day = text::write(began).chars().take(10).collect::<String>();
    ["Receipt", name.trim(), &day].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// The name that is offered for so many receipts, the first of them of this delivery.
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
        // A receipt is for others too: it gets the permissions of any new file of this user.
        use std::os::unix::fs::PermissionsExt;
        file.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = file.tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
