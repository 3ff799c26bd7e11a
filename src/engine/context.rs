//! What every call to AWS is made with.

use super::clock::Clock;
use super::credential_store::CredentialStore;
use super::credentials::Caches;
use super::http::Http;
use super::rate_limiter::RateLimiter;
use super::profiles::Paths;
use super::vault::Vault;
use super::timeouts::Patience;

/// What calls about access are made with. A copy is cheap.
#[derive(Clone)]
pub(super) struct AwsContext {
    pub http: Http,
    pub vault: Vault,
    pub clock: Clock,
    pub sources: CredentialStore,
    pub paths: Paths,
    pub caches: Caches,
    pub patience: Patience,
    pub limit: RateLimiter,
}
