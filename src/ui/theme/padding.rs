//! What lies around the contents of cards, notices and fields, in points.

use egui::Margin;

/// A card of the first screen.
pub const CARD: Margin = Margin { left: 20, right: 20, top: 18, bottom: 18 };
/// The card of the form.
pub const FORM: Margin = Margin { left: 20, right: 20, top: 18, bottom: 17 };
/// The card of the customers of earlier, whose entries have room of their own.
pub const CUSTOMERS: Margin = Margin { left: 20, right: 20, top: 18, bottom: 8 };
/// The card of the profiles, whose lines have room of their own and end in buttons.
pub const PROFILES: Margin = Margin { left: 20, right: 14, top: 6, bottom: 6 };
/// The card of the request's fields, whose last field has room of its own.
pub const REQUEST: Margin = Margin { left: 20, right: 20, top: 18, bottom: 10 };
/// The card in which the customer makes the invitation.
pub const ANSWER: Margin = Margin { left: 20, right: 20, top: 14, bottom: 14 };
/// The card with the customer's own steps.
pub const STEPS: Margin = Margin { left: 20, right: 20, top: 17, bottom: 17 };
/// The tabs above a text with the buttons below them.
pub const KIT_BAR: Margin = Margin { left: 14, right: 14, top: 8, bottom: 8 };
/// A text to be copied.
pub const TEXT: Margin = Margin { left: 14, right: 14, top: 8, bottom: 8 };
/// A field of several lines.
pub const PASTE: Margin = Margin::symmetric(11, 7);
/// A notice inside a card.
pub const CARD_NOTICE: Margin = Margin::symmetric(14, 11);
/// A notice inside a sheet.
pub const NOTICE: Margin = Margin::symmetric(12, 9);
/// The notice above everything that something came.
pub const ARRIVAL: Margin = Margin::symmetric(16, 10);
/// A code to be compared.
pub const CODE: Margin = Margin::symmetric(16, 12);
/// Details on a sunken ground.
pub const DETAILS: Margin = Margin::same(12);
