//! One made-up screen in a real window, to be looked at and photographed: `gallery SCENE [dark]`; without a scene it
//! lists them.
#![expect(clippy::print_stdout, reason = "the list of scenes is its answer")]

#[path = "../it/ui/demo.rs"]
mod demo;

use daypass::grant::Invitation;
use daypass::model::destination::Destination;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::PlaceNo;
use daypass::time::{Time, Utc};
use daypass::ui::About;
use daypass::ui::access::Wanted;
use daypass::ui::history::Ask;
use daypass::ui::shell::{self, Answered, Link, Options, Texts, Told, WindowPlace, Work};
use daypass::window::read;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// What the window is told once it is open, as an invitation that was dropped.
const INVITATION: &str = r#"daypass = 1
customer = "Important Project"
role = "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put"
bucket = "importantprojectbucket"
prefix = "incoming/"
external_id = "acme-42"
note = "Thank you! Please send the survey and the photos."
contact = "it@importantproject.example"
"#;

/// The same from somebody who changed the bucket and the account.
const CHANGED: &str = r#"daypass = 1
customer = "Important Project"
role = "arn:aws:iam::999988887777:role/importantproject-contractorA-bucket-put"
bucket = "importantproject-bucket"
prefix = "incoming/"
"#;

/// A screen that stands still: nothing that is pressed leads anywhere but within the window.
struct Still {
    seen: Arc<Snapshot>,
    about: Arc<About>,
    told: Mutex<VecDeque<Told>>,
}

impl Link for Still {
    fn seen(&self) -> Arc<Snapshot> {
        Arc::clone(&self.seen)
    }
    fn now(&self) -> Time {
        demo::NOW
    }
    fn about(&self) -> Arc<About> {
        Arc::clone(&self.about)
    }
    fn utc(&self) -> Utc {
        demo::TODAY
    }
    fn told(&self) -> Option<Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
    fn send(&self, _: Command) {}
    fn code(&self, _: PlaceNo, _: Zeroizing<String>) {}
    fn open_with_code(&self, _: Box<Destination>, _: Zeroizing<String>) {}
    fn invitation_file(&self, _: PathBuf) {}
    fn invitation_text(&self, _: String) {}
    fn start_practice(&self) {}
    fn end_practice(&self) {}
    fn dismiss_invitation(&self, _: Box<Invitation>) {}
    fn save_receipt(&self, _: PlaceNo, _: PathBuf) {}
    fn send_receipt(&self, _: PlaceNo) {}
    fn save_texts(&self, _: Texts) {}
    fn history(&self, _: Ask) {}
    fn access(&self, _: Wanted) {}
    fn spawn(&self, _: Work) {}
    fn can_choose(&self) -> Answered<bool> {
        Box::pin(std::future::ready(true))
    }
    fn free_name(&self, path: PathBuf) -> Answered<PathBuf> {
        Box::pin(std::future::ready(path))
    }
    fn in_front(&self, _: bool) {}
    fn on_wake(&self, _: Arc<dyn Fn() + Send + Sync>) {}
    fn keep_window_place(&self, _: WindowPlace) {}
}

/// The snapshot of each scene; what it is about, where that is not the usual; and what the window is told.
type Scene = (&'static str, Snapshot, Option<About>, Vec<Told>);

fn told(text: &str) -> Vec<Told> {
    read(text).into_iter().collect()
}

fn scenes() -> Vec<Scene> {
    let (practice, about) = demo::practice();
    let server = About { test_server: Some("http://127.0.0.1:4566".to_owned()), ..demo::about() };
    let mut remembered = demo::welcome();
    let other = Destination {
        name: "Harbour Bridge".to_owned(),
        role: "arn:aws:iam::222233334444:role/daypass-bridge".parse().expect("a role"),
        bucket: "harbour-bridge-intake".parse().expect("a bucket"),
        ..demo::destination()
    };
    remembered.remembered = Arc::new(vec![demo::destination(), other]);
    let screen = |name, seen| (name, seen, None, Vec::new());
    vec![
        screen("welcome", demo::welcome()),
        screen("welcome-remembered", remembered),
        screen("welcome-no-profiles", demo::no_profiles()),
        screen("welcome-odd-profile", demo::odd_profile()),
        ("welcome-test-server", demo::welcome(), Some(server), Vec::new()),
        ("invitation", demo::welcome(), None, told(INVITATION)),
        ("invitation-changed", demo::ready(), None, told(CHANGED)),
        screen("ready", demo::ready()),
        screen("uploading", demo::uploading()),
        screen("every-state", demo::every_state()),
        screen("ending-soon", demo::ending_soon()),
        screen("ended", demo::ended()),
        screen("denied", demo::denied(DeniedBy::Unknown)),
        screen("denied-by-your-company", demo::denied(DeniedBy::YourPolicy)),
        screen("denied-key", demo::refused(Kind::KeyNotAccepted)),
        screen("denied-clock", demo::refused(Kind::ClockWrong(-720))),
        screen("delivered", demo::delivered()),
        screen("partly-delivered", demo::mixed()),
        screen("offline", demo::offline()),
        screen("held", demo::held()),
        screen("paused", demo::paused()),
        screen("renew-refused", demo::renew_refused()),
        screen("left-out", demo::left_out()),
        screen("many", demo::many(100_000)),
        ("practice", practice, Some(about.clone()), Vec::new()),
        ("practice-welcome", demo::welcome(), Some(about), Vec::new()),
    ]
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (wanted, dark) = (words.next().unwrap_or_default(), words.next().is_some_and(|word| word == "dark"));
    let mut scenes = scenes();
    let Some(at) = scenes.iter().position(|(name, ..)| *name == wanted) else {
        for (name, ..) in scenes {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    };
    let (_, seen, about, mut told) = scenes.swap_remove(at);
    told.push(Told::Dark(dark));
    let about = about.unwrap_or_else(demo::about);
    let still = Still { seen: Arc::new(seen), about: Arc::new(about), told: Mutex::new(told.into()) };
    match shell::run(Arc::new(still), Options::default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            println!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
