//! Sentences for people are defined in `words` and the like. Tests refer to them instead of copying them.

use super::rules::has_sentences;
use super::source::{Source, sources};

/// The least number of words in a sentence.
const WORDS: usize = 4;

/// Returns the pieces of a text between its placeholders, each without surrounding punctuation.
fn pieces(text: &str) -> impl Iterator<Item = String> {
    let text = plain(text);
    let mut pieces = vec![String::new()];
    let mut inside = false;
    for c in text.chars() {
        match c {
            '{' => inside = true,
            '}' => {
                inside = false;
                pieces.push(String::new());
            }
            c if !inside => pieces.last_mut().expect("there is one").push(c),
            _ => {}
        }
    }
    pieces.into_iter().map(|piece| piece.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()).filter(|p| long(p))
}

/// Returns the text of a literal, with continued lines joined and escapes resolved.
pub fn plain(literal: &str) -> String {
    let mut lines = literal.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let text = lines.fold(first, |text, line| text + line.trim_start());
    text.replace("\\n", "\n").replace("\\\"", "\"")
}

fn long(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count() >= WORDS
}

/// Returns the literals of a test that contain a piece of a sentence or are part of one.
fn copies(sentences: &[String], test: &Source) -> Vec<String> {
    let copied = |text: &str| {
        let whole = plain(text);
        long(&whole)
            && (sentences.iter().any(|sentence| whole.contains(sentence))
                || pieces(text).any(|piece| sentences.iter().any(|sentence| sentence.contains(&piece))))
    };
    let found = test.strings.iter().filter(|(_, text)| copied(text));
    found
        .map(|(at, text)| format!("{}:{}: {:?} is defined in `words`", test.path, test.line(*at), plain(text)))
        .collect()
}

#[test]
fn no_test_copies_a_sentence() {
    let sentences: Vec<String> = sources(&["src"])
        .iter()
        .filter(|source| has_sentences(source))
        .flat_map(|source| source.strings.iter().flat_map(|(_, text)| pieces(text)).collect::<Vec<_>>())
        .collect();
    assert!(sentences.len() > 500, "the sentences were not found");
    let found: Vec<String> = sources(&["tests/it"])
        .iter()
        .filter(|test| !test.path.starts_with("tests/it/tidy/"))
        .flat_map(|test| copies(&sentences, test))
        .collect();
    assert!(found.is_empty(), "use the constant or the function instead:\n{}", found.join("\n"));
}

#[test]
fn a_copied_sentence_is_found() {
    let words = Source::new("src/words/a.rs", "f(\"The disk is full. {why} Free some \\\n   space on it.\")");
    let sentences: Vec<String> = words.strings.iter().flat_map(|(_, text)| pieces(text)).collect();
    assert_eq!(sentences, ["The disk is full", "Free some space on it"]);
    for (test, copied) in [
        ("says(\"The disk is full.\")", true),
        ("says(\"Stopped: The disk is full. More.\")", true),
        ("says(\"Free some space on\")", true),
        ("says(&format!(\"{} Free some space on it. {}\", 1, 2))", true),
        ("says(\"disk is full\")", false),
        ("says(words::FULL) // The disk is full.", false),
    ] {
        assert_eq!(copies(&sentences, &Source::new("tests/it/a.rs", test)).len(), usize::from(copied), "{test}");
    }
}
