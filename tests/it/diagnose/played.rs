//! Each denial that practice can give, met by the whole engine.

use crate::support::stage::{LONG, pass};
use daypass::diagnose::titles;
use daypass::diagnose::{Evidence, explain};
use daypass::engine::handle::{Engine, EngineOptions, Handle, Secret};
use daypass::engine::http::HttpOptions;
use daypass::engine::profiles::Paths;
use daypass::model::Limits;
use daypass::model::destination::Destination;
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Network, Snapshot};
use daypass::model::upload::DestinationId;
use daypass::practice::{self, ApiOperation, Fault, FaultRule, Mfa, Practice};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

const HERE: DestinationId = DestinationId(0);
const SERIAL: &str = "arn:aws:iam::111122223333:mfa/Richard";
const UNKNOWN: Kind = Kind::AssumeDenied(DeniedBy::Unknown);

pub struct Scene {
    pub practice: Practice,
    pub handle: Handle,
    pub dir: tempfile::TempDir,
}

impl Scene {
    pub async fn new(options: practice::PracticeOptions, limits: Limits) -> Self {
        Self::with(options, limits, false).await
    }

    /// Starts a scene whose engine keeps its journal.
    pub async fn kept(options: practice::PracticeOptions, limits: Limits) -> Self {
        Self::with(options, limits, true).await
    }

    async fn with(options: practice::PracticeOptions, limits: Limits, keeps: bool) -> Self {
        let practice = Practice::start(options).await.expect("a free port");
        let dir = tempfile::tempdir().expect("a folder");
        let story = practice.story();
        story.write_profile_files(dir.path()).expect("written");
        let handle = Self::engine(&practice, dir.path(), limits, keeps).await;
        Self { practice, handle, dir }
    }

    async fn engine(practice: &Practice, dir: &std::path::Path, limits: Limits, keeps: bool) -> Handle {
        let options = EngineOptions {
            home: keeps.then(|| dir.join("home")),
            profiles: Paths { credentials: dir.join("credentials"), config: dir.join("config") },
            wire: HttpOptions { endpoint_url: Some(practice.story().endpoint), ..HttpOptions::default() },
            limits,
            ..EngineOptions::new()
        };
        Engine::spawn(options).await.expect("an engine")
    }

    /// Restarts the engine of a scene that keeps its journal.
    pub async fn restarted(self) -> Self {
        let Self { practice, handle, dir } = self;
        handle.stop().await;
        let handle = Self::engine(&practice, dir.path(), quick(), true).await;
        Self { practice, handle, dir }
    }

    pub async fn usual() -> Self {
        Self::new(practice::PracticeOptions::default(), quick()).await
    }

    pub fn destination(&self) -> Destination {
        let story = self.practice.story();
        Destination {
            role: story.role_arn.parse().expect("a role"),
            bucket: story.bucket.parse().expect("a bucket"),
            profile: story.profile,
            region: None,
            ..super::destination()
        }
    }

    pub fn open(&self, destination: Destination) {
        assert!(self.handle.send(Command::Open(Box::new(destination))));
    }

    pub async fn until(&mut self, what: impl FnMut(&Snapshot) -> bool) -> Arc<Snapshot> {
        let waiting = self.handle.until(what);
        tokio::time::timeout(LONG, waiting).await.expect("in time").expect("a running engine")
    }

    /// Opens the destination and returns the refusal with the titles of its causes.
    async fn refusal_of(&mut self, destination: Destination) -> (Kind, Vec<String>) {
        self.open(destination);
        let seen =
            self.until(|seen| place(seen).is_some_and(|place| matches!(place.session, Session::Denied(_)))).await;
        let Session::Denied(problem) = &seen.destinations[0].session else { panic!("it was denied") };
        told(&seen, problem)
    }

    /// Advances the clocks of the engine and of AWS, and waits until everything due is done.
    pub async fn pass(&self, time: Duration) {
        pass(&self.practice, &self.handle, time).await;
    }

    pub async fn access(&mut self) {
        self.until(|seen| place(seen).is_some_and(|place| matches!(place.session, Session::Active(_)))).await;
    }

    pub fn add(&self, name: &str, size: usize) {
        let path = self.dir.path().join(name);
        std::fs::write(&path, vec![7; size]).expect("written");
        assert!(self.handle.send(Command::Add(HERE, vec![path])));
    }

    /// Opens the destination, adds a file and returns what holds the queue.
    async fn held(&mut self, destination: Destination) -> (Kind, Vec<String>) {
        self.open(destination);
        self.add("a.txt", 10);
        let seen = self.until(|seen| place(seen).is_some_and(|place| place.hold.is_some())).await;
        told(&seen, seen.destinations[0].hold.as_ref().expect("held"))
    }
}

pub fn quick() -> Limits {
    Limits { quiet_retries: false, ..Limits::default() }
}

fn place(seen: &Snapshot) -> Option<&daypass::model::snapshot::OpenDestination> {
    seen.destinations.first()
}

fn told(seen: &Snapshot, problem: &Problem) -> (Kind, Vec<String>) {
    let causes = explain(problem, &Evidence::of(&seen.destinations[0], seen));
    (problem.kind, causes.into_iter().map(|cause| cause.title).collect())
}

const NOT_NAMED: &str = titles::NOT_NAMED;
const CHANGED: &str = titles::ROLE_CHANGED;

#[tokio::test]
async fn an_untrusted_user_is_diagnosed() {
    let mut scene = Scene::usual().await;
    scene.practice.set_trusted(false);
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!((kind, causes[0].as_str()), (UNKNOWN, NOT_NAMED));
}

#[tokio::test]
async fn a_missing_role_is_diagnosed() {
    let mut scene = Scene::usual().await;
    scene.practice.delete_role();
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!((kind, causes[0].as_str()), (UNKNOWN, NOT_NAMED));
}

#[tokio::test]
async fn a_caller_without_permission_to_assume_the_role_is_diagnosed() {
    let mut scene = Scene::usual().await;
    scene.practice.set_caller_may_assume(false);
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!((kind, causes[1].as_str()), (UNKNOWN, titles::COMPANY_NOT_ALLOWED));
}

#[tokio::test]
async fn a_wrong_or_missing_external_id_is_diagnosed() {
    for id in [Some("other-1"), None] {
        let options =
            practice::PracticeOptions { external_id: Some("acme-42".into()), ..practice::PracticeOptions::default() };
        let mut scene = Scene::new(options, quick()).await;
        let external_id = id.map(|id| id.parse().expect("an id"));
        let (kind, causes) = scene.refusal_of(Destination { external_id, ..scene.destination() }).await;
        assert_eq!((kind, causes[0].as_str()), (UNKNOWN, NOT_NAMED));
        let second = causes[1] == titles::EXTERNAL_ID;
        assert_eq!(second, id.is_some());
    }
}

fn with_device() -> practice::PracticeOptions {
    let mfa = Mfa { serial: SERIAL.into(), codes: vec!["123456".into()] };
    practice::PracticeOptions { mfa: Some(mfa), ..practice::PracticeOptions::default() }
}

#[tokio::test]
async fn a_missing_mfa_code_is_diagnosed() {
    let mut scene = Scene::new(with_device(), quick()).await;
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!(kind, UNKNOWN);
    assert!(causes.contains(&titles::CODE_WANTED.to_owned()), "{causes:?}");
    let mut scene = Scene::new(with_device(), quick()).await;
    let to = Destination { mfa_serial: Some(SERIAL.parse().expect("a serial")), ..scene.destination() };
    let (kind, causes) = scene.refusal_of(to).await;
    assert_eq!((kind, causes[0].as_str()), (Kind::CodeNeeded, titles::CODE_WANTED));
}

#[tokio::test]
async fn a_wrong_or_reused_mfa_code_is_diagnosed() {
    let mut scene = Scene::new(with_device(), quick()).await;
    let to = Destination { mfa_serial: Some(SERIAL.parse().expect("a serial")), ..scene.destination() };
    scene.handle.hand_over(Secret::Code(HERE, Zeroizing::new("000000".to_owned())));
    let (kind, causes) = scene.refusal_of(to).await;
    let used = titles::CODE_USED;
    assert_eq!((kind, causes[0].as_str()), (Kind::CodeWrong, used));
    for _ in 0..2 {
        scene.handle.hand_over(Secret::Code(HERE, Zeroizing::new("123456".to_owned())));
        scene.handle.send(Command::GetAccess(HERE));
        scene.access().await;
        scene.until(|seen| !seen.destinations[0].is_asking()).await;
    }
    let seen = scene.until(|seen| seen.destinations[0].renew_problem.is_some()).await;
    let (kind, causes) = told(&seen, seen.destinations[0].renew_problem.as_ref().expect("a problem"));
    assert_eq!((kind, causes[0].as_str()), (Kind::CodeWrong, used));
}

#[tokio::test]
async fn another_users_mfa_device_is_diagnosed() {
    let mut scene = Scene::new(with_device(), quick()).await;
    let serial = "arn:aws:iam::111122223333:mfa/Mallory".parse().expect("a serial");
    scene.handle.hand_over(Secret::Code(HERE, Zeroizing::new("123456".to_owned())));
    let (kind, causes) = scene.refusal_of(Destination { mfa_serial: Some(serial), ..scene.destination() }).await;
    assert_eq!((kind, causes[0].as_str()), (Kind::SerialWrong, titles::SERIAL));
}

#[tokio::test]
async fn an_inactive_key_and_a_wrong_secret_are_diagnosed() {
    let mut scene = Scene::usual().await;
    scene.practice.set_key_active(false);
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!((kind, causes[0].as_str()), (Kind::KeyNotAccepted, titles::ACCESS_KEY_OFF));

    let mut scene = Scene::usual().await;
    let path = scene.dir.path().join("credentials");
    let text = std::fs::read_to_string(&path).expect("a file");
    let secret = scene.practice.story().richard.secret().to_owned();
    std::fs::write(&path, text.replace(&secret, &"x".repeat(40))).expect("written");
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!((kind, causes[0].as_str()), (Kind::SecretWrong, titles::SECRET_CUT));
}

#[tokio::test]
async fn an_expired_token_in_the_profile_is_diagnosed() {
    let mut scene = Scene::usual().await;
    let text = "The security token included in the request is expired";
    for op in [ApiOperation::GetCallerIdentity, ApiOperation::AssumeRole] {
        scene.practice.fault(FaultRule::once(op, Fault::status(403, "ExpiredToken", text)).times(9));
    }
    assert_eq!(scene.refusal_of(scene.destination()).await.0, Kind::SourceEnded);
}

#[tokio::test]
async fn a_shorter_session_than_requested_is_accepted() {
    let mut scene = Scene::usual().await;
    scene.open(Destination { seconds: 7200, ..scene.destination() });
    scene.access().await;
    let seen = scene.handle.seen();
    assert!(seen.destinations[0].session.grant().is_some_and(|grant| grant.shortened));
}

#[tokio::test]
async fn a_wrong_clock_does_not_prevent_access() {
    let mut scene = Scene::usual().await;
    scene.practice.set_clock_ahead(7200);
    scene.open(scene.destination());
    scene.access().await;
}

#[tokio::test]
async fn a_sign_in_page_is_retried_and_a_refusing_proxy_is_diagnosed() {
    let mut scene = Scene::usual().await;
    scene.practice.fault(FaultRule { op: None, ..FaultRule::once(ApiOperation::Other, Fault::Html(200)) }.times(1000));
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!((kind, causes[0].as_str()), (Kind::LoginPage, titles::SIGN_IN_PAGE));
    scene.practice.clear_faults();
    scene.access().await;

    let mut scene = Scene::usual().await;
    scene.practice.fault(FaultRule { op: None, ..FaultRule::once(ApiOperation::Other, Fault::Html(407)) }.times(1000));
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!(kind, Kind::ProxyRefused);
    assert_eq!(causes[0], titles::PROXY);
}

#[tokio::test]
async fn a_mistyped_bucket_is_diagnosed() {
    let mut scene = Scene::usual().await;
    let bucket = "importantprojectbuckte".parse().expect("a bucket");
    let (kind, causes) = scene.held(Destination { bucket, ..scene.destination() }).await;
    assert_eq!((kind, causes[0].as_str()), (Kind::NoSuchBucket, titles::OTHER_NAME));
}

#[tokio::test]
async fn a_bucket_of_another_account_is_diagnosed() {
    let mut scene = Scene::usual().await;
    let owner = Some("999988887777".parse().expect("an account"));
    let region = Some("us-east-1".parse().expect("a region"));
    let (kind, causes) = scene.held(Destination { owner, region, ..scene.destination() }).await;
    assert_eq!(kind, Kind::AccessDenied(DeniedBy::Unknown));
    assert_eq!(causes[0], titles::BUCKET_OF_ANOTHER_ACCOUNT);
}

#[tokio::test]
async fn a_bucket_in_another_region_is_diagnosed() {
    let mut scene = Scene::usual().await;
    let text = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'";
    let rule = FaultRule::once(ApiOperation::PutObject, Fault::status(400, "AuthorizationHeaderMalformed", text));
    scene.practice.fault(rule.times(99));
    assert_eq!(scene.held(scene.destination()).await.0, Kind::OtherRegion);
}

#[tokio::test]
async fn a_narrowed_role_is_diagnosed() {
    let mut scene = Scene::usual().await;
    scene.practice.narrow_policy("elsewhere/");
    let (kind, causes) = scene.held(scene.destination()).await;
    assert_eq!(kind, Kind::AccessDenied(DeniedBy::RolePolicy));
    assert_eq!(causes[0], titles::FOLDER);
}

#[tokio::test]
async fn an_option_applies_to_files_added_after_it_is_turned_on() {
    let mut scene = Scene::usual().await;
    scene.open(scene.destination());
    scene.add("a.txt", 10);
    scene.until(|seen| place(seen).is_some_and(|place| place.totals.delivered == 1)).await;
    scene.open(Destination { acl_full_control: true, ..scene.destination() });
    scene.add("b.txt", 10);
    let seen = scene.until(|seen| seen.destinations[0].hold.is_some()).await;
    let (kind, causes) = told(&seen, seen.destinations[0].hold.as_ref().expect("held"));
    assert_eq!(kind, Kind::AccessDenied(DeniedBy::RolePolicy));
    assert_eq!(causes, [titles::MAY_NOT_HAND_OVER]);
    scene.open(scene.destination());
    scene.until(|seen| seen.destinations[0].totals.done()).await;
    assert_eq!(scene.practice.objects().len(), 2);
}

#[tokio::test]
async fn revoked_access_is_diagnosed_as_a_change() {
    let mut scene = Scene::usual().await;
    scene.open(scene.destination());
    scene.access().await;
    scene.practice.set_trusted(false);
    scene.handle.send(Command::GetAccess(HERE));
    let seen = scene.until(|seen| seen.destinations[0].renew_problem.is_some()).await;
    let (kind, causes) = told(&seen, seen.destinations[0].renew_problem.as_ref().expect("a problem"));
    assert_eq!((kind, causes[0].as_str()), (UNKNOWN, CHANGED));
    // This is remembered even after the person signs out.
    scene.handle.send(Command::SignOut(HERE));
    scene.handle.send(Command::GetAccess(HERE));
    let seen = scene.until(|seen| matches!(seen.destinations[0].session, Session::Denied(_))).await;
    let Session::Denied(problem) = &seen.destinations[0].session else { panic!("it was denied") };
    assert_eq!(told(&seen, problem).1[0], CHANGED);
}

#[tokio::test]
async fn a_recreated_role_is_assumed_again_automatically() {
    let mut scene = Scene::usual().await;
    scene.open(scene.destination());
    scene.access().await;
    scene.practice.recreate_role();
    scene.add("a.txt", 10);
    scene.until(|seen| seen.destinations[0].totals.delivered == 1).await;
    assert_eq!(scene.practice.count(ApiOperation::AssumeRole), 2);

    scene.practice.delete_role();
    scene.add("b.txt", 10);
    let seen = scene.until(|seen| seen.destinations[0].renew_problem.is_some()).await;
    let (kind, causes) = told(&seen, seen.destinations[0].renew_problem.as_ref().expect("a problem"));
    assert_eq!((kind, causes[0].as_str()), (UNKNOWN, CHANGED));
}

#[tokio::test]
async fn a_repeatedly_refused_session_is_not_requested_forever() {
    let mut scene = Scene::usual().await;
    let text = "The AWS Access Key Id you provided does not exist in our records.";
    scene
        .practice
        .fault(FaultRule::once(ApiOperation::PutObject, Fault::status(403, "InvalidAccessKeyId", text)).times(99));
    scene.open(scene.destination());
    scene.add("a.txt", 10);
    let seen = scene.until(|seen| seen.destinations.first().is_some_and(|place| place.hold.is_some())).await;
    let (kind, causes) = told(&seen, seen.destinations[0].hold.as_ref().expect("a problem"));
    assert_eq!((kind, causes[0].as_str()), (Kind::SessionRefused, CHANGED));
    scene.pass(Duration::from_mins(10)).await;
    assert_eq!(scene.practice.count(ApiOperation::AssumeRole), 2);
}

#[tokio::test]
async fn a_denial_is_quietly_retried_while_a_change_may_propagate() {
    let mut scene = Scene::new(practice::PracticeOptions::default(), Limits::default()).await;
    scene.practice.set_trusted(false);
    let (kind, causes) = scene.refusal_of(scene.destination()).await;
    assert_eq!((kind, causes[0].as_str()), (UNKNOWN, NOT_NAMED));
    assert_eq!(causes.last().map(String::as_str), Some(titles::JUST_MADE));
    scene.until(|seen| seen.destinations[0].is_retrying()).await;
    for _ in 0..3 {
        scene.pass(Duration::from_secs(10)).await;
    }
    assert!(scene.practice.count(ApiOperation::AssumeRole) >= 3);
    scene.practice.set_trusted(true);
    scene.pass(Duration::from_mins(1)).await;
    scene.access().await;
    assert!(!scene.handle.seen().destinations[0].is_retrying());
    assert_eq!(scene.handle.seen().line, Network::Up);
}
