//! What stands on the pages that ask for access and give it, and on the card that shows an invitation.

use super::format;
use super::problem::Message;
use crate::model::names::AccountId;
use crate::time::Utc;
use jiff::tz::TimeZone;
use std::path::Path;

/// Title, on the contractor's side.
pub const TITLE: &str = "Ask your customer for access";
pub const SUBTITLE: &str = "Send this to whoever looks after your customer’s AWS account. It contains no secret.";
/// Title, on the customer's side.
pub const CUSTOMER_TITLE: &str = "Give a contractor access";
pub const CUSTOMER_SUBTITLE: &str =
    "Make a role that can put files into one bucket and nothing else, then the invitation for it.";
/// The way back.
pub const BACK: &str = "Back";
pub const YOU_ARE: &str = "You are";
/// Who asks, on the customer's side.
pub const CONTRACTOR: &str = "Your contractor";
pub const ACCOUNT: &str = "Account";
/// What is asked for.
pub const NEEDS: &str = "Needs";
pub const NEEDS_PUT: &str = "put files into one bucket";
pub const BUCKET: &str = "Bucket";
pub const FOLDER: &str = "Folder";
/// Who is let in.
pub const ONLY_ME: &str = "Only me, not my whole company";
/// Who is let in, on the customer's side.
pub const ONLY_THEM: &str = "Only this person, not their whole company";
/// A code is asked for.
pub const MFA: &str = "Require MFA";
/// Why it is not, for a session.
pub const MFA_SESSION: &str =
    "A role, and a sign-in or another session of a role, can’t give a code, so MFA stays off.";
/// How old a code may be.
pub const MFA_AGE: &str = "Oldest code, in minutes";
/// Dates, before there are any.
pub const DATES: &str = "Only between two dates";
/// The first day.
pub const FROM: &str = "First day";
/// The last day.
pub const UNTIL: &str = "Last day";
/// Opens the rest.
pub const MORE: &str = "More options…";
/// Closes the rest.
pub const LESS: &str = "Fewer options";
/// Nobody in particular.
pub const EVERYBODY: &str = "Everybody there";
/// Not known yet.
pub const UNKNOWN: &str = "…";
/// The field for who asks, on the customer's side, once that is known.
pub const CONTRACTOR_WHO: &str = "Who";
/// The field for who asks, where no profile says it.
pub const WHO: &str = "Your user’s ARN, or account and user name";
/// The field for who asks, on the customer's side.
pub const THEIR_WHO: &str = "Their message to you, or their account and user name";
/// What it may hold.
pub const WHO_HINT: &str = "Paste the whole message, or write 1111 2222 3333 Richard";
/// The external id.
pub const EXTERNAL_ID: &str = "External ID";
/// The role to be made.
pub const ROLE_NAME: &str = "Name of the new role";
pub const NETWORKS: &str = "Only from these addresses";
/// The longest session.
pub const LONGEST: &str = "Longest session";
pub const KMS: &str = "Encryption key (KMS)";
pub const REGION: &str = "Region of the bucket";
pub const ABORT_DAYS: &str = "Days to keep abandoned parts";
/// The customer's name.
pub const CUSTOMER: &str = "Your customer’s name";
/// The same, on the customer's side.
pub const OWN_NAME: &str = "Your company’s name";
/// The session's name.
pub const SESSION_IS_USER: &str = "The session carries the user’s name";
pub const CREATE_ONLY: &str = "Files that are there are never replaced";
pub const CLEAN_UP: &str = "Unfinished uploads may be cleaned up";
/// The bucket is made.
pub const NEW_BUCKET: &str = "The bucket has to be made first";
/// The tabs, wide.
pub const TABS: [&str; 4] = ["One click (CloudFormation)", "Policies (JSON)", "Commands", "Terraform"];
/// The tabs where there is little room.
pub const TABS_SHORT: [&str; 4] = ["CloudFormation", "JSON", "Commands", "Terraform"];
pub const SHELLS: [&str; 2] = ["bash, AWS CloudShell", "PowerShell"];
/// Copies what is shown.
pub const COPY: &str = "Copy";
/// Saves what is shown.
pub const SAVE: &str = "Save…";
/// The main button.
pub const COPY_ALL: &str = "Copy message and template";
/// After it was pressed.
pub const COPIED: &str = "Copied";
/// Saves every form.
pub const SAVE_ALL: &str = "Save as files…";
/// What happens next.
pub const THEN: &str = "They send back an invitation. Drop it on this window.";
/// The same, once it was copied.
pub const COPIED_THEN: &str = "Copied. They send back an invitation. Drop it on this window.";
/// The text, for screen readers.
pub const TEXT: &str = "The text to send";
/// The customer's second step.
pub const MAKE: &str = "The invitation";
pub const MAKE_TEXT: &str = "Once the role is made, enter its ARN. The template shows a finished invitation in its \
                             Outputs: then you can send that one.";
/// The role that was made.
pub const ROLE: &str = "ARN of the role that was made";
pub const NOTE: &str = "A note for your contractor";
pub const CONTACT: &str = "Whom they may ask";
/// The customer's main button.
pub const SAVE_INVITATION: &str = "Save invitation…";
/// Copies the invitation.
pub const COPY_INVITATION: &str = "Copy as text";
/// Copies its link.
pub const COPY_LINK: &str = "Copy link";
/// In place of the text while the bucket is missing.
pub const NEEDS_BUCKET: &str = "Enter the bucket’s name. Then the text to send stands here.";
/// In place of the text while it is not known who asks.
pub const NEEDS_WHO: &str = "Enter who needs access. Then the text to send stands here.";
/// A day that can't be read.
pub const DAY_FORM: &str = "A day is written like 1 Dec 2026.";
/// No day at all.
pub const DAY_NEEDED: &str = "Enter the first day, the last day, or both.";
/// The last day has passed.
pub const DAY_OVER: &str = "This day has passed. Enter a later one.";
/// Who asks can't be read.
pub const WHO_FORM: &str = "Write arn:aws:iam::111122223333:user/Richard, or 1111 2222 3333 Richard.";
/// A role's name that can't be read.
pub const ROLE_NAME_FORM: &str = "A role’s name has 1 to 64 letters, digits and _ + = , . @ -";
/// Networks that can't be read.
pub const NETWORKS_FORM: &str = "Write addresses like 203.0.113.7 or 203.0.113.0/24, with commas between them.";
/// A key that can't be read.
pub const KMS_FORM: &str =
    "A key looks like arn:aws:kms:eu-west-1:444455556666:key/1234abcd. Write any if you don’t know it.";
/// The ways to the customer's page on the first screen.
pub const ASKED: &str = "Were you asked for access?";
pub const I_AM_THE_CUSTOMER: &str = "I’m the customer";

/// "Only from 1 Dec to 15 Dec".
#[must_use]
pub fn dates(from: Option<&str>, until: Option<&str>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("Only from {from} to {until}"),
        (Some(from), None) => format!("Only from {from} on"),
        (None, Some(until)) => format!("Only until {until}"),
        (None, None) => DATES.to_owned(),
    }
}

/// The message with the template below it, as one text.
#[must_use]
pub fn message_and_template(message: &str, file: &str, template: &str) -> String {
    format!("{}\n\n---------- {file} ----------\n{template}", message.trim_end())
}

/// "Richard, account 1111 2222 3333"; an account alone lets everybody in it in.
#[must_use]
pub fn who(name: Option<&str>, account: &AccountId) -> String {
    let account = format::account(account.as_str());
    name.map_or_else(|| format!("Everybody in account {account}"), |name| format!("{name}, account {account}"))
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

/// Files were not saved.
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
    /// The heading over what the sender wrote in words of their own.
    pub const UNCHECKED: &str = "From the invitation itself, not checked";
    /// Before the sender's note.
    pub const NOTE: &str = "They write";
    /// Before the contact that the sender names.
    pub const CONTACT: &str = "They give as contact";
    /// Below the contact.
    pub const NOT_TO_CHECK: &str = "Don’t use this contact to check the account.";
    /// An invitation came while another dialog was open.
    pub const ANOTHER: &str = "Another invitation came";
    /// A request for access came while a dialog was open.
    pub const ANOTHER_REQUEST: &str = "A request for access came";
    /// Shows what came.
    pub const SHOW: &str = "Show it";
    /// Drops what came without a look at it.
    pub const DISMISS: &str = "Leave it";
    pub const YOU: &str = "You";
    pub const MFA: &str = "Your MFA device (ARN or serial)";
    /// Why it is asked for.
    pub const MFA_TEXT: &str = "This customer asks for a code of it.";
    pub const MFA_NEEDED: &str = "Enter the device that shows your codes. You find it in the AWS console under your \
                                  name, Security credentials.";
    pub const GET_ACCESS: &str = "Get access";
    /// Leaves everything as it is.
    pub const NOT_NOW: &str = "Not now";
    /// Takes the change.
    pub const TAKE_NEW: &str = "Use the new one";
    /// Goes on with another owner.
    pub const YES_OTHER: &str = "Yes, it belongs there";
    /// No profile that could be used.
    pub const NO_KEY: &str = "There is no access key on this computer yet. The form keeps what the invitation says \
                              while you add one.";
    pub const TO_FORM: &str = "Continue in the form";
    /// The head of a list of changes.
    pub const IS: &str = "New";
    /// Nothing stood there.
    pub const NOTHING: &str = "none";
    /// It is known, and nothing has changed.
    pub const KNOWN: &str = "You know this customer. Nothing has changed.";
    /// Nobody like this is known.
    pub const FIRST: &str =
        "First time. Compare the account’s 12 digits with what your customer told you in another way.";
}

/// A name that may be read as another.
#[must_use]
pub fn look_alike(word: &str) -> String {
    format!("“{word}” has letters that only look like the usual ones. Ask your customer whether this is their name.")
}

/// The title over a grave change.
#[must_use]
pub fn changed(name: &str) -> String {
    format!("This is not the {name} you know")
}

/// The title over an invitation of another account whose name looks like one that is known.
#[must_use]
pub fn looks_like(known: &str) -> String {
    format!("This looks like {known}, which you know, and is another account")
}

/// What the sender wrote, marked as a quotation.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("“{text}”")
}

pub const CHANGED_TEXT: &str = "Files would go somewhere else than before. Ask your customer by phone, or in another \
                                way than this invitation came, before you say yes.";

/// The question before files go to a bucket of another account.
#[must_use]
pub fn other_owner(owner: &AccountId, role: &AccountId) -> (String, String) {
    let (owner, role) = (format::account(owner.as_str()), format::account(role.as_str()));
    (
        "The bucket belongs to another account".to_owned(),
        format!(
            "The role is in account {role}, and your files would go to account {owner}. Go on only if your customer \
             told you so."
        ),
    )
}

/// "Your access starts Monday 09:00".
#[must_use]
pub fn starts(at: Utc, now: Utc, zone: &TimeZone) -> String {
    format!("Your access starts {}. Before that, your customer’s account says no.", moment(at, now, zone))
}

/// "Your access ended 3 Dec 09:00".
#[must_use]
pub fn over(at: Utc, now: Utc, zone: &TimeZone) -> String {
    format!("Your access ended {}. Ask your customer for a new invitation.", moment(at, now, zone))
}

/// "Your access lasts until Friday 18:00".
#[must_use]
pub fn lasts(at: Utc, now: Utc, zone: &TimeZone) -> String {
    // What ends at midnight ends with the day before.
    let before = jiff::Timestamp::from_second(at.0 - 1).unwrap_or_default().to_zoned(zone.clone());
    if before.time() == jiff::civil::time(23, 59, 59, 0) {
        let form = if at.0 - now.0 > 180 * 86_400 { "%A, %-d %b %Y" } else { "%A, %-d %b" };
        return format!("Your access lasts until the end of {}.", before.strftime(form));
    }
    format!("Your access lasts until {}.", moment(at, now, zone))
}

fn moment(at: Utc, now: Utc, zone: &TimeZone) -> String {
    let text = format::time(at, now, zone);
    // A time of today stands alone; other days name themselves. Beyond half a year the year is needed.
    if (at.0 - now.0).abs() > 180 * 86_400 {
        return format::date_and_time(at, zone).rsplit_once(':').map_or_else(String::new, |(text, _)| text.to_owned());
    }
    if text.contains(' ') { text } else { format!("today at {text}") }
}

/// "to Acme / incoming", beside the customer's color.
#[must_use]
pub fn to(name: &str, prefix: &str) -> String {
    format!("to {}", format::place(name, prefix))
}
