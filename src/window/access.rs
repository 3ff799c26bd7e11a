//! Requests of the window's sheets about keys, profiles, signing in and access.

use super::App;
use crate::engine::check::AccessCheck;
use crate::engine::handle::Handle;
use crate::engine::keys::{MOST, NewKey};
use crate::engine::process::Consent;
use crate::model::access_key::KeepProblem;
use crate::model::destination::Destination;
use crate::model::snapshot::Command;
use crate::model::upload::DestinationId;
use crate::model::verification_url::VerificationUrl;
use crate::ui::backend::{KeyToKeep, Reply, SheetReply};
use crate::words::{accounts, keys};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use zeroize::Zeroizing;

impl App {
    pub(super) fn test_key(&self, round: u32, key: NewKey) {
        let handle = self.current();
        self.reply_later(async move { Reply::Sheet(round, SheetReply::KeyTested(tested(&handle, key).await)) });
    }

    pub(super) fn test_key_file(&self, round: u32, path: PathBuf) {
        let handle = self.current();
        self.reply_later(async move { Reply::Sheet(round, SheetReply::KeyTested(of_file(&handle, path).await)) });
    }

    pub(super) fn keep_key(&self, round: u32, kept: KeyToKeep) {
        let handle = self.current();
        self.reply_later(async move {
            let KeyToKeep { key, name, keep, replace } = kept;
            changed(round, handle.keep_key(key, &name, keep, replace).await)
        });
    }

    pub(super) fn rename_profile(&self, round: u32, from: String, to: String) {
        let handle = self.current();
        self.reply_later(async move { changed(round, handle.rename_profile(&from, &to).await) });
    }

    pub(super) fn remove_profile(&self, round: u32, name: String) {
        let handle = self.current();
        self.reply_later(async move { changed(round, handle.remove_profile(&name).await) });
    }

    pub(super) fn sign_in(&self, round: u32, profile: String) {
        let (state, handle) = (Arc::clone(&self.state), self.current());
        let work = async move {
            let mut steps = handle.sign_in(&profile);
            while let Some(step) = steps.recv().await {
                Self::tell(&state, Reply::Sheet(round, SheetReply::SignInStep(step)));
            }
        };
        self.asking(self.runtime.spawn(work).abort_handle());
    }

    pub(super) fn check_access(&self, round: u32, to: Destination, code: Option<Zeroizing<String>>, test_object: bool) {
        let (state, handle) = (Arc::clone(&self.state), self.current());
        let work = async move {
            let mut steps = handle.check(to, code, AccessCheck { test_object });
            while let Some(step) = steps.recv().await {
                Self::tell(&state, Reply::Sheet(round, SheetReply::CheckStep(step)));
            }
            Self::tell(&state, Reply::Sheet(round, SheetReply::CheckEnded));
        };
        self.asking(self.runtime.spawn(work).abort_handle());
    }

    pub(super) fn forbid_command(&self, sha256: &str, profile: Option<String>) {
        let handle = self.current();
        handle.forbid_command(sha256);
        if let Some(profile) = profile {
            handle.send(Command::Identify(profile));
        }
    }

    pub(super) fn allow_command(&self, profile: &str, command: &str, consent: Consent, then: Option<DestinationId>) {
        let handle = self.current();
        handle.allow_command(profile, command, consent);
        handle.send(Command::Identify(profile.to_owned()));
        if let Some(id) = then {
            handle.send(Command::GetAccess(id));
        }
    }

    pub(super) fn open_browser(&self, url: VerificationUrl) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn(async move {
            if !browse(&url).await {
                Self::tell(&state, Reply::Message(accounts::no_browser(url.as_str())));
            }
        });
    }
}

fn changed(round: u32, result: Result<(), KeepProblem>) -> Reply {
    Reply::Sheet(round, SheetReply::ProfilesChanged(result))
}

async fn tested(handle: &Handle, key: NewKey) -> Result<crate::engine::keys::TestedKey, String> {
    handle.test_key(key).await.map_err(|why| keys::add_problem(&why))
}

async fn of_file(handle: &Handle, path: PathBuf) -> Result<crate::engine::keys::TestedKey, String> {
    let shown = accounts::not_read(&path);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read = tokio::task::spawn_blocking(move || read(&path)).await;
    let bytes = read.ok().and_then(Result::ok).ok_or(shown)?;
    let key = NewKey::from_file(&bytes, &name).map_err(|why| keys::key_problem(why).to_owned())?;
    tested(handle, key).await
}

/// Returns the bytes of a file, a little more than the limit, so that what is too long is seen to be.
fn read(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    // What is no plain file might never end, or never begin.
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    // The buffer is never grown, so no copy of the secret stays behind.
    let mut bytes = Zeroizing::new(vec![0; MOST + 1]);
    let mut file = std::fs::File::open(path)?;
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..])? {
            0 => break,
            more => length += more,
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Opens an address in the person's browser. Returns whether that could be begun. Only addresses of AWS's own come
/// here.
async fn browse(url: &VerificationUrl) -> bool {
    #[cfg(windows)]
    let mut command = {
        let mut command = tokio::process::Command::new("rundll32.exe");
        command.args(["url.dll,FileProtocolHandler", url.as_str()]);
        command
    };
    #[cfg(not(windows))]
    let mut command = {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let mut command = tokio::process::Command::new(opener);
        command.arg(url.as_str());
        command
    };
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().await;
    status.is_ok_and(|status| status.success())
}
