//! Why a text is not the name it should be, with what a sentence about it needs; never the text itself where it may be a secret.

use super::role::RoleArn;
use super::session::MfaSerial;

/// Why a text is not the name it should be. `words::names::name_problem` turns it into a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// Nothing was entered.
    Empty,
    /// It is not of the form that is asked for.
    NotOfTheForm,
    /// It has fewer characters than it must.
    TooShort {
        /// The fewest characters.
        min: u32,
        /// The most characters.
        max: u32,
    },
    /// It has more characters (bytes, in keys and folders) than it may.
    TooLong {
        /// The fewest characters.
        min: u32,
        /// The most characters.
        max: u32,
    },
    /// A character that can't stand in it: also one that only looks like a letter.
    Character(char),
    /// It looks like a secret access key or a session token.
    LooksLikeSecret,
    /// It looks like an access key id.
    LooksLikeAccessKey,
    /// It looks like the six digits of an MFA device.
    LooksLikeCode,

    /// It is no ARN: `arn:` is missing.
    NotAnArn,
    /// It is a role's name without the account.
    RoleNameAlone,
    /// It starts as an ARN does and then breaks off.
    ArnIncomplete,
    /// What follows `arn:` is no partition of AWS that is known.
    OtherPartition,
    /// The ARN is of another service than IAM.
    OtherService,
    /// What stands for the account in the ARN is not 12 digits.
    ArnAccount,
    /// The ARN of a user.
    UserArn,
    /// The ARN of a whole account (`:root`).
    RootArn,
    /// The ARN of a group.
    GroupArn,
    /// The ARN of a policy.
    PolicyArn,
    /// The ARN of an instance profile.
    InstanceProfileArn,
    /// The ARN of an MFA device.
    MfaArn,
    /// The ARN of a running session. It has the role's name; whether the role has a path can't be seen in it.
    AssumedRoleArn {
        /// The role as it is when it has no path.
        role_guess: Option<RoleArn>,
    },
    /// The role's name is longer than 64 characters.
    RoleNameTooLong,
    /// The role's path is longer than 512 characters.
    RolePathTooLong,
    /// Several roles stand in the text.
    SeveralRoles,
    /// Something follows the ARN, and it can't be told whether it belongs to it.
    MoreAfterArn {
        /// The role as far as it stands without what follows.
        role_guess: RoleArn,
    },
    /// A switch-role link that names its account by an alias, which nobody outside can look up.
    SwitchRoleAlias {
        /// The alias, where it has an alias's form.
        alias: Option<Box<str>>,
    },
    /// A link to a role's page in the AWS console, which has no account in it.
    ConsoleLink,
    /// A link to somewhere that doesn't name what is asked for.
    OtherLink,

    /// A bucket's name that starts or ends with something else than a letter or a digit.
    BucketEdge,
    /// A bucket's name with two dots in a row.
    BucketTwoDots,
    /// A bucket's name of the form of an IP address.
    BucketIsAnAddress,
    /// A bucket's name with a start or an end that Amazon keeps for itself.
    BucketReserved(&'static str),
    /// A directory bucket (S3 Express One Zone), which has another API.
    DirectoryBucket,
    /// The ARN of an access point: its alias is needed.
    AccessPointArn,
    /// A folder beside the bucket, where only the bucket is asked for.
    FolderBesideBucket,
    /// A bucket, where only the folder in it is asked for.
    BucketBesideFolder,

    /// A segment of a folder or key is `.` or `..` (or dots alone).
    DotDot,
    /// Two slashes in a row, or one at the start or end of a key.
    EmptySegment,
    Backslash,
    /// `*` or `?`: in policies they stand for anything.
    Wildcard(char),

    /// The ARN of a user, where the device's is needed.
    MfaUserArn {
        /// The device as it is usually named.
        guess: Option<MfaSerial>,
    },
    /// A security key or passkey, which gives no codes.
    MfaWithoutCode,
}
