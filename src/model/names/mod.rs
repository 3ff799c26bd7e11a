//! Names of AWS resources, parsed once at the edge into types that cannot be wrong.
//!
//! `FromStr` and serde accept only the strict grammar. The `from_pasted` functions tolerate what people paste (spaces,
//! quotes, labels, links) and then apply the same grammar, so both give the same values.

mod bucket;
mod key;
mod partition;
mod pasted;
mod problem;
mod role;
mod session;

pub use bucket::{AccountRegional, Bucket, PastedBucket, bucket_and_prefix_from_pasted};
pub use key::{KeyPrefix, ObjectKey};
pub use partition::{Partition, Region};
pub use pasted::{holds_secret, is_invisible, is_variation_selector, looks_like_secret};
pub use problem::NameProblem;
pub use role::{AccountId, RoleArn};
pub use session::{ExternalId, MfaSerial, RoleSessionName};

/// Defines a name type over text that `$check` accepts. Serde uses the strict grammar, Display writes the canonical
/// text.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameProblem;

            fn from_str(text: &str) -> Result<Self, NameProblem> {
                $check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse().map_err(|why: NameProblem| format!("{why:?}"))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    };
}
use name;

/// Whether `c` is one of `[\w+=,.@-]`, the characters of role, user and session names in IAM.
const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '=' | ',' | '.' | '@' | '-')
}

/// Checks that a text is not empty and has `min` to `max` characters.
fn length(text: &str, min: u32, max: u32) -> Result<(), NameProblem> {
    if text.is_empty() {
        return Err(NameProblem::Empty);
    }
    let count = text.chars().take(max as usize + 1).count();
    if count < min as usize {
        return Err(NameProblem::TooShort { min, max });
    }
    if count > max as usize {
        return Err(NameProblem::TooLong { min, max });
    }
    Ok(())
}

/// Rejects the first character that is not allowed.
fn only(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), NameProblem> {
    text.chars().find(|c| !allowed(*c)).map_or(Ok(()), |c| Err(NameProblem::Character(c)))
}
