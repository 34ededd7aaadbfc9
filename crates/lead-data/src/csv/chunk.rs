//! A stream of text cut into chunks of whole records, for several workers.
//!
//! The stream is read by one worker at a time, behind a lock, and only looked at for quotes and line ends; the costly
//! part, finding and reading cells, is done outside. So the state of quotes is always exact, lines are known, and a
//! compressed stream goes the same way as a plain file.
//!
//! Invariant *whole records*: a chunk starts at a record's first byte and ends behind a line end that ends a record.

use std::io::{self, Read};

use fearless_simd::dispatch;
use memchr::{memchr, memchr_iter, memrchr};

use crate::csv::marks::{self, Marks};
use crate::input::{NotText, Stream};

/// About 30,000 rows of events.
pub(crate) const CHUNK: usize = 2 << 20;
/// No record is longer; in a file that has such a one a quote was never closed, or it is no text of lines.
const LONGEST_RECORD: usize = 64 << 20;

/// Records of a file in order.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    data: Vec<u8>,
    len: usize,
    /// Number of the chunk in its file, from 0.
    pub number: u64,
    /// Line of the first byte, from 1.
    pub line: u64,
    /// Whether a quote is in it, or was in what was read with it.
    pub quotes: bool,
}

impl Chunk {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.data[..self.len]
    }
}

/// Why a stream cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamTrouble {
    /// The file or its compression.
    Broken(String),
    /// Bytes that are no text, in this line.
    NotText(u64),
    /// A quote opened in this line is never closed.
    Unclosed(u64),
}

impl StreamTrouble {
    pub(crate) fn of(error: &io::Error, line: u64) -> StreamTrouble {
        if error.get_ref().is_some_and(|e| e.is::<NotText>()) {
            return StreamTrouble::NotText(line);
        }
        StreamTrouble::Broken(match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends too early, as if it was cut off".to_owned(),
            io::ErrorKind::PermissionDenied => "there is no permission to read it".to_owned(),
            _ => error.to_string(),
        })
    }
}

/// Gives out chunks.
pub(crate) struct Chunker {
    stream: Stream,
    /// Cells may be quoted (CSV); else every line end ends a record (JSON lines).
    delimiter: Option<u8>,
    /// Lines at the end that are not data.
    footer: usize,
    size: usize,
    /// What was read behind the last chunk.
    rest: Vec<u8>,
    number: u64,
    line: u64,
    ended: bool,
}

impl Chunker {
    /// From a stream that stands at the first record, in line `line`.
    pub fn new(stream: Stream, delimiter: Option<u8>, line: u64, footer: u32) -> Chunker {
        Chunker {
            stream,
            delimiter,
            footer: footer as usize,
            size: CHUNK,
            rest: Vec::new(),
            number: 0,
            line,
            ended: false,
        }
    }

    /// With chunks of another size.
    pub fn of_size(mut self, size: usize) -> Chunker {
        self.size = size.max(1);
        self
    }

    /// Fills `chunk` with the next records; false at the end. After an error there is nothing more.
    pub fn next(&mut self, chunk: &mut Chunk) -> Result<bool, StreamTrouble> {
        if self.ended && self.rest.is_empty() {
            return Ok(false);
        }
        let result = self.fill(chunk);
        if result.is_err() {
            self.ended = true;
            self.rest.clear();
        }
        result
    }

    fn fill(&mut self, chunk: &mut Chunk) -> Result<bool, StreamTrouble> {
        let data = &mut chunk.data;
        let mut len = self.rest.len();
        if data.len() < len.max(self.size) {
            data.resize(len.max(self.size), 0);
        }
        data[..len].copy_from_slice(&self.rest);
        self.rest.clear();
        loop {
            while !self.ended && len < data.len() {
                match self.stream.read(&mut data[len..]) {
                    Ok(0) => self.ended = true,
                    Ok(n) => len += n,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => {
                        let line = self.line + memchr_iter(b'\n', &data[..len]).count() as u64;
                        return Err(StreamTrouble::of(&e, line));
                    }
                }
            }
            if self.ended && len > 0 && data[len - 1] != b'\n' {
                // The last record ends like all others.
                if len == data.len() {
                    data.push(b'\n');
                } else {
                    data[len] = b'\n';
                }
                len += 1;
            }
            let (lines, quotes) = dispatch!(marks::level(), simd => marks::survey(simd, &data[..len]));
            let quotes = quotes && self.delimiter.is_some();
            let looked = quick_end(&data[..len], self.delimiter.filter(|_| quotes));
            let ends = match looked {
                // Where a quote was opened matters only if no record ends.
                Some(end) if end > 0 && (end == len || !self.ended) => RecordEnd { end, open: None },
                _ => record_end(&data[..len], self.delimiter),
            };
            if self.ended && ends.end < len {
                let line = self.line + memchr_iter(b'\n', &data[..ends.open.unwrap_or(ends.end)]).count() as u64;
                return Err(StreamTrouble::Unclosed(line));
            }
            let mut end = ends.end;
            if self.footer > 0 && end > 0 {
                end = before_last_lines(&data[..end], self.footer);
                if self.ended {
                    len = end;
                }
            }
            if end == 0 && !self.ended {
                if data.len() > LONGEST_RECORD {
                    let Some(open) = ends.open else {
                        return Err(StreamTrouble::Broken(format!("line {} does not end within 64 MB", self.line)));
                    };
                    let line = self.line + memchr_iter(b'\n', &data[..open]).count() as u64;
                    return Err(StreamTrouble::Unclosed(line));
                }
                let larger = (data.len() * 2).max(64);
                data.resize(larger, 0);
                continue;
            }
            self.rest.extend_from_slice(&data[end..len]);
            chunk.len = end;
            chunk.number = self.number;
            chunk.line = self.line;
            chunk.quotes = quotes;
            self.number += 1;
            // No line ends in the rest, if that is less than a line.
            let whole = memrchr(b'\n', &data[end..len]).is_none();
            self.line += if whole { lines } else { memchr_iter(b'\n', &data[..end]).count() as u64 };
            return Ok(end > 0);
        }
    }
}

struct RecordEnd {
    /// One past the last line end that ends a record; 0 if there is none.
    end: usize,
    /// Where the quote that is open at the end was opened.
    open: Option<usize>,
}

/// One past the last line end that ends a record, where quotes stand around whole cells; without a delimiter every line end does.
fn quick_end(text: &[u8], delimiter: Option<u8>) -> Option<usize> {
    let mut end = 0;
    let mut take = |at: usize, marks: Marks| {
        if marks.ends != 0 {
            end = at + marks::WIDTH - marks.ends.leading_zeros() as usize;
        }
    };
    match delimiter {
        Some(delimiter) => {
            dispatch!(marks::level(), simd => marks::scan_quoted(simd, text, delimiter, &mut take)).map(drop)?;
        }
        _ => return Some(memrchr(b'\n', text).map_or(0, |i| i + 1)),
    }
    Some(end)
}

/// Looks at a text that starts at a record's first byte.
fn record_end(text: &[u8], delimiter: Option<u8>) -> RecordEnd {
    let last_line = |range: &[u8]| memrchr(b'\n', range).map(|i| i + 1);
    let Some(delimiter) = delimiter else {
        return RecordEnd { end: last_line(text).unwrap_or(0), open: None };
    };
    let (mut end, mut at, mut outside) = (0, 0, 0);
    while let Some(i) = memchr(b'"', &text[at..]).map(|i| at + i) {
        at = i + 1;
        // A quote opens a quoted cell only as the cell's first sign; elsewhere it is a sign like others.
        if i > outside && text[i - 1] != delimiter && text[i - 1] != b'\n' || i == outside && i > 0 {
            continue;
        }
        if let Some(e) = last_line(&text[outside..i]) {
            end = outside + e;
        }
        loop {
            match memchr(b'"', &text[at..]) {
                None => return RecordEnd { end, open: Some(i) },
                Some(j) if text.get(at + j + 1) == Some(&b'"') => at += j + 2,
                Some(j) => {
                    at += j + 1;
                    outside = at;
                    break;
                }
            }
        }
    }
    if let Some(e) = last_line(&text[outside..]) {
        end = outside + e;
    }
    RecordEnd { end, open: None }
}

/// Where the last `n` lines of a text that ends with a line end begin.
fn before_last_lines(text: &[u8], n: usize) -> usize {
    let mut end = text.len();
    for _ in 0..n {
        if end == 0 {
            break;
        }
        end = memrchr(b'\n', &text[..end - 1]).map_or(0, |i| i + 1);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: &str, size: usize, footer: u32) -> Result<Vec<(u64, String)>, StreamTrouble> {
        let stream: Stream = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let mut chunker = Chunker::new(stream, Some(b','), 1, footer).of_size(size);
        let (mut chunk, mut out) = (Chunk::default(), Vec::new());
        while chunker.next(&mut chunk)? {
            out.push((chunk.line, String::from_utf8(chunk.bytes().to_vec()).unwrap()));
        }
        Ok(out)
    }

    #[test]
    fn quoted_line_ends_do_not_end_a_chunk() {
        let text = "a,\"x\ny\nz\"\nb,c\n";
        for size in 1..40 {
            let got = chunks(text, size, 0).unwrap();
            assert_eq!(got.iter().map(|c| c.1.as_str()).collect::<String>(), text);
            for (line, part) in &got {
                assert!([1, 4].contains(line) && (part.starts_with("a,") || part.starts_with("b,")), "{got:?}");
            }
        }
    }

    #[test]
    fn quotes_inside_a_cell_are_signs_like_others() {
        let text = "12\" valve,\"\"\n6\" valve,x\n\"a\"\"\nb\"c\"\n,d\n";
        for size in 1..60 {
            let got = chunks(text, size, 0).unwrap();
            assert_eq!(got.iter().map(|c| c.1.as_str()).collect::<String>(), text);
        }
    }

    #[test]
    fn an_open_quote_names_the_line_where_it_opens() {
        assert_eq!(chunks("a,b\n1,\"x\n2,y\n", 4, 0), Err(StreamTrouble::Unclosed(2)));
    }

    #[test]
    fn footers_are_left_out_and_the_last_line_may_lack_an_end() {
        for size in 1..30 {
            let all: String = chunks("1\n2\n3\nTotal\nEnd", size, 2).unwrap().into_iter().map(|c| c.1).collect();
            assert_eq!(all, "1\n2\n3\n");
        }
        assert_eq!(chunks("1\n2", 100, 0).unwrap(), [(1, "1\n2\n".to_owned())]);
        assert_eq!(chunks("1\n", 100, 5).unwrap(), []);
    }
}
