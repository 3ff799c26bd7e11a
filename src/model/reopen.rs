//! A file that is opened: begun with, or gone on with where it still is the file that was begun.

use super::Model;
use super::event::Effect;
use super::intake::done_parts;
use super::parts::{PART_USUAL, PUT_MAX, Parts, Plan};
use super::problem::{Kind, Problem};
use super::record::Record;
use super::restore::thrown_away;
use super::session::Session;
use super::upload::{Fingerprint, Multipart, UploadId};
use crate::time::Utc;

impl Model {
    /// The file is open: go on with what was begun for exactly this file, or begin.
    pub(super) fn opened(&mut self, id: UploadId, fingerprint: Fingerprint, fx: &mut Vec<Effect>) {
        self.obey_abort_date(id, fx);
        let Some(work) = self.work.get_mut(&id) else { return };
        work.opened = Some(fingerprint);
        if let Some(multipart) = &mut work.multipart
            && !multipart.fingerprint.is_same(&fingerprint)
        {
            let then = multipart.fingerprint;
            if multipart.upload_id.is_none() {
                work.multipart = None;
            } else if then.size == fingerprint.size {
                // Many file systems number their files anew at each mount, and programs for backup and synchronization touch
                // files without changing them. Whether it is the file of before, its bytes tell.
                multipart.fingerprint = fingerprint;
                work.unread = done_parts(&multipart.parts);
            } else {
                // Parts of another version of the file are of no use; nothing of a mix may ever be completed.
                return self.fail(id, &Problem::new(Kind::SourceChanged), fx);
            }
        }
        self.set_size(id, fingerprint.size, fx);
        let at = self.seen.rows.get(id).map_or(0, |row| usize::from(row.place.0));
        let plan = match self.plan_for(at, fingerprint.size) {
            Ok(plan) => plan,
            Err(kind) => return self.fail(id, &Problem::new(kind), fx),
        };
        let Some(work) = self.work.get_mut(&id) else { return };
        if work.whole && fingerprint.size > PART_USUAL && fingerprint.size <= PUT_MAX {
            return;
        }
        work.whole = false;
        if work.multipart.is_none() {
            match plan {
                Plan::Put(_) => self.requeue(id, true),
                Plan::Multipart { size, part } => {
                    work.multipart =
                        Some(Multipart { fingerprint, upload_id: None, abort_at: None, parts: Parts::new(size, part) });
                }
            }
        }
    }

    /// A part of an earlier run was read again.
    pub(super) fn read_again(&mut self, id: UploadId, number: u32, crc: u64, fx: &mut Vec<Effect>) {
        let Some(work) = self.work.get_mut(&id) else { return };
        let Some(multipart) = &mut work.multipart else { return };
        work.unread.remove(&number);
        if multipart.parts.get(number).is_some_and(|done| done.crc != crc) {
            return self.fail(id, &Problem::new(Kind::SourceChanged), fx);
        }
        self.show_progress(id);
    }

    /// Gives up parts whose last day has passed while the upload stood still: S3 throws them away at any time.
    fn obey_abort_date(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let now = self.time_of_day(id);
        let Some(work) = self.work.get_mut(&id) else { return };
        if work.completing || !work.multipart.as_ref().is_some_and(|multipart| thrown_away(multipart, now)) {
            return;
        }
        let before = work.multipart.take();
        work.unread.clear();
        work.resumed = None;
        self.keep_until(id, None);
        self.abort_later(id, before);
        fx.push(Effect::Record(Record::Restarted(id)));
    }

    /// The time of day as the session of this upload's destination tells it.
    fn time_of_day(&self, id: UploadId) -> Option<Utc> {
        let row = self.seen.rows.get(id)?;
        let grant = match &self.seen.places.get(usize::from(row.place.0))?.session {
            Session::Active(grant) | Session::Expired(grant) => grant,
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => return None,
        };
        let left = i64::try_from(grant.ends.since(self.seen.now).as_secs()).ok()?;
        Some(Utc(grant.ends_utc.0.saturating_sub(left)))
    }
}
