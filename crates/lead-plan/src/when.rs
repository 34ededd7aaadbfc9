//! Moments as they follow from the as-of time, next to what they are at the plan's as-of time. The evaluator reads the
//! times alone; a backend that is handed the as-of time later reads how they come about.

use std::collections::HashMap;
use std::ops::Range;

use lead_hir::hir::{Moment, Period, Settings, Step, Which, WindowKind};

use crate::calendar;

/// Index of a [`When`] in [`Moments`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WhenId(pub u32);

/// How a moment comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// The as-of time.
    AsOf,
    /// Microseconds since 1970 UTC; `i64::MIN` and `i64::MAX` are no bound at all.
    Fixed(i64),
    /// A calendar step after a moment, or before it if `back`.
    Step {
        /// From where.
        from: WhenId,
        /// How far.
        by: Step,
        /// Into the past?
        back: bool,
    },
    /// The first moment of the local day of a moment.
    DayStart(WhenId),
    /// The last moment of the local day of a moment.
    DayEnd(WhenId),
    /// The first moment of the calendar period that holds a moment, or of one some periods after it.
    PeriodStart {
        /// In the period.
        of: WhenId,
        /// Which kind of period; `which` means nothing here.
        period: Period,
        /// So many periods later; negative: earlier.
        offset: i32,
    },
    /// A microsecond after a moment.
    After(WhenId),
    /// A microsecond before a moment.
    Before(WhenId),
    /// The earlier of two moments.
    Earlier(WhenId, WhenId),
}

/// Every moment that a plan speaks of, each once. Invariant *operands first*: a moment uses moments of lower ids only.
#[derive(Clone, Debug)]
pub struct Moments {
    all: Vec<(When, i64)>,
    ids: HashMap<When, WhenId>,
}

impl Moments {
    /// The as-of time alone.
    pub fn new(as_of: i64) -> Moments {
        Moments { all: vec![(When::AsOf, as_of)], ids: HashMap::from([(When::AsOf, Moments::AS_OF)]) }
    }

    /// The as-of time.
    pub const AS_OF: WhenId = WhenId(0);

    /// How a moment comes about.
    pub fn when(&self, id: WhenId) -> When {
        self.all[id.0 as usize].0
    }

    /// What a moment is at the plan's as-of time.
    pub fn at(&self, id: WhenId) -> i64 {
        self.all[id.0 as usize].1
    }

    /// What a range of moments is at the plan's as-of time.
    pub fn range(&self, range: &Range<WhenId>) -> Range<i64> {
        self.at(range.start)..self.at(range.end)
    }

    /// Whether a moment depends on the as-of time.
    pub fn moves(&self, id: WhenId) -> bool {
        match self.when(id) {
            When::AsOf => true,
            When::Fixed(_) => false,
            When::Step { from: id, .. } | When::DayStart(id) | When::DayEnd(id) => self.moves(id),
            When::PeriodStart { of: id, .. } | When::After(id) | When::Before(id) => self.moves(id),
            When::Earlier(a, b) => self.moves(a) || self.moves(b),
        }
    }

    /// The as-of time if a time is that, else the time as it stands.
    pub(crate) fn of_run(&mut self, at: i64) -> WhenId {
        if at == self.at(Moments::AS_OF) { Moments::AS_OF } else { self.fixed(at) }
    }

    pub(crate) fn fixed(&mut self, at: i64) -> WhenId {
        self.add(When::Fixed(at), at)
    }

    fn add(&mut self, when: When, at: i64) -> WhenId {
        if let Some(id) = self.ids.get(&when) {
            return *id;
        }
        let id = WhenId(self.all.len() as u32);
        self.all.push((when, at));
        self.ids.insert(when, id);
        id
    }

    /// Adds a moment that may be fixed already.
    fn made(&mut self, when: When, at: i64) -> WhenId {
        let moves = match when {
            When::Step { from: id, .. } | When::DayStart(id) | When::DayEnd(id) => self.moves(id),
            When::PeriodStart { of: id, .. } | When::After(id) | When::Before(id) => self.moves(id),
            _ => true,
        };
        if moves { self.add(when, at) } else { self.fixed(at) }
    }

    fn step(&mut self, from: WhenId, by: Step, back: bool, settings: &Settings) -> WhenId {
        let at = calendar::step(self.at(from), by, back, &settings.zone);
        self.made(When::Step { from, by, back }, at)
    }

    fn after(&mut self, id: WhenId) -> WhenId {
        match self.when(id) {
            When::Before(inner) => inner,
            _ => self.made(When::After(id), self.at(id).saturating_add(1)),
        }
    }

    fn before(&mut self, id: WhenId) -> WhenId {
        match self.when(id) {
            When::After(inner) => inner,
            _ => self.made(When::Before(id), self.at(id).saturating_sub(1)),
        }
    }

    /// The earlier of a moment and one that is known to be the as-of time or right behind it.
    fn capped(&mut self, id: WhenId, cap: WhenId) -> WhenId {
        if id == cap || matches!(self.when(id), When::Fixed(t) if t >= i64::MAX - 1) {
            return cap;
        }
        let inner = |id: WhenId| match self.when(id) {
            When::After(inner) => inner,
            // As long as the cap is the as-of time itself, and not the moment behind it.
            When::Before(inner) if !matches!(self.when(cap), When::After(_)) => inner,
            _ => id,
        };
        let forward = |by: Step| by.months >= 0 && by.days >= 0 && by.micros >= 0;
        match self.when(inner(id)) {
            // What lies in the past of the cap is earlier, whatever the as-of time.
            When::Step { from, by, back: true } if from == inner(cap) && forward(by) => id,
            When::PeriodStart { of, offset, .. } if of == inner(cap) && offset <= 0 => id,
            When::PeriodStart { of, offset, .. } if of == inner(cap) && offset > 0 => cap,
            _ => self.add(When::Earlier(id, cap), self.at(id).min(self.at(cap))),
        }
    }

    fn period(&mut self, of: WhenId, period: Period, offset: i32, settings: &Settings) -> WhenId {
        let which = |n: i32| match n {
            0 => (Which::This, false),
            n if n > 0 => (Which::Next(n.unsigned_abs()), false),
            n => (Which::Last(n.unsigned_abs()), true),
        };
        // `next n` begins with the next period, and `last n` begins n periods back.
        let at = match which(offset) {
            (Which::Next(n), _) => {
                let range = calendar::period_range(Period { which: Which::Next(n), ..period }, self.at(of), settings);
                if n == 1 { range.start } else { period_end(n - 1, period, self.at(of), settings) }
            }
            (which, _) => calendar::period_range(Period { which, ..period }, self.at(of), settings).start,
        };
        self.made(When::PeriodStart { of, period: Period { which: Which::This, ..period }, offset }, at)
    }

    fn moment_start(&mut self, moment: Moment, as_of: WhenId, settings: &Settings) -> WhenId {
        match moment {
            Moment::Date(days) => self.fixed(calendar::start_of_day(days, &settings.zone)),
            Moment::Today => {
                let at = calendar::moment_start(moment, self.at(as_of), &settings.zone);
                self.made(When::DayStart(as_of), at)
            }
            other => self.exact(other, as_of, settings),
        }
    }

    /// The moment that a point in time names; a date is its last moment.
    pub(crate) fn moment_end(&mut self, moment: Moment, as_of: WhenId, settings: &Settings) -> WhenId {
        match moment {
            Moment::Date(days) => self.fixed(calendar::end_of_day(days, &settings.zone)),
            Moment::Today => {
                let at = calendar::moment_end(moment, self.at(as_of), &settings.zone);
                self.made(When::DayEnd(as_of), at)
            }
            other => self.exact(other, as_of, settings),
        }
    }

    fn exact(&mut self, moment: Moment, as_of: WhenId, settings: &Settings) -> WhenId {
        match moment {
            Moment::Time(t) => self.fixed(t),
            Moment::Ago(by) => self.step(as_of, by, true, settings),
            Moment::Ahead(by) => self.step(as_of, by, false, settings),
            Moment::Now | Moment::Today | Moment::Date(_) => as_of,
        }
    }

    /// As [`calendar::window_range`].
    pub(crate) fn window(&mut self, window: WindowKind, as_of: WhenId, settings: &Settings) -> Range<WhenId> {
        let (start, end) = match window {
            WindowKind::Within(by) => {
                let start = self.step(as_of, by, true, settings);
                (self.after(start), self.after(as_of))
            }
            WindowKind::WithinNext(by) => {
                let end = self.step(as_of, by, false, settings);
                (self.after(as_of), self.after(end))
            }
            WindowKind::Period(period) => {
                // Longer than the calendar is as long as the calendar.
                let n = |n: u32| n.min(5_000) as i32;
                let (from, to) = match period.which {
                    Which::This => (0, 1),
                    Which::Last(k) => (-n(k), 0),
                    Which::Next(k) => (1, 1 + n(k)),
                };
                (self.period(as_of, period, from, settings), self.period(as_of, period, to, settings))
            }
            WindowKind::Since(m) => (self.moment_start(m, as_of, settings), self.fixed(i64::MAX)),
            WindowKind::Before(m) => (self.fixed(i64::MIN), self.moment_start(m, as_of, settings)),
            WindowKind::Between(a, b) => {
                let end = self.moment_end(b, as_of, settings);
                (self.moment_start(a, as_of, settings), self.after(end))
            }
            WindowKind::BetweenAgo(from, to) => {
                let (start, end) = (self.step(as_of, from, true, settings), self.step(as_of, to, true, settings));
                (self.after(start), self.after(end))
            }
            WindowKind::MoreThanAgo(by) => {
                let end = self.step(as_of, by, true, settings);
                (self.fixed(i64::MIN), self.after(end))
            }
        };
        start..end
    }

    /// As [`calendar::event_range`].
    pub(crate) fn events(&mut self, window: Option<WindowKind>, as_of: WhenId, settings: &Settings) -> Range<WhenId> {
        let forward = matches!(
            window,
            Some(WindowKind::WithinNext(_) | WindowKind::Period(Period { which: Which::Next(_), .. }))
        );
        let range = match window {
            Some(window) => self.window(window, as_of, settings),
            None => self.fixed(i64::MIN)..self.fixed(i64::MAX),
        };
        if forward {
            return range;
        }
        let cap = self.after(as_of);
        range.start..self.capped(range.end, cap)
    }

    /// As [`calendar::became_times`].
    pub(crate) fn became(&mut self, window: WindowKind, as_of: WhenId, settings: &Settings) -> (WhenId, WhenId) {
        let range = self.window(window, as_of, settings);
        let end = self.before(range.end);
        (self.before(range.start), self.capped(end, as_of))
    }
}

/// The end of the n-th period after the one that holds a moment.
fn period_end(n: u32, period: Period, at: i64, settings: &Settings) -> i64 {
    calendar::period_range(Period { which: Which::Next(n), ..period }, at, settings).end
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use lead_hir::hir::PeriodUnit;

    fn settings(zone: &str) -> Settings {
        Settings {
            name: String::new(),
            zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
            zone_name: zone.to_string(),
            fiscal_start: 4,
        }
    }

    fn windows() -> Vec<WindowKind> {
        let step = |months, days, micros| Step { months, days, micros };
        let steps = [step(0, 90, 0), step(3, 0, 0), step(0, 0, 7_200_000_000), step(1, 1, 1), step(0, 0, 0)];
        let mut out: Vec<WindowKind> = Vec::new();
        for by in steps {
            out.extend([WindowKind::Within(by), WindowKind::WithinNext(by), WindowKind::MoreThanAgo(by)]);
            out.push(WindowKind::BetweenAgo(by, step(0, 1, 0)));
        }
        let moments = [
            Moment::Date(20_500),
            Moment::Time(1_780_000_000_000_000),
            Moment::Ago(step(2, 0, 0)),
            Moment::Ahead(step(0, 10, 0)),
            Moment::Today,
            Moment::Now,
        ];
        for m in moments {
            out.extend([WindowKind::Since(m), WindowKind::Before(m)]);
            out.extend(moments.map(|n| WindowKind::Between(m, n)));
        }
        for unit in [PeriodUnit::Day, PeriodUnit::Week, PeriodUnit::Month, PeriodUnit::Quarter, PeriodUnit::Year] {
            for which in [Which::This, Which::Last(1), Which::Last(4), Which::Next(1), Which::Next(3)] {
                out.extend([false, true].map(|fiscal| WindowKind::Period(Period { which, fiscal, unit })));
            }
        }
        out
    }

    #[test]
    fn moments_are_the_times_of_the_calendar() {
        for zone in ["UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe"] {
            let settings = settings(zone);
            for as_of in [1_774_746_000_000_000, 1_761_440_400_000_000, 1_709_208_000_000_000, 1_782_864_000_000_000] {
                let mut moments = Moments::new(as_of);
                for window in windows() {
                    let range = moments.window(window, Moments::AS_OF, &settings);
                    assert_eq!(moments.range(&range), calendar::window_range(window, as_of, &settings), "{window:?}");
                    let range = moments.events(Some(window), Moments::AS_OF, &settings);
                    let told = calendar::event_range(Some(window), as_of, &settings);
                    assert_eq!(moments.range(&range), told, "{window:?}");
                    let (before, after) = moments.became(window, Moments::AS_OF, &settings);
                    let told = calendar::became_times(window, as_of, &settings);
                    assert_eq!((moments.at(before), moments.at(after)), told, "{window:?}");
                }
            }
        }
    }
}
