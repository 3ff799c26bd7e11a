//! From a profile to where its credentials come from and the roles on the way, as the AWS command line resolves it.

use super::ini::Key;
use super::{Both, Files, Keys, Paths};
use crate::model::names::{ExternalId, RoleArn, RoleSessionName};
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::snapshot::Source;
use std::path::PathBuf;

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
    /// A web identity token, for which STS gives the role's session.
    TokenFile {
        /// Where the token is.
        file: PathBuf,
        /// What it is for.
        role: OwnRole,
    },
    /// The variables of the environment that the AWS tools read.
    Environment,
}

/// A role that a profile is, to be assumed before anything is asked in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRole {
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
    let (end, _roles) = files.follow(profile, None)?;
    files.origin(end)
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
    let (end, roles) = files.follow(profile, customers)?;
    let origin = files.origin(end)?;
    let region = files.both(profile).text(Key::Region).map(str::to_owned);
    // The innermost is assumed first.
    let roles = roles.into_iter().rev().map(|name| files.both(name).own_role(name)).collect::<Result<_, _>>()?;
    Ok(Chain { origin, roles, region })
}

/// Where the sources of a profile end.
#[derive(Clone, Copy)]
enum End<'a> {
    /// At what this profile has itself.
    Profile(&'a str),
    Environment,
}

impl Files {
    fn origin(&self, end: End<'_>) -> Result<Origin, Problem> {
        match end {
            End::Profile(name) => self.both(name).origin(name),
            End::Environment => Ok(Origin::Environment),
        }
    }

    /// The end of the sources, and the profiles on the way that are roles to be assumed.
    fn follow<'a>(&'a self, profile: &'a str, customers: Option<&RoleArn>) -> Result<(End<'a>, Vec<&'a str>), Problem> {
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
                return Ok((End::Profile(at), roles));
            }
            let wanted = seen.len() == 1 && customers.is_some() && both.role().as_ref() == customers;
            if !wanted {
                roles.push(at);
            }
            match both.text(Key::SourceProfile) {
                None if both.is_of_environment() => return Ok((End::Environment, roles)),
                _ if both.has(Key::CredentialSource) => return Err(odd()),
                None if wanted => return Ok((End::Profile(at), roles)),
                None => return Err(odd()),
                Some(source) if source == at => return Ok((End::Profile(at), roles)),
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
        Ok(OwnRole { role, external_id, session_name: self.session_name(name)?, seconds: self.seconds() })
    }

    /// The role that its token is for. As for the AWS tools, neither a code nor a length of its own is part of that.
    fn role_of_token(&self, name: &str) -> Result<OwnRole, Problem> {
        let role = self.role().ok_or_else(|| Problem::new(Kind::ProfileOdd))?;
        Ok(OwnRole { role, external_id: None, session_name: self.session_name(name)?, seconds: None })
    }

    fn session_name(&self, name: &str) -> Result<RoleSessionName, Problem> {
        let set = self.text(Key::RoleSessionName).map(str::parse).transpose();
        let set = set.map_err(|_form| Problem::new(Kind::ProfileOdd))?;
        Ok(set.unwrap_or_else(|| RoleSessionName::cleaned_from(name)))
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
            Source::TokenFile => {
                let file = PathBuf::from(self.text(Key::WebIdentity).unwrap_or_default());
                Ok(Origin::TokenFile { file, role: self.role_of_token(name)? })
            }
            Source::Nothing if self.has_key() || self.has(Key::WebIdentity) => Err(odd()),
            Source::Nothing => Err(Problem::new(Kind::ProfileEmpty)),
            Source::Role | Source::Environment | Source::Unsupported => Err(odd()),
        }
    }
}
