//! Composes the messages between contractor and customer; both are plain text without secrets.

use super::invitation::Invitation;
use super::request::RoleRequest;
use super::terms::wishes;
use super::words;
use crate::time::Utc;

/// Returns the message to the customer's administrator: what is requested, the two lines to compare, the steps, and at
/// the end the request itself, for those who also have Daypass.
#[must_use]
pub fn to_administrator(ask: &RoleRequest) -> String {
    let wishes: Vec<String> = wishes(ask, Utc::to_rfc3339).into_iter().map(|wish| wish.text).collect();
    let i_am = words::i_am(ask.who.short_name(), ask.who.account().as_str());
    words::to_administrator(ask, if ask.who.is_one() { &i_am } else { "" }, &wishes, &ask.to_text())
}

/// Returns the message to the contractor: the invitation, as text to paste or save and as a link.
#[must_use]
pub fn to_contractor(invitation: &Invitation) -> String {
    words::to_contractor(invitation.name(), &invitation.to_text(), &invitation.to_link())
}
