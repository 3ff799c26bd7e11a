//! Texts of the command line.

use super::format;
use super::problem::{said_of, said_of_ended, sentence};
use super::untrusted_text::visible;
use crate::model::notice::{JournalNotice, Notice, Variable};
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::session::Grant;
use crate::model::snapshot::{OpenDestination, Profile, Profiles, SkipReason, Skipped, Source};
use crate::model::upload::Proof;
use crate::time::{Time, Utc};
use std::path::Path;
use std::time::Duration;

/// The async runtime can't be started.
#[must_use]
pub fn no_runtime(why: &str) -> String {
    format!("Daypass can’t start its threads: {why}.")
}

/// Refers to the help of the command.
#[must_use]
pub const fn see_help() -> &'static str {
    "Add `--help` to the command to see what each argument takes."
}

/// Neither the arguments nor the profile name a role.
#[must_use]
pub fn no_role(profile: &str) -> String {
    format!("No role was given, and the profile “{profile}” doesn’t name one.")
}

/// How to name a role.
#[must_use]
pub const fn give_role() -> &'static str {
    "Add `--role-arn` with the role your customer gave you, such as arn:aws:iam::444455556666:role/uploads."
}

/// `--duration` is out of range.
#[must_use]
pub const fn duration_range() -> &'static str {
    "Amazon gives access for 900 to 43200 seconds: 15 minutes to 12 hours."
}

/// `--sse` is invalid.
#[must_use]
pub const fn sse_form() -> &'static str {
    "Use s3, kms, or kms: and the ARN or id of a key."
}

/// A number of bytes can't be parsed.
#[must_use]
pub fn bytes_wanted(text: &str) -> String {
    format!("“{text}” is not a number of bytes such as 500000, 800K, 2M or 1G.")
}

/// `resume` found nothing to do.
#[must_use]
pub const fn nothing_unfinished() -> &'static str {
    "There is nothing to resume."
}

/// Prompt for the MFA code.
#[must_use]
pub const fn code_wanted() -> &'static str {
    "The six digits that your MFA device shows now:"
}

/// No MFA code was given.
#[must_use]
pub const fn no_code() -> &'static str {
    "The role asks for a code from your MFA device, and none was given."
}

/// Files of this delivery that arrived in an earlier run.
#[must_use]
pub fn earlier(count: usize) -> String {
    if count == 1 { "1 file arrived earlier.".to_owned() } else { format!("{count} files arrived earlier.") }
}

/// How a delivery that was stopped goes on.
pub const GOES_ON: &str = "Run the same command, or `daypass-cli resume`, to continue from here.";

/// The run was interrupted.
#[must_use]
pub fn interrupted(open: u64, kept: bool) -> String {
    let next = if kept { GOES_ON } else { "Run the same command to send them from the beginning." };
    match open {
        0 => "Stopped. Nothing is waiting.".to_owned(),
        _more => format!("Stopped. {} waiting. {next}", files_are(open)),
    }
}

/// Returns the sentence for a problem, followed by the message of the system or the server.
#[must_use]
pub fn problem_and_reason(why: &Problem) -> String {
    let message = why.detail.as_ref().map(|detail| &*detail.message).filter(|message| !message.is_empty());
    message.map_or_else(|| sentence(why), |message| format!("{} ({message})", sentence(why)))
}

/// Returns hints that only apply to the command line: the option, the command, or the line of a file that the sentence
/// refers to.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "most problems have no option of the command line")]
pub fn ways(why: &Problem, profile: &str, profiles: &Profiles) -> Vec<String> {
    match why.kind {
        Kind::PolicyTooLarge | Kind::PolicyRefused => {
            vec!["Add `--no-narrowing` to ask for everything the role allows.".to_owned()]
        }
        Kind::SignInNeeded => vec![match profiles.base(profile) {
            Some(base) if base.source == Source::Login => {
                format!("Run `aws login --profile \"{}\"` to sign in.", visible(&base.name))
            }
            _ => format!("Run `daypass-cli sign-in --profile \"{}\"` to sign in.", visible(profile)),
        }],
        Kind::CodeNeeded | Kind::SerialWrong => {
            vec!["Add `--mfa-serial` with the ARN or serial number of your MFA device.".to_owned()]
        }
        Kind::TooLong | Kind::TooLongChained => vec!["Add `--duration 3600` to ask for one hour.".to_owned()],
        Kind::OtherRegion | Kind::RegionOff => vec!["Add `--region` with the region your customer names.".to_owned()],
        Kind::NotTrusted => {
            vec![
                "Add `--ca-bundle` with your company’s certificates if your network inspects encrypted connections."
                    .to_owned(),
            ]
        }
        Kind::ProfileOdd | Kind::NoProfile | Kind::KeyWithoutToken | Kind::SecretWrong | Kind::KeyNotAccepted => {
            oddities(profile, profiles)
        }
        _ => Vec::new(),
    }
}

/// Returns the warnings about a profile, the profiles it refers to, and the profile files.
fn oddities(profile: &str, profiles: &Profiles) -> Vec<String> {
    profiles.oddities_of(profile).map(super::profiles::oddity).collect()
}

/// The profile's command has not returned a key yet.
#[must_use]
pub const fn command_silent() -> &'static str {
    "The profile’s command hasn’t returned a key yet. Run it yourself to see what it’s waiting for."
}

/// Returns the error details on one line.
#[must_use]
pub fn details(detail: &Detail) -> String {
    let mut line = format!("details: {}", detail.call);
    if !detail.code.is_empty() {
        line.push_str(&format!(" · {}", detail.code));
    }
    if detail.status != 0 {
        line.push_str(&format!(" · HTTP {}", detail.status));
    }
    if !detail.request_id.is_empty() {
        line.push_str(&format!(" · request {}", detail.request_id));
    }
    if !detail.message.is_empty() {
        line.push_str(&format!(" · {}", detail.message));
    }
    line
}

/// The access has ended while files are waiting.
#[must_use]
pub fn access_ended(open: u64) -> String {
    format!("Your access has ended. {} waiting; nothing uploaded is lost.", files_are(open))
}

fn files_are(count: u64) -> String {
    if count == 1 { "1 file is".to_owned() } else { format!("{count} files are") }
}

/// Until when S3 keeps the parts that were sent.
#[must_use]
pub fn kept_until(until: crate::time::Utc) -> String {
    format!("Amazon keeps what was sent until {}.", format::weekday(until, &jiff::tz::TimeZone::system()))
}

/// A session has started.
#[must_use]
pub fn session(grant: &Grant, left: Duration) -> String {
    let mut line = format!(
        "Access until {} ({} left), as {}.",
        format::time(
            grant.ends_utc,
            Utc(grant.ends_utc.0.saturating_sub_unsigned(left.as_secs())),
            &jiff::tz::TimeZone::system()
        ),
        format::clock(left),
        visible(&grant.name)
    );
    if grant.shortened {
        line.push_str(" Your customer allows 1 hour at a time.");
    }
    line
}

/// Returns why something was skipped.
#[must_use]
pub fn left(why: SkipReason) -> String {
    let reason = match why {
        SkipReason::Link => "a link, which is not followed",
        SkipReason::NotAFile => "not a regular file",
        SkipReason::NameNotText => "its name can’t be written as text",
        SkipReason::Unreadable => "it can’t be read",
        SkipReason::Gone => "it doesn’t exist",
        SkipReason::Twice => "it is in the list already",
        SkipReason::NameTooLong => "its name with its folders is longer than 1024 bytes",
        SkipReason::TooLarge => "it is larger than Amazon accepts (48.8 TiB)",
        SkipReason::EmptyFolder => "an empty folder; Amazon S3 stores only files",
        SkipReason::Earlier(at) => return super::earlier::on(at),
    };
    reason.to_owned()
}

/// The server is on another computer and would be reached without TLS.
#[must_use]
pub fn plain_http_refused(server: &str) -> String {
    format!(
        "{} is on another computer and not encrypted, so others could read your access and files on the way.",
        visible(server)
    )
}

/// How to allow it.
#[must_use]
pub const fn how_to_allow_plain_http() -> &'static str {
    "Use https://, or add `--plain-http` if nobody else is on that network."
}

/// Something was skipped.
#[must_use]
pub fn left_out(out: &Skipped) -> String {
    if let SkipReason::Earlier(_) = out.why {
        let reason = left(out.why);
        return format!("D{}: {}", reason.trim_start_matches('d'), visible(&out.path.to_string_lossy()));
    }
    format!("Left out: {} ({})", visible(&out.path.to_string_lossy()), left(out.why))
}

/// A file was delivered.
#[must_use]
pub fn delivered(key: &str, size: u64, proof: Proof) -> String {
    format!("{}: {key} ({})", super::ui::delivered(proof), format::size(size))
}

/// The key was taken.
#[must_use]
pub fn already_there(key: &str) -> String {
    format!("Already there. Not replaced: {key}")
}

/// It is unknown whether the file arrived.
#[must_use]
pub fn not_confirmed(key: &str) -> String {
    format!("Probably delivered, but Amazon’s answer was lost: {key}")
}

/// Returns the sentence for a problem that ended a file.
#[must_use]
pub fn ended(problem: &Problem) -> String {
    let said = said_of_ended(problem);
    format!("{}. {}", said.title.trim_end_matches('.'), said.body)
}

#[must_use]
pub fn failed(key: &str, why: &Problem) -> String {
    if why.kind == Kind::KeyFile {
        let said = said_of(why);
        return format!("{} ({key}). {} Add `--send-keys` to send it.", said.title, said.body);
    }
    format!("Not delivered: {key}. {}", ended(why))
}

/// A file was canceled.
#[must_use]
pub fn canceled(key: &str) -> String {
    format!("Removed: {key}")
}

/// Returns the text next to the progress bar.
#[must_use]
pub fn progress(place: &OpenDestination, now: Time) -> String {
    let totals = &place.totals;
    let mut line = format!("{} of {} files", totals.delivered, totals.files);
    if totals.rate > 0 {
        line.push_str(&format!(" · {}", format::rate(totals.rate)));
    }
    if let Some(left) = totals.time_left {
        line.push_str(&format!(" · {} left", format::about(left)));
    }
    let access = place.session.left(now);
    if !access.is_zero() {
        line.push_str(&format!(" · access {}", format::clock(access)));
    }
    line
}

/// Returns the last line of a run.
#[must_use]
pub fn summary(place: &OpenDestination, took: Duration) -> String {
    let totals = &place.totals;
    let left_out = &place.left_out_count;
    if totals.files == 0 {
        return super::earlier::nothing_to_send(place);
    }
    let mut counts = vec![format!("{} of {} files delivered", totals.delivered, totals.files)];
    if totals.files == 1 && totals.delivered == 1 {
        counts = vec!["1 file delivered".to_owned()];
    }
    let count = |n: u64, what: &str| (n > 0).then(|| format!("{n} {what}"));
    counts.extend(count(left_out.earlier(), "delivered earlier"));
    counts.extend(count(totals.already, "already there"));
    counts.extend(count(totals.unconfirmed, "not confirmed"));
    counts.extend(count(totals.failed, "not delivered"));
    let others = left_out.all() - left_out.of(SkipReason::Twice) - left_out.earlier();
    counts.extend(count(others + totals.key_files, "left out"));
    format!("{}. {} in {}.", counts.join(", "), format::size(totals.confirmed), format::took(took))
}

#[must_use]
pub fn profile(profile: &Profile) -> String {
    let source = match profile.source {
        Source::Key => "access key",
        Source::TemporaryKey => "temporary key",
        Source::TokenMissing => "temporary key, session token missing",
        Source::Role => "role",
        Source::SignIn => "IAM Identity Center",
        Source::Process => "credential_process",
        Source::Login => "aws login",
        Source::TokenFile => "web_identity_token_file",
        Source::Environment => "credential_source = Environment",
        Source::Unsupported => "not supported by Daypass",
        Source::Nothing => "nothing usable",
    };
    let mut line = format!("{}  ({source}", visible(&profile.name));
    if let Some(tail) = &profile.key_tail {
        line.push_str(&format!(" …{tail}"));
    }
    if let Some(role) = &profile.role_arn {
        line.push_str(&format!(", {role}"));
    }
    if let Some(region) = &profile.region {
        line.push_str(&format!(", {region}"));
    }
    line.push(')');
    line
}

/// There are no profile files.
#[must_use]
pub const fn no_profiles() -> &'static str {
    "There are no AWS profiles on this computer."
}

/// Where profile files are expected.
#[must_use]
pub fn where_profiles(path: &Path) -> String {
    format!("Ask your administrator for an access key and put it into {}.", path.display())
}

/// The practice server can't listen on the port.
#[must_use]
pub fn practice_port(port: u16, why: &str) -> String {
    format!("The practice server can’t listen on port {port}: {why}.")
}

/// The folder for the practice profile can't be created.
#[must_use]
pub fn no_folder(why: &str) -> String {
    format!("The folder for the practice profile can’t be created: {why}.")
}

/// Describes a notice from the start.
#[must_use]
pub fn notice(notice: &Notice) -> String {
    match notice {
        Notice::OpenElsewhere(_) => "Daypass is already open, so you can’t resume this run later.".to_owned(),
        Notice::Journal(notice) => journal(notice),
        Notice::Environment(variable) => environment(*variable),
    }
}

/// Describes how an environment variable is treated, if that differs from its usual meaning.
#[must_use]
pub fn environment(variable: Variable) -> String {
    match variable {
        Variable::Ignored(name @ "AWS_ACCESS_KEY_ID") => {
            format!("{name} is set; Daypass uses it only if your profile says `credential_source = Environment`.")
        }
        Variable::Ignored(name) => format!("{name} is set; Daypass ignores it."),
        Variable::CaBundle => "AWS_CA_BUNDLE is set; Daypass ignores it. If your network inspects encrypted \
                               connections, start Daypass with --ca-bundle and the path of that file."
            .to_owned(),
        Variable::Certificates(name) => {
            format!("{name} is set: Daypass trusts the certificates it names instead of the system’s.")
        }
        Variable::UnreadableProxy(name) => format!(
            "{name} is not an address that Daypass can read, so it connects without a proxy. It should look like \
             http://proxy.example.com:8080."
        ),
        Variable::SocksProxy(name) => format!(
            "{name} names a SOCKS proxy, which Daypass does not support. Name an HTTP proxy there, such as \
             http://proxy.example.com:8080."
        ),
    }
}

/// Another Daypass has the records.
pub const OPEN_ELSEWHERE: &str =
    "Daypass is already open, and unfinished uploads continue there. Close it to continue here.";
/// The records can't be read.
pub const NO_JOURNAL: &str = "Daypass can’t read and write its records in your home folder.";
/// What follows for `resume`.
pub const NO_UNFINISHED: &str = "Unfinished uploads can’t be read.";

/// Returns why `resume` can't tell what is unfinished, or `None` if it can.
#[must_use]
pub fn nothing_to_resume(notice: &Notice) -> Option<String> {
    match notice {
        Notice::OpenElsewhere(_) => Some(OPEN_ELSEWHERE.to_owned()),
        Notice::Journal(JournalNotice::NotKept(why)) => Some(format!("{} {NO_UNFINISHED}", no_journal(why))),
        Notice::Journal(JournalNotice::NotSafe(path)) => Some(format!(
            "Other users of this computer can write to {}, so Daypass reads nothing there. {NO_UNFINISHED}",
            path.display()
        )),
        Notice::Journal(JournalNotice::SetAside(_) | JournalNotice::FromLater(_) | JournalNotice::Skipped(_))
        | Notice::Environment(_) => None,
    }
}

/// Returns why the journal can't be used.
fn no_journal(why: &Problem) -> &'static str {
    if why.kind == Kind::JournalFull { "The disk with Daypass’s records is full." } else { NO_JOURNAL }
}

/// Describes a notice about the journal.
#[must_use]
pub fn journal(notice: &JournalNotice) -> String {
    match notice {
        JournalNotice::NotKept(why) => {
            format!("{} This run works, but you can’t resume it later.", no_journal(why))
        }
        JournalNotice::NotSafe(path) => format!(
            "Other users of this computer can write to {}, so Daypass keeps nothing there. This run works, but you \
             can’t resume it later.",
            path.display()
        ),
        JournalNotice::SetAside(path) => {
            format!("Daypass’s records can’t be read any more. They were moved to {}.", path.display())
        }
        JournalNotice::FromLater(path) => format!(
            "Daypass’s records were written by a later version. They were moved to {}; you can move them back.",
            path.display()
        ),
        JournalNotice::Skipped(count) => {
            format!("{count} unfinished uploads can’t be read any more. Add their files again.")
        }
    }
}
