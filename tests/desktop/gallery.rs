//! Shows one made-up screen in a real window, to look at or to photograph: `gallery SCENE [dark]`; lists the scenes if
//! none is given.
#![expect(clippy::print_stdout, reason = "the list of scenes is its answer")]

#[path = "../it/ui/demo.rs"]
mod demo;
#[path = "../it/ui/past.rs"]
mod past;
#[path = "../it/ui/rare.rs"]
mod rare;

use daypass::grant::RoleRequest;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::snapshot::Snapshot;
use daypass::time::Utc;
use daypass::ui::About;
use daypass::ui::backend::{Backend, Chosen, Current, Reply, Request, SheetReply};
use daypass::ui::history::{FoundDeliveries, HistoryReply, HistoryRequest};
use daypass::ui::shell::{self, ShellOptions, Wake};
use daypass::window::read;
use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The window receives this once it is open, like a dropped invitation.
const INVITATION: &str = r#"daypass = 1
customer = "Important Project"
role = "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put"
bucket = "importantprojectbucket"
prefix = "incoming/"
external_id = "acme-42"
note = "Thank you! Please send the survey and the photos."
contact = "it@importantproject.example"
"#;

/// What a report for support holds.
const REPORT: &str = include_str!("report.txt");

/// The same invitation with another bucket and account, as from an impostor.
const CHANGED: &str = r#"daypass = 1
customer = "Important Project"
role = "arn:aws:iam::999988887777:role/importantproject-contractorA-bucket-put"
bucket = "importantproject-bucket"
prefix = "incoming/"
"#;

/// A screen with a fixed snapshot: nothing that is pressed has an effect outside the window. It reports that the
/// desktop has no file dialogs, so that paths are typed if none opens.
struct Still {
    seen: Arc<Snapshot>,
    about: Arc<About>,
    told: Mutex<VecDeque<Reply>>,
    wake: Mutex<Option<Wake>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers a request like a journal with the made-up deliveries.
fn answer(ask: HistoryRequest, zone: &jiff::tz::TimeZone) -> Option<HistoryReply> {
    let (deliveries, lines) = (past::deliveries(), past::lines());
    Some(match ask {
        HistoryRequest::Find(number, _) => {
            let list: Vec<_> = deliveries.iter().map(|one| (one.id, one.began)).collect();
            HistoryReply::Found(number, Arc::new(FoundDeliveries::new(&list, zone)))
        }
        HistoryRequest::Deliveries(ids) => {
            let one = |id| deliveries.iter().find(|one| one.id == id).cloned();
            HistoryReply::Deliveries(ids.into_iter().map(|id| (id, one(id))).collect())
        }
        HistoryRequest::Files(id) => HistoryReply::Files(id, lines.iter().map(|line| line.row).collect()),
        HistoryRequest::Lines(id, rows) => {
            let one = |row| lines.iter().find(|line| line.row == row).cloned();
            HistoryReply::Lines(id, rows.into_iter().map(|row| (row, one(row))).collect())
        }
        HistoryRequest::Message(_)
        | HistoryRequest::Save(..)
        | HistoryRequest::SaveEach(..)
        | HistoryRequest::Clear => return None,
    })
}

impl Still {
    fn reply(&self, reply: Reply) {
        locked(&self.told).push_back(reply);
        if let Some(wake) = &*locked(&self.wake) {
            wake();
        }
    }
}

impl Backend for Still {
    fn snapshot(&self) -> Current {
        Current { snapshot: Arc::clone(&self.seen), about: Arc::clone(&self.about), now: demo::NOW, utc: demo::TODAY }
    }

    fn request(&self, request: Request) {
        if let Request::History(request) = request {
            if let Some(reply) = answer(request, &self.about.zone) {
                self.reply(Reply::History(reply));
            }
        } else if let Request::GatherReport(round) = request {
            self.reply(Reply::Sheet(round, SheetReply::Report(REPORT.into())));
        } else if let Request::Choose(what) = request {
            self.reply(Reply::Chosen(what, Chosen::NoDialog));
        }
    }

    fn poll(&self) -> Option<Reply> {
        locked(&self.told).pop_front()
    }
}

/// A scene: its name, its snapshot, its [`About`] if it isn't the default, and the replies that the window receives.
type Scene = (&'static str, Snapshot, Option<About>, Vec<Reply>);

fn told(text: &str) -> Vec<Reply> {
    read(text).into_iter().collect()
}

/// Returns a contractor's request with everything that the customer should check twice.
fn request() -> Reply {
    let who = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    let to = demo::destination();
    let mut ask = RoleRequest::new(who, to.bucket, to.prefix);
    "Important Project".clone_into(&mut ask.customer);
    ask.seconds = 43_200;
    ask.not_after = Some(Utc(demo::TODAY.0 + 30 * 86_400));
    ask.source_ips = vec!["203.0.113.0/24".parse().expect("a network")];
    ask.clean_up = true;
    Reply::RoleRequest(Box::new(ask))
}

fn scenes() -> Vec<Scene> {
    let (practice, about) = demo::practice();
    let (with_code, code_about) = rare::practice_with_code();
    let server = About { test_server: Some("http://127.0.0.1:4566".to_owned()), ..demo::about() };
    let kept = About {
        home: Some("/home/richard".into()),
        downloads: Some("/home/richard/Downloads".into()),
        ..demo::about()
    };
    let two = || told(INVITATION).into_iter().chain(told(CHANGED)).collect();
    let screen = |name, seen| (name, seen, None, Vec::new());
    vec![
        screen("welcome", demo::welcome()),
        screen("welcome-remembered", rare::remembered()),
        screen("welcome-nobody-asked", rare::nobody_asked()),
        screen("welcome-no-profiles", demo::no_profiles()),
        screen("welcome-odd-profile", demo::odd_profile()),
        ("welcome-test-server", demo::welcome(), Some(server), Vec::new()),
        ("invitation", demo::welcome(), None, told(INVITATION)),
        ("invitation-changed", demo::ready(), None, told(CHANGED)),
        ("invitations-two", demo::welcome(), None, two()),
        ("request", demo::welcome(), None, vec![request()]),
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
        screen("retrying", rare::retrying()),
        screen("held-again", rare::held_again()),
        screen("key-files", rare::key_files()),
        screen("no-checksum", rare::no_checksum()),
        screen("delivered-earlier", rare::delivered_earlier()),
        ("no-dialogs", demo::delivered(), Some(kept), Vec::new()),
        screen("many", demo::many(100_000)),
        ("practice", practice, Some(about.clone()), Vec::new()),
        ("practice-welcome", demo::welcome(), Some(about), Vec::new()),
        ("practice-code", with_code, Some(code_about), Vec::new()),
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
    told.push(Reply::Dark(dark));
    let about = about.unwrap_or_else(demo::about);
    let told = Mutex::new(told.into());
    let still = Still { seen: Arc::new(seen), about: Arc::new(about), told, wake: Mutex::default() };
    let still = Arc::new(still);
    let connect = move |wake| -> Arc<dyn Backend> {
        *locked(&still.wake) = Some(wake);
        still
    };
    match shell::run(connect, ShellOptions::default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            println!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
