//! Keeps the computer from falling asleep while files are being sent. The screen may go dark.

#[cfg(target_os = "linux")]
pub(super) use linux::Awake;
#[cfg(not(target_os = "linux"))]
pub(super) use other::Awake;

/// Through logind, which every desktop with systemd obeys, and through the desktop's portal.
#[cfg(target_os = "linux")]
mod linux {
    use crate::words::ui::DAYPASS;
    use crate::words::window::AWAKE;
    use std::collections::HashMap;
    use zbus::Connection;
    use zbus::zvariant::{OwnedFd, OwnedObjectPath, Value};

    /// Sleep, among what the portal can hold back (XDG Desktop Portal, Inhibit).
    const SUSPEND: u32 = 4;

    /// What holds sleep back, while something does.
    #[derive(Default)]
    pub(in crate::window) struct Awake {
        held: bool,
        /// logind holds sleep back as long as this is open.
        login: Option<OwnedFd>,
        portal: Option<(Connection, OwnedObjectPath)>,
    }

    impl Awake {
        /// Holds sleep back, as far as this computer lets programs do so.
        pub(in crate::window) async fn hold(&mut self) {
            if !std::mem::replace(&mut self.held, true) {
                self.login = login().await.ok();
                self.portal = portal().await.ok();
            }
        }

        /// Lets the computer sleep again.
        pub(in crate::window) async fn release(&mut self) {
            self.held = false;
            self.login = None;
            if let Some((bus, request)) = self.portal.take() {
                let (name, interface) = ("org.freedesktop.portal.Desktop", "org.freedesktop.portal.Request");
                // The portal lets go by itself where this connection ends.
                let _gone = bus.call_method(Some(name), &request, Some(interface), "Close", &()).await;
            }
        }
    }

    async fn login() -> zbus::Result<OwnedFd> {
        let bus = Connection::system().await?;
        let (name, path) = ("org.freedesktop.login1", "/org/freedesktop/login1");
        let call = ("sleep:idle", DAYPASS, AWAKE, "block");
        let manager = Some("org.freedesktop.login1.Manager");
        bus.call_method(Some(name), path, manager, "Inhibit", &call).await?.body().deserialize()
    }

    async fn portal() -> zbus::Result<(Connection, OwnedObjectPath)> {
        let bus = Connection::session().await?;
        let (name, path) = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
        let call = ("", SUSPEND, HashMap::from([("reason", Value::from(AWAKE))]));
        let inhibit = Some("org.freedesktop.portal.Inhibit");
        let request = bus.call_method(Some(name), path, inhibit, "Inhibit", &call).await?.body().deserialize()?;
        Ok((bus, request))
    }
}

/// Through what the system has for it, on one thread from beginning to end: Windows binds it to the thread.
#[cfg(not(target_os = "linux"))]
mod other {
    use crate::words::ui::DAYPASS;
    use crate::words::window::AWAKE;
    use tokio::sync::oneshot;

    /// What holds sleep back, while something does.
    #[derive(Default)]
    pub(in crate::window) struct Awake {
        until: Option<oneshot::Sender<()>>,
    }

    impl Awake {
        /// Holds sleep back, as far as this computer lets programs do so.
        pub(in crate::window) async fn hold(&mut self) {
            if self.until.is_none() {
                let (release, released) = oneshot::channel();
                self.until = Some(release);
                tokio::task::spawn_blocking(move || {
                    let mut wanted = keepawake::Builder::default();
                    wanted.idle(true).sleep(true).app_name(DAYPASS).app_reverse_domain("app.daypass").reason(AWAKE);
                    let held = wanted.create();
                    let _released = released.blocking_recv();
                    drop(held);
                });
            }
        }

        /// Lets the computer sleep again.
        pub(in crate::window) async fn release(&mut self) {
            self.until = None;
        }
    }
}
