//! The icons in use, by their code points in the Phosphor fonts.

use super::theme;
use egui::FontFamily;

/// An icon: a character of one of the icon fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon {
    pub glyph: char,
    /// Whether it is the filled one.
    pub filled: bool,
}

impl Icon {
    /// Returns the font it is in.
    #[must_use]
    pub fn family(self) -> FontFamily {
        if self.filled { theme::icons_filled() } else { theme::icons() }
    }
}

const fn outline(glyph: char) -> Icon {
    Icon { glyph, filled: false }
}

const fn filled(glyph: char) -> Icon {
    Icon { glyph, filled: true }
}

pub const INVITATION: Icon = outline('\u{E216}');
pub const USER: Icon = outline('\u{E4C2}');
/// Something opens below.
pub const CARET_DOWN: Icon = outline('\u{E136}');
pub const CARET_RIGHT: Icon = outline('\u{E13A}');
pub const SETTINGS: Icon = outline('\u{E272}');
pub const PLACE: Icon = outline('\u{E390}');
pub const RENEW: Icon = outline('\u{E094}');
/// Bring files here.
pub const UPLOAD: Icon = outline('\u{E4C0}');
/// A file on its way.
pub const FILE: Icon = outline('\u{E230}');
/// Waiting for an answer.
pub const HOURGLASS: Icon = outline('\u{E2B8}');
/// Something ends soon, or needs a look.
pub const WARNING: Icon = outline('\u{E4E0}');
/// A row needs a look.
pub const LOOK: Icon = outline('\u{E4E2}');
pub const QUESTION: Icon = outline('\u{E3E8}');
/// In the queue.
pub const CLOCK: Icon = outline('\u{E19A}');
/// Tried again later.
pub const LATER: Icon = outline('\u{E19E}');
pub const PAUSE: Icon = outline('\u{E39E}');
pub const PAUSED: Icon = outline('\u{E3A0}');
pub const PLAY: Icon = outline('\u{E3D0}');
/// Take out, close.
pub const CLOSE: Icon = outline('\u{E4F6}');
pub const STOPPED: Icon = outline('\u{E4F8}');
pub const TAKEN_OUT: Icon = outline('\u{E3DE}');
pub const MORE: Icon = outline('\u{E1FE}');
/// Access was refused.
pub const LOCK: Icon = outline('\u{E2FE}');
pub const RECEIPT: Icon = outline('\u{E3EC}');
pub const COPY: Icon = outline('\u{E1CA}');
pub const CHECK: Icon = outline('\u{E182}');
pub const DONE: Icon = filled('\u{E184}');
/// The line is down.
pub const OFFLINE: Icon = outline('\u{E4F2}');
pub const PRACTICE: Icon = outline('\u{E79E}');
pub const SIGN_OUT: Icon = outline('\u{E42A}');
pub const INFO: Icon = outline('\u{E2CE}');
/// What was before.
pub const HISTORY: Icon = outline('\u{E1A0}');
pub const SEARCH: Icon = outline('\u{E30C}');
/// An access key.
pub const KEY: Icon = outline('\u{E2D6}');
pub const RENAME: Icon = outline('\u{E3B4}');
pub const REMOVE: Icon = outline('\u{E4A6}');
/// A step that was not looked at yet.
pub const AHEAD: Icon = outline('\u{E602}');
/// A step that was refused.
pub const REFUSED: Icon = filled('\u{E4F8}');
/// A profile that signs in.
pub const SIGN_IN: Icon = outline('\u{E428}');
/// A profile with a command.
pub const COMMAND: Icon = outline('\u{EAE8}');
