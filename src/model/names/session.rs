//! The names that AssumeRole takes in addition to the role: session name, external ID, MFA device (STS, AssumeRole).

use super::{NameProblem, Partition, is_name_char, length, name, only, pasted};

name!(
    /// The external ID that a customer may require: 2 to 1224 characters of `[\w+=,.@:\/-]`.
    ///
    /// A customer may have chosen 40 random characters, so the strict grammar accepts text that looks like a secret;
    /// `from_pasted` does not.
    ExternalId,
    check_external
);

fn check_external(text: &str) -> Result<(), NameProblem> {
    if text.is_empty() {
        return Err(NameProblem::Empty);
    }
    only(text, |c| is_name_char(c) || matches!(c, ':' | '/'))?;
    length(text, 2, 1224)
}

impl ExternalId {
    /// Parses a pasted external ID; spaces, quotes, invisible characters and a label around it are removed.
    ///
    /// # Errors
    /// Why the text is not an external ID; [`NameProblem::LooksLikeSecret`] if it looks like a secret access key, which
    /// is sometimes pasted into the wrong field.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        pasted::without_label(&pasted::clean(text)?).parse()
    }
}

name!(
    /// The name of a role session: 2 to 64 characters of `[\w+=,.@-]`. It appears in the customer's CloudTrail.
    RoleSessionName,
    check_session
);

fn check_session(text: &str) -> Result<(), NameProblem> {
    if text.is_empty() {
        return Err(NameProblem::Empty);
    }
    pasted::no_secret(text)?;
    only(text, is_name_char)?;
    length(text, 2, 64)
}

impl RoleSessionName {
    /// Returns a session name from any text. A valid name stays; otherwise each run of invalid characters becomes a
    /// dash. If nothing is left or the text looks like a key, the name is `daypass`.
    #[must_use]
    pub fn cleaned_from(text: &str) -> Self {
        if let Ok(name) = text.parse() {
            return name;
        }
        // Checked before the text is cleaned: a secret with dashes in place of its slashes no longer looks like one.
        let text = if pasted::no_secret(text).is_ok() { text } else { "" };
        let mut name = String::new();
        for c in text.chars().map(|c| if is_name_char(c) { c } else { '-' }) {
            if !(c == '-' && (name.is_empty() || name.ends_with('-'))) {
                name.push(c);
            }
            if name.len() == 64 {
                break;
            }
        }
        name.trim_end_matches('-').parse().unwrap_or_else(|_| Self("daypass".into()))
    }

    /// Parses a pasted or typed session name; spaces, quotes and a label around it are removed.
    ///
    /// # Errors
    /// Why the text is not a session name.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        pasted::without_label(&pasted::clean(text)?).parse()
    }
}

name!(
    /// The serial of an MFA device that gives codes: `arn:PARTITION:iam::ACCOUNT:mfa/NAME`, or a hardware serial; 9 to
    /// 256 characters of `[\w+=/:,.@-]`.
    MfaSerial,
    check_mfa
);

fn check_mfa(text: &str) -> Result<(), NameProblem> {
    if text.is_empty() {
        return Err(NameProblem::Empty);
    }
    pasted::no_secret(text)?;
    only(text, |c| is_name_char(c) || matches!(c, '/' | ':'))?;
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NameProblem::LooksLikeCode);
    }
    length(text, 9, 256)?;
    let Some(rest) = text.strip_prefix("arn:") else { return Ok(()) };
    let fields: Vec<&str> = rest.splitn(5, ':').collect();
    let [partition, service, _, account, resource] = fields[..] else { return Err(NameProblem::ArnIncomplete) };
    if Partition::from_name(partition).is_none() {
        return Err(NameProblem::OtherPartition);
    }
    if service != "iam" {
        return Err(NameProblem::OtherService);
    }
    if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NameProblem::ArnAccount);
    }
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    match kind {
        "mfa" | "sms-mfa" if name.is_empty() => Err(NameProblem::ArnIncomplete),
        "mfa" | "sms-mfa" => Ok(()),
        "u2f" => Err(NameProblem::MfaWithoutCode),
        "user" => {
            let user = name.rsplit('/').next().filter(|user| !user.is_empty());
            let guess = user.and_then(|user| format!("arn:{partition}:iam::{account}:mfa/{user}").parse().ok());
            Err(NameProblem::MfaUserArn { guess })
        }
        _ => Err(NameProblem::NotOfTheForm),
    }
}

impl MfaSerial {
    /// Parses a pasted device; spaces, quotes and a label around it are removed.
    ///
    /// # Errors
    /// Why the text is not a device, with a guess if a user's ARN was pasted.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        pasted::without_label(&pasted::clean(text)?).parse()
    }
}
