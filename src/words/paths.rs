//! What is said where the desktop has no dialog for choosing files.

use super::problem::Message;
use std::path::Path;

/// How one chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Files that are there.
    Open,
    /// Folders that are there.
    OpenFolder,
    /// A file to be written.
    Save,
    /// A folder to write into.
    SaveInto,
}

pub const PATH: &str = "Path";
/// A path that can't be used.
pub const PATH_FORM: &str = "Enter the whole path, beginning with “/” or “~/”.";

/// How a desktop gets a window for choosing files.
pub const INSTALL: &str = "Your administrator can add that window: the package is xdg-desktop-portal, or zenity.";

/// Why a path has to be typed.
#[must_use]
pub const fn no_dialog(choice: Choice) -> &'static str {
    match choice {
        Choice::Open => {
            "This computer has no window for choosing files. Drop the file on Daypass, or type where it is."
        }
        Choice::OpenFolder => {
            "This computer has no window for choosing files. Drop the folder on Daypass, or type where it is."
        }
        Choice::Save => {
            "This computer has no window for choosing files. Type where to save it. A file that is there is kept; yours gets a number."
        }
        Choice::SaveInto => "This computer has no window for choosing files. Type the folder to save into.",
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

/// Several receipts were written.
#[must_use]
pub fn receipts_saved(count: usize, folder: &Path) -> Message {
    Message {
        title: format!("{count} receipts saved"),
        body: super::untrusted_text::visible(&folder.to_string_lossy()),
    }
}
