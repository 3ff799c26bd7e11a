//! `upload` and `resume`: from the arguments to the last confirmed file.

use super::args::{Resume, Upload};
use super::ask::{self, Codes};
use super::show::Show;
use super::{ALL, NOT_STARTED, SOME_NOT, Stop, place};
use crate::engine::handle::{Handle, Secret};
use crate::model::session::Session;
use crate::model::snapshot::{Command, Line, Snapshot, Which};
use crate::model::upload::PlaceNo;
use crate::words::cli as words;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

pub(super) async fn run(args: Upload) -> Result<u8, Stop> {
    let said = place::said(&args.place)?;
    let mut handle = place::engine(&args.wire).await?;
    let mut show = Show::new(args.wire.json);
    show.notices(&handle);
    let destination = match place::confirmed(&mut handle, &args.place, said).await {
        Ok(destination) => destination,
        Err(stop) => {
            handle.stop().await;
            return Err(stop);
        }
    };
    let same = |p: &crate::model::snapshot::Place| {
        p.destination.role == destination.role
            && p.destination.bucket == destination.bucket
            && p.destination.prefix == destination.prefix
            && p.destination.profile == destination.profile
    };
    let place = handle.seen().places.iter().position(same).unwrap_or_else(|| handle.seen().places.len());
    let place = PlaceNo(u16::try_from(place).unwrap_or(u16::MAX));
    let code = match (&destination.mfa_serial, args.place.mfa_code.clone()) {
        (Some(_), None) => ask::code(&crate::words::access::code(&destination, "")).await,
        (_, code) => code.map(Zeroizing::new),
    };
    if let Some(code) = code {
        handle.hand_over(Secret::Code(place, code));
    }
    let paths = args.paths.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_gone| path.clone()));
    let paths: Vec<PathBuf> = paths.collect();
    handle.send(Command::Open(Box::new(destination)));
    handle.send(Command::Add(place, paths));
    // What an earlier run left looks like an end before the files of this one are in the queue.
    handle.reached().await;
    let ended = watch(&mut handle, &mut show, &[place], args.wire.patience).await;
    handle.stop().await;
    Ok(ended)
}

pub(super) async fn resume(args: Resume) -> Result<u8, Stop> {
    let mut handle = place::engine(&args.wire).await?;
    let mut show = Show::new(args.wire.json);
    show.notices(&handle);
    let seen = handle.seen();
    let places: Vec<PlaceNo> = (0..seen.places.len())
        .filter(|&at| seen.places[at].totals.open() > 0)
        .map(|at| PlaceNo(u16::try_from(at).unwrap_or(u16::MAX)))
        .collect();
    if places.is_empty() {
        super::say_beside(words::nothing_unfinished());
        handle.stop().await;
        return Ok(ALL);
    }
    for &place in &places {
        handle.send(Command::Resume(Which::All(place)));
        handle.send(Command::GetAccess(place));
    }
    handle.reached().await;
    let ended = watch(&mut handle, &mut show, &places, args.wire.patience).await;
    handle.stop().await;
    Ok(ended)
}

/// Shows what happens until nothing more will happen by itself, and gives the exit code.
async fn watch(handle: &mut Handle, show: &mut Show, places: &[PlaceNo], patience: u64) -> u8 {
    let mut begun = false;
    let mut codes = Codes::new();
    loop {
        codes.look(handle, places).await;
        let seen = handle.seen();
        show.update(&seen, handle.now());
        let done = places.iter().all(|&no| {
            let Some(place) = seen.places.get(usize::from(no.0)) else { return false };
            begun |= place.walking > 0 || place.totals.files > 0 || place.left_out_count > 0;
            begun && place.walking == 0 && place.totals.open() == parked(&seen, no)
        });
        if done {
            return show.summary(&seen, places);
        }
        if !codes.asking()
            && let Some(code) = stuck(&seen, places, patience)
        {
            show.stuck(&seen, places);
            return code;
        }
        let wait = tokio::time::timeout(Duration::from_secs(1), handle.changed()).await;
        if matches!(wait, Ok(false)) {
            return SOME_NOT;
        }
    }
}

/// Uploads of an earlier run that nobody asked for in this one.
fn parked(seen: &Snapshot, no: PlaceNo) -> u64 {
    seen.places.get(usize::from(no.0)).map_or(0, |place| place.totals.paused)
}

/// Whether nothing will go on without a person; the exit code where that is so.
fn stuck(seen: &Snapshot, places: &[PlaceNo], patience: u64) -> Option<u8> {
    if let Line::Down { since, .. } = &seen.line
        && seen.now.since(*since) > Duration::from_secs(patience)
    {
        return Some(SOME_NOT);
    }
    if seen.journal.is_some() {
        return Some(SOME_NOT);
    }
    let all = |what: &dyn Fn(&crate::model::snapshot::Place) -> bool| {
        places.iter().all(|no| seen.places.get(usize::from(no.0)).is_some_and(what))
    };
    if all(&|place| matches!(place.session, Session::Denied(_)) && !place.asking && !place.retrying) {
        return Some(NOT_STARTED);
    }
    let ended = |place: &crate::model::snapshot::Place| {
        place.hold.is_some()
            || (matches!(place.session, Session::Expired(_))
                && place.renew_problem.is_some()
                && !place.asking
                && !place.retrying)
            || (matches!(place.session, Session::Expired(_)) && place.destination.mfa_serial.is_some())
    };
    all(&ended).then_some(SOME_NOT)
}
