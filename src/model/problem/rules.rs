//! What follows from each kind of problem, one row a kind: the retry, whose turn it is, who reported it, and whether the
//! object may be stored all the same.

use super::{Kind, Retry, Turn};

/// Who reported a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reporter {
    /// The file on this computer.
    File,
    /// The drive that the file is on.
    Drive,
    /// This computer: its journal, its profiles, its limits.
    Computer,
    /// The network, or a proxy that is not AWS.
    Way,
    /// A server of AWS, which proves that the network works.
    Server,
}

/// Whether an object may be stored although the request ended with a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MayBeStored {
    /// It is not.
    No,
    /// It may be if the network had taken the whole body.
    IfAllSent,
    /// It may be: the server leaves open whether it did the work.
    Maybe,
}

/// The row of a kind.
#[derive(Clone, Copy)]
struct KindRule {
    retry: Retry,
    turn: Turn,
    origin: Reporter,
    stored: MayBeStored,
}

const fn rule(retry: Retry, turn: Turn, origin: Reporter) -> KindRule {
    KindRule { retry, turn, origin, stored: MayBeStored::No }
}

const fn stored(stored: MayBeStored, rule: KindRule) -> KindRule {
    KindRule { stored, ..rule }
}

impl Kind {
    const fn rule(self) -> KindRule {
        use MayBeStored::{IfAllSent, Maybe};
        use Reporter::{Computer, Drive, File, Server, Way};
        use Retry::{Again, Hold, Line, NewSession, Reread, Restart, Slower, Stop};
        use Turn::{Administrator, Customer, Nobody, Unknown, You};
        match self {
            Self::Offline => rule(Line, Nobody, Way),
            Self::NoAnswer | Self::ConnectionLost => stored(IfAllSent, rule(Line, Nobody, Way)),
            Self::LoginPage => stored(IfAllSent, rule(Line, You, Way)),
            Self::AnswerLost => stored(Maybe, rule(Line, You, Way)),

            Self::Busy => stored(Maybe, rule(Again, Nobody, Server)),
            Self::Unexpected => stored(Maybe, rule(Again, Unknown, Server)),
            Self::Conflict => rule(Again, Nobody, Server),
            Self::SlowDown => rule(Slower, Nobody, Server),
            Self::SourceSilent => rule(Again, You, Drive),
            Self::SourceBusy | Self::TooManyOpen => rule(Again, You, File),

            Self::SessionEnded => rule(NewSession, You, Server),
            Self::SessionRefused => rule(NewSession, Customer, Server),
            Self::UploadGone | Self::PartsRefused => rule(Restart, Nobody, Server),
            Self::Damaged => rule(Reread, Nobody, Server),

            Self::AlreadyThere => rule(Stop, You, Server),
            Self::ProofDiffers => stored(Maybe, rule(Stop, You, Server)),
            Self::KmsDecrypt | Self::Contended => rule(Stop, Customer, Server),
            Self::Refused => rule(Stop, Unknown, Server),
            // The URI or the headers were too long, because of the file's name; the others concern every file.
            Self::GatewayRefused(414 | 431) | Self::BodyLimit(_) => rule(Stop, Administrator, Way),
            Self::TooLarge | Self::NameTooLong | Self::NameNotText => rule(Stop, You, Computer),
            Self::SourceGone | Self::SourceChanged | Self::SourceUnreadable | Self::SourceNotAFile | Self::KeyFile => {
                rule(Stop, You, File)
            }

            Self::GatewayRefused(_) | Self::NotTrusted | Self::ProxyRefused => rule(Hold, Administrator, Way),
            Self::JournalSlow => rule(Hold, Nobody, Computer),
            Self::JournalFull
            | Self::JournalBroken
            | Self::CaBundle
            | Self::NoProfile
            | Self::ProfileOdd
            | Self::KeyWithoutToken
            | Self::ProfileEmpty
            | Self::SignInNeeded
            | Self::OwnRoleNeedsCode
            | Self::KeyNotFound
            | Self::ProcessRefused => rule(Hold, You, Computer),
            Self::ClockWrong(_)
            | Self::RootKey
            | Self::SecretWrong
            | Self::SourceEnded
            | Self::CodeNeeded
            | Self::CodeWrong
            | Self::SerialWrong
            | Self::TooLong
            | Self::TooLongChained
            | Self::PolicyTooLarge
            | Self::PolicyRefused
            | Self::RequestRefused
            | Self::OtherRegion => rule(Hold, You, Server),
            Self::KeyNotAccepted
            | Self::SignInRoleMissing
            | Self::OwnRoleDenied
            | Self::OtherPartition
            | Self::RegionOff
            | Self::SignatureRefused
            | Self::SessionOver => rule(Hold, Administrator, Server),
            Self::OtherAccount
            | Self::OtherRole
            | Self::KmsGenerate
            | Self::KmsKey
            | Self::NoSuchBucket
            | Self::OptionRefused
            | Self::UnsignedRefused
            | Self::NotImplemented => rule(Hold, Customer, Server),
            Self::AccountProblem => rule(Hold, Unknown, Server),
            Self::AssumeDenied(by) => rule(Hold, Turn::at_the_role(by), Server),
            Self::AccessDenied(by) => rule(Hold, Turn::at_the_bucket(by), Server),
        }
    }

    /// What to do with the request that met it.
    #[must_use]
    pub const fn retry(self) -> Retry {
        self.rule().retry
    }

    /// Whose turn it is.
    #[must_use]
    pub const fn turn(self) -> Turn {
        self.rule().turn
    }

    /// Whether an object may be stored although a request ended with this, as far as the kind alone tells.
    pub(super) const fn stored(self) -> MayBeStored {
        self.rule().stored
    }

    /// Whether the cause is the file on this computer.
    #[must_use]
    pub const fn of_the_source(self) -> bool {
        matches!(self.rule().origin, Reporter::File)
    }

    /// Whether a server of AWS reported it, which proves that the network works.
    #[must_use]
    pub const fn from_the_server(self) -> bool {
        matches!(self.rule().origin, Reporter::Server)
    }
}
