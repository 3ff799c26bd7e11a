//! Detects files that hold the contractor's own keys: nobody means to deliver these, and put-only access can't delete
//! them.

use crate::model::names::looks_like_secret;
use memchr::memmem::{Finder, find};
use std::borrow::Cow;
use std::path::{Component, Path};
use std::sync::LazyLock;

/// How much of a file is checked, from its beginning, in bytes: keys are in short files, or come first.
pub(super) const LOOKED_INTO: usize = 64 << 10;
/// How far from an access key ID its secret is looked for, in bytes.
const NEAR: usize = 512;
/// The length of a secret access key.
const SECRET: usize = 40;
/// The length of an access key ID, as AWS issues them.
const ID: usize = 20;

/// The default names of SSH's private keys.
const SSH: [&str; 6] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk"];

/// Whether a file is named like the key files of the AWS console, the AWS tools or SSH.
#[must_use]
pub fn is_named_so(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let ends = |end: &str| {
        name.len() >= end.len() && name.as_bytes()[name.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
    };
    if ends("accesskeys.csv") || ends("rootkey.csv") || ends("credentials.csv") || SSH.contains(&name) {
        return true;
    }
    // The rest of the path is more expensive to check, and few files have these names.
    let dir = || path.parent().into_iter().flat_map(Path::components).rev().map(Component::as_os_str);
    match name {
        "credentials" => dir().next().is_some_and(|above| above == ".aws"),
        _ if ends(".json") => {
            let mut above = dir();
            above.next().is_some_and(|above| above == "cache")
                && above.next().is_some_and(|above| above == "sso" || above == "cli" || above == "login")
                && above.next().is_some_and(|above| above == ".aws")
        }
        _ => false,
    }
}

/// Whether a file that begins so contains an access key ID with a secret near it, or a private key in PEM or `PuTTY`'s
/// form.
#[must_use]
pub fn holds_key(bytes: &[u8]) -> bool {
    static PRIVATE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("PRIVATE KEY"));
    static LONG_TERM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("AKIA"));
    static TEMPORARY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ASIA"));
    let bytes = plain(&bytes[..bytes.len().min(LOOKED_INTO)]);
    bytes.starts_with(b"PuTTY-User-Key-File-")
        || PRIVATE.find_iter(&bytes).any(|at| is_pem(&bytes, at))
        || [&LONG_TERM, &TEMPORARY].iter().any(|finder| finder.find_iter(&bytes).any(|at| has_secret(&bytes, at)))
}

/// Returns the bytes; if they are UTF-16, as Windows writes it, without the high byte of each character.
fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => rest.iter().copied().step_by(2).collect::<Vec<u8>>().into(),
        [0xfe, 0xff, rest @ ..] => rest.iter().copied().skip(1).step_by(2).collect::<Vec<u8>>().into(),
        _ => bytes.into(),
    }
}

/// Whether the `PRIVATE KEY` at `at` is in the first line of a PEM block: `-----BEGIN … PRIVATE KEY… -----`.
fn is_pem(bytes: &[u8], at: usize) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let line = bytes[..at].iter().rposition(|&byte| byte == b'\n' || byte == b'"').map_or(0, |end| end + 1);
    let before = &bytes[line..at];
    let rest = &bytes[at..bytes.len().min(at + 64)];
    find(before, BEGIN).is_some_and(|begin| before.len() - begin <= 64) && find(rest, b"-----").is_some()
}

/// Whether an access key ID begins at `at` and has a secret near it.
fn has_secret(bytes: &[u8], at: usize) -> bool {
    let of_id = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let Some(id) = bytes.get(at..at + ID) else { return false };
    let alone = !at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_alphanumeric)
        && !bytes.get(at + ID).is_some_and(u8::is_ascii_alphanumeric);
    if !alone || !id.iter().all(of_id) {
        return false;
    }
    let near = &bytes[at.saturating_sub(NEAR)..bytes.len().min(at + ID + NEAR)];
    let of_secret = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    near.split(|byte| !of_secret(byte))
        .filter(|run| run.len() == SECRET)
        .any(|run| std::str::from_utf8(run).is_ok_and(looks_like_secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
    const TEXT: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    #[test]
    fn key_files_are_recognized_by_name() {
        for named in [
            "/x/Richard_accessKeys.csv",
            "/x/rootkey.csv",
            "/x/new_user_credentials.csv",
            "/home/r/.aws/credentials",
            "/home/r/.aws/sso/cache/abc.json",
            "/home/r/.ssh/id_rsa",
            "/x/id_ed25519",
        ] {
            assert!(is_named_so(Path::new(named)), "{named}");
        }
        for other in [
            "/x/credentials",
            "/x/credentials.txt",
            "/home/r/.aws/config",
            "/x/id_rsa.pub",
            "/x/cache/abc.json",
            "/x/keys.csv",
            "/",
        ] {
            assert!(!is_named_so(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn key_files_are_recognized_by_content() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(format!("{KEY},{TEXT}").bytes().flat_map(|b| [b, 0])).collect();
        for held in [
            format!("[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {TEXT}\n").into_bytes(),
            format!("Access key ID,Secret access key\r\n{KEY},{TEXT}").into_bytes(),
            format!("{{\"SecretAccessKey\":\"{TEXT}\",\"AccessKeyId\":\"{}\"}}", KEY.replace("AKIA", "ASIA"))
                .into_bytes(),
            format!("{KEY}:{TEXT}").into_bytes(),
            utf16,
            b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n".to_vec(),
            b"Bag\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE".to_vec(),
            b"{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMIIE".to_vec(),
            b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n".to_vec(),
            b"PuTTY-User-Key-File-3: ssh-ed25519\n".to_vec(),
        ] {
            assert!(holds_key(&held), "{}", String::from_utf8_lossy(&held));
        }
        for plain in [
            String::new(),
            KEY.to_owned(),
            TEXT.to_owned(),
            format!("{KEY} {}", "0123456789abcdef0123456789abcdef01234567"),
            format!("{KEY}{}{TEXT}", " ".repeat(2 * NEAR)),
            format!("x{KEY},{TEXT}"),
            format!("{KEY}0,{TEXT}"),
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----BEGIN PUBLIC KEY-----".to_owned(),
            "Keep your PRIVATE KEY safe -----".to_owned(),
        ] {
            assert!(!holds_key(plain.as_bytes()), "{plain}");
        }
    }
}
