//! Reading a text again after an edit: statements that stand as they stood, at the file's start and at its end, are
//! moved instead of read.

use std::ops::Range;

use lead_diag::FileId;

use crate::ast::shift::shift_diagnostic;
use crate::ast::{File, Statement};
use crate::split::{self, Piece};
use crate::{Parsed, parse, read_all};

/// What one piece of text gave, so that it can be found again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    start: u32,
    end: u32,
    /// How many statements, and how many diagnostics.
    statements: u32,
    diagnostics: u32,
    indented: bool,
}

impl Known {
    pub fn new(piece: &Piece, statements: usize, diagnostics: usize) -> Known {
        let (start, end) = (piece.start as u32, piece.end as u32);
        let (statements, diagnostics) = (statements as u32, diagnostics as u32);
        Known { start, end, statements, diagnostics, indented: piece.indented }
    }

    /// How many statements it gave.
    pub fn statements(&self) -> usize {
        self.statements as usize
    }

    /// Whether a piece of another text gives the same: the same words under the same documentation.
    pub fn reads_as(&self, piece: &Piece, statements: &[Statement], old_text: &str, text: &str) -> bool {
        let old = old_text.as_bytes().get(self.start as usize..self.end as usize);
        let docs = statements.first().and_then(|s| s.docs.as_ref());
        // A file's first statement, if it is indented, is reported with the blanks before it.
        !self.indented
            && !piece.indented
            && old.is_some()
            && old == text.as_bytes().get(piece.start..piece.end)
            && docs == piece.docs.as_ref()
    }
}

/// A text that was read again.
#[derive(Clone, Debug, Default)]
pub struct Reparsed {
    /// The same as [`parse`] gives for the new text.
    pub parsed: Parsed,
    /// How many statements at the start are those of the old tree, at the same places.
    pub same_front: usize,
    /// How many statements at the end are those of the old tree, all moved by `moved` bytes.
    pub same_back: usize,
    /// By how much the end of the file moved.
    pub moved: i64,
}

impl Reparsed {
    /// The statements that were read anew, as indices into the new tree.
    pub fn changed(&self) -> Range<usize> {
        self.same_front..self.parsed.file.statements.len().saturating_sub(self.same_back).max(self.same_front)
    }
}

/// Reads the new text of a file whose old text and tree are known: what [`parse`] gives, and how much of the tree is
/// as it was. Takes time for the statements between the first and the last that differ, and little for the others.
pub fn reparse(old: Parsed, old_text: &str, file: FileId, text: &str) -> Reparsed {
    let Parsed { file: File { mut statements, .. }, mut diagnostics, pieces: known } = old;
    if text.len() > crate::MAX_BYTES || known.is_empty() {
        return Reparsed { parsed: parse(file, text), ..Reparsed::default() };
    }
    let (pieces, comments) = split::split(file, text);
    let moved = text.len() as i64 - old_text.len() as i64;

    let (mut front, mut front_statements, mut front_diagnostics) = (0, 0, 0);
    for (known, piece) in known.iter().zip(&pieces) {
        let same_place = known.start as usize == piece.start;
        let here = statements.get(front_statements..front_statements + known.statements()).unwrap_or(&[]);
        if !(same_place && known.reads_as(piece, here, old_text, text)) {
            break;
        }
        front += 1;
        front_statements += known.statements();
        front_diagnostics += known.diagnostics as usize;
    }
    let (mut back, mut back_statements, mut back_diagnostics) = (0, 0, 0);
    let most = known.len().min(pieces.len()) - front;
    for (known, piece) in known.iter().rev().zip(pieces.iter().rev()).take(most) {
        let same_place = i64::from(known.start) + moved == piece.start as i64;
        let first = statements.len().saturating_sub(back_statements + known.statements());
        let here = statements.get(first..first + known.statements()).unwrap_or(&[]);
        if !(same_place && known.reads_as(piece, here, old_text, text)) {
            break;
        }
        back += 1;
        back_statements += known.statements();
        back_diagnostics += known.diagnostics as usize;
    }

    let mut last_statements = statements.split_off(statements.len().saturating_sub(back_statements));
    let mut last_diagnostics = diagnostics.split_off(diagnostics.len().saturating_sub(back_diagnostics));
    statements.truncate(front_statements);
    diagnostics.truncate(front_diagnostics);
    let mut now_known = known;
    let mut last_known = now_known.split_off(now_known.len() - back);
    now_known.truncate(front);
    for read in read_all(file, text, &pieces[front..pieces.len() - back], &comments) {
        statements.extend(read.statements);
        diagnostics.extend(read.diagnostics);
        now_known.extend(read.known);
    }
    if moved != 0 {
        last_statements.iter_mut().for_each(|s| s.shift(moved));
        last_diagnostics.iter_mut().for_each(|d| shift_diagnostic(d, moved));
    }
    statements.append(&mut last_statements);
    diagnostics.append(&mut last_diagnostics);
    for (known, piece) in last_known.iter_mut().zip(&pieces[pieces.len() - back..]) {
        (known.start, known.end) = (piece.start as u32, piece.end as u32);
    }
    now_known.append(&mut last_known);
    let parsed = Parsed { file: File { statements, comments }, diagnostics, pieces: now_known };
    Reparsed { parsed, same_front: front_statements, same_back: back_statements, moved }
}
