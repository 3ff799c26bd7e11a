//! A secret in JSON: wiped when dropped, never in Debug, and serialized only into the file or request that needs it.
//!
//! `secrecy::SecretString` can't replace it: it doesn't serialize, gives its text up only as a copy, and may leave a copy behind when
//! it is made of a `String`, because that shrinks the buffer.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;
use zeroize::Zeroizing;

#[derive(Clone, Default, Deserialize)]
#[serde(from = "String")]
pub(super) struct SecretString(Zeroizing<String>);

impl SecretString {
    /// Returns the text itself.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl From<String> for SecretString {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Deref for SecretString {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Serialize for SecretString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}
