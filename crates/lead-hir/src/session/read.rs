//! Texts to statements, each read alone with places that count from its own start.
//!
//! A *unit* is one piece of text and what was read of it. Its number stands in the places of all that is made of it instead of a
//! file, so that nothing is touched when it moves; [`super::show`] turns the places into those of files. Numbers are never given
//! out twice. Invariant *own unit*: a unit keeps its number while its text is edited where it stands.

use std::collections::HashMap;
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId};
use lead_syntax::ast::{Comment, Statement};

use crate::hir::DefId;
use crate::index::Index;
use crate::lower::track::Seen;

/// A `.lead` file.
#[derive(Debug)]
pub(super) struct Text {
    pub id: FileId,
    pub name: Arc<str>,
    pub text: Arc<str>,
    pub pieces: Vec<At>,
    pub comments: Arc<[Comment]>,
    /// What is wrong with it apart from its pieces.
    pub found: Vec<Diagnostic>,
    /// What its `for` statements gave.
    pub subjects: Subjects,
}

/// What the `for` statements of a file gave.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    pub found: Vec<Diagnostic>,
    pub seen: Vec<Seen>,
    pub index: HashMap<u32, Arc<Index>>,
}

/// Where a unit stands.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub start: u32,
    pub end: u32,
    pub docs: Option<String>,
    pub unit: u32,
}

/// What was read of a piece.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub statements: Arc<Vec<Statement>>,
    pub found: Vec<Diagnostic>,
    /// What each statement is.
    pub parts: Vec<Part>,
}

/// What a statement is to the lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Def(DefId),
    /// Its number among the examples.
    Example(u32),
    Table,
    Subject,
    /// A broken statement without a name.
    Nothing,
}

/// A unit to be read.
#[derive(Debug)]
pub(super) struct ToRead {
    pub unit: u32,
    text: Arc<str>,
    start: u32,
    end: u32,
    docs: Option<String>,
}

impl ToRead {
    pub fn read(&self) -> (Vec<Statement>, Vec<Diagnostic>) {
        let source = self.text.get(self.start as usize..self.end as usize).unwrap_or("");
        lead_syntax::read_alone(FileId(self.unit), source, self.docs.clone())
    }
}

/// What an edit asks for.
#[derive(Debug, Default)]
pub(super) struct Edited {
    pub read: Vec<ToRead>,
    pub gone: Vec<u32>,
}

impl Text {
    pub fn new(id: FileId, name: Arc<str>) -> Text {
        Text {
            id,
            name,
            text: "".into(),
            pieces: Vec::new(),
            comments: Arc::new([]),
            found: Vec::new(),
            subjects: Subjects::default(),
        }
    }

    /// Takes a new text: which units must be read, and which are gone. `next` is the next number of a unit.
    pub fn set(&mut self, text: Arc<str>, next: &mut u32, edited: &mut Edited) {
        let (pieces, comments, found) = lead_syntax::pieces(self.id, &text);
        let old = std::mem::take(&mut self.pieces);
        let old_text = std::mem::replace(&mut self.text, text.clone());
        let slice = |text: &'_ Arc<str>, from: u32, to: u32| -> Option<String> {
            text.get(from as usize..to as usize).map(str::to_owned)
        };
        let same = |at: &At, piece: &lead_syntax::Piece| {
            old_text.get(at.start as usize..at.end as usize) == text.get(piece.start as usize..piece.end as usize)
                && at.docs == piece.docs
        };
        let most = old.len().min(pieces.len());
        let front = old.iter().zip(&pieces).take_while(|(at, piece)| same(at, piece)).count();
        let ends = old.iter().rev().zip(pieces.iter().rev()).take(most - front);
        let back = ends.take_while(|(at, piece)| same(at, piece)).count();
        let (from, to) = (front, pieces.len() - back);
        // In between: those whose text is the same wherever it stands now, then the others in order.
        let mut left: Vec<Option<&At>> = old[front..old.len() - back].iter().map(Some).collect();
        let mut units: Vec<Option<u32>> = vec![None; to - from];
        if left.len() > 1 || units.len() > 1 {
            let mut by_text: HashMap<Option<String>, Vec<usize>> = HashMap::new();
            for (i, at) in left.iter().enumerate().rev() {
                if let Some(at) = at {
                    by_text.entry(slice(&old_text, at.start, at.end)).or_default().push(i);
                }
            }
            for (piece, unit) in pieces[from..to].iter().zip(&mut units) {
                let Some(found) = by_text.get_mut(&slice(&text, piece.start, piece.end)) else { continue };
                let Some(i) = found.pop() else { continue };
                if left[i].is_some_and(|at| at.docs == piece.docs) {
                    *unit = left[i].take().map(|at| at.unit);
                }
            }
        }
        let mut rest = left.into_iter().flatten();
        for (i, piece) in pieces.into_iter().enumerate() {
            let unit = if i < from {
                old[i].unit
            } else if i >= to {
                old[old.len() - back + (i - to)].unit
            } else if let Some(unit) = units[i - from] {
                unit
            } else {
                let unit = rest.next().map_or_else(
                    || {
                        *next += 1;
                        *next - 1
                    },
                    |at| at.unit,
                );
                let (text, docs) = (text.clone(), piece.docs.clone());
                edited.read.push(ToRead { unit, text, start: piece.start, end: piece.end, docs });
                unit
            };
            self.pieces.push(At { start: piece.start, end: piece.end, docs: piece.docs, unit });
        }
        edited.gone.extend(rest.map(|at| at.unit));
        self.comments = comments.into();
        self.found = found;
    }
}

/// Reads units, with several threads where there is much to read.
pub(super) fn read_all(todo: &[ToRead]) -> Vec<(Vec<Statement>, Vec<Diagnostic>)> {
    const MUCH: u32 = 64 << 10;
    let bytes: u32 = todo.iter().map(|t| t.end - t.start).sum();
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(8);
    let read = |part: &[ToRead]| part.iter().map(ToRead::read).collect::<Vec<_>>();
    if bytes < MUCH || threads == 1 {
        return read(todo);
    }
    std::thread::scope(|scope| {
        let work: Vec<_> = todo
            .chunks(todo.len().div_ceil(threads).max(1))
            .map(|part| (part, std::thread::Builder::new().spawn_scoped(scope, move || read(part)).ok()))
            .collect();
        // A part whose thread could not be had is read here.
        work.into_iter()
            .flat_map(|(part, thread)| thread.and_then(|t| t.join().ok()).unwrap_or_else(|| read(part)))
            .collect()
    })
}
