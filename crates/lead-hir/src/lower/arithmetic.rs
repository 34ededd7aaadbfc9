//! `+ - * /` over numbers, percentages, money, times and lengths of time (D19 to D22).

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, LiteralKind};

use super::body::{Body, error, make};
use super::literal;
use crate::hir::{ArithmeticOp, Expr, ExprKind, Step, Ty, Value};

impl Body<'_, '_> {
    pub fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        op_span: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Expr {
        let l = self.expr(left);
        let r = self.expr(right);
        if l.ty == Ty::Error || r.ty == Ty::Error {
            return error(span);
        }
        if let Some(shifted) = self.shift(op, (&l, left), (&r, right), span) {
            return shifted;
        }
        let (l, r) = match (&l.ty, &r.ty, op) {
            (Ty::Money, Ty::Number, ArithmeticOp::Add | ArithmeticOp::Subtract) => {
                let r = self.in_money(r, Some(right));
                (l, r)
            }
            (Ty::Number, Ty::Money, ArithmeticOp::Add | ArithmeticOp::Subtract) => (self.in_money(l, Some(left)), r),
            _ => (l, r),
        };
        if l.ty == Ty::Error || r.ty == Ty::Error {
            return error(span);
        }
        let Some(ty) = result(op, &l.ty, &r.ty) else {
            self.bad_arithmetic(op, op_span, &l, &r);
            return error(span);
        };
        make(ExprKind::Arithmetic { op, left: Box::new(l), right: Box::new(r) }, ty, span)
    }

    /// `time + 30d`: a step of the calendar, if the length is written out.
    fn shift(&mut self, op: ArithmeticOp, l: (&Expr, &ast::Expr), r: (&Expr, &ast::Expr), span: Span) -> Option<Expr> {
        let moves = |ty: &Ty| matches!(ty, Ty::Time | Ty::Date);
        let (time, length) = match op {
            ArithmeticOp::Add if moves(&r.0.ty) && l.0.ty == Ty::Duration => (r, l),
            ArithmeticOp::Add | ArithmeticOp::Subtract if moves(&l.0.ty) && r.0.ty == Ty::Duration => (l, r),
            _ => return None,
        };
        let mut by = written_step(self, length.1)?;
        if op == ArithmeticOp::Subtract {
            by = Step { months: -by.months, days: -by.days, micros: -by.micros };
        }
        // A date moves by whole days; by hours it becomes a time.
        if time.0.ty == Ty::Date && by.micros != 0 {
            return None;
        }
        let ty = time.0.ty.clone();
        Some(make(ExprKind::Shift { time: Box::new(time.0.clone()), by }, ty, span))
    }

    fn bad_arithmetic(&mut self, op: ArithmeticOp, op_span: Span, l: &Expr, r: &Expr) {
        let (left, right) = (self.cx.describe(&l.ty), self.cx.describe(&r.ty));
        let (verb, sign) = match op {
            ArithmeticOp::Add => ("be added to", "+"),
            ArithmeticOp::Subtract => ("be taken from", "-"),
            ArithmeticOp::Multiply => ("be multiplied with", "*"),
            ArithmeticOp::Divide => ("be divided by", "/"),
        };
        let message = match op {
            ArithmeticOp::Add | ArithmeticOp::Subtract => format!("{right} cannot {verb} {left}"),
            _ => format!("{left} cannot {verb} {right}"),
        };
        let plus = matches!(op, ArithmeticOp::Add | ArithmeticOp::Subtract);
        let text = |ty: &Ty| matches!(ty, Ty::Text | Ty::OneOf(_) | Ty::Key);
        let help = match (&l.ty, &r.ty) {
            (Ty::Money, Ty::Percent) if plus => {
                let factor = if op == ArithmeticOp::Add { "(1 + 20%)" } else { "(1 - 20%)" };
                format!(
                    "a share of an amount is a product, such as `amount * 20%`; 20% {} is `amount * {factor}`",
                    if op == ArithmeticOp::Add { "more" } else { "less" }
                )
            }
            (Ty::Money, Ty::Money) => {
                "an amount is multiplied with a number; the share of two amounts is `a / b`".into()
            }
            (Ty::YesNo, _) | (_, Ty::YesNo) => "a yes or no is not counted; `count(… where …)` counts records".into(),
            (a, b) if text(a) || text(b) => {
                "texts are compared, never calculated with; `length(…)` gives the number of signs".into()
            }
            (Ty::Record(_), _) | (_, Ty::Record(_)) => {
                "name a number of the record, such as `company.employees`".into()
            }
            (Ty::Time | Ty::Date, Ty::Number) if plus => "a time moves by a length of time, such as `30d`".into(),
            (Ty::Time | Ty::Date, Ty::Time | Ty::Date) => "the time between two times is `later - earlier`".into(),
            (Ty::Duration, Ty::Number) | (Ty::Number, Ty::Duration) => {
                "a length of time has a unit, such as `30d`".into()
            }
            _ => format!("`{sign}` takes numbers, percentages, amounts of money and lengths of time"),
        };
        let found = Diagnostic::new(codes::BAD_ARITHMETIC, message)
            .label(op_span, "these do not go together")
            .label(l.span, format!("this is {left}"))
            .label(r.span, format!("this is {right}"))
            .help(help);
        self.report(found);
    }

    /// A number as money (D19); money and errors as they are.
    pub fn in_money(&mut self, expr: Expr, from: Option<&ast::Expr>) -> Expr {
        if expr.ty != Ty::Number {
            return expr;
        }
        let span = expr.span;
        if let Some((negative, digits)) = from.and_then(literal::digits) {
            return match self.cx.money(digits, span) {
                Some(money) => {
                    let money = if negative { -money } else { money };
                    make(ExprKind::Literal(Value::Money(money)), Ty::Money, span)
                }
                None => error(span),
            };
        }
        make(ExprKind::ToMoney(Box::new(expr)), Ty::Money, span)
    }
}

/// A length written out, perhaps in parentheses.
fn written_step(body: &mut Body, expr: &ast::Expr) -> Option<Step> {
    match &expr.kind {
        ast::ExprKind::Paren(inner) => written_step(body, inner),
        ast::ExprKind::Literal(LiteralKind::Duration(count, unit)) => body.cx.step(*count, *unit, expr.span),
        _ => None,
    }
}

/// The type of a result; `None`: the two do not go together.
fn result(op: ArithmeticOp, left: &Ty, right: &Ty) -> Option<Ty> {
    use ArithmeticOp as Op;
    use Ty::{Date, Duration, Money, Number, Percent, Time};
    Some(match (op, left, right) {
        (Op::Add | Op::Subtract, Percent, Percent) => Percent,
        (Op::Add | Op::Subtract | Op::Multiply | Op::Divide, Number | Percent, Number | Percent) => {
            match (op, left, right) {
                (Op::Divide, Percent, Number) => Percent,
                _ => Number,
            }
        }
        (Op::Add | Op::Subtract, Money, Money) => Money,
        (Op::Add | Op::Subtract, Duration, Duration) => Duration,
        (Op::Add | Op::Subtract, Time | Date, Duration) => Time,
        (Op::Add, Duration, Time | Date) => Time,
        (Op::Subtract, Time | Date, Time | Date) => Duration,
        (Op::Multiply | Op::Divide, Money, Number | Percent) => Money,
        (Op::Multiply, Number | Percent, Money) => Money,
        (Op::Divide, Money, Money) => Number,
        (Op::Multiply | Op::Divide, Duration, Number | Percent) => Duration,
        (Op::Multiply, Number | Percent, Duration) => Duration,
        (Op::Divide, Duration, Duration) => Number,
        _ => return None,
    })
}
