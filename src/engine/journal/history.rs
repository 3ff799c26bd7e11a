//! Reads past deliveries, for the window's history and for receipts.

use super::damage::sound;
use super::seal::{bytes_path, delivery_seal, folder_seal, proof_of, state, unpack, upload_seal};
use super::write::end_seal;
use super::{HistoryStore, pages};
use crate::model::destination::Destination;
use crate::model::history::{Delivery, DeliveryFile, HistoryFilter, Outcome};
use crate::model::problem::Problem;
use crate::model::upload::Stored;
use crate::time::Utc;
use rusqlite::{Connection, OptionalExtension, Result, Row};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// Selects one upload by its row, with the columns that [`read_outcome`] reads.
pub(super) const END_OF: &str =
    "SELECT id, folder, name, key_name, size, seal, state, sent, crc, proof, etag, version_id, request_id, answered,
            sha256, fingerprint, problem, end_seal FROM uploads WHERE id = ?1";

/// A reader of the journal. Every call reads the disk, so don't call it where blocking does harm.
#[derive(Clone, Debug)]
pub struct History {
    pub(super) store: HistoryStore,
    /// The address of the server that all its deliveries went to; `None` for AWS.
    pub(super) server: Option<Arc<str>>,
}

impl History {
    /// Returns past and current deliveries, the latest first: at most `limit` of them, starting at `offset`.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) if the file can't be read.
    pub fn deliveries(
        &self,
        wanted: &HistoryFilter,
        limit: u32,
        offset: u32,
    ) -> std::result::Result<Vec<Delivery>, Problem> {
        let mut found = self.store.read(|db| deliveries(db, wanted, limit, offset))?;
        for delivery in &mut found {
            delivery.server = self.server();
        }
        Ok(found)
    }

    /// Returns one delivery and all its files in the order they were added; `None` if there is no such delivery.
    ///
    /// # Errors
    ///
    /// [`JournalBroken`](crate::model::problem::Kind::JournalBroken) if the file can't be read.
    pub fn delivery(&self, id: i64) -> std::result::Result<Option<(Delivery, Vec<DeliveryFile>)>, Problem> {
        self.store.read(|db| {
            let Some(delivery) = one(db, id)? else { return Ok(None) };
            let lines = lines(db, &delivery)?;
            Ok(Some((Delivery { server: self.server(), ..delivery }, lines)))
        })
    }

    fn server(&self) -> Option<Box<str>> {
        self.server.as_deref().map(Into::into)
    }
}

fn deliveries(db: &Connection, wanted: &HistoryFilter, limit: u32, offset: u32) -> Result<Vec<Delivery>> {
    let mut found = Vec::new();
    for (id, _) in pages::find(db, wanted)?.into_iter().skip(offset as usize) {
        if found.len() >= limit as usize {
            break;
        }
        found.extend(one(db, id)?);
    }
    Ok(found)
}

/// Returns the deliveries with a file or folder whose name contains `needle`.
pub(super) fn holding(db: &Connection, needle: &str) -> Result<HashSet<i64>> {
    let mut folders = HashSet::new();
    let mut rows = db.prepare("SELECT id, key FROM folders")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        if contains(row.get_ref(1)?.as_str().unwrap_or_default(), needle) {
            folders.insert(row.get::<_, i64>(0)?);
        }
    }
    let mut found = HashSet::new();
    let mut rows = db.prepare("SELECT delivery, folder, name, key_name FROM uploads")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let delivery = row.get(0)?;
        if found.contains(&delivery) {
            continue;
        }
        if folders.contains(&row.get(1)?)
            || contains(row.get_ref(2)?.as_str().unwrap_or_default(), needle)
            || contains(row.get_ref(3)?.as_str().unwrap_or_default(), needle)
        {
            found.insert(delivery);
        }
    }
    Ok(found)
}

pub(super) fn named(body: &str, needle: &str) -> bool {
    serde_json::from_str::<Destination>(body).is_ok_and(|destination| {
        contains(&destination.name, needle)
            || contains(destination.bucket.as_str(), needle)
            || contains(destination.prefix.as_str(), needle)
    })
}

/// Normalizes text for comparison: trimmed, NFC, lowercase, so that a name typed here finds one written by a Mac (NFD).
pub(super) fn fold(text: &str) -> String {
    text.trim().nfc().flat_map(char::to_lowercase).collect()
}

fn contains(text: &str, needle: &str) -> bool {
    if text.is_ascii() {
        let (text, needle) = (text.as_bytes(), needle.as_bytes());
        return text.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle));
    }
    fold(text).contains(needle)
}

/// Returns one delivery without its counts.
pub(super) fn head(db: &Connection, id: i64) -> Result<Option<Delivery>> {
    let mut query = db.prepare_cached(
        "SELECT destination, body, account, who, session, app, began, ended, seal FROM deliveries WHERE id = ?1",
    )?;
    sound(query.query_row([id], |row| read_delivery(row, id)).optional().map(Option::flatten))
}

pub(super) fn one(db: &Connection, id: i64) -> Result<Option<Delivery>> {
    let Some(mut delivery) = head(db, id)? else { return Ok(None) };
    let mut counts = db.prepare_cached(&format!(
        "SELECT state, count(*) FROM uploads WHERE delivery = ?1 AND state IN {} GROUP BY state",
        state::ALL
    ))?;
    let mut rows = counts.query([id])?;
    while let Some(row) = rows.next()? {
        let (code, count): (i64, i64) = (row.get(0)?, row.get(1)?);
        let count = count.cast_unsigned();
        if code != state::CANCELED {
            delivery.files += count;
        }
        if code == state::OPEN {
            delivery.open = count;
        }
    }
    // Only files whose seal still holds count as delivered, as on the receipt.
    let mut proved = db.prepare_cached(
        "SELECT id, folder, name, key_name, size, seal, state, sent, crc, proof, etag, version_id, request_id, answered,
                sha256, fingerprint, problem, end_seal
         FROM uploads WHERE state = ?1 AND delivery = ?2",
    )?;
    let mut rows = proved.query([state::DELIVERED, id])?;
    while let Some(row) = rows.next()? {
        if let Some(Outcome::Delivered(stored)) = sound(read_outcome(row, row.get(0)?).map(Some))? {
            delivery.delivered += 1;
            delivery.bytes += stored.size;
        }
    }
    Ok(Some(delivery))
}

fn read_delivery(row: &Row<'_>, id: i64) -> Result<Option<Delivery>> {
    let destination: i64 = row.get(0)?;
    let body: String = row.get(1)?;
    let [account, who, session, app]: [Box<str>; 4] = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
    let began: i64 = row.get(6)?;
    let seal = delivery_seal(id, destination, [&body, &account, &who, &session, &app], began);
    let Ok(destination) = serde_json::from_str(&body) else { return Ok(None) };
    let (began, ended) = (Utc(began), row.get::<_, Option<i64>>(7)?.map(Utc));
    let (server, files, delivered, bytes, open) = (None, 0, 0, 0, 0);
    let delivery =
        Delivery { id, destination, server, account, who, session, app, began, ended, files, delivered, bytes, open };
    Ok((seal == row.get::<_, i64>(8)?).then_some(delivery))
}

fn lines(db: &Connection, delivery: &Delivery) -> Result<Vec<DeliveryFile>> {
    let mut folders = HashMap::new();
    let mut folder_query = db.prepare("SELECT dir, key, seal FROM folders WHERE id = ?1")?;
    let mut rows = db.prepare(&format!(
        "SELECT id, folder, name, key_name, size, seal, state, sent, crc, proof, etag, version_id, request_id, answered,
                sha256, fingerprint, problem, end_seal
         FROM uploads WHERE delivery = ?1 AND state IN {} ORDER BY id",
        state::ALL
    ))?;
    let mut rows = rows.query([delivery.id])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let folder: i64 = row.get(1)?;
        let known = match folders.entry(folder) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let found = folder_query.query_row([folder], |row| read_folder(row, folder)).optional();
                free.insert(sound(found.map(Option::flatten))?)
            }
        };
        // Without a sound folder or name, nothing about the file is reliable.
        let Some((dir, key)) = &*known else { continue };
        lines.extend(sound(read_line(row, delivery, folder, (dir, key)))?);
    }
    Ok(lines)
}

pub(super) fn read_folder(row: &Row<'_>, id: i64) -> Result<Option<(PathBuf, String)>> {
    let (dir, key): (Vec<u8>, String) = (row.get(0)?, row.get(1)?);
    let holds = folder_seal(id, &dir, &key) == row.get::<_, i64>(2)?;
    Ok(bytes_path(&dir).filter(|_| holds).map(|dir| (dir.into(), key)))
}

pub(super) fn read_line(
    row: &Row<'_>,
    delivery: &Delivery,
    folder: i64,
    at: (&PathBuf, &String),
) -> Result<Option<DeliveryFile>> {
    let (dir, folder_key) = at;
    let (id, name): (i64, Arc<str>) = (row.get(0)?, row.get(2)?);
    let (key_name, size): (Option<Arc<str>>, i64) = (row.get(3)?, row.get(4)?);
    let seal = upload_seal(id, (delivery.id, folder), &name, key_name.as_deref(), size.cast_unsigned());
    if seal != row.get::<_, i64>(5)? {
        return Ok(None);
    }
    let outcome = sound(read_outcome(row, id).map(Some))?.unwrap_or(Outcome::NotConfirmed);
    let last = key_name.as_ref().unwrap_or(&name);
    let size = match &outcome {
        Outcome::Delivered(stored) => stored.size,
        Outcome::AlreadyThere | Outcome::NotConfirmed | Outcome::Failed(_) | Outcome::Canceled | Outcome::Open => {
            size.cast_unsigned()
        }
    };
    Ok(Some(DeliveryFile {
        row: id,
        path: dir.join(&*name),
        key: format!("{}{folder_key}{last}", delivery.destination.prefix).into(),
        name: format!("{folder_key}{name}").into(),
        size,
        outcome,
    }))
}

pub(super) fn read_outcome(row: &Row<'_>, id: i64) -> Result<Outcome> {
    let code: i64 = row.get(6)?;
    let end: Option<i64> = row.get(17)?;
    if code == state::OPEN {
        return Ok(if end.is_none() { Outcome::Open } else { Outcome::NotConfirmed });
    }
    let stored = if code == state::DELIVERED { read_stored(row)? } else { None };
    let problem: Option<String> = row.get(16)?;
    if end != Some(end_seal(id, code, stored.as_ref(), problem.as_deref())) {
        return Ok(Outcome::NotConfirmed);
    }
    let problem = problem.and_then(|problem| serde_json::from_str(&problem).ok());
    Ok(match (code, stored, problem) {
        (state::DELIVERED, Some(stored), _) => Outcome::Delivered(stored),
        (state::ALREADY, ..) => Outcome::AlreadyThere,
        (state::CANCELED, ..) => Outcome::Canceled,
        (state::FAILED, _, Some(problem)) => Outcome::Failed(problem),
        _ => Outcome::NotConfirmed,
    })
}

fn read_stored(row: &Row<'_>) -> Result<Option<Stored>> {
    let (size, crc): (Option<i64>, Option<i64>) = (row.get(7)?, row.get(8)?);
    let proof = row.get::<_, Option<i64>>(9)?.and_then(proof_of);
    let (etag, version_id): (Option<Box<str>>, Option<Box<str>>) = (row.get(10)?, row.get(11)?);
    let (request_id, at): (Option<Box<str>>, Option<i64>) = (row.get(12)?, row.get(13)?);
    let sha256 = row.get::<_, Option<Vec<u8>>>(14)?.and_then(|hash| hash.try_into().ok());
    let fingerprint = row.get::<_, Option<Vec<u8>>>(15)?.and_then(|bytes| unpack(&bytes));
    let (Some(size), Some(crc), Some(proof)) = (size, crc, proof) else { return Ok(None) };
    let (Some(etag), Some(request_id), Some(at), Some(fingerprint)) = (etag, request_id, at, fingerprint) else {
        return Ok(None);
    };
    Ok(Some(Stored {
        size: size.cast_unsigned(),
        crc: crc.cast_unsigned(),
        proof,
        etag,
        version_id,
        request_id,
        at: Utc(at),
        sha256,
        fingerprint,
    }))
}
