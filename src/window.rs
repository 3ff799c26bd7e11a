//! The window's backend: the person's own engine, or the one that talks to the practice server.

use crate::engine::handle::{Engine, EngineOptions, Handle};
use crate::engine::http::{self, HttpOptions};
use crate::engine::settings;
use crate::engine::window_call::WindowCall;
use crate::grant::fields;
use crate::model::Limits;
use crate::model::notice::Notice;
use crate::model::problem::Problem;
use crate::ui::About;
use crate::ui::backend::{Reply, WindowPlace};
use crate::ui::intake;
use crate::ui::shell::Wake;
use crate::words::{cli, window as words};
use ending::Background;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// Where the window's place is kept, beside the journal.
const PLACE_FILE: &str = "window.json";

mod access;
#[cfg(target_os = "linux")]
mod appearance;
pub mod attention;
mod awake;
mod choose;
mod ending;
mod invitations;
mod past;
mod practice;
mod requests;

pub use requests::read;

/// How the window starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The test server in the place of AWS, if any.
    pub wire: HttpOptions,
    /// An invitation, as a file or a link.
    pub invitation: Option<String>,
    /// Whether to begin with the practice bucket.
    pub practice: bool,
}

/// The window's backend: its engines and their runtime.
pub struct App {
    runtime: Background,
    own: Handle,
    state: Arc<Mutex<AppState>>,
    home: Option<PathBuf>,
}

struct AppState {
    wake: Wake,
    replies: VecDeque<Reply>,
    about: Arc<About>,
    /// Practice, while it is on.
    rehearsal: Option<practice::Rehearsal>,
    /// Invitations that were opened and neither used nor dismissed.
    invitations: Arc<Mutex<invitations::KeptInvitations>>,
    /// The sign-in or the check that is under way.
    asking: Option<AbortHandle>,
    /// Whether the window has the keyboard.
    in_front: bool,
    /// Changes when another engine is shown.
    engines: watch::Sender<()>,
}

impl AppState {
    /// Returns the engine that the window shows: that of the practice while there is one.
    fn current(&self, own: &Handle) -> Handle {
        self.rehearsal.as_ref().and_then(practice::Rehearsal::handle).unwrap_or(own).clone()
    }
}

fn locked(state: &Mutex<AppState>) -> MutexGuard<'_, AppState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns an invitation as another process finds it, whatever folder that one runs in. A desktop names the file that
/// was double-clicked by its path or by a `file:` address (Desktop Entry Specification, `%u`).
fn handed(invitation: &str) -> String {
    if fields::is_link(invitation) {
        return invitation.to_owned();
    }
    let named = intake::pasted_files(invitation).and_then(|files| files.into_iter().next());
    let path = named.unwrap_or_else(|| PathBuf::from(invitation));
    std::path::absolute(path).map_or_else(|_odd| invitation.to_owned(), |path| path.to_string_lossy().into_owned())
}

fn wake(state: &Mutex<AppState>) {
    let wake = Arc::clone(&locked(state).wake);
    wake();
}

impl App {
    /// Starts the person's own engine; none if a window was open already, which comes to the front instead.
    ///
    /// # Errors
    /// Where the engine can't start: no threads, or a CA bundle that can't be read.
    pub fn start(start: Start) -> Result<Option<Arc<Self>>, Problem> {
        Self::start_with(start, EngineOptions { home: settings::home(), ..EngineOptions::new() })
    }

    /// Does the same with other places for the journal, the profiles and the tokens than the usual ones.
    ///
    /// # Errors
    /// As [`App::start`].
    pub fn start_with(start: Start, places: EngineOptions) -> Result<Option<Arc<Self>>, Problem> {
        let home = places.home.clone();
        let clear = start.wire.in_the_clear().map(words::in_the_clear);
        let test_server = clear.or_else(|| start.wire.endpoint_url.clone());
        let proxy = if test_server.is_none() { http::proxy() } else { None };
        let (user_home, downloads) = choose::folders();
        let zone = jiff::tz::TimeZone::system();
        let about = About { test_server, proxy, zone, home: user_home, downloads, ..About::default() };
        let state = Arc::new(Mutex::new(AppState {
            wake: Arc::new(|| {}),
            replies: VecDeque::new(),
            about: Arc::new(about),
            rehearsal: None,
            invitations: Arc::default(),
            asking: None,
            in_front: true,
            engines: watch::Sender::new(()),
        }));
        let waking = Arc::clone(&state);
        let options = EngineOptions {
            wire: start.wire,
            limits: Limits::default(),
            wake: Arc::new(move || wake(&waking)),
            call: Some(WindowCall(start.invitation.as_deref().map(handed))),
            ..places
        };
        let (own, runtime) = Engine::start(options)?;
        let runtime = Background::from(runtime);
        if own.notices().contains(&Notice::OpenElsewhere(true)) {
            return Ok(None);
        }
        {
            let mut state = locked(&state);
            let warnings = own.notices().iter().map(cli::notice).collect();
            state.about = Arc::new(About { warnings, ..(*state.about).clone() });
            state.invitations =
                Arc::new(Mutex::new(invitations::KeptInvitations::read(home.as_deref(), own.notices())));
        }
        let app = Arc::new(Self { runtime, own, state, home });
        #[cfg(target_os = "linux")]
        app.runtime.spawn(appearance::follow(Arc::clone(&app.state)));
        app.runtime.spawn(attention::follow(app.own.clone(), Arc::clone(&app.state)));
        if start.practice {
            app.begin_practice();
        } else {
            app.show_kept_invitations();
        }
        if let Some(invitation) = start.invitation {
            app.invitation(handed(&invitation));
        }
        let called = Arc::downgrade(&app);
        let journal = app.own.journal().clone();
        app.runtime.spawn(async move {
            let Some(mut calls) = journal.window_calls().await else { return };
            while let Some(WindowCall(handed)) = calls.next().await {
                let Some(app) = called.upgrade() else { return };
                Self::tell(&app.state, Reply::Raise);
                if let Some(invitation) = handed {
                    app.invitation(invitation);
                }
            }
        });
        Ok(Some(app))
    }

    /// Reads an invitation, a link or a file.
    fn invitation(&self, invitation: String) {
        if fields::is_link(&invitation) {
            self.read_invitation_text(invitation);
        } else {
            self.read_invitation(PathBuf::from(invitation));
        }
    }

    /// Returns the window's place when it was last closed.
    #[must_use]
    pub fn window_place(&self) -> Option<WindowPlace> {
        let text = std::fs::read_to_string(self.home.as_ref()?.join(PLACE_FILE)).ok()?;
        let value: serde_json::Value = serde_json::from_str(&text).ok()?;
        let pair = |name: &str| {
            let pair = value.get(name)?.as_array()?;
            #[expect(clippy::cast_possible_truncation, reason = "points on a screen")]
            let number = |at: usize| pair.get(at)?.as_f64().map(|n| n as f32);
            Some((number(0)?, number(1)?))
        };
        let maximized = value.get("maximized").and_then(serde_json::Value::as_bool).unwrap_or(false);
        Some(WindowPlace { at: pair("at"), size: pair("size")?, maximized })
    }

    /// Calls `wake` from now on whenever there is something new to be seen.
    pub fn on_wake(&self, wake: Wake) {
        locked(&self.state).wake = wake;
    }

    fn current(&self) -> Handle {
        locked(&self.state).current(&self.own)
    }

    fn tell(state: &Mutex<AppState>, reply: Reply) {
        locked(state).replies.push_back(reply);
        wake(state);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::handed;

    #[test]
    fn an_invitation_is_handed_over_as_anybody_finds_it() {
        let here = std::env::current_dir().expect("a folder").join("a.daypass");
        for (named, found) in [
            ("DayPass:v1?role=x", "DayPass:v1?role=x"),
            ("/home/r/a b.daypass", "/home/r/a b.daypass"),
            ("file:///home/r/a%20b.daypass", "/home/r/a b.daypass"),
            ("a.daypass", here.to_str().expect("text")),
        ] {
            assert_eq!(handed(named), found, "{named}");
        }
    }
}
