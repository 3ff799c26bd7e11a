//! Replaces a file atomically, readable by its owner alone, following a symbolic link if the path is one.

use super::edit::{Edit, edited};
use super::{Paths, ini, text};
use crate::model::access_key::SaveProblem;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

fn not_written(why: &io::Error) -> SaveProblem {
    if is_full(why) { SaveProblem::Full } else { SaveProblem::NotWritten }
}

fn is_full(why: &io::Error) -> bool {
    matches!(why.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Changes a profile in the files: a key is put into the credentials file, a rename or removal applies to both.
///
/// # Errors
///
/// Why nothing was written. If a rename or removal fails in the credentials file, the config file is changed already;
/// repeating it finishes the rest.
pub fn change(paths: &Paths, edit: &Edit) -> Result<(), SaveProblem> {
    let config = || one(&paths.config, ini::ProfileFile::Config, edit);
    match edit {
        Edit::Put(..) => one(&paths.credentials, ini::ProfileFile::Credentials, edit).map(|_changed| ()),
        Edit::Rename(..) | Edit::Remove(_) => {
            let second = config()?;
            let first = one(&paths.credentials, ini::ProfileFile::Credentials, edit)?;
            if first || second { Ok(()) } else { Err(SaveProblem::NoProfile) }
        }
    }
}

/// Changes one file; returns whether anything in it changed.
fn one(path: &Path, kind: ini::ProfileFile, edit: &Edit) -> Result<bool, SaveProblem> {
    let target = target(path)?;
    let before = match &target {
        Some(target) => whole(target)?,
        None => Zeroizing::new(Vec::new()),
    };
    if text::decode(&before).odd.contains(&crate::model::snapshot::WarningKind::Utf16) {
        return Err(SaveProblem::Utf16);
    }
    let Some(after) = edited(&before, kind, edit) else { return Ok(false) };
    if after.len() > text::LONGEST {
        return Err(SaveProblem::TooLarge);
    }
    let place = target.clone().unwrap_or_else(|| path.to_owned());
    let unchanged = || match &target {
        Some(target) => whole(target).is_ok_and(|now| now == before),
        None => fs::symlink_metadata(path).is_err(),
    };
    replace(&place, &after, target.as_deref(), unchanged)?;
    Ok(true)
}

/// Returns the file that the path leads to, links resolved; `None` if there is none yet.
fn target(path: &Path) -> Result<Option<PathBuf>, SaveProblem> {
    match fs::symlink_metadata(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(_) => Err(SaveProblem::Unreadable),
        Ok(found) if found.is_symlink() => path.canonicalize().map(Some).map_err(|_nowhere| SaveProblem::Link),
        Ok(_) => Ok(Some(path.to_owned())),
    }
}

/// Reads a regular file completely.
fn whole(path: &Path) -> Result<Zeroizing<Vec<u8>>, SaveProblem> {
    let (bytes, whole) = text::bytes(path).map_err(|_why| SaveProblem::Unreadable)?;
    if whole { Ok(bytes) } else { Err(SaveProblem::TooLarge) }
}

/// Writes `bytes` to a file that only its owner may read (0600), in a folder that is created if necessary (0700). The
/// data is synced to a temporary file in the same folder before it replaces the old one.
///
/// # Errors
///
/// Why the file was left as it was.
pub fn private_file(path: &Path, bytes: &[u8]) -> Result<(), SaveProblem> {
    let target = target(path)?;
    replace(target.as_deref().unwrap_or(path), bytes, target.as_deref(), || true)
}

fn replace(
    place: &Path,
    bytes: &[u8],
    before: Option<&Path>,
    unchanged: impl FnOnce() -> bool,
) -> Result<(), SaveProblem> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).ok_or(SaveProblem::Folder)?;
    if !folder.is_dir() {
        make(folder).map_err(|_why| SaveProblem::Folder)?;
    }
    let new = tempfile::Builder::new().prefix(".daypass-").tempfile_in(folder);
    let mut new = new.map_err(|why| if is_full(&why) { SaveProblem::Full } else { SaveProblem::Folder })?;
    new.write_all(bytes).and_then(|()| new.as_file().sync_all()).map_err(|why| not_written(&why))?;
    if let Some(before) = before {
        mine(before, new.as_file())?;
    }
    if !unchanged() {
        return Err(SaveProblem::Changed);
    }
    new.persist(place).map_err(|why| not_written(&why.error))?;
    #[cfg(unix)]
    if let Ok(folder) = fs::File::open(folder) {
        // The file has been replaced; a folder that can't be synced doesn't undo that.
        let _synced = folder.sync_all();
    }
    Ok(())
}

fn make(folder: &Path) -> io::Result<()> {
    let mut how = fs::DirBuilder::new();
    how.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut how, 0o700);
    how.create(folder)
}

/// Checks that the file to be replaced is a regular file of the same owner as the new one.
#[cfg(unix)]
fn mine(before: &Path, new: &fs::File) -> Result<(), SaveProblem> {
    use std::os::unix::fs::MetadataExt as _;
    let old = fs::symlink_metadata(before).map_err(|_why| SaveProblem::Changed)?;
    let new = new.metadata().map_err(|why| not_written(&why))?;
    if !old.is_file() {
        return Err(SaveProblem::Unreadable);
    }
    if old.uid() == new.uid() { Ok(()) } else { Err(SaveProblem::OtherOwner) }
}

/// Checks that the file to be replaced is a regular file.
#[cfg(not(unix))]
fn mine(before: &Path, _new: &fs::File) -> Result<(), SaveProblem> {
    let old = fs::symlink_metadata(before).map_err(|_why| SaveProblem::Changed)?;
    if old.is_file() { Ok(()) } else { Err(SaveProblem::Unreadable) }
}
