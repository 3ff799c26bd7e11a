//! Names that only the customer's kit needs: who is let in, the role to make, networks and keys.

use crate::model::names::{AccountId, ExternalId, Partition, Region, looks_like_secret};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Why a text is not one of the names of this file. `grant::words` turns it into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormProblem {
    /// It is not of the form that is asked for.
    Form,
    /// An address of a private network, which AWS never sees as a source.
    Private,
    /// Every address there is.
    Everyone,
    /// What looks like a secret key.
    Secret,
    /// A key's alias, which a policy's `Resource` doesn't take (KMS Developer Guide, "Key policies").
    Alias,
}

/// Whether `text` is 1 to `most` of `[A-Za-z0-9_+=,.@-]`, the letters of IAM's names (IAM API Reference).
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

/// Who asks: an IAM user, a role (a program's, for example), one session of a role (as a sign-in through IAM Identity
/// Center is), or a whole account.
///
/// Read from the ARN that GetCallerIdentity answers, or from an account's 12 digits.
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
    /// Path and name of a role: everybody whom the role's own account lets take it.
    Role(Box<str>),
    /// Role and session name.
    Session(Box<str>),
}

/// How permission sets of IAM Identity Center name their roles (IAM Identity Center User Guide, "Referencing permission
/// sets in resource policies").
const IDENTITY_CENTER: &str = "AWSReservedSSO_";

impl Principal {
    /// An IAM user, by account and name, with the path where there is one.
    ///
    /// # Errors
    /// [`FormProblem::Form`] where the name is not of IAM's letters.
    pub fn user(account: &AccountId, name: &str) -> Result<Self, FormProblem> {
        format!("arn:aws:iam::{account}:user/{}", name.trim()).parse()
    }

    /// The partition, `aws` for most.
    #[must_use]
    pub const fn partition(&self) -> Partition {
        self.partition
    }

    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// The IAM user's name, without its path; none for a role, a session or an account.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        match &self.who {
            Who::User(path) => path.rsplit('/').next(),
            Who::Role(_) | Who::Session(_) | Who::Account => None,
        }
    }

    /// What the principal is called in names and sentences: the user's, the role's or the session's name, or the
    /// account's 12 digits.
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

    /// Whether this is a role or a session of one, as a sign-in through IAM Identity Center is: it can give no MFA code.
    #[must_use]
    pub const fn is_role(&self) -> bool {
        match self.who {
            Who::Role(_) | Who::Session(_) => true,
            Who::User(_) | Who::Account => false,
        }
    }

    /// The role whose users choose the session's name freely, so that naming the session lets others in as well. Sessions
    /// of IAM Identity Center carry the name of the person.
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

    /// The account as a principal: everybody in it whom its own administrator lets.
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

    /// Takes `111122223333`, `1111 2222 3333`, `arn:…:root` of a whole account, `arn:…:user/…`, `arn:…:role/…` and
    /// `arn:…:assumed-role/ROLE/SESSION`. A path's characters are U+0021 to U+007F (IAM API Reference); those that mean
    /// something in a policy are not taken.
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

/// The name of the role to make: 1 to 64 of `[\w+=,.@-]` (IAM API Reference, CreateRole).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName(Box<str>);

impl RoleName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name made of what is known, `daypass-BUCKET-USER`, so that two contractors of one bucket have two roles. If it
    /// would be too long, both parts are cut and a digest of the whole keeps the names apart.
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

/// An external id that nobody can guess: 32 hexadecimal digits of the system's randomness. None if the system gives none.
///
/// If a whole account is trusted, it keeps others whom that account's users deliver for from naming this role as theirs
/// (IAM User Guide, "The confused deputy problem").
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

/// A network of source addresses, such as `203.0.113.0/24`; the bits of single hosts are cut off.
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

    /// Takes an address alone too.
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
        // The network is looked at as well as the address that was written, so that what is kept can be read again.
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
    /// The region that it is used in, which is its bucket's.
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
