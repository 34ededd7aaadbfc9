//! Two versions of a lexicon compared: two typed lexicons in, what changed out, as plain data.
//!
//! [`compare`] looks at meaning, never at text: a definition whose words, layout or place alone changed is cosmetic, and one whose
//! name alone changed is renamed. With two runs over the same data [`term_moves`] and its kin say whose answers are others, and
//! which changed condition moved each.

mod affected;
mod cause;
mod class;
mod compare;
mod meaning;
mod moved;
mod names;
mod people;
mod settings;
mod tables;

pub use cause::{Cause, Shown};
pub use class::{Class, classes};
pub use compare::{Change, Cosmetic, Diff, How, Version, compare};
pub use meaning::{Item, Meaning};
pub use names::Names;
pub use people::{
    MetricMove, Moved, Rows, Run, TermMoves, Truth, ValueMoves, column, metric_moves, term_moves, value_moves,
};
pub use settings::Setting;
