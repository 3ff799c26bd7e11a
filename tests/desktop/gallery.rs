//! Shows one made-up screen in a real window, to look at or to photograph: `gallery SCENE [dark]`; lists the scenes if
//! none is given.
#![expect(clippy::print_stdout, reason = "the list of scenes is its answer")]

#[path = "../it/ui/demo.rs"]
mod demo;
#[path = "../it/ui/past.rs"]
mod past;
#[path = "../it/ui/rare.rs"]
mod rare;
#[path = "../it/ui/scenes.rs"]
mod scenes;

use daypass::model::snapshot::Snapshot;
use daypass::ui::About;
use daypass::ui::backend::{Backend, Chosen, Current, Reply, Request, SheetReply};
use daypass::ui::history::{FoundDeliveries, HistoryReply, HistoryRequest};
use daypass::ui::shell::{self, ShellOptions, Wake};
use scenes::{REPORT, Scene};
use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (wanted, dark) = (words.next().unwrap_or_default(), words.next().is_some_and(|word| word == "dark"));
    let mut all = scenes::scenes();
    let Some(at) = all.iter().position(|scene| scene.name == wanted) else {
        for scene in all {
            println!("{}", scene.name);
        }
        return ExitCode::SUCCESS;
    };
    let Scene { seen, about, replies: mut told, .. } = all.swap_remove(at);
    told.push(Reply::Dark(dark));
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
