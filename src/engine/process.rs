//! Runs a profile's `credential_process`, which the user must have allowed, with limits on its time and output.

use super::clock::Clock;
use super::credentials::{Given, SourceKeys};
use super::secret_string::SecretString;
use crate::model::command_problem::CommandProblem;
use crate::model::problem::{Detail, Kind, Problem};
use crate::time::Utc;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

/// How long a command may take; it may ask the user something in a window of its own.
pub const LIMIT: Duration = Duration::from_mins(1);
/// How long to read on after a command has ended, if a child of it keeps the output open.
const AFTER: Duration = Duration::from_secs(1);
/// The most bytes of output that are accepted.
pub const MOST: usize = 64 << 10;

/// How long a user's consent to a command lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Until Daypass ends.
    ThisRun,
    /// In later runs too, until the user revokes it.
    Always,
}

/// Returns the problem of a command that was not run or gave no key. It never contains the command's output, which may
/// hold secrets.
pub(super) fn refused(why: CommandProblem, clock: &Clock) -> Problem {
    let (call, code) = ("credential_process".into(), why.code().into());
    let detail = Detail { call, code, at: clock.utc(), ..Detail::default() };
    Problem::with(Kind::ProcessRefused, detail)
}

/// The output of a command (AWS CLI, "Sourcing credentials with an external process").
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: SecretString,
    secret_access_key: SecretString,
    session_token: Option<SecretString>,
    expiration: Option<String>,
}

/// Runs the command and reads the key it prints. The command has no input, and its standard error is discarded.
///
/// # Errors
///
/// `ProcessRefused` with a code for what happened; `SourceEnded` if the key has expired already.
pub(super) async fn run(command: &str, limit: Duration, clock: &Clock) -> Result<Given, Problem> {
    let mut child = shell(command).spawn().map_err(|_why| refused(CommandProblem::NotStarted, clock))?;
    let group = ProcessGroup::of(&child);
    let lifeline = child.stdin.take();
    let read = tokio::time::timeout(limit, output(&mut child)).await;
    let (bytes, ended_well) = match read {
        Ok(Ok(done)) => done,
        Ok(Err(why)) => {
            drop(group);
            let _gone = child.kill().await;
            return Err(refused(why, clock));
        }
        Err(_late) => {
            drop(group);
            let _gone = child.kill().await;
            return Err(refused(CommandProblem::TooLong, clock));
        }
    };
    group.release();
    if let Some(mut lifeline) = lifeline {
        // The command succeeded: what it left running stays.
        let _gone = lifeline.write_all(b"\n").await;
    }
    if !ended_well {
        return Err(refused(CommandProblem::EndedWithACode, clock));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let printed: Printed = serde_json::from_slice(bytes).map_err(|_why| refused(CommandProblem::NotTheForm, clock))?;
    if printed.version != 1 || printed.access_key_id.is_empty() || printed.secret_access_key.is_empty() {
        return Err(refused(CommandProblem::NotTheForm, clock));
    }
    let moment = |text: &String| text.parse::<jiff::Timestamp>().ok().map(|at| Utc(at.as_second()));
    let ends = match printed.expiration.as_ref() {
        Some(text) => Some(moment(text).ok_or_else(|| refused(CommandProblem::NotTheForm, clock))?),
        None => None,
    };
    if ends.is_some_and(|ends| ends <= clock.utc()) {
        return Err(Problem::new(Kind::SourceEnded));
    }
    let keys = SourceKeys {
        access_key_id: printed.access_key_id.to_string(),
        secret: printed.secret_access_key.into_inner(),
        token: printed.session_token.filter(|token| !token.is_empty()).map(SecretString::into_inner),
    };
    Ok(Given { keys, ends })
}

/// Returns what the command wrote, and whether it ended successfully.
async fn output(child: &mut Child) -> Result<(Zeroizing<Vec<u8>>, bool), CommandProblem> {
    let mut pipe = child.stdout.take().ok_or(CommandProblem::NotStarted)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST + 1));
    let status = tokio::select! {
        read = fill(&mut pipe, &mut bytes) => {
            read?;
            child.wait().await
        }
        ended = child.wait() => {
            // What the command left running may hold the output open forever.
            if let Ok(read) = tokio::time::timeout(AFTER, fill(&mut pipe, &mut bytes)).await {
                read?;
            }
            ended
        }
    };
    Ok((bytes, status.map_err(|_why| CommandProblem::NotStarted)?.success()))
}

/// Reads until the end; more than [`MOST`] bytes are an error.
async fn fill(pipe: &mut (impl AsyncRead + Unpin), bytes: &mut Zeroizing<Vec<u8>>) -> Result<(), CommandProblem> {
    loop {
        // The buffer never grows, so no copy of a secret stays behind.
        let room = (MOST + 1).saturating_sub(bytes.len());
        if room == 0 {
            return Err(CommandProblem::TooMuch);
        }
        let mut part = pipe.take(room as u64);
        match part.read_buf(&mut **bytes).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(_why) => return Err(CommandProblem::NotStarted),
        }
    }
}

/// Runs its first argument. A background process waits for a line on standard input, the other end of which this
/// program holds, and kills the whole process group if the input ends without one: so the command ends with this
/// program, however this program ends. The command itself has no input.
#[cfg(unix)]
const WATCHED: &str = "exec 3<&0 </dev/null; { read -r _ <&3 || kill -KILL 0; } >/dev/null 2>&1 & exec 3<&-; \
     exec /bin/sh -c \"$1\"";

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(WATCHED).arg("sh").arg(command).process_group(0);
    let mut shell = quiet(shell);
    shell.stdin(Stdio::piped());
    shell
}

/// Keeps a console window from opening (Microsoft, "Process creation flags").
#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    // Passed verbatim, since cmd.exe has quoting rules of its own.
    shell.arg("/C").raw_arg(command).creation_flags(CREATE_NO_WINDOW);
    quiet(shell)
}

fn quiet(mut shell: Command) -> Command {
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    shell
}

/// The running commands, by the ids of their process groups.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn running() -> MutexGuard<'static, BTreeSet<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running command with everything it started; dropping it kills all of it.
struct ProcessGroup(Option<u32>);

impl ProcessGroup {
    fn of(child: &Child) -> Self {
        let id = child.id();
        running().extend(id);
        Self(id)
    }

    /// Stops tracking a command that has ended; what it left running stays.
    fn release(mut self) {
        if let Some(id) = self.0.take() {
            running().remove(&id);
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(id) = self.0.take()
            && running().remove(&id)
        {
            end(id);
        }
    }
}

/// Kills every running command: once the program ends, nobody reads what they would print.
pub fn end_all() {
    let ids = std::mem::take(&mut *running());
    ids.into_iter().for_each(end);
}

#[cfg(unix)]
fn end(id: u32) {
    if let Some(group) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
        let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(windows)]
fn end(id: u32) {
    use std::os::windows::process::CommandExt as _;
    let mut kill = std::process::Command::new("taskkill.exe");
    kill.args(["/T", "/F", "/PID", &id.to_string()]).creation_flags(CREATE_NO_WINDOW);
    let _gone = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
