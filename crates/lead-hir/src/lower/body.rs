//! One definition's expressions being lowered: the records in scope, the window in force, what is used.

use lead_diag::{Diagnostic, Span, codes};
use lead_syntax::ast::{self, ExprKind as Ast};

use super::{Cx, State};
use crate::hir::{DefId, Expr, ExprKind, FieldId, TableId, Target, Ty, Value, WindowKind};
use crate::index::{self, Role};

/// What is wanted where a name stands; only suggestions depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A value of any kind.
    Any,
    /// A condition.
    Condition,
}

/// The window that covers what is being lowered, in this definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Covered {
    /// None.
    No,
    /// This.
    By(WindowKind, Span),
    /// One that was reported.
    ByError,
}

/// The expressions of one definition (or of one line of an example).
pub(crate) struct Body<'c, 'a> {
    pub cx: &'c mut Cx<'a>,
    /// Records in scope, innermost last; none in a metric outside of its aggregates.
    pub frames: Vec<TableId>,
    /// Records between that cannot be named (D3).
    pub hidden: Vec<TableId>,
    pub covered: Covered,
    pub wanted: Wanted,
    /// Dimensions of the metric whose aggregates are being lowered.
    pub by: Option<&'a [ast::Dimension]>,
    /// The types of the dimensions, as far as aggregates have settled them.
    pub by_types: Vec<Option<(Ty, Span)>>,
    /// The names that lead to the records of the aggregate whose target is being lowered, folded.
    pub prefix: Option<Vec<String>>,
    /// Definitions that must be lowered first.
    pub pending: Vec<(DefId, Span)>,
    /// Definitions used.
    pub uses: Vec<(DefId, Span)>,
    /// The definition itself.
    pub own: Option<DefId>,
}

pub(crate) fn error(span: Span) -> Expr {
    Expr { kind: ExprKind::Error, ty: Ty::Error, span }
}

pub(crate) fn make(kind: ExprKind, ty: Ty, span: Span) -> Expr {
    Expr { kind, ty, span }
}

/// A record arrived at: from the record `up` levels out, along references.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub up: u8,
    pub path: Vec<FieldId>,
    pub table: TableId,
}

impl Spot {
    pub fn get(&self, target: Target, ty: Ty, span: Span) -> Expr {
        make(ExprKind::Get { up: self.up, path: self.path.clone(), target }, ty, span)
    }

    pub fn record(&self, span: Span) -> Expr {
        self.get(Target::Record, Ty::Record(self.table), span)
    }

    pub fn follow(mut self, field: FieldId, to: TableId) -> Spot {
        self.path.push(field);
        self.table = to;
        self
    }
}

impl<'c, 'a> Body<'c, 'a> {
    pub fn new(cx: &'c mut Cx<'a>, subject: Option<TableId>) -> Body<'c, 'a> {
        Body {
            cx,
            frames: subject.into_iter().collect(),
            hidden: Vec::new(),
            covered: Covered::No,
            wanted: Wanted::Any,
            by: None,
            by_types: Vec::new(),
            prefix: None,
            pending: Vec::new(),
            uses: Vec::new(),
            own: None,
        }
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.cx.report(diagnostic);
    }

    /// Notes the use of a definition; `None` while it is not lowered, and what is made then is thrown away.
    pub fn use_def(&mut self, def: DefId, span: Span) -> Option<Ty> {
        self.uses.push((def, span));
        self.cx.note(span, index::Target::Def(def), Role::Use);
        if self.cx.states[def.0 as usize] != State::Done {
            self.pending.push((def, span));
            return None;
        }
        Some(self.cx.def(def).ty.clone())
    }

    /// Runs `inner` with another window in force.
    pub fn with_window<T>(&mut self, covered: Covered, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.covered, covered);
        let result = inner(self);
        self.covered = before;
        result
    }

    /// An expression in a place that takes any value.
    pub fn expr(&mut self, expr: &ast::Expr) -> Expr {
        let lowered = self.any(expr);
        self.cx.note_type(expr.span, &lowered.ty);
        lowered
    }

    /// The window in force, if there is one.
    pub fn in_force(&self) -> Option<(WindowKind, Span)> {
        match self.covered {
            Covered::By(kind, span) => Some((kind, span)),
            Covered::No | Covered::ByError => None,
        }
    }

    fn any(&mut self, expr: &ast::Expr) -> Expr {
        let wanted = std::mem::replace(&mut self.wanted, Wanted::Any);
        let span = expr.span;
        match &expr.kind {
            Ast::Literal(literal) => self.literal(literal, span),
            Ast::Now => make(ExprKind::Now, Ty::Time, span),
            Ast::Today => make(ExprKind::Today, Ty::Date, span),
            Ast::Period(_) => self.period_as_value(span),
            Ast::List(items) => self.list(items, span),
            Ast::Path(path) => self.path(path, wanted),
            Ast::Call { function, args } => self.call(function, args, span),
            Ast::Aggregate(aggregate) => self.aggregate(aggregate, span),
            Ast::Paren(inner) => {
                self.wanted = wanted;
                self.expr(inner)
            }
            Ast::Not(inner) => {
                let inner = self.condition(inner);
                make(ExprKind::Not(Box::new(inner)), Ty::YesNo, span)
            }
            Ast::Negate(inner) => self.negate(inner, span),
            Ast::Arithmetic { op, op_span, left, right } => self.arithmetic(*op, *op_span, left, right, span),
            Ast::Compare { op, op_span, left, right } => self.compare(*op, *op_span, left, right, span),
            Ast::Between { value, low, high } => self.between(value, low, high, span),
            Ast::IsKnown { value, unknown } => {
                let value = Box::new(self.expr(value));
                make(ExprKind::IsKnown { value, unknown: *unknown }, Ty::YesNo, span)
            }
            Ast::IsTerm { record, negated, term } => self.is_term(record, *negated, term, span),
            Ast::And(parts) => {
                let parts = parts.iter().map(|p| self.condition(p)).collect();
                make(ExprKind::And(parts), Ty::YesNo, span)
            }
            Ast::Or(parts) => {
                let parts = parts.iter().map(|p| self.condition(p)).collect();
                make(ExprKind::Or(parts), Ty::YesNo, span)
            }
            Ast::Windowed { value, window } => self.windowed(value, window, wanted, span),
            Ast::Was { term, at } => self.was(term, at, span),
            Ast::Became { term } => self.became(term, span),
            Ast::Error => error(span),
        }
    }

    fn literal(&mut self, literal: &ast::LiteralKind, span: Span) -> Expr {
        match self.cx.literal(literal, span) {
            Some((value, ty)) => make(ExprKind::Literal(value), ty, span),
            None => error(span),
        }
    }

    fn period_as_value(&mut self, span: Span) -> Expr {
        self.report(
            Diagnostic::new(codes::PERIOD_AS_VALUE, "a period stands behind `within`, and nowhere else")
                .label(span, "a period, not a value")
                .help("to test whether a time lies in it, write `created at within …`"),
        );
        error(span)
    }

    fn negate(&mut self, inner: &ast::Expr, span: Span) -> Expr {
        let inner = self.expr(inner);
        match (&inner.kind, &inner.ty) {
            (ExprKind::Literal(Value::Number(n)), _) => make(ExprKind::Literal(Value::Number(-n)), Ty::Number, span),
            (ExprKind::Literal(Value::Percent(n)), _) => make(ExprKind::Literal(Value::Percent(-n)), Ty::Percent, span),
            (_, Ty::Number | Ty::Percent | Ty::Money | Ty::Duration) => {
                let ty = inner.ty.clone();
                make(ExprKind::Negate(Box::new(inner)), ty, span)
            }
            (_, Ty::Error) => error(span),
            _ => {
                let found =
                    Diagnostic::new(codes::BAD_ARITHMETIC, "only a number, money or a length of time has a sign")
                        .label(inner.span, format!("this is {}", self.cx.describe(&inner.ty)))
                        .help("the contrary of a condition is `not …`");
                self.report(found);
                error(span)
            }
        }
    }

    fn list(&mut self, items: &[ast::Expr], span: Span) -> Expr {
        let mut lowered: Vec<Expr> = items.iter().map(|i| self.expr(i)).collect();
        let Some(ty) = lowered.first().map(|i| i.ty.clone()) else {
            self.report(
                Diagnostic::new(codes::MIXED_LIST, "this list is empty, so nothing is in it")
                    .label(span, "no values")
                    .help("write the values between the brackets: `[\"a\", \"b\"]`"),
            );
            return error(span);
        };
        if lowered.iter().any(|i| i.ty == Ty::Error) {
            return error(span);
        }
        let money = lowered.iter().any(|i| i.ty == Ty::Money);
        if money {
            lowered = lowered.into_iter().zip(items).map(|(item, from)| self.in_money(item, Some(from))).collect();
        }
        let plain = |ty: &Ty| match ty {
            Ty::OneOf(_) => Ty::Text,
            Ty::Percent => Ty::Number,
            other => other.clone(),
        };
        let ty = if money { Ty::Money } else { plain(&ty) };
        if let Some(odd) = lowered.iter().find(|i| plain(&i.ty) != ty) {
            let found = Diagnostic::new(codes::MIXED_LIST, "the values of a list are of one kind")
                .label(odd.span, format!("this is {}", self.cx.describe(&odd.ty)))
                .label(items[0].span, format!("this is {}", self.cx.describe(&lowered[0].ty)))
                .help("make them all texts, or all numbers");
            self.report(found);
            return error(span);
        }
        if matches!(ty, Ty::Record(_) | Ty::List(_) | Ty::Period) {
            let found = Diagnostic::new(codes::MIXED_LIST, "a list holds plain values")
                .label(items[0].span, format!("this is {}", self.cx.describe(&ty)));
            self.report(found);
            return error(span);
        }
        make(ExprKind::List(lowered), Ty::List(Box::new(ty)), span)
    }
}
