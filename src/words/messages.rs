//! Messages to copy: for the customer, for the own administrator, after a delivery.

use super::format;
use crate::model::destination::Destination;
use crate::model::session::Identity;
use crate::model::snapshot::Totals;
use serde_json::{Value, json};

const YOUR_USER: &str = "arn:aws:iam::YOUR-ACCOUNT:user/YOUR-NAME";

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The trust policy that lets this user take on the role (IAM, "Granting access across accounts").
#[must_use]
pub fn trust_policy(to: &Destination, identity: Option<&Identity>) -> Value {
    let who = identity.map_or(YOUR_USER, |who| &who.arn);
    let mut condition = serde_json::Map::new();
    if let Some(id) = &to.external_id {
        condition.insert("StringEquals".to_owned(), json!({ "sts:ExternalId": id.as_str() }));
    }
    if to.mfa_serial.is_some() {
        condition.insert("Bool".to_owned(), json!({ "aws:MultiFactorAuthPresent": "true" }));
    }
    let mut statement = json!({ "Effect": "Allow", "Principal": { "AWS": who }, "Action": "sts:AssumeRole" });
    if !condition.is_empty() {
        statement["Condition"] = Value::Object(condition);
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// The identity policy that lets the user ask for the role.
#[must_use]
pub fn identity_policy(to: &Destination) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": to.role.as_str() }]
    })
}

/// A message for the customer whose role does not let the user in.
#[must_use]
pub fn for_customer(to: &Destination, identity: Option<&Identity>) -> String {
    let who = identity.map_or(YOUR_USER, |who| &who.arn);
    format!(
        "Hello,\n\nI would like to deliver files to {place} and can’t yet: the role\n  {role}\ndoes not let me in. \
         Please add my user\n  {who}\nto its trust policy. This is the whole policy, with nobody else in it:\n\n{policy}\n\n\
         If it is there already, please check whether the role asks for an external ID, a code (MFA), certain networks or \
         dates. Thank you.\n",
        place = format::place(to.bucket.as_str(), to.prefix.as_str()),
        role = to.role,
        policy = pretty(&trust_policy(to, identity)),
    )
}

/// A message for the administrator of the contractor's own account.
#[must_use]
pub fn for_administrator(to: &Destination, identity: Option<&Identity>) -> String {
    let who = identity.map_or(YOUR_USER, |who| &who.arn);
    format!(
        "Hello,\n\nI deliver files to a customer of ours through a role in their account. My user\n  {who}\nneeds the \
         permission to ask for it. Please attach this policy to it:\n\n{}\n\nIt allows nothing else. Thank you.\n",
        pretty(&identity_policy(to)),
    )
}

/// A message for the customer about a delivery that has ended.
#[must_use]
pub fn delivered(to: &Destination, totals: &Totals) -> String {
    let place = format::place(to.bucket.as_str(), to.prefix.as_str());
    let sent = format::count(totals.delivered, "file");
    let size = format::size(totals.confirmed);
    let have = if totals.delivered == 1 { "has" } else { "have" };
    let proof = if totals.parts_only == 0 {
        "Amazon’s checksum matches every one of them."
    } else {
        "Amazon checked every part of them as it arrived."
    };
    let missing = totals.files - totals.delivered;
    let rest = if missing > 0 {
        let what = format::count(missing, "file");
        format!("\n{what} of this delivery did not arrive, or it isn’t known; I am looking after it.\n")
    } else {
        String::new()
    };
    format!("Hello,\n\n{sent} ({size}) {have} arrived in {place}. {proof}\n{rest}")
}
