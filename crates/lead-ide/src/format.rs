//! Formatting for an editor: as few changes as lead from the old layout to the new one, so that cursors and folds stay
//! where they are.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};
use lead_diag::{Edit, FileId, Span};
use lead_syntax::ast::{File, Statement, StatementKind};
use lead_syntax::scan::{self, Kind};

use crate::{FilePosition, Snapshot, tree};

/// One level of indentation.
const INDENT: &str = "    ";

/// The changes that lay out a file. `None`: it cannot be laid out.
pub(crate) fn document(file: FileId, text: &str) -> Option<Vec<Edit>> {
    let new = lead_syntax::format(text).ok()?;
    Some(difference(file, text, &new, 0))
}

/// The changes that lay out the statements that a range touches, and nothing else.
pub(crate) fn range(file: FileId, tree: &File, text: &str, range: Range<u32>) -> Option<Vec<Edit>> {
    let touched = tree::statements_in(tree, range.start, range.end);
    let (Some(first), Some(last)) = (touched.first(), touched.last()) else { return Some(Vec::new()) };
    let old_range = whole_lines(tree, text, first, last);
    // What stands apart by a blank line has no say in the layout.
    let around = paragraph(tree, text, old_range.clone());
    let old = text.get(around.clone())?;
    let new = lead_syntax::format(old).ok()?;
    let (before, after) = (lead_syntax::parse(file, old).file, lead_syntax::parse(file, &new).file);
    // The formatter keeps every statement.
    if before.statements.len() != after.statements.len() {
        return Some(Vec::new());
    }
    let index = |s: &Statement| {
        let start = (s.span.start as usize).checked_sub(around.start)? as u32;
        Some(before.statements.partition_point(|o| o.span.start < start))
    };
    let (from, to) = (after.statements.get(index(first)?)?, after.statements.get(index(last)?)?);
    let new_range = whole_lines(&after, &new, from, to);
    Some(difference(file, text.get(old_range.clone())?, new.get(new_range)?, old_range.start))
}

/// The whole lines around a range up to the next blank line between statements on either side.
pub(crate) fn paragraph(tree: &File, text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = tree::line_start(text, range.start as u32);
    let mut end = tree::line_end(text, range.end as u32);
    loop {
        let before = start..end;
        for statement in tree::statements_in(tree, start as u32, end as u32) {
            let span = whole_lines(tree, text, statement, statement);
            start = start.min(tree::line_start(text, span.start as u32));
            end = end.max(span.end);
        }
        while let Some(above) = start.checked_sub(1) {
            let line = tree::line_start(text, above as u32);
            if text.get(line..above).is_none_or(|l| l.trim().is_empty()) {
                break;
            }
            start = line;
        }
        loop {
            let rest = text.get(end..).unwrap_or("");
            let next = end + rest.len() - rest.strip_prefix('\r').unwrap_or(rest).len();
            if !text.get(next..).is_some_and(|t| t.starts_with('\n')) {
                break;
            }
            let line = next + 1..tree::line_end(text, next as u32 + 1);
            if text.get(line.clone()).is_none_or(|l| l.trim().is_empty()) {
                break;
            }
            end = line.end;
        }
        if before == (start..end) {
            return before;
        }
    }
}

/// From the first character of a statement to the end of the last line of another, with the comment behind it.
fn whole_lines(tree: &File, text: &str, first: &Statement, last: &Statement) -> Range<usize> {
    let at = tree.comments.partition_point(|c| c.span.start < last.span.end);
    let behind = tree.comments.get(at).filter(|c| !c.own_line).map_or(last.span.end, |c| c.span.end);
    first.span.start as usize..tree::line_end(text, behind)
}

/// The changes after a line end was typed: the statement that it ended is laid out, and the line of the cursor is
/// indented as what stands above it asks.
pub(crate) fn on_line_end(file: FileId, tree: &File, text: &str, offset: u32) -> Option<Vec<Edit>> {
    let line = tree::line_start(text, offset);
    let blanks_end = line + text.get(line..)?.chars().take_while(|c| matches!(c, ' ' | '\t')).count();
    let rest = text.get(blanks_end..tree::line_end(text, offset))?;
    let above_end = line.checked_sub(1)?;
    let above_start = tree::line_start(text, above_end as u32);
    let above = text.get(above_start..above_end)?.trim_end();
    // What begins with `and`, `unless` or their like belongs to what is above.
    let first_word = rest.get(..scan::word_length(rest)).unwrap_or("");
    let indent = match above.trim().is_empty() {
        true => "",
        false if scan::is_keyword(first_word) => INDENT,
        false => wanted_indent(tree, text, above, above_end),
    };
    let mut edits = Vec::new();
    if indent.is_empty() && (above.trim().is_empty() || rest.is_empty()) {
        edits = ended(file, tree, text, above_end as u32).unwrap_or_default();
    }
    let here = text.get(line..blanks_end)?;
    if here != indent && (rest.is_empty() || !indent.is_empty()) {
        edits.push(Edit { span: Span::new(file, line, blanks_end), text: indent.to_string() });
    }
    Some(edits)
}

/// Lays out the statement that ends above an offset, if all of it stands there.
fn ended(file: FileId, tree: &File, text: &str, offset: u32) -> Option<Vec<Edit>> {
    let behind = tree.statements.partition_point(|s| s.span.start < offset);
    let statement = tree.statements.get(behind.checked_sub(1)?)?;
    let done = statement.span.end <= offset && !matches!(statement.kind, StatementKind::Broken { .. });
    let mut edits = range(file, tree, text, statement.span.start..statement.span.end)?;
    edits.retain(|e| e.span.end <= offset);
    done.then_some(edits)
}

/// What a line below `above` begins with.
fn wanted_indent(tree: &File, text: &str, above: &str, above_end: usize) -> &'static str {
    let start = tree.statements.partition_point(|s| (s.span.start as usize) < above_end);
    let comment = above.trim_start().starts_with('#');
    let Some(statement) = start.checked_sub(1).and_then(|i| tree.statements.get(i)) else { return "" };
    let from = statement.span.start as usize;
    if comment && !above.starts_with([' ', '\t']) {
        return "";
    }
    let source = text.get(from..above_end).unwrap_or("");
    if above.starts_with([' ', '\t']) || goes_on(source) {
        return INDENT;
    }
    ""
}

/// Whether a statement that ends here has lines to come, or stops in the middle.
fn goes_on(source: &str) -> bool {
    let tokens = scan::tokens(source);
    let Some(last) = tokens.last() else { return false };
    let open = tokens.iter().filter(|t| matches!(t.text(source), "(" | "[")).count();
    let closed = tokens.iter().filter(|t| matches!(t.text(source), ")" | "]")).count();
    let word = last.text(source);
    let unfinished = open > closed
        || scan::is_keyword(word) && !word.eq_ignore_ascii_case("otherwise")
        || matches!(word, "," | ":" | "|" | "=" | "+" | "-" | "*" | "/" | "<" | ">" | "<=" | ">=" | "!=" | "->");
    let head = scan::classify(source);
    let with_lines = matches!(
        head.kind,
        Kind::Entity | Kind::Event | Kind::Score | Kind::Funnel | Kind::Story | Kind::Table | Kind::Choice
    );
    // `anonymous lead` and a line end: `when` is to come.
    let bare_name = head.kind == Kind::Unknown && !tokens.is_empty();
    unfinished || with_lines || bare_name
}

/// The changes from one text to another, whole lines apart from those at the ends of what differs. `base` is where
/// the old text begins in its file.
pub(crate) fn difference(file: FileId, old: &str, new: &str, base: usize) -> Vec<Edit> {
    if old == new {
        return Vec::new();
    }
    let input = InternedInput::new(old, new);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let starts = |text: &str| -> Vec<usize> {
        std::iter::once(0)
            .chain(text.split_inclusive('\n').scan(0, |at, line| {
                *at += line.len();
                Some(*at)
            }))
            .collect()
    };
    let (old_starts, new_starts) = (starts(old), starts(new));
    let mut edits = Vec::new();
    for hunk in diff.hunks() {
        let place = |starts: &[usize], range: Range<u32>| {
            let start = |line: u32| starts.get(line as usize).copied().unwrap_or(0);
            start(range.start)..start(range.end)
        };
        let (from, to) = (place(&old_starts, hunk.before), place(&new_starts, hunk.after));
        let (Some(before), Some(behind)) = (old.get(from.clone()), new.get(to)) else { continue };
        edits.push(narrowed(file, before, behind, base + from.start));
    }
    edits
}

/// One change without what both texts begin and end with.
fn narrowed(file: FileId, old: &str, new: &str, base: usize) -> Edit {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let front = same(&mut old.chars(), &mut new.chars());
    let (old, new) = (old.get(front..).unwrap_or(""), new.get(front..).unwrap_or(""));
    let back = same(&mut old.chars().rev(), &mut new.chars().rev());
    let end = old.len() - back;
    Edit {
        span: Span::new(file, base + front, base + front + end),
        text: new.get(..new.len() - back).unwrap_or("").to_string(),
    }
}

impl Snapshot {
    /// The changes that lay out a file. `None`: there is no such file, or it cannot be laid out.
    pub fn format(&self, file: FileId) -> Option<Vec<Edit>> {
        self.is_lead(file).then(|| document(file, self.text(file)))?
    }

    /// The changes that lay out the statements that a range touches.
    pub fn format_range(&self, file: FileId, range: Range<u32>) -> Option<Vec<Edit>> {
        let checked = self.file(file).filter(|_| self.is_lead(file))?;
        self::range(file, checked.tree(), &checked.text, range)
    }

    /// The changes after a line end was typed; the position is the one behind it.
    pub fn format_on_line_end(&self, at: FilePosition) -> Option<Vec<Edit>> {
        let at = self.clamp(at).filter(|at| self.is_lead(at.file))?;
        let checked = self.file(at.file)?;
        on_line_end(at.file, checked.tree(), &checked.text, at.offset)
    }

    fn is_lead(&self, file: FileId) -> bool {
        self.checked().config_file != Some(file) && self.file(file).is_some()
    }
}
