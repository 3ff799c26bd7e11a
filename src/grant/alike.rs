//! Detects names that a person may mistake for one another, whatever characters they are written in.

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// How two names compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The same name, apart from case and Unicode normalization.
    Same,
    /// A different name that looks like it.
    Alike,
    Other,
}

/// Compares two names by their appearance: the skeletons of Unicode Technical Standard 39, "Confusable Detection", and
/// in addition without diacritics, case, punctuation, and the difference between a letter and its two-letter spelling
/// (ä, ae).
#[must_use]
pub fn compare(one: &str, other: &str) -> Likeness {
    if folded(one) == folded(other) {
        return Likeness::Same;
    }
    let (ones, others) = (looks(one), looks(other));
    if ones.iter().any(|look| !look.is_empty() && others.contains(look)) { Likeness::Alike } else { Likeness::Other }
}

fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

/// Returns two appearances of a name: as written, and with umlauts and ligatures spelled out.
fn looks(name: &str) -> [String; 2] {
    let mut out = String::with_capacity(name.len() + 8);
    for c in name.nfc().flat_map(char::to_lowercase).nfc() {
        match c {
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'ø' | 'œ' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'å' => out.push_str("aa"),
            'ß' => out.push_str("ss"),
            _ => out.push(c),
        }
    }
    [look(name), look(&out)]
}

fn look(name: &str) -> String {
    // The skeleton comes first: some letters' compatibility forms look different from the letters themselves.
    let bare = |text: &str| {
        let text: String = skeleton(text).collect();
        let text: String = text.nfkd().filter(|&c| !is_mark(c)).collect();
        skeleton(&text).collect::<String>()
    };
    // A capital I resembles an l only before the case is folded; an M matches rn only afterwards, as m.
    let shape = bare(&bare(name).to_lowercase()).to_lowercase().replace("vv", "w");
    shape
        .chars()
        .filter(|&c| (c.is_alphanumeric() || is_kana_mark(c)) && !is_mark(c))
        .map(|c| if matches!(c, 'i' | '1') { 'l' } else { c })
        .collect()
}

/// Whether `c` is a diacritic or a vowel point that is often omitted. Vowel signs of scripts that always write them are
/// kept.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whether `c` is a kana voicing mark, which makes ガ from カ.
const fn is_kana_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalike_names_are_alike() {
        for twin in [
            "MüIIer GmbH",
            "Mü\u{1c0}\u{1c0}er GmbH",
            "M\u{1e73}ller GmbH",
            "Müller GmbH.",
            "Müller-GmbH",
            "Muller GmbH",
            "Mueller GmbH",
            "MU11ER GMBH",
            "M\u{443}ller GmbH",
            "Mϋller GmbH",
            "Müller Grnbh",
            "Mü\u{ff4c}ler GmbH",
            "\u{1d40c}üller GmbH",
            "Mu\u{308}\u{323}ller GmbH",
        ] {
            let seen = compare(twin, "Müller GmbH");
            // A Cyrillic у looks like a y, not a u.
            let other = twin.contains('\u{443}');
            assert_eq!(seen, if other { Likeness::Other } else { Likeness::Alike }, "{twin}");
        }
        for (one, other) in [
            ("0range", "Orange"),
            ("vvinter", "Winter"),
            ("Ac\u{3f2}ent", "Accent"),
            ("\u{410}cme", "Acme"),
            ("Weiss", "Weiß"),
            ("modern", "modem"),
            ("Corp, Inc.", "Corp Inc"),
        ] {
            assert_eq!(compare(one, other), Likeness::Alike, "{one}");
        }
    }

    #[test]
    fn spellings_of_one_name_are_the_same() {
        for same in ["Mu\u{308}ller GmbH", "MÜLLER gmbh", "Müller GmbH"] {
            assert_eq!(compare(same, "Müller GmbH"), Likeness::Same, "{same}");
        }
    }

    #[test]
    fn different_names_are_not_alike() {
        for (one, other) in [
            ("Müller GmbH", "Möller GmbH & Co"),
            ("Müller", "Müller GmbH"),
            ("Acme", "Acne"),
            ("ガス", "カス"),
            ("कि", "की"),
            ("Газпром", "Газмром"),
            ("!!!", "???"),
            ("", "Acme"),
        ] {
            assert_eq!(compare(one, other), Likeness::Other, "{one} {other}");
        }
    }
}
