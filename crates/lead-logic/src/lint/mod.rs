//! Lints that are proved: what can never hold or always does, what another covers, what cannot be reached, what means the same.
//!
//! A [`Linter`] keeps what it found of each definition and looks again at what an edit has changed, and at what is built on that.
//! Where nothing can be said for certain nothing is said: of a definition that is built on more than [`NODES`] allows, and where the
//! record that would show it is in doubt.

mod choice;
mod finding;
mod footprint;
mod same;
mod term;
mod under;

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use lead_diag::{Code, Diagnostic, Level, codes};
use lead_hir::hir::{Def, DefId, DefKind, Lexicon};
use lead_hir::{Config, Lints};

use crate::lower::Modules;
use crate::table::Table;
use finding::Finding;
use footprint::{Footprint, Footprints};

/// No more nodes than this are looked at for one definition: a few milliseconds.
pub(crate) const NODES: usize = 20_000;

/// Below so many definitions one thread is quicker than several.
const FEW: usize = 64;

/// What is kept of a definition.
#[derive(Debug)]
pub(crate) struct Kept {
    uses: Vec<DefId>,
    footprint: Arc<Footprint>,
    findings: Vec<Finding>,
}

/// Finds, and remembers between two checks of one lexicon.
#[derive(Debug, Default)]
pub struct Linter {
    /// By [`DefId`].
    kept: Vec<Option<Kept>>,
    /// By [`DefId`]: the definitions that name it.
    users: Vec<Vec<DefId>>,
    /// Terms whose footprints have one mark.
    alike: Table<u64, Vec<DefId>>,
    /// Whether two terms mean the same, as far as it was looked at.
    same: BTreeMap<(DefId, DefId), Option<Finding>>,
    once: bool,
}

impl Linter {
    /// Knows nothing yet.
    pub fn new() -> Linter {
        Linter::default()
    }

    /// For a process that ends once it has said what was found: what proofs were made with is left in memory, since to take it apart takes
    /// a tenth of the time.
    pub fn once() -> Linter {
        Linter { once: true, ..Linter::default() }
    }

    /// Everything that is found in a lexicon that has not been looked at before.
    pub fn of(lexicon: &Lexicon, config: &Config) -> Vec<Diagnostic> {
        Linter::new().lint(lexicon, config, None)
    }

    /// What is to be looked at again: what changed, what is new, and all that is built on it.
    fn stale(&self, lexicon: &Lexicon, changed: &HashSet<DefId>) -> BTreeSet<DefId> {
        let new = (0..lexicon.defs.len()).filter(|at| self.kept.get(*at).is_none_or(Option::is_none));
        let mut stale: BTreeSet<DefId> = new.map(|at| DefId(at as u32)).chain(changed.iter().copied()).collect();
        stale.retain(|id| is_live(lexicon, *id));
        let mut todo: Vec<DefId> = stale.iter().copied().collect();
        while let Some(id) = todo.pop() {
            for user in self.users.get(id.0 as usize).into_iter().flatten() {
                if is_live(lexicon, *user) && stale.insert(*user) {
                    todo.push(*user);
                }
            }
        }
        stale
    }

    /// Drops what is kept of a definition. Returns the mark that it had.
    fn forget(&mut self, id: DefId) -> Option<u64> {
        let kept = self.kept.get_mut(id.0 as usize)?.take()?;
        for used in &kept.uses {
            if let Some(users) = self.users.get_mut(used.0 as usize) {
                users.retain(|user| *user != id);
            }
        }
        let mark = kept.footprint.mark?;
        if let Some(alike) = self.alike.get_mut(&mark) {
            alike.retain(|other| *other != id);
            if alike.is_empty() {
                self.alike.remove(&mark);
            }
        }
        Some(mark)
    }

    /// Keeps what was found of a definition. Returns the mark that it has.
    fn keep(&mut self, lexicon: &Lexicon, id: DefId, kept: Kept) -> Option<u64> {
        for used in &kept.uses {
            if let Some(users) = self.users.get_mut(used.0 as usize) {
                users.push(id);
            }
        }
        let mark = kept.footprint.mark.filter(|_| matches!(lexicon.def(id).kind, DefKind::Term(_)));
        if let Some(mark) = mark {
            self.alike.entry(mark).or_default().push(id);
        }
        if let Some(place) = self.kept.get_mut(id.0 as usize) {
            *place = Some(kept);
        }
        mark
    }
}

/// A number that no definition has any more stands in no file.
fn is_live(lexicon: &Lexicon, id: DefId) -> bool {
    lexicon.defs.get(id.0 as usize).is_some_and(|d| d.span.file.0 != u32::MAX)
}

impl Lints for Linter {
    fn lint(&mut self, lexicon: &Lexicon, config: &Config, changed: Option<&HashSet<DefId>>) -> Vec<Diagnostic> {
        if changed.is_none() {
            *self = Linter { once: self.once, ..Linter::default() };
        }
        let stale = self.stale(lexicon, changed.unwrap_or(&HashSet::new()));
        let length = lexicon.defs.len().max(self.kept.len());
        self.kept.resize_with(length, || None);
        self.users.resize_with(length, Vec::new);
        let mut marks: BTreeSet<u64> = BTreeSet::new();
        for at in 0..length {
            let id = DefId(at as u32);
            if self.kept[at].is_some() && (!is_live(lexicon, id) || stale.contains(&id)) {
                marks.extend(self.forget(id));
            }
        }
        self.same.retain(|(a, b), _| [a, b].iter().all(|id| is_live(lexicon, **id) && !stale.contains(id)));
        let new = Table::with_capacity_and_hasher(stale.len(), Default::default());
        let mut footprints = Footprints { new, before: &self.kept };
        for id in &stale {
            footprint::of_def(lexicon, *id, &mut footprints, 0);
        }
        let height = |at: usize| footprints.get(DefId(at as u32)).map_or(u32::MAX, |f| f.height);
        let modules = Modules::new(lexicon, (0..lexicon.defs.len()).map(height).collect());
        let steps = wants(config, codes::STEP_SKIPPED);
        let todo: Vec<DefId> = stale.iter().copied().collect();
        let look = |id: &DefId| {
            footprint::is_worth_a_proof(lexicon, *id, &footprints).then(|| (*id, of_def(&modules, *id, steps)))
        };
        let found: Table<DefId, Vec<Finding>> = in_parallel(&todo, look).into_iter().flatten().collect();
        let new = footprints.new;
        std::thread::scope(|scope| {
            if self.once {
                std::mem::forget(modules);
            } else if todo.len() < FEW {
                drop(modules);
            } else {
                // To take them apart takes as long as what is left to do.
                scope.spawn(move || drop(modules));
            }
            self.settle((lexicon, config), stale, (new, found), marks)
        })
    }
}

impl Linter {
    /// Keeps what was found of definitions, and tells what is to be said of all.
    fn settle(
        &mut self,
        (lexicon, config): (&Lexicon, &Config),
        stale: BTreeSet<DefId>,
        (mut new, mut found): (Table<DefId, footprint::Made>, Table<DefId, Vec<Finding>>),
        mut marks: BTreeSet<u64>,
    ) -> Vec<Diagnostic> {
        for id in stale {
            let Some(footprint::Made { uses, footprint }) = new.remove(&id) else { continue };
            let findings = found.remove(&id).unwrap_or_default();
            marks.extend(self.keep(lexicon, id, Kept { uses, footprint, findings }));
        }
        self.same_meaning(lexicon, &marks);
        let own = self.kept.iter().enumerate().filter_map(|(at, kept)| Some((DefId(at as u32), kept.as_ref()?)));
        let own = own.flat_map(|(id, kept)| kept.findings.iter().map(move |f| f.shown(lexicon, id)));
        let mut out: Vec<Diagnostic> = own.collect();
        out.extend(self.same.iter().filter_map(|((_, second), f)| Some(f.as_ref()?.shown(lexicon, *second))));
        if wants(config, codes::UNTESTED_TERM) {
            untested(lexicon, &mut out);
        }
        out.in_order_by_key(|d| (d.span().map(|s| (s.file, s.start, s.end)), d.code.id()));
        out
    }
}

/// Whether a lint that is off by default was asked for.
fn wants(config: &Config, code: Code) -> bool {
    code.info().level != Level::Allow || config.lints.contains_key(code.id())
}

/// L0623: terms that no example expects an answer of.
fn untested(lexicon: &Lexicon, out: &mut Vec<Diagnostic>) {
    let covered: HashSet<DefId> = lexicon.examples.iter().flat_map(|e| e.covers.iter().copied()).collect();
    for (id, def) in lexicon.def_ids() {
        if matches!(def.kind, DefKind::Term(_)) && !covered.contains(&id) {
            out.push(
                Diagnostic::new(codes::UNTESTED_TERM, format!("no example touches `{}`", def.name.text))
                    .label(def.name_span, "its answer is expected nowhere")
                    .help(format!("write `examples {}` with a line for each answer", def.name.text)),
            );
        }
    }
}

/// What is found in one definition; steps of funnels only if asked for.
fn of_def<'l>(modules: &'l Modules<'l>, id: DefId, skipped_steps: bool) -> Vec<Finding> {
    let def: &Def = modules.lexicon().def(id);
    let mut found = Vec::new();
    match &def.kind {
        DefKind::Term(term) => term::check(modules, id, term, &mut found),
        DefKind::Choice(choice) => choice::check(modules, id, choice, &mut found),
        DefKind::Funnel(steps) if skipped_steps => choice::steps(modules, id, steps, &mut found),
        DefKind::Funnel(_)
        | DefKind::Value(_)
        | DefKind::Score(_)
        | DefKind::Period(_)
        | DefKind::Metric(_)
        | DefKind::Error => {}
    }
    under::check(modules, id, &mut found);
    found
}

/// The same done for many, on all processors where that pays.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(8);
    if items.len() < FEW || threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(16, std::sync::atomic::Ordering::Relaxed);
            let Some(some) = items.get(at..items.len().min(at + 16)).filter(|s| !s.is_empty()) else { return done };
            done.extend(some.iter().map(&work));
        }
    };
    std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(share)).collect();
        let mut all = share();
        for helper in helpers {
            match helper.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
