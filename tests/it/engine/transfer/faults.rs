//! Tests how network faults are classified and handled.

use crate::engine::transfer::{HASTY, PLACE, content, crc, destination, http, region, s3, s3_with};
use crate::support::scripted::{Reply, Server, answer, fault, login_page, ok};
use crate::support::stage::until;
use daypass::engine::clock::Clock;
use daypass::engine::http::{Http, HttpOptions};
use daypass::engine::s3::{CompleteRequest, S3, packed};
use daypass::engine::timeouts::Timeouts;
use daypass::engine::vault::Vault;
use daypass::model::parts::PartDone;
use daypass::model::problem::{Kind, Problem};
use daypass::time::Utc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const MIB: usize = 1 << 20;

async fn put(s3: &S3, length: usize) -> Result<(), Problem> {
    let body = content(length);
    s3.put("k", body.clone(), crc(&body), &Arc::default()).await.map(drop)
}

async fn part(s3: &S3, length: usize) -> Result<(), Problem> {
    let body = content(length);
    s3.upload_part("k", "UP", 1, body.clone(), crc(&body), &Arc::default()).await.map(drop)
}

async fn complete(s3: &S3) -> Result<(), Problem> {
    let parts = [PartDone { etag: "\"p\"".into(), crc: 5, echoed: true }];
    s3.complete("k", CompleteRequest { upload_id: "UP", parts: &parts, part: 10, size: 9 }).await.map(drop)
}

fn kind(result: Result<(), Problem>) -> Kind {
    result.expect_err("a problem").kind
}

/// PutObject, UploadPart, CompleteMultipartUpload.
async fn kinds(reply: Reply, length: usize) -> [Kind; 3] {
    let server = Server::start(move |_| reply.clone()).await;
    let s3 = s3(&server);
    [kind(put(&s3, length).await), kind(part(&s3, length).await), kind(complete(&s3).await)]
}

#[tokio::test]
async fn requests_to_a_silent_server_time_out() {
    let server = Server::start(|_| Reply::Silent).await;
    let s3 = s3_with(&http(&server.url, None), &Clock::start(), HASTY);
    let kinds = [kind(put(&s3, 1000).await), kind(part(&s3, 1000).await), kind(complete(&s3).await)];
    assert_eq!(kinds, [Kind::AnswerLost, Kind::NoAnswer, Kind::AnswerLost]);
}

#[tokio::test]
async fn requests_to_a_server_that_stops_reading_time_out_and_close_the_connection() {
    // TLS avoids the time for hashing the body.
    let dir = tempfile::tempdir().expect("a folder");
    let pem = dir.path().join("ca.pem");
    let server = Server::start_tls(&pem, |request| match request.number {
        0 | 1 => Reply::StopReading(100_000),
        _ => ok(&[("etag", "\"e\"")], ""),
    })
    .await;
    let http = http(&server.url, Some(pem));
    let s3 = s3_with(&http, &Clock::start(), HASTY);
    assert_eq!(kind(put(&s3, 32 * MIB).await), Kind::NoAnswer, "not all was taken: it can't be stored");
    assert_eq!(kind(part(&s3, 32 * MIB).await), Kind::NoAnswer);
    part(&s3_with(&http, &Clock::start(), Timeouts::default()), MIB).await.expect("sent");
    let connections: Vec<_> = server.heard().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 1, 2]);
}

#[tokio::test]
async fn a_connection_is_closed_after_its_answer_is_given_up() {
    let server = Server::start(|request| match request.number {
        0 => Reply::Silent,
        _ => ok(&[("etag", "\"e\"")], ""),
    })
    .await;
    let http = http(&server.url, None);
    assert_eq!(kind(part(&s3_with(&http, &Clock::start(), HASTY), 1000).await), Kind::NoAnswer);
    part(&s3_with(&http, &Clock::start(), Timeouts::default()), 1000).await.expect("sent");
    assert_eq!(server.heard()[1].connection, 1);
    until("the connection that hung to be closed", || server.closed() == 1).await;
}

#[tokio::test]
async fn a_cut_connection_is_ambiguous_only_after_the_last_byte() {
    assert_eq!(kinds(Reply::CutAfter, 1000).await, [Kind::AnswerLost, Kind::ConnectionLost, Kind::AnswerLost]);
    let server = Server::start(|_| Reply::Cut(50_000)).await;
    let s3 = s3(&server);
    assert_eq!(kind(put(&s3, 32 * MIB).await), Kind::ConnectionLost);
    assert_eq!(kind(part(&s3, 32 * MIB).await), Kind::ConnectionLost);
}

#[tokio::test]
async fn an_answer_before_the_whole_body_is_sent_is_not_a_success() {
    let body = content(32 * MIB);
    let sum = packed(crc(&body));
    let headers =
        [("x-amz-request-id", "R".to_owned()), ("etag", "\"e\"".to_owned()), ("x-amz-checksum-crc64nvme", sum)];
    let early = Reply::Early(100_000, 200, headers.to_vec());
    let server = Server::start(move |_| early.clone()).await;
    let s3 = s3(&server);
    let taken = Arc::new(AtomicU64::new(0));
    let put = s3.put("k", body.clone(), crc(&body), &taken).await.expect_err("not all of it was taken");
    assert_eq!(put.kind, Kind::ConnectionLost, "{put:?}");
    assert!(taken.load(Ordering::Relaxed) < body.len() as u64);
    assert_eq!(kind(part(&s3, 32 * MIB).await), Kind::ConnectionLost);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let body = format!("<Error><Code>AccessDenied</Code><Message>{}</Message></Error>", "x".repeat(8 * MIB));
    let page = body.clone();
    let server = Server::start(move |_| ok(&[], &page)).await;
    let s3 = s3(&server);
    assert_eq!(kind(complete(&s3).await), Kind::AnswerLost);
    let denied = Server::start(move |_| answer(403, &[], &body)).await;
    let problem = part(&crate::engine::transfer::s3(&denied), 10).await.expect_err("denied, at length");
    assert!(problem.detail.is_some_and(|detail| detail.message.len() < 1000));
}

#[tokio::test]
async fn whitespace_sent_while_parts_are_joined_is_accepted() {
    let blanks = " ".repeat(512 << 10);
    let body = format!("{blanks}<CompleteMultipartUploadResult><ETag>\"w\"</ETag></CompleteMultipartUploadResult>");
    let server = Server::start(move |_| ok(&[], &body)).await;
    complete(&s3(&server)).await.expect("stored");
}

#[tokio::test]
async fn a_truncated_answer_proves_nothing() {
    let server = Server::start(|_| Reply::CutInAnswer("   <CompleteMultipartUploadRes")).await;
    assert_eq!(kind(complete(&s3(&server)).await), Kind::AnswerLost);
    let server = Server::start(|_| ok(&[], "")).await;
    assert_eq!(kind(complete(&s3(&server)).await), Kind::AnswerLost);
}

#[tokio::test]
async fn a_login_page_never_counts_as_delivered() {
    assert_eq!(kinds(login_page(), 1000).await, [Kind::LoginPage; 3]);
    let server = Server::start(|_| login_page()).await;
    assert_eq!(s3(&server).create("k").await.expect_err("a problem").kind, Kind::LoginPage);
}

#[tokio::test]
async fn an_html_page_with_an_etag_never_counts_as_delivered() {
    let headers = vec![("content-type", "text/html".to_owned()), ("etag", "\"e\"".to_owned())];
    let page = Reply::Say(200, headers, String::new());
    let server = Server::start(move |_| page.clone()).await;
    let s3 = s3(&server);
    assert_eq!([kind(put(&s3, 10).await), kind(part(&s3, 10).await)], [Kind::LoginPage; 2]);
}

#[tokio::test]
async fn a_filter_and_a_gateway_are_distinguished() {
    let page = |status| Reply::Say(status, vec![("content-type", "text/html".into())], "<html>no</html>".into());
    assert_eq!(kinds(page(403), 10).await, [Kind::ProxyRefused; 3]);
    assert_eq!(kinds(page(407), 10).await, [Kind::ProxyRefused; 3]);
    assert_eq!(kinds(page(503), 10).await, [Kind::Busy; 3]);
    assert_eq!(kinds(page(504), 10).await, [Kind::AnswerLost, Kind::Busy, Kind::AnswerLost]);
}

#[tokio::test]
async fn s3_error_texts_are_kept_as_details() {
    let server = Server::start(|_| fault(403, "AccessDenied", "no \u{202e}session policy\n allows")).await;
    let problem = part(&s3(&server), 10).await.expect_err("denied");
    let detail = problem.detail.expect("details");
    assert_eq!((&*detail.call, &*detail.code, detail.status), ("UploadPart", "AccessDenied", 403));
    assert_eq!((&*detail.request_id, &*detail.message), ("REQUEST1", "no session policy  allows"));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once() {
    // The server's clock is two hours behind this computer's, and it refuses the difference.
    let server = Server::start(|request| {
        let date = aws_date(request.header("x-amz-date").expect("a date"));
        let theirs = Clock::start().utc().0 - 7200;
        let http_date = aws_smithy_types::DateTime::from_secs(theirs)
            .fmt(aws_smithy_types::date_time::Format::HttpDate)
            .expect("a date");
        if (date - theirs).abs() > 900 {
            let Reply::Say(status, mut headers, body) = fault(403, "RequestTimeTooSkewed", "too far") else {
                unreachable!("a fault is said")
            };
            headers.push(("date", http_date));
            return Reply::Say(status, headers, body);
        }
        ok(&[("etag", "\"e\""), ("date", &http_date)], "")
    })
    .await;
    let clock = Clock::start();
    let s3 = s3_with(&http(&server.url, None), &clock, Timeouts::default());
    part(&s3, 100_000).await.expect("sent at the second try");
    assert_eq!(server.heard().len(), 2);
    assert!((clock.ahead() - 7200).abs() < 30, "{}", clock.ahead());
    part(&s3, 10).await.expect("sent at once");
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn a_clock_that_cannot_be_corrected_is_reported() {
    let server = Server::start(|_| {
        let Reply::Say(status, mut headers, body) = fault(403, "RequestTimeTooSkewed", "too far") else {
            unreachable!("a fault is said")
        };
        headers.push(("date", "Wed, 21 Oct 2015 07:28:00 GMT".to_owned()));
        Reply::Say(status, headers, body)
    })
    .await;
    let clock = Clock::start();
    let ahead = clock.ahead_of(Utc(1_445_412_480));
    let s3 = s3_with(&http(&server.url, None), &clock, Timeouts::default());
    let Kind::ClockWrong(seconds) = kind(part(&s3, 10).await) else { panic!("another kind") };
    assert!((seconds - ahead).abs() < 30, "{seconds} {ahead}");
    assert_eq!(server.heard().len(), 2);
}

/// Seconds since 1970 of `20261021T072800Z`.
fn aws_date(text: &str) -> i64 {
    let spread = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &text[0..4],
        &text[4..6],
        &text[6..8],
        &text[9..11],
        &text[11..13],
        &text[13..15]
    );
    aws_smithy_types::DateTime::from_str(&spread, aws_smithy_types::date_time::Format::DateTime).expect("a date").secs()
}

#[tokio::test]
async fn an_unreachable_server_means_offline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    for url in [format!("http://127.0.0.1:{port}"), "http://nobody.invalid".to_owned()] {
        let s3 = s3_with(&http(&url, None), &Clock::start(), Timeouts::default());
        assert_eq!(kind(put(&s3, 0).await), Kind::Offline, "{url}");
        assert_eq!(kind(complete(&s3).await), Kind::Offline, "{url}");
    }
}

#[tokio::test]
async fn a_server_without_a_trusted_certificate_receives_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Server::start_tls(&dir.path().join("unused.pem"), |_| ok(&[("etag", "\"e\"")], "")).await;
    let s3 = s3(&server);
    assert_eq!(kind(put(&s3, 10).await), Kind::NotTrusted);
    assert_eq!(server.heard().len(), 0);
}

#[tokio::test]
async fn nothing_is_sent_without_a_session() {
    let server = Server::start(|_| ok(&[("etag", "\"e\"")], "")).await;
    let http = http(&server.url, None);
    let signer = Vault::new().signer(PLACE);
    let s3 = S3::new(&http, signer, &region("eu-west-1"), &destination(), &Clock::start(), HASTY);
    assert_eq!(kind(put(&s3, 10).await), Kind::SessionEnded);
    assert_eq!(server.heard().len(), 0);
}

#[tokio::test]
async fn connections_are_kept_and_reused() {
    let server = Server::start(|_| ok(&[("etag", "\"e\"")], "")).await;
    let s3 = Arc::new(s3_with(&http(&server.url, None), &Clock::start(), Timeouts::default()));
    let shown = Arc::new(AtomicU64::new(0));
    let body = content(1000);
    let sum = crc(&body);
    for _ in 0..2 {
        let calls: Vec<_> = (0..64)
            .map(|_| {
                let (s3, shown, body) = (Arc::clone(&s3), Arc::clone(&shown), body.clone());
                tokio::spawn(async move { s3.upload_part("k", "UP", 1, body, sum, &shown).await })
            })
            .collect();
        for call in calls {
            call.await.expect("no panic").expect("sent");
        }
    }
    assert_eq!(shown.load(Ordering::Relaxed), 1000);
    let most = server.heard().iter().map(|request| request.connection).max().expect("requests");
    assert!(most < 64, "{most}");
    assert_eq!(server.closed(), 0);
}

#[tokio::test]
async fn connections_do_not_outlive_a_sleep() {
    let server = Server::start(|_| ok(&[("etag", "\"e\"")], "")).await;
    let clock = Clock::start();
    let wire = HttpOptions { endpoint_url: Some(server.url.clone()), ..HttpOptions::default() };
    let s3 = s3_with(&Http::new(&wire, &clock).expect("a client"), &clock, Timeouts::default());
    part(&s3, 10).await.expect("sent");
    part(&s3, 10).await.expect("sent");
    clock.shift_wall(60_000);
    part(&s3, 10).await.expect("sent");
    let connections: Vec<_> = server.heard().iter().map(|request| request.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}
