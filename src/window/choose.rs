//! Choosing files: the desktop's dialogs, whether it can show one, the folder for downloads, and names that are free.

use super::App;
use crate::ui::backend::{Chosen, Reply};
use crate::ui::paths::PathFor;
use crate::words::accounts::key;
use crate::words::paths::Choice;
use crate::words::ui::shell::INVITATIONS;
use rfd::{AsyncFileDialog, FileHandle};
use std::path::{Path, PathBuf};
use std::pin::Pin;

/// How many names are tried before giving up.
const TRIES: u32 = 1000;

impl App {
    /// Shows the desktop's dialog, which is built on the calling thread, and replies with what was chosen.
    pub(super) fn choose(&self, what: PathFor) {
        let shown = dialog(&what);
        self.reply_later(async move {
            // On Linux an empty list is a cancelled dialog for what is there already, and no answer means that none could
            // be shown; a dialog for saving gives no answer either way. Elsewhere no answer is a cancel.
            let unclear = !cfg!(target_os = "linux") || what.choice() == Choice::Save;
            let chosen = match shown.await {
                Some(paths) if paths.is_empty() => Chosen::Nothing,
                Some(paths) => Chosen::Paths(paths),
                None if unclear && can_choose().await => Chosen::Nothing,
                None => Chosen::NoDialog,
            };
            Reply::Chosen(what, chosen)
        });
    }

    /// Replies with a path that was typed, as if it had been chosen; a file that exists is not replaced.
    pub(super) fn use_path(&self, what: PathFor, path: PathBuf) {
        self.reply_later(async move {
            let path = if what.choice() == Choice::Save {
                let same = path.clone();
                tokio::task::spawn_blocking(move || free(path)).await.unwrap_or(same)
            } else {
                path
            };
            Reply::Chosen(what, Chosen::Paths(vec![path]))
        });
    }
}

/// Paths that are chosen; none if there is no answer, an empty list if the dialog says that it was canceled.
type ChosenPaths = Pin<Box<dyn Future<Output = Option<Vec<PathBuf>>> + Send>>;

fn dialog(what: &PathFor) -> ChosenPaths {
    let dialog = AsyncFileDialog::new().set_title(what.title());
    let dialog = match what {
        PathFor::Invitation => dialog.add_filter(INVITATIONS, &["daypass"]),
        PathFor::Key => dialog.add_filter(key::FILES, &["csv"]),
        PathFor::Files(_)
        | PathFor::Folder(_)
        | PathFor::Receipt(_)
        | PathFor::Receipts(..)
        | PathFor::ReceiptsEach(_)
        | PathFor::Text(..)
        | PathFor::Texts(_) => dialog,
    };
    let all = |files: Option<Vec<FileHandle>>| {
        files.map(|files| files.iter().map(|file| file.path().to_path_buf()).collect::<Vec<_>>())
    };
    match what.choice() {
        Choice::Open => {
            let shown = dialog.pick_files();
            Box::pin(async move { all(shown.await) })
        }
        Choice::OpenFolder | Choice::SaveInto => {
            let shown = dialog.pick_folders();
            Box::pin(async move { all(shown.await) })
        }
        Choice::Save => {
            let shown = dialog.set_file_name(what.name()).save_file();
            Box::pin(async move { shown.await.map(|file| vec![file.path().to_path_buf()]) })
        }
    }
}

/// Returns whether this desktop shows dialogs for files: through its portal (XDG Desktop Portal, `FileChooser`) or zenity.
#[cfg(target_os = "linux")]
async fn can_choose() -> bool {
    has_portal().await || tokio::task::spawn_blocking(has_zenity).await.unwrap_or(false)
}

/// Returns whether this desktop shows dialogs for files.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "elsewhere it asks the session bus")]
async fn can_choose() -> bool {
    true
}

#[cfg(target_os = "linux")]
async fn has_portal() -> bool {
    let Ok(bus) = zbus::Connection::session().await else { return false };
    let (name, path) = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
    let asked = ("org.freedesktop.portal.FileChooser", "version");
    bus.call_method(Some(name), path, Some("org.freedesktop.DBus.Properties"), "Get", &asked).await.is_ok()
}

#[cfg(target_os = "linux")]
fn has_zenity() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join("zenity").is_file())
}

/// Returns the person's home and the folder for what they save.
pub(super) fn folders() -> (Option<PathBuf>, Option<PathBuf>) {
    let dirs = directories::UserDirs::new();
    let home = dirs.as_ref().map(|dirs| dirs.home_dir().to_path_buf());
    let downloads = dirs.as_ref().and_then(|dirs| dirs.download_dir().map(Path::to_path_buf));
    (home.clone(), downloads.filter(|dir| dir.is_dir()).or(home))
}

/// Returns this path, or one beside it with a number if something has its name: `receipt (2).html`.
pub(super) fn free(path: PathBuf) -> PathBuf {
    let taken = |path: &Path| path.symlink_metadata().is_ok();
    if !taken(&path) {
        return path;
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let end = path.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    let numbered = (2..TRIES).map(|number| path.with_file_name(format!("{stem} ({number}){end}")));
    numbered.into_iter().find(|path| !taken(path)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::free;

    #[test]
    fn a_taken_name_gets_the_next_number() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("receipt.html");
        assert_eq!(free(path.clone()), path);
        std::fs::write(&path, "mine").expect("written");
        std::fs::write(dir.path().join("receipt (2).html"), "mine").expect("written");
        assert_eq!(free(path), dir.path().join("receipt (3).html"));
    }
}
