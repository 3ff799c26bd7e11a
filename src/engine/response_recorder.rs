//! An interceptor for one attempt that records the response's head and counts the bytes of the request's body.

use super::classify::ResponseHead;
use super::clock::Clock;
use super::rate_limiter::RateLimiter;
use super::timeouts::{Meter, Metered};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};

/// Records one attempt. Clones share what they record.
#[derive(Clone, Debug)]
pub struct ResponseRecorder {
    heard: Arc<Mutex<ResponseHead>>,
    meter: Arc<Meter>,
    limit: RateLimiter,
    clock: Clock,
}

impl ResponseRecorder {
    /// Returns a recorder that counts with this meter and limits the body's rate.
    #[must_use]
    pub fn new(meter: Arc<Meter>, limit: RateLimiter, clock: Clock) -> Self {
        Self { heard: Arc::default(), meter, limit, clock }
    }

    /// Returns the response's head, as far as it has arrived.
    #[must_use]
    pub fn heard(&self) -> ResponseHead {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns a body whose hash is not part of the signature: over TLS, the checksum header and TLS itself protect it.
    #[must_use]
    pub fn unsigned(&self, bytes: Bytes) -> SdkBody {
        SdkBody::from_body_1_x(self.metered(bytes))
    }

    /// Returns a body that is counted and rate-limited.
    #[must_use]
    pub fn metered(&self, bytes: Bytes) -> Metered {
        Metered::new(bytes, Arc::clone(&self.meter), self.limit.clone(), self.clock.clone())
    }
}

#[dyn_dispatch_hint]
impl Intercept for ResponseRecorder {
    fn name(&self) -> &'static str {
        "Tap"
    }

    /// Replaces a body in memory, which is hashed for the signature by now, with one that is counted and rate-limited.
    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.request_mut().body_mut();
        if let Some(bytes) = body.bytes() {
            let bytes = Bytes::copy_from_slice(bytes);
            self.meter.set_length(bytes.len() as u64);
            if !bytes.is_empty() {
                *body = self.unsigned(bytes);
            }
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = ResponseHead::of(context.response());
        Ok(())
    }
}
