//! A simulated world around the model: clock, files, users, journal, S3 and STS, with random delays and faults.

use crate::support::reference_journal::Journal;
use crate::support::simulated_server::{Key, Rules, Server, version_of};
use daypass::model::destination::Destination;
use daypass::model::event::{Answer, Assumed, Call, Effect, Event, Found, Send};
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::record::{End, Record};
use daypass::model::session::{Identity, Session};
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::{DestinationId, Folder, RequestId, UploadId};
use daypass::model::{Limits, Model};
use daypass::time::{Time, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A seeded random generator (xorshift64*).
pub struct Rng(pub u64);

impl Rng {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) % most.max(1)
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// A scheduled event.
pub enum Ahead {
    Tell(Event),
    /// A report of a walk, ignored after the walk was stopped.
    Walk(DestinationId, Event),
    Arrive(RequestId, Key, Box<Send>),
    Person,
    /// Another program writes, moves away or brings back a file.
    Edit,
}

pub struct World {
    pub now: u64,
    pub dice: Rng,
    pub model: Model,
    pub server: Server,
    pub journal: Journal,
    /// Records that are not on disk yet.
    pub unwritten: Vec<Record>,
    pub ahead: BTreeMap<(u64, u64), (u32, Ahead)>,
    pub seq: u64,
    /// The number of the run; events of earlier runs are ignored.
    pub run: u32,
    pub out: BTreeMap<RequestId, Send>,
    pub asking: BTreeSet<DestinationId>,
    pub stopped: BTreeSet<DestinationId>,
    /// Destinations with a denial whose requests in flight at that time have not returned.
    pub denied: BTreeSet<DestinationId>,
    /// Parts that the model knows to be stored, and has not lost by a crash.
    pub told: BTreeSet<(Arc<str>, u32)>,
    /// Parts of an earlier run that were not read again.
    pub unread: BTreeMap<Arc<str>, BTreeSet<u32>>,
    /// Keys of which an answer left open whether they are ours.
    pub unclear: BTreeSet<Key>,
    pub drops: Vec<(Arc<Folder>, Vec<Found>)>,
    pub places: Vec<Destination>,
    pub people: u32,
    pub steps: u64,
    pub sent_parts: u64,
    pub assumed: u64,
    pub crashes: u32,
}

pub fn destination(id: usize) -> Destination {
    Destination {
        name: format!("c{id}"),
        ..Destination::new(
            format!("p{}", id % 2),
            format!("arn:aws:iam::00000000000{id}:role/put").parse().expect("a role"),
            format!("bucket-{id}").parse().expect("a bucket"),
            "in/".parse().expect("a prefix"),
        )
    }
}

impl World {
    pub fn new(seed: u64, rules: Rules, limits: Limits) -> Self {
        let mut dice = Rng(seed.wrapping_mul(2) + 1);
        dice.below(2);
        Self {
            now: 1000,
            model: Model::new(limits),
            server: Server::new(rules),
            journal: Journal::default(),
            unwritten: Vec::new(),
            ahead: BTreeMap::new(),
            seq: 0,
            run: 0,
            out: BTreeMap::new(),
            asking: BTreeSet::new(),
            stopped: BTreeSet::new(),
            denied: BTreeSet::new(),
            told: BTreeSet::new(),
            unread: BTreeMap::new(),
            unclear: BTreeSet::new(),
            drops: Vec::new(),
            places: Vec::new(),
            people: 0,
            steps: 0,
            sent_parts: 0,
            assumed: 0,
            crashes: 0,
            dice,
        }
    }

    pub fn seen(&self) -> Snapshot {
        self.model.snapshot()
    }

    /// Puts a folder with files of these sizes on the disk; `Walk` finds it by its path.
    pub fn drop_of(&mut self, key: &str, sizes: &[u64]) -> PathBuf {
        let dir = PathBuf::from(format!("/data/{}", self.drops.len()));
        let folder = Arc::new(Folder { dir: dir.clone().into(), key: key.into() });
        let mut found = Vec::new();
        for (n, &size) in sizes.iter().enumerate() {
            let name = format!("f{n}.bin");
            self.server.files.insert(dir.join(&name), (self.server.files.len() as u64, 1, size));
            found.push(Found { name: name.as_str().into(), key_name: None, size, modified: 1 });
        }
        self.drops.push((folder, found));
        dir
    }

    pub fn later(&mut self, wait: u64, what: Ahead) {
        self.seq += 1;
        self.ahead.insert((self.now + wait, self.seq), (self.run, what));
    }

    fn delay(&mut self) -> u64 {
        let (least, most) = self.server.rules.delay;
        least + self.dice.below(most - least)
    }

    pub fn command(&mut self, command: Command) {
        self.tell(Event::Command(command));
    }

    pub fn tell(&mut self, event: Event) {
        let mut fx = Vec::new();
        self.steps += 1;
        if matches!(event, Event::Command(_) | Event::Assumed(..)) {
            self.denied.clear();
        }
        self.model.handle(Time(self.now), event, &mut fx);
        for effect in fx {
            self.perform(effect);
        }
        self.check();
    }

    /// Schedules random actions of a person.
    pub fn person(&mut self, times: u32) {
        self.people = times;
        self.later(200, Ahead::Person);
        if self.server.rules.changes {
            self.later(300, Ahead::Edit);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Assume(place, ask) => {
                assert!(self.asking.insert(place), "two AssumeRole out for one place");
                self.assumed += 1;
                let wait = self.delay();
                let offline = self.server.offline(self.now + wait);
                let fault = self.dice.percent(self.server.rules.faults);
                let result = if offline {
                    Err(Problem::new(Kind::Offline))
                } else if let Some(kind) = self.server.rules.assume {
                    Err(Problem::new(kind))
                } else if fault {
                    let kinds =
                        [Kind::NoAnswer, Kind::Busy, Kind::ConnectionLost, Kind::AssumeDenied(DeniedBy::Unknown)];
                    Err(Problem::new(kinds[usize::try_from(self.dice.below(4)).unwrap_or(0)]))
                } else {
                    let (least, most) = self.server.rules.session;
                    let left = least + self.dice.below(most - least + 1);
                    self.server.sessions.insert((place, ask.attempt), self.now + left);
                    Ok(Assumed {
                        left: Duration::from_millis(left),
                        ago: Duration::from_millis(wait),
                        ends: Utc(0),
                        arn: "arn:aws:sts::000000000000:assumed-role/put/me".into(),
                    })
                };
                self.later(wait, Ahead::Tell(Event::Assumed(place, ask.attempt, result)));
            }
            Effect::Forget(place) => {
                self.asking.remove(&place);
            }
            Effect::Identify(profile, _) => {
                let identity = Identity { account: "1".into(), arn: "arn:me".into(), name: "me".into() };
                let wait = self.delay();
                let fault = self.dice.percent(self.server.rules.faults);
                let result = if fault { Err(Problem::new(Kind::NoAnswer)) } else { Ok(identity) };
                self.later(wait, Ahead::Tell(Event::Identified(profile, result)));
            }
            Effect::Locate(place, _) => {
                let wait = self.delay();
                let bad = self.dice.percent(self.server.rules.faults) || self.server.offline(self.now + wait);
                let region = "eu-west-1".parse().expect("a region");
                let result = if bad { Err(Problem::new(Kind::NoAnswer)) } else { Ok(region) };
                self.later(wait, Ahead::Tell(Event::Located(place, result)));
            }
            Effect::Walk(place, paths) => {
                self.stopped.remove(&place);
                let mut wait = 0;
                for path in paths {
                    let found = self.drops.iter().find(|(folder, _)| *folder.dir == *path).cloned();
                    let Some((folder, mut files)) = found else { continue };
                    files.retain(|file| !self.server.gone.contains(&folder.dir.join(&*file.name)));
                    for file in &mut files {
                        let (_, version, size) = self.server.files[&folder.dir.join(&*file.name)];
                        (file.size, file.modified) = (size, version.into());
                    }
                    for batch in files.chunks(512) {
                        wait += self.delay() / 10;
                        self.later(wait, Ahead::Walk(place, Event::Found(place, Arc::clone(&folder), batch.to_vec())));
                    }
                }
                self.later(wait + 1, Ahead::Walk(place, Event::Walked(place)));
            }
            Effect::StopWalks(place) => {
                // A stopped walk finds nothing more, and reports its end once.
                self.stopped.insert(place);
            }
            Effect::Send(id, send) => self.send(id, send),
            Effect::Drop(id) => {
                if let Some(send) = self.out.remove(&id)
                    && matches!(send.call, Call::Put { .. } | Call::Whole { .. } | Call::Complete { .. })
                {
                    self.unclear.insert(Server::key(&self.places, &send));
                }
            }
            Effect::Record(record) => {
                self.proved(&record);
                self.unwritten.push(record);
                if self.dice.percent(40) {
                    self.write(usize::MAX);
                }
            }
            Effect::UseRegion(..) | Effect::Close(_) | Effect::Use(_) => {}
        }
    }

    pub fn write(&mut self, most: usize) {
        let most = most.min(self.unwritten.len());
        for record in self.unwritten.drain(..most) {
            self.journal.take(record);
        }
    }

    fn send(&mut self, id: RequestId, send: Send) {
        let key = Server::key(&self.places, &send);
        if send.call.signed() {
            let session = &self.model.destination(send.destination).expect("an open destination").session;
            let Session::Active(grant) = session else { panic!("signed without a session: {:?}", send.call) };
            assert_eq!(grant.generation, send.generation, "signed with another session than the newest");
            assert!(grant.ends > Time(self.now), "signed with a session that has ended");
            if self.denied.remove(&send.destination) {
                let same = |o: &Send| {
                    o.destination == send.destination && o.call.signed() && !matches!(o.call, Call::Abort { .. })
                };
                assert!(!self.out.values().any(same), "a request went out beside others, one of which was denied");
            }
        }
        if !matches!(send.call, Call::Abort { .. }) {
            for other in self.out.values().filter(|o| o.call.signed() && !matches!(o.call, Call::Abort { .. })) {
                let same = other.upload == send.upload || Server::key(&self.places, other) != key;
                assert!(same, "two uploads on one key");
            }
        }
        match &send.call {
            Call::Part { upload_id, number, offset, length } => {
                self.sent_parts += 1;
                assert!(!self.told.contains(&(Arc::clone(upload_id), *number)), "a part was sent again");
                assert_eq!(*offset, u64::from(number - 1) * (8 << 20), "parts partition the file");
                assert!(*length > 0 && *length <= 8 << 20, "parts partition the file");
            }
            Call::Complete { upload_id, parts, part, fingerprint } => {
                assert_eq!(parts.len() as u64, fingerprint.size.div_ceil(*part), "every part");
                for number in 1..=u32::try_from(parts.len()).expect("few parts") {
                    assert!(self.told.contains(&(Arc::clone(upload_id), number)), "completed without every part");
                }
                assert!(self.unread.get(upload_id).is_none_or(BTreeSet::is_empty), "completed before reading again");
                self.write(usize::MAX);
            }
            Call::Whole { fingerprint } => {
                assert!(fingerprint.size > 8 << 20 && fingerprint.size <= 5 << 30, "a file that goes whole");
            }
            Call::Put { .. } | Call::Open | Call::Create | Call::Read { .. } | Call::Abort { .. } => {}
        }
        if matches!(send.call, Call::Put { .. } | Call::Whole { .. } | Call::Create) {
            // Nothing is sent before the journal knows that the file was added and may be in flight.
            let needed = |record: &Record| match record {
                Record::Added { upload, .. } => *upload == send.upload,
                Record::PutsBegin(first, last) => (*first..=*last).contains(&send.upload),
                _ => false,
            };
            if let Some(at) = self.unwritten.iter().rposition(needed) {
                self.write(at + 1);
            }
        }
        let wait = self.delay();
        self.out.insert(id, send.clone());
        self.later(wait, Ahead::Arrive(id, key, Box::new(send)));
        let bodies: Vec<u64> =
            self.out.values().map(|s| s.call.body(self.size_of(s.upload))).filter(|&b| b > 0).collect();
        let most = self.model.settings().memory;
        assert!(bodies.iter().sum::<u64>() <= most || bodies.len() == 1, "memory: {bodies:?}");
    }

    fn size_of(&self, upload: UploadId) -> u64 {
        self.model.rows().get(upload).map_or(0, |row| row.size)
    }

    /// Compares a recorded end with what S3 really has.
    fn proved(&self, record: &Record) {
        let Record::Ended(id, end) = record else { return };
        let row = self.model.rows().get(*id).expect("a row");
        let place = &self.places[usize::from(row.destination.0)];
        let key = (place.bucket.to_string(), format!("{}{}", place.prefix.as_str(), row.key()));
        let object = self.server.objects.get(&key);
        match end {
            End::Delivered(stored) => {
                let (pieces, by) = object.expect("delivered, and nothing is there");
                let id = self.server.files[&row.path()].0;
                let whole: u64 = pieces.iter().map(|piece| piece.3).sum();
                assert!(*by, "delivered over somebody else's");
                assert_eq!(whole, stored.size, "delivered another size");
                let mut at = 0;
                for &(file, version, offset, length) in pieces {
                    assert_eq!((file, version, offset), (id, version_of(&stored.fingerprint), at), "mixed bytes");
                    at += length;
                }
            }
            End::NotConfirmed => {
                let restored = self.run > 0;
                assert!(restored || self.unclear.contains(&key), "not confirmed without reason");
            }
            End::AlreadyThere => {
                let (_, ours) = object.expect("already there, and nothing is there");
                assert!(!*ours || self.run > 0, "our own file was taken for somebody else's");
            }
            End::Failed(_) | End::Canceled => {}
        }
    }

    /// Advances to the next event; returns false if there is none.
    pub fn step(&mut self) -> bool {
        let ahead = self.ahead.first_key_value().map_or(u64::MAX, |(at, _)| at.0);
        let due = self.model.next_deadline().map_or(u64::MAX, |t| t.0);
        if ahead == u64::MAX && due == u64::MAX {
            return false;
        }
        if due < ahead {
            self.now = due;
            self.tell(Event::Tick);
            return true;
        }
        let Some((at, (run, what))) = self.ahead.pop_first() else { return false };
        self.now = at.0;
        match what {
            Ahead::Tell(event) if run == self.run => {
                if let Event::Assumed(place, ..) = &event {
                    self.asking.remove(place);
                }
                if let Event::Answered(id, result) = &event {
                    let Some(send) = self.out.remove(id) else { return true };
                    self.answered(&send, result);
                }
                self.tell(event);
            }
            Ahead::Walk(place, event) if run == self.run => {
                if !self.stopped.contains(&place) || matches!(event, Event::Walked(_)) {
                    self.tell(event);
                }
            }
            Ahead::Arrive(id, key, send) => {
                let known = run == self.run && self.out.contains_key(&id);
                // An aborted request may still reach S3, but a large body never does.
                if !known && (matches!(send.call, Call::Whole { .. }) || self.dice.percent(50)) {
                    return true;
                }
                let result = self.server.serve(self.now, &mut self.dice, &key, &send);
                if known {
                    let body = send.call.bytes(self.size_of(send.upload));
                    if body > 0 {
                        self.tell(Event::Moved(vec![(id, body / 2), (id, body)]));
                    }
                    let wait = self.delay() / 2;
                    self.later(wait, Ahead::Tell(Event::Answered(id, result)));
                }
            }
            Ahead::Person => {
                if self.people > 0 {
                    self.people -= 1;
                    self.do_something();
                    let wait = 50 + self.dice.below(4000);
                    self.later(wait, Ahead::Person);
                }
            }
            Ahead::Edit => {
                if self.people > 0 {
                    self.edit();
                    let wait = 100 + self.dice.below(6000);
                    self.later(wait, Ahead::Edit);
                }
            }
            Ahead::Tell(_) | Ahead::Walk(..) => {}
        }
        true
    }

    fn answered(&mut self, send: &Send, result: &Result<Answer, Problem>) {
        let commits = matches!(send.call, Call::Put { .. } | Call::Whole { .. } | Call::Complete { .. });
        match (result, &send.call) {
            (Ok(Answer::Part(_)), Call::Part { upload_id, number, .. }) => {
                self.told.insert((Arc::clone(upload_id), *number));
            }
            (Ok(Answer::Read(_)), Call::Read { offset, .. }) => {
                let number = u32::try_from(offset / (8 << 20) + 1).expect("few parts");
                let row = self.model.rows().get(send.upload).map(daypass::model::upload::Upload::path);
                for (id, unread) in &mut self.unread {
                    if self.server.uploads.get(id).is_none_or(|up| Some(&up.path) == row.as_ref()) {
                        unread.remove(&number);
                    }
                }
            }
            (Err(Problem { kind: Kind::AccessDenied(_), .. }), call) if call.signed() => {
                let near = Duration::from_secs(2);
                if let Session::Active(grant) =
                    &self.model.destination(send.destination).expect("an open destination").session
                    && grant.generation == send.generation
                    && grant.ends.since(Time(self.now)) >= near
                    && !matches!(call, Call::Abort { .. })
                {
                    self.denied.insert(send.destination);
                }
            }
            (Err(problem), _) if commits => {
                let unclear = [Kind::AnswerLost, Kind::Busy, Kind::Unexpected, Kind::ProofDiffers, Kind::NoAnswer];
                if unclear.contains(&problem.kind) || problem.kind == Kind::ConnectionLost {
                    self.unclear.insert(Server::key(&self.places, send));
                }
            }
            _ => {}
        }
    }
}
