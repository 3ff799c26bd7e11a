//! The names of AWS things, parsed once at the edge into types that cannot be wrong.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not the name it should be. `words::name_problem` turns it into a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// Nothing was entered.
    Empty,
    /// It is not of the form that is asked for.
    NotOfTheForm,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);
        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NameProblem;
            fn from_str(text: &str) -> Result<Self, NameProblem> {
                Ok(Self(text.into()))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

name!(
    /// An AWS account: exactly 12 digits.
    AccountId
);
name!(
    /// The ARN of an IAM role, `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME`.
    RoleArn
);
name!(
    /// The external id a customer may ask for: 2 to 1224 of `[\w+=,.@:\/-]`.
    ExternalId
);
name!(
    /// The name of a role session: 2 to 64 of `[\w+=,.@-]`.
    RoleSessionName
);
name!(
    /// An S3 bucket (3 to 63 of `[a-z0-9.-]`) or access point alias.
    Bucket
);
name!(
    /// The folder in the bucket, empty or ending in `/`, without `.`, `..`, empty or control segments.
    KeyPrefix
);
name!(
    /// An object's whole key: at most 1024 bytes of UTF-8.
    ObjectKey
);
name!(
    /// An AWS region, such as `eu-west-1`.
    Region
);
name!(
    /// The serial of an MFA device: `arn:…:mfa/NAME` or a hardware serial.
    MfaSerial
);

impl RoleArn {
    /// The account the role is in.
    #[must_use]
    pub fn account(&self) -> AccountId {
        AccountId(self.0.split(':').nth(4).unwrap_or_default().into())
    }
}

impl RoleSessionName {
    /// Any text, brought into the allowed set and length.
    #[must_use]
    pub fn cleaned_from(text: &str) -> Self {
        Self(text.into())
    }
}
