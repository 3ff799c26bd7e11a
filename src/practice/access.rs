//! Authorizes S3 requests: keys and tokens first, then the bucket, its owner, and the policies.

use super::iam::{Caller, KeyRefusal};
use super::story::{BUCKET, CUSTOMER};
use super::{Inside, lock};
use crate::time::Utc;
use async_trait::async_trait;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::path::S3Path;
use s3s::{S3Error, S3ErrorCode, S3Result};
use std::sync::Arc;

#[derive(Clone)]
pub(super) struct PracticeAccess(pub(super) Arc<Inside>);

/// Returns an S3 error with AWS's message.
pub(super) fn refuse(code: S3ErrorCode, message: impl Into<String>) -> S3Error {
    S3Error::with_message(code, message.into())
}

#[async_trait]
impl S3Auth for PracticeAccess {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let iam = lock(&self.0.iam);
        iam.secret(access_key).map(SecretKey::from).ok_or_else(unknown_key)
    }
}

fn unknown_key() -> S3Error {
    refuse(S3ErrorCode::InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
}

#[async_trait]
impl S3Access for PracticeAccess {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = cx.credentials() else {
            return Err(refuse(S3ErrorCode::AccessDenied, "Access Denied"));
        };
        let header = |name: &str| cx.headers().get(name).and_then(|value| value.to_str().ok());
        let caller = lock(&self.0.iam)
            .caller(&credentials.access_key, header("x-amz-security-token"), self.0.now())
            .map_err(|problem| match problem {
                KeyRefusal::Unknown => unknown_key(),
                KeyRefusal::BadToken => {
                    refuse(S3ErrorCode::InvalidToken, "The provided token is malformed or otherwise invalid.")
                }
                KeyRefusal::Expired => refuse(S3ErrorCode::ExpiredToken, "The provided token has expired."),
            })?;
        let (bucket, key) = match cx.s3_path() {
            S3Path::Root => (None, None),
            S3Path::Bucket { bucket } => (Some(bucket), None),
            S3Path::Object { bucket, key } => (Some(bucket), Some(key)),
        };
        if bucket.is_some_and(|bucket| **bucket != *BUCKET) {
            return Err(refuse(S3ErrorCode::NoSuchBucket, "The specified bucket does not exist"));
        }
        if let Some(owner) = header("x-amz-expected-bucket-owner") {
            if owner.len() != 12 || !owner.bytes().all(|byte| byte.is_ascii_digit()) {
                let text = "The value of the expected bucket owner parameter must be an AWS account ID";
                return Err(refuse(S3ErrorCode::InvalidBucketOwnerAWSAccountID, text));
            }
            if owner != CUSTOMER {
                return Err(refuse(S3ErrorCode::AccessDenied, "Access Denied"));
            }
        }
        let resource = match (bucket, key) {
            (Some(bucket), Some(key)) => format!("arn:aws:s3:::{bucket}/{key}"),
            (Some(bucket), None) => format!("arn:aws:s3:::{bucket}"),
            (None, _) => "arn:aws:s3:::*".to_owned(),
        };
        let op = cx.s3_op().name();
        let mut actions = vec![action(op)];
        if matches!(op, "PutObject" | "CreateMultipartUpload") {
            let names = || cx.headers().keys().map(http::HeaderName::as_str);
            if names().any(|name| name == "x-amz-acl" || name.starts_with("x-amz-grant-")) {
                actions.push("s3:PutObjectAcl".to_owned());
            }
            if names().any(|name| name == "x-amz-tagging") {
                actions.push("s3:PutObjectTagging".to_owned());
            }
            if names().any(|name| name == "if-match") {
                actions.push("s3:GetObject".to_owned());
            }
        }
        if matches!(op, "CopyObject" | "UploadPartCopy") {
            actions.insert(0, "s3:GetObject".to_owned());
        }
        let if_none_match = header("if-none-match").map(str::to_owned);
        let now = Utc(self.0.now()).to_rfc3339();
        let mut context = vec![
            ("aws:SecureTransport", if self.0.options.encrypted { "true" } else { "false" }),
            ("aws:SourceIp", "127.0.0.1"),
            ("aws:CurrentTime", &*now),
        ];
        // The calls of a multipart upload before CompleteMultipartUpload create no object (S3 User Guide, "Enforce
        // conditional writes").
        let creates = match op {
            "PutObject" | "CopyObject" | "CompleteMultipartUpload" | "PostObject" => Some("true"),
            "CreateMultipartUpload" | "UploadPart" | "UploadPartCopy" => Some("false"),
            _ => None,
        };
        context.extend(creates.map(|creates| ("s3:ObjectCreationOperation", creates)));
        context.extend(if_none_match.as_deref().map(|value| ("s3:if-none-match", value)));
        for action in &actions {
            caller.decide(action, &resource, &context).map_err(|text| refuse(S3ErrorCode::AccessDenied, text))?;
        }
        if self.0.options.kms {
            self.kms(op, &caller, &resource)?;
        }
        cx.extensions_mut().insert(caller);
        Ok(())
    }
}

impl PracticeAccess {
    /// Checks the permissions on the bucket's KMS key (S3 User Guide, "Multipart upload API and permissions").
    fn kms(&self, op: &str, caller: &Caller, object: &str) -> S3Result<()> {
        let actions: &[&str] = match op {
            "PutObject" | "CreateMultipartUpload" => &["kms:GenerateDataKey"],
            "UploadPart" | "CompleteMultipartUpload" => &["kms:Decrypt"],
            _ => &[],
        };
        let region = &self.0.options.region;
        let key = format!("arn:aws:kms:{region}:{CUSTOMER}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
        let via = format!("s3.{region}.amazonaws.com");
        for action in actions {
            let now = Utc(self.0.now()).to_rfc3339();
            let context =
                [("kms:ViaService", &*via), ("kms:EncryptionContext:aws:s3:arn", object), ("aws:CurrentTime", &*now)];
            let allowed = caller.decide(action, &key, &context);
            allowed.map_err(|text| refuse(S3ErrorCode::AccessDenied, text))?;
        }
        Ok(())
    }
}

/// Returns the permission that an operation requires (S3 User Guide, "Required permissions for Amazon S3 API
/// operations").
fn action(op: &str) -> String {
    let name = match op {
        "PutObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "CompleteMultipartUpload"
        | "CopyObject"
        | "UploadPartCopy" => "PutObject",
        "GetObject" | "HeadObject" | "GetObjectAttributes" => "GetObject",
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "ListBucket",
        "ListMultipartUploads" => "ListBucketMultipartUploads",
        "ListParts" => "ListMultipartUploadParts",
        "DeleteObject" | "DeleteObjects" => "DeleteObject",
        "ListBuckets" => "ListAllMyBuckets",
        other => other,
    };
    format!("s3:{name}")
}
