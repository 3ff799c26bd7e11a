//! Watches the profile files and reads them on threads of its own, so that a drive that no longer answers holds up nothing else.

#[cfg(target_os = "linux")]
mod watch;

use super::credential_store::CredentialStore;
use super::profiles::{self, Paths, Stamp};
use crate::model::snapshot::Profiles;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch as newest};

/// Requests that may wait while the files are read.
const ASKS: usize = 8;
/// How long an editor is given to finish what it began to write.
const SETTLE: Duration = Duration::from_millis(30);
/// How often the files are looked at where no event tells of changes.
const POLL: Duration = Duration::from_secs(10);

/// Called before the profile files are read.
pub type BeforeProfiles = Arc<dyn Fn() + Send + Sync>;

/// The number of a read, and what it found.
type Read = (u64, Arc<Profiles>);

enum Ask {
    /// Look whether the files changed.
    Look,
    /// Read them whatever they look like, and say when that is published.
    Read(oneshot::Sender<()>),
}

/// What is known of the profiles, for the loop.
pub(super) struct ProfileFiles {
    found: newest::Receiver<Read>,
    taken: u64,
    reader: ProfileReader,
}

/// Asks for the files to be read. Copies are the same.
#[derive(Clone)]
pub(super) struct ProfileReader(mpsc::Sender<Ask>);

impl ProfileFiles {
    /// Begins to watch and read these files; the keys of this run are listed before what the files hold under the
    /// same name.
    pub fn follow(paths: &Paths, before: Option<BeforeProfiles>, sources: &CredentialStore) -> Self {
        let (asks, asked) = mpsc::channel(ASKS);
        let (tell, found) = newest::channel(Read::default());
        let follower = Follower { sources: sources.clone(), before, tell, asked };
        tokio::spawn(follower.run(WatchedFiles::new(paths.clone())));
        Self { found, taken: 0, reader: ProfileReader(asks) }
    }

    pub fn reader(&self) -> ProfileReader {
        self.reader.clone()
    }

    /// Waits until there is something to take.
    pub async fn changed(&mut self) {
        let taken = self.taken;
        if self.found.wait_for(|(number, _)| *number != taken).await.is_err() {
            // Nobody reads any more, so nothing will come.
            std::future::pending::<()>().await;
        }
    }

    /// Returns the profiles if they were read since the last time.
    pub fn take(&mut self) -> Option<Arc<Profiles>> {
        let (number, profiles) = self.found.borrow().clone();
        (number != std::mem::replace(&mut self.taken, number)).then_some(profiles)
    }
}

impl ProfileReader {
    /// Has the files looked at; a read that is under way already is enough.
    pub fn look(&self) {
        let _under_way = self.0.try_send(Ask::Look);
    }

    /// Has the files read, and waits until the loop can take in what they hold; false if nobody reads any more.
    pub async fn read_now(&self) -> bool {
        let (done, read) = oneshot::channel();
        self.0.send(Ask::Read(done)).await.is_ok() && read.await.is_ok()
    }
}

/// The files, with what was last seen of them and what watches them.
struct WatchedFiles {
    paths: Paths,
    stamp: Option<Stamp>,
    last: Arc<Profiles>,
    #[cfg(target_os = "linux")]
    watch: Option<watch::FileWatch>,
}

impl WatchedFiles {
    fn new(paths: Paths) -> Self {
        Self {
            paths,
            stamp: None,
            last: Arc::default(),
            #[cfg(target_os = "linux")]
            watch: None,
        }
    }
}

/// Why the files are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// Somebody changed them and waits for the list.
    Asked,
    /// The system says that something changed.
    Changed,
    /// They may have changed.
    Perhaps,
}

struct Follower {
    sources: CredentialStore,
    before: Option<BeforeProfiles>,
    tell: newest::Sender<Read>,
    asked: mpsc::Receiver<Ask>,
}

impl Follower {
    async fn run(mut self, mut files: WatchedFiles) {
        let mut reason = Reason::Asked;
        let mut waiting = Vec::new();
        loop {
            let (sources, before) = (self.sources.clone(), self.before.clone());
            let reading = tokio::task::spawn_blocking(move || {
                if let Some(before) = before {
                    before();
                }
                // Watched first, so that no change falls between.
                files.watch();
                let found = files.read(reason, &sources);
                (files, found)
            });
            let found;
            tokio::select! {
                read = reading => match read {
                    Ok(read) => (files, found) = read,
                    // The runtime is being shut down, or reading panicked: nobody should wait for more.
                    Err(_ended) => return,
                },
                // A drive that does not answer keeps its thread, and nothing else.
                () = self.tell.closed() => return,
            }
            if let Some(found) = found {
                self.tell.send_modify(|(number, profiles)| (*number, *profiles) = (*number + 1, found));
            }
            for waiting in waiting.drain(..) {
                // Whoever asked may have gone.
                let _gone = oneshot::Sender::send(waiting, ());
            }
            tokio::select! {
                asked = self.asked.recv() => match asked {
                    Some(Ask::Read(done)) => {
                        waiting.push(done);
                        reason = Reason::Asked;
                    }
                    Some(Ask::Look) => reason = Reason::Perhaps,
                    None => return,
                },
                why = files.changed() => reason = why,
                () = self.tell.closed() => return,
            }
        }
    }
}

impl WatchedFiles {
    /// Reads both files; none if nothing about them changed.
    fn read(&mut self, reason: Reason, sources: &CredentialStore) -> Option<Arc<Profiles>> {
        let stamp = Some(profiles::stamp(&self.paths));
        let touched = stamp != self.stamp;
        self.stamp = stamp;
        if reason == Reason::Perhaps && !touched {
            return None;
        }
        let mut found = profiles::read(&self.paths);
        let run = sources.profiles();
        found.list.retain(|profile| run.iter().all(|ours| ours.name != profile.name));
        found.list.extend(run);
        if reason != Reason::Asked && !touched && found == *self.last {
            return None;
        }
        self.last = Arc::new(found);
        Some(Arc::clone(&self.last))
    }

    /// Watches the folders in which the files lie, or would lie.
    fn watch(&mut self) {
        #[cfg(target_os = "linux")]
        {
            let before = self.watch.take();
            self.watch = watch::FileWatch::new(before, [&self.paths.credentials, &self.paths.config]).ok();
        }
    }

    /// Waits until there may be something new in them, and says how that is known.
    async fn changed(&mut self) -> Reason {
        #[cfg(target_os = "linux")]
        if let Some(watch) = &self.watch {
            if watch.changed().await.is_ok() {
                tokio::time::sleep(SETTLE).await;
                return Reason::Changed;
            }
            self.watch = None;
        }
        tokio::time::sleep(POLL).await;
        Reason::Perhaps
    }
}
