//! A proxy that refuses large requests (413): smaller parts if S3 allows them, otherwise the upload ends.

use super::Model;
use super::event::Effect;
use super::parts::{PART_MIN, PARTS_MAX, Plan};
use super::problem::{Kind, Problem};
use super::record::Record;
use super::upload::{DestinationId, UploadId};
use super::work::{InFlight, RequestKind};

/// Returns the plan with the smallest requests, given that bodies of `refused` bytes do not get through, or none if its
/// largest request would be refused too.
const fn within(plan: Plan, refused: u64) -> Option<Plan> {
    let (size, most) = match plan {
        Plan::Put(size) => (size, size),
        Plan::Multipart { size, part } => (size, part),
    };
    if most < refused {
        return Some(plan);
    }
    if PART_MIN < refused && size > PART_MIN && size.div_ceil(PART_MIN) <= PARTS_MAX {
        return Some(Plan::Multipart { size, part: PART_MIN });
    }
    None
}

impl Model {
    /// Returns the plan for a file of this size at this destination.
    ///
    /// # Errors
    /// `TooLarge` if S3 would not take it, `BodyLimit` if something on the way would not.
    pub(super) fn plan_for(&self, at: DestinationId, size: u64) -> Result<Plan, Kind> {
        let plan = Plan::of(size).ok_or(Kind::TooLarge)?;
        match self.lanes[at].trial.body_limit {
            Some(refused) => within(plan, refused).ok_or(Kind::BodyLimit(refused)),
            None => Ok(plan),
        }
    }

    /// Takes in that something on the way refused a request for the size of its body.
    pub(super) fn body_refused(&mut self, id: UploadId, out: &InFlight, problem: &Problem, fx: &mut Vec<Effect>) {
        let size = self.rows[id].size;
        if !matches!(out.what, RequestKind::Put | RequestKind::Part(_)) {
            // A request without content was refused for another reason, and a single PutObject has no smaller form.
            return self.fail(id, &Problem { kind: Kind::BodyLimit(out.body), ..problem.clone() }, fx);
        }
        let limit = &mut self.lanes[out.destination].trial.body_limit;
        *limit = Some(limit.map_or(out.body, |before| before.min(out.body)));
        if let Err(kind) = self.plan_for(out.destination, size) {
            return self.fail(id, &Problem { kind, ..problem.clone() }, fx);
        }
        self.withdraw(id, fx);
        let before = self.start_over(id);
        if before.is_some() {
            fx.push(Effect::Record(Record::Restarted(id)));
        }
        self.abort_later(id, before);
        self.requeue(id, true);
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts::MIB;
    use super::*;

    #[test]
    fn parts_are_as_small_as_s3_allows_if_that_helps() {
        let small = |size| Plan::Multipart { size, part: PART_MIN };
        let plan = |size, refused| within(Plan::of(size).expect("a plan"), refused);
        assert_eq!(plan(MIB, 8 * MIB), Some(Plan::Put(MIB)));
        assert_eq!(plan(7 * MIB, 7 * MIB), Some(small(7 * MIB)));
        assert_eq!(plan(7 * MIB, 6 * MIB), Some(small(7 * MIB)));
        assert_eq!(plan(100 * MIB, 8 * MIB), Some(small(100 * MIB)));
        assert_eq!(plan(100 * MIB, 5 * MIB), None, "no smaller parts are taken");
        assert_eq!(plan(3 * MIB, 2 * MIB), None, "nothing to divide");
        assert_eq!(plan(1 << 40, 8 * MIB), None, "more than 10,000 parts");
    }
}
