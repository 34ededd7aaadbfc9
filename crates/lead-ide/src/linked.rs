//! Linked editing: places that change together while one of them is typed at. Only where all of them stand in one
//! statement, as the keys of a story do; what the rest of the lexicon knows is renamed instead.

use lead_diag::InOrder;
use std::ops::Range;

use lead_diag::Span;
use lead_hir::hir::Ty;
use lead_hir::index::Target;
use lead_syntax::ast::{Expr, ExprKind, File, LiteralKind, Statement, StatementKind, Story, StoryItemKind};

use crate::tree;
use crate::{FilePosition, Snapshot};

/// Places that change together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Two or more, with one text.
    pub ranges: Vec<Range<u32>>,
    /// What may be typed there, as a regular expression.
    pub pattern: &'static str,
}

/// What a key in quotes may hold.
const KEY: &str = r#"[^"\r\n]*"#;
/// What a name may hold.
const NAME: &str = r"[\p{L}][\p{L}\p{N}_'& \-]*";

/// The places that are linked to the one at an offset. `is_reference` says of the name of a field in a story whether
/// it holds the key of a record.
pub(crate) fn linked(file: &File, text: &str, offset: u32, is_reference: &dyn Fn(Span) -> bool) -> Option<Linked> {
    let (_, statement) = tree::statement_at(file, offset)?;
    let found = match &statement.kind {
        StatementKind::Story(story) => return keys(story, text, offset, is_reference),
        _ => names(statement),
    };
    let at = found.iter().find(|s| s.touches(offset))?;
    let written = text.get(at.range())?;
    let same: Vec<Span> = found.iter().filter(|s| text.get(s.range()) == Some(written)).copied().collect();
    finish(same, NAME)
}

fn finish(mut spans: Vec<Span>, pattern: &'static str) -> Option<Linked> {
    spans.in_order();
    spans.dedup();
    let ranges: Vec<Range<u32>> = spans.iter().map(|s| s.start..s.end).collect();
    (ranges.len() > 1).then_some(Linked { ranges, pattern })
}

/// Names that a statement says twice: the subject of an event and its field, a field and `same when`, the term of a
/// table and its column.
fn names(statement: &Statement) -> Vec<Span> {
    let mut out = Vec::new();
    match &statement.kind {
        StatementKind::Event(event) => {
            out.extend(event.of.iter().map(|n| n.span));
            out.extend(event.fields.iter().map(|f| f.name.span));
        }
        StatementKind::Entity(entity) => {
            out.extend(entity.fields.iter().map(|f| f.name.span));
            out.extend(entity.same_when.iter().map(|n| n.span));
        }
        StatementKind::Table(table) => {
            out.push(table.name.span);
            out.extend(table.columns.iter().map(|n| n.span));
        }
        _ => {}
    }
    out
}

/// The keys of a story's records: where a record is told, and where it is named.
fn keys(story: &Story, text: &str, offset: u32, is_reference: &dyn Fn(Span) -> bool) -> Option<Linked> {
    let inside = |s: Span| Span { start: s.start + 1, end: s.end.saturating_sub(1).max(s.start + 1), ..s };
    let told: Vec<Span> = story
        .items
        .iter()
        .filter_map(|i| match &i.kind {
            StoryItemKind::Record { key, .. } => key.as_ref().map(|k| inside(k.span)),
            _ => None,
        })
        .collect();
    let mut all = told.clone();
    for item in &story.items {
        match &item.kind {
            StoryItemKind::Record { fields, .. } => references(fields, is_reference, &mut all),
            StoryItemKind::Event { of, fields, .. } => {
                all.extend(of.iter().map(|k| k.span));
                references(fields, is_reference, &mut all);
            }
            StoryItemKind::Expect { key, .. } => all.extend(key.iter().map(|k| k.span)),
        }
    }
    for span in all.iter_mut().skip(told.len()) {
        *span = inside(*span);
    }
    let at = all.iter().find(|s| s.touches(offset))?;
    let key = text.get(at.range())?;
    let known = told.iter().any(|s| text.get(s.range()) == Some(key));
    let same: Vec<Span> = all.iter().filter(|s| text.get(s.range()) == Some(key)).copied().collect();
    if known { finish(same, KEY) } else { None }
}

fn references(fields: &[(lead_syntax::ast::Name, Expr)], is_reference: &dyn Fn(Span) -> bool, out: &mut Vec<Span>) {
    for (name, value) in fields {
        if matches!(value.kind, ExprKind::Literal(LiteralKind::Text(_))) && is_reference(name.span) {
            out.push(value.span);
        }
    }
}

impl Snapshot {
    /// The places that change together with the one at an offset.
    pub fn linked_editing_ranges(&self, at: FilePosition) -> Option<Linked> {
        let at = self.clamp(at)?;
        let file = self.file(at.file)?;
        let is_reference = |name: Span| {
            self.checked().places_at(at.file, name.start).any(|p| match p.target {
                Target::Field(table, field) if p.span == name => {
                    matches!(self.lexicon().field(table, field).ty, Ty::Record(_))
                }
                _ => false,
            })
        };
        linked(file.tree(), &file.text, at.offset, &is_reference)
    }
}
