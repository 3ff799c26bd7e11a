//! The S3 calls that `s3:PutObject` alone allows, each as one attempt whose answer is verified.

use super::attempt::{self, AttemptWatch};
use super::classify::{self, Operation, ResponseHead};
use super::clock::Clock;
use super::crc::Shift;
use super::endpoint::{Host, Signed};
use super::http::Http;
use super::log::Log;
use super::rate_limiter::RateLimiter;
use super::response_recorder::ResponseRecorder;
use super::timeouts::Timeouts;
use super::vault::Signer;
use crate::model::destination::{Destination, Encryption};
use crate::model::names::Region;
use crate::model::parts::PartDone;
use crate::model::problem::{Kind, Problem};
use crate::model::upload::{DestinationId, Proof};
use crate::time::Utc;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, IdentityCache, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::operation::put_object::PutObjectOutput;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::operation::upload_part::UploadPartOutput;
use aws_sdk_s3::operation::upload_part::builders::UploadPartFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, ObjectCannedAcl, ServerSideEncryption,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::Mutex;

mod checksum;
mod signing;
mod whole;

use checksum::Echo;

pub use checksum::{packed, unpacked};
pub use signing::may_be_unsigned;
pub use whole::{Span, sums};

/// The message of a problem with an answer that has a different checksum.
const OTHER_CHECKSUM: &str = "the answer carries another checksum";

/// An S3 client for one destination: one bucket, one region, one owner, one signer.
#[derive(Debug)]
pub struct S3 {
    client: Client,
    place: DestinationId,
    bucket: String,
    owner: String,
    region: Region,
    explicit: bool,
    acl: Option<ObjectCannedAcl>,
    encryption: Option<ServerSideEncryption>,
    key_id: Option<String>,
    clock: Clock,
    patience: Timeouts,
    limit: RateLimiter,
    log: Log,
    /// Whether payloads must be signed; `None` until an unsigned one has been refused. Without TLS they always are,
    /// since only TLS protects an unsigned payload in transit.
    signing: Mutex<Option<bool>>,
}

/// S3's answer about a whole object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// The CRC64NVME of the whole object, as sent.
    pub crc: u64,
    /// How much of it S3 confirmed.
    pub proof: Proof,
    pub etag: Box<str>,
    /// Its version, if the bucket keeps versions.
    pub version_id: Option<Box<str>>,
    /// The request ID of the answer.
    pub request_id: Box<str>,
    /// When S3 answered: the answer's Date, or else the local time.
    pub at: Utc,
}

/// A multipart upload that S3 created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    pub upload_id: Arc<str>,
    /// When the bucket's lifecycle rule aborts it (`x-amz-abort-date`).
    pub abort_at: Option<Utc>,
}

/// The parameters of CompleteMultipartUpload.
#[derive(Clone, Copy, Debug)]
pub struct CompleteRequest<'a> {
    pub upload_id: &'a str,
    /// All parts in order.
    pub parts: &'a [PartDone],
    /// The size of every part but the last, in bytes.
    pub part: u64,
    /// The file's size, in bytes.
    pub size: u64,
}

impl CompleteRequest<'_> {
    /// Returns the whole file's CRC64NVME, combined from those of its parts.
    #[must_use]
    pub fn crc(&self) -> u64 {
        let whole = Shift::by(self.part);
        let mut left = self.size;
        self.parts.iter().fold(0, |crc, part| {
            let length = self.part.min(left);
            left -= length;
            let shifted = if length == self.part { whole.apply(crc) } else { Shift::by(length).apply(crc) };
            shifted ^ part.crc
        })
    }
}

impl S3 {
    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns a client for the destination that `signer` signs for. The host is derived from region and bucket, or is
    /// the explicit server of `http`; it never comes from the environment or a profile.
    #[must_use]
    pub fn new(
        http: &Http,
        signer: Signer,
        region: &Region,
        destination: &Destination,
        clock: &Clock,
        patience: Timeouts,
    ) -> Self {
        let place = signer.place();
        let (encryption, key_id) = match &destination.encryption {
            Encryption::None => (None, None),
            Encryption::SseS3 => (Some(ServerSideEncryption::Aes256), None),
            Encryption::SseKms(key) => (Some(ServerSideEncryption::AwsKms), key.as_deref().map(str::to_owned)),
        };
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http.client())
            .endpoint_resolver(Host::default())
            .auth_scheme_resolver(Signed)
            .credentials_provider(signer)
            .identity_cache(IdentityCache::no_cache())
            .region(aws_sdk_s3::config::Region::new(region.as_str().to_owned()))
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .disable_s3_express_session_auth(true)
            .disable_clock_skew_correction(true)
            .time_source(clock.clone());
        config.set_app_name(super::http::app_name());
        if let Some(url) = http.endpoint_url() {
            config = config.endpoint_url(url).force_path_style(true);
        }
        Self {
            client: Client::from_conf(config.build()),
            place,
            bucket: destination.bucket.as_str().to_owned(),
            owner: destination.owner().as_str().to_owned(),
            region: region.clone(),
            explicit: http.endpoint_url().is_some(),
            acl: destination.acl_full_control.then_some(ObjectCannedAcl::BucketOwnerFullControl),
            encryption,
            key_id,
            clock: clock.clone(),
            patience,
            limit: RateLimiter::default(),
            log: http.log().clone(),
            signing: Mutex::new(http.is_plain().then_some(true)),
        }
    }

    /// Returns the client with a rate limiter for its bodies.
    #[must_use]
    pub fn limited(self, limit: RateLimiter) -> Self {
        Self { limit, ..self }
    }

    /// Returns the destination that the client belongs to.
    #[must_use]
    pub const fn place(&self) -> DestinationId {
        self.place
    }

    /// Returns the bucket's region, which S3 reveals to every signed request, even with status 403 (API reference,
    /// HeadBucket).
    ///
    /// # Errors
    ///
    /// `NoSuchBucket`, or the reason why S3 did not answer.
    pub async fn head_bucket_region(&self) -> Result<Region, Problem> {
        let operation = Operation::HeadBucket;
        let taken = Arc::default();
        let asking = attempt::watched(operation, 0, &taken, self.watch(&self.patience), |tap| {
            let call = self.client.head_bucket().bucket(&self.bucket).expected_bucket_owner(&self.owner);
            call.customize().interceptor(tap).send()
        });
        let (told, heard) = asking.await;
        let told = told.and_then(|answer| self.vouched(operation, &heard).map(|()| answer));
        if let Some(region) = heard.region.as_deref().and_then(|region| region.parse().ok()) {
            return Ok(region);
        }
        match told {
            Ok(_) => Ok(self.region.clone()),
            Err(problem) if self.explicit && matches!(problem.kind, Kind::AccessDenied(_)) => Ok(self.region.clone()),
            Err(problem) => Err(problem),
        }
    }

    /// Stores a whole file with PutObject; never overwrites an object.
    ///
    /// # Errors
    ///
    /// `AlreadyThere` if the key is taken; `AnswerLost` if the object may be stored; `ProofDiffers` or `LoginPage` if
    /// the answer proves nothing; or the problem with S3's answer.
    pub async fn put(&self, key: &str, body: Bytes, crc: u64, taken: &Arc<AtomicU64>) -> Result<StoredObject, Problem> {
        let operation = Operation::PutObject;
        let length = body.len() as u64;
        let (answer, heard) = self
            .payload(operation, length, taken, |tap, signed| {
                let body = stream(&tap, body.clone(), signed);
                self.put_object(key, length, crc, body).customize().interceptor(tap).send()
            })
            .await?;
        self.put_answered(crc, &answer, &heard)
    }

    fn put_object(&self, key: &str, length: u64, crc: u64, body: ByteStream) -> PutObjectFluentBuilder {
        let call = self.client.put_object().bucket(&self.bucket).expected_bucket_owner(&self.owner).key(key);
        let call = call.if_none_match("*").content_type(content_type(key)).content_length(signed_length(length));
        let call = call.set_acl(self.acl.clone()).set_server_side_encryption(self.encryption.clone());
        call.set_ssekms_key_id(self.key_id.clone()).checksum_crc64_nvme(packed(crc)).body(body)
    }

    fn put_answered(&self, crc: u64, answer: &PutObjectOutput, heard: &ResponseHead) -> Result<StoredObject, Problem> {
        let operation = Operation::PutObject;
        let Some(etag) = answer.e_tag().filter(|etag| !etag.is_empty()) else {
            return Err(self.odd(operation, Kind::LoginPage, heard, "the answer carries no ETag"));
        };
        let echo = self.echo(operation, crc, answer.checksum_crc64_nvme(), answer.checksum_type(), heard)?;
        let proof = if echo { Proof::Whole } else { Proof::NoChecksum };
        Ok(self.object(crc, proof, etag, answer.version_id(), heard))
    }

    /// Creates a multipart upload.
    ///
    /// # Errors
    ///
    /// The problem with S3's answer; `LoginPage` if it has no upload ID.
    pub async fn create(&self, key: &str) -> Result<Created, Problem> {
        let operation = Operation::CreateMultipartUpload;
        let (answer, heard) = self
            .settled(operation, 0, &Arc::default(), |tap| {
                let call =
                    self.client.create_multipart_upload().bucket(&self.bucket).expected_bucket_owner(&self.owner);
                let call = call.key(key).content_type(content_type(key));
                let call = call.set_acl(self.acl.clone()).set_server_side_encryption(self.encryption.clone());
                let call = call.set_ssekms_key_id(self.key_id.clone());
                let call =
                    call.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).checksum_type(ChecksumType::FullObject);
                call.customize().interceptor(tap).send()
            })
            .await?;
        let Some(upload_id) = answer.upload_id().filter(|id| !id.is_empty()) else {
            return Err(self.odd(operation, Kind::LoginPage, &heard, "the answer carries no UploadId"));
        };
        Ok(Created { upload_id: upload_id.into(), abort_at: answer.abort_date().map(|at| Utc(at.secs())) })
    }

    /// Sends one part.
    ///
    /// # Errors
    ///
    /// `Damaged` if S3 received other bytes; `LoginPage` if the answer has no ETag; or the problem with S3's answer.
    pub async fn upload_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        body: Bytes,
        crc: u64,
        taken: &Arc<AtomicU64>,
    ) -> Result<PartDone, Problem> {
        let operation = Operation::UploadPart;
        let length = body.len() as u64;
        let (answer, heard) = self
            .payload(operation, length, taken, |tap, signed| {
                let body = stream(&tap, body.clone(), signed);
                self.part(key, upload_id, number, length, crc, body).customize().interceptor(tap).send()
            })
            .await?;
        self.part_answered(crc, &answer, &heard)
    }

    fn part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        length: u64,
        crc: u64,
        body: ByteStream,
    ) -> UploadPartFluentBuilder {
        let call = self.client.upload_part().bucket(&self.bucket).expected_bucket_owner(&self.owner).key(key);
        let call = call.upload_id(upload_id).part_number(i32::try_from(number).unwrap_or(i32::MAX));
        call.content_length(signed_length(length)).checksum_crc64_nvme(packed(crc)).body(body)
    }

    fn part_answered(&self, crc: u64, answer: &UploadPartOutput, heard: &ResponseHead) -> Result<PartDone, Problem> {
        let operation = Operation::UploadPart;
        let Some(etag) = answer.e_tag().filter(|etag| !etag.is_empty()) else {
            return Err(self.odd(operation, Kind::LoginPage, heard, "the answer carries no ETag"));
        };
        let echoed = match Echo::of(answer.checksum_crc64_nvme(), None) {
            Echo::None => false,
            Echo::Whole(echo) if echo == crc => true,
            Echo::Whole(_) | Echo::OfChecksums | Echo::Odd => {
                return Err(self.odd(operation, Kind::Damaged, heard, OTHER_CHECKSUM));
            }
        };
        Ok(PartDone { etag: etag.into(), crc, echoed })
    }

    /// Joins the parts into the object; never overwrites an object.
    ///
    /// # Errors
    ///
    /// `AlreadyThere` if the key is taken; `AnswerLost` if the object may be stored; `ProofDiffers` if it has another
    /// checksum; or the problem with S3's answer.
    pub async fn complete(&self, key: &str, whole: CompleteRequest<'_>) -> Result<StoredObject, Problem> {
        let operation = Operation::CompleteMultipartUpload;
        let crc = whole.crc();
        let listed = whole.parts.iter().zip(1..).map(|(part, number)| {
            let part_done = CompletedPart::builder().part_number(number).e_tag(&*part.etag);
            part_done.checksum_crc64_nvme(packed(part.crc)).build()
        });
        let list = CompletedMultipartUpload::builder().set_parts(Some(listed.collect())).build();
        let taken = Arc::default();
        let (list, whole, taken) = (&list, &whole, &taken);
        let complete = |told: bool| {
            self.settled(operation, 0, taken, move |tap| {
                let call = self.client.complete_multipart_upload().bucket(&self.bucket);
                let call = call.expected_bucket_owner(&self.owner).key(key).upload_id(whole.upload_id);
                let call = call.if_none_match("*").multipart_upload(list.clone());
                let call = call.set_checksum_crc64_nvme(told.then(|| packed(crc)));
                let call = call.set_checksum_type(told.then_some(ChecksumType::FullObject));
                call.mpu_object_size(signed_length(whole.size)).customize().interceptor(tap).send()
            })
        };
        let (answer, heard) = match complete(true).await {
            // Some stores only know checksums of checksums and refuse the whole file's. For them, the answers to the
            // parts are the proof; from AWS, a refusal is final.
            Err(problem) if problem.kind == Kind::Damaged && self.explicit => complete(false).await?,
            answered => answered?,
        };
        let Some(etag) = answer.e_tag().filter(|etag| !etag.is_empty()) else {
            return Err(self.odd(operation, Kind::AnswerLost, &heard, "the answer carries no ETag"));
        };
        // Not every XML writer keeps white space at the ends of an element. What a server other than AWS returns as the
        // key is not checked.
        if !self.explicit && answer.key().is_some_and(|told| told.trim() != key.trim()) {
            return Err(self.odd(operation, Kind::AnswerLost, &heard, "the answer names another key"));
        }
        let echo = self.echo(operation, crc, answer.checksum_crc64_nvme(), answer.checksum_type(), &heard)?;
        let proof = if echo {
            Proof::Whole
        } else if whole.parts.iter().all(|part| part.echoed) {
            Proof::Parts
        } else {
            Proof::NoChecksum
        };
        Ok(self.object(crc, proof, etag, answer.version_id(), &heard))
    }

    /// Aborts a multipart upload, if the role allows it; otherwise a lifecycle rule will.
    ///
    /// # Errors
    ///
    /// The problem with S3's answer, unless the upload is gone or aborting is denied.
    pub async fn abort(&self, key: &str, upload_id: &str) -> Result<(), Problem> {
        let operation = Operation::AbortMultipartUpload;
        let taken = Arc::default();
        let answer = self.settled(operation, 0, &taken, |tap| {
            let call = self.client.abort_multipart_upload().bucket(&self.bucket).expected_bucket_owner(&self.owner);
            call.key(key).upload_id(upload_id).customize().interceptor(tap).send()
        });
        match answer.await {
            Ok(_) => Ok(()),
            Err(problem) if matches!(problem.kind, Kind::AccessDenied(_) | Kind::UploadGone) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    async fn settled<T, E, F>(
        &self,
        operation: Operation,
        length: u64,
        taken: &Arc<AtomicU64>,
        call: impl Fn(ResponseRecorder) -> F,
    ) -> Result<(T, ResponseHead), Problem>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    {
        let patience = if operation == Operation::CompleteMultipartUpload {
            self.patience.answering_in(self.patience.complete)
        } else {
            self.patience
        };
        let (answer, heard) = attempt::settled(operation, length, taken, self.watch(&patience), call).await?;
        self.vouched(operation, &heard)?;
        Ok((answer, heard))
    }

    const fn watch<'a>(&'a self, patience: &'a Timeouts) -> AttemptWatch<'a> {
        AttemptWatch { limit: &self.limit, clock: &self.clock, patience, log: &self.log }
    }

    /// Checks that an apparently good answer is S3's own. Each answer of S3 has a request ID (S3 User Guide, "Getting
    /// Amazon S3 request IDs for AWS Support"), and none is a web page; a gateway that answers for S3 would have to
    /// make an ID up.
    fn vouched(&self, operation: Operation, heard: &ResponseHead) -> Result<(), Problem> {
        if !self.explicit && (heard.request_id.is_empty() || heard.html) {
            return Err(self.odd(operation, Kind::LoginPage, heard, "the answer carries no request id"));
        }
        Ok(())
    }

    /// Whether the answer confirms this checksum of the whole object.
    fn echo(
        &self,
        operation: Operation,
        ours: u64,
        echo: Option<&str>,
        kind: Option<&ChecksumType>,
        heard: &ResponseHead,
    ) -> Result<bool, Problem> {
        match Echo::of(echo, kind) {
            Echo::None | Echo::OfChecksums => Ok(false),
            Echo::Whole(theirs) if theirs == ours => Ok(true),
            Echo::Whole(_) | Echo::Odd => Err(self.odd(operation, Kind::ProofDiffers, heard, OTHER_CHECKSUM)),
        }
    }

    fn object(
        &self,
        crc: u64,
        proof: Proof,
        etag: &str,
        version_id: Option<&str>,
        heard: &ResponseHead,
    ) -> StoredObject {
        StoredObject {
            crc,
            proof,
            etag: etag.into(),
            version_id: version_id.map(Into::into),
            request_id: heard.request_id.as_str().into(),
            at: heard.date.unwrap_or_else(|| self.clock.utc()),
        }
    }

    fn odd(&self, operation: Operation, kind: Kind, heard: &ResponseHead, message: &str) -> Problem {
        classify::misanswered(operation, kind, heard, message, &self.clock)
    }
}

fn stream(tap: &ResponseRecorder, body: Bytes, signed: bool) -> ByteStream {
    if signed { ByteStream::from(body) } else { ByteStream::new(tap.unsigned(body)) }
}

fn signed_length(length: u64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn content_type(key: &str) -> &'static str {
    mime_guess::from_path(key).first_raw().unwrap_or("application/octet-stream")
}

#[cfg(test)]
mod tests;
