//! The policies of the access kit: the role's trust policy, its permissions and denials, and the policy of a new
//! bucket.

use super::request::{Kms, RoleRequest};
use crate::policy::tree::{Tree, add};
use crate::policy::{RoleConditions, Via, arn, document, statement};

/// The name of the role's only inline policy.
pub const PERMISSION_NAME: &str = "daypass-put-only";

/// Returns the principal for the trust policy: the caller, or the caller's whole account.
#[must_use]
pub fn principal(ask: &RoleRequest) -> String {
    if ask.only_me { ask.who.to_string() } else { ask.who.account_arn() }
}

/// Returns the ARN of all objects below the folder, the only ones that the role may put.
#[must_use]
pub fn objects(ask: &RoleRequest) -> String {
    arn::objects(ask.who.partition(), ask.bucket.as_str(), ask.prefix.as_str())
}

/// Returns the conditions that the request puts on the role.
fn conditions(ask: &RoleRequest) -> RoleConditions {
    let user_name = || ask.who.user_name().filter(|_| ask.only_me).unwrap_or("${aws:username}").to_owned();
    RoleConditions {
        external_id: ask.external_id.as_ref().map(|id| id.as_str().to_owned()),
        session_name: ask.session_is_user.then(user_name),
        mfa: ask.mfa,
        mfa_max_age: ask.mfa_max_age,
        not_before: ask.not_before,
        not_after: ask.not_after,
        networks: ask.source_ips.iter().map(ToString::to_string).collect(),
    }
}

/// Returns the trust policy: who may assume the role, and on which conditions.
#[must_use]
pub fn trust(ask: &RoleRequest) -> Tree {
    document(vec![statement::allow_assume_role(&principal(ask), &conditions(ask))])
}

/// Returns the role's permissions: it may put objects below the folder and, if requested, clean up after itself and use
/// the bucket's key. Putting without TLS is denied and, if requested, replacing an object.
///
/// The denials are in the role's policy and not in the bucket's, so that no existing bucket policy has to change.
#[must_use]
pub fn permission(ask: &RoleRequest) -> Tree {
    let (partition, conditions) = (ask.who.partition(), conditions(ask));
    let clean_up = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
    let actions = if ask.clean_up { &clean_up[..] } else { &clean_up[..1] };
    let mut statements = vec![statement::allow_put(Some("PutObjects"), actions, objects(ask).into(), &conditions)];
    let key = match &ask.kms {
        Kms::None => None,
        Kms::Any => Some(("*".to_owned(), ask.region.as_ref())),
        Kms::Key(key_arn) => Some((key_arn.to_string(), Some(key_arn.region()))),
    };
    if let Some((key, region)) = key {
        let context = vec![arn::bucket(partition, ask.bucket.as_str()), objects(ask)];
        let via = Via { partition, region };
        statements.push(statement::allow_key(Some("UseTheBucketsKey"), &key, via, context, &conditions));
    }
    if ask.create_only {
        statements.push(statement::deny_replacing(None, partition, ask.bucket.as_str()));
    }
    statements.push(statement::deny_without_tls(None, partition, ask.bucket.as_str()));
    document(statements)
}

/// Returns the policy of a bucket that the kit creates; an existing bucket keeps its own. It allows nothing. It denies
/// requests without TLS from anybody and, if requested, replacing by this role, which the role's own policy denies too.
#[must_use]
pub fn bucket(ask: &RoleRequest) -> Tree {
    let (partition, bucket) = (ask.who.partition(), ask.bucket.as_str());
    let mut statements = vec![statement::deny_without_tls(Some("*"), partition, bucket)];
    if ask.create_only {
        let role = format!("arn:{}:iam::*:role/{}", partition.as_str(), ask.role_name);
        statements.push(statement::deny_replacing(Some(&role), partition, bucket));
    }
    document(statements)
}

/// Returns the lifecycle rule that deletes abandoned parts, in the form of S3's API; `None` if not requested.
#[must_use]
pub fn lifecycle(ask: &RoleRequest) -> Option<Tree> {
    let days = ask.abort_days?;
    let rule = Tree::from([
        ("ID", LIFECYCLE_NAME.into()),
        ("Status", "Enabled".into()),
        ("Filter", [("Prefix", ask.prefix.as_str().into())].into()),
        ("AbortIncompleteMultipartUpload", [("DaysAfterInitiation", days.into())].into()),
    ]);
    Some([("Rules", Tree::List(vec![rule]))].into())
}

/// The ID of that rule.
pub const LIFECYCLE_NAME: &str = "daypass-abandoned-parts";

/// Returns everything in one document, for those who enter it by hand.
#[must_use]
pub fn all(ask: &RoleRequest) -> Tree {
    let mut map = Vec::new();
    add(&mut map, "RoleName", ask.role_name.as_str());
    add(&mut map, "MaxSessionDuration", ask.seconds);
    add(&mut map, "TrustPolicy", trust(ask));
    add(&mut map, "PermissionPolicy", permission(ask));
    if ask.new_bucket {
        add(&mut map, "BucketPolicy", bucket(ask));
        add(&mut map, "BucketVersioning", Tree::from([("Status", "Enabled".into())]));
    }
    if let Some(rule) = lifecycle(ask) {
        add(&mut map, "LifecycleConfiguration", rule);
    }
    Tree::Map(map)
}
