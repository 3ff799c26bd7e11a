//! `profiles`: lists the profiles in the shared files, and which of their commands may run.

use super::args::ProfilesArgs;
use super::destination;
use super::{ALL, NOT_STARTED, Stop, say, say_beside};
use crate::engine::credentials::fingerprint;
use crate::engine::handle::{Engine, EngineOptions};
use crate::engine::{journal, profiles, settings};
use crate::model::notice::Notice;
use crate::model::snapshot::Settings;
use crate::words::problem::sentence;
use crate::words::{cli as words, keys as key_words, profiles as profile_words};

pub(super) async fn run(args: ProfilesArgs) -> Result<u8, Stop> {
    if let Some(sha256) = &args.forbid_command {
        return forbid(sha256).await;
    }
    let read = profiles::read(&profiles::Paths::from_env());
    if !read.found {
        return Err(Stop::new(words::no_profiles()).hint(words::where_profiles(&read.credentials_path)));
    }
    let kept = settings::home().and_then(|home| journal::kept_settings(&home)).unwrap_or_default();
    for profile in &read.list {
        say(&words::profile(profile));
        let allowed = profile.credential_process.as_deref().map(fingerprint).and_then(|sha256| allowed(&kept, &sha256));
        if let Some(line) = allowed {
            say(&line);
        }
    }
    let named: Vec<String> =
        read.list.iter().filter_map(|profile| profile.credential_process.as_deref()).map(fingerprint).collect();
    for allowed in kept.allowed_commands.iter().filter(|allowed| !named.contains(&allowed.sha256)) {
        say(&key_words::allowed_without_profile(allowed));
    }
    for oddity in &read.oddities {
        say_beside(&profile_words::oddity(oddity));
    }
    Ok(if read.list.is_empty() { NOT_STARTED } else { ALL })
}

fn allowed(kept: &Settings, sha256: &str) -> Option<String> {
    kept.allowed_commands.iter().find(|allowed| allowed.sha256 == sha256).map(key_words::allowed_since)
}

/// Revokes the consent to a command.
async fn forbid(sha256: &str) -> Result<u8, Stop> {
    let sha256 = sha256.trim().to_lowercase();
    let known = |settings: &Settings| settings.allowed_commands.iter().any(|allowed| allowed.sha256 == sha256);
    let home = settings::home().filter(|home| journal::kept_settings(home).is_some_and(|kept| known(&kept)));
    if home.is_none() {
        return Err(Stop::new(key_words::not_allowed_before()));
    }
    let engine = Engine::spawn(EngineOptions { home, limits: destination::limits(), ..EngineOptions::new() }).await;
    let mut handle = engine.map_err(|problem| Stop::new(sentence(&problem)))?;
    let elsewhere = handle.notices().iter().any(|notice| matches!(notice, Notice::OpenElsewhere(_)));
    if elsewhere {
        handle.stop().await;
        return Err(Stop::new(key_words::take_back_there()));
    }
    handle.forbid_command(&sha256);
    let _ended = handle.until(|seen| !seen.settings.may_run(&sha256)).await;
    handle.stop().await;
    say(key_words::taken_back());
    Ok(ALL)
}
