//! Sign-in through IAM Identity Center by the device flow, and the credentials that come of it.

mod cache;
mod oidc;
mod url;

pub use url::VerificationUrl;

pub(super) use self::cache::Token;
use self::oidc::{Created, Oidc, Refusal};
use super::access::Desk;
use super::hidden::Hidden;
use super::process::fingerprint;
use super::profiles::{self, SignIn};
use super::sources::Given;
use super::sts::SourceKeys;
use crate::grant::fields::moment;
use crate::model::problem::{Kind, Problem};
use crate::time::{Time, Utc};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

/// What an answer without an interval means, in seconds (RFC 8628, section 3.2), and what "slow down" adds (section 3.5).
const INTERVAL: u32 = 5;

/// Where the AWS CLI keeps its tokens: `sso/cache` and `login/cache` under `.aws` in the home directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caches {
    /// The tokens of IAM Identity Center.
    pub sso: PathBuf,
    /// Those of `aws login`.
    pub login: PathBuf,
}

impl Caches {
    /// The usual places; `AWS_LOGIN_CACHE_DIRECTORY` counts for the second.
    #[must_use]
    pub fn from_env() -> Self {
        let base = directories::BaseDirs::new();
        let aws = base.map_or_else(PathBuf::new, |base| base.home_dir().join(".aws"));
        let login = std::env::var_os("AWS_LOGIN_CACHE_DIRECTORY").filter(|folder| !folder.is_empty());
        Self { sso: aws.join("sso/cache"), login: login.map_or_else(|| aws.join("login/cache"), PathBuf::from) }
    }
}

/// What the person does: open the address, compare the code, say yes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// The address, which shows the host.
    pub url: VerificationUrl,
    /// The same with the code filled in, where AWS gave one.
    pub complete: Option<VerificationUrl>,
    /// The code, to be compared with what the page shows.
    pub code: String,
    /// When it is over.
    pub ends: Time,
}

/// Why a sign-in came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInProblem {
    /// The code was not confirmed in time: begin again.
    Expired,
    /// The person said no on the page.
    Denied,
    /// AWS named an address that Daypass doesn't open, on this host.
    OtherHost(String),
    /// The files, the network, or AWS.
    Other(Problem),
}

/// What happens during a sign-in, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInStep {
    /// Show this, and open the address where the person wants it.
    Confirm(DeviceCode),
    /// It is done. `kept` is false where the token could not be written: it holds for this run.
    Done {
        /// Whether the next run, and the AWS command line, find it too.
        kept: bool,
    },
    /// It came to nothing.
    Ended(SignInProblem),
}

fn ended(refusal: Refusal) -> SignInProblem {
    match refusal {
        Refusal::Expired | Refusal::Unauthorized => SignInProblem::Expired,
        Refusal::Denied => SignInProblem::Denied,
        Refusal::NoRole(problem) | Refusal::Other(problem) => SignInProblem::Other(problem),
        Refusal::Pending | Refusal::SlowDown => SignInProblem::Other(Problem::new(Kind::Unexpected)),
    }
}

/// How long to wait before asking again, after an answer to the question whether the person has confirmed; none where it is over.
#[must_use]
fn again(refusal: &Refusal, interval: u32) -> Option<u32> {
    match refusal {
        Refusal::Pending => Some(interval),
        Refusal::SlowDown => Some(interval.saturating_add(INTERVAL)),
        Refusal::Other(problem) if problem.kind == Kind::SlowDown => Some(interval.saturating_add(INTERVAL)),
        Refusal::Other(problem) => {
            let passes = [Kind::Busy, Kind::NoAnswer, Kind::ConnectionLost, Kind::Offline].contains(&problem.kind);
            passes.then_some(interval)
        }
        Refusal::Expired | Refusal::Denied | Refusal::Unauthorized | Refusal::NoRole(_) => None,
    }
}

impl Desk {
    /// Signs a profile in and tells each step. It ends early once nobody listens any more.
    pub(super) async fn sign_in(&self, profile: &str, steps: mpsc::Sender<SignInStep>) {
        let last = tokio::select! {
            last = self.signing_in(profile, &steps) => last,
            () = steps.closed() => return,
        };
        let step = match last {
            Ok(kept) => SignInStep::Done { kept },
            Err(problem) => SignInStep::Ended(problem),
        };
        let _nobody = steps.send(step).await;
    }

    async fn signing_in(&self, profile: &str, steps: &mpsc::Sender<SignInStep>) -> Result<bool, SignInProblem> {
        let (paths, name) = (self.paths.clone(), profile.to_owned());
        // A profile that is a role signs in as its source.
        let asked = tokio::task::spawn_blocking(move || match profiles::origin(&paths, &name)? {
            profiles::Origin::SignIn(base) => profiles::sign_in(&paths, &base),
            profiles::Origin::Keys(_) | profiles::Origin::Login(_) | profiles::Origin::Process { .. } => {
                Err(Problem::new(Kind::ProfileOdd))
            }
        });
        let asked = asked.await.map_err(|_panic| SignInProblem::Other(Problem::new(Kind::Unexpected)))?;
        let sign_in = asked.map_err(SignInProblem::Other)?;
        let oidc = Oidc { http: &self.http, clock: &self.clock, sign_in: &sign_in };
        let client = oidc.register().await.map_err(ended)?;
        let device = oidc.start(&client).await.map_err(ended)?;
        let url = VerificationUrl::parse(&device.verification_uri).map_err(SignInProblem::OtherHost)?;
        let complete = match device.verification_uri_complete.as_deref() {
            Some(complete) => Some(VerificationUrl::parse(complete).map_err(SignInProblem::OtherHost)?),
            None => None,
        };
        let lasts = Duration::from_secs(u64::from(device.expires_in.clamp(1, 3600)));
        let ends = self.clock.now() + lasts;
        let code: String = super::classify::clean(&device.user_code).chars().take(32).collect();
        if steps.send(SignInStep::Confirm(DeviceCode { url, complete, code, ends })).await.is_err() {
            return Err(SignInProblem::Denied);
        }
        let mut interval = device.interval.unwrap_or(INTERVAL).clamp(1, 60);
        let created = loop {
            tokio::time::sleep(Duration::from_secs(u64::from(interval))).await;
            if self.clock.now() >= ends {
                return Err(SignInProblem::Expired);
            }
            match oidc.token(&client, &device).await {
                Ok(created) => break created,
                Err(refusal) => match again(&refusal, interval) {
                    Some(next) => interval = next,
                    None => return Err(ended(refusal)),
                },
            }
        };
        let of_session = sign_in.session.is_some();
        let token = Token {
            client_id: of_session.then_some(client.client_id),
            client_secret: of_session.then_some(client.client_secret),
            registration_expires_at: of_session.then(|| cache::written(Utc(client.client_secret_expires_at))),
            ..self.token(&sign_in, created)
        };
        self.sources.forget_given();
        Ok(self.keep(&sign_in, token).await)
    }

    fn token(&self, sign_in: &SignIn, created: Created) -> Token {
        let ends = Utc(self.clock.utc().0.saturating_add(i64::from(created.expires_in)));
        Token {
            start_url: Some(sign_in.start_url.clone()),
            region: Some(sign_in.region.to_string()),
            access_token: created.access_token,
            expires_at: cache::written(ends),
            refresh_token: created.refresh_token,
            ..Token::default()
        }
    }

    /// Keeps a token for this run, and on disk where that can be.
    async fn keep(&self, sign_in: &SignIn, token: Token) -> bool {
        self.sources.put_token(sign_in.token_name(), token.clone());
        let (folder, sign_in) = (self.caches.sso.clone(), sign_in.clone());
        tokio::task::spawn_blocking(move || cache::write(&folder, &sign_in, &token).is_ok()).await.unwrap_or(false)
    }

    /// The credentials of a profile's permission set, by the token there is.
    ///
    /// # Errors
    /// `SignInNeeded` where there is none that serves; `SignInRoleMissing` where the person has no such role.
    pub(super) async fn signed_in(&self, profile: &str) -> Result<SourceKeys, Problem> {
        let (paths, folder, name) = (self.paths.clone(), self.caches.sso.clone(), profile.to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let sign_in = profiles::sign_in(&paths, &name)?;
            let token = cache::read(&folder, &sign_in);
            Ok((sign_in, token))
        });
        let (sign_in, on_disk) = read.await.map_err(|_panic| Problem::new(Kind::ProfileOdd))??;
        let mark = fingerprint(&format!("{}\n{}\n{}", sign_in.token_name(), sign_in.account, sign_in.role));
        let now = self.clock.utc();
        if let Some(keys) = self.sources.given(&mark, now) {
            return Ok(keys);
        }
        let needed = || Problem::new(Kind::SignInNeeded);
        let oidc = Oidc { http: &self.http, clock: &self.clock, sign_in: &sign_in };
        let known = [on_disk, self.sources.token(sign_in.token_name())];
        let known: Vec<Token> = known.into_iter().flatten().collect();
        let token = if let Some(token) = known.iter().find(|token| token.serves(now)) {
            token.clone()
        } else {
            let old = known.iter().find(|token| token.renewal(now).is_some()).ok_or_else(needed)?;
            let created = oidc.renew(old.renewal(now).ok_or_else(needed)?).await.map_err(problem)?;
            let new = self.token(&sign_in, created);
            let token = Token {
                refresh_token: new.refresh_token.clone().or_else(|| old.refresh_token.clone()),
                client_id: old.client_id.clone(),
                client_secret: old.client_secret.clone(),
                registration_expires_at: old.registration_expires_at.clone(),
                ..new
            };
            let _for_this_run = self.keep(&sign_in, token.clone()).await;
            token
        };
        let given = oidc.role(&token).await.map_err(problem)?;
        let keys = SourceKeys {
            access_key_id: given.access_key_id,
            secret: given.secret_access_key.into_inner(),
            token: Some(given.session_token.into_inner()),
        };
        let ends = (given.expiration > 0).then_some(Utc(given.expiration / 1000));
        self.sources.put_given(&mark, Given { keys: keys.clone(), ends });
        Ok(keys)
    }

    /// What `aws login` left for this profile, while it lasts. The AWS command line alone renews it.
    ///
    /// # Errors
    /// `SignInNeeded` where there is nothing that serves.
    pub(super) async fn logged_in(&self, profile: &str) -> Result<SourceKeys, Problem> {
        let (paths, folder, name, now) =
            (self.paths.clone(), self.caches.login.clone(), profile.to_owned(), self.clock.utc());
        let read = tokio::task::spawn_blocking(move || logged_in(&paths, &folder, &name, now));
        read.await.ok().flatten().ok_or(Problem::new(Kind::SignInNeeded))
    }
}

fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NoRole(problem) | Refusal::Other(problem) => problem,
        Refusal::Pending | Refusal::SlowDown | Refusal::Expired | Refusal::Denied | Refusal::Unauthorized => {
            Problem::new(Kind::SignInNeeded)
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    access_token: LoginKey,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginKey {
    access_key_id: String,
    secret_access_key: Hidden,
    session_token: Hidden,
    expires_at: String,
}

fn logged_in(paths: &profiles::Paths, folder: &Path, profile: &str, now: Utc) -> Option<SourceKeys> {
    let session = profiles::login_session(paths, profile)?;
    let bytes = cache::bounded(&folder.join(fingerprint(session.trim()) + ".json"))?;
    let LoginKey { access_key_id, secret_access_key, session_token, expires_at } =
        serde_json::from_slice::<Login>(&bytes).ok()?.access_token;
    let left = moment(&expires_at, false)?.0.saturating_sub(now.0);
    (left > 60).then_some(SourceKeys {
        access_key_id,
        secret: secret_access_key.into_inner(),
        token: Some(session_token.into_inner()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_wait() {
        assert_eq!(again(&Refusal::Pending, 5), Some(5));
        assert_eq!(again(&Refusal::SlowDown, 5), Some(10), "RFC 8628, section 3.5");
        assert_eq!(again(&Refusal::SlowDown, u32::MAX), Some(u32::MAX));
        assert_eq!(again(&Refusal::Other(Problem::new(Kind::Busy)), 5), Some(5));
        for over in [Refusal::Expired, Refusal::Denied, Refusal::Unauthorized] {
            assert_eq!(again(&over, 5), None, "{over:?}");
        }
        assert_eq!(again(&Refusal::Other(Problem::new(Kind::NotTrusted)), 5), None);
    }
}
