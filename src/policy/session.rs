//! Builds the session policy sent with AssumeRole, which limits a session to what this delivery needs.

use super::tree::Tree;
use super::{RoleConditions, Via, arn, document, statement};
use crate::model::destination::Destination;
use std::fmt::Write as _;

/// Maximum length of a session policy, in characters (STS API Reference, AssumeRole, Policy).
const MAX_CHARS: usize = 2048;

/// Returns the session policy for the destination's bucket and folder.
///
/// If the folder's name makes the policy too long, the policy names the longest parent folder that fits, or at least
/// the bucket. A long name never leaves the session as wide as its role.
#[must_use]
pub fn session_policy(destination: &Destination) -> String {
    let prefix = destination.prefix.as_str();
    let parents =
        prefix.rmatch_indices('/').map(|(at, _)| &prefix[..=at]).filter(|shorter| shorter.len() < prefix.len());
    let fits = |policy: &String| policy.chars().count() <= MAX_CHARS;
    let mut policies = std::iter::once(prefix).chain(parents).map(|prefix| for_prefix(destination, prefix));
    policies.find(fits).unwrap_or_else(|| for_prefix(destination, ""))
}

fn for_prefix(destination: &Destination, prefix: &str) -> String {
    let partition = destination.role.partition();
    let bucket = destination.bucket.as_str();
    // S3 checks an access point's alias against the access point's ARN, whose name can't be derived from the alias.
    let resources = if bucket.ends_with("-s3alias") {
        let (name, prefix) = (partition.as_str(), arn::escape(prefix));
        vec![format!("arn:{name}:s3:::*/{prefix}*"), format!("arn:{name}:s3:*:*:accesspoint/*/object/{prefix}*")]
    } else {
        vec![arn::objects(partition, bucket, prefix)]
    };
    let resources = Tree::List(resources.into_iter().map(Tree::from).collect());
    let mut actions = vec!["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
    if destination.acl_full_control {
        actions.push("s3:PutObjectAcl");
    }
    let unconditional = RoleConditions::default();
    let via = Via { partition, region: None };
    let statements = vec![
        statement::allow_put(None, &actions, resources, &unconditional),
        statement::allow_key(None, "*", via, Vec::new(), &unconditional),
    ];
    latin1(&document(statements).value().to_string())
}

/// Escapes characters above U+00FF and control characters, which STS rejects in a policy (STS API Reference,
/// AssumeRole, Policy). An escape takes six characters, so all other characters stay unescaped.
fn latin1(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~' | '\u{a0}'..='\u{ff}') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _infallible = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}
