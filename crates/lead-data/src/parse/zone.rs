//! Local times to moments, quickly: the offset of a stretch between two changes of the clock is looked up once.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::parse::civil::DAY;

/// A stretch of local time in which the offset is one and no clock change is near; none by default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stretch {
    from: i64,
    to: i64,
    offset: i64,
}

impl Stretch {
    /// The moment of a local time in it.
    #[inline(always)]
    pub fn moment(&self, local: i64) -> Option<i64> {
        (self.from <= local && local < self.to).then(|| local - self.offset)
    }
}

/// A zone with what was looked up of it.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    zone: TimeZone,
    fixed: Option<i64>,
    stretches: Vec<Stretch>,
    last: Stretch,
}

impl Zone {
    pub fn new(zone: TimeZone) -> Zone {
        let fixed = zone.to_fixed_offset().ok().map(|o| i64::from(o.seconds()) * 1_000_000);
        Zone { zone, fixed, stretches: Vec::new(), last: Stretch::default() }
    }

    /// The moment of a local time (microseconds as if it were UTC), by D23.
    #[inline]
    pub fn moment(&mut self, local: i64) -> i64 {
        if let Some(offset) = self.fixed {
            return local - offset;
        }
        self.last.moment(local).unwrap_or_else(|| self.look_up(local))
    }

    /// The stretch of the last moment that was asked for; an empty one if it was not in one.
    pub fn stretch(&self) -> Stretch {
        self.fixed.map_or(self.last, |offset| Stretch { from: i64::MIN, to: i64::MAX, offset })
    }

    fn look_up(&mut self, local: i64) -> i64 {
        if let Some((stretch, moment)) = self.stretches.iter().find_map(|s| Some((*s, s.moment(local)?))) {
            self.last = stretch;
            return moment;
        }
        let Some((moment, offset)) = datetime(local).and_then(|at| {
            let moment = self.zone.to_ambiguous_timestamp(at).compatible().ok()?;
            Some((moment, i64::from(self.zone.to_offset(moment).seconds()) * 1_000_000))
        }) else {
            return local;
        };
        // A change at the very moment has happened.
        let just_after = moment.checked_add(SignedDuration::from_nanos(1)).unwrap_or(moment);
        let before = self.zone.preceding(just_after).next().map(|t| t.timestamp().as_microsecond());
        let after = self.zone.following(moment).next().map(|t| t.timestamp().as_microsecond());
        let stretch = Stretch {
            from: before.map_or(i64::MIN, |t| t.saturating_add(offset + DAY)),
            to: after.map_or(i64::MAX, |t| t.saturating_add(offset - DAY)),
            offset,
        };
        if stretch.from <= local && local < stretch.to {
            self.stretches.push(stretch);
            self.last = stretch;
        }
        moment.as_microsecond()
    }

    /// The local day of a moment, as days since 1970.
    pub fn day(&self, moment: i64) -> i32 {
        let offset = self.fixed.unwrap_or_else(|| {
            Timestamp::from_microsecond(moment).map_or(0, |t| i64::from(self.zone.to_offset(t).seconds()) * 1_000_000)
        });
        moment.saturating_add(offset).div_euclid(DAY) as i32
    }
}

fn datetime(local: i64) -> Option<DateTime> {
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    epoch.checked_add(SignedDuration::from_micros(local)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_local_hour_of_a_year_is_what_the_zone_says() {
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"] {
            let tz = TimeZone::get(name).unwrap();
            let mut zone = Zone::new(tz.clone());
            let start = 1_735_689_600_000_000i64; // 2025-01-01
            for half_hour in 0..2 * 24 * 366 {
                let local = start + half_hour * 1_800_000_000;
                let at = datetime(local).unwrap();
                let want = tz.to_ambiguous_timestamp(at).compatible().unwrap().as_microsecond();
                assert_eq!(zone.moment(local), want, "{name} {at}");
            }
        }
    }

    #[test]
    fn a_day_is_the_local_one() {
        let zone = Zone::new(TimeZone::get("Europe/Berlin").unwrap());
        // 2026-03-31T22:30Z is April in Berlin.
        assert_eq!(zone.day(1_774_996_200_000_000), 20_544);
    }
}
