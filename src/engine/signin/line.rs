//! The HTTP client of AWS's own providers: it reaches the hosts of Identity Center and of the sign-in service in one
//! region, and no others.
//!
//! `aws-config` reads `AWS_ENDPOINT_URL` and similar variables from the environment, and its setters against that are
//! private. Therefore each request gets its host here, by its path; a request with any other path is not sent. The last
//! refusal is kept, since the providers' own errors don't contain it.

use crate::engine::classify::network;
use crate::engine::clock::Clock;
use crate::engine::credentials::Given;
use crate::engine::credentials::SourceKeys;
use crate::engine::http::Http;
use crate::engine::untrusted_text::clean;
use crate::model::names::{Partition, Region};
use crate::model::problem::{Detail, Kind, Problem};
use crate::time::Utc;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_ssooidc::config::{BehaviorVersion, IdentityCache, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};
use zeroize::Zeroizing;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a provider may take: it may renew a token and then ask for credentials.
const PROVIDER: Duration = Duration::from_secs(65);
/// The most bytes of an answer that are read.
const MOST: usize = 64 << 10;
/// Why a session of `aws login` is not renewed if the environment names another server for it.
const REDIRECTED: &str = "AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_SIGNIN is set, so the session can't be renewed here";
/// Which service a path belongs to: path, call, service. A longer path comes before one that is its end.
const ROUTES: [(&str, &str, Service); 5] = [
    ("/federation/credentials", "GetRoleCredentials", Service::Portal),
    ("/client/register", "RegisterClient", Service::Oidc),
    ("/device_authorization", "StartDeviceAuthorization", Service::Oidc),
    ("/v1/token", "CreateOAuth2Token", Service::SignIn),
    ("/token", "CreateToken", Service::Oidc),
];

#[derive(Clone, Copy)]
enum Service {
    Portal,
    Oidc,
    SignIn,
}

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) enum CallProblem {
    /// The user has not confirmed yet.
    Pending,
    /// The client polls too often.
    SlowDown,
    /// The code has expired.
    Expired,
    /// The user declined.
    Denied,
    /// The client is no longer registered, or the token has expired.
    Unauthorized,
    Other(Problem),
}

/// The client. Clones share its state.
#[derive(Clone)]
pub(in crate::engine) struct SignInClient(Arc<LineState>);

struct LineState {
    http: Http,
    clock: Clock,
    region: Region,
    about: String,
    last: Mutex<Option<CallProblem>>,
}

impl SignInClient {
    /// Returns a client for the services of this region. `about` says whose credentials are wanted, for
    /// [`Detail::about`].
    pub fn new(http: &Http, clock: &Clock, region: &Region, about: String) -> Self {
        let (http, clock, region) = (http.clone(), clock.clone(), region.clone());
        Self(Arc::new(LineState { http, clock, region, about, last: Mutex::default() }))
    }

    /// Returns the configuration for providers: this client, the engine's clock, and no retries of their own.
    pub fn provider_config(&self) -> ProviderConfig {
        ProviderConfig::empty()
            .with_http_client(self.clone())
            .with_time_source(self.0.clock.clone())
            .with_sleep_impl(TokioSleep::new())
            .with_retry_config(RetryConfig::disabled())
            .with_timeout_config(TimeoutConfig::disabled())
            .with_region(Some(self.region()))
    }

    /// Returns the configuration of the device flow's clients: the same as the providers'.
    pub fn sdk_config(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.clone())
            .time_source(self.0.clock.clone())
            .region(self.region())
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }

    /// Returns the region, for the SDK.
    pub fn region(&self) -> aws_types::region::Region {
        aws_types::region::Region::new(self.0.region.as_str().to_owned())
    }

    /// Returns the credentials that a provider gives.
    pub async fn credentials(&self, provider: impl ProvideCredentials + 'static) -> Result<Given, CallProblem> {
        // Runs in a separate task, so that a panic over a damaged file ends there.
        let mut asked = tokio::spawn(async move { provider.provide_credentials().await });
        let Ok(answered) = tokio::time::timeout(PROVIDER, &mut asked).await else {
            asked.abort();
            return Err(self.problem("", Kind::NoAnswer));
        };
        let Ok(Ok(given)) = answered else {
            // If the provider made no call, it had no token to make one with.
            return Err(self.last().unwrap_or(CallProblem::Unauthorized));
        };
        let ends = given.expiry().and_then(|ends| ends.duration_since(UNIX_EPOCH).ok());
        let keys = SourceKeys {
            access_key_id: given.access_key_id().to_owned(),
            secret: Zeroizing::new(given.secret_access_key().to_owned()),
            token: given.session_token().map(|token| Zeroizing::new(token.to_owned())),
        };
        Ok(Given { keys, ends: ends.map(|ends| Utc(i64::try_from(ends.as_secs()).unwrap_or(i64::MAX))) })
    }

    /// Returns the refusal of the last call.
    pub fn refusal<E>(&self, _why: E) -> CallProblem {
        self.last().unwrap_or_else(|| self.problem("", Kind::Unexpected))
    }

    fn last(&self) -> Option<CallProblem> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, refusal: CallProblem) {
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        // A token that could not be renewed is refused afterwards: the reason why it could not be renewed says more.
        if refusal != CallProblem::Unauthorized || !matches!(*last, Some(CallProblem::Other(_))) {
            *last = Some(refusal);
        }
    }

    /// Returns a refusal for a problem of this kind.
    pub fn problem(&self, call: &str, kind: Kind) -> CallProblem {
        self.problem_of(call, kind, "")
    }

    fn problem_of(&self, call: &str, kind: Kind, message: &str) -> CallProblem {
        let detail = Detail { call: call.into(), message: message.into(), at: self.0.clock.utc(), ..Detail::default() };
        CallProblem::Other(Problem::with(kind, detail))
    }

    /// Returns the URL of a service's host at AWS.
    fn host(&self, service: Service) -> String {
        let (region, partition) = (self.0.region.as_str(), self.0.region.partition());
        let suffix = partition.dns_suffix();
        match service {
            Service::Portal => format!("https://portal.sso.{region}.{suffix}"),
            Service::Oidc => format!("https://oidc.{region}.{suffix}"),
            Service::SignIn => {
                let name = match partition {
                    Partition::AwsCn => "amazonaws.cn",
                    Partition::AwsUsGov => "amazonaws-us-gov.com",
                    Partition::AwsEusc => "amazonaws-eusc.eu",
                    Partition::Aws => "aws.amazon.com",
                    Partition::AwsIso => "c2shome.ic.gov",
                    Partition::AwsIsoB => "sc2shome.sgov.gov",
                    Partition::AwsIsoE => "csphome.adc-e.uk",
                    Partition::AwsIsoF => "csphome.hci.ic.gov",
                };
                format!("https://{region}.signin.{name}")
            }
        }
    }

    async fn send(self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let user = |text: &'static str| ConnectorError::user(text.into());
        let asked: http::Uri = request.uri().parse().map_err(|_why| user("not an address"))?;
        let route = ROUTES.into_iter().find(|(path, _, _)| asked.path().ends_with(path));
        let (path, call, service) = route.ok_or_else(|| user("nothing else is asked for"))?;
        let host = self.host(service);
        // The proof of possession is signed for a URL: AWS would refuse it for another one, without a clear reason.
        if matches!(service, Service::SignIn) && request.uri() != format!("{host}{path}") {
            self.keep(self.problem_of(call, Kind::SignInNeeded, REDIRECTED));
            return Err(user(REDIRECTED));
        }
        // An explicit test server on this computer may replace a service, but no other server may.
        let host = self.0.http.local_endpoint().map_or(host, |url| url.trim_end_matches('/').to_owned());
        let query = asked.query().map_or_else(String::new, |query| format!("?{query}"));
        request.set_uri(format!("{host}{path}{query}")).map_err(|_why| user("not an address"))?;
        let talk = async {
            let mut response = self.0.http.call(request).await?;
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            Ok::<_, ConnectorError>((response, bounded(body).await?))
        };
        let answered = tokio::time::timeout(PATIENCE, talk).await;
        let answered = answered.unwrap_or_else(|late| Err(ConnectorError::timeout(late.into())));
        let (mut response, body) =
            answered.inspect_err(|why| self.keep(self.problem(call, lost(why, &self.0.clock))))?;
        let status = response.status().as_u16();
        if !(200..300).contains(&status) {
            let header = |name: &str| response.headers().get(name).map(str::to_owned);
            let (named, id) = (header("x-amzn-errortype"), header("x-amzn-requestid").unwrap_or_default());
            self.keep(self.refused(call, status, named, &id, &body));
        } else if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err() {
            self.keep(self.problem(call, Kind::LoginPage));
        } else {
            self.last();
        }
        *response.body_mut() = SdkBody::from(&body[..]);
        Ok(response)
    }

    fn refused(&self, call: &str, status: u16, named: Option<String>, id: &str, body: &[u8]) -> CallProblem {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let ours = named.is_some() || text("error").is_some() || text("__type").is_some();
        let code = named.or_else(|| text("__type")).or_else(|| text("error")).unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default();
        let kind = match code {
            "AuthorizationPendingException" | "authorization_pending" => return CallProblem::Pending,
            "SlowDownException" | "slow_down" => return CallProblem::SlowDown,
            "ExpiredTokenException" | "expired_token" => return CallProblem::Expired,
            "AccessDeniedException" | "access_denied" => return CallProblem::Denied,
            "UnauthorizedException"
            | "UnauthorizedClientException"
            | "unauthorized_client"
            | "InvalidClientException"
            | "invalid_client"
            | "InvalidGrantException"
            | "invalid_grant" => return CallProblem::Unauthorized,
            "ForbiddenException" | "ResourceNotFoundException" => Kind::SignInRoleMissing,
            "TooManyRequestsException" => Kind::SlowDown,
            "InvalidRequestException" | "invalid_request" | "InvalidScopeException" | "invalid_scope" => {
                Kind::ProfileOdd
            }
            _ if status == 429 => Kind::SlowDown,
            _ if status >= 500 => Kind::Busy,
            _ if !ours => Kind::LoginPage,
            _ => Kind::Unexpected,
        };
        let message = text("error_description").or_else(|| text("message")).unwrap_or_default();
        let detail = Detail {
            call: call.into(),
            code: clean(code),
            status,
            request_id: clean(id),
            message: clean(&message),
            about: self.0.about.as_str().into(),
            at: self.0.clock.utc(),
        };
        CallProblem::Other(Problem::with(kind, detail))
    }
}

/// Reads all of a body, up to [`MOST`] bytes.
async fn bounded(mut body: SdkBody) -> Result<Zeroizing<Vec<u8>>, ConnectorError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST));
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else { break };
        let Ok(part) = frame.map_err(ConnectorError::io)?.into_data() else { continue };
        if bytes.len() + part.len() > MOST {
            return Err(ConnectorError::user("the answer is too long".into()));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// Returns the kind of problem of a call without an answer.
fn lost(why: &ConnectorError, clock: &Clock) -> Kind {
    if let Some(kind) = network::cause(why, clock) {
        kind
    } else if why.is_timeout() {
        Kind::NoAnswer
    } else if why.is_user() {
        Kind::LoginPage
    } else if network::is_unreached(why) {
        Kind::Offline
    } else {
        Kind::ConnectionLost
    }
}

impl HttpClient for SignInClient {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SignInClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

impl fmt::Debug for SignInClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}
