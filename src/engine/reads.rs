//! Reading from drives under a watch: one that no longer answers gives its requests back, and keeps no other from reading.

use crate::model::problem::{Detail, Kind, Problem};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a drive may take for the least that is read.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// The slowest drive that is waited for, in bytes a second.
const SLOWEST: u64 = 256 << 10;
/// With so many reads stuck, everything below the folder that they share is left alone: a thread hangs on each of them.
const MANY: usize = 16;

/// The reads that are under way. Copies are the same.
#[derive(Clone, Debug, Default)]
pub struct Reads(Arc<Mutex<Going>>);

#[derive(Debug, Default)]
struct Going {
    next: u64,
    /// Each read's folder, and whether it was given up.
    reads: BTreeMap<u64, (PathBuf, bool)>,
}

/// Takes a read off the list once its thread is through with it, which may be long after it was given up.
struct Entry {
    of: Reads,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.of.lock().reads.remove(&self.number);
    }
}

impl Reads {
    /// Does `work`, which reads about `bytes` bytes of the file at `path` and blocks.
    ///
    /// # Errors
    /// What `work` says; `SourceSilent` where the drive does not answer, or did not answer to the last read beside this one.
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
        // In steps, so that a computer that slept meanwhile does not count its sleep.
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

    /// None where a read nearby hangs: this one would hang beside it.
    fn enter(&self, folder: &Path) -> Option<Entry> {
        let mut going = self.lock();
        let stuck: Vec<&Path> =
            going.reads.values().filter(|(_, stuck)| *stuck).map(|(folder, _)| folder.as_path()).collect();
        if stuck.contains(&folder) || stuck.len() >= MANY && shared(&stuck).is_some_and(|top| folder.starts_with(top)) {
            return None;
        }
        let number = going.next;
        going.next += 1;
        going.reads.insert(number, (folder.to_owned(), false));
        Some(Entry { of: self.clone(), number })
    }

    fn lock(&self) -> MutexGuard<'_, Going> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder in which all of these lie; none where that is only the root.
fn shared<'a>(folders: &[&'a Path]) -> Option<&'a Path> {
    let mut top = *folders.first()?;
    while !folders.iter().all(|folder| folder.starts_with(top)) {
        top = top.parent()?;
    }
    top.parent().map(|_| top)
}

/// The drive does not answer.
pub fn silent() -> Problem {
    Problem::new(Kind::SourceSilent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const SHORT: Duration = Duration::from_millis(120);

    /// A read that hangs until what it gives is dropped.
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
    async fn a_drive_that_hangs_keeps_no_other_from_reading() {
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
        panic!("it answers again");
    }

    #[tokio::test]
    async fn many_that_hang_speak_for_the_whole_drive() {
        let reads = Reads::default();
        let mut hung = Vec::new();
        for number in 0..MANY {
            assert!(reads_at(&reads, "/nas/film/x/b").await);
            hung.push(hang(&reads, &format!("/nas/film/{number}/a")).await);
        }
        assert!(!reads_at(&reads, "/nas/film/x/b").await);
        assert!(reads_at(&reads, "/nas/other/a").await && reads_at(&reads, "/home/a").await);
        hung.push(hang(&reads, "/mnt/a").await);
        assert!(reads_at(&reads, "/nas/film/x/b").await, "two drives share the root alone");
    }
}
