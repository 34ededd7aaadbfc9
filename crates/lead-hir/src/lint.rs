//! Lints: rules that are legal and likely wrong. Cheap and certain ones; each works on typed definitions.

mod deprecated;
mod past;
mod repeated;
mod unused;
mod window;

use lead_diag::{Diagnostic, codes};

use crate::hir::{ArithmeticOp, Choice, DefId, DefKind, Expr, ExprKind, Value};
use crate::lower::Cx;
use crate::walk;

/// Everything that the lints find in a lexicon.
pub(crate) fn lint(cx: &Cx) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for id in &cx.order {
        of_def(cx, *id, &mut found);
    }
    of_all(cx, &mut found);
    found
}

/// What they find in one definition.
pub(crate) fn of_def(cx: &Cx, id: DefId, found: &mut Vec<Diagnostic>) {
    let def = &cx.defs[id.0 as usize];
    walk::of_def(&def.kind, &mut |whole| {
        window::check(cx, whole, false, found);
        walk::all(whole, &mut |part| {
            repeated::check(part, found);
            division_by_zero(part, found);
            past::check(cx, part, found);
        });
    });
    if let DefKind::Choice(choice) = &def.kind {
        no_otherwise(cx, id, choice, found);
    }
    deprecated::check(cx, id, found);
}

/// What can only be found by looking at all definitions together.
pub(crate) fn of_all(cx: &Cx, found: &mut Vec<Diagnostic>) {
    unused::check(cx, found);
}

/// L0607: `x / 0` is unknown, and so is every comparison with it.
fn division_by_zero(expr: &Expr, found: &mut Vec<Diagnostic>) {
    let ExprKind::Arithmetic { op: ArithmeticOp::Divide, right, .. } = &expr.kind else { return };
    let zero = match &right.kind {
        ExprKind::Literal(Value::Number(n) | Value::Percent(n)) => *n == 0.0,
        ExprKind::Literal(Value::Money(n) | Value::Duration(n)) => *n == 0,
        _ => false,
    };
    if zero {
        found.push(
            Diagnostic::new(codes::ALWAYS_UNKNOWN, "this is never known")
                .label(expr.span, "a division by zero is unknown, and so is all that is worked out from it")
                .help("divide by something else"),
        );
    }
}

/// L0608: records that no line matches have no answer.
fn no_otherwise(cx: &Cx, id: DefId, choice: &Choice, found: &mut Vec<Diagnostic>) {
    if choice.lines.is_empty() || choice.lines.iter().any(|l| l.condition.is_none()) {
        return;
    }
    let def = cx.def(id);
    found.push(
        Diagnostic::new(codes::NO_OTHERWISE, format!("`{}` has no answer where no line matches", def.name.text))
            .label(def.name_span, "no line says `otherwise`")
            .help("add a last line with `otherwise` if every record should have an answer"),
    );
}
