//! The journal's folder: private to the user, locked by one Daypass at a time; damaged files are moved aside.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The journal's file.
pub(super) const FILE: &str = "journal.sqlite";
/// Locked while the journal is open.
const LOCK: &str = "lock";
/// Exists after a write found damage: the next start checks the whole file.
const DOUBT: &str = "doubt";
/// The suffixes of the files that SQLite keeps next to its own.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Why a folder can't hold the journal.
#[derive(Debug)]
pub(super) enum FolderProblem {
    /// Other users may write in it, it belongs to another user, or a file in it isn't a plain file of this user (a
    /// link, for instance).
    NotSafe(PathBuf),
    Io(io::Error),
}

impl FolderProblem {
    pub(super) fn into_io(self) -> io::Error {
        match self {
            Self::NotSafe(_) => io::ErrorKind::PermissionDenied.into(),
            Self::Io(why) => why,
        }
    }
}

impl From<io::Error> for FolderProblem {
    fn from(why: io::Error) -> Self {
        Self::Io(why)
    }
}

/// The result of trying the lock.
pub(super) enum Lock {
    /// Locked until the file is closed.
    Held(File),
    /// Another Daypass holds the lock.
    Elsewhere,
}

/// Creates the folder if necessary and checks that it is private. Returns its path with links resolved (on Unix).
pub(super) fn prepare(dir: &Path) -> Result<PathBuf, FolderProblem> {
    create(dir)?;
    #[cfg(unix)]
    let dir = dir.canonicalize()?;
    #[cfg(not(unix))]
    let dir = std::path::absolute(dir)?;
    private(&dir)?;
    for name in [FILE, LOCK, DOUBT] {
        plain(&dir.join(name))?;
    }
    for end in BESIDE {
        plain(&dir.join(format!("{FILE}{end}")))?;
    }
    Ok(dir)
}

pub(super) fn lock(dir: &Path) -> Result<Lock, FolderProblem> {
    let file = writable().truncate(false).open(dir.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock::Held(file)),
        Err(TryLockError::WouldBlock) => Ok(Lock::Elsewhere),
        Err(TryLockError::Error(why)) => Err(FolderProblem::Io(why)),
    }
}

/// Releases the lock. A program that is being started at this moment holds a copy of the file until its exec, so closing
/// the file would not be enough for the next start to find it free (flock(2)).
pub(super) fn unlock(file: &File) {
    // If the system refuses, the lock ends with the last copy of the file.
    let _ended = file.unlock();
}

/// Creates the journal's file if necessary, readable by its owner alone. Returns its size in bytes.
pub(super) fn file(dir: &Path) -> io::Result<u64> {
    let file = writable().truncate(false).open(dir.join(FILE))?;
    Ok(file.metadata()?.len())
}

/// Marks the journal for a full check, after a write found damage.
pub(super) fn doubt(journal: &Path) {
    // If even this can't be written, the next start checks what it checks anyway.
    let _told = writable().truncate(false).open(journal.with_file_name(DOUBT));
}

/// Whether a write found damage since the whole file was last checked.
pub(super) fn doubted(dir: &Path) -> bool {
    dir.join(DOUBT).symlink_metadata().is_ok()
}

/// Removes the mark of [`doubt`], after the whole file was checked or moved aside.
pub(super) fn trust(dir: &Path) {
    let _gone = fs::remove_file(dir.join(DOUBT));
}

/// Moves the journal and SQLite's files next to it to the first free `journal.WHAT-N`.
pub(super) fn set_aside(dir: &Path, what: &str) -> io::Result<PathBuf> {
    for number in 1..1000 {
        let to = dir.join(format!("journal.{what}-{number}"));
        if to.symlink_metadata().is_ok() {
            continue;
        }
        fs::rename(dir.join(FILE), &to)?;
        for end in BESIDE {
            let beside = dir.join(format!("{FILE}{end}"));
            if beside.symlink_metadata().is_ok() {
                fs::rename(beside, dir.join(format!("journal.{what}-{number}{end}")))?;
            }
        }
        return Ok(to);
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[cfg(unix)]
fn create(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(why) if why.kind() != io::ErrorKind::AlreadyExists => Err(why),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn create(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

#[cfg(unix)]
pub(super) fn writable() -> fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    options
}

#[cfg(not(unix))]
pub(super) fn writable() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true);
    options
}

/// Checks that the folder belongs to this user and that nobody else may write in it. The owner of a new file shows
/// which user this process runs as.
#[cfg(unix)]
fn private(dir: &Path) -> Result<(), FolderProblem> {
    use std::os::unix::fs::MetadataExt;
    let folder = fs::metadata(dir)?;
    if !folder.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory).into());
    }
    let refused = || FolderProblem::NotSafe(dir.to_path_buf());
    if folder.mode() & 0o022 != 0 {
        return Err(refused());
    }
    let probe = tempfile::tempfile_in(dir)?.metadata()?;
    if probe.uid() == folder.uid() { Ok(()) } else { Err(refused()) }
}

#[cfg(not(unix))]
fn private(dir: &Path) -> Result<(), FolderProblem> {
    // On Windows, a folder in the user's profile is open to that user alone unless its permissions were changed on
    // purpose.
    tempfile::tempfile_in(dir)?;
    Ok(())
}

/// Checks that `path` doesn't exist, or is a plain file of this user without further hard links.
pub(super) fn plain(path: &Path) -> Result<(), FolderProblem> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let refused = || Err(FolderProblem::NotSafe(path.to_path_buf()));
    if !found.is_file() {
        return refused();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let folder = path.parent().map(fs::metadata).transpose()?;
        if found.nlink() > 1 || folder.is_some_and(|folder| folder.uid() != found.uid()) || found.mode() & 0o022 != 0 {
            return refused();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_lock_is_free_even_if_its_file_is_still_open() {
        let dir = tempfile::tempdir().expect("a folder");
        let Ok(Lock::Held(held)) = lock(dir.path()) else { panic!("nobody holds it") };
        let copy = held.try_clone().expect("a copy");
        assert!(matches!(lock(dir.path()), Ok(Lock::Elsewhere)));
        unlock(&held);
        assert!(matches!(lock(dir.path()), Ok(Lock::Held(_))));
        drop(copy);
    }
}
