//! Every test that the table of rules at the top of `src/lib.rs` names exists.

use super::source::{Source, sources};

/// Returns the paths in backticks in the last column of the table's rows.
fn named(page: &str) -> Vec<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"));
    let column = rows.filter_map(|row| row.rsplit(" | ").next());
    let quoted = column.flat_map(|column| column.split('`').skip(1).step_by(2));
    quoted.filter(|name| name.contains("::")).map(str::to_owned).collect()
}

/// Returns whether one of these files has a test or is a module of this path.
fn exists(sources: &[Source], path: &str) -> bool {
    // Folders of tests mirror those of the sources, so both may have a file of this name.
    let files = |module: &str| {
        let module = module.replace("::", "/");
        let paths = ["tests/it", "src"].map(|top| [format!("{top}/{module}.rs"), format!("{top}/{module}/mod.rs")]);
        sources.iter().filter(move |source| paths.as_flattened().contains(&source.path))
    };
    let (module, name) = path.rsplit_once("::").expect("a path has two segments");
    let test = format!("fn {name}(");
    let module = module.strip_suffix("::tests").unwrap_or(module);
    files(module).any(|source| source.text.contains(&test)) || files(path).next().is_some()
}

#[test]
fn every_test_in_the_table_of_rules_exists() {
    let sources = sources(&["src", "tests/it"]);
    let page = sources.iter().find(|source| source.path == "src/lib.rs").expect("the page is there");
    let named = named(&page.text);
    assert!(named.len() > 30, "the table was not found");
    let missing: Vec<_> = named.into_iter().filter(|path| !exists(&sources, path)).collect();
    assert!(missing.is_empty(), "src/lib.rs names tests that are not there: {missing:#?}");
}

#[test]
fn a_missing_test_is_found() {
    let page = "//! | A rule | `queue::a`, `queue::b` and `queue` |\n//! | [`time`] | the `time` |\n";
    assert_eq!(named(page), ["queue::a", "queue::b"]);
    let there =
        [Source::new("src/queue.rs", "fn b_helper() {}\n"), Source::new("tests/it/queue.rs", "#[test]\nfn a() {}\n")];
    assert!(exists(&there, "queue::a") && !exists(&there, "queue::b") && !exists(&there, "other::a"));
}
