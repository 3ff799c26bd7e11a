//! The dates between which a customer lends access: shown before they begin, before they end, and after.

use super::{Scene, Window};
use crate::grant::invitation::Validity as Dates;
use crate::model::destination::Destination;
use crate::model::session::Session;
use crate::time::Utc;
use crate::words::ask as words;

/// This many seconds before the last moment, a strip says so.
const SOON: i64 = 86_400;

/// What is to be said about a destination's dates, and whether the person should look at it now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DateNotice {
    pub text: String,
    /// Whether the dates prevent access, or soon will.
    pub warn: bool,
}

/// Returns where a moment stands in a destination's window of dates.
#[must_use]
pub fn window(to: &Destination, now: Utc) -> Dates {
    match (to.terms.not_before, to.terms.not_after) {
        (Some(starts), _) if now < starts => Dates::NotYet(starts),
        (_, Some(since)) if now >= since => Dates::Over(since),
        (_, until) => Dates::Open { until },
    }
}

impl Window {
    /// Returns what the customer's dates mean now; none if there are none, or the time isn't known.
    pub(crate) fn dates(&self, scene: &Scene<'_>) -> Option<DateNotice> {
        let now = self.access.wall.or_else(|| scene.utc_now().map(|(now, _)| now))?;
        let zone = &scene.about.zone;
        let active = matches!(scene.place.session, Session::Active(_));
        match window(&scene.place.destination, now) {
            // The customer's account has said yes: it knows better than the invitation.
            Dates::NotYet(_) | Dates::Over(_) if active => None,
            Dates::NotYet(at) => Some(DateNotice { text: words::starts(at, now, zone), warn: true }),
            Dates::Over(at) => Some(DateNotice { text: words::over(at, now, zone), warn: true }),
            Dates::Open { until: Some(at) } => {
                Some(DateNotice { text: words::lasts(at, now, zone), warn: at.0 - now.0 <= SOON })
            }
            Dates::Open { until: None } => None,
        }
    }
}
