//! What was found, kept so that it can be shown wherever its definition stands by then.

use lead_diag::{Code, Diagnostic, Span};
use lead_hir::hir::{DefId, Lexicon};

/// A place in a definition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// From where the statement begins.
    Inside(u32, u32),
    /// The name of another definition.
    NameOf(DefId),
}

/// A finding of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Its code.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The places and what stands there, the primary one first.
    pub labels: Vec<(Place, String)>,
    /// What to do.
    pub help: String,
    /// A record that shows it.
    pub note: Option<String>,
}

impl Finding {
    /// At places of the definition itself.
    pub fn new(code: Code, message: impl Into<String>) -> Finding {
        Finding { code, message: message.into(), labels: Vec::new(), help: String::new(), note: None }
    }

    /// Adds a label inside of the definition whose statement begins at `base`.
    pub fn label(mut self, base: Span, span: Span, text: impl Into<String>) -> Finding {
        let place = Place::Inside(span.start.saturating_sub(base.start), span.end.saturating_sub(base.start));
        self.labels.push((place, text.into()));
        self
    }

    /// Adds a label at the name of another definition.
    pub fn name_of(mut self, id: DefId, text: impl Into<String>) -> Finding {
        self.labels.push((Place::NameOf(id), text.into()));
        self
    }

    /// Sets the help.
    pub fn help(mut self, text: impl Into<String>) -> Finding {
        self.help = text.into();
        self
    }

    /// Sets the record that shows it.
    pub fn note(mut self, text: impl Into<String>) -> Finding {
        self.note = Some(text.into());
        self
    }

    /// As it is shown, where the definition stands now.
    pub fn shown(&self, lexicon: &Lexicon, id: DefId) -> Diagnostic {
        let base = lexicon.def(id).span;
        let mut shown = Diagnostic::new(self.code, self.message.clone());
        for (place, text) in &self.labels {
            let span = match *place {
                Place::Inside(start, end) => Span { start: base.start + start, end: base.start + end, ..base },
                Place::NameOf(other) => lexicon.def(other).name_span,
            };
            shown = shown.label(span, text.clone());
        }
        if !self.help.is_empty() {
            shown = shown.help(self.help.clone());
        }
        match &self.note {
            Some(note) => shown.note(note.clone()),
            None => shown,
        }
    }
}
