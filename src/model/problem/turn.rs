//! Whose turn it is: who has to act for a problem to get better.

use super::{DeniedBy, Kind};

/// Who has to act for it to get better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nobody: it gets better by itself, or Daypass goes on trying.
    Nobody,
    /// The person at this window.
    You,
    /// The administrator of the contractor's own account, or of this computer's network.
    Administrator,
    /// The customer who made the role and owns the bucket.
    Customer,
    /// It can't be known: the causes are listed, the likeliest first.
    Unknown,
}

impl Kind {
    /// Whose turn it is.
    #[must_use]
    pub const fn turn(self) -> Turn {
        match self {
            Self::Offline
            | Self::NoAnswer
            | Self::ConnectionLost
            | Self::Busy
            | Self::SlowDown
            | Self::Conflict
            | Self::UploadGone
            | Self::PartsRefused
            | Self::Damaged
            | Self::JournalSlow => Turn::Nobody,
            Self::LoginPage
            | Self::CaBundle
            | Self::ClockWrong(_)
            | Self::NoProfile
            | Self::ProfileOdd
            | Self::KeyWithoutToken
            | Self::ProfileEmpty
            | Self::RootKey
            | Self::SecretWrong
            | Self::SourceEnded
            | Self::SignInNeeded
            | Self::OwnRoleNeedsCode
            | Self::ProcessRefused
            | Self::CodeNeeded
            | Self::CodeWrong
            | Self::SerialWrong
            | Self::TooLong
            | Self::TooLongChained
            | Self::PolicyTooLarge
            | Self::PolicyRefused
            | Self::RequestRefused
            | Self::OtherRegion
            | Self::SessionEnded
            | Self::AlreadyThere
            | Self::TooLarge
            | Self::NameTooLong
            | Self::AnswerLost
            | Self::ProofDiffers
            | Self::SourceGone
            | Self::SourceChanged
            | Self::SourceUnreadable
            | Self::SourceBusy
            | Self::TooManyOpen
            | Self::SourceSilent
            | Self::SourceNotAFile
            | Self::KeyFile
            | Self::NameNotText
            | Self::JournalFull
            | Self::JournalBroken => Turn::You,
            Self::NotTrusted
            | Self::ProxyRefused
            | Self::KeyNotAccepted
            | Self::SignInRoleMissing
            | Self::OwnRoleDenied
            | Self::OtherPartition
            | Self::RegionOff
            | Self::SignatureRefused
            | Self::GatewayRefused(_)
            | Self::BodyLimit(_)
            | Self::SessionOver => Turn::Administrator,
            Self::OtherAccount
            | Self::OtherRole
            | Self::KmsGenerate
            | Self::KmsDecrypt
            | Self::KmsKey
            | Self::NoSuchBucket
            | Self::SessionRefused
            | Self::OptionRefused
            | Self::UnsignedRefused
            | Self::NotImplemented
            | Self::Contended => Turn::Customer,
            // Before there is a session the caller is the contractor's, afterwards it is the customer's role. A VPC endpoint
            // belongs to the network from which the request comes, which is the contractor's either way.
            Self::AssumeDenied(by) => match by {
                DeniedBy::YourPolicy
                | DeniedBy::Boundary
                | DeniedBy::SessionPolicy
                | DeniedBy::OrganizationPolicy
                | DeniedBy::EndpointPolicy => Turn::Administrator,
                DeniedBy::TrustPolicy
                | DeniedBy::TagSession
                | DeniedBy::SourceIdentity
                | DeniedBy::ResourcePolicy
                | DeniedBy::RolePolicy
                | DeniedBy::ResourceControl => Turn::Customer,
                DeniedBy::Unknown => Turn::Unknown,
            },
            Self::AccessDenied(by) => match by {
                DeniedBy::YourPolicy
                | DeniedBy::TrustPolicy
                | DeniedBy::TagSession
                | DeniedBy::SourceIdentity
                | DeniedBy::ResourcePolicy
                | DeniedBy::RolePolicy
                | DeniedBy::Boundary
                | DeniedBy::OrganizationPolicy
                | DeniedBy::ResourceControl => Turn::Customer,
                DeniedBy::EndpointPolicy => Turn::Administrator,
                DeniedBy::SessionPolicy => Turn::You,
                DeniedBy::Unknown => Turn::Unknown,
            },
            Self::AccountProblem | Self::Unexpected | Self::Refused => Turn::Unknown,
        }
    }
}
