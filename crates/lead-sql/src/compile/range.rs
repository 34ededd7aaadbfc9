//! Ranges of time as conditions. A bound is written the way that people say it: `> as-of - 90d`, not a microsecond later.

use std::ops::Range;

use lead_plan::{When, WhenId, calendar};

use super::{Compiler, Wrong};
use crate::ir::Sql;

impl Compiler<'_> {
    /// The conditions for a time, or a date, to lie in a range; none where every one does.
    pub fn in_range(
        &mut self,
        value: &Sql,
        is_date: bool,
        range: &Range<i64>,
        moments: &Range<WhenId>,
    ) -> Result<Vec<Sql>, Wrong> {
        let mut out = Vec::new();
        if range.start != i64::MIN {
            self.bound_at(value, is_date, moments.start, true, &mut out)?;
        }
        if range.end != i64::MAX {
            self.bound_at(value, is_date, moments.end, false, &mut out)?;
        }
        Ok(out)
    }

    /// `value >= moment`, or `value < moment` at the end.
    fn bound_at(
        &mut self,
        value: &Sql,
        is_date: bool,
        moment: WhenId,
        start: bool,
        out: &mut Vec<Sql>,
    ) -> Result<(), Wrong> {
        let plan = self.plan;
        let (after, at_or_after) = if start { (">", ">=") } else { ("<=", "<") };
        let condition = match plan.moments.when(moment) {
            When::Earlier(a, b) if !start => {
                self.bound_at(value, is_date, a, start, out)?;
                return self.bound_at(value, is_date, b, start, out);
            }
            // D22: a date counts as its first moment, which lies after a moment if the date is after its day.
            When::After(inner) if is_date => {
                let day = self.day_of(inner)?;
                Sql::compare(value.clone(), after, day)
            }
            When::DayStart(inner) if is_date => {
                let day = self.day_of(inner)?;
                Sql::compare(value.clone(), at_or_after, day)
            }
            When::PeriodStart { .. } if is_date => {
                let day = self.day_of(moment)?;
                Sql::compare(value.clone(), at_or_after, day)
            }
            When::Fixed(t) if is_date => {
                let zone = &self.lexicon.settings.zone;
                let day = calendar::local_day(t, zone);
                let first = day + i32::from(calendar::start_of_day(day, zone) < t);
                Sql::compare(value.clone(), at_or_after, Sql::Date(first))
            }
            _ if is_date => {
                let bound = self.moment(moment)?;
                Sql::compare(self.day_start(value.clone()), at_or_after, bound)
            }
            When::After(inner) => Sql::compare(value.clone(), after, self.moment(inner)?),
            // A range that ends with an instant begins just after the one before it.
            When::Fixed(t) if t.rem_euclid(10) == 1 => Sql::compare(value.clone(), after, Sql::Time(t - 1)),
            _ => Sql::compare(value.clone(), at_or_after, self.moment(moment)?),
        };
        out.push(condition);
        Ok(())
    }

    /// The local day of a moment.
    fn day_of(&mut self, moment: WhenId) -> Result<Sql, Wrong> {
        let time = self.moment(moment)?;
        Ok(self.local_day(time))
    }
}
