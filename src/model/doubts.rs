//! Doubts: files that a request may have stored although no answer says so, in this run and for the next.
//!
//! Before a small file's PutObject goes out, the journal records that it may be out: for a range of uploads at a time, so
//! that thousands of small files cost a few records. Once no PutObject is out, the ranges are void, and only the uploads
//! whose answer was lost stay in doubt.

use super::Model;
use super::event::Effect;
use super::record::Record;
use super::upload::UploadId;
use super::work::RequestKind;

/// How many uploads after the one that is sent have to be covered by the recorded ranges.
const AHEAD: u32 = 256;
/// How many more a new range covers.
const STEP: u32 = 512;

impl Model {
    /// Records that a PutObject of this upload may be out, unless a range covers it.
    pub(super) fn put_goes_out(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let rows = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let ahead = id.0.saturating_add(AHEAD).min(rows.saturating_sub(1));
        let told = |id: u32| self.puts_told.iter().any(|&(first, last)| (first..=last).contains(&id));
        if told(id.0) && told(ahead) {
            return;
        }
        let last = id.0.saturating_add(AHEAD + STEP).min(rows.saturating_sub(1));
        let mut range = (id.0, last);
        self.puts_told.retain(|&(first, last)| {
            let touches = first <= range.1.saturating_add(1) && range.0 <= last.saturating_add(1);
            if touches {
                range = (range.0.min(first), range.1.max(last));
            }
            !touches
        });
        self.puts_told.push(range);
        fx.push(Effect::Record(Record::PutsBegin(id, UploadId(last))));
    }

    /// Voids the ranges once no PutObject is out.
    pub(super) fn void_puts(&mut self, fx: &mut Vec<Effect>) {
        if !self.puts_told.is_empty()
            && !self.in_flight.values().any(|out| matches!(out.what, RequestKind::Put | RequestKind::Whole))
        {
            self.puts_told.clear();
            fx.push(Effect::Record(Record::PutsAnswered));
        }
    }

    /// Prepares for the end of the program: records what the requests in flight may have stored.
    pub fn end(&mut self, fx: &mut Vec<Effect>) {
        let out = self.in_flight.values().filter(|out| matches!(out.what, RequestKind::Put | RequestKind::Whole));
        for id in out.map(|out| out.upload).collect::<Vec<_>>() {
            self.doubt(id, fx);
        }
        self.in_flight.clear();
        self.void_puts(fx);
    }

    /// Notes that this upload may have been stored.
    pub(super) fn doubt(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        if let Some(work) = self.work.get_mut(id) {
            work.completion.note_lost();
        }
        let (at, key) = self.hash_of(id);
        if self.lanes[at].doubts.insert(key) {
            fx.push(Effect::Record(Record::Doubted(id)));
        }
    }

    /// Whether an earlier request may have stored this upload.
    pub(super) fn in_doubt(&self, id: UploadId) -> bool {
        let (at, key) = self.hash_of(id);
        self.lanes[at].doubts.contains(&key)
    }
}
