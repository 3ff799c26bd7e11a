//! Builds ARNs of buckets and objects in the form a policy's `Resource` takes.

use crate::model::names::Partition;

/// Escapes `*`, `?` and `${`, which are wildcards and variables in a `Resource` (IAM User Guide, "IAM policy elements:
/// variables and tags", special characters).
#[must_use]
pub fn escape(text: &str) -> String {
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

/// Returns the ARN of a bucket.
#[must_use]
pub fn bucket(partition: Partition, bucket: &str) -> String {
    format!("arn:{}:s3:::{}", partition.as_str(), escape(bucket))
}

/// Returns the ARN of every object whose key begins with `prefix`.
#[must_use]
pub fn objects(partition: Partition, bucket: &str, prefix: &str) -> String {
    format!("{}/{}*", self::bucket(partition, bucket), escape(prefix))
}
