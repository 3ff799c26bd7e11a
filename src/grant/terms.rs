//! Describes what a request asks for, one sentence per item, for the message to the customer and the customer's page.

use super::request::{Kms, RoleRequest};
use super::{RoleName, policy};
use crate::model::destination::Destination;
use crate::policy::tree::Tree;
use crate::time::Utc;
use crate::words::format;
use std::time::Duration;

/// One item that is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub text: String,
    /// Whether the item is a default, which every request has unless somebody changes it.
    pub usual: bool,
}

/// Heading of the list.
pub const THEY_ASK: &str = "They ask for";
const ONLY_TLS: &str = "Only encrypted connections (TLS) are accepted.";
pub const NO_REPLACING: &str = "Existing files are never replaced.";
pub const REPLACING: &str = "Existing files may be replaced. In a bucket without versions, the old ones are then lost.";

/// Returns the requested items; `moment` formats a date.
#[must_use]
pub fn wishes(ask: &RoleRequest, moment: impl Fn(Utc) -> String) -> Vec<Wish> {
    let mut list = Vec::new();
    let mut add = |usual: bool, text: String| list.push(Wish { text, usual });
    add(false, who(ask));
    add(true, "The role may add files there. It can’t read, list or delete any.".to_owned());
    add(ask.create_only, if ask.create_only { NO_REPLACING } else { REPLACING }.to_owned());
    add(true, ONLY_TLS.to_owned());
    match (ask.mfa, ask.mfa_max_age) {
        (true, None) => add(true, "Each access needs a code from a device (MFA).".to_owned()),
        (true, Some(age)) => {
            let age = format::short(Duration::from_secs(age.into()));
            add(false, format!("Each access needs a code from a device (MFA) that is at most {age} old."));
        }
        (false, _) if ask.who.is_role() => {
            add(true, "No code (MFA) is needed, because a role can’t give one.".to_owned());
        }
        (false, _) => add(false, "No code (MFA) is needed.".to_owned()),
    }
    let length = format::short(Duration::from_secs(ask.seconds.into()));
    add(ask.seconds == Destination::USUAL, format!("Each access lasts up to {length}."));
    match (ask.not_before, ask.not_after) {
        (None, None) => add(true, "There is no first and no last day.".to_owned()),
        (from, until) => {
            let from = from.map(|at| format!(" from {}", moment(at))).unwrap_or_default();
            let until = until.map(|at| format!(" until {}", moment(at))).unwrap_or_default();
            add(false, format!("It works only{from}{until}."));
        }
    }
    if ask.source_ips.is_empty() {
        add(true, "It works from any network.".to_owned());
    } else {
        let list: Vec<String> = ask.source_ips.iter().map(ToString::to_string).collect();
        add(false, format!("It works only from {}. {NO_ENDPOINTS}", list.join(", ")));
    }
    if let Some(id) = &ask.external_id {
        add(false, format!("Whoever uses the role has to give the external ID {id}."));
    }
    if ask.session_is_user {
        add(false, "Each session has the user’s own name in your records.".to_owned());
    }
    match &ask.kms {
        Kms::None => add(true, "It needs no encryption key of yours.".to_owned()),
        Kms::Any => add(false, "It may use any encryption key (KMS) for files in this folder.".to_owned()),
        Kms::Key(key) => {
            add(false, format!("It may use the encryption key {key} for files in this folder. {KEY_ELSEWHERE}"));
        }
    }
    if ask.new_bucket {
        add(false, "The bucket is created, private and with versions.".to_owned());
    } else {
        add(true, "The bucket already exists, and its own policy stays as it is.".to_owned());
    }
    if ask.clean_up {
        add(false, "It may list and cancel its own unfinished uploads.".to_owned());
    }
    if let Some(days) = ask.abort_days {
        let days = format::count(days.into(), "day");
        add(false, format!("The bucket deletes unfinished uploads after {days}."));
    }
    let usual_name = RoleName::for_bucket(ask.bucket.as_str(), ask.who.short_name());
    if ask.role_name != usual_name {
        add(false, format!("The role is called {}.", ask.role_name));
    }
    list
}

/// What a network condition can't see.
pub const NO_ENDPOINTS: &str = "A VPC endpoint has no public address, so nobody can use the role through one.";
/// What a key in another account also requires.
pub const KEY_ELSEWHERE: &str =
    "If that key is in another account than the role, its own policy has to allow the role too.";

/// Returns the sentence about who is let in.
#[must_use]
pub fn who(ask: &RoleRequest) -> String {
    let (name, account) = (ask.who.short_name(), format::account(ask.who.account().as_str()));
    match (ask.only_me, ask.who.shared_role()) {
        (false, _) => format!("Everybody named by the administrator of account {account} is let in."),
        (true, None) => format!("Only {name} in account {account} is let in."),
        (true, Some(role)) => format!(
            "Everybody who may use the role {role} in account {account}{} is let in.",
            if role == name { String::new() } else { format!(" and names the session {name}") }
        ),
    }
}

/// Returns the two policy lines that must be compared, as written in the template.
#[must_use]
pub fn to_compare(ask: &RoleRequest) -> [(&'static str, String); 2] {
    let written = |text: String| Tree::from(text).yaml(0).trim_end().trim_matches('"').to_owned();
    [("Principal", written(policy::principal(ask))), ("Resource", written(policy::objects(ask)))]
}
