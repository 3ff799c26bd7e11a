//! The tokens of IAM Identity Center on disk, in the location and format of the AWS CLI.

use crate::engine::credentials::Token;
use crate::engine::profiles::{SignInSettings, private_file};
use crate::model::access_key::SaveProblem;
use sha1::{Digest, Sha1};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Returns the file of a sign-in's token, named after the SHA-1 of the session's name or the start URL.
pub(in crate::engine) fn path(folder: &Path, sign_in: &SignInSettings) -> PathBuf {
    let mut name = String::with_capacity(45);
    for byte in Sha1::digest(sign_in.token_name().as_bytes()) {
        let _infallible = write!(name, "{byte:02x}");
    }
    folder.join(name + ".json")
}

/// Writes the token to a file that only its owner may read.
///
/// # Errors
///
/// Why it was not written; the sign-in is still valid for this run.
pub(in crate::engine) fn write(folder: &Path, sign_in: &SignInSettings, token: &Token) -> Result<(), SaveProblem> {
    let bytes = Zeroizing::new(serde_json::to_vec(token).map_err(|_why| SaveProblem::NotWritten)?);
    private_file(&path(folder, sign_in), &bytes)
}
