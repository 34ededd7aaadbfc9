//! What would make a condition hold, as far as plain thresholds tell: fields get values, records and events are made.
//! Not a proof: what is too deep for it is left out, and the reader sees what was made.

use std::collections::BTreeMap;

use lead_hir::hir::{
    Aggregate, AggregateFn, ArithmeticOp, CompareOp, DefId, DefKind, Expr, ExprKind, FieldId, Function, Lexicon,
    Moment, Records, ScoreLineKind, Target, Ty, Value, WindowKind,
};
use lead_plan::calendar;

use super::values::{fitting, holds, minutes, near, negated, plain, plain_pattern, sample};
use super::world::{DAY, HOUR, World};

/// More records of one kind are not made.
const MOST: usize = 24;
/// More conditions are not looked at.
const LONGEST_SEARCH: usize = 3_000;
/// Definitions are followed this deep.
const DEEPEST: usize = 24;
/// Nothing is made longer ago, or farther ahead, than this many minutes.
pub(super) const LONGEST: i64 = 200 * 366 * DAY;

/// Where a condition is asked.
#[derive(Clone, Debug)]
pub(super) struct Env {
    /// Records in scope, innermost last, by their place in the world.
    pub frames: Vec<usize>,
    /// The window in force.
    pub window: Option<WindowKind>,
    /// How many minutes the as-of time is moved back.
    pub shift: i64,
    pub depth: usize,
}

impl Env {
    pub(super) fn with(&self, window: Option<WindowKind>) -> Env {
        Env { window, ..self.clone() }
    }

    pub(super) fn inside(&self, thing: usize, window: Option<WindowKind>) -> Env {
        let mut env = self.with(window);
        env.frames.push(thing);
        env
    }
}

/// Makes a world in which conditions hold.
#[derive(Clone)]
pub(super) struct Solver<'l> {
    pub lexicon: &'l Lexicon,
    pub world: World<'l>,
    /// The as-of time in microseconds.
    pub as_of: i64,
    /// For a table: what is given of the subject, by what the column asks. `None`: for a story.
    pub columns: Option<BTreeMap<Column, String>>,
    /// Conditions looked at so far.
    pub looked: usize,
}

/// A column of a table of examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Field(FieldId),
    Def(DefId),
}

impl<'l> Solver<'l> {
    pub fn env(&self) -> Env {
        Env { frames: vec![0], window: None, shift: 0, depth: 0 }
    }

    /// Makes a term hold, or not; whether that could be done.
    pub fn term(&mut self, id: DefId, want: bool, env: &Env) -> bool {
        if env.depth > DEEPEST {
            return false;
        }
        let env = Env { window: None, depth: env.depth + 1, ..env.clone() };
        let DefKind::Term(term) = &self.lexicon.def(id).kind else { return false };
        if !want {
            return term.alternatives.iter().all(|c| self.condition(&c.condition, false, &env));
        }
        let alternatives: Vec<&Expr> = term.alternatives.iter().map(|c| &c.condition).collect();
        self.first_of(&alternatives, true, &env)
    }

    /// Makes the first of these that can be made; what a vain try left behind is taken back.
    fn first_of(&mut self, parts: &[&Expr], want: bool, env: &Env) -> bool {
        for part in parts {
            let before = self.clone();
            if self.condition(part, want, env) {
                return true;
            }
            *self = Solver { looked: self.looked, ..before };
        }
        // Something near is better than nothing to start from.
        parts.first().is_some_and(|first| {
            self.condition(first, want, env);
            false
        })
    }

    pub fn condition(&mut self, expr: &Expr, want: bool, env: &Env) -> bool {
        self.looked += 1;
        if self.looked > LONGEST_SEARCH {
            return false;
        }
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                if matches!(expr.kind, ExprKind::And(_)) == want {
                    // All of them, also behind one that cannot be made.
                    let mut made = true;
                    for part in parts {
                        made &= self.condition(part, want, env);
                    }
                    return made;
                }
                self.first_of(&parts.iter().collect::<Vec<_>>(), want, env)
            }
            ExprKind::Not(inner) => self.condition(inner, !want, env),
            ExprKind::Windowed { value, window } => self.condition(value, want, &env.with(Some(window.kind))),
            ExprKind::Compare { op, left, right } => self.compare(*op, left, right, want, env),
            ExprKind::Matches { value, pattern } => match plain_pattern(pattern) {
                Some(text) => self.demand(value, CompareOp::Equal, &Value::Text(text.as_str().into()), want, env),
                None => false,
            },
            ExprKind::IsKnown { value, unknown } => *unknown == want || self.known(value, env),
            ExprKind::Aggregate(aggregate) => self.any(aggregate, want, env),
            ExprKind::Sequence(sequence) => {
                let wanted = (sequence.function == AggregateFn::No) != want;
                !wanted || self.sequence(sequence, env)
            }
            ExprKind::TimeTest(inner) => self.time_test(inner, want, env),
            ExprKind::Was { up, path, term, at } => self.was(*up, path, *term, *at, want, env),
            ExprKind::Became { up, path, term } => self.related_term(*up, path, *term, want, env),
            ExprKind::Get { up, path, target } => match target {
                Target::Def(def) => self.asked(*up, path, *def, want, env),
                Target::Field(_) => self.demand(expr, CompareOp::Equal, &Value::YesNo(want), true, env),
                Target::Record => self.thing(*up, path, env).is_some() == want,
            },
            ExprKind::Literal(Value::YesNo(yes)) => *yes == want,
            _ => false,
        }
    }

    fn asked(&mut self, up: u8, path: &[FieldId], def: DefId, want: bool, env: &Env) -> bool {
        if self.is_column(up, path, env) {
            return self.give(Column::Def(def), if want { "yes" } else { "no" }.into());
        }
        match &self.lexicon.def(def).kind {
            DefKind::Term(_) => self.related_term(up, path, def, want, env),
            DefKind::Value(expr) => match self.step_into(up, path, env) {
                Some(inner) => self.condition(expr, want, &inner),
                None => false,
            },
            _ => false,
        }
    }

    fn related_term(&mut self, up: u8, path: &[FieldId], term: DefId, want: bool, env: &Env) -> bool {
        if self.is_column(up, path, env) && self.columns.is_some() {
            return false;
        }
        match self.step_into(up, path, env) {
            Some(inner) => self.term(term, want, &inner),
            None => false,
        }
    }

    fn was(&mut self, up: u8, path: &[FieldId], term: DefId, at: Moment, want: bool, env: &Env) -> bool {
        let back = match at {
            Moment::Ago(by) => minutes(by),
            Moment::Date(days) => {
                let zone = &self.lexicon.settings.zone;
                (self.as_of - calendar::end_of_day(days, zone)) / (60 * 1_000_000) - env.shift
            }
            _ => 0,
        };
        let env = Env { shift: env.shift.saturating_add(back), ..env.clone() };
        if env.shift.abs() > LONGEST {
            return false;
        }
        self.related_term(up, path, term, want, &env)
    }

    /// The environment of a definition of a related record.
    pub(super) fn step_into(&mut self, up: u8, path: &[FieldId], env: &Env) -> Option<Env> {
        if env.depth > DEEPEST {
            return None;
        }
        let thing = self.thing(up, path, env)?;
        Some(Env { frames: vec![thing], depth: env.depth + 1, ..env.clone() })
    }

    /// The record that a path arrives at, made where there is none.
    pub(super) fn thing(&mut self, up: u8, path: &[FieldId], env: &Env) -> Option<usize> {
        let at = env.frames.len().checked_sub(1 + usize::from(up))?;
        let mut thing = *env.frames.get(at)?;
        if self.columns.is_some() && !path.is_empty() {
            return None;
        }
        for field in path {
            thing = self.world.follow(thing, *field)?;
        }
        Some(thing)
    }

    pub(super) fn is_column(&self, up: u8, path: &[FieldId], env: &Env) -> bool {
        self.columns.is_some() && path.is_empty() && env.frames.len() == 1 + usize::from(up)
    }

    fn give(&mut self, column: Column, value: String) -> bool {
        match &mut self.columns {
            Some(columns) => *columns.entry(column).or_insert_with(|| value.clone()) == value,
            None => false,
        }
    }

    fn compare(&mut self, op: CompareOp, left: &Expr, right: &Expr, want: bool, env: &Env) -> bool {
        if let Some(value) = self.constant(right) {
            return self.demand(left, op, &value, want, env);
        }
        let turned = match op {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::LessEqual => CompareOp::GreaterEqual,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::GreaterEqual => CompareOp::LessEqual,
            CompareOp::Equal | CompareOp::NotEqual => op,
            _ => return false,
        };
        match self.constant(left) {
            Some(value) => self.demand(right, turned, &value, want, env),
            None => false,
        }
    }

    /// The value of an expression that asks no record, or a choice of such.
    fn constant(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Literal(value) => Some(value.clone()),
            ExprKind::List(items) => {
                items.iter().map(|i| self.constant(i)).collect::<Option<Vec<_>>>().map(Value::List)
            }
            ExprKind::ToMoney(inner) => match self.constant(inner)? {
                Value::Number(n) => Some(Value::Money((n * 10_000.0).round() as i64)),
                other => Some(other),
            },
            ExprKind::Negate(inner) => match self.constant(inner)? {
                Value::Number(n) => Some(Value::Number(-n)),
                Value::Money(n) => Some(Value::Money(-n)),
                _ => None,
            },
            ExprKind::Now => Some(Value::Time(self.as_of)),
            ExprKind::Today => Some(Value::Date(calendar::local_day(self.as_of, &self.lexicon.settings.zone))),
            ExprKind::Shift { time, by } => match self.constant(time)? {
                Value::Date(days) => Some(Value::Date(calendar::step_days(days, *by, false))),
                Value::Time(at) => Some(Value::Time(calendar::step(at, *by, false, &self.lexicon.settings.zone))),
                _ => None,
            },
            ExprKind::Get { target: Target::Def(def), .. } => match &self.lexicon.def(*def).kind {
                // A threshold that differs from record to record: that of all the others.
                DefKind::Choice(choice) => {
                    let last = choice.lines.iter().find(|l| l.condition.is_none())?;
                    self.constant(&last.result)
                }
                DefKind::Value(inner) if matches!(inner.kind, ExprKind::Literal(_) | ExprKind::List(_)) => {
                    self.constant(inner)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Makes `expr op value` hold, or not.
    pub(super) fn demand(&mut self, expr: &Expr, op: CompareOp, value: &Value, want: bool, env: &Env) -> bool {
        let op = if want { op } else { negated(op) };
        match &expr.kind {
            ExprKind::Get { up, path, target } => match target {
                Target::Field(field) => {
                    let Some(text) = fitting(self.lexicon, &expr.ty, op, value) else { return false };
                    if self.is_column(*up, path, env) {
                        return self.give(Column::Field(*field), text);
                    }
                    if let (Ty::Record(_), Some(_)) = (&expr.ty, self.columns.as_ref()) {
                        return false;
                    }
                    match self.thing(*up, path, env) {
                        Some(thing) if !matches!(expr.ty, Ty::Record(_)) => self.set(thing, *field, text, env),
                        _ => false,
                    }
                }
                Target::Def(def) => self.demand_def(*up, path, *def, op, value, env),
                Target::Record => false,
            },
            ExprKind::Aggregate(aggregate) => self.demand_aggregate(aggregate, op, value, env),
            ExprKind::Windowed { value: inner, window } => {
                self.demand(inner, op, value, true, &env.with(Some(window.kind)))
            }
            ExprKind::ToMoney(inner) => match value {
                Value::Money(n) => self.demand(inner, op, &Value::Number(*n as f64 / 10_000.0), true, env),
                _ => false,
            },
            ExprKind::Arithmetic { op: ArithmeticOp::Subtract, left, right } => {
                let (ExprKind::Now | ExprKind::Today, Value::Duration(length)) = (&left.kind, value) else {
                    return false;
                };
                // `now - last(visit.at) > 45d`: the visit was 46 days ago.
                let Value::Duration(length) = near(op, &Value::Duration(*length)) else { return false };
                self.at_age(right, length / (60 * 1_000_000) + env.shift, env)
            }
            ExprKind::Call { function: Function::Days | Function::Hours, args } => {
                let unit = match &expr.kind {
                    ExprKind::Call { function: Function::Days, .. } => DAY,
                    _ => HOUR,
                };
                let (Some(inner), Value::Number(n)) = (args.first(), value) else { return false };
                let length = (n * unit as f64) as i64 * 60 * 1_000_000;
                self.demand(inner, op, &Value::Duration(length), true, env)
            }
            ExprKind::Call { function: Function::Round | Function::Lower, args } => match args.first() {
                Some(inner) => self.demand(inner, op, value, true, env),
                None => false,
            },
            _ => false,
        }
    }

    fn set(&mut self, thing: usize, field: FieldId, text: String, env: &Env) -> bool {
        let at = self.world.things.get(thing).map(|t| t.table);
        let time = at.and_then(|t| self.lexicon.table(t).time());
        // The time of an event is said by its age.
        if time == Some(field) {
            return env.frames.len() > 1;
        }
        self.world.set(thing, field, text)
    }

    fn demand_def(&mut self, up: u8, path: &[FieldId], id: DefId, op: CompareOp, value: &Value, env: &Env) -> bool {
        let def = self.lexicon.def(id);
        if self.is_column(up, path, env) {
            let Some(text) = fitting(self.lexicon, &def.ty, op, value) else { return false };
            return self.give(Column::Def(id), text);
        }
        let Some(inner) = self.step_into(up, path, env) else { return false };
        let whole = inner.with(None);
        match &def.kind {
            DefKind::Value(expr) => self.demand(expr, op, value, true, &inner),
            DefKind::Choice(choice) => {
                let wanted = choice
                    .lines
                    .iter()
                    .find(|l| self.constant(&l.result).is_some_and(|result| holds(op, &result, value)));
                match wanted.map(|l| &l.condition) {
                    Some(Some(condition)) => self.condition(condition, true, &whole),
                    Some(None) => true,
                    None => false,
                }
            }
            DefKind::Funnel(steps) => {
                let Value::Text(text) = value else { return false };
                let key = lead_syntax::ast::fold_name(text);
                match steps.iter().find(|s| self.lexicon.def(**s).name.key == key) {
                    Some(step) => self.term(*step, true, &whole),
                    None => false,
                }
            }
            DefKind::Score(score) => {
                let (Value::Number(wanted), CompareOp::Greater | CompareOp::GreaterEqual) = (value, op) else {
                    return matches!(op, CompareOp::Less | CompareOp::LessEqual);
                };
                let mut total = 0.0;
                for line in score.lines.iter().filter(|l| !l.negative) {
                    if total > *wanted {
                        break;
                    }
                    let Some(Value::Number(points)) = self.constant(&line.points) else { continue };
                    let made = match &line.kind {
                        ScoreLineKind::When(condition) => usize::from(self.condition(condition, true, &whole)),
                        ScoreLineKind::Per(records) => {
                            let missing = ((wanted - total) / points.max(0.1)).floor().clamp(0.0, 9.0) as usize + 1;
                            (0..missing).filter(|_| self.record(records, &whole, 0).is_some()).count()
                        }
                        ScoreLineKind::Always => 1,
                    };
                    total += points * made as f64;
                }
                total > *wanted
            }
            _ => false,
        }
    }

    /// Makes a value known.
    fn known(&mut self, expr: &Expr, env: &Env) -> bool {
        let sample = sample(&expr.ty, self.as_of, self.lexicon);
        match (&expr.kind, sample) {
            (ExprKind::Get { target: Target::Record, up, path }, _) => self.thing(*up, path, env).is_some(),
            (ExprKind::Get { up, path, target: Target::Field(field) }, _) if matches!(expr.ty, Ty::Record(_)) => {
                match self.thing(*up, path, env) {
                    Some(thing) if self.columns.is_none() => self.world.follow(thing, *field).is_some(),
                    _ => false,
                }
            }
            (_, Some(value)) => self.demand(expr, CompareOp::Equal, &value, true, env),
            _ => false,
        }
    }

    /// `any(…)`, `no(…)`, `every(…)`
    fn any(&mut self, aggregate: &Aggregate, want: bool, env: &Env) -> bool {
        if self.columns.is_some() {
            return false;
        }
        match (aggregate.function, want) {
            (AggregateFn::Any, true) | (AggregateFn::No, false) => self.record(&aggregate.records, env, 0).is_some(),
            (AggregateFn::Any, false) | (AggregateFn::No, true) => true,
            (AggregateFn::Every, want) => {
                let Some(thing) = self.bare_record(&aggregate.records, env, 0) else { return false };
                let window = self.passed(&aggregate.records, env);
                let inner = env.inside(thing, window);
                aggregate.argument.as_ref().is_none_or(|a| self.condition(a, want, &inner))
            }
            _ => self.record(&aggregate.records, env, 0).is_some_and(|thing| {
                let inner = env.inside(thing, None);
                aggregate.argument.as_ref().is_some_and(|a| self.condition(a, want, &inner))
            }),
        }
    }

    fn demand_aggregate(&mut self, aggregate: &Aggregate, op: CompareOp, value: &Value, env: &Env) -> bool {
        if self.columns.is_some() {
            return false;
        }
        let window = self.passed(&aggregate.records, env);
        if aggregate.function != AggregateFn::Count {
            let Some(argument) = &aggregate.argument else { return false };
            let none = matches!(aggregate.function, AggregateFn::Sum) && holds(op, &Value::Number(0.0), &plain(value));
            if none {
                return true;
            }
            let Some(thing) = self.record(&aggregate.records, env, 0) else { return false };
            return self.demand(argument, op, value, true, &env.inside(thing, window));
        }
        let Value::Number(wanted) = value else { return false };
        let Some(count) = (0..=MOST).find(|n| holds(op, &Value::Number(*n as f64), &Value::Number(*wanted))) else {
            return false;
        };
        let apart = match aggregate.argument.as_ref().filter(|_| aggregate.distinct).map(|a| &a.kind) {
            Some(ExprKind::Call { function, .. }) => match function {
                Function::Day => DAY,
                Function::Week => 7 * DAY,
                Function::Month => 31 * DAY,
                Function::Quarter | Function::FiscalQuarter => 92 * DAY,
                Function::Year | Function::FiscalYear => 366 * DAY,
                _ => 0,
            },
            _ => 0,
        };
        for n in 0..count {
            let Some(thing) = self.record(&aggregate.records, env, apart * n as i64) else { return false };
            if let Some(argument) = aggregate.argument.as_ref().filter(|_| aggregate.distinct && apart == 0)
                && !self.differing(argument, n, &env.inside(thing, window))
            {
                return false;
            }
        }
        true
    }

    /// Gives the n-th of several records a value of its own.
    fn differing(&mut self, argument: &Expr, n: usize, env: &Env) -> bool {
        let value = match &argument.ty {
            Ty::OneOf(values) => match values.get(n) {
                Some(value) => Value::Text(value.as_str().into()),
                None => return false,
            },
            Ty::Text => Value::Text(format!("example {}", n + 1).as_str().into()),
            Ty::Number => Value::Number(n as f64 + 1.0),
            Ty::Record(_) => return self.known(argument, env),
            _ => return false,
        };
        self.demand(argument, CompareOp::Equal, &value, true, env)
    }

    /// The window that passes on into the condition of records (D27).
    fn passed(&self, records: &Records, env: &Env) -> Option<WindowKind> {
        env.window.filter(|_| !self.lexicon.table(records.table).is_event())
    }

    /// Adds a record that counts, `back` minutes before where it would stand.
    pub(super) fn record(&mut self, records: &Records, env: &Env, back: i64) -> Option<usize> {
        let thing = self.bare_record(records, env, back)?;
        let inner = env.inside(thing, self.passed(records, env));
        if let Some(term) = records.member_of {
            let own = Env { frames: vec![thing], ..inner.clone() };
            if !self.term(term, true, &own) {
                return None;
            }
        }
        if let Some(filter) = &records.filter
            && !self.condition(filter, true, &inner)
        {
            return None;
        }
        Some(thing)
    }

    fn bare_record(&mut self, records: &Records, env: &Env, back: i64) -> Option<usize> {
        let from = self.thing(records.up, &records.path, env)?;
        let event = self.lexicon.table(records.table).is_event();
        let window = records.window.as_ref().map(|w| w.kind).or(env.window);
        let age = if event { Some(self.age(window, env.shift)? + back) } else { None };
        if self.world.things.len() > MOST * 3 {
            return None;
        }
        self.world.relate(from, &records.relation, age)
    }
}
