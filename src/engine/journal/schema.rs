//! The journal's tables, the migration of older files, and the detection of files that are not a journal.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Result};
use std::path::Path;
use std::time::Duration;

/// Marks the file as a journal of Daypass (`PRAGMA application_id`): "DayP".
pub(super) const APPLICATION: i32 = 0x4461_7950;

/// The migrations: step N upgrades a file of version N to version N + 1. A released step never changes.
const STEPS: &[&str] = &[include_str!("schema-1.sql"), include_str!("schema-2.sql")];

/// The largest file, in bytes, whose structure is checked at each start; checking a larger one would delay the start. A
/// larger one is trusted until a read fails, since every row has its own seal.
const CHECKED: u64 = 64 << 20;

/// What kind of file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A journal, now of this version.
    Ours,
    /// A journal of a later version of Daypass.
    Newer,
    /// Something else, or a journal whose structure is damaged or was changed.
    Damaged,
}

/// Opens the file for writing; SQLite refuses links anywhere in `path`.
pub(super) fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(path, flags)?;
    guard(&db)?;
    Ok(db)
}

/// Reopens a journal that was checked before.
pub(super) fn reconnect(path: &Path, pages: u32) -> Result<Connection> {
    let db = connect(path)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    limit(&db, pages)?;
    Ok(db)
}

/// Limits the file to `pages` pages; 0 for no limit.
pub(super) fn limit(db: &Connection, pages: u32) -> Result<()> {
    if pages == 0 { Ok(()) } else { db.pragma_update(None, "max_page_count", pages) }
}

/// Opens the file for reading while the writer has it open.
pub(super) fn connect_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(path, flags)?;
    guard(&db)?;
    Ok(db)
}

/// Returns a journal in memory.
pub(super) fn in_memory() -> Result<Connection> {
    of_version(STEPS.len())
}

/// Checks the file and upgrades it to this version. Returns errors of the disk alone; a damaged file is `Ok`.
pub(super) fn prepare(db: &mut Connection, bytes: u64) -> Result<FileKind> {
    match look(db, bytes) {
        Ok(found) => Ok(found),
        Err(problem) if super::damage::is_damage(&problem) => Ok(FileKind::Damaged),
        Err(problem) => Err(problem),
    }
}

fn look(db: &mut Connection, bytes: u64) -> Result<FileKind> {
    let application: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let empty = application == 0 && version == 0 && tables == 0;
    if !empty && application != APPLICATION {
        return Ok(FileKind::Damaged);
    }
    let Ok(version) = usize::try_from(version) else { return Ok(FileKind::Damaged) };
    if version > STEPS.len() {
        return Ok(FileKind::Newer);
    }
    // A planted trigger, view or check would act on later reads and writes: only exactly our own tables are accepted.
    if shape(db)? != shape(&of_version(version)?)? {
        return Ok(FileKind::Damaged);
    }
    if !empty && bytes <= CHECKED {
        let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Ok(FileKind::Damaged);
        }
    }
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(rusqlite::Error::InvalidQuery);
    }
    db.pragma_update(None, "synchronous", "FULL")?;
    migrate(db, version, STEPS.len())?;
    Ok(FileKind::Ours)
}

fn of_version(version: usize) -> Result<Connection> {
    let mut db = Connection::open_in_memory()?;
    migrate(&mut db, 0, version)?;
    Ok(db)
}

fn migrate(db: &mut Connection, from: usize, to: usize) -> Result<()> {
    for (step, sql) in STEPS.iter().enumerate().take(to).skip(from) {
        let change = db.transaction()?;
        change.execute_batch(sql)?;
        change.pragma_update(None, "application_id", APPLICATION)?;
        change.pragma_update(None, "user_version", i64::try_from(step + 1).unwrap_or(i64::MAX))?;
        change.commit()?;
    }
    Ok(())
}

fn shape(db: &Connection) -> Result<Vec<(String, String, Option<String>)>> {
    let mut rows = db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}

fn guard(db: &Connection) -> Result<()> {
    db.busy_timeout(Duration::from_secs(5))?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "mmap_size", 0)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 1 did not record which PutObject was sent, so each open small file may have been.
    #[test]
    fn open_uploads_of_an_older_version_stay_doubtful() {
        let mut db = of_version(1).expect("memory");
        db.execute_batch(
            "INSERT INTO uploads (id, delivery, folder, name, size, seal, state, upload_id)
             VALUES (1, 1, 1, 'small', 1, 0, 0, NULL), (2, 1, 1, 'large', 1, 0, 0, 'id'), (3, 1, 1, 'done', 1, 0, 7, NULL)",
        )
        .expect("rows");
        migrate(&mut db, 1, STEPS.len()).expect("it is brought up to date");
        assert_eq!(shape(&db).expect("read"), shape(&of_version(STEPS.len()).expect("memory")).expect("read"));
        let mut rows = db.prepare("SELECT doubted FROM uploads ORDER BY id").expect("a query");
        let doubted = rows.query_map([], |row| row.get(0)).expect("rows").collect::<Result<Vec<i64>>>();
        assert_eq!(doubted.expect("read"), [1, 0, 0]);
    }
}
