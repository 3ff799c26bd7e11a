//! A reference journal that folds the records; the real one must give the same results.

use daypass::model::conditions::Learned;
use daypass::model::destination::Destination;
use daypass::model::parts::Parts;
use daypass::model::record::{EarlierState, End, Kept, Record, Unfinished};
use daypass::model::upload::{DestinationId, Folder, Multipart, UploadId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One upload as the journal knows it.
#[derive(Clone)]
pub struct Row {
    pub delivery: usize,
    pub folder: Arc<Folder>,
    pub name: Arc<str>,
    pub key_name: Option<Arc<str>>,
    pub size: u64,
    pub multipart: Option<Multipart>,
    pub completing: bool,
    pub doubted: bool,
    pub put_begun: bool,
    pub end: Option<End>,
}

/// The folded records.
#[derive(Clone, Default)]
pub struct Journal {
    pub rows: Vec<Row>,
    /// Each delivery's destination, and how often it has ended since it began or was reopened.
    pub deliveries: Vec<(Arc<Destination>, u32)>,
    /// The destinations of all runs, most recent first.
    destinations: Vec<Arc<Destination>>,
    places: BTreeMap<DestinationId, Arc<Destination>>,
    current: BTreeMap<DestinationId, usize>,
    numbers: BTreeMap<UploadId, usize>,
    learned: Vec<(Destination, Learned)>,
}

impl Journal {
    /// Applies one record; panics if it refers to something that was never recorded.
    pub fn take(&mut self, record: Record) {
        match record {
            Record::Place(id, destination) => {
                self.destinations.retain(|other| !other.is_same(&destination));
                self.destinations.insert(0, Arc::clone(&destination));
                self.places.insert(id, destination);
            }
            Record::Forget(destination) => self.destinations.retain(|other| !other.is_same(&destination)),
            Record::Settings(_) | Record::ProfileRenamed { .. } => {}
            Record::Learned(id, learned) => {
                let destination = (*self.places[&id]).clone();
                self.learned.retain(|(other, _)| !other.is_same(&destination));
                self.learned.push((destination, (*learned).clone()));
            }
            Record::Delivery { destination: place, .. } => {
                self.current.insert(place, self.deliveries.len());
                self.deliveries.push((Arc::clone(&self.places[&place]), 0));
            }
            Record::DeliveryBy { destination: place, .. } => {
                assert!(self.current.contains_key(&place), "a delivery without files was recorded");
            }
            Record::DeliveryEnded(place) => {
                let destination = &self.places[&place];
                let open: Vec<usize> = (0..self.deliveries.len())
                    .filter(|&d| self.deliveries[d].0 == *destination && self.deliveries[d].1 == 0)
                    .collect();
                assert!(!open.is_empty(), "a delivery ends once, and there was none to end");
                for delivery in open {
                    self.deliveries[delivery].1 += 1;
                    let open = self.rows.iter().filter(|row| row.delivery == delivery && row.end.is_none()).count();
                    assert_eq!(open, 0, "a delivery ended with uploads open");
                }
            }
            Record::Added { upload, destination: place, folder, name, key_name, size } => {
                let delivery = self.current[&place];
                assert_eq!(self.deliveries[delivery].1, 0, "a file was added to a delivery that had ended");
                self.numbers.insert(upload, self.rows.len());
                self.rows.push(Row {
                    delivery,
                    folder,
                    name,
                    key_name,
                    size,
                    multipart: None,
                    completing: false,
                    doubted: false,
                    put_begun: false,
                    end: None,
                });
            }
            Record::Adopted(upload, place, row) => {
                let row = usize::try_from(row).expect("a row of ours");
                self.numbers.insert(upload, row);
                // Unfinished uploads of several deliveries continue as one delivery.
                let current = *self.current.entry(place).or_insert(self.rows[row].delivery);
                self.rows[row].delivery = current;
            }
            Record::Renamed(upload, name) => {
                let row = self.row(upload);
                (row.key_name, row.doubted) = (Some(name), false);
            }
            Record::Resized(upload, size) => {
                let row = self.row(upload);
                assert!(std::mem::replace(&mut row.size, size) != size, "a size was recorded that had not changed");
            }
            Record::PutsBegin(first, last) => {
                for id in first.0..=last.0 {
                    if let Some(&row) = self.numbers.get(&UploadId(id)) {
                        self.rows[row].put_begun = true;
                    }
                }
            }
            Record::PutsAnswered => {
                for row in &mut self.rows {
                    row.put_begun = false;
                }
            }
            Record::Doubted(upload) => self.row(upload).doubted = true,
            Record::Created { upload, fingerprint, upload_id, part, abort_at } => {
                let parts = Parts::new(fingerprint.size, part);
                let row = self.row(upload);
                row.completing = false;
                row.multipart = Some(Multipart { fingerprint, upload_id: Some(upload_id), abort_at, parts });
            }
            Record::Part(upload, number, done) => {
                let multipart = self.row(upload).multipart.as_mut().expect("a part of an upload that was created");
                assert!(multipart.parts.get(number).is_none(), "a part was recorded twice");
                multipart.parts.put(number, done);
            }
            Record::Completing(upload) => self.row(upload).completing = true,
            Record::Restarted(upload) => {
                let row = self.row(upload);
                row.multipart = None;
                row.completing = false;
            }
            Record::Ended(upload, end) => {
                let row = self.row(upload);
                let again = row.end.as_ref().is_some_and(|before| !matches!(before, End::Canceled));
                assert!(row.end.is_none() || again && matches!(end, End::Canceled), "an upload ended twice");
                row.end = Some(end);
            }
            Record::Reopened(upload) => {
                let row = self.row(upload);
                assert!(row.end.take().is_some(), "an upload was opened again that had not ended");
                row.completing = false;
                let delivery = row.delivery;
                self.deliveries[delivery].1 = 0;
            }
        }
    }

    pub fn row(&mut self, upload: UploadId) -> &mut Row {
        &mut self.rows[self.numbers[&upload]]
    }

    /// Returns what the next run restores.
    pub fn kept(&mut self) -> Kept {
        let mut kept = Kept { learned: self.learned.clone(), ..Kept::default() };
        self.places.clear();
        self.current.clear();
        self.numbers.clear();
        for destination in self.destinations.clone() {
            kept.destinations.push((*destination).clone());
            let open = |row: &&(usize, &Row)| {
                let (of, ended) = &self.deliveries[row.1.delivery];
                *of == destination && *ended == 0 && !matches!(row.1.end, Some(End::Canceled))
            };
            let rows: Vec<_> = self.rows.iter().enumerate().collect();
            let uploads: Vec<_> = rows.iter().filter(open).map(|(id, row)| unfinished(*id, row)).collect();
            if !uploads.is_empty() {
                kept.unfinished.push(((*destination).clone(), uploads));
            }
        }
        kept
    }
}

fn unfinished(id: usize, row: &Row) -> Unfinished {
    Unfinished {
        row: i64::try_from(id).expect("few rows"),
        folder: Arc::clone(&row.folder),
        name: Arc::clone(&row.name),
        key_name: row.key_name.clone(),
        size: row.size,
        multipart: row.multipart.clone(),
        completing: row.completing,
        doubted: row.doubted,
        put_begun: row.put_begun,
        came: match &row.end {
            None => EarlierState::Open,
            Some(End::Delivered(stored)) => EarlierState::Delivered(stored.proof, stored.fingerprint.modified),
            Some(End::AlreadyThere) => EarlierState::AlreadyThere,
            Some(End::NotConfirmed) => EarlierState::NotConfirmed,
            Some(End::Failed(problem)) => EarlierState::Failed(Arc::clone(problem)),
            Some(End::Canceled) => unreachable!("what the person took out stays out"),
        },
    }
}
