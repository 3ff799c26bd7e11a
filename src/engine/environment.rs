//! Environment variables: those to warn about at the start, and those that hold a key for a profile that uses them.

use super::clock::Clock;
use super::credentials::SourceKeys;
use crate::model::names::looks_like_secret;
use crate::model::notice::Variable;
use crate::model::problem::{Detail, Kind, Problem};
use hyper_util::client::proxy::matcher::Matcher;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The variables of a key, as they are named in messages.
const OF_A_KEY: &str = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

/// Variables that the AWS tools follow and Daypass does not: they would redirect requests, replace the key, or log
/// secrets.
const IGNORED: [&str; 5] =
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", "AWS_ACCESS_KEY_ID", "LOG_SENSITIVE_BODIES"];
/// Variables that name the proxy for HTTPS; the first one that is set counts.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variable that names one file of certificates.
const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";
/// Variables that replace the system's certificates: whoever sets them decides which servers are trusted.
const CERTIFICATES: [&str; 2] = [CERTIFICATE_FILE, "SSL_CERT_DIR"];

/// Returns the variables in this process's environment to warn about.
#[must_use]
pub fn variables() -> Vec<Variable> {
    variables_of(|name| std::env::var_os(name))
}

/// Returns the variables in a given environment to warn about.
#[must_use]
pub fn variables_of(var: impl Fn(&str) -> Option<OsString>) -> Vec<Variable> {
    let is_set = |name: &str| var(name).is_some_and(|value| !value.is_empty());
    let mut found: Vec<Variable> = IGNORED.into_iter().filter(|name| is_set(name)).map(Variable::Ignored).collect();
    if is_set("AWS_CA_BUNDLE") {
        found.push(Variable::CaBundle);
    }
    let replacing = |name: &&'static str| var(name).is_some_and(|value| replaces_certificates(&value));
    found.extend(CERTIFICATES.into_iter().filter(replacing).map(Variable::Certificates));
    found.extend(PROXIES.into_iter().find(|name| is_set(name)).and_then(|name| {
        let value = var(name).unwrap_or_default();
        proxy_problem(name, value.to_str())
    }));
    found
}

/// Whether a variable names certificates that users other than an administrator may be able to write.
fn replaces_certificates(value: &OsString) -> bool {
    let owned = |path: &Path| ["/etc", "/usr"].iter().any(|folder| path.starts_with(folder));
    std::env::split_paths(value).any(|path| !path.as_os_str().is_empty() && !owned(&path))
}

/// Returns the file of certificates that replaces the system's, with the variable that names it.
#[must_use]
pub fn certificate_file() -> Option<(&'static str, PathBuf)> {
    let value = std::env::var_os(CERTIFICATE_FILE).filter(replaces_certificates)?;
    Some((CERTIFICATE_FILE, value.into()))
}

/// Returns the key in the variables that the AWS tools read (botocore, `EnvProvider`).
///
/// # Errors
///
/// `KeyNotFound` if the access key ID or the secret is missing, or if the ID looks like a secret.
pub(super) fn key(var: impl Fn(&str) -> Option<OsString>, clock: &Clock) -> Result<SourceKeys, Problem> {
    let text = |name: &str| {
        let value = var(name)?.into_string().ok()?;
        Some(Zeroizing::new(value)).filter(|value| !value.is_empty())
    };
    let refused = |message: &str| {
        let detail = Detail { message: message.into(), about: OF_A_KEY.into(), at: clock.utc(), ..Detail::default() };
        Problem::with(Kind::KeyNotFound, detail)
    };
    let id = text("AWS_ACCESS_KEY_ID").ok_or_else(|| refused("AWS_ACCESS_KEY_ID is not set"))?;
    // The ID would be sent in plain text.
    if looks_like_secret(&id) {
        return Err(refused("AWS_ACCESS_KEY_ID looks like a secret"));
    }
    let secret = text("AWS_SECRET_ACCESS_KEY").ok_or_else(|| refused("AWS_SECRET_ACCESS_KEY is not set"))?;
    let token = text("AWS_SESSION_TOKEN").or_else(|| text("AWS_SECURITY_TOKEN"));
    Ok(SourceKeys { access_key_id: id.as_str().to_owned(), secret, token })
}

fn proxy_problem(name: &'static str, value: Option<&str>) -> Option<Variable> {
    let amazon = http::Uri::from_static("https://sts.amazonaws.com");
    // The connections use the same parser, which silently takes the default port if the port is no number.
    let read = value.and_then(|value| Matcher::builder().all(value).build().intercept(&amazon));
    let Some(authority) = read.as_ref().and_then(|proxy| proxy.uri().authority()) else {
        return Some(Variable::UnreadableProxy(name));
    };
    if authority.as_str().len() > authority.host().len() && authority.port_u16().is_none() {
        return Some(Variable::UnreadableProxy(name));
    }
    let socks =
        read.as_ref().and_then(|proxy| proxy.uri().scheme_str()).is_some_and(|scheme| scheme.starts_with("socks"));
    socks.then_some(Variable::SocksProxy(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(set: &[(&str, &str)]) -> Vec<Variable> {
        variables_of(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
    }

    #[test]
    fn an_invalid_proxy_is_reported() {
        for odd in ["http://proxy server:8080", "http://", "ftp://proxy:21", "http://proxy:port", "://", "proxy:99999"]
        {
            assert_eq!(given(&[("HTTPS_PROXY", odd)]), [Variable::UnreadableProxy("HTTPS_PROXY")], "{odd}");
            assert_eq!(given(&[("all_proxy", odd)]), [Variable::UnreadableProxy("all_proxy")], "{odd}");
        }
        for fine in ["http://proxy:8080", "proxy:8080", "https://user:p%40ss@proxy", "http://[::1]:3128", ""] {
            assert_eq!(given(&[("HTTPS_PROXY", fine)]), [], "{fine}");
        }
        assert_eq!(given(&[("ALL_PROXY", "socks5h://127.0.0.1:1080")]), [Variable::SocksProxy("ALL_PROXY")]);
        // The first one that is set is used.
        assert_eq!(given(&[("HTTPS_PROXY", "http://proxy:1"), ("ALL_PROXY", "ftp://x")]), []);
    }

    #[test]
    fn variables_without_effect_are_reported() {
        assert_eq!(
            given(&[("AWS_ENDPOINT_URL_S3", "http://x"), ("AWS_ENDPOINT_URL", ""), ("AWS_CA_BUNDLE", "root.pem")]),
            [Variable::Ignored("AWS_ENDPOINT_URL_S3"), Variable::CaBundle]
        );
    }

    #[test]
    fn variables_that_replace_the_systems_certificates_are_reported() {
        let both = given(&[("SSL_CERT_FILE", "x"), ("SSL_CERT_DIR", "x"), ("AWS_CA_BUNDLE", "x")]);
        let named = [Variable::Certificates("SSL_CERT_FILE"), Variable::Certificates("SSL_CERT_DIR")];
        assert_eq!(both, [&[Variable::CaBundle], &named[..]].concat());
        for (value, counts) in [
            ("", false),
            ("/etc/ssl/certs/ca-certificates.crt", false),
            ("/etc/ssl/certs:/usr/share/ca-certificates", false),
            ("/etc/ssl/certs:/tmp/roots", true),
            ("/home/richard/roots.pem", true),
            ("roots.pem", true),
        ] {
            assert_eq!(!given(&[("SSL_CERT_FILE", value)]).is_empty(), counts, "{value}");
        }
    }
}
