//! What is wrong with a part that the grammar refused: place, cause and cure.

use lead_diag::{Applicability, Diagnostic, FileId, Fix, Span, codes};

use crate::ast::Name;
use crate::scan::{Kind, Token, TokenKind};

/// A part of a statement, and where the grammar stopped in it.
pub(crate) struct Place<'t> {
    pub file: FileId,
    pub base: usize,
    /// The whole statement.
    pub text: &'t str,
    /// The part of it that could not be read.
    pub range: (usize, usize),
    /// Where the grammar stopped, in `text`.
    pub stop: usize,
    /// The kind of the statement.
    pub kind: Kind,
}

impl Place<'_> {
    fn span(&self, range: (usize, usize)) -> Span {
        Span::new(self.file, self.base + range.0, self.base + range.1)
    }

    fn of(&self, token: &Token) -> Span {
        self.span((token.start, token.end))
    }
}

/// The one diagnostic of a part that could not be read.
pub(crate) fn explain(place: &Place, tokens: &[Token]) -> Diagnostic {
    let inside: Vec<&Token> = tokens.iter().filter(|t| t.start >= place.range.0 && t.end <= place.range.1).collect();
    if let Some(token) = inside.iter().find(|t| t.kind == TokenKind::Unclosed) {
        return Diagnostic::new(codes::UNCLOSED_TEXT, "a text in quotes has no end on its line")
            .label(place.of(token), "begins here")
            .help("write the closing quote; a text does not cross a line end");
    }
    let at = inside.iter().find(|t| t.end > place.stop);
    match at {
        Some(token) => {
            let found = token.text(place.text);
            Diagnostic::new(codes::BROKEN_STATEMENT, format!("`{found}` cannot stand here"))
                .label(place.of(token), "not expected here")
        }
        None => {
            let end = inside.last().map_or(place.span((place.range.0, place.range.0)), |t| place.of(t).after());
            Diagnostic::new(codes::BROKEN_STATEMENT, "the statement ends too early")
                .label(end, "something is missing here")
        }
    }
}

/// A name that the grammar would not read as one.
pub(crate) fn needs_backticks(name: &Name) -> Diagnostic {
    Diagnostic::new(codes::BROKEN_STATEMENT, format!("`{}` holds a word of the language", name.text))
        .label(name.span, "not readable as one name")
        .help("choose another name, or write it in backticks wherever it is used")
        .fix(Fix::replace("write it in backticks", Applicability::Unsafe, name.span, format!("`{}`", name.text)))
}
