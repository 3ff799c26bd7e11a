//! Foreign text as it may be shown: what would hide, reorder or command is written out.

/// `text` with control, bidi and zero-width characters written as `\u{…}`, so that a name can neither move a terminal's
/// cursor nor pretend to end otherwise than it does.
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

/// The first word of a name that may be read as another one: its letters are of several of the alphabets whose letters look
/// alike, or all of them look like Latin ones and are none, or they are forms made for formulas and phonetics
/// (Unicode Technical Standard 39, "Confusable Detection").
#[must_use]
pub fn look_alike(name: &str) -> Option<&str> {
    name.split(|c: char| !c.is_alphanumeric()).find(|word| {
        let mut alphabets: Vec<Alphabet> = word.chars().filter_map(alphabet).collect();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        // Shorter words of other languages are often made of such letters alone.
        let all_alike = letters > 2 && word.chars().filter(|c| c.is_alphabetic()).all(|c| LIKE_LATIN.contains(c));
        alphabets.sort_unstable();
        alphabets.dedup();
        alphabets.len() > 1 || alphabets.contains(&Alphabet::Odd) || all_alike
    })
}

/// Letters of Greek and Cyrillic that look like Latin ones.
const LIKE_LATIN: &str = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧικνορυАВЕЅІЈКМНОРСТУХҮҺԚԜаесіјорхуѕһүԁԛԝ";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    /// A form of a letter that no name is written in.
    Odd,
}

/// The alphabet of a letter, where it is one whose letters look like those of another.
const fn alphabet(c: char) -> Option<Alphabet> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Some(Alphabet::Latin),
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Some(Alphabet::Greek),
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}' => Some(Alphabet::Cyrillic),
        '\u{531}'..='\u{58F}' => Some(Alphabet::Armenian),
        '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}' => Some(Alphabet::Cherokee),
        // Phonetic letters, letters of formulas, in circles, of double width, Roman numerals.
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
