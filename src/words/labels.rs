//! Labels, buttons and titles of the window, screen by screen.

pub mod welcome {
    pub const TITLE: &str = "Deliver files to your customer";
    pub const SUBTITLE: &str = "Drop your files. They go straight to your customer, and you get a receipt.";
    /// The invitation card.
    pub const INVITATION: &str = "I have an invitation";
    pub const INVITATION_TEXT: &str = "Drop the .daypass file here, or paste the link or text from the email.";
    pub const OPEN_INVITATION: &str = "Open invitation…";
    pub const BY_HAND: &str = "Enter details manually";
    /// Title of the form after an invitation filled it.
    pub const FROM_INVITATION: &str = "From your invitation";
    /// Title of the form while it changes an open destination.
    pub const CHANGE: &str = "Edit destination";
    pub const YOU: &str = "You";
    /// Placeholder of the picker.
    pub const CHOOSE_PROFILE: &str = "Choose a profile";
    /// Below the picker.
    pub const ADD_KEY: &str = "Add an access key…";
    pub const ROLE: &str = "Role your customer gave you";
    pub const BUCKET: &str = "Bucket";
    pub const FOLDER: &str = "Folder";
    pub const OPTIONAL: &str = "(optional)";
    /// Main button.
    pub const GET_ACCESS: &str = "Get access";
    /// Expands the rest of the form.
    pub const MORE: &str = "External ID, MFA, duration…";
    /// Collapses the rest of the form.
    pub const LESS: &str = "Less";
    /// Leads back to the destination.
    pub const BACK: &str = "Back";
    /// Below the form.
    pub const NO_INVITATION: &str = "No invitation yet?";
    /// Opens the page with the access kit.
    pub const ASK: &str = "Ask your customer for access";
    pub const PRACTICE: &str = "Try it with a practice bucket";
    pub const NAME: &str = "Name";
    pub const EXTERNAL_ID: &str = "External ID";
    pub const MFA: &str = "MFA device (serial or ARN)";
    pub const DURATION: &str = "Session length";
    pub const SESSION_NAME: &str = "Session name";
    pub const REGION: &str = "Region";
    pub const OWNER: &str = "Account that owns the bucket";
    pub const NARROW: &str = "Ask for access to this bucket and folder only";
    /// There is no profile.
    pub const NO_KEY: &str = "You need an access key";
    pub const NO_KEY_TEXT: &str = "Your company’s AWS administrator can make one for you. It stays on this computer.";
    /// No profile is chosen.
    pub const PICK_FIRST: &str = "Choose a profile first.";
    /// Calls GetCallerIdentity for the profile.
    pub const WHO_IS_THIS: &str = "Check who this is";
    /// Shown meanwhile.
    pub const ASKING_WHO: &str = "asking who this is…";
    /// Files were added before there is access.
    pub const ACCESS_FIRST: &str = "Get access first, then drop the files";
    pub const ACCESS_FIRST_TEXT: &str =
        "Daypass has to know where they go. Open an invitation or fill in the form; the files stay where they are.";
}

/// Practice: the bar at the top of each page, and what it keeps apart.
pub mod practice {
    pub const TITLE: &str = "Practice";
    pub const HINT: &str = "Nothing leaves this computer; the people and files in it are made up.";
    /// The same if there is little room.
    pub const SHORT_HINT: &str = "Nothing leaves this computer.";
    pub const END: &str = "End practice";
    /// Opens the destination whose role requires an MFA code.
    pub const WITH_CODE: &str = "Try a role that asks for a code";
    /// Below the button that opens an invitation.
    pub const INVITATION: &str = "A real invitation ends practice.";
    /// A key was added during practice.
    pub const NO_KEYS: &str = "End practice first, then add your access key";
    pub const NO_KEYS_TEXT: &str = "Practice has its own made-up keys and keeps none of yours.";

    /// Says which code the practice device shows.
    #[must_use]
    pub fn code(code: &str) -> String {
        format!("In practice, the device shows {code}. Any other code is refused, just as Amazon would refuse it.")
    }

    /// Marks a text as part of practice.
    #[must_use]
    pub fn marked(text: &str) -> String {
        format!("{TITLE}  ·  {text}")
    }
}

/// The bar at the top.
pub mod pass {
    pub const SWITCH: &str = "Switch destination";
    pub const SETTINGS: &str = "Settings";
    pub const RENEW: &str = "Renew";
    /// Shown during a renewal.
    pub const RENEWING: &str = "Renewing…";
    /// Button after a denial.
    pub const TRY_AGAIN: &str = "Try again";
    pub const GET_ACCESS: &str = "Get access";
    /// Shown while access is requested.
    pub const ASKING: &str = "Asking…";
    /// Below the placeholder for the time.
    pub const NO_ACCESS: &str = "No access yet";
    /// Below the placeholder while access is requested.
    pub const ASKING_AMAZON: &str = "Asking Amazon…";
    pub const ENDED: &str = "Access has ended";
    pub const ENTER_CODE: &str = "Enter a code…";
    pub const PRACTICE: &str = "Practice";
    /// Badge of a server other than Amazon's.
    pub const TEST_SERVER: &str = "Test server";
    /// Heading in the switcher.
    pub const OPEN_NOW: &str = "Open now";
    /// Heading in the switcher.
    pub const EARLIER: &str = "Recent";
    pub const NEW: &str = "New destination…";
    pub const CHANGE: &str = "Edit destination…";
    pub const SIGN_OUT: &str = "Sign out";
    /// Label of the time left for screen readers.
    pub const TIME_LEFT: &str = "Time left";
    pub const PRACTICE_HINT: &str = "Everything happens inside this computer; no account is touched.";
    /// Tooltip of a session shorter than requested.
    pub const SHORTENED: &str = "Your customer allows less time than you asked for.";
}

/// Adding files.
pub mod intake {
    pub const DROP: &str = "Drop files or folders here";
    pub const OR_CHOOSE: &str = "or choose them from your computer";
    pub const CHOOSE_FILES: &str = "Choose files…";
    pub const CHOOSE_FOLDER: &str = "Choose folder…";
    /// What write-only access means.
    pub const PUT_ONLY: &str =
        "You can add files here. You can’t see or delete what is already there:\nyour customer set it up that way.";
    pub const MORE: &str = "Drop more files or folders anywhere";
    /// Shown while folders are listed.
    pub const WALKING: &str = "Looking through the folders…";
    /// Shown before there is access.
    pub const WAIT: &str = "What you add now waits until you have access";
    /// Opens the customer's view of practice.
    pub const CUSTOMER_SEES: &str = "What your customer sees…";
    /// No file dialog is available.
    pub const NO_DIALOG: &str =
        "This desktop has no file chooser. Drop files on the window instead, or install xdg-desktop-portal.";
    /// A file dialog is open already.
    pub const DIALOG_OPEN: &str = "A window for choosing files is already open.";
}

/// The table and the footer.
pub mod table {
    pub const NAME: &str = "Name";
    pub const SIZE: &str = "Size";
    pub const STATUS: &str = "Status";
    pub const PAUSE: &str = "Pause";
    pub const RESUME: &str = "Resume";
    pub const TAKE_OUT: &str = "Remove";
    pub const MORE: &str = "More";
    /// Accessible name of the menu for all rows.
    pub const MORE_ALL: &str = "More for the whole list";
    pub const NEW_NAME: &str = "Send under a new name";
    /// Button of a skipped file.
    pub const SEND_KEY: &str = "Send it anyway";
    pub const TRY_AGAIN: &str = "Try again";
    pub const TRY_ALL_AGAIN: &str = "Retry failed files";
    pub const WHY: &str = "What happened…";
    pub const COPY_KEY: &str = "Copy destination path";
    pub const REMOVE: &str = "Remove from the list";
    pub const CANCEL_ALL: &str = "Remove all…";
    pub const PAUSE_ALL: &str = "Pause all";
    pub const RESUME_ALL: &str = "Resume all";
    /// In the footer while paused.
    pub const PAUSED: &str = "paused";
    /// Accessible name of the footer's progress bar.
    pub const ALL: &str = "All files";
}

pub mod dialog {
    pub const CLOSE: &str = "Close";
    pub const CANCEL: &str = "Cancel";
    pub const COPY: &str = "Copy";
    pub const CODE_TITLE: &str = "Enter the code from your device";
    pub const CODE: &str = "Six digits";
    pub const CONTINUE: &str = "Continue";
    /// The code is invalid.
    pub const CODE_FORM: &str = "A code has six digits.";
    pub const SERIAL: &str = "Your MFA device (ARN or serial)";
    /// In the dialog before quitting.
    pub const KEEP: &str = "Keep uploading";
    /// In the dialog before quitting.
    pub const QUIT: &str = "Quit";
    /// In the dialog before quitting.
    pub const QUIT_TITLE: &str = "Quit Daypass?";
    pub const CANCEL_ALL_TITLE: &str = "Remove all files from the list?";
    pub const CANCEL_ALL: &str = "Remove all";
    pub const KEEP_THEM: &str = "Keep them";
    /// Sends a file that looks like a key.
    pub const SEND_KEY: &str = super::table::SEND_KEY;
    /// Skips a file that looks like a key.
    pub const LEAVE_OUT: &str = "Don’t send it";
    pub const LEFT_OUT_TITLE: &str = "Not sent";
    /// Title if everything was skipped because it was delivered earlier.
    pub const EARLIER_TITLE: &str = "Delivered earlier";
    /// Sends a file that was delivered earlier.
    pub const SEND_AGAIN: &str = "Send it again";
    /// Sends all files that were delivered earlier.
    pub const SEND_ALL_AGAIN: &str = "Send them all again";
    /// The window was closed during uploads while a dialog was open.
    pub const QUIT_HELD: &str = "You asked to quit while files are uploading";
    /// A file with an access key was chosen while a dialog was open.
    pub const KEY_FILE_HELD: &str = "The access key you chose is waiting";
    /// A path must be typed while a dialog is open.
    pub const PATH_HELD: &str = "Daypass needs to know where a file is";
    /// A code is required while a dialog is open.
    pub const CODE_HELD: &str = "Your customer asks for a code";
    pub const ARRIVED_TITLE: &str = "What your customer sees";
    pub const NOTHING_ARRIVED: &str = "Nothing has arrived yet. Drop a file on the window and look again.";
    pub const DETAILS: &str = "Technical details";
}

pub mod settings {
    pub const TITLE: &str = "Settings";
    pub const RENEW: &str = "Renew access automatically while files are uploading";
    pub const RENEW_TEXT: &str = "Five minutes before it ends, if no code is needed.";
    pub const SHA256: &str = "Add a SHA-256 checksum to receipts";
    pub const SHA256_TEXT: &str = "Amazon’s own checksum is always compared; this one is for your customer’s records.";
    pub const LIMIT: &str = "Limit upload speed";
    pub const LIMIT_FIELD: &str = "Maximum, in MB per second";
    /// The limit can't be parsed.
    pub const LIMIT_FORM: &str = "Enter a number of megabytes per second, such as 5 or 0.5.";

    /// Says which proxy is used.
    #[must_use]
    pub fn proxy(proxy: &str) -> String {
        format!("Daypass reaches Amazon through the proxy {proxy}, which is set in HTTPS_PROXY.")
    }
}

/// The page about a denial.
pub mod trouble {
    pub const COPY_CUSTOMER: &str = "Copy message for your customer";
    pub const COPY_ADMINISTRATOR: &str = "Copy message for your administrator";
    pub const ENTER_CODE: &str = "Enter a code…";
    pub const DETAILS: &str = "Details";
    pub const CHANGE: &str = "Change it…";
    pub const UNNARROWED: &str = "Continue with full role access";
    /// Label after a copy.
    pub const COPIED: &str = "Copied";
    pub const BACK: &str = "Back to the files";
}

pub mod notes {
    pub const RENEW: &str = "Renew";
    pub const TRY_NOW: &str = "Try now";
    pub const DETAILS: &str = "Details…";
    pub const WHAT_NOW: &str = "What can I do…";
    pub const RECEIPT: &str = "Save receipt…";
    pub const COPY_MESSAGE: &str = "Copy message";
    pub const SEND_RECEIPT: &str = "Put the receipt next to the files";
    /// Shown while the receipt is uploaded.
    pub const SENDING_RECEIPT: &str = "Uploading the receipt…";
    pub const RECEIPT_SENT: &str = "Receipt is next to the files";
    pub const RESUME: &str = "Resume all";
    pub const DISMISS: &str = "Dismiss";
}

/// The desktop's dialogs, and errors if there is no window.
pub mod shell {
    /// Title of a file dialog.
    pub const FILES: &str = "Choose files to deliver";
    /// Title of a file dialog.
    pub const FOLDER: &str = "Choose a folder to deliver";
    /// Title of a file dialog.
    pub const INVITATION: &str = "Open an invitation";
    /// Title of a file dialog.
    pub const TEXT: &str = "Save this text";
    /// Title of a file dialog.
    pub const TEXTS: &str = "Choose a folder for the files";
    /// Filter of a file dialog.
    pub const INVITATIONS: &str = "Invitations";
    /// Title of a file dialog.
    pub const RECEIPT: &str = "Save the receipt";
    /// Suggested file name.
    pub const RECEIPT_FILE: &str = "receipt.html";
    /// No file dialog is available.
    pub const NO_DIALOG: &str = "Files can’t be chosen here";

    /// There is no display.
    pub const NO_SCREEN: &str =
        "Daypass can’t find a screen for its window (X11, or XWayland on Wayland). daypass-cli works without one.";
    /// There is no OpenGL driver.
    pub const NO_DRIVER: &str =
        "Daypass can’t find a graphics driver for its window (OpenGL). daypass-cli works without one.";
}
