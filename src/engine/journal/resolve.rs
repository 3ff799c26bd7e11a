//! Turns records into changes of rows and assigns the row ids in memory, so that writing a batch again has no effect.

use super::seal::{path_bytes, renamed, same};
use crate::model::conditions::Learned;
use crate::model::destination::Destination;
use crate::model::parts::PartDone;
use crate::model::record::{End, Record};
use crate::model::upload::{DestinationId, Fingerprint, Folder, UploadId};
use crate::time::Utc;
use std::collections::HashMap;
use std::sync::Arc;

/// The field of a destination's JSON that holds what was learned about it.
pub(super) const LEARNED: &str = "learned";

/// One change of the journal's file, complete in itself.
#[derive(Clone, Debug)]
pub(super) enum JournalChange {
    Destination {
        row: i64,
        same: String,
        body: Arc<str>,
        used: i64,
    },
    Forget {
        same: String,
    },
    Delivery {
        row: i64,
        destination: i64,
        body: Arc<str>,
        account: Box<str>,
        who: Box<str>,
        session: Box<str>,
        at: Utc,
    },
    DeliveryBy {
        row: i64,
        who: Box<str>,
        session: Box<str>,
    },
    Folder {
        row: i64,
        dir: Vec<u8>,
        key: Box<str>,
    },
    Added {
        row: i64,
        delivery: i64,
        folder: i64,
        name: Arc<str>,
        key_name: Option<Arc<str>>,
        size: u64,
    },
    Moved {
        row: i64,
        delivery: i64,
    },
    Renamed {
        row: i64,
        key_name: Arc<str>,
    },
    Resized {
        row: i64,
        size: u64,
    },
    Created {
        row: i64,
        fingerprint: Fingerprint,
        upload_id: Arc<str>,
        part: u64,
        abort_at: Option<Utc>,
    },
    Part {
        row: i64,
        upload_id: Arc<str>,
        number: u32,
        done: PartDone,
    },
    Completing {
        row: i64,
    },
    PutsBegin {
        /// The first and last row of each range.
        rows: Vec<(i64, i64)>,
    },
    PutsAnswered,
    Doubted {
        row: i64,
    },
    Restarted {
        row: i64,
    },
    Ended {
        row: i64,
        end: End,
        at: Utc,
    },
    Reopened {
        row: i64,
    },
    Settled {
        row: i64,
    },
    Settings {
        body: String,
    },
    ProfileRenamed {
        from: String,
        to: String,
    },
}

/// What the file held when it was opened, as far as later records build on it.
#[derive(Debug, Default)]
pub(super) struct StartState {
    /// The rows of known destinations by identity.
    pub destinations: HashMap<String, i64>,
    /// The highest `used` of a destination.
    pub used: i64,
    /// The highest rows of destinations, deliveries, folders and uploads.
    pub rows: [i64; 4],
    /// For each unfinished upload: its destination, its delivery and, once its multipart upload has begun, the upload
    /// ID.
    pub unfinished: HashMap<i64, (i64, i64, Option<Arc<str>>)>,
}

struct DestinationRow {
    row: i64,
    same: String,
    body: Arc<str>,
    used: i64,
    delivery: Option<i64>,
}

/// Maps the ids of this run to rows.
pub(super) struct Resolver {
    start: StartState,
    destinations: HashMap<DestinationId, DestinationRow>,
    uploads: Vec<i64>,
    /// Folders by the address of their `Arc`, which is kept so that the address isn't reused.
    folders: HashMap<usize, (Arc<Folder>, i64)>,
    /// The upload IDs of multipart uploads in progress.
    begun: HashMap<i64, Arc<str>>,
}

impl Resolver {
    pub fn new(start: StartState) -> Self {
        Self {
            start,
            destinations: HashMap::new(),
            uploads: Vec::new(),
            folders: HashMap::new(),
            begun: HashMap::new(),
        }
    }

    /// Forgets which folders have rows: the next file in each adds a new row for it.
    pub fn forget_folders(&mut self) {
        self.folders.clear();
    }

    /// Returns the current deliveries.
    pub fn deliveries(&self) -> Vec<i64> {
        self.destinations.values().filter_map(|place| place.delivery).collect()
    }

    /// Adds the current deliveries by destination to `current`.
    pub fn deliveries_into(&self, current: &mut HashMap<DestinationId, i64>) {
        current.extend(self.destinations.iter().filter_map(|(id, place)| Some((*id, place.delivery?))));
    }

    /// Adds the changes that `record` requires. A record with an id that no earlier record introduced requires none.
    pub fn resolve(&mut self, record: Record, at: Utc, ops: &mut Vec<JournalChange>) {
        match record {
            Record::Place(id, destination) => self.place(id, &destination, ops),
            Record::Learned(id, learned) => self.learned(id, &learned, ops),
            Record::Forget(destination) => ops.push(JournalChange::Forget { same: same(&destination) }),
            Record::ProfileRenamed { from, to } => {
                let known = std::mem::take(&mut self.start.destinations);
                // A destination that already uses the new profile name keeps its row.
                let (moved, mut others): (HashMap<_, _>, HashMap<_, _>) =
                    known.into_iter().partition(|(key, _)| renamed(key, &from, &to).is_some());
                for (key, row) in moved {
                    let new = renamed(&key, &from, &to).filter(|new| !others.contains_key(new));
                    others.insert(new.unwrap_or(key), row);
                }
                self.start.destinations = others;
                ops.push(JournalChange::ProfileRenamed { from, to });
            }
            Record::Delivery { destination: place, account, who, session } => {
                let row = self.next(1);
                if let Some(place) = self.destinations.get_mut(&place) {
                    let (destination, body) = (place.row, Arc::clone(&place.body));
                    place.delivery = Some(row);
                    self.folders.clear();
                    ops.push(JournalChange::Delivery { row, destination, body, account, who, session, at });
                }
            }
            Record::DeliveryBy { destination: place, who, session } => {
                if let Some(row) = self.destinations.get(&place).and_then(|place| place.delivery) {
                    ops.push(JournalChange::DeliveryBy { row, who, session });
                }
            }
            Record::Added { upload, destination: place, folder, name, key_name, size } => {
                let Some(delivery) = self.delivery(place, at, ops) else { return };
                let folder = self.folder(&folder, ops);
                let row = self.next(3);
                self.number(upload, row);
                ops.push(JournalChange::Added { row, delivery, folder, name, key_name, size });
            }
            Record::Adopted(upload, place, row) => self.adopt(upload, place, row, ops),
            Record::Renamed(upload, key_name) => self.with(upload, |rows, row| {
                // An upload ID belongs to one key.
                rows.begun.remove(&row);
                ops.push(JournalChange::Renamed { row, key_name });
            }),
            Record::Resized(upload, size) => self.with(upload, |_, row| ops.push(JournalChange::Resized { row, size })),
            Record::Created { upload, fingerprint, upload_id, part, abort_at } => self.with(upload, |rows, row| {
                rows.begun.insert(row, Arc::clone(&upload_id));
                ops.push(JournalChange::Created { row, fingerprint, upload_id, part, abort_at });
            }),
            Record::Part(upload, number, done) => self.with(upload, |rows, row| {
                if let Some(upload_id) = rows.begun.get(&row).cloned() {
                    ops.push(JournalChange::Part { row, upload_id, number, done });
                }
            }),
            Record::Completing(upload) => self.with(upload, |_, row| ops.push(JournalChange::Completing { row })),
            Record::PutsBegin(first, last) => ops.push(JournalChange::PutsBegin { rows: self.rows_of(first, last) }),
            Record::PutsAnswered => ops.push(JournalChange::PutsAnswered),
            Record::Doubted(upload) => self.with(upload, |_, row| ops.push(JournalChange::Doubted { row })),
            Record::Restarted(upload) => self.with(upload, |rows, row| {
                rows.begun.remove(&row);
                ops.push(JournalChange::Restarted { row });
            }),
            Record::Ended(upload, end) => self.with(upload, |rows, row| {
                if gone(&end) {
                    rows.begun.remove(&row);
                }
                ops.push(JournalChange::Ended { row, end, at });
            }),
            Record::Reopened(upload) => self.with(upload, |_, row| ops.push(JournalChange::Reopened { row })),
            Record::DeliveryEnded(place) => {
                if let Some(row) = self.destinations.get(&place).and_then(|place| place.delivery) {
                    ops.push(JournalChange::Settled { row });
                }
            }
            Record::Settings(settings) => {
                if let Ok(body) = serde_json::to_string(&settings) {
                    ops.push(JournalChange::Settings { body });
                }
            }
        }
    }

    fn place(&mut self, id: DestinationId, destination: &Destination, ops: &mut Vec<JournalChange>) {
        let same = same(destination);
        let Ok(body) = serde_json::to_string(destination).map(Arc::<str>::from) else { return };
        let known = self.start.destinations.get(&same).copied();
        let row = known.unwrap_or_else(|| self.next(0));
        self.start.destinations.insert(same.clone(), row);
        self.start.used += 1;
        let delivery = self.destinations.get(&id).filter(|place| place.row == row).and_then(|place| place.delivery);
        let used = self.start.used;
        self.destinations
            .insert(id, DestinationRow { row, same: same.clone(), body: Arc::clone(&body), used, delivery });
        ops.push(JournalChange::Destination { row, same, body, used });
    }

    /// Stores what was learned about a destination as one more field of its JSON.
    fn learned(&self, id: DestinationId, learned: &Learned, ops: &mut Vec<JournalChange>) {
        let Some(place) = self.destinations.get(&id) else { return };
        let Ok(mut body) = serde_json::from_str::<serde_json::Map<_, _>>(&place.body) else { return };
        let Ok(learned) = serde_json::to_value(learned) else { return };
        body.insert(LEARNED.to_owned(), learned);
        let Ok(body) = serde_json::to_string(&body) else { return };
        ops.push(JournalChange::Destination {
            row: place.row,
            same: place.same.clone(),
            body: body.into(),
            used: place.used,
        });
    }

    /// Returns the current delivery at `place`. If the model recorded none, begins one without account, caller and
    /// session.
    fn delivery(&mut self, place: DestinationId, at: Utc, ops: &mut Vec<JournalChange>) -> Option<i64> {
        let known = self.destinations.get(&place)?.delivery;
        if known.is_none() {
            let (account, who, session) = Default::default();
            self.resolve(Record::Delivery { destination: place, account, who, session }, at, ops);
        }
        self.destinations.get(&place)?.delivery
    }

    fn folder(&mut self, folder: &Arc<Folder>, ops: &mut Vec<JournalChange>) -> i64 {
        let address = Arc::as_ptr(folder).addr();
        if let Some((_, row)) = self.folders.get(&address) {
            return *row;
        }
        let row = self.next(2);
        self.folders.insert(address, (Arc::clone(folder), row));
        ops.push(JournalChange::Folder { row, dir: path_bytes(&folder.dir), key: folder.key.clone() });
        row
    }

    fn adopt(&mut self, upload: UploadId, place: DestinationId, row: i64, ops: &mut Vec<JournalChange>) {
        let Some(place) = self.destinations.get_mut(&place) else { return };
        let Some((destination, delivery, upload_id)) = self.start.unfinished.remove(&row) else { return };
        if destination != place.row {
            return;
        }
        if let Some(upload_id) = upload_id {
            self.begun.insert(row, upload_id);
        }
        let current = *place.delivery.get_or_insert(delivery);
        if current != delivery {
            ops.push(JournalChange::Moved { row, delivery: current });
        }
        self.number(upload, row);
    }

    fn next(&mut self, table: usize) -> i64 {
        self.start.rows[table] += 1;
        self.start.rows[table]
    }

    fn number(&mut self, upload: UploadId, row: i64) {
        let at = upload.0 as usize;
        if self.uploads.len() <= at {
            self.uploads.resize(at + 1, 0);
        }
        self.uploads[at] = row;
    }

    /// Returns the rows of these uploads as ranges.
    fn rows_of(&self, first: UploadId, last: UploadId) -> Vec<(i64, i64)> {
        let rows = self.uploads.get(first.0 as usize..).unwrap_or_default();
        let count = (last.0.saturating_sub(first.0) as usize).saturating_add(1);
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        for &row in rows.iter().take(count).filter(|row| **row > 0) {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == row => *last = row,
                _ => ranges.push((row, row)),
            }
        }
        ranges
    }

    fn with(&mut self, upload: UploadId, act: impl FnOnce(&mut Self, i64)) {
        if let Some(row) = self.uploads.get(upload.0 as usize).copied().filter(|row| *row > 0) {
            act(self, row);
        }
    }
}

/// Whether an upload with this end has no further use for its multipart upload.
pub(super) const fn gone(end: &End) -> bool {
    match end {
        End::Delivered(_) | End::AlreadyThere | End::Canceled => true,
        End::NotConfirmed | End::Failed(_) => false,
    }
}
