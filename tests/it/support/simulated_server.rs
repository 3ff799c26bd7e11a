//! The simulated S3: objects, multipart uploads, sessions that expire, and random faults.

use crate::support::simulation::Rng;
use daypass::model::destination::Destination;
use daypass::model::event::{Answer, Call, Send};
use daypass::model::parts::PartDone;
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::upload::{DestinationId, Fingerprint, Proof, Stored};
use daypass::time::Utc;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// A bucket and a whole key.
pub type Key = (String, String);
/// Bytes, identified by their file, its version, offset and length.
pub type Piece = (u64, u64, u64, u64);

/// The rules of a simulated world.
#[derive(Clone)]
pub struct Rules {
    /// The limit of requests in flight.
    pub requests: usize,
    /// The percentage of calls that fail.
    pub faults: u64,
    /// The minimum and maximum length of a session in milliseconds.
    pub session: (u64, u64),
    /// The minimum and maximum duration of a call in milliseconds.
    pub delay: (u64, u64),
    /// Whether there are periods of denials and of no network.
    pub bursts: bool,
    /// Whether files change while they are sent.
    pub changes: bool,
    /// Whether the program may end at any moment.
    pub crashes: bool,
    /// Whether a repeated Complete gets the answer of the first one; otherwise the upload is gone.
    pub repeats: bool,
    /// Whether the bucket's KMS key denies parts.
    pub no_decrypt: bool,
    /// The constant answer to AssumeRole, if any.
    pub assume: Option<Kind>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            requests: 64,
            faults: 0,
            session: (3_600_000, 3_600_000),
            delay: (5, 200),
            bursts: false,
            changes: false,
            crashes: false,
            repeats: true,
            no_decrypt: false,
            assume: None,
        }
    }
}

/// A multipart upload at S3.
pub struct Multi {
    pub key: Key,
    pub path: PathBuf,
    pub parts: BTreeMap<u32, (Arc<str>, Piece)>,
    pub completed: Option<Stored>,
}

pub struct Server {
    pub rules: Rules,
    /// Files on the disk: number, version, size.
    pub files: BTreeMap<PathBuf, (u64, u64, u64)>,
    /// Those of them that are not there now.
    pub gone: BTreeSet<PathBuf>,
    /// Objects: what is in them, and whether Daypass stored them.
    pub objects: BTreeMap<Key, (Vec<Piece>, bool)>,
    pub uploads: BTreeMap<Arc<str>, Multi>,
    /// When each session really ends.
    pub sessions: BTreeMap<(DestinationId, u32), u64>,
    count: u64,
}

pub fn crc(piece: Piece) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for n in [piece.0, piece.1, piece.2, piece.3] {
        hash = (hash ^ n).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }
    hash
}

/// Which version of a file a fingerprint is of.
pub fn version_of(print: &Fingerprint) -> u64 {
    u64::try_from(print.modified).expect("a version")
}

impl Server {
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            files: BTreeMap::new(),
            gone: BTreeSet::new(),
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
            sessions: BTreeMap::new(),
            count: 0,
        }
    }

    pub fn key(places: &[Destination], send: &Send) -> Key {
        (places[usize::from(send.destination.0)].bucket.to_string(), send.key.to_string())
    }

    /// Returns whether the network is down: for 20 seconds every two minutes.
    pub fn offline(&self, now: u64) -> bool {
        self.rules.bursts && now % 120_000 > 100_000
    }

    fn denied(&self, now: u64) -> bool {
        self.rules.bursts && now % 97_000 > 91_000
    }

    /// Returns the current version of the file and its fingerprint.
    fn file(&self, send: &Send) -> Result<(u64, Fingerprint), Problem> {
        let there = self.files.get(&send.path).filter(|_| !self.gone.contains(&send.path));
        let &(id, version, size) = there.ok_or(Problem::new(Kind::SourceGone))?;
        Ok((id, Fingerprint { device: 1, inode: id, size, modified: i128::from(version), changed: None }))
    }

    /// Handles a request; faults may lose the work or the answer.
    pub fn serve(&mut self, now: u64, dice: &mut Rng, key: &Key, send: &Send) -> Result<Answer, Problem> {
        let commits = matches!(send.call, Call::Put { .. } | Call::Whole { .. } | Call::Complete { .. });
        if !send.call.signed() {
            return self.local(send);
        }
        if self.offline(now) {
            return Err(Problem::new(Kind::Offline));
        }
        if self.sessions.get(&(send.destination, send.generation)).is_some_and(|&ends| ends <= now) {
            let kinds = [Kind::SessionEnded, Kind::SessionRefused, Kind::AccessDenied(DeniedBy::Unknown)];
            return Err(Problem::new(kinds[usize::try_from(dice.below(3)).unwrap_or(0)]));
        }
        if self.denied(now) {
            return Err(Problem::new(Kind::AccessDenied(DeniedBy::Unknown)));
        }
        if dice.percent(self.rules.faults) {
            return Err(Problem::new(match dice.below(8) {
                0 | 1 => Kind::ConnectionLost,
                2 => Kind::NoAnswer,
                3 => Kind::Busy,
                4 => Kind::SlowDown,
                5 if matches!(send.call, Call::Part { .. }) && dice.percent(10) => Kind::Damaged,
                5 if matches!(send.call, Call::Complete { .. }) && dice.percent(30) => Kind::Conflict,
                _ => {
                    if dice.percent(60) {
                        let _done = self.work(send, key);
                    }
                    if commits { Kind::AnswerLost } else { Kind::ConnectionLost }
                }
            }));
        }
        self.work(send, key)
    }

    fn local(&self, send: &Send) -> Result<Answer, Problem> {
        let (id, print) = self.file(send)?;
        match send.call {
            Call::Open => Ok(Answer::Opened(print)),
            Call::Read { offset, length } => Ok(Answer::Read(crc((id, version_of(&print), offset, length)))),
            Call::Put { .. }
            | Call::Whole { .. }
            | Call::Create
            | Call::Part { .. }
            | Call::Complete { .. }
            | Call::Abort { .. } => {
                unreachable!("signed")
            }
        }
    }

    fn stored(&mut self, print: Fingerprint) -> Stored {
        self.count += 1;
        Stored {
            size: print.size,
            crc: self.count,
            proof: Proof::Whole,
            etag: "e".into(),
            version_id: None,
            request_id: "r".into(),
            at: Utc(0),
            sha256: None,
            fingerprint: print,
        }
    }

    fn work(&mut self, send: &Send, key: &Key) -> Result<Answer, Problem> {
        if let Call::Abort { upload_id } = &send.call {
            if self.uploads.get(upload_id).is_some_and(|multi| multi.completed.is_none()) {
                self.uploads.remove(upload_id);
            }
            return Ok(Answer::Aborted);
        }
        let (id, print) = self.file(send)?;
        let version = version_of(&print);
        match &send.call {
            Call::Put { most, .. } => {
                if print.size > *most {
                    return Ok(Answer::Grown(print));
                }
                if self.objects.contains_key(key) {
                    return Err(Problem::new(Kind::AlreadyThere));
                }
                self.objects.insert(key.clone(), (vec![(id, version, 0, print.size)], true));
                Ok(Answer::Stored(self.stored(print)))
            }
            Call::Whole { fingerprint } => {
                if print != *fingerprint {
                    return Err(Problem::new(Kind::SourceChanged));
                }
                if self.objects.contains_key(key) {
                    return Err(Problem::new(Kind::AlreadyThere));
                }
                self.objects.insert(key.clone(), (vec![(id, version, 0, print.size)], true));
                Ok(Answer::Stored(self.stored(print)))
            }
            Call::Create => {
                self.count += 1;
                let upload_id: Arc<str> = format!("upload-{}", self.count).into();
                let multi =
                    Multi { key: key.clone(), path: send.path.clone(), parts: BTreeMap::new(), completed: None };
                self.uploads.insert(Arc::clone(&upload_id), multi);
                Ok(Answer::Created { upload_id, abort_at: None })
            }
            Call::Part { .. } if self.rules.no_decrypt => Err(Problem::new(Kind::KmsDecrypt)),
            Call::Part { upload_id, number, offset, length } => {
                if offset + length > print.size {
                    return Err(Problem::new(Kind::SourceChanged));
                }
                let piece = (id, version, *offset, *length);
                let multi = self.uploads.get_mut(upload_id).filter(|multi| multi.completed.is_none());
                let multi = multi.ok_or(Problem::new(Kind::UploadGone))?;
                assert_eq!(multi.key, *key, "a part for another key");
                let etag: Arc<str> = format!("{number}:{:x}", crc(piece)).into();
                multi.parts.insert(*number, (Arc::clone(&etag), piece));
                Ok(Answer::Part(PartDone { etag, crc: crc(piece), echoed: true }))
            }
            Call::Complete { upload_id, parts, fingerprint, .. } => {
                if print != *fingerprint {
                    return Err(Problem::new(Kind::SourceChanged));
                }
                let repeats = self.rules.repeats;
                let multi = self.uploads.get_mut(upload_id).ok_or(Problem::new(Kind::UploadGone))?;
                if let Some(stored) = &multi.completed {
                    return if repeats {
                        Ok(Answer::Stored(stored.clone()))
                    } else {
                        Err(Problem::new(Kind::UploadGone))
                    };
                }
                if self.objects.contains_key(key) {
                    return Err(Problem::new(Kind::AlreadyThere));
                }
                let same = multi.parts.len() == parts.len()
                    && multi.parts.values().zip(parts.iter()).all(|(have, told)| have.0 == told.etag);
                if !same {
                    return Err(Problem::new(Kind::PartsRefused));
                }
                let pieces: Vec<Piece> = multi.parts.values().map(|part| part.1).collect();
                let mut at = 0;
                for piece in &pieces {
                    assert_eq!(piece.2, at, "parts partition the file");
                    at += piece.3;
                }
                assert_eq!(at, print.size, "parts partition the file");
                let stored = self.stored(print);
                if let Some(multi) = self.uploads.get_mut(upload_id) {
                    multi.completed = Some(stored.clone());
                }
                self.objects.insert(key.clone(), (pieces, true));
                Ok(Answer::Stored(stored))
            }
            Call::Open | Call::Read { .. } | Call::Abort { .. } => unreachable!("answered before"),
        }
    }
}
