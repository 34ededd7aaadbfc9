//! Links of a file: `from "…"` opens the export, a code in a comment its page.

use lead_diag::InOrder;
use lead_diag::{Code, FileId, Span};
use lead_syntax::ast::{Field, StatementKind, Text};

use crate::snapshot::Snapshot;

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// An export, as written in `from`: relative to the data folder, perhaps a pattern.
    Export(String),
    /// The page of a code.
    Code(Code),
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLink {
    /// What is clicked: a text without its quotes, or a code.
    pub span: Span,
    /// Where it leads.
    pub target: LinkTarget,
}

impl Snapshot {
    /// The links of a file, in order of place.
    pub fn document_links(&self, file: FileId) -> Vec<DocumentLink> {
        let Some(checked) = self.file(file) else { return Vec::new() };
        let mut links: Vec<DocumentLink> = Vec::new();
        self.source_texts(file, &mut |text| {
            let inner = Span { start: text.span.start + 1, end: text.span.end.saturating_sub(1), ..text.span };
            if inner.start < inner.end {
                links.push(DocumentLink { span: inner, target: LinkTarget::Export(text.value.clone()) });
            }
        });
        for comment in &checked.tree().comments {
            links.extend(codes_in(&comment.text).map(|(at, length, code)| DocumentLink {
                span: Span {
                    start: comment.span.start + at as u32,
                    end: comment.span.start + (at + length) as u32,
                    ..comment.span
                },
                target: LinkTarget::Code(code),
            }));
        }
        links.in_order_by_key(|l| l.span);
        links
    }

    /// Calls `visit` with every text of a file that names an export.
    pub(crate) fn source_texts(&self, file: FileId, visit: &mut dyn FnMut(&Text)) {
        let Some(checked) = self.file(file) else { return };
        let fields = |fields: &[Field], visit: &mut dyn FnMut(&Text)| {
            fields.iter().flat_map(|f| &f.headers).filter_map(|h| h.source.as_ref()).for_each(visit);
        };
        for statement in &checked.tree().statements {
            match &statement.kind {
                StatementKind::Entity(entity) => {
                    entity.sources.iter().for_each(&mut *visit);
                    fields(&entity.fields, visit);
                }
                StatementKind::Event(event) => {
                    event.sources.iter().for_each(&mut *visit);
                    fields(&event.fields, visit);
                }
                _ => {}
            }
        }
    }
}

/// Codes and, behind `allow:`, slugs of lints in a comment: where, how long, which.
fn codes_in(comment: &str) -> impl Iterator<Item = (usize, usize, Code)> + '_ {
    let allows = comment.contains("allow:");
    let mut at = 0;
    let words = comment.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).map(move |word| {
        let start = at;
        at += word.len() + 1;
        (start, word)
    });
    words.filter_map(move |(start, word)| {
        // Words are cut at one-byte signs; behind a longer character the place is no longer certain.
        let here = comment.get(start..start + word.len()) == Some(word);
        let id = word.len() == 5 && word.starts_with('L') && word[1..].bytes().all(|b| b.is_ascii_digit());
        if !here || word.is_empty() || !(id || (allows && word.contains('-'))) {
            return None;
        }
        Code::find(word).filter(|c| id || c.is_lint()).map(|code| (start, word.len(), code))
    })
}
