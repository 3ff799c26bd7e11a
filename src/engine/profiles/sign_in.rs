//! Reads sign-ins from profiles: IAM Identity Center by session or inline, and the console's `aws login`.

use super::ini::{Key, Value};
use super::{Paths, ProfileSections, Setting};
use crate::model::names::{AccountId, Partition, Region};
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::WarningKind;
use std::collections::HashMap;

/// A sign-in through IAM Identity Center that a profile asks for. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSettings {
    pub profile: String,
    /// The name of the `[sso-session]`; `None` if the profile holds all settings itself, as older ones do.
    pub session: Option<String>,
    /// The URL at which the company's people sign in.
    pub start_url: String,
    /// The region of Identity Center, not the bucket's.
    pub region: Region,
    /// The account whose credentials are wanted.
    pub account: AccountId,
    /// The permission set.
    pub role: String,
    /// The scopes of the session's tokens.
    pub scopes: Vec<String>,
}

impl SignInSettings {
    /// Returns the name from which the token's file name is derived (AWS CLI: the session's name, for older profiles
    /// the start URL).
    #[must_use]
    pub fn token_name(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.start_url)
    }
}

/// Returns the sign-in of a profile. Re-reads both files.
///
/// # Errors
///
/// `NoProfile` if there is no such profile; `ProfileOdd` if a setting of the sign-in is missing or invalid.
pub fn sign_in(paths: &Paths, profile: &str) -> Result<SignInSettings, Problem> {
    let files = ProfileSections::read(paths);
    if !files.has(profile) {
        return Err(Problem::new(Kind::NoProfile));
    }
    files.sign_in(profile).map_err(|_odd| Problem::new(Kind::ProfileOdd))
}

/// What is wrong with a sign-in, and the setting that shows it.
pub(super) type OddSignIn<'a> = (Setting<'a>, WarningKind);

impl ProfileSections {
    pub(super) fn sign_in<'a>(&'a self, profile: &str) -> Result<SignInSettings, OddSignIn<'a>> {
        let both = self.both(profile);
        let session = both.value(Key::SsoSession);
        let name = session.map(|(_, name)| name.text.as_str());
        if session.is_some() && self.sessions(name).next().is_none() {
            return Err((session, WarningKind::SessionMissing));
        }
        let of_session =
            |key| self.sessions(name).find_map(|(in_config, session)| Some((in_config, session.get(&key)?)));
        // A session's own settings take precedence over older ones in the profile.
        let of_both = |key| of_session(key).or_else(|| both.value(key));
        let any = [Key::SsoSession, Key::SsoStartUrl, Key::SsoAccount, Key::SsoRole, Key::SsoRegion];
        let any = any.into_iter().find_map(|key| both.value(key));
        let (url, region) = (of_both(Key::SsoStartUrl), of_both(Key::SsoRegion));
        let (account, role) = (both.value(Key::SsoAccount), both.value(Key::SsoRole));
        let text = |at: Option<(bool, &'a Value)>| at.map(|(_, value)| value.text.as_str());
        let scopes = text(of_session(Key::SsoScopes)).unwrap_or("sso:account:access");
        let scopes = scopes.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty());
        let start_url = text(url).filter(|url| url.starts_with("https://"));
        Ok(SignInSettings {
            profile: profile.to_owned(),
            session: name.map(str::to_owned),
            start_url: start_url.ok_or((url.or(any), WarningKind::SignInHalf))?.to_owned(),
            region: text(region).and_then(|name| name.parse().ok()).ok_or((region.or(any), WarningKind::SignInHalf))?,
            account: text(account)
                .and_then(|id| AccountId::from_pasted(id).ok())
                .ok_or((account.or(any), WarningKind::SignInHalf))?,
            role: text(role).ok_or((any, WarningKind::SignInHalf))?.to_owned(),
            scopes: scopes.collect(),
        })
    }

    /// Returns the sections of a session, and whether each is in the config file.
    fn sessions<'a>(&'a self, name: Option<&'a str>) -> impl Iterator<Item = (bool, &'a HashMap<Key, Value>)> {
        let files = [(true, &self.config), (false, &self.credentials)];
        files.into_iter().filter_map(move |(in_config, sections)| Some((in_config, sections.sessions.get(name?)?)))
    }
}

/// The session of `aws login` in a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSession {
    /// The ARN from which the AWS command line derives the name of the session's file.
    pub arn: String,
    /// The region in which the user signed in.
    pub region: Region,
}

/// Returns the session that `login_session` names, in the profile's region or else the default one.
#[must_use]
pub fn login_session(paths: &Paths, profile: &str) -> Option<LoginSession> {
    let files = ProfileSections::read(paths);
    let both = files.both(profile);
    let region = both.text(Key::Region).and_then(|region| region.parse().ok());
    let region = region.unwrap_or_else(|| Partition::Aws.default_region());
    Some(LoginSession { arn: both.text(Key::Login)?.trim().to_owned(), region })
}
