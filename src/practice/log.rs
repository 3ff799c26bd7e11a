//! The log of requests, one record each, so that tests can count calls.

use super::sign::Authorization;
use http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// The operation that a request names, determined before anything is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the STS and S3 API references")]
pub enum ApiOperation {
    AssumeRole,
    GetCallerIdentity,
    HeadBucket,
    PutObject,
    CreateMultipartUpload,
    UploadPart,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    ListMultipartUploads,
    GetObject,
    HeadObject,
    GetObjectAttributes,
    DeleteObject,
    DeleteObjects,
    CopyObject,
    UploadPartCopy,
    ListObjects,
    ListObjectsV2,
    ListBuckets,
    /// Any call that reads or writes an access control list.
    Acl,
    /// Any other call.
    Other,
}

/// A request and its response.
#[derive(Clone, Debug)]
pub struct LoggedRequest {
    /// The order of arrival, from 1.
    pub number: u64,
    /// Seconds since 1970 at arrival, on the practice server's clock.
    pub at: i64,
    pub op: ApiOperation,
    /// The ID of the access key that signed it.
    pub access_key_id: Option<String>,
    /// The bucket in the path.
    pub bucket: Option<String>,
    /// The object's key, decoded.
    pub key: Option<String>,
    /// The part number.
    pub part: Option<i32>,
    /// The upload ID of a multipart call.
    pub upload_id: Option<String>,
    /// The response status; `None` while there is no response.
    pub status: Option<u16>,
    /// The error code in the response.
    pub code: Option<String>,
    /// Received bytes of the request's body, including chunk framing.
    pub body_bytes: u64,
    /// Headers about the upload's conditions (`x-amz-*` except tokens and dates, `if-*`, `content-*`), names in lower
    /// case.
    pub headers: BTreeMap<String, String>,
}

impl LoggedRequest {
    pub(super) fn of(number: u64, at: i64, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let decoded = percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
        let path = decoded.trim_start_matches('/');
        let (bucket, key) = match path.split_once('/') {
            Some((bucket, key)) if !key.is_empty() => (Some(bucket), Some(key)),
            Some((bucket, _)) => (Some(bucket), None),
            None => (Some(path).filter(|bucket| !bucket.is_empty()), None),
        };
        let query: BTreeMap<String, String> = pairs(uri.query().unwrap_or_default()).into_iter().collect();
        let query_key = query.get("X-Amz-Credential").and_then(|scope| scope.split('/').next()).map(str::to_owned);
        Self {
            number,
            at,
            op: op(method, bucket.is_some(), key.is_some(), &query, headers),
            access_key_id: Authorization::of(headers).map(|read| read.access_key_id).or(query_key),
            bucket: bucket.map(str::to_owned),
            key: key.map(str::to_owned),
            part: query.get("partNumber").and_then(|number| number.parse().ok()),
            upload_id: query.get("uploadId").cloned(),
            status: None,
            code: None,
            body_bytes: 0,
            headers: headers.iter().filter_map(|(name, value)| of_interest(name.as_str(), value)).collect(),
        }
    }
}

fn of_interest(name: &str, value: &http::HeaderValue) -> Option<(String, String)> {
    let kept = name.starts_with("if-") || name.starts_with("content-") || name.starts_with("x-amz-");
    let hidden = matches!(name, "x-amz-security-token" | "x-amz-date");
    (kept && !hidden).then(|| (name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

/// Parses a query or a form-encoded body into decoded names and values.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn op(method: &Method, bucket: bool, key: bool, query: &BTreeMap<String, String>, headers: &HeaderMap) -> ApiOperation {
    let has = |name: &str| query.contains_key(name);
    if has("acl") {
        return ApiOperation::Acl;
    }
    match (method.as_str(), bucket, key) {
        ("GET", false, false) => ApiOperation::ListBuckets,
        ("HEAD", true, false) => ApiOperation::HeadBucket,
        ("GET", true, false) if has("list-type") => ApiOperation::ListObjectsV2,
        ("GET", true, false) if has("uploads") => ApiOperation::ListMultipartUploads,
        ("GET", true, false) if query.keys().all(|name| LIST.contains(&name.as_str())) => ApiOperation::ListObjects,
        ("POST", true, false) if has("delete") => ApiOperation::DeleteObjects,
        ("PUT", true, true) if has("uploadId") && headers.contains_key("x-amz-copy-source") => {
            ApiOperation::UploadPartCopy
        }
        ("PUT", true, true) if has("uploadId") => ApiOperation::UploadPart,
        ("PUT", true, true) if headers.contains_key("x-amz-copy-source") => ApiOperation::CopyObject,
        ("PUT", true, true) if query.keys().all(|name| name == "x-id") => ApiOperation::PutObject,
        ("POST", true, true) if has("uploads") => ApiOperation::CreateMultipartUpload,
        ("POST", true, true) if has("uploadId") => ApiOperation::CompleteMultipartUpload,
        ("DELETE", true, true) if has("uploadId") => ApiOperation::AbortMultipartUpload,
        ("DELETE", true, true) if !has("tagging") => ApiOperation::DeleteObject,
        ("GET", true, true) if has("uploadId") => ApiOperation::ListParts,
        ("GET", true, true) if has("attributes") => ApiOperation::GetObjectAttributes,
        ("GET", true, true) if !SUBRESOURCES.iter().any(|name| has(name)) => ApiOperation::GetObject,
        ("HEAD", true, true) => ApiOperation::HeadObject,
        (_, _, _) => ApiOperation::Other,
    }
}

const LIST: [&str; 6] = ["prefix", "marker", "max-keys", "delimiter", "encoding-type", "x-id"];
const SUBRESOURCES: [&str; 5] = ["tagging", "retention", "legal-hold", "torrent", "object-lock"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_named_by_method_path_and_query() {
        for (method, uri, expected, key) in [
            (Method::PUT, "/b/a%20b/%E2%82%AC?x-id=PutObject", ApiOperation::PutObject, Some("a b/€")),
            (Method::PUT, "/b/k?partNumber=3&uploadId=u", ApiOperation::UploadPart, Some("k")),
            (Method::POST, "/b/k?uploads", ApiOperation::CreateMultipartUpload, Some("k")),
            (Method::GET, "/b?list-type=2&prefix=p", ApiOperation::ListObjectsV2, None),
            (Method::GET, "/b/?prefix=p", ApiOperation::ListObjects, None),
            (Method::GET, "/b?location", ApiOperation::Other, None),
            (Method::HEAD, "/b/k", ApiOperation::HeadObject, Some("k")),
            (Method::HEAD, "/b", ApiOperation::HeadBucket, None),
            (Method::GET, "/b/k?acl", ApiOperation::Acl, Some("k")),
        ] {
            let read = LoggedRequest::of(1, 0, &method, &uri.parse().expect("a URI"), &HeaderMap::new());
            assert_eq!((read.op, read.key.as_deref()), (expected, key), "{method} {uri}");
        }
    }
}
