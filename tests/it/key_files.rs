//! The contractor's own keys in what was dropped: left out unless a person says that they are meant.

use crate::cli::{run_within, runtime};
use crate::support::stage::{Stage, done};
use daypass::model::problem::Kind;
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::{State, Upload, UploadNo};
use daypass::practice;
use daypass::words::problem::said;
use std::collections::BTreeSet;
use std::fs;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";

/// A folder with keys in it, by name and by content, and files that only look a little like them.
async fn with_keys() -> Stage {
    let stage = Stage::new(practice::Options::default()).await;
    for (name, content) in [
        ("a.txt", "hello"),
        ("Richard_accessKeys.csv", "no key in it"),
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
    // A key in a file of some length is not looked for.
    fs::write(stage.source.join("long.csv"), format!("{KEY}{}", "x".repeat(70_000))).expect("written");
    stage
}

const KEYS: [&str; 5] = [".aws/credentials", ".ssh/id_ed25519", "Richard_accessKeys.csv", "notes/env", "notes/key.pem"];

fn left_out(seen: &Snapshot) -> BTreeSet<String> {
    let held = |state: &State| matches!(state, State::Failed(why) if why.kind == Kind::KeyFile);
    seen.rows.iter().filter(|(_, row)| held(&row.state)).map(|(_, row)| row.key()).collect()
}

fn objects(stage: &Stage) -> BTreeSet<String> {
    stage.practice.objects().into_iter().map(|object| object.key.replace("incoming/source/", "")).collect()
}

#[tokio::test]
async fn keys_are_left_out_until_a_person_sends_them() {
    let stage = with_keys().await;
    let mut handle = stage.engine(stage.options()).await;
    let seen = stage.deliver(&mut handle).await;
    let keys: BTreeSet<String> = KEYS.iter().map(|key| format!("source/{key}")).collect();
    assert_eq!(left_out(&seen), keys);
    let plain = ["a.txt", "long.csv", "notes/about-keys.md"].map(str::to_owned).into();
    assert_eq!(objects(&stage), plain);
    // Neither the same folder again nor another try sends them.
    stage.add(&handle);
    handle.reached().await;
    let seen = done(&mut handle).await;
    assert_eq!((left_out(&seen), objects(&stage)), (keys, plain));
    let is_env = |row: &Upload| row.key() == "source/notes/env" && matches!(row.state, State::Failed(_));
    let env = seen.rows.iter().find(|(_, row)| is_env(row)).map(|(no, _)| no).expect("a row");
    handle.send(Command::SendKeyFile(env));
    handle.reached().await;
    let seen = done(&mut handle).await;
    assert!(matches!(seen.rows.get(env).map(|row| &row.state), Some(State::Delivered(_))));
    assert!(objects(&stage).contains("notes/env") && left_out(&seen).len() == KEYS.len() - 1);
    // What was not left out for that is not sent by it.
    handle.send(Command::SendKeyFile(UploadNo(0)));
    handle.reached().await;
    done(&mut handle).await;
    assert_eq!(objects(&stage).len(), 4);
}

#[test]
fn the_command_line_says_what_it_leaves_out_and_sends_it_when_told() {
    runtime().block_on(async {
        let stage = with_keys().await;
        let (code, out, beside) = run_within(stage.upload("importantproject").arg("source"), 30).await;
        assert_eq!(code, 1, "{out}{beside}");
        for key in KEYS {
            let line = format!("{} (source/{key}).", said(Kind::KeyFile).title);
            assert!(out.contains(&line), "{key}: {out}");
        }
        assert!(out.contains("--send-keys") && out.contains("3 of 8 files delivered"), "{out}");
        let (code, out, _) = run_within(stage.upload("importantproject").args(["--send-keys", "source"]), 30).await;
        assert!(out.contains("Delivered and verified: source/notes/env"), "{code} {out}");
        assert_eq!(objects(&stage).len(), 8);
    });
}
