//! What a definition takes as it is today, whatever the as-of time: fields and links of entities, and which records there are.

use lead_diag::InOrder;
use std::collections::BTreeSet;

use lead_diag::Span;
use lead_hir::hir::{
    DefId, DefKind, Expr, ExprKind, FieldId, Hop, Lexicon, Records, Relation, ScoreLineKind, TableId, Target, Ty,
};
use lead_hir::walk::{self, Env};

/// What has no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lean {
    /// A field of an entity; a reference among them is a link.
    Field(TableId, FieldId),
    /// Which records of an entity there are.
    Records(TableId),
}

/// One use of what has no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leans {
    /// What.
    pub lean: Lean,
    /// The definition in whose rule it stands.
    pub def: DefId,
    /// Where.
    pub span: Span,
}

/// Everything without a history that a definition rests on, definitions that it uses included; each with the first place in each rule.
pub fn leans(lexicon: &Lexicon, def: DefId) -> Vec<Leans> {
    let mut walker =
        Walker { lexicon, seen: BTreeSet::new(), open: vec![def], def, told: BTreeSet::new(), out: vec![] };
    while let Some(next) = walker.open.pop() {
        if walker.seen.insert(next) {
            walker.def = next;
            walker.definition(next);
        }
    }
    walker.out.in_order_by_key(|l| (l.lean, l.span.file.0, l.span.start));
    walker.out
}

struct Walker<'a> {
    lexicon: &'a Lexicon,
    seen: BTreeSet<DefId>,
    open: Vec<DefId>,
    def: DefId,
    told: BTreeSet<(Lean, DefId)>,
    out: Vec<Leans>,
}

impl Walker<'_> {
    fn definition(&mut self, id: DefId) {
        let def = self.lexicon.def(id);
        let env = Env { inner: def.subject, outer: None };
        match &def.kind {
            DefKind::Funnel(steps) => self.open.extend(steps),
            DefKind::Score(score) => {
                score.at_most.iter().chain(&score.at_least).for_each(|e| self.expr(e, env));
                for line in &score.lines {
                    line.at_most.iter().chain(&line.at_least).for_each(|e| self.expr(e, env));
                    match &line.kind {
                        ScoreLineKind::When(condition) => self.expr(condition, env),
                        ScoreLineKind::Always => {}
                        ScoreLineKind::Per(records) => {
                            self.records(records, env);
                            self.expr(&line.points, env.inside(records.table));
                            continue;
                        }
                    }
                    self.expr(&line.points, env);
                }
            }
            kind => walk::of_def(kind, &mut |e| self.expr(e, env)),
        }
    }

    fn note(&mut self, lean: Lean, span: Span) {
        if self.told.insert((lean, self.def)) {
            self.out.push(Leans { lean, def: self.def, span });
        }
    }

    /// A field that is read of a record. Keys stay what they are, and an event has its time.
    fn field(&mut self, table: TableId, field: FieldId, span: Span) {
        let of = self.lexicon.table(table);
        if !of.is_event() && of.key != Some(field) {
            self.note(Lean::Field(table, field), span);
        }
    }

    /// References that are followed; gives the table that they lead to.
    fn path(&mut self, from: Option<TableId>, path: &[FieldId], span: Span) -> Option<TableId> {
        let mut at = from?;
        for field in path {
            self.field(at, *field, span);
            let Ty::Record(next) = self.lexicon.field(at, *field).ty else { return None };
            at = next;
        }
        Some(at)
    }

    fn relation(&mut self, from: Option<TableId>, relation: &Relation, table: TableId, span: Span) {
        let (Some(mut at), Relation::Hops(hops)) = (from, relation) else { return };
        for hop in hops {
            match *hop {
                Hop::Forward(field) => match self.path(Some(at), &[field], span) {
                    Some(next) => at = next,
                    None => return,
                },
                Hop::Back(next, field) => {
                    self.field(next, field, span);
                    at = next;
                }
            }
        }
        // Records that one arrives at by references alone are those of the record itself.
        let counted = hops.iter().any(|h| matches!(h, Hop::Back(..)));
        if counted && !self.lexicon.table(table).is_event() {
            self.note(Lean::Records(table), span);
        }
    }

    fn records(&mut self, records: &Records, env: Env) {
        let from = self.path(env.at(records.up), &records.path, records.span);
        self.relation(from, &records.relation, records.table, records.span);
        self.open.extend(records.member_of);
        if let Some(filter) = &records.filter {
            self.expr(filter, env.inside(records.table));
        }
    }

    fn expr(&mut self, expr: &Expr, env: Env) {
        match &expr.kind {
            ExprKind::Get { up, path, target } => {
                let at = self.path(env.at(*up), path, expr.span);
                match (target, at) {
                    (Target::Def(def), _) => self.open.push(*def),
                    (Target::Field(field), Some(at)) => self.field(at, *field, expr.span),
                    _ => {}
                }
            }
            ExprKind::Was { up, path, term, .. } | ExprKind::Became { up, path, term } => {
                self.path(env.at(*up), path, expr.span);
                self.open.push(*term);
            }
            ExprKind::Aggregate(a) => {
                self.records(&a.records, env);
                let inside = env.inside(a.records.table);
                a.argument.iter().chain(&a.by).for_each(|e| self.expr(e, inside));
            }
            ExprKind::Sequence(s) => {
                let from = self.path(env.at(s.up), &s.path, expr.span);
                for step in &s.steps {
                    self.relation(from, &step.relation, step.table, step.span);
                    step.filter.iter().for_each(|e| self.expr(e, env.inside(step.table)));
                }
            }
            _ => walk::parts(expr, &mut |part| self.expr(part, env)),
        }
    }
}
