//! Breaks each condition of a role in turn, with the invitation of the kit that made it: the true cause is among the
//! first two, and the message to copy has the lines that matter.

use super::message;
use super::played::{Scene, quick};
use daypass::diagnose::messages;
use daypass::diagnose::titles;
use daypass::diagnose::{Cause, Evidence, explain};
use daypass::grant::request::RoleRequest;
use daypass::grant::{Invitation, Principal};
use daypass::model::destination::Destination;
use daypass::model::problem::Problem;
use daypass::model::session::Session;
use daypass::model::snapshot::{Command, Snapshot};
use daypass::model::upload::DestinationId;
use daypass::practice::{Conditions, Mfa, PracticeOptions};
use daypass::time::Utc;
use zeroize::Zeroizing;

const HERE: DestinationId = DestinationId(0);
const SERIAL: &str = "arn:aws:iam::111122223333:mfa/Richard";
const DAY: i64 = 86_400;

/// Returns the conditions of the role.
fn options() -> PracticeOptions {
    PracticeOptions {
        external_id: Some("acme-42".into()),
        mfa: Some(Mfa { serial: SERIAL.into(), codes: vec!["111111".into(), "222222".into(), "333333".into()] }),
        conditions: Conditions { session_is_user: true, ..Conditions::default() },
        ..PracticeOptions::default()
    }
}

async fn scene() -> Scene {
    Scene::new(options(), quick()).await
}

/// Returns the destination that the kit's own invitation describes, read from its text.
fn invited(scene: &Scene, change: impl FnOnce(&mut RoleRequest)) -> Destination {
    let story = scene.practice.story();
    let now = scene.handle.clock().utc();
    let who: Principal = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    let mut ask =
        RoleRequest::new(who, story.bucket.parse().expect("a bucket"), "incoming/".parse().expect("a folder"));
    ask.external_id = Some("acme-42".parse().expect("an id"));
    ask.mfa = true;
    ask.mfa_max_age = Some(3600);
    ask.session_is_user = true;
    ask.not_before = Some(Utc(now.0 - DAY));
    ask.not_after = Some(Utc(now.0 + DAY));
    ask.source_ips = vec!["198.51.100.0/24".parse().expect("a network")];
    change(&mut ask);
    let text = ask.invitation(story.role_arn).to_text();
    let invitation = Invitation::parse(&text).expect("an invitation");
    let mfa_serial = Some(SERIAL.parse().expect("a serial"));
    Destination { mfa_serial, ..invitation.to_destination(&story.profile) }
}

fn code(scene: &Scene, code: &str) {
    let code = daypass::engine::handle::Secret::Code(HERE, Zeroizing::new(code.to_owned()));
    assert!(scene.handle.hand_over(code));
}

fn page(seen: &Snapshot, problem: &Problem) -> Vec<Cause> {
    explain(problem, &Evidence::of(&seen.destinations[0], seen))
}

/// Asks for access, which is refused, and returns the causes on the page.
async fn refused(scene: &mut Scene, destination: Destination) -> Vec<Cause> {
    if destination.mfa_serial.is_some() {
        code(scene, "111111");
    }
    scene.open(destination);
    let denied = |seen: &Snapshot| seen.destinations.first().is_some_and(|p| matches!(p.session, Session::Denied(_)));
    let seen = scene.until(denied).await;
    let Session::Denied(problem) = &seen.destinations[0].session else { panic!("it was denied") };
    page(&seen, problem)
}

/// Asks for a renewal, which is refused, and returns the causes on the page.
async fn refused_again(scene: &mut Scene) -> Vec<Cause> {
    code(scene, "222222");
    scene.handle.send(Command::GetAccess(HERE));
    let seen = scene.until(|seen| seen.destinations[0].renew_problem.is_some()).await;
    page(&seen, seen.destinations[0].renew_problem.as_ref().expect("a problem"))
}

/// Gets access and delivers a file.
async fn delivered(scene: &mut Scene, destination: Destination) {
    code(scene, "111111");
    scene.open(destination);
    scene.access().await;
    scene.add("a.txt", 10);
    scene.until(|seen| seen.destinations[0].totals.delivered == 1).await;
}

fn among_the_first_two<'a>(causes: &'a [Cause], title: &str) -> &'a Cause {
    let titles: Vec<&str> = causes.iter().map(|cause| cause.title.as_str()).collect();
    let two = &causes[..causes.len().min(2)];
    two.iter().find(|cause| cause.title == title).unwrap_or_else(|| panic!("{title}: {titles:?}"))
}

fn says(cause: &Cause, lines: &[&str]) {
    let text = message(cause).unwrap_or_else(|| panic!("{}: no message", cause.title));
    for line in lines {
        assert!(text.contains(line), "{}: no {line} in\n{text}", cause.title);
    }
}

const ROLE: &str = titles::ROLE_MISSING_OR_UNNAMED;
const CHANGED: &str = titles::ROLE_CHANGED;
const NETWORKS: &str = titles::NETWORKS;
const TRUST: [&str; 6] = [
    "\"AWS\": \"arn:aws:iam::111122223333:user/Richard\"",
    "\"sts:ExternalId\": \"acme-42\"",
    "\"sts:RoleSessionName\": \"Richard\"",
    "\"aws:MultiFactorAuthPresent\": \"true\"",
    "\"aws:MultiFactorAuthAge\": \"3600\"",
    "\"198.51.100.0/24\"",
];

#[tokio::test]
async fn an_intact_role_gives_access() {
    let mut scene = scene().await;
    let destination = invited(&scene, |_| {});
    delivered(&mut scene, destination).await;
}

#[tokio::test]
async fn a_wrong_external_id_is_diagnosed() {
    for sent in [None, Some("acme-43".parse().expect("an id"))] {
        let mut scene = scene().await;
        let destination = Destination { external_id: sent, ..invited(&scene, |_| {}) };
        let causes = refused(&mut scene, destination).await;
        assert_eq!(causes[0].title, titles::EXTERNAL_ID_OF_INVITATION);
        assert!(causes[0].text().contains("acme-42"));
    }
    let mut scene = scene().await;
    let destination = invited(&scene, |_| {});
    delivered(&mut scene, destination).await;
    scene.practice.set_external_id(Some("acme-44"));
    let causes = refused_again(&mut scene).await;
    says(among_the_first_two(&causes, CHANGED), &TRUST);
}

#[tokio::test]
async fn access_before_or_after_its_dates_is_diagnosed() {
    let mut early = scene().await;
    let now = early.handle.clock().utc().0;
    early.practice.set_conditions(Conditions { not_before: Some(now + 3600), ..Conditions::default() });
    let destination = invited(&early, |ask| ask.not_before = Some(Utc(now + 3600)));
    let causes = refused(&mut early, destination).await;
    assert_eq!(causes[0].title, titles::TIME_NOT_BEGUN);
    let line = format!("\"aws:CurrentTime\": \"{}\"", Utc(now + 3600).to_rfc3339());
    says(&causes[0], &["\"DateGreaterThanEquals\"", &line, "user/Richard"]);

    let mut late = scene().await;
    let end = now + 600;
    let destination = invited(&late, |ask| ask.not_after = Some(Utc(end)));
    delivered(&mut late, destination).await;
    late.practice.set_conditions(Conditions { not_after: Some(end), ..Conditions::default() });
    late.pass(std::time::Duration::from_secs(601)).await;
    let causes = refused_again(&mut late).await;
    assert_eq!(causes[0].title, titles::TIME_OVER);
    let line = format!("\"aws:CurrentTime\": \"{}\"", Utc(end).to_rfc3339());
    says(&causes[0], &["\"DateLessThan\"", &line, "user/Richard"]);
}

/// This computer's clock is an hour behind the server's.
#[tokio::test]
async fn dates_are_compared_with_the_servers_clock() {
    let mut scene = scene().await;
    scene.practice.set_clock_ahead(3600);
    let end = scene.handle.clock().utc().0 + 1800;
    scene.practice.set_conditions(Conditions { not_after: Some(end), ..Conditions::default() });
    let destination = invited(&scene, |ask| ask.not_after = Some(Utc(end)));
    let causes = refused(&mut scene, destination).await;
    assert_eq!(causes[0].title, titles::TIME_OVER);
}

#[tokio::test]
async fn a_missing_mfa_code_is_diagnosed() {
    let mut first = scene().await;
    let destination = Destination { mfa_serial: None, ..invited(&first, |_| {}) };
    let causes = refused(&mut first, destination).await;
    assert_eq!(causes[0].title, titles::CODE_WANTED);

    // The customer has required a code since the invitation, which says that none is needed.
    let mut scene = Scene::new(options(), quick()).await;
    scene.practice.set_mfa(false);
    let no_code = |ask: &mut RoleRequest| (ask.mfa, ask.mfa_max_age) = (false, None);
    let destination = Destination { mfa_serial: None, ..invited(&scene, no_code) };
    scene.open(destination);
    scene.access().await;
    scene.practice.set_mfa(true);
    scene.handle.send(Command::GetAccess(HERE));
    let seen = scene.until(|seen| seen.destinations[0].renew_problem.is_some()).await;
    let causes = page(&seen, seen.destinations[0].renew_problem.as_ref().expect("a problem"));
    says(among_the_first_two(&causes, CHANGED), &TRUST[..3]);
}

#[tokio::test]
async fn a_wrong_network_is_diagnosed() {
    let away = || Conditions { other_network: true, session_is_user: true, ..Conditions::default() };
    let mut first = scene().await;
    first.practice.set_conditions(away());
    let destination = invited(&first, |ask| ask.source_ips = vec!["203.0.113.0/24".parse().expect("a network")]);
    let causes = refused(&mut first, destination).await;
    let cause = among_the_first_two(&causes, NETWORKS);
    assert!(cause.text().contains("203.0.113.0/24"), "{}", cause.text());
    says(cause, &["\"IpAddress\"", "\"aws:SourceIp\"", "\"203.0.113.0/24\"", "user/Richard"]);

    let mut again = scene().await;
    let destination = invited(&again, |_| {});
    delivered(&mut again, destination).await;
    again.practice.set_conditions(away());
    let causes = refused_again(&mut again).await;
    says(among_the_first_two(&causes, NETWORKS), &["\"aws:SourceIp\"", "\"198.51.100.0/24\""]);
}

#[tokio::test]
async fn a_wrong_session_name_is_diagnosed() {
    let mut scene = scene().await;
    let session_name = Some("delivery".parse().expect("a name"));
    let destination = Destination { session_name, ..invited(&scene, |_| {}) };
    let causes = refused(&mut scene, destination).await;
    assert_eq!(causes[0].title, titles::OWN_NAME);
    assert!(causes[0].text().contains("delivery") && causes[0].text().contains("Richard"));
}

#[tokio::test]
async fn a_removed_trust_is_diagnosed() {
    let mut first = scene().await;
    first.practice.set_trusted(false);
    let destination = invited(&first, |_| {});
    let causes = refused(&mut first, destination).await;
    says(among_the_first_two(&causes, ROLE), &TRUST);

    let mut again = scene().await;
    let destination = invited(&again, |_| {});
    delivered(&mut again, destination).await;
    again.practice.set_trusted(false);
    let causes = refused_again(&mut again).await;
    says(among_the_first_two(&causes, CHANGED), &TRUST);
}

#[tokio::test]
async fn a_deleted_role_is_diagnosed() {
    let mut first = scene().await;
    first.practice.delete_role();
    let destination = invited(&first, |ask| ask.source_ips.clear());
    let causes = refused(&mut first, destination).await;
    says(among_the_first_two(&causes, ROLE), &TRUST[..5]);

    let mut again = scene().await;
    let destination = invited(&again, |_| {});
    delivered(&mut again, destination).await;
    again.practice.delete_role();
    let causes = refused_again(&mut again).await;
    let cause = among_the_first_two(&causes, CHANGED);
    says(cause, &TRUST);
    says(cause, &[messages::ROLE_CHANGED]);
}

#[tokio::test]
async fn a_narrowed_policy_is_diagnosed() {
    let mut scene = scene().await;
    let destination = invited(&scene, |_| {});
    delivered(&mut scene, destination).await;
    scene.practice.narrow_policy("elsewhere/");
    scene.add("b.txt", 10);
    let seen = scene.until(|seen| seen.destinations[0].hold.is_some()).await;
    let causes = page(&seen, seen.destinations[0].hold.as_ref().expect("held"));
    let cause = among_the_first_two(&causes, titles::FOLDER);
    says(cause, &["\"Action\": \"s3:PutObject\"", "arn:aws:s3:::importantprojectbucket/incoming/*"]);
    says(&causes[0], &["may no longer", "arn:aws:s3:::importantprojectbucket/incoming/*"]);
}

/// What was learned survives a restart: access that worked in an earlier run was revoked rather than never given.
#[tokio::test]
async fn access_in_an_earlier_run_is_remembered() {
    let mut scene = Scene::kept(options(), quick()).await;
    let destination = invited(&scene, |_| {});
    delivered(&mut scene, destination.clone()).await;
    let mut scene = scene.restarted().await;
    let seen = scene.handle.seen();
    let known = seen.remembered.iter().find(|known| known.is_same(&destination)).expect("it is remembered");
    assert_eq!(known.terms, destination.terms);
    scene.practice.set_trusted(false);
    let mfa_serial = destination.mfa_serial.clone();
    code(&scene, "222222");
    scene.open(Destination { mfa_serial, ..known.clone() });
    let denied = |seen: &Snapshot| seen.destinations.first().is_some_and(|p| matches!(p.session, Session::Denied(_)));
    let seen = scene.until(denied).await;
    let Session::Denied(problem) = &seen.destinations[0].session else { panic!("it was denied") };
    let causes = page(&seen, problem);
    says(among_the_first_two(&causes, CHANGED), &TRUST);
    assert!(causes[0].text().contains("last on"), "{}", causes[0].text());
    assert!(seen.destinations[0].learned.delivered.is_some());

    // The same destination with another user's key.
    scene.practice.set_trusted(true);
    let path = scene.dir.path().join("credentials");
    let mallory = scene.practice.story().mallory;
    let text = format!(
        "[importantproject]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        mallory.id(),
        mallory.secret()
    );
    std::fs::write(&path, text).expect("written");
    let mut scene = scene.restarted().await;
    scene.open(Destination { mfa_serial: None, ..destination });
    let seen = scene.until(denied).await;
    let Session::Denied(problem) = &seen.destinations[0].session else { panic!("it was denied") };
    let causes = page(&seen, problem);
    let cause = among_the_first_two(&causes, titles::OTHER_USER);
    assert!(cause.text().contains("user/Richard") && cause.text().contains("user/Mallory"));
}

/// What the person changed since it worked is a likelier cause than a change by the customer.
#[tokio::test]
async fn an_earlier_success_with_other_settings_is_ignored() {
    let mut scene = scene().await;
    let destination = invited(&scene, |_| {});
    delivered(&mut scene, destination.clone()).await;
    let network = |ask: &mut RoleRequest| ask.source_ips = vec!["203.0.113.0/24".parse().expect("a network")];
    let moved = invited(&scene, network);
    scene.practice.set_conditions(Conditions { other_network: true, session_is_user: true, ..Conditions::default() });
    code(&scene, "222222");
    scene.open(Destination { seconds: destination.seconds, ..moved });
    let seen = scene.until(|seen| seen.destinations[0].renew_problem.is_some()).await;
    let causes = page(&seen, seen.destinations[0].renew_problem.as_ref().expect("a problem"));
    assert_eq!(causes[0].title, NETWORKS);
    assert!(causes.iter().all(|cause| cause.title != CHANGED));

    // Likewise for the bucket: another account was entered, which is named first.
    let mut scene = Scene::usual().await;
    scene.open(scene.destination());
    scene.access().await;
    scene.add("a.txt", 10);
    scene.until(|seen| seen.destinations[0].totals.delivered == 1).await;
    let owner = Some("999988887777".parse().expect("an account"));
    scene.open(Destination { owner, ..scene.destination() });
    scene.add("b.txt", 10);
    let seen = scene.until(|seen| seen.destinations[0].hold.is_some()).await;
    let causes = page(&seen, seen.destinations[0].hold.as_ref().expect("held"));
    assert_eq!(causes[0].title, titles::BUCKET_OF_ANOTHER_ACCOUNT);
}
