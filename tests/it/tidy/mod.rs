//! The rules of the architecture that no compiler enforces, checked in the sources. Each finding names file and line.

mod copies;
mod glossary;
mod rooms;
mod rule_table;
mod rules;
mod source;

use rules::{Finding, Rule};
use source::{Source, relative, sources, walk};
use std::fs;
use std::path::Path;

/// Fails with every place that breaks the rule.
fn check(folders: &[&str], rule: Rule) {
    let sources = sources(folders);
    assert!(sources.len() > 10, "the sources were not found");
    let broken: Vec<String> = sources
        .iter()
        .flat_map(|source| rule(source).into_iter().map(|f| format!("{}:{}: {}", source.path, f.line, f.what)))
        .collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn every_file_opens_with_a_sentence() {
    check(&["src", "tests"], rules::opening);
}

#[test]
fn no_file_is_longer_than_500_lines() {
    check(&["src", "tests"], rules::length);
}

#[test]
fn layers_import_only_what_is_allowed() {
    check(&["src"], rules::layers);
}

#[test]
fn each_room_imports_only_the_rooms_below_it() {
    check(&["src"], rooms::arrows);
}

#[test]
fn no_import_cycle_spans_many_files() {
    let found = rooms::rings(&sources(&["src"]));
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_window_never_reads_the_disk_or_blocks() {
    check(&["src"], rules::waiting);
}

#[test]
fn the_engine_loop_never_reads_the_disk_or_blocks() {
    check(&["src"], rules::blocking);
}

#[test]
fn errors_are_classified_by_their_types() {
    check(&["src"], rules::error_texts);
}

#[test]
fn only_the_model_makes_ids_of_destinations() {
    check(&["src"], rules::destination_ids);
}

#[test]
fn colors_are_defined_only_in_the_theme() {
    check(&["src"], rules::colors);
}

#[test]
fn sizes_are_defined_only_in_the_theme() {
    check(&["src"], rules::sizes);
}

#[test]
fn sentences_are_defined_only_in_words() {
    check(&["src"], rules::sentences);
}

#[test]
fn words_are_calm() {
    check(&["src"], rules::calm);
}

#[test]
fn apostrophes_are_curly_in_words() {
    check(&["src"], rules::apostrophes);
}

#[test]
fn only_the_engine_clock_reads_the_time() {
    check(&["src"], rules::clock);
}

#[test]
fn no_test_sleeps_for_long() {
    check(&["tests"], rules::naps);
}

#[test]
fn every_channel_is_bounded() {
    check(&["src"], rules::channels);
}

#[test]
fn only_the_log_module_writes_log_lines() {
    check(&["src"], rules::logging);
}

#[test]
fn the_model_matches_every_variant_by_name() {
    check(&["src"], rules::wild_arms);
}

#[test]
fn no_file_names_another_machine() {
    let mut files = Vec::new();
    walk(Path::new(env!("CARGO_MANIFEST_DIR")), &mut files);
    // Third-party texts are exempt.
    files.retain(|file| !relative(file).contains("LICENSE") && !file.ends_with("Cargo.lock"));
    let mut broken = Vec::new();
    for file in &files {
        // Skip binary files (fonts, pictures).
        let Ok(text) = fs::read_to_string(file) else { continue };
        let path = relative(file);
        broken.extend(rules::workplace(&text).into_iter().map(|f| format!("{path}:{}: {}", f.line, f.what)));
    }
    assert!(files.iter().any(|file| file.ends_with("Cargo.toml")), "the files were not found");
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// A rule, a path, a file that breaks the rule in its last line, and a similar file that keeps it.
const PLANTED: &[(Rule, &str, &str, &str)] = &[
    (rules::opening, "src/a.rs", "use std::fmt;", "//! What it does.\n\nuse std::fmt;"),
    (rules::opening, "src/a.rs", "//!", "//! One sentence\n//! on two lines.\n"),
    (rules::layers, "src/model/a.rs", "\nuse tokio::time;", "use serde::Serialize;\nuse super::names::Bucket;"),
    (rules::layers, "src/model/a.rs", "\nuse std::fs;", "use std::fmt;\n// use std::fs;"),
    (rules::layers, "src/model/a.rs", "\nuse crate::{engine::Handle, time::Time};", "use crate::time::Time;"),
    (rules::layers, "src/model/a.rs", "\nlet a = std::thread::sleep(b);", "let a = \"std::thread::sleep\";"),
    (
        rules::layers,
        "src/model/a.rs",
        "use std::{\nfmt, net::IpAddr};",
        "#[cfg(test)]\nmod tests {\nuse proptest::x;\n}",
    ),
    (rules::layers, "src/engine/a.rs", "fn a(b: &egui::Ui) {}", "fn a(b: &aws_sdk_s3::Client) {}"),
    (rules::layers, "src/ui/a.rs", "\nuse aws_sdk_sts::Client;", "use egui::Ui;\nuse crate::model::Model;"),
    (rules::layers, "src/ui/a.rs", "\nuse std::fs::File;", "use std::path::Path;"),
    (rules::waiting, "src/ui/a.rs", "\nif path.is_dir() {}", "//if path.is_dir() {}"),
    (rules::waiting, "src/ui/a.rs", "\nruntime.block_on(x)", "let block_on_top = 1;"),
    (rules::blocking, "src/engine/run.rs", "\nlet a = std::fs::metadata;", "let a = std::time::Duration::ZERO;"),
    (rules::blocking, "src/engine/run/a.rs", "\nprofiles::read(&paths);", "profiles::Paths { a, b }"),
    (rules::blocking, "src/engine/run/a.rs", "\nif path.is_file() {}", "if self.is_filed() {}"),
    (rules::blocking, "src/engine/commit.rs", "\nruntime.block_on(a)", "// runtime.block_on(a)"),
    (rules::destination_ids, "src/ui/a.rs", "\nlet a = DestinationId(at);", "fn a(id: DestinationId) {}"),
    (rules::destination_ids, "src/cli/a.rs", "\nlet a = ats.map(DestinationId);", "let a: Vec<DestinationId> = b;"),
    (rules::destination_ids, "src/ui/a.rs", "\nplaces.get(usize::from(id.0));", "seen.destination(id);"),
    (rules::error_texts, "src/engine/classify.rs", "\nwhy.to_string().contains(\"dns\")", "kinds.contains(&kind)"),
    (rules::error_texts, "src/engine/signin/line.rs", "\ntext.find(\"TLS\")", "list.find(|a| a.b)"),
    (rules::colors, "src/ui/a.rs", "\nlet a = Color32::from_rgb(1, 2, 3);", "let a = Color32::TRANSPARENT;"),
    (rules::colors, "src/ui/a.rs", "\nlet a = Color32::RED;", "// Color32::RED"),
    (rules::colors, "src/ui/a.rs", "\nlet a = \"#12734A\";", "let a = \"#\";"),
    (rules::sizes, "src/ui/a.rs", "\nui.add_space(8.0);", "ui.add_space(gap::TEXT / 2.0 - 0.5); // 8.0"),
    (rules::sizes, "src/ui/a.rs", "\nlet at = vec2(2.0, 14.5);", "let rate: f64 = 1_000_000.0;"),
    (rules::sizes, "src/ui/a.rs", "\nMargin::symmetric(12, 9)", "Margin::ZERO"),
    (rules::sizes, "src/ui/a.rs", "\nMargin { left: 26, ..Margin::ZERO }", "CornerRadius::same(size::CARD)"),
    (rules::sentences, "src/ui/a.rs", "\nui.label(\"Get access\");", "ui.label(words::GET_ACCESS);"),
    (
        rules::sentences,
        "src/ui/a.rs",
        "\nlet a = 'a'; b(r#\"Say \"no\" now\"#);",
        "/// \"Two words\"\nlet id = \"Inter\";",
    ),
    (rules::sentences, "src/ui/a.rs", "\nformat!(\"{} Files left\", 2)", "#[cfg(test)]\nmod t { a(\"Get access\"); }"),
    (rules::calm, "src/words/a.rs", "\nlet a = \"An error came.\";", "let a = \"The terror.\"; // an error"),
    (rules::calm, "src/words/a.rs", "\nlet a = \"Failed to read it.\";", "let a = \"1 file failed.\";"),
    (rules::apostrophes, "src/words/a.rs", "\nlet a = \"It can't be.\";", "let a = \"It can’t be 'so'.\"; // it's"),
    (rules::apostrophes, "src/words/a.rs", "\nlet a = \"The role's\";", "let a: &'static str = \"arn\";"),
    (rules::clock, "src/model/a.rs", "\nlet a = Instant::now();", "let a: Instant = b;"),
    (rules::clock, "src/practice/mod.rs", "\nlet a = SystemTime::now();", PRACTICE_CLOCK),
    (rules::clock, "src/practice/mod.rs", PRACTICE_TWO_CLOCKS, PRACTICE_CLOCK),
    (rules::clock, "src/ui/a.rs", "\njiff::Zoned::now()", "now()"),
    (
        rules::naps,
        "tests/it/a.rs",
        "\nsleep(Duration::from_millis(51)).await;",
        "sleep(Duration::from_millis(50)).await;",
    ),
    (
        rules::naps,
        "tests/it/a.rs",
        "\nstd::thread::sleep(std::time::Duration::from_secs(1));",
        "clock.sleep(left).await;",
    ),
    (rules::naps, "tests/it/a.rs", "\ntokio::time::sleep(A_WHILE).await;", "asleep(A_WHILE);"),
    (rules::naps, "tests/it/a.rs", "\nsleep(Duration::from_millis(9 + dice.roll(9)));", "sleeps(9);"),
    (rules::naps, "tests/it/a.rs", "\nthread::park_timeout(Duration::from_millis(9));", "thread::park();"),
    (rules::channels, "src/engine/a.rs", "\nlet a = mpsc::unbounded_channel();", "let a = mpsc::channel(9);"),
    (rules::channels, "src/engine/a.rs", "\nlet a = mpsc::channel();", "let a = oneshot::channel();"),
    (rules::channels, "src/engine/a.rs", "\nlet a = channel::<Event>();", "let a = watch::channel::<u8>(0);"),
    (rules::logging, "src/engine/a.rs", "\ntracing::info!(\"{secret}\");", "log.event(&event); // tracing"),
    (rules::logging, "src/cli/a.rs", "\nuse tracing_subscriber::fmt;", "use crate::engine::log::Log;"),
    (
        rules::wild_arms,
        "src/model/a.rs",
        "match a {\nKind::Offline => 1,\n_ => 2 }",
        "match a {\n'a' => 1,\n_ => 2,\n}",
    ),
    (
        rules::wild_arms,
        "src/model/a.rs",
        "match a { (Self::Sent, b) => { c(|_| d) }\n_ => 2 }",
        "match (a, b) { (\"x\", 1) => 1, _ => 2 }",
    ),
    (
        rules::wild_arms,
        "src/model/a.rs",
        "match (a, b) { (Kind::Offline, Kind::Busy) => 2,\n(_, _) => 3 }",
        "match a { Kind::Offline(_) => 2, Kind::Busy { .. } => 3 }",
    ),
    (
        rules::wild_arms,
        "src/model/a.rs",
        "match a { Kind::Busy => f(1),\n_ if b => 2 }",
        "match a.cmp(&b) { Ordering::Less => 1, _ => 2 }",
    ),
];

const PRACTICE_CLOCK: &str = "#[expect(clippy::disallowed_methods, reason = \"…\")]\nlet a = Instant::now();";
const PRACTICE_TWO_CLOCKS: &str =
    "#[expect(clippy::disallowed_methods, reason = \"…\")]\nlet a = Instant::now();\nlet b = Instant::now();";

#[test]
fn each_rule_finds_its_violations() {
    for (i, (rule, path, wrong, right)) in PLANTED.iter().enumerate() {
        let found = rule(&Source::new(path, wrong));
        let lines: Vec<usize> = found.iter().map(|f| f.line).collect();
        assert_eq!(lines, [wrong.lines().count()], "number {i}, {path}: {wrong}\n{found:?}");
        let found: Vec<Finding> = rule(&Source::new(path, right));
        assert!(found.is_empty(), "number {i}, {path}: {right}\n{found:?}");
    }
    let long = "//! Long.\n".repeat(501);
    assert_eq!(rules::length(&Source::new("src/a.rs", &long)).len(), 1);
    assert!(rules::length(&Source::new("src/a.rs", &long[..long.len() - 1].replacen('\n', "", 1))).is_empty());
}

#[test]
fn names_of_the_workplace_are_found() {
    for wrong in [concat!("in /wo", "rk/main"), concat!("see iss", "ue 12"), concat!("https://py", "pi.org/x")] {
        assert_eq!(
            rules::workplace(&format!("one\n{wrong}\n")).iter().map(|f| f.line).collect::<Vec<_>>(),
            [2],
            "{wrong}"
        );
    }
    assert!(rules::workplace("issues of work, in a tissue 3 thick\n").is_empty());
}
