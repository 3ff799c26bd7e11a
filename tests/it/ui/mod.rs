//! The window by its labels: what each screen says, and what a click wishes for.

mod ask;
mod contrast;
mod deliveries;
pub mod demo;
mod fits;
mod history;
mod identity;
mod key_files;
pub mod kinds;
mod known;
pub mod past;
mod paths;
mod practice;
mod profiles;
mod rare;
mod retries;
mod scenes;
mod screens;
mod waits;
mod whose;

use daypass::model::snapshot::Snapshot;
use daypass::ui::{About, Action, Window, theme};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

struct Bench {
    window: Window,
    seen: Snapshot,
    about: About,
    out: Vec<Action>,
}

fn open_with(seen: Snapshot, about: About, size: (f32, f32)) -> Harness<'static, Bench> {
    let bench = Bench { window: Window::default(), seen, about, out: Vec::new() };
    let mut harness =
        Harness::builder().with_size(egui::vec2(size.0, size.1)).with_context_setup(theme::install).build_ui_state(
            |ui, bench: &mut Bench| {
                let (seen, about) = (bench.seen.clone(), bench.about.clone());
                bench.window.show(ui, &seen, &about, demo::NOW, &mut bench.out);
            },
            bench,
        );
    harness.run();
    harness
}

fn open(seen: Snapshot) -> Harness<'static, Bench> {
    open_with(seen, demo::about(), (960.0, 680.0))
}

fn press(harness: &mut Harness<'static, Bench>, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run();
}

fn wishes(harness: &mut Harness<'static, Bench>) -> Vec<Action> {
    std::mem::take(&mut harness.state_mut().out)
}

fn says(harness: &Harness<'static, Bench>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}
