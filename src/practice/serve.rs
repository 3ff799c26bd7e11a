//! Handles a request: the log, the faults, STS or S3, and AWS's response headers.

use super::access::PracticeAccess;
use super::clock::{from_amz_time, http_time, iso_time};
use super::faults::Fault;
use super::log::{ApiOperation, LoggedRequest};
use super::s3::Bucket;
use super::sign::Authorization;
use super::tap::{Blanks, Tap};
use super::{Inside, lock, sts, xml_text};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use s3s::Body;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use std::fmt;
use std::sync::Arc;

/// Maximum clock skew of a signed request, in milliseconds (S3 API Reference, RequestTimeTooSkewed).
const SKEW_MILLIS: i64 = 900_000;
const MAX_FORM: usize = 64 * 1024;

/// Request extension: the S3 operation flips a bit of the body before the checksum is checked.
#[derive(Clone, Copy)]
pub(super) struct FlipInside;

/// The connection is closed without a response.
#[derive(Debug)]
pub(super) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the practice ended the connection on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Returns the S3 service; `s3s` checks its signatures.
pub(super) fn s3(inside: &Arc<Inside>) -> S3Service {
    let mut builder = S3ServiceBuilder::new(Bucket(Arc::clone(inside)));
    builder.set_auth(PracticeAccess(Arc::clone(inside)));
    builder.set_access(PracticeAccess(Arc::clone(inside)));
    // `s3s` would compare with the system's clock; `refuse_early` compares with the practice server's, which tests can
    // move.
    let mut config = S3Config::default();
    config.presigned_url_max_skew_time_secs = u32::MAX;
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.build()
}

/// The log record of a request in progress; its received bytes are recorded even if the client disconnects.
struct BodyLine {
    inside: Arc<Inside>,
    number: u64,
    tap: Tap,
}

impl BodyLine {
    fn note(&self, note: impl FnOnce(&mut LoggedRequest)) {
        let mut log = lock(&self.inside.log);
        if let Some(line) = log.iter_mut().rev().find(|line| line.number == self.number) {
            note(line);
        }
    }
}

impl Drop for BodyLine {
    fn drop(&mut self) {
        let bytes = self.tap.bytes();
        self.note(|line| line.body_bytes = bytes);
    }
}

/// Handles one request.
pub(super) async fn answer(
    inside: Arc<Inside>,
    s3: S3Service,
    req: http::Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    if inside.is_offline() {
        return Err(Dropped);
    }
    let (parts, incoming) = req.into_parts();
    let mut tap = Tap::new(incoming);
    let is_form = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    let sts = parts.method == http::Method::POST && parts.uri.path() == "/" && is_form;
    let mut form = Bytes::new();
    if sts {
        form = Limited::new(tap.clone(), MAX_FORM).collect().await.map_err(|_broken| Dropped)?.to_bytes();
    }
    let mut request = LoggedRequest::of(inside.next_number(), inside.now(), &parts.method, &parts.uri, &parts.headers);
    if sts {
        request.op = sts::op(&form);
    }
    let faults = lock(&inside.faults).befall(&request);
    lock(&inside.log).push(request.clone());
    let line = BodyLine { inside: Arc::clone(&inside), number: request.number, tap: tap.clone() };

    let mut instead = None;
    let mut extensions = parts.extensions;
    for fault in &faults {
        match fault {
            Fault::Delay(time) => tokio::time::sleep(*time).await,
            Fault::SlowBody(rate) => tap.slow(*rate),
            Fault::HoldBody(bytes) => tap.hold_at(*bytes, inside.released.subscribe()),
            Fault::FlipBit => tap.flip(),
            Fault::FlipBitInside => drop(extensions.insert(FlipInside)),
            Fault::DropInBody(bytes) => tap.cut_at(*bytes),
            Fault::DropBefore => return Err(Dropped),
            Fault::NeverAnswer { work: false } => {
                tap.drain().await;
                let _held = inside.released.subscribe();
                std::future::pending::<()>().await;
            }
            Fault::Html(status) => instead = Some(html(*status)),
            Fault::Status { status, code, message } => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                instead = Some(error(&inside, sts, status, code, message, ""));
            }
            Fault::ErrorInside200 { code, message, work: false } => {
                instead = Some(error(&inside, sts, StatusCode::OK, code, message, ""));
            }
            Fault::NeverAnswer { work: true }
            | Fault::ErrorInside200 { work: true, .. }
            | Fault::DropAfter
            | Fault::Hold
            | Fault::KeepAlive(_)
            | Fault::NoETag
            | Fault::WrongChecksum
            | Fault::SkewDate(_) => {}
        }
    }
    let replaced = instead.is_some();
    let mut response = if let Some(response) = instead {
        response
    } else if sts {
        let (status, xml, id) = sts::answer(&inside, &parts.headers, &form);
        let mut response = xml_response(status, xml);
        put(response.headers_mut(), "x-amzn-requestid", &id);
        response
    } else if let Some(refused) = refuse_early(&inside, &parts.headers) {
        refused
    } else {
        let mut http = http::Request::new(Body::http_body_unsync(tap.clone()));
        *http.method_mut() = parts.method;
        *http.uri_mut() = parts.uri;
        *http.headers_mut() = parts.headers;
        *http.extensions_mut() = extensions;
        let response = Box::pin(s3.call(http)).await.map_err(|_broken| Dropped)?;
        complete_error(&inside, response)
    };
    tap.drain().await;
    if tap.was_cut() || inside.is_offline() {
        return Err(Dropped);
    }
    if !replaced || !faults.iter().any(|fault| matches!(fault, Fault::Html(_))) {
        dress(&inside, &request, &mut response);
    }
    let (mut date, mut blanks) = (inside.now(), None);
    for fault in &faults {
        match fault {
            Fault::DropAfter => return Err(Dropped),
            Fault::NeverAnswer { .. } => {
                let _held = inside.released.subscribe();
                std::future::pending::<()>().await;
            }
            Fault::Hold => {
                let mut released = inside.released.subscribe();
                // The sender is never dropped before its server.
                let _released = released.changed().await;
            }
            Fault::ErrorInside200 { code, message, work: true } => {
                response = error(&inside, sts, StatusCode::OK, code, message, "");
            }
            Fault::NoETag => remove_etag(&mut response),
            Fault::WrongChecksum => change_checksum(&mut response, Some("AAAAAAAAAAA=")),
            Fault::SkewDate(seconds) => date += seconds,
            Fault::KeepAlive(time) => blanks = Some(*time),
            Fault::ErrorInside200 { work: false, .. }
            | Fault::Delay(_)
            | Fault::SlowBody(_)
            | Fault::HoldBody(_)
            | Fault::FlipBit
            | Fault::FlipBitInside
            | Fault::DropInBody(_)
            | Fault::DropBefore
            | Fault::Html(_)
            | Fault::Status { .. } => {}
        }
    }
    put(response.headers_mut(), "date", &http_time(date));
    let code = response.body().bytes().and_then(|body| element(&body, "Code"));
    let status = response.status().as_u16();
    line.note(|line| (line.status, line.code) = (Some(status), code));
    if let Some((time, body)) = blanks.zip(response.body().bytes()) {
        *response.status_mut() = StatusCode::OK;
        *response.body_mut() = Body::http_body_unsync(Blanks::new(time, &body));
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    Ok(response)
}

const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// Returns the error for a request whose time or credential scope S3 rejects.
fn refuse_early(inside: &Inside, headers: &HeaderMap) -> Option<Response<Body>> {
    let read = Authorization::of(headers)?;
    let now = inside.now();
    let signed = headers.get("x-amz-date").and_then(|value| from_amz_time(value.to_str().ok()?))?;
    if (now - signed).abs() * 1000 > SKEW_MILLIS {
        let more = format!(
            "<RequestTime>{}</RequestTime><ServerTime>{}</ServerTime><MaxAllowedSkewMilliseconds>{SKEW_MILLIS}</MaxAllowedSkewMilliseconds>",
            super::clock::amz_time(signed),
            iso_time(now)
        );
        let text = "The difference between the request time and the current time is too large.";
        return Some(error(inside, false, StatusCode::FORBIDDEN, "RequestTimeTooSkewed", text, &more));
    }
    let region = &inside.options.region;
    let (text, more) = if read.service != "s3" {
        let text = format!(
            "The authorization header is malformed; incorrect service \"{}\". This endpoint belongs to \"s3\".",
            read.service
        );
        (text, String::new())
    } else if read.region != *region {
        let text = format!(
            "The authorization header is malformed; the region '{}' is wrong; expecting '{region}'",
            read.region
        );
        (text, format!("<Region>{region}</Region>"))
    } else {
        return None;
    };
    let code = "AuthorizationHeaderMalformed";
    let mut response = error(inside, false, StatusCode::BAD_REQUEST, code, &text, &more);
    put(response.headers_mut(), "x-amz-bucket-region", region);
    Some(response)
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn xml_response(status: StatusCode, xml: String) -> Response<Body> {
    let mut response = Response::new(Body::from(xml));
    *response.status_mut() = status;
    let kind = if status == StatusCode::OK { "text/xml" } else { "application/xml" };
    put(response.headers_mut(), "content-type", kind);
    response
}

fn error(inside: &Inside, sts: bool, status: StatusCode, code: &str, message: &str, more: &str) -> Response<Body> {
    if sts {
        let id = inside.random.uuid();
        let mut response = xml_response(status, sts::error_xml(code, message, &id));
        put(response.headers_mut(), "x-amzn-requestid", &id);
        return response;
    }
    let (id, host) = (inside.random.request_id(), inside.random.host_id());
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{more}<RequestId>{id}</RequestId><HostId>{host}</HostId></Error>",
        xml_text(code),
        xml_text(message)
    );
    let mut response = xml_response(status, xml);
    put(response.headers_mut(), "x-amz-request-id", &id);
    put(response.headers_mut(), "x-amz-id-2", &host);
    response
}

/// Returns a page of a captive portal or a proxy, without AWS's headers.
fn html(status: u16) -> Response<Body> {
    let page = "<!DOCTYPE html><html><head><title>Network sign-in</title></head><body>Please sign in.</body></html>";
    let mut response = Response::new(Body::from(page.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    put(response.headers_mut(), "content-type", "text/html");
    response
}

/// Replaces an error of `s3s` by one with S3's message and IDs.
fn complete_error(inside: &Inside, response: Response<Body>) -> Response<Body> {
    let Some(body) = response.body().bytes().filter(|_| response.status().as_u16() >= 300) else {
        return response;
    };
    let Some(code) = element(&body, "Code") else { return response };
    let message = if code == "SignatureDoesNotMatch" {
        super::SIGNATURE_TEXT_S3.to_owned()
    } else if code == "KeyTooLongError" {
        "Your key is too long".to_owned()
    } else {
        element(&body, "Message").map(|text| from_xml(&text)).unwrap_or_default()
    };
    error(inside, false, response.status(), &code, &message, "")
}

/// Adds AWS's response headers, and removes the checksums if the options say so.
fn dress(inside: &Inside, request: &LoggedRequest, response: &mut Response<Body>) {
    if request.op == ApiOperation::HeadBucket && response.status() != StatusCode::NOT_FOUND {
        put(response.headers_mut(), "x-amz-bucket-region", &inside.options.region);
    }
    let headers = response.headers_mut();
    if !headers.contains_key("x-amz-request-id") && !headers.contains_key("x-amzn-requestid") {
        put(headers, "x-amz-id-2", &inside.random.host_id());
        put(headers, "x-amz-request-id", &inside.random.request_id());
        put(headers, "server", "AmazonS3");
    }
    if !inside.options.echo {
        change_checksum(response, None);
    }
}

fn remove_etag(response: &mut Response<Body>) {
    response.headers_mut().remove(header::ETAG);
    edit(response, "ETag", None);
}

/// Replaces the CRC64NVME of a response, or removes all its checksums.
fn change_checksum(response: &mut Response<Body>, other: Option<&str>) {
    let headers = response.headers_mut();
    if let Some(other) = other {
        if headers.contains_key("x-amz-checksum-crc64nvme") {
            put(headers, "x-amz-checksum-crc64nvme", other);
        }
        edit(response, "ChecksumCRC64NVME", Some(other));
        return;
    }
    let names: Vec<_> = headers.keys().filter(|name| is_sum(name.as_str())).cloned().collect();
    for name in names {
        headers.remove(name);
    }
    for name in ["ChecksumCRC64NVME", "ChecksumType"] {
        edit(response, name, None);
    }
}

fn is_sum(name: &str) -> bool {
    name.starts_with("x-amz-checksum-") && name != "x-amz-checksum-algorithm"
}

/// Replaces or removes one element of an XML body in memory.
fn edit(response: &mut Response<Body>, name: &str, value: Option<&str>) {
    let Some(body) = response.body().bytes() else { return };
    let Some(found) = element(&body, name) else { return };
    let text = String::from_utf8_lossy(&body);
    let old = format!("<{name}>{found}</{name}>");
    let new = value.map(|value| format!("<{name}>{value}</{name}>")).unwrap_or_default();
    *response.body_mut() = Body::from(text.replacen(&old, &new, 1));
    response.headers_mut().remove(header::CONTENT_LENGTH);
}

/// Returns the text of the first element with this name, still escaped.
fn element(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once(&format!("</{name}>"))?;
    Some(value.to_owned())
}

fn from_xml(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
