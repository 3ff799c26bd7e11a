//! Search results: delivery ids under their days, and a cache of the entries on view.

use crate::time::Utc;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// The size of the cache; above it only entries on view stay.
const KEPT: usize = 512;
/// Entries that are read at once, at most.
const PAGE: usize = 64;

/// A list of deliveries by their numbers, the latest first, under their days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundDeliveries {
    ids: Vec<i64>,
    /// For each day the place of its first delivery in `ids`.
    days: Vec<(usize, Date)>,
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A day's heading.
    Day(Date),
    Delivery(i64),
}

impl FoundDeliveries {
    /// Puts deliveries under the days on which they began in this zone.
    #[must_use]
    pub fn new(list: &[(i64, Utc)], zone: &TimeZone) -> Self {
        let mut found = Self { ids: Vec::with_capacity(list.len()), days: Vec::new() };
        // A day is worked out once, and each delivery is only compared with its two ends.
        let mut span = 0..0;
        for &(id, began) in list {
            if !span.contains(&began.0)
                && let Some((date, whole)) = day_of(began, zone)
            {
                span = whole;
                found.days.push((found.ids.len(), date));
            }
            found.ids.push(id);
        }
        found
    }

    /// Returns how many deliveries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns how many rows the list has, with its headings.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.ids.len() + self.days.len()
    }

    /// Returns the row at this place.
    #[must_use]
    pub fn at(&self, row: usize) -> Option<Row> {
        // The heading of day number n stands n rows further down than its first delivery's number among the deliveries.
        let (mut low, mut high) = (0, self.days.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.days[middle].0 + middle <= row { low = middle + 1 } else { high = middle }
        }
        let (first, date) = *self.days.get(low.checked_sub(1)?)?;
        let heading = first + low - 1;
        if row == heading { Some(Row::Day(date)) } else { self.ids.get(row - low).copied().map(Row::Delivery) }
    }
}

/// Returns the day of a moment, and the moments it begins and ends at.
fn day_of(at: Utc, zone: &TimeZone) -> Option<(Date, std::ops::Range<i64>)> {
    let date = Timestamp::from_second(at.0).ok()?.to_zoned(zone.clone()).date();
    Some((date, begins(date, zone)?..begins(date.tomorrow().ok()?, zone)?))
}

/// Returns the moment at which a day begins.
#[must_use]
pub fn begins(day: Date, zone: &TimeZone) -> Option<i64> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_second())
}

/// Entries by id. Those on view are requested one page at a time; others are dropped when they scroll out of view.
#[derive(Debug)]
pub struct Cache<T> {
    have: HashMap<i64, T>,
    /// What was read before something changed: shown until it is read again.
    old: HashMap<i64, T>,
    out: bool,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self { have: HashMap::new(), old: HashMap::new(), out: false }
    }
}

impl<T> Cache<T> {
    /// Returns an entry, if it is known.
    pub fn get(&self, id: i64) -> Option<&T> {
        self.have.get(&id).or_else(|| self.old.get(&id))
    }

    /// Returns what is to be read now, seeing that these are in view; nothing while a page is awaited.
    pub fn want(&mut self, view: &[i64]) -> Option<Vec<i64>> {
        if self.out {
            return None;
        }
        let missing: Vec<i64> = view.iter().copied().filter(|id| !self.have.contains_key(id)).take(PAGE).collect();
        if missing.is_empty() {
            return None;
        }
        if self.have.len() > KEPT {
            self.have.retain(|id, _| view.contains(id));
        }
        self.old.retain(|id, _| view.contains(id));
        self.out = true;
        Some(missing)
    }

    /// Takes in what was read.
    pub fn take(&mut self, entries: impl IntoIterator<Item = (i64, T)>) {
        self.out = false;
        for (id, entry) in entries {
            self.old.remove(&id);
            self.have.insert(id, entry);
        }
    }

    /// What is known may be so no longer: it is read again as it is looked at.
    pub fn stale(&mut self) {
        self.old.extend(self.have.drain());
    }

    /// Nothing more is coming: what was asked for may be asked for again.
    pub const fn lost(&mut self) {
        self.out = false;
    }

    /// Returns how many entries are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.have.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_under_their_days() {
        let zone = TimeZone::get("Europe/Berlin").expect("a bundled zone");
        // 22 Nov 2026 23:30 and 00:10, 21 Nov 23:50 in Berlin.
        let list = [(9, Utc(1_795_386_600)), (8, Utc(1_795_302_600)), (7, Utc(1_795_301_400))];
        let found = FoundDeliveries::new(&list, &zone);
        let rows: Vec<_> = (0..=found.rows()).map(|row| found.at(row)).collect();
        let day = |day| Some(Row::Day(Date::constant(2026, 11, day)));
        let delivery = |id| Some(Row::Delivery(id));
        assert_eq!(rows, [day(22), delivery(9), delivery(8), day(21), delivery(7), None]);
        assert_eq!(FoundDeliveries::new(&[], &zone).at(0), None);
    }

    #[test]
    fn one_page_is_awaited_at_a_time_and_little_is_held() {
        let mut cache: Cache<i64> = Cache::default();
        for top in 0..2000_i64 {
            let view: Vec<i64> = (top * 16..top * 16 + 16).collect();
            let asked = cache.want(&view).expect("a page");
            assert_eq!((asked.len(), cache.want(&view)), (16, None));
            cache.take(asked.iter().map(|&id| (id, id)));
            assert!(cache.held() <= KEPT + 32);
        }
        let view = [31_999];
        assert_eq!(cache.want(&view), None);
        cache.stale();
        assert_eq!(cache.want(&view), Some(vec![31_999]));
        assert_eq!(cache.get(31_999), Some(&31_999), "it is shown until it is read anew");
    }
}
