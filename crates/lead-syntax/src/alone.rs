//! Statements read one by one, each with places of its own: whoever keeps them need not read or move them when the text
//! around them changes.
//!
//! Invariant *alone or together*: the statements and diagnostics of all pieces of a text, moved to where the pieces stand, are
//! those that [`crate::parse`] gives for the text.

use std::cell::RefCell;

use lead_diag::{Diagnostic, FileId, Span};

use crate::ast::{Comment, Statement};
use crate::shorten::Shapes;
use crate::{Read, indented_start, read_piece, split, too_large};

thread_local! {
    /// Pieces come one by one, and are as often of the same shape as those of a file.
    static SHAPES: RefCell<Shapes> = RefCell::default();
}

/// A part of a text that is read alone: what starts in column one, and what is indented below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// First byte.
    pub start: u32,
    /// One past the last byte that is neither blank nor comment.
    pub end: u32,
    /// Documentation lines just above.
    pub docs: Option<String>,
}

/// Splits a text: pieces and comments in order of place, and what is wrong with the text apart from its pieces.
pub fn pieces(file: FileId, text: &str) -> (Vec<Piece>, Vec<Comment>, Vec<Diagnostic>) {
    if text.len() > crate::MAX_BYTES {
        return (Vec::new(), Vec::new(), vec![too_large(file, text)]);
    }
    let (pieces, comments) = split::split(file, text);
    let mut diagnostics = Vec::new();
    if let Some(first) = pieces.first().filter(|p| p.indented) {
        diagnostics.push(indented_start(Span::new(file, first.start, first.end), text));
    }
    let pieces = pieces.into_iter().map(|p| Piece { start: p.start as u32, end: p.end as u32, docs: p.docs });
    (pieces.collect(), comments, diagnostics)
}

/// Reads the text of one piece: its statements and diagnostics, with places that count from the piece's start and name `file`.
pub fn read_alone(file: FileId, source: &str, docs: Option<String>) -> (Vec<Statement>, Vec<Diagnostic>) {
    let (pieces, comments) = split::split_from(file, source, 0);
    let mut read = Read::default();
    if let Some(mut piece) = pieces.into_iter().next() {
        piece.docs = docs;
        piece.indented = false;
        SHAPES.with_borrow_mut(|shapes| read_piece(file, source, &piece, &comments, shapes, &mut read));
    }
    (read.statements, read.diagnostics)
}
