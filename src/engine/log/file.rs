//! The log's files: for their owner alone, bounded in size and number.
//!
//! The newest is `log/daypass.log` in the folder of the journal, the ones before are `daypass.1.log` to `daypass.3.log`. A
//! second Daypass that runs beside the first writes `daypass-b.log` and so on: one process writes to a file.

use crate::engine::journal;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The folder of the log in that of the journal.
const FOLDER: &str = "log";
/// The name of the log of each process that runs at a time.
const NAMES: [&str; 3] = ["daypass", "daypass-b", "daypass-c"];
/// The most bytes of one file.
const MOST: u64 = 2 << 20;
/// The files before the newest that are kept.
const OLDER: u32 = 3;

/// The files that one process writes to.
#[derive(Debug)]
pub(super) struct LogFiles {
    dir: PathBuf,
    name: &'static str,
    /// None after a rotation that the disk refused, until one works.
    file: Option<File>,
    size: u64,
    most: u64,
    /// Held as long as lines are written.
    _lock: File,
}

impl LogFiles {
    /// Opens the first of the logs that no other process writes to.
    ///
    /// # Errors
    /// What the system says; `PermissionDenied` where the folder is open to other users, `WouldBlock` where three others write.
    pub(super) fn open(home: &Path) -> io::Result<Self> {
        let dir = journal::private_folder(&journal::private_folder(home)?.join(FOLDER))?;
        for name in NAMES {
            let lock = journal::private_file(&dir.join(format!("{name}.lock")))?;
            match lock.try_lock() {
                Ok(()) => {
                    let mut files = Self { dir, name, file: None, size: 0, most: MOST, _lock: lock };
                    files.reopen()?;
                    return Ok(files);
                }
                Err(fs::TryLockError::WouldBlock) => {}
                Err(fs::TryLockError::Error(why)) => return Err(why),
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn reopen(&mut self) -> io::Result<()> {
        let mut file = journal::private_file(&path(&self.dir, self.name, 0))?;
        self.size = file.seek(SeekFrom::End(0))?;
        self.file = Some(file);
        Ok(())
    }

    /// Writes a line, in the next file where this one is full.
    ///
    /// # Errors
    /// What the system says: the line is not kept.
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.file.is_none() || self.size > 0 && self.size + line.len() as u64 > self.most {
            self.rotate()?;
        }
        if let Some(file) = &mut self.file {
            file.write_all(line)?;
            self.size += line.len() as u64;
        }
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        if self.size + 1 > self.most || self.file.is_some() {
            // A file that is open can't be renamed everywhere.
            self.file = None;
            for older in (0..OLDER).rev() {
                match fs::rename(path(&self.dir, self.name, older), path(&self.dir, self.name, older + 1)) {
                    Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
                    _ => {}
                }
            }
        }
        self.reopen()
    }
}

fn path(dir: &Path, name: &str, older: u32) -> PathBuf {
    dir.join(if older == 0 { format!("{name}.log") } else { format!("{name}.{older}.log") })
}

/// What one log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogText {
    /// Whether the Daypass that wrote it ran beside another one.
    pub beside: bool,
    /// Its newest lines, the oldest first.
    pub text: String,
    /// Whether older lines were left out.
    pub cut: bool,
}

/// Reads the newest lines of each log in the folder of a journal, of each up to `most` bytes.
#[must_use]
pub fn read(home: &Path, most: u64) -> Vec<LogText> {
    let dir = home.join(FOLDER);
    let logs = NAMES.iter().enumerate().filter_map(|(at, name)| {
        let mut parts = Vec::new();
        let (mut left, mut cut) = (most, false);
        for older in 0..=OLDER {
            let Ok(mut file) = File::open(path(&dir, name, older)) else { continue };
            let size = file.metadata().map_or(0, |found| found.len());
            let from = size.saturating_sub(left);
            cut |= from > 0;
            let mut bytes = Vec::new();
            let read = file.seek(SeekFrom::Start(from)).and_then(|_| file.take(left).read_to_end(&mut bytes));
            if read.is_ok() {
                let first =
                    if from > 0 { bytes.iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| at + 1) } else { 0 };
                parts.push(String::from_utf8_lossy(&bytes[first..]).into_owned());
            }
            left = left.saturating_sub(size);
            if left == 0 {
                break;
            }
        }
        parts.reverse();
        let text = parts.concat();
        (!text.is_empty()).then_some(LogText { beside: at > 0, text, cut })
    });
    logs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(dir: &Path) -> Vec<(String, u64)> {
        let mut found: Vec<(String, u64)> = fs::read_dir(dir)
            .expect("the folder")
            .map(|entry| entry.expect("an entry"))
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.metadata().expect("its size").len()))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn log_files_are_limited_in_size_and_number() {
        let home = tempfile::tempdir().expect("a folder");
        let mut files = LogFiles::open(home.path()).expect("files");
        files.most = 100;
        for number in 0..1000 {
            files.write(format!("this is line {number:05}\n").as_bytes()).expect("written");
        }
        let dir = home.path().join(FOLDER);
        let logs: Vec<_> = all(&dir).into_iter().filter(|(name, _)| !name.contains("lock")).collect();
        assert_eq!(logs.len(), 4, "{logs:?}");
        assert!(logs.iter().all(|(_, size)| *size <= 100), "{logs:?}");
        let text = &read(home.path(), 1 << 20)[0];
        assert!(text.text.ends_with("this is line 00999\n") && !text.cut, "{text:?}");
        let numbers: Vec<&str> = text.text.lines().collect();
        assert!(numbers.is_sorted() && numbers.len() > 12, "the oldest first: {numbers:?}");
        let short = &read(home.path(), 60)[0];
        assert!(short.cut && short.text.starts_with("this is line") && short.text.len() <= 60, "{short:?}");
        // The file of an earlier process is continued.
        drop(files);
        let mut files = LogFiles::open(home.path()).expect("files");
        files.write(b"next\n").expect("written");
        assert!(read(home.path(), 1 << 20)[0].text.ends_with("00999\nnext\n"));
    }

    #[test]
    fn a_second_process_writes_its_own_files() {
        let home = tempfile::tempdir().expect("a folder");
        let mut first = LogFiles::open(home.path()).expect("files");
        let mut second = LogFiles::open(home.path()).expect("files");
        first.write(b"one\n").expect("written");
        second.write(b"two\n").expect("written");
        let _third = LogFiles::open(home.path()).expect("files");
        LogFiles::open(home.path()).expect_err("three are enough");
        let read: Vec<(bool, String)> =
            read(home.path(), 1 << 20).into_iter().map(|log| (log.beside, log.text)).collect();
        assert_eq!(read, [(false, "one\n".to_owned()), (true, "two\n".to_owned())]);
    }

    #[cfg(unix)]
    #[test]
    fn log_files_are_private_and_no_link_is_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let home = tempfile::tempdir().expect("a folder");
        drop(LogFiles::open(home.path()).expect("files"));
        let dir = home.path().join(FOLDER);
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        for (name, _) in all(&dir) {
            assert_eq!(mode(&dir.join(&name)), 0o600, "{name}");
        }
        let elsewhere = home.path().join("elsewhere");
        fs::write(&elsewhere, "mine\n").expect("written");
        fs::remove_file(dir.join("daypass.log")).expect("removed");
        symlink(&elsewhere, dir.join("daypass.log")).expect("linked");
        LogFiles::open(home.path()).expect_err("a link");
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).expect("opened");
        LogFiles::open(home.path()).expect_err("a folder that others may write in");
    }
}
