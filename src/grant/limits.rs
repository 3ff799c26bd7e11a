//! How long and how large the parts of a request and of an invitation may be.

use std::ops::RangeInclusive;

/// The lengths a role's longest session may have, in seconds (IAM API Reference, CreateRole, MaxSessionDuration).
pub const SECONDS: RangeInclusive<u32> = 3600..=43_200;
/// How old a code of an MFA device may be, in seconds: from one minute to 36 hours.
pub const MFA_AGE: RangeInclusive<u32> = 60..=129_600;
/// After how many days abandoned parts may go.
pub const ABORT_DAYS: RangeInclusive<u32> = 1..=365;
/// The longest trust policy an account takes without asking AWS for more, in characters (IAM quotas).
pub const TRUST_MOST: usize = 2048;
/// The longest list of networks that a kit, a request and an invitation take.
pub const NETWORKS_MOST: usize = 64;
/// The longest customer's name kept, in characters.
pub const CUSTOMER_MOST: usize = 80;
