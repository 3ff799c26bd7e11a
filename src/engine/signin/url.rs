//! Addresses that a person's browser may be sent to: https, on hosts of AWS's own.

use std::fmt;

/// Hosts on which AWS verifies devices: access portals, and the services' own.
const HOSTS: [&str; 8] = [
    "awsapps.com",
    "awsapps.cn",
    "app.aws",
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "aws.amazon.com",
    "amazonaws-us-gov.com",
];

/// A verification address on a host of AWS's: only such a one is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationUrl {
    text: Box<str>,
    host: Box<str>,
}

impl VerificationUrl {
    /// The address, where it may be opened; otherwise the host it leads to, as far as there is one.
    ///
    /// # Errors
    /// It is not https on a host of AWS's, on its usual port, in plain letters.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fits = text.len() <= 2048
            && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\'));
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let shown = || super::super::classify::clean(&authority.chars().take(253).collect::<String>()).into_string();
        if !fits || !text.starts_with("https://") {
            return Err(shown());
        }
        // No user, no port but the usual one: what stands before the first slash is the host.
        let host = authority.strip_suffix(":443").unwrap_or(authority).to_ascii_lowercase();
        let plain = host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
        let known = HOSTS.iter().any(|known| {
            host.strip_suffix(known).is_some_and(|before| {
                before.is_empty()
                    || before.strip_suffix('.').is_some_and(|label| label.split('.').all(|l| !l.is_empty()))
            })
        });
        if plain && known { Ok(Self { text: text.into(), host: host.into() }) } else { Err(shown()) }
    }

    /// The address.
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
    fn only_hosts_of_aws_are_opened() {
        for good in [
            "https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH",
            "https://device.sso.eu-west-1.amazonaws.com/",
            "https://device.sso.cn-north-1.amazonaws.com.cn/?user_code=A",
            "https://ssoins-1.portal.eu-west-1.app.aws/x",
            "https://eu-west-1.console.aws.amazon.com:443/x",
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
            "javascript:alert(1)",
            "file:///etc/passwd",
            "",
        ] {
            assert!(VerificationUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
