//! Ties the window to an engine: the person's own, or the one that plays against the practice server.

mod access;

use crate::engine::handle::{Engine, Handle, Options, Secret};
use crate::engine::http::{self, Wire};
use crate::engine::journal::WindowCall;
use crate::engine::settings;
use crate::grant::fields::{self, TextProblem};
use crate::grant::{Invitation, RoleRequest};
use crate::model::Limits;
use crate::model::destination::Destination;
use crate::model::notice::Notice;
use crate::model::problem::Problem;
use crate::model::snapshot::{Command, Snapshot};
use crate::model::upload::DestinationId;
use crate::receipt::{self, Receipt};
use crate::time::{Time, Utc};
use crate::ui::About;
use crate::ui::access_request::AccessRequest;
use crate::ui::history::HistoryRequest as AskHistory;
use crate::ui::intake;
use crate::ui::shell::{Answered, Link, Reply, Texts, WindowPlace, Work};
use crate::words::{ask, cli, problem, window as words};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Runtime;
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

/// Where the window's place is kept, beside the journal.
const PLACE_FILE: &str = "window.json";

#[cfg(target_os = "linux")]
mod appearance;
pub mod attention;
mod awake;
mod choose;
mod ending;
mod invitations;
mod past;
mod practice;

type Wake = Arc<dyn Fn() + Send + Sync>;

/// How the window starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Another server in the place of AWS.
    pub wire: Wire,
    /// An invitation, as a file or a link.
    pub invitation: Option<String>,
    /// Whether to begin with the practice bucket.
    pub practice: bool,
}

/// The link between the window and its engines.
pub struct App {
    runtime: Runtime,
    own: Handle,
    state: Arc<Mutex<State>>,
    home: Option<PathBuf>,
}

struct State {
    wake: Wake,
    told: VecDeque<Reply>,
    about: Arc<About>,
    /// Practice, while it is on.
    rehearsal: Option<practice::Rehearsal>,
    /// Invitations that were opened and neither used nor dismissed.
    kept: Arc<Mutex<invitations::Kept>>,
    /// The sign-in or the check that is under way.
    asking: Option<AbortHandle>,
    /// Whether the window has the keyboard.
    in_front: bool,
}

impl State {
    /// The engine that the window shows: that of the practice while there is one.
    fn current(&self, own: &Handle) -> Handle {
        self.rehearsal.as_ref().and_then(practice::Rehearsal::handle).unwrap_or(own).clone()
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An invitation as another process finds it, whatever folder that one runs in. A desktop names the file that was
/// double-clicked by its path or by a `file:` address (Desktop Entry Specification, `%u`).
fn handed(invitation: &str) -> String {
    if fields::is_link(invitation) {
        return invitation.to_owned();
    }
    let named = intake::pasted_files(invitation).and_then(|files| files.into_iter().next());
    let path = named.unwrap_or_else(|| PathBuf::from(invitation));
    std::path::absolute(path).map_or_else(|_odd| invitation.to_owned(), |path| path.to_string_lossy().into_owned())
}

fn wake(state: &Mutex<State>) {
    let wake = Arc::clone(&locked(state).wake);
    wake();
}

impl App {
    /// Starts the person's own engine; none where a window was open already, which comes to the front instead.
    ///
    /// # Errors
    /// Where the engine can't start: no threads, or a CA bundle that can't be read.
    pub fn start(start: Start) -> Result<Option<Arc<Self>>, Problem> {
        Self::start_with(start, Options { home: settings::home(), ..Options::new() })
    }

    /// The same with other places for the journal, the profiles and the tokens than the usual ones.
    ///
    /// # Errors
    /// As [`App::start`].
    pub fn start_with(start: Start, places: Options) -> Result<Option<Arc<Self>>, Problem> {
        let home = places.home.clone();
        let clear = start.wire.in_the_clear().map(words::in_the_clear);
        let test_server = clear.or_else(|| start.wire.endpoint_url.clone());
        let proxy = if test_server.is_none() { http::proxy() } else { None };
        let (user_home, downloads) = choose::folders();
        let zone = jiff::tz::TimeZone::system();
        let about = About { test_server, proxy, zone, home: user_home, downloads, ..About::default() };
        let state = Arc::new(Mutex::new(State {
            wake: Arc::new(|| {}),
            told: VecDeque::new(),
            about: Arc::new(about),
            rehearsal: None,
            kept: Arc::default(),
            asking: None,
            in_front: true,
        }));
        let waking = Arc::clone(&state);
        let options = Options {
            wire: start.wire,
            limits: Limits::default(),
            wake: Arc::new(move || wake(&waking)),
            call: Some(WindowCall(start.invitation.as_deref().map(handed))),
            ..places
        };
        let (own, runtime) = Engine::start(options)?;
        if own.notices().contains(&Notice::OpenElsewhere(true)) {
            runtime.shutdown_background();
            return Ok(None);
        }
        {
            let mut state = locked(&state);
            let warnings = own.notices().iter().map(cli::notice).collect();
            state.about = Arc::new(About { warnings, ..(*state.about).clone() });
            state.kept = Arc::new(Mutex::new(invitations::Kept::read(home.as_deref(), own.notices())));
        }
        let desk = Arc::new(Self { runtime, own, state, home });
        #[cfg(target_os = "linux")]
        desk.runtime.spawn(appearance::follow(Arc::clone(&desk.state)));
        desk.runtime.spawn(attention::follow(desk.own.clone(), Arc::clone(&desk.state)));
        if start.practice {
            desk.begin_practice();
        } else {
            desk.show_kept_invitations();
        }
        if let Some(invitation) = start.invitation {
            desk.invitation(handed(&invitation));
        }
        let called = Arc::downgrade(&desk);
        let journal = desk.own.journal().clone();
        desk.runtime.spawn(async move {
            loop {
                let WindowCall(handed) = journal.raised().await;
                let Some(desk) = called.upgrade() else { return };
                Self::tell(&desk.state, Reply::Called);
                if let Some(invitation) = handed {
                    desk.invitation(invitation);
                }
            }
        });
        Ok(Some(desk))
    }

    /// Reads an invitation, a link or a file.
    fn invitation(&self, invitation: String) {
        if fields::is_link(&invitation) {
            self.invitation_text(invitation);
        } else {
            self.invitation_file(PathBuf::from(invitation));
        }
    }

    /// The window's place at the last end.
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

    fn current(&self) -> Handle {
        locked(&self.state).current(&self.own)
    }

    fn tell(state: &Mutex<State>, told: Reply) {
        locked(state).told.push_back(told);
        wake(state);
    }

    /// Tells what a text is: an invitation, a request for the customer's page, or neither, and why.
    fn invited(state: &Mutex<State>, text: Result<String, TextProblem>) {
        match text.and_then(|text| read(&text)) {
            Ok(Reply::Invitation(invitation)) => invitations::show(state, *invitation),
            Ok(told) => {
                // A request is as real as an invitation.
                practice::end(state);
                Self::tell(state, told);
            }
            Err(why) => Self::tell(state, Self::refused(crate::grant::words::invitation_problem(&why))),
        }
    }

    fn refused(sentence: String) -> Reply {
        Reply::Said(words::not_an_invitation(sentence))
    }
}

/// What a text is: an invitation, or a request for the customer's page. An answer that quotes the request is the
/// invitation; a message that carries the template holds the beginning of an invitation, and is the request.
///
/// # Errors
/// Why it is no invitation, where it is no request either.
pub fn read(text: &str) -> Result<Reply, TextProblem> {
    // A link above a quoted template, whose own invitation has no role yet.
    let link = || Invitation::parse(&text[text.to_ascii_lowercase().find("daypass:v")?..]).ok();
    match Invitation::parse(text) {
        Ok(invitation) => Ok(Reply::Invitation(Box::new(invitation))),
        Err(why) => match link() {
            Some(invitation) => Ok(Reply::Invitation(Box::new(invitation))),
            None => RoleRequest::from_text(text).map(|ask| Reply::Request(Box::new(ask))).map_err(|_no_request| why),
        },
    }
}

impl Link for App {
    fn seen(&self) -> Arc<Snapshot> {
        self.current().seen()
    }

    fn now(&self) -> Time {
        self.current().now()
    }

    fn about(&self) -> Arc<About> {
        Arc::clone(&locked(&self.state).about)
    }

    fn send(&self, command: Command) {
        if let Command::Open(to) = &command {
            self.invitation_used(to);
        }
        self.current().send(command);
    }

    fn code(&self, place: DestinationId, code: Zeroizing<String>) {
        let handle = self.current();
        handle.hand_over(Secret::Code(place, code));
        handle.send(Command::GetAccess(place));
    }

    fn open_with_code(&self, to: Box<Destination>, code: Zeroizing<String>) {
        self.invitation_used(&to);
        // It is open when the snapshot shows it; nobody here waits for its number.
        drop(self.current().open(*to, Some(code)));
    }

    fn invitation_file(&self, path: PathBuf) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn_blocking(move || {
            let read = std::fs::File::open(&path).and_then(|file| {
                // A little more than the limit, so that what is too long is seen to be.
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut std::io::Read::take(file, (64 << 10) + 1), &mut bytes)?;
                Ok(bytes)
            });
            match read {
                Ok(bytes) => Self::invited(&state, fields::decode(&bytes)),
                Err(why) => Self::tell(&state, Self::refused(words::file_not_read(&path, &why.to_string()))),
            }
        });
    }

    fn invitation_text(&self, text: String) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn_blocking(move || Self::invited(&state, Ok(text)));
    }

    fn dismiss_invitation(&self, invitation: Box<Invitation>) {
        self.drop_invitations(move |known| *known == *invitation);
    }

    fn start_practice(&self) {
        self.begin_practice();
    }

    fn end_practice(&self) {
        practice::end(&self.state);
    }

    fn save_receipt(&self, place: DestinationId, path: PathBuf) {
        let (state, handle) = (Arc::clone(&self.state), self.current());
        self.runtime.spawn(async move {
            let said = match save(&handle, place, path.clone()).await {
                Ok(()) => words::receipt_saved(&path),
                Err(why) => words::receipt_not_saved(&why),
            };
            Self::tell(&state, Reply::Said(said));
        });
    }

    fn send_receipt(&self, place: DestinationId) {
        let (state, handle) = (Arc::clone(&self.state), self.current());
        self.runtime.spawn(async move {
            let told = match Receipt::send_last(&handle, place).await {
                Ok(sent) => Reply::ReceiptSent(place, true, words::receipt_sent(&sent.key, sent.confirmed)),
                Err(why) => Reply::ReceiptSent(place, false, words::receipt_not_sent(&problem::said(why.kind))),
            };
            Self::tell(&state, told);
        });
    }

    fn save_texts(&self, texts: Texts) {
        let state = Arc::clone(&self.state);
        self.runtime.spawn_blocking(move || {
            let said = match crate::save_files::write(texts) {
                Ok(paths) => ask::saved(&paths),
                Err(why) => ask::not_saved(&why.to_string()),
            };
            Self::tell(&state, Reply::Said(said));
        });
    }

    fn history(&self, ask: AskHistory) {
        let (state, handle) = (Arc::clone(&self.state), self.current());
        self.runtime.spawn(past::answer(state, handle, ask));
    }

    fn access(&self, wanted: AccessRequest) {
        self.wanted(wanted);
    }

    fn utc(&self) -> Utc {
        self.current().clock().utc()
    }

    fn told(&self) -> Option<Reply> {
        locked(&self.state).told.pop_front()
    }

    fn spawn(&self, work: Work) {
        self.runtime.spawn(work);
    }

    fn can_choose(&self) -> Answered<bool> {
        Box::pin(choose::can_choose())
    }

    fn free_name(&self, path: PathBuf) -> Answered<PathBuf> {
        Box::pin(async move {
            let same = path.clone();
            tokio::task::spawn_blocking(move || choose::free(path)).await.unwrap_or(same)
        })
    }

    fn in_front(&self, in_front: bool) {
        locked(&self.state).in_front = in_front;
    }

    fn on_wake(&self, wake: Wake) {
        locked(&self.state).wake = wake;
    }

    fn keep_window_place(&self, place: WindowPlace) {
        let Some(home) = &self.home else { return };
        let text = serde_json::json!({
            "at": place.at.map(|(x, y)| [x, y]), "size": [place.size.0, place.size.1], "maximized": place.maximized,
        });
        // A place that is not kept costs a person one move of a window.
        let _not_kept = crate::engine::profiles::private_file(&home.join(PLACE_FILE), text.to_string().as_bytes());
    }
}

/// Writes the receipt of the delivery that is going on, or was the last, in the form its file's name asks for.
async fn save(handle: &Handle, place: DestinationId, path: PathBuf) -> Result<(), String> {
    let receipt: Receipt = Receipt::of_last(handle, place).await.map_err(|problem| problem::sentence(&problem))?;
    let format = receipt::Format::of(&path);
    let saving = tokio::task::spawn_blocking(move || receipt.save(&path, format));
    saving.await.map_err(|why| why.to_string())?.map_err(|why| why.to_string())
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
