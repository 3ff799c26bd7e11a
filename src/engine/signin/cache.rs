//! The tokens of IAM Identity Center on disk, where the AWS CLI keeps them and in its form.

use crate::engine::credentials::Token;
use crate::engine::profiles::{SignIn, private_file};
use crate::model::access_key::SaveProblem;
use sha1::{Digest, Sha1};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

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
