//! What the window's sheets about keys, profiles, signing in and access want of the engine.

use super::{App, State};
use crate::engine::check::Check;
use crate::engine::handle::Handle;
use crate::engine::keys::{MOST, NewKey};
use crate::model::snapshot::Command;
use crate::model::verification_url::VerificationUrl;
use crate::ui::access_request::{AccessReply, AccessRequest, KeyToKeep};
use crate::ui::shell::Reply;
use crate::words::{accounts, keys};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

impl App {
    pub(super) fn wanted(&self, wanted: AccessRequest) {
        let (state, handle) = (Arc::clone(&self.state), self.current());
        match wanted {
            AccessRequest::TestKey(round, key) => {
                self.runtime.spawn(async move { tell(&state, AccessReply::Tested(round, tested(&handle, key).await)) });
            }
            AccessRequest::KeyFile(round, path) => {
                self.runtime
                    .spawn(async move { tell(&state, AccessReply::Tested(round, of_file(&handle, path).await)) });
            }
            AccessRequest::Keep(round, kept) => {
                let KeyToKeep { key, name, keep, replace } = *kept;
                self.runtime.spawn(async move {
                    let result = handle.keep_key(key, &name, keep, replace).await;
                    tell(&state, AccessReply::Changed(round, result));
                });
            }
            AccessRequest::Rename { round, from, to } => {
                self.runtime.spawn(async move {
                    tell(&state, AccessReply::Changed(round, handle.rename_profile(&from, &to).await));
                });
            }
            AccessRequest::Remove(round, name) => {
                self.runtime.spawn(async move {
                    tell(&state, AccessReply::Changed(round, handle.remove_profile(&name).await));
                });
            }
            AccessRequest::SignIn(round, profile) => {
                let work = async move {
                    let mut steps = handle.sign_in(&profile);
                    while let Some(step) = steps.recv().await {
                        tell(&state, AccessReply::SignIn(round, step));
                    }
                };
                self.under_way(self.runtime.spawn(work).abort_handle());
            }
            AccessRequest::Check { round, to, code, test_object } => {
                let work = async move {
                    let mut steps = handle.check(*to, code, Check { test_object });
                    while let Some(step) = steps.recv().await {
                        tell(&state, AccessReply::Step(round, step));
                    }
                    tell(&state, AccessReply::Checked(round));
                };
                self.under_way(self.runtime.spawn(work).abort_handle());
            }
            AccessRequest::Forbid { sha256, profile } => {
                handle.forbid_command(&sha256);
                if let Some(profile) = profile {
                    handle.send(Command::Identify(profile));
                }
            }
            AccessRequest::Allow { profile, command, consent, then } => {
                handle.allow_command(&profile, &command, consent);
                handle.send(Command::Identify(profile));
                if let Some(id) = then {
                    handle.send(Command::GetAccess(id));
                }
            }
            AccessRequest::Browse(url) => {
                self.runtime.spawn(async move {
                    if !browse(&url).await {
                        Self::tell(&state, Reply::Said(accounts::no_browser(url.as_str())));
                    }
                });
            }
            AccessRequest::Stop => {
                if let Some(asking) = super::locked(&self.state).asking.take() {
                    asking.abort();
                }
            }
        }
    }

    /// One sign-in or check is under way; what was before it ends, since nobody looks at it any more.
    fn under_way(&self, work: tokio::task::AbortHandle) {
        if let Some(before) = super::locked(&self.state).asking.replace(work) {
            before.abort();
        }
    }
}

fn tell(state: &Mutex<State>, came: AccessReply) {
    App::tell(state, Reply::Access(came));
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

/// The bytes of a file, a little more than the limit, so that what is too long is seen to be.
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

/// Opens an address in the person's browser; whether that could be begun. Only addresses of AWS's own come here.
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
