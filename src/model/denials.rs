//! Denials by S3: IAM's delay after a change, a rule that lets nothing in, or one that turns single keys away.
//!
//! A denial is waited out first. What comes after tells which it was: if others arrived meanwhile, S3 minds this key alone, and
//! its file fails alone; if nothing did, everything is held and it is said once.

use super::Model;
use super::event::Effect;
use super::problem::Problem;
use super::upload::{PlaceNo, UploadNo};
use super::work::{Denials, Out, What};
use std::sync::Arc;
use std::time::Duration;

/// How long a denial by S3 may be IAM's delay.
const WAIT: Duration = Duration::from_secs(5);

impl Model {
    /// S3 denied a request of this upload.
    pub(super) fn denied(&mut self, no: UploadNo, out: &Out, problem: &Problem, fx: &mut Vec<Effect>) {
        let now = self.seen.now;
        let at = usize::from(out.place.0);
        let others_out = self.asks_for(out.place);
        let (Some(place), Some(desk), Some(work)) =
            (self.seen.places.get_mut(at), self.desks.get_mut(at), self.work.get_mut(&no))
        else {
            return;
        };
        if out.denials != work.denials {
            // It was sent before the denial that is waited out, and tells nothing new.
            return self.back_in_line(no, out, fx);
        }
        work.denials += 1;
        let before = work.denied.filter(|&(trial, _)| trial == desk.trial);
        let (_, well) = *work.denied.insert(before.unwrap_or((desk.trial, desk.well)));
        if desk.well > well {
            desk.picky = true;
            return self.fail(no, problem, fx);
        }
        let waits = desk.not_before.is_some_and(|due| due > now);
        match desk.denials {
            Denials::None => {
                desk.denials = Denials::WaitedOut;
                if desk.picky {
                    return self.later(no, out, now + WAIT, problem, fx);
                }
                desk.not_before = Some(now + WAIT);
            }
            Denials::WaitedOut if waits => {}
            // Whether the others are let in is still open, or whether this one is when it is asked again.
            Denials::WaitedOut | Denials::Again if others_out || desk.picky && before.is_none() => {
                desk.denials = Denials::Again;
                desk.not_before = Some(now + WAIT);
            }
            Denials::WaitedOut | Denials::Again => place.hold = Some(Arc::new(problem.clone())),
        }
        self.back_in_line(no, out, fx);
    }

    /// Whether requests are out for which S3 still has to let this destination's files in.
    fn asks_for(&self, place: PlaceNo) -> bool {
        self.out.values().any(|out| out.signed && out.place == place && out.what != What::Abort)
    }
}
