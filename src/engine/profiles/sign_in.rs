//! What a profile says about its sign-in: IAM Identity Center by session or inline, and the console's `aws login`.

use super::ini::{Key, Value};
use super::{Files, Paths, Setting};
use crate::model::names::{AccountId, Partition, Region};
use crate::model::problem::{Kind, Problem};
use crate::model::snapshot::WarningKind;
use std::collections::HashMap;

/// A sign-in through IAM Identity Center, as one profile asks for it. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    pub profile: String,
    /// The name of the `[sso-session]`; none where the profile carries everything itself, as older ones do.
    pub session: Option<String>,
    /// Where the company's people sign in.
    pub start_url: String,
    /// The region of Identity Center, not the bucket's.
    pub region: Region,
    /// The account whose credentials are wanted.
    pub account: AccountId,
    /// The permission set.
    pub role: String,
    /// What the session's tokens may be used for.
    pub scopes: Vec<String>,
}

impl SignIn {
    /// What the token's file is named after (AWS CLI: the session's name, for older profiles the start URL).
    #[must_use]
    pub fn token_name(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.start_url)
    }
}

/// The sign-in of a profile. Both files are read anew.
///
/// # Errors
/// `NoProfile`; `ProfileOdd` where something of it is missing, or can't be meant so.
pub fn sign_in(paths: &Paths, profile: &str) -> Result<SignIn, Problem> {
    let files = Files::read(paths);
    if !files.has(profile) {
        return Err(Problem::new(Kind::NoProfile));
    }
    files.sign_in(profile).map_err(|_odd| Problem::new(Kind::ProfileOdd))
}

/// What keeps a sign-in from being meant so, and the setting at which it shows.
pub(super) type OddSignIn<'a> = (Setting<'a>, WarningKind);

impl Files {
    /// The sign-in of a profile.
    pub(super) fn sign_in<'a>(&'a self, profile: &str) -> Result<SignIn, OddSignIn<'a>> {
        let both = self.both(profile);
        let session = both.value(Key::SsoSession);
        let name = session.map(|(_, name)| name.text.as_str());
        if session.is_some() && self.sessions(name).next().is_none() {
            return Err((session, WarningKind::SessionMissing));
        }
        let of_session =
            |key| self.sessions(name).find_map(|(in_config, session)| Some((in_config, session.get(&key)?)));
        // A session's own settings go before what an older line in the profile still says.
        let of_both = |key| of_session(key).or_else(|| both.value(key));
        let any = [Key::SsoSession, Key::SsoStartUrl, Key::SsoAccount, Key::SsoRole, Key::SsoRegion];
        let any = any.into_iter().find_map(|key| both.value(key));
        let (url, region) = (of_both(Key::SsoStartUrl), of_both(Key::SsoRegion));
        let (account, role) = (both.value(Key::SsoAccount), both.value(Key::SsoRole));
        let text = |at: Option<(bool, &'a Value)>| at.map(|(_, value)| value.text.as_str());
        let scopes = text(of_session(Key::SsoScopes)).unwrap_or("sso:account:access");
        let scopes = scopes.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty());
        let start_url = text(url).filter(|url| url.starts_with("https://"));
        Ok(SignIn {
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

    /// The sections of a session, and whether each stands in the config file.
    fn sessions<'a>(&'a self, name: Option<&'a str>) -> impl Iterator<Item = (bool, &'a HashMap<Key, Value>)> {
        let files = [(true, &self.config), (false, &self.credentials)];
        files.into_iter().filter_map(move |(in_config, sections)| Some((in_config, sections.sessions.get(name?)?)))
    }
}

/// What a profile says about `aws login`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSession {
    /// The ARN after which the AWS command line names the session's file.
    pub arn: String,
    /// The region in which it signed in.
    pub region: Region,
}

/// The session that `login_session` names, in the profile's region.
#[must_use]
pub fn login_session(paths: &Paths, profile: &str) -> Option<LoginSession> {
    let files = Files::read(paths);
    let both = files.both(profile);
    let region = both.text(Key::Region).and_then(|region| region.parse().ok());
    let region = region.unwrap_or_else(|| Partition::Aws.default_region());
    Some(LoginSession { arn: both.text(Key::Login)?.trim().to_owned(), region })
}
