//! Simulated users: their random actions, how they help in the end, and crashes of the program.

use crate::support::simulation::{Ahead, World};
use daypass::model::destination::Destination;
use daypass::model::event::Event;
use daypass::model::problem::{Kind, Problem};
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Network, Settings, Which};
use daypass::model::upload::{DestinationId, State, Upload, UploadId};
use daypass::model::{Limits, Model};
use std::sync::Arc;

impl World {
    /// Kills the program and restarts it with the state of the journal.
    pub fn crash(&mut self, limits: Limits) {
        self.crashes += 1;
        let written = usize::try_from(self.dice.below(self.unwritten.len() as u64 + 1)).unwrap_or(0);
        self.write(written);
        self.unwritten.clear();
        self.run += 1;
        self.out.clear();
        self.asking.clear();
        self.stopped.clear();
        self.denied.clear();
        let kept = self.journal.kept();
        self.told.clear();
        self.unread.clear();
        for upload in kept.unfinished.iter().flat_map(|(_, uploads)| uploads) {
            let Some(multipart) = &upload.multipart else { continue };
            let id = multipart.upload_id.clone().expect("an id");
            for number in 1..=multipart.parts.count() {
                if multipart.parts.get(number).is_some() {
                    self.told.insert((Arc::clone(&id), number));
                    self.unread.entry(Arc::clone(&id)).or_default().insert(number);
                }
            }
        }
        // Destinations are renumbered: those with unfinished uploads come first.
        let mut places: Vec<Destination> = kept.unfinished.iter().map(|(d, _)| d.clone()).collect();
        places.extend(self.places.drain(..).filter(|d| !kept.unfinished.iter().any(|(k, _)| k == d)));
        self.places = places;
        self.model = Model::new(limits);
        self.tell(Event::Restored(Box::new(kept)));
        for place in self.places.clone() {
            self.command(Command::Open(Box::new(place)));
        }
        for at in 0..self.drops.len() {
            self.add(at);
        }
        self.later(100, Ahead::Person);
    }

    /// Adds the files of this folder to its destination.
    pub fn add(&mut self, at: usize) {
        let Some((folder, _)) = self.drops.get(at) else { return };
        let path = folder.dir.to_path_buf();
        let bucket = format!("bucket-{}", at % self.places.len());
        let place = self.places.iter().position(|p| p.bucket.as_str() == bucket).expect("a place");
        self.command(Command::Add(DestinationId(u16::try_from(place).expect("few")), vec![path]));
    }

    pub fn do_something(&mut self) {
        let rows = self.model.rows().len() as u64;
        let one = UploadId(u32::try_from(self.dice.below(rows)).expect("few"));
        let place = DestinationId(u16::try_from(self.dice.below(self.places.len() as u64)).expect("few"));
        let which = if self.dice.percent(25) { Which::All(place) } else { Which::One(one) };
        match self.dice.below(17) {
            0 | 1 => self.command(Command::Pause(which)),
            2..=4 => self.command(Command::Resume(which)),
            5 => self.command(Command::Cancel(which)),
            6 | 7 => self.command(Command::Retry(which)),
            8 => self.command(Command::GetAccess(place)),
            9 => self.command(Command::SignOut(place)),
            10 => self.command(Command::Release(place)),
            11 => self.command(Command::SendUnderNewName(one)),
            12 => {
                let at = usize::try_from(self.dice.below(self.drops.len() as u64)).expect("few");
                self.add(at);
            }
            13 if self.server.rules.changes => {
                let path = self.model.rows().get(one).map(Upload::path);
                if let Some((_, version, size)) = path.and_then(|path| self.server.files.get_mut(&path)) {
                    *version += 1;
                    *size = *size / 2 * 3;
                }
            }
            14 if self.server.rules.crashes => {
                let seed = self.dice.below(1 << 40);
                let requests = u32::try_from(self.server.rules.requests).expect("few");
                let large = 1 + u32::try_from(self.dice.below(4)).expect("few");
                let park_restored = self.dice.percent(25);
                self.crash(Limits { seed, requests, large, park_restored, ..Limits::default() });
            }
            15 => {
                let renew = self.dice.percent(70);
                self.command(Command::Set(Settings { renew, ..Settings::default() }));
            }
            16 => {
                self.tell(Event::JournalFailed(Problem::new(Kind::JournalFull)));
                let wait = self.dice.below(9000);
                self.later(wait, Ahead::Tell(Event::JournalWorks));
            }
            _ => {}
        }
    }

    /// Lets another program grow, shrink or touch a file, or move it away for a while.
    pub fn edit(&mut self) {
        let at = usize::try_from(self.dice.below(self.server.files.len() as u64)).expect("few");
        let path = self.server.files.keys().nth(at).expect("a file").clone();
        if self.server.gone.remove(&path) {
            return;
        }
        let size = match self.dice.below(6) {
            0 => Some((8 << 20) + 1 + self.dice.below(40 << 20)),
            1 => Some(self.dice.below(8 << 20)),
            2 => Some((8 << 20) - 1 + self.dice.below(3)),
            3 => None,
            _ => {
                self.server.gone.insert(path);
                return;
            }
        };
        let file = self.server.files.get_mut(&path).expect("a file");
        *file = (file.0, file.1 + 1, size.unwrap_or(file.2));
    }

    /// Runs until every upload has ended; a person helps if the model rightly waits for one.
    pub fn finish(&mut self) {
        let mut helped = 0;
        loop {
            assert!(self.steps < 400_000, "the world does not come to an end: {}", self.plight());
            if self.all_ended() && self.out.is_empty() && self.people == 0 {
                return;
            }
            if self.waits_for_a_person() && self.people == 0 {
                helped += 1;
                assert!(helped < 2000, "helping does not help: {}", self.plight());
                self.help();
                continue;
            }
            assert!(self.step(), "nothing is out, nothing is due, and it has not ended: {}", self.plight());
        }
    }

    pub fn all_ended(&self) -> bool {
        self.model.destinations().all(|(_, place)| place.walking == 0)
            && self.model.rows().iter().all(|(_, row)| row.state.ended())
    }

    /// Returns whether open uploads wait for something that only a person can do.
    fn waits_for_a_person(&self) -> bool {
        let idle = |at: usize| {
            let id = DestinationId(u16::try_from(at).expect("few"));
            let place = self.model.destination(id).expect("an open destination");
            let open: Vec<_> =
                self.model.rows().iter().filter(|(_, r)| r.destination == id && !r.state.ended()).collect();
            let refused = !matches!(place.session, Session::Active(_))
                && !place.is_asking()
                && self.model.next_deadline().is_none();
            let paused = place.paused || open.iter().all(|(_, row)| row.state == State::Paused);
            !open.is_empty() && (place.hold.is_some() || paused || refused)
        };
        (0..self.model.destinations().count()).any(idle)
    }

    fn help(&mut self) {
        for at in 0..self.model.destinations().count() {
            let id = DestinationId(u16::try_from(at).expect("few"));
            self.command(Command::Resume(Which::All(id)));
            self.command(Command::Release(id));
            if !matches!(self.model.destination(id).expect("an open destination").session, Session::Active(_)) {
                self.command(Command::GetAccess(id));
            }
        }
        self.now += 1000;
        self.tell(Event::Tick);
    }

    pub fn plight(&self) -> String {
        let open: Vec<_> = self.model.rows().iter().filter(|(_, r)| !r.state.ended()).take(5).collect();
        let places: Vec<_> =
            self.model.destinations().map(|(_, p)| (&p.session, p.is_asking(), &p.hold, p.paused, p.walking)).collect();
        let line = matches!(self.seen().line, Network::Up);
        format!("at {} open {open:?} places {places:?} line up {line} next {:?}", self.now, self.model.next_deadline())
    }
}
