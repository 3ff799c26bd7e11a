//! Checks Signature Version 4 for STS, and parses Authorization headers.
//!
//! `s3s` checks S3's signatures, but its helpers are not public. Therefore the form-encoded STS calls are checked here
//! by the same algorithm (AWS documentation, "Create a signed AWS API request").

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The fields of an `Authorization: AWS4-HMAC-SHA256 …` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authorization {
    pub(super) access_key_id: String,
    /// The date of the credential scope, `YYYYMMDD`.
    pub(super) day: String,
    pub(super) region: String,
    pub(super) service: String,
    signed_headers: Vec<String>,
    signature: String,
}

impl Authorization {
    /// Parses the header; `None` if it is missing or malformed.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
        let fields = text.strip_prefix("AWS4-HMAC-SHA256")?;
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        };
        let credential = field("Credential")?;
        let mut scope = credential.rsplitn(5, '/');
        let (_end, service, region, day) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
        Some(Self {
            access_key_id: scope.next()?.to_owned(),
            day: day.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: field("SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: field("Signature")?,
        })
    }

    /// Whether a request with an empty query was signed with `secret`.
    pub(super) fn fits(&self, secret: &str, method: &str, path: &str, headers: &HeaderMap, body: &[u8]) -> bool {
        let Some(moment) = headers.get("x-amz-date").and_then(|value| value.to_str().ok()) else {
            return false;
        };
        if !moment.starts_with(&self.day) || !self.signed_headers.iter().any(|name| name == "host") {
            return false;
        }
        let mut canonical = format!("{method}\n{path}\n\n");
        for name in &self.signed_headers {
            let values: Vec<String> = headers
                .get_all(name.as_str())
                .iter()
                .filter_map(|value| value.to_str().ok())
                .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            canonical.push_str(name);
            canonical.push(':');
            canonical.push_str(&values.join(","));
            canonical.push('\n');
        }
        canonical.push('\n');
        canonical.push_str(&self.signed_headers.join(";"));
        canonical.push('\n');
        canonical.push_str(&hex(&Sha256::digest(body)));

        let scope = format!("{}/{}/{}/aws4_request", self.day, self.region, self.service);
        let to_sign = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
        let mut key = mac(format!("AWS4{secret}").as_bytes(), self.day.as_bytes());
        for step in [self.region.as_str(), self.service.as_str(), "aws4_request"] {
            key = mac(&key, step.as_bytes());
        }
        hex(&mac(&key, to_sign.as_bytes())) == self.signature
    }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC accepts keys of any length, so this can't fail.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_length| Vec::new(),
        |mut mac| {
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorization_header_is_parsed() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host, Signature=5d67"
                .parse()
                .expect("a header"),
        );
        let read = Authorization::of(&headers).expect("of the form");
        assert_eq!((read.access_key_id.as_str(), read.day.as_str()), ("AKIDEXAMPLE", "20150830"));
        assert_eq!((read.region.as_str(), read.service.as_str()), ("us-east-1", "iam"));
        assert_eq!(read.signed_headers, ["content-type", "host"]);
        assert_eq!(read.signature, "5d67");
        headers.insert("authorization", "AWS4-HMAC-SHA256 Credential=short".parse().expect("a header"));
        assert_eq!(Authorization::of(&headers), None);
    }
}
