//! Choosing files: whether the desktop can show a dialog, the folder for downloads, and names that are free.

use std::path::{Path, PathBuf};

/// How many names are tried before the last one is taken.
const TRIES: u32 = 1000;

/// Returns whether this desktop shows dialogs for files: through its portal (XDG Desktop Portal, `FileChooser`) or zenity.
#[cfg(target_os = "linux")]
pub(super) async fn can_choose() -> bool {
    has_portal().await || tokio::task::spawn_blocking(has_zenity).await.unwrap_or(false)
}

/// Returns whether this desktop shows dialogs for files.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "elsewhere it asks the session bus")]
pub(super) async fn can_choose() -> bool {
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
