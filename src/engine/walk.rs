//! Walks files and folders that the user dropped or chose, in the order of names, without following links.

use super::files::{SourceFile, fingerprint};
use super::journal::{DeliveredVersion, Earlier, History};
use super::untrusted_text::is_hidden;
use crate::model::destination::Destination;
use crate::model::event::{Before, Event, Found, FoundAgain};
use crate::model::snapshot::SkipReason;
use crate::model::upload::{DestinationId, Fingerprint, Folder};
use crc_fast::{CrcAlgorithm, Digest};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::Sender;
use unicode_normalization::UnicodeNormalization as _;

/// The most files in one event.
const BATCH: usize = 512;
/// How much is read at a time to compare a file with its delivered version, in bytes.
const READ: usize = 256 << 10;

/// Walks `paths` and sends what it finds as events, then `Walked`, even if it was stopped. Runs on a blocking thread;
/// holds one folder's names in memory at a time, and waits while the channel is full.
pub async fn walk(
    paths: Vec<PathBuf>,
    place: DestinationId,
    tx: Sender<Event>,
    stop: Arc<AtomicBool>,
    before: Option<(History, Arc<Destination>)>,
) {
    let to = tx.clone();
    let walking = move || {
        let earlier = before.and_then(|(history, destination)| history.earlier(&destination));
        Walker { place, tx: to, stop, earlier }.all(paths);
    };
    if tokio::task::spawn_blocking(walking).await.is_err() {
        // The walk panicked: what it found stays, and the model must not wait for more.
        let _gone = tx.send(Event::Walked(place)).await;
    }
}

struct Walker {
    place: DestinationId,
    tx: Sender<Event>,
    stop: Arc<AtomicBool>,
    /// What was delivered to the destination before.
    earlier: Option<Earlier>,
}

/// The walk ended early: it was stopped, or the receiver is gone.
struct Stopped;

impl Walker {
    fn all(&self, paths: Vec<PathBuf>) {
        let _stopped = self.dropped(paths);
        let _gone = self.tx.blocking_send(Event::Walked(self.place));
    }

    fn dropped(&self, paths: Vec<PathBuf>) -> Result<(), Stopped> {
        let mut files: BTreeMap<PathBuf, Vec<OsString>> = BTreeMap::new();
        let mut folders = Vec::new();
        for path in paths {
            let Ok(path) = whole(&path) else {
                self.left(path, SkipReason::Gone)?;
                continue;
            };
            match fs::symlink_metadata(&path) {
                Ok(at) if at.is_symlink() => self.left(path, SkipReason::Link)?,
                Ok(at) if at.is_dir() => folders.push(path),
                Ok(at) if at.is_file() => match (path.parent(), path.file_name()) {
                    (Some(dir), Some(name)) => files.entry(dir.to_owned()).or_default().push(name.to_owned()),
                    (None, _) | (_, None) => self.left(path, SkipReason::NotAFile)?,
                },
                Ok(_) => self.left(path, SkipReason::NotAFile)?,
                Err(why) => self.left(path, reason(&why))?,
            }
        }
        for (dir, mut names) in files {
            names.sort_unstable();
            names.dedup();
            self.files(&dir, "", &names)?;
        }
        folders.sort_unstable();
        folders.dedup();
        for folder in folders {
            self.tree(folder)?;
        }
        Ok(())
    }

    /// Walks a folder and everything below it; keys begin with the folder's own name, as with `cp -r`.
    fn tree(&self, top: PathBuf) -> Result<(), Stopped> {
        let key = match top.file_name().map(OsStr::to_str) {
            None => String::new(),
            Some(Some(name)) => folder_key("", name),
            Some(None) => return self.left(top, SkipReason::NameNotText),
        };
        let mut ahead = vec![(top, key)];
        while let Some((dir, key)) = ahead.pop() {
            let (mut files, mut folders) = (Vec::new(), Vec::new());
            let entries = match fs::read_dir(&dir) {
                Ok(entries) => entries,
                Err(why) => {
                    self.left(dir, reason(&why))?;
                    continue;
                }
            };
            let mut empty = true;
            for entry in entries {
                self.check()?;
                empty = false;
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(why) => {
                        // The rest of the folder can't be listed; what was read so far counts.
                        self.left(dir.clone(), reason(&why))?;
                        break;
                    }
                };
                match entry.file_type() {
                    Ok(kind) if kind.is_symlink() => self.left(entry.path(), SkipReason::Link)?,
                    Ok(kind) if kind.is_dir() => folders.push(entry.file_name()),
                    Ok(kind) if kind.is_file() => files.push(entry.file_name()),
                    Ok(_) => self.left(entry.path(), SkipReason::NotAFile)?,
                    Err(why) => self.left(entry.path(), reason(&why))?,
                }
            }
            if empty {
                self.left(dir, SkipReason::EmptyFolder)?;
                continue;
            }
            files.sort_unstable();
            self.files(&dir, &key, &files)?;
            folders.sort_unstable();
            for name in folders.into_iter().rev() {
                let path = dir.join(&name);
                match name.to_str() {
                    Some(text) => ahead.push((path, folder_key(&key, text))),
                    None => self.left(path, SkipReason::NameNotText)?,
                }
            }
        }
        Ok(())
    }

    /// Reports files of one folder, in the order given.
    fn files(&self, dir: &Path, key: &str, names: &[OsString]) -> Result<(), Stopped> {
        let folder = Arc::new(Folder { dir: dir.into(), key: key.into() });
        let mut earlier = self.earlier.as_ref().map(|earlier| earlier.of(dir, key)).unwrap_or_default();
        for names in names.chunks(BATCH) {
            let (mut found, mut again) = (Vec::with_capacity(names.len()), Vec::new());
            for name in names {
                self.check()?;
                let path = || dir.join(name);
                let Some(text) = name.to_str() else {
                    self.left(path(), SkipReason::NameNotText)?;
                    continue;
                };
                match fs::symlink_metadata(path()) {
                    Ok(at) if at.is_file() => {
                        let clean = segment(text);
                        let key_name = (clean != text).then(|| Arc::from(clean));
                        let seen = fingerprint(&at);
                        let (size, modified) = (seen.size, seen.modified);
                        let file = Found { name: text.into(), key_name, size, modified };
                        match earlier.remove(text) {
                            Some(versions) => {
                                let before = self.before(versions, &seen, &path())?;
                                again.push(FoundAgain { file, before });
                            }
                            None => found.push(file),
                        }
                    }
                    Ok(at) => {
                        self.left(path(), if at.is_symlink() { SkipReason::Link } else { SkipReason::NotAFile })?;
                    }
                    Err(why) => self.left(path(), reason(&why))?,
                }
            }
            if !found.is_empty() {
                self.send(Event::Found(self.place, Arc::clone(&folder), found))?;
            }
            if !again.is_empty() {
                self.send(Event::FoundAgain(self.place, Arc::clone(&folder), again))?;
            }
        }
        Ok(())
    }

    /// Compares a file with its delivered versions. Reads its content if the fingerprints don't decide: file systems
    /// may renumber their files, and times may change without the content.
    fn before(&self, versions: Vec<DeliveredVersion>, seen: &Fingerprint, path: &Path) -> Result<Vec<Before>, Stopped> {
        let mut crc = None;
        let mut before = Vec::with_capacity(versions.len());
        for DeliveredVersion { last, stored } in versions {
            let mut same = stored.fingerprint.is_same(seen);
            if !same && stored.size == seen.size {
                if crc.is_none() {
                    crc = self.crc(path)?;
                }
                same = crc == Some(stored.crc);
            }
            before.push(Before { last, same, stored });
        }
        Ok(before)
    }

    /// Returns the CRC64NVME of a file; `None` if it can't be read.
    fn crc(&self, path: &Path) -> Result<Option<u64>, Stopped> {
        let Ok(source) = SourceFile::open(path) else { return Ok(None) };
        let (mut file, mut buffer) = (&source.file, vec![0; READ]);
        let mut crc = Digest::new(CrcAlgorithm::Crc64Nvme);
        loop {
            self.check()?;
            match file.read(&mut buffer) {
                Ok(0) => return Ok(Some(crc.finalize())),
                Ok(length) => crc.update(&buffer[..length]),
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(_unreadable) => return Ok(None),
            }
        }
    }

    fn left(&self, path: PathBuf, why: SkipReason) -> Result<(), Stopped> {
        self.send(Event::Skipped(self.place, path, why))
    }

    fn send(&self, event: Event) -> Result<(), Stopped> {
        self.check()?;
        self.tx.blocking_send(event).map_err(|_closed| Stopped)
    }

    fn check(&self) -> Result<(), Stopped> {
        if self.stop.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }
}

/// Returns the absolute path, so that `.` and `..` have names, too.
fn whole(path: &Path) -> io::Result<PathBuf> {
    if path.components().any(|part| part == Component::ParentDir) {
        // The parent of a link's target is not the path's previous segment: only the system can resolve it.
        let (dir, name) = match path.file_name() {
            Some(name) => (path.parent().unwrap_or(path), Some(name)),
            None => (path, None),
        };
        let dir = fs::canonicalize(if dir.as_os_str().is_empty() { Path::new(".") } else { dir })?;
        return Ok(name.map_or_else(|| dir.clone(), |name| dir.join(name)));
    }
    std::path::absolute(path)
}

fn reason(why: &io::Error) -> SkipReason {
    let gone = matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    if gone { SkipReason::Gone } else { SkipReason::Unreadable }
}

fn folder_key(above: &str, name: &str) -> String {
    let mut key = String::with_capacity(above.len() + name.len() + 1);
    key.push_str(above);
    key.push_str(&segment(name));
    key.push('/');
    key
}

/// Converts a name to a segment of a key: NFC, since Unicode's two encodings of `é` are two keys to S3; `_` replaces
/// control characters, invisible and bidirectional ones, `/`, and `\`, which other systems take for a separator; and
/// `_` replaces a name of only dots, which S3 and its clients read as a parent folder (S3 User Guide, "Naming Amazon S3
/// objects").
#[must_use]
pub fn segment(name: &str) -> String {
    if !name.is_empty() && name.chars().all(|c| c == '.') {
        return "_".to_owned();
    }
    name.nfc().map(|c| if c == '\\' || c == '/' || is_hidden(c) { '_' } else { c }).collect()
}
