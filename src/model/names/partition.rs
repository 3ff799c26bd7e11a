//! The AWS partitions, which are separate from each other, and their regions.

use super::{NameProblem, length, name, pasted};

/// An AWS partition. Roles can't be assumed across partitions (botocore `partitions.json`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// China.
    AwsCn,
    /// The AWS GovCloud regions of the United States.
    AwsUsGov,
    /// The European Sovereign Cloud.
    AwsEusc,
    AwsIso,
    AwsIsoB,
    AwsIsoE,
    AwsIsoF,
}

impl Partition {
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

    /// Returns the partition with this name, as in ARNs.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|partition| partition.as_str() == name)
    }

    /// Returns its name in ARNs.
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

    /// Returns the suffix of its host names.
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

    /// Returns the region that is asked if no other is known.
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

    /// Returns the partition of a region, from the words between the dashes of the region's name.
    fn of_region(words: &[&str]) -> Option<Self> {
        match *words {
            ["cn", _, _] => Some(Self::AwsCn),
            ["us", "gov", _, _] => Some(Self::AwsUsGov),
            ["us", "iso", _, _] => Some(Self::AwsIso),
            ["us", "isob", _, _] => Some(Self::AwsIsoB),
            ["eu", "isoe", _, _] => Some(Self::AwsIsoE),
            ["us", "isof", _, _] => Some(Self::AwsIsoF),
            ["eusc", "de", _, _] => Some(Self::AwsEusc),
            // Any two letters, because new geographies are added (mx in 2025) and their hosts end in amazonaws.com as
            // well.
            [geography, _, _] if geography.len() == 2 => Some(Self::Aws),
            _ => None,
        }
    }
}

name!(
    /// An AWS region, such as `eu-west-1`. The name becomes part of a host, so only the words of a region name are
    /// valid.
    Region,
    check
);

/// Maximum length of a region's name, with room for future regions.
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
    /// Parses a pasted region; spaces, quotes, upper case and a name next to it (`Europe (Ireland) eu-west-1`) are
    /// tolerated.
    ///
    /// # Errors
    /// Why the text holds no region.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        let text = pasted::clean(text)?.to_lowercase();
        let mut words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
        words.find_map(|word| word.parse().ok()).map_or_else(|| text.parse(), Ok)
    }

    #[must_use]
    pub fn partition(&self) -> Partition {
        let words: Vec<&str> = self.0.split('-').collect();
        Partition::of_region(&words).unwrap_or(Partition::Aws)
    }

    #[must_use]
    pub fn fits(&self, partition: Partition) -> bool {
        self.partition() == partition
    }
}
