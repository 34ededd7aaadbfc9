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

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use lead_diag::{Code, Diagnostic, Level, codes};
use lead_hir::hir::{Def, DefId, DefKind, Lexicon};
use lead_hir::{Config, Lints};

use finding::Finding;
use footprint::{Footprint, Footprints, used_by};

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
    kept: HashMap<DefId, Kept>,
    /// Whether two terms mean the same, as far as it was looked at.
    same: HashMap<(DefId, DefId), Option<Finding>>,
}

impl Linter {
    /// Knows nothing yet.
    pub fn new() -> Linter {
        Linter::default()
    }

    /// Everything that is found in a lexicon that has not been looked at before.
    pub fn of(lexicon: &Lexicon, config: &Config) -> Vec<Diagnostic> {
        Linter::new().lint(lexicon, config, None)
    }

    /// What is to be looked at again: what changed, and all that is built on it.
    fn stale(&self, lexicon: &Lexicon, changed: Option<&HashSet<DefId>>) -> BTreeSet<DefId> {
        let all = || lexicon.def_ids().map(|(id, _)| id);
        let Some(changed) = changed else { return all().collect() };
        let mut stale: BTreeSet<DefId> =
            all().filter(|id| changed.contains(id) || !self.kept.contains_key(id)).collect();
        if stale.is_empty() {
            return stale;
        }
        let mut users: HashMap<DefId, Vec<DefId>> = HashMap::new();
        for (user, kept) in &self.kept {
            kept.uses.iter().for_each(|used| users.entry(*used).or_default().push(*user));
        }
        let mut todo: Vec<DefId> = stale.iter().copied().collect();
        while let Some(id) = todo.pop() {
            for user in users.get(&id).into_iter().flatten() {
                if stale.insert(*user) {
                    todo.push(*user);
                }
            }
        }
        stale
    }
}

impl Lints for Linter {
    fn lint(&mut self, lexicon: &Lexicon, config: &Config, changed: Option<&HashSet<DefId>>) -> Vec<Diagnostic> {
        if changed.is_none() {
            self.kept.clear();
            self.same.clear();
        }
        let stale = self.stale(lexicon, changed);
        // A number that no definition has any more stands in no file.
        let stays = |id: &DefId| {
            let live = lexicon.defs.get(id.0 as usize).is_some_and(|d| d.span.file.0 != u32::MAX);
            live && !stale.contains(id)
        };
        self.kept.retain(|id, _| stays(id));
        self.same.retain(|(a, b), _| stays(a) && stays(b));
        let mut footprints = Footprints { new: HashMap::new(), before: &self.kept };
        for id in &stale {
            footprint::of_def(lexicon, *id, &mut footprints, 0);
        }
        let steps = wants(config, codes::STEP_SKIPPED);
        let asks = |id: DefId| footprint::is_worth_a_proof(lexicon, id, &footprints);
        let todo: Vec<DefId> = stale.iter().copied().filter(|id| asks(*id)).collect();
        let mut found: HashMap<DefId, Vec<Finding>> =
            in_parallel(&todo, |id| (*id, of_def(lexicon, *id, steps))).into_iter().collect();
        let new = footprints.new;
        for id in stale {
            let footprint = new.get(&id).cloned().unwrap_or_default();
            let findings = found.remove(&id).unwrap_or_default();
            self.kept.insert(id, Kept { uses: used_by(lexicon.def(id)), footprint, findings });
        }
        self.same_meaning(lexicon);
        let own = self.kept.iter().flat_map(|(id, kept)| kept.findings.iter().map(|f| f.shown(lexicon, *id)));
        let mut out: Vec<Diagnostic> = own.collect();
        out.extend(self.same.iter().filter_map(|((_, second), f)| Some(f.as_ref()?.shown(lexicon, *second))));
        if wants(config, codes::UNTESTED_TERM) {
            untested(lexicon, &mut out);
        }
        out.sort_by_key(|d| (d.span().map(|s| (s.file, s.start, s.end)), d.code.id()));
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
fn of_def(lexicon: &Lexicon, id: DefId, skipped_steps: bool) -> Vec<Finding> {
    let def: &Def = lexicon.def(id);
    let mut found = Vec::new();
    match &def.kind {
        DefKind::Term(term) => term::check(lexicon, id, term, &mut found),
        DefKind::Choice(choice) => choice::check(lexicon, id, choice, &mut found),
        DefKind::Funnel(steps) if skipped_steps => choice::steps(lexicon, id, steps, &mut found),
        DefKind::Funnel(_)
        | DefKind::Value(_)
        | DefKind::Score(_)
        | DefKind::Period(_)
        | DefKind::Metric(_)
        | DefKind::Error => {}
    }
    under::check(lexicon, id, &mut found);
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
