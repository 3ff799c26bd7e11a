//! The folder in a bucket and the whole keys in it, which can't lead out of it.

use super::{NameProblem, length, name, pasted};

/// Maximum length of a folder, in bytes, which leaves room for file names in a key's 1024.
const FOLDER: usize = 900;
/// Maximum length of a key, in bytes (S3 User Guide, "Naming Amazon S3 objects").
const KEY: usize = 1024;

name!(
    /// The folder in the bucket: empty, or segments that each end in `/`; at most 900 bytes.
    ///
    /// No segment is empty or consists of dots alone. Control and invisible characters, backslashes, and the wildcards
    /// and variables of policies (`*`, `?`, `${`) are rejected, because the folder is written into the session policy.
    KeyPrefix,
    check_prefix
);

fn check_prefix(text: &str) -> Result<(), NameProblem> {
    if text.is_empty() {
        return Ok(());
    }
    if let Some(c) = text.chars().find(|c| c.is_control() || pasted::is_invisible(*c)) {
        return Err(NameProblem::Character(c));
    }
    if text.contains('\\') {
        return Err(NameProblem::Backslash);
    }
    if let Some(c) = text.chars().find(|c| matches!(c, '*' | '?')) {
        return Err(NameProblem::Wildcard(c));
    }
    if text.contains("${") {
        return Err(NameProblem::Character('$'));
    }
    let segments = text.strip_suffix('/').ok_or(NameProblem::NotOfTheForm)?;
    check_segments(segments)?;
    bytes(text, FOLDER)
}

fn check_segments(text: &str) -> Result<(), NameProblem> {
    for segment in text.split('/') {
        if segment.is_empty() {
            return Err(NameProblem::EmptySegment);
        }
        if segment.bytes().all(|b| b == b'.') {
            return Err(NameProblem::DotDot);
        }
    }
    Ok(())
}

fn bytes(text: &str, max: usize) -> Result<(), NameProblem> {
    if text.len() > max {
        return Err(NameProblem::TooLong { min: 0, max: u32::try_from(max).unwrap_or(u32::MAX) });
    }
    Ok(())
}

impl KeyPrefix {
    /// Returns the top of the bucket.
    #[must_use]
    pub fn empty() -> Self {
        Self("".into())
    }

    /// Whether it is the top of the bucket.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Parses a pasted or typed folder: `incoming`, `/incoming/` and `incoming/` are the same; an empty text and `/`
    /// are the top; the `*` at the end of policy resources is removed.
    ///
    /// # Errors
    /// Why the text is not a folder.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        let text = match pasted::clean(text) {
            Err(NameProblem::Empty) => return Ok(Self::empty()),
            cleaned => cleaned?,
        };
        if text.contains("://") || text.starts_with("arn:") {
            return Err(NameProblem::BucketBesideFolder);
        }
        let text = text.strip_suffix("/*").unwrap_or(if text == "*" { "" } else { &text });
        let text = text.strip_prefix('/').unwrap_or(text);
        let text = text.strip_suffix('/').unwrap_or(text);
        if text.is_empty() {
            return Ok(Self::empty());
        }
        // Quotes or spaces inside the slashes would be removed when the folder is parsed again.
        if text.trim_matches(pasted::surrounds) != text {
            return Self::from_pasted(text);
        }
        let folder = format!("{text}/");
        // The final slash may be part of a secret.
        if pasted::looks_like_secret(text) || pasted::looks_like_secret(&folder) {
            return Err(NameProblem::LooksLikeSecret);
        }
        folder.parse()
    }
}

name!(
    /// An object's whole key: 1 to 1024 bytes of UTF-8, without control characters and empty segments.
    ///
    /// No segment consists of dots alone; nor is one `..` if `\` is read as a separator, because the customer may turn
    /// the key into a path.
    ObjectKey,
    check_key
);

fn check_key(text: &str) -> Result<(), NameProblem> {
    length(text, 1, u32::MAX - 1)?;
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return Err(NameProblem::Character(c));
    }
    check_segments(text)?;
    // A file name on Linux may contain a backslash; it must not lead to a parent folder on Windows.
    if text.split(['/', '\\']).any(|segment| segment == "..") {
        return Err(NameProblem::DotDot);
    }
    bytes(text, KEY)
}

impl ObjectKey {
    /// Returns the key of a file with the relative path `rest`, separated by `/`. It always starts with the folder.
    ///
    /// # Errors
    /// [`NameProblem`] if `rest` is empty, has a segment of dots alone or control characters, or the key is longer than
    /// 1024 bytes.
    pub fn new(prefix: &KeyPrefix, rest: &str) -> Result<Self, NameProblem> {
        check_key(rest)?;
        format!("{prefix}{rest}").parse()
    }
}
