//! The same role as Terraform, with the invitation as an output.
//!
//! Terraform replaces the whole policy and lifecycle of a bucket that it didn't make; where the bucket is there
//! already, both resources are off until a variable turns them on.

use super::policy;
use super::request::Ask;
use super::tree::{Tree, hcl_escaped, hcl_text};
use crate::words;
use std::fmt::Write as _;

fn json(tree: &Tree) -> String {
    format!("jsonencode({})", tree.hcl(1))
}

/// The configuration, in HCL.
#[must_use]
pub fn hcl(ask: &Ask) -> String {
    let mut out = String::new();
    let mut add = |text: std::fmt::Arguments<'_>| {
        // Writing into a String has no way to go wrong.
        let _ = out.write_fmt(text);
    };
    for line in words::grant::TERRAFORM_HEAD {
        add(format_args!("# {line}\n"));
    }
    add(format_args!(
        "resource \"aws_iam_role\" \"upload\" {{\n  name = {}\n  description = {}\n  max_session_duration = {}\n  \
         assume_role_policy = {}\n}}\n\nresource \"aws_iam_role_policy\" \"upload\" {{\n  name = {}\n  role = \
         aws_iam_role.upload.id\n  policy = {}\n}}\n\n",
        hcl_text(ask.role_name.as_str()),
        hcl_text(words::grant::ROLE_DESCRIPTION),
        ask.seconds,
        json(&policy::trust(ask)),
        hcl_text(policy::PERMISSION_NAME),
        json(&policy::permission(ask)),
    ));
    let region = ask.region.as_ref().map_or(String::new(), |region| hcl_text(region.as_str()));
    let (name, count) = if ask.new_bucket {
        add(format_args!(
            "# {} {region}\nresource \"aws_s3_bucket\" \"upload\" {{\n  bucket = {}\n}}\n\nresource \
             \"aws_s3_bucket_public_access_block\" \"upload\" {{\n  bucket = aws_s3_bucket.upload.id\n  \
             block_public_acls = true\n  block_public_policy = true\n  ignore_public_acls = true\n  \
             restrict_public_buckets = true\n}}\n\n",
            words::grant::TERRAFORM_REGION,
            hcl_text(ask.bucket.as_str()),
        ));
        ("aws_s3_bucket.upload.id".to_owned(), "")
    } else {
        (hcl_text(ask.bucket.as_str()), "  count = var.replace_bucket_settings ? 1 : 0\n")
    };
    let lifecycle = ask.abort_days.map(|days| (days, hcl_text(ask.prefix.as_str())));
    if !ask.new_bucket && (policy::has_bucket_policy(ask) || lifecycle.is_some()) {
        add(format_args!(
            "variable \"replace_bucket_settings\" {{\n  type = bool\n  default = false\n  description = {}\n}}\n\n",
            hcl_text(words::grant::TERRAFORM_REPLACE),
        ));
    }
    if policy::has_bucket_policy(ask) {
        add(format_args!(
            "resource \"aws_s3_bucket_policy\" \"upload\" {{\n{count}  bucket = {name}\n  policy = {}\n}}\n\n",
            json(&policy::bucket(ask)),
        ));
    }
    if let Some((days, prefix)) = lifecycle {
        add(format_args!(
            "resource \"aws_s3_bucket_lifecycle_configuration\" \"upload\" {{\n{count}  bucket = {name}\n  rule {{\n    \
             id = {}\n    status = \"Enabled\"\n    filter {{\n      prefix = {prefix}\n    }}\n    \
             abort_incomplete_multipart_upload {{\n      days_after_initiation = {days}\n    }}\n  }}\n}}\n\n",
            hcl_text(policy::LIFECYCLE_NAME),
        ));
    }
    // No field of an invitation holds a control character, so this one marks the place of the role's ARN.
    let invitation = ask.invitation("\u{1}");
    for (name, text) in [("invitation", invitation.to_text()), ("invitation_link", invitation.to_link())] {
        let parts: Vec<String> = text.split('\u{1}').map(hcl_escaped).collect();
        let text = format!("\"{}\"", parts.join("${aws_iam_role.upload.arn}"));
        add(format_args!("output \"{name}\" {{\n  value = {text}\n}}\n"));
    }
    out
}
