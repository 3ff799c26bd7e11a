//! The customers of earlier, on the first screen.

use super::format;
use super::ui::practice;
use crate::model::destination::Destination;

/// The title of the card.
pub const TITLE: &str = "Your customers";
/// The button of a customer that is open.
pub const GO_ON: &str = "Go on";
/// The button of the menu.
pub const MORE: &str = "More";
/// Takes a customer out of the list.
pub const FORGET: &str = "Forget this customer";

/// What a button is called where there is one for each customer.
#[must_use]
pub fn button(verb: &str, customer: &str) -> String {
    format!("{verb}: {customer}")
}

/// Where files go, and as whom.
#[must_use]
pub fn place(to: &Destination) -> String {
    format!("{}  ·  as {}", bucket(to), to.profile)
}

/// Where files go, marked if it is practice.
#[must_use]
pub fn bucket(to: &Destination) -> String {
    let place = format::place(to.bucket.as_str(), to.prefix.as_str());
    if to.practice { practice::marked(&place) } else { place }
}

/// Shows the rest of the customers.
#[must_use]
pub fn more(count: usize) -> String {
    format!("{count} more…")
}
