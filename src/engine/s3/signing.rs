//! Payloads whose hash is not part of the signature, and buckets that refuse them.

use super::{
    HttpResponse, Kind, Operation, Problem, ProvideErrorMetadata, ResponseHead, ResponseRecorder, S3, SdkError,
};
use crate::model::problem::DeniedBy;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_sigv4::http_request::SignableBody;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

impl S3 {
    /// Whether every payload is signed from now on.
    pub async fn signs_payloads(&self) -> bool {
        *self.signing.lock().await == Some(true)
    }

    /// Forgets that signed payloads were refused as well: permissions may have changed.
    pub fn forget_refusals(&self) {
        if let Ok(mut signing) = self.signing.try_lock()
            && *signing == Some(false)
        {
            *signing = None;
        }
    }

    /// Makes one attempt with a payload. If a bucket's policy may have refused it because the signature doesn't cover
    /// its hash, repeats it once with a signed payload; if that helps, all later payloads are signed. While one request
    /// finds out, others that were refused wait for its result.
    pub(super) async fn payload<T, E, F>(
        &self,
        operation: Operation,
        length: u64,
        taken: &Arc<AtomicU64>,
        call: impl Fn(ResponseRecorder, bool) -> F,
    ) -> Result<(T, ResponseHead), Problem>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    {
        let known = *self.signing.lock().await;
        let signed = known == Some(true);
        let refused = match self.settled(operation, length, taken, |tap| call(tap, signed)).await {
            Err(problem) if known != Some(false) && !signed && may_be_unsigned(problem.kind) => problem,
            answer => return answer,
        };
        let mut signing = self.signing.lock().await;
        match *signing {
            Some(false) => Err(refused),
            Some(true) => {
                drop(signing);
                self.settled(operation, length, taken, |tap| call(tap, true)).await
            }
            None => {
                let answer = self.settled(operation, length, taken, |tap| call(tap, true)).await;
                match &answer {
                    Ok(_) => *signing = Some(true),
                    Err(again) if again.kind == refused.kind => *signing = Some(false),
                    Err(_) => {}
                }
                answer
            }
        }
    }
}

/// Signs a payload that is not in memory, with the SHA-256 that it had when it was read.
#[derive(Debug)]
pub(super) struct PayloadHash(String);

impl PayloadHash {
    pub fn new(sha256: [u8; 32]) -> Self {
        Self(sha256.iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        }))
    }
}

#[dyn_dispatch_hint]
impl Intercept for PayloadHash {
    fn name(&self) -> &'static str {
        "PayloadHash"
    }

    fn modify_before_signing(
        &self,
        _: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut signing = config.load::<SigV4OperationSigningConfig>().cloned().ok_or("nothing is to be signed")?;
        signing.signing_options.payload_override = Some(SignableBody::Precomputed(self.0.clone()));
        config.interceptor_state().store_put(signing);
        Ok(())
    }
}

/// Whether a bucket's policy may have refused a request because the signature doesn't cover its payload's hash.
pub const fn may_be_unsigned(kind: Kind) -> bool {
    matches!(kind, Kind::UnsignedRefused | Kind::AccessDenied(DeniedBy::ResourcePolicy | DeniedBy::Unknown))
}
