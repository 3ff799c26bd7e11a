//! The commands of profiles that may run: listed on the page of profiles, and taken back there.

use super::*;
use daypass::engine::credentials::fingerprint;
use daypass::model::snapshot::AllowedCommand;
use daypass::time::Utc;

#[test]
fn what_may_run_is_listed_and_can_be_taken_back() {
    let mut seen = refused(Problem::new(Kind::SignInNeeded), "company");
    let command = seen.profiles.list.iter().find_map(|profile| profile.credential_process.clone()).expect("a command");
    let since = Some(Utc(1_795_354_320));
    let allowed = |sha256: String, profile: &str| AllowedCommand { sha256, profile: profile.to_owned(), since };
    let gone = allowed("0".repeat(64), "old");
    seen.settings.allowed_commands = vec![allowed(fingerprint(&command), "vault"), gone.clone()];
    let mut shown = open(seen);
    shown.state_mut().window.open_profiles();
    shown.run_steps(FRAMES);
    let zone = demo::about().zone;
    assert!(says(&shown, &words::command_allowed(since, &zone)));
    assert!(says(&shown, &words::command_left(&gone, &zone)));
    press(&mut shown, &format!("{}: vault", words::command::TAKE_BACK));
    let (sha256, profile) = (fingerprint(&command), Some("vault".to_owned()));
    assert!(wishes(&mut shown).contains(&Action::Request(Request::ForbidCommand { sha256, profile })));
    press(&mut shown, words::command::TAKE_BACK);
    let wanted = Action::Request(Request::ForbidCommand { sha256: gone.sha256, profile: None });
    assert!(wishes(&mut shown).contains(&wanted));
}
