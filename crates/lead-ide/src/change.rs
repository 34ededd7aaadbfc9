//! A change of texts, made by a code action.

use lead_diag::InOrder;
use std::ops::Range;

use lead_diag::{Edit, FileId, Span};
use lead_syntax::ast::File;

use crate::{Snapshot, format, selection, tree};

/// What a code action changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The replacements, in order of file and place, none overlapping. Spans are of the texts before the change.
    pub edits: Vec<Edit>,
    /// What the editor selects once the change is made, in the text after it: a made-up name or reason.
    pub select: Option<Span>,
}

impl Change {
    /// The text of a file after the change.
    pub fn apply(&self, file: FileId, text: &str) -> String {
        let own: Vec<Edit> = self.edits.iter().filter(|e| e.span.file == file).cloned().collect();
        lead_diag::apply_edits(text, &own).0
    }
}

/// A text to select after a change: its file, what it is, and the offset that it is nearest to.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub file: FileId,
    pub text: String,
    pub near: u32,
}

impl Snapshot {
    /// Makes edits a change. A file that was laid out before is laid out after.
    pub(crate) fn change(&self, edits: Vec<Edit>, select: Option<Select>) -> Change {
        let mut files: Vec<FileId> = edits.iter().map(|e| e.span.file).collect();
        files.in_order();
        files.dedup();
        let mut change = Change::default();
        for file in files {
            let mut own: Vec<Edit> = edits.iter().filter(|e| e.span.file == file).cloned().collect();
            own.in_order_by_key(|e| (e.span.start, e.span.end));
            let Some(checked) = self.file(file) else { continue };
            own = tidied(file, checked.tree(), &checked.text, own);
            if let Some(wanted) = select.as_ref().filter(|s| s.file == file) {
                let new = lead_diag::apply_edits(&checked.text, &own).0;
                let places = new.match_indices(&wanted.text).map(|(at, _)| at);
                let at = places.min_by_key(|at| at.abs_diff(wanted.near as usize));
                change.select = at.map(|at| Span::new(file, at, at + wanted.text.len()));
            }
            change.edits.extend(own);
        }
        change
    }
}

/// Edits in order, with what they leave laid out where the lines around them were.
fn tidied(file: FileId, tree: &File, text: &str, edits: Vec<Edit>) -> Vec<Edit> {
    let mut groups: Vec<(Range<usize>, Vec<Edit>)> = Vec::new();
    for edit in edits {
        let around = format::paragraph(tree, text, edit.span.range());
        match groups.last_mut() {
            Some((range, group)) if around.start <= range.end => {
                range.end = range.end.max(around.end);
                group.push(edit);
            }
            _ => groups.push((around, vec![edit])),
        }
    }
    let laid_out = |text: &str| lead_syntax::format(text).ok().map(|t| t.trim_end().to_string());
    let mut out = Vec::new();
    for (range, group) in groups {
        let old = text.get(range.clone()).unwrap_or("");
        let moved = group.iter().map(|e| {
            let at = |n: u32| (n as usize).saturating_sub(range.start);
            Edit { span: Span::new(file, at(e.span.start), at(e.span.end)), text: e.text.clone() }
        });
        let raw = lead_diag::apply_edits(old, &moved.collect::<Vec<_>>()).0;
        let inside = group.iter().all(|e| e.span.end as usize <= range.end);
        let tidy = inside && laid_out(old).is_some_and(|new| new == old.trim_end());
        match laid_out(&raw).filter(|new| tidy && !new.is_empty()) {
            Some(new) => {
                let tail = raw.get(raw.trim_end().len()..).unwrap_or("");
                out.extend(format::difference(file, old, &format!("{new}{tail}"), range.start));
            }
            None => out.extend(group),
        }
    }
    out
}

/// The edit that takes a statement out, with the comments just above it and the lines that it stood on.
pub(crate) fn removal(file: FileId, tree: &File, text: &str, index: usize) -> Edit {
    let (from, to) = selection::with_docs(tree, text, index);
    let mut end = next_line(text, tree::line_end(text, to as u32));
    let blank_before = text.get(..from).is_none_or(|t| t.is_empty() || t.ends_with("\n\n") || t.ends_with("\n\r\n"));
    if blank_before {
        // One blank line is enough where there were two.
        while end < text.len() && text.get(end..tree::line_end(text, end as u32)).is_some_and(|l| l.trim().is_empty()) {
            let next = next_line(text, tree::line_end(text, end as u32));
            if next == end {
                break;
            }
            end = next;
        }
    }
    Edit { span: Span::new(file, from, end), text: String::new() }
}

/// Behind the line end at an offset.
fn next_line(text: &str, at: usize) -> usize {
    match text.get(at..) {
        Some(rest) if rest.starts_with("\r\n") => at + 2,
        Some(rest) if rest.starts_with('\n') => at + 1,
        _ => at,
    }
}
