//! The cheap, immutable copy of the model that the window and the command line read.

pub use super::profiles::{Profile, ProfileWarning, Profiles, Source, WarningKind};

use super::conditions::Learned;
use super::destination::Destination;
use super::problem::Problem;
use super::rows::Rows;
use super::session::{AssumeStatus, Identity, Session};
pub use super::settings::{AllowedCommand, Settings};
use super::upload::{DestinationId, UploadId};
use crate::time::{Time, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// From when on the access ends soon.
const SOON: Duration = Duration::from_mins(10);

/// Everything that is shown.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The moment of the last event.
    pub now: Time,
    /// The destinations open in this run, by number; each has its own session and queue.
    pub destinations: Vec<OpenDestination>,
    /// All uploads of this run.
    pub rows: Rows,
    /// The profiles found in the shared files.
    pub profiles: Arc<Profiles>,
    /// What is known of who each profile is: its name, and the answer or the problem.
    pub identities: Arc<Vec<(String, Result<Identity, Problem>)>>,
    /// Whether the line is down, and until when nothing is tried.
    pub line: Network,
    /// Why nothing can be recorded, which holds everything until it can.
    pub journal: Option<Arc<Problem>>,
    /// Destinations remembered from earlier, most recent first.
    pub remembered: Arc<Vec<Destination>>,
    /// What the person has set.
    pub settings: Settings,
    /// Until when S3 keeps the parts of uploads that have not ended, where the bucket's lifecycle throws them away
    /// (`x-amz-abort-date`).
    pub kept_until: Arc<BTreeMap<UploadId, Utc>>,
}

impl Snapshot {
    /// Returns the open destination with this id.
    #[must_use]
    pub fn destination(&self, id: DestinationId) -> Option<&OpenDestination> {
        self.destinations.get(id.index())
    }

    /// Returns the open destinations with their ids, in the order in which they were opened.
    pub fn destinations(&self) -> impl Iterator<Item = (DestinationId, &OpenDestination)> {
        self.destinations.iter().enumerate().map(|(index, place)| (DestinationId::from_index(index), place))
    }

    /// Returns the id of the first open destination that `is_wanted`.
    pub fn find_destination(&self, is_wanted: impl Fn(&Destination) -> bool) -> Option<DestinationId> {
        self.destinations().find(|(_, place)| is_wanted(&place.destination)).map(|(id, _)| id)
    }

    /// Returns the id of the destination that was opened last.
    #[must_use]
    pub fn newest_destination(&self) -> Option<DestinationId> {
        self.destinations.len().checked_sub(1).map(DestinationId::from_index)
    }
}

/// One destination that is open.
#[derive(Clone, Debug)]
pub struct OpenDestination {
    /// Where files go.
    pub destination: Arc<Destination>,
    /// Where its session stands.
    pub session: Session,
    /// Whether AssumeRole is asked, also while the session is active.
    pub assume: AssumeStatus,
    /// Whether a session was given in this run, also after it has ended.
    pub worked: bool,
    /// What earlier sessions and this one showed, kept from run to run.
    pub learned: Arc<Learned>,
    /// Why the last renewal did not work while the session goes on or after it has ended.
    pub renew_problem: Option<Arc<Problem>>,
    /// What is tried again by itself while nothing goes well here.
    pub retry: Option<RetryStatus>,
    /// Why its queue is held, where something would meet every upload.
    pub hold: Option<Arc<Problem>>,
    /// Whether the person paused the whole queue.
    pub paused: bool,
    /// Folders still being walked.
    pub walking: u32,
    /// What was left out, with the reason; of each reason the first thousand.
    pub left_out: Arc<Vec<Skipped>>,
    /// How many were left out, reason by reason.
    pub left_out_count: SkipCounts,
    /// Counts of the current delivery: all that was added since the queue was last empty.
    pub totals: Totals,
}

impl OpenDestination {
    /// A destination that was just opened.
    #[must_use]
    pub fn new(destination: Arc<Destination>, learned: Learned) -> Self {
        Self {
            destination,
            session: Session::SignedOut,
            assume: AssumeStatus::Idle,
            worked: false,
            learned: Arc::new(learned),
            renew_problem: None,
            retry: None,
            hold: None,
            paused: false,
            walking: 0,
            left_out: Arc::default(),
            left_out_count: SkipCounts::default(),
            totals: Totals::default(),
        }
    }

    /// Whether access is being asked for now, also while the session is active.
    #[must_use]
    pub const fn is_asking(&self) -> bool {
        matches!(self.assume, AssumeStatus::Identifying | AssumeStatus::Assuming)
    }

    /// Whether the access ends soon: in ten minutes, in the last quarter of a short session, or before the queue is done.
    #[must_use]
    pub fn ends_soon(&self, now: Time) -> bool {
        let Session::Active(grant) = &self.session else { return false };
        grant.ends.since(now) <= SOON.min(grant.length / 4) || self.needs_more(now).is_some()
    }

    /// Returns in how long the access [ends soon](Self::ends_soon), if nothing else changes; `None` without access.
    #[must_use]
    pub fn ends_soon_in(&self, now: Time) -> Option<Duration> {
        let Session::Active(grant) = &self.session else { return None };
        let need = self.totals.time_left.filter(|_| self.totals.open() > 0 && !self.paused).unwrap_or_default();
        Some(grant.ends.since(now).saturating_sub(need.max(SOON.min(grant.length / 4))))
    }

    /// Returns how long the queue still needs, if that is longer than the access lasts.
    #[must_use]
    pub fn needs_more(&self, now: Time) -> Option<Duration> {
        let left = self.session.left(now);
        self.totals.time_left.filter(|need| self.totals.open() > 0 && !self.paused && *need > left)
    }

    /// Whether AssumeRole is tried again by itself soon.
    #[must_use]
    pub const fn is_retrying(&self) -> bool {
        matches!(self.assume, AssumeStatus::RetryAt(_))
    }
}

/// A series of tries that have not gone well yet, with nothing else going well at the destination meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryStatus {
    /// What is tried.
    pub what: Retried,
    /// What the last try met.
    pub why: Arc<Problem>,
    /// When the first one did not go well.
    pub since: Time,
    /// How many have not gone well.
    pub tries: u32,
    /// When the next one begins; in the past while one is under way.
    pub next: Time,
}

/// What is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    Access,
    /// HeadBucket, for the bucket's region.
    Bucket,
    /// A file's upload.
    Upload,
    /// What S3 denied, which is held until then.
    Denied,
}

/// Something that was not taken into the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What it is.
    pub path: PathBuf,
    /// Why it was left out.
    pub why: SkipReason,
}

/// Why something was not taken into the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// A link, which is not followed.
    Link,
    /// A device, a pipe or a socket.
    NotAFile,
    /// Its name can't be written as text.
    NameNotText,
    /// It can't be read.
    Unreadable,
    /// It is no longer there.
    Gone,
    /// It is in the list already.
    Twice,
    /// Its name with its folders is longer than 1024 bytes.
    NameTooLong,
    /// It is larger than S3 takes.
    TooLarge,
    /// A folder with nothing in it: S3 keeps files only.
    EmptyFolder,
    /// The same file was delivered under its key at this moment.
    Earlier(Utc),
}

impl SkipReason {
    const COUNT: usize = 10;

    const fn index(self) -> usize {
        match self {
            Self::Link => 0,
            Self::NotAFile => 1,
            Self::NameNotText => 2,
            Self::Unreadable => 3,
            Self::Gone => 4,
            Self::Twice => 5,
            Self::NameTooLong => 6,
            Self::TooLarge => 7,
            Self::EmptyFolder => 8,
            Self::Earlier(_) => 9,
        }
    }
}

/// How many were left out, reason by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SkipCounts([u64; SkipReason::COUNT]);

impl SkipCounts {
    /// How many were left out for this reason.
    #[must_use]
    pub const fn of(&self, why: SkipReason) -> u64 {
        self.0[why.index()]
    }

    /// Counts one more.
    pub const fn add(&mut self, why: SkipReason) {
        self.0[why.index()] += 1;
    }

    /// Counts `count` of them no more.
    pub const fn remove(&mut self, why: SkipReason, count: u64) {
        self.0[why.index()] = self.0[why.index()].saturating_sub(count);
    }

    /// How many were left out in all.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How many files were delivered earlier, whenever that was.
    #[must_use]
    pub const fn earlier(&self) -> u64 {
        self.of(SkipReason::Earlier(Utc(0)))
    }

    /// How many were left out that a person may have meant to deliver: not those that are in the list already or were
    /// delivered earlier, not links, which are never followed, and not empty folders, which S3 can't keep.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.all()
            - self.of(SkipReason::Twice)
            - self.of(SkipReason::Link)
            - self.of(SkipReason::EmptyFolder)
            - self.earlier()
    }
}

/// Counts of one delivery: a fold of its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The number of the delivery's first row.
    pub first: u32,
    /// Files taken into the queue and not taken out again.
    pub files: u64,
    pub bytes: u64,
    /// Files delivered, whatever the proof.
    pub delivered: u64,
    /// Files delivered whose parts only were confirmed.
    pub parts_only: u64,
    /// Files delivered of which the server confirmed no checksum.
    pub no_checksum: u64,
    /// Bytes that S3 has answered for.
    pub confirmed: u64,
    /// Bytes taken by the network and not answered for yet.
    pub in_flight: u64,
    /// Bytes of files that ended without being delivered.
    pub given_up: u64,
    /// Files whose name was taken.
    pub already: u64,
    /// Files of which it isn't known whether they arrived.
    pub unconfirmed: u64,
    /// Files that stopped, without those that were left out.
    pub failed: u64,
    /// Files left out because they look like access keys, which a person may send all the same.
    pub key_files: u64,
    /// Files that the person took out.
    pub canceled: u64,
    /// Files paused one by one.
    pub paused: u64,
    /// Bytes a second over the last seconds, 0 while unknown.
    pub rate: u64,
    /// The time left at that rate; none while it can't be told.
    pub time_left: Option<Duration>,
    /// When its first file was added.
    pub began: Time,
    /// When its last file ended, once all have.
    pub ended: Option<Time>,
    /// How long something of it was on its way, without the time in which everything stood still.
    pub moving: Duration,
}

impl Totals {
    /// Files that have not ended.
    #[must_use]
    pub const fn open(&self) -> u64 {
        self.files - self.delivered - self.already - self.unconfirmed - self.failed - self.key_files
    }

    /// Whether there was something and every file of it has ended.
    #[must_use]
    pub const fn done(&self) -> bool {
        self.files > 0 && self.open() == 0
    }
}

/// Whether the line carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// As far as is known.
    #[default]
    Up,
    /// Down since a moment, tried again at another, because of this.
    Down {
        since: Time,
        /// When it is tried again.
        next: Time,
        /// What was met.
        why: Arc<Problem>,
    },
}

/// What a person asks for, by a click or an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open this destination and get access to it.
    Open(Box<Destination>),
    /// Change an open destination, and take the files that wait for it along. If it needs no code, get access to it too.
    Change(DestinationId, Box<Destination>),
    /// Get or renew access; a code, if one is needed, was handed to the vault before.
    GetAccess(DestinationId),
    /// The same without narrowing the session, after STS refused the narrowing.
    GetAccessUnnarrowed(DestinationId),
    /// Drop the credentials; the queue waits.
    SignOut(DestinationId),
    /// Forget a remembered destination.
    Forget(Box<Destination>),
    /// Take files and folders into the queue.
    Add(DestinationId, Vec<PathBuf>),
    Pause(Which),
    Resume(Which),
    /// Take out of the queue.
    Cancel(Which),
    /// Try again what stopped.
    Retry(Which),
    /// Send a file whose name is taken under the next free-looking name (`report (2).pdf`).
    SendUnderNewName(UploadId),
    /// Send a file that was left out because it looks like a key.
    SendKeyFile(UploadId),
    /// Send a file that was left out because it was delivered earlier; without a path, all of them.
    SendAgain(DestinationId, Option<PathBuf>),
    /// Look again at what held the queue.
    Release(DestinationId),
    /// Ask who a profile is.
    Identify(String),
    /// A profile has another name from now on: what was remembered with it is renewed.
    ProfileRenamed {
        /// What it was called.
        from: String,
        /// What it is called.
        to: String,
    },
    /// The person changed a setting.
    Set(Settings),
    /// Drop the problem with the journal and try again.
    RetryJournal,
}

impl Command {
    /// Returns the open destination or the upload that it is about.
    #[must_use]
    pub const fn subject(&self) -> Option<Which> {
        match self {
            Self::Change(id, _)
            | Self::GetAccess(id)
            | Self::GetAccessUnnarrowed(id)
            | Self::SignOut(id)
            | Self::Add(id, _)
            | Self::SendAgain(id, _)
            | Self::Release(id) => Some(Which::All(*id)),
            Self::Pause(which) | Self::Resume(which) | Self::Cancel(which) | Self::Retry(which) => Some(*which),
            Self::SendUnderNewName(id) | Self::SendKeyFile(id) => Some(Which::One(*id)),
            Self::Open(_)
            | Self::Forget(_)
            | Self::Identify(_)
            | Self::ProfileRenamed { .. }
            | Self::Set(_)
            | Self::RetryJournal => None,
        }
    }
}

/// Which uploads a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every upload to this destination.
    All(DestinationId),
    One(UploadId),
}
