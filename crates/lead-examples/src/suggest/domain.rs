//! The values of a column at which some condition may change: at every threshold and one step to both sides, every text that is
//! compared with and another one, yes, no, and unknown.

use lead_hir::hir::{
    CompareOp, DefId, DefKind, Expr, ExprKind, Given, Lexicon, TableId, Target, Ty, Value, WindowKind,
};
use lead_hir::walk;
use lead_plan::calendar;

use super::columns;
use crate::coverage::beyond;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Values of a column beyond this many are not tried.
const MOST: usize = 16;
/// A text that nothing is compared with.
const OTHER: &str = "something else";
/// A text where only matters that there is one.
const ANY: &str = "something";

/// The values of a column, plain ones first; the last is unknown if it can be.
pub(crate) fn of_column(
    lexicon: &Lexicon,
    (def, table): (DefId, TableId),
    given: Given,
    as_of: i64,
    may_be_unknown: bool,
) -> Vec<Option<Value>> {
    let ty = columns::ty(lexicon, table, given);
    let mut found = Found { lexicon, given, values: Vec::new(), as_of };
    columns::own(&lexicon.def(def).kind).into_iter().for_each(|whole| found.of_expr(whole, None));
    if let DefKind::Funnel(_) = lexicon.def(def).kind {
        found.put(Value::YesNo(true));
    }
    let mut values = found.values;
    values.extend(usual(&ty, as_of, values.is_empty()));
    let mut out: Vec<Option<Value>> = Vec::new();
    for value in values.into_iter().filter_map(|v| fitting(v, &ty)) {
        if out.len() < MOST && !out.contains(&Some(value.clone())) {
            out.push(Some(value));
        }
    }
    if may_be_unknown || out.is_empty() {
        out.push(None);
    }
    out
}

struct Found<'l> {
    lexicon: &'l Lexicon,
    given: Given,
    values: Vec<Value>,
    as_of: i64,
}

impl Found<'_> {
    fn put(&mut self, value: Value) {
        self.values.push(value);
    }

    fn is_column(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Get { up: 0, path, target } if path.is_empty() => match target {
                Target::Field(field) => self.given == Given::Field(*field),
                Target::Def(def) => self.given == Given::Def(*def),
                Target::Record => false,
            },
            ExprKind::ToMoney(inner) => self.is_column(inner),
            ExprKind::Windowed { value, .. } => self.is_column(value),
            _ => false,
        }
    }

    fn of_expr(&mut self, expr: &Expr, window: Option<WindowKind>) {
        match &expr.kind {
            ExprKind::Compare { op, left, right } if self.is_column(left) => self.compared(*op, right, false),
            ExprKind::Compare { op, left, right } if self.is_column(right) => self.compared(*op, left, true),
            ExprKind::Compare { left, right, .. } => {
                self.through(left, right);
                self.through(right, left);
            }
            ExprKind::Windowed { value, window } => return self.of_expr(value, Some(window.kind)),
            ExprKind::TimeTest(inner) if self.is_column(inner) => self.tested(window),
            ExprKind::Aggregate(_) | ExprKind::Sequence(_) => return,
            _ => {}
        }
        walk::parts(expr, &mut |part| self.of_expr(part, window));
    }

    fn compared(&mut self, op: CompareOp, other: &Expr, turned: bool) {
        for value in self.constants(other) {
            match op {
                CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual => {
                    self.put(value.clone());
                    // The step to the side where the answer is another one, then to the other.
                    self.values.extend(beyond(op, &value, turned));
                    self.values.extend(beyond(op, &value, !turned));
                }
                _ => self.put(value),
            }
        }
    }

    /// `now - due > 60d`, `a + 5 > 10`: the column's value where both sides are equal, and around it.
    fn through(&mut self, side: &Expr, other: &Expr) {
        let ExprKind::Arithmetic { left, right, .. } = &side.kind else { return };
        let lengths: Vec<i64> = self
            .constants(other)
            .into_iter()
            .filter_map(|v| if let Value::Duration(length) = v { Some(length) } else { None })
            .collect();
        let from_now = matches!(left.kind, ExprKind::Now | ExprKind::Today) && self.is_column(right);
        let to_now = matches!(right.kind, ExprKind::Now | ExprKind::Today) && self.is_column(left);
        for length in lengths.into_iter().filter(|_| from_now || to_now) {
            let at = if from_now { self.as_of - length } else { self.as_of + length };
            for by in [DAY, -DAY, 0] {
                self.put(Value::Time(at + by));
            }
        }
    }

    /// Times at both ends of a window, in it and out of it.
    fn tested(&mut self, window: Option<WindowKind>) {
        let Some(window) = window else { return };
        let range = calendar::window_range(window, self.as_of, &self.lexicon.settings);
        for end in [range.start, range.end].into_iter().filter(|at| at.unsigned_abs() < 1 << 60) {
            self.put(Value::Time(end + DAY));
            self.put(Value::Time(end - DAY));
        }
    }

    /// What a side is for all records: a literal, a list of them, or a named one.
    fn constants(&self, expr: &Expr) -> Vec<Value> {
        match &expr.kind {
            ExprKind::Literal(Value::List(items)) => items.clone(),
            ExprKind::Literal(value) => vec![value.clone()],
            ExprKind::List(items) => items.iter().flat_map(|i| self.constants(i)).collect(),
            ExprKind::ToMoney(inner) => self.constants(inner),
            ExprKind::Get { target: Target::Def(def), path, .. } if path.is_empty() => {
                match &self.lexicon.def(*def).kind {
                    DefKind::Value(expr) => self.constants(expr),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }
}

/// Values of a type that need no reason; `bare`: nothing else is known of the column.
fn usual(ty: &Ty, as_of: i64, bare: bool) -> Vec<Value> {
    match ty {
        Ty::YesNo => vec![Value::YesNo(true), Value::YesNo(false)],
        Ty::Number if bare => vec![Value::Number(1.0), Value::Number(2.0), Value::Number(0.0)],
        Ty::Percent if bare => vec![Value::Percent(0.5), Value::Percent(0.0)],
        Ty::Money if bare => vec![Value::Money(1_000_000), Value::Money(0)],
        Ty::Duration if bare => vec![Value::Duration(DAY), Value::Duration(0)],
        Ty::Time | Ty::Date if bare => vec![Value::Time(as_of - DAY), Value::Time(as_of - 2 * DAY)],
        Ty::OneOf(options) => {
            // Those that are compared with come first; of the others two do.
            options.iter().take(MOST / 2).map(|o| Value::Text(o.as_str().into())).collect()
        }
        Ty::Text => vec![Value::Text(if bare { ANY } else { OTHER }.into())],
        Ty::List(item) => match &**item {
            Ty::OneOf(options) => options.iter().take(MOST / 2).map(|o| Value::Text(o.as_str().into())).collect(),
            _ => vec![Value::Text(OTHER.into())],
        },
        _ => Vec::new(),
    }
}

/// A value as one of the column's type; a text in a list of one.
fn fitting(value: Value, ty: &Ty) -> Option<Value> {
    Some(match (value, ty) {
        (v @ Value::YesNo(_), Ty::YesNo) | (v @ Value::Duration(_), Ty::Duration) => v,
        (Value::Number(n) | Value::Percent(n), Ty::Number) => Value::Number(n),
        (Value::Number(n) | Value::Percent(n), Ty::Percent) => Value::Percent(n),
        (v @ Value::Money(_), Ty::Money) => v,
        (v @ Value::Text(_), Ty::Text) => v,
        (Value::Text(text), Ty::OneOf(options)) => {
            let fold = lead_data::fold_text(&text);
            let option = options.iter().find(|o| lead_data::fold_text(o) == fold)?;
            Value::Text(option.as_str().into())
        }
        (Value::Text(text), Ty::List(_)) => Value::List(vec![Value::Text(text)]),
        // A lexicon writes times to the minute.
        (Value::Time(at), Ty::Time) => Value::Time(at.div_euclid(MINUTE) * MINUTE),
        (Value::Time(at), Ty::Date) => Value::Date(i32::try_from(at.div_euclid(DAY)).ok()?),
        (Value::Date(day), Ty::Time) => Value::Time(i64::from(day) * DAY + DAY / 2),
        (v @ Value::Date(_), Ty::Date) => v,
        _ => return None,
    })
}
