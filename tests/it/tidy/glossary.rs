//! One word for each thing: the words that `docs/glossary.md` rules out stand in no sentence that a person reads.

use super::copies::plain;
use super::rules::{Finding, has_sentences};
use super::source::{Source, sources};

const PAGE: &str = include_str!("../../../docs/glossary.md");

/// A row of the table.
#[derive(Debug)]
struct Row {
    terms: Vec<Vec<String>>,
    /// The words that are not used for it.
    others: Vec<Vec<String>>,
}

/// Returns the rows of the page's table.
fn rows(page: &str) -> Vec<Row> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    let list = |cell: &str| cell.split(',').map(tokens).filter(|words| !words.is_empty()).collect::<Vec<_>>();
    lines
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let [terms, _, others] = cells[..] else { return None };
            (terms.trim() != "Term").then(|| Row { terms: list(terms), others: list(others) })
        })
        .collect()
}

/// Returns the words of a text in lower case. What is put in and what stands in backticks gives an empty word, so that
/// no words are read across it.
fn tokens(text: &str) -> Vec<String> {
    let mut open = text.to_owned();
    for (from, to) in [('`', '`'), ('{', '}')] {
        while let Some(start) = open.find(from) {
            let Some(length) = open[start + 1..].find(to) else { break };
            open.replace_range(start..start + length + 2, " \u{0} ");
        }
    }
    let within = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '’' | '\u{0}');
    let words = open.split(|c: char| !within(c)).map(|word| word.trim_matches(['-', '\u{0}']).to_lowercase());
    let kept: Vec<&str> = open.split(|c: char| !within(c)).collect();
    words.zip(kept).filter(|(word, whole)| !word.is_empty() || whole.contains('\u{0}')).map(|(word, _)| word).collect()
}

/// Where these words begin in the text, one after the other.
fn places(text: &[String], words: &[String]) -> Vec<usize> {
    text.windows(words.len()).enumerate().filter(|(_, window)| *window == words).map(|(at, _)| at).collect()
}

/// Returns the words in the text that are not used, each with the term to use.
fn ruled_out(rows: &[Row], text: &str) -> Vec<String> {
    let mut text = tokens(text);
    if text.iter().filter(|word| word.contains(char::is_alphabetic)).count() < 2 {
        return vec![];
    }
    for term in rows.iter().flat_map(|row| &row.terms).filter(|term| term.len() > 1) {
        for at in places(&text, term) {
            text[at..at + term.len()].fill(String::new());
        }
    }
    let found = rows.iter().flat_map(|row| row.others.iter().map(move |other| (row, other)));
    found
        .filter(|(_, other)| !places(&text, other).is_empty())
        .map(|(row, other)| format!("“{}”: say “{}”", other.join(" "), row.terms[0].join(" ")))
        .collect()
}

fn findings(rows: &[Row], source: &Source) -> Vec<Finding> {
    if !has_sentences(source) {
        return vec![];
    }
    let each = |(at, text): &(usize, String)| {
        let line = source.line(*at);
        let found = ruled_out(rows, &plain(text)).into_iter();
        found.map(|what| Finding { line, what: format!("{what} in {text:?}") }).collect::<Vec<_>>()
    };
    source.strings.iter().flat_map(each).collect()
}

#[test]
fn each_thing_has_one_word() {
    let rows = rows(PAGE);
    assert!(rows.len() > 20 && rows.iter().all(|row| !row.terms.is_empty()), "the table was not found: {rows:?}");
    let found: Vec<String> = sources(&["src"])
        .iter()
        .flat_map(|source| {
            findings(&rows, source).into_iter().map(|f| format!("{}:{}: {}", source.path, f.line, f.what))
        })
        .collect();
    assert!(found.is_empty(), "docs/glossary.md has another word for it:\n{}", found.join("\n"));
}

#[test]
fn another_word_for_a_term_is_found() {
    let page = "# A page\n\n| Term | Means | Not |\n|---|---|---|\n| folder | a folder | directory |\n| directory bucket | \
                a bucket | |\n| remove, clear | out of a list | take out, taken out |\n";
    let rows = rows(page);
    assert_eq!(rows.len(), 3);
    for (text, count) in [
        ("Choose a Directory.", 1),
        ("Files were \\\n    taken out, and the directory too.", 2),
        ("This is a directory bucket.", 0),
        ("Run `mkdir directory` there.", 0),
        ("Take {count} out, or take. Out!", 1),
        ("Take {count} out.", 0),
        ("The directory_name is a setting.", 0),
        ("directory", 0),
        ("It was removed from the folder.", 0),
    ] {
        let literal = format!("const A: &str = \"{text}\"; // taken out of the directory");
        let found = findings(&rows, &Source::new("src/words/a.rs", &literal));
        assert_eq!(found.len(), count, "{text}: {found:?}");
        assert!(findings(&rows, &Source::new("src/engine/a.rs", &literal)).is_empty());
    }
}
