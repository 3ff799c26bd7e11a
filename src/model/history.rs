//! Past deliveries: what the journal keeps of each, and of each of its files.

use super::destination::Destination;
use super::problem::Problem;
use super::upload::Stored;
use crate::time::Utc;
use std::path::PathBuf;

/// One delivery: what was added to a destination between one empty queue and the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its number in the journal.
    pub id: i64,
    /// The destination as it was then.
    pub destination: Destination,
    /// The address of the server; none for Amazon's own.
    pub server: Option<Box<str>>,
    /// The account that the bucket was expected to belong to.
    pub account: Box<str>,
    pub who: Box<str>,
    /// The session's name.
    pub session: Box<str>,
    /// The version of Daypass.
    pub app: Box<str>,
    /// When it began.
    pub began: Utc,
    /// When the last of its uploads ended.
    pub ended: Option<Utc>,
    /// Files taken into the queue and not canceled.
    pub files: u64,
    /// Files that were delivered.
    pub delivered: u64,
    /// The bytes of the delivered files.
    pub bytes: u64,
    /// Files that have not ended.
    pub open: u64,
}

/// One file of a delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryFile {
    /// Its number in the journal.
    pub row: i64,
    /// Its folder on this computer.
    pub path: PathBuf,
    /// Its folder within the delivery and its name on this computer.
    pub name: Box<str>,
    /// Its whole key in the bucket.
    pub key: Box<str>,
    /// Its size in bytes: as sent if it was sent, otherwise as it was added.
    pub size: u64,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a file of a delivery ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// S3 has it.
    Delivered(Stored),
    /// The name was taken; nothing was replaced.
    AlreadyThere,
    /// No answer says whether it arrived, or the journal's row of it is damaged.
    NotConfirmed,
    Failed(Problem),
    /// The person canceled it.
    Canceled,
    /// It has not ended.
    Open,
}

/// Which deliveries to return.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Part of the name of a file, folder, destination or bucket, ignoring case. None for all.
    pub search: Option<String>,
    /// Those that began at or after this moment.
    pub from: Option<Utc>,
    /// Those that began before this moment.
    pub until: Option<Utc>,
}
