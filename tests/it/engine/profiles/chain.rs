//! Tests that a profile is read as the AWS tools read it: headings, separators, role chains, and the final key.

use crate::support::scripted::{Reply, Request, Server};
use daypass::engine::credentials::Caches;
use daypass::engine::handle::{Engine, EngineOptions, Handle};
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::{CredentialOrigin, Edit, Paths, chain, change, keys, origin, read};
use daypass::model::names::RoleArn;
use daypass::model::problem::Kind;
use daypass::model::snapshot::{Source, WarningKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const OLD: &str = "ASIAIOSFODNN7EXAMPLE";
const NEW: &str = "AKIAI44QH8DHBEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ENGINEERS: &str = "arn:aws:iam::111122223333:role/team/Engineers";
const CUSTOMERS: &str = "arn:aws:iam::444455556666:role/put";

struct Files {
    dir: tempfile::TempDir,
    paths: Paths,
}

impl Files {
    fn new(credentials: &str, config: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = Paths { credentials: dir.path().join("credentials"), config: dir.path().join("config") };
        std::fs::write(&paths.credentials, credentials).expect("written");
        std::fs::write(&paths.config, config).expect("written");
        keep_private(&paths.credentials);
        Self { dir, paths }
    }

    fn source(&self, name: &str) -> Source {
        read(&self.paths).list.iter().find(|profile| profile.name == name).expect(name).source
    }

    fn odd(&self) -> Vec<(bool, u32, WarningKind)> {
        let in_config = |path: &std::path::Path| path == self.paths.config;
        read(&self.paths).oddities.iter().map(|odd| (in_config(&odd.path), odd.line, odd.what)).collect()
    }

    fn kind(&self, name: &str) -> Kind {
        chain(&self.paths, name, None).expect_err(name).kind
    }

    async fn engine(&self, server: &Server) -> Handle {
        let wire = HttpOptions { endpoint_url: Some(server.url.clone()), ..HttpOptions::default() };
        let caches = Caches { sso: self.dir.path().join("sso") };
        Engine::spawn(EngineOptions { profiles: self.paths.clone(), wire, caches, ..EngineOptions::new() })
            .await
            .expect("an engine")
    }
}

#[cfg(unix)]
fn keep_private(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a file of ours");
}

#[cfg(not(unix))]
fn keep_private(_: &std::path::Path) {}

fn key(name: &str, id: &str) -> String {
    format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n")
}

#[test]
fn a_colon_separates_name_and_value_like_an_equals_sign() {
    let files = Files::new(
        &format!("[a]\naws_access_key_id: {OLD}\naws_secret_access_key : {SECRET}\naws_session_token = T:o=k\n"),
        "[profile b]\nrole_arn: arn:aws:iam::111122223333:role/x\nsource_profile: a\nregion:eu-west-1\n",
    );
    assert_eq!(files.odd(), []);
    let found = keys(&files.paths, "b").expect("keys");
    assert_eq!((found.access_key_id.as_str(), found.secret.as_str()), (OLD, SECRET));
    assert_eq!(found.token.expect("a token").as_str(), "T:o=k", "the first separator counts");
    // Edits must find the same lines.
    change(&files.paths, &Edit::Rename("a".into(), "c".into())).expect("renamed");
    assert!(keys(&files.paths, "b").is_ok(), "its source has the new name too");
    let new = keys(&files.paths, "c").expect("keys");
    change(&files.paths, &Edit::Put("c".into(), new)).expect("put");
    let text = std::fs::read_to_string(&files.paths.credentials).expect("read");
    assert_eq!(text.matches(OLD).count(), 1, "the old lines are gone: {text}");
}

#[test]
fn a_profile_default_heading_overrules_default() {
    let sso = "[default]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
               sso_account_id = 999988887777\nsso_role_name = Admin\n";
    let own = key("profile default", NEW) + "region = eu-west-1\n";
    for config in [format!("{sso}{own}"), format!("{own}{sso}")] {
        let files = Files::new("", &config);
        assert_eq!(files.source("default"), Source::Key);
        assert_eq!(keys(&files.paths, "default").expect("keys").access_key_id, NEW);
        assert_eq!(read(&files.paths).list[0].region.as_deref(), Some("eu-west-1"));
        assert!(files.odd().iter().any(|(_, _, what)| *what == WarningKind::HeadingOverruled));
    }
    // The AWS tools ignore headings in the form of the other file.
    let files = Files::new("", &(key("work", OLD) + &key("profile work", NEW)));
    assert_eq!(keys(&files.paths, "work").expect("keys").access_key_id, NEW);
    let files = Files::new(&(key("work", NEW) + &key("profile work", OLD)), "");
    assert_eq!(keys(&files.paths, "work").expect("keys").access_key_id, NEW);
    change(&files.paths, &Edit::Put("work".into(), keys(&files.paths, "work").expect("keys"))).expect("put");
    assert_eq!(keys(&files.paths, "work").expect("still there").access_key_id, NEW);
}

#[test]
fn a_key_is_never_combined_from_several_headings() {
    let old = format!("{}aws_session_token = OLDTOKEN\n", key("work", OLD));
    let files = Files::new(&format!("{old}{}", key("work", NEW)), "");
    let found = keys(&files.paths, "work").expect("keys");
    assert_eq!((found.access_key_id.as_str(), found.token.is_none()), (NEW, true), "no token of another key");
    assert_eq!(files.odd(), [(false, 5, WarningKind::HeadingTwice)]);
    // A heading with half a key must not be combined with a whole one.
    let files = Files::new(&format!("{old}[work]\naws_access_key_id = {NEW}\nregion = eu-west-1\n"), "");
    let found = keys(&files.paths, "work").expect("keys");
    assert_eq!((found.access_key_id.as_str(), found.token.is_some()), (OLD, true));
    // Nor is a token in the other file.
    let files = Files::new("[work]\naws_session_token = OLDTOKEN\n", &key("profile work", NEW));
    let found = keys(&files.paths, "work").expect("keys");
    assert_eq!((found.access_key_id.as_str(), found.token.is_none()), (NEW, true));
}

/// The order is that of the AWS command line; unused settings are reported.
#[test]
fn credentials_are_chosen_in_the_order_of_the_aws_tools() {
    let sso = "sso_account_id = 111122223333\nsso_role_name = Dev\nsso_start_url = https://x\nsso_region = eu-west-1\n";
    let command = "credential_process = /bin/true\n";
    let both = format!("[profile a]\n{sso}{command}");
    let files = Files::new(&key("a", NEW), &both);
    assert_eq!(files.source("a"), Source::SignIn);
    assert_eq!(files.odd(), [(false, 2, WarningKind::NotUsed), (true, 6, WarningKind::NotUsed)]);
    let files = Files::new(&key("a", NEW), &format!("[profile a]\n{command}"));
    assert_eq!(files.source("a"), Source::Key);
    let files = Files::new("", &format!("{}{command}", key("profile a", NEW)));
    assert_eq!(files.source("a"), Source::Process);
    let files = Files::new(&key("a", NEW), "[profile a]\nsso_session = corp\n");
    assert_eq!(files.source("a"), Source::Key, "a session alone gives no credentials");
}

#[test]
fn every_fault_in_a_profile_is_reported_with_its_line() {
    let role = format!("role_arn = {ENGINEERS}\n");
    let session = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
    let of = "sso_account_id = 111122223333\nsso_role_name = Dev\n";
    for (config, line, what) in [
        (format!("{session}[profile p]\nsso_session = Corp\n{of}"), 5, WarningKind::SessionMissing),
        (format!("{session}[profile p]\nsso_session = corp\nsso_role_name = Dev\n"), 5, WarningKind::SignInHalf),
        (
            format!("{session}[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = Dev\n"),
            6,
            WarningKind::SignInHalf,
        ),
        (format!("[profile p]\nsso_start_url = corp\nsso_region = eu-west-1\n{of}"), 2, WarningKind::SignInHalf),
        (
            format!("[profile p]\nsso_start_url = https://x\nsso_region = nowhere at all\n{of}"),
            3,
            WarningKind::SignInHalf,
        ),
        (format!("[profile p]\n{role}"), 2, WarningKind::SourceUnset),
        (format!("[profile p]\n{role}credential_source = Ec2InstanceMetadata\n"), 3, WarningKind::CredentialSource),
        (format!("[profile p]\n{role}credential_source = EcsContainer\n"), 3, WarningKind::CredentialSource),
        (
            format!("[profile p]\n{role}credential_source = Environment\nsource_profile = base\n[base]\n"),
            3,
            WarningKind::CredentialSource,
        ),
        ("[profile p]\nweb_identity_token_file = /x\n".to_owned(), 2, WarningKind::WebIdentity),
        ("[profile p]\nrole_arn = Engineers\nweb_identity_token_file = /x\n".to_owned(), 2, WarningKind::RoleForm),
        (format!("[profile p]\n{role}source_profile = p\n"), 3, WarningKind::SourceLoop),
        ("[profile p]\nrole_arn = Engineers\nsource_profile = base\n[base]\n".to_owned(), 2, WarningKind::RoleForm),
        (format!("[profile p]\naws_access_key_id = {NEW}\n"), 2, WarningKind::HalfAKey),
        (format!("[profile p]\naws_secret_access_key = {SECRET}\n"), 2, WarningKind::HalfAKey),
    ] {
        let files = Files::new("", &config);
        assert!(files.odd().contains(&(true, line, what)), "{config}: {:?}", files.odd());
        let odd = match origin(&files.paths, "p") {
            Ok(CredentialOrigin::SignIn(base)) => daypass::engine::profiles::sign_in(&files.paths, &base).map(|_| ()),
            Ok(_) => Ok(()),
            Err(why) => Err(why),
        };
        let kind = chain(&files.paths, "p", None).map(|_| ()).and(odd).expect_err(&config).kind;
        assert!(matches!(kind, Kind::ProfileOdd | Kind::ProfileEmpty), "{config}: {kind:?}");
        assert!(read(&files.paths).oddities_of("p").any(|odd| odd.what == what), "{config}");
    }
}

#[test]
fn a_role_profile_acts_as_its_role() {
    let config = format!(
        "[profile work]\nrole_arn = {ENGINEERS}\nsource_profile = base\nexternal_id = e:1\nrole_session_name = Bob\n\
         [profile customer]\nrole_arn = {CUSTOMERS}\nsource_profile = work\n\
         [profile code]\nrole_arn = {ENGINEERS}\nsource_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/B\n\
         [profile own]\nrole_arn = {CUSTOMERS}\naws_access_key_id = {NEW}\naws_secret_access_key = {SECRET}\n"
    );
    let files = Files::new(&key("base", NEW), &config);
    let customers: RoleArn = CUSTOMERS.parse().expect("a role");
    let roles = |profile, role: Option<&RoleArn>| {
        let chain = chain(&files.paths, profile, role).expect(profile);
        chain.roles.iter().map(|own| own.role.role_name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(roles("base", Some(&customers)), [""; 0]);
    assert_eq!(roles("work", Some(&customers)), ["Engineers"]);
    assert_eq!(roles("customer", Some(&customers)), ["Engineers"], "the customer's role is what is asked for");
    assert_eq!(roles("customer", None), ["Engineers", "put"]);
    assert_eq!(files.kind("code"), Kind::OwnRoleNeedsCode);
    assert_eq!(roles("own", Some(&customers)), [""; 0], "its own key asks for its role");
    assert_eq!(files.kind("own"), Kind::ProfileOdd, "as for the AWS tools, nobody is named who asks");
    let profiles = read(&files.paths);
    assert_eq!(profiles.asking("customer", &customers), "work");
    assert_eq!(profiles.asking("work", &customers), "work");
}

/// Answers as STS: returns the caller's identity, and grants or denies the role.
fn sts(request: &Request, let_in: bool) -> Reply {
    // Only the head was read: the short request is GetCallerIdentity.
    let identity = request.header("content-length").and_then(|length| length.parse().ok()).is_some_and(|n: u32| n < 60);
    let key =
        ["ASIAENGINEERS", NEW].into_iter().find(|id| request.header("authorization").is_some_and(|of| of.contains(id)));
    let body = if identity {
        let arn = if key == Some(NEW) {
            "arn:aws:iam::111122223333:user/Bob"
        } else {
            "arn:aws:sts::111122223333:assumed-role/Engineers/daypass"
        };
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn><UserId>A</UserId>\
                 <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
    } else if let_in {
        "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId>\
         <Arn>arn:aws:sts::111122223333:assumed-role/Engineers/daypass</Arn></AssumedRoleUser><Credentials>\
         <AccessKeyId>ASIAENGINEERS</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
            .to_owned()
    } else {
        let body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>S1</RequestId></ErrorResponse>";
        return Reply::Say(
            403,
            vec![("content-type", "text/xml".to_owned()), ("x-amzn-requestid", "S1".to_owned())],
            body.to_owned(),
        );
    };
    Reply::Say(200, vec![("content-type", "text/xml".to_owned()), ("x-amzn-requestid", "S1".to_owned())], body)
}

#[tokio::test]
async fn the_role_of_the_profile_is_assumed_first_and_only_once() {
    let config = format!(
        "[profile work]\nrole_arn = {ENGINEERS}\nsource_profile = base\n\
         [profile no]\nrole_arn = arn:aws:iam::111122223333:role/Other\nsource_profile = base\n"
    );
    let files = Files::new(&key("base", NEW), &config);
    let let_in = Arc::new(AtomicBool::new(true));
    let lets_in = Arc::clone(&let_in);
    let server = Server::start(move |request| sts(request, lets_in.load(Ordering::SeqCst))).await;
    let handle = files.engine(&server).await;
    assert_eq!(handle.who("base").await.expect("known").arn.as_ref(), "arn:aws:iam::111122223333:user/Bob");
    for _ in 0..2 {
        let who = handle.who("work").await.expect("known");
        assert_eq!(who.arn.as_ref(), "arn:aws:sts::111122223333:assumed-role/Engineers/daypass");
    }
    let asked = server.heard().iter().filter(|request| request.text().contains("Action=AssumeRole")).count();
    assert_eq!(asked, 1, "the session is kept");
    let_in.store(false, Ordering::SeqCst);
    let refused = handle.who("no").await.expect_err("refused");
    assert_eq!(refused.kind, Kind::OwnRoleDenied);
    assert!(daypass::words::problem::sentence(&refused).contains("arn:aws:iam::111122223333:role/Other"));
}
