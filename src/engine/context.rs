//! What every call to AWS is made with.

use super::clock::Clock;
use super::credential_store::CredentialStore;
use super::credentials::Caches;
use super::http::Http;
use super::profiles::Paths;
use super::rate_limiter::RateLimiter;
use super::timeouts::Timeouts;
use super::vault::Vault;

/// What calls about access are made with. A copy is cheap.
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
