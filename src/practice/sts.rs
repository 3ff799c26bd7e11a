//! STS: AssumeRole and GetCallerIdentity, with AWS's error codes (STS API Reference) and messages (as observed at AWS).

use super::iam::{Caller, IamSession, KeyRefusal, Role};
use super::log::{ApiOperation, pairs};
use super::policy::Policy;
use super::sign::Authorization;
use super::story::PracticeKey;
use super::{Inside, amz_time, iso_time, lock, xml_text};
use http::{HeaderMap, StatusCode};
use std::collections::BTreeMap;

/// Maximum difference between a request's time and the server's, in seconds.
const WINDOW: i64 = 5 * 60;
const CHAIN_SECONDS: u32 = 3600;

/// An STS error.
#[derive(Debug)]
struct StsError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

fn denied(message: impl Into<String>) -> StsError {
    StsError { status: StatusCode::FORBIDDEN, code: "AccessDenied", message: message.into() }
}

fn bad(code: &'static str, message: impl Into<String>) -> StsError {
    StsError { status: StatusCode::BAD_REQUEST, code, message: message.into() }
}

fn unsigned(code: &'static str, message: impl Into<String>) -> StsError {
    StsError { status: StatusCode::FORBIDDEN, code, message: message.into() }
}

/// Returns the operation that a form names, for the log and the faults.
pub(super) fn op(body: &[u8]) -> ApiOperation {
    match pairs(&String::from_utf8_lossy(body)).into_iter().find(|(name, _)| name == "Action") {
        Some((_, action)) if action == "AssumeRole" => ApiOperation::AssumeRole,
        Some((_, action)) if action == "GetCallerIdentity" => ApiOperation::GetCallerIdentity,
        Some(_) | None => ApiOperation::Other,
    }
}

/// Answers a form: returns status, XML and request ID.
pub(super) fn answer(inside: &Inside, headers: &HeaderMap, body: &[u8]) -> (StatusCode, String, String) {
    let id = inside.random.uuid();
    let metadata = format!("<ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>");
    let now = inside.now();
    let outcome = caller(inside, headers, body, now).and_then(|caller| {
        let form: BTreeMap<String, String> = pairs(&String::from_utf8_lossy(body)).into_iter().collect();
        match form.get("Action").map(String::as_str) {
            Some("GetCallerIdentity") => Ok(("GetCallerIdentity", identity(&caller))),
            Some("AssumeRole") => assume(inside, &caller, &form, now).map(|result| ("AssumeRole", result)),
            Some(other) => {
                Err(bad("InvalidAction", format!("Could not find operation {other} for version 2011-06-15")))
            }
            None => Err(bad("MissingAction", "The request is missing an action parameter")),
        }
    });
    match outcome {
        Ok((name, result)) => {
            let xml = format!(
                "<{name}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{name}Result>{result}</{name}Result>{metadata}</{name}Response>"
            );
            (StatusCode::OK, xml, id)
        }
        Err(refusal) => (refusal.status, error_xml(refusal.code, &refusal.message, &id), id),
    }
}

/// Returns the body of an STS error.
pub(super) fn error_xml(code: &str, message: &str, id: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
        xml_text(code),
        xml_text(message)
    )
}

fn caller(inside: &Inside, headers: &HeaderMap, body: &[u8], now: i64) -> Result<Caller, StsError> {
    let Some(read) = Authorization::of(headers) else {
        return Err(unsigned("MissingAuthenticationToken", "Request is missing Authentication Token"));
    };
    if read.region.is_empty() {
        return Err(unsigned("SignatureDoesNotMatch", "Credential should be scoped to a valid region. "));
    }
    if read.service != "sts" {
        return Err(unsigned("SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'. "));
    }
    let moment = headers.get("x-amz-date").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(signed_at) = super::from_amz_time(moment) else {
        return Err(bad("IncompleteSignature", "Date must be in ISO-8601 'basic format'."));
    };
    let told = amz_time(now);
    if signed_at + WINDOW < now {
        let edge = amz_time(now - WINDOW);
        let text = format!("Signature expired: {moment} is now earlier than {edge} ({told} - 5 min.)");
        return Err(unsigned("SignatureDoesNotMatch", text));
    }
    if signed_at > now + WINDOW {
        let edge = amz_time(now + WINDOW);
        let text = format!("Signature not yet current: {moment} is still later than {edge} ({told} + 5 min.)");
        return Err(unsigned("SignatureDoesNotMatch", text));
    }
    let iam = lock(&inside.iam);
    let unknown = || unsigned("InvalidClientTokenId", "The security token included in the request is invalid.");
    let secret = iam.secret(&read.access_key_id).ok_or_else(unknown)?;
    if !read.fits(secret, "POST", "/", headers, body) {
        return Err(unsigned("SignatureDoesNotMatch", super::SIGNATURE_TEXT_STS));
    }
    let token = headers.get("x-amz-security-token").and_then(|value| value.to_str().ok());
    iam.caller(&read.access_key_id, token, now).map_err(|problem| match problem {
        KeyRefusal::Unknown | KeyRefusal::BadToken => unknown(),
        KeyRefusal::Expired => unsigned("ExpiredToken", "The security token included in the request is expired"),
    })
}

fn identity(caller: &Caller) -> String {
    format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
        xml_text(&caller.arn),
        xml_text(&caller.user_id),
        caller.account
    )
}

/// Checks the constraints of the STS service model and reports all violations at once.
fn validate(form: &BTreeMap<String, String>) -> Result<(), StsError> {
    let mut broken = Vec::new();
    let mut limits = |field: &str, name: &str, least: usize, most: usize, allowed: &str, required: bool| {
        let Some(value) = form.get(name) else {
            if required {
                broken.push(format!("Value null at '{field}' failed to satisfy constraint: Member must not be null"));
            }
            return;
        };
        let length = value.chars().count();
        let mut say = |rule: String| {
            broken.push(format!("Value '{value}' at '{field}' failed to satisfy constraint: Member must {rule}"));
        };
        if length < least {
            say(format!("have length greater than or equal to {least}"));
        }
        if length > most {
            say(format!("have length less than or equal to {most}"));
        }
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !allowed.is_empty() && !value.chars().all(|c| word(c) || allowed.contains(c)) {
            say(format!("satisfy regular expression pattern: [\\w{allowed}]*"));
        }
    };
    limits("roleArn", "RoleArn", 20, 2048, "", true);
    limits("roleSessionName", "RoleSessionName", 2, 64, "+=,.@-", true);
    limits("externalId", "ExternalId", 2, 1224, "+=,.@:/-", false);
    limits("serialNumber", "SerialNumber", 9, 256, "+=/:,.@-", false);
    limits("tokenCode", "TokenCode", 6, 6, "", false);
    if let Some(text) = form.get("DurationSeconds") {
        let seconds: i64 =
            text.parse().map_err(|_not_a_number| bad("MalformedInput", "Could not parse DurationSeconds"))?;
        let mut say = |rule: &str, bound: i64| {
            broken.push(format!(
                "Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value {rule} than or equal to {bound}"
            ));
        };
        if seconds < 900 {
            say("greater", 900);
        }
        if seconds > 43200 {
            say("less", 43200);
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    let errors = if broken.len() == 1 { "error" } else { "errors" };
    let text = format!("{} validation {errors} detected: {}", broken.len(), broken.join("; "));
    Err(bad("ValidationError", text))
}

fn assume(inside: &Inside, caller: &Caller, form: &BTreeMap<String, String>, now: i64) -> Result<String, StsError> {
    validate(form)?;
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (arn, session_name) = (field("RoleArn"), field("RoleSessionName"));
    let asked: u32 = form.get("DurationSeconds").and_then(|text| text.parse().ok()).unwrap_or(3600);
    if !is_role_arn(arn) {
        return Err(bad("ValidationError", format!("{arn} is invalid")));
    }
    let (session_policy, packed) = session_policy(form.get("Policy").map(String::as_str))?;

    let mut iam = lock(&inside.iam);
    let shows = inside.options.device && iam.user_named("Richard").is_some_and(|user| user.arn() == caller.arn);
    let mfa = mfa(&mut iam.mfa, shows, form)?;
    let role = iam.roles.iter().find(|role| role.arn() == arn && may_assume(role, caller, form, (mfa, now))).cloned();
    let Some(role) = role else {
        let text = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn);
        return Err(denied(text));
    };
    if asked > role.max_seconds {
        let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(bad("ValidationError", text));
    }
    if caller.role_arn.is_some() && asked > CHAIN_SECONDS {
        let text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        return Err(bad("ValidationError", text));
    }
    let lasts = lock(&inside.session_seconds).map_or(asked, |cap| cap.min(asked));
    let session = IamSession {
        keys: PracticeKey::new(inside.random.id("ASIA"), inside.random.secret()),
        token: inside.random.token(),
        role: role.name.clone(),
        role_id: role.id.clone(),
        name: session_name.to_owned(),
        ends: now + i64::from(lasts),
        policy: session_policy,
    };
    let packed = packed.map(|percent| format!("<PackedPolicySize>{percent}</PackedPolicySize>")).unwrap_or_default();
    let result = format!(
        "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>{}:{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>{packed}",
        session.keys.id(),
        session.keys.secret(),
        session.token,
        iso_time(session.ends),
        session.role_id,
        xml_text(&session.name),
        xml_text(&session.arn()),
    );
    iam.sessions.insert(session.keys.id().to_owned(), session);
    Ok(result)
}

fn may_assume(role: &Role, caller: &Caller, form: &BTreeMap<String, String>, (mfa, now): (bool, i64)) -> bool {
    let named = |arn: &String| *arn == caller.arn || caller.role_arn.as_ref() == Some(arn);
    let external = role.external_id.is_none() || role.external_id.as_ref() == form.get("ExternalId");
    let user = caller.arn.rsplit('/').next().unwrap_or_default();
    let session = form.get("RoleSessionName").map(String::as_str).unwrap_or_default();
    let same_account = caller.account == super::story::CUSTOMER;
    !role.deleted
        && role.trusted
        && role.trusts.iter().any(named)
        && external
        && role.conditions.met(user, session, now)
        && (mfa || !role.mfa)
        && (caller.may_assume || same_account)
}

/// Whether a valid MFA code was sent; a wrong one is an error before the role is looked up.
///
/// `shows` is whether the caller has the device that always shows the same code.
fn mfa(device: &mut Option<super::Mfa>, shows: bool, form: &BTreeMap<String, String>) -> Result<bool, StsError> {
    let (serial, code) = match (form.get("SerialNumber"), form.get("TokenCode")) {
        (None, None) => return Ok(false),
        (Some(serial), Some(code)) => (serial, code),
        (Some(_), None) | (None, Some(_)) => {
            let text = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
            return Err(denied(text));
        }
    };
    let wrong = || denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    if shows && serial == super::MFA_SERIAL {
        return if code == super::MFA_CODE { Ok(true) } else { Err(wrong()) };
    }
    let Some(device) = device.as_mut().filter(|device| device.serial == *serial) else {
        let text = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.";
        return Err(denied(text));
    };
    let at = device.codes.iter().position(|known| known == code).ok_or_else(wrong)?;
    device.codes.remove(at);
    Ok(true)
}

/// Parses the session policy; returns it with the percentage of the allowed size that it takes.
fn session_policy(text: Option<&str>) -> Result<(Option<Policy>, Option<usize>), StsError> {
    let Some(text) = text else { return Ok((None, None)) };
    let percent = (text.chars().count() * 100).div_ceil(2048);
    if text.chars().count() > 2048 {
        let message = format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
        return Err(bad("PackedPolicyTooLarge", message));
    }
    let policy = Policy::parse(text)
        .map_err(|_malformed| bad("MalformedPolicyDocument", "The policy is not in the valid JSON format."))?;
    Ok((Some(policy), Some(percent.min(100))))
}

fn is_role_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [start, partition, service, region, account, resource] = parts[..] else { return false };
    start == "arn"
        && partition.starts_with("aws")
        && service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && resource.strip_prefix("role/").is_some_and(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c))
        })
}
