//! Tests that the contractor's own keys are left out unless a person sends them.

use crate::cli::upload::{run_within, runtime};
use crate::support::stage::{Stage, done};
use daypass::model::problem::Kind;
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::{State, Upload, UploadId};
use daypass::practice;
use daypass::words::problem::said;
use std::collections::BTreeSet;
use std::fs;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";

/// A folder with keys in it, by name and by content, and files that only look a little like them.
async fn with_keys() -> Stage {
    let stage = Stage::new(practice::PracticeOptions::default()).await;
    for (name, content) in [
        ("a.txt", "hello"),
        ("Richard_accessKeys.csv", "nothing secret"),
        (".aws/credentials", "[default]\n"),
        (".ssh/id_ed25519", "x"),
        ("notes/env", KEY),
        ("notes/key.pem", "-----BEGIN PRIVATE KEY-----\nMIIE\n"),
        ("notes/about-keys.md", "AKIAIOSFODNN7EXAMPLE is an example"),
    ] {
        let path = stage.source.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("written");
    }
    // Keys are searched for at the beginning of a file, however it is sent.
    fs::write(stage.source.join("late.csv"), format!("{}{KEY}", "x".repeat(70_000))).expect("written");
    fs::write(stage.source.join("long.csv"), format!("{KEY}{}", "x".repeat(70_000))).expect("written");
    fs::write(stage.source.join("dump.sql"), format!("{KEY}{}", "x".repeat(9_000_000))).expect("written");
    stage
}

const KEYS: [&str; 7] = [
    ".aws/credentials",
    ".ssh/id_ed25519",
    "Richard_accessKeys.csv",
    "dump.sql",
    "long.csv",
    "notes/env",
    "notes/key.pem",
];

fn left_out(seen: &Snapshot) -> BTreeSet<String> {
    let held = |state: &State| matches!(state, State::Failed(why) if why.kind == Kind::KeyFile);
    seen.rows.iter().filter(|(_, row)| held(&row.state)).map(|(_, row)| row.key()).collect()
}

/// Returns the left-out row of this file.
fn row(seen: &Snapshot, name: &str) -> (UploadId, Upload) {
    let held = |row: &Upload| &*row.name == name && matches!(row.state, State::Failed(_));
    let found = seen.rows.iter().find(|(_, row)| held(row)).expect("a row");
    (found.0, found.1.clone())
}

fn objects(stage: &Stage) -> BTreeSet<String> {
    stage.practice.objects().into_iter().map(|object| object.key.replace("incoming/source/", "")).collect()
}

#[tokio::test]
async fn key_files_are_left_out_until_a_person_sends_them() {
    let stage = with_keys().await;
    let mut handle = stage.engine(stage.options()).await;
    let seen = stage.deliver(&mut handle).await;
    let keys: BTreeSet<String> = KEYS.iter().map(|key| format!("source/{key}")).collect();
    assert_eq!(left_out(&seen), keys);
    let plain = ["a.txt", "late.csv", "notes/about-keys.md"].map(str::to_owned).into();
    assert_eq!(objects(&stage), plain);
    // Neither adding the folder again nor a retry sends them.
    stage.add(&handle);
    handle.reached().await;
    let seen = done(&mut handle).await;
    assert_eq!((left_out(&seen), objects(&stage)), (keys, plain));
    let totals = seen.destinations[0].totals;
    assert_eq!((totals.key_files, totals.failed, totals.open()), (KEYS.len() as u64, 0, 0));
    let dump = row(&seen, "dump.sql").0;
    let env = row(&seen, "env").0;
    handle.send(Command::SendKeyFile(env));
    handle.reached().await;
    let seen = done(&mut handle).await;
    assert!(matches!(seen.rows.get(env).map(|row| &row.state), Some(State::Delivered(_))));
    assert!(objects(&stage).contains("notes/env") && left_out(&seen).len() == KEYS.len() - 1);
    handle.send(Command::SendKeyFile(dump));
    handle.reached().await;
    let seen = done(&mut handle).await;
    assert!(matches!(seen.rows.get(dump).map(|row| &row.state), Some(State::Delivered(_))));
    assert_eq!(seen.destinations[0].totals.key_files, KEYS.len() as u64 - 2);
    // It does not send files that were left out for other reasons.
    handle.send(Command::SendKeyFile(UploadId(0)));
    handle.reached().await;
    done(&mut handle).await;
    assert_eq!(objects(&stage).len(), 5);
}

#[test]
fn the_command_line_reports_left_out_keys_and_sends_them_on_request() {
    runtime().block_on(async {
        let stage = with_keys().await;
        let (code, out, beside) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!(code, 1, "{out}{beside}");
        for key in KEYS {
            let line = format!("{} (source/{key}).", said(Kind::KeyFile).title);
            assert!(out.contains(&line), "{key}: {out}");
        }
        assert!(out.contains("--send-keys") && out.contains("3 of 10 files delivered, 7 left out"), "{out}");
        // The JSON event reports it as left out, too, and `resume` has nothing to do.
        let (code, out, beside) = run_within(stage.upload("importantproject").args(["--json", "source"]), 30).await;
        let left_out = out.lines().filter(|line| line.contains("\"event\":\"left out\"")).count();
        assert_eq!((code, left_out), (1, KEYS.len()), "{out}{beside}");
        assert!(out.contains("\"failed\":0") && !out.contains("\"event\":\"failed\""), "{out}");
        let (code, out, _) = run_within(stage.upload("importantproject").args(["--send-keys", "source"]), 30).await;
        assert!(out.contains("Delivered and verified: source/notes/env"), "{code} {out}");
        assert_eq!(objects(&stage).len(), 10);
    });
}
