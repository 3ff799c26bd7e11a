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

/// Whether a text is a code of AWS's or one like it, such as `AccessDenied` or `XAmzContentSHA256Mismatch`: words of the
/// vocabulary, each with a capital, and small numbers. Letters in any other order may be a secret.
pub(super) fn is_code(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_')
        && code_words(text).all(|word| is_small_number(word) || WORDS.contains(word.to_ascii_lowercase().as_str()))
}

/// Returns the words of a code: `SHA`, `256` and `Mismatch` of `SHA256Mismatch`.
fn code_words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let begins = |at: usize| {
        let (before, here) = (bytes[at - 1], bytes[at]);
        let capital_ends = before.is_ascii_uppercase() && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        here.is_ascii_digit() != before.is_ascii_digit()
            || here.is_ascii_uppercase() && (!before.is_ascii_uppercase() || capital_ends)
    };
    let mut starts: Vec<usize> = (1..bytes.len()).filter(|&at| begins(at)).collect();
    starts.insert(0, 0);
    starts.push(bytes.len());
    let words: Vec<&str> = starts.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect();
    words.into_iter().flat_map(|word| word.split(['.', '_'])).filter(|word| !word.is_empty())
}

/// Whether a text has the form of a request id: STS's are UUIDs, S3's 16 capitals and digits. The id of an access key has 20.
pub(super) fn is_request_id(text: &str) -> bool {
    let group = |group: &str, length: usize| group.len() == length && group.bytes().all(|b| b.is_ascii_hexdigit());
    let groups: Vec<&str> = text.split('-').collect();
    let uuid = groups.len() == 5 && groups.iter().zip([8, 4, 4, 4, 12]).all(|(part, length)| group(part, length));
    uuid || text.len() == 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// An errno, a status, a number of minutes; a code of a device has six digits.
fn is_small_number(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
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
    if is_small_number(core) || WORDS.contains(core.to_ascii_lowercase().as_str()) {
        return Some(format!("{core}{after}"));
    }
    core.ends_with(".amazonaws.com").then(|| format!("{CUT}.amazonaws.com{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_shortened() {
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
    fn only_common_words_of_a_message_remain() {
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
    fn codes_and_request_ids_are_recognized_by_their_form() {
        for code in ["AccessDenied", "SlowDown", "XAmzContentSHA256Mismatch", "InternalError", "Throttling.User"] {
            assert!(is_code(code), "{code}");
        }
        let texts = include_str!("../error_codes.rs").split('"').skip(1).step_by(2);
        let is_code_like = |text: &&str| {
            text.len() > 6
                && text.starts_with(|c: char| c.is_ascii_uppercase())
                && !text.contains(|c: char| !c.is_ascii_alphanumeric())
        };
        let codes = texts.filter(is_code_like);
        let known: Vec<&str> = codes.collect();
        assert!(known.len() > 50 && known.iter().all(|code| is_code(code)), "{known:?}");
        let key_with_few_digits = "hwRMnOAJefzTaXY1ovSJmsTynOApvaSfpt8FRHun";
        for other in [
            "918273",
            "a",
            key_with_few_digits,
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AKIA1234567890123456",
            "two words",
        ] {
            assert!(!is_code(other), "{other}");
        }
        let secret = "abcdEFGHijkl".repeat(4);
        let example = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for key in [&secret[..40], example, "AKIAIOSFODNNEXAMPLEX", "ASIAIOSFODNNEXAMPLEX"] {
            assert!(!is_code(key) && !is_request_id(key), "{key}");
        }
        assert!(is_request_id("01234567-89ab-cdef-0123-456789abcdef") && is_request_id("4442587FB7D0A2F9"));
        for other in ["918273", key_with_few_digits, "ASIA1234567890123456", "two words of text"] {
            assert!(!is_request_id(other), "{other}");
        }
    }

    #[test]
    fn the_vocabulary_contains_only_short_lowercase_words() {
        for word in WORDS.iter() {
            assert!(word.len() <= 32 && *word == word.to_lowercase(), "{word}");
        }
    }
}
