//! What the window says of files it was given, of receipts, and of how it starts.

use super::problem::Message;
use super::untrusted_text::visible;
use std::path::Path;

/// The name of the practice destination.
pub const PRACTICE_NAME: &str = "Important Project";
/// The name of the practice destination whose role asks for a code.
pub const PRACTICE_CODE_NAME: &str = "Important Project (with a code)";

/// What was opened, dropped or pasted is not an invitation that can be used.
#[must_use]
pub fn not_an_invitation(sentence: String) -> Message {
    Message { title: "This invitation can’t be used".to_owned(), body: sentence }
}

/// A file can't be read.
#[must_use]
pub fn file_not_read(path: &Path, why: &str) -> String {
    format!("{} can’t be read: {}.", visible(&path.to_string_lossy()), visible(why))
}

/// The practice server did not start.
#[must_use]
pub fn no_practice(why: &str) -> Message {
    Message { title: "The practice bucket did not start".to_owned(), body: format!("{}.", visible(why)) }
}

/// Practice is over, by its button or because an invitation came.
#[must_use]
pub fn practice_ended() -> Message {
    Message {
        title: "Practice has ended".to_owned(),
        body: "Its customer, files and receipts are gone. What you see now is real.".to_owned(),
    }
}

/// A receipt was written.
#[must_use]
pub fn receipt_saved(path: &Path) -> Message {
    Message { title: "Receipt saved".to_owned(), body: visible(&path.to_string_lossy()) }
}

/// A receipt was not written.
#[must_use]
pub fn receipt_not_saved(why: &str) -> Message {
    Message {
        title: "The receipt was not saved".to_owned(),
        body: format!("{}. Choose another folder and try again.", visible(why.trim_end_matches('.'))),
    }
}

/// A receipt was sent beside the files.
#[must_use]
pub fn receipt_sent(key: &str, confirmed: bool) -> Message {
    let title = if confirmed { "Receipt sent" } else { "Receipt sent, but not confirmed" };
    Message { title: title.to_owned(), body: visible(key) }
}

/// A receipt was not sent.
#[must_use]
pub fn receipt_not_sent(why: &Message) -> Message {
    Message {
        title: "The receipt was not sent".to_owned(),
        body: format!("{}. {}", why.title.trim_end_matches('.'), why.body),
    }
}

/// The server is on another computer, and what is sent to it is not encrypted.
#[must_use]
pub fn in_the_clear(server: &str) -> String {
    format!("{} is not encrypted: access and files can be read on the way.", visible(server))
}

/// Why the computer is kept awake.
pub const AWAKE: &str = "Files are being sent to your customer";

/// Another window was there already.
pub const OPEN_ALREADY: &str = "Daypass is open already: its window comes to the front.";

/// The engine did not start.
#[must_use]
pub fn not_started(why: &str) -> String {
    format!("Daypass can’t start. {why}")
}
