//! The times that windows begin and end with. With an as-of time they are written out; without one they are columns of
//! the query `moments`, worked out from the as-of time by the calendar of the lexicon's zone.

use lead_hir::hir::{Period, PeriodUnit, Step, Value};
use lead_plan::{When, WhenId};

use super::{AsOf, Compiler, Wrong};
use crate::dialect::{Shift, Unit};
use crate::ir::{Cte, Item, Relation, Select, Sql, Type};

impl Compiler<'_> {
    /// A moment.
    pub fn moment(&mut self, id: WhenId) -> Result<Sql, Wrong> {
        if self.options.as_of != AsOf::Open || !self.plan.moments.moves(id) {
            return Ok(Sql::Time(self.plan.moments.at(id)));
        }
        if !self.moments.contains_key(&id) {
            let words = self.moment_words(id);
            let name = self.moment_names.fresh(&words, self.dialect.name_limit());
            self.moments.insert(id, name);
        }
        let name = &self.moments[&id];
        let items = vec![Item::new(Sql::column("moments", name), name)];
        let from = Some((Relation::Query("moments".to_owned()), "moments".to_owned()));
        Ok(Sql::Scalar(Box::new(Select { items, from, ..Select::default() })))
    }

    /// The as-of time in force, or its date.
    pub fn clock(&mut self, value: &Value, when: WhenId) -> Result<Sql, Wrong> {
        let moment = self.moment(when)?;
        Ok(if matches!(value, Value::Date(_)) { self.local_day(moment) } else { moment })
    }

    /// The query `moments`, if anything asks for it.
    pub fn moments_cte(&mut self) -> Result<Vec<Cte>, Wrong> {
        if self.options.as_of != AsOf::Open {
            return Ok(Vec::new());
        }
        let as_of = match &self.options.target.as_of {
            // Settings take parameters alone, never other SQL.
            Some(parameter) => Sql::form(&parameter.replace("{}", ""), []).cast(Type::Time),
            None => self.dialect.now().cast(Type::Time),
        };
        let first = self.query_name("run");
        let select = Select { items: vec![Item::new(as_of, "as_of")], ..Select::default() };
        let comment = vec!["The as-of time, in UTC.".to_owned()];
        let mut ctes = vec![Cte { name: first.clone(), comment, selects: vec![select], recursive: false }];
        let wanted: Vec<(WhenId, String)> = self.moments.iter().map(|(id, name)| (*id, name.clone())).collect();
        let items = wanted.iter().map(|(id, name)| Item::new(self.worked_out(*id, &first), name)).collect();
        let mut select =
            Select { items, from: Some((Relation::Query(first.clone()), first.clone())), ..Select::default() };
        if select.items.is_empty() {
            select.items.push(Item::new(Sql::column(&first, "as_of"), "as_of"));
        }
        let comment = vec!["The times that windows begin and end with.".to_owned()];
        ctes.push(Cte { name: "moments".to_owned(), comment, selects: vec![select], recursive: false });
        Ok(ctes)
    }

    /// How a moment comes about, from the column of the as-of time.
    fn worked_out(&self, id: WhenId, run: &str) -> Sql {
        let plan = self.plan;
        if !plan.moments.moves(id) {
            return Sql::Time(plan.moments.at(id));
        }
        let day = |id: WhenId| self.local_day(self.worked_out(id, run));
        match plan.moments.when(id) {
            When::AsOf | When::Fixed(_) => Sql::column(run, "as_of"),
            When::Step { from, by, back } => self.stepped(self.worked_out(from, run), by, back),
            When::DayStart(of) => self.day_start(day(of)),
            When::DayEnd(of) => {
                let next = self.dialect.day_moved(day(of), Shift { months: 0, days: 1 });
                self.dialect.later(self.day_start(next), Sql::Int(-1))
            }
            When::PeriodStart { of, period, offset } => self.day_start(self.period_start(day(of), period, offset)),
            When::After(of) => self.dialect.later(self.worked_out(of, run), Sql::Int(1)),
            When::Before(of) => self.dialect.later(self.worked_out(of, run), Sql::Int(-1)),
            When::Earlier(a, b) => self.dialect.least(self.worked_out(a, run), self.worked_out(b, run)),
        }
    }

    /// The first day of the period that holds a day, or of one some periods later.
    fn period_start(&self, day: Sql, period: Period, offset: i32) -> Sql {
        let d = self.dialect;
        // Fiscal quarters and years are calendar ones of days moved to where the year starts in January.
        let first = if period.fiscal { i32::from(self.lexicon.settings.fiscal_start) } else { 1 };
        let shifted = first > 1 && matches!(period.unit, PeriodUnit::Quarter | PeriodUnit::Year);
        let moved = |day: Sql, months: i32| {
            if months == 0 { day } else { d.day_moved(day, Shift { months, days: 0 }) }
        };
        let back = if shifted { 1 - first } else { 0 };
        let start = match period.unit {
            PeriodUnit::Day => day,
            PeriodUnit::Week => d.unit_start(day, Unit::Week),
            PeriodUnit::Month => d.unit_start(day, Unit::Month),
            // From the first of the month, so that no day is missing.
            PeriodUnit::Quarter => {
                moved(d.unit_start(moved(d.unit_start(day, Unit::Month), back), Unit::Quarter), -back)
            }
            PeriodUnit::Year => moved(d.unit_start(moved(d.unit_start(day, Unit::Month), back), Unit::Year), -back),
        };
        let (months, days) = match period.unit {
            PeriodUnit::Day => (0, offset),
            PeriodUnit::Week => (0, offset.saturating_mul(7)),
            PeriodUnit::Month => (offset, 0),
            PeriodUnit::Quarter => (offset.saturating_mul(3), 0),
            PeriodUnit::Year => (offset.saturating_mul(12), 0),
        };
        if offset == 0 { start } else { d.day_moved(start, Shift { months, days }) }
    }

    /// A moment in words, for a name.
    pub fn moment_words(&self, id: WhenId) -> String {
        let inner = |of: WhenId| match self.plan.moments.when(of) {
            When::AsOf => String::new(),
            _ => format!("_{}", self.moment_words(of)),
        };
        match self.plan.moments.when(id) {
            When::AsOf => "as_of".to_owned(),
            When::Fixed(t) => format!("on_{}", crate::dialect::time_text(t).replace([' ', '-', ':', '.'], "_")),
            When::Step { from, by, back: true } => format!("ago_{}{}", step_words(by), inner(from)),
            When::Step { from, by, back: false } => format!("ahead_{}{}", step_words(by), inner(from)),
            When::DayStart(of) => format!("start_of_day{}", inner(of)),
            When::DayEnd(of) => format!("end_of_day{}", inner(of)),
            When::PeriodStart { of, period, offset } => {
                let unit = match period.unit {
                    PeriodUnit::Day => "day",
                    PeriodUnit::Week => "week",
                    PeriodUnit::Month => "month",
                    PeriodUnit::Quarter => "quarter",
                    PeriodUnit::Year => "year",
                };
                let fiscal = if period.fiscal { "fiscal_" } else { "" };
                let which = match offset {
                    0 => "this".to_owned(),
                    n if n < 0 => format!("{}_back", n.unsigned_abs()),
                    n => format!("{n}_on"),
                };
                format!("start_of_{fiscal}{unit}_{which}{}", inner(of))
            }
            When::After(of) => format!("after{}", inner(of)),
            When::Before(of) => format!("before{}", inner(of)),
            When::Earlier(a, b) => format!("earlier_of{}_and{}", inner(a), inner(b)),
        }
    }
}

/// A step as people write it: `90d`.
pub(crate) fn step_words(by: Step) -> String {
    let mut out = String::new();
    let mut add = |n: i64, unit: &str| {
        if n != 0 {
            out.push_str(&format!("{}{unit}", n.unsigned_abs()));
        }
    };
    add(i64::from(by.months), "mo");
    add(i64::from(by.days), "d");
    match by.micros {
        m if m % 3_600_000_000 == 0 => add(m / 3_600_000_000, "h"),
        m => add(m, "us"),
    }
    if out.is_empty() { "0d".to_owned() } else { out }
}
