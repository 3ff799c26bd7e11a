//! The S3 operations; signatures and permissions are checked before they run.

use super::access::refuse;
use super::iam::Caller;
use super::receive::{bad_digest, receive};
use super::serve::FlipInside;
use super::store::{CompletedParts, MultipartState, ObjectInfo, ObjectVersion, Part, Refused, crc_text, etag};
use super::story::BUCKET;
use super::{Inside, lock};
use async_trait::async_trait;
use bytes::Bytes;
use http_body::Frame;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumType, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput,
    DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput,
    HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput, ListPartsOutput,
    Part as ListedPart, PutObjectInput, PutObjectOutput, ServerSideEncryption, StreamingBlob, Timestamp,
    UploadPartInput, UploadPartOutput,
};
use s3s::{Body, S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

#[derive(Clone)]
pub(super) struct Bucket(pub(super) Arc<Inside>);

impl From<Refused> for S3Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoSuchUpload => refuse(
                S3ErrorCode::NoSuchUpload,
                "The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
            ),
            Refused::MalformedXml => refuse(
                S3ErrorCode::MalformedXML,
                "The XML you provided was not well-formed or did not validate against our published schema",
            ),
            Refused::InvalidPart => refuse(
                S3ErrorCode::InvalidPart,
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
            ),
            Refused::InvalidPartOrder => refuse(
                S3ErrorCode::InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            ),
            Refused::EntityTooSmall => {
                refuse(S3ErrorCode::EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size")
            }
            Refused::Gap => refuse(S3ErrorCode::InternalError, "We encountered an internal error. Please try again."),
            Refused::SizeDiffers { told, found } => refuse(
                S3ErrorCode::InvalidRequest,
                format!(
                    "The provided 'x-amz-mp-object-size' header value {told} does not match what was computed: {found}"
                ),
            ),
            Refused::BadDigest => bad_digest("crc64nvme"),
            Refused::Exists => {
                refuse(S3ErrorCode::PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
            }
        }
    }
}

impl Bucket {
    fn encryption(&self) -> ServerSideEncryption {
        ServerSideEncryption::from(if self.0.options.kms { "aws:kms".to_owned() } else { "AES256".to_owned() })
    }

    fn about(&self, key: &str) -> S3Result<ObjectInfo> {
        let store = lock(&self.0.store);
        let object = store.objects.get(key);
        object
            .map(|object| object.about.clone())
            .ok_or_else(|| refuse(S3ErrorCode::NoSuchKey, "The specified key does not exist."))
    }
}

fn if_absent(condition: Option<&ETagCondition>) -> S3Result<bool> {
    match condition {
        None => Ok(false),
        Some(condition) if condition.is_any() => Ok(true),
        Some(_) => Err(refuse(
            S3ErrorCode::NotImplemented,
            "A header you provided implies functionality that is not implemented",
        )),
    }
}

fn by<T>(req: &S3Request<T>) -> String {
    req.extensions.get::<Caller>().map(|caller| caller.arn.clone()).unwrap_or_default()
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from(UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

fn quoted(etag: &str) -> ETag {
    ETag::Strong(etag.to_owned())
}

fn full_object() -> ChecksumType {
    ChecksumType::from_static(ChecksumType::FULL_OBJECT)
}

#[async_trait]
impl S3 for Bucket {
    async fn head_bucket(&self, _req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        let bucket_region = Some(self.0.options.region.clone());
        Ok(S3Response::new(HeadBucketOutput { bucket_region, ..HeadBucketOutput::default() }))
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let by = by(&req);
        let flip = req.extensions.get::<FlipInside>().is_some();
        let if_absent = if_absent(req.input.if_none_match.as_ref())?;
        let input = req.input;
        let taken = receive(&self.0.shelf, input.body, &req.headers, req.trailing_headers.as_ref(), flip).await?;
        let about = ObjectInfo {
            key: input.key,
            size: taken.blob.size,
            etag: etag(taken.crc, taken.blob.size),
            crc64nvme: crc_text(taken.crc),
            at: self.0.now(),
            content_type: input.content_type,
            by,
            parts: 0,
        };
        let mut output = PutObjectOutput {
            e_tag: Some(quoted(&about.etag)),
            checksum_type: Some(full_object()),
            server_side_encryption: Some(self.encryption()),
            ..PutObjectOutput::default()
        };
        match taken.other {
            Some(("crc32", sum)) => output.checksum_crc32 = Some(sum),
            Some(("crc32c", sum)) => output.checksum_crc32c = Some(sum),
            Some(("sha1", sum)) => output.checksum_sha1 = Some(sum),
            Some(("sha256", sum)) => output.checksum_sha256 = Some(sum),
            Some(_) | None => output.checksum_crc64nvme = Some(about.crc64nvme.clone()),
        }
        lock(&self.0.store).put(ObjectVersion { about, blob: taken.blob }, if_absent)?;
        Ok(S3Response::new(output))
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let by = by(&req);
        let input = req.input;
        let upload_id = self.0.random.upload_id();
        let upload = MultipartState::new(input.key.clone(), input.content_type, input.checksum_algorithm.is_some(), by);
        lock(&self.0.store).uploads.insert(upload_id.clone(), upload);
        let abort_days = self.0.options.abort_days;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            abort_date: abort_days.map(|days| moment(self.0.now() + i64::from(days) * 24 * 3600)),
            abort_rule_id: abort_days.map(|_| "abort-unfinished".to_owned()),
            bucket: Some(input.bucket),
            checksum_type: input.checksum_algorithm.is_some().then(full_object),
            checksum_algorithm: input.checksum_algorithm,
            key: Some(input.key),
            server_side_encryption: Some(self.encryption()),
            upload_id: Some(upload_id),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let flip = req.extensions.get::<FlipInside>().is_some();
        let input = req.input;
        if !(1..=10_000).contains(&input.part_number) {
            let text = "Part number must be an integer between 1 and 10000, inclusive";
            return Err(refuse(S3ErrorCode::InvalidArgument, text));
        }
        lock(&self.0.store).open_upload(&input.key, &input.upload_id)?;
        let taken = receive(&self.0.shelf, input.body, &req.headers, req.trailing_headers.as_ref(), flip).await?;
        let part = Part { etag: etag(taken.crc, taken.blob.size), crc: taken.crc, blob: taken.blob };
        let mut output = UploadPartOutput {
            e_tag: Some(quoted(&part.etag)),
            server_side_encryption: Some(self.encryption()),
            ..UploadPartOutput::default()
        };
        match taken.other {
            Some(("crc32", sum)) => output.checksum_crc32 = Some(sum),
            Some(("crc32c", sum)) => output.checksum_crc32c = Some(sum),
            Some(("sha1", sum)) => output.checksum_sha1 = Some(sum),
            Some(("sha256", sum)) => output.checksum_sha256 = Some(sum),
            Some(_) | None => output.checksum_crc64nvme = Some(crc_text(part.crc)),
        }
        let mut store = lock(&self.0.store);
        store.open_upload(&input.key, &input.upload_id)?.parts.insert(input.part_number, part);
        Ok(S3Response::new(output))
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = req.input;
        if input.checksum_type.as_ref().is_some_and(|kind| kind.as_str() != ChecksumType::FULL_OBJECT) {
            let text = "The upload was created using the FULL_OBJECT checksum mode. The complete request must use the same checksum mode.";
            return Err(refuse(S3ErrorCode::InvalidRequest, text));
        }
        let mut parts = Vec::new();
        for part in input.multipart_upload.and_then(|list| list.parts).unwrap_or_default() {
            let (Some(number), Some(etag)) = (part.part_number, part.e_tag) else {
                return Err(Refused::MalformedXml.into());
            };
            parts.push((number, etag.into_value(), part.checksum_crc64nvme));
        }
        let done = lock(&self.0.store).complete(&CompletedParts {
            key: &input.key,
            upload_id: &input.upload_id,
            parts,
            crc64nvme: input.checksum_crc64nvme.as_deref(),
            size: input.mpu_object_size.map(|size| u64::try_from(size).unwrap_or_default()),
            if_absent: if_absent(input.if_none_match.as_ref())?,
            min_part: self.0.options.min_part,
            replay: self.0.options.replay_complete,
            now: self.0.now(),
        });
        let location = format!("{}/{BUCKET}/{}", self.0.endpoint, input.key);
        let encryption = self.encryption();
        let output = done.map_err(S3Error::from).map(|about| CompleteMultipartUploadOutput {
            location: Some(location),
            bucket: Some(input.bucket),
            key: Some(about.key),
            e_tag: Some(quoted(&about.etag)),
            checksum_crc64nvme: Some(about.crc64nvme),
            checksum_type: Some(full_object()),
            server_side_encryption: Some(encryption),
            ..CompleteMultipartUploadOutput::default()
        });
        output.map(S3Response::new)
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let mut store = lock(&self.0.store);
        store.open_upload(&req.input.key, &req.input.upload_id)?;
        store.uploads.remove(&req.input.upload_id);
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_parts(&self, req: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        let input = req.input;
        let mut store = lock(&self.0.store);
        let upload = store.open_upload(&input.key, &input.upload_id)?;
        let parts = upload.parts.iter().map(|(number, part)| ListedPart {
            part_number: Some(*number),
            e_tag: Some(quoted(&part.etag)),
            size: i64::try_from(part.blob.size).ok(),
            checksum_crc64nvme: Some(crc_text(part.crc)),
            ..ListedPart::default()
        });
        Ok(S3Response::new(ListPartsOutput {
            parts: Some(parts.collect()),
            bucket: Some(input.bucket),
            is_truncated: Some(false),
            upload_id: Some(input.upload_id),
            key: Some(input.key),
            ..ListPartsOutput::default()
        }))
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let about = self.about(&req.input.key)?;
        let pieces = lock(&self.0.store).objects.get(&about.key).map(|object| object.blob.pieces());
        let body = pieces.map(|pieces| StreamingBlob::from(Body::http_body_unsync(Pieces(pieces))));
        Ok(S3Response::new(GetObjectOutput {
            body,
            content_length: i64::try_from(about.size).ok(),
            content_type: about.content_type,
            e_tag: Some(quoted(&about.etag)),
            last_modified: Some(moment(about.at)),
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let about = self.about(&req.input.key)?;
        Ok(S3Response::new(HeadObjectOutput {
            content_length: i64::try_from(about.size).ok(),
            content_type: about.content_type,
            e_tag: Some(quoted(&about.etag)),
            checksum_crc64nvme: Some(about.crc64nvme),
            checksum_type: Some(full_object()),
            last_modified: Some(moment(about.at)),
            ..HeadObjectOutput::default()
        }))
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = req.input;
        let prefix = input.prefix.clone().unwrap_or_default();
        let after = input.continuation_token.clone().or(input.start_after.clone()).unwrap_or_default();
        let most = usize::try_from(input.max_keys.unwrap_or(1000).clamp(0, 1000)).unwrap_or(1000);
        let store = lock(&self.0.store);
        let mut found: Vec<s3s::dto::Object> = store
            .objects
            .values()
            .filter(|object| object.about.key.starts_with(&prefix) && object.about.key > after)
            .take(most + 1)
            .map(|object| s3s::dto::Object {
                key: Some(object.about.key.clone()),
                size: i64::try_from(object.about.size).ok(),
                e_tag: Some(quoted(&object.about.etag)),
                last_modified: Some(moment(object.about.at)),
                ..s3s::dto::Object::default()
            })
            .collect();
        let more = found.len() > most;
        found.truncate(most);
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            max_keys: i32::try_from(most).ok(),
            key_count: i32::try_from(found.len()).ok(),
            is_truncated: Some(more),
            next_continuation_token: found.last().filter(|_| more).and_then(|object| object.key.clone()),
            contents: Some(found),
            ..ListObjectsV2Output::default()
        }))
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        lock(&self.0.store).objects.remove(&req.input.key);
        Ok(S3Response::with_status(DeleteObjectOutput::default(), http::StatusCode::NO_CONTENT))
    }
}

/// A stored body as an HTTP body.
struct Pieces<I>(I);

impl<I: Iterator<Item = std::io::Result<Bytes>> + Unpin> http_body::Body for Pieces<I> {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.next().map(|piece| piece.map(Frame::data)))
    }
}
