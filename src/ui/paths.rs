//! What files are chosen for, and the dialog to type a path where the desktop can show none for choosing.

use super::arrivals::Arrival;
use super::dialogs::Dialog;
use super::sheet::entered;
use super::sheet::{After, buttons, title};
use super::theme::{self, Face};
use super::widgets::{self, Button};
use super::{About, Action, Window, picker};
use crate::model::upload::DestinationId;
use crate::words::accounts::key;
use crate::words::paths::{self as words, Choice};
use crate::words::ui::{dialog, shell as titles};
use egui::{Id, Ui};
use std::path::PathBuf;

/// What a file or a folder is chosen for.
#[derive(Clone, Debug, PartialEq)]
pub enum PathFor {
    /// Files to deliver.
    Files(DestinationId),
    /// Folders to deliver.
    Folder(DestinationId),
    /// An invitation to open.
    Invitation,
    /// The file of an access key.
    Key,
    /// The receipt of the current delivery.
    Receipt(DestinationId),
    /// The receipts of these past deliveries in one file, under the name that is offered.
    Receipts(Vec<i64>, String),
    /// The receipts of past deliveries in a folder: one file for each of these lists, under its name.
    ReceiptsEach(Vec<(Vec<i64>, String)>),
    /// This text, under the name that is offered.
    Text(&'static str, String),
    /// These texts in a folder.
    Texts(Vec<(&'static str, String)>),
}

impl PathFor {
    /// How one chooses.
    #[must_use]
    pub const fn choice(&self) -> Choice {
        match self {
            Self::Files(_) | Self::Invitation | Self::Key => Choice::Open,
            Self::Folder(_) => Choice::OpenFolder,
            Self::Receipt(_) | Self::Receipts(..) | Self::Text(..) => Choice::Save,
            Self::ReceiptsEach(_) | Self::Texts(_) => Choice::SaveInto,
        }
    }

    /// The title of the dialog.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Files(_) => titles::FILES,
            Self::Folder(_) => titles::FOLDER,
            Self::Invitation => titles::INVITATION,
            Self::Key => key::DIALOG,
            Self::Receipt(_) | Self::Receipts(..) => titles::RECEIPT,
            Self::Text(..) => titles::TEXT,
            Self::ReceiptsEach(_) | Self::Texts(_) => titles::TEXTS,
        }
    }

    /// The name that is offered for a file to be written.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Receipt(_) => titles::RECEIPT_FILE,
            Self::Receipts(_, name) => name,
            Self::Text(name, _) => name,
            Self::Files(_)
            | Self::Folder(_)
            | Self::Invitation
            | Self::Key
            | Self::ReceiptsEach(_)
            | Self::Texts(_) => "",
        }
    }
}

/// The draft of a typed path.
pub struct TypedPath {
    what: PathFor,
    path: String,
    wrong: bool,
}

impl Window {
    /// Asks for a path to be typed: the desktop has no way to choose one. What is written is offered the folder for
    /// downloads. Waits while a dialog is open that has nothing to do with it.
    pub fn type_path(&mut self, what: PathFor, about: &About) {
        let same = matches!(&self.dialog, Some(Dialog::TypedPath(draft)) if draft.what == what);
        if self.dialog.is_some() && !same && !(what == PathFor::Key && self.adds_key()) {
            return self.hold(Arrival::Path(what));
        }
        let downloads = about.downloads.clone().unwrap_or_default();
        let path = match what.choice() {
            Choice::Open | Choice::OpenFolder => String::new(),
            Choice::Save => downloads.join(what.name()).to_string_lossy().into_owned(),
            Choice::SaveInto => downloads.to_string_lossy().into_owned(),
        };
        self.dialog = Some(Dialog::TypedPath(Box::new(TypedPath { what, path, wrong: false })));
    }
}

/// Draws the dialog.
pub(crate) fn prompt(ui: &mut Ui, draft: &mut TypedPath, about: &About, out: &mut Vec<Action>) -> After {
    let t = theme::of(ui);
    let choice = draft.what.choice();
    title(ui, draft.what.title(), t);
    widgets::text(ui, &[(words::no_dialog(choice), Face::Body, t.muted)]);
    ui.add_space(14.0);
    widgets::text(ui, &[(words::PATH, Face::SmallStrong, t.ink)]);
    ui.add_space(5.0);
    let id = Id::unique("typed path");
    let width = ui.available_width();
    let response = widgets::field(ui, id, words::PATH, &mut draft.path, width, Face::Mono, draft.wrong);
    // Looked at before the focus comes back: a field that has it did not lose it.
    let entered = entered(ui, &[&response]);
    if ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
    if response.changed() {
        draft.wrong = false;
    }
    if draft.wrong {
        picker::below(ui, words::PATH_FORM);
    }
    ui.add_space(10.0);
    widgets::text(ui, &[(words::INSTALL, Face::Small, t.muted)]);
    let mut after = After::Stay;
    buttons(ui, |ui| {
        let go = ui.add(Button::main(words::go(choice))).clicked();
        if go || entered {
            match whole(&draft.path, about) {
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

/// The path that was typed, from the root or from `~`; none for any other.
fn whole(text: &str, about: &About) -> Option<PathBuf> {
    let text = text.trim();
    let path = match (text.strip_prefix('~').map(|rest| rest.trim_start_matches('/')), &about.home) {
        (Some(rest), Some(home)) if text == "~" || text.starts_with("~/") => home.join(rest),
        (Some(_) | None, _) => PathBuf::from(text),
    };
    path.is_absolute().then_some(path)
}
