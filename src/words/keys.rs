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
        KeyProblem::Empty => "There is nothing in it. Choose the CSV file from the console, or paste the key.",
        KeyProblem::TooLarge => "This is much longer than a key. Choose the CSV file that the console gave you.",
        KeyProblem::PasswordOnly => {
            "This file holds a password for the console and no access key. Ask your administrator for an access key: in \
             the console, under the user’s security credentials, “Create access key”."
        }
        KeyProblem::RootKey => {
            "This is a key of the account’s root user, which can’t use roles. Ask your administrator for a user of your \
             own with an access key, and for this root key to be deleted."
        }
        KeyProblem::NoKey => "There is no access key in it. One looks like AKIA and 16 more capitals and digits.",
        KeyProblem::NoSecret => {
            "The secret is missing: 40 characters that the console shows once only. If it is lost, ask your \
             administrator for a new access key."
        }
        KeyProblem::NoId => {
            "There is a secret, and the access key ID that belongs to it is missing. It begins with AKIA."
        }
        KeyProblem::KeyForm => "The access key ID begins with AKIA and has 20 capitals and digits. Copy it once more.",
        KeyProblem::SecretForm => "The secret has 40 characters. Copy it once more, from its first to its last.",
        KeyProblem::NoToken => {
            "This is a temporary key, and its session token is missing. Copy all three lines, or use a key that begins \
             with AKIA."
        }
        KeyProblem::Several => "There are several keys in it. Leave the one you want to use.",
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
        SaveProblem::NoProfile => "There is no such profile any more.",
        SaveProblem::Folder => "Daypass may not write in the folder of the credentials file. Nothing was changed.",
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
            format!("There is a profile “{}” already. Replace its key, or choose another name.", visible(profile))
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
            format!("There is a profile “{}” already. Choose another name.", visible(name))
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
        "Open {url}\nand confirm there that the page at {} shows the code {}. Daypass never asks for your password.",
        device.url.host(),
        visible(&device.code)
    )
}

/// The sign-in succeeded; `kept` is whether its token was stored.
#[must_use]
pub const fn signed_in(kept: bool) -> &'static str {
    if kept {
        "You are signed in. Access that comes from a sign-in lasts one hour at a time."
    } else {
        "You are signed in for this run; the sign-in could not be written down. Access lasts one hour at a time."
    }
}

/// Returns why a sign-in failed.
#[must_use]
pub fn sign_in_problem(problem: &SignInProblem) -> String {
    match problem {
        SignInProblem::Expired => "The code was not confirmed in time. Sign in once more.".to_owned(),
        SignInProblem::Denied => {
            "The sign-in was declined on the page. Sign in once more if that was not you.".to_owned()
        }
        SignInProblem::OtherHost(host) => format!(
            "The sign-in would lead to {}, which is not a host of Amazon’s. Daypass doesn’t open it. Ask your \
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
        "The profile “{}” gets its key from this command:\n\n    {}\n\nIt runs with all your rights on this computer. \
         Allow it only if you or your administrator wrote it. You are asked again when this text changes, but not when a \
         script or program that it starts does. A relative path begins in the folder that this was started from.",
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
    format!("A command{of} that no profile names any more may run{}; {}", since(allowed), take_back(allowed))
}

fn since(allowed: &AllowedCommand) -> String {
    let zone = jiff::tz::TimeZone::system();
    allowed.since.map_or_else(String::new, |at| format!(", allowed since {}", format::date_and_time(at, &zone)))
}

fn take_back(allowed: &AllowedCommand) -> String {
    format!("`daypass-cli profiles --forbid-command {}` takes that back.", visible(&allowed.sha256))
}

/// The permission was revoked.
#[must_use]
pub const fn taken_back() -> &'static str {
    "Taken back. You are asked before this command runs again."
}

/// There was no permission to revoke.
#[must_use]
pub const fn not_allowed_before() -> &'static str {
    "No command of this SHA-256 is allowed. `daypass-cli profiles` lists those that are."
}

/// The permission can't be revoked while another instance of Daypass has the journal open.
#[must_use]
pub const fn take_back_there() -> &'static str {
    "Daypass is open already. Take it back there, under Profiles."
}

/// Returns what happened to a profile's command; `None` for any other problem.
#[must_use]
pub fn command_problem(problem: &Problem) -> Option<&'static str> {
    Some(match CommandProblem::of(problem)? {
        CommandProblem::NotAllowed => command_not_allowed(),
        CommandProblem::TooLong => {
            "The profile’s command took longer than a minute and was ended. Run it yourself to see why."
        }
        CommandProblem::TooMuch => {
            "The profile’s command wrote more than any key is long and was ended. Check the command."
        }
        CommandProblem::NotTheForm => {
            "What the profile’s command wrote is not a key in the form that is agreed on. Check the command."
        }
        CommandProblem::EndedWithACode => {
            "The profile’s command ended without a key. Run it yourself to see what it says."
        }
        CommandProblem::NotStarted => "The profile’s command can’t be started. Check how it is written in the profile.",
    })
}
