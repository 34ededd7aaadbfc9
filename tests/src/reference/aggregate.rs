//! Aggregates and sequences of the reference interpreter (D6, D8, D13, D18, D27, D28, D31, D36, D37, D41).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use lead_syntax::ast::{Aggregate, AggregateBody, AggregateFn, Path, Records, SequenceStep};

use super::calendar::duration_of;
use super::expr::kleene_and;
use super::scope::{Collection, Kind};
use super::value::{OrderKey, RefValue, divide_half_away, fixed, fold, total, unfixed};
use super::window::Span;
use super::{Env, Reference};

/// The records that an aggregate takes, each with the place where its argument is asked.
pub struct Taken {
    /// The collection.
    pub collection: Collection,
    /// Its records.
    pub records: Vec<Env>,
}

impl Reference {
    /// The records of a target's collection that relate to the innermost record in scope; all of them where there is none.
    fn related(&self, collection: &Collection, path: &Path, via: Option<&str>, env: &Env) -> Vec<usize> {
        let start = if collection.references > 0 {
            let before = Path { names: path.names[..collection.references].to_vec(), span: path.span };
            match self
                .value(&lead_syntax::ast::Expr { kind: lead_syntax::ast::ExprKind::Path(before), span: path.span }, env)
            {
                RefValue::Record(t, r) => (t, r),
                _ => return Vec::new(),
            }
        } else {
            match self.outside(collection, env).records.last() {
                Some(record) => *record,
                None => return (0..self.rows[collection.table].len()).collect(),
            }
        };
        if collection.single {
            return vec![start.1];
        }
        let way = self.way(start.0, collection.table, via);
        self.follow(start.0, start.1, &way).into_iter().collect()
    }

    /// Whether an event exists for a window: without one, and behind windows that do not look forward, only what is past.
    fn in_window(&self, table: usize, row: usize, window: Option<Span>, as_of: i64) -> bool {
        let time = self.time_of(table, row);
        match window {
            None => time <= as_of,
            Some(span) => span.holds(time) && (span.forward || time <= as_of),
        }
    }

    /// The records that an aggregate takes. For `every` the `where` is not asked here.
    pub fn taken(&self, records: &Records, env: &Env, filtered: bool) -> Taken {
        let tables = env.tables();
        let collection = self.collection(&records.target, &tables);
        let event = self.schema.tables[collection.table].event;
        let via = records.via.as_ref().map(|n| n.key());
        let path = self.path_of(&records.target, &collection);
        let related = self.related(&collection, &path, via.as_deref(), env);
        let inner_tables = self.tables_inside(&tables, collection.table);
        let (window, filter) = if event {
            self.own_window(records, &inner_tables)
        } else {
            assert!(records.window.is_none(), "a window of records that have no time");
            (None, records.filter.iter().collect())
        };
        let span = window.map(|w| self.span(w, env)).or(env.window);
        let inner_window = if event { None } else { env.window };
        let outside = self.outside(&collection, env);
        let mut taken = Vec::new();
        for row in related {
            let inner = self.inside(&outside, collection.table, row, inner_window);
            if event && !self.in_window(collection.table, row, span, env.as_of) {
                continue;
            }
            if let Some(term) = collection.member_of
                && self.answer_of(term, row, env.as_of, None) != RefValue::YesNo(true)
            {
                continue;
            }
            if filtered && filter.iter().any(|f| self.condition(f, &inner) != Some(true)) {
                continue;
            }
            if let Some(group) = &env.group
                && !self.in_group(group, &inner)
            {
                continue;
            }
            taken.push(inner);
        }
        Taken { collection, records: taken }
    }

    /// The place whose innermost record an aggregate relates to: the outer one, where its path starts there (D3).
    fn outside(&self, collection: &Collection, env: &Env) -> Env {
        let up = match collection.references {
            // The innermost record that anything relates to the collection, else the one outside.
            0 => {
                let relates = |r: &&(usize, usize)| self.relates(r.0, collection.table);
                env.records.iter().rev().take(2).position(|r| relates(&r)).unwrap_or(0)
            }
            _ => self.find(&env.tables(), &collection.names[0]).map_or(0, |f| f.up),
        };
        Env { records: env.records[..env.records.len() - up].to_vec(), ..env.clone() }
    }

    /// The path of a target that leads to its collection.
    fn path_of(&self, target: &lead_syntax::ast::Expr, collection: &Collection) -> Path {
        let mut paths = Vec::new();
        super::scope::paths_in(target, &mut paths);
        let leads = |p: &&&Path| {
            let names: Vec<String> = p.names.iter().map(|n| n.key()).collect();
            names.starts_with(&collection.names)
        };
        (*paths.iter().find(leads).expect("the path that the collection was found in")).clone()
    }

    /// The value of an aggregate.
    pub fn aggregate(&self, aggregate: &Aggregate, env: &Env) -> RefValue {
        let records = match &aggregate.body {
            AggregateBody::Records(records) => records,
            AggregateBody::Sequence { steps, window } => {
                let span = window.as_ref().map(|w| self.span(w, env)).or(env.window);
                let count = self.sequences(steps, span, env);
                return counted(aggregate.function, count);
            }
        };
        let every = aggregate.function == AggregateFn::Every;
        let taken = self.taken(records, env, !every);
        let bare = Some(&self.path_of(&records.target, &taken.collection))
            .filter(|p| p.names.len() == taken.collection.names.len())
            .is_some_and(|_| matches!(records.target.kind, lead_syntax::ast::ExprKind::Path(_)));
        let argument = |inner: &Env| {
            let env = Env { collected: Some(taken.collection.names.clone()), ..inner.clone() };
            self.value(&records.target, &env)
        };
        if every {
            let inner_tables = self.tables_inside(&env.tables(), taken.collection.table);
            let (_, filter) = self.own_window(records, &inner_tables);
            let holds = |inner: &Env| {
                let asked = filter.iter().map(|f| self.condition(f, inner));
                let own = (!bare).then(|| argument(inner) == RefValue::YesNo(true));
                kleene_and(asked.chain(own.map(Some))) == Some(true)
            };
            return RefValue::YesNo(taken.records.iter().all(holds));
        }
        let known = || {
            let values = taken.records.iter().map(|inner| (inner, argument(inner)));
            values.filter(|(_, v)| !v.is_unknown())
        };
        let kind = || {
            let tables = self.tables_inside(&env.tables(), taken.collection.table);
            self.kind(&records.target, &tables, Some(&taken.collection.names))
        };
        match aggregate.function {
            AggregateFn::Count if aggregate.distinct => {
                let distinct: BTreeSet<OrderKey> = known().map(|(_, v)| OrderKey(v)).collect();
                RefValue::Number(distinct.len() as f64)
            }
            AggregateFn::Count | AggregateFn::Any | AggregateFn::No => counted(aggregate.function, taken.records.len()),
            AggregateFn::Sum => sum(known().map(|(_, v)| v), kind()).0,
            AggregateFn::Average => match sum(known().map(|(_, v)| v), kind()) {
                (_, 0) => RefValue::Unknown,
                (RefValue::Number(x), n) => RefValue::finite(x / n as f64),
                (RefValue::Money(m), n) => RefValue::Money(divide_half_away(m.into(), n as i128) as i64),
                (RefValue::Duration(d), n) => RefValue::Duration(divide_half_away(d.into(), n as i128) as i64),
                (other, _) => other,
            },
            AggregateFn::Min => known().map(|(_, v)| v).min_by(order).unwrap_or(RefValue::Unknown),
            AggregateFn::Max => known().map(|(_, v)| v).max_by(order).unwrap_or(RefValue::Unknown),
            AggregateFn::First | AggregateFn::Last => {
                let timed = known().map(|(inner, v)| {
                    let (t, r) = *inner.records.last().expect("a record");
                    (self.time_of(t, r), v)
                });
                let by = |a: &(i64, RefValue), b: &(i64, RefValue)| a.0.cmp(&b.0).then_with(|| order(&a.1, &b.1));
                let found = if aggregate.function == AggregateFn::First { timed.min_by(by) } else { timed.max_by(by) };
                found.map_or(RefValue::Unknown, |f| f.1)
            }
            AggregateFn::Every => unreachable!("answered above"),
        }
    }

    /// How many first events start a sequence (D36).
    fn sequences(&self, steps: &[SequenceStep], span: Option<Span>, env: &Env) -> usize {
        let events: Vec<Vec<i64>> = steps.iter().map(|s| self.step_times(s, span, env)).collect();
        events[0].iter().filter(|t| self.goes_on(&steps[1..], &events[1..], **t)).count()
    }

    /// Whether the rest of a sequence can follow a time: every choice of next event is tried.
    fn goes_on(&self, steps: &[SequenceStep], events: &[Vec<i64>], after: i64) -> bool {
        let Some(step) = steps.first() else { return true };
        let limit = step.within.as_ref().map(|d| self.calendar.step(after, duration_of(&d.kind), true));
        events[0]
            .iter()
            .filter(|t| **t > after && limit.is_none_or(|l| **t <= l))
            .any(|t| self.goes_on(&steps[1..], &events[1..], *t))
    }

    /// The times of the events that fit a step.
    fn step_times(&self, step: &SequenceStep, span: Option<Span>, env: &Env) -> Vec<i64> {
        let target = lead_syntax::ast::Expr {
            kind: lead_syntax::ast::ExprKind::Path(step.event.clone()),
            span: step.event.span,
        };
        let collection = self.collection(&target, &env.tables());
        let table = collection.table;
        self.related(&collection, &step.event, None, env)
            .into_iter()
            .filter(|row| self.in_window(table, *row, span, env.as_of))
            .filter(|row| match &step.filter {
                Some(filter) => self.condition(filter, &env.alone(table, *row, None)) == Some(true),
                None => true,
            })
            .map(|row| self.time_of(table, row))
            .collect()
    }
}

fn counted(function: AggregateFn, count: usize) -> RefValue {
    match function {
        AggregateFn::Any => RefValue::YesNo(count > 0),
        AggregateFn::No => RefValue::YesNo(count == 0),
        _ => RefValue::Number(count as f64),
    }
}

/// Values in their order; texts that compare equal by their bytes (D37).
fn order(a: &RefValue, b: &RefValue) -> Ordering {
    match (a, b) {
        (RefValue::Text(x), RefValue::Text(y)) => fold(x).cmp(&fold(y)).then_with(|| x.cmp(y)),
        _ => OrderKey(a.clone()).cmp(&OrderKey(b.clone())),
    }
}

/// The exact sum of known values, and how many they are (D18, D19).
fn sum(values: impl Iterator<Item = RefValue>, kind: Kind) -> (RefValue, usize) {
    let parts: Vec<Option<i128>> = values
        .map(|value| match value {
            RefValue::Number(x) => fixed(x, 64),
            RefValue::Money(m) => Some(i128::from(m)),
            RefValue::Duration(d) => Some(i128::from(d)),
            other => panic!("no sum of {other:?}"),
        })
        .collect();
    let count = parts.len();
    let Some(total) = total(parts.into_iter()) else { return (RefValue::Unknown, count) };
    let narrow = || i64::try_from(total).expect("sums fit 64 bits in the tests");
    let value = match kind {
        Kind::Money => RefValue::Money(narrow()),
        Kind::Duration => RefValue::Duration(narrow()),
        _ => RefValue::finite(unfixed(total, 64)),
    };
    (value, count)
}
