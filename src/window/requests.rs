//! Carries out what the window asks for. Nothing here waits: what takes time is done on the runtime and replies.

use super::{App, AppState, invitations, locked, practice, words};
use crate::engine::handle::Handle;
use crate::grant::fields::{self, TextProblem};
use crate::grant::{Invitation, RoleRequest};
use crate::model::snapshot::Command;
use crate::model::upload::DestinationId;
use crate::receipt::{Format, Receipt};
use crate::report;
use crate::ui::backend::{Backend, Current, Reply, Request, SheetReply, Texts, WindowPlace};
use crate::words::{ask, problem};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::task::AbortHandle;

/// The bytes of an invitation's file that are read: a little more than the limit, so that what is too long is seen to be.
const INVITATION: u64 = (64 << 10) + 1;

impl Backend for App {
    fn snapshot(&self) -> Current {
        let (handle, about) = {
            let state = locked(&self.state);
            (state.current(&self.own), Arc::clone(&state.about))
        };
        Current { snapshot: handle.seen(), about, now: handle.now(), utc: handle.clock().utc() }
    }

    fn poll(&self) -> Option<Reply> {
        locked(&self.state).replies.pop_front()
    }

    fn request(&self, request: Request) {
        match request {
            Request::Command(command) => self.command(command),
            Request::EnterCode(id, code) => {
                self.current().get_access(id, code);
            }
            Request::OpenWithCode(to, code) => {
                self.invitation_used(&to);
                // It is open when the snapshot shows it; nobody here waits for its number.
                drop(self.current().open(*to, Some(code)));
            }
            Request::ReadInvitation(path) => self.read_invitation(path),
            Request::ReadInvitationText(text) => self.read_invitation_text(text),
            Request::DismissInvitation(invitation) => self.drop_invitations(move |known| *known == *invitation),
            Request::StartPractice => self.begin_practice(),
            Request::EndPractice => practice::end(&self.state),
            Request::SaveReceipt(id, path) => self.save_receipt(id, path),
            Request::SendReceipt(id) => self.send_receipt(id),
            Request::SaveTexts(texts) => self.save_texts(texts),
            Request::History(request) => self.history(request),
            Request::TestKey(round, key) => self.test_key(round, key),
            Request::TestKeyFile(round, path) => self.test_key_file(round, path),
            Request::KeepKey(round, kept) => self.keep_key(round, *kept),
            Request::RenameProfile { round, from, to } => self.rename_profile(round, from, to),
            Request::RemoveProfile(round, name) => self.remove_profile(round, name),
            Request::SignIn(round, profile) => self.sign_in(round, profile),
            Request::OpenBrowser(url) => self.open_browser(url),
            Request::AllowCommand { profile, command, consent, then } => {
                self.allow_command(&profile, &command, consent, then);
            }
            Request::ForbidCommand { sha256, profile } => self.forbid_command(&sha256, profile),
            Request::CheckAccess { round, to, code, test_object } => self.check_access(round, *to, code, test_object),
            Request::GatherReport(round) => self.gather_report(round),
            Request::Stop => self.stop_asking(),
            Request::Choose(what) => self.choose(what),
            Request::UsePath(what, path) => self.use_path(what, path),
            Request::Focused(focused) => self.focused(focused),
            Request::KeepWindowPlace(place) => self.keep_window_place(place),
        }
    }
}

impl App {
    /// Does some work on the runtime, and replies with what came of it.
    pub(super) fn reply_later(&self, work: impl Future<Output = Reply> + Send + 'static) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn(async move { Self::tell(&state, work.await) });
    }

    /// Does work that blocks its thread elsewhere, and replies with what came of it.
    fn reply_after(&self, work: impl FnOnce() -> Reply + Send + 'static) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn_blocking(move || Self::tell(&state, work()));
    }

    /// Puts the report for support together: that of the person's own engine, whether practice is on or not.
    fn gather_report(&self, round: u32) {
        let (home, settings, now) = (self.home.clone(), self.own.seen().settings.clone(), self.own.clock().utc());
        self.reply_after(move || {
            let text = report::gather(home.as_deref(), &settings, now);
            Reply::Sheet(round, SheetReply::Report(text.into()))
        });
    }

    fn command(&self, command: Command) {
        if let Command::Open(to) = &command {
            self.invitation_used(to);
        }
        self.current().send(command);
    }

    pub(super) fn read_invitation(&self, path: PathBuf) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn_blocking(move || {
            let read = plain_file(&path).and_then(|file| {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut std::io::Read::take(file, INVITATION), &mut bytes)?;
                Ok(bytes)
            });
            match read {
                Ok(bytes) => invited(&state, fields::decode(&bytes)),
                Err(why) => Self::tell(&state, refused(words::file_not_read(&path, &why.to_string()))),
            }
        });
    }

    pub(super) fn read_invitation_text(&self, text: String) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn_blocking(move || invited(&state, Ok(text)));
    }

    fn save_receipt(&self, id: DestinationId, path: PathBuf) {
        let handle = self.current();
        self.reply_later(async move {
            Reply::Message(match save(&handle, id, path.clone()).await {
                Ok(()) => words::receipt_saved(&path),
                Err(why) => words::receipt_not_saved(&why),
            })
        });
    }

    fn send_receipt(&self, id: DestinationId) {
        let handle = self.current();
        self.reply_later(async move {
            match Receipt::send_last(&handle, id).await {
                Ok(sent) => {
                    Reply::ReceiptSent { id, sent: true, message: words::receipt_sent(&sent.key, sent.confirmed) }
                }
                Err(why) => {
                    Reply::ReceiptSent { id, sent: false, message: words::receipt_not_sent(&problem::said(why.kind)) }
                }
            }
        });
    }

    fn save_texts(&self, texts: Texts) {
        self.reply_after(move || {
            Reply::Message(match crate::save_files::write(texts) {
                Ok(paths) => ask::saved(&paths),
                Err(why) => ask::not_saved(&why.to_string()),
            })
        });
    }

    fn keep_window_place(&self, place: WindowPlace) {
        let Some(home) = &self.home else { return };
        let text = serde_json::json!({
            "at": place.at.map(|(x, y)| [x, y]), "size": [place.size.0, place.size.1], "maximized": place.maximized,
        });
        // A place that is not kept costs a person one move of a window.
        let path = home.join(super::PLACE_FILE);
        self.runtime.spawn_blocking(move || {
            let _not_kept = crate::engine::profiles::private_file(&path, text.to_string().as_bytes());
        });
    }

    fn focused(&self, focused: bool) {
        let before = std::mem::replace(&mut locked(&self.state).in_front, focused);
        if focused && !before {
            // The user may have edited the files on another computer, of which no event tells.
            self.current().look_at_profiles();
        }
    }

    /// Remembers the sign-in or the check that is under way, and ends the one before it, which nobody looks at any more.
    pub(super) fn asking(&self, work: AbortHandle) {
        if let Some(before) = locked(&self.state).asking.replace(work) {
            before.abort();
        }
    }

    fn stop_asking(&self) {
        if let Some(asking) = locked(&self.state).asking.take() {
            asking.abort();
        }
    }
}

/// Opens a file, and nothing that might never end or never begin, such as a pipe.
fn plain_file(path: &Path) -> io::Result<File> {
    if std::fs::metadata(path)?.is_file() { File::open(path) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

/// Replies with what a text is: an invitation, a request for the customer's page, or neither, and why.
fn invited(state: &Mutex<AppState>, text: Result<String, TextProblem>) {
    match text.and_then(|text| read(&text)) {
        Ok(Reply::Invitation(invitation)) => invitations::show(state, *invitation),
        Ok(reply) => {
            // A request is as real as an invitation.
            practice::end(state);
            App::tell(state, reply);
        }
        Err(why) => App::tell(state, refused(crate::grant::words::invitation_problem(&why))),
    }
}

fn refused(sentence: String) -> Reply {
    Reply::Message(words::not_an_invitation(sentence))
}

/// Returns what a text is: an invitation, or a request for the customer's page. An answer that quotes the request is the
/// invitation; a message that carries the template holds the beginning of an invitation, and is the request.
///
/// # Errors
/// Why it is no invitation, if it is no request either.
pub fn read(text: &str) -> Result<Reply, TextProblem> {
    // A link above a quoted template, whose own invitation has no role yet.
    let link = || Invitation::parse(&text[text.to_ascii_lowercase().find("daypass:v")?..]).ok();
    let invitation = match Invitation::parse(text) {
        Ok(invitation) => invitation,
        Err(why) => {
            let Some(invitation) = link() else {
                let request = RoleRequest::from_text(text).map_err(|_no_request| why)?;
                return Ok(Reply::RoleRequest(Box::new(request)));
            };
            invitation
        }
    };
    Ok(Reply::Invitation(Box::new(invitation)))
}

/// Writes the receipt of the delivery that is going on, or was the last, in the format of its file's name.
async fn save(handle: &Handle, id: DestinationId, path: PathBuf) -> Result<(), String> {
    let receipt = Receipt::of_last(handle, id).await.map_err(|problem| problem::sentence(&problem))?;
    let format = Format::of(&path);
    let saving = tokio::task::spawn_blocking(move || receipt.save(&path, format));
    saving.await.map_err(|why| why.to_string())?.map_err(|why| why.to_string())
}
