//! L0611 and L0612: a condition that stands twice in one `and` or `or`, and conditions that no value meets together.

use std::collections::HashMap;

use lead_diag::{Diagnostic, Span, codes};

use crate::debug::fingerprint;
use crate::hir::{CompareOp, Expr, ExprKind, FieldId, Target, Value};

pub(super) fn check(expr: &Expr, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::And(parts) => {
            twice(parts, "and", found);
            contradiction(parts, found);
        }
        ExprKind::Or(parts) => twice(parts, "or", found),
        _ => {}
    }
}

fn has_error(expr: &Expr) -> bool {
    let mut error = false;
    crate::walk::all(expr, &mut |part| error |= matches!(part.kind, ExprKind::Error));
    error
}

/// Of longer chains every part is written out.
const SHORT: usize = 16;

/// Whether two conditions can be the same. Quick, and right where it says no.
fn may_be_one(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Get { up, path, target }, ExprKind::Get { up: u, path: p, target: t }) => {
            (up, path, target) == (u, p, t)
        }
        (ExprKind::Literal(a), ExprKind::Literal(b)) => a == b,
        (ExprKind::Compare { op, left, right }, ExprKind::Compare { op: o, left: l, right: r }) => {
            op == o && may_be_one(left, l) && may_be_one(right, r)
        }
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn twice(parts: &[Expr], word: &str, found: &mut Vec<Diagnostic>) {
    let alike = |(i, part): (usize, &Expr)| parts.iter().skip(i + 1).any(|other| may_be_one(part, other));
    if parts.len() <= SHORT && !parts.iter().enumerate().any(alike) {
        return;
    }
    let mut seen: HashMap<String, Span> = HashMap::new();
    for part in parts {
        if has_error(part) {
            continue;
        }
        if let Some(first) = seen.insert(fingerprint(part), part.span) {
            found.push(
                Diagnostic::new(codes::REPEATED_CONDITION, format!("this condition stands twice in one `{word}`"))
                    .label(part.span, "says nothing new")
                    .label(first, "the same")
                    .help("take one out, or write what was meant instead"),
            );
        }
    }
}

/// What an `and` has said of one operand so far.
#[derive(Default)]
struct Said<'e> {
    text: Option<(&'e Value, Span)>,
    /// Greatest lower bound: value, whether it belongs to it, place.
    low: Option<(f64, bool, Span)>,
    /// Least upper bound.
    high: Option<(f64, bool, Span)>,
}

fn contradiction(parts: &[Expr], found: &mut Vec<Diagnostic>) {
    let mut said: HashMap<(u8, &[FieldId], Target), Said> = HashMap::new();
    let mut flat = Vec::new();
    flatten(parts, &mut flat);
    if flat.len() < 2 {
        return;
    }
    for part in flat {
        let ExprKind::Compare { op, left, right } = &part.kind else { continue };
        let (ExprKind::Get { up, path, target }, ExprKind::Literal(value)) = (&left.kind, &right.kind) else {
            continue;
        };
        let entry = said.entry((*up, path, *target)).or_default();
        let clash = match value {
            Value::Text(_) | Value::YesNo(_) if *op == CompareOp::Equal => equal(entry, value, part.span),
            _ => number(value).and_then(|n| bound(entry, *op, n, part.span)),
        };
        if let Some(first) = clash.filter(|first| *first == part.span) {
            // The two bounds of one `between`.
            found.push(
                Diagnostic::new(codes::CONTRADICTION, "no value lies between these bounds")
                    .label(first, "the lower bound is above the upper one")
                    .help("the smaller of the two comes first"),
            );
            return;
        }
        if let Some(first) = clash {
            found.push(
                Diagnostic::new(codes::CONTRADICTION, "no record can meet both of these")
                    .label(part.span, "rules out")
                    .label(first, "this")
                    .help("`or` is meant where one of them is enough; else one of the two is wrong"),
            );
            return;
        }
    }
}

fn flatten<'e>(parts: &'e [Expr], flat: &mut Vec<&'e Expr>) {
    for part in parts {
        match &part.kind {
            ExprKind::And(inner) => flatten(inner, flat),
            _ => flat.push(part),
        }
    }
}

fn equal<'e>(said: &mut Said<'e>, value: &'e Value, span: Span) -> Option<Span> {
    let same = |a: &Value, b: &Value| match (a, b) {
        (Value::Text(a), Value::Text(b)) => crate::lower::fold_text(a) == crate::lower::fold_text(b),
        (a, b) => a == b,
    };
    match said.text {
        Some((first, at)) if !same(first, value) => Some(at),
        Some(_) => None,
        None => {
            said.text = Some((value, span));
            None
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    Some(match value {
        Value::Number(n) | Value::Percent(n) => *n,
        Value::Money(n) | Value::Duration(n) | Value::Time(n) => *n as f64,
        Value::Date(n) => f64::from(*n),
        _ => return None,
    })
}

/// Narrows the range; the place of the bound that leaves nothing of it.
fn bound(said: &mut Said, op: CompareOp, value: f64, span: Span) -> Option<Span> {
    let (low, high) = match op {
        CompareOp::Equal => (Some(true), Some(true)),
        CompareOp::Greater => (Some(false), None),
        CompareOp::GreaterEqual => (Some(true), None),
        CompareOp::Less => (None, Some(false)),
        CompareOp::LessEqual => (None, Some(true)),
        _ => return None,
    };
    if let (Some(included), Some((other, theirs, at))) = (low, said.high)
        && (value > other || value == other && !(included && theirs))
    {
        return Some(at);
    }
    if let (Some(included), Some((other, theirs, at))) = (high, said.low)
        && (value < other || value == other && !(included && theirs))
    {
        return Some(at);
    }
    if let Some(included) = low
        && said.low.is_none_or(|(other, ..)| value >= other)
    {
        said.low = Some((value, included, span));
    }
    if let Some(included) = high
        && said.high.is_none_or(|(other, ..)| value <= other)
    {
        said.high = Some((value, included, span));
    }
    None
}
