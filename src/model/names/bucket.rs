//! Parses bucket names, and bucket addresses that people paste.

use super::pasted::{self, Link};
use super::{AccountId, KeyPrefix, NameProblem, Partition, Region, length, name, only};

name!(
    /// An S3 bucket: 3 to 63 characters of `[a-z0-9.-]` (S3 User Guide, "General purpose bucket naming rules"); a
    /// bucket older than these rules: 3 to 255 of `[A-Za-z0-9._-]`; or an access point's alias (`…-s3alias`), which is
    /// used in place of a bucket name.
    Bucket,
    check
);

/// Prefixes and suffixes that Amazon reserves for resources that don't accept what Daypass sends.
const STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const ENDS: [&str; 3] = ["--ol-s3", ".mrap", "--table-s3"];

fn check(text: &str) -> Result<(), NameProblem> {
    if text.is_empty() {
        return Err(NameProblem::Empty);
    }
    pasted::no_secret(text)?;
    if text.starts_with("arn:") || text.contains("://") {
        return Err(NameProblem::NotOfTheForm);
    }
    if text.contains('/') {
        return Err(NameProblem::FolderBesideBucket);
    }
    only(text, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))?;
    if is_legacy(text) {
        return length(text, 3, 255);
    }
    length(text, 3, 63)?;
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) || !text.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err(NameProblem::BucketEdge);
    }
    if text.contains("..") {
        return Err(NameProblem::BucketTwoDots);
    }
    let numbers =
        text.split('.').filter(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    if numbers.count() == 4 && text.split('.').count() == 4 {
        return Err(NameProblem::BucketIsAnAddress);
    }
    if text.ends_with("--x-s3") {
        return Err(NameProblem::DirectoryBucket);
    }
    let kept =
        STARTS.iter().find(|start| text.starts_with(**start)).or_else(|| ENDS.iter().find(|end| text.ends_with(**end)));
    kept.map_or(Ok(()), |kept| Err(NameProblem::BucketReserved(kept)))
}

/// Whether only a bucket created in us-east-1 before March 2018 can have this name (S3 User Guide, "General purpose
/// bucket naming rules"). Such buckets need path-style addressing.
fn is_legacy(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_uppercase() || b == b'_')
}

/// The parts of a bucket name in the account regional namespace: `…-<12 digits>-<region>-an`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRegional {
    /// The account that owns the bucket.
    pub owner: AccountId,
    /// The bucket's region.
    pub region: Region,
}

impl Bucket {
    /// Whether the name has a dot, which the certificate of `*.s3.<region>.amazonaws.com` doesn't cover.
    #[must_use]
    pub fn has_dot(&self) -> bool {
        self.0.contains('.')
    }

    /// Whether only a bucket created in us-east-1 before March 2018 can have this name.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        is_legacy(&self.0)
    }

    /// Whether the name is an access point's alias.
    #[must_use]
    pub fn is_alias(&self) -> bool {
        self.0.ends_with("-s3alias")
    }

    /// Returns the owner and region in the name, if it is in the account regional namespace.
    #[must_use]
    pub fn account_regional(&self) -> Option<AccountRegional> {
        let rest = self.0.strip_suffix("-an")?;
        rest.match_indices('-').rev().find_map(|(at, _)| {
            let region = rest[at + 1..].parse().ok()?;
            let owner = rest[..at].rsplit('-').next()?.parse().ok()?;
            Some(AccountRegional { owner, region })
        })
    }

    /// Parses a pasted bucket, in the forms of [`bucket_and_prefix_from_pasted`] without a folder.
    ///
    /// # Errors
    /// [`NameProblem::FolderBesideBucket`] if there is a folder too; otherwise why the text is not a bucket.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        let pasted = bucket_and_prefix_from_pasted(text)?;
        if pasted.prefix.is_empty() { Ok(pasted.bucket) } else { Err(NameProblem::FolderBesideBucket) }
    }
}

/// The parts of a pasted bucket address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedBucket {
    pub bucket: Bucket,
    /// The folder; empty if the address has none.
    pub prefix: KeyPrefix,
    /// The region, if the address names it.
    pub region: Option<Region>,
}

/// Parses a pasted bucket address: a bare name, `bucket/folder`, `s3://bucket/folder`, `arn:aws:s3:::bucket/folder/*`,
/// or a link to S3 or to the bucket's page in the AWS console.
///
/// # Errors
/// Why the text holds no bucket, or why its folder is invalid.
pub fn bucket_and_prefix_from_pasted(text: &str) -> Result<PastedBucket, NameProblem> {
    let text = pasted::clean(text)?;
    let text = pasted::without_label(&text);
    if let Some(rest) = text.strip_prefix("s3://").or_else(|| text.strip_prefix("S3://")) {
        return split(rest, None);
    }
    if let Some(rest) = text.strip_prefix("arn:") {
        let fields: Vec<&str> = rest.splitn(5, ':').collect();
        let [partition, service, _, _, resource] = fields[..] else { return Err(NameProblem::ArnIncomplete) };
        return match service {
            _ if Partition::from_name(partition).is_none() => Err(NameProblem::OtherPartition),
            "s3express" => Err(NameProblem::DirectoryBucket),
            "s3" if resource.starts_with("accesspoint/") || resource.starts_with("accesspoint:") => {
                Err(NameProblem::AccessPointArn)
            }
            "s3" => split(resource, None),
            _ => Err(NameProblem::OtherService),
        };
    }
    match Link::from(text) {
        Some(link) => from_link(&link),
        None => split(text, None),
    }
}

fn split(text: &str, region: Option<Region>) -> Result<PastedBucket, NameProblem> {
    let (bucket, prefix) = text.split_once('/').unwrap_or((text, ""));
    let bucket: Bucket = bucket.parse()?;
    let region = region.or_else(|| bucket.account_regional().map(|told| told.region));
    Ok(PastedBucket { prefix: KeyPrefix::from_pasted(prefix)?, bucket, region })
}

/// Host name suffixes of the AWS console.
const CONSOLES: [&str; 4] =
    ["console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com", "console.amazonaws-eusc.eu"];

fn from_link(link: &Link<'_>) -> Result<PastedBucket, NameProblem> {
    if !link.is_amazon() {
        return Err(NameProblem::OtherLink);
    }
    let path = pasted::decode(link.path).ok_or(NameProblem::NotOfTheForm)?;
    if CONSOLES.iter().any(|console| link.host.ends_with(console)) {
        let told =
            ["s3/buckets/", "s3/upload/", "s3/object/", "s3/bucket/"].iter().find_map(|page| path.strip_prefix(page));
        let bucket = told.and_then(|rest| rest.split('/').next()).ok_or(NameProblem::OtherLink)?;
        let prefix = link.parameter("prefix").unwrap_or_default();
        let region = link.parameter("region").and_then(|region| region.parse().ok());
        return split(&format!("{bucket}/{prefix}"), region);
    }
    // `bucket.s3.region.suffix`, `s3.region.suffix/bucket`, and the older `s3-region`; the bucket's name may contain
    // dots.
    let labels: Vec<&str> = link.host.split('.').collect();
    let aws = labels.iter().rposition(|label| *label == "amazonaws").ok_or(NameProblem::OtherLink)?;
    let is_s3 = |label: &&str| *label == "s3" || label.starts_with("s3-");
    let s3 = labels[..aws].iter().rposition(is_s3).ok_or(NameProblem::OtherLink)?;
    let region = labels[s3..aws].iter().find_map(|label| label.strip_prefix("s3-").unwrap_or(label).parse().ok());
    if s3 == 0 { split(&path, region) } else { split(&format!("{}/{path}", labels[..s3].join(".")), region) }
}
