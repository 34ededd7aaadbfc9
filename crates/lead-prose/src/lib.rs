//! Definitions said in plain English, made from their rules: `A contact is an anonymous lead when they viewed more than 5 pages and
//! came 2 or more times in the last 90 days, and have not converted in that time.`
//!
//! A rule is walked as typed by `lead-hir`. Conditions become clauses (`clause`), what is counted and measured becomes noun phrases
//! (`noun`), names are bent by the common rules of English (`english`, `kind`), and `rule` puts whole definitions together.
//!
//! Invariant *every rule*: a definition without errors has a sentence. Where English has no short way to say something, its name is
//! said instead: names can be looked up.

mod clause;
mod condition;
mod count;
mod english;
mod kind;
mod noun;
mod prose;
mod rule;
mod speaker;
mod window;

pub use english::{article, capital, counted, plural};
pub use prose::{Piece, Prose, escape_markdown};
pub use rule::{Sentence, sentence};
