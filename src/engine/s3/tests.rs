//! Where requests would go.

use super::*;
use crate::engine::vault::{SessionCredentials, Vault};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

#[derive(Clone, Debug, Default)]
struct Ear(Arc<std::sync::Mutex<Vec<String>>>);

impl HttpConnector for Ear {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.0.lock().expect("unpoisoned").push(request.uri().to_owned());
        let mut answer = HttpResponse::new(200.try_into().expect("a status"), SdkBody::empty());
        answer.headers_mut().insert("etag", "\"e\"");
        HttpConnectorFuture::ready(Ok(answer))
    }
}

#[tokio::test]
async fn hosts_come_from_region_and_bucket() {
    for (region, bucket, expected) in [
        ("eu-west-1", "acme-inbox", "https://acme-inbox.s3.eu-west-1.amazonaws.com/k"),
        ("us-east-1", "acme-inbox", "https://acme-inbox.s3.us-east-1.amazonaws.com/k"),
        ("cn-north-1", "acme-inbox", "https://acme-inbox.s3.cn-north-1.amazonaws.com.cn/k"),
        ("us-gov-west-1", "acme-inbox", "https://acme-inbox.s3.us-gov-west-1.amazonaws.com/k"),
        ("eusc-de-east-1", "acme-inbox", "https://acme-inbox.s3.eusc-de-east-1.amazonaws.eu/k"),
        // A dot in the name would not fit the certificate of `*.s3.…`.
        ("eu-west-1", "acme.inbox", "https://s3.eu-west-1.amazonaws.com/acme.inbox/k"),
    ] {
        let ear = Ear::default();
        let heard = ear.clone();
        let http = Http::of(http_client_fn(move |_, _| SharedHttpConnector::new(heard.clone())));
        let vault = Vault::new();
        assert!(vault.put(&vault.ticket(PlaceNo(1)), SessionCredentials::new("ASIA", "s", "t")));
        let destination = Destination {
            name: String::new(),
            profile: String::new(),
            role: "arn:aws:iam::222222222222:role/upload".parse().expect("a role"),
            bucket: bucket.parse().expect("a bucket"),
            prefix: "".parse().expect("a prefix"),
            region: None,
            owner: None,
            seconds: 3600,
            external_id: None,
            mfa_serial: None,
            session_name: None,
            narrow: false,
            practice: false,
            acl_full_control: false,
            encryption: crate::model::destination::Encryption::None,
            not_before: None,
            not_after: None,
        };
        let signer = vault.signer(PlaceNo(1));
        let region = region.parse().expect("a region");
        let s3 = S3::new(&http, signer, &region, &destination, &Clock::start(), Patience::default());
        s3.put("k", Bytes::from_static(b"x"), 5, &Arc::default()).await.expect("stored");
        let asked = ear.0.lock().expect("unpoisoned").remove(0);
        assert_eq!(asked.split('?').next(), Some(expected));
    }
}
