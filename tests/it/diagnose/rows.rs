//! The error codes and messages of STS, from its reference and live responses, and how each is classified.

use Operation::{AssumeRole, GetCallerIdentity as Identify};
use Turn::{Administrator, Customer, Nobody, Unknown, You};
use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use daypass::engine::classify::Operation;
use daypass::model::problem::{DeniedBy, Kind, Turn};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use std::error::Error;
use std::io;
use tower_service::Service;

/// The outcome of a request.
pub enum Answer {
    /// Status, code and message of AWS.
    Aws(u16, &'static str, &'static str),
    /// An HTML page with this status.
    Page(u16),
    /// A failure of the connection.
    Network(Met),
    /// No response in time.
    Timeout,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Aws(status, code, message) => match message.split_once("is not authorized to perform: ") {
                Some((_, message)) => write!(f, "{status} {code}: User: … is not authorized to perform: {message}"),
                None => write!(f, "{status} {code}: {}", message.trim()),
            },
            Self::Page(status) => write!(f, "{status} a page in HTML"),
            Self::Network(Met::NoName) => f.write_str("client error (Connect): dns error: no such host"),
            Self::Network(Met::Proxy) => {
                f.write_str("client error (Connect): tunnel error: proxy authorization required")
            }
            Self::Network(Met::Certificate) => {
                f.write_str("client error (Connect): invalid peer certificate: UnknownIssuer")
            }
            Self::Network(Met::Reset) => f.write_str("client error (SendRequest): connection reset"),
            Self::Timeout => f.write_str("no answer in time"),
        }
    }
}

/// Why a request got no response.
#[derive(Clone, Copy)]
pub enum Met {
    NoName,
    Proxy,
    Certificate,
    Reset,
}

/// The error of a proxy's CONNECT, which the library does not export by name.
type TunnelError = <Tunnel<HttpConnector> as Service<http::Uri>>::Error;

impl Met {
    /// Returns the error as the connection reports it.
    pub fn error(self) -> Box<dyn Error + Send + Sync> {
        match self {
            Self::NoName => Box::new(ResolveDnsError::new("no such host")),
            Self::Proxy => Box::new(TunnelError::ProxyAuthRequired),
            Self::Certificate => {
                let why = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
                Box::new(io::Error::new(io::ErrorKind::InvalidData, why))
            }
            Self::Reset => Box::new(io::Error::from(io::ErrorKind::ConnectionReset)),
        }
    }
}

/// One row of the table.
pub struct Row {
    pub operation: Operation,
    pub answer: Answer,
    pub kind: Kind,
    pub turn: Turn,
}

pub const fn aws(
    operation: Operation,
    status: u16,
    code: &'static str,
    message: &'static str,
    kind: Kind,
    turn: Turn,
) -> Row {
    Row { operation, answer: Answer::Aws(status, code, message), kind, turn }
}

macro_rules! no_role {
    ($tail:literal) => {
        concat!(
            "User: arn:aws:iam::111122223333:user/Richard is not authorized to perform: sts:AssumeRole on resource: \
             arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put",
            $tail
        )
    };
}

macro_rules! no_action {
    ($action:literal, $tail:literal) => {
        concat!(
            "User: arn:aws:sts::111122223333:assumed-role/Engineers/richard is not authorized to perform: ",
            $action,
            " on resource: arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put",
            $tail
        )
    };
}

const fn assume(code: &'static str, message: &'static str, by: DeniedBy, turn: Turn) -> Row {
    aws(AssumeRole, 403, code, message, Kind::AssumeDenied(by), turn)
}

const D: &str = "AccessDenied";

/// The responses of STS.
pub const STS: &[Row] = &[
    assume(D, no_role!(""), DeniedBy::Unknown, Unknown),
    assume(
        D,
        no_role!(" because no identity-based policy allows the sts:AssumeRole action"),
        DeniedBy::YourPolicy,
        Administrator,
    ),
    assume(D, no_role!(" with an explicit deny in an identity-based policy"), DeniedBy::YourPolicy, Administrator),
    assume(
        D,
        no_role!(" with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/NoRoles"),
        DeniedBy::YourPolicy,
        Administrator,
    ),
    assume(
        D,
        no_role!(" because no role trust policy allows the sts:AssumeRole action"),
        DeniedBy::TrustPolicy,
        Customer,
    ),
    assume(D, no_role!(" with an explicit deny in the role trust policy"), DeniedBy::TrustPolicy, Customer),
    assume(D, no_action!("sts:TagSession", ""), DeniedBy::TagSession, Customer),
    assume(
        D,
        no_action!("sts:TagSession", " because no role trust policy allows the sts:TagSession action"),
        DeniedBy::TagSession,
        Customer,
    ),
    assume(D, no_action!("sts:SetSourceIdentity", ""), DeniedBy::SourceIdentity, Customer),
    assume("", no_action!("sts:SetSourceIdentity", ""), DeniedBy::SourceIdentity, Customer),
    assume(
        D,
        no_action!("sts:TagSession", " because no identity-based policy allows the sts:TagSession action"),
        DeniedBy::YourPolicy,
        Administrator,
    ),
    assume(D, no_role!(" with an explicit deny in a resource-based policy"), DeniedBy::TrustPolicy, Customer),
    assume(
        D,
        no_role!(" because no service control policy allows the sts:AssumeRole action"),
        DeniedBy::OrganizationPolicy,
        Administrator,
    ),
    assume(
        D,
        no_role!(" with an explicit deny in a service control policy"),
        DeniedBy::OrganizationPolicy,
        Administrator,
    ),
    assume(
        D,
        no_role!(" because no resource control policy allows the sts:AssumeRole action"),
        DeniedBy::ResourceControl,
        Customer,
    ),
    assume(D, no_role!(" with an explicit deny in a resource control policy"), DeniedBy::ResourceControl, Customer),
    assume(
        D,
        no_role!(" because no VPC endpoint policy allows the sts:AssumeRole action"),
        DeniedBy::EndpointPolicy,
        Administrator,
    ),
    assume(D, no_role!(" with an explicit deny in a VPC endpoint policy"), DeniedBy::EndpointPolicy, Administrator),
    assume(
        D,
        no_role!(" because no permissions boundary allows the sts:AssumeRole action"),
        DeniedBy::Boundary,
        Administrator,
    ),
    assume(D, no_role!(" with an explicit deny in a permissions boundary"), DeniedBy::Boundary, Administrator),
    assume(
        D,
        no_role!(" because no session policy allows the sts:AssumeRole action"),
        DeniedBy::SessionPolicy,
        Administrator,
    ),
    assume(D, no_role!(" with an explicit deny in a session policy"), DeniedBy::SessionPolicy, Administrator),
    aws(
        AssumeRole,
        403,
        D,
        "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
        Kind::CodeWrong,
        You,
    ),
    aws(
        AssumeRole,
        403,
        D,
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
        Kind::SerialWrong,
        You,
    ),
    aws(
        AssumeRole,
        403,
        D,
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        Kind::CodeNeeded,
        You,
    ),
    aws(AssumeRole, 403, D, "Roles may not be assumed by root accounts.", Kind::RootKey, You),
    aws(
        AssumeRole,
        400,
        "ValidationError",
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
        Kind::RequestRefused,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "ValidationError",
        "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
        Kind::RequestRefused,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        Kind::TooLong,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        Kind::TooLongChained,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "ValidationError",
        "arn:aws:iam::444455556666:user/Richard is invalid",
        Kind::RequestRefused,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "ValidationError",
        "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
        Kind::RequestRefused,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "ValidationError",
        "1 validation error detected: Value 'bad/name' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        Kind::RequestRefused,
        You,
    ),
    aws(AssumeRole, 400, "MalformedInput", "Could not parse DurationSeconds", Kind::RequestRefused, You),
    aws(
        AssumeRole,
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        Kind::KeyNotAccepted,
        Administrator,
    ),
    aws(
        Identify,
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        Kind::KeyNotAccepted,
        Administrator,
    ),
    aws(
        AssumeRole,
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
        Kind::SecretWrong,
        You,
    ),
    aws(
        AssumeRole,
        403,
        "SignatureDoesNotMatch",
        "Signature expired: 20261122T101500Z is now earlier than 20261122T102000Z (20261122T102500Z - 5 min.)",
        Kind::ClockWrong(0),
        You,
    ),
    aws(
        AssumeRole,
        403,
        "SignatureDoesNotMatch",
        "Signature not yet current: 20261122T103500Z is still later than 20261122T103000Z (20261122T102500Z + 5 min.)",
        Kind::ClockWrong(0),
        You,
    ),
    aws(
        AssumeRole,
        403,
        "SignatureDoesNotMatch",
        "Credential should be scoped to a valid region. ",
        Kind::OtherPartition,
        Administrator,
    ),
    aws(
        AssumeRole,
        403,
        "SignatureDoesNotMatch",
        "Credential should be scoped to correct service: 'sts'. ",
        Kind::OtherPartition,
        Administrator,
    ),
    aws(
        AssumeRole,
        400,
        "IncompleteSignature",
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        Kind::SignatureRefused,
        Administrator,
    ),
    aws(
        AssumeRole,
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
        Kind::SignatureRefused,
        Administrator,
    ),
    aws(
        AssumeRole,
        400,
        "ExpiredTokenException",
        "The security token included in the request is expired",
        Kind::SourceEnded,
        You,
    ),
    aws(Identify, 403, "ExpiredToken", "The security token included in the request is expired", Kind::SourceEnded, You),
    aws(
        AssumeRole,
        403,
        "RegionDisabledException",
        "STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console.",
        Kind::RegionOff,
        Administrator,
    ),
    aws(
        AssumeRole,
        400,
        "MalformedPolicyDocument",
        "The policy is not in the valid JSON format.",
        Kind::PolicyRefused,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "PackedPolicyTooLarge",
        "Packed policy consumes 138% of allotted space, please use smaller policy.",
        Kind::PolicyTooLarge,
        You,
    ),
    aws(
        AssumeRole,
        400,
        "PackedPolicyTooLarge",
        "Packed size of session tags consumes 138% of allotted space.",
        Kind::PolicyTooLarge,
        You,
    ),
    aws(AssumeRole, 400, "PackedPolicyTooLarge", "Serialized token too large for session", Kind::PolicyTooLarge, You),
    aws(AssumeRole, 400, "Throttling", "Rate exceeded", Kind::SlowDown, Nobody),
    aws(AssumeRole, 400, "ThrottlingException", "Rate exceeded", Kind::SlowDown, Nobody),
    aws(
        AssumeRole,
        403,
        "OptInRequired",
        "The AWS Access Key Id needs a subscription for the service",
        Kind::AccountProblem,
        Unknown,
    ),
    aws(AssumeRole, 403, "AccountProblem", "There is a problem with your AWS account", Kind::AccountProblem, Unknown),
    aws(AssumeRole, 500, "InternalFailure", "", Kind::Busy, Nobody),
];
