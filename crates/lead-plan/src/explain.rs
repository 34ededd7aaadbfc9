//! The tree of a decision: every part of a definition with the node that answers it, for `lead why`.
//!
//! Made by the same walk as the plan, so each part's node is the one that the answer was computed from.

use std::ops::Range;

use lead_diag::Span;
use lead_hir::hir::{
    CompareOp, DefId, DefKind, Expr, ExprKind, FieldId, Records, ScoreLineKind, TableId, Target, Ty, WindowKind,
};

use crate::build::{Ctx, Env, Planner};
use crate::calendar;
use crate::plan::{MeasureId, NodeId, Op, Scope};
use crate::when::WhenId;

/// A part of a decision.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The record it is asked of, reached from the record of the part above by these references.
    pub path: Vec<FieldId>,
    /// The table of that record.
    pub table: TableId,
    /// Its node, of the scope of `table`.
    pub node: NodeId,
    /// Type of its value.
    pub ty: Ty,
    /// Where it stands in the lexicon.
    pub span: Span,
    /// What it is.
    pub part: Part,
    /// What it is made of.
    pub parts: Vec<Explained>,
}

/// What a part of a decision is.
#[derive(Clone, Debug)]
pub enum Part {
    /// A definition: its parts are what it says.
    Def(DefId),
    /// An alternative of a term, with its reason.
    Alternative(Option<String>),
    /// An exception of a term, with its reason.
    Exception(Option<String>),
    /// A line of a choice: its condition (none for `otherwise`) is its part.
    Line {
        /// What the line answers.
        result: NodeId,
        /// Its reason.
        because: Option<String>,
    },
    /// A line of a score, by its place in the score.
    Points {
        /// Place in the score.
        line: usize,
        /// Its reason.
        because: Option<String>,
    },
    /// All must hold.
    And,
    /// One must hold.
    Or,
    /// Must not hold.
    Not,
    /// Two parts compared.
    Compare(CompareOp),
    /// Arithmetic, functions and the like.
    Made,
    /// A field.
    Field,
    /// Written out.
    Literal,
    /// Something measured over records.
    Measure {
        /// Which.
        measure: MeasureId,
        /// The times of events that count.
        times: Option<Range<i64>>,
        /// The window, if any.
        window: Option<WindowKind>,
        /// Whether it asks that there be none.
        none: bool,
    },
    /// A time tested against a range.
    InRange(Range<i64>),
    /// The parts as of another time.
    AsOf(i64),
}

impl Planner<'_> {
    /// The tree of a definition's answer for records of its subject. `None` for metrics and periods.
    pub fn explain(&mut self, def: DefId) -> Option<Explained> {
        self.explain_at(def, self.as_of())
    }

    /// As [`Planner::explain`], as of a time of its own. Its parts are the same ones at every time.
    pub fn explain_at(&mut self, def: DefId, as_of: i64) -> Option<Explained> {
        let ctx = Ctx { as_of: self.moments.of_run(as_of), window: None };
        let table = self.lexicon.def(def).subject?;
        Some(self.explain_def(def, table, Vec::new(), ctx))
    }

    fn explain_def(&mut self, id: DefId, table: TableId, path: Vec<FieldId>, ctx: Ctx) -> Explained {
        let def = self.definition(id);
        let ctx = if matches!(def.kind, DefKind::Value(_)) { ctx } else { ctx.no_window() };
        let node = self.def_node(id, ctx);
        let mut parts = Vec::new();
        match &def.kind {
            _ if self.is_given(id) => {}
            DefKind::Value(expr) => parts.push(self.explain_expr(expr, table, ctx)),
            DefKind::Term(term) => {
                let alternatives = term.alternatives.iter().map(|c| (c, false));
                for (clause, exception) in alternatives.chain(term.exceptions.iter().map(|c| (c, true))) {
                    let inner = self.explain_expr(&clause.condition, table, ctx);
                    let because = clause.because.clone();
                    let part = if exception { Part::Exception(because) } else { Part::Alternative(because) };
                    let (node, ty) = (inner.node, Ty::YesNo);
                    let parts_of = vec![inner];
                    let clause = Explained { path: vec![], table, node, ty, span: clause.span, part, parts: parts_of };
                    parts.push(self.placed(clause));
                }
            }
            DefKind::Choice(choice) => {
                for line in &choice.lines {
                    let condition = line.condition.as_ref().map(|c| self.explain_expr(c, table, ctx));
                    let result = self.expr(&line.result, Env::Record(table), ctx);
                    let node = condition.as_ref().map_or(result, |c| c.node);
                    let part = Part::Line { result, because: line.because.clone() };
                    let parts_of = condition.into_iter().collect();
                    let ty = self.ty(node).clone();
                    let line = Explained { path: vec![], table, node, ty, span: line.span, part, parts: parts_of };
                    parts.push(self.placed(line));
                }
            }
            // Lines that are added up together have no shares to tell.
            DefKind::Score(score) if self.tells_lines() => {
                let lines = match &self.op(node) {
                    Op::Score { lines, .. } => lines.clone(),
                    _ => Vec::new(),
                };
                for (k, (line, planned)) in score.lines.iter().zip(lines).enumerate() {
                    let inner = match &line.kind {
                        ScoreLineKind::When(condition) => vec![self.explain_expr(condition, table, ctx)],
                        ScoreLineKind::Per(records) => {
                            let span = records.span;
                            vec![self.explain_measure(planned.points, records, table, span, ctx, false)]
                        }
                        ScoreLineKind::Always => Vec::new(),
                    };
                    let part = Part::Points { line: k, because: line.because.clone() };
                    let (node, ty) = (planned.points, Ty::Number);
                    parts.push(Explained { path: vec![], table, node, ty, span: line.span, part, parts: inner });
                }
            }
            DefKind::Funnel(steps) => {
                parts = steps.iter().map(|step| self.explain_def(*step, table, Vec::new(), ctx)).collect();
            }
            DefKind::Score(_) | DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => {}
        }
        Explained { path, table, node, ty: def.ty.clone(), span: def.name_span, part: Part::Def(id), parts }
    }

    fn explain_expr(&mut self, expr: &Expr, table: TableId, ctx: Ctx) -> Explained {
        let env = Env::Record(table);
        let node = self.expr(expr, env, ctx);
        let (part, parts) = match &expr.kind {
            ExprKind::Windowed { value, window } => {
                return self.explain_expr(value, table, Ctx { window: Some(window.kind), ..ctx });
            }
            ExprKind::Get { path, target: Target::Def(def), .. } => {
                let to = self.lexicon.def(*def).subject.unwrap_or(table);
                let mut inner = self.explain_def(*def, to, path.clone(), ctx);
                inner.span = expr.span;
                return inner;
            }
            ExprKind::Aggregate(a) => {
                let none = matches!(a.function, lead_hir::hir::AggregateFn::No | lead_hir::hir::AggregateFn::Every);
                return self.explain_measure(node, &a.records, table, expr.span, ctx, none);
            }
            ExprKind::Sequence(s) => {
                let window = s.window.as_ref().map(|w| w.kind).or(ctx.window);
                let times = Some(self.event_range(window, ctx.as_of));
                let none = s.function == lead_hir::hir::AggregateFn::No;
                (self.measure_part(node, times, window, none), Vec::new())
            }
            ExprKind::And(parts) => (Part::And, self.explain_all(parts, table, ctx)),
            ExprKind::Or(parts) => (Part::Or, self.explain_all(parts, table, ctx)),
            ExprKind::Not(inner) => (Part::Not, vec![self.explain_expr(inner, table, ctx)]),
            ExprKind::Compare { op, left, right } => {
                (Part::Compare(*op), vec![self.explain_expr(left, table, ctx), self.explain_expr(right, table, ctx)])
            }
            ExprKind::TimeTest(inner) => {
                let range =
                    ctx.window.map(|w| calendar::window_range(w, self.moments.at(ctx.as_of), &self.lexicon.settings));
                let inner = self.explain_expr(inner, table, ctx.no_window());
                (range.map_or(Part::Made, Part::InRange), vec![inner])
            }
            ExprKind::Was { path, term, at, .. } => {
                let as_of = self.moments.moment_end(*at, ctx.as_of, &self.lexicon.settings);
                (Part::AsOf(self.moments.at(as_of)), vec![self.explain_term(*term, path, table, as_of)])
            }
            ExprKind::Became { path, term, .. } => match ctx.window {
                Some(window) => {
                    let (before, after) = self.moments.became(window, ctx.as_of, &self.lexicon.settings);
                    let mut then = self.explain_term(*term, path, table, after);
                    let mut earlier = self.explain_term(*term, path, table, before);
                    then.span = expr.span;
                    earlier.span = expr.span;
                    let (earliest, latest) = (self.moments.at(before), self.moments.at(after));
                    let at = |e: Explained, t: i64| Explained {
                        path: vec![],
                        table,
                        node: e.node,
                        ty: Ty::YesNo,
                        span: e.span,
                        part: Part::AsOf(t),
                        parts: vec![e],
                    };
                    let _ = node;
                    (Part::And, vec![self.placed(at(then, latest)), self.placed(at(earlier, earliest))])
                }
                None => (Part::Made, Vec::new()),
            },
            ExprKind::Get { .. } => (Part::Field, Vec::new()),
            ExprKind::Literal(_) | ExprKind::Now | ExprKind::Today => (Part::Literal, Vec::new()),
            ExprKind::List(items) => (Part::Made, self.explain_all(items, table, ctx)),
            ExprKind::Call { args, .. } => (Part::Made, self.explain_all(args, table, ctx)),
            ExprKind::Arithmetic { left, right, .. } => {
                (Part::Made, vec![self.explain_expr(left, table, ctx), self.explain_expr(right, table, ctx)])
            }
            ExprKind::Negate(e) | ExprKind::ToMoney(e) | ExprKind::Shift { time: e, .. } => {
                (Part::Made, vec![self.explain_expr(e, table, ctx)])
            }
            ExprKind::Matches { value: e, .. } | ExprKind::IsKnown { value: e, .. } => {
                (Part::Made, vec![self.explain_expr(e, table, ctx)])
            }
            ExprKind::Error => (Part::Literal, Vec::new()),
        };
        let ty = expr.ty.clone();
        Explained { path: vec![], table, node, ty, span: expr.span, part, parts }
    }

    fn explain_all(&mut self, exprs: &[Expr], table: TableId, ctx: Ctx) -> Vec<Explained> {
        exprs.iter().map(|e| self.explain_expr(e, table, ctx)).collect()
    }

    /// A part that is asked of the record itself: where its node belongs to a related record, the node is followed there.
    fn placed(&mut self, mut part: Explained) -> Explained {
        if let Some(inner) = part.parts.first() {
            part.node = self.followed(part.table, &inner.path, inner.node);
        }
        part
    }

    /// A node of the records that references lead to, as a node of the records of `table` that they start from.
    pub fn followed(&mut self, table: TableId, path: &[FieldId], node: NodeId) -> NodeId {
        let mut tables = vec![table];
        for field in path {
            if let Ty::Record(next) = self.lexicon.field(tables[tables.len() - 1], *field).ty {
                tables.push(next);
            }
        }
        tables.iter().zip(path).rev().fold(node, |node, (table, field)| self.follow(*table, *field, node))
    }

    fn explain_term(&mut self, term: DefId, path: &[FieldId], table: TableId, as_of: WhenId) -> Explained {
        let to = self.lexicon.def(term).subject.unwrap_or(table);
        self.explain_def(term, to, path.to_vec(), Ctx { as_of, window: None })
    }

    fn explain_measure(
        &mut self,
        node: NodeId,
        records: &Records,
        table: TableId,
        span: Span,
        ctx: Ctx,
        none: bool,
    ) -> Explained {
        let is_event = self.lexicon.table(records.table).is_event();
        let window = records.window.as_ref().map(|w| w.kind).or(ctx.window).filter(|_| is_event);
        let times = is_event.then(|| self.event_range(window, ctx.as_of));
        let part = self.measure_part(node, times, window, none);
        let ty = self.ty(node).clone();
        Explained { path: vec![], table, node, ty, span, part, parts: Vec::new() }
    }

    /// The measure at the bottom of a node: below the tests for none, and references that lead to its subject.
    fn measure_part(&self, node: NodeId, times: Option<Range<i64>>, window: Option<WindowKind>, none: bool) -> Part {
        let mut at = node;
        loop {
            match self.op(at) {
                Op::Measure(measure) => return Part::Measure { measure: *measure, times, window, none },
                Op::Not(inner) | Op::IsZero(inner) | Op::Follow { node: inner, .. } => at = *inner,
                // Zero, where the references lead to no record.
                Op::Choice(lines) => match lines.first() {
                    Some((Some(_), inner)) => at = *inner,
                    _ => return Part::Made,
                },
                _ => return Part::Made,
            }
        }
    }

    pub(crate) fn op(&self, id: NodeId) -> &Op {
        &self.node_of(id).op
    }

    /// The scope of a node.
    pub fn scope_of(&self, id: NodeId) -> Scope {
        self.node_of(id).scope
    }
}
