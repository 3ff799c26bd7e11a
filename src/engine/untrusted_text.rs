//! Makes text of a server or of the system safe to show.

use crate::model::names::{is_invisible, is_variation_selector};

/// The longest text that is kept, in characters.
const MAX_CHARS: usize = 500;

/// Returns `text` cut to 500 characters, without control and invisible characters.
#[must_use]
pub fn clean(text: &str) -> Box<str> {
    let mut kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|&c| !is_hidden(c))
        .take(MAX_CHARS + 1)
        .collect();
    if let Some((cut, _)) = kept.char_indices().nth(MAX_CHARS) {
        kept.truncate(cut);
    }
    kept.trim().into()
}

/// Whether a character is not visible as itself: controls, zero-width characters, bidirectional controls, tags.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c) && !is_variation_selector(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_is_shortened_and_cleaned() {
        assert_eq!(&*clean("  a\tb\u{202e}c\u{0}\n"), "a bc");
        assert_eq!(clean(&"é".repeat(900)).chars().count(), 500);
        assert_eq!(clean(&"x".repeat(500)).len(), 500);
        assert!(is_hidden('\u{e0041}') && !is_hidden('\u{fe0f}'));
    }
}
