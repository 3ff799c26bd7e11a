//! Doubts: what a request may have stored without anybody having heard so, in this run and for the next.
//!
//! Before the first request of a small file may leave, the journal is told that its PutObject may be out: for a range of
//! uploads at a time, so that thousands of small files cost a few records. Once no such request is out any more, the ranges
//! are void, and what is left are the uploads whose answer was lost.

use super::Model;
use super::event::Effect;
use super::record::Record;
use super::upload::UploadId;
use super::work::RequestKind;

/// Uploads after the one that is sent for which the journal is told ahead.
const AHEAD: u32 = 256;
/// How many more are told of at once when it comes to that.
const STEP: u32 = 512;

impl Model {
    /// A PutObject of this upload goes out.
    pub(super) fn put_goes_out(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let rows = u32::try_from(self.seen.rows.len()).unwrap_or(u32::MAX);
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

    /// Takes the ranges back once no PutObject is out.
    pub(super) fn void_puts(&mut self, fx: &mut Vec<Effect>) {
        if !self.puts_told.is_empty()
            && !self.out.values().any(|out| matches!(out.what, RequestKind::Put | RequestKind::Whole))
        {
            self.puts_told.clear();
            fx.push(Effect::Record(Record::PutsAnswered));
        }
    }

    /// The program ends: what is out is broken off, and the next run has to know what it may have stored.
    pub fn end(&mut self, fx: &mut Vec<Effect>) {
        let out = self.out.values().filter(|out| matches!(out.what, RequestKind::Put | RequestKind::Whole));
        for id in out.map(|out| out.upload).collect::<Vec<_>>() {
            self.doubt(id, fx);
        }
        self.out.clear();
        self.void_puts(fx);
    }

    /// From now on it is open whether what stands under this upload's key is its own.
    pub(super) fn doubt(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        if let Some(work) = self.work.get_mut(&id) {
            work.maybe_done = work.completing;
        }
        if let Some((at, key)) = self.hash_of(id)
            && let Some(desk) = self.desks.get_mut(at)
            && desk.doubts.insert(key)
        {
            fx.push(Effect::Record(Record::Doubted(id)));
        }
    }

    /// Whether an earlier request may have stored this upload.
    pub(super) fn in_doubt(&self, id: UploadId) -> bool {
        let of = |(at, key): (usize, u64)| self.desks.get(at).is_some_and(|desk| desk.doubts.contains(&key));
        self.hash_of(id).is_some_and(of)
    }
}
