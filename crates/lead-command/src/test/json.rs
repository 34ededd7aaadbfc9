//! Outcomes of examples as JSON, for programs.

use lead_examples::{Verdict, answer_text};
use serde_json::{Value, json};

use super::Tested;
use crate::terminal::Failure;

/// A list of examples with their expectations.
pub fn text(all: &[Tested]) -> Result<String, Failure> {
    let listed: Vec<Value> = all.iter().flat_map(|t| t.outcomes.iter().map(|o| outcome(t, o))).collect();
    let text = serde_json::to_string_pretty(&listed)
        .map_err(|e| Failure::data(format!("outcomes cannot be written as JSON: {e}")))?;
    Ok(text + "\n")
}

fn outcome(tested: &Tested, outcome: &super::Came) -> Value {
    let example = tested.suite.example(outcome.example);
    let (title, span) = example.map_or((String::new(), None), |e| (e.title.clone(), Some(e.span)));
    let line = |span: Option<lead_diag::Span>| span.map(|s| tested.project.sources.file(s.file).line_col(s.start).line);
    let checks: Vec<Value> = outcome
        .checks
        .iter()
        .map(|check| {
            let text = |v| answer_text(&tested.suite, v, &check.ty);
            let asked = tested.suite.lexicon().def(check.def);
            let condition = match asked.name.text.as_str() {
                "" => tested.project.sources.slice(asked.span).split_whitespace().collect::<Vec<_>>().join(" "),
                name => name.to_string(),
            };
            let reasons: Vec<String> = match &check.verdict {
                Verdict::Reason(given) => given.clone(),
                _ => check.whys.iter().flat_map(lead_eval::Why::reasons).collect(),
            };
            json!({
                "line": line(Some(check.span)),
                "record": tested.suite.record_name(outcome.example, check.table, check.row),
                "asked": condition,
                "expected": text(check.expected.as_ref()),
                "because": check.because.as_ref().map(|b| b.0.as_str()),
                "answer": text(check.answer.as_ref()),
                "reasons": reasons,
                "passed": check.verdict == Verdict::Passed,
            })
        })
        .collect();
    json!({
        "example": title,
        "file": span.map(|s| tested.project.sources.file(s.file).name().to_string()),
        "line": line(span),
        "passed": outcome.passed(),
        "stopped": outcome.stopped.as_ref().map(|e| e.diagnostic().message),
        "expectations": checks,
    })
}
