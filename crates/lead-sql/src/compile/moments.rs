//! The times that windows begin and end with. With an as-of time they are written out; without one they are columns of
//! the query `moments`, worked out from the as-of time by the calendar of the lexicon's zone.

use std::collections::HashMap;

use lead_hir::hir::{Period, PeriodUnit, Step, Value};
use lead_plan::{Moments, When, WhenId};

use super::{AsOf, Compiler, Wrong};
use crate::dialect::{Shift, Unit};
use crate::ir::{Cte, Item, Join, JoinKind, Relation, Select, Sql, Type, walk};

/// The query with the times that statements name.
pub(crate) const MOMENTS: &str = "moments";

/// Queries that work out moments, one on top of the other: the columns of each, with what they are.
#[derive(Debug, Default)]
struct Layers {
    columns: Vec<Vec<(Sql, String)>>,
    /// By moment: the layer that has it, and its column there.
    made: HashMap<WhenId, (usize, Sql)>,
    /// Likewise in local time.
    local: HashMap<WhenId, (usize, Sql)>,
}

impl Layers {
    /// Adds a column on top of a layer.
    fn add(&mut self, on: usize, value: Sql, name: String) -> (usize, Sql) {
        while self.columns.len() <= on {
            self.columns.push(Vec::new());
        }
        let column = Sql::column("", &name);
        self.columns[on].push((value, name));
        (on + 1, column)
    }
}

impl Compiler<'_> {
    /// A moment.
    pub fn moment(&mut self, id: WhenId) -> Result<Sql, Wrong> {
        if self.options.as_of != AsOf::Open || !self.plan.moments.moves(id) {
            return Ok(Sql::Time(self.plan.moments.at(id)));
        }
        let name = self.moment_name(id);
        Ok(if self.parameters { Sql::form(&format!(":{name}"), []) } else { Sql::column(MOMENTS, &name) })
    }

    fn moment_name(&mut self, id: WhenId) -> String {
        if !self.moments.contains_key(&id) {
            let words = self.moment_words(id);
            let name = self.moment_names.fresh(&words, self.dialect.name_limit());
            self.moments.insert(id, name);
        }
        self.moments[&id].clone()
    }

    /// The as-of time in force, or its date.
    pub fn clock(&mut self, value: &Value, when: WhenId) -> Result<Sql, Wrong> {
        let moment = self.moment(when)?;
        Ok(if matches!(value, Value::Date(_)) { self.local_day(moment) } else { moment })
    }

    /// The as-of time as statements are told it, where it is open.
    pub fn as_of(&self) -> Sql {
        match &self.options.target.as_of {
            // Settings take parameters alone, never other SQL.
            Some(parameter) => Sql::form(&parameter.replace("{}", ""), []).cast(Type::Time),
            None => self.dialect.now().cast(Type::Time),
        }
    }

    /// The queries that work moments out, if the as-of time is open.
    pub fn moments_ctes(&mut self) -> Result<Vec<Cte>, Wrong> {
        if self.options.as_of != AsOf::Open {
            return Ok(Vec::new());
        }
        let as_of = self.as_of();
        let mut layers = Layers::default();
        self.moment_name(Moments::AS_OF);
        let wanted: Vec<WhenId> = self.moments.keys().copied().collect();
        for id in wanted {
            self.laid(id, &mut layers);
        }
        let mut said = vec!["The as-of time, in UTC.".to_owned()];
        let name = self.moments[&Moments::AS_OF].clone();
        let mut select = Select { items: vec![Item::new(as_of, &name)], ..Select::default() };
        let mut ctes = Vec::new();
        let last = layers.columns.len();
        for (i, columns) in std::iter::once(Vec::new()).chain(layers.columns).enumerate() {
            if let Some(Cte { name: before, .. }) = ctes.last() {
                let from = Some((Relation::Query(before.clone()), before.clone()));
                select = Select { items: vec![Item::All(before.clone())], from, ..Select::default() };
            }
            select.items.extend(columns.into_iter().map(|(value, name)| Item::new(value, &name)));
            let name = if i == last { MOMENTS.to_owned() } else { self.query_name(["run", "run_local"][i.min(1)]) };
            if i == last && i > 0 {
                said = vec!["The times that windows begin and end with.".to_owned()];
                if !self.is_utc() {
                    said.push(
                        "Of a local time that comes twice, as clocks are set back, the earlier is meant.".to_owned(),
                    );
                }
            }
            let selects = vec![std::mem::take(&mut select)];
            ctes.push(Cte { name, comment: std::mem::take(&mut said), selects, recursive: false });
        }
        Ok(ctes)
    }

    /// Where a moment comes from: the layer that has it, and its column.
    fn laid(&mut self, id: WhenId, layers: &mut Layers) -> (usize, Sql) {
        let plan = self.plan;
        if !plan.moments.moves(id) {
            return (0, Sql::Time(plan.moments.at(id)));
        }
        if let Some(made) = layers.made.get(&id) {
            return made.clone();
        }
        let name = self.moment_name(id);
        let made = match plan.moments.when(id) {
            When::AsOf | When::Fixed(_) => (0, Sql::column("", &name)),
            When::Step { from, by, back } => {
                let sign = if back { -1 } else { 1 };
                let shift = Shift { months: by.months.saturating_mul(sign), days: by.days.saturating_mul(sign) };
                let (layer, mut value) = self.laid(from, layers);
                let mut on = layer;
                if shift.months != 0 || shift.days != 0 {
                    let (layer, local) = self.laid_local(from, layers);
                    (on, value) = self.laid_instant(layer, self.dialect.moved(local, shift), &name, layers);
                }
                if by.micros != 0 {
                    value = self.dialect.later(value, Sql::Int(i128::from(by.micros) * i128::from(sign)));
                }
                layers.add(on, value, name)
            }
            When::DayStart(of) => {
                let (layer, local) = self.laid_local(of, layers);
                let day = local.cast(Type::Date).cast(Type::Time);
                let (on, value) = self.laid_instant(layer, day, &name, layers);
                layers.add(on, value, name)
            }
            When::DayEnd(of) => {
                let (layer, local) = self.laid_local(of, layers);
                let next = self.dialect.day_moved(local.cast(Type::Date), Shift { months: 0, days: 1 });
                let (on, value) = self.laid_instant(layer, next.cast(Type::Time), &name, layers);
                layers.add(on, self.dialect.later(value, Sql::Int(-1)), name)
            }
            When::PeriodStart { of, period, offset } => {
                let (layer, local) = self.laid_local(of, layers);
                let day = self.period_start(local.cast(Type::Date), period, offset);
                let (on, value) = self.laid_instant(layer, day.cast(Type::Time), &name, layers);
                layers.add(on, value, name)
            }
            When::After(of) => {
                let (layer, value) = self.laid(of, layers);
                layers.add(layer, self.dialect.later(value, Sql::Int(1)), name)
            }
            When::Before(of) => {
                let (layer, value) = self.laid(of, layers);
                layers.add(layer, self.dialect.later(value, Sql::Int(-1)), name)
            }
            When::Earlier(a, b) => {
                let ((on_a, a), (on_b, b)) = (self.laid(a, layers), self.laid(b, layers));
                layers.add(on_a.max(on_b), self.dialect.least(a, b), name)
            }
        };
        layers.made.insert(id, made.clone());
        made
    }

    /// A moment in local time.
    fn laid_local(&mut self, id: WhenId, layers: &mut Layers) -> (usize, Sql) {
        if let Some(made) = layers.local.get(&id) {
            return made.clone();
        }
        let (layer, value) = self.laid(id, layers);
        if self.is_utc() {
            return (layer, value);
        }
        let name = self.moment_name(id);
        let name = self.moment_names.fresh(&format!("{name}_local"), self.dialect.name_limit());
        let made = layers.add(layer, self.local(value), name);
        layers.local.insert(id, made.clone());
        made
    }

    /// The time of a local time that is worked out on top of a layer.
    fn laid_instant(&mut self, on: usize, local: Sql, name: &str, layers: &mut Layers) -> (usize, Sql) {
        if self.is_utc() {
            return (on, local);
        }
        let limit = self.dialect.name_limit();
        let column = self.moment_names.fresh(&format!("{name}_local"), limit);
        let (on, local) = layers.add(on, local, column);
        // What it may be are columns as well: each is asked for more than once.
        let (mut tries, mut above) = (Vec::new(), on);
        for (word, time) in self.dialect.instant_tries(&local, self.zone()) {
            let column = self.moment_names.fresh(&format!("{name}_{word}"), limit);
            let (layer, column) = layers.add(on, time, column);
            above = layer;
            tries.push(column);
        }
        (above, self.dialect.instant_of(local, &tries, self.zone()))
    }

    /// The first day of the period that holds a day, or of one some periods later.
    pub fn period_start(&self, day: Sql, period: Period, offset: i32) -> Sql {
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
                let unit = period.unit.word();
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

/// Puts the query of moments beside the relation of a select that names one.
pub(crate) fn beside_moments(select: &mut Select) {
    let mut named = false;
    let mut look = |sql: &Sql| named |= matches!(sql, Sql::Column { of, .. } if of == MOMENTS);
    let mut all = |sql: &Sql| walk(sql, &mut look);
    for item in &select.items {
        if let Item::Value { value, .. } = item {
            all(value);
        }
    }
    select.filter.iter().chain(&select.group).chain(&select.order).for_each(&mut all);
    select.joins.iter().for_each(|j| all(&j.on));
    if !named {
        return;
    }
    let relation = Relation::Query(MOMENTS.to_owned());
    match &select.from {
        None => select.from = Some((relation, MOMENTS.to_owned())),
        Some(_) => select
            .joins
            .insert(0, Join { kind: JoinKind::Cross, relation, alias: MOMENTS.to_owned(), on: Sql::Bool(true) }),
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
