//! The shared profile files without their secrets, and the warnings about them.

use super::names::RoleArn;
use std::path::PathBuf;

/// The profiles in the shared files, and the warnings about the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles {
    /// The profiles in the order of the files, `default` first.
    pub list: Vec<Profile>,
    /// Warnings for the person; never a secret.
    pub oddities: Vec<ProfileWarning>,
    /// Whether there was any file at all.
    pub found: bool,
    /// Where the credentials file is, or would be.
    pub credentials_path: PathBuf,
}

impl Profiles {
    /// Returns the profile that calls AssumeRole if this profile is picked: one that is the role itself leaves it to its source.
    #[must_use]
    pub fn asking<'a>(&'a self, name: &'a str, role: &RoleArn) -> &'a str {
        let picked = self.list.iter().find(|profile| profile.name == name);
        let same = picked.filter(|profile| profile.role_arn.as_deref() == Some(role.as_str()));
        same.and_then(|profile| profile.source_profile.as_deref()).unwrap_or(name)
    }

    /// Returns the warnings about a profile, about its sources, and about the files as a whole.
    pub fn oddities_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ProfileWarning> {
        let mut names = vec![name];
        let mut next = Some(name);
        while let Some(profile) = next.and_then(|name| self.list.iter().find(|profile| profile.name == name)) {
            next = profile.source_profile.as_deref().filter(|source| !names.contains(source));
            names.extend(next);
        }
        self.oddities.iter().filter(move |odd| match &odd.profile {
            Some(profile) => names.contains(&profile.as_str()),
            None => odd.line == 0,
        })
    }

    /// Returns the profile at the end of this one's chain, as far as the engine follows it.
    #[must_use]
    pub fn base(&self, name: &str) -> Option<&Profile> {
        let named = |name: &str| self.list.iter().find(|profile| profile.name == name);
        let mut base = named(name)?;
        for _ in 0..16 {
            base = base.source_profile.as_deref().and_then(named).unwrap_or(base);
        }
        Some(base)
    }

    /// Returns what a profile gets its credentials from, as far as the files tell without their secrets: its own section, and
    /// those of its sources.
    pub(super) fn roots(&self, name: &str) -> Vec<(Source, Option<&str>, Option<&str>)> {
        let mut roots = Vec::new();
        let mut next = Some(name);
        while let Some(profile) = next.and_then(|name| self.list.iter().find(|profile| profile.name == name)) {
            // A cycle leads nowhere.
            if roots.len() > self.list.len() {
                break;
            }
            roots.push((profile.source, profile.key_tail.as_deref(), profile.credential_process.as_deref()));
            next = profile.source_profile.as_deref();
        }
        roots
    }
}

/// A warning about a profile file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileWarning {
    pub path: PathBuf,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u32,
    /// The profile it concerns, where there is one.
    pub profile: Option<String>,
    pub what: WarningKind,
}

/// The kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningKind {
    /// The file can't be read.
    Unreadable,
    /// The file is larger than 1 MiB or has more than 1,000 profiles: the rest was not read.
    TooMuch,
    /// The file is UTF-16; it was read all the same, and other tools will not.
    Utf16,
    /// The line is neither a section, a setting nor a comment.
    Line,
    /// The value is in quotes, which were removed; other tools keep them.
    Quotes,
    /// The value ended at ` #` or ` ;`; if it belongs to the secret, the secret is cut.
    Comment,
    /// There were invisible characters in the value, which were removed.
    Invisible,
    /// The same setting appears twice; the last one counts.
    Twice,
    /// The section's name is written for the other file (`[profile x]` in credentials, `[x]` in config).
    SectionForm,
    /// It sets an endpoint of another host; Daypass doesn't follow it.
    Endpoint,
    /// A key without its secret, or the other way around.
    HalfAKey,
    /// The access key does not look like one.
    KeyForm,
    /// The secret does not look like one: 40 characters.
    SecretForm,
    /// A number can't be read, or is out of range.
    Number,
    /// `source_profile` names a profile that isn't there.
    SourceMissing,
    /// `source_profile` leads back to where it started.
    SourceLoop,
    /// Something that looks like a secret is in the wrong place; it was ignored.
    SecretMisplaced,
    /// The profile has another heading of the same form above; the key comes from one of them.
    HeadingTwice,
    /// The profile has another heading above, and one of the two counts alone: `[profile default]` before `[default]`.
    HeadingOverruled,
    /// `sso_session` names a session that isn't there.
    SessionMissing,
    /// The sign-in lacks a setting, or one of its settings can't be read.
    SignInHalf,
    /// The role has no `source_profile`, so nobody is named who asks for it.
    SourceUnset,
    /// `credential_source` names the machine or the container (Daypass asks neither), nothing that is known, or stands beside a
    /// `source_profile`.
    CredentialSource,
    /// `web_identity_token_file` stands there without the `role_arn` that its token is for.
    WebIdentity,
    /// The profile's own role can't be read.
    RoleForm,
    /// The profile has another way to credentials that comes first, so this one is not used.
    NotUsed,
    /// Other users of this computer can read the file.
    OpenToOthers,
}

/// One profile, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in the files.
    pub name: String,
    /// How it gets its credentials.
    pub source: Source,
    /// The last four characters of its access key id, to tell keys apart.
    pub key_tail: Option<String>,
    pub region: Option<String>,
    /// The role that it names: such a profile fills the form.
    pub role_arn: Option<String>,
    /// The profile whose key asks for that role.
    pub source_profile: Option<String>,
    /// The external id that it names.
    pub external_id: Option<String>,
    /// The MFA device that it names.
    pub mfa_serial: Option<String>,
    /// The session name that it names.
    pub role_session_name: Option<String>,
    /// The session's length that it names, in seconds.
    pub duration_seconds: Option<u32>,
    /// The whole command, where it gets its credentials from one.
    pub credential_process: Option<String>,
    /// Whether its key is in memory alone, until Daypass ends.
    pub this_run: bool,
}

/// How a profile gets its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An access key of an IAM user.
    Key,
    /// A temporary key with its token.
    TemporaryKey,
    /// A temporary key without its token: it can't work.
    TokenMissing,
    /// Another profile's key, through a role.
    Role,
    /// IAM Identity Center.
    SignIn,
    /// A command that prints credentials.
    Process,
    /// The AWS command line's `aws login`.
    Login,
    /// A web identity token in a file, which is exchanged for a role.
    TokenFile,
    /// Variables of the environment, through a role (`credential_source = Environment`).
    Environment,
    /// A way that Daypass doesn't use: a key that the machine or the container gives.
    Unsupported,
    /// There is nothing in it that could be used.
    Nothing,
}

impl Source {
    /// Whether it is a key in the files, so that no one has to be asked for credentials.
    #[must_use]
    pub const fn is_key(self) -> bool {
        match self {
            Self::Key | Self::TemporaryKey => true,
            Self::TokenMissing
            | Self::Role
            | Self::SignIn
            | Self::Process
            | Self::Login
            | Self::TokenFile
            | Self::Environment
            | Self::Unsupported
            | Self::Nothing => false,
        }
    }
}
