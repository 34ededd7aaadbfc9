//! A definition taken apart down to its conditions, each with the node that answers it: for coverage by examples.
//!
//! Made by the same walk as the plan, so each condition's node is the one that the answer was computed from.

use std::ops::Range;

use lead_diag::Span;
use lead_hir::hir::{
    AggregateFn, CompareOp, DefId, DefKind, Expr, ExprKind, Records, Relation, ScoreLineKind, TableId, Ty,
};
use lead_hir::walk;

use crate::build::{Ctx, Env, Planner};
use crate::expr::looks_out;
use crate::plan::{Constant, NodeId, Op, Plan};

/// Conditions joined by `and`, `or` and `not`, Kleene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logic {
    /// All hold.
    And(Vec<Logic>),
    /// One holds.
    Or(Vec<Logic>),
    /// It does not hold.
    Not(Box<Logic>),
    /// A condition, by its place in [`Decision::conditions`].
    Condition(usize),
}

/// A part of a definition that is yes, no or cannot be told, and holds no `and`, `or` or `not` of its own.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Its node, of the scope of the decision's table.
    pub node: NodeId,
    /// Where it stands. Both ends of a `between` stand in one place.
    pub span: Span,
    /// Of a comparison of sizes: its two sides.
    pub border: Option<Border>,
}

/// A comparison of sizes.
#[derive(Clone, Debug)]
pub struct Border {
    /// `<`, `<=`, `>` or `>=`
    pub op: CompareOp,
    /// Node, type and place of the left side.
    pub left: (NodeId, Ty, Span),
    /// Node, type and place of the right side.
    pub right: (NodeId, Ty, Span),
}

/// What becomes of conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Holds or not.
    Whole(Logic),
    /// D10.
    Term {
        /// Of which one must hold.
        alternatives: Vec<Logic>,
        /// Of which none may hold.
        exceptions: Vec<Logic>,
    },
    /// D11: the first that holds; a line without a condition always does.
    Lines(Vec<Option<Logic>>),
}

/// Conditions that are decided together.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Whose records are asked.
    pub table: TableId,
    /// Events: only those of these times are asked.
    pub times: Option<Range<i64>>,
    /// Where it stands; of the definition's own decision its name.
    pub span: Span,
    /// Whether it is the `where` of a collection.
    pub inner: bool,
    /// How the conditions hang together.
    pub shape: Shape,
    /// In order of the text.
    pub conditions: Vec<Condition>,
}

/// What else a definition can come to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which.
    pub kind: OutcomeKind,
    /// Where it stands.
    pub span: Span,
}

/// What else a definition can come to. Nodes are of the scope of the definition's subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// The node is known.
    Known(NodeId),
    /// The line of a choice is the one that answers.
    Line(usize),
    /// The points of a line of a score are not 0.
    Points(NodeId),
    /// The points of a line go past its upper bound.
    Capped(NodeId, NodeId),
    /// The step of a funnel is yes, and none of the later ones.
    Step(NodeId, Vec<NodeId>),
}

/// A definition taken apart, under one as-of time and window.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// The node of its answer.
    pub node: NodeId,
    /// Its own decisions, then those of `where`s in it. Each time the same ones in the same order.
    pub decisions: Vec<Decision>,
    /// In order of the text.
    pub outcomes: Vec<Outcome>,
}

impl Planner<'_> {
    /// A definition taken apart, once for each as-of time and window under which it has been planned so far. None if its answer is
    /// given.
    pub fn planned(&mut self, def: DefId) -> Vec<Decisions> {
        if self.is_given(def) {
            return Vec::new();
        }
        let contexts = self.contexts(def);
        contexts.into_iter().filter_map(|ctx| self.taken_apart(def, ctx)).collect()
    }

    fn taken_apart(&mut self, id: DefId, ctx: Ctx) -> Option<Decisions> {
        let def = self.definition(id);
        let table = def.subject?;
        let env = Env::Record(table);
        let node = self.def_node(id, ctx);
        let mut apart =
            Apart { out: Decisions { node, decisions: Vec::new(), outcomes: Vec::new() }, inner: Vec::new() };
        match &def.kind {
            DefKind::Value(expr) if def.ty == Ty::YesNo => {
                let decision =
                    self.decision(table, def.name_span, |this, found| Shape::Whole(this.logic(expr, env, ctx, found)));
                apart.out.decisions.push(decision);
                self.within(expr, env, ctx, &mut apart.inner);
            }
            DefKind::Value(expr) => {
                let kind = OutcomeKind::Known(node);
                apart.out.outcomes.push(Outcome { kind, span: expr.span });
                self.within(expr, env, ctx, &mut apart.inner);
            }
            DefKind::Term(term) => {
                let decision = self.decision(table, def.name_span, |this, found| {
                    let mut all = |clauses: &[lead_hir::hir::Clause]| {
                        clauses.iter().map(|c| this.logic(&c.condition, env, ctx, found)).collect()
                    };
                    Shape::Term { alternatives: all(&term.alternatives), exceptions: all(&term.exceptions) }
                });
                apart.out.decisions.push(decision);
                let clauses = term.alternatives.iter().chain(&term.exceptions);
                clauses.for_each(|c| self.within(&c.condition, env, ctx, &mut apart.inner));
            }
            DefKind::Choice(choice) => {
                let decision = self.decision(table, def.name_span, |this, found| {
                    let mut condition = |e: &Expr| this.logic(e, env, ctx, found);
                    Shape::Lines(choice.lines.iter().map(|l| l.condition.as_ref().map(&mut condition)).collect())
                });
                apart.out.decisions.push(decision);
                for (i, line) in choice.lines.iter().enumerate() {
                    apart.out.outcomes.push(Outcome { kind: OutcomeKind::Line(i), span: line.span });
                    line.condition.iter().for_each(|c| self.within(c, env, ctx, &mut apart.inner));
                    self.within(&line.result, env, ctx, &mut apart.inner);
                }
            }
            DefKind::Score(score) => {
                let planned = match self.op(node) {
                    Op::Score { lines, .. } => lines.clone(),
                    _ => Vec::new(),
                };
                for (line, planned) in score.lines.iter().zip(planned) {
                    match &line.kind {
                        ScoreLineKind::When(condition) => {
                            let decision = self.decision(table, line.span, |this, found| {
                                Shape::Whole(this.logic(condition, env, ctx, found))
                            });
                            apart.out.decisions.push(decision);
                            self.within(condition, env, ctx, &mut apart.inner);
                        }
                        ScoreLineKind::Per(records) => {
                            let kind = OutcomeKind::Points(planned.points);
                            apart.out.outcomes.push(Outcome { kind, span: line.span });
                            self.of_records(records, None, env, ctx, &mut apart.inner);
                        }
                        ScoreLineKind::Always => {}
                    }
                    if let (Some(cap), Some(bound)) = (planned.at_most, &line.at_most) {
                        let kind = OutcomeKind::Capped(planned.points, cap);
                        apart.out.outcomes.push(Outcome { kind, span: bound.span });
                    }
                }
            }
            DefKind::Funnel(steps) => {
                let nodes: Vec<NodeId> = steps.iter().map(|step| self.def_node(*step, ctx)).collect();
                for (i, node) in nodes.iter().enumerate() {
                    let kind = OutcomeKind::Step(*node, nodes[i + 1..].to_vec());
                    apart.out.outcomes.push(Outcome { kind, span: def.name_span });
                }
            }
            DefKind::Metric(_) | DefKind::Period(_) | DefKind::Error => return None,
        }
        apart.out.decisions.append(&mut apart.inner);
        Some(apart.out)
    }

    fn decision(
        &mut self,
        table: TableId,
        span: Span,
        shape: impl FnOnce(&mut Self, &mut Vec<Condition>) -> Shape,
    ) -> Decision {
        let mut conditions = Vec::new();
        let shape = shape(self, &mut conditions);
        Decision { table, times: None, span, inner: false, shape, conditions }
    }

    /// An expression down to its conditions.
    fn logic(&mut self, expr: &Expr, env: Env, ctx: Ctx, found: &mut Vec<Condition>) -> Logic {
        match &expr.kind {
            ExprKind::And(parts) => Logic::And(parts.iter().map(|p| self.logic(p, env, ctx, found)).collect()),
            ExprKind::Or(parts) => Logic::Or(parts.iter().map(|p| self.logic(p, env, ctx, found)).collect()),
            ExprKind::Not(inner) => Logic::Not(Box::new(self.logic(inner, env, ctx, found))),
            ExprKind::Windowed { value, window } => {
                self.logic(value, env, Ctx { window: Some(window.kind), ..ctx }, found)
            }
            kind => {
                let node = self.expr(expr, env, ctx);
                let border = match kind {
                    ExprKind::Compare { op, left, right } if is_order(*op) => Some(Border {
                        op: *op,
                        left: (self.expr(left, env, ctx), left.ty.clone(), left.span),
                        right: (self.expr(right, env, ctx), right.ty.clone(), right.span),
                    }),
                    _ => None,
                };
                found.push(Condition { node, span: expr.span, border });
                Logic::Condition(found.len() - 1)
            }
        }
    }

    /// The decisions of `where`s inside of an expression. Those that look at the record outside of them are left out: they have an
    /// answer per pair of records only.
    fn within(&mut self, expr: &Expr, env: Env, ctx: Ctx, out: &mut Vec<Decision>) {
        match &expr.kind {
            ExprKind::Windowed { value, window } => {
                self.within(value, env, Ctx { window: Some(window.kind), ..ctx }, out);
            }
            ExprKind::Aggregate(a) => {
                let every = a.argument.as_ref().filter(|_| a.function == AggregateFn::Every);
                self.of_records(&a.records, every, env, ctx, out);
                if let (None, Some(argument)) = (every, &a.argument)
                    && !looks_out(argument)
                {
                    let inner = if self.is_event(a.records.table) { ctx.no_window() } else { ctx };
                    self.within(argument, Env::Record(a.records.table), inner, out);
                }
            }
            ExprKind::Sequence(s) => {
                let window = s.window.as_ref().map(|w| w.kind).or(ctx.window);
                let times = self.event_range(window, ctx.as_of);
                for step in &s.steps {
                    let Some(filter) = &step.filter else { continue };
                    let env = Env::Record(step.table);
                    let ctx = ctx.no_window();
                    let mut decision = self.decision(step.table, filter.span, |this, found| {
                        Shape::Whole(this.logic(filter, env, ctx, found))
                    });
                    decision.times = Some(times.clone());
                    decision.inner = true;
                    out.push(decision);
                    self.within(filter, env, ctx, out);
                }
            }
            ExprKind::TimeTest(inner) => self.within(inner, env, ctx.no_window(), out),
            _ => {
                let mut parts = Vec::new();
                walk::parts(expr, &mut |part| parts.push(part));
                parts.into_iter().for_each(|part| self.within(part, env, ctx, out));
            }
        }
    }

    fn of_records(&mut self, records: &Records, every: Option<&Expr>, env: Env, ctx: Ctx, out: &mut Vec<Decision>) {
        let condition = records.filter.as_ref().or(every);
        let Some(condition) = condition.filter(|c| !looks_out(c)) else { return };
        if records.relation == Relation::All || matches!(env, Env::Pair { .. }) {
            return;
        }
        let is_event = self.is_event(records.table);
        let window = records.window.as_ref().map(|w| w.kind).or(ctx.window);
        let times = is_event.then(|| self.event_range(window, ctx.as_of));
        let inner = if is_event { ctx.no_window() } else { ctx };
        let env = Env::Record(records.table);
        let mut decision = self.decision(records.table, condition.span, |this, found| {
            Shape::Whole(this.logic(condition, env, inner, found))
        });
        decision.times = times;
        decision.inner = true;
        out.push(decision);
        self.within(condition, env, inner, out);
    }

    fn is_event(&self, table: TableId) -> bool {
        self.lexicon.table(table).is_event()
    }
}

struct Apart {
    out: Decisions,
    inner: Vec<Decision>,
}

/// `<`, `<=`, `>` or `>=`
fn is_order(op: CompareOp) -> bool {
    matches!(op, CompareOp::Less | CompareOp::LessEqual | CompareOp::Greater | CompareOp::GreaterEqual)
}

impl Plan {
    /// The value of a node that is the same for all.
    pub fn constant(&self, id: NodeId) -> Option<&Constant> {
        match &self.node(id).op {
            Op::Const(value) | Op::Clock(value, _) => Some(value),
            _ => None,
        }
    }

    /// By node: whether it can be unknown, as far as its kind tells (LANGUAGE 6).
    pub fn may_be_unknown(&self) -> Vec<bool> {
        use crate::plan::MeasureKind as Kind;
        let mut out: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let of = |id: &NodeId| out.get(id.0 as usize).copied().unwrap_or(true);
            let any = |ids: &[NodeId]| ids.iter().any(of);
            out.push(match &node.op {
                Op::Const(_) | Op::Clock(..) | Op::Itself | Op::IsKnown(_) | Op::IsYes(_) | Op::Score { .. } => false,
                Op::Unknown | Op::Furthest(_) | Op::Follow { .. } => true,
                Op::Field(_) => node.ty != Ty::Key,
                Op::Measure(measure) => matches!(
                    self.measure(*measure).kind,
                    Kind::Average | Kind::Min | Kind::Max | Kind::First | Kind::Last
                ),
                Op::OfRecord(id) | Op::OfSubject(id) | Op::IsZero(id) | Op::Not(id) => of(id),
                Op::Matches(id, _) | Op::InRange(id, ..) | Op::Shift(id, _) | Op::Negate(id) | Op::ToMoney(id) => {
                    of(id)
                }
                Op::And(ids) | Op::Or(ids) | Op::Call(_, ids) => any(ids),
                Op::List(_) => false,
                Op::Compare(_, a, b) | Op::ListContains(a, b) => of(a) || of(b),
                Op::Arithmetic(lead_hir::hir::ArithmeticOp::Divide, ..) => true,
                Op::Arithmetic(_, a, b) => of(a) || of(b),
                Op::InList(id, _) => of(id),
                Op::Term { alternatives, .. } => any(alternatives),
                Op::Choice(lines) => {
                    // The two lines of a measure behind references (D13) are never unknown where the measure is not.
                    let open = lines.iter().all(|(condition, _)| condition.is_some());
                    let result = |(condition, result): &(Option<NodeId>, NodeId)| {
                        let followed = match (condition.map(|c| &self.node(c).op), &self.node(*result).op) {
                            (Some(Op::IsKnown(_)), Op::Follow { node, .. }) => Some(*node),
                            _ => None,
                        };
                        of(&followed.unwrap_or(*result))
                    };
                    open || lines.iter().any(result)
                }
            });
        }
        out
    }
}
