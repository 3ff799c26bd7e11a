//! AWS accounts and role ARNs.

use super::pasted::{self, Link};
use super::{NameProblem, Partition, is_name_char, length, name, only};
use std::str::FromStr;

name!(
    /// An AWS account: exactly 12 digits.
    AccountId,
    check_account
);

fn check_account(text: &str) -> Result<(), NameProblem> {
    pasted::no_secret(text)?;
    only(text, |c| c.is_ascii_digit())?;
    length(text, 12, 12)
}

impl AccountId {
    /// Parses a pasted account: `1111 2222 3333`, `1111-2222-3333`, or an ARN that contains it.
    ///
    /// # Errors
    /// Why the text holds no account.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        let text = pasted::clean(text)?;
        let text = pasted::without_label(&text);
        if text.starts_with("arn:") {
            return text.split(':').nth(4).ok_or(NameProblem::ArnIncomplete)?.parse();
        }
        text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().parse()
    }

    /// Formats the account for people: `1111 2222 3333`.
    #[must_use]
    pub fn spaced(&self) -> String {
        let digits = &self.0;
        format!("{} {} {}", &digits[..4], &digits[4..8], &digits[8..])
    }
}

name!(
    /// The ARN of an IAM role, `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME`.
    ///
    /// Of the characters that IAM allows in paths, those with a meaning in shells or policies (`*`, `$`, `"` and so on)
    /// are rejected, because the ARN is written into commands and policies that people copy.
    RoleArn,
    check_role
);

fn check_role(text: &str) -> Result<(), NameProblem> {
    if text.is_empty() {
        return Err(NameProblem::Empty);
    }
    pasted::no_secret(text)?;
    // An ARN is ASCII without spaces; letters that only look like ASCII are rejected too.
    only(text, |c| c.is_ascii_graphic())?;
    let rest = text.strip_prefix("arn:").ok_or_else(|| {
        if only(text, is_name_char).is_ok() { NameProblem::RoleNameAlone } else { NameProblem::NotAnArn }
    })?;
    length(text, 5, 2048)?;
    let fields: Vec<&str> = rest.splitn(5, ':').collect();
    let [partition, service, region, account, resource] = fields[..] else { return Err(NameProblem::ArnIncomplete) };
    if Partition::from_name(partition).is_none() {
        return Err(NameProblem::OtherPartition);
    }
    if service == "sts" && resource.starts_with("federated-user/") {
        return Err(NameProblem::UserArn);
    }
    if service == "sts" && resource.starts_with("assumed-role/") {
        return Err(NameProblem::AssumedRoleArn { role_guess: role_of_session(partition, account, resource) });
    }
    if service != "iam" {
        return Err(NameProblem::OtherService);
    }
    if !region.is_empty() {
        return Err(NameProblem::NotOfTheForm);
    }
    if check_account(account).is_err() {
        return Err(NameProblem::ArnAccount);
    }
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    match kind {
        "role" => check_role_name(name),
        "root" => Err(NameProblem::RootArn),
        "user" => Err(NameProblem::UserArn),
        "group" => Err(NameProblem::GroupArn),
        "policy" => Err(NameProblem::PolicyArn),
        "instance-profile" => Err(NameProblem::InstanceProfileArn),
        "mfa" | "u2f" | "sms-mfa" => Err(NameProblem::MfaArn),
        "" => Err(NameProblem::ArnIncomplete),
        _ => Err(NameProblem::NotOfTheForm),
    }
}

/// Checks the text after `role/`: a path and the name (IAM, CreateRole: name up to 64, path up to 512 characters).
fn check_role_name(text: &str) -> Result<(), NameProblem> {
    let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
    if name.is_empty() {
        return Err(NameProblem::ArnIncomplete);
    }
    only(name, is_name_char)?;
    only(path, |c| is_name_char(c) || matches!(c, '/' | ':' | '~' | '%'))?;
    if name.len() > 64 {
        return Err(NameProblem::RoleNameTooLong);
    }
    if path.len() + 2 > 512 {
        return Err(NameProblem::RolePathTooLong);
    }
    if text.contains('/') && path.split('/').any(str::is_empty) {
        return Err(NameProblem::EmptySegment);
    }
    Ok(())
}

/// Returns the role of `assumed-role/NAME/SESSION`, assuming it has no path; `None` for roles of IAM Identity Center,
/// which always have one.
fn role_of_session(partition: &str, account: &str, resource: &str) -> Option<RoleArn> {
    let name = resource.split('/').nth(1).filter(|name| !name.starts_with("AWSReservedSSO_"))?;
    format!("arn:{partition}:iam::{account}:role/{name}").parse().ok()
}

impl RoleArn {
    #[must_use]
    pub fn account(&self) -> AccountId {
        AccountId(self.0.split(':').nth(4).unwrap_or_default().into())
    }

    #[must_use]
    pub fn partition(&self) -> Partition {
        self.0.split(':').nth(1).and_then(Partition::from_name).unwrap_or(Partition::Aws)
    }

    /// Returns the role's name without its path.
    #[must_use]
    pub fn role_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the role's path, which starts and ends with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        let start = self.0.find('/').unwrap_or_default();
        let end = self.0.rfind('/').unwrap_or_default();
        &self.0[start..=end]
    }

    /// Parses a pasted role: an ARN with spaces, quotes or a label around it, a line of JSON or a policy that contains
    /// one role, or a switch-role link (IAM, "Switch roles in the console").
    ///
    /// # Errors
    /// Why the text holds no role, with a guess if there is one.
    pub fn from_pasted(text: &str) -> Result<Self, NameProblem> {
        let text = pasted::clean(text)?;
        let text = pasted::without_label(&text);
        if let Some(link) = Link::from(text) {
            return from_link(&link);
        }
        if let Ok(role) = text.parse() {
            return Ok(role);
        }
        let lower = text.to_ascii_lowercase();
        let starts: Vec<usize> = lower.match_indices("arn:").map(|(at, _)| at).collect();
        match starts[..] {
            [] => text.parse(),
            [0] => from_broken(text),
            _ => one_of(text, &starts),
        }
    }
}

/// Returns the ARN at the start of the text, up to the first character that ends it.
fn token(text: &str) -> &str {
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '”' | '’' | '»' | ')' | ']' | '}' | ';' | '\\')
    };
    text[..text.find(ends).unwrap_or(text.len())].trim_end_matches([',', '.'])
}

/// Parses an ARN with its first fields in lower case, because some documents capitalize them.
fn parse(token: &str) -> Result<RoleArn, NameProblem> {
    let head = token.match_indices(':').nth(2).map_or(0, |(at, _)| at);
    RoleArn::from_str(&format!("{}{}", token[..head].to_ascii_lowercase(), &token[head..]))
}

/// Parses a text that starts with its only ARN, which spaces or line breaks may have split.
fn from_broken(text: &str) -> Result<RoleArn, NameProblem> {
    let first = token(text);
    let whole: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match parse(first) {
        Ok(role) => {
            let rest = text[first.len()..].trim_start_matches([',', '.', ';', ')', '"', '\'']);
            let next = rest.split_whitespace().next().unwrap_or_default();
            let labeled = rest.lines().any(|line| pasted::without_label(line.trim()) != line.trim());
            let apart = next.is_empty() || labeled || only(next, |c| is_name_char(c) || c == '/').is_err();
            if apart { Ok(role) } else { Err(NameProblem::MoreAfterArn { role_guess: role }) }
        }
        Err(why) => parse(token(&whole)).or(Err(why)),
    }
}

/// Returns the only role among the ARNs of the text, such as a policy.
fn one_of(text: &str, starts: &[usize]) -> Result<RoleArn, NameProblem> {
    let mut found: Option<RoleArn> = None;
    let mut first: Option<NameProblem> = None;
    for start in starts {
        match parse(token(&text[*start..])) {
            Ok(role) if found.as_ref().is_some_and(|known| *known != role) => return Err(NameProblem::SeveralRoles),
            Ok(role) => found = Some(role),
            Err(why) => first = first.or(Some(why)),
        }
    }
    found.ok_or_else(|| first.unwrap_or(NameProblem::NotAnArn))
}

/// Parses a switch-role link.
fn from_link(link: &Link<'_>) -> Result<RoleArn, NameProblem> {
    let partition = [
        ("signin.aws.amazon.com", Partition::Aws),
        ("signin.amazonaws-us-gov.com", Partition::AwsUsGov),
        ("signin.amazonaws.cn", Partition::AwsCn),
        ("signin.amazonaws-eusc.eu", Partition::AwsEusc),
    ]
    .into_iter()
    .find(|(host, _)| link.host == *host || link.host.strip_suffix(host).is_some_and(|region| region.ends_with('.')))
    .map(|(_, partition)| partition);
    let Some(partition) = partition.filter(|_| link.path.trim_end_matches('/') == "switchrole") else {
        let console = link.is_amazon() && (link.path.starts_with("iam/") || link.path.starts_with("iamv2/"));
        return Err(if console { NameProblem::ConsoleLink } else { NameProblem::OtherLink });
    };
    let (Some(account), Some(role)) = (link.parameter("account"), link.parameter("roleName")) else {
        return Err(NameProblem::OtherLink);
    };
    let Ok(account) = AccountId::from_pasted(&account) else {
        // An alias has 3 to 63 of a-z, 0-9 and dashes (IAM, CreateAccountAlias).
        let alias = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let alias = (length(&account, 3, 63).is_ok() && only(&account, alias).is_ok()).then(|| account.into());
        return Err(NameProblem::SwitchRoleAlias { alias });
    };
    format!("arn:{}:iam::{account}:role/{}", partition.as_str(), role.trim().trim_start_matches('/')).parse()
}
