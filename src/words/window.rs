//! Texts of the window about opened files, receipts and its start.

use super::problem::Message;
use super::untrusted_text::visible;
use std::path::Path;

/// Name of the practice destination.
pub const PRACTICE_NAME: &str = "Important Project";
/// Name of the practice destination whose role requires an MFA code.
pub const PRACTICE_CODE_NAME: &str = "Important Project (with a code)";

/// A text or file is not a usable invitation.
#[must_use]
pub fn not_an_invitation(sentence: String) -> Message {
    Message { title: "This invitation can’t be used".to_owned(), body: sentence }
}

#[must_use]
pub fn file_not_read(path: &Path, why: &str) -> String {
    format!("{} can’t be read: {}.", visible(&path.to_string_lossy()), visible(why))
}

#[must_use]
pub fn no_practice(why: &str) -> Message {
    Message { title: "The practice bucket did not start".to_owned(), body: format!("{}.", visible(why)) }
}

/// Practice has ended, by its button or because of a real invitation.
#[must_use]
pub fn practice_ended() -> Message {
    Message {
        title: "Practice has ended".to_owned(),
        body: "Its customer, files and receipts are gone. What you see now is real.".to_owned(),
    }
}

#[must_use]
pub fn receipt_saved(path: &Path) -> Message {
    Message { title: "Receipt saved".to_owned(), body: visible(&path.to_string_lossy()) }
}

#[must_use]
pub fn receipt_not_saved(why: &str) -> Message {
    Message {
        title: "The receipt was not saved".to_owned(),
        body: format!("{}. Choose another folder and try again.", visible(why.trim_end_matches('.'))),
    }
}

/// A receipt was uploaded to the destination.
#[must_use]
pub fn receipt_sent(key: &str, confirmed: bool) -> Message {
    let title = if confirmed { "Receipt is next to the files" } else { "Receipt sent, but not confirmed" };
    Message { title: title.to_owned(), body: visible(key) }
}

#[must_use]
pub fn receipt_not_sent(why: &Message) -> Message {
    Message {
        title: "The receipt was not sent".to_owned(),
        body: format!("{}. {}", why.title.trim_end_matches('.'), why.body),
    }
}

/// The server is on another computer and is reached without TLS.
#[must_use]
pub fn in_the_clear(server: &str) -> String {
    format!("{} is not encrypted, so others can read your access and files on the way.", visible(server))
}

/// The reason for keeping the computer awake, for the system.
pub const AWAKE: &str = "Files are being sent to your customer";

/// Another instance is running already.
pub const OPEN_ALREADY: &str = "Daypass is already open. Its window comes to the front.";

#[must_use]
pub fn not_started(why: &str) -> String {
    format!("Daypass can’t start. {why}")
}
