//! What the network met, told apart by the types along an error's sources.

use crate::engine::clock::Clock;
use crate::engine::vault::NoSession;
use crate::model::problem::Kind;
use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use rustls::CertificateError;
use std::error::Error;
use std::io;
use tower_service::Service;

/// What a proxy answers to CONNECT. The library exports the type under no name of its own.
pub(super) type TunnelError = <Tunnel<HttpConnector> as Service<http::Uri>>::Error;

/// An error and what it comes from, in order.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| inner(*error))
}

/// What an error comes from. What stands inside of an I/O error is no source of its own.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inside) => Some(inside),
        None => error.source(),
    }
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// What kept a request from being sent or answered, if the error's types tell.
pub(in crate::engine) fn cause(error: &(dyn Error + 'static), clock: &Clock) -> Option<Kind> {
    if find::<NoSession>(error).is_some() {
        return Some(Kind::SessionEnded);
    }
    let connecting = chain(error).any(|error| error.downcast_ref().is_some_and(legacy::Error::is_connect));
    match find(error) {
        Some(rustls::Error::InvalidCertificate(why)) => return Some(certificate(why, clock)),
        // The handshake; later ones are of a connection that broke.
        Some(_) if connecting => return Some(Kind::NotTrusted),
        Some(_) | None => {}
    }
    match find(error) {
        Some(TunnelError::ProxyAuthRequired | TunnelError::TunnelUnsuccessful) => return Some(Kind::ProxyRefused),
        Some(
            TunnelError::ConnectFailed(_)
            | TunnelError::Io(_)
            | TunnelError::MissingHost
            | TunnelError::ProxyHeadersTooLong
            | TunnelError::TunnelUnexpectedEof,
        ) => return Some(Kind::Offline),
        None => {}
    }
    None
}

/// Whether it was not even reached: looking up the name or connecting failed.
pub(in crate::engine) fn is_unreached(error: &(dyn Error + 'static)) -> bool {
    let connecting = |error: &(dyn Error + 'static)| {
        error.downcast_ref().is_some_and(legacy::Error::is_connect) || error.is::<ResolveDnsError>()
    };
    chain(error).any(connecting)
}

/// Classifies a certificate error. No certificate starts in the future, so if one seems to, this computer's clock is
/// behind. An expired one means that the clock is ahead only if a server has shown that it is.
fn certificate(why: &CertificateError, clock: &Clock) -> Kind {
    if let CertificateError::NotValidYetContext { time, not_before } = why {
        let behind = not_before.as_secs().saturating_sub(time.as_secs());
        return Kind::ClockWrong(-i64::try_from(behind).unwrap_or(i64::MAX));
    }
    if *why == CertificateError::NotValidYet {
        return Kind::ClockWrong(0);
    }
    let over = matches!(why, CertificateError::Expired | CertificateError::ExpiredContext { .. });
    if over && clock.ahead() > 86_400 { Kind::ClockWrong(clock.ahead()) } else { Kind::NotTrusted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::http::{Http, HttpOptions};
    use crate::time::Utc;
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;
    use rustls_pki_types::UnixTime;
    use std::time::Duration;

    fn tls(why: CertificateError) -> ConnectorError {
        let why = rustls::Error::InvalidCertificate(why);
        ConnectorError::io(Box::new(io::Error::new(io::ErrorKind::InvalidData, why)))
    }

    fn seconds(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn a_certificate_from_the_future_means_the_clock_is_behind() {
        let (time, not_before) = (seconds(1_000_000_000), seconds(1_700_000_000));
        let early = tls(CertificateError::NotValidYetContext { time, not_before });
        assert_eq!(cause(&early, &Clock::start()), Some(Kind::ClockWrong(-700_000_000)));
        let over = || tls(CertificateError::ExpiredContext { time: seconds(2), not_after: seconds(1) });
        assert_eq!(cause(&over(), &Clock::start()), Some(Kind::NotTrusted));
        let clock = Clock::start();
        clock.shift_wall(400 * 86_400_000);
        clock.correct(Utc(clock.utc().0 - 400 * 86_400));
        let Some(Kind::ClockWrong(ahead)) = cause(&over(), &clock) else { panic!("the server showed it") };
        assert_eq!(ahead / 86_400, 400);
    }

    #[test]
    fn network_errors_are_classified_by_type() {
        let broken = |why: rustls::Error| ConnectorError::io(Box::new(io::Error::new(io::ErrorKind::InvalidData, why)));
        let tunnel = |why: TunnelError| ConnectorError::io(Box::new(why));
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        // The text must not affect the result.
        let text = "invalid peer certificate, TLS handshake failed, tunnel error: unsuccessful, (Connect) dns error";
        for (error, expected) in [
            (tls(CertificateError::UnknownIssuer), Some(Kind::NotTrusted)),
            (tls(CertificateError::Revoked), Some(Kind::NotTrusted)),
            (broken(rustls::Error::DecryptError), None),
            (tunnel(TunnelError::ProxyAuthRequired), Some(Kind::ProxyRefused)),
            (tunnel(TunnelError::TunnelUnsuccessful), Some(Kind::ProxyRefused)),
            (tunnel(TunnelError::TunnelUnexpectedEof), Some(Kind::Offline)),
            (tunnel(TunnelError::Io(refused())), Some(Kind::Offline)),
            (ConnectorError::other(Box::new(NoSession), None), Some(Kind::SessionEnded)),
            (ConnectorError::io(Box::new(refused())), None),
            (ConnectorError::io(text.into()), None),
        ] {
            assert_eq!(cause(&error, &Clock::start()), expected, "{error:?}");
            assert!(!is_unreached(&error), "{error:?}");
        }
    }

    #[tokio::test]
    async fn a_closed_port_was_not_reached() {
        // The port is free again after the listener is dropped.
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        let http = Http::new(&HttpOptions::default(), &Clock::start()).expect("a client");
        for url in [format!("http://{free}/"), format!("https://{free}/"), "http://name.invalid/".to_owned()] {
            let mut request = HttpRequest::new(SdkBody::empty());
            request.set_uri(url.as_str()).expect("an address");
            let why = http.call(request).await.expect_err(&url);
            assert!(is_unreached(&why), "{url}: {why:?}");
            assert_eq!(cause(&why, &Clock::start()), None, "{url}: {why:?}");
        }
    }
}
