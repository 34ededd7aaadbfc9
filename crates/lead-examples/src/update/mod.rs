//! Today's answers, written into the expectations that fail.
//!
//! Only the words that are wrong are replaced: cells of tables keep their width where the answer has room, lines of stories keep
//! everything that holds. What this leaves is for the caller to read and run again: an answer that cannot be written out exactly
//! stays as it was.

mod story;
mod table;

use lead_diag::{Edit, Span};
use lead_hir::hir::{ExampleKind, Settings, Value};

use crate::literal::literal;
use crate::run::{Check, Outcome, Verdict};
use crate::suite::Suite;

/// What is to be changed in an example.
#[derive(Clone, Debug)]
pub struct Update {
    /// Its number in the lexicon.
    pub example: usize,
    /// How many expectations change.
    pub expectations: usize,
    /// In order of place.
    pub edits: Vec<Edit>,
}

impl Suite {
    /// What writes today's answers into the expectations of an outcome that are not as expected. `None`: all is as expected, or there are no
    /// answers. `slice` gives the lexicon's text of a place.
    pub fn update(&self, outcome: &Outcome, slice: &dyn Fn(Span) -> String) -> Option<Update> {
        let example = self.example(outcome.example)?;
        let failed: Vec<&Check> = outcome.checks.iter().filter(|c| c.verdict != Verdict::Passed).collect();
        if outcome.stopped.is_some() || failed.is_empty() {
            return None;
        }
        let edits = match &example.kind {
            ExampleKind::Table(table) => {
                failed.iter().filter_map(|check| table::edit(self, table, check, slice)).collect::<Vec<Edit>>()
            }
            ExampleKind::Story(story) => {
                // Definitions may build on each other thousands deep.
                let open = lead_plan::on_a_deep_stack(|| story::open(self, outcome.example, story, &failed));
                open.iter().flat_map(|expectation| expectation.edits(&self.lexicon().settings, slice)).collect()
            }
            ExampleKind::Error => return None,
        };
        Some(Update { example: outcome.example, expectations: failed.len(), edits })
    }
}

/// A value as it is written in an expectation: numbers with ten digits, which is as close as answers are compared.
pub(crate) fn written(value: &Value, settings: &Settings) -> String {
    let digits = |n: f64| -> f64 {
        if n == 0.0 || !n.is_finite() {
            return n;
        }
        let places = 9 - n.abs().log10().floor() as i32;
        match places {
            0..=300 => {
                let scale = 10f64.powi(places);
                let rounded = (n * scale).round() / scale;
                if rounded.is_finite() { rounded } else { n }
            }
            _ => n,
        }
    };
    match value {
        Value::Number(n) => literal(&Value::Number(digits(*n)), settings),
        value => literal(value, settings),
    }
}
