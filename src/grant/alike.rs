//! Whether a person may read one name as another, in whatever characters it is written.

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// How two names compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The same name, but for upper case and for Unicode's spellings of one letter.
    Same,
    /// Another name that looks like it.
    Alike,
    Other,
}

/// Compares two names by what a person sees: the skeletons of Unicode Technical Standard 39, "Confusable Detection", and
/// beyond them marks, case, punctuation and letters that are often written as two.
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

/// What a name looks like, as it is written and with its umlauts and ligatures written out.
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
    // The skeleton comes first: compatibility forms of some letters look like other letters than they do.
    let bare = |text: &str| {
        let text: String = skeleton(text).collect();
        let text: String = text.nfkd().filter(|&c| !is_mark(c)).collect();
        skeleton(&text).collect::<String>()
    };
    // Before the case is folded a capital I still looks like an l; afterwards an M still has to become what an m looks like.
    let shape = bare(&bare(name).to_lowercase()).to_lowercase().replace("vv", "w");
    shape
        .chars()
        .filter(|&c| (c.is_alphanumeric() || is_kana_mark(c)) && !is_mark(c))
        .map(|c| if matches!(c, 'i' | '1') { 'l' } else { c })
        .collect()
}

/// Marks above and below letters, and points that are often left out. Vowels of scripts that write them as marks stay.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The marks that make ガ of カ.
const fn is_kana_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_of_a_name_look_like_it() {
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
            // A Cyrillic у looks like a y, not like a u.
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
    fn other_names_stay_other() {
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
