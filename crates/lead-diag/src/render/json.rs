//! Diagnostics for other programs. The names and the order of the keys are stable; keys are only added.

use serde::Serialize;

use super::severity_word;
use crate::{Applicability, Diagnostic, LineCol, SourceMap, Span};

/// A diagnostic with places as lines and columns.
#[derive(Clone, Debug, Serialize)]
pub struct JsonDiagnostic {
    /// `L0203`
    pub code: &'static str,
    /// `unknown-field`
    pub slug: &'static str,
    /// `error`, `warning` or `hint`
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// The file of the primary label.
    pub file: Option<String>,
    /// Line of its start, from 1.
    pub line: Option<u32>,
    /// Column of its start in characters, from 1.
    pub column: Option<u32>,
    /// Its end, exclusive.
    pub end: Option<LineCol>,
    /// All labels, the primary one first.
    pub labels: Vec<JsonLabel>,
    /// What to do.
    pub help: Option<String>,
    /// More that is worth knowing.
    pub notes: Vec<String>,
    /// Changes that would resolve it, best first.
    pub fixes: Vec<JsonFix>,
}

/// A label.
#[derive(Clone, Debug, Serialize)]
pub struct JsonLabel {
    /// The file.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
    /// End, exclusive.
    pub end: LineCol,
    /// What is there.
    pub text: String,
}

/// A fix.
#[derive(Clone, Debug, Serialize)]
pub struct JsonFix {
    /// What it does.
    pub title: String,
    /// `safe`, `unsafe` or `display`.
    pub applicability: Applicability,
    /// Replacements.
    pub edits: Vec<JsonEdit>,
}

/// A replacement in a file.
#[derive(Clone, Debug, Serialize)]
pub struct JsonEdit {
    /// The file.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
    /// End, exclusive.
    pub end: LineCol,
    /// First byte of what is replaced.
    pub start_byte: u32,
    /// One past its last byte.
    pub end_byte: u32,
    /// By what.
    pub text: String,
}

/// A diagnostic as a value to serialise.
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> JsonDiagnostic {
    let places = |span: Span| {
        let file = sources.file(span.file);
        (file.name().to_owned(), file.line_col(span.start), file.line_col(span.end))
    };
    let primary = diagnostic.span().map(places);
    JsonDiagnostic {
        code: diagnostic.code.id(),
        slug: diagnostic.code.slug(),
        severity: severity_word(diagnostic.severity),
        message: diagnostic.message.clone(),
        file: primary.as_ref().map(|p| p.0.clone()),
        line: primary.as_ref().map(|p| p.1.line),
        column: primary.as_ref().map(|p| p.1.column),
        end: primary.as_ref().map(|p| p.2),
        labels: diagnostic
            .labels
            .iter()
            .map(|l| {
                let (file, start, end) = places(l.span);
                JsonLabel { file, line: start.line, column: start.column, end, text: l.text.clone() }
            })
            .collect(),
        help: diagnostic.help.clone(),
        notes: diagnostic.notes.clone(),
        fixes: diagnostic
            .fixes
            .iter()
            .map(|fix| JsonFix {
                title: fix.title.clone(),
                applicability: fix.applicability,
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| {
                        let (file, start, end) = places(edit.span);
                        JsonEdit {
                            file,
                            line: start.line,
                            column: start.column,
                            end,
                            start_byte: edit.span.start,
                            end_byte: edit.span.end,
                            text: edit.text.clone(),
                        }
                    })
                    .collect(),
            })
            .collect(),
    }
}
