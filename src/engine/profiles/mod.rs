//! A tolerant reader of the shared credentials and config files: it reads what was meant, and says where a file looks odd.
//!
//! Nothing is kept between calls: a file that is edited counts from the next call on. Only settings that Daypass knows have an
//! effect; an endpoint, a certificate bundle or a token file that a profile names is never followed.

mod edit;
mod ini;
mod save;
mod sign_in;
mod text;

pub use edit::Edit;
pub(super) use ini::{is_key_form, is_secret_form};
pub use save::{SaveProblem, change, private_file};
pub use sign_in::{SignIn, login_session, sign_in};
pub(super) use text::decode;

use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::{Odd, Oddity, Profile, Profiles, Source};
use ini::{Key, Section, Sections, Value};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Oddities that are told at most.
const ODDITIES: usize = 500;

/// Where the two files are, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The credentials file.
    pub credentials: PathBuf,
    /// The config file.
    pub config: PathBuf,
}

impl Paths {
    /// As `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE` say, otherwise `.aws/credentials` and `.aws/config` in the home
    /// directory of this system.
    #[must_use]
    pub fn from_env() -> Self {
        let base = directories::BaseDirs::new();
        Self::from_vars(|name| std::env::var_os(name), base.as_ref().map(directories::BaseDirs::home_dir))
    }

    /// The same for a given environment and home directory. Without a home directory the defaults lead nowhere.
    #[must_use]
    pub fn from_vars(var: impl Fn(&str) -> Option<OsString>, home: Option<&Path>) -> Self {
        let path = |name: &str, file: &str| match var(name).filter(|value| !value.is_empty()) {
            Some(value) => {
                let value = PathBuf::from(value);
                match (value.strip_prefix("~"), home) {
                    (Ok(rest), Some(home)) => home.join(rest),
                    _ => value,
                }
            }
            None => home.map_or_else(PathBuf::new, |home| home.join(".aws").join(file)),
        };
        Self {
            credentials: path("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
            config: path("AWS_CONFIG_FILE", "config"),
        }
    }
}

/// When both files were last changed and how long they are: two equal stamps mean that nothing has to be read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp([Option<(SystemTime, u64)>; 2]);

/// The files' stamp now. It reads no content.
#[must_use]
pub fn stamp(paths: &Paths) -> Stamp {
    let one = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len()))
    };
    Stamp([one(&paths.credentials), one(&paths.config)])
}

/// An access key with its secret. Debug shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The access key's id.
    pub access_key_id: String,
    /// Its secret, wiped when it is dropped.
    pub secret: Zeroizing<String>,
    /// The token of a temporary key.
    pub token: Option<Zeroizing<String>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("temporary", &self.token.is_some()).finish_non_exhaustive()
    }
}

/// Where a profile's credentials come from in the end, after its `source_profile`.
#[derive(Debug)]
pub enum Origin {
    /// A key in the files.
    Keys(Keys),
    /// IAM Identity Center, through the profile of this name.
    SignIn(String),
    /// `aws login`, through the profile of this name.
    Login(String),
    /// A command that prints credentials: running it needs the person's word.
    Process {
        /// The profile that names it.
        profile: String,
        /// The whole command as it stands in the file.
        command: String,
    },
}

/// The profiles without their secrets, and what looks odd in the files.
#[must_use]
pub fn read(paths: &Paths) -> Profiles {
    let files = Files::read(paths);
    let mut oddities: Vec<Oddity> = Vec::new();
    for (path, sections) in [(&paths.credentials, &files.credentials), (&paths.config, &files.config)] {
        oddities.extend(sections.odd.iter().map(|(line, profile, what)| Oddity {
            path: path.clone(),
            line: *line,
            profile: profile.clone(),
            what: *what,
        }));
    }
    let mut names: Vec<&str> = files.credentials.list.iter().map(|section| section.name.as_str()).collect();
    let known = |section: &&Section| files.credentials.get(&section.name).is_none();
    names.extend(files.config.list.iter().filter(known).map(|section| section.name.as_str()));
    names.sort_by_key(|name| *name != "default");
    let mut list = Vec::with_capacity(names.len());
    for name in names {
        let both = files.both(name);
        list.push(both.profile(name));
        for (in_config, line, what) in both.odd(name, &files) {
            let path = if in_config { &paths.config } else { &paths.credentials };
            oddities.push(Oddity { path: path.clone(), line, profile: Some(name.to_owned()), what });
        }
    }
    oddities.truncate(ODDITIES);
    Profiles { list, oddities, found: files.found, credentials_path: paths.credentials.clone() }
}

/// The key of a profile, or of the profile that its `source_profile` names. Both files are read anew.
///
/// # Errors
/// `NoProfile` where there is no such profile (never another's key in its place), `ProfileOdd` where what stands there can't be
/// meant so, `KeyWithoutToken`, `SignInNeeded` where the credentials come from a sign-in, `ProcessRefused` where they come
/// from a command; [`origin`] tells those apart.
pub fn keys(paths: &Paths, profile: &str) -> Result<Keys, Problem> {
    match origin(paths, profile)? {
        Origin::Keys(keys) => Ok(keys),
        Origin::SignIn(_) | Origin::Login(_) => Err(Problem::new(Kind::SignInNeeded)),
        Origin::Process { .. } => Err(Problem::new(Kind::ProcessRefused)),
    }
}

/// Where the credentials of a profile come from, after its `source_profile`. Both files are read anew.
///
/// A `source_profile` that is a role itself is not followed: its key belongs to another identity than the one that is meant.
///
/// # Errors
/// As for [`keys`], without those of sign-ins and commands.
pub fn origin(paths: &Paths, profile: &str) -> Result<Origin, Problem> {
    let files = Files::read(paths);
    let missing = if files.unreadable() { Kind::ProfileOdd } else { Kind::NoProfile };
    if !files.has(profile) {
        return Err(Problem::new(missing));
    }
    let both = files.both(profile);
    let base = match both.source() {
        Source::Role => match both.text(Key::SourceProfile) {
            Some(source) if source == profile => profile.to_owned(),
            Some(source) if !files.has(source) => return Err(Problem::new(missing)),
            Some(source) if files.both(source).source() == Source::Role => return Err(Problem::new(Kind::ProfileOdd)),
            Some(source) => source.to_owned(),
            None => return Err(Problem::new(Kind::ProfileOdd)),
        },
        Source::Key
        | Source::TemporaryKey
        | Source::TokenMissing
        | Source::SignIn
        | Source::Process
        | Source::Login
        | Source::Nothing => profile.to_owned(),
    };
    let both = files.both(&base);
    match both.own() {
        Source::Key | Source::TemporaryKey => both.keys().map(Origin::Keys).ok_or(Problem::new(Kind::ProfileOdd)),
        Source::TokenMissing => Err(Problem::new(Kind::KeyWithoutToken)),
        Source::SignIn => Ok(Origin::SignIn(base)),
        Source::Login => Ok(Origin::Login(base)),
        Source::Process => {
            let command = both.text(Key::Process).unwrap_or_default().to_owned();
            Ok(Origin::Process { profile: base, command })
        }
        Source::Role | Source::Nothing => Err(Problem::new(Kind::ProfileOdd)),
    }
}

/// Both files, read.
struct Files {
    credentials: Sections,
    config: Sections,
    found: bool,
}

impl Files {
    fn read(paths: &Paths) -> Self {
        let credentials = text::read(&paths.credentials);
        let config = text::read(&paths.config);
        Self {
            found: credentials.found || config.found,
            credentials: ini::parse(&credentials, ini::Kind::Credentials),
            config: ini::parse(&config, ini::Kind::Config),
        }
    }

    fn unreadable(&self) -> bool {
        self.credentials.odd.iter().chain(&self.config.odd).any(|(_, _, what)| *what == Odd::Unreadable)
    }

    fn has(&self, name: &str) -> bool {
        self.credentials.get(name).is_some() || self.config.get(name).is_some()
    }

    fn both(&self, name: &str) -> Both<'_> {
        Both { credentials: self.credentials.get(name), config: self.config.get(name) }
    }
}

/// One profile in both files. The credentials file wins, setting by setting; a key comes whole from one of them, so that no
/// token or secret of one stands beside the id of the other.
struct Both<'a> {
    credentials: Option<&'a Section>,
    config: Option<&'a Section>,
}

impl<'a> Both<'a> {
    /// A setting, and whether it stands in the config file.
    fn value(&self, key: Key) -> Option<(bool, &'a Value)> {
        let first = self.credentials.map(|section| (false, section));
        let second = self.config.map(|section| (true, section));
        let holds_key = |section: &Section| section.values.keys().any(|key| key.of_key());
        first
            .into_iter()
            .chain(second)
            .find(|(_, section)| if key.of_key() { holds_key(section) } else { section.values.contains_key(&key) })
            .and_then(|(in_config, section)| Some((in_config, section.values.get(&key)?)))
    }

    fn text(&self, key: Key) -> Option<&'a str> {
        self.value(key).map(|(_, value)| value.text.as_str())
    }

    fn has(&self, key: Key) -> bool {
        self.value(key).is_some()
    }

    /// How the profile gets its credentials, in the order in which the AWS command line looks.
    fn source(&self) -> Source {
        if self.has(Key::RoleArn) && self.has(Key::SourceProfile) { Source::Role } else { self.own() }
    }

    /// How it gets them without another profile.
    fn own(&self) -> Source {
        if Key::SIGN_IN.into_iter().any(|key| self.has(key)) {
            Source::SignIn
        } else if let (Some(id), true) = (self.text(Key::AccessKeyId), self.has(Key::Secret)) {
            match (self.has(Key::Token), id.starts_with("ASIA")) {
                (true, _) => Source::TemporaryKey,
                (false, true) => Source::TokenMissing,
                (false, false) => Source::Key,
            }
        } else if self.has(Key::Login) {
            Source::Login
        } else if self.has(Key::Process) {
            Source::Process
        } else {
            Source::Nothing
        }
    }

    /// Its key; none where the id is a secret put in the wrong place, which would be sent in the open.
    fn keys(&self) -> Option<Keys> {
        let access_key_id = self.text(Key::AccessKeyId).filter(|id| !crate::model::names::looks_like_secret(id))?;
        Some(Keys {
            access_key_id: access_key_id.to_owned(),
            secret: Zeroizing::new(self.text(Key::Secret)?.to_owned()),
            token: self.text(Key::Token).map(|token| Zeroizing::new(token.to_owned())),
        })
    }

    fn seconds(&self) -> Option<u32> {
        self.text(Key::DurationSeconds)?.parse().ok().filter(|seconds| (900..=43_200).contains(seconds))
    }

    fn profile(&self, name: &str) -> Profile {
        let owned = |key| self.text(key).map(str::to_owned);
        let tail = |id: &str| id[id.len() - 4..].to_owned();
        Profile {
            name: name.to_owned(),
            source: self.source(),
            key_tail: self.text(Key::AccessKeyId).filter(|id| ini::is_key_form(id)).map(tail),
            region: owned(Key::Region),
            role_arn: owned(Key::RoleArn),
            source_profile: owned(Key::SourceProfile),
            external_id: owned(Key::ExternalId),
            mfa_serial: owned(Key::MfaSerial),
            role_session_name: owned(Key::RoleSessionName),
            duration_seconds: self.seconds(),
            credential_process: owned(Key::Process),
            this_run: false,
        }
    }

    /// What is odd about the profile as a whole: whether in the config file, the line, what.
    fn odd(&self, name: &str, files: &Files) -> Vec<(bool, u32, Odd)> {
        let mut out = Vec::new();
        let mut note = |value: Option<(bool, &Value)>, what| {
            out.extend(value.map(|(in_config, value)| (in_config, value.line, what)));
        };
        let (id, secret) = (self.value(Key::AccessKeyId), self.value(Key::Secret));
        if id.is_some() != secret.is_some() {
            note(id.or(secret), Odd::HalfAKey);
        }
        note(id.filter(|(_, id)| !ini::is_key_form(&id.text)), Odd::KeyForm);
        note(secret.filter(|(_, secret)| !ini::is_secret_form(&secret.text)), Odd::SecretForm);
        if self.seconds().is_none() {
            note(self.value(Key::DurationSeconds), Odd::Number);
        }
        if self.source() == Source::Role
            && let Some(source) = self.value(Key::SourceProfile).filter(|(_, source)| *source.text != name)
        {
            let next = files.both(&source.1.text);
            if !files.has(&source.1.text) {
                note(Some(source), Odd::SourceMissing);
            } else if next.source() == Source::Role {
                note(Some(source), if files.loops(name) { Odd::SourceLoop } else { Odd::RoleChain });
            }
        }
        out
    }
}

impl Files {
    /// Whether following `source_profile` from here leads back to where it has been, other than to the profile itself at the end.
    /// Sixty-four steps are looked at; nobody means more.
    fn loops(&self, name: &str) -> bool {
        let mut seen = vec![name];
        let mut at = name;
        while let Some(next) = self.both(at).text(Key::SourceProfile).filter(|next| *next != at) {
            if seen.contains(&next) {
                return true;
            }
            if seen.len() == 64 {
                return false;
            }
            seen.push(next);
            at = next;
        }
        false
    }
}
