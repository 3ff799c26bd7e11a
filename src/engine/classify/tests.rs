//! Tests the messages of AWS, one per row.

use super::*;
use crate::engine::vault::NoSession;
use crate::model::problem::DeniedBy;
use Operation::{
    AssumeRole, CompleteMultipartUpload as Complete, CreateMultipartUpload as Create, GetCallerIdentity, HeadBucket,
    PutObject as Put, UploadPart as Part,
};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ErrorMetadata as Unmodeled;

#[derive(Debug)]
struct Told(Unmodeled);

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("told")
    }
}

impl Error for Told {}

impl ProvideErrorMetadata for Told {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

fn response(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> HttpResponse {
    let mut response =
        HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body.to_owned().into_bytes()));
    for (name, value) in headers {
        response.headers_mut().insert(*name, *value);
    }
    response
}

fn told(status: u16, code: &str, message: &str) -> SdkError<Told, HttpResponse> {
    let meta = ErrorMetadata::builder().code(code).message(message).build();
    SdkError::service_error(Told(meta), response(status, &[("x-amz-request-id", "R")], ""))
}

fn kind(operation: Operation, error: &SdkError<Told, HttpResponse>) -> Kind {
    problem(operation, error, true, &Clock::start()).kind
}

const NOT_AUTHORIZED: &str =
    "User: arn:aws:iam::1:user/b is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/r";

#[test]
fn sts_errors_are_classified() {
    let denied = |tail: &str| format!("{NOT_AUTHORIZED}{tail}");
    let rows = [
        (403, "AccessDenied", denied(""), Kind::AssumeDenied(DeniedBy::Unknown)),
        (
            403,
            "AccessDenied",
            denied(" because no identity-based policy allows the sts:AssumeRole action"),
            Kind::AssumeDenied(DeniedBy::YourPolicy),
        ),
        (
            403,
            "AccessDenied",
            denied(" because no role trust policy allows the sts:AssumeRole action"),
            Kind::AssumeDenied(DeniedBy::TrustPolicy),
        ),
        (
            403,
            "AccessDenied",
            denied(" with an explicit deny in the role trust policy: arn:aws:iam::2:role/r"),
            Kind::AssumeDenied(DeniedBy::TrustPolicy),
        ),
        (
            403,
            "AccessDenied",
            denied(" with an explicit deny in a service control policy"),
            Kind::AssumeDenied(DeniedBy::OrganizationPolicy),
        ),
        (
            403,
            "AccessDenied",
            denied(" because no permissions boundary allows the sts:AssumeRole action"),
            Kind::AssumeDenied(DeniedBy::Boundary),
        ),
        (
            403,
            "AccessDenied",
            denied(" because no VPC endpoint policy allows the sts:AssumeRole action"),
            Kind::AssumeDenied(DeniedBy::EndpointPolicy),
        ),
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ".into(),
            Kind::CodeWrong,
        ),
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number"
                .into(),
            Kind::SerialWrong,
        ),
        (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.".into(),
            Kind::CodeNeeded,
        ),
        (403, "AccessDenied", "Roles may not be assumed by root accounts.".into(), Kind::RootKey),
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".into(),
            Kind::TooLong,
        ),
        (
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.".into(),
            Kind::TooLongChained,
        ),
        (400, "ValidationError", "arn:x is invalid".into(), Kind::RequestRefused),
        (400, "MalformedInput", String::new(), Kind::RequestRefused),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.".into(),
            Kind::KeyNotAccepted,
        ),
        (
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.".into(),
            Kind::SecretWrong,
        ),
        (403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region. ".into(), Kind::OtherPartition),
        (400, "ExpiredTokenException", String::new(), Kind::SourceEnded),
        (403, "ExpiredToken", String::new(), Kind::SourceEnded),
        (403, "RegionDisabledException", String::new(), Kind::RegionOff),
        (400, "MalformedPolicyDocument", String::new(), Kind::PolicyRefused),
        (400, "PackedPolicyTooLarge", String::new(), Kind::PolicyTooLarge),
        (400, "Throttling", "Rate exceeded".into(), Kind::SlowDown),
        (403, "OptInRequired", String::new(), Kind::AccountProblem),
        (500, "InternalFailure", String::new(), Kind::Busy),
        (503, "Whatever", String::new(), Kind::Busy),
        (400, "Whatever", String::new(), Kind::Refused),
        (404, "NoSuchEntity", "The role with name x cannot be found.".into(), Kind::Refused),
        (501, "NotImplemented", String::new(), Kind::NotImplemented),
    ];
    for (status, code, message, expected) in rows {
        assert_eq!(kind(AssumeRole, &told(status, code, &message)), expected, "{code}: {message}");
    }
}

#[test]
fn s3_errors_are_classified() {
    let rows = [
        (Part, 400, "ExpiredToken", "The provided token has expired.", Kind::SessionEnded),
        (Part, 403, "AccessDenied", "Request has expired", Kind::SessionEnded),
        (Part, 400, "TokenRefreshRequired", "", Kind::SessionEnded),
        (Part, 400, "InvalidToken", "The provided token is malformed", Kind::SessionRefused),
        (Part, 403, "InvalidAccessKeyId", "does not exist in our records", Kind::SessionRefused),
        (Put, 403, "AccessDenied", "Access Denied", Kind::AccessDenied(DeniedBy::Unknown)),
        (
            Put,
            403,
            "AccessDenied",
            "because no identity-based policy allows the s3:PutObject action",
            Kind::AccessDenied(DeniedBy::RolePolicy),
        ),
        (
            Put,
            403,
            "AccessDenied",
            "because no session policy allows the s3:PutObject action",
            Kind::AccessDenied(DeniedBy::SessionPolicy),
        ),
        (
            Put,
            403,
            "AccessDenied",
            "with an explicit deny in a resource-based policy",
            Kind::AccessDenied(DeniedBy::ResourcePolicy),
        ),
        (
            Put,
            403,
            "AccessDenied",
            "with an explicit deny in a resource control policy",
            Kind::AccessDenied(DeniedBy::ResourceControl),
        ),
        (
            Put,
            403,
            "AccessDenied",
            "because no permissions boundary allows the s3:PutObject action",
            Kind::AccessDenied(DeniedBy::Boundary),
        ),
        (
            Put,
            403,
            "AccessDenied",
            "is not authorized to perform: kms:GenerateDataKey on resource: arn because no identity-based policy allows",
            Kind::KmsGenerate,
        ),
        (Part, 403, "AccessDenied", "is not authorized to perform: kms:Decrypt on resource: arn", Kind::KmsDecrypt),
        (Put, 400, "KMS.DisabledException", "", Kind::KmsKey),
        (Put, 400, "KMS.NotFoundException", "", Kind::KmsKey),
        (Put, 500, "InternalError", "", Kind::AnswerLost),
        (Part, 500, "InternalError", "", Kind::Busy),
        (Complete, 200, "InternalError", "", Kind::AnswerLost),
        (Put, 503, "ServiceUnavailable", "", Kind::Busy),
        (Put, 503, "SlowDown", "Please reduce your request rate.", Kind::SlowDown),
        (Part, 400, "RequestTimeout", "", Kind::ConnectionLost),
        (Part, 400, "IncompleteBody", "", Kind::ConnectionLost),
        (Part, 400, "BadDigest", "", Kind::Damaged),
        (Part, 400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not", Kind::Damaged),
        (Part, 400, "InvalidRequest", "UNSIGNED-PAYLOAD is not allowed", Kind::UnsignedRefused),
        (Put, 409, "ConditionalRequestConflict", "", Kind::Conflict),
        (Complete, 409, "ConditionalRequestConflict", "", Kind::UploadGone),
        (Put, 409, "OperationAborted", "", Kind::Conflict),
        (Put, 412, "PreconditionFailed", "", Kind::AlreadyThere),
        (Complete, 412, "PreconditionFailed", "", Kind::AlreadyThere),
        (Part, 404, "NoSuchUpload", "", Kind::UploadGone),
        (Complete, 400, "InvalidPart", "", Kind::PartsRefused),
        (Complete, 400, "InvalidPartOrder", "", Kind::PartsRefused),
        (Complete, 400, "EntityTooSmall", "", Kind::PartsRefused),
        (Put, 400, "EntityTooLarge", "", Kind::TooLarge),
        (Put, 301, "PermanentRedirect", "", Kind::OtherRegion),
        (Put, 307, "TemporaryRedirect", "", Kind::OtherRegion),
        (
            Put,
            400,
            "AuthorizationHeaderMalformed",
            "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
            Kind::OtherRegion,
        ),
        (Put, 400, "IllegalLocationConstraintException", "", Kind::OtherRegion),
        (Create, 404, "NoSuchBucket", "", Kind::NoSuchBucket),
        (HeadBucket, 404, "NotFound", "", Kind::NoSuchBucket),
        (Create, 400, "KeyTooLongError", "", Kind::NameTooLong),
        (Create, 400, "AccessControlListNotSupported", "", Kind::OptionRefused),
        (Create, 403, "AllAccessDisabled", "", Kind::AccountProblem),
        (Create, 400, "InvalidArgument", "", Kind::Refused),
        (Put, 400, "RequestHeaderSectionTooLarge", "", Kind::Refused),
        (Put, 411, "MissingContentLength", "", Kind::Refused),
        (
            Part,
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            Kind::NotImplemented,
        ),
        (Part, 501, "Whatever", "", Kind::NotImplemented),
        (Put, 400, "RequestTimeout", "", Kind::ConnectionLost),
        (Put, 409, "Whatever", "", Kind::Refused),
        (Put, 429, "Whatever", "", Kind::SlowDown),
    ];
    for (operation, status, code, message, expected) in rows {
        assert_eq!(kind(operation, &told(status, code, message)), expected, "{code}: {message}");
    }
}

#[test]
fn the_key_does_not_affect_who_denied_access() {
    let denied = |action: &str, key: &str, tail: &str| {
        let text = format!(
            "User: arn:aws:sts::2:assumed-role/expired/b is not authorized to perform: {action} on resource: \
             \"arn:aws:s3:::inbox/{key}\"{tail}"
        );
        kind(Put, &told(403, "AccessDenied", &text))
    };
    let no_policy = " because no identity-based policy allows the s3:PutObject action";
    for key in [
        "expired.pdf",
        "kms:Decrypt",
        "a because no session policy allows",
        "x\" with an explicit deny in a resource-based policy",
    ] {
        assert_eq!(denied("s3:PutObject", key, no_policy), Kind::AccessDenied(DeniedBy::RolePolicy), "{key}");
        let quoted = key.replace('"', "");
        assert_eq!(denied("s3:PutObject", &quoted, ""), Kind::AccessDenied(DeniedBy::Unknown), "{key}");
    }
    assert_eq!(denied("kms:Decrypt", "expired", no_policy), Kind::KmsDecrypt);
}

#[test]
fn a_wrong_clock_is_measured() {
    let clock = Clock::start();
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    for (operation, code, message) in [
        (Part, "RequestTimeTooSkewed", ""),
        (AssumeRole, "SignatureDoesNotMatch", "Signature expired: 20261122T is now earlier than"),
        (GetCallerIdentity, "SignatureDoesNotMatch", "Signature not yet current: 20261122T"),
    ] {
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        let error = SdkError::service_error(Told(meta), response(403, &[("date", date)], ""));
        let Kind::ClockWrong(ahead) = problem(operation, &error, true, &clock).kind else { panic!("{code}") };
        assert!((ahead - clock.ahead_of(Utc(1_445_412_480))).abs() < 5, "{ahead}");
    }
}

#[test]
fn the_text_of_an_unreadable_body_is_kept() {
    let body = "<Error><Code>AccessDenied</Code><Message>no &quot;session policy&quot; \u{7}allows</Message></Error>";
    let unread = || SdkError::service_error(Told(ErrorMetadata::builder().build()), response(403, &[], body));
    let problem = problem(Put, &unread(), true, &Clock::start());
    let detail = problem.detail.expect("details");
    assert_eq!((&*detail.code, &*detail.message), ("AccessDenied", "no \"session policy\" allows"));
    let text = format!("{NOT_AUTHORIZED} because no role trust policy allows the sts:AssumeRole action");
    let meta = ErrorMetadata::builder().message(text).build();
    let error = SdkError::service_error(Told(meta), response(403, &[("content-type", "text/html")], ""));
    assert_eq!(kind(AssumeRole, &error), Kind::AssumeDenied(DeniedBy::TrustPolicy));
}

#[test]
fn answers_without_a_code_are_classified() {
    const PAGE: &[(&str, &str)] = &[("content-type", "text/html; charset=utf-8")];
    const AMAZON: &[(&str, &str)] = &[("x-amz-request-id", "R")];
    const STS: &[(&str, &str)] = &[("x-amzn-RequestId", "R")];
    for (operation, status, headers, expected) in [
        (Put, 200, PAGE, Kind::LoginPage),
        (Put, 302, PAGE, Kind::LoginPage),
        (Put, 511, PAGE, Kind::LoginPage),
        (Put, 403, PAGE, Kind::ProxyRefused),
        (AssumeRole, 403, PAGE, Kind::ProxyRefused),
        (Put, 407, PAGE, Kind::ProxyRefused),
        (Put, 502, PAGE, Kind::AnswerLost),
        (Part, 502, PAGE, Kind::Busy),
        (Put, 503, PAGE, Kind::Busy),
        (Put, 403, AMAZON, Kind::AccessDenied(DeniedBy::Unknown)),
        (HeadBucket, 403, &[], Kind::AccessDenied(DeniedBy::Unknown)),
        (HeadBucket, 404, &[], Kind::NoSuchBucket),
        (HeadBucket, 301, AMAZON, Kind::OtherRegion),
        (Put, 412, AMAZON, Kind::AlreadyThere),
        (Put, 503, AMAZON, Kind::Busy),
        (Put, 500, AMAZON, Kind::AnswerLost),
        (Complete, 200, AMAZON, Kind::AnswerLost),
        (AssumeRole, 403, STS, Kind::Refused),
        (AssumeRole, 404, PAGE, Kind::GatewayRefused(404)),
        (Put, 400, PAGE, Kind::GatewayRefused(400)),
        (Put, 404, PAGE, Kind::GatewayRefused(404)),
        (Part, 405, PAGE, Kind::GatewayRefused(405)),
        (Put, 414, PAGE, Kind::GatewayRefused(414)),
        (Put, 431, PAGE, Kind::GatewayRefused(431)),
        (Part, 413, PAGE, Kind::BodyLimit(0)),
        (Part, 413, &[], Kind::BodyLimit(0)),
        (Part, 413, AMAZON, Kind::BodyLimit(0)),
        (Part, 408, PAGE, Kind::ConnectionLost),
        (Part, 429, PAGE, Kind::SlowDown),
        (Put, 501, PAGE, Kind::NotImplemented),
        (Put, 400, AMAZON, Kind::Refused),
        (AssumeRole, 500, STS, Kind::Busy),
    ] {
        let meta = ErrorMetadata::builder().build();
        let error = SdkError::service_error(Told(meta), response(status, headers, ""));
        assert_eq!(kind(operation, &error), expected, "{operation:?} {status} {headers:?}");
    }
}

#[test]
fn network_errors_are_classified() {
    let lost =
        |why: std::io::ErrorKind| SdkError::dispatch_failure(ConnectorError::io(std::io::Error::from(why).into()));
    for (why, finished, put, part) in [
        (std::io::ErrorKind::ConnectionReset, true, Kind::AnswerLost, Kind::ConnectionLost),
        (std::io::ErrorKind::BrokenPipe, false, Kind::ConnectionLost, Kind::ConnectionLost),
    ] {
        let clock = Clock::start();
        assert_eq!(problem::<Told>(Put, &lost(why), finished, &clock).kind, put, "{why}");
        assert_eq!(problem::<Told>(Part, &lost(why), finished, &clock).kind, part, "{why}");
    }
    let timeout = SdkError::<Told, _>::dispatch_failure(ConnectorError::timeout("connect timeout".into()));
    assert_eq!(kind(Part, &timeout), Kind::NoAnswer);
    let unsigned = ConnectorError::other(CredentialsError::not_loaded(NoSession).into(), None);
    assert_eq!(kind(Part, &SdkError::dispatch_failure(unsigned)), Kind::SessionEnded);
    // The text must not affect the result.
    let text = "invalid peer certificate; tunnel error: unsuccessful; (Connect) dns error; there is no session";
    let lost = SdkError::dispatch_failure(ConnectorError::io(text.into()));
    assert_eq!(kind(Part, &lost), Kind::ConnectionLost);
}
