//! Texts about identity: profiles and their keys, signing in, a profile's command, and the check of access.

use super::format;
use super::problem::Message;
use super::untrusted_text::visible;
use crate::model::access_key::Keep;
use crate::model::check::Item;
use crate::model::session::Identity;
use crate::model::sign_in::DeviceCode;
use crate::model::snapshot::AllowedCommand;
use crate::time::Utc;
use jiff::tz::TimeZone;
use std::path::Path;
use std::time::Duration;

/// The page of profiles.
pub mod profiles {
    pub const TITLE: &str = "Profiles";
    pub const OPEN: &str = "Profiles…";
    pub const BACK: &str = "Back";
    /// Main button.
    pub const ADD: &str = "Add an access key…";
    pub const NONE: &str = "There is no profile on this computer yet";
    pub const NONE_TEXT: &str =
        "A profile holds your own access key. Your administrator can make one for you, usually as a CSV file.";
    pub const RENAME: &str = "Rename";
    pub const REMOVE: &str = "Remove";
    pub const SIGN_IN: &str = "Sign in…";
    pub const COMMAND: &str = "Show its command…";
    /// A key that no file holds.
    pub const THIS_RUN: &str = "this run only";
    /// The session of `aws login` has ended.
    pub const LOGIN: &str = "Run `aws login` in a terminal to sign in again.";
}

/// Adding a key.
pub mod key {
    pub const TITLE: &str = "Add an access key";
    pub const TEXT: &str =
        "Your administrator can make one for you. Drop its CSV file here, open it, or paste both parts.";
    /// Shown while a file hovers over the window.
    pub const DROP: &str = "Drop the CSV file here. The secret never leaves this computer.";
    pub const OPEN_CSV: &str = "Open the CSV file…";
    pub const ID: &str = "Access key ID";
    pub const SECRET: &str = "Secret access key";
    /// What happens next.
    pub const TESTED: &str = "Daypass asks Amazon whose key it is before saving anything.";
    /// Main button of the first step.
    pub const CONTINUE: &str = "Continue";
    /// Shown while Amazon is asked.
    pub const TESTING: &str = "Asking Amazon whose key this is…";
    pub const NAME: &str = "Name of the profile";
    pub const WHERE: &str = "Where to save it";
    pub const IN_FILE: &str = "In the shared credentials file";
    pub const THIS_RUN: &str = "For this run only";
    pub const THIS_RUN_TEXT: &str = "It’s gone when you close Daypass.";
    /// Main button.
    pub const KEEP: &str = "Save the key";
    /// Main button if the name is taken.
    pub const REPLACE: &str = "Replace the key";
    /// Title of the file dialog.
    pub const DIALOG: &str = "Open the CSV file of your access key";
    /// Filter of the file dialog.
    pub const FILES: &str = "CSV files";
}

/// Renaming and removing a profile.
pub mod change {
    pub const RENAME: &str = "Rename the profile";
    pub const RENAME_TEXT: &str = "Your destinations keep working. Other programs may still look for the old name.";
    pub const NAME: &str = "New name";
    pub const REMOVE: &str = "Remove the profile?";
    /// The safe choice.
    pub const KEEP: &str = "Keep it";
}

pub mod sign_in {
    pub const TITLE: &str = "Sign in with your company";
    /// Shown while Amazon is asked for a code.
    pub const ASKING: &str = "Asking Amazon for a code…";
    /// Above the code.
    pub const COMPARE: &str = "Approve only if the page shows this code:";
    /// The code's label for screen readers.
    pub const CODE: &str = "Code";
    pub const NO_PASSWORD: &str = "Daypass never asks for your password, and never sees it.";
    /// Said in advance, so that it surprises nobody later.
    pub const ONE_HOUR: &str =
        "After a sign-in, access lasts one hour at a time. You can renew it as often as you like.";
    /// Main button.
    pub const BROWSE: &str = "Open the browser";
    pub const COPY: &str = "Copy the address";
    /// Title after a sign-in.
    pub const DONE: &str = "You are signed in";
    /// Title after a failed sign-in.
    pub const NOT_DONE: &str = "You are not signed in";
    pub const AGAIN: &str = "Sign in again";
}

/// A profile's command.
pub mod command {
    pub const TITLE: &str = "Run this command?";
    /// Allows it until Daypass ends.
    pub const ALLOW: &str = "Allow this time";
    /// Allows it in later runs too.
    pub const ALWAYS: &str = "Always allow";
    /// Revokes the permission.
    pub const TAKE_BACK: &str = "Stop allowing it";
    /// The safe choice.
    pub const NO: &str = "Don’t run it";
    /// Below the command.
    pub const TEXT: &str = "It can do anything on this computer that you can. Allow it only if you or your \
                            administrator wrote it. Daypass asks again if the command changes, but not if a script \
                            or program that it runs does. Relative paths start in the folder that Daypass was \
                            started from.";
}

pub mod check {
    pub const OPEN: &str = "Check my access…";
    pub const TITLE: &str = "Check my access";
    /// Whether to send a test object.
    pub const TEST: &str = "Send a tiny test file too";
    pub const TEST_TEXT: &str = "It stays there: you can add files but not delete them. Your customer can.";
    pub const START: &str = "Check";
    pub const AGAIN: &str = "Check again";
    /// Shown while the check runs.
    pub const RUNNING: &str = "Checking…";
    /// All steps passed, including the test file.
    pub const ALL_WELL: &str = "Everything is fine. You can deliver files.";
    /// All steps passed, without a test file.
    pub const WELL: &str = "Everything is fine so far. The first file will show whether uploads are allowed.";
}

/// The rest of the form.
pub mod form {
    pub const ENCRYPTION: &str = "Encryption";
    /// No encryption header is sent.
    pub const AS_BUCKET: &str = "Bucket default";
    pub const SSE_S3: &str = "With Amazon’s key (SSE-S3)";
    pub const SSE_KMS: &str = "With a KMS key (SSE-KMS)";
    pub const KMS_KEY: &str = "KMS key (ARN or ID)";
    /// The KMS key is invalid.
    pub const KMS_KEY_FORM: &str =
        "Enter the key’s ARN, ID or alias, such as alias/uploads. Leave this empty to use the bucket’s own key.";
    pub const ACL: &str = "Give the bucket’s owner full control (bucket-owner-full-control)";
}

/// Shown if more than an hour is requested although access comes from a sign-in, a command or a temporary key.
pub const ONE_HOUR: &str =
    "With a sign-in or a temporary key, access lasts one hour at a time, however long you choose.";

/// Below the title of the page of profiles.
#[must_use]
pub fn profiles_in(path: &Path) -> String {
    format!("The AWS users on this computer. They’re stored in {}.", visible(&path.to_string_lossy()))
}

/// Example: "This is Richard, account 1111 2222 3333".
#[must_use]
pub fn this_is(identity: &Identity) -> String {
    format!("This is {}, account {}", visible(&identity.name), format::account(&identity.account))
}

/// Below the choice of the credentials file.
#[must_use]
pub fn in_file(path: &Path) -> String {
    format!("{}, where Amazon’s own tools find it too.", visible(&path.to_string_lossy()))
}

/// A key was stored.
#[must_use]
pub fn kept(name: &str, keep: Keep) -> Message {
    let body = match keep {
        Keep::InFile => "It’s saved in the shared credentials file.",
        Keep::ThisRun => "It’s kept until you close Daypass.",
    };
    Message { title: format!("The profile “{}” is ready", visible(name)), body: body.to_owned() }
}

#[must_use]
pub fn renamed(from: &str, to: &str) -> String {
    format!("“{}” is now called “{}”.", visible(from), visible(to))
}

#[must_use]
pub fn removed(name: &str) -> String {
    format!("The profile “{}” is removed.", visible(name))
}

/// A key's file can't be read.
#[must_use]
pub fn not_read(path: &Path) -> String {
    format!("{} can’t be read. Choose the CSV file from the console.", visible(&path.to_string_lossy()))
}

/// What to do in the browser.
#[must_use]
pub fn open_page(device: &DeviceCode) -> String {
    format!("Open the page at {} and sign in there.", device.url.host())
}

/// Example: "Waiting for you · 09:41 left".
#[must_use]
pub fn waiting(left: Duration) -> String {
    format!("Waiting for you  ·  {} left", format::clock(left))
}

#[must_use]
pub fn no_browser(address: &str) -> Message {
    Message { title: "The browser did not open".to_owned(), body: format!("Copy the address and open it: {address}") }
}

/// Introduces a profile's command.
#[must_use]
pub fn command_of(profile: &str) -> String {
    format!("The profile “{}” gets its key from this command:", visible(profile))
}

/// Since when a profile's command may run.
#[must_use]
pub fn command_allowed(since: Option<Utc>, zone: &TimeZone) -> String {
    match since {
        Some(at) => format!("Its command may run. You allowed it on {}.", format::date_and_time(at, zone)),
        None => "Its command may run. You allowed it in an earlier version of Daypass.".to_owned(),
    }
}

pub const COMMAND_THIS_RUN: &str = "Its command may run until you close Daypass.";

/// A command that may run although no profile names it any more.
#[must_use]
pub fn command_left(allowed: &AllowedCommand, zone: &TimeZone) -> String {
    let since = allowed.since.map_or_else(String::new, |at| format!(" since {}", format::date_and_time(at, zone)));
    let of =
        if allowed.profile.is_empty() { String::new() } else { format!(" of “{}”", visible(&allowed.profile)) };
    format!("A command{of} that no profile uses any more is still allowed{since}.")
}

/// Examples: "120 ms", "1.4 s".
#[must_use]
pub fn step_took(took: Duration) -> String {
    match took.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

/// Describes a step before it runs; `test` is whether a test file is sent.
#[must_use]
pub const fn step_ahead(item: Item, test: bool) -> &'static str {
    match item {
        Item::Profile => "Is the profile there, and is it complete?",
        Item::Identity => "Does Amazon know the key, and whose is it?",
        Item::Role => "Does your customer’s role let you in?",
        Item::Bucket => "Where is the bucket?",
        Item::TestObject if test => "Does a file arrive?",
        Item::TestObject => "No file is sent unless you ask for it.",
    }
}

/// A step for screen readers: its name, duration and sentence.
#[must_use]
pub fn step_said(name: &str, took: Option<Duration>, sentence: &str) -> String {
    match took {
        Some(took) => format!("{name}, {}: {sentence}", step_took(took)),
        None => format!("{name}: {sentence}"),
    }
}

/// A numbered cause below a refused step; the first is the likeliest.
#[must_use]
pub fn cause(number: usize, hint: &str) -> String {
    format!("{number}. {hint}")
}

/// Why a code is asked for while the access still lasts.
pub const WITH_NEXT_CODE: &str = "Enter the next code and the uploads continue without a break.";

/// Above the code prompt while the access is still valid.
#[must_use]
pub fn code_before_end(left: Duration) -> String {
    format!("Your access ends in {}. {WITH_NEXT_CODE}", format::count(format::minutes(left), "minute"))
}

/// Splits a sentence about an invitation's dates into title and body.
#[must_use]
pub fn dates(sentence: &str) -> Message {
    let (title, body) = sentence.split_once(". ").unwrap_or((sentence.trim_end_matches('.'), ""));
    Message { title: title.to_owned(), body: body.to_owned() }
}
