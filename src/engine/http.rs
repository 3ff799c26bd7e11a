//! One HTTP client for the life of the app: TLS by rustls over aws-lc, the system's roots, proxies from the
//! environment.

use super::clock::Clock;
use super::environment;
use super::log::Log;
use crate::model::problem::{Detail, Kind, Problem};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::app_name::AppName;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper_util::client::proxy::matcher::Matcher;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};
use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The time limit for name resolution, connecting and the TLS handshake together.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept. S3 closes idle connections after a few seconds; a request on one that is just
/// being closed fails, and leaves open whether it arrived.
const IDLE: Duration = Duration::from_secs(4);

/// The tag with which a certificate in DER begins (X.690, 8.9).
const DER_SEQUENCE: u8 = 0x30;

/// The server and the certificates to use, set explicitly by command-line flags or by practice: nothing here comes from
/// a profile, an invitation or the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpOptions {
    /// The URL of a server for S3 and STS that replaces AWS.
    pub endpoint_url: Option<String>,
    /// A PEM or DER file of certificate authorities to trust in addition to the system's.
    pub ca_bundle: Option<PathBuf>,
    /// Whether that server may be on another computer and be used without TLS, so that everything can be read in
    /// transit.
    pub plain_http: bool,
}

impl HttpOptions {
    /// Returns the server's URL if its requests can be read on their way to another computer.
    #[must_use]
    pub fn in_the_clear(&self) -> Option<&str> {
        self.endpoint_url.as_deref().filter(|url| is_plain(url) && !is_this_computer(url))
    }

    /// Returns the name of the folder for the journal of deliveries to this server; `None` for AWS.
    #[must_use]
    pub fn folder(&self) -> Option<String> {
        let url = self.endpoint_url.as_deref()?.trim_end_matches('/').to_ascii_lowercase();
        let hash = Sha256::digest(url.as_bytes());
        Some(hash.iter().take(8).fold("server-".to_owned(), |name, byte| format!("{name}{byte:02x}")))
    }
}

/// The shared client. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: SharedHttpClient,
    shared: Option<Shared>,
    endpoint_url: Option<Arc<str>>,
    log: Log,
}

impl Http {
    /// Sets up the client. Its connections are replaced after the computer sleeps. Reads the system's roots and the
    /// bundle, so it may block for some 100 ms.
    ///
    /// # Errors
    ///
    /// `CaBundle` if the bundle, or the file in `SSL_CERT_FILE`, can't be read or holds no certificate; `NotTrusted` if
    /// requests could be read in transit and that was not allowed.
    pub fn new(wire: &HttpOptions, clock: &Clock) -> Result<Self, Problem> {
        if !wire.plain_http && wire.in_the_clear().is_some() {
            let message = "plain http to another computer was not allowed".into();
            return Err(Problem::with(Kind::NotTrusted, Detail { message, ..Detail::default() }));
        }
        // Without this check the client would find no certificate at all, and not mention the variable.
        if let Some((name, path)) = environment::certificate_file() {
            let told = |why: std::io::Error| refused(format!("{name}={}: {why}", path.display()));
            std::fs::metadata(&path).map_err(told)?;
        }
        let mut roots = TrustStore::default();
        if let Some(path) = &wire.ca_bundle {
            let in_file = |problem: Problem| match problem.detail {
                Some(detail) => refused(format!("{}: {}", path.display(), detail.message)),
                None => problem,
            };
            let file = std::fs::read(path).map_err(|why| in_file(refused(why.to_string())))?;
            roots.add_pem_certificate(certificates(&file).map_err(in_file)?);
        }
        let context = tls::TlsContext::builder().with_trust_store(roots).build();
        let context = context.map_err(|why| refused(why.to_string()))?;
        let local = wire.endpoint_url.as_deref().is_some_and(is_this_computer);
        let proxy = if local { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
        let build = move || SharedHttpConnector::new(Bounded(connector(context.clone(), proxy.clone())));
        // The client panics on something that only looks like a certificate; here that becomes an error.
        let first = std::panic::catch_unwind(&build)
            .map_err(|_panic| refused("it holds something that is not a certificate".to_owned()))?;
        let current = Mutex::new((clock.sleeps(), first));
        let shared = Shared(Arc::new(Connections { build: Box::new(build), current, clock: clock.clone() }));
        let endpoint_url = wire.endpoint_url.as_deref().map(Arc::from);
        Ok(Self {
            client: SharedHttpClient::new(shared.clone()),
            shared: Some(shared),
            endpoint_url,
            log: Log::default(),
        })
    }

    /// The same, with a log that calls are told in.
    #[must_use]
    pub fn logged(self, log: Log) -> Self {
        Self { log, ..self }
    }

    /// Where calls over this client are told.
    #[must_use]
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// Returns the client, for an SDK configuration.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        self.client.clone()
    }

    /// Sends one request without the SDK over the same connections. It is not signed, and redirects are not followed.
    ///
    /// # Errors
    ///
    /// The connection's error.
    pub(super) async fn call(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let none = || ConnectorError::user("there are no connections".into());
        self.shared.as_ref().ok_or_else(none)?.connector().call(request).await
    }

    /// Returns the explicit server's URL if it is on this computer, as in tests; requests with a sign-in token go to no
    /// other server but AWS.
    pub(super) fn local_endpoint(&self) -> Option<&str> {
        self.endpoint_url().filter(|url| is_this_computer(url))
    }

    /// Returns a client that connects to nothing, for tests of what would be sent.
    #[cfg(test)]
    pub(super) fn of(client: SharedHttpClient) -> Self {
        Self { client, shared: None, endpoint_url: None, log: Log::default() }
    }

    /// The same, with this endpoint URL.
    #[cfg(test)]
    pub(super) fn at(client: SharedHttpClient, url: &str) -> Self {
        Self { endpoint_url: Some(url.into()), ..Self::of(client) }
    }

    /// Whether requests are sent over plain HTTP, unprotected.
    pub(super) fn is_plain(&self) -> bool {
        self.endpoint_url().is_some_and(is_plain)
    }

    /// Returns the explicit server's URL, if there is one.
    #[must_use]
    pub fn endpoint_url(&self) -> Option<&str> {
        self.endpoint_url.as_deref()
    }
}

fn connector(context: TlsContext, proxy: ProxyConfig) -> Connector {
    Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
        .pool_idle_timeout(IDLE)
        .enable_tcp_nodelay(true)
        .proxy_config(proxy)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(context)
        .build()
}

/// The most bytes of a response body that are read. The longest useful answer of STS and S3 has a few kilobytes; white
/// space that keeps a connection open while parts are joined adds a few more.
const ANSWER: usize = 1 << 20;

/// A connector whose response bodies fail after [`ANSWER`] bytes.
#[derive(Debug)]
struct Bounded(Connector);

impl HttpConnector for Bounded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            Ok(answer.await?.map(|body| SdkBody::from_body_1_x(http_body_util::Limited::new(body, ANSWER))))
        })
    }
}

/// Gives every SDK client the same connections, whatever its timeouts: those are enforced in `timeouts`. After the
/// computer sleeps, all connections are replaced: a request on one that died meanwhile would leave open whether it
/// arrived.
#[derive(Clone)]
struct Shared(Arc<Connections>);

struct Connections {
    build: Box<dyn Fn() -> SharedHttpConnector + Send + Sync>,
    current: Mutex<(u64, SharedHttpConnector)>,
    clock: Clock,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

impl Shared {
    fn connector(&self) -> SharedHttpConnector {
        let sleeps = self.0.clock.sleeps();
        let mut current = self.0.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != sleeps {
            *current = (sleeps, (self.0.build)());
        }
        current.1.clone()
    }
}

impl HttpClient for Shared {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.connector()
    }
}

/// Returns the app name, by which CloudTrail and server logs identify Daypass.
pub(super) fn app_name() -> Option<AppName> {
    AppName::new("daypass").ok()
}

/// Returns the proxy from the environment for AWS (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), without user name and
/// password.
#[must_use]
pub fn proxy() -> Option<String> {
    let amazon = http::Uri::from_static("https://sts.amazonaws.com");
    let found = Matcher::from_env().intercept(&amazon)?;
    let host = found.uri().host()?;
    Some(found.uri().port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn is_plain(url: &str) -> bool {
    url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
}

/// Whether a URL's host is this computer, which a proxy can't reach.
pub(super) fn is_this_computer(url: &str) -> bool {
    let host = url.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Returns the certificates of a PEM or DER file as PEM, without the comments and keys that such files may contain.
fn certificates(file: &[u8]) -> Result<Vec<u8>, Problem> {
    let is_certificate = |der: &[u8]| der.first() == Some(&DER_SEQUENCE);
    let found = if is_certificate(file) {
        vec![CertificateDer::from(file)]
    } else {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file).collect();
        read.map_err(|why| refused(why.to_string()))?
    };
    if found.is_empty() {
        return Err(refused("there is no certificate in it".to_owned()));
    }
    let mut pem = String::new();
    for certificate in found {
        if !is_certificate(&certificate) {
            return Err(refused("it holds something that is not a certificate".to_owned()));
        }
        let body = BASE64_STANDARD.encode(&certificate);
        let _infallible = writeln!(pem, "-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----");
    }
    Ok(pem.into_bytes())
}

fn refused(message: String) -> Problem {
    Problem::with(Kind::CaBundle, Detail { call: "ca_bundle".into(), message: message.into(), ..Detail::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_never_behind_a_proxy() {
        for (url, local) in [
            ("http://127.0.0.1:9000", true),
            ("http://localhost:9000/x", true),
            ("https://[::1]:9000", true),
            ("https://127.0.0.1.evil.example", false),
            ("https://s3.eu-west-1.amazonaws.com", false),
            ("not a url", false),
        ] {
            assert_eq!(is_this_computer(url), local, "{url}");
        }
    }

    #[test]
    fn an_invalid_ca_bundle_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("bundle.pem");
        let block = |body: &str| format!("# ours\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        for text in
            ["", "hello", "-----BEGIN CERTIFICATE-----\nMIIB", &block("!!!"), &block("aGVsbG8="), &block("MAA=")]
        {
            std::fs::write(&path, text).expect("written");
            let wire = HttpOptions { ca_bundle: Some(path.clone()), ..HttpOptions::default() };
            assert_eq!(Http::new(&wire, &Clock::start()).expect_err(text).kind, Kind::CaBundle, "{text}");
        }
        let wire = HttpOptions { ca_bundle: Some(dir.path().join("none.pem")), ..HttpOptions::default() };
        assert_eq!(Http::new(&wire, &Clock::start()).expect_err("no file").kind, Kind::CaBundle);
    }

    #[test]
    fn a_valid_ca_bundle_is_accepted() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("bundle.pem");
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let with_text = format!("Our root:\n{}\n{}", made.cert.pem(), made.signing_key.serialize_pem());
        for file in [made.cert.pem().into_bytes(), made.cert.der().to_vec(), with_text.into_bytes()] {
            std::fs::write(&path, file).expect("written");
            let wire = HttpOptions { ca_bundle: Some(path.clone()), ..HttpOptions::default() };
            Http::new(&wire, &Clock::start()).expect("a client");
        }
    }

    #[test]
    fn plain_http_reaches_only_localhost_unless_allowed() {
        for (url, clear) in [
            ("http://127.0.0.1:9000", false),
            ("http://localhost:9000", false),
            ("http://[::1]:9000", false),
            ("https://files.example.com", false),
            ("http://files.example.com", true),
            ("HTTP://10.0.0.7:9000", true),
            ("http://127.0.0.1.evil.example:9000", true),
            ("http://127.0.0.1@evil.example:9000", true),
        ] {
            let wire = HttpOptions { endpoint_url: Some(url.to_owned()), ..HttpOptions::default() };
            assert_eq!(wire.in_the_clear().is_some(), clear, "{url}");
            let refused = Http::new(&wire, &Clock::start()).err().map(|why| why.kind);
            assert_eq!(refused, clear.then_some(Kind::NotTrusted), "{url}");
            Http::new(&HttpOptions { plain_http: true, ..wire }, &Clock::start()).expect("allowed");
        }
    }
}
