//! An invitation as the command line shows it before it is confirmed, and its differences from a known customer.

use super::{Change, Invitation, words};
use crate::model::destination::Destination;
use crate::model::names::AccountId;
use crate::words::ask::{self, invited, looks_like, quoted};
use crate::words::format;
use crate::words::untrusted_text::{look_alike, visible};
use jiff::tz::TimeZone;

/// Returns the facts of the invitation that the person confirms.
#[must_use]
pub fn card(invitation: &Invitation) -> String {
    let mut lines = vec![
        format!("Customer   {}", visible(invitation.name())),
        format!("Account    {}", format::account(invitation.role.account().as_str())),
        format!("Role       {}", invitation.role),
        format!("Bucket     {}", format::place(invitation.bucket.as_str(), invitation.prefix.as_str())),
    ];
    if let Some(owner) = invitation.other_owner() {
        lines.push(format!("           The bucket belongs to another account: {}", format::account(owner.as_str())));
    }
    if let Some(word) = look_alike(invitation.name()) {
        lines.push(format!("           {}", ask::look_alike(word)));
    }
    lines.join("\n")
}

/// Returns the free text by the invitation's sender, marked as not checked; `None` if there is none.
#[must_use]
pub fn unchecked(invitation: &Invitation) -> Option<String> {
    let mut lines = vec![format!("{}:", invited::UNCHECKED)];
    if !invitation.note.is_empty() {
        lines.push(format!("  {}: {}", invited::NOTE, quoted(&visible(&invitation.note))));
    }
    if !invitation.contact.is_empty() {
        lines.push(format!("  {}: {}", invited::CONTACT, quoted(&visible(&invitation.contact))));
        lines.push(format!("  {}", invited::NOT_TO_CHECK));
    }
    (lines.len() > 1).then(|| lines.join("\n"))
}

/// Returns the refusal for an invitation in another account than `--account` names.
#[must_use]
pub fn other_account(expected: &AccountId, invitation: &Invitation) -> String {
    format!(
        "The invitation’s role is in account {}, and not in {} as you said. Nothing was sent.",
        format::account(invitation.role.account().as_str()),
        format::account(expected.as_str())
    )
}

/// The line over what an invitation changes.
#[must_use]
pub fn differs_from(name: &str) -> String {
    format!("This differs from what Daypass knows of {name}:")
}

/// Returns the list of differences from the known destination; `alike` adds a warning about its similar name.
#[must_use]
pub fn changes(changes: &[Change], known: &Destination, alike: bool) -> String {
    let name = visible(&known.name);
    let mut out = if alike { format!("{}.\n", looks_like(&name)) } else { String::new() };
    out.push_str(&differs_from(&name));
    for change in changes {
        let shown = |text: &str| words::value(change.what, text, &TimeZone::system());
        let (before, after) = (shown(&change.before), shown(&change.after));
        out.extend(["\n  ", words::what(change.what), ": ", &before, " → ", &after]);
    }
    out
}
