//! Ends the engines when the window is closed, or when the system asks the program to end.

use super::{App, locked};
use crate::engine::{process, signals};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{self, Runtime};

/// How long the last writes of the window may take once the engines have ended.
const WRITES: Duration = Duration::from_secs(2);

/// The runtime of the window's engines. Dropped, it waits for what is being written, but not for a drive that no longer answers.
pub(super) struct Background {
    handle: runtime::Handle,
    runtime: Option<Runtime>,
}

impl From<Runtime> for Background {
    fn from(runtime: Runtime) -> Self {
        Self { handle: runtime.handle().clone(), runtime: Some(runtime) }
    }
}

impl Deref for Background {
    type Target = runtime::Handle;

    fn deref(&self) -> &runtime::Handle {
        &self.handle
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(WRITES);
        }
    }
}

impl App {
    /// Ends the engines once everything recorded is on disk.
    pub fn stop(&self) {
        self.runtime.block_on(self.ending());
    }

    async fn ending(&self) {
        let rehearsal = locked(&self.state).rehearsal.take();
        let own = self.own.clone();
        let ending = async {
            if let Some(handle) = rehearsal.and_then(super::practice::Rehearsal::into_handle) {
                handle.stop().await;
            }
            own.stop().await;
        };
        // A disk that does not answer must not keep a closed window's process alive.
        let _late = tokio::time::timeout(Duration::from_secs(5), ending).await;
    }

    /// From now on a signal that asks the program to end lets it do so in order.
    pub fn end_when_asked(self: &Arc<Self>) {
        let desk = Arc::downgrade(self);
        self.runtime.spawn(async move {
            let signal = signals::asked_to_end().await;
            if let Some(desk) = desk.upgrade() {
                desk.ending().await;
            }
            process::end_all();
            std::process::exit(i32::from(signal.exit_code()));
        });
    }
}
