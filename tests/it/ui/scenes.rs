//! The screens of the gallery: made-up snapshots, with the replies that the window receives once it is open.

use super::{demo, rare};
use daypass::grant::RoleRequest;
use daypass::model::problem::{DeniedBy, Kind};
use daypass::model::snapshot::Snapshot;
use daypass::time::Utc;
use daypass::ui::About;
use daypass::ui::backend::Reply;
use daypass::window::read;

/// A dropped invitation.
const INVITATION: &str = r#"daypass = 1
customer = "Important Project"
role = "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put"
bucket = "importantprojectbucket"
prefix = "incoming/"
external_id = "acme-42"
note = "Thank you! Please send the survey and the photos."
contact = "it@importantproject.example"
"#;

/// The same invitation with another bucket and account, as from an impostor.
const CHANGED: &str = r#"daypass = 1
customer = "Important Project"
role = "arn:aws:iam::999988887777:role/importantproject-contractorA-bucket-put"
bucket = "importantproject-bucket"
prefix = "incoming/"
"#;

/// What a report for support holds.
pub const REPORT: &str = include_str!("../../desktop/report.txt");

pub struct Scene {
    pub name: &'static str,
    pub seen: Snapshot,
    pub about: About,
    pub replies: Vec<Reply>,
}

fn told(text: &str) -> Vec<Reply> {
    read(text).into_iter().collect()
}

/// Returns a contractor's request with everything that the customer should check twice.
fn request() -> Reply {
    let who = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    let to = demo::destination();
    let mut ask = RoleRequest::new(who, to.bucket, to.prefix);
    "Important Project".clone_into(&mut ask.customer);
    ask.seconds = 43_200;
    ask.not_after = Some(Utc(demo::TODAY.0 + 30 * 86_400));
    ask.source_ips = vec!["203.0.113.0/24".parse().expect("a network")];
    ask.clean_up = true;
    Reply::RoleRequest(Box::new(ask))
}

pub fn scenes() -> Vec<Scene> {
    let (practice, in_practice) = demo::practice();
    let (with_code, code_about) = rare::practice_with_code();
    let server = About { test_server: Some("http://127.0.0.1:4566".to_owned()), ..demo::about() };
    let kept = About {
        home: Some("/home/richard".into()),
        downloads: Some("/home/richard/Downloads".into()),
        ..demo::about()
    };
    let two = || told(INVITATION).into_iter().chain(told(CHANGED)).collect();
    let scene = |name, seen, about, replies| Scene { name, seen, about, replies };
    let screen = |name, seen| scene(name, seen, demo::about(), Vec::new());
    let with = |name, seen, about| scene(name, seen, about, Vec::new());
    let then = |name, seen, replies| scene(name, seen, demo::about(), replies);
    vec![
        screen("welcome", demo::welcome()),
        screen("welcome-remembered", rare::remembered()),
        screen("welcome-nobody-asked", rare::nobody_asked()),
        screen("welcome-no-profiles", demo::no_profiles()),
        screen("welcome-odd-profile", demo::odd_profile()),
        with("welcome-test-server", demo::welcome(), server.clone()),
        then("invitation", demo::welcome(), told(INVITATION)),
        then("invitation-changed", demo::ready(), told(CHANGED)),
        then("invitations-two", demo::welcome(), two()),
        then("request", demo::welcome(), vec![request()]),
        screen("ready", demo::ready()),
        with("ready-test-server", demo::ready(), server),
        screen("uploading", demo::uploading()),
        screen("every-state", demo::every_state()),
        screen("ending-soon", demo::ending_soon()),
        screen("ended", demo::ended()),
        screen("denied", demo::denied(DeniedBy::Unknown)),
        screen("denied-by-your-company", demo::denied(DeniedBy::YourPolicy)),
        screen("denied-key", demo::refused(Kind::KeyNotAccepted)),
        screen("denied-clock", demo::refused(Kind::ClockWrong(-720))),
        screen("delivered", demo::delivered()),
        screen("partly-delivered", demo::mixed()),
        screen("offline", demo::offline()),
        screen("held", demo::held()),
        screen("paused", demo::paused()),
        screen("renew-refused", demo::renew_refused()),
        screen("left-out", demo::left_out()),
        screen("retrying", rare::retrying()),
        screen("held-again", rare::held_again()),
        screen("key-files", rare::key_files()),
        screen("no-checksum", rare::no_checksum()),
        screen("delivered-earlier", rare::delivered_earlier()),
        with("no-dialogs", demo::delivered(), kept),
        screen("many", demo::many(100_000)),
        with("practice", practice, in_practice.clone()),
        with("practice-welcome", demo::welcome(), in_practice),
        with("practice-code", with_code, code_about),
    ]
}
