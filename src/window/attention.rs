//! What a person is told while they look elsewhere: that a delivery ended, that access ends, that something needs them.

use super::awake::Awake;
use super::{AppState, locked};
use crate::engine::handle::Handle;
use crate::model::problem::Kind;
use crate::model::session::Session;
use crate::model::snapshot::{Network, OpenDestination, Retried, Snapshot};
use crate::model::upload::DestinationId;
use crate::time::Time;
use crate::words::format;
use crate::words::problem::{Message, said};
use crate::words::ui as words;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The least time between two looks; none of it is a matter of seconds.
const LOOK: Duration = Duration::from_secs(1);
/// How long nothing is sent before the computer may sleep: a line that comes back soon is not worth a sleep.
const REST: Duration = Duration::from_mins(1);

/// What was told already, destination by destination.
#[derive(Debug, Default)]
pub struct AttentionWatch {
    test_server: bool,
    places: HashMap<DestinationId, Stood>,
    journal: bool,
}

/// Where a destination stood at the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stood {
    /// The delivery that ended last: its first row and its files.
    done: Option<(u32, u64)>,
    /// The session of which it was told that it ends soon.
    soon: Option<u32>,
    ended: bool,
    refused: Option<Kind>,
    held: Option<Kind>,
}

impl AttentionWatch {
    /// Nothing told yet, of deliveries to Amazon or to a test server.
    #[must_use]
    pub fn new(test_server: bool) -> Self {
        Self { test_server, ..Self::default() }
    }

    /// What is new since the last look and worth a word. What a destination begins with is not new.
    pub fn look(&mut self, seen: &Snapshot, now: Time) -> Vec<Message> {
        let mut news = Vec::new();
        for (id, place) in seen.destinations() {
            let before = self.places.get(&id).copied();
            let stood = stands(seen, place, now, before.unwrap_or_default());
            if let Some(before) = before {
                news.extend(told(seen, place, (now, self.test_server), before, stood));
            }
            self.places.insert(id, stood);
        }
        // A disk that takes its time is seen in the window, and over before anybody has come to look.
        let journal = seen.journal.as_ref().filter(|problem| problem.kind != Kind::JournalSlow);
        if let Some(problem) = journal.filter(|_| !self.journal) {
            news.push(said(problem.kind));
        }
        self.journal = journal.is_some();
        news
    }

    /// How long until time alone may bring news, if nothing else changes; none if it won't.
    #[must_use]
    pub fn next_look(&self, seen: &Snapshot, now: Time) -> Option<Duration> {
        let next = |(id, place): (DestinationId, &OpenDestination)| {
            let Session::Active(grant) = &place.session else { return None };
            let told = self.places.get(&id).is_some_and(|stood| stood.soon == Some(grant.generation));
            place.ends_soon_in(now).filter(|_| !told && needs_renewal(seen, place))
        };
        seen.destinations().filter_map(next).min()
    }
}

/// Whether files wait for a session that does not renew itself.
fn needs_renewal(seen: &Snapshot, place: &OpenDestination) -> bool {
    let by_itself = seen.settings.renew && place.destination.mfa_serial.is_none();
    place.totals.open() > 0 && !by_itself && !place.paused
}

fn stands(seen: &Snapshot, place: &OpenDestination, now: Time, before: Stood) -> Stood {
    let totals = &place.totals;
    let done = totals.done() && place.walking == 0;
    let waits = totals.open() > 0;
    let asks_once_more = place.retry.as_ref().is_some_and(|retry| retry.what == Retried::Denied);
    let mut stood = Stood {
        done: if done { Some((totals.first, totals.files)) } else { before.done },
        soon: before.soon,
        ended: waits && matches!(place.session, Session::Expired(_)),
        refused: place.renew_problem.as_ref().map(|problem| problem.kind),
        // What is looked at once more by itself in a moment needs nobody yet.
        held: place.hold.as_ref().filter(|_| !asks_once_more).map(|problem| problem.kind),
    };
    match &place.session {
        Session::Active(grant) => {
            if needs_renewal(seen, place) && place.ends_soon(now) {
                stood.soon = Some(grant.generation);
            }
        }
        Session::Denied(problem) => stood.refused = Some(problem.kind),
        Session::Expired(_) | Session::SignedOut | Session::Assuming(_) => {}
    }
    stood
}

fn told(
    seen: &Snapshot,
    place: &OpenDestination,
    (now, test_server): (Time, bool),
    before: Stood,
    stood: Stood,
) -> Option<Message> {
    let totals = &place.totals;
    if stood.done != before.done {
        return Some(words::finished(totals, &place.destination, test_server).1);
    }
    if let Some(kind) = stood.refused.filter(|_| stood.refused != before.refused) {
        let said = said(kind);
        let renewing = place.renew_problem.is_some();
        return Some(if renewing { words::renew_problem(said) } else { said });
    }
    if let Some(kind) = stood.held.filter(|_| stood.held != before.held) {
        return Some(said(kind));
    }
    if stood.ended && !before.ended {
        return Some(words::ended(totals.open()));
    }
    let by_itself = seen.settings.renew && place.destination.mfa_serial.is_none();
    (stood.soon != before.soon).then(|| words::ending_soon(place.session.left(now), totals.time_left, by_itself))
}

/// Whether files are on their way at this moment, or would be but for a turn of the engine.
#[must_use]
pub fn sending(seen: &Snapshot) -> bool {
    let moves = |place: &OpenDestination| {
        let waits = place.totals.open().saturating_sub(place.totals.paused) > 0;
        waits && !place.paused && place.hold.is_none() && matches!(place.session, Session::Active(_))
    };
    let written = seen.journal.as_ref().is_none_or(|problem| problem.kind == Kind::JournalSlow);
    written && seen.line == Network::Up && seen.destinations.iter().any(moves)
}

/// How much of what is under way S3 has answered for, in percent; none while nothing is.
#[must_use]
pub fn done(seen: &Snapshot) -> Option<u8> {
    let under_way = seen.destinations.iter().map(|place| &place.totals).filter(|totals| totals.open() > 0);
    let sums = under_way.fold((0_u64, 0_u64), |(confirmed, bytes), totals| {
        (confirmed.saturating_add(totals.confirmed), bytes.saturating_add(totals.bytes))
    });
    (sums.1 > 0).then(|| format::percent(sums.0, sums.1))
}

/// Looks whenever something changed, until the window is gone.
pub(super) async fn follow(own: Handle, state: Arc<Mutex<AppState>>) {
    let test_server = locked(&state).about.test_server.is_some();
    let mut engines = locked(&state).engines.subscribe();
    let mut desktop = Desktop::default();
    let mut awake = Awake::default();
    let mut sent: Option<Time> = None;
    loop {
        // Practice is another world: what was told of one says nothing of the other.
        let mut watch = AttentionWatch::new(test_server);
        let mut handle = locked(&state).current(&own);
        let mut jumps = handle.clock().jumps();
        loop {
            let (seen, now) = (handle.seen(), handle.now());
            let in_front = locked(&state).in_front;
            for said in watch.look(&seen, now) {
                if !in_front {
                    desktop.notify(&said).await;
                }
            }
            desktop.progress(done(&seen)).await;
            if sending(&seen) {
                sent = Some(now);
                awake.hold().await;
            } else if sent.is_some_and(|at| now.since(at) >= REST) {
                sent = None;
                awake.release().await;
            }
            let rest = sent.map(|at| REST.saturating_sub(now.since(at)));
            let wait = watch.next_look(&seen, now).into_iter().chain(rest).min().unwrap_or(Duration::MAX);
            drop(seen);
            tokio::select! {
                changed = handle.changed() => {
                    if !changed && engines.changed().await.is_err() {
                        return;
                    }
                }
                changed = engines.changed() => if changed.is_err() { return },
                // The computer slept: what was far off may be due.
                _ = jumps.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
            if !handle.is_same(&locked(&state).current(&own)) {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The desktop's notifications.
#[derive(Default)]
struct Desktop {
    #[cfg(target_os = "linux")]
    bus: Option<zbus::Connection>,
    /// The progress that the taskbar shows.
    #[cfg(target_os = "linux")]
    shown: Option<u8>,
}

impl Desktop {
    #[cfg(target_os = "linux")]
    async fn bus(&mut self) -> Option<&zbus::Connection> {
        if self.bus.is_none() {
            self.bus = zbus::Connection::session().await.ok();
        }
        self.bus.as_ref()
    }

    /// Shows the progress on the taskbar, where it follows Unity's LauncherEntry (GNOME's dock, KDE's panel).
    #[cfg(target_os = "linux")]
    async fn progress(&mut self, percent: Option<u8>) {
        use zbus::zvariant::Value;
        if self.shown == percent {
            return;
        }
        self.shown = percent;
        let Some(bus) = self.bus().await else { return };
        let share = f64::from(percent.unwrap_or(0)) / 100.0;
        let entry =
            HashMap::from([("progress", Value::from(share)), ("progress-visible", Value::from(percent.is_some()))]);
        let (path, interface) = ("/app/daypass", "com.canonical.Unity.LauncherEntry");
        let told = ("application://daypass.desktop", entry);
        if bus.emit_signal(None::<&str>, path, interface, "Update", &told).await.is_err() {
            self.bus = None;
        }
    }

    /// The taskbars of macOS and Windows are left as they are.
    #[cfg(not(target_os = "linux"))]
    async fn progress(&mut self, _percent: Option<u8>) {}

    /// Shows a notification; a desktop that has none shows nothing, and the window says it all anyway.
    #[cfg(target_os = "linux")]
    async fn notify(&mut self, said: &Message) {
        let Some(bus) = self.bus().await else { return };
        // Desktop Notifications Specification 1.3, `Notify`; the body may be read as markup.
        let body = said.body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let hints = HashMap::from([("desktop-entry", zbus::zvariant::Value::from("daypass"))]);
        let nothing: [&str; 0] = [];
        let call = (words::DAYPASS, 0_u32, "daypass", said.title.as_str(), body, nothing.as_slice(), hints, -1_i32);
        let (name, path) = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications");
        if bus.call_method(Some(name), path, Some(name), "Notify", &call).await.is_err() {
            // The bus may have been started anew since: the next one asks again.
            self.bus = None;
        }
    }

    /// Shows a notification; a desktop that has none shows nothing, and the window says it all anyway.
    #[cfg(not(target_os = "linux"))]
    async fn notify(&mut self, said: &Message) {
        let mut shown = notify_rust::Notification::new();
        shown.appname(words::DAYPASS).summary(&said.title).body(&said.body);
        let _not_shown = tokio::task::spawn_blocking(move || shown.show().map(drop)).await;
    }
}
