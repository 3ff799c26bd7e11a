//! Local files: opened once, and identified by fingerprints.

use super::pool;
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::upload::{Fingerprint, UploadId};
use std::collections::HashMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A regular file open for reading, and its fingerprint when it was opened.
#[derive(Debug)]
pub struct SourceFile {
    /// The handle that every part is read from.
    pub file: File,
    pub fingerprint: Fingerprint,
}

impl SourceFile {
    /// Opens a regular file and nothing else: doesn't follow a link at `path`, and doesn't wait for a pipe. Blocks.
    ///
    /// # Errors
    ///
    /// `SourceGone` if there is no file; `SourceNotAFile` if it isn't a regular one; `SourceBusy`, `TooManyOpen` or
    /// `SourceUnreadable` if the system refuses.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let at_path = std::fs::symlink_metadata(path).map_err(|why| unreadable(&why))?;
        if !at_path.is_file() {
            return Err(Problem::new(Kind::SourceNotAFile));
        }
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(
            &mut options,
            libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_CLOEXEC,
        );
        let file = options.open(path).map_err(|why| unreadable(&why))?;
        let metadata = file.metadata().map_err(|why| unreadable(&why))?;
        if !metadata.is_file() {
            return Err(Problem::new(Kind::SourceNotAFile));
        }
        let fingerprint = fingerprint(&metadata);
        Ok(Self { file, fingerprint })
    }

    /// Compares the open file with its state when it was opened. Blocks.
    ///
    /// # Errors
    ///
    /// `SourceChanged` if more than its times changed; as for [`unreadable`] if the system doesn't say.
    pub fn look(&self) -> Result<Look, Problem> {
        Look::of(&self.fingerprint, &fingerprint(&self.file.metadata().map_err(|why| unreadable(&why))?))
    }

    /// Compares the open file, and the file at its path now, with the fingerprint `then`. Blocks.
    ///
    /// # Errors
    ///
    /// `SourceChanged` if more than times changed; `SourceGone` if there is no file at the path any more.
    pub fn look_again(&self, then: &Fingerprint, path: &Path) -> Result<Look, Problem> {
        let open = self.look()?;
        let at_path = std::fs::symlink_metadata(path).map_err(|why| unreadable(&why))?;
        if !at_path.is_file() {
            return Err(Problem::new(Kind::SourceChanged));
        }
        let looks = [open, Look::of(then, &self.fingerprint)?, Look::of(&self.fingerprint, &fingerprint(&at_path))?];
        Ok(looks.into_iter().find(|look| *look != Look::Same).unwrap_or(Look::Same))
    }

    /// Checks that the file ends at the size that the system reports. Blocks.
    ///
    /// # Errors
    ///
    /// `SourceChanged` if the file continues; as for [`unreadable`] if it can't be read.
    pub fn ends(&self) -> Result<(), Problem> {
        if pool::ends_at(&self.file, self.fingerprint.size).map_err(|why| unreadable(&why))? {
            return Ok(());
        }
        Err(longer())
    }
}

/// Returns the problem of a file that continues after the end that the system reports.
pub fn longer() -> Problem {
    let message = "the file is longer than the system says".into();
    Problem::with(Kind::SourceChanged, Detail { call: "read".into(), message, ..Detail::default() })
}

/// How a file compares with its earlier state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing changed.
    Same,
    /// Only its times changed: whether it is the same depends on its content. Holds its current fingerprint.
    Touched(Fingerprint),
}

impl Look {
    fn of(then: &Fingerprint, now: &Fingerprint) -> Result<Self, Problem> {
        if now.is_same(then) {
            Ok(Self::Same)
        } else if now.is_same_but_for_times(then) {
            Ok(Self::Touched(*now))
        } else {
            Err(Problem::new(Kind::SourceChanged))
        }
    }
}

/// Returns the fingerprint that tells this version of a file from another. If the system gives no file number (on
/// Windows, Rust's stable standard library has none), it consists of size and modification time alone.
#[must_use]
pub fn fingerprint(metadata: &Metadata) -> Fingerprint {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Fingerprint {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec()),
            changed: Some(i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec())),
        }
    }
    #[cfg(not(unix))]
    {
        let modified = metadata.modified().map_or(0, |time| match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => i128::try_from(before.duration().as_nanos()).map_or(i128::MIN, |nanos| -nanos),
        });
        Fingerprint { device: 0, inode: 0, size: metadata.len(), modified, changed: None }
    }
}

/// Returns the kind of an error that makes a file temporarily impossible to open or read.
#[cfg(unix)]
const fn not_now(code: i32) -> Option<Kind> {
    match code {
        libc::EBUSY | libc::ETXTBSY | libc::EAGAIN => Some(Kind::SourceBusy),
        libc::EMFILE | libc::ENFILE => Some(Kind::TooManyOpen),
        _ => None,
    }
}

/// Returns the kind of an error that makes a file temporarily impossible to open or read (Microsoft, "System Error
/// Codes"): a sharing or lock violation, or too many open files.
#[cfg(windows)]
const fn not_now(code: i32) -> Option<Kind> {
    match code {
        32 | 33 => Some(Kind::SourceBusy),
        4 => Some(Kind::TooManyOpen),
        _ => None,
    }
}

/// Converts the system's error about a file to a problem.
#[must_use]
pub fn unreadable(why: &io::Error) -> Problem {
    #[cfg(unix)]
    if why.raw_os_error() == Some(libc::ELOOP) {
        return Problem::new(Kind::SourceNotAFile);
    }
    let kind = if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
        Kind::SourceGone
    } else if why.kind() == io::ErrorKind::UnexpectedEof {
        Kind::SourceChanged
    } else if let Some(kind) = why.raw_os_error().and_then(not_now) {
        kind
    } else {
        Kind::SourceUnreadable
    };
    let message = super::untrusted_text::clean(&why.to_string());
    Problem::with(kind, Detail { call: "read".into(), message, ..Detail::default() })
}

/// The files that uploads have open.
#[derive(Debug, Default)]
pub struct OpenFiles(Mutex<HashMap<UploadId, Arc<SourceFile>>>);

impl OpenFiles {
    /// Returns the file of this upload, and opens it if necessary. Blocks.
    ///
    /// # Errors
    ///
    /// As for [`SourceFile::open`].
    pub fn get(&self, upload: UploadId, path: &Path) -> Result<Arc<SourceFile>, Problem> {
        if let Some(source) = self.lock().get(&upload) {
            return Ok(Arc::clone(source));
        }
        let source = Arc::new(SourceFile::open(path)?);
        Ok(Arc::clone(self.lock().entry(upload).or_insert(source)))
    }

    /// Opens the file of this upload, in place of what was open. Blocks.
    ///
    /// # Errors
    ///
    /// As for [`SourceFile::open`].
    pub fn open(&self, upload: UploadId, path: &Path) -> Result<Fingerprint, Problem> {
        let source = SourceFile::open(path)?;
        let fingerprint = source.fingerprint;
        self.lock().insert(upload, Arc::new(source));
        Ok(fingerprint)
    }

    /// Closes the file of this upload once nothing reads it any more. This may block.
    pub fn close(&self, upload: UploadId) {
        drop(self.take(upload));
    }

    /// Takes the file of this upload out, so that the caller closes it where that may block.
    pub fn take(&self, upload: UploadId) -> Option<Arc<SourceFile>> {
        self.lock().remove(&upload)
    }

    /// Returns how many files are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UploadId, Arc<SourceFile>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T: std::fmt::Debug>(result: Result<T, Problem>) -> Kind {
        result.expect_err("a problem").kind
    }

    #[test]
    fn only_regular_files_are_opened() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("a");
        assert_eq!(kind(SourceFile::open(&file)), Kind::SourceGone);
        assert_eq!(kind(SourceFile::open(&file.join("b"))), Kind::SourceGone);
        std::fs::write(&file, "hello").expect("written");
        assert_eq!(SourceFile::open(&file).expect("opens").fingerprint.size, 5);
        assert_eq!(kind(SourceFile::open(&file.join("b"))), Kind::SourceGone);
        assert_eq!(kind(SourceFile::open(dir.path())), Kind::SourceNotAFile);
        #[cfg(unix)]
        {
            let link = dir.path().join("link");
            std::os::unix::fs::symlink(&file, &link).expect("a link");
            assert_eq!(kind(SourceFile::open(&link)), Kind::SourceNotAFile);
            let socket = dir.path().join("socket");
            let _held = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
            assert_eq!(kind(SourceFile::open(&socket)), Kind::SourceNotAFile);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_temporarily_unavailable_file_is_reported_with_the_systems_reason() {
        for (code, kind) in [
            (libc::EBUSY, Kind::SourceBusy),
            (libc::ETXTBSY, Kind::SourceBusy),
            (libc::EMFILE, Kind::TooManyOpen),
            (libc::ENFILE, Kind::TooManyOpen),
            (libc::EACCES, Kind::SourceUnreadable),
            (libc::EIO, Kind::SourceUnreadable),
            (libc::ENOENT, Kind::SourceGone),
        ] {
            let why = io::Error::from_raw_os_error(code);
            let problem = unreadable(&why);
            assert_eq!(problem.kind, kind, "{why}");
            assert_eq!(problem.detail.map(|detail| detail.message.to_string()), Some(why.to_string()));
        }
    }

    #[test]
    fn a_changed_or_replaced_file_is_detected() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a");
        std::fs::write(&path, "hello").expect("written");
        let files = OpenFiles::default();
        let then = files.open(UploadId(1), &path).expect("opens");
        let source = files.get(UploadId(1), &path).expect("is open");
        assert_eq!(source.look(), Ok(Look::Same));
        assert_eq!(source.look_again(&then, &path), Ok(Look::Same));
        std::fs::rename(&path, dir.path().join("b")).expect("renamed");
        assert_eq!(kind(source.look_again(&then, &path)), Kind::SourceGone);
        std::fs::write(&path, "hello").expect("written");
        source.look().expect("the handle still is the first file");
        assert_eq!(kind(source.look_again(&then, &path)), Kind::SourceChanged);
        std::fs::write(dir.path().join("b"), "hello, more").expect("written");
        assert_eq!(kind(source.look()), Kind::SourceChanged);
        assert_eq!(kind(source.ends()), Kind::SourceChanged);
        files.close(UploadId(1));
        assert_eq!(files.count(), 0);
    }
}
