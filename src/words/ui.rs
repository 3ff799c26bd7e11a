//! What stands in the window: labels, buttons, notes, states.

use super::format;
use super::problem::Said;
use crate::model::destination::Destination;
use crate::model::names::NameProblem;
use crate::model::session::Identity;
use crate::model::snapshot::{Left, Profile, Source, Totals};
use crate::model::upload::{Progress, Proof, State, Upload};
use crate::time::Time;
use std::time::Duration;

/// The name of the program.
pub const DAYPASS: &str = "Daypass";

/// The first screen.
pub mod welcome {
    /// Title.
    pub const TITLE: &str = "Deliver files to your customer";
    /// Below it.
    pub const SUBTITLE: &str = "With access that ends by itself. Drop the files; watch them arrive.";
    /// The invitation card.
    pub const INVITATION: &str = "I have an invitation";
    /// Below it.
    pub const INVITATION_TEXT: &str = "The .daypass file or text that your customer sent. Drop it here.";
    /// Its button.
    pub const OPEN_INVITATION: &str = "Open invitation…";
    /// The form.
    pub const BY_HAND: &str = "Enter it by hand";
    /// The form, after an invitation filled it.
    pub const FROM_INVITATION: &str = "From your invitation";
    /// The form, while it changes a destination that is open.
    pub const CHANGE: &str = "Change what you entered";
    /// The profile.
    pub const YOU: &str = "You";
    /// The name of the picker.
    pub const CHOOSE_PROFILE: &str = "Choose a profile";
    /// Below the picker.
    pub const ADD_KEY: &str = "Add an access key…";
    /// The role.
    pub const ROLE: &str = "Role your customer gave you";
    /// The bucket.
    pub const BUCKET: &str = "Bucket";
    /// The folder.
    pub const FOLDER: &str = "Folder";
    /// Beside it.
    pub const OPTIONAL: &str = "(optional)";
    /// The main button.
    pub const GET_ACCESS: &str = "Get access";
    /// Opens the rest.
    pub const MORE: &str = "External ID, MFA, duration…";
    /// Closes the rest.
    pub const LESS: &str = "Less";
    /// The way back to the destination.
    pub const BACK: &str = "Back";
    /// Below the form.
    pub const NO_INVITATION: &str = "No invitation yet?";
    /// Opens the kit for the customer.
    pub const ASK: &str = "Ask your customer for access";
    /// Starts practice.
    pub const PRACTICE: &str = "Try it with a practice bucket";
    /// The name of the destination.
    pub const NAME: &str = "What you call it";
    /// The external id.
    pub const EXTERNAL_ID: &str = "External ID";
    /// The device.
    pub const MFA: &str = "MFA device (serial or ARN)";
    /// The length.
    pub const DURATION: &str = "How long";
    /// The session's name.
    pub const SESSION_NAME: &str = "Session name";
    /// The region.
    pub const REGION: &str = "Region";
    /// The owner of the bucket.
    pub const OWNER: &str = "Account that owns the bucket";
    /// The narrowing.
    pub const NARROW: &str = "Ask for access to this bucket and folder only";
    /// No profile at all.
    pub const NO_KEY: &str = "There is no access key on this computer yet";
    /// Below it.
    pub const NO_KEY_TEXT: &str = "Your administrator gives you one for your user. It stays on this computer.";
    /// Opens how to get one.
    pub const HOW: &str = "How to get one…";
    /// Nothing was picked.
    pub const PICK_FIRST: &str = "Choose who you are first.";
    /// While it is asked.
    pub const ASKING_WHO: &str = "asking who this is…";
    /// Files came before there is access.
    pub const ACCESS_FIRST: &str = "First get access, then drop the files";
    /// Below it.
    pub const ACCESS_FIRST_TEXT: &str =
        "Daypass has to know where they go. Open an invitation or fill in the form; the files stay where they are.";
}

/// The bar at the top.
pub mod pass {
    /// The switcher.
    pub const SWITCH: &str = "Switch destination";
    /// Settings.
    pub const SETTINGS: &str = "Settings";
    /// Renew.
    pub const RENEW: &str = "Renew";
    /// While it renews.
    pub const RENEWING: &str = "Renewing…";
    /// After a denial.
    pub const TRY_AGAIN: &str = "Try again";
    /// Signed out.
    pub const GET_ACCESS: &str = "Get access";
    /// While it asks.
    pub const ASKING: &str = "Asking…";
    /// Under the dash.
    pub const NO_ACCESS: &str = "No access yet";
    /// Under the dash while it asks.
    pub const ASKING_AMAZON: &str = "Asking Amazon…";
    /// Under 00:00.
    pub const ENDED: &str = "Access has ended";
    /// A code.
    pub const ENTER_CODE: &str = "Enter a code…";
    /// The badge.
    pub const PRACTICE: &str = "Practice";
    /// The badge of another server.
    pub const TEST_SERVER: &str = "Test server";
    /// In the switcher.
    pub const OPEN_NOW: &str = "Open now";
    /// In the switcher.
    pub const EARLIER: &str = "Earlier";
    /// In the switcher.
    pub const NEW: &str = "New destination…";
    /// In the switcher.
    pub const CHANGE: &str = "Change what you entered…";
    /// In the switcher.
    pub const SIGN_OUT: &str = "Sign out";
    /// The time left, for screen readers.
    pub const TIME_LEFT: &str = "Time left";
    /// Practice.
    pub const PRACTICE_HINT: &str = "Everything happens inside this computer; no account is touched.";
    /// Hover on a shortened session.
    pub const SHORTENED: &str = "Your customer allows less time than was asked for.";
}

/// Where files come in.
pub mod intake {
    /// Large.
    pub const DROP: &str = "Drop files or folders here";
    /// Below it.
    pub const OR_CHOOSE: &str = "or choose them from your computer";
    /// Opens the dialog.
    pub const CHOOSE_FILES: &str = "Choose files…";
    /// Opens the dialog.
    pub const CHOOSE_FOLDER: &str = "Choose folder…";
    /// What put-only means.
    pub const PUT_ONLY: &str =
        "You can add files here. You can’t see or delete what is already there:\nyour customer set it up that way.";
    /// The strip.
    pub const MORE: &str = "Drop more files or folders anywhere";
    /// While folders are walked.
    pub const WALKING: &str = "Looking through the folders…";
    /// Before there is access.
    pub const WAIT: &str = "What you add now waits until you have access";
    /// The customer's view.
    pub const CUSTOMER_SEES: &str = "What your customer sees…";
    /// No dialog could be shown.
    pub const NO_DIALOG: &str =
        "This desktop has no way to choose files. Drop them on the window instead, or install xdg-desktop-portal.";
    /// One dialog is open already.
    pub const DIALOG_OPEN: &str = "A window for choosing files is open already.";
}

/// The table and the footer.
pub mod table {
    /// A column.
    pub const NAME: &str = "Name";
    /// A column.
    pub const SIZE: &str = "Size";
    /// A column.
    pub const STATUS: &str = "Status";
    /// A button.
    pub const PAUSE: &str = "Pause";
    /// A button.
    pub const RESUME: &str = "Resume";
    /// A button.
    pub const TAKE_OUT: &str = "Take out";
    /// A button.
    pub const MORE: &str = "More";
    /// The button over all rows.
    pub const MORE_ALL: &str = "More for the whole list";
    /// A menu's item.
    pub const NEW_NAME: &str = "Send under a new name";
    /// A menu's item.
    pub const TRY_AGAIN: &str = "Try again";
    /// A menu's item.
    pub const TRY_ALL_AGAIN: &str = "Try again what stopped";
    /// A menu's item.
    pub const WHY: &str = "What happened…";
    /// A menu's item.
    pub const COPY_KEY: &str = "Copy the name at the destination";
    /// A menu's item.
    pub const REMOVE: &str = "Take out of the list";
    /// A menu's item.
    pub const CANCEL_ALL: &str = "Take everything out…";
    /// The footer.
    pub const PAUSE_ALL: &str = "Pause all";
    /// The footer.
    pub const RESUME_ALL: &str = "Resume all";
    /// The footer, while paused.
    pub const PAUSED: &str = "paused";
    /// The footer's bar.
    pub const ALL: &str = "All files";
}

/// Dialogs.
pub mod dialog {
    /// Closes.
    pub const CLOSE: &str = "Close";
    /// Leaves as it is.
    pub const CANCEL: &str = "Cancel";
    /// Copies.
    pub const COPY: &str = "Copy";
    /// The code.
    pub const CODE_TITLE: &str = "Enter the code from your device";
    /// The field.
    pub const CODE: &str = "Six digits";
    /// Sends it.
    pub const CONTINUE: &str = "Continue";
    /// The code isn't one.
    pub const CODE_FORM: &str = "A code has six digits.";
    /// The serial.
    pub const SERIAL: &str = "Your MFA device (ARN or serial)";
    /// The quit guard.
    pub const KEEP: &str = "Keep uploading";
    /// The quit guard.
    pub const QUIT: &str = "Quit";
    /// The quit guard.
    pub const QUIT_TITLE: &str = "Quit Daypass?";
    /// Cancel all.
    pub const CANCEL_ALL_TITLE: &str = "Take everything out of the list?";
    /// Cancel all.
    pub const CANCEL_ALL: &str = "Take everything out";
    /// Cancel all.
    pub const KEEP_THEM: &str = "Keep them";
    /// Left out.
    pub const LEFT_OUT_TITLE: &str = "Left out";
    /// The access key.
    pub const KEY_TITLE: &str = "Add an access key";
    /// The access key.
    pub const KEY_TEXT: &str = "Daypass uses the same file as Amazon’s own tools, and never changes it.\n\n\
        1. Ask your administrator for an access key of your user: an access key ID and a secret.\n\
        2. Open or make the file below and add these lines. The name in brackets is yours to choose.\n\
        3. Save it. Daypass sees it by itself.";
    /// The lines.
    pub const KEY_LINES: &str =
        "[my-customer]\naws_access_key_id = AKIA…\naws_secret_access_key = the secret, 40 characters";
    /// What the customer sees.
    pub const ARRIVED_TITLE: &str = "What your customer sees";
    /// Nothing yet.
    pub const NOTHING_ARRIVED: &str = "Nothing has arrived yet. Drop a file on the window and look again.";
    /// Details.
    pub const DETAILS: &str = "Technical details";
}

/// Settings.
pub mod settings {
    /// Title.
    pub const TITLE: &str = "Settings";
    /// Renewal.
    pub const RENEW: &str = "Renew access by itself while files are being sent";
    /// Below it.
    pub const RENEW_TEXT: &str = "Five minutes before it ends, when no code is needed.";
    /// SHA-256.
    pub const SHA256: &str = "Work out the SHA-256 of each file for receipts";
    /// Below it.
    pub const SHA256_TEXT: &str = "Amazon’s own checksum is always compared; this one is for your customer’s records.";
    /// The limit.
    pub const LIMIT: &str = "Leave some of the line to others";
    /// The field.
    pub const LIMIT_FIELD: &str = "At most, in MB a second";
    /// A limit that can't be read.
    pub const LIMIT_FORM: &str = "Enter a number of megabytes a second, such as 5 or 0.5.";
    /// About.
    pub const ABOUT: &str = "About";
}

/// The page for a denial.
pub mod trouble {
    /// The button.
    pub const COPY_CUSTOMER: &str = "Copy message for your customer";
    /// The button.
    pub const COPY_ADMINISTRATOR: &str = "Copy message for your administrator";
    /// The button.
    pub const ENTER_CODE: &str = "Enter a code…";
    /// The button.
    pub const DETAILS: &str = "Details";
    /// The button.
    pub const CHANGE: &str = "Change it…";
    /// The button.
    pub const UNNARROWED: &str = "Go on without the limit";
    /// After a copy.
    pub const COPIED: &str = "Copied";
    /// The way back.
    pub const BACK: &str = "Back to the files";
}

/// Notes.
pub mod notes {
    /// A button.
    pub const RENEW: &str = "Renew";
    /// A button.
    pub const TRY_NOW: &str = "Try now";
    /// A button.
    pub const DETAILS: &str = "Details…";
    /// A button.
    pub const WHAT_NOW: &str = "What can I do…";
    /// A button.
    pub const RECEIPT: &str = "Save receipt…";
    /// A button.
    pub const COPY_MESSAGE: &str = "Copy message";
    /// A button.
    pub const RESUME: &str = "Resume all";
    /// A button.
    pub const DISMISS: &str = "Dismiss";
}

/// "Access ends at 14:32"; "Access ends Monday 09:00".
#[must_use]
pub fn ends_at(time: &str) -> String {
    if time.contains(' ') { format!("Access ends {time}") } else { format!("Access ends at {time}") }
}

/// "Richard, account 1111 2222 3333".
#[must_use]
pub fn who(identity: &Identity) -> String {
    format!("{}, account {}", identity.name, format::account(&identity.account))
}

/// What is said of a profile whose identity isn't known.
#[must_use]
pub fn profile_hint(profile: &Profile) -> String {
    let kind = match profile.source {
        Source::Key => "access key",
        Source::TemporaryKey => "temporary key",
        Source::TokenMissing => "temporary key without its token",
        Source::Role => "through a role",
        Source::SignIn => "company sign-in",
        Source::Process => "from a command",
        Source::Login => "aws login",
        Source::Nothing => "no key in it",
    };
    match &profile.key_tail {
        Some(tail) => format!("{kind} …{tail}"),
        None => kind.to_owned(),
    }
}

/// "A role in account 4444 5555 6666".
#[must_use]
pub fn role_in(account: &str) -> String {
    format!("A role in account {}", format::account(account))
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The role.
    Role,
    /// The bucket.
    Bucket,
    /// The folder.
    Folder,
    /// The external id.
    ExternalId,
    /// The MFA device.
    Mfa,
    /// The session's name.
    SessionName,
    /// The region.
    Region,
    /// The owner of the bucket.
    Owner,
}

/// What is not right with what stands in a field.
#[must_use]
pub fn field_problem(field: Field, why: &NameProblem) -> String {
    let empty = *why == NameProblem::Empty;
    match field {
        Field::Role if empty => "Enter the role that your customer gave you.",
        Field::Role => "A role looks like arn:aws:iam::444455556666:role/name-of-the-role.",
        Field::Bucket if empty => "Enter the name of the bucket.",
        Field::Bucket => "A bucket’s name has 3 to 63 small letters, digits, dots and hyphens.",
        Field::Folder => "A folder is written like incoming or incoming/photos.",
        Field::ExternalId => "An external ID has 2 to 1224 letters, digits and + = , . @ : / -",
        Field::Mfa => "A device looks like arn:aws:iam::111122223333:mfa/your-name.",
        Field::SessionName => "A session’s name has 2 to 64 letters, digits and + = , . @ -",
        Field::Region => "A region looks like eu-west-1.",
        Field::Owner => "An account has 12 digits.",
    }
    .to_owned()
}

pub use super::profiles::oddity;

/// Files over the window.
#[must_use]
pub fn hovering(count: usize, to: &str) -> (String, String) {
    let what = match count {
        0 | 1 => "Drop it here".to_owned(),
        n => format!("Drop {} here", format::count(u64::try_from(n).unwrap_or(u64::MAX), "item")),
    };
    (what, format!("They go to {to}"))
}

/// "3 were left out…".
#[must_use]
pub fn left_out(count: u64) -> String {
    if count == 1 { "1 was left out…".to_owned() } else { format!("{} were left out…", format::number(count)) }
}

/// Why something was left out.
#[must_use]
pub const fn left(why: Left) -> &'static str {
    match why {
        Left::Link => "a link; add what it points to",
        Left::NotAFile => "not a file",
        Left::NameNotText => "its name can’t be written as text",
        Left::Unreadable => "can’t be read",
        Left::Gone => "no longer there",
        Left::Twice => "in the list already",
        Left::NameTooLong => "its name with its folders is longer than 1024 bytes",
        Left::TooLarge => "larger than Amazon takes",
    }
}

/// The list of what was left out goes on.
#[must_use]
pub fn and_more(count: u64) -> String {
    format!("and {} more", format::number(count))
}

/// The words for a row's state.
#[must_use]
pub fn state(upload: &Upload, now: Time) -> String {
    match &upload.state {
        State::Waiting => "Waiting".to_owned(),
        State::Retrying(at, _) => match at.since(now) {
            Duration::ZERO => "Tries again now".to_owned(),
            left => format!("Tries again in {}", format::short(left + Duration::from_millis(999))),
        },
        State::Paused => "Paused".to_owned(),
        State::Preparing => "Getting ready…".to_owned(),
        State::Sending(progress) => sending(progress, upload.size),
        State::Confirming => "Sent. Amazon is confirming…".to_owned(),
        State::Delivered(Proof::Whole) => "Delivered and verified".to_owned(),
        State::Delivered(Proof::Parts) => "Delivered; each part was checked".to_owned(),
        State::AlreadyThere => "Already there. Not replaced.".to_owned(),
        State::NotConfirmed => "Sent, but not confirmed".to_owned(),
        State::Failed(problem) => super::problem::said(problem.kind).title,
        State::Canceled => "Taken out".to_owned(),
    }
}

/// "62 % · 11.8 MB/s · 2 min left".
#[must_use]
pub fn sending(progress: &Progress, size: u64) -> String {
    let moved = progress.confirmed.saturating_add(progress.in_flight);
    let mut text = format!("{} %", format::percent(moved, size));
    if progress.rate > 0 {
        let left = Duration::from_secs(size.saturating_sub(moved) / progress.rate);
        text.push_str(&format!(" · {} · {} left", format::rate(progress.rate), format::short(left)));
    } else if let Some(from) = progress.resumed {
        text.push_str(&format!(" · continued from {from} %"));
    }
    text
}

/// "14 of 40 files".
#[must_use]
pub fn files_done(totals: &Totals) -> String {
    format!("{} of {}", format::number(totals.delivered), format::count(totals.files, "file"))
}

/// The rest of the footer, in parts.
#[must_use]
pub fn footer(totals: &Totals, paused: bool) -> Vec<String> {
    let mut parts = vec![format!("{} of {}", format::size(totals.confirmed), format::size(totals.bytes))];
    if paused {
        parts.push(table::PAUSED.to_owned());
        return parts;
    }
    if totals.rate > 0 {
        parts.push(format::rate(totals.rate));
    }
    if let Some(left) = totals.time_left {
        parts.push(format!("{} left", format::about(left)));
    }
    parts
}

/// The note when access ends soon.
#[must_use]
pub fn ending_soon(left: Duration, queue: Option<Duration>, by_itself: bool) -> Said {
    let ends = format::minutes(left);
    let title = match queue.filter(|need| *need > left) {
        Some(need) if left >= Duration::from_secs(60) => {
            format!("These uploads need {}, and your access ends in {ends}.", minutes_more(need))
        }
        Some(need) => format!("These uploads need {}, and your access ends in under a minute.", minutes_more(need)),
        None if left >= Duration::from_secs(60) => format!("Your access ends in {}.", format::count(ends, "minute")),
        None => "Your access ends in under a minute.".to_owned(),
    };
    let body = if by_itself {
        "Daypass renews it by itself before it ends. Nothing stops."
    } else {
        "Renew now and nothing stops. If it ends first, the uploads wait for you and continue from where they were."
    };
    Said { title, body: body.to_owned() }
}

fn minutes_more(need: Duration) -> String {
    match format::minutes(need) {
        1 => "about 1 more minute".to_owned(),
        minutes @ 2..90 => format!("about {minutes} more minutes"),
        _ => format!("{} more", format::about(need)),
    }
}

/// The note when access has ended.
#[must_use]
pub fn ended(open: u64) -> Said {
    let body = match open {
        0 => "Renew when you have more to deliver.".to_owned(),
        1 => "1 file is waiting; nothing uploaded is lost. Renew and continue.".to_owned(),
        n => format!("{} files are waiting; nothing uploaded is lost. Renew and continue.", format::number(n)),
    };
    Said { title: "Your access has ended".to_owned(), body }
}

/// The note when the line is down.
#[must_use]
pub fn offline(said: Said, next: Duration) -> Said {
    if next.is_zero() {
        return said;
    }
    let body = format!("{} Next try in {}.", said.body, format::short(next + Duration::from_millis(999)));
    Said { title: said.title, body }
}

/// The note over a finished delivery: whether every file was confirmed, and the sentences.
#[must_use]
pub fn finished(totals: &Totals, to: &Destination) -> (bool, Said) {
    let whole = totals.delivered == totals.files;
    let title = if whole && totals.parts_only == 0 {
        match totals.files {
            1 => "The file is delivered. Amazon’s checksum matches it.".to_owned(),
            n => format!("All {} files delivered. Amazon’s checksum matches every one.", format::number(n)),
        }
    } else if whole {
        match totals.files {
            1 => "The file is delivered. Each part of it was checked.".to_owned(),
            n => format!("All {} files delivered. Each part of them was checked.", format::number(n)),
        }
    } else {
        let of = [
            (totals.delivered, "delivered"),
            (totals.already, "already there"),
            (totals.unconfirmed, "not confirmed"),
            (totals.failed, "stopped"),
        ];
        let parts: Vec<String> =
            of.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", format::number(*n))).collect();
        format!("{}.", parts.join(", "))
    };
    let took = totals.ended.map(|ended| ended.since(totals.began));
    let place = format::place(to.bucket.as_str(), to.prefix.as_str());
    let size = format::size(totals.confirmed);
    let body = match took {
        Some(took) => format!("{size} in {}, to {place}", format::took(took)),
        None => format!("{size} to {place}"),
    };
    (whole, Said { title, body })
}

/// The note while everything is paused.
#[must_use]
pub fn all_paused(open: u64) -> Said {
    let what = if open == 1 { "1 file waits".to_owned() } else { format!("{} files wait", format::number(open)) };
    Said { title: "Paused".to_owned(), body: format!("{what} until you resume. Nothing uploaded is lost.") }
}

/// The note when a renewal did not work.
#[must_use]
pub fn renew_problem(said: Said) -> Said {
    Said { title: format!("Renewing did not work: {}", lower_first(&said.title)), body: said.body }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.as_str()) {
        (Some(first), rest) if !rest.starts_with(char::is_uppercase) && !text.starts_with("Amazon") => {
            first.to_lowercase().collect::<String>() + rest
        }
        (_, _) => text.to_owned(),
    }
}

/// The quit guard's sentence.
#[must_use]
pub fn quit(running: u64) -> String {
    if running == 1 {
        "1 upload is running. It continues from here the next time you open Daypass.".to_owned()
    } else {
        format!(
            "{} uploads are running. They continue from here the next time you open Daypass.",
            format::number(running)
        )
    }
}

/// The sentence before everything is taken out.
#[must_use]
pub fn cancel_all(open: u64) -> String {
    let what = format::count(open, "file");
    format!(
        "{what} will not be sent. What is delivered stays delivered, and the files on this computer stay as they are."
    )
}

/// The sentence of the code prompt.
#[must_use]
pub fn code_for(name: &str, role: &str, serial: &str) -> String {
    let mut text = format!("{name} asks for it, through the role {role}.");
    if !serial.is_empty() {
        text.push_str(&format!("\nDevice: {serial}"));
    }
    text
}

/// The role's name without its ARN.
#[must_use]
pub fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// What is announced as the end comes nearer.
#[must_use]
pub fn announce_left(minutes: u64) -> String {
    format!("Your access ends in {}.", format::count(minutes, "minute"))
}

/// The version, for About.
#[must_use]
pub fn version() -> String {
    format!("Daypass {}", env!("CARGO_PKG_VERSION"))
}

/// The desktop's dialogs, and no window at all.
pub mod shell {
    /// A dialog's title.
    pub const FILES: &str = "Choose files to deliver";
    /// A dialog's title.
    pub const FOLDER: &str = "Choose a folder to deliver";
    /// A dialog's title.
    pub const INVITATION: &str = "Open an invitation";
    /// A dialog's filter.
    pub const INVITATIONS: &str = "Invitations";
    /// A dialog's title.
    pub const RECEIPT: &str = "Save the receipt";
    /// The name that is offered.
    pub const RECEIPT_FILE: &str = "receipt.html";
    /// A dialog's title.
    pub const TEXT: &str = "Save this text";
    /// A dialog's title.
    pub const TEXTS: &str = "Choose a folder for the files";
    /// No dialog could be shown.
    pub const NO_DIALOG: &str = "Files can’t be chosen here";

    /// There can be no window.
    #[must_use]
    pub fn no_window(why: &str) -> String {
        format!("Daypass can’t open its window on this desktop ({why}). daypass-cli does the same without one.")
    }
}
