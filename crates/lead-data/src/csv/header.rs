//! The header of a CSV file: delimiter, names, and where the rows begin.

use std::io::Read;

use crate::csv::chunk::StreamTrouble;
use crate::csv::rows::unquote;
use crate::input::Stream;

/// What the beginning of a CSV file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub delimiter: u8,
    /// Names as written, without quotes and blanks around them.
    pub names: Vec<String>,
    /// Bytes before the first row.
    pub bytes: usize,
    /// Line of the first row.
    pub line: u64,
}

/// A header longer than this is none.
const LONGEST: usize = 8 << 20;

/// Reads the header; `None` if the file has none.
pub(crate) fn read(stream: &mut Stream, skip: u32, delimiter: Option<u8>) -> Result<Option<Header>, StreamTrouble> {
    let mut head = Vec::new();
    let mut want = 64 * 1024;
    loop {
        let old = head.len();
        head.resize(want, 0);
        let (got, failed) = read_on(stream, &mut head[old..]);
        head.truncate(old + got);
        let ended = old + got < want;
        // A character may be cut at the end; only whole lines are looked at.
        let whole = if ended { head.len() } else { head.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1) };
        let text = std::str::from_utf8(&head[..whole])
            .unwrap_or_else(|e| std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or_default());
        // What fails behind the header is found again when the rows are read.
        if let Some(found) = parse(text, skip, delimiter, ended && text.len() == whole && failed.is_none()) {
            return Ok(found);
        }
        if let Some(error) = failed {
            return Err(StreamTrouble::of(&error, 1 + text.bytes().filter(|b| *b == b'\n').count() as u64));
        }
        if text.len() < whole {
            return Err(StreamTrouble::NotText(1 + text.bytes().filter(|b| *b == b'\n').count() as u64));
        }
        if ended || want >= LONGEST {
            return Ok(None);
        }
        want *= 4;
    }
}

/// Fills a buffer as far as the stream goes, and says why it went no further.
fn read_on(stream: &mut Stream, buffer: &mut [u8]) -> (usize, Option<std::io::Error>) {
    let mut got = 0;
    while got < buffer.len() {
        match stream.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return (got, Some(e)),
        }
    }
    (got, None)
}

/// `None`: more text is needed.
fn parse(text: &str, skip: u32, delimiter: Option<u8>, ended: bool) -> Option<Option<Header>> {
    let (mut at, mut line, mut skip, mut delimiter) = (0, 1u64, skip, delimiter);
    loop {
        let rest = &text[at..];
        let Some(end) = rest.find('\n').or((ended && !rest.is_empty()).then_some(rest.len())) else {
            return ended.then_some(None);
        };
        let next = (at + end + 1).min(text.len());
        let first = rest[..end].trim();
        let separator = first.strip_prefix("sep=").or(first.strip_prefix("SEP="));
        if skip > 0 {
            skip -= 1;
        } else if let Some([one]) = separator.map(str::as_bytes) {
            // Excel's way of naming the delimiter.
            delimiter = delimiter.or(Some(*one));
        } else if !first.is_empty() {
            break;
        }
        at = next;
        line += 1;
    }
    let delimiter = delimiter.unwrap_or_else(|| sniff(&text[at..]));
    let (mut names, mut scratch, mut cell, mut open) = (Vec::new(), String::new(), at, false);
    let bytes = text.as_bytes();
    let mut i = at;
    while i <= bytes.len() {
        let end = i == bytes.len();
        if end && !ended {
            return None;
        }
        if !end && bytes[i] == b'"' {
            open = if open { false } else { i == cell || bytes[i - 1] == b'"' };
        } else if end || !open && (bytes[i] == delimiter || bytes[i] == b'\n') {
            names.push(unquote(text[cell..i].trim_end_matches('\r'), &mut scratch).to_owned());
            cell = i + 1;
            if end || bytes[i] == b'\n' {
                line += text[at..i].matches('\n').count() as u64 + 1;
                return Some(Some(Header { delimiter, names, bytes: (i + 1).min(bytes.len()), line }));
            }
        }
        i += 1;
    }
    None
}

/// The sign that most likely stands between the cells of the header line.
fn sniff(text: &str) -> u8 {
    let mut counts = [0usize; 4];
    let signs = [b',', b';', b'\t', b'|'];
    let mut open = false;
    for byte in text.bytes() {
        match byte {
            b'"' => open = !open,
            b'\n' if !open => break,
            _ if !open => {
                if let Some(i) = signs.iter().position(|s| *s == byte) {
                    counts[i] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 { b',' } else { signs[counts.iter().position(|c| *c == most).unwrap_or(0)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str, skip: u32) -> Option<Header> {
        let mut stream: Stream = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        read(&mut stream, skip, None).unwrap()
    }

    #[test]
    fn the_delimiter_is_found_from_the_header() {
        for (text, sign) in
            [("a,b\n", b','), ("a;b,c;d\n", b';'), ("a\tb\n", b'\t'), ("\"x,y\"|b|c\n", b'|'), ("one\n", b',')]
        {
            assert_eq!(header(text, 0).unwrap().delimiter, sign, "{text}");
        }
        assert_eq!(header("sep=;\na;b\n1;2\n", 0).unwrap().names, ["a", "b"]);
    }

    #[test]
    fn names_may_be_quoted_and_hold_line_ends() {
        let h = header("\"Record ID\",\"two\nlines\",\"\"\"from\"\"\" \r\n1,2,3\n", 0).unwrap();
        assert_eq!(h.names, ["Record ID", "two\nlines", "\"from\""]);
        assert_eq!((h.bytes, h.line), (37, 3));
    }

    #[test]
    fn lines_before_the_header_can_be_passed_over() {
        assert_eq!(header("Report\nof May\nid,at\n1,2\n", 2).unwrap().names, ["id", "at"]);
        assert_eq!(header("\n\nid\n", 0).unwrap().line, 4);
        assert_eq!(header("id", 0).unwrap().names, ["id"]);
        assert_eq!(header("", 0), None);
        assert_eq!(header(" \n\n", 0), None);
    }
}
