//! When the events of a made-up example happen: inside the windows that count them, one after the other.

use lead_hir::hir::{CompareOp, DefKind, Expr, ExprKind, Sequence, Target, Value, WindowKind};
use lead_plan::calendar;

use super::solve::{Env, LONGEST, Solver};
use super::values::minutes;
use super::world::DAY;

impl Solver<'_> {
    /// An age that lies in a window.
    pub(super) fn age(&self, window: Option<WindowKind>, shift: i64) -> Option<i64> {
        const MINUTE: i64 = 60 * 1_000_000;
        let Some(window) = window else { return Some(DAY + shift) };
        let as_of = self.as_of - shift * MINUTE;
        let range = calendar::window_range(window, as_of, &self.lexicon.settings);
        let day = DAY * MINUTE;
        let ahead = range.start > as_of;
        let end = if ahead { range.end } else { range.end.min(as_of + 1) };
        if range.start >= end {
            return None;
        }
        let length = end.saturating_sub(range.start);
        let at = if ahead {
            range.start + day.min(length / 2)
        } else {
            // A day before the end, so that what was made is easy to move about.
            end - 1 - if length > 2 * day { day } else { (length / 2) / (60 * MINUTE) * 60 * MINUTE }
        };
        let age = self.as_of.saturating_sub(at).div_euclid(MINUTE);
        if age.abs() > LONGEST {
            return None;
        }
        let rounded = (age + DAY / 2).div_euclid(DAY) * DAY;
        let inside = |age: i64| {
            let t = self.as_of - age * MINUTE;
            range.start < t && t < end
        };
        Some(if rounded != 0 && inside(rounded) { rounded } else { age })
    }

    pub(super) fn sequence(&mut self, sequence: &Sequence, env: &Env) -> bool {
        if self.columns.is_some() {
            return false;
        }
        let Some(from) = self.thing(sequence.up, &sequence.path, env) else { return false };
        let window = sequence.window.as_ref().map(|w| w.kind).or(env.window);
        let Some(mut age) = self.age(window, env.shift) else { return false };
        // The last event first, then back in time.
        let mut made = true;
        let mut at = Vec::new();
        for step in sequence.steps.iter().rev() {
            at.push(age);
            age += step.within.map_or(DAY, |w| (minutes(w) / 2).clamp(1, DAY));
        }
        for (step, age) in sequence.steps.iter().zip(at.into_iter().rev()) {
            let Some(thing) = self.world.relate(from, &step.relation, Some(age)) else { return false };
            if let Some(filter) = &step.filter {
                made &= self.condition(filter, true, &env.inside(thing, None));
            }
        }
        made
    }

    /// A time that is tested by the window in force.
    pub(super) fn time_test(&mut self, expr: &Expr, want: bool, env: &Env) -> bool {
        if !want {
            return true;
        }
        match self.age(env.window, env.shift) {
            Some(age) => self.at_age(expr, age, env),
            None => false,
        }
    }

    /// Makes a time lie so many minutes before the as-of time.
    pub(super) fn at_age(&mut self, expr: &Expr, age: i64, env: &Env) -> bool {
        if age.abs() > LONGEST {
            return false;
        }
        let at = self.as_of - age * 60 * 1_000_000;
        let day = Value::Date(calendar::local_day(at, &self.lexicon.settings.zone));
        match &expr.kind {
            ExprKind::Get { target: Target::Def(def), up, path } => match &self.lexicon.def(*def).kind {
                DefKind::Value(inner) if !self.is_column(*up, path, env) => match self.step_into(*up, path, env) {
                    Some(within) => self.at_age(inner, age, &within),
                    None => false,
                },
                _ => self.demand(expr, CompareOp::Equal, &day, true, env),
            },
            ExprKind::Get { .. } => self.demand(expr, CompareOp::Equal, &day, true, env),
            ExprKind::Aggregate(aggregate) if self.columns.is_none() => {
                let Some(thing) = self.record(&aggregate.records, &env.with(None), 0) else { return false };
                let Some(argument) = &aggregate.argument else { return false };
                let own_time = match (&argument.kind, self.lexicon.table(aggregate.records.table).time()) {
                    (ExprKind::Get { target: Target::Field(field), path, .. }, Some(time)) => {
                        path.is_empty() && *field == time
                    }
                    _ => false,
                };
                match self.world.things.get_mut(thing).filter(|_| own_time) {
                    Some(event) => {
                        event.age = Some(age);
                        true
                    }
                    None => self.demand(argument, CompareOp::Equal, &day, true, &env.inside(thing, None)),
                }
            }
            _ => false,
        }
    }
}
