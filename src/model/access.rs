//! Access to a destination: opening it, AssumeRole with at most one out, and what a refusal means.

use super::Model;
use super::destination::Destination;
use super::event::{AssumeRole, Assumed, Effect};
use super::lane::Lane;
use super::names::{RoleArn, RoleSessionName};
use super::problem::{DeniedBy, Kind, Problem, Retry};
use super::record::Record;
use super::session::{AssumeStatus, Grant, Identity, Session};
use super::snapshot::{OpenDestination, Profiles, Retried};
use super::timing::NEAR_END;
use super::upload::DestinationId;
use std::sync::Arc;
use std::time::Duration;

/// How long a denial may be IAM's delay after a change (IAM User Guide, `troubleshoot_general`).
const IAM_DELAY: Duration = Duration::from_mins(1);
const REMEMBERED: usize = 50;

/// Whether a GetCallerIdentity that met this makes an AssumeRole with the same key pointless; an answer that only isn't
/// understood does not.
const fn speaks_of_the_key(kind: Kind) -> bool {
    !matches!(kind, Kind::Unexpected | Kind::Refused | Kind::LoginPage)
}

impl Model {
    /// Opens a destination, or finds it open already.
    pub(super) fn open(&mut self, destination: Destination, fx: &mut Vec<Effect>) -> DestinationId {
        let kept = self.learned.iter().find(|(other, _)| other.is_same(&destination));
        let learned = kept.map(|(other, learned)| learned.clone().under(other, &destination)).unwrap_or_default();
        let destination = Arc::new(destination);
        let id = if let Some(id) = self.open_id_of(&destination) {
            self.lanes[id].reopen(destination);
            id
        } else {
            self.lanes.push(Lane::new(OpenDestination::new(destination, learned)))
        };
        self.record_open(id, fx);
        id
    }

    /// Records a destination that was opened or changed, remembers it, and uses its region if that is known.
    pub(super) fn record_open(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let destination = Arc::clone(&self.lanes[id].shown.destination);
        fx.push(Effect::Record(Record::Place(id, Arc::clone(&destination))));
        self.record_learned(id, fx);
        if !destination.practice {
            let mut remembered = vec![(*destination).clone()];
            let other = |d: &&Destination| !d.has_same_target(&destination);
            remembered.extend(self.remembered.iter().filter(other).take(REMEMBERED - 1).cloned());
            self.remembered = Arc::new(remembered);
        }
        if let Some(region) = destination.region.clone() {
            self.lanes[id].region.set_known();
            fx.push(Effect::UseRegion(id, region));
        }
    }

    /// Remembers a destination no longer.
    pub(super) fn forget(&mut self, destination: &Destination, fx: &mut Vec<Effect>) {
        let kept = self.remembered.iter().filter(|known| *known != destination).cloned().collect();
        self.remembered = Arc::new(kept);
        fx.push(Effect::Record(Record::Forget(Arc::new(destination.clone()))));
    }

    /// The files were read: whose key a profile is, is asked anew where it now has another. Who signs in or runs a command is
    /// asked by a person alone.
    pub(super) fn profiles_read(&mut self, profiles: Arc<Profiles>, fx: &mut Vec<Effect>) {
        let before = std::mem::replace(&mut self.profiles, profiles);
        let after = &self.profiles;
        let (mut list, mut asked) = (Vec::new(), Vec::new());
        for (name, who) in self.identities.iter() {
            let (then, now) = (before.roots(name), after.roots(name));
            // One that was not in the files before was asked about by a name that came with these.
            if then == now || then.is_empty() {
                list.push((name.clone(), who.clone()));
            } else if !now.is_empty() && now.iter().all(|(source, ..)| source.is_key()) {
                asked.push(name.clone());
            }
        }
        fx.extend(asked.iter().map(|name| self.identify(name)));
        if list.len() != self.identities.len() {
            self.identities = Arc::new(list);
        }
    }

    /// A profile has another name: destinations that are open or remembered are reached by it from now on.
    pub(super) fn profile_renamed(&mut self, from: &str, to: &str, fx: &mut Vec<Effect>) {
        fx.push(Effect::Record(Record::ProfileRenamed { from: from.to_owned(), to: to.to_owned() }));
        for (id, lane) in self.lanes.iter_mut().filter(|(_, lane)| lane.shown.destination.profile == from) {
            to.clone_into(&mut Arc::make_mut(&mut lane.shown.destination).profile);
            let destination = &lane.shown.destination;
            if lane.shown.assume == AssumeStatus::Identifying {
                // The answer that it waits for would speak of the old name.
                fx.push(Effect::Identify(to.to_owned(), Some(destination.role.clone())));
            }
            fx.push(Effect::Record(Record::Place(id, Arc::clone(destination))));
        }
        for destination in Arc::make_mut(&mut self.remembered).iter_mut().filter(|d| d.profile == from) {
            to.clone_into(&mut destination.profile);
        }
        let mut list: Vec<_> = self.identities.iter().filter(|(name, _)| name != to).cloned().collect();
        for (name, _) in list.iter_mut().filter(|(name, _)| name == from) {
            to.clone_into(name);
        }
        self.identities = Arc::new(list);
    }

    /// The person asks for access: what was refused before counts no more.
    pub(super) fn asked_for_access(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let lane = &mut self.lanes[id];
        lane.access.forgive();
        lane.unknown = 0;
        self.request_access(id, fx);
    }

    /// Asks for access or renews it: one AssumeRole is out at most, and the session that there is serves until it is answered.
    pub(super) fn request_access(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let now = self.now;
        let lane = &mut self.lanes[id];
        let shown = &mut lane.shown;
        if shown.is_asking() {
            return;
        }
        shown.renew_problem = None;
        if shown.session.grant().is_none() {
            shown.session = Session::Assuming(now);
        }
        let profile = shown.destination.profile.clone();
        let known = self.identities.iter().find(|(name, _)| *name == profile);
        let session_name = match (&shown.destination.session_name, known) {
            (Some(name), _) => name.clone(),
            (None, Some((_, Ok(identity)))) => RoleSessionName::cleaned_from(&identity.name),
            (None, Some((_, Err(problem)))) if !speaks_of_the_key(problem.kind) => {
                RoleSessionName::cleaned_from(&profile)
            }
            (None, Some((_, Err(_))) | None) => {
                shown.assume = AssumeStatus::Identifying;
                fx.push(Effect::Identify(profile, Some(shown.destination.role.clone())));
                return;
            }
        };
        shown.assume = AssumeStatus::Assuming;
        lane.access.attempt += 1;
        lane.access.caller = known.and_then(|(_, who)| Some(who.as_ref().ok()?.arn.clone()));
        let request = AssumeRole {
            attempt: lane.access.attempt,
            destination: Arc::clone(&lane.shown.destination),
            seconds: lane.access.seconds,
            narrow: lane.access.narrow,
            session_name,
        };
        fx.push(Effect::Assume(id, Arc::new(request)));
    }

    /// Asks who a profile is; one that asks for the role of an open place is not that role itself. Nor is one whose role is a
    /// customer's that is remembered, or needs a code: then it is told who asks for that role.
    pub(super) fn identify(&self, profile: &str) -> Effect {
        let open = self.lanes.iter().find(|lane| lane.shown.destination.profile == profile);
        let role = open.map(|lane| lane.shown.destination.role.clone()).or_else(|| {
            let known = self.profiles.list.iter().find(|known| known.name == profile)?;
            let role: RoleArn = known.role_arn.as_deref()?.parse().ok()?;
            let customers = self.remembered.iter().any(|destination| destination.role == role);
            (customers || known.mfa_serial.is_some()).then_some(role)
        });
        Effect::Identify(profile.to_owned(), role)
    }

    /// GetCallerIdentity was answered.
    pub(super) fn identified(&mut self, profile: &str, result: Result<Identity, Problem>, fx: &mut Vec<Effect>) {
        let problem = result.as_ref().err().cloned();
        let mut list: Vec<_> = self.identities.iter().filter(|(name, _)| name != profile).cloned().collect();
        list.push((profile.to_owned(), result));
        self.identities = Arc::new(list);
        for id in self.lanes.ids() {
            let shown = &mut self.lanes[id].shown;
            if shown.assume != AssumeStatus::Identifying || shown.destination.profile != profile {
                continue;
            }
            shown.assume = AssumeStatus::Idle;
            match &problem {
                Some(problem) if speaks_of_the_key(problem.kind) => self.access_refused(id, problem, fx),
                Some(_) | None => self.request_access(id, fx),
            }
        }
    }

    /// AssumeRole was answered.
    pub(super) fn assumed(
        &mut self,
        id: DestinationId,
        attempt: u32,
        result: Result<Assumed, Problem>,
        fx: &mut Vec<Effect>,
    ) {
        let lane = &mut self.lanes[id];
        let out = lane.shown.assume == AssumeStatus::Assuming;
        if !out || lane.access.attempt != attempt {
            if result.is_ok() && !out && lane.shown.session.grant().is_none() {
                // The person signed out meanwhile: what came now is not kept either.
                fx.push(Effect::Forget(id));
            }
            return;
        }
        lane.shown.assume = AssumeStatus::Idle;
        match result {
            Ok(assumed) => self.access_given(id, attempt, assumed, fx),
            Err(problem) => self.access_refused(id, &problem, fx),
        }
    }

    fn access_given(&mut self, id: DestinationId, attempt: u32, assumed: Assumed, fx: &mut Vec<Effect>) {
        let now = self.now;
        self.learn_access(id, &assumed, fx);
        let lane = &mut self.lanes[id];
        // A second less, since Date and Expiration are whole seconds: the countdown never shows more than is left.
        let left = assumed.left.saturating_sub(assumed.ago).saturating_sub(Duration::from_secs(1));
        let arn = assumed.arn;
        lane.shown.session = Session::Active(Grant {
            generation: attempt,
            ends: now + left,
            ends_utc: assumed.ends,
            length: left.max(Duration::from_secs(1)),
            name: arn.rsplit('/').next().unwrap_or_default().into(),
            arn,
            shortened: lane.access.seconds < lane.shown.destination.seconds,
        });
        lane.shown.worked = true;
        lane.shown.renew_problem = None;
        lane.shown.hold = None;
        lane.shown.retry = lane.shown.retry.take().filter(|retry| retry.what == Retried::Upload);
        lane.access.failures = 0;
        lane.access.delayed_until = None;
        lane.access.fruitless = lane.access.fruitless.saturating_add(1);
        lane.access.given_at = now;
        lane.new_trial();
        lane.note_short_session(now);
        self.sign_delivery(id, fx);
        self.network_works();
        self.rate.restart();
    }

    fn access_refused(&mut self, id: DestinationId, problem: &Problem, fx: &mut Vec<Effect>) {
        let now = self.now;
        let (quiet, step) = (self.limits.quiet_retries, self.limits.quiet_step);
        let lane = &mut self.lanes[id];
        if matches!(problem.kind, Kind::TooLong | Kind::TooLongChained) && lane.access.seconds > Destination::USUAL {
            lane.access.seconds = Destination::USUAL;
            return self.request_access(id, fx);
        }
        let unknown = lane.note_unknown(problem.kind);
        let again = match problem.kind.retry() {
            Retry::Again if unknown => None,
            Retry::Line | Retry::Again | Retry::Slower => {
                lane.access.failures += 1;
                let failures = lane.access.failures;
                Some(now + self.rng.backoff(failures, Duration::from_secs(1), Duration::from_secs(10)))
            }
            Retry::NewSession | Retry::Hold | Retry::Restart | Retry::Reread | Retry::Stop => {
                let delay = matches!(
                    problem.kind,
                    Kind::AssumeDenied(
                        DeniedBy::Unknown | DeniedBy::TrustPolicy | DeniedBy::TagSession | DeniedBy::SourceIdentity
                    )
                );
                let until = *lane.access.delayed_until.get_or_insert(now + IAM_DELAY);
                let no_code = lane.shown.destination.mfa_serial.is_none();
                (delay && quiet && no_code && now < until).then(|| now + step)
            }
        };
        if let Some(due) = again {
            lane.shown.assume = AssumeStatus::RetryAt(due);
            lane.note_retry(now, Retried::Access, problem, due);
        } else {
            lane.shown.assume = AssumeStatus::Idle;
            lane.clear_retry(Retried::Access);
        }
        let problem = Arc::new(problem.clone());
        match lane.shown.session {
            Session::Active(_) | Session::Expired(_) => lane.shown.renew_problem = Some(problem),
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => {
                lane.shown.session = Session::Denied(problem);
            }
        }
    }

    /// Drops the credentials; the queue waits.
    pub(super) fn sign_out(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let shown = &mut self.lanes[id].shown;
        shown.session = Session::SignedOut;
        shown.assume = AssumeStatus::Idle;
        shown.renew_problem = None;
        shown.retry = None;
        self.withdraw_all(id, fx);
        fx.push(Effect::Forget(id));
    }

    /// S3 no longer takes this session's signature. Before its end, one renewal cures that, or it is said.
    pub(super) fn session_is_refused(&mut self, id: DestinationId, why: &Problem) {
        let now = self.now;
        let lane = &mut self.lanes[id];
        let Session::Active(grant) = &lane.shown.session else { return };
        if grant.ends.since(now) >= NEAR_END {
            let renews = self.settings.renew && lane.shown.destination.mfa_serial.is_none();
            if lane.access.refused_once || !renews {
                lane.shown.hold = Some(Arc::new(why.clone()));
                return;
            }
            lane.access.refused_once = true;
        }
        lane.shown.session = Session::Expired(grant.clone());
    }
}

impl Lane {
    /// Opens the same destination once more, with what was changed about it.
    fn reopen(&mut self, destination: Arc<Destination>) {
        let shown = &mut self.shown;
        if shown.destination != destination {
            // Owner, ACL and encryption belong to each request: S3 is asked again under what was changed.
            self.region.set_unknown();
            shown.hold = None;
            let learned = (*shown.learned).clone().under(&shown.destination, &destination);
            shown.worked &= learned.worked.is_some();
            shown.learned = Arc::new(learned);
        }
        self.access.seconds = destination.seconds;
        self.access.narrow = destination.narrow;
        shown.destination = destination;
    }
}
