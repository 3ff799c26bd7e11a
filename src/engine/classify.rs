//! Converts errors of servers, proxies and the network to a `Problem`, while their type is still known.

mod body;
pub(super) mod network;

use super::clock::Clock;
use super::error_codes::{answered, unknown_answer};
use super::untrusted_text::clean;
use crate::model::problem::{Detail, Kind, Problem};
use crate::time::Utc;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::date_time::{DateTime, Format};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;
use std::fmt::Write as _;

/// The most bytes of an answer's body that are searched for a code.
const BODY: usize = 64 << 10;

/// A call that Daypass makes; there are no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    AssumeRole,
    AssumeRoleWithWebIdentity,
    GetCallerIdentity,
    /// S3, only for the region.
    HeadBucket,
    PutObject,
    CreateMultipartUpload,
    UploadPart,
    CompleteMultipartUpload,
    /// S3, best effort.
    AbortMultipartUpload,
}

impl Operation {
    /// Returns the operation's name in the API reference.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::HeadBucket => "HeadBucket",
            Self::PutObject => "PutObject",
            Self::CreateMultipartUpload => "CreateMultipartUpload",
            Self::UploadPart => "UploadPart",
            Self::CompleteMultipartUpload => "CompleteMultipartUpload",
            Self::AbortMultipartUpload => "AbortMultipartUpload",
        }
    }

    /// Whether an object may be stored although no answer arrived.
    #[must_use]
    pub const fn stores(self) -> bool {
        match self {
            Self::PutObject | Self::CompleteMultipartUpload => true,
            Self::AssumeRole
            | Self::AssumeRoleWithWebIdentity
            | Self::GetCallerIdentity
            | Self::HeadBucket
            | Self::CreateMultipartUpload
            | Self::UploadPart
            | Self::AbortMultipartUpload => false,
        }
    }

    /// Whether it is a call to STS.
    #[must_use]
    pub const fn is_sts(self) -> bool {
        matches!(self, Self::AssumeRole | Self::AssumeRoleWithWebIdentity | Self::GetCallerIdentity)
    }
}

/// The status and headers of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHead {
    /// The HTTP status, 0 if there was no answer.
    pub status: u16,
    /// The server's time.
    pub date: Option<Utc>,
    /// The request ID, empty if there is none: then the answer is hardly from AWS.
    pub request_id: String,
    /// The bucket's region.
    pub region: Option<String>,
    /// Whether the body is a web page.
    pub html: bool,
}

impl ResponseHead {
    /// Reads the head of a response.
    #[must_use]
    pub fn of(response: &HttpResponse) -> Self {
        let header = |name: &str| response.headers().get(name);
        let id = header("x-amz-request-id").or_else(|| header("x-amzn-requestid")).unwrap_or_default();
        Self {
            status: response.status().as_u16(),
            date: header("date")
                .and_then(|date| DateTime::from_str(date, Format::HttpDate).ok())
                .map(|d| Utc(d.secs())),
            request_id: clean(id).into(),
            region: header("x-amz-bucket-region").map(str::to_owned),
            html: header("content-type").is_some_and(|kind| kind.trim_start().starts_with("text/html")),
        }
    }
}

/// Returns the problem that `error` means. `finished` says whether the network had taken the whole request.
#[must_use]
pub fn problem<E>(operation: Operation, error: &SdkError<E, HttpResponse>, finished: bool, clock: &Clock) -> Problem
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let heard = error.raw_response().map(ResponseHead::of).unwrap_or_default();
    let (code, said) = words(error);
    let (kind, message) = match error {
        SdkError::ServiceError(_) => (answered(operation, &heard, &code, &said, clock), clean(&said)),
        SdkError::ResponseError(_) => {
            // The answer began, and the rest can't be read: it was cut off, or isn't AWS's.
            let kind = if heard.request_id.is_empty() && (heard.html || !operation.stores()) {
                unknown_answer(operation, &heard)
            } else if operation.stores() {
                Kind::AnswerLost
            } else {
                Kind::ConnectionLost
            };
            (kind, clean(&chain(error)))
        }
        SdkError::DispatchFailure(why) => {
            let why = why.as_connector_error();
            let kind = why.map_or(Kind::Unexpected, |why| dispatch(operation, why, finished, clock));
            (kind, clean(&chain(error)))
        }
        SdkError::TimeoutError(_) => {
            let lost = finished && operation.stores();
            (if lost { Kind::AnswerLost } else { Kind::NoAnswer }, clean(&chain(error)))
        }
        // The request could not be built, or a variant that the SDK may add: neither comes from the network.
        SdkError::ConstructionFailure(_) | _ => (Kind::Unexpected, clean(&chain(error))),
    };
    let at = heard.date.unwrap_or_else(|| clock.utc());
    let detail = Detail {
        call: operation.name().into(),
        code: clean(&code),
        status: heard.status,
        request_id: heard.request_id.into(),
        message,
        about: Box::default(),
        at,
    };
    Problem::with(kind, detail)
}

/// Returns the code and message of an answer: as the SDK parsed them, or else as found in a body that it could not
/// parse, because it is not quite XML, or an S3 error in place of an STS error.
fn words<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> (String, String) {
    let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
    let body = error.raw_response().and_then(|response| response.body().bytes()).unwrap_or_default();
    let body = &body[..body.len().min(BODY)];
    let told = |told: Option<&str>, tag: &str| told.map_or_else(|| body::element(body, tag), str::to_owned);
    (told(meta.and_then(|meta| meta.code()), "Code"), told(meta.and_then(|meta| meta.message()), "Message"))
}

/// Returns a problem without an `SdkError`: the answer looked good, but isn't.
#[must_use]
pub fn misanswered(operation: Operation, kind: Kind, heard: &ResponseHead, message: &str, clock: &Clock) -> Problem {
    let detail = Detail {
        call: operation.name().into(),
        code: "".into(),
        status: heard.status,
        request_id: heard.request_id.as_str().into(),
        message: clean(message),
        about: Box::default(),
        at: heard.date.unwrap_or_else(|| clock.utc()),
    };
    Problem::with(kind, detail)
}

/// Returns an error and its sources as one text.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(why) = next {
        let _infallible = write!(text, ": {why}");
        next = why.source();
    }
    text
}

fn dispatch(op: Operation, why: &ConnectorError, finished: bool, clock: &Clock) -> Kind {
    if let Some(kind) = network::cause(why, clock) {
        kind
    } else if why.is_timeout() {
        Kind::NoAnswer
    } else if network::is_unreached(why) {
        Kind::Offline
    } else if why.is_user() {
        Kind::Unexpected
    } else if finished && op.stores() {
        Kind::AnswerLost
    } else {
        Kind::ConnectionLost
    }
}

#[cfg(test)]
mod tests;
