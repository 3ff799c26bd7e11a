//! `check` and `sign-in`: tests the access to the customer's bucket step by step, and signs profiles in.

use super::args::{CheckArgs, SignInArgs};
use super::show::{Show, explained, with_detail};
use super::{ALL, SOME_NOT, Stop, ask, destination, say, say_beside};
use crate::diagnose::{self, Evidence};
use crate::engine::check::AccessCheck;
use crate::model::check::{Fact, Step};
use crate::model::destination::Destination;
use crate::model::problem::Kind;
use crate::model::session::Identity;
use crate::model::sign_in::{SignInProblem, SignInStep};
use crate::model::snapshot::Snapshot;
use crate::words::{access as words, cli, keys, problem as problem_words};
use serde_json::json;
use zeroize::Zeroizing;

pub(super) async fn run(mut args: CheckArgs) -> Result<u8, Stop> {
    let said = destination::said(&args.destination)?;
    let mut handle = destination::engine(&args.wire, false, false).await?;
    let destination = match destination::confirmed(&mut handle, &args.destination, said, false).await {
        Ok(destination) => destination,
        Err(stop) => {
            handle.stop().await;
            return Err(stop);
        }
    };
    let code = match ask::first_code(&destination, args.destination.mfa_code.take().map(Zeroizing::new)).await {
        Ok(code) => code,
        Err(stop) => {
            handle.stop().await;
            return Err(stop);
        }
    };
    Show::new(args.wire.json).notices(&handle);
    let mut steps = handle.check(destination.clone(), code, AccessCheck { test_object: args.test_object });
    let (mut all, mut identity) = (true, None);
    while let Some(step) = steps.recv().await {
        all &= step.result.is_ok();
        if let Ok(Fact::Identity(known)) = &step.result {
            identity = Some(known.clone());
        }
        show(&step, &destination, identity.as_ref(), &handle.seen(), args.wire.json);
    }
    handle.stop().await;
    Ok(if all { ALL } else { SOME_NOT })
}

fn show(step: &Step, destination: &Destination, identity: Option<&Identity>, seen: &Snapshot, as_json: bool) {
    let (sentence, hints) = match &step.result {
        Ok(fact) => (words::fact(fact), Vec::new()),
        Err(why) => explained(why, &Evidence::new(destination, identity), &seen.profiles),
    };
    let detail = step.result.as_ref().err().and_then(|why| why.detail.as_ref());
    if as_json {
        let turn = step.result.as_ref().err().map(|why| {
            let causes = diagnose::explain(why, &Evidence::new(destination, identity));
            problem_words::turn_key(diagnose::whose(why, &causes).0)
        });
        let arn = match &step.result {
            Ok(Fact::Identity(who)) => Some(&who.arn),
            Ok(Fact::Role { arn, .. }) => Some(arn),
            Ok(Fact::Profile(..) | Fact::Bucket { .. } | Fact::TestObject { .. }) | Err(_) => None,
        };
        let event = json!({
            "event": "step", "what": words::step_key(step.item), "ok": step.result.is_ok(), "text": sentence,
            "milliseconds": u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX), "hints": hints,
            "arn": arn, "turn": turn,
        });
        say(&with_detail(event, step.result.as_ref().err()).to_string());
        return;
    }
    say(&words::step_line(step, &sentence));
    for hint in hints {
        say_beside(&format!("hint: {hint}"));
    }
    if let Some(detail) = detail {
        say_beside(&cli::details(detail));
    }
}

/// Signs a profile in and waits until it is done.
pub(super) async fn sign_in(args: SignInArgs) -> Result<u8, Stop> {
    let handle = destination::engine(&args.wire, false, false).await?;
    let mut steps = handle.sign_in(&args.profile);
    let mut ended = Ok(SOME_NOT);
    while let Some(step) = steps.recv().await {
        match step {
            SignInStep::Confirm(device) if args.wire.json => say(&json!({
                "event": "confirm", "url": device.url.as_str(), "code": device.code,
                "complete": device.complete.as_ref().map(crate::model::verification_url::VerificationUrl::as_str),
            })
            .to_string()),
            SignInStep::Confirm(device) => say(&keys::confirm_sign_in(&device)),
            SignInStep::Done { kept } => {
                say(keys::signed_in(kept));
                ended = Ok(ALL);
            }
            SignInStep::Ended(problem) => {
                let stop = Stop::new(keys::sign_in_problem(&problem));
                let of_the_files = matches!(&problem, SignInProblem::Other(why) if why.kind == Kind::ProfileOdd);
                let odd = if of_the_files { destination::odd(&args.profile) } else { Vec::new() };
                ended = Err(if odd.is_empty() { stop } else { stop.hint(odd.join("\nhint: ")) });
            }
        }
    }
    handle.stop().await;
    ended
}
