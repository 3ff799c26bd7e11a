//! IAM Identity Center: the device flow, its refusals, and the tokens on disk.

use crate::support::scripted::{Reply, Request, Server};
use daypass::engine::handle::{Engine, Handle, Options};
use daypass::engine::http::Wire;
use daypass::engine::profiles::Paths;
use daypass::engine::signin::{Caches, SignInProblem, SignInStep};
use daypass::model::problem::Kind;
use daypass::words::keys::{confirm_sign_in, sign_in_problem};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

pub const CONFIG: &str = "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n\
    [sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
    sso_registration_scopes = sso:account:access\n\
    [profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
    sso_account_id = 111122223333\nsso_role_name = Dev\n[profile half]\nsso_session = none\nsso_account_id = 1\n";

fn say(status: u16, body: &str) -> Reply {
    Reply::Say(status, vec![("content-type", "application/json".to_owned())], body.to_owned())
}

pub fn pending(word: &str) -> Reply {
    say(400, &format!("{{\"error\":\"{word}\",\"error_description\":\"x\"}}"))
}

const WHO: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:sts::111122223333:assumed-role/Dev/bob</Arn><UserId>A:bob</UserId><Account>111122223333</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

/// Identity Center with these answers of CreateToken in turn, the last again and again.
pub fn center(url: &'static str, tokens: Vec<Reply>) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    let at = AtomicUsize::new(0);
    move |request: &Request| {
        if request.line.contains("/client/register") {
            say(200, "{\"clientId\":\"CID\",\"clientSecret\":\"CSECRETCANARY\",\"clientSecretExpiresAt\":4102444800}")
        } else if request.line.contains("/device_authorization") {
            say(
                200,
                &format!(
                    "{{\"deviceCode\":\"DCANARY\",\"userCode\":\"ABCD-EFGH\",\"verificationUri\":\"{url}\",\
                 \"verificationUriComplete\":\"{url}?user_code=ABCD-EFGH\",\"expiresIn\":600,\"interval\":1}}"
                ),
            )
        } else if request.line.contains("/token") {
            let at = at.fetch_add(1, Ordering::SeqCst).min(tokens.len() - 1);
            tokens[at].clone()
        } else if request.line.contains("/federation/credentials") {
            match request.header("x-amz-sso_bearer_token") {
                Some("ACANARY") => say(
                    200,
                    "{\"roleCredentials\":{\"accessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\
                    \"secretAccessKey\":\"RCANARY\",\"sessionToken\":\"TCANARY\",\"expiration\":4102444800000}}",
                ),
                _ => Reply::Say(401, vec![("x-amzn-errortype", "UnauthorizedException".to_owned())], "{}".to_owned()),
            }
        } else {
            Reply::Say(200, vec![("content-type", "text/xml".to_owned())], WHO.to_owned())
        }
    }
}

pub fn token() -> Reply {
    say(200, "{\"accessToken\":\"ACANARY\",\"expiresIn\":28800,\"refreshToken\":\"RTCANARY\",\"tokenType\":\"Bearer\"}")
}

async fn engine(dir: &Path, server: &Server) -> Handle {
    let paths = Paths { credentials: dir.join("credentials"), config: dir.join("config") };
    std::fs::write(&paths.config, CONFIG).expect("written");
    let wire = Wire { endpoint_url: Some(server.url.clone()), ..Wire::default() };
    let caches = Caches { sso: dir.join("sso/cache"), login: dir.join("login/cache") };
    Engine::spawn(Options { profiles: paths, wire, caches, ..Options::new() }).await.expect("an engine")
}

async fn steps(handle: &Handle, profile: &str) -> Vec<SignInStep> {
    let mut steps = handle.sign_in(profile);
    let mut all = Vec::new();
    while let Some(step) = steps.recv().await {
        all.push(step);
    }
    all
}

/// The one file of the cache.
fn file(dir: &Path) -> PathBuf {
    let files: Vec<_> = std::fs::read_dir(dir.join("sso/cache")).expect("a cache").flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].path()
}

#[tokio::test]
async fn a_sign_in_is_confirmed_kept_and_used() {
    let dir = tempfile::tempdir().expect("a folder");
    let url = "https://device.sso.eu-west-1.amazonaws.com/";
    let server = Server::start(center(url, vec![pending("authorization_pending"), token()])).await;
    let handle = engine(dir.path(), &server).await;
    assert_eq!(handle.who("p").await.expect_err("not yet").kind, Kind::SignInNeeded);
    let all = steps(&handle, "p").await;
    let [SignInStep::Confirm(device), SignInStep::Done { kept: true }] = &all[..] else { panic!("{all:?}") };
    let text = confirm_sign_in(device);
    assert!(text.contains("ABCD-EFGH") && text.contains("device.sso.eu-west-1.amazonaws.com"), "{text}");
    assert_eq!(handle.who("p").await.expect("signed in").name.as_ref(), "bob");
    let path = file(dir.path());
    assert_eq!(path.file_name().expect("a name").to_string_lossy(), "ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
    for (name, value) in [
        ("startUrl", "https://corp.awsapps.com/start"),
        ("region", "eu-west-1"),
        ("accessToken", "ACANARY"),
        ("clientId", "CID"),
        ("refreshToken", "RTCANARY"),
    ] {
        assert_eq!(kept[name], value, "{name}");
    }
    assert!(kept["expiresAt"].as_str().is_some_and(|at| at.ends_with('Z')));
    let shown = format!("{:?} {all:?}", handle.seen());
    for canary in ["ACANARY", "CSECRETCANARY", "RCANARY", "TCANARY", "DCANARY"] {
        assert!(!shown.contains(canary), "{canary}");
    }
    // The next run finds the token; the older profile, whose file has another name, doesn't.
    let next = engine(dir.path(), &server).await;
    next.who("p").await.expect("from the file");
    assert_eq!(next.who("old").await.expect_err("another file").kind, Kind::SignInNeeded);
    assert_eq!(next.who("half").await.expect_err("half").kind, Kind::ProfileOdd);
    // A token that ends soon is renewed by what renews it; a damaged file counts as none.
    let soon = std::fs::read_to_string(&path)
        .expect("read")
        .replace(kept["expiresAt"].as_str().expect("a date"), "2020-01-01T00:00:00Z");
    std::fs::write(&path, soon).expect("written");
    engine(dir.path(), &server).await.who("p").await.expect("renewed");
    let last = server.heard().into_iter().rfind(|r| r.line.contains("/token")).expect("asked");
    assert!(last.text().contains("refresh_token"), "{}", last.line);
    std::fs::write(&path, "{\"accessToken\": 5").expect("written");
    assert_eq!(engine(dir.path(), &server).await.who("p").await.expect_err("damaged").kind, Kind::SignInNeeded);
}

#[tokio::test]
async fn each_refusal_is_told() {
    let url = "https://device.sso.eu-west-1.amazonaws.com/";
    for (reply, wanted) in [
        (pending("expired_token"), SignInProblem::Expired),
        (pending("access_denied"), SignInProblem::Denied),
        (
            Reply::Say(401, vec![("x-amzn-errortype", "InvalidClientException:http://x".to_owned())], "{}".to_owned()),
            SignInProblem::Expired,
        ),
    ] {
        let dir = tempfile::tempdir().expect("a folder");
        let server = Server::start(center(url, vec![reply])).await;
        let handle = engine(dir.path(), &server).await;
        let all = steps(&handle, "p").await;
        assert_eq!(all.last(), Some(&SignInStep::Ended(wanted.clone())));
        assert!(sign_in_problem(&wanted).ends_with('.'));
        assert!(!dir.path().join("sso").exists(), "nothing is written");
    }
}

#[tokio::test]
async fn an_address_elsewhere_is_never_offered() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Server::start(center("https://awsapps.com.evil.example/", vec![token()])).await;
    let handle = engine(dir.path(), &server).await;
    let all = steps(&handle, "p").await;
    assert_eq!(all, [SignInStep::Ended(SignInProblem::OtherHost("awsapps.com.evil.example".to_owned()))]);
    assert!(!server.heard().iter().any(|request| request.line.contains("/token")));
    let portal = Server::start(|_| crate::support::scripted::login_page()).await;
    let all = steps(&engine(dir.path(), &portal).await, "p").await;
    assert!(matches!(&all[..], [SignInStep::Ended(SignInProblem::Other(p))] if p.kind == Kind::LoginPage), "{all:?}");
}
