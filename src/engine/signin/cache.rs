//! The tokens of IAM Identity Center on disk, where the AWS CLI keeps them and in its form.

use crate::engine::hidden::Hidden;
use crate::engine::profiles::{SignIn, private_file};
use crate::model::access_key::SaveProblem;
use crate::time::{Day, Utc};
use serde::Serialize;
use sha1::{Digest, Sha1};
use std::fmt;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

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
    /// The token.
    pub access_token: Hidden,
    /// Its end, RFC 3339.
    pub expires_at: String,
    /// The registered client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Its secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Hidden>,
    /// Until when it is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_expires_at: Option<String>,
    /// What renews the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Hidden>,
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

/// The moment in the form of the file.
pub(in crate::engine) fn written(at: Utc) -> String {
    at.to_rfc3339()
}

/// The file of a sign-in's token: the SHA-1 of the session's name, or of the start URL.
pub(in crate::engine) fn path(folder: &Path, sign_in: &SignIn) -> PathBuf {
    let mut name = String::with_capacity(45);
    for byte in Sha1::digest(sign_in.token_name().as_bytes()) {
        let _infallible = write!(name, "{byte:02x}");
    }
    folder.join(name + ".json")
}

/// Writes the token, for its owner alone.
///
/// # Errors
/// Why it was not written; the sign-in holds for this run all the same.
pub(in crate::engine) fn write(folder: &Path, sign_in: &SignIn, token: &Token) -> Result<(), SaveProblem> {
    let bytes = Zeroizing::new(serde_json::to_vec(token).map_err(|_why| SaveProblem::NotWritten)?);
    private_file(&path(folder, sign_in), &bytes)
}
