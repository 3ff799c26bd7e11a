//! Foreign text as it may be shown: what would hide, reorder or command is written out.

/// `text` with control, bidi and zero-width characters written as `\u{…}`, so that a name can neither move a terminal's
/// cursor nor pretend to end otherwise than it does.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || crate::model::names::is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}
