//! Texts about problems: what happened, what it means, and what to do.

use super::format;
use super::profiles::said_key_not_found;
use super::untrusted_text::visible;
use crate::model::problem::{DeniedBy, Kind, Problem, Turn};

/// A text with a title and a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What happened, in a few words, without a full stop.
    pub title: String,
    /// What it means and what to do.
    pub body: String,
}

/// Returns whose turn it is, in a few words; `None` if that is unknown. `sure` is false if it is only the likeliest.
#[must_use]
pub const fn turn(turn: Turn, sure: bool) -> Option<&'static str> {
    Some(match (turn, sure) {
        (Turn::Nobody, _) => "No action needed: Daypass keeps trying",
        (Turn::You, true) => "You can fix this",
        (Turn::You, false) => "You can probably fix this",
        (Turn::Administrator, true) => "Your administrator can fix this",
        (Turn::Administrator, false) => "Your administrator can probably fix this",
        (Turn::Customer, true) => "Your customer can fix this",
        (Turn::Customer, false) => "Your customer can probably fix this",
        (Turn::Unknown, _) => return None,
    })
}

/// Returns whose turn it is, in JSON.
#[must_use]
pub const fn turn_key(turn: Turn) -> &'static str {
    match turn {
        Turn::Nobody => "nobody",
        Turn::You => "you",
        Turn::Administrator => "administrator",
        Turn::Customer => "customer",
        Turn::Unknown => "unknown",
    }
}

fn said_as(title: &str, body: &str) -> Message {
    Message { title: title.to_owned(), body: body.to_owned() }
}

/// Returns the text for a problem, as [`said`] does, with the problem's details.
#[must_use]
pub fn said_of(problem: &Problem) -> Message {
    let about = problem.detail.as_ref().map(|detail| visible(&detail.about)).unwrap_or_default();
    match (problem.kind, about.is_empty()) {
        (Kind::SignInRoleMissing, false) => said_sign_in_role(&about),
        (Kind::OwnRoleDenied, false) => said_own_role(&about),
        (Kind::KeyNotFound, false) => said_key_not_found(&about),
        (kind, _) => said(kind),
    }
}

fn said_sign_in_role(about: &str) -> Message {
    let (role, account) = about.split_once(" in ").unwrap_or((about, ""));
    let role = if role.is_empty() { "such role".to_owned() } else { format!("role “{role}”") };
    let account = if account.is_empty() { String::new() } else { format!(" in account {}", format::account(account)) };
    Message {
        title: format!("This sign-in has no {role}{account}"),
        body: "The role’s name in the profile (sso_role_name) may be mistyped, or the role was taken away from you. Ask your administrator which role is yours.".to_owned(),
    }
}

fn said_own_role(about: &str) -> Message {
    let role = if about.is_empty() { String::new() } else { format!(" {about}") };
    Message {
        title: "The profile’s own role didn’t let you in".to_owned(),
        body: format!(
            "The profile is itself a role{role}, and Amazon didn’t let your key use it. Ask your administrator to allow it, or choose the profile that holds your key."
        ),
    }
}

/// Returns the text for a problem that ended a file, for which nothing happens automatically any more.
#[must_use]
pub fn said_of_ended(problem: &Problem) -> Message {
    let kind = problem.kind;
    let body = if kind == Kind::Damaged {
        "Amazon’s checksum didn’t match, so it stored nothing, and a second try ended the same way. Something \
         between this computer and Amazon is altering the traffic. Try again from another network."
    } else if kind == Kind::Unexpected {
        "It happened again and again, and the file was not accepted. Send the technical details to whoever looks \
         after Daypass for you."
    } else if matches!(kind, Kind::UploadGone | Kind::PartsRefused) {
        "The file was started from the beginning several times, and Amazon didn’t keep its parts. Try again later."
    } else if matches!(kind, Kind::Conflict | Kind::Busy | Kind::SlowDown) {
        "Daypass tried for a while and stopped. Try again later."
    } else if matches!(kind, Kind::ConnectionLost | Kind::NoAnswer | Kind::SourceSilent) {
        "Daypass tried for a while and stopped. Try again when the connection is back."
    } else {
        return said_of(problem);
    };
    Message { body: body.to_owned(), ..said(kind) }
}

/// Returns the text for a kind of problem.
#[must_use]
pub fn said(kind: Kind) -> Message {
    match kind {
        Kind::Offline => said_as(
            "No connection",
            "There is no internet connection to Amazon right now. Daypass continues as soon as it’s back.",
        ),
        Kind::NoAnswer => {
            said_as("Amazon isn’t answering", "You’re connected, but nothing comes back. Daypass keeps trying.")
        }
        Kind::ConnectionLost => {
            said_as("The connection was lost", "Daypass keeps trying and continues from where it was.")
        }
        Kind::NotTrusted => said_as(
            "The connection is not safe",
            "Something between you and Amazon could not prove who it is, so nothing was sent. Ask your administrator whether this network inspects encrypted connections.",
        ),
        Kind::CaBundle => said_as(
            "The certificate file can’t be used",
            "The file given with --ca-bundle can’t be read, or holds no certificate. Check its path; it should be a PEM or DER file.",
        ),
        Kind::LoginPage => said_as(
            "This network needs you to sign in first",
            "A sign-in page answered instead of Amazon. Open a browser, sign in to the network, and Daypass continues.",
        ),
        Kind::ProxyRefused => said_as(
            "The proxy of this network said no",
            "Ask your administrator to let this computer reach amazonaws.com.",
        ),
        Kind::ClockWrong(seconds) => said_clock(seconds),
        Kind::Busy => said_as("Amazon is busy", "Daypass waits a moment and tries again automatically."),
        Kind::SlowDown => {
            said_as("Amazon asks Daypass to slow down", "Daypass sends fewer requests at once and continues.")
        }
        Kind::Unexpected => said_as(
            "Unexpected reply from Amazon",
            "Daypass tries a few times. If this keeps happening, send the technical details to whoever looks after Daypass for you.",
        ),
        Kind::Refused => said_as(
            "Amazon refused this",
            "Trying again would give the same result, so Daypass doesn’t. Amazon’s answer is in the technical details.",
        ),
        Kind::NotImplemented => said_as(
            "The server doesn’t support this kind of request",
            "Trying again won’t change that. Ask your customer whether the bucket accepts uploads of this kind.",
        ),
        Kind::GatewayRefused(status) => said_gateway(status),
        Kind::BodyLimit(bytes) => said_body_limit(bytes),

        Kind::NoProfile => said_as(
            "This profile is gone",
            "Your credentials files no longer have a profile of this name. Choose another one.",
        ),
        Kind::ProfileOdd => said_as(
            "This profile can’t be used as it is",
            "There’s a mistake in this profile. The file and line are shown next to it.",
        ),
        Kind::ProfileEmpty => said_as(
            "This profile has no key",
            "It has no key, no sign-in and no command that gives one. Add your access key, or choose another profile.",
        ),
        Kind::KeyWithoutToken => said_as(
            "This profile’s key is incomplete",
            "It is a temporary key, and its session token is missing. Copy all three lines again from where you got the key.",
        ),
        Kind::RootKey => said_as(
            "This is the key of the account’s owner",
            "Amazon doesn’t let the root user use a role. Ask your administrator for an access key for your own user.",
        ),
        Kind::OtherPartition => said_as(
            "The key and the role are in different AWS partitions",
            "One of them is in China or in a government cloud. You need a key from the role’s partition; ask your administrator.",
        ),
        Kind::KeyNotAccepted => said_as(
            "This access key isn’t accepted",
            "It may have been deleted or turned off. Ask your administrator for a new one.",
        ),
        Kind::SecretWrong => said_as(
            "The secret doesn’t belong to this access key",
            "It was probably cut off or mistyped when it was copied. Copy both lines again into your credentials file.",
        ),
        Kind::SourceEnded => said_as(
            "The profile’s own access has ended",
            "Its key is temporary and has expired. Sign in again where you got it, then try again here.",
        ),
        Kind::SignInRoleMissing => said_sign_in_role(""),
        Kind::OwnRoleDenied => said_own_role(""),
        Kind::KeyNotFound => said_key_not_found("a token file or from environment variables"),
        Kind::OwnRoleNeedsCode => said_as(
            "The profile’s own role asks for a code",
            "The profile is itself a role that needs a code from a device, and Daypass can ask for one only for your customer’s role. Choose the profile that holds your key, or one without such a role.",
        ),
        Kind::SignInNeeded => said_as(
            "This profile needs you to sign in",
            "Sign in through your company’s AWS sign-in, then try again here.",
        ),
        Kind::ProcessRefused => said_as(
            "The profile’s command gave no key",
            "The profile gets its key from a command on this computer. Run the command yourself to see what it says.",
        ),

        Kind::AssumeDenied(by) => said_assume_denied(by),
        Kind::CodeNeeded => {
            said_as("A code from your device is needed", "The role asks for the six digits from your MFA device.")
        }
        Kind::CodeWrong => said_as(
            "That code wasn’t accepted",
            "Each code works once and only for half a minute. Wait for the next one and enter it.",
        ),
        Kind::SerialWrong => said_as(
            "The MFA device doesn’t belong to you",
            "Check its ARN: it looks like arn:aws:iam::111122223333:mfa/your-name, with “mfa” and not “user”.",
        ),
        Kind::TooLong => said_as(
            "Your customer allows only shorter access",
            "Choose a shorter session length: every role allows one hour.",
        ),
        Kind::TooLongChained => said_as(
            "One hour at a time",
            "Your own key comes from a role, and then Amazon allows one hour. You can renew as often as you like.",
        ),
        Kind::PolicyTooLarge | Kind::PolicyRefused => said_as(
            "Amazon rejected the restricted session",
            "Daypass asks for access to this bucket and folder only, and Amazon didn’t accept that restriction here. You can continue with everything that the role allows.",
        ),
        Kind::RegionOff => said_as(
            "This region is turned off for your account",
            "Ask your administrator to turn on STS for this region, or choose another region.",
        ),
        Kind::RequestRefused => said_as(
            "Amazon didn’t accept the request",
            "Check the role, the external ID and the session name: one of them isn’t in the format Amazon expects.",
        ),
        Kind::OtherAccount => said_as(
            "The access is for a different account",
            "The access Amazon gave is not for the role’s account. Nothing was sent. Ask your customer to check the role.",
        ),
        Kind::OtherRole => said_as(
            "The access is for a different role",
            "The access Amazon gave is not for the role that you asked for. Nothing was sent. Ask your customer to check the role.",
        ),
        Kind::AccountProblem => said_as(
            "The account can’t be used right now",
            "It may be suspended or not fully signed up. Ask your customer, and your administrator, to look at it.",
        ),
        Kind::SessionOver => said_as(
            "The access had ended before it arrived",
            "Amazon’s answer says that it has already ended. Something on the network may be repeating an old answer; ask your administrator.",
        ),

        Kind::AccessDenied(by) => said_access_denied(by),
        Kind::KmsGenerate => said_as(
            "The role can’t use the bucket’s key",
            "The bucket is encrypted with a key of its own. Ask your customer to allow kms:GenerateDataKey on it for the role.",
        ),
        Kind::KmsDecrypt => said_as(
            "Large files need one more permission",
            "Files up to 5 GB are sent whole and arrive. Larger files are sent in parts, and for those the bucket’s key must also allow kms:Decrypt. Ask your customer to add it.",
        ),
        Kind::KmsKey => said_as(
            "The bucket’s key can’t be used",
            "The key that encrypts the bucket is disabled or missing. Ask your customer to check it.",
        ),
        Kind::NoSuchBucket => {
            said_as("There is no bucket with this name", "Check the name with your customer, letter by letter.")
        }
        Kind::OtherRegion => said_as(
            "The bucket is in another region",
            "Daypass asked where. Try again; if this keeps happening, enter the region your customer names.",
        ),
        Kind::SessionEnded => said_as(
            "Your access has ended",
            "The uploads wait for you and continue from where they were. Renew and continue.",
        ),
        Kind::SessionRefused => said_as(
            "Your access was withdrawn",
            "The role was changed or recreated. Renew; if that is refused, ask your customer.",
        ),
        Kind::AlreadyThere => {
            said_as("A file of this name is already there", "Yours wasn’t sent. You can send it under a new name.")
        }
        Kind::Conflict => said_as("Another upload is using this file name", "Daypass waits a moment and tries again."),
        Kind::Contended => said_as(
            "Another program keeps using this file name",
            "Each time Daypass tried, another program was writing to the same name. Ask your customer what it is, then try again.",
        ),
        Kind::UploadGone => said_as(
            "The partial upload is gone",
            "Amazon no longer keeps the parts of this upload. Daypass starts the file again.",
        ),
        Kind::PartsRefused => said_as("The parts didn’t fit together", "Daypass starts the file again."),
        Kind::Damaged => said_as(
            "The file was corrupted in transit",
            "Amazon’s checksum didn’t match, so it stored nothing. Daypass reads and sends the file again.",
        ),
        Kind::TooLarge => said_as("The file is too large", "Amazon accepts files up to 48.8 TiB."),
        Kind::NameTooLong => said_as(
            "The name is too long",
            "The name with its folders can be at most 1024 bytes long. Shorten it and add the file again.",
        ),
        Kind::OptionRefused => said_as(
            "The bucket doesn’t accept files this way",
            "It expects a different encryption or doesn’t allow an option that was set. Ask your customer what it expects.",
        ),
        Kind::UnsignedRefused => said_as(
            "The bucket requires signed uploads",
            "Its policy refuses uploads of this kind. Ask your customer to look at the condition on x-amz-content-sha256.",
        ),
        Kind::SignatureRefused => said_as(
            "Something is altering the traffic",
            "Amazon received something other than what Daypass signed, so it stored nothing. Something on the network changes what is sent.",
        ),
        Kind::AnswerLost => said_as(
            "Sent, but the answer was lost",
            "The file may or may not be there; Amazon’s answer didn’t arrive. Ask your customer to look, or send it under a new name.",
        ),
        Kind::ProofDiffers => said_as(
            "Amazon’s checksum doesn’t match the file",
            "What is stored differs from the file on this computer. Don’t count it as delivered; send it under a new name.",
        ),

        Kind::SourceGone => said_as(
            "The file is no longer there",
            "It was moved, renamed or deleted after you added it. Add it again from where it is now.",
        ),
        Kind::SourceChanged => said_as(
            "The file changed while it was being sent",
            "Save and close it, then try again: Daypass sends it from the beginning.",
        ),
        Kind::SourceSilent => said_as(
            "The drive isn’t answering",
            "Daypass waits for it and tries again automatically; what has arrived stays. Check that the drive is connected and that the network to it works.",
        ),
        Kind::SourceBusy => said_as(
            "Another program has this file open",
            "The other program doesn’t share it. Close the file there, then try again.",
        ),
        Kind::TooManyOpen => said_as(
            "Too many files are open",
            "The system won’t let Daypass open more files at once. Close other programs, then try again.",
        ),
        Kind::SourceUnreadable => said_as(
            "The file can’t be read",
            "Check that you’re allowed to open it and that its disk is connected, then try again.",
        ),
        Kind::SourceNotAFile => said_as("This is not a file", "Devices, pipes and sockets can’t be delivered."),
        Kind::KeyFile => said_as(
            "Not sent: it looks like an access key",
            "It seems to hold an access key or a private key. Whoever has it can use it, and you can’t take it back once it is sent. Send it only if it is meant for your customer.",
        ),
        Kind::NameNotText => said_as("The name can’t be written as text", "Rename the file and add it again."),

        Kind::JournalFull => said_as(
            "The disk is full",
            "Daypass records what has arrived, and there is no room for it. Free some space and try again; uploads are paused until then.",
        ),
        Kind::JournalSlow => said_as(
            "The disk is slow",
            "Daypass pauses uploads until it has recorded what has arrived, then continues automatically.",
        ),
        Kind::JournalBroken => said_as(
            "Daypass can’t write its records",
            "What has arrived can’t be recorded, so uploads are paused. Check that your home folder can be written to, then try again.",
        ),
    }
}

fn said_gateway(status: u16) -> Message {
    match status {
        414 | 431 => said_as(
            "Something on the network doesn’t accept names this long",
            "It refused the request before it reached Amazon. Shorten the file’s name or its folders’, or ask your administrator.",
        ),
        _ => said_as(
            "Something on the network refused the request",
            "The answer didn’t come from Amazon, and trying again would give the same result. Ask your administrator to let this computer reach amazonaws.com.",
        ),
    }
}

fn said_body_limit(bytes: u64) -> Message {
    let takes = if bytes == 0 {
        "It refused a request of this size.".to_owned()
    } else {
        format!("It refused a request of {}.", format::size(bytes))
    };
    said_as(
        "Something on the network accepts only smaller requests",
        &format!(
            "{takes} Amazon accepts large files in parts of 5 MiB or more. Ask your administrator to allow at least 8 MiB."
        ),
    )
}

fn said_clock(seconds: i64) -> Message {
    let title = "This computer’s clock is wrong";
    if seconds.unsigned_abs() < 60 {
        return said_as(
            title,
            "Amazon refuses requests when the clock is off. Turn on automatic date and time, or set date, time and time zone, then try again.",
        );
    }
    let off = format::about(std::time::Duration::from_secs(seconds.unsigned_abs()));
    let way = if seconds > 0 { "ahead" } else { "behind" };
    let body =
        format!("It is {off} {way}, and Amazon refuses requests when the clock is off. Set the clock and try again.");
    said_as(title, &body)
}

fn said_assume_denied(by: DeniedBy) -> Message {
    match by {
        DeniedBy::Unknown => said_as(
            "Your customer’s account said no",
            "Nothing is wrong with your files. Amazon doesn’t say what the reason is. Possible reasons are listed, the likeliest first.",
        ),
        DeniedBy::YourPolicy => said_as(
            "Your own company hasn’t allowed you to ask for access",
            "Nothing is wrong with your files. Amazon says that a permission is missing in your own account. A role in another account needs permission from both sides.",
        ),
        DeniedBy::Boundary => said_as(
            "Your own company limits what you can ask for",
            "Nothing is wrong with your files. A permissions boundary on your user doesn’t let you use this role.",
        ),
        DeniedBy::TrustPolicy => said_as(
            "Your customer’s account said no",
            "Nothing is wrong with your files. Amazon says that the role’s trust policy doesn’t let you in.",
        ),
        DeniedBy::TagSession | DeniedBy::SourceIdentity => said_as(
            "The role needs one more permission",
            "Nothing is wrong with your files. Your sign-in carries details about you, and the role’s trust policy doesn’t accept them yet.",
        ),
        DeniedBy::ResourcePolicy | DeniedBy::RolePolicy => said_as(
            "Your customer’s account said no",
            "Nothing is wrong with your files. A policy in your customer’s account doesn’t let you in.",
        ),
        DeniedBy::OrganizationPolicy => said_as(
            "A rule of your organization said no",
            "Nothing is wrong with your files. A policy above your own account doesn’t allow this.",
        ),
        DeniedBy::ResourceControl => said_as(
            "A rule of your customer’s organization said no",
            "Nothing is wrong with your files. A policy above your customer’s account doesn’t allow this.",
        ),
        DeniedBy::EndpointPolicy => said_as(
            "Your network’s connection to Amazon said no",
            "Nothing is wrong with your files. The policy of your network’s VPC endpoint doesn’t allow this.",
        ),
        DeniedBy::SessionPolicy => said_as(
            "Your own access is limited",
            "Nothing is wrong with your files. The key you use has a session policy that doesn’t allow this.",
        ),
    }
}

fn said_access_denied(by: DeniedBy) -> Message {
    let title = "The bucket said no";
    match by {
        DeniedBy::Unknown => said_as(
            title,
            "The role isn’t allowed to add files there. Check the bucket and the folder; if they are right, ask your customer.",
        ),
        DeniedBy::YourPolicy | DeniedBy::RolePolicy => said_as(
            title,
            "The role itself doesn’t allow s3:PutObject on this bucket and folder. Ask your customer to add it.",
        ),
        DeniedBy::TrustPolicy | DeniedBy::TagSession | DeniedBy::SourceIdentity | DeniedBy::ResourcePolicy => {
            said_as(title, "A policy on the bucket refuses it. Ask your customer to look at the bucket’s policy.")
        }
        DeniedBy::OrganizationPolicy | DeniedBy::ResourceControl => said_as(
            title,
            "A policy above your customer’s account refuses it. Your customer can ask for permission there.",
        ),
        DeniedBy::EndpointPolicy => said_as(
            title,
            "Your network reaches Amazon through a VPC endpoint whose policy refuses it. Ask your administrator.",
        ),
        DeniedBy::Boundary => said_as(title, "A permissions boundary on the role refuses it. Ask your customer."),
        DeniedBy::SessionPolicy => said_as(
            title,
            "The restriction that Daypass sets on itself doesn’t cover this bucket and folder. Check both, then renew.",
        ),
    }
}

/// Returns the text for a problem on one line.
#[must_use]
pub fn sentence(problem: &Problem) -> String {
    let said = said_of(problem);
    format!("{}. {}", said.title.trim_end_matches('.'), said.body)
}
