//! Texts about warnings in profile files: what is wrong and where, never the file's content.

use super::problem::Message;
use crate::model::snapshot::{ProfileWarning, WarningKind};

/// Returns the text for a warning, with its file and line and what to do.
#[must_use]
pub fn oddity(oddity: &ProfileWarning) -> String {
    let file = oddity.path.display();
    let place = match (oddity.line, &oddity.profile) {
        (0, None) => format!("In {file}"),
        (0, Some(profile)) => format!("In {file}, profile “{profile}”"),
        (line, None) => format!("In {file}, line {line}"),
        (line, Some(profile)) => format!("In {file}, line {line} (profile “{profile}”)"),
    };
    let what = match oddity.what {
        WarningKind::Unreadable => {
            "the file is there but can’t be read. Check that you may open it and that it is a plain file"
        }
        WarningKind::TooMuch => {
            "there is more than Daypass reads (1 MiB, 1,000 profiles). What follows is left out; shorten the file"
        }
        WarningKind::Utf16 => {
            "the file is saved as “Unicode” (UTF-16). Daypass reads it, other programs don’t; save it as UTF-8"
        }
        WarningKind::Line => "there is something that is no setting. It was left out; look at the line",
        WarningKind::Quotes => {
            "the value stands in quotes. Daypass took them off, other programs keep them; take them out"
        }
        WarningKind::Comment => {
            "the value was cut at “#” or “;”. If these belong to it, copy the value once more; otherwise move the comment to a line of its own"
        }
        WarningKind::Invisible => {
            "there were invisible characters. Daypass left them out; type or copy the line once more"
        }
        WarningKind::Twice => "the same setting stands twice. The last one counts; take the other out",
        WarningKind::SectionForm => {
            "the heading is written as in the other file: [name] belongs in credentials, [profile name] in config. Daypass reads it, other programs may not"
        }
        WarningKind::Endpoint => "another server is set (endpoint_url). Daypass doesn’t follow it and talks to Amazon",
        WarningKind::HalfAKey => "there is half a key: an access key needs its ID and its secret. Add what is missing",
        WarningKind::KeyForm => {
            "the access key ID doesn’t look like one: 20 capital letters and digits, starting with AKIA or ASIA. Copy it once more"
        }
        WarningKind::SecretForm => "the secret doesn’t look like one: it has 40 characters. Copy it once more",
        WarningKind::Number => {
            "the session’s length is not a number of seconds from 900 to 43200. It was left out; mend it"
        }
        WarningKind::SourceMissing => "source_profile names a profile that isn’t there. Correct the name",
        WarningKind::SourceLoop => {
            "source_profile leads back to where it started. Let it name the profile that holds the key"
        }
        WarningKind::SecretMisplaced => {
            "what looks like a secret stands where none belongs. It was left out; take it out of there"
        }
        WarningKind::HeadingTwice => {
            "this profile has a heading above already. The last of each setting counts, and the key of the last heading that has a whole one; put everything under one heading"
        }
        WarningKind::HeadingOverruled => {
            "this profile has another heading above. Of the two, only the one that other programs read counts: [profile name] in config, [name] in credentials. Take the other out"
        }
        WarningKind::SessionMissing => {
            "sso_session names a sign-in that isn’t there. Correct the name, capital letters included, or add its [sso-session] section"
        }
        WarningKind::SignInHalf => {
            "the sign-in is not complete. It needs sso_start_url (https://…), sso_region, sso_account_id (12 digits) and sso_role_name; run “aws configure sso” once more or ask your administrator"
        }
        WarningKind::SourceUnset => {
            "the profile is a role, and nobody is named who asks for it. Add a source_profile that names the profile with your key"
        }
        WarningKind::CredentialSource => {
            "credential_source works here only as Environment and without a source_profile: Daypass asks no machine and no container for its key. Name a profile with your key as source_profile"
        }
        WarningKind::WebIdentity => "web_identity_token_file needs a role_arn: the role that the token is for. Add it",
        WarningKind::RoleForm => {
            "the role is not written as one: arn:aws:iam::123456789012:role/Name. Copy it once more"
        }
        WarningKind::NotUsed => {
            "the profile has another way to get its key, which comes first, as for the AWS command line. This line is not used; take out what you don’t need"
        }
        WarningKind::OpenToOthers => {
            "other users of this computer can read the keys in it. Let only your own user read it (chmod 600)"
        }
    };
    format!("{place}: {what}.")
}

/// Returns the text for a key that is missing where the profile looks for it.
pub(super) fn said_key_not_found(about: &str) -> Message {
    Message {
        title: "There is no usable key where the profile looks for it".to_owned(),
        body: format!(
            "The profile takes its key from {about}, and there is none that Amazon takes. Have it put there once more, or choose another profile."
        ),
    }
}
