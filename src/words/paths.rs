//! Texts for a desktop without a file dialog.

use super::problem::Message;
use std::path::Path;

/// The purpose of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Existing files.
    Open,
    /// Existing folders.
    OpenFolder,
    /// A file to write.
    Save,
    /// A folder to write into.
    SaveInto,
}

pub const PATH: &str = "Path";
/// The path is invalid.
pub const PATH_FORM: &str = "Enter the whole path, beginning with “/” or “~/”.";

/// How to get a file dialog.
pub const INSTALL: &str = "Your administrator can add one: the package is xdg-desktop-portal or zenity.";

/// Returns why a path must be typed.
#[must_use]
pub const fn no_dialog(choice: Choice) -> &'static str {
    match choice {
        Choice::Open => "This computer has no file chooser. Drop the file on Daypass, or type where it is.",
        Choice::OpenFolder => "This computer has no file chooser. Drop the folder on Daypass, or type where it is.",
        Choice::Save => {
            "This computer has no file chooser. Type where to save it. An existing file is kept; yours gets a number."
        }
        Choice::SaveInto => "This computer has no file chooser. Type the folder to save into.",
    }
}

#[must_use]
pub const fn go(choice: Choice) -> &'static str {
    match choice {
        Choice::Open => "Open",
        Choice::OpenFolder => "Add folder",
        Choice::Save | Choice::SaveInto => "Save here",
    }
}

/// Several receipts were saved.
#[must_use]
pub fn receipts_saved(count: usize, folder: &Path) -> Message {
    Message {
        title: format!("{count} receipts saved"),
        body: super::untrusted_text::visible(&folder.to_string_lossy()),
    }
}
