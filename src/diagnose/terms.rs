//! Compares a role's known conditions with what was sent, which gives the causes that this computer can check by
//! itself.

use super::titles;
use super::{Cause, CauseAction, Evidence, messages, mono, plain};
use crate::model::names::RoleSessionName;
use crate::model::problem::Problem;
use crate::words::format;
use jiff::tz::TimeZone;

/// How likely a cause is. The causes of a page are sorted by weight in descending order.
pub(super) type Weight = u8;

/// Proven by the server's clock.
pub(super) const CERTAIN: Weight = 100;
/// The value sent is not the one that the role is known to require.
const NEARLY: Weight = 95;
/// The caller is another user than the one who was let in before.
const OTHER_USER: Weight = 92;
/// The customer changed what was allowed before. Defined here for comparison with the others.
pub(super) const CHANGED: Weight = 78;
/// A condition exists that can't be checked from here.
const LIKELY: Weight = 80;
/// The same, if the condition was met before.
const LIKELY_AGAIN: Weight = 75;

/// Returns the causes that the known conditions suggest.
pub(super) fn checked(problem: &Problem, known: &Evidence<'_>) -> Vec<(Weight, Cause)> {
    let (to, terms) = (known.destination, &known.destination.terms);
    let mut list = Vec::new();
    let mut add = |weight, cause| list.push((weight, cause));
    if let Some(detail) = problem.detail.as_ref().filter(|detail| detail.at.0 > 0) {
        // The time of the answer is the server's, so a wrong clock of this computer doesn't matter.
        if terms.not_after.is_some_and(|until| detail.at >= until) {
            add(CERTAIN, over(problem, known));
        }
        if terms.not_before.is_some_and(|from| detail.at < from) {
            add(CERTAIN, not_yet(problem, known));
        }
    }
    if terms.external_id.is_some() && terms.external_id != to.external_id {
        add(NEARLY, other_id(known));
    }
    if terms.mfa && to.mfa_serial.is_none() {
        add(NEARLY, code_wanted());
    }
    if terms.session_is_user
        && let Some((sent, user)) = names(problem, known).filter(|(sent, user)| sent != user)
    {
        add(NEARLY, own_name(&sent, &user));
    }
    if let (Some(then), Some(now)) =
        (known.learned.and_then(|learned| learned.caller.as_deref()), known.caller(problem))
        && then != now
    {
        add(OTHER_USER, other_user(problem, known, then, now));
    }
    if !terms.networks.is_empty() {
        add(if known.worked_before { LIKELY_AGAIN } else { LIKELY }, networks(problem, known));
    }
    list
}

/// Adds the causes that the role's known dates and networks suggest for a denied PutObject: causes proven by the
/// server's clock come first, the networks, which can't be checked, after the likelier causes.
pub(super) fn at_bucket(problem: &Problem, known: &Evidence<'_>, list: &mut Vec<Cause>) {
    let terms = &known.destination.terms;
    let at = problem.detail.as_ref().map(|detail| detail.at).filter(|at| at.0 > 0);
    if terms.not_after.zip(at).is_some_and(|(until, at)| at >= until) {
        list.insert(0, over(problem, known));
    } else if terms.not_before.zip(at).is_some_and(|(from, at)| at < from) {
        list.insert(0, not_yet(problem, known));
    } else if !terms.networks.is_empty() {
        let after = if known.delivered_before { 2 } else { 1 };
        list.insert(after.min(list.len()), networks(problem, known));
    }
}

/// Returns the session name that was sent, and the user's name.
fn names(problem: &Problem, known: &Evidence<'_>) -> Option<(String, String)> {
    let (_, user) = known.caller(problem)?.rsplit_once('/')?;
    let to = known.destination;
    // The default session name is the user's, or the profile's if the caller wasn't known.
    let sent = match (&to.session_name, known.identity) {
        (Some(name), _) => name.as_str().to_owned(),
        (None, Some(_)) => RoleSessionName::cleaned_from(user).as_str().to_owned(),
        (None, None) => RoleSessionName::cleaned_from(&to.profile).as_str().to_owned(),
    };
    Some((sent, user.to_owned()))
}

fn moment(at: crate::time::Utc) -> String {
    format!("{} UTC", format::date_and_time(at, &TimeZone::UTC))
}

fn over(problem: &Problem, known: &Evidence<'_>) -> Cause {
    let at = known.destination.terms.not_after.map(moment).unwrap_or_default();
    Cause::new(
        titles::TIME_OVER,
        vec![plain("It ended on "), mono(at), plain(". Only your customer can set a later end date.")],
        CauseAction::CopyForCustomer(messages::dates(problem, known)),
    )
}

fn not_yet(problem: &Problem, known: &Evidence<'_>) -> Cause {
    let at = known.destination.terms.not_before.map(moment).unwrap_or_default();
    Cause::new(
        titles::TIME_NOT_BEGUN,
        vec![plain("It starts on "), mono(at), plain(". Try again then, or ask your customer for an earlier start.")],
        CauseAction::CopyForCustomer(messages::dates(problem, known)),
    )
}

fn other_id(known: &Evidence<'_>) -> Cause {
    let to = known.destination;
    let expected = to.terms.external_id.as_ref().map_or("", |id| id.as_str());
    let mut body = vec![plain("Your invitation says "), mono(expected)];
    match &to.external_id {
        Some(sent) => {
            body.extend([
                plain(", and you sent "),
                mono(sent.as_str()),
                plain(". Enter it exactly as in the invitation."),
            ]);
        }
        None => body.push(plain(", and you sent none. Enter it.")),
    }
    Cause::new(titles::EXTERNAL_ID_OF_INVITATION, body, CauseAction::EditDestination)
}

fn code_wanted() -> Cause {
    Cause::new(
        titles::CODE_WANTED,
        vec![plain(
            "Your invitation says so, but no code was sent. Enter your device’s ARN or serial number, then its six digits.",
        )],
        CauseAction::EnterCode,
    )
}

fn own_name(sent: &str, user: &str) -> Cause {
    Cause::new(
        titles::OWN_NAME,
        vec![
            plain("The session’s name was "),
            mono(sent),
            plain(", and you are "),
            mono(user),
            plain(". Clear the session name and try again."),
        ],
        CauseAction::EditDestination,
    )
}

fn other_user(problem: &Problem, known: &Evidence<'_>, then: &str, now: &str) -> Cause {
    Cause::new(
        titles::OTHER_USER,
        vec![
            plain("The role let "),
            mono(then),
            plain(" in, and you are "),
            mono(now),
            plain(". Choose the profile you used then, or ask your customer to add this user."),
        ],
        CauseAction::CopyForCustomer(messages::not_named(problem, known)),
    )
}

fn networks(problem: &Problem, known: &Evidence<'_>) -> Cause {
    let nets = &known.destination.terms.networks;
    let mut body = vec![plain("The role lets you in from ")];
    for (at, net) in nets.iter().take(3).enumerate() {
        if at > 0 {
            body.push(plain(", "));
        }
        body.push(mono(&**net));
    }
    let more = if nets.len() > 3 { " and a few more" } else { "" };
    body.push(plain(format!("{more} only. Use your company’s network or VPN.")));
    Cause::new(titles::NETWORKS, body, CauseAction::CopyForCustomer(messages::networks(problem, known)))
}
