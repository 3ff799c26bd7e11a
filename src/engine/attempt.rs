//! Makes one call with timeouts, and repeats it once if it shows that this computer's clock is wrong.

use super::classify::{self, Operation, ResponseHead};
use super::clock::Clock;
use super::log::Log;
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

/// What a call is made under.
#[derive(Clone, Copy, Debug)]
pub struct AttemptWatch<'a> {
    pub limit: &'a RateLimiter,
    pub clock: &'a Clock,
    pub patience: &'a Timeouts,
    pub log: &'a Log,
}

/// Makes one call with timeouts and classifies its result. Returns the response's head as well.
pub async fn watched<T, E, F>(
    operation: Operation,
    length: u64,
    taken: &Arc<AtomicU64>,
    watch: AttemptWatch<'_>,
    call: impl Fn(ResponseRecorder) -> F,
) -> (Result<T, Problem>, ResponseHead)
where
    E: ProvideErrorMetadata + Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
{
    let AttemptWatch { limit, clock, patience, log } = watch;
    let began = log.takes_call(operation).then(|| clock.now());
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
    // A web page is no answer of a service, whatever its status and its other headers. Some stores label empty answers
    // as HTML, too, but sign them with a request ID.
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
        // Whatever the answer says was stored, it can't be the whole request.
        if !meter.finished() {
            return Err(classify::misanswered(operation, Kind::ConnectionLost, &heard, EARLY, clock));
        }
        Ok(output)
    });
    if let Some(began) = began {
        let ahead = heard.date.map(|date| clock.ahead_of(date));
        log.called(operation, &answer, &heard, (meter.taken(), clock.now().since(began), ahead));
    }
    (answer, heard)
}

/// Calls [`watched`], and once more with the server's time if the server rejects this computer's clock.
///
/// # Errors
///
/// The problem of the last attempt, as `classify` sees it; `ClockWrong` if the server's time did not help.
pub async fn settled<T, E, F>(
    operation: Operation,
    length: u64,
    taken: &Arc<AtomicU64>,
    watch: AttemptWatch<'_>,
    call: impl Fn(ResponseRecorder) -> F,
) -> Result<(T, ResponseHead), Problem>
where
    E: ProvideErrorMetadata + Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
{
    let (mut answer, mut heard) = watched(operation, length, taken, watch, &call).await;
    if let Err(Problem { kind: Kind::ClockWrong(_), .. }) = answer
        && let Some(date) = heard.date
    {
        watch.clock.correct(date);
        watch.log.clock_corrected(watch.clock.ahead());
        (answer, heard) = watched(operation, length, taken, watch, &call).await;
    }
    answer.map(|output| (output, heard))
}
