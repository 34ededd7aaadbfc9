//! Names, types, windows and lints of a lexicon: syntax trees in, a typed lexicon and diagnostics out.
//!
//! Pure: no clock, no files. Meanings are those of `docs/decisions.md`.

pub mod config;
pub mod hir;
mod suggest;

pub use config::{Config, SourceConfig};
