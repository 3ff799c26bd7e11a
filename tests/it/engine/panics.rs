//! Tests tasks that panic, and answers that come too late.

use crate::support::stage::{FIRST, Stage, wait};
use daypass::engine::handle::EngineOptions;
use daypass::engine::task::TaskKind;
use daypass::model::event::{Answer, Assumed, Effect, Event, Found};
use daypass::model::problem::{Kind, Problem};
use daypass::model::session::{Identity, Session};
use daypass::model::snapshot::Command;
use daypass::model::upload::{Folder, Proof, RequestId, State};
use daypass::model::{Limits, Model};
use daypass::time::{Time, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Lets the first `times` tasks of a kind panic, and checks that the work continues.
async fn goes_on_after(times: u32, of: fn(&TaskKind) -> bool) -> Stage {
    let stage = Stage::new(daypass::practice::PracticeOptions::default()).await;
    stage.file("a.txt", 10);
    let left = Arc::new(AtomicU32::new(times));
    let hook = Arc::clone(&left);
    let options = EngineOptions {
        hook: Some(Arc::new(move |errand| {
            let strikes =
                of(errand) && hook.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
            assert!(!strikes, "a task of {errand:?} ends here");
        })),
        ..stage.options()
    };
    let handle = stage.engine(options).await;
    stage.add(&handle);
    let seen = stage.finish(&handle).await;
    assert_eq!(seen.destinations[0].totals.delivered, 1);
    assert_eq!(left.load(Ordering::SeqCst), 0, "it was struck");
    stage
}

#[tokio::test]
async fn a_panic_while_asking_for_the_identity_stops_nothing() {
    goes_on_after(1, |errand| matches!(errand, TaskKind::Identify(_))).await;
}

#[tokio::test]
async fn a_panic_while_asking_for_access_stops_nothing() {
    goes_on_after(2, |errand| matches!(errand, TaskKind::Assume(..))).await;
}

#[tokio::test]
async fn a_panic_during_a_request_stops_nothing() {
    goes_on_after(1, |errand| matches!(errand, TaskKind::Request(_))).await;
}

#[tokio::test]
async fn a_panic_while_looking_up_the_region_stops_nothing() {
    let stage = Stage::new(daypass::practice::PracticeOptions::default()).await;
    stage.file("a.txt", 10);
    let left = Arc::new(AtomicU32::new(1));
    let hook = Arc::clone(&left);
    let options = EngineOptions {
        hook: Some(Arc::new(move |errand| {
            let first = matches!(errand, TaskKind::Locate(_)) && hook.swap(0, Ordering::SeqCst) == 1;
            assert!(!first, "a task of {errand:?} ends here");
        })),
        ..stage.options()
    };
    let handle = daypass::engine::handle::Engine::spawn(options).await.expect("an engine");
    let destination = daypass::model::destination::Destination { region: None, ..stage.destination() };
    handle.send(Command::Open(Box::new(destination)));
    stage.add(&handle);
    let seen = stage.finish(&handle).await;
    assert_eq!((seen.destinations[0].totals.delivered, left.load(Ordering::SeqCst)), (1, 0));
}

/// A task for access that always panics must become a problem instead of an endless wait.
#[tokio::test]
async fn a_task_that_always_panics_is_reported() {
    let stage = Stage::new(daypass::practice::PracticeOptions::default()).await;
    let hook: daypass::engine::handle::Hook =
        Arc::new(|errand| assert!(!matches!(errand, TaskKind::Assume(..)), "a task of {errand:?} ends here"));
    let mut handle = stage.engine(EngineOptions { hook: Some(hook), ..stage.options() }).await;
    let seen = wait(&mut handle, "a problem", |seen| {
        seen.destinations.first().is_some_and(|place| matches!(place.session, Session::Denied(_)))
    })
    .await;
    let Session::Denied(problem) = &seen.destinations[0].session else { panic!("it was denied") };
    assert_eq!(problem.kind, Kind::Unexpected);
    assert!(seen.destinations[FIRST.0 as usize].is_retrying());
}

/// One of the wrong-region answers arrives long after the right region was found.
#[test]
fn a_late_wrong_region_answer_stops_nothing() {
    let mut model = Model::new(Limits::default());
    let mut now = Time(1000);
    let mut step = |model: &mut Model, event: Event| -> Vec<Effect> {
        let mut fx = Vec::new();
        now = now + Duration::from_millis(10);
        model.handle(now, event, &mut fx);
        fx
    };
    let destination = daypass::model::destination::Destination {
        region: Some("us-east-1".parse().expect("a region")),
        ..crate::support::simulation::destination(0)
    };
    let profile = destination.profile.clone();
    step(&mut model, Event::Command(Command::Open(Box::new(destination))));
    let who = Identity { account: "1".into(), arn: "arn:me".into(), name: "me".into() };
    let fx = step(&mut model, Event::Identified(profile, Ok(who)));
    let attempt = fx.iter().find_map(|e| if let Effect::Assume(_, ask) = e { Some(ask.attempt) } else { None });
    let left = Duration::from_secs(3600);
    let given = Assumed { left, ago: Duration::ZERO, ends: Utc(3600), arn: "arn:s/me".into() };
    step(&mut model, Event::Assumed(FIRST, attempt.expect("asked"), Ok(given)));
    step(&mut model, Event::Command(Command::Add(FIRST, vec!["/x".into()])));
    let folder = Arc::new(Folder { dir: std::path::Path::new("/x").into(), key: "x/".into() });
    let found = (0..3).map(|n| Found { name: format!("f{n}").into(), key_name: None, size: 10, modified: 1 }).collect();
    let fx = step(&mut model, Event::Found(FIRST, folder, found));
    step(&mut model, Event::Walked(FIRST));
    let sent = |fx: &[Effect]| -> Vec<RequestId> {
        fx.iter().filter_map(|e| if let Effect::Send(id, _) = e { Some(*id) } else { None }).collect()
    };
    let first = sent(&fx);
    assert_eq!(first.len(), 3);
    let elsewhere = || Err(Problem::new(Kind::OtherRegion));
    let fx = step(&mut model, Event::Answered(first[0], elsewhere()));
    assert!(fx.iter().any(|e| matches!(e, Effect::Locate(..))));
    let fx = step(&mut model, Event::Located(FIRST, Ok("eu-west-1".parse().expect("a region"))));
    let mut second = sent(&fx);
    for late in &first[1..] {
        let fx = step(&mut model, Event::Answered(*late, elsewhere()));
        assert!(model.destination(FIRST).expect("an open destination").hold.is_none(), "held by what was sent before");
        second.extend(sent(&fx));
    }
    assert_eq!(second.len(), 3, "each goes out once more");
    // A wrong-region answer from the region that was found is reported.
    step(&mut model, Event::Answered(second[0], elsewhere()));
    assert_eq!(
        model.destination(FIRST).expect("an open destination").hold.as_ref().map(|problem| problem.kind),
        Some(Kind::OtherRegion)
    );
    for id in &second[1..] {
        let stored = crate::engine::panics::stored();
        step(&mut model, Event::Answered(*id, Ok(Answer::Stored(stored))));
    }
    let delivered = model.rows().iter().filter(|(_, row)| matches!(row.state, State::Delivered(_))).count();
    assert_eq!(delivered, 2);
}

fn stored() -> daypass::model::upload::Stored {
    daypass::model::upload::Stored {
        size: 10,
        crc: 1,
        proof: Proof::Whole,
        etag: "e".into(),
        version_id: None,
        request_id: "r".into(),
        at: Utc(0),
        sha256: None,
        fingerprint: daypass::model::upload::Fingerprint { device: 1, inode: 1, size: 10, modified: 1, changed: None },
    }
}
