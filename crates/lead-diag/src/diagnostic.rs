//! A diagnostic as data: what is wrong, where, and what to do about it.

use crate::InOrder;
use serde::Serialize;

use crate::{Code, Level, Span};

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; changes no exit code.
    Hint,
    /// Legal, and likely wrong.
    Warning,
    /// The lexicon or the data cannot be used as they stand.
    Error,
}

/// A place and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is here, in a few words; may be empty.
    pub text: String,
}

/// Whether a fix may be applied without a person looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// The result means what the writer meant; `lead fix` applies it.
    Safe,
    /// Likely right, and changes meaning; `lead fix --unsafe` applies it.
    Unsafe,
    /// Shown, never applied by a command.
    Display,
}

/// A replacement of a span by a text; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A change that would resolve a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What the change does, as an order: `write `lead source``.
    pub title: String,
    /// May a command apply it?
    pub applicability: Applicability,
    /// The edits, of which none overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix that replaces one span.
    pub fn replace(title: impl Into<String>, applicability: Applicability, span: Span, text: impl Into<String>) -> Fix {
        Fix { title: title.into(), applicability, edits: vec![Edit { span, text: text.into() }] }
    }
}

/// One finding. Message: one line, lower case, no final stop, user text in backticks, no programmer's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// Its severity, after levels of `lead.toml` are applied.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The places; the first is the primary one. Empty where no file is involved.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// More that is worth knowing, a line each.
    pub notes: Vec<String>,
    /// Changes that would resolve it, best first.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A diagnostic of `code` at its default severity, with no labels yet.
    pub fn new(code: Code, message: impl Into<String>) -> Diagnostic {
        let severity = match code.info().level {
            Level::Error => Severity::Error,
            Level::Warn => Severity::Warning,
            Level::Allow => Severity::Hint,
        };
        Diagnostic {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            notes: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Adds a label; the first added is the primary one.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }

    /// Adds a note.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Adds a fix.
    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fixes.push(fix);
        self
    }

    /// Where it is, if it is in a file.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|l| l.span)
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Applies edits to the text of one file. Edits are taken in order of place; one that overlaps an earlier one is
/// left out. Returns the new text and how many edits were applied.
pub fn apply_edits(text: &str, edits: &[Edit]) -> (String, usize) {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.in_order_by_key(|e| (e.span.start, e.span.end));
    let mut out = String::with_capacity(text.len());
    let (mut at, mut applied) = (0usize, 0usize);
    for edit in sorted {
        let range = edit.span.range();
        let (Some(between), true) = (text.get(at..range.start.max(at)), range.start >= at) else { continue };
        if text.get(range.clone()).is_none() {
            continue;
        }
        out.push_str(between);
        out.push_str(&edit.text);
        at = range.end;
        applied += 1;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    (out, applied)
}
