//! Where the needed cells of a chunk are, and what a cell says.
//!
//! Quotes are read as the `csv` crate reads them (a test compares): a quote opens a quoted cell only as its first
//! sign, `""` in it is a quote, and what follows the closing quote belongs to the cell. A record ends at a line feed,
//! before which a carriage return is dropped; empty lines are no records.

use std::ops::Range;

use memchr::{memchr, memchr2_iter, memchr3_iter};

/// The needed cells of every row of a chunk.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Per row, per needed column: where the cell is, quotes included.
    cells: Vec<(u32, u32)>,
    /// Where each row starts.
    starts: Vec<u32>,
    needed: usize,
    /// Rows with another number of cells than the header: where they are, and how many cells.
    pub ragged: Vec<(Range<u32>, usize)>,
}

impl Rows {
    /// How many rows have the right number of cells.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Where row `row` starts in the chunk.
    pub fn start(&self, row: usize) -> usize {
        self.starts[row] as usize
    }

    /// The cell of a row in the needed column number `slot`, quotes included.
    #[inline]
    pub fn cell(&self, row: usize, slot: usize) -> Range<usize> {
        let (start, end) = self.cells[row * self.needed + slot];
        start as usize..end as usize
    }

    /// Finds the cells of the columns `needed` (ascending) in a chunk of rows that should have `width` cells.
    pub fn index(&mut self, text: &[u8], quotes: bool, delimiter: u8, width: usize, needed: &[usize]) {
        self.cells.clear();
        self.starts.clear();
        self.ragged.clear();
        self.needed = needed.len();
        let mut walk = Walk { rows: self, text, width, needed, row: 0, cell: 0, column: 0, next: 0 };
        if quotes {
            let mut open = false;
            let mut skip = usize::MAX;
            for i in memchr3_iter(delimiter, b'\n', b'"', text) {
                if text[i] == b'"' {
                    if i == skip {
                    } else if !open {
                        open = i == walk.cell;
                    } else if text.get(i + 1) == Some(&b'"') {
                        skip = i + 1;
                    } else {
                        open = false;
                    }
                } else if !open {
                    walk.boundary(i, text[i] == b'\n');
                }
            }
        } else {
            for i in memchr2_iter(delimiter, b'\n', text) {
                walk.boundary(i, text[i] == b'\n');
            }
        }
    }
}

struct Walk<'a> {
    rows: &'a mut Rows,
    text: &'a [u8],
    width: usize,
    needed: &'a [usize],
    row: usize,
    cell: usize,
    column: usize,
    next: usize,
}

impl Walk<'_> {
    #[inline(always)]
    fn boundary(&mut self, i: usize, line_end: bool) {
        if self.needed.get(self.next) == Some(&self.column) {
            let mut end = i;
            if line_end && end > self.cell && self.text[end - 1] == b'\r' {
                end -= 1;
            }
            self.rows.cells.push((self.cell as u32, end as u32));
            self.next += 1;
        }
        self.cell = i + 1;
        self.column += 1;
        if line_end {
            self.end_row(i);
        }
    }

    #[inline(always)]
    fn end_row(&mut self, i: usize) {
        let empty = self.column == 1 && (i == self.row || i == self.row + 1 && self.text[self.row] == b'\r');
        if self.column == self.width && !empty {
            self.rows.starts.push(self.row as u32);
        } else {
            self.rows.cells.truncate(self.rows.starts.len() * self.needed.len());
            if !empty {
                self.rows.ragged.push((self.row as u32..i as u32, self.column));
            }
        }
        self.row = i + 1;
        self.column = 0;
        self.next = 0;
    }
}

/// What a cell says: without its quotes, and without blanks around it. `scratch` is used where the text is not in the file as it is.
#[inline]
pub(crate) fn unquote<'a>(cell: &'a str, scratch: &'a mut String) -> &'a str {
    if !cell.starts_with('"') {
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
    let Some(inner) = cell.strip_prefix('"') else { return Some(trim(cell)) };
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
                let cells = (0..width).map(|c| unquote(&text[rows.cell(row, c)], &mut scratch).to_owned());
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
        assert_eq!(rows.cell(1, 0), 16..17);
    }
}
