//! The window's only way to the rest of Daypass: what it shows, what it asks for, and what comes back.

use super::About;
use super::history::query::{HistoryReply, HistoryRequest};
use super::paths::PathFor;
use crate::engine::keys::{NewKey, TestedKey};
use crate::engine::process::Consent;
use crate::grant::{Invitation, RoleRequest};
use crate::model::access_key::{Keep, KeepProblem};
use crate::model::check::Step;
use crate::model::destination::Destination;
use crate::model::sign_in::SignInStep;
use crate::model::snapshot::{Command, Snapshot};
use crate::model::upload::DestinationId;
use crate::model::verification_url::VerificationUrl;
use crate::time::{Time, Utc};
use crate::words::problem::Message;
use std::path::PathBuf;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What stands behind the window. No method waits.
pub trait Backend: Send + Sync {
    /// Returns what the next frame is drawn from.
    fn snapshot(&self) -> Current;
    /// Asks for something to be done. What comes of it shows in a later snapshot, or is a [`Reply`].
    fn request(&self, request: Request);
    /// Returns the next reply, if there is one.
    fn poll(&self) -> Option<Reply>;
}

/// What a frame is drawn from.
#[derive(Clone, Debug)]
pub struct Current {
    pub snapshot: Arc<Snapshot>,
    pub about: Arc<About>,
    /// The engine's monotonic time.
    pub now: Time,
    /// The wall clock's time.
    pub utc: Utc,
}

/// What the window asks for. The number in a sheet's request comes back in [`Reply::Sheet`], so that a reply to a sheet that
/// was closed or that has asked again is dropped.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Hands a command to the model.
    Command(Command),
    /// Gets access to an open destination with this code of its MFA device.
    EnterCode(DestinationId, Zeroizing<String>),
    /// Opens a destination with this code of its MFA device.
    OpenWithCode(Box<Destination>, Zeroizing<String>),
    /// Reads an invitation from a file.
    ReadInvitation(PathBuf),
    /// Reads an invitation from a text.
    ReadInvitationText(String),
    /// Forgets an invitation that was opened.
    DismissInvitation(Box<Invitation>),
    /// Starts the practice server and opens its destination.
    StartPractice,
    /// Ends practice and drops all of it.
    EndPractice,
    /// Saves the receipt of the current delivery.
    SaveReceipt(DestinationId, PathBuf),
    /// Sends the receipt of the current delivery beside its files.
    SendReceipt(DestinationId),
    /// Saves texts.
    SaveTexts(Texts),
    /// Asks the journal.
    History(HistoryRequest),
    /// Asks AWS whose key this is.
    TestKey(u32, NewKey),
    /// Asks AWS whose key is in this file.
    TestKeyFile(u32, PathBuf),
    KeepKey(u32, Box<KeyToKeep>),
    RenameProfile {
        round: u32,
        from: String,
        to: String,
    },
    RemoveProfile(u32, String),
    /// Signs a profile in.
    SignIn(u32, String),
    /// Opens the page on which the person signs in.
    OpenBrowser(VerificationUrl),
    /// Allows exactly this command of a profile, and asks for access again if it was refused for want of it.
    AllowCommand {
        profile: String,
        /// The whole of its command.
        command: String,
        consent: Consent,
        /// The destination that waits for it.
        then: Option<DestinationId>,
    },
    /// Revokes a command's permission, and asks again who the profile is that has it.
    ForbidCommand {
        /// The SHA-256 of the command.
        sha256: String,
        profile: Option<String>,
    },
    /// Checks the access to a destination.
    CheckAccess {
        round: u32,
        to: Box<Destination>,
        /// The code of its MFA device.
        code: Option<Zeroizing<String>>,
        /// Whether a test object is sent.
        test_object: bool,
    },
    /// Puts the report for support together.
    GatherReport(u32),
    /// Ends the sign-in or the check that is under way.
    Stop,
    /// Shows the desktop's dialog for files. Called on the main thread, as some systems demand.
    Choose(PathFor),
    /// Takes a path that was typed as if it had been chosen. A file that exists is not replaced: a number is added.
    UsePath(PathFor, PathBuf),
    /// The window got the keyboard's focus, or lost it: what happens in front of a person needs no notification.
    Focused(bool),
    /// Keeps the window's place for the next start.
    KeepWindowPlace(WindowPlace),
}

/// What the window is told.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An invitation was read.
    Invitation(Box<Invitation>),
    /// A request was read, which is for the customer's page.
    RoleRequest(Box<RoleRequest>),
    /// The reply to the request of a sheet with this number.
    Sheet(u32, SheetReply),
    /// A message to be shown.
    Message(Message),
    /// What the journal answered.
    History(HistoryReply),
    /// The receipt of a destination's current delivery was sent, or was not.
    ReceiptSent { id: DestinationId, sent: bool, message: Message },
    /// A text for the clipboard.
    Copy(String),
    /// What was chosen in the desktop's dialog for files.
    Chosen(PathFor, Chosen),
    /// Another Daypass was started: this window is wanted.
    Raise,
    /// The desktop is dark, or light.
    Dark(bool),
}

/// The reply to a sheet.
#[derive(Clone, Debug)]
pub enum SheetReply {
    /// Whose key it is, or why it can't be used.
    KeyTested(Result<TestedKey, String>),
    /// Whether a key was kept, or a profile renamed or removed.
    ProfilesChanged(Result<(), KeepProblem>),
    /// A step of a sign-in.
    SignInStep(SignInStep),
    /// A step of a check.
    CheckStep(Step),
    /// There are no more steps of the check.
    CheckEnded,
    /// The report for support.
    Report(Arc<str>),
}

/// What a person chose in the desktop's dialog for files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// One or more paths.
    Paths(Vec<PathBuf>),
    /// Nothing: the dialog was canceled.
    Nothing,
    /// The desktop has no dialog.
    NoDialog,
}

/// A key that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyToKeep {
    pub key: TestedKey,
    /// The profile's name.
    pub name: String,
    pub keep: Keep,
    /// Whether a key that is there is replaced.
    pub replace: bool,
}

/// Texts to be written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Texts {
    /// One, to the file that was chosen.
    File(PathBuf, String),
    /// Several, into the folder that was chosen; a name that is taken gets a number.
    Folder(PathBuf, Vec<(&'static str, String)>),
}

/// The window's place on the screen, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowPlace {
    /// The upper left corner; none to let the desktop choose.
    pub at: Option<(f32, f32)>,
    /// Width and height of what is inside the frame.
    pub size: (f32, f32),
    /// Whether it fills the screen.
    pub maximized: bool,
}
