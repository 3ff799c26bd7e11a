//! Each rule as a function from one source to the places that break it.

use super::source::{Source, is_word, words};

/// A place that breaks a rule.
#[derive(Debug)]
pub struct Finding {
    /// Counted from 1.
    pub line: usize,
    /// What was found, and the rule.
    pub what: String,
}

/// Returns every place where a source breaks the rule.
pub type Rule = fn(&Source) -> Vec<Finding>;

fn finding(source: &Source, at: usize, what: impl Into<String>) -> Finding {
    Finding { line: source.line(at), what: what.into() }
}

/// Every file opens with a sentence of `//!`.
pub fn opening(source: &Source) -> Vec<Finding> {
    let first: Vec<&str> = source.text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
    let sentence = first.join(" ");
    if sentence.contains('.') { vec![] } else { vec![finding(source, 0, "no sentence of `//!` opens the file")] }
}

/// 500 lines at most.
pub fn length(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().count();
    if lines <= 500 { vec![] } else { vec![Finding { line: 501, what: format!("{lines} lines; the limit is 500") }] }
}

/// `model` is pure, `engine` has no window, `ui` has no network and no disk.
pub fn layers(source: &Source) -> Vec<Finding> {
    const WINDOW: [&str; 5] = ["egui", "eframe", "egui_extras", "rfd", "winit"];
    const WIRE: [&str; 7] = ["tokio", "rusqlite", "hyper", "hyper_util", "http", "http_body", "s3s"];
    const OUTSIDE: [&str; 5] = ["fs", "net", "thread", "process", "env"];
    const DEPENDENCIES: &str = include_str!("../../../Cargo.toml");
    let is_dependency = |root: &str| {
        DEPENDENCIES.lines().any(|line| line.split_once(" =").is_some_and(|(name, _)| name.replace('-', "_") == root))
    };
    let layer = source.path.strip_prefix("src/").and_then(|rest| rest.split(['/', '.']).next()).unwrap_or_default();
    let forbidden = |root: &str, next: &str| match layer {
        "model" => match root {
            "crate" => !["model", "time"].contains(&next),
            "std" => OUTSIDE.contains(&next),
            "serde" => false,
            _ => is_dependency(root),
        },
        "engine" => WINDOW.contains(&root) || (root == "crate" && next == "ui"),
        "ui" => root.starts_with("aws_") || WIRE.contains(&root) || (root == "std" && OUTSIDE.contains(&next)),
        _ => false,
    };
    let broken = source.paths().into_iter().filter(|(_, path)| {
        let (root, next) = path.split_once("::").expect("a path has two segments");
        forbidden(root, next)
    });
    broken.map(|(at, path)| finding(source, at, format!("`{path}` does not belong in {layer}"))).collect()
}

/// Nothing on the window's thread reads the disk or waits.
pub fn waiting(source: &Source) -> Vec<Finding> {
    const CALLS: [&str; 8] =
        ["is_dir", "is_file", "exists", "metadata", "read_dir", "canonicalize", "block_on", "blocking_recv"];
    if !source.path.starts_with("src/ui/") {
        return vec![];
    }
    let calls = words(&source.code).filter(|(at, word)| {
        CALLS.contains(word) && source.code[..*at].ends_with('.') && source.code[at + word.len()..].starts_with('(')
    });
    calls.map(|(at, word)| finding(source, at, format!("`{word}` blocks the window"))).collect()
}

/// The engine's loop never blocks: what reads the disk or blocks is a task, whose result comes back as an event.
pub fn blocking(source: &Source) -> Vec<Finding> {
    const CALLS: [&str; 12] = [
        "block_on",
        "blocking_recv",
        "blocking_send",
        "canonicalize",
        "exists",
        "is_dir",
        "is_file",
        "metadata",
        "read_dir",
        "read_to_string",
        "symlink_metadata",
        "wait_timeout",
    ];
    let in_loop = source.path == "src/engine/run.rs"
        || source.path == "src/engine/commit.rs"
        || source.path.starts_with("src/engine/run/");
    if !in_loop {
        return vec![];
    }
    let named = source.paths().into_iter().filter(|(_, path)| {
        let (root, next) = path.split_once("::").expect("a path has two segments");
        matches!(
            (root, next),
            ("std" | "tokio", "fs" | "net" | "process") | ("std", "thread") | ("rusqlite" | "rustix", _)
        ) || root == "profiles" && next != "Paths"
    });
    let named = named.map(|(at, path)| finding(source, at, format!("`{path}` may block every delivery")));
    let calls = words(&source.code).filter(|(at, word)| {
        CALLS.contains(word)
            && source.code[..*at].ends_with(['.', ':'])
            && source.code[at + word.len()..].starts_with('(')
    });
    let calls = calls.map(|(at, word)| finding(source, at, format!("`{word}` blocks every delivery")));
    named.chain(calls).collect()
}

/// Only the model makes an id of a destination from a position, or a position from an id; everyone else asks the snapshot.
pub fn destination_ids(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("src/") || source.path.starts_with("src/model/") || source.path.ends_with("/tests.rs") {
        return vec![];
    }
    let code = source.code.split("#[cfg(test)]").next().unwrap_or_default();
    let made = words(code).filter(|(at, word)| {
        let behind = &code[at + word.len()..];
        *word == "DestinationId"
            && (behind.starts_with('(') || code[..*at].ends_with("map(") && behind.starts_with(')'))
    });
    let made = made.map(|(at, _)| finding(source, at, "`DestinationId`: only the model makes an id; ask the snapshot"));
    let positions = code
        .match_indices("usize::from(")
        .filter(|(at, call)| code[at + call.len()..].split_once(')').is_some_and(|(of, _)| of.ends_with(".0")));
    let positions = positions.map(|(at, _)| finding(source, at, "an id is no position: ask the snapshot"));
    made.chain(positions).collect()
}

/// Errors are classified by their types, never by their texts.
pub fn error_texts(source: &Source) -> Vec<Finding> {
    let classifies = source.path.starts_with("src/engine/classify") || source.path == "src/engine/signin/line.rs";
    if !classifies || source.path.ends_with("/tests.rs") {
        return vec![];
    }
    let code = source.code.split("#[cfg(test)]").next().unwrap_or_default();
    let calls = words(code).filter(|(at, word)| {
        ["contains", "find", "split_once"].contains(word)
            && code[..*at].ends_with('.')
            && code[at + word.len()..].starts_with("(\"")
    });
    calls.map(|(at, word)| finding(source, at, format!("`{word}` classifies an error by its text"))).collect()
}

fn in_window(source: &Source) -> bool {
    source.path.starts_with("src/ui/") || source.path == "src/main.rs"
}

/// The theme defines the colors, and has font names that look like sentences.
fn in_theme(source: &Source) -> bool {
    source.path == "src/ui/theme.rs" || source.path.starts_with("src/ui/theme/")
}

/// Sizes, distances and paddings of the window are defined in `ui/theme`. Elsewhere only numbers up to 2 are allowed:
/// to halve, to double, for shares, or to move by a pixel. A line with `f64` is not about points.
pub fn sizes(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("src/ui/") || source.path.starts_with("src/ui/theme") {
        return vec![];
    }
    let mut broken = Vec::new();
    let mut begin = 0;
    for line in source.code.split_inclusive('\n') {
        let is_token = |c: char| is_word(c) || c == '.';
        let mut numbers = line.split(|c| !is_token(c)).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let large = numbers.find(|word| {
            let number = word.trim_end_matches("_f32").replace('_', "");
            number.contains('.') && number.parse::<f32>().is_ok_and(|number| number > 2.0)
        });
        let padding =
            ["Margin::same(", "Margin::symmetric(", "CornerRadius::same(", "Margin { "].into_iter().find(|name| {
                let rest = line.split_once(name).map(|(_, rest)| rest);
                rest.is_some_and(|rest| {
                    let args = rest.split([')', '}']).next().unwrap_or_default();
                    !args.contains("size::") && args.contains(|c: char| c.is_ascii_digit())
                })
            });
        if let Some(what) = large.filter(|_| !line.contains("f64")).or(padding) {
            broken.push(finding(source, begin, format!("`{what}`: sizes belong in ui/theme")));
        }
        begin += line.len();
    }
    broken
}

/// Colors are defined only in the theme.
pub fn colors(source: &Source) -> Vec<Finding> {
    if !in_window(source) || in_theme(source) {
        return vec![];
    }
    let why = "colors belong in ui/theme.rs";
    let mut broken = Vec::new();
    for (at, word) in words(&source.code) {
        let of_color = source.code[..at].ends_with("Color32::") && !["TRANSPARENT", "PLACEHOLDER"].contains(&word);
        let makes = ["from_rgb", "from_gray", "from_rgba_unmultiplied", "from_rgba_premultiplied", "hex_color"];
        if of_color || makes.contains(&word) {
            broken.push(finding(source, at, format!("`{word}`: {why}")));
        }
    }
    for (at, text) in &source.strings {
        let hex = text
            .strip_prefix('#')
            .is_some_and(|t| matches!(t.len(), 3 | 6 | 8) && t.bytes().all(|b| b.is_ascii_hexdigit()));
        if hex {
            broken.push(finding(source, *at, format!("\"{text}\": {why}")));
        }
    }
    broken
}

/// Sentences are defined in `words`: in the window's sources no text has two words and begins with a capital.
pub fn sentences(source: &Source) -> Vec<Finding> {
    if !in_window(source) || in_theme(source) {
        return vec![];
    }
    let sentence = |text: &str| {
        let text = text.replace("{}", " ");
        let mut words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
        words.next().is_some_and(|word| word.starts_with(char::is_uppercase)) && words.next().is_some()
    };
    let broken = source.strings.iter().filter(|(_, text)| sentence(text));
    broken.map(|(at, text)| finding(source, *at, format!("{text:?} is a sentence for `words`"))).collect()
}

/// Returns whether people read the texts of a source: `words`, `diagnose`, and the words of `grant` and `receipt`.
pub fn has_sentences(source: &Source) -> bool {
    const OF_ROOMS: [&str; 5] = [
        "src/grant/card.rs",
        "src/grant/terms.rs",
        "src/grant/words.rs",
        "src/receipt/messages.rs",
        "src/receipt/words.rs",
    ];
    ["src/words/", "src/diagnose/"].iter().any(|room| source.path.starts_with(room))
        || OF_ROOMS.contains(&source.path.as_str())
}

/// Texts for people have no alarming words.
pub fn calm(source: &Source) -> Vec<Finding> {
    if !has_sentences(source) {
        return vec![];
    }
    let harsh = |text: &str| {
        let spaced = format!(" {} ", text.to_lowercase().replace(|c: char| !is_word(c), " "));
        [" error ", " errors ", " invalid ", " failed to "].into_iter().find(|word| spaced.contains(word))
    };
    let broken = source.strings.iter().filter_map(|(at, text)| Some((*at, text, harsh(text)?)));
    broken.map(|(at, text, word)| finding(source, at, format!("{word:?} in {text:?}: say what is so"))).collect()
}

/// Apostrophes are curly in texts for people. The kit's files are ASCII, and are exempt.
pub fn apostrophes(source: &Source) -> Vec<Finding> {
    if !has_sentences(source) || source.path == "src/words/kit.rs" {
        return vec![];
    }
    let straight = |text: &str| {
        let letters = |(at, _): (usize, &str)| {
            text[..at].ends_with(char::is_alphabetic) && text[at + 1..].starts_with(char::is_alphabetic)
        };
        text.match_indices('\'').any(letters)
    };
    let broken = source.strings.iter().filter(|(_, text)| straight(text));
    broken.map(|(at, text)| finding(source, *at, format!("{text:?}: write ’ between letters"))).collect()
}

/// Only `engine/clock.rs` reads a clock; `practice`, the other end of the wire, may in one marked place.
pub fn clock(source: &Source) -> Vec<Finding> {
    const CLOCKS: [&str; 5] = ["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now"];
    if source.path == "src/engine/clock.rs" {
        return vec![];
    }
    let reads = words(&source.code).filter_map(|(at, word)| {
        let start = at.checked_sub(source.code[..at].rsplit(|c| !is_word(c) && c != ':').next()?.len())?;
        let name = CLOCKS.into_iter().find(|clock| word == "now" && source.code[start..at + 3].ends_with(clock))?;
        Some((at, name))
    });
    let marked = |at: usize| {
        let lines: Vec<&str> = source.code[..at].lines().rev().take(6).collect();
        source.path.starts_with("src/practice/")
            && lines.iter().any(|l| l.contains("#[expect(clippy::disallowed_methods"))
    };
    let mut places = 0;
    let broken = reads.filter(|(at, _)| {
        places += usize::from(marked(*at));
        !marked(*at) || places > 1
    });
    broken
        .map(|(at, name)| finding(source, at, format!("`{name}`: use engine/clock.rs, or pass the time in")))
        .collect()
}

/// Tests do not wait for time to pass: they advance a clock, or poll after at most 50 ms, written as a literal.
pub fn naps(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("tests/it/") {
        return vec![];
    }
    let short = |at: usize| {
        let (unit, number) = source.code[at..].strip_prefix("sleep(")?.split_once(')')?.0.rsplit_once('(')?;
        let number: u64 = number.replace('_', "").parse().ok()?;
        (unit.ends_with("Duration::from_millis") && number <= 50).then_some(number)
    };
    let naps = words(&source.code).filter(|(at, word)| {
        let called = source.code[at + word.len()..].starts_with('(');
        let driven = source.code[..*at].ends_with("clock.");
        matches!(*word, "sleep" | "sleep_ms" | "sleep_until" | "park_timeout")
            && called
            && !driven
            && short(*at).is_none()
    });
    naps.map(|(at, _)| finding(source, at, "a real wait of more than 50 ms; advance the clock instead")).collect()
}

/// Every channel is bounded, so that a slow receiver slows its sender.
pub fn channels(source: &Source) -> Vec<Finding> {
    let broken = words(&source.code).filter(|(at, word)| {
        let after = &source.code[at + word.len()..];
        let after = after
            .strip_prefix("::<")
            .and_then(|t| t.split_once(">("))
            .map_or(after, |(_, t)| &after[after.len() - t.len() - 1..]);
        let without_bound = after.starts_with("()") && !source.code[..*at].ends_with("oneshot::");
        word.starts_with("unbounded") || (*word == "channel" && without_bound)
    });
    broken.map(|(at, word)| finding(source, at, format!("`{word}` has no bound"))).collect()
}

/// Only `engine/log` writes log lines, because its types can't contain a secret.
pub fn logging(source: &Source) -> Vec<Finding> {
    if source.path == "src/engine/log.rs" || source.path.starts_with("src/engine/log/") {
        return vec![];
    }
    let named = words(&source.code).filter(|(_, word)| matches!(*word, "tracing" | "tracing_subscriber"));
    named.map(|(at, word)| finding(source, at, format!("`{word}` belongs only in engine/log"))).collect()
}

/// In the model, a match on one of its own enums has no `_` arm: a new variant must be decided on everywhere.
pub fn wild_arms(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("src/model/") {
        return vec![];
    }
    let mut broken = Vec::new();
    for (at, _) in words(&source.code).filter(|(_, word)| *word == "match") {
        let patterns = patterns(&source.code, at);
        let ours = patterns.iter().any(|(_, pattern)| names_variant(pattern));
        let wild = patterns.iter().filter(|(_, pattern)| {
            let pattern = pattern.split(" if ").next().unwrap_or_default();
            pattern.contains('_') && pattern.chars().all(|c| "_(),.| \n".contains(c))
        });
        broken.extend(wild.filter(|_| ours).map(|(at, _)| finding(source, *at, "name the variants instead of `_`")));
    }
    broken
}

/// Returns whether a pattern names a variant by its path, as `Kind::Offline`. Constants and `Ordering` do not count.
fn names_variant(pattern: &str) -> bool {
    words(pattern).any(|(at, word)| {
        let variant = word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
        let before = &pattern[..at];
        variant && before.ends_with("::") && !before.ends_with("Ordering::")
    })
}

/// Returns the patterns of the arms of the match that begins at `at`, with their offsets.
fn patterns(code: &str, at: usize) -> Vec<(usize, String)> {
    let Some(open) = opening_brace(code, at) else { return vec![] };
    let (mut all, mut depth, mut start, mut in_pattern, mut block) = (Vec::new(), 0_i32, open + 1, true, false);
    for (i, c) in code.char_indices().skip_while(|(i, _)| *i <= open) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' => depth -= 1,
            '}' if depth == 0 => break,
            '}' => {
                depth -= 1;
                if depth == 0 && !in_pattern && block {
                    (in_pattern, start) = (true, i + 1);
                }
            }
            '=' if depth == 0 && in_pattern && code[i..].starts_with("=>") => {
                let pattern = code[start..i].trim_start_matches([',', ' ', '\n']);
                all.push((i - pattern.len(), pattern.to_owned()));
                in_pattern = false;
                block = code[i + 2..].trim_start().starts_with('{');
            }
            ',' if depth == 0 && !in_pattern => (in_pattern, start) = (true, i + 1),
            _ => {}
        }
    }
    all
}

/// Returns the offset of the brace that opens the arms of the match at `at`: the first one outside of parentheses.
fn opening_brace(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0;
    for (i, c) in code[at..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at + i),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// No file names paths, hosts or tickets of the place where it was written: readers elsewhere can't follow them.
pub fn workplace(text: &str) -> Vec<Finding> {
    // In two halves, so that this file does not name them.
    const NAMES: [&str; 8] = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/fa", "rm/"),
        concat!(".lib", "rary"),
        concat!("crates", ".io/"),
        concat!("py", "pi.org"),
        concat!("deb", "ian.org"),
        concat!("npm", "js"),
    ];
    let ticket = |line: &str| {
        line.match_indices(concat!("iss", "ue ")).any(|(at, found)| {
            !line[..at].ends_with(is_word)
                && line[at + found.len()..].trim_start_matches('#').starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let named =
        |line: &str| NAMES.into_iter().find(|name| line.contains(name)).or(ticket(line).then_some("a ticket's number"));
    text.lines()
        .enumerate()
        .filter_map(|(i, line)| Some(Finding { line: i + 1, what: format!("names {:?}", named(line)?) }))
        .collect()
}
