//! `upload` and `resume`: from the arguments to the last confirmed file.

use super::args::{Resume, UploadArgs};
use super::ask::{self, Codes};
use super::show::{Show, failed};
use super::{ALL, NOT_STARTED, SOME_NOT, Stop, destination, receipts};
use crate::engine::handle::Handle;
use crate::engine::signals::{self, Signal};
use crate::model::history::{DeliveryFile, HistoryFilter, Outcome};
use crate::model::notice::Notice;
use crate::model::problem::Kind;
use crate::model::session::Session;
use crate::model::snapshot::{Command, Network, OpenDestination, Retried, Snapshot, Totals, Which};
use crate::model::upload::DestinationId;
use crate::receipt::Receipt;
use crate::time::Time;
use crate::words::cli as words;
use crate::words::problem::sentence;
use crate::words::untrusted_text::visible;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use zeroize::Zeroizing;

/// How long to wait for answers in flight when the user interrupts the uploads.
const LEAVE: Duration = Duration::from_secs(5);

pub(super) async fn run(mut args: UploadArgs) -> Result<u8, Stop> {
    let said = destination::said(&args.destination)?;
    let sha256 = args.receipt.is_some() || args.send_receipt;
    let mut handle = destination::engine_for(&args.wire, sha256, args.send_keys, args.again).await?;
    let mut show = Show::new(args.wire.json);
    show.notices(&handle);
    show.earlier(&handle.seen());
    let destination = match destination::confirmed(&mut handle, &args.destination, said, true).await {
        Ok(destination) => destination,
        Err(stop) => {
            handle.stop().await;
            return Err(stop);
        }
    };
    let code = match ask::first_code(&destination, args.destination.mfa_code.take().map(Zeroizing::new)).await {
        Ok(code) => code,
        Err(stop) => {
            handle.stop().await;
            return Err(stop);
        }
    };
    let Some(place) = handle.open(destination, code).await else { return Ok(NOT_STARTED) };
    let paths = args.paths.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_gone| path.clone()));
    let paths: Vec<PathBuf> = paths.collect();
    handle.send(Command::Add(place, paths));
    // Before the files are added, a snapshot looks like a delivery that is complete.
    handle.reached().await;
    let mut ended = watch_uploads(&mut handle, &mut show, &[place], args.wire.patience).await;
    let files = |handle: &Handle| handle.seen().destination(place).is_some_and(|p| p.totals.files > 0);
    if let Some(path) = &args.receipt
        && ended != NOT_STARTED
        && files(&handle)
    {
        match receipts::write(&handle, place, path).await {
            Ok(()) => show.receipt(path),
            Err(sentence) => {
                super::say_beside(&sentence);
                ended = SOME_NOT;
            }
        }
    }
    let delivered = handle.seen().destination(place).is_some_and(|place| place.totals.delivered > 0);
    if args.send_receipt && delivered && matches!(ended, ALL | SOME_NOT) {
        match Receipt::send_last(&handle, place).await {
            Ok(sent) => {
                show.receipt_sent(&sent);
                ended = if sent.confirmed { ended } else { SOME_NOT };
            }
            Err(problem) => {
                super::say_beside(&crate::receipt::messages::not_sent(&sentence(&problem)));
                ended = SOME_NOT;
            }
        }
    }
    handle.stop().await;
    Ok(ended)
}

pub(super) async fn resume(args: Resume) -> Result<u8, Stop> {
    let mut handle = destination::engine(&args.wire, false, false).await?;
    let mut show = Show::new(args.wire.json);
    if let Some(sentence) = handle.notices().iter().find_map(words::nothing_to_resume) {
        handle.stop().await;
        return Err(Stop::new(sentence));
    }
    show.notices(&handle);
    let seen = handle.seen();
    show.earlier(&seen);
    // Uploads that ended without delivery are reported, too, although only the user can decide about them.
    let wanted =
        |totals: &Totals| totals.open() + totals.failed + totals.key_files + totals.unconfirmed + totals.already > 0;
    let places: Vec<DestinationId> =
        seen.destinations().filter(|(_, place)| wanted(&place.totals)).map(|(id, _)| id).collect();
    // Uploads that could not be read are not finished.
    let unread = handle.notices().iter().any(|notice| matches!(notice, Notice::Journal(_)));
    if places.is_empty() {
        let ended = if unread { NOT_STARTED } else { last_delivery(&handle, &mut show).await };
        handle.stop().await;
        return Ok(ended);
    }
    for &place in &places {
        if seen.destination(place).is_some_and(|place| place.totals.open() > 0) {
            handle.send(Command::Resume(Which::All(place)));
            handle.send(Command::GetAccess(place));
        }
    }
    handle.reached().await;
    let ended = watch_uploads(&mut handle, &mut show, &places, args.wire.patience).await;
    handle.stop().await;
    Ok(if ended == ALL && unread { SOME_NOT } else { ended })
}

/// Reports what the last delivery did not deliver, if there is nothing to resume; returns the exit code.
async fn last_delivery(handle: &Handle, show: &mut Show) -> u8 {
    let history = handle.journal().history();
    let read = tokio::task::spawn_blocking(move || {
        let last = history.deliveries(&HistoryFilter::default(), 1, 0).ok()?.pop()?;
        history.delivery(last.id).ok().flatten()
    });
    let Some((delivery, lines)) = read.await.ok().flatten() else {
        super::say_beside(words::nothing_unfinished());
        return ALL;
    };
    let missing = |line: &&DeliveryFile| match &line.outcome {
        // Files that look like keys are sent only with `--send-keys`.
        Outcome::Failed(problem) => problem.kind != Kind::KeyFile,
        Outcome::NotConfirmed => true,
        Outcome::Delivered(_) | Outcome::AlreadyThere | Outcome::Canceled | Outcome::Open => false,
    };
    let missing: Vec<&DeliveryFile> = lines.iter().filter(missing).collect();
    if missing.is_empty() {
        super::say_beside(words::nothing_unfinished());
        return ALL;
    }
    for line in &missing {
        let shown = visible(&line.name);
        match &line.outcome {
            Outcome::Failed(problem) => show.line(&failed(&line.name, problem), &words::failed(&shown, problem)),
            Outcome::NotConfirmed => {
                show.line(&json!({ "event": "not confirmed", "key": line.name }), &words::not_confirmed(&shown));
            }
            Outcome::Delivered(_) | Outcome::AlreadyThere | Outcome::Canceled | Outcome::Open => {}
        }
    }
    show.flush();
    super::say_beside(&crate::words::earlier::last_delivery(delivery.began, missing.len()));
    super::say_beside(crate::words::earlier::send_again());
    SOME_NOT
}

/// The state of one destination.
#[derive(Clone, Copy, PartialEq)]
enum DeliveryProgress {
    /// Making progress, or will by itself.
    Going,
    /// Nothing succeeds at the moment, but it retries by itself; or the disk is slow.
    Retrying,
    /// Needs a person to continue.
    Stuck,
    /// Every requested file has ended.
    Done,
}

/// Shows what happens until nothing more will happen by itself, and returns the exit code.
async fn watch_uploads(handle: &mut Handle, show: &mut Show, places: &[DestinationId], patience: u64) -> u8 {
    let patience = Duration::from_secs(patience);
    let mut without: Option<Time> = None;
    let mut codes = Codes::new();
    let mut signal = std::pin::pin!(asked_to_end());
    loop {
        codes.look(handle, places).await;
        let seen = handle.seen();
        let now = handle.now();
        show_all(show, Arc::clone(&seen), now).await;
        let standing: Vec<DeliveryProgress> = places.iter().map(|&id| standing(&seen, id, patience)).collect();
        let (done, open): (Vec<DestinationId>, Vec<DestinationId>) =
            places.iter().partition(|&&id| standing_of(places, &standing, id) == DeliveryProgress::Done);
        if open.is_empty() {
            return show.summary(&seen, places);
        }
        let going = standing.contains(&DeliveryProgress::Going);
        let retrying = standing.contains(&DeliveryProgress::Retrying);
        without = (retrying && !going).then(|| without.unwrap_or(now));
        let given_up = without.is_some_and(|since| now.since(since) >= patience) && !is_trying(&seen, places);
        if !going && !codes.asking() && (!retrying || given_up) {
            if !done.is_empty() {
                show.summary(&seen, &done);
            }
            if seen.journal.is_some() {
                // Requests in flight can still record their answers in the space that the journal reserved.
                settle(handle, &open).await;
            }
            show.stuck(&seen, &open, now);
            let had = |id: &DestinationId| seen.destination(*id).is_some_and(had_access);
            return if places.iter().any(had) { SOME_NOT } else { NOT_STARTED };
        }
        WATCHED.store(true, Ordering::Relaxed);
        tokio::select! {
            signal = &mut signal => {
                leave(handle, show, places).await;
                return signal.exit_code();
            }
            wait = tokio::time::timeout(Duration::from_secs(1), handle.changed()) => {
                if matches!(wait, Ok(false)) {
                    return SOME_NOT;
                }
            }
        }
    }
}

fn standing_of(places: &[DestinationId], standing: &[DeliveryProgress], id: DestinationId) -> DeliveryProgress {
    places.iter().position(|&other| other == id).map_or(DeliveryProgress::Going, |at| standing[at])
}

/// Whether uploads are being watched; then they handle signals that ask the program to end.
static WATCHED: AtomicBool = AtomicBool::new(false);

/// The signal that arrived while uploads were watched. The program has only one listener: with a second one, a signal
/// between the two could be missed by both.
static ASKED_TO_END: LazyLock<watch::Sender<Option<Signal>>> = LazyLock::new(|| watch::channel(None).0);

/// Waits for a signal that asks the program to end while no uploads are watched; passes later ones on to the uploads.
pub(super) async fn asked_to_end_elsewhere() -> Signal {
    let signal = signals::asked_to_end().await;
    if WATCHED.load(Ordering::Relaxed) {
        ASKED_TO_END.send_replace(Some(signal));
        std::future::pending::<()>().await;
    }
    signal
}

/// Waits for a signal that arrives while uploads are watched.
async fn asked_to_end() -> Signal {
    let mut asked = ASKED_TO_END.subscribe();
    let signal = asked.wait_for(Option::is_some).await.ok().and_then(|signal| *signal);
    match signal {
        Some(signal) => signal,
        None => std::future::pending().await,
    }
}

/// Lets requests in flight finish, since aborting them would leave open whether the file was stored.
async fn leave(handle: &mut Handle, show: &mut Show, places: &[DestinationId]) {
    settle(handle, places).await;
    show.left(handle, places);
}

/// Starts no more requests, and waits for those in flight.
async fn settle(handle: &mut Handle, places: &[DestinationId]) {
    for &place in places {
        handle.send(Command::Pause(Which::All(place)));
    }
    handle.reached().await;
    let still = handle.until(|seen| !seen.rows.iter().any(|(_, row)| row.state.moving()));
    tokio::select! {
        _ended = tokio::time::timeout(LEAVE, still) => {}
        _again = tokio::signal::ctrl_c() => {}
    }
}

fn had_access(place: &OpenDestination) -> bool {
    matches!(place.session, Session::Active(_) | Session::Expired(_))
}

/// Prints what is new on a separate thread: a blocked terminal must not hold up the uploads.
async fn show_all(show: &mut Show, seen: Arc<Snapshot>, now: Time) {
    let mut taken = std::mem::take(show);
    let printing = tokio::task::spawn_blocking(move || {
        taken.update(&seen, now);
        taken
    });
    *show = printing.await.unwrap_or_default();
}

/// Returns how many uploads of an earlier run nobody has resumed.
fn parked(seen: &Snapshot, id: DestinationId) -> u64 {
    seen.destination(id).map_or(0, |place| place.totals.paused)
}

fn standing(seen: &Snapshot, id: DestinationId, patience: Duration) -> DeliveryProgress {
    let Some(place) = seen.destination(id) else { return DeliveryProgress::Going };
    if place.walking == 0 && place.totals.open() == parked(seen, id) {
        return DeliveryProgress::Done;
    }
    let line = match &seen.line {
        Network::Down { since, .. } => seen.now.since(*since) > patience,
        Network::Up => false,
    };
    let slow = seen.journal.as_ref().is_some_and(|problem| problem.kind == Kind::JournalSlow);
    let asks_once_more = place.retry.as_ref().is_some_and(|retry| retry.what == Retried::Denied);
    if line || seen.journal.is_some() && !slow || place.hold.is_some() && !asks_once_more {
        return DeliveryProgress::Stuck;
    }
    if slow || place.hold.is_some() {
        return DeliveryProgress::Retrying;
    }
    match &place.session {
        Session::Assuming(_) => DeliveryProgress::Retrying,
        Session::Denied(_) | Session::Expired(_) if place.is_retrying() || place.is_asking() => {
            DeliveryProgress::Retrying
        }
        Session::Denied(_) => DeliveryProgress::Stuck,
        Session::Expired(_)
            if !seen.settings.renew || place.renew_problem.is_some() || place.destination.mfa_serial.is_some() =>
        {
            DeliveryProgress::Stuck
        }
        // If the network is down, the limit for the network applies.
        Session::Active(_) | Session::Expired(_) if place.retry.is_some() && seen.line == Network::Up => {
            DeliveryProgress::Retrying
        }
        Session::Active(_) | Session::Expired(_) | Session::SignedOut => DeliveryProgress::Going,
    }
}

/// Whether a file is being retried at this moment, which may succeed.
fn is_trying(seen: &Snapshot, places: &[DestinationId]) -> bool {
    let trying = |place: &OpenDestination| {
        let retry = place.retry.as_ref().filter(|retry| retry.what == Retried::Upload && seen.line == Network::Up);
        retry.is_some_and(|retry| retry.next <= seen.now)
    };
    places.iter().filter_map(|id| seen.destination(*id)).any(trying)
}
