//! Names, types, windows and lints of a lexicon: syntax trees in, a typed lexicon and diagnostics out.
//!
//! Pure: no clock, no files. Meanings are those of `docs/decisions.md`.
//!
//! [`lower`] checks a lexicon once; a [`Session`] keeps one while it is edited, and its [`Checked`] also says what stands where
//! ([`index`]).

pub mod config;
mod debug;
pub mod hir;
pub mod index;
mod lint;
mod lints;
mod lower;
mod session;
pub mod suggest;
pub mod walk;
pub mod words;

pub use config::{Config, SourceConfig};
pub use debug::debug;
pub use index::{Place, Role, Target};
pub use lead_syntax::MONTHS;
pub use lints::{Linted, Lints, says_less};
pub use lower::{Lowered, fold_text, lower};
pub use session::{Checked, CheckedFile, Session};
