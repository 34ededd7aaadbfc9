//! Another definition of a term, from another lexicon, over the same exports: its decisions, found again by the records' keys.

use std::collections::HashMap;

use lead_data::Data;
use lead_eval::{Answers, EvalError, evaluate};
use lead_hir::hir::{DefId, Lexicon, TableId};
use lead_plan::{Plan, plan_series};

use crate::tri::Decisions;

/// A plan for a term at several times.
pub struct PreparedFlags {
    /// What is read, measured and computed.
    pub plan: Plan,
    table: TableId,
    times: usize,
}

/// Decisions by time and record.
#[derive(Clone, Debug)]
pub struct Flags {
    /// By time, then record; `None`: cannot tell.
    pub(crate) decisions: Vec<Vec<Option<bool>>>,
    /// Records that the other lexicon does not know; they count as no.
    pub strangers: usize,
}

/// What two definitions have in common, in pairs of a record and a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// Yes by both.
    pub yes_both: usize,
    /// Yes by the first alone.
    pub yes_first: usize,
    /// Yes by the second alone.
    pub yes_second: usize,
    /// The outcome came, and both had said yes.
    pub found_both: usize,
    /// The outcome came, and the first alone had said yes.
    pub found_first: usize,
    /// The outcome came, and the second alone had said yes.
    pub found_second: usize,
    /// The outcome came, and neither had said yes.
    pub missed: usize,
}

impl Both {
    pub(crate) fn add(&mut self, first: bool, second: bool, came: bool) {
        match (first, second) {
            (true, true) => self.yes_both += 1,
            (true, false) => self.yes_first += 1,
            (false, true) => self.yes_second += 1,
            (false, false) => {}
        }
        match (came, first, second) {
            (false, ..) => {}
            (true, true, true) => self.found_both += 1,
            (true, true, false) => self.found_first += 1,
            (true, false, true) => self.found_second += 1,
            (true, false, false) => self.missed += 1,
        }
    }
}

impl PreparedFlags {
    /// Plans a term at the times. `None` where it is asked of no record.
    pub fn new(lexicon: &Lexicon, term: DefId, times: &[i64]) -> Option<PreparedFlags> {
        let def = lexicon.def(term);
        let table = def.subject?;
        let plan = plan_series(lexicon, times, |d| d.name.key == def.name.key);
        Some(PreparedFlags { plan, table, times: times.len() })
    }

    /// The term's decisions over `data`, put in the order of the records of `table` in `onto`.
    ///
    /// # Errors
    /// An amount of money that leaves its 64 bits.
    pub fn run<'a>(
        &'a self,
        lexicon: &'a Lexicon,
        data: &'a Data<'a>,
        onto: (&Data<'_>, TableId),
    ) -> Result<Flags, EvalError> {
        let answers: Answers = evaluate(lexicon, &self.plan, data, false)?;
        let subject = answers.subjects.iter().find(|s| s.table == self.table);
        let rows = subject.map_or(0, |s| s.rows);
        let by_key: HashMap<&str, usize> =
            (0..rows).filter_map(|row| Some((data.key(self.table, row as u32)?, row))).collect();
        let (other, table) = onto;
        let count = other.records(table).map_or(0, |r| r.rows);
        let here: Vec<Option<usize>> =
            (0..count).map(|row| by_key.get(other.key(table, row as u32)?).copied()).collect();
        let columns = subject.map(|s| s.defs.as_slice()).unwrap_or_default();
        let of = |column: &lead_data::Column| {
            let decisions = Decisions::of(column);
            here.iter().map(|row| row.map_or(Some(false), |row| decisions.get(row))).collect()
        };
        let decisions = columns.iter().take(self.times).map(|d| of(&d.column)).collect();
        Ok(Flags { decisions, strangers: here.iter().filter(|row| row.is_none()).count() })
    }
}
