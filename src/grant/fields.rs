//! The two small files of Daypass, invitations and requests, read as strictly as their schema and as kindly as mail needs.
//!
//! Both are TOML of one level with a version; every field is known or the file is refused. What mail does to a text
//! (quoting, fences, line breaks, round quotes, a greeting above and a name below) is undone before the text is read
//! a second time, never to a text that reads well as it is.

use super::limits::NETWORKS_MOST;
use crate::time::{Day, Utc};
use std::ops::RangeInclusive;
use std::str::FromStr;
use toml::{Table, Value};
use unicode_normalization::UnicodeNormalization as _;

/// The longest text that is looked at, in bytes: 64 KiB.
pub const LONGEST: usize = 64 << 10;

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From the customer to the contractor.
    Invitation,
    /// From the contractor to the customer.
    Request,
}

impl Kind {
    /// The field that carries the schema's version and tells the files apart.
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

/// Why a text is not the invitation or request it should be. `grant::words` turns it into a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextProblem {
    /// There is nothing in it.
    Empty,
    /// It is longer than [`LONGEST`].
    TooLarge,
    /// It is not text: a picture, an archive, a program.
    NotText,
    /// It is text of another kind.
    NotOurs,
    /// It is the other one of the two files.
    Other(Kind),
    /// Its version is not one this Daypass knows.
    Newer,
    /// It begins as it should, and can't be read to the end: damaged, or a field stands in it twice.
    Broken,
    /// It holds a field that doesn't belong in it; the name is shortened and cleaned for display.
    Unknown(String),
    /// It lacks this field.
    Missing(&'static str),
    /// This field holds what it may not hold.
    Wrong(&'static str),
}

/// The text of a file: UTF-8, or UTF-16 with its mark as some Windows programs write.
///
/// # Errors
/// [`TextProblem::TooLarge`] and [`TextProblem::NotText`].
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

/// The fields of a file, taken out one after the other.
#[derive(Debug)]
pub(super) struct Fields {
    table: Table,
    /// Whether every value came as text, as in a link.
    flat: bool,
}

impl Fields {
    /// Reads `text`, which may be a link where `kind` is an invitation.
    pub(super) fn read(text: &str, kind: Kind) -> Result<Self, TextProblem> {
        if text.len() > LONGEST {
            return Err(TextProblem::TooLarge);
        }
        let text = tidy(text);
        if text.is_empty() {
            return Err(TextProblem::Empty);
        }
        let begins_as_link = scheme(&text) == Some(0);
        if let (true, Kind::Invitation) = (begins_as_link, kind) {
            return Self::link(&text);
        }
        let table = match text.parse::<Table>() {
            Ok(table) => table,
            Err(_) => match (marked(&text, kind), kind, scheme(&text)) {
                (Some(mended), _, _) => mended.parse::<Table>().map_err(|_why| TextProblem::Broken)?,
                (None, Kind::Invitation, Some(at)) => return Self::link(&text[at..]),
                (None, ..) if marked(&text, kind.other()).is_some() => return Err(TextProblem::Other(kind.other())),
                (None, ..) => return Err(TextProblem::NotOurs),
            },
        };
        Self { table, flat: false }.versioned(kind)
    }

    fn versioned(mut self, kind: Kind) -> Result<Self, TextProblem> {
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

    /// A text; an empty one counts as absent.
    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, TextProblem> {
        match self.table.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
            Some(_) => Err(TextProblem::Wrong(name)),
        }
    }

    /// A text without control and direction characters and at most `most` characters long.
    pub(super) fn free(&mut self, name: &'static str, most: usize) -> Result<String, TextProblem> {
        Ok(clean(&self.text(name)?.unwrap_or_default(), most))
    }

    /// A text of a grammar.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &'static str) -> Result<Option<T>, TextProblem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_why| TextProblem::Wrong(name))
    }

    /// A text of a grammar that has to be there.
    pub(super) fn needed<T: FromStr>(&mut self, name: &'static str) -> Result<T, TextProblem> {
        self.parsed(name)?.ok_or(TextProblem::Missing(name))
    }

    /// Yes or no; absent is no.
    pub(super) fn yes(&mut self, name: &'static str) -> Result<bool, TextProblem> {
        self.yes_or(name, false)
    }

    /// Yes or no, or `usual` if it is absent.
    pub(super) fn yes_or(&mut self, name: &'static str, usual: bool) -> Result<bool, TextProblem> {
        match self.table.remove(name) {
            None => Ok(usual),
            Some(Value::Boolean(yes)) => Ok(yes),
            Some(Value::String(text)) if self.flat => text.parse().map_err(|_why| TextProblem::Wrong(name)),
            Some(_) => Err(TextProblem::Wrong(name)),
        }
    }

    /// A whole number in `range`.
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

    /// A moment, as text or as TOML's own date; a day alone is its start or its end, as `day` says.
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

    /// Texts of a grammar; in a link, with commas between them.
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

    /// Refuses whatever was not taken out.
    pub(super) fn finish(self) -> Result<(), TextProblem> {
        self.table.keys().next().map_or(Ok(()), |name| Err(TextProblem::Unknown(clean(name, 40))))
    }
}

/// `text` on one line in Unicode's composed spelling (NFC), without control, invisible and direction characters and without
/// marks that pass for a seal of Daypass's own, at most `most` characters long.
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

/// Format and direction characters (Unicode general category Cf), private use and noncharacters.
const fn hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// Check marks, crosses, warning signs, locks and shields: what a program shows of its own judgment.
const fn seal(c: char) -> bool {
    matches!(c,
        '\u{2610}'..='\u{2612}' | '\u{2705}' | '\u{2713}'..='\u{2718}' | '\u{274c}' | '\u{274e}' | '\u{2753}'..='\u{2755}'
        | '\u{2757}' | '\u{26a0}' | '\u{26d4}' | '\u{237b}' | '\u{1f197}' | '\u{1f50f}'..='\u{1f513}' | '\u{1f5f4}'..='\u{1f5f9}'
        | '\u{1f6ab}' | '\u{1f6e1}' | '\u{1f6c8}' | '\u{1f4db}')
}

/// `text` without byte order mark, carriage returns, quote marks of mail and fences of code.
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

/// Where a link begins.
fn scheme(text: &str) -> Option<usize> {
    let link = "daypass:";
    let at = text.as_bytes().windows(link.len()).position(|bytes| bytes.eq_ignore_ascii_case(link.as_bytes()))?;
    Some(at).filter(|&at| text[at + link.len()..].trim_start_matches('/').starts_with(['v', 'V']))
}

/// The fields that begin with the mark of `kind` in the midst of other text, each on one line again.
fn marked(text: &str, kind: Kind) -> Option<String> {
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
        // No mail program cuts a line of ours into more than these.
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

/// The name before a line's equals sign.
fn name_of(line: &str) -> Option<&str> {
    let name = line.split_once('=')?.0.trim();
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'');
    (!name.is_empty() && name.chars().all(legal)).then_some(name)
}

/// Whether a value goes on in the next line: nothing yet, an open quote, an open bracket.
fn unfinished(value: &str) -> bool {
    let mut quotes = 0;
    let mut escaped = false;
    for c in value.chars() {
        quotes += usize::from(c == '"' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    value.is_empty() || quotes % 2 == 1 || (value.starts_with('[') && !value.ends_with(']'))
}
/// Whether a text begins as an invitation's link does; a scheme may be written in capitals (RFC 3986, section 3.1).
#[must_use]
pub fn is_link(text: &str) -> bool {
    text.trim_start().get(.."daypass:".len()).is_some_and(|start| start.eq_ignore_ascii_case("daypass:"))
}
