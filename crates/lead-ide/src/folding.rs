//! Folding: what an editor can put away. Statements of several lines, blocks of comments and documentation, brackets
//! of several lines, and the definitions of one subject.

use lead_diag::InOrder;
use std::ops::Range;

use lead_diag::FileId;
use lead_syntax::ast::{File, Statement, StatementKind};

use crate::Snapshot;
use crate::tree::{self, Node};

/// What a fold holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldKind {
    /// Comments or documentation.
    Comment,
    /// The definitions of one subject.
    Region,
    /// A statement, or brackets in one.
    Statement,
}

/// Lines that can be put away: the line of `range.start` stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// From the end of the line that stays to the end of the last line.
    pub range: Range<u32>,
    /// What it holds.
    pub kind: FoldKind,
    /// What may be shown in its place.
    pub collapsed: Option<String>,
}

/// The folds of a file, in order of place.
pub(crate) fn folds(file: &File, text: &str) -> Vec<Fold> {
    let mut out = Vec::new();
    comments(file, text, &mut out);
    regions(file, text, &mut out);
    for statement in &file.statements {
        let span = statement.span;
        lines(text, span.start, span.end, FoldKind::Statement, None, &mut out);
        brackets(statement, text, &mut out);
    }
    out.in_order_by_key(|f| (f.range.start, std::cmp::Reverse(f.range.end)));
    // An editor keeps one fold for a line: the largest.
    out.dedup_by(|next, first| tree::line_start(text, next.range.start) == tree::line_start(text, first.range.start));
    out
}

/// Adds a fold from the line of `from` to `to`, if they are lines apart.
fn lines(text: &str, from: u32, to: u32, kind: FoldKind, collapsed: Option<String>, out: &mut Vec<Fold>) {
    let first = tree::line_end(text, from) as u32;
    if first < to {
        out.push(Fold { range: first..to, kind, collapsed });
    }
}

/// Blocks of comments that stand on lines of their own, documentation apart from plain comments.
fn comments(file: &File, text: &str, out: &mut Vec<Fold>) {
    let mut block: Option<(u32, u32, bool)> = None;
    let mut close = |block: Option<(u32, u32, bool)>| {
        if let Some((from, to, _)) = block {
            lines(text, from, to, FoldKind::Comment, None, out);
        }
    };
    for comment in file.comments.iter().filter(|c| c.own_line) {
        let docs = comment.text.starts_with("##");
        let (start, end) = (comment.span.start, comment.span.end);
        block = match block {
            Some((from, to, same)) if same == docs && follows(text, to, start) => Some((from, end, docs)),
            other => {
                close(other);
                Some((start, end, docs))
            }
        };
    }
    close(block);
}

/// Whether `next` begins on the line below `end`.
fn follows(text: &str, end: u32, next: u32) -> bool {
    let gap = text.get(end as usize..next as usize).unwrap_or("x");
    gap.trim().is_empty() && gap.bytes().filter(|b| *b == b'\n').count() == 1
}

/// From `for company` to the last statement before the next `for`.
fn regions(file: &File, text: &str, out: &mut Vec<Fold>) {
    let mut open: Option<(&Statement, u32)> = None;
    for statement in &file.statements {
        if let StatementKind::Subject(_) = statement.kind {
            if let Some((head, end)) = open {
                region(head, end, text, out);
            }
            open = Some((statement, statement.span.end));
        } else if let Some((_, end)) = &mut open {
            *end = statement.span.end;
        }
    }
    if let Some((head, end)) = open {
        region(head, end, text, out);
    }
}

fn region(head: &Statement, end: u32, text: &str, out: &mut Vec<Fold>) {
    let shown = text.get(head.span.range()).map(|head| format!("{} …", head.trim_end()));
    lines(text, head.span.start, end, FoldKind::Region, shown, out);
}

/// Lists, aggregates and parentheses of several lines.
fn brackets(statement: &Statement, text: &str, out: &mut Vec<Fold>) {
    tree::statement(statement, &mut |node| {
        let Node::Expr(expr) = node else { return };
        let closes = text.get(expr.span.range()).is_some_and(|t| t.ends_with([')', ']']));
        let whole = expr.span.start > statement.span.start;
        if closes && whole {
            lines(text, expr.span.start, expr.span.end, FoldKind::Statement, None, out);
        }
    });
}

impl Snapshot {
    /// What can be folded in a file, in order of place.
    pub fn folding_ranges(&self, file: FileId) -> Vec<Fold> {
        self.file(file).map_or_else(Vec::new, |f| folds(f.tree(), &f.text))
    }
}
