//! Sentences about the profile files: what looks odd and where, never what stands there.

use crate::model::snapshot::{Odd, Oddity};

/// What looks odd, with its file and line, and what to do.
#[must_use]
pub fn oddity(oddity: &Oddity) -> String {
    let file = oddity.path.display();
    let place = match (oddity.line, &oddity.profile) {
        (0, None) => format!("In {file}"),
        (0, Some(profile)) => format!("In {file}, profile “{profile}”"),
        (line, None) => format!("In {file}, line {line}"),
        (line, Some(profile)) => format!("In {file}, line {line} (profile “{profile}”)"),
    };
    let what = match oddity.what {
        Odd::Unreadable => {
            "the file is there but can’t be read. Check that you may open it and that it is a plain file"
        }
        Odd::TooMuch => {
            "there is more than Daypass reads (1 MiB, 1,000 profiles). What follows is left out; shorten the file"
        }
        Odd::Utf16 => {
            "the file is saved as “Unicode” (UTF-16). Daypass reads it, other programs don’t; save it as UTF-8"
        }
        Odd::Line => "there is something that is no setting. It was left out; look at the line",
        Odd::Quotes => "the value stands in quotes. Daypass took them off, other programs keep them; take them out",
        Odd::Comment => {
            "the value was cut at “#” or “;”. If these belong to it, copy the value once more; otherwise move the comment to a line of its own"
        }
        Odd::Invisible => "there were invisible characters. Daypass left them out; type or copy the line once more",
        Odd::Twice => "the same setting stands twice. The last one counts; take the other out",
        Odd::SectionForm => {
            "the heading is written as in the other file: [name] belongs in credentials, [profile name] in config. Daypass reads it, other programs may not"
        }
        Odd::Endpoint => "another server is set (endpoint_url). Daypass doesn’t follow it and talks to Amazon",
        Odd::HalfAKey => "there is half a key: an access key needs its ID and its secret. Add what is missing",
        Odd::KeyForm => {
            "the access key ID doesn’t look like one: 20 capital letters and digits, starting with AKIA or ASIA. Copy it once more"
        }
        Odd::SecretForm => "the secret doesn’t look like one: it has 40 characters. Copy it once more",
        Odd::Number => "the session’s length is not a number of seconds from 900 to 43200. It was left out; mend it",
        Odd::SourceMissing => "source_profile names a profile that isn’t there. Correct the name",
        Odd::SourceLoop => "source_profile leads back to where it started. Let it name the profile that holds the key",
        Odd::RoleChain => {
            "source_profile names a profile that is itself a role. Let it name the profile that holds the key"
        }
        Odd::SecretMisplaced => {
            "what looks like a secret stands where none belongs. It was left out; take it out of there"
        }
    };
    format!("{place}: {what}.")
}
