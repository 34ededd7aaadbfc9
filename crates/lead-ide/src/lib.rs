//! Editor features on offsets of a text, for whatever protocol carries them.
//!
//! Pure: a [`Snapshot`] of a checked lexicon in, plain data out. No clock, no files, no protocol. Positions are byte
//! offsets; [`LineIndex`] turns them into lines and columns. Features are methods of [`Snapshot`], a file each.
//!
//! Invariant *within bounds*: every span of an answer lies inside its file, on character boundaries.

mod cancel;
mod exports;
mod line_index;

pub use cancel::{Cancel, Cancelled};
pub use exports::{Exports, NoExports};
pub use line_index::{Encoding, InsideCharacter, LineColumn, LineIndex};
