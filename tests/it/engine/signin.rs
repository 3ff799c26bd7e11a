//! IAM Identity Center: the device flow, its refusals, and the tokens on disk.

mod role;

use crate::support::scripted::{Reply, Request, Server};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use daypass::engine::credentials::Caches;
use daypass::engine::handle::{Engine, EngineOptions, Handle};
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::Paths;
use daypass::model::problem::{Kind, Turn};
use daypass::model::sign_in::{SignInProblem, SignInStep};
use daypass::words::keys::{confirm_sign_in, sign_in_problem};
use daypass::words::problem::said;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

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
    let wire = HttpOptions { endpoint_url: Some(server.url.clone()), ..HttpOptions::default() };
    let caches = Caches { sso: dir.join(".aws/sso/cache") };
    Engine::spawn(EngineOptions { profiles: paths, wire, caches, ..EngineOptions::new() }).await.expect("an engine")
}

pub async fn steps(handle: &Handle, profile: &str) -> Vec<SignInStep> {
    let mut steps = handle.sign_in(profile);
    let mut all = Vec::new();
    loop {
        // The token is asked for once a second.
        match tokio::time::timeout(Duration::from_millis(10), steps.recv()).await {
            Ok(Some(step)) => all.push(step),
            Ok(None) => return all,
            Err(_none) => handle.clock().advance(Duration::from_millis(200)),
        }
    }
}

/// Returns the only file in the cache.
fn file(dir: &Path) -> PathBuf {
    let files: Vec<_> = std::fs::read_dir(dir.join(".aws/sso/cache")).expect("a cache").flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].path()
}

#[tokio::test]
async fn a_sign_in_is_confirmed_stored_and_used() {
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
    assert_eq!(who(dir.path(), &server, "p").await, Ok("bob".to_owned()));
    for profile in ["old", "half"] {
        assert!(who(dir.path(), &server, profile).await.is_err(), "{profile}");
    }
    // An expired token is renewed with its refresh token, and the new one is stored.
    let over = std::fs::read_to_string(&path)
        .expect("read")
        .replace(kept["expiresAt"].as_str().expect("a date"), "2020-01-01T00:00:00Z");
    std::fs::write(&path, over).expect("written");
    assert_eq!(who(dir.path(), &server, "p").await, Ok("bob".to_owned()));
    let last = server.heard().into_iter().rfind(|r| r.line.contains("/token")).expect("asked");
    assert!(last.text().contains("refresh_token"), "{}", last.line);
    let renewed: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
    assert_ne!(renewed["expiresAt"], "2020-01-01T00:00:00Z");
    assert_eq!(renewed["refreshToken"], "RTCANARY");
    // A damaged file counts as missing.
    std::fs::write(&path, "{\"accessToken\": 5").expect("written");
    let asked = server.heard().len();
    let needed = said(Kind::SignInNeeded).title;
    assert!(who(dir.path(), &server, "p").await.is_err_and(|text| text.contains(&needed)));
    assert_eq!(server.heard().len(), asked, "there is nothing to ask with");
}

/// Returns the identity of a profile as the command line finds it, in a hostile environment.
async fn who(home: &Path, server: &Server, profile: &str) -> Result<String, String> {
    who_in(home, server, profile, |_| {}).await
}

/// Does the same in a changed environment.
pub async fn who_in(
    home: &Path,
    server: &Server,
    profile: &str,
    change: impl FnOnce(&mut tokio::process::Command),
) -> Result<String, String> {
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("set");
    let url = format!("http://{}", elsewhere.local_addr().expect("an address"));
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_daypass-cli"));
    command.env_clear().env("PATH", "").env("HOME", home).env("DAYPASS_HOME", home.join("daypass"));
    command.env("AWS_SHARED_CREDENTIALS_FILE", home.join("credentials")).env("AWS_CONFIG_FILE", home.join("config"));
    for name in ["", "_SSO", "_SSO_OIDC", "_SIGNIN", "_STS"] {
        command.env(format!("AWS_ENDPOINT_URL{name}"), format!("{url}/prefix"));
    }
    for name in ["HTTP_PROXY", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_SERVICE_ENDPOINT"] {
        command.env(name, &url);
    }
    command.env("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENTKEY00").env("AWS_SECRET_ACCESS_KEY", "s");
    command.env("AWS_PROFILE", "other").env("AWS_REGION", "eu-north-1").env("AWS_USE_FIPS_ENDPOINT", "true");
    command.args(["check", "--json", "--endpoint-url", &server.url, "--profile", profile, "--bucket", "bucket"]);
    command.args(["--role-arn", "arn:aws:iam::444455556666:role/put"]);
    change(&mut command);
    let output = command.stdin(std::process::Stdio::null()).output().await.expect("it runs");
    assert!(elsewhere.accept().is_err(), "another host was asked");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let steps = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let identity = steps.into_iter().find(|step| step["what"] == "identity");
    match identity {
        Some(step) if step["ok"] == true => {
            Ok(step["arn"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned())
        }
        Some(step) => Err(step.to_string()),
        None => Err(text),
    }
}

#[tokio::test]
async fn a_role_missing_from_the_sign_in_is_reported() {
    let dir = tempfile::tempdir().expect("a folder");
    let usual = center("https://device.sso.eu-west-1.amazonaws.com/", vec![token()]);
    let server = Server::start(move |request| {
        if request.line.contains("/federation/credentials") {
            let named = vec![("x-amzn-errortype", "ForbiddenException".to_owned())];
            return Reply::Say(403, named, "{\"message\":\"No access\"}".to_owned());
        }
        usual(request)
    })
    .await;
    let handle = engine(dir.path(), &server).await;
    steps(&handle, "p").await;
    let refused = handle.who("p").await.expect_err("no such role");
    assert_eq!((refused.kind, refused.kind.turn()), (Kind::SignInRoleMissing, Turn::Administrator));
    assert_eq!(&*refused.detail.as_ref().expect("details").message, "No access");
    let text = daypass::words::problem::sentence(&refused);
    assert!(text.contains("Dev") && text.contains("1111"), "{text}");
    let told = who(dir.path(), &server, "p").await.expect_err("no such role");
    assert!(told.contains("Dev"), "{told}");
}

const SESSION: &str = "arn:aws:iam::111122223333:user/Bob";
/// The example key of the SDK's documentation.
const POSSESSION: &str = "MHcCAQEEIFDZHUzOG1Pzq+6F0mjMlOSp1syN9LRPBuHMoCFXTcXhoAoGCCqGSM49\\nAwEHoUQDQgAE9qhj+KtcdHj1kVgwxWWWw++tqoh7H7UHs7oXh8jBbgF47rrYGC+t\\ndjiIaHK3dBvvdE7MGj5HsepzLm3Kj91bqA==";

/// Credentials of `aws login` are used until they expire and then renewed; otherwise a new login is needed.
#[tokio::test]
async fn a_login_session_is_renewed() {
    let dir = tempfile::tempdir().expect("a folder");
    let allow = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let allowed = std::sync::Arc::clone(&allow);
    let server = Server::start(move |request: &Request| {
        if !request.line.contains("/v1/token") {
            return Reply::Say(200, vec![("content-type", "text/xml".to_owned())], WHO.to_owned());
        }
        if !allowed.load(Ordering::SeqCst) {
            let named = vec![("x-amzn-errortype", "AccessDeniedException".to_owned())];
            return Reply::Say(400, named, "{\"error\":\"TOKEN_EXPIRED\",\"message\":\"over\"}".to_owned());
        }
        let proof: Vec<_> = request.header("dpop").expect("a proof of possession").split('.').collect();
        assert_eq!(proof.len(), 3, "{proof:?}");
        let claims = BASE64_URL_SAFE_NO_PAD.decode(proof[1]).expect("base64url");
        let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
        assert_eq!(claims["htu"], "https://eu-west-1.signin.aws.amazon.com/v1/token", "it is for AWS's own host");
        say(
            200,
            "{\"accessToken\":{\"accessKeyId\":\"ASIANEWKEY\",\"secretAccessKey\":\"s\",\"sessionToken\":\"t\"},\
             \"tokenType\":\"aws_sigv4\",\"expiresIn\":900,\"refreshToken\":\"next\"}",
        )
    })
    .await;
    std::fs::write(dir.path().join("config"), format!("[profile l]\nlogin_session = {SESSION}\nregion = eu-west-1\n"))
        .expect("written");
    let folder = dir.path().join(".aws/login/cache");
    std::fs::create_dir_all(&folder).expect("made");
    let file = folder.join(daypass::engine::credentials::fingerprint(SESSION) + ".json");
    let write = |ends: &str| {
        let begin = "-----BEGIN EC PRIVATE";
        let text = format!(
            "{{\"accessToken\":{{\"accessKeyId\":\"ASIAOLDKEY\",\"secretAccessKey\":\"s\",\"sessionToken\":\"t\",\
             \"accountId\":\"111122223333\",\"expiresAt\":\"{ends}\"}},\"tokenType\":\"aws_sigv4\",\"refreshToken\":\"r\",\
             \"clientId\":\"arn:aws:signin:::devtools/same-device\",\
             \"dpopKey\":\"{begin} KEY-----\\n{POSSESSION}\\n-----END EC PRIVATE KEY-----\\n\"}}"
        );
        std::fs::write(&file, text).expect("written");
    };
    let key = || {
        let heard = server.heard();
        let asked = heard.iter().rfind(|request| request.text().contains("GetCallerIdentity")).expect("asked");
        asked.header("authorization").expect("signed").to_owned()
    };
    let renewals = || server.heard().iter().filter(|request| request.line.contains("/v1/token")).count();
    write("2099-01-01T00:00:00Z");
    assert_eq!(who(dir.path(), &server, "l").await, Ok("bob".to_owned()));
    assert!(key().contains("ASIAOLDKEY") && renewals() == 0);
    write("2020-01-01T00:00:00Z");
    // A proof for the host that the environment names would be useless.
    let needed = said(Kind::SignInNeeded).title;
    let redirected = who(dir.path(), &server, "l").await.expect_err("not renewed");
    assert!(redirected.contains(&needed) && redirected.contains("AWS_ENDPOINT_URL"), "{redirected}");
    assert_eq!(renewals(), 0, "nothing was sent anywhere");
    let renewed = async || {
        who_in(dir.path(), &server, "l", |command| {
            command.env_remove("AWS_ENDPOINT_URL").env_remove("AWS_ENDPOINT_URL_SIGNIN");
        })
        .await
    };
    assert_eq!(renewed().await, Ok("bob".to_owned()));
    assert!(key().contains("ASIANEWKEY") && renewals() == 1);
    assert!(
        std::fs::read_to_string(&file).expect("read").contains("\"refreshToken\":\"next\""),
        "kept for the next time"
    );
    allow.store(false, Ordering::SeqCst);
    write("2020-01-01T00:00:00Z");
    let over = renewed().await.expect_err("over");
    assert!(over.contains(&needed) && over.contains("aws login"), "{over}");
}

#[tokio::test]
async fn each_refusal_is_reported() {
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
        assert!(!dir.path().join(".aws/sso").exists(), "nothing is written");
    }
}

#[tokio::test]
async fn an_address_outside_aws_is_never_offered() {
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
