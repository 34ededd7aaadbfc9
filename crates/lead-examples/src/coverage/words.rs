//! What is to be seen, in words.

use lead_diag::Span;
use lead_hir::hir::{DefKind, Lexicon};

use super::{ConditionCoverage, DefCoverage, OutcomeCoverage, OutcomeKind};

/// Of a line of a choice or a score so much is shown.
const LONGEST: usize = 60;

impl ConditionCoverage {
    /// The condition as it is written, on one line. `slice` gives the lexicon's text of a place.
    pub fn text(&self, slice: &dyn Fn(Span) -> String) -> String {
        match &self.border {
            // Both ends of a `between` stand in one place.
            Some(b) => format!("{} {} {}", line(&slice(b.left)), b.op.text(), line(&slice(b.right))),
            None => line(&slice(self.span)),
        }
    }
}

impl OutcomeCoverage {
    /// What came about, or did not. `slice` gives the lexicon's text of a place.
    pub fn text(&self, def: &DefCoverage, lexicon: &Lexicon, slice: &dyn Fn(Span) -> String) -> String {
        match self.kind {
            OutcomeKind::Known => "a value that is known".to_string(),
            OutcomeKind::Line => format!("answer {}", short(&line(&slice(self.span)))),
            OutcomeKind::Points => format!("points {}", short(&line(&slice(self.span)))),
            OutcomeKind::Capped => format!("bound {}", short(&line(&slice(self.span)))),
            OutcomeKind::Step(step) => match &lexicon.def(def.def).kind {
                DefKind::Funnel(steps) => match steps.get(step) {
                    Some(step) => format!("furthest step {}", lexicon.def(*step).name.text),
                    None => format!("furthest step {}", step + 1),
                },
                _ => format!("furthest step {}", step + 1),
            },
        }
    }
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_string();
    }
    let cut: String = text.chars().take(LONGEST - 1).collect();
    format!("{}…", cut.trim_end())
}
