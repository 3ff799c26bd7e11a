//! The contractor's own credentials as values: keys, temporary keys, tokens of sign-ins, and where those are kept.

use super::secret_string::SecretString;
use crate::time::{Day, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write as _};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A key of the contractor's own, as a profile gives it.
#[derive(Clone)]
pub struct SourceKeys {
    /// `AKIA…`, or `ASIA…` with a token.
    pub access_key_id: String,
    pub secret: Zeroizing<String>,
    /// The token of a temporary key.
    pub token: Option<Zeroizing<String>>,
}

impl fmt::Debug for SourceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceKeys")
    }
}

/// Credentials that a command or a sign-in gave.
#[derive(Clone, Debug)]
pub struct Given {
    /// The temporary key.
    pub keys: SourceKeys,
    /// When it ends, where that is known.
    pub ends: Option<Utc>,
}

/// What one file holds. Debug shows nothing of it.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::engine) struct Token {
    /// Where one signs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_url: Option<String>,
    /// The region of Identity Center.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub access_token: SecretString,
    /// Its end, RFC 3339.
    pub expires_at: String,
    /// The registered client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretString>,
    /// Until when it is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_expires_at: Option<String>,
    /// What renews the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<SecretString>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Token {
    /// Whether it serves for at least another five minutes; the SDKs renew at the same moment.
    pub fn serves(&self, now: Utc) -> bool {
        Utc::from_rfc3339(&self.expires_at, Day::Start).is_some_and(|until| until.0.saturating_sub(now.0) > 300)
    }
}

/// Where a sign-in's token is kept for the AWS command line and the next run: `sso/cache` under `.aws` in the home directory, which
/// is where `aws-config` looks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caches {
    /// The tokens of IAM Identity Center.
    pub sso: PathBuf,
}

impl Caches {
    /// The usual place.
    #[must_use]
    pub fn from_env() -> Self {
        let base = directories::BaseDirs::new();
        let aws = base.map_or_else(PathBuf::new, |base| base.home_dir().join(".aws"));
        Self { sso: aws.join("sso/cache") }
    }

    /// Whether these are the caches in the home directory, the only ones that `aws-config` reads. Elsewhere, as in practice and
    /// in tests, no sign-in of this computer may be looked at: only one of this run counts.
    pub(super) fn are_of_home(&self) -> bool {
        *self == Self::from_env()
    }
}

/// By what a command is remembered: the SHA-256 of its text, in 64 hexadecimal digits.
#[must_use]
pub fn fingerprint(command: &str) -> String {
    Sha256::digest(command.as_bytes()).iter().fold(String::with_capacity(64), |mut out, byte| {
        let _infallible = write!(out, "{byte:02x}");
        out
    })
}
