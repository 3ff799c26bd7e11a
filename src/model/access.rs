//! Access to a destination: opening it, AssumeRole with at most one out, renewal, expiry, and what a refusal means.

use super::Model;
use super::denials::Denials;
use super::destination::Destination;
use super::event::{AssumeRole, Assumed, Effect};
use super::names::{Region, RoleArn, RoleSessionName};
use super::problem::{DeniedBy, Kind, Problem, Retry};
use super::record::Record;
use super::session::{Grant, Identity, Session};
use super::snapshot::{OpenDestination, Profiles, Retried, SkipCounts, Totals};
use super::timing::NEAR_END;
use super::upload::DestinationId;
use super::work::Lane;
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// How long before its end a session renews itself; for short sessions a quarter of their length.
pub const RENEW_BEFORE: Duration = Duration::from_mins(5);
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
        let id = self.id_of(&destination);
        let at = usize::from(id.0);
        let kept = self.learned.iter().find(|(other, _)| other.is_same(&destination));
        let learned = kept.map(|(other, learned)| learned.clone().under(other, &destination)).unwrap_or_default();
        let destination = Arc::new(destination);
        if let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) {
            if place.destination != destination {
                // Owner, ACL and encryption belong to each request: S3 is set up anew with what was changed.
                desk.located = false;
                place.hold = None;
                let learned = (*place.learned).clone().under(&place.destination, &destination);
                place.worked &= learned.worked.is_some();
                place.learned = Arc::new(learned);
            }
            place.destination = Arc::clone(&destination);
            desk.seconds = destination.seconds;
            desk.narrow = destination.narrow;
        } else {
            self.seen.places.push(OpenDestination {
                destination: Arc::clone(&destination),
                session: Session::SignedOut,
                asking: false,
                retrying: false,
                worked: false,
                learned: Arc::new(learned),
                renew_problem: None,
                retry: None,
                hold: None,
                paused: false,
                walking: 0,
                left_out: Arc::default(),
                left_out_count: SkipCounts::default(),
                totals: Totals::default(),
            });
            self.desks.push(Lane { seconds: destination.seconds, narrow: destination.narrow, ..Lane::default() });
        }
        self.opened_at(id, fx);
        id
    }

    /// Has the destination that stands at this number now taken down and remembered, and goes to its region if that is known.
    pub(super) fn opened_at(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let Some(destination) = self.seen.places.get(at).map(|place| Arc::clone(&place.destination)) else { return };
        fx.push(Effect::Record(Record::Place(id, Arc::clone(&destination))));
        self.keep_learned(id, fx);
        if !destination.practice {
            let mut remembered = vec![(*destination).clone()];
            let other = |d: &&Destination| {
                !(d.role == destination.role && d.bucket == destination.bucket && d.prefix == destination.prefix)
            };
            remembered.extend(self.seen.remembered.iter().filter(other).take(REMEMBERED - 1).cloned());
            self.seen.remembered = Arc::new(remembered);
        }
        if let Some(region) = destination.region.clone()
            && let Some(desk) = self.desks.get_mut(at)
        {
            desk.located = true;
            desk.regions += 1;
            fx.push(Effect::UseRegion(id, region));
        }
    }

    /// Remembers a destination no longer.
    pub(super) fn forget(&mut self, destination: &Destination, fx: &mut Vec<Effect>) {
        let kept = self.seen.remembered.iter().filter(|known| *known != destination).cloned().collect();
        self.seen.remembered = Arc::new(kept);
        fx.push(Effect::Record(Record::Forget(Arc::new(destination.clone()))));
    }

    /// The files were read: whose key a profile is, is asked anew where it now has another. Who signs in or runs a command is
    /// asked by a person alone.
    pub(super) fn profiles_read(&mut self, profiles: Arc<Profiles>, fx: &mut Vec<Effect>) {
        let before = std::mem::replace(&mut self.seen.profiles, profiles);
        let after = &self.seen.profiles;
        let (mut list, mut asked) = (Vec::new(), Vec::new());
        for (name, who) in self.seen.identities.iter() {
            let (then, now) = (before.roots(name), after.roots(name));
            // One that was not in the files before was asked about by a name that came with these.
            if then == now || then.is_empty() {
                list.push((name.clone(), who.clone()));
            } else if !now.is_empty() && now.iter().all(|(source, ..)| source.is_key()) {
                asked.push(name.clone());
            }
        }
        fx.extend(asked.iter().map(|name| self.identify(name)));
        if list.len() != self.seen.identities.len() {
            self.seen.identities = Arc::new(list);
        }
    }

    /// A profile has another name: destinations that are open or remembered are reached by it from now on.
    pub(super) fn profile_renamed(&mut self, from: &str, to: &str, fx: &mut Vec<Effect>) {
        fx.push(Effect::Record(Record::ProfileRenamed { from: from.to_owned(), to: to.to_owned() }));
        for (at, place) in self.seen.places.iter_mut().enumerate().filter(|(_, p)| p.destination.profile == from) {
            to.clone_into(&mut Arc::make_mut(&mut place.destination).profile);
            let id = DestinationId(u16::try_from(at).unwrap_or(u16::MAX));
            if self.desks.get(at).is_some_and(|desk| desk.wants_access) {
                // The answer that it waits for would speak of the old name.
                fx.push(Effect::Identify(to.to_owned(), Some(place.destination.role.clone())));
            }
            fx.push(Effect::Record(Record::Place(id, Arc::clone(&place.destination))));
        }
        for destination in Arc::make_mut(&mut self.seen.remembered).iter_mut().filter(|d| d.profile == from) {
            to.clone_into(&mut destination.profile);
        }
        let mut list: Vec<_> = self.seen.identities.iter().filter(|(name, _)| name != to).cloned().collect();
        for (name, _) in list.iter_mut().filter(|(name, _)| name == from) {
            to.clone_into(name);
        }
        self.seen.identities = Arc::new(list);
    }

    /// The person asks for access: what was refused before counts no more.
    pub(super) fn asked_for_access(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        if let Some(desk) = self.desks.get_mut(usize::from(id.0)) {
            desk.quiet_until = None;
            desk.ask_tries = 0;
            desk.unknown = 0;
            desk.fruitless = 0;
            desk.refused_once = false;
        }
        self.ask_access(id, fx);
    }

    /// Asks for access or renews it: one AssumeRole is out at most, and what there is serves until it has come.
    pub(super) fn ask_access(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let now = self.seen.now;
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        if desk.asking || desk.wants_access {
            return;
        }
        desk.ask_at = None;
        place.retrying = false;
        place.asking = true;
        place.renew_problem = None;
        if !matches!(place.session, Session::Active(_) | Session::Expired(_)) {
            place.session = Session::Assuming(now);
        }
        let profile = place.destination.profile.clone();
        let known = self.seen.identities.iter().find(|(name, _)| *name == profile);
        let session_name = match (&place.destination.session_name, known) {
            (Some(name), _) => name.clone(),
            (None, Some((_, Ok(identity)))) => RoleSessionName::cleaned_from(&identity.name),
            (None, Some((_, Err(problem)))) if !speaks_of_the_key(problem.kind) => {
                RoleSessionName::cleaned_from(&profile)
            }
            (None, Some((_, Err(_))) | None) => {
                desk.wants_access = true;
                let role = place.destination.role.clone();
                fx.push(Effect::Identify(profile, Some(role)));
                return;
            }
        };
        desk.asking = true;
        desk.attempt += 1;
        let ask = AssumeRole {
            attempt: desk.attempt,
            destination: Arc::clone(&place.destination),
            seconds: desk.seconds,
            narrow: desk.narrow,
            session_name,
        };
        fx.push(Effect::Assume(id, Arc::new(ask)));
    }

    /// Asks who a profile is; one that asks for the role of an open place is not that role itself. Nor is one whose role is a
    /// customer's that is remembered, or needs a code: then it is told who asks for that role.
    pub(super) fn identify(&self, profile: &str) -> Effect {
        let place = self.seen.places.iter().find(|place| place.destination.profile == profile);
        let role = place.map(|place| place.destination.role.clone()).or_else(|| {
            let known = self.seen.profiles.list.iter().find(|known| known.name == profile)?;
            let role: RoleArn = known.role_arn.as_deref()?.parse().ok()?;
            let customers = self.seen.remembered.iter().any(|destination| destination.role == role);
            (customers || known.mfa_serial.is_some()).then_some(role)
        });
        Effect::Identify(profile.to_owned(), role)
    }

    /// GetCallerIdentity was answered.
    pub(super) fn identified(&mut self, profile: &str, result: Result<Identity, Problem>, fx: &mut Vec<Effect>) {
        let problem = result.as_ref().err().cloned();
        let mut list: Vec<_> = self.seen.identities.iter().filter(|(name, _)| name != profile).cloned().collect();
        list.push((profile.to_owned(), result));
        self.seen.identities = Arc::new(list);
        for at in 0..self.desks.len() {
            if !self.desks[at].wants_access || self.seen.places[at].destination.profile != profile {
                continue;
            }
            let id = DestinationId(u16::try_from(at).unwrap_or(u16::MAX));
            self.desks[at].wants_access = false;
            match &problem {
                Some(problem) if speaks_of_the_key(problem.kind) => self.access_refused(id, problem, fx),
                Some(_) | None => self.ask_access(id, fx),
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
        let now = self.seen.now;
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        if !desk.asking || desk.attempt != attempt {
            if result.is_ok() && !desk.asking && !matches!(place.session, Session::Active(_) | Session::Expired(_)) {
                // It was signed out meanwhile: what came now is not kept either.
                fx.push(Effect::Forget(id));
            }
            return;
        }
        desk.asking = false;
        let given = match result {
            Ok(given) => given,
            Err(problem) => {
                self.access_refused(id, &problem, fx);
                return;
            }
        };
        self.was_let_in(id, &given, fx);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        // A second less, since Date and Expiration are whole seconds: the countdown never shows more than is left.
        let left = given.left.saturating_sub(given.ago).saturating_sub(Duration::from_secs(1));
        let arn = given.arn;
        place.session = Session::Active(Grant {
            generation: attempt,
            ends: now + left,
            ends_utc: given.ends,
            length: left.max(Duration::from_secs(1)),
            name: arn.rsplit('/').next().unwrap_or_default().into(),
            arn,
            shortened: desk.seconds < place.destination.seconds,
        });
        place.asking = false;
        place.worked = true;
        place.renew_problem = None;
        place.hold = None;
        place.retry = place.retry.take().filter(|retry| retry.what == Retried::Upload);
        desk.ask_tries = 0;
        desk.ask_at = None;
        desk.quiet_until = None;
        desk.fruitless = desk.fruitless.saturating_add(1);
        desk.given_at = now;
        desk.new_trial();
        self.note_short_session(at);
        self.sign_delivery(id, fx);
        self.line_is_good();
        self.rate.restart();
    }

    fn access_refused(&mut self, id: DestinationId, problem: &Problem, fx: &mut Vec<Effect>) {
        let now = self.seen.now;
        let at = usize::from(id.0);
        let (quiet, step) = (self.limits.quiet_retries, self.limits.quiet_step);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        if matches!(problem.kind, Kind::TooLong | Kind::TooLongChained) && desk.seconds > Destination::USUAL {
            desk.seconds = Destination::USUAL;
            return self.ask_access(id, fx);
        }
        let unknown = desk.note_unknown(problem.kind);
        let again = match problem.kind.retry() {
            Retry::Again if unknown => None,
            Retry::Line | Retry::Again | Retry::Slower => {
                desk.ask_tries += 1;
                let wait = self.chance.backoff(desk.ask_tries, Duration::from_secs(1), Duration::from_secs(10));
                Some(now + wait)
            }
            Retry::NewSession | Retry::Hold | Retry::Restart | Retry::Reread | Retry::Stop => {
                let delay = matches!(
                    problem.kind,
                    Kind::AssumeDenied(
                        DeniedBy::Unknown | DeniedBy::TrustPolicy | DeniedBy::TagSession | DeniedBy::SourceIdentity
                    )
                );
                let until = *desk.quiet_until.get_or_insert(now + IAM_DELAY);
                (delay && quiet && place.destination.mfa_serial.is_none() && now < until).then(|| now + step)
            }
        };
        desk.ask_at = again;
        place.retrying = again.is_some();
        place.asking = false;
        let problem = Arc::new(problem.clone());
        match again {
            Some(due) => self.note_retry(at, Retried::Access, &problem, due),
            None => self.clear_retry(at, Retried::Access),
        }
        let Some(place) = self.seen.places.get_mut(at) else { return };
        match place.session {
            Session::Active(_) | Session::Expired(_) => place.renew_problem = Some(problem),
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => {
                place.session = Session::Denied(problem);
            }
        }
    }

    /// Drops the credentials; the queue waits.
    pub(super) fn sign_out(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        place.session = Session::SignedOut;
        place.asking = false;
        place.retrying = false;
        place.renew_problem = None;
        place.retry = None;
        desk.asking = false;
        desk.wants_access = false;
        desk.ask_at = None;
        self.call_back(id, fx);
        fx.push(Effect::Forget(id));
    }

    /// HeadBucket was answered.
    pub(super) fn located(&mut self, id: DestinationId, result: Result<Region, Problem>, fx: &mut Vec<Effect>) {
        let now = self.seen.now;
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        desk.locating = false;
        if std::mem::take(&mut desk.locate_void) {
            return;
        }
        match result {
            Ok(region) => {
                desk.unknown = 0;
                desk.located = true;
                desk.regions += 1;
                place.retry = place.retry.take().filter(|retry| retry.what != Retried::Bucket);
                fx.push(Effect::UseRegion(id, region));
                self.line_is_good();
            }
            Err(problem) => match problem.kind.retry() {
                Retry::Again if desk.note_unknown(problem.kind) => {
                    place.retry = place.retry.take().filter(|retry| retry.what != Retried::Bucket);
                    place.hold = Some(Arc::new(problem));
                }
                Retry::Line | Retry::Again | Retry::Slower => {
                    let wait = self.chance.backoff(3, Duration::from_millis(500), Duration::from_secs(10));
                    desk.not_before = Some(now + wait);
                    self.note_retry(at, Retried::Bucket, &problem, now + wait);
                    if problem.retry() == Retry::Line {
                        self.line_is_bad(&problem, true);
                    }
                }
                Retry::NewSession => {
                    if desk.locating_with == desk.attempt {
                        self.session_is_refused(id, &problem);
                    }
                }
                Retry::Hold | Retry::Restart | Retry::Reread | Retry::Stop => place.hold = Some(Arc::new(problem)),
            },
        }
    }

    /// S3 no longer takes this session's signature. Before its time that is cured by one renewal, or it is said.
    pub(super) fn session_is_refused(&mut self, id: DestinationId, why: &Problem) {
        let now = self.seen.now;
        let at = usize::from(id.0);
        let (Some(place), Some(desk)) = (self.seen.places.get_mut(at), self.desks.get_mut(at)) else { return };
        let Session::Active(grant) = &place.session else { return };
        if grant.ends.since(now) >= NEAR_END {
            let alone = self.seen.settings.renew && place.destination.mfa_serial.is_none();
            if desk.refused_once || !alone {
                place.hold = Some(Arc::new(why.clone()));
                return;
            }
            desk.refused_once = true;
        }
        place.session = Session::Expired(grant.clone());
    }

    /// What time does by itself: ends and renewals of sessions, tries that have come due.
    pub(super) fn clockwork(&mut self, fx: &mut Vec<Effect>) {
        let now = self.seen.now;
        for at in 0..self.desks.len() {
            let id = DestinationId(u16::try_from(at).unwrap_or(u16::MAX));
            if let Session::Active(grant) = &self.seen.places[at].session
                && grant.ends <= now
            {
                self.seen.places[at].session = Session::Expired(grant.clone());
            }
            self.bring_back(at);
            // Before access is looked at: where nothing is held any more, a session that has ended is renewed.
            self.settle_denials(at, fx);
            if self.desks[at].ask_at.is_some_and(|due| due <= now) {
                self.desks[at].ask_at = None;
                self.ask_access(id, fx);
            }
            if self.renews_at(at).is_some_and(|due| due <= now) {
                self.ask_access(id, fx);
            }
            if self.desks[at].open <= self.desks[at].paused {
                self.clear_retry(at, Retried::Upload);
            }
        }
        self.tell_rate();
    }

    /// When the session renews itself, if it will: while uploads are open, no code is needed, and nothing speaks against it.
    fn renews_at(&self, at: usize) -> Option<Time> {
        let (place, desk) = (self.seen.places.get(at)?, self.desks.get(at)?);
        let quiet = desk.asking || desk.wants_access || desk.ask_at.is_some();
        if !self.seen.settings.renew || quiet || place.renew_problem.is_some() || place.paused || place.hold.is_some() {
            return None;
        }
        if place.destination.mfa_serial.is_some() || desk.open <= desk.paused {
            return None;
        }
        match &place.session {
            // While one after the other is over at once, the next is not asked for before this one's end either.
            Session::Active(grant) if self.is_short(at) => {
                Some(grant.ends.max(desk.given_at + Self::between_fruitless(desk.fruitless)))
            }
            Session::Active(grant) => Some(grant.ends - RENEW_BEFORE.min(grant.length / 4)),
            Session::Expired(_) if desk.fruitless > 1 => {
                // Sessions that end before anything was done under them are not asked for one after the other.
                Some(desk.given_at + Self::between_fruitless(desk.fruitless))
            }
            Session::Expired(_) => Some(self.seen.now),
            Session::SignedOut | Session::Assuming(_) | Session::Denied(_) => None,
        }
    }

    /// Tells `by` every moment at which something of this destination comes due.
    pub(super) fn desk_deadlines(&self, at: usize, by: &mut impl FnMut(Time)) {
        let (Some(place), Some(desk)) = (self.seen.places.get(at), self.desks.get(at)) else { return };
        if let Session::Active(grant) = &place.session {
            by(grant.ends);
        }
        for due in [self.renews_at(at), desk.ask_at].into_iter().flatten() {
            by(due);
        }
        if !matches!(place.session, Session::Active(_)) {
            return;
        }
        if let Denials::Waiting(due, _) = desk.denials {
            by(due);
        }
        if place.hold.is_some() {
            return;
        }
        if let Some(due) = desk.not_before {
            by(due);
        }
        if place.paused {
            return;
        }
        if let Some(&(due, _)) = desk.later.first() {
            by(due);
        }
        for work in desk.active.iter().filter_map(|id| self.work.get(id)) {
            if let Some(due) = work.not_before {
                by(due);
            }
            // One that is due already waits for room; the next that comes due may not have to.
            if let Some(&(due, _)) = work.later.range((self.seen.now + Duration::from_millis(1), 0)..).next() {
                by(due);
            }
        }
    }
}
