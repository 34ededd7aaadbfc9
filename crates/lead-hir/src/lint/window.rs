//! L0601 and L0602: a signal that a reader would think is covered by a window, and is not.

use lead_diag::{Applicability, Diagnostic, Edit, Fix, Span, codes};

use crate::hir::{Expr, ExprKind, Window};
use crate::lower::Cx;
use crate::walk;

/// Looks at every `and` and `or` that no window covers from outside.
pub(super) fn check(cx: &Cx, expr: &Expr, covered: bool, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::And(parts) if !covered => beside(cx, parts, found),
        ExprKind::Or(parts) if !covered => last_branch(cx, parts, found),
        _ => {}
    }
    match &expr.kind {
        ExprKind::Windowed { value, .. } => check(cx, value, true, found),
        // A condition of events is not covered by what stands outside of them.
        ExprKind::Aggregate(aggregate) if cx.table(aggregate.records.table).is_event() => {
            walk::parts(expr, &mut |part| check(cx, part, false, found));
        }
        _ => walk::parts(expr, &mut |part| check(cx, part, covered, found)),
    }
}

/// The window over the events of a part, be it behind the part or inside the aggregate.
fn window_of<'e>(cx: &Cx, part: &'e Expr) -> Option<&'e Window> {
    match &part.kind {
        ExprKind::Windowed { value, window } => cx.reach(value).events.then_some(window),
        ExprKind::Aggregate(aggregate) => aggregate.records.window.as_ref(),
        ExprKind::Compare { left, right, .. } => window_of(cx, left).or_else(|| window_of(cx, right)),
        ExprKind::Not(inner) => window_of(cx, inner),
        _ => None,
    }
}

fn beside(cx: &Cx, parts: &[Expr], found: &mut Vec<Diagnostic>) {
    let Some((beside, window)) = parts.iter().rev().find_map(|p| Some((p, window_of(cx, p)?))) else { return };
    let behind = matches!(beside.kind, ExprKind::Windowed { .. });
    let what = if behind { "reaches only what stands to its left" } else { "covers these events alone" };
    for part in parts {
        if !cx.reach(part).events {
            continue;
        }
        found.push(
            Diagnostic::new(codes::UNWINDOWED_SIGNAL, "this signal has no window, and the one beside it has")
                .label(part.span, "counted over all time")
                .label(window.span, what)
                .help("move the window to the end of the condition, or give this signal a window of its own"),
        );
    }
}

fn last_branch(cx: &Cx, parts: &[Expr], found: &mut Vec<Diagnostic>) {
    let Some((last, rest)) = parts.split_last() else { return };
    let ExprKind::Windowed { value, window } = &last.kind else { return };
    if !cx.reach(value).events || rest.iter().any(|p| window_of(cx, p).is_some()) {
        return;
    }
    let open: Vec<&Expr> = rest.iter().filter(|p| cx.reach(p).events).collect();
    let Some(first) = open.first() else { return };
    let whole = parts.first().map_or(last.span, |p| p.span);
    let brackets = Fix {
        title: "put the branches in parentheses".into(),
        applicability: Applicability::Unsafe,
        edits: vec![
            Edit { span: whole.before(), text: "(".into() },
            Edit { span: Span { start: value.span.end, end: value.span.end, ..value.span }, text: ")".into() },
        ],
    };
    found.push(
        Diagnostic::new(codes::WINDOW_ON_LAST_BRANCH, "this window covers the last branch of the `or` alone")
            .label(window.span, "does not reach across `or`")
            .label(first.span, "counted over all time")
            .help("put the branches in parentheses before the window, or give each a window")
            .fix(brackets),
    );
}
