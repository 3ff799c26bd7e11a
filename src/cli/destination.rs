//! Makes a destination from arguments, a profile and an invitation, and asks the questions that must come first.

use super::args::{DestinationArgs, WireArgs};
use super::{Stop, ask, say_beside};
use crate::engine::credentials::fingerprint;
use crate::engine::handle::{Engine, EngineOptions, Handle};
use crate::engine::http::HttpOptions;
use crate::engine::process::Consent;
use crate::engine::profiles::{self, CredentialOrigin};
use crate::engine::settings;
use crate::grant::Invitation;
use crate::grant::alike::Likeness;
use crate::grant::fields;
use crate::grant::invitation::{ChangedField, Validity};
use crate::grant::{card, words as grant_words};
use crate::model::Limits;
use crate::model::destination::Destination;
use crate::model::names::{
    AccountId, Bucket, ExternalId, KeyPrefix, MfaSerial, NameProblem, Region, RoleArn, looks_like_secret,
};
use crate::model::snapshot::{Profile, Settings};
use crate::words::access as words;
use crate::words::ask::invited;
use crate::words::names::{Field, name_problem};
use crate::words::problem::sentence;
use crate::words::{cli, keys as key_words};
use std::sync::Arc;

/// The most warnings that are shown about a profile that can't be used.
const ODDITIES: usize = 6;

pub(super) fn parsed<T>(field: Field, result: Result<T, NameProblem>) -> Result<T, Stop> {
    result.map_err(|why| Stop::new(name_problem(field, &why)).hint(cli::see_help()))
}

/// Starts an engine for this command. `sha256` is set if a receipt is requested, since nothing else needs the hashes;
/// `send_keys` is set if files that look like keys are sent, too.
pub(super) async fn engine(wire: &WireArgs, sha256: bool, send_keys: bool) -> Result<Handle, Stop> {
    engine_for(wire, sha256, send_keys, false).await
}

/// Does the same as [`engine`]; `again` is set if files that were delivered earlier are sent again.
pub(super) async fn engine_for(wire: &WireArgs, sha256: bool, send_keys: bool, again: bool) -> Result<Handle, Stop> {
    let (limit_rate, memory, verbose) = (wire.limit_rate, wire.memory, wire.verbose);
    let adjust = move |settings: &mut Settings| {
        // A command must finish without a person; the setting of the window is for its own sessions.
        settings.renew = true;
        settings.sha256 = sha256;
        settings.detailed_log |= verbose;
        settings.limit_rate = limit_rate.or(settings.limit_rate);
        settings.memory = memory.unwrap_or(settings.memory);
    };
    let wire = HttpOptions {
        endpoint_url: wire.endpoint_url.clone(),
        ca_bundle: wire.ca_bundle.clone(),
        plain_http: wire.plain_http,
    };
    if let Some(server) = wire.in_the_clear() {
        if !wire.plain_http {
            return Err(Stop::new(cli::plain_http_refused(server)).hint(cli::how_to_allow_plain_http()));
        }
        say_beside(&crate::words::window::in_the_clear(server));
    }
    let options = EngineOptions {
        home: settings::home(),
        wire,
        limits: Limits { send_keys, ..limits() },
        adjust: Some(Arc::new(adjust)),
        again,
        ..EngineOptions::new()
    };
    Engine::spawn(options).await.map_err(|problem| Stop::new(cli::problem_and_reason(&problem)))
}

/// Returns limits under which uploads of an earlier run wait until somebody resumes them.
pub(super) fn limits() -> Limits {
    Limits { park_restored: true, quiet_retries: false, ..Limits::default() }
}

/// What the arguments say, before any question is asked.
pub(super) struct Stated {
    pub destination: Destination,
    invitation: Option<Invitation>,
}

/// Returns the destination that the arguments describe.
pub(super) fn said(args: &DestinationArgs) -> Result<Stated, Stop> {
    if looks_like_secret(&args.profile) {
        // Checked before anything is stored under this name.
        return parsed(Field::SessionName, Err(NameProblem::LooksLikeSecret));
    }
    let read = profiles::read(&profiles::Paths::from_env());
    let profile = read.list.iter().find(|profile| profile.name == args.profile);
    let invited = args.invitation.as_ref().map(|from| invitation(from)).transpose()?;
    let role = if let Some(invitation) = &invited {
        invitation.to_destination(&args.profile).role
    } else {
        let role = args.role_arn.clone().or_else(|| profile.and_then(|profile| profile.role_arn.clone()));
        let role = role.ok_or_else(|| Stop::new(cli::no_role(&args.profile)).hint(cli::give_role()))?;
        parsed(Field::Role, RoleArn::from_pasted(&role))?
    };
    // A profile with another role has settings for that role.
    let fills = profile.filter(|profile| profile.role_arn.as_deref().is_none_or(|of| of == role.as_str()));
    let of_profile = |get: fn(&Profile) -> Option<&String>| fills.and_then(get).cloned();
    let asking = read.asking(&args.profile, &role).to_owned();
    let serial = args.mfa_serial.clone().or_else(|| of_profile(|p| p.mfa_serial.as_ref()));
    let mfa_serial = serial.map(|serial| parsed(Field::Mfa, serial.parse::<MfaSerial>())).transpose()?;
    let name = args.session_name.clone().or_else(|| of_profile(|p| p.role_session_name.as_ref()));
    let session_name = name.map(|name| parsed(Field::SessionName, name.parse())).transpose()?;
    if let Some(invitation) = invited {
        if invitation.mfa && mfa_serial.is_none() {
            return Err(Stop::new(words::serial_needed()).hint(words::give_serial()));
        }
        let destination = invitation.to_destination(&asking);
        let seconds = args.duration.unwrap_or(destination.seconds);
        let destination = Destination {
            mfa_serial,
            session_name,
            seconds: length(seconds)?,
            acl_full_control: args.acl_full_control,
            encryption: args.sse.clone().unwrap_or_default(),
            ..destination
        };
        return Ok(Stated { destination, invitation: Some(invitation) });
    }
    let seconds = args.duration.or_else(|| fills.and_then(|p| p.duration_seconds)).unwrap_or(Destination::USUAL);
    let region = args.region.as_ref().map(|region| parsed(Field::Region, region.parse::<Region>())).transpose()?;
    let external_id = match &args.external_id {
        Some(typed) => Some(parsed(Field::ExternalId, ExternalId::from_pasted(typed))?),
        None => of_profile(|p| p.external_id.as_ref()).map(|id| parsed(Field::ExternalId, id.parse())).transpose()?,
    };
    let owner = args.bucket_owner.as_ref();
    let owner = owner.map(|id| parsed(Field::Account, AccountId::from_pasted(id))).transpose()?;
    let bucket = args.bucket.clone().unwrap_or_default();
    let destination = Destination {
        name: bucket.clone(),
        profile: asking,
        role,
        bucket: parsed(Field::Bucket, bucket.parse::<Bucket>())?,
        prefix: parsed(Field::Folder, KeyPrefix::from_pasted(&args.prefix))?,
        region,
        owner,
        seconds: length(seconds)?,
        external_id,
        mfa_serial,
        session_name,
        narrow: !args.no_narrowing,
        practice: false,
        acl_full_control: args.acl_full_control,
        encryption: args.sse.clone().unwrap_or_default(),
        terms: crate::model::conditions::Terms::default(),
    };
    Ok(Stated { destination, invitation: None })
}

fn length(seconds: u32) -> Result<u32, Stop> {
    let fits = (Destination::SHORTEST..=Destination::LONGEST).contains(&seconds);
    if fits { Ok(seconds) } else { Err(Stop::new(cli::duration_range())) }
}

/// Reads an invitation from a link or a file.
fn invitation(from: &str) -> Result<Invitation, Stop> {
    let read = if fields::is_link(from) {
        Invitation::parse(from)
    } else {
        Invitation::read(&bounded(from).map_err(|why| Stop::new(words::no_file(from, &why.to_string())))?)
    };
    read.map_err(|why| Stop::new(grant_words::text_problem(crate::grant::fields::MessageKind::Invitation, &why)))
}

/// Reads the beginning of a file, up to one byte more than any invitation has.
fn bounded(path: &str) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(crate::grant::fields::LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Asks what must be confirmed before anything is sent: whether the invitation is right, and whether a command may run.
///
/// If `stop_early` is set, a profile that can't be used is an error.
pub(super) async fn confirmed(
    handle: &mut Handle,
    args: &DestinationArgs,
    said: Stated,
    stop_early: bool,
) -> Result<Destination, Stop> {
    if let Some(invitation) = &said.invitation {
        match invitation.window(handle.clock().utc()) {
            Validity::NotYet(from) => return Err(Stop::new(words::not_yet(from))),
            Validity::Over(since) => return Err(Stop::new(words::over(since))),
            Validity::Open { .. } => {}
        }
        right(handle, args, invitation).await?;
    }
    let Destination { profile, role, .. } = &said.destination;
    if stop_early {
        readable(profile, role)?;
    }
    command(handle, profile, args.allow_command.as_deref()).await?;
    Ok(said.destination)
}

async fn right(handle: &Handle, args: &DestinationArgs, invitation: &Invitation) -> Result<(), Stop> {
    let expected = args.account.as_ref();
    let expected = expected.map(|digits| parsed(Field::Account, AccountId::from_pasted(digits))).transpose()?;
    if let Some(expected) = expected.as_ref().filter(|expected| **expected != invitation.role.account()) {
        return Err(Stop::new(card::other_account(expected, invitation)));
    }
    let seen = handle.seen();
    let known = invitation.known(seen.remembered.iter());
    let changes = known.map(|known| (known, invitation.diff(known)));
    if changes.as_ref().is_some_and(|(_, changes)| changes.is_empty()) {
        return Ok(());
    }
    say_beside(&card::card(invitation));
    let (question, hint, confirmed) = if let Some((known, changes)) = changes {
        let moved = changes.iter().any(|change| change.what == ChangedField::Account);
        let alike = moved && invitation.likeness(known) == Likeness::Alike;
        say_beside(&card::changes(&changes, known, alike));
        if !changes.iter().any(|change| change.what.grave()) {
            return Ok(());
        }
        // A script that accepts invitations must not be redirected by one of them.
        (words::change_question(), words::how_to_confirm_change(), args.yes && expected.is_some())
    } else {
        say_beside(invited::FIRST);
        (words::first_use(), words::how_to_confirm(), args.yes)
    };
    if let Some(theirs) = card::unchecked(invitation) {
        say_beside(&theirs);
    }
    if confirmed || ask::yes(question).await {
        return Ok(());
    }
    Err(Stop::new(words::not_confirmed()).hint(hint))
}

/// Returns the warnings about a profile in the files, as sentences with file and line.
pub(super) fn odd(profile: &str) -> Vec<String> {
    let read = profiles::read(&profiles::Paths::from_env());
    read.oddities_of(profile).take(ODDITIES).map(crate::words::profiles::oddity).collect()
}

/// Fails if the files can't give the required credentials, before anything is sent.
fn readable(profile: &str, role: &RoleArn) -> Result<(), Stop> {
    match profiles::chain(&profiles::Paths::from_env(), profile, Some(role)) {
        Err(problem) => {
            let stop = Stop::new(sentence(&problem));
            let odd = odd(profile);
            Err(if odd.is_empty() { stop } else { stop.hint(odd.join("\nhint: ")) })
        }
        Ok(_) => Ok(()),
    }
}

/// Allows a profile's command to run if the user agrees, on the terminal or by its fingerprint.
pub(super) async fn command(handle: &mut Handle, profile: &str, allowed: Option<&str>) -> Result<(), Stop> {
    let Ok(CredentialOrigin::Process { profile: base, command }) =
        profiles::origin(&profiles::Paths::from_env(), profile)
    else {
        return Ok(());
    };
    let mark = fingerprint(&command);
    if handle.seen().settings.may_run(&mark) {
        return Ok(());
    }
    let by_argument = allowed.is_some_and(|allowed| allowed.trim().eq_ignore_ascii_case(&mark));
    let consent = if by_argument {
        Some(Consent::ThisRun)
    } else {
        say_beside(&key_words::command_question(&base, &command));
        ask::consent(key_words::COMMAND_ANSWERS).await
    };
    let Some(consent) = consent else {
        return Err(Stop::new(key_words::command_not_allowed()).hint(key_words::how_to_allow(&mark)));
    };
    handle.allow_command(&base, &command, consent);
    let _ended = handle.until(|seen| seen.settings.may_run(&mark)).await;
    Ok(())
}
