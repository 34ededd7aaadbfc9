//! Failed examples as messages, for the terminal and the editor.

use lead_diag::{Diagnostic, codes};
use lead_hir::hir::{DefKind, Ty, Value};

use crate::literal::literal;
use crate::run::{Check, Outcome, Verdict};
use crate::suite::Suite;

/// A message for each check of an outcome that failed, in order. `slice` gives the lexicon's text of a place.
pub fn diagnostics(suite: &Suite, outcome: &Outcome, slice: impl Fn(lead_diag::Span) -> String) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = outcome.stopped.iter().map(|e| e.diagnostic()).collect();
    let failed = outcome.checks.iter().filter(|c| c.verdict != Verdict::Passed);
    out.extend(failed.map(|check| diagnostic(suite, outcome, check, &slice)));
    out
}

/// An answer for people: `cannot tell` where it is unknown.
pub fn answer_text(suite: &Suite, value: Option<&Value>, ty: &Ty) -> String {
    match value {
        Some(value) => literal(value, &suite.lexicon().settings),
        None if *ty == Ty::YesNo => "cannot tell".to_string(),
        None => "unknown".to_string(),
    }
}

fn diagnostic(
    suite: &Suite,
    outcome: &Outcome,
    check: &Check,
    slice: &impl Fn(lead_diag::Span) -> String,
) -> Diagnostic {
    let lexicon = suite.lexicon();
    let def = lexicon.def(check.def);
    let answer = answer_text(suite, check.answer.as_ref(), &check.ty);
    let expected = answer_text(suite, check.expected.as_ref(), &check.ty);
    let is_story = def.name.key.is_empty();
    let name =
        if is_story { slice(def.span).split_whitespace().collect::<Vec<_>>().join(" ") } else { def.name.text.clone() };
    let of = match suite.record_name(outcome.example, check.table, check.row) {
        Some(record) if is_story => format!(" of {record}"),
        _ => String::new(),
    };
    let title = suite.example(outcome.example).map_or("", |e| e.title.as_str());
    if let (Verdict::Reason(given), Some((because, span))) = (&check.verdict, &check.because) {
        let found = Diagnostic::new(codes::EXAMPLE_FAILS, format!("`{name}` holds{of}, but for another reason"))
            .label(*span, format!("not because of \"{because}\""));
        return match given.as_slice() {
            [] => found.help("what holds gives no reason; add `because \"…\"` to its line"),
            given => found.help(format!(
                "because of {}",
                given.iter().map(|g| format!("\"{g}\"")).collect::<Vec<_>>().join(", ")
            )),
        };
    }
    let found = if is_story {
        let holds = if check.answer.is_none() { "cannot be told" } else { "does not hold" };
        Diagnostic::new(codes::EXAMPLE_FAILS, format!("`{name}` {holds}{of}"))
            .label(check.span, format!("expected in \"{title}\""))
    } else {
        Diagnostic::new(codes::EXAMPLE_FAILS, format!("`{name}` is {answer}, not {expected}"))
            .label(check.span, format!("expects {expected}"))
    };
    let decides =
        if matches!(def.kind, DefKind::Value(_)) && is_story { "the definitions below" } else { "the definition" };
    found.help(format!("either {decides} must change, or the example; `lead test` shows how the answer comes about"))
}
