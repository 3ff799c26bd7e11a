//! Maps the error codes of STS and S3, and answers that neither of them wrote, to kinds of problems.

use super::classify::{Operation, ResponseHead};
use super::clock::Clock;
use crate::model::problem::{DeniedBy, Kind};

/// Returns the kind of problem for an answer with this status, code and message.
pub(super) fn answered(operation: Operation, heard: &ResponseHead, code: &str, message: &str, clock: &Clock) -> Kind {
    let skew = || Kind::ClockWrong(heard.date.map_or_else(|| clock.ahead(), |date| clock.ahead_of(date)));
    if message.contains("Signature expired") || message.contains("Signature not yet current") {
        return skew();
    }
    match code {
        "" => return codeless(operation, heard, message),
        "RequestTimeTooSkewed" | "RequestExpired" => return skew(),
        "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "TooManyRequests"
        | "TooManyRequestsException"
        | "BandwidthLimitExceeded" => {
            return Kind::SlowDown;
        }
        "ServiceUnavailable" | "ServiceUnavailableException" => return Kind::Busy,
        "NotImplemented" if !message.contains("UNSIGNED-PAYLOAD") && !message.contains("x-amz-content-sha256") => {
            return Kind::NotImplemented;
        }
        "InternalError" | "InternalFailure" | "InternalServerError" => {
            // "Your request may or may not have been processed" (S3 API reference, error responses).
            return if operation.stores() { Kind::AnswerLost } else { Kind::Busy };
        }
        "AllAccessDisabled" | "AccountProblem" | "NotSignedUp" | "OptInRequired" => return Kind::AccountProblem,
        _ => {}
    }
    if operation.is_sts() { sts(heard, code, message) } else { s3(operation, heard, code, message) }
}

fn codeless(operation: Operation, heard: &ResponseHead, message: &str) -> Kind {
    if operation == Operation::AssumeRole && message.contains("is not authorized to perform: sts:") {
        return Kind::AssumeDenied(assume_denied_by(message));
    }
    if heard.request_id.is_empty() || heard.html {
        return unknown_answer(operation, heard);
    }
    match heard.status {
        301 | 307 | 308 => Kind::OtherRegion,
        403 if !operation.is_sts() => Kind::AccessDenied(DeniedBy::Unknown),
        404 if operation == Operation::HeadBucket => Kind::NoSuchBucket,
        412 => Kind::AlreadyThere,
        429 => Kind::SlowDown,
        200..=299 | 500 | 502 | 504 if operation.stores() => Kind::AnswerLost,
        _ => unknown_code(heard),
    }
}

/// Returns the kind for an answer that AWS did not write: a login page, a filter or a gateway.
pub(super) fn unknown_answer(operation: Operation, heard: &ResponseHead) -> Kind {
    match heard.status {
        511 => Kind::LoginPage,
        // An answer to HEAD has no body, and other servers that implement S3's API may omit the request ID.
        403 if operation == Operation::HeadBucket && !heard.html => Kind::AccessDenied(DeniedBy::Unknown),
        404 if operation == Operation::HeadBucket && !heard.html => Kind::NoSuchBucket,
        403 | 407 | 451 => Kind::ProxyRefused,
        408 | 425 => Kind::ConnectionLost,
        413 => Kind::BodyLimit(0),
        429 => Kind::SlowDown,
        500 | 502 | 504 if operation.stores() => Kind::AnswerLost,
        501 => Kind::NotImplemented,
        500..=599 => Kind::Busy,
        status @ 400..=499 => Kind::GatewayRefused(status),
        _ => Kind::LoginPage,
    }
}

fn sts(heard: &ResponseHead, code: &str, message: &str) -> Kind {
    let says = |part: &str| message.contains(part);
    match code {
        "AccessDenied" | "AccessDeniedException" => {
            if says("invalid MFA one time pass code") {
                Kind::CodeWrong
            } else if says("unable to validate MFA code") {
                Kind::SerialWrong
            } else if says("must provide both MFA serial number") {
                Kind::CodeNeeded
            } else if says("may not be assumed by root") {
                Kind::RootKey
            } else {
                Kind::AssumeDenied(assume_denied_by(message))
            }
        }
        "ValidationError" if says("role chaining") => Kind::TooLongChained,
        "ValidationError" if says("MaxSessionDuration") => Kind::TooLong,
        "ValidationError" | "MalformedInput" | "InvalidParameterValue" | "MissingParameter" => Kind::RequestRefused,
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" | "InvalidToken" => {
            Kind::KeyNotAccepted
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" if says("Credential should be scoped") => {
            Kind::OtherPartition
        }
        // A signed header was changed or dropped in transit.
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" | "IncompleteSignature" => {
            Kind::SignatureRefused
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" => Kind::SecretWrong,
        "ExpiredToken" | "ExpiredTokenException" => Kind::SourceEnded,
        "InvalidIdentityToken" | "InvalidIdentityTokenException" | "IDPRejectedClaim" => Kind::KeyNotFound,
        // "Retry the request" (STS API Reference, AssumeRoleWithWebIdentity).
        "IDPCommunicationError" => Kind::Busy,
        "RegionDisabledException" => Kind::RegionOff,
        "PackedPolicyTooLarge" => Kind::PolicyTooLarge,
        "MalformedPolicyDocument" => Kind::PolicyRefused,
        _ => unknown_code(heard),
    }
}

fn s3(operation: Operation, heard: &ResponseHead, code: &str, message: &str) -> Kind {
    let says = |part: &str| message.contains(part);
    let (before, after) = around_the_resource(message);
    if code.starts_with("KMS.") || code.starts_with("Kms") {
        return Kind::KmsKey;
    }
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Kind::SessionEnded,
        "AccessDenied" | "InvalidAccessKeyId" | "InvalidToken" if after.contains("expired") => Kind::SessionEnded,
        "InvalidToken" | "InvalidAccessKeyId" | "InvalidClientTokenId" => Kind::SessionRefused,
        "AccessDenied" | "AccessDeniedException" | "Forbidden" => {
            if before.contains("kms:GenerateDataKey") {
                Kind::KmsGenerate
            } else if before.contains("kms:Decrypt") {
                Kind::KmsDecrypt
            } else if before.contains("kms:") {
                Kind::KmsKey
            } else {
                Kind::AccessDenied(denied_by(operation, message))
            }
        }
        "RequestTimeout" | "IncompleteBody" => Kind::ConnectionLost,
        "XAmzContentSHA256Mismatch" | "InvalidArgument" | "InvalidRequest" | "NotImplemented"
            if says("UNSIGNED-PAYLOAD") || (says("x-amz-content-sha256") && code != "XAmzContentSHA256Mismatch") =>
        {
            Kind::UnsignedRefused
        }
        "BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch" | "XAmzContentChecksumMismatch" => Kind::Damaged,
        // S3 User Guide, "Conditional writes": after this answer a multipart upload must be started over.
        "ConditionalRequestConflict" if operation == Operation::CompleteMultipartUpload => Kind::UploadGone,
        "ConditionalRequestConflict" | "OperationAborted" => Kind::Conflict,
        "PreconditionFailed" => Kind::AlreadyThere,
        "NoSuchUpload" => Kind::UploadGone,
        "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" => Kind::PartsRefused,
        "EntityTooLarge" => Kind::TooLarge,
        "AuthorizationHeaderMalformed" if says("region") => Kind::OtherRegion,
        "PermanentRedirect" | "TemporaryRedirect" | "Redirect" | "IllegalLocationConstraintException" => {
            Kind::OtherRegion
        }
        "NoSuchBucket" | "InvalidBucketName" => Kind::NoSuchBucket,
        "NotFound" if operation == Operation::HeadBucket => Kind::NoSuchBucket,
        "KeyTooLongError" => Kind::NameTooLong,
        // The secret came from STS, so if the signature doesn't match, the request was changed in transit.
        "SignatureDoesNotMatch" | "MissingSecurityHeader" | "AuthorizationHeaderMalformed" => Kind::SignatureRefused,
        "InvalidArgument" | "InvalidRequest" if says("ncryption") || says("KMS") || says("ACL") => Kind::OptionRefused,
        "MethodNotAllowed"
        | "InvalidObjectState"
        | "ServerSideEncryptionConfigurationNotFoundError"
        | "AccessControlListNotSupported"
        | "InvalidStorageClass"
        | "InvalidTag"
        | "InvalidEncryptionAlgorithmError"
        | "MetadataTooLarge"
        | "ObjectLockConfigurationNotFoundError" => Kind::OptionRefused,
        _ if matches!(heard.status, 500 | 502 | 504) && operation.stores() => Kind::AnswerLost,
        _ => unknown_code(heard),
    }
}

/// Returns the kind for an unknown code of the service, by status alone. A request that is refused as invalid would be
/// refused again (RFC 9110, 15.5).
const fn unknown_code(heard: &ResponseHead) -> Kind {
    match heard.status {
        408 | 425 => Kind::ConnectionLost,
        413 => Kind::BodyLimit(0),
        429 => Kind::SlowDown,
        400..=499 => Kind::Refused,
        501 => Kind::NotImplemented,
        500..=599 => Kind::Busy,
        _ => Kind::Unexpected,
    }
}

/// Splits the message around the resource in `… on resource: "ARN" because …`; if it names none, both halves are the
/// whole message. The ARN ends in the key, the contractor's own text, which may contain anything.
fn around_the_resource(message: &str) -> (&str, &str) {
    let Some((before, from)) = message.split_once("on resource: ") else { return (message, message) };
    let after = match from.strip_prefix('"') {
        Some(quoted) => quoted.rsplit_once('"').map_or("", |(_, after)| after),
        // Roles and KMS keys are not quoted; their ARNs contain no spaces.
        None => from.split_once(' ').map_or("", |(_, after)| after),
    };
    (before, after)
}

/// Returns which policy denies AssumeRole. Tags and a source identity of the caller's own session require further
/// actions in the same call, and a trust policy may allow all but those (IAM User Guide, "Pass session tags in AWS
/// STS").
fn assume_denied_by(message: &str) -> DeniedBy {
    let (before, _) = around_the_resource(message);
    let by = denied_by(Operation::AssumeRole, message);
    if !matches!(by, DeniedBy::Unknown | DeniedBy::TrustPolicy) {
        by
    } else if before.contains("perform: sts:TagSession") {
        DeniedBy::TagSession
    } else if before.contains("perform: sts:SetSourceIdentity") {
        DeniedBy::SourceIdentity
    } else {
        by
    }
}

/// Returns which policy a denial names (IAM, "Troubleshoot access denied error messages"). Newer messages have more
/// text after these words.
fn denied_by(operation: Operation, message: &str) -> DeniedBy {
    let (_, after) = around_the_resource(message);
    let says = |part: &str| after.contains(part);
    let sts = operation.is_sts();
    if says("role trust policy") {
        DeniedBy::TrustPolicy
    } else if says("resource control policy") {
        DeniedBy::ResourceControl
    } else if says("service control policy") {
        DeniedBy::OrganizationPolicy
    } else if says("VPC endpoint policy") {
        DeniedBy::EndpointPolicy
    } else if says("session policy") {
        // If STS says so, it is the session policy of the caller's own session; afterwards, the one sent with
        // AssumeRole.
        DeniedBy::SessionPolicy
    } else if says("permissions boundary") {
        // If STS says so, it is the boundary of the contractor's user; afterwards, that of the customer's role.
        DeniedBy::Boundary
    } else if says("resource-based policy") {
        if sts { DeniedBy::TrustPolicy } else { DeniedBy::ResourcePolicy }
    } else if says("identity-based policy") {
        if sts { DeniedBy::YourPolicy } else { DeniedBy::RolePolicy }
    } else {
        DeniedBy::Unknown
    }
}
