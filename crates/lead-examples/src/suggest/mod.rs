//! The examples that are missing: for each thing of a definition that no example shows, a row of given values that does, with today's
//! answer.
//!
//! A definition's conditions depend on a few columns each. `domain` gives each column the values at which a condition may change;
//! a condition's answer is worked out once for every combination of its own columns' values (`leaves`), by the plan and the evaluator;
//! `search` then looks for rows over these answers, the whole table's worth of combinations if need be, with what cannot lead there
//! left out early.

mod columns;
mod domain;
mod leaves;
mod mask;
mod rows;
mod search;

use lead_diag::Span;
use lead_hir::hir::{DefId, Given, Lexicon, Ty, Value};
use lead_plan::on_a_deep_stack;

use crate::coverage::{Coverage, Goal};
use crate::literal::name_text;
use crate::suite::Suite;
use crate::update::written;

/// Rows for a table of examples of one definition.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The definition.
    pub def: DefId,
    /// What is given, in the order in which the definition names it.
    pub columns: Vec<Given>,
    /// In the order in which they were found.
    pub rows: Vec<SuggestedRow>,
    /// What no table can show: it needs events or related records, and so a story; or nothing at all can.
    pub left: Vec<Goal>,
    /// The as-of time of the table, if what is given is a time or a date.
    pub as_of: Option<i64>,
}

/// A row of a suggested table.
#[derive(Clone, Debug)]
pub struct SuggestedRow {
    /// A value per column; `None` is cannot tell.
    pub cells: Vec<Option<Value>>,
    /// Today's answer.
    pub answer: Option<Value>,
    /// What it shows that no example and no row before it does.
    pub shows: Vec<Goal>,
}

impl Suite {
    /// The examples of a definition that are missing by `coverage`, the coverage of this suite. `None`: nothing is, or it
    /// has no answer that a table could expect.
    pub fn suggest(&self, def: DefId, coverage: &Coverage) -> Option<Suggestion> {
        let asked = self.lexicon().def(def);
        asked.subject?;
        if matches!(asked.ty, Ty::Record(_) | Ty::Error | Ty::Period | Ty::List(_)) {
            return None;
        }
        let missing = coverage.def(def)?.missing();
        if missing.is_empty() {
            return None;
        }
        let nothing = || Suggestion { def, columns: Vec::new(), rows: Vec::new(), left: missing.clone(), as_of: None };
        Some(on_a_deep_stack(|| rows::rows(self, def, &missing)).unwrap_or_else(nothing))
    }
}

impl Suggestion {
    /// The table as a lexicon has it, its columns below each other. `slice` gives the lexicon's text of a place.
    pub fn text(&self, lexicon: &Lexicon, slice: &dyn Fn(Span) -> String) -> String {
        let def = lexicon.def(self.def);
        let own = slice(def.name_span);
        let mut out = format!("examples {own}\n");
        let settings = &lexicon.settings;
        if let Some(as_of) = self.as_of {
            let day = lead_plan::calendar::local_day(as_of, &settings.zone);
            out.push_str(&format!("    as of {}\n", lead_plan::calendar::date_of_days(day)));
        }
        let name = |given: &Given| match (given, def.subject) {
            (Given::Field(field), Some(table)) => name_text(&lexicon.field(table, *field).name.text),
            (Given::Def(def), _) => slice(lexicon.def(*def).name_span),
            _ => own.clone(),
        };
        let mut lines: Vec<Vec<String>> = vec![self.columns.iter().map(name).chain([own.clone()]).collect()];
        for row in &self.rows {
            let cell = |value: &Option<Value>| value.as_ref().map_or(String::new(), |v| written(v, settings));
            lines.push(row.cells.iter().chain([&row.answer]).map(cell).collect());
        }
        let wide = |column: usize| lines.iter().filter_map(|l| Some(l.get(column)?.chars().count())).max().unwrap_or(0);
        for line in &lines {
            let mut text = String::from("   ");
            for (i, cell) in line.iter().enumerate() {
                let last = i + 1 == line.len();
                text.push_str(if i > 0 { " | " } else { " " });
                text.push_str(cell);
                if !last {
                    text.push_str(&" ".repeat(wide(i).saturating_sub(cell.chars().count())));
                }
            }
            out.push_str(text.trim_end());
            out.push('\n');
        }
        out
    }
}
