//! Finds which files of a folder were already delivered to a destination, so that repeating a command sends nothing
//! twice.

use super::HistoryStore;
use super::damage::sound;
use super::history::{History, read_folder, read_outcome};
use super::seal::{path_bytes, same, state};
use crate::model::destination::Destination;
use crate::model::history::Outcome;
use crate::model::upload::Stored;
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// The rows of folders, by their path and their part of the key.
type Folders = HashMap<(Vec<u8>, String), Vec<i64>>;

/// The files that were delivered to one destination, looked up folder by folder.
#[derive(Debug)]
pub struct Earlier {
    store: HistoryStore,
    destination: i64,
    folders: Folders,
}

/// A delivered version of a file.
#[derive(Clone, Debug)]
pub struct DeliveredVersion {
    /// The last segment of its key.
    pub last: Arc<str>,
    /// What S3 confirmed about it.
    pub stored: Stored,
}

impl History {
    /// Returns what was delivered to this destination; `None` if nothing was or the journal can't be read. Reads the
    /// disk.
    #[must_use]
    pub fn earlier(&self, destination: &Destination) -> Option<Earlier> {
        let store = self.store.clone();
        let found = self.store.read(|db| {
            let row =
                db.query_row("SELECT id FROM destinations WHERE same = ?1", [same(destination)], |row| row.get(0));
            let Some(destination) = row.optional()? else { return Ok(None) };
            Ok(Some((destination, folders(db)?)))
        });
        let (destination, folders) = found.ok().flatten()?;
        (!folders.is_empty()).then_some(Earlier { store, destination, folders })
    }
}

impl Earlier {
    /// Returns the files of this folder that were delivered under its part of the key, by their local names.
    #[must_use]
    pub fn of(&self, dir: &Path, key: &str) -> HashMap<Box<str>, Vec<DeliveredVersion>> {
        let Some(rows) = self.folders.get(&(path_bytes(dir), key.to_owned())) else { return HashMap::new() };
        self.store.read(|db| delivered(db, self.destination, rows)).unwrap_or_default()
    }
}

fn folders(db: &Connection) -> Result<Folders> {
    let mut found = Folders::new();
    let mut rows = db.prepare("SELECT dir, key, seal, id FROM folders")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(3)?;
        if let Some((dir, key)) = sound(read_folder(row, id))? {
            found.entry((path_bytes(&dir), key)).or_default().push(id);
        }
    }
    Ok(found)
}

fn delivered(db: &Connection, destination: i64, folders: &[i64]) -> Result<HashMap<Box<str>, Vec<DeliveredVersion>>> {
    let mut found = HashMap::<Box<str>, Vec<DeliveredVersion>>::new();
    let mut query = db.prepare(
        "SELECT u.id, u.folder, u.name, u.key_name, u.size, u.seal, u.state, u.sent, u.crc, u.proof, u.etag, u.version_id,
                u.request_id, u.answered, u.sha256, u.fingerprint, u.problem, u.end_seal
         FROM uploads u JOIN deliveries d ON d.id = u.delivery
         WHERE u.folder = ?1 AND u.state = ?2 AND d.destination = ?3 ORDER BY u.id",
    )?;
    for folder in folders {
        let mut rows = query.query(params![folder, state::DELIVERED, destination])?;
        while let Some(row) = rows.next()? {
            let outcome = sound(read_outcome(row, row.get(0)?).map(Some))?;
            let Some(Outcome::Delivered(stored)) = outcome else { continue };
            let name: Box<str> = row.get(2)?;
            let last: Option<Arc<str>> = row.get(3)?;
            let last = last.unwrap_or_else(|| Arc::from(&*name));
            found.entry(name).or_default().push(DeliveredVersion { last, stored });
        }
    }
    Ok(found)
}
