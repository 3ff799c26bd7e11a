//! Texts of the first screen's list of known customers.

use super::format;
use super::ui::practice;
use crate::model::destination::Destination;

pub const TITLE: &str = "Your customers";
/// Button of a customer that is open.
pub const GO_ON: &str = "Open";
/// Label of the menu button.
pub const MORE: &str = "More";
pub const FORGET: &str = "Forget this customer";

/// Returns the accessible name of a button that exists once per customer.
#[must_use]
pub fn button(verb: &str, customer: &str) -> String {
    format!("{verb}: {customer}")
}

/// Returns the destination and the profile.
#[must_use]
pub fn place(to: &Destination) -> String {
    format!("{}  ·  as {}", bucket(to), to.profile)
}

/// Returns the bucket and folder, marked if it is practice.
#[must_use]
pub fn bucket(to: &Destination) -> String {
    let place = format::place(to.bucket.as_str(), to.prefix.as_str());
    if to.practice { practice::marked(&place) } else { place }
}

/// Button that shows the remaining customers.
#[must_use]
pub fn more(count: usize) -> String {
    format!("{count} more…")
}
