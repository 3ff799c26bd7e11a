//! What a profile says about its sign-in: IAM Identity Center by session or inline, and the console's `aws login`.

use super::ini::{Key, Sections};
use super::{Files, Paths};
use crate::model::names::{AccountId, Region};
use crate::model::problem::{Kind, Problem};

/// A sign-in through IAM Identity Center, as one profile asks for it. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The profile.
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
    let both = files.both(profile);
    let session = both.text(Key::SsoSession).map(str::to_owned);
    let of_session = |key| {
        let of = |sections: &Sections| Some(sections.sessions.get(session.as_ref()?)?.get(&key)?.text.to_string());
        of(&files.config).or_else(|| of(&files.credentials))
    };
    // A session's own settings go before what an older line in the profile still says.
    let of_both = |key| of_session(key).or_else(|| both.text(key).map(str::to_owned));
    let odd = || Problem::new(Kind::ProfileOdd);
    let start_url = of_both(Key::SsoStartUrl).filter(|url| url.starts_with("https://")).ok_or_else(odd)?;
    let region = of_both(Key::SsoRegion).and_then(|region| region.parse().ok()).ok_or_else(odd)?;
    let account = both.text(Key::SsoAccount).and_then(|account| AccountId::from_pasted(account).ok());
    let role = both.text(Key::SsoRole).map(str::to_owned);
    let scopes = of_session(Key::SsoScopes).unwrap_or_else(|| "sso:account:access".to_owned());
    let scopes = scopes.split(',').map(|scope| scope.trim().to_owned()).filter(|scope| !scope.is_empty()).collect();
    Ok(SignIn {
        profile: profile.to_owned(),
        session,
        start_url,
        region,
        account: account.ok_or_else(odd)?,
        role: role.ok_or_else(odd)?,
        scopes,
    })
}

/// The session that `login_session` names: the ARN after which the AWS CLI names the file of `aws login`.
#[must_use]
pub fn login_session(paths: &Paths, profile: &str) -> Option<String> {
    Files::read(paths).both(profile).text(Key::Login).map(str::to_owned)
}
