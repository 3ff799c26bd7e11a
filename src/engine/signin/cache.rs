//! The tokens of IAM Identity Center on disk, where the AWS CLI keeps them and in its form.

use crate::engine::hidden::Hidden;
use crate::engine::profiles::{SaveProblem, SignIn, private_file};
use crate::grant::fields::{moment, rfc3339};
use crate::time::Utc;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use std::fmt;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The most bytes of a token's file that are read.
const MOST: u64 = 64 << 10;

/// What one file holds. Debug shows nothing of it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::engine) struct Token {
    /// Where one signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_url: Option<String>,
    /// The region of Identity Center.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The token.
    pub access_token: Hidden,
    /// Its end, RFC 3339.
    pub expires_at: String,
    /// The registered client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Hidden>,
    /// Until when it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_expires_at: Option<String>,
    /// What renews the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
        lasts(&self.expires_at, now, 300)
    }

    /// What renews it, while the client is registered: client, secret, refresh token.
    pub fn renewal(&self, now: Utc) -> Option<(&str, &str, &str)> {
        let registered = lasts(self.registration_expires_at.as_deref()?, now, 0);
        let parts = (self.client_id.as_deref()?, self.client_secret.as_deref()?, self.refresh_token.as_deref()?);
        registered.then_some(parts)
    }
}

fn lasts(until: &str, now: Utc, spare: i64) -> bool {
    // Botocore once wrote `2020-06-17T10:02:08UTC`.
    moment(&until.replace("UTC", "Z"), false).is_some_and(|until| until.0.saturating_sub(now.0) > spare)
}

/// The moment in the form of the file.
pub(in crate::engine) fn written(at: Utc) -> String {
    rfc3339(at)
}

/// The file of a sign-in's token: the SHA-1 of the session's name, or of the start URL.
pub(in crate::engine) fn path(folder: &Path, sign_in: &SignIn) -> PathBuf {
    let mut name = String::with_capacity(45);
    for byte in Sha1::digest(sign_in.token_name().as_bytes()) {
        let _infallible = write!(name, "{byte:02x}");
    }
    folder.join(name + ".json")
}

/// The token of a sign-in; none where there is none, where it can't be read, or where it belongs to another start URL.
pub(in crate::engine) fn read(folder: &Path, sign_in: &SignIn) -> Option<Token> {
    let bytes = bounded(&path(folder, sign_in))?;
    let token: Token = serde_json::from_slice(&bytes).ok()?;
    let same = token
        .start_url
        .as_deref()
        .is_none_or(|url| url.trim_end_matches('/') == sign_in.start_url.trim_end_matches('/'));
    (same && !token.access_token.is_empty()).then_some(token)
}

/// A plain file of a bounded size.
pub(in crate::engine) fn bounded(path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    let found = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let room = usize::try_from(found.len().min(MOST)).ok()? + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    std::fs::File::open(path).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Writes the token, for its owner alone.
///
/// # Errors
/// Why it was not written; the sign-in holds for this run all the same.
pub(in crate::engine) fn write(folder: &Path, sign_in: &SignIn, token: &Token) -> Result<(), SaveProblem> {
    let bytes = Zeroizing::new(serde_json::to_vec(token).map_err(|_why| SaveProblem::NotWritten)?);
    private_file(&path(folder, sign_in), &bytes)
}
