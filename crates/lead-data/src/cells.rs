//! Blocks of rows as they come out of files, and the cells in them as texts.

use std::cell::Cell;
use std::ops::Range;

use memchr::memchr_iter;

use crate::csv::rows::{Places, Rows, plain, unquote};
use crate::parquet::{Batch, LeafCells, Table};
use crate::read::Lines;

/// The cells of one column of a block.
pub(crate) trait Cells {
    /// The trimmed text of a cell, empty if there is none. `scratch` may be used for it.
    fn text<'a>(&'a self, row: usize, scratch: &'a mut String) -> &'a str;

    /// The same, if it stands in memory as it is.
    fn plain(&self, row: usize) -> Option<&str>;

    /// The bytes of several cells at once; false if one does not stand in memory as it is.
    #[inline]
    fn several<'a>(&'a self, rows: &[u32], out: &mut [&'a [u8]]) -> bool {
        let each = out.iter_mut().zip(rows);
        each.map(|(place, row)| self.plain(*row as usize).map(|cell| *place = cell.as_bytes()))
            .all(|found| found.is_some())
    }

    /// Whether a cell is known to have nothing in it, without a look at its text.
    #[inline]
    fn is_nothing(&self, _: usize) -> bool {
        false
    }

    /// A cell as it stands in the file, with quotes and blanks; `None` where files hold no text.
    fn written(&self, _: usize) -> Option<&[u8]> {
        None
    }

    /// The column as numbers into a list of texts, if that is how it is stored.
    fn entries(&self) -> Option<Entries<'_>> {
        None
    }
}

/// A column stored as numbers into a list of texts.
pub(crate) struct Entries<'a> {
    /// By row; none is -1.
    pub numbers: &'a [i32],
    pub table: &'a Table,
}

impl Entries<'_> {
    /// The number of a row's text, if it has one.
    #[inline]
    pub fn number(&self, row: usize) -> Option<usize> {
        usize::try_from(self.numbers[row]).ok()
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// A text, trimmed.
    pub fn text(&self, number: usize) -> &str {
        crate::csv::rows::trim(self.table.get(number))
    }
}

/// A column of a CSV chunk.
#[derive(Clone, Copy)]
pub(crate) struct CsvCells<'a> {
    text: &'a str,
    places: Places<'a>,
}

impl Cells for CsvCells<'_> {
    #[inline]
    fn text<'a>(&'a self, row: usize, scratch: &'a mut String) -> &'a str {
        unquote(&self.text[self.places.of(row)], scratch)
    }

    #[inline]
    fn plain(&self, row: usize) -> Option<&str> {
        plain(&self.text[self.places.of(row)])
    }

    #[inline(always)]
    fn several<'a>(&'a self, rows: &[u32], out: &mut [&'a [u8]]) -> bool {
        // Signs that are neither blanks nor quotes: a cell between two of them is what it says.
        let is_bare = |cell: &[u8]| match (cell.first(), cell.last()) {
            (Some(first), Some(last)) => matches!(first, b'#'..=b'~') & last.is_ascii_graphic(),
            _ => true,
        };
        let mut bare = true;
        for (place, row) in out.iter_mut().zip(rows) {
            *place = &self.text.as_bytes()[self.places.of(*row as usize)];
            bare &= is_bare(place);
        }
        let mut others = out.iter_mut().zip(rows).filter(|(cell, _)| !bare && !is_bare(cell));
        others.all(|(place, row)| self.plain(*row as usize).map(|cell| *place = cell.as_bytes()).is_some())
    }

    #[inline(always)]
    fn written(&self, row: usize) -> Option<&[u8]> {
        Some(&self.text.as_bytes()[self.places.of(row)])
    }
}

impl CsvCells<'_> {
    /// The text that all cells stand in, and where a row's cell does.
    #[inline]
    pub fn place(&self, row: usize) -> (&str, Range<usize>) {
        (self.text, self.places.of(row))
    }
}

/// Texts of one column, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arena {
    text: String,
    ends: Vec<u32>,
}

impl Arena {
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub fn push(&mut self, text: &str) {
        self.text.push_str(text.trim());
        self.ends.push(self.text.len() as u32);
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.text[start..self.ends[row] as usize]
    }
}

impl Cells for &Arena {
    #[inline]
    fn text<'a>(&'a self, row: usize, _: &'a mut String) -> &'a str {
        self.get(row)
    }

    #[inline]
    fn plain(&self, row: usize) -> Option<&str> {
        Some(self.get(row))
    }
}

/// A column of a block.
pub(crate) enum ColumnData<'a> {
    Csv(CsvCells<'a>),
    Arena(&'a Arena),
    Leaf(LeafCells<'a>),
}

impl ColumnData<'_> {
    pub fn text<'a>(&'a self, row: usize, scratch: &'a mut String) -> &'a str {
        match self {
            ColumnData::Csv(c) => c.text(row, scratch),
            ColumnData::Arena(a) => a.get(row),
            ColumnData::Leaf(a) => a.text(row, scratch),
        }
    }
}

/// Rows of a file.
pub(crate) struct Block<'a> {
    kind: Kind<'a>,
    /// The last line asked for, where it starts, and its number: questions come in ascending order mostly.
    cursor: Cell<(usize, u64)>,
}

enum Kind<'a> {
    Csv { text: &'a str, rows: &'a Rows, line: u64 },
    Json { columns: &'a [Arena], lines: &'a [(u64, u32, u32)], text: &'a str },
    Parquet { batch: &'a Batch, slots: &'a [usize], first: u64 },
}

impl<'a> Block<'a> {
    pub fn csv(text: &'a str, rows: &'a Rows, line: u64) -> Block<'a> {
        Block { kind: Kind::Csv { text, rows, line }, cursor: Cell::new((0, line)) }
    }

    /// `lines`: number, start and end in `text` of each row's line.
    pub fn json(columns: &'a [Arena], lines: &'a [(u64, u32, u32)], text: &'a str) -> Block<'a> {
        Block { kind: Kind::Json { columns, lines, text }, cursor: Cell::new((0, 0)) }
    }

    /// `slots`: the column of the batch for each needed column; `first`: number of its first row, from 1.
    pub fn parquet(batch: &'a Batch, slots: &'a [usize], first: u64) -> Block<'a> {
        Block { kind: Kind::Parquet { batch, slots, first }, cursor: Cell::new((0, 0)) }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match &self.kind {
            Kind::Csv { rows, .. } => rows.len(),
            Kind::Json { lines, .. } => lines.len(),
            Kind::Parquet { batch, .. } => batch.rows(),
        }
    }

    /// The needed column number `slot`.
    pub fn column(&self, slot: usize) -> ColumnData<'a> {
        match &self.kind {
            Kind::Csv { text, rows, .. } => ColumnData::Csv(CsvCells { text, places: rows.column(slot) }),
            Kind::Json { columns, .. } => ColumnData::Arena(&columns[slot]),
            Kind::Parquet { batch, slots, .. } => batch.column(slots[slot]),
        }
    }

    /// The line of a row (in Parquet its number).
    pub fn line(&self, row: usize) -> u64 {
        match &self.kind {
            Kind::Csv { rows, .. } => self.line_of_byte(rows.start(row)),
            Kind::Json { lines, .. } => lines[row].0,
            Kind::Parquet { first, .. } => first + row as u64,
        }
    }

    /// The lines of some rows, ascending.
    pub fn lines(&self, rows: &[u32]) -> Lines {
        if let (Some(first), Some(last)) = (rows.first(), rows.last())
            && (last - first) as usize + 1 == rows.len()
            && self.has_row_per_line()
        {
            return Lines::Run(self.line(*first as usize));
        }
        Lines::Each(rows.iter().map(|row| self.line(*row as usize)).collect())
    }

    fn has_row_per_line(&self) -> bool {
        match &self.kind {
            Kind::Csv { rows, .. } => rows.is_row_per_line(),
            Kind::Json { .. } => false,
            Kind::Parquet { .. } => true,
        }
    }

    /// The line of a byte of a CSV block.
    pub fn line_of_byte(&self, byte: usize) -> u64 {
        let Kind::Csv { text, line, .. } = &self.kind else { return 0 };
        let (mut at, mut number) = self.cursor.get();
        if byte < at {
            (at, number) = (0, *line);
        }
        number += memchr_iter(b'\n', &text.as_bytes()[at..byte]).count() as u64;
        self.cursor.set((byte, number));
        number
    }

    /// A row as it stands in the file.
    pub fn whole(&self, row: usize) -> String {
        match &self.kind {
            Kind::Csv { text, rows, .. } => {
                let end = if row + 1 < rows.len() { rows.start(row + 1) } else { text.len() };
                let part = &text[rows.start(row)..end];
                // Rows of another width may stand between two rows; without quotes the first line is the row.
                let cut = if part.contains('"') { part.len() } else { part.find('\n').unwrap_or(part.len()) };
                part[..cut].trim_end().to_owned()
            }
            Kind::Json { lines, text, .. } => text[lines[row].1 as usize..lines[row].2 as usize].trim_end().to_owned(),
            Kind::Parquet { batch, .. } => {
                let (mut scratch, mut all) = (String::new(), String::new());
                for (i, name) in batch.names().enumerate() {
                    if i > 0 {
                        all.push_str(", ");
                    }
                    all.push_str(name);
                    all.push('=');
                    all.push_str(batch.column(i).text(row, &mut scratch));
                }
                all
            }
        }
    }
}
