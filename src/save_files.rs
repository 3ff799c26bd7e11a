//! Writes the texts that a person asked to keep, whole or not at all.

use crate::ui::backend::Texts;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// How many names are tried before a folder is given up.
const TRIES: u32 = 1000;

/// Writes them, and says where they are now.
///
/// # Errors
/// What the system says of the first one that can't be written.
pub fn write(texts: Texts) -> io::Result<Vec<PathBuf>> {
    match texts {
        Texts::File(path, text) => {
            let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
            written(folder, &text)?.persist(&path)?;
            Ok(vec![path])
        }
        Texts::Folder(folder, texts) => texts.into_iter().map(|(name, text)| beside(&folder, name, &text)).collect(),
    }
}

/// Writes a file under a name that is free, and replaces none.
fn beside(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    let mut file = written(folder, text)?;
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    for number in 1..TRIES {
        let path = folder.join(if number == 1 { name.to_owned() } else { format!("{stem} ({number}).{end}") });
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(why) if why.error.kind() == io::ErrorKind::AlreadyExists => file = why.file,
            Err(why) => return Err(why.error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn written(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // These texts are for others too: they get the permissions of any new file of this user.
        use std::os::unix::fs::PermissionsExt;
        file.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = file.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saving_to_a_folder_keeps_existing_files() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("a.txt"), "before")?;
        let texts = vec![("a.txt", "one".to_owned()), ("b.txt", "two".to_owned())];
        let paths = write(Texts::Folder(folder.path().to_path_buf(), texts))?;
        assert_eq!(paths, [folder.path().join("a (2).txt"), folder.path().join("b.txt")]);
        assert_eq!(std::fs::read_to_string(folder.path().join("a.txt"))?, "before");
        assert_eq!(std::fs::read_to_string(&paths[0])?, "one");
        let path = folder.path().join("a.txt");
        write(Texts::File(path.clone(), "after".to_owned()))?;
        assert_eq!(std::fs::read_to_string(path)?, "after");
        assert!(write(Texts::File(folder.path().join("none/x.txt"), String::new())).is_err());
        Ok(())
    }
}
