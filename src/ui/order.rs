//! The order of the rows: what needs the person first, then moving, waiting, delivered; cheap with a million of them.

use crate::model::rows::{CHUNK, Chunk, Rows};
use crate::model::upload::{DestinationId, State, UploadId};
use std::sync::Arc;

const GROUPS: usize = 4;

/// The rows of one destination in the order they are shown.
///
/// Each chunk of rows keeps its own share of every group, worked out again only when the chunk is another
/// one than before; what a frame costs grows with what changed, not with how much there is.
#[derive(Default)]
pub struct Order {
    place: DestinationId,
    len: usize,
    chunks: Vec<Sorted>,
    /// For each group, how many rows all chunks up to and including one hold.
    sums: [Vec<u32>; GROUPS],
}

struct Sorted {
    of: Arc<Chunk>,
    groups: [Vec<u16>; GROUPS],
}

impl Order {
    /// Takes over what changed and says for how many rows the place was worked out again.
    ///
    /// With `hold` the rows keep their places, unless rows came or the destination is another one.
    pub fn update(&mut self, rows: &Rows, place: DestinationId, hold: bool) -> usize {
        let same = self.place == place && self.len == rows.len();
        if same && hold {
            return 0;
        }
        if self.place != place || rows.chunks().len() < self.chunks.len() {
            self.chunks.clear();
        }
        self.place = place;
        self.len = rows.len();
        let mut sorted = 0;
        for (at, chunk) in rows.chunks().iter().enumerate() {
            if self.chunks.get(at).is_some_and(|known| Arc::ptr_eq(&known.of, chunk)) {
                continue;
            }
            let fresh = Sorted { groups: groups(chunk, place), of: Arc::clone(chunk) };
            sorted += chunk.rows().len();
            match self.chunks.get_mut(at) {
                Some(known) => *known = fresh,
                None => self.chunks.push(fresh),
            }
        }
        if sorted > 0 || !same {
            self.sum();
        }
        sorted
    }

    fn sum(&mut self) {
        for (group, sums) in self.sums.iter_mut().enumerate() {
            sums.clear();
            let mut total = 0_u32;
            for chunk in &self.chunks {
                total = total.saturating_add(u32::try_from(chunk.groups[group].len()).unwrap_or(u32::MAX));
                sums.push(total);
            }
        }
    }

    fn in_group(&self, group: usize) -> usize {
        self.sums[group].last().copied().unwrap_or(0) as usize
    }

    /// Returns how many rows are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        (0..GROUPS).map(|group| self.in_group(group)).sum()
    }

    /// Returns whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the upload that stands at this place of the list.
    #[must_use]
    pub fn at(&self, mut index: usize) -> Option<UploadId> {
        for (group, sums) in self.sums.iter().enumerate() {
            let here = self.in_group(group);
            if index >= here {
                index -= here;
                continue;
            }
            let wanted = u32::try_from(index).ok()?;
            let chunk = sums.partition_point(|&upto| upto <= wanted);
            let before = if chunk == 0 { 0 } else { sums[chunk - 1] as usize };
            let within = *self.chunks.get(chunk)?.groups[group].get(index - before)?;
            return u32::try_from(chunk * CHUNK + usize::from(within)).ok().map(UploadId);
        }
        None
    }
}

fn groups(chunk: &Chunk, place: DestinationId) -> [Vec<u16>; GROUPS] {
    let mut groups: [Vec<u16>; GROUPS] = Default::default();
    for (at, upload) in chunk.rows().iter().enumerate() {
        if upload.destination != place {
            continue;
        }
        if let (Some(group), Ok(at)) = (group(&upload.state), u16::try_from(at)) {
            groups[group].push(at);
        }
    }
    groups
}

const fn group(state: &State) -> Option<usize> {
    match state {
        State::AlreadyThere | State::NotConfirmed | State::Failed(_) => Some(0),
        State::Sending(_) | State::Confirming | State::Preparing => Some(1),
        State::Waiting | State::Retrying(..) | State::Paused => Some(2),
        State::Delivered(_) => Some(3),
        State::Canceled => None,
    }
}
