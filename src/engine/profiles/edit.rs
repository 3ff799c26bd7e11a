//! Edits one profile in the text of a file: its lines change, and every other byte stays as it is.

use super::AccessKey;
use super::ini::{Heading, HeadingForm, Key, ProfileFile, heading};
use zeroize::Zeroizing;

/// A change to a profile.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Puts a key into the profile and keeps its other settings; adds the profile at the end of the file if it is
    /// missing.
    Put(String, AccessKey),
    /// Renames the profile, also where other profiles name it as their source.
    Rename(String, String),
    /// Removes the profile with the settings under its headings.
    Remove(String),
}

/// Returns the changed text, or `None` if nothing changes.
pub(super) fn edited(text: &[u8], kind: ProfileFile, edit: &Edit) -> Option<Zeroizing<Vec<u8>>> {
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    let end: &[u8] = match lines.first() {
        Some(first) if first.ends_with(b"\r\n") => b"\r\n",
        _ => b"\n",
    };
    let room = text.len() + 4096;
    let mut out = Zeroizing::new(Vec::with_capacity(room));
    let changed = match edit {
        Edit::Put(name, keys) => put(&mut out, &lines, kind, end, name, keys),
        Edit::Rename(from, to) => rename(&mut out, &lines, kind, from, to),
        Edit::Remove(name) => remove(&mut out, &lines, kind, name),
    };
    debug_assert!(out.len() <= room, "the buffer never moved, so no copy of a secret stays behind");
    changed.then_some(out)
}

/// Returns a line as text, without a byte order mark.
fn shown(line: &[u8]) -> String {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    String::from_utf8_lossy(line).trim().to_owned()
}

/// Whether a heading is this profile's; `None` if the line is no heading.
fn heads(line: &[u8], kind: ProfileFile, profile: &str) -> Option<bool> {
    shown(line).starts_with('[').then(|| form(line, kind, profile).is_some())
}

/// Returns how this profile's heading is written; `None` for any other line.
fn form(line: &[u8], kind: ProfileFile, profile: &str) -> Option<HeadingForm> {
    let line = shown(line);
    if !line.starts_with('[') {
        return None;
    }
    match heading(&line, kind) {
        Heading::Profile { name, form } => (name == profile).then_some(form),
        Heading::Session(_) | Heading::Other | Heading::Damaged => None,
    }
}

/// Returns the setting on a line, if it is one.
fn setting(line: &[u8]) -> Option<(Option<Key>, String)> {
    let line = shown(line);
    if line.is_empty() || line.starts_with(['#', ';', '[']) {
        return None;
    }
    let (name, value) = super::ini::setting(&line).unwrap_or((&line, ""));
    Some((Key::from_name(name.trim()), value.trim().to_owned()))
}

fn write_key(out: &mut Vec<u8>, end: &[u8], keys: &AccessKey) {
    let token = keys.token.as_ref().map(|token| token.as_str());
    let lines = [
        ("aws_access_key_id", Some(keys.access_key_id.as_str())),
        ("aws_secret_access_key", Some(keys.secret.as_str())),
        ("aws_session_token", token),
    ];
    for (name, value) in lines {
        let Some(value) = value else { continue };
        for part in [name.as_bytes(), b" = ", value.as_bytes(), end] {
            out.extend_from_slice(part);
        }
    }
}

fn put(out: &mut Vec<u8>, lines: &[&[u8]], kind: ProfileFile, end: &[u8], profile: &str, keys: &AccessKey) -> bool {
    let (mut here, mut written) = (false, false);
    // Of several headings for one name, only those in the best form count.
    let counts = lines.iter().filter_map(|line| form(line, kind, profile)).max();
    for line in lines {
        let head = heads(line, kind, profile).map(|head| head && form(line, kind, profile) == counts);
        here = heads(line, kind, profile).unwrap_or(here);
        if here && setting(line).is_some_and(|(key, _)| key.is_some_and(Key::of_key)) {
            continue;
        }
        out.extend_from_slice(line);
        if head == Some(true) && !written {
            if !line.ends_with(b"\n") {
                out.extend_from_slice(end);
            }
            write_key(out, end, keys);
            written = true;
        }
    }
    if !written {
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.extend_from_slice(end);
        }
        if !matches!(&out[..], b"" | b"\xef\xbb\xbf") {
            out.extend_from_slice(end);
        }
        let before = if kind == ProfileFile::Config && profile != "default" { "[profile " } else { "[" };
        for part in [before.as_bytes(), profile.as_bytes(), b"]", end] {
            out.extend_from_slice(part);
        }
        write_key(out, end, keys);
    }
    true
}

fn rename(out: &mut Vec<u8>, lines: &[&[u8]], kind: ProfileFile, from: &str, to: &str) -> bool {
    let mut changed = false;
    for line in lines {
        let source = setting(line).is_some_and(|(key, value)| key == Some(Key::SourceProfile) && value == from);
        if heads(line, kind, from) != Some(true) && !source {
            out.extend_from_slice(line);
            continue;
        }
        // In `source_profile = profile` and `[profile profile]`, the last match is the name; a comment may follow.
        let part = if source { line.iter().position(|b| matches!(b, b'=' | b':')) } else { Some(0) }.unwrap_or(0);
        let stop = if source { line.len() } else { line.iter().position(|b| *b == b']').unwrap_or(line.len()) };
        let found = line[part..stop].windows(from.len()).rposition(|window| window == from.as_bytes());
        let Some(at) = found.map(|at| at + part) else {
            out.extend_from_slice(line);
            continue;
        };
        for piece in [&line[..at], to.as_bytes(), &line[at + from.len()..]] {
            out.extend_from_slice(piece);
        }
        changed = true;
    }
    changed
}

fn remove(out: &mut Vec<u8>, lines: &[&[u8]], kind: ProfileFile, profile: &str) -> bool {
    let (mut here, mut changed) = (false, false);
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        here = heads(line, kind, profile).unwrap_or(here);
        if !here {
            out.extend_from_slice(line);
            at += 1;
            continue;
        }
        // Comments and blank lines after the last setting belong to the next section.
        let rest = &lines[at + 1..];
        let section = rest.iter().position(|line| shown(line).starts_with('[')).unwrap_or(rest.len());
        let last = rest[..section].iter().rposition(|line| setting(line).is_some()).map_or(0, |last| last + 1);
        if at == 0 && line.starts_with(b"\xef\xbb\xbf") {
            out.extend_from_slice(b"\xef\xbb\xbf");
        }
        at += 1 + last;
        changed = true;
        here = false;
        for line in &lines[at..at + section - last] {
            out.extend_from_slice(line);
            at += 1;
        }
    }
    changed
}
