//! Expectations of stories.

use std::sync::Arc;

use lead_data::Data;
use lead_diag::{Edit, Span};
use lead_eval::{Why, values};
use lead_hir::hir::{Def, DefId, DefKind, Expectation, Expr, ExprKind, Name, Settings, Story, Ty, Value};
use lead_plan::Planner;

use super::written;
use crate::run::{Check, Verdict};
use crate::suite::Suite;
use crate::value::value_at;

/// An expectation that is not as expected, and what its parts come to today.
pub(super) struct Open<'s> {
    expectation: &'s Expectation,
    /// The parts that do not hold.
    parts: Vec<Part<'s>>,
    /// If another reason is to be given: the first that is.
    because: Option<Option<String>>,
}

/// A part that does not hold.
struct Part<'s> {
    expr: &'s Expr,
    /// `None`: it cannot be told.
    answer: Option<bool>,
    /// Of a comparison: both sides, of a `not`: what stands behind it.
    sides: Vec<Option<Value>>,
}

/// The expectations of a story that failed.
pub(super) fn open<'s>(suite: &'s Suite, example: usize, story: &'s Story, failed: &[&Check]) -> Vec<Open<'s>> {
    failed.iter().filter_map(|check| one(suite, example, story, check)).collect()
}

fn one<'s>(suite: &'s Suite, example: usize, story: &'s Story, check: &Check) -> Option<Open<'s>> {
    let expectation = story.expects.iter().find(|e| e.span == check.span)?;
    let given: Vec<String> = match &check.verdict {
        Verdict::Reason(given) => given.clone(),
        _ => check.whys.iter().flat_map(Why::reasons).collect(),
    };
    let reason = |because: &String| (!given.contains(because)).then(|| given.first().cloned());
    let because = expectation.because.as_ref().and_then(|(because, _)| reason(because));
    if matches!(check.verdict, Verdict::Reason(_)) {
        return Some(Open { expectation, parts: Vec::new(), because });
    }
    let mut parts: Vec<(&Expr, Vec<&Expr>)> = Vec::new();
    chain(&expectation.condition, &mut parts);
    let asked: Vec<&Expr> =
        parts.iter().flat_map(|(part, sides)| std::iter::once(*part).chain(sides.clone())).collect();
    let mut found = evaluated(suite, example, check, &asked)?.into_iter();
    let mut open = Vec::new();
    for (expr, sides) in parts {
        let answer = match found.next().flatten() {
            Some(Value::YesNo(yes)) => Some(yes),
            _ => None,
        };
        let sides = sides.iter().map(|_| found.next().flatten()).collect();
        if answer != Some(true) {
            open.push(Part { expr, answer, sides });
        }
    }
    Some(Open { expectation, parts: open, because })
}

/// The parts of an `and`-chain, each with the sides whose values are wanted.
fn chain<'e>(expr: &'e Expr, out: &mut Vec<(&'e Expr, Vec<&'e Expr>)>) {
    match &expr.kind {
        // Both ends of a `between` stand in one place.
        ExprKind::And(parts) if parts.iter().all(|p| p.span != expr.span) => {
            parts.iter().for_each(|part| chain(part, out));
        }
        ExprKind::Compare { left, right, .. } => out.push((expr, vec![left, right])),
        ExprKind::Not(inner) => out.push((expr, vec![inner])),
        _ => out.push((expr, Vec::new())),
    }
}

/// The values of expressions for a record of an example's world.
fn evaluated(suite: &Suite, example: usize, check: &Check, exprs: &[&Expr]) -> Option<Vec<Option<Value>>> {
    let case = suite.case(example)?;
    let mut lexicon = suite.lexicon().clone();
    let first = lexicon.defs.len();
    for expr in exprs {
        let name = Name { text: String::new(), key: String::new() };
        let kind = DefKind::Value((*expr).clone());
        let (span, ty, subject) = (expr.span, expr.ty.clone(), Some(check.table));
        lexicon.defs.push(Arc::new(Def { name, subject, kind, ty, docs: None, span, name_span: span }));
    }
    let mut planner = Planner::new(&lexicon, case.as_of);
    for def in &case.given {
        if let Some(field) = suite.given(*def) {
            planner.give(*def, field);
        }
    }
    let nodes: Option<Vec<_>> = (0..exprs.len()).map(|i| planner.answer(DefId((first + i) as u32))).collect();
    let nodes = nodes?;
    let plan = planner.finish();
    let data = Data::made(&lexicon, case.world.clone());
    let columns = values(&lexicon, &plan, &data, &nodes).ok()?;
    let of = |(column, expr): (Option<_>, &&Expr)| -> Option<Value> {
        let column: Arc<lead_data::Column> = column?;
        value_at(&column, &expr.ty, check.row as usize)
    };
    Some(columns.into_iter().zip(exprs).map(of).collect())
}

impl Open<'_> {
    pub(super) fn edits(&self, settings: &Settings, slice: &dyn Fn(Span) -> String) -> Vec<Edit> {
        let mut out: Vec<Edit> =
            self.parts.iter().map(|part| Edit { span: part.expr.span, text: part.text(settings, slice) }).collect();
        if let (Some(because), Some((_, place))) = (&self.because, &self.expectation.because) {
            match because {
                Some(because) => {
                    let text = format!("\"{}\"", because.replace('"', "\"\""));
                    out.push(Edit { span: *place, text });
                }
                None => {
                    // The word goes with its reason, and the blanks before it.
                    let before = Span { end: place.start, ..self.expectation.span };
                    let text = slice(before);
                    let kept = text.trim_end().trim_end_matches(|c: char| c.is_alphabetic()).trim_end().len();
                    let start = before.start + kept as u32;
                    out.push(Edit { span: Span { start, ..*place }, text: String::new() });
                }
            }
        }
        out
    }
}

impl Part<'_> {
    /// What holds today, in the words of the part.
    fn text(&self, settings: &Settings, slice: &dyn Fn(Span) -> String) -> String {
        let whole = slice(self.expr.span);
        match &self.expr.kind {
            ExprKind::Compare { left, right, .. } => {
                if let Some(text) = self.compared(left, right, settings, slice) {
                    return text;
                }
            }
            ExprKind::Not(inner) => {
                let text = slice(inner.span);
                return match (self.answer, &inner.kind) {
                    (Some(_), _) => text,
                    (None, ExprKind::Get { .. }) => format!("{text} is unknown"),
                    (None, _) => format!("({text}) is unknown"),
                };
            }
            ExprKind::IsKnown { value, unknown } => {
                let text = slice(value.span);
                // Of a yes or no the answer itself says more than that there is one.
                return format!("{text} {}", if *unknown { "is known" } else { "is unknown" });
            }
            ExprKind::Get { .. } => {
                return match self.answer {
                    Some(_) => format!("not {whole}"),
                    None => format!("{whole} is unknown"),
                };
            }
            _ => {}
        }
        match self.answer {
            Some(_) => format!("not ({whole})"),
            None => format!("({whole}) is unknown"),
        }
    }

    /// The side that is measured, with the value that it has.
    fn compared(
        &self,
        left: &Expr,
        right: &Expr,
        settings: &Settings,
        slice: &dyn Fn(Span) -> String,
    ) -> Option<String> {
        let [l, r] = self.sides.as_slice() else { return None };
        let fixed =
            |e: &Expr| matches!(e.kind, ExprKind::Literal(_) | ExprKind::List(_) | ExprKind::Now | ExprKind::Today);
        let (measured, value) = if fixed(left) && !fixed(right) { (right, r) } else { (left, l) };
        let plain = !matches!(measured.ty, Ty::List(_) | Ty::Record(_) | Ty::Error);
        let text = slice(measured.span);
        match value {
            Some(value) if plain && self.answer.is_some() => Some(format!("{text} = {}", written(value, settings))),
            None if plain => Some(format!("{text} is unknown")),
            _ => None,
        }
    }
}
