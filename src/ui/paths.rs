//! What a file or a folder is chosen for.

use crate::model::upload::DestinationId;
use crate::words::accounts::key;
use crate::words::paths::Choice;
use crate::words::ui::shell as titles;

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
    /// Returns how it is chosen.
    #[must_use]
    pub const fn choice(&self) -> Choice {
        match self {
            Self::Files(_) | Self::Invitation | Self::Key => Choice::Open,
            Self::Folder(_) => Choice::OpenFolder,
            Self::Receipt(_) | Self::Receipts(..) | Self::Text(..) => Choice::Save,
            Self::ReceiptsEach(_) | Self::Texts(_) => Choice::SaveInto,
        }
    }

    /// Returns the title of the dialog.
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

    /// Returns the name that is offered for a file to be written.
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
