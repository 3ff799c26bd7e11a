//! What went wrong, as a value: its kind, what a retry would do, whose turn it is, and the server's own words under details.

mod rules;
mod turn;

pub use turn::Turn;

use crate::time::Utc;
use rules::Stored;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Something that did not go as wanted, as the model decides on it and as `words` explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub kind: Kind,
    /// What a server or the system said, for the folded details; never shown as the sentence itself.
    pub detail: Option<Arc<Detail>>,
}

/// For logs and for callers of the library. People read the sentence in `words`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)?;
        let Some(detail) = self.detail.as_deref() else { return Ok(()) };
        if !detail.call.is_empty() {
            write!(f, " in {}", detail.call)?;
        }
        if !detail.message.is_empty() {
            write!(f, ": {}", detail.message)?;
        }
        Ok(())
    }
}

impl Error for Problem {}

impl Problem {
    /// A problem of this kind without details.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, detail: None }
    }

    /// A problem of this kind with what was answered.
    #[must_use]
    pub fn with(kind: Kind, detail: Detail) -> Self {
        Self { kind, detail: Some(Arc::new(detail)) }
    }

    /// Whether the server itself told of a fault of its own that leaves open what it did: the line carries, and whoever else
    /// it carries to need not wait.
    #[must_use]
    pub fn is_fault_of_the_server(&self) -> bool {
        let told = |detail: &Detail| !detail.request_id.is_empty() && (detail.status >= 500 || !detail.code.is_empty());
        self.kind == Kind::AnswerLost && self.detail.as_deref().is_some_and(told)
    }

    /// What to do with the request that met this.
    #[must_use]
    pub fn retry(&self) -> Retry {
        if self.is_fault_of_the_server() { Retry::Again } else { self.kind.retry() }
    }

    /// Whether a request that stores a whole object may have done so although it ended like this. `all_sent` says whether the
    /// network had taken its whole body; without a body it is true.
    #[must_use]
    pub fn may_be_stored(&self, all_sent: bool) -> bool {
        let detail = self.detail.as_deref();
        // A refusal in S3's own words is an answer. Of its own faults (5xx) only 501 says that nothing was done.
        let refused = |detail: &Detail| {
            let status = (400..500).contains(&detail.status) || detail.status == 501;
            status && !detail.code.is_empty() && !detail.request_id.is_empty()
        };
        if detail.is_some_and(refused) {
            return false;
        }
        match self.kind.stored() {
            Stored::Maybe => true,
            // A success that proves nothing came from something on the way, which may have passed on what it took.
            Stored::IfAllSent => {
                let success = detail.is_some_and(|detail| (200..300).contains(&detail.status));
                all_sent || self.kind == Kind::LoginPage && success
            }
            Stored::No => false,
        }
    }
}

/// What a server answered: foreign text, already cut to 500 characters and stripped of control and bidi characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The call, such as `AssumeRole` or `UploadPart`.
    pub call: Box<str>,
    /// The code of the answer (`AccessDenied`), empty where there was none.
    pub code: Box<str>,
    /// The HTTP status, 0 where there was no answer.
    pub status: u16,
    /// The request id that AWS can look up, empty where there was none.
    pub request_id: Box<str>,
    /// The message of the answer, or of the system.
    pub message: Box<str>,
    /// What it is about, where the destination doesn't tell: a role, or a role and its account with ` in ` between them.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub about: Box<str>,
    /// When it was answered.
    pub at: Utc,
}

/// The [`Detail::code`] of a profile's command that the person has not allowed.
pub const COMMAND_NOT_ALLOWED: &str = "NotAllowed";

/// Which policy a denial names, as far as the message's tail tells (IAM, "Troubleshoot access denied error messages").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeniedBy {
    /// One text for every cause: it can't be known who must act.
    Unknown,
    /// An identity policy of the contractor's own account is missing or denies.
    YourPolicy,
    /// The role's trust policy does not name this user, or denies.
    TrustPolicy,
    /// The role's trust policy allows `sts:AssumeRole` and not `sts:TagSession`, which a caller with session tags needs as well.
    TagSession,
    /// The role's trust policy allows `sts:AssumeRole` and not `sts:SetSourceIdentity`, which a caller with a source identity
    /// needs as well.
    SourceIdentity,
    /// A policy on the bucket or the key denies.
    ResourcePolicy,
    /// A service control policy denies: a rule of the organization to which the caller's account belongs.
    OrganizationPolicy,
    /// A resource control policy denies: a rule of the organization to which the role's or the bucket's account belongs.
    ResourceControl,
    /// A VPC endpoint's policy denies.
    EndpointPolicy,
    /// A permissions boundary denies.
    Boundary,
    /// The session policy denies: before AssumeRole that of the profile's own key, afterwards the one that Daypass sets.
    SessionPolicy,
    /// The role's own policy does not allow it (after AssumeRole, "no identity-based policy" speaks of the role).
    RolePolicy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// There is no network, or the name of the server can't be looked up.
    Offline,
    /// The server did not answer, or stopped taking bytes, within the time a slow line would need.
    NoAnswer,
    /// The connection broke.
    ConnectionLost,
    /// The server could not prove who it is (certificate); nothing was sent.
    NotTrusted,
    /// The file of further certificates (`--ca-bundle`) can't be read, or holds no certificate.
    CaBundle,
    /// A login page or another program answered instead of AWS.
    LoginPage,
    /// A proxy refused.
    ProxyRefused,
    /// This computer's clock is off by so many seconds (positive: ahead).
    ClockWrong(i64),
    /// The server is busy or had a fault of its own: try again later.
    Busy,
    /// The server asks for fewer requests (SlowDown, Throttling).
    SlowDown,
    /// An answer that Daypass doesn't know.
    Unexpected,
    /// The service refused the request with a code of its own that Daypass doesn't know: the same again would be refused too.
    Refused,
    /// The service does not know what was asked (501 NotImplemented).
    NotImplemented,
    /// Something on the way, which is not AWS, refused the request with this HTTP status.
    GatewayRefused(u16),
    /// Something on the way takes no request with a body of so many bytes (413).
    BodyLimit(u64),

    /// There is no profile of this name.
    NoProfile,
    /// The profile's files can't be read, or what stands in the profile can't be meant so.
    ProfileOdd,
    /// The profile holds a temporary key (`ASIA…`) without its token.
    KeyWithoutToken,
    /// The profile holds nothing that gives credentials.
    ProfileEmpty,
    /// The key belongs to the account's root user, which may not assume roles.
    RootKey,
    /// The key and the role are in different partitions of AWS (China, GovCloud…).
    OtherPartition,
    /// The access key isn't known: deleted, inactive, or of another partition.
    KeyNotAccepted,
    /// The secret does not belong to the access key.
    SecretWrong,
    /// The profile's own temporary credentials have run out.
    SourceEnded,
    /// The profile needs a sign-in that only the person can do (IAM Identity Center).
    SignInNeeded,
    /// The sign-in serves, but gives the person no such role in that account; [`Detail::about`] names both.
    SignInRoleMissing,
    /// The profile is a role of its own, and was refused it; [`Detail::about`] names it.
    OwnRoleDenied,
    /// The profile is a role of its own that asks for a code of an MFA device; Daypass asks for one for the customer's role alone.
    OwnRoleNeedsCode,
    /// The profile's key comes from a token file or from variables of the environment, and there is none that serves;
    /// [`Detail::about`] names them.
    KeyNotFound,
    /// The profile's `credential_process` was not allowed, or did not give credentials.
    ProcessRefused,

    /// AssumeRole was denied.
    AssumeDenied(DeniedBy),
    /// The role asks for a code from an MFA device, and none was given.
    CodeNeeded,
    /// The code was wrong, late, or used before.
    CodeWrong,
    /// The MFA serial does not belong to this user.
    SerialWrong,
    /// The role allows shorter sessions only.
    TooLong,
    /// Credentials that come from a role allow one hour only.
    TooLongChained,
    /// The narrowing session policy does not fit.
    PolicyTooLarge,
    /// The narrowing session policy was refused.
    PolicyRefused,
    /// STS is switched off for this account in this region.
    RegionOff,
    /// STS says that something in the request can't be so (names, lengths).
    RequestRefused,
    /// The session that came belongs to another account than the role.
    OtherAccount,
    /// The session that came is of another role than was asked for.
    OtherRole,
    /// The account is suspended or not signed up.
    AccountProblem,
    /// The session that came was over already by the server's own clock, or is over before anything can be done under it.
    SessionOver,

    /// S3 denied the call.
    AccessDenied(DeniedBy),
    /// The bucket's key (KMS) may not be used by the role: `kms:GenerateDataKey`.
    KmsGenerate,
    /// The bucket's key (KMS) may not be used by the role for multipart uploads: `kms:Decrypt`.
    KmsDecrypt,
    /// The bucket's key (KMS) is disabled, missing or in a state that can't be used.
    KmsKey,
    /// There is no bucket of this name.
    NoSuchBucket,
    /// The bucket lives in another region.
    OtherRegion,
    /// The session has ended (ExpiredToken).
    SessionEnded,
    /// The session is no longer accepted (InvalidToken, InvalidAccessKeyId): its role was deleted or changed.
    SessionRefused,
    /// An object of this name is there already; it was not replaced.
    AlreadyThere,
    /// Another writer was at the same key at the same moment.
    Conflict,
    /// Another writer was at the same key at each try.
    Contended,
    /// S3 no longer knows the multipart upload.
    UploadGone,
    /// S3 does not accept the parts as they were listed.
    PartsRefused,
    /// The bytes arrived altered (BadDigest).
    Damaged,
    /// The file is larger than S3 takes (48.8 TiB).
    TooLarge,
    /// The name is longer than S3 takes (1024 bytes).
    NameTooLong,
    /// The bucket refuses an option that the destination asks for (ACL, encryption, tagging).
    OptionRefused,
    /// The bucket's policy refuses an unsigned payload.
    UnsignedRefused,
    /// The signature does not fit what arrived: something on the way changes requests.
    SignatureRefused,
    /// The answer was lost after everything had been sent: it may be stored, or not.
    AnswerLost,
    /// S3 answered with another checksum than the file's.
    ProofDiffers,

    /// The file is no longer there.
    SourceGone,
    /// The file changed while it was being sent.
    SourceChanged,
    /// The file can't be read (permission, device, disk).
    SourceUnreadable,
    /// Another program has the file open and lets nobody else read it.
    SourceBusy,
    /// The system lets Daypass open no more files at once: it is no fault of this one.
    TooManyOpen,
    /// The drive that holds the file does not answer.
    SourceSilent,
    /// It is not a regular file (device, socket, pipe).
    SourceNotAFile,
    /// It looks like an access key or a private key, and nobody said that it is to be sent.
    KeyFile,
    /// The name can't be written as text.
    NameNotText,

    /// The disk that holds Daypass's journal is full.
    JournalFull,
    /// The journal can't be written.
    JournalBroken,
    /// The disk that holds the journal has not answered for a second.
    JournalSlow,
}

/// What to do with a request that met a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The line is down: everything waits, one request at a time tries.
    Line,
    /// Send the same again after a while.
    Again,
    /// Send the same again after a while, and fewer at once.
    Slower,
    /// Wait for new credentials, then send the same again.
    NewSession,
    /// Every upload to this destination would meet it: hold them all and say so.
    Hold,
    /// Start this file's upload from the beginning.
    Restart,
    /// Read the bytes again from the file and send them; the second time, stop.
    Reread,
    /// It will not get better by itself: this file stops here.
    Stop,
}

impl Kind {
    /// Whether the file can't be opened or read at the moment, as is so for seconds while another program writes it.
    #[must_use]
    pub const fn keeps_from_opening(self) -> bool {
        matches!(self, Self::SourceBusy | Self::TooManyOpen)
    }

    /// Whether what S3 has of a file that stopped so is worth keeping: a drive that comes back has the same file, and what
    /// went wrong on the way says nothing against the parts that arrived.
    #[must_use]
    pub const fn keeps_parts(self) -> bool {
        matches!(self, Self::SourceGone | Self::SourceUnreadable | Self::Unexpected | Self::Refused | Self::Damaged)
            || self.keeps_from_opening()
    }
}
