//! Runs practice: the practice server, and an engine that talks to nothing else.

use super::{App, AppState, locked, wake, words};
use crate::engine::credentials::Caches;
use crate::engine::handle::{Engine, EngineOptions, Handle};
use crate::engine::http::HttpOptions;
use crate::engine::profiles;
use crate::model::destination::Destination;
use crate::model::names::KeyPrefix;
use crate::model::snapshot::Command;
use crate::practice::{self, Practice, Story};
use crate::ui::backend::Reply;
use crate::ui::{About, Arrived, CodePractice};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::AbortHandle;

/// The least time between two looks into the practice bucket.
const LOOK: Duration = Duration::from_millis(400);

/// Practice that is starting or running.
pub(super) struct Rehearsal {
    server: AbortHandle,
    /// The engine, once it runs, and the folder of its profiles.
    engine: Option<(Handle, TempDir)>,
}

impl Rehearsal {
    /// Returns the engine that plays against the practice server, once it runs.
    pub fn handle(&self) -> Option<&Handle> {
        self.engine.as_ref().map(|(handle, _)| handle)
    }

    /// Returns the engine, to be stopped.
    pub fn into_handle(self) -> Option<Handle> {
        self.engine.map(|(handle, _)| handle)
    }
}

impl App {
    /// Starts practice unless it is on.
    pub(super) fn begin_practice(&self) {
        let mut state = locked(&self.state);
        if state.rehearsal.is_some() {
            return;
        }
        let own = Arc::clone(&self.state);
        // The lock is held until the handle is in place, so that the task finds it there.
        let server = self.runtime.spawn(async move {
            if let Err(why) = rehearse(&own).await {
                leave(&own);
                Self::tell(&own, Reply::Message(words::no_practice(&why.to_string())));
            }
        });
        state.rehearsal = Some(Rehearsal { server: server.abort_handle(), engine: None });
    }
}

/// Leaves practice, if it is on, and says so.
pub(super) fn end(state: &Mutex<AppState>) {
    if leave(state) {
        App::tell(state, Reply::Message(words::practice_ended()));
    }
}

/// Leaves practice: its engine, its server and all that arrived there are gone. Returns whether it was on.
fn leave(state: &Mutex<AppState>) -> bool {
    let ended = {
        let mut state = locked(state);
        let Some(ended) = state.rehearsal.take() else { return false };
        if let Some(asking) = state.asking.take() {
            asking.abort();
        }
        let about = About { practice: false, arrived: None, code_practice: None, ..(*state.about).clone() };
        state.about = Arc::new(about);
        state.engines.send_replace(());
        ended
    };
    ended.server.abort();
    // An engine ends once nobody holds a handle to it.
    drop(ended);
    true
}

/// Starts the practice server and an engine that knows nothing but it, and shows what arrives.
async fn rehearse(state: &Arc<Mutex<AppState>>) -> io::Result<()> {
    let practice =
        Practice::start(practice::PracticeOptions { device: true, ..practice::PracticeOptions::default() }).await?;
    let story = practice.story();
    let folder = tempfile::tempdir()?;
    story.write_profile_files(folder.path())?;
    let waking = Arc::clone(state);
    let options = EngineOptions {
        home: None,
        profiles: profiles::Paths {
            credentials: folder.path().join("credentials"),
            config: folder.path().join("config"),
        },
        // No sign-in of this computer is looked at either.
        caches: Caches { sso: folder.path().join("sso") },
        wire: HttpOptions { endpoint_url: Some(story.endpoint.clone()), ..HttpOptions::default() },
        wake: Arc::new(move || wake(&waking)),
        ..EngineOptions::new()
    };
    let handle =
        Engine::spawn(options).await.map_err(|problem| io::Error::other(crate::words::problem::sentence(&problem)))?;
    let plain = destination(&story, words::PRACTICE_NAME, &story.role_arn)?;
    let with_code = Destination {
        mfa_serial: practice::MFA_SERIAL.parse().ok(),
        ..destination(&story, words::PRACTICE_CODE_NAME, &story.code_role_arn)?
    };
    handle.send(Command::Open(Box::new(plain)));
    {
        let mut state = locked(state);
        let code_practice = Some(Arc::new(CodePractice { destination: with_code, code: practice::MFA_CODE }));
        let about = About { practice: true, arrived: Some(Arc::default()), code_practice, ..(*state.about).clone() };
        // Practice may have been left while it started.
        let Some(rehearsal) = &mut state.rehearsal else { return Ok(()) };
        rehearsal.engine = Some((handle, folder));
        state.about = Arc::new(about);
        state.engines.send_replace(());
    }
    wake(state);
    // The server lives as long as this task.
    let mut arrivals = practice.arrivals();
    while arrivals.changed().await.is_ok() {
        tokio::time::sleep(LOOK).await;
        arrivals.borrow_and_update();
        let arrived =
            practice.objects().into_iter().map(|object| Arrived { key: object.key, size: object.size }).collect();
        {
            let mut state = locked(state);
            if state.rehearsal.is_none() {
                return Ok(());
            }
            state.about = Arc::new(About { arrived: Some(Arc::new(arrived)), ..(*state.about).clone() });
        }
        wake(state);
    }
    Ok(())
}

fn destination(story: &Story, name: &str, role: &str) -> io::Result<Destination> {
    let odd = |_never| io::Error::other("the practice story");
    Ok(Destination {
        name: name.to_owned(),
        practice: true,
        ..Destination::new(
            story.profile.clone(),
            role.parse().map_err(odd)?,
            story.bucket.parse().map_err(odd)?,
            KeyPrefix::from_pasted("incoming").map_err(odd)?,
        )
    })
}
