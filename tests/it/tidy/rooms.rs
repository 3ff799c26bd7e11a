//! Which room may import which, and import cycles of files inside a room.

use super::rules::Finding;
use super::source::{Source, is_word, words};
use std::collections::{BTreeMap, BTreeSet};

/// Every room with the rooms that it may import: only those below it, so no cycle can form. `lib.rs` has the diagram.
pub const ROOMS: &[(&str, &[&str])] = &[
    ("time", &[]),
    ("model", &["time"]),
    ("policy", &["model", "time"]),
    ("practice", &["time"]),
    ("engine", &["model", "policy", "time"]),
    ("words", &["model", "time"]),
    ("grant", &["model", "policy", "time", "words"]),
    ("diagnose", &["model", "policy", "time", "words"]),
    ("receipt", &["engine", "model", "time", "words"]),
    ("report", &["engine", "model", "time", "words"]),
    ("ui", &["diagnose", "engine", "grant", "model", "receipt", "time", "words"]),
    ("save_files", &["ui"]),
    ("window", &["engine", "grant", "model", "practice", "receipt", "report", "save_files", "time", "ui", "words"]),
    ("cli", &["diagnose", "engine", "grant", "model", "practice", "receipt", "report", "time", "words"]),
    ("bin", &["cli"]),
    ("main", &["engine", "ui", "window", "words"]),
    ("lib", &[]),
];

/// The largest allowed import cycle inside a room, in files.
pub const RING: usize = 3;

/// Returns the imports that the table doesn't allow. The programs import the library by the crate's name.
pub fn arrows(source: &Source) -> Vec<Finding> {
    let Some(room) = source.path.strip_prefix("src/").and_then(|rest| rest.split(['/', '.']).next()) else {
        return vec![];
    };
    let Some((_, below)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![Finding { line: 1, what: format!("the room `{room}` is missing from the table") }];
    };
    let is_room = |name: &str| ROOMS.iter().any(|(room, _)| *room == name);
    let imports = source.paths().into_iter().filter_map(|(at, path)| {
        let (root, next) = path.split_once("::")?;
        let up = matches!(root, "crate" | "daypass") && is_room(next) && next != room && !below.contains(&next);
        up.then(|| Finding { line: source.line(at), what: format!("`{room}` may not import `{next}`") })
    });
    imports.collect()
}

/// Returns the import cycles of more than [`RING`] files, each with its imports.
pub fn rings(sources: &[Source]) -> Vec<String> {
    let modules: BTreeMap<Vec<&str>, &Source> =
        sources.iter().filter_map(|source| Some((module(&source.path)?, source))).collect();
    let imports: BTreeMap<&Vec<&str>, BTreeSet<Vec<&str>>> = modules
        .iter()
        .map(|(name, source)| {
            let found = full_paths(&source.code).into_iter().filter_map(|path| resolve(&modules, name, &path));
            // A module and its submodules count as one: they may use each other.
            (name, found.filter(|other| !other.starts_with(name) && !name.starts_with(other)).collect())
        })
        .collect();
    let reach = |from: &Vec<&str>| {
        let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
        let mut next: Vec<Vec<&str>> = imports[from].iter().cloned().collect();
        while let Some(one) = next.pop() {
            if seen.insert(one.clone()) {
                next.extend(imports[&one].iter().cloned());
            }
        }
        seen
    };
    let reached: BTreeMap<&Vec<&str>, BTreeSet<Vec<&str>>> = modules.keys().map(|name| (name, reach(name))).collect();
    let mut told: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut rings = Vec::new();
    for (name, others) in &reached {
        let ring: Vec<&Vec<&str>> =
            modules.keys().filter(|other| others.contains(*other) && reached[*other].contains(*name)).collect();
        if ring.len() <= RING || told.contains(*name) {
            continue;
        }
        told.extend(ring.iter().map(|&member| member.clone()));
        let ties: Vec<String> = ring
            .iter()
            .flat_map(|from| {
                imports[*from].iter().filter(|to| ring.contains(to)).map(|to| (from.join("::"), to.join("::")))
            })
            .map(|(from, to)| format!("{from} -> {to}"))
            .collect();
        rings.push(format!("{} files: {}", ring.len(), ties.join(", ")));
    }
    rings
}

/// Returns the module of a path: `a::b` for `src/a/b.rs`, `a` for `src/a/mod.rs`.
fn module(path: &str) -> Option<Vec<&str>> {
    let path = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    Some(path.strip_suffix("/mod").unwrap_or(path).split('/').collect())
}

/// Resolves a path from inside `from` to a module: the longest prefix that is one.
fn resolve<'a>(modules: &BTreeMap<Vec<&'a str>, &Source>, from: &[&'a str], path: &[&'a str]) -> Option<Vec<&'a str>> {
    let mut at = match *path.first()? {
        "crate" => vec![],
        "self" => from.to_vec(),
        _ => from[..from.len() - 1].to_vec(),
    };
    for segment in &path[1..] {
        let mut inner = at.clone();
        inner.push(segment);
        if *segment == "super" {
            at.pop();
        } else if modules.contains_key(&inner) {
            at = inner;
        } else {
            break;
        }
    }
    modules.contains_key(&at).then_some(at)
}

/// Returns every path in the code that begins with `crate`, `super` or `self`, with one path per member of a group.
fn full_paths(code: &str) -> Vec<Vec<&str>> {
    let mut all = Vec::new();
    for (at, word) in words(code) {
        let inside = code[..at].trim_end().ends_with("::");
        if matches!(word, "crate" | "super" | "self") && !inside {
            branch(&code[at..], &mut Vec::new(), &mut all);
        }
    }
    all
}

/// Follows one path to its end and returns what comes after it.
fn branch<'a>(code: &'a str, path: &mut Vec<&'a str>, all: &mut Vec<Vec<&'a str>>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            let before = rest.trim_start();
            if let Some(after) = before.strip_prefix('}') {
                return after;
            }
            let after = branch(before, &mut path.clone(), all).trim_start();
            rest = after.strip_prefix(',').unwrap_or(after);
            if rest.len() == before.len() {
                return rest;
            }
        }
    }
    let end = code.find(|c: char| !is_word(c)).unwrap_or(code.len());
    let (segment, rest) = code.split_at(end);
    if segment.is_empty() {
        all.push(path.clone());
        // A glob, or an alias.
        return code.strip_prefix('*').unwrap_or(code);
    }
    path.push(segment);
    if let Some(rest) = rest.strip_prefix("::") {
        return branch(rest, path, all);
    }
    all.push(path.clone());
    let alias = rest.trim_start().strip_prefix("as ").map(str::trim_start);
    alias.map_or(rest, |alias| alias.trim_start_matches(is_word))
}

#[test]
fn the_table_of_rooms_has_no_cycle() {
    for (at, (room, below)) in ROOMS.iter().enumerate() {
        for other in *below {
            assert!(
                ROOMS[..at].iter().any(|(name, _)| name == other),
                "`{room}` imports `{other}`, which is not below it"
            );
        }
    }
}

#[test]
fn forbidden_imports_and_cycles_are_found() {
    for (room, below) in ROOMS.iter().filter(|(room, _)| *room != "lib") {
        for (other, _) in ROOMS.iter().filter(|(other, _)| other != room && !matches!(*other, "lib" | "bin" | "main")) {
            for path in [format!("use crate::{other}::X;"), format!("use crate::{{time, {other}::X}};")] {
                let found = arrows(&Source::new(&format!("src/{room}/a.rs"), &path));
                let expected = usize::from(!below.contains(other))
                    + usize::from(
                        path.contains("{time") && *other != "time" && *room != "time" && !below.contains(&"time"),
                    );
                let time_twice = path.contains("{time") && *other == "time" && !below.contains(&"time");
                assert_eq!(found.len(), expected + usize::from(time_twice), "{room}: {path}");
            }
        }
    }
    assert_eq!(arrows(&Source::new("src/attic/a.rs", "use crate::time::Utc;")).len(), 1, "a room outside the table");
    let ring = |last: &str| {
        let files =
            [("a", "use super::b::B;"), ("b", "use crate::model::c;"), ("c", "use super::{d::D, e};"), ("d", last)];
        let mut sources: Vec<Source> =
            files.iter().map(|(name, code)| Source::new(&format!("src/model/{name}.rs"), code)).collect();
        sources.push(Source::new("src/model/e.rs", "//! It imports nobody."));
        sources.push(Source::new("src/model/mod.rs", "mod a;"));
        rings(&sources)
    };
    assert_eq!(ring("fn f(a: super::a::A) {}").len(), 1);
    assert!(ring("use super::e::{self, E as F};").is_empty());
    assert!(ring("use super::c::C;").is_empty(), "two files may need each other");
}
