//! Where Daypass keeps its state on this computer; the settings themselves stand in the journal.

use directories::ProjectDirs;
use std::ffi::OsString;
use std::path::PathBuf;

/// The folder for the journal: `DAYPASS_HOME` where it is set, otherwise the system's place for a program's local data
/// (`~/.local/share/daypass`, `~/Library/Application Support/daypass`, `%LOCALAPPDATA%\daypass\data`).
///
/// None where the system names no home for this user: then nothing is kept.
#[must_use]
pub fn home() -> Option<PathBuf> {
    home_from(std::env::var_os("DAYPASS_HOME"))
}

/// [`home`] with the variable's value handed in. A relative `DAYPASS_HOME` counts from the current folder.
#[must_use]
pub fn home_from(variable: Option<OsString>) -> Option<PathBuf> {
    match variable.filter(|value| !value.is_empty()) {
        Some(value) => std::path::absolute(PathBuf::from(value)).ok(),
        None => ProjectDirs::from("", "", "daypass").map(|dirs| dirs.data_local_dir().to_path_buf()),
    }
}
