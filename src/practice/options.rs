//! What a test or a demonstration may set before the practice starts.

/// Settings of a [`Practice`](super::Practice); the defaults play the story as it is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Makes keys, tokens and ids repeatable. None draws them anew at each start.
    pub seed: Option<u64>,
    /// The bucket's region. STS answers for every region.
    pub region: String,
    /// Sessions end after this many seconds even where more was asked; `Expiration` tells the real end.
    pub session_seconds: Option<u32>,
    /// The role's MaxSessionDuration in seconds (AWS: 3600 to 43200).
    pub max_session_seconds: u32,
    /// The ExternalId that the trust policy wants.
    pub external_id: Option<String>,
    /// What else the trust policy wants.
    pub conditions: Conditions,
    /// The MFA device that the trust policy wants.
    pub mfa: Option<Mfa>,
    /// Whether Richard has a device, [`MFA_SERIAL`](super::MFA_SERIAL), that shows [`MFA_CODE`](super::MFA_CODE) again and
    /// again, and a second role asks for its code.
    pub device: bool,
    /// Whether the contractor's own account allows Richard `sts:AssumeRole`.
    pub caller_may_assume: bool,
    /// The role may also abort uploads and list their parts.
    pub may_abort: bool,
    /// The bucket encrypts with a KMS key of which the role may use GenerateDataKey but not Decrypt: single puts and
    /// CreateMultipartUpload work, UploadPart and CompleteMultipartUpload are denied.
    pub kms: bool,
    /// Whether requests count as sent over TLS, as they would be to Amazon, although nothing of this computer's loopback
    /// is encrypted: `aws:SecureTransport` of the policies.
    pub encrypted: bool,
    /// Whether answers carry checksums.
    pub echo: bool,
    /// Days of a lifecycle rule that aborts unfinished uploads, told as `x-amz-abort-date`.
    pub abort_days: Option<u32>,
    /// Roles beside the story's.
    pub extra_roles: Vec<ExtraRole>,
    /// The smallest size in bytes of a part that is not the last (AWS: 5 MiB).
    pub min_part: u64,
    /// Bytes of bodies kept in memory; what is beyond goes to an unnamed temporary file.
    pub memory_cap: u64,
    /// Keep sizes and checksums alone, for measurements.
    pub discard: bool,
    /// Whether a repeated CompleteMultipartUpload answers 200 again, as real S3 does; else NoSuchUpload.
    pub replay_complete: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            seed: None,
            region: "us-east-1".to_owned(),
            session_seconds: None,
            max_session_seconds: 3600,
            external_id: None,
            conditions: Conditions::default(),
            mfa: None,
            device: false,
            caller_may_assume: true,
            may_abort: false,
            kms: false,
            encrypted: true,
            echo: true,
            abort_days: None,
            extra_roles: Vec::new(),
            min_part: 5 * 1024 * 1024,
            memory_cap: 256 * 1024 * 1024,
            discard: false,
            replay_complete: true,
        }
    }
}

/// Conditions of the role's trust policy besides external id and code.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// Before this second since 1970 the role is refused.
    pub not_before: Option<i64>,
    /// From this second since 1970 on the role is refused.
    pub not_after: Option<i64>,
    /// Whether `aws:SourceIp` names another network than this computer's.
    pub other_network: bool,
    /// Whether `sts:RoleSessionName` has to be the user's name.
    pub session_is_user: bool,
}

impl Conditions {
    /// Whether they let in a user of this name, with this session name, at this second.
    pub(super) fn met(&self, user: &str, session: &str, now: i64) -> bool {
        self.not_before.is_none_or(|from| now >= from)
            && self.not_after.is_none_or(|until| now < until)
            && !self.other_network
            && (!self.session_is_user || user == session)
    }
}

/// An MFA device of Richard's and the codes it would show, each of which works once.
#[derive(Clone)]
pub struct Mfa {
    /// `arn:aws:iam::111122223333:mfa/NAME` or a hardware serial.
    pub serial: String,
    /// Codes of six digits.
    pub codes: Vec<String>,
}

impl std::fmt::Debug for Mfa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mfa").field("serial", &self.serial).finish_non_exhaustive()
    }
}

/// A further role in the customer's account.
#[derive(Clone, Debug)]
pub struct ExtraRole {
    /// Path and name as they stand in the ARN after `role/`.
    pub name: String,
    /// Names of the practice's users, or ARNs of roles and sessions.
    pub trusts: Vec<String>,
    /// The permission policy as JSON.
    pub policy: String,
    /// MaxSessionDuration in seconds.
    pub max_session_seconds: u32,
}
