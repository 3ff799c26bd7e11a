//! The real command line: what it prints, word for word, and how it ends.

use crate::support::stage::Stage;
use daypass::practice::{self, Mfa};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

async fn run(mut command: Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("the command line runs");
    (status.code().expect("an exit of its own"), steady(&stdout), steady(&stderr))
}

/// Output without what differs from run to run: times, ids, lengths of time.
fn steady(output: &[u8]) -> String {
    let text = String::from_utf8(output.to_vec()).expect("text");
    let lines = text.lines().map(|line| {
        if let Some((_, as_whom)) = line.strip_prefix("Access until ").and_then(|line| line.split_once(" left)")) {
            return format!("Access until TIME{as_whom}");
        }
        if let Some((details, _)) = line.split_once(" · request ") {
            return format!("{details} · request ID");
        }
        match line.rsplit_once(" in ") {
            Some((counts, took)) if took.ends_with('.') && line.contains("delivered") => format!("{counts} in TIME."),
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
