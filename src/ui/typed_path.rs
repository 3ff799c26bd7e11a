//! The sheet to type a path if the desktop can show no dialog for choosing one.

use super::arrival::Arrival;
use super::paths::PathFor;
use super::sheet::{After, Sheet, View, buttons, follow_field, title};
use super::theme::{self, Face, gap};
use super::widgets::{self, Button};
use super::{About, Action, Window, picker};
use crate::words::paths::{self as words, Choice};
use crate::words::ui::dialog;
use egui::{Id, Ui};
use std::path::PathBuf;

/// The draft of a typed path.
struct TypedPath {
    what: PathFor,
    path: String,
    wrong: bool,
}

impl Window {
    /// Asks for a path to be typed: the desktop has no way to choose one. What is written is offered the folder for
    /// downloads. Waits while a dialog is open that has nothing to do with it.
    pub fn type_path(&mut self, what: PathFor, about: &About) {
        let arrival = Arrival::Path(what.clone());
        if self.must_wait(&arrival) {
            return self.hold(arrival);
        }
        let downloads = about.downloads.clone().unwrap_or_default();
        let path = match what.choice() {
            Choice::Open | Choice::OpenFolder => String::new(),
            Choice::Save => downloads.join(what.name()).to_string_lossy().into_owned(),
            Choice::SaveInto => downloads.to_string_lossy().into_owned(),
        };
        self.open_sheet(TypedPath { what, path, wrong: false });
    }
}

impl Sheet for TypedPath {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let draft = self;
        let t = theme::of(ui);
        let choice = draft.what.choice();
        title(ui, draft.what.title(), t);
        widgets::text(ui, &[(words::no_dialog(choice), Face::Body, t.muted)]);
        ui.add_space(gap::PART);
        widgets::text(ui, &[(words::PATH, Face::SmallStrong, t.ink)]);
        ui.add_space(gap::LABEL);
        let id = Id::unique("typed path");
        let width = ui.available_width();
        let response = widgets::field(ui, id, words::PATH, &mut draft.path, width, Face::Mono, draft.wrong);
        let entered = follow_field(ui, &response, &mut draft.wrong);
        if draft.wrong {
            picker::below(ui, words::PATH_FORM);
        }
        ui.add_space(gap::PARAGRAPH);
        widgets::text(ui, &[(words::INSTALL, Face::Small, t.muted)]);
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let go = ui.add(Button::main(words::go(choice))).clicked();
            if go || entered {
                match whole(&draft.path, view.about) {
                    Some(path) => {
                        out.push(Action::PathTyped(draft.what.clone(), path));
                        after = After::Close;
                    }
                    None => draft.wrong = true,
                }
            }
            if ui.add(Button::plain(dialog::CANCEL)).clicked() {
                after = After::Close;
            }
        });
        after
    }

    fn is_about(&self, arrival: &Arrival) -> bool {
        matches!(arrival, Arrival::Path(what) if *what == self.what)
    }
}

/// Returns the path that was typed from the root or from `~`; none for any other.
fn whole(text: &str, about: &About) -> Option<PathBuf> {
    let text = text.trim();
    let path = match (text.strip_prefix('~').map(|rest| rest.trim_start_matches('/')), &about.home) {
        (Some(rest), Some(home)) if text == "~" || text.starts_with("~/") => home.join(rest),
        (Some(_) | None, _) => PathBuf::from(text),
    };
    path.is_absolute().then_some(path)
}
