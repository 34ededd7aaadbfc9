//! The one meaning that every backend shares: a typed lexicon and an as-of time become columns to read, records to
//! measure over fixed ranges of time, and steps to compute from them.
//!
//! What `docs/decisions.md` says of unknowns, time and money is turned into plain operations here; a backend that
//! carries out each [`Op`] and [`Measure`] as described has the meaning of the language.

mod build;
pub mod calendar;
mod conditions;
mod debug;
mod explain;
mod expr;
mod plan;
mod when;

pub use build::{Planner, on_a_deep_stack, plan, plan_series};
pub use conditions::{Border, Condition, Decision, Decisions, Logic, Outcome, OutcomeKind, Shape};
pub use debug::debug;
pub use explain::{Explained, Part};
pub use plan::*;
pub use when::{Moments, When, WhenId};
