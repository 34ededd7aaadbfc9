//! The statement that the cursor is in: its text up to the cursor, as words and signs.

use lead_syntax::scan::{self, Token, TokenKind};

/// What the cursor stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Words and signs.
    Code,
    /// A text, whose quote stands at this byte of the statement.
    Text(usize),
    /// A name in backticks, whose first backtick stands at this byte of the statement.
    Quoted(usize),
    /// A comment, whose `#` stands at this byte of the statement.
    Comment(usize),
}

/// The part of a statement that stands before the cursor.
#[derive(Debug)]
pub(crate) struct Cursor<'t> {
    /// Where the statement begins in the file.
    pub base: usize,
    /// Its text up to the cursor.
    pub text: &'t str,
    /// The rest of the cursor's line.
    pub behind: &'t str,
    /// The tokens of `text`; a text or name in backticks that the cursor is in is none of them.
    pub tokens: Vec<Token>,
    /// What the cursor stands in.
    pub inside: Inside,
    /// Nothing stands before the cursor on its line.
    pub fresh: bool,
}

impl<'t> Cursor<'t> {
    /// Looks back from `offset` (a character boundary of `text`) to the line in column one that the statement begins with.
    pub fn new(text: &'t str, offset: usize) -> Cursor<'t> {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        let line = before.get(line_start..).unwrap_or("");
        let fresh = line.trim().is_empty();
        let behind = text.get(before.len()..).unwrap_or("");
        let behind = behind.get(..behind.find(['\n', '\r']).unwrap_or(behind.len())).unwrap_or("");
        // In column one of a line a statement begins, whatever stands above.
        let base = if line.is_empty() { line_start } else { statement_start(before, line_start) };
        let own = before.get(base..).unwrap_or("");
        let mut tokens = scan::tokens(own);
        let last_line = own.rfind('\n').map_or(0, |n| n + 1);
        let mut inside = Inside::Code;
        if let Some(last) = tokens.last().copied()
            && last.kind == TokenKind::Unclosed
            && last.start >= last_line
        {
            inside =
                if own[last.start..].starts_with('`') { Inside::Quoted(last.start) } else { Inside::Text(last.start) };
            tokens.pop();
        } else {
            let from = tokens.last().map_or(0, |t| t.end).max(last_line);
            if let Some(at) = own.get(from..).and_then(|t| t.find('#')) {
                inside = Inside::Comment(from + at);
            }
        }
        Cursor { base, text: own, behind, tokens, inside, fresh }
    }

    /// Whether the cursor touches the end of the last token.
    pub fn touches(&self) -> bool {
        self.tokens.last().is_some_and(|t| t.end == self.text.len())
    }
}

/// The last line at or above `line_start` that begins a statement; the first line of the text where none does.
fn statement_start(before: &str, line_start: usize) -> usize {
    let mut start = line_start;
    loop {
        let line = before.get(start..).unwrap_or("");
        let first = line.chars().next().unwrap_or('\n');
        if !(first.is_whitespace() || matches!(first, '#' | ')' | ']' | '\u{FEFF}')) {
            return start;
        }
        // A comment in column one stands for itself.
        if start == line_start && first == '#' {
            return start;
        }
        let Some(above) = start.checked_sub(1) else { return start };
        start = before.get(..above).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    }
}
