//! Reads from drives with a timeout, so that a drive that no longer answers holds up neither its callers nor other
//! drives.

use crate::model::problem::{Detail, Kind, Problem};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a drive may take for the smallest read.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// The slowest acceptable drive, in bytes per second.
const SLOWEST: u64 = 256 << 10;
/// If this many reads are stuck, nothing below their common folder is read any more: each stuck read blocks a thread.
const MANY: usize = 16;

/// The reads in progress. Clones share their content.
#[derive(Clone, Debug, Default)]
pub struct Reads(Arc<Mutex<Going>>);

#[derive(Debug, Default)]
struct Going {
    next: u64,
    /// Each read's folder, and whether its caller gave up.
    reads: BTreeMap<u64, (PathBuf, bool)>,
}

/// Removes a read from the list once its thread is done, which may be long after its caller gave up.
struct ReadGuard {
    of: Reads,
    number: u64,
}

impl Drop for ReadGuard {
    fn drop(&mut self) {
        self.of.lock().reads.remove(&self.number);
    }
}

impl Reads {
    /// Runs `work` on a blocking thread; it reads about `bytes` bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// The error of `work`; `SourceUnreadable` if `work` panics; `SourceSilent` if the drive does not answer in time,
    /// or if a read in the same folder is stuck.
    pub async fn run<T: Send + 'static>(
        &self,
        path: &Path,
        bytes: u64,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.within(PATIENCE + Duration::from_secs(bytes / SLOWEST), path, work).await
    }

    async fn within<T: Send + 'static>(
        &self,
        limit: Duration,
        path: &Path,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let folder = path.parent().unwrap_or(path);
        let Some(entry) = self.enter(folder) else { return Err(silent()) };
        let number = entry.number;
        let mut task = tokio::task::spawn_blocking(move || {
            let _until_the_end = entry;
            work()
        });
        // In steps, so that time that the computer sleeps doesn't count.
        let step = (limit / 60).max(Duration::from_millis(1));
        for _ in 0..60 {
            if let Ok(done) = tokio::time::timeout(step, &mut task).await {
                return done.unwrap_or_else(|why| {
                    let message = super::untrusted_text::clean(&why.to_string());
                    let detail = Detail { call: "read".into(), message, ..Detail::default() };
                    Err(Problem::with(Kind::SourceUnreadable, detail))
                });
            }
        }
        if let Some((_, stuck)) = self.lock().reads.get_mut(&number) {
            *stuck = true;
        }
        Err(silent())
    }

    /// Registers a read; returns `None` if a read nearby is stuck, since this one would get stuck, too.
    fn enter(&self, folder: &Path) -> Option<ReadGuard> {
        let mut going = self.lock();
        let stuck: Vec<&Path> =
            going.reads.values().filter(|(_, stuck)| *stuck).map(|(folder, _)| folder.as_path()).collect();
        if stuck.contains(&folder) || stuck.len() >= MANY && shared(&stuck).is_some_and(|top| folder.starts_with(top)) {
            return None;
        }
        let number = going.next;
        going.next += 1;
        going.reads.insert(number, (folder.to_owned(), false));
        Some(ReadGuard { of: self.clone(), number })
    }

    fn lock(&self) -> MutexGuard<'_, Going> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the common folder of all of these; `None` if that is only the root.
fn shared<'a>(folders: &[&'a Path]) -> Option<&'a Path> {
    let mut top = *folders.first()?;
    while !folders.iter().all(|folder| folder.starts_with(top)) {
        top = top.parent()?;
    }
    top.parent().map(|_| top)
}

/// Returns the problem of a drive that does not answer.
pub fn silent() -> Problem {
    Problem::new(Kind::SourceSilent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const SHORT: Duration = Duration::from_millis(120);

    /// Returns a read that blocks until the sender is dropped.
    async fn hang(reads: &Reads, path: &str) -> mpsc::SyncSender<()> {
        let (end, wait) = mpsc::sync_channel::<()>(1);
        let hung = reads.within(SHORT, Path::new(path), move || {
            let _ended = wait.recv();
            Ok(())
        });
        assert_eq!(hung.await.expect_err("it hangs").kind, Kind::SourceSilent);
        end
    }

    async fn reads_at(reads: &Reads, path: &str) -> bool {
        let read = reads.run(Path::new(path), 1, || Ok(7)).await;
        assert!(matches!(&read, Ok(7)) || read.as_ref().is_err_and(|why| why.kind == Kind::SourceSilent));
        read.is_ok()
    }

    #[tokio::test]
    async fn a_hanging_drive_does_not_block_others() {
        let reads = Reads::default();
        let hung = hang(&reads, "/nas/film/a").await;
        assert!(!reads_at(&reads, "/nas/film/b").await, "no second thread hangs there");
        assert!(reads_at(&reads, "/home/a").await && reads_at(&reads, "/nas/other/a").await);
        drop(hung);
        for _ in 0..200 {
            if reads_at(&reads, "/nas/film/b").await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the drive was not read again");
    }

    #[tokio::test]
    async fn many_hanging_folders_block_the_whole_drive() {
        let reads = Reads::default();
        let mut hung = Vec::new();
        for number in 0..MANY {
            assert!(reads_at(&reads, "/nas/film/x/b").await);
            hung.push(hang(&reads, &format!("/nas/film/{number}/a")).await);
        }
        assert!(!reads_at(&reads, "/nas/film/x/b").await);
        assert!(reads_at(&reads, "/nas/other/a").await && reads_at(&reads, "/home/a").await);
        hung.push(hang(&reads, "/mnt/a").await);
        assert!(reads_at(&reads, "/nas/film/x/b").await, "two drives share only the root");
    }
}
