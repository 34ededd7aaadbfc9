//! Where the cells of a chunk are, and what a cell says.
//!
//! Quotes are read as the `csv` crate reads them (a test compares): a quote opens a quoted cell only as its first
//! sign, `""` in it is a quote, and what follows the closing quote belongs to the cell. A record ends at a line feed,
//! before which a carriage return is dropped; empty lines are no records.

use std::ops::Range;

use fearless_simd::{Simd, dispatch};
use memchr::{memchr, memchr3_iter};

use crate::csv::marks::{self, Marks};

/// The cells of every row of a chunk.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Where the signs are that end cells: delimiters, and line ends that are not inside of quotes.
    signs: Vec<u32>,
    rows: Vec<Row>,
    needed: Vec<usize>,
    width: usize,
    /// How many lines end outside of quotes.
    lines: usize,
    /// Line ends inside of quotes.
    inner_lines: bool,
    /// Rows with another number of cells than the header: where they are, and how many cells.
    pub ragged: Vec<(Range<u32>, usize)>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: u32,
    end: u32,
    /// Number of its first sign.
    sign: u32,
}

impl Rows {
    /// How many rows have the right number of cells.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Where row `row` starts in the chunk.
    pub fn start(&self, row: usize) -> usize {
        self.rows[row].start as usize
    }

    /// Whether each line is a row.
    pub fn is_row_per_line(&self) -> bool {
        !self.inner_lines && self.rows.len() == self.lines
    }

    /// Where the cells of the needed column number `slot` are.
    pub fn column(&self, slot: usize) -> Places<'_> {
        Places { signs: &self.signs, rows: &self.rows, column: self.needed[slot], width: self.width }
    }

    /// Finds the cells of a chunk of rows that should have `width` cells, of which the columns `needed` will be asked for.
    pub fn index(&mut self, text: &[u8], quotes: bool, delimiter: u8, width: usize, needed: &[usize]) {
        self.needed.clear();
        self.needed.extend_from_slice(needed);
        self.width = width;
        let mut found = Found { signs: &mut self.signs, count: 0, lines: 0, inner_lines: false };
        dispatch!(marks::level(), simd => found.find(simd, text, quotes, delimiter));
        let Found { count, lines, inner_lines, .. } = found;
        (self.lines, self.inner_lines) = (lines, inner_lines);
        self.rows.clear();
        self.ragged.clear();
        if !self.make_regular_rows(text, count) {
            self.make_rows(text, count);
        }
    }

    /// Rows of a chunk in which each has as many cells as it should; false if one has not. `count`: of the signs.
    fn make_regular_rows(&mut self, text: &[u8], count: usize) -> bool {
        let width = self.width;
        // Rows of one cell may be empty lines. Where as many line ends as there are rows stand each at its place, all else are delimiters.
        if width < 2 || count != self.lines * width {
            return false;
        }
        let mut start = 0;
        for (row, signs) in self.signs[..count].chunks_exact(width).enumerate() {
            let end = signs[width - 1];
            if text[end as usize] != b'\n' {
                self.rows.clear();
                return false;
            }
            let returned = end > signs[width - 2] + 1 && text[end as usize - 1] == b'\r';
            self.rows.push(Row { start, end: end - u32::from(returned), sign: (row * width) as u32 });
            start = end + 1;
        }
        true
    }

    fn make_rows(&mut self, text: &[u8], count: usize) {
        let (mut start, mut first) = (0u32, 0);
        for (i, end) in self.signs[..count].iter().copied().enumerate().filter(|(_, at)| text[*at as usize] == b'\n') {
            let cells = i - first + 1;
            let empty = cells == 1 && (end == start || end == start + 1 && text[start as usize] == b'\r');
            if cells == self.width && !empty {
                let last = if cells == 1 { start } else { self.signs[i - 1] + 1 };
                let returned = end > last && text[end as usize - 1] == b'\r';
                self.rows.push(Row { start, end: end - u32::from(returned), sign: first as u32 });
            } else if !empty {
                self.ragged.push((start..end, cells));
            }
            (start, first) = (end + 1, i + 1);
        }
    }
}

/// Where the cells of a column are.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    signs: &'a [u32],
    rows: &'a [Row],
    column: usize,
    width: usize,
}

impl Places<'_> {
    /// The cell of a row, quotes included.
    #[inline(always)]
    pub fn of(&self, row: usize) -> Range<usize> {
        let row = self.rows[row];
        let sign = row.sign as usize + self.column;
        let start = if self.column == 0 { row.start } else { self.signs[sign - 1] + 1 };
        let end = if self.column + 1 == self.width { row.end } else { self.signs[sign] };
        start as usize..end as usize
    }
}

/// What is being found in a chunk.
struct Found<'a> {
    /// As long as it ever was; what counts are the first `count`.
    signs: &'a mut Vec<u32>,
    count: usize,
    lines: usize,
    inner_lines: bool,
}

impl Found<'_> {
    #[inline(always)]
    fn find<S: Simd>(&mut self, simd: S, text: &[u8], quotes: bool, delimiter: u8) {
        if !quotes {
            marks::scan_plain(
                simd,
                text,
                delimiter,
                #[inline(always)]
                |at, marks| self.add(at, marks),
            );
            return;
        }
        let whole = marks::scan_quoted(
            simd,
            text,
            delimiter,
            #[inline(always)]
            |at, marks| self.add(at, marks),
        );
        if whole != Some(false) {
            self.look_closely(text, delimiter);
        }
    }

    #[inline(always)]
    fn add(&mut self, at: usize, Marks { delimiters, ends, lines }: Marks) {
        self.inner_lines |= lines != ends;
        self.lines += ends.count_ones() as usize;
        if self.signs.len() < self.count + marks::WIDTH {
            self.signs.resize((self.count + marks::WIDTH) * 2, 0);
        }
        if let Some(places) = self.signs.get_mut(self.count..).and_then(|m| m.first_chunk_mut::<{ marks::WIDTH }>()) {
            let mut rest = delimiters | ends;
            let all = rest.count_ones() as usize;
            // Eight at a time, whether there are as many or not: what is too much is written over.
            let mut done = 0;
            for eight in places.as_chunks_mut::<8>().0 {
                for place in eight {
                    *place = at as u32 + rest.trailing_zeros();
                    rest &= rest.wrapping_sub(1);
                }
                done += 8;
                if done >= all {
                    break;
                }
            }
            self.count += all;
        }
    }

    /// Sign by sign, for texts with quotes that do not just stand around cells.
    #[cold]
    fn look_closely(&mut self, text: &[u8], delimiter: u8) {
        self.signs.clear();
        (self.lines, self.inner_lines) = (0, true);
        let (mut open, mut cell, mut skip) = (false, 0, usize::MAX);
        for i in memchr3_iter(delimiter, b'\n', b'"', text) {
            if text[i] == b'"' {
                if i == skip {
                } else if !open {
                    open = i == cell;
                } else if text.get(i + 1) == Some(&b'"') {
                    skip = i + 1;
                } else {
                    open = false;
                }
            } else if !open {
                cell = i + 1;
                self.lines += usize::from(text[i] == b'\n');
                self.signs.push(i as u32);
            }
        }
        self.count = self.signs.len();
    }
}

/// What a cell says: without its quotes, and without blanks around it. `scratch` is used where the text is not in the file as it is.
#[inline]
pub(crate) fn unquote<'a>(cell: &'a str, scratch: &'a mut String) -> &'a str {
    if cell.as_bytes().first() != Some(&b'"') {
        return trim(cell);
    }
    let inner = &cell[1..];
    // The ordinary case: one quote, at the end.
    match memchr(b'"', inner.as_bytes()) {
        Some(i) if i + 1 == inner.len() => return trim(&inner[..i]),
        None => return trim(inner),
        _ => {}
    }
    scratch.clear();
    let mut rest = inner;
    while let Some(i) = memchr(b'"', rest.as_bytes()) {
        scratch.push_str(&rest[..i]);
        rest = &rest[i + 1..];
        if let Some(more) = rest.strip_prefix('"') {
            scratch.push('"');
            rest = more;
        } else {
            break;
        }
    }
    scratch.push_str(rest);
    trim(scratch)
}

/// What a cell says, if that stands in the file as it is.
#[inline]
pub(crate) fn plain(cell: &str) -> Option<&str> {
    if cell.as_bytes().first() != Some(&b'"') {
        return Some(trim(cell));
    }
    let inner = &cell[1..];
    let inner = inner.strip_suffix('"')?;
    memchr(b'"', inner.as_bytes()).is_none().then(|| trim(inner))
}

/// Without blanks around it; quick where there are none.
#[inline]
pub(crate) fn trim(text: &str) -> &str {
    let plain = |b: Option<&u8>| b.is_none_or(|b| b.is_ascii_graphic());
    let bytes = text.as_bytes();
    if plain(bytes.first()) && plain(bytes.last()) { text } else { text.trim() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::chunk::{Chunk, Chunker};

    /// Texts made of the signs that matter, by a small generator of our own.
    fn random_text(seed: u64) -> String {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = |n: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % n
        };
        let signs = ["a", "bc", ",", ",", "\n", "\r\n", "\"", "\"", "\"\"", "\"x\ny\"", " ", "é", "\"a\"\"b\"", ";"];
        let length = next(60);
        let mut text: String = (0..length).map(|_| signs[next(signs.len() as u64) as usize]).collect();
        if next(2) == 0 {
            text.push('\n');
        }
        text
    }

    fn with_csv_crate(text: &str) -> Vec<Vec<String>> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.records().map(|r| r.unwrap().iter().map(|c| c.trim().to_owned()).collect()).collect()
    }

    fn with_chunks(text: &str, size: usize, width: usize) -> Option<Vec<Vec<String>>> {
        let stream = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mut chunker = Chunker::new(stream, Some(b','), 1, 0).of_size(size);
        let (mut chunk, mut rows, mut out, mut scratch) =
            (Chunk::default(), Rows::default(), Vec::new(), String::new());
        let needed: Vec<usize> = (0..width).collect();
        while chunker.next(&mut chunk).ok()? {
            let text = std::str::from_utf8(chunk.bytes()).unwrap();
            rows.index(chunk.bytes(), chunk.quotes, b',', width, &needed);
            for row in 0..rows.len() {
                let cells = (0..width).map(|c| unquote(&text[rows.column(c).of(row)], &mut scratch).to_owned());
                out.push(cells.collect());
            }
        }
        Some(out)
    }

    #[test]
    fn any_chunk_size_finds_the_records_of_the_csv_crate() {
        let mut compared = 0;
        for seed in 0..4000 {
            let text = random_text(seed);
            for size in [1, 7, 1000] {
                for width in 1..4 {
                    // A quote left open is an error here and the rest of the file there.
                    let Some(ours) = with_chunks(&text, size, width) else { continue };
                    let theirs: Vec<_> = with_csv_crate(&text).into_iter().filter(|r| r.len() == width).collect();
                    assert_eq!(ours, theirs, "{text:?} at {size}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 10_000, "{compared}");
    }

    #[test]
    fn rows_of_another_width_are_told_apart() {
        let mut rows = Rows::default();
        rows.index(b"1,2\n1\n\n1,2,3\r\n4,5\r\n", false, b',', 2, &[1]);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.ragged, [(4..5, 1), (7..13, 3)]);
        assert_eq!(rows.column(0).of(1), 16..17);
    }
}
