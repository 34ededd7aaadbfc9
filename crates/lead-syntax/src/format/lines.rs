//! Lines on their way to the page: written bit by bit, aligned in columns, each with its place in the old text, so
//! that comments find the line they belong to.

use lead_diag::Span;
use unicode_width::UnicodeWidthStr;

use crate::ast::Comment;

/// No line is longer, unless one word or text alone is.
pub(super) const WIDTH: usize = 100;
/// One level.
pub(super) const INDENT: usize = 4;
/// A type of a field that is wider does not push the column behind it to the right.
const WIDE_CELL: usize = 40;

/// How many columns a text takes on a terminal.
pub(super) trait Wide {
    fn width(&self) -> usize;
}

impl Wide for str {
    fn width(&self) -> usize {
        if self.is_ascii() { self.len() } else { UnicodeWidthStr::width(self) }
    }
}

/// The blanks before a cell: a reason stands a little apart.
fn gap(column: usize, cell: &str) -> usize {
    match column {
        0 => 0,
        _ if cell.starts_with("because ") => 2,
        _ => 1,
    }
}

/// A line of the new text.
#[derive(Debug)]
pub(super) struct Line {
    pub indent: usize,
    /// Parts that may stand in columns; one blank between two that do not.
    pub cells: Vec<String>,
    /// Lines of one group stand in columns; 0 is none.
    pub group: u32,
    /// Where it came from in the old text.
    pub start: u32,
    pub end: u32,
    /// A line of meaning, above which a blank line is kept.
    pub unit: bool,
}

impl Line {
    fn width(&self) -> usize {
        let cells: usize = self.cells.iter().enumerate().map(|(i, c)| gap(i, c) + Wide::width(c.as_str())).sum();
        self.indent + cells
    }

    /// The line as text, its cells parted by one blank.
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(self.width());
        out.extend(std::iter::repeat_n(' ', self.indent));
        for (i, cell) in self.cells.iter().enumerate() {
            out.push_str(&"  "[..gap(i, cell)]);
            out.push_str(cell);
        }
        out.truncate(out.trim_end().len());
        out
    }
}

/// Writes the lines of one statement.
pub(super) struct Page<'t> {
    /// The old text.
    pub text: &'t str,
    comments: &'t [Comment],
    pub lines: Vec<Line>,
    /// In a score a line that begins with a sign is a new line of points, so none may.
    pub signs_begin_lines: bool,
    /// Blanks between the name of a value and its `=`, for the values around it.
    pub pad: usize,
    groups: u32,
}

impl<'t> Page<'t> {
    pub fn new(text: &'t str, comments: &'t [Comment]) -> Page<'t> {
        Page { text, comments, lines: Vec::new(), signs_begin_lines: false, pad: 0, groups: 0 }
    }

    /// The old text of a place.
    pub fn old(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Whether a comment stands inside a place; such a place is not put on one line.
    pub fn has_comment(&self, span: Span) -> bool {
        let first = self.comments.partition_point(|c| c.span.start < span.start);
        self.comments.get(first).is_some_and(|c| c.span.start < span.end)
    }

    /// Begins a line of meaning.
    pub fn unit(&mut self, indent: usize, start: u32) {
        self.begin(indent, start);
        if let Some(line) = self.lines.last_mut() {
            line.unit = true;
        }
    }

    /// Begins a line that goes on with the one above.
    pub fn begin(&mut self, indent: usize, start: u32) {
        let cells = vec![String::with_capacity(WIDTH)];
        self.lines.push(Line { indent, cells, group: 0, start, end: start, unit: false });
    }

    /// Adds to the line.
    pub fn push(&mut self, text: &str, end: u32) {
        let Some(line) = self.lines.last_mut() else { return };
        line.end = line.end.max(end);
        if let Some(cell) = line.cells.last_mut() {
            cell.push_str(text);
        }
    }

    /// Adds to the line; the place in the old text is that of what came before.
    pub fn sign(&mut self, text: &str) {
        self.push(text, 0);
    }

    /// Begins the next cell of the line.
    pub fn cell(&mut self) {
        if let Some(line) = self.lines.last_mut() {
            line.cells.push(String::with_capacity(WIDTH));
        }
    }

    /// How wide the line is by now.
    pub fn column(&self) -> usize {
        self.lines.last().map_or(0, Line::width)
    }

    /// A new group of aligned lines.
    pub fn group(&mut self) -> u32 {
        self.groups += 1;
        self.groups
    }

    /// Puts the last line into a group.
    pub fn join(&mut self, group: u32) {
        if let Some(line) = self.lines.last_mut() {
            line.group = group;
        }
    }

    /// Brings the lines of each group into columns, as far as they fit on the page.
    pub fn align(&mut self) {
        for group in 1..=self.groups {
            let members: Vec<usize> =
                self.lines.iter().enumerate().filter(|(_, l)| l.group == group).map(|(i, _)| i).collect();
            let columns = members.iter().filter_map(|i| self.lines.get(*i)).map(|l| l.cells.len()).max().unwrap_or(0);
            for column in 0..columns.saturating_sub(1) {
                self.align_column(&members, column);
            }
        }
    }

    fn align_column(&mut self, members: &[usize], column: usize) {
        let mut widest = 0;
        for line in members.iter().filter_map(|i| self.lines.get(*i)) {
            let more = line.cells.len() > column + 1;
            let width = line.cells.get(column).map_or(0, |c| Wide::width(c.as_str()));
            if more && (column == 0 || width <= WIDE_CELL || line.cells[column + 1].starts_with(['|', 'b', 'w', 'o'])) {
                widest = widest.max(width);
            }
        }
        let gap = |line: &Line| match line.cells.get(column) {
            Some(cell) if line.cells.len() > column + 1 => widest.saturating_sub(Wide::width(cell.as_str())),
            _ => 0,
        };
        let fits = |i: &usize| self.lines.get(*i).is_none_or(|l| gap(l) == 0 || l.width() + gap(l) <= WIDTH);
        let table = |i: &usize| self.lines.get(*i).is_some_and(|l| l.cells.iter().skip(1).any(|c| c.starts_with('|')));
        if !members.iter().all(fits) && !members.iter().any(table) {
            return;
        }
        for i in members {
            let Some(line) = self.lines.get_mut(*i) else { continue };
            let blanks = gap(line);
            if let Some(cell) = line.cells.get_mut(column) {
                cell.push_str(&" ".repeat(blanks));
            }
        }
    }
}
