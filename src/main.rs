//! The program with the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use clap::Parser;
use daypass::engine::http::HttpOptions;
use daypass::engine::{process, protect};
use daypass::ui::shell;
use daypass::window::{App, Start};
use daypass::words::{cli, window as words};
use std::path::PathBuf;
use std::process::ExitCode;

/// Deliver files into a customer's S3 bucket through a role that may only put.
#[derive(Parser)]
#[command(name = "daypass", version, about)]
struct WindowArgs {
    /// Begin with the practice bucket: everything is inside, nothing else to set up.
    #[arg(long)]
    practice: bool,
    /// Another server in the place of AWS: for tests. The window shows it.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// Yes, --endpoint-url may lead over plain http to another computer: access and files can be read on the way.
    #[arg(long, requires = "endpoint_url")]
    plain_http: bool,
    /// Certificates to trust besides the system's.
    #[arg(long, value_name = "PEM")]
    ca_bundle: Option<PathBuf>,
    /// An invitation: a .daypass file, or a daypass: link.
    #[arg(value_name = "INVITATION")]
    invitation: Option<String>,
}

fn main() -> ExitCode {
    protect::no_core_dumps();
    let args = WindowArgs::parse();
    let wire = HttpOptions { endpoint_url: args.endpoint_url, ca_bundle: args.ca_bundle, plain_http: args.plain_http };
    if let Some(server) = wire.in_the_clear().filter(|_| !wire.plain_http) {
        let said = format!("{} {}", cli::plain_http_refused(server), cli::how_to_allow_plain_http());
        return stopped(&words::not_started(&said));
    }
    let start = Start { wire, invitation: args.invitation, practice: args.practice };
    let app = match App::start(start) {
        Ok(Some(app)) => app,
        Ok(None) => return said(words::OPEN_ALREADY),
        Err(problem) => return stopped(&words::not_started(&cli::problem_and_reason(&problem))),
    };
    app.end_when_asked();
    let options = shell::ShellOptions { place: app.window_place() };
    let shown = app.clone();
    let ended = shell::run(
        move |wake| {
            shown.on_wake(wake);
            shown
        },
        options,
    );
    app.stop();
    process::end_all();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => stopped(&sentence),
    }
}

/// Prints a message, in case there is a terminal; a person sees the other window.
#[expect(clippy::print_stdout, reason = "there is no window to say it in")]
fn said(sentence: &str) -> ExitCode {
    println!("{sentence}");
    ExitCode::SUCCESS
}

/// Reports why there is no window: on the terminal and, on Windows, in a message box.
#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn stopped(sentence: &str) -> ExitCode {
    eprintln!("{sentence}");
    if cfg!(windows) {
        let _shown = rfd::MessageDialog::new().set_title("Daypass").set_description(sentence).show();
    }
    ExitCode::from(2)
}
