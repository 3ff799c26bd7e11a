//! The messages that go between contractor and customer; both are plain text and hold no secret.

use super::fields::rfc3339;
use super::invitation::Invitation;
use super::request::Ask;
use crate::words::grant as words;

/// To the customer's administrator: what is asked for and the three steps, with the request at the end for those who
/// have Daypass too.
#[must_use]
pub fn to_administrator(ask: &Ask) -> String {
    let who = ask.who.to_string();
    let one = ask.who.user_name().unwrap_or(&who);
    let wishes: Vec<String> = [
        ask.mfa.then(|| words::WISH_MFA.to_owned()),
        ask.not_before.map(|at| words::wish_from(&rfc3339(at))),
        ask.not_after.map(|at| words::wish_until(&rfc3339(at))),
        (!ask.source_ips.is_empty()).then(|| {
            let list: Vec<String> = ask.source_ips.iter().map(ToString::to_string).collect();
            words::wish_networks(&list.join(", "))
        }),
        ask.create_only.then(|| words::WISH_CREATE_ONLY.to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let account = ask.who.account().to_string();
    let needs = if ask.only_me { words::needs_one(one, &account) } else { words::needs_account(&account) };
    words::to_administrator(
        &needs,
        &words::place(ask.bucket.as_str(), ask.prefix.as_str()),
        &wishes,
        super::Format::CloudFormation.file_name(),
        &ask.to_text(),
    )
}

/// To the contractor: the invitation, as text to paste or save and as a link.
#[must_use]
pub fn to_contractor(invitation: &Invitation) -> String {
    words::to_contractor(invitation.name(), &invitation.to_text(), &invitation.to_link())
}
