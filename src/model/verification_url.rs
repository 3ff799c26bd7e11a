//! Addresses that the browser may be sent to: https, on the hosts on which AWS signs people in.

use super::names::Region;
use std::fmt;

/// Domains of access portals and of AWS's own sign-in, in all partitions. Only AWS has pages there.
const SIGN_IN: [&str; 7] = [
    "awsapps.com",
    "awsapps.cn",
    "app.aws",
    "signin.aws",
    "signin.amazonaws.cn",
    "signin.amazonaws-us-gov.com",
    "signin.amazonaws-eusc.eu",
];

/// Whether AWS signs people in on this host: a portal's, AWS's own sign-in, or IAM Identity Center's in a region. Other hosts
/// below AWS's domains hold what customers put there: `x.s3.amazonaws.com`, `*.execute-api.…`.
fn signs_in(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return false;
    }
    let portal = |domain: &str| host.strip_suffix(domain).is_some_and(|left| left.is_empty() || left.ends_with('.'));
    let of_region = |region: &str, suffix: &[&str]| {
        region.parse::<Region>().is_ok_and(|region| region.partition().dns_suffix() == suffix.join("."))
    };
    SIGN_IN.into_iter().any(portal)
        || match *labels.as_slice() {
            ["oidc", region, ref suffix @ ..] | [_, "sso", region, ref suffix @ ..] => of_region(region, suffix),
            _ => false,
        }
}

/// A verification address on a host of AWS: only such an address is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationUrl {
    text: Box<str>,
    host: Box<str>,
}

impl VerificationUrl {
    /// Returns the address if it may be opened; otherwise the host that it leads to, if there is one.
    ///
    /// # Errors
    /// It is not https on a host on which AWS signs people in, on the default port, in plain letters.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fits = text.len() <= 2048
            && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\'));
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let shown = || authority.chars().filter(char::is_ascii_graphic).take(253).collect();
        if !fits || !text.starts_with("https://") {
            return Err(shown());
        }
        // No user, and no port but the default one: everything before the first slash is the host.
        let host = authority.strip_suffix(":443").unwrap_or(authority).to_ascii_lowercase();
        let plain = host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
        if plain && signs_in(&host) { Ok(Self { text: text.into(), host: host.into() }) } else { Err(shown()) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its host, to be shown beside the code.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for VerificationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aws_hosts_are_opened() {
        for good in [
            "https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH",
            "https://device.sso.eu-west-1.amazonaws.com/",
            "https://device.sso.cn-north-1.amazonaws.com.cn/?user_code=A",
            "https://ssoins-1.portal.eu-west-1.app.aws/x",
            "https://corp.awsapps.com:443/start",
            "https://oidc.eu-west-1.amazonaws.com/x",
            "https://eu-west-1.signin.aws/platform/login",
            "https://device.sso.us-gov-west-1.amazonaws.com/",
            "https://us-gov-west-1.signin.amazonaws-us-gov.com/",
            "https://device.sso.eusc-de-east-1.amazonaws.eu/",
            "https://start.home.awsapps.cn/directory/x",
        ] {
            assert_eq!(VerificationUrl::parse(good).expect(good).as_str(), good);
        }
        for bad in [
            "http://corp.awsapps.com/start",
            "https://awsapps.com.evil.example/start",
            "https://evilawsapps.com/",
            "https://corp.awsapps.com@evil.example/",
            "https://corp.awsapps.com:8443/",
            "https://evil.example/?https://corp.awsapps.com/",
            "https://evil.example\\@corp.awsapps.com/",
            "https://..awsapps.com/",
            "https://аwsapps.com/",
            "https://corp.awsapps.com/\u{202e}x",
            "https://amazon.com/",
            "https://x.s3.amazonaws.com/",
            "https://oidc.s3.amazonaws.com/",
            "https://abc.execute-api.eu-west-1.amazonaws.com/",
            "https://sso.eu-west-1.elb.amazonaws.com/",
            "https://a.b.sso.eu-west-1.amazonaws.com/",
            "https://device.sso.eu-west-1.amazonaws.com.cn/",
            "https://device.sso.cn-north-1.amazonaws.com/",
            "https://eu-west-1.console.aws.amazon.com/x",
            "https://evilsignin.aws/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "",
        ] {
            assert!(VerificationUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
