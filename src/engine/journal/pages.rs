//! Reads long lists a page at a time: first the ids of all entries, then only the entries that are shown.

use super::history::{History, fold, head, holding, named, one, read_folder, read_line};
use super::seal::state;
use crate::model::history::{Delivery, DeliveryFile, HistoryFilter};
use crate::model::problem::Problem;
use crate::time::Utc;
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

impl History {
    /// Returns the ids of the deliveries that match, and when each began, the latest first.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) if the file can't be read.
    pub fn find(&self, wanted: &HistoryFilter) -> std::result::Result<Vec<(i64, Utc)>, Problem> {
        self.store.read(|db| find(db, wanted))
    }

    /// Returns the deliveries with these ids, in order; `None` for one that is gone or can't be read.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) if the file can't be read.
    pub fn some(&self, ids: &[i64]) -> std::result::Result<Vec<Option<Delivery>>, Problem> {
        self.store.read(|db| ids.iter().map(|&id| one(db, id)).collect())
    }

    /// Returns the ids of a delivery's files: first those that were not delivered, then the others, each in the order
    /// they were added. Canceled files are not included.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) if the file can't be read.
    pub fn files(&self, delivery: i64) -> std::result::Result<Vec<i64>, Problem> {
        self.store.read(|db| files(db, delivery))
    }

    /// Returns the files with these ids, in order; `None` for one that isn't of this delivery or can't be read.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) if the file can't be read.
    pub fn lines(&self, delivery: i64, rows: &[i64]) -> std::result::Result<Vec<Option<DeliveryFile>>, Problem> {
        self.store.read(|db| lines(db, delivery, rows))
    }
}

pub(super) fn find(db: &Connection, wanted: &HistoryFilter) -> Result<Vec<(i64, Utc)>> {
    let needle = wanted.search.as_deref().map(fold).filter(|needle| !needle.is_empty());
    let by_file = needle.as_deref().map(|needle| holding(db, needle)).transpose()?;
    let span = params![wanted.from.map_or(i64::MIN, |from| from.0), wanted.until.map_or(i64::MAX, |until| until.0)];
    let mut found = Vec::new();
    let (Some(needle), Some(by_file)) = (needle, by_file) else {
        let mut all = db.prepare(&format!("SELECT id, began {}", listed()))?;
        let mut rows = all.query(span)?;
        while let Some(row) = rows.next()? {
            found.push((row.get(0)?, Utc(row.get(1)?)));
        }
        return Ok(found);
    };
    // Thousands of deliveries to one destination share one description, so each is searched once.
    let mut known: HashMap<String, bool> = HashMap::new();
    let mut all = db.prepare(&format!("SELECT id, began, body {}", listed()))?;
    let mut rows = all.query(span)?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let body = row.get_ref(2)?.as_str().unwrap_or_default();
        let meant = by_file.contains(&id)
            || match known.get(body) {
                Some(&meant) => meant,
                None => *known.entry(body.to_owned()).or_insert_with(|| named(body, &needle)),
            };
        if meant {
            found.push((id, Utc(row.get(1)?)));
        }
    }
    Ok(found)
}

/// Selects the deliveries that began in a time span, the latest first, without empty ones: clearing the history keeps
/// the current delivery for uploads to come, and sets its end to null. A delivery with an end therefore needs no check.
fn listed() -> String {
    format!(
        "FROM deliveries WHERE began >= ?1 AND began < ?2 AND (ended IS NOT NULL OR EXISTS
         (SELECT 1 FROM uploads WHERE state IN {} AND delivery = deliveries.id)) ORDER BY id DESC",
        state::ALL
    )
}

fn files(db: &Connection, delivery: i64) -> Result<Vec<i64>> {
    let mut rows = db.prepare(&format!(
        "SELECT id FROM uploads WHERE delivery = ?1 AND state IN {} AND state <> ?2 ORDER BY state = ?3, id",
        state::ALL
    ))?;
    let rows = rows.query_map([delivery, state::CANCELED, state::DELIVERED], |row| row.get(0))?;
    rows.collect()
}

fn lines(db: &Connection, delivery: i64, rows: &[i64]) -> Result<Vec<Option<DeliveryFile>>> {
    let Some(delivery) = head(db, delivery)? else { return Ok(vec![None; rows.len()]) };
    let mut folders = HashMap::new();
    let mut folder_query = db.prepare("SELECT dir, key, seal FROM folders WHERE id = ?1")?;
    let mut upload = db.prepare(
        "SELECT id, folder, name, key_name, size, seal, state, sent, crc, proof, etag, version_id, request_id, answered,
                sha256, fingerprint, problem, end_seal
         FROM uploads WHERE id = ?1 AND delivery = ?2",
    )?;
    let mut found = Vec::with_capacity(rows.len());
    for &id in rows {
        let mut row = upload.query([id, delivery.id])?;
        let Some(row) = row.next()? else {
            found.push(None);
            continue;
        };
        let folder: i64 = row.get(1)?;
        let known = match folders.entry(folder) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let read = folder_query.query_row([folder], |row| read_folder(row, folder)).optional();
                free.insert(super::damage::sound(read.map(Option::flatten))?)
            }
        };
        let line = match &*known {
            Some((dir, key)) => super::damage::sound(read_line(row, &delivery, folder, (dir, key)))?,
            None => None,
        };
        found.push(line);
    }
    Ok(found)
}
