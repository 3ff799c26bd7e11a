//! The policies: who may take the role, what the role may and may not do, and what a new bucket refuses.

use super::request::{Ask, Kms};
use super::tree::{Tree, add};
use crate::model::names::{Region, RoleArn};

/// The name of the role's one inline policy.
pub const PERMISSION_NAME: &str = "daypass-put-only";

fn document(statements: Vec<Tree>) -> Tree {
    [("Version", "2012-10-17".into()), ("Statement", Tree::List(statements))].into()
}

/// `text` as an ARN's resource takes it, where `*`, `?` and `${` would otherwise mean something
/// (IAM User Guide, "IAM policy elements: variables and tags", special characters).
#[must_use]
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' => out.extend(['$', '{', c, '}']),
            '$' if chars.peek() == Some(&'{') => out.push_str("${$}"),
            _ => out.push(c),
        }
    }
    out
}

/// The ARN of a bucket, or of what is in it.
fn in_bucket(ask: &Ask, rest: &str) -> String {
    format!("arn:{}:s3:::{}{rest}", ask.who.partition().as_str(), literal(ask.bucket.as_str()))
}

/// The principal that the trust policy names: who asks, or their whole account.
#[must_use]
pub fn principal(ask: &Ask) -> String {
    if ask.only_me { ask.who.to_string() } else { ask.who.account_arn() }
}

/// The ARN of every object below the folder, which is all that the role may put.
#[must_use]
pub fn objects(ask: &Ask) -> String {
    in_bucket(ask, &format!("/{}*", literal(ask.prefix.as_str())))
}

/// The conditions on the dates, for every statement that allows something: a condition of the trust policy alone is
/// checked when the role is taken, and its sessions go on for hours (AWS re:Post, "restrict access by IP address").
fn dates(ask: &Ask, conditions: &mut Vec<(String, Tree)>) {
    for (operator, at) in [("DateGreaterThanEquals", ask.not_before), ("DateLessThan", ask.not_after)] {
        if let Some(at) = at {
            let at = Tree::from(super::fields::rfc3339(at));
            add(conditions, operator, Tree::from([("aws:CurrentTime", at)]));
        }
    }
}

/// The condition on the networks. Not for KMS, which S3 calls in the role's place.
fn networks(ask: &Ask, conditions: &mut Vec<(String, Tree)>) {
    if !ask.source_ips.is_empty() {
        let list: Vec<Tree> = ask.source_ips.iter().map(|net| net.to_string().into()).collect();
        add(conditions, "IpAddress", Tree::from([("aws:SourceIp", list.into())]));
    }
}

/// The trust policy: who may take the role, and on which conditions.
///
/// MFA is asked for by plain `Bool`: the key is absent from a request signed with a long-term key alone, and
/// `BoolIfExists` would let that pass (IAM User Guide, "AWS global condition context keys").
#[must_use]
pub fn trust(ask: &Ask) -> Tree {
    let mut equals = Vec::new();
    if let Some(id) = &ask.external_id {
        add(&mut equals, "sts:ExternalId", id.as_str());
    }
    if ask.session_is_user {
        let name = ask.who.user_name().filter(|_| ask.only_me);
        add(&mut equals, "sts:RoleSessionName", name.unwrap_or("${aws:username}"));
    }
    let mut conditions = Vec::new();
    if !equals.is_empty() {
        add(&mut conditions, "StringEquals", Tree::Map(equals));
    }
    if ask.mfa {
        add(&mut conditions, "Bool", Tree::from([("aws:MultiFactorAuthPresent", "true".into())]));
    }
    if let Some(age) = ask.mfa_max_age {
        let age = Tree::from(age.to_string());
        add(&mut conditions, "NumericLessThan", Tree::from([("aws:MultiFactorAuthAge", age)]));
    }
    dates(ask, &mut conditions);
    networks(ask, &mut conditions);
    let mut statement = Vec::new();
    add(&mut statement, "Effect", "Allow");
    add(&mut statement, "Principal", Tree::from([("AWS", principal(ask).into())]));
    add(&mut statement, "Action", "sts:AssumeRole");
    if !conditions.is_empty() {
        add(&mut statement, "Condition", Tree::Map(conditions));
    }
    document(vec![Tree::Map(statement)])
}

/// What the role may do: put objects below the folder; where asked for, tidy up after itself and use the bucket's key.
/// And what it may not do, whoever holds its session: put without TLS and, where asked for, replace an object.
///
/// The denials stand here and not in the bucket's policy, so that no policy of a bucket has to be changed.
/// `s3:if-none-match` and `s3:ObjectCreationOperation` are condition keys of the action `s3:PutObject` (Service
/// Authorization Reference, "Actions, resources, and condition keys for Amazon S3") and so hold in every kind of policy,
/// although the S3 User Guide shows them in bucket policies alone. The calls of a multipart upload before the last carry
/// no `If-None-Match`; `s3:ObjectCreationOperation` exempts them (S3 User Guide, "Enforce conditional writes").
#[must_use]
pub fn permission(ask: &Ask) -> Tree {
    let mut actions = vec!["s3:PutObject".into()];
    if ask.clean_up {
        actions.extend(["s3:AbortMultipartUpload".into(), "s3:ListMultipartUploadParts".into()]);
    }
    let action = if actions.len() == 1 { actions.remove(0) } else { Tree::List(actions) };
    let mut put = Vec::new();
    add(&mut put, "Sid", "PutObjects");
    add(&mut put, "Effect", "Allow");
    add(&mut put, "Action", action);
    add(&mut put, "Resource", objects(ask));
    let mut conditions = Vec::new();
    dates(ask, &mut conditions);
    networks(ask, &mut conditions);
    if !conditions.is_empty() {
        add(&mut put, "Condition", Tree::Map(conditions));
    }
    let mut statements = vec![Tree::Map(put)];
    match &ask.kms {
        Kms::None => {}
        Kms::Any => statements.push(key(ask, "*", ask.region.as_ref())),
        Kms::Key(key_arn) => statements.push(key(ask, &key_arn.to_string(), Some(key_arn.region()))),
    }
    if ask.create_only {
        statements.push(replace_nothing(ask, false));
    }
    statements.push(only_over_tls(ask, false));
    document(statements)
}

/// The use of a key through S3 and for objects of this folder: `GenerateDataKey` for every object, `Decrypt` for those
/// that go up in parts (S3 User Guide, "Multipart upload API and permissions"). The encryption context holds the
/// object's ARN, or the bucket's if it has an S3 Bucket Key (S3 User Guide, "Reducing the cost of SSE-KMS").
fn key(ask: &Ask, arn: &str, region: Option<&Region>) -> Tree {
    let suffix = ask.who.partition().dns_suffix();
    let via = |region: &str| Tree::from(format!("s3.{region}.{suffix}"));
    let of_bucket = Tree::List(vec![in_bucket(ask, "").into(), objects(ask).into()]);
    let (mut conditions, mut like) = (Vec::new(), Vec::new());
    match region {
        Some(region) => add(&mut conditions, "StringEquals", Tree::from([("kms:ViaService", via(region.as_str()))])),
        None => add(&mut like, "kms:ViaService", via("*")),
    }
    add(&mut like, "kms:EncryptionContext:aws:s3:arn", of_bucket);
    add(&mut conditions, "StringLike", Tree::Map(like));
    dates(ask, &mut conditions);
    [
        ("Sid", "UseTheBucketsKey".into()),
        ("Effect", "Allow".into()),
        ("Action", Tree::List(vec!["kms:GenerateDataKey".into(), "kms:Decrypt".into()])),
        ("Resource", arn.into()),
        ("Condition", Tree::Map(conditions)),
    ]
    .into()
}

/// A denial, in a role's policy or in a bucket's, which names a principal.
fn deny(sid: &str, of_bucket: bool, action: &str, resource: Tree, conditions: Vec<(String, Tree)>) -> Tree {
    let mut statement = Vec::new();
    add(&mut statement, "Sid", sid);
    add(&mut statement, "Effect", "Deny");
    if of_bucket {
        add(&mut statement, "Principal", "*");
    }
    add(&mut statement, "Action", action);
    add(&mut statement, "Resource", resource);
    add(&mut statement, "Condition", Tree::Map(conditions));
    Tree::Map(statement)
}

fn only_over_tls(ask: &Ask, of_bucket: bool) -> Tree {
    let resource = Tree::List(vec![in_bucket(ask, "").into(), in_bucket(ask, "/*").into()]);
    let mut conditions = Vec::new();
    add(&mut conditions, "Bool", Tree::from([("aws:SecureTransport", "false".into())]));
    deny("OnlyOverTls", of_bucket, "s3:*", resource, conditions)
}

fn replace_nothing(ask: &Ask, of_bucket: bool) -> Tree {
    let mut conditions = Vec::new();
    if of_bucket {
        // Others than this role may go on to replace what is there.
        let role = format!("arn:{}:iam::*:role/{}", ask.who.partition().as_str(), ask.role_name);
        add(&mut conditions, "ArnLike", Tree::from([("aws:PrincipalArn", role.into())]));
    }
    add(&mut conditions, "Null", Tree::from([("s3:if-none-match", "true".into())]));
    add(&mut conditions, "Bool", Tree::from([("s3:ObjectCreationOperation", "true".into())]));
    deny("ReplaceNothing", of_bucket, "s3:PutObject", in_bucket(ask, "/*").into(), conditions)
}

/// The policy of a bucket that the kit makes; a bucket that is there keeps its own. It denies and allows nothing:
/// requests without TLS from anybody, and replacing from this role, once more than in the role's own policy.
#[must_use]
pub fn bucket(ask: &Ask) -> Tree {
    let mut statements = vec![only_over_tls(ask, true)];
    if ask.create_only {
        statements.push(replace_nothing(ask, true));
    }
    document(statements)
}

/// The lifecycle rule that throws abandoned parts away, as S3's API takes it; none where none is asked for.
#[must_use]
pub fn lifecycle(ask: &Ask) -> Option<Tree> {
    let days = ask.abort_days?;
    let rule = Tree::from([
        ("ID", LIFECYCLE_NAME.into()),
        ("Status", "Enabled".into()),
        ("Filter", [("Prefix", ask.prefix.as_str().into())].into()),
        ("AbortIncompleteMultipartUpload", [("DaysAfterInitiation", days.into())].into()),
    ]);
    Some([("Rules", Tree::List(vec![rule]))].into())
}

/// The name of that rule.
pub const LIFECYCLE_NAME: &str = "daypass-abandoned-parts";

/// All of it in one document, for those who enter it by hand.
#[must_use]
pub fn all(ask: &Ask) -> Tree {
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

/// What the contractor's own administrator allows the contractor: to take this role. A role in another account needs
/// both yeses (IAM User Guide, "Cross-account policy evaluation logic").
#[must_use]
pub fn caller(role: &RoleArn) -> Tree {
    document(vec![Tree::from([
        ("Effect", "Allow".into()),
        ("Action", "sts:AssumeRole".into()),
        ("Resource", role.as_str().into()),
    ])])
}
