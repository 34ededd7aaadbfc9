//! Tables that are split by day: a plain filter on the column that they are split by, so that engines leave out what no window reaches.
//!
//! Invariant *wider than the windows*: every event that a measure counts has a day that the filter lets through, whatever the zone that
//! days are told in.

use lead_hir::hir::{PeriodUnit, Step, TableId};
use lead_plan::{Measure, MeasureKind, When, WhenId};

use super::{AsOf, Compiler};
use crate::ir::{Sql, Type};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Days that a day told in another zone may be away.
const ZONES: i64 = 1;

/// The same beside days that are reckoned from an as-of time, which clocks and zones may put on another day than the windows.
const CLOCKS: i64 = 2;

/// The furthest of some moments, to one side.
#[derive(Clone, Copy, Debug, Default)]
struct Far {
    /// Days after the as-of time; negative: before it.
    days: Option<i64>,
    /// Microseconds since 1970 UTC.
    fixed: Option<i64>,
}

impl Far {
    /// The further of each.
    fn and(self, other: Far, first: bool) -> Far {
        let further = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (Some(a), Some(b)) => Some(if first { a.min(b) } else { a.max(b) }),
            (a, b) => a.or(b),
        };
        Far { days: further(self.days, other.days), fixed: further(self.fixed, other.fixed) }
    }

    /// Moved by so many days.
    fn moved(self, days: i64) -> Far {
        let fixed = self.fixed.map(|t| t.saturating_add(days.saturating_mul(DAY)));
        Far { days: self.days.map(|d| d.saturating_add(days)), fixed }
    }
}

impl Compiler<'_> {
    /// What the day of an event must be for any measure to count it, where its table is split by days and every measure has bounds. `raw`:
    /// what the table is called in the select.
    pub fn partition(&self, ids: &[TableId], raw: &str) -> Vec<Sql> {
        let Some(column) = ids.iter().find_map(|id| self.options.target.partition(self.lexicon.table(*id))) else {
            return Vec::new();
        };
        let Some(measures) = self.measured(ids) else { return Vec::new() };
        let column = Sql::column(raw, column);
        let first = self.edge_day(&measures, true).map(|day| Sql::compare(column.clone(), ">=", day));
        let last = self.edge_day(&measures, false).map(|day| Sql::compare(column, "<=", day));
        first.into_iter().chain(last).collect()
    }

    /// The measures over these events; `None` if there are none, or one that looks at all times.
    fn measured(&self, ids: &[TableId]) -> Option<Vec<&Measure>> {
        let mut out = Vec::new();
        for (i, measure) in self.plan.measures.iter().enumerate() {
            let others: Vec<TableId> = match &measure.kind {
                MeasureKind::Sequence(steps) => steps.iter().map(|s| s.table).collect(),
                MeasureKind::PointsOf { lines, .. } => lines.iter().map(|l| l.table).collect(),
                _ => Vec::new(),
            };
            let is_over = ids.contains(&measure.table) || others.iter().any(|t| ids.contains(t));
            if self.levels.measures[i].is_none() || !is_over {
                continue;
            }
            if measure.times.is_none()
                || measure.moments.is_none()
                || matches!(measure.kind, MeasureKind::PointsOf { .. })
            {
                return None;
            }
            out.push(measure);
        }
        (!out.is_empty()).then_some(out)
    }

    /// The first day that any of them looks at, or the last; `None` where there is no such day.
    fn edge_day(&self, measures: &[&Measure], first: bool) -> Option<Sql> {
        let mut far = Far::default();
        let mut edge = if first { i64::MAX } else { i64::MIN };
        for measure in measures {
            let (times, moments) = (measure.times.as_ref()?, measure.moments.as_ref()?);
            if first && times.start == i64::MIN || !first && times.end == i64::MAX {
                return None;
            }
            edge = if first { edge.min(times.start) } else { edge.max(times.end) };
            far = far.and(self.far(if first { moments.start } else { moments.end }, first), first);
        }
        let day = |micros: i64, by: i64| {
            let days = micros.div_euclid(DAY).saturating_add(if first { -by } else { by });
            i32::try_from(days).ok().map(Sql::Date)
        };
        if self.options.as_of != AsOf::Open {
            return day(edge, ZONES);
        }
        let fixed = match far.fixed {
            Some(t) => Some(day(t, CLOCKS)?),
            None => None,
        };
        let moving = far.days.map(|days| {
            let days = days.saturating_add(if first { -CLOCKS } else { CLOCKS });
            self.dialect.day_plus(self.as_of().cast(Type::Date), Sql::Int(i128::from(days)))
        });
        match (moving, fixed) {
            (Some(a), Some(b)) if first => Some(self.dialect.least(a, b)),
            (Some(a), Some(b)) => Some(self.dialect.greatest(a, b)),
            (a, b) => a.or(b),
        }
    }

    /// How far a moment may be away from the as-of time, whatever that is: not less to the side that is asked for.
    fn far(&self, id: WhenId, first: bool) -> Far {
        let fixed = |t: i64| Far { days: None, fixed: Some(t) };
        if !self.plan.moments.moves(id) {
            return fixed(self.plan.moments.at(id));
        }
        match self.plan.moments.when(id) {
            When::AsOf => Far { days: Some(0), fixed: None },
            When::Fixed(t) => fixed(t),
            When::Step { from, by, back } => {
                let from = self.far(from, first);
                // A step to the other side brings it nearer, which need not be known.
                if back == first { from.moved(if back { -most_days(by) } else { most_days(by) }) } else { from }
            }
            When::DayStart(of) | When::Before(of) => self.far(of, first).moved(if first { -1 } else { 0 }),
            When::DayEnd(of) | When::After(of) => self.far(of, first).moved(if first { 0 } else { 1 }),
            When::PeriodStart { of, period, offset } => {
                let unit = match period.unit {
                    PeriodUnit::Day => 1,
                    PeriodUnit::Week => 7,
                    PeriodUnit::Month => 31,
                    PeriodUnit::Quarter => 92,
                    PeriodUnit::Year => 366,
                };
                let periods = if first { i64::from(offset.min(0)) - 1 } else { i64::from(offset.max(0)) };
                self.far(of, first).moved(unit * periods)
            }
            When::Earlier(a, b) if first => self.far(a, true).and(self.far(b, true), true),
            // The earlier of two ends no later than either does.
            When::Earlier(a, b) => {
                let (a, b) = (self.far(a, false), self.far(b, false));
                if a.fixed.is_none() { a } else { b }
            }
        }
    }
}

/// How many days a step is at most.
fn most_days(by: Step) -> i64 {
    let rest = (by.micros.max(0) + DAY - 1).div_euclid(DAY);
    (i64::from(by.months).saturating_mul(31)).saturating_add(i64::from(by.days)).saturating_add(rest)
}
