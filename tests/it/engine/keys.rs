//! Tests access keys from files and pasted text, and how they change the credentials file.

use daypass::engine::handle::{Engine, EngineOptions, Handle};
use daypass::engine::http::HttpOptions;
use daypass::engine::keys::{NewKey, is_profile_name};
use daypass::engine::profiles::Paths;
use daypass::model::access_key::SaveProblem;
use daypass::model::access_key::{AddProblem, Keep, KeepProblem, KeyProblem};
use daypass::model::problem::Kind;
use daypass::practice::{Practice, PracticeOptions, Story};
use proptest::prelude::*;
use std::path::Path;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// The example secret of Amazon's documentation, which is no real key.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn read(text: &str) -> Result<String, KeyProblem> {
    NewKey::from_file(text.as_bytes(), "keys.csv").map(|key| key.tail().to_owned())
}

#[test]
fn every_key_file_of_the_console_can_be_read() {
    for text in [
        format!("Access key ID,Secret access key\n{ID},{SECRET}\n"),
        format!("\u{feff}Access key ID,Secret access key\r\n{ID},{SECRET}\r\n"),
        format!("User Name,Access key ID,Secret access key\n\"bob\",{ID},{SECRET}"),
        format!("user name,PASSWORD,access KEY id,secret access key,console login link\nbob,p,{ID},{SECRET},https://x"),
        format!(
            "User name,Password,Access key ID,Secret access key,Console login link\nbob,a,b\"c,{ID},{SECRET},https://x"
        ),
        format!("User name;Password;Access key ID;Secret access key\nbob;;{ID};{SECRET}"),
        format!("[default]\naws_access_key_id = {ID}\naws_secret_access_key={SECRET}\n"),
        format!("export AWS_ACCESS_KEY_ID=\"{ID}\"\nexport AWS_SECRET_ACCESS_KEY=\"{SECRET}\""),
        format!("Hi Bob, your key is {ID}\u{200b} and the secret: {SECRET}."),
    ] {
        let fixed = text.replace("KEY.", "KEY .");
        assert_eq!(read(&fixed).as_deref(), Ok("MPLE"), "{}", fixed.replace(SECRET, "…"));
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(fixed.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert!(NewKey::from_file(&wide, "keys.csv").is_ok(), "as UTF-16");
    }
    assert!(NewKey::from_fields(&format!(" {ID} "), SECRET).is_ok());
}

#[test]
fn invalid_keys_are_rejected_with_a_reason() {
    let root = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE\nAWSSecretKey=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    for (text, why) in [
        ("", KeyProblem::Empty),
        (" \n\u{feff}", KeyProblem::Empty),
        ("User name,Password,Console login link\nbob,secret,https://x", KeyProblem::PasswordOnly),
        ("User name,Password,Access key ID,Secret access key\nbob,p,,", KeyProblem::PasswordOnly),
        (root, KeyProblem::RootKey),
        ("Access key ID,Secret access key\n", KeyProblem::NoKey),
        ("hello", KeyProblem::NoKey),
        (ID, KeyProblem::NoSecret),
        (SECRET, KeyProblem::NoId),
        ("Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,short", KeyProblem::SecretForm),
        ("Access key ID,Secret access key\nlower,short", KeyProblem::KeyForm),
    ] {
        assert_eq!(read(text), Err(why), "{text}");
        assert!(daypass::words::keys::key_problem(why).ends_with('.'));
    }
    let temporary = format!("ASIAIOSFODNN7EXAMPLE {SECRET}");
    assert_eq!(read(&temporary), Err(KeyProblem::NoToken));
    let two = format!("Access key ID,Secret access key\n{ID},{SECRET}\nAKIAIOSFODNN7EXAMPL2,{SECRET}");
    assert_eq!(read(&two), Err(KeyProblem::Several));
    let good = format!("Access key ID,Secret access key\n{ID},{SECRET}");
    assert_eq!(NewKey::from_file(good.as_bytes(), "rootkey.csv").err(), Some(KeyProblem::RootKey));
    assert_eq!(NewKey::from_file(&vec![b'x'; 70_000], "a").err(), Some(KeyProblem::TooLarge));
    let shown = format!("{:?}", NewKey::from_pasted(&good));
    assert!(!shown.contains(SECRET) && !shown.contains(ID), "{shown}");
    assert!(!is_profile_name(SECRET) && !is_profile_name("a b") && !is_profile_name("-a") && is_profile_name("bob@x"));
}

proptest! {
    #[test]
    fn no_pasted_text_panics(text in ".{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _read = NewKey::from_pasted(&text);
        let _read = NewKey::from_file(&bytes, "x.csv");
    }
}

struct Bench {
    _practice: Practice,
    story: Story,
    dir: tempfile::TempDir,
    paths: Paths,
}

impl Bench {
    async fn new() -> (Self, Handle) {
        let practice = Practice::start(PracticeOptions::default()).await.expect("the practice");
        let story = practice.story();
        let dir = tempfile::tempdir().expect("a folder");
        let paths = Paths { credentials: dir.path().join(".aws/credentials"), config: dir.path().join(".aws/config") };
        let wire = HttpOptions { endpoint_url: Some(story.endpoint.clone()), ..HttpOptions::default() };
        let options = EngineOptions { profiles: paths.clone(), wire, ..EngineOptions::new() };
        let handle = Engine::spawn(options).await.expect("an engine");
        (Self { _practice: practice, story, dir, paths }, handle)
    }

    fn key(&self) -> NewKey {
        NewKey::from_fields(self.story.richard.id(), self.story.richard.secret()).expect("a key")
    }

    fn credentials(&self) -> String {
        std::fs::read_to_string(&self.paths.credentials).expect("the file")
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).expect("there").permissions().mode() & 0o777
}

#[tokio::test]
async fn saving_a_tested_key_changes_nothing_else() {
    let (bench, mut handle) = Bench::new().await;
    let tested = handle.test_key(bench.key()).await.expect("accepted");
    assert_eq!((tested.proposal().as_str(), &*tested.identity().name), ("Richard", "Richard"));
    handle.keep_key(tested.clone(), "Richard", Keep::InFile, false).await.expect("kept");
    #[cfg(unix)]
    assert_eq!(
        (mode(&bench.paths.credentials), mode(bench.paths.credentials.parent().expect("a folder"))),
        (0o600, 0o700)
    );
    let listed = handle.until(|seen| seen.profiles.list.iter().any(|p| p.name == "Richard")).await;
    assert!(listed.is_some());
    assert_eq!(handle.who("Richard").await.expect("it works").account.as_ref(), "111122223333");
    let before = bench.credentials();
    let again = handle.keep_key(tested.clone(), "Richard", Keep::InFile, false).await;
    assert_eq!(again, Err(KeepProblem::NameTaken));
    assert_eq!(bench.credentials(), before);
    assert_eq!(handle.keep_key(tested.clone(), "a]\nb", Keep::InFile, true).await, Err(KeepProblem::NameForm));

    let odd = "; mine\r\n[other]   ; x\r\naws_access_key_id=A\r\nregion = x\r\n\r\n# of bob\r\n[bob]\r\nAWS_Secret_Access_Key = old\r\n# inner\r\nregion=eu-west-1\r\n\r\n# the end";
    std::fs::write(&bench.paths.credentials, odd).expect("written");
    handle.keep_key(tested.clone(), "bob", Keep::InFile, true).await.expect("replaced");
    let (id, secret) = (bench.story.richard.id(), bench.story.richard.secret());
    let key = format!("[bob]\r\naws_access_key_id = {id}\r\naws_secret_access_key = {secret}\r\n");
    let wanted = odd.replace("[bob]\r\nAWS_Secret_Access_Key = old\r\n", &key);
    assert!(bench.credentials() == wanted, "only the key's lines change");
    handle.rename_profile("bob", "new").await.expect("renamed");
    assert!(bench.credentials() == wanted.replace("[bob]", "[new]"), "only the heading changes");
    assert_eq!(handle.rename_profile("new", "other").await, Err(KeepProblem::NameTaken));
    handle.remove_profile("new").await.expect("removed");
    let left = "; mine\r\n[other]   ; x\r\naws_access_key_id=A\r\nregion = x\r\n\r\n# of bob\r\n\r\n# the end";
    assert!(bench.credentials() == left, "{}", bench.credentials());
    assert_eq!(handle.remove_profile("new").await, Err(KeepProblem::File(SaveProblem::NoProfile)));
    let names: Vec<_> = std::fs::read_dir(bench.dir.path().join(".aws")).expect("a folder").collect();
    assert_eq!(names.len(), 1, "nothing is left over: {names:?}");
}

#[tokio::test]
async fn a_key_for_one_run_is_not_written_to_a_file() {
    let (bench, mut handle) = Bench::new().await;
    let tested = handle.test_key(bench.key()).await.expect("accepted");
    handle.keep_key(tested, "run", Keep::ThisRun, false).await.expect("kept");
    assert!(!bench.paths.credentials.exists());
    let seen = handle.until(|seen| seen.profiles.list.iter().any(|p| p.name == "run")).await.expect("listed");
    assert!(!format!("{seen:?}").contains(bench.story.richard.secret()));
    assert_eq!(handle.who("run").await.expect("it works").name.as_ref(), "Richard");
    handle.rename_profile("run", "walk").await.expect("renamed");
    handle.remove_profile("walk").await.expect("removed");
    assert_eq!(handle.who("walk").await.expect_err("gone").kind, Kind::NoProfile);
}

#[tokio::test]
async fn a_key_refused_by_aws_is_not_saved() {
    let (_bench, handle) = Bench::new().await;
    let key = NewKey::from_fields(ID, SECRET).expect("of the form");
    match handle.test_key(key).await {
        Err(AddProblem::Refused(problem)) => assert_eq!(problem.kind, Kind::KeyNotAccepted),
        other => panic!("{other:?}"),
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_stay_links_and_unusual_files_stay_unchanged() {
    let (bench, handle) = Bench::new().await;
    let tested = handle.test_key(bench.key()).await.expect("accepted");
    let real = bench.dir.path().join("real");
    std::fs::write(&real, "# kept\n").expect("written");
    std::fs::create_dir(bench.dir.path().join(".aws")).expect("a folder");
    std::os::unix::fs::symlink(&real, &bench.paths.credentials).expect("a link");
    handle.keep_key(tested.clone(), "bob", Keep::InFile, false).await.expect("kept");
    assert!(std::fs::symlink_metadata(&bench.paths.credentials).expect("there").is_symlink());
    assert!(std::fs::read_to_string(&real).expect("there").starts_with("# kept\n\n[bob]\n"));
    std::fs::remove_file(&real).expect("removed");
    let nowhere = handle.keep_key(tested.clone(), "bob", Keep::InFile, true).await;
    assert_eq!(nowhere, Err(KeepProblem::File(SaveProblem::Link)));
    std::fs::remove_file(&bench.paths.credentials).expect("removed");
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("[a]\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    std::fs::write(&bench.paths.credentials, &wide).expect("written");
    let refused = handle.keep_key(tested.clone(), "bob", Keep::InFile, true).await;
    assert_eq!(refused, Err(KeepProblem::File(SaveProblem::Utf16)));
    assert_eq!(std::fs::read(&bench.paths.credentials).expect("there"), wide);
    std::fs::write(&bench.paths.credentials, vec![b'#'; 2 << 20]).expect("written");
    let refused = handle.keep_key(tested, "bob", Keep::InFile, true).await;
    assert_eq!(refused, Err(KeepProblem::File(SaveProblem::TooLarge)));
}
