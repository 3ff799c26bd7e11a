//! Opening a file: its upload begins, or goes on if it is still the file that was begun.

use super::Model;
use super::event::Effect;
use super::intake::done_parts;
use super::parts::{PART_USUAL, PUT_MAX, Parts, Plan};
use super::problem::{Kind, Problem};
use super::record::Record;
use super::restore::thrown_away;
use super::session::Session;
use super::upload::{Fingerprint, Multipart, UploadId};
use super::work::CompleteState;
use crate::time::Utc;

impl Model {
    /// Goes on with the upload that was begun for exactly this file, or begins one.
    pub(super) fn opened(&mut self, id: UploadId, fingerprint: Fingerprint, fx: &mut Vec<Effect>) {
        self.obey_abort_date(id, fx);
        let work = self.work.begun(id);
        work.opened = Some(fingerprint);
        if let Some(multipart) = &mut work.multipart
            && !multipart.fingerprint.is_same(&fingerprint)
        {
            let then = multipart.fingerprint;
            if multipart.upload_id.is_none() {
                work.multipart = None;
            } else if then.size == fingerprint.size {
                // Many file systems number their files at each mount, and backup programs touch files without changing them: the
                // bytes decide whether it is the same file.
                multipart.fingerprint = fingerprint;
                work.unread = done_parts(&multipart.parts);
            } else {
                // Parts of two versions of a file must never be completed together.
                return self.fail(id, &Problem::new(Kind::SourceChanged), fx);
            }
        }
        self.set_size(id, fingerprint.size, fx);
        let plan = match self.plan_for(self.rows[id].destination, fingerprint.size) {
            Ok(plan) => plan,
            Err(kind) => return self.fail(id, &Problem::new(kind), fx),
        };
        let work = self.work.begun(id);
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

    /// Compares a part of an earlier run with the file.
    pub(super) fn read_again(&mut self, id: UploadId, number: u32, crc: u64, fx: &mut Vec<Effect>) {
        let work = self.work.begun(id);
        let Some(multipart) = &mut work.multipart else { return };
        work.unread.remove(&number);
        if multipart.parts.get(number).is_some_and(|done| done.crc != crc) {
            return self.fail(id, &Problem::new(Kind::SourceChanged), fx);
        }
        self.show_progress(id);
    }

    /// Gives up parts that S3 may delete at any time, because the date until which it keeps them has passed.
    fn obey_abort_date(&mut self, id: UploadId, fx: &mut Vec<Effect>) {
        let now = self.time_of_day(id);
        let work = self.work.begun(id);
        if work.completion != CompleteState::NotSent
            || !work.multipart.as_ref().is_some_and(|multipart| thrown_away(multipart, now))
        {
            return;
        }
        let before = work.multipart.take();
        work.unread.clear();
        work.resumed = None;
        self.keep_until(id, None);
        self.abort_later(id, before);
        fx.push(Effect::Record(Record::Restarted(id)));
    }

    /// Returns the time of day by the server's clock, as the session's Expiration tells it.
    fn time_of_day(&self, id: UploadId) -> Option<Utc> {
        let grant = match &self.lanes[self.rows[id].destination].shown.session {
            Session::Active(grant) | Session::Expired(grant) => grant,
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => return None,
        };
        let left = i64::try_from(grant.ends.since(self.now).as_secs()).ok()?;
        Some(Utc(grant.ends_utc.0.saturating_sub(left)))
    }
}
