//! Restoring what an earlier run left: destinations, settings, and the uploads of deliveries that have not ended.

use super::Model;
use super::event::Effect;
use super::intake::{done_parts, key_hash};
use super::lane::DeliveryState;
use super::parts::Plan;
use super::record::{EarlierState, Kept, Record, Unfinished};
use super::snapshot::Totals;
use super::upload::{DestinationId, Multipart, State, Upload};
use super::work::{CompleteState, Work};
use crate::time::Utc;
use std::sync::Arc;

impl Model {
    /// Restores what earlier runs left.
    pub(super) fn restored(&mut self, kept: Kept, fx: &mut Vec<Effect>) {
        self.remembered = Arc::new(kept.destinations);
        self.learned = kept.learned;
        if let Some(settings) = kept.settings {
            self.congestion.set_memory(settings.bodies());
            self.settings = settings.clone();
            fx.push(Effect::Use(settings));
        }
        let mut puts_begun = false;
        for (destination, uploads) in kept.unfinished {
            let id = self.open(destination, fx);
            let first = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
            let now = self.now;
            let totals = &mut self.lanes[id].shown.totals;
            if totals.files == 0 {
                *totals = Totals { first, began: now, ..Totals::default() };
            }
            puts_begun |= uploads.iter().any(|upload| upload.put_begun);
            for upload in uploads {
                self.restore_upload(id, upload, kept.now, fx);
            }
            // The journal may not know who delivers; if it does, it keeps that.
            self.lanes[id].delivery = DeliveryState::Open { signed: false };
            self.close_delivery(id, fx);
        }
        if puts_begun {
            fx.push(Effect::Record(Record::PutsAnswered));
        }
    }

    /// Restores one upload of an earlier run; `now` is the time of day, if it is known.
    fn restore_upload(&mut self, at: DestinationId, upload: Unfinished, now: Option<Utc>, fx: &mut Vec<Effect>) {
        let (state, modified) = match &upload.came {
            EarlierState::Open if self.limits.park_restored => (State::Paused, 0),
            EarlierState::Open => (State::Waiting, 0),
            EarlierState::Delivered(proof, modified) => (State::Delivered(*proof), Upload::kept_time(*modified)),
            EarlierState::AlreadyThere => (State::AlreadyThere, 0),
            EarlierState::NotConfirmed => (State::NotConfirmed, 0),
            EarlierState::Failed(problem) => (State::Failed(Arc::clone(problem)), 0),
        };
        // A multipart upload has the size that the file had when it began.
        let size = upload.multipart.as_ref().map_or(upload.size, |multipart| multipart.parts.size());
        let upload_no = self.rows.push(Upload {
            destination: at,
            folder: Arc::clone(&upload.folder),
            name: Arc::clone(&upload.name),
            key_name: upload.key_name.clone(),
            size,
            modified,
            state: State::Canceled,
        });
        self.enter(at, upload_no, size, state);
        let name = upload.key_name.as_ref().unwrap_or(&upload.name);
        let key = key_hash(&self.lanes[at].keys, &upload.folder.key, name);
        self.lanes[at].keys.insert(key, upload_no);
        fx.push(Effect::Record(Record::Adopted(upload_no, at, upload.row)));
        let open = match &upload.came {
            EarlierState::Open => true,
            // Its parts are kept for a retry.
            EarlierState::Failed(problem) if problem.kind.keeps_parts() && upload.multipart.is_some() => false,
            EarlierState::NotConfirmed => return self.doubt(upload_no, fx),
            EarlierState::Failed(_) | EarlierState::Delivered(..) | EarlierState::AlreadyThere => return,
        };
        if open && !self.limits.park_restored {
            self.lanes[at].queue.push_back(upload_no);
        }
        let mut work = Work::new();
        let completing = open && upload.completing;
        let (multipart, gone) = match upload.multipart {
            Some(multipart) if !completing && thrown_away(&multipart, now) => (None, Some(multipart)),
            multipart => (multipart, None),
        };
        if gone.is_some() {
            fx.push(Effect::Record(Record::Restarted(upload_no)));
            self.abort_later(upload_no, gone);
        }
        if open {
            self.keep_until(upload_no, multipart.as_ref().and_then(|multipart| multipart.abort_at));
        }
        let may_be_stored = match multipart {
            // It may have arrived just before the earlier run ended.
            None => {
                let whole = matches!(Plan::of(size), Some(Plan::Put(_))) || self.is_single_put(at, size);
                open && upload.put_begun && whole
            }
            Some(multipart) => {
                if completing {
                    work.completion = CompleteState::Sent;
                }
                work.unread = done_parts(&multipart.parts);
                let percent = multipart.parts.confirmed().saturating_mul(100) / multipart.parts.size().max(1);
                work.resumed = u8::try_from(percent).ok();
                work.multipart = Some(multipart);
                completing
            }
        };
        self.work.insert(upload_no, work);
        if may_be_stored || upload.doubted {
            self.doubt(upload_no, fx);
        }
    }
}

/// Whether S3 may delete these parts at any time from now on.
pub(super) fn thrown_away(multipart: &Multipart, now: Option<Utc>) -> bool {
    multipart.abort_at.zip(now).is_some_and(|(until, now)| until <= now)
}
