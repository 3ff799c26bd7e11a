//! Names that only the customer's kit needs: who is let in, the role to make, networks and keys.

use crate::model::names::{AccountId, looks_like_secret};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Why a text is not one of the names of this file. `words::grant` turns it into a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
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

fn partition(text: &str) -> bool {
    text == "aws" || text.strip_prefix("aws-").is_some_and(|rest| !rest.is_empty() && plain(rest))
}

fn plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn account(text: &str) -> Result<AccountId, Odd> {
    let twelve = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| twelve).ok_or(Odd::Form)
}

/// Who asks: an IAM user, a role's session (as a sign-in through IAM Identity Center is), or a whole account.
///
/// Read from the ARN that GetCallerIdentity answers, or from an account's 12 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    partition: Box<str>,
    account: AccountId,
    who: Who,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Account,
    /// Path and name, such as `division/Richard`.
    User(Box<str>),
    /// Role and session name.
    Session(Box<str>),
}

impl Principal {
    /// An IAM user, by account and name, with the path where there is one.
    ///
    /// # Errors
    /// [`Odd::Form`] where the name is not of IAM's letters.
    pub fn user(account: &AccountId, name: &str) -> Result<Self, Odd> {
        format!("arn:aws:iam::{account}:user/{}", name.trim()).parse()
    }

    /// The partition, `aws` for most.
    #[must_use]
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The account.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// The IAM user's name, without its path; none for a session or an account.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        match &self.who {
            Who::User(path) => path.rsplit('/').next(),
            Who::Session(_) | Who::Account => None,
        }
    }

    /// Whether this is one person rather than an account.
    #[must_use]
    pub const fn is_one(&self) -> bool {
        match self.who {
            Who::User(_) | Who::Session(_) => true,
            Who::Account => false,
        }
    }

    /// Whether this is a session of a role, as a sign-in through IAM Identity Center is.
    #[must_use]
    pub const fn is_session(&self) -> bool {
        match self.who {
            Who::Session(_) => true,
            Who::User(_) | Who::Account => false,
        }
    }

    /// The account as a principal: everybody in it whom its own administrator lets.
    #[must_use]
    pub fn account_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.account)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, account, who } = self;
        match who {
            Who::Account => f.write_str(&self.account_arn()),
            Who::User(path) => write!(f, "arn:{partition}:iam::{account}:user/{path}"),
            Who::Session(path) => write!(f, "arn:{partition}:sts::{account}:assumed-role/{path}"),
        }
    }
}

impl FromStr for Principal {
    type Err = Odd;

    /// Takes `111122223333`, `1111 2222 3333`, `arn:…:root` of a whole account, `arn:…:user/…` and
    /// `arn:…:assumed-role/ROLE/SESSION`. A path's characters are U+0021 to U+007F (IAM API Reference); those that mean
    /// something in a policy are not taken.
    fn from_str(text: &str) -> Result<Self, Odd> {
        let text = text.trim();
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if let Ok(account) = account(&digits) {
            return Ok(Self { partition: "aws".into(), account, who: Who::Account });
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", part, service, "", id, rest] = parts[..] else { return Err(Odd::Form) };
        let account = account(id)?;
        let who = match (service, rest.split_once('/')) {
            ("iam", None) if rest == "root" => Who::Account,
            ("iam", Some(("user", path))) if path.len() <= 576 && path.split('/').all(|step| iam_name(step, 512)) => {
                let name = path.rsplit('/').next().unwrap_or_default();
                if name.len() > 64 {
                    return Err(Odd::Form);
                }
                Who::User(path.into())
            }
            ("sts", Some(("assumed-role", path))) => match path.split_once('/') {
                Some((role, session)) if iam_name(role, 64) && iam_name(session, 64) => Who::Session(path.into()),
                Some(_) | None => return Err(Odd::Form),
            },
            _ => return Err(Odd::Form),
        };
        if partition(part) { Ok(Self { partition: part.into(), account, who }) } else { Err(Odd::Form) }
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

    /// A name made of what is known: `daypass-BUCKET`, cut to the length a role's name may have.
    #[must_use]
    pub fn for_bucket(bucket: &str) -> Self {
        let mut name = String::from("daypass-");
        name.extend(bucket.chars().filter(|c| iam_name(c.encode_utf8(&mut [0; 4]), 4)).take(56));
        Self(name.into())
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RoleName {
    type Err = Odd;
    fn from_str(text: &str) -> Result<Self, Odd> {
        let text = text.trim();
        if looks_like_secret(text) {
            return Err(Odd::Secret);
        }
        if iam_name(text, 64) { Ok(Self(text.into())) } else { Err(Odd::Form) }
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
    type Err = Odd;

    /// Takes an address alone too.
    fn from_str(text: &str) -> Result<Self, Odd> {
        let text = text.trim();
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok().ok_or(Odd::Form)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) if !bits.is_empty() && bits.len() <= 3 && bits.bytes().all(|b| b.is_ascii_digit()) => {
                bits.parse().ok().filter(|&bits| bits <= most).ok_or(Odd::Form)?
            }
            Some(_) => return Err(Odd::Form),
        };
        if bits == 0 {
            return Err(Odd::Everyone);
        }
        let cut = match address {
            IpAddr::V4(v4) => IpAddr::V4(((v4.to_bits() >> (32 - bits)) << (32 - bits)).into()),
            IpAddr::V6(v6) => IpAddr::V6(((v6.to_bits() >> (128 - bits)) << (128 - bits)).into()),
        };
        // The network is looked at as well as the address that was written, so that what is kept can be read again.
        if outside(address) || outside(cut) { Err(Odd::Private) } else { Ok(Self { address: cut, bits }) }
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
pub struct KmsKey(Box<str>);

impl fmt::Display for KmsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KmsKey {
    type Err = Odd;
    fn from_str(text: &str) -> Result<Self, Odd> {
        let text = text.trim();
        let parts: Vec<&str> = text.split(':').collect();
        let ["arn", part, "kms", region, id, key] = parts[..] else { return Err(Odd::Form) };
        if key.starts_with("alias/") {
            return Err(Odd::Alias);
        }
        account(id)?;
        let key = key.strip_prefix("key/").ok_or(Odd::Form)?;
        if partition(part) && plain(region) && plain(key) { Ok(Self(text.into())) } else { Err(Odd::Form) }
    }
}
