//! L0609 and L0610: `was` and `became` of a term whose answer rests on fields, which have no history.

use lead_diag::{Diagnostic, codes};

use crate::hir::{Expr, ExprKind};
use crate::lower::Cx;

pub(super) fn check(cx: &Cx, expr: &Expr, found: &mut Vec<Diagnostic>) {
    let (term, word) = match &expr.kind {
        ExprKind::Was { term, .. } => (*term, "was"),
        ExprKind::Became { term, .. } => (*term, "became"),
        _ => return,
    };
    let name = &cx.def(term).name.text;
    let facts = cx.facts(term);
    if !facts.moves {
        let outcome = if word == "was" { format!("the same as `{name}` today") } else { "never yes".to_string() };
        found.push(
            Diagnostic::new(
                codes::PAST_WITHOUT_HISTORY,
                format!("`{name}` does not change with time, so this is {outcome}"),
            )
            .label(expr.span, "rests on fields alone, and a field has no history")
            .label(cx.def(term).name_span, "no event and no time is asked here")
            .help("declare the history of the field as an event, with `from` and `to`, and ask that"),
        );
    } else if facts.reads_fields && cx.wants(codes::PAST_OF_FIELDS) {
        found.push(
            Diagnostic::new(
                codes::PAST_OF_FIELDS,
                format!("`{name}` rests on fields as well, which are taken as they are today"),
            )
            .label(expr.span, "its events are taken at the earlier time, its fields are not")
            .label(cx.def(term).name_span, "defined here")
            .help("where a field may have changed, declare its history as an event"),
        );
    }
}
