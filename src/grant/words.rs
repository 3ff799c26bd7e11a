//! The texts of the access kit, the invitation and the request, and why one of them is rejected.

use super::KitFormat;
use super::fields::{MessageKind, TextProblem};
use super::invitation::{ChangedField, InvitationProblem};
use super::limits::{NETWORKS_MOST, TRUST_MOST};
use super::names::FormProblem;
use super::request::{RequestProblem, RoleRequest};
use super::terms::to_compare;
use crate::time::{Day, Utc};
use crate::words::format;
use crate::words::untrusted_text::visible;
use jiff::tz::TimeZone;
use std::time::Duration;

/// Names the sender of the message.
#[must_use]
pub fn i_am(name: &str, account: &str) -> String {
    format!("I am {name} in the AWS account {}.", format::account(account))
}

/// Names bucket and folder.
#[must_use]
pub fn place(bucket: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        format!("the bucket {bucket}")
    } else {
        format!("the folder {prefix} of the bucket {bucket}")
    }
}

/// The first step of the customer's administrator.
pub const COMPARE: &str = "Compare these two lines of the template with this message, and call me on a number that you \
                           already have, to make sure they are mine";

/// Returns the message to the customer's administrator. Its first step is to compare what could be altered in transit.
#[must_use]
pub fn to_administrator(ask: &RoleRequest, i_am: &str, wishes: &[String], request: &str) -> String {
    let place = place(ask.bucket.as_str(), ask.prefix.as_str());
    let [(principal, who), (resource, what)] = to_compare(ask);
    let file = KitFormat::CloudFormation.file_name();
    format!(
        "Hello,\n\nI need to upload files to {place}. Please create a role for me. {i_am}\nThis message and the \
         template contain no secret.\n\nWhat the template asks for:\n- {wishes}\n\n1. {COMPARE}:\n\n   {RULE}\n   \
         {principal:9}  {who}\n   {resource:9}  {what}\n   {RULE}\n\n2. In the AWS console of the account that owns \
         the bucket, open CloudFormation and choose Create stack.\n3. Upload the template, {file}, which is attached \
         or below. Name the stack {stack} and continue to Submit. Tick the box that lets it create a role.\n4. When \
         the stack is complete, open its Outputs and send me the InvitationLink.\n\nIf you have Daypass, choose \
         \"I’m the customer\" and paste this whole message instead.\n\n{request}\nThank you\n",
        wishes = wishes.join("\n- "),
        stack = ask.stack_name(),
    )
}

/// Border of the box in that message.
const RULE: &str = "----------------------------------------------------------------";

/// Returns the message to the contractor.
#[must_use]
pub fn to_contractor(name: &str, text: &str, link: &str) -> String {
    format!(
        "Hello,\n\nhere is your invitation to deliver files to {name}. Copy this whole message and paste it into the \
         Daypass window, or save the lines below as a file whose name ends in .daypass and drop it there. It \
         contains no secret.\n\n{text}\nThe same as a link:\n{link}\n"
    )
}

/// Returns the label of a field.
#[must_use]
pub fn field(name: &str) -> &str {
    match name {
        "role" => "the role’s ARN",
        "bucket" => "the bucket",
        "prefix" => "the folder",
        "region" => "the region",
        "owner" => "the bucket’s account",
        "external_id" => "the external ID",
        "mfa" => "the MFA setting",
        "duration" => "the session length",
        "not_before" => "the date it starts",
        "not_after" => "the date it ends",
        "customer" => "the customer’s name",
        "note" => "the note",
        "contact" => "the contact",
        "who" => "the person who asks",
        "role_name" => "the role’s name",
        "source_ips" => "the list of networks",
        "session_is_user" => "the rule for the session’s name",
        "kms" => "the key",
        "mfa_max_age" => "the maximum MFA age",
        "abort_days" => "the days to keep unfinished uploads",
        "create_only" => "the rule that existing files are never replaced",
        other => other,
    }
}

const fn file(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Invitation => "invitation",
        MessageKind::Request => "request",
    }
}

/// Returns why a text is not a valid invitation or request, and what to do.
#[must_use]
pub fn text_problem(kind: MessageKind, problem: &TextProblem) -> String {
    let this = file(kind);
    let again = match kind {
        MessageKind::Invitation => "Ask your customer to send it again.",
        MessageKind::Request => "Ask the contractor to send it again.",
    };
    match problem {
        TextProblem::Empty => format!("There is no text. Copy the whole {this} and paste it here."),
        TextProblem::TooLarge => format!("This is much longer than any {this}. Choose another file."),
        TextProblem::NotText => format!("This file is not text, so it is not a Daypass {this}. Choose another file."),
        TextProblem::NotOurs => format!("This is not a Daypass {this}. Copy all of it, from the first line on."),
        TextProblem::Other(MessageKind::Request) => {
            "This is a request for access. Open it under \"I’m the customer\", or send it to your customer.".to_owned()
        }
        TextProblem::Other(MessageKind::Invitation) => {
            "This is a finished invitation. Open it on the first page.".to_owned()
        }
        TextProblem::Newer => format!("This {this} was made by a newer Daypass. Update Daypass and open it again."),
        TextProblem::Broken => format!("This {this} was damaged on the way. {again}"),
        TextProblem::Unknown(name) => {
            format!("This {this} contains \"{name}\", which doesn’t belong in one. Nothing in it was used. {again}")
        }
        TextProblem::Missing(name) => format!("In this {this}, {} is missing. {again}", field(name)),
        TextProblem::Wrong(name) => format!("In this {this}, {} isn’t in the right format. {again}", field(name)),
    }
}

/// Returns why a request is invalid, and what to do.
#[must_use]
pub fn ask_problem(problem: RequestProblem) -> String {
    match problem {
        RequestProblem::NotOnePerson => {
            "Only an account is known, not a person. Enter your user’s ARN, or let in the whole account.".to_owned()
        }
        RequestProblem::NoUserName => {
            "You are signed in without an IAM user, so there is no user name to compare with. Turn that choice off."
                .to_owned()
        }
        RequestProblem::NameTooShort => {
            "A session’s name needs at least 2 characters, but this user’s name has 1. Turn that choice off.".to_owned()
        }
        RequestProblem::SessionMfa => {
            "A role, a company sign-in or a role’s session can’t give a code. Turn MFA off.".to_owned()
        }
        RequestProblem::Secret => crate::words::names::SECRET.to_owned(),
        RequestProblem::NoTime => "The last day is before the first. Change one of them.".to_owned(),
        RequestProblem::Seconds => "A role gives access for 1 to 12 hours at a time.".to_owned(),
        RequestProblem::MfaAge => {
            "The maximum MFA age is between 1 minute and 36 hours, and works only if MFA is required.".to_owned()
        }
        RequestProblem::AbortDays => "Unfinished uploads are kept between 1 and 365 days.".to_owned(),
        RequestProblem::LegacyName => {
            "A new bucket’s name can’t have capital letters or underscores. Choose another name.".to_owned()
        }
        RequestProblem::RegionNeeded => "Choose the region in which to create the bucket.".to_owned(),
        RequestProblem::AccessPoint => "This is an access point. Enter the name of the bucket behind it.".to_owned(),
        RequestProblem::OtherPartition => {
            "The region or the key belongs to a different AWS partition from your account. Roles don’t work across partitions."
                .to_owned()
        }
        RequestProblem::KeyElsewhere => {
            "The key and the bucket are in different regions, so S3 can’t use the key. Enter a key of the bucket’s region."
                .to_owned()
        }
        RequestProblem::TooManyNetworks => {
            format!("That is more than {NETWORKS_MOST} networks. Combine neighboring ones.")
        }
        RequestProblem::TrustTooLong(size) => format!(
            "The trust policy would have {size} characters, and AWS accepts {TRUST_MOST}. Use a shorter external ID \
             or fewer networks."
        ),
        RequestProblem::RoleNeeded => "Enter the ARN of the new role.".to_owned(),
    }
}

/// Returns why a name in the kit is rejected.
#[must_use]
pub const fn odd(odd: FormProblem) -> &'static str {
    match odd {
        FormProblem::Form => "This isn’t in the right format.",
        FormProblem::Secret => crate::words::names::SECRET,
        FormProblem::Private => {
            "AWS never sees this address, because it belongs to a private network. Enter the public one."
        }
        FormProblem::Everyone => "This lets in every address. Leave the field empty instead.",
        FormProblem::Alias => "This is a key’s alias. Enter the ARN of the key itself.",
    }
}

/// Returns the label of a changed field.
#[must_use]
pub const fn what(what: ChangedField) -> &'static str {
    match what {
        ChangedField::Account => "Account",
        ChangedField::Role => "Role",
        ChangedField::Bucket => "Bucket",
        ChangedField::Owner => "Bucket’s account",
        ChangedField::Prefix => "Folder",
        ChangedField::Region => "Region",
        ChangedField::ExternalId => "External ID",
        ChangedField::Duration => "Session length",
        ChangedField::From => "Starts",
        ChangedField::Until => "Ends",
        ChangedField::Mfa => "Code (MFA)",
        ChangedField::MfaAge => "Maximum MFA age",
        ChangedField::Networks => "Networks",
        ChangedField::SessionIsUser => "Session’s name",
        ChangedField::Name => "Name",
    }
}

/// Returns the value of a changed field as text for a person, or a placeholder if it is empty.
#[must_use]
pub fn value(what: ChangedField, text: &str, zone: &TimeZone) -> String {
    let seconds = || text.parse().map(|seconds| format::short(Duration::from_secs(seconds)));
    match what {
        _ if text.is_empty() => crate::words::ask::invited::NOTHING.to_owned(),
        ChangedField::Account | ChangedField::Owner => format::account(text),
        ChangedField::Duration | ChangedField::MfaAge => seconds().unwrap_or_else(|_form| text.to_owned()),
        ChangedField::From | ChangedField::Until => {
            let at = Utc::from_rfc3339(text, Day::Start);
            at.map_or_else(|| text.to_owned(), |at| format::date_and_time(at, zone))
        }
        ChangedField::Mfa => "required".to_owned(),
        ChangedField::SessionIsUser => "your user name".to_owned(),
        ChangedField::Role
        | ChangedField::Bucket
        | ChangedField::Prefix
        | ChangedField::Region
        | ChangedField::ExternalId
        | ChangedField::Networks
        | ChangedField::Name => visible(text),
    }
}

/// Returns why a text is not a valid invitation, and what to do.
#[must_use]
pub fn invitation_problem(why: &InvitationProblem) -> String {
    text_problem(MessageKind::Invitation, why)
}
