//! The bucket's region: HeadBucket finds it, and a redirect takes it back once.

use super::Model;
use super::event::Effect;
use super::lane::{HeadBucket, Lane, RegionState};
use super::names::Region;
use super::problem::{Kind, Problem, Retry};
use super::snapshot::Retried;
use super::upload::DestinationId;
use super::work::InFlight;
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

impl Model {
    /// Sends HeadBucket if the region is not known and nothing forbids it now.
    pub(super) fn find_region(&mut self, id: DestinationId, fx: &mut Vec<Effect>) {
        let now = self.now;
        let lane = &mut self.lanes[id];
        let RegionState::Unknown { not_before } = &mut lane.region.state else { return };
        if lane.region.head_bucket.is_some() || not_before.is_some_and(|due| due > now) {
            return;
        }
        *not_before = None;
        lane.region.head_bucket = Some(HeadBucket { generation: lane.access.attempt, outdated: false });
        fx.push(Effect::Locate(id, Arc::clone(&lane.shown.destination)));
    }

    /// HeadBucket was answered.
    pub(super) fn located(&mut self, id: DestinationId, result: Result<Region, Problem>, fx: &mut Vec<Effect>) {
        let now = self.now;
        let lane = &mut self.lanes[id];
        let Some(request) = lane.region.head_bucket.take() else { return };
        if request.outdated {
            return;
        }
        let problem = match result {
            Ok(region) => {
                lane.unknown = 0;
                lane.region.set_known();
                lane.clear_retry(Retried::Bucket);
                fx.push(Effect::UseRegion(id, region));
                return self.network_works();
            }
            Err(problem) => problem,
        };
        match problem.kind.retry() {
            Retry::Again if lane.note_unknown(problem.kind) => {
                lane.clear_retry(Retried::Bucket);
                lane.shown.hold = Some(Arc::new(problem));
            }
            Retry::Line | Retry::Again | Retry::Slower => {
                let due = now + self.rng.backoff(3, Duration::from_millis(500), Duration::from_secs(10));
                lane.find_region_at(due);
                lane.note_retry(now, Retried::Bucket, &problem, due);
                if problem.retry() == Retry::Line {
                    self.network_failed(&problem, true);
                }
            }
            Retry::NewSession => {
                if request.generation == lane.access.attempt {
                    self.session_is_refused(id, &problem);
                }
            }
            Retry::Hold | Retry::Restart | Retry::Reread | Retry::Stop => lane.shown.hold = Some(Arc::new(problem)),
        }
    }

    /// S3 says that the bucket is in another region.
    pub(super) fn redirected(&mut self, out: &InFlight, problem: &Problem) {
        debug_assert_eq!(problem.kind, Kind::OtherRegion, "only a redirect tells of another region");
        let lane = &mut self.lanes[out.destination];
        let region = &mut lane.region;
        if out.regions != region.changes {
            // It was sent before the region was found; what goes out now goes there.
        } else if !region.redirected || !region.is_known() {
            region.redirected = true;
            if region.is_known() {
                region.set_unknown();
            }
        } else {
            lane.shown.hold = Some(Arc::new(problem.clone()));
        }
    }
}

impl Lane {
    fn find_region_at(&mut self, due: Time) {
        if let RegionState::Unknown { not_before } = &mut self.region.state {
            *not_before = Some(due);
        }
    }
}
