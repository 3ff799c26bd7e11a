//! A destination: where files go and through which role, as an invitation, a profile or the form says.

use super::conditions::Terms;
use super::names::{AccountId, Bucket, ExternalId, KeyPrefix, MfaSerial, Region, RoleArn, RoleSessionName};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where files go, and how to get access. It holds no secret, so it is stored as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// The name that the person gave it: the customer's or the project's.
    pub name: String,
    /// The profile whose credentials call AssumeRole.
    pub profile: String,
    /// The customer's role.
    pub role: RoleArn,
    /// The customer's bucket.
    pub bucket: Bucket,
    /// The folder in the bucket; empty for its root.
    pub prefix: KeyPrefix,
    /// The bucket's region, if it is known; otherwise HeadBucket finds it.
    pub region: Option<Region>,
    /// The bucket's owner, if it isn't the role's account.
    pub owner: Option<AccountId>,
    /// DurationSeconds: 900 to 43200.
    pub seconds: u32,
    /// The external id that the customer requires.
    pub external_id: Option<ExternalId>,
    /// The MFA device whose code AssumeRole carries.
    pub mfa_serial: Option<MfaSerial>,
    /// RoleSessionName; by default the IAM user's name.
    pub session_name: Option<RoleSessionName>,
    /// Whether a session policy narrows the session to this bucket and folder.
    pub narrow: bool,
    /// Whether this is the practice bucket inside Daypass.
    #[serde(default)]
    pub practice: bool,
    /// Whether each object is handed to the bucket's owner by the ACL `bucket-owner-full-control`: for a bucket in
    /// another account than the role whose policy asks for it. The role then needs `s3:PutObjectAcl`.
    #[serde(default)]
    pub acl_full_control: bool,
    /// The encryption that the bucket's policy requires each request to name.
    #[serde(default)]
    pub encryption: Encryption,
    /// What the role requires, as the invitation says.
    #[serde(default)]
    pub terms: Terms,
}

/// How S3 is asked to encrypt an object at rest (S3 API Reference, PutObject, `x-amz-server-side-encryption`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encryption {
    /// The bucket's default: no header is sent.
    #[default]
    None,
    /// `AES256`: keys that S3 manages.
    SseS3,
    /// `aws:kms`, with the ARN or id of a key; without one, the bucket's own.
    SseKms(Option<Box<str>>),
}

impl Destination {
    /// The shortest session that STS gives, in seconds (AssumeRole, DurationSeconds).
    pub const SHORTEST: u32 = 900;
    /// The longest session that STS gives, in seconds (AssumeRole, DurationSeconds).
    pub const LONGEST: u32 = 43_200;
    /// The default, in seconds, which every role allows.
    pub const USUAL: u32 = 3600;

    /// A destination that asks for nothing more than it takes: one hour, narrowed to its folder, named after its bucket.
    #[must_use]
    pub fn new(profile: impl Into<String>, role: RoleArn, bucket: Bucket, prefix: KeyPrefix) -> Self {
        Self {
            name: bucket.to_string(),
            profile: profile.into(),
            role,
            bucket,
            prefix,
            region: None,
            owner: None,
            seconds: Self::USUAL,
            external_id: None,
            mfa_serial: None,
            session_name: None,
            narrow: true,
            practice: false,
            acl_full_control: false,
            encryption: Encryption::None,
            terms: Terms::default(),
        }
    }

    /// The account that must own the bucket: sent as `x-amz-expected-bucket-owner` with every call.
    #[must_use]
    pub fn owner(&self) -> AccountId {
        self.owner.clone().unwrap_or_else(|| self.role.account())
    }

    /// Whether both have the same role, bucket and folder, and use the same profile.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.has_same_target(other) && self.profile == other.profile && self.practice == other.practice
    }

    /// Whether both have the same role, bucket and folder, whoever delivers.
    #[must_use]
    pub fn has_same_target(&self, other: &Self) -> bool {
        self.role == other.role && self.bucket == other.bucket && self.prefix == other.prefix
    }

    /// The length asked for.
    #[must_use]
    pub const fn length(&self) -> Duration {
        Duration::from_secs(self.seconds as u64)
    }
}

impl Encryption {
    /// Whether this can be a key's ARN, id or alias: what a header may hold, and no more than KMS takes (2048 characters).
    #[must_use]
    pub fn is_key(text: &str) -> bool {
        let one = |b: u8| b.is_ascii_alphanumeric() || b"-_:/".contains(&b);
        (1..=2048).contains(&text.len()) && text.bytes().all(one)
    }
}
