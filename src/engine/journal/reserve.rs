//! Room kept free on the disk, so that what has arrived is written down even when the disk is full.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that keeps the room.
pub(super) const FILE: &str = "reserve";
/// Enough for some thousand records, many times what may be out when the disk fills up.
const SIZE: usize = 1 << 20;
/// What is kept where there is no room for that.
const LEAST: usize = 128 << 10;

/// The room beside the journal. A file system that packs zeros away keeps none, and nothing is worse for it.
#[derive(Clone, Debug)]
pub(super) struct Reserve(PathBuf);

impl Reserve {
    pub(super) fn beside(journal: &Path) -> Self {
        Self(journal.with_file_name(FILE))
    }

    /// Keeps the room free from now on, as much of it as there is. It blocks.
    ///
    /// # Errors
    /// There is not even a little.
    pub(super) fn keep(&self) -> io::Result<()> {
        if self.0.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() >= SIZE as u64) {
            return Ok(());
        }
        self.write(SIZE).or_else(|_full| self.write(LEAST))
    }

    /// Gives the room up for what must be written now; false where none was kept. It blocks.
    pub(super) fn give_up(&self) -> bool {
        fs::remove_file(&self.0).is_ok()
    }

    fn write(&self, size: usize) -> io::Result<()> {
        let _none = fs::remove_file(&self.0);
        let written = super::place::writable().create_new(true).open(&self.0).and_then(|mut file| {
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
    fn room_is_kept_given_up_and_kept_again() {
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
    fn a_planted_link_is_not_written_through() {
        let dir = tempfile::tempdir().expect("a folder");
        let other = dir.path().join("other");
        fs::write(&other, "mine").expect("it is written");
        std::os::unix::fs::symlink(&other, dir.path().join(FILE)).expect("it is linked");
        Reserve::beside(&dir.path().join("journal.sqlite")).keep().expect("there is room");
        assert_eq!(fs::read(&other).expect("it is there"), b"mine");
    }
}
