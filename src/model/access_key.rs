//! A new access key: where it is kept, and why it was not accepted or not saved.

use super::problem::Problem;

/// Why a text holds no usable key. `words::keys` turns it into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// There is nothing in it.
    Empty,
    /// It is larger than 64 KiB.
    TooLarge,
    /// A CSV with a console password and no access key.
    PasswordOnly,
    /// The file is the root user's (`rootkey.csv`).
    RootKey,
    /// There is no access key in it.
    NoKey,
    /// There is an access key id and no secret.
    NoSecret,
    /// There is a secret and no access key id.
    NoId,
    /// The access key id does not have the form `AKIA…` or `ASIA…`.
    KeyForm,
    /// The secret does not have 40 characters.
    SecretForm,
    /// A temporary key (`ASIA…`) without its token.
    NoToken,
    /// There are several different keys in it.
    Several,
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// In the shared credentials file, where the AWS command line finds it as well.
    InFile,
    /// In memory, until Daypass ends.
    ThisRun,
}

/// Why a key was not added, or a profile not changed.
#[derive(Clone, Debug, PartialEq)]
pub enum KeepProblem {
    /// The name is empty, too long, or has characters that other programs can't read.
    NameForm,
    /// A profile of this name exists: its key has to be replaced explicitly, or another name chosen.
    NameTaken,
    File(SaveProblem),
    /// The engine has ended.
    Ended,
}

/// Why a key was not accepted, by its form or by AWS.
#[derive(Clone, Debug, PartialEq)]
pub enum AddProblem {
    /// There is no key in the text.
    Text(KeyProblem),
    /// AWS refused it, or could not be asked.
    Refused(Problem),
}

/// Why a file was left unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveProblem {
    /// There is no such profile in the files.
    NoProfile,
    /// There is no folder for the file, or it can't be written to.
    Folder,
    /// The file can't be read, or is not a plain file.
    Unreadable,
    /// It is a link that leads nowhere.
    Link,
    /// It belongs to another user of this computer.
    OtherOwner,
    /// It is larger than 1 MiB.
    TooLarge,
    /// It is saved as UTF-16.
    Utf16,
    /// Another program changed it at the same time.
    Changed,
    /// The disk is full.
    Full,
    /// It could not be written.
    NotWritten,
}
