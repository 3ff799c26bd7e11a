//! Builds every policy statement that Daypass writes or requests.

use super::tree::{Tree, add};
use crate::model::names::{Partition, Region, RoleArn};
use crate::time::Utc;

/// The conditions of a role: who may assume it, and when and from where it may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleConditions {
    /// The external ID that AssumeRole must send.
    pub external_id: Option<String>,
    /// The session name that AssumeRole must send; may be a policy variable.
    pub session_name: Option<String>,
    /// Whether the caller must have authenticated with an MFA device.
    pub mfa: bool,
    /// Maximum age of the MFA authentication, in seconds.
    pub mfa_max_age: Option<u32>,
    /// The role is denied before this time.
    pub not_before: Option<Utc>,
    /// The role is denied from this time on.
    pub not_after: Option<Utc>,
    /// The networks that requests may come from, in CIDR notation; empty allows all.
    pub networks: Vec<String>,
}

impl RoleConditions {
    /// Returns the conditions on AssumeRole, for a trust policy.
    ///
    /// MFA is required with `Bool`, not `BoolIfExists`: a request signed with a long-term key alone lacks the condition
    /// key, and `BoolIfExists` would let it pass (IAM User Guide, "AWS global condition context keys").
    fn on_assume_role(&self) -> Vec<(String, Tree)> {
        let (mut conditions, mut equals) = (Vec::new(), Vec::new());
        if let Some(id) = &self.external_id {
            add(&mut equals, "sts:ExternalId", id.as_str());
        }
        if let Some(name) = &self.session_name {
            add(&mut equals, "sts:RoleSessionName", name.as_str());
        }
        if !equals.is_empty() {
            add(&mut conditions, "StringEquals", Tree::Map(equals));
        }
        if self.mfa {
            add(&mut conditions, "Bool", Tree::from([("aws:MultiFactorAuthPresent", "true".into())]));
        }
        if let Some(age) = self.mfa_max_age {
            let age = Tree::from(age.to_string());
            add(&mut conditions, "NumericLessThan", Tree::from([("aws:MultiFactorAuthAge", age)]));
        }
        conditions.extend(self.on_use());
        conditions
    }

    /// Returns the conditions on every use of a session: dates and networks.
    fn on_use(&self) -> Vec<(String, Tree)> {
        let mut conditions = self.dates();
        conditions.extend(self.networks());
        conditions
    }

    /// Returns the date conditions. Every statement that allows something needs them: a trust policy's conditions are
    /// checked only when the role is assumed, and the session stays valid for hours (AWS re:Post, "restrict access by
    /// IP address").
    #[must_use]
    pub fn dates(&self) -> Vec<(String, Tree)> {
        let dates = [("DateGreaterThanEquals", self.not_before), ("DateLessThan", self.not_after)];
        let condition = |(operator, at): (&str, Option<Utc>)| {
            Some((operator.to_owned(), [("aws:CurrentTime", at?.to_rfc3339().into())].into()))
        };
        dates.into_iter().filter_map(condition).collect()
    }

    /// Returns the network condition. Not for KMS statements, because S3 calls KMS on the role's behalf.
    #[must_use]
    pub fn networks(&self) -> Option<(String, Tree)> {
        let list: Vec<Tree> = self.networks.iter().map(|net| net.as_str().into()).collect();
        (!list.is_empty()).then(|| ("IpAddress".to_owned(), [("aws:SourceIp", Tree::List(list))].into()))
    }
}

/// Allows `principal` to assume the role whose trust policy holds this statement.
#[must_use]
pub fn allow_assume_role(principal: &str, conditions: &RoleConditions) -> Tree {
    let mut statement = Vec::new();
    add(&mut statement, "Effect", "Allow");
    add(&mut statement, "Principal", Tree::from([("AWS", principal.into())]));
    add(&mut statement, "Action", "sts:AssumeRole");
    with(statement, conditions.on_assume_role())
}

/// Allows a contractor, in a policy of their own account, to assume `role`. A role in another account needs both this
/// and its trust policy (IAM User Guide, "Cross-account policy evaluation logic").
#[must_use]
pub fn allow_caller(role: &RoleArn) -> Tree {
    [("Effect", "Allow".into()), ("Action", "sts:AssumeRole".into()), ("Resource", role.as_str().into())].into()
}

/// Allows the S3 `actions` on `resource`, an ARN or a list of ARNs.
#[must_use]
pub fn allow_put(sid: Option<&str>, actions: &[&str], resource: Tree, conditions: &RoleConditions) -> Tree {
    let mut statement = allow(sid);
    add(&mut statement, "Action", one_or_list(actions.iter().map(|&action| action.into())));
    add(&mut statement, "Resource", resource);
    with(statement, conditions.on_use())
}

/// Allows one role the S3 `actions` on `resource`, in a bucket policy.
#[must_use]
pub fn allow_put_by(role: &RoleArn, actions: &[&str], resource: String) -> Tree {
    let mut statement = allow(None);
    add(&mut statement, "Principal", Tree::from([("AWS", role.as_str().into())]));
    add(&mut statement, "Action", one_or_list(actions.iter().map(|&action| action.into())));
    add(&mut statement, "Resource", resource);
    Tree::Map(statement)
}

/// The S3 endpoints through which a KMS key may be used (`kms:ViaService`).
#[derive(Clone, Copy, Debug)]
pub struct Via<'a> {
    /// The partition, which gives the DNS suffix of the service name.
    pub partition: Partition,
    /// The region; `None` allows every region.
    pub region: Option<&'a Region>,
}

/// Allows the use of a KMS key through S3: `GenerateDataKey` for every object, `Decrypt` for multipart uploads (S3 User
/// Guide, "Multipart upload API and permissions").
///
/// `context` lists the ARNs that the encryption context may name: the object's ARN, or the bucket's if it has an S3
/// Bucket Key (S3 User Guide, "Reducing the cost of SSE-KMS").
#[must_use]
pub fn allow_key(
    sid: Option<&str>,
    key: &str,
    via: Via<'_>,
    context: Vec<String>,
    conditions: &RoleConditions,
) -> Tree {
    let service = |region: &str| Tree::from(format!("s3.{region}.{}", via.partition.dns_suffix()));
    let (mut all, mut like) = (Vec::new(), Vec::new());
    match via.region {
        Some(region) => add(&mut all, "StringEquals", Tree::from([("kms:ViaService", service(region.as_str()))])),
        None => add(&mut like, "kms:ViaService", service("*")),
    }
    if !context.is_empty() {
        let context = Tree::List(context.into_iter().map(Tree::from).collect());
        add(&mut like, "kms:EncryptionContext:aws:s3:arn", context);
    }
    if !like.is_empty() {
        add(&mut all, "StringLike", Tree::Map(like));
    }
    all.extend(conditions.dates());
    let mut statement = allow(sid);
    add(&mut statement, "Action", Tree::List(vec!["kms:GenerateDataKey".into(), "kms:Decrypt".into()]));
    add(&mut statement, "Resource", key);
    with(statement, all)
}

/// Denies every request without TLS, in a role's policy, or in a bucket policy if `principal` is set.
#[must_use]
pub fn deny_without_tls(principal: Option<&str>, partition: Partition, bucket: &str) -> Tree {
    let bucket = super::arn::bucket(partition, bucket);
    let all = format!("{bucket}/*");
    let mut conditions = Vec::new();
    add(&mut conditions, "Bool", Tree::from([("aws:SecureTransport", "false".into())]));
    deny("OnlyOverTls", principal, "s3:*", Tree::List(vec![bucket.into(), all.into()]), conditions)
}

/// Denies replacing an object, in a role's policy if `role` is `None`. In a bucket policy it denies `role` alone, so
/// that others can still replace objects there.
///
/// `s3:if-none-match` and `s3:ObjectCreationOperation` are condition keys of the action `s3:PutObject` (Service
/// Authorization Reference, "Actions, resources, and condition keys for Amazon S3") and therefore work in every kind of
/// policy, although the S3 User Guide shows them only in bucket policies. The calls of a multipart upload before
/// CompleteMultipartUpload carry no `If-None-Match`; `s3:ObjectCreationOperation` exempts them (S3 User Guide, "Enforce
/// conditional writes").
#[must_use]
pub fn deny_replacing(role: Option<&str>, partition: Partition, bucket: &str) -> Tree {
    let mut conditions = Vec::new();
    if let Some(role) = role {
        add(&mut conditions, "ArnLike", Tree::from([("aws:PrincipalArn", role.into())]));
    }
    add(&mut conditions, "Null", Tree::from([("s3:if-none-match", "true".into())]));
    add(&mut conditions, "Bool", Tree::from([("s3:ObjectCreationOperation", "true".into())]));
    let objects = format!("{}/*", super::arn::bucket(partition, bucket));
    deny("ReplaceNothing", role.map(|_| "*"), "s3:PutObject", objects.into(), conditions)
}

fn allow(sid: Option<&str>) -> Vec<(String, Tree)> {
    let mut statement = Vec::new();
    if let Some(sid) = sid {
        add(&mut statement, "Sid", sid);
    }
    add(&mut statement, "Effect", "Allow");
    statement
}

fn deny(sid: &str, principal: Option<&str>, action: &str, resource: Tree, conditions: Vec<(String, Tree)>) -> Tree {
    let mut statement = Vec::new();
    add(&mut statement, "Sid", sid);
    add(&mut statement, "Effect", "Deny");
    if let Some(principal) = principal {
        add(&mut statement, "Principal", principal);
    }
    add(&mut statement, "Action", action);
    add(&mut statement, "Resource", resource);
    with(statement, conditions)
}

fn with(mut statement: Vec<(String, Tree)>, conditions: Vec<(String, Tree)>) -> Tree {
    if !conditions.is_empty() {
        add(&mut statement, "Condition", Tree::Map(conditions));
    }
    Tree::Map(statement)
}

fn one_or_list(values: impl Iterator<Item = Tree>) -> Tree {
    let mut values: Vec<Tree> = values.collect();
    if values.len() == 1 { values.remove(0) } else { Tree::List(values) }
}
