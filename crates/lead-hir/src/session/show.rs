//! From places of units to places of files: the lexicon and the findings as they are shown.
//!
//! What has neither been made anew nor moved is taken over from the check before.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lead_diag::{Diagnostic, FileId, Span};

use super::checked::{Checked, CheckedFile};
use super::read::{Part, Text, Unit};
use super::state::{Slot, State};
use super::update::{Made, nobody};
use crate::Config;
use crate::hir::remap::Remap;
use crate::hir::{Def, DefId, Example, Lexicon, Table};
use crate::lower::{allow, sort};

/// Where units stand, and what was shown last.
#[derive(Debug, Default)]
pub(super) struct Shown {
    bases: Vec<Option<Base>>,
    defs: Vec<Shape<Def>>,
    examples: Vec<Shape<Example>>,
    tables: Vec<Table>,
    /// Findings of no statement alone, by file.
    loose: HashMap<FileId, Vec<Diagnostic>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Base {
    file: FileId,
    start: u32,
}

/// Some of the numbers below a limit.
struct Flags {
    raised: Vec<bool>,
    any: bool,
}

impl Flags {
    fn new(limit: usize) -> Flags {
        Flags { raised: vec![false; limit], any: false }
    }

    fn raise(&mut self, number: u32) {
        if let Some(flag) = self.raised.get_mut(number as usize) {
            *flag = true;
            self.any = true;
        }
    }

    fn has(&self, number: u32) -> bool {
        self.any && self.raised.get(number as usize).is_some_and(|f| *f)
    }
}

/// Something with places of files.
#[derive(Debug)]
struct Shape<T> {
    shown: Option<Arc<T>>,
    uses: Arc<[(DefId, Span)]>,
    /// It holds places of other units.
    foreign: bool,
    /// Its findings do.
    foreign_found: bool,
}

impl<T> Default for Shape<T> {
    fn default() -> Shape<T> {
        Shape { shown: None, uses: Arc::new([]), foreign: false, foreign_found: false }
    }
}

/// Turns places of units into places of files.
struct Placed<'b> {
    bases: &'b [Option<Base>],
    own: u32,
    foreign: bool,
}

impl Remap for Placed<'_> {
    fn span(&mut self, span: &mut Span) {
        self.foreign |= span.file.0 != self.own;
        if let Some(Some(base)) = self.bases.get(span.file.0 as usize) {
            *span = Span { file: base.file, start: base.start + span.start, end: base.start + span.end };
        }
    }
}

impl Shown {
    fn placed(&self, own: u32) -> Placed<'_> {
        Placed { bases: &self.bases, own, foreign: false }
    }

    /// Units that have moved.
    fn settle(&mut self, files: &[&mut Text], edited: &HashSet<FileId>, gone: &[u32], units: usize) -> Flags {
        let mut moved = Flags::new(units);
        self.bases.resize(units, None);
        for unit in gone {
            self.bases[*unit as usize] = None;
        }
        for file in files.iter().filter(|f| edited.contains(&f.id)) {
            for at in &file.pieces {
                let base = Some(Base { file: file.id, start: at.start });
                if self.bases[at.unit as usize] != base {
                    self.bases[at.unit as usize] = base;
                    moved.raise(at.unit);
                }
            }
        }
        moved
    }
}

/// What there is to show.
pub(super) struct Show<'s> {
    pub files: &'s [&'s mut Text],
    pub units: &'s [Option<Unit>],
    pub state: &'s State,
    pub config: &'s Config,
    pub edited: &'s HashSet<FileId>,
    pub gone: &'s [u32],
    pub made: Made,
    pub before: Option<&'s Checked>,
}

impl Show<'_> {
    /// The lexicon and its `.lead` files.
    pub fn show(self, shown: &mut Shown) -> Checked {
        let moved = shown.settle(self.files, self.edited, self.gone, self.units.len());
        let stale = self.defs(shown, &moved);
        let stale_examples = self.examples(shown, &moved);
        if self.made.tables || self.state.tables.list.iter().any(|(unit, _)| moved.has(*unit)) {
            let mut tables = self.state.cx.tables.clone();
            tables.iter_mut().for_each(|t| shown.placed(u32::MAX).table(t));
            shown.tables = tables;
        }
        let mut loose = self.loose(shown);
        let mut checked = Checked::new(self.lexicon(shown), self.config.clone(), self.state.cx.order.clone());
        checked.uses = shown.defs.iter().map(|d| d.uses.clone()).collect();
        let mut now = HashMap::new();
        for file in self.files {
            let loose = loose.remove(&file.id).unwrap_or_default();
            let before = self.before.and_then(|c| c.files.get(&file.id));
            let same_loose = shown.loose.get(&file.id).map_or(loose.is_empty(), |l| *l == loose);
            let units = || file.pieces.iter().filter_map(|at| self.units[at.unit as usize].as_ref());
            let nothing = !stale.any && !stale_examples.any && !self.made.tables;
            let same_parts = || {
                nothing
                    || units().flat_map(|u| &u.parts).all(|part| match part {
                        Part::Def(id) => !stale.has(id.0),
                        Part::Example(at) => !stale_examples.has(*at),
                        Part::Table | Part::Subject => !self.made.tables,
                        Part::Nothing => true,
                    })
            };
            let kept = match before {
                Some(before) if same_loose && !self.edited.contains(&file.id) && same_parts() => before.clone(),
                _ => Arc::new(self.file(shown, file, &loose)),
            };
            checked.order.push(file.id);
            checked.files.insert(file.id, kept);
            if !loose.is_empty() {
                now.insert(file.id, loose);
            }
        }
        shown.loose = now;
        checked
    }

    /// Places every definition that was made anew, or stands elsewhere; which they are.
    fn defs(&self, shown: &mut Shown, moved: &Flags) -> Flags {
        let mut stale = Flags::new(self.state.slots.len());
        let mut defs = std::mem::take(&mut shown.defs);
        defs.resize_with(self.state.slots.len(), Shape::default);
        let any = moved.any;
        let mut anew = Flags::new(self.state.slots.len());
        self.made.defs.iter().for_each(|id| anew.raise(id.0));
        for id in &self.state.free {
            defs[id.0 as usize] = Shape::default();
        }
        for id in &self.state.cx.order {
            let (slot, shape) = (&self.state.slots[id.0 as usize], &mut defs[id.0 as usize]);
            let made = shape.shown.is_none() || anew.has(id.0);
            let foreign = any && (shape.foreign || shape.foreign_found);
            if !(made || foreign || any && moved.has(slot.unit)) {
                continue;
            }
            stale.raise(id.0);
            let mut placed = shown.placed(slot.unit);
            let mut def = self.state.cx.defs[id.0 as usize].clone();
            placed.def(&mut def);
            let mut uses = self.state.cx.facts[id.0 as usize].uses.clone();
            uses.iter_mut().for_each(|(_, span)| placed.span(span));
            let own = |d: &Diagnostic| {
                let labels = d.labels.iter().map(|l| l.span);
                let edits = d.fixes.iter().flat_map(|f| &f.edits).map(|e| e.span);
                labels.chain(edits).all(|s| s.file.0 == slot.unit)
            };
            let foreign_found = !slot.kept.found.iter().chain(&slot.clash).all(own);
            *shape = Shape { shown: Some(Arc::new(def)), uses: uses.into(), foreign: placed.foreign, foreign_found };
        }
        shown.defs = defs;
        stale
    }

    fn examples(&self, shown: &mut Shown, moved: &Flags) -> Flags {
        let mut stale = Flags::new(self.state.examples.len());
        let mut examples = std::mem::take(&mut shown.examples);
        examples.resize_with(self.state.examples.len(), Shape::default);
        for (at, (slot, shape)) in self.state.examples.iter().zip(&mut examples).enumerate() {
            let Some(example) = slot.example.as_ref().filter(|_| slot.live) else {
                *shape = Shape::default();
                continue;
            };
            let made = shape.shown.is_none() || self.made.examples.contains(&(at as u32));
            // Examples see other definitions in many ways; placing one again is cheap.
            let foreign = moved.any && (shape.foreign || !slot.kept.found.is_empty());
            if !(made || foreign || moved.has(slot.unit)) {
                continue;
            }
            stale.raise(at as u32);
            let mut placed = shown.placed(slot.unit);
            let mut example = example.clone();
            placed.example(&mut example);
            *shape = Shape { shown: Some(Arc::new(example)), foreign: placed.foreign, ..Shape::default() };
        }
        shown.examples = examples;
        stale
    }

    fn lexicon(&self, shown: &Shown) -> Lexicon {
        let nobody = Arc::new(nobody());
        let defs = shown.defs.iter().map(|d| d.shown.as_ref().unwrap_or(&nobody).clone());
        let mut examples: Vec<Arc<Example>> = shown.examples.iter().filter_map(|e| e.shown.clone()).collect();
        let place = |file: FileId| self.files.iter().position(|f| f.id == file);
        examples.sort_by_cached_key(|e| (place(e.span.file), e.span.start));
        Lexicon {
            settings: self.state.cx.settings.clone(),
            tables: shown.tables.clone(),
            defs: defs.collect(),
            examples,
        }
    }

    /// Findings whose first place is in another unit than what they were found in, or that were found in none, by file.
    fn loose(&self, shown: &Shown) -> HashMap<FileId, Vec<Diagnostic>> {
        let mut loose: HashMap<FileId, Vec<Diagnostic>> = HashMap::new();
        let mut add = |found: &Diagnostic| {
            let mut found = found.clone();
            shown.placed(u32::MAX).diagnostic(&mut found);
            if let Some(span) = found.span() {
                loose.entry(span.file).or_default().push(found);
            }
        };
        self.made.found.iter().for_each(&mut add);
        self.files.iter().flat_map(|f| &f.subjects.found).for_each(&mut add);
        for (slot, _) in self.state.slots.iter().zip(&shown.defs).filter(|(_, shape)| shape.foreign_found) {
            of_slot(slot).filter(|d| strays(d, slot.unit)).for_each(&mut add);
        }
        for slot in self.state.examples.iter().filter(|s| s.live) {
            slot.kept.found.iter().filter(|d| strays(d, slot.unit)).for_each(&mut add);
        }
        loose
    }

    fn file(&self, shown: &Shown, file: &Text, loose: &[Diagnostic]) -> CheckedFile {
        let mut made = CheckedFile::new(file.id, file.name.clone(), file.text.clone());
        made.comments = file.comments.clone();
        let mut found = file.found.clone();
        found.extend_from_slice(loose);
        for at in &file.pieces {
            let Some(unit) = &self.units[at.unit as usize] else { continue };
            let mut add = |d: &Diagnostic| {
                let mut d = d.clone();
                shown.placed(at.unit).diagnostic(&mut d);
                found.push(d);
            };
            unit.found.iter().for_each(&mut add);
            let mut index = |index: Option<&Arc<crate::index::Index>>| {
                made.parts.extend(index.map(|i| (at.start, i.clone())));
            };
            for (i, part) in unit.parts.iter().enumerate() {
                match part {
                    Part::Def(id) => {
                        let slot = &self.state.slots[id.0 as usize];
                        of_slot(slot).filter(|d| !strays(d, at.unit)).for_each(&mut add);
                        index(Some(&slot.kept.index));
                        if let Some(statement) = unit.statements.get(i) {
                            let span = statement.span;
                            made.defs.push((at.start + span.start, at.start + span.end, *id));
                        }
                    }
                    Part::Example(id) => {
                        let kept = &self.state.examples[*id as usize].kept;
                        kept.found.iter().filter(|d| !strays(d, at.unit)).for_each(&mut add);
                        index(Some(&kept.index));
                    }
                    Part::Table | Part::Subject | Part::Nothing => {}
                }
            }
            index(self.state.tables.index.get(&at.unit));
            index(file.subjects.index.get(&at.unit));
            made.statements.push((at.start, unit.statements.clone()));
        }
        let mut allows = Vec::new();
        let spans = || made.tree().statements.iter().map(|s| s.span).collect();
        allow::in_file(&file.comments, spans, &mut allows, &mut found);
        found.retain_mut(|d| {
            let keep = allow::leveled(d, &allows, self.config);
            if !keep {
                made.silenced.extend(d.span().map(|s| (d.code, s)));
            }
            keep
        });
        sort(&mut found);
        made.diagnostics = found;
        made
    }
}

fn of_slot(slot: &Slot) -> impl Iterator<Item = &Diagnostic> {
    slot.kept.found.iter().chain(&slot.clash)
}

fn strays(found: &Diagnostic, unit: u32) -> bool {
    found.span().is_some_and(|s| s.file.0 != unit)
}
