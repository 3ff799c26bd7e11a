//! Bounds lines that repeat: ten of a sort in a minute, fewer and fewer where it goes on, and the count of the rest.

use super::shown::Shown;
use crate::model::problem::Kind;
use crate::time::Time;
use std::fmt::{self, Formatter};
use std::mem::discriminant;
use std::time::Duration;

/// Lines of a sort in a window of time.
const LINES: u32 = 10;
/// The shortest window. Each that was full makes the next one twice as long.
const WINDOW: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(1);

/// Why a line is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    /// A problem of this kind, whatever number the kind carries.
    Problem(Kind),
    Word(&'static str),
}

impl PartialEq for Why {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Problem(one), Self::Problem(other)) => discriminant(one) == discriminant(other),
            (Self::Word(one), Self::Word(other)) => one == other,
            (Self::Problem(_), Self::Word(_)) | (Self::Word(_), Self::Problem(_)) => false,
        }
    }
}

impl Shown for Why {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(kind) => kind.show(f),
            Self::Word(word) => word.show(f),
        }
    }
}

/// A sort of lines: what they are about, and why they are written. There are as many as calls times kinds.
type Sort = (&'static str, Why);

/// How often each sort of line was written lately.
#[derive(Debug, Default)]
pub(super) struct Often(Vec<(Sort, Count)>);

#[derive(Debug)]
struct Count {
    since: Time,
    window: Duration,
    written: u32,
    left_out: u64,
}

impl Often {
    /// Returns how many lines of this sort were left out since the last one if another may be written at `now`.
    pub(super) fn may_write(&mut self, sort: Sort, now: Time) -> Option<u64> {
        let at = self.0.iter().position(|(known, _)| *known == sort).unwrap_or_else(|| {
            self.0.push((sort, Count { since: now, window: WINDOW, written: 0, left_out: 0 }));
            self.0.len() - 1
        });
        let count = &mut self.0[at].1;
        if now.since(count.since) >= count.window {
            count.window = if count.written == LINES { (count.window * 2).min(LONGEST) } else { WINDOW };
            (count.since, count.written) = (now, 0);
        }
        if count.written == LINES {
            count.left_out += 1;
            return None;
        }
        count.written += 1;
        Some(std::mem::take(&mut count.left_out))
    }

    /// Returns how many lines of each sort were left out since this was last asked.
    pub(super) fn take_left_out(&mut self) -> Vec<(Sort, u64)> {
        let left_out = self.0.iter_mut().filter(|(_, count)| count.left_out > 0);
        left_out.map(|(sort, count)| (*sort, std::mem::take(&mut count.left_out))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_line_is_limited_to_ten_a_minute_and_the_rest_is_counted() {
        let mut often = Often::default();
        let (sort, start) = (("PutObject", Why::Problem(Kind::ClockWrong(1))), Time(5));
        let same = ("PutObject", Why::Problem(Kind::ClockWrong(2)));
        let written = (0..1000).filter(|_| often.may_write(sort, start).is_some()).count();
        assert_eq!(written, 10);
        assert_eq!(often.may_write(same, start), None, "the number in the kind is ignored");
        assert_eq!(often.may_write(("PutObject", Why::Problem(Kind::Busy)), start), Some(0), "each kind has its limit");
        assert_eq!(often.may_write(sort, start + WINDOW), Some(991), "the next minute reports the skipped lines");
        assert!(often.take_left_out().is_empty());
        for _ in 0..20 {
            let _bounded = often.may_write(sort, start + WINDOW);
        }
        assert_eq!(often.take_left_out(), [(sort, 11)]);
    }

    #[test]
    fn a_problem_that_lasts_all_day_is_logged_less_and_less_often() {
        let mut often = Often::default();
        let (sort, step) = (("AssumeRole", Why::Problem(Kind::Offline)), Duration::from_secs(4));
        let mut now = Time(0);
        let mut written = 0;
        for _ in 0..86_400 / 4 {
            now = now + step;
            written += u32::from(often.may_write(sort, now).is_some());
        }
        assert!((200..320).contains(&written), "{written}");
    }
}
