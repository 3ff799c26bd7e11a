//! The contractor's request to the customer, and its text form.

use super::fields::{Fields, MessageKind, TextProblem, clean, decode};
use super::invitation::{Invitation, prefix};
use super::limits::{ABORT_DAYS, CUSTOMER_MOST, MFA_AGE, NETWORKS_MOST, SECONDS, TRUST_MOST};
use super::names::{Cidr, FormProblem, KmsKey, Principal, RoleName};
use super::policy;
use crate::model::destination::Destination;
use crate::model::names::{Bucket, ExternalId, KeyPrefix, Region, holds_secret};
use crate::policy::tree::toml_text;
use crate::time::{Day, Utc};
use crate::words;
use std::fmt::{Display, Write as _};
use std::str::FromStr;

/// The KMS key that encrypts the bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kms {
    /// No customer managed key (SSE-S3).
    #[default]
    None,
    /// Any key, used through S3 only.
    Any,
    /// This key, used through S3 only.
    Key(KmsKey),
}

impl FromStr for Kms {
    type Err = FormProblem;
    fn from_str(text: &str) -> Result<Self, FormProblem> {
        if text.eq_ignore_ascii_case("any") { Ok(Self::Any) } else { text.parse().map(Self::Key) }
    }
}

/// What the contractor needs. Role and bucket are in one account, the customer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRequest {
    pub who: Principal,
    /// Whether only that user, role or session is trusted, not the whole account.
    pub only_me: bool,
    /// The customer's name; may be empty.
    pub customer: String,
    pub bucket: Bucket,
    /// The folder; empty for the top of the bucket.
    pub prefix: KeyPrefix,
    /// The bucket's region, if known.
    pub region: Option<Region>,
    /// Whether the bucket must be created first.
    pub new_bucket: bool,
    /// The name of the role to create.
    pub role_name: RoleName,
    /// Maximum session duration, in seconds, within [`SECONDS`].
    pub seconds: u32,
    /// Whether an MFA code is required.
    pub mfa: bool,
    /// Maximum age of that code, in seconds, within [`MFA_AGE`].
    pub mfa_max_age: Option<u32>,
    /// The external ID, which is not a secret.
    pub external_id: Option<ExternalId>,
    /// The role is denied before this time.
    pub not_before: Option<Utc>,
    /// The role is denied from this time on.
    pub not_after: Option<Utc>,
    /// The networks that requests may come from; empty allows all.
    pub source_ips: Vec<Cidr>,
    /// Whether the session name must be the IAM user's name.
    pub session_is_user: bool,
    /// The KMS key that encrypts the bucket.
    pub kms: Kms,
    /// Whether the role's policy denies replacing existing objects.
    pub create_only: bool,
    /// Whether the role may list the parts of its uploads and abort unfinished ones.
    pub clean_up: bool,
    /// After how many days S3 deletes abandoned parts, within [`ABORT_DAYS`].
    pub abort_days: Option<u32>,
}

/// Why a [`RoleRequest`] is invalid. `grant::words` turns it into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestProblem {
    /// [`RoleRequest::only_me`] is set, but the principal is an account.
    NotOnePerson,
    /// The session name must be a user name, but the principal is no IAM user.
    NoUserName,
    /// The session name must be a user name that is shorter than a session name can be.
    NameTooShort,
    /// An MFA code is required, but the principal is a role or a session of one, which can't give one (STS API
    /// Reference, AssumeRole, SerialNumber: the device is that of the user who makes the call).
    SessionMfa,
    /// The customer's name holds something that looks like a secret access key.
    Secret,
    /// The end date is not after the start date.
    NoTime,
    /// [`RoleRequest::seconds`] is out of range.
    Seconds,
    /// [`RoleRequest::mfa_max_age`] is out of range, or set although no code is required.
    MfaAge,
    /// [`RoleRequest::abort_days`] is out of range.
    AbortDays,
    /// A bucket must be created, but its region is not known.
    RegionNeeded,
    /// A bucket must be created, but its name is only valid for legacy buckets.
    LegacyName,
    /// The bucket is an access point's alias, which policies name differently.
    AccessPoint,
    /// The region or the key is in another partition than the principal; roles can't be assumed across partitions.
    OtherPartition,
    /// The key is in another region than the bucket, so S3 can't use it (S3 User Guide, "Using server-side encryption
    /// with AWS KMS keys").
    KeyElsewhere,
    /// There are more networks than [`NETWORKS_MOST`].
    TooManyNetworks,
    /// The trust policy has this many characters, more than [`TRUST_MOST`].
    TrustTooLong(usize),
    /// An invitation is requested without a role.
    RoleNeeded,
}

impl RoleRequest {
    /// Returns the minimal request: this principal and this bucket, no replacing, nothing else.
    #[must_use]
    pub fn new(who: Principal, bucket: Bucket, prefix: KeyPrefix) -> Self {
        Self {
            only_me: who.is_one(),
            role_name: RoleName::for_bucket(bucket.as_str(), who.short_name()),
            who,
            customer: String::new(),
            bucket,
            prefix,
            region: None,
            new_bucket: false,
            seconds: Destination::USUAL,
            mfa: false,
            mfa_max_age: None,
            external_id: None,
            not_before: None,
            not_after: None,
            source_ips: Vec::new(),
            session_is_user: false,
            kms: Kms::None,
            create_only: true,
            clean_up: false,
            abort_days: None,
        }
    }

    /// Checks that the request is valid.
    ///
    /// # Errors
    /// The first problem found.
    pub fn check(&self) -> Result<(), RequestProblem> {
        let held = |holds: bool, problem| if holds { Ok(()) } else { Err(problem) };
        held(!self.only_me || self.who.is_one(), RequestProblem::NotOnePerson)?;
        let has_name = self.who.user_name().is_some() || !self.who.is_one();
        held(!self.session_is_user || has_name, RequestProblem::NoUserName)?;
        // A session name has 2 to 64 characters (STS API Reference, AssumeRole, RoleSessionName).
        let long_enough = self.who.user_name().is_none_or(|name| name.len() > 1);
        held(!self.session_is_user || long_enough, RequestProblem::NameTooShort)?;
        held(!self.mfa || !self.who.is_role(), RequestProblem::SessionMfa)?;
        held(!holds_secret(&self.customer), RequestProblem::Secret)?;
        held(self.not_before.zip(self.not_after).is_none_or(|(from, until)| from < until), RequestProblem::NoTime)?;
        held(SECONDS.contains(&self.seconds), RequestProblem::Seconds)?;
        held(self.mfa_max_age.is_none_or(|age| self.mfa && MFA_AGE.contains(&age)), RequestProblem::MfaAge)?;
        held(self.abort_days.is_none_or(|days| ABORT_DAYS.contains(&days)), RequestProblem::AbortDays)?;
        held(!self.new_bucket || self.region.is_some(), RequestProblem::RegionNeeded)?;
        held(!self.new_bucket || !self.bucket.is_legacy(), RequestProblem::LegacyName)?;
        held(!self.bucket.as_str().ends_with("-s3alias"), RequestProblem::AccessPoint)?;
        let partition = self.who.partition();
        let fits = self.region.as_ref().is_none_or(|region| region.fits(partition));
        let key = match &self.kms {
            Kms::Key(key) => Some(key),
            Kms::None | Kms::Any => None,
        };
        held(fits && key.is_none_or(|key| key.partition() == partition), RequestProblem::OtherPartition)?;
        let together = self.region.as_ref().zip(key).is_none_or(|(region, key)| region == key.region());
        held(together, RequestProblem::KeyElsewhere)?;
        held(self.source_ips.len() <= NETWORKS_MOST, RequestProblem::TooManyNetworks)?;
        let size = policy::trust(self).compact().len();
        held(size <= TRUST_MOST, RequestProblem::TrustTooLong(size))
    }

    /// Returns a stack name: the role's name in the characters that a stack name allows (CloudFormation API Reference,
    /// CreateStack, StackName).
    #[must_use]
    pub fn stack_name(&self) -> String {
        let name = self.role_name.as_str().chars();
        let name: String = name.map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("daypass-{name}") }
    }

    /// Returns the invitation for the finished role.
    #[must_use]
    pub fn invitation<R: Display>(&self, role: R) -> Invitation<R> {
        let one_hour = self.who.is_one() && self.who.user_name().is_none();
        Invitation {
            customer: clean(&self.customer, CUSTOMER_MOST),
            role,
            bucket: self.bucket.clone(),
            prefix: self.prefix.clone(),
            region: self.region.clone(),
            owner: None,
            external_id: self.external_id.clone(),
            mfa: self.mfa,
            mfa_max_age: self.mfa_max_age,
            session_is_user: self.session_is_user,
            source_ips: self.source_ips.clone(),
            // Role chaining limits a session to one hour (IAM User Guide, role chaining).
            seconds: if one_hour { Destination::USUAL } else { self.seconds },
            not_before: self.not_before,
            not_after: self.not_after,
            note: String::new(),
            contact: String::new(),
        }
    }

    /// Returns the text of the request: TOML in ASCII only that starts with `daypass_request = 1`, without secrets.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for line in words::kit::REQUEST_HEAD {
            // Writing to a String can't fail.
            let _ = writeln!(out, "# {line}");
        }
        let _ = writeln!(out, "{} = 1", MessageKind::Request.mark());
        let mut text = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = writeln!(out, "{name} = {}", toml_text(value));
            }
        };
        text("who", &self.who.to_string());
        text("customer", &clean(&self.customer, CUSTOMER_MOST));
        text("bucket", self.bucket.as_str());
        text("prefix", self.prefix.as_str());
        text("region", self.region.as_ref().map_or("", Region::as_str));
        text("role_name", self.role_name.as_str());
        text("external_id", self.external_id.as_ref().map_or("", ExternalId::as_str));
        text("not_before", &self.not_before.map(Utc::to_rfc3339).unwrap_or_default());
        text("not_after", &self.not_after.map(Utc::to_rfc3339).unwrap_or_default());
        match &self.kms {
            Kms::None => {}
            Kms::Any => text("kms", "any"),
            Kms::Key(key) => text("kms", &key.to_string()),
        }
        if !self.source_ips.is_empty() {
            let list: Vec<String> = self.source_ips.iter().map(|net| toml_text(&net.to_string())).collect();
            let _ = writeln!(out, "source_ips = [{}]", list.join(", "));
        }
        let yes = [
            ("only_me", self.only_me),
            ("new_bucket", self.new_bucket),
            ("mfa", self.mfa),
            ("session_is_user", self.session_is_user),
            ("clean_up", self.clean_up),
        ];
        for (name, _) in yes.into_iter().filter(|(_, yes)| *yes) {
            let _ = writeln!(out, "{name} = true");
        }
        let _ = writeln!(out, "create_only = {}", self.create_only);
        let numbers =
            [("mfa_max_age", self.mfa_max_age), ("abort_days", self.abort_days), ("duration", Some(self.seconds))];
        for (name, number) in numbers {
            if let Some(number) = number {
                let _ = writeln!(out, "{name} = {number}");
            }
        }
        out
    }

    /// Parses a request's text, also out of a whole mail.
    ///
    /// # Errors
    /// [`TextProblem`] if the text is not a valid request.
    pub fn from_text(text: &str) -> Result<Self, TextProblem> {
        let mut fields = Fields::read(text, MessageKind::Request)?;
        let bucket: Bucket = fields.needed("bucket")?;
        let who: Principal = fields.needed("who")?;
        let usual_name = RoleName::for_bucket(bucket.as_str(), who.short_name());
        let ask = Self {
            who,
            only_me: fields.yes("only_me")?,
            customer: fields.free("customer", CUSTOMER_MOST)?,
            prefix: prefix(&mut fields)?,
            region: fields.parsed("region")?,
            new_bucket: fields.yes("new_bucket")?,
            role_name: fields.parsed("role_name")?.unwrap_or(usual_name),
            bucket,
            seconds: fields.number("duration", SECONDS)?.unwrap_or(Destination::USUAL),
            mfa: fields.yes("mfa")?,
            mfa_max_age: fields.number("mfa_max_age", MFA_AGE)?,
            external_id: fields.parsed("external_id")?,
            not_before: fields.moment("not_before", Day::Start)?,
            not_after: fields.moment("not_after", Day::End)?,
            source_ips: fields.list("source_ips")?,
            session_is_user: fields.yes("session_is_user")?,
            kms: fields.parsed("kms")?.unwrap_or_default(),
            // The default for a missing field is the safe value.
            create_only: fields.yes_or("create_only", true)?,
            clean_up: fields.yes("clean_up")?,
            abort_days: fields.number("abort_days", ABORT_DAYS)?,
        };
        fields.finish()?;
        Ok(ask)
    }

    /// Parses a request's file.
    ///
    /// # Errors
    /// [`TextProblem`] if the file is not a valid request.
    pub fn read(bytes: &[u8]) -> Result<Self, TextProblem> {
        Self::from_text(&decode(bytes)?)
    }
}
