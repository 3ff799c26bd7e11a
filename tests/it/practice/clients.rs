//! The SDK's clients and a multipart upload, as the tests of the practice use them.

use aws_credential_types::Credentials;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use crc_fast::{CrcAlgorithm, checksum, checksum_combine};
use daypass::practice::{Practice, PracticeKey, PracticeOptions, Story};

pub const OWNER: &str = "444455556666";

pub async fn start(options: PracticeOptions) -> Practice {
    Practice::start(options).await.expect("a free port")
}

pub fn long_term(keys: &PracticeKey) -> Credentials {
    Credentials::new(keys.id(), keys.secret(), None, None, "test")
}

pub fn sts(story: &Story, credentials: Credentials) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .region(aws_sdk_sts::config::Region::new("us-east-1"))
        .endpoint_url(&story.endpoint)
        .credentials_provider(credentials)
        .retry_config(aws_sdk_sts::config::retry::RetryConfig::disabled())
        .build();
    aws_sdk_sts::Client::from_conf(config)
}

pub fn s3_config(story: &Story, credentials: Credentials) -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(story.region.clone()))
        .endpoint_url(&story.endpoint)
        .force_path_style(true)
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
}

pub fn s3(story: &Story, credentials: Credentials) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::from_conf(s3_config(story, credentials).build())
}

pub async fn assume(story: &Story, keys: &PracticeKey) -> Result<Credentials, (String, String)> {
    let call = sts(story, long_term(keys)).assume_role().role_arn(&story.role_arn).role_session_name("Richard");
    call.send().await.map(|output| session(&output)).map_err(|error| told(&error))
}

pub fn session(output: &aws_sdk_sts::operation::assume_role::AssumeRoleOutput) -> Credentials {
    let given = output.credentials().expect("credentials");
    let token = Some(given.session_token().to_owned());
    Credentials::new(given.access_key_id(), given.secret_access_key(), token, None, "test")
}

/// Code and message of an error.
pub fn told<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> (String, String) {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (text(error.code()), text(error.message()))
}

pub fn status<E>(error: &SdkError<E>) -> u16 {
    error.raw_response().map(|raw| raw.status().as_u16()).unwrap_or_default()
}

pub fn sum(bytes: &[u8]) -> String {
    text(checksum(CrcAlgorithm::Crc64Nvme, bytes))
}

pub fn text(crc: u64) -> String {
    base64::engine::general_purpose::STANDARD.encode(crc.to_be_bytes())
}

pub fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i * 31 % 253).unwrap_or_default()).collect()
}

pub struct Uploading<'a> {
    client: &'a aws_sdk_s3::Client,
    story: &'a Story,
    key: &'a str,
    pub id: String,
    pub parts: Vec<CompletedPart>,
    crc: Option<u64>,
    size: i64,
}

impl<'a> Uploading<'a> {
    pub async fn start(client: &'a aws_sdk_s3::Client, story: &'a Story, key: &'a str) -> Self {
        let created = client
            .create_multipart_upload()
            .bucket(&story.bucket)
            .key(key)
            .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme);
        let created =
            created.checksum_type(ChecksumType::FullObject).content_type("image/png").send().await.expect("created");
        let id = created.upload_id().expect("an id").to_owned();
        Self { client, story, key, id, parts: Vec::new(), crc: None, size: 0 }
    }

    pub fn call(
        &self,
        number: i32,
        bytes: &[u8],
    ) -> aws_sdk_s3::operation::upload_part::builders::UploadPartFluentBuilder {
        let call = self.client.upload_part().bucket(&self.story.bucket).key(self.key).upload_id(&self.id);
        call.part_number(number).body(bytes.to_vec().into()).checksum_crc64_nvme(sum(bytes))
    }

    pub async fn part(&mut self, bytes: &[u8]) {
        let number = i32::try_from(self.parts.len() + 1).expect("few parts");
        let sent = self.call(number, bytes).send().await.expect("a part");
        assert_eq!(sent.checksum_crc64_nvme(), Some(sum(bytes).as_str()));
        let crc = checksum(CrcAlgorithm::Crc64Nvme, bytes);
        self.crc = Some(
            self.crc.map_or(crc, |before| checksum_combine(CrcAlgorithm::Crc64Nvme, before, crc, bytes.len() as u64)),
        );
        self.size += i64::try_from(bytes.len()).expect("few bytes");
        self.parts
            .push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag().map(str::to_owned)).build());
    }

    pub fn complete(
        &self,
    ) -> aws_sdk_s3::operation::complete_multipart_upload::builders::CompleteMultipartUploadFluentBuilder {
        let list = CompletedMultipartUpload::builder().set_parts(Some(self.parts.clone())).build();
        let call = self.client.complete_multipart_upload().bucket(&self.story.bucket).key(self.key).upload_id(&self.id);
        let call = call.multipart_upload(list).checksum_type(ChecksumType::FullObject).mpu_object_size(self.size);
        call.set_checksum_crc64_nvme(self.crc.map(text)).if_none_match("*").expected_bucket_owner(OWNER)
    }
}
