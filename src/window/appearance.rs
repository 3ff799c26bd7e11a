//! Whether the desktop is dark, as its portal says: under X11 nobody else does.

use super::{App, AppState};
use crate::ui::backend::Reply;
use std::sync::{Arc, Mutex};
use zbus::export::ordered_stream::OrderedStreamExt as _;
use zbus::zvariant::{OwnedValue, Value};

/// The setting (XDG Desktop Portal, Settings).
const SETTING: (&str, &str) = ("org.freedesktop.appearance", "color-scheme");

/// Tells the window now and whenever it changes; ends if there is no portal to ask.
pub(super) async fn follow(state: Arc<Mutex<AppState>>) {
    let Ok(bus) = zbus::Connection::session().await else { return };
    let (name, path) = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
    let Ok(portal) = zbus::Proxy::new(&bus, name, path, "org.freedesktop.portal.Settings").await else { return };
    // Listened for first, so that no change falls between.
    let wanted = [(0, SETTING.0), (1, SETTING.1)];
    let Ok(mut changes) = portal.receive_signal_with_args("SettingChanged", &wanted).await else { return };
    let Ok(answer) = portal.call::<_, _, OwnedValue>("Read", &SETTING).await else { return };
    let mut dark = is_dark(&answer);
    App::tell(&state, Reply::Dark(dark));
    while let Some(signal) = changes.next().await {
        let body = signal.body();
        let Ok((_, _, value)) = body.deserialize::<(&str, &str, Value<'_>)>() else { continue };
        let changed = is_dark(&value);
        if std::mem::replace(&mut dark, changed) != changed {
            App::tell(&state, Reply::Dark(dark));
        }
    }
}

/// Whether a value of the setting means dark: 1 is dark, 2 is light, 0 is no preference.
fn is_dark(value: &Value<'_>) -> bool {
    // The portal's own value may be wrapped in another.
    if let Value::Value(inner) = value { is_dark(inner) } else { matches!(value, Value::U32(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_value_is_read_like_a_plain_one() {
        let wrapped = Value::Value(Box::new(Value::Value(Box::new(Value::U32(1)))));
        for (value, dark) in [
            (Value::U32(1), true),
            (wrapped, true),
            (Value::U32(0), false),
            (Value::U32(2), false),
            (Value::U8(1), false),
        ] {
            assert_eq!(is_dark(&value), dark, "{value:?}");
        }
    }
}
