//! Asks questions on the terminal, and for MFA codes while uploads run.

use super::{Stop, say_beside};
use crate::engine::handle::Handle;
use crate::engine::process::Consent;
use crate::model::RENEW_BEFORE;
use crate::model::destination::Destination;
use crate::model::problem::Kind;
use crate::model::session::Session;
use crate::model::snapshot::OpenDestination;
use crate::model::upload::DestinationId;
use crate::time::Time;
use crate::words::access as words;
use crate::words::cli;
use crate::words::problem::sentence;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// The capacity for a typed line, in bytes.
pub(super) const LINE: usize = 256;

/// Whether there is a terminal to ask questions on.
pub(super) fn terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn line(prompt: String) -> JoinHandle<Option<Zeroizing<String>>> {
    tokio::task::spawn_blocking(move || {
        let mut beside = std::io::stderr().lock();
        let _gone = write!(beside, "{prompt}").and_then(|()| beside.flush());
        drop(beside);
        // A typed line doesn't outgrow the capacity, so no copy of a code stays behind.
        let mut text = Zeroizing::new(String::with_capacity(LINE));
        let read = std::io::stdin().lock().read_line(&mut text).ok()?;
        (read > 0).then_some(text)
    })
}

/// Asks a yes-or-no question; the answer is no by default, and if nobody can be asked.
pub(super) async fn yes(question: &str) -> bool {
    if !terminal() {
        return false;
    }
    let answer = line(format!("{question} [y/N] ")).await.ok().flatten();
    answer.is_some_and(|answer| matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Returns the code for a destination: the one from the arguments, or else from the terminal or standard input.
///
/// # Errors
///
/// A message if the input is not six digits, or there is none.
pub(super) async fn first_code(
    destination: &Destination,
    given: Option<Zeroizing<String>>,
) -> Result<Option<Zeroizing<String>>, Stop> {
    if let Some(text) = given {
        return digits(&text).map(Some).ok_or_else(|| Stop::new(words::not_a_code().to_owned()));
    }
    if destination.mfa_serial.is_none() {
        return Ok(None);
    }
    let none = || Stop::new(cli::no_code()).hint(cli::see_help());
    if terminal() {
        return code(&words::code(destination, "")).await.map(Some).ok_or_else(none);
    }
    say_beside(cli::code_wanted());
    let read = tokio::task::spawn_blocking(|| {
        let mut line = Zeroizing::new(String::with_capacity(LINE));
        std::io::stdin().read_line(&mut line).map(|_length| line)
    });
    let line = read.await.ok().and_then(Result::ok).filter(|line| !line.trim().is_empty()).ok_or_else(none)?;
    digits(&line).map(Some).ok_or_else(|| Stop::new(words::not_a_code().to_owned()))
}

/// Asks for how long a command may run; returns `None` if it may not, or if nobody can be asked.
pub(super) async fn consent(question: &str) -> Option<Consent> {
    if !terminal() {
        return None;
    }
    let answer = line(question.to_owned()).await.ok().flatten()?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" | "this time" => Some(Consent::ThisRun),
        "a" | "always" => Some(Consent::Always),
        _ => None,
    }
}

/// Asks until six digits are typed; returns `None` at the end of input.
pub(super) async fn code(prompt: &str) -> Option<Zeroizing<String>> {
    while terminal() {
        let text = line(prompt.to_owned()).await.ok().flatten()?;
        match digits(&text) {
            Some(code) => return Some(code),
            None => say_beside(words::not_a_code()),
        }
    }
    None
}

/// Returns the six digits of a code, which may be typed with spaces or hyphens between them.
pub(super) fn digits(text: &str) -> Option<Zeroizing<String>> {
    let mut code = Zeroizing::new(String::with_capacity(text.len()));
    code.extend(text.chars().filter(|c| !c.is_whitespace() && *c != '-'));
    (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

/// Asks for codes while uploads run, one question at a time.
pub(super) struct Codes {
    open: bool,
    asked: Option<(DestinationId, JoinHandle<Option<Zeroizing<String>>>)>,
}

impl Codes {
    pub(super) fn new() -> Self {
        Self { open: terminal(), asked: None }
    }

    /// Whether a question is open, so that the uploads are not finished yet.
    pub(super) const fn asking(&self) -> bool {
        self.asked.is_some()
    }

    /// Hands over a code that was typed, and asks for the next one that is needed.
    pub(super) async fn look(&mut self, handle: &Handle, places: &[DestinationId]) {
        if let Some((id, answer)) = self.asked.take_if(|(_, answer)| answer.is_finished()) {
            let Some(text) = answer.await.ok().flatten() else {
                self.open = false;
                return;
            };
            match digits(&text) {
                Some(code) => {
                    handle.get_access(id, code);
                    handle.reached().await;
                }
                None => say_beside(words::not_a_code()),
            }
        }
        if !self.open || self.asked.is_some() {
            return;
        }
        let (seen, now) = (handle.seen(), handle.now());
        for &id in places {
            let Some(place) = seen.destination(id) else { continue };
            if let Some(why) = needed(place, now) {
                self.asked = Some((id, line(words::code(&place.destination, &why))));
                return;
            }
        }
    }
}

/// Returns why a code is needed now; `None` if none is.
fn needed(place: &OpenDestination, now: Time) -> Option<String> {
    if place.destination.mfa_serial.is_none() || place.is_asking() || place.is_retrying() {
        return None;
    }
    let refused = |kind: Kind| matches!(kind, Kind::CodeNeeded | Kind::CodeWrong);
    match &place.session {
        Session::Denied(why) if refused(why.kind) => {
            Some(if why.kind == Kind::CodeWrong { sentence(why) } else { String::new() })
        }
        Session::Denied(_) | Session::SignedOut | Session::Assuming(_) => None,
        Session::Active(grant) if grant.ends.since(now) > RENEW_BEFORE.min(grant.length / 4) => None,
        Session::Active(_) | Session::Expired(_) if place.totals.open() == 0 => None,
        Session::Active(_) | Session::Expired(_) => match &place.renew_problem {
            Some(why) if !refused(why.kind) => None,
            Some(why) if why.kind == Kind::CodeWrong => Some(sentence(why)),
            Some(_) | None => Some(words::code_before_end().to_owned()),
        },
    }
}
