//! The context that every call to AWS needs.

use super::clock::Clock;
use super::credential_store::CredentialStore;
use super::credentials::Caches;
use super::http::Http;
use super::profiles::Paths;
use super::rate_limiter::RateLimiter;
use super::timeouts::Timeouts;
use super::vault::Vault;

/// The context of calls about access. Cheap to clone.
#[derive(Clone)]
pub(super) struct AwsContext {
    pub http: Http,
    pub vault: Vault,
    pub clock: Clock,
    pub sources: CredentialStore,
    pub paths: Paths,
    pub caches: Caches,
    pub patience: Timeouts,
    pub limit: RateLimiter,
}
