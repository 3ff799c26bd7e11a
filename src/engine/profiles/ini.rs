//! Parses the lines of a profile file into sections and settings, tolerantly. A damaged section hides no other.

use super::text::Text;
use crate::model::names::looks_like_secret;
use crate::model::snapshot::WarningKind;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// The most profiles that are read from one file.
const PROFILES: usize = 1000;
/// The most warnings that are kept about one file.
const ODDITIES: usize = 200;
/// The longest profile name that is read, in characters.
const NAME: usize = 256;

/// Which of the two files it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ProfileFile {
    /// The credentials file: `[name]`.
    Credentials,
    /// The config file: `[profile name]`.
    Config,
}

/// The settings that Daypass knows; other settings have no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    AccessKeyId,
    Secret,
    Token,
    Region,
    RoleArn,
    SourceProfile,
    CredentialSource,
    WebIdentity,
    ExternalId,
    MfaSerial,
    RoleSessionName,
    DurationSeconds,
    SsoSession,
    SsoStartUrl,
    SsoRegion,
    SsoAccount,
    SsoRole,
    SsoScopes,
    Process,
    Login,
    Endpoint,
}

impl Key {
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "aws_access_key_id" => Self::AccessKeyId,
            "aws_secret_access_key" => Self::Secret,
            "aws_session_token" | "aws_security_token" => Self::Token,
            "region" => Self::Region,
            "role_arn" => Self::RoleArn,
            "source_profile" => Self::SourceProfile,
            "credential_source" => Self::CredentialSource,
            "web_identity_token_file" => Self::WebIdentity,
            "external_id" => Self::ExternalId,
            "mfa_serial" => Self::MfaSerial,
            "role_session_name" => Self::RoleSessionName,
            "duration_seconds" => Self::DurationSeconds,
            "sso_session" => Self::SsoSession,
            "sso_start_url" => Self::SsoStartUrl,
            "sso_region" => Self::SsoRegion,
            "sso_account_id" => Self::SsoAccount,
            "sso_role_name" => Self::SsoRole,
            "sso_registration_scopes" => Self::SsoScopes,
            "credential_process" => Self::Process,
            "login_session" => Self::Login,
            "endpoint_url" => Self::Endpoint,
            _ => return None,
        })
    }

    /// Whether it belongs to the key itself, all of which is taken from one file.
    pub const fn of_key(self) -> bool {
        matches!(self, Self::AccessKeyId | Self::Secret | Self::Token)
    }
}

pub(super) struct Value {
    /// The cleaned value; wiped when dropped, since any of them may turn out to be a secret.
    pub text: Zeroizing<String>,
    pub line: u32,
}

/// One profile in one file, its sections merged.
pub(super) struct Section {
    pub name: String,
    /// Its settings, the last of each; the key is taken as a whole from one heading.
    pub values: HashMap<Key, Value>,
    form: HeadingForm,
    /// The key settings under each heading.
    keys: Vec<HashMap<Key, Value>>,
}

impl Section {
    /// Takes the key of the last heading with a complete one, so that the token or secret of one key is never combined
    /// with the ID of another.
    fn settle_key(&mut self) {
        let whole = |key: &HashMap<Key, Value>| key.contains_key(&Key::AccessKeyId) && key.contains_key(&Key::Secret);
        let last = self.keys.iter().rposition(whole).or_else(|| self.keys.iter().rposition(|key| !key.is_empty()));
        if let Some(last) = last {
            self.values.extend(self.keys.swap_remove(last));
        }
        self.keys = Vec::new();
    }
}

/// How a profile's heading is written, in order of precedence: if a file has several headings for one name, the AWS
/// tools read only those in the best form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HeadingForm {
    /// As in the other file; the AWS tools don't read it.
    Other,
    /// `[default]` in the config file.
    Bare,
    /// As the AWS tools write it in this file.
    Right,
}

/// A warning about this file: line, profile, kind.
pub(super) type Note = (u32, Option<String>, WarningKind);

/// The content of one file.
#[derive(Default)]
pub(super) struct Sections {
    /// The profiles in order.
    pub list: Vec<Section>,
    pub by_name: HashMap<String, usize>,
    /// The sections `[sso-session …]`, by name.
    pub sessions: HashMap<String, HashMap<Key, Value>>,
    pub odd: Vec<Note>,
}

impl Sections {
    pub fn get(&self, name: &str) -> Option<&Section> {
        self.by_name.get(name).and_then(|at| self.list.get(*at))
    }

    fn note(&mut self, line: u32, at: LineSection, what: WarningKind) {
        if self.odd.len() < ODDITIES {
            let profile = match at {
                LineSection::Profile(at) => self.list.get(at).map(|section| section.name.clone()),
                LineSection::Other | LineSection::Nowhere => None,
            };
            self.odd.push((line, profile, what));
        }
    }

    /// Opens the profile of a heading. Returns `None` if there are too many profiles, or if another heading takes
    /// precedence.
    fn open(&mut self, name: String, form: HeadingForm, line: u32) -> Option<usize> {
        if let Some(at) = self.by_name.get(&name).copied() {
            let section = self.list.get_mut(at)?;
            section.keys.push(HashMap::new());
            let (before, counts) = (section.form, form >= section.form);
            if form > before {
                section.form = form;
                section.values.clear();
                section.keys = vec![HashMap::new()];
            }
            self.note(
                line,
                LineSection::Profile(at),
                if form == before { WarningKind::HeadingTwice } else { WarningKind::HeadingOverruled },
            );
            return counts.then_some(at);
        }
        if self.list.len() == PROFILES {
            if !self.odd.iter().any(|(_, _, what)| *what == WarningKind::TooMuch) {
                self.odd.push((line, None, WarningKind::TooMuch));
            }
            return None;
        }
        self.by_name.insert(name.clone(), self.list.len());
        self.list.push(Section { name, values: HashMap::new(), form, keys: vec![HashMap::new()] });
        Some(self.list.len() - 1)
    }
}

/// The section that a line belongs to.
#[derive(Clone, Copy)]
enum LineSection {
    /// This profile.
    Profile(usize),
    /// A section that is not a profile, or a profile that is skipped.
    Other,
    /// None: before the first heading, or under a damaged one.
    Nowhere,
}

/// What a heading opens.
pub(super) enum Heading<'a> {
    /// This profile's section, and how its heading is written.
    Profile { name: &'a str, form: HeadingForm },
    /// A sign-in that profiles refer to.
    Session(&'a str),
    /// A section of another kind.
    Other,
    /// A heading that can't be parsed.
    Damaged,
}

/// Parses the lines of one file.
pub(super) fn parse(file: &Text, kind: ProfileFile) -> Sections {
    let mut out = Sections::default();
    for what in &file.odd {
        out.note(0, LineSection::Nowhere, *what);
    }
    let mut place = LineSection::Nowhere;
    // The settings under the current heading.
    let mut seen: Vec<Key> = Vec::new();
    let mut session: Option<String> = None;
    // The indentation of a setting that opened a block, such as `s3 =`: deeper lines belong to it.
    let mut block: Option<usize> = None;
    for (number, line) in (1_u32..).zip(file.text.lines()) {
        let trimmed = line.trim();
        let depth = line.len() - line.trim_start().len();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let touched = file.touched.contains(&number);
        if trimmed.starts_with('[') {
            block = None;
            session = None;
            seen.clear();
            place = match heading(trimmed, kind) {
                Heading::Profile { name, form } => {
                    let at = out.open(name.to_owned(), form, number).map_or(LineSection::Other, LineSection::Profile);
                    if form == HeadingForm::Other {
                        out.note(number, at, WarningKind::SectionForm);
                    }
                    if !trimmed.contains(']') {
                        out.note(number, at, WarningKind::Line);
                    }
                    at
                }
                Heading::Session(name) => {
                    session = Some(name.to_owned());
                    LineSection::Other
                }
                Heading::Other => LineSection::Other,
                Heading::Damaged => {
                    out.note(number, LineSection::Nowhere, WarningKind::Line);
                    LineSection::Nowhere
                }
            };
            if touched {
                out.note(number, place, WarningKind::Invisible);
            }
            continue;
        }
        let Some((name, raw)) = setting(trimmed) else {
            if !matches!(place, LineSection::Other) {
                out.note(number, place, WarningKind::Line);
            }
            continue;
        };
        let nested = block.is_some_and(|outer| depth > outer);
        if !nested {
            block = raw.trim().is_empty().then_some(depth);
        }
        let Some(key) = Key::from_name(name.trim()) else { continue };
        if key == Key::Endpoint {
            out.note(number, place, WarningKind::Endpoint);
            continue;
        }
        if let Some(name) = &session {
            let (text, _odd) = value(key, raw);
            if !nested && !text.is_empty() && out.sessions.len() < PROFILES {
                let value = Value { text: Zeroizing::new(text.to_owned()), line: number };
                out.sessions.entry(name.clone()).or_default().insert(key, value);
            }
            continue;
        }
        let LineSection::Profile(at) = place else { continue };
        let (text, what) = value(key, raw);
        if nested || text.is_empty() {
            continue;
        }
        let text = Zeroizing::new(if touched && key.of_key() { without_spaces(text) } else { text.to_owned() });
        for what in what.into_iter().chain(touched.then_some(WarningKind::Invisible)) {
            out.note(number, place, what);
        }
        if !key.of_key() && !matches!(key, Key::Process | Key::ExternalId) && looks_like_secret(&text) {
            out.note(number, place, WarningKind::SecretMisplaced);
            continue;
        }
        if seen.contains(&key) {
            out.note(number, place, WarningKind::Twice);
        }
        seen.push(key);
        if let Some(section) = out.list.get_mut(at) {
            let values = if key.of_key() { section.keys.last_mut() } else { Some(&mut section.values) };
            values.map(|values| values.insert(key, Value { text, line: number }));
        }
    }
    out.list.iter_mut().for_each(Section::settle_key);
    out
}

/// Splits a setting into name and value at the first `=` or `:`, like Python's `configparser`, with which the AWS
/// command line reads.
pub(super) fn setting(line: &str) -> Option<(&str, &str)> {
    line.split_once(['=', ':'])
}

fn without_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().filter(|c| *c != ' '));
    out
}

pub(super) fn heading(line: &str, kind: ProfileFile) -> Heading<'_> {
    let inner = line.trim_start_matches('[');
    let inner = inner.split(']').next().unwrap_or_default().trim();
    let (first, rest) = inner.split_once(' ').map_or((inner, ""), |(first, rest)| (first, rest.trim()));
    let prefixed = first == "profile" && !rest.is_empty();
    if kind == ProfileFile::Config && !prefixed && matches!(first, "sso-session" | "services" | "plugins" | "preview") {
        let name = unquoted(rest);
        let kept = first == "sso-session" && !name.is_empty() && name.chars().count() <= NAME;
        return if kept { Heading::Session(name) } else { Heading::Other };
    }
    let name = unquoted(if prefixed { rest } else { inner });
    if name.is_empty() || name.chars().count() > NAME || looks_like_secret(name) {
        return Heading::Damaged;
    }
    let form = match (kind, prefixed) {
        (ProfileFile::Credentials, false) | (ProfileFile::Config, true) => HeadingForm::Right,
        (ProfileFile::Config, false) if name == "default" => HeadingForm::Bare,
        (ProfileFile::Credentials, true) | (ProfileFile::Config, false) => HeadingForm::Other,
    };
    Heading::Profile { name, form }
}

/// The quotes that open a value, with what closes each.
const QUOTES: [(char, &[char]); 5] =
    [('"', &['"']), ('\'', &['\'']), ('“', &['”', '“']), ('‘', &['’', '‘']), ('„', &['“', '”'])];

/// Returns the text between the quotes that `text` begins with, and what follows them.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    let (_, closing) = QUOTES.iter().find(|(open, _)| *open == first)?;
    let rest = &text[first.len_utf8()..];
    let end = rest.find(*closing)?;
    let after = rest[end..].chars().next().map_or(end, |close| end + close.len_utf8());
    Some((rest[..end].trim(), rest[after..].trim()))
}

fn unquoted(text: &str) -> &str {
    quoted(text).filter(|(_, after)| after.is_empty()).map_or(text, |(inner, _)| inner)
}

/// Returns the cleaned value, and warnings about how it is written.
fn value(key: Key, raw: &str) -> (&str, Vec<WarningKind>) {
    let raw = raw.trim();
    // A command is kept verbatim, including quotes, so that the user sees exactly what would run.
    if key == Key::Process {
        return (raw, Vec::new());
    }
    let mut odd = Vec::new();
    if let Some((inner, _)) = quoted(raw).filter(|(_, after)| after.is_empty() || after.starts_with(['#', ';'])) {
        odd.push(WarningKind::Quotes);
        return (inner, odd);
    }
    let Some(cut) = raw.find(" #").into_iter().chain(raw.find(" ;")).min() else { return (raw, odd) };
    // A comment after a region is harmless; after a key, it may be the rest of the key.
    if key.of_key() || matches!(key, Key::RoleArn | Key::ExternalId) {
        odd.push(WarningKind::Comment);
    }
    (raw[..cut].trim_end(), odd)
}

/// Whether this has the form of a secret: 40 characters of base64.
pub(in crate::engine) fn is_secret_form(secret: &str) -> bool {
    secret.len() == 40 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+' | b'='))
}

/// Whether this has the form of an access key ID: 16 to 128 capitals and digits (STS, GetAccessKeyInfo), `AKIA…` or
/// `ASIA…`.
pub(in crate::engine) fn is_key_form(id: &str) -> bool {
    (16..=128).contains(&id.len())
        && (id.starts_with("AKIA") || id.starts_with("ASIA"))
        && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
