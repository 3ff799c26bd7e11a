//! Taking files into the queue: walks, keys that collide, and the deliveries that files belong to.

use super::Model;
use super::event::{Before, Effect, Found, FoundAgain};
use super::lane::DeliveryState;
use super::parts::{Parts, Plan};
use super::record::Record;
use super::rows::Rows;
use super::session::Session;
use super::snapshot::{SkipCounts, SkipReason, Skipped, Totals};
use super::upload::{DestinationId, Folder, Proof, State, Upload, UploadId};
use crate::time::Utc;
use std::hash::{BuildHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The longest key that S3 takes, in bytes of UTF-8 (S3 User Guide, `object-keys`).
pub(super) const KEY_MAX: usize = 1024;
/// How many of the files skipped for one reason are listed.
const LEFT_OUT_NAMED: u64 = 1000;

impl Model {
    /// Takes files and folders into the queue.
    pub(super) fn add(&mut self, at: DestinationId, paths: Vec<PathBuf>, fx: &mut Vec<Effect>) {
        if paths.is_empty() {
            return;
        }
        let anew = self.count_anew(at);
        let lane = &mut self.lanes[at];
        lane.moved_to = None;
        if anew {
            lane.shown.left_out = Arc::default();
            lane.shown.left_out_count = SkipCounts::default();
            lane.delivered_earlier.clear();
        }
        if lane.stopped_walks > 0 {
            // What a stopped walk still reports must not be taken for a report of this one.
            lane.walk_next.extend(paths);
            lane.shown.walking = lane.shown.walking.max(1);
            return;
        }
        lane.shown.walking += 1;
        fx.push(Effect::Walk(at, paths));
    }

    /// Begins a new delivery with what is added next, if all of the last one has ended; returns whether it did.
    fn count_anew(&mut self, at: DestinationId) -> bool {
        let first = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let now = self.now;
        let lane = &mut self.lanes[at];
        let anew = lane.shown.walking == 0 && (lane.shown.totals.files == 0 || lane.shown.totals.done());
        if anew {
            lane.shown.totals = Totals { first, began: now, ..Totals::default() };
            lane.delivery.complete();
        }
        anew
    }

    /// Takes in the file at `path` that was skipped because it was delivered earlier; without a path, all of them.
    pub(super) fn send_again(&mut self, at: DestinationId, path: Option<&Path>, fx: &mut Vec<Effect>) {
        let lane = &mut self.lanes[at];
        let wanted =
            |(folder, file): &(Arc<Folder>, Found)| path.is_none_or(|path| folder.dir.join(&*file.name) == path);
        let (again, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut lane.delivered_earlier).into_iter().partition(wanted);
        lane.delivered_earlier = rest;
        if again.is_empty() {
            return;
        }
        self.count_anew(at);
        let shown = &mut self.lanes[at].shown;
        let stays = |skipped: &Skipped| {
            !matches!(skipped.why, SkipReason::Earlier(_)) || path.is_some_and(|path| skipped.path != path)
        };
        Arc::make_mut(&mut shown.left_out).retain(stays);
        shown.left_out_count.remove(SkipReason::Earlier(Utc(0)), again.len() as u64);
        for (folder, file) in again {
            self.take_in(at, &folder, file, &[], fx);
        }
    }

    /// Takes in that a walk has ended, by itself or because it was stopped.
    pub(super) fn walked(&mut self, at: DestinationId, fx: &mut Vec<Effect>) {
        let lane = &mut self.lanes[at];
        if lane.stopped_walks == 0 {
            lane.shown.walking = lane.shown.walking.saturating_sub(1);
            return;
        }
        lane.stopped_walks -= 1;
        if lane.stopped_walks == 0 && !lane.walk_next.is_empty() {
            fx.push(Effect::Walk(at, std::mem::take(&mut lane.walk_next)));
        }
    }

    /// Stops the walks of a destination.
    pub(super) fn stop_walks(&mut self, at: DestinationId, fx: &mut Vec<Effect>) {
        let lane = &mut self.lanes[at];
        if lane.stopped_walks == 0 {
            lane.stopped_walks = lane.shown.walking;
        }
        lane.walk_next.clear();
        lane.shown.walking = 0;
        fx.push(Effect::StopWalks(at));
    }

    pub(super) fn note_skipped(&mut self, at: DestinationId, path: PathBuf, why: SkipReason) {
        let place = &mut self.lanes[at].shown;
        place.left_out_count.add(why);
        if place.left_out_count.of(why) <= LEFT_OUT_NAMED {
            Arc::make_mut(&mut place.left_out).push(Skipped { path, why });
        }
    }

    /// Takes in files of one folder that a walk found.
    pub(super) fn found(&mut self, at: DestinationId, folder: &Arc<Folder>, found: Vec<Found>, fx: &mut Vec<Effect>) {
        if !self.lanes[at].takes_found() {
            return;
        }
        let to = self.lanes[at].moved_to.unwrap_or(at);
        for file in found {
            self.take_in(to, folder, file, &[], fx);
        }
    }

    /// Takes in files that a walk found and of which this version or an earlier one was delivered before.
    pub(super) fn found_again(
        &mut self,
        at: DestinationId,
        folder: &Arc<Folder>,
        found: Vec<FoundAgain>,
        fx: &mut Vec<Effect>,
    ) {
        if !self.lanes[at].takes_found() {
            return;
        }
        let moved = self.lanes[at].moved_to;
        for again in found {
            // What was delivered before the destination was changed says nothing of the new one.
            let before = if moved.is_none() { again.before.as_slice() } else { &[] };
            self.take_in(moved.unwrap_or(at), folder, again.file, before, fx);
        }
    }

    /// Takes in a file of which `before` was delivered earlier.
    pub(super) fn take_in(
        &mut self,
        at: DestinationId,
        folder: &Arc<Folder>,
        file: Found,
        before: &[Before],
        fx: &mut Vec<Effect>,
    ) {
        let prefix = self.lanes[at].shown.destination.prefix.as_str().len();
        let path = || folder.dir.join(&*file.name);
        if Plan::of(file.size).is_none() {
            return self.note_skipped(at, path(), SkipReason::TooLarge);
        }
        let name = file.key_name.as_ref().unwrap_or(&file.name);
        let mut key_name = file.key_name.clone();
        let mut twin = 1_u32;
        let mut earlier = None;
        let key = loop {
            let candidate = key_name.as_ref().unwrap_or(&file.name);
            if prefix + folder.key.len() + candidate.len() > KEY_MAX {
                return self.note_skipped(at, path(), SkipReason::NameTooLong);
            }
            let key = key_hash(&self.lanes[at].keys, &folder.key, candidate);
            let Some((other, row)) = self.row_with(at, key) else {
                match before.iter().rev().find(|delivered| delivered.same) {
                    Some(Before { stored, .. }) if stored.proof != Proof::NoChecksum => {
                        self.note_skipped(at, path(), SkipReason::Earlier(stored.at));
                        return self.lanes[at].delivered_earlier.push((Arc::clone(folder), file));
                    }
                    // Its server confirmed no checksum then: it is sent again, and if its key is taken, that is this file.
                    Some(Before { stored, .. }) => {
                        earlier = Some(stored.clone());
                        break key;
                    }
                    None => {}
                }
                if before.iter().all(|delivered| delivered.last != *candidate) {
                    break key;
                }
                // It has changed since: it goes up under another key, as it does within a run.
                twin += 1;
                key_name = Some(numbered(name, twin).into());
                continue;
            };
            let same_key = *row.folder.key == *folder.key && row.key_name.as_ref().unwrap_or(&row.name) == candidate;
            // A file that was delivered and has changed since goes up under another key.
            let version = before.iter().rev().find(|delivered| delivered.last == *candidate);
            let changed = matches!(row.state, State::Delivered(_))
                && version.map_or_else(
                    || row.size != file.size || row.modified != Upload::kept_time(file.modified),
                    |version| !version.same,
                );
            if same_key && row.folder.dir == folder.dir && row.name == file.name && !changed {
                if !self.stopped_earlier(at, other) {
                    return self.add_again(at, other, path(), fx);
                }
                // It failed in an earlier delivery: it belongs to this one from now on.
                self.cancel_one(other, fx);
                break key;
            }
            twin += 1;
            key_name = Some(numbered(name, twin).into());
        };
        self.begin_delivery(at, fx);
        let size = file.size;
        let (folder_of, state) = (Arc::clone(folder), State::Canceled);
        let upload = Upload { destination: at, folder: folder_of, name: file.name, key_name, size, modified: 0, state };
        let record = Record::Added {
            upload: UploadId(u32::try_from(self.rows.len()).unwrap_or(u32::MAX)),
            destination: at,
            folder: Arc::clone(folder),
            name: Arc::clone(&upload.name),
            key_name: upload.key_name.clone(),
            size,
        };
        fx.push(Effect::Record(record));
        let upload_no = self.rows.push(upload);
        self.lanes[at].keys.insert(key, upload_no);
        self.enter(at, upload_no, size, State::Waiting);
        self.lanes[at].queue.push_back(upload_no);
        if let Some(stored) = earlier {
            self.lanes[at].stored_earlier.insert(upload_no, stored);
        }
        if self.lanes[at].doubts.contains(&key) {
            // An upload that was canceled may have stored it.
            fx.push(Effect::Record(Record::Doubted(upload_no)));
        }
    }

    /// Returns the upload that has this key in this run.
    fn row_with(&self, at: DestinationId, key: u64) -> Option<(UploadId, &Upload)> {
        let other = *self.lanes[at].keys.get(&key)?;
        Some((other, &self.rows[other]))
    }

    /// Gives a new row its state and counts it.
    pub(super) fn enter(&mut self, at: DestinationId, upload: UploadId, size: u64, state: State) {
        let lane = &mut self.lanes[at];
        lane.shown.totals.count(size, &state, true);
        lane.shown.totals.ended = None;
        lane.count(&state, true);
        self.rows[upload].state = state;
    }

    /// Takes in a file that is in the list already: retries it if it stopped, otherwise skips it.
    fn add_again(&mut self, at: DestinationId, upload: UploadId, path: PathBuf, fx: &mut Vec<Effect>) {
        match self.rows[upload].state {
            State::Paused if self.parked(upload) => self.requeue(upload, true),
            State::Failed(_) | State::Canceled => {
                self.retry(super::snapshot::Which::One(upload), fx);
            }
            State::Waiting
            | State::Retrying(..)
            | State::Paused
            | State::Preparing
            | State::Sending(_)
            | State::Confirming
            | State::Delivered(_)
            | State::AlreadyThere
            | State::NotConfirmed => self.note_skipped(at, path, SkipReason::Twice),
        }
    }

    /// Whether this upload failed in a delivery before the current one.
    fn stopped_earlier(&self, at: DestinationId, upload: UploadId) -> bool {
        let first = self.lanes[at].shown.totals.first;
        upload.0 < first && matches!(self.rows[upload].state, State::Failed(_))
    }

    fn parked(&self, upload: UploadId) -> bool {
        self.limits.park_restored && self.rows[upload].state == State::Paused
    }

    pub(super) fn begin_delivery(&mut self, at: DestinationId, fx: &mut Vec<Effect>) {
        let lane = &self.lanes[at];
        if matches!(lane.delivery, DeliveryState::Open { .. }) {
            return;
        }
        let account = lane.shown.destination.owner().as_str().into();
        let (who, session) = self.who_delivers(at);
        self.lanes[at].delivery = DeliveryState::Open { signed: !session.is_empty() };
        fx.push(Effect::Record(Record::Delivery { destination: at, account, who, session }));
    }

    /// Records who delivers once there is access, if the delivery began before.
    pub(super) fn sign_delivery(&mut self, at: DestinationId, fx: &mut Vec<Effect>) {
        if self.lanes[at].delivery.sign() {
            let (who, session) = self.who_delivers(at);
            fx.push(Effect::Record(Record::DeliveryBy { destination: at, who, session }));
        }
    }

    /// Returns the name of the identity, or else of the profile, and the name of the session, if there is one.
    fn who_delivers(&self, at: DestinationId) -> (Box<str>, Box<str>) {
        let place = &self.lanes[at].shown;
        let who = self.identities.iter().find_map(|(profile, identity)| match identity {
            Ok(identity) if *profile == place.destination.profile => Some(identity.name.clone()),
            Ok(_) | Err(_) => None,
        });
        let session = match &place.session {
            Session::Active(grant) | Session::Expired(grant) => grant.name.clone(),
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => Box::default(),
        };
        (who.unwrap_or_else(|| place.destination.profile.as_str().into()), session)
    }

    /// Records the end of a delivery once all of its files have ended.
    pub(super) fn close_delivery(&mut self, at: DestinationId, fx: &mut Vec<Effect>) {
        let lane = &mut self.lanes[at];
        if lane.delivery != DeliveryState::Ended && lane.shown.walking == 0 && lane.open == 0 {
            lane.delivery = DeliveryState::Ended;
            fx.push(Effect::Record(Record::DeliveryEnded(at)));
        }
    }
}

pub(super) fn done_parts(parts: &Parts) -> std::collections::BTreeSet<u32> {
    (1..=parts.count()).filter(|&number| parts.get(number).is_some()).collect()
}

pub(super) fn key_hash(keys: &super::lane::KeyIndex, folder: &str, name: &str) -> u64 {
    let mut hasher = keys.hasher().build_hasher();
    folder.hash(&mut hasher);
    name.hash(&mut hasher);
    hasher.finish()
}

/// `report.pdf` → `report (2).pdf`; a name that is all extension keeps it at the end.
pub(super) fn numbered(name: &str, number: u32) -> String {
    match name.rfind('.') {
        Some(dot) if dot > 0 => format!("{} ({number}){}", &name[..dot], &name[dot..]),
        Some(_) | None => format!("{name} ({number})"),
    }
}

/// `report (2).pdf` → `report.pdf` and 2; a name without a number counts as the first.
pub(super) fn unnumbered(name: &str) -> (String, u32) {
    let dot = name.rfind('.').filter(|&dot| dot > 0).unwrap_or(name.len());
    let (stem, rest) = name.split_at(dot);
    let number = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" ("));
    match number.and_then(|(stem, digits)| Some((stem, digits.parse::<u32>().ok()?))) {
        Some((stem, number)) if number > 1 && number < 1_000_000 => (format!("{stem}{rest}"), number),
        Some(_) | None => (name.to_owned(), 1),
    }
}

impl Model {
    /// Returns an upload's destination and the hash of its key.
    pub(super) fn hash_of(&self, id: UploadId) -> (DestinationId, u64) {
        let row = &self.rows[id];
        let name = row.key_name.as_ref().unwrap_or(&row.name);
        (row.destination, key_hash(&self.lanes[row.destination].keys, &row.folder.key, name))
    }
}

/// Returns all uploads of a destination.
pub(super) fn uploads_to(rows: &Rows, place: DestinationId) -> Vec<UploadId> {
    rows.iter().filter(|(_, upload)| upload.destination == place).map(|(id, _)| id).collect()
}
