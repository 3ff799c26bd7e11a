//! `upload` and `resume`: from the arguments to the last confirmed file.

use super::args::{Resume, Upload, Wire as WireArgs};
use super::show::Show;
use super::{ALL, INTERRUPTED, NOT_STARTED, SOME_NOT, Stop, TERMINATED, receipts};
use crate::engine::handle::{Engine, Handle, Options, Secret};
use crate::engine::http::Wire;
use crate::engine::{profiles, settings};
use crate::model::Limits;
use crate::model::destination::Destination;
use crate::model::names::{AccountId, Bucket, ExternalId, KeyPrefix, MfaSerial, NameProblem, Region, RoleArn};
use crate::model::session::Session;
use crate::model::snapshot::{Command, Line, Place, Snapshot, Which};
use crate::model::upload::PlaceNo;
use crate::time::Time;
use crate::words::cli as words;
use crate::words::names::{Field, name_problem};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long what commits is waited for when the person stops it all.
const LEAVE: Duration = Duration::from_secs(5);

fn parsed<T>(field: Field, result: Result<T, NameProblem>) -> Result<T, Stop> {
    result.map_err(|why| Stop::new(name_problem(field, &why)).hint(words::see_help()))
}

fn options(wire: &WireArgs) -> Options {
    Options {
        home: settings::home(),
        wire: Wire { endpoint_url: wire.endpoint_url.clone(), ca_bundle: wire.ca_bundle.clone() },
        limits: Limits { park_restored: true, quiet_retries: false, ..Limits::default() },
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
        acl_full_control: args.acl_full_control,
        encryption: args.sse.clone().unwrap_or_default(),
    })
}

pub(super) async fn run(args: Upload) -> Result<u8, Stop> {
    let destination = destination(&args)?;
    let sha256 = args.receipt.is_some();
    let options = Options { adjust: Some(Arc::new(move |settings| settings.sha256 = sha256)), ..options(&args.wire) };
    let mut handle = start(options).await?;
    let mut show = Show::new(args.wire.json);
    show.notices(&handle);
    show.earlier(&handle.seen());
    let same = |p: &Place| {
        p.destination.role == destination.role
            && p.destination.bucket == destination.bucket
            && p.destination.prefix == destination.prefix
            && p.destination.profile == destination.profile
            && !p.destination.practice
    };
    let place = handle.seen().places.iter().position(same).unwrap_or_else(|| handle.seen().places.len());
    let place = PlaceNo(u16::try_from(place).unwrap_or(u16::MAX));
    let code = match (&destination.mfa_serial, args.mfa_code) {
        (Some(_), None) => Some(asked_code().await?),
        (Some(_) | None, given) => given.map(Zeroizing::new),
    };
    if let Some(code) = code {
        handle.hand_over(Secret::Code(place, code));
    }
    let paths = args.paths.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_gone| path.clone()));
    let paths: Vec<PathBuf> = paths.collect();
    handle.send(Command::Open(Box::new(destination)));
    handle.send(Command::Add(place, paths));
    // What is seen before the files were taken in looks like a delivery that has come to its end.
    handle.heard().await;
    let mut ended = watch(&mut handle, &mut show, &[place], args.wire.patience).await;
    if let Some(path) = &args.receipt
        && ended != NOT_STARTED
    {
        match receipts::write(&handle, place, path).await {
            Ok(()) => show.receipt(path),
            Err(sentence) => {
                super::say_beside(&sentence);
                ended = SOME_NOT;
            }
        }
    }
    handle.stop().await;
    Ok(ended)
}

pub(super) async fn resume(args: Resume) -> Result<u8, Stop> {
    let mut handle = start(options(&args.wire)).await?;
    let mut show = Show::new(args.wire.json);
    show.notices(&handle);
    let seen = handle.seen();
    show.earlier(&seen);
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
    handle.heard().await;
    let ended = watch(&mut handle, &mut show, &places, args.wire.patience).await;
    handle.stop().await;
    Ok(ended)
}

async fn start(options: Options) -> Result<Handle, Stop> {
    Engine::spawn(options).await.map_err(|problem| Stop::new(words::problem(&problem)))
}

/// Asks for the code of the MFA device, which arguments would show to everybody on this computer.
async fn asked_code() -> Result<Zeroizing<String>, Stop> {
    super::say_beside(words::code_wanted());
    let read = tokio::task::spawn_blocking(|| {
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().read_line(&mut line).map(|_length| Zeroizing::new(line.trim().to_owned()))
    });
    let code = read.await.ok().and_then(Result::ok).filter(|code| !code.is_empty());
    code.ok_or_else(|| Stop::new(words::no_code()).hint(words::see_help()))
}

/// How things stand with one destination.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    /// It moves, or will by itself.
    Going,
    /// Access is all that is missing, and it is asked for again by itself.
    Asking,
    /// Nothing goes on without a person.
    Stuck,
    /// Every file that was asked for has ended.
    Done,
}

/// Shows what happens until nothing more will happen by itself, and gives the exit code.
async fn watch(handle: &mut Handle, show: &mut Show, places: &[PlaceNo], patience: u64) -> u8 {
    let patience = Duration::from_secs(patience);
    let mut without: Option<Time> = None;
    let mut signal = std::pin::pin!(interrupted());
    loop {
        let seen = handle.seen();
        let now = handle.now();
        show.update(&seen, now);
        let standing: Vec<Standing> = places.iter().map(|&no| standing(&seen, no, patience)).collect();
        let (done, open): (Vec<PlaceNo>, Vec<PlaceNo>) =
            places.iter().partition(|&&no| standing_of(places, &standing, no) == Standing::Done);
        if open.is_empty() {
            return show.summary(&seen, places);
        }
        let going = standing.contains(&Standing::Going);
        let asking = standing.contains(&Standing::Asking);
        without = (asking && !going).then(|| without.unwrap_or(now));
        let given_up = without.is_some_and(|since| now.since(since) >= patience);
        if !going && (!asking || given_up) {
            if !done.is_empty() {
                show.summary(&seen, &done);
            }
            show.stuck(&seen, &open);
            let had = |no: &PlaceNo| seen.places.get(usize::from(no.0)).is_some_and(had_access);
            return if places.iter().any(had) { SOME_NOT } else { NOT_STARTED };
        }
        tokio::select! {
            code = &mut signal => {
                leave(handle, show, places).await;
                return code;
            }
            wait = tokio::time::timeout(Duration::from_secs(1), handle.changed()) => {
                if matches!(wait, Ok(false)) {
                    return SOME_NOT;
                }
            }
        }
    }
}

fn standing_of(places: &[PlaceNo], standing: &[Standing], no: PlaceNo) -> Standing {
    places.iter().position(|&other| other == no).map_or(Standing::Going, |at| standing[at])
}

/// Waits for Ctrl+C or the system's request to end, and gives the exit code that shells expect for it.
async fn interrupted() -> u8 {
    #[cfg(unix)]
    if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        return tokio::select! {
            _ = tokio::signal::ctrl_c() => INTERRUPTED,
            _ = term.recv() => TERMINATED,
        };
    }
    let _pressed = tokio::signal::ctrl_c().await;
    INTERRUPTED
}

/// Lets what commits come to its answer, since breaking it off would leave open whether the file arrived.
async fn leave(handle: &mut Handle, show: &mut Show, places: &[PlaceNo]) {
    for &place in places {
        handle.send(Command::Pause(Which::All(place)));
    }
    handle.heard().await;
    let still = handle.until(|seen| !seen.rows.iter().any(|(_, row)| row.state.moving()));
    tokio::select! {
        _ended = tokio::time::timeout(LEAVE, still) => {}
        _again = tokio::signal::ctrl_c() => {}
    }
    show.left(handle, places);
}

fn had_access(place: &Place) -> bool {
    matches!(place.session, Session::Active(_) | Session::Expired(_))
}

/// Uploads of an earlier run that nobody asked for in this one.
fn parked(seen: &Snapshot, no: PlaceNo) -> u64 {
    seen.places.get(usize::from(no.0)).map_or(0, |place| place.totals.paused)
}

fn standing(seen: &Snapshot, no: PlaceNo, patience: Duration) -> Standing {
    let Some(place) = seen.places.get(usize::from(no.0)) else { return Standing::Going };
    if place.walking == 0 && place.totals.open() == parked(seen, no) {
        return Standing::Done;
    }
    let line = match &seen.line {
        Line::Down { since, .. } => seen.now.since(*since) > patience,
        Line::Up => false,
    };
    if line || seen.journal.is_some() || place.hold.is_some() {
        return Standing::Stuck;
    }
    match &place.session {
        Session::Assuming(_) => Standing::Asking,
        Session::Denied(_) | Session::Expired(_) if place.retrying || place.asking => Standing::Asking,
        Session::Denied(_) => Standing::Stuck,
        Session::Expired(_) if place.renew_problem.is_some() || place.destination.mfa_serial.is_some() => {
            Standing::Stuck
        }
        Session::Active(_) | Session::Expired(_) | Session::SignedOut => Standing::Going,
    }
}
