//! Signals that ask the program to end.

/// A signal that asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Interrupt,
    /// SIGTERM, or the system's equivalent.
    Terminate,
    /// The terminal was closed, or the session ended.
    HangUp,
}

impl Signal {
    /// Returns the exit code that shells expect: 128 plus the signal's number.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::HangUp => 129,
        }
    }
}

/// Returns a future that waits for the first of these signals. As soon as this function is called, even before the
/// future is polled, they no longer end the program by themselves, and none is lost.
#[cfg(unix)]
pub fn asked_to_end() -> impl Future<Output = Signal> + Send {
    use tokio::signal::unix::{SignalKind, signal};
    async fn received(signal: Option<tokio::signal::unix::Signal>) {
        match signal {
            Some(mut signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    }
    let interrupt = signal(SignalKind::interrupt()).ok();
    let terminate = signal(SignalKind::terminate()).ok();
    // A program started under nohup keeps running after the terminal is closed.
    let hang_up = if hang_up_is_ignored() { None } else { signal(SignalKind::hangup()).ok() };
    async move {
        tokio::select! {
            () = received(interrupt) => Signal::Interrupt,
            () = received(terminate) => Signal::Terminate,
            () = received(hang_up) => Signal::HangUp,
        }
    }
}

/// Waits for Ctrl+C.
#[cfg(not(unix))]
pub async fn asked_to_end() -> Signal {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Signal::Interrupt
}

/// Whether the program was started with SIGHUP ignored (`SigIgn` in proc(5)).
#[cfg(target_os = "linux")]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// Other systems don't say, so SIGHUP keeps its default effect.
#[cfg(all(unix, not(target_os = "linux")))]
const fn hang_up_is_ignored() -> bool {
    true
}
