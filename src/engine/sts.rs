//! Calls AssumeRole and GetCallerIdentity, each in one attempt, and a second one if the computer's clock is wrong.

mod by_token;

pub use by_token::{assume_by_token, token_of};

use super::attempt::{self, AttemptWatch};
use super::classify::{self, Operation, ResponseHead};
use super::clock::Clock;
use super::credentials::{Given, SourceKeys};
use super::http::Http;
use super::profiles::OwnRole;
use super::rate_limiter::RateLimiter;
use super::response_recorder::ResponseRecorder;
use super::timeouts::Timeouts;
use super::vault::SessionCredentials;
use crate::model::destination::Destination;
use crate::model::event::{AssumeRole, Assumed};
use crate::model::names::{Partition, Region, RoleArn};
use crate::model::problem::{Detail, Kind, Problem};
use crate::model::session::Identity;
use crate::policy::session::session_policy;
use crate::time::Utc;
use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Builder, IdentityCache, StalledStreamProtectionConfig};
use aws_sdk_sts::types::{self, AssumedRoleUser};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long STS may take to answer: it is fast, and a user is waiting.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks STS for a session of the customer's role. `code` is the MFA code.
///
/// # Errors
///
/// The problem with the answer of STS; `OtherAccount` or `OtherRole` if the session is of another account or role;
/// `SessionOver` if it has ended already; `ClockWrong` if the server's time did not help.
pub async fn assume_role(
    http: &Http,
    keys: &SourceKeys,
    region: &Region,
    ask: &AssumeRole,
    code: Option<Zeroizing<String>>,
    clock: &Clock,
) -> Result<(Assumed, SessionCredentials), Problem> {
    let operation = Operation::AssumeRole;
    let client = client(http, keys, region, clock);
    let destination = &ask.destination;
    let session_name = destination.session_name.as_ref().unwrap_or(&ask.session_name);
    let sent = clock.now();
    let (answer, heard) = settled(operation, http, clock, |tap| {
        // Never log this builder: its Debug shows the MFA code and the external ID.
        let call = client.assume_role().role_arn(destination.role.as_str()).role_session_name(session_name.as_str());
        let call = call.duration_seconds(i32::try_from(ask.seconds).unwrap_or(i32::MAX));
        let call = call.set_external_id(destination.external_id.as_ref().map(|id| id.as_str().to_owned()));
        let serial = destination.mfa_serial.as_ref().filter(|_| code.is_some());
        let call = call.set_serial_number(serial.map(|serial| serial.as_str().to_owned()));
        let call = call.set_token_code(serial.and(code.as_ref()).map(|code| code.to_string()));
        let call = call.set_policy(ask.narrow.then(|| session_policy(destination)));
        call.customize().interceptor(tap).send()
    })
    .await?;
    let odd = |kind, message: &str| classify::misanswered(operation, kind, &heard, message, clock);
    let Some(given) = answer.credentials() else {
        return Err(odd(Kind::LoginPage, "the answer carries no credentials"));
    };
    let Some(user) = answer.assumed_role_user() else {
        return Err(odd(Kind::LoginPage, "the answer carries no AssumedRoleUser"));
    };
    if account_of(user.arn()) != Some(destination.role.account().as_str()) {
        return Err(odd(Kind::OtherAccount, user.arn()));
    }
    let echoed = [assumed_role_of(user.arn()), session_name_of(user.arn())];
    // A test server that gives every caller the same ARN echoes neither name, and so names no other role. AWS echoes
    // both.
    let names_nobody = http.endpoint_url().is_some() && echoed[1] != Some(session_name.as_str());
    if echoed[0] != Some(destination.role.role_name()) && !names_nobody {
        return Err(odd(Kind::OtherRole, user.arn()));
    }
    let ends = Utc(given.expiration().secs());
    if heard.date.is_some_and(|date| ends <= date) {
        return Err(odd(Kind::SessionOver, "Expiration is not after Date"));
    }
    let asked = Duration::from_secs(u64::from(ask.seconds));
    let left = heard.date.map_or(asked, |date| {
        Duration::from_secs(u64::try_from(ends.0.saturating_sub(date.0)).unwrap_or(0)).min(asked)
    });
    // A server may give an Expiration days ahead: the end shown must match the time counted down.
    let ends = heard.date.map_or(ends, |date| ends.min(Utc(date.0.saturating_add_unsigned(left.as_secs()))));
    let credentials = SessionCredentials::new(given.access_key_id(), given.secret_access_key(), given.session_token());
    let assumed = Assumed { left, ago: clock.now().since(sent), ends, arn: user.arn().into() };
    Ok((assumed, credentials))
}

/// Assumes a role of the contractor's own that a profile names. The session lasts as long as the profile says, or one
/// hour if it doesn't say, or if the role doesn't allow more.
///
/// # Errors
///
/// The problem with the answer of STS; `OwnRoleDenied` if it was denied, `OtherRole` if the session is of another role.
pub async fn assume_own_role(
    http: &Http,
    keys: &SourceKeys,
    region: &Region,
    own: &OwnRole,
    clock: &Clock,
) -> Result<Given, Problem> {
    let asked = own.seconds.unwrap_or(Destination::USUAL);
    let given = match ask_own_role(http, keys, region, (own, asked), clock).await {
        Err(problem) if matches!(problem.kind, Kind::TooLong | Kind::TooLongChained) && asked > Destination::USUAL => {
            ask_own_role(http, keys, region, (own, Destination::USUAL), clock).await
        }
        given => given,
    };
    given.map_err(|problem| {
        let kind = if let Kind::AssumeDenied(_) = problem.kind { Kind::OwnRoleDenied } else { problem.kind };
        let detail = problem.detail.map(Arc::unwrap_or_clone).unwrap_or_default();
        Problem::with(kind, Detail { about: own.role.as_str().into(), ..detail })
    })
}

async fn ask_own_role(
    http: &Http,
    keys: &SourceKeys,
    region: &Region,
    (own, seconds): (&OwnRole, u32),
    clock: &Clock,
) -> Result<Given, Problem> {
    let operation = Operation::AssumeRole;
    let client = client(http, keys, region, clock);
    let session_name = own.session_name.as_str();
    let (answer, heard) = settled(operation, http, clock, |tap| {
        let call = client.assume_role().role_arn(own.role.as_str()).role_session_name(session_name);
        let call = call.duration_seconds(i32::try_from(seconds).unwrap_or(i32::MAX));
        let call = call.set_external_id(own.external_id.as_ref().map(|id| id.as_str().to_owned()));
        call.customize().interceptor(tap).send()
    })
    .await?;
    session_of(own, answer.credentials(), answer.assumed_role_user())
        .map_err(|(kind, message)| classify::misanswered(operation, kind, &heard, &message, clock))
}

/// Returns the temporary key in an answer if its session is of this role, otherwise what is wrong with it.
fn session_of(
    own: &OwnRole,
    credentials: Option<&types::Credentials>,
    user: Option<&AssumedRoleUser>,
) -> Result<Given, (Kind, String)> {
    let (Some(given), Some(user)) = (credentials, user) else {
        return Err((Kind::LoginPage, "the answer carries no credentials".to_owned()));
    };
    let same = account_of(user.arn()) == Some(own.role.account().as_str())
        && assumed_role_of(user.arn()) == Some(own.role.role_name());
    if !same {
        return Err((Kind::OtherRole, user.arn().to_owned()));
    }
    let keys = SourceKeys {
        access_key_id: given.access_key_id().to_owned(),
        secret: Zeroizing::new(given.secret_access_key().to_owned()),
        token: Some(Zeroizing::new(given.session_token().to_owned())),
    };
    Ok(Given { keys, ends: Some(Utc(given.expiration().secs())) })
}

/// Returns the identity of a key, which needs no permission.
///
/// # Errors
///
/// The problem with the answer of STS; `RootKey` if the key is the root user's.
pub async fn get_caller_identity(
    http: &Http,
    keys: &SourceKeys,
    region: &Region,
    clock: &Clock,
) -> Result<Identity, Problem> {
    let operation = Operation::GetCallerIdentity;
    let client = client(http, keys, region, clock);
    let (answer, heard) =
        settled(operation, http, clock, |tap| client.get_caller_identity().customize().interceptor(tap).send()).await?;
    let odd = |kind, message: &str| classify::misanswered(operation, kind, &heard, message, clock);
    let (Some(arn), Some(account)) = (answer.arn(), answer.account()) else {
        return Err(odd(Kind::LoginPage, "the answer carries no ARN"));
    };
    let name = arn.rsplit(['/', ':']).next().unwrap_or(arn);
    if arn.ends_with(":root") {
        return Err(odd(Kind::RootKey, arn));
    }
    Ok(Identity { account: account.into(), arn: arn.into(), name: name.into() })
}

/// Returns the region whose STS to call: the first that is in the role's partition of the bucket's region, the
/// profile's, and the partition's default. Without a role, the first partition's default is the last resort.
///
/// A profile's text that is no region name is ignored, so that it never becomes part of a host name.
#[must_use]
pub fn region_for(role: Option<&RoleArn>, bucket: Option<&Region>, profile: Option<&str>) -> Region {
    let partition = role.map(RoleArn::partition);
    let fits = |region: &Region| partition.is_none_or(|partition| region.partition() == partition);
    let profile = || profile.and_then(|name| name.parse::<Region>().ok()).filter(fits);
    let chosen = bucket.cloned().filter(fits).or_else(profile);
    chosen.unwrap_or_else(|| partition.unwrap_or(Partition::Aws).default_region())
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// Returns the role's name from a session's ARN, which doesn't contain the role's path.
fn assumed_role_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(5)?.strip_prefix("assumed-role/")?.split('/').next()
}

/// Returns the RoleSessionName from a session's ARN.
fn session_name_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(5)?.strip_prefix("assumed-role/")?.split('/').nth(1)
}

fn client(http: &Http, keys: &SourceKeys, region: &Region, clock: &Clock) -> Client {
    let token = keys.token.as_ref().map(|token| token.to_string());
    let credentials = Credentials::new(&keys.access_key_id, keys.secret.as_str(), token, None, "profile");
    let mut config = config(http, region, clock).credentials_provider(credentials);
    config.set_endpoint_url(http.endpoint_url().map(str::to_owned));
    Client::from_conf(config.build())
}

fn config(http: &Http, region: &Region, clock: &Clock) -> Builder {
    let mut config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http.client())
        .identity_cache(IdentityCache::no_cache())
        .region(aws_sdk_sts::config::Region::new(region.as_str().to_owned()))
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .disable_clock_skew_correction(true)
        .time_source(clock.clone());
    config.set_app_name(super::http::app_name());
    config
}

async fn settled<T, E, F>(
    operation: Operation,
    http: &Http,
    clock: &Clock,
    call: impl Fn(ResponseRecorder) -> F,
) -> Result<(T, ResponseHead), Problem>
where
    E: ProvideErrorMetadata + Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
{
    let patience = Timeouts { idle: PATIENCE, least: PATIENCE, ..Timeouts::default().answering_in(PATIENCE) };
    let watch = AttemptWatch { limit: &RateLimiter::default(), clock, patience: &patience, log: http.log() };
    attempt::settled(operation, 0, &Arc::default(), watch, call).await
}
