//! Requests and other tasks in flight: how they start, report progress, and end.

use super::Run;
use crate::engine::log::FailedRequest;
use crate::engine::task::TaskKind;
use crate::engine::transfer;
use crate::model::event::{Event, Send};
use crate::model::upload::RequestId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::AbortHandle;

/// A request in flight.
pub(super) struct RunningRequest {
    taken: Arc<AtomicU64>,
    told: u64,
    of: FailedRequest,
    pub(super) task: AbortHandle,
}

impl Run {
    pub(super) fn joined(&mut self, joined: Result<(tokio::task::Id, Event), tokio::task::JoinError>) {
        match joined {
            Ok((id, event)) => {
                if let Some(TaskKind::Request(request)) = self.errands.remove(&id)
                    && let Some(flight) = self.flights.remove(&request)
                    && let Event::Answered(_, Err(problem)) = &event
                {
                    self.log.request_failed(request, &flight.of, problem, &self.model);
                    // Whether a failed request may have stored the file depends on how much of it was taken.
                    let taken = flight.taken.load(Ordering::Relaxed);
                    if taken != flight.told {
                        self.take_in(Event::Moved(vec![(request, taken)]));
                    }
                }
                self.take_in(event);
            }
            Err(ended) => {
                let Some(errand) = self.errands.remove(&ended.id()) else { return };
                if let TaskKind::Request(request) = &errand {
                    self.flights.remove(request);
                }
                if ended.is_panic() {
                    self.log.task_panicked(errand.name());
                    self.take_in(errand.lost());
                }
            }
        }
    }

    /// Reports to the model how many bytes the network has taken.
    pub(super) fn look(&mut self) {
        let mut moved = Vec::new();
        for (request, flight) in &mut self.flights {
            let taken = flight.taken.load(Ordering::Relaxed);
            if taken != flight.told {
                flight.told = taken;
                moved.push((*request, taken));
            }
        }
        if !moved.is_empty() {
            self.take_in(Event::Moved(moved));
        }
    }

    /// Starts a task and records its kind, so that the model gets an answer even if the task panics.
    pub(super) fn go_for(
        &mut self,
        errand: TaskKind,
        work: impl Future<Output = Event> + std::marker::Send + 'static,
    ) -> AbortHandle {
        let hook = self.options.hook.clone();
        let of = errand.clone();
        let task = self.tasks.spawn(async move {
            if let Some(hook) = hook {
                hook(&of);
            }
            work.await
        });
        self.errands.insert(task.id(), errand);
        task
    }

    pub(super) fn fly(&mut self, request: RequestId, send: Send) {
        let taken = Arc::new(AtomicU64::new(0));
        let of = FailedRequest::of(&send);
        let context = self.context(self.s3.get(&send.destination).cloned());
        let counter = Arc::clone(&taken);
        let before = self.unkept.before(&send);
        let journal = self.journal.clone();
        let task = self.go_for(TaskKind::Request(request), async move {
            if let Some(records) = before
                && let Err(problem) = journal.kept_until(records).await
            {
                return Event::Answered(request, Err(problem));
            }
            Event::Answered(request, transfer::run(&context, send, counter).await)
        });
        self.flights.insert(request, RunningRequest { taken, told: 0, of, task });
    }
}
