//! Tests the rate limit: bodies share it, slow ones are not considered silent, and it can be off.

use crate::engine::transfer::{content, crc, http, s3_with};
use crate::support::scripted::{Server, ok};
use crate::support::stage::SHORT;
use daypass::engine::clock::Clock;
use daypass::engine::rate_limiter::{LEAST, RateLimiter};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const ETAG: (&str, &str) = ("ETag", "\"e\"");
const LENGTH: usize = 200_000;

/// Returns how long two parts take together, on a clock that is moved ahead until both are sent.
async fn two_parts(limit: RateLimiter) -> Duration {
    let server = Server::start(|_| ok(&[ETAG], "")).await;
    let clock = Clock::start();
    let s3 = s3_with(&http(&server.url, None), &clock, SHORT).limited(limit);
    let bytes = content(LENGTH);
    let before = clock.now();
    let taken = [Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0))];
    let send = |number: u32, taken: &Arc<AtomicU64>| {
        let (s3, bytes, taken) = (&s3, bytes.clone(), Arc::clone(taken));
        async move { s3.upload_part("k", "id", number, bytes.clone(), crc(&bytes), &taken).await }
    };
    let passing = async {
        while taken.iter().any(|taken| taken.load(Ordering::Relaxed) < LENGTH as u64) {
            tokio::time::sleep(Duration::from_millis(5)).await;
            clock.advance(Duration::from_millis(500));
        }
    };
    let (first, second, ()) = tokio::join!(send(1, &taken[0]), send(2, &taken[1]), passing);
    first.and(second).expect("both were taken");
    let took = clock.now().since(before);
    let heard = server.heard();
    assert!(heard.len() == 2 && heard.iter().all(|request| request.body[..] == bytes[..]), "whole and once each");
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn request_bodies_share_the_limit() {
    // 400,000 bytes at 10,000 a second, minus the initial burst, take longer than the timeout for a silent server.
    let limit = RateLimiter::default();
    limit.set(Some(10_000));
    let took = two_parts(limit).await;
    assert!(took >= Duration::from_secs(39), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_waits_without_a_limit() {
    let limit = RateLimiter::default();
    limit.set(Some(LEAST));
    limit.set(None);
    let took = two_parts(limit).await;
    assert!(took < Duration::from_secs(2 * LENGTH as u64 / LEAST), "{took:?}");
}
