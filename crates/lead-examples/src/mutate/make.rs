//! The small changes of a definition: its expressions one by one, then its lines.

use lead_diag::InOrder;
use std::sync::Arc;

use lead_diag::Span;
use lead_hir::hir::{Def, DefId, DefKind, Expr};
use lead_hir::walk;

use super::{Mutant, MutantKind, Piece, exprs, lines};

/// Where the changes of a definition are gathered.
pub(crate) struct Maker<'d> {
    pub id: DefId,
    pub def: &'d Def,
    pub out: Vec<Mutant>,
}

/// A change before it is a mutant.
pub(crate) struct Change {
    pub kind: MutantKind,
    pub span: Span,
    pub to: Vec<Piece>,
    pub help: Vec<Piece>,
}

impl Maker<'_> {
    /// Adds a mutant.
    pub fn put(&mut self, change: Change, kind: DefKind) {
        let Change { kind: of, span, to, help } = change;
        let changed = Arc::new(Def { kind, ..self.def.clone() });
        self.out.push(Mutant { def: self.id, span, kind: of, to, help, changed });
    }

    /// Adds a mutant that differs in one whole expression.
    pub fn put_expr(&mut self, change: Change, whole: usize, expr: Expr) {
        let mut kind = self.def.kind.clone();
        let mut at = 0;
        let mut expr = Some(expr);
        walk::of_def_mut(&mut kind, &mut |slot| {
            if at == whole
                && let Some(expr) = expr.take()
            {
                *slot = expr;
            }
            at += 1;
        });
        self.put(change, kind);
    }
}

/// All mutants of a definition. None of metrics and periods, which no example tests, and of what has an error.
pub(crate) fn mutants(id: DefId, def: &Def) -> Vec<Mutant> {
    if def.subject.is_none() || matches!(def.kind, DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error) {
        return Vec::new();
    }
    let mut maker = Maker { id, def, out: Vec::new() };
    let mut wholes: Vec<&Expr> = Vec::new();
    walk::of_def(&def.kind, &mut |whole| wholes.push(whole));
    for (i, whole) in wholes.into_iter().enumerate() {
        let mut found: Vec<(Change, Expr)> = Vec::new();
        exprs::changes(whole, &mut |change, expr| found.push((change, expr)));
        found.into_iter().for_each(|(change, expr)| maker.put_expr(change, i, expr));
    }
    lines::changes(&mut maker);
    maker.out.in_order_by_key(|m| (m.span.start, m.span.end));
    maker.out
}
