//! Resolves a profile to the source of its credentials and the roles on the way, as the AWS command line does.

use super::ini::Key;
use super::{AccessKey, Both, Paths, ProfileSections};
use crate::model::names::{ExternalId, RoleArn, RoleSessionName};
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::snapshot::Source;
use std::path::PathBuf;

/// The most profiles that may follow one another; more is a mistake.
const MOST: usize = 16;

/// The final source of a profile's credentials, after following `source_profile`.
#[derive(Debug)]
pub enum CredentialOrigin {
    /// A key in the files.
    Keys(AccessKey),
    /// IAM Identity Center, through the profile with this name.
    SignIn(String),
    /// `aws login`, through the profile with this name.
    Login(String),
    /// A command that prints credentials; running it needs the user's consent.
    Process {
        /// The profile that contains the command.
        profile: String,
        /// The whole command as it stands in the file.
        command: String,
    },
    /// A web identity token, for which STS issues the role's session.
    TokenFile {
        /// The file with the token.
        file: PathBuf,
        /// The role that the token is for.
        role: OwnRole,
    },
    /// The environment variables that the AWS tools read.
    Environment,
}

impl CredentialOrigin {
    /// Its name, which holds nothing of the files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Keys(_) => "access key",
            Self::SignIn(_) => "IAM Identity Center",
            Self::Login(_) => "aws login",
            Self::Process { .. } => "credential_process",
            Self::TokenFile { .. } => "web identity token",
            Self::Environment => "environment",
        }
    }
}

/// A role of the contractor's own, which a profile assumes before its credentials are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRole {
    pub role: RoleArn,
    /// The external ID that the role requires.
    pub external_id: Option<ExternalId>,
    /// The session's name; derived from the profile's name if none is set.
    pub session_name: RoleSessionName,
    /// The session's duration in seconds.
    pub seconds: Option<u32>,
}

/// How a profile gets its credentials.
#[derive(Debug)]
pub struct Chain {
    /// The source of the first credentials.
    pub origin: CredentialOrigin,
    /// The roles to assume with them, in order.
    pub roles: Vec<OwnRole>,
    pub region: Option<String>,
}

/// Returns the source of a profile's credentials, after following `source_profile`. Re-reads both files.
///
/// # Errors
///
/// As for [`keys`](super::keys), except for sign-ins and commands, which are no errors here.
pub fn origin(paths: &Paths, profile: &str) -> Result<CredentialOrigin, Problem> {
    let files = ProfileSections::read(paths);
    let (end, _roles) = files.follow(profile, None)?;
    files.origin(end)
}

/// Returns how a profile gets its credentials. Re-reads both files.
///
/// A profile with a role yields the role's credentials; its source's key only asks for them. If the profile's role is
/// the customer's own (`customers`), it is not part of the chain, since it is what the credentials are wanted for.
///
/// # Errors
///
/// As for [`origin`]; `OwnRoleNeedsCode` if a role on the way requires an MFA code.
pub fn chain(paths: &Paths, profile: &str, customers: Option<&RoleArn>) -> Result<Chain, Problem> {
    let files = ProfileSections::read(paths);
    let (end, roles) = files.follow(profile, customers)?;
    let origin = files.origin(end)?;
    let region = files.both(profile).text(Key::Region).map(str::to_owned);
    // The innermost role is assumed first.
    let roles = roles.into_iter().rev().map(|name| files.both(name).own_role(name)).collect::<Result<_, _>>()?;
    Ok(Chain { origin, roles, region })
}

/// Where the chain of source profiles ends.
#[derive(Clone, Copy)]
enum ChainEnd<'a> {
    /// At the credentials that this profile has itself.
    Profile(&'a str),
    Environment,
}

impl ProfileSections {
    fn origin(&self, end: ChainEnd<'_>) -> Result<CredentialOrigin, Problem> {
        match end {
            ChainEnd::Profile(name) => self.both(name).origin(name),
            ChainEnd::Environment => Ok(CredentialOrigin::Environment),
        }
    }

    /// Returns the end of the chain of source profiles, and the profiles on the way whose roles must be assumed.
    fn follow<'a>(
        &'a self,
        profile: &'a str,
        customers: Option<&RoleArn>,
    ) -> Result<(ChainEnd<'a>, Vec<&'a str>), Problem> {
        let missing = || Problem::new(if self.unreadable() { Kind::ProfileOdd } else { Kind::NoProfile });
        let odd = || Problem::new(Kind::ProfileOdd);
        if !self.has(profile) {
            return Err(missing());
        }
        let (mut at, mut seen, mut roles) = (profile, vec![profile], Vec::new());
        loop {
            let both = self.both(at);
            // A source profile with a key is that key, even if it has a role, too.
            if !both.is_role() || seen.len() > 1 && both.has_key() {
                return Ok((ChainEnd::Profile(at), roles));
            }
            let wanted = seen.len() == 1 && customers.is_some() && both.role().as_ref() == customers;
            if !wanted {
                roles.push(at);
            }
            match both.text(Key::SourceProfile) {
                None if both.is_of_environment() => return Ok((ChainEnd::Environment, roles)),
                _ if both.has(Key::CredentialSource) => return Err(odd()),
                None if wanted => return Ok((ChainEnd::Profile(at), roles)),
                None => return Err(odd()),
                Some(source) if source == at => return Ok((ChainEnd::Profile(at), roles)),
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
    /// Returns the profile's role, if its ARN is valid.
    pub(super) fn role(&self) -> Option<RoleArn> {
        self.text(Key::RoleArn).and_then(|role| RoleArn::from_pasted(role).ok())
    }

    /// Returns the role that the profile assumes.
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

    /// Returns the role that the profile's token is for. As for the AWS tools, the profile's MFA device and duration
    /// don't apply.
    fn role_of_token(&self, name: &str) -> Result<OwnRole, Problem> {
        let role = self.role().ok_or_else(|| Problem::new(Kind::ProfileOdd))?;
        Ok(OwnRole { role, external_id: None, session_name: self.session_name(name)?, seconds: None })
    }

    fn session_name(&self, name: &str) -> Result<RoleSessionName, Problem> {
        let set = self.text(Key::RoleSessionName).map(str::parse).transpose();
        let set = set.map_err(|_form| Problem::new(Kind::ProfileOdd))?;
        Ok(set.unwrap_or_else(|| RoleSessionName::cleaned_from(name)))
    }

    /// Returns the source of the credentials that the profile has without another profile.
    fn origin(&self, name: &str) -> Result<CredentialOrigin, Problem> {
        let odd = || Problem::new(Kind::ProfileOdd);
        match self.own() {
            Source::Key | Source::TemporaryKey => self.keys().map(CredentialOrigin::Keys).ok_or_else(odd),
            Source::TokenMissing => Err(Problem::new(Kind::KeyWithoutToken)),
            Source::SignIn => Ok(CredentialOrigin::SignIn(name.to_owned())),
            Source::Login => Ok(CredentialOrigin::Login(name.to_owned())),
            Source::Process => {
                let command = self.text(Key::Process).unwrap_or_default().to_owned();
                Ok(CredentialOrigin::Process { profile: name.to_owned(), command })
            }
            Source::TokenFile => {
                let file = PathBuf::from(self.text(Key::WebIdentity).unwrap_or_default());
                Ok(CredentialOrigin::TokenFile { file, role: self.role_of_token(name)? })
            }
            Source::Nothing if self.has_key() || self.has(Key::WebIdentity) => Err(odd()),
            Source::Nothing => Err(Problem::new(Kind::ProfileEmpty)),
            Source::Role | Source::Environment | Source::Unsupported => Err(odd()),
        }
    }
}
