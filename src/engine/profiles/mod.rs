//! A tolerant reader of the shared credentials and config files: it reads what was meant, and says where a file looks odd.
//!
//! Nothing is kept between calls: a file that is edited counts from the next call on. Only settings that Daypass knows have an
//! effect; an endpoint or a certificate bundle that a profile names is never followed.

mod chain;
mod edit;
mod ini;
mod save;
mod sign_in;
mod text;

pub use chain::{Chain, Origin, OwnRole, chain, origin};
pub use edit::Edit;
pub(super) use ini::{is_key_form, is_secret_form};
pub use save::{change, private_file};
pub use sign_in::{LoginSession, SignIn, login_session, sign_in};
pub(super) use text::{bytes, decode};

use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::{Profile, ProfileWarning, Profiles, Source, WarningKind};
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

/// The profiles without their secrets, and what looks odd in the files.
#[must_use]
pub fn read(paths: &Paths) -> Profiles {
    let files = Files::read(paths);
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

/// Whether other users of this computer can read the file; Windows keeps a home folder to its user by itself.
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

/// The key of a profile, or of the profile that its `source_profile` names. Both files are read anew.
///
/// # Errors
/// `NoProfile` where there is no such profile (never another's key in its place), `ProfileOdd` where what stands there can't be
/// meant so, `ProfileEmpty` where nothing of it gives credentials, `KeyWithoutToken`, `SignInNeeded` where the credentials come from a sign-in, `ProcessRefused` where they come
/// from a command, `KeyNotFound` where they come from a token or the environment; [`origin`] tells those apart.
pub fn keys(paths: &Paths, profile: &str) -> Result<Keys, Problem> {
    match origin(paths, profile)? {
        Origin::Keys(keys) => Ok(keys),
        Origin::TokenFile { .. } | Origin::Environment => Err(Problem::new(Kind::KeyNotFound)),
        Origin::SignIn(_) | Origin::Login(_) => Err(Problem::new(Kind::SignInNeeded)),
        Origin::Process { .. } => Err(Problem::new(Kind::ProcessRefused)),
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
        self.credentials.odd.iter().chain(&self.config.odd).any(|(_, _, what)| *what == WarningKind::Unreadable)
    }

    fn has(&self, name: &str) -> bool {
        self.credentials.get(name).is_some() || self.config.get(name).is_some()
    }

    fn both(&self, name: &str) -> Both<'_> {
        Both { credentials: self.credentials.get(name), config: self.config.get(name) }
    }
}

/// Where a setting stands: whether in the config file, and its value.
type Setting<'a> = Option<(bool, &'a Value)>;

/// One profile in both files. The credentials file wins, setting by setting; a key comes whole from one of them, so that no
/// token or secret of one stands beside the id of the other.
struct Both<'a> {
    credentials: Option<&'a Section>,
    config: Option<&'a Section>,
}

impl<'a> Both<'a> {
    /// A setting, and whether it stands in the config file.
    fn value(&self, key: Key) -> Option<(bool, &'a Value)> {
        let sections = || [(false, self.credentials), (true, self.config)].into_iter();
        let mut sections = sections().filter_map(|(in_config, section)| Some((in_config, section?)));
        if !key.of_key() {
            return sections.find_map(|(in_config, section)| Some((in_config, section.values.get(&key)?)));
        }
        // The file with the key's ID, otherwise the first with anything of a key.
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

    /// Whether there is anything of a key in it, which makes it its own source (botocore, `AssumeRoleProvider`).
    fn has_key(&self) -> bool {
        self.has(Key::AccessKeyId) || self.has(Key::Secret)
    }

    /// Whether it is a role that somebody else asks for. A role by a token from a file asks for itself.
    fn is_role(&self) -> bool {
        self.has(Key::RoleArn) && !self.has(Key::WebIdentity)
    }

    /// How the profile gets its credentials.
    fn source(&self) -> Source {
        match (self.is_role(), self.has(Key::SourceProfile), self.has(Key::CredentialSource)) {
            (true, false, true) if self.is_of_environment() => Source::Environment,
            (true, _, true) => Source::Unsupported,
            (true, true, false) => Source::Role,
            (true, false, false) | (false, _, _) => self.own(),
        }
    }

    /// Whether it takes its key from variables of the environment (botocore, `EnvProvider`), and from nothing else.
    fn is_of_environment(&self) -> bool {
        let named = self.text(Key::CredentialSource).is_some_and(|name| name.eq_ignore_ascii_case("Environment"));
        named && !self.has(Key::SourceProfile)
    }

    /// How it gets them without another profile.
    fn own(&self) -> Source {
        self.ways().first().map_or(Source::Nothing, |(source, _)| *source)
    }

    /// The ways to credentials that it has itself, each with the setting that makes it one, in the order in which the AWS command
    /// line looks (botocore, `ProfileProviderBuilder`): a key goes before the others in the credentials file, and last in the config.
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
    fn odd(&self, name: &str, files: &Files) -> Vec<(bool, u32, WarningKind)> {
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

    /// What is odd about where its credentials come from.
    fn odd_source(&self, name: &str, files: &Files, note: &mut dyn FnMut(Setting<'_>, WarningKind)) {
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

impl Files {
    /// Whether following `source_profile` from here leads back to where it has been, other than to the profile itself at the end.
    /// Sixty-four steps are looked at; nobody means more.
    fn loops(&self, name: &str) -> bool {
        let mut seen = vec![name];
        let mut at = name;
        loop {
            let both = self.both(at);
            // A source that holds a key is its own.
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
