//! Settings of the practice server, for tests and demonstrations.

/// Settings of a [`Practice`](super::Practice); the defaults are those of the practice shown to users.
#[derive(Clone, Debug)]
pub struct PracticeOptions {
    /// The port on 127.0.0.1; 0 selects a free one.
    pub port: u16,
    /// Makes keys, tokens and IDs repeatable. `None` draws new ones at each start.
    pub seed: Option<u64>,
    /// The bucket's region. STS responds in every region.
    pub region: String,
    /// Sessions end after this many seconds even if more was requested; `Expiration` is the actual end.
    pub session_seconds: Option<u32>,
    /// The role's MaxSessionDuration in seconds (AWS: 3600 to 43200).
    pub max_session_seconds: u32,
    /// The ExternalId that the trust policy requires.
    pub external_id: Option<String>,
    /// The trust policy's other conditions.
    pub conditions: Conditions,
    /// The MFA device that the trust policy requires.
    pub mfa: Option<Mfa>,
    /// Whether Richard has a device, [`MFA_SERIAL`](super::MFA_SERIAL), that always shows
    /// [`MFA_CODE`](super::MFA_CODE), and there is a second role that requires its code.
    pub device: bool,
    /// Whether the contractor's own account allows Richard `sts:AssumeRole`.
    pub caller_may_assume: bool,
    /// Whether the role may also abort uploads and list their parts.
    pub may_abort: bool,
    /// Whether the bucket encrypts with a KMS key for which the role has GenerateDataKey but not Decrypt: PutObject and
    /// CreateMultipartUpload work, UploadPart and CompleteMultipartUpload are denied.
    pub kms: bool,
    /// The value of `aws:SecureTransport` for the policies: whether requests count as sent over TLS, as they would be
    /// to Amazon, although the loopback connection is not encrypted.
    pub encrypted: bool,
    /// Whether responses have checksums.
    pub echo: bool,
    /// Days of a lifecycle rule that aborts unfinished uploads, reported as `x-amz-abort-date`.
    pub abort_days: Option<u32>,
    /// Roles in addition to the default one.
    pub extra_roles: Vec<ExtraRole>,
    /// Minimum size in bytes of all parts but the last (AWS: 5 MiB).
    pub min_part: u64,
    /// Bytes of bodies kept in memory; the rest goes to an unnamed temporary file.
    pub memory_cap: u64,
    /// Whether only sizes and checksums are kept, for measurements.
    pub discard: bool,
    /// Whether a repeated CompleteMultipartUpload returns 200 again, as S3 does, or NoSuchUpload.
    pub replay_complete: bool,
}

impl Default for PracticeOptions {
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

/// Conditions of the role's trust policy other than external ID and MFA code.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// The role is denied before this time, in seconds since 1970.
    pub not_before: Option<i64>,
    /// The role is denied from this time on, in seconds since 1970.
    pub not_after: Option<i64>,
    /// Whether `aws:SourceIp` requires another network than this computer's.
    pub other_network: bool,
    /// Whether `sts:RoleSessionName` must be the user's name.
    pub session_is_user: bool,
}

impl Conditions {
    /// Whether the conditions allow this user with this session name at `now`, in seconds since 1970.
    pub(super) fn met(&self, user: &str, session: &str, now: i64) -> bool {
        self.not_before.is_none_or(|from| now >= from)
            && self.not_after.is_none_or(|until| now < until)
            && !self.other_network
            && (!self.session_is_user || user == session)
    }
}

/// An MFA device of Richard's and its codes, each of which works once.
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

/// An additional role in the customer's account.
#[derive(Clone, Debug)]
pub struct ExtraRole {
    /// Path and name, as in the ARN after `role/`.
    pub name: String,
    /// Names of users of the practice server, or ARNs of roles and sessions.
    pub trusts: Vec<String>,
    /// The permission policy as JSON.
    pub policy: String,
    /// MaxSessionDuration in seconds.
    pub max_session_seconds: u32,
}
