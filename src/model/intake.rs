//! Taking files into the queue: walks, twins, deliveries, and what an earlier run left.

use super::Model;
use super::event::{Before, Effect, Found, FoundAgain};
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

/// The longest key S3 takes, in bytes of UTF-8 (S3 User Guide, `object-keys`).
pub(super) const KEY_MAX: usize = 1024;
/// How many of what was left out for one reason are named.
const LEFT_OUT_NAMED: u64 = 1000;

impl Model {
    /// Takes files and folders into the queue.
    pub(super) fn add(&mut self, id: DestinationId, paths: Vec<PathBuf>, fx: &mut Vec<Effect>) {
        if paths.is_empty() {
            return;
        }
        let anew = self.count_anew(id);
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        desk.moved_to = None;
        if anew {
            place.left_out = Arc::default();
            place.left_out_count = SkipCounts::default();
            desk.delivered_earlier.clear();
        }
        if desk.stopped_walks > 0 {
            // What a stopped walk still tells must not be taken for a word of this one.
            desk.walk_next.extend(paths);
            place.walking = place.walking.max(1);
            return;
        }
        place.walking += 1;
        fx.push(Effect::Walk(id, paths));
    }

    /// Begins a new delivery with what is added next, if all of the last one has ended; returns whether it did.
    fn count_anew(&mut self, id: DestinationId) -> bool {
        let first = u32::try_from(self.seen.rows.len()).unwrap_or(u32::MAX);
        let now = self.seen.now;
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return false };
        let anew = place.walking == 0 && (place.totals.files == 0 || place.totals.done());
        if anew {
            place.totals = Totals { first, began: now, ..Totals::default() };
            desk.delivery_due = true;
        }
        anew
    }

    /// Takes in what was left out because it was delivered earlier: the file at `path`, or all of it.
    pub(super) fn send_again(&mut self, id: DestinationId, path: Option<&Path>, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let Some(desk) = self.desks.get_mut(at) else { return };
        let wanted =
            |(folder, file): &(Arc<Folder>, Found)| path.is_none_or(|path| folder.dir.join(&*file.name) == path);
        let (again, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut desk.delivered_earlier).into_iter().partition(wanted);
        desk.delivered_earlier = rest;
        if again.is_empty() {
            return;
        }
        self.count_anew(id);
        if let Some(place) = self.seen.places.get_mut(at) {
            let left_out = |left: &Skipped| {
                !matches!(left.why, SkipReason::Earlier(_)) || path.is_some_and(|path| left.path != path)
            };
            Arc::make_mut(&mut place.left_out).retain(left_out);
            place.left_out_count.remove(SkipReason::Earlier(Utc(0)), again.len() as u64);
        }
        for (folder, file) in again {
            self.take_in(id, &folder, file, &[], fx);
        }
    }

    /// A walk has ended, by itself or because it was stopped.
    pub(super) fn walked(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        if desk.stopped_walks == 0 {
            place.walking = place.walking.saturating_sub(1);
            return;
        }
        desk.stopped_walks -= 1;
        if desk.stopped_walks == 0 && !desk.walk_next.is_empty() {
            fx.push(Effect::Walk(id, std::mem::take(&mut desk.walk_next)));
        }
    }

    /// Stops the walks of a destination.
    pub(super) fn stop_walks(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        if desk.stopped_walks == 0 {
            desk.stopped_walks = place.walking;
        }
        desk.walk_next.clear();
        place.walking = 0;
        fx.push(Effect::StopWalks(id));
    }

    pub(super) fn left_out(&mut self, id: DestinationId, path: PathBuf, why: SkipReason) {
        let Some(place) = self.place_mut(id) else { return };
        place.left_out_count.add(why);
        if place.left_out_count.of(why) <= LEFT_OUT_NAMED {
            Arc::make_mut(&mut place.left_out).push(Skipped { path, why });
        }
    }

    /// A walk found files of one folder.
    pub(super) fn found(&mut self, id: DestinationId, folder: &Arc<Folder>, found: Vec<Found>, fx: &mut Vec<Effect>) {
        let stopped = self.desks.get(usize::from(id.0)).is_none_or(|desk| desk.stopped_walks > 0);
        if stopped || self.place_mut(id).is_none_or(|place| place.walking == 0) {
            return;
        }
        let to = self.desks.get(usize::from(id.0)).and_then(|desk| desk.moved_to).unwrap_or(id);
        for file in found {
            self.take_in(to, folder, file, &[], fx);
        }
    }

    /// A walk found files of one folder that were delivered before, in this version or another.
    pub(super) fn found_again(
        &mut self,
        id: DestinationId,
        folder: &Arc<Folder>,
        found: Vec<FoundAgain>,
        fx: &mut Vec<Effect>,
    ) {
        let stopped = self.desks.get(usize::from(id.0)).is_none_or(|desk| desk.stopped_walks > 0);
        if stopped || self.place_mut(id).is_none_or(|place| place.walking == 0) {
            return;
        }
        let moved = self.desks.get(usize::from(id.0)).and_then(|desk| desk.moved_to);
        for again in found {
            // What was delivered to the destination of before says nothing of the one that it became.
            let before = if moved.is_none() { again.before.as_slice() } else { &[] };
            self.take_in(moved.unwrap_or(id), folder, again.file, before, fx);
        }
    }

    /// Takes a file in, `before` being what was delivered of it.
    pub(super) fn take_in(
        &mut self,
        id: DestinationId,
        folder: &Arc<Folder>,
        file: Found,
        before: &[Before],
        fx: &mut Vec<Effect>,
    ) {
        let at = usize::from(id.0);
        let Some(prefix) = self.seen.places.get(at).map(|p| p.destination.prefix.as_str().len()) else { return };
        let path = || folder.dir.join(&*file.name);
        if Plan::of(file.size).is_none() {
            return self.left_out(id, path(), SkipReason::TooLarge);
        }
        let name = file.key_name.as_ref().unwrap_or(&file.name);
        let mut key_name = file.key_name.clone();
        let mut twin = 1_u32;
        let mut earlier = None;
        let key = loop {
            let candidate = key_name.as_ref().unwrap_or(&file.name);
            if prefix + folder.key.len() + candidate.len() > KEY_MAX {
                return self.left_out(id, path(), SkipReason::NameTooLong);
            }
            let key = key_hash(&self.desks[at].keys, &folder.key, candidate);
            let Some((other, row)) = self.row_with(at, key) else {
                match before.iter().rev().find(|delivered| delivered.same) {
                    Some(Before { stored, .. }) if stored.proof != Proof::NoChecksum => {
                        self.left_out(id, path(), SkipReason::Earlier(stored.at));
                        return self.desks[at].delivered_earlier.push((Arc::clone(folder), file));
                    }
                    // Its server vouched for nothing then: it is sent once more, and if its name is taken, by the file itself.
                    Some(Before { stored, .. }) => {
                        earlier = Some(stored.clone());
                        break key;
                    }
                    None => {}
                }
                if before.iter().all(|delivered| delivered.last != *candidate) {
                    break key;
                }
                // It has changed since: it goes up beside what is there, as it does within a run.
                twin += 1;
                key_name = Some(numbered(name, twin).into());
                continue;
            };
            let same_key = *row.folder.key == *folder.key && row.key_name.as_ref().unwrap_or(&row.name) == candidate;
            // A file that was delivered and has changed since goes up beside what is there, under a name of its own.
            let version = before.iter().rev().find(|delivered| delivered.last == *candidate);
            let changed = matches!(row.state, State::Delivered(_))
                && version.map_or_else(
                    || row.size != file.size || row.modified != Upload::kept_time(file.modified),
                    |version| !version.same,
                );
            if same_key && row.folder.dir == folder.dir && row.name == file.name && !changed {
                if !self.stopped_earlier(id, other) {
                    return self.seen_again(id, other, path(), fx);
                }
                // It stopped in an earlier delivery: from here on this one has it.
                self.cancel_one(other, fx);
                break key;
            }
            twin += 1;
            key_name = Some(numbered(name, twin).into());
        };
        self.begin_delivery(id, fx);
        let size = file.size;
        let (folder_of, state) = (Arc::clone(folder), State::Canceled);
        let upload = Upload { place: id, folder: folder_of, name: file.name, key_name, size, modified: 0, state };
        let record = Record::Added {
            upload: UploadId(u32::try_from(self.seen.rows.len()).unwrap_or(u32::MAX)),
            place: id,
            folder: Arc::clone(folder),
            name: Arc::clone(&upload.name),
            key_name: upload.key_name.clone(),
            size,
        };
        fx.push(Effect::Record(record));
        let upload_no = self.seen.rows.push(upload);
        self.desks[at].keys.insert(key, upload_no);
        self.enter(id, upload_no, size, State::Waiting);
        self.desks[at].queue.push_back(upload_no);
        if let Some(stored) = earlier {
            self.desks[at].stored_earlier.insert(upload_no, stored);
        }
        if self.desks[at].doubts.contains(&key) {
            // An upload that was taken out may have stored it.
            fx.push(Effect::Record(Record::Doubted(upload_no)));
        }
    }

    /// The upload that has this key in this run.
    fn row_with(&self, at: usize, key: u64) -> Option<(UploadId, &Upload)> {
        let other = *self.desks.get(at)?.keys.get(&key)?;
        Some((other, self.seen.rows.get(other)?))
    }

    /// Counts a new row in, whose state was a placeholder that counts for nothing.
    pub(super) fn enter(&mut self, id: DestinationId, upload: UploadId, size: u64, state: State) {
        let Some(place) = self.seen.places.get_mut(usize::from(id.0)) else { return };
        place.totals.count(size, &state, true);
        place.totals.ended = None;
        if let Some(desk) = self.desks.get_mut(usize::from(id.0)) {
            desk.count(&state, true);
        }
        if let Some(row) = self.seen.rows.get_mut(upload) {
            row.state = state;
        }
    }

    /// The same file again: goes on if it had stopped, is passed over if it is under way or delivered.
    fn seen_again(&mut self, id: DestinationId, upload: UploadId, path: PathBuf, fx: &mut Vec<Effect>) {
        let state = self.seen.rows.get(upload).map(|row| row.state.clone());
        match state {
            Some(State::Paused) if self.parked(upload) => self.requeue(upload, true),
            Some(State::Failed(_) | State::Canceled) => {
                self.retry(super::snapshot::Which::One(upload), fx);
            }
            Some(
                State::Waiting
                | State::Retrying(..)
                | State::Paused
                | State::Preparing
                | State::Sending(_)
                | State::Confirming
                | State::Delivered(_)
                | State::AlreadyThere
                | State::NotConfirmed,
            )
            | None => self.left_out(id, path, SkipReason::Twice),
        }
    }

    /// Whether this upload stopped, and belongs to a delivery before the one that is counted now.
    fn stopped_earlier(&self, id: DestinationId, upload: UploadId) -> bool {
        let first = self.seen.places.get(usize::from(id.0)).map_or(0, |place| place.totals.first);
        upload.0 < first && self.seen.rows.get(upload).is_some_and(|row| matches!(row.state, State::Failed(_)))
    }

    fn parked(&self, upload: UploadId) -> bool {
        self.limits.park_restored && self.seen.rows.get(upload).is_some_and(|row| row.state == State::Paused)
    }

    pub(super) fn begin_delivery(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get(at), self.desks.get_mut(at)) else { return };
        let due = std::mem::take(&mut desk.delivery_due);
        if std::mem::replace(&mut desk.delivery_open, true) && !due {
            return;
        }
        let account = place.destination.owner().as_str().into();
        let (who, session) = self.who_delivers(id);
        self.desks[at].delivery_unsigned = session.is_empty();
        fx.push(Effect::Record(Record::Delivery { place: id, account, who, session }));
    }

    /// Tells who delivers as soon as there is access, where the delivery began before.
    pub(super) fn sign_delivery(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let Some(desk) = self.desks.get_mut(usize::from(id.0)) else { return };
        if std::mem::take(&mut desk.delivery_unsigned) && desk.delivery_open {
            let (who, session) = self.who_delivers(id);
            fx.push(Effect::Record(Record::DeliveryBy { place: id, who, session }));
        }
    }

    /// The identity's name, or else the profile's; and the session's name, where there is one.
    fn who_delivers(&self, id: DestinationId) -> (Box<str>, Box<str>) {
        let Some(place) = self.seen.places.get(usize::from(id.0)) else { return Default::default() };
        let who = self.seen.identities.iter().find_map(|(profile, identity)| match identity {
            Ok(identity) if *profile == place.destination.profile => Some(identity.name.clone()),
            Ok(_) | Err(_) => None,
        });
        let session = match &place.session {
            Session::Active(grant) | Session::Expired(grant) => grant.name.clone(),
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => Box::default(),
        };
        (who.unwrap_or_else(|| place.destination.profile.as_str().into()), session)
    }

    /// Tells the journal when a delivery has come to its end.
    pub(super) fn settle(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get(at), self.desks.get_mut(at)) else { return };
        if desk.delivery_open && place.walking == 0 && desk.open == 0 {
            desk.delivery_open = false;
            fx.push(Effect::Record(Record::DeliveryEnded(id)));
        }
    }
}

pub(super) fn done_parts(parts: &Parts) -> std::collections::BTreeSet<u32> {
    (1..=parts.count()).filter(|&number| parts.get(number).is_some()).collect()
}

pub(super) fn key_hash(keys: &super::work::Keys, folder: &str, name: &str) -> u64 {
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
    /// The hash of an upload's key, with its destination's place in the list.
    pub(super) fn hash_of(&self, id: UploadId) -> Option<(usize, u64)> {
        let row = self.seen.rows.get(id)?;
        let at = usize::from(row.place.0);
        let name = row.key_name.as_ref().unwrap_or(&row.name);
        Some((at, key_hash(&self.desks.get(at)?.keys, &row.folder.key, name)))
    }
}

/// All rows of a destination, for commands that mean every one of them.
pub(super) fn of_place(rows: &Rows, place: DestinationId) -> Vec<UploadId> {
    rows.iter().filter(|(_, upload)| upload.place == place).map(|(id, _)| id).collect()
}
