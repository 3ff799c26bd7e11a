//! Texts for checking access, for opening an invitation, and for entering an MFA code on a terminal.

use super::format;
use super::untrusted_text::visible;
use crate::model::check::{Fact, Item, Step};
use crate::model::destination::Destination;
use crate::model::snapshot::Source;
use crate::model::upload::Proof;
use crate::time::Utc;
use jiff::tz::TimeZone;

/// Returns the name of a step.
#[must_use]
pub const fn step(item: Item) -> &'static str {
    match item {
        Item::Profile => "Profile",
        Item::Identity => "Who you are",
        Item::Role => "Your customer’s role",
        Item::Bucket => "The bucket",
        Item::TestObject => "A test file",
    }
}

/// Returns the name of a step in JSON.
#[must_use]
pub const fn step_key(item: Item) -> &'static str {
    match item {
        Item::Profile => "profile",
        Item::Identity => "identity",
        Item::Role => "role",
        Item::Bucket => "bucket",
        Item::TestObject => "test object",
    }
}

/// Returns what a step found, as a sentence.
#[must_use]
pub fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Profile(_, Some(role)) => format!(
            "This profile is itself a role, {}. It is used first, so access lasts one hour at a time.",
            visible(role.as_str())
        ),
        Fact::Profile(source, None) => match source {
            Source::Key => "This profile has an access key.",
            Source::TemporaryKey => "This profile has a temporary key.",
            Source::TokenMissing => "This profile has a temporary key, but its session token is missing.",
            Source::Role => "This profile takes its key from another profile.",
            Source::SignIn => "This profile signs in through IAM Identity Center; its access lasts one hour at a time.",
            Source::Process => "This profile gets its key from a command.",
            Source::Login => "This profile uses your `aws login` session; its access lasts one hour at a time.",
            Source::TokenFile => "This profile signs in with a token from a file; its access lasts one hour at a time.",
            Source::Environment => "This profile takes its key from environment variables.",
            Source::Unsupported => "This profile gets its key in a way that Daypass doesn’t support.",
            Source::Nothing => "There is nothing usable in this profile.",
        }
        .to_owned(),
        Fact::Identity(identity) => format!(
            "Amazon knows you as {}{} in account {}.",
            visible(&identity.name),
            identity.role().map_or_else(String::new, |role| format!(", in the role {},", visible(role))),
            format::account(&identity.account)
        ),
        Fact::Role { arn, lasts, shortened } => {
            let name = arn.rsplit('/').next().unwrap_or_default();
            let mut text = format!("The role gives you access for {}, as {}.", format::about(*lasts), visible(name));
            if *shortened {
                text.push_str(" You asked for longer, but it allows one hour at a time.");
            }
            text
        }
        Fact::Bucket { region, named, owner } => {
            let other = named.as_ref().map(|named| format!(", not in {named} as you were told")).unwrap_or_default();
            format!(
                "The bucket is in {region}{other}. Files are accepted only if the bucket belongs to account {}.",
                format::account(owner.as_str())
            )
        }
        Fact::TestObject { key, proof } => {
            let proof = match proof {
                Proof::Whole => "delivered and verified",
                Proof::Parts => "delivered",
                Proof::NoChecksum => "stored (the server confirmed no checksum)",
            };
            format!("{} was {proof}. {CANT_DELETE}", visible(key))
        }
    }
}

/// What becomes of a test file.
pub const CANT_DELETE: &str = "You can’t delete it; your customer can.";

/// Returns the line for a finished step.
#[must_use]
pub fn step_line(step_of: &Step, sentence: &str) -> String {
    let mark = if step_of.result.is_ok() { "✓" } else { "✗" };
    format!("{mark} {} ({} ms): {sentence}", step(step_of.item), step_of.took.as_millis())
}

/// The question for an unknown customer, below `ask::invited::FIRST`.
#[must_use]
pub const fn first_use() -> &'static str {
    "Your files will go there. Is this right?"
}

/// How to confirm a serious change of a known customer without a terminal.
#[must_use]
pub const fn how_to_confirm_change() -> &'static str {
    "Ask your customer for the 12-digit account number, but not by replying to the message. Then add `--yes` and \
     `--account` with that number."
}

/// The question about a serious change.
#[must_use]
pub const fn change_question() -> &'static str {
    "Your files would go to a different place than before. Check with your customer first, but not by replying to the message. Continue?"
}

/// The person declined, or nobody could be asked.
#[must_use]
pub const fn not_confirmed() -> &'static str {
    "The invitation was not confirmed, so nothing was sent."
}

/// How to confirm an unknown customer without a terminal.
#[must_use]
pub const fn how_to_confirm() -> &'static str {
    "Compare the account, the role and the bucket above with what your customer told you, then add `--yes`."
}

/// The invitation's dates have not started.
#[must_use]
pub fn not_yet(from: Utc) -> String {
    format!("Your access starts {}.", format::date_and_time(from, &TimeZone::system()))
}

/// The invitation's dates are over.
#[must_use]
pub fn over(since: Utc) -> String {
    format!(
        "Your access ended {}. Ask your customer for a new invitation.",
        format::date_and_time(since, &TimeZone::system())
    )
}

/// The invitation requires an MFA code, but no device is named.
#[must_use]
pub const fn serial_needed() -> &'static str {
    "Your customer asks for a code from your MFA device, but Daypass doesn’t know which device is yours."
}

/// How to name the MFA device.
#[must_use]
pub const fn give_serial() -> &'static str {
    "Add `--mfa-serial` with the device’s ARN. The AWS console shows it under Security credentials; it looks like \
     arn:aws:iam::111122223333:mfa/your-name."
}

#[must_use]
pub fn no_file(path: &str, why: &str) -> String {
    format!("{} can’t be read: {why}.", visible(path))
}

/// Asks for an MFA code.
#[must_use]
pub fn code(destination: &Destination, why: &str) -> String {
    let serial = destination.mfa_serial.as_ref().map_or("", |serial| serial.as_str());
    let why = if why.is_empty() { String::new() } else { format!("{why}\n") };
    format!("{why}Code from {serial} for {} at {}: ", destination.role.role_name(), visible(&destination.name))
}

/// Why a code is asked for before the access ends.
#[must_use]
pub const fn code_before_end() -> &'static str {
    "Your access ends soon. Enter the next code and the upload continues without a break."
}

/// The text is not an MFA code.
#[must_use]
pub const fn not_a_code() -> &'static str {
    "A code has six digits."
}

/// `grant` was called without a caller.
#[must_use]
pub const fn who_asks() -> &'static str {
    "Say who needs access: add `--profile`, `--user-arn` or `--account`."
}

/// A date can't be parsed.
#[must_use]
pub fn no_date(text: &str) -> String {
    format!("“{}” is not a date such as 2026-12-01 or 2026-12-01T09:00:00Z.", visible(text))
}

/// The last day of the requested access has passed.
#[must_use]
pub fn last_day_over(until: Utc) -> String {
    format!(
        "`--not-after`: that access would already have ended, on {}. Choose a later day.",
        format::date_and_time(until, &TimeZone::system())
    )
}

/// Why an option of `grant` is rejected.
#[must_use]
pub fn kit_field(field: &str, why: &str) -> String {
    format!("`--{field}`: {why}")
}
