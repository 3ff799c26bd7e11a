//! Reads a profile file as text: limited in size, decoded from the encodings that editors write, without invisible
//! characters.
//!
//! The text holds secrets: every buffer is wiped when it is dropped, and allocated at its final size, so that growing
//! leaves no copy behind.

use crate::model::snapshot::WarningKind;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The most bytes of a file that are read.
pub(super) const LONGEST: usize = 1 << 20;

#[derive(Default)]
pub(in crate::engine) struct Text {
    /// The text; its lines end in `\n`.
    pub text: Zeroizing<String>,
    /// The lines, from 1, that contained invisible characters.
    pub touched: BTreeSet<u32>,
    /// Warnings about the file as a whole.
    pub odd: Vec<WarningKind>,
    /// Whether the file exists.
    pub found: bool,
}

/// Reads a file. A missing file is empty; one that can't be read yields a warning.
pub(super) fn read(path: &Path) -> Text {
    match bytes(path) {
        Ok((raw, whole)) => {
            let mut text = decode(&raw);
            text.found = true;
            if !whole {
                // The last line may be cut, and half a secret is worse than none.
                let end = text.text.rfind('\n').map_or(0, |at| at + 1);
                text.text.truncate(end);
                text.odd.push(WarningKind::TooMuch);
            }
            text
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => Text::default(),
        Err(_) => Text { odd: vec![WarningKind::Unreadable], found: true, ..Text::default() },
    }
}

/// Returns the first mebibyte of a regular file, and whether that is all of it.
pub(in crate::engine) fn bytes(path: &Path) -> io::Result<(Zeroizing<Vec<u8>>, bool)> {
    // Opening a pipe would block, so the path is checked before it is opened, and the file again once it is open.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(LONGEST);
    let mut raw = Zeroizing::new(vec![0; size + 1]);
    let mut filled = 0;
    let mut source = file.take(LONGEST as u64 + 1);
    loop {
        if filled == raw.len() {
            if filled > LONGEST {
                break;
            }
            // The file grew while it was read.
            let mut larger = Zeroizing::new(vec![0; LONGEST + 1]);
            larger[..filled].copy_from_slice(&raw);
            raw = larger;
        }
        match source.read(&mut raw[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    let whole = filled <= LONGEST;
    raw.truncate(filled.min(LONGEST));
    Ok((raw, whole))
}

/// Decodes UTF-8 with or without a byte order mark, or UTF-16, recognized by its byte order mark or by its zero bytes.
pub(in crate::engine) fn decode(raw: &[u8]) -> Text {
    let mut out = Text::default();
    if let Some((units, big)) = wide(raw) {
        out.odd.push(WarningKind::Utf16);
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair[1]];
            if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let decoded = char::decode_utf16(units.chunks_exact(2).map(unit));
        settle(&mut out, decoded.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)), raw.len() * 2);
    } else {
        let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
        let chars = raw.utf8_chunks().flat_map(|chunk| {
            let broken = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
            chunk.valid().chars().chain(broken)
        });
        settle(&mut out, chars, raw.len() * 3);
    }
    out
}

/// Returns the bytes after the byte order mark and whether they are big-endian, if the file is UTF-16.
fn wide(raw: &[u8]) -> Option<(&[u8], bool)> {
    if let Some(rest) = raw.strip_prefix(b"\xff\xfe") {
        return Some((rest, false));
    }
    if let Some(rest) = raw.strip_prefix(b"\xfe\xff") {
        return Some((rest, true));
    }
    let start = &raw[..raw.len().min(256)];
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let most = start.len() * 2 / 5;
    if start.len() >= 4 && zeros(1) > most && zeros(0) == 0 {
        Some((raw, false))
    } else if start.len() >= 4 && zeros(0) > most && zeros(1) == 0 {
        Some((raw, true))
    } else {
        None
    }
}

/// Stores the characters with one kind of line end and one kind of space, without invisible ones.
fn settle(out: &mut Text, chars: impl Iterator<Item = char>, most: usize) {
    let mut text = Zeroizing::new(String::with_capacity(most));
    let mut line = 1;
    let mut after_return = false;
    for c in chars {
        let newline_of_return = after_return && c == '\n';
        after_return = c == '\r';
        match c {
            _ if newline_of_return => {}
            '\n' | '\r' => {
                text.push('\n');
                line += 1;
            }
            ' ' | '\t' => text.push(' '),
            _ if c.is_whitespace() => {
                out.touched.insert(line);
                text.push(' ');
            }
            _ if c.is_control() || crate::model::names::is_invisible(c) => {
                out.touched.insert(line);
            }
            _ => text.push(c),
        }
    }
    out.text = text;
}
