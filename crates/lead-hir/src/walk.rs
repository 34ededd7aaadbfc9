//! Walking typed expressions.

use crate::hir::{DefKind, Expr, ExprKind, Records, ScoreLineKind, TableId};

/// The kind of record that names are asked of, and the one outside of it.
#[derive(Clone, Copy, Debug)]
pub struct Env {
    /// Of the record at hand.
    pub inner: Option<TableId>,
    /// Of the record whose records are looked through.
    pub outer: Option<TableId>,
}

impl Env {
    /// The kind of record so many steps outside: `up` of a [`ExprKind::Get`].
    pub fn at(self, up: u8) -> Option<TableId> {
        if up == 0 { self.inner } else { self.outer }
    }

    /// As it is within an aggregate over `table`.
    pub fn inside(self, table: TableId) -> Env {
        Env { inner: Some(table), outer: self.inner }
    }
}

/// Whether an expression reads no record, and so is the same for all (D46).
pub fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today => true,
        ExprKind::List(parts) | ExprKind::Call { args: parts, .. } => parts.iter().all(is_constant),
        ExprKind::Negate(inner) | ExprKind::ToMoney(inner) | ExprKind::Shift { time: inner, .. } => is_constant(inner),
        ExprKind::Arithmetic { left, right, .. } => is_constant(left) && is_constant(right),
        _ => false,
    }
}

/// Calls `visit` with each direct part of an expression, the insides of aggregates among them.
pub fn parts<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Literal(_)
        | ExprKind::Now
        | ExprKind::Today
        | ExprKind::Get { .. }
        | ExprKind::Was { .. }
        | ExprKind::Became { .. }
        | ExprKind::Error => {}
        ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => items.iter().for_each(visit),
        ExprKind::Call { args, .. } => args.iter().for_each(visit),
        ExprKind::Aggregate(aggregate) => {
            records_parts(&aggregate.records, visit);
            aggregate.argument.iter().for_each(&mut *visit);
            aggregate.by.iter().for_each(visit);
        }
        ExprKind::Sequence(sequence) => sequence.steps.iter().filter_map(|s| s.filter.as_ref()).for_each(visit),
        ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::ToMoney(inner) | ExprKind::TimeTest(inner) => {
            visit(inner)
        }
        ExprKind::Shift { time, .. } => visit(time),
        ExprKind::Matches { value, .. } | ExprKind::IsKnown { value, .. } | ExprKind::Windowed { value, .. } => {
            visit(value)
        }
        ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
            visit(left);
            visit(right);
        }
    }
}

/// Calls `visit` with the condition of records, if they have one.
pub fn records_parts<'e>(records: &'e Records, visit: &mut dyn FnMut(&'e Expr)) {
    records.filter.iter().for_each(visit);
}

/// Calls `visit` with an expression and everything in it, outer before inner.
pub fn all<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    visit(expr);
    parts(expr, &mut |part| all(part, visit));
}

/// Calls `visit` with every whole expression of a definition: conditions, results, points, bounds.
pub fn of_def<'e>(kind: &'e DefKind, visit: &mut dyn FnMut(&'e Expr)) {
    match kind {
        DefKind::Value(expr) => visit(expr),
        DefKind::Term(term) => {
            term.alternatives.iter().chain(&term.exceptions).for_each(|c| visit(&c.condition));
        }
        DefKind::Choice(choice) => {
            for line in &choice.lines {
                visit(&line.result);
                line.condition.iter().for_each(&mut *visit);
            }
        }
        DefKind::Score(score) => {
            score.at_most.iter().chain(&score.at_least).for_each(&mut *visit);
            for line in &score.lines {
                visit(&line.points);
                match &line.kind {
                    ScoreLineKind::When(condition) => visit(condition),
                    ScoreLineKind::Per(records) => records_parts(records, visit),
                    ScoreLineKind::Always => {}
                }
                line.at_most.iter().chain(&line.at_least).for_each(&mut *visit);
            }
        }
        DefKind::Metric(metric) => visit(&metric.expr),
        DefKind::Period(_) | DefKind::Funnel(_) | DefKind::Error => {}
    }
}

/// Calls `visit` with each direct part of an expression, in the order of [`parts`].
pub fn parts_mut<'e>(expr: &'e mut Expr, visit: &mut dyn FnMut(&'e mut Expr)) {
    match &mut expr.kind {
        ExprKind::Literal(_)
        | ExprKind::Now
        | ExprKind::Today
        | ExprKind::Get { .. }
        | ExprKind::Was { .. }
        | ExprKind::Became { .. }
        | ExprKind::Error => {}
        ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => items.iter_mut().for_each(visit),
        ExprKind::Call { args, .. } => args.iter_mut().for_each(visit),
        ExprKind::Aggregate(aggregate) => {
            aggregate.records.filter.iter_mut().for_each(&mut *visit);
            aggregate.argument.iter_mut().for_each(&mut *visit);
            aggregate.by.iter_mut().for_each(visit);
        }
        ExprKind::Sequence(sequence) => sequence.steps.iter_mut().filter_map(|s| s.filter.as_mut()).for_each(visit),
        ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::ToMoney(inner) | ExprKind::TimeTest(inner) => {
            visit(inner)
        }
        ExprKind::Shift { time, .. } => visit(time),
        ExprKind::Matches { value, .. } | ExprKind::IsKnown { value, .. } | ExprKind::Windowed { value, .. } => {
            visit(value)
        }
        ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
            visit(left);
            visit(right);
        }
    }
}

/// Calls `visit` with every whole expression of a definition, in the order of [`of_def`].
pub fn of_def_mut<'e>(kind: &'e mut DefKind, visit: &mut dyn FnMut(&'e mut Expr)) {
    match kind {
        DefKind::Value(expr) => visit(expr),
        DefKind::Term(term) => {
            term.alternatives.iter_mut().chain(&mut term.exceptions).for_each(|c| visit(&mut c.condition));
        }
        DefKind::Choice(choice) => {
            for line in &mut choice.lines {
                visit(&mut line.result);
                line.condition.iter_mut().for_each(&mut *visit);
            }
        }
        DefKind::Score(score) => {
            score.at_most.iter_mut().chain(&mut score.at_least).for_each(&mut *visit);
            for line in &mut score.lines {
                visit(&mut line.points);
                match &mut line.kind {
                    ScoreLineKind::When(condition) => visit(condition),
                    ScoreLineKind::Per(records) => records.filter.iter_mut().for_each(&mut *visit),
                    ScoreLineKind::Always => {}
                }
                line.at_most.iter_mut().chain(&mut line.at_least).for_each(&mut *visit);
            }
        }
        DefKind::Metric(metric) => visit(&mut metric.expr),
        DefKind::Period(_) | DefKind::Funnel(_) | DefKind::Error => {}
    }
}
