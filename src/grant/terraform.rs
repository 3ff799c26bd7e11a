//! Writes the role as Terraform, with the invitation as an output.
//!
//! Terraform replaces the whole policy and all lifecycle rules of a bucket that it didn't create. Therefore an existing
//! bucket is not touched; a lifecycle rule for it is printed as a comment.

use super::policy;
use super::request::RoleRequest;
use crate::policy::tree::{Tree, add, hcl_escaped, hcl_text};
use crate::words;
use std::fmt::Write as _;

fn raw(code: impl Into<String>) -> Tree {
    Tree::Raw(code.into())
}

fn json(tree: &Tree) -> Tree {
    raw(format!("jsonencode({})", tree.hcl(1)))
}

/// Appends a block with its attributes.
fn block(out: &mut String, head: &str, body: &Tree) {
    // Writing to a String can't fail.
    let _ = write!(out, "\n{head} {}\n", body.hcl(0));
}

/// Returns the configuration in HCL, formatted as by `terraform fmt`.
#[must_use]
pub fn hcl(ask: &RoleRequest) -> String {
    let head = super::head(ask).into_iter().chain([words::kit::TERRAFORM_THEN.to_owned()]);
    let mut out: String = head.map(|line| ["# ", &line, "\n"].concat()).collect();
    let role = Tree::from([
        ("name", ask.role_name.as_str().into()),
        ("description", words::kit::role_description(&policy::principal(ask)).into()),
        ("max_session_duration", ask.seconds.into()),
        ("assume_role_policy", json(&policy::trust(ask))),
    ]);
    block(&mut out, "resource \"aws_iam_role\" \"upload\"", &role);
    let inline = Tree::from([
        ("name", policy::PERMISSION_NAME.into()),
        ("role", raw("aws_iam_role.upload.id")),
        ("policy", json(&policy::permission(ask))),
    ]);
    block(&mut out, "resource \"aws_iam_role_policy\" \"upload\"", &inline);
    if ask.new_bucket {
        new_bucket(&mut out, ask);
    }
    if let Some(days) = ask.abort_days {
        let rule = lifecycle(ask, days);
        if ask.new_bucket {
            let _ = write!(out, "\n{rule}");
        } else {
            let lines = rule.trim_end().replace('\n', "\n# ");
            let _ = write!(out, "\n# {}\n# {lines}\n", words::kit::TERRAFORM_LIFECYCLE);
        }
    }
    // No field of an invitation holds a control character, so U+0001 can mark the place of the role's ARN.
    let invitation = ask.invitation("\u{1}");
    for (name, text) in [("invitation", invitation.to_text()), ("invitation_link", invitation.to_link())] {
        let parts: Vec<String> = text.split('\u{1}').map(hcl_escaped).collect();
        let text = parts.join("${aws_iam_role.upload.arn}");
        let _ = write!(out, "\noutput \"{name}\" {{\n  value = \"{text}\"\n}}\n");
    }
    out
}

/// Appends the bucket: private, with versioning and a bucket policy.
fn new_bucket(out: &mut String, ask: &RoleRequest) {
    let region = ask.region.as_ref().map_or(String::new(), |region| hcl_text(region.as_str()));
    let head = format!("# {} {region}\nresource \"aws_s3_bucket\" \"upload\"", words::kit::TERRAFORM_REGION);
    block(out, &head, &[("bucket", ask.bucket.as_str().into())].into());
    let made = || raw("aws_s3_bucket.upload.id");
    let private = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
    let mut body = vec![("bucket".to_owned(), made())];
    for name in private {
        add(&mut body, name, true);
    }
    block(out, "resource \"aws_s3_bucket_public_access_block\" \"upload\"", &Tree::Map(body));
    out.push_str(
        "\nresource \"aws_s3_bucket_versioning\" \"upload\" {\n  bucket = aws_s3_bucket.upload.id\n  \
         versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n",
    );
    // S3 accepts one change to a bucket's access settings at a time and answers a concurrent one with a conflict.
    let body = Tree::from([
        ("bucket", made()),
        ("depends_on", raw("[aws_s3_bucket_public_access_block.upload]")),
        ("policy", json(&policy::bucket(ask))),
    ]);
    block(out, "resource \"aws_s3_bucket_policy\" \"upload\"", &body);
}

/// Returns the lifecycle rule that deletes abandoned parts, for the created or the existing bucket.
fn lifecycle(ask: &RoleRequest, days: u32) -> String {
    let bucket = if ask.new_bucket { "aws_s3_bucket.upload.id".to_owned() } else { hcl_text(ask.bucket.as_str()) };
    format!(
        "resource \"aws_s3_bucket_lifecycle_configuration\" \"upload\" {{\n  bucket = {bucket}\n  rule {{\n    id     = \
         {}\n    status = \"Enabled\"\n    filter {{\n      prefix = {}\n    }}\n    abort_incomplete_multipart_upload \
         {{\n      days_after_initiation = {days}\n    }}\n  }}\n}}\n",
        hcl_text(policy::LIFECYCLE_NAME),
        hcl_text(ask.prefix.as_str()),
    )
}
