//! What examples would not notice: each definition is changed in one small way, and the examples that reach it are answered anew.
//!
//! A change is made in the typed lexicon, and a plan holds many of them at once: what a change leaves alone is planned and computed
//! once for all. On the way: `make` (the changes of a definition), with `exprs`, `windows` and `lines` for the kinds of them · `run` (which
//! of them an example notices).

mod exprs;
mod lines;
mod make;
mod run;
mod windows;

use std::sync::Arc;

use lead_diag::Span;
use lead_hir::hir::{Def, DefId, Settings, Value};

use crate::literal::literal;
use crate::suite::Suite;

/// A part of a text: as it stands in the lexicon, or new.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// As it stands there.
    Is(Span),
    /// Words.
    Word(String),
    /// A value as a lexicon writes it.
    Value(Value),
    /// Instead of a text in the place of the old one: what is done to it.
    Note(String),
}

impl From<&str> for Piece {
    fn from(text: &str) -> Piece {
        Piece::Word(text.to_string())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Piece {
        Piece::Word(text)
    }
}

impl From<Span> for Piece {
    fn from(span: Span) -> Piece {
        Piece::Is(span)
    }
}

/// A definition changed in one small way.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Which definition.
    pub def: DefId,
    /// What of it is changed.
    pub span: Span,
    /// What kind of thing was changed.
    pub kind: MutantKind,
    /// How it is written then; empty: it is taken out.
    to: Vec<Piece>,
    /// What an example would have to say.
    help: Vec<Piece>,
    /// The definition, changed.
    pub(crate) changed: Arc<Def>,
}

/// What kind of thing is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MutantKind {
    /// The number, amount, date or length that is compared with.
    Threshold,
    /// `>`, `=`, `contains`, `any`, `sum`, `+`.
    Operator,
    /// `within`, `since`, `ago` and the like.
    Window,
    /// `and`, `or`, `not`, and the parts that they join.
    Connective,
    /// An exception of a term.
    Exception,
    /// A `where`, or a step of a sequence.
    Where,
    /// Points, bounds and lines of a score.
    Points,
    /// A line of a choice, or a step of a funnel.
    Line,
    /// Another value that is written out.
    Value,
}

impl MutantKind {
    /// As it is shown.
    pub fn word(self) -> &'static str {
        match self {
            MutantKind::Threshold => "threshold",
            MutantKind::Operator => "operator",
            MutantKind::Window => "window",
            MutantKind::Connective => "connective",
            MutantKind::Exception => "exception",
            MutantKind::Where => "where",
            MutantKind::Points => "points",
            MutantKind::Line => "line",
            MutantKind::Value => "value",
        }
    }
}

impl Mutant {
    /// The text in place of what stands there; empty: it is taken out. `slice` gives the lexicon's text of a place.
    pub fn to(&self, settings: &Settings, slice: &dyn Fn(Span) -> String) -> String {
        told(&self.to, settings, slice)
    }

    /// The change in one line: `pages > 5` → `pages >= 5`. `slice` gives the lexicon's text of a place.
    pub fn text(&self, settings: &Settings, slice: &dyn Fn(Span) -> String) -> String {
        let was = told(&[Piece::Is(self.span)], settings, slice);
        match self.to.as_slice() {
            [] => format!("without `{was}`"),
            [Piece::Note(note)] => format!("`{was}` {note}"),
            to => format!("`{was}` → `{}`", told(to, settings, slice)),
        }
    }

    /// What an example would have to say to notice it.
    pub fn help(&self, settings: &Settings, slice: &dyn Fn(Span) -> String) -> String {
        told(&self.help, settings, slice)
    }
}

fn told(pieces: &[Piece], settings: &Settings, slice: &dyn Fn(Span) -> String) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Is(span) => out.push_str(&slice(*span).split_whitespace().collect::<Vec<_>>().join(" ")),
            Piece::Word(word) | Piece::Note(word) => out.push_str(word),
            Piece::Value(value) => out.push_str(&literal(value, settings)),
        }
    }
    out
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// An example is not as expected any more.
    Noticed,
    /// Examples work the definition out, and all are still as expected.
    Survived,
    /// No example works the definition out.
    Untouched,
}

/// What became of all mutants.
#[derive(Debug)]
pub struct Mutation {
    /// In order of the lexicon.
    pub mutants: Vec<(Mutant, Fate)>,
    /// Examples that were left out: they are not as expected to begin with.
    pub failing: Vec<usize>,
    /// How often an example was answered with a mutant.
    pub answered: usize,
}

impl Mutation {
    /// How many were noticed.
    pub fn noticed(&self) -> usize {
        self.mutants.iter().filter(|(_, fate)| *fate == Fate::Noticed).count()
    }

    /// The share that was noticed, in percent; of none all.
    pub fn percent(&self) -> f64 {
        if self.mutants.is_empty() { 100.0 } else { self.noticed() as f64 * 100.0 / self.mutants.len() as f64 }
    }
}

impl Suite {
    /// The mutants of all definitions that examples can test.
    pub fn mutants(&self) -> Vec<Mutant> {
        let own = self.lexicon().def_ids().filter(|(_, d)| !d.name.key.is_empty());
        own.flat_map(|(id, def)| make::mutants(id, def)).collect()
    }
}
