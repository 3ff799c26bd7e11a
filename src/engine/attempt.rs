//! One call as an attempt under the watch, and a second one where the first shows that this computer's clock is off.

use super::classify::{self, Operation, ResponseHead};
use super::clock::Clock;
use super::rate_limiter::RateLimiter;
use super::response_recorder::ResponseRecorder;
use super::timeouts::{self, Meter, Silence, Timeouts};
use crate::model::problem::{Kind, Problem};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// The message of a problem with an answer that came too early.
const EARLY: &str = "the answer came before the whole request was taken";

/// Makes one call under the watch, and classifies what comes of it.
pub async fn watched<T, E, F>(
    operation: Operation,
    length: u64,
    taken: &Arc<AtomicU64>,
    limit: &RateLimiter,
    clock: &Clock,
    patience: &Timeouts,
    call: impl Fn(ResponseRecorder) -> F,
) -> (Result<T, Problem>, ResponseHead)
where
    E: ProvideErrorMetadata + Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
{
    let meter = Meter::new(length, Arc::clone(taken));
    let tap = ResponseRecorder::new(Arc::clone(&meter), limit.clone(), clock.clone());
    let answer = match timeouts::guard(call(tap.clone()), &meter, clock, patience).await {
        Ok(answer) => answer.map_err(|error| classify::problem(operation, &error, meter.finished(), clock)),
        Err(silence) => {
            let kind = match silence {
                Silence::Answer if operation.stores() => Kind::AnswerLost,
                Silence::Answer | Silence::Body => Kind::NoAnswer,
            };
            Err(classify::misanswered(operation, kind, &ResponseHead::default(), "nothing moved any more", clock))
        }
    };
    let heard = tap.heard();
    // A page for people is no answer of a service, whatever its status and whatever stands in its other headers. Stores that
    // label empty answers so, as some do, sign them with a request id.
    let page = heard.html && heard.request_id.is_empty();
    let answer = answer.and_then(|output| {
        if page {
            return Err(classify::misanswered(
                operation,
                Kind::LoginPage,
                &heard,
                "the answer is a page for people",
                clock,
            ));
        }
        // Whatever it says of what was stored, it can't be of all that was to be sent.
        if !meter.finished() {
            return Err(classify::misanswered(operation, Kind::ConnectionLost, &heard, EARLY, clock));
        }
        Ok(output)
    });
    (answer, heard)
}

/// The same, and once more by the server's clock where the server minds this computer's.
///
/// # Errors
/// What `classify` makes of the last attempt; `ClockWrong` where the server's own time did not help.
pub async fn settled<T, E, F>(
    operation: Operation,
    length: u64,
    taken: &Arc<AtomicU64>,
    limit: &RateLimiter,
    clock: &Clock,
    patience: &Timeouts,
    call: impl Fn(ResponseRecorder) -> F,
) -> Result<(T, ResponseHead), Problem>
where
    E: ProvideErrorMetadata + Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
{
    let (mut answer, mut heard) = watched(operation, length, taken, limit, clock, patience, &call).await;
    if let Err(Problem { kind: Kind::ClockWrong(_), .. }) = answer
        && let Some(date) = heard.date
    {
        clock.correct(date);
        (answer, heard) = watched(operation, length, taken, limit, clock, patience, &call).await;
    }
    answer.map(|output| (output, heard))
}
