//! A script of faults: which request goes wrong, how often and in what way. It is played in order, without chance.

use super::log::{Op, Request};
use std::time::Duration;

/// One fault and the requests it befalls.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Only this operation; None befalls every one.
    pub op: Option<Op>,
    /// Only keys that contain this text.
    pub key: Option<String>,
    /// Only this part number.
    pub part: Option<i32>,
    /// How many matching requests pass unharmed first.
    pub skip: u32,
    /// How many matching requests go wrong after that.
    pub times: u32,
    /// What goes wrong.
    pub what: Fault,
}

impl Rule {
    /// A rule that befalls the first `op`, once.
    #[must_use]
    pub fn once(op: Op, what: Fault) -> Self {
        Self { op: Some(op), key: None, part: None, skip: 0, times: 1, what }
    }

    /// The same rule for keys that contain `text`.
    #[must_use]
    pub fn key(mut self, text: &str) -> Self {
        self.key = Some(text.to_owned());
        self
    }

    /// The same rule for one part number.
    #[must_use]
    pub fn part(mut self, number: i32) -> Self {
        self.part = Some(number);
        self
    }

    /// The same rule after `count` matching requests.
    #[must_use]
    pub fn skip(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// The same rule, `count` times.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.times = count;
        self
    }

    fn matches(&self, request: &Request) -> bool {
        self.op.is_none_or(|op| op == request.op)
            && self.part.is_none_or(|part| request.part == Some(part))
            && self.key.as_ref().is_none_or(|text| request.key.as_ref().is_some_and(|key| key.contains(text)))
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An AWS error is answered and nothing is done.
    Status {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The error's text.
        message: String,
    },
    /// 200 with an `<Error>` in the body, as CompleteMultipartUpload may answer.
    ErrorInside200 {
        /// The error code.
        code: String,
        /// The error's text.
        message: String,
        /// Whether the work is done all the same.
        work: bool,
    },
    /// The connection ends without an answer and nothing is done.
    DropBefore,
    /// The connection ends after this many bytes of the body.
    DropInBody(u64),
    /// The work is done, then the connection ends without an answer.
    DropAfter,
    /// The body is taken and no answer ever comes.
    NeverAnswer {
        /// Whether the work is done.
        work: bool,
    },
    /// The answer comes later by this; the work is done at the end of it.
    Delay(Duration),
    /// CompleteMultipartUpload answers 200 at once, sends blanks for this long, and then its outcome, which may be an
    /// `<Error>` (S3 API Reference, CompleteMultipartUpload).
    KeepAlive(Duration),
    /// The body is read at this many bytes a second.
    SlowBody(u64),
    /// A page of a captive portal (200) or of a proxy (403, 407, 502) instead of an answer.
    Html(u16),
    /// The answer lacks its ETag.
    NoETag,
    /// The answer tells another checksum than that of what was stored.
    WrongChecksum,
    /// A bit of the body is turned on the way, before the signature's hash is checked.
    FlipBit,
    /// A bit of the body is turned after the signature's hash and before the checksum is checked.
    FlipBitInside,
    /// The answer's Date is off by this many seconds.
    SkewDate(i64),
}

impl Fault {
    /// An AWS error by status, code and text.
    #[must_use]
    pub fn status(status: u16, code: &str, message: &str) -> Self {
        Self::Status { status, code: code.to_owned(), message: message.to_owned() }
    }
}

/// The rules and how far each has run.
#[derive(Debug, Default)]
pub(super) struct Script {
    rules: Vec<Rule>,
}

impl Script {
    pub(super) fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The faults that befall `request`, in the order of the script.
    pub(super) fn befall(&mut self, request: &Request) -> Vec<Fault> {
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
    fn a_rule_skips_then_strikes_then_rests() {
        let request = |uri: &str| Request::of(1, 0, &Method::PUT, &uri.parse().expect("a URI"), &HeaderMap::new());
        let mut script = Script::default();
        script.add(Rule::once(Op::UploadPart, Fault::DropAfter).part(2).skip(1).times(2).key("k"));
        let hit = "/b/k?partNumber=2&uploadId=u";
        assert!(script.befall(&request("/b/k?partNumber=1&uploadId=u")).is_empty());
        assert!(script.befall(&request("/b/x?partNumber=2&uploadId=u")).is_empty());
        let struck: Vec<bool> = (0..5).map(|_| !script.befall(&request(hit)).is_empty()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
    }
}
