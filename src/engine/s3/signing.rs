//! Payloads whose hash the signature leaves out, and buckets that refuse them.

use super::{Heard, HttpResponse, Kind, Operation, Problem, ProvideErrorMetadata, S3, SdkError, Tap};
use crate::model::problem::DeniedBy;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

impl S3 {
    /// That signed payloads were refused as well counts no more: what is allowed may have changed.
    pub fn forget_refusals(&self) {
        if let Ok(mut signing) = self.signing.try_lock()
            && *signing == Some(false)
        {
            *signing = None;
        }
    }

    /// One attempt with a payload. Where a bucket's policy may have refused it for its hash missing in the signature, the
    /// same goes out once more signed, and if that was it, so does everything after. While one request finds out, others
    /// that were refused wait for it.
    pub(super) async fn payload<T, E, F>(
        &self,
        operation: Operation,
        length: u64,
        taken: &Arc<AtomicU64>,
        call: impl Fn(Tap, bool) -> F,
    ) -> Result<(T, Heard), Problem>
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

/// Whether a bucket's policy may have refused it because its hash is not in the signature.
pub const fn may_be_unsigned(kind: Kind) -> bool {
    matches!(kind, Kind::UnsignedRefused | Kind::AccessDenied(DeniedBy::ResourcePolicy | DeniedBy::Unknown))
}
