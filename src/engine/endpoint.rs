//! A cached S3 endpoint for each destination: the SDK would resolve it twice for every request.

use aws_sdk_s3::config::auth::{self, ResolveAuthScheme};
use aws_sdk_s3::config::endpoint::{DefaultResolver, Endpoint, EndpointFuture, Params, ResolveEndpoint};
use aws_smithy_runtime_api::client::auth::{AuthSchemeId, AuthSchemeOption, AuthSchemeOptionsFuture};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use std::sync::OnceLock;

/// Caches the SDK's answer to the first request. It depends on region and bucket alone, so it is valid for one bucket
/// only.
#[derive(Debug, Default)]
pub(super) struct Host {
    rules: DefaultResolver,
    known: OnceLock<Endpoint>,
}

impl ResolveEndpoint for Host {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        if let Some(known) = self.known.get() {
            return EndpointFuture::ready(Ok(known.clone()));
        }
        EndpointFuture::new(async move {
            let found = self.rules.resolve_endpoint(params).await?;
            Ok(self.known.get_or_init(|| found).clone())
        })
    }
}

/// Always chooses Signature Version 4; the service name and region to sign with come from the endpoint.
#[derive(Debug)]
pub(super) struct Signed;

impl ResolveAuthScheme for Signed {
    fn resolve_auth_scheme<'a>(
        &'a self,
        _: &'a auth::Params,
        _: &'a ConfigBag,
        _: &'a RuntimeComponents,
    ) -> AuthSchemeOptionsFuture<'a> {
        AuthSchemeOptionsFuture::ready(Ok(vec![AuthSchemeOption::from(AuthSchemeId::from("sigv4"))]))
    }
}
