//! Texts about access keys, their profiles, sign-ins and profile commands.

use super::format;
use super::problem::said_of;
use super::untrusted_text::visible;
use crate::model::access_key::SaveProblem;
use crate::model::access_key::{AddProblem, KeepProblem, KeyProblem};
use crate::model::command_problem::CommandProblem;
use crate::model::problem::{Kind, Problem};
use crate::model::sign_in::{DeviceCode, SignInProblem};
use crate::model::snapshot::AllowedCommand;

/// Returns why a text holds no usable key.
#[must_use]
pub const fn key_problem(problem: KeyProblem) -> &'static str {
    match problem {
        KeyProblem::Empty => "This is empty. Choose the CSV file from the console, or paste the key.",
        KeyProblem::TooLarge => "This is much longer than a key. Choose the CSV file that the console gave you.",
        KeyProblem::PasswordOnly => {
            "This file has a console password but no access key. Ask your administrator for an access key: in the \
             console, under the user’s security credentials, “Create access key”."
        }
        KeyProblem::RootKey => {
            "This is a key of the account’s root user, which can’t use roles. Ask your administrator to give you \
             your own user with an access key, and to delete this root key."
        }
        KeyProblem::NoKey => {
            "There is no access key here. An access key starts with AKIA, followed by 16 capital letters and digits."
        }
        KeyProblem::NoSecret => {
            "The secret is missing. It has 40 characters, and the console shows it only once. If it’s lost, ask your \
             administrator for a new access key."
        }
        KeyProblem::NoId => "The access key ID that belongs to this secret is missing. It starts with AKIA.",
        KeyProblem::KeyForm => {
            "An access key ID starts with AKIA and has 20 capital letters and digits. Copy it again."
        }
        KeyProblem::SecretForm => "The secret has 40 characters. Copy it again, from the first to the last.",
        KeyProblem::NoToken => {
            "This is a temporary key, and its session token is missing. Copy all three lines, or use a key that \
             starts with AKIA."
        }
        KeyProblem::Several => "There are several keys here. Keep only the one you want to use.",
    }
}

/// Returns why a key was not accepted.
#[must_use]
pub fn add_problem(problem: &AddProblem) -> String {
    match problem {
        AddProblem::Text(problem) => key_problem(*problem).to_owned(),
        AddProblem::Refused(problem) => once(problem),
    }
}

/// Returns why a profile file was not changed.
#[must_use]
pub const fn save_problem(problem: SaveProblem) -> &'static str {
    match problem {
        SaveProblem::NoProfile => "This profile no longer exists.",
        SaveProblem::Folder => {
            "Daypass isn’t allowed to write to the folder of the credentials file. Nothing was changed."
        }
        SaveProblem::Unreadable => "The credentials file can’t be read, or is not a plain file. Nothing was changed.",
        SaveProblem::Link => "The credentials file is a link that leads nowhere. Nothing was changed.",
        SaveProblem::OtherOwner => {
            "The credentials file belongs to another user of this computer. Nothing was changed."
        }
        SaveProblem::TooLarge => "The credentials file is larger than 1 MiB. Nothing was changed.",
        SaveProblem::Utf16 => {
            "The credentials file is saved as “Unicode” (UTF-16), which no other program reads. Save it as UTF-8, then \
             try again. Nothing was changed."
        }
        SaveProblem::Changed => "Another program changed the credentials file at the same moment. Try again.",
        SaveProblem::Full => "The disk is full. Nothing was changed.",
        SaveProblem::NotWritten => "The credentials file can’t be written. Nothing was changed.",
    }
}

/// Returns why a key was not stored, or a profile not changed.
#[must_use]
pub fn keep_problem(problem: &KeepProblem, profile: &str) -> String {
    match problem {
        KeepProblem::NameForm => {
            "A profile’s name has 1 to 64 letters, digits and any of _ - / . % @ : +. Choose another.".to_owned()
        }
        KeepProblem::NameTaken => {
            format!("A profile “{}” already exists. Replace its key, or choose another name.", visible(profile))
        }
        KeepProblem::File(problem) => save_problem(*problem).to_owned(),
        KeepProblem::Ended => "Daypass is closing. Nothing was changed.".to_owned(),
    }
}

/// Returns why a profile was not renamed.
#[must_use]
pub fn rename_problem(problem: &KeepProblem, name: &str) -> String {
    match problem {
        KeepProblem::NameTaken => {
            format!("A profile “{}” already exists. Choose another name.", visible(name))
        }
        KeepProblem::NameForm | KeepProblem::File(_) | KeepProblem::Ended => keep_problem(problem, name),
    }
}

/// The question before a profile is removed.
#[must_use]
pub fn remove_question(profile: &str) -> String {
    format!(
        "Remove the profile “{}” and its key from this computer? The key itself stays valid until your administrator \
         deletes it.",
        visible(profile)
    )
}

/// Returns what to do to sign in.
#[must_use]
pub fn confirm_sign_in(device: &DeviceCode) -> String {
    let url = device.complete.as_ref().unwrap_or(&device.url);
    format!(
        "Open {url}\nand approve only if the page at {} shows the code {}. Daypass never asks for your password.",
        device.url.host(),
        visible(&device.code)
    )
}

/// The sign-in succeeded; `kept` is whether its token was stored.
#[must_use]
pub const fn signed_in(kept: bool) -> &'static str {
    if kept {
        "You are signed in. Access lasts one hour at a time."
    } else {
        "You are signed in until Daypass ends; the sign-in couldn’t be saved. Access lasts one hour at a time."
    }
}

/// Returns why a sign-in failed.
#[must_use]
pub fn sign_in_problem(problem: &SignInProblem) -> String {
    match problem {
        SignInProblem::Expired => "The code was not confirmed in time. Sign in again.".to_owned(),
        SignInProblem::Denied => "The sign-in was declined on the page. Sign in again if that was not you.".to_owned(),
        SignInProblem::OtherHost(host) => format!(
            "The sign-in leads to {}, which doesn’t belong to Amazon, so Daypass won’t open it. Ask your \
             administrator about the start URL in the profile.",
            visible(host)
        ),
        SignInProblem::Other(problem) => once(problem),
    }
}

/// Returns the sentence for a problem in a place where nothing is retried automatically.
#[must_use]
pub fn once(problem: &Problem) -> String {
    const PASSING: [Kind; 6] =
        [Kind::Offline, Kind::NoAnswer, Kind::ConnectionLost, Kind::Busy, Kind::SlowDown, Kind::Unexpected];
    let said = said_of(problem);
    let title = said.title.trim_end_matches('.');
    if PASSING.contains(&problem.kind) {
        format!("{title}. Try again in a moment.")
    } else if problem.kind == Kind::LoginPage {
        format!("{title}. Open a browser, sign in to the network, and try again.")
    } else {
        format!("{title}. {}", said.body)
    }
}

/// The question before a profile's command runs for the first time, with the whole command.
#[must_use]
pub fn command_question(profile: &str, command: &str) -> String {
    format!(
        "The profile “{}” gets its key from this command:\n\n    {}\n\nIt can do anything on this computer that you \
         can. Allow it only if you or your administrator wrote it. Daypass asks again if the command changes, but \
         not if a script or program that it runs does. Relative paths start in the folder that this was started \
         from.",
        visible(profile),
        visible(command)
    )
}

/// The possible answers to that question.
pub const COMMAND_ANSWERS: &str = "Run it? y = this time, a = always, otherwise no: ";

/// The command was not allowed.
#[must_use]
pub const fn command_not_allowed() -> &'static str {
    "The profile’s command was not allowed to run, so there is no key."
}

/// How to allow a command without a terminal.
#[must_use]
pub fn how_to_allow(fingerprint: &str) -> String {
    format!("Add `--allow-command {fingerprint}` to allow exactly this command for this run.")
}

/// Since when a profile's command may run, and how to revoke that.
#[must_use]
pub fn allowed_since(allowed: &AllowedCommand) -> String {
    format!("  its command may run{}; {}", since(allowed), take_back(allowed))
}

/// The same for a command that no profile names any more.
#[must_use]
pub fn allowed_without_profile(allowed: &AllowedCommand) -> String {
    let of =
        if allowed.profile.is_empty() { String::new() } else { format!(" of “{}”", visible(&allowed.profile)) };
    format!("A command{of} that no profile uses any more may run{}; {}", since(allowed), take_back(allowed))
}

fn since(allowed: &AllowedCommand) -> String {
    let zone = jiff::tz::TimeZone::system();
    allowed.since.map_or_else(String::new, |at| format!(", allowed since {}", format::date_and_time(at, &zone)))
}

fn take_back(allowed: &AllowedCommand) -> String {
    format!("`daypass-cli profiles --forbid-command {}` stops allowing it.", visible(&allowed.sha256))
}

/// The permission was revoked.
#[must_use]
pub const fn taken_back() -> &'static str {
    "No longer allowed. Daypass asks before this command runs again."
}

/// There was no permission to revoke.
#[must_use]
pub const fn not_allowed_before() -> &'static str {
    "No command with this SHA-256 is allowed. `daypass-cli profiles` lists those that are."
}

/// The permission can't be revoked while another instance of Daypass has the journal open.
#[must_use]
pub const fn take_back_there() -> &'static str {
    "Daypass is already open. Stop allowing the command there, under Profiles."
}

/// Returns what happened to a profile's command; `None` for any other problem.
#[must_use]
pub fn command_problem(problem: &Problem) -> Option<&'static str> {
    Some(match CommandProblem::of(problem)? {
        CommandProblem::NotAllowed => command_not_allowed(),
        CommandProblem::TooLong => {
            "The profile’s command took longer than a minute and was stopped. Run it yourself to see why."
        }
        CommandProblem::TooMuch => {
            "The profile’s command wrote far more than a key and was stopped. Check the command."
        }
        CommandProblem::NotTheForm => {
            "The profile’s command didn’t write a key in the expected format. Check the command."
        }
        CommandProblem::EndedWithACode => {
            "The profile’s command ended without a key. Run it yourself to see what it says."
        }
        CommandProblem::NotStarted => "The profile’s command can’t be started. Check how it is written in the profile.",
    })
}
