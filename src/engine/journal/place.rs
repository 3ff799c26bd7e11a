//! The journal's folder: ours alone, opened by one Daypass at a time, with what is damaged moved aside.

use super::WindowCall;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The journal's file.
pub(super) const FILE: &str = "journal.sqlite";
/// Held while the journal is open.
const LOCK: &str = "lock";
/// Written by a second Daypass that wants the first one's window in front.
const RAISE: &str = "raise";
/// Stands there after a write met damage: the next start looks at the whole file.
const DOUBT: &str = "doubt";
/// The most bytes that are read of what asks for the window.
const HANDED: u64 = 256 << 10;
/// What SQLite keeps beside its file.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Why a folder can't hold the journal.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Other users may write in it, or it belongs to one, or a link stands where a file of ours should.
    NotSafe(PathBuf),
    /// The system refuses.
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(why: io::Error) -> Self {
        Self::Io(why)
    }
}

/// What came of asking for the lock.
pub(super) enum Lock {
    /// It is ours until the file is closed.
    Held(File),
    /// Another Daypass holds it.
    Elsewhere,
}

/// Makes the folder if need be and looks whether it is ours alone; its path comes back without links in it.
pub(super) fn folder(dir: &Path) -> Result<PathBuf, Refusal> {
    create(dir)?;
    #[cfg(unix)]
    let dir = dir.canonicalize()?;
    #[cfg(not(unix))]
    let dir = std::path::absolute(dir)?;
    private(&dir)?;
    for name in [FILE, LOCK, RAISE, DOUBT] {
        plain(&dir.join(name))?;
    }
    for end in BESIDE {
        plain(&dir.join(format!("{FILE}{end}")))?;
    }
    Ok(dir)
}

/// Takes the lock.
pub(super) fn lock(dir: &Path) -> Result<Lock, Refusal> {
    let file = writable().truncate(false).open(dir.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock::Held(file)),
        Err(TryLockError::WouldBlock) => Ok(Lock::Elsewhere),
        Err(TryLockError::Error(why)) => Err(Refusal::Io(why)),
    }
}

/// Makes the journal's file where there is none, readable by its owner alone; its size in bytes.
pub(super) fn file(dir: &Path) -> io::Result<u64> {
    let file = writable().truncate(false).open(dir.join(FILE))?;
    Ok(file.metadata()?.len())
}

/// Takes down that a write to the journal met damage.
pub(super) fn doubt(journal: &Path) {
    // Where not even this can be written, the next start finds what it finds.
    let _told = writable().truncate(false).open(journal.with_file_name(DOUBT));
}

/// Whether a write met damage since the whole file was last looked at.
pub(super) fn doubted(dir: &Path) -> bool {
    dir.join(DOUBT).symlink_metadata().is_ok()
}

/// The whole file was looked at, or moved aside.
pub(super) fn trust(dir: &Path) {
    let _gone = fs::remove_file(dir.join(DOUBT));
}

/// Moves the journal and what SQLite keeps beside it to the first free `journal.WHAT-N`.
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

/// Asks the Daypass that holds the lock to bring its window to the front, and hands it an invitation where there is one.
pub(super) fn raise(dir: &Path, invitation: Option<&str>) -> io::Result<()> {
    let mut file = writable().truncate(false).append(true).open(dir.join(RAISE))?;
    let mut line = serde_json::to_string(&invitation)?;
    line.push('\n');
    file.write_all(line.as_bytes())
}

/// Whether the window was asked for since the last look, and with which invitation. That the request is gone tells
/// those who asked that it was heard.
pub(super) fn raised(dir: &Path) -> Option<WindowCall> {
    let path = dir.join(RAISE);
    let file = fs::File::open(&path).ok()?;
    let mut text = String::new();
    // A request that can't be read asks for the window all the same.
    let _odd = io::Read::read_to_string(&mut io::Read::take(file, HANDED), &mut text);
    reset_raise(dir);
    Some(WindowCall(text.lines().rev().find_map(|line| serde_json::from_str::<Option<String>>(line).ok()?)))
}

/// Whether nobody has heard yet that the window was asked for.
pub(super) fn unheard(dir: &Path) -> bool {
    dir.join(RAISE).symlink_metadata().is_ok()
}

/// Takes back what asks for the window.
pub(super) fn reset_raise(dir: &Path) {
    // Where it can't be removed the window comes to the front once more than it was asked for.
    let _ = fs::remove_file(dir.join(RAISE));
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

/// Whether the folder belongs to this user and nobody else may write in it. Whose process this is, a new file tells.
#[cfg(unix)]
fn private(dir: &Path) -> Result<(), Refusal> {
    use std::os::unix::fs::MetadataExt;
    let folder = fs::metadata(dir)?;
    if !folder.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory).into());
    }
    let refused = || Refusal::NotSafe(dir.to_path_buf());
    if folder.mode() & 0o022 != 0 {
        return Err(refused());
    }
    let probe = tempfile::tempfile_in(dir)?.metadata()?;
    if probe.uid() == folder.uid() { Ok(()) } else { Err(refused()) }
}

#[cfg(not(unix))]
fn private(dir: &Path) -> Result<(), Refusal> {
    // The profile's folder of a Windows user admits that user alone unless somebody opened it on purpose.
    tempfile::tempfile_in(dir)?;
    Ok(())
}

/// Whether nothing stands at `path`, or a file of our own with no second name.
fn plain(path: &Path) -> Result<(), Refusal> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    let refused = || Err(Refusal::NotSafe(path.to_path_buf()));
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
