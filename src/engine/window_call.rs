//! A second Daypass calls the window of the first over a local socket, and hands it an invitation.
//!
//! On Unix the socket lies in the journal's folder, which is its owner's alone. On Windows it is a named pipe, which others may not
//! write to unless its maker says so. Whoever holds the journal's lock is the only one who makes it, so what a crash left there is
//! removed.

use interprocess::local_socket::tokio::{Stream, prelude::*};
use interprocess::local_socket::{GenericFilePath, ListenerOptions, Name};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

/// The socket's file.
#[cfg(not(windows))]
const SOCKET: &str = "window.sock";
/// The most bytes of a path that the system takes as an address; longer ones are reached through the open folder.
#[cfg(target_os = "linux")]
const LONGEST_PATH: usize = 107;
/// The most bytes of a call.
const LONGEST: u64 = 256 << 10;
/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the first Daypass may take to begin to listen, and then to answer.
const ANSWER: Duration = Duration::from_secs(3);
/// How long a caller waits before it knocks again.
const KNOCK: Duration = Duration::from_millis(100);
/// Callers that are heard at a time.
const CALLERS: usize = 8;
/// What follows a call that was heard.
const HEARD: &[u8] = b"heard\n";

/// What a window that is open already is called with: an invitation, a file's path or a link, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowCall(pub Option<String>);

/// Where the first Daypass listens.
struct Address {
    path: PathBuf,
    /// Held while the path leads through it.
    #[cfg(target_os = "linux")]
    _folder: Option<std::fs::File>,
}

impl Address {
    #[cfg(target_os = "linux")]
    fn of(dir: &Path) -> io::Result<Self> {
        use std::os::fd::AsRawFd as _;
        let path = dir.join(SOCKET);
        if path.as_os_str().len() <= LONGEST_PATH {
            return Ok(Self { path, _folder: None });
        }
        let folder = std::fs::File::open(dir)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd()));
        Ok(Self { path, _folder: Some(folder) })
    }

    #[cfg(not(any(target_os = "linux", windows)))]
    #[expect(clippy::unnecessary_wraps, reason = "on Linux the folder may have to be opened")]
    fn of(dir: &Path) -> io::Result<Self> {
        Ok(Self { path: dir.join(SOCKET) })
    }

    /// Pipes have one folder for all, so the name tells whose journal is meant.
    #[cfg(windows)]
    #[expect(clippy::unnecessary_wraps, reason = "on Linux the folder may have to be opened")]
    fn of(dir: &Path) -> io::Result<Self> {
        let journal = super::credentials::fingerprint(&dir.to_string_lossy().to_lowercase());
        Ok(Self { path: PathBuf::from(format!(r"\\.\pipe\daypass-{journal}")) })
    }

    fn name(&self) -> io::Result<Name<'_>> {
        self.path.as_path().to_fs_name::<GenericFilePath>()
    }
}

/// Calls the window of the Daypass whose journal lies in `dir`; whether it was heard. The command line does not listen.
pub(super) async fn call(dir: &Path, call: &WindowCall) -> bool {
    call_within(ANSWER, dir, call).await
}

async fn call_within(answer: Duration, dir: &Path, call: &WindowCall) -> bool {
    let calling = async {
        loop {
            match ask(dir, call).await {
                Ok(()) => return,
                // It may be about to listen.
                Err(_not_yet) => tokio::time::sleep(KNOCK).await,
            }
        }
    };
    tokio::time::timeout(answer, calling).await.is_ok()
}

async fn ask(dir: &Path, call: &WindowCall) -> io::Result<()> {
    let address = Address::of(dir)?;
    let stream = Stream::connect(address.name()?).await?;
    let mut line = serde_json::to_vec(&call.0)?;
    line.push(b'\n');
    let mut answer = [0; HEARD.len()];
    (&stream).write_all(&line).await?;
    (&stream).read_exact(&mut answer).await?;
    if answer == HEARD { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// Hears calls until it is dropped.
#[derive(Debug)]
pub struct WindowCalls {
    calls: mpsc::Receiver<WindowCall>,
    listening: AbortHandle,
}

impl WindowCalls {
    /// Begins to listen in the folder of a journal whose lock is held. It blocks, and has to be called within a runtime.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn listen(dir: &Path) -> io::Result<Self> {
        let address = Address::of(dir)?;
        // What a Daypass left that ended in a crash, or in order.
        #[cfg(not(windows))]
        let _nothing_there = std::fs::remove_file(&address.path);
        let listener = ListenerOptions::new().name(address.name()?).reclaim_name(false).create_tokio()?;
        let (heard, calls) = mpsc::channel(CALLERS);
        let listening = tokio::spawn(async move {
            let callers = Arc::new(Semaphore::new(CALLERS));
            loop {
                let Ok(permit) = Arc::clone(&callers).acquire_owned().await else { return };
                let Ok(stream) = listener.accept().await else {
                    // Too many files are open, say.
                    tokio::time::sleep(PATIENCE).await;
                    continue;
                };
                let heard = heard.clone();
                tokio::spawn(async move {
                    let _permit = permit;
                    // Whoever says nothing, or nonsense, is hung up on.
                    let _hung_up = tokio::time::timeout(PATIENCE, hear(&stream, &heard)).await;
                });
            }
        });
        Ok(Self { calls, listening: listening.abort_handle() })
    }

    /// Waits for the next call.
    pub async fn next(&mut self) -> Option<WindowCall> {
        self.calls.recv().await
    }
}

impl Drop for WindowCalls {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Takes one call in and answers it.
async fn hear(stream: &Stream, heard: &mpsc::Sender<WindowCall>) -> io::Result<()> {
    let mut line = Vec::new();
    BufReader::new(stream).take(LONGEST).read_until(b'\n', &mut line).await?;
    if line.pop() != Some(b'\n') {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let call = WindowCall(serde_json::from_slice(&line)?);
    heard.send(call).await.map_err(|_ended| io::ErrorKind::BrokenPipe)?;
    let mut stream = stream;
    stream.write_all(HEARD).await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn raw(dir: &Path, bytes: &[u8]) -> Vec<u8> {
        let address = Address::of(dir).expect("an address");
        let stream = Stream::connect(address.name().expect("a name")).await.expect("it listens");
        // The listener may close the connection while more is written.
        let _hung_up = (&stream).write_all(bytes).await;
        let _hung_up = (&stream).shutdown().await;
        let mut answer = Vec::new();
        let _hung_up = (&stream).read_to_end(&mut answer).await;
        answer
    }

    #[tokio::test]
    async fn a_call_arrives_and_is_answered() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut calls = WindowCalls::listen(dir.path()).expect("it listens");
        for said in [None, Some("daypass:v1?role=x".to_owned()), Some("/a \"b\"\n.daypass".to_owned())] {
            assert!(call(dir.path(), &WindowCall(said.clone())).await, "{said:?}");
            assert_eq!(calls.next().await, Some(WindowCall(said)));
        }
    }

    #[tokio::test]
    async fn invalid_calls_get_no_answer_and_harm_no_others() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut calls = WindowCalls::listen(dir.path()).expect("it listens");
        let too_long = [b"\"", vec![b'a'; 1 << 20].as_slice(), b"\"\n"].concat();
        for odd in [
            &b""[..],
            b"\n",
            b"null",
            b"\"half",
            b"GET / HTTP/1.1\r\n\r\n",
            b"{\"a\":1}\n",
            b"[null]\n",
            b"\"\xff\xfe\"\n",
            b"\0\0\0\0\n",
            &too_long,
        ] {
            assert_eq!(raw(dir.path(), odd).await, b"", "{:?}", String::from_utf8_lossy(&odd[..odd.len().min(20)]));
        }
        // Silent callers do not block others for long.
        let address = Address::of(dir.path()).expect("an address");
        let mut silent = Vec::new();
        for _ in 0..CALLERS {
            silent.push(Stream::connect(address.name().expect("a name")).await.expect("it listens"));
        }
        assert!(call(dir.path(), &WindowCall::default()).await);
        assert_eq!(calls.next().await, Some(WindowCall::default()), "none of the others was taken for a call");
    }

    #[tokio::test]
    async fn a_socket_left_by_a_crash_blocks_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        // Nothing removes the socket, as after a crash.
        drop(WindowCalls::listen(dir.path()).expect("it listens"));
        assert!(ask(dir.path(), &WindowCall::default()).await.is_err(), "nobody listens");
        let mut calls = WindowCalls::listen(dir.path()).expect("it listens again");
        assert!(call(dir.path(), &WindowCall::default()).await);
        assert_eq!(calls.next().await, Some(WindowCall::default()));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn listening_works_in_a_folder_with_a_long_name() {
        let dir = tempfile::tempdir().expect("a folder");
        let long = dir.path().join("a".repeat(120)).join("b".repeat(120));
        std::fs::create_dir_all(&long).expect("a folder");
        if cfg!(target_os = "linux") {
            let mut calls = WindowCalls::listen(&long).expect("it listens");
            assert!(call(&long, &WindowCall::default()).await);
            assert_eq!(calls.next().await, Some(WindowCall::default()));
        } else {
            WindowCalls::listen(&long).expect_err("the system takes no such address");
        }
    }

    #[tokio::test]
    async fn a_call_fails_if_nobody_listens() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(!call_within(Duration::from_millis(30), dir.path(), &WindowCall::default()).await);
    }
}
