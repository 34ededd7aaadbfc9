//! What examples touch of each definition: every condition seen yes, no and untold, whether it alone decided, every threshold
//! tried at its border and just beyond, every line and step that answered.
//!
//! *Decided* is masking MC/DC over Kleene logic: with everything else as it was in a record, the opposite of the condition would
//! have turned the answer around, from yes to no or from no to yes (of a choice: another line would have answered). It is wanted
//! with the condition at yes and with it at no.
//!
//! A condition counts as seen where the answer that an example asks for was worked out from it: answers that a table gives are not
//! worked out.

mod border;
mod collect;
mod logic;
mod reach;
mod words;

use lead_diag::Span;
use lead_hir::hir::{CompareOp, DefId, TableId, Value};

pub(crate) use border::{Side, beyond, side};
pub(crate) use collect::{Asking, step_of, tally};
pub use collect::{Goal, What};
pub(crate) use logic::{Decided, Tri, answer, decides};

/// How often something was seen; it is one of the things to see if `wanted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Whether it can be seen at all.
    pub wanted: bool,
    /// In how many records.
    pub seen: u32,
}

impl Mark {
    /// Whether it was seen.
    pub fn met(&self) -> bool {
        self.wanted && self.seen > 0
    }

    /// Whether it is still to be seen.
    pub fn missing(&self) -> bool {
        self.wanted && self.seen == 0
    }
}

/// How much of what is to be seen was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Seen.
    pub met: usize,
    /// To be seen.
    pub wanted: usize,
}

impl Score {
    fn of<'m>(marks: impl IntoIterator<Item = &'m Mark>) -> Score {
        let mut score = Score::default();
        for mark in marks {
            score.met += usize::from(mark.met());
            score.wanted += usize::from(mark.wanted);
        }
        score
    }

    /// Both together.
    pub fn plus(self, other: Score) -> Score {
        Score { met: self.met + other.met, wanted: self.wanted + other.wanted }
    }

    /// The share in percent; of nothing all was seen.
    pub fn percent(&self) -> f64 {
        if self.wanted == 0 { 100.0 } else { self.met as f64 * 100.0 / self.wanted as f64 }
    }
}

/// What examples touch of a lexicon.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// In order of the lexicon; those of which there is nothing to see are left out.
    pub defs: Vec<DefCoverage>,
}

impl Coverage {
    /// Of all definitions.
    pub fn score(&self) -> Score {
        self.defs.iter().fold(Score::default(), |sum, def| sum.plus(def.score()))
    }

    /// What is to be seen of one definition.
    pub fn def(&self, def: DefId) -> Option<&DefCoverage> {
        self.defs.iter().find(|d| d.def == def)
    }
}

/// What examples touch of a definition.
#[derive(Clone, Debug)]
pub struct DefCoverage {
    /// Which.
    pub def: DefId,
    /// How many examples work it out.
    pub examples: usize,
    /// Its own, then those of `where`s in it.
    pub decisions: Vec<DecisionCoverage>,
    /// What else it can come to.
    pub outcomes: Vec<OutcomeCoverage>,
}

impl DefCoverage {
    /// Every mark of it.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        let conditions = self.decisions.iter().flat_map(|d| &d.conditions).flat_map(|c| c.marks());
        conditions.chain(self.outcomes.iter().map(|o| &o.mark))
    }

    /// Of this definition.
    pub fn score(&self) -> Score {
        Score::of(self.marks())
    }
}

/// What was seen of conditions that are decided together.
#[derive(Clone, Debug)]
pub struct DecisionCoverage {
    /// Where they stand.
    pub span: Span,
    /// Of the `where` of a collection: whose records it asks.
    pub of: Option<TableId>,
    /// In order of the text.
    pub conditions: Vec<ConditionCoverage>,
}

/// What was seen of a condition.
#[derive(Clone, Debug)]
pub struct ConditionCoverage {
    /// Where it stands.
    pub span: Span,
    /// Of a comparison of sizes.
    pub border: Option<BorderCoverage>,
    /// It was yes.
    pub yes: Mark,
    /// It was no.
    pub no: Mark,
    /// It could not be told.
    pub unknown: Mark,
    /// It was yes, and its no would have turned the answer around.
    pub decides_yes: Mark,
    /// It was no, and its yes would have turned the answer around.
    pub decides_no: Mark,
}

impl ConditionCoverage {
    /// Every mark of it.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        let own = [&self.yes, &self.no, &self.unknown, &self.decides_yes, &self.decides_no];
        own.into_iter().chain(self.border.iter().flat_map(|b| [&b.at, &b.beyond]))
    }
}

/// What was seen of the border of a comparison.
#[derive(Clone, Debug)]
pub struct BorderCoverage {
    /// `<`, `<=`, `>` or `>=`
    pub op: CompareOp,
    /// Where the left side stands.
    pub left: Span,
    /// Where the right side stands.
    pub right: Span,
    /// The threshold, where it is the same for all records.
    pub threshold: Option<Value>,
    /// The next value on the side where the answer is another one.
    pub next: Option<Value>,
    /// Both sides were equal.
    pub at: Mark,
    /// One step apart, on the side where the answer is another one.
    pub beyond: Mark,
}

/// What was seen of another thing that a definition can come to.
#[derive(Clone, Debug)]
pub struct OutcomeCoverage {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: OutcomeKind,
    /// Whether it came about.
    pub mark: Mark,
}

/// What else a definition can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// A value was worked out, and known.
    Known,
    /// A line of a choice answered.
    Line,
    /// A line of a score gave points.
    Points,
    /// The bound of a line of a score was at work.
    Capped,
    /// The step of a funnel, by its place, was the furthest.
    Step(usize),
}
