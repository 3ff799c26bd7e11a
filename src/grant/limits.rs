//! Limits of the fields of requests and invitations.

use std::ops::RangeInclusive;

/// Range of a role's maximum session duration, in seconds (IAM API Reference, CreateRole, MaxSessionDuration).
pub const SECONDS: RangeInclusive<u32> = 3600..=43_200;
/// Range of the maximum age of an MFA code, in seconds: one minute to 36 hours.
pub const MFA_AGE: RangeInclusive<u32> = 60..=129_600;
/// Range of the days after which abandoned parts are deleted.
pub const ABORT_DAYS: RangeInclusive<u32> = 1..=365;
/// Maximum length of a trust policy under the default quota, in characters (IAM quotas).
pub const TRUST_MOST: usize = 2048;
/// Maximum number of networks in a kit, a request or an invitation.
pub const NETWORKS_MOST: usize = 64;
/// Maximum length of a customer's name, in characters.
pub const CUSTOMER_MOST: usize = 80;
