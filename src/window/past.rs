//! Answers the page of past deliveries: reads the journal and makes receipts, off the window's thread.

use super::{App, locked, words};
use crate::engine::handle::Handle;
use crate::engine::journal::History;
use crate::model::problem::{Kind, Problem};
use crate::receipt::{Format, Receipt, Receipts};
use crate::ui::backend::Reply;
use crate::ui::history::{FoundDeliveries, HistoryReply, HistoryRequest};
use crate::words::problem::sentence;
use crate::words::{history, problem};
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;

impl App {
    /// Asks the journal, and replies with what it answered.
    pub(super) fn history(&self, request: HistoryRequest) {
        let (handle, zone) = (self.current(), locked(&self.state).about.zone.clone());
        self.reply_later(answer(handle, zone, request));
    }
}

async fn answer(handle: Handle, zone: TimeZone, request: HistoryRequest) -> Reply {
    match request {
        HistoryRequest::Clear => match handle.journal().clear_history().await {
            Ok(()) => Reply::History(HistoryReply::Cleared),
            Err(why) => Reply::Message(history::not_cleared(&problem::said(why.kind))),
        },
        HistoryRequest::Save(ids, path) => Reply::Message(match save(&handle, ids, path.clone()).await {
            Ok(()) => words::receipt_saved(&path),
            Err(why) => words::receipt_not_saved(&why),
        }),
        HistoryRequest::SaveEach(each, folder) => {
            Reply::Message(match save_each(&handle, each, folder.clone()).await {
                Ok(count) => crate::words::paths::receipts_saved(count, &folder),
                Err(why) => words::receipt_not_saved(&why),
            })
        }
        HistoryRequest::Message(ids) => match receipts(&handle, ids).await {
            Ok(receipts) => Reply::Copy(receipts.message()),
            Err(why) => Reply::History(HistoryReply::Unreadable(Arc::new(why))),
        },
        HistoryRequest::Find(number, wanted) => {
            // What ended a moment ago may wait for the disk still; what the disk refuses is told elsewhere.
            let _told = handle.journal().flush().await;
            let find = move |journal: &History| Ok(FoundDeliveries::new(&journal.find(&wanted)?, &zone));
            replied(read(&handle, find).await.map(|found| HistoryReply::Found(number, Arc::new(found))))
        }
        HistoryRequest::Deliveries(ids) => replied(
            read(&handle, move |journal| {
                let found = journal.some(&ids)?;
                Ok(HistoryReply::Deliveries(ids.into_iter().zip(found).collect()))
            })
            .await,
        ),
        HistoryRequest::Files(id) => {
            replied(read(&handle, move |journal| Ok(HistoryReply::Files(id, journal.files(id)?.into()))).await)
        }
        HistoryRequest::Lines(id, rows) => replied(
            read(&handle, move |journal| {
                let found = journal.lines(id, &rows)?;
                Ok(HistoryReply::Lines(id, rows.into_iter().zip(found).collect()))
            })
            .await,
        ),
    }
}

fn replied(read: Result<HistoryReply, Problem>) -> Reply {
    Reply::History(read.unwrap_or_else(|why| HistoryReply::Unreadable(Arc::new(why))))
}

async fn read<T: Send + 'static>(
    handle: &Handle,
    query: impl FnOnce(&History) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let journal = handle.journal().history();
    let reading = tokio::task::spawn_blocking(move || query(&journal));
    reading.await.map_err(|_panic| Problem::new(Kind::JournalBroken))?
}

/// Returns the receipts of these deliveries; one that is gone is left out.
async fn receipts(handle: &Handle, ids: Vec<i64>) -> Result<Receipts, Problem> {
    let _told = handle.journal().flush().await;
    read(handle, move |journal| {
        let mut receipts = Vec::with_capacity(ids.len());
        for id in ids {
            receipts.extend(journal.delivery(id)?.map(|(delivery, lines)| Receipt::of(&delivery, &lines)));
        }
        if receipts.is_empty() { Err(Problem::new(Kind::JournalBroken)) } else { Ok(Receipts(receipts)) }
    })
    .await
}

async fn save(handle: &Handle, ids: Vec<i64>, path: PathBuf) -> Result<(), String> {
    let receipts = receipts(handle, ids).await.map_err(|problem| sentence(&problem))?;
    let format = Format::of(&path);
    let saving = tokio::task::spawn_blocking(move || receipts.save(&path, format));
    saving.await.map_err(|why| why.to_string())?.map_err(|why| why.to_string())
}

/// Writes each list of deliveries to a file of its own; a name that is taken gets a number.
async fn save_each(handle: &Handle, each: Vec<(Vec<i64>, String)>, folder: PathBuf) -> Result<usize, String> {
    let count = each.len();
    for (ids, name) in each {
        let path = super::choose::free(folder.join(name));
        save(handle, ids, path).await?;
    }
    Ok(count)
}
