//! A plan run over columns: answers, and why.
//!
//! Entities are columns in memory; events stream by, once for each level of measures that build on each other, and only
//! what each measure keeps per subject stays (see `accumulate`). Nothing depends on the order of events or the
//! number of threads.

mod accumulate;
mod answers;
mod blocks;
mod book;
mod change;
mod decay;
mod engine;
mod examine;
mod hits;
mod kernel;
mod ledger;
mod limits;
mod metric;
mod number;
mod observe;
mod parts;
mod relation;
mod scan;
mod sequence;
mod stages;
mod survey;
mod text;
mod time;
mod vector;
mod why;

pub use answers::{Answers, DefAnswers, MetricAnswer, MetricRow, SubjectAnswers};
pub use change::Change;
pub use engine::{EvalError, evaluate};
pub use examine::{Examined, examine};
pub use observe::{observe, values};
pub use survey::{Gap, Missing, ScoreLines, Survey, survey};
pub use why::{Asked, Measured, Seen, Why, WhyKind, why};
