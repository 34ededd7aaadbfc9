//! Cells of tables.

use std::ops::Range;

use lead_diag::{Edit, Span};
use lead_hir::hir::{ExampleTable, Given};

use super::written;
use crate::run::Check;
use crate::suite::Suite;

/// The cell of the answer that is expected, with today's answer.
pub(super) fn edit(suite: &Suite, table: &ExampleTable, check: &Check, slice: &dyn Fn(Span) -> String) -> Option<Edit> {
    let column = table.columns.iter().position(|c| c.what == Given::Expected)?;
    let row = table.rows.iter().find(|r| r.span == check.span)?;
    let text = slice(row.span);
    let cells = cells(&text);
    let cell = cells.get(column)?.clone();
    let answer = check.answer.as_ref().map_or(String::new(), |v| written(v, &suite.lexicon().settings));
    let (old, last) = (text.get(cell.clone())?, column + 1 == cells.len());
    let new = filled(old, &answer, column == 0, last);
    let start = row.span.start + cell.start as u32;
    let span = Span { start, end: start + cell.len() as u32, ..row.span };
    Some(Edit { span, text: new })
}

/// A cell with another text in it, as wide as it was if that has room.
fn filled(old: &str, text: &str, first: bool, last: bool) -> String {
    let lead = old.len() - old.trim_start().len();
    let lead = match old.trim().is_empty() {
        // Of an empty cell nothing says where its text began.
        true => usize::from(!first),
        false => lead,
    };
    let mut out = format!("{}{text}", " ".repeat(lead));
    if last {
        return if text.is_empty() { String::new() } else { out };
    }
    let (wide, now) = (old.chars().count(), out.chars().count());
    let tail = usize::from(old.ends_with(' ') || old.trim().is_empty());
    out.push_str(&" ".repeat(wide.saturating_sub(now).max(tail)));
    out
}

/// The cells of a row, blanks included. Bars in texts and brackets are none.
pub(crate) fn cells(row: &str) -> Vec<Range<usize>> {
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0usize);
    let mut within: Option<char> = None;
    for (i, c) in row.char_indices() {
        match (within, c) {
            (Some(quote), c) if c == quote => within = None,
            (Some(_), _) => {}
            (None, '"' | '`') => within = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => {
                out.push(start..i);
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(start..row.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_parted_by_bars_outside_of_texts() {
        let parts = |row: &'static str| -> Vec<&str> { cells(row).into_iter().map(|r| &row[r]).collect() };
        assert_eq!(parts("6 | \"a|b\" | yes"), ["6 ", " \"a|b\" ", " yes"]);
        assert_eq!(parts("\"say \"\"|\"\"\" |"), ["\"say \"\"|\"\"\" ", ""]);
        assert_eq!(parts("[1, 2] | `a|b`"), ["[1, 2] ", " `a|b`"]);
    }

    #[test]
    fn a_cell_keeps_its_width_where_the_answer_has_room() {
        assert_eq!(filled(" yes    ", "no", false, false), " no     ");
        assert_eq!(filled(" no ", "\"large\"", false, false), " \"large\" ");
        assert_eq!(filled("yes ", "", true, false), "    ");
        assert_eq!(filled(" yes", "no", false, true), " no");
        assert_eq!(filled("", "no", false, true), " no");
        assert_eq!(filled(" yes", "", false, true), "");
    }
}
