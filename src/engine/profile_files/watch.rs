//! Tells when something changed in the folders of some files, by an event of the system (inotify(7)).

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use tokio::net::unix::pipe::Receiver;

/// Bytes of events that are read at a time.
const EVENTS: usize = 4096;

/// The files that are watched, and the folders they lie in, or would lie in.
#[derive(Debug)]
pub(super) struct FileWatch {
    events: Receiver,
    targets: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    /// The folders by the numbers that events name them with.
    numbers: Vec<(i32, PathBuf)>,
}

impl FileWatch {
    /// Begins to watch these files, if `before` does not watch them already. It blocks, and has to be called within a runtime.
    pub fn new(before: Option<Self>, files: [&Path; 2]) -> io::Result<Self> {
        let mut targets = BTreeSet::new();
        for file in files {
            targets.extend(std::path::absolute(file).ok());
            // A link is watched at both ends.
            targets.extend(file.canonicalize().ok());
        }
        let folders: BTreeSet<PathBuf> = targets.iter().filter_map(|path| existing_folder(path)).collect();
        if let Some(before) = before.filter(|before| before.folders == folders && before.targets == targets) {
            return Ok(before);
        }
        let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let what = WatchFlags::CREATE
            | WatchFlags::MODIFY
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::ATTRIB
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::DELETE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        let mut numbers = Vec::new();
        for folder in &folders {
            numbers.push((inotify::add_watch(&events, folder, what)?, folder.clone()));
        }
        Ok(Self { events: Receiver::from_file_unchecked(File::from(events))?, targets, folders, numbers })
    }

    /// Waits until one of the files may have changed.
    pub async fn changed(&self) -> io::Result<()> {
        let mut space = [0; EVENTS];
        loop {
            self.events.readable().await?;
            let read = match self.events.try_read(&mut space) {
                Ok(read) => read,
                Err(why) if matches!(why.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => continue,
                Err(why) => return Err(why),
            };
            if events(&space[..read]).any(|(number, name)| self.concerns(number, name)) {
                return Ok(());
            }
        }
    }

    /// Whether what is called so in the folder of this number is a file that is watched, or a folder above one that was missing.
    fn concerns(&self, number: i32, name: Option<&Path>) -> bool {
        let Some((_, folder)) = self.numbers.iter().find(|(known, _)| *known == number) else {
            // Events were lost.
            return true;
        };
        let path = name.map_or_else(|| folder.clone(), |name| folder.join(name));
        self.targets.iter().any(|target| target.starts_with(&path))
    }
}

/// The events in these bytes: the number of a folder, and the name of what changed in it.
fn events(mut bytes: &[u8]) -> impl Iterator<Item = (i32, Option<&Path>)> {
    std::iter::from_fn(move || {
        // `struct inotify_event`: the folder's number, what happened, a cookie, the name's length; then the name and zeros.
        let (head, rest) = bytes.split_first_chunk::<16>()?;
        let field = |at: usize| [head[at], head[at + 1], head[at + 2], head[at + 3]];
        let length = usize::try_from(u32::from_ne_bytes(field(12))).ok()?;
        let (name, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        let name = name.split(|byte| *byte == 0).next().filter(|name| !name.is_empty());
        Some((i32::from_ne_bytes(field(0)), name.map(|name| Path::new(OsStr::from_bytes(name)))))
    })
}

/// The folder of this path, or the nearest one above it that is there.
fn existing_folder(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::Duration;

    async fn hears(watch: &FileWatch, what: &str) {
        tokio::time::timeout(Duration::from_secs(10), watch.changed()).await.expect(what).expect("it watches");
    }

    /// Returns whether no change is reported for a moment.
    async fn is_quiet(watch: &FileWatch) -> bool {
        tokio::time::timeout(Duration::from_millis(30), watch.changed()).await.is_err()
    }

    #[tokio::test]
    async fn only_changes_of_watched_files_are_reported() {
        let dir = tempfile::tempdir().expect("a folder");
        let (one, other) = (dir.path().join("credentials"), dir.path().join("config"));
        let watch = FileWatch::new(None, [&one, &other]).expect("it watches");
        fs::write(&one, "a").expect("written");
        hears(&watch, "a new file").await;
        while !is_quiet(&watch).await {}
        fs::write(dir.path().join("history"), "a").expect("written");
        let _text = fs::read(&one).expect("read");
        assert!(is_quiet(&watch).await, "neither another file nor reading is a change");
        fs::write(dir.path().join("new"), "b").expect("written");
        fs::rename(dir.path().join("new"), &other).expect("renamed");
        hears(&watch, "a file that takes another's place").await;
    }

    #[tokio::test]
    async fn a_folder_created_later_is_noticed() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = dir.path().join(".aws");
        let (one, other) = (folder.join("credentials"), folder.join("config"));
        let watch = FileWatch::new(None, [&one, &other]).expect("it watches");
        fs::create_dir(&folder).expect("made");
        hears(&watch, "the folder").await;
        let watch = FileWatch::new(Some(watch), [&one, &other]).expect("it watches");
        fs::write(&one, "a").expect("written");
        hears(&watch, "the file in it").await;
    }

    #[tokio::test]
    async fn a_link_is_watched_at_both_ends() {
        let dir = tempfile::tempdir().expect("a folder");
        let (folder, kept) = (dir.path().join(".aws"), dir.path().join("dotfiles"));
        fs::create_dir(&folder).and_then(|()| fs::create_dir(&kept)).expect("made");
        fs::write(kept.join("aws"), "a").expect("written");
        std::os::unix::fs::symlink(kept.join("aws"), folder.join("credentials")).expect("a link");
        let watch = FileWatch::new(None, [&folder.join("credentials"), &folder.join("config")]).expect("it watches");
        fs::write(kept.join("aws"), "b").expect("written");
        hears(&watch, "the file that the link leads to").await;
    }
}
