//! A document tree that is written as JSON, YAML or HCL, with keys in order and text escaped for each format.

use std::fmt::Write as _;

/// A value of a policy or a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    Bool(bool),
    Int(u64),
    /// Text, escaped for the format it is written in.
    Text(String),
    /// A Terraform expression, written verbatim in HCL; plain text in the other formats.
    Raw(String),
    List(Vec<Tree>),
    /// Names and values in order; names are unique.
    Map(Vec<(String, Tree)>),
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Tree {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<u32> for Tree {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<Vec<Self>> for Tree {
    fn from(list: Vec<Self>) -> Self {
        Self::List(list)
    }
}

impl<const N: usize> From<[(&str, Self); N]> for Tree {
    fn from(pairs: [(&str, Self); N]) -> Self {
        Self::Map(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// Appends a name and its value to a map under construction.
pub fn add(map: &mut Vec<(String, Tree)>, name: &str, value: impl Into<Tree>) {
    map.push((name.to_owned(), value.into()));
}

impl Tree {
    /// Returns the tree as a JSON value, which compares equal whatever the order of its keys.
    #[must_use]
    pub fn value(&self) -> serde_json::Value {
        match self {
            Self::Bool(yes) => (*yes).into(),
            Self::Int(number) => (*number).into(),
            Self::Text(text) | Self::Raw(text) => text.as_str().into(),
            Self::List(list) => list.iter().map(Self::value).collect(),
            Self::Map(map) => map.iter().map(|(name, value)| (name.clone(), value.value())).collect(),
        }
    }

    /// Returns readable JSON on several lines, in ASCII only: IAM accepts no character above U+00FF in a policy (IAM
    /// API Reference, PutRolePolicy).
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out, Some(0));
        out.push('\n');
        out
    }

    /// Returns JSON on one line without spaces between values, in ASCII only and without apostrophes, so that it can be
    /// put in single quotes in any shell.
    #[must_use]
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out, None);
        out
    }

    fn write_json(&self, out: &mut String, depth: Option<usize>) {
        let next = depth.map(|depth| depth + 1);
        match self {
            Self::Bool(yes) => push(out, yes),
            Self::Int(number) => push(out, number),
            Self::Text(text) | Self::Raw(text) => json_text(out, text),
            Self::List(list) => {
                out.push('[');
                for (at, value) in list.iter().enumerate() {
                    separate(out, at, next);
                    value.write_json(out, next);
                }
                close(out, list.is_empty(), depth, ']');
            }
            Self::Map(map) => {
                out.push('{');
                for (at, (name, value)) in map.iter().enumerate() {
                    separate(out, at, next);
                    json_text(out, name);
                    out.push_str(if depth.is_some() { ": " } else { ":" });
                    value.write_json(out, next);
                }
                close(out, map.is_empty(), depth, '}');
            }
        }
    }

    /// Returns block-style YAML, each line indented by `depth` steps of two spaces and terminated by a line feed.
    #[must_use]
    pub fn yaml(&self, depth: usize) -> String {
        let mut out = String::new();
        self.write_yaml(&mut out, depth, false);
        out
    }

    fn write_yaml(&self, out: &mut String, depth: usize, inline: bool) {
        match self {
            Self::Bool(_) | Self::Int(_) | Self::Text(_) | Self::Raw(_) => self.yaml_scalar(out, depth),
            Self::List(list) => {
                for (at, value) in list.iter().enumerate() {
                    indent(out, if inline && at == 0 { 0 } else { depth });
                    out.push('-');
                    value.yaml_below(out, depth, true);
                }
            }
            Self::Map(map) => {
                for (at, (name, value)) in map.iter().enumerate() {
                    indent(out, if inline && at == 0 { 0 } else { depth });
                    yaml_text(out, name);
                    out.push(':');
                    value.yaml_below(out, depth, false);
                }
            }
        }
    }

    /// Writes the value that follows a `-` or a `name:`.
    fn yaml_below(&self, out: &mut String, depth: usize, in_list: bool) {
        match self {
            Self::Bool(_) | Self::Int(_) | Self::Text(_) | Self::Raw(_) => {
                out.push(' ');
                self.yaml_scalar(out, depth + 1);
            }
            Self::List(list) if list.is_empty() => out.push_str(" []\n"),
            Self::Map(map) if map.is_empty() => out.push_str(" {}\n"),
            Self::List(_) | Self::Map(_) => {
                out.push(if in_list { ' ' } else { '\n' });
                self.write_yaml(out, depth + 1, in_list);
            }
        }
    }

    fn yaml_scalar(&self, out: &mut String, depth: usize) {
        match self {
            Self::Bool(yes) => push(out, yes),
            Self::Int(number) => push(out, number),
            Self::Text(text) | Self::Raw(text) if blocks(text) => {
                out.push_str(if text.ends_with('\n') { "|" } else { "|-" });
                for line in text.lines() {
                    out.push('\n');
                    if !line.is_empty() {
                        indent(out, depth);
                        out.push_str(line);
                    }
                }
            }
            Self::Text(text) | Self::Raw(text) => yaml_text(out, text),
            Self::List(_) | Self::Map(_) => {}
        }
        out.push('\n');
    }

    /// Returns an HCL expression whose lines after the first are indented by `depth` steps of two spaces.
    #[must_use]
    pub fn hcl(&self, depth: usize) -> String {
        let mut out = String::new();
        self.write_hcl(&mut out, depth);
        out
    }

    fn one_line(&self) -> bool {
        match self {
            Self::Bool(_) | Self::Int(_) | Self::Text(_) => true,
            Self::Raw(code) => !code.contains('\n'),
            Self::List(list) => list.is_empty(),
            Self::Map(map) => map.is_empty(),
        }
    }

    fn write_hcl(&self, out: &mut String, depth: usize) {
        match self {
            Self::Bool(yes) => push(out, yes),
            Self::Int(number) => push(out, number),
            Self::Raw(code) => out.push_str(code),
            Self::Text(text) => out.push_str(&hcl_text(text)),
            Self::List(list) => {
                out.push('[');
                for value in list {
                    out.push('\n');
                    indent(out, depth + 1);
                    value.write_hcl(out, depth + 1);
                    out.push(',');
                }
                close(out, list.is_empty(), Some(depth), ']');
            }
            Self::Map(map) => {
                out.push('{');
                for ((name, value), width) in map.iter().zip(widths(map)) {
                    out.push('\n');
                    indent(out, depth + 1);
                    put(out, format_args!("{:width$} = ", hcl_name(name)));
                    value.write_hcl(out, depth + 1);
                }
                close(out, map.is_empty(), Some(depth), '}');
            }
        }
    }
}

/// Returns `text` as a quoted HCL string, in ASCII only.
#[must_use]
pub fn hcl_text(text: &str) -> String {
    format!("\"{}\"", hcl_escaped(text))
}

/// Escapes `text` for use between HCL quotes, in ASCII only; `${` and `%{` are escaped so that they start no template.
#[must_use]
pub fn hcl_escaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            ' '..='~' => out.push(c),
            _ => escape(&mut out, c),
        }
    }
    out
}

/// Returns `text` as a quoted TOML string, in ASCII only. Dollar signs are escaped too, so that CloudFormation's
/// `Fn::Sub` substitutes nothing in it.
#[must_use]
pub fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '$' | '\'' | '`' => escape(&mut out, c),
            ' '..='~' => out.push(c),
            _ => escape(&mut out, c),
        }
    }
    out.push('"');
    out
}

/// Whether a text is written as a YAML literal block: several lines of printable ASCII that survive one unchanged.
fn blocks(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.chars().all(|c| c == '\n' || (' '..='~').contains(&c))
}

/// Returns a name as HCL writes it: bare if it is an identifier, otherwise quoted.
fn hcl_name(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = plain && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { hcl_text(name) }
}

/// Returns the width to which each name is padded: the equals signs of consecutive one-line values are aligned, as
/// `terraform fmt` does.
fn widths(map: &[(String, Tree)]) -> Vec<usize> {
    let mut widths = Vec::new();
    for run in map.chunk_by(|(_, before), (_, after)| before.one_line() && after.one_line()) {
        let widest = run.iter().map(|(name, _)| hcl_name(name).len()).max().unwrap_or_default();
        widths.extend(std::iter::repeat_n(widest, run.len()));
    }
    widths
}

/// Words that YAML 1.1 does not read as strings.
const YAML_WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

fn yaml_text(out: &mut String, text: &str) {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '/' | '-' | '_'))
        && !YAML_WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    if plain {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            ' '..='~' => out.push(c),
            _ => escape(out, c),
        }
    }
    out.push('"');
}

fn json_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\'' => out.push_str("\\u0027"),
            ' '..='~' => out.push(c),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    put(out, format_args!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}

/// Writes the escape sequence that YAML, TOML and HCL share.
fn escape(out: &mut String, c: char) {
    let code = u32::from(c);
    if code <= 0xffff {
        put(out, format_args!("\\u{code:04X}"));
    } else {
        put(out, format_args!("\\U{code:08X}"));
    }
}

fn push(out: &mut String, value: &impl std::fmt::Display) {
    put(out, format_args!("{value}"));
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = out.write_fmt(text);
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn separate(out: &mut String, at: usize, depth: Option<usize>) {
    if at > 0 {
        out.push(',');
    }
    if let Some(depth) = depth {
        out.push('\n');
        indent(out, depth);
    }
}

fn close(out: &mut String, empty: bool, depth: Option<usize>, bracket: char) {
    if let (false, Some(depth)) = (empty, depth) {
        out.push('\n');
        indent(out, depth);
    }
    out.push(bracket);
}
