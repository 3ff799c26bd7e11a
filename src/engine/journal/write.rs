//! Writes batches of changes, each in one transaction.

use super::resolve::{JournalChange, gone};
use super::seal::{
    Seal, delivery_seal, destination_seal, folder_seal, multipart_seal, pack, part_seal, proof_number, renamed, state,
    upload_seal,
};
use crate::model::destination::Destination;
use crate::model::record::End;
use crate::model::upload::Stored;
use rusqlite::{Connection, OptionalExtension, Result, Transaction, params};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version that is stored with each delivery.
const APP: &str = env!("CARGO_PKG_VERSION");

/// Writes `ops` and returns once they are on disk.
///
/// If it returns an error, either nothing was written, or all was and only the disk's last answer was lost. Therefore
/// each change sets absolute values, and an existing row stays: writing the same batch again leaves the same rows. `OR
/// IGNORE` and `OR FAIL` also spare SQLite a statement journal; the transaction rolls everything back together.
pub(super) fn write(db: &mut Connection, ops: &[JournalChange]) -> Result<()> {
    let change = db.transaction()?;
    let mut ended = BTreeMap::new();
    for op in ops {
        apply(&change, op, &mut ended)?;
    }
    for (delivery, at) in ended {
        change.prepare_cached("UPDATE deliveries SET ended = ?2 WHERE id = ?1")?.execute(params![delivery, at])?;
    }
    change.commit()
}

/// Removes what has ended, except what may still be retried in this run: undelivered uploads of the deliveries in
/// `current`. Then rebuilds the file, so that no name is left in it.
pub(super) fn clear(db: &mut Connection, current: &[i64]) -> Result<()> {
    db.pragma_update(None, "secure_delete", true)?;
    let change = db.transaction()?;
    change.execute_batch("CREATE TEMP TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY); DELETE FROM kept;")?;
    for id in current {
        change.execute("INSERT OR IGNORE INTO kept VALUES (?1)", [id])?;
    }
    change.execute(
        "DELETE FROM uploads WHERE state <> ?1 AND NOT (delivery IN (SELECT id FROM kept) AND state IN (?2, ?3, ?4))",
        params![state::OPEN, state::FAILED, state::UNCONFIRMED, state::ALREADY],
    )?;
    change.execute_batch(
        "DELETE FROM parts WHERE upload NOT IN (SELECT id FROM uploads);
         DELETE FROM deliveries WHERE id NOT IN (SELECT delivery FROM uploads) AND id NOT IN (SELECT id FROM kept);
         UPDATE deliveries SET ended = NULL WHERE id NOT IN (SELECT delivery FROM uploads);
         DELETE FROM folders WHERE id NOT IN (SELECT folder FROM uploads);
         DELETE FROM destinations WHERE remembered = 0 AND id NOT IN (SELECT destination FROM deliveries);",
    )?;
    change.commit()?;
    // The rows are gone and their bytes overwritten; failing to shrink the file is not worth a problem.
    let _ = db.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
    db.pragma_update(None, "secure_delete", false)
}

fn apply(db: &Transaction<'_>, op: &JournalChange, ended: &mut BTreeMap<i64, i64>) -> Result<()> {
    match op {
        JournalChange::Destination { row, same, body, used } => {
            db.prepare_cached(
                "INSERT INTO destinations (id, same, body, used, remembered, seal) VALUES (?1, ?2, ?3, ?4, 1, ?5)
                 ON CONFLICT (id) DO UPDATE
                 SET same = excluded.same, body = excluded.body, used = excluded.used, remembered = 1, seal = excluded.seal",
            )?
            .execute(params![row, same, body, used, destination_seal(*row, same, body)])?;
        }
        JournalChange::Forget { same } => {
            db.execute("UPDATE destinations SET remembered = 0 WHERE same = ?1", [same])?;
        }
        JournalChange::ProfileRenamed { from, to } => rename_profile(db, from, to)?,
        JournalChange::Delivery { row, destination, body, account, who, session, at } => {
            let seal = delivery_seal(*row, *destination, [body, account, who, session, APP], at.0);
            db.prepare_cached(
                "INSERT OR IGNORE INTO deliveries (id, destination, body, account, who, session, app, began, seal)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![row, destination, body, account, who, session, APP, at.0, seal])?;
        }
        JournalChange::DeliveryBy { row, who, session } => delivery_by(db, *row, who, session)?,
        JournalChange::Folder { row, dir, key } => {
            db.prepare_cached("INSERT OR IGNORE INTO folders (id, dir, key, seal) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![row, dir, key, folder_seal(*row, dir, key)])?;
        }
        JournalChange::Added { row, delivery, folder, name, key_name, size } => {
            let seal = upload_seal(*row, (*delivery, *folder), name, key_name.as_deref(), *size);
            db.prepare_cached(
                "INSERT OR IGNORE INTO uploads (id, delivery, folder, name, key_name, size, seal)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![row, delivery, folder, name, key_name, size.cast_signed(), seal])?;
        }
        JournalChange::Moved { row, delivery } => change(db, *row, |upload| upload.delivery = *delivery)?,
        JournalChange::Renamed { row, key_name } => {
            change(db, *row, |upload| upload.key_name = Some(Arc::clone(key_name)))?;
            restart(db, *row)?;
            db.prepare_cached("UPDATE OR FAIL uploads SET doubted = 0 WHERE id = ?1")?.execute([row])?;
        }
        JournalChange::Resized { row, size } => change(db, *row, |upload| upload.size = size.cast_signed())?,
        JournalChange::Created { row, fingerprint, upload_id, part, abort_at } => {
            forget_parts(db, *row)?;
            let abort_at = abort_at.map(|at| at.0);
            let seal = multipart_seal(*row, upload_id, *part, abort_at, fingerprint);
            db.prepare_cached(
                "UPDATE OR FAIL uploads SET completing = 0, upload_id = ?2, part = ?3, abort_at = ?4, fingerprint = ?5,
                 multipart_seal = ?6 WHERE id = ?1",
            )?
            .execute(params![row, upload_id, part.cast_signed(), abort_at, pack(fingerprint), seal])?;
        }
        JournalChange::Part { row, upload_id, number, done } => {
            let seal = part_seal(*row, upload_id, *number, done);
            db.prepare_cached(
                "INSERT OR REPLACE INTO parts (upload, number, crc, etag, seal) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![row, number, done.crc.cast_signed(), done.etag, seal])?;
        }
        JournalChange::Completing { row } => {
            db.prepare_cached("UPDATE OR FAIL uploads SET completing = 1 WHERE id = ?1")?.execute([row])?;
        }
        JournalChange::PutsBegin { rows } => {
            let mut insert = db.prepare_cached(
                "INSERT INTO puts (first, last) VALUES (?1, ?2)
                 ON CONFLICT (first) DO UPDATE SET last = max(last, excluded.last)",
            )?;
            for (first, last) in rows {
                insert.execute([first, last])?;
            }
        }
        JournalChange::PutsAnswered => drop(db.prepare_cached("DELETE FROM puts")?.execute([])?),
        JournalChange::Doubted { row } => {
            db.prepare_cached("UPDATE OR FAIL uploads SET doubted = 1 WHERE id = ?1")?.execute([row])?;
        }
        JournalChange::Restarted { row } => restart(db, *row)?,
        JournalChange::Ended { row, end, at } => end_upload(db, *row, end, at.0, ended)?,
        JournalChange::Reopened { row } => {
            db.prepare_cached(
                "UPDATE OR FAIL uploads SET state = 0, ended = NULL, sent = NULL, crc = NULL, proof = NULL, etag = NULL,
                 version_id = NULL, request_id = NULL, answered = NULL, sha256 = NULL, problem = NULL, end_seal = NULL
                 WHERE id = ?1",
            )?
            .execute([row])?;
            db.prepare_cached(
                "UPDATE deliveries SET settled = 0 WHERE id = (SELECT delivery FROM uploads WHERE id = ?1)",
            )?
            .execute([row])?;
        }
        JournalChange::Settled { row } => {
            db.execute("UPDATE deliveries SET settled = 1 WHERE id = ?1", [row])?;
        }
        JournalChange::Settings { body } => {
            db.execute("INSERT OR REPLACE INTO settings (id, body) VALUES (1, ?1)", [body])?;
        }
    }
    Ok(())
}

fn end_upload(db: &Transaction<'_>, row: i64, end: &End, at: i64, ended: &mut BTreeMap<i64, i64>) -> Result<()> {
    let (code, stored, problem) = match end {
        End::Delivered(stored) => (state::DELIVERED, Some(stored), None),
        End::AlreadyThere => (state::ALREADY, None, None),
        End::NotConfirmed => (state::UNCONFIRMED, None, None),
        End::Failed(problem) => (state::FAILED, None, serde_json::to_string(&**problem).ok()),
        End::Canceled => (state::CANCELED, None, None),
    };
    let seal = end_seal(row, code, stored, problem.as_deref());
    let fingerprint = stored.map(|stored| pack(&stored.fingerprint));
    db.prepare_cached(
            "UPDATE OR FAIL uploads SET state = ?2, ended = ?3, sent = ?4, crc = ?5, proof = ?6, etag = ?7, version_id = ?8,
             request_id = ?9, answered = ?10, sha256 = ?11, problem = ?12, end_seal = ?13,
             fingerprint = coalesce(?14, fingerprint), completing = 0 WHERE id = ?1",
        )?
        .execute(params![
                row,
                code,
                at,
                stored.map(|stored| stored.size.cast_signed()),
                stored.map(|stored| stored.crc.cast_signed()),
                stored.map(|stored| proof_number(stored.proof)),
                stored.map(|stored| &stored.etag),
                stored.and_then(|stored| stored.version_id.as_ref()),
                stored.map(|stored| &stored.request_id),
                stored.map(|stored| stored.at.0),
                stored.and_then(|stored| stored.sha256),
                problem,
                seal,
                fingerprint,
            ])?;
    let delivery = db
        .prepare_cached("SELECT delivery FROM uploads WHERE id = ?1")?
        .query_row([row], |row| row.get(0))
        .optional()?;
    if let Some(delivery) = delivery {
        ended.insert(delivery, at);
    }
    if gone(end) {
        forget_parts(db, row)?;
    }
    Ok(())
}

/// Returns the seal of an upload's end.
pub(super) fn end_seal(row: i64, code: i64, stored: Option<&Stored>, problem: Option<&str>) -> i64 {
    let seal = Seal::new("end").number(row).number(code).maybe(problem);
    let Some(stored) = stored else { return seal.value() };
    let seal =
        seal.number(stored.size.cast_signed()).number(stored.crc.cast_signed()).number(proof_number(stored.proof));
    let seal = seal.text(&stored.etag).maybe(stored.version_id.as_deref()).text(&stored.request_id).number(stored.at.0);
    let seal = seal.bytes(stored.sha256.as_ref().map_or(&[][..], |hash| &hash[..]));
    seal.bytes(&pack(&stored.fingerprint)).value()
}

fn restart(db: &Transaction<'_>, row: i64) -> Result<()> {
    forget_parts(db, row)?;
    db.prepare_cached(
        "UPDATE OR FAIL uploads SET completing = 0, upload_id = NULL, part = NULL, abort_at = NULL, fingerprint = NULL,
         multipart_seal = NULL WHERE id = ?1",
    )?
    .execute([row])?;
    Ok(())
}

fn forget_parts(db: &Transaction<'_>, row: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM parts WHERE upload = ?1")?.execute([row])?;
    Ok(())
}

/// What an upload's own seal covers.
struct Sealed {
    delivery: i64,
    folder: i64,
    name: Arc<str>,
    key_name: Option<Arc<str>>,
    size: i64,
    seal: i64,
}

impl Sealed {
    fn value(&self, row: i64) -> i64 {
        upload_seal(row, (self.delivery, self.folder), &self.name, self.key_name.as_deref(), self.size.cast_unsigned())
    }
}

/// Stores who delivers, if the row's seal holds: a broken row must not get a valid seal.
fn delivery_by(db: &Transaction<'_>, row: i64, who: &str, session: &str) -> Result<()> {
    let found = db
        .prepare_cached(
            "SELECT destination, body, account, app, began, who, session, seal FROM deliveries WHERE id = ?1",
        )?
        .query_row([row], |found| {
            let (destination, began, seal): (i64, i64, i64) = (found.get(0)?, found.get(4)?, found.get(7)?);
            let [body, account, app, who, session]: [String; 5] =
                [found.get(1)?, found.get(2)?, found.get(3)?, found.get(5)?, found.get(6)?];
            let holds = delivery_seal(row, destination, [&body, &account, &who, &session, &app], began) == seal;
            // The session that the delivery began with stays; a later one only continues it.
            Ok((holds && session.is_empty()).then_some((destination, body, account, app, began)))
        })
        .optional()?;
    let Some((destination, body, account, app, began)) = found.flatten() else { return Ok(()) };
    let seal = delivery_seal(row, destination, [&body, &account, who, session, &app], began);
    db.prepare_cached("UPDATE deliveries SET who = ?2, session = ?3, seal = ?4 WHERE id = ?1")?
        .execute(params![row, who, session, seal])?;
    Ok(())
}

/// Changes sealed values of an upload. A seal that didn't hold before doesn't hold after either.
fn change(db: &Transaction<'_>, row: i64, act: impl FnOnce(&mut Sealed)) -> Result<()> {
    let upload = db
        .prepare_cached("SELECT delivery, folder, name, key_name, size, seal FROM uploads WHERE id = ?1")?
        .query_row([row], |found| {
            Ok(Sealed {
                delivery: found.get(0)?,
                folder: found.get(1)?,
                name: found.get(2)?,
                key_name: found.get(3)?,
                size: found.get(4)?,
                seal: found.get(5)?,
            })
        })
        .optional()?;
    let Some(mut upload) = upload else { return Ok(()) };
    if upload.value(row) == upload.seal {
        act(&mut upload);
        let seal = upload.value(row);
        db.prepare_cached(
            "UPDATE OR FAIL uploads SET delivery = ?2, key_name = ?3, size = ?4, seal = ?5 WHERE id = ?1",
        )?
        .execute(params![row, upload.delivery, upload.key_name, upload.size, seal])?;
    }
    Ok(())
}

/// Moves every destination from the profile `from` to `to`, unless the same destination with `to` exists already.
fn rename_profile(db: &Transaction<'_>, from: &str, to: &str) -> Result<()> {
    let mut rows = db.prepare("SELECT id, same, body, seal FROM destinations")?;
    let mut rows = rows.query([])?;
    let mut change = db.prepare("UPDATE OR IGNORE destinations SET same = ?2, body = ?3, seal = ?4 WHERE id = ?1")?;
    while let Some(row) = rows.next()? {
        let (id, key, body): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let holds = destination_seal(id, &key, &body) == row.get::<_, i64>(3)?;
        let Some(new) = renamed(&key, from, to).filter(|_| holds) else { continue };
        let Ok(mut destination) = serde_json::from_str::<Destination>(&body) else { continue };
        to.clone_into(&mut destination.profile);
        let Ok(body) = serde_json::to_string(&destination) else { continue };
        change.execute(params![id, new, body, destination_seal(id, &new, &body)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::journal::resolve::{Resolver, StartState};
    use crate::engine::journal::schema;
    use crate::model::parts::PartDone;
    use crate::model::problem::{Kind, Problem};
    use crate::model::record::Record;
    use crate::model::upload::{DestinationId, Fingerprint, Folder, Proof, UploadId};
    use crate::time::Utc;

    fn batch() -> Vec<JournalChange> {
        let place = DestinationId(0);
        let destination = serde_json::json!({
            "name": "n", "profile": "p", "role": "arn:aws:iam::123456789012:role/r", "bucket": "bucket", "prefix": "in/",
            "region": null, "owner": null, "seconds": 3600, "external_id": null, "mfa_serial": null, "session_name": null,
            "narrow": true,
        });
        let destination = serde_json::from_value(destination).expect("a destination");
        let folder = Arc::new(Folder { dir: std::path::Path::new("/work").into(), key: "work/".into() });
        let fingerprint = Fingerprint { device: 1, inode: 2, size: 20 << 20, modified: 3, changed: None };
        let mut records = vec![Record::Place(place, Arc::new(destination))];
        let [account, who, session] = ["123456789012", "who", "session"].map(Into::into);
        records.push(Record::Delivery { destination: place, account, who, session });
        for upload in (0..4).map(UploadId) {
            let (folder, name) = (Arc::clone(&folder), "name".into());
            records.push(Record::Added { upload, destination: place, folder, name, key_name: None, size: 20 << 20 });
            let (upload_id, abort_at) = ("first".into(), Some(Utc(9)));
            records.push(Record::Created { upload, fingerprint, upload_id, part: 8 << 20, abort_at });
            records.push(Record::Part(upload, 1, PartDone { etag: "e".into(), crc: 1, echoed: true }));
        }
        let stored = Stored {
            size: 20 << 20,
            crc: 1,
            proof: Proof::Whole,
            etag: "e".into(),
            version_id: None,
            request_id: "r".into(),
            at: Utc(8),
            sha256: None,
            fingerprint: Fingerprint { modified: 4, ..fingerprint },
        };
        let failed = End::Failed(Arc::new(Problem::new(Kind::SourceGone)));
        records.extend([Record::Ended(UploadId(0), End::Delivered(stored)), Record::Ended(UploadId(1), failed)]);
        records.extend([Record::Reopened(UploadId(1)), Record::Renamed(UploadId(2), "new".into())]);
        records.push(Record::Resized(UploadId(2), 3 << 20));
        records.extend([Record::Restarted(UploadId(3)), Record::Ended(UploadId(3), End::NotConfirmed)]);
        let (mut rows, mut ops) = (Resolver::new(StartState::default()), Vec::new());
        for record in records {
            rows.resolve(record, Utc(7), &mut ops);
        }
        ops
    }

    fn dump(db: &Connection) -> Vec<Vec<rusqlite::types::Value>> {
        let mut all = Vec::new();
        for table in ["destinations", "deliveries", "folders", "uploads", "parts"] {
            let mut query = db.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).expect("a table");
            let columns = query.column_count();
            let rows = query.query_map([], |row| (0..columns).map(|at| row.get(at)).collect()).expect("rows");
            all.extend(rows.map(|row: Result<Vec<_>>| row.expect("a row")));
        }
        all
    }

    /// The disk may write a batch but report an error; then the same batch is written again.
    #[test]
    fn writing_a_batch_twice_changes_nothing() {
        let mut db = schema::in_memory().expect("memory");
        let ops = batch();
        write(&mut db, &ops).expect("it is written");
        let once = dump(&db);
        assert_eq!(once.len(), 1 + 1 + 1 + 4 + 1);
        write(&mut db, &ops).expect("it is written again");
        assert_eq!(dump(&db), once);
    }
}
