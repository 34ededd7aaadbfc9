//! Text in columns, for a terminal.

use unicode_width::UnicodeWidthStr;

use crate::terminal::{Style, Terminal};

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    style: Option<Style>,
}

impl Cell {
    /// A cell in a style.
    pub fn styled(text: impl Into<String>, style: Style) -> Cell {
        Cell { text: text.into(), style: Some(style) }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell { text: text.into(), style: None }
    }
}

/// Rows of cells that stand below each other.
#[derive(Debug)]
pub struct Grid {
    align: Vec<Align>,
    rows: Vec<Vec<Cell>>,
    /// Columns before the first one.
    indent: usize,
    /// The widest that a cell is shown.
    widest: usize,
}

/// Blanks between columns.
const GAP: usize = 2;
/// The widest that a cell is shown, unless told otherwise.
const WIDEST: usize = 48;

impl Grid {
    /// An empty grid whose columns stand as `align` says.
    pub fn new(indent: usize, align: &[Align]) -> Grid {
        Grid { align: align.to_vec(), rows: Vec::new(), indent, widest: WIDEST }
    }

    /// With cells shown up to a width.
    pub fn widest(mut self, widest: usize) -> Grid {
        self.widest = widest;
        self
    }

    /// Adds a row; cells beyond the columns are left out.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Adds a row of faint headings.
    pub fn heads(&mut self, heads: &[&str]) {
        self.row(heads.iter().map(|h| Cell::styled(*h, Style::Dim)).collect());
    }

    /// The rows as lines.
    pub fn text(&self, terminal: &Terminal) -> String {
        let shown = |cell: &Cell| clip(&lead_diag::render::clean(&cell.text), self.widest);
        let mut widths = vec![0usize; self.align.len()];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(shown(cell).width());
            }
        }
        let mut out = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for (i, cell) in row.iter().enumerate().take(widths.len()) {
                let text = shown(cell);
                let pad = " ".repeat(widths[i].saturating_sub(text.width()));
                let painted = cell.style.map_or_else(|| text.clone(), |s| terminal.paint(s, &text));
                if i > 0 {
                    line.push_str(&" ".repeat(GAP));
                }
                match self.align[i] {
                    Align::Left => line.extend([painted, pad]),
                    Align::Right => line.extend([pad, painted]),
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// A text cut to a width, with `…` for what is missing.
pub fn clip(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += c.to_string().width();
        if used > room {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// A bar of `part` of `whole` in at most `room` columns; anything above nothing can be seen.
pub fn bar(part: usize, whole: usize, room: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    if whole == 0 || part == 0 {
        return String::new();
    }
    let eighths = ((part as u128 * room as u128 * 8 + whole as u128 / 2) / whole as u128).max(1) as usize;
    let mut out = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        out.push(EIGHTHS[eighths % 8]);
    }
    out
}

/// A small picture of a series of counts, a sign per count; of more counts than `room` some are left out. The least count is the
/// lowest sign.
pub fn spark(counts: &[usize], room: usize) -> String {
    const SIGNS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let signs = counts.len().min(room);
    let (Some(least), Some(most)) = (counts.iter().min(), counts.iter().max()) else { return String::new() };
    let height = |n: usize| if most == least { 0 } else { ((n - least) * 7 + (most - least) / 2) / (most - least) };
    let at = |i: usize| if signs < 2 { 0 } else { i * (counts.len() - 1) / (signs - 1) };
    (0..signs).map(|i| SIGNS[height(counts[at(i)]).min(7)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_bars_grow() {
        let terminal = Terminal { color_out: false, color_err: false, progress: false, width: 80 };
        let mut grid = Grid::new(2, &[Align::Left, Align::Right]);
        grid.row(vec!["日本".into(), "5".into()]);
        grid.row(vec!["lead".into(), "1,200".into()]);
        grid.row(vec!["x".into()]);
        assert_eq!(grid.text(&terminal), "  日本      5\n  lead  1,200\n  x\n");
        assert_eq!(spark(&[0, 5, 10], 24), "▁▅█");
        assert_eq!((spark(&[3, 3], 24), spark(&[], 24), spark(&[1, 9, 2], 1)), ("▁▁".into(), "".into(), "▁".into()));
        assert_eq!(spark(&[0, 1, 2, 3, 4, 5, 6], 3), "▁▅█");
        assert_eq!((bar(1, 1000, 10), bar(5, 10, 4), bar(0, 3, 4)), ("▏".to_owned(), "██".to_owned(), String::new()));
    }
}
