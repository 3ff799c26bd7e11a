//! The way of a line from where it arises to the disk: a bounded queue, and a thread that writes.

use super::file::LogFiles;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::oneshot;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that may wait for the disk; more are dropped and counted.
const LINES: usize = 4096;
/// How long [`Queue::flush`] waits for the disk.
const PATIENCE: Duration = Duration::from_secs(1);

enum QueueMessage {
    Line(Box<[u8]>),
    Flush(oneshot::Sender<()>),
}

/// Where lines wait to be written. Copies are the same queue; the thread ends with the last of them.
#[derive(Clone)]
pub(super) struct Queue {
    to: SyncSender<QueueMessage>,
    dropped: Arc<AtomicU64>,
}

impl Queue {
    /// Starts the thread that writes to these files.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start(files: LogFiles) -> io::Result<Self> {
        let (to, from) = sync_channel(LINES);
        let dropped = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&dropped);
        std::thread::Builder::new().name("daypass-log".to_owned()).spawn(move || write(&from, files, &told))?;
        Ok(Self { to, dropped })
    }

    /// Waits until every line before is written, or for as long as the patience lasts.
    pub(super) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        let mut message = QueueMessage::Flush(done);
        // A full queue is being emptied.
        for _ in 0..10 {
            match self.to.try_send(message) {
                Ok(()) => break,
                Err(std::sync::mpsc::TrySendError::Full(back)) => message = back,
                Err(std::sync::mpsc::TrySendError::Disconnected(_)) => return,
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // A disk that does not answer must not keep the program from ending.
        let _late = tokio::time::timeout(PATIENCE, written).await;
    }
}

fn write(from: &Receiver<QueueMessage>, mut files: LogFiles, dropped: &AtomicU64) {
    while let Ok(message) = from.recv() {
        // What the disk refuses is not kept: the log must not hold up what it tells of.
        match message {
            QueueMessage::Line(line) => {
                let missing = dropped.swap(0, Ordering::Relaxed);
                if missing > 0 {
                    let _refused = files.write(format!("{missing} lines were dropped: the disk was slow\n").as_bytes());
                }
                let _refused = files.write(&line);
            }
            QueueMessage::Flush(done) => {
                let _nobody = done.send(());
            }
        }
    }
}

/// One line on its way into the queue.
pub(super) struct LineWriter<'a>(&'a Queue);

impl Write for LineWriter<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.to.try_send(QueueMessage::Line(line.into())).is_err() {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter(self)
    }
}
