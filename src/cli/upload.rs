//! `upload` and `resume`: from the arguments to the last confirmed file.

use super::args::{Resume, Upload, Wire as WireArgs};
use super::show::Show;
use super::{ALL, NOT_STARTED, SOME_NOT, Stop};
use crate::engine::handle::{Engine, Handle, Options, Secret};
use crate::engine::http::Wire;
use crate::engine::{profiles, settings};
use crate::model::Limits;
use crate::model::destination::Destination;
use crate::model::names::{AccountId, Bucket, ExternalId, KeyPrefix, MfaSerial, NameProblem, Region, RoleArn};
use crate::model::session::Session;
use crate::model::snapshot::{Command, Line, Settings, Snapshot, Which};
use crate::model::upload::PlaceNo;
use crate::words::cli as words;
use crate::words::names::{Field, name_problem};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

fn parsed<T>(field: Field, result: Result<T, NameProblem>) -> Result<T, Stop> {
    result.map_err(|why| Stop::new(name_problem(field, &why)).hint(words::see_help()))
}

/// `sha256`: whether a receipt is asked for; nothing else is served by it.
fn options(wire: &WireArgs, sha256: bool) -> Options {
    let (limit_rate, memory) = (wire.limit_rate, wire.memory);
    let adjust = move |settings: &mut Settings| {
        settings.sha256 = sha256;
        settings.limit_rate = limit_rate.or(settings.limit_rate);
        settings.memory = memory.unwrap_or(settings.memory);
    };
    Options {
        home: settings::home(),
        wire: Wire { endpoint_url: wire.endpoint_url.clone(), ca_bundle: wire.ca_bundle.clone() },
        limits: Limits { park_restored: true, quiet_retries: false, ..Limits::default() },
        adjust: Some(Arc::new(adjust)),
        ..Options::new()
    }
}

fn destination(args: &Upload) -> Result<Destination, Stop> {
    let read = profiles::read(&profiles::Paths::from_env());
    let profile = read.list.iter().find(|profile| profile.name == args.profile);
    let of_profile = |get: fn(&crate::model::snapshot::Profile) -> Option<&String>| profile.and_then(get).cloned();
    let role = args.role_arn.clone().or_else(|| of_profile(|p| p.role_arn.as_ref()));
    let role = role.ok_or_else(|| Stop::new(words::no_role(&args.profile)).hint(words::give_role()))?;
    let role = parsed(Field::Role, RoleArn::from_pasted(&role))?;
    let seconds = args.duration.or_else(|| profile.and_then(|p| p.duration_seconds)).unwrap_or(Destination::USUAL);
    if !(Destination::SHORTEST..=Destination::LONGEST).contains(&seconds) {
        return Err(Stop::new(words::duration_range()));
    }
    let region = match &args.region {
        Some(region) => Some(parsed(Field::Region, region.parse::<Region>())?),
        None => None,
    };
    let external_id = args.external_id.clone().or_else(|| of_profile(|p| p.external_id.as_ref()));
    let external_id = external_id.map(|id| parsed(Field::ExternalId, id.parse::<ExternalId>())).transpose()?;
    let serial = args.mfa_serial.clone().or_else(|| of_profile(|p| p.mfa_serial.as_ref()));
    let mfa_serial = serial.map(|serial| parsed(Field::Mfa, serial.parse::<MfaSerial>())).transpose()?;
    let name = args.session_name.clone().or_else(|| of_profile(|p| p.role_session_name.as_ref()));
    let session_name = name.map(|name| parsed(Field::SessionName, name.parse())).transpose()?;
    let owner = args.bucket_owner.as_ref();
    let owner = owner.map(|id| parsed(Field::Account, AccountId::from_pasted(id))).transpose()?;
    Ok(Destination {
        name: args.bucket.clone(),
        profile: args.profile.clone(),
        role,
        bucket: parsed(Field::Bucket, args.bucket.parse::<Bucket>())?,
        prefix: parsed(Field::Folder, KeyPrefix::from_pasted(&args.prefix))?,
        region,
        owner,
        seconds,
        external_id,
        mfa_serial,
        session_name,
        narrow: !args.no_narrowing,
        practice: false,
    })
}

pub(super) async fn run(args: Upload) -> Result<u8, Stop> {
    let destination = destination(&args)?;
    let options = options(&args.wire, false);
    let mut handle = start(options).await?;
    let mut show = Show::new(args.wire.json);
    show.notices(&handle);
    let same = |p: &crate::model::snapshot::Place| {
        p.destination.role == destination.role
            && p.destination.bucket == destination.bucket
            && p.destination.prefix == destination.prefix
            && p.destination.profile == destination.profile
    };
    let place = handle.seen().places.iter().position(same).unwrap_or_else(|| handle.seen().places.len());
    let place = PlaceNo(u16::try_from(place).unwrap_or(u16::MAX));
    if let Some(code) = args.mfa_code.clone() {
        handle.hand_over(Secret::Code(place, Zeroizing::new(code)));
    }
    let paths = args.paths.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_gone| path.clone()));
    let paths: Vec<PathBuf> = paths.collect();
    handle.send(Command::Open(Box::new(destination)));
    handle.send(Command::Add(place, paths));
    let ended = watch(&mut handle, &mut show, &[place], args.wire.patience).await;
    handle.stop().await;
    Ok(ended)
}

pub(super) async fn resume(args: Resume) -> Result<u8, Stop> {
    let mut handle = start(options(&args.wire, false)).await?;
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
    let ended = watch(&mut handle, &mut show, &places, args.wire.patience).await;
    handle.stop().await;
    Ok(ended)
}

async fn start(options: Options) -> Result<Handle, Stop> {
    Engine::spawn(options).await.map_err(|problem| Stop::new(words::problem(&problem)))
}

/// Shows what happens until nothing more will happen by itself, and gives the exit code.
async fn watch(handle: &mut Handle, show: &mut Show, places: &[PlaceNo], patience: u64) -> u8 {
    let mut begun = false;
    loop {
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
        if let Some(code) = stuck(&seen, places, patience) {
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
