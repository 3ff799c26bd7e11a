//! Tests reading the shared credentials and config files, including damaged ones.

mod chain;
mod external_keys;

use daypass::engine::environment::variables_of;
use daypass::engine::profiles::{AccessKey, CredentialOrigin, Paths, keys, origin, read, stamp};
use daypass::model::notice::Variable;
use daypass::model::problem::Kind;
use daypass::model::snapshot::{Profile, Profiles, Source, WarningKind};
use daypass::words::profiles::oddity;
use proptest::prelude::*;
use std::path::Path;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const TEMPORARY: &str = "ASIAIOSFODNN7EXAMPLE";
/// The example secret of Amazon's documentation, which is no real key.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

struct Files {
    _dir: tempfile::TempDir,
    paths: Paths,
}

impl Files {
    fn new(credentials: impl AsRef<[u8]>, config: impl AsRef<[u8]>) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let paths = Paths { credentials: dir.path().join("credentials"), config: dir.path().join("config") };
        for (path, bytes) in [(&paths.credentials, credentials.as_ref()), (&paths.config, config.as_ref())] {
            if !bytes.is_empty() {
                std::fs::write(path, bytes).expect("written");
                #[cfg(unix)]
                std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
            }
        }
        Self { _dir: dir, paths }
    }

    fn read(&self) -> Profiles {
        read(&self.paths)
    }

    fn keys(&self, profile: &str) -> Result<AccessKey, Kind> {
        keys(&self.paths, profile).map_err(|problem| problem.kind)
    }

    /// Returns the kind of the problem.
    fn kind(&self, profile: &str) -> Kind {
        self.keys(profile).expect_err("a problem")
    }
}

fn named<'a>(profiles: &'a Profiles, name: &str) -> &'a Profile {
    profiles.list.iter().find(|profile| profile.name == name).unwrap_or_else(|| panic!("no profile {name}"))
}

fn odd(profiles: &Profiles) -> Vec<(u32, WarningKind)> {
    profiles.oddities.iter().map(|oddity| (oddity.line, oddity.what)).collect()
}

fn simple() -> String {
    format!("[importantproject]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n")
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn missing_files_give_no_profiles() {
    let files = Files::new("", "");
    let profiles = files.read();
    assert!(profiles.list.is_empty() && profiles.oddities.is_empty() && !profiles.found);
    assert_eq!(profiles.credentials_path, files.paths.credentials);
    assert_eq!(files.kind("default"), Kind::NoProfile);
}

/// A description of the file, its bytes, and the expected warnings.
type Case = (&'static str, Vec<u8>, Vec<(u32, WarningKind)>);

#[test]
fn a_key_is_read_in_every_encoding() {
    let text = simple();
    let lines = |written: &str| written.replace('\n', "\r\n");
    let cases: Vec<Case> = vec![
        ("plain", text.clone().into(), vec![]),
        ("a mark", format!("\u{feff}{text}").into(), vec![]),
        ("CRLF", lines(&text).into(), vec![]),
        ("old Mac", text.replace('\n', "\r").into(), vec![]),
        ("UTF-16 LE", utf16(&lines(&text), false, true), vec![(0, WarningKind::Utf16)]),
        ("UTF-16 BE", utf16(&text, true, true), vec![(0, WarningKind::Utf16)]),
        ("UTF-16 without a mark", utf16(&text, false, false), vec![(0, WarningKind::Utf16)]),
        ("indented", text.replace('\n', "\n   ").into(), vec![]),
        ("heading indented", format!("  {text}").into(), vec![]),
        ("no end of line", text.trim_end().into(), vec![]),
        ("upper case", text.replace("aws_secret", "AWS_Secret").into(), vec![]),
        ("quotes", text.replace(SECRET, &format!("\"{SECRET}\"")).into(), vec![(3, WarningKind::Quotes)]),
        ("curly quotes", text.replace(SECRET, &format!("“{SECRET}”")).into(), vec![(3, WarningKind::Quotes)]),
        ("a comment", text.replace(SECRET, &format!("{SECRET} # mine")).into(), vec![(3, WarningKind::Comment)]),
        ("another comment", text.replace(SECRET, &format!("{SECRET} ;mine")).into(), vec![(3, WarningKind::Comment)]),
        ("NBSP", text.replace(SECRET, &format!("\u{a0}{SECRET}\u{a0}")).into(), vec![(3, WarningKind::Invisible)]),
        ("zero width", text.replace("bPx", "b\u{200b}Px").into(), vec![(3, WarningKind::Invisible)]),
        ("NUL", text.replace("bPx", "b\0Px").into(), vec![(3, WarningKind::Invisible)]),
        ("twice", format!("{text}aws_access_key_id={ID}\n").into(), vec![(4, WarningKind::Twice)]),
        ("in the other form", text.replace('[', "[profile ").into(), vec![(1, WarningKind::SectionForm)]),
        ("a garbled line", text.replacen('\n', "\n~garbage~\n", 1).into(), vec![(2, WarningKind::Line)]),
        ("an open heading", text.replace(']', "").into(), vec![(1, WarningKind::Line)]),
        ("Latin-1 in a comment", [b"# caf\xe9\n", text.as_bytes()].concat(), vec![]),
        ("comments", format!("# a\n; b\n\n{text}").into(), vec![]),
    ];
    for (case, bytes, expected) in cases {
        let files = Files::new(&bytes, "");
        let profiles = files.read();
        assert_eq!(odd(&profiles), expected, "{case}");
        assert!(profiles.found, "{case}");
        let profile = named(&profiles, "importantproject");
        assert_eq!((profile.source, profile.key_tail.as_deref()), (Source::Key, Some("MPLE")), "{case}");
        let keys = files.keys("importantproject").expect(case);
        assert_eq!(
            (keys.access_key_id.as_str(), keys.secret.as_str(), keys.token.is_none()),
            (ID, SECRET, true),
            "{case}"
        );
    }
}

#[test]
fn a_damaged_section_does_not_hide_others() {
    let files = Files::new(
        format!(
            "[]\nx=1\n[half\naws_access_key_id={ID}\n]junk\n[ok]\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\n"
        ),
        "",
    );
    let profiles = files.read();
    assert_eq!(named(&profiles, "ok").source, Source::Key);
    assert_eq!(named(&profiles, "half").source, Source::Nothing);
    assert!(odd(&profiles).contains(&(4, WarningKind::HalfAKey)));
    assert!(files.keys("ok").is_ok());
    assert_eq!(files.kind("half"), Kind::ProfileOdd);
}

#[test]
fn both_files_form_one_profile_and_credentials_take_precedence() {
    let config = "[default]\nregion = eu-west-1 # Ireland\n[profile a b]\nregion = us-east-1\naws_access_key_id = AKIAXXXXXXXXXXXXXXXX\naws_secret_access_key = other\naws_session_token = stale\n[c]\nregion = eu-central-1\n[sso-session corp]\nsso_region = eu-west-1\nregion = nowhere\n";
    let credentials = format!(
        "[a b]\nregion=eu-north-1\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\n[default]\n[a b]\nregion=eu-south-1\n"
    );
    let files = Files::new(credentials, config);
    let profiles = files.read();
    let names: Vec<&str> = profiles.list.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(names, ["default", "a b", "c"]);
    assert_eq!(named(&profiles, "default").region.as_deref(), Some("eu-west-1"));
    assert_eq!(named(&profiles, "a b").region.as_deref(), Some("eu-south-1"));
    assert_eq!(odd(&profiles), [(6, WarningKind::HeadingTwice), (8, WarningKind::SectionForm)]);
    let keys = files.keys("a b").expect("keys");
    assert_eq!((keys.access_key_id.as_str(), keys.token.is_none()), (ID, true), "no token of another key");
}

#[test]
fn a_profile_never_becomes_another_identity() {
    let files = Files::new(
        simple().replace("importantproject", "default"),
        "[profile empty]\nregion=eu-west-1\n[profile lost]\nrole_arn=arn:aws:iam::222222222222:role/x\nsource_profile=gone\n",
    );
    assert_eq!(files.kind("importantproject"), Kind::NoProfile);
    assert_eq!(files.kind("Default"), Kind::NoProfile);
    assert_eq!(files.kind("empty"), Kind::ProfileEmpty);
    assert_eq!(files.kind("lost"), Kind::NoProfile);
    assert!(odd(&files.read()).contains(&(5, WarningKind::SourceMissing)));
}

#[test]
fn a_role_profile_fills_the_form_and_uses_the_key_of_its_source() {
    let config = "[profile customer]\nrole_arn = arn:aws:iam::222222222222:role/put\nsource_profile = importantproject\nexternal_id = \"x:1\"\nmfa_serial=arn:aws:iam::111111111111:mfa/Richard\nrole_session_name=Richard\nduration_seconds=7200\nregion=eu-west-1\n[profile own]\nrole_arn=arn:aws:iam::222222222222:role/x\nsource_profile=own\n[profile long]\nduration_seconds=43201\n[profile odd]\nduration_seconds=1h\n";
    let own = format!("{}[own]\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\n", simple());
    let files = Files::new(own, config);
    let profiles = files.read();
    let customer = named(&profiles, "customer");
    assert_eq!(
        *customer,
        Profile {
            name: "customer".into(),
            source: Source::Role,
            key_tail: None,
            region: Some("eu-west-1".into()),
            role_arn: Some("arn:aws:iam::222222222222:role/put".into()),
            source_profile: Some("importantproject".into()),
            external_id: Some("x:1".into()),
            mfa_serial: Some("arn:aws:iam::111111111111:mfa/Richard".into()),
            role_session_name: Some("Richard".into()),
            duration_seconds: Some(7200),
            credential_process: None,
            this_run: false,
        }
    );
    assert_eq!(files.keys("customer").expect("keys").secret.as_str(), SECRET);
    assert_eq!(files.keys("own").expect("keys").access_key_id, ID);
    assert_eq!(odd(&profiles), [(4, WarningKind::Quotes), (13, WarningKind::Number), (15, WarningKind::Number)]);
}

#[test]
fn source_profile_loops_are_not_followed() {
    let role = |name: &str, source: &str| {
        format!("[profile {name}]\nrole_arn=arn:aws:iam::222222222222:role/x\nsource_profile={source}\n")
    };
    let config =
        [role("a", "b"), role("b", "c"), role("c", "a"), role("one", "two"), role("two", "importantproject")].concat();
    let files = Files::new(simple(), config);
    for name in ["a", "b", "c"] {
        assert_eq!(files.kind(name), Kind::ProfileOdd, "{name}");
    }
    assert!(files.keys("two").is_ok() && files.keys("one").is_ok(), "roles in a row are followed");
    assert_eq!(
        odd(&files.read()),
        [(3, WarningKind::SourceLoop), (6, WarningKind::SourceLoop), (9, WarningKind::SourceLoop)]
    );
}

#[test]
fn every_kind_of_source_is_recognized() {
    let credentials = format!(
        "[temporary]\naws_access_key_id={TEMPORARY}\naws_secret_access_key={SECRET}\naws_session_token=T/abc==\n\
         [cut]\naws_access_key_id={TEMPORARY}\naws_secret_access_key={SECRET}\n"
    );
    let config = "[profile sso]\nsso_session=corp\nsso_account_id=111111111111\nsso_role_name=Dev\n[profile login]\nlogin_session=arn:x\n[profile process]\ncredential_process = \"/opt/my cmd\" --x # y\n[profile via]\nrole_arn=arn:aws:iam::222222222222:role/x\nsource_profile=sso\n[profile legacy]\nsso_start_url=https://x\nsso_region=eu-west-1\n";
    let files = Files::new(credentials, config);
    let profiles = files.read();
    let source = |name| named(&profiles, name).source;
    assert_eq!(source("temporary"), Source::TemporaryKey);
    assert_eq!(source("cut"), Source::TokenMissing);
    assert_eq!((source("sso"), source("legacy")), (Source::SignIn, Source::SignIn));
    assert_eq!((source("login"), source("process"), source("via")), (Source::Login, Source::Process, Source::Role));
    assert_eq!(files.keys("temporary").expect("keys").token.expect("a token").as_str(), "T/abc==");
    assert_eq!(files.kind("cut"), Kind::KeyWithoutToken);
    assert_eq!(
        (files.kind("sso"), files.kind("login"), files.kind("via")),
        (Kind::SignInNeeded, Kind::SignInNeeded, Kind::SignInNeeded)
    );
    assert_eq!(files.kind("process"), Kind::ProcessRefused);
    assert!(matches!(origin(&files.paths, "via"), Ok(CredentialOrigin::SignIn(name)) if name == "sso"));
    let Ok(CredentialOrigin::Process { profile, command }) = origin(&files.paths, "process") else {
        panic!("a command")
    };
    assert_eq!(
        (profile.as_str(), command.as_str()),
        ("process", "\"/opt/my cmd\" --x # y"),
        "the whole of what would run"
    );
}

#[test]
fn settings_for_other_hosts_are_reported_and_ignored() {
    let config = "[profile a]\nregion=eu-west-1\nendpoint_url=https://evil.example\nservices=x\ns3 =\n  endpoint_url = https://evil.example\n  region = evil\n[services x]\ns3 =\n  endpoint_url = https://evil.example\n";
    let profiles = Files::new("", config).read();
    assert_eq!(odd(&profiles), [(3, WarningKind::Endpoint), (6, WarningKind::Endpoint), (10, WarningKind::Endpoint)]);
    assert_eq!(named(&profiles, "a").region.as_deref(), Some("eu-west-1"), "a nested setting is none of the profile's");
    assert!(!format!("{profiles:?}").contains("evil"));
    let set = ["AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_REGION"];
    let warned = variables_of(|name| set.contains(&name).then(|| "x".into()));
    assert_eq!(warned, [Variable::Ignored("AWS_ENDPOINT_URL_S3"), Variable::Ignored("AWS_ACCESS_KEY_ID")]);
}

#[test]
fn a_malformed_key_is_reported_and_still_used() {
    let files = Files::new("[a]\naws_access_key_id=test\naws_secret_access_key=short\n", "");
    assert_eq!(odd(&files.read()), [(2, WarningKind::KeyForm), (3, WarningKind::SecretForm)]);
    assert_eq!(files.read().list[0].key_tail, None);
    assert!(files.keys("a").is_ok());
    let swapped = Files::new(format!("[a]\naws_access_key_id={SECRET}\naws_secret_access_key={ID}\n"), "");
    assert_eq!(swapped.kind("a"), Kind::ProfileOdd, "a secret is never sent as an id");
    let misplaced = Files::new(format!("{}region={SECRET}\n[{SECRET}]\n", simple()), "");
    assert_eq!(odd(&misplaced.read()), [(4, WarningKind::SecretMisplaced), (5, WarningKind::Line)]);
}

#[test]
fn edited_files_take_effect_immediately() {
    let files = Files::new(simple(), "");
    let before = stamp(&files.paths);
    assert_eq!(before, stamp(&files.paths));
    std::fs::write(&files.paths.credentials, simple().replace(ID, "AKIAI44QH8DHBEXAMPLE22")).expect("written");
    assert_ne!(before, stamp(&files.paths));
    assert_eq!(files.keys("importantproject").expect("keys").access_key_id, "AKIAI44QH8DHBEXAMPLE22");
    std::fs::remove_file(&files.paths.credentials).expect("removed");
    assert_eq!(files.kind("importantproject"), Kind::NoProfile);
}

#[test]
fn only_regular_files_are_opened() {
    let mut files = Files::new("", "[profile a]\nregion=eu-west-1\n");
    std::fs::create_dir(&files.paths.credentials).expect("a directory");
    let profiles = files.read();
    assert_eq!(odd(&profiles), [(0, WarningKind::Unreadable)]);
    assert_eq!(profiles.list.len(), 1, "the other file is read all the same");
    assert_eq!(files.kind("importantproject"), Kind::ProfileOdd);
    if cfg!(unix) {
        files.paths.credentials = "/dev/zero".into();
        assert_eq!(odd(&files.read()), [(0, WarningKind::Unreadable)]);
    }
}

#[test]
fn huge_files_are_read_only_up_to_a_limit() {
    let many = (0..100_000).map(|number| format!("[{number}]\n")).collect::<Vec<_>>().concat();
    let profiles = Files::new(many, "").read();
    assert_eq!((profiles.list.len(), odd(&profiles)), (1000, vec![(1001, WarningKind::TooMuch)]));

    let mut long =
        format!("[first]\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\n[last]\naws_access_key_id={ID}\n");
    long.push_str(&"#".repeat((1 << 20) - long.len() - 40));
    long += "\naws_secret_access_key=";
    long += SECRET;
    long += "\n";
    let files = Files::new(&long, "");
    let profiles = files.read();
    assert!(odd(&profiles).contains(&(0, WarningKind::TooMuch)));
    assert!(files.keys("first").is_ok());
    assert_eq!(named(&profiles, "last").source, Source::Nothing, "a secret that is cut is not taken for a whole one");

    let damaged = Files::new("x\n".repeat(100_000), "").read();
    assert!(damaged.oddities.len() <= 200);
    let chain = (0..1000)
        .map(|n| format!("[profile {n}]\nrole_arn=arn:aws:iam::222222222222:role/x\nsource_profile={}\n", n + 1))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(Files::new("", chain).read().list.len(), 1000);
}

#[test]
fn paths_come_from_the_environment_and_the_home_directory() {
    let home = Path::new("/home/r");
    let none = Paths::from_vars(|_| None, Some(home));
    assert_eq!((none.credentials, none.config), (home.join(".aws/credentials"), home.join(".aws/config")));
    let set = Paths::from_vars(|name| (name == "AWS_CONFIG_FILE").then(|| "~/c".into()), Some(home));
    assert_eq!((set.credentials, set.config), (home.join(".aws/credentials"), home.join("c")));
    let nowhere = Paths::from_vars(|_| Some("".into()), None);
    assert!(!read(&nowhere).found);
}

#[test]
fn every_warning_has_a_sentence() {
    use daypass::model::snapshot::ProfileWarning;
    let all = [
        WarningKind::Unreadable,
        WarningKind::TooMuch,
        WarningKind::Utf16,
        WarningKind::Line,
        WarningKind::Quotes,
        WarningKind::Comment,
        WarningKind::Invisible,
        WarningKind::Twice,
        WarningKind::SectionForm,
        WarningKind::Endpoint,
        WarningKind::HalfAKey,
        WarningKind::KeyForm,
        WarningKind::SecretForm,
        WarningKind::Number,
        WarningKind::SourceMissing,
        WarningKind::SourceLoop,
        WarningKind::SecretMisplaced,
        WarningKind::HeadingTwice,
        WarningKind::HeadingOverruled,
        WarningKind::SessionMissing,
        WarningKind::SignInHalf,
        WarningKind::SourceUnset,
        WarningKind::CredentialSource,
        WarningKind::WebIdentity,
        WarningKind::RoleForm,
        WarningKind::NotUsed,
    ];
    for what in all {
        let sentence =
            oddity(&ProfileWarning { path: "/h/.aws/credentials".into(), line: 7, profile: Some("a b".into()), what });
        assert!(
            sentence.starts_with("In /h/.aws/credentials, line 7 (profile “a b”): ") && sentence.ends_with('.'),
            "{sentence}"
        );
        assert!(
            ["error", "invalid", "failed"].iter().all(|word| !sentence.to_lowercase().contains(word)),
            "{sentence}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_file_panics(credentials in any::<Vec<u8>>(), config in "(\\[(profile )?[ab\"]{0,2}\\]?|(aws_access_key_id|role_arn|source_profile|region|s3|x) ?=? ?[ab \"#“\u{a0}]{0,5}|\n| ){0,40}") {
        let files = Files::new(credentials, config);
        let profiles = files.read();
        for profile in &profiles.list {
            let _ = files.keys(&profile.name);
        }
        profiles.oddities.iter().for_each(|odd| assert!(!oddity(odd).is_empty()));
    }

    #[test]
    fn no_secret_is_shown(secret in "[A-Za-z0-9/+]{40}", token in "[A-Za-z0-9/+]{120}", how in 0..7_u8) {
        prop_assume!(daypass::model::names::looks_like_secret(&secret) && daypass::model::names::looks_like_secret(&token));
        let text = match how {
            0 => format!("[a]\naws_access_key_id={TEMPORARY}\naws_secret_access_key={secret}\naws_session_token={token}\n"),
            1 => format!("[a]\naws_access_key_id={secret}\naws_secret_access_key={secret}\n"),
            2 => format!("[a]\naws_access_key_id={TEMPORARY}\naws_secret_access_key=\"{secret}\" # {token}\n"),
            3 => format!("[a]\n{secret}\nregion={secret}\nrole_arn={token}\nsource_profile=a\n"),
            4 => format!("[{secret}]\naws_session_token {token}\n[a]\n"),
            5 => format!("aws_secret_access_key={secret}\n[a]\naws_session_token={token}\nmfa_serial={secret}\n"),
            _ => format!("[a]\naws_secret_access_key={secret} {token}\nrole_session_name={secret}\n"),
        };
        for files in [Files::new(&text, ""), Files::new("", &text)] {
            let profiles = files.read();
            let mut shown = format!("{profiles:?} {:?} {:?}", origin(&files.paths, "a"), keys(&files.paths, "a"));
            for odd in &profiles.oddities {
                shown.push_str(&oddity(odd));
            }
            for part in [&secret[..8], &secret[32..], &token[..8], &token[112..]] {
                prop_assert!(!shown.contains(part), "case {how}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_credentials_file_readable_by_others_is_reported() {
    let files = Files::new(simple(), "[profile importantproject]\nregion = eu-west-1\n");
    assert_eq!(odd(&files.read()), []);
    for (mode, expected) in [(0o644, 1), (0o640, 1), (0o604, 1), (0o600, 0), (0o400, 0), (0o611, 0)] {
        std::fs::set_permissions(&files.paths.credentials, std::os::unix::fs::PermissionsExt::from_mode(mode))
            .expect("set");
        let profiles = files.read();
        assert_eq!(odd(&profiles), vec![(0, WarningKind::OpenToOthers); expected], "{mode:o}");
        assert!(profiles.oddities.iter().all(|one| oddity(one).contains("chmod 600")));
    }
    // The config file contains no key.
    std::fs::set_permissions(&files.paths.config, std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("set");
    assert_eq!(odd(&files.read()), []);
}
