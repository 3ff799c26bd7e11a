//! A bench that drives a model event by event.

use crate::support::simulation::destination;
use daypass::model::destination::Destination;
use daypass::model::event::{Answer, AssumeRole, Assumed, Call, Effect, Event, Found, Send};
use daypass::model::parts::PartDone;
use daypass::model::problem::{Kind, Problem};
use daypass::model::record::Record;
use daypass::model::session::{Identity, Session};
use daypass::model::snapshot::{Command, OpenDestination};
use daypass::model::upload::{DestinationId, Fingerprint, Folder, Proof, RequestId, State, Stored, UploadId};
use daypass::model::{Limits, Model};
use daypass::time::{Time, Utc};
use std::sync::Arc;
use std::time::Duration;

pub const P: DestinationId = DestinationId(0);
pub const MIB: u64 = 1 << 20;

pub struct Bench {
    pub model: Model,
    pub now: u64,
    /// Effects that were not taken yet.
    pub fx: Vec<Effect>,
}

impl Bench {
    pub fn new(limits: Limits) -> Self {
        Self { model: Model::new(limits), now: 1000, fx: Vec::new() }
    }

    /// Returns a bench with this destination open and its AssumeRole in flight.
    pub fn asking(destination: Destination, limits: Limits) -> Self {
        let mut bench = Self::new(limits);
        let profile = destination.profile.clone();
        bench.command(Command::Open(Box::new(destination)));
        let identity = Identity { account: "1".into(), arn: "arn:me".into(), name: "me".into() };
        bench.on(Event::Identified(profile, Ok(identity)));
        bench
    }

    /// Returns a bench with access for an hour and a known region.
    pub fn open() -> Self {
        let mut bench = Self::asking(destination(0), Limits::default());
        let attempt = bench.asked().pop().expect("AssumeRole").attempt;
        bench.given(attempt, 3600);
        bench.on(Event::Located(P, Ok("eu-west-1".parse().expect("a region"))));
        bench.fx.clear();
        bench
    }

    pub fn on(&mut self, event: Event) {
        self.model.handle(Time(self.now), event, &mut self.fx);
    }

    pub fn command(&mut self, command: Command) {
        self.on(Event::Command(command));
    }

    /// Lets time pass, with a tick at every deadline.
    pub fn after(&mut self, seconds: u64) {
        let end = self.now + seconds * 1000;
        while let Some(next) = self.model.next_deadline().filter(|next| next.0 <= end) {
            assert!(next.0 > self.now);
            self.now = next.0;
            self.on(Event::Tick);
        }
        self.now = end;
        self.on(Event::Tick);
    }

    pub fn given(&mut self, attempt: u32, seconds: u64) {
        let left = Duration::from_secs(seconds);
        let given = Assumed { left, ago: Duration::ZERO, ends: Utc(0), arn: "arn:x/put/me".into() };
        self.on(Event::Assumed(P, attempt, Ok(given)));
    }

    pub fn refused(&mut self, attempt: u32, kind: Kind) {
        self.on(Event::Assumed(P, attempt, Err(Problem::new(kind))));
    }

    /// Takes the AssumeRole calls that were sent.
    pub fn asked(&mut self) -> Vec<Arc<AssumeRole>> {
        let (asked, rest) = std::mem::take(&mut self.fx).into_iter().partition(|e| matches!(e, Effect::Assume(..)));
        self.fx = rest;
        let ask = |effect: Effect| if let Effect::Assume(_, ask) = effect { Some(ask) } else { None };
        Vec::into_iter(asked).filter_map(ask).collect()
    }

    /// Takes the requests that were sent.
    pub fn sends(&mut self) -> Vec<(RequestId, Send)> {
        let (sent, rest) = std::mem::take(&mut self.fx).into_iter().partition(|e| matches!(e, Effect::Send(..)));
        self.fx = rest;
        let send = |effect: Effect| if let Effect::Send(id, send) = effect { Some((id, send)) } else { None };
        Vec::into_iter(sent).filter_map(send).collect()
    }

    /// Takes the only request that was sent.
    pub fn sent(&mut self) -> (RequestId, Send) {
        let mut sent = self.sends();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent.remove(0)
    }

    /// Takes the records that were made.
    pub fn records(&mut self) -> Vec<Record> {
        let record = |effect: Effect| if let Effect::Record(record) = effect { Some(record) } else { None };
        std::mem::take(&mut self.fx).into_iter().filter_map(record).collect()
    }

    pub fn answer(&mut self, id: RequestId, answer: Answer) {
        self.on(Event::Answered(id, Ok(answer)));
    }

    pub fn trouble(&mut self, id: RequestId, kind: Kind) {
        self.on(Event::Answered(id, Err(Problem::new(kind))));
    }

    /// Adds files of these sizes in one folder.
    pub fn add(&mut self, dir: &str, names: &[(&str, u64)]) {
        self.add_version(dir, names, 1);
    }

    /// Adds files that were last modified at this time.
    pub fn add_version(&mut self, dir: &str, names: &[(&str, u64)], modified: i128) {
        self.command(Command::Add(P, vec![dir.into()]));
        let folder = Arc::new(Folder { dir: std::path::Path::new(dir).into(), key: "".into() });
        let found = |&(name, size): &(&str, u64)| Found { name: name.into(), key_name: None, size, modified };
        let found = names.iter().map(found).collect();
        self.on(Event::Found(P, folder, found));
        self.on(Event::Walked(P));
    }

    pub fn state(&self, id: u32) -> State {
        self.model.rows().get(UploadId(id)).expect("a row").state.clone()
    }

    pub fn key(&self, id: u32) -> String {
        self.model.rows().get(UploadId(id)).expect("a row").key()
    }

    pub fn place(&self) -> &OpenDestination {
        self.model.destination(DestinationId(0)).expect("an open destination")
    }

    pub fn session(&self) -> &Session {
        &self.place().session
    }

    /// Adds a large file, gives it an upload id, and returns its first parts.
    pub fn begun(&mut self, size: u64) -> Vec<(RequestId, Send)> {
        self.add("/data", &[("big", size)]);
        let (open, _) = self.sent();
        self.answer(open, Answer::Opened(print(size, 1)));
        let (create, send) = self.sent();
        assert!(matches!(send.call, Call::Create));
        self.answer(create, Answer::Created { upload_id: "id".into(), abort_at: None });
        self.sends()
    }

    /// Lets these parts and all that follow succeed, and returns the request that completes the upload.
    pub fn parts(&mut self, mut parts: Vec<(RequestId, Send)>) -> (RequestId, Send) {
        loop {
            assert!(!parts.is_empty());
            for (id, send) in std::mem::take(&mut parts) {
                if matches!(send.call, Call::Complete { .. }) {
                    return (id, send);
                }
                let Call::Part { number, .. } = send.call else { panic!("{:?}", send.call) };
                self.answer(id, part(number));
                parts.extend(self.sends());
            }
        }
    }
}

pub fn part(number: u32) -> Answer {
    Answer::Part(PartDone { etag: format!("e{number}").into(), crc: u64::from(number), echoed: true })
}

pub fn print(size: u64, version: i128) -> Fingerprint {
    Fingerprint { device: 1, inode: 1, size, modified: version, changed: None }
}

pub fn stored(size: u64) -> Answer {
    Answer::Stored(Stored {
        size,
        crc: 1,
        proof: Proof::Whole,
        etag: "e".into(),
        version_id: None,
        request_id: "r".into(),
        at: Utc(0),
        sha256: None,
        fingerprint: print(size, 1),
    })
}
