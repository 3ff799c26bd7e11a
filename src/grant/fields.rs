//! Parses invitations and requests: strict about their schema, tolerant of what mail programs do to text.
//!
//! Both are flat TOML with a version; an unknown field is an error. If a text doesn't parse as it is, the damage that
//! mail does (quote marks, code fences, line breaks, curly quotes, a greeting above and a signature below) is undone
//! and the text is parsed again.

use super::limits::NETWORKS_MOST;
use crate::time::{Day, Utc};
use std::ops::RangeInclusive;
use std::str::FromStr;
use toml::{Table, Value};
use unicode_normalization::UnicodeNormalization as _;

/// Maximum length of a text, in bytes: 64 KiB.
pub const LONGEST: usize = 64 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// From the customer to the contractor.
    Invitation,
    /// From the contractor to the customer.
    Request,
}

impl MessageKind {
    /// Returns the field that holds the schema's version and identifies the kind of file.
    pub(super) const fn mark(self) -> &'static str {
        match self {
            Self::Invitation => "daypass",
            Self::Request => "daypass_request",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Invitation => Self::Request,
            Self::Request => Self::Invitation,
        }
    }
}

/// Why a text is not a valid invitation or request. `grant::words` turns it into a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextProblem {
    /// The text is empty.
    Empty,
    /// The text is longer than [`LONGEST`].
    TooLarge,
    /// The bytes are not text: a picture, an archive, a program.
    NotText,
    /// The text is neither an invitation nor a request.
    NotOurs,
    /// The text is the other kind of file.
    Other(MessageKind),
    /// The version is not supported; a newer Daypass wrote it.
    Newer,
    /// The text starts correctly but can't be parsed: it is damaged, or it holds a field twice.
    Broken,
    /// The text holds an unknown field; its name is shortened and cleaned for display.
    Unknown(String),
    /// This field is missing.
    Missing(&'static str),
    /// This field has an invalid value.
    Wrong(&'static str),
}

/// Decodes the text of a file: UTF-8, or UTF-16 with a byte order mark, as some Windows programs write it.
///
/// # Errors
/// [`TextProblem::TooLarge`] if it is longer than [`LONGEST`]; [`TextProblem::NotText`] if it can't be decoded or holds
/// a NUL.
pub fn decode(bytes: &[u8]) -> Result<String, TextProblem> {
    if bytes.len() > LONGEST {
        return Err(TextProblem::TooLarge);
    }
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    };
    text.filter(|text| !text.contains('\0')).ok_or(TextProblem::NotText)
}

/// The fields of a file, which are removed as they are read.
#[derive(Debug)]
pub(super) struct Fields {
    table: Table,
    /// Whether every value is text, as in a link.
    flat: bool,
}

impl Fields {
    /// Reads `text`, which may be a link if `kind` is an invitation.
    pub(super) fn read(text: &str, kind: MessageKind) -> Result<Self, TextProblem> {
        if text.len() > LONGEST {
            return Err(TextProblem::TooLarge);
        }
        let text = tidy(text);
        if text.is_empty() {
            return Err(TextProblem::Empty);
        }
        let begins_as_link = scheme(&text) == Some(0);
        if let (true, MessageKind::Invitation) = (begins_as_link, kind) {
            return Self::link(&text);
        }
        let table = match text.parse::<Table>() {
            Ok(table) => table,
            Err(_) => match (marked(&text, kind), kind, scheme(&text)) {
                (Some(mended), _, _) => mended.parse::<Table>().map_err(|_why| TextProblem::Broken)?,
                (None, MessageKind::Invitation, Some(at)) => return Self::link(&text[at..]),
                (None, ..) if marked(&text, kind.other()).is_some() => return Err(TextProblem::Other(kind.other())),
                (None, ..) => return Err(TextProblem::NotOurs),
            },
        };
        Self { table, flat: false }.versioned(kind)
    }

    fn versioned(mut self, kind: MessageKind) -> Result<Self, TextProblem> {
        match self.table.remove(kind.mark()) {
            Some(Value::Integer(1)) => Ok(self),
            Some(Value::Integer(_)) => Err(TextProblem::Newer),
            Some(_) => Err(TextProblem::Wrong(kind.mark())),
            None if self.table.contains_key(kind.other().mark()) => Err(TextProblem::Other(kind.other())),
            None => Err(TextProblem::NotOurs),
        }
    }

    fn link(text: &str) -> Result<Self, TextProblem> {
        let end = text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\u{ab}' | '\u{bb}'));
        let link = &text[..end.unwrap_or(text.len())];
        let rest = link.get("daypass:".len()..).unwrap_or_default().trim_start_matches('/');
        let (version, query) = rest.split_once('?').ok_or(TextProblem::Broken)?;
        if version.trim_end_matches('/') != "v1" {
            return Err(TextProblem::Newer);
        }
        let mut table = Table::new();
        for pair in query.replace("&amp;", "&").split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(TextProblem::Broken)?;
            let value = percent_encoding::percent_decode_str(value);
            let value = value.decode_utf8().map_err(|_why| TextProblem::Broken)?.into_owned();
            if table.insert(name.to_owned(), Value::String(value)).is_some() {
                return Err(TextProblem::Broken);
            }
        }
        Ok(Self { table, flat: true })
    }

    /// Returns a text field; an empty one counts as absent.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, TextProblem> {
        match self.table.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
            Some(_) => Err(TextProblem::Wrong(name)),
        }
    }

    /// Returns a free text field, cleaned by [`clean`] and cut to `most` characters.
    pub(super) fn free(&mut self, name: &'static str, most: usize) -> Result<String, TextProblem> {
        Ok(clean(&self.text(name)?.unwrap_or_default(), most))
    }

    /// Parses a text field.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &'static str) -> Result<Option<T>, TextProblem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_why| TextProblem::Wrong(name))
    }

    /// Parses a required text field.
    pub(super) fn needed<T: FromStr>(&mut self, name: &'static str) -> Result<T, TextProblem> {
        self.parsed(name)?.ok_or(TextProblem::Missing(name))
    }

    /// Returns a boolean field; `false` if absent.
    pub(super) fn yes(&mut self, name: &'static str) -> Result<bool, TextProblem> {
        self.yes_or(name, false)
    }

    /// Returns a boolean field, or `usual` if absent.
    pub(super) fn yes_or(&mut self, name: &'static str, usual: bool) -> Result<bool, TextProblem> {
        match self.table.remove(name) {
            None => Ok(usual),
            Some(Value::Boolean(yes)) => Ok(yes),
            Some(Value::String(text)) if self.flat => text.parse().map_err(|_why| TextProblem::Wrong(name)),
            Some(_) => Err(TextProblem::Wrong(name)),
        }
    }

    /// Returns an integer field within `range`.
    pub(super) fn number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, TextProblem> {
        let number = match self.table.remove(name) {
            None => return Ok(None),
            Some(Value::Integer(number)) => u32::try_from(number).ok(),
            Some(Value::String(text)) if self.flat => text.parse().ok(),
            Some(_) => None,
        };
        number.filter(|number| range.contains(number)).map(Some).ok_or(TextProblem::Wrong(name))
    }

    /// Returns a time, written as text or as a TOML date; a date without a time means its start or its end, as `day`
    /// says.
    pub(super) fn moment(&mut self, name: &'static str, day: Day) -> Result<Option<Utc>, TextProblem> {
        let text = match self.table.remove(name) {
            None => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => text,
            Some(Value::Datetime(date)) => date.to_string(),
            Some(_) => return Err(TextProblem::Wrong(name)),
        };
        Utc::from_rfc3339(&text, day).map(Some).ok_or(TextProblem::Wrong(name))
    }

    /// Returns a list of parsed texts; in a link, they are separated by commas.
    pub(super) fn list<T: FromStr>(&mut self, name: &'static str) -> Result<Vec<T>, TextProblem> {
        let wrong = || TextProblem::Wrong(name);
        match self.table.remove(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) if list.len() <= NETWORKS_MOST => {
                list.iter().map(|value| value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)).collect()
            }
            Some(Value::String(text)) if self.flat && text.len() <= 4096 => {
                let list: Vec<&str> = text.split(',').collect();
                if list.len() > NETWORKS_MOST {
                    return Err(wrong());
                }
                list.into_iter().map(|text| text.parse().map_err(|_why| wrong())).collect()
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Returns an error if a field was not read.
    pub(super) fn finish(self) -> Result<(), TextProblem> {
        self.table.keys().next().map_or(Ok(()), |name| Err(TextProblem::Unknown(clean(name, 40))))
    }
}

/// Returns `text` on one line, normalized to NFC and cut to `most` characters, without control, invisible and direction
/// characters, and without symbols that could pass for a verdict by Daypass.
#[must_use]
pub fn clean(text: &str, most: usize) -> String {
    let text: String = text.nfc().collect();
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let letters = word.chars().filter(|&c| !hidden(c) && !seal(c));
        let start = out.len();
        out.extend(letters);
        if out.len() > start && start > 0 {
            out.insert(start, ' ');
        }
    }
    let cut: String = out.chars().take(most).collect();
    cut.trim_end().to_owned()
}

/// Whether `c` is a format or direction character (Unicode general category Cf), invisible, private use or a
/// noncharacter.
const fn hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// Whether `c` is a check mark, cross, warning sign, lock or shield, which a program uses to show its own verdict.
const fn seal(c: char) -> bool {
    matches!(c,
        '\u{2610}'..='\u{2612}' | '\u{2705}' | '\u{2713}'..='\u{2718}' | '\u{274c}' | '\u{274e}' | '\u{2753}'..='\u{2755}'
        | '\u{2757}' | '\u{26a0}' | '\u{26d4}' | '\u{237b}' | '\u{1f197}' | '\u{1f50f}'..='\u{1f513}' | '\u{1f5f4}'..='\u{1f5f9}'
        | '\u{1f6ab}' | '\u{1f6e1}' | '\u{1f6c8}' | '\u{1f4db}')
}

/// Removes the byte order mark, carriage returns, mail quote marks and code fences.
fn tidy(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut line = line;
        while let Some(rest) = line.strip_prefix('>') {
            line = rest.strip_prefix(' ').unwrap_or(rest);
        }
        if !line.trim_start().starts_with("```") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned()
}

/// Returns the position where a link begins.
fn scheme(text: &str) -> Option<usize> {
    let link = "daypass:";
    let at = text.as_bytes().windows(link.len()).position(|bytes| bytes.eq_ignore_ascii_case(link.as_bytes()))?;
    Some(at).filter(|&at| text[at + link.len()..].trim_start_matches('/').starts_with(['v', 'V']))
}

/// Extracts the fields that start with the version field of `kind` from surrounding text, each on one line again.
fn marked(text: &str, kind: MessageKind) -> Option<String> {
    let text: String = text
        .chars()
        .map(|c| match c {
            '\u{a0}' | '\u{202f}' => ' ',
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => '"',
            _ => c,
        })
        .collect();
    let mut out = String::new();
    let mut lines = text.lines().map(str::trim).skip_while(|line| name_of(line) != Some(kind.mark())).peekable();
    lines.peek()?;
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if name_of(line).is_none() && !line.starts_with('[') {
            break;
        }
        out.push_str(line);
        let mut value = line.split_once('=').map_or("", |(_, value)| value).trim().to_owned();
        // No mail program breaks one of our lines into more than these.
        for _ in 0..16 {
            let Some(more) = lines.next_if(|_| unfinished(&value)) else { break };
            out.push(' ');
            out.push_str(more);
            value.push(' ');
            value.push_str(more);
        }
        out.push('\n');
    }
    Some(out)
}

/// Returns the name before a line's equals sign.
fn name_of(line: &str) -> Option<&str> {
    let name = line.split_once('=')?.0.trim();
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'');
    (!name.is_empty() && name.chars().all(legal)).then_some(name)
}

/// Whether a value continues on the next line: it is empty, or a quote or bracket is open.
fn unfinished(value: &str) -> bool {
    let mut quotes = 0;
    let mut escaped = false;
    for c in value.chars() {
        quotes += usize::from(c == '"' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    value.is_empty() || quotes % 2 == 1 || (value.starts_with('[') && !value.ends_with(']'))
}
/// Whether a text starts like an invitation's link; schemes are case-insensitive (RFC 3986, section 3.1).
#[must_use]
pub fn is_link(text: &str) -> bool {
    text.trim_start().get(.."daypass:".len()).is_some_and(|start| start.eq_ignore_ascii_case("daypass:"))
}
