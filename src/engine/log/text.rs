//! How texts are cut for the log: names to their beginnings, foreign sentences to the words of a fixed vocabulary.

use crate::engine::untrusted_text::is_hidden;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The words that remain of what a server or the system said: those of AWS's, rustls's, hyper's and the systems' own messages.
const VOCABULARY: &str = include_str!("words.txt");
/// The most words that remain.
const MOST: usize = 48;
/// What stands for what was cut.
const CUT: &str = "…";

static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| VOCABULARY.split_whitespace().collect());

/// Returns the beginning of a name: up to three characters, and at most half of it.
pub(super) fn head(name: &str) -> String {
    let count = name.chars().count();
    let kept: String = name.chars().take(3.min(count / 2)).filter(|c| c.is_alphanumeric()).collect();
    format!("{kept}{CUT}")
}

/// Returns the first two characters of a file's name, and its ending if that is a common one.
pub(super) fn file_name(name: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let common =
        (1..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric()) && !stem.is_empty();
    let kept: String = stem.chars().take(2.min(stem.chars().count() / 2)).filter(|&c| is_plain(c)).collect();
    if common { format!("{kept}{CUT}.{ending}") } else { format!("{kept}{CUT}") }
}

/// Whether a character is seen as itself in a line.
fn is_plain(c: char) -> bool {
    !is_hidden(c) && !c.is_whitespace() && c != '"' && c != '='
}

/// Whether a text has the form of a code of AWS's, such as `AccessDenied` or `XAmzContentSHA256Mismatch`: words without a
/// gap, and few digits, as no code of a device and no key has.
pub(super) fn is_code(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (2..=48).contains(&text.len())
        && digits <= 4
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_')
        && !is_key(text)
}

/// Whether a text has the form of a secret access key, some of which have neither sign nor many digits, or of an access
/// key ID.
fn is_key(text: &str) -> bool {
    let secret = text.len() == 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    let id = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    secret || id && ["AKIA", "ASIA"].iter().any(|begin| text.starts_with(begin))
}

/// Whether a text has the form of a request id: STS's are UUIDs, S3's 16 letters and digits.
pub(super) fn is_request_id(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+/=".contains(&b))
        && !is_key(text)
}

/// Returns a text with nothing but words of the vocabulary, small numbers, and the ends of Amazon's hosts; what lies between
/// them is `…`.
pub(super) fn clean_words(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace().take(4 * MOST) {
        let shown = known(word).unwrap_or_else(|| CUT.to_owned());
        if shown != CUT || words.last().is_none_or(|last| last != CUT) {
            words.push(shown);
        }
        if words.len() == MOST {
            break;
        }
    }
    words.join(" ")
}

fn known(word: &str) -> Option<String> {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    let after = if word.ends_with(':') { ":" } else { "" };
    // An errno, a status, a number of minutes; a code of a device has six digits.
    let number = (1..=3).contains(&core.len()) && core.bytes().all(|b| b.is_ascii_digit());
    if number || WORDS.contains(core.to_ascii_lowercase().as_str()) {
        return Some(format!("{core}{after}"));
    }
    core.ends_with(".amazonaws.com").then(|| format!("{CUT}.amazonaws.com{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_their_beginnings() {
        for (name, cut) in
            [("importantprojectbucket", "imp…"), ("ab", "a…"), ("a", "…"), ("", "…"), ("日本語版", "日本…")]
        {
            assert_eq!(head(name), cut, "{name}");
        }
        for (name, cut) in [
            ("Final report 2026.pdf", "Fi….pdf"),
            ("a.txt", "….txt"),
            (".env", "…"),
            ("no ending", "no…"),
            ("x.of a secret kind", "…"),
            ("ab\u{202e}gnp.exe", "ab….exe"),
            ("\u{202e}\u{202e}gnp.exe", "….exe"),
            ("A=\"1\".csv", "A….csv"),
        ] {
            assert_eq!(file_name(name), cut, "{name}");
        }
    }

    #[test]
    fn of_what_was_said_the_words_that_everybody_knows_remain() {
        for (said, shown) in [
            (
                "User: arn:aws:iam::111122223333:user/Richard is not authorized to perform: sts:AssumeRole on resource: \
                 arn:aws:iam::444455556666:role/secret-project",
                "User: … is not authorized to perform: sts:AssumeRole on resource: …",
            ),
            (
                "dispatch failure: io error: client error (Connect): tcp connect error: Connection refused (os error 111)",
                "dispatch failure: io error: client error Connect: tcp connect error: Connection refused os error 111",
            ),
            ("The code 123456 was used, key=wJalrXUtnFEMI/K7MDENG, file merger.pdf", "The code … was used … file …"),
            ("host importantproject.s3.eu-west-1.amazonaws.com not found", "host ….amazonaws.com not found"),
            ("", ""),
        ] {
            assert_eq!(clean_words(said), shown, "{said}");
        }
        assert!(clean_words(&"the ".repeat(1000)).split(' ').count() <= MOST);
    }

    #[test]
    fn only_what_looks_like_a_code_or_an_id_is_one() {
        for code in ["AccessDenied", "SlowDown", "XAmzContentSHA256Mismatch", "InternalError", "Throttling.User"] {
            assert!(is_code(code), "{code}");
        }
        for other in ["918273", "a", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIA1234567890123456", "two words"] {
            assert!(!is_code(other), "{other}");
        }
        let secret = "abcdEFGHijkl".repeat(4);
        let example = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for key in [&secret[..40], example, "AKIAIOSFODNNEXAMPLEX", "ASIAIOSFODNNEXAMPLEX"] {
            assert!(!is_code(key) && !is_request_id(key), "{key}");
        }
        assert!(is_request_id("01234567-89ab-cdef-0123-456789abcdef") && is_request_id("4442587FB7D0A2F9"));
        assert!(!is_request_id("918273") && !is_request_id(&"x".repeat(65)) && !is_request_id("two words of text"));
    }

    #[test]
    fn the_vocabulary_has_nothing_but_small_words() {
        for word in WORDS.iter() {
            assert!(word.len() <= 32 && *word == word.to_lowercase(), "{word}");
        }
    }
}
