//! The command line: parses arguments, runs the engine, and prints one line for each thing that happens.

mod args;
mod ask;
mod check;
mod destination;
mod grant;
mod practice;
mod profiles;
mod receipts;
mod report;
mod show;
mod upload;

use self::args::{Args, Verb};
use crate::engine::{process, protect};
use crate::words::cli as words;
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

/// Exit code: everything was delivered.
pub const ALL: u8 = 0;
/// Exit code: something was not delivered.
pub const SOME_NOT: u8 = 1;
/// Exit code: the command could not start.
pub const NOT_STARTED: u8 = 2;

/// Why a command could not start: a sentence, and what may help.
pub(crate) struct Stop {
    /// What is wrong.
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Stop {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    protect::no_core_dumps();
    protect::not_traced();
    let args = Args::parse();
    let runtime = match args.verb {
        // One thread for the network, plus those that read and print: more threads make each small file a quarter more
        // expensive by waking one another up, and one thread fills a connection of 10 Gbit/s.
        Verb::Upload(_) | Verb::Resume(_) => tokio::runtime::Builder::new_current_thread().enable_all().build(),
        Verb::Profiles(_)
        | Verb::Practice(_)
        | Verb::Verify(_)
        | Verb::Check(_)
        | Verb::Grant(_)
        | Verb::SignIn(_)
        | Verb::Report(_) => tokio::runtime::Builder::new_multi_thread().enable_all().build(),
    };
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(why) => return stopped(&Stop::new(words::no_runtime(&why.to_string()))),
    };
    let ended = runtime.block_on(async {
        tokio::select! {
            biased;
            ended = run(args.verb) => ended,
            signal = upload::asked_to_end_elsewhere() => Ok(signal.exit_code()),
        }
    });
    // A profile's command must not outlive the program.
    process::end_all();
    runtime.shutdown_background();
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(stop) => stopped(&stop),
    }
}

async fn run(verb: Verb) -> Result<u8, Stop> {
    match verb {
        Verb::Upload(upload) => upload::run(*upload).await,
        Verb::Check(check) => check::run(*check).await,
        Verb::Grant(grant) => grant::run(*grant).await,
        Verb::SignIn(sign_in) => check::sign_in(sign_in).await,
        Verb::Resume(resume) => upload::resume(resume).await,
        Verb::Verify(verify) => receipts::verify(&verify),
        Verb::Report(report) => report::run(&report),
        Verb::Profiles(listing) => profiles::run(listing).await,
        Verb::Practice(practice) => practice::run(practice).await,
    }
}

fn stopped(stop: &Stop) -> ExitCode {
    say_beside(&stop.sentence);
    if let Some(hint) = &stop.hint {
        say_beside("");
        say_beside(&format!("hint: {hint}"));
    }
    ExitCode::from(NOT_STARTED)
}

/// Prints a line on standard output. If the reader is gone, the line is lost: the uploads matter more.
pub(crate) fn say(line: &str) {
    let _gone = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints a line on standard error.
pub(crate) fn say_beside(line: &str) {
    let _gone = writeln!(std::io::stderr().lock(), "{line}");
}
