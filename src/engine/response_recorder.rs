//! A tap on one attempt: it hears the top of the answer, and counts the request's body as the network takes it.

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

/// Copies tap the same attempt.
#[derive(Clone, Debug)]
pub struct ResponseRecorder {
    heard: Arc<Mutex<ResponseHead>>,
    meter: Arc<Meter>,
    limit: RateLimiter,
    clock: Clock,
}

impl ResponseRecorder {
    /// A tap that counts with this meter, and lets bodies go no faster than this limit.
    #[must_use]
    pub fn new(meter: Arc<Meter>, limit: RateLimiter, clock: Clock) -> Self {
        Self { heard: Arc::default(), meter, limit, clock }
    }

    /// What has been heard so far.
    #[must_use]
    pub fn heard(&self) -> ResponseHead {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A body whose hash the signature leaves out: over TLS, the checksum header and TLS guard it.
    #[must_use]
    pub fn unsigned(&self, bytes: Bytes) -> SdkBody {
        SdkBody::from_body_1_x(self.metered(bytes))
    }

    /// The next bytes of a body, counted and slowed down like any other.
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

    /// A body in memory was hashed for the signature by now; from here on it goes through the meter like any other.
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
