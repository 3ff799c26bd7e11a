//! Where Daypass keeps its state on this computer; the settings themselves are in the journal.

use directories::ProjectDirs;
use std::ffi::OsString;
use std::path::PathBuf;

/// Returns the folder for the journal: `DAYPASS_HOME` if it is set, otherwise the system's folder for a program's local
/// data (`~/.local/share/daypass`, `~/Library/Application Support/daypass`, `%LOCALAPPDATA%\daypass\data`).
///
/// Returns `None` if the user has no home directory; then nothing is kept.
#[must_use]
pub fn home() -> Option<PathBuf> {
    home_from(std::env::var_os("DAYPASS_HOME"))
}

/// Does the same as [`home`] with the variable's value given. A relative `DAYPASS_HOME` is relative to the current
/// folder.
#[must_use]
pub fn home_from(variable: Option<OsString>) -> Option<PathBuf> {
    match variable.filter(|value| !value.is_empty()) {
        Some(value) => std::path::absolute(PathBuf::from(value)).ok(),
        None => ProjectDirs::from("", "", "daypass").map(|dirs| dirs.data_local_dir().to_path_buf()),
    }
}
