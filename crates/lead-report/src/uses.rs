//! What builds on what.

use std::collections::{BTreeMap, BTreeSet};

use lead_hir::hir::{DefId, DefKind, Expr, ExprKind, Lexicon, Target};
use lead_hir::walk;

/// Which definitions each definition names, and which name it.
pub(crate) struct Uses {
    /// What a definition names.
    pub of: BTreeMap<DefId, BTreeSet<DefId>>,
    /// What names a definition.
    pub by: BTreeMap<DefId, BTreeSet<DefId>>,
}

impl Uses {
    pub fn new(lexicon: &Lexicon) -> Uses {
        let mut of: BTreeMap<DefId, BTreeSet<DefId>> = BTreeMap::new();
        let mut by: BTreeMap<DefId, BTreeSet<DefId>> = BTreeMap::new();
        for (id, def) in lexicon.def_ids() {
            let named = named(&def.kind);
            for used in &named {
                by.entry(*used).or_default().insert(id);
            }
            of.insert(id, named);
        }
        Uses { of, by }
    }

    /// The terms that a definition builds on, through whatever stands between.
    pub fn terms_below(&self, lexicon: &Lexicon, id: DefId) -> BTreeSet<DefId> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<DefId> = self.of.get(&id).into_iter().flatten().copied().collect();
        while let Some(next) = open.pop() {
            if !seen.insert(next) {
                continue;
            }
            match lexicon.def(next).kind {
                DefKind::Term(_) => {
                    found.insert(next);
                }
                _ => open.extend(self.of.get(&next).into_iter().flatten()),
            }
        }
        found
    }
}

fn named(kind: &DefKind) -> BTreeSet<DefId> {
    let mut out = BTreeSet::new();
    if let DefKind::Funnel(steps) = kind {
        out.extend(steps);
    }
    if let DefKind::Score(score) = kind {
        for line in &score.lines {
            if let lead_hir::hir::ScoreLineKind::Per(records) = &line.kind {
                out.extend(records.member_of);
            }
        }
    }
    walk::of_def(kind, &mut |whole| {
        walk::all(whole, &mut |expr: &Expr| match &expr.kind {
            ExprKind::Get { target: Target::Def(def), .. } => {
                out.insert(*def);
            }
            ExprKind::Was { term, .. } | ExprKind::Became { term, .. } => {
                out.insert(*term);
            }
            ExprKind::Aggregate(aggregate) => out.extend(aggregate.records.member_of),
            _ => {}
        })
    });
    out
}
