//! Text to statements: what starts in column one, and the indented lines below it. No grammar is needed for that,
//! so a broken statement never hides its neighbours.
//!
//! Also found on the way, in the same pass: comments, documentation lines, how deep brackets nest, and characters
//! that no text may hold.

use lead_diag::{FileId, Span};

use crate::ast::Comment;

/// A statement's text, not yet read.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// First byte.
    pub start: usize,
    /// One past the last byte that is neither blank nor comment.
    pub end: usize,
    /// Documentation lines just above.
    pub docs: Option<String>,
    /// It does not start in column one: the first lines of a file are indented.
    pub indented: bool,
    /// How deep brackets nest.
    pub nesting: usize,
    /// Where brackets nest deeper than [`MAX_NESTING`].
    pub too_deep: Option<usize>,
    /// The first character that no text may hold.
    pub control: Option<usize>,
}

/// How deep brackets may nest. The grammar recurses once a level; what follows it relies on this bound.
pub(crate) const MAX_NESTING: usize = 128;

/// Splits a file. Spans are of `file`.
pub(crate) fn split(file: FileId, text: &str) -> (Vec<Piece>, Vec<Comment>) {
    split_from(file, text, if text.starts_with('\u{FEFF}') { 3 } else { 0 })
}

/// Splits what stands from byte `at` on.
pub(crate) fn split_from(file: FileId, text: &str, mut at: usize) -> (Vec<Piece>, Vec<Comment>) {
    let bytes = text.as_bytes();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut comments = Vec::new();
    let mut docs: Option<String> = None;
    let mut depth = 0usize;
    while at < bytes.len() {
        let line_end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n);
        let first = at + blanks(&bytes[at..line_end]);
        if first == line_end {
            docs = None;
        } else if bytes[first] == b'#' {
            let comment = comment(file, text, first, line_end, true);
            if first == at && comment.text.starts_with("##") {
                add_doc(&mut docs, &comment.text);
            } else {
                docs = None;
            }
            comments.push(comment);
        } else {
            // A closing bracket begins no statement, so it ends the one above wherever it stands.
            let starts = first == at && !matches!(bytes[first], b')' | b']');
            if starts || pieces.is_empty() {
                let docs = docs.take();
                let indented = !starts;
                pieces.push(Piece {
                    start: first,
                    end: first,
                    docs,
                    indented,
                    nesting: 0,
                    too_deep: None,
                    control: None,
                });
                depth = 0;
            }
            docs = None;
            if let Some(piece) = pieces.last_mut() {
                let comment_at = scan_line(bytes, first, line_end, &mut depth, piece);
                let code_end = comment_at.unwrap_or(line_end);
                piece.end = first + trimmed(&text[first..code_end]);
                if let Some(start) = comment_at {
                    comments.push(comment(file, text, start, line_end, false));
                }
            }
        }
        at = line_end + 1;
    }
    (pieces, comments)
}

/// How many bytes of blanks a line starts with. A no-break space counts as one blank.
pub(crate) fn blanks(line: &[u8]) -> usize {
    let mut n = 0;
    loop {
        match line.get(n) {
            Some(b' ' | b'\t' | b'\r') => n += 1,
            Some(0xC2) if line.get(n + 1) == Some(&0xA0) => n += 2,
            _ => return n,
        }
    }
}

/// The length of a line without blanks at its end.
fn trimmed(line: &str) -> usize {
    line.trim_end_matches([' ', '\t', '\r', '\u{A0}']).len()
}

/// Bytes that mean nothing here wherever they stand: most of them.
const QUIET: [bool; 256] = {
    let mut quiet = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        quiet[byte] = !matches!(byte as u8, 0..=31 | 127 | b'"' | b'`' | b'#' | b'(' | b'[' | b')' | b']');
        byte += 1;
    }
    quiet
};

/// Runs over one line of a statement; returns where its comment starts. Strings and backticks end with their line.
fn scan_line(bytes: &[u8], from: usize, to: usize, depth: &mut usize, piece: &mut Piece) -> Option<usize> {
    let mut quote: Option<u8> = None;
    let mut at = from;
    loop {
        let i = at + bytes.get(at..to)?.iter().position(|byte| !QUIET[*byte as usize])?;
        at = i + 1;
        match (bytes[i], quote) {
            (b, Some(q)) if b == q => quote = None,
            (byte @ (b'"' | b'`'), None) => quote = Some(byte),
            (b'#', None) => return Some(i),
            (b'(' | b'[', None) => {
                *depth += 1;
                piece.nesting = piece.nesting.max(*depth);
                if *depth > MAX_NESTING {
                    piece.too_deep.get_or_insert(i);
                }
            }
            (b')' | b']', None) => *depth = depth.saturating_sub(1),
            (b'\t' | b'\r', _) => {}
            (0..=31 | 127, _) => {
                piece.control.get_or_insert(i);
            }
            _ => {}
        }
    }
}

/// Where the comment of a line starts. Strings and backticks end with their line.
pub(crate) fn comment_start(line: &[u8]) -> Option<usize> {
    let mut quote: Option<u8> = None;
    for (i, byte) in line.iter().enumerate() {
        match (*byte, quote) {
            (b, Some(q)) if b == q => quote = None,
            (b'"' | b'`', None) => quote = Some(*byte),
            (b'#', None) => return Some(i),
            _ => {}
        }
    }
    None
}

fn comment(file: FileId, text: &str, start: usize, line_end: usize, own_line: bool) -> Comment {
    let body = text[start..line_end].trim_end();
    Comment { span: Span::new(file, start, start + body.len()), text: body.to_string(), own_line }
}

/// Adds a `##` line to documentation: without its signs and one blank.
pub(crate) fn add_doc(docs: &mut Option<String>, line: &str) {
    let line = line.trim_start_matches('#');
    let line = line.strip_prefix(' ').unwrap_or(line);
    match docs {
        Some(docs) => {
            docs.push('\n');
            docs.push_str(line);
        }
        None => *docs = Some(line.to_string()),
    }
}
