//! What the journal records, and what the next start reads back.

use super::conditions::Learned;
use super::destination::Destination;
use super::parts::PartDone;
use super::problem::Problem;
use super::upload::{DestinationId, Fingerprint, Folder, Multipart, Proof, Stored, UploadId};
use crate::time::Utc;
use std::sync::Arc;

/// Something to record. Ids are those of this run.
#[derive(Clone, Debug)]
pub enum Record {
    /// A destination was opened. Later records with this id are about it.
    Place(DestinationId, Arc<Destination>),
    /// What sessions with this destination have shown so far.
    Learned(DestinationId, Arc<Learned>),
    /// A remembered destination is forgotten.
    Forget(Arc<Destination>),
    /// A profile was renamed: every destination reached by `from` is reached by `to` from now on.
    ProfileRenamed {
        from: String,
        to: String,
    },
    /// A new delivery to this destination begins.
    Delivery {
        destination: DestinationId,
        /// The account of the role and the bucket's expected owner.
        account: Box<str>,
        /// Who delivers: the identity's name.
        who: Box<str>,
        /// The session's name.
        session: Box<str>,
    },
    /// Who delivers, and under which session, of a delivery that began before there was access.
    DeliveryBy {
        destination: DestinationId,
        /// Who delivers: the identity's name.
        who: Box<str>,
        /// The session's name.
        session: Box<str>,
    },
    /// All deliveries to this destination that are still open have ended: the walks are over and every upload has ended.
    /// `Reopened` opens the delivery of its upload again.
    DeliveryEnded(DestinationId),
    /// An upload was taken into the queue.
    Added {
        upload: UploadId,
        destination: DestinationId,
        folder: Arc<Folder>,
        /// Its name on this computer.
        name: Arc<str>,
        /// The last segment of its key, if that isn't the name.
        key_name: Option<Arc<str>>,
        size: u64,
    },
    /// An upload of an earlier run (`Unfinished::row`) continues under this id.
    Adopted(UploadId, DestinationId, i64),
    /// Its key's last segment changed (sent under a new name).
    Renamed(UploadId, Arc<str>),
    /// The size of its file changed since it was last recorded, in bytes.
    Resized(UploadId, u64),
    /// S3 created its multipart upload.
    Created {
        upload: UploadId,
        /// The file as it was opened.
        fingerprint: Fingerprint,
        /// The upload id.
        upload_id: Arc<str>,
        /// The size of a part.
        part: u64,
        /// When the lifecycle rule aborts it.
        abort_at: Option<Utc>,
    },
    /// S3 has a part.
    Part(UploadId, u32, PartDone),
    /// CompleteMultipartUpload may be out.
    Completing(UploadId),
    /// PutObject may be out for each upload from the first to the last.
    PutsBegin(UploadId, UploadId),
    /// No PutObject is out: all earlier `PutsBegin` are void. `Doubted` names the uploads whose answer was lost.
    PutsAnswered,
    /// A request may have stored it, although no answer says so. Holds until it is `Renamed`.
    Doubted(UploadId),
    /// It starts from the beginning: the parts that were kept are void.
    Restarted(UploadId),
    Ended(UploadId, End),
    /// It is in the queue again after it had ended. Its parts are still valid unless `Restarted` follows.
    Reopened(UploadId),
    /// The person's settings.
    Settings(super::snapshot::Settings),
}

/// How an upload ended.
#[derive(Clone, Debug)]
pub enum End {
    /// Delivered, with S3's answer.
    Delivered(Stored),
    /// The name was taken.
    AlreadyThere,
    /// Nobody knows whether it arrived.
    NotConfirmed,
    Failed(Arc<Problem>),
    /// The person canceled it.
    Canceled,
}

/// What an earlier run left.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Destinations, most recent first.
    pub destinations: Vec<Destination>,
    /// What earlier runs learned of destinations.
    pub learned: Vec<(Destination, Learned)>,
    /// The time of day at which it was read, if it is known.
    pub now: Option<Utc>,
    pub settings: Option<super::snapshot::Settings>,
    /// Uploads of deliveries that have not ended, by destination, in the order they were added. Uploads that have ended are
    /// included, so that the delivery is counted whole and the same file is recognized when it is added again.
    pub unfinished: Vec<(Destination, Vec<Unfinished>)>,
}

/// An upload of a delivery that has not ended.
#[derive(Clone, Debug)]
pub struct Unfinished {
    /// The journal's id of it, which `Record::Adopted` names.
    pub row: i64,
    pub folder: Arc<Folder>,
    pub name: Arc<str>,
    /// The last segment of its key, if that isn't the name.
    pub key_name: Option<Arc<str>>,
    /// Its size when it was last looked at.
    pub size: u64,
    /// Its multipart upload, if it was begun.
    pub multipart: Option<Multipart>,
    /// Whether CompleteMultipartUpload had gone out.
    pub completing: bool,
    /// Whether a request may have stored it without an answer.
    pub doubted: bool,
    /// Whether the earlier run ended while its PutObject may have been out.
    pub put_begun: bool,
    pub came: EarlierState,
}

/// The state that an upload of an earlier run had reached.
#[derive(Clone, Debug, PartialEq)]
pub enum EarlierState {
    /// It has not ended.
    Open,
    /// S3 has it; with the time at which the file was last written, in nanoseconds since 1970.
    Delivered(Proof, i128),
    /// The name was taken.
    AlreadyThere,
    /// Nobody knows whether it arrived.
    NotConfirmed,
    Failed(Arc<Problem>),
}
