//! Reads what an earlier run left, and checks every row: one that doesn't hold is skipped, or its upload starts over.

use super::damage::{is_damage, sound};
use super::history;
use super::resolve::{LEARNED, StartState};
use super::seal::{
    bytes_path, destination_seal, folder_seal, multipart_seal, part_seal, same, state, unpack, upload_seal,
};
use crate::model::conditions::Learned;
use crate::model::destination::Destination;
use crate::model::history::Outcome;
use crate::model::parts::{OBJECT_MAX, PART_MAX, PART_MIN, PARTS_MAX, PartDone, Parts};
use crate::model::record::{EarlierState, Kept, Unfinished};
use crate::model::upload::{Folder, Multipart};
use crate::time::Utc;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// The longest key S3 accepts, in bytes (S3 User Guide, "Naming Amazon S3 objects").
const KEY_MAX: usize = 1024;
/// The longest accepted file name, in bytes; longer than on any system.
const NAME_MAX: usize = 4096;
/// The longest accepted upload ID, in bytes; S3's have about 130.
const UPLOAD_ID_MAX: usize = 1024;
/// The longest accepted ETag, in bytes; S3's have 34.
const ETAG_MAX: usize = 256;
/// The most unfinished uploads that are read.
const UNFINISHED_MAX: i64 = 4_000_000;

pub(super) struct Restored {
    pub kept: Kept,
    pub start: StartState,
    /// The number of open uploads that could not be read and are skipped.
    pub left_out: u64,
    /// Whether the disk accepted the repairs of the file; if not, the next start repeats them.
    pub mended: bool,
}

/// Reads everything that the next run needs, and repairs what can be repaired.
pub(super) fn restore(db: &Connection) -> Result<Restored> {
    let mut mended = mend(db.execute_batch(
        "REINDEX destinations;
         DELETE FROM parts WHERE upload NOT IN (SELECT id FROM uploads WHERE state IN (0, 30, 42));",
    ))?;
    let mut start = StartState { rows: highest(db)?, ..StartState::default() };
    let mut destinations = HashMap::new();
    let (mut order, mut known, mut forgotten) = (Vec::new(), Vec::new(), HashSet::new());
    let mut rows = db.prepare("SELECT id, same, body, seal, used, remembered FROM destinations ORDER BY used DESC")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        start.used = start.used.max(row.get::<_, i64>(4)?.clamp(0, i64::MAX / 2));
        if row.get::<_, i64>(5)? != 1 {
            forgotten.insert(row.get(0)?);
        }
        let Some((id, key, destination)) = sound(read_destination(row))? else { continue };
        start.destinations.insert(key, id);
        if let Some((destination, learned)) = destination {
            order.push(id);
            if !learned.is_empty() {
                known.push((destination.clone(), learned));
            }
            destinations.insert(id, destination);
        }
    }
    let settings = db.query_row("SELECT body FROM settings", [], |row| row.get::<_, String>(0).map(Some)).optional();
    let settings = sound(settings.map(Option::flatten))?;
    let settings = settings.and_then(|body| serde_json::from_str(&body).ok());

    let mut unread = Vec::new();
    let mut found = unfinished(db, &Known { destinations: &destinations, forgotten }, &mut start, &mut unread)?;
    for row in &unread {
        // The upload stays in the history as not confirmed, and is reported once.
        mended &= mend(db.execute("UPDATE uploads SET state = ?2 WHERE id = ?1", [*row, state::UNCONFIRMED]))?;
    }
    let mut kept = Kept { settings, learned: known, ..Kept::default() };
    for id in order {
        let Some(destination) = destinations.remove(&id) else { continue };
        kept.destinations.push(destination.clone());
        if let Some(uploads) = found.remove(&id) {
            kept.unfinished.push((destination, uploads));
        }
    }
    Ok(Restored { kept, start, left_out: unread.len() as u64, mended })
}

/// Returns whether a repair was written. Repairs can wait for a disk that accepts writes; damage to the file is an
/// error.
fn mend<T>(done: Result<T>) -> Result<bool> {
    match done {
        Err(why) if is_damage(&why) => Err(why),
        done => Ok(done.is_ok()),
    }
}

fn highest(db: &Connection) -> Result<[i64; 4]> {
    let mut highest = [0; 4];
    for (at, table) in ["destinations", "deliveries", "folders", "uploads"].iter().enumerate() {
        let row: Option<i64> = db.query_row(&format!("SELECT max(id) FROM {table}"), [], |row| row.get(0))?;
        // An id close to the maximum would leave no room for the next ones.
        highest[at] = row.unwrap_or(0).clamp(0, i64::MAX / 2);
    }
    Ok(highest)
}

type ByDestination = HashMap<i64, Vec<Unfinished>>;

/// The destinations that can be read, and the ids of those that the user removed.
struct Known<'a> {
    destinations: &'a HashMap<i64, Destination>,
    forgotten: HashSet<i64>,
}

/// Returns the uploads of unsettled deliveries by destination. Adds the rows of open uploads that can't be read to
/// `unread`.
fn unfinished(
    db: &Connection,
    known: &Known<'_>,
    start: &mut StartState,
    unread: &mut Vec<i64>,
) -> Result<ByDestination> {
    let mut found = ByDestination::new();
    let mut folders = HashMap::new();
    let mut parts = db.prepare("SELECT number, crc, etag, seal FROM parts WHERE upload = ?1 LIMIT 10001")?;
    let mut folder_query = db.prepare("SELECT dir, key, seal FROM folders WHERE id = ?1")?;
    let mut rows = db.prepare(
        "SELECT u.id, u.delivery, u.folder, u.name, u.key_name, u.size, u.seal, u.completing, u.upload_id, u.part,
                u.abort_at, u.fingerprint, u.multipart_seal, u.end_seal, d.destination, u.state, u.doubted
         FROM uploads u JOIN deliveries d ON d.id = u.delivery
         WHERE u.state = ?1 OR (u.state IN (?2, ?3, ?4, ?5) AND d.settled = 0) ORDER BY u.id LIMIT ?6",
    )?;
    let puts = puts(db)?;
    let mut ends = db.prepare(history::END_OF)?;
    let mut rows = rows.query(params![
        state::OPEN,
        state::DELIVERED,
        state::ALREADY,
        state::UNCONFIRMED,
        state::FAILED,
        UNFINISHED_MAX
    ])?;
    while let Some(row) = rows.next()? {
        let open = row.get::<_, i64>(15)? == state::OPEN;
        let destination = row.get::<_, i64>(14)?;
        let folder_row = row.get::<_, i64>(2)?;
        let folder = match folders.entry(folder_row) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let found = folder_query.query_row([folder_row], |row| read_folder(row, folder_row)).optional();
                free.insert(sound(found.map(Option::flatten))?.map(Arc::new))
            }
        };
        let folder = folder.clone();
        if known.forgotten.contains(&destination) {
            continue;
        }
        let upload = match (known.destinations.get(&destination), folder) {
            (Some(place), Some(folder)) => sound(read_upload(row, folder, place.prefix.as_str().len()))?,
            (None, _) | (_, None) => None,
        };
        let Some(mut upload) = upload else {
            if open {
                unread.push(row.get(0)?);
            }
            continue;
        };
        if !open {
            let end = ends.query_row([upload.row], |row| history::read_outcome(row, upload.row).map(Some));
            upload.came = match sound(end)? {
                Some(Outcome::Delivered(stored)) => {
                    upload.size = stored.size;
                    EarlierState::Delivered(stored.proof, stored.fingerprint.modified)
                }
                Some(Outcome::AlreadyThere) => EarlierState::AlreadyThere,
                Some(Outcome::Failed(problem)) => EarlierState::Failed(Arc::new(problem)),
                // What the journal can't prove is not shown as delivered.
                Some(Outcome::NotConfirmed | Outcome::Canceled | Outcome::Open) | None => EarlierState::NotConfirmed,
            };
        }
        let goes_on = matches!(upload.came, EarlierState::Open | EarlierState::Failed(_));
        if let Some((mut multipart, upload_id)) =
            goes_on.then(|| sound(read_multipart(row, upload.row))).transpose()?.flatten()
        {
            let mut rows = parts.query([upload.row])?;
            while let Some(part) = rows.next()? {
                if let Some((number, done)) = sound(read_part(part, upload.row, &upload_id))? {
                    multipart.parts.put(number, done);
                }
            }
            upload.completing = row.get::<_, i64>(7)? != 0;
            upload.multipart = Some(multipart);
        }
        upload.doubted = row.get::<_, i64>(16)? != 0;
        upload.put_begun = puts.iter().any(|&(first, last)| (first..=last).contains(&upload.row));
        let upload_id = upload.multipart.as_ref().and_then(|multipart| multipart.upload_id.clone());
        start.unfinished.insert(upload.row, (destination, row.get(1)?, upload_id));
        found.entry(destination).or_default().push(upload);
    }
    Ok(found)
}

/// Returns the rows whose PutObject may have been sent, merged into as few ranges as possible.
fn puts(db: &Connection) -> Result<Vec<(i64, i64)>> {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    let mut rows = db.prepare("SELECT first, last FROM puts ORDER BY first")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let (first, last): (i64, i64) = (row.get(0)?, row.get(1)?);
        match ranges.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
            _ => ranges.push((first, last)),
        }
    }
    Ok(ranges)
}

type Remembered = (Destination, Learned);

/// Returns the row's id, the destination's identity, and, if it is remembered and its seal holds, the destination with
/// what was learned about it.
fn read_destination(row: &Row<'_>) -> Result<Option<(i64, String, Option<Remembered>)>> {
    let (id, key, body): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let holds = destination_seal(id, &key, &body) == row.get::<_, i64>(3)? && row.get::<_, i64>(5)? == 1;
    let destination = serde_json::from_str::<Destination>(&body).ok();
    let destination = destination.filter(|destination| holds && same(destination) == key);
    let learned = || {
        let mut body = serde_json::from_str::<serde_json::Map<_, _>>(&body).ok()?;
        serde_json::from_value(body.remove(LEARNED)?).ok()
    };
    Ok(Some((id, key, destination.map(|destination| (destination, learned().unwrap_or_default())))))
}

fn read_folder(row: &Row<'_>, id: i64) -> Result<Option<Folder>> {
    let (dir, key): (Vec<u8>, String) = (row.get(0)?, row.get(1)?);
    if folder_seal(id, &dir, &key) != row.get::<_, i64>(2)? || !clean_key(&key) {
        return Ok(None);
    }
    Ok(bytes_path(&dir).filter(|dir| dir.is_absolute()).map(|dir: Box<Path>| Folder { dir, key: key.into() }))
}

fn read_upload(row: &Row<'_>, folder: Arc<Folder>, prefix: usize) -> Result<Option<Unfinished>> {
    let (id, name): (i64, Arc<str>) = (row.get(0)?, row.get(3)?);
    let (key_name, size): (Option<Arc<str>>, i64) = (row.get(4)?, row.get(5)?);
    let size = size.cast_unsigned();
    let seal = upload_seal(id, (row.get(1)?, row.get(2)?), &name, key_name.as_deref(), size);
    let last = key_name.as_ref().unwrap_or(&name);
    let holds = seal == row.get::<_, i64>(6)?
        // An upload that has not ended must not have the seal of an end.
        && (row.get::<_, i64>(15)? != state::OPEN || row.get::<_, Option<i64>>(13)?.is_none())
        && clean_name(&name)
        && name.len() <= NAME_MAX
        && clean_name(last)
        && prefix + folder.key.len() + last.len() <= KEY_MAX
        && size <= OBJECT_MAX;
    Ok(holds.then_some(Unfinished {
        row: id,
        folder,
        name,
        key_name,
        size,
        multipart: None,
        completing: false,
        doubted: false,
        put_begun: false,
        came: EarlierState::Open,
    }))
}

fn read_multipart(row: &Row<'_>, id: i64) -> Result<Option<(Multipart, Arc<str>)>> {
    let Some(upload_id) = row.get::<_, Option<Arc<str>>>(8)? else { return Ok(None) };
    let (part, abort_at) = (row.get::<_, Option<i64>>(9)?, row.get::<_, Option<i64>>(10)?);
    let fingerprint = row.get::<_, Option<Vec<u8>>>(11)?.and_then(|bytes| unpack(&bytes));
    let (Some(part), Some(fingerprint)) = (part.map(i64::cast_unsigned), fingerprint) else { return Ok(None) };
    let holds = row.get::<_, Option<i64>>(12)? == Some(multipart_seal(id, &upload_id, part, abort_at, &fingerprint))
        && visible(&upload_id, UPLOAD_ID_MAX)
        && (PART_MIN..=PART_MAX).contains(&part)
        && (1..=OBJECT_MAX).contains(&fingerprint.size)
        && fingerprint.size.div_ceil(part) <= PARTS_MAX;
    let parts = holds.then(|| Parts::new(fingerprint.size, part));
    Ok(parts.map(|parts| {
        let multipart =
            Multipart { fingerprint, upload_id: Some(Arc::clone(&upload_id)), abort_at: abort_at.map(Utc), parts };
        (multipart, upload_id)
    }))
}

fn read_part(row: &Row<'_>, upload: i64, upload_id: &str) -> Result<Option<(u32, PartDone)>> {
    let Ok(number) = u32::try_from(row.get::<_, i64>(0)?) else { return Ok(None) };
    let mut done = PartDone { crc: row.get::<_, i64>(1)?.cast_unsigned(), etag: row.get(2)?, echoed: true };
    let seal = row.get::<_, i64>(3)?;
    // Which of the two seals matches shows whether the server confirmed the part's checksum.
    done.echoed = part_seal(upload, upload_id, number, &done) == seal;
    let holds = done.echoed || part_seal(upload, upload_id, number, &done) == seal;
    Ok((holds && visible(&done.etag, ETAG_MAX)).then_some((number, done)))
}

/// Whether `text` is printable ASCII without spaces, as IDs of servers are.
fn visible(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether `name` can be one segment of a path or a key.
fn clean_name(name: &str) -> bool {
    let separators: &[char] = if cfg!(windows) { &['/', '\\', '\0'] } else { &['/', '\0'] };
    !matches!(name, "" | "." | "..") && !name.contains(separators)
}

/// Whether `key` can be a folder's part of a key: empty, or clean segments that each end in `/`.
fn clean_key(key: &str) -> bool {
    key.is_empty() || key.strip_suffix('/').is_some_and(|key| key.split('/').all(clean_name) && key.len() < KEY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::journal::schema;

    #[test]
    fn a_full_disk_can_still_be_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().canonicalize().expect("a path").join("journal.sqlite");
        std::fs::write(&path, "").expect("a file");
        let mut db = schema::connect(&path).expect("it opens");
        schema::prepare(&mut db, 0).expect("it is new");
        db.execute("INSERT INTO settings (id, body) VALUES (1, '{\"renew\":false}')", []).expect("it is written");
        assert!(restore(&db).expect("it reads").mended);
        let db = schema::connect_reader(&path).expect("it opens");
        let restored = restore(&db).expect("it reads");
        assert!(!restored.mended && restored.kept.settings.is_some_and(|settings| !settings.renew));
    }
}
