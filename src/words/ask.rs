//! Texts of the pages that request and grant access, and of the card that shows an invitation.

use super::format;
use super::problem::Message;
use crate::model::names::AccountId;
use crate::time::Utc;
use jiff::tz::TimeZone;
use std::path::Path;

/// Title for the contractor.
pub const TITLE: &str = "Ask your customer for access";
pub const SUBTITLE: &str = "Send this to whoever looks after your customer’s AWS account. It contains no secret.";
/// Title for the customer.
pub const CUSTOMER_TITLE: &str = "Give a contractor access";
pub const CUSTOMER_SUBTITLE: &str =
    "Create a role that can add files to one bucket and nothing else, then send the invitation for it.";
pub const BACK: &str = "Back";
pub const YOU_ARE: &str = "You are";
/// The caller, for the customer.
pub const CONTRACTOR: &str = "Your contractor";
pub const ACCOUNT: &str = "Account";
pub const NEEDS: &str = "Needs";
pub const NEEDS_PUT: &str = "to add files to one bucket";
pub const BUCKET: &str = "Bucket";
pub const FOLDER: &str = "Folder";
/// Who is trusted.
pub const ONLY_ME: &str = "Only me, not my whole company";
/// Who is trusted, for the customer.
pub const ONLY_THEM: &str = "Only this person, not their whole company";
pub const MFA: &str = "Require MFA";
/// Why MFA is off for a role or a session.
pub const MFA_SESSION: &str = "A role, a company sign-in or a role’s session can’t give a code, so MFA stays off.";
pub const MFA_AGE: &str = "Maximum MFA age (minutes)";
/// The option, before any date is entered.
pub const DATES: &str = "Only between two dates";
pub const FROM: &str = "First day";
pub const UNTIL: &str = "Last day";
pub const MORE: &str = "More options…";
pub const LESS: &str = "Fewer options";
/// Replaces a person's name if a whole account is meant.
pub const EVERYBODY: &str = "Anyone in that account";
/// Placeholder until the value is known.
pub const UNKNOWN: &str = "…";
/// Label of the caller's field for the customer, once the caller is known.
pub const CONTRACTOR_WHO: &str = "Who";
/// Label of the caller's field if no profile determines the caller.
pub const WHO: &str = "Your user’s ARN, or account and user name";
/// Label of the caller's field for the customer.
pub const THEIR_WHO: &str = "Their message to you, or their account and user name";
/// Hint in the caller's field.
pub const WHO_HINT: &str = "Paste the whole message, or enter 1111 2222 3333 Richard";
pub const EXTERNAL_ID: &str = "External ID";
pub const ROLE_NAME: &str = "Name of the new role";
pub const NETWORKS: &str = "Only from these addresses";
pub const LONGEST: &str = "Longest session";
pub const KMS: &str = "Encryption key (KMS)";
pub const REGION: &str = "Region of the bucket";
pub const ABORT_DAYS: &str = "Days to keep unfinished uploads";
/// Label of the customer's name for the contractor.
pub const CUSTOMER: &str = "Your customer’s name";
/// Label of the customer's name for the customer.
pub const OWN_NAME: &str = "Your company’s name";
pub const SESSION_IS_USER: &str = "Name each session after the user";
pub const CREATE_ONLY: &str = "Never replace existing files";
pub const CLEAN_UP: &str = "Allow cleaning up unfinished uploads";
pub const NEW_BUCKET: &str = "Create the bucket too";
/// The tabs.
pub const TABS: [&str; 4] = ["One click (CloudFormation)", "Policies (JSON)", "Commands", "Terraform"];
/// The tabs if there is little room.
pub const TABS_SHORT: [&str; 4] = ["CloudFormation", "JSON", "Commands", "Terraform"];
pub const SHELLS: [&str; 2] = ["bash, AWS CloudShell", "PowerShell"];
/// Copies the text shown.
pub const COPY: &str = "Copy";
/// Saves the text shown.
pub const SAVE: &str = "Save…";
/// Main button.
pub const COPY_ALL: &str = "Copy message and template";
/// Label of the main button after a copy.
pub const COPIED: &str = "Copied";
/// Saves all formats.
pub const SAVE_ALL: &str = "Save as files…";
/// What happens next.
pub const THEN: &str = "They’ll send you an invitation. Drop it on this window.";
/// What happens next, after a copy.
pub const COPIED_THEN: &str = "Copied. They’ll send you an invitation. Drop it on this window.";
/// Label of the text for screen readers.
pub const TEXT: &str = "The text to send";
/// Title of the customer's second step.
pub const MAKE: &str = "The invitation";
pub const MAKE_TEXT: &str = "When the role exists, enter its ARN. If you used the template, you can send the \
                             finished invitation from its Outputs instead.";
pub const ROLE: &str = "ARN of the new role";
pub const NOTE: &str = "A note for your contractor";
pub const CONTACT: &str = "Contact";
/// The customer's main button.
pub const SAVE_INVITATION: &str = "Save invitation…";
pub const COPY_INVITATION: &str = "Copy as text";
pub const COPY_LINK: &str = "Copy link";
/// Replaces the text while the bucket is missing.
pub const NEEDS_BUCKET: &str = "Enter a bucket name to see the text to send.";
/// Replaces the text while the caller is unknown.
pub const NEEDS_WHO: &str = "Enter who needs access to see the text to send.";
/// A day can't be parsed.
pub const DAY_FORM: &str = "Enter a day like 1 Dec 2026.";
/// No day is entered.
pub const DAY_NEEDED: &str = "Enter the first day, the last day, or both.";
/// The last day has passed.
pub const DAY_OVER: &str = "This day has passed. Enter a later one.";
/// The caller can't be parsed.
pub const WHO_FORM: &str = "Enter arn:aws:iam::111122223333:user/Richard, or 1111 2222 3333 Richard.";
/// The role name is invalid.
pub const ROLE_NAME_FORM: &str = "A role’s name has 1 to 64 letters, digits and _ + = , . @ -";
/// The networks can't be parsed.
pub const NETWORKS_FORM: &str = "Enter addresses like 203.0.113.7 or 203.0.113.0/24, separated by commas.";
/// The KMS key can't be parsed.
pub const KMS_FORM: &str =
    "A key looks like arn:aws:kms:eu-west-1:444455556666:key/1234abcd. Enter “any” if you don’t know it.";
/// Leads to the customer's page from the first screen.
pub const ASKED: &str = "Were you asked for access?";
pub const I_AM_THE_CUSTOMER: &str = "I’m the customer";

/// Example: "Only from 1 Dec to 15 Dec".
#[must_use]
pub fn dates(from: Option<&str>, until: Option<&str>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("Only from {from} to {until}"),
        (Some(from), None) => format!("Only from {from} on"),
        (None, Some(until)) => format!("Only until {until}"),
        (None, None) => DATES.to_owned(),
    }
}

/// Returns the message and the template as one text.
#[must_use]
pub fn message_and_template(message: &str, file: &str, template: &str) -> String {
    format!("{}\n\n---------- {file} ----------\n{template}", message.trim_end())
}

/// Example: "Richard, account 1111 2222 3333"; `None` means everybody in the account.
#[must_use]
pub fn who(name: Option<&str>, account: &AccountId) -> String {
    let account = format::account(account.as_str());
    name.map_or_else(|| format!("Anyone in account {account}"), |name| format!("{name}, account {account}"))
}

/// Files were saved.
#[must_use]
pub fn saved(paths: &[impl AsRef<Path>]) -> Message {
    let body = match paths {
        [one] => one.as_ref().to_string_lossy().into_owned(),
        many => {
            let folder = many.first().and_then(|path| path.as_ref().parent()).unwrap_or_else(|| Path::new(""));
            let count = u64::try_from(many.len()).unwrap_or(u64::MAX);
            format!("{} in {}", format::count(count, "file"), folder.to_string_lossy())
        }
    };
    Message { title: "Saved".to_owned(), body: super::untrusted_text::visible(&body) }
}

/// Not all files were saved.
#[must_use]
pub fn not_saved(why: &str) -> Message {
    Message {
        title: "Not everything was saved".to_owned(),
        body: format!(
            "{}. Choose another folder and try again.",
            super::untrusted_text::visible(why.trim_end_matches('.'))
        ),
    }
}

/// The card that shows an invitation.
pub mod invited {
    /// Before the name.
    pub const FROM: &str = "Invitation from";
    pub const ACCOUNT: &str = "Account";
    pub const ROLE: &str = "Role";
    pub const PLACE: &str = "Files go to";
    pub const OWNER: &str = "Bucket’s account";
    /// Heading of the sender's free text.
    pub const UNCHECKED: &str = "Written by the sender, not checked";
    /// Before the sender's note.
    pub const NOTE: &str = "They write";
    /// Before the sender's contact.
    pub const CONTACT: &str = "Contact they give";
    /// Below the contact.
    pub const NOT_TO_CHECK: &str = "Don’t use this contact to check the account.";
    /// An invitation arrived while another dialog was open.
    pub const ANOTHER: &str = "Another invitation arrived";
    /// A request for access arrived while a dialog was open.
    pub const ANOTHER_REQUEST: &str = "A request for access arrived";
    /// Opens the one that arrived.
    pub const SHOW: &str = "Show it";
    /// Discards the one that arrived.
    pub const DISMISS: &str = "Ignore it";
    pub const YOU: &str = "You";
    pub const MFA: &str = "Your MFA device (ARN or serial)";
    /// Why the device is asked for.
    pub const MFA_TEXT: &str = "Your customer asks for a code from your authenticator.";
    pub const MFA_NEEDED: &str = "Enter the device that shows your codes. You’ll find it in the AWS console, under \
                                  your name, Security credentials.";
    pub const GET_ACCESS: &str = "Get access";
    /// Changes nothing.
    pub const NOT_NOW: &str = "Not now";
    /// Accepts the change.
    pub const TAKE_NEW: &str = "Use the new one";
    /// Accepts that another account owns the bucket.
    pub const YES_OTHER: &str = "Yes, that’s correct";
    /// There is no usable profile.
    pub const NO_KEY: &str = "There is no access key on this computer yet. Add your access key next; the invitation \
                              is kept.";
    pub const TO_FORM: &str = "Add access key…";
    /// Column header of a list of changes.
    pub const IS: &str = "New";
    /// The value was empty.
    pub const NOTHING: &str = "none";
    /// The customer is known and nothing has changed.
    pub const KNOWN: &str = "You know this customer. Nothing has changed.";
    /// The customer is unknown.
    pub const FIRST: &str =
        "First delivery to this customer. Check the 12-digit account number with them, by phone for instance.";
}

/// A name may be mistaken for another.
#[must_use]
pub fn look_alike(word: &str) -> String {
    format!("“{word}” has letters that only look like the usual ones. Ask your customer whether this is their name.")
}

/// Title of a serious change.
#[must_use]
pub fn changed(name: &str) -> String {
    format!("This is not the {name} you know")
}

/// Title for an invitation of another account whose name resembles a known customer's.
#[must_use]
pub fn looks_like(known: &str) -> String {
    format!("This looks like {known}, but it’s a different account")
}

/// Puts the sender's text in quotation marks.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("“{text}”")
}

pub const CHANGED_TEXT: &str = "Your files would go to a different place than before. Check with your customer \
                                first, by phone or in some other way than this invitation came.";

/// The title over a bucket of another account.
pub const OTHER_OWNER: &str = "The bucket belongs to another account";

/// The question before files go to a bucket in another account than the role's.
#[must_use]
pub fn other_owner(owner: &AccountId, role: &AccountId) -> (String, String) {
    let (owner, role) = (format::account(owner.as_str()), format::account(role.as_str()));
    (
        OTHER_OWNER.to_owned(),
        format!(
            "The role is in account {role}, but your files would go to account {owner}. Continue only if your \
             customer told you so."
        ),
    )
}

/// Example: "Your access starts Monday 09:00".
#[must_use]
pub fn starts(at: Utc, now: Utc, zone: &TimeZone) -> String {
    format!("Your access starts {}. You can’t get access before then.", moment(at, now, zone))
}

/// Example: "Your access ended 3 Dec 09:00".
#[must_use]
pub fn over(at: Utc, now: Utc, zone: &TimeZone) -> String {
    format!("Your access ended {}. Ask your customer for a new invitation.", moment(at, now, zone))
}

/// Example: "Your access lasts until Friday 18:00".
#[must_use]
pub fn lasts(at: Utc, now: Utc, zone: &TimeZone) -> String {
    // An end at midnight is shown as the day before.
    let before = jiff::Timestamp::from_second(at.0 - 1).unwrap_or_default().to_zoned(zone.clone());
    if before.time() == jiff::civil::time(23, 59, 59, 0) {
        let form = if at.0 - now.0 > 180 * 86_400 { "%A, %-d %b %Y" } else { "%A, %-d %b" };
        return format!("Your access lasts until the end of {}.", before.strftime(form));
    }
    format!("Your access lasts until {}.", moment(at, now, zone))
}

fn moment(at: Utc, now: Utc, zone: &TimeZone) -> String {
    let text = format::time(at, now, zone);
    // A time on the same day is shown without a date. Beyond half a year, the date has its year.
    if (at.0 - now.0).abs() > 180 * 86_400 {
        return format::date_and_time(at, zone).rsplit_once(':').map_or_else(String::new, |(text, _)| text.to_owned());
    }
    if text.contains(' ') { text } else { format!("today at {text}") }
}

/// Example: "to Acme / incoming", next to the customer's color.
#[must_use]
pub fn to(name: &str, prefix: &str) -> String {
    format!("to {}", format::place(name, prefix))
}
