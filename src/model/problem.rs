//! What went wrong, as a value: its kind, and what the server or the system said.

mod rules;
mod turn;

pub use turn::Turn;

use crate::time::Utc;
use rules::MayBeStored;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Something that went wrong: the model decides on its kind, and `words` explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub kind: Kind,
    /// What a server or the system said, for the details. Never shown as the sentence itself.
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

    /// A problem of this kind with the server's answer.
    #[must_use]
    pub fn with(kind: Kind, detail: Detail) -> Self {
        Self { kind, detail: Some(Arc::new(detail)) }
    }

    /// Whether the server reported a fault of its own that leaves open what it did. It proves that the network works.
    #[must_use]
    pub fn is_fault_of_the_server(&self) -> bool {
        let told = |detail: &Detail| !detail.request_id.is_empty() && (detail.status >= 500 || !detail.code.is_empty());
        self.kind == Kind::AnswerLost && self.detail.as_deref().is_some_and(told)
    }

    /// What to do with the request that met it.
    #[must_use]
    pub fn retry(&self) -> Retry {
        if self.is_fault_of_the_server() { Retry::Again } else { self.kind.retry() }
    }

    /// Whether a request that stores a whole object may have done so although it ended with this. `all_sent` tells whether the
    /// network had taken its whole body; without a body it is true.
    #[must_use]
    pub fn may_be_stored(&self, all_sent: bool) -> bool {
        let detail = self.detail.as_deref();
        // A refusal by S3 is final. Of its own faults (5xx), only 501 says that nothing was done.
        let refused = |detail: &Detail| {
            let status = (400..500).contains(&detail.status) || detail.status == 501;
            status && !detail.code.is_empty() && !detail.request_id.is_empty()
        };
        if detail.is_some_and(refused) {
            return false;
        }
        match self.kind.stored() {
            MayBeStored::Maybe => true,
            // A success that proves nothing came from a proxy, which may have passed the request on.
            MayBeStored::IfAllSent => {
                let success = detail.is_some_and(|detail| (200..300).contains(&detail.status));
                all_sent || self.kind == Kind::LoginPage && success
            }
            MayBeStored::No => false,
        }
    }
}

/// What a server answered: untrusted text, cut to 500 characters, without control and bidi characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The call, such as `AssumeRole` or `UploadPart`.
    pub call: Box<str>,
    /// The error code (`AccessDenied`); empty if there was none.
    pub code: Box<str>,
    /// The HTTP status; 0 if there was no answer.
    pub status: u16,
    /// The request id that AWS can look up; empty if there was none.
    pub request_id: Box<str>,
    /// The message of the answer, or of the system.
    pub message: Box<str>,
    /// What it is about, if the destination doesn't tell: a role, or a role and its account with ` in ` between them.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub about: Box<str>,
    pub at: Utc,
}

/// Which policy a denial names, as far as the message tells (IAM, "Troubleshoot access denied error messages").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeniedBy {
    /// The message names none: nobody knows who must act.
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
    /// The server did not answer, or stopped taking bytes, within the timeout.
    NoAnswer,
    /// The connection broke.
    ConnectionLost,
    /// The server's certificate is not trusted. Nothing was sent.
    NotTrusted,
    /// The file of further certificates (`--ca-bundle`) can't be read, or holds no certificate.
    CaBundle,
    /// A captive portal or another program answered instead of AWS.
    LoginPage,
    /// A proxy refused.
    ProxyRefused,
    /// This computer's clock is off by this many seconds (positive: ahead).
    ClockWrong(i64),
    /// The server is busy or failed: retry later.
    Busy,
    /// The server asks for fewer requests (SlowDown, Throttling).
    SlowDown,
    /// An answer that Daypass doesn't know.
    Unexpected,
    /// The service refused the request with a code that Daypass doesn't know. A retry would be refused too.
    Refused,
    /// The service does not implement the call (501 NotImplemented).
    NotImplemented,
    /// A proxy, which is not AWS, refused the request with this HTTP status.
    GatewayRefused(u16),
    /// Something on the way refuses bodies of this many bytes (413).
    BodyLimit(u64),

    /// There is no profile of this name.
    NoProfile,
    /// The profile's files can't be read, or the profile contradicts itself.
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
    /// The profile's own temporary credentials have expired.
    SourceEnded,
    /// The profile needs a sign-in that only the person can do (IAM Identity Center).
    SignInNeeded,
    /// The sign-in works, but offers the person no such role in that account; [`Detail::about`] names both.
    SignInRoleMissing,
    /// The profile assumes a role of its own and was denied it; [`Detail::about`] names it.
    OwnRoleDenied,
    /// The profile assumes a role of its own that requires an MFA code. Daypass asks for a code for the customer's role alone.
    OwnRoleNeedsCode,
    /// The profile's key comes from a token file or from environment variables, and none of them works;
    /// [`Detail::about`] names them.
    KeyNotFound,
    /// The profile's `credential_process` was not allowed, or did not give credentials.
    ProcessRefused,

    /// AssumeRole was denied.
    AssumeDenied(DeniedBy),
    /// The role requires an MFA code, and none was given.
    CodeNeeded,
    /// The code was wrong, late, or used before.
    CodeWrong,
    /// The MFA serial does not belong to this user.
    SerialWrong,
    /// The role allows only shorter sessions.
    TooLong,
    /// Role chaining allows one hour only.
    TooLongChained,
    /// The session policy is too large.
    PolicyTooLarge,
    /// The session policy was refused.
    PolicyRefused,
    /// STS is disabled for this account in this region.
    RegionOff,
    /// STS found the request invalid (names, lengths).
    RequestRefused,
    /// The session belongs to another account than the role.
    OtherAccount,
    /// The session is of another role than the one that was asked for.
    OtherRole,
    /// The account is suspended or not signed up.
    AccountProblem,
    /// The session was over already by the server's own clock, or ends before anything can be done with it.
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
    /// The bucket is in another region.
    OtherRegion,
    /// The session has ended (ExpiredToken).
    SessionEnded,
    /// The session is no longer accepted (InvalidToken, InvalidAccessKeyId): its role was deleted or changed.
    SessionRefused,
    /// An object of this name is there already; it was not replaced.
    AlreadyThere,
    /// Another writer used the same key at the same moment.
    Conflict,
    /// Another writer used the same key at every attempt.
    Contended,
    /// S3 no longer knows the multipart upload.
    UploadGone,
    /// S3 does not accept the list of parts.
    PartsRefused,
    /// The bytes were damaged on the way (BadDigest).
    Damaged,
    /// The file is larger than S3 takes (48.8 TiB).
    TooLarge,
    /// The name is longer than S3 takes (1024 bytes).
    NameTooLong,
    /// The bucket refuses an option that the destination asks for (ACL, encryption, tagging).
    OptionRefused,
    /// The bucket's policy refuses an unsigned payload.
    UnsignedRefused,
    /// The signature does not match what arrived: something on the way changes requests.
    SignatureRefused,
    /// The answer was lost after everything had been sent: it may be stored.
    AnswerLost,
    /// S3 answered with another checksum than the file has.
    ProofDiffers,

    /// The file is no longer there.
    SourceGone,
    /// The file changed while it was being sent.
    SourceChanged,
    /// The file can't be read (permission, device, disk).
    SourceUnreadable,
    /// Another program has locked the file.
    SourceBusy,
    /// The system lets Daypass open no more files. It is not the file's fault.
    TooManyOpen,
    /// The drive that holds the file does not answer.
    SourceSilent,
    /// It is not a regular file (device, socket, pipe).
    SourceNotAFile,
    /// It looks like an access key or a private key, and the person has not said to send it.
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
    /// The network is down: everything waits while one request probes it.
    Line,
    /// Repeat it after a while.
    Again,
    /// Repeat it after a while, with fewer requests at once.
    Slower,
    /// Repeat it with new credentials.
    NewSession,
    /// Hold the destination: every upload to it would meet the same.
    Hold,
    /// Start this file from the beginning.
    Restart,
    /// Read the bytes again and send them; the second time, stop.
    Reread,
    /// Stop this file: a retry would not help.
    Stop,
}

impl Kind {
    /// Whether the file can't be opened now but may be soon, as while another program writes it.
    #[must_use]
    pub const fn keeps_from_opening(self) -> bool {
        matches!(self, Self::SourceBusy | Self::TooManyOpen)
    }

    /// Whether the parts of an upload that ended with this are worth keeping: the drive may come back with the same file, and a
    /// fault on the way says nothing against the parts that arrived.
    #[must_use]
    pub const fn keeps_parts(self) -> bool {
        matches!(self, Self::SourceGone | Self::SourceUnreadable | Self::Unexpected | Self::Refused | Self::Damaged)
            || self.keeps_from_opening()
    }
}
