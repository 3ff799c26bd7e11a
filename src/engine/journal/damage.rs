//! Classifies SQLite's errors: a full disk, a failing disk, or a damaged file.

use crate::model::problem::{Detail, Kind, Problem};
use rusqlite::{Error, ErrorCode, Result};

/// Whether the file itself is wrong, rather than the disk it is on.
pub(super) fn is_damage(why: &Error) -> bool {
    is_odd_value(why)
        || matches!(
            why.sqlite_error_code(),
            Some(
                ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
                    | ErrorCode::ConstraintViolation
                    | ErrorCode::TypeMismatch
                    | ErrorCode::SchemaChanged
                    | ErrorCode::TooBig
                    | ErrorCode::Unknown
            )
        )
}

/// Treats a row whose values can't be read as no row; passes every other error on.
pub(super) fn sound<T>(read: Result<Option<T>>) -> Result<Option<T>> {
    match read {
        Err(why) if is_odd_value(&why) => Ok(None),
        read => read,
    }
}

fn is_odd_value(why: &Error) -> bool {
    matches!(
        why,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    )
}

/// Returns the problem to report. The detail holds SQLite's own code and text, which name no file.
pub(super) fn problem(why: &Error) -> Problem {
    let code = why.sqlite_error_code();
    let kind = if code == Some(ErrorCode::DiskFull) { Kind::JournalFull } else { Kind::JournalBroken };
    told(kind, &code.map_or_else(String::new, |code| format!("{code:?}")), &why.to_string())
}

/// Returns the problem to report for an I/O error of the system.
pub(super) fn io_problem(why: &std::io::Error) -> Problem {
    let full = matches!(why.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded);
    told(if full { Kind::JournalFull } else { Kind::JournalBroken }, &format!("{:?}", why.kind()), &why.to_string())
}

/// Returns a problem of the journal with a code of Daypass's own. Removes control characters from the message, and cuts
/// it to 500 characters.
pub(super) fn told(kind: Kind, code: &str, message: &str) -> Problem {
    let message: String = message.chars().filter(|c| !c.is_control()).take(500).collect();
    Problem::with(
        kind,
        Detail { call: "Journal".into(), code: code.into(), message: message.into(), ..Detail::default() },
    )
}
