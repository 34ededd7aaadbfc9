//! Names, types, windows and lints of a lexicon: syntax trees in, a typed lexicon and diagnostics out.
//!
//! Pure: no clock, no files. Meanings are those of `docs/decisions.md`.

pub mod config;
mod debug;
pub mod hir;
mod lint;
mod lower;
pub mod suggest;
pub mod walk;

pub use config::{Config, SourceConfig};
pub use debug::debug;
pub use lower::{Lowered, lower};
