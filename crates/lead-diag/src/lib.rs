//! Spans, sources and diagnostics: what every stage of the pipeline reports with.
//!
//! Nothing here knows the language. A diagnostic is data: the terminal (see [`render`]), JSON and the editor
//! each show the same value.

mod code;
mod diagnostic;
mod figure;
mod fingerprint;
mod order;
pub mod render;
mod source;

pub use code::{CODES, Code, CodeInfo, Level, codes};
pub use diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, Severity, apply_edits};
pub use figure::grouped;
pub use fingerprint::{fingerprint, fingerprints};
pub use order::InOrder;
pub use source::{FileId, LineCol, SourceFile, SourceMap, Span};
