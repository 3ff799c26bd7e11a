//! Texts about invalid names: what is wrong, and what to do.

use crate::model::names::NameProblem;

/// The field that a name was entered into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Role,
    Bucket,
    /// The folder in the bucket.
    Folder,
    ExternalId,
    Mfa,
    Account,
    SessionName,
    Region,
}

impl Field {
    pub const ALL: [Self; 8] = [
        Self::Role,
        Self::Bucket,
        Self::Folder,
        Self::ExternalId,
        Self::Mfa,
        Self::Account,
        Self::SessionName,
        Self::Region,
    ];

    /// Returns the field's name for the start of a sentence.
    const fn name(self) -> &'static str {
        match self {
            Self::Role => "A role’s ARN",
            Self::Bucket => "A bucket’s name",
            Self::Folder => "A folder",
            Self::ExternalId => "An external ID",
            Self::Mfa => "An MFA device’s ARN or serial number",
            Self::Account => "An account number",
            Self::SessionName => "A session name",
            Self::Region => "A region",
        }
    }

    const fn asked(self) -> &'static str {
        match self {
            Self::Role => "Paste the role’s ARN from your customer.",
            Self::Bucket => "Enter the bucket’s name from your customer.",
            Self::Folder => "Enter the folder, or leave this empty for the top of the bucket.",
            Self::ExternalId => "Enter the external ID from your customer, or leave this empty if there is none.",
            Self::Mfa => "Paste the ARN or serial number of your MFA device, or leave this empty if you need no code.",
            Self::Account => "Enter the account number.",
            Self::SessionName => "Enter a name for the session, or leave this empty to use your user name.",
            Self::Region => "Enter the region, or leave this empty to let Daypass find it.",
        }
    }

    const fn form(self) -> &'static str {
        match self {
            Self::Role => "A role’s ARN looks like arn:aws:iam::111122223333:role/name; ask your customer for it.",
            Self::Bucket => {
                "Bucket names are made of lowercase letters, digits, dots and hyphens; ask your customer for theirs."
            }
            Self::Folder => "A folder looks like incoming/ or incoming/2026/.",
            Self::ExternalId => "Copy it exactly as your customer gave it to you.",
            Self::Mfa => {
                "A device’s ARN looks like arn:aws:iam::111122223333:mfa/name; you’ll find it in the AWS console under Security credentials."
            }
            Self::Account => "An account number has 12 digits, such as 1111 2222 3333.",
            Self::SessionName => "Use letters, digits and _ + = , . @ - without spaces.",
            Self::Region => "A region looks like eu-west-1.",
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Account => "digits",
            Self::Folder => "bytes",
            Self::Role | Self::Bucket | Self::ExternalId | Self::Mfa | Self::SessionName | Self::Region => "characters",
        }
    }
}

/// The field holds a secret.
pub const SECRET: &str = "This looks like a secret key, which belongs only in your AWS profile. Clear this field; if \
                          others could see it, ask your administrator for a new key.";

/// Returns what is wrong with a name and what to do. It never repeats the text itself, which may be a secret.
#[must_use]
pub fn name_problem(field: Field, why: &NameProblem) -> String {
    let (name, form, unit) = (field.name(), field.form(), field.unit());
    match why {
        NameProblem::Empty => field.asked().to_owned(),
        NameProblem::NotOfTheForm => format!("This isn’t {}. {form}", low(name)),
        NameProblem::TooShort { min, max } if min == max => format!("This is too short: {name_low} has {min} {unit}.", name_low = low(name)),
        NameProblem::TooShort { min, .. } => format!("This is too short: {} has at least {min} {unit}. {form}", low(name)),
        NameProblem::TooLong { max, .. } => format!("This is too long: {} has at most {max} {unit}. {form}", low(name)),
        NameProblem::Character(c) => character(name, form, *c),
        NameProblem::LooksLikeSecret => SECRET.to_owned(),
        NameProblem::LooksLikeAccessKey => format!("This looks like an access key ID, which belongs in your AWS profile. {form}"),
        NameProblem::LooksLikeCode => {
            "This looks like a code from your MFA device. Enter the device’s ARN or serial number here; Daypass asks for the code later.".to_owned()
        }
        NameProblem::NotAnArn => format!("This isn’t an ARN: ARNs start with “arn:”. {form}"),
        NameProblem::RoleNameAlone => {
            "This is only the role’s name; the account is missing. Ask your customer for the role’s ARN, which has both.".to_owned()
        }
        NameProblem::ArnIncomplete => format!("Part of the ARN is missing. Copy it again, from “arn:” to the end. {form}"),
        NameProblem::OtherPartition => {
            "Daypass doesn’t know the AWS partition after “arn:”. It’s nearly always “aws”; copy the ARN again.".to_owned()
        }
        NameProblem::OtherService => format!("This is the ARN of something else. {form}"),
        NameProblem::ArnAccount => {
            "The account in this ARN doesn’t have 12 digits. Copy the ARN again, or ask your customer for it.".to_owned()
        }
        NameProblem::UserArn => "This is the ARN of a user. Ask your customer for the ARN of the role they made for you.".to_owned(),
        NameProblem::RootArn => {
            "This is the ARN of a whole account. Ask your customer for the ARN of the role they made for you.".to_owned()
        }
        NameProblem::GroupArn => "This is the ARN of a group. Ask your customer for the ARN of the role they made for you.".to_owned(),
        NameProblem::PolicyArn => "This is the ARN of a policy. Ask your customer for the ARN of the role they made for you.".to_owned(),
        NameProblem::InstanceProfileArn => {
            "This is the ARN of an instance profile. Ask your customer for the ARN of the role they made for you.".to_owned()
        }
        NameProblem::MfaArn => {
            "This is the ARN of an MFA device, which has its own field. Enter the ARN of your customer’s role here.".to_owned()
        }
        NameProblem::AssumedRoleArn { role_guess: Some(role) } => format!(
            "This is the ARN of a running session, not of the role. The role is probably {role}; ask your customer if it has a path."
        ),
        NameProblem::AssumedRoleArn { role_guess: None } => {
            "This is the ARN of a running session, not of the role. Ask your customer for the role’s ARN.".to_owned()
        }
        NameProblem::RoleNameTooLong => {
            "The role’s name in this ARN is longer than the 64 characters Amazon allows. Copy the ARN again.".to_owned()
        }
        NameProblem::RolePathTooLong => {
            "The role’s path in this ARN is longer than the 512 characters Amazon allows. Copy the ARN again.".to_owned()
        }
        NameProblem::SeveralRoles => "There are several roles in this text. Paste the ARN of one.".to_owned(),
        NameProblem::MoreAfterArn { role_guess } => {
            format!("There is more text after the ARN. If the role is {role_guess}, paste only that.")
        }
        NameProblem::SwitchRoleAlias { alias: Some(alias) } => format!(
            "This link names the account by its alias “{alias}”, which can’t be looked up from outside. Ask your customer for the role’s ARN."
        ),
        NameProblem::SwitchRoleAlias { alias: None } => {
            "This link doesn’t have the account’s 12 digits in it. Ask your customer for the role’s ARN.".to_owned()
        }
        NameProblem::ConsoleLink => {
            "This link to the AWS console doesn’t say which account the role is in. Open it and copy the role’s ARN.".to_owned()
        }
        NameProblem::OtherLink => format!("This link doesn’t lead to what is needed here. {form}"),
        NameProblem::BucketEdge => "A bucket’s name starts and ends with a letter or a digit. Check both ends.".to_owned(),
        NameProblem::BucketTwoDots => "A bucket’s name never has two dots in a row. Copy the name again.".to_owned(),
        NameProblem::BucketIsAnAddress => "This is an address of a computer. Ask your customer for the bucket’s name.".to_owned(),
        NameProblem::BucketReserved(kept) => {
            format!("Amazon reserves names with “{kept}” for other things. Ask your customer for the bucket’s name.")
        }
        NameProblem::DirectoryBucket => {
            "This is a directory bucket, which Daypass can’t deliver to. Ask your customer for a general purpose bucket.".to_owned()
        }
        NameProblem::AccessPointArn => {
            "This is the ARN of an access point. Ask your customer for its alias, which ends in “-s3alias”.".to_owned()
        }
        NameProblem::FolderBesideBucket => {
            "You included a folder after the bucket. Enter only the bucket here, and the folder in its own field.".to_owned()
        }
        NameProblem::BucketBesideFolder => "Enter only the folder here, without the bucket: incoming/ for example.".to_owned(),
        NameProblem::DotDot => {
            format!("{name} can’t have parts made of dots alone, such as “..”: they would lead out of the folder. Remove them.")
        }
        NameProblem::EmptySegment => format!("{name} can’t have two slashes in a row. Remove one."),
        NameProblem::Backslash => "Folders in a bucket are separated by “/”. Use it instead of “\\”.".to_owned(),
        NameProblem::Wildcard(c) => format!("“{c}” stands for anything in a policy, not for a folder. Enter the folder as it is."),
        NameProblem::MfaUserArn { guess: Some(device) } => {
            format!("This is the ARN of a user. The device’s is probably {device}; see the AWS console under Security credentials.")
        }
        NameProblem::MfaUserArn { guess: None } => format!("This is the ARN of a user. {form}"),
        NameProblem::MfaWithoutCode => {
            "This device is a security key or a passkey, which gives no codes. Add an authenticator app to your AWS user and enter that."
                .to_owned()
        }
    }
}

/// Returns a sentence about one invalid character, named so that it can't be confused with similar ones.
fn character(name: &str, form: &str, c: char) -> String {
    if c == ' ' {
        format!("{name} can’t have spaces. {form}")
    } else if c.is_whitespace() || c.is_control() {
        format!("{name} can’t have line breaks, tabs or invisible characters. Paste it as one line. {form}")
    } else if c.is_ascii() {
        format!("{name} can’t have “{c}” here. {form}")
    } else if c.is_alphanumeric() {
        let code = u32::from(c);
        format!(
            "“{c}” (U+{code:04X}) may look like an ordinary letter or digit, but it isn’t one. Ask where this came from, and type it again."
        )
    } else {
        format!("The character U+{:04X} can’t be used here. {form}", u32::from(c))
    }
}

/// Returns a field's name for the middle of a sentence.
fn low(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
