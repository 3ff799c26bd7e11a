//! Distances between parts, in points: one scale for every screen.

/// Between parts of one control.
pub const FINE: f32 = 2.0;
/// Between the lines of a list of facts.
pub const TIGHT: f32 = 3.0;
/// Between lines that belong to one thing.
pub const CLOSE: f32 = 4.0;
/// Between a label and its field, and between a field and what is wrong with it.
pub const LABEL: f32 = 5.0;
/// Between a text and a smaller one below it.
pub const SMALL: f32 = 6.0;
/// Between texts, and between an icon and its text.
pub const TEXT: f32 = 8.0;
/// Between paragraphs, and between the columns of a form.
pub const PARAGRAPH: f32 = 10.0;
/// Between parts that belong together.
pub const NEAR: f32 = 12.0;
/// Between two fields, and between a field's border and its text.
pub const FIELD: f32 = 13.0;
/// Between the parts of a screen.
pub const PART: f32 = 14.0;
/// Between a text and what stands beside it, and below a page.
pub const WIDE: f32 = 16.0;
/// Between a sheet and its buttons, and between links in a row.
pub const BUTTONS: f32 = 18.0;
/// Between a button and the links beside it.
pub const LINKS: f32 = 19.0;
/// Between an edge and what is in it.
pub const EDGE: f32 = 20.0;
/// Above a page.
pub const PAGE: f32 = 22.0;
/// Between facts in a row.
pub const FACTS: f32 = 24.0;
/// Between links on either side of a dot.
pub const DOT: f32 = 28.0;
