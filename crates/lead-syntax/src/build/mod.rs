//! What the grammar found, as the syntax tree. Total: whatever pairs come, a tree results.
//!
//! Invariant *bounded tree*: no expression is deeper than [`MAX_TREE`], so that walking, printing and dropping a
//! tree need a bounded stack. Long chains of `and` and `or` are flat and cost no depth.

mod example;
mod expr;
mod literal;
mod record;
mod rule;
mod window;

use lead_diag::{Diagnostic, FileId, Span, codes};

use crate::ast::{Name, Text};
use lead_grammar::{Pair, Pairs, Rule};

pub(crate) use example::{StoryLine, TableLine};
pub(crate) use record::FieldLine;

/// How deep an expression may be.
pub(crate) const MAX_TREE: u32 = 320;

/// Builds the tree of one parsed text that starts at `base` in its file.
pub(crate) struct Builder<'d> {
    file: FileId,
    base: usize,
    /// What was parsed, at full length.
    text: &'d str,
    /// Where each byte of what was parsed stands in `text`, if a short form of it was.
    places: Option<&'d [u32]>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'d> Builder<'d> {
    /// A builder for a text that starts at `base`.
    pub fn new(file: FileId, base: usize, text: &'d str, diagnostics: &'d mut Vec<Diagnostic>) -> Builder<'d> {
        Builder { file, base, text, places: None, diagnostics }
    }

    /// The same for pairs of a short form of the text.
    pub fn of_short(self, places: &'d [u32]) -> Builder<'d> {
        Builder { places: Some(places), ..self }
    }

    /// Where a pair stands in the text.
    fn range(&self, pair: &Pair) -> (usize, usize) {
        let (start, end) = pair.range();
        let place = |at: usize| match self.places {
            Some(places) => places.get(at).map_or(self.text.len(), |p| *p as usize),
            None => at,
        };
        (place(start), place(end))
    }

    fn span(&self, pair: &Pair) -> Span {
        let (start, end) = self.range(pair);
        Span::new(self.file, self.base + start, self.base + end)
    }

    /// What is written at a pair. Words and signs of the language are the same in a short form, so that their pairs may
    /// be asked directly.
    fn written(&self, pair: &Pair) -> &'d str {
        let (start, end) = self.range(pair);
        self.text.get(start..end).unwrap_or("")
    }

    /// An empty place, for a tree that no text gives rise to.
    fn nowhere(&self) -> Span {
        Span::new(self.file, self.base, self.base)
    }

    /// A name of any of the rules for names.
    pub fn name(&self, pair: &Pair) -> Name {
        let span = self.span(pair);
        let written = self.written(pair);
        match written.strip_prefix('`') {
            Some(inner) => Name { text: inner.strip_suffix('`').unwrap_or(inner).to_string(), span, quoted: true },
            None => Name { text: written.to_string(), span, quoted: false },
        }
    }

    /// A text in quotes.
    pub fn text(&self, pair: &Pair) -> Text {
        Text { value: unquote(self.written(pair)), span: self.span(pair) }
    }

    fn no_name(&self) -> Name {
        Name { text: String::new(), span: self.nowhere(), quoted: false }
    }

    fn no_text(&self) -> Text {
        Text { value: String::new(), span: self.nowhere() }
    }

    /// The text behind the keyword `because`.
    fn because(&self, pair: Pair) -> Option<Text> {
        pair.into_inner().find(|p| p.as_rule() == Rule::text).map(|p| self.text(&p))
    }

    /// The next pair if it is of `rule`.
    fn next_if<'i>(&self, pairs: &mut Pairs<'i>, rule: Rule) -> Option<Pair<'i>> {
        if pairs.peek()?.as_rule() == rule { pairs.next() } else { None }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn report_deep(&mut self, span: Span) {
        if self.diagnostics.last().is_some_and(|d| d.code == codes::TOO_DEEP) {
            return;
        }
        self.report(too_deep(span));
    }
}

/// The message for what nests too deeply.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(codes::TOO_DEEP, "the condition nests too deeply to be read")
        .label(span, "one level too many")
        .help("give the inner parts names of their own: a value `name = …` or a term `name when …`")
}

/// The value of a text in quotes.
pub(crate) fn unquote(written: &str) -> String {
    let inner = written.strip_prefix('"').unwrap_or(written);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if inner.contains("\"\"") { inner.replace("\"\"", "\"") } else { inner.to_string() }
}
