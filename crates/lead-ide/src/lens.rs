//! Code lens: above each declaration how often it is used, above each definition how many examples cover it.

use std::collections::HashMap;
use std::ops::Range;

use lead_diag::{FileId, Span};
use lead_hir::index::{Role, Target};

use crate::Snapshot;

/// What a lens tells, and does when clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensKind {
    /// How often a name is used; shows the places.
    Uses {
        /// Of what.
        target: Target,
        /// How often, declarations apart.
        count: usize,
    },
    /// The examples that expect an answer of a definition; runs them.
    Examples {
        /// The name of the definition.
        name: String,
        /// Where they stand.
        examples: Vec<Span>,
    },
}

/// A line above a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The name that it stands above.
    pub range: Range<u32>,
    /// What it tells.
    pub kind: LensKind,
}

impl Lens {
    /// What is shown.
    pub fn title(&self) -> String {
        let (count, one, many) = match &self.kind {
            LensKind::Uses { count, .. } => (*count, "use", "uses"),
            LensKind::Examples { examples, .. } => (examples.len(), "example", "examples"),
        };
        match count {
            0 => format!("no {many}"),
            1 => format!("1 {one}"),
            n => format!("{n} {many}"),
        }
    }
}

/// Which lenses are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LensSettings {
    /// How often names are used.
    pub uses: bool,
    /// Examples that cover definitions.
    pub examples: bool,
}

impl Default for LensSettings {
    fn default() -> LensSettings {
        LensSettings { uses: true, examples: true }
    }
}

impl Snapshot {
    /// The lenses of a file, in order of place.
    pub fn code_lenses(&self, file: FileId, settings: &LensSettings) -> Vec<Lens> {
        let declared: Vec<(Target, Span)> = self
            .checked()
            .places_in(file)
            .iter()
            .filter(|p| p.role == Role::Declaration && matches!(p.target, Target::Table(_) | Target::Def(_)))
            .map(|p| (p.target, p.span))
            .collect();
        let mut counts = Counts::of(declared.iter().map(|(target, _)| *target));
        if settings.uses {
            for other in self.checked().files() {
                let places = self.checked().places_in(other.id).iter();
                places.filter(|p| p.role == Role::Use).for_each(|p| counts.add(p.target));
            }
        }
        let mut examples: HashMap<Target, Vec<Span>> = HashMap::new();
        if settings.examples {
            for example in self.checked().examples() {
                for def in &example.covers {
                    let target = Target::Def(*def);
                    if counts.get(target).is_some() {
                        examples.entry(target).or_default().push(example.span);
                    }
                }
            }
        }
        let mut out = Vec::new();
        for (target, span) in declared {
            let range = span.start..span.end;
            if settings.uses {
                let count = counts.get(target).unwrap_or(0);
                out.push(Lens { range: range.clone(), kind: LensKind::Uses { target, count } });
            }
            let (Target::Def(def), Some(examples)) = (target, examples.remove(&target)) else { continue };
            let name = self.lexicon().def(def).name.text.clone();
            out.push(Lens { range, kind: LensKind::Examples { name, examples } });
        }
        out
    }
}

/// How often each of some targets is used. By number, as the places of a whole lexicon are gone through.
#[derive(Default)]
struct Counts {
    tables: Vec<Option<usize>>,
    defs: Vec<Option<usize>>,
}

impl Counts {
    fn of(targets: impl Iterator<Item = Target>) -> Counts {
        let mut counts = Counts::default();
        for target in targets {
            let (list, at) = match target {
                Target::Table(id) => (&mut counts.tables, id.0 as usize),
                Target::Def(id) => (&mut counts.defs, id.0 as usize),
                _ => continue,
            };
            if list.len() <= at {
                list.resize(at + 1, None);
            }
            list[at] = Some(0);
        }
        counts
    }

    fn add(&mut self, target: Target) {
        let count = match target {
            Target::Table(id) => self.tables.get_mut(id.0 as usize),
            Target::Def(id) => self.defs.get_mut(id.0 as usize),
            _ => None,
        };
        if let Some(Some(count)) = count {
            *count += 1;
        }
    }

    fn get(&self, target: Target) -> Option<usize> {
        match target {
            Target::Table(id) => self.tables.get(id.0 as usize).copied().flatten(),
            Target::Def(id) => self.defs.get(id.0 as usize).copied().flatten(),
            _ => None,
        }
    }
}
