//! Why a text is not a valid name, with what a sentence about it needs; never the text itself if it may be a secret.

use super::role::RoleArn;
use super::session::MfaSerial;

/// Why a text is not a valid name. `words::names::name_problem` turns it into a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// The text is empty.
    Empty,
    /// The text doesn't match the grammar.
    NotOfTheForm,
    /// The text has fewer characters than the minimum.
    TooShort {
        min: u32,
        max: u32,
    },
    /// The text has more characters (bytes, in keys and folders) than the maximum.
    TooLong {
        min: u32,
        max: u32,
    },
    /// A character that is not allowed, perhaps one that only looks like a letter.
    Character(char),
    /// The text looks like a secret access key or a session token.
    LooksLikeSecret,
    /// The text looks like an access key ID.
    LooksLikeAccessKey,
    /// The text looks like a six-digit MFA code.
    LooksLikeCode,

    /// The text doesn't start with `arn:`.
    NotAnArn,
    /// A role's name without the account.
    RoleNameAlone,
    /// The ARN is incomplete.
    ArnIncomplete,
    /// The ARN's partition is unknown.
    OtherPartition,
    /// The ARN is of another service than the one expected.
    OtherService,
    /// The ARN's account is not 12 digits.
    ArnAccount,
    /// A user's ARN.
    UserArn,
    /// A whole account's ARN (`:root`).
    RootArn,
    /// A group's ARN.
    GroupArn,
    /// A policy's ARN.
    PolicyArn,
    /// An instance profile's ARN.
    InstanceProfileArn,
    /// An MFA device's ARN.
    MfaArn,
    /// The ARN of a role session. It contains the role's name but not its path.
    AssumedRoleArn {
        /// The role, if it has no path.
        role_guess: Option<RoleArn>,
    },
    /// The role's name has more than 64 characters.
    RoleNameTooLong,
    /// The role's path has more than 512 characters.
    RolePathTooLong,
    /// The text contains several roles.
    SeveralRoles,
    /// Text follows the ARN that may or may not belong to it.
    MoreAfterArn {
        /// The role without the text that follows.
        role_guess: RoleArn,
    },
    /// A switch-role link that names the account by an alias, which can't be looked up from outside.
    SwitchRoleAlias {
        /// The alias, if it is well-formed.
        alias: Option<Box<str>>,
    },
    /// A link to a role's page in the AWS console, which doesn't contain the account.
    ConsoleLink,
    /// A link that doesn't name what is expected.
    OtherLink,

    /// A bucket name that doesn't start or end with a letter or digit.
    BucketEdge,
    /// A bucket name with two consecutive dots.
    BucketTwoDots,
    /// A bucket name in the form of an IP address.
    BucketIsAnAddress,
    /// A bucket name with a prefix or suffix that Amazon reserves.
    BucketReserved(&'static str),
    /// A directory bucket (S3 Express One Zone), which has another API.
    DirectoryBucket,
    /// An access point's ARN; its alias is needed.
    AccessPointArn,
    /// A folder after the bucket, where only a bucket is expected.
    FolderBesideBucket,
    /// A bucket, where only a folder is expected.
    BucketBesideFolder,

    /// A segment of a folder or key consists of dots alone.
    DotDot,
    /// Two consecutive slashes, or one at the start or end of a key.
    EmptySegment,
    Backslash,
    /// `*` or `?`, which are wildcards in policies.
    Wildcard(char),

    /// A user's ARN, where an MFA device's is expected.
    MfaUserArn {
        /// The device under its usual name.
        guess: Option<MfaSerial>,
    },
    /// A security key or passkey, which gives no codes.
    MfaWithoutCode,
}
