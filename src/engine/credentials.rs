//! The contractor's own credentials as values: keys, temporary keys and sign-in tokens, and where tokens are cached.

use super::secret_string::SecretString;
use crate::time::{Day, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write as _};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A key of the contractor's own, from a profile.
#[derive(Clone)]
pub struct SourceKeys {
    /// `AKIA…`, or `ASIA…` with a token.
    pub access_key_id: String,
    pub secret: Zeroizing<String>,
    /// The session token of a temporary key.
    pub token: Option<Zeroizing<String>>,
}

impl fmt::Debug for SourceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceKeys")
    }
}

/// Credentials from a command, a sign-in or a role.
#[derive(Clone, Debug)]
pub struct Given {
    pub keys: SourceKeys,
    /// When the key expires, if known.
    pub ends: Option<Utc>,
}

/// The content of a sign-in's cache file. Debug shows only its expiration.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::engine) struct Token {
    /// The URL to sign in at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_url: Option<String>,
    /// The region of Identity Center.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub access_token: SecretString,
    /// The token's expiration, RFC 3339.
    pub expires_at: String,
    /// The ID of the registered OIDC client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretString>,
    /// When the registration expires, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_expires_at: Option<String>,
    /// The token that renews the access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<SecretString>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Token {
    /// Whether the token is valid for at least another five minutes; the SDKs renew it at that time, too.
    pub fn serves(&self, now: Utc) -> bool {
        Utc::from_rfc3339(&self.expires_at, Day::Start).is_some_and(|until| until.0.saturating_sub(now.0) > 300)
    }
}

/// Where a sign-in's token is cached for the AWS command line and the next run: `sso/cache` under `.aws` in the home
/// directory, where `aws-config` looks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caches {
    /// The folder of IAM Identity Center's tokens.
    pub sso: PathBuf,
}

impl Caches {
    /// Returns the default folder.
    #[must_use]
    pub fn from_env() -> Self {
        let base = directories::BaseDirs::new();
        let aws = base.map_or_else(PathBuf::new, |base| base.home_dir().join(".aws"));
        Self { sso: aws.join("sso/cache") }
    }

    /// Whether these are the caches in the home directory, the only ones that `aws-config` reads. With any others, as
    /// in practice and in tests, the computer's sign-ins must not be used, only one of this run.
    pub(super) fn are_of_home(&self) -> bool {
        *self == Self::from_env()
    }
}

/// Returns a command's fingerprint, by which it is remembered: the SHA-256 of its text, as 64 hexadecimal digits.
#[must_use]
pub fn fingerprint(command: &str) -> String {
    Sha256::digest(command.as_bytes()).iter().fold(String::with_capacity(64), |mut out, byte| {
        let _infallible = write!(out, "{byte:02x}");
        out
    })
}
