//! The messages that go between contractor and customer; both are plain text and hold no secret.

use super::invitation::Invitation;
use super::request::RoleRequest;
use super::terms::wishes;
use super::words;
use crate::time::Utc;

/// To the customer's administrator: what is asked for, the two lines to compare and the steps, with the request at the
/// end for those who have Daypass too.
#[must_use]
pub fn to_administrator(ask: &RoleRequest) -> String {
    let wishes: Vec<String> = wishes(ask, Utc::to_rfc3339).into_iter().map(|wish| wish.text).collect();
    let i_am = words::i_am(ask.who.short_name(), ask.who.account().as_str());
    words::to_administrator(ask, if ask.who.is_one() { &i_am } else { "" }, &wishes, &ask.to_text())
}

/// To the contractor: the invitation, as text to paste or save and as a link.
#[must_use]
pub fn to_contractor(invitation: &Invitation) -> String {
    words::to_contractor(invitation.name(), &invitation.to_text(), &invitation.to_link())
}
