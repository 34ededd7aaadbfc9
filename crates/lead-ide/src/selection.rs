//! Selection ranges: what a selection grows to, from the word at the cursor to the whole file.

use lead_diag::InOrder;
use std::ops::Range;

use lead_diag::Span;
use lead_syntax::ast::{Comment, File, StatementKind};
use lead_syntax::scan::{self, TokenKind};

use crate::tree;
use crate::{FilePosition, Snapshot};

/// The ranges around an offset, the smallest first; each holds the one before it and is larger.
pub(crate) fn ranges(file: &File, text: &str, offset: u32) -> Vec<Range<u32>> {
    let mut found: Vec<Range<u32>> = Vec::new();
    let mut add = |start: usize, end: usize| {
        let range = start as u32..end as u32;
        if range.start <= offset && offset <= range.end && range.start < range.end {
            found.push(range);
        }
    };
    if let Some(comment) = comment_at(file, offset) {
        in_comment(file, text, comment, offset, &mut add);
    } else {
        word(text, offset, &mut add);
    }
    if let Some((_, statement)) = tree::statement_at(file, offset) {
        let start = statement.span.start as usize;
        let source = text.get(statement.span.range()).unwrap_or("");
        for token in scan::tokens(source) {
            add(start + token.start, start + token.end);
            if matches!(token.kind, TokenKind::Text | TokenKind::Quoted) {
                add(start + token.start + 1, start + token.end - 1);
            }
        }
        tree::statement(statement, &mut |node| {
            let range = node.span().range();
            add(range.start, range.end);
        });
        add(start, statement.span.end as usize);
    }
    if let Some(statement) = around(file, offset) {
        let (from, to) = with_docs(file, text, statement.0);
        add(from, to);
        let (from, to) = section(file, text, statement.0);
        add(from, to);
    }
    add(0, text.len());
    nested(found)
}

/// Keeps what lies one in the other, from the smallest up.
fn nested(mut found: Vec<Range<u32>>) -> Vec<Range<u32>> {
    found.in_order_by_key(|r| (r.end - r.start, r.start));
    let mut out: Vec<Range<u32>> = Vec::new();
    for range in found {
        let fits = match out.last() {
            Some(last) => range.start <= last.start && last.end <= range.end && range != *last,
            None => true,
        };
        if fits {
            out.push(range);
        }
    }
    out
}

/// The word at an offset.
fn word(text: &str, offset: u32, add: &mut impl FnMut(usize, usize)) {
    let at = offset as usize;
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '\'' | '&');
    let (Some(before), Some(behind)) = (text.get(..at), text.get(at..)) else { return };
    let start = at - before.chars().rev().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
    let end = at + behind.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
    add(start, end);
}

fn comment_at(file: &File, offset: u32) -> Option<&Comment> {
    let behind = file.comments.partition_point(|c| c.span.start <= offset);
    let comment = file.comments.get(behind.checked_sub(1)?)?;
    // At the sign of a comment behind code the code is meant.
    let inside = comment.span.start < offset || comment.own_line;
    (inside && comment.span.touches(offset)).then_some(comment)
}

/// Word, text and line of a comment, and the block of comments it belongs to.
fn in_comment(file: &File, text: &str, comment: &Comment, offset: u32, add: &mut impl FnMut(usize, usize)) {
    word(text, offset, add);
    let Span { start, end, .. } = comment.span;
    let signs = comment.text.len() - comment.text.trim_start_matches('#').trim_start().len();
    add(start as usize + signs, end as usize);
    add(start as usize, end as usize);
    let at = file.comments.partition_point(|c| c.span.start < start);
    let near = |a: u32, b: u32| {
        let gap = text.get(a as usize..b as usize).unwrap_or("x");
        gap.trim().is_empty() && gap.bytes().filter(|b| *b == b'\n').count() == 1
    };
    let (mut from, mut to) = (start, end);
    for other in file.comments.get(..at).unwrap_or(&[]).iter().rev().take_while(|c| c.own_line) {
        if !near(other.span.end, from) {
            break;
        }
        from = other.span.start;
    }
    for other in file.comments.get(at + 1..).unwrap_or(&[]).iter().take_while(|c| c.own_line) {
        if !near(to, other.span.start) {
            break;
        }
        to = other.span.end;
    }
    if comment.own_line {
        add(from as usize, to as usize);
    }
}

/// The statement at an offset, or the one whose documentation is there.
fn around(file: &File, offset: u32) -> Option<(usize, u32)> {
    if let Some((i, statement)) = tree::statement_at(file, offset) {
        return Some((i, statement.span.start));
    }
    let next = file.statements.partition_point(|s| s.span.start <= offset);
    let statement = file.statements.get(next)?;
    Some((next, statement.span.start))
}

/// A statement with the comments just above it.
pub(crate) fn with_docs(file: &File, text: &str, index: usize) -> (usize, usize) {
    let Some(statement) = file.statements.get(index) else { return (0, 0) };
    let mut from = statement.span.start;
    let above = file.comments.partition_point(|c| c.span.start < from);
    for comment in file.comments.get(..above).unwrap_or(&[]).iter().rev() {
        let gap = text.get(comment.span.end as usize..from as usize).unwrap_or("x");
        let near = gap.trim().is_empty() && gap.bytes().filter(|b| *b == b'\n').count() == 1;
        let column_one = tree::line_start(text, comment.span.start) == comment.span.start as usize;
        if !(near && comment.own_line && column_one) {
            break;
        }
        from = comment.span.start;
    }
    (from as usize, statement.span.end as usize)
}

/// All statements of the subject that a statement stands below.
fn section(file: &File, text: &str, index: usize) -> (usize, usize) {
    let subject = |i: &usize| matches!(file.statements.get(*i).map(|s| &s.kind), Some(StatementKind::Subject(_)));
    let first = (0..=index).rev().find(subject).unwrap_or(0);
    let behind = (index + 1..file.statements.len()).find(subject).unwrap_or(file.statements.len());
    let (from, _) = with_docs(file, text, first);
    let (_, to) = with_docs(file, text, behind.saturating_sub(1));
    (from, to)
}

impl Snapshot {
    /// What a selection grows to from an offset: each range holds the one before it and is larger.
    pub fn selection_ranges(&self, at: FilePosition) -> Vec<Range<u32>> {
        let Some(at) = self.clamp(at) else { return Vec::new() };
        self.file(at.file).map_or_else(Vec::new, |f| ranges(f.tree(), &f.text, at.offset))
    }
}
