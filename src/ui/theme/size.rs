//! Sizes of controls, rows and columns, in points.

use egui::{Margin, Vec2, vec2};

/// Between the window's edge and what is in it, left and right.
pub const EDGE: f32 = 20.0;
/// Above the pass.
pub const TOP: f32 = 16.0;
/// Between the parts of a screen.
pub const GAP: f32 = 14.0;
/// Between parts that belong together.
pub const NEAR: f32 = 12.0;
/// The height of a row of the bar of practice.
pub const PRACTICE: f32 = 34.0;
/// The height of the pass.
pub const PASS: f32 = 76.0;
/// The width of the part of the pass right of the tear line.
pub const STUB: f32 = 352.0;
/// The radius of the notches in the pass.
pub const NOTCH: f32 = 8.0;
/// The height of a button.
pub const CONTROL: f32 = 36.0;
/// The height of a text field.
pub const FIELD: f32 = 38.0;
/// The corners of controls.
pub const RADIUS: u8 = 9;
/// The corners of cards.
pub const CARD: u8 = 14;
/// The corners of what the pointer is over, of pills and of ticks.
pub const HOVERED: u8 = 6;
pub const PILL: u8 = 10;
pub const TICK: u8 = 3;
/// The corners of strips.
pub const NOTE: u8 = 12;
/// A row of the table.
pub const ROW: f32 = 44.0;
/// The head of the table.
pub const TABLE_HEAD: f32 = 34.0;
/// The strip that takes more files.
pub const STRIP: f32 = 60.0;
pub const FOOTER: f32 = 60.0;
/// The square behind a large icon.
pub const TILE: f32 = 44.0;
/// A progress bar.
pub const BAR: f32 = 6.0;
/// The column of the first screen.
pub const COLUMN: f32 = 600.0;
pub const DIALOG: f32 = 460.0;
/// The window at its first start, and its least size.
pub const WINDOW: Vec2 = vec2(960.0, 680.0);
pub const LEAST_WINDOW: Vec2 = vec2(640.0, 480.0);
/// What lies left and right of a sheet at least, both together.
pub const AROUND_SHEET: f32 = 80.0;
/// What lies above and below the contents of a sheet at least, both together.
pub const ABOVE_SHEET: f32 = 58.0;
/// The column of the pages with the request and for the customer.
pub const WIDE_COLUMN: f32 = 760.0;
/// The height of the first screen if every text on it is short.
pub const WELCOME: f32 = 607.0;
/// The most room above the first screen.
pub const ABOVE_WELCOME: f32 = 90.0;
/// What lies around the contents of a sheet.
pub const SHEET_PADDING: Margin = Margin::same(20);
/// The least height of the files below the pass.
pub const ROW_LEAST: f32 = 60.0;
/// The room in which strips are laid out; they take what they need of it.
pub const NOTES: f32 = 400.0;
/// The height of a column before anything is in it.
pub const GROWS: f32 = 10.0;
/// What the notice about an arrival takes at the foot of the window.
pub const ARRIVAL: f32 = 78.0;
/// Between the notice about an arrival and the foot of the window.
pub const ARRIVAL_EDGE: f32 = 11.0;
/// The width of a list's scroll bar and the room beside it.
pub const SCROLL_BAR: f32 = 10.0;

/// The height of a small link.
pub const LINK: f32 = 22.0;
/// The height of a row of strong links.
pub const LINKS_ROW: f32 = 24.0;
/// Between the middle of a strong link and the line below it.
pub const UNDERLINE: f32 = 8.0;
/// How far the link that leads back stands above the page's title.
pub const BACK: f32 = 3.0;
/// Left and right of a button's text.
pub const BUTTON_PADDING: f32 = 15.0;
/// A button's icon and the room behind it.
pub const BUTTON_ICON: f32 = 24.0;
/// The area of an icon button.
pub const ICON_BUTTON: Vec2 = vec2(26.0, 28.0);
/// Between the middles of two icon buttons.
pub const ICON_BUTTONS: f32 = 32.0;
/// Between a control and the ring that shows its focus.
pub const FOCUS_RING: f32 = 3.0;
/// A dash of a dashed line.
pub const DASH: f32 = 4.0;

/// Around the text in a field.
pub const FIELD_PADDING: Margin = Margin::symmetric(12, 0);
/// Between the text of a field with its name inside and the field's end.
pub const FIELD_END: f32 = 11.0;
/// The least width for what is typed beside a field's name.
pub const FIELD_VALUE: f32 = 110.0;
/// The most of a field's width that its name inside takes.
pub const NAME_SHARE: f32 = 0.7;
/// Between a combo box's edge and its text.
pub const COMBO_TEXT: f32 = 13.0;
/// Between a combo box's edge and the middle of its icon.
pub const COMBO_ICON: f32 = 21.5;
/// Between a combo box's edge and its text behind an icon.
pub const COMBO_TEXT_BEHIND_ICON: f32 = 38.0;
/// Between the middle of a combo box's caret and its end.
pub const COMBO_CARET: f32 = 20.0;
/// Between a combo box's text and its end.
pub const COMBO_END: f32 = 37.0;
/// The height of a check box with its text.
pub const CHECK: f32 = 24.0;
/// The square of a check box.
pub const CHECK_BOX: f32 = 16.0;
/// Between the left of a check box and its text.
pub const CHECK_TEXT: f32 = 26.0;
/// Around what stands below a check box's text.
pub const BELOW_CHECK: Margin = Margin { left: 26, ..Margin::ZERO };
/// The radius of a radio button.
pub const RADIO: f32 = 8.0;
/// The radius of the dot in it.
pub const RADIO_DOT: f32 = 3.0;
/// A customer's dot.
pub const DOT: f32 = 10.0;
pub const DOT_RADIUS: f32 = 4.5;
/// Between the left of a dot or a small icon and the text behind it.
pub const BEHIND_DOT: f32 = 18.0;

/// The most height of a list in a menu.
pub const MENU: f32 = 260.0;
/// An entry of such a list.
pub const MENU_ENTRY: f32 = 32.0;
/// Left and right in a menu.
pub const MENU_PADDING: f32 = 14.0;
/// The least widths of menus, by how long their entries are.
pub const SMALLEST_MENU: f32 = 180.0;
pub const SMALL_MENU: f32 = 200.0;
pub const MENU_WIDTH: f32 = 220.0;
pub const WIDE_MENU: f32 = 230.0;

/// The pass.
pub mod pass {
    use egui::{Vec2, vec2};

    /// Below this width the stub is narrower.
    pub const NARROW: f32 = 740.0;
    pub const NARROWER: f32 = 52.0;
    /// The least width for who delivers where beside the stub; with less, the stub stands below.
    pub const HOLDER: f32 = 220.0;
    /// Before the ring or the text of the stub.
    pub const STUB_TEXT: f32 = 24.0;
    /// The ring that shows how much time is left.
    pub const RING: f32 = 15.0;
    pub const RING_WIDTH: f32 = 5.0;
    pub const RING_CENTER: f32 = 17.5;
    /// The ring and the room behind it.
    pub const STUB_RING: f32 = 51.0;
    /// The share of a circle that an arc of 48 pieces draws before it closes.
    pub const ALMOST_ROUND: f32 = 47.0 / 48.0;
    pub const QUARTER: f32 = 0.25;
    /// The dash in the place of a time.
    pub const NO_TIME: Vec2 = vec2(26.0, 2.5);
    /// Above the time left, and below it.
    pub const CLOCK: f32 = 13.0;
    pub const BELOW_CLOCK: f32 = 0.5;
    /// Behind the button.
    pub const BUTTON: f32 = 17.0;
    /// Before the tile.
    pub const TILE: f32 = 16.67;
    /// The gear and the room around it.
    pub const BUTTONS: f32 = 47.0;
    pub const BEFORE_BUTTONS: f32 = 7.0;
    /// The button for past deliveries with the room behind it, and the least width for it.
    pub const HISTORY: f32 = 30.0;
    pub const WITH_HISTORY: f32 = 340.0;
    /// Above the name, and between it and the line below it.
    pub const NAME: f32 = 17.0;
    pub const AROUND_NAME: f32 = 38.0;
    pub const BELOW_NAME: f32 = -1.5;
    /// The height of a pill.
    pub const PILL: f32 = 20.0;
}

/// The table of files.
pub mod table {
    /// Below this width a row's status stands below its name.
    pub const NARROW: f32 = 440.0;
    /// The least height of the table: its head and a row.
    pub const LEAST: f32 = 82.0;
    /// From a row's edge to the middle of its icon, and to its name.
    pub const ICON: f32 = 24.5;
    pub const NAME: f32 = 54.5;
    /// The column for the state: its share of the width, its least and most width, and what lies behind it.
    pub const STATUS: f32 = 0.2718;
    pub const STATUS_LEAST: f32 = 185.0;
    pub const STATUS_MOST: f32 = 320.0;
    pub const STATUS_END: f32 = 86.5;
    /// One button of a row, or two, with the room behind them.
    pub const CONTROL: f32 = 37.5;
    pub const CONTROLS: f32 = 61.5;
    /// Two buttons stand so close that their areas overlap.
    pub const BETWEEN_CONTROLS: f32 = -2.0;
    /// The most width of a column's name, and of a size.
    pub const HEAD: f32 = 120.0;
    pub const SIZE: f32 = 110.0;
    /// Above a row's bar.
    pub const BAR: f32 = 10.5;
    /// Above the first of two lines, and between the two.
    pub const FIRST_LINE: f32 = 3.0;
    pub const BETWEEN_LINES: f32 = -0.5;
    /// From a row's end to the middle of its last button.
    pub const MORE: f32 = 24.5;
}

/// The foot of the window while files are on their way.
pub mod footer {
    /// The least width for the sums beside the button.
    pub const SUMS: f32 = 220.0;
    pub const BESIDE_BUTTON: f32 = 17.0;
    /// Above the text, and between it and the bar.
    pub const TEXT: f32 = 13.0;
    pub const BAR: f32 = 6.5;
}

/// The area that takes files.
pub mod drop {
    /// Below this height the hint is left out.
    pub const LOW: f32 = 300.0;
    /// The least height of the area.
    pub const LEAST: f32 = 242.0;
    /// From the top of what stands in it to its middle.
    pub const TOP: f32 = 112.0;
    pub const BELOW_ICON: f32 = 8.5;
    pub const BELOW_TITLE: f32 = 7.5;
    pub const BELOW_BUTTONS: f32 = 25.0;
    /// While files hover over the window, from its middle.
    pub const HOVER_ICON: f32 = 56.0;
    pub const HOVER_TITLE: f32 = 11.0;
    pub const HOVER_TEXT: f32 = 20.0;
}

/// The strip that takes more files.
pub mod strip {
    /// To the middle of its icon, and to its text.
    pub const ICON: f32 = 26.0;
    pub const TEXT: f32 = 48.0;
    /// The room for links beside its text.
    pub const LINKS: f32 = 150.0;
    /// The least room for its words beside its buttons.
    pub const WORDS: f32 = 120.0;
}

/// The strips below the pass.
pub mod note {
    /// Below this height of the files one strip is enough.
    pub const LOW: f32 = 400.0;
    /// With less room for the words, the buttons stand below them.
    pub const BESIDE: f32 = 260.0;
    pub const HEIGHT: f32 = 62.0;
    pub const ICON: f32 = 24.0;
    pub const TEXT: f32 = 46.0;
    pub const BELOW: f32 = 11.0;
}

/// A denial as a page.
pub mod trouble {
    use egui::Margin;

    pub const PADDING: Margin = Margin { left: 19, right: 19, top: 17, bottom: 16 };
    /// The least height of the page.
    pub const LEAST: f32 = 200.0;
    /// The pill that says whose turn it is, below the text.
    pub const TURN: f32 = 28.0;
    /// The room that a cause needs beside its button.
    pub const BESIDE: f32 = 330.0;
    /// Between a cause's number and its text.
    pub const TEXT: f32 = 36.0;
    pub const DETAILS: f32 = 24.0;
    pub const CARET: f32 = 7.0;
    pub const DETAILS_TEXT: f32 = 17.0;
    pub const UNFOLDED: Margin = Margin { left: 17, right: 0, top: 0, bottom: 8 };
}

/// The page of past deliveries.
pub mod past {
    /// The least height of the heading, and how far below its top its second line begins.
    pub const HEADING: f32 = 52.0;
    pub const BELOW_TITLE: f32 = 31.0;
    pub const DOT: f32 = 6.0;
    /// The combo box for a period, and the least width of the search beside it.
    pub const PERIOD: f32 = 190.0;
    pub const SEARCH_LEAST: f32 = 180.0;
    /// What a search field keeps free of text.
    pub const SEARCH: f32 = 56.0;
    /// From a row's edge to the end of its check box, to its time, and to its name.
    pub const CHECK: f32 = 39.0;
    pub const CHECK_HIT: f32 = 32.0;
    pub const TIME: f32 = 79.0;
    pub const NAME: f32 = 138.0;
    /// The button at the end of the table's head and what lies behind it.
    pub const MORE: f32 = 37.0;
    /// The column for the state: its share of the width, and its least and most width.
    pub const STATE: f32 = 0.22;
    pub const STATE_LEAST: f32 = 142.0;
    pub const STATE_MOST: f32 = 190.0;
    pub const FILE_STATE: f32 = 0.3;
    pub const FILE_STATE_LEAST: f32 = 210.0;
    pub const FILE_STATE_MOST: f32 = 330.0;
    /// The most width of a time and of an amount.
    pub const CLOCK: f32 = 50.0;
    pub const AMOUNT: f32 = 170.0;
    /// The least width for a sentence beside its buttons.
    pub const CHOSEN: f32 = 90.0;
    /// From the top of what an empty list says to its middle.
    pub const EMPTY: f32 = 84.0;
    /// How much of its width a text on two lines fills.
    pub const TWO_LINES: f32 = 1.7;
}

/// Lists in cards and sheets.
pub mod list {
    use egui::{Vec2, vec2};

    /// A customer of earlier.
    pub const CUSTOMER: f32 = 54.0;
    /// Its dot, beside the first of two lines: from the middle of its left edge.
    pub const CUSTOMER_DOT: Vec2 = vec2(5.0, -10.0);
    pub const PROFILE: f32 = 56.0;
    pub const PROFILE_ICON: f32 = 1.0;
    pub const PROFILE_TEXT: f32 = 34.0;
    /// Between the buttons of a profile and the link before them.
    pub const PROFILE_BUTTONS: f32 = 5.0;
    /// An entry of two lines.
    pub const ENTRY: f32 = 44.0;
    /// The most height of the list of what was left out.
    pub const LEFT_OUT: f32 = 264.0;
    /// An entry of the list of what arrived, and the list's most height.
    pub const ARRIVED: f32 = 28.0;
    pub const ARRIVED_LIST: f32 = 320.0;
}

/// The menu of open destinations.
pub mod menu {
    pub const GAP: f32 = 26.0;
    pub const WIDTH: f32 = 320.0;
    pub const FIRST_LINE: f32 = 12.5;
    pub const SECOND_LINE: f32 = 31.0;
    pub const AROUND_TEXT: f32 = 58.0;
}

/// Sheets.
pub mod sheet {
    /// What the parts around the scrolling part of a sheet take, and that part's least and most height.
    pub const AROUND_INVITATION: f32 = 170.0;
    pub const LIST: f32 = 160.0;
    pub const AROUND_SETTINGS: f32 = 260.0;
    pub const AROUND_CHECK: f32 = 290.0;
    pub const CHECK_LEAST: f32 = 120.0;
    pub const AROUND_COMMAND: f32 = 330.0;
    pub const COMMAND_LEAST: f32 = 60.0;
    pub const COMMAND_MOST: f32 = 220.0;
    /// The column of names on an invitation.
    pub const NAMES: f32 = 118.0;
    /// The field for a code.
    pub const CODE: f32 = 160.0;
    pub const STEP_ICON: f32 = 11.0;
    pub const STEP_TEXT: f32 = 30.0;
}

/// The pages with the request and for the customer.
pub mod kit {
    /// The least height of the text.
    pub const TEXT: f32 = 180.0;
    pub const BAR: f32 = 46.0;
    pub const BELOW: f32 = 48.0;
    /// Below this width the tabs have short names.
    pub const NARROW: f32 = 700.0;
    pub const PROFILE: f32 = 200.0;
    pub const PROFILES: f32 = 380.0;
    pub const CARET: f32 = 22.0;
    /// The field to paste a request in.
    pub const PASTE: f32 = 58.0;
    pub const PASTE_PADDING: f32 = 26.0;
    /// The card in which the customer makes the invitation.
    pub const CUSTOMER_CARD: f32 = 238.0;
}
