//! What a role requires of its caller, as its invitation says; and what earlier sessions with it have shown.

use super::destination::Destination;
use super::names::ExternalId;
use crate::time::Utc;
use serde::{Deserialize, Serialize};

/// The conditions in the role's trust policy, as far as the invitation names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Whether an invitation named them: then a condition that is missing here was not in the policy when it was made.
    pub told: bool,
    /// The external id that the role requires.
    pub external_id: Option<ExternalId>,
    /// Whether it requires an MFA code.
    pub mfa: bool,
    /// The maximum age of such a code, in seconds.
    pub mfa_max_age: Option<u32>,
    /// Before this moment the role is refused.
    pub not_before: Option<Utc>,
    /// From this moment on the role is refused.
    pub not_after: Option<Utc>,
    /// The networks that callers have to come from, in CIDR notation; empty for any.
    pub networks: Vec<Box<str>>,
    /// Whether the session has to bear the name of the IAM user.
    pub session_is_user: bool,
}

/// What earlier sessions with a destination have shown. It is stored beside the destination, and holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// When the role was last assumed.
    pub worked: Option<Utc>,
    /// The ARN of the caller then, if it was known.
    pub caller: Option<Box<str>>,
    /// When a file was last delivered, to the hour.
    pub delivered: Option<Utc>,
    /// When the bucket's key last refused a part for lack of `kms:Decrypt`. Since then files go up as one PutObject each, as far
    /// as S3 allows (S3 User Guide, "Multipart upload API and permissions").
    pub parts_refused: Option<Utc>,
}

impl Learned {
    /// How long parts are not tried again after the key refused one: a week, in seconds.
    pub const AGAIN: i64 = 7 * 86_400;

    /// Returns what still holds of it after the destination was changed: success under other conditions, or with other headers,
    /// proves nothing.
    #[must_use]
    pub fn under(mut self, before: &Destination, after: &Destination) -> Self {
        let asks = |to: &Destination| (to.external_id.clone(), to.session_name.clone(), to.mfa_serial.clone());
        if asks(before) != asks(after) || before.terms != after.terms {
            self.worked = None;
        }
        let puts = |to: &Destination| (to.owner(), to.acl_full_control, to.encryption.clone());
        if puts(before) != puts(after) {
            self.delivered = None;
        }
        self
    }

    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
