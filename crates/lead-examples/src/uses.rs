//! Which definitions build on which.

use lead_diag::InOrder;
use std::collections::HashSet;

use lead_hir::hir::{Def, DefId, DefKind, Expr, ExprKind, Lexicon, ScoreLineKind, Target};
use lead_hir::walk;

/// The definitions that a definition names.
pub(crate) fn named(def: &Def) -> Vec<DefId> {
    let mut out = Vec::new();
    walk::of_def(&def.kind, &mut |whole| walk::all(whole, &mut |e| in_expr(e, &mut out)));
    match &def.kind {
        DefKind::Funnel(steps) => out.extend(steps),
        DefKind::Score(score) => out.extend(score.lines.iter().filter_map(|line| match &line.kind {
            ScoreLineKind::Per(records) => records.member_of,
            _ => None,
        })),
        _ => {}
    }
    out.in_order();
    out.dedup();
    out
}

fn in_expr(expr: &Expr, out: &mut Vec<DefId>) {
    match &expr.kind {
        ExprKind::Get { target: Target::Def(def), .. } => out.push(*def),
        ExprKind::Was { term, .. } | ExprKind::Became { term, .. } => out.push(*term),
        ExprKind::Aggregate(a) => out.extend(a.records.member_of),
        _ => {}
    }
}

/// By definition: those that name it.
pub(crate) struct Users(Vec<Vec<DefId>>);

impl Users {
    pub(crate) fn of(lexicon: &Lexicon) -> Users {
        let mut users = vec![Vec::new(); lexicon.defs.len()];
        for (id, def) in lexicon.def_ids() {
            for used in named(def) {
                if let Some(users) = users.get_mut(used.0 as usize) {
                    users.push(id);
                }
            }
        }
        Users(users)
    }

    /// A definition and all that build on it.
    pub(crate) fn affected(&self, def: DefId) -> HashSet<DefId> {
        let mut out = HashSet::from([def]);
        let mut open = vec![def];
        while let Some(at) = open.pop() {
            let users = self.0.get(at.0 as usize).into_iter().flatten();
            open.extend(users.filter(|user| out.insert(**user)).copied());
        }
        out
    }
}
