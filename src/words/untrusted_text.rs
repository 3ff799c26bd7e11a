//! Untrusted text for display: characters that would hide, reorder or control text are escaped.

/// Returns `text` with control, bidi and zero-width characters written as `\u{…}`, so that a name can neither control a
/// terminal nor disguise its real ending.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || crate::model::names::is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Returns the first word of a name that may be mistaken for another: it mixes alphabets with similar letters, or
/// consists only of non-Latin letters that look Latin, or contains letter forms for formulas and phonetics (Unicode
/// Technical Standard 39, "Confusable Detection").
#[must_use]
pub fn look_alike(name: &str) -> Option<&str> {
    name.split(|c: char| !c.is_alphanumeric()).find(|word| {
        let mut alphabets: Vec<Alphabet> = word.chars().filter_map(alphabet).collect();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        // Shorter words of other languages often consist of such letters only.
        let all_alike = letters > 2 && word.chars().filter(|c| c.is_alphabetic()).all(|c| LIKE_LATIN.contains(c));
        alphabets.sort_unstable();
        alphabets.dedup();
        alphabets.len() > 1 || alphabets.contains(&Alphabet::Odd) || all_alike
    })
}

/// Greek and Cyrillic letters that look like Latin ones.
const LIKE_LATIN: &str = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧικνορυАВЕЅІЈКМНОРСТУХҮҺԚԜаесіјорхуѕһүԁԛԝ";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    /// A letter form that is not used in names.
    Odd,
}

/// Returns the alphabet of a letter, if its letters look like those of another.
const fn alphabet(c: char) -> Option<Alphabet> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Some(Alphabet::Latin),
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Some(Alphabet::Greek),
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}' => Some(Alphabet::Cyrillic),
        '\u{531}'..='\u{58F}' => Some(Alphabet::Armenian),
        '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}' => Some(Alphabet::Cherokee),
        // Phonetic letters, mathematical, circled and fullwidth letters, Roman numerals.
        '\u{250}'..='\u{2AF}'
        | '\u{1D00}'..='\u{1DBF}'
        | '\u{2100}'..='\u{2188}'
        | '\u{2460}'..='\u{24FF}'
        | '\u{2C60}'..='\u{2C7F}'
        | '\u{A4D0}'..='\u{A4FF}'
        | '\u{A720}'..='\u{A7FF}'
        | '\u{FF21}'..='\u{FF5A}'
        | '\u{1D400}'..='\u{1D7FF}'
        | '\u{1F100}'..='\u{1F1FF}' => Some(Alphabet::Odd),
        _ => None,
    }
}
