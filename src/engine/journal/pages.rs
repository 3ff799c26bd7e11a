//! Long lists read a page at a time: first the numbers of all there is, then the few entries that are looked at.

use super::history::{History, fold, head, holding, named, one, read_folder, read_line};
use super::seal::state;
use crate::model::history::{Delivery, DeliveryFile, HistoryFilter};
use crate::model::problem::Problem;
use crate::time::Utc;
use rusqlite::{Connection, OptionalExtension, Result, params};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

impl History {
    /// The numbers of all deliveries that are wanted and when each began, the latest first.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) where the file can't be read.
    pub fn find(&self, wanted: &HistoryFilter) -> std::result::Result<Vec<(i64, Utc)>, Problem> {
        self.store.read(|db| find(db, wanted))
    }

    /// The deliveries of these numbers, in their order; none for one that is gone or can't be read.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) where the file can't be read.
    pub fn some(&self, ids: &[i64]) -> std::result::Result<Vec<Option<Delivery>>, Problem> {
        self.store.read(|db| ids.iter().map(|&id| one(db, id)).collect())
    }

    /// The numbers of a delivery's files: first those that were not delivered, then the others, each in the order they
    /// were added. What the person took out is left out.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) where the file can't be read.
    pub fn files(&self, delivery: i64) -> std::result::Result<Vec<i64>, Problem> {
        self.store.read(|db| files(db, delivery))
    }

    /// The files of these numbers, in their order; none for one that is not of this delivery or can't be read.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) where the file can't be read.
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
    // Thousands of deliveries to one destination have one description among them.
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

/// Deliveries of a time, the latest first, without those of which nothing is left: after the history was cleared the
/// delivery that is going on stays for what may come to it, and has no end. Of one with an end it need not be asked.
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
