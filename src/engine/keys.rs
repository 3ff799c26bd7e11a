//! New access keys: read from the console's CSV or pasted text, tested, and kept in the shared file or for this run
//! only.

use super::profiles::{self, AccessKey, Edit};
use crate::model::access_key::{KeepProblem, KeyProblem, SaveProblem};
use crate::model::names::{is_invisible, looks_like_secret};
use crate::model::session::Identity;
use zeroize::Zeroizing;

/// The most bytes of a file or a paste that are read; the console's files have some hundred.
pub const MOST: usize = 64 << 10;
/// The longest profile name that is written, in characters.
pub const NAME_MOST: usize = 64;

/// A key that was read but not tested yet. Debug shows no part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    keys: AccessKey,
    user: Option<String>,
}

impl NewKey {
    /// Returns a key from two fields.
    ///
    /// # Errors
    ///
    /// What is wrong with one of them.
    pub fn from_fields(id: &str, secret: &str) -> Result<Self, KeyProblem> {
        let (id, secret) = (bare(id), bare(secret));
        match (id.is_empty(), secret.is_empty()) {
            (true, true) => Err(KeyProblem::Empty),
            (true, false) => Err(KeyProblem::NoId),
            (false, true) => Err(KeyProblem::NoSecret),
            (false, false) => Self::checked(&id, &secret, None, None),
        }
    }

    /// Finds a key in pasted text: the CSV, lines of a profile file, `export` lines, or an ID and a secret among other
    /// words.
    ///
    /// # Errors
    ///
    /// Why there is no key.
    pub fn from_pasted(text: &str) -> Result<Self, KeyProblem> {
        Self::from_file(text.as_bytes(), "")
    }

    /// Finds a key in a file's bytes, UTF-8 or UTF-16, with or without a byte order mark. The name reveals root keys.
    ///
    /// # Errors
    ///
    /// Why there is no key.
    pub fn from_file(bytes: &[u8], file_name: &str) -> Result<Self, KeyProblem> {
        if bytes.len() > MOST {
            return Err(KeyProblem::TooLarge);
        }
        let text = profiles::decode(bytes).text;
        if text.trim().is_empty() {
            return Err(KeyProblem::Empty);
        }
        // The root user's file is `rootkey.csv`; its older form contains `AWSAccessKeyId=…` and `AWSSecretKey=…`.
        let name = file_name.to_ascii_lowercase();
        if name.starts_with("rootkey") || text.to_ascii_lowercase().contains("awsaccesskeyid") {
            return Err(KeyProblem::RootKey);
        }
        table(&text).unwrap_or_else(|| words(&text))
    }

    fn checked(id: &str, secret: &str, token: Option<&str>, user: Option<&str>) -> Result<Self, KeyProblem> {
        if !profiles::is_key_form(id) {
            return Err(KeyProblem::KeyForm);
        }
        if !profiles::is_secret_form(secret) {
            return Err(KeyProblem::SecretForm);
        }
        if id.starts_with("ASIA") && token.is_none() {
            return Err(KeyProblem::NoToken);
        }
        let user = user.map(bare).filter(|user| !user.is_empty() && !looks_like_secret(user));
        let keys = AccessKey {
            access_key_id: id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            token: token.map(|token| Zeroizing::new(token.to_owned())),
        };
        Ok(Self { keys, user: user.map(|user| user.to_string()) })
    }

    /// Returns the key, for the call that tests it.
    pub(super) const fn keys(&self) -> &AccessKey {
        &self.keys
    }

    /// Returns the last four characters of the key's ID.
    #[must_use]
    pub fn tail(&self) -> &str {
        &self.keys.access_key_id[self.keys.access_key_id.len() - 4..]
    }
}

/// A key that AWS has accepted, with its identity. Only such a key is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedKey {
    key: NewKey,
    identity: Identity,
}

impl TestedKey {
    pub(super) const fn new(key: NewKey, identity: Identity) -> Self {
        Self { key, identity }
    }

    /// Returns the identity that the key belongs to.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Returns the proposed profile name: the user's name, with characters that a profile name can't contain replaced.
    #[must_use]
    pub fn proposal(&self) -> String {
        let user = self.key.user.as_deref().unwrap_or(&self.identity.name);
        let name: String = user.chars().map(|c| if is_name_char(c) { c } else { '-' }).take(NAME_MOST).collect();
        let name = name.trim_matches('-');
        if name.is_empty() { "daypass".to_owned() } else { name.to_owned() }
    }

    pub(super) fn into_keys(self) -> AccessKey {
        self.key.keys
    }
}

/// Whether every tool can read a profile with this name (AWS SDKs: letters, digits and `_ - / . % @ : +`).
#[must_use]
pub fn is_profile_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= NAME_MOST
        && !name.starts_with('-')
        && name.chars().all(is_name_char)
        && !looks_like_secret(name)
        && !profiles::is_key_form(name)
}

const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.' | '%' | '@' | ':' | '+')
}

/// Returns the text without surrounding quotes and spaces, and without invisible characters.
fn bare(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    out.extend(text.chars().filter(|c| !is_invisible(*c) && !c.is_control()));
    let trimmed =
        out.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’'));
    Zeroizing::new(trimmed.to_owned())
}

/// Reads the key from a CSV as the console exports it; `None` if the text is no such table.
///
/// The console writes `Access key ID,Secret access key`; some of its files also have `User name`, `Password` and
/// `Console login link`, in other orders. Other programs save it with semicolons or tabs.
fn table(text: &str) -> Option<Result<NewKey, KeyProblem>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let head = lines.next()?;
    let separator = [',', ';', '\t'].into_iter().max_by_key(|c| head.matches(*c).count())?;
    let names: Vec<String> = head.split(separator).map(|name| bare(name).to_ascii_lowercase()).collect();
    let column = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let id = column(&["access key id", "access key", "aws_access_key_id"]);
    let secret = column(&["secret access key", "secret key", "aws_secret_access_key"]);
    let user = column(&["user name", "username"]);
    let password = column(&["password", "console password"]);
    let (id, secret) = match (id, secret) {
        (Some(id), Some(secret)) => (id, secret),
        (None, None) if password.is_some() || user.is_some() => return Some(Err(KeyProblem::PasswordOnly)),
        (None, None) => return None,
        (Some(_), None) => return Some(Err(KeyProblem::NoSecret)),
        (None, Some(_)) => return Some(Err(KeyProblem::NoId)),
    };
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(separator).collect()).collect();
    // A password may contain the separator. Then the row has more fields than names, and those after the password are
    // counted from the end.
    let field = |row: &[&str], at: usize| {
        let more = row.len().saturating_sub(names.len());
        let at = if password.is_some_and(|password| at > password) { at + more } else { at };
        bare(row.get(at).copied().unwrap_or_default())
    };
    let token = column(&["session token", "aws_session_token"]);
    let mut found: Vec<(Zeroizing<String>, &Vec<&str>)> =
        rows.iter().map(|row| (field(row, id), row)).filter(|(id, _)| !id.is_empty()).collect();
    found.dedup_by(|a, b| a.0 == b.0);
    Some(match &found[..] {
        [] if password.is_some() => Err(KeyProblem::PasswordOnly),
        [] => Err(KeyProblem::NoKey),
        [(key, row)] => {
            let secret = field(row, secret);
            let token = token.map(|at| field(row, at)).filter(|token| !token.is_empty());
            let user = user.map(|at| field(row, at));
            if secret.is_empty() {
                Err(KeyProblem::NoSecret)
            } else {
                let token = token.as_ref().map(|token| token.as_str());
                NewKey::checked(key, &secret, token, user.as_ref().map(|user| user.as_str()))
            }
        }
        [_, _, ..] => Err(KeyProblem::Several),
    })
}

/// Finds the key in any text: the word that looks like an ID, and the one that looks like a secret.
fn words(text: &str) -> Result<NewKey, KeyProblem> {
    let clean: Zeroizing<String> = Zeroizing::new(text.chars().filter(|c| !is_invisible(*c)).collect());
    let edge = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '`' | '“' | '”' | ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']')
    };
    let (mut ids, mut secrets, mut tokens): (Vec<&str>, Vec<&str>, Vec<&str>) = Default::default();
    for word in clean.split(edge) {
        // A secret may end in `=`, and a label may precede it with `=`, too: the text after the first `=` is tried as
        // well.
        let after = word.split_once('=').map_or(word, |(_, after)| after);
        for text in if after == word { vec![word] } else { vec![word, after] } {
            let list = if profiles::is_key_form(text) {
                &mut ids
            } else if profiles::is_secret_form(text) && !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                &mut secrets
            } else if text.len() >= 100 && looks_like_secret(text) {
                &mut tokens
            } else {
                continue;
            };
            if !list.contains(&text) {
                list.push(text);
            }
            break;
        }
    }
    match (&ids[..], &secrets[..]) {
        ([], []) => Err(KeyProblem::NoKey),
        ([], _) => Err(KeyProblem::NoId),
        (_, []) => Err(KeyProblem::NoSecret),
        ([id], [secret]) => NewKey::checked(id, secret, tokens.first().copied(), None),
        _ => Err(KeyProblem::Several),
    }
}

/// Writes a tested key to the credentials file.
pub(super) fn write(paths: &profiles::Paths, profile: &str, key: TestedKey, replace: bool) -> Result<(), KeepProblem> {
    let there = profiles::read(paths).list.iter().any(|known| known.name == profile);
    if there && !replace {
        return Err(KeepProblem::NameTaken);
    }
    profiles::change(paths, &Edit::Put(profile.to_owned(), key.into_keys())).map_err(KeepProblem::File)
}

/// Renames a profile in both files.
pub(super) fn rename(paths: &profiles::Paths, from: &str, to: &str) -> Result<(), KeepProblem> {
    let known = profiles::read(paths).list;
    if known.iter().any(|profile| profile.name == to) {
        return Err(KeepProblem::NameTaken);
    }
    if !known.iter().any(|profile| profile.name == from) {
        return Err(KeepProblem::File(SaveProblem::NoProfile));
    }
    profiles::change(paths, &Edit::Rename(from.to_owned(), to.to_owned())).map_err(KeepProblem::File)
}

/// Removes a profile from both files.
pub(super) fn remove(paths: &profiles::Paths, profile: &str) -> Result<(), KeepProblem> {
    profiles::change(paths, &Edit::Remove(profile.to_owned())).map_err(KeepProblem::File)
}
