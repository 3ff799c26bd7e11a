//! Whose turn it is: who has to act before a problem goes away.

use super::DeniedBy;

/// Who has to act before it goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nobody: it goes away by itself, or Daypass retries.
    Nobody,
    /// The person at this window.
    You,
    /// The administrator of the contractor's own account, or of this computer's network.
    Administrator,
    /// The customer who made the role and owns the bucket.
    Customer,
    /// Nobody knows: the causes are listed, the likeliest first.
    Unknown,
}

impl Turn {
    /// Who can lift a denial of AssumeRole, whose caller is the contractor's user. A VPC endpoint belongs to the network that
    /// the request comes from, which is the contractor's either way.
    pub(super) const fn at_the_role(by: DeniedBy) -> Self {
        match by {
            DeniedBy::YourPolicy
            | DeniedBy::Boundary
            | DeniedBy::SessionPolicy
            | DeniedBy::OrganizationPolicy
            | DeniedBy::EndpointPolicy => Self::Administrator,
            DeniedBy::TrustPolicy
            | DeniedBy::TagSession
            | DeniedBy::SourceIdentity
            | DeniedBy::ResourcePolicy
            | DeniedBy::RolePolicy
            | DeniedBy::ResourceControl => Self::Customer,
            DeniedBy::Unknown => Self::Unknown,
        }
    }

    /// Who can lift a denial by S3, whose caller is the customer's role.
    pub(super) const fn at_the_bucket(by: DeniedBy) -> Self {
        match by {
            DeniedBy::YourPolicy
            | DeniedBy::TrustPolicy
            | DeniedBy::TagSession
            | DeniedBy::SourceIdentity
            | DeniedBy::ResourcePolicy
            | DeniedBy::RolePolicy
            | DeniedBy::Boundary
            | DeniedBy::OrganizationPolicy
            | DeniedBy::ResourceControl => Self::Customer,
            DeniedBy::EndpointPolicy => Self::Administrator,
            DeniedBy::SessionPolicy => Self::You,
            DeniedBy::Unknown => Self::Unknown,
        }
    }
}
