//! Disk space kept free, so that what has arrived is recorded even if the disk is full.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that occupies the space.
pub(super) const FILE: &str = "reserve";
/// In bytes. Enough for thousands of records, many times what may be in flight when the disk fills up.
const SIZE: usize = 1 << 20;
/// The size if there is no room for [`SIZE`].
const LEAST: usize = 128 << 10;

/// The reserve next to the journal. A file system that compresses zeros keeps no space free; that does no harm.
#[derive(Clone, Debug)]
pub(super) struct Reserve(PathBuf);

impl Reserve {
    pub(super) fn beside(journal: &Path) -> Self {
        Self(journal.with_file_name(FILE))
    }

    /// Keeps the space free from now on, or as much of it as there is. Blocks.
    ///
    /// # Errors
    ///
    /// The disk has no room even for [`LEAST`].
    pub(super) fn keep(&self) -> io::Result<()> {
        if self.0.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() >= SIZE as u64) {
            return Ok(());
        }
        self.write(SIZE).or_else(|_full| self.write(LEAST))
    }

    /// Frees the space for what must be written now; returns false if none was kept. Blocks.
    pub(super) fn give_up(&self) -> bool {
        fs::remove_file(&self.0).is_ok()
    }

    fn write(&self, size: usize) -> io::Result<()> {
        let _none = fs::remove_file(&self.0);
        let written = super::folder::writable().create_new(true).open(&self.0).and_then(|mut file| {
            file.write_all(&vec![0; size])?;
            file.sync_data()
        });
        if written.is_err() {
            let _gone = fs::remove_file(&self.0);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_reserved_released_and_reserved_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let reserve = Reserve::beside(&dir.path().join("journal.sqlite"));
        assert!(!reserve.give_up());
        reserve.keep().expect("there is room");
        assert_eq!(fs::metadata(dir.path().join(FILE)).expect("it is there").len(), SIZE as u64);
        reserve.keep().expect("it is there already");
        assert!(reserve.give_up());
        assert!(!dir.path().join(FILE).exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_not_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        let other = dir.path().join("other");
        fs::write(&other, "mine").expect("it is written");
        std::os::unix::fs::symlink(&other, dir.path().join(FILE)).expect("it is linked");
        Reserve::beside(&dir.path().join("journal.sqlite")).keep().expect("there is room");
        assert_eq!(fs::read(&other).expect("it is there"), b"mine");
    }
}
