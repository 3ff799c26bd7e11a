//! A Rust file as the rules see it: its code without comments, literals and tests, and its strings separately.

use std::fs;
use std::path::{Path, PathBuf};

/// One source file.
pub struct Source {
    /// Its path from the top of the project, with `/`.
    pub path: String,
    /// The whole file.
    pub text: String,
    /// `text` with blanks for comments, the insides of literals, and items under `#[cfg(test)]`; offsets stay the same.
    pub code: String,
    /// The string literals outside tests, with their offsets in bytes.
    pub strings: Vec<(usize, String)>,
}

impl Source {
    /// Parses a file's text. This is not a complete lexer, but enough for code formatted by rustfmt.
    pub fn new(path: &str, text: &str) -> Self {
        let (mut code, mut strings) = blank(text);
        while let Some(test) = next_test(&code) {
            strings.retain(|(at, _)| !test.contains(at));
            blank_range(&mut code, test);
        }
        let code = String::from_utf8(code).expect("only whole characters are blanked");
        Self { path: path.to_owned(), text: text.to_owned(), code, strings }
    }

    /// Returns the number of the line of this byte.
    pub fn line(&self, at: usize) -> usize {
        1 + self.text[..at].matches('\n').count()
    }

    /// Returns every path in the code up to its second segment, such as `std::fs` or `egui::Ui`, with its offset.
    /// A group gives one path for each of its members.
    pub fn paths(&self) -> Vec<(usize, String)> {
        let code = &self.code;
        let mut all = Vec::new();
        for (at, word) in words(code) {
            let before = code[..at].trim_end();
            let Some(rest) = code[at + word.len()..].trim_start().strip_prefix("::") else { continue };
            if before.ends_with("::") {
                continue;
            }
            let rest = rest.trim_start();
            if let Some(group) = rest.strip_prefix('{') {
                let place = |member: &str| member.as_ptr().addr() - code.as_ptr().addr();
                let members = group_members(group).into_iter();
                all.extend(members.map(|member| (place(member), format!("{word}::{member}"))));
            } else {
                let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                all.push((at, format!("{word}::{}", &rest[..end])));
            }
        }
        all
    }
}

/// Returns the `.rs` files under these folders of the project, sorted.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in folders {
        walk(&top.join(folder), &mut files);
    }
    files.retain(|file| file.extension().is_some_and(|e| e == "rs"));
    files.iter().map(|file| Source::new(&relative(file), &fs::read_to_string(file).expect("UTF-8"))).collect()
}

/// Returns a file's path from the top of the project.
pub fn relative(file: &Path) -> String {
    let path = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("it is in the project");
    path.to_str().expect("UTF-8").replace('\\', "/")
}

/// Adds every file under a folder, sorted, without version control, build output and Python's caches.
pub fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("it is listed").path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default();
        if [".git", "target", "__pycache__"].iter().any(|skip| name == *skip) {
            continue;
        }
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

/// Returns whether a character belongs to an identifier.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns every identifier and number in the code, with its offset.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.split(|c: char| !is_word(c)).filter(|w| !w.is_empty()).map(|w| (w.as_ptr().addr() - code.as_ptr().addr(), w))
}

fn group_members(group: &str) -> Vec<&str> {
    let (mut depth, mut members, mut expect) = (0, Vec::new(), true);
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expect = true,
            c if depth == 0 && expect && is_word(c) => {
                let end = group[i..].find(|c: char| !is_word(c)).map_or(group.len(), |n| i + n);
                members.push(&group[i..end]);
                expect = false;
            }
            _ => {}
        }
    }
    members
}

fn blank_range(code: &mut [u8], range: std::ops::Range<usize>) {
    for byte in &mut code[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// Blanks comments and the insides of literals, and returns the strings separately.
fn blank(text: &str) -> (Vec<u8>, Vec<(usize, String)>) {
    let (bytes, mut code, mut strings) = (text.as_bytes(), text.as_bytes().to_vec(), Vec::new());
    let until = |from: usize, end: &str| text[from..].find(end).map_or(text.len(), |n| from + n);
    let mut i = 0;
    while i < bytes.len() {
        let rest = &text[i..];
        let fresh = !text[..i].ends_with(is_word);
        let raw = rest.strip_prefix('b').unwrap_or(rest);
        let hashes = raw.strip_prefix('r').map(|r| r.len() - r.trim_start_matches('#').len());
        let next = if rest.starts_with("//") {
            let end = until(i, "\n");
            blank_range(&mut code, i..end);
            end
        } else if rest.starts_with("/*") {
            let end = (until(i, "*/") + 2).min(text.len());
            blank_range(&mut code, i..end);
            end
        } else if let Some(n) = hashes.filter(|n| fresh && raw[1 + n..].starts_with('"')) {
            let from = i + rest.len() - raw.len() + 2 + n;
            let end = until(from, &format!("\"{}", "#".repeat(n)));
            strings.push((i, text[from..end].to_owned()));
            blank_range(&mut code, from..end);
            end + 1 + n
        } else if rest.starts_with('"') {
            let mut end = i + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            let end = end.min(text.len());
            strings.push((i, text[i + 1..end].to_owned()));
            blank_range(&mut code, i + 1..end);
            end + 1
        } else if let Some(end) = char_literal(rest) {
            blank_range(&mut code, i + 1..i + end - 1);
            i + end
        } else {
            i + rest.chars().next().map_or(1, char::len_utf8)
        };
        i = next;
    }
    (code, strings)
}

/// Returns the length of the character literal that begins here, or `None` for a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        let first = escape.chars().next()?.len_utf8();
        return Some(2 + first + escape[first..].find('\'')? + 1);
    }
    let first = inside.chars().next()?.len_utf8();
    inside[first..].starts_with('\'').then_some(first + 2)
}

/// Returns the next item under `#[cfg(test)]`, attribute included.
fn next_test(code: &[u8]) -> Option<std::ops::Range<usize>> {
    const MARK: &[u8] = b"#[cfg(test)]";
    let start = code.windows(MARK.len()).position(|w| w == MARK)?;
    let mut depth = 0;
    for (i, byte) in code.iter().enumerate().skip(start + MARK.len()) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(byte, b'}' | b';') {
            return Some(start..i + 1);
        }
    }
    Some(start..code.len())
}
