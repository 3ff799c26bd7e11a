//! From a profile to where its credentials come from and the roles on the way, as the AWS command line resolves it.

use super::ini::Key;
use super::{Both, Files, Keys, Paths};
use crate::model::names::{ExternalId, RoleArn, RoleSessionName};
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::snapshot::Source;

/// Profiles that may follow one another; nobody means more.
const MOST: usize = 16;

/// Where a profile's credentials come from in the end, after its `source_profile`.
#[derive(Debug)]
pub enum Origin {
    /// A key in the files.
    Keys(Keys),
    /// IAM Identity Center, through the profile of this name.
    SignIn(String),
    /// `aws login`, through the profile of this name.
    Login(String),
    /// A command that prints credentials: running it needs the person's word.
    Process {
        /// The profile that names it.
        profile: String,
        /// The whole command as it stands in the file.
        command: String,
    },
}

/// A role that a profile is, to be assumed before anything is asked in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRole {
    /// The role.
    pub role: RoleArn,
    /// The external ID that it asks for.
    pub external_id: Option<ExternalId>,
    /// The session's name: the profile's own where none is set.
    pub session_name: RoleSessionName,
    /// The session's length in seconds.
    pub seconds: Option<u32>,
}

/// How a profile gets its credentials.
#[derive(Debug)]
pub struct Chain {
    /// Where they come from.
    pub origin: Origin,
    /// The roles to assume with them, one after the other.
    pub roles: Vec<OwnRole>,
    /// The profile's region.
    pub region: Option<String>,
}

/// Where the credentials of a profile come from, after its `source_profile`. Both files are read anew.
///
/// # Errors
/// As for [`keys`](super::keys), without those of sign-ins and commands.
pub fn origin(paths: &Paths, profile: &str) -> Result<Origin, Problem> {
    let files = Files::read(paths);
    let (base, _roles) = files.follow(profile, None)?;
    files.both(base).origin(base)
}

/// How a profile gets its credentials. Both files are read anew.
///
/// A profile that is a role is that role: its source's key is only what asks for it. Where it is the customer's own role, that role
/// is what the credentials are wanted for, and is left out.
///
/// # Errors
/// As for [`origin`]; `OwnRoleNeedsCode` where a role on the way asks for a code.
pub fn chain(paths: &Paths, profile: &str, customers: Option<&RoleArn>) -> Result<Chain, Problem> {
    let files = Files::read(paths);
    let (base, roles) = files.follow(profile, customers)?;
    let origin = files.both(base).origin(base)?;
    let region = files.both(profile).text(Key::Region).map(str::to_owned);
    // The innermost is assumed first.
    let roles = roles.into_iter().rev().map(|name| files.both(name).own_role(name)).collect::<Result<_, _>>()?;
    Ok(Chain { origin, roles, region })
}

impl Files {
    /// The profile at the end of the sources, and those on the way that are roles to be assumed.
    fn follow<'a>(&'a self, profile: &'a str, customers: Option<&RoleArn>) -> Result<(&'a str, Vec<&'a str>), Problem> {
        let missing = || Problem::new(if self.unreadable() { Kind::ProfileOdd } else { Kind::NoProfile });
        let odd = || Problem::new(Kind::ProfileOdd);
        if !self.has(profile) {
            return Err(missing());
        }
        let (mut at, mut seen, mut roles) = (profile, vec![profile], Vec::new());
        loop {
            let both = self.both(at);
            // A source that holds a key is that key, whatever role it names too.
            if !both.is_role() || seen.len() > 1 && both.has_key() {
                return Ok((at, roles));
            }
            let wanted = seen.len() == 1 && customers.is_some() && both.role().as_ref() == customers;
            if !wanted {
                roles.push(at);
            }
            match both.text(Key::SourceProfile) {
                _ if both.has(Key::CredentialSource) => return Err(odd()),
                None if wanted => return Ok((at, roles)),
                None => return Err(odd()),
                Some(source) if source == at => return Ok((at, roles)),
                Some(source) if !self.has(source) => return Err(missing()),
                Some(source) if seen.contains(&source) || seen.len() == MOST => return Err(odd()),
                Some(source) => {
                    seen.push(source);
                    at = source;
                }
            }
        }
    }
}

impl Both<'_> {
    /// The role that it names.
    pub(super) fn role(&self) -> Option<RoleArn> {
        self.text(Key::RoleArn).and_then(|role| RoleArn::from_pasted(role).ok())
    }

    /// The role that it is.
    fn own_role(&self, name: &str) -> Result<OwnRole, Problem> {
        let odd = || Problem::new(Kind::ProfileOdd);
        let role = self.role().ok_or_else(odd)?;
        if self.has(Key::MfaSerial) {
            let detail = Detail { about: role.as_str().into(), ..Detail::default() };
            return Err(Problem::with(Kind::OwnRoleNeedsCode, detail));
        }
        let external_id = self.text(Key::ExternalId).map(str::parse).transpose().map_err(|_form| odd())?;
        let session_name = self.text(Key::RoleSessionName).map(str::parse).transpose().map_err(|_form| odd())?;
        let session_name = session_name.unwrap_or_else(|| RoleSessionName::cleaned_from(name));
        Ok(OwnRole { role, external_id, session_name, seconds: self.seconds() })
    }

    /// Where its credentials come from without another profile.
    fn origin(&self, name: &str) -> Result<Origin, Problem> {
        let odd = || Problem::new(Kind::ProfileOdd);
        match self.own() {
            Source::Key | Source::TemporaryKey => self.keys().map(Origin::Keys).ok_or_else(odd),
            Source::TokenMissing => Err(Problem::new(Kind::KeyWithoutToken)),
            Source::SignIn => Ok(Origin::SignIn(name.to_owned())),
            Source::Login => Ok(Origin::Login(name.to_owned())),
            Source::Process => {
                let command = self.text(Key::Process).unwrap_or_default().to_owned();
                Ok(Origin::Process { profile: name.to_owned(), command })
            }
            Source::Nothing if self.has_key() => Err(odd()),
            Source::Nothing => Err(Problem::new(Kind::ProfileEmpty)),
            Source::Role | Source::Unsupported => Err(odd()),
        }
    }
}
