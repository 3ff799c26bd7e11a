//! The limit of speed on the wire: several bodies together, slow ones that are not taken for silent, and none limited.

use crate::engine::transfer::{HASTY, content, crc, http, s3_with};
use crate::support::scripted::{Server, ok};
use daypass::engine::clock::Clock;
use daypass::engine::rate_limiter::RateLimiter;
use std::sync::Arc;
use std::time::Duration;

const ETAG: (&str, &str) = ("ETag", "\"e\"");

/// How long two parts of `length` bytes each take together.
async fn two_parts(length: usize, rate: Option<u64>) -> Duration {
    let server = Server::start(|_| ok(&[ETAG], "")).await;
    let (clock, limit) = (Clock::start(), RateLimiter::default());
    limit.set(rate);
    let s3 = s3_with(&http(&server.url, None), &clock, HASTY).limited(limit);
    let bytes = content(length);
    let before = clock.now();
    let send = |number| {
        let (s3, bytes) = (&s3, bytes.clone());
        async move { s3.upload_part("k", "id", number, bytes.clone(), crc(&bytes), &Arc::default()).await }
    };
    let (first, second) = tokio::join!(send(1), send(2));
    first.and(second).expect("both were taken");
    let took = clock.now().since(before);
    let heard = server.heard();
    assert!(heard.len() == 2 && heard.iter().all(|request| request.body[..] == bytes[..]), "whole and once each");
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_share_the_limit() {
    // 400,000 bytes at 400,000 a second, less what may go at once: well above the patience with a silent server.
    let took = two_parts(200_000, Some(400_000)).await;
    assert!(took >= Duration::from_millis(850), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_limit_nothing_waits() {
    let took = two_parts(200_000, None).await;
    assert!(took < Duration::from_millis(850), "{took:?}");
}
