//! Escapes untrusted text for the formats of a receipt.

use crate::time::Utc;
use jiff::Timestamp;
use std::fmt::Write;

/// Returns the text with invisible and direction characters written as `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) {
            // Writing to a String can't fail.
            let _ = write!(seen, "\\u{{{:x}}}", u32::from(c));
        } else {
            seen.push(c);
        }
    }
    seen
}

/// Whether `c` is a control, a line or paragraph separator, a bidi control (UAX #9) or a character without a glyph.
/// Joiners and variation selectors are not: Persian names and emoji need them.
const fn hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
        | '\u{17b5}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Escapes hidden characters of a whole JSON text as `\uXXXX`. Outside strings there are only line breaks, which stay.
pub(super) fn escape_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Escapes text for an element or a quoted attribute of HTML.
pub(super) fn escape_html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for c in visible(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Returns lowercase hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Formats a time as RFC 3339; a year that can't be represented becomes the nearest that can.
pub(super) fn write(at: Utc) -> String {
    let at = Timestamp::from_second(at.0).unwrap_or(if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX });
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// (De)serializes a time.
pub(super) mod moment {
    use super::{Timestamp, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over like this")]
    pub fn serialize<S: Serializer>(at: &Utc, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::write(*at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Utc, D::Error> {
        let at: Timestamp = String::deserialize(from)?.parse().map_err(serde::de::Error::custom)?;
        Ok(Utc(at.as_second()))
    }
}

/// (De)serializes a time or `null`.
pub(super) mod moment_or_null {
    use super::{Timestamp, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands the field over like this")]
    pub fn serialize<S: Serializer>(at: &Option<Utc>, to: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => to.serialize_some(&super::write(*at)),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Utc>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        let at: Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Some(Utc(at.as_second())))
    }
}

/// (De)serializes how much S3 confirmed.
pub(super) mod confirmed {
    use crate::model::upload::Proof;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over like this")]
    pub fn serialize<S: Serializer>(proof: &Proof, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(match proof {
            Proof::Whole => "whole_file",
            Proof::Parts => "each_part",
            Proof::NoChecksum => "no_checksum",
        })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Proof, D::Error> {
        match &*String::deserialize(from)? {
            "whole_file" => Ok(Proof::Whole),
            "each_part" => Ok(Proof::Parts),
            "no_checksum" => Ok(Proof::NoChecksum),
            other => Err(serde::de::Error::unknown_variant(other, &["whole_file", "each_part", "no_checksum"])),
        }
    }
}
