//! AssumeRoleWithWebIdentity: exchanges a token that another service wrote to a file for a role's session.

use super::{config, session_of, settled};
use crate::engine::classify::{self, Operation};
use crate::engine::clock::Clock;
use crate::engine::credentials::Given;
use crate::engine::http::Http;
use crate::engine::profiles::{self, OwnRole};
use crate::model::names::Region;
use crate::model::problem::{Detail, Kind, Problem};
use aws_sdk_sts::Client;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The longest token that STS accepts, in characters (STS API Reference, AssumeRoleWithWebIdentity).
const LONGEST: usize = 20_000;

/// Reads the token in a file. Returns only text in the form of a JSON Web Token, so that if a profile names any other
/// file, none of it is sent anywhere.
///
/// # Errors
///
/// `KeyNotFound` if there is no token; the detail says why.
pub fn token_of(file: &Path, clock: &Clock) -> Result<Zeroizing<String>, Problem> {
    let refused = |message: &str| {
        let about = file.display().to_string().into();
        let detail = Detail { message: message.into(), about, at: clock.utc(), ..Detail::default() };
        Problem::with(Kind::KeyNotFound, detail)
    };
    let (bytes, whole) = profiles::bytes(file).map_err(|why| refused(&why.to_string()))?;
    let token = std::str::from_utf8(&bytes).map(str::trim).ok().filter(|token| whole && is_token(token));
    token.map(|token| Zeroizing::new(token.to_owned())).ok_or_else(|| refused("the file holds no JSON Web Token"))
}

/// Whether a text has the form of a signed token: three parts in base64url (RFC 7515, section 3.1).
fn is_token(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
    };
    text.len() <= LONGEST && text.split('.').count() == 3 && text.split('.').all(is_part)
}

/// Asks STS for a session of the role that the token is for. The request is not signed, since the token is all it
/// takes, so it is sent to AWS alone, or to a server on this computer.
///
/// # Errors
///
/// The problem with the answer of STS; `KeyNotFound` if STS rejects the token; `OwnRoleDenied` if the token isn't
/// allowed to assume the role.
pub async fn assume_by_token(
    http: &Http,
    token: &Zeroizing<String>,
    region: &Region,
    (own, file): (&OwnRole, &Path),
    clock: &Clock,
) -> Result<Given, Problem> {
    let operation = Operation::AssumeRoleWithWebIdentity;
    let mut config = config(http, region, clock);
    config.set_endpoint_url(http.local_endpoint().map(str::to_owned));
    let client = Client::from_conf(config.build());
    let asked = settled(operation, http, clock, |tap| {
        // Never log this builder: its Debug shows the token.
        let call = client.assume_role_with_web_identity().role_arn(own.role.as_str());
        let call = call.role_session_name(own.session_name.as_str()).web_identity_token(token.as_str());
        call.customize().interceptor(tap).send()
    });
    let (answer, heard) = asked.await.map_err(|problem| {
        let (kind, about) = if matches!(problem.kind, Kind::KeyNotFound | Kind::SourceEnded) {
            (Kind::KeyNotFound, file.display().to_string())
        } else {
            let denied = matches!(problem.kind, Kind::AssumeDenied(_));
            (if denied { Kind::OwnRoleDenied } else { problem.kind }, own.role.to_string())
        };
        let detail = problem.detail.map(Arc::unwrap_or_clone).unwrap_or_default();
        Problem::with(kind, Detail { about: about.into(), ..detail })
    })?;
    session_of(own, answer.credentials(), answer.assumed_role_user())
        .map_err(|(kind, message)| classify::misanswered(operation, kind, &heard, &message, clock))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use std::sync::Mutex;

    /// Records where a request would have been sent.
    #[derive(Clone, Debug, Default)]
    struct Addresses(Arc<Mutex<Vec<String>>>);

    impl HttpConnector for Addresses {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            self.0.lock().expect("whole").push(request.uri().to_owned());
            HttpConnectorFuture::ready(Err(ConnectorError::io(
                std::io::Error::from(std::io::ErrorKind::ConnectionReset).into(),
            )))
        }
    }

    #[tokio::test]
    async fn a_token_is_sent_only_to_aws_or_localhost() {
        let own = OwnRole {
            role: "arn:aws:iam::111122223333:role/Web".parse().expect("a role"),
            session_name: "bob".parse().expect("a name"),
            seconds: None,
            external_id: None,
        };
        let token = Zeroizing::new("a.b.c".to_owned());
        let region: Region = "eu-west-1".parse().expect("a region");
        for (named, host) in [
            ("https://files.example.com", "https://sts.eu-west-1.amazonaws.com/"),
            ("http://10.0.0.7:9000", "https://sts.eu-west-1.amazonaws.com/"),
            ("https://127.0.0.1.evil.example:9000", "https://sts.eu-west-1.amazonaws.com/"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/"),
        ] {
            let addresses = Addresses::default();
            let ear = addresses.clone();
            let http = Http::at(http_client_fn(move |_, _| SharedHttpConnector::new(ear.clone())), named);
            let of = (&own, Path::new("/token"));
            let asked = assume_by_token(&http, &token, &region, of, &Clock::start()).await;
            asked.expect_err("nobody answers");
            assert_eq!(*addresses.0.lock().expect("whole"), [host], "{named}");
        }
    }

    #[test]
    fn tokens_are_recognized_by_their_form() {
        assert!(is_token("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl-_"));
        for other in [
            "",
            "..",
            "a.b",
            "a.b.c.d",
            "root:x:0:0.b.c",
            "a. b.c",
            "a.b.c\nd",
            &format!("a.b.{}", "c".repeat(LONGEST)),
        ] {
            assert!(!is_token(other), "{other:.20}");
        }
    }
}
