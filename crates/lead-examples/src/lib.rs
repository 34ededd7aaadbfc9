//! Examples of a lexicon, run: each is a small world of records and events, and what is expected of it.
//!
//! Stands behind the checker, beside the run over exports: the world of an example is made in memory and answered by the same
//! plan and evaluator as a company's data, so that an example never means something else than the rule does.
//!
//! On the way: `suite` (all examples of a lexicon made ready) · `world` (one example to records, events and questions) ·
//! `run` (answers, compared with what was expected) · `report`, `literal` (failures for people) · `value` (columns to values, and when two are the same).
//!
//! Beside it: `coverage` (what examples show of each condition), `mutate` (small changes that they notice), `suggest` (rows that are missing), `update`
//! (today's answers in the place of expectations).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod coverage;
mod literal;
mod mutate;
mod report;
mod run;
mod suggest;
mod suite;
mod update;
mod uses;
mod value;
mod world;

pub use coverage::{
    BorderCoverage, ConditionCoverage, Coverage, DecisionCoverage, DefCoverage, Goal, Mark, OutcomeCoverage,
    OutcomeKind, Score, What,
};
pub use literal::literal;
pub use mutate::{Fate, Mutant, MutantKind, Mutation};
pub use report::{answer_text, diagnostics};
pub use run::{Check, Outcome, Verdict};
pub use suggest::{SuggestedRow, Suggestion};
pub use suite::Suite;
pub use update::Update;
pub use value::{same, value_at};
