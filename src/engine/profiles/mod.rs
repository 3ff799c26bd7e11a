//! A tolerant reader of the shared credentials and config files, which warns about questionable content.
//!
//! Nothing is cached: an edited file takes effect at the next call. Only settings that Daypass knows have an effect; an
//! endpoint or a certificate bundle in a profile is never used.

mod chain;
mod edit;
mod ini;
mod save;
mod sign_in;
mod text;

pub use chain::{Chain, CredentialOrigin, OwnRole, chain, origin};
pub use edit::Edit;
pub(super) use ini::{is_key_form, is_secret_form};
pub use save::{change, private_file};
pub use sign_in::{LoginSession, SignInSettings, login_session, sign_in};
pub(super) use text::{bytes, decode};

use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::{Profile, ProfileWarning, Profiles, Source, WarningKind};
use ini::{Key, Section, Sections, Value};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// The most warnings that are reported.
const ODDITIES: usize = 500;

/// The paths of the two files, whether they exist or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    pub credentials: PathBuf,
    pub config: PathBuf,
}

impl Paths {
    /// Returns the paths in `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE`, or else `.aws/credentials` and
    /// `.aws/config` in the user's home directory.
    #[must_use]
    pub fn from_env() -> Self {
        let base = directories::BaseDirs::new();
        Self::from_vars(|name| std::env::var_os(name), base.as_ref().map(directories::BaseDirs::home_dir))
    }

    /// Does the same for a given environment and home directory. Without a home directory, the defaults are empty
    /// paths.
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

/// When both files were last changed, and their sizes: if two stamps are equal, nothing has to be read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp([Option<(SystemTime, u64)>; 2]);

/// Returns the files' current stamp. Doesn't read their content.
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
pub struct AccessKey {
    pub access_key_id: String,
    /// The secret, wiped when it is dropped.
    pub secret: Zeroizing<String>,
    /// The session token of a temporary key.
    pub token: Option<Zeroizing<String>>,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("temporary", &self.token.is_some()).finish_non_exhaustive()
    }
}

/// Reads the profiles, without their secrets, and the warnings about the files.
#[must_use]
pub fn read(paths: &Paths) -> Profiles {
    let files = ProfileSections::read(paths);
    let mut oddities: Vec<ProfileWarning> = Vec::new();
    for (path, sections) in [(&paths.credentials, &files.credentials), (&paths.config, &files.config)] {
        oddities.extend(sections.odd.iter().map(|(line, profile, what)| ProfileWarning {
            path: path.clone(),
            line: *line,
            profile: profile.clone(),
            what: *what,
        }));
    }
    if open_to_others(&paths.credentials) {
        let path = paths.credentials.clone();
        oddities.push(ProfileWarning { path, line: 0, profile: None, what: WarningKind::OpenToOthers });
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
            oddities.push(ProfileWarning { path: path.clone(), line, profile: Some(name.to_owned()), what });
        }
    }
    oddities.truncate(ODDITIES);
    Profiles { list, oddities, found: files.found, credentials_path: paths.credentials.clone() }
}

/// Whether other users of this computer can read the file. Always false on Windows, where a home folder is private by
/// default.
fn open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.mode() & 0o044 != 0)
    }
    #[cfg(not(unix))]
    {
        let _home = path;
        false
    }
}

/// Returns the key of a profile, or of its source profile. Re-reads both files.
///
/// # Errors
///
/// - `NoProfile` if there is no such profile; another one's key is never used instead.
/// - `ProfileOdd` if its settings make no sense or a file can't be read.
/// - `ProfileEmpty` if none of its settings gives credentials.
/// - `KeyWithoutToken` if its key is a temporary one without a session token.
/// - `SignInNeeded` if the credentials come from a sign-in.
/// - `ProcessRefused` if they come from a command.
/// - `KeyNotFound` if they come from a web identity token or the environment; [`origin`] tells these apart.
pub fn keys(paths: &Paths, profile: &str) -> Result<AccessKey, Problem> {
    match origin(paths, profile)? {
        CredentialOrigin::Keys(keys) => Ok(keys),
        CredentialOrigin::TokenFile { .. } | CredentialOrigin::Environment => Err(Problem::new(Kind::KeyNotFound)),
        CredentialOrigin::SignIn(_) | CredentialOrigin::Login(_) => Err(Problem::new(Kind::SignInNeeded)),
        CredentialOrigin::Process { .. } => Err(Problem::new(Kind::ProcessRefused)),
    }
}

struct ProfileSections {
    credentials: Sections,
    config: Sections,
    found: bool,
}

impl ProfileSections {
    fn read(paths: &Paths) -> Self {
        let credentials = text::read(&paths.credentials);
        let config = text::read(&paths.config);
        Self {
            found: credentials.found || config.found,
            credentials: ini::parse(&credentials, ini::ProfileFile::Credentials),
            config: ini::parse(&config, ini::ProfileFile::Config),
        }
    }

    fn unreadable(&self) -> bool {
        self.credentials.odd.iter().chain(&self.config.odd).any(|(_, _, what)| *what == WarningKind::Unreadable)
    }

    fn has(&self, name: &str) -> bool {
        self.credentials.get(name).is_some() || self.config.get(name).is_some()
    }

    fn both(&self, name: &str) -> Both<'_> {
        Both { credentials: self.credentials.get(name), config: self.config.get(name) }
    }
}

/// Whether a setting is in the config file, and its value.
type Setting<'a> = Option<(bool, &'a Value)>;

/// One profile in both files. The credentials file takes precedence for each setting, but all of a key comes from one
/// of them, so that the token or secret of one is never combined with the ID of the other.
struct Both<'a> {
    credentials: Option<&'a Section>,
    config: Option<&'a Section>,
}

impl<'a> Both<'a> {
    /// Returns a setting, and whether it is in the config file.
    fn value(&self, key: Key) -> Option<(bool, &'a Value)> {
        let sections = || [(false, self.credentials), (true, self.config)].into_iter();
        let mut sections = sections().filter_map(|(in_config, section)| Some((in_config, section?)));
        if !key.of_key() {
            return sections.find_map(|(in_config, section)| Some((in_config, section.values.get(&key)?)));
        }
        // The file with the access key ID, otherwise the first with any key setting.
        let mut holding: Vec<_> =
            sections.filter(|(_, section)| section.values.keys().any(|key| key.of_key())).collect();
        holding.sort_by_key(|(_, section)| !section.values.contains_key(&Key::AccessKeyId));
        holding.first().and_then(|(in_config, section)| Some((*in_config, section.values.get(&key)?)))
    }

    fn text(&self, key: Key) -> Option<&'a str> {
        self.value(key).map(|(_, value)| value.text.as_str())
    }

    fn has(&self, key: Key) -> bool {
        self.value(key).is_some()
    }

    /// Whether it contains part of a key, which makes it its own source (botocore, `AssumeRoleProvider`).
    fn has_key(&self) -> bool {
        self.has(Key::AccessKeyId) || self.has(Key::Secret)
    }

    /// Whether it is a role that another profile asks for. A role with a web identity token needs no other profile.
    fn is_role(&self) -> bool {
        self.has(Key::RoleArn) && !self.has(Key::WebIdentity)
    }

    /// Returns how the profile gets its credentials.
    fn source(&self) -> Source {
        match (self.is_role(), self.has(Key::SourceProfile), self.has(Key::CredentialSource)) {
            (true, false, true) if self.is_of_environment() => Source::Environment,
            (true, _, true) => Source::Unsupported,
            (true, true, false) => Source::Role,
            (true, false, false) | (false, _, _) => self.own(),
        }
    }

    /// Whether it takes its key from environment variables alone (botocore, `EnvProvider`).
    fn is_of_environment(&self) -> bool {
        let named = self.text(Key::CredentialSource).is_some_and(|name| name.eq_ignore_ascii_case("Environment"));
        named && !self.has(Key::SourceProfile)
    }

    /// Returns how the profile gets credentials without another profile.
    fn own(&self) -> Source {
        self.ways().first().map_or(Source::Nothing, |(source, _)| *source)
    }

    /// Returns the profile's own sources of credentials, each with the setting that makes it one, in the order in which
    /// the AWS command line looks (botocore, `ProfileProviderBuilder`): a key comes before login and process in the
    /// credentials file, and after them in the config file.
    fn ways(&self) -> Vec<(Source, (bool, &'a Value))> {
        let first = |keys: &[Key]| keys.iter().find_map(|key| self.value(*key));
        let web = first(&[Key::WebIdentity]).filter(|_| self.has(Key::RoleArn)).map(|at| (Source::TokenFile, at));
        let sign_in = first(&[Key::SsoAccount, Key::SsoRole]).map(|at| (Source::SignIn, at));
        let key = first(&[Key::AccessKeyId]).map(|at| {
            let source = match (self.has(Key::Secret), self.has(Key::Token), at.1.text.starts_with("ASIA")) {
                (false, _, _) => Source::Nothing,
                (true, true, _) => Source::TemporaryKey,
                (true, false, true) => Source::TokenMissing,
                (true, false, false) => Source::Key,
            };
            (source, at)
        });
        let login = first(&[Key::Login]).map(|at| (Source::Login, at));
        let process = first(&[Key::Process]).map(|at| (Source::Process, at));
        let half_sign_in = sign_in.is_none().then(|| first(&[Key::SsoSession, Key::SsoStartUrl])).flatten();
        let half_sign_in = half_sign_in.map(|at| (Source::SignIn, at));
        let (early, late) = key.into_iter().partition::<Vec<_>, _>(|(_, (in_config, _))| !in_config);
        let list = [web, sign_in].into_iter().flatten().chain(early);
        list.chain([login, process].into_iter().flatten()).chain(late).chain(half_sign_in).collect()
    }

    /// Returns its key; `None` if the ID looks like a misplaced secret, which would be sent in plain text.
    fn keys(&self) -> Option<AccessKey> {
        let access_key_id = self.text(Key::AccessKeyId).filter(|id| !crate::model::names::looks_like_secret(id))?;
        Some(AccessKey {
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

    /// Returns warnings about the profile as a whole: whether in the config file, the line, the kind.
    fn odd(&self, name: &str, files: &ProfileSections) -> Vec<(bool, u32, WarningKind)> {
        let mut out = Vec::new();
        let mut note = |value: Option<(bool, &Value)>, what| {
            out.extend(value.map(|(in_config, value)| (in_config, value.line, what)));
        };
        let (id, secret) = (self.value(Key::AccessKeyId), self.value(Key::Secret));
        if id.is_some() != secret.is_some() {
            note(id.or(secret), WarningKind::HalfAKey);
        }
        note(id.filter(|(_, id)| !ini::is_key_form(&id.text)), WarningKind::KeyForm);
        note(secret.filter(|(_, secret)| !ini::is_secret_form(&secret.text)), WarningKind::SecretForm);
        if self.seconds().is_none() {
            note(self.value(Key::DurationSeconds), WarningKind::Number);
        }
        self.odd_source(name, files, &mut note);
        out
    }

    /// Notes warnings about the source of its credentials.
    fn odd_source(&self, name: &str, files: &ProfileSections, note: &mut dyn FnMut(Setting<'_>, WarningKind)) {
        let (source, role) = (self.value(Key::SourceProfile), self.value(Key::RoleArn));
        if self.is_role() {
            let named = source.map(|(_, source)| source.text.as_str());
            if self.role().is_none() {
                note(role, WarningKind::RoleForm);
            }
            match named {
                _ if self.is_of_environment() => {}
                _ if self.has(Key::CredentialSource) => {
                    note(self.value(Key::CredentialSource), WarningKind::CredentialSource);
                }
                None => note(role, WarningKind::SourceUnset),
                Some(named) if named == name && !self.has_key() && self.ways().is_empty() => {
                    note(source, WarningKind::SourceLoop);
                }
                Some(named) if named != name && !files.has(named) => note(source, WarningKind::SourceMissing),
                Some(named) if named != name && files.loops(name) => note(source, WarningKind::SourceLoop),
                Some(_) => {}
            }
            return;
        }
        match role {
            None => note(self.value(Key::WebIdentity), WarningKind::WebIdentity),
            Some(_) if self.role().is_none() => note(role, WarningKind::RoleForm),
            Some(_) => {}
        }
        let ways = self.ways();
        for (_, not_used) in ways.iter().skip(1) {
            note(Some(*not_used), WarningKind::NotUsed);
        }
        if ways.first().is_some_and(|(source, _)| *source == Source::SignIn)
            && let Err((at, what)) = files.sign_in(name)
        {
            note(at, what);
        }
    }
}

impl ProfileSections {
    /// Whether following `source_profile` from here leads into a loop, other than a profile that names itself at the
    /// end. Follows at most 64 profiles.
    fn loops(&self, name: &str) -> bool {
        let mut seen = vec![name];
        let mut at = name;
        loop {
            let both = self.both(at);
            // A source profile with a key needs no other.
            if !both.is_role() || at != name && both.has_key() {
                return false;
            }
            let Some(next) = both.text(Key::SourceProfile).filter(|next| *next != at) else { return false };
            if seen.contains(&next) {
                return true;
            }
            if seen.len() == 64 {
                return false;
            }
            seen.push(next);
            at = next;
        }
    }
}
