//! A lexicon as SQL: a plan becomes a statement per subject, metric and funnel, in the SQL of a dialect.
//!
//! On the way: [`compile`] (plan to [`ir`]) · [`dialect`] (what engines do differently) · [`print`] (ir to text). The plan says what
//! is computed; nothing here reads data or knows the evaluator.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

pub mod compile;
pub mod dbt;
pub mod dialect;
pub mod ir;
mod names;
pub mod print;
mod regex;
mod rewrite;
pub mod spark;
pub mod target;

pub use compile::{AsOf, Compiled, Options, Step, Steps, Subject, compile, in_steps};
pub use dialect::Dialect;
pub use target::{RawColumn, RawTable, Target, raw_tables};
