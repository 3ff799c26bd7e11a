//! The four calls of IAM Identity Center, which carry no signature: JSON over https, one attempt each.

use super::cache::Token;
use crate::engine::classify::clean;
use crate::engine::clock::Clock;
use crate::engine::hidden::Hidden;
use crate::engine::http::Http;
use crate::engine::profiles::SignIn;
use crate::model::problem::{Detail, Kind, Problem};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of an answer that are read.
const MOST: usize = 64 << 10;
/// The grant of the device flow (RFC 8628, section 3.4).
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a call met.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) enum Refusal {
    /// The person has not said yes yet.
    Pending,
    /// Ask less often.
    SlowDown,
    /// The code is over.
    Expired,
    /// The person said no.
    Denied,
    /// The client is no longer registered, or the token is over.
    Unauthorized,
    /// The sign-in gives this user no such role.
    NoRole(Problem),
    /// Something else.
    Other(Problem),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::engine) struct Client {
    pub client_id: String,
    pub client_secret: Hidden,
    #[serde(default)]
    pub client_secret_expires_at: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::engine) struct Device {
    pub device_code: Hidden,
    pub user_code: String,
    pub verification_uri: String,
    #[serde(default)]
    pub verification_uri_complete: Option<String>,
    pub expires_in: u32,
    #[serde(default)]
    pub interval: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::engine) struct Created {
    pub access_token: Hidden,
    pub expires_in: u32,
    #[serde(default)]
    pub refresh_token: Option<Hidden>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleAnswer {
    role_credentials: RoleCredentials,
}

/// The credentials of a permission set; `expiration` is in milliseconds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::engine) struct RoleCredentials {
    pub access_key_id: String,
    pub secret_access_key: Hidden,
    pub session_token: Hidden,
    #[serde(default)]
    pub expiration: i64,
}

/// Identity Center as one sign-in reaches it.
pub(in crate::engine) struct Oidc<'a> {
    pub http: &'a Http,
    pub clock: &'a Clock,
    pub sign_in: &'a SignIn,
}

impl Oidc<'_> {
    /// RegisterClient.
    pub async fn register(&self) -> Result<Client, Refusal> {
        let mut ask = json!({ "clientName": "daypass", "clientType": "public" });
        if self.sign_in.session.is_some() {
            ask["scopes"] = json!(self.sign_in.scopes);
        }
        self.post("RegisterClient", "/client/register", &ask).await
    }

    /// StartDeviceAuthorization.
    pub async fn start(&self, client: &Client) -> Result<Device, Refusal> {
        let ask = json!({
            "clientId": client.client_id, "clientSecret": &*client.client_secret, "startUrl": self.sign_in.start_url,
        });
        self.post("StartDeviceAuthorization", "/device_authorization", &ask).await
    }

    /// CreateToken with the device's code.
    pub async fn token(&self, client: &Client, device: &Device) -> Result<Created, Refusal> {
        let ask = json!({
            "clientId": client.client_id, "clientSecret": &*client.client_secret, "grantType": DEVICE,
            "deviceCode": &*device.device_code,
        });
        self.post("CreateToken", "/token", &ask).await
    }

    /// CreateToken with what renews a token.
    pub async fn renew(&self, (client, secret, refresh): (&str, &str, &str)) -> Result<Created, Refusal> {
        let ask = json!({
            "clientId": client, "clientSecret": secret, "grantType": "refresh_token", "refreshToken": refresh,
        });
        self.post("CreateToken", "/token", &ask).await
    }

    /// GetRoleCredentials.
    pub async fn role(&self, token: &Token) -> Result<RoleCredentials, Refusal> {
        let enc = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (role, account) = (enc(&self.sign_in.role), enc(self.sign_in.account.as_str()));
        let path = format!("/federation/credentials?role_name={role}&account_id={account}");
        let call = "GetRoleCredentials";
        let mut request = self.request(call, "portal.sso", &path, SdkBody::empty())?;
        // A header of the service's own: the token goes to this host alone, and follows no redirect.
        let token = token.access_token.to_string();
        request
            .headers_mut()
            .try_insert("x-amz-sso_bearer_token", token)
            .map_err(|_why| self.odd(call, Kind::SignInNeeded))?;
        self.answer::<RoleAnswer>(call, request).await.map(|answer| answer.role_credentials)
    }

    async fn post<T: for<'de> Deserialize<'de>>(&self, call: &str, path: &str, ask: &Value) -> Result<T, Refusal> {
        let mut request = self.request(call, "oidc", path, SdkBody::from(ask.to_string()))?;
        request.set_method("POST").map_err(|_why| self.odd(call, Kind::Unexpected))?;
        request.headers_mut().insert("content-type", "application/json");
        self.answer(call, request).await
    }

    /// The request without its headers. Its host comes from the region alone; a test's server on this computer, named explicitly,
    /// may stand in its place, and no other.
    fn request(&self, call: &str, service: &str, path: &str, body: SdkBody) -> Result<Request, Refusal> {
        let region = &self.sign_in.region;
        let host = match self.http.local_endpoint() {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("https://{service}.{}.{}", region.as_str(), region.partition().dns_suffix()),
        };
        let mut request = Request::new(body);
        request.set_uri(format!("{host}{path}")).map_err(|_why| self.odd(call, Kind::Unexpected))?;
        Ok(request)
    }

    async fn answer<T: for<'de> Deserialize<'de>>(&self, call: &str, request: Request) -> Result<T, Refusal> {
        let talk = async {
            let response = self.http.call(request).await.map_err(|why| {
                let text = format!("{why:?}");
                let kind = if text.contains("ertificate") {
                    Kind::NotTrusted
                } else if why.is_timeout() {
                    Kind::NoAnswer
                } else if text.contains("dns") || text.contains("lookup") {
                    Kind::Offline
                } else {
                    Kind::ConnectionLost
                };
                self.odd(call, kind)
            })?;
            let status = response.status().as_u16();
            let header = |name: &str| response.headers().get(name).map(str::to_owned);
            let (named, id) = (header("x-amzn-errortype"), header("x-amzn-requestid").unwrap_or_default());
            let body = self.body(call, response.into_body()).await?;
            if (200..300).contains(&status) {
                return serde_json::from_slice(&body).map_err(|_why| self.odd(call, Kind::LoginPage));
            }
            Err(self.refusal(call, status, named, &id, &body))
        };
        tokio::time::timeout(PATIENCE, talk).await.unwrap_or_else(|_late| Err(self.odd(call, Kind::NoAnswer)))
    }

    async fn body(&self, call: &str, mut body: SdkBody) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST));
        while !body.is_end_stream() {
            let Some(frame) = body.frame().await else { break };
            let frame = frame.map_err(|_why| self.odd(call, Kind::ConnectionLost))?;
            let Ok(part) = frame.into_data() else { continue };
            if bytes.len() + part.len() > MOST {
                return Err(self.odd(call, Kind::LoginPage));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }

    fn odd(&self, call: &str, kind: Kind) -> Refusal {
        let detail = Detail { call: call.into(), at: self.clock.utc(), ..Detail::default() };
        Refusal::Other(Problem::with(kind, detail))
    }

    fn refusal(&self, call: &str, status: u16, named: Option<String>, id: &str, body: &[u8]) -> Refusal {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let ours = named.is_some() || text("error").is_some() || text("__type").is_some();
        let code = named.or_else(|| text("__type")).or_else(|| text("error")).unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default();
        let kind = match code {
            "AuthorizationPendingException" | "authorization_pending" => return Refusal::Pending,
            "SlowDownException" | "slow_down" => return Refusal::SlowDown,
            "ExpiredTokenException" | "expired_token" => return Refusal::Expired,
            "AccessDeniedException" | "access_denied" => return Refusal::Denied,
            "UnauthorizedException"
            | "UnauthorizedClientException"
            | "unauthorized_client"
            | "InvalidClientException"
            | "invalid_client"
            | "InvalidGrantException"
            | "invalid_grant" => return Refusal::Unauthorized,
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
            about: format!("{} in {}", self.sign_in.role, self.sign_in.account).into(),
            at: self.clock.utc(),
        };
        let problem = Problem::with(kind, detail);
        if kind == Kind::SignInRoleMissing { Refusal::NoRole(problem) } else { Refusal::Other(problem) }
    }
}
