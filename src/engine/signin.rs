//! Sign-in through IAM Identity Center by the device flow, and credentials from such a sign-in or from `aws login`,
//! through AWS's own providers.
//!
//! `aws-config` reads tokens from the AWS command line's cache, renews them, and asks for credentials; `line` restricts
//! it to the intended hosts. Implemented here is what it can't do: the device flow itself, and using a token that could
//! not be written to disk.

mod cache;
mod line;

use self::line::{CallProblem, SignInClient};
use super::context::AwsContext;
use super::credentials::fingerprint;
use super::credentials::{Given, SourceKeys, Token};
use super::profiles::{self, LoginSession, SignInSettings};
use crate::model::problem::{Kind, Problem};
use crate::model::sign_in::{DeviceCode, SignInProblem, SignInStep};
use crate::model::verification_url::VerificationUrl;
use crate::time::Utc;
use aws_config::login::LoginCredentialsProvider;
use aws_config::sso::SsoCredentialsProvider;
use aws_sdk_ssooidc::operation::create_token::CreateTokenOutput;
use std::time::Duration;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// The grant type of the device flow (RFC 8628, section 3.4).
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The interval, in seconds, if an answer has none (RFC 8628, section 3.2), and what "slow down" adds (section 3.5).
const INTERVAL: u32 = 5;

fn ended(refusal: CallProblem) -> SignInProblem {
    match refusal {
        CallProblem::Expired | CallProblem::Unauthorized => SignInProblem::Expired,
        CallProblem::Denied => SignInProblem::Denied,
        CallProblem::Other(problem) => SignInProblem::Other(problem),
        CallProblem::Pending | CallProblem::SlowDown => SignInProblem::Other(Problem::new(Kind::Unexpected)),
    }
}

/// Returns how many seconds to wait before polling again after this refusal; `None` if the sign-in is over.
#[must_use]
fn again(refusal: &CallProblem, interval: u32) -> Option<u32> {
    match refusal {
        CallProblem::Pending => Some(interval),
        CallProblem::SlowDown => Some(interval.saturating_add(INTERVAL)),
        CallProblem::Other(problem) if problem.kind == Kind::SlowDown => Some(interval.saturating_add(INTERVAL)),
        CallProblem::Other(problem) => {
            let passes = [Kind::Busy, Kind::NoAnswer, Kind::ConnectionLost, Kind::Offline].contains(&problem.kind);
            passes.then_some(interval)
        }
        CallProblem::Expired | CallProblem::Denied | CallProblem::Unauthorized => None,
    }
}

impl AwsContext {
    /// Signs a profile in and reports each step. Stops if the receiver is dropped.
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
        // A profile with a role signs in as its source profile.
        let asked = tokio::task::spawn_blocking(move || match profiles::origin(&paths, &name)? {
            profiles::CredentialOrigin::SignIn(base) => profiles::sign_in(&paths, &base),
            profiles::CredentialOrigin::Keys(_)
            | profiles::CredentialOrigin::Login(_)
            | profiles::CredentialOrigin::Process { .. }
            | profiles::CredentialOrigin::TokenFile { .. }
            | profiles::CredentialOrigin::Environment => Err(Problem::new(Kind::ProfileOdd)),
        });
        let asked = asked.await.map_err(|_panic| SignInProblem::Other(Problem::new(Kind::Unexpected)))?;
        let sign_in = asked.map_err(SignInProblem::Other)?;
        let line = self.line(&sign_in);
        let oidc = aws_sdk_ssooidc::Client::new(&line.sdk_config());
        let scopes = sign_in.session.is_some().then(|| sign_in.scopes.clone());
        let register = oidc.register_client().client_name("daypass").client_type("public").set_scopes(scopes);
        let client = Box::pin(register.send()).await.map_err(|why| ended(line.refusal(why)))?;
        let missing = || ended(line.problem("RegisterClient", Kind::LoginPage));
        let client_id = client.client_id().ok_or_else(missing)?;
        let client_secret = client.client_secret().ok_or_else(missing)?;
        let start = oidc.start_device_authorization().client_id(client_id).client_secret(client_secret);
        let start = start.start_url(&sign_in.start_url);
        let device = Box::pin(start.send()).await.map_err(|why| ended(line.refusal(why)))?;
        let url = VerificationUrl::parse(device.verification_uri().unwrap_or_default());
        let url = url.map_err(SignInProblem::OtherHost)?;
        let complete = match device.verification_uri_complete() {
            Some(complete) => Some(VerificationUrl::parse(complete).map_err(SignInProblem::OtherHost)?),
            None => None,
        };
        let lasts = Duration::from_secs(u64::try_from(device.expires_in().clamp(1, 3600)).unwrap_or(1));
        let ends = self.clock.now() + lasts;
        let code: String =
            super::untrusted_text::clean(device.user_code().unwrap_or_default()).chars().take(32).collect();
        if steps.send(SignInStep::Confirm(DeviceCode { url, complete, code, ends })).await.is_err() {
            return Err(SignInProblem::Denied);
        }
        let mut interval = u32::try_from(device.interval()).ok().filter(|told| *told > 0).unwrap_or(INTERVAL).min(60);
        let created = loop {
            self.clock.sleep(Duration::from_secs(u64::from(interval))).await;
            if self.clock.now() >= ends {
                return Err(SignInProblem::Expired);
            }
            let ask = oidc.create_token().client_id(client_id).client_secret(client_secret).grant_type(DEVICE);
            let ask = ask.set_device_code(device.device_code().map(str::to_owned));
            match Box::pin(ask.send()).await {
                Ok(created) => break created,
                Err(why) => {
                    let refusal = line.refusal(why);
                    match again(&refusal, interval) {
                        Some(next) => interval = next,
                        None => return Err(ended(refusal)),
                    }
                }
            }
        };
        let of_session = sign_in.session.is_some();
        let token = Token {
            client_id: of_session.then(|| client_id.to_owned()),
            client_secret: of_session.then(|| client_secret.to_owned().into()),
            registration_expires_at: of_session.then(|| Utc(client.client_secret_expires_at()).to_rfc3339()),
            ..self.token(&sign_in, created).ok_or_else(|| ended(line.problem("CreateToken", Kind::LoginPage)))?
        };
        self.sources.forget_given();
        Ok(self.keep(&sign_in, token).await)
    }

    fn line(&self, sign_in: &SignInSettings) -> SignInClient {
        let about = format!("{} in {}", sign_in.role, sign_in.account);
        SignInClient::new(&self.http, &self.clock, &sign_in.region, about)
    }

    fn token(&self, sign_in: &SignInSettings, created: CreateTokenOutput) -> Option<Token> {
        let ends = Utc(self.clock.utc().0.saturating_add(i64::from(created.expires_in)));
        Some(Token {
            start_url: Some(sign_in.start_url.clone()),
            region: Some(sign_in.region.to_string()),
            access_token: created.access_token?.into(),
            expires_at: ends.to_rfc3339(),
            refresh_token: created.refresh_token.map(Into::into),
            ..Token::default()
        })
    }

    /// Keeps a token for this run, and on disk if possible; returns whether it is on disk.
    async fn keep(&self, sign_in: &SignInSettings, token: Token) -> bool {
        self.sources.put_token(sign_in.token_name(), token.clone());
        let (folder, sign_in) = (self.caches.sso.clone(), sign_in.clone());
        tokio::task::spawn_blocking(move || cache::write(&folder, &sign_in, &token).is_ok()).await.unwrap_or(false)
    }

    /// Returns the credentials of a profile's permission set, by the token of a sign-in of this run, or else by the one
    /// on disk, which `aws-config` reads, renews and writes.
    ///
    /// # Errors
    ///
    /// `SignInNeeded` if there is no valid token; `SignInRoleMissing` if the user has no such role.
    pub(super) async fn signed_in(&self, profile: &str) -> Result<SourceKeys, Problem> {
        let (paths, name) = (self.paths.clone(), profile.to_owned());
        let read = tokio::task::spawn_blocking(move || profiles::sign_in(&paths, &name));
        let sign_in = read.await.map_err(|_panic| Problem::new(Kind::ProfileOdd))??;
        let mark = fingerprint(&format!("{}\n{}\n{}", sign_in.token_name(), sign_in.account, sign_in.role));
        let now = self.clock.utc();
        if let Some(keys) = self.sources.given(&mark, now) {
            return Ok(keys);
        }
        let line = self.line(&sign_in);
        let of_this_run = match self.sources.token(sign_in.token_name()).filter(|token| token.serves(now)) {
            Some(token) => match self.role_credentials(&line, &sign_in, &token).await {
                // The session was ended elsewhere: the token on disk may be newer.
                Err(CallProblem::Unauthorized) => {
                    self.sources.drop_token(sign_in.token_name());
                    None
                }
                given => Some(given),
            },
            None => None,
        };
        let given = match of_this_run {
            Some(given) => given,
            None if !self.caches.are_of_home() => Err(CallProblem::Unauthorized),
            None => {
                let mut provider = SsoCredentialsProvider::builder()
                    .configure(&line.provider_config())
                    .account_id(sign_in.account.as_str())
                    .role_name(&sign_in.role)
                    .start_url(&sign_in.start_url)
                    .region(line.region());
                provider.set_session_name(sign_in.session.clone());
                line.credentials(provider.build()).await
            }
        };
        let given = given.map_err(problem)?;
        self.sources.put_given(&mark, given.clone());
        Ok(given.keys)
    }

    async fn role_credentials(
        &self,
        line: &SignInClient,
        sign_in: &SignInSettings,
        token: &Token,
    ) -> Result<Given, CallProblem> {
        let client = aws_sdk_sso::Client::new(&line.sdk_config());
        let ask = client.get_role_credentials().role_name(&sign_in.role).account_id(sign_in.account.as_str());
        let ask = ask.access_token(&*token.access_token);
        let answer = Box::pin(ask.send()).await.map_err(|why| line.refusal(why))?;
        let given = answer.role_credentials.and_then(|given| {
            let keys = SourceKeys {
                access_key_id: given.access_key_id?,
                secret: Zeroizing::new(given.secret_access_key?),
                token: Some(Zeroizing::new(given.session_token?)),
            };
            Some(Given { keys, ends: (given.expiration > 0).then_some(Utc(given.expiration / 1000)) })
        });
        given.ok_or_else(|| line.problem("GetRoleCredentials", Kind::LoginPage))
    }

    /// Returns the credentials of a profile's `aws login`, which `aws-config` reads and renews.
    ///
    /// # Errors
    ///
    /// `SignInNeeded` if there is no valid session.
    pub(super) async fn logged_in(&self, profile: &str) -> Result<SourceKeys, Problem> {
        let (paths, name) = (self.paths.clone(), profile.to_owned());
        let read = tokio::task::spawn_blocking(move || profiles::login_session(&paths, &name));
        let needed = || Problem::new(Kind::SignInNeeded);
        let LoginSession { arn, region } = read.await.ok().flatten().ok_or_else(needed)?;
        if !self.caches.are_of_home() {
            return Err(needed());
        }
        let line = SignInClient::new(&self.http, &self.clock, &region, arn.clone());
        let provider = LoginCredentialsProvider::builder(arn).configure(&line.provider_config()).build();
        Ok(line.credentials(provider).await.map_err(problem)?.keys)
    }
}

fn problem(refusal: CallProblem) -> Problem {
    match refusal {
        CallProblem::Other(problem) => problem,
        CallProblem::Pending
        | CallProblem::SlowDown
        | CallProblem::Expired
        | CallProblem::Denied
        | CallProblem::Unauthorized => Problem::new(Kind::SignInNeeded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_own_wait() {
        assert_eq!(again(&CallProblem::Pending, 5), Some(5));
        assert_eq!(again(&CallProblem::SlowDown, 5), Some(10), "RFC 8628, section 3.5");
        assert_eq!(again(&CallProblem::SlowDown, u32::MAX), Some(u32::MAX));
        assert_eq!(again(&CallProblem::Other(Problem::new(Kind::Busy)), 5), Some(5));
        for over in [CallProblem::Expired, CallProblem::Denied, CallProblem::Unauthorized] {
            assert_eq!(again(&over, 5), None, "{over:?}");
        }
        assert_eq!(again(&CallProblem::Other(Problem::new(Kind::NotTrusted)), 5), None);
    }
}
