//! A script of injected faults: which requests fail, how often and how. It is deterministic.

use super::log::{ApiOperation, LoggedRequest};
use std::time::Duration;

/// A fault and the requests that it applies to.
#[derive(Clone, Debug)]
pub struct FaultRule {
    /// Only this operation; `None` applies to all.
    pub op: Option<ApiOperation>,
    /// Only keys that contain this text.
    pub key: Option<String>,
    /// Only this part number.
    pub part: Option<i32>,
    /// How many matching requests succeed first.
    pub skip: u32,
    /// How many matching requests fail after that.
    pub times: u32,
    pub what: Fault,
}

impl FaultRule {
    /// Returns a rule for the first `op`, once.
    #[must_use]
    pub fn once(op: ApiOperation, what: Fault) -> Self {
        Self { op: Some(op), key: None, part: None, skip: 0, times: 1, what }
    }

    /// Limits the rule to keys that contain `text`.
    #[must_use]
    pub fn key(mut self, text: &str) -> Self {
        self.key = Some(text.to_owned());
        self
    }

    /// Limits the rule to one part number.
    #[must_use]
    pub fn part(mut self, number: i32) -> Self {
        self.part = Some(number);
        self
    }

    /// Applies the rule after `count` matching requests.
    #[must_use]
    pub fn skip(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Applies the rule `count` times.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.times = count;
        self
    }

    fn matches(&self, request: &LoggedRequest) -> bool {
        self.op.is_none_or(|op| op == request.op)
            && self.part.is_none_or(|part| request.part == Some(part))
            && self.key.as_ref().is_none_or(|text| request.key.as_ref().is_some_and(|key| key.contains(text)))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Returns an AWS error and does nothing.
    Status {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The error message.
        message: String,
    },
    /// Returns 200 with an `<Error>` in the body, as CompleteMultipartUpload may.
    ErrorInside200 {
        /// The error code.
        code: String,
        /// The error message.
        message: String,
        /// Whether the operation is performed anyway.
        work: bool,
    },
    /// Closes the connection without a response and does nothing.
    DropBefore,
    /// Closes the connection after this many bytes of the body.
    DropInBody(u64),
    /// Performs the operation, then closes the connection without a response.
    DropAfter,
    /// Reads the body and never responds.
    NeverAnswer {
        /// Whether the operation is performed.
        work: bool,
    },
    /// Handles the request after this delay.
    Delay(Duration),
    /// Performs the operation and holds its response until [`Practice::release`](super::Practice::release).
    Hold,
    /// Reads this many bytes of the body, and the rest after [`Practice::release`](super::Practice::release).
    HoldBody(u64),
    /// CompleteMultipartUpload returns 200 at once, sends whitespace for this long, and then its result, which may be
    /// an `<Error>` (S3 API Reference, CompleteMultipartUpload).
    KeepAlive(Duration),
    /// Reads the body at this many bytes per second.
    SlowBody(u64),
    /// Returns a page of a captive portal (200) or of a proxy (403, 407, 502).
    Html(u16),
    /// Omits the ETag from the response.
    NoETag,
    /// Returns another checksum than that of the stored object.
    WrongChecksum,
    /// Flips a bit of the body before the signature's hash is checked.
    FlipBit,
    /// Flips a bit of the body after the signature's hash and before the checksum is checked.
    FlipBitInside,
    /// Shifts the response's Date by this many seconds.
    SkewDate(i64),
}

impl Fault {
    /// Returns an AWS error fault with status, code and message.
    #[must_use]
    pub fn status(status: u16, code: &str, message: &str) -> Self {
        Self::Status { status, code: code.to_owned(), message: message.to_owned() }
    }
}

/// The rules, with how often each has applied.
#[derive(Debug, Default)]
pub(super) struct Script {
    rules: Vec<FaultRule>,
}

impl Script {
    pub(super) fn add(&mut self, rule: FaultRule) {
        self.rules.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Returns the faults that apply to `request`, in the order of the script.
    pub(super) fn befall(&mut self, request: &LoggedRequest) -> Vec<Fault> {
        let mut found = Vec::new();
        for rule in self.rules.iter_mut().filter(|rule| rule.matches(request)) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if rule.times > 0 {
                rule.times -= 1;
                found.push(rule.what.clone());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, Method};

    #[test]
    fn a_rule_skips_then_applies_then_stops() {
        let request =
            |uri: &str| LoggedRequest::of(1, 0, &Method::PUT, &uri.parse().expect("a URI"), &HeaderMap::new());
        let mut script = Script::default();
        script.add(FaultRule::once(ApiOperation::UploadPart, Fault::DropAfter).part(2).skip(1).times(2).key("k"));
        let hit = "/b/k?partNumber=2&uploadId=u";
        assert!(script.befall(&request("/b/k?partNumber=1&uploadId=u")).is_empty());
        assert!(script.befall(&request("/b/x?partNumber=2&uploadId=u")).is_empty());
        let struck: Vec<bool> = (0..5).map(|_| !script.befall(&request(hit)).is_empty()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
    }
}
