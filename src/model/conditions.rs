//! What a role asks of whoever takes it, as its invitation says; and what earlier sessions with it showed.

use super::destination::Destination;
use super::names::ExternalId;
use crate::time::Utc;
use serde::{Deserialize, Serialize};

/// The conditions that the kit wrote into the role's trust policy, as far as the invitation tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Whether an invitation told them: then what isn't named here was not asked for when it was made.
    pub told: bool,
    /// The external id the role asks for.
    pub external_id: Option<ExternalId>,
    /// Whether it asks for a code of an MFA device.
    pub mfa: bool,
    /// How old such a code may be, in seconds.
    pub mfa_max_age: Option<u32>,
    /// Before this moment the role is refused.
    pub not_before: Option<Utc>,
    /// From this moment on the role is refused.
    pub not_after: Option<Utc>,
    /// The networks from which alone it may be taken, in CIDR notation; empty where any will do.
    pub networks: Vec<Box<str>>,
    /// Whether the session has to be named as the IAM user is.
    pub session_is_user: bool,
}

/// What earlier sessions with a destination showed. It is kept on disk beside the destination, and holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// When the role last let somebody in.
    pub worked: Option<Utc>,
    /// Whom it let in then: the ARN of the caller, where it was known.
    pub caller: Option<Box<str>>,
    /// When a file last arrived; to the hour.
    pub delivered: Option<Utc>,
    /// When the bucket's key last turned a part away for want of `kms:Decrypt`: files go up whole since then, where S3
    /// takes them so (S3 User Guide, "Multipart upload API and permissions").
    pub parts_refused: Option<Utc>,
}

impl Learned {
    /// How long the key is thought to turn parts away before that is tried again: a week, in seconds.
    pub const AGAIN: i64 = 7 * 86_400;

    /// What of it still speaks of a destination that was changed: a yes to other conditions, or to other things sent
    /// along, says nothing about these.
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
