//! Builds the state that an earlier run left, and the run after it.

use crate::support::model_bench::{Bench, MIB, P, print};
use crate::support::simulation::destination;
use daypass::model::Limits;
use daypass::model::event::{Assumed, Event};
use daypass::model::parts::{PartDone, Parts};
use daypass::model::record::{EarlierState, Kept, Unfinished};
use daypass::model::session::Identity;
use daypass::model::snapshot::Command;
use daypass::model::upload::{DestinationId, Folder, Multipart};
use daypass::time::Utc;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The size of a file that is sent in three parts.
pub const SIZE: u64 = 24 * MIB;

/// Returns the folder that contains all files.
pub fn folder() -> Arc<Folder> {
    Arc::new(Folder { dir: Path::new("/data").into(), key: "".into() })
}

/// An upload of this name that had come so far, without anything of it at S3.
pub fn left(name: &str, size: u64, came: EarlierState) -> Unfinished {
    Unfinished {
        row: i64::from(name.as_bytes()[0]),
        folder: folder(),
        name: name.into(),
        key_name: None,
        size,
        multipart: None,
        completing: false,
        doubted: false,
        put_begun: false,
        came,
    }
}

/// Returns the file `big` of [`SIZE`] bytes, with these parts at S3.
pub fn with_parts(came: EarlierState, parts: &[u32]) -> Unfinished {
    let mut done = Parts::new(SIZE, 8 * MIB);
    for &number in parts {
        done.put(number, PartDone { etag: format!("e{number}").into(), crc: u64::from(number), echoed: true });
    }
    let (fingerprint, upload_id) = (print(SIZE, 1), Some("old".into()));
    let multipart = Some(Multipart { fingerprint, upload_id, abort_at: Some(Utc(5_000)), parts: done });
    Unfinished { multipart, ..left("big", SIZE, came) }
}

/// Returns the kept state with these uploads of the first destination.
pub fn kept(unfinished: Vec<Unfinished>) -> Kept {
    Kept { unfinished: vec![(destination(0), unfinished)], ..Kept::default() }
}

/// A run that begins with what was kept, and gets access.
pub fn next_run(kept: Kept, limits: Limits) -> Bench {
    let mut bench = Bench::new(limits);
    bench.on(Event::Restored(Box::new(kept)));
    get_access(&mut bench, P, "p0");
    bench
}

/// A run with these uploads left, and access.
pub fn restored(unfinished: Vec<Unfinished>) -> Bench {
    next_run(kept(unfinished), Limits::default())
}

/// Gets access for an hour at this place, and the region of its bucket.
pub fn get_access(bench: &mut Bench, place: DestinationId, profile: &str) {
    let who = Identity { account: "1".into(), arn: "arn:me".into(), name: "me".into() };
    bench.command(Command::GetAccess(place));
    bench.on(Event::Identified(profile.into(), Ok(who)));
    let attempt = bench.asked().pop().expect("AssumeRole").attempt;
    let (left, ago) = (Duration::from_hours(1), Duration::ZERO);
    let given = Assumed { left, ago, ends: Utc(0), arn: "arn:x/put/me".into() };
    bench.on(Event::Assumed(place, attempt, Ok(given)));
    bench.on(Event::Located(place, Ok("eu-west-1".parse().expect("a region"))));
}
