//! Processes pasted text: removes invisible characters, parses links and rejects secrets.

use super::NameProblem;
use std::borrow::Cow;

/// Maximum length of a pasted text, in bytes: enough for a policy that contains a role.
const LONGEST: usize = 64 << 10;

/// Whether `c` has no width or only changes the writing direction; such a character is never part of a name.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || is_variation_selector(c)
}

/// Whether `c` only selects the appearance of the character before it, as in emoji. File names keep such characters.
pub const fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Whether `c` is a quote or bracket that mail programs, chats and documents put around a name.
const fn is_around(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '`'
            | '´'
            | '<'
            | '>'
            | '“'
            | '”'
            | '„'
            | '‟'
            | '‘'
            | '’'
            | '‚'
            | '‛'
            | '«'
            | '»'
            | '‹'
            | '›'
    )
}

/// Whether `c` is not part of a pasted name if it is at either end.
pub(super) fn surrounds(c: char) -> bool {
    c.is_whitespace() || is_around(c)
}

/// Removes invisible characters, and spaces and quotes around the text.
///
/// # Errors
/// [`NameProblem::Empty`] if nothing is left, [`NameProblem::NotOfTheForm`] if the text is too long, or a problem of
/// [`no_secret`] if it looks like a secret.
pub(super) fn clean(text: &str) -> Result<String, NameProblem> {
    if text.len() > LONGEST {
        return Err(NameProblem::NotOfTheForm);
    }
    let seen: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_whitespace() && !matches!(c, '\n' | '\r') { ' ' } else { c })
        .collect();
    let text = seen.trim_matches(surrounds);
    if text.is_empty() {
        return Err(NameProblem::Empty);
    }
    no_secret(text)?;
    Ok(text.to_owned())
}

/// Removes a label that ends in a colon or an equals sign (`Role ARN: …`) and consists of letters, spaces, dashes and
/// underscores.
pub(super) fn without_label(text: &str) -> &str {
    let Some((label, rest)) = text.split_once([':', '=']) else { return text };
    let label = label.trim_end();
    let is_label = !matches!(label, "" | "arn" | "s3" | "https" | "http")
        && label.len() <= 32
        && label.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '_'))
        && (rest.starts_with(surrounds) || rest.starts_with("arn:"));
    if is_label { rest.trim_matches(surrounds) } else { text }
}

/// Rejects text that looks like a key, so that it is never stored, shown or sent.
pub(super) fn no_secret(text: &str) -> Result<(), NameProblem> {
    let lower = text.to_ascii_lowercase();
    let labeled = ["secret_access_key", "secret access key", "secretaccesskey", "session_token", "sessiontoken"];
    if labeled.iter().any(|label| lower.contains(label)) {
        return Err(NameProblem::LooksLikeSecret);
    }
    // The segments of an ARN are joined by slashes, which secrets may contain too: only the whole text and whole words
    // are compared.
    let words = || text.split(|c: char| c.is_whitespace() || is_around(c) || matches!(c, ':' | ',' | ';' | '='));
    if looks_like_secret(text) || (!lower.contains("arn:") && words().any(looks_like_secret)) {
        return Err(NameProblem::LooksLikeSecret);
    }
    if words().any(looks_like_access_key) {
        return Err(NameProblem::LooksLikeAccessKey);
    }
    Ok(())
}

/// Whether the text has the form of a secret access key (40 characters of base64) or a session token (100 or more), and
/// changes between lowercase, uppercase and digits as often as random text.
#[must_use]
pub fn looks_like_secret(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_around(c));
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+' | b'=');
    if !(text.len() == 40 || text.len() >= 100) || !text.bytes().all(base64) {
        return false;
    }
    let class = |b: u8| (b.is_ascii_lowercase(), b.is_ascii_uppercase(), b.is_ascii_digit());
    let jumps = text.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    let mixed = text.bytes().any(|b| b.is_ascii_lowercase()) && text.bytes().any(|b| b.is_ascii_uppercase());
    // In 40 random characters about 24 differ in class from the next; in joined words, about 12.
    mixed && jumps * 20 >= text.len() * 7
}

/// Whether a word of a free text looks like a secret.
#[must_use]
pub fn holds_secret(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';')).any(looks_like_secret)
}

/// Whether the text has the form of an access key ID: `AKIA…` or `ASIA…`, 20 characters.
fn looks_like_access_key(text: &str) -> bool {
    text.len() == 20
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The parts of a link.
pub(super) struct Link<'a> {
    /// The host in lower case, without a port.
    pub host: String,
    /// The path without its leading slash, percent-encoded.
    pub path: &'a str,
    /// The query, percent-encoded.
    query: &'a str,
}

impl<'a> Link<'a> {
    /// Parses a link that starts with `https://`, `http://` or one of Amazon's hosts; `None` if the text is not a link.
    pub fn from(text: &'a str) -> Option<Self> {
        let scheme = ["https://", "http://"]
            .iter()
            .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        let rest = scheme.map_or(text, |scheme| &text[scheme.len()..]);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let host = rest[..end].split(':').next().unwrap_or_default().to_ascii_lowercase();
        let rest = &rest[end..];
        // Without a scheme, a bucket name with dots looks like a host, so only Amazon's hosts count.
        if scheme.is_none() && (rest.is_empty() || !is_amazon(&host)) {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Some(Self { host, path: path.trim_start_matches('/'), query })
    }

    /// Whether the host is one of Amazon's.
    pub fn is_amazon(&self) -> bool {
        is_amazon(&self.host)
    }

    /// Returns the value of a query parameter, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pair = |pair: &'a str| pair.split_once('=');
        let (_, value) = self.query.split('&').filter_map(pair).find(|(key, _)| *key == name)?;
        decode(&value.replace('+', " ")).map(Cow::into_owned)
    }
}

fn is_amazon(host: &str) -> bool {
    let under = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'));
    [
        "amazon.com",
        "amazonaws.com",
        "amazonaws.com.cn",
        "amazonaws.cn",
        "amazonaws-us-gov.com",
        "amazonaws.eu",
        "amazonaws-eusc.eu",
    ]
    .iter()
    .any(|domain| under(domain))
}

/// Decodes percent-encoding; `None` if the result is not UTF-8.
pub(super) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let value = hex
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}
