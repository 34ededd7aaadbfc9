//! The formatter: one layout for every lexicon, and no change of meaning.
//!
//! Statements without errors are laid out anew; broken ones stay as they are, to the byte. Every comment stays.
//! Invariant *same meaning*: statements whose text is another are read again, and their trees are compared with the old
//! ones; a statement whose tree or comments would differ keeps its old text.

mod expr;
mod lines;
mod statement;

use std::sync::atomic::{AtomicBool, Ordering};

use lead_diag::{Diagnostic, FileId, Span, codes};

use crate::ast::{Comment, Statement};
use crate::split::split;
use crate::{Parsed, in_parts, parse, read_all};
use lines::{INDENT, Line, Page};

/// A text laid out well.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    /// The new text.
    pub text: String,
    /// How many errors kept statements as they were.
    pub errors: usize,
    /// What was read of the old text; kept, so that a process that is about to end need not take it apart.
    _read: Parsed,
}

/// Lays out a text. What cannot be read is left as it is; an error is returned only if the text cannot be read at
/// all (too large), or if no layout keeps its meaning.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    lay_out(text).map(|laid| laid.text)
}

/// The same as [`format()`], and how much could not be read.
pub fn lay_out(text: &str) -> Result<Laid, Vec<Diagnostic>> {
    let parsed = parse(FileId(0), text);
    let errors = parsed.diagnostics.iter().filter(|d| d.is_error()).count();
    let (mut new, mut moved) = format_once(text, &parsed)?;
    // A comment that had to move leaves its old place free to be laid out otherwise, so look again.
    for _ in 0..MOST_ROUNDS {
        if !moved {
            break;
        }
        (new, moved) = format_once(&new, &parse(FileId(0), &new))?;
    }
    Ok(Laid { text: if text.contains("\r\n") { new.replace('\n', "\r\n") } else { new }, errors, _read: parsed })
}

/// How often a comment may move outwards.
const MOST_ROUNDS: usize = 8;

/// One round: the new text, and whether a comment had to leave its place.
fn format_once(text: &str, parsed: &Parsed) -> Result<(String, bool), Vec<Diagnostic>> {
    if parsed.diagnostics.iter().any(|d| d.code == codes::TOO_LARGE) {
        return Err(parsed.diagnostics.clone());
    }
    let mut kept: Vec<bool> = parsed.file.statements.iter().map(|s| is_broken(s, parsed)).collect();
    let mut last = None;
    for _ in 0..2 {
        let layout = Layout { text, parsed, kept: &kept, moved: AtomicBool::new(false) };
        let new = layout.write();
        let changed = if new == text { Vec::new() } else { changed(parsed, text, &new) };
        if changed.is_empty() {
            return Ok((new, layout.moved.into_inner()));
        }
        last = changed.first().copied();
        for i in changed {
            if let Some(keep) = kept.get_mut(i) {
                *keep = true;
            }
        }
    }
    let span = last.and_then(|i| parsed.file.statements.get(i)).map_or(Span::new(FileId(0), 0, 0), |s| s.span);
    Err(vec![
        Diagnostic::new(codes::LAYOUT_CHANGES_MEANING, "the new layout would change what the file says")
            .label(span, "would be read differently")
            .help("nothing was written; this is a mistake of the formatter, and a report of it is welcome"),
    ])
}

/// Whether a diagnostic lies in the statement, which then stays as it is.
fn is_broken(statement: &Statement, parsed: &Parsed) -> bool {
    let span = statement.span;
    let inside =
        |s: Span| (span.start <= s.start && s.start <= span.end) || (s.start < span.start && span.start < s.end);
    let from = parsed.diagnostics.partition_point(|d| d.span().is_none_or(|s| s.end < span.start));
    parsed
        .diagnostics
        .iter()
        .skip(from)
        .take_while(|d| d.span().is_none_or(|s| s.start <= span.end))
        .any(|d| d.span().is_some_and(inside))
}

/// The statements whose tree or comments differ; with other numbers of statements, all of them. What has the same text
/// has the same tree, and is not read again.
fn changed(old: &Parsed, old_text: &str, new_text: &str) -> Vec<usize> {
    let statements = &old.file.statements;
    let all = || (0..statements.len().max(1)).collect();
    let (pieces, comments) = split(FileId(0), new_text);
    if pieces.len() != old.pieces.len() {
        return all();
    }
    let mut others = Vec::new();
    let mut places = Vec::new();
    let mut first = 0;
    for (known, piece) in old.pieces.iter().zip(&pieces) {
        let here = first..first + known.statements();
        first = here.end;
        if !known.reads_as(piece, statements.get(here.clone()).unwrap_or(&[]), old_text, new_text) {
            others.push(piece.clone());
            places.push(here);
        }
    }
    let mut out = Vec::new();
    let mut places = places.into_iter();
    let (mut left, mut right) = (String::new(), String::new());
    for read in read_all(FileId(0), new_text, &others, &comments) {
        let mut new = read.statements.iter();
        for known in &read.known {
            let Some(here) = places.next() else { return all() };
            if here.len() != known.statements() {
                return all();
            }
            for (i, b) in here.zip(&mut new) {
                let Some(a) = statements.get(i) else { return all() };
                left.clear();
                right.clear();
                crate::debug::statement(&mut left, a);
                crate::debug::statement(&mut right, b);
                let both_broken = left.contains("ERROR") || left.starts_with("broken");
                let same_text = || old_text.get(a.span.range()) == new_text.get(b.span.range());
                if left != right || both_broken && !same_text() {
                    out.push(i);
                }
            }
        }
    }
    if places.next().is_some() || out.is_empty() && sorted(&old.file.comments) != sorted(&comments) {
        return all();
    }
    out
}

fn sorted(comments: &[Comment]) -> Vec<&str> {
    let mut texts: Vec<&str> = comments.iter().map(|c| c.text.as_str()).collect();
    texts.sort_unstable();
    texts
}

/// The new text in the making.
struct Layout<'t> {
    text: &'t str,
    parsed: &'t Parsed,
    /// Which statements keep their old text.
    kept: &'t [bool],
    /// A comment could not stay between the words where it stood.
    moved: AtomicBool,
}

/// A line of the new text, and what parts it from the one above.
struct Written {
    text: String,
    /// A blank line stood above it.
    blank: bool,
}

impl Layout<'_> {
    fn write(&self) -> String {
        let comments = &self.parsed.file.comments;
        let statements = &self.parsed.file.statements;
        let mut out = String::with_capacity(self.text.len() + self.text.len() / 4);
        let mut next = 0;
        let mut after_block = false;
        let pads = self.pads();
        let places: Vec<usize> = (0..statements.len()).collect();
        let laid =
            in_parts(self.text.len(), &places, |part| part.iter().map(|i| self.lines(*i, &pads)).collect::<Vec<_>>());
        for (statement, (lines, behind)) in statements.iter().zip(laid.into_iter().flatten()) {
            let before = comments.partition_point(|c| c.span.start < statement.span.start);
            let between = comments.get(next..before).unwrap_or(&[]);
            next = behind;
            let block = lines.len() > 1;
            let blank = lines.first().is_some_and(|l| l.blank);
            self.comments_above(&mut out, between, block || after_block, blank);
            for (n, line) in lines.iter().enumerate() {
                if n > 0 && line.blank {
                    out.push('\n');
                }
                out.push_str(&line.text);
                out.push('\n');
            }
            after_block = block;
        }
        for comment in comments.get(next..).unwrap_or(&[]) {
            let indented = self.is_indented(comment);
            if !out.is_empty() && (self.blank_above(comment.span.start) || after_block && !indented) {
                out.push('\n');
            }
            after_block &= indented;
            self.own_line(
                &mut out,
                comment,
                if indented && !self.parsed.file.statements.is_empty() { INDENT } else { 0 },
            );
        }
        out
    }

    /// The lines of a statement, and the first comment behind it.
    fn lines(&self, i: usize, pads: &[usize]) -> (Vec<Written>, usize) {
        let Some(statement) = self.parsed.file.statements.get(i) else { return (Vec::new(), 0) };
        let before = self.parsed.file.comments.partition_point(|c| c.span.start < statement.span.start);
        match self.kept.get(i) {
            Some(true) => self.keep(statement, before),
            _ => self.lay_out(statement, before, pads.get(i).copied().unwrap_or(0)),
        }
    }

    /// The blanks before the `=` of each value, so that those of neighbours stand below each other.
    fn pads(&self) -> Vec<usize> {
        let comments = &self.parsed.file.comments;
        let statements = &self.parsed.file.statements;
        let widths = in_parts(self.text.len(), statements, |part| {
            let page = Page::new(self.text, comments);
            part.iter().map(|s| page.value_width(s)).collect::<Vec<_>>()
        });
        let mut pads = vec![0; statements.len()];
        let mut group: Vec<(usize, usize, usize)> = Vec::new();
        for (i, (statement, widths)) in statements.iter().zip(widths.into_iter().flatten()).enumerate() {
            let widths = widths.filter(|_| self.kept.get(i) != Some(&true));
            let before = comments.partition_point(|c| c.span.start < statement.span.start);
            let last = i.checked_sub(1).and_then(|n| statements.get(n)).map_or(0, |s| s.span.end);
            let comment = before.checked_sub(1).and_then(|n| comments.get(n));
            let parted = comment.is_some_and(|c| c.own_line && c.span.start > last);
            if parted || widths.is_none() || self.blank_above(statement.span.start) {
                set_pads(&mut pads, &mut group);
            }
            if let Some((name, whole)) = widths {
                group.push((i, name, whole));
            }
        }
        set_pads(&mut pads, &mut group);
        pads
    }

    fn own_line(&self, out: &mut String, comment: &Comment, indent: usize) {
        out.push_str(&" ".repeat(indent));
        out.push_str(&comment.text);
        out.push('\n');
    }

    /// The comments between two statements. Those just above the second stay with it; a blank line parts the
    /// statements if one of them is a block.
    fn comments_above(&self, out: &mut String, comments: &[Comment], part: bool, blank: bool) {
        let mut attached = comments.len();
        let mut open = !blank;
        while open && attached > 0 {
            let Some(comment) = comments.get(attached - 1) else { break };
            if self.is_indented(comment) && !out.is_empty() {
                break;
            }
            attached -= 1;
            open = !self.blank_above(comment.span.start);
        }
        for (n, comment) in comments.iter().enumerate() {
            let indented = self.is_indented(comment) && n < attached && !out.is_empty();
            let forced = part && n == attached;
            if !out.is_empty() && (self.blank_above(comment.span.start) || forced) {
                out.push('\n');
            }
            self.own_line(out, comment, if indented { INDENT } else { 0 });
        }
        if !out.is_empty() && (blank || part && attached == comments.len()) {
            out.push('\n');
        }
    }

    fn line_start(&self, at: u32) -> usize {
        self.text.get(..at as usize).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1)
    }

    fn is_indented(&self, comment: &Comment) -> bool {
        let start = self.line_start(comment.span.start);
        let start = if start == 0 && self.text.starts_with('\u{FEFF}') { 3 } else { start };
        start < comment.span.start as usize
    }

    /// Whether what begins at `at` is the first of its line, with a blank line above.
    fn blank_above(&self, at: u32) -> bool {
        let start = self.line_start(at);
        let before = self.text.get(start..at as usize).unwrap_or("x");
        let Some(above) = start.checked_sub(1).and_then(|end| self.text.get(..end)) else { return false };
        let line = above.rfind('\n').map_or(above, |n| above.get(n + 1..).unwrap_or(""));
        before.trim().is_empty() && line.trim().is_empty()
    }

    /// A statement as it is. Returns its lines and the first comment behind it.
    fn keep(&self, statement: &Statement, first_comment: usize) -> (Vec<Written>, usize) {
        let comments = &self.parsed.file.comments;
        let (mut start, mut end) = (statement.span.start as usize, statement.span.end as usize);
        let line_start = self.line_start(statement.span.start);
        if self.text.get(line_start..start).is_some_and(|t| t.trim().is_empty()) {
            start = line_start;
        }
        let mut behind = first_comment;
        while let Some(comment) = comments.get(behind) {
            let at = comment.span.start as usize;
            let same_line = !comment.own_line && self.text.get(end..at).is_some_and(|t| !t.contains('\n'));
            if at >= end && !same_line {
                break;
            }
            end = end.max(comment.span.end as usize);
            behind += 1;
        }
        let blank = self.blank_above(statement.span.start);
        let text = self.text.get(start..end).unwrap_or("").replace("\r\n", "\n");
        let lines = text.split('\n').map(|l| Written { text: l.to_string(), blank: false });
        let mut lines: Vec<Written> = lines.collect();
        if let Some(first) = lines.first_mut() {
            first.blank = blank;
        }
        (lines, behind)
    }

    /// A statement laid out anew, with its comments. Returns its lines and the first comment behind it.
    fn lay_out(&self, statement: &Statement, first_comment: usize, pad: usize) -> (Vec<Written>, usize) {
        let comments = &self.parsed.file.comments;
        let mut page = Page::new(self.text, comments);
        page.pad = pad;
        page.statement(statement);
        let end = statement.span.end;
        let mut behind = first_comment;
        while let Some(comment) = comments.get(behind) {
            let gap = self.text.get(end as usize..comment.span.start as usize);
            if comment.span.start >= end && (comment.own_line || gap.is_none_or(|g| g.contains('\n'))) {
                break;
            }
            behind += 1;
        }
        (self.merge(&page.lines, comments.get(first_comment..behind).unwrap_or(&[])), behind)
    }

    /// Puts comments to the lines they belong to: at the end of a line, or on lines of their own above it.
    fn merge(&self, lines: &[Line], comments: &[Comment]) -> Vec<Written> {
        let mut above: Vec<Vec<&Comment>> = lines.iter().map(|_| Vec::new()).collect();
        let mut below_first: Vec<&Comment> = Vec::new();
        let mut trailing: Vec<Option<&Comment>> = lines.iter().map(|_| None).collect();
        let mut next = 0;
        for comment in comments {
            let at = comment.span.start;
            while next < lines.len() && lines[next].start <= at {
                next += 1;
            }
            // `next` is the first line that begins behind the comment.
            let here = next.saturating_sub(1);
            let inside = lines.get(here).is_some_and(|l| at < l.end);
            if inside {
                self.moved.store(true, Ordering::Relaxed);
            }
            if !comment.own_line && trailing.get(here).is_some_and(Option::is_none) {
                trailing[here] = Some(comment);
            } else if inside && here > 0 {
                above[here].push(comment);
            } else if next < lines.len() && !inside {
                above[next].push(comment);
            } else {
                below_first.push(comment);
            }
        }
        let mut out = Vec::with_capacity(lines.len() + comments.len());
        for (i, line) in lines.iter().enumerate() {
            for comment in &above[i] {
                let blank = comment.own_line && i > 0 && self.blank_above(comment.span.start);
                out.push(Written { text: format!("{}{}", " ".repeat(line.indent), comment.text), blank });
            }
            let mut text = line.text();
            if let Some(comment) = trailing[i] {
                text.push_str("  ");
                text.push_str(&comment.text);
            }
            out.push(Written { text, blank: line.unit && self.blank_above(line.start) });
            if i == 0 {
                for comment in &below_first {
                    out.push(Written { text: format!("{}{}", " ".repeat(INDENT), comment.text), blank: false });
                }
            }
        }
        out
    }
}

fn set_pads(pads: &mut [usize], group: &mut Vec<(usize, usize, usize)>) {
    let widest = group.iter().map(|(_, name, _)| *name).max().unwrap_or(0);
    if group.iter().all(|(_, name, whole)| whole + widest - name <= lines::WIDTH) {
        for (i, name, _) in group.iter() {
            if let Some(pad) = pads.get_mut(*i) {
                *pad = widest - name;
            }
        }
    }
    group.clear();
}
