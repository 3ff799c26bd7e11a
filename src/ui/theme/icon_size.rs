//! The sizes of icons, in points.

/// The tick in a check box.
pub const TICK: f32 = 12.0;
/// The caret behind a text.
pub const CARET: f32 = 13.0;
/// The caret of a combo box.
pub const COMBO: f32 = 14.0;
/// Beside second text that confirms something.
pub const CONFIRMED: f32 = 15.0;
/// In a button, a search field and beside second text.
pub const SMALL: f32 = 16.0;
/// In a notice inside a sheet.
pub const NOTICE: f32 = 17.0;
/// In an icon button, and beside body text.
pub const MEDIUM: f32 = 18.0;
/// Beside the steps of a check, and in the strip that takes more files.
pub const STEP: f32 = 19.0;
/// In a row of a table and in a strip.
pub const ROW: f32 = 20.0;
/// Beside the heading of a sheet.
pub const HEADING: f32 = 22.0;
/// On its tile.
pub const TILE: f32 = 24.0;
/// In the middle of the area that takes files.
pub const DROP: f32 = 44.0;
