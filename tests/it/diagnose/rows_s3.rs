//! The error codes and messages of S3, from its reference, the responses that are not from AWS, and how each is
//! classified.

use super::rows::{Answer, Met, Row, aws};
use Operation::{
    AssumeRole, CompleteMultipartUpload as Complete, CreateMultipartUpload as Create, HeadBucket, PutObject as Put,
    UploadPart as Part,
};
use Turn::{Administrator, Customer, Nobody, Unknown, You};
use daypass::engine::classify::Operation;
use daypass::model::problem::{DeniedBy, Kind, Turn};

macro_rules! no_put {
    ($action:literal, $tail:literal) => {
        concat!(
            "User: arn:aws:sts::444455556666:assumed-role/importantproject-contractorA-bucket-put/Richard is not \
             authorized to perform: ",
            $action,
            " on resource: \"arn:aws:s3:::importantprojectbucket/incoming/film.mp4\"",
            $tail
        )
    };
}

macro_rules! no_key {
    ($action:literal) => {
        concat!(
            "User: arn:aws:sts::444455556666:assumed-role/importantproject-contractorA-bucket-put/Richard is not \
             authorized to perform: ",
            $action,
            " on resource: arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab because no \
             identity-based policy allows the ",
            $action,
            " action"
        )
    };
}

const fn put(message: &'static str, by: DeniedBy, turn: Turn) -> Row {
    aws(Put, 403, "AccessDenied", message, Kind::AccessDenied(by), turn)
}

const D: &str = "AccessDenied";

/// The responses of S3, and of what lies between.
pub const S3: &[Row] = &[
    aws(Put, 500, "InternalError", "We encountered an internal error. Please try again.", Kind::AnswerLost, You),
    aws(Part, 500, "InternalError", "We encountered an internal error. Please try again.", Kind::Busy, Nobody),
    aws(Complete, 200, "InternalError", "We encountered an internal error. Please try again.", Kind::AnswerLost, You),
    aws(Put, 503, "ServiceUnavailable", "Reduce your request rate.", Kind::Busy, Nobody),
    aws(Put, 503, "SlowDown", "Please reduce your request rate.", Kind::SlowDown, Nobody),
    aws(Part, 503, "RequestLimitExceeded", "", Kind::SlowDown, Nobody),
    aws(Part, 503, "Throttling", "Rate exceeded", Kind::SlowDown, Nobody),
    aws(
        Part,
        400,
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
        Kind::ConnectionLost,
        Nobody,
    ),
    aws(
        Part,
        400,
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
        Kind::ConnectionLost,
        Nobody,
    ),
    aws(
        Part,
        400,
        "BadDigest",
        "The CRC64NVME you specified did not match the calculated checksum.",
        Kind::Damaged,
        Nobody,
    ),
    aws(Part, 400, "InvalidDigest", "The Content-MD5 you specified is not valid.", Kind::Damaged, Nobody),
    aws(
        Part,
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        Kind::Damaged,
        Nobody,
    ),
    aws(
        Put,
        409,
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource.",
        Kind::Conflict,
        Nobody,
    ),
    aws(Put, 409, "ConditionalRequestConflict", "", Kind::Conflict, Nobody),
    aws(Complete, 409, "ConditionalRequestConflict", "", Kind::UploadGone, Nobody),
    aws(
        Put,
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        Kind::AlreadyThere,
        You,
    ),
    aws(Part, 404, "NoSuchUpload", "The specified multipart upload does not exist.", Kind::UploadGone, Nobody),
    aws(
        Complete,
        400,
        "InvalidPart",
        "One or more of the specified parts could not be found.",
        Kind::PartsRefused,
        Nobody,
    ),
    aws(Complete, 400, "InvalidPartOrder", "The list of parts was not in ascending order.", Kind::PartsRefused, Nobody),
    aws(
        Complete,
        400,
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed object size.",
        Kind::PartsRefused,
        Nobody,
    ),
    aws(Put, 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", Kind::TooLarge, You),
    aws(Part, 400, "ExpiredToken", "The provided token has expired.", Kind::SessionEnded, You),
    aws(
        Part,
        400,
        "InvalidToken",
        "The provided token is malformed or otherwise invalid.",
        Kind::SessionRefused,
        Customer,
    ),
    aws(Part, 400, "TokenRefreshRequired", "The provided token must be refreshed.", Kind::SessionEnded, You),
    aws(
        Part,
        403,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        Kind::SessionRefused,
        Customer,
    ),
    aws(
        Put,
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        Kind::SignatureRefused,
        Administrator,
    ),
    aws(
        Put,
        403,
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        Kind::ClockWrong(0),
        You,
    ),
    aws(
        Put,
        400,
        "AuthorizationHeaderMalformed",
        "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        Kind::OtherRegion,
        You,
    ),
    aws(
        Put,
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
        Kind::OtherRegion,
        You,
    ),
    aws(
        Put,
        307,
        "TemporaryRedirect",
        "Please re-send this request to the specified temporary endpoint.",
        Kind::OtherRegion,
        You,
    ),
    aws(
        Create,
        400,
        "IllegalLocationConstraintException",
        "The specified location constraint is incompatible",
        Kind::OtherRegion,
        You,
    ),
    aws(Create, 404, "NoSuchBucket", "The specified bucket does not exist", Kind::NoSuchBucket, Customer),
    aws(HeadBucket, 404, "NotFound", "", Kind::NoSuchBucket, Customer),
    aws(Put, 400, "InvalidBucketName", "The specified bucket is not valid.", Kind::NoSuchBucket, Customer),
    put("Access Denied", DeniedBy::Unknown, Unknown),
    put(
        no_put!("s3:PutObject", " because no identity-based policy allows the s3:PutObject action"),
        DeniedBy::RolePolicy,
        Customer,
    ),
    put(
        no_put!("s3:PutObjectAcl", " because no identity-based policy allows the s3:PutObjectAcl action"),
        DeniedBy::RolePolicy,
        Customer,
    ),
    put(
        no_put!("s3:PutObject", " with an explicit deny in a resource-based policy"),
        DeniedBy::ResourcePolicy,
        Customer,
    ),
    put(
        no_put!("s3:PutObject", " with an explicit deny in a service control policy"),
        DeniedBy::OrganizationPolicy,
        Customer,
    ),
    put(
        no_put!("s3:PutObject", " with an explicit deny in a resource control policy"),
        DeniedBy::ResourceControl,
        Customer,
    ),
    put(
        no_put!("s3:PutObject", " because no VPC endpoint policy allows the s3:PutObject action"),
        DeniedBy::EndpointPolicy,
        Administrator,
    ),
    put(
        no_put!("s3:PutObject", " because no permissions boundary allows the s3:PutObject action"),
        DeniedBy::Boundary,
        Customer,
    ),
    put(
        no_put!("s3:PutObject", " because no session policy allows the s3:PutObject action"),
        DeniedBy::SessionPolicy,
        You,
    ),
    aws(Put, 403, D, no_key!("kms:GenerateDataKey"), Kind::KmsGenerate, Customer),
    aws(Part, 403, D, no_key!("kms:Decrypt"), Kind::KmsDecrypt, Customer),
    aws(Create, 403, D, no_key!("kms:Decrypt"), Kind::KmsDecrypt, Customer),
    aws(Complete, 403, D, no_key!("kms:Decrypt"), Kind::KmsDecrypt, Customer),
    aws(
        Put,
        400,
        "KMS.DisabledException",
        "arn:aws:kms:eu-west-1:444455556666:key/1234abcd is disabled.",
        Kind::KmsKey,
        Customer,
    ),
    aws(Put, 400, "KMS.NotFoundException", "Invalid keyId", Kind::KmsKey, Customer),
    aws(Put, 400, "KMS.InvalidStateException", "is pending deletion.", Kind::KmsKey, Customer),
    aws(Put, 403, "AllAccessDisabled", "All access to this resource has been disabled.", Kind::AccountProblem, Unknown),
    aws(Put, 403, "AccountProblem", "There is a problem with your AWS account.", Kind::AccountProblem, Unknown),
    aws(
        Put,
        403,
        "NotSignedUp",
        "Your account is not signed up for the Amazon S3 service.",
        Kind::AccountProblem,
        Unknown,
    ),
    aws(Create, 400, "KeyTooLongError", "Your key is too long", Kind::NameTooLong, You),
    aws(
        Create,
        400,
        "MetadataTooLarge",
        "Your metadata headers exceed the maximum allowed metadata size.",
        Kind::OptionRefused,
        Customer,
    ),
    aws(
        Put,
        400,
        "InvalidArgument",
        "Server Side Encryption with AWS KMS managed keys requires a valid key",
        Kind::OptionRefused,
        Customer,
    ),
    aws(Put, 400, "InvalidArgument", "", Kind::Refused, Unknown),
    aws(Put, 400, "InvalidRequest", "", Kind::Refused, Unknown),
    aws(Put, 501, "NotImplemented", "A header you provided implies functionality", Kind::NotImplemented, Customer),
    aws(Put, 400, "InvalidRequest", "UNSIGNED-PAYLOAD is not allowed", Kind::UnsignedRefused, Customer),
    aws(Put, 400, "AccessControlListNotSupported", "The bucket does not allow ACLs", Kind::OptionRefused, Customer),
    aws(
        Put,
        405,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        Kind::OptionRefused,
        Customer,
    ),
    aws(
        Put,
        403,
        "InvalidObjectState",
        "The operation is not valid for the object's storage class",
        Kind::OptionRefused,
        Customer,
    ),
    Row { operation: Put, answer: Answer::Page(200), kind: Kind::LoginPage, turn: You },
    Row { operation: Put, answer: Answer::Page(405), kind: Kind::GatewayRefused(405), turn: Administrator },
    Row { operation: Part, answer: Answer::Page(413), kind: Kind::BodyLimit(0), turn: Administrator },
    Row { operation: AssumeRole, answer: Answer::Page(302), kind: Kind::LoginPage, turn: You },
    Row { operation: AssumeRole, answer: Answer::Page(511), kind: Kind::LoginPage, turn: You },
    Row { operation: AssumeRole, answer: Answer::Page(403), kind: Kind::ProxyRefused, turn: Administrator },
    Row { operation: Put, answer: Answer::Page(407), kind: Kind::ProxyRefused, turn: Administrator },
    Row { operation: Part, answer: Answer::Page(502), kind: Kind::Busy, turn: Nobody },
    Row { operation: Put, answer: Answer::Network(Met::NoName), kind: Kind::Offline, turn: Nobody },
    Row { operation: Put, answer: Answer::Network(Met::Proxy), kind: Kind::ProxyRefused, turn: Administrator },
    Row { operation: Put, answer: Answer::Network(Met::Certificate), kind: Kind::NotTrusted, turn: Administrator },
    Row { operation: Part, answer: Answer::Network(Met::Reset), kind: Kind::ConnectionLost, turn: Nobody },
    Row { operation: Part, answer: Answer::Timeout, kind: Kind::NoAnswer, turn: Nobody },
];
