//! What the journal keeps, and what comes back from it at the next start.

use super::conditions::Learned;
use super::destination::Destination;
use super::parts::PartDone;
use super::problem::Problem;
use super::upload::{DestinationId, Fingerprint, Folder, Multipart, Proof, Stored, UploadId};
use crate::time::Utc;
use std::sync::Arc;

/// Something to be taken down. The journal gives rows to numbers: `(place, upload)` of this run.
#[derive(Clone, Debug)]
pub enum Record {
    /// A destination was opened: remembered, and the one that later records of this number speak of.
    Place(DestinationId, Arc<Destination>),
    /// What sessions with this destination showed so far; it goes with the destination.
    Learned(DestinationId, Arc<Learned>),
    /// A remembered destination is forgotten.
    Forget(Arc<Destination>),
    /// A profile has another name: every destination reached by `from` is reached by `to`, with all that belongs to it.
    ProfileRenamed {
        /// What it was called.
        from: String,
        /// What it is called.
        to: String,
    },
    /// A new delivery of this place begins.
    Delivery {
        place: DestinationId,
        /// The account of the role and the bucket's expected owner.
        account: Box<str>,
        /// Who delivers: the identity's name.
        who: Box<str>,
        /// The session's name.
        session: Box<str>,
    },
    /// Who delivers, and under which session: known only now, since the delivery began before there was access.
    DeliveryBy {
        place: DestinationId,
        /// Who delivers: the identity's name.
        who: Box<str>,
        /// The session's name.
        session: Box<str>,
    },
    /// Every delivery of this place that was not told to have ended has come to its end: the walks are over and every upload
    /// has ended. `Reopened` opens the delivery of its upload again.
    DeliveryEnded(DestinationId),
    /// An upload was taken into the queue.
    Added {
        upload: UploadId,
        place: DestinationId,
        folder: Arc<Folder>,
        /// Its name on this computer.
        name: Arc<str>,
        /// The last segment of its key where that isn't the name.
        key_name: Option<Arc<str>>,
        size: u64,
    },
    /// An upload kept from an earlier run (`Unfinished::row`) goes on under this number.
    Adopted(UploadId, DestinationId, i64),
    /// Its key's last segment changed (sent under a new name).
    Renamed(UploadId, Arc<str>),
    /// Its file turned out to have another size, in bytes, than the one last recorded.
    Resized(UploadId, u64),
    /// It was created at S3.
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
    /// CompleteMultipartUpload goes out.
    Completing(UploadId),
    /// A PutObject of each upload from the first to the last may be out from now on.
    PutsBegin(UploadId, UploadId),
    /// No PutObject is out any more: all `PutsBegin` before are void, and of what was lost `Doubted` tells.
    PutsAnswered,
    /// A request may have stored it, although no answer said so; that ends when it is `Renamed`.
    Doubted(UploadId),
    /// It begins again from zero: what was kept of its parts is void.
    Restarted(UploadId),
    Ended(UploadId, End),
    /// It is in the queue again after it had ended; what is kept of its parts still holds unless `Restarted` follows.
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
    /// It isn't known whether it arrived.
    NotConfirmed,
    Failed(Arc<Problem>),
    /// The person took it out.
    Canceled,
}

/// What an earlier run left.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Destinations, most recent first.
    pub destinations: Vec<Destination>,
    /// What earlier runs learned of destinations, those of which there is something.
    pub learned: Vec<(Destination, Learned)>,
    /// The time of day at which it was read; none where nobody tells.
    pub now: Option<Utc>,
    pub settings: Option<super::snapshot::Settings>,
    /// Uploads of deliveries that have not come to their end, by destination, in the order they were added: those that
    /// have not ended, and those that have, so that the delivery is told whole and the same file added again is known.
    pub unfinished: Vec<(Destination, Vec<Unfinished>)>,
}

/// An upload of a delivery that has not come to its end.
#[derive(Clone, Debug)]
pub struct Unfinished {
    /// The journal's own number of it, which `Record::Adopted` names.
    pub row: i64,
    pub folder: Arc<Folder>,
    pub name: Arc<str>,
    /// The last segment of its key where that isn't the name.
    pub key_name: Option<Arc<str>>,
    /// Its size when it was last looked at.
    pub size: u64,
    /// Its multipart upload, if it was begun.
    pub multipart: Option<Multipart>,
    /// Whether CompleteMultipartUpload had gone out.
    pub completing: bool,
    /// Whether a request may have stored it without an answer.
    pub doubted: bool,
    /// Whether the earlier run broke off while its PutObject may have been out.
    pub put_begun: bool,
    /// How far it had come.
    pub came: EarlierState,
}

/// How far an upload of a delivery had come that has not come to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum EarlierState {
    /// It has not ended.
    Open,
    /// S3 has it. When the file that was sent was last written is kept beside it, in nanoseconds since 1970.
    Delivered(Proof, i128),
    /// The name was taken.
    AlreadyThere,
    /// It isn't known whether it arrived.
    NotConfirmed,
    Failed(Arc<Problem>),
}
