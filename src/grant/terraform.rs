//! The same role as Terraform, with the invitation as an output.
//!
//! Terraform replaces the whole policy and lifecycle of a bucket that it didn't make; where the bucket is there
//! already, both resources are off until a variable turns them on.

use super::policy;
use super::request::Ask;
use super::tree::{Tree, add, hcl_escaped, hcl_text};
use crate::words;
use std::fmt::Write as _;

fn raw(code: impl Into<String>) -> Tree {
    Tree::Raw(code.into())
}

fn json(tree: &Tree) -> Tree {
    raw(format!("jsonencode({})", tree.hcl(1)))
}

/// The configuration, in HCL as `terraform fmt` would write it.
#[must_use]
pub fn hcl(ask: &Ask) -> String {
    let mut out: String = words::kit::TERRAFORM_HEAD.iter().map(|line| ["# ", line, "\n"].concat()).collect();
    let mut block = |head: &str, body: &Tree| {
        // Writing into a String has no way to go wrong.
        let _ = write!(out, "\n{head} {}\n", body.hcl(0));
    };
    let role = Tree::from([
        ("name", ask.role_name.as_str().into()),
        ("description", words::kit::ROLE_DESCRIPTION.into()),
        ("max_session_duration", ask.seconds.into()),
        ("assume_role_policy", json(&policy::trust(ask))),
    ]);
    block("resource \"aws_iam_role\" \"upload\"", &role);
    let inline = Tree::from([
        ("name", policy::PERMISSION_NAME.into()),
        ("role", raw("aws_iam_role.upload.id")),
        ("policy", json(&policy::permission(ask))),
    ]);
    block("resource \"aws_iam_role_policy\" \"upload\"", &inline);
    if ask.new_bucket {
        let region = ask.region.as_ref().map_or(String::new(), |region| hcl_text(region.as_str()));
        let head = format!("# {} {region}\nresource \"aws_s3_bucket\" \"upload\"", words::kit::TERRAFORM_REGION);
        block(&head, &[("bucket", ask.bucket.as_str().into())].into());
        let private = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
        let mut body = vec![("bucket".to_owned(), raw("aws_s3_bucket.upload.id"))];
        for name in private {
            add(&mut body, name, true);
        }
        block("resource \"aws_s3_bucket_public_access_block\" \"upload\"", &Tree::Map(body));
    } else if ask.create_only || ask.abort_days.is_some() {
        let body = Tree::from([
            ("type", raw("bool")),
            ("default", false.into()),
            ("description", words::kit::TERRAFORM_REPLACE.into()),
        ]);
        block("variable \"replace_bucket_settings\"", &body);
    }
    // The begin of a resource that belongs to the bucket.
    let of_bucket = || {
        let mut body = Vec::new();
        if ask.new_bucket {
            add(&mut body, "bucket", raw("aws_s3_bucket.upload.id"));
        } else {
            add(&mut body, "count", raw("var.replace_bucket_settings ? 1 : 0"));
            add(&mut body, "bucket", ask.bucket.as_str());
        }
        body
    };
    if policy::has_bucket_policy(ask) {
        let mut body = of_bucket();
        add(&mut body, "policy", json(&policy::bucket(ask)));
        block("resource \"aws_s3_bucket_policy\" \"upload\"", &Tree::Map(body));
    }
    if let Some(days) = ask.abort_days {
        let body = Tree::Map(of_bucket()).hcl(0);
        let rule = format!(
            "  rule {{\n    id     = {}\n    status = \"Enabled\"\n    filter {{\n      prefix = {}\n    }}\n    \
             abort_incomplete_multipart_upload {{\n      days_after_initiation = {days}\n    }}\n  }}\n}}\n",
            hcl_text(policy::LIFECYCLE_NAME),
            hcl_text(ask.prefix.as_str()),
        );
        let body = body.trim_end_matches('}');
        let _ = write!(out, "\nresource \"aws_s3_bucket_lifecycle_configuration\" \"upload\" {body}{rule}");
    }
    // No field of an invitation holds a control character, so this one marks the place of the role's ARN.
    let invitation = ask.invitation("\u{1}");
    for (name, text) in [("invitation", invitation.to_text()), ("invitation_link", invitation.to_link())] {
        let parts: Vec<String> = text.split('\u{1}').map(hcl_escaped).collect();
        let text = parts.join("${aws_iam_role.upload.arn}");
        let _ = write!(out, "\noutput \"{name}\" {{\n  value = \"{text}\"\n}}\n");
    }
    out
}
