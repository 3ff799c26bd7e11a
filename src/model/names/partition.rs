//! The partitions of AWS, which know nothing of each other, and the regions in them.

use super::{NameProblem, length, name, pasted};

/// A partition of AWS: roles can't be assumed from one into another (botocore `partitions.json`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// China.
    AwsCn,
    /// GovCloud of the United States.
    AwsUsGov,
    /// The European Sovereign Cloud.
    AwsEusc,
    /// ISO.
    AwsIso,
    /// ISOB.
    AwsIsoB,
    /// ISOE.
    AwsIsoE,
    /// ISOF.
    AwsIsoF,
}

impl Partition {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::AwsCn,
        Self::AwsUsGov,
        Self::AwsEusc,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
    ];

    /// The partition of this name, as it stands in ARNs.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|partition| partition.as_str() == name)
    }

    /// Its name in ARNs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
        }
    }

    /// What its hosts end in.
    #[must_use]
    pub const fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "amazonaws.com",
            Self::AwsCn => "amazonaws.com.cn",
            Self::AwsEusc => "amazonaws.eu",
            Self::AwsIso => "c2s.ic.gov",
            Self::AwsIsoB => "sc2s.sgov.gov",
            Self::AwsIsoE => "cloud.adc-e.uk",
            Self::AwsIsoF => "csp.hci.ic.gov",
        }
    }

    /// The region that is asked while no other is known.
    #[must_use]
    pub fn default_region(self) -> Region {
        Region(
            match self {
                Self::Aws => "us-east-1",
                Self::AwsCn => "cn-northwest-1",
                Self::AwsUsGov => "us-gov-west-1",
                Self::AwsEusc => "eusc-de-east-1",
                Self::AwsIso => "us-iso-east-1",
                Self::AwsIsoB => "us-isob-east-1",
                Self::AwsIsoE => "eu-isoe-west-1",
                Self::AwsIsoF => "us-isof-south-1",
            }
            .into(),
        )
    }

    /// The partition whose regions are named so, from the words between the dashes of a region's name.
    fn of_region(words: &[&str]) -> Option<Self> {
        match *words {
            ["cn", _, _] => Some(Self::AwsCn),
            ["us", "gov", _, _] => Some(Self::AwsUsGov),
            ["us", "iso", _, _] => Some(Self::AwsIso),
            ["us", "isob", _, _] => Some(Self::AwsIsoB),
            ["eu", "isoe", _, _] => Some(Self::AwsIsoE),
            ["us", "isof", _, _] => Some(Self::AwsIsoF),
            ["eusc", "de", _, _] => Some(Self::AwsEusc),
            // New geographies come now and then (mx in 2025): any two letters, since the host ends in amazonaws.com all the same.
            [geography, _, _] if geography.len() == 2 => Some(Self::Aws),
            _ => None,
        }
    }
}

name!(
    /// An AWS region, such as `eu-west-1`. The name becomes part of a host, so it can't hold anything else than a region's words.
    Region,
    check
);

/// The longest text that can be a region's name, with room for those to come.
const LONGEST: u32 = 32;

fn check(text: &str) -> Result<(), NameProblem> {
    pasted::no_secret(text)?;
    length(text, 8, LONGEST)?;
    super::only(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
    let words: Vec<&str> = text.split('-').collect();
    let letters = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let (number, names) = words.split_last().ok_or(NameProblem::NotOfTheForm)?;
    let numbered = matches!(number.len(), 1 | 2) && number.bytes().all(|b| b.is_ascii_digit());
    if numbered && names.iter().all(letters) && Partition::of_region(&words).is_some() {
        Ok(())
    } else {
        Err(NameProblem::NotOfTheForm)
    }
}

impl Region {
    /// The region in what was pasted: spaces, quotes and upper case are forgiven, and a name beside it (`Europe (Ireland) eu-west-1`).
    ///
    /// # Errors
    /// Why there is no region in it.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        let text = pasted::clean(text)?.to_lowercase();
        let mut words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
        words.find_map(|word| word.parse().ok()).map_or_else(|| text.parse(), Ok)
    }

    /// The partition that it lies in.
    #[must_use]
    pub fn partition(&self) -> Partition {
        let words: Vec<&str> = self.0.split('-').collect();
        Partition::of_region(&words).unwrap_or(Partition::Aws)
    }

    /// Whether it lies in this partition.
    #[must_use]
    pub fn fits(&self, partition: Partition) -> bool {
        self.partition() == partition
    }
}
