//! Expressions, windows and points in time as compact text. Recursion is bounded by *bounded tree*.

use std::fmt::Write;

use super::{literal, name};
use crate::ast::{
    AggregateBody, ArithmeticOp, Expr, ExprKind, Moment, MomentKind, Path, Period, PeriodUnit, Records, Which, Window,
    WindowKind,
};

/// An expression.
pub(crate) fn expr(out: &mut String, e: &Expr) {
    match &e.kind {
        ExprKind::Literal(kind) => literal(out, kind),
        ExprKind::Now => out.push_str("now"),
        ExprKind::Today => out.push_str("today"),
        ExprKind::Period(found) => {
            out.push_str("(period ");
            window(out, found);
            out.push(')');
        }
        ExprKind::List(items) => many(out, "list", items),
        ExprKind::Path(found) => path(out, found),
        ExprKind::Call { function, args } => {
            out.push_str("(call ");
            name(out, function);
            for arg in args {
                out.push(' ');
                expr(out, arg);
            }
            out.push(')');
        }
        ExprKind::Aggregate(aggregate) => {
            let _ = write!(out, "({}", aggregate.function.word());
            if aggregate.distinct {
                out.push_str(" distinct");
            }
            out.push(' ');
            match &aggregate.body {
                AggregateBody::Records(found) => records(out, found),
                AggregateBody::Sequence { steps, window: found } => {
                    for (i, step) in steps.iter().enumerate() {
                        if i > 0 {
                            out.push_str(" then ");
                        }
                        if let Some(within) = &step.within {
                            out.push_str("within ");
                            literal(out, &within.kind);
                            out.push(' ');
                        }
                        path(out, &step.event);
                        if let Some(filter) = &step.filter {
                            out.push_str(" where ");
                            expr(out, filter);
                        }
                    }
                    if let Some(found) = found {
                        out.push_str(" all ");
                        window(out, found);
                    }
                }
            }
            out.push(')');
        }
        ExprKind::Paren(inner) => {
            out.push_str("(paren ");
            expr(out, inner);
            out.push(')');
        }
        ExprKind::Not(inner) => {
            out.push_str("(not ");
            expr(out, inner);
            out.push(')');
        }
        ExprKind::Negate(inner) => {
            out.push_str("(- ");
            expr(out, inner);
            out.push(')');
        }
        ExprKind::Arithmetic { op, left, right, .. } => pair(out, arithmetic_sign(*op), left, right),
        ExprKind::Compare { op, left, right, .. } => pair(out, op.text(), left, right),
        ExprKind::Between { value, low, high } => {
            out.push_str("(between ");
            expr(out, value);
            out.push(' ');
            pair_end(out, low, high);
        }
        ExprKind::IsKnown { value, unknown } => {
            out.push_str(if *unknown { "(is-unknown " } else { "(is-known " });
            expr(out, value);
            out.push(')');
        }
        ExprKind::IsTerm { record, negated, term } => {
            out.push_str(if *negated { "(is-not " } else { "(is " });
            expr(out, record);
            out.push(' ');
            name(out, term);
            out.push(')');
        }
        ExprKind::And(items) => many(out, "and", items),
        ExprKind::Or(items) => many(out, "or", items),
        ExprKind::Windowed { value, window: found } => {
            out.push('(');
            window(out, found);
            out.push(' ');
            expr(out, value);
            out.push(')');
        }
        ExprKind::Was { term, at } => {
            out.push_str("(was ");
            path(out, term);
            out.push(' ');
            moment(out, at);
            out.push(')');
        }
        ExprKind::Became { term } => {
            out.push_str("(became ");
            path(out, term);
            out.push(')');
        }
        ExprKind::Error => out.push_str("ERROR"),
    }
}

fn many(out: &mut String, word: &str, items: &[Expr]) {
    let _ = write!(out, "({word}");
    for item in items {
        out.push(' ');
        expr(out, item);
    }
    out.push(')');
}

fn pair(out: &mut String, word: &str, left: &Expr, right: &Expr) {
    let _ = write!(out, "({word} ");
    pair_end(out, left, right);
}

fn pair_end(out: &mut String, left: &Expr, right: &Expr) {
    expr(out, left);
    out.push(' ');
    expr(out, right);
    out.push(')');
}

fn path(out: &mut String, path: &Path) {
    for (i, part) in path.names.iter().enumerate() {
        if i > 0 {
            out.push('.');
        }
        name(out, part);
    }
}

/// The records of an aggregate or of a line of a score.
pub(crate) fn records(out: &mut String, records: &Records) {
    expr(out, &records.target);
    if let Some(found) = &records.window {
        out.push(' ');
        window(out, found);
    }
    if let Some(via) = &records.via {
        out.push_str(" via ");
        name(out, via);
    }
    if let Some(filter) = &records.filter {
        out.push_str(" where ");
        expr(out, filter);
    }
}

fn window(out: &mut String, window: &Window) {
    match &window.kind {
        WindowKind::Within(length) => {
            out.push_str("within ");
            literal(out, &length.kind);
        }
        WindowKind::WithinNext(length) => {
            out.push_str("within next ");
            literal(out, &length.kind);
        }
        WindowKind::Period(found) => {
            out.push_str("within ");
            period(out, *found);
        }
        WindowKind::Named(found) => {
            out.push_str("within ");
            name(out, found);
        }
        WindowKind::Since(at) => {
            out.push_str("since ");
            moment(out, at);
        }
        WindowKind::Before(at) => {
            out.push_str("before ");
            moment(out, at);
        }
        WindowKind::Between(from, to) => {
            out.push_str("between ");
            moment(out, from);
            out.push_str(" and ");
            moment(out, to);
        }
        WindowKind::BetweenAgo(from, to) => {
            out.push_str("between ");
            literal(out, &from.kind);
            out.push_str(" and ");
            literal(out, &to.kind);
            out.push_str(" ago");
        }
        WindowKind::MoreThanAgo(length) => {
            out.push_str("more than ");
            literal(out, &length.kind);
            out.push_str(" ago");
        }
    }
}

/// `last 2 fiscal quarters`
pub(crate) fn period(out: &mut String, period: Period) {
    let (word, count) = match period.which {
        Which::This => ("this", 1),
        Which::Last(n) => ("last", n),
        Which::Next(n) => ("next", n),
    };
    out.push_str(word);
    if count != 1 {
        let _ = write!(out, " {count}");
    }
    if period.fiscal {
        out.push_str(" fiscal");
    }
    out.push_str(match period.unit {
        PeriodUnit::Day => " day",
        PeriodUnit::Week => " week",
        PeriodUnit::Month => " month",
        PeriodUnit::Quarter => " quarter",
        PeriodUnit::Year => " year",
    });
    if count != 1 {
        out.push('s');
    }
}

/// `90d ago`, `2026-01-01`
pub(crate) fn moment(out: &mut String, moment: &Moment) {
    match &moment.kind {
        MomentKind::Ago(length) => {
            literal(out, &length.kind);
            out.push_str(" ago");
        }
        MomentKind::Ahead(length) => {
            out.push_str("in ");
            literal(out, &length.kind);
        }
        MomentKind::At(at) => literal(out, &at.kind),
        MomentKind::Today => out.push_str("today"),
        MomentKind::Now => out.push_str("now"),
        MomentKind::Named(found) => name(out, found),
    }
}

/// `+` and its kin.
pub(crate) fn arithmetic_sign(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
    }
}
