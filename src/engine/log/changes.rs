//! Tells how the model's state changed: sessions, holds, retries, the network, and how far deliveries are.

use super::often::Why;
use super::{Log, line, problem_line};
use crate::model::Model;
use crate::model::destination::{Destination, Encryption};
use crate::model::problem::{Kind, Problem};
use crate::model::session::Session;
use crate::model::snapshot::{Network, OpenDestination, Retried};
use crate::model::upload::DestinationId;
use crate::time::Time;
use std::mem::Discriminant;
use std::time::Duration;

/// How often it is told how far a delivery is.
const STEP: Duration = Duration::from_mins(1);

/// What was told of the model's state last.
#[derive(Debug, Default)]
pub struct Changes {
    destinations: Vec<LoggedDestination>,
    down: Option<Kind>,
    progress: Time,
}

#[derive(Debug, Default)]
struct LoggedDestination {
    session: Option<Discriminant<Session>>,
    generation: u32,
    hold: Option<Kind>,
    retry: Option<(Retried, Kind)>,
    renew: Option<Kind>,
    paused: bool,
}

impl Changes {
    /// Tells what changed since it last looked.
    pub fn look(&mut self, log: &Log, model: &Model) {
        if log.0.is_none() {
            return;
        }
        for (id, place) in model.destinations().skip(self.destinations.len()) {
            opened(log, id, place);
            self.destinations.push(LoggedDestination::default());
        }
        for (logged, (id, place)) in self.destinations.iter_mut().zip(model.destinations()) {
            logged.look(log, id, place, model.settings().renew);
        }
        let down = match model.network() {
            Network::Up => None,
            Network::Down { why, .. } => Some(why),
        };
        if self.down != down.map(|why| why.kind) {
            self.down = down.map(|why| why.kind);
            match down {
                Some(why) => problem_line!(log, WARN, "the network does not carry: everything waits", &**why),
                None => line!(log, INFO, "the network carries again"),
            }
        }
        if model.now().since(self.progress) >= STEP {
            self.progress = model.now();
            log.tell_left_out();
            Self::progress(log, model);
        }
    }

    /// Tells how far each delivery is that has not ended.
    pub(super) fn progress(log: &Log, model: &Model) {
        for (id, place) in model.destinations().filter(|(_, place)| place.totals.open() > 0) {
            let totals = &place.totals;
            line!(
                log,
                INFO,
                "so far",
                destination = id,
                files = totals.files,
                delivered = totals.delivered,
                open = totals.open(),
                failed = totals.failed,
                bytes = totals.bytes,
                confirmed = totals.confirmed,
                bytes_a_second = totals.rate,
                listing = place.walking > 0
            );
        }
    }
}

impl LoggedDestination {
    fn look(&mut self, log: &Log, id: DestinationId, place: &OpenDestination, renew: bool) {
        let generation = place.session.grant().map_or(0, |grant| grant.generation);
        let session = Some(std::mem::discriminant(&place.session));
        if (self.session, self.generation) != (session, generation) {
            (self.session, self.generation) = (session, generation);
            session_changed(log, id, place, renew);
        }
        changed(&mut self.hold, place.hold.as_deref(), |now| match now {
            Some(problem) => problem_line!(log, WARN, "the queue is held", problem, destination = id),
            None => line!(log, INFO, "the queue is held no more", destination = id),
        });
        changed(&mut self.renew, place.renew_problem.as_deref(), |now| {
            if let Some(problem) = now {
                problem_line!(log, WARN, "the session was not renewed", problem, destination = id);
            }
        });
        let retry = place.retry.as_ref().map(|retry| (retry.what, retry.why.kind));
        if self.retry != retry {
            self.retry = retry;
            if let Some((what, kind)) = retry {
                let what = retried(what);
                if let Some(unlogged) = log.may_repeat((what, Why::Problem(kind))) {
                    line!(
                        log,
                        INFO,
                        "tried again later",
                        destination = id,
                        what = what,
                        kind = kind,
                        unlogged = unlogged
                    );
                }
            }
        }
        if self.paused != place.paused {
            self.paused = place.paused;
            line!(log, INFO, "pause", destination = id, paused = place.paused);
        }
    }
}

fn changed(told: &mut Option<Kind>, now: Option<&Problem>, tell: impl FnOnce(Option<&Problem>)) {
    let kind = now.map(|problem| problem.kind);
    if *told != kind {
        *told = kind;
        tell(now);
    }
}

fn opened(log: &Log, id: DestinationId, place: &OpenDestination) {
    let to = &place.destination;
    let encryption = match &to.encryption {
        Encryption::None => "as the bucket does",
        Encryption::SseS3 => "AES256",
        Encryption::SseKms(None) => "aws:kms",
        Encryption::SseKms(Some(_)) => "aws:kms with a key",
    };
    line!(
        log,
        INFO,
        "destination",
        destination = id,
        role = to.role,
        bucket = to.bucket,
        folder = !to.prefix.as_str().is_empty(),
        region = to.region,
        owner = to.owner(),
        other_owner = to.owner() != to.role.account(),
        seconds = to.seconds,
        external_id = external_id(to),
        mfa = to.mfa_serial.is_some(),
        session_name = to.session_name.is_some(),
        session_policy = to.narrow,
        acl = to.acl_full_control,
        encryption = encryption,
        from_invitation = to.terms.told,
        worked_before = place.learned.worked,
        practice = to.practice
    );
}

/// Whether there is an external ID, and whether it is the one of the invitation.
fn external_id(to: &Destination) -> &'static str {
    match (&to.external_id, &to.terms.external_id) {
        (None, None) => "none",
        (Some(ours), Some(invited)) if ours == invited => "as invited",
        (None, Some(_)) => "missing: the invitation has one",
        (Some(_), Some(_)) => "not the invitation's",
        (Some(_), None) => "entered",
    }
}

fn session_changed(log: &Log, id: DestinationId, place: &OpenDestination, renew: bool) {
    let session = &place.session;
    let often = match session {
        Session::Denied(problem) => log.is_often("session: denied", problem),
        Session::Assuming(_) => log.is_often_word("session: asked for"),
        Session::SignedOut | Session::Active(_) | Session::Expired(_) => false,
    };
    if often {
        return;
    }
    match session {
        Session::SignedOut => line!(log, INFO, "session: none", destination = id),
        Session::Assuming(_) => line!(log, INFO, "session: asked for", destination = id),
        Session::Active(grant) => line!(
            log,
            INFO,
            "session: active",
            destination = id,
            session = grant.generation,
            lasts = grant.length,
            ends = grant.ends_utc,
            shortened = grant.shortened
        ),
        Session::Expired(grant) => line!(
            log,
            WARN,
            "session: expired",
            destination = id,
            session = grant.generation,
            ends = grant.ends_utc,
            kind = Kind::SessionEnded,
            renews_itself = renew && place.destination.mfa_serial.is_none(),
            needs_code = place.destination.mfa_serial.is_some()
        ),
        Session::Denied(problem) => problem_line!(log, WARN, "session: denied", &**problem, destination = id),
    }
}

const fn retried(what: Retried) -> &'static str {
    match what {
        Retried::Access => "AssumeRole",
        Retried::Bucket => "HeadBucket",
        Retried::Upload => "upload",
        Retried::Denied => "what was denied",
    }
}
