//! Whether the desktop is dark, as its portal says: under X11 nobody else does.

use super::{App, AppState};
use crate::ui::backend::Reply;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zbus::zvariant::{OwnedValue, Value};

/// How often it is asked; a change need not show at once.
const ASK: Duration = Duration::from_secs(3);

/// Tells the window now and whenever it changes; ends where there is no portal to ask.
pub(super) async fn follow(state: Arc<Mutex<AppState>>) {
    let Ok(bus) = zbus::Connection::session().await else { return };
    let (name, path) = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
    let Ok(portal) = zbus::Proxy::new(&bus, name, path, "org.freedesktop.portal.Settings").await else { return };
    let mut told = None;
    loop {
        // 1 is dark, 2 is light, 0 is no wish (XDG Desktop Portal, Settings, `color-scheme`).
        let asked = ("org.freedesktop.appearance", "color-scheme");
        let Ok(answer) = portal.call::<_, _, OwnedValue>("Read", &asked).await else { return };
        let dark = number(&answer) == Some(1);
        if told.replace(dark) != Some(dark) {
            App::tell(&state, Reply::Dark(dark));
        }
        tokio::time::sleep(ASK).await;
    }
}

/// The number in a value, however many times it is wrapped.
fn number(value: &Value<'_>) -> Option<u32> {
    if let Value::Value(inner) = value {
        return number(inner);
    }
    if let Value::U32(number) = value { Some(*number) } else { None }
}
