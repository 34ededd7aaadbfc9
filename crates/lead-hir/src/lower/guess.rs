//! The type of a definition as far as its form tells.

use lead_syntax::ast::{AggregateFn, Expr, ExprKind, LiteralKind, StatementKind};

use crate::hir::Ty;

/// [`Ty::Error`] where the form does not tell.
pub(super) fn of_statement(kind: &StatementKind) -> Ty {
    match kind {
        StatementKind::Term(_) => Ty::YesNo,
        StatementKind::Score(_) | StatementKind::Metric(_) => Ty::Number,
        StatementKind::Funnel(_) => Ty::Text,
        StatementKind::Choice(choice) => choice.lines.first().map_or(Ty::Error, |l| of_expr(&l.result)),
        StatementKind::Value(value) => of_expr(&value.expr),
        _ => Ty::Error,
    }
}

fn of_expr(expr: &Expr) -> Ty {
    match &expr.kind {
        ExprKind::Literal(literal) => match literal {
            LiteralKind::Number(_) => Ty::Number,
            LiteralKind::Percent(_) => Ty::Percent,
            LiteralKind::Text(_) => Ty::Text,
            LiteralKind::YesNo(_) => Ty::YesNo,
            LiteralKind::Duration(..) => Ty::Duration,
            LiteralKind::Date(..) => Ty::Date,
            LiteralKind::Time(..) => Ty::Time,
        },
        ExprKind::Now => Ty::Time,
        ExprKind::Today => Ty::Date,
        ExprKind::Period(_) => Ty::Period,
        ExprKind::List(_) => Ty::List(Box::new(Ty::Error)),
        ExprKind::Paren(inner) => of_expr(inner),
        ExprKind::Windowed { value, .. } => of_expr(value),
        ExprKind::Aggregate(aggregate) => match aggregate.function {
            AggregateFn::Any | AggregateFn::No | AggregateFn::Every => Ty::YesNo,
            AggregateFn::Count => Ty::Number,
            _ => Ty::Error,
        },
        ExprKind::Compare { .. }
        | ExprKind::Between { .. }
        | ExprKind::IsKnown { .. }
        | ExprKind::IsTerm { .. }
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Not(_)
        | ExprKind::Was { .. }
        | ExprKind::Became { .. } => Ty::YesNo,
        _ => Ty::Error,
    }
}
