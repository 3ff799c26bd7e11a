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
            "the file is there but can’t be read. Check that you’re allowed to open it and that it is a plain file"
        }
        WarningKind::TooMuch => {
            "there is more than Daypass reads (1 MiB, 1,000 profiles). The rest is ignored; shorten the file"
        }
        WarningKind::Utf16 => {
            "the file is saved as “Unicode” (UTF-16). Daypass can read it, other programs can’t; save it as UTF-8"
        }
        WarningKind::Line => "there is something that isn’t a setting. It was ignored; check the line",
        WarningKind::Quotes => "the value is in quotes. Daypass ignored them, other programs keep them; remove them",
        WarningKind::Comment => {
            "the value was cut at “#” or “;”. If these belong to it, copy the value again; otherwise move the comment to its own line"
        }
        WarningKind::Invisible => "there were invisible characters. Daypass ignored them; type or copy the line again",
        WarningKind::Twice => "the same setting appears twice. The last one counts; remove the other",
        WarningKind::SectionForm => {
            "the heading is written as in the other file: [name] belongs in credentials, [profile name] in config. Daypass reads it, other programs may not"
        }
        WarningKind::Endpoint => "another server is set (endpoint_url). Daypass ignores it and connects to Amazon",
        WarningKind::HalfAKey => "there is half a key: an access key needs its ID and its secret. Add what is missing",
        WarningKind::KeyForm => {
            "the access key ID doesn’t look like one: 20 capital letters and digits, starting with AKIA or ASIA. Copy it again"
        }
        WarningKind::SecretForm => "the secret doesn’t look like one: it has 40 characters. Copy it again",
        WarningKind::Number => "the session length isn’t a number of seconds from 900 to 43200. It was ignored; fix it",
        WarningKind::SourceMissing => "source_profile names a profile that doesn’t exist. Correct the name",
        WarningKind::SourceLoop => {
            "source_profile leads back to where it started. Let it name the profile that holds the key"
        }
        WarningKind::SecretMisplaced => {
            "what looks like a secret is where none belongs. It was ignored; remove it from there"
        }
        WarningKind::HeadingTwice => {
            "this profile already has a heading above. The last of each setting counts, and the key of the last heading that has a whole one; put everything under one heading"
        }
        WarningKind::HeadingOverruled => {
            "this profile has another heading above. Of the two, only the one that other programs read counts: [profile name] in config, [name] in credentials. Remove the other"
        }
        WarningKind::SessionMissing => {
            "sso_session names a sign-in that doesn’t exist. Correct the name, capital letters included, or add its [sso-session] section"
        }
        WarningKind::SignInHalf => {
            "the sign-in is incomplete. It needs sso_start_url (https://…), sso_region, sso_account_id (12 digits) and sso_role_name; run “aws configure sso” again or ask your administrator"
        }
        WarningKind::SourceUnset => {
            "the profile is a role, but it doesn’t say whose key asks for it. Add a source_profile that names the profile with your key"
        }
        WarningKind::CredentialSource => {
            "credential_source works here only as Environment and without a source_profile: Daypass doesn’t take keys from machines or containers. Name a profile with your key as source_profile"
        }
        WarningKind::WebIdentity => "web_identity_token_file needs a role_arn: the role that the token is for. Add it",
        WarningKind::RoleForm => "this isn’t a role’s ARN, such as arn:aws:iam::123456789012:role/Name. Copy it again",
        WarningKind::NotUsed => {
            "the profile has another way to get its key, which comes first, as for the AWS command line. This line is ignored; remove what you don’t need"
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
            "The profile takes its key from {about}, and there is none that Amazon accepts. Have it put there again, or choose another profile."
        ),
    }
}
