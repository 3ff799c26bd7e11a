//! Parses names that only the access kit uses: the caller, the role to create, networks and KMS keys.

use crate::model::names::{AccountId, ExternalId, Partition, Region, looks_like_secret};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Why a text is not a valid name of this module. `grant::words` turns it into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormProblem {
    /// The text doesn't match the grammar.
    Form,
    /// The address is in a private network, which AWS never sees as a source.
    Private,
    /// The network includes every address.
    Everyone,
    /// The text looks like a secret access key.
    Secret,
    /// The text is a key's alias, which a policy's `Resource` doesn't accept (KMS Developer Guide, "Key policies").
    Alias,
}

/// Whether `text` is 1 to `most` characters of `[A-Za-z0-9_+=,.@-]`, the characters of IAM names (IAM API Reference).
fn iam_name(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'=' | b',' | b'.' | b'@' | b'-'))
}

fn partition(text: &str) -> Result<Partition, FormProblem> {
    Partition::from_name(text).ok_or(FormProblem::Form)
}

fn plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn account(text: &str) -> Result<AccountId, FormProblem> {
    let twelve = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| twelve).ok_or(FormProblem::Form)
}

/// Who requests access: an IAM user, a role (for example a program's), one session of a role (for example a sign-in
/// through IAM Identity Center), or a whole account.
///
/// Parsed from the ARN that GetCallerIdentity returns, or from an account's 12 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    partition: Partition,
    account: AccountId,
    who: Who,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Account,
    /// Path and name, such as `division/Richard`.
    User(Box<str>),
    /// Path and name of a role: everybody whom the role's own account lets assume it.
    Role(Box<str>),
    /// Role and session name.
    Session(Box<str>),
}

/// Prefix of the role names of IAM Identity Center's permission sets (IAM Identity Center User Guide, "Referencing
/// permission sets in resource policies").
const IDENTITY_CENTER: &str = "AWSReservedSSO_";

impl Principal {
    /// Returns the IAM user with this account and name, which may include the path.
    ///
    /// # Errors
    /// [`FormProblem::Form`] if the name has characters that IAM doesn't allow.
    pub fn user(account: &AccountId, name: &str) -> Result<Self, FormProblem> {
        format!("arn:aws:iam::{account}:user/{}", name.trim()).parse()
    }

    #[must_use]
    pub const fn partition(&self) -> Partition {
        self.partition
    }

    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Returns the IAM user's name without its path; `None` for a role, a session or an account.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        match &self.who {
            Who::User(path) => path.rsplit('/').next(),
            Who::Role(_) | Who::Session(_) | Who::Account => None,
        }
    }

    /// Returns the short name for use in names and sentences: the user's, role's or session's name, or the account's 12
    /// digits.
    #[must_use]
    pub fn short_name(&self) -> &str {
        match &self.who {
            Who::User(path) | Who::Role(path) | Who::Session(path) => path.rsplit('/').next().unwrap_or_default(),
            Who::Account => self.account.as_str(),
        }
    }

    /// Whether this is one user, role or session rather than an account.
    #[must_use]
    pub const fn is_one(&self) -> bool {
        match self.who {
            Who::User(_) | Who::Role(_) | Who::Session(_) => true,
            Who::Account => false,
        }
    }

    /// Whether this is a role or a session of one, such as a sign-in through IAM Identity Center, which can't give an
    /// MFA code.
    #[must_use]
    pub const fn is_role(&self) -> bool {
        match self.who {
            Who::Role(_) | Who::Session(_) => true,
            Who::User(_) | Who::Account => false,
        }
    }

    /// Returns the role if its users choose the session name freely, so that a policy that names the session lets
    /// others in too. Sessions of IAM Identity Center have the person's name.
    #[must_use]
    pub fn shared_role(&self) -> Option<&str> {
        match &self.who {
            Who::Role(path) => path.rsplit('/').next(),
            Who::Session(path) => {
                path.split_once('/').map(|(role, _)| role).filter(|role| !role.starts_with(IDENTITY_CENTER))
            }
            Who::User(_) | Who::Account => None,
        }
    }

    /// Returns the account's ARN as principal: everybody in it whom its own administrator allows.
    #[must_use]
    pub fn account_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition.as_str(), self.account)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, account, who } = self;
        let partition = partition.as_str();
        match who {
            Who::Account => f.write_str(&self.account_arn()),
            Who::User(path) => write!(f, "arn:{partition}:iam::{account}:user/{path}"),
            Who::Role(path) => write!(f, "arn:{partition}:iam::{account}:role/{path}"),
            Who::Session(path) => write!(f, "arn:{partition}:sts::{account}:assumed-role/{path}"),
        }
    }
}

impl FromStr for Principal {
    type Err = FormProblem;

    /// Accepts `111122223333`, `1111 2222 3333`, `arn:…:root` of a whole account, `arn:…:user/…`, `arn:…:role/…` and
    /// `arn:…:assumed-role/ROLE/SESSION`. IAM allows U+0021 to U+007F in paths (IAM API Reference); those with a
    /// meaning in policies are rejected.
    fn from_str(text: &str) -> Result<Self, FormProblem> {
        let text = text.trim();
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if let Ok(account) = account(&digits) {
            return Ok(Self { partition: Partition::Aws, account, who: Who::Account });
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", part, service, "", id, rest] = parts[..] else { return Err(FormProblem::Form) };
        let account = account(id)?;
        let who = match (service, rest.split_once('/')) {
            ("iam", None) if rest == "root" => Who::Account,
            ("iam", Some((kind @ ("user" | "role"), path)))
                if path.len() <= 576 && path.split('/').all(|step| iam_name(step, 512)) =>
            {
                let name = path.rsplit('/').next().unwrap_or_default();
                if name.len() > 64 {
                    return Err(FormProblem::Form);
                }
                if kind == "user" { Who::User(path.into()) } else { Who::Role(path.into()) }
            }
            ("sts", Some(("assumed-role", path))) => match path.split_once('/') {
                Some((role, session)) if iam_name(role, 64) && iam_name(session, 64) => Who::Session(path.into()),
                Some(_) | None => return Err(FormProblem::Form),
            },
            _ => return Err(FormProblem::Form),
        };
        Ok(Self { partition: partition(part)?, account, who })
    }
}

/// The name of the role to create: 1 to 64 characters of `[\w+=,.@-]` (IAM API Reference, CreateRole).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName(Box<str>);

impl RoleName {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `daypass-BUCKET-USER`, so that two contractors of one bucket have two roles. If that is longer than 64
    /// characters, both parts are cut and a digest of the whole name keeps names distinct.
    #[must_use]
    pub fn for_bucket(bucket: &str, who: &str) -> Self {
        const MOST: usize = 64;
        const DIGEST: usize = 6;
        let legal =
            |text: &str| -> String { text.chars().filter(|c| iam_name(c.encode_utf8(&mut [0; 4]), 4)).collect() };
        let (bucket, who) = (legal(bucket), legal(who));
        let whole = format!("daypass-{bucket}-{who}");
        if whole.len() <= MOST {
            return Self(whole.into());
        }
        let room = MOST - "daypass---".len() - DIGEST;
        let (of_who, of_bucket) = (who.len().min(room / 2), bucket.len().min(room - who.len().min(room / 2)));
        let digest: [u8; 32] = Sha256::digest(&whole).into();
        let [a, b, c, ..] = digest;
        Self(format!("daypass-{}-{}-{a:02x}{b:02x}{c:02x}", &bucket[..of_bucket], &who[..of_who]).into())
    }
}

/// Returns an external ID that can't be guessed: 128 random bits as 32 hexadecimal digits. `None` if the system's
/// random number generator fails.
///
/// If a whole account is trusted, the external ID keeps others for whom that account's users deliver from naming this
/// role as theirs (IAM User Guide, "The confused deputy problem").
#[must_use]
pub fn new_external_id() -> Option<ExternalId> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    format!("{:032x}", u128::from_be_bytes(bytes)).parse().ok()
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RoleName {
    type Err = FormProblem;
    fn from_str(text: &str) -> Result<Self, FormProblem> {
        let text = text.trim();
        if looks_like_secret(text) {
            return Err(FormProblem::Secret);
        }
        if iam_name(text, 64) { Ok(Self(text.into())) } else { Err(FormProblem::Form) }
    }
}

/// A network of source addresses, such as `203.0.113.0/24`; host bits are cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl FromStr for Cidr {
    type Err = FormProblem;

    /// Accepts a single address too.
    fn from_str(text: &str) -> Result<Self, FormProblem> {
        let text = text.trim();
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok().ok_or(FormProblem::Form)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) if !bits.is_empty() && bits.len() <= 3 && bits.bytes().all(|b| b.is_ascii_digit()) => {
                bits.parse().ok().filter(|&bits| bits <= most).ok_or(FormProblem::Form)?
            }
            Some(_) => return Err(FormProblem::Form),
        };
        if bits == 0 {
            return Err(FormProblem::Everyone);
        }
        let cut = match address {
            IpAddr::V4(v4) => IpAddr::V4(((v4.to_bits() >> (32 - bits)) << (32 - bits)).into()),
            IpAddr::V6(v6) => IpAddr::V6(((v6.to_bits() >> (128 - bits)) << (128 - bits)).into()),
        };
        // Both the address as written and the network are checked, so that the stored value can be parsed again.
        if outside(address) || outside(cut) { Err(FormProblem::Private) } else { Ok(Self { address: cut, bits }) }
    }
}

/// Whether AWS never sees this address as a source.
const fn outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback() || v6.is_unspecified(),
    }
}

/// The ARN of a KMS key, `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsKey {
    arn: Box<str>,
    region: Region,
    partition: Partition,
}

impl KmsKey {
    /// Returns the key's region, which must be the bucket's.
    #[must_use]
    pub const fn region(&self) -> &Region {
        &self.region
    }

    #[must_use]
    pub const fn partition(&self) -> Partition {
        self.partition
    }
}

impl fmt::Display for KmsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

impl FromStr for KmsKey {
    type Err = FormProblem;
    fn from_str(text: &str) -> Result<Self, FormProblem> {
        let text = text.trim();
        let parts: Vec<&str> = text.split(':').collect();
        let ["arn", part, "kms", region, id, key] = parts[..] else { return Err(FormProblem::Form) };
        if key.starts_with("alias/") {
            return Err(FormProblem::Alias);
        }
        account(id)?;
        let key = key.strip_prefix("key/").ok_or(FormProblem::Form)?;
        let (partition, region): (_, Region) = (partition(part)?, region.parse().map_err(|_why| FormProblem::Form)?);
        if plain(key) && region.fits(partition) {
            Ok(Self { arn: text.into(), region, partition })
        } else {
            Err(FormProblem::Form)
        }
    }
}
