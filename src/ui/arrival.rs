//! What may arrive while a sheet is open: things that were read, and questions to the person.

use super::paths::PathFor;
use crate::grant::{Invitation, RoleRequest};
use crate::model::upload::DestinationId;
use crate::time::Utc;
use crate::words::ask::invited;
use crate::words::ui::dialog;
use std::path::PathBuf;

/// Something that is shown as soon as no sheet is open. The times are those of the wall clock when it was read.
pub(crate) enum Arrival {
    Invitation(Box<Invitation>, Utc),
    Request(Box<RoleRequest>, Utc),
    /// Whether to quit while uploads run.
    Quit,
    /// The access key in this file.
    KeyFile(PathBuf),
    /// A path to be typed.
    Path(PathFor),
    /// The code of an open destination.
    Code(DestinationId),
}

impl Arrival {
    /// Returns the notice that something came.
    pub(crate) const fn title(&self) -> &'static str {
        match self {
            Self::Invitation(..) => invited::ANOTHER,
            Self::Request(..) => invited::ANOTHER_REQUEST,
            Self::Quit => dialog::QUIT_HELD,
            Self::KeyFile(_) => dialog::KEY_FILE_HELD,
            Self::Path(_) => dialog::PATH_HELD,
            Self::Code(_) => dialog::CODE_HELD,
        }
    }

    /// Returns whether it comes of what the person did in the window.
    pub(crate) const fn is_own(&self) -> bool {
        match self {
            Self::Invitation(..) | Self::Request(..) => false,
            Self::Quit | Self::KeyFile(_) | Self::Path(_) | Self::Code(_) => true,
        }
    }

    /// Returns whether both ask for the same, so that one of them is enough.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Invitation(one, _), Self::Invitation(other, _)) => one == other,
            (Self::Quit, Self::Quit) => true,
            (Self::Code(one), Self::Code(other)) => one == other,
            (Self::Path(one), Self::Path(other)) => one == other,
            _ => false,
        }
    }
}
