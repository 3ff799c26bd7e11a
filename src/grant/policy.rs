//! The policies: who may take the role, what the role may do, and what the bucket refuses even to the role.

use super::request::{Ask, Kms};
use super::tree::{Tree, add};
use crate::model::names::RoleArn;

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

/// The ARN of every object below the folder.
fn objects(partition: &str, bucket: &str, prefix: &str) -> String {
    format!("arn:{partition}:s3:::{}/{}*", literal(bucket), literal(prefix))
}

/// The trust policy: who may take the role, and on which conditions.
///
/// MFA is asked for by plain `Bool`: the key is absent from a request signed with a long-term key alone, and
/// `BoolIfExists` would let that pass (IAM User Guide, "AWS global condition context keys").
#[must_use]
pub fn trust(ask: &Ask) -> Tree {
    let who = if ask.only_me { ask.who.to_string() } else { ask.who.account_arn() };
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
    let mut date = |operator: &str, at| {
        if let Some(at) = at {
            let at = Tree::from(super::fields::rfc3339(at));
            add(&mut conditions, operator, Tree::from([("aws:CurrentTime", at)]));
        }
    };
    date("DateGreaterThanEquals", ask.not_before);
    date("DateLessThan", ask.not_after);
    if !ask.source_ips.is_empty() {
        let list: Vec<Tree> = ask.source_ips.iter().map(|net| net.to_string().into()).collect();
        add(&mut conditions, "IpAddress", Tree::from([("aws:SourceIp", list.into())]));
    }
    let mut statement = Vec::new();
    add(&mut statement, "Effect", "Allow");
    add(&mut statement, "Principal", Tree::from([("AWS", who.into())]));
    add(&mut statement, "Action", "sts:AssumeRole");
    if !conditions.is_empty() {
        add(&mut statement, "Condition", Tree::Map(conditions));
    }
    document(vec![Tree::Map(statement)])
}

/// What the role may do: put objects below the folder; where asked for, tidy up after itself and use the bucket's key.
#[must_use]
pub fn permission(ask: &Ask) -> Tree {
    let mut actions = vec!["s3:PutObject".into()];
    if ask.clean_up {
        actions.extend(["s3:AbortMultipartUpload".into(), "s3:ListMultipartUploadParts".into()]);
    }
    let partition = ask.who.partition();
    let action = if actions.len() == 1 { actions.remove(0) } else { Tree::List(actions) };
    let mut statements = vec![Tree::from([
        ("Sid", "PutObjects".into()),
        ("Effect", "Allow".into()),
        ("Action", action),
        ("Resource", objects(partition, ask.bucket.as_str(), ask.prefix.as_str()).into()),
    ])];
    let region = ask.region.as_ref().map(crate::model::names::Region::as_str);
    match &ask.kms {
        Kms::None => {}
        Kms::Any => statements.push(key("*", partition, region)),
        Kms::Key(arn) => statements.push(key(&arn.to_string(), partition, region)),
    }
    document(statements)
}

/// The use of a key through S3: `GenerateDataKey` for every object, `Decrypt` for those that go up in parts
/// (S3 User Guide, "Multipart upload API and permissions").
fn key(arn: &str, partition: &str, region: Option<&str>) -> Tree {
    let suffix = match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    let (operator, region) = region.map_or(("StringLike", "*"), |region| ("StringEquals", region));
    let via = Tree::from([("kms:ViaService", format!("s3.{region}.{suffix}").into())]);
    [
        ("Sid", "UseTheBucketsKey".into()),
        ("Effect", "Allow".into()),
        ("Action", Tree::List(vec!["kms:GenerateDataKey".into(), "kms:Decrypt".into()])),
        ("Resource", arn.into()),
        ("Condition", [(operator, via)].into()),
    ]
    .into()
}

/// Whether the kit has a policy for the bucket, made before or by the kit.
#[must_use]
pub const fn has_bucket_policy(ask: &Ask) -> bool {
    ask.create_only || ask.new_bucket
}

/// The bucket's policy. It denies, it allows nothing, and it names this role alone, so that nobody else meets it:
/// no request without TLS, and where asked for nothing replaced (S3 User Guide, "Enforce conditional writes").
/// The calls of a multipart upload before the last carry no condition and are exempt by `s3:ObjectCreationOperation`.
#[must_use]
pub fn bucket(ask: &Ask) -> Tree {
    let partition = ask.who.partition();
    let name = literal(ask.bucket.as_str());
    let role = || Tree::from([("aws:PrincipalArn", format!("arn:{partition}:iam::*:role/{}", ask.role_name).into())]);
    let deny = |sid: &str, action: &str, resource: Tree, null: Option<Tree>, yes: Tree| {
        let mut conditions = Vec::new();
        add(&mut conditions, "ArnLike", role());
        if let Some(null) = null {
            add(&mut conditions, "Null", null);
        }
        add(&mut conditions, "Bool", yes);
        Tree::from([
            ("Sid", sid.into()),
            ("Effect", "Deny".into()),
            ("Principal", "*".into()),
            ("Action", action.into()),
            ("Resource", resource),
            ("Condition", Tree::Map(conditions)),
        ])
    };
    let mut statements = vec![deny(
        "OnlyOverTls",
        "s3:*",
        Tree::List(vec![
            format!("arn:{partition}:s3:::{name}").into(),
            format!("arn:{partition}:s3:::{name}/*").into(),
        ]),
        None,
        [("aws:SecureTransport", "false".into())].into(),
    )];
    if ask.create_only {
        statements.push(deny(
            "ReplaceNothing",
            "s3:PutObject",
            format!("arn:{partition}:s3:::{name}/*").into(),
            Some([("s3:if-none-match", "true".into())].into()),
            [("s3:ObjectCreationOperation", "true".into())].into(),
        ));
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
    if has_bucket_policy(ask) {
        add(&mut map, "BucketPolicy", bucket(ask));
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
