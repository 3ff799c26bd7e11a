//! The story of the contractor and the customer, played by the command line against third-party servers.
//!
//! `tests/servers/run` starts MiniStack and SeaweedFS, names their stories in `DAYPASS_SERVERS`, and
//! runs these tests, which a plain `cargo test` ignores.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// The `story.json` that `tests/servers/ministack` and `seaweedfs` write.
#[derive(Deserialize)]
struct Story {
    server: String,
    dir: PathBuf,
    endpoint: String,
    region: String,
    bucket: String,
    role_arn: String,
    richard_arn: String,
    mallory_arn: String,
    owner: (String, String),
    richard: (String, String),
}

impl Story {
    fn of(server: &str) -> Self {
        let dirs = env::var_os("DAYPASS_SERVERS").expect("DAYPASS_SERVERS names no stories: use tests/servers/run");
        env::split_paths(&dirs)
            .map(|dir| {
                let text = fs::read_to_string(dir.join("story.json")).expect("a story.json in each story's directory");
                serde_json::from_str::<Self>(&text).expect("a story as tests/servers/common.py writes it")
            })
            .find(|story| story.server == server)
            .unwrap_or_else(|| panic!("DAYPASS_SERVERS holds no story of {server}: {}", dirs.display()))
    }

    fn client(&self, (key, secret): &(String, String)) -> Client {
        Client::from_conf(
            aws_sdk_s3::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .endpoint_url(&self.endpoint)
                .region(Region::new(self.region.clone()))
                .credentials_provider(Credentials::new(key, secret, None, None, "the story"))
                .force_path_style(true)
                .build(),
        )
    }

    /// Runs `daypass-cli upload` as the user of a profile; its state is under `home`.
    fn upload(&self, home: &Path, profile: &str, prefix: &str, paths: &[&Path]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_daypass-cli"))
            .env_clear()
            .envs(env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("AWS_")))
            .env("NO_PROXY", "127.0.0.1")
            .env("DAYPASS_HOME", home)
            .env("AWS_SHARED_CREDENTIALS_FILE", self.dir.join("story/credentials"))
            .env("AWS_CONFIG_FILE", self.dir.join("story/config"))
            .args(["upload", "--profile", profile, "--role-arn", &self.role_arn, "--bucket", &self.bucket])
            .args(["--prefix", prefix, "--region", &self.region, "--endpoint-url", &self.endpoint])
            .args(paths)
            .output()
            .expect("the command line runs")
    }

    /// Makes the role trust only this user.
    fn trust(&self, arn: &str) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers").join(&self.server);
        let done = Command::new(script)
            .args([OsStr::new("trust"), "--dir".as_ref(), self.dir.as_os_str(), arn.as_ref()])
            .status()
            .expect("the server's script runs");
        assert!(done.success(), "the trust could not be changed");
    }

    /// Returns everything under the prefix, read as the bucket's owner.
    async fn stored(&self, prefix: &str) -> BTreeMap<String, Vec<u8>> {
        let owner = self.client(&self.owner);
        let listed = owner.list_objects_v2().bucket(&self.bucket).prefix(prefix).send().await.expect("the owner lists");
        let mut all = BTreeMap::new();
        for key in listed.contents().iter().filter_map(|object| object.key()) {
            let object = owner.get_object().bucket(&self.bucket).key(key).send().await.expect("the owner reads");
            let bytes = object.body.collect().await.expect("the whole object comes").into_bytes();
            all.insert(key.strip_prefix(prefix).expect("it was asked for").to_owned(), bytes.to_vec());
        }
        all
    }
}

/// Returns pseudorandom bytes (xorshift64), so that no two files or parts are alike.
fn bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut x = seed | 1;
    std::iter::repeat_with(|| {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x.to_le_bytes()
    })
    .flatten()
    .take(len)
    .collect()
}

fn assert_exit(code: i32, output: &Output, what: &str) {
    assert_eq!(
        output.status.code(),
        Some(code),
        "{what}\n--- stdout\n{}\n--- stderr\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Asserts exit code 2 and a sentence without secrets that says who refused and what to do.
fn assert_denied(story: &Story, output: &Output, what: &str) {
    assert_exit(2, output, what);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("said no") && said.contains("hint:"), "{what}: the denial is not explained:\n{said}");
    assert!(!said.contains(&story.richard.1), "{what}: a secret was printed");
}

/// Names that servers may mishandle: spaces, characters that are special in URLs, letters beyond ASCII.
const ODD_NAMES: [&str; 4] = ["a b.txt", "50% + x#1?.txt", "Übersicht 表.txt", "deep/er/still.bin"];

async fn play(server: &str) {
    let story = Story::of(server);
    let home = tempfile::tempdir().expect("a directory for state");
    let files = tempfile::tempdir().expect("a directory for files");
    let mut want = BTreeMap::new();
    for (seed, (name, len)) in (1..).zip([("small.txt", 12_345), ("empty.txt", 0), ("large.bin", 20 << 20)]) {
        let content = bytes(seed, len);
        fs::write(files.path().join(name), &content).expect("a file is written");
        want.insert(name.to_owned(), content);
    }
    for (seed, name) in (100..).zip(ODD_NAMES) {
        let content = bytes(seed, 1000);
        let path = files.path().join("folder").join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder is made");
        fs::write(path, &content).expect("a file is written");
        want.insert(format!("folder/{name}"), content);
    }
    let paths = ["small.txt", "empty.txt", "large.bin", "folder"].map(|name| files.path().join(name));
    let paths = paths.each_ref().map(PathBuf::as_path);
    let small = paths[0];

    let richard = story.client(&story.richard);
    let put = richard.put_object().bucket(&story.bucket).key("direct.txt").body(ByteStream::from_static(b"x"));
    let refused = put.send().await.expect_err("Richard may put nothing without the role");
    assert_eq!(refused.code(), Some("AccessDenied"), "Richard puts without the role: {refused:?}");

    let sent = story.upload(home.path(), "importantproject", "story/", &paths);
    assert_exit(0, &sent, "Richard uploads through the role");
    let stored = story.stored("story/").await;
    assert_eq!(stored.keys().collect::<Vec<_>>(), want.keys().collect::<Vec<_>>(), "these keys and no others");
    let differ: Vec<_> = want.iter().filter(|(key, content)| stored[*key] != **content).map(|(key, _)| key).collect();
    assert!(differ.is_empty(), "stored with different content: {differ:?}");

    let other = tempfile::tempdir().expect("a directory for state");
    let denied = story.upload(other.path(), "mallory", "mallory/", &[small]);
    assert_denied(&story, &denied, "Mallory, whom the role does not trust");

    story.trust(&story.mallory_arn);
    let later = story.upload(home.path(), "importantproject", "later/", &[small]);
    story.trust(&story.richard_arn);
    assert_denied(&story, &later, "Richard, after the trust was revoked");
    assert!(story.stored("mallory/").await.is_empty(), "nothing of Mallory's is stored");
    assert!(story.stored("later/").await.is_empty(), "nothing arrived without trust");

    let again = story.upload(home.path(), "importantproject", "again/", &[small]);
    assert_exit(0, &again, "Richard, trusted again");
    assert_eq!(story.stored("again/").await["small.txt"], want["small.txt"]);
}

#[tokio::test]
#[ignore = "needs a server: tests/servers/run"]
async fn the_story_works_on_ministack() {
    play("ministack").await;
}

#[tokio::test]
#[ignore = "needs a server: tests/servers/run"]
async fn the_story_works_on_seaweedfs() {
    play("seaweedfs").await;
}

#[test]
#[ignore = "needs a server: tests/servers/run"]
fn every_kind_of_profile_has_the_identity_that_botocore_reports() {
    let story = Story::of("ministack");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/profiles");
    let asked = Command::new(script).arg(env!("CARGO_BIN_EXE_daypass-cli")).arg("--dir").arg(&story.dir).output();
    let asked = asked.expect("the script runs");
    let told = format!("{}{}", String::from_utf8_lossy(&asked.stdout), String::from_utf8_lossy(&asked.stderr));
    assert!(asked.status.success(), "{told}");
}
