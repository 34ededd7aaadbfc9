//! What is kept while a rule is said: the records in scope, and how to call what paths arrive at.

use lead_hir::hir::{Def, DefId, DefKind, Expr, ExprKind, FieldId, Lexicon, TableId, Target, Ty};
use lead_hir::walk::is_constant;

use crate::clause::{Before, Said, Voice, Who};
use crate::kind::is_person;
use crate::prose::{Prose, prose};

/// How often values are spelt out inside of each other.
const DEEPEST: u32 = 3;

pub(crate) struct Speaker<'l> {
    pub lexicon: &'l Lexicon,
    /// Records in scope, innermost last. Metrics begin without one.
    pub frames: Vec<TableId>,
    /// How many values are being spelt out.
    pub depth: u32,
    /// Whether something with an error was met.
    pub broken: bool,
}

impl<'l> Speaker<'l> {
    pub fn new(lexicon: &'l Lexicon, subject: Option<TableId>) -> Speaker<'l> {
        Speaker { lexicon, frames: subject.into_iter().collect(), depth: 0, broken: false }
    }

    pub fn frame(&self) -> Option<TableId> {
        self.frames.last().copied()
    }

    fn people(&self) -> bool {
        self.frame().is_some_and(|t| is_person(self.lexicon, t))
    }

    pub fn voice(&self) -> Voice {
        Voice::Plain { people: self.people() }
    }

    /// `their`, `its`
    pub fn possessive(&self) -> &'static str {
        if self.people() { "their" } else { "its" }
    }

    /// Something as part of a sentence: `their e-mail`.
    pub fn phrase(&self, who: Who) -> Prose {
        match who {
            Who::Same => if self.people() { "they" } else { "it" }.into(),
            Who::Their(thing, _) => prose![self.possessive(), " ", thing],
            Who::Thing(thing, _) => thing,
        }
    }

    /// Conditions as text.
    pub fn text(&self, said: &Said) -> Prose {
        said.text(self.lexicon, self.voice(), false, &mut Before::default())
    }

    /// With other records in scope.
    pub fn inside<T>(&mut self, table: TableId, say: impl FnOnce(&mut Self) -> T) -> T {
        self.frames.push(table);
        let said = say(self);
        self.frames.pop();
        said
    }

    /// Spells out what a value is made of, unless too much is being spelt out already.
    pub fn spelt<T>(&mut self, say: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.depth < DEEPEST).then(|| {
            self.depth += 1;
            let said = say(self);
            self.depth -= 1;
            said
        })
    }

    /// The table that a path arrives at.
    pub fn arrives(&self, up: u8, path: &[FieldId]) -> Option<TableId> {
        let mut at = self.frames.iter().rev().nth(usize::from(up)).copied()?;
        for field in path {
            match self.lexicon.table(at).fields.get(field.0 as usize)?.ty {
                Ty::Record(to) => at = to,
                _ => return None,
            }
        }
        Some(at)
    }

    /// The names of references that a path follows.
    fn references(&self, up: u8, path: &[FieldId]) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = self.frames.iter().rev().nth(usize::from(up)).copied();
        for field in path {
            let Some(declared) = at.and_then(|t| self.lexicon.table(t).fields.get(field.0 as usize)) else { break };
            names.push(declared.name.text.clone());
            at = if let Ty::Record(to) = declared.ty { Some(to) } else { None };
        }
        names
    }

    /// The record at the end of a path.
    pub fn record(&self, up: u8, path: &[FieldId]) -> Who {
        let names = self.references(up, path);
        match (up, names.is_empty()) {
            (0, true) => Who::Same,
            (0, false) => Who::Their(Prose::theirs(names.join("’s ")), false),
            (_, true) => Who::Thing(prose!["the ", self.outer_name(up)], false),
            (_, false) => {
                Who::Thing(prose!["the ", self.outer_name(up), "’s ", Prose::theirs(names.join("’s "))], false)
            }
        }
    }

    /// Something of the record at the end of a path.
    pub fn of_record(&self, up: u8, path: &[FieldId], name: &str, thing: Prose) -> Who {
        let many = crate::english::is_plural(name);
        let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
        let whole = ["their", "our", "its", "my", "the", "a", "an"].contains(&first.as_str());
        let question = ["why", "how", "what", "who", "when", "where", "which", "whether"].contains(&first.as_str());
        let bare = matches!(name.to_lowercase().as_str(), "to" | "from" | "at" | "on" | "in" | "by" | "of" | "for");
        let thing = if question || bare { prose!["“", thing, "”"] } else { thing };
        match self.record(up, path) {
            Who::Same if whole || question => Who::Thing(thing, many),
            Who::Same => Who::Their(thing, many),
            Who::Their(record, _) => Who::Their(prose![record, "’s ", thing], many),
            Who::Thing(record, _) => Who::Thing(prose![record, "’s ", thing], many),
        }
    }

    fn outer_name(&self, up: u8) -> Prose {
        let table = self.frames.iter().rev().nth(usize::from(up)).copied();
        table.map(|t| Prose::theirs(self.lexicon.table(t).name.text.clone())).unwrap_or_default()
    }

    pub fn def(&self, id: DefId) -> &'l Def {
        self.lexicon.def(id)
    }

    /// Whether a window that stands behind an expression reaches something in it (D27).
    pub fn covers(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::TimeTest(_) | ExprKind::Became { .. } => true,
            ExprKind::Windowed { .. } => false,
            ExprKind::Sequence(sequence) => sequence.window.is_none(),
            ExprKind::Aggregate(aggregate) => {
                let records = &aggregate.records;
                if self.lexicon.table(records.table).is_event() {
                    return records.window.is_none();
                }
                records.filter.iter().chain(&aggregate.argument).any(|e| self.covers(e))
            }
            ExprKind::Get { target: Target::Def(def), .. } => match &self.def(*def).kind {
                DefKind::Value(value) => self.covers(value),
                _ => false,
            },
            ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::List(parts) | ExprKind::Call { args: parts, .. } => {
                parts.iter().any(|p| self.covers(p))
            }
            ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::ToMoney(inner)
            | ExprKind::Shift { time: inner, .. }
            | ExprKind::IsKnown { value: inner, .. }
            | ExprKind::Matches { value: inner, .. } => self.covers(inner),
            ExprKind::Compare { left, right, .. } | ExprKind::Arithmetic { left, right, .. } => {
                self.covers(left) || self.covers(right)
            }
            _ => false,
        }
    }

    /// Whether a definition is the same for every record.
    pub fn is_constant(&self, id: DefId) -> bool {
        matches!(&self.def(id).kind, DefKind::Value(expr) if is_constant(expr))
    }
}
