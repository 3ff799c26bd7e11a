//! Tests which hosts requests are sent to, and which answers count as AWS's.

use super::*;
use crate::engine::vault::{SessionCredentials, Vault};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;

/// Records where requests are sent, and answers all of them with these headers and this body.
#[derive(Clone, Debug, Default)]
struct Ear {
    heard: Arc<std::sync::Mutex<Vec<String>>>,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

impl HttpConnector for Ear {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        self.heard.lock().expect("unpoisoned").push(request.uri().to_owned());
        let mut answer = HttpResponse::new(200.try_into().expect("a status"), SdkBody::from(self.body));
        for (name, value) in self.headers {
            answer.headers_mut().insert(*name, *value);
        }
        let body = std::mem::replace(request.body_mut(), SdkBody::taken());
        HttpConnectorFuture::new(async move {
            // An answer before the whole body was taken would prove nothing.
            body.collect().await.map_err(ConnectorError::user)?;
            Ok(answer)
        })
    }
}

fn s3(ear: &Ear, region: &str, bucket: &str) -> S3 {
    let ear = ear.clone();
    let http = Http::of(http_client_fn(move |_, _| SharedHttpConnector::new(ear.clone())));
    let vault = Vault::new();
    assert!(vault.put(&vault.ticket(DestinationId(1)), SessionCredentials::new("ASIA", "s", "t")));
    let destination = Destination {
        name: String::new(),
        narrow: false,
        ..Destination::new(
            String::new(),
            "arn:aws:iam::222222222222:role/upload".parse().expect("a role"),
            bucket.parse().expect("a bucket"),
            "".parse().expect("a prefix"),
        )
    };
    let signer = vault.signer(DestinationId(1));
    let region = region.parse().expect("a region");
    S3::new(&http, signer, &region, &destination, &Clock::start(), Timeouts::default())
}

#[tokio::test]
async fn hosts_are_derived_from_region_and_bucket() {
    for (region, bucket, expected) in [
        ("eu-west-1", "acme-inbox", "https://acme-inbox.s3.eu-west-1.amazonaws.com/k"),
        ("us-east-1", "acme-inbox", "https://acme-inbox.s3.us-east-1.amazonaws.com/k"),
        ("cn-north-1", "acme-inbox", "https://acme-inbox.s3.cn-north-1.amazonaws.com.cn/k"),
        ("us-gov-west-1", "acme-inbox", "https://acme-inbox.s3.us-gov-west-1.amazonaws.com/k"),
        ("eusc-de-east-1", "acme-inbox", "https://acme-inbox.s3.eusc-de-east-1.amazonaws.eu/k"),
        // Buckets from before March 2018 may have names that can't be hosts.
        ("us-east-1", "My_Inbox", "https://s3.us-east-1.amazonaws.com/My_Inbox/k"),
        // A name with a dot would not match the certificate of `*.s3.…`.
        ("eu-west-1", "acme.inbox", "https://s3.eu-west-1.amazonaws.com/acme.inbox/k"),
    ] {
        let ear = Ear { headers: &[("etag", "\"e\""), ("x-amz-request-id", "R")], ..Ear::default() };
        let s3 = s3(&ear, region, bucket);
        s3.put("k", Bytes::from_static(b"x"), 5, &Arc::default()).await.expect("stored");
        let asked = ear.heard.lock().expect("unpoisoned").remove(0);
        assert_eq!(asked.split('?').next(), Some(expected));
    }
}

#[tokio::test]
async fn an_answer_without_an_amazon_request_id_proves_nothing() {
    const ETAG: (&str, &str) = ("etag", "\"e\"");
    const ID: (&str, &str) = ("x-amz-request-id", "R");
    const PAGE: (&str, &str) = ("content-type", "text/html");
    const CREATED: &str = "<InitiateMultipartUploadResult><UploadId>UP</UploadId></InitiateMultipartUploadResult>";
    const COMPLETED: &str = "<CompleteMultipartUploadResult><ETag>\"w\"</ETag></CompleteMultipartUploadResult>";
    const OTHER: &str =
        "<CompleteMultipartUploadResult><ETag>\"w\"</ETag><Key>k2</Key></CompleteMultipartUploadResult>";
    const SAME: &str = "<CompleteMultipartUploadResult><ETag>\"w\"</ETag><Key>k</Key></CompleteMultipartUploadResult>";
    let parts = [PartDone { etag: "\"p\"".into(), crc: 5, echoed: true }];
    let whole = CompleteRequest { upload_id: "UP", parts: &parts, part: 10, size: 9 };
    let body = Bytes::from_static(b"x");
    for (headers, counts) in [
        (&[ETAG][..], Some(Kind::LoginPage)),
        (&[ETAG, PAGE], Some(Kind::LoginPage)),
        (&[ETAG, PAGE, ID], Some(Kind::LoginPage)),
        (&[ETAG, ID], None),
    ] {
        let ear = |body| s3(&Ear { headers, body, ..Ear::default() }, "eu-west-1", "acme-inbox");
        let put = ear("").put("k", body.clone(), 5, &Arc::default()).await;
        assert_eq!(put.err().map(|problem| problem.kind), counts, "{headers:?}");
        let part = ear("").upload_part("k", "UP", 1, body.clone(), 5, &Arc::default()).await;
        assert_eq!(part.err().map(|problem| problem.kind), counts, "{headers:?}");
        assert_eq!(ear(CREATED).create("k").await.err().map(|problem| problem.kind), counts, "{headers:?}");
        for (body, told) in [(COMPLETED, counts), (SAME, counts), (OTHER, counts.or(Some(Kind::AnswerLost)))] {
            let completed = ear(body).complete("k", whole).await;
            assert_eq!(completed.err().map(|problem| problem.kind), told, "{headers:?} {body}");
        }
    }
}
