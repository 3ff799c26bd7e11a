//! An idle Daypass does nothing until a visible text changes or an event arrives.

use crate::support::stage::{LONG, MIB, Stage, wait};
use crate::ui::demo;
use daypass::engine::handle::{Engine, EngineOptions};
use daypass::engine::profiles::Paths;
use daypass::model::session::Session;
use daypass::model::snapshot::{Network, Snapshot};
use daypass::practice;
use daypass::time::Utc;
use daypass::ui::{Window, theme};
use daypass::window::attention::AttentionWatch;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Returns how long a window with this snapshot sleeps once it has settled.
fn sleeps(seen: &Snapshot, prepare: impl FnOnce(&mut Window)) -> Duration {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    let mut window = Window::default();
    let mut prepare = Some(prepare);
    let mut wait = Duration::ZERO;
    for frame in 0..60_u32 {
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(960.0, 680.0))),
            time: Some(f64::from(frame) * 0.5),
            ..egui::RawInput::default()
        };
        let mut shown = ctx.run_ui(input, |ui| window.show(ui, seen, &demo::about(), demo::NOW, &mut Vec::new()));
        shown.textures_delta.clear();
        // Pages are opened after the first frame, because that one closes them.
        if let Some(prepare) = prepare.take() {
            prepare(&mut window);
        }
        wait = shown.viewport_output.values().map(|output| output.repaint_delay).min().expect("a window");
    }
    wait
}

#[test]
fn a_window_wakes_only_when_its_text_changes() {
    let quiet = [
        ("the first screen", demo::welcome()),
        ("no profiles", demo::no_profiles()),
        ("access that has ended", demo::ended()),
        ("access that was refused", demo::denied(daypass::model::problem::DeniedBy::Unknown)),
    ];
    for (what, seen) in quiet {
        assert_eq!(sleeps(&seen, |_window| {}), Duration::MAX, "{what}");
    }
    // The countdown shows seconds.
    for (what, seen) in [("access", demo::ready()), ("what was delivered", demo::delivered())] {
        let wait = sleeps(&seen, |_window| {});
        assert!((50..=1001).contains(&wait.as_millis()), "{what}: {wait:?}");
    }
    // A page on top of it shows no seconds.
    let under_history = sleeps(&demo::ready(), |window| window.open_history(Utc(1_700_000_000), &demo::about()));
    assert_eq!(under_history, Duration::MAX, "the page of past deliveries");
    let offline = demo::offline();
    assert!(matches!(offline.line, Network::Down { .. }));
    assert!(sleeps(&offline, |_window| {}) <= Duration::from_secs(1), "the next try is counted down");
}

#[test]
fn time_alone_triggers_a_notification_only_before_access_ends() {
    let next = |seen: &Snapshot| {
        let mut watch = AttentionWatch::default();
        let _news = watch.look(seen, demo::NOW);
        watch.next_look(seen, demo::NOW)
    };
    for seen in [demo::welcome(), demo::ready(), demo::delivered(), demo::ended(), demo::uploading()] {
        assert_eq!(next(&seen), None, "access is renewed, or nothing is queued");
    }
    let mut by_hand = demo::uploading();
    by_hand.settings.renew = false;
    let wait = next(&by_hand).expect("access ends");
    let left = by_hand.destinations[0].session.left(demo::NOW);
    assert!(!wait.is_zero() && wait < left, "{wait:?} of {left:?}");
    let mut soon = demo::ending_soon();
    soon.settings.renew = false;
    assert_eq!(next(&soon), None, "it was already announced");
}

/// An idle engine publishes nothing and runs no task; a changed file wakes it at once.
#[tokio::test]
async fn an_idle_engine_does_nothing_until_a_file_changes() {
    let dir = tempfile::tempdir().expect("a folder");
    let profiles = Paths { credentials: dir.path().join("credentials"), config: dir.path().join("config") };
    let published = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&published);
    let wake = Arc::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let options = EngineOptions { profiles: profiles.clone(), wake, ..EngineOptions::new() };
    let mut handle = Engine::spawn(options).await.expect("an engine");
    handle.reached().await;
    let before = published.load(Ordering::Relaxed);
    for _ in 0..60 {
        handle.clock().advance(Duration::from_mins(1));
        assert_eq!(handle.tasks().await, Some(0), "no task runs");
    }
    assert_eq!(published.load(Ordering::Relaxed), before);
    for name in ["first", "second"] {
        let key = format!("[{name}]\naws_access_key_id = AKIAEXAMPLEEXAMPLE00\naws_secret_access_key = s\n");
        std::fs::write(&profiles.credentials, key).expect("written");
        let listed = handle.until(|seen| seen.profiles.list.iter().any(|profile| profile.name == name));
        tokio::time::timeout(LONG, listed).await.expect(name).expect("it runs");
    }
    handle.stop().await;
}

/// A drive that stops answering, such as a home folder on a lost network share.
#[derive(Clone, Default)]
struct Drive {
    hung: Arc<AtomicBool>,
    /// The number of reads that hang on it or have hung.
    held: Arc<AtomicUsize>,
}

impl Drive {
    fn options(&self, stage: &Stage) -> EngineOptions {
        let drive = self.clone();
        let wait = move || {
            if drive.hung.load(Ordering::Relaxed) {
                drive.held.fetch_add(1, Ordering::Relaxed);
            }
            while drive.hung.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        EngineOptions { before_profiles: Some(Arc::new(wait)), ..stage.options() }
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.hung.store(false, Ordering::Relaxed);
    }
}

#[test]
fn a_drive_that_stops_answering_does_not_stop_a_delivery() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        for name in ["a", "b", "c"] {
            stage.file(name, 1000);
        }
        stage.file("large", 20 * MIB);
        let drive = Drive::default();
        let mut handle = stage.engine(drive.options(&stage)).await;
        wait(&mut handle, "access", |seen| matches!(seen.destinations[0].session, Session::Active(_))).await;
        drive.hung.store(true, Ordering::Relaxed);
        // The change triggers a read, which hangs.
        let credentials = stage.dir.path().join("credentials");
        let text = std::fs::read_to_string(&credentials).expect("read");
        std::fs::write(&credentials, text + "\n").expect("written");
        while drive.held.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let seen = stage.deliver(&mut handle).await;
        stage.check(&seen);
        assert_eq!(seen.destinations[0].totals.delivered, 4);
        assert_eq!(drive.held.load(Ordering::Relaxed), 1, "no second read starts while the first one hangs");
        handle.stop().await;
    });
}

#[test]
fn profiles_on_a_drive_that_hangs_at_the_start_are_read_later() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        let drive = Drive::default();
        drive.hung.store(true, Ordering::Relaxed);
        let mut handle = Engine::spawn(drive.options(&stage)).await.expect("an engine");
        assert!(handle.reached().await);
        assert!(handle.seen().profiles.list.is_empty());
        drive.hung.store(false, Ordering::Relaxed);
        wait(&mut handle, "the profiles", |seen| !seen.profiles.list.is_empty()).await;
        handle.stop().await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
